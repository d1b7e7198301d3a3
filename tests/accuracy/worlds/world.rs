//! What a world is: hosts with clocks, paths through NATs, servers, clients with their schedules and faults, capture
//! programs, and which of the files are judged. Times are true times in nanoseconds since 1970, unless they say otherwise.

use std::net::{Ipv4Addr, SocketAddrV4};

use medidor::core::document::path::SegmentName;
use medidor::core::time::{Mono, Now, SECOND, Wall};

/// One microsecond in nanoseconds.
pub const US: i64 = 1_000;

/// One millisecond in nanoseconds.
pub const MS: i64 = 1_000_000;

/// The first moment of every world.
pub const EPOCH: i64 = 1_760_000_000 * SECOND;

/// The port of every server at its own host.
pub const SERVER_PORT: u16 = 5005;

/// A kind of world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// One client and one server, as in the lab.
    Plain,
    /// Several clients behind one NAT or many.
    Crowd,
    /// The client or the server ends, or is killed, and starts again.
    Restart,
    /// The client's NAT takes a new port in mid-run.
    Rebind,
    /// Several runs in one capture.
    SeveralRuns,
    /// Files of different runs.
    OtherRun,
    /// Files that were swapped, merged, cut, doubled, shifted in time, stripped of addresses or of a direction, taken twice
    /// at one host, or on a router.
    MixedFiles,
    /// Clocks that step, slew and drift; coarse stamps.
    Clocks,
    /// Other programs at one end or at both.
    OtherPrograms,
    /// Middleboxes that answer, and a network that doubles, delays and reorders.
    RoughNetwork,
    /// Runs of one to eight messages, of any of the first kinds.
    ShortRuns,
    /// All hosts are containers of one machine: one clock, one boot ID, networks of their own. Or all programs are on its
    /// loopback.
    OneMachine,
    /// Servers that take their time over some clients or in some runs, or whose files begin between two runs.
    SlowServers,
}

impl Kind {
    pub const ALL: [Self; 13] = [
        Self::Plain,
        Self::Crowd,
        Self::Restart,
        Self::Rebind,
        Self::SeveralRuns,
        Self::OtherRun,
        Self::MixedFiles,
        Self::Clocks,
        Self::OtherPrograms,
        Self::RoughNetwork,
        Self::ShortRuns,
        Self::OneMachine,
        Self::SlowServers,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Crowd => "crowd",
            Self::Restart => "restart",
            Self::Rebind => "rebind",
            Self::SeveralRuns => "several-runs",
            Self::OtherRun => "other-run",
            Self::MixedFiles => "mixed-files",
            Self::Clocks => "clocks",
            Self::OtherPrograms => "other-programs",
            Self::RoughNetwork => "rough-network",
            Self::ShortRuns => "short-runs",
            Self::OneMachine => "one-machine",
            Self::SlowServers => "slow-servers",
        }
    }
}

/// A host's clocks. `REALTIME` and `MONOTONIC` have the rate of the clock discipline; `MONOTONIC_RAW` that of the crystal.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// `REALTIME` minus true time at [`EPOCH`].
    pub offset: i64,
    /// Frequency error of `REALTIME` and `MONOTONIC`, parts per billion.
    pub ppb: i64,
    /// Frequency error of `MONOTONIC_RAW`, parts per billion.
    pub raw_ppb: i64,
    /// When the host started.
    pub boot: i64,
    /// Steps of `REALTIME`: when, and by how much.
    pub steps: Vec<(i64, i64)>,
    /// Slews of `REALTIME` and `MONOTONIC`: from, to, and the additional rate in parts per billion.
    pub slews: Vec<(i64, i64, i64)>,
}

fn part(time: i64, ppb: i64) -> i64 {
    (i128::from(time) * i128::from(ppb) / 1_000_000_000) as i64
}

impl Clock {
    /// By how much the disciplined clocks are ahead of true time since [`EPOCH`], offset and steps aside.
    fn gained(&self, time: i64) -> i64 {
        let slewed = |(from, to, ppb): &(i64, i64, i64)| part((time.min(*to) - from).max(0), *ppb);
        part(time - EPOCH, self.ppb) + self.slews.iter().map(slewed).sum::<i64>()
    }

    pub fn wall(&self, time: i64) -> Wall {
        let stepped = self.steps.iter().filter(|(at, _)| *at <= time).map(|(_, by)| by).sum::<i64>();
        Wall(time + self.offset + self.gained(time) + stepped)
    }

    pub fn mono(&self, time: i64) -> Mono {
        Mono(time - self.boot + self.gained(time))
    }

    pub fn raw(&self, time: i64) -> i64 {
        time - self.boot + part(time - self.boot, self.raw_ppb)
    }

    pub fn now(&self, time: i64) -> Now {
        Now { wall: self.wall(time), mono: self.mono(time) }
    }

    /// Whether it was set or slewed.
    pub fn is_steady(&self) -> bool {
        self.steps.is_empty() && self.slews.is_empty()
    }
}

