//! Worlds whose files are what the programs left behind.

use std::net::{Ipv4Addr, SocketAddrV4};

use fastrand::Rng;
use medidor::core::time::SECOND;

use super::Draft;
use super::parts::{self, FaultRates, Schedule, choose, nat};
use crate::worlds::world::{EPOCH, End, MS, RouteMove, RunId};

impl Draft {
    pub fn plain(&mut self) {
        let server = self.add_server();
        let client = self.add_client();
        let schedule = Schedule::draw(&mut self.rng);
        let rates = FaultRates::new(&mut self.rng);
        let run = self.add_run(client, server, EPOCH + 3 * SECOND, &schedule, rates);
        let served = self.serve(server);
        let captures = [self.client_capture(run), self.server_capture(served)];
        let subset = self.subset();
        self.give((run, captures[0]), (served, captures[1]), subset);
    }

    pub fn crowd(&mut self) {
        let server = self.add_server();
        let count = choose(&mut self.rng, &[(2, 4), (3, 3), (5, 2), (8, 2), (15, 1), (30, 1)]);
        let one_schedule = self.rng.u8(0..10) < 7;
        let one_nat = self.rng.bool();
        let apart = choose(&mut self.rng, &[(MS, 2), (SECOND, 3), (3 * SECOND, 3), (20 * SECOND, 2)]);
        let mut schedule = Schedule::draw(&mut self.rng);
        let shared = nat(&mut self.rng, None, &[]);
        let mut taken: Vec<u16> = Vec::new();
        for _ in 0..count {
            let client = self.add_client();
            if !one_schedule {
                schedule = Schedule::draw(&mut self.rng);
            }
            let rates = FaultRates::new(&mut self.rng);
            let start = EPOCH + 3 * SECOND + self.rng.i64(0..=apart);
            let run = self.add_run(client, server, start, &schedule, rates);
            let run = &mut self.world.clients[run];
            if one_nat {
                let own = nat(&mut self.rng, Some(&shared), &taken);
                taken.extend(own.bindings.iter().map(|(_, binding)| binding.port()));
                run.path.nat = Some(own);
            }
        }
        let served = self.serve(server);
        let run = self.rng.usize(0..count);
        let captures = [self.client_capture(run), self.server_capture(served)];
        let subset = self.subset();
        self.give((run, captures[0]), (served, captures[1]), subset);
    }

    /// The client runs twice or three times, from one port or several; it or the server may be killed before.
    pub fn restart(&mut self) {
        let server = self.add_server();
        let client = self.add_client();
        let schedule = Schedule::draw(&mut self.rng);
        let count = self.rng.usize(2..4);
        let same_port = self.rng.u8(0..3) > 0;
        let is_killed = self.rng.bool();
        let mut start = EPOCH + 3 * SECOND;
        for index in 0..count {
            let rates = FaultRates::new(&mut self.rng);
            let run = self.add_run(client, server, start, &schedule, rates);
            if index > 0 {
                self.keep_path(run, same_port);
            }
            if is_killed && index + 1 < count {
                let run = &mut self.world.clients[run];
                let length = run.stop - run.start;
                run.stop = run.start + self.rng.i64(80 * MS..length.max(81 * MS));
                run.end = if self.rng.u8(0..3) == 0 { End::Interrupted } else { End::Killed };
            }
            let pause = choose(&mut self.rng, &[(300 * MS, 1), (2 * SECOND, 3), (20 * SECOND, 3)]);
            start = self.world.clients[run].stop + self.rng.i64(pause / 2..pause);
            let run = &self.world.clients[run];
            if run.messages.iter().filter(|message| message.sent < run.stop).count() < 3 {
                // Sooner than that it may as well be a program that sends a message again.
                start = start.max(run.stop + 6 * SECOND);
            }
        }
        let run = self.rng.usize(0..count);
        if self.rng.u8(0..3) == 0 {
            // The server starts again at some moment.
            let (first, last) = (EPOCH + SECOND, self.last_stop());
            let at = self.rng.i64(first + SECOND..last);
            let gap = self.rng.i64(100 * MS..3 * SECOND);
            let end = if self.rng.bool() { End::Killed } else { End::InOrder };
            self.serve_between(server, first, at, end);
            self.serve_between(server, at + gap, last + 5 * SECOND, End::InOrder);
        } else {
            self.serve(server);
        }
        let served = self.rng.usize(0..self.world.servers.len());
        let client_capture = if self.rng.u8(0..3) == 0 {
            let stop = self.last_stop() + SECOND;
            self.foreign_capture(client, EPOCH + 2 * SECOND, stop)
        } else {
            self.client_capture(run)
        };
        let server_capture = if self.rng.u8(0..3) == 0 {
            let stop = self.last_stop() + 6 * SECOND;
            self.foreign_capture(server, EPOCH + SECOND, stop)
        } else {
            self.server_capture(served)
        };
        let subset = self.subset();
        self.give((run, client_capture), (served, server_capture), subset);
    }

