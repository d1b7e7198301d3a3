//! Parsers for values with units: rates, sizes, percentages.

use crate::core::protocol::transfer::pacing::Rate;

/// A rate: `auto`, `max`, or bits a second with `k`, `M` or `G` behind them.
pub fn rate(text: &str) -> Result<Rate, String> {
    match text {
        "auto" => return Ok(Rate::Auto),
        "max" => return Ok(Rate::Most),
        _ => {}
    }
    let (number, unit) = match text.char_indices().last() {
        Some((at, 'k' | 'K')) => (&text[..at], 1e3),
        Some((at, 'M')) => (&text[..at], 1e6),
        Some((at, 'G')) => (&text[..at], 1e9),
        _ => (text, 1.0),
    };
    let bits = number.parse::<f64>().map_or(0.0, |number| number * unit);
    if (1e3..=1e12).contains(&bits) {
        Ok(Rate::Bits(bits as u64))
    } else {
        Err(format!("{text:?}: auto, max, 20M, 1.5G"))
    }
}

/// A rate as it was typed, which is one.
pub fn rate_words(text: &str) -> Result<String, String> {
    rate(text).map(|_| text.to_owned())
}

/// A size in bytes: `1000`, `100MB`, `2GiB`.
pub fn size(text: &str) -> Result<u64, String> {
    text.parse::<bytesize::ByteSize>().map(|size| size.0).map_err(|_| format!("{text:?}: 1000, 100MB, 2GiB"))
}

/// A percentage from 0 to 100.
pub fn percent(text: &str) -> Result<f64, String> {
    let number: f64 = text.trim_end_matches('%').parse().map_err(|_| format!("{text:?}: 0-100"))?;
    if (0.0..=100.0).contains(&number) { Ok(number) } else { Err(format!("{text:?}: 0-100")) }
}
