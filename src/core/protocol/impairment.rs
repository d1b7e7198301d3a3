//! Network impairment as a state machine: loses, delays, reorders, duplicates and corrupts datagrams by a seeded
//! configuration.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::core::time::{Mono, SECOND, nanos};

/// A rate-limited way holds datagrams for as long as this at the most; what would wait longer is lost.
pub const MAX_QUEUE: Duration = Duration::from_secs(1);

/// A reordered datagram is held back by this much beyond the others, or by twice the jitter where that is more.
const HELD_BACK: Duration = Duration::from_millis(20);

/// Which datagrams are lost.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LossModel {
    /// None.
    #[default]
    None,
    /// Each with this probability, 0 to 1.
    Ratio(f64),
    /// Those with these numbers, every copy.
    Numbers(BTreeSet<u64>),
    /// In bursts, by the model of Gilbert and Elliott: a good state without loss and a bad one, with the probabilities
    /// to change at each datagram.
    Bursts {
        /// From good to bad.
        begin: f64,
        /// From bad to good.
        end: f64,
        /// Of a loss in the bad state.
        loss: f64,
    },
}

/// Why a loss specification is invalid.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("invalid loss {text:?}: 10%, 3,7,12-15 or burst:2%:20%")]
pub struct LossError {
    /// The text.
    pub text: String,
}

impl FromStr for LossModel {
    type Err = LossError;

    /// Reads `10%` (by chance), `3,7,12-15` (by number), `burst:2%:20%` or `burst:2%:20%:90%` (in bursts: probability
    /// that one begins, that it ends, and of a loss inside it), or `0` for none.
    fn from_str(text: &str) -> Result<Self, LossError> {
        let wrong = || LossError { text: text.to_owned() };
        if let Some(bursts) = text.strip_prefix("burst:") {
            let parts: Option<Vec<f64>> = bursts.split(':').map(ratio).collect();
            return match parts.as_deref() {
                Some([begin, end]) => Ok(Self::Bursts { begin: *begin, end: *end, loss: 1.0 }),
                Some([begin, end, loss]) => Ok(Self::Bursts { begin: *begin, end: *end, loss: *loss }),
                _ => Err(wrong()),
            };
        }
        if text == "0" {
            return Ok(Self::None);
        }
        if text.ends_with('%') {
            return ratio(text).map(Self::Ratio).ok_or_else(wrong);
        }
        let mut numbers = BTreeSet::new();
        for part in text.split(',') {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let parse = |text: &str| text.trim().parse::<u64>().map_err(|_| wrong());
            let (first, last) = (parse(first)?, parse(last)?);
            if last < first || last - first > MAX_NUMBERS {
                return Err(wrong());
            }
            numbers.extend(first..=last);
        }
        Ok(Self::Numbers(numbers))
    }
}

impl fmt::Display for LossModel {
    /// Writes what [`LossModel::from_str`] reads.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("0"),
            Self::Ratio(ratio) => write!(f, "{}%", percent(*ratio)),
            Self::Numbers(numbers) => {
                let mut rest = numbers.iter().copied().peekable();
                let mut comma = "";
                while let Some(first) = rest.next() {
                    let mut last = first;
                    while let Some(next) = rest.next_if(|next| last.checked_add(1) == Some(*next)) {
                        last = next;
                    }
                    if last == first {
                        write!(f, "{comma}{first}")?;
                    } else {
                        write!(f, "{comma}{first}-{last}")?;
                    }
                    comma = ",";
                }
                Ok(())
            }
            Self::Bursts { begin, end, loss } => {
                write!(f, "burst:{}%:{}%:{}%", percent(*begin), percent(*end), percent(*loss))
            }
        }
    }
}

/// A ratio as the percentage that was typed, without what binary fractions leave at its end.
fn percent(ratio: f64) -> f64 {
    (ratio * 1e11).round() / 1e9
}

/// A range of more numbers than this is a slip of the hand.
const MAX_NUMBERS: u64 = 1_000_000;

/// A percentage from 0 to 100 as a ratio.
pub fn ratio(text: &str) -> Option<f64> {
    let percent: f64 = text.trim().trim_end_matches('%').parse().ok()?;
    (0.0..=100.0).contains(&percent).then_some(percent / 100.0)
}

/// The impairment of one datagram.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelayAction {
    /// It was lost, and why.
    pub lost: Option<LossCause>,
    /// How often it was sent on.
    pub copies: u32,
    /// It was held back so that others overtake it.
    pub reordered: bool,
    /// One bit of its text was changed.
    pub corrupted: bool,
    /// How long it was kept, nanoseconds.
    pub delay_ns: Option<i64>,
}

/// Why a relay lost a datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LossCause {
    /// Its number was on the list.
    Chosen,
    /// By chance.
    Random,
    /// In a burst.
    Burst,
    /// The queue before a rate limit was full.
    Queue,
    /// More clients than the relay keeps ways for.
    TooManyClients,
    /// The system refused to send it on.
    NotSent,
}

