//! A file transfer under test: its two ends on loopback or in the lab, and their result documents.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::lab::Lab;
use super::medidor::medidor as host_medidor;
use super::process::{Finished, Running, Stream};

/// The suffix of an incomplete file.
pub const PARTIAL: &str = ".part";

/// The receiver's data port, which its router forwards.
pub const DATA_PORT: u16 = 40_001;

/// Timeout for many megabytes on a loaded machine.
pub const LONG_TIMEOUT: Duration = Duration::from_secs(90);

/// Values of the last byte of a block's number; one block in twenty has one of them.
pub const LOST_NUMBERS: [u8; 13] = [3, 4, 5, 17, 40, 41, 88, 120, 121, 122, 200, 230, 255];

/// Writes a file whose blocks all differ.
pub fn file(folder: &TempDir, name: &str, size: usize) -> PathBuf {
    let path = folder.path().join(name);
    let mut dice = fastrand::Rng::with_seed(size as u64 + 1);
    let bytes: Vec<u8> = (0..size.div_ceil(8)).flat_map(|_| dice.u64(..).to_le_bytes()).take(size).collect();
    fs::write(&path, bytes).unwrap();
    path
}

pub fn medidor(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_medidor"));
    command.args(["--lang", "en"]).args(arguments);
    command
}

/// Starts a sender on a free port, and returns its address.
pub fn sender(file: &Path, arguments: &[&str]) -> (Running, String) {
    let file = file.display().to_string();
    let fixed = ["send", file.as_str(), "--listen", "127.0.0.1:0", "--json"];
    let sender = Running::start(medidor(&[&fixed[..], arguments].concat()));
    let line = sender.wait_for_line(|line| line.contains(": waiting for "), LONG_TIMEOUT);
    let address = line.rsplit(' ').next().unwrap().to_owned();
    (sender, address)
}

pub fn receiver(address: &str, folder: &Path, arguments: &[&str]) -> Running {
    let folder = folder.display().to_string();
    let fixed = ["receive", address, "--output", folder.as_str(), "--json"];
    Running::start(medidor(&[&fixed[..], arguments].concat()))
}

/// Parses the document on stdout and checks it against its schema.
pub fn document(finished: &Finished) -> Value {
    let document: Value =
        serde_json::from_str(&finished.text(Stream::Out)).unwrap_or_else(|error| panic!("{error}: {finished:?}"));
    let schema: Value = serde_json::from_str(include_str!("../../docs/result.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let runs = document["runs"].as_array().cloned().unwrap_or_else(|| vec![document.clone()]);
    for run in runs {
        let errors: Vec<String> = validator.iter_errors(&run).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}\n{run:#}");
    }
    document
}

/// The names of the files in a folder, sorted.
pub fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// The JSON object of lost blocks by place.
pub fn at(
    sender_host: u64,
    network: u64,
    receiver_host: u64,
    receiver_socket: u64,
    open: u64,
    possible: &[&str],
) -> Value {
    json!({"sender_host": sender_host, "network": network, "receiver_host": receiver_host,
        "receiver_socket": receiver_socket, "undetermined": open, "possible": possible})
}

/// Runs a sender at home B and a receiver at home A to their ends, both with captures.
pub fn lab_pair(lab: &Lab, folder: &TempDir, path: &str, sender: &[&str], receiver: &[&str]) -> (Finished, Finished) {
    let fixed = ["send", path, "--json", "--capture", "s.pcap"];
    let sender = Running::start(host_medidor(lab.home_b(), folder.path(), &[&fixed[..], sender].concat()));
    sender.wait_for_line(|line| line.contains(": waiting for "), LONG_TIMEOUT);
    let (address, output) = (lab.server_address().to_string(), folder.path().join("out"));
    fs::create_dir_all(&output).unwrap();
    let fixed = ["receive", &address, "--json", "--capture", "r.pcap", "--output", "out"];
    let receiver = host_medidor(lab.home_a(), folder.path(), &[&fixed[..], receiver].concat());
    let receiver = Running::start(receiver).wait(LONG_TIMEOUT);
    (sender.wait(LONG_TIMEOUT), receiver)
}

pub fn analysis(lab: &Lab, folder: &TempDir, files: &[&str]) -> Value {
    let arguments = [&["analyze", "--json"], files].concat();
    let finished = Running::start(host_medidor(lab.home_a(), folder.path(), &arguments)).wait(LONG_TIMEOUT);
    finished.expect_code(0);
    document(&finished)
}
