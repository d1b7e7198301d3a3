//! `medidor receber`: receives a file and verifies its hash.

use std::process::ExitCode;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use anyhow::Result;
use serde_json::json;

use super::{TransferJournalWriter, finish, mode_from_arg, record_progress, signals};
use crate::capture::filter;
use crate::cli::ReceiveArgs;
use crate::commands::exchange::client::DEFAULT_PORT;
use crate::commands::run::error::{self, CommandError, Exit};
use crate::commands::run::output_files;
use crate::commands::run::progress;
use crate::commands::run::recording::{Defaults, Recording, client_device};
use crate::commands::run::report_files;
use crate::commands::run::startup::HostAddresses;
use crate::commands::run::status::{eprint_line, eprint_status};
use crate::core::evidence::journal_run::{Role, Run as JournalRun, TRANSFER};
use crate::i18n::{Texts, Value};
use crate::net::address;
use crate::net::clock::Clock;
use crate::transfer::receiver::{self, ConnectedReceiver, JoinError, ReceiveConfig, ReceiverEvent, Run};
use crate::transfer::{POLL_INTERVAL, Progress, TransferJournal};

/// Runs the receiver.
///
/// # Errors
/// A [`CommandError`] with its exit code.
pub fn run(args: &ReceiveArgs, texts: Texts) -> Result<ExitCode> {
    let server = address::resolve(&args.host, DEFAULT_PORT).map_err(|error| error::host(texts, &error))?;
    let recorded = [args.recording.capture.as_deref(), args.recording.journal.as_deref()];
    report_files::check(
        &[args.html.as_deref()],
        args.json,
        &recorded.into_iter().flatten().collect::<Vec<_>>(),
        texts,
    )?;
    for folder in [Some(&args.output), args.logs.as_ref()].into_iter().flatten() {
        output_files::create_folder(folder).map_err(|error| error::output(texts, folder, &error))?;
    }
    let config = ReceiveConfig {
        server,
        folder: args.output.clone(),
        mode: args.mode.map(mode_from_arg),
        max_size: args.max_size,
        port: args.data_port,
        buffer: args.buffer as usize,
    };
    let signals = signals(texts)?;
    let stop = signals.flag();
    let clock = Clock::start();
    let connected = match receiver::connect(&config) {
        Ok(connected) => connected,
        Err(error) => return join_error(&error, args, texts),
    };
    let (recording, run) = open_recording(args, &connected, clock, texts)?;
    let journal_writer = TransferJournalWriter::new(&recording, run);
    let note = |record| journal_writer.note(record);
    let keeps = args.recording.capture.is_some() || args.recording.journal.is_some();
    let journal = TransferJournal { clock, note: &note, keeps };
    let progress = [Progress::default()];
    let (size, finished) = (OnceLock::new(), AtomicBool::new(false));
    let received = thread::scope(|scope| {
        let sampler = scope.spawn(|| record_progress(&progress, &finished, journal));
        let display = scope.spawn(|| {
            while progress[0].bytes.load(Ordering::Relaxed) == 0 && !finished.load(Ordering::Relaxed) {
                thread::park_timeout(POLL_INTERVAL);
            }
            // The `classic` protocol sends the size with the blocks, so progress is unknown.
            if let Some(&size) = size.get() {
                progress::show(&progress, size, &finished, texts);
            }
        });
        let notice = |notice: ReceiverEvent<'_>| match notice {
            ReceiverEvent::Joined(offer) => {
                let _ = size.set(offer.size);
                eprint_status(texts.with(
                    "transfer-joined",
                    &[
                        ("number", Value::text(offer.number)),
                        ("clients", Value::text(offer.clients)),
                        ("file", Value::text(&offer.name)),
                        ("size", Value::text(offer.size)),
                        ("mode", Value::text(offer.mode.name())),
                    ],
                ));
            }
            ReceiverEvent::SmallBuffer(granted) => {
                let kib = |bytes: usize| Value::count(bytes as u64 / 1024);
                let requested = args.buffer as usize;
                let values = [("asked", kib(requested)), ("granted", kib(granted)), ("bytes", Value::text(requested))];
                eprint_line(texts.with("run-small-buffer", &values));
            }
        };
        let run = Run { config: &config, progress: &progress[0], stop, transfer_journal: journal, notice: &notice };
        let received = connected.run(&run);
        finished.store(true, Ordering::Relaxed);
        display.thread().unpark();
        sampler.thread().unpark();
        received
    });
    match received {
        Ok(()) => finish(recording, journal_writer, stop, args.logs.as_deref(), args.json, args.html.as_deref(), texts),
        Err(error) => join_error(&error, args, texts),
    }
}

/// Opens journal and capture.
fn open_recording(
    args: &ReceiveArgs,
    connected: &ConnectedReceiver,
    clock: Clock,
    texts: Texts,
) -> Result<(Recording, JournalRun)> {
    let (local, peer) = (connected.local(), connected.peer());
    let parameters = json!({
        "mode": args.mode.map(|arg| mode_from_arg(arg).name()), "max_size": args.max_size, "buffer": args.buffer,
    });
    let identity = HostAddresses::new(Role::Client, local, Some(peer));
    let run = identity.run(TRANSFER, clock.now(), parameters, None);
    let defaults = || {
        let device = client_device(local.ip(), peer.ip(), texts)?;
        let filter = filter::receiver(peer.port(), local.port());
        Ok(Defaults { device, filter: filter::with_fragments_of(peer.ip(), &filter) })
    };
    let recording =
        Recording::open(&args.recording, &defaults, run.clone(), clock, texts, &mut |line| eprint_status(line))?;
    if let Some((file, device)) = recording.capture() {
        eprint_status(
            texts.with("run-capturing", &[("file", Value::text(file.display())), ("device", Value::text(device))]),
        );
    }
    Ok((recording, run))
}

fn join_error(join_error: &JoinError, args: &ReceiveArgs, texts: Texts) -> Result<ExitCode> {
    let host = || ("host", Value::text(&args.host));
    match join_error {
        JoinError::Unreachable(error) => {
            Err(CommandError::environment(texts, "error-no-sender", &[host(), ("detail", Value::text(error))]))
        }
        JoinError::Full => Err(CommandError::failed(texts, "error-transfer-full", &[host()])),
        JoinError::NoSender => Err(CommandError::failed(texts, "error-other-dialect", &[host()])),
        JoinError::Bind(address, error) => Err(error::bind(texts, *address, error)),
        JoinError::Folder(error) => Err(error::output(texts, &args.output, error)),
        JoinError::Interrupted => Ok(Exit::Interrupted.into()),
    }
}
