//! The path chart: how many messages passed each point, and between which points others were lost.

use maud::{Markup, html};

use crate::core::document::outcome::Outcome;
use crate::core::document::path::{PointName, SegmentName};
use crate::i18n::Value;
use crate::report::exchange::flow_report::FlowReport;
use crate::report::exchange::{path, verdict};
use crate::report::labels;

pub fn draw(flow_report: FlowReport<'_>) -> Markup {
    let FlowReport { flow, texts, figures, .. } = flow_report;
    let points = path::points(flow);
    let most = points.iter().filter_map(|(_, count)| *count).max().unwrap_or(0).max(1);
    let id = format!("path-{}", flow.id);
    let ratios = [
        (("path-loss-forward", "path-loss-forward-range"), &flow.loss.forward),
        (("path-loss-return", "path-loss-return-range"), &flow.loss.back),
    ];
    html! {
        section aria-labelledby=(id) {
            h2 id=(id) { (texts.get("path-heading")) }
            div.scroll tabindex="0" {
                table.path {
                    thead { tr {
                        th scope="col" { (texts.get("page-point")) }
                        th scope="col" { (texts.get("page-witness")) }
                        th scope="col" { (texts.get("page-messages")) }
                        td {}
                    } }
                    tbody {
                        @for (index, (point, count)) in points.into_iter().enumerate() {
                            tr {
                                th scope="row" {
                                    span aria-hidden="true" { (if index < 4 { "→ " } else { "← " }) } (labels::point(point, texts))
                                }
                                td { (witness(point, flow_report)) }
                                td.count { (figures.count(count)) }
                                td.bar { (bar(count, most)) }
                            }
                            @if let Some(segment) = SegmentName::EXCHANGE.get(index) {
                                (lost(flow_report, *segment))
                            }
                        }
                        (undetermined(flow_report))
                    }
                }
            }
            p.note { (texts.get("path-arrows")) }
            @if path::points(flow).iter().any(|(_, count)| count.is_none()) { p.note { (texts.get("path-dash")) } }
            @if flow_report.same_host() { p { (texts.get("path-same-host")) } }
            @for (keys, loss) in ratios {
                @if let Some(loss) = loss { p { (verdict::with_ratio(flow_report, keys, loss)) } }
            }
        }
    }
}

fn witness(point: PointName, flow_report: FlowReport<'_>) -> String {
    flow_report.texts.get(if point.on_wire() { "path-wire" } else { "path-application" })
}

pub fn bar(count: Option<u64>, most: u64) -> Markup {
    let width = count.unwrap_or(0) as f64 / most as f64 * 200.0;
    html! {
        svg viewBox="0 0 200 12" preserveAspectRatio="none" aria-hidden="true" focusable="false" {
            rect.track width="200" height="12" {}
            rect.fill width=(format!("{width:.1}")) height="12" {}
        }
    }
}

/// The messages that this segment and no other lost.
fn lost(flow_report: FlowReport<'_>, segment: SegmentName) -> Markup {
    let FlowReport { flow, texts, figures, .. } = flow_report;
    let messages = flow.messages.iter().filter(|message| message.outcome == Outcome::Lost);
    let numbers: Vec<u64> = messages.filter(|message| message.blame == [segment]).map(|message| message.n).collect();
    html! {
        @if !numbers.is_empty() {
            tr.lost data-segment=(labels::name(segment)) {
                td colspan="4" {
                    span aria-hidden="true" { "✕ " }
                    (texts.with("losses-one", &[
                        ("place", Value::text(labels::capitalize(&labels::segment(segment, texts)))),
                        ("count", Value::count(numbers.len() as u64)),
                        ("numbers", Value::text(figures.ranges(&numbers))),
                    ]))
                }
            }
        }
    }
}

/// The messages whose lost segment is undetermined, by stretch.
fn undetermined(chapter: FlowReport<'_>) -> Markup {
    let FlowReport { flow, texts, figures, .. } = chapter;
    let mut stretches: Vec<(&[SegmentName], Vec<u64>)> = Vec::new();
    let messages = flow.messages.iter().filter(|message| message.outcome == Outcome::Lost && message.blame.len() != 1);
    for message in messages {
        match stretches.iter_mut().find(|(blame, _)| *blame == message.blame) {
            Some((_, numbers)) => numbers.push(message.n),
            None => stretches.push((&message.blame, vec![message.n])),
        }
    }
    html! {
        @for (blame, numbers) in stretches {
            tr.somewhere {
                td colspan="4" {
                    span aria-hidden="true" { "? " }
                    @let names: Vec<String> = blame.iter().map(|segment| labels::segment(*segment, texts)).collect();
                    (texts.with(if blame.is_empty() { "losses-nowhere" } else { "losses-several" }, &[
                        ("place", Value::text(names.join(", "))),
                        ("count", Value::count(numbers.len() as u64)),
                        ("numbers", Value::text(figures.ranges(&numbers))),
                    ]))
                }
            }
        }
    }
}