/// How a sender or a NAT numbers its packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PacketIds {
    /// Linux, of a connected socket: a random start, then one by one.
    PerSocket,
    /// Linux, else: a counter for each destination that grows by random steps.
    PerDestination,
    /// A program that writes its own headers: the number of the message.
    ByMessage,
    /// Linux, of a socket that is not connected, with "don't fragment".
    Zero,
    Random,
}

#[derive(Clone, Debug)]
pub struct Host {
    /// Its own address.
    pub ip: Ipv4Addr,
    /// The address by which other networks reach it.
    pub public: SocketAddrV4,
    pub clock: Clock,
    pub boot_id: String,
    pub hop_limit: u8,
    pub packet_ids: PacketIds,
}

/// A delay: the least, and the jitter added to it.
pub type Delay = (i64, i64);

/// A client's router that translates addresses.
#[derive(Clone, Debug)]
pub struct Nat {
    /// The address and port that it gives to the client from each time on.
    pub bindings: Vec<(i64, SocketAddrV4)>,
    /// It numbers the packets anew.
    pub packet_ids: Option<PacketIds>,
}

/// The way from a client to its server and back.
#[derive(Clone, Debug)]
pub struct Path {
    pub forward: Delay,
    pub back: Delay,
    /// Routers between the hosts.
    pub routers: u8,
    pub nat: Option<Nat>,
}

/// What happens to a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    None,
    /// It or its reply is lost on this segment without any report.
    Lost(SegmentName),
    /// `send()` refuses it.
    NotSent,
    /// The server does not answer, and its journal says so.
    SimulatedDrop,
    /// A second copy is made on this segment, `lag` later; `second` is the segment that loses it.
    Doubled {
        at: SegmentName,
        lag: i64,
        second: Option<SegmentName>,
    },
    /// It is delayed on this segment.
    Slow {
        at: SegmentName,
        by: i64,
    },
    /// A middlebox answers in the server's name, and passes the request on or not.
    Forged {
        is_passed_on: bool,
    },
}

#[derive(Clone, Copy, Debug)]
pub struct Message {
    pub n: u64,
    pub sent: i64,
    pub fault: Fault,
}

/// How a run of a program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Its journal has an `end` line.
    InOrder,
    /// It has one, but nobody waited for the last replies.
    Interrupted,
    /// Its journal and its capture end with their last flush.
    Killed,
}

/// A client's datagrams leave by another interface and with another address from a moment on.
#[derive(Clone, Copy, Debug)]
pub struct RouteMove {
    pub at: i64,
    pub ip: Ipv4Addr,
}

#[derive(Clone, Debug)]
pub struct ClientRun {
    pub host: usize,
    /// The server's host.
    pub server: usize,
    pub port: u16,
    pub path: Path,
    pub route_move: Option<RouteMove>,
    pub messages: Vec<Message>,
    /// When the program starts, and when it stops reading.
    pub start: i64,
    pub stop: i64,
    pub end: End,
    /// How long a message may wait for its reply.
    pub timeout: i64,
    /// The interval between messages without a pause.
    pub interval: i64,
    /// The intervals are drawn within 30 % of that.
    pub is_drawn: bool,
    /// Its text, with `{n}` for the number.
    pub request: &'static str,
    /// What the middleboxes on its path answer, with `{n}` for the number.
    pub forged: &'static str,
}

#[derive(Clone, Debug)]
pub struct ServerRun {
    pub host: usize,
    pub start: i64,
    pub stop: i64,
    pub end: End,
    /// Its text, with `{n}` for the number.
    pub reply: &'static str,
}

/// A run of a program that writes journals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunId {
    Client(usize),
    Server(usize),
}

/// The link type of a capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    Ethernet,
    /// Of the device `any`: it records the direction of each packet.
    Cooked,
    Raw,
}

/// Where a capture is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Host(usize),
    /// On the router of this client's host, inside its NAT or outside.
    Router {
        client: usize,
        is_inside: bool,
    },
}

/// A capture program.
#[derive(Clone, Debug)]
pub struct Capture {
    pub place: Place,
    pub from: i64,
    pub to: i64,
    /// The run whose journal describes it; `None` if another program made it.
    pub journal: Option<RunId>,
    pub link: Link,
    /// Unit of its stamps.
    pub resolution_ns: i64,
}

/// What was done to a capture file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// All stamps are moved.
    Shifted(i64),
    /// Only the frames from one place to another are kept, in thousandths of them.
    Cut { from: usize, to: usize },
    /// The file breaks off in the middle of its last record.
    BrokenOff,
    /// Other addresses: a number that makes them.
    Anonymised(u8),
    /// Only requests, or only replies.
    OneWay { requests: bool },
    /// Each frame is there once more, so many nanoseconds later, as at a mirror port; another link header or not.
    Mirrored { after: i64, is_relinked: bool },
}

/// A capture file as it is given: a capture, or several merged by their stamps, and what was done to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaptureFile {
    /// Indexes of the captures.
    pub captures: Vec<usize>,
    pub changes: Vec<Change>,
}

