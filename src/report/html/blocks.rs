//! What the text report says, as paragraphs, lists and tables.

use maud::{Markup, html};

use crate::i18n::Texts;
use crate::report::exchange::blocks::{ReportBlock, ReportBuilder, Table};
use crate::report::format::DASH;

/// Sections, one for each heading that is written.
pub fn sections(write: impl FnOnce(&mut ReportBuilder)) -> Markup {
    let mut page = ReportBuilder::default();
    write(&mut page);
    let pieces = page.finish();
    let starts: Vec<usize> =
        (0..pieces.len()).filter(|at| *at == 0 || matches!(pieces[*at], ReportBlock::Heading(_))).collect();
    let ends = starts.iter().skip(1).copied().chain([pieces.len()]);
    html! {
        @for (start, end) in starts.iter().zip(ends) {
            section { (body(&pieces[*start..end], None)) }
        }
    }
}

/// One section whose heading can be pointed at; without anything to say, an empty one with nothing but its heading.
pub fn section(texts: Texts, id: &str, write: impl FnOnce(&mut ReportBuilder)) -> Markup {
    let mut page = ReportBuilder::default();
    write(&mut page);
    let pieces = page.finish();
    html! {
        @if pieces.is_empty() {
            h2 id=(id) { (texts.get("page-no-warnings")) }
        } @else {
            (body(&pieces, Some(id)))
        }
    }
}

/// The verdict: its first sentence as the page's heading, the others below; then what else belongs to it.
pub fn opening(pieces: &[ReportBlock], id: &str) -> Markup {
    let heading = pieces.iter().position(|piece| matches!(piece, ReportBlock::Heading(_))).unwrap_or(pieces.len());
    html! {
        @for (index, piece) in pieces[..heading].iter().enumerate() {
            @match piece {
                ReportBlock::Strong(words) if index == 0 => h1 id=(id) { (words) },
                ReportBlock::Strong(words) => p.strong { (words) },
                other => (body(std::slice::from_ref(other), None)),
            }
        }
        @if heading < pieces.len() { section { (body(&pieces[heading..], None)) } }
    }
}

/// The sentences of a verdict that must not be overlooked.
pub fn sentences(pieces: &[ReportBlock]) -> Vec<String> {
    let strong = pieces.iter().filter_map(|piece| match piece {
        ReportBlock::Strong(words) => Some(words.clone()),
        _ => None,
    });
    strong.collect()
}

/// The first heading, if there is one.
pub fn first_heading(pieces: &[ReportBlock]) -> Option<String> {
    pieces.iter().find_map(|piece| match piece {
        ReportBlock::Heading(words) => Some(words.clone()),
        _ => None,
    })
}

fn body(pieces: &[ReportBlock], id: Option<&str>) -> Markup {
    html! {
        @for run in pieces.chunk_by(|a, b| in_list(a) && in_list(b)) {
            @match &run[0] {
                ReportBlock::Heading(words) => h2 id=[id] { (words) },
                ReportBlock::Strong(words) => p.strong { (words) },
                ReportBlock::Line(words) => p { (words) },
                ReportBlock::Table(rows) => (table(rows)),
                ReportBlock::Item(_) | ReportBlock::UnderItem(_) | ReportBlock::Warning(_) => (list(run)),
            }
        }
    }
}

fn in_list(piece: &ReportBlock) -> bool {
    matches!(piece, ReportBlock::Item(_) | ReportBlock::UnderItem(_) | ReportBlock::Warning(_))
}

fn list(run: &[ReportBlock]) -> Markup {
    html! {
        ul {
            @for item in run.chunk_by(|_, next| matches!(next, ReportBlock::UnderItem(_))) {
                li class=[matches!(item[0], ReportBlock::Warning(_)).then_some("warning")] {
                    @for (index, piece) in item.iter().enumerate() {
                        @if let ReportBlock::Item(words) | ReportBlock::UnderItem(words) | ReportBlock::Warning(words) = piece {
                            @if index == 0 {
                                @if let ReportBlock::Warning(_) = piece { span aria-hidden="true" { "⚠ " } }
                                (words)
                            } @else {
                                p.under { (words) }
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
