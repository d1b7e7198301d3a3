//! A fault simulator: from a history (what befell each message, what the network and the clocks are like) it makes what
//! the four witnesses would have written, and keeps the truth beside it.
//!
//! It calls nothing that judges: neither `core::verdict` (of which it uses two lists of names) nor the readers of
//! evidence. What weakens a witness is done to its finished artefact, as a kill, a full disk or a filter would.

#![allow(dead_code, reason = "each test file uses its own part")]

use std::net::{IpAddr, SocketAddr};

use fastrand::Rng;
use medidor::core::document::message::SegmentName::{
    ClientHostIn, ClientHostOut, NetworkForward, NetworkReturn, ServerApp, ServerHostIn, ServerHostOut,
};
use medidor::core::document::message::{Outcome, PointName, SegmentName};
use medidor::core::evidence::capture_log::{CaptureLog, Datagram, IcmpError, digest};
use medidor::core::evidence::flow::FlowKey;
use medidor::core::evidence::journal::{Gap, JournalLog, Record};
use medidor::core::evidence::journal_messages::{
    IcmpErrorRecord, NotAnswered, Peer, Received, Sent, TxTimestamp, Unsent,
};
use medidor::core::evidence::journal_run::{
    CaptureCounters, CaptureEnd, CaptureInfo, Counters, End, EndReason, Role, Run as RunLine, SCHEMA,
};
use medidor::core::protocol::server::NoReplyReason;
use medidor::core::time::{Mono, Now, SECOND, Wall};

/// One millisecond in nanoseconds.
pub const MS: i64 = 1_000_000;

/// True time zero of every world, nanoseconds since 1970.
pub const EPOCH: i64 = 1_760_000_000 * SECOND;

/// How often a run samples its counters.
const FLUSH: i64 = 200 * MS;

/// The segments in the order of travel: segment `i` lies between points `i` and `i + 1`.
pub const SEGMENTS: [SegmentName; 7] =
    [ClientHostOut, NetworkForward, ServerHostIn, ServerApp, ServerHostOut, NetworkReturn, ClientHostIn];

/// What befalls a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Nothing.
    Delivered,
    /// It, or its reply, vanishes on this segment, and nothing says why.
    Lost(SegmentName),
    /// `send()` refuses it with EPERM.
    NotSent,
    /// The client's kernel takes it and says ENOBUFS.
    NoBuffers,
    /// The server's kernel does so with the reply.
    ReplyNoBuffers,
    /// `send()` refuses the reply with EPERM.
    ReplyRefused,
    /// The server was told to drop it.
    SimulatedDrop,
    /// It reaches the server's wire with a wrong checksum.
    BadChecksum,
    /// Nobody listens: an ICMP port unreachable comes back, which the client hears of or not.
    Unreachable {
        /// The error reached the client.
        told: bool,
    },
    /// A router on the way out rejects it.
    Rejected {
        /// The error reached the client.
        told: bool,
    },
    /// Its text changes on the way out; the number stays.
    AlteredOut,
    /// The reply's text changes on the way back; the number stays.
    AlteredBack,
    /// A second copy arises on a segment; either copy may be lost further on.
    Doubled {
        /// Where the copy arises.
        at: SegmentName,
        /// By how much the copy comes later.
        lag: i64,
        /// Where the first one is lost.
        first: Option<SegmentName>,
        /// Where the second one is lost.
        second: Option<SegmentName>,
        /// The server says so where it loses a copy: withheld, ENOBUFS.
        told: bool,
    },
    /// It takes so much longer on one of the network's segments.
    Slow {
        /// Which.
        at: SegmentName,
        /// By how much.
        by: i64,
    },
}

/// One client's run.
#[derive(Clone, Debug)]
pub struct Run {
    /// When it begins, after [`EPOCH`].
    pub start: i64,
    /// What befalls messages 1, 2, 3, ...
    pub fates: Vec<Fate>,
    /// Between messages.
    pub interval: i64,
    /// After so many messages a pause comes; 0 for none.
    pub batch: usize,
    /// The pause.
    pub pause: i64,
    /// Patience of a message, and of the run after the last one.
    pub wait: i64,
    /// The client's port.
    pub port: u16,
    /// The last byte of the client's address.
    pub host: u8,
    /// Ctrl-C comes so long after the start.
    pub interrupted: Option<i64>,
}

