//! Reordering at the points of a ledger.

use std::collections::{HashMap, HashSet};

use super::ledger::{Ledger, PointState};
use super::statistics::reordering::ReorderingSeries;
use crate::core::document::statistics::Reordering;
use crate::core::evidence::leg::RoutePoint;
use crate::core::evidence::track::ObservationJoin;
use crate::core::time::Wall;

impl Ledger<'_> {
    /// Reordering at a point: against the numbers, or against the order at an earlier point; then only messages seen at
    /// both count.
    pub fn reordering(&self, place: RoutePoint, sent: Option<RoutePoint>) -> Reordering {
        let was_set = |place: RoutePoint| self.places[place.index()].appearance.is_some();
        if was_set(place) || sent.is_some_and(was_set) {
            return self.reordering_by_appearance(place, sent);
        }
        let arrival = &*self.places[place.index()].sights;
        let Some(sent) = sent else {
            // By number they lie here already.
            if arrival.is_sorted_by_key(|sight| sight.time) {
                return Reordering::none(arrival.len());
            }
            let mut series = ReorderingSeries::default();
            for sight in arrival {
                series.add(sight.key, Wall(0), sight.time);
            }
            return series.figures();
        };
        let rows = ObservationJoin::new([arrival, &*self.places[sent.index()].sights]);
        let mut series = ReorderingSeries::default();
        for (key, row) in rows {
            if let (Some(arrived), Some(sent)) = (row[0], row[1]) {
                series.add(key, sent.time, arrived.time);
            }
        }
        series.figures()
    }

    /// The same where a clock was set back, so that stamps give no order.
    fn reordering_by_appearance(&self, place: RoutePoint, sent: Option<RoutePoint>) -> Reordering {
        let ranks: Option<HashMap<u64, i64>> =
            sent.map(|sent| self.in_order_of_appearance(sent).into_iter().zip(0..).collect());
        let mut series = ReorderingSeries::default();
        for (arrival, number) in (0..).zip(self.in_order_of_appearance(place)) {
            if let Some(rank) = ranks.as_ref().map_or(Some(0), |ranks| ranks.get(&number).copied()) {
                series.add(number, Wall(rank), Wall(arrival));
            }
        }
        series.figures()
    }

    /// The numbers at a point in the order in which they were first seen.
    fn in_order_of_appearance(&self, place: RoutePoint) -> Vec<u64> {
        let PointState { sights, appearance, .. } = &self.places[place.index()];
        let mut known: HashSet<u64> = sights.iter().map(|sight| sight.key).collect();
        let mut by_time: Vec<(Wall, u64)> = sights.iter().map(|sight| (sight.time, sight.key)).collect();
        by_time.sort_by_key(|(time, _)| *time);
        let by_time = by_time.into_iter().map(|(_, number)| number);
        let numbers: Vec<u64> = appearance.map_or_else(|| by_time.collect(), <[u64]>::to_vec);
        numbers.into_iter().filter(|number| known.remove(number)).collect()
    }
}
