//! Splits a byte stream into chat messages: at line ends, or after a pause where a peer sends none.

use std::time::Duration;

use crate::core::time::Mono;

/// The longest line, bytes without its end; the rest of a longer one is refused.
pub const MAX_LINE_LEN: usize = 8 * 1024;

/// A peer that never ended a line: its data is a message after this pause.
pub const SILENCE: Duration = Duration::from_millis(50);

/// A peer that does end lines: an unfinished one is a message after this pause, because the rest may be in
/// retransmission.
pub const LONG_SILENCE: Duration = Duration::from_secs(2);

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatLine {
    /// The text; invalid UTF-8 is replaced.
    pub text: String,
    /// It was longer than [`MAX_LINE_LEN`], and this is its beginning.
    pub cut: bool,
}

/// Cuts a stream into messages. Holds no more than [`MAX_LINE_LEN`] bytes.
#[derive(Clone, Debug, Default)]
pub struct LineSplitter {
    pending: Vec<u8>,
    /// What follows up to the end of the line is refused.
    refusing: bool,
    /// When bytes came last.
    received: Mono,
    /// It has ended a line.
    ends_lines: bool,
    /// Whether an incomplete character was held back at the last pause.
    held: bool,
}

impl LineSplitter {
    /// Consumes bytes; returns the lines that they complete.
    pub fn feed(&mut self, now: Mono, mut bytes: &[u8]) -> Vec<ChatLine> {
        let mut lines = Vec::new();
        if !bytes.is_empty() {
            self.received = now;
            self.held = false;
        }
        while let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
            self.ends_lines = true;
            lines.extend(self.take(&bytes[..end]));
            if !std::mem::take(&mut self.refusing) {
                let text = std::mem::take(&mut self.pending);
                lines.push(ChatLine { text: decode_lossy(&text), cut: false });
            }
            bytes = &bytes[end + 1..];
        }
        lines.extend(self.take(bytes));
        lines
    }

    /// When silence makes a message of what has come, if anything has.
    pub fn due(&self) -> Option<Mono> {
        let silence = if self.ends_lines { LONG_SILENCE } else { SILENCE };
        let waits = !self.pending.is_empty() || self.refusing;
        let silence = if self.held { LONG_SILENCE } else { silence };
        waits.then(|| self.received.plus(silence))
    }

    /// Returns the pending data as a message after a pause. An incomplete character is held back once.
    pub fn flush_partial_line(&mut self, now: Mono) -> Option<ChatLine> {
        if self.due().is_none_or(|due| now < due) {
            return None;
        }
        // After the pause a new message begins.
        self.refusing = false;
        let whole = if self.held { self.pending.len() } else { self.pending.len() - unfinished(&self.pending) };
        let tail = self.pending.split_off(whole);
        let text = std::mem::replace(&mut self.pending, tail);
        self.held = !self.pending.is_empty();
        (!text.is_empty()).then(|| ChatLine { text: decode_lossy(&text), cut: false })
    }

    /// The stream has ended: the last line, if there is one without an end.
    pub fn end(&mut self) -> Option<ChatLine> {
        let text = std::mem::take(&mut self.pending);
        (!text.is_empty()).then(|| ChatLine { text: decode_lossy(&text), cut: false })
    }

    /// Consumes a part of a line; returns the first part of a line that has become too long.
    fn take(&mut self, bytes: &[u8]) -> Option<ChatLine> {
        if self.refusing {
            return None;
        }
        let member_list = MAX_LINE_LEN - self.pending.len();
        // A carriage return may be the beginning of the line's end.
        let fits = bytes.len() <= member_list || bytes.len() == member_list + 1 && bytes.ends_with(b"\r");
        if fits {
            self.pending.extend_from_slice(&bytes[..bytes.len().min(member_list)]);
            return None;
        }
        self.pending.extend_from_slice(&bytes[..member_list]);
        self.refusing = true;
        let mut text = std::mem::take(&mut self.pending);
        text.truncate(text.len() - unfinished(&text));
        Some(ChatLine { text: decode_lossy(&text), cut: true })
    }
}

/// A text for people: no end of line, invalid bytes replaced.
pub fn decode_lossy(bytes: &[u8]) -> String {
    let mut text = String::from_utf8_lossy(bytes).into_owned();
    text.truncate(text.trim_end_matches(['\r', '\n']).len());
    text
}

