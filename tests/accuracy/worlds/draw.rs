//! Draws a world by its kind and seed.

mod odd;
pub mod parts;
mod usual;

use std::net::Ipv4Addr;

use fastrand::Rng;
use medidor::core::time::SECOND;

use super::world::{
    Capture, CaptureFile, ClientRun, EPOCH, End, Host, Kind, Link, MS, Place, RunId, ServerRun, Side, World,
};
use parts::{FaultRates, Schedule, choose, client_host, nat, server_host};

/// A world without files, and what its kinds draw it with.
struct Draft {
    world: World,
    rng: Rng,
    /// At most so many messages a run.
    max_messages: usize,
}

/// Draws a world.
pub fn draw(kind: Kind, seed: u64) -> World {
    let name = kind
        .name()
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let mut draft = Draft {
        world: World {
            kind,
            note: String::new(),
            seed,
            hosts: Vec::new(),
            clients: Vec::new(),
            servers: Vec::new(),
            captures: Vec::new(),
            sides: Default::default(),
            unnamed: None,
        },
        max_messages: 40,
        rng: Rng::with_seed(name ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)),
    };
    match kind {
        Kind::Plain => draft.plain(),
        Kind::Crowd => draft.crowd(),
        Kind::Restart => draft.restart(),
        Kind::Rebind => draft.rebind(),
        Kind::SeveralRuns => draft.several_runs(),
        Kind::OtherRun => draft.other_run(),
        Kind::MixedFiles => draft.mixed_files(),
        Kind::Clocks => draft.clocks(),
        Kind::OtherPrograms => draft.other_programs(),
        Kind::RoughNetwork => draft.rough_network(),
        Kind::ShortRuns => draft.short_runs(),
        Kind::OneMachine => draft.one_machine(),
        Kind::SlowServers => draft.slow_servers(),
    }
    if draft.rng.u8(0..3) == 0 {
        draft.world.unnamed = Some(draft.rng.u64(..));
    }
    draft.world
}

impl Draft {
    fn add_host(&mut self, host: Host) -> usize {
        self.world.hosts.push(host);
        self.world.hosts.len() - 1
    }

    fn add_server(&mut self) -> usize {
        let host = server_host(&mut self.rng);
        self.add_host(host)
    }

    fn add_client(&mut self) -> usize {
        let host = client_host(&mut self.rng);
        self.add_host(host)
    }

    /// A run of a client with a path and ports of its own.
    fn add_run(&mut self, host: usize, server: usize, start: i64, schedule: &Schedule, rates: FaultRates) -> usize {
        let schedule = &schedule.limited(self.max_messages);
        let rng = &mut self.rng;
        let mut path = parts::path(rng);
        // Some networks give every host a public address.
        if rng.u8(0..8) > 0 {
            path.nat = Some(nat(rng, None, &[]));
        } else {
            self.world.hosts[host].ip = Ipv4Addr::new(45, 90, rng.u8(..), rng.u8(1..255));
        }
        let faults = rates.draw(schedule.count, rng);
        let messages = schedule.messages(start + 70 * MS, &faults, rng);
        let last = messages.last().map_or(start, |message| message.sent);
        // Two programs never have one port.
        let is_taken = |port: u16| self.world.clients.iter().any(|other| (other.host, other.port) == (host, port));
        let drawn = parts::port(rng);
        let run = ClientRun {
            host,
            server,
            port: (drawn..=u16::MAX).find(|port| !is_taken(*port)).unwrap_or(drawn),
            path,
            route_move: None,
            messages,
            start,
            stop: last + schedule.timeout,
            end: End::InOrder,
            timeout: schedule.timeout,
            interval: schedule.interval,
            is_drawn: schedule.is_drawn,
            request: "Mensagem {n}",
            forged: "ACK {n}",
        };
        self.world.clients.push(run);
        self.world.clients.len() - 1
    }

    /// Gives a later run of the first run's host its path, and perhaps its port. The NAT may have forgotten the port.
    fn keep_path(&mut self, run: usize, same_port: bool) {
        let ClientRun { path, port, .. } = self.world.clients[0].clone();
        let later = &mut self.world.clients[run];
        let has_forgotten = !same_port || self.rng.u8(0..4) == 0;
        later.path = path;
        if same_port {
            later.port = port;
        }
        if let Some(nat) = later.path.nat.as_mut().filter(|_| has_forgotten) {
            nat.bindings[0].1.set_port(parts::port(&mut self.rng));
        }
    }

    /// When the last client stops.
    fn last_stop(&self) -> i64 {
        self.world.clients.iter().map(|run| run.stop).max().unwrap_or(EPOCH)
    }

