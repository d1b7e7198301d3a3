//! Which part of a host's evidence is of one run.

use std::collections::{BTreeSet, HashMap};
use std::num::NonZeroU32;
use std::ops::Range;

use super::conversations::Conversation;
use super::datagram::{Datagram, NumberedFrame};
use super::journal_peers::PeerRecords;
use super::restarts::{Restart, at_positions, fallbacks, restarts};
use crate::core::time::{Now, SECOND, Wall};

/// Which part of a host's evidence is of one run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunExtent {
    /// The frames of its capture, in whose order runs follow each other whatever its clock does.
    pub frames: Range<u32>,
    /// The times of these frames.
    pub times: Range<Wall>,
    /// The positions of its records among those of one client in the journal.
    pub records: Range<usize>,
    /// Frames among these that are not of the run: copies that the capture made, and replies that answer another run, or may do so.
    pub others: BTreeSet<u32>,
    /// Replies in later frames that answer this run.
    pub late: BTreeSet<u32>,
    /// Messages of which a reply came that may answer another run's.
    pub ambiguous: BTreeSet<u64>,
    /// Little parts it from the run before or after it: perhaps both are one.
    pub may_be_part: bool,
}

impl RunExtent {
    /// All of it.
    pub const ALL: Self = Self {
        frames: 0..u32::MAX,
        times: Wall(i64::MIN)..Wall(i64::MAX),
        records: 0..usize::MAX,
        others: BTreeSet::new(),
        late: BTreeSet::new(),
        ambiguous: BTreeSet::new(),
        may_be_part: false,
    };

    /// The same without these frames.
    #[must_use]
    pub fn without(&self, frames: BTreeSet<u32>) -> Self {
        let mut rest = self.clone();
        rest.others.extend(frames);
        rest
    }

    /// Whether a frame is of the run.
    pub fn has_frame(&self, frame: u32, time: Wall) -> bool {
        (self.frames.contains(&frame) && !self.others.contains(&frame) || self.late.contains(&frame))
            && self.times.contains(&time)
    }

    /// Whether a datagram is of the run.
    pub fn has(&self, datagram: &Datagram) -> bool {
        self.has_frame(datagram.frame, datagram.time)
    }
}

/// The runs that a capture shows, and those that only the application's account of requests does, because the capture slept.
/// The latter begin halfway between two requests of the account, since the wire sees each a little before the application.
///
/// The host's clock may have moved by `moved_ns` meanwhile.
pub fn run_extents(
    conversation: Option<&Conversation<'_>>,
    account: Option<&PeerRecords<'_>>,
    moved_ns: i64,
) -> Vec<RunExtent> {
    let on_wire = || conversation.into_iter().flat_map(|conversation| conversation.requests().iter());
    let found = restarts(on_wire().map(|(datagram, number)| (datagram.time, number)));
    let positions: Vec<usize> = found.iter().map(|restart| restart.position).collect();
    let firsts = at_positions(on_wire(), &positions).into_iter().zip(&found);
    let start = |((first, _), restart): ((&Datagram, u64), &Restart)| (first.frame, first.time, restart.is_uncertain);
    let mut shown: Vec<(u32, Wall, bool)> = firsts.map(start).collect();

    let reported: Vec<(usize, (Now, u64))> = account.into_iter().flat_map(PeerRecords::numbered_requests).collect();
    // By the monotonic clock, which nobody sets.
    let told = restarts(reported.iter().map(|(_, (at, number))| (Wall(at.mono.0), *number)));
    let reported: Vec<(usize, Wall)> = reported.into_iter().map(|(record, (at, _))| (record, at.wall)).collect();
    let told_starts = || told.iter().map(|restart| reported[restart.position]);
    let limit_ns = SECOND.saturating_add(moved_ns);
    let is_near = |start: Wall, time: Wall| time.since(start).saturating_abs() <= limit_ns;
    if moved_ns > SECOND / 10
        && reported.last().zip(on_wire().last()).is_some_and(|((_, last), (datagram, _))| is_near(datagram.time, *last))
    {
        // Where the clock was set, the wire's stamps show silences that never were.
        shown.retain(|(_, start, _)| told_starts().any(|(_, time)| is_near(*start, time)));
    }
    let are_same =
        told.len() == shown.len() && shown.iter().zip(told_starts()).all(|(shown, (_, time))| is_near(shown.1, time));
    let starts: Vec<RunStart> = if are_same {
        let both = shown.iter().zip(told_starts());
        both.map(|((frame, _, is_uncertain), (record, _))| (*frame, record, *is_uncertain)).collect()
    } else {
        let since = |start: Wall| reported.iter().find(|(_, time)| *time >= start);
        let mut starts: Vec<RunStart> = shown
            .iter()
            .map(|(frame, start, is_uncertain)| {
                (*frame, since(*start).map_or(usize::MAX, |(record, _)| *record), *is_uncertain)
            })
            .collect();
        for Restart { position, is_uncertain } in told {
            let ((_, before), (record, start)) = (reported[position - 1], reported[position]);
            if !shown.iter().any(|(_, known, _)| before < *known && *known <= start) {
                let halfway = before.shifted(start.since(before) / 2);
                let first = on_wire().find(|(datagram, _)| datagram.time >= halfway);
                starts.push((first.map_or(u32::MAX, |(first, _)| first.frame), record, is_uncertain));
            }
        }
        starts.sort_unstable();
        starts
    };
    extents_from(conversation, &starts)
}

