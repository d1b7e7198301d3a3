//! Draws a submission: a run of thirty messages between two homes, the captures of both sides, and what was done to them.

use std::net::SocketAddrV4;

use fastrand::Rng;
use medidor::core::document::path::SegmentName::{NetworkForward, NetworkReturn};
use medidor::core::time::{SECOND, Wall};

use super::Kind;
use crate::worlds::draw::parts::{self, Schedule, choose};
use crate::worlds::events;
use crate::worlds::files;
use crate::worlds::pcap::{self, Packet};
use crate::worlds::world::{
    self, Capture, ClientRun, EPOCH, End, Fault, Link, MS, Place, RunId, ServerRun, Side, US, World,
};

/// The files of a submission.
#[derive(Default)]
pub struct Made {
    /// Names, perhaps with folders, and contents.
    pub files: Vec<(String, Vec<u8>)>,
    /// How many messages were lost, and of how many: where somebody says otherwise.
    pub lost: Option<(u64, u64)>,
}

impl Made {
    pub fn has_journals(&self) -> bool {
        self.files.iter().any(|(name, _)| name.contains(".journal."))
    }
}

/// A captured frame, with its true time.
#[derive(Clone, Debug)]
pub enum Content {
    Packet(Packet),
    /// Behind the Ethernet addresses.
    Other(Vec<u8>),
}

#[derive(Clone, Debug)]
pub struct Shown {
    pub time: i64,
    pub content: Content,
    pub is_request: bool,
}

/// One side's capture before it is written.
#[derive(Clone, Debug)]
pub struct SideCapture {
    pub name: String,
    /// The host by whose clock it is stamped, and by how much its stamps were moved.
    pub host: usize,
    pub shift: i64,
    pub frames: Vec<Shown>,
    pub link: Link,
    pub resolution_ns: i64,
    /// The step in which the stamps count.
    pub tick_ns: i64,
}

/// A submission under construction.
pub struct Draft {
    pub world: World,
    pub rng: Rng,
    /// When the captures begin and end.
    pub spans: [(i64, i64); 2],
    pub sides: Vec<SideCapture>,
    pub names: Option<(String, Vec<u8>)>,
    pub made: Made,
    /// The programs are medidor, and write journals.
    pub has_journals: bool,
    /// The client's port in a trial that goes to another port of the server.
    pub trial_port: Option<u16>,
}

