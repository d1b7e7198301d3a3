//! Makes the journals and captures of a played world, as the programs there would have written them.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV4};

use medidor::core::evidence::block_log::BlockLog;
use medidor::core::evidence::capture_log::digest;
use medidor::core::evidence::journal::{JournalLog, Record};
use medidor::core::evidence::journal_messages::Peer;
use medidor::core::evidence::journal_run::{
    CaptureCounters, CaptureEnd, CaptureInfo, Counters, End, EndReason, Role, Run, SCHEMA, TRANSFER,
};
use medidor::core::evidence::transfer_records::{
    BlockEvent, Blocks, ControlEvent, ControlEventRecord, FileInfo, ReceiverReport, ReceiverReportRecord,
};
use medidor::core::protocol::transfer::control::ReceiverBlocks;
use medidor::core::protocol::transfer::{Mode, TransferError, block, classic};
use medidor::core::time::{SECOND, Wall};
use serde_json::json;

use super::play::Passage;
use super::world::{self, Receiver, World};
use crate::worlds::pcap;
use crate::worlds::world::{EPOCH, Link, MS, US};

/// Interval between flushes: counter records, and what a killed program leaves behind.
const FLUSH: i64 = SECOND / 5;

/// A frame: when it passed, its ends, its payload, and which of its bits was altered on the way.
#[derive(Clone, Debug)]
pub struct Frame {
    pub time: i64,
    pub from: SocketAddrV4,
    pub to: SocketAddrV4,
    pub payload: Vec<u8>,
    pub altered: Option<usize>,
}

/// The bytes of the file in a block.
pub fn content(world: &World, number: u64) -> Vec<u8> {
    let length = (world.size - number * u64::from(world.block)).min(world.block.into()) as usize;
    let content = world.contents[number as usize];
    let mut rng = fastrand::Rng::with_seed(world.seed << 20 | u64::from(content));
    if content == 0 { vec![0; length] } else { (0..length).map(|_| rng.u8(..)).collect() }
}

/// The datagram of a block.
pub fn datagram(world: &World, number: u64) -> Vec<u8> {
    let content = content(world, number);
    match world.mode {
        Mode::Udp => [&block::header(world.token, number as u32)[..], &content].concat(),
        _ => content,
    }
}

/// When the name and the size of the classic dialect leave.
const fn leaders(passage: &Passage) -> [i64; 2] {
    [passage.start[0] + 100 * MS, passage.start[0] + 105 * MS]
}

fn leader_payloads(world: &World) -> [Vec<u8>; 2] {
    [b"a.bin".to_vec(), classic::size(world.size).to_vec()]
}

/// The frames on the wire of the sender, or of this receiver.
pub fn frames(world: &World, passages: &[Passage], receiver: Option<usize>) -> Vec<Frame> {
    let mut frames = Vec::new();
    for (index, (of, passage)) in world.receivers.iter().zip(passages).enumerate() {
        if receiver.is_some_and(|receiver| receiver != index) {
            continue;
        }
        let (from, to) = match receiver {
            None => (world.sender.ip, of.public),
            Some(_) => (world.sender_public, SocketAddrV4::new(of.end.ip, of.port)),
        };
        let from = SocketAddrV4::new(from, of.server_port());
        let later = if receiver.is_some() { of.delay } else { 10 * US };
        if world.mode == Mode::Classic && world.sender.killed.is_none_or(|at| at > leaders(passage)[1]) {
            for (time, payload) in leaders(passage).into_iter().zip(leader_payloads(world)) {
                frames.push(Frame { time: time + later, from, to, payload, altered: None });
            }
        }
        for (number, block) in (0..).zip(&passage.blocks) {
            let copies =
                if receiver.is_some() { &block.copies[..] } else { &block.copies[..block.copies.len().min(1)] };
            for copy in copies {
                let (time, altered) = if receiver.is_some() { (copy.came, copy.altered) } else { (copy.out, None) };
                let Some(time) = time else { continue };
                frames.push(Frame { time, from, to, payload: datagram(world, number), altered });
            }
        }
        if receiver.is_some() {
            let stranger = SocketAddrV4::new(Ipv4Addr::new(45, 76, 1, 1), 9_999);
            let strange = |time: &i64| Frame { time: *time, from: stranger, to, payload: vec![7; 64], altered: None };
            frames.extend(passage.strangers.iter().map(strange));
        }
    }
    frames.sort_by_key(|frame| frame.time);
    let (end, closed) = match receiver {
        None => (&world.sender, passages.iter().map(|passage| passage.closed[0]).max().unwrap_or(EPOCH)),
        Some(index) => (&world.receivers[index].end, passages[index].closed[1]),
    };
    let capture = &end.capture;
    let mut count = 0;
    frames.retain(|frame| {
        let is_dropped = capture.drops.is_some_and(|(from, to)| (from..to).contains(&frame.time));
        count += u64::from(is_dropped);
        (capture.from..=capture.to.min(closed)).contains(&frame.time) && !(is_dropped && count.is_multiple_of(2))
    });
    frames
}

