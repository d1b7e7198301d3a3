//! What `enviar` and `receber` share: stopping, results, logs and exit codes.

pub mod compare;
pub mod receive;
pub mod send;

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;
use chrono::{DateTime, Local};
use indicatif::MultiProgress;

use super::run::error::{self, CommandError, Exit};
use super::run::inputs::hosts::HostInput;
use super::run::inputs::{self, HostFiles};
use super::run::judge_transfer;
use super::run::print;
use super::run::recording::{FinishedRecording, Recording};
use super::run::report_files;
use super::run::status::eprint_line;
use crate::capture::log_reader::Retain;
use crate::cli::TransferMode;
use crate::core::document::envelope::Perspective;
use crate::core::document::transfer::TransferDocument;
use crate::core::evidence::journal::{JournalLog, Record};
use crate::core::evidence::journal_run::{EndReason, Run};
use crate::core::evidence::transfer_records::ProgressRecord;
use crate::core::protocol::transfer::{Mode, TransferError};
use crate::core::verdict;
use crate::files;
use crate::i18n::{Texts, Value};
use crate::input::InputFile;
use crate::journal::JournalSink;
use crate::journal::writer::JournalHandle;
use crate::net::signals::Signals;
use crate::report::{json, transfer as report};
use crate::transfer::{Progress, TransferJournal};

/// From one note of how far a transfer is to the next, at the least.
const MIN_SAMPLE_INTERVAL: Duration = Duration::from_millis(20);

/// This part of the time that a transfer has taken lies between two notes.
const SAMPLE_INTERVAL_DIVISOR: u32 = 60;

pub const fn mode_from_arg(arg: TransferMode) -> Mode {
    match arg {
        TransferMode::Udp => Mode::Udp,
        TransferMode::Classic => Mode::Classic,
        TransferMode::Tcp => Mode::Tcp,
        TransferMode::Quic => Mode::Quic,
    }
}

/// Listens for Ctrl-C and SIGTERM.
///
/// # Errors
/// A [`CommandError`] where the system does not let this process listen.
pub fn signals(texts: Texts) -> Result<Signals> {
    Signals::new().map_err(|error| CommandError::environment(texts, "error-signals", &[("detail", Value::text(error))]))
}

/// Writes a result as a page and as CSV where that was asked for, and prints it.
///
/// # Errors
/// As [`print::write`].
pub fn print(
    document: &mut TransferDocument,
    as_json: bool,
    [html, csv]: [Option<&Path>; 2],
    texts: Texts,
) -> Result<()> {
    report_files::write_transfers(std::slice::from_ref(document), html, texts)?;
    report_files::write_receivers(std::slice::from_ref(document), csv, texts)?;
    let text = if as_json { json::render(document, texts) } else { report::text(document, texts) };
    print::write_result(&text, &[html, csv], texts)
}

/// Notes from time to time how much has passed, until it is over: often at first, and ever less often in a long transfer.
pub fn record_progress(progress: &[Progress], finished: &AtomicBool, journal: TransferJournal<'_>) {
    let start = Instant::now();
    let mut recorded = vec![0; progress.len()];
    loop {
        let is_last = finished.load(Ordering::Relaxed);
        for (meter, recorded_bytes) in progress.iter().zip(&mut recorded) {
            let (bytes, number) = (meter.bytes.load(Ordering::Relaxed), meter.number.load(Ordering::Relaxed));
            if bytes != *recorded_bytes && number > 0 {
                *recorded_bytes = bytes;
                (journal.note)(Record::Progress(ProgressRecord { p: number.into(), at: journal.clock.now(), bytes }));
            }
        }
        if is_last {
            return;
        }
        thread::park_timeout(MIN_SAMPLE_INTERVAL.max(start.elapsed() / SAMPLE_INTERVAL_DIVISOR));
    }
}

/// Writes the journal of a transfer. What its result cannot do without is kept in memory besides: the disk that a file has
/// filled may be the journal's, too.
pub struct TransferJournalWriter {
    journal: JournalHandle,
    kept: Mutex<Vec<Record>>,
}

