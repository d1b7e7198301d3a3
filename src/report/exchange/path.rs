//! How many messages passed each of the eight points.

use super::blocks::{ReportBuilder, Table};
use super::flow_report::FlowReport;
use super::verdict::with_ratio;
use crate::core::document::exchange::Flow;
use crate::core::document::path::PointName;
use crate::report::labels;

/// How many messages were seen at each point.
pub fn points(flow: &Flow) -> [(PointName, Option<u64>); 8] {
    PointName::EXCHANGE.map(|point| (point, flow.points.get(point)))
}

pub fn write(page: &mut ReportBuilder, report: FlowReport<'_>) {
    let FlowReport { flow, texts, figures, .. } = report;
    let path = points(flow);
    page.heading(&texts.get("path-heading"));
    let mut table = Table::new(vec![texts.get("path-point"), texts.get("path-application"), texts.get("path-wire")]);
    for (index, (point, count)) in path.into_iter().enumerate() {
        let arrow = if index < 4 { "→" } else { "←" };
        let label = format!("{arrow} {}", labels::point(point, texts));
        let (application, wire) =
            if point.on_wire() { (String::new(), figures.count(count)) } else { (figures.count(count), String::new()) };
        table.row(vec![label, application, wire]);
    }
    page.table(table);
    page.line(&texts.get("path-arrows"));
    if path.iter().any(|(_, count)| count.is_none()) {
        page.line(&texts.get("path-dash"));
    }
    if report.same_host() {
        page.line(&texts.get("path-same-host"));
    }
    let losses = [
        (("path-loss-forward", "path-loss-forward-range"), &flow.loss.forward),
        (("path-loss-return", "path-loss-return-range"), &flow.loss.back),
    ];
    for (keys, loss) in losses {
        if let Some(loss) = loss {
            page.line(&with_ratio(report, keys, loss));
        }
    }
}
