//! Both ends of the `classic` protocol: unnumbered blocks; the end of the file is an idle timeout.

use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use super::accept::ReadyReceiver;
use super::control_connection::ControlConnection;
use super::partial_file::PartialFile;
use super::receive_context::{ClassicReceiveContext, START_TIMEOUT};
use super::send_context::{BlockStream, SendContext};
use super::{IDLE_TIMEOUT, POLL_INTERVAL, trouble_of};
use crate::core::evidence::block_log::BlockLog;
use crate::core::evidence::capture_log::digest;
use crate::core::evidence::transfer_records::{BlockEvent, ControlEvent, ReceiverReport};
use crate::core::protocol::transfer::classic::{self, ClassicDatagram, ClassicParser, SILENCE};
use crate::core::protocol::transfer::control::ReceiverBlocks;
use crate::core::protocol::transfer::pacing::{Pacer, Rate};
use crate::core::protocol::transfer::{TransferError, file_name};
use crate::net::block_sockets::{BlockReceiver, BlockSender};
use crate::net::event_waiter::wait_readable;

/// The default rate: receivers of this protocol give no feedback, and course programs were seen to keep up with 20
/// MB/s.
pub const RATE_BITS: u64 = 160_000_000;

/// Timeout for the first datagram.
const FIRST_DATAGRAM_TIMEOUT: Duration = Duration::from_secs(60);

/// Name, size and first block follow each other so far apart that no router swaps them.
const DATAGRAM_SPACING: Duration = Duration::from_millis(5);

/// Receivers that open their socket only after the last word of the control connection have this long where no report of a
/// closed port comes back.
const BIND_PAUSE: Duration = Duration::from_millis(100);

/// How long a receiver may refuse the name.
const BIND_TIMEOUT: Duration = Duration::from_secs(5);

/// No report of a closed port is waited for longer, however late a receiver answered.
const MAX_ROUND_TRIP: Duration = Duration::from_secs(1);

/// The longest pause before the name goes again. Linux reports six closed ports at once, and then one a second.
const MAX_NAME_PAUSE: Duration = Duration::from_secs(1);

/// Sends the file to one receiver.
///
/// # Errors
/// Why it ended early.
pub fn send(
    receiver: &mut ReadyReceiver,
    context: &SendContext<'_>,
    report: &mut ReceiverReport,
) -> Result<(), TransferError> {
    let mut block_sender = receiver.block_sender.take().ok_or(TransferError::Connection)?;
    block_sender
        .connect(SocketAddr::new(receiver.line.peer().ip(), receiver.port))
        .map_err(|_| TransferError::Connection)?;
    let clock = context.journal.clock;
    context.journal.word(receiver.number, ControlEvent::Start);
    receiver.line.write(&classic::number(context.config.welcome.clients))?;
    let layout = context.chunks.layout();
    let rate = if context.config.rate == Rate::Auto { Rate::Bits(RATE_BITS) } else { context.config.rate };
    send_name(&mut block_sender, receiver.answered_after, context)?;
    block_sender.send(&classic::size(layout.size())).map_err(|_| TransferError::Connection)?;
    if block_sender.is_refused(DATAGRAM_SPACING) {
        return Err(TransferError::Refused);
    }
    let mut pacer = Pacer::new(rate, layout.block(), 1, clock.mono());
    let mut stream = BlockStream::new(receiver.number);
    let ended = loop {
        if stream.next == layout.blocks() {
            break Ok(());
        }
        if context.stop.load(Ordering::Relaxed) {
            break Err(TransferError::Interrupted);
        }
        let now = clock.mono();
        let allowed = pacer.allowance(now).min(layout.blocks() - stream.next);
        if allowed == 0 {
            let due = pacer.due(now).map_or(0, |due| due.since(now).max(0) as u64);
            thread::sleep(Duration::from_nanos(due).min(POLL_INTERVAL));
            continue;
        }
        // A receiver that has closed its socket does not read any more.
        if block_sender.is_refused(Duration::ZERO) {
            break Err(TransferError::Refused);
        }
        if let Err(trouble) = stream.send(allowed, &mut block_sender, context, report, &mut pacer, now) {
            break Err(trouble);
        }
    };
    stream.close(context, report);
    ended
}

/// Sends the file's name until the receiver's socket is open: the first datagram that it reads must be the name. `answered_after`
/// is at least the time in which a report of a closed port comes back.
fn send_name(
    block_sender: &mut BlockSender,
    answered_after: Duration,
    context: &SendContext<'_>,
) -> Result<(), TransferError> {
    let round_trip = answered_after.clamp(DATAGRAM_SPACING, MAX_ROUND_TRIP);
    let deadline = Instant::now() + BIND_TIMEOUT;
    let mut pause = BIND_PAUSE;
    thread::sleep(pause);
    loop {
        block_sender.send(context.config.welcome.name.as_bytes()).map_err(|_| TransferError::Connection)?;
        if !block_sender.is_refused(round_trip) {
            return Ok(());
        }
        if context.stop.load(Ordering::Relaxed) {
            return Err(TransferError::Interrupted);
        }
        if Instant::now() >= deadline {
            return Err(TransferError::Refused);
        }
        thread::sleep(pause);
        pause = (pause * 2).min(MAX_NAME_PAUSE);
    }
}

/// The file name if the datagram with the name was lost.
const UNNAMED: &str = "unnamed";

