//! A fast parser for the most frequent journal records; `serde` reads the others.
//!
//! Lines in any other form are left to `serde`. A line that this parser reads gives the same record with `serde`.

use crate::core::evidence::journal::Record;
use crate::core::evidence::journal_messages::{Received, Sent, TxTimestamp};
use crate::core::time::{Mono, Now, Wall};

/// The keys of these records; a line's value of each, where it has one.
#[derive(Default)]
struct Fields {
    n: Option<i128>,
    p: Option<i128>,
    w: Option<i128>,
    m: Option<i128>,
    k: Option<i128>,
    h: Option<i128>,
    send_duration_ns: Option<i128>,
    lateness_ns: Option<i128>,
}

/// Reads a `sent`, `received` or `tx_timestamp` line without anything unusual in it.
pub fn record(line: &[u8]) -> Option<Record> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let rest = line.strip_prefix(br#"{"e":""#)?;
    if let Some(rest) = rest.strip_prefix(br#"sent","#) {
        let Fields { n, p, w, m, k: None, h, send_duration_ns, lateness_ns } = fields(rest)? else { return None };
        let (n, p, h) = (u64::try_from(n?).ok()?, u32::try_from(p?).ok()?, u32::try_from(h?).ok()?);
        let lateness_ns = lateness_ns.map(i64::try_from).transpose().ok()?;
        return Some(Record::Sent(Sent {
            n,
            p,
            at: now(w?, m?)?,
            send_duration_ns: i64::try_from(send_duration_ns?).ok()?,
            lateness_ns,
            h,
            dropped: None,
        }));
    }
    if let Some(rest) = rest.strip_prefix(br#"received","#) {
        let Fields { n, p, w, m, k, h, send_duration_ns: None, lateness_ns: None } = fields(rest)? else { return None };
        let (n, p, h) = (u64::try_from(n?).ok()?, u32::try_from(p?).ok()?, u32::try_from(h?).ok()?);
        let k = k.map(i64::try_from).transpose().ok()?.map(Wall);
        return Some(Record::Received(Received { n, p, at: now(w?, m?)?, k, h }));
    }
    let rest = rest.strip_prefix(br#"tx_timestamp","#).or_else(|| rest.strip_prefix(br#"departed","#))?;
    let Fields { n, p, w: None, m: None, k, h: None, send_duration_ns: None, lateness_ns: None } = fields(rest)? else {
        return None;
    };
    let (n, p) = (u64::try_from(n?).ok()?, u32::try_from(p?).ok()?);
    Some(Record::TxTimestamp(TxTimestamp { n, p, k: Wall(i64::try_from(k?).ok()?) }))
}

fn now(w: i128, m: i128) -> Option<Now> {
    Some(Now { wall: Wall(i64::try_from(w).ok()?), mono: Mono(i64::try_from(m).ok()?) })
}

/// The members of an object up to its end, which is the line's: known keys, each once, with whole numbers.
fn fields(mut rest: &[u8]) -> Option<Fields> {
    let mut fields = Fields::default();
    loop {
        rest = rest.strip_prefix(b"\"")?;
        let (key, after) = rest.split_at(rest.iter().position(|byte| *byte == b'"')?);
        let field = match key {
            b"n" => &mut fields.n,
            b"p" => &mut fields.p,
            b"w" => &mut fields.w,
            b"m" => &mut fields.m,
            b"k" => &mut fields.k,
            b"h" => &mut fields.h,
            // The second names are those of `medidor-journal/1`.
            b"send_duration_ns" | b"took" => &mut fields.send_duration_ns,
            b"lateness_ns" | b"behind" => &mut fields.lateness_ns,
            _ => return None,
        };
        let (number, after) = integer(after.strip_prefix(b"\":")?)?;
        if field.replace(number).is_some() {
            return None;
        }
        match after {
            b"}" => return Some(fields),
            [b',', after @ ..] => rest = after,
            _ => return None,
        }
    }
}

/// A whole number as JSON writes it, and what follows it.
fn integer(text: &[u8]) -> Option<(i128, &[u8])> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        _ => (false, text),
    };
    let count = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    // No number in a record has more than 20; minus zero is none, and neither is one that begins with a zero.
    if count == 0 || count > 20 || digits[0] == b'0' && (count > 1 || negative) {
        return None;
    }
    let value = if count < 20 {
        i128::from(digits[..count].iter().fold(0_u64, |value, digit| value * 10 + u64::from(digit - b'0')))
    } else {
        digits[..count].iter().fold(0_i128, |value, digit| value * 10 + i128::from(digit - b'0'))
    };
    Some((if negative { -value } else { value }, &digits[count..]))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::journal::samples;

    fn line(record: &Record) -> Vec<u8> {
        [serde_json::to_vec(record).unwrap(), b"\n".to_vec()].concat()
    }

    #[test]
    fn the_fast_parser_reads_the_frequent_records_only() {
        for sample in samples::all() {
            let many = match &sample {
                Record::Sent(sent) => sent.dropped.is_none(),
                Record::Received(_) | Record::TxTimestamp(_) => true,
                _ => false,
            };
            assert_eq!(record(&line(&sample)), many.then_some(sample));
        }
    }

    proptest! {
        #[test]
        fn fast_parser_agrees_with_serde(
            which in 0usize..3, n: u64, p: u32, w: i64, m: i64, send_duration_ns: i64, lateness_ns: Option<i64>, h: u32, k: Option<i64>,
            place: prop::sample::Index, byte in prop::sample::select(&b"0123456789-.,:\"{}eknw \x80"[..]), remove: bool,
        ) {
            let at = Now { wall: Wall(w), mono: Mono(m) };
            let original = match which {
                0 => Record::Sent(Sent { n, p, at, send_duration_ns, lateness_ns, h, dropped: None }),
                1 => Record::Received(Received { n, p, at, k: k.map(Wall), h }),
                _ => Record::TxTimestamp(TxTimestamp { n, p, k: Wall(w) }),
            };
            let mut text = line(&original);
            prop_assert_eq!(record(&text), Some(original));
            // And one byte changed or taken away.
            let place = place.index(text.len());
            if remove { _ = text.remove(place) } else { text[place] = byte }
            if let Some(read) = record(&text) {
                let Ok(meant) = serde_json::from_slice::<Record>(&text) else { panic!("serde refuses {text:?}") };
                prop_assert_eq!(read, meant);
            }
        }
    }
}
