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

/// Whether the frames of a capture lie where the journal has their records, as far as they share numbers. A clock that was set
/// by `moved_ns` widens the limit.
pub fn agree(
    on_wire: impl Iterator<Item = (Wall, u64)>,
    records: impl Iterator<Item = (Wall, u64)>,
    moved_ns: i64,
) -> bool {
    let records = RecordTimes::new(records, moved_ns);
    let mut agreement = Agreement::default();
    for message in on_wire {
        agreement.add(&records, message);
    }
    agreement.is_same_run()
}

/// When a journal has its messages.
#[derive(Clone, Debug)]
struct RecordTimes {
    by_number: HashMap<u64, Vec<Wall>>,
    /// How far a frame may lie from its record, nanoseconds.
    limit_ns: i64,
}

impl RecordTimes {
    fn new(records: impl Iterator<Item = (Wall, u64)>, moved_ns: i64) -> Self {
        let mut by_number: HashMap<u64, Vec<Wall>> = HashMap::new();
        for (time, number) in records {
            by_number.entry(number).or_default().push(time);
        }
        Self { by_number, limit_ns: RECORD_LAG_NS.saturating_add(moved_ns) }
    }
}

/// How many frames have a record of their number, and how many of these lie near one.
#[derive(Clone, Copy, Debug, Default)]
struct Agreement {
    shared: usize,
    near: usize,
}

impl Agreement {
    fn add(&mut self, records: &RecordTimes, (time, number): (Wall, u64)) {
        let Some(recorded) = records.by_number.get(&number) else { return };
        let is_near = recorded.iter().any(|record| time.since(*record).saturating_abs() <= records.limit_ns);
        self.shared += 1;
        self.near += usize::from(is_near);
    }

    const fn is_same_run(self) -> bool {
        self.near * 2 >= self.shared
    }
}

/// The run of a client's journal.
#[derive(Clone, Debug)]
pub struct RecordedRun {
    sent: RecordTimes,
    start: Wall,
    end: Option<Wall>,
    moved_ns: i64,
}

impl RecordedRun {
    /// A run that sent these messages between a start and an end, which is `None` if the journal breaks off. The clock may
    /// have moved by `moved_ns` meanwhile.
    pub fn new(sent: impl Iterator<Item = (Wall, u64)>, (start, end): (Wall, Option<Wall>), moved_ns: i64) -> Self {
        Self { sent: RecordTimes::new(sent, moved_ns), start, end, moved_ns }
    }

    /// From when to when the requests of a conversation on this client's wire, in the order of the file, are this run's.
    /// `None`: none of them is, they are all of other runs.
    pub fn window(&self, on_wire: impl Iterator<Item = (Wall, u64)> + Clone) -> Option<(Wall, Wall)> {
        let (mut from, mut to) = (Wall(i64::MIN), Wall(i64::MAX));
        let starts = conversations::epoch_starts(on_wire.clone());
        let mut by_epoch = vec![Agreement::default(); starts.len() + 1];
        // What left the port before or after the run is another's, even where its numbers go on.
        let margin = EDGE_NS.saturating_add(self.moved_ns);
        let (mut earlier, mut later): (Option<Wall>, Option<Wall>) = (None, None);
        for (time, number) in on_wire {
            by_epoch[conversations::epoch_of(&starts, time)].add(&self.sent, (time, number));
            if time < self.start.shifted(-margin) {
                earlier = earlier.max(Some(time));
            }
            if self.end.is_some_and(|end| time > end.shifted(margin)) {
                later = Some(later.map_or(time, |later| later.min(time)));
            }
        }
        let best = by_epoch.iter().enumerate().max_by_key(|(epoch, found)| (found.near, std::cmp::Reverse(*epoch)));
        let (epoch, found) = best?;
        if !found.is_same_run() {
            return None;
        }
        if let Some(before) = epoch.checked_sub(1) {
            from = starts[before];
        }
        to = starts.get(epoch).copied().unwrap_or(to);
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

    fn recorded(sent: &[(Wall, u64)]) -> RecordedRun {
        RecordedRun::new(sent.iter().copied(), (sent[0].0, sent.last().map(|(time, _)| *time)), 0)
    }

    fn window(run: &RecordedRun, on_wire: &[(Wall, u64)]) -> Option<(Wall, Wall)> {
        run.window(on_wire.iter().copied())
    }

    fn agree(on_wire: &[(Wall, u64)], records: &[(Wall, u64)], moved_ns: i64) -> bool {
        super::agree(on_wire.iter().copied(), records.iter().copied(), moved_ns)
    }

    #[test]
    fn another_run_from_the_same_port_is_cut_off_on_either_side() {
        let ours = run(1, 30, 100 * SECOND);
        let (before, after) = (run(1, 4, 80 * SECOND), run(1, 30, 110 * SECOND));
        let on_wire = [&before[..], &ours, &after].concat();
        let (from, to) = window(&recorded(&ours), &on_wire).unwrap();
        assert!(before[3].0 < from && from <= ours[0].0 && ours[29].0 < to && to <= after[0].0);
        // Numbers that go on are another run's all the same.
        let (_, to) = window(&recorded(&ours), &[&ours[..], &run(31, 5, 110 * SECOND)].concat()).unwrap();
        assert!(ours[29].0 < to && to <= Wall(110 * SECOND));
    }

    #[test]
    fn a_capture_of_another_time_shows_no_message_of_this_run() {
        let ours = run(1, 30, 0);
        let theirs = run(1, 30, 60 * SECOND);
        assert_eq!(window(&recorded(&ours), &theirs), None);
        assert!(agree(&ours, &ours, 0) && !agree(&theirs, &ours, 0) && agree(&theirs, &ours, 60 * SECOND));
        assert!(window(&recorded(&ours), &[]).is_some());
    }
}
