//! Finds frames that hold several datagrams, as segmentation offloads (GRO, GSO) make them.
//!
//! A sender may pass many texts to the kernel at once (`UDP_SEGMENT`), and a receiver's kernel may join datagrams (receive
//! offload). A capture then shows one frame with all texts in a row, all of one length except a shorter last one, and does
//! not show that length. The texts reveal it:
//!
//! ```text
//! Mensagem 8Mensagem 9      the text before the first number repeats before another, at equal distances
//! 7 - oi8 - oi              the text after the first number repeats after each, at equal distances
//! 789                       consecutive numbers where 7 was next; or the number 789
//! ```
//!
//! An application may also send such a text itself. So this proves nothing to have passed, only that more may have passed
//! than was decoded.

use std::ops::Range;

use crate::core::protocol::message::{first_digits, read};

/// No Ethernet carries longer datagrams: a jumbo frame, less its headers (bytes).
const MAX_PAYLOAD_LEN: u16 = 9_216 - 28;

/// The longest datagram that an ordinary Ethernet carries (bytes).
const ORDINARY_TEXT: u16 = 1_500 - 28;

/// Numbers of a payload that are tried as the start of a second text.
const MAX_CANDIDATES: usize = 16;

/// A datagram's payload.
#[derive(Clone, Debug)]
pub struct CoalescedPayload<'a> {
    pub text: &'a [u8],
    /// The position of its first digits.
    pub digits: Range<usize>,
    /// Its length, bytes.
    pub length: u16,
    /// It runs between two addresses that may well be of two hosts.
    pub travels: bool,
    /// Whether it is the first fragment of several, whose length proves nothing.
    pub fragmented: bool,
    /// The last number of its flow before it.
    pub before: Option<u64>,
}

impl CoalescedPayload<'_> {
    /// Whether there may be several datagrams in it.
    #[inline]
    pub fn is_several(&self) -> bool {
        self.is_oversized() || holds_several(self.text, self.digits.clone(), self.before)
    }

    /// Longer than a network carries, or than a usual one does where the snapshot length hides what else is in it.
    fn is_oversized(&self) -> bool {
        let cut = self.text.len() < usize::from(self.length);
        let most = if cut { ORDINARY_TEXT } else { MAX_PAYLOAD_LEN };
        self.length > most && self.travels && !self.fragmented
    }
}

/// Whether a text reads as several in a row, where `before` was the number before it.
#[inline]
fn holds_several(text: &[u8], digits: Range<usize>, before: Option<u64>) -> bool {
    match digits {
        Range { start: 0, end: 0 } => false,
        Range { start: 0, end } if end == text.len() => is_row_of_numbers(text, before),
        Range { end, .. } if end == text.len() => false,
        digits => repeats(text, digits),
    }
}

/// Whether the text around the first number repeats with other numbers at equal distances.
fn repeats(text: &[u8], Range { start, end }: Range<usize>) -> bool {
    let mut from = end;
    for _ in 0..MAX_CANDIDATES {
        let Some(Range { start: next, end: behind }) = first_digits(text, from) else { return false };
        from = behind;
        // The second text begins as far before its number as the first does.
        let length = next - start;
        if length < end {
            continue;
        }
        let frame = if start > 0 { Frame::Before(&text[..start]) } else { Frame::Behind(&text[end..length]) };
        let first = &text[start..end];
        let mut differ = false;
        let alike = text.chunks(length).all(|text| {
            let number = frame.number(text);
            differ |= number.is_some_and(|number| number != first);
            number.is_some()
        });
        if alike && differ {
            return true;
        }
    }
    false
}

#[derive(Clone, Copy)]
enum Frame<'a> {
    Before(&'a [u8]),
    Behind(&'a [u8]),
}

impl Frame<'_> {
    /// The digits of a text, if it is one of those.
    fn number<'a>(&self, text: &'a [u8]) -> Option<&'a [u8]> {
        let Range { start, end } = first_digits(text, 0)?;
        let fits = match self {
            Self::Before(before) => text[..start] == **before,
            Self::Behind(behind) => start == 0 && text[end..] == **behind,
        };
        fits.then(|| &text[start..end])
    }
}