/// How many datagrams to one receiver a capture shows.
pub fn count_to(world: &World, passages: &[Passage], receiver: Option<usize>, index: usize) -> u64 {
    let port = world.receivers[index].server_port();
    frames(world, passages, receiver).iter().filter(|frame| frame.from.port() == port).count() as u64
}

/// A capture file.
pub fn pcap(end: &world::End, frames: &[Frame]) -> Vec<u8> {
    let mut bytes = pcap::header(Link::Raw, 1);
    for frame in frames {
        write(&mut bytes, end.clock.wall(frame.time), frame);
    }
    bytes
}

fn sum(words: &[u8]) -> u16 {
    let mut sum =
        words.chunks(2).map(|pair| u32::from(pair[0]) << 8 | u32::from(*pair.get(1).unwrap_or(&0))).sum::<u32>();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    sum as u16
}

fn write(bytes: &mut Vec<u8>, time: Wall, frame: &Frame) {
    let length = 8 + frame.payload.len() as u16;
    let mut udp =
        [frame.from.port().to_be_bytes(), frame.to.port().to_be_bytes(), length.to_be_bytes(), [0; 2]].concat();
    udp.extend(&frame.payload);
    let addresses = [frame.from.ip().octets(), frame.to.ip().octets()].concat();
    let pseudo = [&addresses[..], &[0, 17], &length.to_be_bytes(), &udp].concat();
    let checksum = !sum(&pseudo);
    udp[6..8].copy_from_slice(&(if checksum == 0 { 0xffff } else { checksum }).to_be_bytes());
    if let Some(bit) = frame.altered {
        udp[8 + bit / 8] ^= 1 << (bit % 8);
    }
    let total = 20 + length;
    for word in [time.0.div_euclid(SECOND) as u32, time.0.rem_euclid(SECOND) as u32, total.into(), total.into()] {
        bytes.extend(word.to_le_bytes());
    }
    let mut ip = vec![0x45, 0];
    ip.extend(total.to_be_bytes());
    ip.extend([0, 0, 0, 0, 60, 17, 0, 0]);
    ip.extend(addresses);
    let checksum = !sum(&ip);
    ip[10..12].copy_from_slice(&checksum.to_be_bytes());
    bytes.extend(ip);
    bytes.extend(udp);
}

