//! One file to many receivers on loopback: every mode, other programs on either side, and peers that violate the
//! protocol.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU16, Ordering};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::common::process::{Finished, Running, STEP_TIMEOUT, Stream};
use crate::common::transfer::{LONG_TIMEOUT, PARTIAL, document, file, medidor, names, receiver, sender};

/// Sends a file to several receivers and compares every copy with it.
fn to_many(mode: &str, size: usize, clients: usize) {
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "a.bin", size);
    let (sender, address) = sender(&path, &["--mode", mode, "--clients", &clients.to_string()]);
    let folders: Vec<TempDir> = (0..clients).map(|_| TempDir::new().unwrap()).collect();
    let receivers: Vec<Running> = folders.iter().map(|folder| receiver(&address, folder.path(), &[])).collect();
    let whole = fs::read(&path).unwrap();
    for (receiver, folder) in receivers.into_iter().zip(&folders) {
        let finished = receiver.wait(LONG_TIMEOUT);
        finished.expect_code(0);
        assert_eq!(document(&finished)["transfers"][0]["complete"], true);
        assert_eq!(names(folder.path()), ["a.bin"]);
        assert!(fs::read(folder.path().join("a.bin")).unwrap() == whole, "the copy differs");
    }
    let finished = sender.wait(LONG_TIMEOUT);
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

fn peer(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers").join(name).display().to_string()
}

/// A port followed by some free ones, as programs of the classic protocol need them. Never returns the same port twice.
fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let free = |port: u16| {
        TcpListener::bind(("127.0.0.1", port)).is_ok()
            && (port + 1..port + 4).all(|port| UdpSocket::bind(("127.0.0.1", port)).is_ok())
    };
    let first = 20_000 + std::process::id() as u16 % 1_000;
    std::iter::repeat_with(|| first + 17 * NEXT.fetch_add(1, Ordering::Relaxed))
        .take(500)
        .find(|&port| free(port))
        .unwrap()
}

#[test]
fn python_receivers_speak_the_classic_protocol() {
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "a.bin", 1_000_003);
    let port = free_port();
    let (listen, file) = (format!("127.0.0.1:{port}"), path.display().to_string());
    let arguments =
        ["send", &file, "--mode", "classic", "--clients", "2", "--rate", "80M", "--listen", &listen, "--json"];
    let sender = Running::start(medidor(&arguments));
    sender.wait_for_line(|line| line.contains(": waiting for "), LONG_TIMEOUT);
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
        let finished = receiver.wait(LONG_TIMEOUT);
        finished.expect_code(0);
        let answer = finished.text(Stream::Out);
        let number = answer.strip_prefix("number ").and_then(|rest| rest.split(' ').next()).unwrap();
        assert_eq!(answer, format!("number {number} of 2 from port {number} past control: 1000003 of 1000003\n"));
        assert!(fs::read(output.path().join("a.bin")).unwrap() == fs::read(&path).unwrap());
    }
    let finished = sender.wait(LONG_TIMEOUT);
    finished.expect_code(0);
    let document = document(&finished);
    assert_eq!(document["transfers"][1]["complete"], Value::Null, "this dialect has no word for it");
}

/// Sends a file of `size` bytes at a megabit per second to a receiver that binds its socket late, and returns the datagrams
/// that it read and the sender's result.
fn to_late_receiver(host: &str, size: usize, delay: &str, most: Option<&str>) -> (Vec<String>, Finished) {
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "a.bin", size).display().to_string();
    let listen = if host.contains(':') { format!("[{host}]:0") } else { format!("{host}:0") };
    let sender =
        Running::start(medidor(&["send", &path, "--mode", "classic", "--rate", "1M", "--listen", &listen, "--json"]));
    let line = sender.wait_for_line(|line| line.contains(": waiting for "), LONG_TIMEOUT);
    let port = line.rsplit(':').next().unwrap().to_owned();
    let data_port = UdpSocket::bind((host, 0)).unwrap().local_addr().unwrap().port().to_string();
    let mut python = Command::new("python3");
    python.args([&peer("late_file_receiver.py"), host, &port, &data_port, delay]).args(most);
    let read = Running::start(python).wait(LONG_TIMEOUT);
    read.expect_code(0);
    (read.text(Stream::Out).lines().map(str::to_owned).collect(), sender.wait(LONG_TIMEOUT))
}

