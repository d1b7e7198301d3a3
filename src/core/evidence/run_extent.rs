//! Which part of a host's evidence is of one run.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use super::conversations::Conversation;
use super::datagram::{Datagram, NumberedFrame};
use super::journal_peers::PeerRecords;
use super::restarts::{at_positions, restarts};
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
    let repeated = restarts(on_wire().map(|(datagram, number)| (datagram.time, number)));
    let firsts = at_positions(on_wire(), &repeated).into_iter();
    let mut shown: Vec<(u32, Wall)> = firsts.map(|(first, _)| (first.frame, first.time)).collect();

    let reported: Vec<(usize, (Now, u64))> = account.into_iter().flat_map(PeerRecords::numbered_requests).collect();
    // By the monotonic clock, which nobody sets.
    let told = restarts(reported.iter().map(|(_, (at, number))| (Wall(at.mono.0), *number)));
    let reported: Vec<(usize, Wall)> = reported.into_iter().map(|(record, (at, _))| (record, at.wall)).collect();
    let told_starts = || told.iter().map(|position| reported[*position]);
    let limit_ns = SECOND.saturating_add(moved_ns);
    let is_near = |start: Wall, time: Wall| time.since(start).saturating_abs() <= limit_ns;
    if moved_ns > SECOND / 10
        && reported.last().zip(on_wire().last()).is_some_and(|((_, last), (datagram, _))| is_near(datagram.time, *last))
    {
        // Where the clock was set, the wire's stamps show silences that never were.
        shown.retain(|(_, start)| told_starts().any(|(_, time)| is_near(*start, time)));
    }
    let are_same =
        told.len() == shown.len() && shown.iter().zip(told_starts()).all(|(shown, (_, time))| is_near(shown.1, time));
    let starts: Vec<(u32, usize)> = if are_same {
        shown.iter().zip(told_starts()).map(|((frame, _), (record, _))| (*frame, record)).collect()
    } else {
        let since = |start: Wall| reported.iter().find(|(_, time)| *time >= start);
        let mut starts: Vec<(u32, usize)> = shown
            .iter()
            .map(|(frame, start)| (*frame, since(*start).map_or(usize::MAX, |(record, _)| *record)))
            .collect();
        for position in told {
            let ((_, before), (record, start)) = (reported[position - 1], reported[position]);
            if !shown.iter().any(|(_, known)| before < *known && *known <= start) {
                let halfway = before.shifted(start.since(before) / 2);
                let first = on_wire().find(|(datagram, _)| datagram.time >= halfway);
                starts.push((first.map_or(u32::MAX, |(first, _)| first.frame), record));
            }
        }
        starts.sort_unstable();
        starts
    };
    let RunExtent { frames, records, .. } = RunExtent::ALL;
    let bounds = [&[(frames.start, records.start)], &starts[..], &[(frames.end, records.end)]].concat();
    let extent =
        |[from, to]: [(u32, usize); 2]| RunExtent { frames: from.0..to.0, records: from.1..to.1, ..RunExtent::ALL };
    let mut extents: Vec<RunExtent> = bounds.windows(2).map(|pair| extent([pair[0], pair[1]])).collect();
    if let (Some(conversation), 2..) = (conversation, extents.len()) {
        let (requests, replies) = (conversation.requests(), conversation.replies());
        assign_replies(&mut extents, requests.frames(), replies.frames());
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

/// Gives each reply to the run whose request it answers. A reply that comes after a run has begun again may still answer the one
/// before, if that was not answered: which of the two is unknown where it would be later or sooner than any other reply, or
/// where the earlier request has not waited much longer than others did.
///
/// `extents` are the runs of one client in the order of the file, as far as the requests tell.
pub fn assign_replies(
    extents: &mut [RunExtent],
    requests: impl Iterator<Item = NumberedFrame>,
    replies: impl Iterator<Item = NumberedFrame> + Clone,
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
    let delays = || {
        replies.clone().filter_map(|(frame, time, number)| {
            let asked = asked.get(&number)?;
            (before(asked, frame) == 1).then(|| time.since(asked[0].time).max(0))
        })
    };
    let (shortest_ns, longest_ns) = (delays().min().unwrap_or(0), delays().max().unwrap_or(0));
    let usual_ns = shortest_ns / 2..=longest_ns;
    let plausible_ns = longest_ns.saturating_add(longest_ns / 2).saturating_add(SECOND);
    let mut answers: Vec<(u32, u64, usize, usize, usize)> = Vec::new();
    for (frame, time, number) in replies {
        let Some(asked) = asked.get_mut(&number) else { continue };
        let count = before(asked, frame);
        let Some((latest, earlier)) = asked[..count].split_last_mut() else { continue };
        let is_usual = !latest.is_answered && usual_ns.contains(&time.since(latest.time));
        let may_wait = |request: &&Request| !is_usual || time.since(request.time) <= plausible_ns;
        let open = earlier.iter().filter(|request| !request.is_answered).find(may_wait);
        let first = open.map_or(latest.run, |request| request.run);
        latest.is_answered |= first == latest.run;
        answers.push((frame, number, run_of_frame(frame), first, latest.run));
    }
    for (frame, number, place, first, last) in answers {
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
