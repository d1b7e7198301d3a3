//! File transfers in which one end is killed: an incomplete file never gets the final name.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::common::process::{Running, Stream};
use crate::common::transfer::{LONG_TIMEOUT, PARTIAL, document, file, medidor, names, receiver, sender};

/// Waits until a part of the file has arrived.
fn wait_for_first_block(output: &Path) {
    let deadline = Instant::now() + LONG_TIMEOUT;
    let came = || {
        let mut files = fs::read_dir(output).unwrap().flatten();
        files.any(|entry| entry.metadata().is_ok_and(|data| data.len() > 50_000))
    };
    while !came() {
        assert!(Instant::now() < deadline, "nothing came");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn an_incomplete_file_never_gets_the_final_name() {
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "a.bin", 2_000_000);
    let outputs = [TempDir::new().unwrap(), TempDir::new().unwrap()];
    // A receiver is killed: the other one gets the whole file.
    let (first, address) = sender(&path, &["--clients", "2", "--rate", "8M"]);
    let [dying, living] = outputs.each_ref().map(|output| receiver(&address, output.path(), &[]));
    wait_for_first_block(outputs[0].path());
    dying.signal(Signal::SIGKILL);
    living.wait(LONG_TIMEOUT).expect_code(0);
    let sender_result = first.wait(LONG_TIMEOUT);
    sender_result.expect_code(1);
    let document = document(&sender_result);
    let complete: Vec<&Value> =
        document["transfers"].as_array().unwrap().iter().map(|transfer| &transfer["complete"]).collect();
    assert!(complete.contains(&&json!(true)) && complete.contains(&&json!(false)), "{document:#}");
    assert!(names(outputs[0].path()).iter().all(|name| name.ends_with(PARTIAL)));
    assert_eq!(names(outputs[1].path()), ["a.bin"]);
    // The sender is killed.
    for rate in ["8M", "max"] {
        let output = TempDir::new().unwrap();
        let (first, address) = sender(&path, &["--clients", "1", "--rate", rate]);
        let one = receiver(&address, output.path(), &[]);
        if rate == "max" {
            first.wait_for_line(|line| line == "The transfer has begun", LONG_TIMEOUT);
        } else {
            wait_for_first_block(output.path());
        }
        first.signal(Signal::SIGKILL);
        let finished = one.wait(LONG_TIMEOUT);
        let whole = finished.status.code() == Some(0);
        assert!(rate == "max" || !whole, "{finished:?}");
        for name in names(output.path()) {
            let content = fs::read(output.path().join(&name)).unwrap();
            assert!(name.ends_with(PARTIAL) || content == fs::read(&path).unwrap(), "{name}");
        }
    }
}

/// All blocks of the file are equal, so nothing tells a lost one that was replaced by a copy.
#[test]
fn a_whole_file_of_equal_blocks_lacks_nothing() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("zero.bin");
    fs::write(&path, vec![0; 100_000]).unwrap();
    let journals = ["s", "r"].map(|end| folder.path().join(format!("{end}.journal.jsonl")).display().to_string());
    let (first, address) = sender(&path, &["--mode", "classic", "--rate", "8M", "--journal", &journals[0]]);
    let output = TempDir::new().unwrap();
    let one = receiver(&address, output.path(), &["--mode", "classic", "--journal", &journals[1]]);
    one.wait(LONG_TIMEOUT).expect_code(0);
    first.wait(LONG_TIMEOUT).expect_code(0);
    assert_eq!(fs::read(output.path().join("zero.bin")).unwrap(), fs::read(&path).unwrap());
    let arguments = ["analyze", &journals[0], &journals[1]];
    let finished = Running::start(medidor(&arguments)).wait(LONG_TIMEOUT);
    let text = finished.text(Stream::Out);
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("nothing is missing, the file is complete") && !words.contains("did not arrive"), "{text}");
}

/// The end that is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum KilledEnd {
    Sender,
    Receiver,
}