/// The runs of a conversation, by the numbers alone.
pub fn numbered_extents(conversation: &Conversation<'_>) -> Vec<RunExtent> {
    let starts = at_positions(conversation.requests().iter(), &fallbacks(conversation.timed_requests()));
    let starts: Vec<RunStart> = starts.into_iter().map(|(first, _)| (first.frame, usize::MAX, false)).collect();
    extents_from(Some(conversation), &starts)
}

/// The first frame of a run, its first record, and whether it is uncertain that it begins there.
type RunStart = (u32, usize, bool);

/// The runs that begin at these places, after the first run.
fn extents_from(conversation: Option<&Conversation<'_>>, starts: &[RunStart]) -> Vec<RunExtent> {
    let RunExtent { frames, records, .. } = RunExtent::ALL;
    let bounds = [&[(frames.start, records.start, false)], starts, &[(frames.end, records.end, false)]].concat();
    let extent = |[from, to]: [RunStart; 2]| RunExtent {
        frames: from.0..to.0,
        records: from.1..to.1,
        may_be_part: from.2 || to.2,
        ..RunExtent::ALL
    };
    let mut extents: Vec<RunExtent> = bounds.windows(2).map(|pair| extent([pair[0], pair[1]])).collect();
    if let (Some(conversation), 2..) = (conversation, extents.len()) {
        let (requests, replies) = (conversation.requests(), conversation.replies());
        assign_replies(&mut extents, requests.frames(), replies.iter());
    }
    extents
}

/// A message as one of several runs asked it.
struct Request {
    run: usize,
    frame: u32,
    time: Wall,
    is_answered: bool,
}

/// A reply, and the runs of which one asked for it.
struct Answer {
    frame: u32,
    number: u64,
    packet_id: Option<NonZeroU32>,
    /// The run in whose frames it lies.
    place: usize,
    first: usize,
    last: usize,
}

/// Gives each reply to the run whose request it answers. A reply that comes after a run has begun again may still answer the one
/// before, if that was not answered: which of the two is unknown where it would be later or sooner than any other reply, or
/// where the earlier request has not waited much longer than others did. Of two replies that are no copies of one packet, the
/// first may then be the earlier run's just as well.
///
/// `extents` are the runs of one client in the order of the file, as far as the requests tell.
pub fn assign_replies<'a>(
    extents: &mut [RunExtent],
    requests: impl Iterator<Item = NumberedFrame>,
    replies: impl Iterator<Item = (&'a Datagram, u64)> + Clone,
) {
    let run_of_frame = |frame: u32| extents.partition_point(|extent| extent.frames.start <= frame).saturating_sub(1);
    let mut asked: HashMap<u64, Vec<Request>> = HashMap::new();
    for (frame, time, number) in requests {
        let run = run_of_frame(frame);
        let known = asked.entry(number).or_default();
        if known.last().is_none_or(|last| last.run != run) {
            known.push(Request { run, frame, time, is_answered: false });
        }
    }
    let before = |asked: &[Request], frame: u32| asked.partition_point(|request| request.frame < frame);
    // A reply took as long as since the last request at least.
    let delays = || {
        replies.clone().filter_map(|(reply, number)| {
            let asked = asked.get(&number)?;
            let count = before(asked, reply.frame);
            Some((count, reply.time.since(asked[..count].last()?.time).max(0)))
        })
    };
    let shortest_ns = delays().filter(|(count, _)| *count == 1).map(|(_, delay)| delay).min().unwrap_or(0);
    let longest_ns = delays().map(|(_, delay)| delay).max().unwrap_or(0);
    let usual_ns = shortest_ns / 2..=longest_ns;
    let plausible_ns = longest_ns.saturating_add(longest_ns / 2).saturating_add(SECOND);
    let mut answers: Vec<Answer> = Vec::new();
    for (reply, number) in replies {
        let Some(asked) = asked.get_mut(&number) else { continue };
        let count = before(asked, reply.frame);
        let Some((latest, earlier)) = asked[..count].split_last_mut() else { continue };
        let is_usual = !latest.is_answered && usual_ns.contains(&reply.time.since(latest.time));
        let may_wait = |request: &&Request| !is_usual || reply.time.since(request.time) <= plausible_ns;
        let open = earlier.iter().filter(|request| !request.is_answered).find(may_wait);
        let first = open.map_or(latest.run, |request| request.run);
        latest.is_answered |= first == latest.run;
        let (frame, packet_id, place) = (reply.frame, reply.packet_id, run_of_frame(reply.frame));
        answers.push(Answer { frame, number, packet_id, place, first, last: latest.run });
    }
    doubt_first_replies(&mut answers);
    for Answer { frame, number, place, first, last, .. } in answers {
        if first == last && last == place {
            continue;
        }
        extents[place].others.insert(frame);
        if first == last {
            extents[last].late.insert(frame);
        } else {
            extents[first..=last].iter_mut().for_each(|extent| _ = extent.ambiguous.insert(number));
        }
    }
}

