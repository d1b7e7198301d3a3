//! Judges a UDP chat: one leg from each member to the server, and one from the server to every other member.
//!
//! Texts have no numbers. At each place, the first text of a kind is taken for the first of its kind everywhere, the
//! second for the second. Where one place shows fewer than another, it is certain how many are missing, and not which:
//! those are `alike`. That holds where every witness was awake all the time. Where one may have woken late, likes are
//! paired by their times, as far as the clocks' offset tells them apart, and what it does not tell apart is uncertain.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::SocketAddr;
use std::num::NonZeroU32;

use crate::core::document::chat::{
    ChatMessage, Copies, Copy, DatagramResult, DirectionTotals, Member, MessageKind, Totals,
};
use crate::core::document::counts::{PointCounts, SegmentCounts};
use crate::core::document::frame_ref::FrameRef;
use crate::core::document::outcome::Outcome;
use crate::core::document::path::{PointName, SegmentName};
use crate::core::evidence::chat_host::{ChatHost, DirectionObservations, MemberTraffic, TextSighting, parts};
use crate::core::evidence::leg::{Point, Route, RoutePoint};
use crate::core::evidence::track::{PointObservations, Sighting};
use crate::core::identify::clock_offset::{self, Offset, OffsetBound};
use crate::core::identify::same_host::HostView;
use crate::core::protocol::chat::wire::is_for_the_server;
use crate::core::time::{SECOND, Wall};
use crate::core::verdict::ledger::{Host, Ledger, MessageTrace};

/// The path of a datagram: its points and segments by name.
struct Path {
    points: [PointName; 4],
    segments: [SegmentName; 3],
    /// To the server; else from it.
    is_inward: bool,
}

const INWARD: Path = Path { points: PointName::CHAT_INWARD, segments: SegmentName::CHAT_INWARD, is_inward: true };

const OUTWARD: Path = Path { points: PointName::CHAT_OUTWARD, segments: SegmentName::CHAT_OUTWARD, is_inward: false };

/// A copy that nothing but its text joins to a message followed it within so long.
const SOON_NS: i64 = 5 * SECOND;

/// Nothing is on its way for longer than this.
const MAX_TRANSIT_NS: i64 = 60 * SECOND;

/// One host's account, and its capture's name.
#[derive(Clone, Copy)]
pub struct ChatHostRef<'a> {
    /// What it says.
    pub account: &'a ChatHost,
    /// The name of its capture.
    pub file: Option<&'a str>,
}

/// What a chat over UDP comes to.
#[derive(Default)]
pub struct UdpResult {
    /// Who took part.
    pub members: Vec<Member>,
    /// What was said.
    pub messages: Vec<ChatMessage>,
    /// Both directions of all.
    pub totals: Totals,
}

/// One member's evidence of both hosts.
struct MemberEvidence<'a> {
    id: u32,
    at_server: Option<(&'a MemberTraffic, Option<&'a str>)>,
    at_home: Option<(&'a MemberTraffic, Option<&'a str>)>,
    same_host: bool,
    resolution_ns: i64,
    moved_ns: i64,
}

/// A datagram of one direction.
struct MatchedText {
    digest: u32,
    n: Option<u64>,
    text: Option<String>,
    time: Wall,
    dropped: Option<String>,
    alike: bool,
    /// Whether what the two ends saw is one datagram or two cannot be told.
    doubtful: bool,
}

/// One direction, put in order.
struct Aligned {
    tracks: [Option<PointObservations>; 4],
    items: Vec<MatchedText>,
}

