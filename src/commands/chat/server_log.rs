//! Localized notices of the chat server, its journal, and the lines shown to its operator.

use std::cell::Cell;

use crate::chat::{ChatLog, ServerEvent};
use crate::commands::run::status::eprint_status;
use crate::core::escape;
use crate::core::evidence::journal::Record;
use crate::core::protocol::chat::line_splitter::MAX_LINE_LEN;
use crate::core::protocol::chat::wire;
use crate::core::protocol::chat::{LeaveReason, MAX_NICK_LEN, ServerMessage, ServerNotice};
use crate::core::time::{Mono, Now, SECOND};
use crate::i18n::{Texts, Value};
use crate::journal::JournalSink as _;
use crate::journal::writer::JournalHandle;

/// Lines per second shown to the server's operator. The members receive all of them.
const MAX_LINES_PER_SECOND: u32 = 50;

pub const CHAT_PORT: u16 = 12_345;

pub struct ChatServerLog {
    texts: Texts,
    journal: JournalHandle,
    /// Start of the current second, and the number of lines in it.
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
        let (second_start, shown) = self.shown.get();
        let (second_start, shown) =
            if at.mono.since(second_start) >= SECOND { (at.mono, 0) } else { (second_start, shown) };
        self.shown.set((second_start, shown.saturating_add(1)));
        if shown < MAX_LINES_PER_SECOND {
            match on_event {
                ServerEvent::Message { who, text } => eprint_status(escape::line(&wire::copy(who, text))),
                ServerEvent::Notice(text) => eprint_status(escape::line(text)),
            }
        }
    }
}

fn notice_text(notice: &ServerNotice, texts: Texts) -> String {
    let text_value = |text: &str| Value::text(text);
    match notice {
        ServerNotice::Welcome { you, others } => {
            texts.with("chat-welcome", &[("you", text_value(you)), ("others", Value::count(*others as u64))])
        }
        ServerNotice::Joined { who } => texts.with("chat-joined", &[("who", text_value(who))]),
        ServerNotice::Named { was, now } => {
            texts.with("chat-named", &[("was", text_value(was)), ("now", text_value(now))])
        }
        ServerNotice::Left { who, why } => {
            texts.with("chat-left", &[("who", text_value(who)), ("why", Value::text(texts.get(leave_reason(*why))))])
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
