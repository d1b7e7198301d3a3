//! Every form of the sample's result, compared with its last reviewed version (`tests/golden/`), and all forms compared
//! with each other.
//!
//! `MEDIDOR_GOLDEN=update cargo test --test cli golden` rewrites the files: review the difference before you commit it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::browser::Browser;
use crate::common::sample::{analyzed, folder};
use crate::common::skip;
use medidor::core::document::path::PointName;
use medidor::report::labels;
use serde_json::{Value, json};
use tempfile::TempDir;

const FILES: [&str; 2] = ["client.pcap", "server.pcap"];

/// The output of `medidor analyze` on the sample in a language; options may name further files to write.
fn analyze(language: &str, options: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_medidor"));
    command.current_dir(folder()).args(["--lang", language, "analyze"]).args(FILES).args(options);
    let output = command.env("NO_COLOR", "1").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// All forms of the sample's result, written once.
struct Forms(TempDir);

impl Forms {
    fn write() -> Self {
        let forms = Self(TempDir::new().unwrap());
        let path = |name: &str| forms.path(name).display().to_string();
        let [page, rows, copies] = ["page.html", "messages.csv", "copy.pcapng"].map(path);
        let printed = analyze("en", &["--json", "--html", &page, "--csv", &rows, "--annotate", &copies]);
        fs::write(forms.path("result.json"), printed).unwrap();
        forms
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }
}

/// Compares the current text with the stored one.
fn assert_unchanged(name: &str, now: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("MEDIDOR_GOLDEN").is_some_and(|value| value == "update") {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, now).unwrap();
        return;
    }
    let before = fs::read_to_string(&path).unwrap_or_default();
    let differs = before.lines().zip(now.lines()).position(|(one, other)| one != other);
    let line = differs.unwrap_or_else(|| before.lines().count().min(now.lines().count()));
    assert!(
        before == now,
        "{name} differs from line {}:\n  before: {}\n  now:    {}\nMEDIDOR_GOLDEN=update writes it anew",
        line + 1,
        before.lines().nth(line).unwrap_or_default(),
        now.lines().nth(line).unwrap_or_default(),
    );
}

#[test]
fn every_form_of_the_sample_is_unchanged() {
    for language in ["pt", "en", "es"] {
        assert_unchanged(&format!("result.{language}.txt"), &analyze(language, &["--details"]));
    }
    let forms = Forms::write();
    for name in ["result.json", "messages.csv", "page.html"] {
        assert_unchanged(name, &forms.read(name));
    }
}

