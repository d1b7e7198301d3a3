//! One message on its route: where it was seen, and where it was provably absent.

use std::num::NonZeroU32;

use crate::core::evidence::leg::{Point, RoutePoint};
use crate::core::evidence::track::Row;
use crate::core::time::Wall;

/// The evidence about one message at one point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Observation {
    /// It was there.
    Seen {
        /// When its first copy was, by that host's clock.
        time: Wall,
        /// The frame's number, where a capture saw it.
        frame: Option<NonZeroU32>,
    },
    /// It was not there, and a witness that would have seen it was watching.
    Absent,
    /// Unknown.
    Unobserved,
}

/// Places along a route.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlaceSet(u8);

impl PlaceSet {
    /// None.
    pub const EMPTY: Self = Self(0);

    /// Adds a place.
    pub fn add(&mut self, place: RoutePoint) {
        self.0 |= 1 << place.index();
    }

    /// Whether the place at a position is one of them.
    pub(super) const fn contains(self, position: usize) -> bool {
        self.0 & 1 << position != 0
    }

    /// Whether one lies after the position `last`, up to and including `place`.
    pub(super) fn any_between(self, last: usize, place: usize) -> bool {
        (last + 1..=place).any(|position| self.contains(position))
    }
}

/// What is known of a message by other evidence than its witnesses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OtherEvidence {
    /// Where it is known to be absent: by the kernel's error, an ICMP error. A sighting there or further on outweighs it.
    pub absent: PlaceSet,
    /// Where it may have passed in another flow: that it was not seen there proves nothing.
    pub elsewhere: PlaceSet,
}

/// One message on its route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageTrace<'a> {
    /// Its number.
    pub key: u64,
    /// The sightings, by position along the route.
    seen: Row<'a>,
    /// The positions, as bits, from which it was provably absent.
    absent: u8,
    /// The positions, as bits, at which it may not have passed on its way to where it was seen.
    denied: u8,
}

impl<'a> MessageTrace<'a> {
    /// A message that was absent nowhere, as far as is known.
    pub(super) const fn new(key: u64, seen: Row<'a>) -> Self {
        Self { key, seen, absent: 0, denied: 0 }
    }

    pub(super) const fn set_absent(&mut self, position: usize) {
        self.absent |= 1 << position;
    }

    pub(super) const fn set_denied(&mut self, position: usize) {
        self.denied |= 1 << position;
    }

    /// Whether it came past a place, unseen or not: it was seen further on, and nothing from there on denies it. A reply to a
    /// message that its server never received came from somebody else.
    pub fn has_passed(&self, place: RoutePoint) -> bool {
        self.last_seen() >= Some(place.index()) && self.denied >> place.index() == 0
    }

    /// The observation at a position of the route. Points before the last one seen were passed; they are `Unobserved`
    /// if no witness saw it there.
    pub fn at(&self, position: usize) -> Observation {
        match self.seen[position] {
            Some(sight) => Observation::Seen { time: sight.time, frame: sight.frame },
            None if self.absent & 1 << position != 0 => Observation::Absent,
            None => Observation::Unobserved,
        }
    }

    /// The sightings, by position along the route.
    pub fn seen(&self) -> &Row<'a> {
        &self.seen
    }

    /// Position of the last place at which it was seen.
    pub fn last_seen(&self) -> Option<usize> {
        self.seen.iter().rposition(Option::is_some)
    }

    /// When it was seen at a place.
    pub fn time(&self, place: RoutePoint) -> Option<Wall> {
        self.seen[place.index()].map(|sight| sight.time)
    }

    /// Whether no second copy was seen anywhere: only then do two sightings show the same datagram, and give a delay.
    pub fn is_single(&self) -> bool {
        self.seen.iter().flatten().all(|sight| sight.copies <= 1)
    }

    /// Surplus copies, each counted at the first point where the number rises.
    pub fn surplus(&self) -> u32 {
        self.seen.iter().flatten().map(|sight| sight.copies).max().map_or(0, |most| most.saturating_sub(1))
    }

    /// Whether its text differs between two places of a leg.
    pub fn is_altered(&self) -> bool {
        self.seen.chunks(Point::ALL.len()).any(|leg| {
            let mut digests = leg.iter().flatten().filter_map(|sight| sight.digest);
            digests.next().is_some_and(|first| digests.any(|digest| digest != first))
        })
    }
}
