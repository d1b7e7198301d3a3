//! Plays a world: what happens to each block, and the truth about it. No verdict code is involved.

use fastrand::Rng;
use medidor::core::protocol::transfer::Mode;
use medidor::core::time::SECOND;

use super::draw::READY;
use super::world::{Faults, Receiver, World};
use crate::worlds::world::{MS, US};

/// How long an end that keeps files waits for late blocks.
const DRAIN: i64 = 2 * SECOND;

/// One copy of a block on its way: when it passed each point.
#[derive(Clone, Debug, Default)]
pub struct Copy {
    pub out: Option<i64>,
    pub came: Option<i64>,
    pub read: Option<i64>,
    /// The bit of the datagram that was altered on the way.
    pub altered: Option<usize>,
    /// The receiver's socket dropped it for want of room.
    pub overflowed: bool,
    /// It came to the socket with a wrong checksum.
    pub is_refuted: bool,
}

/// A block: when it was sent, and its copies, the original first; no copies if it was refused, or never sent.
#[derive(Clone, Debug, Default)]
pub struct Block {
    pub sent: Option<i64>,
    pub refused: Option<i64>,
    pub copies: Vec<Copy>,
}

impl Block {
    /// How far the furthest copy came: 0 it was sent, 1 it was on the sender's wire, 2 on the receiver's, 3 it was read.
    pub fn reached(&self) -> usize {
        let reached = |copy: &Copy| match (copy.out, copy.came, copy.read) {
            (.., Some(_)) => 3,
            (_, Some(_), _) => 2,
            (Some(_), ..) => 1,
            _ => 0,
        };
        self.copies.iter().map(reached).max().unwrap_or(0)
    }
}

/// What happened between the sender and one receiver.
#[derive(Clone, Debug, Default)]
pub struct Passage {
    pub blocks: Vec<Block>,
    /// Strangers' datagrams at the receiver's wire.
    pub strangers: Vec<i64>,
    /// When each end had the words ready and start, and closed its account.
    pub ready: [i64; 2],
    pub start: [i64; 2],
    pub done: Option<[i64; 2]>,
    /// When the sender and the receiver stopped.
    pub stopped: [i64; 2],
    /// When their captures end.
    pub closed: [i64; 2],
    pub socket_drops: u64,
}

impl Passage {
    pub fn read(&self) -> u64 {
        self.blocks.iter().filter(|block| block.reached() == 3).count() as u64
    }

    pub fn sent(&self) -> u64 {
        self.blocks.iter().filter(|block| block.sent.is_some()).count() as u64
    }

    pub fn copies_read(&self) -> u64 {
        self.blocks.iter().flat_map(|block| &block.copies).filter(|copy| copy.read.is_some()).count() as u64
    }
}

fn happens(rng: &mut Rng, permille: u32) -> bool {
    rng.u32(0..1_000) < permille
}

/// What happened, by receiver.
pub fn play(world: &World, rng: &mut Rng) -> Vec<Passage> {
    let ready: Vec<i64> = world.receivers.iter().map(|receiver| READY - rng.i64(0..50 * MS) - receiver.delay).collect();
    world.receivers.iter().zip(ready).map(|(receiver, ready)| passage(world, receiver, ready, rng)).collect()
}

