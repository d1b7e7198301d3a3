//! Terminal text layout: wraps paragraphs, aligns tables, truncates lines.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::core::escape;

#[derive(Clone, Copy, Debug, Default)]
pub struct TableLayout<'a> {
    /// Columns before each row.
    pub indent: usize,
    /// Columns between two cells.
    pub gap: usize,
    /// The first column is words, which begin at its left; all others are figures, which end at its right.
    pub starts_with_words: bool,
    /// The least width of each column; of those that are not listed, 0.
    pub min_widths: &'a [usize],
}

/// The lines of a table, one for each row.
pub fn table(rows: &[Vec<String>], layout: TableLayout<'_>) -> Vec<String> {
    let clean = |cell: &String| escape::table_cell(cell);
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(clean).collect()).collect();
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        let least = layout.min_widths.get(column).copied().unwrap_or(0);
        cells.map(|cell| cell.width()).max().unwrap_or(0).max(least)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let mut line = " ".repeat(layout.indent);
        for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let padding = " ".repeat(width - cell.width());
            if column > 0 {
                line.push_str(&" ".repeat(layout.gap));
            }
            let is_words = column == 0 && layout.starts_with_words;
            line.extend(if is_words { [cell, &padding] } else { [&padding, cell] }.map(String::as_str));
        }
        line.truncate(line.trim_end().len());
        line
    };
    rows.iter().map(line).collect()
}

/// A paragraph behind `first`, in lines of at most `width` columns; its further lines are indented as far.
pub fn paragraph(first: &str, text: &str, width: usize) -> Vec<String> {
    let indent = first.width();
    let lines = wrap(text, width.saturating_sub(indent)).into_iter().enumerate();
    lines.map(|(index, line)| if index == 0 { format!("{first}{line}") } else { " ".repeat(indent) + &line }).collect()
}

/// Breaks words into lines of at most `width` columns; a word longer than a line is broken.
pub fn wrap(words: &str, width: usize) -> Vec<String> {
    let text = escape::lines(words);
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for mut word in text.split([' ', '\n']).filter(|word| !word.is_empty()) {
        if !line.is_empty() && line.width() + 1 + word.width() > width {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        while line.width() + word.width() > width {
            let head = truncate(word, width);
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

pub fn truncate(line: &str, width: usize) -> &str {
    let mut used = 0;
    for (index, character) in line.char_indices() {
        used += character.width().unwrap_or(0);
        if used > width {
            return &line[..index];
        }
    }
    line
}

/// As much of the end as fits, behind an ellipsis where that is not all.
pub fn truncate_start(line: &str, width: usize) -> String {
    // A control character is shown as a question mark.
    let columns = |character: char| character.width().unwrap_or(1);
    if line.chars().map(columns).sum::<usize>() <= width {
        return line.to_owned();
    }
    let mut used = 1;
    let fits = |(_, character): &(usize, char)| {
        used += columns(*character);
        used <= width
    };
    let start = line.char_indices().rev().take_while(fits).last().map_or(line.len(), |(index, _)| index);
    format!("…{}", &line[start..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_stays_with_its_unit() {
        let lines = wrap("aaaa 6,7\u{a0}% bbbb", 8);
        assert_eq!(lines, ["aaaa", "6,7\u{a0}%", "bbbb"]);
    }

    #[test]
    fn long_words_are_broken() {
        for (words, width, lines) in [
            ("ab cdefgh i", 3, &["ab", "cde", "fgh", "i"][..]),
            ("日本語", 4, &["日本", "語"]),
            ("日本", 1, &["日本"]),
            ("a\u{1b}b\nc", 8, &["a?b c"]),
            ("  ", 8, &[]),
        ] {
            assert_eq!(wrap(words, width), lines, "{words:?}");
        }
    }

    #[test]
    fn further_lines_are_indented() {
        assert_eq!(paragraph("  - ", "aaa bbb ccc", 11), ["  - aaa bbb", "    ccc"]);
    }

    #[test]
    fn lines_are_cut_at_either_end() {
        assert_eq!((truncate("abc", 3), truncate("abcd", 3), truncate("日本", 3)), ("abc", "abc", "日"));
        let cut = [("abc", 3), ("abcd", 3), ("日本", 4), ("日本語", 5), ("日本語", 2)];
        assert_eq!(cut.map(|(line, width)| truncate_start(line, width)), ["abc", "…cd", "日本", "…本語", "…"]);
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [vec!["é".to_owned(), "1".to_owned()], vec!["日本".to_owned(), "22\n2".to_owned()]];
        let layout = TableLayout { indent: 2, gap: 2, starts_with_words: true, min_widths: &[] };
        assert_eq!(table(&rows, layout), ["  é        1", "  日本  22 2"]);
        let figures = TableLayout { gap: 1, min_widths: &[5], ..TableLayout::default() };
        assert_eq!(table(&rows, figures), ["    é    1", " 日本 22 2"]);
    }
}