/// Kills one end after this percentage of the file, and compares the remaining files with the original: only a whole
/// file has the final name. Returns whether the file is whole.
fn killed(mode: &str, dying: KilledEnd, after: u64) -> bool {
    let folder = TempDir::new().unwrap();
    // QUIC and TCP are not paced, so they get a larger file.
    let size = if matches!(mode, "udp" | "classic") { 600_000 } else { 12_000_000 };
    let path = file(&folder, "a.bin", size);
    let journals = ["s", "r"].map(|end| folder.path().join(format!("{end}.journal.jsonl")).display().to_string());
    // A receiver that is killed before the start delays it for no longer than this.
    let fixed = ["--rate", "8M", "--barrier-timeout", "15s", "--journal", &journals[0]];
    let (sender, address) = sender(&path, &[&["--mode", mode], &fixed[..]].concat());
    let output = TempDir::new().unwrap();
    let receiver = receiver(&address, output.path(), &["--mode", mode, "--journal", &journals[1]]);
    let after = after * size as u64 / 100;
    let deadline = Instant::now() + LONG_TIMEOUT;
    let came = || {
        let files = fs::read_dir(output.path()).unwrap().flatten();
        files.filter_map(|entry| entry.metadata().ok()).map(|data| data.len()).max()
    };
    // A receiver that has finished is not waited for.
    while came().is_none_or(|bytes| bytes < after)
        && Instant::now() < deadline
        && !receiver.lines().iter().any(|line| line.stream == Stream::Out)
    {
        thread::sleep(Duration::from_micros(200));
    }
    if dying == KilledEnd::Sender { &sender } else { &receiver }.signal(Signal::SIGKILL);
    let (sender_result, receiver_result) = (sender.wait(LONG_TIMEOUT), receiver.wait(LONG_TIMEOUT));
    let whole = fs::read(&path).unwrap();
    let left = names(output.path());
    for name in &left {
        let content = fs::read(output.path().join(name)).unwrap();
        assert!(name.ends_with(PARTIAL) || content == whole, "{mode} {dying:?} {after}: {name}");
    }
    let complete = left.contains(&"a.bin".to_owned());
    let survivor = if dying == KilledEnd::Sender { &receiver_result } else { &sender_result };
    let says = &document(survivor)["transfers"][0]["complete"];
    assert!(says != true || complete, "{mode} {dying:?} {after}: {survivor:?}");
    if dying == KilledEnd::Sender {
        assert_eq!(survivor.status.code() == Some(0), complete, "{mode} {dying:?} {after}");
    }
    // One journal ends early or is empty. They never blame a network, because there is none.
    let kept: Vec<&str> =
        journals.iter().map(String::as_str).filter(|path| fs::metadata(path).unwrap().len() > 0).collect();
    let finished = Running::start(medidor(&[&["analyze", "--json"], &kept[..]].concat())).wait(LONG_TIMEOUT);
    if finished.status.code() == Some(0) {
        for transfer in document(&finished)["transfers"].as_array().unwrap() {
            assert!(transfer["loss"].is_null() || transfer["loss"]["lost_by_segment"]["network"] == 0, "{transfer:#}");
            assert!(transfer["complete"] != true || complete, "{transfer:#}");
        }
    } else {
        // The description of the transfer may be in neither journal.
        assert!(finished.text(Stream::Err).contains("no journal"), "{finished:?}");
    }
    if (mode, dying) == ("classic", KilledEnd::Receiver) {
        assert_unknown_alone(&journals[1]);
    }
    complete
}

/// What a killed receiver's journal alone leaves open is unknown, and not 0.
fn assert_unknown_alone(journal: &str) {
    // It may have been killed before its first record was written.
    if !fs::read_to_string(journal).unwrap().contains(r#""mode":"classic""#) {
        return;
    }
    let finished = Running::start(medidor(&["analyze", "--json", journal])).wait(LONG_TIMEOUT);
    let document = document(&finished);
    let transfer = &document["transfers"][0];
    if transfer["complete"] != true {
        for unknown in [&transfer["complete"], &transfer["loss"], &transfer["points"]["app_received"]] {
            assert!(unknown.is_null() || *unknown == false, "{document:#}");
        }
    }
}

/// Kills each end at several moments.
fn sweep(mode: &str) {
    let kills = |end| [0, 1, 50, 90].into_iter().filter(|after| !killed(mode, end, *after)).count();
    let incomplete = thread::scope(|scope| {
        let sender = scope.spawn(|| kills(KilledEnd::Sender));
        kills(KilledEnd::Receiver) + sender.join().unwrap()
    });
    assert!(incomplete >= 3, "{mode}: the file was incomplete only {incomplete} times");
}

#[test]
fn a_killed_udp_transfer_leaves_only_partial_files() {
    sweep("udp");
}

#[test]
fn a_killed_classic_transfer_leaves_only_partial_files() {
    sweep("classic");
}

#[test]
fn a_killed_quic_transfer_leaves_only_partial_files() {
    sweep("quic");
}

#[test]
fn a_killed_tcp_transfer_leaves_only_partial_files() {
    sweep("tcp");
}
