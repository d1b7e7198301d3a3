//! The text report for a terminal.

use super::exchange;
use super::exchange::blocks::{ReportBlock, Table};
use super::format::NO_BREAK;
use super::text_layout::{self, TableLayout, paragraph, truncate};
use crate::core::document::exchange::Document;
use crate::i18n::Texts;

/// Narrower pages are written as if they had this many columns.
const MIN_WIDTH: usize = 40;

const BOLD: &str = "\x1b[1m";
const YELLOW: &str = "\x1b[33m";
const PLAIN: &str = "\x1b[0m";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Columns, at least 40.
    pub width: usize,
    /// Bold headings and yellow warnings, for terminals that want them.
    pub color: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self { width: 80, color: false }
    }
}

/// The document as text in the language of `texts`, with a newline at its end.
pub fn render(document: &Document, texts: Texts, style: Style) -> String {
    layout(&exchange::blocks_of(document, texts), style)
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
            ReportBlock::Line(wording) => self.wrapped("  ", wording, None),
            ReportBlock::Item(message) => self.wrapped("  - ", message, None),
            ReportBlock::UnderItem(words) => self.wrapped("    ", words, None),
            ReportBlock::Warning(words) => self.wrapped("  ! ", words, Some(YELLOW)),
            ReportBlock::Table(table) => self.table(table),
        }
    }

    /// A table, indented as paragraphs are; what does not fit on the page is cut off.
    fn table(&mut self, table: &Table) {
        let layout = TableLayout { indent: 2, gap: 2, starts_with_words: true, min_widths: &[] };
        for (index, line) in text_layout::table(&table.rows, layout).iter().enumerate() {
            self.push(truncate(line, self.width), (index == 0).then_some(BOLD));
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
    use unicode_width::UnicodeWidthStr;

    use super::*;

    fn sheet(width: usize) -> TextRenderer {
        TextRenderer::new(Style { width, color: false })
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
    fn color_changes_no_words() {
        let write = |color| {
            let mut sheet = TextRenderer::new(Style { width: 80, color });
            sheet.add(&ReportBlock::Heading("a".into()));
            sheet.add(&ReportBlock::Line("b".into()));
            sheet.finish()
        };
        assert_eq!(write(false), "a\n  b\n");
        assert_eq!(write(true), "\x1b[1ma\x1b[0m\n  b\n");
    }
}
