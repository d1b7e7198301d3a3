//! Both ends of the bare dialect: raw blocks, told apart by nothing, ended by silence.

use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use super::accept::Guest;
use super::control_connection::Line;
use super::partial_file::Sink;
use super::receiver::{Bare, LONGEST_WAIT};
use super::sender::{Service, Volley};
use super::{GLANCE, PATIENCE, trouble_of};
use crate::core::evidence::block_log::Batch;
use crate::core::evidence::capture_log::digest;
use crate::core::evidence::transfer_records::{Account, Arrived, Deed, Word};
use crate::core::protocol::transfer::classic::{self, Part, Reader, SILENCE};
use crate::core::protocol::transfer::pacing::{Pacer, Rate};
use crate::core::protocol::transfer::{Trouble, file_name};
use crate::net::block_sockets::Inlet;
use crate::net::event_waiter::readable;

/// The rate where nobody chose one: receivers of this dialect say nothing of what they take, so this is what course
/// programs have been seen to bear, 20 MB a second.
pub const RATE_BITS: u64 = 160_000_000;

/// A sender that has told how many there are begins within this time.
const BEGINS: Duration = Duration::from_secs(60);

/// Name, size and first block follow each other so far apart that no router swaps them.
const APART: Duration = Duration::from_millis(5);

/// Sends the file to one receiver.
///
/// # Errors
/// Why it ended early.
pub fn send(guest: &mut Guest, service: &Service<'_>, account: &mut Account) -> Result<(), Trouble> {
    let mut outlet = guest.outlet.take().ok_or(Trouble::Connection)?;
    outlet.connect(SocketAddr::new(guest.line.peer().ip(), guest.port)).map_err(|_| Trouble::Connection)?;
    let clock = service.diary.clock;
    service.diary.word(guest.number, Word::Start);
    guest.line.write(&classic::number(service.order.welcome.clients))?;
    let cut = service.chunks.cut();
    let rate = if service.order.rate == Rate::Auto { Rate::Bits(RATE_BITS) } else { service.order.rate };
    for part in [service.order.welcome.name.as_bytes(), &classic::size(cut.size())] {
        outlet.send(part).map_err(|_| Trouble::Connection)?;
        thread::sleep(APART);
    }
    let mut pacer = Pacer::new(rate, cut.block(), 1, clock.mono());
    let mut volley = Volley::new(guest.number);
    let ended = loop {
        if volley.next == cut.blocks() {
            break Ok(());
        }
        if service.stop.load(Ordering::Relaxed) {
            break Err(Trouble::Interrupted);
        }
        let now = clock.mono();
        let allowed = pacer.allowance(now).min(cut.blocks() - volley.next);
        if allowed == 0 {
            let due = pacer.due(now).map_or(0, |due| due.since(now).max(0) as u64);
            thread::sleep(Duration::from_nanos(due).min(GLANCE));
            continue;
        }
        if let Err(trouble) = volley.send(allowed, &mut outlet, service, account, &mut pacer, now) {
            break Err(trouble);
        }
    };
    volley.close(service, account);
    ended
}

/// What a receiver of this dialect was told.
#[derive(Debug, Default)]
pub struct Told {
    /// Its number.
    pub number: u16,
    /// How many receivers there are.
    pub clients: Option<u16>,
    /// The file's name.
    pub name: Option<String>,
    /// Its size.
    pub size: Option<u64>,
    /// The port that the blocks came from.
    pub from: Option<u16>,
}

/// The name of a file whose name was lost on the way.
const UNNAMED: &str = "unnamed";

/// A datagram of this dialect may be as long as UDP allows.
const LONGEST: usize = 65_507;

