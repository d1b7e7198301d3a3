//! The HTML report in a browser: it agrees with the document, requests nothing from the network, escapes foreign text,
//! and works with a keyboard, without scripts, on a phone and in dark mode.

mod other_documents;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::common::browser::{Browser, ENTER, TAB};
use crate::common::process::{Running, STEP_TIMEOUT};
use medidor::cli::AnalyzeArgs;
use medidor::commands::analyze;
use medidor::commands::run::inputs::Inputs;
use medidor::core::document::exchange::Document;
use medidor::core::document::message::{Basis, Message, Reason};
use medidor::core::document::outcome::Outcome;
use medidor::core::document::path::{PointName, SegmentName};
use medidor::core::escape;
use medidor::core::verdict::exchange::time_series::{RoundTrips, TimelineBuilder};
use medidor::i18n::{Language, Texts};
use medidor::report::{csv, html, json, labels};
use serde_json::Value;
use tempfile::TempDir;

fn analyze_files(args: &AnalyzeArgs, texts: Texts) -> Document {
    let inputs = Inputs::open(&analyze::given_paths(args), texts).unwrap();
    analyze::judge(args, &inputs, texts).unwrap()
}

/// The sample files.
fn sample(names: &[&str]) -> AnalyzeArgs {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("captures/exemplo");
    AnalyzeArgs {
        files: names.iter().map(|name| folder.join(name)).collect(),
        client: Vec::new(),
        server: Vec::new(),
        port: None,
        flow: None,
        chat: false,
        truth: None,
        annotate: None,
        output: medidor::cli::OutputArgs::default(),
    }
}

fn pair(texts: Texts) -> Document {
    analyze_files(&sample(&["client.pcap", "server.pcap"]), texts)
}

fn client_alone(texts: Texts) -> Document {
    analyze_files(&sample(&["client.pcap"]), texts)
}

/// A folder for pages that the browser opens.
struct PageFolder(TempDir);

impl PageFolder {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn put(&self, page: &str) -> PathBuf {
        let path = self.0.path().join("page.html");
        std::fs::write(&path, page).unwrap();
        path
    }
}

/// The path of a screenshot, kept for inspection.
fn screenshot_path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("page").join(name)
}

