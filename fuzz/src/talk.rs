//! Message texts, and the state machines of client and server with arbitrary datagrams as input.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::Duration;

use medidor::core::protocol::client::Client;
use medidor::core::protocol::message::{self, DEFAULT_PROBE, DEFAULT_REPLY, DEFAULT_REQUEST, Probe, Template};
use medidor::core::protocol::ping::{Pinger, ProbeSchedule};
use medidor::core::protocol::reply_tracker::ReplyClass;
use medidor::core::protocol::requester::{Action, Requester};
use medidor::core::protocol::schedule::Schedule;
use medidor::core::protocol::server::{MAX_PEERS, Server, ServerAction, ServerMode, ServerSettings};
use medidor::core::time::{Mono, SECOND, Wall};

/// Longest reply to a request of any length, so that no reply is fragmented.
const MAX_ANSWER_LEN: usize = 1200;

/// Length of the default reply to the largest number.
const MAX_ACK_LEN: usize = 24;

/// Replies per second to one address.
const RATE: u32 = 20;

/// Number of messages that the client sends.
const COUNT: u64 = 40;

/// Datagrams separated by NUL bytes. The first byte of each encodes its time and source, the rest is its text.
pub fn message(input: &[u8]) {
    let reply = Template::reply(DEFAULT_REPLY).unwrap();
    read(input);
    let datagrams: Vec<Datagram<'_>> = input.split(|byte| *byte == 0).filter_map(Datagram::new).collect();
    for datagram in &datagrams {
        read(datagram.text);
    }
    for mode in [ServerMode::Ack(reply), ServerMode::Echo, ServerMode::Upper, ServerMode::Pong] {
        serve(&mode, &datagrams);
    }
    ask(&datagrams);
    if let Ok(text) = std::str::from_utf8(input) {
        template(text);
    }
}

struct Datagram<'a> {
    /// Nanoseconds after the previous datagram.
    after: i64,
    from: SocketAddr,
    bits: u8,
    text: &'a [u8],
}

impl<'a> Datagram<'a> {
    fn new(bytes: &'a [u8]) -> Option<Self> {
        let (bits, text) = bytes.split_first()?;
        let after = [0, 1_000, SECOND / 50, SECOND][usize::from(bits & 3)];
        let from = [
            ([203, 0, 113, 2], 5005).into(),
            ([203, 0, 113, 2], 9999).into(),
            ([192, 0, 2, 9], u16::from(text.first().copied().unwrap_or(0)) + 1).into(),
            ([0x2001, 0xdb8, 0, 0, 0, 0, 0, u16::from(*bits)], 5005).into(),
        ][usize::from(bits >> 2 & 3)];
        Some(Self { after, from, bits: *bits, text })
    }
}

/// Compares the parser of texts with a slower and simpler one.
fn read(text: &[u8]) {
    let read = message::read(text);
    let lossy: String = text.iter().map(|byte| char::from(*byte)).collect();
    let digits = |text: &str| text.chars().take_while(char::is_ascii_digit).collect::<String>().parse::<u64>().ok();
    let trimmed = lossy.trim_start_matches([' ', '\t', '\n', '\r', '\x0c']);
    let reply = trimmed
        .get(..3)
        .filter(|word| word.eq_ignore_ascii_case("ack"))
        .and_then(|_| digits(trimmed[3..].trim_start_matches([' ', '\t', ':', '+', '-', '#'])));
    let any = lossy.find(|c: char| c.is_ascii_digit()).and_then(|at| digits(&lossy[at..]));
    assert_eq!((read.number, read.is_reply), (reply.or(any), reply.is_some()), "{lossy:?}");
}

/// Every text of a valid template must parse as the number that it was filled with.
fn template(text: &str) {
    for (template, is_reply) in [(Template::request(text), false), (Template::reply(text), true)] {
        let Ok(template) = template else { continue };
        for number in [0, 1, 10, u64::MAX] {
            let read = message::read(template.fill(number).as_bytes());
            assert_eq!((read.number, read.is_reply), (Some(number), is_reply), "{text:?}");
        }
    }
}

