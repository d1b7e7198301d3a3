//! The HTML and CSV reports of a chat: in a browser they agree with the document, Wireshark accepts their filters, and
//! no foreign text becomes markup or a formula.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::browser::Browser;
use crate::common::chat::{ChatClient, Server};
use crate::common::faults;
use crate::common::faults::Match;
use crate::common::lab::{Lab, Side, Transport};
use crate::common::medidor::medidor;
use crate::common::process::{Running, STEP_TIMEOUT, Stream};
use crate::common::skip;
use medidor::core::document::chat::{
    self as document, ChatDocument, ChatMessage, Close, Connection, Copies, Copy, DatagramResult, DirectionTotals,
    Member, MessageKind, Totals,
};
use medidor::core::document::counts::SegmentCounts;
use medidor::core::document::envelope::{Envelope, Kind, Perspective};
use medidor::core::document::frame_ref::FrameRef;
use medidor::core::document::outcome::Outcome;
use medidor::core::document::path::SegmentName;
use medidor::core::document::warning::{Warning, WarningCode};
use medidor::core::document::witness::{Witness, WitnessKind};
use medidor::core::escape;
use medidor::core::evidence::journal_run::Role;
use medidor::core::verdict::chat::shorten;
use medidor::i18n::{Language, Texts};
use medidor::report::text::Style;
use medidor::report::{chat, html, json as json_report};
use serde_json::{Value, json};
use tempfile::TempDir;

const PORT: u16 = 12_345;

/// The path of a screenshot, kept for inspection.
fn screenshot_path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("page").join(name)
}

/// A count as the page formats it.
fn shown(count: &Value) -> Value {
    json!(count.as_u64().map_or_else(|| "—".to_owned(), |count| count.to_string()))
}

/// Checks that the open page agrees with the document.
fn assert_agrees(browser: &mut Browser, json_document: &Value) {
    let list = |name: &str| json_document[name].as_array().unwrap().iter();
    let connections = "[...document.querySelectorAll('table.connections tbody tr')].map(row => \
                       [row.dataset.connection, row.dataset.close, ...[...row.cells].slice(1).map(cell => cell.textContent)])";
    let expected: Vec<Value> = list("connections")
        .map(|connection| {
            let of = |end: &str, figure: &str| shown(&connection[end][figure]);
            json!([
                shown(&connection["id"]),
                connection["close"]["close_kind"],
                shown(&connection["messages"]),
                of("from_client", "bytes"),
                of("from_server", "bytes"),
                of("from_client", "retransmissions"),
                of("from_server", "retransmissions"),
            ])
        })
        .collect();
    assert_eq!(browser.eval(connections), Value::Array(expected));
    let members = "[...document.querySelectorAll('table.members tbody tr')].map(row => \
                   [row.dataset.member, ...[...row.cells].slice(1, 6).map(cell => cell.textContent)])";
    let over_udp = json_document["transport"] == "udp";
    let expected: Vec<Value> = list("members")
        .filter(|_| over_udp)
        .map(|member| {
            let (inward, outward) = (&member["inward"], &member["outward"]);
            json!([
                shown(&member["id"]),
                shown(&inward["datagrams"]),
                shown(&inward["delivered"]),
                shown(&outward["datagrams"]),
                shown(&outward["delivered"]),
                shown(&outward["lost"]),
            ])
        })
        .collect();
    assert_eq!(browser.eval(members), Value::Array(expected));
    let messages = "[...document.querySelectorAll('table.talk tbody tr')].map(row => [row.cells[0].textContent, \
                    row.dataset.kind, row.querySelector('td.text').textContent, \
                    row.querySelector('[data-outcome]')?.dataset.outcome ?? null, \
                    [...row.querySelectorAll('td.count')].map(cell => cell.textContent)])";
    let expected: Vec<Value> = list("messages")
        .map(|message| {
            let counts = if over_udp { &["to", "delivered", "lost"][..] } else { &["to", "delivered"] };
            let counts: Vec<Value> = counts.iter().map(|name| shown(&message["copies"][name])).collect();
            let outcome = match &message["inward"]["outcome"] {
                outcome if outcome == "unobserved" => json!("left"),
                outcome => outcome.clone(),
            };
            let text = message["text"].as_str().map(escape::lines);
            json!([shown(&message["n"]), message["kind"], text, outcome, counts])
        })
        .collect();
    assert_eq!(browser.eval(messages), Value::Array(expected));
    assert_eq!(browser.errors(), Vec::<Value>::new());
    assert_eq!(browser.requests().len(), 1, "nothing else is asked for");
    let scripts = "[typeof globalThis.hacked, document.scripts.length, document.images.length]";
    assert_eq!(browser.eval(scripts), json!(["undefined", 1, 0]));
}

