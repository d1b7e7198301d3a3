//! Tells which kind of run files are of.

use std::io::Read as _;

use super::read::dialect;
use crate::capture::log_reader::{self, Retain};
use crate::core::evidence::capture_log::CaptureLog;
use crate::core::evidence::conversations;
use crate::core::evidence::journal_run::{CHAT_TCP, CHAT_UDP, TRANSFER};
use crate::core::verdict::{chat, transfer};
use crate::input::InputFile;

/// A kind of run, which decides what is read of a capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunKind {
    /// An exchange or a ping; a TCP chat of other programs, if the captures have no numbered messages.
    Exchange,
    Transfer,
    Chat,
}

/// Bytes at the beginning of a capture that show the kind of run.
const FIRST_BYTES: u64 = 4 << 20;

/// The kind of run that journals tell in their first lines.
pub fn of_journals(journals: &[&InputFile]) -> RunKind {
    let dialects: Vec<String> = journals.iter().filter_map(|journal| dialect(journal)).collect();
    let any = |wanted: &[&str]| dialects.iter().any(|dialect| wanted.contains(&dialect.as_str()));
    if any(&[CHAT_TCP, CHAT_UDP]) {
        RunKind::Chat
    } else if any(&[TRANSFER]) {
        RunKind::Transfer
    } else {
        RunKind::Exchange
    }
}

/// The kind of run that captures show.
pub fn of_captures(captures: &[&InputFile]) -> RunKind {
    let beginning = |capture: &InputFile, retain| {
        log_reader::read(capture.reader().take(FIRST_BYTES), &capture.name(), 0, retain).ok()
    };
    let shows_transfer = |capture: &&InputFile| {
        beginning(capture, Retain::Wires).is_some_and(|log| transfer::shows_transfer(&log))
            // A flood may come before the exchange.
            && !log_reader::read(capture.reader(), &capture.name(), 0, Retain::Numbers)
                .is_ok_and(|log| conversations::shows_exchange(&log))
    };
    if !captures.is_empty() && captures.iter().all(shows_transfer) {
        return RunKind::Transfer;
    }
    let logs: Vec<CaptureLog> = captures.iter().filter_map(|capture| beginning(capture, Retain::Texts)).collect();
    if chat::shows_udp_chat(&logs.iter().collect::<Vec<_>>()) { RunKind::Chat } else { RunKind::Exchange }
}
