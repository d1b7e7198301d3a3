//! The reports for people and programs, from the verdicts on small hand-made evidence.

mod text;
mod warnings;

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;

use medidor::core::document::exchange::Document;
use medidor::core::document::message::Message;
use medidor::core::evidence::capture_log::{CaptureLog, Damage, Datagram, FormatError, digest};
use medidor::core::evidence::exchange_host::ExchangeHostFiles;
use medidor::core::evidence::flow::FlowKey;
use medidor::core::evidence::journal::{JournalLog, Record};
use medidor::core::evidence::journal_messages::{
    IcmpErrorRecord, NotAnswered, Peer, Received, Sent, Text, Unexpected, Unsent,
};
use medidor::core::evidence::journal_run::{CaptureCounters, CaptureEnd, CaptureInfo, End, EndReason, PING, Role, Run};
use medidor::core::protocol::server::{NoReplyReason, UnexpectedKind};
use medidor::core::time::{Mono, Now, SECOND, Wall};
use medidor::core::verdict::exchange::{Options, analyze, shorten};
use medidor::i18n::{Language, Texts};
use medidor::report::{csv, json};
use serde_json::Value;

const MILLI: i64 = 1_000_000;

/// The delay from sending to each of the eight points.
const TRAVEL: [i64; 8] = [0, 20_000, 10 * MILLI, 10_030_000, 10_080_000, 10_100_000, 22 * MILLI, 22_040_000];

/// Offset of the server's clock from the client's.
const AHEAD: i64 = 2 * SECOND;

/// The index of the last point that a message reached.
const NOT_SENT: Option<usize> = None;
const SENT: Option<usize> = Some(0);
const ON_CLIENT_WIRE: Option<usize> = Some(1);
const ON_SERVER_WIRE: Option<usize> = Some(2);
const READ: Option<usize> = Some(3);
const REPLIED: Option<usize> = Some(4);
const REPLY_ON_SERVER_WIRE: Option<usize> = Some(5);
const ALL_THE_WAY: Option<usize> = Some(7);

/// A run with known events.
struct World {
    fates: Vec<(u64, Option<usize>)>,
    /// Messages whose reply took two seconds longer, beyond the timeout of one second.
    slow: Vec<u64>,
    client: SocketAddr,
    client_seen: SocketAddr,
    server: SocketAddr,
    ahead: i64,
    socket_drops: u64,
}

impl World {
    fn new(fates: impl IntoIterator<Item = (u64, Option<usize>)>) -> Self {
        Self {
            fates: fates.into_iter().collect(),
            slow: Vec::new(),
            client: "192.168.1.10:40001".parse().unwrap(),
            client_seen: "203.0.113.1:40001".parse().unwrap(),
            server: "203.0.113.2:5005".parse().unwrap(),
            ahead: AHEAD,
            socket_drops: 0,
        }
    }

    fn on_one_host(mut self) -> Self {
        self.client = "127.0.0.1:40001".parse().unwrap();
        self.client_seen = self.client;
        self.server = "127.0.0.1:5005".parse().unwrap();
        self.ahead = 0;
        self
    }

    /// Thirty messages that were all delivered, except these.
    fn but_for(fates: &[(u64, Option<usize>)]) -> Self {
        let fate = |n| fates.iter().find(|(other, _)| *other == n).map_or(ALL_THE_WAY, |(_, fate)| *fate);
        Self::new((1..=30).map(|n| (n, fate(n))))
    }

    /// The time of a message at a point, by the clock of the point's host, if it got so far.
    fn at(&self, n: u64, fate: Option<usize>, point: usize) -> Option<Now> {
        // Every third message is slower on the forward path.
        let slower = if point >= 2 && n.is_multiple_of(3) { 100_000 } else { 0 };
        // The intervals look drawn, so that both ends are known to be of one run.
        let drawn = (n * n * 7 % 31) as i64 * MILLI;
        let time = 10 * SECOND + n as i64 * 100 * MILLI + drawn + TRAVEL[point] + slower;
        let held = if self.slow.contains(&n) && point >= 6 { 2 * SECOND } else { 0 };
        let ahead = if (2..6).contains(&point) { self.ahead } else { 0 };
        let mono = Mono(time + held);
        (point <= fate?).then_some(Now { wall: Wall(time + held + ahead), mono })
    }

