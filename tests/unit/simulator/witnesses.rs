//! Writes the journal and the capture of a simulated host.

use std::net::IpAddr;
use std::num::NonZeroU32;

use super::damage::{recount, renumber};
use super::{FLUSH, Fault, Host, World};
use medidor::core::evidence::capture_log::{CaptureLog, Datagram, IcmpError, digest};
use medidor::core::evidence::flow::FlowKey;
use medidor::core::evidence::journal::{JournalLog, Record};
use medidor::core::evidence::journal_messages::{NotAnswered, Unsent};
use medidor::core::evidence::journal_run::{
    CaptureCounters, CaptureEnd, Counters, End, EndReason, Role, Run as RunLine,
};
use medidor::core::protocol::server::NoReplyReason;
use medidor::core::time::{Now, Wall};

/// Digest and length of the request's or the reply's text at a point.
pub fn text_digest(n: u64, fault: Fault, point: usize) -> (u32, u16) {
    let text = if point < 4 { format!("Mensagem {n}") } else { format!("ACK {n}") };
    let altered = match fault {
        Fault::AlteredOut => (2..4).contains(&point),
        Fault::AlteredBack => point >= 6,
        _ => false,
    };
    let length = text.len() as u16;
    let text = if altered { text.replace(['M', 'C'], "x") } else { text };
    (digest(text.as_bytes()), length)
}

/// A frame to be written to a capture.
struct CapturedFrame {
    time: i64,
    content: FrameContent,
}

enum FrameContent {
    Datagram(Datagram, FlowKey),
    Icmp(IcmpError),
}

pub struct WitnessWriter<'a> {
    world: &'a World,
    role: Role,
    live: i64,
    close: i64,
    frames: Vec<CapturedFrame>,
    records: Vec<(i64, Record)>,
}

impl<'a> WitnessWriter<'a> {
    pub fn new(world: &'a World, role: Role, live: i64, close: i64) -> Self {
        Self { world, role, live, close, frames: Vec::new(), records: Vec::new() }
    }

    pub fn write(&mut self, time: i64, record: Record) {
        self.records.push((time, record));
    }

    pub fn stamp(&self, time: i64) -> Wall {
        let grain = i64::from(self.world.resolution_ns);
        Wall(self.world.wall(self.role, time).0.div_euclid(grain) * grain)
    }

    pub fn add_datagram(&mut self, time: i64, n: u64, fault: Fault, point: usize, flow: FlowKey) {
        let (digest, length) = text_digest(n, fault, point);
        let far = !self.world.same_host && matches!(point, 2 | 6);
        let datagram = Datagram {
            time: self.stamp(time),
            frame: 0,
            flow: 0,
            number: Some(n),
            reads_as_reply: point >= 4,
            digest: NonZeroU32::new(digest),
            packet_id: None,
            length,
            ttl: if far { 61 } else { 64 },
            direction: None,
            bad_checksum: fault == Fault::BadChecksum && point == 2,
            incomplete: false,
        };
        self.frames.push(CapturedFrame { time, content: FrameContent::Datagram(datagram, flow) });
    }

    pub fn add_icmp(&mut self, time: i64, n: u64, from: IpAddr, quoted: FlowKey, code: u8) {
        let error = IcmpError { time: self.stamp(time), frame: 0, from, quoted, number: Some(n), kind: 3, code };
        self.frames.push(CapturedFrame { time, content: FrameContent::Icmp(error) });
    }

    pub fn finish(mut self, file: &str, run: RunLine, start: i64, end: i64, reason: EndReason) -> Host {
        let mut capture = CaptureLog {
            file: format!("{file}.pcap"),
            link_type: "EN10MB".into(),
            resolution_ns: self.world.resolution_ns,
            ..CaptureLog::default()
        };
        self.frames.retain(|frame| self.live <= frame.time && frame.time <= self.close);
        self.frames.sort_by_key(|frame| frame.time);
        for frame in self.frames {
            match frame.content {
                FrameContent::Datagram(datagram, flow) => {
                    let index = capture.flows.iter().position(|known| *known == flow).unwrap_or_else(|| {
                        capture.flows.push(flow);
                        capture.flows.len() - 1
                    });
                    capture.datagrams.push(Datagram { flow: index as u32, ..datagram });
                }
                FrameContent::Icmp(error) => capture.icmp_errors.push(error),
            }
        }
        renumber(&mut capture);
        let mut records = vec![Record::Run(Box::new(run))];
        let mut time = start;
        while time < end {
            time += FLUSH;
            let at = self.world.now(self.role, time.min(end));
            let counters =
                Counters { at, socket_drops: Some(0), capture: Some(CaptureCounters::default()), clocks: None };
            self.records.push((time.min(end), Record::Counters(Box::new(counters))));
        }
        self.records.sort_by_key(|(time, _)| *time);
        records.extend(self.records.into_iter().map(|(_, record)| record));
        let close = self.world.wall(self.role, self.close);
        let capture_end = CaptureEnd { close, counters: CaptureCounters::default(), failure: None };
        let at = self.world.now(self.role, end);
        records.push(Record::End(Box::new(End {
            at,
            reason,
            socket_drops: Some(0),
            capture: Some(capture_end),
            clocks: None,
        })));
        let journal = JournalLog { file: format!("{file}.journal.jsonl"), records, broken_at_line: None };
        let mut host = Host { journal, capture };
        recount(&mut host, &[]);
        host
    }
}

/// Adds the record of a server that does not answer.
pub fn add_no_reply(server: &mut WitnessWriter<'_>, n: u64, p: u32, fault: Fault, time: i64, at: Now) {
    match fault {
        Fault::ReplyRefused => {
            server.write(time + 1, Record::Unsent(Unsent { n, p, at, why: "EPERM".into() }));
        }
        Fault::SimulatedDrop | Fault::Duplicated { reported: true, .. } => {
            server.write(time + 1, Record::NotAnswered(NotAnswered { n, p, at, why: NoReplyReason::SimulatedDrop }));
        }
        _ => {}
    }
}