/// A datagram of this dialect may be as long as UDP allows.
const MAX_DATAGRAM: usize = 65_507;

/// Receives the file; it begins with the first datagram after the name.
///
/// # Errors
/// The reason, if it ended early.
pub fn receive(
    line: &mut ControlConnection,
    block_receiver: &mut BlockReceiver,
    bare: &mut ClassicReceiveContext<'_>,
) -> Result<(), TransferError> {
    let (journal, stop) = (bare.journal, bare.stop);
    bare.known.number = u16::from_le_bytes(line.wait(IDLE_TIMEOUT, stop, ControlConnection::bytes::<2>)?);
    bare.progress.number.store(bare.known.number, Ordering::Relaxed);
    block_receiver.expect(MAX_DATAGRAM);
    let port = block_receiver.local_addr().map_err(|_| TransferError::Connection)?.port();
    journal.word(bare.known.number, ControlEvent::Ready);
    line.write(&classic::port(port))?;
    let mut dropped_before = block_receiver.drops();
    let clients = line.wait(START_TIMEOUT, stop, |line| {
        let clients = line.bytes::<2>()?;
        if clients.is_none() {
            // Datagrams dropped before the start are not blocks.
            dropped_before = block_receiver.drops();
        }
        Ok(clients)
    })?;
    journal.word(bare.known.number, ControlEvent::Start);
    bare.known.clients = Some(u16::from_le_bytes(clients));
    let mut batch = BlockLog::new(bare.known.number, BlockEvent::Read);
    let mut received = 0;
    let ended = take_in(line, block_receiver, bare, &mut batch, &mut received);
    journal.write(batch.close());
    bare.received_data.arrived = ReceiverBlocks {
        received: Some(received),
        socket_drops: block_receiver.drops().zip(dropped_before).map(|(drops, before)| drops.saturating_sub(before)),
        ..ReceiverBlocks::default()
    };
    bare.received_data.complete =
        ended.is_ok() && bare.known.size == Some(bare.received_data.bytes) && bare.known.name.is_some();
    ended
}

/// Reads until nothing has come for a while; counts the blocks.
fn take_in(
    line: &ControlConnection,
    block_receiver: &mut BlockReceiver,
    classic: &mut ClassicReceiveContext<'_>,
    batch: &mut BlockLog,
    received: &mut u64,
) -> Result<(), TransferError> {
    let ClassicReceiveContext {
        folder,
        max_size,
        known: ref mut reported,
        sink: ref mut partial_file,
        received_data: ref mut catch,
        progress: progress_meter,
        stop,
        journal: transfer_journal,
    } = *classic;
    // Where files are kept, the end of a silence must be seen for longer, to prove that nothing more came.
    let silence = SILENCE.max(transfer_journal.settle());
    let mut reader = ClassicParser::default();
    let mut last: Option<Instant> = None;
    let begun = Instant::now();
    let peer = line.peer().ip();
    let mut sender: Option<SocketAddr> = None;
    loop {
        let read = block_receiver.read().map_err(|_| TransferError::Connection)?;
        let now = transfer_journal.clock.now();
        let mut run: Vec<&[u8]> = Vec::new();
        let mut first_sender = None;
        let offset = catch.bytes;
        for (from, datagram) in block_receiver.datagrams() {
            // The first to send is the sender; others at its address are not.
            if from.ip() != peer || *reported.from.get_or_insert(from.port()) != from.port() {
                continue;
            }
            first_sender.get_or_insert(from);
            if last.is_none() {
                catch.started();
            }
            last = Some(Instant::now());
            match reader.read(datagram) {
                ClassicDatagram::Name(bytes) => {
                    reported.name = Some(file_name::safe(bytes).ok_or(TransferError::BadName)?);
                }
                ClassicDatagram::Size(size) => {
                    reported.size = Some(size);
                    if size > max_size {
                        return Err(TransferError::TooLarge);
                    }
                }
                ClassicDatagram::Content(content) => {
                    transfer_journal.write(batch.add(*received, *received, now));
                    batch.digest(digest(content));
                    *received += 1;
                    catch.bytes += content.len() as u64;
                    catch.last();
                    if catch.bytes > max_size {
                        return Err(TransferError::TooLarge);
                    }
                    run.push(content);
                }
            }
            progress_meter.bytes.store(catch.bytes, Ordering::Relaxed);
            if partial_file.is_none() && reader.is_named() {
                let name = reported.name.as_deref().unwrap_or(UNNAMED);
                **partial_file = Some(PartialFile::begin(folder, name).map_err(|error| trouble_of(&error))?);
            }
        }
        if let (Some(sink), false) = (partial_file.as_mut(), run.is_empty()) {
            sink.write(&run, offset).map_err(|error| trouble_of(&error))?;
        }
        if let (Some(from), None) = (first_sender, sender) {
            block_receiver.connect_filter(from).map_err(|_| TransferError::Connection)?;
            sender = Some(from);
        }
        if stop.load(Ordering::Relaxed) {
            return Err(TransferError::Interrupted);
        }
        if read == 0 {
            match last {
                Some(last) if last.elapsed() >= silence => break,
                None if begun.elapsed() >= FIRST_DATAGRAM_TIMEOUT => return Err(TransferError::Silence),
                _ => wait_readable([block_receiver.as_fd()], POLL_INTERVAL),
            }
        }
    }
    Ok(())
}
