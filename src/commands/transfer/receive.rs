//! `medidor receber`: receives a file and verifies its hash.

use std::process::ExitCode;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use anyhow::Result;
use serde_json::json;

use super::{TransferJournalWriter, finish, log_folder, mode, sample, signals};
use crate::capture::filter;
use crate::cli::ReceiveArgs;
use crate::commands::exchange::client::DEFAULT_PORT;
use crate::commands::run::error::{self, CommandError, Exit};
use crate::commands::run::progress;
use crate::commands::run::recording::{Defaults, Recording, client_device};
use crate::commands::run::report_files;
use crate::commands::run::startup::Identity;
use crate::commands::run::status::eprint_line;
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
    log_folder(args.logs.as_deref(), texts)?;
    let recorded = [args.recording.capture.as_deref(), args.recording.journal.as_deref()];
    report_files::check(&[args.html.as_deref()], &recorded.into_iter().flatten().collect::<Vec<_>>(), texts)?;
    if !args.output.is_dir() {
        let error = std::io::Error::from(std::io::ErrorKind::NotFound);
        return Err(error::output(texts, &args.output, &error));
    }
    let config = ReceiveConfig {
        server,
        folder: args.output.clone(),
        mode: args.mode.map(mode),
        max_size: args.max_size,
        port: args.data_port,
        buffer: args.buffer as usize,
    };
    let signals = signals(texts)?;
    let stop = signals.flag();
    let clock = Clock::start();
    let connected = match receiver::connect(&config) {
        Ok(caller) => caller,
        Err(closed) => return refused(&closed, args, texts),
    };
    let (recording, run) = record(args, &connected, clock, texts)?;
    let notebook = TransferJournalWriter::new(&recording, run);
    let note = |record| notebook.note(record);
    let keeps = args.recording.capture.is_some() || args.recording.journal.is_some();
    let journal = TransferJournal { clock, note: &note, keeps };
    let progress_meter = [Progress::default()];
    let (size, over) = (OnceLock::new(), AtomicBool::new(false));
    let received = thread::scope(|scope| {
        let sampling = scope.spawn(|| sample(&progress_meter, &over, journal));
        let drawing = scope.spawn(|| {
            while progress_meter[0].bytes.load(Ordering::Relaxed) == 0 && !over.load(Ordering::Relaxed) {
                thread::park_timeout(POLL_INTERVAL);
            }
            // The `classic` protocol sends the size with the blocks, so progress is unknown.
            if let Some(&size) = size.get() {
                progress::show(&progress_meter, size, &over, texts);
            }
        });
        let notice = |notice: ReceiverEvent<'_>| match notice {
            ReceiverEvent::Joined(offer) => {
                let _ = size.set(offer.size);
                eprint_line(texts.with(
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
                let asked = args.buffer as usize;
                let values = [("asked", kib(asked)), ("granted", kib(granted)), ("bytes", Value::text(asked))];
                eprint_line(texts.with("run-small-buffer", &values));
            }
        };
        let run =
            Run { config: &config, progress: &progress_meter[0], stop, transfer_journal: journal, notice: &notice };
        let received = connected.run(&run);
        over.store(true, Ordering::Relaxed);
        drawing.thread().unpark();
        sampling.thread().unpark();
        received
    });
    match received {
        Ok(()) => finish(recording, notebook, stop, args.logs.as_deref(), args.json, args.html.as_deref(), texts),
        Err(closed) => refused(&closed, args, texts),
    }
}

/// Opens journal and capture.
fn record(
    args: &ReceiveArgs,
    connected: &ConnectedReceiver,
    clock: Clock,
    texts: Texts,
) -> Result<(Recording, JournalRun)> {
    let (local, peer) = (connected.local(), connected.peer());
    let parameters = json!({
        "mode": args.mode.map(|typed| mode(typed).name()), "max_size": args.max_size, "buffer": args.buffer,
    });
    let identity = Identity::new(Role::Client, local, Some(peer));
    let run = identity.run(TRANSFER, clock.now(), parameters, None);
    let defaults = || {
        let device = client_device(local.ip(), peer.ip(), texts)?;
        Ok(Defaults { device, filter: filter::receiver(peer.port(), local.port()) })
    };
    let recording =
        Recording::open(&args.recording, &defaults, run.clone(), clock, texts, &mut |line| eprint_line(line))?;
    if let Some((file, device)) = recording.capture() {
        eprint_line(
            texts.with("run-capturing", &[("file", Value::text(file.display())), ("device", Value::text(device))]),
        );
    }
    Ok((recording, run))
}

fn refused(closed: &JoinError, args: &ReceiveArgs, texts: Texts) -> Result<ExitCode> {
    let host = || ("host", Value::text(&args.host));
    match closed {
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