impl Run {
    /// A run at ten messages a second, with two and a half seconds of patience.
    pub fn new(fates: &[Fate]) -> Self {
        Self {
            start: 3 * SECOND,
            fates: fates.to_vec(),
            interval: 100 * MS,
            batch: 0,
            pause: 0,
            wait: 5 * SECOND / 2,
            port: 40_001,
            host: 10,
            interrupted: None,
        }
    }
}

/// Everything around the runs.
#[derive(Clone, Debug)]
pub struct World {
    /// The clients' runs, all with the same server.
    pub runs: Vec<Run>,
    /// Delay on the way out: least, and jitter on top of it.
    pub forward: (i64, i64),
    /// Delay on the way back.
    pub back: (i64, i64),
    /// The server's clock is so far ahead at [`EPOCH`].
    pub offset: i64,
    /// And runs so much faster, parts per million.
    pub drift_ppm: i64,
    /// The clock of this host is set, at this true time, ahead by so much.
    pub set: Option<(Role, i64, i64)>,
    /// Two NAT routers lie between.
    pub nat: bool,
    /// Both ends are one host.
    pub same_host: bool,
    /// Resolution of the captures' stamps.
    pub resolution_ns: u32,
    /// How long the server runs after the last client.
    pub tail: i64,
    /// Seed of all that is random.
    pub seed: u64,
}

impl World {
    /// Two homes, 20 ms apart, the server's clock 3 s ahead.
    pub fn new(runs: Vec<Run>) -> Self {
        Self {
            runs,
            forward: (20 * MS, 5 * MS),
            back: (15 * MS, 5 * MS),
            offset: 3 * SECOND,
            drift_ppm: 20,
            set: None,
            nat: true,
            same_host: false,
            resolution_ns: 1,
            tail: 4 * SECOND,
            seed: 1,
        }
    }

    /// One run of these fates.
    pub fn of(fates: &[Fate]) -> Self {
        Self::new(vec![Run::new(fates)])
    }

    /// The true offset of the server's clock at a true time.
    pub fn offset_at(&self, time: i64) -> i64 {
        self.wall(Role::Server, time).since(self.wall(Role::Client, time))
    }

    /// What a host's clock would show, had nobody set it.
    fn steady(&self, role: Role, time: i64) -> Wall {
        if role == Role::Client || self.same_host {
            return Wall(time);
        }
        Wall(time + self.offset + (i128::from(time - EPOCH) * i128::from(self.drift_ppm) / 1_000_000) as i64)
    }

    fn wall(&self, role: Role, time: i64) -> Wall {
        let set = self.set.filter(|(whose, at, _)| (*whose == role || self.same_host) && time >= *at);
        self.steady(role, time).shifted(set.map_or(0, |(.., by)| by))
    }

    fn now(&self, role: Role, time: i64) -> Now {
        let boot = if role == Role::Client { 7 } else { 11 } * 1_000 * SECOND + EPOCH;
        Now { wall: self.wall(role, time), mono: Mono(self.steady(role, time).0 - boot) }
    }

    /// Addresses of a run: client and server as the client's host sees them, and as the server's does.
    pub fn ends(&self, run: &Run) -> [SocketAddr; 4] {
        let local = SocketAddr::from(([192, 168, 1, run.host], run.port));
        if self.same_host {
            let server = SocketAddr::from(([192, 168, 1, run.host], 5005));
            return [local, server, local, server];
        }
        let server = SocketAddr::from(([192, 168, 2, 20], 5005));
        if !self.nat {
            return [local, server, local, server];
        }
        let public = SocketAddr::from(([203, 0, 113, 1], run.port + u16::from(run.host)));
        [local, SocketAddr::from(([203, 0, 113, 2], 5005)), public, server]
    }
}

