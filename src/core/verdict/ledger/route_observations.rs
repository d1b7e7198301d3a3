//! The witnesses of one flow as lists, place by place along its route.

use std::borrow::Cow;

use crate::core::evidence::coverage::Coverage;
use crate::core::evidence::leg::Route;
use crate::core::evidence::track::{ObservationJoin, PointObservations, Row, Sighting};

/// What the witnesses of one flow saw, and when they were able to.
#[derive(Clone, Debug)]
pub struct RouteObservations<'a> {
    places: Vec<PlaceObservations<'a>>,
}

/// The same of one place.
#[derive(Clone, Debug, Default)]
struct PlaceObservations<'a> {
    /// By number, each message once.
    sights: Cow<'a, [Sighting]>,
    /// Of each witness that watched here.
    coverages: Vec<Coverage>,
}

impl<'a> RouteObservations<'a> {
    /// `tracks` are by position along the route; a place without a witness has none.
    ///
    /// # Panics
    /// Where there is not one for each place of the route.
    pub fn new(route: Route, tracks: &[Option<&'a PointObservations>]) -> Self {
        assert_eq!(tracks.len(), route.len());
        let places = (0..route.len())
            .map(|position| PlaceObservations::new(route.same_frame(position).filter_map(|place| tracks[place])));
        Self { places: places.collect() }
    }

    /// The row of each message that was seen anywhere, in the order of the numbers.
    pub fn rows(&self) -> ObservationJoin<'_> {
        ObservationJoin::new(self.places.iter().map(|place| &*place.sights))
    }

    /// The rows of these ascending numbers.
    pub fn rows_of(&self, keys: impl IntoIterator<Item = u64>) -> impl Iterator<Item = (u64, Row<'_>)> {
        let mut rows = self.rows();
        keys.into_iter().map(move |key| (key, rows.seek(key)))
    }

    /// The coverage of each witness, by place.
    pub fn coverages(&self) -> Vec<Vec<Coverage>> {
        self.places.iter().map(|place| place.coverages.clone()).collect()
    }
}

impl<'a> PlaceObservations<'a> {
    fn new(tracks: impl Iterator<Item = &'a PointObservations>) -> Self {
        let mut place = Self::default();
        for track in tracks {
            place.coverages.push(track.coverage.clone());
            place.sights = if place.sights.is_empty() {
                Cow::Borrowed(track.sightings())
            } else {
                Cow::Owned(merge(&place.sights, track.sightings()))
            };
        }
        place
    }
}

/// Two witnesses of one place: seen by either is seen, and each copy counts once.
fn merge(own: &[Sighting], other: &[Sighting]) -> Vec<Sighting> {
    let rows = ObservationJoin::new([own, other]);
    let both = rows.filter_map(|(_, row)| match (row[0], row[1]) {
        (Some(own), Some(other)) => Some(Sighting { copies: own.copies.max(other.copies), ..*own }),
        (own, other) => own.or(other).copied(),
    });
    both.collect()
}
