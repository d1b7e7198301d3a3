//! `medidor ping`: sends one probe at a time and prints its round-trip time.

use std::io::{self, IsTerminal};
use std::net::SocketAddr;
use std::process::ExitCode;

use anyhow::Result;
use serde_json::json;

use super::client_loop::{ClientEvent, ClientObserver, IcmpRefusal};
use super::client_run::{self, ClientRun};
use super::rtt_plot::Plot;
use crate::cli::PingArgs;
use crate::commands::run::error::{self, CommandError};
use crate::commands::run::print;
use crate::commands::run::startup::{Identity, client_endpoint};
use crate::commands::run::status::{StatusLines, eprint_line, one_line};
use crate::core::evidence::annotations;
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

/// So many probes have a line each, however fast they follow each other.
const MAX_LINES: u64 = 1_000;

/// The longest number of a probe whose text must fit the size that was asked for, where there is no last one.
const LATE_NUMBER: u64 = 999_999_999;

/// Runs the ping.
///
/// # Errors
/// A [`CommandError`] with its exit code.
pub fn run(args: &PingArgs, texts: Texts) -> Result<ExitCode> {
    let probe = probe(args, texts)?;
    let turns =
        ProbeSchedule { count: args.count, interval: args.interval, timeout: args.timeout, linger: args.timeout };
    let peer = address::resolve(&args.host, DEFAULT_PORT).map_err(|error| error::host(texts, &error))?[0];
    let endpoint = client_endpoint(args.bind.as_deref(), peer, texts)?;
    let marked = args.ttl.map_or(Ok(()), |ttl| endpoint.set_ttl(ttl));
    marked
        .and_then(|()| args.dscp.map_or(Ok(()), |dscp| endpoint.set_dscp(dscp)))
        .map_err(|error| CommandError::environment(texts, "error-socket", &[("detail", Value::text(error))]))?;
    let identity = Identity::new(Role::Client, endpoint.local_addr(), Some(peer));
    let few = (1..=MAX_LINES).contains(&args.count);
    let screen = StatusLines::new(texts, if few { SECOND } else { nanos(args.interval) });
    let key = if args.count == 0 { "run-ping-endless" } else { "run-ping" };
    screen.print_line(key, &[("peer", Value::text(peer)), ("count", Value::count(args.count))]);
    let parameters = json!({
        "count": args.count, "timeout_ns": nanos(args.timeout), "interval_ns": nanos(args.interval),
        "text": args.text, "size": args.size, "ttl": args.ttl, "dscp": args.dscp,
    });
    let errand = ClientRun {
        dialect: PING,
        peer,
        fast: false,
        endless: args.count == 0,
        timeout: args.timeout,
        parameters,
        recording: &args.recording,
        output: &args.output,
    };
    let begin = |same_host, start| Pinger::new(turns, probe, peer, same_host, start);
    let show = if args.output.json {
        Show::Talk
    } else if args.plot && io::stdout().is_terminal() {
        Show::Plot(None)
    } else {
        Show::Lines
    };
    let mut log =
        PingPrinter { screen: &screen, figures: NumberFormat::new(texts), peer, timeout_ns: nanos(args.timeout), show };
    client_run::run(&errand, endpoint, &identity, &screen, begin, &mut log)
}

/// The text of a probe, which must fit the size that was asked for.
fn probe(args: &PingArgs, texts: Texts) -> Result<Probe> {
    let wrong = |error| error::template(texts, "--text", &args.text, &error);
    let last = if args.count == 0 { LATE_NUMBER } else { args.count };
    let least = Probe::new(&args.text, 0).map_err(wrong)?.fill(last, Wall(i64::MAX)).len();
    let size = args.size.map_or(0, usize::from);
    if args.size.is_some() && size < least {
        let values = [("size", Value::count(size as u64)), ("least", Value::count(least as u64))];
        return Err(CommandError::usage(texts, "error-size", &values));
    }
    Probe::new(&args.text, size).map_err(wrong)
}

enum Show {
    /// Lines on stdout: they are what was asked for.
    Lines,
    /// Lines on stderr, because stdout is one JSON document.
    Talk,
    Plot(Option<Plot>),
}

struct PingPrinter<'a> {
    screen: &'a StatusLines,
    figures: NumberFormat,
    peer: SocketAddr,
    timeout_ns: i64,
    show: Show,
}

