//! The UDP chat server as a state machine: takes datagrams, returns actions.
//!
//! Source addresses can be forged. So a new address gets a challenge that it must return: this proves that it receives.
//! An *open* chat skips the challenge, for simple clients; there, only the limits protect third parties. A challenge needs
//! no memory: it is derived from the address and a secret.
//!
//! Two servers cannot answer each other for ever: a challenge is never answered by a challenge, and pings beyond the limit
//! are not answered.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::members::MemberList;
use super::{Action, ChatLimits, ClientCommand, LeaveReason, ServerMessage, ServerNotice};
use crate::core::protocol::chat::line_splitter::{MAX_LINE_LEN, decode_lossy};
use crate::core::protocol::chat::wire::{JOIN, JOINING};
use crate::core::protocol::peer_table::PeerTable;
use crate::core::protocol::rate_limiter::RateLimiter;
use crate::core::time::{Mono, nanos};

/// Strangers that are kept apart at once.
const MAX_UNVERIFIED_PEERS: usize = 1_024;

/// Idle time after which an unverified peer is forgotten.
const UNVERIFIED_IDLE: Duration = Duration::from_secs(60);

/// Pings and challenges answered a second to one IP address.
const REPLIES_PER_SECOND: u32 = 20;

/// Validity of a token; the previous one is valid as long again.
const TOKEN_LIFE: Duration = Duration::from_secs(300);

/// Copies a second that all members together may cause, of an open chat: what a liar can have sent at the most.
const COPIES_PER_SECOND: u32 = 20_000;

/// The settings of a chat over UDP.
#[derive(Clone, Debug)]
pub struct UdpChatSettings {
    /// The bounds that every chat has.
    pub limits: ChatLimits,
    /// Whether any first datagram makes its sender a member.
    pub open: bool,
    /// Idle time after which a member is removed.
    pub idle: Duration,
    /// The secret behind the challenges.
    pub secret: [u8; 32],
}

/// The result of a datagram.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatagramResult {
    /// Its number; `None` where no account is kept of its sender.
    pub n: Option<u64>,
    /// The sender's index.
    pub peer: Option<u32>,
    /// The sender was not known by that index.
    pub is_new: bool,
    /// The text.
    pub text: String,
    /// What to do.
    pub actions: Vec<Action>,
}

/// The state of a chat over UDP.
#[derive(Debug)]
pub struct UdpChatServer {
    settings: UdpChatSettings,
    member_list: MemberList,
    members: HashMap<SocketAddr, u32>,
    /// The members' addresses, and the time of each one's last datagram.
    input: HashMap<u32, (SocketAddr, Mono)>,
    /// They by that time.
    by_time: BTreeSet<(Mono, u32)>,
    strangers: PeerTable,
    answers: RateLimiter<IpAddr>,
    copies: RateLimiter<()>,
}

impl UdpChatServer {
    /// A chat without members.
    pub fn new(settings: UdpChatSettings) -> Self {
        Self {
            member_list: MemberList::new(settings.limits.clone()),
            members: HashMap::new(),
            input: HashMap::new(),
            by_time: BTreeSet::new(),
            strangers: PeerTable::new(MAX_UNVERIFIED_PEERS, UNVERIFIED_IDLE),
            answers: RateLimiter::new(REPLIES_PER_SECOND, MAX_UNVERIFIED_PEERS),
            copies: RateLimiter::new(COPIES_PER_SECOND, 1),
            settings,
        }
    }

    /// How many members there are.
    pub fn members(&self) -> usize {
        self.member_list.len()
    }

    /// Where a member is.
    pub fn address(&self, member: u32) -> Option<SocketAddr> {
        self.input.get(&member).map(|(address, _)| *address)
    }

    /// A datagram that was found in the socket when the chat was closed: it is counted, and nothing is done about it.
    pub fn drain_datagram(&mut self, now: Mono, from: SocketAddr, payload: &[u8]) -> DatagramResult {
        let (peer, is_new) = match self.members.get(&from) {
            Some(member) => (Some(*member), false),
            None => {
                self.strangers.lookup_or_insert(from, now).map_or((None, false), |met| (Some(met.index), met.is_new))
            }
        };
        let n = peer.is_some().then(|| self.member_list.number());
        DatagramResult { n, peer, is_new, text: decode_lossy(payload), actions: Vec::new() }
    }

