//! The receiving end: joins, takes the file in, proves that it is whole, and says so.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use super::line::Line;
use super::sink::Sink;
use super::{HEARTBEAT, Meter, PATIENCE, classic, quic, tcp, trouble_of, udp};
use crate::core::dialect::transfer::block::HEADER;
use crate::core::dialect::transfer::control::{MOST_RANGES, Outcome, Refusal, Say, VERSION, Welcome};
use crate::core::dialect::transfer::{Mode, Trouble, name};
use crate::core::time::{Wall, nanos};
use crate::core::verdict::transfer::{Blocks, Transfer};
use crate::net::blocks::{self, Inlet};
use crate::net::clock::wall;

/// How long to wait until everybody has come: longer than senders wait.
pub const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

/// A datagram of the bare dialect may be as long as UDP allows.
const LONGEST_BARE: usize = 65_507;

/// What is wanted.
#[derive(Clone, Debug)]
pub struct Wish {
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

/// What came.
#[derive(Debug, Default)]
pub struct Catch {
    /// Bytes of the file, each once.
    pub bytes: u64,
    /// Different blocks.
    pub blocks: u64,
    /// Copies of blocks.
    pub duplicates: u64,
    /// Ranges of missing blocks, the first of them.
    pub missing: Vec<(u64, u64)>,
    /// How many there are.
    pub ranges: u64,
    /// Datagrams that the kernel dropped at the socket.
    pub socket_drops: Option<u64>,
    /// Nothing is missing.
    pub complete: bool,
    start: Option<(Instant, Wall)>,
    last: Option<Instant>,
}

impl Catch {
    /// Everybody has come.
    pub fn started(&mut self) {
        self.start = Some((Instant::now(), wall()));
    }

    /// Something came.
    pub fn last(&mut self) {
        self.last = Some(Instant::now());
    }

