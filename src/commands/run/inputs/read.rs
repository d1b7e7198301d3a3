//! Reads opened captures and journals, with a progress display for large files.

use std::io::{self, BufRead, BufReader, IsTerminal, Read};

use anyhow::Result;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::capture::log_reader::{self, Retain};
use crate::commands::run::error::{self, CommandError};
use crate::core::evidence::capture_log::CaptureLog;
use crate::core::evidence::journal::JournalLog;
use crate::core::evidence::journal_run::Role;
use crate::i18n::{Texts, Value};
use crate::input::{InputFile, InputReader, ReadProgress};
use crate::journal::reader;

/// Smaller captures are read too quickly for a progress display, bytes.
const MIN_PROGRESS_SIZE: u64 = 32 * 1024 * 1024;

/// One host's capture and journal, read.
#[derive(Clone, Default)]
pub struct HostFiles {
    pub capture: Option<CaptureLog>,
    pub journal: Option<JournalLog>,
}

impl HostFiles {
    /// The role, if the journal has one.
    pub fn role(&self) -> Option<Role> {
        Some(self.journal.as_ref()?.run()?.role)
    }

    /// Adds the files of `other` that are missing here.
    pub fn merge(&mut self, other: Self) {
        self.capture = self.capture.take().or(other.capture);
        self.journal = self.journal.take().or(other.journal);
    }
}

pub(super) fn progress_bars() -> MultiProgress {
    MultiProgress::new()
}

/// Reads a capture, with a progress display if it takes long and stderr is a terminal.
///
/// # Errors
/// A [`CommandError`] that names the file and what is wrong with it.
pub fn read_capture(input: &InputFile, retain: Retain<'_>, bars: &MultiProgress, texts: Texts) -> Result<CaptureLog> {
    let source = input.reader();
    let bar = progress_bar(input, bars);
    let source = ProgressReader { progress: source.progress(), source, bar: bar.clone() };
    let read = log_reader::read(source, &input.name(), input.size(), retain);
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    let log = read.map_err(|error| error::read_capture(texts, &error))?;
    // Without times, delays and the order across files are unknown.
    match log.untimed {
        0 => Ok(log),
        count => {
            let values = [("file", Value::text(input.name())), ("count", Value::count(count))];
            Err(CommandError::environment(texts, "error-no-times", &values))
        }
    }
}

fn progress_bar(input: &InputFile, bars: &MultiProgress) -> Option<ProgressBar> {
    if input.size() < MIN_PROGRESS_SIZE || !io::stderr().is_terminal() {
        return None;
    }
    let bar = bars.add(ProgressBar::new(input.size()).with_message(input.name()));
    if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {bytes}/{total_bytes} {eta}") {
        bar.set_style(style);
    }
    Some(bar)
}

/// Moves a progress bar while it reads.
struct ProgressReader {
    source: InputReader,
    progress: ReadProgress,
    bar: Option<ProgressBar>,
}

impl Read for ProgressReader {
    #[inline]
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(into)?;
        if let Some(bar) = &self.bar {
            bar.set_position(self.progress.bytes());
        }
        Ok(read)
    }
}

/// Reads a journal.
///
/// # Errors
/// A [`CommandError`] that names the file and what is wrong with it.
pub fn read_journal(input: &InputFile, texts: Texts) -> Result<JournalLog> {
    let source = BufReader::with_capacity(256 * 1024, input.reader());
    reader::read(source, &input.name()).map_err(|error| match error {
        reader::ReadError::Io { source, .. } => error::file(texts, "error-read", input.path(), &source),
        reader::ReadError::NotAJournal { .. } => {
            CommandError::environment(texts, "error-not-a-journal", &[("file", Value::text(input.name()))])
        }
        reader::ReadError::NewerVersion { version, .. } => {
            let values = [("file", Value::text(input.name())), ("version", Value::text(version))];
            CommandError::environment(texts, "error-newer-journal", &values)
        }
    })
}

/// The protocol of a journal, from its first line.
pub(super) fn dialect(input: &InputFile) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct First {
        dialect: String,
    }
    let mut line = Vec::new();
    BufReader::new(input.reader().take(reader::MAX_LINE_LEN)).read_until(b'\n', &mut line).ok()?;
    serde_json::from_slice::<First>(&line).ok().map(|first| first.dialect)
}
