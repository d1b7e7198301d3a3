//! The journal and the capture of a run: both are live before the first message is sent and closed after the last.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::Result;
use indicatif::MultiProgress;

use super::error;
use super::load::{self, HostFiles};
use super::output_files;
use crate::capture::live::{self, CaptureSettings, LiveCapture, OpenError};
use crate::capture::log_reader::RetainPayload;
use crate::capture::{CaptureThread, Savefile, device, filter};
use crate::cli::RecordingArgs;
use crate::core::evidence::journal::{JournalLog, Record};
use crate::core::evidence::journal_run::{
    CHAT_TCP, CHAT_UDP, CaptureCounters, CaptureEnd, Counters, End, EndReason, Run,
};
use crate::core::time::{SECOND, Wall};
use crate::i18n::{Texts, Value};
use crate::journal::JournalSink;
use crate::journal::writer::{self, JournalHandle, JournalWriter};
use crate::net::clock::Clock;
use crate::privileges;

/// Unchanged counters are written this often, so that a journal that breaks off still shows until when it ran.
const COUNTERS_EVERY_NS: i64 = SECOND;

/// What to capture where the user does not say.
pub struct Defaults {
    pub device: String,
    pub filter: String,
}

/// The record of a run that is going on.
pub struct Recording {
    clock: Clock,
    texts: Texts,
    writer: JournalWriter,
    journal: File,
    journal_path: PathBuf,
    capture: Option<Capture>,
    /// What of the capture's texts the reading back keeps.
    keep: RetainPayload,
}

struct Capture {
    running: CaptureThread,
    path: PathBuf,
    device: String,
}

/// The files that a recording writes, opened; the capture is live.
struct OpenFiles {
    capture: Option<OpenedCapture>,
    journal: File,
    journal_path: PathBuf,
}

/// A live device and the file for its packets.
struct OpenedCapture {
    live: LiveCapture,
    savefile: Savefile,
    path: PathBuf,
}

/// A run's record, closed; its journal is read back.
pub struct FinishedRecording {
    /// The journal, or why it cannot be read back.
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
    /// Opens all files and writes the `run` record. `say` reports renamed files.
    ///
    /// # Errors
    /// A [`CommandError`](error::CommandError) with the cure, before anything was sent.
    pub fn open(
        args: &RecordingArgs,
        defaults: &dyn Fn() -> Result<Defaults>,
        mut run: Run,
        clock: Clock,
        texts: Texts,
        say: &mut dyn FnMut(String),
    ) -> Result<Self> {
        let keep = if matches!(run.dialect.as_str(), CHAT_TCP | CHAT_UDP) {
            RetainPayload::Texts
        } else {
            RetainPayload::Numbers
        };
        let OpenFiles { capture, journal, journal_path } = open_files(args, defaults, texts, say)?;
        let reading = journal.try_clone().map_err(|error| error::file(texts, "error-write", &journal_path, &error))?;
        let writer = JournalWriter::with_room(journal, journal_room());
        let handle = writer.handle();
        run.capture = capture.as_ref().map(|opened| {
            let name = opened.path.file_name().map(|name| name.to_string_lossy().into_owned());
            opened.live.info(&name.unwrap_or_default())
        });
        let device = run.capture.as_ref().map(|info| info.device.clone()).unwrap_or_default();
        handle.write(Record::Run(Box::new(run)));
        let capture = capture.map(|OpenedCapture { live, savefile, path }| {
            let running = CaptureThread::start(live, savefile, sampler(handle, clock))
                .map_err(|error| error::file(texts, "error-write", &path, &error))?;
            anyhow::Ok(Capture { running, path, device })
        });
        Ok(Self { clock, texts, writer, journal: reading, journal_path, capture: capture.transpose()?, keep })
    }

    pub fn journal(&self) -> JournalHandle {
        self.writer.handle()
    }

    /// The capture's file and device, where there is one.
    pub fn capture(&self) -> Option<(&Path, &str)> {
        self.capture.as_ref().map(|capture| (capture.path.as_path(), capture.device.as_str()))
    }

    /// Closes the record as [`Self::end`] does, and reads the capture back as well.
    ///
    /// # Errors
    /// A [`CommandError`](error::CommandError) where the files cannot be read back.
    pub fn close(
        self,
        reason: EndReason,
        drain: impl FnOnce() -> Option<u64>,
        say: &mut dyn FnMut(String),
    ) -> Result<RecordingResult> {
        let (texts, keep) = (self.texts, self.keep);
        let FinishedRecording { journal, capture, complete } = self.end(reason, drain, say);
        let journal = journal?;
        let read = |path: PathBuf| load::read_keeping(&path, keep, &MultiProgress::new(), texts);
        let capture = capture.map(read).transpose()?;
        Ok(RecordingResult { loaded: HostFiles { capture, journal: Some(journal) }, complete })
    }