/// The text of each element that matches a selector.
fn texts_of(browser: &mut Browser, selector: &str) -> Vec<String> {
    let found = browser.eval(&format!("[...document.querySelectorAll({selector:?})].map(e => e.textContent)"));
    found.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_page_agrees_with_the_document() {
    let Some(mut browser) = Browser::start("the page in a browser") else { return };
    let desk = PageFolder::new();
    for language in Language::ALL {
        let texts = Texts::new(language);
        for (name, mut document) in [("pair", pair(texts)), ("client", client_alone(texts))] {
            let page = desk.put(&html::render(&document, texts));
            browser.open(&page);
            let json_document: Value = serde_json::from_str(&json::render(&mut document, texts)).unwrap();
            assert_agrees(&mut browser, &json_document, texts);
            assert_eq!(browser.errors(), Vec::<Value>::new(), "{name} {language:?}");
            assert_eq!(browser.requests(), [format!("file://{}", page.display())], "nothing else is asked for");
        }
    }
}

/// Checks that the open page agrees with the document.
fn assert_agrees(browser: &mut Browser, json_document: &Value, texts: Texts) {
    let flow = &json_document["flows"][0];
    let points = flow["points"].as_object().unwrap();
    let shown = texts_of(browser, "table.path td.count");
    let expected = PointName::EXCHANGE.map(|point| match &points[&labels::name(point)] {
        Value::Null => "—".to_owned(),
        count => count.to_string(),
    });
    assert_eq!(shown, expected);
    let messages = flow["messages"].as_array().unwrap();
    let rows = browser.eval(
        "[...document.querySelectorAll('table.messages tbody tr')].map(row => [row.cells[0].textContent, row.dataset.outcome])",
    );
    let expected: Vec<Value> =
        messages.iter().map(|message| serde_json::json!([message["n"].to_string(), message["outcome"]])).collect();
    assert_eq!(rows, Value::Array(expected));
    let cut = browser.eval(
        "(() => { const all = [...document.querySelectorAll('.ladder text')].map(text => text.getBoundingClientRect()); \
         const edge = document.querySelector('.ladder').getBoundingClientRect().right; \
         const heads = [...document.querySelectorAll('.ladder text.lane')].map(text => text.getBoundingClientRect()); \
         const over = (a, b) => a !== b && a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom; \
         return [all.filter(box => box.right > edge).length, \
         heads.filter(head => heads.some(other => over(head, other))).length]; })()",
    );
    assert_eq!(cut, serde_json::json!([0, 0]), "no words are cut off, none run into others: {:?}", texts.language());
    // A cross marks a segment that is blamed alone, a question mark one of several.
    let rungs = browser.eval(
        "Object.fromEntries([...document.querySelectorAll('.ladder g[data-n]')].map(rung => \
         [rung.dataset.n, [rung.querySelectorAll('.cross').length, rung.querySelectorAll('polyline.open').length]]))",
    );
    for message in messages {
        let blamed = message["blame"].as_array().unwrap().len();
        let lost = message["outcome"] == "lost";
        let expected = [u64::from(lost && blamed == 1), u64::from(lost && blamed != 1)];
        assert_eq!(rungs[message["n"].to_string()], serde_json::json!(expected), "{message}");
    }
    let bins =
        browser.eval("[...document.querySelectorAll('g[data-at]')].map(bin => [bin.dataset.at, bin.dataset.lost])");
    let expected = flow["timeline"]["bins"].as_array().unwrap().iter();
    let expected: Vec<Value> =
        expected.map(|bin| serde_json::json!([bin["at"].to_string(), bin["lost"].to_string()])).collect();
    assert_eq!(bins, Value::Array(expected));
    let spread = browser
        .eval("[...document.querySelectorAll('g[data-bin]')].reduce((sum, bin) => sum + Number(bin.dataset.count), 0)");
    let kinds = ["rtt_application", "rtt_kernel", "rtt_wire", "rtt_network"];
    let samples: u64 = kinds.iter().filter_map(|kind| flow["delay"][kind]["samples"].as_u64()).sum();
    assert_eq!(spread.as_u64(), Some(samples));
    // Every warning is shown with its advice.
    let body = browser.eval("document.body.textContent.replace(/\\s+/g, ' ')");
    let flat = |text: &str| escape::lines(text).split_whitespace().collect::<Vec<_>>().join(" ");
    for warning in json_document["warnings"].as_array().unwrap() {
        for part in ["text", "advice"] {
            let part = flat(warning[part].as_str().unwrap());
            assert!(body.as_str().unwrap().contains(&part), "{part} ({:?})", texts.language());
        }
    }
}

#[test]
fn keyboard_and_screen_readers_reach_everything() {
    let Some(mut browser) = Browser::start("the page by keyboard") else { return };
    let desk = PageFolder::new();
    let texts = Texts::new(Language::English);
    browser.set_view(1280, 900, false);
    browser.open(&desk.put(&html::render(&pair(texts), texts)));

    // The first Tab reaches the skip link; each further one reaches an element with a name.
    browser.press(TAB);
    assert_eq!(browser.eval("document.activeElement.className"), "skip");
    browser.eval("document.querySelector('[data-copy=\"frame.number == 33\"], [data-copy^=\"frame.number\"]').focus()");
    let wanted = browser.eval("document.activeElement.dataset.copy");
    browser.eval("globalThis.copied = []; navigator.clipboard.writeText = async text => { copied.push(text); }");
    browser.press(ENTER);
    assert_eq!(browser.eval("copied"), serde_json::json!([wanted]));
    assert_eq!(browser.eval("document.getElementById('said').textContent"), "copied", "a screen reader hears it");

    browser.eval("document.querySelector('input[type=search]').focus()");
    browser.call("Input.insertText", &serde_json::json!({"text": "17"}));
    let shown =
        "[...document.querySelectorAll('table.messages tbody tr:not([hidden])')].map(row => row.cells[0].textContent)";
    assert_eq!(browser.eval(shown), serde_json::json!(["17"]));
    assert_eq!(browser.eval("document.querySelector('output').textContent"), "1 of 30 rows");
    browser.eval(
        "const f = document.querySelector('input[type=search]'); f.value = ''; \
         const s = document.querySelector('select'); s.value = 'lost'; s.dispatchEvent(new Event('change'))",
    );
    let lost: Vec<String> = [3, 8, 12, 14, 17, 19, 22, 23, 27].map(|n: u64| n.to_string()).into();
    assert_eq!(browser.eval(shown), serde_json::json!(lost));

    let width = "document.querySelector('svg.ladder').clientWidth";
    let before = browser.eval(width).as_u64().unwrap();
    browser.eval("document.querySelector('[data-step=in]').focus()");
    browser.press(ENTER);
    assert!(browser.eval(width).as_u64().unwrap() > before, "larger");
    browser.eval("document.querySelector('[data-step=all]').click()");
    assert!(browser.eval("document.querySelector('svg.ladder').clientHeight <= innerHeight").as_bool().unwrap());

    let tree = browser.call("Accessibility.getFullAXTree", &serde_json::json!({}));
    let mut roles: BTreeMap<String, usize> = BTreeMap::new();
    for node in tree["nodes"].as_array().unwrap().iter().filter(|node| node["ignored"] != true) {
        let role = node["role"]["value"].as_str().unwrap_or_default().to_owned();
        let named = ["button", "searchbox", "combobox", "image", "img", "region", "article", "link", "heading"];
        if named.contains(&role.as_str()) {
            assert_ne!(node["name"]["value"].as_str().unwrap_or_default(), "", "{node}");
        }
        *roles.entry(role).or_default() += 1;
    }
    for (role, least) in [("main", 1), ("contentinfo", 1), ("article", 1), ("table", 3), ("heading", 8), ("button", 20)]
    {
        assert!(roles.get(role).is_some_and(|count| *count >= least), "{role}: {roles:?}");
    }
    assert_eq!(browser.errors(), Vec::<Value>::new());
}

#[test]
fn without_scripts_everything_can_be_read() {
    let Some(mut browser) = Browser::start("the page without scripts") else { return };
    let desk = PageFolder::new();
    let texts = Texts::new(Language::Portuguese);
    let document = pair(texts);
    let page = desk.put(&html::render(&document, texts));
    browser.call("Emulation.setScriptExecutionDisabled", &serde_json::json!({"value": true}));
    browser.open(&page);
    let tree = browser.call("Accessibility.getFullAXTree", &serde_json::json!({}));
    let shown = tree["nodes"].as_array().unwrap().iter().filter(|node| node["ignored"] != true);
    let read: Vec<&str> = shown.filter_map(|node| node["name"]["value"].as_str()).collect();
    let all = read.join("\n");
    for words in [
        "30,0%",
        "9 de 30",
        &labels::segment(SegmentName::NetworkForward, texts),
        "frame.number == ",
        "Grau de certeza",
    ] {
        assert!(all.contains(words), "{words}\n{all}");
    }
    assert!(!read.contains(&"copiar"), "what would do nothing is not offered");
}

#[test]
fn the_page_works_in_light_mode_dark_mode_and_on_a_phone() {
    let Some(mut browser) = Browser::start("the page's photographs") else { return };
    let desk = PageFolder::new();
    let texts = Texts::new(Language::English);
    for (name, document) in [("pair", pair(texts)), ("client", client_alone(texts))] {
        let page = desk.put(&html::render(&document, texts));
        for (look, width, dark) in [("light", 1280, false), ("dark", 1280, true), ("phone", 390, false)] {
            browser.set_view(width, 900, dark);
            browser.open(&page);
            browser.screenshot(&screenshot_path(&format!("{name}-{look}.png")), None, 1.0);
            let ground = browser.eval("getComputedStyle(document.body).backgroundColor");
            assert_eq!(ground, if dark { "rgb(20, 23, 27)" } else { "rgb(255, 255, 255)" });
            // Wide elements scroll inside themselves.
            let wide = browser.eval("document.documentElement.scrollWidth - document.documentElement.clientWidth");
            let widest = browser.eval(
                "[...document.querySelectorAll('body *')].filter(e => !e.closest('.scroll *')) \
                 .map(e => [Math.round(e.getBoundingClientRect().right), e.outerHTML.slice(0, 90)]) \
                 .sort((one, other) => other[0] - one[0]).slice(0, 3)",
            );
            assert_eq!(wide, 0, "{name} {look}: {widest}");
        }
    }
}

#[test]
#[ignore = "takes the guide's pictures anew"]
fn make() {
    let Some(mut browser) = Browser::start("the guide's pictures") else { return };
    let desk = PageFolder::new();
    browser.set_view(1000, 900, false);
    for (language, name) in [(Language::English, "page.png"), (Language::Portuguese, "pagina.png")] {
        let texts = Texts::new(language);
        browser.open(&desk.put(&html::render(&pair(texts), texts)));
        let end = browser.eval("document.querySelector('svg.ladder').getBoundingClientRect().top + 590").as_f64();
        browser.screenshot(&Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name), end, 0.7);
    }
}

