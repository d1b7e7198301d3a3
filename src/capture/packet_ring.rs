//! A ring buffer of the most recent packets, saved when an alert fires. Bounded in bytes and by age; packets older than
//! its start are not missing.

use std::collections::{BTreeSet, VecDeque};
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::decode::{self, Decoded};
use super::link_type::LinkType;
use super::live::LiveCapture;
use super::packet_sink::PacketSink;
use super::savefile::{Resolution, Savefile};
use super::wall_clock;
use super::writer_thread::CaptureThread;
use crate::core::evidence::flow::FlowKey;
use crate::core::evidence::journal_run::CaptureCounters;
use crate::core::time::{Wall, nanos};

/// What a packet takes beside its bytes, about.
const PACKET_OVERHEAD: usize = 64;

/// Counter samples kept, one per flush: enough for the longest age that is asked for.
const MAX_SAMPLES: usize = 4096;

#[derive(Clone, Copy, Debug)]
pub struct RingLimits {
    /// Bytes of packets, with what keeping them takes.
    pub bytes: usize,
    pub age: Duration,
}

/// The last packets; clones share them.
#[derive(Clone, Debug)]
pub struct PacketRing(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    grown: Condvar,
    bounds: RingLimits,
    link_number: i32,
    snaplen: u32,
    resolution: Resolution,
}

#[derive(Debug)]
struct State {
    packets: VecDeque<RingPacket>,
    bytes: usize,
    /// Every packet from then on is here.
    since: Wall,
    complete: Wall,
    taken: u64,
    samples: VecDeque<(Wall, CaptureCounters)>,
    over: bool,
    failure: Option<String>,
}

#[derive(Clone, Debug)]
struct RingPacket {
    time: Wall,
    original: u32,
    data: Box<[u8]>,
}

#[derive(Debug)]
pub struct PacketSlice {
    packets: Vec<RingPacket>,
    link_number: i32,
    snaplen: u32,
    resolution: Resolution,
    /// Every packet from then on is in it.
    pub since: Wall,
    /// Every packet up to then is in it.
    pub complete: Wall,
    /// The capture's counters in that time, counted from its beginning.
    pub counters: Vec<(Wall, CaptureCounters)>,
    pub failure: Option<String>,
}

/// The port from which a probe was sent, and when its socket was open: another program may get the port before and
/// after.
#[derive(Clone, Copy, Debug)]
pub struct ProbePort {
    pub number: u64,
    pub local: SocketAddr,
    pub open: (Wall, Wall),
}

impl ProbePort {
    fn is_to(&self, flow: FlowKey, time: Wall) -> bool {
        flow.destination == self.local && (self.open.0..=self.open.1).contains(&time)
    }
}

impl PacketRing {
    /// Starts the thread that keeps the latest packets of a capture in memory.
    ///
    /// # Errors
    /// As [`CaptureThread::start`].
    pub fn start(live: LiveCapture, limits: RingLimits) -> io::Result<(CaptureThread, Self)> {
        let ring = Self::new(limits, live.live(), live.link().number(), live.snaplen(), live.resolution());
        let sampled = ring.clone();
        let sample = move |counters| sampled.sample(wall_clock::now(), counters);
        Ok((CaptureThread::start(live, ring.clone(), sample)?, ring))
    }

