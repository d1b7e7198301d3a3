//! What a chat's world is, and how it is drawn by kind and seed. Times are true times in nanoseconds since 1970.

use std::net::SocketAddr;

use fastrand::Rng;
use medidor::core::protocol::chat::wire;
use medidor::core::time::SECOND;

use crate::worlds::draw::parts::{choose, clock};
use crate::worlds::world::{Clock, EPOCH, MS};

/// A kind of world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Clean,
    LossToServer,
    LossToMember,
    ServerDrops,
    /// Two members on one host behind a NAT, of which one capture shows both.
    OneNat,
    SamePrivateAddress,
    /// Equal texts, some lost, some doubled.
    Likes,
    Duplicates,
    Reordering,
    /// Other programs, without any journal.
    Foreign,
    MissingFiles,
    WrongClocks,
    MemberLeaves,
    CutCapture,
    OtherTraffic,
    Ipv6,
    /// Several of the above at once.
    Mixed,
}

impl Kind {
    pub const ALL: [Self; 17] = [
        Self::Clean,
        Self::LossToServer,
        Self::LossToMember,
        Self::ServerDrops,
        Self::OneNat,
        Self::SamePrivateAddress,
        Self::Likes,
        Self::Duplicates,
        Self::Reordering,
        Self::Foreign,
        Self::MissingFiles,
        Self::WrongClocks,
        Self::MemberLeaves,
        Self::CutCapture,
        Self::OtherTraffic,
        Self::Ipv6,
        Self::Mixed,
    ];
}

/// How a server passes a text on: given the member's name, its address as the server knows it, and the text.
pub type Dialect = fn(&str, SocketAddr, &str) -> String;