/// What really became of a message.
#[derive(Clone, Debug)]
pub struct Truth {
    /// Its number.
    pub n: u64,
    /// What became of it.
    pub outcome: Outcome,
    /// Where it was lost. Two where it was too slow for a client that stopped listening: the slow segment, and the
    /// host that was no longer there for it.
    pub segments: Vec<SegmentName>,
    /// Its reply was on its way when the client stopped listening: lost and late are both true.
    pub too_late: bool,
    /// The server's application sent a reply.
    pub answered: bool,
    /// A reply reached the client's wire.
    pub came_to_client: bool,
    /// There was never more than one copy of it.
    pub single: bool,
    /// When the first copy passed each point, true time, whoever watched.
    pub points: [Option<i64>; 8],
}

/// What one host's witnesses wrote.
#[derive(Clone, Debug)]
pub struct Host {
    /// The application's account.
    pub journal: JournalLog,
    /// The capture.
    pub capture: CaptureLog,
}

/// A simulated history: what all the witnesses wrote, and the truth.
#[derive(Clone, Debug)]
pub struct History {
    /// The clients' hosts, by run.
    pub clients: Vec<Host>,
    /// The server's.
    pub server: Host,
    /// The truth by run and message.
    pub truths: Vec<Vec<Truth>>,
    /// When each client's application stopped listening, true time.
    pub ends: Vec<i64>,
}

/// One datagram's way through the eight points.
#[derive(Clone, Debug, Default)]
struct Copy {
    points: [Option<i64>; 8],
    death: Option<SegmentName>,
}

impl Copy {
    fn last(&self) -> usize {
        self.points.iter().rposition(Option::is_some).unwrap_or(0)
    }
}

/// The position of a segment on the way.
fn position(segment: SegmentName) -> usize {
    SEGMENTS.iter().position(|known| *known == segment).expect("one of the seven")
}

/// The host at which a point lies.
fn host_of(point: usize) -> Role {
    if (2..6).contains(&point) { Role::Server } else { Role::Client }
}

impl World {
    /// How long the first copy takes over a segment.
    fn delay(&self, segment: usize, rng: &mut Rng) -> i64 {
        let (least, jitter) = match SEGMENTS[segment] {
            NetworkForward | NetworkReturn if self.same_host => return 0,
            NetworkForward => self.forward,
            NetworkReturn => self.back,
            ServerApp => (20_000, 100_000),
            _ => (4_000, 30_000),
        };
        least + rng.i64(0..=jitter)
    }

    fn walk(&self, from: usize, at: i64, death: Option<SegmentName>, slow: (usize, i64), rng: &mut Rng) -> Copy {
        let mut copy = Copy { death, ..Copy::default() };
        let mut time = at;
        for point in from..8 {
            copy.points[point] = Some(time);
            if point == 7 || death.is_some_and(|death| position(death) == point) {
                break;
            }
            time += self.delay(point, rng) + if slow.0 == point { slow.1 } else { 0 };
        }
        copy
    }

    /// The ways of all copies of a message that was sent at this time.
    fn travel(&self, fate: Fate, sent: i64, rng: &mut Rng) -> Vec<Copy> {
        let plain = (usize::MAX, 0);
        let dies = |segment| vec![self.walk(0, sent, Some(segment), plain, &mut rng.clone())];
        match fate {
            Fate::NotSent => Vec::new(),
            Fate::Delivered | Fate::AlteredOut | Fate::AlteredBack => vec![self.walk(0, sent, None, plain, rng)],
            Fate::Lost(segment) => dies(segment),
            Fate::NoBuffers => dies(ClientHostOut),
            Fate::ReplyNoBuffers => dies(ServerHostOut),
            Fate::ReplyRefused | Fate::SimulatedDrop => dies(ServerApp),
            Fate::BadChecksum | Fate::Unreachable { .. } => dies(ServerHostIn),
            Fate::Rejected { .. } => dies(NetworkForward),
            Fate::Slow { at, by } => vec![self.walk(0, sent, None, (position(at), by), rng)],
            Fate::Doubled { at, lag, first, second, .. } => {
                let further = |death: Option<SegmentName>| death.filter(|death| position(*death) > position(at));
                let original = self.walk(0, sent, further(first), plain, rng);
                let born = original.points[position(at)].expect("it dies further on") + lag.max(1);
                let born = born + self.delay(position(at), rng);
                vec![original, self.walk(position(at) + 1, born, further(second), plain, rng)]
            }
        }
    }
}