    fn run(&self, role: Role, capture: Option<&CaptureLog>) -> Record {
        let (local, peer) = match role {
            Role::Client => (self.client, Some(self.server)),
            Role::Server => ("0.0.0.0:5005".parse().unwrap(), None),
        };
        let ahead = if role == Role::Server { self.ahead } else { 0 };
        Record::Run(Box::new(Run {
            schema: "medidor-journal/1".into(),
            version: "0".into(),
            dialect: "exchange".into(),
            role,
            at: now(SECOND, ahead),
            local,
            peer,
            gateway: None,
            addresses: Vec::new(),
            parameters: serde_json::json!({ "spacing_seed": 1 }),
            timeout_ns: (role == Role::Client).then_some(SECOND),
            boot_id: None,
            hop_limit: None,
            clocks: None,
            capture: capture.map(|log| CaptureInfo {
                file: log.file.clone(),
                device: "eth0".into(),
                link_type: log.link_type.clone(),
                link_number: 1,
                filter: "udp port 5005".into(),
                snaplen: 65_535,
                resolution_ns: 1,
                ring_bytes: 0,
                live: Wall(SECOND + ahead),
            }),
        }))
    }

    fn end(&self, role: Role, capture: Option<&CaptureLog>) -> Record {
        let at = now(60 * SECOND, if role == Role::Server { self.ahead } else { 0 });
        Record::End(Box::new(End {
            at,
            reason: if role == Role::Client { EndReason::Done } else { EndReason::Interrupted },
            socket_drops: Some(if role == Role::Server { self.socket_drops } else { 0 }),
            capture: capture.map(|log| CaptureEnd {
                close: at.wall,
                counters: CaptureCounters { written: log.packets, received: log.packets, ..CaptureCounters::default() },
                failure: None,
            }),
            clocks: None,
        }))
    }

    fn journal(&self, role: Role, capture: Option<&CaptureLog>) -> JournalLog {
        let (sends, receives, peer) = match role {
            Role::Client => (0, 7, self.server),
            Role::Server => (4, 3, self.client_seen),
        };
        let mut events = Vec::new();
        for (n, fate) in &self.fates {
            let (n, h) = (*n, digest(n.to_string().as_bytes()));
            if let Some(at) = self.at(n, *fate, receives) {
                events.push(Record::Received(Received { n, p: 0, at, k: None, h }));
            }
            if let Some(at) = self.at(n, *fate, sends) {
                let behind = (role == Role::Client).then_some(60_000);
                events.push(Record::Sent(Sent {
                    n,
                    p: 0,
                    at,
                    send_duration_ns: 9_000,
                    lateness_ns: behind,
                    h,
                    dropped: None,
                }));
            } else if role == Role::Client && *fate == NOT_SENT {
                let at = self.at(n, SENT, 0).unwrap();
                events.push(Record::Unsent(Unsent { n, p: 0, at, why: "EPERM".into() }));
            }
        }
        events.sort_by_key(Record::wall);
        let mut records = vec![self.run(role, capture), Record::Peer(Peer { p: 0, addr: peer })];
        records.extend(events);
        records.push(self.end(role, capture));
        JournalLog { file: format!("{}.journal.jsonl", name(role)), records, broken_at_line: None }
    }

