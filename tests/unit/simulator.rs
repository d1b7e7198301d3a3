//! Simulates exchanges: from a fault for each message, a network and the clocks it makes the journals and captures of
//! both hosts, and keeps the ground truth.
//!
//! It is independent of the code under test: it uses neither `core::verdict` (except two lists of names) nor the
//! readers of evidence. A witness is weakened by changing its finished journal or capture, as a kill, a full disk or a
//! filter would.

#![allow(dead_code, reason = "each test file uses a part of it")]

pub mod damage;
mod run;
mod witnesses;

use std::net::SocketAddr;

use fastrand::Rng;
use medidor::core::document::outcome::Outcome;
use medidor::core::document::path::SegmentName::{
    ClientHostIn, ClientHostOut, NetworkForward, NetworkReturn, ServerApp, ServerHostIn, ServerHostOut,
};
use medidor::core::document::path::{PointName, SegmentName};
use medidor::core::evidence::capture_log::CaptureLog;
use medidor::core::evidence::journal::JournalLog;
use medidor::core::evidence::journal_run::Role;
use medidor::core::time::{Mono, Now, SECOND, Wall};

/// One millisecond in nanoseconds.
pub const MS: i64 = 1_000_000;

/// The start of true time in every world, nanoseconds since 1970.
pub const EPOCH: i64 = 1_760_000_000 * SECOND;

/// Interval between counter records, nanoseconds.
const FLUSH: i64 = 200 * MS;

/// The segments in the order of paths: segment `i` is between points `i` and `i + 1`.
pub const SEGMENTS: [SegmentName; 7] =
    [ClientHostOut, NetworkForward, ServerHostIn, ServerApp, ServerHostOut, NetworkReturn, ClientHostIn];

/// The fault that a message meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// No fault.
    Delivered,
    /// The message, or its reply, is lost on this segment without any report.
    Lost(SegmentName),
    /// `send()` refuses it with EPERM.
    NotSent,
    /// The client's kernel drops it and reports ENOBUFS.
    NoBuffers,
    /// The server's kernel drops the reply and reports ENOBUFS.
    ReplyNoBuffers,
    /// `send()` refuses the reply with EPERM.
    ReplyRefused,
    /// The server drops it because of its `--drop` option.
    SimulatedDrop,
    /// It arrives at the server's wire with a wrong checksum.
    BadChecksum,
    /// The port is closed: an ICMP port unreachable error comes back, and may reach the client.
    Unreachable {
        /// The error reaches the client.
        reported: bool,
    },
    /// A router on the forward path rejects it.
    Rejected {
        /// The error reaches the client.
        reported: bool,
    },
    /// Its text changes on the forward path; the number stays.
    AlteredOut,
    /// The reply's text changes on the return path; the number stays.
    AlteredBack,
    /// It is duplicated on a segment; each copy may be lost later.
    Duplicated {
        /// The segment on which the second copy is made.
        at: SegmentName,
        /// Delay of the second copy, nanoseconds.
        lag: i64,
        /// The segment that loses the first copy.
        first: Option<SegmentName>,
        /// The segment that loses the second copy.
        second: Option<SegmentName>,
        /// The server records the loss of a copy: withheld, or ENOBUFS.
        reported: bool,
    },
    /// It is delayed on a segment of the network.
    Slow {
        at: SegmentName,
        /// Additional delay, nanoseconds.
        by: i64,
    },
}

/// The run of one client. Times are in nanoseconds.
#[derive(Clone, Debug)]
pub struct Run {
    /// Start, after [`EPOCH`].
    pub start: i64,
    /// The faults of messages 1, 2, 3, ...
    pub faults: Vec<Fault>,
    /// Interval between messages.
    pub interval: i64,
    /// The intervals are all alike, instead of drawn.
    pub fixed: bool,
    /// Number of messages between pauses; 0 for no pause.
    pub batch: usize,
    /// Length of a pause.
    pub pause: i64,
    /// Timeout of a message, and of the run after the last message.
    pub wait: i64,
    /// The client's port.
    pub port: u16,
    /// The last byte of the client's address.
    pub host: u8,
    /// Time of Ctrl-C after the start.
    pub interrupted: Option<i64>,
}

