//! Checks the pause of ten seconds after every ten messages, and the ten seconds of waiting after the last.

use std::iter;

use super::evidence::{MESSAGES, frame_reference, journal_of, sightings};
use super::runs::RunEvidence;
use super::same_run::RunMatch;
use super::submission::Host;
use super::two_clocks::{self, TwoClocks};
use crate::core::document::check::{Requirement, RequirementResult, Status};
use crate::core::document::frame_ref::FrameRef;
use crate::core::evidence::exchange_host::HostFlow;
use crate::core::evidence::journal::Record;
use crate::core::evidence::track::Sighting;
use crate::core::time::{Mono, SECOND, Wall};

/// Messages before each pause.
const BATCH: u64 = 10;

/// Ten seconds, and what timers and rounding may take of them.
const LONG_ENOUGH_NS: i64 = SECOND * 99 / 10;

/// The intervals between arrivals at the server may differ from those between departures by the way's variation: a link that
/// is full or comes and goes holds a datagram for seconds while later ones pass quickly.
const VARIATION_NS: i64 = 5 * SECOND;

/// One pause, as far as it shows.
struct Pause<'a> {
    /// The last message before it that was seen.
    before: &'a Sighting,
    /// The first one after it.
    after: &'a Sighting,
    status: Status,
    /// How many pauses should lie there.
    ends: u64,
    /// Only one clock measured it.
    is_by_one_clock: bool,
}

impl Pause<'_> {
    fn ns(&self) -> i64 {
        self.after.time.since(self.before.time)
    }
}

/// Where the pauses are measured, and how accurately.
struct Measure<'a> {
    host: Option<Host<'a>>,
    flow: &'a HostFlow,
    /// The messages seen there, by number.
    sights: Vec<Sighting>,
    kind: MeasureKind,
    /// The unit of the stamps, nanoseconds.
    tick_ns: i64,
}

enum MeasureKind {
    /// By the client's monotonic clock, which nobody sets.
    Application,
    /// By the wall clock on the client's wire, and the server's clock beside it.
    ClientWire {
        clocks: Option<TwoClocks>,
        /// The server's files show the same run.
        is_one_run: bool,
    },
    /// By the wall clock of the server.
    Server,
}

/// How long a pause lasted: not less and not more, nanoseconds.
struct Length {
    least: i64,
    most: i64,
    is_by_one_clock: bool,
}

impl<'a> Measure<'a> {
    /// The client knows best: its application, then its wire.
    fn new(bench: &'a RunEvidence<'a>) -> Option<Self> {
        let [client_tick, server_tick] = [bench.submission.client, bench.submission.server]
            .map(|host| two_clocks::tick_ns(host.and_then(|host| host.capture)));
        if let Some(flow) = bench.client {
            let host = bench.submission.client;
            let sights = by_monotonic_clock(flow);
            if !sights.is_empty() {
                return Some(Self { host, flow, sights, kind: MeasureKind::Application, tick_ns: 1 });
            }
            let sights = sightings(flow.request_wire.as_ref()).to_vec();
            if !sights.is_empty() {
                let server = bench.server.filter(|_| !matches!(bench.fit, RunMatch::Refuted | RunMatch::SameWire));
                let clocks = server.map(|server| TwoClocks::new(flow, server, client_tick.saturating_add(server_tick)));
                let is_one_run = matches!(bench.fit, RunMatch::One | RunMatch::Stepped);
                let kind = MeasureKind::ClientWire { clocks, is_one_run };
                return Some(Self { host, flow, sights, kind, tick_ns: client_tick });
            }
        }
        let flow = bench.server?;
        let track = flow.request_wire.as_ref().or(flow.request_app.as_ref())?;
        let (host, sights) = (bench.submission.server, track.sightings().to_vec());
        Some(Self { host, flow, sights, kind: MeasureKind::Server, tick_ns: server_tick })
    }

    /// Either end of what may lie between two messages.
    fn length(&self, before: &Sighting, after: &Sighting) -> Length {
        let ns = after.time.since(before.time);
        let around = |doubt_ns: i64, is_by_one_clock| Length {
            least: ns.saturating_sub(doubt_ns),
            most: ns.saturating_add(doubt_ns),
            is_by_one_clock,
        };
        match &self.kind {
            MeasureKind::Application => around(0, false),
            MeasureKind::ClientWire { clocks, is_one_run } => {
                match clocks.as_ref().and_then(|clocks| clocks.moved(before.key, after.key)) {
                    None => around(self.tick_ns, true),
                    // Which of the two was set, or whether both were, is not known.
                    Some((least, most)) if least > 0 || most < 0 => around(i64::MAX / 2, false),
                    // A smaller step than the round trip does not show.
                    Some((_, most)) => {
                        let Length { least, most: longest, .. } = around(self.tick_ns, true);
                        Length { least, most: longest.saturating_add(most.max(0)), is_by_one_clock: !is_one_run }
                    }
                }
            }
            MeasureKind::Server => around(VARIATION_NS.saturating_add(self.tick_ns), true),
        }
    }
}

