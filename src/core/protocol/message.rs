//! The texts of an exchange: parsed leniently, written in one form.
//!
//! ```text
//! request   any UTF-8 text; its number is the first run of decimal digits
//!           "7"   "Mensagem 7"   "7 - oi"   "7) oi"   "0-conexão"
//! reply     "ACK" in any case, then optional spaces, ':' '+' '-' or '#', then the number
//!           "ACK 7"   "ACK7"   "ack: 7"   "ACK + 7"
//! ```

use std::ops::Range;

use thiserror::Error;

use crate::core::time::{SECOND, Wall};

/// The default text of a request.
pub const DEFAULT_REQUEST: &str = "Mensagem {n}";

/// The default text of a reply.
pub const DEFAULT_REPLY: &str = "ACK {n}";

/// The default text of a probe.
pub const DEFAULT_PROBE: &str = "Ping {n} {time}";

/// Maximum length of a template, bytes.
pub const MAX_TEMPLATE_LEN: usize = 200;

/// What the program puts in for the number in a [`Template`].
const NUMBER: &str = "{n}";

/// What it puts in for the time of sending in a [`Probe`].
const TIME: &str = "{time}";

/// The parts of a text that the exchange uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    /// The number; of a reply, the number that it acknowledges.
    pub number: Option<u64>,
    /// Whether it reads as a reply.
    pub is_reply: bool,
}

/// Reads a datagram's payload. Bytes that are not UTF-8 do not matter: only ASCII is looked for.
pub fn read(payload: &[u8]) -> Text {
    read_digits(payload).0
}

/// The same, with the position of the first run of digits: that of the number if it fits 64 bits, empty if there is
/// none.
#[inline]
pub fn read_digits(payload: &[u8]) -> (Text, Range<usize>) {
    // A reply has no digits between its keyword and its number, so these digits are the number.
    let Some(digits) = first_digits(payload, 0) else { return (Text { number: None, is_reply: false }, 0..0) };
    let number = value(&payload[digits.clone()]);
    (Text { number, is_reply: number.is_some() && begins_as_reply(&payload[..digits.start]) }, digits)
}

/// The first run of decimal digits from `start` on.
#[inline]
pub fn first_digits(text: &[u8], from: usize) -> Option<Range<usize>> {
    let start = from + first_digit(text.get(from..)?)?;
    let length = text[start..].iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len() - start);
    Some(start..start + length)
}

/// Where the first digit of a text is, looked for in eight bytes at once: most texts have a word before their number.
#[inline]
fn first_digit(text: &[u8]) -> Option<usize> {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let (chunks, rest) = text.as_chunks::<8>();
    for (index, word) in chunks.iter().enumerate() {
        // Of a digit, 0x30 taken out leaves 0 to 9, to which 0x76 may be added without reaching the high bit.
        let value = u64::from_le_bytes(*word) ^ 0x3030_3030_3030_3030;
        let others = (((value & !HIGH) + 0x7676_7676_7676_7676) | value) & HIGH;
        if others != HIGH {
            return Some(index * 8 + (!others & HIGH).trailing_zeros() as usize / 8);
        }
    }
    rest.iter().position(u8::is_ascii_digit).map(|place| chunks.len() * 8 + place)
}

/// Whether the text before the number marks a reply.
#[inline]
fn begins_as_reply(before: &[u8]) -> bool {
    let Some((word, rest)) = before.trim_ascii_start().split_at_checked(3) else { return false };
    word.eq_ignore_ascii_case(b"ack")
        && rest.iter().all(|byte| matches!(byte, b' ' | b'\t' | b':' | b'+' | b'-' | b'#'))
}

/// The value of some digits, if it fits 64 bits.
#[inline]
pub fn value(digits: &[u8]) -> Option<u64> {
    /// Digits that always fit 64 bits.
    const SAFE: usize = 19;
    let digit = |byte: &u8| u64::from(byte - b'0');
    if digits.len() <= SAFE {
        return Some(digits.iter().fold(0, |number, byte| number * 10 + digit(byte)));
    }
    digits.iter().try_fold(0u64, |number, byte| number.checked_mul(10)?.checked_add(digit(byte)))
}