/// Checks the CSV rows against the document.
fn rows(csv: &str, json_document: &Value) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let rows: Vec<BTreeMap<String, String>> = reader.deserialize().map(Result::unwrap).collect();
    let said = rows.iter().filter(|row| row["row"] == "message");
    let messages = json_document["messages"].as_array().unwrap();
    assert_eq!(said.clone().count(), messages.len());
    let cell = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(words) => words.clone(),
        other => other.to_string(),
    };
    let outcome = |value: &Value| if value == "unobserved" { "left".to_owned() } else { cell(value) };
    for (row, message) in said.zip(messages) {
        for name in ["n", "kind", "from", "time_ns", "withheld"] {
            assert_eq!(row[name], cell(&message[name]), "{name}: {message:#}");
        }
        assert_eq!(row["text"], escape::csv_cell(&cell(&message["text"])));
        assert_eq!(row["outcome"], outcome(&message["inward"]["outcome"]));
        assert_eq!(row["copies"], cell(&message["copies"]["to"]));
        for name in ["delivered", "lost", "not_sent", "inconclusive"] {
            assert_eq!(row[name], cell(&message["copies"][name]), "{name}: {message:#}");
        }
        assert_eq!(row["left"], cell(&message["copies"]["unobserved"]), "{message:#}");
        for (place, time) in message["inward"]["times"].as_object().into_iter().flatten() {
            assert_eq!(row[&format!("{place}_ns")], cell(time));
        }
    }
    let failed: Vec<&Value> =
        messages.iter().flat_map(|message| message["copies"]["failed"].as_array().into_iter().flatten()).collect();
    let copies: Vec<&BTreeMap<String, String>> = rows.iter().filter(|row| row["row"] == "copy").collect();
    assert_eq!(copies.len(), failed.len());
    for (row, copy) in copies.iter().zip(failed) {
        let blame: Vec<String> = copy["blame"].as_array().unwrap().iter().map(cell).collect();
        let expected = (cell(&copy["to"]), outcome(&copy["outcome"]), blame.join(" "));
        assert_eq!((row["to"].clone(), row["outcome"].clone(), row["blame"].clone()), expected);
    }
    rows
}

/// Checks that each connection's filter matches all its segments and nothing else.
fn assert_filters_match(browser: &mut Browser, folder: &Path, json_document: &Value) {
    for connection in json_document["connections"].as_array().unwrap() {
        let find = format!("document.querySelector('#connections-0-{} button').dataset.copy", connection["id"]);
        let filter = browser.eval(&find);
        let mut tshark = Command::new("tshark");
        tshark.current_dir(folder).args(["-r", "server.pcap", "-Y", filter.as_str().unwrap()]);
        let Ok(output) = tshark.output() else { return skip("tshark", "it is not installed") };
        assert!(output.status.success(), "{filter}: {}", String::from_utf8_lossy(&output.stderr));
        let frames = String::from_utf8_lossy(&output.stdout).lines().count() as u64;
        let segments = |end: &str| connection[end]["segments"].as_u64().unwrap();
        assert_eq!(frames, segments("from_client") + segments("from_server"), "{filter}");
    }
}