/// Takes the file in; the file begins with the first datagram after the name.
///
/// # Errors
/// Why it ended early; what was told and what came until then is in `bare`.
pub fn receive(line: &mut Line, inlet: &mut Inlet, bare: &mut Bare<'_>) -> Result<(), Trouble> {
    let (diary, stop) = (bare.diary, bare.stop);
    bare.told.number = u16::from_le_bytes(line.wait(PATIENCE, stop, Line::bytes::<2>)?);
    bare.meter.number.store(bare.told.number, Ordering::Relaxed);
    inlet.expect(LONGEST);
    let dropped_before = inlet.drops();
    let port = inlet.local_addr().map_err(|_| Trouble::Connection)?.port();
    diary.word(bare.told.number, Word::Ready);
    line.write(&classic::port(port))?;
    let clients = line.wait(LONGEST_WAIT, stop, Line::bytes::<2>)?;
    diary.word(bare.told.number, Word::Start);
    bare.told.clients = Some(u16::from_le_bytes(clients));
    bare.catch.started();
    let mut batch = Batch::new(bare.told.number, Deed::Read);
    let mut came = 0;
    let ended = take_in(line, inlet, bare, &mut batch, &mut came);
    diary.write(batch.close());
    bare.catch.arrived = Arrived {
        received: Some(came),
        socket_drops: inlet.drops().zip(dropped_before).map(|(drops, before)| drops.saturating_sub(before)),
        ..Arrived::default()
    };
    bare.catch.complete = ended.is_ok() && bare.told.size == Some(bare.catch.bytes) && bare.told.name.is_some();
    ended
}

/// Reads until nothing has come for a while; counts the blocks.
fn take_in(
    line: &Line,
    inlet: &mut Inlet,
    bare: &mut Bare<'_>,
    batch: &mut Batch,
    came: &mut u64,
) -> Result<(), Trouble> {
    let Bare { folder, max_size, ref mut told, ref mut sink, ref mut catch, meter, stop, diary } = *bare;
    // Where files are kept, the end of a silence must be seen for longer, to prove that nothing more came.
    let silence = SILENCE.max(diary.settle());
    let mut reader = Reader::default();
    let mut last: Option<Instant> = None;
    let begun = Instant::now();
    let peer = line.peer().ip();
    let mut sender: Option<SocketAddr> = None;
    loop {
        let read = inlet.read().map_err(|_| Trouble::Connection)?;
        let now = diary.clock.now();
        let mut run: Vec<&[u8]> = Vec::new();
        let mut first_sender = None;
        let offset = catch.bytes;
        for (from, datagram) in inlet.datagrams() {
            // The first to send is the sender; others at its address are not.
            if from.ip() != peer || *told.from.get_or_insert(from.port()) != from.port() {
                continue;
            }
            first_sender.get_or_insert(from);
            last = Some(Instant::now());
            match reader.read(datagram) {
                Part::Name(bytes) => told.name = Some(file_name::safe(bytes).ok_or(Trouble::BadName)?),
                Part::Size(size) => {
                    told.size = Some(size);
                    if size > max_size {
                        return Err(Trouble::TooLarge);
                    }
                }
                Part::Content(content) => {
                    diary.write(batch.add(*came, *came, now));
                    batch.digest(digest(content));
                    *came += 1;
                    catch.bytes += content.len() as u64;
                    catch.last();
                    if catch.bytes > max_size {
                        return Err(Trouble::TooLarge);
                    }
                    run.push(content);
                }
            }
            meter.bytes.store(catch.bytes, Ordering::Relaxed);
            if sink.is_none() && reader.is_named() {
                let name = told.name.as_deref().unwrap_or(UNNAMED);
                **sink = Some(Sink::begin(folder, name).map_err(|error| trouble_of(&error))?);
            }
        }
        if let (Some(sink), false) = (sink.as_mut(), run.is_empty()) {
            sink.write(&run, offset).map_err(|error| trouble_of(&error))?;
        }
        if let (Some(from), None) = (first_sender, sender) {
            inlet.admit_only(from).map_err(|_| Trouble::Connection)?;
            sender = Some(from);
        }
        if stop.load(Ordering::Relaxed) {
            return Err(Trouble::Interrupted);
        }
        if read == 0 {
            match last {
                Some(last) if last.elapsed() >= silence => break,
                None if begun.elapsed() >= BEGINS => return Err(Trouble::Silence),
                _ => readable([inlet.as_fd()], GLANCE),
            }
        }
    }
    Ok(())
}
