//! The chat with simple clients and servers in Python, over TCP and over UDP.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream, UdpSocket};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::common::chat::{ChatClient, Server, peer};
use crate::common::process::{Running, STEP_TIMEOUT};
use tempfile::TempDir;

#[test]
fn simple_clients_talk_through_the_server() {
    for kind in ["tcp", "udp"] {
        let folder = TempDir::new().unwrap();
        let server = Server::start(folder.path(), &format!("--{kind}"), &[]);
        let mut ana = ChatClient::simple(kind, server.address);
        ana.running.wait_for_line(|line| line.contains("You are "), STEP_TIMEOUT);
        let mut own = ChatClient::own(folder.path(), &format!("--{kind}"), server.address, &["--nick", "Zé"]);
        ana.running.wait_for_line(|line| line.contains("is now Zé"), STEP_TIMEOUT);
        ana.types("Olá!");
        let line = own.sees(" disse: Olá!");
        assert!(line.starts_with("127.0.0.1:"), "{line}");
        own.types("Oi, ação");
        ana.running.wait_for_line(|line| line.starts_with("got Zé disse: Oi, ação"), STEP_TIMEOUT);
        ana.types("até logo");
        own.sees(" disse: até logo");
        ana.hangs_up();
        own.running.wait_for_line(|line| line.contains("left the chat: said goodbye"), STEP_TIMEOUT);
        own.types("/ping");
        own.running.wait_for_line(|line| line.starts_with("ping: ") && !line.contains("no answer"), STEP_TIMEOUT);
        own.hangs_up();
        own.running.wait(STEP_TIMEOUT).expect_code(0);
        server.running.interrupt(STEP_TIMEOUT).expect_code(0);
    }
}

#[test]
fn the_client_talks_to_a_simple_server() {
    for kind in ["tcp", "udp"] {
        let folder = TempDir::new().unwrap();
        let mut python = Command::new("python3");
        python.args([&peer("chat_server.py"), kind, "0"]);
        let server = Running::start(python);
        let line = server.wait_for_line(|line| line.starts_with("listening on "), STEP_TIMEOUT);
        let address: SocketAddr = format!("127.0.0.1:{}", line.rsplit(' ').next().unwrap()).parse().unwrap();
        let mut own = ChatClient::own(folder.path(), &format!("--{kind}"), address, &[]);
        own.running.wait_for_line(|line| line.starts_with("In the chat of"), STEP_TIMEOUT);
        own.types("primeiro");
        server.wait_for_line(|line| line.contains("said 'primeiro"), STEP_TIMEOUT);
        let mut ana = ChatClient::simple(kind, address);
        if kind == "udp" {
            own.sees(" disse: Novo participante no chat.");
        } else {
            ana.sees("joined");
        }
        ana.types("Olá!");
        own.sees(" disse: Olá!");
        own.types("Olá, Ana");
        ana.running.wait_for_line(|line| line.contains(" disse: Olá, Ana"), STEP_TIMEOUT);
        own.types("/sair");
        own.running.wait(STEP_TIMEOUT).expect_code(0);
        server.wait_for_line(|line| line.contains("said '/sair"), STEP_TIMEOUT);
    }
}

/// A connection of this test.
fn connect(server: &Server) -> TcpStream {
    let connection = TcpStream::connect(server.address).unwrap();
    connection.set_read_timeout(Some(STEP_TIMEOUT)).unwrap();
    connection
}

/// Reads until a text arrives.
fn read_until(mut connection: &TcpStream, wanted: &str) -> String {
    let (mut received, mut bytes) = (Vec::new(), [0; 4096]);
    loop {
        let length = connection.read(&mut bytes).unwrap_or_else(|error| {
            panic!("{wanted:?} was not said ({error}): {}", String::from_utf8_lossy(&received))
        });
        received.extend_from_slice(&bytes[..length]);
        let text = String::from_utf8_lossy(&received).into_owned();
        if text.contains(wanted) {
            return text;
        }
        assert!(length > 0, "{wanted:?} was not said: {text}");
    }
}

#[test]
fn binary_and_overlong_lines_do_not_break_the_chat() {
    let folder = TempDir::new().unwrap();
    let server = Server::start(folder.path(), "--tcp", &[]);
    let (mut one, other) = (connect(&server), connect(&server));
    read_until(&one, "You are");
    read_until(&other, "You are");
    one.write_all(b"a\xff\xfeb\n").unwrap();
    read_until(&other, " disse: a\u{fffd}\u{fffd}b\n");
    one.write_all(&[&vec![b'x'; 20_000][..], b"\nnext\n"].concat()).unwrap();
    let received = read_until(&other, " disse: next\n");
    let longest = "x".repeat(8 * 1024);
    assert!(received.contains(&longest) && !received.contains(&(longest + "x")));
    read_until(&one, "Only the first");
    // Ctrl-C makes the server say goodbye to every member and close.
    let goodbye = server.running.interrupt(STEP_TIMEOUT);
    goodbye.expect_code(0);
    for connection in [one, other] {
        assert!(read_until(&connection, "The server is shutting down").ends_with('\n'));
        assert_eq!((&connection).read(&mut [0; 16]).unwrap(), 0, "closed in order");
    }
}

#[test]
fn a_half_closed_member_has_left_but_reads_the_rest() {
    let folder = TempDir::new().unwrap();
    let server = Server::start(folder.path(), "--tcp", &[]);
    let (mut one, other) = (connect(&server), connect(&server));
    read_until(&other, "You are");
    read_until(&one, "You are");
    one.write_all("adeus".as_bytes()).unwrap();
    one.shutdown(Shutdown::Write).unwrap();
    let received = read_until(&other, "closed the connection");
    assert!(received.contains(" disse: adeus\n"), "{received}");
    let mut rest = String::new();
    one.read_to_string(&mut rest).unwrap();
}

