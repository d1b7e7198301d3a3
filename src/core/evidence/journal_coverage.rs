//! Coverage, clock steps, gaps and drop counters of a journal, found in one pass because journals of fast runs are
//! long.

use super::capture_description::{self, Relation};
use super::capture_log::CaptureLog;
use super::coverage::Coverage;
use super::journal::{JournalLog, Record};
use super::journal_run::{CaptureCounters, CaptureInfo, ClockReadings};
use crate::core::time::{Now, SECOND, Wall};

/// The device of a capture on all interfaces.
const ALL_DEVICES: &str = "any";

/// How long before its `route` record a route may have moved. The client looks every 100 ms, and a busy machine may delay
/// it.
const ROUTE_NOTICE_LAG_NS: i64 = SECOND;

/// A journal's annals.
#[derive(Clone, Debug)]
pub struct JournalCoverage<'a> {
    /// The journal.
    pub journal: &'a JournalLog,
    /// By how much the wall clock moved against the monotonic one during the run, nanoseconds: the range of its distance.
    ///
    /// Both are read in one moment, so that little more than a step makes it large. No stamp of this host is further from
    /// where a steady clock would have put it.
    pub clock_moved: i64,
    /// How far the wall clock was set during the run; 0 if it was not. A witness whose clock was set cannot say how
    /// long it stayed, so this is subtracted from the end of its interval. Slewing by a disciplined clock (at most 500
    /// ppm) does not count.
    pub clock_step: i64,
    /// How far the wall clock departed from a steady rate, nanoseconds; `None` if no clock that nobody adjusts was read
    /// beside it. Unlike the other two it shows fast slewing, which moves the monotonic clock as well.
    pub clock_unsteady: Option<i64>,
    /// Records that the journal lost.
    pub lost: u64,
    /// Datagrams that the kernel dropped at the application's socket, by the last reading of its counter.
    pub socket_drops: Option<u64>,
    /// When its absences mean something: from its first line to its `end` line or to where it breaks off, blind in its gaps.
    pub covered: Coverage,
    /// The capture's counters, and when they were read.
    samples: Vec<(Wall, CaptureCounters)>,
}

impl<'a> JournalCoverage<'a> {
    /// Reads a journal through.
    pub fn new(journal: &'a JournalLog) -> Self {
        let mut readings: Option<ClockRange> = None;
        let mut latest: Option<Wall> = None;
        let (mut lost, mut socket_drops) = (0_u64, None);
        let (mut gaps, mut samples) = (Vec::new(), Vec::new());
        for record in &journal.records {
            if let Some(at) = clocks(record) {
                readings = Some(readings.map_or_else(|| ClockRange::first(at), |known| known.and(at)));
            }
            latest = latest.max(record.wall());
            match record {
                Record::Gap(gap) => {
                    lost = lost.saturating_add(gap.lost);
                    gaps.push((gap.from, gap.to));
                }
                Record::Counters(sample) => {
                    socket_drops = sample.socket_drops;
                    samples.extend(sample.capture.map(|counters| (sample.at.wall, counters)));
                }
                Record::End(end) => {
                    socket_drops = end.socket_drops;
                    samples.extend(end.capture.as_ref().map(|end| (end.close, end.counters)));
                }
                _ => {}
            }
        }
        let clock_moved = readings.map_or(0, |readings| readings.high.saturating_sub(readings.low));
        let slew = readings.map_or(0, |readings| readings.last.saturating_sub(readings.first)) / 2_000 + 1_000_000;
        let clock_step = if clock_moved > slew { clock_moved } else { 0 };
        let from = journal.run().map_or(Wall(0), |run| run.at.wall);
        // Records are written in the order of events, stamps of the kernel aside, which may be a little older.
        let to = journal.end().map(|end| end.at.wall).or(latest).unwrap_or(from);
        let covered = Coverage { from, to: to.shifted(-clock_step), blind: gaps, ..Coverage::default() };
        // Between two readings a clock may be set forth and back.
        let clock_unsteady = clock_unsteady(journal).map(|unsteady| unsteady.max(clock_moved));
        Self { journal, clock_moved, clock_step, clock_unsteady, lost, socket_drops, covered, samples }
    }