/// Works a chat out.
pub fn findings(server: Option<ChatHostRef<'_>>, homes: &[ChatHostRef<'_>]) -> UdpResult {
    let mut findings = UdpResult::default();
    let cases = cases(server, homes);
    let mut book = MessageTable::new(server);
    let mut copies: Vec<(&MemberEvidence<'_>, Aligned, Vec<DatagramResult>)> = Vec::with_capacity(cases.len());
    for case in &cases {
        let (inward, outward) = (case.inward(None), case.outward(None));
        let offset = case.offset(&inward, &outward);
        // What bears only its text is told apart by time, once the clocks are known.
        let link = if case.same_host { Some((0, 0)) } else { within(offset) };
        let (inward, outward) = (case.inward(link), case.outward(link.map(|(low, high)| (-high, -low))));
        let back = match offset {
            Offset::Within { low_ns, high_ns } => {
                Offset::Within { low_ns: high_ns.saturating_neg(), high_ns: low_ns.saturating_neg() }
            }
            other => other,
        };
        let mut member = case.member();
        let (way, results) = case.judge(&inward, offset, &INWARD);
        for (item, result) in inward.items.iter().zip(results) {
            book.add_text(case.id, item, result);
        }
        member.inward = Some(with_unsent(way, case.at_home));
        let (way, results) = case.judge(&outward, back, &OUTWARD);
        member.outward = Some(with_unsent(way, case.at_server));
        copies.push((case, outward, results));
        findings.members.push(member);
    }
    // Whose copy one is shows when all that was said is known.
    for (case, outward, results) in copies {
        for (item, result) in outward.items.iter().zip(results) {
            book.add_copy(case.id, item, result);
        }
        for (n, time, why) in case.at_server.into_iter().flat_map(|(talk, _)| &talk.unsent) {
            book.unsent(case.id, *n, *time, why);
        }
    }
    for member in &findings.members {
        add(&mut findings.totals.inward, member.inward.as_ref());
        add(&mut findings.totals.outward, member.outward.as_ref());
    }
    findings.messages = book.finish();
    findings
}

/// How far the receiver's clock is ahead of the sender's, at least and at most, nanoseconds; `None` where nobody knows.
type Link = Option<(i64, i64)>;

fn within(offset: Offset) -> Link {
    match offset {
        Offset::Within { low_ns, high_ns } => Some((low_ns.max(-i64::MAX), high_ns.max(-i64::MAX))),
        _ => None,
    }
}

/// Counts what an application could not send.
fn with_unsent(mut way: DirectionTotals, sender: Option<(&MemberTraffic, Option<&str>)>) -> DirectionTotals {
    way.not_sent = sender.map_or(0, |(talk, _)| talk.unsent.len() as u64);
    way.datagrams += way.not_sent;
    way
}

fn add(total: &mut DirectionTotals, part: Option<&DirectionTotals>) {
    let Some(part) = part else { return };
    total.datagrams += part.datagrams;
    total.delivered += part.delivered;
    total.lost += part.lost;
    total.not_sent += part.not_sent;
    total.unobserved += part.unobserved;
    total.inconclusive += part.inconclusive;
    total.duplicates += part.duplicates;
    total.blame.add_all(&part.blame);
    total.points.add(&part.points);
}

/// Who took part, with the evidence of both hosts.
fn cases<'a>(server: Option<ChatHostRef<'a>>, homes: &[ChatHostRef<'a>]) -> Vec<MemberEvidence<'a>> {
    let mut cases: Vec<MemberEvidence<'a>> = Vec::new();
    if let Some(server) = server {
        for talk in server.account.talks.values() {
            cases.push(MemberEvidence {
                id: 0,
                at_server: Some((talk, server.file)),
                at_home: None,
                same_host: HostView { client: talk.member, server: server.account.server, run: None }.is_within_host(),
                resolution_ns: server.account.resolution_ns,
                moved_ns: server.account.clock_moved,
            });
        }
    }
    // Whoever has an account of its own speaks for itself; what another's capture on the same host shows of it as well is
    // no second member.
    let mut talks: Vec<(&MemberTraffic, ChatHostRef<'_>)> =
        homes.iter().flat_map(|home| home.account.talks.values().map(|talk| (talk, *home))).collect();
    talks.sort_by_key(|(talk, _)| talk.inward[0].is_none());
    let mut known: HashSet<SocketAddr> = HashSet::new();
    for (talk, home) in talks {
        let is_new = talk.member.is_none_or(|member| known.insert(member));
        if !is_new && talk.inward[0].is_none() {
            continue;
        }
        let found = partner(talk, &cases);
        let index = found.unwrap_or_else(|| {
            cases.push(MemberEvidence {
                id: 0,
                at_server: None,
                at_home: None,
                same_host: HostView { client: talk.member, server: home.account.server, run: None }.is_within_host(),
                resolution_ns: 1,
                moved_ns: 0,
            });
            cases.len() - 1
        });
        let case = &mut cases[index];
        case.at_home = Some((talk, home.file));
        case.resolution_ns = case.resolution_ns.max(home.account.resolution_ns);
        case.moved_ns = case.moved_ns.saturating_add(home.account.clock_moved);
    }
    let first = |talk: &MemberTraffic| {
        let observations = talk.inward.iter().chain(&talk.outward).flatten();
        observations.filter_map(|observation| observation.seen.first()).map(|seen| seen.time).min()
    };
    cases.sort_by_key(|case| case.at_server.or(case.at_home).and_then(|(talk, _)| first(talk)));
    // An address without any text took no part.
    cases.retain(|case| case.at_server.or(case.at_home).is_some_and(|(talk, _)| first(talk).is_some()));
    for (index, case) in cases.iter_mut().enumerate() {
        case.id = index as u32 + 1;
    }
    cases
}

/// The server's member that a member's own files are about: the one of the same address, else the only one that shares
/// most of what was said. Addresses change on the way (NAT), texts do not.
fn partner(talk: &MemberTraffic, cases: &[MemberEvidence<'_>]) -> Option<usize> {
    let free = |case: &MemberEvidence<'_>| case.at_home.is_none();
    let same = |case: &MemberEvidence<'_>| case.at_server.is_some_and(|(known, _)| known.member == talk.member);
    if let Some(index) = cases.iter().position(|case| free(case) && same(case)) {
        return Some(index);
    }
    let mut scores: Vec<(usize, usize)> = cases
        .iter()
        .enumerate()
        .filter(|(_, case)| free(case))
        .filter_map(|(index, case)| Some((shared(talk, case.at_server?.0), index)))
        .filter(|(score, _)| *score > 0)
        .collect();
    scores.sort_unstable_by(|a, b| b.cmp(a));
    match scores[..] {
        [] => None,
        [(_, only)] => Some(only),
        [(best, index), (next, _), ..] => (best > next).then_some(index),
    }
}

/// How many texts two hosts' views have in common, each way.
fn shared(one: &MemberTraffic, other: &MemberTraffic) -> usize {
    let count = |observations: &[Option<DirectionObservations>; 2]| {
        let mut counts: HashMap<u32, usize> = HashMap::new();
        for seen in observations
            .iter()
            .flatten()
            .max_by_key(|observation| observation.seen.len())
            .into_iter()
            .flat_map(|observation| &observation.seen)
        {
            *counts.entry(seen.digest).or_default() += 1;
        }
        counts
    };
    let common = |one: HashMap<u32, usize>, other: HashMap<u32, usize>| {
        one.iter().map(|(digest, count)| (*count).min(other.get(digest).copied().unwrap_or(0))).sum::<usize>()
    };
    common(count(&one.inward), count(&other.inward)) + common(count(&one.outward), count(&other.outward))
}

impl MemberEvidence<'_> {
    fn member(&self) -> Member {
        let server = self.at_server.map(|(talk, _)| talk);
        let home = self.at_home.map(|(talk, _)| talk);
        Member {
            id: self.id,
            address: server.or(home).and_then(|talk| talk.member),
            own_address: home.and_then(|talk| talk.member),
            nick: server.and_then(|talk| talk.nick.clone()),
            joined_ns: server.and_then(|talk| talk.joined).map(|time| time.0),
            left_ns: server.and_then(|talk| talk.left).map(|(time, _)| time.0),
            reason: server.and_then(|talk| talk.left).map(|(_, reason)| reason),
            same_host: Some(self.same_host),
            inward: None,
            outward: None,
        }
    }

    /// `link`: how far the server's clock is ahead of the member's.
    fn inward(&self, link: Link) -> Aligned {
        let (home, server) = (self.at_home.map(|(talk, _)| talk), self.at_server.map(|(talk, _)| talk));
        let observation =
            |talk: Option<&'_ MemberTraffic>, place: usize| talk.and_then(|talk| talk.inward[place].clone());
        Aligned::of([observation(home, 0), observation(home, 1), observation(server, 1), observation(server, 0)], link)
    }

    /// `link`: how far the member's clock is ahead of the server's.
    fn outward(&self, link: Link) -> Aligned {
        let (home, server) = (self.at_home.map(|(talk, _)| talk), self.at_server.map(|(talk, _)| talk));
        let observation =
            |talk: Option<&'_ MemberTraffic>, place: usize| talk.and_then(|talk| talk.outward[place].clone());
        Aligned::of([observation(server, 0), observation(server, 1), observation(home, 1), observation(home, 0)], link)
    }

    /// How far the server's clock is from the member's.
    fn offset(&self, inward: &Aligned, outward: &Aligned) -> Offset {
        if self.same_host {
            return Offset::Unknown;
        }
        let mut forward: Vec<OffsetBound> = inward
            .crossings()
            .map(|(left, arrivals)| OffsetBound { at: left.0, difference: arrivals.since(left) })
            .collect();
        let mut back: Vec<OffsetBound> = outward
            .crossings()
            .map(|(left, arrivals)| OffsetBound { at: arrivals.0, difference: left.since(arrivals) })
            .collect();
        // Where a witness woke late, even a text that each end saw once may be two: those are far off from the others.
        if inward.is_guessed() || outward.is_guessed() {
            let mut all: Vec<i64> = forward.iter().chain(&back).map(|bound| bound.difference).collect();
            all.sort_unstable();
            let middle = all.get(all.len() / 2).copied().unwrap_or(0);
            forward.retain(|bound| bound.difference.abs_diff(middle) <= SOON_NS as u64);
            back.retain(|bound| bound.difference.abs_diff(middle) <= SOON_NS as u64);
        }
        clock_offset::offset(&forward, &back, self.resolution_ns, self.moved_ns)
    }

    /// What became of each datagram of a direction.
    fn judge(&self, aligned: &Aligned, offset: Offset, path: &Path) -> (DirectionTotals, Vec<DatagramResult>) {
        let tracks: Vec<Option<&PointObservations>> = aligned.tracks.iter().map(Option::as_ref).collect();
        let hosts: [Host; 4] = if self.same_host { [0; 4] } else { [0, 0, 1, 1] };
        let mut ledger = Ledger::new(Route::new(1, self.same_host), &tracks, &hosts, offset);
        let keys: Vec<u64> = (0..aligned.items.len() as u64).collect();
        for (key, item) in keys.iter().zip(&aligned.items) {
            if item.dropped.is_some() {
                ledger.mark_absent(*key, RoutePoint::new(0, Point::WireOut));
            }
        }
        ledger.detect_contradictions(&keys);
        let sightings = |track: &PointObservations| track.sightings().iter().map(|sight| u64::from(sight.copies)).sum();
        let counts = aligned.tracks.iter().map(|track| track.as_ref().map(sightings));
        let mut way = DirectionTotals {
            datagrams: keys.len() as u64,
            points: PointCounts::new(path.points.into_iter().zip(counts)),
            blame: SegmentCounts::new(&path.segments),
            ..DirectionTotals::default()
        };
        if self.same_host {
            way.blame.set_absent(path.segments[1]);
        }
        let mut results = Vec::with_capacity(keys.len());
        for (journey, item) in ledger.traces(&keys).zip(&aligned.items) {
            let result = self.trace_result(&ledger, &journey, item, path, aligned);
            way.duplicates += u64::from(journey.surplus());
            match result.outcome {
                Outcome::Delivered => way.delivered += 1,
                Outcome::Lost => way.lost += 1,
                Outcome::NotSent => way.not_sent += 1,
                Outcome::Unobserved => way.unobserved += 1,
                Outcome::Inconclusive => way.inconclusive += 1,
                Outcome::Late | Outcome::Answered => {}
            }
            if !result.blame.is_empty() {
                way.blame.add(1, &result.blame);
            }
            results.push(result);
        }
        (way, results)
    }

    fn trace_result(
        &self,
        ledger: &Ledger<'_>,
        journey: &MessageTrace<'_>,
        item: &MatchedText,
        path: &Path,
        aligned: &Aligned,
    ) -> DatagramResult {
        let last = journey.last_seen().unwrap_or(0);
        let app_watches = aligned.tracks[3].is_some();
        let blame = ledger.blame(journey, None);
        let watched_beyond = (last + 1..4).any(|place| ledger.is_watched(RoutePoint::at(place)));
        // Of a member without files of its own, its wire is the last that anybody sees.
        let outcome = match (last, &blame) {
            _ if item.doubtful => Outcome::Inconclusive,
            (3, _) => Outcome::Delivered,
            (2, _) if !app_watches && !self.same_host => Outcome::Delivered,
            (_, Some(_)) => Outcome::Lost,
            (_, None) if !watched_beyond || self.same_host && last >= 1 && !app_watches => Outcome::Unobserved,
            (_, None) => Outcome::Inconclusive,
        };
        let blame = blame.filter(|_| outcome == Outcome::Lost).map(|blame| blame.segments).unwrap_or_default();
        let (home, server) = (self.at_home.and_then(|(_, file)| file), self.at_server.and_then(|(_, file)| file));
        let files = if path.is_inward { [None, home, server, None] } else { [None, server, home, None] };
        let mut evidence: Vec<FrameRef> = Vec::new();
        let mut times = BTreeMap::new();
        for (place, sight) in journey.seen().iter().take(4).enumerate() {
            let Some(sight) = sight else { continue };
            // Which of the others' sightings are of this one is what is not known.
            if item.doubtful && !times.is_empty() {
                break;
            }
            times.insert(path.points[place], sight.time.0);
            let other = if place == 1 { files[2] } else { files[1] };
            if let Some((file, frame)) = files[place].or(other.filter(|_| self.same_host)).zip(sight.frame) {
                let frame = FrameRef::frame(file, frame.get());
                if !evidence.contains(&frame) {
                    evidence.push(frame);
                }
            }
        }
        DatagramResult {
            outcome,
            blame: blame.into_iter().filter_map(|segment| SegmentName::of_leg(segment, path.segments)).collect(),
            reason: item.dropped.clone(),
            ambiguous_copy: item.alike,
            times,
            evidence,
        }
    }
}

/// The likes of one text: which of the sightings at each place are of the same one.
struct SameTextGroup {
    count: usize,
    slots: [Vec<usize>; 4],
    alike: bool,
    doubtful: bool,
}

impl SameTextGroup {
    fn of(observations: &[Option<DirectionObservations>; 4], places: &[Vec<usize>; 4], link: Link) -> Self {
        // The first of a kind here is the first there. What is shown more often than it was said are copies of the last.
        let first = places.iter().position(|shown| !shown.is_empty()).unwrap_or(0);
        let count = places[first].len();
        let fewer = |place: usize| observations[place].is_some() && places[place].len() != count;
        let ranks =
            |count: usize| places.each_ref().map(|shown| (0..shown.len()).map(|rank| rank.min(count - 1)).collect());
        let alike = count > 1 && (first..4).any(fewer);
        let in_turn = || Self { count, slots: ranks(count), alike, doubtful: false };
        let (from, to) = ([0, 1], [2, 3]);
        let shown = |side: [usize; 2]| side.into_iter().filter(|place| !places[*place].is_empty());
        if shown(from).next().is_none() || shown(to).next().is_none() {
            return in_turn();
        }
        let guessed = observations.iter().flatten().any(|observation| observation.coverage.assumed);
        let most = places.iter().map(Vec::len).max().unwrap_or(0);
        let doubtful = || Self { count: most, slots: ranks(most), alike: false, doubtful: true };
        let Some(link) = link else {
            return if guessed && most > 1 { doubtful() } else { in_turn() };
        };
        let times = |place: usize| -> Vec<i64> {
            let observation = observations[place].as_ref();
            places[place].iter().filter_map(|index| Some(observation?.seen[*index].time.0)).collect()
        };
        let (low, high) = link;
        let may_be_one = |sent: i64, arrivals: i64| {
            let transit = arrivals.saturating_sub(sent);
            transit.saturating_sub(low) >= 0 && transit.saturating_sub(high) <= SOON_NS
        };
        // Each end was awake whenever the other saw one of them, and they fit.
        let awake = |place: usize, from: i64, to: i64| {
            let coverage = observations[place].as_ref().map(|observation| &observation.coverage);
            coverage.is_some_and(|coverage| coverage.from.0 <= to && from <= coverage.to.0)
        };
        let all = |from: usize, to: usize| {
            let (sent, arrivals) = (times(from), times(to));
            let saw_all = sent.iter().all(|at| awake(to, at.saturating_add(low), at.saturating_add(high)))
                && arrivals.iter().all(|at| awake(from, at.saturating_sub(high), at.saturating_sub(low)));
            // Where one lacks some, those in turn need not be the same.
            saw_all
                && (sent.len() != arrivals.len()
                    || sent.iter().zip(&arrivals).all(|(sent, arrivals)| may_be_one(*sent, *arrivals)))
        };
        if !guessed || shown(from).all(|from| shown(to).all(|to| all(from, to))) {
            return in_turn();
        }
        let (mut senders, mut receivers) = (shown(from), shown(to));
        let (Some(sender), None, Some(receiver), None) =
            (senders.next(), senders.next(), receivers.next(), receivers.next())
        else {
            return doubtful();
        };
        match by_time(&times(sender), &times(receiver), low, may_be_one) {
            Some((count, sent, arrivals)) => {
                let mut slots: [Vec<usize>; 4] = Default::default();
                (slots[sender], slots[receiver]) = (sent, arrivals);
                Self { count, slots, alike: false, doubtful: false }
            }
            None => doubtful(),
        }
    }
}

/// Pairs what was sent with what came, where only one pairing is possible: how many there are, and which of them each
/// sighting is of.
fn by_time(
    sent: &[i64],
    arrivals: &[i64],
    low: i64,
    may_be_one: impl Fn(i64, i64) -> bool,
) -> Option<(usize, Vec<usize>, Vec<usize>)> {
    if !sent.is_sorted() || !arrivals.is_sorted() {
        return None;
    }
    let (mut of_sent, mut of_came) = (Vec::with_capacity(sent.len()), Vec::with_capacity(arrivals.len()));
    let (mut count, mut without) = (0, None);
    while of_sent.len() < sent.len() || of_came.len() < arrivals.len() {
        let (i, j) = (of_sent.len(), of_came.len());
        let fits = |i: usize, j: usize| {
            sent.get(i).zip(arrivals.get(j)).is_some_and(|(sent, arrivals)| may_be_one(*sent, *arrivals))
        };
        if fits(i, j) {
            if fits(i + 1, j) || fits(i, j + 1) {
                return None;
            }
            of_sent.push(count);
            of_came.push(count);
        } else if i < sent.len()
            && (j == arrivals.len() || arrivals[j].saturating_sub(sent[i]).saturating_sub(low) >= 0)
        {
            without = Some(sent[i]);
            of_sent.push(count);
        } else {
            // It may have been held up on the way for long.
            let waited = without.map(|sent| arrivals[j].saturating_sub(sent).saturating_sub(low));
            if waited.is_some_and(|waited| (0..MAX_TRANSIT_NS).contains(&waited)) {
                return None;
            }
            of_came.push(count);
        }
        count += 1;
    }
    Some((count, of_sent, of_came))
}

impl Aligned {
    /// Puts what four witnesses saw of one direction side by side.
    fn of(observations: [Option<DirectionObservations>; 4], link: Link) -> Self {
        let mut groups: HashMap<u32, [Vec<usize>; 4]> = HashMap::new();
        for (place, observation) in observations.iter().enumerate() {
            for (index, seen) in observation.iter().flat_map(|observation| &observation.seen).enumerate() {
                groups.entry(seen.digest).or_default()[place].push(index);
            }
        }
        // Which item each witness saw, by the order in which it saw them.
        let mut known: [Vec<usize>; 4] = std::array::from_fn(|place| {
            vec![0; observations[place].as_ref().map_or(0, |observation| observation.seen.len())]
        });
        let mut items: Vec<(MatchedText, usize)> = Vec::new();
        for (digest, places) in &groups {
            let group = SameTextGroup::of(&observations, places, link);
            let begin = items.len();
            let mut slots: Vec<Option<MatchedText>> = (0..group.count).map(|_| None).collect();
            for (place, indices) in places.iter().enumerate() {
                for (index, slot) in indices.iter().zip(&group.slots[place]) {
                    let Some(seen) = observations[place].as_ref().map(|observation| &observation.seen[*index]) else {
                        continue;
                    };
                    known[place][*index] = begin + slot;
                    // As the first place on the way shows it.
                    let item = slots[*slot].get_or_insert_with(|| MatchedText {
                        digest: *digest,
                        n: None,
                        text: None,
                        time: seen.time,
                        dropped: seen.dropped.clone(),
                        alike: group.alike,
                        doubtful: group.doubtful,
                    });
                    if !group.doubtful {
                        item.n = item.n.or(seen.n);
                    }
                    item.text = item.text.take().or_else(|| seen.text.clone());
                }
            }
            items.extend(slots.into_iter().flatten().enumerate().map(|(slot, item)| (item, begin + slot)));
        }
        items.sort_by_key(|(item, id)| (item.time, item.digest, *id));
        let mut keys = vec![0; items.len()];
        for (key, (_, id)) in items.iter().enumerate() {
            keys[*id] = key as u64;
        }
        let mut known = known.into_iter();
        let tracks = observations.map(|observation| {
            let ids = known.next().unwrap_or_default();
            let observation = observation?;
            let sightings =
                observation.seen.iter().zip(ids).map(|(TextSighting { time, frame, digest, .. }, id)| Sighting {
                    key: keys[id],
                    time: *time,
                    frame: *frame,
                    digest: NonZeroU32::new(*digest),
                    packet_id: None,
                    copies: 1,
                });
            Some(PointObservations::new(sightings.collect(), observation.coverage))
        });
        Self { tracks, items: items.into_iter().map(|(item, _)| item).collect() }
    }

    /// Whether of a witness nothing says when it was awake.
    fn is_guessed(&self) -> bool {
        self.tracks.iter().flatten().any(|track| track.coverage.assumed)
    }

    /// For each text that is certain to be the same at both ends: when it left the one, and came to the other.
    fn crossings(&self) -> impl Iterator<Item = (Wall, Wall)> {
        let at = |place: usize, key: u64| {
            let sight = self.tracks[place].as_ref()?.get(key)?;
            (sight.copies == 1).then_some(sight.time)
        };
        self.items.iter().enumerate().filter(|(_, item)| !item.alike && !item.doubtful).filter_map(move |(key, _)| {
            let key = key as u64;
            Some((at(1, key).or(at(0, key))?, at(2, key).or(at(3, key))?))
        })
    }
}

/// What was said, as it comes together.
struct MessageTable<'a> {
    server: Option<ChatHostRef<'a>>,
    /// By the server's number.
    numbered: BTreeMap<u64, ChatMessage>,
    /// What bears none.
    others: Vec<ChatMessage>,
    /// The latter by text.
    by_text: HashMap<String, Vec<usize>>,
    /// Notices without a number, by text.
    notices: HashMap<String, Vec<usize>>,
}

impl<'a> MessageTable<'a> {
    fn new(server: Option<ChatHostRef<'a>>) -> Self {
        let mut numbered = BTreeMap::new();
        for (n, (peer, time, text)) in server.iter().flat_map(|server| &server.account.texts_by_number) {
            let kind = match peer {
                0 => MessageKind::Notice,
                _ if is_for_the_server(text) => MessageKind::Control,
                _ => MessageKind::Message,
            };
            let withheld = server.is_some_and(|server| server.account.withheld.contains(n));
            numbered.insert(*n, message(Some(*n), None, kind, *time, Some(text.clone()), withheld));
        }
        Self { server, numbered, others: Vec::new(), by_text: HashMap::new(), notices: HashMap::new() }
    }

    /// A member said something.
    fn add_text(&mut self, member: u32, item: &MatchedText, result: DatagramResult) {
        if let Some(known) = item.n.and_then(|n| self.numbered.get_mut(&n)) {
            known.from = Some(member);
            known.time_ns = known.time_ns.min(item.time.0);
            known.inward = Some(result);
            return;
        }
        let text = item.text.clone();
        let kind =
            if text.as_deref().is_some_and(is_for_the_server) { MessageKind::Control } else { MessageKind::Message };
        let mut sent = message(None, Some(member), kind, item.time, text.clone(), false);
        // Where the server's journal is there, what it does not tell of had no copies.
        if self.server.is_none_or(|server| server.account.texts_by_number.is_empty()) {
            sent.copies = Some(Copies::default()).filter(|_| kind == MessageKind::Message);
        }
        sent.inward = Some(result);
        self.others.push(sent);
        self.by_text.entry(text.unwrap_or_default()).or_default().push(self.others.len() - 1);
    }

    /// The server sent something to a member.
    fn add_copy(&mut self, member: u32, item: &MatchedText, result: DatagramResult) {
        if let Some(known) = item.n.and_then(|n| self.numbered.get_mut(&n)) {
            count(known.copies.get_or_insert_default(), member, result);
            return;
        }
        let text = item.text.clone().unwrap_or_default();
        let soon = |message: &ChatMessage| (0..SOON_NS).contains(&item.time.0.saturating_sub(message.time_ns));
        let (of, kind) = match parts(&text) {
            Some((_, sent)) => (self.by_text.get(sent), MessageKind::Message),
            None => (None, MessageKind::Notice),
        };
        let sent = of.into_iter().flatten().rev().find(|index| {
            let message = &self.others[**index];
            message.from != Some(member) && soon(message)
        });
        let same = || self.notices.get(&text).into_iter().flatten().rev().find(|index| soon(&self.others[**index]));
        let index = sent.or_else(same).copied().unwrap_or_else(|| {
            self.others.push(message(None, None, kind, item.time, item.text.clone(), false));
            self.notices.entry(text.clone()).or_default().push(self.others.len() - 1);
            self.others.len() - 1
        });
        count(self.others[index].copies.get_or_insert_default(), member, result);
    }

    /// The server could not send something to a member.
    fn unsent(&mut self, member: u32, n: u64, time: Wall, why: &str) {
        if let Some(known) = self.numbered.get_mut(&n) {
            let result = DatagramResult {
                outcome: Outcome::NotSent,
                blame: Vec::new(),
                reason: Some(why.to_owned()),
                ambiguous_copy: false,
                times: BTreeMap::from([(PointName::ServerSent, time.0)]),
                evidence: Vec::new(),
            };
            count(known.copies.get_or_insert_default(), member, result);
        }
    }

    /// All of it, in order.
    fn finish(self) -> Vec<ChatMessage> {
        let mut all: Vec<ChatMessage> = self.numbered.into_values().chain(self.others).collect();
        all.sort_by_key(|message| (message.time_ns, message.n));
        all
    }
}

fn count(copies: &mut Copies, member: u32, result: DatagramResult) {
    copies.to += 1;
    match result.outcome {
        Outcome::Delivered => copies.delivered += 1,
        Outcome::Lost => copies.lost += 1,
        Outcome::NotSent => copies.not_sent += 1,
        Outcome::Unobserved => copies.unobserved += 1,
        Outcome::Inconclusive => copies.inconclusive += 1,
        Outcome::Late | Outcome::Answered => {}
    }
    if !matches!(result.outcome, Outcome::Delivered | Outcome::Unobserved) {
        copies.failed.push(Copy { to: member, delivery: result });
    }
}

fn message(
    n: Option<u64>,
    from: Option<u32>,
    kind: MessageKind,
    time: Wall,
    text: Option<String>,
    withheld: bool,
) -> ChatMessage {
    ChatMessage { n, from, kind, time_ns: time.0, text, inward: None, evidence: Vec::new(), copies: None, withheld }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::evidence::capture_log::digest;
    use crate::core::evidence::coverage::Coverage;

    const MS: i64 = 1_000_000;

    /// What a witness saw, awake for a minute: (milliseconds, text).
    #[expect(clippy::unnecessary_wraps, reason = "a place has a lane, or none")]
    fn observation(seen: &[(i64, &str)]) -> Option<DirectionObservations> {
        let seen = seen.iter().map(|(ms, text)| TextSighting {
            time: Wall(ms * MS),
            frame: None,
            digest: digest(text.as_bytes()),
            n: None,
            text: Some((*text).to_owned()),
            dropped: None,
        });
        let coverage = Coverage { from: Wall(-1_000 * MS), to: Wall(60_000 * MS), ..Coverage::default() };
        Some(DirectionObservations { seen: seen.collect(), coverage })
    }

    const MEMBER: &str = "192.168.1.10:40001";

    fn account(
        server: bool,
        inward: [Option<DirectionObservations>; 2],
        outward: [Option<DirectionObservations>; 2],
    ) -> ChatHost {
        let member: SocketAddr = MEMBER.parse().unwrap();
        let talk = MemberTraffic { member: Some(member), inward, outward, ..MemberTraffic::default() };
        let at = if server { "192.168.2.20:12345" } else { "203.0.113.2:12345" };
        ChatHost {
            talks: BTreeMap::from([(member, talk)]),
            server: Some(at.parse().unwrap()),
            resolution_ns: 1,
            ..ChatHost::default()
        }
    }

    fn of(server: Option<&ChatHost>, home: Option<&ChatHost>) -> UdpResult {
        let party = |account| ChatHostRef { account, file: None };
        let homes: Vec<ChatHostRef<'_>> = home.map(party).into_iter().collect();
        findings(server.map(party), &homes)
    }

    /// A conversation that both captures and both journals saw, but for what is left out of the server's side.
    fn both(sent: &[(i64, &str)], arrivals: &[(i64, &str)]) -> (ChatHost, ChatHost) {
        let back = [(500, "a"), (1_500, "b"), (30_000, "c")];
        let late: Vec<(i64, &str)> = back.iter().map(|(ms, text)| (ms + 10, *text)).collect();
        let home = account(false, [observation(sent), observation(sent)], [observation(&late), observation(&late)]);
        let server =
            account(true, [observation(arrivals), observation(arrivals)], [observation(&back), observation(&back)]);
        (home, server)
    }

    #[test]
    fn a_text_that_did_not_come_was_lost_in_the_network() {
        let sent = [(0, "one"), (1_000, "two"), (2_000, "three"), (20_000, "four")];
        let arrivals = [(10, "one"), (1_010, "two"), (20_010, "four")];
        let (home, server) = both(&sent, &arrivals);
        let found = of(Some(&server), Some(&home));
        let inward = found.members[0].inward.as_ref().unwrap();
        assert_eq!((inward.datagrams, inward.delivered, inward.lost), (4, 3, 1), "{inward:#?}");
        assert_eq!((inward.blame.get(SegmentName::NetworkIn), inward.blame.total()), (Some(1), 1));
        let alone = of(None, Some(&home));
        let inward = alone.members[0].inward.as_ref().unwrap();
        assert_eq!((inward.unobserved, inward.lost), (4, 0), "its own files do not know");
        let alone = of(Some(&server), None);
        let inward = alone.members[0].inward.as_ref().unwrap();
        assert_eq!((inward.datagrams, inward.delivered), (3, 3), "what never came nobody there can know of");
    }

    #[test]
    fn of_likes_it_is_certain_how_many_are_lost_and_not_which() {
        let sent = [(0, "ok"), (1_000, "two"), (2_000, "ok"), (3_000, "ok"), (20_000, "four")];
        let arrivals = [(10, "ok"), (1_010, "two"), (3_010, "ok"), (20_010, "four")];
        let (home, server) = both(&sent, &arrivals);
        let found = of(Some(&server), Some(&home));
        let results: Vec<&DatagramResult> =
            found.messages.iter().filter_map(|message| message.inward.as_ref()).collect();
        let alike: Vec<bool> = results.iter().map(|result| result.ambiguous_copy).collect();
        assert_eq!(alike, [true, false, true, true, false]);
        let inward = found.members[0].inward.as_ref().unwrap();
        assert_eq!((inward.delivered, inward.lost + inward.inconclusive), (4, 1));
    }

    #[test]
    fn a_second_copy_is_a_duplicate() {
        let sent = [(0, "one"), (1_000, "two"), (20_000, "three")];
        let arrivals = [(10, "one"), (1_010, "two"), (1_011, "two"), (20_010, "three")];
        let (home, server) = both(&sent, &arrivals);
        let found = of(Some(&server), Some(&home));
        let inward = found.members[0].inward.as_ref().unwrap();
        assert_eq!((inward.datagrams, inward.delivered, inward.duplicates), (3, 3, 1));
        assert_eq!(inward.points.get(PointName::ServerReceived), Some(4));
    }

    #[test]
    fn a_copy_belongs_to_what_was_said_just_before() {
        let ana: SocketAddr = MEMBER.parse().unwrap();
        let ze: SocketAddr = "192.168.1.10:40002".parse().unwrap();
        let mut server = account(true, [None, observation(&[(0, "oi")])], [None, observation(&[])]);
        let copy = format!("{ana} disse: oi");
        let talk = MemberTraffic {
            member: Some(ze),
            inward: [None, observation(&[(-500, "Novo participante no chat.")])],
            outward: [None, observation(&[(1, &copy)])],
            ..MemberTraffic::default()
        };
        server.talks.insert(ze, talk);
        let found = of(Some(&server), None);
        let sent = found.messages.iter().find(|message| message.text.as_deref() == Some("oi")).unwrap();
        assert_eq!(
            sent.copies.as_ref().map(|copies| (copies.to, copies.unobserved)),
            Some((1, 1)),
            "{found:#?}",
            found = found.messages
        );
    }

    /// A lane of a capture of which nothing says when it was awake.
    fn guessed(seen: &[(i64, &str)]) -> Option<DirectionObservations> {
        let observation = observation(seen)?;
        let coverage = Coverage::assumed(observation.seen.iter().map(|seen| seen.time));
        Some(DirectionObservations { coverage, ..observation })
    }

    /// A chat of which the member's capture begins late, and a text is lost after that. Seconds.
    fn late(sent: &[(i64, &'static str)], lost: i64, begins: i64) -> UdpResult {
        let at = |seconds: i64, ms: i64| seconds * 1_000 + ms;
        let shown = |seconds: &i64| *seconds >= begins;
        let home: Vec<_> = sent.iter().filter(|(s, _)| shown(s)).map(|(s, text)| (at(*s, 0), *text)).collect();
        let arrivals: Vec<_> = sent.iter().filter(|(s, _)| *s != lost).map(|(s, text)| (at(*s, 10), *text)).collect();
        let replies = ["a", "b", "c", "d", "e", "f", "g", "h"];
        let back: Vec<(i64, &str)> = sent.iter().zip(replies).map(|((s, _), text)| (at(*s, 1_000), text)).collect();
        let replies_seen: Vec<_> =
            back.iter().filter(|(ms, _)| shown(&(ms / 1_000))).map(|(ms, text)| (ms + 10, *text)).collect();
        let home = account(false, [None, guessed(&home)], [None, guessed(&replies_seen)]);
        let server = account(true, [None, guessed(&arrivals)], [None, guessed(&back)]);
        of(Some(&server), Some(&home))
    }

    #[test]
    fn equal_texts_do_not_match_by_order_if_a_capture_began_late() {
        let sent =
            [(0, "hi"), (5, "ok"), (20, "two"), (25, "ok"), (40, "three"), (45, "ok"), (50, "four"), (55, "bye")];
        let found = late(&sent, 45, 18);
        let inward = found.members[0].inward.as_ref().unwrap();
        assert_eq!((inward.datagrams, inward.delivered, inward.lost), (8, 7, 1), "{inward:#?}");
        let lost: Vec<i64> = found
            .messages
            .iter()
            .filter(|message| message.inward.as_ref().is_some_and(|result| result.outcome == Outcome::Lost))
            .map(|message| message.time_ns / SECOND)
            .collect();
        assert_eq!(lost, [45]);
    }

    #[test]
    fn equal_texts_close_in_time_stay_ambiguous_after_a_late_start() {
        let sent = [(0, "hi"), (5, "ok"), (6, "two"), (7, "ok"), (8, "three"), (9, "ok"), (50, "four"), (55, "bye")];
        let found = late(&sent, 7, 6);
        let inward = found.members[0].inward.as_ref().unwrap();
        assert_eq!((inward.delivered, inward.lost, inward.inconclusive), (5, 0, 2), "{inward:#?}");
        for result in found.messages.iter().filter_map(|message| message.inward.as_ref()) {
            let at = |point: PointName| result.times.get(&point);
            assert!(
                at(PointName::MemberWireOut)
                    .zip(at(PointName::ServerWireIn))
                    .is_none_or(|(left, arrivals)| left <= arrivals)
            );
        }
    }

    #[test]
    fn a_text_that_each_end_saw_once_may_be_two() {
        let sent =
            [(0, "hi"), (5, "ok"), (20, "two"), (25, "three"), (40, "ok"), (45, "four"), (50, "five"), (55, "bye")];
        let found = late(&sent, 40, 18);
        let inward = found.members[0].inward.as_ref().unwrap();
        assert_eq!((inward.datagrams, inward.delivered, inward.lost), (8, 7, 1), "{inward:#?}");
    }
}