/// The journal of the sender, or of this receiver.
pub fn journal(world: &World, passages: &[Passage], receiver: Option<usize>) -> JournalLog {
    let end = receiver.map_or(&world.sender, |index| &world.receivers[index].end);
    let clock = &end.clock;
    let mut records: Vec<(i64, Record)> = Vec::new();
    let now = |time: i64| clock.now(time);
    let side = usize::from(receiver.is_some());
    let of: Vec<(&Receiver, &Passage)> = world.receivers.iter().zip(passages).collect();
    let of = receiver.map_or(&of[..], |index| &of[index..=index]);
    let stopped = of.iter().map(|(_, passage)| passage.stopped[side]).max().unwrap_or(EPOCH);
    let closed = of.iter().map(|(_, passage)| passage.closed[side]).max().unwrap_or(EPOCH);
    let is_classic_receiver = side == 1 && world.mode == Mode::Classic;
    let told_at = if is_classic_receiver { stopped } else { EPOCH + MS };
    let info = FileInfo {
        at: now(told_at),
        mode: world.mode,
        name: Some("a.bin".into()),
        size_bytes: Some(world.size),
        sha256: (world.mode == Mode::Udp).then(|| "0".repeat(64)),
        clients: Some(world.receivers.len() as u16),
        block_bytes: world.block,
        token: (world.mode == Mode::Udp).then_some(world.token),
    };
    records.push((told_at, Record::File(Box::new(info))));
    for (receiver, passage) in of {
        let p = u32::from(receiver.number);
        let addr = peer(world, receiver, side);
        if !is_classic_receiver {
            records.push((EPOCH + 2 * MS, Record::Peer(Peer { p, addr })));
        }
        let word = |time: i64, event| (time, Record::Control(ControlEventRecord { p, at: now(time), event }));
        records.push(word(passage.ready[side], ControlEvent::Ready));
        records.push(word(passage.start[side], ControlEvent::Start));
        if let Some(done) = passage.done {
            records.push(word(done[side], ControlEvent::Done));
        }
        records.extend(batches(world, receiver.number, passage, side, &now));
        let account = account(world, receiver, passage, side);
        let at = passage.stopped[side];
        records.push((at, Record::ReceiverReport(Box::new(ReceiverReportRecord { at: now(at), account }))));
    }
    records.sort_by_key(|(time, _)| *time);
    let frames = frames(world, passages, receiver);
    let is_own = end.capture.is_own;
    let counted = |time: i64| CaptureCounters {
        written: frames.partition_point(|frame| frame.time <= time) as u64,
        dropped: end.capture.drops.map_or(0, |(from, _)| {
            u64::from(from <= time) + u64::from(end.capture.drops.is_some_and(|(_, to)| to <= time))
        }),
        ..CaptureCounters::default()
    };
    let mut samples = Vec::new();
    let mut time = EPOCH + FLUSH;
    let until = end.killed.unwrap_or(closed);
    while time <= until {
        let capture = is_own.then(|| counted(time));
        let sample = Counters { at: now(time), socket_drops: None, capture, clocks: None };
        samples.push((time, Record::Counters(Box::new(sample))));
        time += FLUSH;
    }
    let last = samples.last().map_or(EPOCH, |(time, _)| *time);
    records.extend(samples);
    records.sort_by_key(|(time, _)| *time);
    if end.killed.is_some() {
        records.retain(|(time, _)| *time <= last);
    }
    let mut all = vec![Record::Run(Box::new(run_line(world, receiver, end)))];
    all.extend(records.into_iter().map(|(_, record)| record));
    if end.killed.is_none() {
        let capture =
            is_own.then(|| CaptureEnd { close: clock.wall(closed), counters: counted(closed), failure: None });
        let at = now(closed);
        all.push(Record::End(Box::new(End { at, reason: EndReason::Done, socket_drops: None, capture, clocks: None })));
    }
    JournalLog { file: format!("{}.journal.jsonl", name(receiver)), records: all, broken_at_line: None }
}

pub fn name(receiver: Option<usize>) -> String {
    receiver.map_or_else(|| "sender".into(), |index| format!("receiver{index}"))
}

fn peer(world: &World, receiver: &Receiver, side: usize) -> SocketAddr {
    let (ip, port) = if side == 0 { (*receiver.public.ip(), 40_000) } else { (world.sender_public, 5005) };
    SocketAddr::V4(SocketAddrV4::new(ip, port))
}

fn run_line(world: &World, receiver: Option<usize>, end: &world::End) -> Run {
    let of = receiver.map(|index| &world.receivers[index]);
    let capture = end.capture.is_own.then(|| CaptureInfo {
        file: format!("{}.pcap", name(receiver)),
        device: "eth0".into(),
        link_type: Link::Raw.name().into(),
        link_number: Link::Raw.number() as i32,
        filter: String::new(),
        snaplen: 262_144,
        resolution_ns: 1,
        ring_bytes: 0,
        live: end.clock.wall(end.capture.from),
    });
    Run {
        schema: SCHEMA.into(),
        version: "0".into(),
        dialect: TRANSFER.into(),
        role: if of.is_some() { Role::Client } else { Role::Server },
        at: end.clock.now(EPOCH),
        local: SocketAddr::V4(SocketAddrV4::new(end.ip, of.map_or(5005, |of| of.port))),
        peer: of.map(|of| peer(world, of, 1)),
        gateway: None,
        addresses: vec![IpAddr::V4(end.ip)],
        parameters: json!({}),
        timeout_ns: None,
        boot_id: Some(end.boot_id.clone()),
        hop_limit: Some(64),
        clocks: None,
        capture,
    }
}

