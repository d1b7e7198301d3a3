//! Plays a world with the monitor's own state machines in place of its sockets and threads, and notes the truth about each
//! probe: when it left, what came, and when it was read.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr, SocketAddrV4};
use std::path::Path;
use std::sync::LazyLock;

use etherparse::icmpv4::DestUnreachableHeader;
use etherparse::{Icmpv4Type, PacketBuilder};
use medidor::capture::link_type::LinkType;
use medidor::capture::packet_ring::PacketRing;
use medidor::capture::packet_sink::PacketSink;
use medidor::capture::savefile::Resolution;
use medidor::capture::{CompiledFilter, Visibility, filter};
use medidor::commands::monitor::alert_capture::{AlertCapture, AlertEvidence, RING_LIMITS, after_ns};
use medidor::commands::monitor::targets::{MAX_LATE_WAIT, Target};
use medidor::core::evidence::exchange_host::DatagramForm;
use medidor::core::evidence::journal::Record;
use medidor::core::evidence::journal_messages::{IcmpErrorRecord, Port, Received, Sent, Unsent};
use medidor::core::evidence::journal_run::{CaptureCounters, CaptureInfo};
use medidor::core::protocol::message::Probe;
use medidor::core::protocol::monitor::alert_state::{Action, Alert, AlertConfig, AlertMode, AlertState, Measurement};
use medidor::core::protocol::monitor::latency_class::{MIN_SUSPEND_NS, ProbeResult, Thresholds};
use medidor::core::protocol::monitor::probe_timer::ProbeTimer;
use medidor::core::protocol::ping::SingleProbe;
use medidor::core::protocol::reply_tracker::ReplyClass;
use medidor::core::protocol::requester::{Action as Step, Requester};
use medidor::core::time::{Mono, SECOND, Wall, nanos};
use medidor::i18n::{Language, Texts};
use medidor::journal::JournalSink;
use medidor::journal::recent_records::RecentRecords;

use super::world::{HOST, PEER, World};
use crate::worlds::world::{MS, US};

const LINK: LinkType = LinkType::Raw;
const LINK_NUMBER: i32 = 101;
const SNAPLEN: u32 = 65_535;

/// From one flush of the capture to the next.
const FLUSH: i64 = 200 * MS;

/// The form of a probe and its reply.
const SHORT: DatagramForm = DatagramForm { length: 4, fragmented: false };

static FILTER: LazyLock<String> =
    LazyLock::new(|| filter::monitor(&BTreeSet::from([PEER.port()]), &BTreeSet::from([IpAddr::V4(*PEER.ip())])));

/// A datagram that came to this host's wire.
#[derive(Clone, Copy, Debug)]
pub struct Arrival {
    pub time: i64,
    pub from: SocketAddrV4,
    /// When the application read it.
    pub read: Option<i64>,
    pub is_icmp: bool,
}

/// What happened to a probe.
#[derive(Clone, Debug, Default)]
pub struct ProbeTruth {
    pub number: u64,
    /// When it was begun, and sent if it was.
    pub begun: i64,
    pub sent: Option<i64>,
    /// When it was on this host's wire.
    pub left: Option<i64>,
    pub arrivals: Vec<Arrival>,
    /// When its result was known.
    pub done: i64,
}

/// What the monitor did, and when.
#[derive(Debug, Default)]
pub struct Played {
    pub probes: Vec<ProbeTruth>,
    pub measurements: Vec<Measurement>,
    pub alerts: Vec<(i64, Alert)>,
    records: Vec<(i64, Entry)>,
    frames: Vec<(i64, Vec<u8>)>,
}

#[derive(Debug)]
enum Entry {
    Record(Box<Record>),
    Forget(u64),
}

pub fn target(world: &World) -> Target {
    Target {
        name: PEER.to_string(),
        host: PEER.to_string(),
        port: PEER.port(),
        probe: Probe::any("ping", 0).expect("a probe"),
        interval: world.interval,
        timeout: world.timeout,
        alert_config: AlertConfig {
            thresholds: Thresholds::default(),
            confirm: world.confirm,
            alert: AlertMode::Change,
        },
        count: world.fates.len() as u64,
        duration: None,
        recipients: Vec::new(),
    }
}

const fn local_port(number: u64) -> u16 {
    40_100 + number as u16
}

fn udp(from: SocketAddrV4, to: SocketAddrV4, text: &[u8]) -> Vec<u8> {
    let mut packet = Vec::new();
    let hop_limit = if *from.ip() == HOST { 64 } else { 60 };
    let builder = PacketBuilder::ipv4(from.ip().octets(), to.ip().octets(), hop_limit).udp(from.port(), to.port());
    builder.write(&mut packet, text).expect("memory");
    packet
}

fn icmp(request: &[u8]) -> Vec<u8> {
    let kind = Icmpv4Type::DestinationUnreachable(DestUnreachableHeader::Port);
    let mut packet = Vec::new();
    let builder = PacketBuilder::ipv4(PEER.ip().octets(), HOST.octets(), 60).icmpv4(kind);
    builder.write(&mut packet, request).expect("memory");
    packet
}

