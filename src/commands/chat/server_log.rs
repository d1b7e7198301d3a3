//! What both ends of a chat share: localized notices, the journal, and the end of a run.

use std::cell::Cell;

use crate::chat::{ChatLog, ServerEvent};
use crate::commands::run::status::eprint_line;
use crate::core::evidence::journal::Record;
use crate::core::protocol::chat::line_splitter::MAX_LINE_LEN;
use crate::core::protocol::chat::wire;
use crate::core::protocol::chat::{LeaveReason, MAX_NICK_LEN, ServerMessage, ServerNotice};
use crate::core::time::{Mono, Now, SECOND};
use crate::i18n::{Texts, Value};
use crate::journal::JournalSink as _;
use crate::journal::writer::JournalHandle;

/// Lines a second that the person at a server is shown; the members get all.
const LINES_PER_SECOND: u32 = 50;

pub const CHAT_PORT: u16 = 12_345;

pub struct ChatServerLog {
    texts: Texts,
    journal: JournalHandle,
    /// When the running second began, and how many lines it has seen.
    shown: Cell<(Mono, u32)>,
}

impl ChatServerLog {
    pub fn new(texts: Texts, journal: JournalHandle) -> Self {
        Self { texts, journal, shown: Cell::new((Mono(0), 0)) }
    }
}

impl ChatLog for ChatServerLog {
    fn wording(&self, message: &ServerMessage) -> String {
        match message {
            ServerMessage::Notice(notice) => notice_text(notice, self.texts),
            ServerMessage::Copy { who, text } => wire::copy(who, text),
            ServerMessage::Pong => wire::PING.to_owned(),
            ServerMessage::Challenge(text) => text.clone(),
        }
    }

    fn write(&self, record: Record) {
        self.journal.write(record);
    }

    fn show_event(&self, at: Now, on_event: ServerEvent<'_>) {
        let (begun, shown) = self.shown.get();
        let (begun, shown) = if at.mono.since(begun) >= SECOND { (at.mono, 0) } else { (begun, shown) };
        self.shown.set((begun, shown.saturating_add(1)));
        if shown < LINES_PER_SECOND {
            match on_event {
                ServerEvent::Said { who, text } => eprint_line(wire::copy(who, text)),
                ServerEvent::Own(text) => eprint_line(text),
            }
        }
    }
}

fn notice_text(notice: &ServerNotice, texts: Texts) -> String {
    let message = |text: &str| Value::text(text);
    match notice {
        ServerNotice::Welcome { you, others } => {
            texts.with("chat-welcome", &[("you", message(you)), ("others", Value::count(*others as u64))])
        }
        ServerNotice::Joined { who } => texts.with("chat-joined", &[("who", message(who))]),
        ServerNotice::Named { was, now } => texts.with("chat-named", &[("was", message(was)), ("now", message(now))]),
        ServerNotice::Left { who, why } => {
            texts.with("chat-left", &[("who", message(who)), ("why", Value::text(texts.get(leave_reason(*why))))])
        }
        ServerNotice::BadNick => texts.with("chat-bad-nick", &[("most", Value::count(MAX_NICK_LEN as u64))]),
        ServerNotice::TakenNick => texts.get("chat-taken-nick"),
        ServerNotice::TooLong => texts.with("chat-too-long", &[("most", Value::text(MAX_LINE_LEN))]),
        ServerNotice::TooFast => texts.get("chat-too-fast"),
        ServerNotice::TooSlow => texts.get("chat-too-slow"),
        ServerNotice::Full => texts.get("chat-full"),
        ServerNotice::FullForAddress => texts.get("chat-full-for-address"),
        ServerNotice::Closing => texts.get("chat-closing"),
    }
}

const fn leave_reason(why: LeaveReason) -> &'static str {
    match why {
        LeaveReason::Quit => "chat-parting-quit",
        LeaveReason::Closed => "chat-parting-closed",
        LeaveReason::Reset => "chat-parting-reset",
        LeaveReason::Vanished => "chat-parting-vanished",
        LeaveReason::TooSlow => "chat-parting-too-slow",
        LeaveReason::Idle => "chat-parting-idle",
        LeaveReason::Refused => "chat-parting-refused",
        LeaveReason::Closing => "chat-parting-closing",
    }
}
