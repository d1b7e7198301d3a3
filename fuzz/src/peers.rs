//! What a peer on the network or the author of a configuration sends: chats, SMTP replies, control messages and
//! handshakes of a transfer, requests to the metrics' port, `monitor.toml`.

use std::io::BufReader;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use medidor::commands::monitor::config::ConfigFile;
use medidor::core::escape;
use medidor::core::protocol::chat::line_splitter::{LineSplitter, MAX_LINE_LEN};
use medidor::core::protocol::chat::tcp_server::TcpChatServer;
use medidor::core::protocol::chat::udp_server::{UdpChatServer, UdpChatSettings};
use medidor::core::protocol::chat::{Action, ChatLimits, ServerMessage, relayed_text, wire};
use medidor::core::protocol::transfer::block::{self, BlockLayout};
use medidor::core::protocol::transfer::classic::{read_port, read_size};
use medidor::core::protocol::transfer::control::ControlMessage;
use medidor::core::protocol::transfer::file_name;
use medidor::core::time::{Mono, SECOND};
use medidor::i18n::{Language, Texts};
use medidor::mail::connection::{MAX_REPLY_LEN, SmtpError, read_reply};
use medidor::metrics::{MetricsRegistry, serve_connection};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Members of the chats.
const MEMBERS: u32 = 3;

/// What may be sent to an address that has not proved that it receives, bytes.
const MAX_UNVERIFIED_LEN: usize = 24;

/// U+FFFD makes a text longer: one byte becomes three.
const LOSSY: usize = 3;

/// The first byte says whether the chat is open. Then datagrams or pieces of a stream, separated by NUL bytes; the first
/// byte of each is its sender.
pub fn chat(input: &[u8]) {
    let Some((open, input)) = input.split_first() else { return };
    let pieces: Vec<(u8, &[u8])> =
        input.split(|byte| *byte == 0).filter_map(<[u8]>::split_first).map(|(from, text)| (*from, text)).collect();
    udp_chat(open & 1 == 1, &pieces);
    tcp_chat(&pieces);
    for pair in pieces.windows(2) {
        let [said, copy] = [pair[0].1, pair[1].1].map(String::from_utf8_lossy);
        relayed_text::wrapping(&copy, &said);
        relayed_text::parts(&copy);
        if is_plain(&said) {
            assert!(relayed_text::wrapping(&wire::copy("ana", &said), &said).is_some(), "{said}");
        }
    }
}

/// Whether a text is passed on as it is.
fn is_plain(text: &str) -> bool {
    text.chars().all(char::is_alphanumeric) && !text.is_empty()
}

fn udp_chat(open: bool, pieces: &[(u8, &[u8])]) {
    let limits = ChatLimits { max_members: MEMBERS as usize, ..ChatLimits::default() };
    let settings = UdpChatSettings { limits, open, idle: Duration::from_secs(600), secret: [7; 32] };
    let mut server = UdpChatServer::new(settings);
    for (time, (from, text)) in (0..).zip(pieces) {
        let address = SocketAddr::from(([203, 0, 113, 1 + from % 5], 5_000));
        let result = server.received(Mono(time * SECOND / 10), address, text, false);
        assert!(server.members() <= MEMBERS as usize);
        let is_member = result.peer.is_some_and(|peer| server.address(peer).is_some());
        for action in &result.actions {
            let Action::Send { message, to, .. } = action else { continue };
            check_message(message);
            if !open && !is_member && result.peer.is_some_and(|peer| to.contains(&peer)) {
                let length = match message {
                    ServerMessage::Challenge(text) => text.len(),
                    _ => wire::PING.len(),
                };
                assert!(is_notice(message) || length <= MAX_UNVERIFIED_LEN && result.actions.len() == 1, "{result:?}");
            }
        }
    }
    server.close();
}

/// Whether it is one of the server's notices, which only members and those who asked to be one get.
const fn is_notice(message: &ServerMessage) -> bool {
    matches!(message, ServerMessage::Notice(_))
}