struct Player<'a> {
    world: &'a World,
    filter: CompiledFilter,
    played: Played,
    state: AlertState,
    suspended_ns: i64,
}

/// What happened.
pub fn play(world: &World) -> Played {
    let target = target(world);
    let state = AlertState::new(target.alert_config);
    let filter = CompiledFilter::new(&FILTER, LINK, SNAPLEN).expect("the monitor's filter");
    let mut player = Player { world, filter, played: Played::default(), state, suspended_ns: 0 };
    let mut timer = ProbeTimer::new(world.interval, target.count, None, Mono(0));
    let mut now = 0;
    while let Some(due) = timer.due() {
        now = world.awake(due.0.max(now));
        let slept = player.take_suspended(now);
        if slept >= MIN_SUSPEND_NS {
            _ = player.state.reset_after_suspend(slept);
        }
        let number = timer.begin(Mono(now));
        let next = timer.due().map_or(now + nanos(world.timeout), |due| due.0);
        now = player.measure(&target, number, now, next);
    }
    player.played.frames.sort_by_key(|(time, _)| *time);
    player.played
}

impl Player<'_> {
    fn take_suspended(&mut self, now: i64) -> i64 {
        let suspended_ns = self.world.suspended_ns(now);
        suspended_ns - std::mem::replace(&mut self.suspended_ns, suspended_ns)
    }

    fn record(&mut self, time: i64, record: Record) {
        self.played.records.push((time, Entry::Record(Box::new(record))));
    }

    fn result(&mut self, now: i64, begun: i64, number: u64, finding: ProbeResult, due: i64) {
        let finding = match finding {
            ProbeResult::Unsent { .. } => finding,
            _ => finding.unless_suspended(self.take_suspended(now), now - due),
        };
        if matches!(finding, ProbeResult::Overslept { .. }) {
            self.played.records.push((now, Entry::Forget(number)));
        }
        for action in self.state.update(number, self.world.wall(begun), finding) {
            match action {
                Action::Show(measurement) => self.played.measurements.push(measurement),
                Action::Alert(alert) => self.played.alerts.push((now, alert)),
                _ => {}
            }
        }
    }

    /// Measures once; returns when that was over.
    fn measure(&mut self, target: &Target, number: u64, begun: i64, next: i64) -> i64 {
        let (world, timeout) = (self.world, nanos(target.timeout));
        let fate = world.fates[number as usize - 1];
        let linger = (next - begun - timeout).clamp(0, nanos(MAX_LATE_WAIT)) as u64;
        let linger = std::time::Duration::from_nanos(linger);
        let mut single =
            SingleProbe::new(number, target.timeout, linger, target.probe.clone(), PEER.into(), Mono(begun));
        assert!(matches!(single.next_action(Mono(begun)), Some(Step::Send { .. })));
        let mut truth = ProbeTruth { number, begun, done: begun, ..ProbeTruth::default() };
        let due = begun + timeout;
        if fate.unsent {
            let unsent = Unsent { n: number, p: 1, at: world.now(begun), why: "ENETUNREACH".into() };
            self.record(begun, Record::Unsent(unsent));
            self.result(begun, begun, number, ProbeResult::Unsent { error: "ENETUNREACH".into() }, due);
            self.played.probes.push(truth);
            return begun;
        }
        let sent = begun + 20 * US;
        let own = SocketAddrV4::new(HOST, local_port(number));
        self.record(sent, Record::Port(Port { n: number, p: 1, l: own.port() }));
        let at = world.now(sent);
        let record = Sent { n: number, p: 1, at, send_duration_ns: 10 * US, lateness_ns: Some(0), h: 1, dropped: None };
        self.record(sent, Record::Sent(record));
        single.sent(number, Mono(sent));
        truth.sent = Some(sent);
        if !fate.kept_here {
            self.fly(&mut truth, sent + 15 * US);
        }
        let end = self.wait(&mut single, &mut truth, begun, due);
        self.played.probes.push(truth);
        end
    }

    /// The frames of a probe that leaves at a time.
    fn fly(&mut self, truth: &mut ProbeTruth, left: i64) {
        let world = self.world;
        let fate = world.fates[truth.number as usize - 1];
        let own = SocketAddrV4::new(HOST, local_port(truth.number));
        let request = udp(own, PEER, b"ping");
        truth.left = Some(left);
        self.played.frames.push((left, request.clone()));
        if fate.lost {
            return;
        }
        let from = fate.from.unwrap_or(PEER);
        for copy in 0..=i64::from(fate.copies.0) {
            let time = left + fate.rtt + copy * fate.copies.1;
            // What comes while this computer is suspended does not reach it.
            if world.suspended.iter().any(|(at, _)| (left..time).contains(at)) {
                continue;
            }
            let reads = !fate.lost_here || fate.icmp;
            let read = reads.then(|| world.awake(time + fate.hold + 30 * US));
            truth.arrivals.push(Arrival { time, from, read, is_icmp: fate.icmp });
            if fate.icmp {
                self.played.frames.push((time, icmp(&request)));
            } else if self.filter.admits(from.into(), own.into(), SHORT) == Visibility::Whole {
                self.played.frames.push((time, udp(from, own, b"pong")));
            }
        }
    }

    /// Waits for replies, and for late ones.
    fn wait(&mut self, single: &mut SingleProbe, truth: &mut ProbeTruth, begun: i64, due: i64) -> i64 {
        let (world, number) = (self.world, truth.number);
        let mut reads: Vec<(i64, Arrival)> =
            truth.arrivals.iter().filter_map(|arrival| Some((arrival.read?, *arrival))).collect();
        reads.sort_by_key(|(time, _)| std::cmp::Reverse(*time));
        let (mut is_open, mut now) = (true, begun);
        loop {
            let wake = world.awake(single.wake_at().expect("it goes on").0).max(now);
            if let Some((time, arrival)) = reads.pop_if(|(time, _)| *time <= wake) {
                now = time;
                let at = world.now(now);
                let finding = if arrival.is_icmp {
                    single.refused(number);
                    let from = Some(IpAddr::V4(*PEER.ip()));
                    self.record(
                        now,
                        Record::IcmpError(IcmpErrorRecord { n: Some(number), p: 1, at, from, kind: 3, code: 3 }),
                    );
                    Some(ProbeResult::Refused)
                } else {
                    let class = single.received(Mono(now), SocketAddr::V4(arrival.from), b"pong");
                    if let ReplyClass::Reply { .. } | ReplyClass::Duplicate { .. } = class {
                        self.record(now, Record::Received(Received { n: number, p: 1, at, k: None, h: 2 }));
                    }
                    match class {
                        ReplyClass::Reply { late: true, .. } => Some(ProbeResult::Silence),
                        ReplyClass::Reply { rtt_ns, .. } => Some(ProbeResult::Reply { rtt_ns }),
                        _ => None,
                    }
                };
                if let Some(finding) = finding.filter(|_| is_open) {
                    (is_open, truth.done) = (false, now);
                    self.result(now, begun, number, finding, due);
                }
                continue;
            }
            now = wake;
            match single.next_action(Mono(now)) {
                Some(Step::GiveUp { .. }) if is_open => {
                    (is_open, truth.done) = (false, now);
                    self.result(now, begun, number, ProbeResult::Silence, due);
                }
                Some(Step::Finish) => break,
                _ => {}
            }
        }
        // A reply that nobody waits for any more is not read.
        for arrival in &mut truth.arrivals {
            arrival.read = arrival.read.filter(|read| *read <= now);
        }
        now
    }
}

