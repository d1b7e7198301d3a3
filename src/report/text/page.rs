//! A page of plain text: paragraphs wrapped to its width, headings, lists and tables.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::Style;
use crate::report::figures::NO_BREAK;

/// Narrower pages are written as if they had this many columns.
const NARROWEST: usize = 40;

const BOLD: &str = "\x1b[1m";
const YELLOW: &str = "\x1b[33m";
const PLAIN: &str = "\x1b[0m";

/// A page that grows line by line. Control characters in what it is given, which may come from a file of anybody's, do
/// not reach the terminal.
pub struct Page {
    width: usize,
    color: bool,
    text: String,
}

/// A table: its first column is words, the others are figures.
#[derive(Default)]
pub struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these headings.
    pub fn new(headings: Vec<String>) -> Self {
        Self { rows: vec![headings] }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }
}

impl Page {
    /// An empty page.
    pub fn new(style: Style) -> Self {
        Self { width: style.width.max(NARROWEST), color: style.color, text: String::new() }
    }

    /// All that was written.
    pub fn finish(self) -> String {
        self.text
    }

    /// A heading, with an empty line before it.
    pub fn heading(&mut self, words: &str) {
        self.gap();
        self.wrapped("", words, Some(BOLD));
    }

    /// A paragraph that must not be overlooked.
    pub fn strong(&mut self, words: &str) {
        self.wrapped("", words, Some(BOLD));
    }

    /// A paragraph, indented below its heading.
    pub fn line(&mut self, words: &str) {
        self.wrapped("  ", words, None);
    }

    /// An item of a list.
    pub fn item(&mut self, words: &str) {
        self.wrapped("  - ", words, None);
    }

    /// What belongs to the item before.
    pub fn under_item(&mut self, words: &str) {
        self.wrapped("    ", words, None);
    }

    /// An item of the list of warnings.
    pub fn warning(&mut self, words: &str) {
        self.wrapped("  ! ", words, Some(YELLOW));
    }

    /// An item of a list behind a mark of one column, bold where it must not be overlooked.
    pub fn marked(&mut self, mark: &str, words: &str, strong: bool) {
        self.wrapped(&format!("  {mark} "), words, strong.then_some(BOLD));
    }

    /// A table, indented as paragraphs are; what does not fit on the page is cut off.
    pub fn table(&mut self, table: &Table) {
        let columns = table.rows.iter().map(Vec::len).max().unwrap_or(0);
        let widest = |column: usize| {
            let cells = table.rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| clean(cell).width()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(widest).collect();
        for (index, row) in table.rows.iter().enumerate() {
            let mut line = String::from("  ");
            for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
                let cell = clean(cell);
                let padding = " ".repeat(width - cell.width());
                if column == 0 {
                    line.extend([cell, padding]);
                } else {
                    line.extend(["  ".into(), padding, cell]);
                }
            }
            self.push(cut(line.trim_end(), self.width), (index == 0).then_some(BOLD));
        }
    }

    /// An empty line, unless the page is empty.
    pub fn gap(&mut self) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
    }

    /// A paragraph behind `first`, its further lines indented as far.
    fn wrapped(&mut self, first: &str, words: &str, look: Option<&str>) {
        let indent = first.width();
        for (index, line) in wrap(words, self.width - indent).into_iter().enumerate() {
            let start = if index == 0 { first.to_owned() } else { " ".repeat(indent) };
            self.push(&format!("{start}{line}"), look);
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

/// Breaks words into lines of at most `width` columns; a word longer than a line is broken.
fn wrap(words: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in words.split([' ', '\n']).filter(|word| !word.is_empty()) {
        let mut word = &*clean(word);
        if !line.is_empty() && line.width() + 1 + word.width() > width {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        while line.width() + word.width() > width {
            let head = cut(word, width);
            // A character wider than the page would never fit.
            if head.is_empty() {
                break;
            }
            lines.push(head.to_owned());
            word = &word[head.len()..];
        }
        line.push_str(word);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// As much of the beginning as fits.
fn cut(line: &str, width: usize) -> &str {
    let mut used = 0;
    for (index, character) in line.char_indices() {
        used += character.width().unwrap_or(0);
        if used > width {
            return &line[..index];
        }
    }
    line
}

fn clean(words: &str) -> String {
    let harmless = |character: char| match character {
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '?', // they turn the direction of what follows
        character if character.is_control() => '?',
        character => character,
    };
    words.chars().map(harmless).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(width: usize) -> Page {
        Page::new(Style { width, color: false })
    }

    #[test]
    fn paragraphs_are_wrapped_below_their_beginning() {
        let mut page = page(40);
        page.item("uma frase que certamente não cabe em uma linha só, por mais que se tente");
        let text = page.finish();
        assert!(text.starts_with("  - uma frase"));
        assert!(text.lines().skip(1).all(|line| line.starts_with("    ")), "{text}");
        assert!(text.lines().count() > 1 && text.lines().all(|line| line.width() <= 40), "{text}");
    }

    #[test]
    fn a_figure_stays_with_its_unit() {
        let lines = wrap("aaaa 6,7\u{a0}% bbbb", 8);
        assert_eq!(lines, ["aaaa", "6,7\u{a0}%", "bbbb"]);
    }

    #[test]
    fn a_word_longer_than_a_line_is_broken() {
        let mut page = page(40);
        page.line(&format!("see {} there", "x".repeat(100)));
        let text = page.finish();
        assert!(text.lines().all(|line| line.width() <= 40), "{text}");
        assert_eq!(text.matches('x').count(), 100);
    }

    #[test]
    fn nothing_from_outside_steers_the_terminal() {
        let mut page = page(80);
        page.line("a\x1b[2Jb\rc\u{202e}d");
        assert_eq!(page.finish(), "  a?[2Jb?c?d\n");
    }

    #[test]
    fn figures_stand_below_each_other() {
        let mut table = Table::new(vec![String::new(), "média".into()]);
        table.row(vec!["é".into(), "1,5".into()]);
        table.row(vec!["rede".into(), "—".into()]);
        let mut page = page(80);
        page.table(&table);
        assert_eq!(page.finish(), "        média\n  é       1,5\n  rede      —\n");
    }

    #[test]
    fn color_changes_no_words() {
        let write = |color| {
            let mut page = Page::new(Style { width: 80, color });
            page.heading("a");
            page.line("b");
            page.finish()
        };
        assert_eq!(write(false), "a\n  b\n");
        assert_eq!(write(true), "\x1b[1ma\x1b[0m\n  b\n");
    }
}
