//! What a verdict rests on, in words and as display filters for Wireshark.

use maud::{Markup, html};

use crate::core::document::exchange::Flow;
use crate::core::document::message::{Basis, FrameRef, Message, Outcome, PointName};
use crate::core::document::witness::Witness;
use crate::i18n::{Texts, Value};
use crate::report::exchange::flow_report::FlowReport;
use crate::report::labels;

/// The words for a message that did not simply get through: where it was seen last, where it is missing, how sure that is.
pub fn describe_message(chapter: FlowReport<'_>, message: &Message) -> Vec<String> {
    let FlowReport { texts, .. } = chapter;
    let mut told = Vec::new();
    if let Some(after) = message.after {
        told.push(texts.with(
            "page-last-seen",
            &[
                ("point", Value::words(labels::point(after, texts))),
                ("where", Value::words(seen_in(chapter, message, after))),
            ],
        ));
    }
    if let Some(before) = message.before {
        let (file, sure) = missing_from(chapter, before);
        told.push(texts.with(
            "page-missing",
            &[("point", Value::words(labels::point(before, texts))), ("file", file), ("sure", Value::words(sure))],
        ));
    }
    if let Some(reason) = &message.reason {
        told.push(texts.with("losses-reason", &[("reason", Value::words(labels::reason(reason, texts)))]));
    }
    told.extend(neighbours(chapter, message));
    if message.duplicates > 0 {
        told.push(texts.with("page-duplicates", &[("count", Value::count(message.duplicates.into()))]));
    }
    if message.altered {
        told.push(texts.get("page-altered"));
    }
    told
}

/// How sure the outcome and the place are.
pub fn certainty(chapter: FlowReport<'_>, message: &Message) -> Option<String> {
    let FlowReport { texts, .. } = chapter;
    let whole = message.before.and_then(|before| witness(chapter, before)).map(|witness| witness.whole);
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

fn witness(chapter: FlowReport<'_>, point: PointName) -> Option<&Witness> {
    chapter.document.witnesses.of(point, chapter.same_host())
}

/// In which file, and in which frame of it, a point shows a message.
fn seen_in(chapter: FlowReport<'_>, message: &Message, point: PointName) -> String {
    let FlowReport { texts, .. } = chapter;
    // On one host a frame is both wire points of its direction, and is named by the first.
    let position = |point: PointName| PointName::ALL.iter().position(|other| *other == point);
    let frame = message.evidence.iter().find(|frame| {
        let near = position(frame.point).zip(position(point)).is_some_and(|(one, other)| one.abs_diff(other) == 1);
        frame.point == point || chapter.same_host() && point.on_wire() && near
    });
    match (frame, witness(chapter, point)) {
        (Some(FrameRef { file, frame, .. }), _) => {
            texts.with("page-frame", &[("file", Value::words(short(chapter, file))), ("frame", Value::words(frame))])
        }
        (None, Some(witness)) => file_of(chapter, witness),
        (None, None) => texts.get("page-by-others"),
    }
}

fn file_of(chapter: FlowReport<'_>, witness: &Witness) -> String {
    if witness.file.is_empty() { chapter.texts.get("witness-not-kept") } else { short(chapter, &witness.file) }
}

/// A file's name without its folder, where no other file here is called the same.
pub fn short(chapter: FlowReport<'_>, file: &str) -> String {
    let name = |path: &str| path.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
    let witnesses = &chapter.document.witnesses;
    let all =
        [&witnesses.client_journal, &witnesses.client_capture, &witnesses.server_journal, &witnesses.server_capture];
    let mut others = all.into_iter().flatten().filter(|witness| witness.file != file);
    let alone = others.all(|witness| name(&witness.file) != name(file));
    labels::truncate(&if alone { name(file) } else { file.to_owned() })
}

/// Who should have seen it at a point, and how far that can be relied on.
fn missing_from(chapter: FlowReport<'_>, before: PointName) -> (Value, String) {
    let FlowReport { texts, .. } = chapter;
    let Some(witness) = witness(chapter, before) else { return (Value::words("none"), String::new()) };
    let sure = texts.get(match witness.whole {
        Some(true) => "page-whole",
        Some(false) => "page-gaps",
        None => "page-assumed",
    });
    (Value::words(file_of(chapter, witness)), sure)
}

/// Between which frames a message is missing from a capture, where the messages before and after it are there.
fn neighbours(chapter: FlowReport<'_>, message: &Message) -> Option<String> {
    let FlowReport { flow, texts, .. } = chapter;
    let Gap { file, low, high } = gap(flow, message)?;
    let number = |n: u64| Value::words(n);
    let values = [
        ("file", Value::words(short(chapter, file))),
        ("low", number(low.1)),
        ("high", number(high.1)),
        ("low_frame", number(low.0.into())),
        ("high_frame", number(high.0.into())),
    ];
    Some(texts.with("page-gap", &values))
}

/// Where in a capture a message would stand from which it is missing: between two frames, each with its message's number.
struct Gap<'a> {
    file: &'a str,
    low: (u32, u64),
    high: (u32, u64),
}

fn gap<'a>(flow: &'a Flow, message: &Message) -> Option<Gap<'a>> {
    let point = message.before.filter(|point| point.on_wire())?;
    let at = flow.messages.binary_search_by_key(&message.n, |other| other.n).ok()?;
    let shown = |other: &'a Message| {
        let frame = other.evidence.iter().find(|frame| frame.point == point)?;
        Some((frame.file.as_str(), (frame.frame, other.n)))
    };
    let (file, low) = flow.messages[..at].iter().rev().find_map(shown)?;
    let (_, high) = flow.messages[at + 1..].iter().find_map(shown)?;
    // Where messages overtook each other, their frames frame nothing.
    (low.0 < high.0).then_some(Gap { file, low, high })
}

/// For each file the display filter that shows a message's frames, with a button that copies it.
pub fn filters(chapter: FlowReport<'_>, message: &Message) -> Markup {
    let mut files: Vec<(&str, Vec<u32>)> = Vec::new();
    for FrameRef { file, frame, .. } in &message.evidence {
        match files.iter_mut().find(|(known, _)| known == file) {
            Some((_, frames)) => frames.push(*frame),
            None => files.push((file, vec![*frame])),
        }
    }
    html! {
        @for (file, mut frames) in files {
            @let filter = { frames.sort_unstable(); filter(&frames) };
            (offered(chapter, file, &filter, Some(message.n)))
        }
        @if let Some(Gap { file, low, high }) = gap(chapter.flow, message) {
            (offered(chapter, file, &format!("frame.number >= {} && frame.number <= {}", low.0, high.0), Some(message.n)))
        }
    }
}

/// The display filter for frames by their numbers.
pub fn filter(frames: &[u32]) -> String {
    frames.iter().map(|frame| format!("frame.number == {frame}")).collect::<Vec<_>>().join(" || ")
}

/// A filter to copy.
pub fn offered(chapter: FlowReport<'_>, file: &str, filter: &str, n: Option<u64>) -> Markup {
    let file = short(chapter, file);
    let n = n.map_or_else(|| Value::words("none"), Value::words);
    let label = chapter.texts.with("page-copy-label", &[("file", Value::words(&file)), ("n", n)]);
    html! {
        span.filter {
            span.file { (file) } " "
            (copyable(filter, &label, chapter.texts))
        }
    }
}

/// A filter with a button that copies it, which is called `label` to those who do not see where it stands.
pub fn copyable(filter: &str, label: &str, texts: Texts) -> Markup {
    html! {
        code { (filter) }
        " " button type="button" hidden data-copy=(filter) aria-label=(label) { (texts.get("page-copy")) }
    }
}