/// When the client's application sent each message, by its monotonic clock.
fn by_monotonic_clock(flow: &HostFlow) -> Vec<Sighting> {
    let mut times = flow.annotations.times.reading();
    let sights = sightings(flow.request_app.as_ref()).iter();
    sights.filter_map(|sight| Some(Sighting { time: Wall(times.seek(sight.key).sent?.0), ..*sight })).collect()
}

/// Whether it took nine seconds and more from one message to another.
pub(super) fn is_pause(bench: &RunEvidence<'_>, before: u64, after: u64) -> bool {
    let Some(measure) = Measure::new(bench) else { return false };
    let at = |number: u64| measure.sights.iter().find(|sight| sight.key == number);
    at(before).zip(at(after)).is_some_and(|(before, after)| measure.length(before, after).least > 9 * SECOND)
}

/// Whether there is a pause of ten seconds after every ten messages.
pub(super) fn check(bench: &RunEvidence<'_>) -> RequirementResult {
    let known = |reason| RequirementResult::new(Requirement::Pauses, Status::CannotBeTold, reason, [], []);
    let Some(measure) = Measure::new(bench) else { return known("no_messages") };
    // Messages are counted, not numbers: where it is known which were sent, those left out do not count; else any that was not
    // seen may have been left out.
    let (given, is_all) = bench.numbers();
    let order = |sight: &Sighting| given.partition_point(|number| *number < sight.key) as u64 + 1;
    let sent: Vec<(u64, &Sighting)> =
        measure.sights.iter().map(|sight| (if is_all { order(sight) } else { sight.key }, sight)).collect();
    let places: Vec<u64> = if is_all { (1..=given.len() as u64).collect() } else { given.clone() };
    // Ten from the first on; where the first was not seen, wherever the pauses lie.
    let starts = match given.first() {
        Some(0) if !is_all => 0..=1,
        _ if is_all => 1..=1,
        Some(1) => 1..=1,
        _ => 1..=BATCH,
    };
    let of_start = |start| {
        let mut pauses = pauses(&sent, &places, start, &|before, after| measure.length(before, after));
        doubt_single(&mut pauses);
        pauses
    };
    let worst = |pauses: &[Pause<'_>]| pauses.iter().map(|pause| pause.status).max();
    // Where none lies between the messages that were seen, nothing is known of any.
    let doubt = |pauses: &Vec<Pause<'_>>| worst(pauses).unwrap_or(Status::CannotBeTold);
    let Some(pauses) = starts.map(of_start).min_by_key(doubt) else { return known("too_few") };
    // Of a run that was not seen to its end, later pauses may have been short.
    let sent_in_all = if is_all { given.len() as u64 } else { given.last().map_or(0, |last| (*last).max(MESSAGES)) };
    let ends: u64 = pauses.iter().map(|pause| pause.ends).sum();
    let all_seen = ends >= sent_in_all.saturating_sub(1) / BATCH;
    let status = match worst(&pauses) {
        Some(Status::Met) if !all_seen => Status::CannotBeTold,
        worst => worst.unwrap_or(Status::CannotBeTold),
    };
    let Some(shown) = pauses.iter().filter(|pause| !all_seen || pause.status == status).min_by_key(|pause| pause.ns())
    else {
        return known("too_few");
    };
    let is_coarse = measure.tick_ns > LONG_ENOUGH_NS / 10;
    let reason = match (status, &measure.kind) {
        (Status::Met, _) => "long_enough",
        (Status::NotMet, _) => "short_pause",
        (Status::CannotBeTold, _) if !all_seen => "end_unseen",
        (Status::CannotBeTold, _) if is_coarse => "coarse_stamps",
        (Status::CannotBeTold, MeasureKind::Server) => "seen_by_the_server",
        (Status::CannotBeTold, _) if shown.after.key - shown.before.key > 1 => "edges_unseen",
        (Status::CannotBeTold, _) if shown.is_by_one_clock => "one_clock",
        (Status::CannotBeTold, _) => "clock_set",
    };
    let values = [
        ("count", pauses.len().into()),
        ("before", shown.before.key.into()),
        ("after", shown.after.key.into()),
        ("pause_ns", shown.ns().into()),
    ];
    let (wire, host) = (measure.flow.request_wire.as_ref(), measure.host);
    let shown = if status == Status::Met { pauses.iter().collect() } else { vec![shown] };
    let edges = shown.iter().flat_map(|pause| [pause.before.key, pause.after.key]);
    let frames = edges.filter_map(|number| host.and_then(|host| frame_reference(host, wire, number)));
    let told_by_journal = measure.sights.iter().all(|sight| sight.frame.is_none()).then(|| journal_of(host)).flatten();
    RequirementResult::new(Requirement::Pauses, status, reason, values, frames.chain(told_by_journal))
}

/// A clock may have been set in one place: a single pause that only one clock found to be short proves nothing.
fn doubt_single(pauses: &mut [Pause<'_>]) {
    let is_short = |pause: &&mut Pause<'_>| pause.status == Status::NotMet;
    let mut short = pauses.iter_mut().filter(is_short);
    if let (Some(pause), None) = (short.next(), short.next())
        && pause.is_by_one_clock
    {
        pause.status = Status::CannotBeTold;
    }
}

/// The pauses that lie after every ten messages, counted from `start`. `sent` are the messages seen where pauses are measured,
/// each with its place; `places` are all that are known to have been sent. Both ascend. Numbers that were not seen may have
/// been left out, and a batch then ends further on.
fn pauses<'a>(
    sent: &[(u64, &'a Sighting)],
    places: &[u64],
    start: u64,
    length: &dyn Fn(&Sighting, &Sighting) -> Length,
) -> Vec<Pause<'a>> {
    let mut found: Vec<Pause<'_>> = Vec::new();
    let known = &places[places.partition_point(|place| *place < start)..];
    // Pairs of neighbours are looked at, not numbers: those may be far apart.
    for (index, pair) in sent.windows(2).enumerate() {
        let (last, next) = (pair[0].0, pair[1].0);
        let batches_to = |place: u64| place.saturating_add(1).saturating_sub(start) / BATCH;
        let earlier = last.checked_sub(1).map_or(0, batches_to);
        let ends = batches_to(next - 1).saturating_sub(earlier);
        if ends == 0 {
            continue;
        }
        let count = (earlier + 1) * BATCH;
        let end = start + count - 1;
        let unseen = count.saturating_sub(known.partition_point(|place| *place <= end) as u64);
        // The batch ended before this many of its messages were seen.
        let beyond = usize::try_from(count).ok().and_then(|count| known.get(count)).copied();
        let ended = match beyond {
            Some(beyond) if unseen < BATCH => {
                let further = sent[index + 1..].windows(2).take_while(|pair| pair[0].0 < beyond);
                let further = further.map(|pair| pause(pair, pair[0].0, length));
                iter::once(pause(pair, end, length)).chain(further).min_by_key(|pause| pause.status)
            }
            // It may have ended anywhere, or after all that was seen.
            _ => None,
        };
        let (before, after) = (pair[0].1, pair[1].1);
        let unknown = Pause { before, after, status: Status::CannotBeTold, ends, is_by_one_clock: false };
        found.push(Pause { ends, ..ended.unwrap_or(unknown) });
    }
    found
}

/// The pause at the end of a batch.
fn pause<'a>(pair: &[(u64, &'a Sighting)], end: u64, length: &dyn Fn(&Sighting, &Sighting) -> Length) -> Pause<'a> {
    let ((last, before), (next, after)) = (pair[0], pair[1]);
    let Length { least, most, is_by_one_clock } = length(before, after);
    let is_exact = last == end && next == end + 1;
    let status = if after.time < before.time {
        Status::CannotBeTold
    } else if most < LONG_ENOUGH_NS {
        // Were messages between them not seen, the pause was shorter still.
        Status::NotMet
    } else if is_exact && least >= LONG_ENOUGH_NS {
        Status::Met
    } else {
        Status::CannotBeTold
    };
    Pause { before, after, status, ends: 1, is_by_one_clock }
}

