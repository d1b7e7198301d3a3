//! What both ends of a chat share: the server's words in somebody's language, the account of it, and its end.

use std::cell::Cell;

use crate::chat::{Desk, News};
use crate::commands::run::status::say;
use crate::core::evidence::journal::Record;
use crate::core::protocol::chat::line_splitter::LONGEST;
use crate::core::protocol::chat::wire;
use crate::core::protocol::chat::{LONGEST_NICK, Notice, Parting, Words};
use crate::core::time::{Mono, Now, SECOND};
use crate::i18n::{Texts, Value};
use crate::journal::Scribe as _;
use crate::journal::writer::Handle;

/// Lines a second that the person at a server is shown; the members get all.
const SHOWN_A_SECOND: u32 = 50;

/// The port of the course work.
pub const CHAT_PORT: u16 = 12_345;

/// A server's desk.
pub struct ServerDesk {
    texts: Texts,
    journal: Handle,
    /// When the running second began, and how many lines it has seen.
    shown: Cell<(Mono, u32)>,
}

impl ServerDesk {
    /// Writes into this journal.
    pub fn new(texts: Texts, journal: Handle) -> Self {
        Self { texts, journal, shown: Cell::new((Mono(0), 0)) }
    }
}

impl Desk for ServerDesk {
    fn words(&self, words: &Words) -> String {
        match words {
            Words::Notice(notice) => notice_text(notice, self.texts),
            Words::Copy { who, text } => wire::copy(who, text),
            Words::Pong => wire::PING.to_owned(),
            Words::Challenge(text) => text.clone(),
        }
    }

    fn write(&self, record: Record) {
        self.journal.write(record);
    }

    fn tell(&self, at: Now, news: News<'_>) {
        let (begun, shown) = self.shown.get();
        let (begun, shown) = if at.mono.since(begun) >= SECOND { (at.mono, 0) } else { (begun, shown) };
        self.shown.set((begun, shown.saturating_add(1)));
        if shown < SHOWN_A_SECOND {
            match news {
                News::Said { who, text } => say(wire::copy(who, text)),
                News::Own(text) => say(text),
            }
        }
    }
}

/// The server's own word, in its language.
fn notice_text(notice: &Notice, texts: Texts) -> String {
    let words = |text: &str| Value::words(text);
    match notice {
        Notice::Welcome { you, others } => {
            texts.with("chat-welcome", &[("you", words(you)), ("others", Value::count(*others as u64))])
        }
        Notice::Joined { who } => texts.with("chat-joined", &[("who", words(who))]),
        Notice::Named { was, now } => texts.with("chat-named", &[("was", words(was)), ("now", words(now))]),
        Notice::Left { who, why } => {
            texts.with("chat-left", &[("who", words(who)), ("why", Value::words(texts.get(parting(*why))))])
        }
        Notice::BadNick => texts.with("chat-bad-nick", &[("most", Value::count(LONGEST_NICK as u64))]),
        Notice::TakenNick => texts.get("chat-taken-nick"),
        Notice::TooLong => texts.with("chat-too-long", &[("most", Value::words(LONGEST))]),
        Notice::TooFast => texts.get("chat-too-fast"),
        Notice::TooSlow => texts.get("chat-too-slow"),
        Notice::Full => texts.get("chat-full"),
        Notice::FullForAddress => texts.get("chat-full-for-address"),
        Notice::Closing => texts.get("chat-closing"),
    }
}

/// The key of why somebody left.
const fn parting(why: Parting) -> &'static str {
    match why {
        Parting::Quit => "chat-parting-quit",
        Parting::Closed => "chat-parting-closed",
        Parting::Reset => "chat-parting-reset",
        Parting::Vanished => "chat-parting-vanished",
        Parting::TooSlow => "chat-parting-too-slow",
        Parting::Idle => "chat-parting-idle",
        Parting::Refused => "chat-parting-refused",
        Parting::Closing => "chat-parting-closing",
    }
}
