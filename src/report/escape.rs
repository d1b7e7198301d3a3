//! Escapes control characters in foreign text, so that it cannot control a terminal.
//!
//! Four kinds of text follow rules of their own and do not pass here: headers and bodies of mail (`mail/message.rs`), cells
//! of CSV (`report/csv_writer.rs`), names of files to be made (`core/protocol/transfer/file_name.rs`), and JSON.

/// Replaces by `?` what controls a terminal, changes the direction of text, or is invisible. Line feeds stay; a tab does
/// not, because it would break the columns of a report.
pub fn escape_control(text: &str) -> String {
    text.chars().map(|character| if character != '\n' && is_harmful(character) { '?' } else { character }).collect()
}

/// As [`escape_control`], but tabs stay: for status lines and lines of a chat, which have no columns.
pub fn escape_control_except_tab(text: &str) -> String {
    text.split('\t').map(escape_control).collect::<Vec<_>>().join("\t")
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
            assert_eq!(escape_control(text), escaped, "{text:?}");
        }
    }

    #[test]
    fn direction_characters_become_question_marks() {
        let all = ['\u{61c}', '\u{200e}', '\u{200f}'].into_iter();
        for letter in all.chain('\u{202a}'..='\u{202e}').chain('\u{2066}'..='\u{2069}') {
            assert_eq!(escape_control(&format!("a{letter}b")), "a?b", "{letter:?}");
        }
    }

    #[test]
    fn invisible_characters_become_question_marks() {
        let all = ['\u{200b}', '\u{2028}', '\u{2029}', '\u{feff}', '\u{fff9}', '\u{fffa}', '\u{fffb}'].into_iter();
        for letter in all.chain('\u{2060}'..='\u{2065}').chain('\u{206a}'..='\u{206f}') {
            assert_eq!(escape_control(&format!("a{letter}b")), "a?b", "{letter:?}");
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
            assert_eq!(escape_control(text), text);
        }
    }

    #[test]
    fn only_lines_without_columns_keep_tabs() {
        let text = "a\u{1b}[2J\u{9b}2J\u{7}\u{202e}b\r\nç\tõ\t";
        assert_eq!(escape_control(text), "a?[2J?2J??b?\nç?õ?");
        assert_eq!(escape_control_except_tab(text), "a?[2J?2J??b?\nç\tõ\t");
    }
}