/// tshark's fields of each frame, with the dissector. `None`, after a report, without a tshark with Lua.
fn frames(capture: &Path, fields: &[&str]) -> Option<Vec<Vec<String>>> {
    let version = Command::new("tshark").arg("--version").output();
    if !version.is_ok_and(|version| String::from_utf8_lossy(&version.stdout).contains("with Lua")) {
        skip("comments in Wireshark", "there is no tshark with Lua");
        return None;
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("filters/wireshark/medidor.lua");
    let settings = TempDir::new().unwrap();
    let mut command = Command::new("tshark");
    command.env("WIRESHARK_CONFIG_DIR", settings.path()).args(["-X", &format!("lua_script:{}", script.display())]);
    command.args(["-2", "-r"]).arg(capture).args(["-T", "fields"]);
    let output = command.args(fields.iter().flat_map(|field| ["-e", field])).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8(output.stdout).unwrap();
    Some(printed.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect())
}

#[test]
fn all_forms_agree() {
    let forms = Forms::write();
    let document: Value = serde_json::from_str(&forms.read("result.json")).unwrap();
    assert_eq!(document, analyzed(&FILES), "the files beside it change nothing");
    let messages = document["flows"][0]["messages"].as_array().unwrap();
    assert_eq!(messages.len(), 30);

    // The CSV rows.
    let rows = forms.read("messages.csv");
    let mut reader = csv::Reader::from_reader(rows.as_bytes());
    let read: Vec<BTreeMap<String, String>> = reader.deserialize().map(Result::unwrap).collect();
    assert_eq!(read.len(), messages.len());
    for (row, message) in read.iter().zip(messages) {
        for field in ["n", "outcome", "basis", "after", "before", "rtt_ns", "duplicates", "altered"] {
            assert_eq!(row[field], plain(&message[field]), "{field} of {message}");
        }
        let blame: Vec<String> = message["blame"].as_array().unwrap().iter().map(plain).collect();
        assert_eq!(row["blame"], blame.join(" "));
        for point in PointName::EXCHANGE.map(labels::name) {
            assert_eq!(row[&format!("{point}_ns")], plain(&message["times"][&point]), "{point} of {message}");
        }
    }

    // The frame comments, and the dissector's view of the same frames.
    for (side, reply_point) in [("client", "client_wire_in"), ("server", "server_wire_out")] {
        let fields = ["frame.number", "frame.comment", "medidor.number", "medidor.kind", "medidor.unanswered"];
        let Some(printed) = frames(&forms.path(&format!("copy.{side}.pcapng")), &fields) else { break };
        let of_side = |frame: &Value| frame["file"] == format!("{side}.pcap");
        let mut evident = 0;
        for message in messages {
            for frame in message["evidence"].as_array().unwrap().iter().filter(|frame| of_side(frame)) {
                evident += 1;
                let row = &printed[frame["frame"].as_u64().unwrap() as usize - 1];
                assert_eq!(row[0], frame["frame"].to_string());
                assert_eq!(row[1], comment(message), "{message}");
                assert_eq!(row[2], message["n"].to_string());
                let is_reply = frame["point"] == reply_point;
                assert_eq!(row[3], if is_reply { "2" } else { "1" });
                let replied = message["times"][reply_point].is_i64();
                assert_eq!(row[4].is_empty(), is_reply || replied, "{row:?}");
            }
        }
        assert_eq!(printed.len(), evident, "every frame of the sample is of the exchange, and has its comment");
    }

    // The HTML page.
    let Some(mut browser) = Browser::start("the page beside the other forms") else { return };
    browser.open(&forms.path("page.html"));
    let shown = browser.eval(
        "[...document.querySelectorAll('table.messages tbody tr')].map(row => [row.cells[0].textContent, \
         row.cells[2].textContent.slice(2), [...row.querySelectorAll('[data-copy*=\"==\"]')].map(b => b.dataset.copy)])",
    );
    let expected = messages.iter().map(|message| {
        let outcome = if message["outcome"] == "lost" { fate(message) } else { "answered".to_owned() };
        let of_file = |file: &str| {
            let evidence = message["evidence"].as_array().unwrap().iter().filter(|frame| frame["file"] == file);
            let mut frames: Vec<u64> = evidence.map(|frame| frame["frame"].as_u64().unwrap()).collect();
            frames.sort_unstable();
            frames.iter().map(|frame| format!("frame.number == {frame}")).collect::<Vec<_>>().join(" || ")
        };
        let filters: Vec<String> = FILES.map(of_file).into_iter().filter(|filter| !filter.is_empty()).collect();
        json!([message["n"].to_string(), outcome, filters])
    });
    assert_eq!(shown, Value::Array(expected.collect()));
}

/// A value of the document as written in a CSV row.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(words) => words.clone(),
        other => other.to_string(),
    }
}

/// The verdict on a lost message of the sample, in English.
fn fate(message: &Value) -> String {
    let [segment] = &message["blame"].as_array().unwrap()[..] else { panic!("one segment: {message}") };
    let segment = match segment.as_str().unwrap() {
        "client_host_out" => "the client's host (outbound)",
        "network_forward" => "the network (forward)",
        "server_host_in" => "the server's host (inbound)",
        "server_app" => "the server application",
        "server_host_out" => "the server's host (outbound)",
        "network_return" => "the network (return)",
        "client_host_in" => "the client's host (inbound)",
        other => panic!("{other}"),
    };
    format!("lost: {segment}")
}

/// The comment on each frame of a message.
fn comment(message: &Value) -> String {
    let number = &message["n"];
    if message["outcome"] == "lost" {
        return format!("Message {number}: {}", fate(message));
    }
    let micros = message["rtt_ns"].as_i64().unwrap() as f64 / 1000.0;
    format!("Message {number}: answered, {micros:.0}\u{a0}µs")
}
