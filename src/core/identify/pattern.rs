//! Whether one host's stamps follow the pattern that the other host's show, more closely than chance explains.
//!
//! A run whose intervals are drawn at random (RFC 2330 section 11.1) is told by them from every other run. A run on a
//! schedule is not: each other run on the schedule follows it as well. So the chance of a coincidence is taken from the run's
//! own intervals: how often they agree with one another, and with their own repetition or trend.

use super::clock_offset::OffsetBound;

/// A pattern identifies if it would be followed this closely by coincidence with at most this probability. It is looked for
/// twice: in all that is there, and in what is left without the commonest.
const MAX_CHANCE: f64 = 1e-7;

/// Fewer intervals than this are no pattern.
const MIN_INTERVALS: usize = 7;

/// Intervals longer than this many times the median are pauses, which all runs of a program have in common.
const PAUSE_RATIO: i64 = 2;

/// How closely a pattern may be followed, as parts of its spread. The narrowest that holds is the strongest evidence.
const CLOSENESS: [f64; 4] = [0.02, 0.1, 0.25, 0.5];

/// Schedules that repeat after up to this many messages are recognized.
const MAX_PERIOD: usize = 10;

/// A schedule explains the intervals if it predicts at least this part of them.
const PREDICTED: f64 = 0.5;

/// One message as seen by its sender's host and by its receiver's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passage {
    /// Its number.
    pub key: u64,
    /// When it left, nanoseconds by the sender's clock.
    pub left: i64,
    /// When it came, nanoseconds by the receiver's clock.
    pub came: i64,
    /// Its packet IDs on both wires, where both are known.
    pub packet_ids: Option<[u32; 2]>,
}

impl Passage {
    /// How the receiver's clock differs from the sender's at most, for a request.
    pub fn bound_above(&self) -> OffsetBound {
        OffsetBound { at: self.left, difference: self.came.saturating_sub(self.left) }
    }

    /// How the sender's clock differs from the receiver's at least, for a reply.
    pub fn bound_below(&self) -> OffsetBound {
        OffsetBound { at: self.came, difference: self.left.saturating_sub(self.came) }
    }
}

/// Whether the receiver's intervals follow the sender's. `passages` are in the order of the numbers.
///
/// A sender that gets no CPU time for a while sends in bursts: then the longer intervals have the pattern.
pub fn is_followed(passages: &[Passage]) -> bool {
    let neighbours = passages.windows(2).filter(|pair| pair[0].key + 1 == pair[1].key);
    let intervals: Vec<(i64, i64)> = neighbours
        .map(|pair| (pair[1].left.saturating_sub(pair[0].left), pair[1].came.saturating_sub(pair[0].came)))
        .collect();
    let total = intervals.iter().fold(0_i64, |total, (left, _)| total.saturating_add(*left));
    let half_of_mean = total / 2 / intervals.len().max(1) as i64;
    let longer: Vec<(i64, i64)> = intervals.iter().copied().filter(|(left, _)| *left > half_of_mean).collect();
    are_followed(intervals) || are_followed(longer)
}

/// Whether these intervals, of the sender and of the receiver, agree more closely than by chance.
fn are_followed(mut intervals: Vec<(i64, i64)>) -> bool {
    let mut sorted: Vec<i64> = intervals.iter().map(|(left, _)| *left).collect();
    sorted.sort_unstable();
    let Some(median) = sorted.get(sorted.len() / 2).copied() else { return false };
    let is_pause = |left: i64| left > median.saturating_mul(PAUSE_RATIO);
    intervals.retain(|(left, _)| !is_pause(*left));
    sorted.retain(|left| !is_pause(*left));
    if intervals.len() < MIN_INTERVALS {
        return false;
    }
    let spread = (sorted[sorted.len() * 9 / 10] - sorted[sorted.len() / 10]) as f64;
    CLOSENESS.into_iter().any(|part| {
        let width = (spread * part) as i64;
        let near = |a: i64, b: i64| a.saturating_sub(b).abs() <= width;
        let followed = intervals.iter().filter(|(left, came)| near(*left, *came)).count();
        let chance = coincidence(&sorted, width).max(predicted(&intervals, near));
        exceeds_chance(followed, intervals.len(), chance, MAX_CHANCE / CLOSENESS.len() as f64)
    })
}

/// What the packet IDs of a direction say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PacketIds {
    /// Nothing: there are too few, or each run of a program has the same ones.
    Silent,
    /// They are the same at both ends, in an order that no numbering explains.
    Same,
    /// They differ. A NAT may have rewritten them.
    Different,
}

