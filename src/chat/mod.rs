//! The sockets of the chat. [`crate::core::protocol::chat`] decides what is sent.
//!
//! - [`tcp`]: the server over TCP, one thread for all connections; each is a [`connection`] with a bounded queue.
//! - [`udp`]: the server over UDP.
//! - [`client`]: one member, over either by its [`client_transport`].

pub mod client;
pub mod client_transport;
pub mod connection;
pub mod tcp;
pub mod udp;

use crate::core::evidence::capture_log::digest;
use crate::core::evidence::journal::Record;
use crate::core::evidence::journal_messages::{Member, MemberEvent, NotAnswered, Text};
use crate::core::protocol::chat::wire;
use crate::core::protocol::chat::{Action, LeaveReason, ServerMessage, ServerNotice};
use crate::core::protocol::server::NoReplyReason;
use crate::core::time::Now;

/// Bytes of a text that go into the journal.
pub const MAX_TEXT_LEN: usize = 1024;

/// The peer index of the server itself in its journal, and of the client itself in its own.
pub const SELF: u32 = 0;

/// Writes the chat's journal and localizes the server's notices.
pub trait ChatLog {
    /// A message of the server, in its wire form.
    fn wording(&self, words: &ServerMessage) -> String;
    fn write(&self, record: Record);
    /// Shows an event to the person at the server.
    fn show_event(&self, at: Now, event: ServerEvent<'_>);
}

/// What happens at a server.
#[derive(Clone, Copy, Debug)]
pub enum ServerEvent<'a> {
    Message { who: &'a str, text: &'a str },
    Notice(&'a str),
}

/// Records an action in the journal and shows it; sending is up to the caller.
fn note(log: &dyn ChatLog, at: Now, action: &Action, requester: u32) {
    let own =
        |notice: ServerNotice| log.show_event(at, ServerEvent::Notice(&log.wording(&ServerMessage::Notice(notice))));
    match action {
        Action::Joined { member, who } => {
            own(ServerNotice::Joined { who: who.clone() });
            log.write(step(*member, at, MemberEvent::Joined));
        }
        Action::Named { member, was, nick } => {
            own(ServerNotice::Named { was: was.clone(), now: nick.clone() });
            let nick = Some(nick.clone());
            log.write(Record::Member(Box::new(Member { p: *member, at, did: MemberEvent::Named, nick, why: None })));
        }
        Action::Left { member, who, why } => {
            if *why != LeaveReason::Closing {
                own(ServerNotice::Left { who: who.clone(), why: *why });
            }
            let why = Some(*why);
            log.write(Record::Member(Box::new(Member { p: *member, at, did: MemberEvent::Left, nick: None, why })));
        }
        Action::Withheld { n } => {
            log.write(Record::NotAnswered(NotAnswered { n: *n, p: requester, at, why: NoReplyReason::RateLimit }));
        }
        Action::Send { n, message: wording, .. } => {
            if let ServerMessage::Copy { who, text } = wording {
                log.show_event(at, ServerEvent::Message { who, text });
            } else {
                log.write(Record::Text(Text { n: *n, p: SELF, at, text: beginning(&server_text(log, wording)) }));
            }
        }
    }
}

fn step(p: u32, at: Now, did: MemberEvent) -> Record {
    Record::Member(Box::new(Member { p, at, did, nick: None, why: None }))
}

/// The text to send, without a line end.
fn server_text(log: &dyn ChatLog, wording: &ServerMessage) -> String {
    match wording {
        ServerMessage::Copy { who, text } => wire::copy(who, text),
        ServerMessage::Pong => wire::PING.to_owned(),
        ServerMessage::Challenge(text) => text.clone(),
        ServerMessage::Notice(_) => log.wording(wording),
    }
}

/// The beginning of a text, for the journal.
fn beginning(text: &str) -> String {
    let mut end = text.len().min(MAX_TEXT_LEN);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_owned()
}

fn hash(text: &str) -> u32 {
    digest(text.as_bytes())
}