#[test]
fn a_tcp_chat_writes_the_same_page_live_and_from_its_files() {
    if !nix::unistd::geteuid().is_root() {
        return skip("a chat's page over TCP", "capturing takes a right");
    }
    let folder = TempDir::new().unwrap();
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let options = ["--capture", "server.pcap", "--json", "--html", "run.html", "--csv", "run.csv"];
    let server = Server::start(folder.path(), "--tcp", &options);
    let member = |nick: &str| {
        let typist = ChatClient::own(folder.path(), "--tcp", server.address, &["--nick", nick]);
        typist.running.wait_for_line(|line| line.ends_with(&format!("is now {nick}")), STEP_TIMEOUT);
        typist
    };
    let (mut ana, mut ze) = (member("Ana"), member("Zé"));
    for text in ["Olá!", "<script>globalThis.hacked=1</script>", "=1+1"] {
        ana.types(text);
        ze.sees(&format!("Ana disse: {text}"));
    }
    ze.types("/sair");
    ze.running.wait(STEP_TIMEOUT).expect_code(0);
    server.running.wait_for_line(|line| line.starts_with("Zé left"), STEP_TIMEOUT);
    let finished = {
        server.running.signal(nix::sys::signal::Signal::SIGINT);
        ana.running.wait(STEP_TIMEOUT);
        server.running.wait(STEP_TIMEOUT)
    };
    finished.expect_code(0);
    let json_document: Value = serde_json::from_str(&finished.text(Stream::Out)).unwrap();
    assert_eq!(json_document["connections"].as_array().unwrap().len(), 2);
    let said = rows(&read("run.csv"), &json_document);
    let texts: Vec<&str> = said.iter().filter(|row| row["kind"] == "message").map(|row| row["text"].as_str()).collect();
    assert_eq!(texts, ["Olá!", "<script>globalThis.hacked=1</script>", "'=1+1"]);
    assert!(said.iter().all(|row| row["kind"] != "message" || row["from_nick"] == "Ana"), "{said:#?}");
    let analyze = |options: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_medidor"));
        command.current_dir(folder.path()).args(["--lang", "en", "analyze", "server.pcap"]).args(options);
        Running::start(command).wait(STEP_TIMEOUT)
    };
    analyze(&["--html", "files.html", "--csv", "files.csv"]).expect_code(0);
    assert_eq!(read("files.csv"), read("run.csv"), "there is one way to the result");
    assert_eq!(read("files.html"), read("run.html"));
    analyze(&["--html", "server.pcap"]).expect_code(2);
    analyze(&["--csv", "server.journal.jsonl"]).expect_code(2);
    let Some(mut browser) = Browser::start("a chat's page over TCP") else { return };
    browser.set_view(1280, 900, false);
    browser.open(&folder.path().join("run.html"));
    assert_agrees(&mut browser, &json_document);
    assert_filters_match(&mut browser, folder.path(), &json_document);
    // The sentences are those of the text report.
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let report = flat(&analyze(&[]).text(Stream::Out));
    let sentences = browser.eval("[...document.querySelectorAll('ul p.under')].map(line => line.textContent)");
    let sentences = sentences.as_array().unwrap();
    assert!(sentences.len() >= 8, "four of each connection: {sentences:?}");
    for sentence in sentences {
        let sentence = flat(sentence.as_str().unwrap());
        assert!(report.contains(&sentence), "{sentence}\n{report}");
    }
    browser.screenshot(&screenshot_path("chat-tcp.png"), None, 1.0);
    // The search shows the matching rows.
    let search = "(() => { const field = document.querySelector('input[type=search]'); field.value = 'olá'; \
                  field.dispatchEvent(new Event('input')); \
                  return document.querySelectorAll('table.talk tbody tr:not([hidden])').length; })()";
    assert_eq!(browser.eval(search), 1);
    assert_eq!(browser.errors(), Vec::<Value>::new());
}

