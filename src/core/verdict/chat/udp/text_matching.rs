//! Matches the texts of one direction of a UDP chat, as two witnesses at each end saw them.
//!
//! Texts have no numbers. A text that was said once is the same everywhere. Texts that were said several times are paired by
//! their packet IDs or by their times, as far as the clocks' offset tells them apart. Equal counts prove nothing: one may be
//! lost and another doubled. What cannot be told apart is uncertain.

use std::collections::HashMap;
use std::num::NonZeroU32;

use crate::core::evidence::chat_host::{DirectionObservations, TextSighting};
use crate::core::evidence::coverage::Coverage;
use crate::core::evidence::track::{PointObservations, Sighting};
use crate::core::identify::clock_offset::Offset;
use crate::core::time::{SECOND, Wall};

/// A copy that nothing but its text joins to a message followed it within so long.
pub(super) const SOON_NS: i64 = 5 * SECOND;

/// A text may come so much later than usual.
pub(super) const MAX_LATE_NS: i64 = SECOND;

/// Copies that the network makes come within so long.
const MAX_COPY_LAG_NS: i64 = SECOND / 4;

/// A sighting is of the nearest text if the next one is so many times farther away in time.
const CLEARLY_NEARER: u64 = 3;

/// Nothing is on its way for longer than this.
const MAX_TRANSIT_NS: i64 = 60 * SECOND;

/// A datagram of one direction.
pub(super) struct MatchedText {
    digest: u32,
    /// The numbers that the server's journal gives it: several if a copy came that the network made.
    pub(super) numbers: Vec<u64>,
    pub(super) text: Option<String>,
    pub(super) time: Wall,
    pub(super) dropped: Option<String>,
    pub(super) alike: bool,
    /// Whether what the two ends saw is one datagram or two cannot be told.
    pub(super) doubtful: bool,
}

/// One direction, put in order.
pub(super) struct Aligned {
    pub(super) tracks: [Option<PointObservations>; 4],
    pub(super) items: Vec<MatchedText>,
}

/// How far the receiver's clock is ahead of the sender's, at least and at most, nanoseconds; `None` where nobody knows.
pub(super) type Link = Option<(i64, i64)>;

pub(super) fn within(offset: Offset) -> Link {
    match offset {
        Offset::Within { low_ns, high_ns } => Some((low_ns.max(-i64::MAX), high_ns.max(-i64::MAX))),
        _ => None,
    }
}

