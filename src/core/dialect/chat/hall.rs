//! A chat over TCP, as a state machine: it is told who connected, said something or went, and says what to do.

use std::net::SocketAddr;

use super::room::Room;
use super::{Action, Asked, Bounds, Notice, Words};
use crate::core::evidence::journal::Parting;
use crate::core::evidence::lines::Line;
use crate::core::time::Mono;

/// What came of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// Its number.
    pub n: u64,
    /// What to do.
    pub actions: Vec<Action>,
}

/// The state of a chat over TCP.
#[derive(Debug)]
pub struct Hall {
    room: Room,
}

impl Hall {
    /// A chat without members.
    pub fn new(bounds: Bounds) -> Self {
        Self { room: Room::new(bounds) }
    }

    /// How many members there are.
    pub fn members(&self) -> usize {
        self.room.len()
    }

    /// Whether there is no room for another.
    pub fn is_full(&self) -> bool {
        self.room.is_full()
    }

    /// Somebody connected.
    ///
    /// # Errors
    /// What to tell it before its connection is closed: there is no room.
    pub fn came(&mut self, member: u32, address: SocketAddr) -> Result<Vec<Action>, Notice> {
        self.room.enter(member, address)
    }

    /// A member said something.
    pub fn said(&mut self, now: Mono, member: u32, line: &Line) -> Heard {
        let n = self.room.number();
        if !self.room.has(member) {
            return Heard { n, actions: Vec::new() };
        }
        let mut actions = match Asked::read(&line.text) {
            Asked::Text(text) => self.room.pass_on(now, n, member, text),
            Asked::Quit => self.room.leave(member, Parting::Quit),
            Asked::Nick(nick) => self.room.name(member, nick),
            Asked::Ping => vec![Action::Send { n: self.room.number(), words: Words::Pong, to: vec![member] }],
            // Who is connected has proved that it hears.
            Asked::Join(_) | Asked::Nothing => Vec::new(),
        };
        if line.cut {
            actions.extend(self.room.tell(Notice::TooLong, vec![member]));
        }
        Heard { n, actions }
    }

    /// A member is gone, or to be cut off.
    pub fn left(&mut self, member: u32, why: Parting) -> Vec<Action> {
        let mut actions = Vec::new();
        if why == Parting::TooSlow && self.room.has(member) {
            actions.extend(self.room.tell(Notice::TooSlow, vec![member]));
        }
        actions.extend(self.room.leave(member, why));
        actions
    }