    fn capture(&self, role: Role) -> CaptureLog {
        let (requests, replies, client) = match role {
            Role::Client => (1, 6, self.client),
            Role::Server => (2, 5, self.client_seen),
        };
        let mut frames: Vec<(Wall, u64, u32)> = Vec::new();
        for (n, fate) in &self.fates {
            frames.extend(self.at(*n, *fate, requests).map(|at| (at.wall, *n, 0)));
            frames.extend(self.at(*n, *fate, replies).map(|at| (at.wall, *n, 1)));
        }
        // On one host each frame is both wire points and is seen once.
        frames.sort_unstable();
        let datagrams: Vec<Datagram> = frames
            .iter()
            .enumerate()
            .map(|(index, (time, n, flow))| Datagram {
                time: *time,
                frame: index as u32 + 1,
                flow: *flow,
                number: Some(*n),
                reads_as_reply: *flow == 1,
                digest: NonZeroU32::new(digest(n.to_string().as_bytes())),
                packet_id: None,
                length: 12,
                ttl: 64,
                direction: None,
                bad_checksum: false,
                incomplete: false,
            })
            .collect();
        CaptureLog {
            file: format!("{}.pcap", name(role)),
            link_type: "EN10MB".into(),
            resolution_ns: 1,
            packets: datagrams.len() as u64,
            first: datagrams.first().map(|datagram| datagram.time),
            last: datagrams.last().map(|datagram| datagram.time),
            flows: vec![
                FlowKey { source: client, destination: self.server },
                FlowKey { source: self.server, destination: client },
            ],
            datagrams: datagrams.into(),
            ..CaptureLog::default()
        }
    }
}

fn now(ns: i64, ahead: i64) -> Now {
    Now { wall: Wall(ns + ahead), mono: Mono(ns) }
}

fn name(role: Role) -> &'static str {
    match role {
        Role::Client => "client",
        Role::Server => "server",
    }
}

fn side<'a>(role: Role, journal: Option<&'a JournalLog>, capture: Option<&'a CaptureLog>) -> ExchangeHostFiles<'a> {
    ExchangeHostFiles { role, journal, capture, filter_check: None }
}

fn verdict(client: Option<&ExchangeHostFiles<'_>>, server: Option<&ExchangeHostFiles<'_>>) -> Document {
    analyze(client, server, &Options::default()).unwrap()
}

/// The client's journal and capture: losses, one of them with a reason, one late reply and one message not sent.
fn client_alone() -> Document {
    let mut world =
        World::but_for(&[(3, NOT_SENT), (4, ON_CLIENT_WIRE), (9, READ), (12, SENT), (13, SENT), (14, SENT)]);
    world.slow = vec![20];
    let capture = world.capture(Role::Client);
    let mut journal = world.journal(Role::Client, Some(&capture));
    let refused = |n| {
        let from = Some("203.0.113.2".parse::<IpAddr>().unwrap());
        Record::IcmpError(IcmpErrorRecord { n: Some(n), p: 0, at: now(20 * SECOND, 0), from, kind: 3, code: 3 })
    };
    journal.records.insert(journal.records.len() - 1, refused(4));
    verdict(Some(&side(Role::Client, Some(&journal), Some(&capture))), None)
}

fn client_journal_alone() -> Document {
    let journal = World::but_for(&[(7, SENT)]).journal(Role::Client, None);
    verdict(Some(&side(Role::Client, Some(&journal), None)), None)
}

/// A capture by another tool, truncated in its last record.
fn foreign_capture() -> Document {
    let world = World::but_for(&[(7, ON_CLIENT_WIRE)]);
    let damage = Some(Damage { offset: Some(4_000), flaw: FormatError::Unreadable("truncated\x1b[31m".into()) });
    let capture = CaptureLog { damage, other: 3, later_fragments: 1, ..world.capture(Role::Client) };
    verdict(Some(&side(Role::Client, None, Some(&capture))), None)
}

fn server_alone() -> Document {
    let mut world = World::but_for(&[(4, ON_CLIENT_WIRE), (5, ON_CLIENT_WIRE), (9, ON_SERVER_WIRE), (10, READ)]);
    world.socket_drops = 1;
    let capture = world.capture(Role::Server);
    let journal = world.journal(Role::Server, Some(&capture));
    verdict(None, Some(&side(Role::Server, Some(&journal), Some(&capture))))
}

/// Both sides, with a loss on every segment that can be identified without a journal.
fn joint() -> Document {
    let world = World::but_for(&[
        (2, SENT),
        (4, ON_CLIENT_WIRE),
        (5, ON_CLIENT_WIRE),
        (9, ON_SERVER_WIRE),
        (12, READ),
        (15, REPLIED),
        (18, REPLY_ON_SERVER_WIRE),
        (21, Some(6)),
    ]);
    let (at_client, at_server) = (world.capture(Role::Client), world.capture(Role::Server));
    let client = world.journal(Role::Client, Some(&at_client));
    let mut server = world.journal(Role::Server, Some(&at_server));
    let at = world.at(12, READ, 3).unwrap();
    let withheld = Record::NotAnswered(NotAnswered { n: 12, p: 0, at, why: NoReplyReason::SimulatedDrop });
    server.records.insert(server.records.len() - 1, withheld);
    verdict(
        Some(&side(Role::Client, Some(&client), Some(&at_client))),
        Some(&side(Role::Server, Some(&server), Some(&at_server))),
    )
}