impl Aligned {
    /// Puts what four witnesses saw of one direction side by side.
    pub(super) fn of(observations: [Option<DirectionObservations>; 4], link: Link) -> Self {
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
                        numbers: Vec::new(),
                        text: None,
                        time: seen.time,
                        dropped: seen.dropped.clone(),
                        alike: group.alike,
                        doubtful: group.doubtful,
                    });
                    item.numbers.extend(seen.n.filter(|n| !item.numbers.contains(n)));
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
            Some(PointObservations::new(sightings, observation.coverage))
        });
        Self { tracks, items: items.into_iter().map(|(item, _)| item).collect() }
    }

    /// Whether of a witness nothing says when it was awake.
    pub(super) fn is_guessed(&self) -> bool {
        self.tracks.iter().flatten().any(|track| track.coverage.assumed)
    }

    /// For each text that is certain to be the same at both ends: when it left the one, and came to the other.
    pub(super) fn crossings(&self) -> impl Iterator<Item = (Wall, Wall)> {
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

/// The likes of one text: which of the sightings at each place are of the same one.
struct SameTextGroup {
    count: usize,
    slots: [Vec<usize>; 4],
    pub(super) alike: bool,
    pub(super) doubtful: bool,
}

impl SameTextGroup {
    fn of(observations: &[Option<DirectionObservations>; 4], places: &[Vec<usize>; 4], link: Link) -> Self {
        let first = places.iter().position(|shown| !shown.is_empty()).unwrap_or(0);
        let own: Vec<usize> = match &observations[first] {
            // Where nothing shows how often it was said, what came at once after another is a copy of it.
            Some(observation) if first >= 2 => copies(places[first].iter().map(|index| &observation.seen[*index])),
            _ => (0..places[first].len()).collect(),
        };
        let count = own.last().map_or(1, |last| last + 1);
        // What is shown more often than it was said are copies of the last.
        let ranks = || places.each_ref().map(|shown| (0..shown.len()).map(|rank| rank.min(count - 1)).collect());
        let most = places.iter().map(Vec::len).max().unwrap_or(0);
        let doubtful = || Self { count, slots: ranks(), alike: true, doubtful: true };
        // What one host's witnesses show at different times is not one text, though each shows one.
        let time = |place: usize| Some(observations[place].as_ref()?.seen[*places[place].first()?].time);
        let are_apart =
            |one: usize| time(one).zip(time(one + 1)).is_some_and(|(one, other)| other.since(one).abs() > SOON_NS);
        let are_two = are_apart(0) || are_apart(2);
        let in_turn = || match nearest(observations, places, first, &own, link) {
            _ if most == 1 && !are_two => Self { count, slots: ranks(), alike: false, doubtful: false },
            Some((count, slots)) => Self { count, slots, alike: false, doubtful: false },
            None => doubtful(),
        };
        let (from, to) = ([0, 1], [2, 3]);
        let shown = |side: [usize; 2]| side.into_iter().filter(|place| !places[*place].is_empty());
        if shown(from).next().is_none() || shown(to).next().is_none() {
            return in_turn();
        }
        let guessed = observations.iter().flatten().any(|observation| observation.coverage.assumed);
        let Some(link) = link else {
            return if most > 1 { doubtful() } else { in_turn() };
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

/// Which sightings at one place are copies of one text.
fn copies<'a>(sightings: impl Iterator<Item = &'a TextSighting>) -> Vec<usize> {
    let mut last: Option<(Wall, usize)> = None;
    let text_of = |seen: &TextSighting| {
        let index = match last {
            Some((time, index)) => index + usize::from(seen.time.since(time).saturating_abs() > MAX_COPY_LAG_NS),
            None => 0,
        };
        last = Some((seen.time, index));
        index
    };
    sightings.map(text_of).collect()
}

/// How many texts there are, and which of them each sighting is of; `None` where two are nearly as likely. There are those of
/// the first place, and those that passed when no earlier witness was awake.
fn nearest(
    observations: &[Option<DirectionObservations>; 4],
    places: &[Vec<usize>; 4],
    first: usize,
    own: &[usize],
    link: Link,
) -> Option<(usize, [Vec<usize>; 4])> {
    let seen = |place: usize| -> Vec<&TextSighting> {
        let observation = observations[place].as_ref();
        places[place].iter().filter_map(|index| Some(&observation?.seen[*index])).collect()
    };
    let spans = |place: usize, from: i64, length: i64| {
        let coverage = observations[place].as_ref().map(|observation| &observation.coverage);
        coverage.is_some_and(|coverage| coverage.spans(Wall(from), Wall(from.saturating_add(length))))
    };
    // By how much stamps at one place are ahead of those at another, at the most.
    let ahead = |from: usize, at: usize| if from / 2 == at / 2 { Some(0) } else { link.map(|(_, high)| high) };
    let mut slots: [Vec<usize>; 4] = Default::default();
    slots[first] = own.to_vec();
    // A witness in between need not have been awake for all of them.
    let mut latest = vec![first; own.last().map_or(0, |last| last + 1)];
    for place in first + 1..4 {
        let arrivals = seen(place);
        if arrivals.is_empty() {
            continue;
        }
        let before = (first..place).rev().find(|before| !places[*before].is_empty()).unwrap_or(first);
        let sent = seen(before);
        // Two witnesses of one host that were awake for all that the other saw.
        let saw_all = |place: usize, seen: &[&TextSighting]| seen.iter().all(|seen| spans(place, seen.time.0, 0));
        let is_one_host = before / 2 == place / 2;
        if is_one_host && sent.len() == arrivals.len() && saw_all(place, &sent) && saw_all(before, &arrivals) {
            let (known, open) = slots.split_at_mut(place);
            open[0].clone_from(&known[before]);
        } else {
            let due = |from: usize, at: usize, seen: &TextSighting| Some(seen.time.0.saturating_add(ahead(from, at)?));
            // One that a witness since then would have seen did not come so far.
            let was_lost = |from: usize, seen: &TextSighting| {
                (from + 1..place).any(|at| due(from, at, seen).is_some_and(|due| spans(at, due, SOON_NS)))
            };
            let mut sources: Vec<Source<'_>> = Vec::new();
            for (from, slots) in slots.iter().enumerate().take(place).skip(first) {
                let last_seen = seen(from).into_iter().zip(slots).filter(|(_, slot)| latest[**slot] == from);
                let open = last_seen.filter(|(seen, _)| !was_lost(from, seen));
                sources.extend(open.map(|(seen, slot)| Source {
                    slot: *slot,
                    place: from,
                    seen,
                    due: due(from, place, seen),
                }));
            }
            sources.sort_by_key(|source| (source.due, source.slot));
            let is_watched = |at: usize, seen: &TextSighting| {
                let is_awake = |coverage: &Coverage| {
                    ahead(at, place).is_none_or(|ahead| {
                        (coverage.from.0..=coverage.to.0).contains(&seen.time.0.saturating_sub(ahead))
                    })
                };
                observations[at].as_ref().is_some_and(|observation| is_awake(&observation.coverage))
            };
            let is_far = |seen: &TextSighting, source: &Source<'_>| {
                let (early, late) = if source.place / 2 == place / 2 {
                    (0, MAX_LATE_NS)
                } else {
                    (link.map_or(0, |(low, high)| high - low), SOON_NS)
                };
                let may_pass = |due: i64| (-early - MAX_COPY_LAG_NS..=late).contains(&seen.time.0.saturating_sub(due));
                source.due.is_some_and(|due| !may_pass(due))
            };
            let is_other = |seen: &TextSighting| {
                sources.iter().all(|source| is_far(seen, source)) && !(0..place).any(|at| is_watched(at, seen))
            };
            let (others, known): (Vec<&TextSighting>, Vec<&TextSighting>) =
                arrivals.iter().copied().partition(|seen| is_other(seen));
            let of = by_packet_id(&sources, &known).or_else(|| by_nearest_time(&sources, &known))?;
            let count = latest.len();
            let mut of_others = copies(others.iter().copied()).into_iter().map(|other| count + other);
            let mut of_known = of.into_iter().map(|source| sources[source].slot);
            let of = |seen: &&TextSighting| if is_other(seen) { of_others.next() } else { of_known.next() };
            slots[place] = arrivals.iter().filter_map(of).collect();
        }
        let count = slots[place].iter().max().map_or(0, |last| last + 1).max(latest.len());
        latest.resize(count, place);
        for slot in &slots[place] {
            latest[*slot] = place;
        }
    }
    Some((latest.len(), slots))
}

/// Where a text was seen last before a place.
struct Source<'a> {
    /// Which of the texts it is.
    slot: usize,
    place: usize,
    seen: &'a TextSighting,
    /// When it would have come to that place at the earliest.
    due: Option<i64>,
}

/// The source of each arrival, if the packet IDs of all say so.
fn by_packet_id(sources: &[Source<'_>], arrivals: &[&TextSighting]) -> Option<Vec<usize>> {
    let mut by_id = HashMap::new();
    for (index, source) in sources.iter().enumerate().filter(|(_, source)| source.seen.frame.is_some()) {
        if by_id.insert(source.seen.packet_id?, index).is_some() {
            return None;
        }
    }
    arrivals.iter().map(|seen| by_id.get(&seen.packet_id?).copied()).collect()
}

/// The source of each arrival, if it is far nearer in time to one than to the others.
fn by_nearest_time(sources: &[Source<'_>], arrivals: &[&TextSighting]) -> Option<Vec<usize>> {
    let due: Vec<i64> = sources.iter().map(|source| source.due).collect::<Option<_>>()?;
    let nearest_of = |arrival: &&TextSighting| {
        let mut far: Vec<(u64, usize)> =
            (0..).zip(&due).map(|(index, due)| (arrival.time.0.abs_diff(*due), index)).collect();
        far.sort_unstable();
        let (distance, index) = *far.first()?;
        let is_clear = far.get(1).is_none_or(|(next, _)| distance.saturating_mul(CLEARLY_NEARER) < *next);
        (is_clear && distance <= SOON_NS as u64).then_some(index)
    };
    let of: Vec<usize> = arrivals.iter().map(nearest_of).collect::<Option<_>>()?;
    let is_clear = |seen: &[&TextSighting], index: &[usize]| {
        // What comes at once after another may be a copy of it, though it comes when the next one is due.
        index[0] == index[1] || seen[1].time.since(seen[0].time).saturating_abs() > MAX_COPY_LAG_NS
    };
    let is_doubled = |index: usize| of.iter().filter(|other| **other == index).count() > 1;
    // One that seems lost may have come late, in place of another.
    let may_be_late = |missing: usize| {
        of.iter().any(|index| {
            let late = due[*index].saturating_sub(due[missing]);
            (-MAX_COPY_LAG_NS..=if is_doubled(*index) { SOON_NS } else { MAX_LATE_NS }).contains(&late)
        })
    };
    let are_clear = arrivals.windows(2).zip(of.windows(2)).all(|(seen, index)| is_clear(seen, index))
        && !(0..due.len()).any(|index| !of.contains(&index) && may_be_late(index));
    are_clear.then_some(of)
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
            // Nothing shows that it was said again: it is a copy.
            let since = j.checked_sub(1).map(|last| arrivals[j].saturating_sub(arrivals[last]));
            if let Some(last) = of_came.last().copied().filter(|_| since.is_some_and(|since| since <= MAX_COPY_LAG_NS))
            {
                of_came.push(last);
                continue;
            }
            of_came.push(count);
        }
        count += 1;
    }
    Some((count, of_sent, of_came))
}
