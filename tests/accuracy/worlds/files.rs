//! Makes the journals and captures of a played world, as the programs there would have written them.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV4};

use medidor::capture::log_reader::{self, Retain};
use medidor::core::evidence::capture_log::{CaptureLog, digest};
use medidor::core::evidence::journal::{JournalLog, Record};
use medidor::core::evidence::journal_messages::{NotAnswered, Peer, Received, Sent, TxTimestamp, Unsent};
use medidor::core::evidence::journal_run::{
    CaptureCounters, CaptureEnd, CaptureInfo, ClockReadings, Counters, End, EndReason, Role, RouteChange, Run, SCHEMA,
};
use medidor::core::protocol::server::NoReplyReason;
use medidor::core::time::{SECOND, Wall};
use serde_json::json;

use super::events::Played;
use super::pcap::{self, Packet};
use super::world::{self, Capture, CaptureFile, Change, Clock, Fault, Link, MS, Place, RunId, SERVER_PORT, World};

/// Interval between flushes: counter records, and what a killed program leaves behind.
const FLUSH: i64 = SECOND / 5;

/// The files of one end, read.
#[derive(Clone, Debug, Default)]
pub struct SideFiles {
    pub journal: Option<JournalLog>,
    pub capture: Option<CaptureLog>,
}

/// One captured packet, with its true time.
#[derive(Clone, Debug)]
pub struct Frame {
    pub time: i64,
    pub packet: Packet,
    pub is_request: bool,
}

/// The text of a message with its number.
pub fn text(form: &str, n: u64) -> String {
    form.replace("{n}", &n.to_string())
}

/// The files given for both ends.
pub fn make(world: &World, played: &Played) -> [SideFiles; 2] {
    let side = |side: &world::Side, name: &str| SideFiles {
        journal: side.journal.map(|run| journal(world, played, run, name)),
        capture: side.capture.as_ref().map(|file| capture(world, played, file, name)),
    };
    [side(&world.sides[0], "client"), side(&world.sides[1], "server")]
}

/// The end of what a killed program's files show.
fn last_flush(start: i64, stop: i64) -> i64 {
    start + (stop - start) / FLUSH * FLUSH
}

/// When a capture's file ends.
fn capture_end(world: &World, capture: &Capture) -> i64 {
    let (start, stop, end) = match capture.journal {
        None => return capture.to,
        Some(run) => span(world, run),
    };
    if end == world::End::Killed { last_flush(start, stop) } else { capture.to }
}

fn span(world: &World, run: RunId) -> (i64, i64, world::End) {
    match run {
        RunId::Client(run) => {
            let run = &world.clients[run];
            (run.start, run.stop, run.end)
        }
        RunId::Server(run) => {
            let run = &world.servers[run];
            (run.start, run.stop, run.end)
        }
    }
}

/// The packets that a capture shows, in the order in which they passed.
pub fn frames(world: &World, played: &Played, capture: &Capture) -> Vec<Frame> {
    let end = capture_end(world, capture);
    let mut frames = Vec::new();
    for (run, messages) in world.clients.iter().zip(played) {
        let [client, server] = [&world.hosts[run.host], &world.hosts[run.server]];
        for (message, trip) in messages.iter().flat_map(|message| message.trips.iter().map(move |trip| (message, trip)))
        {
            let at_server = || {
                let own = SocketAddrV4::new(server.ip, SERVER_PORT);
                [trip.seen_as.unwrap_or(own), own]
            };
            let outside = || [at_server()[0], server.public];
            let routers = run.path.routers;
            let left = message.sent;
            let moved =
                run.route_move.filter(|_| capture.place == Place::Host(run.host) && capture.link != Link::Cooked);
            // The time, the ends, the routers passed, and which of the packet IDs.
            let [out, back] = match capture.place {
                Place::Host(host) if host == run.host => {
                    let ends = world.ends_at_client(run, left);
                    [(trip.points[1], ends, 0, 0), (trip.points[6], ends, routers, 3)]
                }
                Place::Host(host) if host == run.server => {
                    [(trip.points[2], at_server(), routers, 1), (trip.points[5], at_server(), 0, 2)]
                }
                Place::Router { client, is_inside } if client == run.host => {
                    let ends = if is_inside { world.ends_at_client(run, left) } else { outside() };
                    let near = u8::from(!is_inside);
                    let ids = if is_inside { [0, 3] } else { [1, 2] };
                    [(trip.at_router[0], ends, near, ids[0]), (trip.at_router[1], ends, routers - near, ids[1])]
                }
                _ => continue,
            };
            for (is_request, (time, [own, other], passed, id)) in [(true, out), (false, back)] {
                let Some(time) = time
                    .filter(|time| capture.from <= *time && *time <= end && moved.is_none_or(|moved| *time < moved.at))
                else {
                    continue;
                };
                let reply = trip.reply(world, run);
                let (from, to, form) = if is_request { (own, other, run.request) } else { (other, own, reply) };
                let initial = if is_request { client.hop_limit } else { server.hop_limit };
                let is_sent = matches!(capture.place, Place::Host(host) if is_request == (host == run.host));
                let packet = Packet {
                    from,
                    to,
                    hop_limit: initial - passed,
                    id: trip.packet_ids[id],
                    is_sent,
                    is_relinked: false,
                    text: text(form, message.n),
                };
                frames.push(Frame { time, packet, is_request });
            }
        }
    }
    frames.sort_by_key(|frame| frame.time);
    frames
}

