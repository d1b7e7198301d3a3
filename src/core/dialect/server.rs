//! The server of a numbered exchange, as a state machine: it is told what arrived and says what to answer.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use super::limit::Limits;
use super::message::{self, Template};
use super::peers::{Met, Peers};
use crate::core::evidence::journal::{Holding, OddKind};
use crate::core::time::Mono;

/// Accounts kept for this many peers at once.
pub const MOST_PEERS: usize = 1024;

/// A peer that was silent for so long, which no pause of an exchange is, may be forgotten when room is needed.
pub const PEER_IDLE: Duration = Duration::from_secs(60);

/// The longest text that is sent back: an answer never earns more than it was asked with, and never a fragment.
const LONGEST_ECHO: usize = 1200;

/// The answer of [`Mode::Pong`], which it does not answer itself.
const PONG: &[u8] = b"pong";

/// What the server says to a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mode {
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
pub struct Settings {
    /// What it says.
    pub mode: Mode,
    /// Where all replies go, instead of to the sender.
    pub reply_to: Option<SocketAddr>,
    /// Share of messages that it leaves unanswered on purpose, 0 to 1.
    pub drop_ratio: f64,
    /// Seed of that choice.
    pub seed: u64,
    /// Answers a second to one address; `None` for no limit.
    pub answers_per_second: Option<u32>,
}

/// What to do about a datagram.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Response {
    /// Answer it.
    Answer {
        /// The message's number; `None` where the mode answers texts without one.
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
        why: Holding,
    },
    /// It is no message of this exchange.
    Odd(OddKind),
}

/// What the server makes of a datagram.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// From whom; `None` where there was no room for another account.
    pub peer: Option<Met>,
    /// The number it bears.
    pub number: Option<u64>,
    /// What to do.
    pub response: Response,
}

/// The server's state.
#[derive(Debug)]
pub struct Server {
    settings: Settings,
    peers: Peers,
    limits: Option<Limits<IpAddr>>,
    dice: fastrand::Rng,
}

impl Server {
    /// A server with no accounts yet.
    pub fn new(settings: Settings) -> Self {
        let dice = fastrand::Rng::with_seed(settings.seed);
        let limits = settings.answers_per_second.map(|rate| Limits::new(rate, MOST_PEERS));
        Self { settings, peers: Peers::new(MOST_PEERS, PEER_IDLE), limits, dice }
    }

    /// The index of a peer that has an account.
    pub fn peer(&self, addr: SocketAddr) -> Option<u32> {
        self.peers.index(addr)
    }

    /// A datagram arrived. `own_host` says that it comes from this host itself, which may ask as fast as it likes.
    pub fn received(&mut self, now: Mono, from: SocketAddr, payload: &[u8], own_host: bool) -> Heard {
        let Some(met) = self.peers.meet(from, now) else {
            return Heard { peer: None, number: None, response: Response::Odd(OddKind::TooManyPeers) };
        };
        let text = message::read(payload);
        let number = text.number;
        let own_word = matches!(self.settings.mode, Mode::Pong) && payload == PONG;
        let response = if text.is_reply || own_word {
            // Answering a reply would set two servers answering each other for ever.
            Response::Odd(OddKind::ReplyAtServer)
        } else {
            self.respond(now, from, payload, number, own_host)
        };
        Heard { peer: Some(met), number: number.filter(|_| !text.is_reply), response }
    }

    fn respond(
        &mut self,
        now: Mono,
        from: SocketAddr,
        payload: &[u8],
        number: Option<u64>,
        own_host: bool,
    ) -> Response {
        let text = match (&self.settings.mode, number) {
            (Mode::Ack(_), None) => return Response::Odd(OddKind::Malformed),
            (Mode::Ack(template), Some(number)) => template.fill(number).into_bytes(),
            (Mode::Echo, _) => payload[..payload.len().min(LONGEST_ECHO)].to_vec(),
            (Mode::Upper, _) => payload[..payload.len().min(LONGEST_ECHO)].to_ascii_uppercase(),
            (Mode::Pong, _) => PONG.to_vec(),
        };
        let why = if !own_host && !self.may_answer(now, from.ip()) {
            Some(Holding::RateLimit)
        } else if self.settings.drop_ratio > 0.0 && self.dice.f64() < self.settings.drop_ratio {
            Some(Holding::SimulatedDrop)
        } else {
            None
        };
        match (why, number) {
            (None, _) => Response::Answer { number, text, to: self.settings.reply_to.unwrap_or(from) },
            (Some(why), Some(number)) => Response::Withhold { number, why },
            (Some(_), None) => Response::Odd(OddKind::Malformed),
        }
    }

