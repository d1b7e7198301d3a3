//! A pause of ten seconds after every ten messages, and ten seconds of waiting after the last.

use super::bench::{exhibit, journal_of};
use super::numbering::MESSAGES;
use super::{Bench, Exhibit, Finding, Host, Point, Status};
use crate::core::evidence::journal::Record;
use crate::core::evidence::track::Sight;
use crate::core::time::{Mono, SECOND};

/// After so many messages comes a pause.
const BATCH: u64 = 10;

/// Ten seconds, and what timers and rounding may take of them.
const LONG_ENOUGH_NS: i64 = SECOND * 99 / 10;

/// The intervals between arrivals at the server may differ from those between departures by the way's variation. None holds
/// a datagram for more than a second while others pass.
const VARIATION_NS: i64 = SECOND;

/// One pause, as far as it shows.
struct Pause<'a> {
    /// The last message before it that was seen.
    before: &'a Sight,
    /// The first one after it.
    after: &'a Sight,
    status: Status,
}

impl Pause<'_> {
    fn ns(&self) -> i64 {
        self.after.time.since(self.before.time)
    }
}

/// Whether there is a pause of ten seconds after every ten messages.
pub(super) fn check(bench: &Bench<'_>) -> Finding {
    let told = |reason| Finding::new(Point::Pauses, Status::CannotBeTold, reason, [], []);
    let at_client = bench.client.and_then(|flow| {
        // The application knows best when it sent.
        let tracks = [flow.request_app.as_ref(), flow.request_wire.as_ref()];
        tracks.into_iter().flatten().find(|track| !track.sights().is_empty())
    });
    let at_server = bench.server.and_then(|flow| flow.request_wire.as_ref().or(flow.request_app.as_ref()));
    let (flow, host, track, variation_ns) = match (at_client, at_server) {
        (Some(track), _) => (bench.client, bench.submission.client, track, 0),
        (None, Some(track)) => (bench.server, bench.submission.server, track, VARIATION_NS),
        (None, None) => return told("no_messages"),
    };
    if flow.is_some_and(|flow| flow.notes.clock_set) {
        return told("clock_set");
    }
    // Messages are counted, not numbers: where it is known which were sent, those left out do not count; else any that was not
    // seen may have been left out.
    let (given, is_all) = bench.given();
    let order = |sight: &Sight| given.partition_point(|number| *number < sight.key) as u64 + 1;
    let sent: Vec<(u64, &Sight)> =
        track.sights().iter().map(|sight| (if is_all { order(sight) } else { sight.key }, sight)).collect();
    let unseen = |number: u64| {
        let seen = given.partition_point(|known| *known <= number) - given.partition_point(|known| *known < 1);
        if is_all { 0 } else { number.saturating_sub(seen as u64) }
    };
    // Ten from the first on; where the first was not seen, wherever the pauses lie.
    let starts = match given.first() {
        Some(0) if !is_all => 0..=1,
        _ if is_all => 1..=1,
        Some(1) => 1..=1,
        _ => 1..=BATCH,
    };
    let of_start = |start| pauses(&sent, start, unseen, variation_ns);
    let worst = |pauses: &[Pause<'_>]| pauses.iter().map(|pause| pause.status).max();
    // Where none lies between the messages that were seen, nothing is known of any.
    let doubt = |pauses: &Vec<Pause<'_>>| worst(pauses).unwrap_or(Status::CannotBeTold);
    let Some(pauses) = starts.map(of_start).min_by_key(doubt) else { return told("too_few") };
    // Of a run that was not seen to its end, later pauses may have been short.
    let sent_in_all = if is_all { given.len() as u64 } else { given.last().map_or(0, |last| (*last).max(MESSAGES)) };
    let all_seen = pauses.len() as u64 >= sent_in_all.saturating_sub(1) / BATCH;
    let status = match worst(&pauses) {
        Some(Status::Met) if !all_seen => Status::CannotBeTold,
        worst => worst.unwrap_or(Status::CannotBeTold),
    };
    let Some(shown) = pauses.iter().filter(|pause| !all_seen || pause.status == status).min_by_key(|pause| pause.ns())
    else {
        return told("too_few");
    };
    let reason = match (status, variation_ns) {
        (Status::Met, _) => "long_enough",
        (Status::NotMet, _) => "short_pause",
        (Status::CannotBeTold, _) if !all_seen => "end_unseen",
        (Status::CannotBeTold, 0) => "edges_unseen",
        (Status::CannotBeTold, _) => "seen_by_the_server",
    };
    let values = [
        ("count", pauses.len().into()),
        ("before", shown.before.key.into()),
        ("after", shown.after.key.into()),
        ("pause_ns", shown.ns().into()),
    ];
    let wire = flow.and_then(|flow| flow.request_wire.as_ref());
    let shown = if status == Status::Met { pauses.iter().collect() } else { vec![shown] };
    let edges = shown.iter().flat_map(|pause| [pause.before.key, pause.after.key]);
    let frames = edges.filter_map(|number| host.and_then(|host| exhibit(host, wire, number)));
    let told_by_journal =
        (track.sights().iter().all(|sight| sight.frame.is_none())).then(|| journal_of(host)).flatten();
    Finding::new(Point::Pauses, status, reason, values, frames.chain(told_by_journal))
}

/// The pauses that lie after every ten messages, counted from `start`. `sent` are the messages that were seen, each with its
/// place, ascending. Before a place, so many as `unseen` says may not have been sent; a pause may lie so much further on.
fn pauses<'a>(sent: &[(u64, &'a Sight)], start: u64, unseen: impl Fn(u64) -> u64, variation_ns: i64) -> Vec<Pause<'a>> {
    let last = sent.last().map_or(0, |(place, _)| *place);
    let ends = (1..).map(|batches| start + batches * BATCH - 1).take_while(|end| *end < last);
    let first = sent.first().map_or(0, |(place, _)| *place);
    let of_end = |end: u64| {
        let places = end..=end + unseen(end).min(BATCH - 1);
        places.filter_map(|end| pause(sent, end, variation_ns)).min_by_key(|pause| pause.status)
    };
    ends.skip_while(|end| *end < first).filter_map(of_end).collect()
}

