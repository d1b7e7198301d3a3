//! What the packets say about the probes that led to an alert: a sentence for each, before the whole report.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use super::exchange::ping::{OnWire, shown};
use super::format::{NO_BREAK, NumberFormat};
use super::labels;
use super::text::{self, Style};
use crate::core::document::exchange::{Document, Flow};
use crate::core::document::message::{Message, Reason};
use crate::core::document::outcome::Outcome;
use crate::core::document::path::{PointName, SegmentName};
use crate::i18n::{Texts, Value};

/// Columns of a letter.
const WIDTH: usize = 72;

/// What is known of the alert's capture beside the document.
#[derive(Clone, Copy, Debug)]
pub struct CaptureFacts<'a> {
    /// The time up to which it shows all packets: later replies are not in it.
    pub until: &'a str,
    /// The target.
    pub peer: SocketAddr,
    /// Who else sent a datagram to a probe's port while it waited.
    pub other_sources: &'a BTreeSet<(u64, SocketAddr)>,
}

/// What the packets say of the alert's probes: a sentence for each fate.
pub fn summary(document: &Document, capture: &CaptureFacts<'_>, texts: Texts) -> String {
    let lines: Vec<String> = document.flows.iter().flat_map(|flow| sentences(flow, capture, texts)).collect();
    lines.join("\n").replace(NO_BREAK, " ")
}

/// Until when the packets reach, the summary, and the report that `analisar` prints of the same files.
pub fn report(document: &Document, capture: &CaptureFacts<'_>, texts: Texts) -> String {
    let until = texts.with("evidence-until", &[("until", Value::text(capture.until))]);
    let report = text::render(document, texts, Style { width: WIDTH, color: false, details: true });
    format!("{until}\n{}\n\n{report}", summary(document, capture, texts)).replace(NO_BREAK, " ")
}

/// The fate of a probe without a timely reply, as this host's wire shows it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum ProbeFate {
    /// Its reply was on the wire in time, and the application did not read it.
    LostHere,
    /// Its reply was on the wire in time, and the application read it too late.
    HeldHere,
    /// It never was on the wire.
    KeptHere,
    /// Its reply came to the wire too late.
    LateOnWire,
    /// The same, where the server is on this host, too.
    LateOnHost,
    /// It left, and a datagram came to its port, but none from the target's port and address.
    OtherSource,
    /// It left, and no reply came to the wire.
    LostBeyond,
    /// The same, where no network can have lost it, because the server is on this host, too.
    LostOnHost,
    /// An ICMP error: nothing is listening, or a firewall rejects.
    Refused,
    /// Another ICMP error.
    Icmp,
    /// The capture cannot tell.
    Unknown,
}

impl ProbeFate {
    const fn key(self) -> &'static str {
        match self {
            Self::LostHere => "evidence-lost-here",
            Self::HeldHere => "evidence-held-here",
            Self::KeptHere => "evidence-kept-here",
            Self::LateOnWire => "evidence-late-on-wire",
            Self::LateOnHost => "evidence-late-on-host",
            Self::OtherSource => "evidence-other-source",
            Self::LostBeyond => "evidence-lost-beyond",
            Self::LostOnHost => "evidence-lost-on-host",
            Self::Refused => "evidence-refused",
            Self::Icmp => "evidence-icmp",
            Self::Unknown => "evidence-unknown",
        }
    }

    fn from_message(message: &Message, flow: &Flow) -> Option<Self> {
        if !matches!(message.outcome, Outcome::Lost | Outcome::Late | Outcome::Inconclusive) {
            return None;
        }
        match message.reason {
            Some(Reason::PortUnreachable { .. }) => return Some(Self::Refused),
            Some(Reason::Icmp { .. }) => return Some(Self::Icmp),
            _ => {}
        }
        let timeout = flow.timeout_ns.unwrap_or(i64::MAX);
        let left = message.times.contains_key(&PointName::ClientWireOut);
        let by_network = |segment| matches!(segment, &SegmentName::NetworkForward | &SegmentName::NetworkReturn);
        Some(match (shown(message), message.outcome) {
            (_, Outcome::Inconclusive) | (OnWire::Unknown, _) => Self::Unknown,
            (OnWire::Reply(after), _) if after > timeout && flow.is_on_one_host() => Self::LateOnHost,
            (OnWire::Reply(after), _) if after > timeout => Self::LateOnWire,
            (OnWire::Reply(_), Outcome::Late) => Self::HeldHere,
            (OnWire::Reply(_), _) => Self::LostHere,
            (OnWire::Nothing, _) if left && message.blame.iter().any(by_network) => Self::LostBeyond,
            (OnWire::Nothing, _) if left && flow.is_on_one_host() => Self::LostOnHost,
            (OnWire::Nothing, _) if message.before == Some(PointName::ClientWireOut) => Self::KeptHere,
            (OnWire::Nothing, _) => Self::Unknown,
        })
    }
}

fn sentences(flow: &Flow, capture: &CaptureFacts<'_>, texts: Texts) -> Vec<String> {
    let figures = NumberFormat::new(texts);
    let mut results: Vec<(ProbeFate, String, u64)> = flow
        .messages
        .iter()
        .filter_map(|message| {
            let fate = ProbeFate::from_message(message, flow)?;
            let other = capture.other_sources.iter().find(|(number, _)| *number == message.n);
            let known = message.reason.as_ref().filter(|_| matches!(fate, ProbeFate::Refused | ProbeFate::Icmp));
            Some(match (fate, other) {
                (ProbeFate::LostBeyond | ProbeFate::LostOnHost, Some((_, from))) => {
                    (ProbeFate::OtherSource, from.to_string(), message.n)
                }
                _ => (fate, known.map_or_else(String::new, |reason| labels::reason(reason, texts)), message.n),
            })
        })
        .collect();
    results.sort_unstable();
    let mut lines: Vec<String> = results
        .chunk_by(|(outcome, reason, _), (other, another, _)| outcome == other && reason == another)
        .map(|group| {
            let numbers: Vec<u64> = group.iter().map(|(_, _, number)| *number).collect();
            let (fate, reason, _) = &group[0];
            let values = [
                ("count", Value::count(numbers.len() as u64)),
                ("numbers", Value::text(figures.ranges(&numbers))),
                ("reason", Value::text(reason)),
                ("peer", Value::text(capture.peer)),
                ("until", Value::text(capture.until)),
            ];
            texts.with(fate.key(), &values)
        })
        .collect();
    // Of the latest probe with a reply: how much of its time the wire shows. Where the capture missed the reply that the
    // application read, and has a copy that came later, it shows too much.
    let answered = flow.messages.iter().rev().find(|message| message.outcome == Outcome::Delivered);
    if let Some((message, rtt)) = answered.and_then(|message| Some((message, message.rtt_ns?)))
        && let OnWire::Reply(wire) = shown(message)
        && message.times.contains_key(&PointName::ClientWireOut)
        && wire <= rtt
    {
        let span = |ns| Value::text(figures.duration(ns));
        let values = [("n", Value::text(message.n)), ("wire", span(wire)), ("application", span(rtt))];
        lines.push(texts.with("evidence-rtt", &values));
    }
    lines
}