#[test]
fn a_run_writes_its_own_page_and_rows() {
    let folder = TempDir::new().unwrap();
    let command = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_medidor"));
        command.current_dir(folder.path()).args(["--lang", "en"]).args(arguments);
        command
    };
    let server = ["server", "--listen", "127.0.0.1:0", "--html", "server.html", "--csv", "server.csv"];
    let server = Running::start(command(&server));
    let line = server.wait_for_line(|line| line.starts_with("Server listening"), STEP_TIMEOUT);
    let address = line.rsplit(' ').next().unwrap();
    for (asker, name) in [("client", "client"), ("ping", "ping")] {
        let mut words = vec![asker, address, "--count", "3", "--interval", "1ms"];
        words.extend(if asker == "client" { ["--wait", "50ms"] } else { ["--timeout", "1s"] });
        let (page, rows) = (format!("{name}.html"), format!("{name}.csv"));
        words.extend(["--html", &page, "--csv", &rows]);
        Running::start(command(&words)).wait(STEP_TIMEOUT).expect_code(0);
    }
    server.interrupt(STEP_TIMEOUT).expect_code(0);
    for (name, rows) in [("client", 3), ("ping", 3), ("server", 6)] {
        let read = |ending: &str| std::fs::read_to_string(folder.path().join(format!("{name}.{ending}"))).unwrap();
        assert_eq!(read("csv").lines().count(), 1 + rows, "{name}");
        assert!(read("html").contains("Content-Security-Policy"), "{name}");
    }
    let mut same = command(&["client", address, "--capture", "x.pcap", "--html", "x.pcap"]);
    assert_eq!(same.output().unwrap().status.code(), Some(2), "before anything is sent");
}

