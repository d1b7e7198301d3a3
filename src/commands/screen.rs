//! What is said on stderr while a run goes on: a line for each message where people can follow, else a line a second.

use std::fmt::Display;
use std::io::Write;

use crate::core::time::{Mono, SECOND};
use crate::i18n::{Texts, Value};

/// Messages closer together than this are not shown one by one.
const READABLE_NS: i64 = 20_000_000;

/// The screen.
pub struct Screen {
    /// The words.
    pub texts: Texts,
    /// Every message has a line of its own.
    each: bool,
    last_summary: Mono,
}

impl Screen {
    /// A screen for a run whose messages follow each other at this interval.
    pub const fn new(texts: Texts, interval_ns: i64) -> Self {
        Self { texts, each: interval_ns >= READABLE_NS, last_summary: Mono(0) }
    }

    /// Says a line.
    pub fn say(&self, line: impl Display) {
        say(line);
    }

    /// Says a line from the locales.
    pub fn tell(&self, key: &str, values: &[(&'static str, Value)]) {
        say(self.texts.with(key, values));
    }

    /// Whether each message has a line of its own.
    pub const fn shows_each(&self) -> bool {
        self.each
    }

    /// Says a line about one message, where each has one.
    pub fn each(&self, key: &str, values: &[(&'static str, Value)]) {
        if self.each {
            self.tell(key, values);
        }
    }

    /// Says a line about all so far once a second, where messages have none.
    pub fn now_and_then(&mut self, now: Mono, line: impl FnOnce(Texts) -> String) {
        if !self.each && now.since(self.last_summary) >= SECOND {
            self.last_summary = now;
            say(line(self.texts));
        }
    }
}

/// Says a line on stderr. Whether anybody listens does not matter to a measurement.
pub fn say(line: impl Display) {
    _ = writeln!(std::io::stderr().lock(), "{line}");
}