    /// Ends the recording: first the capture, then `drain` reads what is left in the socket, so that nothing the
    /// capture saw is still on its way to the application; then the journal.
    pub fn end(
        self,
        reason: EndReason,
        drain: impl FnOnce() -> Option<u64>,
        say: &mut dyn FnMut(String),
    ) -> FinishedRecording {
        let Self { clock, texts, writer, journal, journal_path, capture, keep: _ } = self;
        let ended: Option<(CaptureEnd, PathBuf)> = capture.map(|capture| (capture.running.stop(), capture.path));
        let socket_drops = drain();
        let end = End { at: clock.now(), reason, socket_drops, capture: ended.as_ref().map(|(end, _)| end.clone()) };
        let finished = writer.finish_with(Record::End(Box::new(end)));
        let mut broken = |key: &str, path: &Path, detail: &dyn std::fmt::Display| {
            say(texts.with(key, &[("file", Value::text(path.display())), ("detail", Value::text(detail))]));
        };
        let mut complete = true;
        if let Some(error) = finished.failure {
            complete = false;
            broken("run-journal-failed", &journal_path, &error);
        }
        if let Some((CaptureEnd { failure: Some(failure), .. }, path)) = &ended {
            complete = false;
            broken("run-capture-failed", path, failure);
        }
        let journal = load::read_journal(&journal, &journal_path, texts);
        FinishedRecording { journal, capture: ended.map(|(_, path)| path), complete }
    }
}

/// Opens the capture first, because only it knows whether it may be; then moves old files away and creates new ones.
fn open_files(
    args: &RecordingArgs,
    defaults: &dyn Fn() -> Result<Defaults>,
    texts: Texts,
    say: &mut dyn FnMut(String),
) -> Result<OpenFiles> {
    // What cannot be is found out before a right is asked for, and before old files are moved.
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
                if let Some((asked, granted)) = live.refused_ring() {
                    let kib = |bytes: u64| Value::count(bytes / 1024);
                    say(texts.with("run-small-ring", &[("asked", kib(asked.into())), ("granted", kib(granted))]));
                }
                Some((live, path.clone()))
            }
            Err(error @ OpenError::NoRight { .. }) if args.capture_optional => {
                say(texts.with("run-capture-refused", &[("detail", Value::text(error))]));
                None
            }
            Err(error) => return Err(error::capture(texts, &error)),
        },
    };
    // The device is open: from here on no right is needed. The files are created by the user that asked for them.
    privileges::drop_to_sudo_user().map_err(|error| error::rights(texts, &error))?;
    let opened = create_files(args, live, texts, say)?;
    privileges::drop_capabilities().map_err(|error| error::rights(texts, &error))?;
    Ok(opened)
}

/// Moves old files away and creates new ones.
fn create_files(
    args: &RecordingArgs,
    live: Option<(LiveCapture, PathBuf)>,
    texts: Texts,
    say: &mut dyn FnMut(String),
) -> Result<OpenFiles> {
    let journal_path = args.journal.clone().or_else(|| args.capture.as_deref().map(output_files::journal_path_for));
    let capture_path = live.as_ref().map(|(_, path)| path.as_path());
    let files: Vec<&Path> = [capture_path, journal_path.as_deref()].into_iter().flatten().collect();
    let renamed = output_files::rename_existing(&files);
    for (old, kept) in renamed.map_err(|error| error::file(texts, "error-write", files[0], &error))? {
        say(texts.with("run-kept-old", &[("file", Value::text(old.display())), ("kept", Value::text(kept.display()))]));
    }
    // Without files of its own the run still goes through the one way to a verdict.
    let (created, journal_path) = match journal_path {
        Some(path) => (File::options().read(true).write(true).create(true).truncate(true).open(&path), path),
        None => (tempfile::tempfile(), PathBuf::new()),
    };
    // A full disk is better reported before the measurement.
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
    let own = args.filter.as_deref().map(filter::read).transpose().map_err(|error| error::filter(texts, &error))?;
    let settings = CaptureSettings {
        device: args.interface.clone().unwrap_or(device),
        tagged_too: own.is_none(),
        filter: own.unwrap_or(filter),
        snaplen: args.snaplen,
        ring_bytes: live::RING_BYTES,
    };
    Ok(live::open(settings))
}

/// How many records the journal's queue holds: as `MEDIDOR_JOURNAL_QUEUE` says, for a machine short of memory.
fn journal_room() -> usize {
    let asked = std::env::var("MEDIDOR_JOURNAL_QUEUE").ok().and_then(|text| text.parse().ok());
    asked.unwrap_or(writer::QUEUE_LEN)
}

/// Writes the capture's counters down when they changed, and once a second.
fn sampler(journal: JournalHandle, clock: Clock) -> impl Fn(CaptureCounters) + Send + 'static {
    let last = std::cell::Cell::new((Wall(0), CaptureCounters::default()));
    move |counters| {
        let at = clock.now();
        let (written_at, before) = last.get();
        if counters != before || at.wall.since(written_at) >= COUNTERS_EVERY_NS {
            last.set((at.wall, counters));
            journal.write(Record::Counters(Counters { at, socket_drops: None, capture: Some(counters) }));
        }
    }
}

/// The device on which a client's exchange is visible.
///
/// # Errors
/// A [`CommandError`](error::CommandError) where none bears the local address.
pub fn client_device(local: std::net::IpAddr, remote: std::net::IpAddr, texts: Texts) -> Result<String> {
    device::for_client(local, remote).map_err(|error| error::device(texts, &error))
}
