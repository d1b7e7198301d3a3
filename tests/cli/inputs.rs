//! Input files as users have them: renamed, compressed, in a folder, in several parts, from standard input.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::Command;

use assert_cmd::cargo::CommandCargoExt;
use flate2::write::GzEncoder;
use serde_json::Value;
use tempfile::TempDir;

use crate::common::pcap::{self, Frame, Order};
use crate::common::sample;

/// A folder with these files of the sample, under other names.
fn with_sample(names: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (old, new) in names {
        fs::copy(sample::folder().join(old), folder.path().join(new)).unwrap();
    }
    folder
}

fn analyze(folder: &Path, arguments: &[&str], input: Option<&str>) -> (i32, Value, String) {
    let mut command = Command::cargo_bin("medidor").unwrap();
    command.current_dir(folder).args(["--lang", "en", "analyze", "--json"]).args(arguments);
    if let Some(input) = input {
        command.stdin(File::open(folder.join(input)).unwrap());
    }
    let output = command.output().unwrap();
    let document = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    (output.status.code().unwrap(), document, String::from_utf8_lossy(&output.stderr).into_owned())
}

/// The number, outcome and blame of each message, and whether each witness is whole.
fn verdict(document: &Value) -> Vec<Value> {
    let messages = document["flows"][0]["messages"].as_array().unwrap();
    let mut verdict: Vec<Value> = messages
        .iter()
        .map(|message| serde_json::json!([message["n"], message["outcome"], message["blame"]]))
        .collect();
    for name in ["client_journal", "client_capture", "server_journal", "server_capture"] {
        verdict.push(document["witnesses"][name]["whole"].clone());
    }
    verdict
}

fn expected() -> Vec<Value> {
    verdict(&sample::analyzed(&["client.pcap", "server.pcap"]))
}

fn gzip(path: &Path) {
    let packed = path.with_extension(format!("{}.gz", path.extension().unwrap().to_str().unwrap()));
    let mut encoder = GzEncoder::new(File::create(packed).unwrap(), flate2::Compression::default());
    encoder.write_all(&fs::read(path).unwrap()).unwrap();
    encoder.finish().unwrap();
    fs::remove_file(path).unwrap();
}

const ALL: [(&str, &str); 4] = [
    ("client.pcap", "client.pcap"),
    ("client.journal.jsonl", "client.journal.jsonl"),
    ("server.pcap", "server.pcap"),
    ("server.journal.jsonl", "server.journal.jsonl"),
];

#[test]
fn journals_are_attached_by_content_whatever_their_names() {
    let folder = with_sample(&[
        ("client.pcap", "a.pcap"),
        ("server.journal.jsonl", "a.journal.jsonl"),
        ("server.pcap", "b.pcap"),
        ("client.journal.jsonl", "b.journal.jsonl"),
    ]);
    for files in [["a.pcap", "b.pcap"], ["b.pcap", "a.pcap"]] {
        let (code, document, errors) = analyze(folder.path(), &files, None);
        assert_eq!(code, 0, "{errors}");
        assert_eq!(verdict(&document), expected(), "{files:?}");
    }
}

#[test]
fn a_compressed_capture_gives_the_same_verdict() {
    let folder = with_sample(&ALL);
    gzip(&folder.path().join("client.pcap"));
    gzip(&folder.path().join("server.journal.jsonl"));
    let files = ["client.pcap.gz", "server.pcap", "server.journal.jsonl.gz"];
    let (code, document, errors) = analyze(folder.path(), &files, None);
    assert_eq!(code, 0, "{errors}");
    assert_eq!(verdict(&document), expected());
}

#[test]
fn standard_input_is_a_file_like_any_other() {
    let folder = with_sample(&ALL);
    let (code, document, errors) = analyze(folder.path(), &["-", "server.pcap"], Some("client.pcap"));
    assert_eq!(code, 0, "{errors}");
    let witnesses = &document["witnesses"];
    assert_eq!((&witnesses["client_capture"]["file"], &witnesses["client_journal"]), (&"-".into(), &Value::Null));
    let files = ["-", "server.pcap", "client.journal.jsonl"];
    let (_, document, _) = analyze(folder.path(), &files, Some("client.pcap"));
    assert_eq!(verdict(&document), expected());
}

