//! Loads captures and journals and judges an exchange, at the end of a run and for `analisar`.

use std::fs::File;
use std::io::{BufRead, BufReader, IsTerminal, Read, Seek, SeekFrom};
use std::path::Path;
use std::thread;

use anyhow::Result;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::error::{self, CommandError};
use crate::capture::link_type::LinkType;
use crate::capture::log_reader::RetainPayload;
use crate::capture::transfer_reader::{self, TransferCapture};
use crate::capture::{CompiledFilter, log_reader};
use crate::core::document::exchange::Document;
use crate::core::evidence::capture_log::CaptureLog;
use crate::core::evidence::coverage::UnusableReason;
use crate::core::evidence::exchange_host::{self, ExchangeHostFiles};
use crate::core::evidence::flow::FlowKey;
use crate::core::evidence::journal::JournalLog;
use crate::core::evidence::journal_run::{CaptureInfo, Role};
use crate::core::evidence::transfer_records::FileInfo;
use crate::core::evidence::{ground_truth, port_numbering};
use crate::core::time::Wall;
use crate::core::verdict::exchange::host_summary::HostSummary;
use crate::core::verdict::exchange::{self, ExchangeVerdictError, Options};
use crate::i18n::{Texts, Value};
use crate::journal::reader;

/// A capture smaller than this is read before a progress display could be seen.
const MIN_PROGRESS_SIZE: u64 = 32 * 1024 * 1024;

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

    /// Takes over what the other has and this has not.
    pub fn merge(&mut self, other: Self) {
        self.capture = self.capture.take().or(other.capture);
        self.journal = self.journal.take().or(other.journal);
    }
}

/// Judges the loaded files. Their contents are dropped on the way.
///
/// # Errors
/// [`ExchangeVerdictError`] where the evidence is about nothing, or about two different things.
pub fn judge(
    client: Option<HostFiles>,
    server: Option<HostFiles>,
    options: &Options,
) -> Result<Document, ExchangeVerdictError> {
    let hear = |role, mut loaded: HostFiles| summarize_host(role, &mut loaded, options.server_port);
    // A long run's evidence takes a while to work out; that of two hosts is worked out side by side.
    let (client, server) = thread::scope(|scope| {
        let server = server.map(|loaded| scope.spawn(|| hear(Role::Server, loaded)));
        let client = client.map(|loaded| hear(Role::Client, loaded));
        (client, server.map(joined))
    });
    exchange::analyze_hosts(client.as_ref(), server.as_ref(), options)
}

/// Summarizes one host's files. `server_port` is used if no journal has it.
pub fn summarize_host(role: Role, loaded: &mut HostFiles, server_port: Option<u16>) -> HostSummary {
    if let (Some(capture), Some(journal)) = (&mut loaded.capture, &loaded.journal) {
        port_numbering::number(capture, journal);
    }
    let admits = admission(loaded.journal.as_ref());
    HostSummary::new(&side(role, loaded, admits.as_deref()), server_port)
}

/// What a thread came to; its panic is ours.
fn joined<T>(thread: thread::ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Does the same to several things at once, as many as there are processors, and answers in their order.
pub fn parallel_map<T: Send, R: Send>(things: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let at_once = thread::available_parallelism().map_or(1, usize::from);
    let mut things = things.into_iter().peekable();
    let mut results = Vec::new();
    while things.peek().is_some() {
        let work = &work;
        results.extend(thread::scope(|scope| {
            let threads: Vec<_> = things.by_ref().take(at_once).map(|thing| scope.spawn(move || work(thing))).collect();
            threads.into_iter().map(joined).collect::<Vec<_>>()
        }));
    }
    results
}

fn side<'a>(
    role: Role,
    loaded: &'a HostFiles,
    admission: Option<&'a exchange_host::FilterCheck<'a>>,
) -> ExchangeHostFiles<'a> {
    ExchangeHostFiles { role, journal: loaded.journal.as_ref(), capture: loaded.capture.as_ref(), admission }
}

/// What the filter of a side's own capture admits. One that cannot be judged is taken to admit nothing: then its
/// silence proves nothing.
pub fn admission(journal: Option<&JournalLog>) -> Option<Box<exchange_host::FilterCheck<'static>>> {
    let info: &CaptureInfo = journal?.run()?.capture.as_ref()?;
    let link = LinkType::from_number(info.link_number).ok();
    let compiled = link.and_then(|link| CompiledFilter::new(&info.filter, link, info.snaplen).ok());
    Some(Box::new(move |flow: FlowKey, length: u16| {
        use crate::capture::Visibility;
        match compiled.as_ref().map(|compiled| compiled.admits(flow.source, flow.destination, length)) {
            None | Some(Visibility::Refused) => Some(UnusableReason::Filter),
            Some(admittance) if !admittance.can_read_number() => Some(UnusableReason::Snaplen),
            Some(_) => None,
        }
    }))
}

/// Reads a capture file, with a progress display if it takes long and stderr is a terminal.
///
/// # Errors
/// A [`CommandError`] that names the file and what is wrong with it.
pub fn read_capture(path: &Path, bars: &MultiProgress, texts: Texts) -> Result<CaptureLog> {
    read_keeping(path, RetainPayload::Numbers, bars, texts)
}

