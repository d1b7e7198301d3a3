//! Makes the journals and captures of a played world, as the programs there would have written them.

use std::net::{IpAddr, SocketAddr};

use medidor::capture::log_reader::{self, Retain};
use medidor::core::evidence::capture_log::{CaptureLog, digest};
use medidor::core::evidence::journal::{JournalLog, Record};
use medidor::core::evidence::journal_messages::{Member, MemberEvent, Peer, Received, Sent, Text};
use medidor::core::evidence::journal_run::{
    CHAT_UDP, CaptureCounters, CaptureEnd, CaptureInfo, Counters, End, EndReason, Role, Run, SCHEMA,
};
use medidor::core::time::SECOND;
use serde_json::json;

use super::play::{Datagram, Message, READ_DELAY};
use super::world::{Host, World};
use crate::worlds::pcap;
use crate::worlds::world::{EPOCH, Link, MS};

/// Interval between counter records.
const FLUSH: i64 = SECOND / 5;

/// A frame on a host's wire.
struct Frame {
    time: i64,
    from: SocketAddr,
    to: SocketAddr,
    is_sent: bool,
    text: Vec<u8>,
}

/// The frames on the wire of the server, or of this host of members.
fn frames(world: &World, messages: &[Message], host: Option<usize>) -> Vec<Frame> {
    let mut frames = Vec::new();
    let mut add = |datagram: &Datagram, member: usize, inward: bool| {
        let of = &world.members[member];
        let is_at_server = host.is_none();
        if host.is_some_and(|host| host != of.host) {
            return;
        }
        let (member, server) = if is_at_server { (of.far, world.own) } else { (of.near, world.public) };
        let (from, to) = if inward { (member, server) } else { (server, member) };
        let is_sent = inward != is_at_server;
        let times = if is_sent { vec![datagram.wire()] } else { datagram.came.clone() };
        let text = datagram.text.clone().into_bytes();
        frames.extend(times.into_iter().map(|time| Frame { time, from, to, is_sent, text: text.clone() }));
    };
    for message in messages {
        add(&message.inward, message.from, true);
        message.copies.iter().for_each(|(to, copy)| add(copy, *to, false));
    }
    let of = host.map_or(&world.server, |host| &world.hosts[host]);
    if of.is_noisy {
        let own = SocketAddr::new(
            host.map_or(world.own, |host| {
                world.members.iter().find(|member| member.host == host).expect("a member").near
            })
            .ip(),
            5_353,
        );
        let other = SocketAddr::new(
            if own.is_ipv4() { [9, 9, 9, 9].into() } else { IpAddr::from([0x2620, 0xfe, 0, 0, 0, 0, 0, 9]) },
            53,
        );
        for second in 0..(world.ends - EPOCH) / SECOND {
            let time = EPOCH + second * SECOND;
            let query = format!("\0\u{1}query{second}\0").into_bytes();
            frames.push(Frame { time, from: own, to: other, is_sent: true, text: query.clone() });
            frames.push(Frame { time: time + 9 * MS, from: other, to: own, is_sent: false, text: query });
        }
    }
    frames.retain(|frame| (of.capture.0..=of.capture.1).contains(&frame.time));
    frames.sort_by_key(|frame| frame.time);
    frames
}

fn capture(host: &Host, frames: &[Frame]) -> CaptureLog {
    let mut bytes = pcap::header(Link::Raw, 1);
    let mut id = 1_000_u16;
    for frame in frames {
        let time = host.clock.wall(frame.time);
        let length = 8 + frame.text.len() as u16;
        let hop_limit = if frame.is_sent { 64 } else { 57 };
        id = id.wrapping_add(7);
        let id = if frame.is_sent && host.has_packet_ids { id } else { 0 };
        let ip = match (frame.from.ip(), frame.to.ip()) {
            (IpAddr::V4(from), IpAddr::V4(to)) => {
                let mut ip =
                    [&[0x45, 0], &(20 + length).to_be_bytes()[..], &id.to_be_bytes(), &[0, 0, hop_limit, 17, 0, 0]]
                        .concat();
                ip.extend(from.octets().into_iter().chain(to.octets()));
                ip
            }
            (IpAddr::V6(from), IpAddr::V6(to)) => {
                let mut ip = [&[0x60, 0, 0, 0], &length.to_be_bytes()[..], &[17, hop_limit]].concat();
                ip.extend(from.octets().into_iter().chain(to.octets()));
                ip
            }
            _ => unreachable!("both ends have addresses of one family"),
        };
        let total = ip.len() as u32 + u32::from(length);
        for word in [time.0.div_euclid(SECOND) as u32, time.0.rem_euclid(SECOND) as u32, total, total] {
            bytes.extend(word.to_le_bytes());
        }
        bytes.extend(ip);
        for word in [frame.from.port(), frame.to.port(), length, 0] {
            bytes.extend(word.to_be_bytes());
        }
        bytes.extend(&frame.text);
    }
    let name = format!("{}.pcap", host.name);
    log_reader::read(&bytes[..], &name, bytes.len() as u64, Retain::Texts).expect("a capture")
}