    /// The server closes.
    pub fn close(&mut self) -> Vec<Action> {
        self.room.close()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::time::SECOND;

    fn address(port: u16) -> SocketAddr {
        SocketAddr::from(([10, 0, 0, (port % 7) as u8], port))
    }

    fn hall(members: u16) -> Hall {
        let mut hall = Hall::new(Bounds::default());
        for member in 1..=members {
            hall.came(member.into(), address(member)).unwrap();
        }
        hall
    }

    fn line(text: &str) -> Line {
        Line { text: text.to_owned(), cut: false }
    }

    fn say(hall: &mut Hall, member: u32, text: &str) -> Vec<Action> {
        hall.said(Mono(0), member, &line(text)).actions
    }

    #[test]
    fn what_one_says_all_others_get() {
        let mut hall = hall(3);
        let Action::Send { words, to, .. } = &say(&mut hall, 2, "Olá!")[0] else { panic!() };
        assert_eq!(to, &[1, 3]);
        assert_eq!(*words, Words::Copy { who: address(2).to_string(), text: "Olá!".into() });
        assert!(say(&mut hall, 2, "  ").is_empty());
        assert!(say(&mut hall, 9, "oi").is_empty(), "whoever is no member any more says nothing");
    }

    #[test]
    fn comings_names_and_goings_are_told() {
        let mut hall = hall(1);
        let actions = hall.came(2, address(2)).unwrap();
        let who = address(2).to_string();
        assert_eq!(actions[0], Action::Joined { member: 2, who: who.clone() });
        let notices: Vec<&Action> = actions[1..].iter().collect();
        assert!(
            matches!(notices[0], Action::Send { words: Words::Notice(Notice::Welcome { others: 1, .. }), to, .. } if to == &[2])
        );
        assert!(
            matches!(notices[1], Action::Send { words: Words::Notice(Notice::Joined { who: told }), to, .. } if to == &[1] && *told == who)
        );
        let actions = say(&mut hall, 2, "/nick Zé");
        assert_eq!(actions[0], Action::Named { member: 2, was: who, nick: "Zé".into() });
        assert!(matches!(&actions[1], Action::Send { to, .. } if to == &[1, 2]));
        assert!(matches!(
            &say(&mut hall, 1, "/nick zÉ")[..],
            [Action::Send { words: Words::Notice(Notice::TakenNick), .. }]
        ));
        assert!(matches!(
            &say(&mut hall, 1, "/nick a b")[..],
            [Action::Send { words: Words::Notice(Notice::BadNick), .. }]
        ));
        assert!(
            matches!(&say(&mut hall, 2, "oi")[0], Action::Send { words: Words::Copy { who, .. }, .. } if who == "Zé")
        );
        let actions = say(&mut hall, 2, "/sair");
        assert_eq!(actions[0], Action::Left { member: 2, who: "Zé".into(), why: Parting::Quit });
        assert!(
            matches!(&actions[1], Action::Send { words: Words::Notice(Notice::Left { who, .. }), to, .. } if to == &[1] && who == "Zé")
        );
        assert!(hall.left(2, Parting::Closed).is_empty(), "told once");
    }

    #[test]
    fn everything_heard_and_said_has_a_number_of_its_own() {
        let mut hall = hall(3);
        let mut numbers = Vec::new();
        for text in ["a", "/ping", "/nick x", "b", "/nick"] {
            let heard = hall.said(Mono(0), 1, &line(text));
            numbers.push(heard.n);
            for action in heard.actions {
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
        let bounds = Bounds { most: 3, per_address: 2, texts_a_second: None };
        let mut hall = Hall::new(bounds);
        let at = |last, port| SocketAddr::from(([10, 0, 0, last], port));
        assert!(hall.came(1, at(1, 1)).is_ok() && hall.came(2, at(1, 2)).is_ok());
        assert_eq!(hall.came(3, at(1, 3)), Err(Notice::FullForAddress));
        assert!(hall.came(3, at(2, 3)).is_ok());
        assert_eq!(hall.came(4, at(3, 4)), Err(Notice::Full));
        hall.left(1, Parting::Reset);
        assert!(hall.came(5, at(1, 5)).is_ok());
    }

    #[test]
    fn who_says_too_much_is_told_once_a_second_and_not_passed_on() {
        let bounds = Bounds { texts_a_second: Some(5), ..Bounds::default() };
        let mut hall = Hall::new(bounds);
        hall.came(1, address(1)).unwrap();
        hall.came(2, address(2)).unwrap();
        let mut count = |at: i64| {
            let (mut passed, mut withheld, mut told) = (0, 0, 0);
            for _ in 0..20 {
                for action in hall.said(Mono(at), 1, &line("x")).actions {
                    match action {
                        Action::Send { words: Words::Copy { .. }, .. } => passed += 1,
                        Action::Send { words: Words::Notice(Notice::TooFast), .. } => told += 1,
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
    fn a_slow_reader_is_disconnected_after_its_last_notice() {
        let mut hall = hall(2);
        let actions = hall.left(1, Parting::TooSlow);
        assert!(matches!(&actions[0], Action::Send { words: Words::Notice(Notice::TooSlow), to, .. } if to == &[1]));
        assert_eq!(actions[1], Action::Left { member: 1, who: address(1).to_string(), why: Parting::TooSlow });
        let actions = hall.close();
        assert!(matches!(&actions[0], Action::Send { words: Words::Notice(Notice::Closing), to, .. } if to == &[2]));
        assert_eq!(actions[1..], [Action::Left { member: 2, who: address(2).to_string(), why: Parting::Closing }]);
        assert_eq!(hall.members(), 0);
    }

    #[test]
    fn the_rest_of_a_long_line_is_refused_with_a_word() {
        let mut hall = hall(2);
        let actions = hall.said(Mono(0), 1, &Line { text: "x".into(), cut: true }).actions;
        assert!(matches!(&actions[1], Action::Send { words: Words::Notice(Notice::TooLong), to, .. } if to == &[1]));
    }
}