    fn took_ns(&self) -> Option<i64> {
        let start = self.start?.0;
        Some(nanos(self.last.unwrap_or(start).saturating_duration_since(start)))
    }
}

/// What a run of a receiver ends with.
#[derive(Debug)]
pub struct Received {
    /// What was told of the transfer, where it was.
    pub welcome: Option<Welcome>,
    /// What was told in the bare dialect.
    pub bare: Option<classic::Told>,
    /// When it began.
    pub start: Wall,
    /// The file's way here.
    pub transfer: Transfer,
}

/// Why there was nothing to begin with.
#[derive(Debug)]
pub enum Closed {
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
    Joined(&'a Welcome),
    /// The kernel granted a smaller receive buffer than was asked for, bytes.
    SmallBuffer(usize),
}

/// Receives one file.
///
/// # Errors
/// [`Closed`], where it did not come to a transfer.
pub fn run(wish: &Wish, meter: &Meter, stop: &AtomicBool, notice: &dyn Fn(Notice<'_>)) -> Result<Received, Closed> {
    let mut line = dial(wish)?;
    if wish.mode == Some(Mode::Classic) {
        return bare(wish, line, meter, stop, notice);
    }
    let welcome = join(&mut line, stop)?;
    notice(Notice::Joined(&welcome));
    let mut catch = Catch::default();
    let mut sink = None;
    let mut transfer = Transfer {
        number: welcome.number,
        peer: Some(line.peer()),
        server_port: Some(welcome.port),
        blocks: welcome.mode.has_blocks().then(Blocks::default),
        ..Transfer::default()
    };
    let taken = take(wish, &mut line, &welcome, &mut transfer, &mut sink, &mut catch, meter, stop, notice);
    let verified = match taken {
        Err(Taking::Closed(closed)) => return Err(closed),
        Err(Taking::Trouble(trouble)) => Err(trouble),
        Ok(()) => verify(&mut line, sink.as_ref(), &welcome, &catch),
    };
    transfer.trouble = verified.as_ref().err().copied();
    transfer.complete = Some(verified == Ok(true));
    let kept = settle(sink, verified == Ok(true), Some(welcome.size));
    if kept.is_err() {
        (transfer.complete, transfer.trouble) = (Some(false), Some(Trouble::File));
    }
    transfer.saved = kept.ok().flatten();
    tell(&mut transfer, &catch);
    // A sender that has gone needs no last word.
    let _ = line.say(&match transfer.trouble {
        Some(why) => Say::Failed { why },
        None => Say::Done(Box::new(outcome(&transfer, &catch))),
    });
    let start = catch.start.map_or_else(wall, |(_, start)| start);
    Ok(Received { welcome: Some(welcome), bare: None, start, transfer })
}

enum Taking {
    Closed(Closed),
    Trouble(Trouble),
}

impl From<Trouble> for Taking {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

#[expect(clippy::too_many_arguments, reason = "what is known at a break must outlive it")]
fn take(
    wish: &Wish,
    line: &mut Line,
    welcome: &Welcome,
    transfer: &mut Transfer,
    sink: &mut Option<Sink>,
    catch: &mut Catch,
    meter: &Meter,
    stop: &AtomicBool,
    notice: &dyn Fn(Notice<'_>),
) -> Result<(), Taking> {
    if wish.mode.is_some_and(|mode| mode != welcome.mode) {
        return Err(Trouble::OtherMode.into());
    }
    if welcome.size > wish.max_size {
        return Err(Trouble::TooLarge.into());
    }
    let name = name::safe(welcome.name.as_bytes()).ok_or(Trouble::BadName)?;
    let sink = sink.insert(Sink::begin(&wish.folder, &name).map_err(|error| Taking::Closed(Closed::Folder(error)))?);
    match welcome.mode {
        Mode::Udp => {
            let mut inlet = inlet(wish, line, HEADER + welcome.block as usize, notice).map_err(Taking::Closed)?;
            transfer.client_port = inlet.local_addr().ok().map(|address| address.port());
            udp::receive(line, &mut inlet, sink, welcome, catch, meter, stop)?;
        }
        Mode::Tcp => {
            let data = tcp::connect(line, welcome)?;
            transfer.client_port = data.local_addr().ok().map(|address| address.port());
            line.say(&Say::Ready { port: 0, room: 0 })?;
            await_start(line, stop)?;
            catch.started();
            tcp::receive(line, &data, sink, welcome.size, catch, meter, stop)?;
        }
        Mode::Quic => {
            let local = line.local().map_err(|error| Taking::Closed(Closed::Unreachable(error)))?;
            let local = SocketAddr::new(local.ip(), wish.port);
            let socket = blocks::open(local).map_err(|error| Taking::Closed(Closed::Bind(local, error)))?;
            let port = socket.local_addr().map_or(0, |address| address.port());
            transfer.client_port = Some(port);
            line.say(&Say::Ready { port, room: 0 })?;
            await_start(line, stop)?;
            catch.started();
            quic::receive(line, socket, sink, welcome, catch, meter, stop)?;
        }
        Mode::Classic => return Err(Trouble::OtherMode.into()),
    }
    Ok(())
}

fn await_start(line: &mut Line, stop: &AtomicBool) -> Result<(), Trouble> {
    line.wait(LONGEST_WAIT, stop, |line| match line.heard()? {
        None => Ok(None),
        Some(Say::Start) => Ok(Some(())),
        Some(_) => Err(Trouble::Dialect),
    })
}

/// Connects to the first address that answers.
fn dial(wish: &Wish) -> Result<Line, Closed> {
    let mut failure = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for &address in &wish.server {
        match TcpStream::connect_timeout(&address, PATIENCE).and_then(Line::new) {
            Ok(line) => return Ok(line),
            Err(error) => failure = error,
        }
    }
    Err(Closed::Unreachable(failure))
}

fn join(line: &mut Line, stop: &AtomicBool) -> Result<Welcome, Closed> {
    let closed = |trouble| if trouble == Trouble::Interrupted { Closed::Interrupted } else { Closed::NoSender };
    line.say(&Say::Join { version: VERSION }).map_err(closed)?;
    match line.wait(PATIENCE, stop, Line::heard).map_err(closed)? {
        Say::Welcome(welcome) => Ok(*welcome),
        Say::Refused { why: Refusal::Full } => Err(Closed::Full),
        _ => Err(Closed::NoSender),
    }
}

fn inlet(wish: &Wish, line: &Line, longest: usize, notice: &dyn Fn(Notice<'_>)) -> Result<Inlet, Closed> {
    let local = line.local().map_err(Closed::Unreachable)?;
    let local = SocketAddr::new(local.ip(), wish.port);
    let inlet = Inlet::bind(local, longest).map_err(|error| Closed::Bind(local, error))?;
    let granted = inlet.set_buffer(wish.buffer).unwrap_or(0);
    if granted < wish.buffer {
        notice(Notice::SmallBuffer(granted));
    }
    Ok(inlet)
}

/// Whether the file on the disk has the SHA-256 that was told. Reading a large file back takes its time, in which the
/// sender gets signs of life.
fn verify(line: &mut Line, sink: Option<&Sink>, welcome: &Welcome, catch: &Catch) -> Result<bool, Trouble> {
    let Some(sink) = sink.filter(|_| catch.complete) else { return Ok(false) };
    let mut told = Instant::now();
    let alive = || {
        if told.elapsed() >= HEARTBEAT {
            told = Instant::now();
            // A sender that has gone does not make the file any less whole.
            let _ = line.say(&Say::Progress { next: catch.blocks, received: catch.blocks });
        }
        true
    };
    let found = sink.hash(welcome.size, alive).map_err(|error| trouble_of(&error))?;
    Ok(found.is_some_and(|found| found.eq_ignore_ascii_case(&welcome.sha256)))
}

/// Gives the file its name, or leaves it under its temporary one; answers where it is.
fn settle(sink: Option<Sink>, whole: bool, size: Option<u64>) -> io::Result<Option<String>> {
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

fn tell(transfer: &mut Transfer, catch: &Catch) {
    transfer.bytes_received = Some(catch.bytes);
    transfer.took_ns = catch.took_ns();
    if let Some(blocks) = &mut transfer.blocks {
        blocks.received = Some(catch.blocks);
        blocks.duplicates = Some(catch.duplicates);
        blocks.missing.clone_from(&catch.missing);
        blocks.ranges = Some(catch.ranges);
        blocks.socket_drops = catch.socket_drops;
    }
    transfer.close();
}

fn outcome(transfer: &Transfer, catch: &Catch) -> Outcome {
    Outcome {
        verified: transfer.complete == Some(true),
        bytes: catch.bytes,
        blocks: catch.blocks,
        duplicates: catch.duplicates,
        missing: catch.missing.iter().take(MOST_RANGES).copied().collect(),
        ranges: catch.ranges,
        socket_drops: catch.socket_drops,
        took_ns: catch.took_ns().unwrap_or(0),
    }
}

/// A run in the bare dialect.
fn bare(
    wish: &Wish,
    mut line: Line,
    meter: &Meter,
    stop: &AtomicBool,
    notice: &dyn Fn(Notice<'_>),
) -> Result<Received, Closed> {
    let mut inlet = inlet(wish, &line, LONGEST_BARE, notice)?;
    let (mut told, mut sink, mut catch) = (classic::Told::default(), None, Catch::default());
    let ended = classic::receive(
        &mut line,
        &mut inlet,
        &wish.folder,
        wish.max_size,
        &mut told,
        &mut sink,
        &mut catch,
        meter,
        stop,
    );
    if ended == Err(Trouble::Connection) && told.number == 0 {
        return Err(Closed::Full);
    }
    let mut transfer = Transfer {
        number: told.number,
        peer: Some(line.peer()),
        client_port: inlet.local_addr().ok().map(|address| address.port()),
        server_port: told.from,
        complete: Some(ended.is_ok() && catch.complete),
        trouble: ended.err(),
        blocks: Some(Blocks::default()),
        ..Transfer::default()
    };
    // Blocks without numbers leave no holes: the file is as long as what came.
    let kept = settle(sink, transfer.complete == Some(true), None);
    if kept.is_err() {
        (transfer.complete, transfer.trouble) = (Some(false), Some(Trouble::File));
    }
    transfer.saved = kept.ok().flatten();
    tell(&mut transfer, &catch);
    if let Some(blocks) = &mut transfer.blocks {
        (blocks.ranges, blocks.duplicates) = (None, None);
    }
    let start = catch.start.map_or_else(wall, |(_, start)| start);
    Ok(Received { welcome: None, bare: Some(told), start, transfer })
}