impl Played {
    /// Up to when an alert's packets are there, by both clocks.
    pub fn cut(world: &World, raised: i64, alert: &Alert) -> (i64, Wall) {
        let to = world.wall(raised).shifted(after_ns(&target(world), alert));
        let mut cut = raised;
        while world.wall(cut) < to {
            cut += to.since(world.wall(cut)).min(50 * MS);
        }
        (cut, to)
    }

    /// An alert's evidence, as the monitor collects it.
    pub fn evidence(&self, world: &World, raised: i64, alert: &Alert, folder: &Path) -> Result<AlertEvidence, String> {
        let (cut, _) = Self::cut(world, raised, alert);
        let live = world.wall(-SECOND);
        let mut ring = PacketRing::new(RING_LIMITS, live, LINK_NUMBER, SNAPLEN, Resolution::Nano);
        let is_lossy = |time: i64| world.drops.is_some_and(|(from, to)| (from..to).contains(&time));
        let mut frames = self.frames.iter().enumerate().peekable();
        let mut counters = CaptureCounters::default();
        for flush in (0..).map(|flush| flush * FLUSH).take_while(|flush| *flush < cut).chain([cut]) {
            while let Some((index, (time, packet))) = frames.next_if(|(_, (time, _))| *time <= flush) {
                if is_lossy(*time) && index % 2 == 0 {
                    counters.dropped += 1;
                } else {
                    ring.push(world.wall(*time), packet.len() as u32, packet).map_err(|error| error.to_string())?;
                }
            }
            ring.sample(world.wall(flush), counters);
            ring.on_flushed_until(world.wall(flush));
        }
        let recent = RecentRecords::default();
        recent.between(HOST.into(), PEER.into());
        for (_, entry) in self.records.iter().filter(|(time, _)| *time <= cut) {
            match entry {
                Entry::Record(record) => recent.write((**record).clone()),
                Entry::Forget(number) => recent.forget(*number),
            }
        }
        let info = CaptureInfo {
            file: String::new(),
            device: "any".into(),
            link_type: "RAW".into(),
            link_number: LINK_NUMBER,
            filter: FILTER.clone(),
            snaplen: SNAPLEN,
            resolution_ns: 1,
            ring_bytes: 4 << 20,
            live,
        };
        let capture = AlertCapture { ring, info, folder: folder.to_owned() };
        let texts = Texts::new(Language::English);
        capture.collect(&target(world), &recent, alert, world.now(raised), texts).map_err(|error| error.to_string())
    }
}
