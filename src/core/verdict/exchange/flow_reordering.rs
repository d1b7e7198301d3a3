//! Reordering in an exchange: of requests and replies on their way, and of the replies that the client got.

use super::input::ExchangeInput;
use super::places::{CLIENT_RECEIVED, CLIENT_WIRE_IN, SERVER_RECEIVED, SERVER_SENT, SERVER_WIRE_IN, SERVER_WIRE_OUT};
use crate::core::document::exchange::PerDirection;
use crate::core::document::statistics::Reordering;
use crate::core::evidence::leg::RoutePoint;
use crate::core::evidence::track::Row;
use crate::core::time::Wall;
use crate::core::verdict::ledger::Ledger;
use crate::core::verdict::statistics::reordering::ReorderingSeries;

/// Takes the rows of an exchange. Parts of it can be merged in any order.
#[derive(Clone, Debug, Default)]
pub struct FlowReordering {
    round_trip: Option<PlaceReordering>,
    by_direction: PerDirection<PlaceReordering>,
}

/// Reordering at a place: against the numbers, or against the order at an earlier place; then only messages seen at both
/// count.
#[derive(Clone, Debug)]
struct PlaceReordering {
    place: RoutePoint,
    sent: Option<RoutePoint>,
    series: ReorderingSeries,
}

impl FlowReordering {
    /// At the places that are watched, unless a clock that gives the order there was set.
    pub fn new(case: &ExchangeInput<'_>, ledger: &Ledger) -> Self {
        let watched = |places: [RoutePoint; 2]| places.into_iter().find(|place| ledger.is_watched(*place));
        let arrived = watched([SERVER_WIRE_IN, SERVER_RECEIVED]);
        let went = watched([SERVER_WIRE_OUT, SERVER_SENT]).zip(watched([CLIENT_WIRE_IN, CLIENT_RECEIVED]));
        let answered = watched([CLIENT_RECEIVED, CLIENT_WIRE_IN]);
        Self {
            round_trip: answered.and_then(|place| PlaceReordering::new(case, ledger, place, None)),
            by_direction: PerDirection {
                forward: arrived.and_then(|place| PlaceReordering::new(case, ledger, place, None)),
                back: went.and_then(|(from, to)| PlaceReordering::new(case, ledger, to, Some(from))),
            },
        }
    }

    /// Adds a row.
    pub fn add(&mut self, key: u64, row: &Row<'_>) {
        let PerDirection { forward, back } = &mut self.by_direction;
        for place in [&mut self.round_trip, forward, back].into_iter().flatten() {
            place.add(key, row);
        }
    }

    /// Adds the rows of another part of the exchange.
    pub fn merge(&mut self, other: Self) {
        let PerDirection { forward, back } = &mut self.by_direction;
        let own = [&mut self.round_trip, forward, back];
        let theirs = [other.round_trip, other.by_direction.forward, other.by_direction.back];
        for (own, theirs) in own.into_iter().zip(theirs).filter_map(|(own, theirs)| own.as_mut().zip(theirs)) {
            own.series.merge(theirs.series);
        }
    }

    /// Replies at the client that came after the reply to a later message.
    pub fn round_trip(&mut self) -> Option<Reordering> {
        self.round_trip.as_mut().map(|place| place.series.figures())
    }

    /// Requests against their numbers, and replies against the order in which they left.
    pub fn by_direction(&mut self) -> PerDirection<Reordering> {
        let PerDirection { forward, back } = &mut self.by_direction;
        let [forward, back] = [forward, back].map(|place| place.as_mut().map(|place| place.series.figures()));
        PerDirection { forward, back }
    }
}

impl PlaceReordering {
    fn new(case: &ExchangeInput<'_>, ledger: &Ledger, place: RoutePoint, sent: Option<RoutePoint>) -> Option<Self> {
        let mut places = [Some(place), sent].into_iter().flatten();
        let is_in_order = places.clone().all(|place| ledger.is_in_order(place));
        let is_known = places.all(|place| case.has_ordered_stamps(place));
        is_known.then(|| Self { place, sent, series: ReorderingSeries::new(is_in_order) })
    }

    fn add(&mut self, key: u64, row: &Row<'_>) {
        let time = |place: RoutePoint| row[place.index()].map(|sight| sight.time);
        if let (Some(sent), Some(arrived)) = (self.sent.map_or(Some(Wall(0)), time), time(self.place)) {
            self.series.add(key, sent, arrived);
        }
    }
}