/// The text of a request, or of the reply, and the digest it has at a point.
fn text_digest(n: u64, fate: Fate, point: usize) -> (u32, u16) {
    let text = if point < 4 { format!("Mensagem {n}") } else { format!("ACK {n}") };
    let altered = match fate {
        Fate::AlteredOut => (2..4).contains(&point),
        Fate::AlteredBack => point >= 6,
        _ => false,
    };
    let length = text.len() as u16;
    let text = if altered { text.replace(['M', 'C'], "x") } else { text };
    (digest(text.as_bytes()), length)
}

/// A frame on its way into a capture.
struct Shot {
    time: i64,
    what: What,
}

enum What {
    Datagram(Datagram, FlowKey),
    Icmp(IcmpError),
}

struct Scribe<'a> {
    world: &'a World,
    role: Role,
    live: i64,
    close: i64,
    shots: Vec<Shot>,
    records: Vec<(i64, Record)>,
}

impl<'a> Scribe<'a> {
    fn new(world: &'a World, role: Role, live: i64, close: i64) -> Self {
        Self { world, role, live, close, shots: Vec::new(), records: Vec::new() }
    }

    fn write(&mut self, time: i64, record: Record) {
        self.records.push((time, record));
    }

    fn stamp(&self, time: i64) -> Wall {
        let grain = i64::from(self.world.resolution_ns);
        Wall(self.world.wall(self.role, time).0.div_euclid(grain) * grain)
    }

    fn shoot(&mut self, time: i64, n: u64, fate: Fate, point: usize, flow: FlowKey) {
        let (digest, length) = text_digest(n, fate, point);
        let far = !self.world.same_host && matches!(point, 2 | 6);
        let datagram = Datagram {
            time: self.stamp(time),
            frame: 0,
            flow: 0,
            number: Some(n),
            reads_as_reply: point >= 4,
            digest: Some(digest),
            length,
            ttl: if far { 61 } else { 64 },
            way: None,
            bad_checksum: fate == Fate::BadChecksum && point == 2,
        };
        self.shots.push(Shot { time, what: What::Datagram(datagram, flow) });
    }

    fn shoot_icmp(&mut self, time: i64, n: u64, from: IpAddr, quoted: FlowKey, code: u8) {
        let error = IcmpError { time: self.stamp(time), frame: 0, from, quoted, number: Some(n), kind: 3, code };
        self.shots.push(Shot { time, what: What::Icmp(error) });
    }

    fn finish(mut self, file: &str, run: RunLine, start: i64, end: i64, reason: EndReason) -> Host {
        let mut capture = CaptureLog {
            file: format!("{file}.pcap"),
            link_type: "EN10MB".into(),
            resolution_ns: self.world.resolution_ns,
            ..CaptureLog::default()
        };
        self.shots.retain(|shot| self.live <= shot.time && shot.time <= self.close);
        self.shots.sort_by_key(|shot| shot.time);
        for shot in self.shots {
            match shot.what {
                What::Datagram(datagram, flow) => {
                    let index = capture.flows.iter().position(|known| *known == flow).unwrap_or_else(|| {
                        capture.flows.push(flow);
                        capture.flows.len() - 1
                    });
                    capture.datagrams.push(Datagram { flow: index as u32, ..datagram });
                }
                What::Icmp(error) => capture.icmp_errors.push(error),
            }
        }
        renumber(&mut capture);
        let mut records = vec![Record::Run(Box::new(run))];
        let mut time = start;
        while time < end {
            time += FLUSH;
            let at = self.world.now(self.role, time.min(end));
            let counters = Counters { at, socket_drops: Some(0), capture: Some(CaptureCounters::default()) };
            self.records.push((time.min(end), Record::Counters(counters)));
        }
        self.records.sort_by_key(|(time, _)| *time);
        records.extend(self.records.into_iter().map(|(_, record)| record));
        let close = self.world.wall(self.role, self.close);
        let capture_end = CaptureEnd { close, counters: CaptureCounters::default(), failure: None };
        let at = self.world.now(self.role, end);
        records.push(Record::End(Box::new(End { at, reason, socket_drops: Some(0), capture: Some(capture_end) })));
        let journal = JournalLog { file: format!("{file}.journal.jsonl"), records, broken_at_line: None };
        let mut host = Host { journal, capture };
        recount(&mut host, &[]);
        host
    }
}