#[test]
fn a_report_never_overwrites_an_input_or_another_report() {
    let folder = TempDir::new().unwrap();
    for file in ["client.pcap", "server.pcap", "client.journal.jsonl", "server.journal.jsonl"] {
        std::fs::copy(crate::common::sample::folder().join(file), folder.path().join(file)).unwrap();
    }
    let refused = |options: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_medidor"));
        command.current_dir(folder.path()).args(["analyze", "client.pcap", "server.pcap"]).args(options);
        command.output().unwrap().status.code()
    };
    for options in [
        &["--html", "client.pcap"][..],
        &["--html", "./client.journal.jsonl"],
        &["--csv", "x", "--html", "./x"],
        &["--annotate", "x.pcapng", "--csv", "x.client.pcapng"],
    ] {
        assert_eq!(refused(options), Some(2), "{options:?}");
    }
    assert_eq!(refused(&["--html", "nowhere/page.html"]), Some(3));
    assert_eq!(refused(&["--html", "."]), Some(3));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 4, "nothing was written");
    assert_eq!(refused(&["--html", "page.html", "--csv", "rows.csv", "--annotate", "x.pcapng"]), Some(0));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 8);
}

/// Hostile content for a text, a file name or a reason.
const HOSTILE: &str = "</script></style></title><script>globalThis.hacked=1</script><img src=x onerror=\"globalThis.hacked=1\">\
                       '\" onfocus=\"globalThis.hacked=1\" autofocus x=\"javascript:hacked=1 \u{202e}\u{1b}[2J\0 {{7*7}} &lt;";