#[test]
fn the_name_is_the_first_datagram_of_a_late_socket() {
    for (host, delay) in [("127.0.0.1", "0.001"), ("127.0.0.1", "0.4"), ("127.0.0.1", "2"), ("::1", "0.4")] {
        let (read, sender) = to_late_receiver(host, 2_500, delay, None);
        let lengths: Vec<&str> = read.iter().map(|line| line.split(' ').next().unwrap()).collect();
        assert_eq!(lengths, ["5", "8", "1024", "1024", "452"], "{host}, {delay} s");
        assert_eq!(read[0], "5 b'a.bin'", "{host}, {delay} s");
        sender.expect_code(0);
        assert_eq!(document(&sender)["transfers"][0]["error"], Value::Null);
    }
}

#[test]
fn a_refused_port_is_reported() {
    // One that opens no socket, and one that closes it after the name.
    for (delay, most) in [("-1", None), ("0.001", Some("1"))] {
        // The file takes longer than the receiver to close its socket.
        let (read, sender) = to_late_receiver("127.0.0.1", 250_000, delay, most);
        assert_eq!(read.len(), usize::from(most.is_some()), "{read:?}");
        sender.expect_code(1);
        let transfer = &document(&sender)["transfers"][0];
        assert_eq!((&transfer["error"], &transfer["complete"]), (&json!("refused"), &json!(false)), "{transfer:#}");
    }
}

#[test]
fn a_python_sender_speaks_the_classic_protocol() {
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "a.bin", 500_001);
    let port = free_port();
    let mut python = Command::new("python3");
    python.args([&peer("file_sender.py"), &path.display().to_string(), &port.to_string(), "2"]);
    let python = Running::start(python);
    python.wait_for_line(|line| line == "listening", LONG_TIMEOUT);
    let (outputs, address) = ([TempDir::new().unwrap(), TempDir::new().unwrap()], format!("127.0.0.1:{port}"));
    let receivers: Vec<Running> =
        outputs.iter().map(|output| receiver(&address, output.path(), &["--mode", "classic"])).collect();
    for (receiver, output) in receivers.into_iter().zip(&outputs) {
        let finished = receiver.wait(LONG_TIMEOUT);
        finished.expect_code(0);
        let document = document(&finished);
        assert_eq!((&document["name"], &document["clients"]), (&json!("a.bin"), &json!(2)), "folders are dropped");
        assert!(fs::read(output.path().join("a.bin")).unwrap() == fs::read(&path).unwrap());
    }
    python.wait(STEP_TIMEOUT).expect_code(0);
}

/// Sends a file to one receiver by the classic protocol: name, announced size, and content.
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
    receiver.wait(LONG_TIMEOUT)
}

#[test]
fn a_wrong_size_is_a_failure() {
    for size in [4_000, 2_000] {
        let output = TempDir::new().unwrap();
        bare_sender(b"a.bin", size, &[7; 3_000], output.path(), &[]).expect_code(1);
        assert!(names(output.path()).iter().all(|name| name.ends_with(PARTIAL)), "{:?}", names(output.path()));
    }
    let output = TempDir::new().unwrap();
    let refused = bare_sender(b"a.bin", 4_000, b"", output.path(), &["--max-size", "3kB"]);
    refused.expect_code(1);
    assert_eq!(document(&refused)["transfers"][0]["error"], "too_large");
}

#[test]
fn received_file_names_stay_inside_the_folder() {
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
        assert_eq!(document(&refused)["transfers"][0]["error"], "bad_name");
    }
    assert_eq!(names(root.path()), ["output"]);
    assert_eq!(names(&output).len(), 4);
}

/// Sends this offer to one receiver and reads its answer.
fn welcome(words: &[u8], output: &Path) -> (Finished, Vec<String>) {
    let control = TcpListener::bind("127.0.0.1:0").unwrap();
    let receiver = receiver(&control.local_addr().unwrap().to_string(), output, &[]);
    let (stream, _) = control.accept().unwrap();
    let mut answer = BufReader::new(stream.try_clone().unwrap()).lines();
    let join = answer.next().unwrap().unwrap();
    assert_eq!(serde_json::from_str::<Value>(&join).unwrap()["say"], "join");
    (&stream).write_all(words).unwrap();
    let finished = receiver.wait(LONG_TIMEOUT);
    drop(control);
    (finished, answer.map_while(Result::ok).collect())
}

