//! Report blocks as HTML.

use maud::{Markup, html};

use crate::i18n::Texts;
use crate::report::exchange::blocks::{ReportBlock, ReportBuilder, Table};
use crate::report::format::DASH;

/// Sections, one for each heading that is written.
pub fn sections(write: impl FnOnce(&mut ReportBuilder)) -> Markup {
    let mut page = ReportBuilder::default();
    write(&mut page);
    let blocks = page.finish();
    let starts: Vec<usize> =
        (0..blocks.len()).filter(|at| *at == 0 || matches!(blocks[*at], ReportBlock::Heading(_))).collect();
    let ends = starts.iter().skip(1).copied().chain([blocks.len()]);
    html! {
        @for (start, end) in starts.iter().zip(ends) {
            section { (body(&blocks[*start..end], None)) }
        }
    }
}

/// A section with an id on its heading; only the heading if it is empty.
pub fn section(texts: Texts, id: &str, write: impl FnOnce(&mut ReportBuilder)) -> Markup {
    let mut page = ReportBuilder::default();
    write(&mut page);
    let blocks = page.finish();
    html! {
        @if blocks.is_empty() {
            h2 id=(id) { (texts.get("page-no-warnings")) }
        } @else {
            (body(&blocks, Some(id)))
        }
    }
}

/// The verdict: its first sentence as the page's heading, the others below; then what else belongs to it.
pub fn opening(blocks: &[ReportBlock], id: &str) -> Markup {
    let heading = blocks.iter().position(|block| matches!(block, ReportBlock::Heading(_))).unwrap_or(blocks.len());
    html! {
        @for (index, piece) in blocks[..heading].iter().enumerate() {
            @match piece {
                ReportBlock::Strong(text) | ReportBlock::Alarm(text) if index == 0 => h1 id=(id) { (text) },
                ReportBlock::Strong(label) | ReportBlock::Alarm(label) => p.strong { (label) },
                other => (body(std::slice::from_ref(other), None)),
            }
        }
        @if heading < blocks.len() { section { (body(&blocks[heading..], None)) } }
    }
}

/// The sentences of a verdict that must not be overlooked.
pub fn sentences(blocks: &[ReportBlock]) -> Vec<String> {
    let strong = blocks.iter().filter_map(|block| match block {
        ReportBlock::Strong(text) | ReportBlock::Alarm(text) => Some(text.clone()),
        _ => None,
    });
    strong.collect()
}

/// The first heading, if there is one.
pub fn first_heading(blocks: &[ReportBlock]) -> Option<String> {
    blocks.iter().find_map(|piece| match piece {
        ReportBlock::Heading(text) => Some(text.clone()),
        _ => None,
    })
}

fn body(blocks: &[ReportBlock], id: Option<&str>) -> Markup {
    html! {
        @for run in blocks.chunk_by(|a, b| in_list(a) && in_list(b)) {
            @match &run[0] {
                ReportBlock::Heading(text) => h2 id=[id] { (text) },
                ReportBlock::Strong(words) | ReportBlock::Alarm(words) => p.strong { (words) },
                ReportBlock::Line(label) | ReportBlock::Note(label) | ReportBlock::Toned(_, label) => p { (label) },
                ReportBlock::Table(rows) => (table(rows)),
                ReportBlock::Item(_) | ReportBlock::UnderItem(_) | ReportBlock::Warning(_) => (list(run)),
            }
        }
    }
}

fn in_list(block: &ReportBlock) -> bool {
    matches!(block, ReportBlock::Item(_) | ReportBlock::UnderItem(_) | ReportBlock::Warning(_))
}

fn list(run: &[ReportBlock]) -> Markup {
    html! {
        ul {
            @for item in run.chunk_by(|_, next| matches!(next, ReportBlock::UnderItem(_))) {
                li class=[matches!(item[0], ReportBlock::Warning(_)).then_some("warning")] {
                    @for (index, block) in item.iter().enumerate() {
                        @if let ReportBlock::Item(text) | ReportBlock::UnderItem(text) | ReportBlock::Warning(text) = block {
                            @if index == 0 {
                                @if let ReportBlock::Warning(_) = block { span aria-hidden="true" { "⚠ " } }
                                (text)
                            } @else {
                                p.under { (text) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn table(table: &Table) -> Markup {
    let [headings, rows @ ..] = &table.rows[..] else { return html! {} };
    html! {
        div.scroll tabindex="0" {
            table.figures {
                thead { tr { @for heading in headings { @if heading.is_empty() { td {} } @else { th scope="col" { (heading) } } } } }
                tbody {
                    @for row in rows {
                        tr {
                            @for (index, cell) in row.iter().enumerate() {
                                @if index == 0 { th scope="row" { (cell) } } @else { td { (if cell.is_empty() { DASH } else { cell }) } }
                            }
                        }
                    }
                }
            }
        }
    }
}