/// The stamp of a frame.
pub fn stamp(clock: &Clock, capture: &Capture, time: i64) -> Wall {
    Wall(clock.wall(time).0.div_euclid(capture.resolution_ns) * capture.resolution_ns)
}

fn capture(world: &World, played: &Played, file: &CaptureFile, name: &str) -> CaptureLog {
    let mut stamped: Vec<(Wall, Frame)> = Vec::new();
    for capture in file.captures.iter().map(|capture| &world.captures[*capture]) {
        let clock = world.capture_clock(capture);
        let frames = frames(world, played, capture).into_iter();
        stamped.extend(frames.map(|frame| (stamp(&clock, capture, frame.time), frame)));
    }
    if file.captures.len() > 1 {
        stamped.sort_by_key(|(stamp, _)| *stamp);
    }
    let mut is_broken_off = false;
    for change in &file.changes {
        is_broken_off |= *change == Change::BrokenOff;
        stamped = changed(stamped, *change);
    }
    let Capture { link, resolution_ns, .. } = world.captures[file.captures[0]];
    let mut bytes = pcap::header(link, resolution_ns);
    for (stamp, frame) in &stamped {
        pcap::write(&mut bytes, *stamp, link, resolution_ns, &frame.packet);
    }
    if is_broken_off && !stamped.is_empty() {
        bytes.truncate(bytes.len() - 5);
    }
    let name = format!("{name}.pcap");
    log_reader::read(&bytes[..], &name, bytes.len() as u64, Retain::Numbers).expect("a capture")
}

fn changed(mut frames: Vec<(Wall, Frame)>, change: Change) -> Vec<(Wall, Frame)> {
    match change {
        Change::Shifted(by) => frames.iter_mut().for_each(|(stamp, _)| *stamp = stamp.shifted(by)),
        Change::Cut { from, to } => {
            let at = |permille: usize| frames.len() * permille / 1_000;
            frames = frames[at(from)..at(to)].to_vec();
        }
        Change::BrokenOff => {}
        Change::Anonymised(with) => {
            for (_, frame) in &mut frames {
                for end in [&mut frame.packet.from, &mut frame.packet.to] {
                    end.set_ip(Ipv4Addr::from(u32::from(*end.ip()) ^ (u32::from(with) * 0x1_0301)));
                }
            }
        }
        Change::OneWay { requests } => frames.retain(|(_, frame)| frame.is_request == requests),
        Change::Mirrored { after, is_relinked } => {
            let again = frames.iter().map(|(stamp, frame)| {
                let packet = Packet { is_relinked, ..frame.packet.clone() };
                (stamp.shifted(after), Frame { packet, ..frame.clone() })
            });
            let again: Vec<_> = again.collect();
            frames.extend(again);
            frames.sort_by_key(|(stamp, _)| *stamp);
        }
    }
    frames
}

fn readings(clock: &Clock, time: i64) -> ClockReadings {
    let mono = clock.mono(time).0;
    ClockReadings {
        realtime_ns: clock.wall(time).0,
        monotonic_ns: mono,
        monotonic_raw_ns: clock.raw(time),
        boottime_ns: mono,
        adjtimex: None,
    }
}

