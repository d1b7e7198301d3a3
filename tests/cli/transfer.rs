//! One file to many: every mode whole, losses where they happened, other people's programs, deaths at any moment, and
//! strangers at the door.

mod common;

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use common::disk::SmallDisk;
use common::faults::{self, Match};
use common::lab::{Lab, PORT, Side, Transport};
use common::process::{Finished, PATIENCE, Running, Stream};
use nix::sys::signal::Signal;
use serde_json::{Value, json};
use tempfile::TempDir;

/// How the name of a file ends that is not whole.
const PARTIAL: &str = ".part";

/// Where a receiver behind a router waits for blocks.
const DATA_PORT: u16 = 40_001;

/// A loaded machine may take its time over many megabytes.
const LONG: Duration = Duration::from_secs(90);

/// A file whose every block is different.
fn file(folder: &TempDir, name: &str, size: usize) -> PathBuf {
    let path = folder.path().join(name);
    let mut dice = fastrand::Rng::with_seed(size as u64 + 1);
    let bytes: Vec<u8> = (0..size.div_ceil(8)).flat_map(|_| dice.u64(..).to_le_bytes()).take(size).collect();
    fs::write(&path, bytes).unwrap();
    path
}

fn medidor(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_medidor"));
    command.args(["--lang", "en"]).args(arguments);
    command
}

/// A sender on a port of the system's choice, and its address.
fn sender(file: &Path, arguments: &[&str]) -> (Running, String) {
    let file = file.display().to_string();
    let fixed = ["send", file.as_str(), "--listen", "127.0.0.1:0", "--json"];
    let sender = Running::start(medidor(&[&fixed[..], arguments].concat()));
    let line = sender.wait_for_line(|line| line.contains(": waiting for "), LONG);
    let address = line.rsplit(' ').next().unwrap().to_owned();
    (sender, address)
}

fn receiver(address: &str, folder: &Path, arguments: &[&str]) -> Running {
    let folder = folder.display().to_string();
    let fixed = ["receive", address, "--output", folder.as_str(), "--json"];
    Running::start(medidor(&[&fixed[..], arguments].concat()))
}

/// The document that a program left on stdout, which is what its schema promises.
fn document(finished: &Finished) -> Value {
    let document: Value =
        serde_json::from_str(&finished.text(Stream::Out)).unwrap_or_else(|error| panic!("{error}: {finished:?}"));
    let schema: Value = serde_json::from_str(include_str!("../docs/transfer.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let runs = document["runs"].as_array().cloned().unwrap_or_else(|| vec![document.clone()]);
    for run in runs {
        let errors: Vec<String> = validator.iter_errors(&run).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}\n{run:#}");
    }
    document
}

/// The files in a folder, by name.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Where blocks were lost.
fn at(sender_host: u64, network: u64, receiver_host: u64, receiver_socket: u64, open: u64, possible: &[&str]) -> Value {
    json!({"sender_host": sender_host, "network": network, "receiver_host": receiver_host,
        "receiver_socket": receiver_socket, "undetermined": open, "possible": possible})
}

/// Sends a file to several receivers, and holds every copy against it.
fn to_many(mode: &str, size: usize, clients: usize) {
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "a.bin", size);
    let (sender, address) = sender(&path, &["--mode", mode, "--clients", &clients.to_string()]);
    let folders: Vec<TempDir> = (0..clients).map(|_| TempDir::new().unwrap()).collect();
    let receivers: Vec<Running> = folders.iter().map(|folder| receiver(&address, folder.path(), &[])).collect();
    let whole = fs::read(&path).unwrap();
    for (receiver, folder) in receivers.into_iter().zip(&folders) {
        let finished = receiver.wait(LONG);
        finished.expect_code(0);
        assert_eq!(document(&finished)["transfers"][0]["complete"], true);
        assert_eq!(names(folder.path()), ["a.bin"]);
        assert!(fs::read(folder.path().join("a.bin")).unwrap() == whole, "the copy differs");
    }
    let finished = sender.wait(LONG);
    finished.expect_code(0);
    let document = document(&finished);
    let transfers = document["transfers"].as_array().unwrap();
    assert_eq!(transfers.len(), clients);
    for transfer in transfers {
        assert_eq!(transfer["bytes_sent"], size, "{document:#}");
        assert_eq!(transfer["bytes_received"], size);
        if mode == "udp" {
            assert_eq!(transfer["loss"]["lost"], 0, "a rate that the receivers take loses nothing");
        }
    }
}

#[test]
fn ten_receivers_get_every_block_by_udp() {
    to_many("udp", 20_000_000, 10);
}

#[test]
fn five_receivers_get_the_file_by_tcp() {
    to_many("tcp", 4_000_001, 5);
}

#[test]
fn five_receivers_get_the_file_by_quic() {
    to_many("quic", 4_000_001, 5);
}

#[test]
fn an_empty_file_arrives_in_every_mode() {
    to_many("quic", 0, 2);
    to_many("udp", 0, 2);
    to_many("tcp", 0, 2);
}

#[test]
fn what_a_tiny_buffer_drops_is_the_receivers_loss_and_equal_to_its_counter() {
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "a.bin", 8_000_000);
    let (sender, address) = sender(&path, &["--rate", "max"]);
    let output = TempDir::new().unwrap();
    let finished = receiver(&address, output.path(), &["--buffer", "4096"]).wait(LONG);
    finished.expect_code(1);
    let seen = &document(&finished)["transfers"][0];
    assert_eq!(seen["complete"], false);
    let told = sender.wait(LONG);
    told.expect_code(1);
    let document = document(&told);
    let blocks = &document["transfers"][0]["blocks"];
    let loss = &document["transfers"][0]["loss"];
    let lost = loss["lost"].as_u64().unwrap();
    assert!(lost > 0, "{loss}");
    assert_eq!(blocks["socket_drops"], lost, "{blocks}");
    assert_eq!(loss["at"], at(0, 0, lost, lost, 0, &[]));
    // What came stands at its place, and nothing passes for the whole.
    let partial = names(output.path());
    assert!(partial.len() == 1 && partial[0].ends_with(PARTIAL), "{partial:?}");
    let (came, whole) = (fs::read(output.path().join(&partial[0])).unwrap(), fs::read(&path).unwrap());
    assert_eq!(came.len(), whole.len());
    let mut missing = vec![false; 8_000_000_usize.div_ceil(1024)];
    for range in seen["blocks"]["missing"].as_array().unwrap() {
        missing[range[0].as_u64().unwrap() as usize..=range[1].as_u64().unwrap() as usize].fill(true);
    }
    if seen["blocks"]["ranges"].as_u64().unwrap() <= 1000 {
        assert_eq!(missing.iter().filter(|&&hole| hole).count() as u64, lost);
        for (number, (came, whole)) in came.chunks(1024).zip(whole.chunks(1024)).enumerate() {
            let expected = if missing[number] { &[0; 1024][..whole.len()] } else { whole };
            assert!(came == expected, "block {number}");
        }
    }
}

