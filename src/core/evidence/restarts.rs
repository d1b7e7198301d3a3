//! Finds where a client started again, by the numbers of its requests.

use std::collections::VecDeque;

use crate::core::time::{SECOND, Wall};

/// No client begins again more often in one capture; without a bound, the work would grow with the square of its size.
const MAX_RUNS: usize = 1_000;

/// Where a new run begins among requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restart {
    /// The position of its first request.
    pub position: usize,
    /// Little shows it: perhaps both are one run.
    pub is_uncertain: bool,
}

/// Where new runs begin among requests, in their order: where the numbering falls back and goes on from there, and where a long
/// silence and a few numbers make that probable.
///
/// `requests` are times and numbers in the order of the file. Networks overtake and repeat datagrams too, in bursts, but
/// none holds one for more than a second while others pass. So a number that falls back begins a new run where it comes
/// a second after it was overtaken and the numbering goes on from it. Sooner than that only where all came in order
/// until then, it begins with the lowest, several numbers in a row are seen once more, in their order, and nothing goes
/// on from before. A few messages before a long silence, after which the numbers go on, are no run of their own: a client that
/// pauses and a network that loses look the same. After a thousand runs the rest is left in the last one.
pub fn restarts(requests: impl IntoIterator<Item = (Wall, u64), IntoIter: Clone>) -> Vec<Restart> {
    let requests = requests.into_iter();
    if is_sorted(&requests) {
        return Vec::new();
    }
    find_restarts(requests, true)
}

/// The positions of the first requests of new runs, by the numbers alone.
pub fn fallbacks(requests: impl IntoIterator<Item = (Wall, u64), IntoIter: Clone>) -> Vec<usize> {
    let requests = requests.into_iter();
    if is_sorted(&requests) {
        return Vec::new();
    }
    find_restarts(requests, false).iter().map(|restart| restart.position).collect()
}

fn is_sorted(requests: &(impl Iterator<Item = (Wall, u64)> + Clone)) -> bool {
    requests.clone().is_sorted_by(|(_, before), (_, number)| before < number)
}

fn find_restarts(requests: impl Iterator<Item = (Wall, u64)>, with_uncertain: bool) -> Vec<Restart> {
    let mut starts = Vec::new();
    let mut requests = monotonic(requests);
    let Some(first) = requests.next() else { return starts };
    let mut run = RunSoFar::new(first);
    let (mut before, mut position) = (first.0, 1);
    let mut following: VecDeque<(Wall, u64)> = requests.by_ref().take(LOOK_AHEAD).collect();
    while let Some((time, number)) = following.front().copied() {
        let silence = time.since(before);
        run.forget_impostor(number);
        let next = &*following.make_contiguous();
        let is_left = run.falls_back(number) && run.is_left(next, silence);
        let restarts =
            is_left || silence > SECOND && run.is_repeated(next) || silence > MAX_COPY_LAG_NS && run.has_seen(number);
        let is_uncertain = with_uncertain && !restarts && run.is_perhaps_left(next, silence);
        if (restarts || is_uncertain) && starts.len() + 1 < MAX_RUNS {
            let begun = if is_left { run.fallen_before(number, silence) } else { &[] };
            starts.push(Restart { position: position - begun.len(), is_uncertain });
            let mut next = begun.iter().map(|(request, _)| *request).chain([(time, number)]);
            let mut begun = RunSoFar::new(next.next().unwrap_or((time, number)));
            next.for_each(|(time, number)| begun.note(time, number, 0));
            run = begun;
        } else {
            run.note(time, number, silence);
        }
        before = time;
        position += 1;
        following.pop_front();
        following.extend(requests.next());
    }
    starts
}

/// The same requests with stamps that never go back. Where a clock was set back, much time may have passed.
fn monotonic(requests: impl Iterator<Item = (Wall, u64)>) -> impl Iterator<Item = (Wall, u64)> {
    let (mut before, mut elapsed) = (None, Wall(0));
    requests.map(move |(time, number)| {
        let passed = time.since(before.replace(time).unwrap_or(time));
        elapsed = elapsed.shifted(if passed < -MAX_DISORDER_NS { UNKNOWN_SILENCE_NS } else { passed.max(0) });
        (elapsed, number)
    })
}

/// Taken for the time that passed while a clock was set back. A single number that comes again after that may be a copy.
const UNKNOWN_SILENCE_NS: i64 = SECOND + 1;