/// Reads a capture file like [`read_capture`], and keeps the requested payloads.
///
/// # Errors
/// As [`read_capture`].
pub fn read_keeping(path: &Path, keep: RetainPayload, bars: &MultiProgress, texts: Texts) -> Result<CaptureLog> {
    with_bar(path, bars, |progress| log_reader::read_keeping(path, keep, progress))
        .map_err(|error| error::reading(texts, &error))
        .and_then(|log| known_times(log, path, texts))
}

/// Reads the capture file of a transfer; `during` as in [`transfer_reader::read`].
///
/// # Errors
/// A [`CommandError`] that names the file and what is wrong with it.
pub fn read_footage(
    path: &Path,
    known: &FileInfo,
    during: Option<(Wall, Wall)>,
    bars: &MultiProgress,
    texts: Texts,
) -> Result<TransferCapture> {
    let read = with_bar(path, bars, |progress| transfer_reader::read(path, known, during, progress));
    let (log, flows) = read.map_err(|error| error::reading(texts, &error))?;
    Ok((known_times(log, path, texts)?, flows))
}

/// Rejects a capture without timestamps: delays and order across files are unknown.
fn known_times(log: CaptureLog, path: &Path, texts: Texts) -> Result<CaptureLog> {
    match log.untimed {
        0 => Ok(log),
        count => {
            let values = [("file", Value::text(path.display())), ("count", Value::count(count))];
            Err(CommandError::environment(texts, "error-no-times", &values))
        }
    }
}

/// Reads a file, with a progress display if it takes long and stderr is a terminal.
fn with_bar<T>(path: &Path, bars: &MultiProgress, read: impl FnOnce(&mut dyn FnMut(u64)) -> T) -> T {
    let size = std::fs::metadata(path).map_or(0, |data| data.len());
    if size < MIN_PROGRESS_SIZE || !std::io::stderr().is_terminal() {
        return read(&mut |_| {});
    }
    let bar = bars.add(ProgressBar::new(size).with_message(path.display().to_string()));
    if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {bytes}/{total_bytes} {eta}") {
        bar.set_style(style);
    }
    let read = read(&mut |bytes| bar.set_position(bytes));
    bar.finish_and_clear();
    read
}

/// Reads a journal from the start of a file.
///
/// # Errors
/// A [`CommandError`] that names the file and what is wrong with it.
pub fn read_journal(mut file: &File, path: &Path, texts: Texts) -> Result<JournalLog> {
    let known = |error: &std::io::Error| error::file(texts, "error-read", path, error);
    file.seek(SeekFrom::Start(0)).map_err(|error| known(&error))?;
    let name = path.display().to_string();
    reader::read(BufReader::with_capacity(256 * 1024, file), &name).map_err(|error| match error {
        reader::ReadError::Io { source, .. } => known(&source),
        reader::ReadError::NotAJournal { .. } => {
            CommandError::environment(texts, "error-not-a-journal", &[("file", Value::text(name))])
        }
    })
}

/// The protocol of a journal, from its first line.
pub fn dialect(mut file: &File) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct First {
        dialect: String,
    }
    file.seek(SeekFrom::Start(0)).ok()?;
    let mut line = Vec::new();
    BufReader::new(file.take(reader::MAX_LINE_LEN)).read_until(b'\n', &mut line).ok()?;
    serde_json::from_slice::<First>(&line).ok().map(|first| first.dialect)
}

/// Reads a relay's record of faults, up to the first malformed line, as a full disk leaves it.
///
/// # Errors
/// A [`CommandError`] where it cannot be read or is no such record.
pub fn read_truth(path: &Path, texts: Texts) -> Result<Vec<ground_truth::RelayedDatagram>> {
    let known = |error: &std::io::Error| error::file(texts, "error-read", path, error);
    let mut lines = BufReader::new(File::open(path).map_err(|error| known(&error))?).lines();
    let parse = |line: &str| serde_json::from_str::<ground_truth::TruthRecord>(line).ok();
    let first = lines.next().transpose().map_err(|error| known(&error))?;
    if !matches!(first.as_deref().map(parse), Some(Some(ground_truth::TruthRecord::Relay { .. }))) {
        return Err(CommandError::environment(texts, "error-not-a-truth", &[("file", Value::text(path.display()))]));
    }
    let mut datagrams = Vec::new();
    for line in lines {
        match parse(&line.map_err(|error| known(&error))?) {
            Some(ground_truth::TruthRecord::Datagram(datagram)) => datagrams.push(datagram),
            Some(ground_truth::TruthRecord::Relay { .. }) => {}
            None => break,
        }
    }
    Ok(datagrams)
}

/// What a file is, by its first byte: journals are lines of JSON objects, captures begin with a magic number.
pub enum FileKind {
    /// A capture, or something that will be refused as one.
    Capture,
    Journal(File),
}

/// Looks at a file's beginning.
///
/// # Errors
/// A [`CommandError`] where it cannot be opened.
pub fn detect_file_kind(path: &Path, texts: Texts) -> Result<FileKind> {
    let unreadable = |error: &std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            CommandError::environment(texts, "error-not-found", &[("file", Value::text(path.display()))])
        }
        _ => error::file(texts, "error-read", path, error),
    };
    let mut file = File::open(path).map_err(|error| unreadable(&error))?;
    let mut first = [0];
    let read = file.read(&mut first).map_err(|error| unreadable(&error))?;
    Ok(if read == 1 && first == *b"{" { FileKind::Journal(file) } else { FileKind::Capture })
}