#[test]
fn two_members_cannot_have_the_same_nickname() {
    let folder = TempDir::new().unwrap();
    let server = Server::start(folder.path(), "--tcp", &["--members", "2"]);
    let (mut one, mut other) = (connect(&server), connect(&server));
    read_until(&other, "You are");
    one.write_all("/nick Zé\n".as_bytes()).unwrap();
    read_until(&other, "is now Zé");
    other.write_all("/nick zé\n".as_bytes()).unwrap();
    read_until(&other, "Someone else already has that name");
    let third = connect(&server);
    read_until(&third, "The chat is full");
    assert_eq!((&third).read(&mut [0; 16]).unwrap(), 0);
}

/// A UDP member of this test.
fn member(server: &Server) -> UdpSocket {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.connect(server.address).unwrap();
    socket.set_read_timeout(Some(STEP_TIMEOUT)).unwrap();
    socket
}

fn receive(socket: &UdpSocket) -> String {
    let mut bytes = [0; 2048];
    let length = socket.recv(&mut bytes).unwrap();
    String::from_utf8_lossy(&bytes[..length]).into_owned()
}

#[test]
fn an_unnumbered_ping_is_answered_and_does_not_join() {
    let folder = TempDir::new().unwrap();
    let server = Server::start(folder.path(), "--udp", &[]);
    let (monitor, ana) = (member(&server), member(&server));
    monitor.send(b"ping").unwrap();
    assert_eq!(receive(&monitor), "ping");
    ana.send("Novo participante no chat.".as_bytes()).unwrap();
    let welcome = receive(&ana);
    assert!(welcome.contains("Nobody else is in the chat"), "{welcome}");
    monitor.send(b"ping").unwrap();
    assert_eq!(receive(&monitor), "ping");
    ana.send(b"ping").unwrap();
    assert_eq!(receive(&ana), "ping", "and nothing of the monitor's");
    let ended = server.running.interrupt(STEP_TIMEOUT);
    let title = ended.lines.iter().find(|line| line.text.starts_with("Chat over UDP: "));
    assert!(title.is_some_and(|title| title.text.contains(" 1 member,")), "{:#?}", ended.lines);
}

#[test]
fn the_monitor_does_not_appear_in_the_chat() {
    let folder = TempDir::new().unwrap();
    let server = Server::start(folder.path(), "--udp", &[]);
    let ana = member(&server);
    ana.send("Novo participante no chat.".as_bytes()).unwrap();
    receive(&ana);
    let mut monitor = Command::new(env!("CARGO_BIN_EXE_medidor"));
    let target = server.address.to_string();
    monitor.current_dir(folder.path());
    monitor.args(["--lang", "en", "monitor", &target, "--interval", "200ms", "--count", "3"]);
    let finished = Running::start(monitor).wait(STEP_TIMEOUT);
    finished.expect_code(0);
    assert!(finished.lines.iter().any(|line| line.text.contains("Down: 0")), "{:#?}", finished.lines);
    ana.set_nonblocking(true).unwrap();
    assert!(ana.recv(&mut [0; 64]).is_err(), "nothing was said");
}

#[test]
fn a_member_whose_program_has_ended_is_removed() {
    let folder = TempDir::new().unwrap();
    let server = Server::start(folder.path(), "--udp", &[]);
    let (ana, gone) = (member(&server), member(&server));
    for socket in [&ana, &gone] {
        socket.send("Novo participante no chat.".as_bytes()).unwrap();
        receive(socket);
    }
    assert!(receive(&ana).contains("joined the chat"));
    drop(gone);
    // The kernel limits its ICMP errors for the whole host: another program may have used up the limit.
    ana.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
    let begun = Instant::now();
    let mut bytes = [0; 2048];
    let notice = loop {
        ana.send(b"oi").unwrap();
        if let Ok(length) = ana.recv(&mut bytes) {
            break String::from_utf8_lossy(&bytes[..length]).into_owned();
        }
        assert!(begun.elapsed() < STEP_TIMEOUT, "nothing was said");
    };
    assert!(notice.contains("no program listens at their address"), "{notice}");
}

#[test]
fn a_silent_member_is_removed() {
    let folder = TempDir::new().unwrap();
    let server = Server::start(folder.path(), "--udp", &["--idle", "1s"]);
    let ana = member(&server);
    ana.send("Novo participante no chat.".as_bytes()).unwrap();
    receive(&ana);
    server.running.wait_for_line(|line| line.contains("left the chat: silent for too long"), STEP_TIMEOUT);
}

#[test]
fn the_client_reconnects_when_the_server_returns() {
    let folder = TempDir::new().unwrap();
    let server = Server::start(folder.path(), "--tcp", &[]);
    let address = server.address;
    let mut own = ChatClient::own(folder.path(), "--tcp", address, &["--reconnect"]);
    own.running.wait_for_line(|line| line.starts_with("You are"), STEP_TIMEOUT);
    server.running.interrupt(STEP_TIMEOUT).expect_code(0);
    own.running.wait_for_line(|line| line.contains("trying again in"), STEP_TIMEOUT);
    let listen = address.to_string();
    let mut command = Command::new(env!("CARGO_BIN_EXE_medidor"));
    command.args(["--lang", "en", "chat", "server", "--listen", &listen]);
    let again = Running::start(command);
    own.running.wait_for_line(|line| line == "Back in the chat", STEP_TIMEOUT);
    again.wait_for_line(|line| line.contains("joined the chat"), STEP_TIMEOUT);
    own.types("/sair");
    own.running.wait(STEP_TIMEOUT).expect_code(0);
}