/// Compares the packet IDs at both ends. Equality alone says nothing, because some programs number them by message: only steps
/// that vary are a pattern.
pub fn packet_ids(passages: &[Passage]) -> PacketIds {
    let known: Vec<(u64, [u32; 2])> =
        passages.iter().filter_map(|passage| Some((passage.key, passage.packet_ids?))).collect();
    let equal = known.iter().filter(|(_, [ours, theirs])| ours == theirs).count();
    let steps: Vec<(u32, bool)> = known
        .windows(2)
        .filter(|pair| pair[0].0 + 1 == pair[1].0)
        .map(|pair| {
            let is_equal = |[ours, theirs]: [u32; 2]| ours == theirs;
            // Identifications of 16 bits wrap.
            let step = pair[1].1[0].wrapping_sub(pair[0].1[0]) & 0xffff;
            (step, is_equal(pair[0].1) && is_equal(pair[1].1))
        })
        .collect();
    if steps.len() < MIN_INTERVALS {
        return PacketIds::Silent;
    }
    // Where one step is common, the others are the pattern.
    let usual = usual_step(&steps);
    let others: Vec<(u32, bool)> =
        steps.iter().copied().filter(|(step, _)| Some(*step) != usual.map(|(step, _)| step)).collect();
    if are_same(&steps) || are_same(&others) {
        PacketIds::Same
    } else if equal * 2 < known.len() {
        PacketIds::Different
    } else {
        PacketIds::Silent
    }
}

/// Whether packet IDs that go on by these steps, and are equal or not, agree more than by chance.
fn are_same(steps: &[(u32, bool)]) -> bool {
    let usual = usual_step(steps).map_or(0, |(_, count)| count);
    let chance = (usual as f64 / steps.len().max(1) as f64).max(MIN_ID_CHANCE);
    let followed = steps.iter().filter(|(_, is_equal)| *is_equal).count();
    exceeds_chance(followed, steps.len(), chance, MAX_CHANCE)
}

/// The commonest step, and how often it is there.
fn usual_step(steps: &[(u32, bool)]) -> Option<(u32, usize)> {
    let mut sizes: Vec<u32> = steps.iter().map(|(step, _)| *step).collect();
    sizes.sort_unstable();
    sizes.chunk_by(|a, b| a == b).map(|alike| (alike[0], alike.len())).max_by_key(|(_, count)| *count)
}

/// How often two sockets count on by the same step at least.
const MIN_ID_CHANCE: f64 = 0.05;

/// How often two of the sorted intervals are within `width` of each other.
fn coincidence(sorted: &[i64], width: i64) -> f64 {
    let mut end = 0;
    let mut close = 0_usize;
    for (index, left) in sorted.iter().enumerate() {
        while sorted.get(end).is_some_and(|other| other - left <= width) {
            end += 1;
        }
        close += end - index - 1;
    }
    let pairs = sorted.len() * (sorted.len() - 1) / 2;
    close as f64 / pairs.max(1) as f64
}

/// The part of the intervals that the best schedule predicts: a repetition after some messages, or a steady growth.
fn predicted(intervals: &[(i64, i64)], near: impl Fn(i64, i64) -> bool) -> f64 {
    let left: Vec<i64> = intervals.iter().map(|(left, _)| *left).collect();
    let part = |hits: usize, of: usize| if of < MIN_INTERVALS - 1 { 0.0 } else { hits as f64 / of as f64 };
    let repeated = (1..=MAX_PERIOD.min(left.len())).map(|period| {
        let pairs = left.iter().zip(&left[period..]);
        part(pairs.filter(|(before, after)| near(**before, **after)).count(), left.len() - period)
    });
    let steady = left.windows(3).filter(|next| near(next[2] - next[1], next[1] - next[0])).count();
    let growth = part(steady, left.len().saturating_sub(2));
    let best = repeated.fold(growth, f64::max);
    if best >= PREDICTED { best } else { 0.0 }
}