/// The verdict of both hosts on a world in which both captured.
fn both(world: &World) -> Document {
    let (at_client, at_server) = (world.capture(Role::Client), world.capture(Role::Server));
    let client = world.journal(Role::Client, Some(&at_client));
    let server = world.journal(Role::Server, Some(&at_server));
    verdict(
        Some(&side(Role::Client, Some(&client), Some(&at_client))),
        Some(&side(Role::Server, Some(&server), Some(&at_server))),
    )
}

fn same_host() -> Document {
    let world = World::but_for(&[(9, ON_SERVER_WIRE), (12, READ)]).on_one_host();
    let capture = world.capture(Role::Client);
    let (client, server) = (world.journal(Role::Client, Some(&capture)), world.journal(Role::Server, None));
    verdict(Some(&side(Role::Client, Some(&client), Some(&capture))), Some(&side(Role::Server, Some(&server), None)))
}

/// A ping client: 4 was never answered, the reply to 20 was late, the one to 21 was on the wire and not read. With
/// `bare`, 22 was not answered either, and then an unnumbered reply arrived.
fn ping(captured: bool, bare: bool) -> Document {
    let mut world = World::but_for(&[(4, ON_CLIENT_WIRE), (21, Some(6)), (22, if bare { SENT } else { ALL_THE_WAY })]);
    world.slow = vec![20];
    let capture = captured.then(|| world.capture(Role::Client));
    let mut journal = world.journal(Role::Client, capture.as_ref());
    let Record::Run(run) = &mut journal.records[0] else { panic!("a run line") };
    run.dialect = PING.into();
    let at = world.at(1, ALL_THE_WAY, 7).unwrap();
    journal.records.insert(2, Record::Text(Text { n: 1, p: 0, at, text: "PING 1\x1b[2J".into() }));
    if bare {
        let at = world.at(23, SENT, 0).unwrap();
        let odd = Unexpected { why: UnexpectedKind::Ambiguous, p: Some(0), at, length: 4 };
        journal.records.insert(journal.records.len() - 1, Record::Unexpected(odd));
    }
    verdict(Some(&side(Role::Client, Some(&journal), capture.as_ref())), None)
}

fn documents() -> Vec<(&'static str, Document)> {
    vec![
        ("ping", ping(true, false)),
        ("ping with a bare reply", ping(true, true)),
        ("ping without a capture", ping(false, true)),
        ("client alone", client_alone()),
        ("client journal alone", client_journal_alone()),
        ("foreign capture", foreign_capture()),
        ("server alone", server_alone()),
        ("joint", joint()),
        ("same host", same_host()),
    ]
}

fn schema() -> Value {
    serde_json::from_str(include_str!("../../docs/result.schema.json")).unwrap()
}

#[test]
fn json_conforms_to_its_schema() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    for (name, mut document) in documents() {
        let text = json::render(&mut document, Texts::default());
        assert!(text.ends_with("}\n"));
        let value: Value = serde_json::from_str(&text).unwrap();
        let faults: Vec<String> =
            validator.iter_errors(&value).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
        assert!(faults.is_empty(), "{name}: {faults:#?}");
    }
}

#[test]
fn the_result_schema_is_closed() {
    fn closed(schema: &Value) {
        match schema {
            Value::Object(fields) => {
                if fields.contains_key("properties") {
                    assert_eq!(fields.get("additionalProperties"), Some(&Value::Bool(false)), "{schema}");
                }
                fields.values().for_each(closed);
            }
            Value::Array(items) => items.iter().for_each(closed),
            _ => {}
        }
    }
    closed(&schema());
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let mut value: Value = serde_json::from_str(&json::render(&mut joint(), Texts::default())).unwrap();
    assert!(validator.is_valid(&value));
    value["flows"][0]["counts"]["surprise"] = 1.into();
    assert!(!validator.is_valid(&value));
}

