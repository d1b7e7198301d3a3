//! The text report for a terminal.

use unicode_width::UnicodeWidthStr;

use super::exchange;
use super::exchange::blocks::{ReportBlock, Table, Tone};
use super::format::NO_BREAK;
use super::text_layout::{self, TableLayout, paragraph};
use crate::core::document::exchange::Document;
use crate::core::escape;
use crate::i18n::Texts;

/// Narrower pages are written as if they had this many columns.
pub const MIN_WIDTH: usize = 40;

/// Columns where the output is not a terminal.
pub const DEFAULT_WIDTH: usize = 80;

/// Longer lines are hard to read.
pub const MAX_WIDTH: usize = 200;

const BOLD: &str = "\x1b[1m";
const YELLOW: &str = "\x1b[33m";
const BOLD_RED: &str = "\x1b[1;31m";
const RED: &str = "\x1b[31m";
const GREEN: &str = "\x1b[32m";
const PLAIN: &str = "\x1b[0m";

const fn look(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => GREEN,
        Tone::Bad => RED,
        Tone::Open => YELLOW,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Columns, at least 40.
    pub width: usize,
    /// Bold headings and yellow warnings, for terminals that want them.
    pub color: bool,
    /// With the path, the delays and the evidence.
    pub details: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self { width: DEFAULT_WIDTH, color: false, details: false }
    }
}

/// The document as text in the language of `texts`, with a newline at its end.
pub fn render(document: &Document, texts: Texts, style: Style) -> String {
    layout(&exchange::blocks_of(document, texts, style.details), style)
}

/// Pieces of a report as text, with a newline at its end.
pub(super) fn layout(blocks: &[ReportBlock], style: Style) -> String {
    let mut renderer = TextRenderer::new(style);
    for block in blocks {
        renderer.add(block);
    }
    renderer.finish()
}

/// Renders the text line by line, with control characters escaped: the input may come from foreign files.
struct TextRenderer {
    width: usize,
    color: bool,
    text: String,
}

impl TextRenderer {
    fn new(style: Style) -> Self {
        Self { width: style.width.max(MIN_WIDTH), color: style.color, text: String::new() }
    }

    fn finish(self) -> String {
        self.text
    }

    fn add(&mut self, block: &ReportBlock) {
        match block {
            ReportBlock::Heading(text) => {
                if !self.text.is_empty() {
                    self.text.push('\n');
                }
                self.wrapped("", text, Some(BOLD));
            }
            ReportBlock::Strong(words) => self.wrapped("", words, Some(BOLD)),
            ReportBlock::Alarm(words) => self.wrapped("", words, Some(BOLD_RED)),
            ReportBlock::Line(wording) => self.wrapped("  ", wording, None),
            ReportBlock::Toned(tone, words) => self.wrapped("  ", words, Some(look(*tone))),
            ReportBlock::Item(message) => self.wrapped("  - ", message, None),
            ReportBlock::UnderItem(words) => self.wrapped("    ", words, None),
            ReportBlock::Warning(words) => self.wrapped("  ! ", words, Some(YELLOW)),
            ReportBlock::Note(words) => {
                self.text.push('\n');
                self.wrapped("", words, None);
            }
            ReportBlock::Table(table) => self.table(table),
        }
    }

    /// A table, indented as paragraphs are. One that does not fit on the page becomes a list: each row an item, with its
    /// cells under it.
    fn table(&mut self, table: &Table) {
        let layout = TableLayout { indent: 2, gap: 2, starts_with_words: true, min_widths: &[] };
        let lines = text_layout::table(&table.rows, layout);
        if lines.iter().all(|line| line.width() <= self.width) {
            for (index, line) in lines.iter().enumerate() {
                self.push(line, (index == 0).then_some(BOLD));
            }
            return;
        }
        let Some((headings, rows)) = table.rows.split_first() else { return };
        for row in rows {
            for (index, (heading, cell)) in headings.iter().zip(row).enumerate() {
                let first = if index == 0 { "  - " } else { "    " };
                let heading = escape::table_cell(heading);
                let words = if heading.is_empty() { String::new() } else { format!("{heading}: ") };
                self.wrapped(first, &(words + &escape::table_cell(cell)), None);
            }
        }
    }

    /// A paragraph behind `first`, its further lines indented as far.
    fn wrapped(&mut self, first: &str, text: &str, look: Option<&str>) {
        for line in paragraph(first, text, self.width) {
            self.push(&line, look);
        }
    }

    fn push(&mut self, line: &str, look: Option<&str>) {
        let line = line.replace(NO_BREAK, " ");
        match look.filter(|_| self.color) {
            Some(look) => self.text.extend([look, &line, PLAIN]),
            None => self.text.push_str(&line),
        }
        self.text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(width: usize) -> TextRenderer {
        TextRenderer::new(Style { width, ..Style::default() })
    }

    #[test]
    fn paragraphs_are_wrapped_below_their_beginning() {
        let mut sheet = sheet(40);
        sheet
            .add(&ReportBlock::Item("uma frase que certamente não cabe em uma linha só, por mais que se tente".into()));
        let text = sheet.finish();
        assert!(text.starts_with("  - uma frase"));
        assert!(text.lines().skip(1).all(|line| line.starts_with("    ")), "{text}");
        assert!(text.lines().count() > 1 && text.lines().all(|line| line.width() <= 40), "{text}");
    }

    #[test]
    fn a_word_longer_than_a_line_is_broken() {
        let mut sheet = sheet(40);
        sheet.add(&ReportBlock::Line(format!("see {} there", "x".repeat(100))));
        let text = sheet.finish();
        assert!(text.lines().all(|line| line.width() <= 40), "{text}");
        assert_eq!(text.matches('x').count(), 100);
    }

    #[test]
    fn nothing_from_outside_steers_the_terminal() {
        let mut sheet = sheet(80);
        sheet.add(&ReportBlock::Line("a\x1b[2Jb\rc\u{202e}d".into()));
        assert_eq!(sheet.finish(), "  a?[2Jb?c?d\n");
    }

    #[test]
    fn figures_stand_below_each_other() {
        let mut table = Table::new(vec![String::new(), "média".into()]);
        table.row(vec!["é".into(), "1,5".into()]);
        table.row(vec!["rede".into(), "—".into()]);
        let mut sheet = sheet(80);
        sheet.add(&ReportBlock::Table(table));
        assert_eq!(sheet.finish(), "        média\n  é       1,5\n  rede      —\n");
    }

    #[test]
    fn a_table_wider_than_the_page_becomes_a_list() {
        let mut table = Table::new(vec!["name".into(), "address".into()]);
        table.row(vec!["ana".into(), "x".repeat(40)]);
        let mut sheet = sheet(40);
        sheet.add(&ReportBlock::Table(table));
        let text = sheet.finish();
        assert!(text.starts_with("  - name: ana\n    address:\n    xxx"), "{text}");
        assert_eq!(text.matches('x').count(), 40);
    }

    #[test]
    fn color_changes_no_words() {
        let write = |color| {
            let mut sheet = TextRenderer::new(Style { color, ..Style::default() });
            sheet.add(&ReportBlock::Heading("a".into()));
            sheet.add(&ReportBlock::Line("b".into()));
            sheet.add(&ReportBlock::Toned(Tone::Bad, "c".into()));
            sheet.finish()
        };
        assert_eq!(write(false), "a\n  b\n  c\n");
        assert_eq!(write(true), "\x1b[1ma\x1b[0m\n  b\n\x1b[31m  c\x1b[0m\n");
    }
}