impl TransferJournalWriter {
    /// A writer for a run's journal, starting with its `run` record.
    pub fn new(recording: &Recording, run: Run) -> Self {
        Self { journal: recording.journal(), kept: Mutex::new(vec![Record::Run(Box::new(run))]) }
    }

    pub fn note(&self, record: Record) {
        if matches!(record, Record::File(_) | Record::Peer(_) | Record::ReceiverReport(_)) {
            self.kept.lock().unwrap_or_else(PoisonError::into_inner).push(record.clone());
        }
        self.journal.write(record);
    }

    /// Adds what a journal lacks that was read back.
    fn restore_missing(self, log: &mut JournalLog) {
        let kept = self.kept.into_inner().unwrap_or_else(PoisonError::into_inner);
        let has_run = log.run().is_some();
        let is_there = |record: &Record| matches!(record, Record::Run(_)) && has_run || log.records.contains(record);
        let missing: Vec<Record> = kept.into_iter().filter(|record| !is_there(record)).collect();
        log.records.extend(missing);
    }
}

/// Closes the recording, analyzes it, prints the result and writes the logs. Returns the exit code.
///
/// # Errors
/// A [`CommandError`] where files cannot be read back or written.
pub fn finish(
    recording: Recording,
    journal_writer: TransferJournalWriter,
    stop: &AtomicBool,
    logs: Option<&Path>,
    json: bool,
    html: Option<&Path>,
    texts: Texts,
) -> Result<ExitCode> {
    let reason = if stop.load(Ordering::Relaxed) { EndReason::Interrupted } else { EndReason::Done };
    let FinishedRecording { journal, capture, complete } =
        recording.end(reason, || None, &mut |line| eprint_line(line));
    // Not even its first line may have found room.
    let mut journal = if complete { journal? } else { journal.unwrap_or_default() };
    journal_writer.restore_missing(&mut journal);
    let role = journal.run().map(|run| run.role);
    let path = capture.clone().unwrap_or_default();
    let capture = capture.zip(journal.file_info()).map(|(path, info)| {
        let input = InputFile::open(&path).map_err(|error| error::input(texts, &error))?;
        let retain = Retain::Blocks(info, verdict::transfer::span(&journal, info.mode));
        inputs::read_capture(&input, retain, &MultiProgress::new(), texts)
    });
    let loaded = HostFiles { capture: capture.transpose()?, journal: Some(journal) };
    let mut document = judge_transfer::judge(&[HostInput { path, role, loaded, is_candidate: false }], texts)?;
    if let Some(folder) = logs {
        let time = DateTime::from_timestamp_nanos(document.start_ns.0).with_timezone(&Local);
        for transfer in &document.transfers {
            let role = match document.envelope.role {
                Perspective::Client => "receiver",
                Perspective::Server | Perspective::Joint => "sender",
            };
            let name = format!(
                "{role}-{}-{}-{}-{}.log",
                transfer.number,
                time.format("%Y%m%d-%H%M%S"),
                document.name.as_deref().unwrap_or("-"),
                document.clients.unwrap_or(0),
            );
            let path = folder.join(name);
            let text = report::log(&document, transfer, &time.to_rfc3339(), texts);
            files::write(&path, |file| file.write_all(text.as_bytes()))
                .map_err(|error| error::output(texts, &path, &error))?;
        }
    }
    print(&mut document, json, [html, None], texts)?;
    Ok(exit_code(&document, complete).into())
}

/// All whole: done. What the environment did goes before what the network did.
fn exit_code(document: &TransferDocument, recorded: bool) -> Exit {
    let transfers = &document.transfers;
    let errors: Vec<TransferError> = transfers.iter().filter_map(|transfer| transfer.error).collect();
    let is_disk_error = |error: &TransferError| matches!(error, TransferError::DiskFull | TransferError::File);
    if errors.contains(&TransferError::Interrupted) {
        Exit::Interrupted
    } else if !recorded || document.envelope.role == Perspective::Client && errors.iter().any(is_disk_error) {
        Exit::Environment
    } else if !errors.is_empty() || transfers.iter().any(|transfer| transfer.complete == Some(false)) {
        Exit::Failed
    } else {
        Exit::Done
    }
}