    /// Takes one answer from the address's allowance, which fills up to one second's worth.
    fn may_answer(&mut self, now: Mono, ip: IpAddr) -> bool {
        self.limits.as_mut().is_none_or(|limits| limits.take(now, ip, 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::time::SECOND;

    fn settings() -> Settings {
        let mode = Mode::Ack(Template::reply(message::DEFAULT_REPLY).unwrap());
        Settings { mode, reply_to: None, drop_ratio: 0.0, seed: 1, answers_per_second: None }
    }

    fn client(port: u16) -> SocketAddr {
        SocketAddr::from(([203, 0, 113, 1], port))
    }

    fn answer(server: &mut Server, text: &str) -> Response {
        server.received(Mono(0), client(40_001), text.as_bytes(), false).response
    }

    #[test]
    fn answers_each_message_with_its_number() {
        let mut server = Server::new(settings());
        for (text, reply) in [("Mensagem 7", "ACK 7"), ("0-conexão", "ACK 0"), ("12) oi", "ACK 12")] {
            let Response::Answer { text, to, .. } = answer(&mut server, text) else { panic!("{text}") };
            assert_eq!((String::from_utf8(text).unwrap().as_str(), to), (reply, client(40_001)));
        }
    }

    #[test]
    fn a_reply_is_never_answered_in_any_mode() {
        for mode in [settings().mode, Mode::Echo, Mode::Upper, Mode::Pong] {
            let mut server = Server::new(Settings { mode, ..settings() });
            assert_eq!(answer(&mut server, "ack: 7"), Response::Odd(OddKind::ReplyAtServer));
        }
    }

    #[test]
    fn two_pong_servers_do_not_play_for_ever() {
        let mut server = Server::new(Settings { mode: Mode::Pong, ..settings() });
        assert_eq!(answer(&mut server, "pong"), Response::Odd(OddKind::ReplyAtServer));
        assert!(matches!(answer(&mut server, "ping"), Response::Answer { .. }));
    }

    #[test]
    fn unnumbered_text_is_malformed_in_ack_mode_only() {
        assert_eq!(answer(&mut Server::new(settings()), "oi"), Response::Odd(OddKind::Malformed));
        for (mode, expected) in [(Mode::Echo, "oi"), (Mode::Upper, "OI"), (Mode::Pong, "pong")] {
            let Response::Answer { text, number: None, .. } =
                answer(&mut Server::new(Settings { mode, ..settings() }), "oi")
            else {
                panic!()
            };
            assert_eq!(text, expected.as_bytes());
        }
    }

    #[test]
    fn replies_go_to_the_fixed_address_when_there_is_one() {
        let fixed = client(6_000);
        let mut server = Server::new(Settings { reply_to: Some(fixed), ..settings() });
        let Response::Answer { to, .. } = answer(&mut server, "7 - oi") else { panic!() };
        assert_eq!(to, fixed);
    }

    #[test]
    fn the_simulated_loss_is_repeatable_and_about_as_large_as_asked() {
        let dropped = |seed| {
            let mut server = Server::new(Settings { drop_ratio: 0.2, seed, ..settings() });
            (1..=1000)
                .filter(|n| matches!(answer(&mut server, &format!("{n}")), Response::Withhold { .. }))
                .collect::<Vec<u64>>()
        };
        assert_eq!(dropped(7), dropped(7));
        assert_ne!(dropped(7), dropped(8));
        assert!((150..250).contains(&dropped(7).len()));
    }

    #[test]
    fn answers_to_one_address_are_limited_whatever_its_port() {
        let mut server = Server::new(Settings { answers_per_second: Some(10), ..settings() });
        let mut answered = |at: i64, own| {
            (0..50)
                .filter(|port| {
                    let heard = server.received(Mono(at), client(1000 + port), b"1", own);
                    matches!(heard.response, Response::Answer { .. })
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
        for port in 0..MOST_PEERS as u16 {
            assert!(server.received(Mono(0), client(port), b"1", false).peer.is_some());
        }
        let heard = server.received(Mono(0), client(9_999), b"1", false);
        assert_eq!((heard.peer, heard.response), (None, Response::Odd(OddKind::TooManyPeers)));
    }

    #[test]
    fn a_long_text_earns_no_longer_answer() {
        let mut server = Server::new(Settings { mode: Mode::Echo, ..settings() });
        let Response::Answer { text, .. } = answer(&mut server, &"7".repeat(9_000)) else { panic!() };
        assert_eq!(text.len(), LONGEST_ECHO);
    }
}