impl World {
    /// Lets it happen.
    pub fn simulate(&self) -> History {
        let mut rng = Rng::with_seed(self.seed);
        let sends: Vec<Vec<i64>> = self.runs.iter().map(|run| send_times(run, &mut rng)).collect();
        let ends: Vec<i64> = self
            .runs
            .iter()
            .zip(&sends)
            .map(|(run, sends)| {
                let begin = EPOCH + run.start;
                let done = sends.last().copied().unwrap_or(begin) + run.wait;
                run.interrupted.map_or(done, |after| done.min(begin + after))
            })
            .collect();
        let stop = ends.iter().copied().max().unwrap_or(EPOCH) + self.tail;
        let mut server = Scribe::new(self, Role::Server, EPOCH + SECOND, stop + 100 * MS);
        let mut truths = Vec::new();
        let mut clients = Vec::new();
        let mut arrivals = Vec::new();
        for (index, run) in self.runs.iter().enumerate() {
            let begin = EPOCH + run.start;
            let mut client = Scribe::new(self, Role::Client, begin - 60 * MS, ends[index] + 150 * MS);
            let mut told = Vec::new();
            for (n, (fate, sent)) in (1..).zip(run.fates.iter().zip(&sends[index])) {
                if *sent >= ends[index] {
                    break; // Ctrl-C came first
                }
                let copies = self.travel(*fate, *sent, &mut rng);
                self.record(run, index as u32, n, *fate, *sent, &copies, ends[index], &mut client, &mut server);
                arrivals.extend(copies.iter().filter_map(|copy| copy.points[3]).min().map(|time| (time, index)));
                told.push(truth(n, *fate, *sent, &copies, run.wait, ends[index]));
            }
            truths.push(told);
            let [local, peer, ..] = self.ends(run);
            client.write(begin, Record::Peer(Peer { p: 0, addr: peer }));
            let file = format!("client{}", index + 1);
            let line = RunLine {
                peer: Some(peer),
                patience_ns: Some(run.wait),
                ..self.run_line(Role::Client, &file, local, begin - 10 * MS, begin - 60 * MS)
            };
            let reason = if run.interrupted.is_some() { EndReason::Interrupted } else { EndReason::Done };
            clients.push(client.finish(&file, line, begin - 10 * MS, ends[index], reason));
        }
        for (index, run) in self.runs.iter().enumerate() {
            let met = arrivals.iter().filter(|(_, of)| *of == index).map(|(time, _)| *time).min();
            if let Some(first) = met {
                server.write(first - 1, Record::Peer(Peer { p: index as u32, addr: self.ends(run)[2] }));
            }
        }
        let local = SocketAddr::from(([0, 0, 0, 0], 5005));
        let line = self.run_line(Role::Server, "server", local, EPOCH + SECOND + 50 * MS, EPOCH + SECOND);
        let server = server.finish("server", line, EPOCH + SECOND + 50 * MS, stop, EndReason::Interrupted);
        History { clients, server, truths, ends }
    }

    fn run_line(&self, role: Role, file: &str, local: SocketAddr, at: i64, live: i64) -> RunLine {
        let own = match role {
            Role::Client => local.ip(),
            Role::Server => self.runs.first().map_or(local.ip(), |run| self.ends(run)[3].ip()),
        };
        RunLine {
            schema: SCHEMA.into(),
            version: "0".into(),
            dialect: "exchange".into(),
            role,
            at: self.now(role, at),
            local,
            peer: None,
            gateway: None,
            addresses: vec![own],
            parameters: serde_json::Value::Null,
            patience_ns: None,
            capture: Some(CaptureInfo {
                file: format!("{file}.pcap"),
                device: "eth0".into(),
                link_type: "EN10MB".into(),
                link_number: 1,
                filter: "udp port 5005".into(),
                snaplen: 65_535,
                resolution_ns: self.resolution_ns,
                ring_bytes: 0,
                live: self.wall(role, live),
            }),
        }
    }

