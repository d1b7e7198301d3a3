//! The HTML page of a file transfer: lost blocks over the file and over time.

use maud::{Markup, html};

use super::path::bar;
use super::{charts, frame};
use crate::core::document::path::{PointName, SegmentName};
use crate::core::document::transfer::{LossMap, Throughput, Transfer, TransferDocument};
use crate::core::document::witness::{WitnessKind, Witnesses};
use crate::core::evidence::journal_run::Role;
use crate::core::time::SECOND;
use crate::i18n::{Texts, Value};
use crate::report::format::NumberFormat;
use crate::report::labels;
use crate::report::transfer::{COLUMNS, cells, remarks};

/// Receivers shown one by one.
const MAX_LISTED: usize = 200;

const WIDTH: f64 = 900.0;
const LEFT: f64 = 90.0;
const RIGHT: f64 = 12.0;
const HEIGHT: f64 = 90.0;

/// Transfers as a page, each with its receivers.
pub fn render(documents: &[TransferDocument], texts: Texts) -> String {
    let several = documents.len() > 1;
    let mut rows_left = MAX_LISTED;
    let title = documents.first().map(|document| verdict(document, texts)).unwrap_or_default();
    let main = html! {
        @if several {
            h1 { (texts.get("page-comparison")) }
        }
        @for (index, document) in documents.iter().enumerate() {
            (article(document, index, several, &mut rows_left, texts))
        }
    };
    frame(&title, &main, texts)
}

fn verdict(document: &TransferDocument, texts: Texts) -> String {
    let count = |complete: Option<bool>| {
        let alike = document.transfers.iter().filter(|transfer| transfer.complete == complete);
        Value::count(alike.count() as u64)
    };
    let values = [
        ("whole", count(Some(true))),
        ("unknown", count(None)),
        ("count", Value::count(document.transfers.len() as u64)),
        ("mode", Value::text(document.mode.name())),
    ];
    texts.with("page-transfer", &values)
}

fn article(document: &TransferDocument, index: usize, several: bool, rows_left: &mut usize, texts: Texts) -> Markup {
    let id = format!("transfer-{index}");
    let figures = NumberFormat::new(texts);
    let size = document.size_bytes.map_or_else(|| Value::text("none"), Value::count);
    let name = document.name.as_deref().map_or_else(|| "none".to_owned(), labels::truncate);
    let known = &document.transfers[..document.transfers.len().min(*rows_left)];
    *rows_left -= known.len();
    html! {
        article aria-labelledby=(id) {
            @if several { h2 id=(id) { (verdict(document, texts)) } } @else { h1 id=(id) { (verdict(document, texts)) } }
            p { (texts.with("page-transfer-file", &[("name", Value::text(name)), ("size", size)])) }
            @if let Some(digest) = &document.sha256 { p.note { "SHA-256: " code { (digest) } } }
            div.scroll tabindex="0" {
                table.figures.transfers {
                    thead { tr { @for (key, _) in COLUMNS { th scope="col" { (texts.get(key)) } } } }
                    tbody {
                        @for transfer in &document.transfers {
                            tr data-complete=[transfer.complete] data-lost=[transfer.loss.as_ref().map(|loss| loss.lost)] {
                                @for (column, cell) in cells(transfer, texts).into_iter().enumerate() {
                                    @if column == 0 { th scope="row" { (cell) } } @else { td { (cell) } }
                                }
                            }
                        }
                    }
                }
            }
            @for transfer in known { (receiver(transfer, index, figures, texts)) }
            @if known.len() < document.transfers.len() {
                p.note { (texts.with("page-transfer-part", &[
                    ("shown", Value::count(known.len() as u64)), ("all", Value::count(document.transfers.len() as u64)),
                ])) }
            }
            (warnings(document, texts))
            (witnesses(&document.envelope.witnesses, texts))
        }
    }
}

