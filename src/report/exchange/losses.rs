//! The losses: where messages were lost, and why.

use std::collections::BTreeMap;

use super::blocks::ReportBuilder;
use super::flow_report::FlowReport;
use super::verdict::missing;
use crate::core::document::message::{Message, Reason};
use crate::core::document::outcome::Outcome;
use crate::core::document::path::SegmentName;
use crate::i18n::Value;
use crate::report::labels;

/// Reasons listed per segment; the others share a line.
const MAX_REASONS: usize = 8;

/// Lost messages by the segments that may have lost them.
type ByPlace<'a> = BTreeMap<&'a [SegmentName], Vec<&'a Message>>;

/// Numbers of messages by the reason that a witness gave, in words; without a reason under the empty one.
type ByReason = BTreeMap<String, Vec<u64>>;

/// Writes the losses of a flow and what else is noteworthy about its messages.
pub fn write(page: &mut ReportBuilder, report: FlowReport<'_>) {
    lost(page, report);
    unsent(page, report);
    late(page, report);
    unclear(page, report);
    odd(page, report);
}

fn numbers(messages: &[Message], of: impl Fn(&Message) -> bool) -> Vec<u64> {
    messages.iter().filter(|message| of(message)).map(|message| message.n).collect()
}

fn by_reason<'a>(messages: impl Iterator<Item = &'a Message>, report: FlowReport<'_>) -> ByReason {
    let mut groups = ByReason::new();
    for message in messages {
        let mut text = message.reason.as_ref().map_or_else(String::new, |reason| labels::reason(reason, report.texts));
        if groups.len() >= MAX_REASONS && !groups.contains_key(&text) {
            text = report.texts.get("reason-many");
        }
        groups.entry(text).or_default().push(message.n);
    }
    groups
}

