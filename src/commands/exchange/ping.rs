//! `medidor ping`: sends one probe at a time and prints its round-trip time.

use std::io::{self, IsTerminal};
use std::net::SocketAddr;
use std::process::ExitCode;

use anyhow::Result;
use serde_json::json;

use super::client_loop::{ClientEvent, ClientObserver, IcmpErrorEvent};
use super::client_run::{self, ClientRun};
use super::no_reply_hint::NoReplyHint;
use super::rtt_plot::Plot;
use crate::cli::PingArgs;
use crate::commands::run::error::{self, CommandError};
use crate::commands::run::print;
use crate::commands::run::startup::{HostAddresses, client_endpoint};
use crate::commands::run::status::{StatusLines, Verbosity, eprint_status, one_line, verbosity};
use crate::core::evidence::journal_run::{PING, Role};
use crate::core::protocol::message::Probe;
use crate::core::protocol::ping::{Pinger, ProbeSchedule};
use crate::core::protocol::reply_tracker::{ReplyClass, ReplyCounters};
use crate::core::protocol::requester::Action;
use crate::core::time::{Mono, SECOND, Wall, nanos};
use crate::i18n::{Texts, Value};
use crate::net::address;
use crate::report::format::NumberFormat;
use crate::report::plot::PlotMark;

/// Where the textbook's server listens.
const DEFAULT_PORT: u16 = 12_000;

/// Probes that have a line each, however fast they follow each other.
const MAX_LINES: u64 = 1_000;

/// The longest number of a probe whose text must fit the size that was asked for, where there is no last one.
const MAX_PROBE_NUMBER: u64 = 999_999_999;

/// Runs the ping.
///
/// # Errors
/// A [`CommandError`] with its exit code.
pub fn run(args: &PingArgs, texts: Texts) -> Result<ExitCode> {
    let probe = probe(args, texts)?;
    let PingArgs { count, interval, timeout, .. } = *args;
    let spacing_seed = client_run::draw_spacing_seed(args.fixed_interval, interval);
    let schedule = ProbeSchedule { count, interval, spacing_seed, timeout, linger: timeout };
    let peer = address::resolve(&args.host, DEFAULT_PORT).map_err(|error| error::host(texts, &error))?[0];
    let endpoint = client_endpoint(args.bind.as_deref(), peer, texts)?;
    let configured = args.ttl.map_or(Ok(()), |ttl| endpoint.set_ttl(ttl));
    configured
        .and_then(|()| args.dscp.map_or(Ok(()), |dscp| endpoint.set_dscp(dscp)))
        .map_err(|error| CommandError::environment(texts, "error-socket", &[("detail", Value::text(error))]))?;
    let identity = HostAddresses::new(Role::Client, endpoint.local_addr(), Some(peer));
    let per_probe = (1..=MAX_LINES).contains(&args.count);
    let screen = StatusLines::new(texts, if per_probe { SECOND } else { nanos(args.interval) });
    let key = if args.count == 0 { "run-ping-endless" } else { "run-ping" };
    screen.print_line(key, &[("peer", Value::text(peer)), ("count", Value::count(args.count))]);
    let parameters = json!({
        "count": args.count, "timeout_ns": nanos(args.timeout), "interval_ns": nanos(args.interval),
        "text": args.text, "size": args.size, "ttl": args.ttl, "dscp": args.dscp,
    });
    let client_run = ClientRun {
        dialect: PING,
        peer,
        fast: false,
        endless: args.count == 0,
        timeout: args.timeout,
        parameters,
        hop_limit: args.ttl,
        spacing_seed,
        recording: &args.recording,
        output: &args.output,
    };
    let create = |same_host, start| Pinger::new(schedule, probe, peer, same_host, start);
    let output = if !args.output.prints_text() {
        PingOutput::Stderr
    } else if args.plot && io::stdout().is_terminal() {
        PingOutput::Plot(None)
    } else {
        PingOutput::Stdout
    };
    let mut printer = PingPrinter {
        screen: &screen,
        format: NumberFormat::new(texts),
        peer,
        timeout_ns: nanos(args.timeout),
        output,
        hint: NoReplyHint::default(),
    };
    client_run::run(&client_run, endpoint, &identity, &screen, create, &mut printer)
}

/// The text of a probe, which must fit the size that was asked for.
fn probe(args: &PingArgs, texts: Texts) -> Result<Probe> {
    let template_error = |error| error::template(texts, "--text", &args.text, &error);
    let last = if args.count == 0 { MAX_PROBE_NUMBER } else { args.count };
    let min_len = Probe::new(&args.text, 0).map_err(template_error)?.fill(last, Wall(i64::MAX)).len();
    let size = args.size.map_or(0, usize::from);
    if args.size.is_some() && size < min_len {
        let values = [("size", Value::count(size as u64)), ("least", Value::count(min_len as u64))];
        return Err(CommandError::usage(texts, "error-size", &values));
    }
    Probe::new(&args.text, size).map_err(template_error)
}

enum PingOutput {
    /// Lines on stdout: they are what was asked for.
    Stdout,
    /// Lines on stderr, because stdout is one JSON document.
    Stderr,
    Plot(Option<Plot>),
}

struct PingPrinter<'a> {
    screen: &'a StatusLines,
    format: NumberFormat,
    peer: SocketAddr,
    timeout_ns: i64,
    output: PingOutput,
    hint: NoReplyHint,
}

