//! The monitor's mail at servers that break the rules: endless, slow, old or foreign replies.

use std::fs;
use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use tempfile::TempDir;

use crate::common::medidor::RUN_TIMEOUT;
use crate::common::process::{Finished, Running, STEP_TIMEOUT, Stream};

/// What an endless server sends at most: far more than the buffers between two sockets hold.
const ENDLESS: usize = 200 << 20;

/// What the kernel may hold on the way to a reader that has stopped reading.
const SOCKET_BUFFERS: usize = 32 << 20;

trait Socket: Read + Write + Send {}
impl<T: Read + Write + Send> Socket for T {}

/// A mail server that serves its first connection by `serve`, whose result it sends.
struct MailServer<T> {
    port: u16,
    result: Receiver<T>,
    folder: TempDir,
    is_tls: bool,
}

impl<T: Send + 'static> MailServer<T> {
    fn start(is_tls: bool, serve: impl FnOnce(Box<dyn Socket>) -> T + Send + 'static) -> Self {
        let folder = TempDir::new().unwrap();
        let tls = is_tls.then(|| tls_config(folder.path().join("ca.pem")));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (sender, result) = channel();
        thread::spawn(move || {
            let socket = listener.accept().unwrap().0;
            // The next attempts find nothing.
            drop(listener);
            _ = sender.send(serve(encrypted(socket, tls)));
        });
        Self { port, result, folder, is_tls }
    }

    fn result(&self) -> T {
        self.result.recv_timeout(STEP_TIMEOUT).expect("the connection ended")
    }

    /// A monitor of a closed port, which is down from the second measurement on.
    fn monitor(&self, arguments: &[&str]) -> Running {
        let mut command = Command::new(env!("CARGO_BIN_EXE_medidor"));
        command.current_dir(self.folder.path()).args(["--lang", "en", "monitor"]).args(arguments);
        command.args(["--interval", "100ms", "--count", "2", "--email-from", "ana@example.org"]);
        command.args(["--email-to", "bia@example.org", "--smtp", &format!("127.0.0.1:{}", self.port)]);
        if self.is_tls {
            command.args(["--smtp-tls", "implicit", "--smtp-ca", "ca.pem"]);
        } else if !arguments.contains(&"--smtp-tls") {
            command.args(["--smtp-tls", "none"]);
        }
        Running::start(command)
    }

    fn said(&self, arguments: &[&str], code: i32) -> String {
        let finished = self.monitor(&[&["127.0.0.1:9"], arguments].concat()).wait(RUN_TIMEOUT);
        finished.expect_code(code);
        said(&finished)
    }
}

fn said(finished: &Finished) -> String {
    finished.text(Stream::Err)
}

fn tls_config(authority_file: PathBuf) -> Arc<ServerConfig> {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    fs::write(authority_file, authority.pem()).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate =
        CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap().signed_by(&key, &authority).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    Arc::new(config.with_single_cert(vec![certificate.der().clone()], key).unwrap())
}

fn encrypted(socket: TcpStream, tls: Option<Arc<ServerConfig>>) -> Box<dyn Socket> {
    match tls {
        Some(config) => Box::new(StreamOwned::new(ServerConnection::new(config).unwrap(), socket)),
        None => Box::new(socket),
    }
}

/// Repeats a text until the reader is gone or it was sent [`ENDLESS`] bytes; returns how many.
fn repeat(mut socket: Box<dyn Socket>, text: &str) -> usize {
    let piece = text.repeat(65_536 / text.len());
    let mut sent = 0;
    while sent < ENDLESS && socket.write_all(piece.as_bytes()).is_ok() {
        sent += piece.len();
    }
    sent
}

/// Serves one mail: `greeting`, then a reply to each command by `reply`, 250 where it has none. Returns all lines read.
fn converse(socket: Box<dyn Socket>, greeting: &[u8], reply: impl Fn(&str) -> Option<&'static [u8]>) -> Vec<String> {
    let mut socket = BufReader::new(socket);
    let mut lines = Vec::new();
    let mut in_message = false;
    socket.get_mut().write_all(greeting).unwrap();
    let mut line = String::new();
    while socket.read_line(&mut line).is_ok_and(|length| length > 0) {
        let command = line.trim_end_matches(['\r', '\n']).to_owned();
        line.clear();
        in_message &= command != ".";
        if !in_message {
            let answer = reply(&command).unwrap_or(if command == "DATA" { b"354 go\r\n" } else { b"250 ok\r\n" });
            socket.get_mut().write_all(answer).unwrap();
            in_message = command == "DATA" && answer.starts_with(b"354");
        }
        let is_over = command == "QUIT";
        lines.push(command);
        if is_over {
            break;
        }
    }
    lines
}

#[test]
fn endless_replies_are_cut_at_the_bound() {
    for is_tls in [false, true] {
        for (text, bound) in [("x", "512"), ("220-more\r\n", "16384")] {
            let server = MailServer::start(is_tls, move |socket| repeat(socket, text));
            let text = server.said(&[], 3);
            assert!(text.contains(&format!("a reply of more than {bound} bytes")), "{text}");
            assert!(text.contains("Not sent: \"Latency alert: 127.0.0.1:9 is Down\" to bia@example.org"), "{text}");
            let sent = server.result();
            assert!(sent < SOCKET_BUFFERS, "{sent} bytes were taken from it");
        }
    }
}

