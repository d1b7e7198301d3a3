//! The journal and the capture of a run: opened before the first message, closed after the last.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::Result;
use indicatif::MultiProgress;

use super::error;
use super::inputs::{self, HostFiles};
use super::output_files;
use crate::capture::live::{self, CaptureSettings, LiveCapture, OpenError};
use crate::capture::log_reader::Retain;
use crate::capture::{CaptureThread, Savefile, device, filter};
use crate::cli::RecordingArgs;
use crate::core::evidence::journal::{JournalLog, Record};
use crate::core::evidence::journal_run::{
    CHAT_TCP, CHAT_UDP, CaptureCounters, CaptureEnd, Counters, End, EndReason, Run,
};
use crate::core::time::{SECOND, Wall};
use crate::i18n::{Texts, Value};
use crate::input::InputFile;
use crate::journal::JournalSink;
use crate::journal::writer::{self, JournalHandle, JournalWriter};
use crate::net::clock::{self, Clock};
use crate::privileges;

/// Unchanged counters are written this often, so that a truncated journal still shows until when the run lasted.
const COUNTERS_INTERVAL_NS: i64 = SECOND;

/// The interface and filter used if the user names none.
pub struct Defaults {
    pub device: String,
    pub filter: String,
}

/// The open journal and capture of a run in progress.
pub struct Recording {
    clock: Clock,
    texts: Texts,
    writer: JournalWriter,
    journal: File,
    journal_path: PathBuf,
    capture: Option<Capture>,
    /// Which payloads to keep when the capture is read back.
    retain: Retain<'static>,
}

struct Capture {
    thread: CaptureThread,
    path: PathBuf,
    device: String,
}

/// The opened files of a recording. The capture has started.
struct OpenFiles {
    capture: Option<OpenedCapture>,
    journal: File,
    journal_path: PathBuf,
}

/// A running capture and the file for its packets.
struct OpenedCapture {
    live: LiveCapture,
    savefile: Savefile,
    path: PathBuf,
}

/// The closed files of a run, with the journal read back.
pub struct FinishedRecording {
    /// The journal, or the error from reading it back.
    pub journal: Result<JournalLog>,
    pub capture: Option<PathBuf>,
    /// Everything was written to its end: no disk was full, no device went away.
    pub complete: bool,
}

pub struct RecordingResult {
    pub loaded: HostFiles,
    /// Everything was written to its end: no disk was full, no device went away.
    pub complete: bool,
}

impl Recording {
    /// Opens all files and writes the `run` record. `notify` receives status lines, such as those for renamed files.
    ///
    /// # Errors
    /// A [`CommandError`](error::CommandError) that says what to do. Nothing has been sent then.
    pub fn open(
        args: &RecordingArgs,
        defaults: &dyn Fn() -> Result<Defaults>,
        mut run: Run,
        clock: Clock,
        texts: Texts,
        notify: &mut dyn FnMut(String),
    ) -> Result<Self> {
        let retain = if matches!(run.dialect.as_str(), CHAT_TCP | CHAT_UDP) { Retain::Texts } else { Retain::Numbers };
        let OpenFiles { capture, journal, journal_path } = open_files(args, defaults, texts, notify)?;
        let journal_reader =
            journal.try_clone().map_err(|error| error::file(texts, "error-write", &journal_path, &error))?;
        let writer = JournalWriter::with_room(journal, journal_queue_len());
        let handle = writer.handle();
        run.capture = capture.as_ref().map(|opened| {
            let name = opened.path.file_name().map(|name| name.to_string_lossy().into_owned());
            opened.live.info(&name.unwrap_or_default())
        });
        let device = run.capture.as_ref().map(|info| info.device.clone()).unwrap_or_default();
        handle.write(Record::Run(Box::new(run)));
        let capture = capture.map(|OpenedCapture { live, savefile, path }| {
            let thread = CaptureThread::start(live, savefile, counter_sampler(handle, clock))
                .map_err(|error| error::file(texts, "error-write", &path, &error))?;
            anyhow::Ok(Capture { thread, path, device })
        });
        Ok(Self { clock, texts, writer, journal: journal_reader, journal_path, capture: capture.transpose()?, retain })
    }