fn serve(mode: &ServerMode, datagrams: &[Datagram<'_>]) {
    let settings = |mode: ServerMode| ServerSettings {
        mode,
        reply_to: None,
        drop_ratio: 0.1,
        seed: 7,
        answers_per_second: Some(RATE),
    };
    let mut server = Server::new(settings(mode.clone()));
    let mut neighbour = Server::new(settings(ServerMode::Ack(Template::reply(DEFAULT_REPLY).unwrap())));
    let mut now = Mono(0);
    let mut answers = std::collections::HashMap::<_, Vec<Mono>>::new();
    for datagram in datagrams {
        now = Mono(now.0 + datagram.after);
        let read = message::read(datagram.text);
        let heard = server.received(now, datagram.from, datagram.text, false);
        assert!(heard.peer.is_none_or(|met| met.index as usize <= MAX_PEERS.max(datagrams.len())));
        let ServerAction::Answer { number, text, to } = heard.response else { continue };
        assert!(!read.is_reply, "what reads as a reply is never answered");
        assert_eq!((to, number), (datagram.from, read.number));
        match mode {
            ServerMode::Ack(_) => {
                let answer = message::read(&text);
                assert_eq!((answer.number, answer.is_reply), (read.number, true));
                assert!(text.len() <= MAX_ACK_LEN);
                // No reply may start a loop between two servers.
                let echo = neighbour.received(now, datagram.from, &text, false).response;
                assert!(!matches!(echo, ServerAction::Answer { .. }), "an answer was answered");
            }
            ServerMode::Echo | ServerMode::Upper => assert!(text.len() <= datagram.text.len().min(MAX_ANSWER_LEN)),
            ServerMode::Pong => assert_eq!(text, b"pong"),
        }
        // The token bucket's capacity, plus the tokens of one second.
        let times = answers.entry(datagram.from.ip()).or_default();
        times.push(now);
        let lately = times.iter().filter(|time| now.0 - time.0 < SECOND).count();
        assert!(lately <= 2 * RATE as usize, "{lately} answers within a second");
    }
}

fn ask(datagrams: &[Datagram<'_>]) {
    let schedule = Schedule {
        count: COUNT,
        batch: 7,
        pause: Duration::from_millis(300),
        interval: Duration::from_millis(10),
        spacing_seed: Some(7),
        wait: Duration::from_secs(1),
    };
    let peer = SocketAddr::from(([203, 0, 113, 2], 5005));
    let client = Client::new(schedule, Template::request(DEFAULT_REQUEST).unwrap(), peer, false, Mono(0));
    hold(client, "Mensagem", datagrams);
    let (interval, second) = (Duration::from_millis(10), Duration::from_secs(1));
    let turns = ProbeSchedule { count: COUNT, interval, spacing_seed: Some(7), timeout: second, linger: second };
    hold(Pinger::new(turns, Probe::new(DEFAULT_PROBE, 0).unwrap(), peer, false, Mono(0)), "Ping", datagrams);
}

/// Checks that the client's counts stay correct for any input.
fn hold(mut client: impl Requester, word: &str, datagrams: &[Datagram<'_>]) {
    let (mut sent, mut refused, mut answered) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let mut now = Mono(0);
    for datagram in datagrams {
        now = Mono(now.0 + datagram.after);
        while let Some(action) = client.next_action(now) {
            let Action::Send { number, behind_ns } = action else { continue };
            assert!(client.text(number, Wall(0)).starts_with(&format!("{word} {number}")) && behind_ns >= 0);
            if datagram.bits & 0x10 == 0 {
                assert!(sent.insert(number), "sent twice");
                client.sent(number, now);
            } else {
                refused.insert(number);
                client.not_sent(number);
            }
        }
        match client.received(now, datagram.from, datagram.text) {
            ReplyClass::Reply { number, rtt_ns, .. } => {
                assert!(sent.contains(&number) && answered.insert(number) && rtt_ns >= 0);
            }
            ReplyClass::Duplicate { number } => assert!(answered.contains(&number)),
            ReplyClass::NeverSent { number } => assert!(!sent.contains(&number)),
            ReplyClass::Ambiguous { .. } => {
                assert_eq!(message::read(datagram.text).number, None);
                assert!(client.keeps_texts() && sent.len() > answered.len() + 1, "one alone is meant");
            }
            ReplyClass::Malformed => assert_eq!(message::read(datagram.text).number, None),
        }
    }
    let tally = client.replies().counters();
    assert_eq!((tally.sent, tally.not_sent), (sent.len() as u64, refused.len() as u64));
    assert_eq!(tally.delivered + tally.late, answered.len() as u64);
    assert_eq!(client.replies().unanswered(), sent.difference(&answered).copied().collect::<Vec<_>>());
    assert_eq!(tally.answers() + tally.duplicates + tally.never_sent + tally.malformed, datagrams.len() as u64);
}