#[test]
fn over_udp_the_page_shows_where_copies_were_lost() {
    let Some(lab) = Lab::build("over_udp_the_page_shows_where_copies_were_lost") else { return };
    lab.forward(Side::B, Transport::Udp, PORT);
    let folder = TempDir::new().unwrap();
    let start = |host, arguments: &[&str]| medidor(host, folder.path(), arguments);
    let server = Running::start(start(lab.home_b(), &["chat", "server", "--udp", "--capture", "server.pcap"]));
    server.wait_for_line(|line| line.starts_with("Chat over "), STEP_TIMEOUT);
    let to = format!("{}:{PORT}", lab.server_address().ip());
    let member = |nick: &str| {
        let capture = format!("{nick}.pcap");
        let arguments = ["chat", "client", &to, "--udp", "--nick", nick, "--capture", &capture];
        let typist = ChatClient::start(start(lab.home_a(), &arguments));
        typist.running.wait_for_line(|line| line.contains(&format!("is now {nick}")), STEP_TIMEOUT);
        typist
    };
    let (mut ana, mut ze) = (member("Ana"), member("Ze"));
    ana.types("first");
    ze.sees("Ana disse: first");
    let lost = faults::forward_drop(lab.router_b(), &Match::reply("Ana disse: to Ze").on_port(PORT));
    ana.types("to Ze");
    let until = std::time::Instant::now() + STEP_TIMEOUT;
    while lost.hits() == 0 {
        assert!(std::time::Instant::now() < until);
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    lost.lift();
    ana.types("last");
    ze.sees("Ana disse: last");
    ze.types("very last");
    ana.sees("Ze disse: very last");
    // Witnesses must stay active for longer than the slowest datagram plus a second.
    std::thread::sleep(std::time::Duration::from_millis(1_500));
    for mut member in [ana, ze] {
        member.types("/sair");
        member.running.wait(STEP_TIMEOUT).expect_code(0);
    }
    server.interrupt(STEP_TIMEOUT).expect_code(0);
    let files = ["server.pcap", "Ana.pcap", "Ze.pcap", "--json", "--html", "page.html", "--csv", "rows.csv"];
    let mut command = Command::new(env!("CARGO_BIN_EXE_medidor"));
    command.current_dir(folder.path()).args(["--lang", "en", "analyze"]).args(files);
    let finished = Running::start(command).wait(STEP_TIMEOUT);
    finished.expect_code(0);
    let json_document: Value = serde_json::from_str(&finished.text(Stream::Out)).unwrap();
    let rows = rows(&std::fs::read_to_string(folder.path().join("rows.csv")).unwrap(), &json_document);
    let copies: Vec<&BTreeMap<String, String>> = rows.iter().filter(|row| row["row"] == "copy").collect();
    let [copy] = copies[..] else { panic!("{copies:#?}") };
    let place = [&copy["text"], &copy["from_nick"], &copy["to_nick"], &copy["outcome"], &copy["blame"]];
    assert_eq!(place, ["to Ze", "Ana", "Ze", "lost", "network_out"]);
    let Some(mut browser) = Browser::start("a chat's page over UDP") else { return };
    browser.set_view(1280, 900, false);
    browser.open(&folder.path().join("page.html"));
    assert_agrees(&mut browser, &json_document);
    let row = browser.eval(
        "[...document.querySelectorAll('table.talk tbody tr')].find(row => \
         row.querySelector('td.text').textContent === 'to Ze').querySelector('td.evidence').textContent",
    );
    let row = row.as_str().unwrap();
    assert!(row.contains("Copy for Ze") && row.contains("lost: the network (to the member)"), "{row}");
    assert!(row.contains("server.pcap") && row.contains("frame.number == "), "{row}");
    let dead =
        browser.eval("[...document.querySelectorAll('table.members td.evidence')].map(cell => cell.textContent)");
    let dead = dead
        .as_array()
        .unwrap()
        .iter()
        .filter(|cell| cell.as_str().unwrap().contains("the network (to the member): 1"));
    assert_eq!(dead.count(), 1);
    browser.screenshot(&screenshot_path("chat-udp.png"), None, 1.0);
}

/// Hostile content for a text, a name or a reason.
const HOSTILE: &str = "=</script></style></title><script>globalThis.hacked=1</script><img src=x onerror=\"globalThis.hacked=1\">\
                       '\" onfocus=\"globalThis.hacked=1\" autofocus x=\"javascript:hacked=1 \u{202e}\u{1b}[2J\0 &lt;";

/// A chat with hostile content in every foreign string of the document.
fn hostile(transport: document::Transport) -> ChatDocument {
    let words = || HOSTILE.to_owned();
    let over_udp = transport == document::Transport::Udp;
    let evidence = || vec![FrameRef::frame(words(), 7)];
    let fate = |outcome: Outcome, blame: &[SegmentName]| DatagramResult {
        outcome,
        blame: blame.to_vec(),
        reason: blame.is_empty().then(words),
        ambiguous_copy: false,
        times: BTreeMap::new(),
        evidence: evidence(),
    };
    let mut blame = SegmentCounts::new(&SegmentName::CHAT_OUTWARD);
    blame.add(1, &[SegmentName::NetworkOut]);
    blame.add(1, &SegmentName::CHAT_OUTWARD);
    let way = DirectionTotals { datagrams: 3, delivered: 1, lost: 2, blame, ..DirectionTotals::default() };
    let member = |id: u32| Member {
        id,
        address: format!("192.0.2.{id}:4000").parse().ok(),
        own_address: format!("[2001:db8::{id}]:4000").parse().ok(),
        nick: Some(words()),
        inward: over_udp.then(DirectionTotals::default),
        outward: over_udp.then(|| way.clone()),
        ..Member::default()
    };
    let lost = fate(Outcome::Lost, &[SegmentName::ServerHostOut, SegmentName::NetworkOut]);
    let failed = vec![Copy { to: 2, delivery: lost }, Copy { to: 3, delivery: fate(Outcome::NotSent, &[]) }];
    let message = ChatMessage {
        n: Some(1),
        from: Some(1),
        kind: MessageKind::Message,
        time_ns: 1_000_000_000,
        text: Some(words()),
        inward: over_udp.then(|| fate(Outcome::Delivered, &[])),
        evidence: if over_udp { Vec::new() } else { evidence() },
        copies: Some(Copies { to: 3, delivered: 1, lost: 1, not_sent: 1, failed, ..Copies::default() }),
        withheld: true,
    };
    let connection = Connection {
        file: words(),
        id: 1,
        client: "192.0.2.1:4000".parse().unwrap(),
        server: "[2001:db8::1]:12345".parse().unwrap(),
        nick: Some(words()),
        handshake: [Some(1), Some(2), None],
        handshake_ns: None,
        from_ns: 0,
        to_ns: 1,
        from_client: document::Stream { bytes: 5, retransmissions: 2, ..document::Stream::default() },
        from_server: document::Stream::default(),
        messages: 1,
        close: Close {
            close_kind: "rst",
            closed_by: Some("server"),
            after_fin_of: None,
            fin_client: None,
            fin_server: None,
            rst: Some(9),
            reason: None,
        },
    };
    let kind = WitnessKind::Capture;
    let witness = Witness { kind, file: words(), failure: Some(words()), ..Witness::default() };
    let mut envelope = Envelope::new(Kind::Chat, Perspective::Client);
    envelope.witnesses.add(Role::Client, Some(1), witness);
    envelope.warnings = vec![Warning::new(WarningCode::ClockStep, [("file", words().into()), ("seconds", 2.5.into())])];
    ChatDocument {
        envelope,
        transport,
        members: (1..=3).map(member).collect(),
        message_count: 1,
        messages: vec![message],
        unlisted: 0,
        connections: if over_udp { Vec::new() } else { vec![connection] },
        totals: over_udp.then(|| Totals { inward: DirectionTotals::default(), outward: way.clone() }),
    }
}

#[test]
fn foreign_text_is_escaped_in_every_language() {
    let Some(mut browser) = Browser::start("a hostile chat's page") else { return };
    let folder = TempDir::new().unwrap();
    for language in Language::ALL {
        for transport in [document::Transport::Tcp, document::Transport::Udp] {
            let texts = Texts::new(language);
            let mut document = hostile(transport);
            let page = html::chat::render(&document, texts);
            assert!(!page.contains(['\u{202e}', '\u{1b}', '\0']));
            let csv = chat::csv::render(&document);
            assert!(!csv.contains(",=") && !csv.contains("\"="), "no formula: {csv}");
            let path = folder.path().join("page.html");
            std::fs::write(&path, page).unwrap();
            browser.open(&path);
            let mut json_document: Value = serde_json::from_str(&json_report::render(&mut document, texts)).unwrap();
            rows(&csv, &json_document);
            // Control characters are shown as a question mark.
            let message = &mut json_document["messages"][0];
            message["text"] = json!(HOSTILE.replace(['\u{202e}', '\u{1b}', '\0'], "?"));
            assert_agrees(&mut browser, &json_document);
            let markup = "document.querySelectorAll('img, iframe, [onerror], [onfocus], [autofocus]').length";
            assert_eq!(browser.eval(markup), 0);
            let tree = browser.call("Accessibility.getFullAXTree", &json!({}));
            for node in tree["nodes"].as_array().unwrap().iter().filter(|node| node["ignored"] != true) {
                if matches!(
                    node["role"]["value"].as_str(),
                    Some("button" | "searchbox" | "article" | "link" | "heading")
                ) {
                    assert_ne!(node["name"]["value"].as_str().unwrap_or_default(), "", "{node}");
                }
            }
        }
    }
    // Wide elements scroll inside themselves.
    browser.set_view(390, 900, false);
    let wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
    assert_eq!(browser.eval(wide), 0);
}

#[test]
fn a_long_chat_makes_a_small_page_that_names_its_omissions() {
    let texts = Texts::new(Language::English);
    let mut document = hostile(document::Transport::Udp);
    let like = ChatMessage {
        text: Some("oi".to_owned()),
        withheld: false,
        copies: Some(Copies { to: 3, delivered: 3, ..Copies::default() }),
        ..document.messages[0].clone()
    };
    let kind = |n: u64| if n.is_multiple_of(2) { MessageKind::Message } else { MessageKind::Notice };
    document.messages.extend((2..=5_000).map(|n| ChatMessage {
        n: Some(n),
        time_ns: n as i64,
        kind: kind(n),
        ..like.clone()
    }));
    let page = html::chat::render(&document, texts);
    assert!(page.contains("2000 of 5000 messages"));
    assert!(page.contains("Copy for "), "what did not come through is there");
    assert!(page.len() < 5_000_000, "{}", page.len());
}

#[test]
fn a_table_names_what_it_counts() {
    let mut document = hostile(document::Transport::Udp);
    for member in &mut document.members {
        member.nick = None;
    }
    let text =
        chat::text(&document, Texts::new(Language::English), Style { width: 100, details: true, ..Style::default() });
    let heading = text.lines().find(|line| line.trim_start().starts_with("Member ")).unwrap();
    let columns = heading.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(columns, "Member datagrams arrived copies and notices arrived lost", "{text}");
}

#[test]
fn chat_csv_has_all_messages_while_lists_stay_short() {
    let texts = Texts::new(Language::English);
    let mut document = hostile(document::Transport::Tcp);
    let refused = ChatMessage {
        withheld: false,
        copies: Some(Copies { to: 2, delivered: 1, not_sent: 1, ..Copies::default() }),
        ..document.messages[0].clone()
    };
    let plain = ChatMessage { copies: Some(Copies { to: 2, delivered: 2, ..Copies::default() }), ..refused.clone() };
    let notice = ChatMessage { kind: MessageKind::Notice, from: None, ..plain.clone() };
    document.messages = vec![refused];
    document.messages.extend(std::iter::repeat_n(plain, 6_000));
    document.messages.extend(std::iter::repeat_n(notice, 6_000));
    document.message_count = 6_001;
    assert_eq!(csv::Reader::from_reader(chat::csv::render(&document).as_bytes()).records().count(), 12_001);
    shorten(&mut document);
    assert_eq!(
        (document.messages.len(), document.unlisted),
        (1, 12_000),
        "a copy that was not sent is worth its place"
    );
    let text = chat::text(&document, texts, Style { details: true, ..Style::default() });
    assert!(text.contains("6001 messages") && text.contains("And 6000 more"), "{text}");
    let page = html::chat::render(&document, texts);
    assert!(page.contains("6001 messages") && page.contains("1 of 12001 messages"));
    assert!(page.contains("1 acknowledged by the other host, 0 sent without a visible acknowledgment, 1 not sent"));
}
