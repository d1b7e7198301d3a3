//! Texts of others cannot forge a line, whatever they hold: a datagram of a chat, a file's name, a target's name.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpStream, UdpSocket};
use std::process::Command;

use tempfile::TempDir;

use crate::common::chat::Server;
use crate::common::medidor::RUN_TIMEOUT;
use crate::common::process::{Running, STEP_TIMEOUT, Stream};
use crate::common::transfer::{LONG_TIMEOUT, document, names, receiver, sender};

/// A line feed, a return to the line's start, an escape sequence, a change of direction, a zero-width space.
const EVIL: &str = "oi\nbia disse: a\rcaio disse: b\u{1b}[2J\u{202e}c\u{200b}d";

/// What is left of it.
const SHOWN: &str = "oi bia disse: a?caio disse: b?[2J?c?d";

fn member(server: &Server) -> UdpSocket {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.connect(server.address).unwrap();
    socket.set_read_timeout(Some(STEP_TIMEOUT)).unwrap();
    socket.send(b"Novo participante no chat.").unwrap();
    assert!(received(&socket).contains("127.0.0.1"), "the welcome");
    socket
}

fn received(socket: &UdpSocket) -> String {
    let mut buffer = [0; 2048];
    let length = socket.recv(&mut buffer).unwrap();
    String::from_utf8(buffer[..length].to_vec()).unwrap()
}

#[test]
fn a_datagram_of_a_chat_is_one_line_for_all_others() {
    let folder = TempDir::new().unwrap();
    let server = Server::start(folder.path(), "--udp", &["--open"]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_medidor"));
    command.args(["--lang", "en", "chat", "client", "--udp", &server.address.to_string()]);
    let client = Running::with_input(command);
    client.wait_for_line(|line| line.starts_with("You are "), STEP_TIMEOUT);
    let (listener, speaker) = (member(&server), member(&server));
    assert!(received(&listener).contains(&speaker.local_addr().unwrap().to_string()), "it is told who came");
    speaker.send(EVIL.as_bytes()).unwrap();
    let said = format!("{} disse: {SHOWN}", speaker.local_addr().unwrap());
    assert_eq!(received(&listener), said);
    for running in [&client, &server.running] {
        assert_eq!(running.wait_for_line(|line| line.contains("disse"), STEP_TIMEOUT), said);
    }
}

#[test]
fn a_line_of_a_chat_cannot_overwrite_another() {
    let folder = TempDir::new().unwrap();
    let server = Server::start(folder.path(), "--tcp", &[]);
    let mut sockets = [(); 2].map(|()| TcpStream::connect(server.address).unwrap());
    server.running.wait_for_nth_line(2, |line| line.contains("127.0.0.1:"), STEP_TIMEOUT);
    let line = EVIL.replace('\n', " ");
    sockets[0].write_all(format!("{line}\n").as_bytes()).unwrap();
    sockets[1].set_read_timeout(Some(STEP_TIMEOUT)).unwrap();
    let mut text = Vec::new();
    while !String::from_utf8_lossy(&text).contains(&format!(" disse: {SHOWN}\n")) {
        let mut byte = [0];
        assert_eq!(sockets[1].read(&mut byte).unwrap(), 1, "{:?}", String::from_utf8_lossy(&text));
        text.push(byte[0]);
    }
}

#[test]
fn a_files_name_is_one_harmless_word_for_its_receiver() {
    let (from, to) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let path = from.path().join(EVIL);
    fs::write(&path, "content").unwrap();
    let (sender, address) = sender(&path, &["--mode", "tcp"]);
    let receiver = receiver(&address, to.path(), &[]);
    let finished = receiver.wait(LONG_TIMEOUT);
    finished.expect_code(0);
    sender.wait(LONG_TIMEOUT).expect_code(0);
    let name = "oi_bia disse: a_caio disse: b_[2J_c_d";
    assert_eq!(names(to.path()), [name]);
    assert_eq!(document(&finished)["name"], name);
    let text = finished.text(Stream::Err);
    assert!(!text.contains(['\r', '\u{1b}', '\u{202e}', '\u{200b}']), "{text:?}");
    assert!(!text.lines().any(|line| line.starts_with("bia disse")), "{text}");
}

#[test]
fn a_targets_name_is_part_of_its_line_everywhere() {
    let folder = TempDir::new().unwrap();
    let name = "\\n=x\\u001b[2J\\u202ey";
    let config = format!("[[target]]\nname = \"{name}\"\nhost = \"127.0.0.1:9\"\n");
    fs::write(folder.path().join("monitor.toml"), config).unwrap();
    let options = ["--config", "monitor.toml", "--log", "log.csv", "--interval", "100ms", "--count", "2"];
    let mut command = Command::new(env!("CARGO_BIN_EXE_medidor"));
    command.current_dir(folder.path()).args(["--lang", "en", "monitor"]).args(options);
    let finished = Running::start(command).wait(RUN_TIMEOUT);
    finished.expect_code(1);
    let screen = finished.text(Stream::Out) + &finished.text(Stream::Err);
    assert!(screen.contains(" =x?[2J?y"), "{screen}");
    let log = fs::read_to_string(folder.path().join("log.csv")).unwrap();
    assert!(log.contains(", =x?[2J?y,1,"), "{log}");
    for text in [screen, log] {
        assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text:?}");
        assert!(!text.lines().any(|line| line.starts_with('=')), "{text}");
    }
}

#[test]
fn json_shows_no_control_character_to_a_terminal() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a\u{9b}2J\u{7f}\u{202e}.bin");
    fs::write(&path, "content").unwrap();
    let (sender, address) = sender(&path, &["--mode", "tcp"]);
    receiver(&address, folder.path(), &[]).wait(LONG_TIMEOUT).expect_code(0);
    let finished = sender.wait(LONG_TIMEOUT);
    let text = finished.text(Stream::Out);
    assert!(text.contains(r"a\u009b2J\u007f\u202e.bin"), "{text}");
    assert_eq!(document(&finished)["name"], "a\u{9b}2J\u{7f}\u{202e}.bin");
}
