//! The reports for people and programs, from the verdicts on small hand-made evidence.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};

use medidor::core::evidence::capture::{CaptureLog, Damage, Datagram, DirectedFlow, Flaw, digest};
use medidor::core::evidence::journal::{
    CaptureCounters, CaptureEnd, CaptureInfo, End, Ending, Holding, JournalLog, Odd, OddKind, PING, Peer, Received,
    Record, Refused, Role, Run, Sent, Text, Unsent, Withheld,
};
use medidor::core::evidence::side::Side;
use medidor::core::time::{Mono, Now, SECOND, Wall};
use medidor::core::verdict::document::{Document, Flow, Message, Outcome};
use medidor::core::verdict::judge::{Options, judge, shorten};
use medidor::core::verdict::warning::{Warning, WarningCode};
use medidor::i18n::{Language, Texts};
use medidor::report::text::{Style, render};
use medidor::report::{csv, json, words};
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

const MILLI: i64 = 1_000_000;

/// The delay from sending to each of the eight points.
const TRAVEL: [i64; 8] = [0, 20_000, 10 * MILLI, 10_030_000, 10_080_000, 10_100_000, 22 * MILLI, 22_040_000];

/// Offset of the server's clock from the client's.
const AHEAD: i64 = 2 * SECOND;

/// How far a message got: the index of the last point that it reached.
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
        let time = 10 * SECOND + n as i64 * 100 * MILLI + TRAVEL[point] + slower;
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
            parameters: Value::Null,
            patience_ns: (role == Role::Client).then_some(SECOND),
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
            reason: if role == Role::Client { Ending::Done } else { Ending::Interrupted },
            socket_drops: Some(if role == Role::Server { self.socket_drops } else { 0 }),
            capture: capture.map(|log| CaptureEnd {
                close: at.wall,
                counters: CaptureCounters { written: log.packets, received: log.packets, ..CaptureCounters::default() },
                failure: None,
            }),
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
                events.push(Record::Sent(Sent { n, p: 0, at, took: 9_000, behind, h, dropped: None }));
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
                digest: Some(digest(n.to_string().as_bytes())),
                length: 12,
                ttl: 64,
                way: None,
                bad_checksum: false,
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
                DirectedFlow { source: client, destination: self.server },
                DirectedFlow { source: self.server, destination: client },
            ],
            datagrams,
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

fn side<'a>(role: Role, journal: Option<&'a JournalLog>, capture: Option<&'a CaptureLog>) -> Side<'a> {
    Side { role, journal, capture, admission: None }
}

