//! The receiving end: joins, receives the file, verifies it, and reports the result.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use super::control_connection::ControlConnection;
use super::partial_file::PartialFile;
use super::receive_context::{ClassicFileInfo, ClassicReceiveContext, ReceiveContext, ReceivedData, START_TIMEOUT};
use super::{HEARTBEAT, IDLE_TIMEOUT, Progress, TransferJournal, classic, quic, tcp, trouble_of, udp};
use crate::core::evidence::journal::Record;
use crate::core::evidence::journal_messages::Peer;
use crate::core::evidence::transfer_records::{Blocks, ControlEvent, FileInfo, ReceiverReport, ReceiverReportRecord};
use crate::core::protocol::transfer::classic::BLOCK;
use crate::core::protocol::transfer::control::{ControlMessage, Outcome, RejectReason, SessionOffer, VERSION};
use crate::core::protocol::transfer::{Mode, TransferError, file_name};
use crate::core::time::Now;
use crate::net::block_sockets::BlockReceiver;

#[derive(Clone, Debug)]
pub struct ReceiveConfig {
    pub server: Vec<SocketAddr>,
    pub folder: PathBuf,
    /// The accepted mode; `None` accepts the sender's, except `classic`, which has no handshake.
    pub mode: Option<Mode>,
    /// The largest file that is taken, bytes.
    pub max_size: u64,
    /// The local UDP port; 0 for one of the system's choice.
    pub port: u16,
    /// The receive buffer to ask for, bytes.
    pub buffer: usize,
}

#[derive(Debug)]
pub enum JoinError {
    Unreachable(io::Error),
    Full,
    /// The peer is not a sender of this version.
    NoSender,
    /// The local port could not be bound.
    Bind(SocketAddr, io::Error),
    /// The file could not be begun.
    Folder(io::Error),
    Interrupted,
}

/// An event of a running receiver.
#[derive(Clone, Copy, Debug)]
pub enum ReceiverEvent<'a> {
    Joined(&'a SessionOffer),
    /// The kernel granted a smaller receive buffer than was asked for, bytes.
    SmallBuffer(usize),
}

/// A receiver that is connected to the sender, before the handshake.
pub struct ConnectedReceiver {
    line: ControlConnection,
    block_receiver: BlockReceiver,
    local: SocketAddr,
    granted: usize,
}

/// Connects to the sender, and opens the socket for blocks.
///
/// # Errors
/// [`JoinError`], where there is no sender or no such port.
pub fn connect(config: &ReceiveConfig) -> Result<ConnectedReceiver, JoinError> {
    let line = dial(config)?;
    let local = SocketAddr::new(line.local().map_err(JoinError::Unreachable)?.ip(), config.port);
    let bound = |error| JoinError::Bind(local, error);
    let inlet = BlockReceiver::bind(local).map_err(bound)?;
    let local = inlet.local_addr().map_err(bound)?;
    let granted = inlet.set_buffer(config.buffer).unwrap_or(0);
    Ok(ConnectedReceiver { line, block_receiver: inlet, local, granted })
}

impl ConnectedReceiver {
    pub const fn peer(&self) -> SocketAddr {
        self.line.peer()
    }

    pub const fn local(&self) -> SocketAddr {
        self.local
    }

