//! Worlds with files that do not belong together, other programs, unsteady clocks and rough networks.

use std::net::{Ipv4Addr, SocketAddrV4};

use medidor::core::document::path::SegmentName::{
    ClientHostIn, NetworkForward, NetworkReturn, ServerApp, ServerHostIn,
};
use medidor::core::time::SECOND;

use super::Draft;
use super::parts::{FaultRates, Schedule, choose};
use crate::worlds::events::SEGMENTS;
use crate::worlds::world::{
    Capture, CaptureFile, Change, EPOCH, End, Fault, Link, MS, Path, Place, RunId, SERVER_PORT, Side, US,
};

impl Draft {
    /// Two runs of one schedule, at one time or one after the other, whose files are mixed up.
    pub fn other_run(&mut self) {
        let rng = &mut self.rng;
        let (is_one_client, is_one_server) = (rng.u8(0..3) > 0, rng.u8(0..3) > 0);
        let servers = [self.add_server(), self.add_server()];
        let clients = [self.add_client(), self.add_client()];
        let schedule = Schedule::draw(&mut self.rng);
        let rates = FaultRates::new(&mut self.rng);
        let first = self.add_run(clients[0], servers[0], EPOCH + 3 * SECOND, &schedule, rates);
        let pause =
            choose(&mut self.rng, &[(2 * SECOND, 1), (30 * SECOND, 2), (3_000 * SECOND, 1), (80_000 * SECOND, 1)]);
        let again = self.world.clients[first].stop + 6 * SECOND + self.rng.i64(0..pause);
        let rates = FaultRates::new(&mut self.rng);
        let client = clients[usize::from(!is_one_client)];
        let server = servers[usize::from(!is_one_server)];
        let second = self.add_run(client, server, again, &schedule, rates);
        if is_one_client {
            let same_port = self.rng.u8(0..3) == 0;
            self.keep_path(second, same_port);
        }
        let served: Vec<usize> = [first, second]
            .map(|run| {
                let run = &self.world.clients[run];
                let (host, start, stop) = (run.server, run.start, run.stop);
                let before = self.rng.i64(0..2 * SECOND);
                self.serve_between(host, start - before, stop + 2 * SECOND, End::InOrder)
            })
            .into();
        // Other clients beside the second run.
        for _ in 0..self.rng.usize(0..3) {
            let other = self.add_client();
            let rates = FaultRates::new(&mut self.rng);
            let start = again + self.rng.i64(0..SECOND);
            self.add_run(other, server, start, &schedule, rates);
        }
        let of_client = [first, second].map(|run| self.client_capture(run));
        let of_server = [served[0], served[1]].map(|run| self.server_capture(run));
        let subset = self.subset();
        self.give((first, of_client[0]), (served[1], of_server[1]), subset);
        let mixed = self.rng.u8(0..4);
        let file = |capture| Some(CaptureFile::whole(capture));
        if mixed == 0 {
            self.world.sides[0] = Side { journal: Some(RunId::Client(first)), capture: file(of_client[1]) };
            self.note("the client's journal of one run beside its capture of the next");
            if self.rng.bool() {
                self.world.sides[1] = Side { journal: Some(RunId::Server(served[0])), capture: file(of_server[0]) };
            }
        } else if mixed == 1 {
            self.world.sides[0] = Side { journal: Some(RunId::Client(first)), capture: file(of_client[0]) };
            self.world.sides[1] = Side { journal: Some(RunId::Server(served[0])), capture: file(of_server[1]) };
            self.note("the server's journal of one run beside its capture of the next");
        } else {
            self.note("the client's files of one run, the server's of the next");
        }
    }

