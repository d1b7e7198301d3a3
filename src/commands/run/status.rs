//! Status lines on stderr during a run: one per message if there is time to read them, otherwise one per second.

use std::cell::Cell;
use std::fmt::Display;
use std::io::Write;

use crate::core::escape;
use crate::core::time::{Mono, SECOND};
use crate::i18n::{Texts, Value};
use crate::report::format::{NO_BREAK, NumberFormat};

/// Shortest message interval at which each message gets a line.
const MIN_READABLE_INTERVAL_NS: i64 = 20_000_000;

/// Lines per second about unexpected datagrams, so that a flood of them does not flood the terminal.
const MAX_UNEXPECTED_PER_SECOND: u32 = 20;

/// Bytes shown of a received text.
const MAX_TEXT_LEN: usize = 60;

pub struct StatusLines {
    pub texts: Texts,
    /// Whether every message has a line of its own.
    per_message: bool,
    last_summary: Cell<Mono>,
    /// Start of the current second, and the number of unexpected datagrams in it.
    unexpected: Cell<(Mono, u32)>,
}

impl StatusLines {
    /// Status lines for a run with this message interval.
    pub const fn new(texts: Texts, interval_ns: i64) -> Self {
        Self {
            texts,
            per_message: interval_ns >= MIN_READABLE_INTERVAL_NS,
            last_summary: Cell::new(Mono(0)),
            unexpected: Cell::new((Mono(0), 0)),
        }
    }

    /// Prints a localized line.
    pub fn print_line(&self, key: &str, values: &[(&'static str, Value)]) {
        eprint_line(self.texts.with(key, values));
    }

    /// Whether each message has a line of its own.
    pub const fn shows_each_message(&self) -> bool {
        self.per_message
    }

    /// Prints a line about one message, if messages are shown one by one.
    pub fn print_per_message(&self, key: &str, values: &[(&'static str, Value)]) {
        if self.per_message {
            self.print_line(key, values);
        }
    }

    /// Prints a line about an unexpected datagram, with a limit per second. The result counts all of them.
    pub fn print_anomaly(&self, now: Mono, key: &str, values: &[(&'static str, Value)]) {
        let (second_start, printed) = self.unexpected.get();
        let (second_start, printed) =
            if now.since(second_start) >= SECOND { (now, 0) } else { (second_start, printed) };
        self.unexpected.set((second_start, printed.saturating_add(1)));
        if printed < MAX_UNEXPECTED_PER_SECOND {
            self.print_per_message(key, values);
        }
    }

    /// A localized duration without no-break spaces.
    pub fn duration(&self, ns: i64) -> String {
        NumberFormat::new(self.texts).duration(ns).replace(NO_BREAK, " ")
    }

    /// Prints a summary line once a second, if messages are not shown one by one.
    pub fn print_throttled(&self, now: Mono, line: impl FnOnce(Texts) -> String) {
        if !self.per_message && now.since(self.last_summary.get()) >= SECOND {
            self.last_summary.set(now);
            eprint_line(line(self.texts));
        }
    }
}

/// Prints on stderr: a line, or several that we wrote, in which text of others went through [`escape::line`]. A closed stderr
/// must not disturb a measurement.
pub fn eprint_line(line: impl Display) {
    let lines: Vec<String> = line.to_string().split('\n').map(escape::line).collect();
    _ = writeln!(std::io::stderr().lock(), "{}", lines.join("\n"));
}

/// The start of a received text, on one line.
pub fn one_line(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(&text[..text.len().min(MAX_TEXT_LEN)]).into_owned();
    let text: String = text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect();
    escape::line(text.trim())
}