impl Run {
    /// A run at ten messages per second, with a timeout of 2.5 s.
    pub fn new(faults: &[Fault]) -> Self {
        Self {
            start: 3 * SECOND,
            faults: faults.to_vec(),
            interval: 100 * MS,
            fixed: false,
            batch: 0,
            pause: 0,
            wait: 5 * SECOND / 2,
            port: 40_001,
            host: 10,
            interrupted: None,
        }
    }
}

/// The runs, the network and the clocks. Times are in nanoseconds.
#[derive(Clone, Debug)]
pub struct World {
    /// The runs of the clients, all with one server.
    pub runs: Vec<Run>,
    /// Delay of the forward path: minimum, and jitter added to it.
    pub forward: (i64, i64),
    /// Delay of the return path: minimum, and jitter added to it.
    pub back: (i64, i64),
    /// Offset of the server's clock at [`EPOCH`].
    pub offset: i64,
    /// Frequency error of the server's clock, parts per million.
    pub drift_ppm: i64,
    /// A clock step: host, true time, and size of the step.
    pub set: Option<(Role, i64, i64)>,
    /// Two NAT routers are between the hosts.
    pub nat: bool,
    /// Client and server run on one host.
    pub same_host: bool,
    /// Resolution of the captures' timestamps.
    pub resolution_ns: u32,
    /// Time for which the server runs after the last client.
    pub tail: i64,
    /// Seed of the random numbers.
    pub seed: u64,
}

impl World {
    /// Two homes, 20 ms apart, the server's clock 3 s ahead.
    pub fn new(runs: Vec<Run>) -> Self {
        Self {
            runs,
            forward: (20 * MS, 5 * MS),
            back: (15 * MS, 5 * MS),
            offset: 300 * MS,
            drift_ppm: 20,
            set: None,
            nat: true,
            same_host: false,
            resolution_ns: 1,
            tail: 4 * SECOND,
            seed: 1,
        }
    }

    /// A world with one run with these faults.
    pub fn of(faults: &[Fault]) -> Self {
        Self::new(vec![Run::new(faults)])
    }

    /// The offset of the server's clock at a true time.
    pub fn offset_at(&self, time: i64) -> i64 {
        self.wall(Role::Server, time).since(self.wall(Role::Client, time))
    }

    /// A host's wall clock without the step.
    fn wall_without_step(&self, role: Role, time: i64) -> Wall {
        if role == Role::Client || self.same_host {
            return Wall(time);
        }
        Wall(time + self.offset + (i128::from(time - EPOCH) * i128::from(self.drift_ppm) / 1_000_000) as i64)
    }

    fn wall(&self, role: Role, time: i64) -> Wall {
        let set = self.set.filter(|(whose, at, _)| (*whose == role || self.same_host) && time >= *at);
        self.wall_without_step(role, time).shifted(set.map_or(0, |(.., by)| by))
    }

    fn now(&self, role: Role, time: i64) -> Now {
        let boot = if role == Role::Client { 7 } else { 11 } * 1_000 * SECOND + EPOCH;
        Now { wall: self.wall(role, time), mono: Mono(self.wall_without_step(role, time).0 - boot) }
    }

