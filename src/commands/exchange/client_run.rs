//! A whole run of `cliente` or `ping`, from opening the socket to the verdict.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use serde_json::Value as Json;

use super::client_loop::{self, ClientIo, ClientObserver};
use crate::capture::filter;
use crate::cli::{OutputArgs, RecordingArgs};
use crate::commands::run::error::{self, CommandError, Exit};
use crate::commands::run::judge_exchange;
use crate::commands::run::print;
use crate::commands::run::recording::{Defaults, Recording, RecordingResult, client_device};
use crate::commands::run::report_files;
use crate::commands::run::startup::{HostAddresses, grow_recv_buffer, print_capture, print_next};
use crate::commands::run::status::{StatusLines, eprint_line, eprint_status};
use crate::core::evidence::journal_run::{EndReason, Role};
use crate::core::protocol::requester::Requester;
use crate::core::time::{Mono, nanos};
use crate::core::verdict::exchange::Options;
use crate::i18n::Value;
use crate::net::clock::Clock;
use crate::net::endpoint::Endpoint;
use crate::net::event_waiter::EventWaiter;

/// The parameters of a run.
pub struct ClientRun<'a> {
    pub dialect: &'static str,
    pub peer: SocketAddr,
    /// Messages follow each other fast: stamps of departures cost more than they tell.
    pub fast: bool,
    /// Only Ctrl-C ends it, which then is no interruption.
    pub endless: bool,
    /// How long a message may wait for its reply.
    pub timeout: Duration,
    pub parameters: Json,
    /// The time to live or hop limit of the messages, where it is not the system's.
    pub hop_limit: Option<u8>,
    /// Seed of the drawn intervals, if they are drawn.
    pub spacing_seed: Option<u64>,
    pub recording: &'a RecordingArgs,
    pub output: &'a OutputArgs,
}

/// A new seed for the intervals of a run; `None` where nothing is drawn.
pub fn draw_spacing_seed(fixed: bool, interval: Duration) -> Option<u64> {
    // Readers of JSON that turn numbers into floating point keep 53 bits (RFC 8259, section 6).
    (!fixed && !interval.is_zero()).then(|| fastrand::u64(..1 << 53))
}

/// Runs an asker, which `begin` makes when everything is open: told whether the peer is this host itself, and the time.
///
/// # Errors
/// A [`CommandError`] with its exit code.
pub fn run<A: Requester>(
    client_run: &ClientRun<'_>,
    mut endpoint: Endpoint,
    identity: &HostAddresses,
    screen: &StatusLines,
    create: impl FnOnce(bool, Mono) -> A,
    observer: &mut dyn ClientObserver,
) -> Result<ExitCode> {
    let texts = screen.texts;
    let peer = client_run.peer;
    let recorded = [client_run.recording.capture.as_deref(), client_run.recording.journal.as_deref()];
    report_files::check_run(client_run.output, &recorded, texts)?;
    let clock = Clock::start();
    if client_run.fast {
        endpoint.set_tx_timestamping(false);
        grow_recv_buffer(&endpoint, screen);
    }
    let mut parameters = client_run.parameters.clone();
    if let Some(seed) = client_run.spacing_seed {
        parameters["spacing_seed"] = seed.into();
    }
    let mut run = identity.run(client_run.dialect, clock.now(), parameters, Some(nanos(client_run.timeout)));
    run.hop_limit = client_run.hop_limit.or(run.hop_limit);
    let defaults = || {
        let device = client_device(identity.local.ip(), peer.ip(), texts)?;
        let filter = filter::client(peer.port(), endpoint.local_addr().port());
        Ok(Defaults { device, filter: filter::with_fragments_of(peer.ip(), &filter) })
    };
    let recording =
        Recording::open(client_run.recording, &defaults, run, clock, texts, &mut |line| eprint_status(line))?;
    print_capture(screen, &recording);
    let mut waiter = EventWaiter::start(clock)
        .map_err(|error| CommandError::environment(texts, "error-signals", &[("detail", Value::text(error))]))?;
    let mut requester = create(identity.is_own(peer.ip()), clock.mono());
    let journal = recording.journal();
    let mut io = ClientIo::new(clock, &mut endpoint, &journal, peer);
    io.watch_route();
    let result = observer.open().and_then(|()| client_loop::run(&mut requester, &mut io, &mut waiter, observer));
    observer.close();
    let end_reason =
        result.map_err(|error| CommandError::environment(texts, "error-socket", &[("detail", Value::text(error))]))?;
    let counters = requester.replies().counters();
    let RecordingResult { loaded, complete } =
        recording.close(end_reason, || io.drain(&mut requester), &mut |line| eprint_line(line))?;
    let options = Options { all_messages: client_run.output.needs_all(), ..Options::default() };
    let document =
        judge_exchange::judge(Some(loaded), None, &options).map_err(|error| error::exchange_verdict(texts, &error))?;
    print::print(document, client_run.output, texts)?;
    print_next(screen, client_run.recording.capture.as_deref(), Role::Client);
    Ok(match end_reason {
        EndReason::Interrupted if !client_run.endless => Exit::Interrupted,
        _ if !complete => Exit::Environment,
        _ if counters.answers() > 0 => Exit::Done,
        _ => Exit::Failed,
    }
    .into())
}
