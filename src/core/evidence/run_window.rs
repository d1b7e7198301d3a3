//! Which part of a host's capture is of the run that its journal is of.
//!
//! One capture may last over several runs, from one port, and a capture may be given beside the journal of another run. The
//! journal knows when it sent or received each message, and both have the host's clock.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::ops::Range;

use super::datagram::NumberedFrame;
use super::restarts::{fallbacks, run_of};
use crate::core::time::{SECOND, Wall};

/// A frame lies no further than this from its record: a busy host takes its time.
const RECORD_LAG_NS: i64 = SECOND;

/// The kernel's transmit stamp is no further than this from its frame.
pub const KERNEL_STAMP_LAG_NS: i64 = SECOND / 1_000;

/// The kernel stamps what comes once, for the application and for a capture alike; behind a bridge, within this.
const ARRIVAL_LAG_NS: i64 = SECOND / 20_000;

/// A run's own requests leave no later than this after its end, and no earlier than this before its start.
const EDGE_NS: i64 = 100_000_000;

/// Whether the frames of a capture lie where the journal has their records, as far as they share numbers: those of one run at
/// least, for a capture may hold several. A clock that was set by `moved_ns` widens the limit.
pub fn agree(
    on_wire: impl Iterator<Item = (Wall, u64)> + Clone,
    records: impl Iterator<Item = (Wall, u64)>,
    moved_ns: i64,
) -> bool {
    let records = RecordTimes::new(records, RECORD_LAG_NS.saturating_add(moved_ns));
    nearest_run(&records, &fallbacks(on_wire.clone()), on_wire).1.is_same_run()
}

/// Whether the kernel's receive stamps of a journal are those of the datagrams in a capture whose stamps have a resolution,
/// nanoseconds, as far as they share numbers. On a router both ways lie nearer to each other than on the host.
pub fn arrivals_agree(
    arrived: impl Iterator<Item = (Wall, u64)> + Clone,
    on_wire: impl Iterator<Item = (Wall, u64)>,
    resolution_ns: i64,
) -> bool {
    let on_wire = RecordTimes::new(on_wire, ARRIVAL_LAG_NS.saturating_add(resolution_ns));
    nearest_run(&on_wire, &[], arrived).1.is_same_run()
}

/// Which of the runs in a capture has most frames near their records, and of those the nearest.
fn nearest_run(
    records: &RecordTimes,
    restarts: &[usize],
    on_wire: impl Iterator<Item = (Wall, u64)>,
) -> (usize, Agreement) {
    let mut by_run = vec![Agreement::default(); restarts.len() + 1];
    for (position, message) in on_wire.enumerate() {
        by_run[run_of(restarts, position)].add(records, message);
    }
    let nearest =
        by_run.into_iter().enumerate().max_by_key(|(run, found)| (found.near, Reverse((found.distance_ns, *run))));
    nearest.unwrap_or_default()
}

/// When a journal has its messages.
#[derive(Clone, Debug, Default)]
struct RecordTimes {
    /// Ascending: a flood may repeat one number a hundred thousand times.
    by_number: HashMap<u64, Vec<Wall>>,
    /// How far a frame may lie from its record, nanoseconds.
    limit_ns: i64,
}

impl RecordTimes {
    fn new(records: impl Iterator<Item = (Wall, u64)>, limit_ns: i64) -> Self {
        let mut by_number: HashMap<u64, Vec<Wall>> = HashMap::new();
        for (time, number) in records {
            by_number.entry(number).or_default().push(time);
        }
        for times in by_number.values_mut() {
            times.sort_unstable();
        }
        Self { by_number, limit_ns }
    }

    /// How far a message is from its nearest record, nanoseconds; `None` if its number has none.
    fn distance_ns(&self, (time, number): (Wall, u64)) -> Option<i64> {
        let recorded = self.by_number.get(&number)?;
        let after = recorded.partition_point(|record| *record < time);
        let near = recorded[after.saturating_sub(1)..].iter().take(2);
        near.map(|record| time.since(*record).saturating_abs()).min()
    }
}

/// How many frames have a record of their number, and how many of these lie near one.
#[derive(Clone, Copy, Debug, Default)]
struct Agreement {
    shared: usize,
    near: usize,
    /// How far these are from their records together, nanoseconds.
    distance_ns: i64,
}

impl Agreement {
    fn add(&mut self, records: &RecordTimes, message: (Wall, u64)) {
        let Some(distance_ns) = records.distance_ns(message) else { return };
        self.shared += 1;
        if distance_ns <= records.limit_ns {
            self.near += 1;
            self.distance_ns = self.distance_ns.saturating_add(distance_ns);
        }
    }

    const fn is_same_run(self) -> bool {
        self.near * 2 >= self.shared
    }
}

/// The run of a client's journal.
#[derive(Clone, Debug)]
pub struct RecordedRun {
    sent: RecordTimes,
    /// The kernel's transmit stamps of that, as far as there are any.
    departed: RecordTimes,
    start: Wall,
    end: Option<Wall>,
    moved_ns: i64,
}

impl RecordedRun {
    /// A run that sent these messages between a start and an end, which is `None` if the journal breaks off. The clock may
    /// have moved by `moved_ns` meanwhile.
    pub fn new(sent: impl Iterator<Item = (Wall, u64)>, (start, end): (Wall, Option<Wall>), moved_ns: i64) -> Self {
        let sent = RecordTimes::new(sent, RECORD_LAG_NS.saturating_add(moved_ns));
        Self { sent, departed: RecordTimes::default(), start, end, moved_ns }
    }

