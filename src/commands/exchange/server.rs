//! `medidor servidor`: replies to numbered messages until it is stopped, and prints a summary.

use std::process::ExitCode;

use anyhow::Result;
use serde_json::json;

use super::client::DEFAULT_PORT;
use super::server_loop::{self, ServerIo};
use crate::capture::{device, filter};
use crate::cli::{ReplyMode, ServerArgs};
use crate::commands::run::error::{self, CommandError, Exit};
use crate::commands::run::judge_exchange;
use crate::commands::run::print;
use crate::commands::run::recording::{Defaults, Recording, RecordingResult};
use crate::commands::run::report_files;
use crate::commands::run::seed::drawn_seed;
use crate::commands::run::startup::{HostAddresses, print_capture, print_next};
use crate::commands::run::status::{StatusLines, eprint_line, eprint_status};
use crate::core::evidence::journal_run::{EXCHANGE, Role};
use crate::core::protocol::message::Template;
use crate::core::protocol::server::{Server, ServerMode, ServerSettings, UnnumberedCounters};
use crate::core::time::{SECOND, nanos};
use crate::core::verdict::exchange::{ExchangeVerdictError, Options};
use crate::i18n::{Texts, Value};
use crate::net::address;
use crate::net::clock::Clock;
use crate::net::endpoint::Endpoint;
use crate::net::event_waiter::EventWaiter;

/// Runs the server.
///
/// # Errors
/// A [`CommandError`] with its exit code.
pub fn run(args: &ServerArgs, texts: Texts) -> Result<ExitCode> {
    let mode = match args.reply {
        ReplyMode::Ack => ServerMode::Ack(
            Template::reply(&args.ack_format)
                .map_err(|error| error::template(texts, "--ack-format", &args.ack_format, &error))?,
        ),
        ReplyMode::Echo => ServerMode::Echo,
        ReplyMode::Upper => ServerMode::Upper,
        ReplyMode::Pong => ServerMode::Pong,
    };
    let recorded = [args.recording.capture.as_deref(), args.recording.journal.as_deref()];
    report_files::check_run(&args.output, &recorded, texts)?;
    let address = address::listen(args.port.as_ref().unwrap_or(&args.listen), DEFAULT_PORT)
        .map_err(|error| error::host(texts, &error))?;
    let clock = Clock::start();
    let mut endpoint = Endpoint::bind(address).map_err(|error| error::bind(texts, address, &error))?;
    let bound = endpoint.local_addr();
    let identity = HostAddresses::new(Role::Server, bound, None);
    let screen = StatusLines::new(texts, SECOND);
    let seed = args.seed.unwrap_or_else(drawn_seed);
    let parameters = json!({
        "listen": bound, "reply": format!("{:?}", args.reply).to_lowercase(), "ack_format": args.ack_format,
        "reply_to": args.reply_to, "drop_percent": args.drop, "seed": seed, "rate_limit": args.rate_limit,
        "duration_ns": args.duration.map(nanos),
    });
    let run = identity.run(EXCHANGE, clock.now(), parameters, None);
    let defaults = || {
        // A server on a loopback address receives nothing from other interfaces.
        let device = if bound.ip().is_loopback() {
            device::for_client(bound.ip(), bound.ip()).map_err(|error| error::device(texts, &error))?
        } else {
            device::ANY.to_owned()
        };
        Ok(Defaults { device, filter: filter::with_fragments_of(bound.ip(), &filter::server(bound.port())) })
    };
    let recording = Recording::open(&args.recording, &defaults, run, clock, texts, &mut |line| eprint_status(line))?;
    let mut waiter = EventWaiter::start(clock)
        .map_err(|error| CommandError::environment(texts, "error-signals", &[("detail", Value::text(error))]))?;
    screen.print_line("run-server", &[("address", Value::text(bound))]);
    identity.print_addresses(&screen);
    print_capture(&screen, &recording);
    let command = if bound.ip().is_loopback() { "run-server-command-here" } else { "run-server-command" };
    screen.print_line(command, &[("port", Value::text(bound.port())), ("local", Value::text(identity.local))]);
    if args.drop > 0.0 {
        screen.print_line("run-seed", &[("seed", Value::text(seed))]);
    }
    let settings = ServerSettings {
        mode,
        reply_to: args.reply_to,
        drop_ratio: args.drop / 100.0,
        seed,
        answers_per_second: (args.rate_limit > 0).then_some(args.rate_limit),
    };
    let mut io = ServerIo::new(clock, &mut endpoint, recording.journal(), identity.addresses.clone());
    let stop_at = args.duration.map(|duration| clock.mono().plus(duration));
    let mut server = Server::new(settings);
    let end_reason = server_loop::run(&mut server, &mut io, &mut waiter, &screen, stop_at)
        .map_err(|error| CommandError::environment(texts, "error-socket", &[("detail", Value::text(error))]))?;
    screen.print_line("run-closing", &[]);
    let unnumbered = server.unnumbered();
    let RecordingResult { loaded, complete } =
        recording.close(end_reason, || io.drain(&server), &mut |line| eprint_line(line))?;
    let options = Options { all_messages: args.output.needs_all(), ..Options::default() };
    match judge_exchange::judge(None, Some(loaded), &options) {
        Ok(document) => {
            print::print(document, &args.output, texts)?;
            print_next(&screen, args.recording.capture.as_deref(), Role::Server);
        }
        // A server without messages is a normal end, too.
        Err(ExchangeVerdictError::NothingFound) if unnumbered.received > 0 && args.output.prints_text() => {}
        Err(ExchangeVerdictError::NothingFound) => print::print_no_result(&args.output, texts)?,
        Err(error) => return Err(error::exchange_verdict(texts, &error)),
    }
    if unnumbered.received > 0 && args.output.prints_text() {
        print::write(&(unnumbered_text(unnumbered, texts) + "\n"), texts)?;
    }
    Ok(if complete { Exit::Done } else { Exit::Environment }.into())
}

/// Summary line of texts without a number.
fn unnumbered_text(counters: UnnumberedCounters, texts: Texts) -> String {
    let UnnumberedCounters { received, answered, dropped, limited } = counters;
    let values = [("received", received), ("answered", answered), ("dropped", dropped), ("limited", limited)];
    texts.with("run-unnumbered", &values.map(|(name, count)| (name, Value::count(count))))
}