/// How many bytes at the end are the beginning of a letter that is not all there (RFC 3629, section 3).
fn unfinished(bytes: &[u8]) -> usize {
    let from = bytes.len().saturating_sub(3);
    let start = (from..bytes.len()).rev().find(|at| bytes[*at] & 0xc0 != 0x80);
    let Some(start) = start else { return 0 };
    let wanted = match bytes[start] {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return 0,
    };
    let there = bytes.len() - start;
    if there < wanted { there } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Mono {
        Mono(ms * 1_000_000)
    }

    fn texts(lines: &[ChatLine]) -> Vec<&str> {
        lines.iter().map(|line| line.text.as_str()).collect()
    }

    #[test]
    fn a_line_is_a_message_however_it_comes() {
        let mut splitter = LineSplitter::default();
        assert!(splitter.feed(at(0), b"Ol\xc3").is_empty());
        assert_eq!(texts(&splitter.feed(at(1), b"\xa1!\r\noi\n\nx")), ["Olá!", "oi", ""]);
        assert_eq!(splitter.due(), Some(at(2_001)), "who ends lines may be waiting for a repetition");
        assert_eq!(splitter.flush_partial_line(at(2_000)), None);
        assert_eq!(splitter.flush_partial_line(at(2_001)).unwrap().text, "x");
        assert_eq!((splitter.due(), splitter.end()), (None, None));
    }

    #[test]
    fn an_unterminated_line_is_complete_after_a_pause() {
        let mut splitter = LineSplitter::default();
        assert!(splitter.feed(at(0), "Olá!".as_bytes()).is_empty());
        assert!(splitter.feed(at(30), b" Oi").is_empty());
        assert_eq!((splitter.flush_partial_line(at(79)), splitter.due()), (None, Some(at(80))));
        assert_eq!(splitter.flush_partial_line(at(80)).unwrap().text, "Olá! Oi");
        assert_eq!(splitter.flush_partial_line(at(500)), None);
        assert!(splitter.feed(at(600), b"end").is_empty());
        assert_eq!(splitter.end().unwrap().text, "end");
    }

    #[test]
    fn half_a_letter_waits_for_its_other_half_but_not_for_ever() {
        let mut splitter = LineSplitter::default();
        assert!(splitter.feed(at(0), b"Ol\xc3").is_empty());
        assert_eq!(splitter.flush_partial_line(at(50)).unwrap().text, "Ol");
        assert!(splitter.feed(at(60), b"\xa1").is_empty());
        assert_eq!(splitter.flush_partial_line(at(110)).unwrap().text, "á");
        assert!(splitter.feed(at(200), b"\xc3").is_empty());
        assert_eq!(splitter.flush_partial_line(at(250)), None);
        assert_eq!(splitter.flush_partial_line(at(2_200)).unwrap().text, "\u{fffd}");
    }

    #[test]
    fn invalid_utf8_is_replaced() {
        let mut splitter = LineSplitter::default();
        assert_eq!(texts(&splitter.feed(at(0), b"a\xff\xfeb\xe1\n")), ["a\u{fffd}\u{fffd}b\u{fffd}"]);
    }

    #[test]
    fn a_long_line_is_cut_and_the_rest_refused_up_to_its_end() {
        let long = "é".repeat(MAX_LINE_LEN);
        let mut splitter = LineSplitter::default();
        let mut lines = Vec::new();
        for chunk in long.as_bytes().chunks(1_000) {
            lines.extend(splitter.feed(at(0), chunk));
            assert!(splitter.pending.capacity() <= 2 * MAX_LINE_LEN);
        }
        lines.extend(splitter.feed(at(1), b" more\nshort\n"));
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0], ChatLine { text: "é".repeat(MAX_LINE_LEN / 2), cut: true });
        assert_eq!(lines[1], ChatLine { text: "short".into(), cut: false });
        let just = [&vec![b'x'; MAX_LINE_LEN][..], b"\r\n"].concat();
        let lines = LineSplitter::default().feed(at(0), &just);
        assert_eq!((lines.len(), lines[0].text.len(), lines[0].cut), (1, MAX_LINE_LEN, false));
    }

    #[test]
    fn after_a_silence_the_rest_of_a_long_line_is_another_message() {
        let mut splitter = LineSplitter::default();
        assert!(splitter.feed(at(0), &vec![b'x'; MAX_LINE_LEN + 1])[0].cut);
        assert_eq!(splitter.flush_partial_line(at(50)), None);
        assert!(splitter.feed(at(60), b"oi").is_empty());
        assert_eq!(splitter.flush_partial_line(at(110)).unwrap().text, "oi");
    }
}
