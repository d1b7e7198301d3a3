//! Status lines on stderr during a run: what happens to each message if there is time to read it, otherwise one line per
//! second.

use std::cell::Cell;
use std::fmt::Display;
use std::io::Write;
use std::sync::{Mutex, OnceLock, PoisonError};

use unicode_width::UnicodeWidthStr;

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

/// Columns of a line of items.
const ITEMS_WIDTH: usize = 79;

/// Amount of output besides the result and errors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verbosity {
    Quiet,
    #[default]
    Normal,
    /// A line for each message.
    Verbose,
}

static VERBOSITY: OnceLock<Verbosity> = OnceLock::new();

/// Columns that the unfinished line of items has on the screen.
static ITEMS_COLUMN: Mutex<usize> = Mutex::new(0);

/// Sets the verbosity of this process. Called once, before anything is said.
pub fn set_verbosity(verbosity: Verbosity) {
    _ = VERBOSITY.set(verbosity);
}

pub fn verbosity() -> Verbosity {
    VERBOSITY.get().copied().unwrap_or_default()
}

/// Whether each message is to have a line.
pub fn is_verbose() -> bool {
    verbosity() == Verbosity::Verbose
}

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
        eprint_status(self.texts.with(key, values));
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
            eprint_status(line(self.texts));
        }
    }
}

/// Prints on stderr: a line, or several that we wrote, in which text of others went through [`escape::line`]. A closed stderr
/// must not disturb a measurement.
pub fn eprint_line(line: impl Display) {
    let lines: Vec<String> = line.to_string().split('\n').map(escape::line).collect();
    let mut column = ITEMS_COLUMN.lock().unwrap_or_else(PoisonError::into_inner);
    let end_of_items = if std::mem::take(&mut *column) > 0 { "\n" } else { "" };
    _ = writeln!(std::io::stderr().lock(), "{end_of_items}{}", lines.join("\n"));
}

/// [`eprint_line`] for what is only progress: nothing where the user wants quiet.
pub fn eprint_status(line: impl Display) {
    if verbosity() != Verbosity::Quiet {
        eprint_line(line);
    }
}

/// Prints a short item on the line of the items before it if there is room, otherwise on the next line.
pub fn eprint_item(item: impl Display) {
    if verbosity() == Verbosity::Quiet {
        return;
    }
    let item = escape::line(&item.to_string());
    let mut column = ITEMS_COLUMN.lock().unwrap_or_else(PoisonError::into_inner);
    let separator = match *column {
        0 => "",
        used if used + 2 + item.width() <= ITEMS_WIDTH => "  ",
        _ => "\n",
    };
    *column = if separator == "  " { *column + 2 } else { 0 } + item.width();
    let mut stderr = std::io::stderr().lock();
    _ = write!(stderr, "{separator}{item}").and_then(|()| stderr.flush());
}

/// Ends the line of items, if there is one, because something else follows on stdout.
pub fn end_items() {
    if std::mem::take(&mut *ITEMS_COLUMN.lock().unwrap_or_else(PoisonError::into_inner)) > 0 {
        _ = writeln!(std::io::stderr().lock());
    }
}

/// The start of a received text, on one line.
pub fn one_line(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(&text[..text.len().min(MAX_TEXT_LEN)]).into_owned();
    let text: String = text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect();
    escape::line(text.trim())
}
