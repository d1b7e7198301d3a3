//! The texts of the exchange, read leniently and written plainly.
//!
//! ```text
//! request   any UTF-8 text; its number is the first run of decimal digits
//!           "7"   "Mensagem 7"   "7 - oi"   "7) oi"   "0-conexão"
//! reply     "ACK" in any case, then optional spaces, ':' '+' '-' or '#', then the number
//!           "ACK 7"   "ACK7"   "ack: 7"   "ACK + 7"
//! ```

use thiserror::Error;

use crate::core::time::{SECOND, Wall};

/// The default text of a request.
pub const DEFAULT_REQUEST: &str = "Mensagem {n}";

/// The default text of a reply.
pub const DEFAULT_REPLY: &str = "ACK {n}";

/// The default text of a probe.
pub const DEFAULT_PROBE: &str = "Ping {n} {time}";

/// Texts are no longer than this, bytes.
pub const LONGEST_TEMPLATE: usize = 200;

/// What the program puts in for the number in a [`Template`].
const NUMBER: &str = "{n}";

/// What it puts in for the time of sending in a [`Probe`].
const TIME: &str = "{time}";

/// What a text says, as far as the exchange cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    /// The number it bears: of a reply, the number that it acknowledges.
    pub number: Option<u64>,
    /// It reads as a reply, whoever sent it.
    pub is_reply: bool,
}

/// Reads a datagram's payload. Bytes that are not UTF-8 do not matter: only ASCII is looked for.
pub fn read(payload: &[u8]) -> Text {
    match reply_number(payload) {
        Some(number) => Text { number: Some(number), is_reply: true },
        None => Text { number: first_number(payload), is_reply: false },
    }
}

/// The number that a text acknowledges, if it reads as a reply.
fn reply_number(payload: &[u8]) -> Option<u64> {
    let text = payload.trim_ascii_start();
    let (word, rest) = text.split_at_checked(3)?;
    if !word.eq_ignore_ascii_case(b"ack") {
        return None;
    }
    let digits = rest.iter().position(|byte| !matches!(byte, b' ' | b'\t' | b':' | b'+' | b'-' | b'#'))?;
    leading_number(&rest[digits..])
}

/// The first run of decimal digits anywhere in a text; `None` where there is none or it does not fit 64 bits.
fn first_number(payload: &[u8]) -> Option<u64> {
    let start = payload.iter().position(u8::is_ascii_digit)?;
    leading_number(&payload[start..])
}

/// The run of digits with which a text begins.
fn leading_number(text: &[u8]) -> Option<u64> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit());
    let mut number = None;
    for digit in digits {
        let before: u64 = number.unwrap_or(0);
        number = Some(before.checked_mul(10)?.checked_add(u64::from(digit - b'0'))?);
    }
    number
}

/// Why a text cannot serve as a template.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TemplateError {
    /// `{n}` does not stand in it.
    #[error("the text has no {{n}} for the number")]
    NoNumber,
    /// Digits or an `ACK` before `{n}` make the text read back as another number or kind.
    #[error("the text reads back as something else than its number")]
    Ambiguous,
    /// It is longer than [`LONGEST_TEMPLATE`].
    #[error("the text is longer than {LONGEST_TEMPLATE} bytes")]
    TooLong,
}

/// A text with a place for the number, checked to read back as what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    before: String,
    after: String,
}

impl Template {
    /// A template for requests: must bear its number and must not read as a reply.
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
        if text.len() > LONGEST_TEMPLATE {
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
    template: Template,
    size: usize,
}

impl Probe {
    /// A probe whose text is at least `size` bytes long, filled up with dots.
    ///
    /// # Errors
    /// [`TemplateError`] as [`Template::request`]; `{time}` before `{n}` would be read as the number.
    pub fn new(text: &str, size: usize) -> Result<Self, TemplateError> {
        Template::request(&text.replace(TIME, &time(Wall(0))))?;
        Ok(Self { template: Template::request(text)?, size })
    }

    /// The text of probe `number`, sent at `at`.
    pub fn fill(&self, number: u64, at: Wall) -> String {
        let mut text = self.template.fill(number);
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
    fn what_only_looks_like_a_reply_is_a_request() {
        for (text, number) in [("ACKNOWLEDGE 7", Some(7)), ("ACK", None), ("ACK ok 7", Some(7)), ("", None)] {
            assert_eq!(read(text.as_bytes()), Text { number, is_reply: false }, "{text:?}");
        }
    }

    #[test]
    fn survives_what_is_no_text() {
        assert_eq!(read(&[0xff, 0xfe, b'4', 0x80]).number, Some(4));
        assert_eq!(read(b"99999999999999999999999").number, None);
        assert_eq!(read(b"ack 99999999999999999999999").number, None);
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
        let long = format!("ACK {{n}}{}", "!".repeat(LONGEST_TEMPLATE));
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
