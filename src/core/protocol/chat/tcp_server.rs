//! The TCP chat server as a state machine: takes connections, lines and disconnects, returns actions.

use std::net::SocketAddr;

use super::members::MemberList;
use super::{Action, ChatLimits, ClientCommand, LeaveReason, ServerMessage, ServerNotice};
use crate::core::protocol::chat::line_splitter::ChatLine;
use crate::core::time::Mono;

/// The result of an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputResult {
    /// Its number.
    pub n: u64,
    /// What to do.
    pub actions: Vec<Action>,
}

/// The state of a chat over TCP.
#[derive(Debug)]
pub struct TcpChatServer {
    member_list: MemberList,
}

impl TcpChatServer {
    /// A chat without members.
    pub fn new(bounds: ChatLimits) -> Self {
        Self { member_list: MemberList::new(bounds) }
    }

    /// How many members there are.
    pub fn members(&self) -> usize {
        self.member_list.len()
    }

    /// Whether the member limit is reached.
    pub fn is_full(&self) -> bool {
        self.member_list.is_full()
    }

    /// A client connected.
    ///
    /// # Errors
    /// What to tell it before its connection is closed: there is no room.
    pub fn on_connect(&mut self, member: u32, address: SocketAddr) -> Result<Vec<Action>, ServerNotice> {
        self.member_list.add(member, address)
    }

    /// A member sent a line.
    pub fn on_line(&mut self, now: Mono, member: u32, line: &ChatLine) -> InputResult {
        let n = self.member_list.number();
        if !self.member_list.has(member) {
            return InputResult { n, actions: Vec::new() };
        }
        let mut actions = match ClientCommand::read(&line.text) {
            ClientCommand::Text(text) => self.member_list.broadcast(now, n, member, text),
            ClientCommand::Quit => self.member_list.remove(member, LeaveReason::Quit),
            ClientCommand::Nick(nick) => self.member_list.name(member, nick),
            ClientCommand::Ping => {
                vec![Action::Send { n: self.member_list.number(), message: ServerMessage::Pong, to: vec![member] }]
            }
            // A TCP connection proves that its peer receives.
            ClientCommand::Join(_) | ClientCommand::Nothing => Vec::new(),
        };
        if line.cut {
            actions.extend(self.member_list.send_notice(ServerNotice::TooLong, vec![member]));
        }
        InputResult { n, actions }
    }

    /// A member is gone, or to be cut off.
    pub fn on_disconnect(&mut self, member: u32, why: LeaveReason) -> Vec<Action> {
        let mut actions = Vec::new();
        if why == LeaveReason::TooSlow && self.member_list.has(member) {
            actions.extend(self.member_list.send_notice(ServerNotice::TooSlow, vec![member]));
        }
        actions.extend(self.member_list.remove(member, why));
        actions
    }