    /// Writes down what the witnesses of both hosts see of a message.
    #[expect(clippy::too_many_arguments, reason = "the whole scene, once")]
    fn record(
        &self,
        run: &Run,
        p: u32,
        n: u64,
        fate: Fate,
        sent: i64,
        copies: &[Copy],
        end: i64,
        client: &mut Scribe<'_>,
        server: &mut Scribe<'_>,
    ) {
        let at = self.now(Role::Client, sent);
        if fate == Fate::NotSent {
            client.write(sent, Record::Unsent(Unsent { n, p: 0, at, why: "EPERM".into() }));
            return;
        }
        let [client_local, server_seen, client_seen, server_local] = self.ends(run);
        let h = text_digest(n, fate, 0).0;
        let dropped = (fate == Fate::NoBuffers).then(|| "ENOBUFS".into());
        client.write(sent, Record::Sent(Sent { n, p: 0, at, took: 3_000, behind: Some(1_000), h, dropped }));
        for copy in copies {
            for (point, time) in copy.points.iter().enumerate() {
                let Some(time) = *time else { continue };
                let (at, h) = (self.now(host_of(point), time), text_digest(n, fate, point).0);
                let request = |from, to| FlowKey { source: from, destination: to };
                match point {
                    1 | 2 | 5 | 6 => {
                        let (at_client, at_server) = if point < 4 {
                            (request(client_local, server_seen), request(client_seen, server_local))
                        } else {
                            (request(server_seen, client_local), request(server_local, client_seen))
                        };
                        // On one host a frame is on both wires, and each capture shows it once.
                        let shown = !self.same_host || matches!(point, 1 | 5);
                        if shown && (self.same_host || host_of(point) == Role::Client) {
                            client.shoot(time, n, fate, point, at_client);
                        }
                        if shown && (self.same_host || host_of(point) == Role::Server) {
                            server.shoot(time, n, fate, point, at_server);
                        }
                        if point == 1 {
                            let k = self.wall(Role::Client, time - 1_000);
                            client.write(time + 1, Record::Departed(TxTimestamp { n, p: 0, k }));
                        }
                    }
                    3 => {
                        let k = Some(self.wall(Role::Server, time - 2_000));
                        server.write(time, Record::Received(Received { n, p, at, k, h }));
                        if copy.death == Some(ServerApp) {
                            server_keeps(server, n, p, fate, time, at);
                        }
                    }
                    4 => {
                        let told = matches!(fate, Fate::ReplyNoBuffers | Fate::Doubled { told: true, .. });
                        let dropped = (copy.death == Some(ServerHostOut) && told).then(|| "ENOBUFS".into());
                        let sent = Sent { n, p, at, took: 3_000, behind: None, h, dropped };
                        server.write(time, Record::Sent(sent));
                    }
                    7 if time <= end => {
                        let k = Some(self.wall(Role::Client, time - 2_000));
                        client.write(time, Record::Received(Received { n, p: 0, at, k, h }));
                    }
                    _ => {}
                }
            }
        }
        self.refuse(run, n, fate, copies, end, client, server);
    }

    /// The ICMP errors.
    #[expect(clippy::too_many_arguments, reason = "the whole scene, once")]
    fn refuse(
        &self,
        run: &Run,
        n: u64,
        fate: Fate,
        copies: &[Copy],
        end: i64,
        client: &mut Scribe<'_>,
        server: &mut Scribe<'_>,
    ) {
        let [client_local, server_seen, client_seen, server_local] = self.ends(run);
        let there = FlowKey { source: client_seen, destination: server_local };
        let here = FlowKey { source: client_local, destination: server_seen };
        let (at, from, code, told) = match fate {
            Fate::Unreachable { told } => {
                let at = copies[0].points[2].expect("it comes to the server's wire") + 20_000;
                server.shoot_icmp(at, n, server_local.ip(), there, 3);
                (at + self.back.0, server_seen.ip(), 3, told)
            }
            Fate::Rejected { told } => {
                let at = copies[0].points[1].expect("it leaves") + self.forward.0 / 2;
                (at, IpAddr::from([203, 0, 113, 254]), 13, told)
            }
            _ => return,
        };
        if told && at <= end {
            client.shoot_icmp(at, n, from, here, code);
            let refused = IcmpErrorRecord {
                n: Some(n),
                p: 0,
                at: self.now(Role::Client, at + 20_000),
                from: Some(from),
                kind: 3,
                code,
            };
            client.write(at + 20_000, Record::Refused(refused));
        }
    }
}