/// Sends 8 MB without pacing to a receiver with hardly a buffer, with captures of both sides; answers what both ends say
/// and what their files say together.
fn overwhelmed(lab: &Lab, mode: &str) -> (Value, Value, Value) {
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "a.bin", 8_000_000).display().to_string();
    lab.forward(Side::B, Transport::Tcp, PORT);
    lab.forward(Side::B, Transport::Udp, PORT + 1);
    // Receivers of the bare dialect do not open the way through their router.
    lab.forward(Side::A, Transport::Udp, DATA_PORT);
    let port = DATA_PORT.to_string();
    let receiver = ["--mode", mode, "--buffer", "4096", "--data-port", &port];
    let (sender, receiver) = lab_pair(lab, &folder, &path, &["--mode", mode, "--rate", "max"], &receiver);
    let told = document(&sender);
    let seen = document(&receiver);
    (told, seen, analysis(lab, &folder, &["s.pcap", "r.pcap"]))
}

/// Runs a sender at home B and a receiver at home A, both with captures, to their ends.
fn lab_pair(lab: &Lab, folder: &TempDir, path: &str, sender: &[&str], receiver: &[&str]) -> (Finished, Finished) {
    let fixed = ["send", path, "--json", "--capture", "s.pcap"];
    let sender = Running::start(common::medidor::medidor(lab.home_b(), folder.path(), &[&fixed[..], sender].concat()));
    sender.wait_for_line(|line| line.contains(": waiting for "), LONG);
    let (address, output) = (lab.server_address().to_string(), folder.path().join("out"));
    fs::create_dir_all(&output).unwrap();
    let fixed = ["receive", &address, "--json", "--capture", "r.pcap", "--output", "out"];
    let receiver = common::medidor::medidor(lab.home_a(), folder.path(), &[&fixed[..], receiver].concat());
    let receiver = Running::start(receiver).wait(LONG);
    (sender.wait(LONG), receiver)
}

fn analysis(lab: &Lab, folder: &TempDir, files: &[&str]) -> Value {
    let arguments = [&["analyze", "--json"], files].concat();
    let finished = Running::start(common::medidor::medidor(lab.home_a(), folder.path(), &arguments)).wait(LONG);
    finished.expect_code(0);
    document(&finished)
}

#[test]
fn with_captures_of_both_sides_a_tiny_buffers_loss_is_all_the_receivers() {
    let Some(lab) = Lab::build("with_captures_of_both_sides_a_tiny_buffers_loss_is_all_the_receivers") else { return };
    for mode in ["udp", "classic"] {
        let (_, seen, joint) = overwhelmed(&lab, mode);
        let drops = &seen["transfers"][0]["blocks"]["socket_drops"];
        let loss = &joint["transfers"][0]["loss"];
        let lost = loss["lost"].as_u64().unwrap();
        assert!(lost > 0, "{joint:#}");
        assert_eq!(*drops, lost, "{mode}");
        assert_eq!(loss["at"], at(0, 0, lost, lost, 0, &[]), "{mode}: {joint:#}");
        let points = &joint["transfers"][0]["points"];
        for point in ["app_sent", "wire_out", "wire_in"] {
            assert_eq!(points[point], 7813, "{mode}: {points}");
        }
        assert_eq!(points["app_received"], 7813 - lost, "{mode}");
        let advice: Vec<&str> =
            loss["advice"].as_array().unwrap().iter().map(|advice| advice["do"].as_str().unwrap()).collect();
        assert_eq!(advice, ["receive_buffer", "rate"]);
        let mapped: u64 =
            loss["map"]["lost"].as_array().map_or(lost, |cells| cells.iter().filter_map(Value::as_u64).sum());
        assert_eq!(mapped, lost);
    }
}

