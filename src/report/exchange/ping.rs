//! The verdict of a ping: probes sent and answered, round-trip times in seconds, and what the wire shows about each
//! timeout.

use super::blocks::ReportBuilder;
use super::flow_report::FlowReport;
use super::verdict::with_ratio;
use crate::core::document::message::Message;
use crate::core::document::outcome::Outcome;
use crate::core::document::path::PointName;
use crate::core::document::witness::WitnessKind;
use crate::core::evidence::journal_run::Role;
use crate::i18n::Value;

/// Probes listed one by one; the others share a line.
const MAX_LISTED: usize = 24;

pub fn write(page: &mut ReportBuilder, report: FlowReport<'_>) {
    let FlowReport { flow, texts, figures, .. } = report;
    let counts = &flow.counts;
    let (sent, late, ambiguous) =
        (counts.sent.unwrap_or(counts.requests), counts.late.unwrap_or(0), counts.ambiguous.unwrap_or(0));
    let received = counts.delivered.unwrap_or(0) + late + ambiguous;
    page.strong(&report.text("ping-counts", &[("sent", sent), ("received", received)]));
    if let Some(loss) = &flow.loss.never_came {
        let keys =
            if loss.at_least { ("ping-loss-at-least", "ping-loss-at-least") } else { ("ping-loss", "ping-loss-range") };
        page.strong(&with_ratio(report, keys, loss));
    }
    let time_limit = || Value::text(flow.timeout_ns.map_or_else(String::new, |ns| figures.round_seconds(ns)));
    if late > 0 {
        page.line(&texts.with("ping-late-count", &[("count", Value::count(late)), ("timeout", time_limit())]));
    }
    if ambiguous > 0 {
        page.line(&report.text("ping-ambiguous-count", &[("count", ambiguous)]));
    } else if counts.inconclusive > 0 {
        page.line(&report.text("verdict-inconclusive", &[("count", counts.inconclusive)]));
    }
    if let Some(not_sent) = counts.not_sent.filter(|count| *count > 0) {
        page.line(&report.text("verdict-not-sent", &[("count", not_sent)]));
    }
    round_trip(page, report);
    on_the_wire(page, report);
}

fn round_trip(page: &mut ReportBuilder, report: FlowReport<'_>) {
    let FlowReport { flow, texts, figures, .. } = report;
    let Some(rtt) = flow.delay.rtt_application else {
        page.line(&texts.get("ping-no-rtt"));
        return;
    };
    let seconds = |ns: i64| Value::text(figures.seconds(ns));
    let stddev = rtt.stddev_ns.map_or_else(|| Value::text(crate::report::format::DASH), seconds);
    page.line(&texts.with(
        "ping-rtt",
        &[
            ("min", seconds(rtt.min_ns)),
            ("mean", seconds(rtt.mean_ns)),
            ("max", seconds(rtt.max_ns)),
            ("stddev", stddev),
        ],
    ));
    if let Some(application) = flow.delay.application_error {
        let text = |ns: i64| Value::text(figures.duration(ns));
        let kernel = flow.delay.kernel_error.map_or_else(|| Value::text("none"), |error| text(error.median_ns));
        page.line(&texts.with("ping-rtt-error", &[("application", text(application.median_ns)), ("kernel", kernel)]));
    }
}

/// A reply on the wire of the client.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OnWire {
    Nothing,
    /// It cannot tell.
    Unknown,
    /// A reply, nanoseconds after the probe.
    Reply(i64),
}

/// What the client's capture shows of the reply to one probe.
pub fn shown(message: &Message) -> OnWire {
    let time = |point| message.times.get(&point).copied();
    let sent = time(PointName::ClientWireOut).or_else(|| time(PointName::ClientSent));
    match (sent, time(PointName::ClientWireIn)) {
        (Some(sent), Some(came)) => OnWire::Reply(came.saturating_sub(sent)),
        _ if message.before.is_some_and(|before| before <= PointName::ClientWireIn) => OnWire::Nothing,
        _ => OnWire::Unknown,
    }
}

/// The wire's evidence about each probe that timed out.
fn on_the_wire(page: &mut ReportBuilder, report: FlowReport<'_>) {
    let FlowReport { flow, texts, figures, .. } = report;
    let Some(time_limit) = flow
        .timeout_ns
        .filter(|_| report.document.envelope.witnesses.get(Role::Client, WitnessKind::Capture).is_some())
    else {
        return;
    };
    let missed = |message: &&Message| matches!(message.outcome, Outcome::Lost | Outcome::Late);
    let missed: Vec<(&Message, OnWire)> =
        flow.messages.iter().filter(missed).map(|message| (message, shown(message))).collect();
    if missed.is_empty() {
        return;
    }
    page.heading(&texts.get("ping-wire-heading"));
    for (what, key) in [(OnWire::Nothing, "ping-wire-nothing"), (OnWire::Unknown, "ping-wire-unknown")] {
        let numbers: Vec<u64> =
            missed.iter().filter(|(_, shown)| *shown == what).map(|(message, _)| message.n).collect();
        if !numbers.is_empty() {
            page.item(&report.text_with_numbers(key, numbers.len() as u64, &numbers));
        }
    }
    let seconds = |ns: i64| Value::text(figures.round_seconds(ns));
    let mut known = 0;
    let mut more = Vec::new();
    for (message, shown) in &missed {
        let OnWire::Reply(after) = shown else { continue };
        known += 1;
        if known > MAX_LISTED {
            more.push(message.n);
            continue;
        }
        let key = match (message.outcome, *after > time_limit) {
            (Outcome::Lost, _) => "ping-wire-unread",
            (_, true) => "ping-wire-late",
            (_, false) => "ping-wire-slow",
        };
        let read = message.rtt_ns.map_or_else(|| Value::text("none"), seconds);
        let values = [
            ("n", Value::text(message.n)),
            ("wire", seconds(*after)),
            ("timeout", seconds(time_limit)),
            ("read", read),
        ];
        page.item(&texts.with(key, &values));
    }
    if !more.is_empty() {
        page.item(&report.text_with_numbers("ping-wire-more", more.len() as u64, &more));
    }
}
