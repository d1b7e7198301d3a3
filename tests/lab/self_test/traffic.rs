//! The traffic of the self tests: this test binary, run again inside a host (see [`agent`]).

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::{env, io};

use crate::common::lab::{Host, Lab, PORT};
use crate::common::process::{Running, STEP_TIMEOUT};
use crate::common::rerun::{self, test_path};
use nix::errno::Errno;

const ROLE: &str = "MEDIDOR_LAB_AGENT";
/// The last text of every exchange. The echo server ends after it, so its output is complete.
pub const LAST: &str = "fim";

/// Not a test: the programs that the tests run inside a host. They print to stderr, because the harness prints to
/// stdout.
#[test]
#[ignore = "run by the other tests inside the lab"]
fn agent() {
    let Ok(role) = env::var(ROLE) else { return };
    let words: Vec<&str> = role.split(' ').collect();
    match words.as_slice() {
        ["echo", port] => echo(port.parse().unwrap()),
        ["send", address, count] => send(address.parse().unwrap(), count.parse().unwrap()),
        ["burst", address, count] => burst(address.parse().unwrap(), count.parse().unwrap()),
        ["lab"] => hold_a_lab(),
        _ => panic!("unknown role {role}"),
    }
}

fn outcome(result: &io::Result<usize>) -> String {
    match result {
        Ok(_) => "ok".to_owned(),
        Err(error) => format!("{:?}", Errno::from_raw(error.raw_os_error().unwrap_or(0))),
    }
}

/// Replies to each message with `ACK` and the last word of the message.
fn echo(port: u16) {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, port)).unwrap();
    eprintln!("listening");
    let mut buffer = [0; 2048];
    loop {
        let (length, peer) = socket.recv_from(&mut buffer).unwrap();
        let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
        eprintln!("received {text}");
        let reply = format!("ACK {}", text.rsplit(' ').next().unwrap());
        let sent = socket.send_to(reply.as_bytes(), peer);
        eprintln!("answered {reply}: {}", outcome(&sent));
        if text == LAST {
            return;
        }
    }
}

/// Sends `Mensagem 1` and so on, each after the reply to the previous one or a short timeout, then [`LAST`].
fn send(server: SocketAddr, count: u32) {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).unwrap();
    socket.connect(server).unwrap();
    for n in 1..=count {
        exchange(&socket, &format!("Mensagem {n}"), &format!("ACK {n}"), Duration::from_millis(300));
    }
    exchange(&socket, LAST, &format!("ACK {LAST}"), Duration::from_secs(3));
}

fn exchange(socket: &UdpSocket, text: &str, awaited: &str, patience: Duration) {
    let sent = socket.send(text.as_bytes());
    eprintln!("sent {text}: {}", outcome(&sent));
    if sent.is_err() {
        return;
    }
    socket.set_read_timeout(Some(patience)).unwrap();
    let mut buffer = [0; 2048];
    loop {
        match socket.recv(&mut buffer) {
            Ok(length) => {
                let reply = String::from_utf8_lossy(&buffer[..length]);
                eprintln!("got {reply}");
                if reply == awaited {
                    return;
                }
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
            Err(error) => return eprintln!("error {}", outcome(&Err(error))),
        }
    }
}

/// Sends all messages without waiting, then [`LAST`] until it is answered: all others have passed by then.
fn burst(server: SocketAddr, count: u32) {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).unwrap();
    socket.connect(server).unwrap();
    for n in 1..=count {
        let sent = socket.send(format!("Mensagem {n}").as_bytes());
        eprintln!("sent Mensagem {n}: {}", outcome(&sent));
    }
    let mut buffer = [0; 2048];
    socket.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    for _ in 0..100 {
        eprintln!("sent {LAST}: {}", outcome(&socket.send(LAST.as_bytes())));
        while let Ok(length) = socket.recv(&mut buffer) {
            if buffer[..length].ends_with(LAST.as_bytes()) {
                return;
            }
        }
    }
    panic!("no answer to the last message");
}

/// Builds a lab with a process in it and waits until it is killed.
fn hold_a_lab() {
    let Some(lab) = Lab::build("agent") else { return };
    let mut sleeper = lab.home_b().command("sleep").arg("600").stdin(Stdio::null()).spawn().unwrap();
    eprintln!("holding");
    let _ = sleeper.wait();
}

pub fn agent_in(host: &Host, role: &str) -> Running {
    let mut command = host.test_command(test_path!("agent"));
    command.env(ROLE, role);
    Running::start_test(command)
}

pub fn server_in(lab: &Lab) -> Running {
    let server = agent_in(lab.home_b(), &format!("echo {PORT}"));
    server.wait_for_line(|line| line == "listening", STEP_TIMEOUT);
    server
}

/// Starts a process that holds a lab, on this machine.
pub fn lab_holder() -> Running {
    let mut command = Command::new(rerun::this_binary());
    command.args(rerun::arguments(test_path!("agent"))).env(ROLE, "lab");
    Running::start_test(command)
}