impl ClientObserver for PingPrinter<'_> {
    fn open(&mut self) -> io::Result<()> {
        if let PingOutput::Plot(plot) = &mut self.output {
            *plot = Some(Plot::open(self.screen.texts)?);
        }
        Ok(())
    }

    fn close(&mut self) {
        if let PingOutput::Plot(plot) = &mut self.output
            && let Some(image) = plot.take().map(Plot::close)
        {
            _ = print::write(&image, self.screen.texts);
            self.output = PingOutput::Stdout;
        }
    }

    fn on_event(&mut self, on_event: ClientEvent<'_>) {
        let number = |number: u64| ("n", Value::text(number));
        match on_event {
            ClientEvent::Action(Action::GiveUp { number: n }) => {
                self.plot_mark(PlotMark::Missing { number: n });
                self.print_line("ping-timed-out", &[number(n)]);
            }
            ClientEvent::Action(Action::Wait { length }) => {
                let time = Value::text(self.format.round_seconds(nanos(length)));
                self.print_status("run-ping-wait", &[("time", time)]);
            }
            ClientEvent::Action(_) | ClientEvent::Unanswered(_) => {}
            ClientEvent::NotSent { number: n, error } => {
                self.plot_mark(PlotMark::Missing { number: n });
                self.print_line("run-not-sent", &[number(n), ("error", Value::text(error))]);
            }
            ClientEvent::DroppedLocally { number: n, error } => {
                self.print_line("run-host-dropped", &[number(n), ("error", Value::text(error))]);
            }
            ClientEvent::IcmpError(error) => self.print_icmp_error(error),
            ClientEvent::Received { class, from, text, at } => {
                if self.screen.shows_each_message() || matches!(self.output, PingOutput::Plot(_)) {
                    self.print_reply(class, &one_line(text), from, at);
                }
            }
        }
    }

    fn wake_at(&self) -> Option<Mono> {
        self.hint.wake_at()
    }

    fn on_tick(&mut self, now: Mono, counters: ReplyCounters) {
        if self.hint.is_due(now, counters) {
            self.print_hint("ping-hint-silence");
        }
        if matches!(self.output, PingOutput::Plot(_)) {
            return;
        }
        self.screen.print_throttled(now, |texts| {
            let (sent, late) = (("sent", Value::count(counters.sent)), ("late", Value::count(counters.late)));
            texts.with("run-tally", &[sent, ("delivered", Value::count(counters.delivered + counters.ambiguous)), late])
        });
    }
}

impl PingPrinter<'_> {
    /// A line about one probe, where each has one.
    fn print_line(&self, key: &str, values: &[(&'static str, Value)]) {
        let text = || self.screen.texts.with(key, values);
        match &self.output {
            PingOutput::Plot(Some(plot)) => plot.mark(PlotMark::Line(text())),
            PingOutput::Plot(None) => {}
            _ if !self.screen.shows_each_message() || verbosity() == Verbosity::Quiet => {}
            // Whether stdout still takes it shows at the latest when the result is printed.
            PingOutput::Stdout => _ = print::write(&(text() + "\n"), self.screen.texts),
            PingOutput::Stderr => eprint_status(text()),
        }
    }

    fn print_status(&self, key: &str, values: &[(&'static str, Value)]) {
        match &self.output {
            PingOutput::Plot(Some(plot)) => plot.mark(PlotMark::Line(self.screen.texts.with(key, values))),
            _ => self.screen.print_line(key, values),
        }
    }

    /// A line about something that others should not send.
    fn print_anomaly(&self, at: Mono, key: &str, values: &[(&'static str, Value)]) {
        match &self.output {
            PingOutput::Plot(_) => self.print_line(key, values),
            _ => self.screen.print_anomaly(at, key, values),
        }
    }

    fn plot_mark(&self, mark: PlotMark) {
        if let PingOutput::Plot(Some(plot)) = &self.output {
            plot.mark(mark);
        }
    }

    fn print_icmp_error(&mut self, event: IcmpErrorEvent) {
        if let Some(number) = event.number {
            self.plot_mark(PlotMark::Missing { number });
        }
        let (key, values) = event.text(self.screen.texts);
        self.print_line(key, &values);
        if self.hint.is_first_refusal() {
            self.print_hint("ping-hint-refused");
        }
    }

    fn print_hint(&self, key: &str) {
        self.print_status(key, &[("port", Value::text(self.peer.port()))]);
    }

    fn print_reply(&self, class: ReplyClass, text: &str, from: SocketAddr, at: Mono) {
        let number = |number: u64| ("n", Value::text(number));
        let text_value = ("text", Value::text(text));
        match class {
            ReplyClass::Reply { number: n, rtt_ns, late, .. } => {
                self.plot_mark(PlotMark::Reply { number: n, rtt_ns, late });
                let rtt = ("rtt", Value::text(self.format.seconds(rtt_ns)));
                if late {
                    let timeout = Value::text(self.format.round_seconds(self.timeout_ns));
                    self.print_line("ping-late", &[number(n), text_value, rtt, ("timeout", timeout)]);
                } else {
                    self.print_line("ping-reply", &[number(n), text_value, rtt]);
                }
            }
            ReplyClass::Ambiguous { waiting: Some(n) } => self.print_line("ping-ambiguous", &[number(n), text_value]),
            ReplyClass::Ambiguous { waiting: None } => self.print_line("ping-ambiguous-late", &[text_value]),
            ReplyClass::Duplicate { number: n } => self.print_anomaly(at, "run-duplicate", &[number(n)]),
            ReplyClass::NeverSent { number: n } => self.print_anomaly(at, "run-never-sent", &[number(n)]),
            ReplyClass::Malformed => {
                self.print_anomaly(at, "run-malformed", &[text_value, ("from", Value::text(from))]);
            }
        }
        if from != self.peer {
            self.print_anomaly(at, "run-other-source", &[("from", Value::text(from))]);
        }
    }
}