/// The impairment of one direction.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ImpairmentConfig {
    /// Which datagrams are lost.
    pub loss: LossModel,
    /// How long each takes at the least.
    pub delay: Duration,
    /// Maximum additional delay, evenly distributed; jitter alone does not reorder.
    pub jitter: Duration,
    /// Probability of being overtaken.
    pub reorder: f64,
    /// Probability of being sent twice.
    pub duplicate: f64,
    /// Probability of one changed bit.
    pub corrupt: f64,
    /// Bits a second that pass, counted with 28 bytes of headers; `None` for no limit.
    pub bits_per_second: Option<u64>,
}

/// The action for one datagram.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PacketAction {
    /// What happens to it, for the record.
    pub result: RelayAction,
    /// When each copy leaves.
    pub departures: Vec<Mono>,
    /// The bit to be flipped, counted from the first byte's lowest.
    pub flipped_bit: Option<usize>,
}

/// One direction of the bad network.
#[derive(Debug)]
pub struct Impairment {
    plan: ImpairmentConfig,
    dice: fastrand::Rng,
    in_burst: bool,
    /// When the rate limit lets the next datagram begin.
    free_at: Mono,
    /// Datagrams that are not reordered leave no sooner than this.
    last_departure: Mono,
}

impl Impairment {
    /// One direction with its own plan and luck.
    pub fn new(plan: ImpairmentConfig, seed: u64) -> Self {
        Self {
            plan,
            dice: fastrand::Rng::with_seed(seed),
            in_burst: false,
            free_at: Mono(i64::MIN),
            last_departure: Mono(i64::MIN),
        }
    }

    /// Decides the action for a datagram of this length, with this number in its text. The same random numbers are
    /// drawn for every datagram, so that a seed always gives the same plan.
    pub fn pass(&mut self, now: Mono, number: Option<u64>, length: usize) -> PacketAction {
        let lost = self.is_lost(number);
        let jitter = (self.dice.f64() * nanos(self.plan.jitter) as f64) as i64;
        let reordered = self.dice.f64() < self.plan.reorder;
        let duplicated = self.dice.f64() < self.plan.duplicate;
        let flipped = self.dice.f64() < self.plan.corrupt;
        let bit = self.dice.usize(..(length * 8).max(1));
        if let Some(cause) = lost.or_else(|| self.queue(now, length)) {
            return PacketAction {
                result: RelayAction { lost: Some(cause), ..RelayAction::default() },
                departures: Vec::new(),
                flipped_bit: None,
            };
        }
        let on_time = now.max(self.free_at).plus(self.plan.delay).0.saturating_add(jitter);
        let departure = if reordered {
            Mono(on_time.saturating_add(nanos(HELD_BACK.max(self.plan.jitter * 2))))
        } else {
            self.last_departure = self.last_departure.max(Mono(on_time));
            self.last_departure
        };
        let copies = if duplicated { 2 } else { 1 };
        let corrupted = flipped && length > 0;
        PacketAction {
            result: RelayAction { lost: None, copies, reordered, corrupted, delay_ns: Some(departure.since(now)) },
            departures: vec![departure; copies as usize],
            flipped_bit: corrupted.then_some(bit),
        }
    }

    fn is_lost(&mut self, number: Option<u64>) -> Option<LossCause> {
        let throw = self.dice.f64();
        match &self.plan.loss {
            LossModel::None => None,
            LossModel::Ratio(ratio) => (throw < *ratio).then_some(LossCause::Random),
            LossModel::Numbers(numbers) => {
                number.is_some_and(|number| numbers.contains(&number)).then_some(LossCause::Chosen)
            }
            LossModel::Bursts { begin, end, loss } => {
                let (change, loss) = (if self.in_burst { *end } else { *begin }, *loss);
                if throw < change {
                    self.in_burst = !self.in_burst;
                }
                let struck = self.dice.f64() < loss;
                (self.in_burst && struck).then_some(LossCause::Burst)
            }
        }
    }