fn peer(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers").join(name).display().to_string()
}

/// A port with some free ones behind it, as programs of the bare dialect want them.
fn free_port() -> u16 {
    let free = |port: u16| {
        TcpListener::bind(("127.0.0.1", port)).is_ok()
            && (port + 1..port + 4).all(|port| UdpSocket::bind(("127.0.0.1", port)).is_ok())
    };
    (20_000..30_000).step_by(17).map(|port| port + std::process::id() as u16 % 1_000).find(|&port| free(port)).unwrap()
}

#[test]
fn programs_in_another_language_receive_the_bare_dialect() {
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "a.bin", 1_000_003);
    let port = free_port();
    let (listen, file) = (format!("127.0.0.1:{port}"), path.display().to_string());
    let arguments =
        ["send", &file, "--mode", "classic", "--clients", "2", "--rate", "80M", "--listen", &listen, "--json"];
    let sender = Running::start(medidor(&arguments));
    sender.wait_for_line(|line| line.contains(": waiting for "), LONG);
    let outputs = [TempDir::new().unwrap(), TempDir::new().unwrap()];
    let peers: Vec<Running> = outputs
        .iter()
        .map(|output| {
            let mut python = Command::new("python3");
            python.args([&peer("file_receiver.py"), "127.0.0.1", &port.to_string()]).arg(output.path());
            Running::start(python)
        })
        .collect();
    for (receiver, output) in peers.into_iter().zip(&outputs) {
        let finished = receiver.wait(LONG);
        finished.expect_code(0);
        let said = finished.text(Stream::Out);
        let number = said.strip_prefix("number ").and_then(|rest| rest.split(' ').next()).unwrap();
        assert_eq!(said, format!("number {number} of 2 from port {number} past control: 1000003 of 1000003\n"));
        assert!(fs::read(output.path().join("a.bin")).unwrap() == fs::read(&path).unwrap());
    }
    let finished = sender.wait(LONG);
    finished.expect_code(0);
    let document = document(&finished);
    assert_eq!(document["transfers"][1]["complete"], Value::Null, "this dialect has no word for it");
}

#[test]
fn programs_in_another_language_send_the_bare_dialect() {
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "a.bin", 500_001);
    let port = free_port();
    let mut python = Command::new("python3");
    python.args([&peer("file_sender.py"), &path.display().to_string(), &port.to_string(), "2"]);
    let python = Running::start(python);
    python.wait_for_line(|line| line == "listening", LONG);
    let (outputs, address) = ([TempDir::new().unwrap(), TempDir::new().unwrap()], format!("127.0.0.1:{port}"));
    let receivers: Vec<Running> =
        outputs.iter().map(|output| receiver(&address, output.path(), &["--mode", "classic"])).collect();
    for (receiver, output) in receivers.into_iter().zip(&outputs) {
        let finished = receiver.wait(LONG);
        finished.expect_code(0);
        let document = document(&finished);
        assert_eq!((&document["name"], &document["clients"]), (&json!("a.bin"), &json!(2)), "folders are dropped");
        assert!(fs::read(output.path().join("a.bin")).unwrap() == fs::read(&path).unwrap());
    }
    python.wait(PATIENCE).expect_code(0);
}

/// Speaks the bare dialect with one receiver: name, size as told, and content.
fn bare_sender(name: &[u8], size: u64, content: &[u8], output: &Path, arguments: &[&str]) -> Finished {
    let control = TcpListener::bind("127.0.0.1:0").unwrap();
    let arguments = [&["--mode", "classic"], arguments].concat();
    let receiver = receiver(&control.local_addr().unwrap().to_string(), output, &arguments);
    let (mut stream, _) = control.accept().unwrap();
    stream.write_all(&[1, 0]).unwrap();
    let mut port = [0; 3];
    stream.read_exact(&mut port).unwrap();
    stream.write_all(&[1, 0]).unwrap();
    let data = UdpSocket::bind("127.0.0.1:0").unwrap();
    data.connect(("127.0.0.1", u16::from_le_bytes([port[0], port[1]]))).unwrap();
    for datagram in [name, &size.to_le_bytes()].into_iter().chain(content.chunks(1024)) {
        data.send(datagram).unwrap();
    }
    receiver.wait(LONG)
}

#[test]
fn a_size_that_lies_is_no_success() {
    for size in [4_000, 2_000] {
        let output = TempDir::new().unwrap();
        bare_sender(b"a.bin", size, &[7; 3_000], output.path(), &[]).expect_code(1);
        assert!(names(output.path()).iter().all(|name| name.ends_with(PARTIAL)), "{:?}", names(output.path()));
    }
    let output = TempDir::new().unwrap();
    let refused = bare_sender(b"a.bin", 4_000, b"", output.path(), &["--max-size", "3kB"]);
    refused.expect_code(1);
    assert_eq!(document(&refused)["transfers"][0]["trouble"], "too_large");
}

