//! Journals on disk, one JSON object per line. [`crate::core::evidence::journal`] defines the records,
//! `docs/journal.md` describes them.
//!
//! - [`writer`]: a thread behind a bounded queue, so that a slow disk never delays the exchange. A full queue leaves a `gap`
//!   record, a full disk leaves whole lines.
//! - [`recent_records`]: the last records in memory.
//! - [`reader`]: reads a journal up to the first malformed line; [`fast_parse`] parses the most frequent records.

mod fast_parse;
pub mod reader;
pub mod recent_records;
mod sink;
pub mod writer;

pub use self::reader::{ReadError, read};
pub use self::sink::JournalSink;
pub use self::writer::{JournalHandle, JournalWriter, WriterResult};

#[cfg(test)]
pub(crate) mod samples {
    //! One record of each kind, with every optional field there and away.

    use serde_json::json;

    use crate::core::evidence::journal::{Gap, Record};
    use crate::core::evidence::journal_messages::{
        IcmpErrorRecord, Member, MemberEvent, NotAnswered, Peer, Port, Received, Sent, Text, TxTimestamp, Unexpected,
        Unsent,
    };
    use crate::core::evidence::journal_run::{
        CaptureCounters, CaptureEnd, CaptureInfo, Counters, End, EndReason, Role, RouteChange, Run, SCHEMA,
    };
    use crate::core::evidence::transfer_records::{
        BlockBatch, BlockEvent, Blocks, ControlEvent, ControlEventRecord, FileInfo, ProgressRecord, ReceiverReport,
        ReceiverReportRecord, TransferCounters as TransportCounters,
    };
    use crate::core::protocol::chat::LeaveReason;
    use crate::core::protocol::server::{NoReplyReason, UnexpectedKind};
    use crate::core::protocol::transfer::control::ReceiverBlocks;
    use crate::core::protocol::transfer::{Mode, TransferError};
    use crate::core::time::{Mono, Now, Wall};

    /// A moment in the life of the sample run.
    pub fn at(ns: i64) -> Now {
        Now { wall: Wall(1_700_000_000_000_000_000 + ns), mono: Mono(ns) }
    }

    pub fn sent(n: u64) -> Record {
        Record::Sent(Sent {
            n,
            p: 0,
            at: at(n as i64 * 1000),
            send_duration_ns: 900,
            lateness_ns: Some(-5),
            h: 0xdead_beef,
            dropped: None,
        })
    }

    /// The first line of a client's journal.
    pub fn run() -> Record {
        Record::Run(Box::new(Run {
            schema: SCHEMA.to_owned(),
            version: "0.1.0".to_owned(),
            dialect: "exchange".to_owned(),
            role: Role::Client,
            at: at(0),
            local: "192.168.1.10:40001".parse().unwrap(),
            peer: Some("[2001:db8::1]:5005".parse().unwrap()),
            gateway: Some("192.168.1.1".parse().unwrap()),
            addresses: vec!["127.0.0.1".parse().unwrap(), "::1".parse().unwrap()],
            parameters: json!({"count": 30, "text": "Mensagem {n}", "ratio": 0.5, "bind": null}),
            timeout_ns: Some(10_000_000_000),
            boot_id: None,
            hop_limit: None,
            clocks: None,
            capture: Some(CaptureInfo {
                file: "client.pcap".to_owned(),
                device: "any".to_owned(),
                link_type: "LINUX_SLL2".to_owned(),
                link_number: 276,
                filter: "udp port 5005".to_owned(),
                snaplen: 65_535,
                resolution_ns: 1,
                ring_bytes: 2 << 20,
                live: at(1).wall,
            }),
        }))
    }

    fn file_info() -> FileInfo {
        FileInfo {
            at: at(1),
            mode: Mode::Udp,
            name: Some("a.bin".to_owned()),
            size_bytes: Some(4096),
            sha256: Some("00".repeat(32)),
            clients: Some(2),
            block_bytes: 1024,
            token: Some(u64::MAX),
        }
    }

    fn blocks(event: BlockEvent, h: Option<Box<str>>) -> Record {
        Record::Blocks(BlockBatch { p: 1, at: at(6), duration_ns: 1, event, r: Box::new([(0, 0), (2, 3)]), h })
    }

    fn account() -> ReceiverReport {
        let arrived = ReceiverBlocks {
            received: Some(3),
            duplicates: Some(0),
            missing: vec![(1, 1)],
            ranges: Some(1),
            socket_drops: Some(1),
        };
        ReceiverReport {
            number: 1,
            peer: Some("203.0.113.1:40001".parse().unwrap()),
            client_port: Some(40_002),
            server_port: Some(5_006),
            complete: Some(false),
            error: Some(TransferError::DiskFull),
            bytes_sent: Some(4096),
            bytes_received: Some(3072),
            took_ns: Some(1_000_000),
            blocks: Some(Blocks { sent: Some(4), unsent: Some(0), arrived }),
            recv_buffer_bytes: Some(212_992),
            transport: Some(TransportCounters { packets_lost: 1, ..TransportCounters::default() }),
            path: Some("a.bin.x.part".to_owned()),
        }
    }

