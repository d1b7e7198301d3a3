//! Reordering in an exchange: of requests and replies on their way, and of the replies that the client got.

use std::collections::HashMap;

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
    place: OrderedPlace,
    sent: Option<OrderedPlace>,
    series: ReorderingSeries,
}

/// A place, and how to tell the order in which messages were seen there.
#[derive(Clone, Debug)]
struct OrderedPlace {
    place: RoutePoint,
    /// Positions in the order of the file by number, where the clock was set back, so that stamps give no order.
    appearance: Option<HashMap<u64, i64>>,
}

impl FlowReordering {
    /// At the places that are watched.
    pub fn new(case: &ExchangeInput<'_>, ledger: &Ledger) -> Self {
        let watched = |places: [RoutePoint; 2]| places.into_iter().find(|place| ledger.is_watched(*place));
        let arrived = watched([SERVER_WIRE_IN, SERVER_RECEIVED]);
        let went = watched([SERVER_WIRE_OUT, SERVER_SENT]).zip(watched([CLIENT_WIRE_IN, CLIENT_RECEIVED]));
        let answered = watched([CLIENT_RECEIVED, CLIENT_WIRE_IN]);
        Self {
            round_trip: answered.map(|place| PlaceReordering::new(case, ledger, place, None)),
            by_direction: PerDirection {
                forward: arrived.map(|place| PlaceReordering::new(case, ledger, place, None)),
                back: went.map(|(from, to)| PlaceReordering::new(case, ledger, to, Some(from))),
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
    fn new(case: &ExchangeInput<'_>, ledger: &Ledger, place: RoutePoint, sent: Option<RoutePoint>) -> Self {
        let place = OrderedPlace::new(case, place);
        let sent = sent.map(|sent| OrderedPlace::new(case, sent));
        let in_order = [Some(&place), sent.as_ref()].into_iter().flatten().all(|place| place.is_in_order(ledger));
        Self { place, sent, series: ReorderingSeries::new(in_order) }
    }

    fn add(&mut self, key: u64, row: &Row<'_>) {
        let sent = self.sent.as_ref().map_or(Some(Wall(0)), |sent| sent.turn(key, row));
        if let (Some(sent), Some(arrived)) = (sent, self.place.turn(key, row)) {
            self.series.add(key, sent, arrived);
        }
    }
}

impl OrderedPlace {
    fn new(case: &ExchangeInput<'_>, place: RoutePoint) -> Self {
        let positions = |numbers: &[u64]| {
            let mut positions = HashMap::new();
            for (position, number) in (0..).zip(numbers) {
                positions.entry(*number).or_insert(position); // of several copies the first one counts
            }
            positions
        };
        Self { place, appearance: case.appearance(place).map(positions) }
    }

    fn is_in_order(&self, ledger: &Ledger) -> bool {
        self.appearance.is_none() && ledger.is_in_order(self.place)
    }

    /// A message's place in the order of this place: a stamp, or a position.
    fn turn(&self, key: u64, row: &Row<'_>) -> Option<Wall> {
        let sight = row[self.place.index()]?;
        match &self.appearance {
            None => Some(sight.time),
            Some(positions) => positions.get(&key).copied().map(Wall),
        }
    }
}