#[test]
fn no_name_from_the_network_leaves_the_folder() {
    let root = TempDir::new().unwrap();
    let output = root.path().join("output");
    fs::create_dir(&output).unwrap();
    let absolute = root.path().join("absolute.bin").display().to_string();
    for (name, kept) in [
        (&b"../up.bin"[..], "up.bin"),
        (absolute.as_bytes(), "absolute.bin"),
        (b"..\\back.bin", "back.bin"),
        (b"\xff\xfe.bin", "\u{fffd}\u{fffd}.bin"),
    ] {
        bare_sender(name, 3, b"abc", &output, &[]).expect_code(0);
        assert_eq!(fs::read(output.join(kept)).unwrap(), b"abc", "{kept}");
    }
    for name in [&b".."[..], b"a/", b"\0"] {
        let refused = bare_sender(name, 3, b"abc", &output, &[]);
        refused.expect_code(1);
        assert_eq!(document(&refused)["transfers"][0]["trouble"], "bad_name");
    }
    assert_eq!(names(root.path()), ["output"]);
    assert_eq!(names(&output).len(), 4);
}

/// Welcomes one receiver with these words, and answers what it says.
fn welcome(words: &[u8], output: &Path) -> (Finished, Vec<String>) {
    let control = TcpListener::bind("127.0.0.1:0").unwrap();
    let receiver = receiver(&control.local_addr().unwrap().to_string(), output, &[]);
    let (stream, _) = control.accept().unwrap();
    let mut said = BufReader::new(stream.try_clone().unwrap()).lines();
    let join = said.next().unwrap().unwrap();
    assert_eq!(serde_json::from_str::<Value>(&join).unwrap()["say"], "join");
    (&stream).write_all(words).unwrap();
    let finished = receiver.wait(LONG);
    drop(control);
    (finished, said.map_while(Result::ok).collect())
}

#[test]
fn a_sender_that_says_what_cannot_be_is_refused() {
    let output = TempDir::new().unwrap();
    let words = |change: &dyn Fn(&mut Value)| {
        let mut said = json!({"say": "welcome", "version": 1, "number": 1, "clients": 1, "name": "a.bin", "size": 3,
            "sha256": "0".repeat(64), "mode": "udp", "block": 1024, "token": 1, "port": 9});
        change(&mut said);
        format!("{said}\n").into_bytes()
    };
    let (finished, said) = welcome(&words(&|said| said["name"] = "..".into()), output.path());
    finished.expect_code(1);
    assert!(said[0].contains("bad_name"), "{said:?}");
    let (finished, said) = welcome(&words(&|said| said["size"] = 20_000_000_000_u64.into()), output.path());
    finished.expect_code(1);
    assert!(said[0].contains("too_large"), "{said:?}");
    let not_utf8 = words(&|_| ()).into_iter().map(|byte| if byte == b'a' { 0xff } else { byte }).collect::<Vec<_>>();
    for broken in [words(&|said| said["block"] = 0.into()), not_utf8, b"\n".to_vec(), vec![b'x'; 70_000]] {
        let (finished, _) = welcome(&broken, output.path());
        finished.expect_code(1);
        assert!(finished.text(Stream::Err).contains("does not speak like a medidor sender"), "{finished:?}");
    }
    assert!(names(output.path()).is_empty(), "{:?}", names(output.path()));
}

#[test]
fn strangers_at_the_door_hold_nobody_up() {
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "a.bin", 100_000);
    for mode in ["udp", "classic"] {
        let (sender, address) = sender(&path, &["--mode", mode]);
        // One that connects and leaves, one that says nothing, and one that talks rubbish.
        drop(TcpStream::connect(&address).unwrap());
        let silent = TcpStream::connect(&address).unwrap();
        let mut rude = TcpStream::connect(&address).unwrap();
        rude.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
        let output = TempDir::new().unwrap();
        let arguments: &[&str] = if mode == "classic" { &["--mode", "classic"] } else { &[] };
        receiver(&address, output.path(), arguments).wait(LONG).expect_code(0);
        assert_eq!(names(output.path()), ["a.bin"], "{mode}");
        sender.wait(LONG).expect_code(0);
        drop(silent);
    }
}

#[test]
fn one_too_many_is_sent_away_and_one_who_does_not_come_is_told() {
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "a.bin", 500_000);
    let (first, address) = sender(&path, &["--rate", "2M"]);
    let output = TempDir::new().unwrap();
    let one = receiver(&address, output.path(), &[]);
    first.wait_for_line(|line| line == "The transfer has begun", LONG);
    let other = TempDir::new().unwrap();
    let refused = receiver(&address, other.path(), &[]).wait(LONG);
    refused.expect_code(1);
    assert!(refused.text(Stream::Err).contains("takes no more receivers"), "{refused:?}");
    one.wait(LONG).expect_code(0);
    first.wait(LONG).expect_code(0);

    let (second, address) = sender(&path, &["--clients", "2", "--barrier-timeout", "2s"]);
    receiver(&address, other.path(), &[]).wait(LONG).expect_code(0);
    let told = second.wait(LONG);
    told.expect_code(1);
    let document = document(&told);
    assert_eq!(document["transfers"][0]["complete"], true);
    assert_eq!(document["transfers"][1]["trouble"], "absent");
}

