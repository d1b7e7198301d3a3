//! File transfer over TCP, one connection per receiver.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::fd::AsFd;
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::accept::ReadyReceiver;
use super::control_connection::ControlConnection;
use super::partial_file::PartialFile;
use super::receive_context::ReceivedData;
use super::send_context::{SendContext, await_result};
use super::{HEARTBEAT, IDLE_TIMEOUT, POLL_INTERVAL, Progress, trouble_of};
use crate::core::evidence::transfer_records::ReceiverReport;
use crate::core::protocol::transfer::TransferError;
use crate::core::protocol::transfer::control::{ControlMessage, Outcome, SessionOffer};
use crate::net::event_waiter::wait_readable;

/// Bytes taken from the kernel at once: with fewer, the receiver is woken more often than it is worth.
const READ_CHUNK: usize = 1 << 20;

/// Bytes handed to the kernel at once: they stay in the processor's cache between the file and the socket.
const WRITE_CHUNK: usize = 128 << 10;

/// How long one call may wait for the other end to take something.
const CALL_TIMEOUT: Duration = Duration::from_millis(200);

/// Sends the file to one receiver and waits for its last word.
///
/// It is read and written: `sendfile()` hands over single pages, which costs a receiver on the same host half its speed.
///
/// # Errors
/// Why it did not come to that.
pub fn send(
    receiver: &mut ReadyReceiver,
    context: &SendContext<'_>,
    transfer: &mut ReceiverReport,
) -> Result<Outcome, TransferError> {
    let mut data = receiver.data.take().ok_or(TransferError::Connection)?;
    let prepared = data.set_nodelay(true).and_then(|()| data.set_write_timeout(Some(CALL_TIMEOUT)));
    prepared.map_err(|_| TransferError::Connection)?;
    transfer.client_port = data.peer_addr().ok().map(|address| address.port());
    receiver.line.send(&ControlMessage::Start)?;
    let mut buffer = vec![0; WRITE_CHUNK];
    let (mut at, size) = (0, context.config.welcome.size);
    while at < size {
        let piece = (size - at).min(WRITE_CHUNK as u64) as usize;
        // The file may have become shorter, or its disk fails.
        context.config.source.file.read_exact_at(&mut buffer[..piece], at).map_err(|_| TransferError::File)?;
        write_all(&mut data, &buffer[..piece], receiver, context, transfer)?;
        at += piece as u64;
    }
    receiver.line.send(&ControlMessage::Sent)?;
    await_result(receiver, context.stop)
}

/// Writes a piece of the file, and listens meanwhile to what the receiver has to say.
fn write_all(
    data: &mut TcpStream,
    mut piece: &[u8],
    receiver: &mut ReadyReceiver,
    context: &SendContext<'_>,
    transfer: &mut ReceiverReport,
) -> Result<(), TransferError> {
    let mut moved = Instant::now();
    while !piece.is_empty() {
        match receiver.line.try_recv()? {
            Some(ControlMessage::Failed { why }) => return Err(why),
            Some(ControlMessage::Progress { .. }) | None => {}
            Some(_) => return Err(TransferError::Dialect),
        }
        if context.stop.load(Ordering::Relaxed) {
            return Err(TransferError::Interrupted);
        }
        match data.write(piece) {
            Ok(sent) => {
                piece = &piece[sent..];
                moved = Instant::now();
                transfer.bytes_sent = transfer.bytes_sent.map(|before| before + sent as u64);
                context.progress.add(sent as u64);
            }
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => {
                if moved.elapsed() >= IDLE_TIMEOUT {
                    return Err(TransferError::Silence);
                }
            }
            Err(_) => return Err(close_reason(receiver)),
        }
    }
    Ok(())
}

/// The receiver's reason for closing its data connection, if it sent one.
fn close_reason(receiver: &mut ReadyReceiver) -> TransferError {
    let deadline = Instant::now() + HEARTBEAT;
    loop {
        match receiver.line.try_recv() {
            Ok(Some(ControlMessage::Failed { why })) => return why,
            Ok(Some(_)) => {}
            Ok(None) if Instant::now() < deadline => wait_readable([receiver.line.as_fd()], HEARTBEAT),
            _ => return TransferError::Connection,
        }
    }
}

/// Opens the data connection to the sender.
///
/// # Errors
/// [`TransferError::Connection`].
pub fn connect(line: &ControlConnection, offer: &SessionOffer) -> Result<TcpStream, TransferError> {
    let open = || -> io::Result<TcpStream> {
        let data = TcpStream::connect_timeout(&line.peer(), IDLE_TIMEOUT)?;
        let mut connection = ControlConnection::new(data)?;
        let word = ControlMessage::Data { token: offer.token, number: offer.number };
        connection.send(&word).map_err(|_| io::ErrorKind::BrokenPipe)?;
        let data = connection.as_stream()?;
        data.set_read_timeout(Some(CALL_TIMEOUT))?;
        Ok(data)
    };
    open().map_err(|_| TransferError::Connection)
}

/// Receives the file.
///
/// # Errors
/// The reason, if it ended early.
pub fn receive(
    line: &mut ControlConnection,
    mut data: &TcpStream,
    partial_file: &mut PartialFile,
    size: u64,
    received_data: &mut ReceivedData,
    progress: &Progress,
    stop: &AtomicBool,
) -> Result<(), TransferError> {
    let mut buffer = vec![0; READ_CHUNK];
    let (mut known, mut last) = (Instant::now(), Instant::now());
    while received_data.bytes < size {
        let piece = (size - received_data.bytes).min(READ_CHUNK as u64) as usize;
        match data.read(&mut buffer[..piece]) {
            Ok(0) => return Err(TransferError::Connection),
            Ok(read) => {
                partial_file.write(&[&buffer[..read]], received_data.bytes).map_err(|error| trouble_of(&error))?;
                received_data.bytes += read as u64;
                progress.add(read as u64);
                received_data.last();
                last = Instant::now();
            }
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => {
                if last.elapsed() >= IDLE_TIMEOUT {
                    return Err(TransferError::Silence);
                }
            }
            Err(_) => return Err(TransferError::Connection),
        }
        if stop.load(Ordering::Relaxed) {
            return Err(TransferError::Interrupted);
        }
        if known.elapsed() >= HEARTBEAT {
            line.send(&ControlMessage::Progress { next: 0, received: received_data.bytes })?;
            known = Instant::now();
        }
    }
    // A sender that sends more than announced gave a wrong size.
    wait_readable([data.as_fd(), line.as_fd()], POLL_INTERVAL);
    received_data.complete = true;
    Ok(())
}