/// Stamps in a file go back by less than this where no clock was set: several queues hand packets over.
const MAX_DISORDER_NS: i64 = SECOND / 10;

/// No client ends and begins again sooner than this, and networks repeat datagrams sooner as a rule.
const MIN_RESTART_NS: i64 = SECOND / 5;

/// No network makes a second copy of a datagram after so long a silence.
const MAX_COPY_LAG_NS: i64 = 5 * SECOND;

/// No network repeats more datagrams than this in a row.
const MAX_REPEATED: usize = 4;

/// Requests, including this one, that decide whether the numbering continues from here or from before.
const LOOK_AHEAD: usize = 8;

/// The state of a run while its requests are read.
struct RunSoFar {
    lowest: u64,
    /// Each number that was the highest so far, and when: ascending in both. While all come in order, it is every number.
    maxima: Vec<(u64, Wall)>,
    /// No number has come twice or after a higher one: the network does not look like one that repeats or overtakes.
    in_order: bool,
    /// The last requests, if they fell back and ascend since, each with the silence before it, nanoseconds.
    fallen: Vec<((Wall, u64), i64)>,
}

impl RunSoFar {
    fn new((time, number): (Wall, u64)) -> Self {
        Self { lowest: number, maxima: vec![(number, time)], in_order: true, fallen: Vec::new() }
    }

    fn highest(&self) -> u64 {
        self.maxima.last().map_or(0, |(number, _)| *number)
    }

    fn note(&mut self, time: Wall, number: u64, silence: i64) {
        if number >= self.highest() || self.fallen.last().is_some_and(|((_, last), _)| *last >= number) {
            self.fallen.clear();
        }
        if self.falls_back(number) {
            self.fallen.push(((time, number), silence));
        }
        self.lowest = self.lowest.min(number);
        if number > self.highest() {
            self.maxima.push((number, time));
        } else {
            self.in_order = false;
        }
    }

    /// Forgets the highest number if the numbering continues far below it: a corrupted text may contain any number.
    fn forget_impostor(&mut self, number: u64) {
        if let [.., (before, _), _] = self.maxima[..]
            && before < number
            && self.falls_back(number)
        {
            self.maxima.pop();
        }
    }

    fn falls_back(&self, number: u64) -> bool {
        let highest = self.highest();
        number < highest && number <= self.lowest.max(highest / 2) || number == highest && number == self.lowest
    }

    fn has_seen(&self, number: u64) -> bool {
        self.maxima.binary_search_by_key(&number, |(maximum, _)| *maximum).is_ok()
    }

    /// Whether numbers of this run are counted once more, in their order. After a silence that is a new run, wherever it begins:
    /// its first messages may be lost.
    fn is_repeated(&self, following: &[(Wall, u64)]) -> bool {
        let numbers: Vec<u64> = following.iter().take(3).map(|(_, number)| *number).collect();
        let is_sorted = numbers.is_sorted_by(|a, b| a < b);
        numbers.len() > 1 && is_sorted && numbers.iter().take(2).all(|number| self.has_seen(*number))
    }

    /// Whether another run probably begins after a silence, nanoseconds, though the network or the client's pauses may explain it.
    fn is_perhaps_left(&self, following: &[(Wall, u64)], silence: i64) -> bool {
        let Some((_, number)) = following.first().copied() else { return false };
        let ascending = ascending(following);
        let mut paces: Vec<i64> = ascending
            .windows(2)
            .map(|pair| pair[1].0.since(pair[0].0) / (pair[1].1 - pair[0].1).cast_signed())
            .collect();
        paces.sort_unstable();
        let pace = paces.get(paces.len() / 2).copied();
        let is_again = |&&(_, next): &&(Wall, u64)| self.has_seen(next);
        // All that there was from this number on comes again, in its order, and more follows.
        let rest = self.maxima.len() - self.maxima.partition_point(|(maximum, _)| *maximum < number);
        let is_all_again = rest >= 2 && rest == ascending.iter().filter(is_again).count();
        number < self.highest() && silence > MAX_COPY_LAG_NS
            || number < self.highest() && silence > SECOND && self.has_seen(number) && ascending.len() > 2
            || is_all_again
                && self.in_order
                && ascending.last().is_some_and(|(_, last)| *last > self.highest())
                && pace.is_some_and(|pace| silence > MIN_RESTART_NS.max(pace.saturating_mul(2)))
    }