/// A transfer from home B to home A, of which the sender's router loses every twentieth datagram: what both ends say, how
/// many were lost, and the receiver's folder. `None` where they cannot be counted one by one.
fn lossy(lab: &Lab, mode: &str) -> Option<(Value, Value, u64, TempDir)> {
    // A buffer that is cut behind the router would be lost, and counted, as one.
    if let Err(why) = lab.home_b().run("ethtool", &["-K", lab.home_b().device(), "tx-udp-segmentation", "off"]) {
        common::skip(lab.home_b().test(), &why);
        return None;
    }
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "a.bin", 2_000_000).display().to_string();
    lab.forward(Side::B, Transport::Tcp, PORT);
    lab.forward(Side::B, Transport::Udp, PORT + 1);
    // From the sender at home B to the receiver at home A.
    let loss = faults::forward_drop(lab.router_b(), &Match::any_reply().on_port(PORT + 1).one_in(20));
    let mut command = lab.home_b().command(env!("CARGO_BIN_EXE_medidor"));
    command.args(["--lang", "en", "send", &path, "--mode", mode, "--json"]);
    let sender = Running::start(command);
    sender.wait_for_line(|line| line.contains(": waiting for "), LONG);
    let output = TempDir::new().unwrap();
    let mut command = lab.home_a().command(env!("CARGO_BIN_EXE_medidor"));
    command.args(["--lang", "en", "receive", &lab.server_address().to_string(), "--json", "--output"]);
    command.arg(output.path());
    let receiver = Running::start(command).wait(LONG);
    let told = document(&sender.wait(LONG));
    Some((told, document(&receiver), loss.hits(), output))
}

#[test]
fn what_the_network_loses_is_missing_by_udp_and_nothing_else() {
    let Some(lab) = Lab::build("what_the_network_loses_is_missing_by_udp_and_nothing_else") else { return };
    let Some((told, seen, dropped, output)) = lossy(&lab, "udp") else { return };
    assert!(dropped > 50, "{dropped}");
    let loss = &told["transfers"][0]["loss"];
    assert_eq!(loss["lost"], dropped, "{loss}");
    let missing = seen["transfers"][0]["blocks"]["missing"].as_array().unwrap();
    let missing: u64 = missing.iter().map(|range| range[1].as_u64().unwrap() - range[0].as_u64().unwrap() + 1).sum();
    assert_eq!(missing, dropped);
    assert_eq!(
        loss["at"],
        at(0, 0, 0, 0, dropped, &["sender_host", "network", "receiver_host"]),
        "no capture, no place"
    );
    assert!(names(output.path()).iter().all(|name| name.ends_with(PARTIAL)));
}

#[test]
fn what_the_network_loses_is_repaired_by_quic() {
    let Some(lab) = Lab::build("what_the_network_loses_is_repaired_by_quic") else { return };
    let Some((told, _, dropped, output)) = lossy(&lab, "quic") else { return };
    assert!(dropped > 50, "{dropped}");
    assert_eq!(told["transfers"][0]["complete"], true, "{told:#}");
    assert_eq!(names(output.path()), ["a.bin"]);
}

/// Bytes that are the last of a block's number in one block of twenty.
const DOOMED: [u8; 13] = [3, 4, 5, 17, 40, 41, 88, 120, 121, 122, 200, 230, 255];