fn verdict(client: Option<&Side<'_>>, server: Option<&Side<'_>>) -> Document {
    judge(client, server, &Options::default()).unwrap()
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
        Record::Refused(Refused { n: Some(n), p: 0, at: now(20 * SECOND, 0), from, kind: 3, code: 3 })
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
    let damage = Some(Damage { offset: Some(4_000), flaw: Flaw::Unreadable("truncated\x1b[31m".into()) });
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
    let withheld = Record::Withheld(Withheld { n: 12, p: 0, at, why: Holding::SimulatedDrop });
    server.records.insert(server.records.len() - 1, withheld);
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
        let odd = Odd { why: OddKind::Ambiguous, p: Some(0), at, length: 4 };
        journal.records.insert(journal.records.len() - 1, Record::Odd(odd));
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

/// The text with its lines joined, so that a sentence is found wherever it was wrapped.
fn flat(document: &Document, language: Language) -> String {
    let text = render(document, Texts::new(language), Style::default());
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn assert_says(document: &Document, language: Language, sentences: &[&str]) {
    let text = flat(document, language);
    for sentence in sentences {
        assert!(text.contains(sentence), "{sentence:?} is not said in:\n{text}");
    }
}

#[test]
fn a_ping_reports_replies_and_the_capture_explains_the_rest() {
    let document = ping(true, false);
    let english = [
        "30 sent, 28 received Loss: 6.7% (2 of 30 never answered; 95% interval:",
        "1 reply came after its 1 s: late, not lost.",
        "RTT minimum/mean/maximum/standard deviation: 0.022040/",
        "- 4: no reply on the wire",
        "- 20: the reply was on the wire at 2.022 s, the application had given up at 1 s",
        "- 21: the reply was on the wire at 0.022 s, and the application never read it",
    ];
    assert_says(&document, Language::English, &english);
    let portuguese = [
        "30 enviadas, 28 recebidas",
        "- 20: a resposta estava na placa de rede aos 2,022 s, o programa tinha desistido aos 1 s",
        "- 4: nenhuma resposta na placa de rede",
    ];
    assert_says(&document, Language::Portuguese, &portuguese);
    let flow = &document.flows[0];
    assert_eq!(flow.messages[0].reply.as_deref(), Some("PING 1\x1b[2J"));
    let error = flow.delay.application_error.unwrap();
    assert_eq!((error.samples, error.median_ns), (28, 60_000), "20 µs on the way out, 40 on the way in");
}

#[test]
fn an_unnumbered_reply_is_counted_but_not_matched() {
    let flow = ping(true, true).flows.remove(0);
    // 4 and 22 were sent before it, and it is unknown whether the reply to 21 was read.
    let open: Vec<u64> = flow.messages.iter().filter(|m| m.outcome == Outcome::Inconclusive).map(|m| m.n).collect();
    assert_eq!((open, flow.counts.ambiguous, flow.counts.lost), (vec![4, 21, 22], Some(1), 0));
    let never = flow.loss.never_came.unwrap();
    assert_eq!((never.lost, never.of, never.unknown), (2, 30, 0), "one of the three was answered");
    // It arrived within the timeout of 21 and 22, so only 4 certainly had no reply in time; the reply to 20 was late.
    let within = flow.loss.round_trip.unwrap().within_deadline;
    assert_eq!((within.lost, within.unknown), (2, 2));
}

#[test]
fn a_ping_without_a_capture_is_brief() {
    let text = flat(&ping(false, true), Language::English);
    assert!(!text.contains("--capture") && !text.contains("The path"), "{text}");
    assert!(text.contains("1 text without a number came back") && text.contains("cannot be told"), "{text}");
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
fn the_page_about_json_names_every_field_and_value() {
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
fn text_keeps_to_its_columns_and_shows_no_key() {
    let keys = keys_of(Language::English);
    for (name, document) in documents() {
        for language in Language::ALL {
            for width in [40, 60, 80] {
                let text = render(&document, Texts::new(language), Style { width, color: false });
                let wide: Vec<&str> = text.lines().filter(|line| line.width() > width).collect();
                assert!(wide.is_empty(), "{name} {language:?}: {wide:#?}");
                assert!(!text.contains("{$") && !text.contains("{ $"), "{name} {language:?}: {text}");
                assert!(!text.chars().any(|character| character.is_control() && character != '\n'), "{name}");
                let raw: Vec<&str> = text
                    .split(|character: char| !(character.is_ascii_alphanumeric() || character == '-'))
                    .filter(|word| keys.contains(*word))
                    .collect();
                assert!(raw.is_empty(), "{name} {language:?}: {raw:?}");
            }
        }
    }
}

#[test]
fn the_verdict_comes_first_in_one_sentence() {
    let document = client_alone();
    let first = |language| {
        let text = render(&document, Texts::new(language), Style { width: 120, color: false });
        text.lines().next().map(str::to_owned)
    };
    let pt = "Taxa de perda: 20,7 % (6 de 29 mensagens; intervalo de 95 %: 9,8 % a 38,4 %)";
    assert_eq!(first(Language::Portuguese).as_deref(), Some(pt));
    let en = "Loss rate: 20.7% (6 of 29 messages; 95% interval: 9.8% to 38.4%)";
    assert_eq!(first(Language::English).as_deref(), Some(en));
}

#[test]
fn the_client_alone_names_all_possible_segments() {
    let document = client_alone();
    assert_says(
        &document,
        Language::Portuguese,
        &[
            "29 mensagens enviadas, 23 respondidas dentro do prazo.",
            "no prazo de 1 s, 1 resposta chegou atrasada e 5 nunca chegaram.",
            "1 mensagem não foi enviada",
            "Saída do computador do cliente: 3 mensagens (12-14)",
            "Mensagem 4 em um destes trechos, sem que se possa dizer em qual: rede na ida, entrada do computador do \
             servidor Motivo: porta inalcançável, segundo 203.0.113.2: ninguém escuta nela, ou um \
             firewall recusa.",
            "Mensagem 9 em um destes trechos",
            "Na rede: 0; em computadores e programas: 3; numa coisa ou noutra: 2.",
            "Maior sequência de perdas: 3 mensagens seguidas, a partir da 12.",
            "(EPERM: em geral, um firewall na saída): mensagem 3",
            "1 resposta chegou depois do prazo: 20",
            "Envios depois da hora marcada: mediana 60 µs, máximo 60 µs",
            "—: ninguém observou este ponto, ou o que se viu ali não traz número.",
            "Captura do cliente: client.pcap (nada deixou de ser registrado)",
            "50 pacotes capturados, nenhum descartado.",
        ],
    );
    assert_says(
        &document,
        Language::English,
        &[
            "1 reply came late and 5 never came.",
            "The client's host (outbound): 3 messages (12-14)",
            "Message 4 in one of these, which one cannot be told: the network (forward), the server's host (inbound)",
        ],
    );
}

#[test]
fn both_sides_name_the_segment() {
    assert_says(
        &joint(),
        Language::Portuguese,
        &[
            "Cliente: 192.168.1.10:40001, visto pelo servidor como 203.0.113.1:40001",
            "Saída do computador do cliente: mensagem 2",
            "Rede na ida: 2 mensagens (4, 5)",
            "Entrada do computador do servidor: mensagem 9",
            "Programa do servidor: mensagem 12",
            "Motivo: perda simulada",
            "Saída do computador do servidor: mensagem 15",
            "Rede na volta: mensagem 18",
            "Entrada do computador do cliente: mensagem 21",
            "Na rede: 3; em computadores e programas: 5; numa coisa ou noutra: 0.",
            "Perda na rede, na ida: 6,9 % (2 de 29;",
            "Relógio do servidor menos o do cliente: entre 1,9",
        ],
    );
    let text = render(&joint(), Texts::new(Language::English), Style::default());
    for row in ["network alone", "forward", "return"] {
        let line = text.lines().find(|line| line.trim_start().starts_with(row)).unwrap();
        assert!(!line.contains('—'), "{line}");
    }
    let line = text.lines().find(|line| line.contains("on the server's wire") && line.contains('→')).unwrap();
    assert!(line.ends_with("27"), "{line}");
}

#[test]
fn the_server_alone_reports_answers_and_gaps() {
    let document = server_alone();
    assert_says(
        &document,
        Language::Portuguese,
        &[
            "Respondidas: 26 de 28 mensagens que chegaram ao servidor",
            "2 mensagens se perderam no computador ou no programa do servidor.",
            "Faltam 2 números na numeração: 4, 5.",
            "Cliente, como o servidor o vê: 203.0.113.1:40001",
            "Motivo: o buffer do socket do servidor estava cheio.",
            "1 mensagem descartada no socket.",
            "Terminou a pedido (Ctrl-C ou SIGTERM).",
        ],
    );
    assert!(!flat(&document, Language::Portuguese).contains("Taxa de perda:"));
    assert!(!flat(&document, Language::Portuguese).contains("Sem veredicto"), "the gaps are told in the verdict");
}

#[test]
fn one_host_blames_no_network() {
    let document = same_host();
    assert_says(
        &document,
        Language::English,
        &[
            "Client and server are on one computer: nothing here crossed a network.",
            "a single frame stands for both points",
            "The server's host (inbound): message 9",
            "The server application: message 12",
            "In the network: 0; in hosts or applications: 2; in the one or the other: 0.",
        ],
    );
}

#[test]
fn a_foreign_capture_is_not_overinterpreted() {
    assert_says(
        &foreign_capture(),
        Language::English,
        &[
            "Counted from the capture, for there is no client journal",
            "59 packets captured; dropped: unknown",
            "File damaged from byte 4000 on.",
            "is damaged (truncated?[31m); what comes before byte 4000 was used.",
            "holds 3 packets that are not of this measurement",
            "What to do: use smaller messages",
        ],
    );
}

#[test]
fn without_a_capture_the_report_mentions_it() {
    let document = client_journal_alone();
    assert_says(&document, Language::English, &["There was no capture", "1 reply never came; none came late."]);
    assert!(!flat(&document, Language::English).contains("packets captured"));
}

#[test]
fn a_truncated_journal_has_no_sent_count() {
    let mut document = client_journal_alone();
    document.flows[0].counts.sent = None;
    let text = flat(&document, Language::English);
    assert!(text.contains("messages known") && text.contains("1 reply was not seen."), "{text}");
    assert!(!text.contains("messages sent") && !text.contains("Counted from the capture"), "{text}");
}

#[test]
fn unexpected_datagrams_are_reported_only_where_there_are_some() {
    let mut document = client_journal_alone();
    assert!(!flat(&document, Language::English).contains("Neither lost nor delivered"));
    let counts = &mut document.flows[0].counts;
    (counts.duplicates, counts.reordered, counts.altered) = (2, 1, 1);
    (counts.malformed, counts.never_sent, counts.other_source) = (Some(1), Some(4), Some(5));
    document.flows[0].messages[5].duplicates = 2;
    document.flows[0].messages[6].altered = true;
    assert_says(
        &document,
        Language::English,
        &[
            "Duplicates: 2 surplus copies (messages 6)",
            "Text altered on the way: 1 message (7)",
            "Out of order on arrival: 1 message",
            "Without a number in its text: 1 message received",
            "Replies to numbers that were never sent: 4",
            "Replies from another source than the server: 5",
        ],
    );
}

#[test]
fn several_conversations_are_reported_in_turn() {
    let mut document = server_alone();
    let second = Flow { id: 2, epoch: 2, ..document.flows[0].clone() };
    document.flows.push(second);
    assert_says(
        &document,
        Language::Portuguese,
        &["Conversa 1 de 2 Respondidas: 26", "Conversa 2 de 2 Respondidas: 26", "esta é a 2ª execução deste cliente."],
    );
}

#[test]
fn warnings_are_filled_in_the_language_asked_for() {
    let mut document = same_host();
    document.warnings.push(Warning::new(WarningCode::OtherFlows, [("count", 1.into())]));
    words::fill_warnings(&mut document.warnings, Texts::new(Language::English));
    assert!(document.warnings.iter().all(|warning| !warning.text.is_empty() && !warning.advice.is_empty()));
    assert!(document.warnings.last().unwrap().text.contains("hold 1 more conversation,"));
    words::fill_warnings(&mut document.warnings, Texts::new(Language::Portuguese));
    assert!(document.warnings.last().unwrap().text.contains("mais 1 conversa,"));
}

/// The description of a warning's values on the page about JSON, with something in each of them.
fn documented_values(code: WarningCode, count: u64, known: bool) -> Vec<(&'static str, Value)> {
    let code = serde_json::to_value(code).unwrap();
    let row = format!("| `{}` |", code.as_str().unwrap());
    let page = include_str!("../../docs/json.md");
    let row = page.lines().find(|line| line.starts_with(&row)).unwrap();
    let cell = row.split('|').nth(2).unwrap();
    let parts: Vec<&'static str> = cell.split('`').collect();
    let value = |name: &'static str, remark: &str| match name {
        _ if !known && remark.contains("null") => Value::Null,
        _ if !known && remark.contains("empty") => "".into(),
        "count" => count.into(),
        "line" | "offset" | "found" | "wanted" => 7.into(),
        "flaw" => if known { "breaks_off" } else { "malformed" }.into(),
        "seconds" => 61.5.into(),
        "wire" => known.into(),
        "role" => if known { "client" } else { "server" }.into(),
        "way" => if known { "unchanged" } else { "returned" }.into(),
        "direction" => if known { "forward" } else { "return" }.into(),
        "address" | "file" | "flows" | "reason" | "server" | "sources" => "words".into(),
        _ => panic!("{name}"),
    };
    parts[1..].chunks_exact(2).map(|part| (part[0], value(part[0], part[1]))).collect()
}

#[test]
fn every_warning_has_a_text_for_its_values() {
    use WarningCode::{
        ApplicationOnly, CaptureAssumed, CaptureDamaged, CaptureDropped, CaptureFailed, ClockStep, ClocksApart,
        Contradiction, FilterBlind, FlowTie, ForeignPackets, Fragments, IllegiblePackets, InterfaceDropped,
        JournalBroken, JournalGap, NobodyListening, NothingPassed, OneNetwork, OtherFlows, OtherSource, RateLimited,
        RepliesAtServer, SameHost, SimulatedDrop, SnaplenBlind, SocketDrops, SuperPackets, UnnumberedReplies,
        UnreadPackets,
    };
    let codes = [
        CaptureDropped,
        InterfaceDropped,
        CaptureFailed,
        CaptureDamaged,
        CaptureAssumed,
        FilterBlind,
        SnaplenBlind,
        JournalBroken,
        JournalGap,
        Contradiction,
        ClockStep,
        ClocksApart,
        FlowTie,
        OtherFlows,
        SameHost,
        ApplicationOnly,
        NobodyListening,
        NothingPassed,
        OneNetwork,
        SocketDrops,
        UnnumberedReplies,
        OtherSource,
        RepliesAtServer,
        SimulatedDrop,
        RateLimited,
        Fragments,
        ForeignPackets,
        SuperPackets,
        IllegiblePackets,
        UnreadPackets,
    ];
    let known = schema()["$defs"]["warning"]["properties"]["code"]["enum"].as_array().unwrap().len();
    assert_eq!(codes.len(), known);
    for code in codes {
        for language in Language::ALL {
            for (count, known) in [(1, true), (5, false)] {
                let values = documented_values(code, count, known);
                let warning = Warning { values: values.into_iter().collect(), ..Warning::new(code, []) };
                let (text, advice) = words::warning(&warning, Texts::new(language));
                let printed = format!("{text} {advice}");
                assert!(
                    !printed.contains("{$") && !printed.contains("none") && !printed.contains("  "),
                    "{code:?}: {printed}"
                );
                assert!(!warning.values.contains_key("count") || text.contains(&count.to_string()), "{code:?}: {text}");
            }
        }
    }
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

fn only_client(world: &World) -> Document {
    let capture = world.capture(Role::Client);
    let journal = world.journal(Role::Client, Some(&capture));
    verdict(Some(&side(Role::Client, Some(&journal), Some(&capture))), None)
}

/// The text of a warning, if there is one.
fn warned(document: &Document, code: WarningCode) -> Option<Value> {
    let warning = document.warnings.iter().find(|warning| warning.code == code)?;
    Some(serde_json::to_value(&warning.values).unwrap())
}

#[test]
fn usual_causes_are_named_only_where_nothing_passes() {
    let all = |fate, count| World::new((1..=count).map(move |n| (n, fate)));
    let nothing_passed = |document: &Document| warned(document, WarningCode::NothingPassed);
    let unknown = serde_json::json!({"count": 30, "direction": null});
    assert_eq!(nothing_passed(&only_client(&all(ON_CLIENT_WIRE, 30))), Some(unknown), "how far they came nobody knows");
    let back = serde_json::json!({"count": 30, "direction": "return"});
    assert_eq!(nothing_passed(&both(&all(REPLY_ON_SERVER_WIRE, 30))), Some(back));
    assert_eq!(nothing_passed(&both(&all(ON_SERVER_WIRE, 30))), None, "the server's host is no router");
    assert_eq!(nothing_passed(&only_client(&all(SENT, 30))), None, "they did not even leave");
    assert_eq!(nothing_passed(&only_client(&all(ON_CLIENT_WIRE, 2))), None, "so few may be chance");
    let one_came = World::new((1..=30).map(|n| (n, if n == 7 { ALL_THE_WAY } else { ON_CLIENT_WIRE })));
    assert_eq!(nothing_passed(&only_client(&one_came)), None);
    assert_eq!(nothing_passed(&only_client(&all(ON_CLIENT_WIRE, 30).on_one_host())), None);
}

#[test]
fn rows_are_of_all_messages_while_lists_stay_short() {
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

#[test]
fn two_homes_in_one_network_are_found_by_address() {
    let world = |client: &str, seen: &str, server: &str| World {
        client: client.parse().unwrap(),
        client_seen: seen.parse().unwrap(),
        server: server.parse().unwrap(),
        ..World::but_for(&[])
    };
    let way = |client, seen, server| {
        warned(&both(&world(client, seen, server)), WarningCode::OneNetwork).map(|values| values["way"].clone())
    };
    assert_eq!(way("192.168.1.10:4000", "203.0.113.1:4000", "203.0.113.2:5005"), None, "two NATs");
    let unchanged = Some(Value::from("unchanged"));
    assert_eq!(way("192.168.1.10:4000", "192.168.1.10:4000", "192.168.1.20:5005"), unchanged);
    assert_eq!(way("[fd00::1]:4000", "[fd00::1]:4000", "[fd00::2]:5005"), unchanged);
    assert_eq!(way("[fd00:a::1]:4000", "[fd00:a::1]:4000", "[fd00:b::2]:5005"), None, "another prefix");
    assert_eq!(way("198.51.100.9:4000", "198.51.100.9:4000", "203.0.113.2:5005"), None, "public addresses need no NAT");
    assert_eq!(way("[2001:db8::1]:4000", "[2001:db8:1::1]:4000", "[2001:db8:2::2]:5005"), None);
    let returned = Some(Value::from("returned"));
    assert_eq!(way("192.168.1.10:4000", "203.0.113.2:4000", "203.0.113.2:5005"), returned, "one router");
    assert_eq!(way("10.0.0.1:4000", "192.168.7.1:4000", "203.0.113.2:5005"), None, "a NAT before another");
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
