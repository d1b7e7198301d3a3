//! The evidence of one message in words: where it was seen last, where it is missing, and how sure that is.

use super::blocks::ReportBuilder;
use super::flow_report::FlowReport;
use crate::core::document::exchange::Flow;
use crate::core::document::frame_ref::FrameRef;
use crate::core::document::message::{Basis, Message};
use crate::core::document::outcome::Outcome;
use crate::core::document::path::PointName;
use crate::core::document::witness::Witness;
use crate::i18n::Value;
use crate::report::labels;

/// Lost messages whose evidence is written.
const MAX_MESSAGES: usize = 50;

/// Writes the evidence of each lost message.
pub fn write(page: &mut ReportBuilder, report: FlowReport<'_>) {
    let lost = || report.flow.messages.iter().filter(|message| message.outcome == Outcome::Lost);
    let count = lost().count();
    if count == 0 {
        return;
    }
    page.heading(&report.texts.get("evidence-heading"));
    for message in lost().take(MAX_MESSAGES) {
        page.item(&report.text("evidence-message", &[("n", message.n)]));
        for line in describe_message(report, message) {
            page.under_item(&line);
        }
        if let Some(sure) = certainty(report, message) {
            page.under_item(&sure);
        }
    }
    if count > MAX_MESSAGES {
        page.item(&report.text("evidence-more", &[("count", (count - MAX_MESSAGES) as u64)]));
    }
}

/// The words for a message that did not simply get through: where it was seen last, where it is missing, how sure that is.
pub fn describe_message(flow_report: FlowReport<'_>, message: &Message) -> Vec<String> {
    let FlowReport { texts, .. } = flow_report;
    let mut known = Vec::new();
    if let Some(after) = message.after {
        known.push(texts.with(
            "page-last-seen",
            &[
                ("point", Value::text(labels::point(after, texts))),
                ("where", Value::text(seen_in(flow_report, message, after))),
            ],
        ));
    }
    if let Some(before) = message.before {
        let (file, sure) = missing_from(flow_report, before);
        known.push(texts.with(
            "page-missing",
            &[("point", Value::text(labels::point(before, texts))), ("file", file), ("sure", Value::text(sure))],
        ));
    }
    if let Some(reason) = &message.reason {
        known.push(texts.with("losses-reason", &[("reason", Value::text(labels::reason(reason, texts)))]));
    }
    known.extend(neighbours(flow_report, message));
    if message.duplicates > 0 {
        known.push(texts.with("page-duplicates", &[("count", Value::count(message.duplicates.into()))]));
    }
    if message.altered {
        known.push(texts.get("page-altered"));
    }
    known
}

/// How sure the outcome and the place are.
pub fn certainty(flow_report: FlowReport<'_>, message: &Message) -> Option<String> {
    let FlowReport { texts, .. } = flow_report;
    let whole = message.before.and_then(|before| witness(flow_report, before)).map(|witness| witness.whole);
    Some(match (message.outcome, message.blame.len()) {
        (Outcome::Lost, 0) => texts.get("page-sure-nowhere"),
        (Outcome::Lost, 1) => texts.get(match whole {
            Some(Some(true)) => "page-sure-whole",
            Some(Some(false)) => "page-sure-gaps",
            Some(None) => "page-sure-assumed",
            None => "page-sure-told",
        }),
        (Outcome::Lost, several) => texts.with("page-sure-stretch", &[("count", Value::count(several as u64))]),
        (Outcome::Late, _) if message.basis == Some(Basis::Wire) => texts.get("page-sure-late-wire"),
        (Outcome::Inconclusive, _) => texts.get("page-sure-inconclusive"),
        _ => return None,
    })
}

fn witness(flow_report: FlowReport<'_>, point: PointName) -> Option<&Witness> {
    flow_report.document.envelope.witnesses.of(point, flow_report.same_host())
}

/// The file and frame in which a point shows a message.
fn seen_in(flow_report: FlowReport<'_>, message: &Message, point: PointName) -> String {
    let FlowReport { texts, .. } = flow_report;
    // On one host a frame is both wire points of its direction, and is named by the first.
    let position = |point: PointName| PointName::EXCHANGE.iter().position(|other| *other == point);
    let shows = |shown: &&FrameRef| {
        let near = shown.point.and_then(position).zip(position(point));
        let near = near.is_some_and(|(one, other)| one.abs_diff(other) == 1);
        shown.point == Some(point) || flow_report.same_host() && point.on_wire() && near
    };
    match (message.evidence.iter().find(shows), witness(flow_report, point)) {
        (Some(FrameRef { file, frame: Some(frame), .. }), _) => {
            texts.with("page-frame", &[("file", Value::text(short(flow_report, file))), ("frame", Value::text(frame))])
        }
        (_, Some(witness)) => file_of(flow_report, witness),
        (_, None) => texts.get("page-by-others"),
    }
}

fn file_of(flow_report: FlowReport<'_>, witness: &Witness) -> String {
    if witness.file.is_empty() { flow_report.texts.get("witness-not-kept") } else { short(flow_report, &witness.file) }
}

/// A file's name without its folder, where no other file here is called the same.
pub fn short(flow_report: FlowReport<'_>, file: &str) -> String {
    let name = |path: &str| path.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
    let mut others = flow_report.document.envelope.witnesses.iter().filter(|witness| witness.file != file);
    let alone = others.all(|witness| name(&witness.file) != name(file));
    labels::truncate(&if alone { name(file) } else { file.to_owned() })
}

/// The witness that missed a message at a point, and how far it can be trusted.
fn missing_from(flow_report: FlowReport<'_>, before: PointName) -> (Value, String) {
    let FlowReport { texts, .. } = flow_report;
    let Some(witness) = witness(flow_report, before) else { return (Value::text("none"), String::new()) };
    let sure = texts.get(match witness.whole {
        Some(true) => "page-whole",
        Some(false) => "page-gaps",
        None => "page-assumed",
    });
    (Value::text(file_of(flow_report, witness)), sure)
}

/// Between which frames a message is missing from a capture, where the messages before and after it are there.
fn neighbours(flow_report: FlowReport<'_>, message: &Message) -> Option<String> {
    let FlowReport { flow, texts, .. } = flow_report;
    let Gap { file, low, high } = gap(flow, message)?;
    let number = |n: u64| Value::text(n);
    let values = [
        ("file", Value::text(short(flow_report, file))),
        ("low", number(low.1)),
        ("high", number(high.1)),
        ("low_frame", number(low.0.into())),
        ("high_frame", number(high.0.into())),
    ];
    Some(texts.with("page-gap", &values))
}

/// Where a missing message would be in a capture: between two frames, each with its message's number.
pub struct Gap<'a> {
    pub file: &'a str,
    pub low: (u32, u64),
    pub high: (u32, u64),
}

/// Where a message that is missing from a capture would be in it.
pub fn gap<'a>(flow: &'a Flow, message: &Message) -> Option<Gap<'a>> {
    let point = message.before.filter(|point| point.on_wire())?;
    let at = flow.messages.binary_search_by_key(&message.n, |other| other.n).ok()?;
    let shown = |other: &'a Message| {
        let frame = other.evidence.iter().find(|shown| shown.point == Some(point))?;
        Some((frame.file.as_str(), (frame.frame?, other.n)))
    };
    let (file, low) = flow.messages[..at].iter().rev().find_map(shown)?;
    let (_, high) = flow.messages[at + 1..].iter().find_map(shown)?;
    // Where messages overtook each other, their frames frame nothing.
    (low.0 < high.0).then_some(Gap { file, low, high })
}