    /// A ring for a capture that is live since then.
    pub fn new(bounds: RingLimits, live: Wall, link_number: i32, snaplen: u32, resolution: Resolution) -> Self {
        let state = State {
            packets: VecDeque::new(),
            bytes: 0,
            since: live,
            complete: live,
            taken: 0,
            samples: VecDeque::new(),
            over: false,
            failure: None,
        };
        let (state, grown) = (Mutex::new(state), Condvar::new());
        Self(Arc::new(Shared { state, grown, bounds, link_number, snaplen, resolution }))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn sample(&self, at: Wall, counters: CaptureCounters) {
        let mut state = self.lock();
        if state.samples.len() == MAX_SAMPLES {
            state.samples.pop_front();
        }
        state.samples.push_back((at, counters));
    }

    /// The packets between two times. Waits until all of them have arrived, at most for `timeout`, and not at
    /// all once the capture has ended.
    pub fn slice(&self, from: Wall, to: Wall, timeout: Duration) -> PacketSlice {
        let coming = |state: &mut State| state.complete < to && !state.over;
        let waited = self.0.grown.wait_timeout_while(self.lock(), timeout, coming);
        let state = waited.unwrap_or_else(PoisonError::into_inner).0;
        let inside = |packet: &&RingPacket| from <= packet.time && packet.time <= to;
        let packets: Vec<RingPacket> = state.packets.iter().filter(inside).cloned().collect();
        let before = state.samples.iter().rev().find(|(at, _)| *at <= from).map(|(_, counters)| *counters);
        let before = before.unwrap_or_default();
        let counters = state.samples.iter().filter(|(at, _)| from < *at && *at <= to);
        let relative = |(at, now): &(Wall, CaptureCounters)| {
            let counters = CaptureCounters {
                written: now.written.saturating_sub(before.written),
                received: now.received.saturating_sub(before.received),
                dropped: now.dropped.saturating_sub(before.dropped),
                interface_dropped: now.interface_dropped.saturating_sub(before.interface_dropped),
            };
            (*at, counters)
        };
        PacketSlice {
            packets,
            link_number: self.0.link_number,
            snaplen: self.0.snaplen,
            resolution: self.0.resolution,
            since: state.since.max(from),
            complete: state.complete.min(to),
            counters: counters.map(relative).collect(),
            failure: state.failure.clone(),
        }
    }

    /// The error that ended the capture, if any.
    pub fn failure(&self) -> Option<String> {
        self.lock().failure.clone()
    }
}

impl State {
    fn forget_oldest(&mut self) {
        if let Some(packet) = self.packets.pop_front() {
            self.bytes = self.bytes.saturating_sub(packet.data.len() + PACKET_OVERHEAD);
            self.since = self.since.max(packet.time.shifted(1));
        }
    }
}

impl PacketSink for PacketRing {
    fn push(&mut self, time: Wall, original: u32, data: &[u8]) -> io::Result<()> {
        let mut state = self.lock();
        state.taken += 1;
        state.bytes += data.len() + PACKET_OVERHEAD;
        state.packets.push_back(RingPacket { time, original, data: data.into() });
        while state.bytes > self.0.bounds.bytes && !state.packets.is_empty() {
            state.forget_oldest();
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn on_flushed_until(&mut self, complete: Wall) {
        let mut state = self.lock();
        if complete < state.since {
            // The clock was set back: older packets would seem to come later, and the ring begins anew.
            state.packets.clear();
            state.samples.clear();
            (state.bytes, state.since) = (0, complete);
        }
        state.complete = complete;
        let oldest = complete.shifted(-nanos(self.0.bounds.age));
        while state.packets.front().is_some_and(|packet| packet.time < oldest) {
            state.forget_oldest();
        }
        state.since = state.since.max(oldest);
        drop(state);
        self.0.grown.notify_all();
    }

    fn on_end(&mut self, failure: Option<&str>) {
        let mut state = self.lock();
        state.over = true;
        state.failure = failure.map(str::to_owned);
        drop(state);
        self.0.grown.notify_all();
    }

    fn records(&self) -> u64 {
        self.lock().taken
    }

    fn last(&self) -> Option<Wall> {
        self.lock().packets.back().map(|packet| packet.time)
    }
}

impl PacketSlice {
    pub fn len(&self) -> usize {
        self.packets.len()
    }

    pub fn is_empty(&self) -> bool {
        self.packets.is_empty()
    }

    /// Keeps only packets from or to `end`, ICMP errors about them, and what other ports and addresses sent to the probes'
    /// ports while these waited; other traffic is private.
    #[must_use]
    pub fn only(mut self, end: SocketAddr, probes: &[ProbePort]) -> Self {
        let concerns = |flow: FlowKey| flow.source == end || flow.destination == end;
        if let Ok(link) = LinkType::from_number(self.link_number) {
            self.packets.retain(|packet| match decode::frame(link, &packet.data, packet.original) {
                Decoded::Udp(udp) => {
                    concerns(udp.flow) || probes.iter().any(|probe| probe.is_to(udp.flow, packet.time))
                }
                Decoded::IcmpError(quote) => concerns(quote.flow),
                // Only the first of several has ports.
                Decoded::Fragment(fragment) => [fragment.source, fragment.destination].contains(&end.ip()),
                // Undecodable packets may be evidence.
                Decoded::TooShort => true,
                Decoded::Tcp(_) | Decoded::LinkControl | Decoded::Other => false,
            });
        }
        self
    }

    /// Who else than `end` sent a datagram to which probe's port while it waited, each once, by probe.
    pub fn other_sources(&self, end: SocketAddr, probes: &[ProbePort]) -> BTreeSet<(u64, SocketAddr)> {
        let Ok(link) = LinkType::from_number(self.link_number) else { return BTreeSet::new() };
        let to_probe = |packet: &RingPacket| match decode::frame(link, &packet.data, packet.original) {
            Decoded::Udp(udp) if udp.flow.source != end => {
                let probe = probes.iter().find(|probe| probe.is_to(udp.flow, packet.time))?;
                Some((probe.number, udp.flow.source))
            }
            _ => None,
        };
        self.packets.iter().filter_map(to_probe).collect()
    }

    /// Writes them into a new file.
    ///
    /// # Errors
    /// The system's error.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        let mut file = Savefile::create(path, self.link_number, self.snaplen, self.resolution)?;
        for packet in &self.packets {
            file.push(packet.time, packet.original, &packet.data)?;
        }
        file.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, SocketAddrV4};

    use super::*;
    use crate::core::time::SECOND;

    fn ring(bytes: usize) -> PacketRing {
        let bounds = RingLimits { bytes, age: Duration::from_secs(60) };
        PacketRing::new(bounds, Wall(0), 1, 65_535, Resolution::Nano)
    }

    fn now(ring: &PacketRing, from: i64, to: i64) -> (usize, Wall, Wall) {
        let excerpt = ring.slice(Wall(from), Wall(to), Duration::ZERO);
        (excerpt.len(), excerpt.since, excerpt.complete)
    }

    #[test]
    fn the_oldest_packets_go_first_and_the_start_moves_with_them() {
        let mut ring = ring(3 * (PACKET_OVERHEAD + 36));
        for second in 1..=5 {
            ring.push(Wall(second), 36, &[0; 36]).unwrap();
        }
        ring.on_flushed_until(Wall(9));
        assert_eq!(now(&ring, 0, 10), (3, Wall(3), Wall(9)), "two had to go, the latter of them at 2");
        assert_eq!(now(&ring, 4, 8), (2, Wall(4), Wall(8)));
        // One that is larger than the ring is not kept, and that is known as well.
        ring.push(Wall(20), 9000, &[0; 9000]).unwrap();
        ring.on_flushed_until(Wall(30));
        assert_eq!(now(&ring, 0, 30), (0, Wall(21), Wall(30)));
        assert_eq!(ring.records(), 6);
    }

    #[test]
    fn old_packets_are_evicted() {
        let mut ring = ring(1 << 20);
        for second in [1, 50, 100] {
            ring.push(Wall(second * SECOND), 4, &[1, 2, 3, 4]).unwrap();
        }
        ring.on_flushed_until(Wall(105 * SECOND));
        assert_eq!(now(&ring, 0, 105 * SECOND), (2, Wall(45 * SECOND), Wall(105 * SECOND)));
    }

    #[test]
    fn a_clock_that_is_set_back_begins_the_ring_anew() {
        let bounds = RingLimits { bytes: 1 << 20, age: Duration::from_secs(60) };
        let mut ring = PacketRing::new(bounds, Wall(100 * SECOND), 1, 65_535, Resolution::Nano);
        ring.push(Wall(101 * SECOND), 1, &[1]).unwrap();
        ring.on_flushed_until(Wall(102 * SECOND));
        ring.on_flushed_until(Wall(50 * SECOND));
        ring.push(Wall(51 * SECOND), 1, &[2]).unwrap();
        ring.on_flushed_until(Wall(52 * SECOND));
        assert_eq!(now(&ring, 0, 200 * SECOND), (1, Wall(50 * SECOND), Wall(52 * SECOND)));
    }

    #[test]
    fn counters_count_from_the_excerpts_beginning() {
        let ring = ring(1 << 20);
        for (at, dropped) in [(1, 3), (2, 3), (3, 5), (4, 5)] {
            ring.sample(Wall(at), CaptureCounters { dropped, ..CaptureCounters::default() });
        }
        let counters = ring.slice(Wall(2), Wall(3), Duration::ZERO).counters;
        assert_eq!(counters.iter().map(|(at, counters)| (at.0, counters.dropped)).collect::<Vec<_>>(), [(3, 2)]);
    }

    #[test]
    fn an_excerpt_waits_for_a_running_capture_only() {
        let mut ring = ring(1 << 20);
        let asked = ring.clone();
        let waiting = std::thread::spawn(move || asked.slice(Wall(0), Wall(5), Duration::from_secs(60)).len());
        ring.push(Wall(4), 1, &[1]).unwrap();
        ring.on_flushed_until(Wall(6));
        assert_eq!(waiting.join().unwrap(), 1);
        ring.on_end(Some("the interface eth0 is gone"));
        let excerpt = ring.slice(Wall(0), Wall(50), Duration::from_secs(60));
        assert_eq!((excerpt.complete, excerpt.failure.as_deref()), (Wall(6), Some("the interface eth0 is gone")));
    }

    fn frame(source: SocketAddrV4, destination: SocketAddrV4) -> Vec<u8> {
        let builder = etherparse::PacketBuilder::ethernet2([1; 6], [2; 6]);
        let builder = builder.ipv4(source.ip().octets(), destination.ip().octets(), 64);
        let mut frame = Vec::new();
        builder.udp(source.port(), destination.port()).write(&mut frame, b"ping").unwrap();
        frame
    }

    #[test]
    fn of_several_ends_one_may_be_kept_alone() {
        let mut ring = ring(1 << 20);
        let (own, server, other) = (Ipv4Addr::new(10, 0, 0, 1), Ipv4Addr::new(10, 0, 0, 2), Ipv4Addr::new(10, 0, 0, 3));
        let probe = |port| SocketAddrV4::new(own, port);
        let from = SocketAddrV4::new;
        for (time, source, destination) in [
            (1, probe(40_000), from(server, 7)),
            (2, probe(40_000), from(server, 8)),
            (3, from(server, 7), probe(40_000)),
            (4, from(server, 40_001), probe(40_000)),
            (5, from(other, 7), probe(40_000)),
            (6, from(server, 53), probe(40_009)),
            (7, from(server, 53), probe(40_000)),
        ] {
            let frame = frame(source, destination);
            ring.push(Wall(time), frame.len() as u32, &frame).unwrap();
        }
        ring.on_flushed_until(Wall(9));
        let end = from(server, 7).into();
        let probes = [ProbePort { number: 1, local: probe(40_000).into(), open: (Wall(1), Wall(6)) }];
        let kept = ring.slice(Wall(0), Wall(9), Duration::ZERO).only(end, &probes);
        assert_eq!(kept.packets.iter().map(|packet| packet.time.0).collect::<Vec<_>>(), [1, 3, 4, 5]);
        let others = [from(server, 40_001), from(other, 7)].map(|source| (1, SocketAddr::from(source)));
        assert_eq!(kept.other_sources(end, &probes), BTreeSet::from(others));
    }

    #[test]
    fn an_excerpt_becomes_a_file_like_any_other() {
        let mut ring = ring(1 << 20);
        ring.push(Wall(7 * SECOND + 1), 60, &[9; 4]).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.pcap");
        ring.slice(Wall(0), Wall(i64::MAX), Duration::ZERO).write(&path).unwrap();
        let file = std::fs::read(path).unwrap();
        assert_eq!((file.len(), &file[24..28], &file[40..]), (44, &[7, 0, 0, 0][..], &[9; 4][..]));
    }
}