    /// Receives one file.
    ///
    /// # Errors
    /// [`JoinError`], where it did not come to a transfer.
    pub fn run(self, run: &Run<'_>) -> Result<(), JoinError> {
        let Self { mut line, block_receiver: mut inlet, granted, .. } = self;
        if run.config.mode == Some(Mode::Classic) {
            return receive_classic(run, &mut line, &mut inlet, granted);
        }
        let offer = join(&mut line, run.stop)?;
        (run.notice)(ReceiverEvent::Joined(&offer));
        run.progress.number.store(offer.number, Ordering::Relaxed);
        let (journal, number) = (run.transfer_journal, offer.number);
        journal.write(Some(Record::File(Box::new(FileInfo {
            at: journal.clock.now(),
            mode: offer.mode,
            name: file_name::safe(offer.name.as_bytes()),
            size_bytes: Some(offer.size),
            sha256: Some(offer.sha256.clone()),
            clients: Some(offer.clients),
            block_bytes: offer.block,
            token: (offer.mode != Mode::Classic).then_some(offer.token),
        }))));
        journal.write(Some(Record::Peer(Peer { p: number.into(), addr: line.peer() })));
        let mut received_data = ReceivedData::default();
        let mut partial_file = None;
        let mut report = ReceiverReport {
            number,
            peer: Some(line.peer()),
            server_port: Some(offer.port),
            blocks: offer.mode.has_blocks().then(Blocks::default),
            recv_buffer_bytes: offer.mode.has_blocks().then_some(granted as u64),
            ..ReceiverReport::default()
        };
        let taken = receive_file(run, &mut line, inlet, &offer, &mut report, &mut partial_file, &mut received_data);
        // From here on nothing is read.
        let stopped = journal.clock.now();
        let verified = match taken {
            Err(ReceiveError::Closed(closed)) => return Err(closed),
            Err(ReceiveError::Trouble(trouble)) => Err(trouble),
            Ok(()) => verify(&mut line, partial_file.as_ref(), &offer, &received_data),
        };
        report.error = verified.as_ref().err().copied();
        report.complete = Some(verified == Ok(true));
        finish_report(&mut report, partial_file, &received_data, Some(offer.size));
        journal.word(number, ControlEvent::Done);
        // A sender that has gone needs no last word.
        let _ = line.send(&match report.error {
            Some(why) => ControlMessage::Failed { why },
            None => ControlMessage::Done(Box::new(outcome(&report, &received_data))),
        });
        journal.write(Some(Record::ReceiverReport(Box::new(ReceiverReportRecord { at: stopped, account: report }))));
        Ok(())
    }
}

/// What a run of a receiver works with.
pub struct Run<'a> {
    pub config: &'a ReceiveConfig,
    pub progress: &'a Progress,
    pub stop: &'a AtomicBool,
    pub transfer_journal: TransferJournal<'a>,
    /// Called on events.
    pub notice: &'a dyn Fn(ReceiverEvent<'_>),
}

impl Run<'_> {
    /// Reports a receive buffer smaller than requested.
    fn tell_buffer(&self, granted: usize) {
        if granted < self.config.buffer {
            (self.notice)(ReceiverEvent::SmallBuffer(granted));
        }
    }
}

enum ReceiveError {
    Closed(JoinError),
    Trouble(TransferError),
}

impl From<TransferError> for ReceiveError {
    fn from(trouble: TransferError) -> Self {
        Self::Trouble(trouble)
    }
}

