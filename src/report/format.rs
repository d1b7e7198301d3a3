//! Formats numbers: durations, ratios and ranges.
//!
//! A no-break space separates a number from its unit; [`super::text`] replaces it by a plain one at the end.

use crate::i18n::{Language, Texts, Value};

/// Placeholder for an unknown value.
pub const DASH: &str = "—";

pub const NO_BREAK: char = '\u{a0}';

/// Ranges of numbers listed; the number of the others is shown.
const MAX_RANGES: usize = 24;

#[derive(Clone, Copy, Debug)]
pub struct NumberFormat {
    texts: Texts,
}

/// The unit of a table's figures, and how many decimals they have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unit {
    pub symbol: &'static str,
    ns: f64,
    places: usize,
}

const MICRO: f64 = 1e3;
const MILLI: f64 = 1e6;
const SECOND: f64 = 1e9;

impl Unit {
    /// The unit in which figures up to `largest_ns` are easy to compare and at most seven characters wide.
    pub fn of_table(largest_ns: i64) -> Self {
        let largest = largest_ns.unsigned_abs() as f64;
        let unit = |symbol, ns, places| Self { symbol, ns, places };
        match largest {
            ..1e6 => unit("µs", MICRO, 1),
            ..1e7 => unit("µs", MICRO, 0),
            ..1e8 => unit("ms", MILLI, 3),
            ..1e9 => unit("ms", MILLI, 2),
            ..1e10 => unit("ms", MILLI, 1),
            ..1e12 => unit("s", SECOND, 2),
            _ => unit("s", SECOND, 0),
        }
    }
}

impl NumberFormat {
    /// Figures as the language of `texts` writes them.
    pub const fn new(texts: Texts) -> Self {
        Self { texts }
    }

    /// A number with a fixed count of decimals: a point before them in English, a comma in Portuguese and Spanish.
    pub fn decimal(self, value: f64, places: usize) -> String {
        let plain = format!("{value:.places$}");
        let zero = plain.bytes().all(|byte| matches!(byte, b'-' | b'0' | b'.'));
        let plain = if zero { plain.trim_start_matches('-') } else { &plain };
        match self.texts.language() {
            Language::Portuguese | Language::Spanish => plain.replace('.', ","),
            Language::English => plain.to_owned(),
        }
    }

    /// A ratio from 0 to 1 in per cent, with one decimal; with more where it is so near to 0 or 1 that one would hide
    /// the difference.
    pub fn percent(self, ratio: f64) -> String {
        let percent = ratio * 100.0;
        let from_edge = percent.min(100.0 - percent);
        let places = match from_edge {
            ..=0.0 => 0,
            ..0.001 => 4,
            ..0.01 => 3,
            ..0.1 => 2,
            _ => 1,
        };
        let number = self.decimal(percent, places);
        match self.texts.language() {
            Language::Spanish => format!("{number}{NO_BREAK}%"),
            Language::Portuguese | Language::English => format!("{number}%"),
        }
    }

    /// A duration with its unit, to about three digits.
    pub fn duration(self, ns: i64) -> String {
        let size = ns.unsigned_abs() as f64;
        let (symbol, unit) = match size {
            ..1e6 => ("µs", MICRO),
            ..1e9 => ("ms", MILLI),
            _ => ("s", SECOND),
        };
        let places = match size / unit {
            ..10.0 => 2,
            ..100.0 => 1,
            _ => 0,
        };
        let number = self.decimal(ns as f64 / unit, places);
        let number =
            if places > 0 { number.trim_end_matches('0').trim_end_matches(['.', ',']) } else { number.as_str() };
        format!("{number}{NO_BREAK}{symbol}")
    }

    /// A duration in seconds to the microsecond, without the unit.
    pub fn seconds(self, ns: i64) -> String {
        self.decimal(ns as f64 / SECOND, 6)
    }

    /// A duration with at most milliseconds, and no more digits than needed: for configured values and times beside
    /// them.
    pub fn round_seconds(self, ns: i64) -> String {
        let number = self.decimal(ns as f64 / SECOND, 3);
        number.trim_end_matches('0').trim_end_matches(['.', ',']).to_owned()
    }

    /// A difference between clocks, to the microsecond however large it is.
    pub fn clock(self, ns: i64) -> String {
        if ns.unsigned_abs() < 1_000_000_000 {
            format!("{}{NO_BREAK}ms", self.decimal(ns as f64 / MILLI, 3))
        } else {
            format!("{}{NO_BREAK}s", self.decimal(ns as f64 / SECOND, 6))
        }
    }

