//! Loads captures and journals and computes the verdict of an exchange, at the end of a run and for `analisar`.

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

/// Smaller captures are read too quickly for a progress display, bytes.
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

    /// Adds the files of `other` that are missing here.
    pub fn merge(&mut self, other: Self) {
        self.capture = self.capture.take().or(other.capture);
        self.journal = self.journal.take().or(other.journal);
    }
}

/// Computes the verdict of the loaded files, and frees their contents on the way.
///
/// # Errors
/// [`ExchangeVerdictError`] if the files hold no exchange, or two different ones.
pub fn judge(
    client: Option<HostFiles>,
    server: Option<HostFiles>,
    options: &Options,
) -> Result<Document, ExchangeVerdictError> {
    let summarize = |role, mut loaded: HostFiles| summarize_host(role, &mut loaded, options.server_port);
    // The two hosts are summarized in parallel, because long runs take time.
    let (client, server) = thread::scope(|scope| {
        let server = server.map(|loaded| scope.spawn(|| summarize(Role::Server, loaded)));
        let client = client.map(|loaded| summarize(Role::Client, loaded));
        (client, server.map(join_or_resume_panic))
    });
    exchange::analyze_hosts(client.as_ref(), server.as_ref(), options)
}

/// Summarizes one host's files. `server_port` is used if no journal has it.
pub fn summarize_host(role: Role, loaded: &mut HostFiles, server_port: Option<u16>) -> HostSummary {
    if let (Some(capture), Some(journal)) = (&mut loaded.capture, &loaded.journal) {
        port_numbering::number(capture, journal);
    }
    let filter_check = filter_check(loaded.journal.as_ref());
    HostSummary::new(&host_files(role, loaded, filter_check.as_deref()), server_port)
}

/// The result of a thread. Its panic is passed on.
fn join_or_resume_panic<T>(thread: thread::ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Applies `work` to all items, with one thread per processor. The results keep the order of the items.
pub fn parallel_map<T: Send, R: Send>(items: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let max_threads = thread::available_parallelism().map_or(1, usize::from);
    let mut things = items.into_iter().peekable();
    let mut results = Vec::new();
    while things.peek().is_some() {
        let work = &work;
        results.extend(thread::scope(|scope| {
            let threads: Vec<_> =
                things.by_ref().take(max_threads).map(|item| scope.spawn(move || work(item))).collect();
            threads.into_iter().map(join_or_resume_panic).collect::<Vec<_>>()
        }));
    }
    results
}

fn host_files<'a>(
    role: Role,
    loaded: &'a HostFiles,
    admission: Option<&'a exchange_host::FilterCheck<'a>>,
) -> ExchangeHostFiles<'a> {
    ExchangeHostFiles {
        role,
        journal: loaded.journal.as_ref(),
        capture: loaded.capture.as_ref(),
        filter_check: admission,
    }
}

/// Checks whether the filter of the host's own capture lets a datagram pass. A filter that cannot be compiled counts as
/// passing nothing, so that an absence proves nothing.
pub fn filter_check(journal: Option<&JournalLog>) -> Option<Box<exchange_host::FilterCheck<'static>>> {
    let info: &CaptureInfo = journal?.run()?.capture.as_ref()?;
    let link = LinkType::from_number(info.link_number).ok();
    let compiled = link.and_then(|link| CompiledFilter::new(&info.filter, link, info.snaplen).ok());
    Some(Box::new(move |flow: FlowKey, length: u16| {
        use crate::capture::Visibility;
        match compiled.as_ref().map(|compiled| compiled.admits(flow.source, flow.destination, length)) {
            None | Some(Visibility::Refused) => Some(UnusableReason::Filter),
            Some(visibility) if !visibility.can_read_number() => Some(UnusableReason::Snaplen),
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
        .map_err(|error| error::read_capture(texts, &error))
        .and_then(|log| require_timestamps(log, path, texts))
}

/// Reads the capture file of a transfer; `run_span` as in [`transfer_reader::read`].
///
/// # Errors
/// A [`CommandError`] that names the file and what is wrong with it.
pub fn read_transfer_capture(
    path: &Path,
    file_info: &FileInfo,
    run_span: Option<(Wall, Wall)>,
    bars: &MultiProgress,
    texts: Texts,
) -> Result<TransferCapture> {
    let read = with_bar(path, bars, |progress| transfer_reader::read(path, file_info, run_span, progress));
    let (log, flows) = read.map_err(|error| error::read_capture(texts, &error))?;
    Ok((require_timestamps(log, path, texts)?, flows))
}

/// Rejects a capture without timestamps: delays and the order across files would be unknown.
fn require_timestamps(log: CaptureLog, path: &Path, texts: Texts) -> Result<CaptureLog> {
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
    let read_error = |error: &std::io::Error| error::file(texts, "error-read", path, error);
    file.seek(SeekFrom::Start(0)).map_err(|error| read_error(&error))?;
    let name = path.display().to_string();
    reader::read(BufReader::with_capacity(256 * 1024, file), &name).map_err(|error| match error {
        reader::ReadError::Io { source, .. } => read_error(&source),
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
/// A [`CommandError`] if it cannot be read or is not such a record.
pub fn read_truth(path: &Path, texts: Texts) -> Result<Vec<ground_truth::RelayedDatagram>> {
    let read_error = |error: &std::io::Error| error::file(texts, "error-read", path, error);
    let mut lines = BufReader::new(File::open(path).map_err(|error| read_error(&error))?).lines();
    let parse = |line: &str| serde_json::from_str::<ground_truth::TruthRecord>(line).ok();
    let first = lines.next().transpose().map_err(|error| read_error(&error))?;
    if !matches!(first.as_deref().map(parse), Some(Some(ground_truth::TruthRecord::Relay { .. }))) {
        return Err(CommandError::environment(texts, "error-not-a-truth", &[("file", Value::text(path.display()))]));
    }
    let mut datagrams = Vec::new();
    for line in lines {
        match parse(&line.map_err(|error| read_error(&error))?) {
            Some(ground_truth::TruthRecord::Datagram(datagram)) => datagrams.push(datagram),
            Some(ground_truth::TruthRecord::Relay { .. }) => {}
            None => break,
        }
    }
    Ok(datagrams)
}

/// The kind of a file by its first byte: a journal starts with `{`, a capture with a magic number.
pub enum FileKind {
    /// A capture, or an invalid file that the capture reader rejects.
    Capture,
    Journal(File),
}

/// Determines the kind of a file from its first byte.
///
/// # Errors
/// A [`CommandError`] if it cannot be opened.
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