/// Receives the file; on an error, `report`, the partial file and the received data hold the state so far.
fn receive_file(
    run: &Run<'_>,
    line: &mut ControlConnection,
    mut block_receiver: BlockReceiver,
    session_offer: &SessionOffer,
    report: &mut ReceiverReport,
    sink: &mut Option<PartialFile>,
    received_data: &mut ReceivedData,
) -> Result<(), ReceiveError> {
    let Run { config: wish, progress: meter, stop, transfer_journal: journal, .. } = *run;
    if wish.mode.is_some_and(|mode| mode != session_offer.mode) {
        return Err(TransferError::OtherMode.into());
    }
    if session_offer.size > wish.max_size {
        return Err(TransferError::TooLarge.into());
    }
    let name = file_name::safe(session_offer.name.as_bytes()).ok_or(TransferError::BadName)?;
    let partial_file = sink.insert(
        PartialFile::begin(&wish.folder, &name).map_err(|error| ReceiveError::Closed(JoinError::Folder(error)))?,
    );
    let port = block_receiver.local_addr().ok().map(|address| address.port());
    match session_offer.mode {
        Mode::Udp => {
            run.tell_buffer(report.recv_buffer_bytes.unwrap_or(0) as usize);
            report.client_port = port;
            udp::receive(
                line,
                &mut block_receiver,
                ReceiveContext {
                    offer: session_offer,
                    sink: partial_file,
                    received: received_data,
                    progress_meter: meter,
                    stop,
                    transfer_journal: journal,
                },
            )?;
        }
        Mode::Tcp => {
            drop(block_receiver);
            let data = tcp::connect(line, session_offer)?;
            report.client_port = data.local_addr().ok().map(|address| address.port());
            line.send(&ControlMessage::Ready { port: 0, room: 0 })?;
            await_start(line, session_offer.number, run)?;
            received_data.started();
            tcp::receive(line, &data, partial_file, session_offer.size, received_data, meter, stop)?;
        }
        Mode::Quic => {
            report.client_port = port;
            line.send(&ControlMessage::Ready { port: port.unwrap_or(0), room: 0 })?;
            await_start(line, session_offer.number, run)?;
            received_data.started();
            quic::receive(
                line,
                block_receiver.into_socket(),
                ReceiveContext {
                    offer: session_offer,
                    sink: partial_file,
                    received: received_data,
                    progress_meter: meter,
                    stop,
                    transfer_journal: journal,
                },
            )?;
        }
        Mode::Classic => return Err(TransferError::OtherMode.into()),
    }
    Ok(())
}

fn await_start(line: &mut ControlConnection, number: u16, run: &Run<'_>) -> Result<(), TransferError> {
    line.wait(START_TIMEOUT, run.stop, |line| match line.try_recv()? {
        None => Ok(None),
        Some(ControlMessage::Start) => Ok(Some(())),
        Some(_) => Err(TransferError::Dialect),
    })?;
    run.transfer_journal.word(number, ControlEvent::Start);
    Ok(())
}

/// Connects to the first address that accepts.
fn dial(config: &ReceiveConfig) -> Result<ControlConnection, JoinError> {
    let mut failure = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for &address in &config.server {
        match TcpStream::connect_timeout(&address, IDLE_TIMEOUT).and_then(ControlConnection::new) {
            Ok(line) => return Ok(line),
            Err(error) => failure = error,
        }
    }
    Err(JoinError::Unreachable(failure))
}

fn join(line: &mut ControlConnection, stop: &AtomicBool) -> Result<SessionOffer, JoinError> {
    let closed =
        |trouble| if trouble == TransferError::Interrupted { JoinError::Interrupted } else { JoinError::NoSender };
    line.send(&ControlMessage::Join { version: VERSION }).map_err(closed)?;
    match line.wait(IDLE_TIMEOUT, stop, ControlConnection::try_recv).map_err(closed)? {
        ControlMessage::Welcome(offer) => Ok(*offer),
        ControlMessage::Refused { why: RejectReason::Full } => Err(JoinError::Full),
        _ => Err(JoinError::NoSender),
    }
}

/// Whether the file on disk has the expected SHA-256. Reading a large file back takes time, in which the sender gets
/// progress messages.
fn verify(
    line: &mut ControlConnection,
    partial_file: Option<&PartialFile>,
    offer: &SessionOffer,
    received_data: &ReceivedData,
) -> Result<bool, TransferError> {
    let Some(sink) = partial_file.filter(|_| received_data.complete) else { return Ok(false) };
    let mut known = Instant::now();
    let alive = || {
        if known.elapsed() >= HEARTBEAT {
            known = Instant::now();
            // A sender that has gone does not make the file any less whole.
            let blocks = received_data.arrived.received.unwrap_or(0);
            let _ = line.send(&ControlMessage::Progress { next: blocks, received: blocks });
        }
        true
    };
    let found = sink.hash(offer.size, alive).map_err(|error| trouble_of(&error))?;
    Ok(found.is_some_and(|found| found.eq_ignore_ascii_case(&offer.sha256)))
}

