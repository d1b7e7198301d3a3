//! `medidor cliente`: sends numbered messages and reports the outcome of each.

use std::net::SocketAddr;
use std::process::ExitCode;

use anyhow::Result;
use serde_json::json;

use super::client_loop::{ClientEvent, ClientObserver};
use super::client_run::{self, ClientRun};
use super::no_reply_hint::NoReplyHint;
use crate::cli::ClientArgs;
use crate::commands::run::error;
use crate::commands::run::startup::{HostAddresses, client_endpoint};
use crate::commands::run::status::{StatusLines, eprint_item, is_verbose, one_line};
use crate::core::evidence::journal_run::{EXCHANGE, Role};
use crate::core::protocol::client::Client;
use crate::core::protocol::message::Template;
use crate::core::protocol::reply_tracker::{ReplyClass, ReplyCounters};
use crate::core::protocol::requester::Action;
use crate::core::protocol::schedule::Schedule;
use crate::core::time::{Mono, nanos};
use crate::i18n::{Texts, Value};
use crate::net::address;
use crate::net::rate_detector::FAST_INTERVAL;

/// Where the course work's server listens.
pub const DEFAULT_PORT: u16 = 5005;

/// Runs the client.
///
/// # Errors
/// A [`CommandError`](error::CommandError) with its exit code.
pub fn run(args: &ClientArgs, texts: Texts) -> Result<ExitCode> {
    let template =
        Template::request(&args.message).map_err(|error| error::template(texts, "--message", &args.message, &error))?;
    let ClientArgs { count, batch, pause, interval, wait, .. } = *args;
    let spacing_seed = client_run::draw_spacing_seed(args.fixed_interval, interval);
    let schedule = Schedule { count, batch, pause, interval, spacing_seed, wait };
    let peer = address::resolve(&args.host, DEFAULT_PORT).map_err(|error| error::host(texts, &error))?[0];
    let endpoint = client_endpoint(args.bind.as_deref(), peer, texts)?;
    let identity = HostAddresses::new(Role::Client, endpoint.local_addr(), Some(peer));
    let screen = StatusLines::new(texts, nanos(args.interval));
    screen.print_line("run-client", &[("peer", Value::text(peer)), ("count", Value::count(args.count))]);
    identity.print_addresses(&screen);
    let parameters = json!({
        "count": args.count, "batch": args.batch, "pause_ns": nanos(args.pause), "interval_ns": nanos(args.interval),
        "wait_ns": nanos(args.wait), "message": args.message,
    });
    let client_run = ClientRun {
        dialect: EXCHANGE,
        peer,
        fast: args.interval < FAST_INTERVAL,
        endless: false,
        timeout: args.wait,
        parameters,
        hop_limit: None,
        spacing_seed,
        recording: &args.recording,
        output: &args.output,
    };
    let create = |same_host, start| Client::new(schedule, template, peer, same_host, start);
    let mut printer = ClientPrinter { screen: &screen, peer, hint: NoReplyHint::default(), other_source: None };
    client_run::run(&client_run, endpoint, &identity, &screen, create, &mut printer)
}

/// Shows what happens: each reply as an item or, if verbose, a line for each message; for fast runs a line a second.
struct ClientPrinter<'a> {
    screen: &'a StatusLines,
    peer: SocketAddr,
    hint: NoReplyHint,
    /// The other source that was shown last.
    other_source: Option<SocketAddr>,
}

impl ClientObserver for ClientPrinter<'_> {
    fn on_event(&mut self, on_event: ClientEvent<'_>) {
        let screen = &self.screen;
        let number = |number: u64| ("n", Value::text(number));
        match on_event {
            ClientEvent::Action(Action::Pause { length }) => {
                screen.print_line("run-pause", &[("time", Value::text(screen.duration(nanos(length))))]);
            }
            ClientEvent::Action(Action::Wait { length }) => {
                screen.print_line("run-wait", &[("time", Value::text(screen.duration(nanos(length))))]);
            }
            ClientEvent::Action(Action::Send { .. } | Action::GiveUp { .. } | Action::Finish) => {}
            ClientEvent::NotSent { number: n, error } => {
                screen.print_per_message("run-not-sent", &[number(n), ("error", Value::text(error))]);
            }
            ClientEvent::DroppedLocally { number: n, error } => {
                screen.print_per_message("run-host-dropped", &[number(n), ("error", Value::text(error))]);
            }
            ClientEvent::Received { class, from, text, at } => {
                if screen.shows_each_message() {
                    self.print_reply(class, &one_line(text), from, at);
                }
            }
            ClientEvent::IcmpError(error) => {
                let is_first = self.hint.is_first_refusal();
                if is_first || is_verbose() {
                    let (key, values) = error.text(screen.texts);
                    screen.print_line(key, &values);
                }
                if is_first {
                    screen.print_line("run-hint-refused", &[("port", Value::text(self.peer.port()))]);
                }
            }
            ClientEvent::Unanswered(n) => {
                if is_verbose() {
                    screen.print_per_message("run-no-reply", &[number(n)]);
                }
            }
        }
    }

    fn wake_at(&self) -> Option<Mono> {
        self.hint.wake_at()
    }

    fn on_tick(&mut self, now: Mono, counters: ReplyCounters) {
        if self.hint.is_due(now, counters) {
            self.screen.print_line("run-hint-silence", &[("port", Value::text(self.peer.port()))]);
        }
        self.screen.print_throttled(now, |texts| {
            texts.with(
                "run-tally",
                &[
                    ("sent", Value::count(counters.sent)),
                    ("delivered", Value::count(counters.delivered)),
                    ("late", Value::count(counters.late)),
                ],
            )
        });
    }
}

impl ClientPrinter<'_> {
    fn print_reply(&mut self, class: ReplyClass, text: &str, from: SocketAddr, at: Mono) {
        let screen = &self.screen;
        let number = |number: u64| ("n", Value::text(number));
        match class {
            ReplyClass::Reply { number: n, rtt_ns, late, reordered } => {
                let key = match (late, reordered) {
                    (true, _) => "run-late",
                    (false, true) => "run-reordered",
                    (false, false) => "run-reply",
                };
                let rtt = screen.duration(rtt_ns);
                if !late && !reordered && !is_verbose() {
                    let names_its_number = text.contains(&n.to_string());
                    eprint_item(if names_its_number { format!("{text} {rtt}") } else { format!("{n}: {text} {rtt}") });
                } else {
                    let values = [number(n), ("text", Value::text(text)), ("rtt", Value::text(rtt))];
                    screen.print_per_message(key, &values);
                }
            }
            ReplyClass::Duplicate { number: n } => screen.print_anomaly(at, "run-duplicate", &[number(n)]),
            ReplyClass::NeverSent { number: n } => screen.print_anomaly(at, "run-never-sent", &[number(n)]),
            ReplyClass::Ambiguous { .. } | ReplyClass::Malformed => {
                screen.print_anomaly(at, "run-malformed", &[("text", Value::text(text)), ("from", Value::text(from))]);
            }
        }
        if from != self.peer && self.other_source.replace(from) != Some(from) {
            screen.print_anomaly(at, "run-other-source", &[("from", Value::text(from))]);
        }
    }
}