    /// The journal's entry for a capture, if its contents show that the journal describes it.
    pub fn describes_capture(&self, log: &CaptureLog) -> Option<&'a CaptureInfo> {
        let info = self.journal.run()?.capture.as_ref()?;
        let relation = capture_description::relation(self.journal, log, self.clock_moved);
        (relation != Relation::Unrelated).then_some(info)
    }

    /// The coverage of a capture that the journal describes: its live interval, blind where drops were counted
    /// and where the client's datagrams took another interface.
    pub fn coverage_of(&self, info: &CaptureInfo, log: &CaptureLog) -> Coverage {
        let mut blind = Vec::new();
        let mut before = (info.live, CaptureCounters::default());
        for (at, counters) in &self.samples {
            if counters.dropped > before.1.dropped || counters.interface_dropped > before.1.interface_dropped {
                blind.push((before.0, *at));
            }
            before = (*at, *counters);
        }
        blind.extend(self.routed_past(&info.device, before.0));
        let (mut from, mut to) = (info.live, before.0);
        // Nothing is known before its first or after its last frame.
        if self.is_cut(log) {
            from = from.max(log.first.unwrap_or(to));
            to = to.min(log.last.unwrap_or(info.live));
        }
        Coverage { from, to: to.shifted(-self.clock_step), blind, ..Coverage::default() }
    }

    /// Whether a capture that the journal describes has fewer packets than were written to it: it has been cut at its end or its
    /// beginning, or filtered.
    pub fn is_cut(&self, log: &CaptureLog) -> bool {
        let written = self.journal.end().and_then(|end| end.capture.as_ref()).map(|end| end.counters.written);
        log.damage.is_some() || written.is_some_and(|written| log.packets < written)
    }
}

impl JournalCoverage<'_> {
    /// The intervals, until `end` at the latest, in which datagrams did not pass a capture's device.
    fn routed_past(&self, device: &str, end: Wall) -> Vec<(Wall, Wall)> {
        if device == ALL_DEVICES {
            return Vec::new();
        }
        let (mut past, mut since) = (Vec::new(), None);
        for record in &self.journal.records {
            let Record::Route(route) = record else { continue };
            if route.interface != device {
                since.get_or_insert(route.at.wall.shifted(-ROUTE_NOTICE_LAG_NS));
            } else if let Some(since) = since.take() {
                past.push((since, route.at.wall));
            }
        }
        past.extend(since.map(|since| (since, end.max(since))));
        past
    }
}

/// The steepest rate against `MONOTONIC_RAW`, one part in this many, that is taken for a clock's steady rate. Two such clocks
/// drift apart by less than the 500 parts per million that are allowed between two hosts.
const STEADY_RATE: i64 = 1_000_000 / 150;

/// How far `REALTIME` moved, up and down, beside a steady rate against `MONOTONIC_RAW`.
fn clock_unsteady(journal: &JournalLog) -> Option<i64> {
    let at_start = journal.run()?.clocks?;
    // What happened after the last reading is unknown.
    journal.end()?.clocks?;
    let readings = journal.records.iter().filter_map(clock_readings).map(|clocks| {
        let elapsed = clocks.monotonic_raw_ns.saturating_sub(at_start.monotonic_raw_ns);
        (elapsed, clocks.realtime_ns.saturating_sub(at_start.realtime_ns).saturating_sub(elapsed))
    });
    let readings: Vec<(i64, i64)> = readings.collect();
    let (total, drift) = readings.last().copied()?;
    let steady = drift.clamp(-(total / STEADY_RATE).abs(), (total / STEADY_RATE).abs());
    let beside = readings.iter().map(|(elapsed, departure)| {
        let expected = i128::from(steady) * i128::from(*elapsed) / i128::from(total.max(1));
        departure.saturating_sub(i64::try_from(expected).unwrap_or(i64::MAX))
    });
    let (low, high) = beside.fold((0, 0), |(low, high), departure| (departure.min(low), departure.max(high)));
    Some(high.saturating_sub(low))
}