/// What was seen around the end of a batch; `None` where nothing was seen on one side of it.
fn pause<'a>(sent: &[(u64, &'a Sight)], end: u64, variation_ns: i64) -> Option<Pause<'a>> {
    let split = sent.partition_point(|(place, _)| *place <= end);
    let ((last, before), (next, after)) = (*sent.get(split.checked_sub(1)?)?, *sent.get(split)?);
    let ns = after.time.since(before.time);
    let is_exact = last == end && next == end + 1;
    let status = if ns < 0 {
        Status::CannotBeTold
    } else if ns < LONG_ENOUGH_NS - variation_ns {
        // Were messages between them not seen, the pause was shorter still.
        Status::NotMet
    } else if is_exact && ns >= LONG_ENOUGH_NS + variation_ns {
        Status::Met
    } else {
        Status::CannotBeTold
    };
    Some(Pause { before, after, status })
}

/// Whether the client waited ten seconds after the last message, which its journal alone tells.
pub(super) fn final_wait(bench: &Bench<'_>) -> Finding {
    let client = bench.submission.client;
    let told = |status, reason, waited: Option<i64>, evidence: Option<Exhibit>| {
        Finding::new(Point::FinalWait, status, reason, [("waited_ns", waited.into())], evidence)
    };
    let Some(journal) = client.and_then(|host: Host<'_>| host.journal) else {
        return told(Status::CannotBeTold, "no_client_journal", None, None);
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
        return told(Status::CannotBeTold, "no_messages", None, journal_of(client));
    };
    let waited = until.since(last);
    let (status, reason) = match (waited >= LONG_ENOUGH_NS, end) {
        (true, _) => (Status::Met, "waited"),
        (false, Some(_)) => (Status::NotMet, "left_early"),
        (false, None) => (Status::CannotBeTold, "journal_broken"),
    };
    told(status, reason, Some(waited), journal_of(client))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::time::Wall;

    fn sights(times: &[(u64, i64)]) -> Vec<Sight> {
        let sight = |(key, ms): &(u64, i64)| Sight {
            key: *key,
            time: Wall(ms * 1_000_000),
            frame: None,
            digest: None,
            copies: 1,
        };
        times.iter().map(sight).collect()
    }

    fn told(times: &[(u64, i64)], unseen: u64, variation_ns: i64) -> Vec<(u64, u64, Status)> {
        let sights = sights(times);
        let sent: Vec<(u64, &Sight)> = sights.iter().map(|sight| (sight.key, sight)).collect();
        let pauses = pauses(&sent, 1, |_| unseen, variation_ns);
        pauses.iter().map(|pause| (pause.before.key, pause.after.key, pause.status)).collect()
    }

    #[test]
    fn a_pause_lies_between_the_tenth_and_the_eleventh() {
        let times = [(9, 0), (10, 100), (11, 10_000), (12, 10_100), (20, 11_000), (21, 20_899)];
        assert_eq!(told(&times, 0, 0), [(10, 11, Status::Met), (20, 21, Status::NotMet)]);
        assert_eq!(told(&times, 0, SECOND), [(10, 11, Status::CannotBeTold), (20, 21, Status::CannotBeTold)]);
        assert_eq!(told(&[(10, 0), (11, 8_899), (20, 9_000), (21, 19_901)], 0, SECOND)[0].2, Status::NotMet);
    }

    #[test]
    fn messages_that_were_not_seen_make_a_pause_no_shorter_than_it_was() {
        assert_eq!(told(&[(9, 0), (11, 9_950)], 0, 0), [(9, 11, Status::CannotBeTold)]);
        assert_eq!(told(&[(9, 0), (12, 5_000)], 0, 0), [(9, 12, Status::NotMet)]);
        assert_eq!(told(&[(1, 0), (10, 900)], 0, 0), []);
    }

    #[test]
    fn a_number_that_was_perhaps_left_out_moves_the_pause() {
        let times = [(9, 0), (10, 100), (11, 200), (12, 10_200)];
        assert_eq!(told(&times, 0, 0), [(10, 11, Status::NotMet)]);
        assert_eq!(told(&times, 1, 0), [(11, 12, Status::Met)]);
    }
}