    /// One run, or two clients, whose files were changed or given in the wrong places.
    pub fn mixed_files(&mut self) {
        let server = self.add_server();
        let client = self.add_client();
        let schedule = Schedule::draw(&mut self.rng);
        let rates = FaultRates::new(&mut self.rng);
        let run = self.add_run(client, server, EPOCH + 3 * SECOND, &schedule, rates);
        if self.rng.u8(0..3) == 0 {
            let other = self.add_client();
            let rates = FaultRates::new(&mut self.rng);
            let start = EPOCH + 3 * SECOND + self.rng.i64(0..SECOND);
            self.add_run(other, server, start, &schedule, rates);
            self.note("two clients");
        }
        let served = self.serve(server);
        let captures = [self.client_capture(run), self.server_capture(served)];
        let subset = self.subset();
        self.give((run, captures[0]), (served, captures[1]), subset);
        match self.rng.u8(0..8) {
            0 => {
                self.note("swapped");
                self.give((run, captures[0]), (served, captures[1]), [false, true, false, true]);
                self.world.sides.swap(0, 1);
            }
            1 => self.merge_sides(captures),
            2 => self.take_twice(run, served, captures),
            3 => self.take_on_router(client, captures),
            _ => self.change_files(),
        }
    }

    /// Adds to what is special about the world.
    fn note(&mut self, note: &str) {
        if !self.world.note.is_empty() {
            self.world.note.push_str(", ");
        }
        self.world.note.push_str(note);
    }

    /// A world of one client, of several, or of a client that starts again.
    fn any_usual(&mut self) {
        match self.rng.u8(0..3) {
            0 => {
                self.note("crowd");
                self.crowd();
            }
            1 => {
                self.note("restart");
                self.restart();
            }
            _ => {
                self.note("plain");
                self.plain();
            }
        }
    }

    /// Both captures merged into one file, in the place of one of them or of both.
    fn merge_sides(&mut self, captures: [usize; 2]) {
        self.note("both captures merged into one file");
        // Other programs merge captures of one link type.
        let link = self.world.captures[captures[0]].link;
        self.world.captures[captures[1]].link = link;
        let merged = Some(CaptureFile { captures: captures.to_vec(), changes: Vec::new() });
        let is_server = self.rng.bool();
        let side = &mut self.world.sides[usize::from(is_server)];
        side.capture = merged;
        let has_other = self.rng.bool();
        let other = &mut self.world.sides[usize::from(!is_server)];
        if !has_other {
            *other = Side::default();
        }
    }

    /// Two captures of one host, or one file twice, as the client's and the server's.
    fn take_twice(&mut self, run: usize, served: usize, captures: [usize; 2]) {
        self.note("two captures of one host");
        let of_server = usize::from(self.rng.bool());
        let second = if self.rng.bool() {
            captures[of_server]
        } else {
            let (host, start, stop) = if of_server == 0 {
                let run = &self.world.clients[run];
                (run.host, run.start, run.stop)
            } else {
                let run = &self.world.servers[served];
                (run.host, run.start, run.stop)
            };
            self.foreign_capture(host, start - SECOND, stop + SECOND)
        };
        let has_journal = self.rng.bool();
        self.give((run, captures[of_server]), (served, second), [has_journal, true, false, true]);
        if of_server == 1 {
            self.world.sides[0].journal = None;
        }
    }

    /// A capture of the client's router in the place of a host's.
    fn take_on_router(&mut self, client: usize, captures: [usize; 2]) {
        self.note("a capture of a router");
        let stop = self.last_stop() + 5 * SECOND;
        let capture = Capture {
            place: Place::Router { client, is_inside: self.rng.bool() },
            from: EPOCH + 2 * SECOND,
            to: stop,
            journal: None,
            link: choose(&mut self.rng, &[(Link::Ethernet, 2), (Link::Raw, 1)]),
            resolution_ns: choose(&mut self.rng, &[(1, 1), (1_000, 3)]),
        };
        if matches!(capture.place, Place::Router { is_inside: false, .. }) {
            // Behind the only router it would be on the server's own network.
            self.world.clients.iter_mut().for_each(|run| run.path.routers = run.path.routers.max(2));
        }
        let router = self.add_capture(capture);
        let place = usize::from(self.rng.bool());
        let side = &mut self.world.sides[place];
        *side = Side { journal: None, capture: Some(CaptureFile::whole(router)) };
        if !self.world.sides[1 - place].is_given() {
            self.world.sides[1 - place].capture = Some(CaptureFile::whole(captures[1 - place]));
        }
    }