    /// With the kernel's transmit stamps, for a capture whose stamps have a resolution, nanoseconds: one from beyond this host has
    /// another clock.
    #[must_use]
    pub fn with_kernel_stamps(self, departed: impl Iterator<Item = (Wall, u64)>, resolution_ns: i64) -> Self {
        let limit_ns = KERNEL_STAMP_LAG_NS.saturating_add(resolution_ns).saturating_add(self.moved_ns);
        Self { departed: RecordTimes::new(departed, limit_ns), ..self }
    }

    /// The frames of a capture on this client's wire that are this run's. `on_wire` are frame, time and number of the requests of a
    /// conversation, in the order of the file. `None`: none of them is, they are all of other runs.
    pub fn frames(&self, on_wire: &(impl Iterator<Item = NumberedFrame> + Clone)) -> Option<Range<u32>> {
        let timed = || on_wire.clone().map(|(_, time, number)| (time, number));
        let starts = fallbacks(timed());
        let (run, found) = nearest_run(&self.sent, &starts, timed());
        let own = || (0..).zip(on_wire.clone()).filter(|(position, _)| run_of(&starts, *position) == run);
        let (_, departed) = nearest_run(&self.departed, &[], own().map(|(_, (_, time, number))| (time, number)));
        if !found.is_same_run() || !departed.is_same_run() {
            return None;
        }
        let frame_of = |restart: usize| on_wire.clone().nth(*starts.get(restart)?).map(|(frame, ..)| frame);
        let from = run.checked_sub(1).and_then(frame_of).unwrap_or(0);
        let to = frame_of(run).unwrap_or(u32::MAX);
        // What left the port before or after the run is another's, even where its numbers go on.
        let margin = EDGE_NS.saturating_add(self.moved_ns);
        let frames = || own().map(|(_, (frame, time, _))| (frame, time));
        let earlier =
            frames().filter(|(_, time)| *time < self.start.shifted(-margin)).map(|(frame, _)| frame + 1).max();
        let is_later = |time: Wall| self.end.is_some_and(|end| time > end.shifted(margin));
        let later = frames().filter(|(_, time)| is_later(*time)).map(|(frame, _)| frame).min();
        // A client that writes journals sends each message once.
        let mut sent: HashMap<u64, Wall> = HashMap::new();
        let is_again = |(_, time, number): &NumberedFrame| time.since(*sent.entry(*number).or_insert(*time)) > margin;
        let own =
            own().map(|(_, request)| request).skip_while(|(frame, ..)| earlier.is_some_and(|start| *frame < start));
        let again = own.into_iter().find(is_again).map(|(frame, ..)| frame);
        let later = later.into_iter().chain(again).min();
        Some(earlier.unwrap_or(from)..later.unwrap_or(to))
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

    /// The frames of a run among requests in frames from 1.
    fn frames(run: &RecordedRun, on_wire: &[(Wall, u64)]) -> Option<Range<u32>> {
        run.frames(&(1..).zip(on_wire).map(|(frame, (time, number))| (frame, *time, *number)))
    }

    fn agree(on_wire: &[(Wall, u64)], records: &[(Wall, u64)], moved_ns: i64) -> bool {
        super::agree(on_wire.iter().copied(), records.iter().copied(), moved_ns)
    }

    #[test]
    fn another_run_from_the_same_port_is_cut_off_on_either_side() {
        let ours = run(1, 30, 100 * SECOND);
        let (before, after) = (run(1, 4, 80 * SECOND), run(1, 30, 110 * SECOND));
        let on_wire = [&before[..], &ours, &after].concat();
        assert_eq!(frames(&recorded(&ours), &on_wire), Some(5..35));
        let soon = [&ours[..2], &run(1, 30, 100 * SECOND + SECOND / 2)].concat();
        assert_eq!(frames(&recorded(&ours[..2]), &soon), Some(0..3));
        // Numbers that go on are another run's all the same.
        let on_wire = [&ours[..], &run(31, 5, 110 * SECOND)].concat();
        assert_eq!(frames(&recorded(&ours), &on_wire), Some(0..31));
    }

    #[test]
    fn runs_follow_each_other_in_the_file_whatever_the_clock_does() {
        let (ours, next) = (run(1, 30, 100 * SECOND), run(1, 30, 101 * SECOND));
        assert_eq!(frames(&recorded(&ours), &[&ours[..], &next].concat()), Some(0..31));
    }

    #[test]
    fn a_capture_of_another_time_shows_no_message_of_this_run() {
        let ours = run(1, 30, 0);
        let theirs = run(1, 30, 60 * SECOND);
        assert_eq!(frames(&recorded(&ours), &theirs), None);
        assert!(agree(&ours, &ours, 0) && !agree(&theirs, &ours, 0) && agree(&theirs, &ours, 60 * SECOND));
        assert!(frames(&recorded(&ours), &[]).is_some());
    }

    #[test]
    fn receive_stamps_are_those_of_the_hosts_own_frames() {
        let (own, routers) = (run(1, 30, 0), run(1, 30, -150_000));
        let agree = |on_wire: &[(Wall, u64)], resolution_ns| {
            arrivals_agree(own.iter().copied(), on_wire.iter().copied(), resolution_ns)
        };
        assert!(agree(&own, 1) && !agree(&routers, 1) && agree(&routers, 1_000_000) && agree(&[], 1));
    }

    #[test]
    fn a_capture_of_another_clock_shows_no_frame_of_this_host() {
        let shifted = |by: i64| run(1, 30, by);
        let stamped =
            |resolution_ns| recorded(&run(1, 30, 0)).with_kernel_stamps(shifted(50_000).into_iter(), resolution_ns);
        assert!(frames(&stamped(1), &shifted(40_000)).is_some());
        assert_eq!(frames(&stamped(1), &shifted(20_000_000)), None);
        assert!(frames(&stamped(100_000_000), &shifted(20_000_000)).is_some(), "coarse stamps do not tell");
    }
}