/// The records of what an end did with the blocks.
fn batches(
    world: &World,
    number: u16,
    passage: &Passage,
    side: usize,
    now: &dyn Fn(i64) -> medidor::core::time::Now,
) -> Vec<(i64, Record)> {
    let events: Vec<BlockEvent> =
        if side == 0 { vec![BlockEvent::Sent, BlockEvent::Unsent] } else { vec![BlockEvent::Read] };
    let mut all = Vec::new();
    for event in events {
        let mut what: Vec<(i64, u64)> = Vec::new();
        for (block, number) in passage.blocks.iter().zip(0..) {
            let at = |time: Option<i64>| time.map(|time| (time, number));
            match event {
                BlockEvent::Sent => what.extend(at(block.sent)),
                BlockEvent::Unsent => what.extend(at(block.refused)),
                BlockEvent::Read => what.extend(block.copies.iter().filter_map(|copy| at(copy.read))),
            }
        }
        what.retain(|(time, _)| *time < passage.stopped[side]);
        what.sort_unstable();
        let mut log = BlockLog::new(number, event);
        let mut last = 0;
        for (count, (time, block)) in what.into_iter().enumerate() {
            let key = if world.mode == Mode::Classic && side == 1 { count as u64 } else { block };
            // A record is written once the next one begins.
            all.extend(log.add(key, key, now(time)).map(|record| (time, record)));
            if world.mode == Mode::Classic && event != BlockEvent::Unsent {
                log.digest(digest(&content(world, block)));
            }
            last = time;
        }
        all.extend(log.close().map(|record| (last.max(passage.stopped[side] - US), record)));
    }
    all
}

/// What the receiver knows of its blocks.
fn arrived(world: &World, passage: &Passage) -> ReceiverBlocks {
    let socket_drops = Some(passage.socket_drops);
    if world.mode == Mode::Classic {
        return ReceiverBlocks { received: Some(passage.copies_read()), socket_drops, ..ReceiverBlocks::default() };
    }
    let mut missing: Vec<(u64, u64)> = Vec::new();
    for (number, block) in (0..).zip(&passage.blocks) {
        match missing.last_mut() {
            _ if block.reached() == 3 => {}
            Some(range) if range.1 + 1 == number => range.1 = number,
            _ => missing.push((number, number)),
        }
    }
    ReceiverBlocks {
        received: Some(passage.read()),
        duplicates: Some(passage.copies_read() - passage.read()),
        ranges: Some(missing.len() as u64),
        missing,
        socket_drops,
    }
}

fn account(world: &World, receiver: &Receiver, passage: &Passage, side: usize) -> ReceiverReport {
    let bytes = |of: &dyn Fn(&super::play::Block) -> bool| {
        let counted = (0..).zip(&passage.blocks).filter(|(_, block)| of(block));
        counted.map(|(number, _)| content(world, number).len() as u64).sum::<u64>()
    };
    let is_complete = passage.read() == world.blocks();
    let is_cut = world.sender.killed.is_some() || receiver.end.killed.is_some();
    let knows_receiver = side == 1 || passage.done.is_some();
    let mut blocks = Blocks::default();
    if side == 0 {
        blocks.sent = Some(passage.sent());
        blocks.unsent = Some(passage.blocks.iter().filter(|block| block.refused.is_some()).count() as u64);
    }
    if knows_receiver {
        blocks.arrived = arrived(world, passage);
    }
    ReceiverReport {
        number: receiver.number,
        peer: Some(peer(world, receiver, side)),
        client_port: Some(receiver.port),
        server_port: Some(receiver.server_port()),
        complete: knows_receiver.then_some(is_complete),
        error: (is_cut && world.mode == Mode::Udp && !is_complete).then_some(TransferError::Connection),
        bytes_sent: (side == 0).then(|| bytes(&|block| block.sent.is_some())),
        bytes_received: knows_receiver.then(|| bytes(&|block| block.reached() == 3)),
        took_ns: None,
        blocks: Some(blocks),
        ..ReceiverReport::default()
    }
}