#[test]
fn each_block_that_the_network_lost_is_blamed_on_it_by_its_number() {
    let Some(lab) = Lab::build("each_block_that_the_network_lost_is_blamed_on_it_by_its_number") else { return };
    let folder = TempDir::new().unwrap();
    let (size, blocks) = (4_000_000, 4_000_000_u64.div_ceil(1024));
    let path = file(&folder, "a.bin", size).display().to_string();
    lab.forward(Side::B, Transport::Tcp, PORT);
    lab.forward(Side::B, Transport::Udp, PORT + 1);
    // The number ends with the twelfth byte of a block; from the sender at home B to the receiver at home A.
    let loss = faults::forward_drop(lab.router_b(), &Match::any_reply().on_port(PORT + 1).with_byte(11, &DOOMED));
    let truth: Vec<u64> = (0..blocks).filter(|number| DOOMED.contains(&(*number as u8))).collect();
    let (sender, receiver) = lab_pair(&lab, &folder, &path, &[], &[]);
    assert_eq!(loss.hits(), truth.len() as u64);
    let (told, seen) = (document(&sender), document(&receiver));
    let lost = truth.len() as u64;
    let of = |document: &Value| document["transfers"][0]["loss"]["at"].clone();
    let missing = |document: &Value| -> Vec<u64> {
        let ranges = document["transfers"][0]["blocks"]["missing"].as_array().unwrap();
        ranges.iter().flat_map(|range| range[0].as_u64().unwrap()..=range[1].as_u64().unwrap()).collect()
    };
    assert_eq!(missing(&seen), truth);
    assert_eq!(of(&told), at(0, 0, 0, 0, lost, &["network", "receiver_host"]), "the sender saw them leave");
    assert_eq!(of(&seen), at(0, 0, 0, 0, lost, &["sender_host", "network"]), "they never came to the receiver's wire");
    let joint = analysis(&lab, &folder, &["s.pcap", "r.pcap"]);
    assert_eq!((&joint["role"], missing(&joint)), (&json!("joint"), truth.clone()));
    assert_eq!(of(&joint), at(0, lost, 0, 0, 0, &[]), "{joint:#}");
    let loss = &joint["transfers"][0]["loss"];
    let per_cell = loss["map"]["blocks_per_cell"].as_u64().unwrap();
    let mut map = vec![0; blocks.div_ceil(per_cell) as usize];
    for number in &truth {
        map[(number / per_cell) as usize] += 1;
    }
    assert_eq!(loss["map"]["lost"], json!(map));
    let points =
        json!({"app_sent": blocks, "wire_out": blocks, "wire_in": blocks - lost, "app_received": blocks - lost});
    assert_eq!(joint["transfers"][0]["points"], points);
    let course = joint["transfers"][0]["course"]["bytes"].as_array().unwrap();
    let passed: u64 = course.iter().filter_map(Value::as_u64).sum();
    assert_eq!(passed, seen["transfers"][0]["bytes_received"].as_u64().unwrap());
    assert_eq!(joint["warnings"], json!([]), "{joint:#}");
    // Weaker evidence widens the blame, and never moves it.
    for (files, place) in [
        (
            &["s.journal.jsonl", "r.journal.jsonl"][..],
            at(0, 0, 0, 0, lost, &["sender_host", "network", "receiver_host"]),
        ),
        (&["s.pcap", "r.journal.jsonl"], at(0, 0, 0, 0, lost, &["network", "receiver_host"])),
        (&["s.journal.jsonl", "r.pcap"], at(0, 0, 0, 0, lost, &["sender_host", "network"])),
        (&["r.pcap"], at(0, 0, 0, 0, lost, &["sender_host", "network"])),
    ] {
        // The sender's journal alone lies beside no capture here.
        let alone = TempDir::new().unwrap();
        for file in ["s.pcap", "s.journal.jsonl", "r.pcap", "r.journal.jsonl"] {
            let stem = file.split('.').next().unwrap();
            let named =
                files.contains(&file) || files.contains(&format!("{stem}.pcap").as_str()) && file.ends_with("jsonl");
            if named {
                fs::copy(folder.path().join(file), alone.path().join(file)).unwrap();
            }
        }
        assert_eq!(of(&analysis(&lab, &alone, files)), place, "{files:?}");
    }
}

#[test]
fn what_transports_repair_is_counted_on_the_wires() {
    let Some(lab) = Lab::build("what_transports_repair_is_counted_on_the_wires") else { return };
    lab.forward(Side::B, Transport::Tcp, PORT);
    lab.forward(Side::B, Transport::Udp, PORT + 1);
    for (mode, which) in [
        ("quic", Match::any_reply().on_port(PORT + 1).one_in(20)),
        ("tcp", Match::any_segment_from_server().one_in(50)),
    ] {
        let folder = TempDir::new().unwrap();
        let path = file(&folder, "a.bin", 3_000_000).display().to_string();
        let loss = faults::forward_drop(lab.router_b(), &which);
        let (sender, receiver) = lab_pair(&lab, &folder, &path, &["--mode", mode], &["--mode", mode]);
        sender.expect_code(0);
        receiver.expect_code(0);
        let dropped = loss.hits();
        loss.lift();
        assert!(dropped > 0, "{mode}");
        let joint = analysis(&lab, &folder, &["s.pcap", "r.pcap"]);
        let transfer = &joint["transfers"][0];
        assert_eq!((&transfer["complete"], &transfer["loss"]), (&json!(true), &Value::Null), "{mode}");
        let figure = |end: &str, name: &str| transfer["wire"][end][name].as_u64().unwrap();
        assert!(figure("receiver", "bytes") >= 3_000_000, "{mode}: {transfer:#}");
        assert!(figure("sender", "bytes") > figure("receiver", "bytes"), "{mode}: {transfer:#}");
        if mode == "quic" {
            assert_eq!(figure("sender", "packets") - figure("receiver", "packets"), dropped, "{transfer:#}");
            assert!(transfer["transport"]["packets_lost"].as_u64().unwrap() > 0, "{transfer:#}");
        } else {
            assert!(figure("sender", "repeated") > 0, "{transfer:#}");
        }
    }
}

/// Waits until some of the file is there.
fn some_came(output: &Path) {
    let deadline = Instant::now() + LONG;
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
fn whoever_dies_leaves_nothing_that_passes_for_the_whole() {
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "a.bin", 2_000_000);
    let outputs = [TempDir::new().unwrap(), TempDir::new().unwrap()];
    // A receiver dies: the other one gets everything.
    let (first, address) = sender(&path, &["--clients", "2", "--rate", "8M"]);
    let [dying, living] = outputs.each_ref().map(|output| receiver(&address, output.path(), &[]));
    some_came(outputs[0].path());
    dying.signal(Signal::SIGKILL);
    living.wait(LONG).expect_code(0);
    let told = first.wait(LONG);
    told.expect_code(1);
    let document = document(&told);
    let complete: Vec<&Value> =
        document["transfers"].as_array().unwrap().iter().map(|transfer| &transfer["complete"]).collect();
    assert!(complete.contains(&&json!(true)) && complete.contains(&&json!(false)), "{document:#}");
    assert!(names(outputs[0].path()).iter().all(|name| name.ends_with(PARTIAL)));
    assert_eq!(names(outputs[1].path()), ["a.bin"]);
    // The sender dies.
    for rate in ["8M", "max"] {
        let output = TempDir::new().unwrap();
        let (first, address) = sender(&path, &["--clients", "1", "--rate", rate]);
        let one = receiver(&address, output.path(), &[]);
        if rate == "max" {
            first.wait_for_line(|line| line == "The transfer has begun", LONG);
        } else {
            some_came(output.path());
        }
        first.signal(Signal::SIGKILL);
        let finished = one.wait(LONG);
        let whole = finished.status.code() == Some(0);
        assert!(rate == "max" || !whole, "{finished:?}");
        for name in names(output.path()) {
            let content = fs::read(output.path().join(&name)).unwrap();
            assert!(name.ends_with(PARTIAL) || content == fs::read(&path).unwrap(), "{name}");
        }
    }
}

