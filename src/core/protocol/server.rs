//! The server of a numbered exchange as a state machine: takes datagrams, returns replies.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::message::{self, Template};
use super::peer_table::{PeerLookup, PeerTable};
use super::rate_limiter::RateLimiter;
use crate::core::time::Mono;

/// Accounts kept for this many peers at once.
pub const MAX_PEERS: usize = 1024;

/// Idle time, longer than any pause of an exchange, after which a peer may be forgotten when space is needed.
pub const PEER_IDLE: Duration = Duration::from_secs(60);

/// Longest text that is echoed: a reply is never longer than its request (no amplification), and never a fragment.
const MAX_ECHO_LEN: usize = 1200;

/// The reply of [`ServerMode::Pong`], which gets no reply itself.
const PONG: &[u8] = b"pong";

/// The server's reply to a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerMode {
    /// A text with the message's number.
    Ack(Template),
    /// The text itself.
    Echo,
    /// The text in upper case (ASCII letters).
    Upper,
    /// The word `pong`.
    Pong,
}

/// The server's settings.
#[derive(Clone, Debug)]
pub struct ServerSettings {
    /// The text.
    pub mode: ServerMode,
    /// Where all replies go, instead of to the sender.
    pub reply_to: Option<SocketAddr>,
    /// Share of messages that it leaves unanswered on purpose, 0 to 1.
    pub drop_ratio: f64,
    /// Seed of that choice.
    pub seed: u64,
    /// Replies per second to one address; `None` for no limit.
    pub answers_per_second: Option<u32>,
}

/// Why a datagram does not belong to the exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnexpectedKind {
    /// It has no number.
    Malformed,
    /// An unnumbered reply to one of several open probes.
    Ambiguous,
    /// A reply arrived at the server, which never replies to those.
    ReplyAtServer,
    /// More peers than the server keeps accounts for.
    TooManyPeers,
}

/// Why the server did not reply to a message that it read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoReplyReason {
    /// `--drop`: a loss simulated by the application.
    SimulatedDrop,
    /// Replies to one source are limited.
    RateLimit,
    /// The server was closing.
    Closing,
}

/// What to do about a datagram.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerAction {
    /// Reply to it.
    Answer {
        /// The message's number; `None` if the mode replies to texts without one.
        number: Option<u64>,
        /// The text of the reply.
        text: Vec<u8>,
        /// Where to.
        to: SocketAddr,
    },
    /// It is a message, and gets no answer.
    Withhold {
        /// The message's number.
        number: u64,
        /// Why.
        why: NoReplyReason,
    },
    /// It does not belong to the exchange.
    Odd(UnexpectedKind),
}

/// The server's decision about a datagram.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerDecision {
    /// The peer; `None` if the table is full.
    pub peer: Option<PeerLookup>,
    /// Its number.
    pub number: Option<u64>,
    /// What to do.
    pub response: ServerAction,
}

/// Counts of texts without a number, for the screen: they have no place in a ledger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UnnumberedCounters {
    /// Texts that arrived.
    pub received: u64,
    /// Of these, answered.
    pub answered: u64,
    /// Of these, left unanswered on purpose.
    pub dropped: u64,
    /// Of these, left unanswered because replies to one source are limited.
    pub limited: u64,
}

/// The server's state.
#[derive(Debug)]
pub struct Server {
    settings: ServerSettings,
    unnumbered: UnnumberedCounters,
    peers: PeerTable,
    limits: Option<RateLimiter<IpAddr>>,
    dice: fastrand::Rng,
}

impl Server {
    /// A server with no accounts yet.
    pub fn new(settings: ServerSettings) -> Self {
        let dice = fastrand::Rng::with_seed(settings.seed);
        let limits = settings.answers_per_second.map(|rate| RateLimiter::new(rate, MAX_PEERS));
        Self {
            settings,
            unnumbered: UnnumberedCounters::default(),
            peers: PeerTable::new(MAX_PEERS, PEER_IDLE),
            limits,
            dice,
        }
    }

    /// The texts without a number so far.
    pub const fn unnumbered(&self) -> UnnumberedCounters {
        self.unnumbered
    }

    /// The index of a peer that has an account.
    pub fn peer(&self, addr: SocketAddr) -> Option<u32> {
        self.peers.index(addr)
    }