/// The capture that a run's journal describes.
fn own_capture(world: &World, run: RunId) -> Option<&Capture> {
    world.captures.iter().find(|capture| capture.journal == Some(run))
}

pub fn journal(world: &World, played: &Played, run: RunId, name: &str) -> JournalLog {
    let (start, stop, end) = span(world, run);
    let clock = world.clock_of(run);
    let mut records: Vec<(i64, Record)> = match run {
        RunId::Client(run) => client_records(world, played, run),
        RunId::Server(run) => server_records(world, played, run),
    };
    let own = own_capture(world, run);
    // The journal's first line and its `end` line have the times of the start and the stop.
    let frame_times: Vec<i64> =
        own.map_or_else(Vec::new, |own| frames(world, played, own).iter().map(|frame| frame.time).collect());
    let counted = |time: i64| {
        let written = frame_times.partition_point(|frame| *frame <= time) as u64;
        CaptureCounters { written, received: written, dropped: 0, interface_dropped: 0 }
    };
    // Samples that show nothing new are left out, to make long worlds quick; a killed program's last one stays.
    let every = if end == world::End::Killed { FLUSH } else { ((stop - start) / 16).max(FLUSH) };
    let mut time = start + every;
    while time < stop {
        let at = clock.now(time);
        let counters = Counters {
            at,
            socket_drops: Some(0),
            capture: own.map(|_| counted(time)),
            clocks: Some(readings(clock, time)),
        };
        records.push((time, Record::Counters(Box::new(counters))));
        time += every;
    }
    records.sort_by_key(|(time, _)| *time);
    if end == world::End::Killed {
        let flushed = last_flush(start, stop);
        records.retain(|(time, _)| *time <= flushed);
    }
    let mut all = vec![Record::Run(Box::new(run_line(world, run, own)))];
    all.extend(records.into_iter().map(|(_, record)| record));
    if end != world::End::Killed {
        let capture = own.map(|own| CaptureEnd { close: clock.wall(own.to), counters: counted(own.to), failure: None });
        let reason = match (run, end) {
            (RunId::Client(_), world::End::InOrder) => EndReason::Done,
            _ => EndReason::Interrupted,
        };
        let at = clock.now(stop);
        all.push(Record::End(Box::new(End {
            at,
            reason,
            socket_drops: Some(0),
            capture,
            clocks: Some(readings(clock, stop)),
        })));
    }
    JournalLog { file: format!("{name}.journal.jsonl"), records: all, broken_at_line: None }
}

fn run_line(world: &World, run: RunId, own: Option<&Capture>) -> Run {
    let clock = world.clock_of(run);
    let (start, ..) = span(world, run);
    let (host, role, local, peer, timeout_ns) = match run {
        RunId::Client(run) => {
            let run = &world.clients[run];
            let [local, peer] = world.ends_at_client(run, run.start);
            (run.host, Role::Client, SocketAddr::V4(local), Some(SocketAddr::V4(peer)), Some(run.timeout))
        }
        RunId::Server(run) => {
            let any = SocketAddr::from(([0, 0, 0, 0], SERVER_PORT));
            (world.servers[run].host, Role::Server, any, None, None)
        }
    };
    let is_drawn = matches!(run, RunId::Client(run) if world.clients[run].is_drawn);
    let host = &world.hosts[host];
    let capture = own.map(|own| CaptureInfo {
        file: match role {
            Role::Client => "client.pcap".into(),
            Role::Server => "server.pcap".into(),
        },
        device: if own.link == Link::Cooked { "any".into() } else { "eth0".into() },
        link_type: own.link.name().into(),
        link_number: own.link.number() as i32,
        filter: "udp port 5005".into(),
        snaplen: 262_144,
        resolution_ns: own.resolution_ns as u32,
        ring_bytes: 0,
        live: clock.wall(own.from),
    });
    Run {
        schema: SCHEMA.into(),
        version: "0".into(),
        dialect: "exchange".into(),
        role,
        at: clock.now(start),
        local,
        peer,
        gateway: None,
        addresses: vec![IpAddr::V4(host.ip)],
        parameters: if is_drawn { json!({ "spacing_seed": 1 }) } else { json!({}) },
        timeout_ns,
        boot_id: Some(host.boot_id.clone()),
        hop_limit: Some(host.hop_limit),
        clocks: Some(readings(clock, start)),
        capture,
    }
}