    /// The requests right before a new run that belong to it: they had fallen back too, after a longer silence.
    fn fallen_before(&self, number: u64, silence: i64) -> &[((Wall, u64), i64)] {
        match (self.fallen.first(), self.fallen.last()) {
            (Some((_, first)), Some(((_, last), _))) if *first >= silence && *last < number => &self.fallen,
            _ => &[],
        }
    }

    /// Whether a number that falls back after a silence, nanoseconds, and those that follow it, belong to another run.
    fn is_left(&self, following: &[(Wall, u64)], silence: i64) -> bool {
        let Some((time, number)) = following.first().copied() else { return false };
        let highest = self.highest();
        let overtaken = self.maxima.get(self.maxima.partition_point(|(maximum, _)| *maximum < number));
        let behind = overtaken.map_or(0, |(_, at)| time.since(*at));
        if behind > SECOND {
            let goes_on = following.iter().skip(1).take(3).any(|(_, next)| *next > number && *next <= highest);
            let is_first_again = silence > UNKNOWN_SILENCE_NS || silence > MIN_RESTART_NS && behind > 2 * SECOND;
            return goes_on || number <= self.lowest && is_first_again || silence > MAX_COPY_LAG_NS;
        }
        // As far as these ascend: after them the run may be left once more.
        let tail: Vec<u64> =
            ascending(following).iter().map(|(_, next)| *next).take_while(|next| *next <= highest).collect();
        // Some of the first run's numbers may have been lost.
        let seen = tail.iter().filter(|number| self.has_seen(**number)).count();
        let again = tail.len() >= 3 && seen * 4 >= tail.len() * 3
            || silence > MIN_RESTART_NS && tail.len() > MAX_REPEATED && seen * 3 >= tail.len();
        let nothing_before = tail.len() == following.len() || tail.len() as u64 * 2 >= highest - number;
        behind > MIN_RESTART_NS
            && silence >= MIN_RESTART_NS / 2
            && self.in_order
            && (number <= self.lowest || tail.len() > MAX_REPEATED)
            && again
            && nothing_before
    }
}

/// The first of some requests, as far as their numbers ascend.
fn ascending(requests: &[(Wall, u64)]) -> &[(Wall, u64)] {
    let pairs = requests.windows(2).take_while(|pair| pair[0].1 < pair[1].1).count();
    &requests[..requests.len().min(pairs + 1)]
}

/// The requests at some positions, ascending.
pub fn at_positions<T>(mut requests: impl Iterator<Item = T>, positions: &[usize]) -> Vec<T> {
    let mut next = 0;
    let at = positions.iter().filter_map(|position| {
        let request = requests.nth(position - next);
        next = position + 1;
        request
    });
    at.collect()
}