    /// The client's NAT takes a new port once or more, perhaps while messages are lost.
    pub fn rebind(&mut self) {
        let server = self.add_server();
        let client = self.add_client();
        let mut schedule = Schedule::draw(&mut self.rng);
        schedule.count = self.rng.usize(8..41);
        let rates = FaultRates::new(&mut self.rng);
        let run = self.add_run(client, server, EPOCH + 3 * SECOND, &schedule, rates);
        let times: Vec<i64> = self.world.clients[run].messages.iter().map(|message| message.sent).collect();
        let mut own = nat(&mut self.rng, None, &[]);
        let at = |rng: &mut Rng| times[rng.usize(1..times.len())] - MS;
        if self.rng.u8(0..4) == 0 {
            // Another network, with another address there and for the others.
            self.world.note.push_str("another interface");
            let at = at(&mut self.rng);
            let ip = Ipv4Addr::new(10, 20, self.rng.u8(..), self.rng.u8(1..255));
            self.world.clients[run].route_move = Some(RouteMove { at, ip });
            own.bindings
                .push((at, SocketAddrV4::new(parts::public_address(&mut self.rng), parts::port(&mut self.rng))));
        } else {
            for _ in 0..self.rng.usize(1..4) {
                let ip = *own.bindings[0].1.ip();
                own.bindings.push((at(&mut self.rng), SocketAddrV4::new(ip, parts::port(&mut self.rng))));
            }
        }
        own.bindings.sort_by_key(|(from, _)| *from);
        self.world.clients[run].path.nat = Some(own);
        let everything =
            choose(&mut self.rng, &[(None, 6), (Some(parts::REPLIES_LOST), 1), (Some(parts::REQUESTS_LOST), 1)]);
        if let Some(everything) = everything {
            // All replies die on the way back, or all requests but the first after each change.
            for message in &mut self.world.clients[run].messages {
                message.fault = everything;
            }
        }
        if self.rng.u8(0..3) == 0 {
            // Another client beside it.
            let other = self.add_client();
            let start = EPOCH + 3 * SECOND + self.rng.i64(0..3 * SECOND);
            let rates = FaultRates::new(&mut self.rng);
            self.add_run(other, server, start, &schedule, rates);
        }
        let served = self.serve(server);
        let captures = [self.client_capture(run), self.server_capture(served)];
        let subset = self.subset();
        self.give((run, captures[0]), (served, captures[1]), subset);
    }

    /// One capture over several runs of one client, trials before the real run, and other people's runs beside it.
    pub fn several_runs(&mut self) {
        let server = self.add_server();
        let client = self.add_client();
        let schedule = Schedule::draw(&mut self.rng);
        let mut start = EPOCH + 3 * SECOND;
        let count = self.rng.usize(1..4);
        let keeps_port = self.rng.u8(0..3) == 0;
        for index in 0..count {
            let mut trial = schedule.clone();
            if index + 1 < count && self.rng.bool() {
                trial.count = self.rng.usize(1..6);
            }
            let rates = FaultRates::new(&mut self.rng);
            let run = self.add_run(client, server, start, &trial, rates);
            if index > 0 {
                self.keep_path(run, keeps_port);
            }
            start = self.world.clients[run].stop + self.rng.i64(SECOND..30 * SECOND);
        }
        if self.rng.u8(0..3) == 0 {
            // Another program on the client's host at the same time.
            let rates = FaultRates::new(&mut self.rng);
            let start = EPOCH + 3 * SECOND + self.rng.i64(0..2 * SECOND);
            let run = self.add_run(client, server, start, &schedule, rates);
            self.keep_path(run, false);
        }
        let groups = self.rng.usize(0..3);
        for _ in 0..groups {
            let other = self.add_client();
            let start = EPOCH + 3 * SECOND + self.rng.i64(0..20 * SECOND);
            let rates = FaultRates::new(&mut self.rng);
            let own = if self.rng.bool() { schedule.clone() } else { Schedule::draw(&mut self.rng) };
            self.add_run(other, server, start, &own, rates);
        }
        let served = self.serve(server);
        let stop = self.last_stop() + SECOND;
        let client_capture = self.foreign_capture(client, EPOCH + 2 * SECOND, stop);
        let server_capture = if self.rng.bool() {
            self.foreign_capture(server, EPOCH + SECOND, stop + SECOND)
        } else {
            self.own_capture(RunId::Server(served))
        };
        let run = self.rng.usize(0..count);
        let subset = self.subset();
        self.give((run, client_capture), (served, server_capture), subset);
    }
}