fn client_records(world: &World, played: &Played, index: usize) -> Vec<(i64, Record)> {
    let run = &world.clients[index];
    let clock = &world.hosts[run.host].clock;
    let p = 1;
    let mut records =
        vec![(run.start + 1, Record::Peer(Peer { p, addr: SocketAddr::V4(world.ends_at_client(run, run.start)[1]) }))];
    if let Some(moved) = run.route_move.filter(|moved| moved.at < run.stop) {
        // The client looks every 100 ms.
        let noticed = moved.at + 50 * MS;
        let (source, interface) = (IpAddr::V4(moved.ip), "wlan0".to_owned());
        records.push((noticed, Record::Route(RouteChange { at: clock.now(noticed), source, interface })));
    }
    for message in &played[index] {
        let (n, at) = (message.n, clock.now(message.sent));
        if message.fault == Fault::NotSent {
            records.push((message.sent, Record::Unsent(Unsent { n, p, at, why: "EPERM".into() })));
            continue;
        }
        let h = digest(text(run.request, n).as_bytes());
        let sent = Sent { n, p, at, send_duration_ns: 3_000, lateness_ns: Some(1_000), h, dropped: None };
        records.push((message.sent, Record::Sent(sent)));
        for trip in &message.trips {
            if let Some(left) = trip.points[1].filter(|_| trip.points[0].is_some()) {
                // The driver stamps just after the tap.
                records.push((left + 1, Record::TxTimestamp(TxTimestamp { n, p, k: clock.wall(left + 1_000) })));
            }
            if let Some(read) = trip.points[7] {
                let reply = trip.reply(world, run);
                let k = trip.points[6].map(|came| clock.wall(came));
                let h = digest(text(reply, n).as_bytes());
                records.push((read, Record::Received(Received { n, p, at: clock.now(read), k, h })));
            }
        }
    }
    records
}

fn server_records(world: &World, played: &Played, index: usize) -> Vec<(i64, Record)> {
    let server = &world.servers[index];
    let clock = &world.hosts[server.host].clock;
    let mut reads: Vec<(i64, usize, &super::events::PlayedMessage, &super::events::Trip)> = Vec::new();
    for (run, messages) in played.iter().enumerate() {
        for (message, trip) in messages.iter().flat_map(|message| message.trips.iter().map(move |trip| (message, trip)))
        {
            if let Some(read) = trip.points[3].filter(|_| trip.read_by == Some(index)) {
                reads.push((read, run, message, trip));
            }
        }
    }
    reads.sort_by_key(|(read, ..)| *read);
    let mut peers: Vec<SocketAddrV4> = Vec::new();
    let mut records = Vec::new();
    for (read, run, message, trip) in reads {
        let Some(addr) = trip.seen_as else { continue };
        let known = peers.iter().position(|known| *known == addr);
        let p = known.unwrap_or(peers.len()) as u32 + 1;
        if known.is_none() {
            peers.push(addr);
            records.push((read, Record::Peer(Peer { p, addr: SocketAddr::V4(addr) })));
        }
        let n = message.n;
        let at = clock.now(read);
        let k = trip.points[2].map(|came| clock.wall(came));
        let h = digest(text(world.clients[run].request, n).as_bytes());
        records.push((read, Record::Received(Received { n, p, at, k, h })));
        if message.fault == Fault::SimulatedDrop {
            let at = clock.now(read + 1_000);
            records.push((read + 1, Record::NotAnswered(NotAnswered { n, p, at, why: NoReplyReason::SimulatedDrop })));
        }
        if let Some(answered) = trip.points[4] {
            let h = digest(text(server.reply, n).as_bytes());
            let sent =
                Sent { n, p, at: clock.now(answered), send_duration_ns: 3_000, lateness_ns: None, h, dropped: None };
            records.push((answered, Record::Sent(sent)));
        }
        if let Some(left) = trip.points[5] {
            records.push((left + 1, Record::TxTimestamp(TxTimestamp { n, p, k: clock.wall(left + 1_000) })));
        }
    }
    records
}