/// Why a text cannot serve as a template.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TemplateError {
    /// The template has no `{n}`.
    #[error("the text has no {{n}} for the number")]
    NoNumber,
    /// Digits or an `ACK` before `{n}` make the text read back as another number or kind.
    #[error("the text reads back as something else than its number")]
    Ambiguous,
    /// It is longer than [`MAX_TEMPLATE_LEN`].
    #[error("the text is longer than {MAX_TEMPLATE_LEN} bytes")]
    TooLong,
}

/// A text with a placeholder for the number, checked to parse back to that number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    before: String,
    after: String,
}

impl Template {
    /// A template for requests: it must contain its number and must not read as a reply.
    ///
    /// # Errors
    /// [`TemplateError`] where the text has no `{n}` or would be read back wrongly.
    pub fn request(text: &str) -> Result<Self, TemplateError> {
        Self::new(text, false)
    }

    /// A template for replies: must read back as a reply to its number.
    ///
    /// # Errors
    /// [`TemplateError`] where the text has no `{n}` or would be read back wrongly.
    pub fn reply(text: &str) -> Result<Self, TemplateError> {
        Self::new(text, true)
    }

    fn new(text: &str, is_reply: bool) -> Result<Self, TemplateError> {
        // A short question must not earn a long answer (and a message stays below any MTU).
        if text.len() > MAX_TEMPLATE_LEN {
            return Err(TemplateError::TooLong);
        }
        let (before, after) = text.split_once(NUMBER).ok_or(TemplateError::NoNumber)?;
        let template = Self { before: before.to_owned(), after: after.to_owned() };
        // Two probes: digits right after {n} would lengthen the number, whatever it is.
        for number in [7, 31] {
            if read(template.fill(number).as_bytes()) != (Text { number: Some(number), is_reply }) {
                return Err(TemplateError::Ambiguous);
            }
        }
        Ok(template)
    }

    /// The text for one number.
    pub fn fill(&self, number: u64) -> String {
        format!("{}{number}{}", self.before, self.after)
    }
}

/// The text of a probe: a request that may tell the time of its sending, made as long as it is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    body: Body,
    size: usize,
}

/// The text of a probe.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Body {
    /// A text with its number.
    Numbered(Template),
    /// Always the same, but for the time.
    Plain(String),
}

impl Probe {
    /// A probe of at least `size` bytes, padded with dots.
    ///
    /// # Errors
    /// [`TemplateError`] as [`Template::request`]; `{time}` before `{n}` would be read as the number.
    pub fn new(text: &str, size: usize) -> Result<Self, TemplateError> {
        Template::request(&text.replace(TIME, &time(Wall(0))))?;
        Ok(Self { body: Body::Numbered(Template::request(text)?), size })
    }

    /// A probe that needs no number, because its reply is matched without.
    ///
    /// # Errors
    /// [`TemplateError::TooLong`], and [`TemplateError::Ambiguous`] for a text that reads as a reply, which nobody answers;
    /// as [`Probe::new`] for one with `{n}`.
    pub fn any(text: &str, size: usize) -> Result<Self, TemplateError> {
        if text.contains(NUMBER) {
            return Self::new(text, size);
        }
        if text.len() > MAX_TEMPLATE_LEN {
            return Err(TemplateError::TooLong);
        }
        if read(text.as_bytes()).is_reply {
            return Err(TemplateError::Ambiguous);
        }
        Ok(Self { body: Body::Plain(text.to_owned()), size })
    }

    /// The text of probe `number`, sent at `at`.
    pub fn fill(&self, number: u64, at: Wall) -> String {
        let mut text = match &self.body {
            Body::Numbered(template) => template.fill(number),
            Body::Plain(text) => text.clone(),
        };
        if text.contains(TIME) {
            text = text.replace(TIME, &time(at));
        }
        if text.len() < self.size {
            // The space keeps the text apart from what fills it up.
            text.push(' ');
            text.extend(std::iter::repeat_n('.', self.size - text.len()));
        }
        text
    }
}

