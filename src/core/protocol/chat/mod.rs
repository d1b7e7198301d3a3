//! The chat protocol: every text goes to all other members. Over TCP ([`tcp_server`]) a connection is a member; over
//! UDP ([`udp_server`]) an address that sent a text and proved that it receives.
//!
//! | text | action of the server |
//! |---|---|
//! | any text | relays it to all other members as `ADDRESS:PORT disse: text`, or with the nickname |
//! | `/nick NAME` | sets the sender's nickname |
//! | `/sair`, `/quit` | removes the sender |
//! | `/ping`; over UDP also `ping` alone | replies `ping` to the sender only |
//! | `Novo participante no chat.` | over UDP: the sender joins |
//! | `/entrar TOKEN` | over UDP: the reply to a challenge, with the token that the server sent to that address |

pub mod line_splitter;
pub mod members;
pub mod relayed_text;
pub mod tcp_server;
pub mod udp_server;
pub mod wire;

use serde::{Deserialize, Serialize};

use self::wire::{JOIN, PING};

/// Default limit of members.
pub const MAX_MEMBERS: usize = 1_024;

/// Members from one IP address at once: a classroom behind one NAT.
pub const MAX_PER_ADDRESS: usize = 64;

/// Texts a second from one member.
pub const TEXTS_PER_SECOND: u32 = 50;

/// The longest name, letters.
pub const MAX_NICK_LEN: usize = 24;

/// The settings of either kind of chat.
#[derive(Clone, Debug)]
pub struct ChatLimits {
    /// Members at once.
    pub max_members: usize,
    /// Of these, from one IP address.
    pub per_address: usize,
    /// Texts a second from one member; `None` for no limit.
    pub texts_a_second: Option<u32>,
}

impl Default for ChatLimits {
    fn default() -> Self {
        Self { max_members: MAX_MEMBERS, per_address: MAX_PER_ADDRESS, texts_a_second: Some(TEXTS_PER_SECOND) }
    }
}

/// Why a member of a chat is one no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeaveReason {
    /// It sent `/sair`.
    Quit,
    /// It closed its connection.
    Closed,
    /// Its connection was reset.
    Reset,
    /// Its host gave no sign of life.
    Vanished,
    /// It read too slowly.
    TooSlow,
    /// Over UDP: it was silent for too long.
    Idle,
    /// Over UDP: an ICMP error came back from it.
    Refused,
    /// The server closed.
    Closing,
}

/// A notice of the server. The text is the report's, in the server's language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerNotice {
    /// To a newcomer: how it is called, and how many others are there.
    Welcome {
        /// Its name.
        you: String,
        /// Others.
        others: usize,
    },
    /// A member joined.
    Joined {
        /// Its name.
        who: String,
    },
    /// A member changed its name.
    Named {
        /// Its old name.
        was: String,
        /// The new name.
        now: String,
    },
    /// A member left.
    Left {
        /// Its name.
        who: String,
        /// Why.
        why: LeaveReason,
    },
    /// The nickname is invalid.
    BadNick,
    /// The nickname is taken.
    TakenNick,
    /// The rest of a long line was refused.
    TooLong,
    /// The sender exceeded the rate limit; this message was not relayed.
    TooFast,
    /// The reader reads too slowly and is cut off.
    TooSlow,
    /// The chat is full.
    Full,
    /// Too many members from that address.
    FullForAddress,
    /// The server closes.
    Closing,
}

/// A message of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerMessage {
    /// A member's message, as relayed to the others.
    Copy {
        /// Its sender.
        who: String,
        /// What.
        text: String,
    },
    /// The server's own word.
    Notice(ServerNotice),
    /// The reply to a ping.
    Pong,
    /// The challenge to a newcomer over UDP.
    Challenge(String),
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Send this to these.
    Send {
        /// Its number in the server's numbering.
        n: u64,
        /// What.
        message: ServerMessage,
        /// To whom.
        to: Vec<u32>,
    },
    /// A member joined.
    Joined {
        /// The member.
        member: u32,
        /// As the others know it.
        who: String,
    },
    /// A member has a name.
    Named {
        /// The member.
        member: u32,
        /// What it was called before.
        was: String,
        /// The name.
        nick: String,
    },
    /// A member left; over TCP its connection is closed once its queue is sent.
    Left {
        /// The member.
        member: u32,
        /// As the others knew it.
        who: String,
        /// Why.
        why: LeaveReason,
    },
    /// A message was not relayed, because its sender exceeded the rate limit.
    Withheld {
        /// Its number.
        n: u64,
    },
}

/// What a text asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientCommand<'a> {
    /// To be passed on.
    Text(&'a str),
    /// To leave.
    Quit,
    /// A name.
    Nick(&'a str),
    /// A sign of life.
    Ping,
    /// To come in with this token.
    Join(&'a str),
    /// Nothing.
    Nothing,
}

impl<'a> ClientCommand<'a> {
    /// Reads a text.
    pub fn read(text: &'a str) -> Self {
        let trimmed = text.trim();
        let (word, rest) = trimmed.split_once(char::is_whitespace).unwrap_or((trimmed, ""));
        match word {
            "" => Self::Nothing,
            "/sair" | "/quit" if rest.is_empty() => Self::Quit,
            "/nick" => Self::Nick(rest.trim()),
            "/ping" if rest.is_empty() => Self::Ping,
            _ if word == JOIN.trim() => Self::Join(rest.trim()),
            _ => Self::Text(text),
        }
    }

    /// Reads a datagram: there `ping` alone asks for a sign of life.
    pub fn read_datagram(text: &'a str) -> Self {
        if text.trim() == PING { Self::Ping } else { Self::read(text) }
    }
}

/// A valid name: short, one word, without control characters, and not like an address.
pub fn nick(text: &str) -> Option<&str> {
    let plain = |message: char| message.is_alphanumeric() || matches!(message, '-' | '_' | '.' | '\'');
    let named = text.chars().any(char::is_alphabetic);
    let length = text.chars().count();
    (named && (1..=MAX_NICK_LEN).contains(&length) && text.chars().all(plain)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_read_and_everything_else_is_a_text() {
        for (text, asked) in [
            ("/sair", ClientCommand::Quit),
            (" /quit \n", ClientCommand::Quit),
            ("/nick Zé", ClientCommand::Nick("Zé")),
            ("/nick", ClientCommand::Nick("")),
            ("/ping", ClientCommand::Ping),
            ("/entrar 0011", ClientCommand::Join("0011")),
            ("/saira", ClientCommand::Text("/saira")),
            ("/sair agora", ClientCommand::Text("/sair agora")),
            ("ping", ClientCommand::Text("ping")),
            ("  oi ", ClientCommand::Text("  oi ")),
            ("", ClientCommand::Nothing),
        ] {
            assert_eq!(ClientCommand::read(text), asked, "{text:?}");
        }
        assert_eq!(ClientCommand::read_datagram("ping\n"), ClientCommand::Ping);
        assert_eq!(ClientCommand::read_datagram("ping pong"), ClientCommand::Text("ping pong"));
    }

    #[test]
    fn a_name_is_one_short_word() {
        for good in ["Zé", "ana-maria_2", "O'Neil"] {
            assert_eq!(nick(good), Some(good));
        }
        for bad in ["", "a b", "10.0.0.1:5", "7", "\u{1b}[2J", "x disse:", &"x".repeat(25), "\u{202e}abc"] {
            assert_eq!(nick(bad), None, "{bad:?}");
        }
    }
}