/// Whether bare digits are rather several numbers in a row than one.
fn is_row_of_numbers(digits: &[u8], before: Option<u64>) -> bool {
    let whole = read(digits).number;
    let next = before.and_then(|before| before.checked_add(1));
    if whole.is_some() && whole == next {
        return false;
    }
    // A second number of the same or smaller length needs at least half of the digits.
    (1..=digits.len().div_ceil(2).min(19)).any(|length| {
        let mut numbers = digits.chunks(length).map(|digits| read(digits).number);
        let Some(Some(first)) = numbers.next() else { return false };
        let follow = numbers.len() > 0
            && numbers.enumerate().all(|(index, number)| number == first.checked_add(index as u64 + 1));
        // A number lower than the one before was reordered, which is unlikely for a whole row.
        follow && before.is_none_or(|before| before < first && whole.is_none_or(|whole| first < whole))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_several(text: &str, before: Option<u64>) -> bool {
        holds_several(text.as_bytes(), first_digits(text.as_bytes(), 0).unwrap_or_default(), before)
    }

    #[test]
    fn texts_in_a_row_are_several() {
        for text in [
            "Mensagem 8Mensagem 9",
            "Mensagem 98Mensagem 99Mensagem 1",
            "ACK 8ACK 9ACK 10",
            "ACK 9ACK 8",
            "7 - oi8 - oi",
            "10) oi11) oi12) oi",
            "Mensagem 7 xyzMensagem 8 xy.",
            "\0\0\0\u{1}7\0\0\0\u{1}8",
        ] {
            assert!(is_several(text, None), "{text}");
        }
        let padded = |number| format!("Mensagem {number:04}{}", "x".repeat(51));
        let all: String = (1..=10).map(padded).collect();
        assert!(is_several(&all, None));
    }

    #[test]
    fn ordinary_texts_are_one() {
        for text in [
            "",
            "7",
            "Mensagem 7",
            "ACK 7",
            "mensagem 12 de 30",
            "7 de 30",
            "7 2026-11-20 12:34:56",
            "Mensagem 7 enviada em 20/11/2026 12:34:56.123",
            "Mensagem 7 Mensagem 7",
            "Mensagem 7, seq 7, seq 8",
            "7 - oi",
            "1, 2, 3",
            "{\"id\": 7, \"seq\": 8}",
            "7 10.0.0.1",
            "Mensagem 7 000000",
            "Mensagem 8Mensagem 9 and more",
        ] {
            assert!(!is_several(text, None), "{text}");
            assert!(!is_several(text, Some(6)), "{text}");
        }
    }

    #[test]
    fn bare_numbers_are_one_where_they_come_in_order() {
        for number in 1..=100_000u64 {
            assert!(!is_several(&number.to_string(), Some(number - 1)), "{number}");
        }
        assert!(!is_several("12", Some(7)), "1 and 2 were before");
        assert!(!is_several("007", Some(6)) && !is_several("1000", None));
        assert!(is_several("789", Some(6)) && is_several("10111213", Some(9)) && is_several("78", Some(5)));
        let row: String = (10..40).map(|number| number.to_string()).collect();
        assert!(is_several(&row, Some(9)) && is_several(&row, None));
    }

    #[test]
    fn a_payload_above_the_mtu_is_coalesced() {
        let text = b"Mensagem 7 xxxxxxxxxxxxx";
        let suspect =
            CoalescedPayload { text, digits: 9..10, length: 24, travels: true, fragmented: false, before: None };
        assert!(!suspect.is_several());
        assert!(!CoalescedPayload { length: 1_472, ..suspect.clone() }.is_several());
        assert!(CoalescedPayload { length: 1_473, ..suspect.clone() }.is_several(), "the rest is cut off");
        assert!(!CoalescedPayload { length: 1_473, fragmented: true, ..suspect.clone() }.is_several());
        assert!(
            !CoalescedPayload { length: 1_473, travels: false, ..suspect.clone() }.is_several(),
            "loopback carries 64 KiB"
        );
        let text = &b"x".repeat(20_000)[..];
        assert!(
            !CoalescedPayload { text: &text[..9_188], length: 9_188, ..suspect.clone() }.is_several(),
            "a jumbo frame"
        );
        assert!(CoalescedPayload { text, length: 20_000, ..suspect.clone() }.is_several());
    }

    #[test]
    fn texts_made_to_be_searched_long_are_not() {
        let text = format!("{}1", "x".repeat(3_000)).repeat(20);
        let mut text = text.into_bytes();
        text.push(b'?');
        assert!(!repeats(&text, first_digits(&text, 0).unwrap()));
        let mut text = b"12 ".repeat(20_000);
        text.push(b'?');
        assert!(!repeats(&text, 0..2));
    }
}