/// What the server's application says when it does not answer.
fn server_keeps(server: &mut Scribe<'_>, n: u64, p: u32, fate: Fate, time: i64, at: Now) {
    match fate {
        Fate::ReplyRefused => {
            server.write(time + 1, Record::Unsent(Unsent { n, p, at, why: "EPERM".into() }));
        }
        Fate::SimulatedDrop | Fate::Doubled { told: true, .. } => {
            server.write(time + 1, Record::Withheld(NotAnswered { n, p, at, why: NoReplyReason::SimulatedDrop }));
        }
        _ => {}
    }
}

fn send_times(run: &Run, rng: &mut Rng) -> Vec<i64> {
    let mut due = EPOCH + run.start;
    let mut times = Vec::new();
    for index in 0..run.fates.len() {
        if index > 0 {
            due += if run.batch > 0 && index % run.batch == 0 { run.pause } else { run.interval };
        }
        // A timer is late by a little, but never so much that messages change places.
        times.push(due + rng.i64(0..(run.interval / 2).clamp(1, 300_000)));
    }
    times
}

fn truth(n: u64, fate: Fate, sent: i64, copies: &[Copy], wait: i64, end: i64) -> Truth {
    let mut points = [None; 8];
    for copy in copies {
        for (first, time) in points.iter_mut().zip(copy.points) {
            *first = match (*first, time) {
                (Some(first), Some(time)) => Some(i64::min(first, time)),
                (first, time) => first.or(time),
            };
        }
    }
    let in_time = points[7].filter(|time| *time <= end);
    let outcome = match in_time {
        _ if fate == Fate::NotSent => Outcome::NotSent,
        Some(time) if time - sent > wait => Outcome::Late,
        Some(_) => Outcome::Delivered,
        None => Outcome::Lost,
    };
    let after_the_end = |time: i64| end < time;
    let too_late = outcome == Outcome::Lost && (points[7].is_some() || points[6].is_some_and(after_the_end));
    let furthest = copies.iter().max_by_key(|copy| copy.last());
    let mut segments: Vec<SegmentName> = furthest.and_then(|copy| copy.death).into_iter().collect();
    if too_late {
        let slow = if let Fate::Slow { at, .. } = fate { at } else { NetworkReturn };
        segments.extend([slow, ClientHostIn]);
    }
    if outcome != Outcome::Lost {
        segments.clear();
    }
    Truth {
        n,
        outcome,
        segments,
        too_late,
        answered: points[4].is_some(),
        came_to_client: points[6].is_some(),
        single: copies.len() == 1,
        points,
    }
}

/// Numbers the frames of a capture anew and sums it up.
fn renumber(capture: &mut CaptureLog) {
    // A file knows no flows but those of its datagrams.
    let flows = std::mem::take(&mut capture.flows);
    for datagram in &mut capture.datagrams {
        let flow = flows[datagram.flow as usize];
        let index = capture.flows.iter().position(|known| *known == flow).unwrap_or_else(|| {
            capture.flows.push(flow);
            capture.flows.len() - 1
        });
        datagram.flow = index as u32;
    }
    let mut order: Vec<(Wall, bool, usize)> = Vec::new();
    order.extend(capture.datagrams.iter().enumerate().map(|(index, datagram)| (datagram.time, false, index)));
    order.extend(capture.icmp_errors.iter().enumerate().map(|(index, error)| (error.time, true, index)));
    order.sort();
    for (frame, (_, icmp, index)) in (1..).zip(&order) {
        if *icmp {
            capture.icmp_errors[*index].frame = frame;
        } else {
            capture.datagrams[*index].frame = frame;
        }
    }
    capture.packets = order.len() as u64;
    capture.first = order.first().map(|(time, ..)| *time);
    capture.last = order.last().map(|(time, ..)| *time);
}