    /// A run of the server from before the first client until after the last.
    fn serve(&mut self, host: usize) -> usize {
        let stop = self.last_stop() + 4 * SECOND;
        self.serve_between(host, EPOCH + SECOND, stop, End::InOrder)
    }

    fn serve_between(&mut self, host: usize, start: i64, stop: i64, end: End) -> usize {
        self.world.servers.push(ServerRun { host, start, stop, end, reply: "ACK {n}" });
        self.world.servers.len() - 1
    }

    /// The capture that a run makes beside its journal.
    fn own_capture(&mut self, run: RunId) -> usize {
        let (host, start, stop) = match run {
            RunId::Client(run) => {
                let run = &self.world.clients[run];
                (run.host, run.start, run.stop)
            }
            RunId::Server(run) => {
                let run = &self.world.servers[run];
                (run.host, run.start, run.stop)
            }
        };
        let link = choose(&mut self.rng, &[(Link::Ethernet, 3), (Link::Cooked, 1)]);
        // The ring is closed a little before or after the application stops.
        let to = stop + choose(&mut self.rng, &[(-85 * MS, 1), (150 * MS, 1)]);
        self.add_capture(Capture {
            place: Place::Host(host),
            from: start - 20 * MS,
            to,
            journal: Some(run),
            link,
            resolution_ns: 1,
        })
    }

    /// A capture by another program.
    fn foreign_capture(&mut self, host: usize, from: i64, to: i64) -> usize {
        let link = choose(&mut self.rng, &[(Link::Ethernet, 4), (Link::Cooked, 1), (Link::Raw, 1)]);
        let resolution_ns = choose(&mut self.rng, &[(1, 1), (1_000, 4)]);
        self.add_capture(Capture { place: Place::Host(host), from, to, journal: None, link, resolution_ns })
    }

    fn add_capture(&mut self, capture: Capture) -> usize {
        self.world.captures.push(capture);
        self.world.captures.len() - 1
    }

    /// Gives the journals and captures of a client's run and a server's, or some of them.
    fn give(&mut self, client: (usize, usize), server: (usize, usize), subset: [bool; 4]) {
        let side = |journal, capture, (has_journal, has_capture): (bool, bool)| Side {
            journal: has_journal.then_some(journal),
            capture: has_capture.then(|| CaptureFile::whole(capture)),
        };
        self.world.sides = [
            side(RunId::Client(client.0), client.1, (subset[0], subset[1])),
            side(RunId::Server(server.0), server.1, (subset[2], subset[3])),
        ];
    }

    /// Any of the fifteen subsets of the witnesses, those of both hosts more often.
    fn subset(&mut self) -> [bool; 4] {
        if self.rng.u8(0..4) == 0 {
            return [true; 4];
        }
        loop {
            let bits = self.rng.u8(1..16);
            let subset = [1, 2, 4, 8].map(|bit| bits & bit != 0);
            let has_both = (subset[0] || subset[1]) && (subset[2] || subset[3]);
            if has_both || self.rng.bool() {
                return subset;
            }
        }
    }

    /// A client's capture: its own, or one by another program that began before and ended after.
    fn client_capture(&mut self, run: usize) -> usize {
        if self.rng.u8(0..4) > 0 {
            return self.own_capture(RunId::Client(run));
        }
        let (host, start, stop) = {
            let run = &self.world.clients[run];
            (run.host, run.start, run.stop)
        };
        let (before, after) = (self.rng.i64(0..5 * SECOND), self.rng.i64(0..5 * SECOND));
        self.foreign_capture(host, start - before, stop + after)
    }

    fn server_capture(&mut self, run: usize) -> usize {
        if self.rng.u8(0..4) > 0 {
            return self.own_capture(RunId::Server(run));
        }
        let (host, start, stop) = {
            let run = &self.world.servers[run];
            (run.host, run.start, run.stop)
        };
        self.foreign_capture(host, start, stop)
    }
}

/// Gives all four files of a world with one client, all made by medidor, with the roles of the hosts.
pub fn give_everything(world: &mut World) {
    let mut rng = Rng::with_seed(world.seed);
    let mut draft = Draft { world: world.clone(), rng: rng.fork(), max_messages: 40 };
    draft.world.captures.clear();
    draft.world.unnamed = None;
    // A timeout long enough to tell a loss from a delay.
    let run = &mut draft.world.clients[0];
    run.stop += (5 * SECOND / 2 - run.timeout).max(0);
    run.timeout = run.timeout.max(5 * SECOND / 2);
    let stop = draft.last_stop();
    draft.world.servers[0].stop = stop + 4 * SECOND;
    let captures = [draft.own_capture(RunId::Client(0)), draft.own_capture(RunId::Server(0))];
    draft.give((0, captures[0]), (0, captures[1]), [true; 4]);
    *world = draft.world;
}