fn receiver(transfer: &Transfer, index: usize, figures: NumberFormat, texts: Texts) -> Markup {
    let number = transfer.number;
    let id = format!("receiver-{index}-{number}");
    let lines = remarks(transfer, texts, false);
    let lost = transfer.loss.as_ref().filter(|loss| loss.lost_at_most > 0);
    // For a complete receiver without witnesses the table has everything.
    if lines.is_empty() && lost.is_none() && transfer.throughput.is_none() {
        return html! {};
    }
    html! {
        section aria-labelledby=(id) {
            h2 id=(id) { (texts.with("page-receiver", &[("number", Value::text(number))])) }
            (points(transfer, figures, texts))
            @for line in lines {
                @if line.starts_with(' ') { p.under { (line.trim()) } } @else { p { (line) } }
            }
            @if let Some(map) = lost.and_then(|loss| loss.map.as_ref()) { (over_file(map, &id, figures, texts)) }
            @if let Some(course) = &transfer.throughput { (over_time(course, &id, figures, texts)) }
        }
    }
}

/// How many blocks each witness saw, and where the others were lost.
fn points(transfer: &Transfer, figures: NumberFormat, texts: Texts) -> Markup {
    let Some(points) = &transfer.points else { return html! {} };
    let rows = PointName::TRANSFER.map(|point| (point, points.get(point)));
    let known = || rows.iter().filter_map(|(_, count)| *count);
    if known().count() < 2 {
        return html! {};
    }
    let most = known().max().unwrap_or(0).max(1);
    let at = transfer.loss.as_ref().map(|loss| &loss.lost_by_segment);
    let lost = |position: usize| {
        let segment = *SegmentName::TRANSFER.get(position)?;
        Some((segment, at?.get(segment))).filter(|(_, count)| *count > 0)
    };
    html! {
        table.path {
            thead { tr { th scope="col" { (texts.get("page-point")) } th scope="col" { (texts.get("page-blocks")) } td {} } }
            tbody {
                @for (position, (point, count)) in rows.into_iter().enumerate() {
                    tr { th scope="row" { (labels::point(point, texts)) } td.count { (figures.count(count)) } td.bar { (bar(count, most)) } }
                    @if let Some((segment, count)) = lost(position) {
                        tr.lost { td colspan="3" { span aria-hidden="true" { "✕ " } (texts.with("page-blocks-lost", &[
                            ("count", Value::count(count)), ("place", Value::text(labels::segment(segment, texts))),
                        ])) } }
                    }
                }
                @if let Some(at) = at {
                    @if at.counts.undetermined > 0 {
                        @let places: Vec<String> = at.possible.iter().map(|part| labels::segment(*part, texts)).collect();
                        tr.somewhere { td colspan="3" { span aria-hidden="true" { "? " } (texts.with("page-blocks-somewhere", &[
                            ("count", Value::count(at.counts.undetermined)), ("places", Value::text(places.join(", "))),
                        ])) } }
                    }
                }
            }
        }
    }
}

fn over_file(map: &LossMap, id: &str, figures: NumberFormat, texts: Texts) -> Markup {
    let cells: Vec<(u64, String)> = (0..)
        .zip(&map.lost)
        .map(|(cell, lost): (u64, _)| {
            let values = [
                ("first", Value::text(cell.saturating_mul(map.blocks_per_cell))),
                ("blocks", Value::count(map.blocks_per_cell)),
                ("lost", Value::count(*lost)),
            ];
            (*lost, texts.with("page-map-cell", &values))
        })
        .collect();
    let most = map.blocks_per_cell;
    let about = texts.with("page-map-how", &[("blocks", Value::count(most))]);
    bars(&format!("{id}-map"), "lost", [&texts.get("page-map"), &about], &cells, most, &figures.count(Some(most)))
}