    /// Changes one file or both.
    fn change_files(&mut self) {
        let [client, server] = [self.rng.bool(), self.rng.bool()];
        let places: &[usize] = match (client, server) {
            (true, true) => &[0, 1],
            (_, false) => &[0],
            (false, true) => &[1],
        };
        for place in places {
            let change = self.change();
            let note = match change {
                Change::Shifted(_) => "shifted in time",
                Change::Cut { .. } => "cut",
                Change::BrokenOff => "broken off",
                Change::Anonymised(_) => "with other addresses",
                Change::OneWay { .. } => "of one direction",
                Change::Mirrored { .. } => "mirrored",
            };
            self.note(note);
            if let Some(file) = &mut self.world.sides[*place].capture {
                file.changes.push(change);
            }
        }
    }

    fn change(&mut self) -> Change {
        let rng = &mut self.rng;
        match rng.u8(0..6) {
            0 => Change::Shifted(rng.i64(-12..13) * 3_600 * SECOND + rng.i64(-2..3) * SECOND),
            1 => Change::Cut { from: rng.usize(0..500), to: rng.usize(500..1_001) },
            2 => Change::BrokenOff,
            3 => Change::Anonymised(rng.u8(1..)),
            4 => Change::OneWay { requests: rng.bool() },
            _ => Change::Mirrored { after: rng.i64(0..20 * US), is_relinked: rng.bool() },
        }
    }

    /// Clocks that are set or slewed during the run, and stamps of up to a second.
    pub fn clocks(&mut self) {
        self.any_usual();
        let (first, last) = (EPOCH + 2 * SECOND, self.last_stop());
        for host in 0..self.world.hosts.len() {
            let rng = &mut self.rng;
            let clock = &mut self.world.hosts[host].clock;
            let at = rng.i64(first..last);
            let size = choose(rng, &[(2 * MS, 1), (50 * MS, 2), (2 * SECOND, 2), (7_200 * SECOND, 1)]);
            match rng.u8(0..4) {
                0 => {
                    clock.steps.push((at, rng.i64(-size..=size)));
                    if rng.u8(0..4) == 0 {
                        clock.steps.push((at + rng.i64(0..3 * SECOND), rng.i64(-size..=size)));
                    }
                }
                1 => {
                    let ppb = choose(rng, &[(500_000, 2), (10_000_000, 1), (80_000_000, 1)]);
                    let ppb = if rng.bool() { ppb } else { -ppb };
                    clock.slews.push((at, at + rng.i64(100 * MS..5 * SECOND), ppb));
                }
                2 => clock.ppb = rng.i64(-200_000..=200_000),
                _ => {}
            }
        }
        for capture in self.world.captures.iter_mut().filter(|capture| capture.journal.is_none()) {
            let grains = [(1_000, 3), (10_000, 1), (MS, 1), (10 * MS, 1), (100 * MS, 1), (SECOND, 1)];
            capture.resolution_ns = choose(&mut self.rng, &grains);
        }
    }