impl CaptureFile {
    pub fn whole(capture: usize) -> Self {
        Self { captures: vec![capture], changes: Vec::new() }
    }

    /// By how much its stamps were moved.
    pub fn shift(&self) -> i64 {
        let shift = |change: &Change| if let Change::Shifted(by) = change { *by } else { 0 };
        self.changes.iter().map(shift).sum()
    }
}

/// The files that are given for one end.
#[derive(Clone, Debug, Default)]
pub struct Side {
    pub journal: Option<RunId>,
    pub capture: Option<CaptureFile>,
}

impl Side {
    pub const fn is_given(&self) -> bool {
        self.journal.is_some() || self.capture.is_some()
    }
}

#[derive(Clone, Debug)]
pub struct World {
    pub kind: Kind,
    /// What is special about it, for people.
    pub note: String,
    pub seed: u64,
    pub hosts: Vec<Host>,
    pub clients: Vec<ClientRun>,
    pub servers: Vec<ServerRun>,
    pub captures: Vec<Capture>,
    /// The files given as the client's and as the server's.
    pub sides: [Side; 2],
    /// The user does not say which files are the client's, and gives them in the order of this number.
    pub unnamed: Option<u64>,
}

impl World {
    pub fn described(&self) -> String {
        let name = |side: &Side| match (side.journal, &side.capture) {
            (Some(_), Some(_)) => "journal+capture",
            (Some(_), None) => "journal",
            (None, Some(_)) => "capture",
            (None, None) => "nothing",
        };
        let how = if self.unnamed.is_some() { ", roles not given" } else { "" };
        let note = if self.note.is_empty() { String::new() } else { format!("{}; ", self.note) };
        format!("{note}client {}, server {}{how}", name(&self.sides[0]), name(&self.sides[1]))
    }

    /// Whether all programs run on one host.
    pub fn is_one_host(&self) -> bool {
        self.hosts.len() == 1
    }

    pub fn host_of(&self, run: RunId) -> usize {
        match run {
            RunId::Client(run) => self.clients[run].host,
            RunId::Server(run) => self.servers[run].host,
        }
    }

    pub fn end_of(&self, run: RunId) -> End {
        match run {
            RunId::Client(run) => self.clients[run].end,
            RunId::Server(run) => self.servers[run].end,
        }
    }

    /// The clock of a run's host.
    pub fn clock_of(&self, run: RunId) -> &Clock {
        &self.hosts[self.host_of(run)].clock
    }

    /// The client's host whose wire only a capture of its router shows, taken on the inside: it has the client's addresses and
    /// hop limits, and nobody can tell it from one of the host.
    pub fn shown_by_router(&self) -> Option<usize> {
        let is_client = |run: RunId| matches!(run, RunId::Client(_));
        let mut captures = self.given_captures().map(|(_, capture)| capture.place);
        let host = captures.find_map(|place| match place {
            Place::Router { client, is_inside: true } => Some(client),
            _ => None,
        })?;
        let has_own = self.given_captures().any(|(_, capture)| capture.place == Place::Host(host));
        (!has_own && !self.given_journals().any(is_client)).then_some(host)
    }

    /// The clock of a capture: a router's is exact.
    pub fn capture_clock(&self, capture: &Capture) -> Clock {
        match capture.place {
            Place::Host(host) => self.hosts[host].clock.clone(),
            Place::Router { .. } => Clock::default(),
        }
    }

    /// The captures of the given files, with the file of each.
    pub fn given_captures(&self) -> impl Iterator<Item = (&CaptureFile, &Capture)> + Clone {
        let files = self.sides.iter().filter_map(|side| side.capture.as_ref());
        files.flat_map(move |file| file.captures.iter().map(move |capture| (file, &self.captures[*capture])))
    }

    /// The runs of the given journals.
    pub fn given_journals(&self) -> impl Iterator<Item = RunId> {
        self.sides.iter().filter_map(|side| side.journal)
    }

    /// The client's address at its host for a request that leaves at a time, and the server's as the client knows it.
    pub fn ends_at_client(&self, run: &ClientRun, time: i64) -> [SocketAddrV4; 2] {
        let ip = run.route_move.filter(|moved| moved.at <= time).map_or(self.hosts[run.host].ip, |moved| moved.ip);
        [SocketAddrV4::new(ip, run.port), self.hosts[run.server].public]
    }

    /// The client's address at the server's host for a request that leaves at a time, and the server's own.
    pub fn ends_at_server(&self, run: &ClientRun, time: i64) -> [SocketAddrV4; 2] {
        let client = match &run.path.nat {
            None => self.ends_at_client(run, time)[0],
            Some(nat) => {
                let binding = nat.bindings.iter().rev().find(|(from, _)| *from <= time).or(nat.bindings.first());
                binding.expect("a NAT has a binding").1
            }
        };
        [client, SocketAddrV4::new(self.hosts[run.server].ip, SERVER_PORT)]
    }
}
