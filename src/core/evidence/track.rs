//! The observations of one witness at one point of one flow, message by message.

use std::collections::BTreeSet;
use std::num::NonZeroU32;

use super::coverage::Coverage;
use super::leg::MAX_PLACES;
use crate::core::time::Wall;

/// All sightings of one message at one point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// The message's number.
    pub key: u64,
    /// When its first copy was seen, by the witness's host.
    pub time: Wall,
    /// That frame's number in its capture; `None` in journals.
    pub frame: Option<NonZeroU32>,
    /// Digest of its text.
    pub digest: Option<NonZeroU32>,
    /// The first copy's IP identification or flow label ([`Datagram::packet_id`](super::capture_log::Datagram::packet_id));
    /// `None` in journals.
    pub packet_id: Option<NonZeroU32>,
    /// How often it was seen.
    pub copies: u32,
}

/// The sightings at one point, and when the witness was able to make them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PointObservations {
    /// By number, each once.
    sights: Vec<Sighting>,
    /// The stamps run back: the clock was set.
    runs_back: bool,
    /// When an absence means something.
    pub coverage: Coverage,
}

impl PointObservations {
    /// A track of sightings in the order of appearance: of several of one message, the first is kept and the others are
    /// counted.
    pub fn new(sights: impl IntoIterator<Item = Sighting>, coverage: Coverage) -> Self {
        let mut sights: Vec<Sighting> = sights.into_iter().collect();
        let runs_back = runs_back(&sights);
        by_number(&mut sights);
        Self { sights: counted(sights), runs_back, coverage }
    }

    /// Observations of replies at the requesting host, and the number left out: a reply before its request is somebody
    /// else's. A clock that moved by `moved_ns`, or is that coarse, may have stamped a genuine one that much too early.
    pub fn of_replies(
        sights: impl IntoIterator<Item = Sighting>,
        coverage: Coverage,
        requests: &Self,
        moved_ns: i64,
    ) -> (Self, u64) {
        let mut sights: Vec<Sighting> = sights.into_iter().collect();
        let runs_back = runs_back(&sights);
        by_number(&mut sights);
        let before = sights.len();
        let mut requests = requests.sights.iter().peekable();
        sights.retain(|reply| {
            while requests.next_if(|request| request.key < reply.key).is_some() {}
            let late_enough = |request: &Sighting| request.time <= reply.time.shifted(moved_ns);
            requests.peek().is_none_or(|request| request.key != reply.key || late_enough(request))
        });
        let early = before - sights.len();
        (Self { sights: counted(sights), runs_back, coverage }, early as u64)
    }

    /// The observations of one point that were made in two flows.
    #[must_use]
    pub fn joined_with(self, other: Self) -> Self {
        let runs_back = self.runs_back || other.runs_back;
        let mut sights = self.sights;
        sights.extend(other.sights);
        sights.sort_by_key(|sight| sight.time);
        Self { runs_back, ..Self::new(sights, self.coverage.joined_with(other.coverage)) }
    }

    /// The same without these messages.
    #[must_use]
    pub fn without(mut self, numbers: &BTreeSet<u64>) -> Self {
        self.sights.retain(|sight| !numbers.contains(&sight.key));
        self
    }

    /// The sightings, by number, each message once.
    pub fn sightings(&self) -> &[Sighting] {
        &self.sights
    }

    /// Notes that the clock was set back, whether these stamps show it or not.
    pub const fn set_back(&mut self) {
        self.runs_back = true;
    }

    /// Whether the stamps run back, in the order of appearance: the clock was set.
    pub const fn runs_back(&self) -> bool {
        self.runs_back
    }

    /// The sighting of the message before a number.
    pub fn before(&self, key: u64) -> Option<&Sighting> {
        self.sights[..self.sights.partition_point(|sight| sight.key < key)].last()
    }

    /// The sighting of a message.
    pub fn get(&self, key: u64) -> Option<&Sighting> {
        self.sights.binary_search_by_key(&key, |sight| sight.key).ok().map(|index| &self.sights[index])
    }

    /// [`get`](Self::get) for numbers that mostly ascend: looks at `place` first, and leaves the next one there.
    pub fn get_near(&self, key: u64, place: &mut usize) -> Option<&Sighting> {
        if self.sights.get(*place).is_none_or(|sight| sight.key != key) {
            *place = self.sights.binary_search_by_key(&key, |sight| sight.key).ok()?;
        }
        *place += 1;
        self.sights.get(*place - 1)
    }
}

/// Stamps that run back by more than this are of a clock that was set: the kernel takes them a little out of order.
const SET_BACK_NS: i64 = 10_000_000;

/// Whether the stamps run back on the way.
fn runs_back(sights: &[Sighting]) -> bool {
    sights.windows(2).any(|pair| pair[0].time.since(pair[1].time) > SET_BACK_NS)
}

/// Puts sightings in the order of the numbers; copies of one message stay in the order of appearance.
fn by_number(sights: &mut [Sighting]) {
    sights.sort_by_key(|sight| sight.key);
}

/// Counts what lies together of one message.
fn counted(mut sights: Vec<Sighting>) -> Vec<Sighting> {
    sights.dedup_by(|next, first| {
        let same = next.key == first.key;
        first.copies = first.copies.saturating_add(if same { next.copies } else { 0 });
        same
    });
    sights
}