/// Lets the journal's counters say what the capture holds and what it dropped, and when.
fn recount(host: &mut Host, dropped: &[Wall]) {
    let capture = &host.capture;
    let times: Vec<Wall> = (capture.datagrams.iter().map(|datagram| datagram.time))
        .chain(capture.icmp_errors.iter().map(|error| error.time))
        .collect();
    let count = |at: Wall| {
        let until = |times: &[Wall]| times.iter().filter(|time| **time <= at).count() as u64;
        let (written, dropped) = (until(&times), until(dropped));
        CaptureCounters { written, received: written + dropped, dropped, interface_dropped: 0 }
    };
    for record in &mut host.journal.records {
        match record {
            Record::Counters(counters) => counters.capture = Some(count(counters.at.wall)),
            Record::End(end) => {
                if let Some(capture) = &mut end.capture {
                    capture.counters = count(capture.close);
                }
            }
            _ => {}
        }
    }
}

/// What a witness suffers, to be done to its finished artefact. Times are of its own host's wall clock.
impl Host {
    /// The journal breaks off: killed, or the disk is full.
    pub fn break_off(&mut self, at: Wall) {
        let records = &mut self.journal.records;
        if let Some(first) = records.iter().position(|record| record.wall().is_some_and(|wall| wall > at)) {
            records.truncate(first.max(1));
        }
    }

    /// The journal's queue is full for a time, and records are lost.
    pub fn gap(&mut self, from: Wall, to: Wall) {
        let lost = |record: &Record| {
            let kept = matches!(record, Record::Run(_) | Record::End(_));
            !kept && record.wall().is_some_and(|wall| from <= wall && wall <= to)
        };
        let records = std::mem::take(&mut self.journal.records);
        let (mut count, mut span) = (0, None::<(Wall, Wall)>);
        let mut kept: Vec<Record> = Vec::new();
        let mut place = 0;
        for (index, record) in records.iter().enumerate() {
            // Who a new peer is comes just before its first message, and is lost with it.
            let peer = matches!(record, Record::Peer(_)) && index > 1 && records.get(index + 1).is_some_and(lost);
            if lost(record) || peer {
                count += 1;
                if let Some(wall) = record.wall() {
                    let (low, high) = span.unwrap_or((wall, wall));
                    span = Some((low.min(wall), high.max(wall)));
                }
                place = kept.len();
            } else {
                kept.push(record.clone());
            }
        }
        if let Some((from, to)) = span {
            kept.insert(place, Record::Gap(Gap { from, to, lost: count }));
        }
        self.journal.records = kept;
    }

    /// The capture's ring overflows for a time: of so many frames each, the first is lost, and counted.
    pub fn drop_frames(&mut self, from: Wall, to: Wall, of: usize) {
        let mut dropped = Vec::new();
        let mut turn = 0;
        let mut keep = |time: Wall| {
            if time < from || to < time {
                return true;
            }
            turn += 1;
            if (turn - 1) % of == 0 {
                dropped.push(time);
                return false;
            }
            true
        };
        self.capture.datagrams.retain(|datagram| keep(datagram.time));
        self.capture.icmp_errors.retain(|error| keep(error.time));
        renumber(&mut self.capture);
        recount(self, &dropped);
    }

    /// The capture comes from another program, which ran only for a time.
    pub fn foreign(&mut self, from: Wall, to: Wall) {
        for record in &mut self.journal.records {
            match record {
                Record::Run(run) => run.capture = None,
                Record::Counters(counters) => counters.capture = None,
                Record::End(end) => end.capture = None,
                _ => {}
            }
        }
        self.capture.file = "wireshark.pcap".into();
        self.capture.datagrams.retain(|datagram| from <= datagram.time && datagram.time <= to);
        self.capture.icmp_errors.retain(|error| from <= error.time && error.time <= to);
        renumber(&mut self.capture);
    }

    /// The capture's filter lets only one direction in.
    pub fn one_direction(&mut self, replies: bool) {
        self.capture.datagrams.retain(|datagram| datagram.reads_as_reply == replies);
        self.capture.icmp_errors.clear();
        renumber(&mut self.capture);
        recount(self, &[]);
    }
}

/// The position of a point, by its name.
pub fn point_position(name: PointName) -> usize {
    name as usize
}