    /// Takes the datagram's time on a rate-limited way; a queue that is too long loses it.
    fn queue(&mut self, now: Mono, length: usize) -> Option<LossCause> {
        let rate = self.plan.bits_per_second?.max(1);
        let start = now.max(self.free_at);
        if start.since(now) > nanos(MAX_QUEUE) {
            return Some(LossCause::Queue);
        }
        let bits = (length as i64 + 28) * 8;
        self.free_at = Mono(start.0 + bits * SECOND / i64::try_from(rate).unwrap_or(i64::MAX));
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: i64 = 1_000_000;

    fn run(plan: ImpairmentConfig, seed: u64, count: u64) -> Vec<PacketAction> {
        let mut way = Impairment::new(plan, seed);
        (1..=count).map(|n| way.pass(Mono(n as i64 * 10 * MS), Some(n), 12)).collect()
    }

    fn lost(treatments: &[PacketAction]) -> Vec<u64> {
        let numbered = treatments.iter().zip(1..);
        numbered.filter(|(treatment, _)| treatment.result.lost.is_some()).map(|(_, n)| n).collect()
    }

    #[test]
    fn a_good_network_does_nothing() {
        for (treatment, n) in run(ImpairmentConfig::default(), 1, 5).iter().zip(1..) {
            assert_eq!(treatment.departures, [Mono(n * 10 * MS)]);
            assert_eq!((treatment.result.lost, treatment.result.copies, treatment.flipped_bit), (None, 1, None));
        }
    }

    #[test]
    fn losses_are_read_as_they_are_said() {
        let read = |text: &str| text.parse::<LossModel>().ok();
        assert_eq!(read("10%"), Some(LossModel::Ratio(0.1)));
        assert_eq!(read("3, 7,12-14"), Some(LossModel::Numbers(BTreeSet::from([3, 7, 12, 13, 14]))));
        assert_eq!(read("burst:2%:20%"), Some(LossModel::Bursts { begin: 0.02, end: 0.2, loss: 1.0 }));
        assert_eq!(read("0"), Some(LossModel::None));
        for wrong in ["", "x", "101%", "7-3", "burst:2%", "burst:1:2:3:4", "0-99999999999"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn losses_are_written_as_they_are_read() {
        for text in ["0", "10%", "7%", "0.1%", "33.3%", "3,7,12-15", "4-5", "burst:2%:20%:100%", "burst:7%:29%:57%"] {
            assert_eq!(text.parse::<LossModel>().unwrap().to_string(), text);
        }
        assert_eq!("burst:2%:20%".parse::<LossModel>().unwrap().to_string(), "burst:2%:20%:100%");
    }

    #[test]
    fn chosen_numbers_are_lost_and_no_others() {
        let loss = LossModel::Numbers(BTreeSet::from([3, 7]));
        assert_eq!(lost(&run(ImpairmentConfig { loss, ..ImpairmentConfig::default() }, 1, 10)), [3, 7]);
    }

    #[test]
    fn a_ratio_is_met_about_and_one_seed_is_one_plan() {
        let plan = ImpairmentConfig { loss: LossModel::Ratio(0.1), ..ImpairmentConfig::default() };
        let losses = lost(&run(plan.clone(), 7, 2_000));
        assert!((150..250).contains(&losses.len()), "{}", losses.len());
        assert_eq!(losses, lost(&run(plan.clone(), 7, 2_000)));
        assert_ne!(losses, lost(&run(plan, 8, 2_000)));
    }

    #[test]
    fn the_other_dice_do_not_change_who_is_lost() {
        let plan = ImpairmentConfig { loss: LossModel::Ratio(0.1), ..ImpairmentConfig::default() };
        let rough = ImpairmentConfig {
            duplicate: 0.5,
            reorder: 0.5,
            corrupt: 0.5,
            jitter: Duration::from_millis(5),
            ..plan.clone()
        };
        assert_eq!(lost(&run(plan, 7, 500)), lost(&run(rough, 7, 500)));
    }

    #[test]
    fn bursts_come_in_rows() {
        let loss = LossModel::Bursts { begin: 0.02, end: 0.2, loss: 1.0 };
        let losses = lost(&run(ImpairmentConfig { loss, ..ImpairmentConfig::default() }, 3, 5_000));
        let in_a_row = losses.windows(2).filter(|pair| pair[0] + 1 == pair[1]).count();
        assert!(losses.len() > 200 && in_a_row * 2 > losses.len(), "{in_a_row} of {}", losses.len());
    }

    #[test]
    fn jitter_overtakes_nobody_and_reordering_does() {
        let plan = ImpairmentConfig {
            delay: Duration::from_millis(50),
            jitter: Duration::from_millis(30),
            ..ImpairmentConfig::default()
        };
        let times = |treatments: &[PacketAction]| treatments.iter().map(|t| t.departures[0]).collect::<Vec<_>>();
        let steady = times(&run(plan.clone(), 5, 200));
        assert!(steady.is_sorted());
        assert!(steady.iter().zip(1..).all(|(at, n)| at.0 >= n * 10 * MS + 50 * MS));
        assert!(!times(&run(ImpairmentConfig { reorder: 0.2, ..plan }, 5, 200)).is_sorted());
    }

    #[test]
    fn a_narrow_way_queues_and_then_loses() {
        // 40 bytes with headers are 320 bits: 32 ms each, and one comes every 10 ms.
        let treatments = run(ImpairmentConfig { bits_per_second: Some(10_000), ..ImpairmentConfig::default() }, 1, 200);
        assert_eq!(treatments[1].departures[0].since(treatments[0].departures[0]), 32 * MS);
        let lost = lost(&treatments);
        assert!(!lost.is_empty() && lost[0] > 40, "the queue fills first: {lost:?}");
        assert!(treatments.iter().all(|t| t.result.lost.is_none() || t.result.lost == Some(LossCause::Queue)));
    }
}