/// Draws a submission by its kind and seed.
pub fn draw(kind: Kind, seed: u64) -> Made {
    let name = kind.name().bytes().fold(7, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    let mut draft = Draft::new(Rng::with_seed(name ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
    match kind {
        Kind::Honest(honest) => {
            honest.change_world(&mut draft);
            draft.play();
            honest.change_files(&mut draft);
        }
        Kind::Forged(lie) => {
            lie.change_world(&mut draft);
            draft.play();
            lie.change_files(&mut draft);
        }
    }
    draft.write()
}

impl Draft {
    fn new(mut rng: Rng) -> Self {
        let (mut client, mut server) = (parts::client_host(&mut rng), parts::server_host(&mut rng));
        // Both clocks are right to a second.
        for host in [&mut client, &mut server] {
            host.clock.offset %= SECOND;
        }
        let mut path = parts::path(&mut rng);
        path.nat = Some(parts::nat(&mut rng, None, &[]));
        let request =
            choose(&mut rng, &[("Mensagem {n}", 4), ("{n}", 1), ("{n} - oi", 1), ("Cliente1: Mensagem {n}", 1)]);
        let reply = choose(&mut rng, &[("ACK {n}", 4), ("ACK{n}", 1), ("ack: {n}", 1), ("ACK#{n}", 1)]);
        let mut run = ClientRun {
            host: 0,
            server: 1,
            port: parts::port(&mut rng),
            path,
            route_move: None,
            messages: Vec::new(),
            start: EPOCH + 60 * SECOND,
            stop: 0,
            end: End::InOrder,
            timeout: 10 * SECOND,
            interval: choose(&mut rng, &[(50 * MS, 1), (100 * MS, 4), (250 * MS, 1), (SECOND, 1)]),
            is_drawn: false,
            request,
            forged: "",
        };
        // Around the first and the last messages nobody could say whether the captures were awake.
        let rate = choose(&mut rng, &[(0, 2), (30, 2), (150, 1)]);
        let fault = |n: usize, rng: &mut Rng| match rng.u32(0..1_000) {
            forward if forward < rate && (10..20).contains(&n) => Fault::Lost(NetworkForward),
            back if back < 2 * rate && (10..20).contains(&n) => Fault::Lost(NetworkReturn),
            _ => Fault::None,
        };
        let faults: Vec<Fault> = (0..30).map(|n| fault(n, &mut rng)).collect();
        schedule(&mut run, &faults, 10 * SECOND, &mut rng);
        let stop = run.stop;
        let servers = vec![ServerRun { host: 1, start: EPOCH, stop: stop + 600 * SECOND, end: End::InOrder, reply }];
        let world = World {
            kind: world::Kind::Plain,
            note: String::new(),
            seed: 0,
            hosts: vec![client, server],
            clients: vec![run],
            servers,
            captures: Vec::new(),
            sides: [Side::default(), Side::default()],
            unnamed: None,
        };
        let names = Some(("nomes.txt".to_owned(), "Ana Silva\nJosé\n".into()));
        let spans = [(EPOCH, stop + SECOND); 2];
        Self {
            world,
            rng,
            spans,
            sides: Vec::new(),
            names,
            made: Made::default(),
            has_journals: false,
            trial_port: None,
        }
    }

    /// Plays the world and takes both captures.
    fn play(&mut self) {
        let played = events::play(&self.world, &mut self.rng);
        let (client, server) =
            choose(&mut self.rng, &[(("cliente", "servidor"), 3), (("cliente/captura", "servidor/captura"), 1)]);
        for (host, name) in [(0, client), (1, server)] {
            let (from, to) = self.spans[host];
            let link = choose(&mut self.rng, &[(Link::Ethernet, 4), (Link::Cooked, 1), (Link::Raw, 1)]);
            let resolution_ns = choose(&mut self.rng, &[(1, 1), (US, 3)]);
            let run = if host == 0 { RunId::Client(0) } else { RunId::Server(0) };
            let (journal, resolution_ns) = if self.has_journals { (Some(run), 1) } else { (None, resolution_ns) };
            let capture = Capture { place: Place::Host(host), from, to, journal, link, resolution_ns };
            let frames = files::frames(&self.world, &played, &capture).into_iter().map(|frame| Shown {
                time: frame.time,
                content: Content::Packet(frame.packet),
                is_request: frame.is_request,
            });
            if self.has_journals {
                self.world.captures.push(capture);
                let log = files::journal(&self.world, &played, run, name);
                let lines = log.records.iter().map(|record| serde_json::to_string(record).expect("a record") + "\n");
                self.made.files.push((format!("{name}.journal.jsonl"), lines.collect::<String>().into_bytes()));
            }
            let name = format!("{name}.pcap");
            self.sides.push(SideCapture {
                name,
                host,
                shift: 0,
                frames: frames.collect(),
                link,
                resolution_ns,
                tick_ns: 1,
            });
        }
    }

    /// The captures as files, with the names beside them.
    fn write(mut self) -> Made {
        for side in &self.sides {
            let bytes = side.bytes(|time| self.world.hosts[side.host].clock.wall(time).shifted(side.shift));
            self.made.files.push((side.name.clone(), bytes));
        }
        self.made.files.extend(self.names.take());
        self.made
    }

    /// One side or both: a number of bits.
    pub fn some_sides(&mut self) -> Vec<usize> {
        choose(&mut self.rng, &[(vec![0], 1), (vec![1], 1), (vec![0, 1], 1)])
    }

    /// Adds a text of the client after a moment, as both captures show it.
    pub fn say(&mut self, time: i64, text: &str) {
        let run = &self.world.clients[0];
        let delay = run.path.forward.0;
        let ends = [self.world.ends_at_client(run, time), self.world.ends_at_server(run, time)];
        let hop_limit = self.world.hosts[0].hop_limit;
        let passed = [0, run.path.routers];
        for host in [0, 1] {
            let [from, to] = ends[host];
            let packet = Packet {
                from,
                to,
                hop_limit: hop_limit - passed[host],
                id: self.rng.u16(..),
                is_sent: host == 0,
                is_relinked: false,
                text: text.to_owned(),
            };
            let time = time + delay * host as i64;
            self.sides[host].add(Shown { time, content: Content::Packet(packet), is_request: true });
        }
    }

    /// Another pair of ends for a trial from this port on.
    pub fn other_port(&mut self, run: &mut ClientRun) {
        run.port = parts::port(&mut self.rng);
        if let Some(nat) = &mut run.path.nat {
            let ip = *nat.bindings[0].1.ip();
            nat.bindings = vec![(EPOCH, SocketAddrV4::new(ip, parts::port(&mut self.rng)))];
        }
    }
}

/// Gives a run its messages, with these faults and pauses.
pub fn schedule(run: &mut ClientRun, faults: &[Fault], pause: i64, rng: &mut Rng) {
    let schedule = Schedule {
        count: faults.len(),
        interval: run.interval,
        batch: 10,
        pause,
        timeout: run.timeout,
        is_drawn: false,
    };
    run.messages = schedule.messages(run.start + 70 * MS, faults, rng);
    run.stop = run.messages.last().map_or(run.start, |message| message.sent) + run.timeout;
}

impl SideCapture {
    pub fn add(&mut self, shown: Shown) {
        self.frames.push(shown);
        self.frames.sort_by_key(|frame| frame.time);
    }

    pub fn packets(&mut self) -> impl Iterator<Item = (bool, &mut Packet)> {
        self.frames.iter_mut().filter_map(|frame| match &mut frame.content {
            Content::Packet(packet) => Some((frame.is_request, packet)),
            Content::Other(_) => None,
        })
    }

    pub fn bytes(&self, stamp: impl Fn(i64) -> Wall) -> Vec<u8> {
        let mut bytes = pcap::header(self.link, self.resolution_ns);
        for frame in &self.frames {
            let time = Wall(stamp(frame.time).0.div_euclid(self.tick_ns) * self.tick_ns);
            match &frame.content {
                Content::Packet(packet) => pcap::write(&mut bytes, time, self.link, self.resolution_ns, packet),
                Content::Other(data) => write_other(&mut bytes, time, self.resolution_ns, data),
            }
        }
        bytes
    }
}

/// Adds an Ethernet frame with what follows its addresses.
fn write_other(bytes: &mut Vec<u8>, time: Wall, resolution_ns: i64, data: &[u8]) {
    let fraction = time.0.rem_euclid(SECOND) / if resolution_ns < US { 1 } else { US };
    let length = data.len() as u32 + 12;
    for word in [time.0.div_euclid(SECOND) as u32, fraction as u32, length, length] {
        bytes.extend(word.to_le_bytes());
    }
    bytes.extend([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 9]);
    bytes.extend(data);
}