    /// A student's own program at one end or at both.
    pub fn other_programs(&mut self) {
        if self.rng.bool() {
            self.plain();
        } else {
            self.crowd();
        }
        let requests = [
            "{n}",
            "msg {n}",
            "Mensagem {n} de Ana",
            "{n}) oi",
            "ping {n}",
            "{n},12.5",
            "{n}|oi",
            "{\"id\": {n}, \"v\": 1}",
        ];
        let replies = [
            "ACK {n}",
            "ACK{n}",
            "ack: {n}",
            "{n}",
            "ok {n}",
            "Recebi {n}",
            "ACK|{n}",
            "ACK_{n}",
            "ACK,{n}",
            "MENSAGEM {n}",
        ];
        // Two students' programs may put other numbers into their texts.
        let wordy_requests = [
            "Cliente1: Mensagem {n}",
            "[2026-11-28 10:15] {n}",
            "{n}/40",
            "0{n}",
            "Grupo 7 - 10 bytes - {n}",
            "Mensagem 3 {n}",
        ];
        let wordy_replies =
            ["Servidor: ACK {n}", "ACK {n} (3 ms)", "ACK {n}", "Grupo 7 - 10 bytes - {n}", "[10:15:01] ack {n}"];
        let whose = self.rng.u8(0..4);
        let is_wordy = whose == 3;
        let requests = if is_wordy { &wordy_requests[..] } else { &requests[..] };
        let replies = if is_wordy { &wordy_replies[..] } else { &replies[..] };
        if is_wordy {
            self.note("other numbers in the texts");
        }
        if whose != 1 {
            // Its client, and perhaps those of the others.
            let form = requests[self.rng.usize(0..requests.len())];
            let first = choose(&mut self.rng, &[(1, 3), (0, 1), (100, 1)]);
            let is_everybody = self.rng.bool();
            let hosts = if is_everybody { self.world.clients.len() } else { 1 };
            for run in &mut self.world.clients[..hosts] {
                run.request = form;
                run.is_drawn = false;
                for message in &mut run.messages {
                    message.n += first;
                    message.n -= 1;
                }
            }
            let is_own =
                |journal: Option<RunId>| matches!(journal, Some(RunId::Client(run)) if is_everybody || run == 0);
            self.drop_journals(is_own);
        }
        if whose != 0 {
            let form = replies[self.rng.usize(0..replies.len())];
            self.world.servers.iter_mut().for_each(|server| server.reply = form);
            self.world.clients.iter_mut().for_each(|run| run.forged = form);
            self.drop_journals(|journal| matches!(journal, Some(RunId::Server(_))));
        }
    }

    /// Makes runs ones of programs without journals.
    fn drop_journals(&mut self, is_own: impl Fn(Option<RunId>) -> bool) {
        for capture in self.world.captures.iter_mut().filter(|capture| is_own(capture.journal)) {
            capture.journal = None;
        }
        for side in &mut self.world.sides {
            if is_own(side.journal) {
                side.journal = None;
            }
        }
    }

    /// Middleboxes that answer, copies, late replies, and messages that overtake each other.
    pub fn rough_network(&mut self) {
        self.any_usual();
        let rng = &mut self.rng;
        let rates = [(); 4].map(|()| choose(rng, &[(0, 3), (30, 2), (200, 1), (1_000, 1)]));
        for run in &mut self.world.clients {
            for message in run.messages.iter_mut().filter(|message| message.fault == Fault::None) {
                let at = SEGMENTS[if rng.bool() { 1 } else { 5 }];
                let second = (rng.u8(0..3) == 0).then(|| SEGMENTS[rng.usize(0..7)]);
                let faults = [
                    Fault::Forged { is_passed_on: rng.bool() },
                    Fault::Doubled { at, lag: rng.i64(1..300 * MS), second },
                    Fault::Slow { at, by: rng.i64(MS..900 * MS) },
                    Fault::Slow { at: SEGMENTS[5], by: run.timeout + rng.i64(-200 * MS..2 * SECOND) },
                ];
                if let Some((fault, _)) = faults.into_iter().zip(rates).find(|(_, rate)| rng.u32(0..1_000) < *rate) {
                    message.fault = fault;
                }
            }
        }
    }

    /// Containers of one machine, with networks of their own, or programs on its loopback.
    pub fn one_machine(&mut self) {
        match self.rng.u8(0..4) {
            0 => {
                self.note("other run");
                self.other_run();
            }
            1 => self.any_usual(),
            2 => self.rough_network(),
            _ => self.loopback(),
        }
        let first = self.world.hosts[0].clone();
        for host in &mut self.world.hosts {
            host.clock = first.clock.clone();
            host.boot_id.clone_from(&first.boot_id);
        }
    }

