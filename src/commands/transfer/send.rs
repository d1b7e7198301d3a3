//! `medidor enviar`: sends one file to several receivers at once.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Instant;

use anyhow::Result;
use serde_json::json;

use super::{TransferJournalWriter, finish, mode_from_arg, record_progress, signals};
use crate::capture::{device, filter};
use crate::cli::SendArgs;
use crate::commands::exchange::client::DEFAULT_PORT;
use crate::commands::run::error::{self, CommandError};
use crate::commands::run::output_files;
use crate::commands::run::progress;
use crate::commands::run::recording::{Defaults, Recording};
use crate::commands::run::report_files;
use crate::commands::run::startup::HostAddresses;
use crate::commands::run::status::eprint_status;
use crate::core::evidence::journal::Record;
use crate::core::evidence::journal_run::{Role, Run as JournalRun, TRANSFER};
use crate::core::evidence::transfer_records::{FileInfo, ReceiverReport};
use crate::core::protocol::transfer::block::{self, BlockLayout};
use crate::core::protocol::transfer::control::{SessionOffer, VERSION};
use crate::core::protocol::transfer::{Mode, classic};
use crate::core::time::nanos;
use crate::i18n::{Texts, Value};
use crate::net::address;
use crate::net::clock::Clock;
use crate::transfer::accept::AcceptEvent;
use crate::transfer::send_context::SendConfig;
use crate::transfer::sender;
use crate::transfer::source_file::{SourceFile, token};
use crate::transfer::tls_identity::TlsIdentity;
use crate::transfer::{CAPTURE_DRAIN_TIMEOUT, POLL_INTERVAL, Progress, TransferJournal};

/// Whether the files of the run can be written, before anything is sent.
fn check_output_files(args: &SendArgs, texts: Texts) -> Result<()> {
    if let Some(folder) = &args.logs {
        output_files::create_folder(folder).map_err(|error| error::output(texts, folder, &error))?;
    }
    let recorded = [args.recording.capture.as_deref(), args.recording.journal.as_deref()];
    report_files::check(&[args.html.as_deref()], args.json, &recorded.into_iter().flatten().collect::<Vec<_>>(), texts)
}