/// Renames the file to its final name, or leaves its temporary one; returns its path.
fn finalize_file(partial_file: Option<PartialFile>, whole: bool, size: Option<u64>) -> io::Result<Option<String>> {
    let Some(sink) = partial_file else { return Ok(None) };
    if whole {
        return sink.keep().map(|path| Some(path.display().to_string()));
    }
    if let Some(size) = size {
        // The holes at the end count as well; on a full disk the file is shorter.
        let _ = sink.set_size(size);
    }
    Ok(sink.keep_partial().map(|path| path.display().to_string()))
}

fn finish_report(
    report: &mut ReceiverReport,
    partial_file: Option<PartialFile>,
    received_data: &ReceivedData,
    size: Option<u64>,
) {
    let kept = finalize_file(partial_file, report.complete == Some(true), size);
    if kept.is_err() {
        (report.complete, report.error) = (Some(false), Some(TransferError::File));
    }
    report.path = kept.ok().flatten();
    report.bytes_received = Some(received_data.bytes);
    report.took_ns = received_data.took_ns();
    report.transport = received_data.transport;
    if let Some(blocks) = &mut report.blocks {
        blocks.arrived = received_data.arrived.clone();
    }
}

fn outcome(report: &ReceiverReport, received_data: &ReceivedData) -> Outcome {
    Outcome {
        verified: report.complete == Some(true),
        bytes: received_data.bytes,
        took_ns: received_data.took_ns().unwrap_or(0),
        arrived: received_data.arrived.clone(),
    }
}

fn write_classic_info(journal: TransferJournal<'_>, at: Now, known: ClassicFileInfo) {
    journal.write(Some(Record::File(Box::new(FileInfo {
        at,
        mode: Mode::Classic,
        name: known.name,
        size_bytes: known.size,
        sha256: None,
        clients: known.clients,
        block_bytes: BLOCK,
        token: None,
    }))));
}

fn receive_classic(
    run: &Run<'_>,
    line: &mut ControlConnection,
    block_receiver: &mut BlockReceiver,
    granted: usize,
) -> Result<(), JoinError> {
    let Run { config: wish, progress: progress_meter, stop, transfer_journal: diary, .. } = *run;
    run.tell_buffer(granted);
    let (mut reported, mut partial_file, mut catch) = (ClassicFileInfo::default(), None, ReceivedData::default());
    // If this program is killed, its journal tells at least what kind of transfer it was.
    write_classic_info(diary, diary.clock.now(), ClassicFileInfo::default());
    let mut bare = ClassicReceiveContext {
        folder: &wish.folder,
        max_size: wish.max_size,
        known: &mut reported,
        sink: &mut partial_file,
        received_data: &mut catch,
        progress: progress_meter,
        stop,
        journal: diary,
    };
    let ended = classic::receive(line, block_receiver, &mut bare);
    let stopped = diary.clock.now();
    if ended == Err(TransferError::Connection) && reported.number == 0 {
        return Err(JoinError::Full);
    }
    let mut report = ReceiverReport {
        number: reported.number,
        peer: Some(line.peer()),
        client_port: block_receiver.local_addr().ok().map(|address| address.port()),
        server_port: reported.from,
        complete: Some(ended.is_ok() && catch.complete),
        error: ended.err(),
        blocks: Some(Blocks::default()),
        recv_buffer_bytes: Some(granted as u64),
        ..ReceiverReport::default()
    };
    write_classic_info(diary, stopped, reported);
    // Unnumbered blocks leave no holes: the file is as long as the received data.
    finish_report(&mut report, partial_file, &catch, None);
    diary.write(Some(Record::ReceiverReport(Box::new(ReceiverReportRecord { at: stopped, account: report }))));
    Ok(())
}