#[test]
fn the_json_documentation_lists_every_field_and_value() {
    fn names(schema: &Value, found: &mut BTreeSet<String>) {
        let Value::Object(fields) = schema else {
            for item in schema.as_array().into_iter().flatten() {
                names(item, found);
            }
            return;
        };
        if let Some(Value::Object(properties)) = fields.get("properties") {
            found.extend(properties.keys().cloned());
        }
        let values = fields.get("enum").and_then(Value::as_array).into_iter().flatten().chain(fields.get("const"));
        found.extend(values.filter_map(Value::as_str).map(str::to_owned));
        for value in fields.values() {
            names(value, found);
        }
    }
    let page = include_str!("../../docs/json.md");
    let mut found = BTreeSet::new();
    names(&schema(), &mut found);
    let missing: Vec<&String> = found.iter().filter(|name| !page.contains(&format!("`{name}`"))).collect();
    assert!(found.len() > 100 && missing.is_empty(), "{missing:?}");
}

#[test]
fn csv_rows_have_all_messages_while_lists_stay_short() {
    let mut document = both(&World::but_for(&[(17, ON_CLIENT_WIRE)]));
    let messages = &mut document.flows[0].messages;
    let (plain, lost) = (messages[0].clone(), messages[16].clone());
    messages.clear();
    messages.extend((1..=10_001).map(|n| Message { n, ..if n == 17 { &lost } else { &plain }.clone() }));
    assert_eq!(csv::render(&document).lines().count(), 1 + 10_001);
    shorten(&mut document);
    assert_eq!(document.flows[0].messages, [lost], "as if nobody had asked for all");
    let mut few = both(&World::but_for(&[]));
    shorten(&mut few);
    assert_eq!(few.flows[0].messages.len(), 30, "few are all listed");
}

/// The keys of a language's texts about results.
fn keys_of(language: Language) -> BTreeSet<String> {
    let files = match language {
        Language::Portuguese => [
            include_str!("../../locales/pt-BR/report.ftl"),
            include_str!("../../locales/pt-BR/page.ftl"),
            include_str!("../../locales/pt-BR/check.ftl"),
        ],
        Language::English => [
            include_str!("../../locales/en/report.ftl"),
            include_str!("../../locales/en/page.ftl"),
            include_str!("../../locales/en/check.ftl"),
        ],
        Language::Spanish => [
            include_str!("../../locales/es/report.ftl"),
            include_str!("../../locales/es/page.ftl"),
            include_str!("../../locales/es/check.ftl"),
        ],
    };
    let key = |line: &str| {
        let start = line.chars().next()?.is_ascii_lowercase();
        start.then(|| line.split_once('='))?.map(|(key, _)| key.trim().to_owned())
    };
    // Keys of the check's reasons are composed; another test compares them with the code.
    let is_whole = |key: &String| !key.starts_with("check-reason-") && !key.starts_with("error-");
    files.into_iter().flat_map(str::lines).filter_map(key).filter(is_whole).collect()
}

/// All Rust source below a folder, without unit tests.
fn source_below(folder: &std::path::Path) -> String {
    let mut source = String::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            source.push_str(&source_below(&path));
        } else {
            let text = std::fs::read_to_string(&path).unwrap();
            source.push_str(text.split("#[cfg(test)]").next().unwrap());
        }
    }
    source
}

#[test]
fn keys_languages_and_code_agree() {
    let [pt, en, es] = Language::ALL.map(keys_of);
    for other in [&pt, &es] {
        assert_eq!(other.symmetric_difference(&en).collect::<Vec<_>>(), Vec::<&String>::new());
    }
    let source = source_below(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/report"));
    let is_key = |word: &&str| {
        word.contains('-')
            && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    let used: BTreeSet<String> = source.split('"').filter(is_key).map(str::to_owned).collect();
    assert!(used.len() > 100);
    assert_eq!(used.symmetric_difference(&en).collect::<Vec<_>>(), Vec::<&String>::new());
}