/// Where a second reply to a message may be another run's, so may the first, unless both are copies of one packet.
fn doubt_first_replies(answers: &mut [Answer]) {
    let mut doubts: HashMap<(u64, usize), usize> = HashMap::new();
    let mut firsts: HashMap<(u64, usize), NonZeroU32> = HashMap::new();
    for answer in answers.iter_mut() {
        let key = (answer.number, answer.last);
        if answer.first == answer.last {
            firsts.extend(answer.packet_id.map(|id| (key, id)));
        } else if answer.packet_id.is_some() && answer.packet_id == firsts.get(&key).copied() {
            answer.first = answer.last;
        } else {
            doubts.insert(key, answer.first);
        }
    }
    for answer in answers {
        answer.first = doubts.get(&(answer.number, answer.last)).map_or(answer.first, |first| answer.first.min(*first));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: i64 = 1_000_000;

    /// Two runs of message 1, asked at 0 ms and at 3000 ms, and of messages that are answered after 20 ms, with replies to message
    /// 1 at these times in milliseconds, each with its packet ID.
    fn two_runs(replies: &[(i64, u32)]) -> [RunExtent; 2] {
        let mut datagrams = vec![(0, 1, None), (3_000, 1, None), (10, 2, None), (3_010, 2, None)];
        datagrams.extend([(30, 2, NonZeroU32::new(7)), (3_030, 2, NonZeroU32::new(8))]);
        datagrams.extend(replies.iter().map(|(time, id)| (*time, 1, NonZeroU32::new(*id))));
        datagrams.sort_unstable();
        let frame = |(index, (time, number, packet_id)): (usize, &(i64, u64, Option<NonZeroU32>))| {
            let (time, frame) = (Wall(time * MS), index as u32 + 1);
            (Datagram { time, frame, packet_id: *packet_id, ..Datagram::default() }, *number)
        };
        let (requests, replies): (Vec<_>, Vec<_>) =
            datagrams.iter().enumerate().map(frame).partition(|(datagram, _)| datagram.packet_id.is_none());
        let second =
            requests.iter().find(|(request, _)| request.time == Wall(3_000 * MS)).map_or(0, |(found, _)| found.frame);
        let run = |frames: Range<u32>| RunExtent { frames, ..RunExtent::ALL };
        let mut extents = [run(0..second), run(second..u32::MAX)];
        let requests = requests.iter().map(|(request, number)| (request.frame, request.time, *number));
        assign_replies(&mut extents, requests, replies.iter().map(|(reply, number)| (reply, *number)));
        extents
    }

    /// Replies left out of the second run, and whether the reply to message 1 is ambiguous there.
    fn second_run(replies: &[(i64, u32)]) -> (usize, bool) {
        let [_, second] = two_runs(replies);
        (second.others.len(), second.ambiguous.contains(&1))
    }

    #[test]
    fn a_usual_reply_answers_the_later_run() {
        assert_eq!(second_run(&[(3_020, 1)]), (0, false));
    }

    #[test]
    fn of_two_replies_after_an_unanswered_run_neither_is_known() {
        assert_eq!(second_run(&[(3_020, 1), (3_040, 2)]), (2, true));
        assert_eq!(second_run(&[(3_020, 1), (3_040, 1)]), (0, false), "copies of one packet");
        assert_eq!(second_run(&[(20, 3), (3_020, 1), (3_040, 2)]), (0, false), "the first run has its answer");
    }

    #[test]
    fn replies_that_are_slow_for_both_runs_show_how_slow_they_are() {
        // The reply to message 2 took a second and a half at least, so that to message 1 may be the first run's.
        let mut extents = [0..5, 5..u32::MAX].map(|frames| RunExtent { frames, ..RunExtent::ALL });
        let requests = [(1, 0, 1), (2, 10, 2), (3, 20, 3), (5, 2_000, 1), (6, 2_010, 2)];
        let requests = requests.map(|(frame, time, number)| (frame, Wall(time * MS), number));
        let reply = |frame, time| Datagram { frame, time: Wall(time * MS), ..Datagram::default() };
        let replies = [(reply(4, 320), 3), (reply(7, 2_200), 1), (reply(8, 3_510), 2)];
        assign_replies(&mut extents, requests.into_iter(), replies.iter().map(|(reply, number)| (reply, *number)));
        assert!(extents.iter().all(|extent| extent.ambiguous.contains(&1)));
    }
}