    /// A server that takes its time over each message of some clients or runs.
    pub fn slow_servers(&mut self) {
        self.max_messages = choose(&mut self.rng, &[(40, 2), (3, 1)]);
        match self.rng.u8(0..4) {
            0 => {
                self.note("other run");
                self.other_run();
            }
            1 => return self.late_files(),
            _ => {
                self.note("crowd");
                self.crowd();
            }
        }
        let rng = &mut self.rng;
        for run in &mut self.world.clients {
            let by = choose(rng, &[(0, 1), (50 * MS, 1), (400 * MS, 1)]);
            for message in run.messages.iter_mut().filter(|message| by > 0 && message.fault == Fault::None) {
                message.fault = Fault::Slow { at: ServerApp, by: by + rng.i64(0..by / 4) };
            }
        }
    }

    /// A short run and the next, right after it, of which the server's capture shows one.
    fn late_files(&mut self) {
        self.note("late files");
        self.max_messages = 10;
        let server = self.add_server();
        let client = self.add_client();
        let mut schedule = Schedule::draw(&mut self.rng);
        (schedule.interval, schedule.batch) = (20 * MS, 0);
        let rates = FaultRates { rare: 0, ..FaultRates::new(&mut self.rng) };
        let first = self.add_run(client, server, EPOCH + 3 * SECOND, &schedule, rates);
        let run = &mut self.world.clients[first];
        run.stop -= run.timeout - 300 * MS;
        run.end = End::Interrupted;
        let between = run.stop + 20 * MS;
        let second = self.add_run(client, server, between, &schedule, rates);
        self.keep_path(second, false);
        self.serve(server);
        let stop = self.last_stop() + SECOND;
        let client_capture = self.foreign_capture(client, EPOCH + 2 * SECOND, stop);
        let (from, to) = if self.rng.bool() { (EPOCH, between) } else { (between, stop) };
        let server_capture = self.foreign_capture(server, from, to);
        self.give((first, client_capture), (0, server_capture), [false, true, false, true]);
    }

    /// A server and its clients on the loopback of one host: one frame is on both wires.
    fn loopback(&mut self) {
        self.note("loopback");
        let host = self.add_server();
        let count = self.rng.usize(1..5);
        let schedule = Schedule::draw(&mut self.rng);
        let apart = choose(&mut self.rng, &[(5 * MS, 1), (3 * SECOND, 1)]);
        for _ in 0..count {
            let rates = FaultRates::new(&mut self.rng);
            let start = EPOCH + 3 * SECOND + self.rng.i64(0..apart);
            let run = self.add_run(host, host, start, &schedule, rates);
            let run = &mut self.world.clients[run];
            run.path = Path { forward: (0, 0), back: (0, 0), routers: 0, nat: None };
            for message in &mut run.messages {
                message.fault = match message.fault {
                    Fault::Lost(NetworkForward) => Fault::Lost(ServerHostIn),
                    Fault::Lost(NetworkReturn) => Fault::Lost(ClientHostIn),
                    Fault::Doubled { .. } | Fault::Slow { .. } => Fault::None,
                    other => other,
                };
            }
        }
        self.world.hosts[host].ip = Ipv4Addr::LOCALHOST;
        self.world.hosts[host].public = SocketAddrV4::new(Ipv4Addr::LOCALHOST, SERVER_PORT);
        let served = self.serve(host);
        let captures = [self.client_capture(0), self.server_capture(served)];
        for capture in &mut self.world.captures {
            capture.link = Link::Ethernet;
        }
        let subset = if self.rng.bool() { [true; 4] } else { [self.rng.bool(), true, true, self.rng.bool()] };
        self.give((0, captures[0]), (served, captures[1]), subset);
    }

    /// Runs of few messages.
    pub fn short_runs(&mut self) {
        self.max_messages = 8;
        let which = self.rng.usize(0..6);
        let (name, draw): (_, fn(&mut Self)) = [
            ("crowd", Self::crowd as fn(&mut Self)),
            ("restart", Self::restart),
            ("several runs", Self::several_runs),
            ("other run", Self::other_run),
            ("mixed files", Self::mixed_files),
            ("plain", Self::plain),
        ][which];
        self.note(name);
        draw(self);
    }
}
