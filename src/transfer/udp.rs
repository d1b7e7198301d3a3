//! Numbered blocks over UDP, without repair: what is lost stays lost, and is counted.

use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::accept::Guest;
use super::control_connection::Line;
use super::partial_file::Sink;
use super::receiver::{Intake, LONGEST_WAIT};
use super::sender::{Service, Volley, last_word};
use super::{GLANCE, HEARTBEAT, PATIENCE, trouble_of};
use crate::core::evidence::block_log::Batch;
use crate::core::evidence::transfer_records::{Account, Arrived, Deed, Word};
use crate::core::protocol::transfer::Trouble;
use crate::core::protocol::transfer::block::{self, Cut, HEADER};
use crate::core::protocol::transfer::control::{MOST_RANGES, Outcome, Say};
use crate::core::protocol::transfer::pacing::Pacer;
use crate::core::protocol::transfer::received_set::Arrivals;
use crate::core::time::Mono;
use crate::net::block_sockets::{Inlet, Outlet};
use crate::net::event_waiter::readable;

/// The receiver tells how far it is after this part of its room, so that the sender never waits for want of news.
const NEWS_PER_ROOM: u64 = 8;

/// Between two such words at the least, where the socket is empty.
const NEWS: Duration = Duration::from_millis(1);

/// Sends all blocks to one receiver, and waits for its last word.
///
/// # Errors
/// Why it did not come to that.
pub fn send(guest: &mut Guest, service: &Service<'_>, account: &mut Account) -> Result<Outcome, Trouble> {
    let mut outlet = guest.outlet.take().ok_or(Trouble::Connection)?;
    let to = data_address(guest, &outlet, service.order.welcome.token);
    outlet.connect(to).map_err(|_| Trouble::Connection)?;
    let clock = service.diary.clock;
    service.diary.word(guest.number, Word::Start);
    guest.line.say(&Say::Start)?;
    let cut = service.chunks.cut();
    let mut pacer = Pacer::new(service.order.rate, cut.block(), guest.room, clock.mono());
    let mut volley = Volley::new(guest.number);
    let mut heard_at = Instant::now();
    let sent = loop {
        // Looked at first: the last words of a receiver that has all are not for this loop.
        if volley.next == cut.blocks() {
            break Ok(());
        }
        match hear(guest, &mut pacer, clock.mono()) {
            Ok(true) => heard_at = Instant::now(),
            Ok(false) if heard_at.elapsed() >= PATIENCE => break Err(Trouble::Silence),
            Ok(false) => {}
            Err(trouble) => break Err(trouble),
        }
        if service.stop.load(Ordering::Relaxed) {
            break Err(Trouble::Interrupted);
        }
        let now = clock.mono();
        let allowed = pacer.allowance(now).min(cut.blocks() - volley.next);
        if allowed == 0 {
            let wait = pacer.due(now).map_or(GLANCE, |due| Duration::from_nanos(due.since(now).max(0) as u64));
            rest(&guest.line, wait);
            continue;
        }
        if let Err(trouble) = volley.send(allowed, &mut outlet, service, account, &mut pacer, now) {
            break Err(trouble);
        }
    };
    volley.close(service, account);
    sent?;
    guest.line.say(&Say::Sent)?;
    last_word(guest, service.stop)
}

/// Where the blocks go: the control connection's address, and the port that the receiver knocked from, which a router in
/// between may have changed; without a knock, the one that it told.
fn data_address(guest: &Guest, outlet: &Outlet, token: u64) -> SocketAddr {
    let ip = guest.line.peer().ip();
    let mut to = SocketAddr::new(ip, guest.port);
    let mut buffer = [0; HEADER + 1];
    while let Ok(Some((length, from))) = outlet.knock(&mut buffer) {
        if from.ip() == ip && buffer[..length] == block::header(token, guest.number.into()) {
            to = from;
        }
    }
    to
}

/// Takes in what the receiver says. Answers whether it said something.
fn hear(guest: &mut Guest, pacer: &mut Pacer, now: Mono) -> Result<bool, Trouble> {
    let mut any = false;
    while let Some(said) = guest.line.heard()? {
        any = true;
        match said {
            Say::Progress { next, received } => pacer.heard(next, received, now),
            Say::Failed { why } => return Err(why),
            _ => return Err(Trouble::Dialect),
        }
    }
    Ok(any)
}

/// Waits for the receiver's word, or as long as it takes; shorter times than the system can wait are slept.
fn rest(line: &Line, wait: Duration) {
    if wait < Duration::from_millis(1) {
        std::thread::sleep(wait);
    } else {
        readable([line.as_fd()], wait.min(GLANCE));
    }
}