    /// A datagram arrived. `own_host`: it comes from this host, which only the members' own limits restrict.
    pub fn received(&mut self, now: Mono, from: SocketAddr, payload: &[u8], own_host: bool) -> DatagramResult {
        let text = decode_lossy(payload);
        let member = self.members.get(&from).copied();
        let (peer, is_new) = match member {
            Some(member) => (member, false),
            None => match self.strangers.lookup_or_insert(from, now) {
                Some(met) => (met.index, met.is_new),
                None => return DatagramResult { n: None, peer: None, is_new: false, text, actions: Vec::new() },
            },
        };
        let n = self.member_list.number();
        let actions = match member {
            Some(member) => {
                self.mark_heard(member, now);
                self.on_member_text(now, n, member, from, &text, payload.len() > MAX_LINE_LEN, own_host)
            }
            None => self.on_stranger_text(now, n, peer, from, &text, own_host),
        };
        DatagramResult { n: Some(n), peer: Some(peer), is_new, text, actions }
    }

    #[expect(clippy::too_many_arguments, reason = "one call, of what one datagram is")]
    fn on_member_text(
        &mut self,
        now: Mono,
        n: u64,
        member: u32,
        from: SocketAddr,
        text: &str,
        too_long: bool,
        own_host: bool,
    ) -> Vec<Action> {
        match ClientCommand::read_datagram(text) {
            ClientCommand::Text(text) if text.trim() == JOINING => self.welcome_again(now, member, from),
            ClientCommand::Text(_) if too_long => {
                self.member_list.send_notice(ServerNotice::TooLong, vec![member]).into_iter().collect()
            }
            ClientCommand::Text(text) => {
                let copies = self.member_list.len().saturating_sub(1) as u32;
                let free = own_host || !self.settings.open || self.copies.take(now, (), copies);
                if free {
                    self.member_list.broadcast(now, n, member, text)
                } else {
                    self.member_list.drop_message(now, n, member)
                }
            }
            ClientCommand::Quit => self.remove_member(member, LeaveReason::Quit),
            ClientCommand::Nick(nick) => self.member_list.name(member, nick),
            ClientCommand::Ping => self.pong(now, member, from, own_host),
            // The welcome may have been lost.
            ClientCommand::Join(_) => self.welcome_again(now, member, from),
            ClientCommand::Nothing => Vec::new(),
        }
    }

    fn on_stranger_text(
        &mut self,
        now: Mono,
        n: u64,
        peer: u32,
        from: SocketAddr,
        text: &str,
        own_host: bool,
    ) -> Vec<Action> {
        match ClientCommand::read_datagram(text) {
            ClientCommand::Ping => self.pong(now, peer, from, own_host),
            ClientCommand::Quit => Vec::new(),
            ClientCommand::Join(token) => {
                // A wrong one is what another server's challenge looks like.
                if self.tokens(from, now).iter().any(|good| good == token) {
                    self.add_member(now, peer, from)
                } else {
                    Vec::new()
                }
            }
            ClientCommand::Text(_) | ClientCommand::Nick(_) | ClientCommand::Nothing if !self.settings.open => {
                if !own_host && !self.answers.take(now, from.ip(), 1) {
                    return Vec::new();
                }
                let [token, _] = self.tokens(from, now);
                let message = ServerMessage::Challenge(format!("{JOIN}{token}"));
                vec![Action::Send { n: self.member_list.number(), message, to: vec![peer] }]
            }
            asked => {
                let mut actions = self.add_member(now, peer, from);
                if self.member_list.has(peer) {
                    match asked {
                        ClientCommand::Text(text) if text.trim() != JOINING => {
                            actions.extend(self.member_list.broadcast(now, n, peer, text));
                        }
                        ClientCommand::Nick(nick) => actions.extend(self.member_list.name(peer, nick)),
                        _ => {}
                    }
                }
                actions
            }
        }
    }

    fn welcome_again(&mut self, now: Mono, member: u32, from: SocketAddr) -> Vec<Action> {
        if !self.answers.take(now, from.ip(), 1) {
            return Vec::new();
        }
        self.member_list.offer(member).into_iter().collect()
    }

    fn pong(&mut self, now: Mono, peer: u32, from: SocketAddr, own_host: bool) -> Vec<Action> {
        // Two servers on one host could answer each other for ever, so this limit applies to everyone; a person never
        // reaches it.
        let free = own_host && self.members.contains_key(&from);
        if !(self.answers.take(now, from.ip(), 1) || free) {
            return Vec::new();
        }
        vec![Action::Send { n: self.member_list.number(), message: ServerMessage::Pong, to: vec![peer] }]
    }

    fn add_member(&mut self, now: Mono, peer: u32, from: SocketAddr) -> Vec<Action> {
        match self.member_list.add(peer, from) {
            Ok(actions) => {
                self.members.insert(from, peer);
                self.input.insert(peer, (from, now));
                self.by_time.insert((now, peer));
                actions
            }
            Err(notice) if self.answers.take(now, from.ip(), 1) => {
                self.member_list.send_notice(notice, vec![peer]).into_iter().collect()
            }
            Err(_) => Vec::new(),
        }
    }