/// Runs the sender.
///
/// # Errors
/// A [`CommandError`] with its exit code.
pub fn run(args: &SendArgs, texts: Texts) -> Result<ExitCode> {
    let address = address::listen(&args.listen, DEFAULT_PORT).map_err(|error| error::host(texts, &error))?;
    check_output_files(args, texts)?;
    let source = SourceFile::open(&args.file).map_err(|error| error::file(texts, "error-read", &args.file, &error))?;
    let mode = mode_from_arg(args.mode);
    let block = if mode == Mode::Classic { classic::BLOCK } else { args.block };
    let layout = BlockLayout::new(source.size, block).ok_or_else(|| {
        CommandError::usage(texts, "error-too-many-blocks", &[("file", Value::text(args.file.display()))])
    })?;
    if mode == Mode::Udp && block > block::UNFRAGMENTED {
        eprint_status(texts.with("transfer-fragments", &[("most", Value::text(block::UNFRAGMENTED))]));
    }
    let listener = TcpListener::bind(address).map_err(|error| error::bind(texts, address, &error))?;
    let socket = |error: io::Error| CommandError::environment(texts, "error-socket", &[("detail", Value::text(error))]);
    let local = listener.local_addr().map_err(socket)?;
    let identity = if mode == Mode::Quic { Some(TlsIdentity::make().map_err(socket)?) } else { None };
    let offer = SessionOffer {
        version: VERSION,
        number: 1,
        clients: args.clients,
        name: source.name.clone(),
        size: source.size,
        sha256: source.sha256.clone(),
        mode,
        block,
        token: token().map_err(socket)?,
        port: local.port(),
        fingerprint: identity.as_ref().map(TlsIdentity::fingerprint),
    };
    let signals = signals(texts)?;
    let stop = signals.flag();
    let clock = Clock::start();
    let (recording, run) = open_recording(args, local, &source, clock, texts)?;
    let captured = recording.capture().is_some();
    let journal_writer = TransferJournalWriter::new(&recording, run);
    journal_writer.note(Record::File(Box::new(FileInfo {
        at: clock.now(),
        mode,
        name: Some(source.name.clone()),
        size_bytes: Some(source.size),
        sha256: Some(source.sha256.clone()),
        clients: Some(args.clients),
        block_bytes: block,
        token: (mode != Mode::Classic).then_some(offer.token),
    })));
    let note = |record| journal_writer.note(record);
    let keeps = args.recording.capture.is_some() || args.recording.journal.is_some();
    let journal = TransferJournal { clock, note: &note, keeps };
    let config = SendConfig {
        source: &source,
        layout,
        welcome: offer,
        rate: args.rate,
        barrier: args.barrier_timeout,
        identity,
        captured,
    };
    eprint_status(texts.with(
        "transfer-waiting",
        &[
            ("file", Value::text(&source.name)),
            ("size", Value::text(source.size)),
            ("mode", Value::text(mode.name())),
            ("clients", Value::count(args.clients.into())),
            ("address", Value::text(local)),
        ],
    ));
    let meters: Vec<Progress> = (1..=args.clients).map(Progress::new).collect();
    let (started, finished) = (AtomicBool::new(false), AtomicBool::new(false));
    let reports = thread::scope(|scope| {
        let sampler = scope.spawn(|| record_progress(&meters, &finished, journal));
        let display = scope.spawn(|| {
            while !started.load(Ordering::Relaxed) && !finished.load(Ordering::Relaxed) {
                thread::park_timeout(POLL_INTERVAL);
            }
            if started.load(Ordering::Relaxed) {
                progress::show(&meters, source.size, &finished, texts);
            }
        });
        let on_start = || {
            eprint_status(texts.get("transfer-started"));
            started.store(true, Ordering::Relaxed);
            sampler.thread().unpark();
        };
        let on_event = |event| print_event(event, args.clients, texts);
        let reports = sender::run(&config, &listener, &meters, journal, stop, &on_event, &on_start);
        finished.store(true, Ordering::Relaxed);
        display.thread().unpark();
        sampler.thread().unpark();
        reports
    });
    let is_incomplete = |report: &ReceiverReport| report.peer.is_some() && report.complete != Some(true);
    if captured && reports.map_err(socket)?.iter().any(is_incomplete) {
        // Only a capture that stayed awake proves that a block did not pass.
        let deadline = Instant::now() + CAPTURE_DRAIN_TIMEOUT;
        while Instant::now() < deadline && !stop.load(Ordering::Relaxed) {
            thread::sleep(POLL_INTERVAL);
        }
    }
    finish(recording, journal_writer, stop, args.logs.as_deref(), args.json, args.html.as_deref(), texts)
}

/// Opens journal and capture.
fn open_recording(
    args: &SendArgs,
    local: SocketAddr,
    source: &SourceFile,
    clock: Clock,
    texts: Texts,
) -> Result<(Recording, JournalRun)> {
    let parameters = json!({
        "file": source.name, "size": source.size, "clients": args.clients, "mode": mode_from_arg(args.mode).name(),
        "rate": format!("{:?}", args.rate).to_lowercase(), "block": args.block,
        "barrier_timeout_ns": nanos(args.barrier_timeout),
    });
    let identity = HostAddresses::new(Role::Server, local, None);
    let run = identity.run(TRANSFER, clock.now(), parameters, None);
    let defaults = || {
        // A socket on a loopback address receives from no other device.
        let device = if local.ip().is_loopback() {
            device::for_client(local.ip(), local.ip()).map_err(|error| error::device(texts, &error))?
        } else {
            device::ANY.to_owned()
        };
        let filter = filter::sender(local.port(), args.clients);
        Ok(Defaults { device, filter: filter::with_fragments_of(local.ip(), &filter) })
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

fn print_event(event: AcceptEvent, clients: u16, texts: Texts) {
    let peer = |peer: SocketAddr| ("peer", Value::text(peer));
    match event {
        AcceptEvent::Connected { number, peer: from, ready } => eprint_status(texts.with(
            "transfer-came",
            &[
                ("number", Value::text(number)),
                peer(from),
                ("ready", Value::text(ready)),
                ("clients", Value::text(clients)),
            ],
        )),
        AcceptEvent::Disconnected { number, peer: from } => {
            eprint_status(texts.with("transfer-left", &[("number", Value::text(number)), peer(from)]));
        }
        AcceptEvent::Refused { peer: from } => eprint_status(texts.with("transfer-refused", &[peer(from)])),
    }
}