impl ClientObserver for PingPrinter<'_> {
    fn open(&mut self) -> io::Result<()> {
        if let Show::Plot(plot) = &mut self.show {
            *plot = Some(Plot::open(self.screen.texts)?);
        }
        Ok(())
    }

    fn close(&mut self) {
        if let Show::Plot(plot) = &mut self.show
            && let Some(picture) = plot.take().map(Plot::close)
        {
            _ = print::write(&picture, self.screen.texts);
            self.show = Show::Lines;
        }
    }

    fn on_event(&mut self, on_event: ClientEvent<'_>) {
        let number = |number: u64| ("n", Value::text(number));
        match on_event {
            ClientEvent::Acts(Action::GiveUp { number: n }) => {
                self.mark(PlotMark::Missing { number: n });
                self.line("ping-timed-out", &[number(n)]);
            }
            ClientEvent::Acts(Action::Wait { length }) => {
                let time = Value::text(self.figures.round_seconds(nanos(length)));
                self.talk("run-ping-wait", &[("time", time)]);
            }
            ClientEvent::Acts(_) | ClientEvent::Unanswered(_) => {}
            ClientEvent::NotSent { number: n, error } => {
                self.mark(PlotMark::Missing { number: n });
                self.line("run-not-sent", &[number(n), ("error", Value::text(error))]);
            }
            ClientEvent::HostDropped { number: n, error } => {
                self.line("run-host-dropped", &[number(n), ("error", Value::text(error))]);
            }
            ClientEvent::Refused(refusal) => self.refused(refusal),
            ClientEvent::Heard { input: received, from, text, at } => {
                if self.screen.shows_each() || matches!(self.show, Show::Plot(_)) {
                    self.received(received, &one_line(text), from, at);
                }
            }
        }
    }

    fn on_tick(&mut self, now: Mono, counters: ReplyCounters) {
        if matches!(self.show, Show::Plot(_)) {
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
    fn line(&self, key: &str, values: &[(&'static str, Value)]) {
        let message = || self.screen.texts.with(key, values);
        match &self.show {
            Show::Plot(Some(plot)) => plot.mark(PlotMark::Line(message())),
            Show::Plot(None) => {}
            _ if !self.screen.shows_each() => {}
            // Whether stdout still takes it shows at the latest when the result is printed.
            Show::Lines => _ = print::write(&(message() + "\n"), self.screen.texts),
            Show::Talk => eprint_line(message()),
        }
    }

    fn talk(&self, key: &str, values: &[(&'static str, Value)]) {
        match &self.show {
            Show::Plot(Some(plot)) => plot.mark(PlotMark::Line(self.screen.texts.with(key, values))),
            _ => self.screen.print_line(key, values),
        }
    }

    /// A line about something that others should not send.
    fn odd(&self, at: Mono, key: &str, values: &[(&'static str, Value)]) {
        match &self.show {
            Show::Plot(_) => self.line(key, values),
            _ => self.screen.print_anomaly(at, key, values),
        }
    }

    fn mark(&self, mark: PlotMark) {
        if let Show::Plot(Some(plot)) = &self.show {
            plot.mark(mark);
        }
    }

    fn refused(&self, refusal: IcmpRefusal) {
        let IcmpRefusal { number, to, from, kind, code } = refusal;
        if let Some(number) = number {
            self.mark(PlotMark::Missing { number });
        }
        let n = ("n", number.map_or_else(|| Value::text("?"), Value::text));
        let error = annotations::IcmpRefusal { from, kind, code };
        if error.is_port_unreachable() {
            self.line("run-refused", &[n, ("peer", Value::text(to))]);
            return;
        }
        let from = from.map_or_else(|| self.screen.texts.get("reason-from-self"), |from| from.to_string());
        let said = [("from", Value::text(from)), ("type", Value::text(kind)), ("code", Value::text(code))];
        self.line("ping-icmp", &[&[n], &said[..]].concat());
    }

    fn received(&self, received: ReplyClass, text: &str, from: SocketAddr, at: Mono) {
        let number = |number: u64| ("n", Value::text(number));
        let said = ("text", Value::text(text));
        match received {
            ReplyClass::Reply { number: n, rtt_ns, late, .. } => {
                self.mark(PlotMark::Reply { number: n, rtt_ns, late });
                let rtt = ("rtt", Value::text(self.figures.seconds(rtt_ns)));
                if late {
                    let timeout = Value::text(self.figures.round_seconds(self.timeout_ns));
                    self.line("ping-late", &[number(n), said, rtt, ("timeout", timeout)]);
                } else {
                    self.line("ping-reply", &[number(n), said, rtt]);
                }
            }
            ReplyClass::Ambiguous { waiting: Some(n) } => self.line("ping-ambiguous", &[number(n), said]),
            ReplyClass::Ambiguous { waiting: None } => self.line("ping-ambiguous-late", &[said]),
            ReplyClass::Duplicate { number: n } => self.odd(at, "run-duplicate", &[number(n)]),
            ReplyClass::NeverSent { number: n } => self.odd(at, "run-never-sent", &[number(n)]),
            ReplyClass::Malformed => self.odd(at, "run-malformed", &[said, ("from", Value::text(from))]),
        }
        if from != self.peer {
            self.odd(at, "run-other-source", &[("from", Value::text(from))]);
        }
    }
}
