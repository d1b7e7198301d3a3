//! The receiving end: joins, takes the file in, proves that it is whole, and says so.

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
use crate::net::block_sockets::BlockReceiver;

/// What is wanted.
#[derive(Clone, Debug)]
pub struct ReceiveConfig {
    /// The sender's addresses, tried in their order.
    pub server: Vec<SocketAddr>,
    /// Where the file goes.
    pub folder: PathBuf,
    /// The mode that is taken; `None` for whatever the sender says, but for the bare dialect, which says nothing.
    pub mode: Option<Mode>,
    /// The largest file that is taken, bytes.
    pub max_size: u64,
    /// The local UDP port; 0 for one of the system's choice.
    pub port: u16,
    /// The receive buffer to ask for, bytes.
    pub buffer: usize,
}

/// Why there was nothing to begin with.
#[derive(Debug)]
pub enum JoinError {
    /// No connection to the sender.
    Unreachable(io::Error),
    /// All places are taken.
    Full,
    /// The other end is no sender of this version.
    NoSender,
    /// The local port could not be had.
    Bind(SocketAddr, io::Error),
    /// The file could not be begun.
    Folder(io::Error),
    /// Stopped while waiting.
    Interrupted,
}

/// What a receiver tells while it runs.
#[derive(Clone, Copy, Debug)]
pub enum Notice<'a> {
    /// It has joined.
    Joined(&'a SessionOffer),
    /// The kernel granted a smaller receive buffer than was asked for, bytes.
    SmallBuffer(usize),
}

/// A receiver that has reached the sender, and said nothing yet.
pub struct ConnectedReceiver {
    line: ControlConnection,
    inlet: BlockReceiver,
    local: SocketAddr,
    granted: usize,
}

/// Reaches the sender, and opens the socket for what may come.
///
/// # Errors
/// [`Closed`], where there is no sender or no such port.
pub fn connect(wish: &ReceiveConfig) -> Result<ConnectedReceiver, JoinError> {
    let line = dial(wish)?;
    let local = SocketAddr::new(line.local().map_err(JoinError::Unreachable)?.ip(), wish.port);
    let bound = |error| JoinError::Bind(local, error);
    let inlet = BlockReceiver::bind(local).map_err(bound)?;
    let local = inlet.local_addr().map_err(bound)?;
    let granted = inlet.set_buffer(wish.buffer).unwrap_or(0);
    Ok(ConnectedReceiver { line, inlet, local, granted })
}

impl ConnectedReceiver {
    /// The sender.
    pub const fn peer(&self) -> SocketAddr {
        self.line.peer()
    }

    /// The socket that datagrams come in by.
    pub const fn local(&self) -> SocketAddr {
        self.local
    }

    /// Receives one file.
    ///
    /// # Errors
    /// [`Closed`], where it did not come to a transfer.
    pub fn run(self, run: &Run<'_>) -> Result<(), JoinError> {
        let Self { mut line, mut inlet, granted, .. } = self;
        if run.wish.mode == Some(Mode::Classic) {
            return receive_classic(run, &mut line, &mut inlet, granted);
        }
        let welcome = join(&mut line, run.stop)?;
        (run.notice)(Notice::Joined(&welcome));
        run.meter.number.store(welcome.number, Ordering::Relaxed);
        let (diary, number) = (run.diary, welcome.number);
        diary.write(Some(Record::File(Box::new(FileInfo {
            at: diary.clock.now(),
            mode: welcome.mode,
            name: file_name::safe(welcome.name.as_bytes()),
            size: Some(welcome.size),
            sha256: Some(welcome.sha256.clone()),
            clients: Some(welcome.clients),
            block: welcome.block,
            token: (welcome.mode != Mode::Classic).then_some(welcome.token),
        }))));
        diary.write(Some(Record::Peer(Peer { p: number.into(), addr: line.peer() })));
        let mut catch = ReceivedData::default();
        let mut sink = None;
        let mut account = ReceiverReport {
            number,
            peer: Some(line.peer()),
            server_port: Some(welcome.port),
            blocks: welcome.mode.has_blocks().then(Blocks::default),
            buffer: welcome.mode.has_blocks().then_some(granted as u64),
            ..ReceiverReport::default()
        };
        let taken = receive_file(run, &mut line, inlet, &welcome, &mut account, &mut sink, &mut catch);
        // From here on nothing is read.
        let stopped = diary.clock.now();
        let verified = match taken {
            Err(ReceiveError::Closed(closed)) => return Err(closed),
            Err(ReceiveError::Trouble(trouble)) => Err(trouble),
            Ok(()) => verify(&mut line, sink.as_ref(), &welcome, &catch),
        };
        account.trouble = verified.as_ref().err().copied();
        account.complete = Some(verified == Ok(true));
        finish_report(&mut account, sink, &catch, Some(welcome.size));
        diary.word(number, ControlEvent::Done);
        // A sender that has gone needs no last word.
        let _ = line.send(&match account.trouble {
            Some(why) => ControlMessage::Failed { why },
            None => ControlMessage::Done(Box::new(outcome(&account, &catch))),
        });
        diary.write(Some(Record::Account(Box::new(ReceiverReportRecord { at: stopped, account }))));
        Ok(())
    }
}