    fn mark_heard(&mut self, member: u32, now: Mono) {
        if let Some((_, received)) = self.input.get_mut(&member) {
            self.by_time.remove(&(*received, member));
            *received = now;
            self.by_time.insert((now, member));
        }
    }

    fn remove_member(&mut self, member: u32, why: LeaveReason) -> Vec<Action> {
        if let Some((address, received)) = self.input.remove(&member) {
            self.by_time.remove(&(received, member));
            self.members.remove(&address);
        }
        self.member_list.remove(member, why)
    }

    /// An ICMP error reports a member as unreachable.
    pub fn refused(&mut self, address: SocketAddr) -> Vec<Action> {
        match self.members.get(&address).copied() {
            Some(member) => self.remove_member(member, LeaveReason::Refused),
            None => Vec::new(),
        }
    }

    /// When the next member will have been silent for too long.
    pub fn due(&self) -> Option<Mono> {
        self.by_time.first().map(|(received, _)| received.plus(self.settings.idle))
    }

    /// Removes idle members.
    pub fn remove_idle(&mut self, now: Mono) -> Vec<Action> {
        let mut actions = Vec::new();
        while let Some((received, member)) = self.by_time.first().copied() {
            if received.plus(self.settings.idle) > now {
                break;
            }
            actions.extend(self.remove_member(member, LeaveReason::Idle));
        }
        actions
    }

    /// Shuts down. Addresses are kept for the last message.
    pub fn close(&mut self) -> Vec<Action> {
        self.by_time.clear();
        self.member_list.close()
    }