/// The run, from 0, of a position among the requests.
pub fn run_of(restarts: &[usize], position: usize) -> usize {
    restarts.partition_point(|start| *start <= position)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The positions where new runs begin.
    fn restarts(requests: Vec<(Wall, u64)>) -> Vec<usize> {
        super::restarts(requests).iter().map(|restart| restart.position).collect()
    }

    fn times(numbers: &[u64], step_ms: i64) -> Vec<(Wall, u64)> {
        numbers.iter().enumerate().map(|(index, number)| (Wall(index as i64 * step_ms * 1_000_000), *number)).collect()
    }

    #[test]
    fn one_run_is_one_whatever_the_network_does_to_it() {
        for numbers in [
            &[1, 2, 3, 4, 5, 6][..],
            &[1, 2, 2, 3, 4, 3, 5, 6],
            &[2, 1, 3, 4, 6, 5],
            &[1, 1, 2, 3],
            &[1, 2, 3, 1, 4, 5],
            &[1, 2, 3, 4, 5, 6, 1],
            // A burst that was held up, and one that was repeated.
            &[3, 4, 5, 6, 7, 8, 1, 2, 9, 10],
            &[1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 9, 10, 11],
            &[5, 12, 1, 3, 8, 2, 15, 4, 7],
            // A changed text with another number.
            &[1, 2, 3, 400, 4, 5, 6, 7, 8],
            &[7],
            &[],
        ] {
            assert!(restarts(times(numbers, 100)).is_empty(), "{numbers:?}");
        }
    }

    /// Times in milliseconds, and numbers.
    fn at(requests: &[(i64, u64)]) -> Vec<(Wall, u64)> {
        requests.iter().map(|(time, number)| (Wall(time * 1_000_000), *number)).collect()
    }

    #[test]
    fn what_fell_back_before_a_new_run_belongs_to_it() {
        assert_eq!(restarts(at(&[(0, 36), (900, 1), (1_100, 2), (1_200, 3), (1_300, 4)])), [1]);
        assert_eq!(
            restarts(at(&[(0, 4), (100, 5), (9_000, 2), (9_800, 1)])),
            [2],
            "the new run's first two change places"
        );
        let thrice = [(0, 1), (60, 2), (120, 3), (800, 1), (860, 2), (920, 3), (2_700, 1), (2_760, 2), (2_820, 3)];
        assert_eq!(restarts(at(&thrice)), [3, 6]);
    }

    #[test]
    fn a_few_messages_before_a_pause_make_no_run_of_their_own() {
        assert!(restarts(at(&[(0, 1), (1, 2), (2, 5), (20_007, 11), (20_068, 11)])).is_empty());
        assert!(restarts(at(&[(0, 1), (100, 2), (60_000, 4), (60_100, 3), (60_200, 5)])).is_empty());
    }

    #[test]
    fn a_silence_and_a_few_numbers_make_a_new_run_probable() {
        let uncertain = |requests: &[(i64, u64)]| {
            let found = super::restarts(at(requests));
            found.iter().filter(|restart| restart.is_uncertain).map(|restart| restart.position).collect::<Vec<_>>()
        };
        assert_eq!(uncertain(&[(0, 1), (90, 2), (450, 1), (540, 2), (650, 3), (760, 4)]), [2], "all of it again");
        assert_eq!(uncertain(&[(0, 1), (60, 2), (120, 3), (520, 2), (580, 3), (640, 4)]), [3]);
        assert_eq!(
            uncertain(&[(0, 1), (320, 4), (430, 5), (690, 7), (780, 8), (2_300, 5), (2_400, 6), (2_900, 11)]),
            [5]
        );
        assert_eq!(uncertain(&[(0, 2), (190, 4), (330, 5), (17_000, 3), (17_200, 5)]), [3]);
        assert!(uncertain(&[(0, 1), (90, 2), (180, 1), (270, 2), (360, 3), (450, 4)]).is_empty(), "copies");
    }

    #[test]
    fn a_lossy_run_right_after_another_is_found_by_its_length() {
        let first = [(0, 1), (40, 3), (60, 4), (90, 5), (170, 9), (190, 10)];
        let second = [(830, 1), (850, 2), (900, 5), (920, 6), (940, 7), (990, 10), (4_060, 11), (4_100, 13)];
        assert_eq!(restarts(at(&[&first[..], &second].concat())), [6]);
    }

    #[test]
    fn a_numbering_that_begins_again_is_another_run() {
        let second = restarts(times(&[1, 2, 3, 4, 5, 1, 2, 3], 100));
        assert_eq!(second, [5]);
        assert_eq!((run_of(&second, 4), run_of(&second, 5)), (0, 1));
        assert_eq!(restarts(times(&[3, 4, 5, 2, 3, 4, 5, 1, 2], 500)).len(), 2, "first messages lost");
        assert_eq!(restarts(times(&[1, 2, 3, 4, 5, 2, 1, 3, 4], 500)).len(), 1, "the first two change places");
        assert_eq!(restarts(times(&[1, 2, 3, 1], 1_500)).len(), 1, "the second run's first message alone");
        assert_eq!(restarts(times(&[1, 1, 1], 1_500)).len(), 2, "runs of one message");
        assert_eq!(restarts(times(&[1, 2].repeat(10_000), 100)).len(), MAX_RUNS - 1, "no end of it");
        let set_back = [times(&[1, 2, 3, 4, 5], 100), times(&[1, 2, 3, 4, 5], 100)].concat();
        assert_eq!(restarts(set_back), [5], "the clock was set back in between");
        let copied = [times(&[1], 100), vec![(Wall(-SECOND / 5), 1)]].concat();
        assert!(restarts(copied).is_empty(), "nobody knows how long after");
        let changed: Vec<u64> = (1..=10).chain([900]).chain(11..=40).collect();
        assert_eq!(restarts(times(&changed, 100)).len(), 0, "the changed number is of no run");
        let again = [&changed[..], &changed].concat();
        assert_eq!(restarts(times(&again, 100)).len(), 1);
    }
}
