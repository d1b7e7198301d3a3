//! A chat as CSV: a row for each message, then one for each copy that was lost or has no arrival.

use super::phrases::{member, outcome_name};
use crate::core::document::chat::{ChatDocument, ChatMessage, Copy, DatagramResult};
use crate::core::document::path::PointName;
use crate::core::escape::csv_cell;
use crate::report::csv_writer::{self, cell};
use crate::report::labels;

/// Columns before the times.
const FIRST: [&str; 25] = [
    "row",
    "message",
    "n",
    "kind",
    "from",
    "from_address",
    "from_nick",
    "time_ns",
    "text",
    "to",
    "to_address",
    "to_nick",
    "outcome",
    "blame",
    "reason",
    "alike",
    "withheld",
    "copies",
    "delivered",
    "left",
    "lost",
    "not_sent",
    "inconclusive",
    "evidence",
    "transport",
];

/// Where a datagram is seen, in the order of its way: to the server, and from it.
fn points() -> impl Iterator<Item = PointName> {
    PointName::CHAT_INWARD.into_iter().chain(PointName::CHAT_OUTWARD)
}

/// All listed messages of a document; empty where something is not known.
pub fn render(document: &ChatDocument) -> String {
    let headings: Vec<String> = FIRST
        .into_iter()
        .map(str::to_owned)
        .chain(points().map(|point| format!("{}_ns", labels::name(point))))
        .collect();
    let rows = (1..).zip(&document.messages).flat_map(|(number, message)| {
        let failed = message.copies.iter().flat_map(|copies| &copies.failed).map(Some);
        std::iter::once(None).chain(failed).map(move |copy| row(document, number, message, copy))
    });
    csv_writer::write(&headings, rows)
}

/// A message's row, or that of one of its copies.
fn row(document: &ChatDocument, number: usize, message: &ChatMessage, copy: Option<&Copy>) -> Vec<String> {
    let text_cell = |text: Option<&String>| text.map(|text| csv_cell(text)).unwrap_or_default();
    let from = message.from.and_then(|id| member(document, id));
    let to = copy.and_then(|copy| member(document, copy.to));
    let result: Option<&DatagramResult> = copy.map_or(message.inward.as_ref(), |copy| Some(&copy.delivery));
    let copies = message.copies.as_ref().filter(|_| copy.is_none());
    let shown = result.into_iter().flat_map(|outcome| &outcome.evidence);
    let completed = message.evidence.iter().filter(|_| copy.is_none());
    let evidence: Vec<String> =
        completed.chain(shown).map(|frame| format!("{}:{}", cell(frame.frame), frame.file)).collect();
    let first = [
        if copy.is_some() { "copy" } else { "message" }.to_owned(),
        number.to_string(),
        cell(message.n),
        labels::name(message.kind),
        cell(message.from),
        cell(from.and_then(|member| member.address)),
        text_cell(from.and_then(|member| member.nick.as_ref())),
        message.time_ns.to_string(),
        text_cell(message.text.as_ref()),
        cell(copy.map(|copy| copy.to)),
        cell(to.and_then(|member| member.address)),
        text_cell(to.and_then(|member| member.nick.as_ref())),
        result.map(|delivery| outcome_name(delivery.outcome)).unwrap_or_default(),
        result.map(blame).unwrap_or_default(),
        text_cell(result.and_then(|delivery| delivery.reason.as_ref())),
        cell(result.map(|delivery| delivery.ambiguous_copy)),
        cell(copy.is_none().then_some(message.withheld)),
        cell(copies.map(|copies| copies.to)),
        cell(copies.map(|copies| copies.delivered)),
        cell(copies.map(|copies| copies.unobserved)),
        cell(copies.map(|copies| copies.lost)),
        cell(copies.map(|copies| copies.not_sent)),
        cell(copies.map(|copies| copies.inconclusive)),
        csv_cell(&evidence.join(" ")),
        labels::name(document.transport),
    ];
    let times = points().map(|point| cell(result.and_then(|delivery| delivery.times.get(&point))));
    first.into_iter().chain(times).collect()
}

fn blame(result: &DatagramResult) -> String {
    result.blame.iter().map(labels::name).collect::<Vec<_>>().join(" ")
}