#[test]
fn a_folder_is_read_and_its_unused_files_are_named() {
    let folder = with_sample(&ALL);
    fs::write(folder.path().join("nomes.txt"), "Ana").unwrap();
    fs::write(folder.path().join("empty.pcap"), []).unwrap();
    fs::write(folder.path().join("cut.pcap"), [0xd4, 0xc3, 0xb2, 0xa1, 2]).unwrap();
    fs::copy(folder.path().join("client.pcap"), folder.path().join("copy.pcap")).unwrap();
    let (code, document, errors) = analyze(folder.path(), &["."], None);
    assert_eq!(code, 0, "{errors}");
    assert_eq!(verdict(&document), expected());
    let warnings = document["warnings"].as_array().unwrap().iter();
    let unused: Vec<String> = warnings
        .filter(|warning| warning["code"] == "unused_file")
        .map(|warning| format!("{} {}", warning["values"]["file"], warning["values"]["reason"]).replace('"', ""))
        .collect();
    for reason in ["nomes.txt other_kind", "empty.pcap empty", "cut.pcap unreadable", "copy.pcap given_twice"] {
        assert!(unused.iter().any(|one| one.ends_with(reason)), "{reason} in {unused:?}");
    }
    assert_eq!(unused.len(), 4, "{unused:?}");
}

#[test]
fn files_of_a_ring_are_one_capture() {
    let folder = with_sample(&ALL);
    let (link, frames) = pcap::read(&fs::read(folder.path().join("client.pcap")).unwrap());
    let save = |name: &str, frames: &[Frame]| {
        fs::write(folder.path().join(name), pcap::classic(Order { big: false }, true, link, frames)).unwrap();
    };
    let parts = ["ring.pcap2", "ring.pcap0", "ring.pcap1"];
    let length = frames.len().div_ceil(3);
    for (name, frames) in [parts[1], parts[2], parts[0]].into_iter().zip(frames.chunks(length)) {
        save(name, frames);
    }
    let files = [&parts[..], &["server.pcap", "client.journal.jsonl"]].concat();
    let (code, document, errors) = analyze(folder.path(), &files, None);
    assert_eq!(code, 0, "{errors}");
    assert_eq!(verdict(&document), expected());
    let evidence = |document: &Value| -> Vec<(String, u64)> {
        let messages = document["flows"][0]["messages"].as_array().unwrap().iter();
        let references = messages.flat_map(|message| message["evidence"].as_array().unwrap());
        references.map(|one| (one["file"].as_str().unwrap().to_owned(), one["frame"].as_u64().unwrap())).collect()
    };
    let whole = evidence(&sample::analyzed(&["client.pcap", "server.pcap"]));
    let in_ring = |(file, frame): (String, u64)| match file.as_str() {
        "client.pcap" => {
            let index = (frame as usize - 1) / length;
            (format!("ring.pcap{index}"), frame - (index * length) as u64)
        }
        _ => (file, frame),
    };
    assert_eq!(evidence(&document), whole.into_iter().map(in_ring).collect::<Vec<_>>());
}

#[test]
fn a_pipe_is_refused_before_it_is_opened() {
    let folder = with_sample(&ALL);
    nix::unistd::mkfifo(&folder.path().join("pipe"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    let (code, _, errors) = analyze(folder.path(), &["pipe", "server.pcap"], None);
    assert_eq!(code, 3);
    assert!(errors.contains("pipe is not a file"), "{errors}");
}

#[test]
fn a_journal_of_another_run_is_named_and_not_used() {
    let folder = with_sample(&ALL);
    let path = folder.path().join("client.journal.jsonl");
    let moved = fs::read_to_string(&path).unwrap().replace(":17951", ":17961");
    fs::write(&path, moved).unwrap();
    let (code, document, errors) = analyze(folder.path(), &["client.pcap", "server.pcap"], None);
    assert_eq!(code, 0, "{errors}");
    assert_eq!(document["witnesses"]["client_journal"], Value::Null);
    let reasons: Vec<&Value> =
        document["warnings"].as_array().unwrap().iter().map(|warning| &warning["values"]["reason"]).collect();
    assert!(reasons.contains(&&Value::from("other_run")), "{reasons:?}");
}