#[test]
fn foreign_text_is_escaped() {
    let Some(mut browser) = Browser::start("a hostile page") else { return };
    let texts = Texts::new(Language::English);
    let mut document = pair(texts);
    hostile(&mut document);
    let page = html::render(&document, texts);
    assert!(!page.contains('\u{202e}') && !page.contains('\u{1b}') && !page.contains('\0'));
    let desk = PageFolder::new();
    browser.open(&desk.put(&page));
    assert_eq!(browser.eval("typeof globalThis.hacked"), "undefined");
    assert_eq!(browser.eval("document.querySelectorAll('img, iframe, [onerror], [onfocus], [autofocus]').length"), 0);
    assert_eq!(
        browser.eval("[document.scripts.length, document.querySelectorAll('style').length]"),
        serde_json::json!([1, 1])
    );
    let read = browser.eval("document.body.textContent");
    assert!(read.as_str().unwrap().contains("<img src=x onerror=\"globalThis.hacked=1\">"), "it can be read as it is");
    assert_eq!(browser.errors(), Vec::<Value>::new(), "the page's policy had nothing to forbid");
    assert_eq!(browser.requests().len(), 1);
    // The content security policy blocks a script even if one gets into the page.
    let injected = page.replace("</main>", "<script>globalThis.hacked=1</script><img src=http://127.0.0.1:9/x></main>");
    browser.open(&desk.put(&injected));
    assert_eq!(browser.eval("typeof globalThis.hacked"), "undefined");
    assert!(!browser.errors().is_empty());

    let rows = csv::render(&document);
    assert!(rows.lines().count() > 30 && !rows.contains(",=") && !rows.contains("\"="), "no formula");
}

/// Puts hostile content into every foreign string of a document.
fn hostile(document: &mut Document) {
    let words = || HOSTILE.to_owned();
    for witness in document.envelope.witnesses.iter_mut() {
        (witness.file, witness.failure, witness.filter, witness.link_type) =
            (words(), Some(words()), Some(words()), Some(words()));
    }
    for message in &mut document.flows[0].messages {
        message.reply = Some(format!("={}", words()));
        if message.outcome == Outcome::Lost {
            message.reason = Some(Reason::System { error: words() });
        }
        for frame in &mut message.evidence {
            frame.file = words();
        }
    }
    for warning in &mut document.envelope.warnings {
        for value in warning.values.values_mut() {
            *value = Value::String(words());
        }
    }
}

