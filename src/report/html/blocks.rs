//! What the text report says, as paragraphs, lists and tables.

use maud::{Markup, html};

use crate::i18n::Texts;
use crate::report::exchange::blocks::{Page, Piece, Table};
use crate::report::format::DASH;

/// Sections, one for each heading that is written.
pub fn sections(write: impl FnOnce(&mut Page)) -> Markup {
    let mut page = Page::default();
    write(&mut page);
    let pieces = page.finish();
    let starts: Vec<usize> =
        (0..pieces.len()).filter(|at| *at == 0 || matches!(pieces[*at], Piece::Heading(_))).collect();
    let ends = starts.iter().skip(1).copied().chain([pieces.len()]);
    html! {
        @for (start, end) in starts.iter().zip(ends) {
            section { (body(&pieces[*start..end], None)) }
        }
    }
}

/// One section whose heading can be pointed at; without anything to say, an empty one with nothing but its heading.
pub fn section(texts: Texts, id: &str, write: impl FnOnce(&mut Page)) -> Markup {
    let mut page = Page::default();
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
pub fn opening(pieces: &[Piece], id: &str) -> Markup {
    let heading = pieces.iter().position(|piece| matches!(piece, Piece::Heading(_))).unwrap_or(pieces.len());
    html! {
        @for (index, piece) in pieces[..heading].iter().enumerate() {
            @match piece {
                Piece::Strong(words) if index == 0 => h1 id=(id) { (words) },
                Piece::Strong(words) => p.strong { (words) },
                other => (body(std::slice::from_ref(other), None)),
            }
        }
        @if heading < pieces.len() { section { (body(&pieces[heading..], None)) } }
    }
}

/// The sentences of a verdict that must not be overlooked.
pub fn sentences(pieces: &[Piece]) -> Vec<String> {
    let strong = pieces.iter().filter_map(|piece| match piece {
        Piece::Strong(words) => Some(words.clone()),
        _ => None,
    });
    strong.collect()
}

/// The first heading, if there is one.
pub fn first_heading(pieces: &[Piece]) -> Option<String> {
    pieces.iter().find_map(|piece| match piece {
        Piece::Heading(words) => Some(words.clone()),
        _ => None,
    })
}

fn body(pieces: &[Piece], id: Option<&str>) -> Markup {
    html! {
        @for run in pieces.chunk_by(|a, b| in_list(a) && in_list(b)) {
            @match &run[0] {
                Piece::Heading(words) => h2 id=[id] { (words) },
                Piece::Strong(words) => p.strong { (words) },
                Piece::Line(words) => p { (words) },
                Piece::Table(rows) => (table(rows)),
                Piece::Item(_) | Piece::UnderItem(_) | Piece::Warning(_) => (list(run)),
            }
        }
    }
}

fn in_list(piece: &Piece) -> bool {
    matches!(piece, Piece::Item(_) | Piece::UnderItem(_) | Piece::Warning(_))
}

fn list(run: &[Piece]) -> Markup {
    html! {
        ul {
            @for item in run.chunk_by(|_, next| matches!(next, Piece::UnderItem(_))) {
                li class=[matches!(item[0], Piece::Warning(_)).then_some("warning")] {
                    @for (index, piece) in item.iter().enumerate() {
                        @if let Piece::Item(words) | Piece::UnderItem(words) | Piece::Warning(words) = piece {
                            @if index == 0 {
                                @if let Piece::Warning(_) = piece { span aria-hidden="true" { "⚠ " } }
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
