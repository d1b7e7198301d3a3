//! `medidor monitor`: probes targets continuously, classifies their latency, and alerts on changes.
//!
//! Each target has a thread of its own ([`measure`]), and so does everything that could delay a measurement.

pub mod alert_capture;
mod alert_mail;
pub mod config;
mod log;
mod measure;
pub mod targets;
pub mod wording;

use std::collections::BTreeSet;
use std::fs::File;
use std::net::IpAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;

use anyhow::Result;

use self::alert_capture::AlertCapture;
use self::alert_mail::AlertMailer;
use self::log::{CsvLog, MonitorLog};
use self::targets::{MonitorConfig, Target};
use super::run::error::{self, CommandError, Exit};
use super::run::parallel::join_or_resume_panic;
use super::run::status::{eprint_line, eprint_status};
use super::run::{output_files, print};
use crate::capture::live::{self, CaptureSettings, LiveCapture, OpenError};
use crate::capture::{CaptureThread, PacketRing, device, filter};
use crate::cli::MonitorArgs;
use crate::cli::arguments::is_stdout;
use crate::core::protocol::monitor::alert_state::MonitorCounters;
use crate::core::protocol::monitor::latency_class::LatencyClass;
use crate::files;
use crate::i18n::{Texts, Value};
use crate::metrics::{MetricsListener, MetricsRegistry};
use crate::net::address;
use crate::net::clock::Clock;
use crate::net::event_waiter::EventWaiter;
use crate::privileges;

/// Room for packets in the kernel, bytes: probes are few.
const KERNEL_RING: u32 = 4 * 1024 * 1024;

/// Runs the monitor.
///
/// # Errors
/// A [`CommandError`] with its exit code.
pub fn run(args: &MonitorArgs, texts: Texts) -> Result<ExitCode> {
    let MonitorConfig { targets, mail } = targets::read(args, texts)?;
    let capture = capture(args, &targets, texts)?;
    let listener =
        args.metrics.map(|address| MetricsListener::open(address).map_err(|error| error::bind(texts, address, &error)));
    let metrics = listener.transpose()?;
    privileges::drop_to_sudo_user().map_err(|error| error::privileges(texts, &error))?;
    let log_is_stdout = args.log.as_deref().is_some_and(is_stdout);
    let log = args.log.as_deref().map(|path| {
        if is_stdout(path) {
            return files::stdout()
                .and_then(CsvLog::open)
                .map_err(|error| error::file(texts, "error-write", path, &error));
        }
        output_files::check(path).map_err(|error| error::output(texts, path, &error))?;
        let file = File::options().append(true).create(true).open(path);
        file.and_then(CsvLog::open).map_err(|error| error::file(texts, "error-write", path, &error))
    });
    let log = log.transpose()?;
    privileges::drop_capabilities().map_err(|error| error::privileges(texts, &error))?;
    let clock = Clock::start();
    // Listens to the end, so that a second Ctrl-C always ends the program.
    let signals = start_waiter(clock, texts)?;
    let (capture_thread, alert_capture) = match capture {
        Some((live, folder)) => {
            let info = live.info("");
            eprint_status(texts.with(
                "monitor-capturing",
                &[("device", Value::text(&info.device)), ("folder", Value::text(folder.display()))],
            ));
            let started = PacketRing::start(live, alert_capture::RING_LIMITS);
            let (thread, ring) = started.map_err(|error| error::file(texts, "error-write", &folder, &error))?;
            (Some(thread), Some(AlertCapture { ring, info, folder }))
        }
        None => (None, None),
    };
    let mailer = AlertMailer::open(mail.as_ref(), alert_capture, args.email_attach, texts);
    let registry = Arc::<MetricsRegistry>::default();
    if let Some(metrics) = metrics {
        let socket_error =
            |error: std::io::Error| CommandError::environment(texts, "error-socket", &[("detail", Value::text(error))]);
        let address = metrics.address().map_err(socket_error)?;
        metrics.serve(Arc::clone(&registry)).map_err(socket_error)?;
        eprint_status(texts.with("monitor-metrics", &[("address", Value::text(address))]));
    }
    let printer = Arc::new(MonitorLog::new(texts, log, log_is_stdout, registry, mailer.sender(clock, texts)));
    printer.print_start(&targets);
    let threads: Vec<_> = targets
        .iter()
        .map(|target| {
            let (target, printer) = (Arc::clone(target), Arc::clone(&printer));
            let waiter = start_waiter(clock, texts)?;
            anyhow::Ok(thread::spawn(move || measure::run_target(&target, clock, waiter, &printer)))
        })
        .collect::<Result<_>>()?;
    let mut answered = 0;
    let mut summary = String::new();
    for (target, thread) in targets.iter().zip(threads) {
        let result = thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        let counters = result
            .map_err(|error| CommandError::environment(texts, "error-socket", &[("detail", Value::text(error))]))?;
        answered += counters.answered();
        summary += &summary_line(target, counters, texts);
    }
    if log_is_stdout {
        eprint_status(summary.trim_end());
    } else {
        print::write(&summary, texts)?;
    }
    let endless = targets.iter().all(|target| target.is_endless());
    let logged = !printer.failed();
    // With the last slot the post knows that nothing more will come.
    drop(printer);
    let delivered = mailer.close(|| signals.interrupted());
    // The capture is needed up to the last alert.
    drop(capture_thread.map(CaptureThread::stop));
    Ok(match () {
        () if signals.interrupted() && !endless => Exit::Interrupted,
        () if !logged || !delivered => Exit::Environment,
        () if answered > 0 => Exit::Done,
        () => Exit::Failed,
    }
    .into())
}