    pub fn journal(&self) -> JournalHandle {
        self.writer.handle()
    }

    /// The capture's file and interface, if there is a capture.
    pub fn capture(&self) -> Option<(&Path, &str)> {
        self.capture.as_ref().map(|capture| (capture.path.as_path(), capture.device.as_str()))
    }

    /// Ends the recording as [`Self::end`] does, and reads the capture back as well.
    ///
    /// # Errors
    /// A [`CommandError`](error::CommandError) if the files cannot be read back.
    pub fn close(
        self,
        reason: EndReason,
        drain: impl FnOnce() -> Option<u64>,
        notify: &mut dyn FnMut(String),
    ) -> Result<RecordingResult> {
        let (texts, retain) = (self.texts, self.retain);
        let FinishedRecording { journal, capture, complete } = self.end(reason, drain, notify);
        let journal = journal?;
        let read = |path: PathBuf| {
            let input = InputFile::open(&path).map_err(|error| error::input(texts, &error))?;
            inputs::read_capture(&input, retain, &MultiProgress::new(), texts)
        };
        let capture = capture.map(read).transpose()?;
        Ok(RecordingResult { loaded: HostFiles { capture, journal: Some(journal) }, complete })
    }

    /// Stops the capture, then reads the rest of the socket with `drain`, then closes the journal. In this order, every
    /// captured datagram has also reached the application.
    pub fn end(
        self,
        reason: EndReason,
        drain: impl FnOnce() -> Option<u64>,
        say: &mut dyn FnMut(String),
    ) -> FinishedRecording {
        let Self { clock, texts, writer, journal, journal_path, capture, retain: _ } = self;
        let capture_end: Option<(CaptureEnd, PathBuf)> = capture.map(|capture| (capture.thread.stop(), capture.path));
        let socket_drops = drain();
        let end = End {
            at: clock.now(),
            reason,
            socket_drops,
            capture: capture_end.as_ref().map(|(end, _)| end.clone()),
            clocks: Some(clock::readings()),
        };
        let finished = writer.finish_with(Record::End(Box::new(end)));
        let mut report_failure = |key: &str, path: &Path, detail: &dyn std::fmt::Display| {
            say(texts.with(key, &[("file", Value::text(path.display())), ("detail", Value::text(detail))]));
        };
        let mut complete = true;
        if let Some(error) = finished.failure {
            complete = false;
            report_failure("run-journal-failed", &journal_path, &error);
        }
        if let Some((CaptureEnd { failure: Some(failure), .. }, path)) = &capture_end {
            complete = false;
            report_failure("run-capture-failed", path, failure);
        }
        let journal = InputFile::from_open_file(&journal_path, journal)
            .map_err(|error| error::input(texts, &error))
            .and_then(|input| inputs::read_journal(&input, texts));
        FinishedRecording { journal, capture: capture_end.map(|(_, path)| path), complete }
    }
}

/// Opens the capture first, because it may lack permission; only then renames old files and creates new ones.
fn open_files(
    args: &RecordingArgs,
    defaults: &dyn Fn() -> Result<Defaults>,
    texts: Texts,
    notify: &mut dyn FnMut(String),
) -> Result<OpenFiles> {
    // Bad paths are reported before a capture is opened and before old files are renamed.
    let journal = args.journal.clone().or_else(|| args.capture.as_deref().map(output_files::journal_path_for));
    for path in [&args.capture, &journal].into_iter().flatten() {
        output_files::check(path).map_err(|error| error::output(texts, path, &error))?;
    }
    if args.capture.is_some() && args.capture == journal {
        let file = journal.unwrap_or_default();
        return Err(error::CommandError::usage(texts, "error-same-file", &[("file", Value::text(file.display()))]));
    }
    let live = match &args.capture {
        None => None,
        Some(path) => match open_capture(args, defaults, texts)? {
            Ok(live) => {
                if let Some((requested, granted)) = live.refused_ring() {
                    let kib = |bytes: u64| Value::count(bytes / 1024);
                    notify(
                        texts.with("run-small-ring", &[("asked", kib(requested.into())), ("granted", kib(granted))]),
                    );
                }
                Some((live, path.clone()))
            }
            Err(error @ OpenError::PermissionDenied { .. }) if args.capture_optional => {
                notify(texts.with("run-capture-refused", &[("detail", Value::text(error))]));
                None
            }
            Err(error) => return Err(error::capture(texts, &error)),
        },
    };
    // The capture is open, so privileges can be dropped. The files then belong to the user who called sudo.
    privileges::drop_to_sudo_user().map_err(|error| error::privileges(texts, &error))?;
    let opened = create_files(args, live, texts, notify)?;
    privileges::drop_capabilities().map_err(|error| error::privileges(texts, &error))?;
    Ok(opened)
}

