//! Status lines on stderr during a run: one for each message if they are slow enough to read, else one a second.

use std::cell::Cell;
use std::fmt::Display;
use std::io::Write;

use crate::core::time::{Mono, SECOND};
use crate::i18n::{Texts, Value};
use crate::report::escape::{escape_control, escape_control_except_tab};
use crate::report::format::{NO_BREAK, NumberFormat};

/// Messages closer together than this are not shown one by one.
const READABLE_NS: i64 = 20_000_000;

/// Lines a second about what others should not send: a flood of that must not become one of lines.
const UNEXPECTED_PER_SECOND: u32 = 20;

/// Bytes of a foreign text that are shown.
const MAX_TEXT_LEN: usize = 60;

pub struct StatusLines {
    pub texts: Texts,
    /// Every message has a line of its own.
    each: bool,
    last_summary: Cell<Mono>,
    /// When the running second began, and how many odd lines it has seen.
    odd: Cell<(Mono, u32)>,
}

impl StatusLines {
    /// Status lines for a run with this message interval.
    pub const fn new(texts: Texts, interval_ns: i64) -> Self {
        Self { texts, each: interval_ns >= READABLE_NS, last_summary: Cell::new(Mono(0)), odd: Cell::new((Mono(0), 0)) }
    }

    /// Prints a localized line.
    pub fn print_line(&self, key: &str, values: &[(&'static str, Value)]) {
        eprint_line(self.texts.with(key, values));
    }

    /// Whether each message has a line of its own.
    pub const fn shows_each(&self) -> bool {
        self.each
    }

    /// Prints a line about one message, if messages are shown one by one.
    pub fn print_per_message(&self, key: &str, values: &[(&'static str, Value)]) {
        if self.each {
            self.print_line(key, values);
        }
    }

    /// Prints a line about an unexpected datagram, with a limit per second; the result counts all.
    pub fn print_anomaly(&self, now: Mono, key: &str, values: &[(&'static str, Value)]) {
        let (begun, said) = self.odd.get();
        let (begun, said) = if now.since(begun) >= SECOND { (now, 0) } else { (begun, said) };
        self.odd.set((begun, said.saturating_add(1)));
        if said < UNEXPECTED_PER_SECOND {
            self.print_per_message(key, values);
        }
    }

    /// A duration for a line of its own, where nothing needs to be kept from breaking.
    pub fn duration(&self, ns: i64) -> String {
        NumberFormat::new(self.texts).duration(ns).replace(NO_BREAK, " ")
    }

    /// Prints a summary line once a second, if messages are not shown one by one.
    pub fn print_throttled(&self, now: Mono, line: impl FnOnce(Texts) -> String) {
        if !self.each && now.since(self.last_summary.get()) >= SECOND {
            self.last_summary.set(now);
            eprint_line(line(self.texts));
        }
    }
}

/// Prints a line on stderr. A closed stderr must not disturb a measurement.
pub fn eprint_line(line: impl Display) {
    _ = writeln!(std::io::stderr().lock(), "{}", escape_control_except_tab(&line.to_string()));
}

/// The start of a foreign text, on one line.
pub fn one_line(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(&text[..text.len().min(MAX_TEXT_LEN)]).into_owned();
    let text: String = text.chars().map(|message| if message.is_control() { ' ' } else { message }).collect();
    escape_control(text.trim())
}