/// Who dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dying {
    Sender,
    Receiver,
}

/// Kills one end once so many bytes have come, and holds what is left against the file: nothing passes for it that is not.
/// Answers whether the file came whole all the same.
fn killed(mode: &str, dying: Dying, after: u64) -> bool {
    let folder = TempDir::new().unwrap();
    // The transports go as fast as they can: they need more to do.
    let size = if matches!(mode, "udp" | "classic") { 600_000 } else { 12_000_000 };
    let path = file(&folder, "a.bin", size);
    let journals = ["s", "r"].map(|end| folder.path().join(format!("{end}.journal.jsonl")).display().to_string());
    // A receiver that dies before the start is waited for no longer than this.
    let fixed = ["--rate", "8M", "--barrier-timeout", "15s", "--journal", &journals[0]];
    let (sender, address) = sender(&path, &[&["--mode", mode], &fixed[..]].concat());
    let output = TempDir::new().unwrap();
    let receiver = receiver(&address, output.path(), &["--mode", mode, "--journal", &journals[1]]);
    let after = after * size as u64 / 100;
    let deadline = Instant::now() + LONG;
    let came = || {
        let files = fs::read_dir(output.path()).unwrap().flatten();
        files.filter_map(|entry| entry.metadata().ok()).map(|data| data.len()).max()
    };
    // Nobody waits for one that has come to its end.
    while came().is_none_or(|bytes| bytes < after)
        && Instant::now() < deadline
        && !receiver.lines().iter().any(|line| line.stream == Stream::Out)
    {
        thread::sleep(Duration::from_micros(200));
    }
    if dying == Dying::Sender { &sender } else { &receiver }.signal(Signal::SIGKILL);
    let (told, seen) = (sender.wait(LONG), receiver.wait(LONG));
    let whole = fs::read(&path).unwrap();
    let left = names(output.path());
    for name in &left {
        let content = fs::read(output.path().join(name)).unwrap();
        assert!(name.ends_with(PARTIAL) || content == whole, "{mode} {dying:?} {after}: {name}");
    }
    let complete = left.contains(&"a.bin".to_owned());
    let survivor = if dying == Dying::Sender { &seen } else { &told };
    let says = &document(survivor)["transfers"][0]["complete"];
    assert!(says != true || complete, "{mode} {dying:?} {after}: {survivor:?}");
    if dying == Dying::Sender {
        assert_eq!(survivor.status.code() == Some(0), complete, "{mode} {dying:?} {after}");
    }
    // Of the journals one breaks off, or was never begun: they blame no network, for there is none.
    let kept: Vec<&str> =
        journals.iter().map(String::as_str).filter(|path| fs::metadata(path).unwrap().len() > 0).collect();
    let finished = Running::start(medidor(&[&["analyze", "--json"], &kept[..]].concat())).wait(LONG);
    if finished.status.code() == Some(0) {
        for transfer in document(&finished)["transfers"].as_array().unwrap() {
            assert!(transfer["loss"].is_null() || transfer["loss"]["at"]["network"] == 0, "{transfer:#}");
            assert!(transfer["complete"] != true || complete, "{transfer:#}");
        }
    } else {
        // Nobody may have lived to tell what was to be transferred.
        assert!(finished.text(Stream::Err).contains("no journal"), "{finished:?}");
    }
    complete
}

/// Kills both ends at many moments.
fn sweep(mode: &str) {
    let mut broken = 0;
    for dying in [Dying::Sender, Dying::Receiver] {
        for after in [0, 1, 50, 90] {
            broken += u32::from(!killed(mode, dying, after));
        }
    }
    assert!(broken >= 3, "{mode}: the file came whole but {broken} times");
}

#[test]
fn kill_any_side_at_any_moment_of_numbered_blocks() {
    sweep("udp");
}

#[test]
fn kill_any_side_at_any_moment_of_the_bare_dialect() {
    sweep("classic");
}

#[test]
fn kill_any_side_at_any_moment_of_quic() {
    sweep("quic");
}

#[test]
fn kill_any_side_at_any_moment_of_tcp() {
    sweep("tcp");
}