    /// The addresses of client and server as the client's host sees them, then as the server's host sees them.
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

/// The true outcome of a message.
#[derive(Clone, Debug)]
pub struct Truth {
    pub n: u64,
    pub outcome: Outcome,
    /// The segment that lost it. Two if it was too slow for a client that stopped listening: the slow segment, and the
    /// client's host.
    pub segments: Vec<SegmentName>,
    /// Its reply was in transit when the client stopped listening: lost and late are both true.
    pub too_late: bool,
    /// The server application sent a reply.
    pub answered: bool,
    /// A reply reached the client's wire.
    pub came_to_client: bool,
    /// It was not duplicated.
    pub single: bool,
    /// True time at which the first copy passed each point.
    pub points: [Option<i64>; 8],
}

/// The journal and the capture of one host.
#[derive(Clone, Debug)]
pub struct Host {
    pub journal: JournalLog,
    pub capture: CaptureLog,
}

/// A simulated history: all journals and captures, and the truth.
#[derive(Clone, Debug)]
pub struct History {
    /// The hosts of the clients, by run.
    pub clients: Vec<Host>,
    pub server: Host,
    /// The truth by run and message.
    pub truths: Vec<Vec<Truth>>,
    /// True time at which each client stopped listening.
    pub ends: Vec<i64>,
}

/// True times at which one copy of a datagram passed the eight points, and the segment that lost it.
#[derive(Clone, Debug, Default)]
struct CopyPath {
    points: [Option<i64>; 8],
    lost_at: Option<SegmentName>,
}

impl CopyPath {
    fn last(&self) -> usize {
        self.points.iter().rposition(Option::is_some).unwrap_or(0)
    }
}

/// The index of a segment in [`SEGMENTS`].
fn position(segment: SegmentName) -> usize {
    SEGMENTS.iter().position(|known| *known == segment).expect("one of the seven")
}

/// The host of a point.
fn host_of(point: usize) -> Role {
    if (2..6).contains(&point) { Role::Server } else { Role::Client }
}

impl World {
    /// The delay of a segment.
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

    fn path(&self, from: usize, at: i64, lost_at: Option<SegmentName>, slow: (usize, i64), rng: &mut Rng) -> CopyPath {
        let mut copy = CopyPath { lost_at, ..CopyPath::default() };
        let mut time = at;
        for point in from..8 {
            copy.points[point] = Some(time);
            if point == 7 || lost_at.is_some_and(|lost_at| position(lost_at) == point) {
                break;
            }
            time += self.delay(point, rng) + if slow.0 == point { slow.1 } else { 0 };
        }
        copy
    }

    /// The paths of all copies of a message sent at this time.
    fn paths(&self, fault: Fault, sent: i64, rng: &mut Rng) -> Vec<CopyPath> {
        let plain = (usize::MAX, 0);
        let lost_on = |segment| vec![self.path(0, sent, Some(segment), plain, &mut rng.clone())];
        match fault {
            Fault::NotSent => Vec::new(),
            Fault::Delivered | Fault::AlteredOut | Fault::AlteredBack => vec![self.path(0, sent, None, plain, rng)],
            Fault::Lost(segment) => lost_on(segment),
            Fault::NoBuffers => lost_on(ClientHostOut),
            Fault::ReplyNoBuffers => lost_on(ServerHostOut),
            Fault::ReplyRefused | Fault::SimulatedDrop => lost_on(ServerApp),
            Fault::BadChecksum | Fault::Unreachable { .. } => lost_on(ServerHostIn),
            Fault::Rejected { .. } => lost_on(NetworkForward),
            Fault::Slow { at, by } => vec![self.path(0, sent, None, (position(at), by), rng)],
            Fault::Duplicated { at, lag, first, second, .. } => {
                let later = |lost_at: Option<SegmentName>| lost_at.filter(|lost_at| position(*lost_at) > position(at));
                let original = self.path(0, sent, later(first), plain, rng);
                let created = original.points[position(at)].expect("it is lost later") + lag.max(1);
                let created = created + self.delay(position(at), rng);
                vec![original, self.path(position(at) + 1, created, later(second), plain, rng)]
            }
        }
    }
}

/// The index of a point.
pub fn point_position(name: PointName) -> usize {
    PointName::EXCHANGE.iter().position(|point| *point == name).expect("a point of an exchange")
}
