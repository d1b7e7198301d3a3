//! How far a witness can be trusted: absence is evidence only where the witness was there, awake and able to see.

use super::capture::CaptureLog;
use super::journal::{CaptureCounters, CaptureInfo, JournalLog, Record};
use crate::core::time::{SECOND, Wall};

/// Why a witness can prove no absence at all at a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Void {
    /// Its filter would have refused such frames.
    Filter,
    /// Its snapshot length cuts the text off.
    Snaplen,
    /// It missed something that later points prove to have passed: what else it missed, nobody knows.
    Contradicted,
    /// It saw nothing of this flow in this direction, and nothing says when it was awake.
    NeverAwake,
}

/// A message that was seen so soon after a blind interval may have passed before in it, as another copy.
const COPY_LAG_NS: i64 = SECOND / 2;

/// When a witness was awake at one point of a leg, and what keeps it from proving an absence there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Awake from then on.
    pub from: Wall,
    /// Awake until then.
    pub to: Wall,
    /// The interval is inferred from what was seen, not known from a journal.
    pub assumed: bool,
    /// Intervals in which something may have been missed.
    pub blind: Vec<(Wall, Wall)>,
    /// Nothing absent here proves anything.
    pub void: Option<Void>,
}

impl Coverage {
    /// Whether the witness was awake, without a gap, all the time from `from` to `to`.
    pub fn spans(&self, from: Wall, to: Wall) -> bool {
        self.void.is_none()
            && self.from <= from
            && to <= self.to
            && !self.blind.iter().any(|(start, end)| *start <= to && from <= end.shifted(COPY_LAG_NS))
    }

    /// The interval spanned by what was seen, for a witness of which nothing else is known.
    pub fn assumed(mut times: impl Iterator<Item = Wall>) -> Self {
        let Some(first) = times.next() else {
            return Self { assumed: true, void: Some(Void::NeverAwake), ..Self::default() };
        };
        let (from, to) = times.fold((first, first), |(from, to), time| (from.min(time), to.max(time)));
        Self { from, to, assumed: true, ..Self::default() }
    }
}

/// A journal's coverage: from its first line to its `end` line or to where it breaks off, blind in its gaps.
pub fn of_journal(log: &JournalLog) -> Coverage {
    let from = log.run().map_or(Wall(0), |run| run.at.wall);
    let to = match log.end() {
        Some(end) => end.at.wall,
        // Records are written in the order of events, stamps of the kernel aside, which may be a little older.
        None => log.records.iter().filter_map(Record::wall).max().unwrap_or(from),
    };
    let gaps = log.records.iter().filter_map(|record| match record {
        Record::Gap(gap) => Some((gap.from, gap.to)),
        _ => None,
    });
    Coverage { from, to: to.shifted(-clock_step(log)), blind: gaps.collect(), ..Coverage::default() }
}

/// By how much the wall clock was set during the run: the range of its distance from the monotonic clock.
///
/// A witness whose clock was set cannot say how long it stayed awake, so this is taken off the end of its interval.
/// What a disciplined clock is slewed in a run (500 ppm at most) is not counted.
pub fn clock_step(log: &JournalLog) -> i64 {
    let mut range: Option<(i64, i64)> = None;
    let mut first = None;
    let mut last = 0;
    for record in &log.records {
        let at = match record {
            Record::Run(run) => run.at,
            Record::Counters(counters) => counters.at,
            Record::Sent(sent) => sent.at,
            Record::Received(received) => received.at,
            Record::End(end) => end.at,
            _ => continue,
        };
        let distance = at.wall.0.saturating_sub(at.mono.0);
        range = Some(range.map_or((distance, distance), |(low, high)| (low.min(distance), high.max(distance))));
        first.get_or_insert(at.mono.0);
        last = at.mono.0;
    }
    let (low, high) = range.unwrap_or_default();
    let slew = last.saturating_sub(first.unwrap_or(last)) / 2_000 + 1_000_000;
    let moved = high.saturating_sub(low);
    if moved > slew { moved } else { 0 }
}

/// The coverage of a capture that the journal beside it speaks for: its live interval, blind where drops were counted.
pub fn of_own_capture(journal: &JournalLog, info: &CaptureInfo, log: &CaptureLog) -> Coverage {
    let mut blind = Vec::new();
    let mut before = (info.live, CaptureCounters::default());
    let mut to = info.live;
    let mut written = None;
    for record in &journal.records {
        let (at, counters) = match record {
            Record::Counters(sample) => match sample.capture {
                Some(counters) => (sample.at.wall, counters),
                None => continue,
            },
            Record::End(end) => match &end.capture {
                Some(end) => {
                    written = Some(end.counters.written);
                    (end.close, end.counters)
                }
                None => continue,
            },
            _ => continue,
        };
        if counters.dropped > before.1.dropped || counters.interface_dropped > before.1.interface_dropped {
            blind.push((before.0, at));
        }
        before = (at, counters);
        to = at;
    }
    // A file that holds less than was written to it was cut afterwards: what followed its last frame is not there.
    let cut = log.damage.is_some() || written.is_some_and(|written| log.packets < written);
    if cut {
        to = to.min(log.last.unwrap_or(info.live));
    }
    Coverage { from: info.live, to: to.shifted(-clock_step(journal)), blind, ..Coverage::default() }
}

