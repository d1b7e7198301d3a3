//! The evidence of a message as Wireshark display filters.

use maud::{Markup, html};

use crate::core::document::frame_ref::FrameRef;
use crate::core::document::message::Message;
use crate::i18n::{Texts, Value};
use crate::report::exchange::flow_report::FlowReport;
use crate::report::exchange::message_evidence::{Gap, gap, short};

/// For each file the display filter that shows a message's frames, with a button that copies it.
pub fn filters(flow_report: FlowReport<'_>, message: &Message) -> Markup {
    html! {
        @for (file, mut frames) in by_file(&message.evidence) {
            @let filter = { frames.sort_unstable(); filter(&frames) };
            (offered(flow_report, file, &filter, Some(message.n)))
        }
        @if let Some(Gap { file, low, high }) = gap(flow_report.flow, message) {
            (offered(flow_report, file, &format!("frame.number >= {} && frame.number <= {}", low.0, high.0), Some(message.n)))
        }
    }
}

/// Frames by file, both in their order.
pub fn by_file<'a>(evidence: impl IntoIterator<Item = &'a FrameRef>) -> Vec<(&'a str, Vec<u32>)> {
    let mut files: Vec<(&str, Vec<u32>)> = Vec::new();
    for shown in evidence {
        let Some(frame) = shown.frame else { continue };
        match files.iter_mut().find(|(known, _)| *known == shown.file) {
            Some((_, frames)) => frames.push(frame),
            None => files.push((&shown.file, vec![frame])),
        }
    }
    files
}

/// The display filter for frames by their numbers.
pub fn filter(frames: &[u32]) -> String {
    frames.iter().map(|frame| format!("frame.number == {frame}")).collect::<Vec<_>>().join(" || ")
}

pub fn offered(flow_report: FlowReport<'_>, file: &str, filter: &str, n: Option<u64>) -> Markup {
    let file = short(flow_report, file);
    let n = n.map_or_else(|| Value::text("none"), Value::text);
    let label = flow_report.texts.with("page-copy-label", &[("file", Value::text(&file)), ("n", n)]);
    html! {
        span.filter {
            span.file { (file) } " "
            (copyable(filter, &label, flow_report.texts))
        }
    }
}

/// A filter with a copy button; `label` is its name for screen readers.
pub fn copyable(filter: &str, label: &str, texts: Texts) -> Markup {
    html! {
        code { (filter) }
        " " button type="button" hidden data-copy=(filter) aria-label=(label) { (texts.get("page-copy")) }
    }
}
