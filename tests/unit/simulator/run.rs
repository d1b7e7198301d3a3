//! Runs a simulation.

use std::net::{IpAddr, SocketAddr};

use super::witnesses::{WitnessWriter, add_no_reply, text_digest};
use super::{CopyPath, EPOCH, Fault, History, MS, Run, Truth, World, host_of};
use fastrand::Rng;
use medidor::core::document::outcome::Outcome;
use medidor::core::document::path::SegmentName;
use medidor::core::document::path::SegmentName::{ClientHostIn, NetworkReturn, ServerApp, ServerHostOut};
use medidor::core::evidence::flow::FlowKey;
use medidor::core::evidence::journal::Record;
use medidor::core::evidence::journal_messages::{IcmpErrorRecord, Peer, Received, Sent, TxTimestamp, Unsent};
use medidor::core::evidence::journal_run::{CaptureInfo, EndReason, Role, Run as RunLine, SCHEMA};
use medidor::core::time::SECOND;
use serde_json::json;

impl World {
    /// Runs the simulation.
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
        let mut server = WitnessWriter::new(self, Role::Server, EPOCH + SECOND, stop + 100 * MS);
        let mut truths = Vec::new();
        let mut clients = Vec::new();
        let mut arrivals = Vec::new();
        for (index, run) in self.runs.iter().enumerate() {
            let begin = EPOCH + run.start;
            let mut client = WitnessWriter::new(self, Role::Client, begin - 60 * MS, ends[index] + 150 * MS);
            let mut of_run = Vec::new();
            for (n, (fault, sent)) in (1..).zip(run.faults.iter().zip(&sends[index])) {
                if *sent >= ends[index] {
                    break; // Ctrl-C came before
                }
                let copies = self.paths(*fault, *sent, &mut rng);
                self.record(run, index as u32, n, *fault, *sent, &copies, ends[index], &mut client, &mut server);
                arrivals.extend(copies.iter().filter_map(|copy| copy.points[3]).min().map(|time| (time, index)));
                of_run.push(truth(n, *fault, *sent, &copies, run.wait, ends[index]));
            }
            truths.push(of_run);
            let [local, peer, ..] = self.ends(run);
            client.write(begin, Record::Peer(Peer { p: 0, addr: peer }));
            let file = format!("client{}", index + 1);
            let line = RunLine {
                peer: Some(peer),
                timeout_ns: Some(run.wait),
                parameters: if run.fixed { json!({}) } else { json!({ "spacing_seed": 1 }) },
                ..self.run_line(Role::Client, &file, local, begin - 10 * MS, begin - 60 * MS)
            };
            let reason = if run.interrupted.is_some() { EndReason::Interrupted } else { EndReason::Done };
            clients.push(client.finish(&file, line, begin - 10 * MS, ends[index], reason));
        }
        for (index, run) in self.runs.iter().enumerate() {
            let arrivals_of_run = arrivals.iter().filter(|(_, of)| *of == index).map(|(time, _)| *time).min();
            if let Some(first) = arrivals_of_run {
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
            timeout_ns: None,
            boot_id: None,
            hop_limit: None,
            clocks: None,
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

    /// Adds the records and frames of a message to the journals and captures of both hosts.
    #[expect(clippy::too_many_arguments, reason = "all of a simulated message")]
    fn record(
        &self,
        run: &Run,
        p: u32,
        n: u64,
        fault: Fault,
        sent: i64,
        copies: &[CopyPath],
        end: i64,
        client: &mut WitnessWriter<'_>,
        server: &mut WitnessWriter<'_>,
    ) {
        let at = self.now(Role::Client, sent);
        if fault == Fault::NotSent {
            client.write(sent, Record::Unsent(Unsent { n, p: 0, at, why: "EPERM".into() }));
            return;
        }
        let [client_local, server_seen, client_seen, server_local] = self.ends(run);
        let h = text_digest(n, fault, 0).0;
        let dropped = (fault == Fault::NoBuffers).then(|| "ENOBUFS".into());
        client.write(
            sent,
            Record::Sent(Sent { n, p: 0, at, send_duration_ns: 3_000, lateness_ns: Some(1_000), h, dropped }),
        );
        for copy in copies {
            for (point, time) in copy.points.iter().enumerate() {
                let Some(time) = *time else { continue };
                let (at, h) = (self.now(host_of(point), time), text_digest(n, fault, point).0);
                let request = |from, to| FlowKey { source: from, destination: to };
                match point {
                    1 | 2 | 5 | 6 => {
                        let (at_client, at_server) = if point < 4 {
                            (request(client_local, server_seen), request(client_seen, server_local))
                        } else {
                            (request(server_seen, client_local), request(server_local, client_seen))
                        };
                        // On one host both captures see each frame, once.
                        let shown = !self.same_host || matches!(point, 1 | 5);
                        if shown && (self.same_host || host_of(point) == Role::Client) {
                            client.add_datagram(time, n, fault, point, at_client);
                        }
                        if shown && (self.same_host || host_of(point) == Role::Server) {
                            server.add_datagram(time, n, fault, point, at_server);
                        }
                        if point == 1 {
                            // The driver stamps just after the tap.
                            let k = self.wall(Role::Client, time).shifted(1_000);
                            client.write(time + 1, Record::TxTimestamp(TxTimestamp { n, p: 0, k }));
                        }
                    }
                    3 => {
                        // The kernel stamps once, for the socket and for the tap.
                        let wire = copy.points[if self.same_host { 1 } else { 2 }].unwrap_or(time - 2_000);
                        let k = Some(self.wall(Role::Server, wire));
                        server.write(time, Record::Received(Received { n, p, at, k, h }));
                        if copy.lost_at == Some(ServerApp) {
                            add_no_reply(server, n, p, fault, time, at);
                        }
                    }
                    4 => {
                        let reported =
                            matches!(fault, Fault::ReplyNoBuffers | Fault::Duplicated { reported: true, .. });
                        let dropped = (copy.lost_at == Some(ServerHostOut) && reported).then(|| "ENOBUFS".into());
                        let sent = Sent { n, p, at, send_duration_ns: 3_000, lateness_ns: None, h, dropped };
                        server.write(time, Record::Sent(sent));
                    }
                    7 if time <= end => {
                        let wire = copy.points[if self.same_host { 5 } else { 6 }].unwrap_or(time - 2_000);
                        let k = Some(self.wall(Role::Client, wire));
                        client.write(time, Record::Received(Received { n, p: 0, at, k, h }));
                    }
                    _ => {}
                }
            }
        }
        self.add_icmp_errors(run, n, fault, copies, end, client, server);
    }

    /// Adds the ICMP errors.
    #[expect(clippy::too_many_arguments, reason = "all of a simulated message")]
    fn add_icmp_errors(
        &self,
        run: &Run,
        n: u64,
        fault: Fault,
        copies: &[CopyPath],
        end: i64,
        client: &mut WitnessWriter<'_>,
        server: &mut WitnessWriter<'_>,
    ) {
        let [client_local, server_seen, client_seen, server_local] = self.ends(run);
        let there = FlowKey { source: client_seen, destination: server_local };
        let here = FlowKey { source: client_local, destination: server_seen };
        let (at, from, code, reported) = match fault {
            Fault::Unreachable { reported } => {
                let at = copies[0].points[2].expect("it arrives at the server's wire") + 20_000;
                server.add_icmp(at, n, server_local.ip(), there, 3);
                (at + self.back.0, server_seen.ip(), 3, reported)
            }
            Fault::Rejected { reported } => {
                let at = copies[0].points[1].expect("it leaves") + self.forward.0 / 2;
                (at, IpAddr::from([203, 0, 113, 254]), 13, reported)
            }
            _ => return,
        };
        if reported && at <= end {
            client.add_icmp(at, n, from, here, code);
            let refused = IcmpErrorRecord {
                n: Some(n),
                p: 0,
                at: self.now(Role::Client, at + 20_000),
                from: Some(from),
                kind: 3,
                code,
            };
            client.write(at + 20_000, Record::IcmpError(refused));
        }
    }
}

fn send_times(run: &Run, rng: &mut Rng) -> Vec<i64> {
    let mut due = EPOCH + run.start;
    let mut times = Vec::new();
    for index in 0..run.faults.len() {
        if index > 0 {
            let interval =
                if run.fixed { run.interval } else { rng.i64(run.interval * 7 / 10..=run.interval * 13 / 10) };
            due += if run.batch > 0 && index % run.batch == 0 { run.pause } else { interval };
        }
        // Timers are a little late, but messages keep their order.
        times.push(due + rng.i64(0..(run.interval / 2).clamp(1, 300_000)));
    }
    times
}

fn truth(n: u64, fault: Fault, sent: i64, copies: &[CopyPath], wait: i64, end: i64) -> Truth {
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
        _ if fault == Fault::NotSent => Outcome::NotSent,
        Some(time) if time - sent > wait => Outcome::Late,
        Some(_) => Outcome::Delivered,
        None => Outcome::Lost,
    };
    let after_the_end = |time: i64| end < time;
    let too_late = outcome == Outcome::Lost && (points[7].is_some() || points[6].is_some_and(after_the_end));
    let furthest = copies.iter().max_by_key(|copy| copy.last());
    let mut segments: Vec<SegmentName> = furthest.and_then(|copy| copy.lost_at).into_iter().collect();
    if too_late {
        let slow = if let Fault::Slow { at, .. } = fault { at } else { NetworkReturn };
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
