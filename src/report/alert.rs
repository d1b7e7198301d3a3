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
use crate::core::time::Wall;
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
    /// When it missed packets.
    pub blind: &'a [(Wall, Wall)],
}

impl CaptureFacts<'_> {
    /// Whether it missed packets from a time of this probe on, up to another, or to its end.
    fn is_blind(&self, message: &Message, from: PointName, to: Option<PointName>) -> bool {
        let at = |point| message.times.get(&point).copied();
        let (from, to) = (at(from).unwrap_or(i64::MIN), to.and_then(at).unwrap_or(i64::MAX));
        self.blind.iter().any(|(start, end)| start.0 <= to && from <= end.0)
    }
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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

    /// As far as the capture shows it: where it missed packets, an earlier reply may be among them.
    fn from_message(message: &Message, flow: &Flow, capture: &CaptureFacts<'_>) -> Option<Self> {
        let fate = Self::as_shown(message, flow)?;
        let is_open = match fate {
            Self::LateOnWire | Self::LateOnHost => {
                capture.is_blind(message, PointName::ClientSent, Some(PointName::ClientWireIn))
            }
            Self::KeptHere | Self::LostBeyond | Self::LostOnHost => {
                capture.is_blind(message, PointName::ClientSent, None)
            }
            _ => false,
        };
        Some(if is_open { Self::Unknown } else { fate })
    }

    fn as_shown(message: &Message, flow: &Flow) -> Option<Self> {
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
            let fate = ProbeFate::from_message(message, flow, capture)?;
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::core::document::message::Basis;

    #[test]
    fn where_the_capture_missed_packets_an_earlier_reply_may_be() {
        let message = |reply: Option<i64>| Message {
            n: 1,
            outcome: Outcome::Lost,
            basis: Some(Basis::Journal),
            after: Some(PointName::ClientWireOut),
            before: Some(PointName::ClientWireIn),
            blame: vec![SegmentName::NetworkForward, SegmentName::NetworkReturn],
            reason: None,
            duplicates: 0,
            altered: false,
            rtt_ns: None,
            reply: None,
            times: BTreeMap::from([(PointName::ClientSent, 100), (PointName::ClientWireOut, 110)])
                .into_iter()
                .chain(reply.map(|time| (PointName::ClientWireIn, time)))
                .collect(),
            evidence: Vec::new(),
        };
        let flow = Flow { timeout_ns: Some(50), ..Flow::default() };
        let other_sources = BTreeSet::new();
        let fate = |reply, blind: &[(Wall, Wall)]| {
            let capture =
                CaptureFacts { until: "", peer: ([192, 0, 2, 1], 7).into(), other_sources: &other_sources, blind };
            ProbeFate::from_message(&message(reply), &flow, &capture)
        };
        for (blind, [none, late]) in [
            ((0, 90), [ProbeFate::LostBeyond, ProbeFate::LateOnHost]),
            ((120, 130), [ProbeFate::Unknown, ProbeFate::Unknown]),
            ((400, 500), [ProbeFate::Unknown, ProbeFate::LateOnHost]),
        ] {
            let blind = [(Wall(blind.0), Wall(blind.1))];
            assert_eq!([fate(None, &blind), fate(Some(300), &blind)], [Some(none), Some(late)], "{blind:?}");
        }
    }
}