#[test]
fn an_impossible_offer_is_refused() {
    let output = TempDir::new().unwrap();
    let words = |change: &dyn Fn(&mut Value)| {
        let mut answer = json!({"say": "welcome", "version": 1, "number": 1, "clients": 1, "name": "a.bin", "size": 3,
            "sha256": "0".repeat(64), "mode": "udp", "block": 1024, "token": 1, "port": 9});
        change(&mut answer);
        format!("{answer}\n").into_bytes()
    };
    let (finished, answer) = welcome(&words(&|answer| answer["name"] = "..".into()), output.path());
    finished.expect_code(1);
    assert!(answer[0].contains("bad_name"), "{answer:?}");
    let (finished, answer) = welcome(&words(&|answer| answer["size"] = 20_000_000_000_u64.into()), output.path());
    finished.expect_code(1);
    assert!(answer[0].contains("too_large"), "{answer:?}");
    let not_utf8 = words(&|_| ()).into_iter().map(|byte| if byte == b'a' { 0xff } else { byte }).collect::<Vec<_>>();
    for broken in [words(&|answer| answer["block"] = 0.into()), not_utf8, b"\n".to_vec(), vec![b'x'; 70_000]] {
        let (finished, _) = welcome(&broken, output.path());
        finished.expect_code(1);
        assert!(finished.text(Stream::Err).contains("does not answer like a medidor sender"), "{finished:?}");
    }
    assert!(names(output.path()).is_empty(), "{:?}", names(output.path()));
}

#[test]
fn foreign_connections_do_not_delay_a_transfer() {
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "a.bin", 100_000);
    for mode in ["udp", "classic"] {
        let (sender, address) = sender(&path, &["--mode", mode]);
        // One that connects and closes, one that sends nothing, and one that sends garbage.
        drop(TcpStream::connect(&address).unwrap());
        let silent = TcpStream::connect(&address).unwrap();
        let mut rude = TcpStream::connect(&address).unwrap();
        rude.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
        let output = TempDir::new().unwrap();
        let arguments: &[&str] = if mode == "classic" { &["--mode", "classic"] } else { &[] };
        receiver(&address, output.path(), arguments).wait(LONG_TIMEOUT).expect_code(0);
        assert_eq!(names(output.path()), ["a.bin"], "{mode}");
        sender.wait(LONG_TIMEOUT).expect_code(0);
        drop(silent);
    }
}

#[test]
fn an_extra_receiver_is_rejected_and_a_missing_one_reported() {
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "a.bin", 500_000);
    let (first, address) = sender(&path, &["--rate", "2M"]);
    let output = TempDir::new().unwrap();
    let one = receiver(&address, output.path(), &[]);
    first.wait_for_line(|line| line == "The transfer has begun", LONG_TIMEOUT);
    let other = TempDir::new().unwrap();
    let refused = receiver(&address, other.path(), &[]).wait(LONG_TIMEOUT);
    refused.expect_code(1);
    assert!(refused.text(Stream::Err).contains("accepts no more receivers"), "{refused:?}");
    one.wait(LONG_TIMEOUT).expect_code(0);
    first.wait(LONG_TIMEOUT).expect_code(0);

    let (second, address) = sender(&path, &["--clients", "2", "--barrier-timeout", "2s"]);
    receiver(&address, other.path(), &[]).wait(LONG_TIMEOUT).expect_code(0);
    let sender_result = second.wait(LONG_TIMEOUT);
    sender_result.expect_code(1);
    let document = document(&sender_result);
    assert_eq!(document["transfers"][0]["complete"], true);
    assert_eq!(document["transfers"][1]["error"], "absent");
}

#[test]
fn each_side_writes_a_log_per_receiver() {
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "a.bin", 10_000);
    let logs = folder.path().join("logs").display().to_string();
    let (sender, address) = sender(&path, &["--clients", "2", "--logs", &logs]);
    let receivers = [(); 2].map(|()| receiver(&address, folder.path(), &["--logs", &logs]));
    for receiver in receivers {
        receiver.wait(LONG_TIMEOUT).expect_code(0);
    }
    sender.wait(LONG_TIMEOUT).expect_code(0);
    let names = names(Path::new(&logs));
    for (role, number) in [("receiver", 1), ("receiver", 2), ("sender", 1), ("sender", 2)] {
        let name = names.iter().find(|name| name.starts_with(&format!("{role}-{number}-"))).expect(role);
        assert!(name.ends_with("-a.bin-2.log"), "{name}");
        let text = fs::read_to_string(Path::new(&logs).join(name)).unwrap();
        for line in ["file: a.bin", "size: 10000", "mode: udp", "complete: yes", "received: 10000"] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
    }
    assert_eq!(names.len(), 4, "{names:?}");
}

#[test]
fn compare_runs_every_mode() {
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "a.bin", 300_000).display().to_string();
    let run = |form: &str| {
        let finished = Running::start(medidor(&["compare", &path, "--clients", "1,2", form])).wait(LONG_TIMEOUT);
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
