//! File transfer over UDP in numbered blocks, without retransmission: lost blocks are counted.

use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::accept::ReadyReceiver;
use super::control_connection::ControlConnection;
use super::partial_file::PartialFile;
use super::receive_context::{ReceiveContext, START_TIMEOUT};
use super::send_context::{BlockStream, SendContext, await_result};
use super::{HEARTBEAT, IDLE_TIMEOUT, POLL_INTERVAL, trouble_of};
use crate::core::evidence::block_log::BlockLog;
use crate::core::evidence::transfer_records::{BlockEvent, ControlEvent, ReceiverReport};
use crate::core::protocol::transfer::TransferError;
use crate::core::protocol::transfer::block::{self, BlockLayout, HEADER};
use crate::core::protocol::transfer::control::{ControlMessage, MAX_RANGES, Outcome, ReceiverBlocks};
use crate::core::protocol::transfer::pacing::Pacer;
use crate::core::protocol::transfer::received_set::ReceivedSet;
use crate::core::time::Mono;
use crate::net::block_sockets::{BlockReceiver, BlockSender};
use crate::net::event_waiter::wait_readable;

/// The receiver reports its progress after this fraction of its buffer, so that the sender never waits for a report.
const REPORTS_PER_BUFFER: u64 = 8;

/// Between two such words at the least, where the socket is empty.
const REPORT_INTERVAL: Duration = Duration::from_millis(1);

/// Sends all blocks to one receiver, and waits for its last word.
///
/// # Errors
/// Why it did not come to that.
pub fn send(
    receiver: &mut ReadyReceiver,
    context: &SendContext<'_>,
    report: &mut ReceiverReport,
) -> Result<Outcome, TransferError> {
    let mut block_sender = receiver.block_sender.take().ok_or(TransferError::Connection)?;
    let to = data_address(receiver, &block_sender, context.config.welcome.token);
    block_sender.connect(to).map_err(|_| TransferError::Connection)?;
    let clock = context.journal.clock;
    context.journal.word(receiver.number, ControlEvent::Start);
    receiver.line.send(&ControlMessage::Start)?;
    let layout = context.chunks.layout();
    let mut pacer = Pacer::new(context.config.rate, layout.block(), receiver.capacity, clock.mono());
    let mut stream = BlockStream::new(receiver.number);
    let mut heard_at = Instant::now();
    let sent = loop {
        // Looked at first: the last words of a receiver that has all are not for this loop.
        if stream.next == layout.blocks() {
            break Ok(());
        }
        match read_progress(receiver, &mut pacer, clock.mono()) {
            Ok(true) => heard_at = Instant::now(),
            Ok(false) if heard_at.elapsed() >= IDLE_TIMEOUT => break Err(TransferError::Silence),
            Ok(false) => {}
            Err(trouble) => break Err(trouble),
        }
        if context.stop.load(Ordering::Relaxed) {
            break Err(TransferError::Interrupted);
        }
        let now = clock.mono();
        let allowed = pacer.allowance(now).min(layout.blocks() - stream.next);
        if allowed == 0 {
            let wait = pacer.due(now).map_or(POLL_INTERVAL, |due| Duration::from_nanos(due.since(now).max(0) as u64));
            wait_for_control(&receiver.line, wait);
            continue;
        }
        if let Err(trouble) = stream.send(allowed, &mut block_sender, context, report, &mut pacer, now) {
            break Err(trouble);
        }
    };
    stream.close(context, report);
    sent?;
    receiver.line.send(&ControlMessage::Sent)?;
    await_result(receiver, context.stop)
}

/// The destination of the blocks: the control connection's address, with the port of the receiver's hole-punching
/// datagram, which a NAT may have changed; without one, the port that it announced.
fn data_address(receiver: &ReadyReceiver, block_sender: &BlockSender, token: u64) -> SocketAddr {
    let ip = receiver.line.peer().ip();
    let mut to = SocketAddr::new(ip, receiver.port);
    let mut buffer = [0; HEADER + 1];
    while let Ok(Some((length, from))) = block_sender.recv_hole_punch(&mut buffer) {
        if from.ip() == ip && buffer[..length] == block::header(token, receiver.number.into()) {
            to = from;
        }
    }
    to
}

/// Reads the receiver's reports; returns whether there was one.
fn read_progress(receiver: &mut ReadyReceiver, pacer: &mut Pacer, now: Mono) -> Result<bool, TransferError> {
    let mut any = false;
    while let Some(said) = receiver.line.try_recv()? {
        any = true;
        match said {
            ControlMessage::Progress { next, received } => pacer.on_report(next, received, now),
            ControlMessage::Failed { why } => return Err(why),
            _ => return Err(TransferError::Dialect),
        }
    }
    Ok(any)
}

/// Waits for the receiver's word, or as long as it takes; shorter times than the system can wait are slept.
fn wait_for_control(line: &ControlConnection, wait: Duration) {
    if wait < Duration::from_millis(1) {
        std::thread::sleep(wait);
    } else {
        wait_readable([line.as_fd()], wait.min(POLL_INTERVAL));
    }
}