    /// A duration in a table's unit, without its symbol; a dash if unknown.
    pub fn in_unit(self, ns: Option<i64>, unit: Unit) -> String {
        ns.map_or_else(|| DASH.to_owned(), |ns| self.decimal(ns as f64 / unit.ns, unit.places))
    }

    /// A count; a dash if unknown.
    pub fn count(self, count: Option<u64>) -> String {
        count.map_or_else(|| DASH.to_owned(), |count| count.to_string())
    }

    /// Ascending numbers with runs folded: `4, 9, 12-15`. A long list ends in how many more there are.
    pub fn ranges(self, numbers: &[u64]) -> String {
        let mut runs: Vec<(u64, u64)> = Vec::new();
        let mut known = 0;
        for number in numbers {
            let full = runs.len() == MAX_RANGES;
            match runs.last_mut() {
                Some((_, last)) if last.checked_add(1) == Some(*number) => *last = *number,
                _ if full => break,
                _ => runs.push((*number, *number)),
            }
            known += 1;
        }
        let run = |(first, last): &(u64, u64)| match last - first {
            0 => vec![first.to_string()],
            1 => vec![first.to_string(), last.to_string()],
            _ => vec![format!("{first}-{last}")],
        };
        let listed = runs.iter().flat_map(run).collect::<Vec<_>>().join(", ");
        match numbers.len() - known {
            0 => listed,
            more => {
                let values = [("numbers", Value::text(listed)), ("more", Value::count(more as u64))];
                self.texts.with("figures-more", &values)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PT: NumberFormat = NumberFormat::new(Texts::new(Language::Portuguese));
    const EN: NumberFormat = NumberFormat::new(Texts::new(Language::English));

    #[test]
    fn each_language_has_its_decimal_sign() {
        assert_eq!(PT.percent(2.0 / 30.0), "6,7%");
        assert_eq!(EN.percent(2.0 / 30.0), "6.7%");
        let es = NumberFormat::new(Texts::new(Language::Spanish));
        assert_eq!(es.percent(2.0 / 30.0), "6,7\u{a0}%");
        assert_eq!(EN.decimal(-0.04, 1), "0.0");
    }

    #[test]
    fn a_ratio_near_an_edge_does_not_round_onto_it() {
        assert_eq!(EN.percent(0.0), "0%");
        assert_eq!(EN.percent(1.0), "100%");
        assert_eq!(EN.percent(0.0002), "0.02%");
        assert_eq!(EN.percent(0.9998), "99.98%");
        assert_eq!(EN.percent(0.000_004), "0.0004%");
    }

    #[test]
    fn durations_choose_their_unit() {
        let formatted = [0, 500, 93_400, 1_230_000, -12_345_678, 123_456_789, 1_000_000_000, 90_000_000_000];
        let formatted: Vec<String> = formatted.into_iter().map(|ns| EN.duration(ns).replace(NO_BREAK, " ")).collect();
        assert_eq!(formatted, ["0 µs", "0.5 µs", "93.4 µs", "1.23 ms", "-12.3 ms", "123 ms", "1 s", "90 s"]);
        assert_eq!(PT.clock(3_601_234_567_890), "3601,234568\u{a0}s");
    }

    #[test]
    fn a_table_of_delays_stays_narrow() {
        for largest in [0, 999_999, 9_999_999, 99_999_999, 999_999_999, 9_999_999_999, 99_999_999_999] {
            let unit = Unit::of_table(largest);
            assert!(EN.in_unit(Some(largest), unit).len() <= 7, "{largest}");
        }
        assert_eq!(EN.in_unit(None, Unit::of_table(0)), "—");
    }

    #[test]
    fn runs_of_numbers_fold() {
        assert_eq!(EN.ranges(&[]), "");
        assert_eq!(EN.ranges(&[4, 9, 12, 13, 14, 15, 20, 21]), "4, 9, 12-15, 20, 21");
        assert_eq!(EN.ranges(&[u64::MAX - 1, u64::MAX]), "18446744073709551614, 18446744073709551615");
    }

    #[test]
    fn a_long_list_says_how_many_more() {
        let odd: Vec<u64> = (0..100).map(|n| n * 2 + 1).collect();
        let formatted = EN.ranges(&odd);
        assert!(
            formatted.starts_with("1, 3, 5,") && formatted.contains("47") && !formatted.contains("49"),
            "{formatted}"
        );
        assert!(formatted.contains("76"), "{formatted}");
    }
}