/// Whether a capture file is the one that the journal's run made, judged by what is in it: it may have been renamed.
pub fn is_own_capture(info: &CaptureInfo, journal: &JournalLog, log: &CaptureLog) -> bool {
    let same_name = log.file.rsplit(['/', '\\']).next() == Some(info.file.as_str());
    let same_count =
        journal.end().and_then(|end| end.capture.as_ref()).is_some_and(|end| end.counters.written == log.packets);
    let inside = log.first.is_none_or(|first| first >= info.live.shifted(-SECOND));
    info.link_type == log.link_type && inside && (same_name || same_count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::evidence::journal::{CaptureEnd, Counters, End, Ending, Gap};
    use crate::core::time::{Mono, Now};

    fn at(second: i64) -> Now {
        Now { wall: Wall(second * SECOND), mono: Mono(second * SECOND) }
    }

    fn info() -> CaptureInfo {
        CaptureInfo {
            file: "client.pcap".into(),
            device: "eth0".into(),
            link_type: "EN10MB".into(),
            link_number: 1,
            filter: String::new(),
            snaplen: 65_535,
            resolution_ns: 1,
            ring_bytes: 0,
            live: Wall(SECOND),
        }
    }

    fn sample(second: i64, dropped: u64) -> Record {
        let counters = CaptureCounters { dropped, ..CaptureCounters::default() };
        Record::Counters(Counters { at: at(second), socket_drops: None, capture: Some(counters) })
    }

    fn end(second: i64, written: u64, dropped: u64) -> Record {
        let counters = CaptureCounters { written, dropped, ..CaptureCounters::default() };
        let capture = CaptureEnd { close: Wall(second * SECOND), counters, failure: None };
        Record::End(Box::new(End { at: at(second), reason: Ending::Done, socket_drops: None, capture: Some(capture) }))
    }

    fn journal(records: Vec<Record>) -> JournalLog {
        JournalLog { records, ..JournalLog::default() }
    }

    #[test]
    fn drops_void_an_interval_not_the_run() {
        let journal = journal(vec![sample(2, 0), sample(3, 5), sample(4, 5), end(9, 0, 5)]);
        let coverage = of_own_capture(&journal, &info(), &CaptureLog::default());
        let seconds = |from, to| coverage.spans(Wall(from * SECOND), Wall(to * SECOND));
        assert!(seconds(1, 1) && seconds(4, 9));
        assert!(!seconds(1, 4) && !seconds(2, 2) && !seconds(0, 1) && !seconds(8, 10));
    }

    #[test]
    fn drops_between_the_last_sample_and_the_end_count_too() {
        let journal = journal(vec![sample(2, 0), end(9, 0, 1)]);
        let coverage = of_own_capture(&journal, &info(), &CaptureLog::default());
        assert_eq!(coverage.blind, [(Wall(2 * SECOND), Wall(9 * SECOND))]);
    }

    #[test]
    fn a_killed_run_saw_until_its_last_flush() {
        let coverage = of_own_capture(&journal(vec![sample(2, 0), sample(3, 0)]), &info(), &CaptureLog::default());
        assert_eq!(coverage.to, Wall(3 * SECOND));
    }

    #[test]
    fn a_file_cut_afterwards_ends_at_its_last_frame() {
        let log = CaptureLog { packets: 10, last: Some(Wall(5 * SECOND)), ..CaptureLog::default() };
        let coverage = of_own_capture(&journal(vec![end(9, 60, 0)]), &info(), &log);
        assert_eq!(coverage.to, Wall(5 * SECOND));
    }

    #[test]
    fn a_clock_that_was_set_shortens_what_the_witness_can_prove() {
        let jump = Now { wall: Wall(3_600 * SECOND), mono: Mono(2 * SECOND) };
        let jumped = Record::Counters(Counters { at: jump, ..Counters::default() });
        assert_eq!(clock_step(&journal(vec![sample(1, 0), jumped])), 3_598 * SECOND);
        let slewed = Now { wall: Wall(101 * SECOND + 50_000_000), mono: Mono(101 * SECOND) };
        let slewed = Record::Counters(Counters { at: slewed, ..Counters::default() });
        assert_eq!(clock_step(&journal(vec![sample(1, 0), slewed])), 0);
    }

    #[test]
    fn a_journal_is_blind_in_its_gaps() {
        let gap = Record::Gap(Gap { from: Wall(2 * SECOND), to: Wall(3 * SECOND), lost: 9 });
        let coverage = of_journal(&journal(vec![sample(1, 0), gap, end(9, 0, 0)]));
        assert!(!coverage.spans(Wall(SECOND), Wall(4 * SECOND)));
        assert!(coverage.spans(Wall(4 * SECOND), Wall(9 * SECOND)));
        let soon = Wall(3 * SECOND + SECOND / 4);
        assert!(!coverage.spans(soon, soon), "its first copy may have come in the gap");
    }
}