/// Receives the blocks, from the start to the last one.
///
/// # Errors
/// The reason, if it ended early.
pub fn receive(
    line: &mut ControlConnection,
    block_receiver: &mut BlockReceiver,
    mut context: ReceiveContext<'_>,
) -> Result<(), TransferError> {
    let (offer, journal) = (context.offer, context.transfer_journal);
    let layout = BlockLayout::new(offer.size, offer.block).ok_or(TransferError::Dialect)?;
    let server = SocketAddr::new(line.peer().ip(), offer.port);
    let knock = block::header(offer.token, offer.number.into());
    block_receiver.expect(HEADER + offer.block as usize);
    let capacity = block_receiver.capacity_datagrams(HEADER + offer.block as usize).unwrap_or(1);
    let port = block_receiver.local_addr().map_err(|_| TransferError::Connection)?.port();
    let mut dropped_before = block_receiver.drops();
    journal.word(offer.number, ControlEvent::Ready);
    line.send(&ControlMessage::Ready { port, room: capacity })?;
    // Opens the way through this side's router, where there is one.
    let knocking = || drop(block_receiver.send_to(&knock, server));
    knocking();
    let mut knocked = Instant::now();
    line.wait(START_TIMEOUT, context.stop, |line| {
        if knocked.elapsed() >= HEARTBEAT * 5 {
            knocking();
            knocked = Instant::now();
        }
        match line.try_recv()? {
            None => {
                // Datagrams dropped before the start are not blocks.
                dropped_before = block_receiver.drops();
                Ok(None)
            }
            Some(ControlMessage::Start) => Ok(Some(())),
            Some(_) => Err(TransferError::Dialect),
        }
    })?;
    journal.word(offer.number, ControlEvent::Start);
    context.received.started();
    let mut arrivals = ReceivedSet::new(layout.blocks());
    let mut batch = BlockLog::new(offer.number, BlockEvent::Read);
    let ended = take_in(line, block_receiver, &mut context, capacity, &mut arrivals, &mut batch);
    journal.write(batch.close());
    context.received.arrived = ReceiverBlocks {
        received: Some(arrivals.received()),
        duplicates: Some(arrivals.duplicates()),
        missing: arrivals.missing().take(MAX_RANGES).collect(),
        ranges: Some(arrivals.missing().count() as u64),
        socket_drops: block_receiver.drops().zip(dropped_before).map(|(drops, before)| drops.saturating_sub(before)),
    };
    context.received.complete = arrivals.is_complete();
    ended
}

/// Reads blocks until all are there, or no more will come.
fn take_in(
    line: &mut ControlConnection,
    block_receiver: &mut BlockReceiver,
    context: &mut ReceiveContext<'_>,
    capacity: u64,
    arrivals: &mut ReceivedSet,
    batch: &mut BlockLog,
) -> Result<(), TransferError> {
    let ReceiveContext {
        offer: session_offer,
        sink: ref mut partial_file,
        received: ref mut received_data,
        progress_meter: progress,
        stop,
        transfer_journal: journal,
    } = *context;
    let layout = BlockLayout::new(session_offer.size, session_offer.block).ok_or(TransferError::Dialect)?;
    let peer = line.peer().ip();
    let mut sender: Option<SocketAddr> = None;
    let mut last = Instant::now();
    let (mut known, mut told_at) = (0, Instant::now());
    let mut all_sent: Option<Instant> = None;
    while !arrivals.is_complete() {
        let read = block_receiver.read().map_err(|_| TransferError::Connection)?;
        let now = journal.clock.now();
        let mut run: Vec<&[u8]> = Vec::with_capacity(read);
        let mut run_at = 0;
        let mut first_sender = None;
        for (from, datagram) in block_receiver.datagrams() {
            let Some((number, content)) =
                block::read(datagram, session_offer.token, layout).filter(|_| from.ip() == peer)
            else {
                continue;
            };
            first_sender.get_or_insert(from);
            journal.write(batch.add(number, number, now));
            if !arrivals.add(number) {
                continue;
            }
            received_data.bytes += content.len() as u64;
            progress.add(content.len() as u64);
            if number != run_at + run.len() as u64 {
                flush(partial_file, &mut run, layout.offset(run_at))?;
                run_at = number;
            }
            run.push(content);
        }
        flush(partial_file, &mut run, layout.offset(run_at))?;
        // Known by its first block only: a router may have given it another port.
        if let (Some(from), None) = (first_sender, sender) {
            block_receiver.connect_filter(from).map_err(|_| TransferError::Connection)?;
            sender = Some(from);
        }
        if read > 0 {
            last = Instant::now();
            received_data.last();
        }
        let on_event = arrivals.received() + arrivals.duplicates() - known;
        let drained = read == 0;
        if on_event >= (capacity / REPORTS_PER_BUFFER).max(1) && on_event > 0
            || drained && (on_event > 0 && told_at.elapsed() >= REPORT_INTERVAL || told_at.elapsed() >= HEARTBEAT)
        {
            line.send(&ControlMessage::Progress { next: arrivals.next(), received: arrivals.received() })?;
            (known, told_at) = (arrivals.received() + arrivals.duplicates(), Instant::now());
        }
        match line.try_recv()? {
            Some(ControlMessage::Sent) => all_sent = Some(Instant::now()),
            Some(_) => return Err(TransferError::Dialect),
            None => {}
        }
        if stop.load(Ordering::Relaxed) {
            return Err(TransferError::Interrupted);
        }
        if drained {
            let settle = journal.settle();
            if all_sent.is_some_and(|sent| sent.elapsed() >= settle && last.elapsed() >= settle) {
                break;
            }
            if all_sent.is_none() && last.elapsed() >= IDLE_TIMEOUT {
                return Err(TransferError::Silence);
            }
            let timeout = if on_event > 0 { REPORT_INTERVAL } else { POLL_INTERVAL };
            wait_readable([block_receiver.as_fd(), line.as_fd()], timeout);
        }
    }
    Ok(())
}

fn flush(partial_file: &mut PartialFile, run: &mut Vec<&[u8]>, offset: u64) -> Result<(), TransferError> {
    if !run.is_empty() {
        partial_file.write(run, offset).map_err(|error| trouble_of(&error))?;
        run.clear();
    }
    Ok(())
}