#[test]
fn the_analysis_of_a_quarter_of_a_million_blocks_takes_little_memory() {
    let Some(lab) = Lab::build("the_analysis_of_a_quarter_of_a_million_blocks_takes_little_memory") else { return };
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "a.bin", 16_000_000).display().to_string();
    lab.forward(Side::B, Transport::Tcp, PORT);
    lab.forward(Side::B, Transport::Udp, PORT + 1);
    let loss = faults::forward_drop(lab.router_b(), &Match::any_reply().on_port(PORT + 1).with_byte(11, &DOOMED));
    lab_pair(&lab, &folder, &path, &["--block", "64"], &[]);
    // Of address space, which is more than memory, it may have 400 MiB.
    let command = r#"ulimit -v "$0" && exec "$@""#;
    let limited = |kibibytes: u64, files: &[&str]| {
        let mut shell = lab.home_a().command("sh");
        shell.current_dir(folder.path()).args(["-c", command, &kibibytes.to_string(), env!("CARGO_BIN_EXE_medidor")]);
        shell.args(["--lang", "en", "analyze", "--json"]).args(files);
        Running::start(shell).wait(LONG)
    };
    let finished = limited(400 * 1024, &["s.pcap", "r.pcap"]);
    finished.expect_code(0);
    let joint = document(&finished);
    let points = &joint["transfers"][0]["points"];
    assert_eq!((&points["app_sent"], &points["wire_out"]), (&json!(250_000), &json!(250_000)), "{joint:#}");
    assert!(joint["transfers"][0]["loss"]["lost"].as_u64().unwrap() >= loss.hits());
}

#[test]
fn a_full_disk_is_that_receivers_trouble_alone() {
    let Some(lab) = Lab::build("a_full_disk_is_that_receivers_trouble_alone") else { return };
    let Some(disk) = SmallDisk::mount(lab.home_a(), 200_000) else { return };
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "a.bin", 1_000_000).display().to_string();
    let mut command = lab.home_a().command(env!("CARGO_BIN_EXE_medidor"));
    let listen = "127.0.0.1:5005";
    command.args(["--lang", "en", "send", &path, "--clients", "2", "--listen", listen, "--json"]);
    let sender = Running::start(command);
    sender.wait_for_line(|line| line.contains(": waiting for "), LONG);
    // Its journal lies on the same disk.
    let (inside, journal) = (disk.inside(""), disk.inside("r.journal.jsonl"));
    let full = ["receive", "--output", &inside, "--journal", &journal, "--json"];
    let full = Running::start(disk.medidor(folder.path(), &full));
    let output = TempDir::new().unwrap();
    let mut other = lab.home_a().command(env!("CARGO_BIN_EXE_medidor"));
    other.args(["--lang", "en", "receive", "--json", "--output"]).arg(output.path());
    let other = Running::start(other);
    let finished = full.wait(LONG);
    finished.expect_code(3);
    assert_eq!(document(&finished)["transfers"][0]["trouble"], "disk_full");
    other.wait(LONG).expect_code(0);
    let told = sender.wait(LONG);
    told.expect_code(1);
    let document = document(&told);
    let mut troubles: Vec<&Value> =
        document["transfers"].as_array().unwrap().iter().map(|transfer| &transfer["trouble"]).collect();
    troubles.sort_by_key(|trouble| trouble.is_null());
    assert_eq!(troubles, [&json!("disk_full"), &Value::Null], "{document:#}");
}

#[test]
fn each_side_writes_a_log_for_each_receiver() {
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "a.bin", 10_000);
    let logs = folder.path().join("logs").display().to_string();
    let (sender, address) = sender(&path, &["--clients", "2", "--logs", &logs]);
    let receivers = [(); 2].map(|()| receiver(&address, folder.path(), &["--logs", &logs]));
    for receiver in receivers {
        receiver.wait(LONG).expect_code(0);
    }
    sender.wait(LONG).expect_code(0);
    let names = names(Path::new(&logs));
    for (role, number) in [("receiver", 1), ("receiver", 2), ("sender", 1), ("sender", 2)] {
        let name = names.iter().find(|name| name.starts_with(&format!("{role}-{number}-"))).expect(role);
        assert!(name.ends_with("-a.bin-2.log"), "{name}");
        let text = fs::read_to_string(Path::new(&logs).join(name)).unwrap();
        for line in ["file: a.bin", "size: 10000", "mode: udp", "whole: yes", "received: 10000"] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
    }
    assert_eq!(names.len(), 4, "{names:?}");
}

#[test]
fn the_modes_stand_side_by_side() {
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "a.bin", 300_000).display().to_string();
    let run = |form: &str| {
        let finished = Running::start(medidor(&["compare", &path, "--clients", "1,2", form])).wait(LONG);
        finished.expect_code(0);
        finished
    };
    let document = document(&run("--json"));
    let runs = document["runs"].as_array().unwrap();
    let modes: Vec<&str> = runs.iter().map(|run| run["mode"].as_str().unwrap()).collect();
    assert_eq!(modes, ["udp", "classic", "quic", "tcp", "udp", "classic", "quic", "tcp"]);
    for run in runs {
        let transfers = run["transfers"].as_array().unwrap();
        assert_eq!(transfers.len() as u64, run["clients"].as_u64().unwrap());
        assert!(transfers.iter().all(|transfer| transfer["complete"] == true), "{run:#}");
    }
    let csv = run("--csv").text(Stream::Out);
    let widths: Vec<usize> = csv.lines().map(|line| line.split(',').count()).collect();
    assert_eq!(widths, [16; 13], "a heading, four modes to one receiver, and four to two\n{csv}");
}