/// What several witnesses saw of one message, in the order in which they were called.
pub type Row<'a> = [Option<&'a Sighting>; MAX_PLACES];

/// Walks lists of sightings side by side: each message that any of them shows, in the order of the numbers.
#[derive(Clone, Debug)]
pub struct ObservationJoin<'a> {
    /// The rest of each list, with its place in the row. Lists that were empty from the start are left out.
    lists: [(&'a [Sighting], usize); MAX_PLACES],
    count: usize,
}

impl<'a> ObservationJoin<'a> {
    /// Begins at the lowest number. There may be [`MAX_PLACES`] lists, each by number without repetition.
    ///
    /// # Panics
    /// Where there are more.
    pub fn new(lists: impl IntoIterator<Item = &'a [Sighting]>) -> Self {
        let mut rows = Self { lists: [(&[], 0); MAX_PLACES], count: 0 };
        for (place, list) in lists.into_iter().enumerate().filter(|(_, list)| !list.is_empty()) {
            assert!(place < MAX_PLACES);
            rows.lists[rows.count] = (list, place);
            rows.count += 1;
        }
        rows
    }

    /// The row of a number; numbers must ascend from call to call. Empty if not seen.
    pub fn seek(&mut self, key: u64) -> Row<'a> {
        let mut row = Row::default();
        for (list, place) in &mut self.lists[..self.count] {
            // It is the next one as a rule.
            while let Some((first, rest)) = list.split_first().filter(|(first, _)| first.key <= key) {
                *list = rest;
                if first.key == key {
                    row[*place] = Some(first);
                    break;
                }
            }
        }
        row
    }
}

impl<'a> Iterator for ObservationJoin<'a> {
    type Item = (u64, Row<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let lists = &mut self.lists[..self.count];
        let key = lists.iter().filter_map(|(list, _)| Some(list.first()?.key)).min()?;
        let mut row = Row::default();
        for (list, place) in lists {
            if let Some((first, rest)) = list.split_first()
                && first.key == key
            {
                *list = rest;
                row[*place] = Some(first);
            }
        }
        Some((key, row))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let lengths = self.lists[..self.count].iter().map(|(list, _)| list.len());
        (lengths.clone().max().unwrap_or(0), Some(lengths.sum()))
    }
}

/// Sightings at one time in a capture, each with its number and packet ID, for tests.
#[cfg(test)]
pub fn with_packet_ids(messages: &[(u64, u32)]) -> PointObservations {
    let sight = |(key, id): &(u64, u32)| Sighting {
        key: *key,
        time: Wall(0),
        frame: None,
        digest: None,
        packet_id: NonZeroU32::new(*id),
        copies: 1,
    };
    PointObservations::new(messages.iter().map(sight), Coverage::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sight(key: u64, time: i64) -> Sighting {
        Sighting { key, time: Wall(time), frame: None, digest: None, packet_id: None, copies: 1 }
    }

    #[test]
    fn the_first_copy_is_kept_and_the_others_are_counted() {
        let track =
            PointObservations::new(vec![sight(2, 5), sight(1, 6), sight(2, 4), sight(2, 9)], Coverage::default());
        assert_eq!(track.sightings(), [sight(1, 6), Sighting { copies: 3, ..sight(2, 5) }]);
        assert_eq!(track.get(2).map(|sight| sight.copies), Some(3));
        assert_eq!(track.get(3), None);
    }

    #[test]
    fn the_packet_id_is_that_of_the_first_copy() {
        let with_id = |id: u32, time| Sighting { packet_id: NonZeroU32::new(id), ..sight(1, time) };
        let track = PointObservations::new(vec![with_id(7, 5), with_id(8, 6)], Coverage::default());
        assert_eq!(track.sightings(), [Sighting { copies: 2, ..with_id(7, 5) }]);
    }

    #[test]
    fn a_reply_before_its_request_is_none_and_one_after_it_is() {
        let requests = PointObservations::new(vec![sight(1, 10), sight(2, 20)], Coverage::default());
        let seen = vec![sight(2, 11), sight(1, 12), sight(2, 21), sight(2, 22), sight(7, 0)];
        let (replies, early) = PointObservations::of_replies(seen, Coverage::default(), &requests, 0);
        assert_eq!(replies.sightings(), [sight(1, 12), Sighting { copies: 2, ..sight(2, 21) }, sight(7, 0)]);
        assert_eq!(early, 1);
    }

    #[test]
    fn rows_hold_what_each_list_shows_of_a_number() {
        let (first, second) = ([sight(1, 0), sight(4, 0)], [sight(1, 1), sight(2, 1), sight(4, 1)]);
        let rows = || ObservationJoin::new([&first[..], &[], &second]);
        let seen: Vec<(u64, [bool; 3])> =
            rows().map(|(key, row)| (key, [0, 1, 2].map(|list: usize| row[list].is_some()))).collect();
        assert_eq!(seen, [(1, [true, false, true]), (2, [false, false, true]), (4, [true, false, true])]);
        let mut walk = rows();
        assert_eq!(walk.seek(2)[2], Some(&second[1]));
        assert_eq!(walk.seek(3), Row::default());
        assert_eq!(walk.seek(4)[0], Some(&first[1]));
    }

    #[test]
    fn a_sighting_is_small() {
        assert!(size_of::<Sighting>() <= 32, "there are eight for each message");
    }
}