/// Whether `hits` of `trials` are more than chance explains, at a probability of `chance` each: the Chernoff bound of the
/// binomial tail is at most `limit`.
pub(super) fn exceeds_chance(hits: usize, trials: usize, chance: f64, limit: f64) -> bool {
    if trials == 0 || chance >= 1.0 {
        return false;
    }
    let (rate, chance) = (hits as f64 / trials as f64, chance.max(1e-3));
    if rate <= chance {
        return false;
    }
    let miss = if rate < 1.0 { (1.0 - rate) * ((1.0 - rate) / (1.0 - chance)).ln() } else { 0.0 };
    let divergence = rate * (rate / chance).ln() + miss;
    -(trials as f64) * divergence <= limit.ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: i64 = 1_000_000;

    /// Messages that leave after these intervals and travel for `delay` each.
    fn passages(intervals: impl IntoIterator<Item = i64>, mut delay: impl FnMut() -> i64) -> Vec<Passage> {
        let mut left = 0;
        let leave = |interval: i64| {
            left += interval;
            left
        };
        intervals
            .into_iter()
            .map(leave)
            .zip(1..)
            .map(|(left, key)| Passage { key, left, came: left + delay(), packet_ids: None })
            .collect()
    }

    /// The client's stamps of one run with the server's stamps of another.
    fn mixed(ours: &[Passage], theirs: &[Passage]) -> Vec<Passage> {
        ours.iter().zip(theirs).map(|(ours, theirs)| Passage { came: theirs.came, ..*ours }).collect()
    }

    fn drawn(random: &mut fastrand::Rng, count: usize) -> Vec<i64> {
        (0..count).map(|_| random.i64(70 * MS..130 * MS)).collect()
    }

    #[test]
    fn drawn_intervals_identify_a_run() {
        let mut random = fastrand::Rng::with_seed(1);
        let (mut identified, mut mistaken) = (0, 0);
        for _ in 0..1_000 {
            let mut network = fastrand::Rng::with_seed(random.u64(..));
            let ours = passages(drawn(&mut random, 30), || network.i64(10 * MS..13 * MS));
            let theirs = passages(drawn(&mut random, 30), || 11 * MS);
            identified += usize::from(is_followed(&ours));
            mistaken += usize::from(is_followed(&mixed(&ours, &theirs)));
        }
        assert_eq!((identified, mistaken), (1_000, 0));
    }

    #[test]
    fn jitter_as_large_as_the_intervals_hides_the_pattern() {
        let mut random = fastrand::Rng::with_seed(2);
        let mut network = fastrand::Rng::with_seed(3);
        assert!(!is_followed(&passages(drawn(&mut random, 30), || network.i64(0..200 * MS))));
    }

    #[test]
    fn a_schedule_identifies_nobody() {
        let mut random = fastrand::Rng::with_seed(4);
        let mut noise = |_| 100 * MS + random.i64(0..MS);
        let fixed: Vec<i64> = (0..30).map(&mut noise).collect();
        let mut network = fastrand::Rng::with_seed(5);
        assert!(!is_followed(&passages(fixed, || network.i64(0..5 * MS))));
        let with_pauses = (0..30).map(|n| if n % 10 == 0 { 10_000 * MS } else { 100 * MS });
        assert!(!is_followed(&passages(with_pauses, || 5 * MS)));
        let alternating = (0..30).map(|n| if n % 2 == 0 { 100 * MS } else { 130 * MS });
        assert!(!is_followed(&passages(alternating, || 5 * MS)));
        let growing = (0..30).map(|n| (100 + n) * MS);
        assert!(!is_followed(&passages(growing, || 5 * MS)));
    }

    #[test]
    fn seven_messages_are_too_few_and_eight_are_enough() {
        let mut random = fastrand::Rng::with_seed(6);
        let intervals = drawn(&mut random, 8);
        assert!(is_followed(&passages(intervals.clone(), || MS)));
        assert!(!is_followed(&passages(intervals[..7].iter().copied(), || MS)));
    }

    /// Five messages at once after each of these pauses.
    fn bursts(pauses: impl IntoIterator<Item = i64>) -> impl Iterator<Item = i64> {
        pauses.into_iter().flat_map(|pause| [pause, 15_000, 15_000, 15_000, 15_000])
    }

    #[test]
    fn of_a_sender_in_bursts_the_longer_intervals_are_the_pattern() {
        let mut drawn = fastrand::Rng::with_seed(7);
        let pauses: Vec<i64> = (0..16).map(|_| drawn.i64(100 * MS..300 * MS)).collect();
        let mut jitter = fastrand::Rng::with_seed(8);
        assert!(is_followed(&passages(bursts(pauses), || 20 * MS + jitter.i64(0..MS))));
        let mut jitter = fastrand::Rng::with_seed(8);
        let on_schedule = passages(bursts(vec![200 * MS; 16]), || 20 * MS + jitter.i64(0..MS));
        assert!(!is_followed(&on_schedule), "every run on the schedule follows it");
    }

    #[test]
    fn the_uncommon_steps_of_packet_ids_are_the_pattern() {
        let mut drawn = fastrand::Rng::with_seed(7);
        let (mut id, mut ids) = (100, Vec::new());
        for key in 1..=30_u64 {
            id += if key.is_multiple_of(3) { drawn.u32(2..200) } else { 1 };
            ids.push(Passage { key, left: 0, came: 0, packet_ids: Some([id, id]) });
        }
        assert_eq!(packet_ids(&ids), PacketIds::Same);
        let numbered =
            (1..=30_u32).map(|key| Passage { key: key.into(), left: 0, came: 0, packet_ids: Some([key, key]) });
        assert_eq!(packet_ids(&numbered.collect::<Vec<_>>()), PacketIds::Silent);
    }
}
