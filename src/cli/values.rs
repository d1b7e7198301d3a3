//! Parsers for values with units: times, rates, sizes, percentages.

use std::time::Duration;

use crate::core::protocol::transfer::pacing::Rate;

/// A value that cannot be read. It shows some that can, which are the same in every language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ValidExamples(pub &'static str);

/// A time: `10s`, `200ms`, `1h 30min`, or a number of seconds.
pub fn time(text: &str) -> Result<Duration, ValidExamples> {
    const EXAMPLES: ValidExamples = ValidExamples("10s, 0.5, 200ms, 2min, 1h 30min");
    let text = text.trim();
    let unit_at = text.find(char::is_alphabetic).unwrap_or(text.len());
    let (number, unit) = text.split_at(unit_at);
    let unit_seconds = match unit.trim() {
        "" | "s" => Some(1.0),
        "ms" => Some(1e-3),
        "min" | "m" => Some(60.0),
        "h" => Some(3_600.0),
        _ => None,
    };
    let number = number.trim().replace(',', ".").parse::<f64>().ok();
    let seconds = number.zip(unit_seconds).map(|(number, unit)| number * unit);
    let fractional = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    humantime::parse_duration(text).ok().or(fractional).ok_or(EXAMPLES)
}

/// Bits a second: a number with `k`, `M` or `G` behind it, and `bit`, `bps` or `bit/s` behind that if wanted.
fn bits_per_second(text: &str) -> Option<f64> {
    let text =
        ["bit/s", "bits", "bps", "bit", "b/s"].into_iter().find_map(|unit| text.strip_suffix(unit)).unwrap_or(text);
    let text = text.trim_end();
    let (number, unit) = match text.char_indices().last()? {
        (at, 'k' | 'K') => (&text[..at], 1e3),
        (at, 'M') => (&text[..at], 1e6),
        (at, 'G') => (&text[..at], 1e9),
        _ => (text, 1.0),
    };
    let bits = number.trim().replace(',', ".").parse::<f64>().ok()? * unit;
    (1e3..=1e12).contains(&bits).then_some(bits)
}

/// Bits a second, without a choice.
pub fn bit_rate(text: &str) -> Result<u64, ValidExamples> {
    bits_per_second(text).map(|bits| bits as u64).ok_or(ValidExamples("500k, 20M, 1.5G, 20Mbit/s"))
}

/// A rate: `auto`, `max`, or bits a second.
pub fn rate(text: &str) -> Result<Rate, ValidExamples> {
    match text {
        "auto" => Ok(Rate::Auto),
        "max" => Ok(Rate::Most),
        _ => match bits_per_second(text) {
            Some(bits) => Ok(Rate::Bits(bits as u64)),
            None => Err(ValidExamples("auto, max, 20M, 1.5G, 20Mbit/s")),
        },
    }
}

/// A rate as it was typed, which is one.
pub fn rate_words(text: &str) -> Result<String, ValidExamples> {
    rate(text).map(|_| text.to_owned())
}

/// A size in bytes: `1000`, `100MB`, `2GiB`.
pub fn size(text: &str) -> Result<u64, ValidExamples> {
    text.parse::<bytesize::ByteSize>().map(|size| size.0).map_err(|_| ValidExamples("1000, 100MB, 2GiB"))
}

/// A percentage from 0 to 100.
pub fn percent(text: &str) -> Result<f64, ValidExamples> {
    let number = text.trim_end_matches('%').trim().replace(',', ".").parse().ok();
    number.filter(|number| (0.0..=100.0).contains(number)).ok_or(ValidExamples("0, 2.5, 10%, 100"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_seconds_where_no_unit_says_otherwise() {
        for (text, milliseconds) in [
            ("0.5", 500),
            ("2", 2_000),
            ("0,5", 500),
            ("1.5s", 1_500),
            ("200ms", 200),
            ("1.5min", 90_000),
            ("1h 30min", 5_400_000),
            ("0", 0),
            ("2m", 120_000),
        ] {
            assert_eq!(time(text), Ok(Duration::from_millis(milliseconds)), "{text}");
        }
        for text in ["", "soon", "-1", "1 parsec", "inf", "nan", "1e300"] {
            assert!(time(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_rate_may_be_typed_with_its_unit() {
        for text in ["20M", "20Mbit", "20Mbps", "20Mbit/s", "20 Mbit/s", "20000k", "0.02G", "20000000"] {
            assert_eq!(rate(text), Ok(Rate::Bits(20_000_000)), "{text}");
            assert_eq!(bit_rate(text), Ok(20_000_000), "{text}");
        }
        for text in ["", "fast", "20MB", "1", "-3M", "bit/s"] {
            assert!(rate(text).is_err() && bit_rate(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_percentage_is_one_with_or_without_its_sign() {
        assert_eq!(percent("10%"), Ok(10.0));
        assert_eq!(percent("2,5"), Ok(2.5));
        assert!(percent("101").is_err() && percent("").is_err());
    }
}