fn over_time(course: &Throughput, id: &str, figures: NumberFormat, texts: Texts) -> Markup {
    let rate = |bytes: u64| {
        let rate = bytes as f64 * SECOND as f64 / course.cell_ns.max(1) as f64 / 1e6;
        format!("{}\u{a0}MB/s", figures.decimal(rate, 1))
    };
    let cells: Vec<(u64, String)> = (0..)
        .zip(&course.bytes)
        .map(|(cell, bytes): (i64, _)| {
            let from = Value::text(figures.duration(cell.saturating_mul(course.cell_ns)));
            (*bytes, texts.with("page-course-cell", &[("from", from), ("rate", Value::text(rate(*bytes)))]))
        })
        .collect();
    let most = course.bytes.iter().copied().max().unwrap_or(0).max(1);
    let key = if course.role == Role::Client { "page-course-received" } else { "page-course-sent" };
    let about = texts.with(key, &[("width", Value::text(figures.duration(course.cell_ns)))]);
    bars(&format!("{id}-course"), "rtt", [&texts.get("page-course"), &about], &cells, most, &rate(most))
}

/// A bar for each cell, as high as its share of `most`.
fn bars(id: &str, class: &str, [title, about]: [&str; 2], cells: &[(u64, String)], most: u64, scale: &str) -> Markup {
    let width = (WIDTH - LEFT - RIGHT) / (cells.len().max(1) as f64);
    let floor = HEIGHT + 10.0;
    html! {
        h3 { (title) }
        p { (about) }
        div.scroll tabindex="0" {
            svg.chart role="img" viewBox=(format!("0 0 {WIDTH} {}", floor + 8.0)) aria-labelledby=(format!("{id}-title {id}-about")) {
                title id=(format!("{id}-title")) { (title) }
                desc id=(format!("{id}-about")) { (about) }
                text.tick x=(LEFT - 8.0) y="20" text-anchor="end" { (scale) }
                text.tick x=(LEFT - 8.0) y=(floor) text-anchor="end" { "0" }
                @for (index, (figure, label)) in cells.iter().enumerate() {
                    g data-cell=(index) data-figure=(figure) {
                        title { (label) }
                        // Non-zero values are always visible.
                        @let height = (*figure as f64 / most.max(1) as f64 * HEIGHT).max(if *figure > 0 { 2.0 } else { 0.0 });
                        (charts::block(class, LEFT + index as f64 * width, width, floor - height, floor))
                    }
                }
                line.axis x1=(LEFT) x2=(WIDTH - RIGHT) y1=(floor) y2=(floor) {}
            }
        }
    }
}

fn warnings(document: &TransferDocument, texts: Texts) -> Markup {
    html! {
        @if !document.envelope.warnings.is_empty() {
            section {
                h2 { (texts.with("warnings-heading", &[("count", Value::count(document.envelope.warnings.len() as u64))])) }
                ul {
                    @for warning in &document.envelope.warnings {
                        @let (text, advice) = labels::warning(warning, texts);
                        li.warning {
                            span aria-hidden="true" { "⚠ " } (text)
                            @if !advice.is_empty() { p.under { (texts.with("warnings-advice", &[("advice", Value::text(advice))])) } }
                        }
                    }
                }
            }
        }
    }
}

fn witnesses(all: &Witnesses, texts: Texts) -> Markup {
    html! {
        @if all.iter().next().is_some() {
            section {
                h2 { (texts.get("witness-heading")) }
                ul {
                    @for witness in all.iter() {
                        @let file = if witness.file.is_empty() { texts.get("witness-not-kept") } else { labels::truncate(&witness.file) };
                        @let whose = if witness.role == Some(Role::Client) { "page-witness-receiver" } else { "page-witness-sender" };
                        li { (texts.with(whose, &[
                            ("number", witness.number.map_or_else(|| Value::text("none"), Value::text)),
                            ("kind", Value::text(if witness.kind == WitnessKind::Capture { "capture" } else { "journal" })),
                            ("file", Value::text(file)),
                            ("whole", Value::text(labels::whole(witness.whole, texts))),
                        ])) }
                    }
                }
            }
        }
    }
}