    /// A datagram arrived. `own_host`: it comes from this host, which has no rate limit.
    pub fn received(&mut self, now: Mono, from: SocketAddr, payload: &[u8], own_host: bool) -> ServerDecision {
        let Some(met) = self.peers.lookup_or_insert(from, now) else {
            return ServerDecision {
                peer: None,
                number: None,
                response: ServerAction::Odd(UnexpectedKind::TooManyPeers),
            };
        };
        let text = message::read(payload);
        let number = text.number;
        let is_own_pong = matches!(self.settings.mode, ServerMode::Pong) && payload == PONG;
        let response = if text.is_reply || is_own_pong {
            // Answering a reply would set two servers answering each other for ever.
            ServerAction::Odd(UnexpectedKind::ReplyAtServer)
        } else {
            self.respond(now, from, payload, number, own_host)
        };
        ServerDecision { peer: Some(met), number: number.filter(|_| !text.is_reply), response }
    }

    fn respond(
        &mut self,
        now: Mono,
        from: SocketAddr,
        payload: &[u8],
        number: Option<u64>,
        own_host: bool,
    ) -> ServerAction {
        self.unnumbered.received += u64::from(number.is_none());
        let text = match (&self.settings.mode, number) {
            (ServerMode::Ack(_), None) => return ServerAction::Odd(UnexpectedKind::Malformed),
            (ServerMode::Ack(template), Some(number)) => template.fill(number).into_bytes(),
            (ServerMode::Echo, _) => payload[..payload.len().min(MAX_ECHO_LEN)].to_vec(),
            (ServerMode::Upper, _) => payload[..payload.len().min(MAX_ECHO_LEN)].to_ascii_uppercase(),
            (ServerMode::Pong, _) => PONG.to_vec(),
        };
        let why = if !own_host && !self.may_answer(now, from.ip()) {
            Some(NoReplyReason::RateLimit)
        } else if self.settings.drop_ratio > 0.0 && self.dice.f64() < self.settings.drop_ratio {
            Some(NoReplyReason::SimulatedDrop)
        } else {
            None
        };
        if number.is_none() {
            *match why {
                None => &mut self.unnumbered.answered,
                Some(NoReplyReason::RateLimit) => &mut self.unnumbered.limited,
                Some(_) => &mut self.unnumbered.dropped,
            } += 1;
        }
        match (why, number) {
            (None, _) => ServerAction::Answer { number, text, to: self.settings.reply_to.unwrap_or(from) },
            (Some(why), Some(number)) => ServerAction::Withhold { number, why },
            (Some(_), None) => ServerAction::Odd(UnexpectedKind::Malformed),
        }
    }

