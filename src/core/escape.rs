//! Text of others, made harmless: one function for each place where it goes.
//!
//! A name, a datagram, a reply of a server or a file's content may hold what moves the cursor, ends a line, turns the
//! direction of writing or is invisible, and could so forge what medidor itself says.
//!
//! | place | function |
//! |---|---|
//! | a sentence on the screen, in a log, a comment of pcapng, a label of the metrics | [`line()`] (`i18n::Value::text` calls it) |
//! | a report or a page of many lines | [`lines`]; a page also has `maud`, which escapes markup |
//! | a cell of a table in a report | [`table_cell`] |
//! | a cell of CSV | [`csv_cell`] |
//! | JSON | [`json`] |
//! | a copy that a chat relays | [`line()`] |
//! | the name of a file to be made | [`file_name`] |
//! | the header and the body of a mail | [`line()`] and [`lines`] |
//! | an identifier in a mail | [`word`] |

use std::fmt::Write as _;

/// One line: its line feeds become spaces, other harmful characters `?`. Tabs stay.
pub fn line(text: &str) -> String {
    escaped(text.trim_end_matches(['\r', '\n']), |character| match character {
        '\n' => ' ',
        '\t' => '\t',
        _ => '?',
    })
}

/// Lines: line feeds stay. A tab becomes `?`, because it would break the columns of a report.
pub fn lines(text: &str) -> String {
    escaped(text, |character| if character == '\n' { '\n' } else { '?' })
}

/// A cell of a table, which neither a tab nor a line feed breaks.
pub fn table_cell(text: &str) -> String {
    lines(text).replace('\n', " ")
}

/// A cell of CSV: one line, with an apostrophe before what a spreadsheet would take for a formula.
pub fn csv_cell(text: &str) -> String {
    const FORMULA: [char; 5] = ['=', '+', '-', '@', '\t'];
    let text = line(text);
    if text.starts_with(FORMULA) { format!("'{text}") } else { text }
}

/// JSON with the harmful characters of its strings as escape sequences, which mean the same.
pub fn json(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    for character in json.chars() {
        // Between the strings there are line feeds; inside of them serde_json has escaped what is below a space.
        if character != '\n' && is_harmful(character) {
            let mut units = [0; 2];
            // A string takes whatever is written to it.
            for unit in character.encode_utf16(&mut units) {
                _ = write!(safe, "\\u{unit:04x}");
            }
        } else {
            safe.push(character);
        }
    }
    safe
}

/// The name of a file, without the characters that separate folders.
pub fn file_name(text: &str) -> String {
    let name = text.replace(['/', '\\', '\0'], "_");
    escaped(&name, |_| '_')
}

/// Letters, digits, `-`, `_` and `.`; everything else becomes `-`.
pub fn word(text: &str) -> String {
    let is_plain = |character: char| character.is_ascii_alphanumeric() || "-_.".contains(character);
    text.chars().map(|character| if is_plain(character) { character } else { '-' }).collect()
}

fn escaped(text: &str, replacement: impl Fn(char) -> char) -> String {
    text.chars().map(|character| if is_harmful(character) { replacement(character) } else { character }).collect()
}

/// U+200C and U+200D, variation selectors and tags are invisible, too, but several scripts and emoji are written with them.
fn is_harmful(character: char) -> bool {
    let changes_direction =
        matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let breaks_line = matches!(character, '\u{2028}' | '\u{2029}');
    // Zero-width space and no-break space, word joiner, invisible operators, deprecated format characters, and the marks
    // around annotations, which some terminals hide.
    let is_invisible = matches!(character, '\u{200b}' | '\u{feff}' | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}');
    character.is_control() || changes_direction || breaks_line || is_invisible
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_become_question_marks() {
        for (text, escaped) in [
            ("a\nb", "a\nb"),
            ("a\r\nb", "a?\nb"),
            ("a\tb", "a?b"),
            ("\0\u{7}\u{1f}", "???"),
            ("\u{1b}[2J", "?[2J"),
            ("\u{1b}]0;title\u{7}", "?]0;title?"),
            ("\u{7f}", "?"),
            ("\u{80}\u{85}\u{9b}2J\u{9f}", "???2J?"),
        ] {
            assert_eq!(lines(text), escaped, "{text:?}");
        }
    }

    #[test]
    fn direction_characters_become_question_marks() {
        let all = ['\u{61c}', '\u{200e}', '\u{200f}'].into_iter();
        for letter in all.chain('\u{202a}'..='\u{202e}').chain('\u{2066}'..='\u{2069}') {
            assert_eq!(lines(&format!("a{letter}b")), "a?b", "{letter:?}");
        }
    }

    #[test]
    fn invisible_characters_become_question_marks() {
        let all = ['\u{200b}', '\u{2028}', '\u{2029}', '\u{feff}', '\u{fff9}', '\u{fffa}', '\u{fffb}'].into_iter();
        for letter in all.chain('\u{2060}'..='\u{2065}').chain('\u{206a}'..='\u{206f}') {
            assert_eq!(lines(&format!("a{letter}b")), "a?b", "{letter:?}");
        }
    }

    #[test]
    fn text_of_every_script_stays() {
        for text in [
            "",
            "ação, señor: 1 µs — “x”…",
            "6,7\u{a0}%",
            "שלום",
            "مرحبا",
            "می\u{200c}خواهم",
            "क्\u{200d}ष",
            "日本語",
            "👩\u{200d}💻",
            "❤\u{fe0f}",
            "e\u{301}",
        ] {
            assert_eq!(lines(text), text);
        }
    }

    #[test]
    fn each_place_gets_what_it_can_hold() {
        let text = "a\u{1b}[2J\u{9b}2J\u{7}\u{202e}b\r\nç\tõ\t";
        assert_eq!(lines(text), "a?[2J?2J??b?\nç?õ?");
        assert_eq!(line(text), "a?[2J?2J??b? ç\tõ\t");
        assert_eq!(table_cell(text), "a?[2J?2J??b? ç?õ?");
        assert_eq!(file_name("../a\\b\0\n\u{202e}"), ".._a_b___");
        assert_eq!(word("a b\r\nc.d-e_f/ç"), "a-b--c.d-e_f--");
        assert_eq!(line("error: x\r\n"), "error: x");
        assert_eq!(json("{\n  \"a\": \"\u{7f}\u{9b}\u{202e}ç\"\n}"), "{\n  \"a\": \"\\u007f\\u009b\\u202eç\"\n}");
    }

    #[test]
    fn formulas_become_text() {
        for (text, cell) in [
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@x", "'@x"),
            ("\t=1", "'\t=1"),
            ("\r=1", "?=1"),
            ("a=1", "a=1"),
            ("", ""),
        ] {
            assert_eq!(csv_cell(text), cell);
        }
    }
}
