//! One TCP connection a receiver, for comparison.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::fd::AsFd;
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::accept::Guest;
use super::control_connection::Line;
use super::partial_file::Sink;
use super::receiver::Catch;
use super::sender::{Service, last_word};
use super::{GLANCE, HEARTBEAT, Meter, PATIENCE, trouble_of};
use crate::core::evidence::transfer_records::Account;
use crate::core::protocol::transfer::Trouble;
use crate::core::protocol::transfer::control::{Outcome, Say, Welcome};
use crate::net::event_waiter::readable;

/// Bytes taken from the kernel at once: with fewer, the receiver is woken more often than it is worth.
const TAKEN: usize = 1 << 20;

/// Bytes handed to the kernel at once: they stay in the processor's cache between the file and the socket.
const HANDED: usize = 128 << 10;

/// How long one call may wait for the other end to take something.
const STEP: Duration = Duration::from_millis(200);

/// Sends the file to one receiver and waits for its last word.
///
/// It is read and written: `sendfile()` hands over single pages, which costs a receiver on the same host half its speed.
///
/// # Errors
/// Why it did not come to that.
pub fn send(guest: &mut Guest, service: &Service<'_>, transfer: &mut Account) -> Result<Outcome, Trouble> {
    let mut data = guest.data.take().ok_or(Trouble::Connection)?;
    let prepared = data.set_nodelay(true).and_then(|()| data.set_write_timeout(Some(STEP)));
    prepared.map_err(|_| Trouble::Connection)?;
    transfer.client_port = data.peer_addr().ok().map(|address| address.port());
    guest.line.say(&Say::Start)?;
    let mut buffer = vec![0; HANDED];
    let (mut at, size) = (0, service.order.welcome.size);
    while at < size {
        let piece = (size - at).min(HANDED as u64) as usize;
        // The file may have become shorter, or its disk fails.
        service.order.source.file.read_exact_at(&mut buffer[..piece], at).map_err(|_| Trouble::File)?;
        write_all(&mut data, &buffer[..piece], guest, service, transfer)?;
        at += piece as u64;
    }
    guest.line.say(&Say::Sent)?;
    last_word(guest, service.stop)
}

/// Writes a piece of the file, and listens meanwhile to what the receiver has to say.
fn write_all(
    data: &mut TcpStream,
    mut piece: &[u8],
    guest: &mut Guest,
    service: &Service<'_>,
    transfer: &mut Account,
) -> Result<(), Trouble> {
    let mut moved = Instant::now();
    while !piece.is_empty() {
        match guest.line.heard()? {
            Some(Say::Failed { why }) => return Err(why),
            Some(Say::Progress { .. }) | None => {}
            Some(_) => return Err(Trouble::Dialect),
        }
        if service.stop.load(Ordering::Relaxed) {
            return Err(Trouble::Interrupted);
        }
        match data.write(piece) {
            Ok(sent) => {
                piece = &piece[sent..];
                moved = Instant::now();
                transfer.bytes_sent = transfer.bytes_sent.map(|before| before + sent as u64);
                service.meter.add(sent as u64);
            }
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => {
                if moved.elapsed() >= PATIENCE {
                    return Err(Trouble::Silence);
                }
            }
            Err(_) => return Err(parting(guest)),
        }
    }
    Ok(())
}

/// Why a receiver closed its data connection, where it said so.
fn parting(guest: &mut Guest) -> Trouble {
    let deadline = Instant::now() + HEARTBEAT;
    loop {
        match guest.line.heard() {
            Ok(Some(Say::Failed { why })) => return why,
            Ok(Some(_)) => {}
            Ok(None) if Instant::now() < deadline => readable([guest.line.as_fd()], HEARTBEAT),
            _ => return Trouble::Connection,
        }
    }
}

/// Opens the data connection to the sender.
///
/// # Errors
/// [`Trouble::Connection`].
pub fn connect(line: &Line, welcome: &Welcome) -> Result<TcpStream, Trouble> {
    let open = || -> io::Result<TcpStream> {
        let data = TcpStream::connect_timeout(&line.peer(), PATIENCE)?;
        let mut said = Line::new(data)?;
        let word = Say::Data { token: welcome.token, number: welcome.number };
        said.say(&word).map_err(|_| io::ErrorKind::BrokenPipe)?;
        let data = said.as_stream()?;
        data.set_read_timeout(Some(STEP))?;
        Ok(data)
    };
    open().map_err(|_| Trouble::Connection)
}

/// Takes the file in.
///
/// # Errors
/// Why it ended early; what came until then is in `catch`.
pub fn receive(
    line: &mut Line,
    mut data: &TcpStream,
    sink: &mut Sink,
    size: u64,
    catch: &mut Catch,
    meter: &Meter,
    stop: &AtomicBool,
) -> Result<(), Trouble> {
    let mut buffer = vec![0; TAKEN];
    let (mut told, mut last) = (Instant::now(), Instant::now());
    while catch.bytes < size {
        let piece = (size - catch.bytes).min(TAKEN as u64) as usize;
        match data.read(&mut buffer[..piece]) {
            Ok(0) => return Err(Trouble::Connection),
            Ok(read) => {
                sink.write(&[&buffer[..read]], catch.bytes).map_err(|error| trouble_of(&error))?;
                catch.bytes += read as u64;
                meter.add(read as u64);
                catch.last();
                last = Instant::now();
            }
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => {
                if last.elapsed() >= PATIENCE {
                    return Err(Trouble::Silence);
                }
            }
            Err(_) => return Err(Trouble::Connection),
        }
        if stop.load(Ordering::Relaxed) {
            return Err(Trouble::Interrupted);
        }
        if told.elapsed() >= HEARTBEAT {
            line.say(&Say::Progress { next: 0, received: catch.bytes })?;
            told = Instant::now();
        }
    }
    // One that sends more than it said has said the wrong size.
    readable([data.as_fd(), line.as_fd()], GLANCE);
    catch.complete = true;
    Ok(())
}