fn tcp_chat(pieces: &[(u8, &[u8])]) {
    let mut server = TcpChatServer::new(ChatLimits::default());
    let mut splitters: Vec<LineSplitter> = (0..MEMBERS).map(|_| LineSplitter::default()).collect();
    for member in 0..MEMBERS {
        assert!(server.on_connect(member, SocketAddr::from(([203, 0, 113, 1], 5_000 + member as u16))).is_ok());
    }
    for (time, (from, bytes)) in (0..).zip(pieces) {
        let now = Mono(time * SECOND / 10);
        let member = u32::from(*from) % MEMBERS;
        let splitter = &mut splitters[member as usize];
        let lines = [splitter.feed(now, bytes), splitter.flush_partial_line(now).into_iter().collect()].concat();
        for line in lines {
            assert!(line.text.len() <= LOSSY * MAX_LINE_LEN && !line.text.contains('\n'));
            for action in server.on_line(now, member, &line).actions {
                if let Action::Send { message, .. } = action {
                    check_message(&message);
                }
            }
        }
    }
}

fn check_message(message: &ServerMessage) {
    if let ServerMessage::Copy { who, text } = message {
        check_line(&wire::copy(who, text));
    }
}

/// Nothing in it ends the line or is harmful on a terminal.
fn check_line(line: &str) {
    assert_eq!(escape::line(line), line);
    assert!(!line.contains(['\n', '\r', '\u{1b}']));
}

/// All that a mail server sends.
pub fn smtp(input: &[u8]) {
    let mut stream = BufReader::new(input);
    loop {
        match read_reply(&mut stream) {
            Ok(reply) | Err(SmtpError::Negative(reply)) => {
                assert!((200..600).contains(&reply.code));
                assert!(reply.text().len() <= LOSSY * MAX_REPLY_LEN);
                reply.extension("AUTH");
            }
            Err(_) => return,
        }
    }
}

/// Lines of a control connection, and datagrams of both kinds of transfers.
pub fn control(input: &[u8]) {
    for line in input.split(|byte| *byte == b'\n') {
        if let Ok(message) = ControlMessage::read(line) {
            let again = message.line();
            assert_eq!(again.matches('\n').count(), 1);
            assert_eq!(ControlMessage::read(again.trim_end().as_bytes()).unwrap(), message);
            if let ControlMessage::Welcome(offer) = &message {
                check_name(offer.name.as_bytes());
            }
        }
        check_name(line);
    }
    if let Some(port) = input.first_chunk::<3>() {
        read_port(*port);
    }
    read_size(input);
    if let (Some(layout), Some(token)) = (BlockLayout::new(100_000, 1_000), input.first_chunk::<8>())
        && let Some((number, content)) = block::read(input, u64::from_be_bytes(*token), layout)
    {
        assert!(number < 100 && content.len() == layout.length(number));
    }
}

fn check_name(bytes: &[u8]) {
    if let Some(name) = file_name::safe(bytes) {
        assert_eq!(escape::file_name(&name), name);
        assert!(!name.starts_with('.') && name.len() <= 200);
    }
}

/// A `monitor.toml`.
pub fn config(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    if let Err(error) = ConfigFile::parse(text, Path::new("monitor.toml"), Texts::new(Language::English)) {
        for line in error.to_string().lines() {
            check_line(line);
        }
    }
}

/// A request to the metrics' port.
pub fn http(input: &[u8]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let response = runtime.block_on(async {
        let (mut client, server) = tokio::io::duplex(1 << 20);
        let request = input.to_vec();
        let ask = tokio::spawn(async move {
            let mut response = Vec::new();
            // The server may have ended the connection.
            _ = client.write_all(&request).await;
            _ = client.shutdown().await;
            _ = client.read_to_end(&mut response).await;
            response
        });
        serve_connection(server, &MetricsRegistry::default()).await;
        ask.await.unwrap()
    });
    let is_http = [&b"HTTP/1.1 "[..], b"HTTP/1.0 "].iter().any(|start| response.starts_with(start));
    assert!(response.is_empty() || is_http, "{}", String::from_utf8_lossy(&response));
}