/// Whether the client waited ten seconds after the last message; only its journal shows it.
pub(super) fn final_wait(bench: &RunEvidence<'_>) -> RequirementResult {
    let client = bench.submission.client;
    let known = |status, reason, waited: Option<i64>, evidence: Option<FrameRef>| {
        RequirementResult::new(Requirement::FinalWait, status, reason, [("waited_ns", waited.into())], evidence)
    };
    let Some(journal) = client.and_then(|host: Host<'_>| host.journal) else {
        return known(Status::CannotBeTold, "no_client_journal", None, None);
    };
    let sent = |record: &Record| -> Option<Mono> {
        match record {
            Record::Sent(sent) => Some(sent.at.mono),
            Record::Unsent(unsent) => Some(unsent.at.mono),
            _ => None,
        }
    };
    let read = |record: &Record| -> Option<Mono> {
        match record {
            Record::Received(received) => Some(received.at.mono),
            Record::Counters(counters) => Some(counters.at.mono),
            _ => None,
        }
    };
    let last = journal.records.iter().filter_map(sent).max();
    let end = journal.end().map(|end| end.at.mono);
    let until = end.or_else(|| journal.records.iter().filter_map(read).max());
    let Some((last, until)) = last.zip(until) else {
        return known(Status::CannotBeTold, "no_messages", None, journal_of(client));
    };
    let waited = until.since(last);
    let (status, reason) = match (waited >= LONG_ENOUGH_NS, end) {
        (true, _) => (Status::Met, "waited"),
        (false, Some(_)) => (Status::NotMet, "left_early"),
        (false, None) => (Status::CannotBeTold, "journal_broken"),
    };
    known(status, reason, Some(waited), journal_of(client))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sights(times: &[(u64, i64)]) -> Vec<Sighting> {
        let sight = |(key, ms): &(u64, i64)| Sighting {
            key: *key,
            time: Wall(ms * 1_000_000),
            frame: None,
            digest: None,
            packet_id: None,
            copies: 1,
        };
        times.iter().map(sight).collect()
    }

    /// Lengths that are known within so much.
    fn within(doubt_ns: i64) -> impl Fn(&Sighting, &Sighting) -> Length {
        move |before, after| {
            let ns = after.time.since(before.time);
            Length { least: ns - doubt_ns, most: ns + doubt_ns, is_by_one_clock: true }
        }
    }

    /// The result for messages seen at these times, where all but the last `unseen` are known.
    fn statuses(times: &[(u64, i64)], unseen: &[u64], variation_ns: i64) -> Vec<(u64, u64, Status)> {
        let sights = sights(times);
        let sent: Vec<(u64, &Sighting)> = sights.iter().map(|sight| (sight.key, sight)).collect();
        let last = times.last().map_or(0, |(number, _)| *number);
        let places: Vec<u64> = (1..=last).filter(|place| !unseen.contains(place)).collect();
        let pauses = pauses(&sent, &places, 1, &within(variation_ns));
        pauses.iter().map(|pause| (pause.before.key, pause.after.key, pause.status)).collect()
    }

    #[test]
    fn a_pause_lies_between_the_tenth_and_the_eleventh() {
        let times = [(9, 0), (10, 100), (11, 10_000), (12, 10_100), (20, 11_000), (21, 20_899)];
        assert_eq!(statuses(&times, &[], 0), [(10, 11, Status::Met), (20, 21, Status::NotMet)]);
        assert_eq!(statuses(&times, &[], SECOND), [(10, 11, Status::CannotBeTold), (20, 21, Status::CannotBeTold)]);
        assert_eq!(
            statuses(&[(10, 0), (11, 4_899), (20, 9_000), (21, 19_901)], &[], VARIATION_NS)[0].2,
            Status::NotMet
        );
        // The tenth was held up for a second and more.
        assert_eq!(statuses(&[(10, 0), (11, 8_500)], &[], VARIATION_NS)[0].2, Status::CannotBeTold);
    }

    #[test]
    fn unseen_messages_do_not_shorten_a_pause() {
        assert_eq!(statuses(&[(9, 0), (11, 9_950)], &[], 0), [(9, 11, Status::CannotBeTold)]);
        assert_eq!(statuses(&[(9, 0), (12, 5_000)], &[], 0), [(9, 12, Status::NotMet)]);
        assert_eq!(statuses(&[(1, 0), (10, 900)], &[], 0), []);
    }

    #[test]
    fn a_number_that_was_perhaps_left_out_moves_the_pause() {
        let times = [(9, 0), (10, 100), (11, 200), (12, 10_200)];
        assert_eq!(statuses(&times, &[], 0), [(10, 11, Status::NotMet)]);
        assert_eq!(statuses(&times, &[5], 0), [(11, 12, Status::Met)]);
    }

    #[test]
    fn where_a_whole_batch_may_have_been_left_out_nothing_is_known() {
        let even: Vec<(u64, i64)> =
            (1..=30).map(|n| (2 * n, n * 100 + (n - 1) / 10 * 10_000)).map(|(n, ms)| (n as u64, ms)).collect();
        let odd: Vec<u64> = (0..30).map(|n| 2 * n + 1).collect();
        assert!(statuses(&even, &odd, 0).iter().all(|(.., status)| *status == Status::CannotBeTold));
    }

    #[test]
    fn numbers_far_apart_are_not_counted_through() {
        let sights = sights(&[(1, 0), (2, 100), (u64::MAX, 200)]);
        let sent: Vec<(u64, &Sighting)> = sights.iter().map(|sight| (sight.key, sight)).collect();
        for start in 0..=BATCH {
            let found = pauses(&sent, &[1, 2, u64::MAX], start, &within(0));
            let [pause] = &found[..] else { panic!("{}", found.len()) };
            assert!(pause.status == Status::CannotBeTold && pause.ends > u64::MAX / 11, "{start}");
        }
    }
}