    /// The tokens valid now: those of the current period and of the one before.
    fn tokens(&self, from: SocketAddr, now: Mono) -> [String; 2] {
        let age = now.0.div_euclid(nanos(TOKEN_LIFE));
        [age, age - 1].map(|age| {
            let made = Sha256::new()
                .chain_update(self.settings.secret)
                .chain_update(age.to_be_bytes())
                .chain_update(from.to_string())
                .chain_update(self.settings.secret)
                .finalize();
            made[..8].iter().fold(String::new(), |mut token, byte| {
                _ = write!(token, "{byte:02x}");
                token
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::protocol::chat::wire::is_challenge;
    use crate::core::time::SECOND;

    fn server(open: bool) -> UdpChatServer {
        let bounds = ChatLimits { max_members: 5, ..ChatLimits::default() };
        UdpChatServer::new(UdpChatSettings { limits: bounds, open, idle: Duration::from_secs(600), secret: [7; 32] })
    }

    fn address(port: u16) -> SocketAddr {
        SocketAddr::from(([203, 0, 113, (port % 200) as u8], port))
    }

    fn hear(server: &mut UdpChatServer, at: i64, port: u16, text: &str) -> Vec<Action> {
        server.received(Mono(at), address(port), text.as_bytes(), false).actions
    }

    fn words(actions: &[Action]) -> Vec<&ServerMessage> {
        let replies = actions.iter().filter_map(|action| match action {
            Action::Send { message: words, .. } => Some(words),
            _ => None,
        });
        replies.collect()
    }

    fn challenge(actions: &[Action]) -> String {
        match words(actions)[..] {
            [ServerMessage::Challenge(text)] => text.clone(),
            ref other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_stranger_must_answer_the_challenge_from_its_own_address() {
        let mut server = server(false);
        let asked = challenge(&hear(&mut server, 0, 1, JOINING));
        assert!(is_challenge(&asked) && !is_challenge(JOINING));
        assert!(asked.len() <= JOINING.len(), "no more is said than was asked");
        assert!(hear(&mut server, 1, 2, &asked).is_empty(), "somebody else's token");
        assert_eq!(server.members(), 0);
        let actions = hear(&mut server, 1, 1, &asked);
        assert!(matches!(
            actions[..],
            [Action::Joined { .. }, Action::Send { message: ServerMessage::Notice(ServerNotice::Welcome { .. }), .. }]
        ));
        assert!(matches!(
            words(&hear(&mut server, 2, 1, &asked))[..],
            [ServerMessage::Notice(ServerNotice::Welcome { .. })]
        ));
        assert_eq!(server.members(), 1);
    }

    #[test]
    fn a_token_grows_old() {
        let mut server = server(false);
        let asked = challenge(&hear(&mut server, 0, 1, "oi"));
        assert!(hear(&mut server, 700 * SECOND, 1, &asked).is_empty());
        assert_eq!(server.members(), 0);
    }

    #[test]
    fn an_open_chat_takes_the_first_datagram_for_a_joining() {
        let mut server = server(true);
        hear(&mut server, 0, 1, JOINING);
        let actions = hear(&mut server, 0, 2, "Olá!");
        assert_eq!(server.members(), 2);
        assert!(matches!(words(&actions)[..], [
            ServerMessage::Notice(ServerNotice::Welcome { .. }),
            ServerMessage::Notice(ServerNotice::Joined { .. }),
            ServerMessage::Copy { text, .. },
        ] if text == "Olá!"));
        let actions = hear(&mut server, 1, 1, "oi");
        assert!(
            matches!(&actions[..], [Action::Send { message: ServerMessage::Copy { .. }, to, .. }] if to.len() == 1)
        );
    }

    #[test]
    fn a_ping_is_answered_to_its_sender_and_joins_nobody() {
        for open in [false, true] {
            let mut server = server(open);
            assert_eq!(words(&hear(&mut server, 0, 1, "ping")), [&ServerMessage::Pong]);
            assert_eq!(words(&hear(&mut server, 0, 1, "ping\n")), [&ServerMessage::Pong]);
            assert_eq!(server.members(), 0);
        }
    }

    #[test]
    fn two_servers_do_not_play_for_ever() {
        let mut clubs = [server(false), server(true)];
        for first in ["ping", "oi", "/entrar 00"] {
            let mut flying = vec![(0, first.to_owned())];
            let mut steps = 0;
            while let Some((to, text)) = flying.pop() {
                steps += 1;
                assert!(steps < 1_000, "{first}");
                for replies in words(&hear(&mut clubs[to], steps * 1_000_000, 1 + to as u16, &text)) {
                    let text = match replies {
                        ServerMessage::Copy { who, text } => format!("{who} disse: {text}"),
                        ServerMessage::Notice(notice) => format!("{notice:?}"),
                        ServerMessage::Pong => "ping".to_owned(),
                        ServerMessage::Challenge(text) => text.clone(),
                    };
                    flying.push((1 - to, text));
                }
            }
        }
    }

    #[test]
    fn the_silent_the_unreachable_and_the_leaving_are_forgotten() {
        let mut server = server(true);
        for port in 1..=4 {
            hear(&mut server, i64::from(port), port, JOINING);
        }
        hear(&mut server, 300 * SECOND, 1, "oi");
        assert_eq!(server.due(), Some(Mono(2).plus(Duration::from_secs(600))));
        let left = |actions: &[Action]| {
            let left = actions.iter().filter_map(|action| match action {
                Action::Left { why, .. } => Some(*why),
                _ => None,
            });
            left.collect::<Vec<_>>()
        };
        assert_eq!(left(&server.refused(address(2))), [LeaveReason::Refused]);
        assert!(server.refused(address(2)).is_empty());
        assert_eq!(left(&hear(&mut server, 301 * SECOND, 3, "/sair")), [LeaveReason::Quit]);
        assert_eq!(left(&server.remove_idle(Mono(601 * SECOND))), [LeaveReason::Idle]);
        assert_eq!(server.members(), 1);
        assert_eq!(left(&server.remove_idle(Mono(900 * SECOND))), [LeaveReason::Idle]);
        assert_eq!(server.due(), None);
    }

    #[test]
    fn members_are_bounded_and_the_one_too_many_is_told() {
        let mut server = server(true);
        for port in 1..=5 {
            hear(&mut server, 0, port, JOINING);
        }
        assert_eq!(words(&hear(&mut server, 0, 6, JOINING)), [&ServerMessage::Notice(ServerNotice::Full)]);
        assert_eq!(server.members(), 5);
    }

    #[test]
    fn strangers_and_what_they_are_told_are_bounded() {
        let mut server = server(false);
        let asked = |server: &mut UdpChatServer, port: u16| {
            let from = SocketAddr::from(([203, 0, 113, 9], port));
            server.received(Mono(0), from, b"x", false)
        };
        let challenged = (1..=100).filter(|port| !asked(&mut server, *port).actions.is_empty()).count();
        assert_eq!(challenged, REPLIES_PER_SECOND as usize);
        let known = (1..=5_000).filter(|port| asked(&mut server, *port).n.is_some()).count();
        assert_eq!(known, MAX_UNVERIFIED_PEERS);
    }

    #[test]
    fn an_open_chat_lets_a_liar_cause_only_so_much() {
        let bounds = ChatLimits { max_members: 1_000, per_address: 1_000, texts_a_second: None };
        let mut server = UdpChatServer::new(UdpChatSettings {
            limits: bounds,
            open: true,
            idle: Duration::from_secs(600),
            secret: [7; 32],
        });
        for port in 1..=1_000 {
            hear(&mut server, 0, port, JOINING);
        }
        let passed = (0..100)
            .filter(|_| matches!(words(&hear(&mut server, SECOND, 1, "x"))[..], [ServerMessage::Copy { .. }]))
            .count();
        assert_eq!(passed, COPIES_PER_SECOND as usize / 999);
    }
}