fn by_place(report: FlowReport<'_>) -> ByPlace<'_> {
    let mut groups = ByPlace::new();
    for message in report.flow.messages.iter().filter(|message| message.outcome == Outcome::Lost) {
        groups.entry(&message.blame).or_default().push(message);
    }
    groups
}

/// How many the network lost, how many hosts and applications did, and how many may be either's; `None` where nothing was
/// lost.
pub fn hosts(report: FlowReport<'_>) -> Option<String> {
    (report.flow.counts.lost > 0).then(|| by_party(report, &by_place(report)))
}

fn lost(page: &mut ReportBuilder, report: FlowReport<'_>) {
    let FlowReport { flow, texts, .. } = report;
    if flow.counts.lost == 0 {
        return;
    }
    let groups = by_place(report);
    page.heading(&report.text("losses-heading", &[("count", flow.counts.lost)]));
    page.line(&by_party(report, &groups));
    // What can be pinned down first, then what cannot; what nothing is known of last.
    let mut places: Vec<(&[SegmentName], Vec<&Message>)> = groups.into_iter().collect();
    places.sort_by_key(|(blame, _)| if blame.is_empty() { usize::MAX } else { blame.len() });
    for (blame, messages) in places {
        let listed: Vec<u64> = messages.iter().map(|message| message.n).collect();
        let names: Vec<String> = blame.iter().map(|segment| labels::segment(*segment, texts)).collect();
        let key = match blame {
            [] => "losses-nowhere",
            [_] => "losses-one",
            _ => "losses-several",
        };
        let place = if blame.len() == 1 { labels::capitalize(&names[0]) } else { names.join(", ") };
        let values = [
            ("place", Value::text(place)),
            ("count", Value::count(listed.len() as u64)),
            ("numbers", Value::text(report.figures.ranges(&listed))),
        ];
        page.item(&texts.with(key, &values));
        if let [segment] = blame {
            page.under_item(&labels::segment_meaning(*segment, texts));
        }
        reasons(page, report, &by_reason(messages.into_iter(), report), listed.len());
        if let [segment] = blame {
            let is_all = listed.len() as u64 == flow.counts.requests;
            page.under_item(
                &texts.with(
                    "warnings-advice",
                    &[("advice", Value::text(labels::segment_advice(*segment, is_all, texts)))],
                ),
            );
        }
    }
    if let Some(max_wait) =
        flow.loss_periods.iter().max_by_key(|period| period.length).filter(|period| period.length > 1)
    {
        page.line(&report.text("losses-in-a-row", &[("length", max_wait.length), ("first", max_wait.first)]));
    }
}

/// The reasons of a group; the numbers are repeated only where not all share one reason.
fn reasons(page: &mut ReportBuilder, report: FlowReport<'_>, groups: &ByReason, all: usize) {
    for (reason, listed) in groups.iter().filter(|(reason, _)| !reason.is_empty()) {
        let reason = ("reason", Value::text(reason));
        page.under_item(&if listed.len() == all {
            report.texts.with("losses-reason", &[reason])
        } else {
            let numbers = ("numbers", Value::text(report.figures.ranges(listed)));
            report.texts.with("losses-reason-of", &[reason, numbers])
        });
    }
}

/// How many the network lost, how many hosts and applications did, and how many may be either's.
fn by_party(report: FlowReport<'_>, groups: &ByPlace<'_>) -> String {
    let network = |segment: &SegmentName| matches!(segment, SegmentName::NetworkForward | SegmentName::NetworkReturn);
    let (mut of_network, mut of_hosts, mut of_either) = (0, 0, 0);
    for (blame, messages) in groups {
        let count = match blame.iter().filter(|segment| network(segment)).count() {
            _ if blame.is_empty() => &mut of_either,
            0 => &mut of_hosts,
            networks if networks == blame.len() => &mut of_network,
            _ => &mut of_either,
        };
        *count += messages.len() as u64;
    }
    report.text("losses-by-party", &[("network", of_network), ("hosts", of_hosts), ("either", of_either)])
}

fn unsent(page: &mut ReportBuilder, report: FlowReport<'_>) {
    let Some(count) = report.flow.counts.not_sent.filter(|count| *count > 0) else { return };
    page.heading(&report.text("unsent-heading", &[("count", count)]));
    let unsent = report.flow.messages.iter().filter(|message| message.outcome == Outcome::NotSent);
    for (reason, listed) in by_reason(unsent, report) {
        let reason = if reason.is_empty() { report.texts.get("reason-unknown") } else { reason };
        let values = [
            ("reason", Value::text(labels::capitalize(&reason))),
            ("count", Value::count(listed.len() as u64)),
            ("numbers", Value::text(report.figures.ranges(&listed))),
        ];
        page.item(&report.texts.with("unsent-reason", &values));
    }
}

fn late(page: &mut ReportBuilder, report: FlowReport<'_>) {
    let Some(count) = report.flow.counts.late.filter(|count| *count > 0) else { return };
    let late = numbers(&report.flow.messages, |message| message.outcome == Outcome::Late);
    page.heading(&report.texts.get("late-heading"));
    page.item(&report.text_with_numbers("late-numbers", count, &late));
}

/// Messages with an unknown outcome. Gaps seen by a server belong to its verdict.
fn unclear(page: &mut ReportBuilder, report: FlowReport<'_>) {
    let gaps = if report.at_client() { Vec::new() } else { missing(&report.flow.messages) };
    let unclear = numbers(&report.flow.messages, |message| {
        message.outcome == Outcome::Inconclusive && gaps.binary_search(&message.n).is_err()
    });
    if !unclear.is_empty() {
        page.heading(&report.texts.get("unclear-heading"));
        page.item(&report.text_with_numbers("unclear-numbers", unclear.len() as u64, &unclear));
    }
    let left = |message: &Message| match message.reason {
        Some(Reason::CaptureEnds { after_ns }) => Some((message.n, after_ns)),
        _ => None,
    };
    let too_soon: Vec<(u64, i64)> = report.flow.messages.iter().filter_map(left).collect();
    if let Some(longest) = too_soon.iter().map(|(_, left_ns)| *left_ns).max() {
        let listed: Vec<u64> = too_soon.iter().map(|(number, _)| *number).collect();
        let values = [
            ("count", Value::count(listed.len() as u64)),
            ("numbers", Value::text(report.figures.ranges(&listed))),
            ("time", Value::text(report.figures.duration(longest))),
        ];
        page.item(&report.texts.with("unclear-too-soon", &values));
    }
}

/// Events that are neither loss nor delivery, each only if it occurred.
fn odd(page: &mut ReportBuilder, report: FlowReport<'_>) {
    let FlowReport { flow, .. } = report;
    let counts = &flow.counts;
    let doubled = numbers(&flow.messages, |message| message.duplicates > 0);
    let altered = numbers(&flow.messages, |message| message.altered);
    let numbered =
        [("odd-duplicates", counts.duplicates, doubled), ("odd-altered", counts.altered, altered)].into_iter();
    let plain = [
        ("odd-reordered", counts.reordered),
        ("odd-malformed", counts.malformed),
        ("odd-never-sent", counts.never_sent),
        ("odd-other-source", counts.other_source),
    ];
    let mut lines: Vec<String> = numbered
        .filter(|(_, count, _)| *count > 0)
        .map(|(key, count, listed)| report.text_with_numbers(key, count, &listed))
        .collect();
    lines.extend(plain.into_iter().filter_map(|(key, count)| {
        let count = count.filter(|count| *count > 0)?;
        Some(report.text(key, &[("count", count)]))
    }));
    let one_way = [("odd-reordered-forward", flow.reordering.forward), ("odd-reordered-return", flow.reordering.back)];
    for (key, reordering) in one_way {
        if let Some(found) = reordering.filter(|found| found.reordered > 0) {
            lines.push(report.text(key, &[("count", found.reordered), ("of", found.of), ("extent", found.max_extent)]));
        }
    }
    if !lines.is_empty() {
        page.heading(&report.texts.get("odd-heading"));
    }
    for line in lines {
        page.item(&line);
    }
}
