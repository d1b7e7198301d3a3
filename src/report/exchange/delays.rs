//! The delay tables: round-trip delay in four ways, one-way delay with its uncertainty, and medidor's own timing
//! errors.

use super::blocks::{ReportBuilder, Table};
use super::flow_report::FlowReport;
use crate::core::document::exchange::PerDirection;
use crate::core::document::statistics::{Delays, Variation};
use crate::i18n::Value;
use crate::report::format::Unit;

/// A row of a table: the key of its name, and its figures.
type Row = (&'static str, Option<Delays>);

pub fn write(page: &mut ReportBuilder, report: FlowReport<'_>) {
    round_trip(page, report);
    one_way(page, report);
    conduct(page, report);
}

fn round_trip(page: &mut ReportBuilder, report: FlowReport<'_>) {
    let FlowReport { flow, texts, figures, .. } = report;
    let delay = &flow.delay;
    let mut rows: Vec<Row> = Vec::new();
    if report.at_client() {
        rows.extend([
            ("delay-application", delay.rtt_application),
            ("delay-kernel", delay.rtt_kernel),
            ("delay-wire", delay.rtt_wire),
            ("delay-network", delay.rtt_network),
        ]);
    }
    if delay.server_residence.is_some() {
        rows.push(("delay-residence", delay.server_residence));
    }
    if rows.iter().all(|(_, delays)| delays.is_none()) {
        return;
    }
    let unit = unit(&rows);
    let key = if report.at_client() { "delay-heading" } else { "delay-heading-server" };
    page.heading(&texts.with(key, &[("unit", Value::text(unit.symbol))]));
    page.table(table(report, &rows, unit, false));
    if report.at_client() {
        page.line(&texts.get("delay-legend"));
        if rows.iter().any(|(_, delays)| delays.is_none()) {
            page.line(&texts.get("delay-dash"));
        }
    }
    let jitter = delay.rtt_application.or(delay.rtt_wire).and_then(|delays| delays.jitter_ns);
    if let Some(jitter) = jitter {
        page.line(&texts.with("delay-jitter", &[("jitter", Value::text(figures.duration(jitter)))]));
    }
}

fn one_way(page: &mut ReportBuilder, report: FlowReport<'_>) {
    let FlowReport { flow, texts, figures, .. } = report;
    let rows: [Row; 2] = [("delay-forward", flow.delay.forward), ("delay-return", flow.delay.back)];
    if rows.iter().any(|(_, delays)| delays.is_some()) {
        let unit = unit(&rows);
        page.heading(&texts.with("delay-heading-one-way", &[("unit", Value::text(unit.symbol))]));
        page.table(table(report, &rows, unit, true));
        page.line(&texts.get("delay-legend-one-way"));
        variation(page, report, flow.variation);
    }
    if let Some(offset) = flow.delay.clock_offset {
        let bounds =
            [("low", Value::text(figures.clock(offset.low_ns))), ("high", Value::text(figures.clock(offset.high_ns)))];
        page.line(&texts.with("delay-clock-offset", &bounds));
    }
}

fn variation(page: &mut ReportBuilder, report: FlowReport<'_>, variation: PerDirection<Variation>) {
    let duration = |ns| Value::text(report.figures.duration(ns));
    for (key, found) in [("delay-variation-forward", variation.forward), ("delay-variation-return", variation.back)] {
        if let Some(found) = found {
            let values = [
                ("median", duration(found.median_ns)),
                ("p95", duration(found.p95_ns)),
                ("max", duration(found.max_ns)),
            ];
            page.line(&report.texts.with(key, &values));
        }
    }
}

fn conduct(page: &mut ReportBuilder, report: FlowReport<'_>) {
    let FlowReport { flow, texts, figures, .. } = report;
    let rows = [("conduct-behind", flow.timing.lateness), ("conduct-in-send", flow.timing.send_duration)];
    if rows.iter().all(|(_, delays)| delays.is_none()) {
        return;
    }
    page.heading(&texts.get("conduct-heading"));
    for (key, delays) in rows {
        if let Some(delays) = delays {
            let values = [
                ("median", Value::text(figures.duration(delays.median_ns))),
                ("max", Value::text(figures.duration(delays.max_ns))),
            ];
            page.item(&texts.with(key, &values));
        }
    }
}

fn unit(rows: &[Row]) -> Unit {
    let figures = rows
        .iter()
        .filter_map(|(_, delays)| delays.as_ref())
        .flat_map(|delays| [delays.min_ns, delays.max_ns, delays.stddev_ns.unwrap_or(0), delays.error_ns.unwrap_or(0)]);
    Unit::of_table(figures.max_by_key(|figure| figure.unsigned_abs()).unwrap_or(0))
}

fn table(report: FlowReport<'_>, rows: &[Row], unit: Unit, with_error: bool) -> Table {
    let FlowReport { texts, figures, .. } = report;
    let mut headings = vec![
        String::new(),
        texts.get("delay-samples"),
        texts.get("delay-min"),
        texts.get("delay-mean"),
        texts.get("delay-median"),
        texts.get("delay-p95"),
        texts.get("delay-max"),
        texts.get("delay-stddev"),
    ];
    if with_error {
        headings.push("±".into());
    }
    let mut table = Table::new(headings);
    for (key, delays) in rows {
        let figure = |of: fn(&Delays) -> i64| figures.in_unit(delays.as_ref().map(of), unit);
        let mut row = vec![
            texts.get(key),
            figures.count(delays.map(|delays| delays.samples)),
            figure(|delays| delays.min_ns),
            figure(|delays| delays.mean_ns),
            figure(|delays| delays.median_ns),
            figure(|delays| delays.p95_ns),
            figure(|delays| delays.max_ns),
            figures.in_unit(delays.and_then(|delays| delays.stddev_ns), unit),
        ];
        if with_error {
            row.push(figures.in_unit(delays.and_then(|delays| delays.error_ns), unit));
        }
        table.row(row);
    }
    table
}