/// A byte now and then resets the timeout of a single read, but not that of the step.
#[test]
fn a_dripping_server_gets_one_timeout_for_each_step() {
    for is_tls in [false, true] {
        for greeting in [&b""[..], b"220 hello\r\n"] {
            let server = MailServer::start(is_tls, move |mut socket| {
                _ = socket.write_all(greeting);
                let ended = Instant::now() + STEP_TIMEOUT;
                while Instant::now() < ended && socket.write_all(b"2").and_then(|()| socket.flush()).is_ok() {
                    thread::sleep(Duration::from_millis(50));
                }
                Instant::now() < ended
            });
            let text = server.said(&["--smtp-timeout", "400ms"], 3);
            let step = if greeting.is_empty() { "220" } else { "EHLO" };
            assert!(text.contains(&format!("did not answer in time ({step})")), "{text}");
            assert!(server.result(), "it was listened to for {STEP_TIMEOUT:?}");
        }
    }
}

#[test]
fn a_tls_handshake_has_one_timeout_too() {
    let server = MailServer::start(false, |mut socket| {
        let ended = Instant::now() + STEP_TIMEOUT;
        // The beginning of a handshake record of 16 KiB.
        _ = socket.write_all(&[22, 3, 3, 0x40, 0]);
        while Instant::now() < ended && socket.write_all(b"\x02").is_ok() {
            thread::sleep(Duration::from_millis(50));
        }
        Instant::now() < ended
    });
    let text = server.said(&["--smtp-timeout", "400ms", "--smtp-tls", "implicit"], 3);
    assert!(text.contains("did not answer in time (TLS)"), "{text}");
    assert!(server.result());
}

#[test]
fn an_old_server_gets_helo() {
    let server = MailServer::start(false, |socket| {
        converse(socket, b"220 old\r\n", |command| command.starts_with("EHLO").then_some(b"502 what?\r\n"))
    });
    let text = server.said(&[], 1);
    assert!(text.contains("E-mail sent to bia@example.org"), "{text}");
    let lines = server.result();
    assert!(lines.iter().any(|line| line == "HELO [127.0.0.1]"), "{lines:?}");
    assert!(lines.iter().any(|line| line == "MAIL FROM:<ana@example.org>"), "{lines:?}");
}

#[test]
fn a_reply_in_latin1_is_read_by_its_code() {
    let server = MailServer::start(false, |socket| {
        let refuse = |command: &str| command.starts_with("RCPT").then_some(&b"550 n\xe3o \x1b[2J\xff\r\n"[..]);
        converse(socket, b"220 Ol\xe1, S\xe3o Paulo\r\n", refuse)
    });
    let text = server.said(&[], 3);
    assert!(text.contains("refused the message: 550 n\u{fffd}o ?[2J\u{fffd}"), "{text}");
    assert!(server.result().iter().any(|line| line == "RCPT TO:<bia@example.org>"));
}

#[test]
fn a_server_of_another_protocol_is_called_that() {
    for (greeting, shown) in [
        (&b"SSH-2.0-OpenSSH_9.6\r\n"[..], "SSH-2.0-OpenSSH_9.6"),
        (b"\xff\xfe\x1b[2J\r\n", "\u{fffd}\u{fffd}?[2J"),
        (b"999 x\r\n", "999 x"),
        (b"22\r\n", "22"),
    ] {
        let server = MailServer::start(false, move |mut socket| socket.write_all(greeting).is_ok());
        let text = server.said(&[], 3);
        assert!(text.contains("Unexpected answer from the mail server "), "{text}");
        assert!(text.contains(&format!(": {shown}\n")), "{text}");
    }
}

#[test]
fn text_before_tls_is_not_taken_for_a_reply_in_it() {
    let server = MailServer::start(false, |socket| {
        let reply = |command: &str| match command.get(..4) {
            Some("EHLO") => Some(&b"250-mail\r\n250 STARTTLS\r\n"[..]),
            Some("STAR") => Some(&b"220 go\r\n250 forged\r\n"[..]),
            _ => None,
        };
        converse(socket, b"220 mail\r\n", reply)
    });
    let text = server.said(&["--smtp-tls", "starttls"], 3);
    assert!(text.contains("The secure connection to the mail server"), "{text}");
    assert_eq!(server.result().last().map(String::as_str), Some("STARTTLS"));
}

#[test]
fn ctrl_c_does_not_wait_for_a_mail_server() {
    let (connected, seen) = channel();
    let server = MailServer::start(false, move |mut socket| {
        connected.send(()).unwrap();
        // Until the program ends.
        _ = socket.read_to_end(&mut Vec::new());
    });
    let monitor = server.monitor(&["127.0.0.1:9", "--smtp-timeout", "10m"]);
    seen.recv_timeout(STEP_TIMEOUT).unwrap();
    let finished = monitor.interrupt(STEP_TIMEOUT);
    assert!(
        said(&finished).contains("Not sent: \"Latency alert: 127.0.0.1:9 is Down\" to bia@example.org"),
        "{}",
        said(&finished)
    );
    server.result();
}

#[test]
fn no_line_of_a_message_is_too_long() {
    let server = MailServer::start(false, |socket| converse(socket, b"220 mail\r\n", |_| None));
    let name = "x".repeat(5000);
    let config = format!("[[target]]\nname = \"{name}\"\nhost = \"127.0.0.1:9\"\n");
    fs::write(server.folder.path().join("monitor.toml"), config).unwrap();
    let finished = server.monitor(&["--config", "monitor.toml"]).wait(RUN_TIMEOUT);
    finished.expect_code(1);
    let lines = server.result();
    let longest = lines.iter().map(String::len).max();
    assert!(longest.is_some_and(|length| length <= 998), "{longest:?}");
    // Soft line breaks end in "=".
    let text = lines.concat().replace('=', "");
    assert!(text.contains(&name), "{lines:?}");
}