    /// The server closes.
    pub fn close(&mut self) -> Vec<Action> {
        self.member_list.close()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::time::SECOND;

    fn address(port: u16) -> SocketAddr {
        SocketAddr::from(([10, 0, 0, (port % 7) as u8], port))
    }

    fn server_with_members(members: u16) -> TcpChatServer {
        let mut server = TcpChatServer::new(ChatLimits::default());
        for member in 1..=members {
            server.on_connect(member.into(), address(member)).unwrap();
        }
        server
    }

    fn line(text: &str) -> ChatLine {
        ChatLine { text: text.to_owned(), cut: false }
    }

    fn say(server: &mut TcpChatServer, member: u32, text: &str) -> Vec<Action> {
        server.on_line(Mono(0), member, &line(text)).actions
    }

    #[test]
    fn a_message_is_relayed_to_all_other_members() {
        let mut server = server_with_members(3);
        let Action::Send { message: words, to, .. } = &say(&mut server, 2, "Olá!")[0] else { panic!() };
        assert_eq!(to, &[1, 3]);
        assert_eq!(*words, ServerMessage::Copy { who: address(2).to_string(), text: "Olá!".into() });
        assert!(say(&mut server, 2, "  ").is_empty());
        assert!(say(&mut server, 9, "oi").is_empty(), "whoever is no member any more says nothing");
    }

    #[test]
    fn comings_names_and_goings_are_told() {
        let mut server = server_with_members(1);
        let actions = server.on_connect(2, address(2)).unwrap();
        let who = address(2).to_string();
        assert_eq!(actions[0], Action::Joined { member: 2, who: who.clone() });
        let notices: Vec<&Action> = actions[1..].iter().collect();
        assert!(
            matches!(notices[0], Action::Send { message: ServerMessage::Notice(ServerNotice::Welcome { others: 1, .. }), to, .. } if to == &[2])
        );
        assert!(
            matches!(notices[1], Action::Send { message: ServerMessage::Notice(ServerNotice::Joined { who: told }), to, .. } if to == &[1] && *told == who)
        );
        let actions = say(&mut server, 2, "/nick Zé");
        assert_eq!(actions[0], Action::Named { member: 2, was: who, nick: "Zé".into() });
        assert!(matches!(&actions[1], Action::Send { to, .. } if to == &[1, 2]));
        assert!(matches!(
            &say(&mut server, 1, "/nick zÉ")[..],
            [Action::Send { message: ServerMessage::Notice(ServerNotice::TakenNick), .. }]
        ));
        assert!(matches!(
            &say(&mut server, 1, "/nick a b")[..],
            [Action::Send { message: ServerMessage::Notice(ServerNotice::BadNick), .. }]
        ));
        assert!(
            matches!(&say(&mut server, 2, "oi")[0], Action::Send { message: ServerMessage::Copy { who, .. }, .. } if who == "Zé")
        );
        let actions = say(&mut server, 2, "/sair");
        assert_eq!(actions[0], Action::Left { member: 2, who: "Zé".into(), why: LeaveReason::Quit });
        assert!(
            matches!(&actions[1], Action::Send { message: ServerMessage::Notice(ServerNotice::Left { who, .. }), to, .. } if to == &[1] && who == "Zé")
        );
        assert!(server.on_disconnect(2, LeaveReason::Closed).is_empty(), "told once");
    }

    #[test]
    fn everything_heard_and_said_has_a_number_of_its_own() {
        let mut server = server_with_members(3);
        let mut numbers = Vec::new();
        for text in ["a", "/ping", "/nick x", "b", "/nick"] {
            let actions = server.on_line(Mono(0), 1, &line(text));
            numbers.push(actions.n);
            for action in actions.actions {
                if let Action::Send { n, .. } = action {
                    numbers.push(n);
                }
            }
        }
        numbers.dedup();
        assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
    }

    #[test]
    fn members_are_bounded_in_all_and_by_address() {
        let bounds = ChatLimits { max_members: 3, per_address: 2, texts_a_second: None };
        let mut server = TcpChatServer::new(bounds);
        let at = |last, port| SocketAddr::from(([10, 0, 0, last], port));
        assert!(server.on_connect(1, at(1, 1)).is_ok() && server.on_connect(2, at(1, 2)).is_ok());
        assert_eq!(server.on_connect(3, at(1, 3)), Err(ServerNotice::FullForAddress));
        assert!(server.on_connect(3, at(2, 3)).is_ok());
        assert_eq!(server.on_connect(4, at(3, 4)), Err(ServerNotice::Full));
        server.on_disconnect(1, LeaveReason::Reset);
        assert!(server.on_connect(5, at(1, 5)).is_ok());
    }

    #[test]
    fn rate_limited_texts_are_dropped_with_one_notice_per_second() {
        let bounds = ChatLimits { texts_a_second: Some(5), ..ChatLimits::default() };
        let mut server = TcpChatServer::new(bounds);
        server.on_connect(1, address(1)).unwrap();
        server.on_connect(2, address(2)).unwrap();
        let mut count = |at: i64| {
            let (mut passed, mut withheld, mut told) = (0, 0, 0);
            for _ in 0..20 {
                for action in server.on_line(Mono(at), 1, &line("x")).actions {
                    match action {
                        Action::Send { message: ServerMessage::Copy { .. }, .. } => passed += 1,
                        Action::Send { message: ServerMessage::Notice(ServerNotice::TooFast), .. } => told += 1,
                        Action::Withheld { .. } => withheld += 1,
                        other => panic!("{other:?}"),
                    }
                }
            }
            (passed, withheld, told)
        };
        assert_eq!(count(0), (5, 15, 1));
        assert_eq!(count(SECOND), (5, 15, 1));
    }

    #[test]
    fn a_slow_reader_and_the_servers_end_are_announced() {
        let mut server = server_with_members(2);
        let actions = server.on_disconnect(1, LeaveReason::TooSlow);
        assert!(
            matches!(&actions[0], Action::Send { message: ServerMessage::Notice(ServerNotice::TooSlow), to, .. } if to == &[1])
        );
        assert_eq!(actions[1], Action::Left { member: 1, who: address(1).to_string(), why: LeaveReason::TooSlow });
        let actions = server.close();
        assert!(
            matches!(&actions[0], Action::Send { message: ServerMessage::Notice(ServerNotice::Closing), to, .. } if to == &[2])
        );
        assert_eq!(actions[1..], [Action::Left { member: 2, who: address(2).to_string(), why: LeaveReason::Closing }]);
        assert_eq!(server.members(), 0);
    }

    #[test]
    fn the_rest_of_a_long_line_is_refused_with_a_word() {
        let mut server = server_with_members(2);
        let actions = server.on_line(Mono(0), 1, &ChatLine { text: "x".into(), cut: true }).actions;
        assert!(
            matches!(&actions[1], Action::Send { message: ServerMessage::Notice(ServerNotice::TooLong), to, .. } if to == &[1])
        );
    }
}