fn clock_readings(record: &Record) -> Option<ClockReadings> {
    match record {
        Record::Counters(counters) => counters.clocks,
        Record::End(end) => end.clocks,
        _ => None,
    }
}

/// The clocks of a run: the range of the wall clock's distance from the monotonic one, and the latter's ends.
#[derive(Clone, Copy)]
struct ClockRange {
    low: i64,
    high: i64,
    first: i64,
    last: i64,
}

impl ClockRange {
    fn first(at: Now) -> Self {
        let distance = at.wall.0.saturating_sub(at.mono.0);
        Self { low: distance, high: distance, first: at.mono.0, last: at.mono.0 }
    }

    fn and(self, at: Now) -> Self {
        let other = Self::first(at);
        Self { low: self.low.min(other.low), high: self.high.max(other.high), first: self.first, last: other.last }
    }
}

/// The clock reading of a record, if it was taken at the time of the event.
fn clocks(record: &Record) -> Option<Now> {
    match record {
        Record::Run(run) => Some(run.at),
        Record::Counters(counters) => Some(counters.at),
        Record::Sent(sent) => Some(sent.at),
        Record::Received(received) => Some(received.at),
        Record::Blocks(blocks) => Some(blocks.at),
        Record::Progress(passed) => Some(passed.at),
        Record::End(end) => Some(end.at),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::evidence::journal::Gap;
    use crate::core::evidence::journal_run::{CaptureEnd, Counters, End, EndReason, RouteChange};
    use crate::core::time::{Mono, SECOND};

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
        Record::Counters(Box::new(Counters {
            at: at(second),
            socket_drops: None,
            capture: Some(counters),
            clocks: None,
        }))
    }

    fn end(second: i64, written: u64, dropped: u64) -> Record {
        let counters = CaptureCounters { written, dropped, ..CaptureCounters::default() };
        let capture = CaptureEnd { close: Wall(second * SECOND), counters, failure: None };
        Record::End(Box::new(End {
            at: at(second),
            reason: EndReason::Done,
            socket_drops: None,
            capture: Some(capture),
            clocks: None,
        }))
    }

    fn journal(records: Vec<Record>) -> JournalLog {
        JournalLog { records, ..JournalLog::default() }
    }

    #[test]
    fn drops_void_an_interval_not_the_run() {
        let journal = journal(vec![sample(2, 0), sample(3, 5), sample(4, 5), end(9, 0, 5)]);
        let coverage = JournalCoverage::new(&journal).coverage_of(&info(), &CaptureLog::default());
        let seconds = |from, to| coverage.spans(Wall(from * SECOND), Wall(to * SECOND));
        assert!(seconds(1, 1) && seconds(4, 9));
        assert!(!seconds(1, 4) && !seconds(2, 2) && !seconds(0, 1) && !seconds(8, 10));
    }

    #[test]
    fn drops_between_the_last_sample_and_the_end_count_too() {
        let journal = journal(vec![sample(2, 0), end(9, 0, 1)]);
        let coverage = JournalCoverage::new(&journal).coverage_of(&info(), &CaptureLog::default());
        assert_eq!(coverage.blind, [(Wall(2 * SECOND), Wall(9 * SECOND))]);
    }

    fn route(second: i64, interface: &str) -> Record {
        let source = "192.0.2.1".parse().unwrap();
        Record::Route(RouteChange { at: at(second), source, interface: interface.to_owned() })
    }

    #[test]
    fn a_capture_is_blind_while_the_route_is_elsewhere() {
        let journal =
            journal(vec![sample(2, 0), route(4, "wlan0"), route(5, "wwan0"), route(7, "eth0"), end(19, 0, 0)]);
        let coverage = JournalCoverage::new(&journal).coverage_of(&info(), &CaptureLog::default());
        assert_eq!(coverage.blind, [(Wall(3 * SECOND), Wall(7 * SECOND))]);
        assert!(coverage.spans(Wall(8 * SECOND), Wall(19 * SECOND)));
    }

    #[test]
    fn a_route_that_does_not_come_back_blinds_to_the_end() {
        let journal = journal(vec![route(4, "wlan0"), end(9, 0, 0)]);
        let coverage = JournalCoverage::new(&journal).coverage_of(&info(), &CaptureLog::default());
        assert_eq!(coverage.blind, [(Wall(3 * SECOND), Wall(9 * SECOND))]);
    }

    #[test]
    fn another_address_on_the_same_device_blinds_nothing() {
        let journal = journal(vec![route(4, "eth0"), end(9, 0, 0)]);
        let coverage = JournalCoverage::new(&journal).coverage_of(&info(), &CaptureLog::default());
        assert_eq!(coverage.blind, []);
    }

    #[test]
    fn a_capture_on_all_devices_follows_every_route() {
        let journal = journal(vec![route(4, "wlan0"), end(9, 0, 0)]);
        let info = CaptureInfo { device: ALL_DEVICES.to_owned(), ..info() };
        assert_eq!(JournalCoverage::new(&journal).coverage_of(&info, &CaptureLog::default()).blind, []);
    }

    #[test]
    fn a_killed_run_saw_until_its_last_flush() {
        let journal = journal(vec![sample(2, 0), sample(3, 0)]);
        let coverage = JournalCoverage::new(&journal).coverage_of(&info(), &CaptureLog::default());
        assert_eq!(coverage.to, Wall(3 * SECOND));
    }

    #[test]
    fn a_file_cut_afterwards_covers_its_first_to_its_last_frame() {
        let frames = (Some(Wall(3 * SECOND)), Some(Wall(5 * SECOND)));
        let log = CaptureLog { packets: 10, first: frames.0, last: frames.1, ..CaptureLog::default() };
        let coverage = |journal: &JournalLog| JournalCoverage::new(journal).coverage_of(&info(), &log);
        let cut = coverage(&journal(vec![end(9, 60, 0)]));
        assert_eq!((cut.from, cut.to), (Wall(3 * SECOND), Wall(5 * SECOND)));
        let whole = coverage(&journal(vec![end(9, 10, 0)]));
        assert_eq!((whole.from, whole.to), (Wall(SECOND), Wall(9 * SECOND)));
    }

    #[test]
    fn a_clock_that_was_set_shortens_what_the_witness_can_prove() {
        let jump = Now { wall: Wall(3_600 * SECOND), mono: Mono(2 * SECOND) };
        let jumped = Record::Counters(Box::new(Counters { at: jump, ..Counters::default() }));
        assert_eq!(JournalCoverage::new(&journal(vec![sample(1, 0), jumped])).clock_step, 3_598 * SECOND);
        let slewed = Now { wall: Wall(101 * SECOND + 50_000_000), mono: Mono(101 * SECOND) };
        let slewed = Record::Counters(Box::new(Counters { at: slewed, ..Counters::default() }));
        let slewed = journal(vec![sample(1, 0), slewed]);
        let coverage = JournalCoverage::new(&slewed);
        assert_eq!((coverage.clock_step, coverage.clock_moved), (0, 50_000_000));
    }

    #[test]
    fn a_journal_is_blind_in_its_gaps() {
        let gap = Record::Gap(Gap { from: Wall(2 * SECOND), to: Wall(3 * SECOND), lost: 9 });
        let coverage = JournalCoverage::new(&journal(vec![sample(1, 0), gap, end(9, 0, 0)])).covered;
        assert!(!coverage.spans(Wall(SECOND), Wall(4 * SECOND)));
        assert!(coverage.spans(Wall(4 * SECOND), Wall(9 * SECOND)));
        let soon = Wall(3 * SECOND + SECOND / 4);
        assert!(!coverage.spans(soon, soon), "its first copy may have come in the gap");
    }
}