    /// All kinds of records, a `run` first and an `end` last.
    pub fn all() -> Vec<Record> {
        let Record::Run(client) = run() else { unreachable!() };
        let server = Run { role: Role::Server, peer: None, gateway: None, timeout_ns: None, capture: None, ..*client };
        let counters = CaptureCounters { written: 60, received: 61, dropped: 1, interface_dropped: u64::MAX };
        let end = End { at: at(99), reason: EndReason::Done, socket_drops: Some(2), capture: None, clocks: None };
        let close = at(100).wall;
        let failure = Some("disk full: \"/tmp\"\n".to_owned());
        vec![
            run(),
            Record::Run(Box::new(server)),
            Record::Peer(Peer { p: 0, addr: "203.0.113.1:5005".parse().unwrap() }),
            Record::Peer(Peer { p: 1, addr: "[fe80::1]:5005".parse().unwrap() }),
            sent(1),
            Record::Sent(Sent {
                n: u64::MAX,
                p: u32::MAX,
                at: Now { wall: Wall(i64::MIN), mono: Mono(i64::MAX) },
                send_duration_ns: 0,
                lateness_ns: None,
                h: 0,
                dropped: Some("ENOBUFS".into()),
            }),
            Record::Port(Port { n: 2, p: 0, l: 40_001 }),
            Record::Unsent(Unsent { n: 2, p: 0, at: at(2), why: "EPERM".to_owned() }),
            Record::Received(Received { n: 1, p: 0, at: at(3), k: Some(at(2).wall), h: 7 }),
            Record::Received(Received { n: 1, p: 0, at: at(3), k: None, h: 7 }),
            Record::Text(Text { n: 1, p: 0, at: at(3), text: "PING 1 \"ção\"\n".to_owned() }),
            Record::Member(Box::new(Member { p: 0, at: at(3), did: MemberEvent::Joined, nick: None, why: None })),
            Record::Member(Box::new(Member {
                p: 0,
                at: at(3),
                did: MemberEvent::Named,
                nick: Some("Zé".into()),
                why: None,
            })),
            Record::Member(Box::new(Member {
                p: 0,
                at: at(4),
                did: MemberEvent::Left,
                nick: None,
                why: Some(LeaveReason::Quit),
            })),
            Record::Unexpected(Unexpected { why: UnexpectedKind::Malformed, p: Some(0), at: at(4), length: 1400 }),
            Record::Unexpected(Unexpected { why: UnexpectedKind::Ambiguous, p: Some(0), at: at(4), length: 4 }),
            Record::Unexpected(Unexpected { why: UnexpectedKind::ReplyAtServer, p: None, at: at(4), length: 0 }),
            Record::Unexpected(Unexpected { why: UnexpectedKind::TooManyPeers, p: None, at: at(4), length: 0 }),
            Record::NotAnswered(NotAnswered { n: 3, p: 0, at: at(5), why: NoReplyReason::SimulatedDrop }),
            Record::NotAnswered(NotAnswered { n: 3, p: 0, at: at(5), why: NoReplyReason::RateLimit }),
            Record::NotAnswered(NotAnswered { n: 3, p: 0, at: at(5), why: NoReplyReason::Closing }),
            Record::TxTimestamp(TxTimestamp { n: 1, p: 0, k: at(6).wall }),
            Record::IcmpError(IcmpErrorRecord {
                n: Some(4),
                p: 0,
                at: at(7),
                from: Some("192.168.2.20".parse().unwrap()),
                kind: 3,
                code: 3,
            }),
            Record::IcmpError(IcmpErrorRecord { n: None, p: 0, at: at(7), from: None, kind: 1, code: 4 }),
            Record::File(Box::new(file_info())),
            Record::File(Box::new(FileInfo {
                name: None,
                size_bytes: None,
                sha256: None,
                clients: None,
                token: None,
                ..file_info()
            })),
            Record::Control(ControlEventRecord { p: 1, at: at(7), event: ControlEvent::Ready }),
            Record::Control(ControlEventRecord { p: 1, at: at(7), event: ControlEvent::Start }),
            Record::Control(ControlEventRecord { p: 1, at: at(7), event: ControlEvent::Done }),
            blocks(BlockEvent::Sent, None),
            blocks(BlockEvent::Unsent, None),
            blocks(BlockEvent::Read, Some("0123456789abcdef".into())),
            Record::Progress(ProgressRecord { p: 1, at: at(7), bytes: 4096 }),
            Record::ReceiverReport(Box::new(ReceiverReportRecord { at: at(7), account: account() })),
            Record::ReceiverReport(Box::new(ReceiverReportRecord {
                at: at(7),
                account: ReceiverReport { number: 2, ..ReceiverReport::default() },
            })),
            Record::Route(RouteChange {
                at: at(8),
                source: "192.168.7.10".parse().unwrap(),
                interface: "wlan0".to_owned(),
            }),
            Record::Counters(Box::new(Counters {
                at: at(8),
                socket_drops: Some(0),
                capture: Some(counters),
                clocks: None,
            })),
            Record::Counters(Box::new(Counters { at: at(8), socket_drops: None, capture: None, clocks: None })),
            Record::Gap(Gap { from: at(9).wall, to: at(10).wall, lost: 12 }),
            Record::End(Box::new(End { reason: EndReason::Duration, socket_drops: None, ..end.clone() })),
            Record::End(Box::new(End { reason: EndReason::Interrupted, ..end.clone() })),
            Record::End(Box::new(End { capture: Some(CaptureEnd { close, counters, failure: None }), ..end.clone() })),
            Record::End(Box::new(End { capture: Some(CaptureEnd { close, counters, failure }), ..end })),
        ]
    }
}