/// The dialects of other programs.
const FOREIGN: [Dialect; 6] = [
    |_, address, text| format!("('{}', {}) disse: {text}", address.ip(), address.port()),
    |name, _, text| format!("{name}: {text}"),
    |name, _, text| format!("[{name}] {text}"),
    |name, _, text| format!("<{name}> {text}"),
    |_, _, text| text.to_owned(),
    |name, _, text| format!(r#"{{"from":"{name}","text":"{text}"}}"#),
];

/// Chances in thousand.
#[derive(Clone, Copy, Debug, Default)]
pub struct Faults {
    pub to_server: u32,
    pub to_member: u32,
    /// The server's host drops what came.
    pub server_drops: u32,
    pub copied: u32,
    /// Held up by up to this time.
    pub late: i64,
    /// One of several equal texts.
    pub likes: u32,
}

/// A host with files: one of the members', or the server's.
#[derive(Clone, Debug)]
pub struct Host {
    pub name: String,
    pub clock: Clock,
    /// When its capture is live.
    pub capture: (i64, i64),
    pub gives_capture: bool,
    pub gives_journal: bool,
    /// Other programs' traffic in the capture.
    pub is_noisy: bool,
    /// Its IP packets have identifications.
    pub has_packet_ids: bool,
}

#[derive(Clone, Debug)]
pub struct Member {
    pub name: String,
    pub host: usize,
    /// Its address on its own host.
    pub near: SocketAddr,
    /// The same, as the server knows it.
    pub far: SocketAddr,
    pub delay: i64,
    pub leaves: i64,
}

#[derive(Clone, Debug)]
pub struct World {
    pub kind: Kind,
    pub seed: u64,
    /// Without any journal.
    pub is_foreign: bool,
    pub dialect: Dialect,
    pub server: Host,
    /// The server's address on its host, and as members know it.
    pub own: SocketAddr,
    pub public: SocketAddr,
    pub hosts: Vec<Host>,
    pub members: Vec<Member>,
    pub faults: Faults,
    /// When each text is said, and by whom.
    pub said: Vec<(i64, usize)>,
    pub ends: i64,
}

impl World {
    /// Whether the files of all hosts are there, and nothing keeps them from showing where every copy died.
    pub fn is_whole(&self) -> bool {
        let is_whole = |host: &Host| {
            host.gives_capture && host.gives_journal != self.is_foreign && host.capture == (EPOCH, self.ends)
        };
        let are_clocks_right = self.hosts.iter().chain([&self.server]).all(|host| host.clock.offset.abs() < SECOND / 4);
        self.faults.likes == 0
            && (!self.is_foreign || are_clocks_right)
            && self.hosts.iter().chain([&self.server]).all(is_whole)
    }
}

fn faults(kind: Kind, rng: &mut Rng) -> Faults {
    let mut faults = Faults::default();
    let mut chance = || rng.u32(60..250);
    match kind {
        Kind::Clean => {}
        Kind::LossToServer => faults.to_server = chance(),
        Kind::LossToMember => faults.to_member = chance(),
        Kind::ServerDrops => faults.server_drops = chance(),
        Kind::Duplicates => faults.copied = chance(),
        Kind::Likes => {
            (faults.to_server, faults.to_member, faults.copied, faults.likes) = (chance(), chance(), chance(), 500);
        }
        Kind::Reordering => (faults.late, faults.to_server) = (1_500 * MS, chance() / 2),
        _ => (faults.to_server, faults.to_member, faults.server_drops, faults.copied) = (100, 100, 40, 40),
    }
    if kind == Kind::Mixed {
        (faults.late, faults.likes) = (choose(rng, &[(0, 1), (800 * MS, 1)]), choose(rng, &[(0, 1), (300, 1)]));
    }
    faults
}

fn host(name: String, ends: i64, rng: &mut Rng) -> Host {
    let mut clock = clock(rng);
    clock.offset = rng.i64(-100 * MS..100 * MS);
    let has_packet_ids = rng.bool();
    let capture = (EPOCH, ends);
    Host { name, clock, capture, gives_capture: true, gives_journal: true, is_noisy: false, has_packet_ids }
}

/// The world of a kind and a seed.
pub fn draw(kind: Kind, seed: u64) -> World {
    let mut rng = Rng::with_seed(seed ^ ((kind as u64) << 40) ^ 0xc4a7);
    let rng = &mut rng;
    let is_foreign = matches!(kind, Kind::OneNat | Kind::Foreign) || rng.u8(0..3) == 0;
    let dialect: Dialect = if is_foreign {
        FOREIGN[rng.usize(..FOREIGN.len())]
    } else {
        |_, address, text| wire::copy(&address.to_string(), text)
    };
    let count = if matches!(kind, Kind::OneNat | Kind::SamePrivateAddress) { 2 } else { rng.usize(2..5) };
    let mut time = EPOCH + 2 * SECOND;
    let mut said: Vec<(i64, usize)> = Vec::new();
    for index in 0..rng.usize(16..40) {
        // Everybody speaks at the beginning; pauses are as long as people's.
        let speaker = if index < 2 * count { index % count } else { rng.usize(..count) };
        said.push((time, speaker));
        time += rng.i64(300 * MS..2_500 * MS);
    }
    for index in 0..2 * count {
        said.push((time, index % count));
        time += rng.i64(800 * MS..1_500 * MS);
    }
    let ends = time + 8 * SECOND;
    let is_v6 = kind == Kind::Ipv6;
    let port = if is_foreign { rng.u16(1_024..20_000) } else { 12_345 };
    let [own, public] = if is_v6 {
        [format!("[2001:db8:2::20]:{port}"), format!("[2001:db8:2::20]:{port}")]
    } else {
        [format!("192.168.2.20:{port}"), format!("203.0.113.2:{port}")]
    };
    let parse = |text: String| text.parse::<SocketAddr>().expect("an address");
    let (mut hosts, mut members) = (Vec::new(), Vec::new());
    for index in 0..count {
        let is_on_first = kind == Kind::OneNat;
        if !is_on_first || index == 0 {
            hosts.push(host(format!("home{index}"), ends, rng));
        }
        let own_port = if kind == Kind::SamePrivateAddress { 7_001 } else { rng.u16(30_000..60_000) };
        let (near, far) = if is_v6 {
            let address = parse(format!("[2001:db8:1::{}]:{own_port}", index + 1));
            (address, address)
        } else {
            let near = parse(format!(
                "192.168.1.{}:{own_port}",
                if is_on_first || kind == Kind::SamePrivateAddress { 10 } else { 10 + index }
            ));
            let home = if is_on_first { 1 } else { index + 1 };
            (near, parse(format!("198.51.100.{home}:{}", if rng.bool() { own_port } else { rng.u16(30_000..60_000) })))
        };
        let name = ["ana", "bia", "caio", "duda"][index].to_owned();
        let delay = rng.i64(5 * MS..60 * MS);
        members.push(Member { name, host: hosts.len() - 1, near, far, delay, leaves: i64::MAX });
    }
    let server = host("server".into(), ends, rng);
    let faults = faults(kind, rng);
    let (own, public) = (parse(own), parse(public));
    let mut world = World { kind, seed, is_foreign, dialect, server, own, public, hosts, members, faults, said, ends };
    spoil(&mut world, rng);
    world
}

/// Takes files away, cuts captures, sets clocks wrong, as the kind has it.
fn spoil(world: &mut World, rng: &mut Rng) {
    let (kind, ends) = (world.kind, world.ends);
    let during = |rng: &mut Rng| rng.i64(EPOCH + 5 * SECOND..ends - 5 * SECOND);
    let is_mixed = kind == Kind::Mixed;
    if kind == Kind::MemberLeaves || is_mixed && rng.bool() {
        let index = rng.usize(..world.members.len());
        world.members[index].leaves = during(rng);
        let leaves = world.members[index].leaves;
        world.said.retain(|(time, speaker)| *speaker != index || *time < leaves);
    }
    let count = world.hosts.len();
    for index in 0..=count {
        let host = if index < count { &mut world.hosts[index] } else { &mut world.server };
        host.gives_journal = !world.is_foreign;
        if kind == Kind::WrongClocks || is_mixed && rng.u8(0..4) == 0 {
            host.clock.offset = choose(rng, &[(3 * SECOND, 1), (-40 * SECOND, 1), (3_600 * SECOND, 1), (200 * MS, 1)]);
        }
        if kind == Kind::CutCapture && rng.bool() || is_mixed && rng.u8(0..4) == 0 {
            if rng.bool() { host.capture.0 = during(rng) } else { host.capture.1 = during(rng) }
        }
        if kind == Kind::MissingFiles || is_mixed && rng.u8(0..4) == 0 {
            (host.gives_capture, host.gives_journal) = (rng.bool(), rng.bool() && !world.is_foreign);
        }
        host.is_noisy = kind == Kind::OtherTraffic || is_mixed && rng.bool();
    }
}