fn passage(world: &World, receiver: &Receiver, ready: i64, rng: &mut Rng) -> Passage {
    let Faults { strangers, overflows, .. } = receiver.faults;
    let start = READY + 20 * MS;
    let mut passage = Passage {
        ready: [ready + receiver.delay, ready],
        start: [start, start + receiver.delay],
        ..Passage::default()
    };
    let first = start + if world.mode == Mode::Classic { 120 * MS } else { MS };
    let time = |number: u64| first + number as i64 * world.interval;
    let full: Vec<(i64, i64)> = (0..overflows)
        .map(|_| {
            let from = time(rng.u64(0..world.blocks())) + receiver.delay;
            (from, from + rng.i64(1..20) * world.interval)
        })
        .collect();
    let shortest = if world.mode == Mode::Udp { 12 + 9 } else { 9 };
    let sender_ends = world.sender.killed.unwrap_or(i64::MAX);
    // The control connection ends with a killed receiver; the classic dialect does not look at it.
    let gone = receiver.end.killed.filter(|_| world.mode == Mode::Udp).map_or(i64::MAX, |at| at + receiver.delay);
    let reads_until = receiver.end.killed.unwrap_or(i64::MAX);
    for number in 0..world.blocks() {
        let sent = time(number);
        let mut block = Block::default();
        if sent < sender_ends.min(gone) {
            block = fly(receiver, shortest, sent, &full, reads_until, rng);
        }
        passage.blocks.push(block);
    }
    let last_sent = passage.blocks.iter().filter_map(|block| block.sent).max().unwrap_or(first);
    let arrivals = || passage.blocks.iter().flat_map(|block| &block.copies).filter_map(|copy| copy.came);
    let last_came = arrivals().max().unwrap_or(first);
    let end = last_came.max(last_sent + receiver.delay) + MS;
    let is_complete = passage.read() == world.blocks();
    let drain = if is_complete && world.mode == Mode::Udp { 0 } else { DRAIN };
    passage.stopped[1] = receiver.end.killed.unwrap_or(end + drain);
    let both_live = world.sender.killed.is_none() && receiver.end.killed.is_none();
    if world.mode == Mode::Udp && both_live {
        let done = passage.stopped[1] + MS;
        passage.done = Some([done + receiver.delay, done]);
    }
    let sender_stops = passage.done.map_or(last_sent + MS, |[done, _]| done).min(sender_ends);
    passage.stopped[0] = sender_stops.max(start);
    passage.closed = [(sender_stops + DRAIN).min(sender_ends), (passage.stopped[1] + 200 * MS).min(reads_until)];
    let is_corrupt = |copy: &&Copy| copy.is_refuted && copy.came.is_some_and(|came| came < passage.stopped[1]);
    let copies = || passage.blocks.iter().flat_map(|block| &block.copies);
    passage.socket_drops = copies().filter(|copy| copy.overflowed).count() as u64
        + copies().filter(is_corrupt).count() as u64
        + u64::from(strangers.1);
    passage.strangers = (0..strangers.0).map(|index| passage.start[1] + i64::from(index) * US).collect();
    passage
}

/// One block's way. Its datagram has `shortest` bytes at least.
fn fly(receiver: &Receiver, shortest: usize, sent: i64, full: &[(i64, i64)], reads_until: i64, rng: &mut Rng) -> Block {
    let faults = receiver.faults;
    if happens(rng, faults.refused) {
        return Block { refused: Some(sent), ..Block::default() };
    }
    let mut block = Block { sent: Some(sent), refused: None, copies: vec![Copy::default()] };
    if happens(rng, faults.sender_queue) {
        return block;
    }
    let out = sent + rng.i64(2 * US..30 * US);
    block.copies[0].out = Some(out);
    if happens(rng, faults.copied) {
        block.copies.push(Copy { out: Some(out), ..Copy::default() });
    }
    for copy in &mut block.copies {
        if happens(rng, faults.network) {
            continue;
        }
        let late = if happens(rng, faults.delayed) { rng.i64(0..30 * MS) } else { 0 };
        let came = out + receiver.delay + rng.i64(0..=receiver.jitter) + late;
        copy.came = Some(came);
        copy.altered = happens(rng, faults.corrupt).then(|| {
            let header = if rng.u8(0..8) == 0 { 0 } else { shortest - 9 };
            rng.usize(header * 8..shortest * 8)
        });
        copy.overflowed = copy.altered.is_none() && full.iter().any(|(from, to)| (*from..*to).contains(&came));
        let is_filtered = happens(rng, faults.firewall);
        copy.overflowed &= !is_filtered && came < reads_until;
        copy.is_refuted = !is_filtered && copy.altered.is_some();
        let read = came + rng.i64(5 * US..200 * US);
        if !is_filtered && !copy.overflowed && copy.altered.is_none() && read < reads_until {
            copy.read = Some(read);
        }
    }
    block
}