/// Takes the blocks in, from the start to the last one.
///
/// # Errors
/// Why it ended early; what came until then is in the catch.
pub fn receive(line: &mut Line, inlet: &mut Inlet, mut intake: Intake<'_>) -> Result<(), Trouble> {
    let (welcome, diary) = (intake.welcome, intake.diary);
    let cut = Cut::new(welcome.size, welcome.block).ok_or(Trouble::Dialect)?;
    let server = SocketAddr::new(line.peer().ip(), welcome.port);
    let knock = block::header(welcome.token, welcome.number.into());
    inlet.expect(HEADER + welcome.block as usize);
    let room = inlet.holds(HEADER + welcome.block as usize).unwrap_or(1);
    let port = inlet.local_addr().map_err(|_| Trouble::Connection)?.port();
    // What was dropped before this word are no blocks.
    let dropped_before = inlet.drops();
    diary.word(welcome.number, Word::Ready);
    line.say(&Say::Ready { port, room })?;
    // Opens the way through this side's router, where there is one.
    let knocking = || drop(inlet.send_to(&knock, server));
    knocking();
    let mut knocked = Instant::now();
    line.wait(LONGEST_WAIT, intake.stop, |line| {
        if knocked.elapsed() >= HEARTBEAT * 5 {
            knocking();
            knocked = Instant::now();
        }
        match line.heard()? {
            None => Ok(None),
            Some(Say::Start) => Ok(Some(())),
            Some(_) => Err(Trouble::Dialect),
        }
    })?;
    diary.word(welcome.number, Word::Start);
    intake.catch.started();
    let mut arrivals = Arrivals::new(cut.blocks());
    let mut batch = Batch::new(welcome.number, Deed::Read);
    let ended = take_in(line, inlet, &mut intake, room, &mut arrivals, &mut batch);
    diary.write(batch.close());
    intake.catch.arrived = Arrived {
        received: Some(arrivals.received()),
        duplicates: Some(arrivals.duplicates()),
        missing: arrivals.missing().take(MOST_RANGES).collect(),
        ranges: Some(arrivals.missing().count() as u64),
        socket_drops: inlet.drops().zip(dropped_before).map(|(drops, before)| drops.saturating_sub(before)),
    };
    intake.catch.complete = arrivals.is_complete();
    ended
}

/// Reads blocks until all are there, or no more will come.
fn take_in(
    line: &mut Line,
    inlet: &mut Inlet,
    intake: &mut Intake<'_>,
    room: u64,
    arrivals: &mut Arrivals,
    batch: &mut Batch,
) -> Result<(), Trouble> {
    let Intake { welcome, ref mut sink, ref mut catch, meter, stop, diary } = *intake;
    let cut = Cut::new(welcome.size, welcome.block).ok_or(Trouble::Dialect)?;
    let peer = line.peer().ip();
    let mut sender: Option<SocketAddr> = None;
    let mut last = Instant::now();
    let (mut told, mut told_at) = (0, Instant::now());
    let mut all_sent: Option<Instant> = None;
    while !arrivals.is_complete() {
        let read = inlet.read().map_err(|_| Trouble::Connection)?;
        let now = diary.clock.now();
        let mut run: Vec<&[u8]> = Vec::with_capacity(read);
        let mut run_at = 0;
        let mut first_sender = None;
        for (from, datagram) in inlet.datagrams() {
            let Some((number, content)) = block::read(datagram, welcome.token, cut).filter(|_| from.ip() == peer)
            else {
                continue;
            };
            first_sender.get_or_insert(from);
            diary.write(batch.add(number, number, now));
            if !arrivals.add(number) {
                continue;
            }
            catch.bytes += content.len() as u64;
            meter.add(content.len() as u64);
            if number != run_at + run.len() as u64 {
                flush(sink, &mut run, cut.offset(run_at))?;
                run_at = number;
            }
            run.push(content);
        }
        flush(sink, &mut run, cut.offset(run_at))?;
        // Known by its first block only: a router may have given it another port.
        if let (Some(from), None) = (first_sender, sender) {
            inlet.admit_only(from).map_err(|_| Trouble::Connection)?;
            sender = Some(from);
        }
        if read > 0 {
            last = Instant::now();
            catch.last();
        }
        let news = arrivals.received() + arrivals.duplicates() - told;
        let drained = read == 0;
        if news >= (room / NEWS_PER_ROOM).max(1) && news > 0
            || drained && (news > 0 && told_at.elapsed() >= NEWS || told_at.elapsed() >= HEARTBEAT)
        {
            line.say(&Say::Progress { next: arrivals.next(), received: arrivals.received() })?;
            (told, told_at) = (arrivals.received() + arrivals.duplicates(), Instant::now());
        }
        match line.heard()? {
            Some(Say::Sent) => all_sent = Some(Instant::now()),
            Some(_) => return Err(Trouble::Dialect),
            None => {}
        }
        if stop.load(Ordering::Relaxed) {
            return Err(Trouble::Interrupted);
        }
        if drained {
            let settle = diary.settle();
            if all_sent.is_some_and(|sent| sent.elapsed() >= settle && last.elapsed() >= settle) {
                break;
            }
            if all_sent.is_none() && last.elapsed() >= PATIENCE {
                return Err(Trouble::Silence);
            }
            let patience = if news > 0 { NEWS } else { GLANCE };
            readable([inlet.as_fd(), line.as_fd()], patience);
        }
    }
    Ok(())
}

fn flush(sink: &mut Sink, run: &mut Vec<&[u8]>, offset: u64) -> Result<(), Trouble> {
    if !run.is_empty() {
        sink.write(run, offset).map_err(|error| trouble_of(&error))?;
        run.clear();
    }
    Ok(())
}