#[test]
fn a_million_messages_make_a_small_page_that_opens() {
    let texts = Texts::new(Language::English);
    let mut document = pair(texts);
    let flow = &mut document.flows[0];
    let like = flow.messages.iter().find(|message| message.n == 17).unwrap().clone();
    let mut recorder = TimelineBuilder::new(Some((0, 1_000_000_000_000)));
    // A tenth is lost; delivered messages are not listed.
    flow.messages = (1..=1_000_000)
        .filter_map(|n: u64| {
            let lost = n.is_multiple_of(10);
            let outcome = if lost { Outcome::Lost } else { Outcome::Delivered };
            let trips = RoundTrips { application: (!lost).then_some(1_000_000), ..RoundTrips::default() };
            recorder.add(n, Some(n as i64 * 1_000_000), outcome, trips);
            lost.then(|| Message { n, ..like.clone() })
        })
        .collect();
    flow.timeline = recorder.finish();
    flow.counts.requests = 1_000_000;
    let page = html::render(&document, texts);
    assert!(page.len() < 5_000_000, "{}", page.len());
    assert!(page.contains("2000 of 1000000 messages") && page.contains("300 of 1000000 messages"));
    let Some(mut browser) = Browser::start("a large page") else { return };
    let desk = PageFolder::new();
    browser.open(&desk.put(&page));
    assert_eq!(browser.errors(), Vec::<Value>::new());
}

#[test]
fn the_page_lists_each_possible_segment_of_a_loss() {
    let texts = Texts::new(Language::English);
    let document = client_alone(texts);
    let message = document.flows[0].messages.iter().find(|message| message.n == 17).unwrap();
    assert!(message.blame.len() > 1 && message.basis == Some(Basis::Journal));
    assert_eq!(message.blame.first(), Some(&SegmentName::NetworkForward));
    let page = html::render(&document, texts);
    let row = &page[page.find("id=\"m1-17\"").unwrap()..];
    let row = &row[..row.find("</tr>").unwrap()];
    assert!(
        row.contains("lost, in one of these places: the network (forward), ") && row.contains("but not where"),
        "{row}"
    );
    assert!(!row.contains("How sure: certain"), "{row}");
}

#[test]
fn a_server_alone_reports_no_network_loss() {
    let texts = Texts::new(Language::English);
    let document = analyze_files(&sample(&["server.pcap"]), texts);
    let page = html::render(&document, texts);
    let (header, _) = page.split_once("</header>").unwrap();
    assert!(
        header.contains("The server's files alone do not show") && !header.contains("In the network: 0"),
        "{header}"
    );
    let row = &page[page.find("id=\"m1-17\"").unwrap()..];
    let row = &row[..row.find("</tr>").unwrap()];
    assert!(row.contains("inconclusive") && row.contains("How sure: unknown"), "{row}");
}

/// A colour of the style sheet, by its name.
fn color(theme: &str, name: &str) -> [f64; 3] {
    let start = theme.find(&format!("--{name}: #")).unwrap_or_else(|| panic!("no {name}")) + name.len() + 5;
    let part = |at: usize| f64::from(u8::from_str_radix(&theme[start + at..start + at + 2], 16).unwrap()) / 255.0;
    [part(0), part(2), part(4)]
}

/// The contrast ratio as defined by WCAG 2.
fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let linear = |part: f64| if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) };
    let light = |[r, g, b]: [f64; 3]| 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
    let (low, high) = (light(one).min(light(other)), light(one).max(light(other)));
    (high + 0.05) / (low + 0.05)
}

#[test]
fn text_has_enough_contrast() {
    let style = include_str!("../../src/report/html/assets/page.css");
    let (light, rest) = style.split_once("@media (prefers-color-scheme: dark)").unwrap();
    let dark = &rest[..rest.find("* {").unwrap()];
    for theme in [light, dark] {
        for ground in ["ground", "panel"] {
            for words in ["text", "faint", "came", "lost", "open", "late", "link"] {
                let found = contrast(color(theme, words), color(theme, ground));
                assert!(found >= 4.5, "{words} on {ground}: {found:.2}");
            }
        }
        let line = contrast(color(theme, "line"), color(theme, "ground"));
        assert!(line >= 3.0, "lines: {line:.2}");
    }
}