/// What a run of a receiver works with.
pub struct Run<'a> {
    /// What is wanted.
    pub wish: &'a ReceiveConfig,
    /// How far it is.
    pub meter: &'a Progress,
    /// To be stopped.
    pub stop: &'a AtomicBool,
    /// Where the account goes.
    pub diary: TransferJournal<'a>,
    /// Who is told of what happens.
    pub notice: &'a dyn Fn(Notice<'_>),
}

impl Run<'_> {
    /// Tells of a receive buffer that is smaller than was asked for.
    fn tell_buffer(&self, granted: usize) {
        if granted < self.wish.buffer {
            (self.notice)(Notice::SmallBuffer(granted));
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

/// Takes the file in; what is known at a break is in `account`, `sink` and `catch`.
fn receive_file(
    run: &Run<'_>,
    line: &mut ControlConnection,
    mut inlet: BlockReceiver,
    welcome: &SessionOffer,
    account: &mut ReceiverReport,
    sink: &mut Option<PartialFile>,
    catch: &mut ReceivedData,
) -> Result<(), ReceiveError> {
    let Run { wish, meter, stop, diary, .. } = *run;
    if wish.mode.is_some_and(|mode| mode != welcome.mode) {
        return Err(TransferError::OtherMode.into());
    }
    if welcome.size > wish.max_size {
        return Err(TransferError::TooLarge.into());
    }
    let name = file_name::safe(welcome.name.as_bytes()).ok_or(TransferError::BadName)?;
    let sink = sink.insert(
        PartialFile::begin(&wish.folder, &name).map_err(|error| ReceiveError::Closed(JoinError::Folder(error)))?,
    );
    let port = inlet.local_addr().ok().map(|address| address.port());
    match welcome.mode {
        Mode::Udp => {
            run.tell_buffer(account.buffer.unwrap_or(0) as usize);
            account.client_port = port;
            udp::receive(line, &mut inlet, ReceiveContext { welcome, sink, catch, meter, stop, diary })?;
        }
        Mode::Tcp => {
            drop(inlet);
            let data = tcp::connect(line, welcome)?;
            account.client_port = data.local_addr().ok().map(|address| address.port());
            line.send(&ControlMessage::Ready { port: 0, room: 0 })?;
            await_start(line, welcome.number, run)?;
            catch.started();
            tcp::receive(line, &data, sink, welcome.size, catch, meter, stop)?;
        }
        Mode::Quic => {
            account.client_port = port;
            line.send(&ControlMessage::Ready { port: port.unwrap_or(0), room: 0 })?;
            await_start(line, welcome.number, run)?;
            catch.started();
            quic::receive(line, inlet.into_socket(), ReceiveContext { welcome, sink, catch, meter, stop, diary })?;
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
    run.diary.word(number, ControlEvent::Start);
    Ok(())
}

/// Connects to the first address that answers.
fn dial(wish: &ReceiveConfig) -> Result<ControlConnection, JoinError> {
    let mut failure = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for &address in &wish.server {
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
        ControlMessage::Welcome(welcome) => Ok(*welcome),
        ControlMessage::Refused { why: RejectReason::Full } => Err(JoinError::Full),
        _ => Err(JoinError::NoSender),
    }
}

/// Whether the file on the disk has the SHA-256 that was told. Reading a large file back takes its time, in which the
/// sender gets signs of life.
fn verify(
    line: &mut ControlConnection,
    sink: Option<&PartialFile>,
    welcome: &SessionOffer,
    catch: &ReceivedData,
) -> Result<bool, TransferError> {
    let Some(sink) = sink.filter(|_| catch.complete) else { return Ok(false) };
    let mut told = Instant::now();
    let alive = || {
        if told.elapsed() >= HEARTBEAT {
            told = Instant::now();
            // A sender that has gone does not make the file any less whole.
            let blocks = catch.arrived.received.unwrap_or(0);
            let _ = line.send(&ControlMessage::Progress { next: blocks, received: blocks });
        }
        true
    };
    let found = sink.hash(welcome.size, alive).map_err(|error| trouble_of(&error))?;
    Ok(found.is_some_and(|found| found.eq_ignore_ascii_case(&welcome.sha256)))
}

/// Gives the file its name, or leaves it under its temporary one; answers where it is.
fn finalize_file(sink: Option<PartialFile>, whole: bool, size: Option<u64>) -> io::Result<Option<String>> {
    let Some(sink) = sink else { return Ok(None) };
    if whole {
        return sink.keep().map(|path| Some(path.display().to_string()));
    }
    if let Some(size) = size {
        // The holes at the end count as well; on a full disk the file is shorter.
        let _ = sink.set_size(size);
    }
    Ok(sink.leave().map(|path| path.display().to_string()))
}

/// Brings file and account to their end.
fn finish_report(account: &mut ReceiverReport, sink: Option<PartialFile>, catch: &ReceivedData, size: Option<u64>) {
    let kept = finalize_file(sink, account.complete == Some(true), size);
    if kept.is_err() {
        (account.complete, account.trouble) = (Some(false), Some(TransferError::File));
    }
    account.saved = kept.ok().flatten();
    account.bytes_received = Some(catch.bytes);
    account.took_ns = catch.took_ns();
    account.transport = catch.transport;
    if let Some(blocks) = &mut account.blocks {
        blocks.arrived = catch.arrived.clone();
    }
}

fn outcome(account: &ReceiverReport, catch: &ReceivedData) -> Outcome {
    Outcome {
        verified: account.complete == Some(true),
        bytes: catch.bytes,
        took_ns: catch.took_ns().unwrap_or(0),
        arrived: catch.arrived.clone(),
    }
}

/// A run in the bare dialect.
fn receive_classic(
    run: &Run<'_>,
    line: &mut ControlConnection,
    inlet: &mut BlockReceiver,
    granted: usize,
) -> Result<(), JoinError> {
    let Run { wish, meter, stop, diary, .. } = *run;
    run.tell_buffer(granted);
    let (mut told, mut sink, mut catch) = (ClassicFileInfo::default(), None, ReceivedData::default());
    let mut bare = ClassicReceiveContext {
        folder: &wish.folder,
        max_size: wish.max_size,
        told: &mut told,
        sink: &mut sink,
        catch: &mut catch,
        meter,
        stop,
        diary,
    };
    let ended = classic::receive(line, inlet, &mut bare);
    let stopped = diary.clock.now();
    if ended == Err(TransferError::Connection) && told.number == 0 {
        return Err(JoinError::Full);
    }
    let mut account = ReceiverReport {
        number: told.number,
        peer: Some(line.peer()),
        client_port: inlet.local_addr().ok().map(|address| address.port()),
        server_port: told.from,
        complete: Some(ended.is_ok() && catch.complete),
        trouble: ended.err(),
        blocks: Some(Blocks::default()),
        buffer: Some(granted as u64),
        ..ReceiverReport::default()
    };
    diary.write(Some(Record::File(Box::new(FileInfo {
        at: stopped,
        mode: Mode::Classic,
        name: told.name,
        size: told.size,
        sha256: None,
        clients: told.clients,
        block: BLOCK,
        token: None,
    }))));
    // Blocks without numbers leave no holes: the file is as long as what came.
    finish_report(&mut account, sink, &catch, None);
    diary.write(Some(Record::Account(Box::new(ReceiverReportRecord { at: stopped, account }))));
    Ok(())
}