/// The records of the application: of the server, or of the only member of this host.
fn records(world: &World, messages: &[Message], host: Option<usize>) -> Vec<(i64, Record)> {
    let of = host.map_or(&world.server, |host| &world.hosts[host]);
    let now = |time: i64| of.clock.now(time);
    let mut records: Vec<(i64, Record)> = Vec::new();
    let sent = |n: u64, p: u32, datagram: &Datagram| {
        let h = digest(datagram.text.as_bytes());
        let record =
            Sent { n, p, at: now(datagram.sent), send_duration_ns: 40_000, lateness_ns: None, h, dropped: None };
        (datagram.sent, Record::Sent(record))
    };
    let text =
        |n: u64, p: u32, time: i64, text: &str| (time, Record::Text(Text { n, p, at: now(time), text: text.into() }));
    let received = |n: u64, p: u32, time: i64, text: &str| {
        (
            time,
            Record::Received(Received {
                n,
                p,
                at: now(time),
                k: Some(of.clock.wall(time - READ_DELAY)),
                h: digest(text.as_bytes()),
            }),
        )
    };
    let mut n = 0;
    if host.is_some() {
        let member = world.members.iter().position(|member| Some(member.host) == host).expect("a member");
        records.push((EPOCH, Record::Peer(Peer { p: 1, addr: world.public })));
        for message in messages {
            if message.from == member {
                n += 1;
                records.push(text(n, 0, message.inward.sent, &message.inward.text));
                records.push(sent(n, 1, &message.inward));
            }
        }
        let copies = messages.iter().flat_map(|message| &message.copies).filter(|(to, _)| *to == member);
        let mut read: Vec<(i64, &str)> =
            copies.flat_map(|(_, copy)| copy.read.iter().map(|at| (*at, &copy.text[..]))).collect();
        read.sort_unstable();
        for (n, (time, copy)) in (1..).zip(read) {
            records.extend([received(n, 1, time, copy), text(n, 1, time, copy)]);
        }
        records.sort_by_key(|(time, _)| *time);
        return records;
    }
    let mut read: Vec<(i64, &Message)> =
        messages.iter().flat_map(|message| message.inward.read.iter().map(move |at| (*at, message))).collect();
    read.sort_by_key(|(time, _)| *time);
    for (p, member) in (1..).zip(&world.members) {
        let at = now(EPOCH);
        records.push((EPOCH, Record::Peer(Peer { p, addr: member.far })));
        records
            .push((EPOCH, Record::Member(Box::new(Member { p, at, did: MemberEvent::Joined, nick: None, why: None }))));
    }
    for (n, (time, message)) in (1..).zip(read) {
        let p = message.from as u32 + 1;
        records.extend([received(n, p, time, &message.inward.text), text(n, p, time, &message.inward.text)]);
        let own = message.copies.iter().filter(|(_, copy)| (0..MS).contains(&(copy.sent - time)));
        for (index, (to, copy)) in own.enumerate() {
            records.extend((index == 0).then(|| text(n, 0, copy.sent, &copy.text)));
            records.push(sent(n, *to as u32 + 1, copy));
        }
    }
    records.sort_by_key(|(time, _)| *time);
    records
}

fn journal(world: &World, messages: &[Message], host: Option<usize>, frames: &[Frame]) -> JournalLog {
    let of = host.map_or(&world.server, |host| &world.hosts[host]);
    let mut records = records(world, messages, host);
    let closed = of.capture.1;
    let counted = |time: i64| CaptureCounters {
        written: frames.partition_point(|frame| frame.time <= time) as u64,
        ..CaptureCounters::default()
    };
    let mut time = EPOCH + FLUSH;
    while time <= world.ends {
        let capture = (of.capture.0..=closed).contains(&time).then(|| counted(time));
        let sample = Counters { at: of.clock.now(time), socket_drops: None, capture, clocks: None };
        records.push((time, Record::Counters(Box::new(sample))));
        time += FLUSH;
    }
    records.sort_by_key(|(time, _)| *time);
    let member = host.and_then(|host| world.members.iter().find(|member| member.host == host));
    let local = member.map_or(world.own, |member| member.near);
    let run = Run {
        schema: SCHEMA.into(),
        version: "0".into(),
        dialect: CHAT_UDP.into(),
        role: if member.is_some() { Role::Client } else { Role::Server },
        at: of.clock.now(EPOCH),
        local,
        peer: member.map(|_| world.public),
        gateway: None,
        addresses: vec![local.ip()],
        parameters: json!({}),
        timeout_ns: None,
        boot_id: Some(format!("{:032x}", world.seed << 8 | host.map_or(0, |host| host as u64 + 1))),
        hop_limit: Some(64),
        clocks: None,
        capture: Some(CaptureInfo {
            file: format!("{}.pcap", of.name),
            device: "eth0".into(),
            link_type: Link::Raw.name().into(),
            link_number: Link::Raw.number() as i32,
            filter: String::new(),
            snaplen: 262_144,
            resolution_ns: 1,
            ring_bytes: 0,
            live: of.clock.wall(of.capture.0),
        }),
    };
    let mut all = vec![Record::Run(Box::new(run))];
    all.extend(records.into_iter().map(|(_, record)| record));
    let capture = Some(CaptureEnd { close: of.clock.wall(closed), counters: counted(closed), failure: None });
    let at = of.clock.now(world.ends);
    all.push(Record::End(Box::new(End { at, reason: EndReason::Done, socket_drops: None, capture, clocks: None })));
    JournalLog { file: format!("{}.journal.jsonl", of.name), records: all, broken_at_line: None }
}

/// The files of the server, or of this host of members.
pub fn given(world: &World, messages: &[Message], host: Option<usize>) -> (Option<JournalLog>, Option<CaptureLog>) {
    let of = host.map_or(&world.server, |host| &world.hosts[host]);
    let frames = frames(world, messages, host);
    let journal = of.gives_journal.then(|| journal(world, messages, host, &frames));
    (journal, of.gives_capture.then(|| capture(of, &frames)))
}