/// Renames old files and creates new ones.
fn create_files(
    args: &RecordingArgs,
    live: Option<(LiveCapture, PathBuf)>,
    texts: Texts,
    notify: &mut dyn FnMut(String),
) -> Result<OpenFiles> {
    let journal_path = args.journal.clone().or_else(|| args.capture.as_deref().map(output_files::journal_path_for));
    let capture_path = live.as_ref().map(|(_, path)| path.as_path());
    let files: Vec<&Path> = [capture_path, journal_path.as_deref()].into_iter().flatten().collect();
    let renamed = output_files::rename_existing(&files);
    for (old, kept) in renamed.map_err(|error| error::file(texts, "error-write", files[0], &error))? {
        notify(
            texts.with("run-kept-old", &[("file", Value::text(old.display())), ("kept", Value::text(kept.display()))]),
        );
    }
    // A run without files uses a temporary journal, so that its verdict is computed by the same code.
    let (created, journal_path) = match journal_path {
        Some(path) => (File::options().read(true).write(true).create(true).truncate(true).open(&path), path),
        None => (tempfile::tempfile(), PathBuf::new()),
    };
    // Report a full disk before the measurement.
    let journal = created
        .and_then(|journal| output_files::check_writable(&journal).map(|()| journal))
        .map_err(|error| error::file(texts, "error-write", &journal_path, &error))?;
    let capture = live.map(|(live, path)| {
        let savefile = live.savefile(&path).map_err(|error| error::file(texts, "error-write", &path, &error))?;
        anyhow::Ok(OpenedCapture { live, savefile, path })
    });
    Ok(OpenFiles { capture: capture.transpose()?, journal, journal_path })
}

fn open_capture(
    args: &RecordingArgs,
    defaults: &dyn Fn() -> Result<Defaults>,
    texts: Texts,
) -> Result<Result<LiveCapture, OpenError>> {
    let Defaults { device, filter } = defaults()?;
    let given = args.filter.as_deref().map(filter::read).transpose().map_err(|error| error::filter(texts, &error))?;
    let settings = CaptureSettings {
        device: args.interface.clone().unwrap_or(device),
        include_vlan: given.is_none(),
        filter: given.unwrap_or(filter),
        snaplen: args.snaplen,
        ring_bytes: live::RING_BYTES,
    };
    Ok(live::open(settings))
}

/// Capacity of the journal's queue, in records. `MEDIDOR_JOURNAL_QUEUE` overrides it on machines with little memory.
fn journal_queue_len() -> usize {
    let requested = std::env::var("MEDIDOR_JOURNAL_QUEUE").ok().and_then(|text| text.parse().ok());
    requested.unwrap_or(writer::QUEUE_LEN)
}

/// Records the capture's counters when they change, and once a second.
fn counter_sampler(journal: JournalHandle, clock: Clock) -> impl Fn(CaptureCounters) + Send + 'static {
    let last = std::cell::Cell::new((Wall(0), CaptureCounters::default()));
    move |counters| {
        let at = clock.now();
        let (written_at, before) = last.get();
        if counters != before || at.wall.since(written_at) >= COUNTERS_INTERVAL_NS {
            last.set((at.wall, counters));
            journal.write(Record::Counters(Box::new(Counters {
                at,
                socket_drops: None,
                capture: Some(counters),
                clocks: Some(clock::readings()),
            })));
        }
    }
}

/// The interface that a client's packets pass.
///
/// # Errors
/// A [`CommandError`](error::CommandError) if no interface has the local address.
pub fn client_device(local: std::net::IpAddr, remote: std::net::IpAddr, texts: Texts) -> Result<String> {
    device::for_client(local, remote).map_err(|error| error::device(texts, &error))
}