/// A time in seconds since the Unix epoch, to the microsecond.
fn time(at: Wall) -> String {
    format!("{}.{:06}", at.0.div_euclid(SECOND), at.0.rem_euclid(SECOND) / 1_000)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_the_requests_that_others_send() {
        for (text, number) in
            [("7", 7), ("Mensagem 7", 7), ("7 - oi", 7), ("7) oi", 7), ("0-conexão", 0), ("mensagem 12 de 30", 12)]
        {
            assert_eq!(read(text.as_bytes()), Text { number: Some(number), is_reply: false }, "{text}");
        }
    }

    #[test]
    fn reads_the_replies_that_others_send() {
        for text in ["ACK 7", "ACK7", "ack: 7", "ACK + 7", "Ack#7", "ACK-7", " ack \t7\r\n"] {
            assert_eq!(read(text.as_bytes()), Text { number: Some(7), is_reply: true }, "{text:?}");
        }
    }

    #[test]
    fn a_text_that_resembles_a_reply_is_a_request() {
        for (text, number) in [("ACKNOWLEDGE 7", Some(7)), ("ACK", None), ("ACK ok 7", Some(7)), ("", None)] {
            assert_eq!(read(text.as_bytes()), Text { number, is_reply: false }, "{text:?}");
        }
    }

    #[test]
    fn survives_what_is_no_text() {
        assert_eq!(read(&[0xff, 0xfe, b'4', 0x80]).number, Some(4));
        assert_eq!(read(b"99999999999999999999999").number, None);
        assert_eq!(read(b"ack 99999999999999999999999"), Text { number: None, is_reply: false });
        assert_eq!(read(b"18446744073709551615").number, Some(u64::MAX));
        assert_eq!(read(b"18446744073709551616").number, None);
        assert_eq!(read(b"00000000000000000000000000007").number, Some(7), "zeros do not make a number larger");
    }

    proptest! {
        #[test]
        fn digits_are_found_as_one_by_one(text in proptest::collection::vec(any::<u8>(), 0..40), from in 0..20usize) {
            let slow = text.get(from..).and_then(|text| text.iter().position(u8::is_ascii_digit));
            prop_assert_eq!(first_digits(&text, from).map(|digits| digits.start), slow.map(|place| from + place));
        }
    }

    #[test]
    fn every_byte_is_a_digit_or_none_at_every_place() {
        for (byte, place) in (0..=u8::MAX).flat_map(|byte| (0..16).map(move |place| (byte, place))) {
            let mut text = [b'x'; 16];
            text[place] = byte;
            assert_eq!(first_digit(&text), byte.is_ascii_digit().then_some(place), "{byte} {place}");
        }
    }

    #[test]
    fn the_digits_are_found() {
        assert_eq!(read_digits(b"Mensagem 70 oi").1, 9..11);
        assert_eq!(read_digits(b" ack: 7").1, 6..7);
        assert_eq!(read_digits(b"oi").1, 0..0);
    }

    #[test]
    fn templates_read_back_as_what_they_say() {
        assert_eq!(Template::request(DEFAULT_REQUEST).unwrap().fill(30), "Mensagem 30");
        assert_eq!(Template::reply(DEFAULT_REPLY).unwrap().fill(7), "ACK 7");
        assert_eq!(Template::request("oi"), Err(TemplateError::NoNumber));
        assert_eq!(Template::request("2a mensagem {n}"), Err(TemplateError::Ambiguous));
        assert_eq!(Template::request("{n}0"), Err(TemplateError::Ambiguous));
        assert_eq!(Template::request("ACK {n}"), Err(TemplateError::Ambiguous));
        assert_eq!(Template::reply("ok {n}"), Err(TemplateError::Ambiguous));
        let long = format!("ACK {{n}}{}", "!".repeat(MAX_TEMPLATE_LEN));
        assert_eq!(Template::reply(&long), Err(TemplateError::TooLong));
    }

    #[test]
    fn a_probe_tells_its_time_and_is_as_long_as_asked() {
        let at = Wall(1_732_090_000_123_456_789);
        let probe = Probe::new(DEFAULT_PROBE, 0).unwrap();
        assert_eq!(probe.fill(7, at), "Ping 7 1732090000.123456");
        let long = Probe::new(DEFAULT_PROBE, 64).unwrap().fill(7, at);
        assert_eq!((long.len(), long.starts_with("Ping 7 1732090000.123456 ...")), (64, true));
        assert_eq!(read(long.to_ascii_uppercase().as_bytes()).number, Some(7));
        assert_eq!(Probe::new("ping {n}", 7).unwrap().fill(7, at), "ping 7 ");
        for bad in ["{time} {n}", "{n}{time}", "ACK {n}"] {
            assert_eq!(Probe::new(bad, 0), Err(TemplateError::Ambiguous), "{bad}");
        }
        assert_eq!(Probe::new("ping", 0), Err(TemplateError::NoNumber));
    }
}