/// Opens the capture, where one was asked for and may be, and finds its folder there.
fn capture(args: &MonitorArgs, targets: &[Arc<Target>], texts: Texts) -> Result<Option<(LiveCapture, PathBuf)>> {
    let Some(folder) = &args.capture else { return Ok(None) };
    output_files::create_folder(folder).map_err(|error| error::file(texts, "error-write", folder, &error))?;
    let ports = targets.iter().map(|target| target.port).collect();
    // Interfaces come and go while a monitor runs; all of them together stay.
    let settings = CaptureSettings {
        device: args.interface.clone().unwrap_or_else(|| device::ANY.to_owned()),
        filter: filter::monitor(&ports, &addresses(targets)),
        include_vlan: true,
        snaplen: live::SNAPLEN,
        ring_bytes: KERNEL_RING,
    };
    match live::open(settings) {
        Ok(live) => Ok(Some((live, folder.clone()))),
        Err(error @ OpenError::PermissionDenied { .. }) if args.capture_optional => {
            eprint_line(texts.with("run-capture-refused", &[("detail", Value::text(error))]));
            Ok(None)
        }
        Err(error) => Err(error::capture(texts, &error)),
    }
}

/// The addresses of the targets, as far as they have one now.
fn addresses(targets: &[Arc<Target>]) -> BTreeSet<IpAddr> {
    thread::scope(|scope| {
        let resolvers: Vec<_> =
            targets.iter().map(|target| scope.spawn(|| address::resolve(&target.host, target.port))).collect();
        let found = resolvers.into_iter().filter_map(|resolver| join_or_resume_panic(resolver).ok()).flatten();
        found.map(|address| address.ip()).collect()
    })
}

/// Listens for Ctrl-C and SIGTERM.
fn start_waiter(clock: Clock, texts: Texts) -> Result<EventWaiter> {
    EventWaiter::start(clock)
        .map_err(|error| CommandError::environment(texts, "error-signals", &[("detail", Value::text(error))]))
}

/// One line about all measurements of a target.
fn summary_line(target: &Target, counters: MonitorCounters, texts: Texts) -> String {
    let classes = LatencyClass::ALL.map(|class| {
        let count = Value::count(counters.classes[class as usize]);
        texts
            .with("monitor-class-count", &[("class", Value::text(wording::class_text(class, texts))), ("count", count)])
    });
    let values = [
        ("target", Value::text(&target.name)),
        ("count", Value::count(counters.measured())),
        ("classes", Value::text(classes.join(", "))),
        ("unmeasured", Value::count(counters.unmeasured)),
    ];
    texts.with("monitor-summary", &values) + "\n"
}