    /// Takes one reply from the address's token bucket, whose capacity is one second's worth.
    fn may_answer(&mut self, now: Mono, ip: IpAddr) -> bool {
        self.limits.as_mut().is_none_or(|limits| limits.take(now, ip, 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::time::SECOND;

    fn settings() -> ServerSettings {
        let mode = ServerMode::Ack(Template::reply(message::DEFAULT_REPLY).unwrap());
        ServerSettings { mode, reply_to: None, drop_ratio: 0.0, seed: 1, answers_per_second: None }
    }

    fn client(port: u16) -> SocketAddr {
        SocketAddr::from(([203, 0, 113, 1], port))
    }

    fn answer(server: &mut Server, text: &str) -> ServerAction {
        server.received(Mono(0), client(40_001), text.as_bytes(), false).response
    }

    #[test]
    fn answers_each_message_with_its_number() {
        let mut server = Server::new(settings());
        for (text, reply) in [("Mensagem 7", "ACK 7"), ("0-conexão", "ACK 0"), ("12) oi", "ACK 12")] {
            let ServerAction::Answer { text, to, .. } = answer(&mut server, text) else { panic!("{text}") };
            assert_eq!((String::from_utf8(text).unwrap().as_str(), to), (reply, client(40_001)));
        }
    }

    #[test]
    fn a_reply_is_never_answered_in_any_mode() {
        for mode in [settings().mode, ServerMode::Echo, ServerMode::Upper, ServerMode::Pong] {
            let mut server = Server::new(ServerSettings { mode, ..settings() });
            assert_eq!(answer(&mut server, "ack: 7"), ServerAction::Odd(UnexpectedKind::ReplyAtServer));
        }
    }

    #[test]
    fn two_pong_servers_do_not_play_for_ever() {
        let mut server = Server::new(ServerSettings { mode: ServerMode::Pong, ..settings() });
        assert_eq!(answer(&mut server, "pong"), ServerAction::Odd(UnexpectedKind::ReplyAtServer));
        assert!(matches!(answer(&mut server, "ping"), ServerAction::Answer { .. }));
    }

    #[test]
    fn text_without_a_number_is_malformed_in_ack_mode_only() {
        assert_eq!(answer(&mut Server::new(settings()), "oi"), ServerAction::Odd(UnexpectedKind::Malformed));
        for (mode, expected) in [(ServerMode::Echo, "oi"), (ServerMode::Upper, "OI"), (ServerMode::Pong, "pong")] {
            let ServerAction::Answer { text, number: None, .. } =
                answer(&mut Server::new(ServerSettings { mode, ..settings() }), "oi")
            else {
                panic!()
            };
            assert_eq!(text, expected.as_bytes());
        }
    }

    #[test]
    fn texts_without_a_number_are_counted() {
        let settings = ServerSettings { mode: ServerMode::Upper, drop_ratio: 0.3, ..settings() };
        let mut server = Server::new(settings);
        let answered =
            (0..50).filter(|_| matches!(answer(&mut server, "oi"), ServerAction::Answer { .. })).count() as u64;
        answer(&mut server, "Mensagem 7");
        let expected = UnnumberedCounters { received: 50, answered, dropped: 50 - answered, limited: 0 };
        assert_eq!(server.unnumbered(), expected);
        assert!((1..50).contains(&answered));
    }

    #[test]
    fn replies_go_to_the_fixed_address_when_there_is_one() {
        let fixed = client(6_000);
        let mut server = Server::new(ServerSettings { reply_to: Some(fixed), ..settings() });
        let ServerAction::Answer { to, .. } = answer(&mut server, "7 - oi") else { panic!() };
        assert_eq!(to, fixed);
    }

    #[test]
    fn the_simulated_loss_is_repeatable_and_about_as_large_as_asked() {
        let dropped = |seed| {
            let mut server = Server::new(ServerSettings { drop_ratio: 0.2, seed, ..settings() });
            (1..=1000)
                .filter(|n| matches!(answer(&mut server, &format!("{n}")), ServerAction::Withhold { .. }))
                .collect::<Vec<u64>>()
        };
        assert_eq!(dropped(7), dropped(7));
        assert_ne!(dropped(7), dropped(8));
        assert!((150..250).contains(&dropped(7).len()));
    }

    #[test]
    fn answers_to_one_address_are_limited_whatever_its_port() {
        let mut server = Server::new(ServerSettings { answers_per_second: Some(10), ..settings() });
        let mut answered = |at: i64, own| {
            (0..50)
                .filter(|port| {
                    let reply = server.received(Mono(at), client(1000 + port), b"1", own);
                    matches!(reply.response, ServerAction::Answer { .. })
                })
                .count()
        };
        assert_eq!(answered(0, false), 10);
        assert_eq!(answered(SECOND / 2, false), 5);
        assert_eq!(answered(100 * SECOND, false), 10);
        assert_eq!(answered(100 * SECOND, true), 50);
    }

    #[test]
    fn accounts_are_bounded() {
        let mut server = Server::new(settings());
        for port in 0..MAX_PEERS as u16 {
            assert!(server.received(Mono(0), client(port), b"1", false).peer.is_some());
        }
        let reply = server.received(Mono(0), client(9_999), b"1", false);
        assert_eq!((reply.peer, reply.response), (None, ServerAction::Odd(UnexpectedKind::TooManyPeers)));
    }

    #[test]
    fn a_long_text_earns_no_longer_answer() {
        let mut server = Server::new(ServerSettings { mode: ServerMode::Echo, ..settings() });
        let ServerAction::Answer { text, .. } = answer(&mut server, &"7".repeat(9_000)) else { panic!() };
        assert_eq!(text.len(), MAX_ECHO_LEN);
    }
}
