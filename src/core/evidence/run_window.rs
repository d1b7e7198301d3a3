//! Which part of a host's capture is of the run that its journal is of.
//!
//! One capture may last over several runs, from one port, and a capture may be given beside the journal of another run. The
//! journal knows when it sent or received each message, and both have the host's clock.

use std::collections::HashMap;

use super::conversations;
use crate::core::time::{SECOND, Wall};

/// A frame lies no further than this from its record: a busy host takes its time.
const RECORD_LAG_NS: i64 = SECOND;

/// A run's own requests leave no later than this after its end, and no earlier than this before its start.
const EDGE_NS: i64 = 100_000_000;

/// The messages of one direction and their times, in the order of appearance.
pub type Messages<'a> = &'a [(Wall, u64)];

/// Whether the frames of a capture lie where the journal has their records, as far as they share numbers. A clock that was set
/// by `moved_ns` widens the limit.
pub fn agree(on_wire: Messages<'_>, records: Messages<'_>, moved_ns: i64) -> bool {
    let (shared, near) = agreement(on_wire, records, moved_ns);
    near * 2 >= shared
}

/// How many frames have a record of their number, and how many of these lie near one.
fn agreement(on_wire: Messages<'_>, records: Messages<'_>, moved_ns: i64) -> (usize, usize) {
    let mut by_number: HashMap<u64, Vec<Wall>> = HashMap::new();
    for (time, number) in records {
        by_number.entry(*number).or_default().push(*time);
    }
    let limit = RECORD_LAG_NS.saturating_add(moved_ns);
    let known = on_wire.iter().filter_map(|(time, number)| Some((time, by_number.get(number)?)));
    known.fold((0, 0), |(shared, near), (time, recorded)| {
        let is_near = recorded.iter().any(|record| time.since(*record).saturating_abs() <= limit);
        (shared + 1, near + usize::from(is_near))
    })
}

/// The run of a client's journal.
#[derive(Clone, Copy, Debug)]
pub struct RecordedRun<'a> {
    /// What it sent.
    pub sent: Messages<'a>,
    /// When it began.
    pub start: Wall,
    /// When it ended; `None` if the journal breaks off.
    pub end: Option<Wall>,
    /// How far the clock may have moved meanwhile, nanoseconds.
    pub moved_ns: i64,
}

impl RecordedRun<'_> {
    /// From when to when the requests of a conversation on this client's wire are this run's. `None`: none of them is, they
    /// are all of other runs.
    pub fn window(&self, on_wire: Messages<'_>) -> Option<(Wall, Wall)> {
        let (mut from, mut to) = (Wall(i64::MIN), Wall(i64::MAX));
        if on_wire.is_empty() {
            return Some((from, to));
        }
        let starts = conversations::epoch_starts(on_wire);
        let best = (0..=starts.len())
            .map(|epoch| {
                let inside = |(time, _): &&(Wall, u64)| conversations::epoch_of(&starts, *time) == epoch;
                let messages: Vec<(Wall, u64)> = on_wire.iter().filter(inside).copied().collect();
                (agreement(&messages, self.sent, self.moved_ns), epoch)
            })
            .max_by_key(|((_, near), epoch)| (*near, std::cmp::Reverse(*epoch)));
        let ((shared, near), epoch) = best?;
        if near * 2 < shared {
            return None;
        }
        if let Some(before) = epoch.checked_sub(1) {
            from = starts[before];
        }
        to = starts.get(epoch).copied().unwrap_or(to);
        // What left the port before or after the run is another's, even where its numbers go on.
        let margin = EDGE_NS.saturating_add(self.moved_ns);
        let earlier = on_wire.iter().map(|(time, _)| *time).filter(|time| *time < self.start.shifted(-margin)).max();
        let later = on_wire.iter().map(|(time, _)| *time);
        let later = later.filter(|time| self.end.is_some_and(|end| *time > end.shifted(margin))).min();
        Some((earlier.map_or(from, |earlier| from.max(earlier.shifted(1))), later.map_or(to, |later| to.min(later))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Messages from `first` on, one in a tenth of a second.
    fn run(first: u64, count: u64, start: i64) -> Vec<(Wall, u64)> {
        (0..count).map(|index| (Wall(start + index as i64 * SECOND / 10), first + index)).collect()
    }

    fn recorded(sent: Messages<'_>) -> RecordedRun<'_> {
        RecordedRun { sent, start: sent[0].0, end: sent.last().map(|(time, _)| *time), moved_ns: 0 }
    }

    #[test]
    fn another_run_from_the_same_port_is_cut_off_on_either_side() {
        let ours = run(1, 30, 100 * SECOND);
        let (before, after) = (run(1, 4, 80 * SECOND), run(1, 30, 110 * SECOND));
        let on_wire = [&before[..], &ours, &after].concat();
        let (from, to) = recorded(&ours).window(&on_wire).unwrap();
        assert!(before[3].0 < from && from <= ours[0].0 && ours[29].0 < to && to <= after[0].0);
        // Numbers that go on are another run's all the same.
        let (_, to) = recorded(&ours).window(&[&ours[..], &run(31, 5, 110 * SECOND)].concat()).unwrap();
        assert!(ours[29].0 < to && to <= Wall(110 * SECOND));
    }

    #[test]
    fn a_capture_of_another_time_shows_no_message_of_this_run() {
        let ours = run(1, 30, 0);
        let theirs = run(1, 30, 60 * SECOND);
        assert_eq!(recorded(&ours).window(&theirs), None);
        assert!(agree(&ours, &ours, 0) && !agree(&theirs, &ours, 0) && agree(&theirs, &ours, 60 * SECOND));
        assert!(recorded(&ours).window(&[]).is_some());
    }
}
