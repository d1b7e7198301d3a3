//! What became of each datagram of one direction of a UDP chat.

use std::collections::BTreeMap;

use super::members::MemberEvidence;
use super::text_matching::{Aligned, MatchedText};
use crate::core::document::chat::{DatagramResult, DirectionTotals};
use crate::core::document::counts::{PointCounts, SegmentCounts};
use crate::core::document::frame_ref::FrameRef;
use crate::core::document::outcome::Outcome;
use crate::core::document::path::{PointName, SegmentName};
use crate::core::evidence::leg::{Point, Route, RoutePoint};
use crate::core::evidence::track::PointObservations;
use crate::core::identify::clock_offset::Offset;
use crate::core::verdict::ledger::{
    Host, Ledger, LedgerBuilder, MessageTrace, OtherEvidence, PlaceSet, RouteObservations,
};

/// The path of a datagram: its points and segments by name.
pub(super) struct Path {
    points: [PointName; 4],
    segments: [SegmentName; 3],
    /// To the server; else from it.
    is_inward: bool,
}

pub(super) const INWARD: Path =
    Path { points: PointName::CHAT_INWARD, segments: SegmentName::CHAT_INWARD, is_inward: true };

pub(super) const OUTWARD: Path =
    Path { points: PointName::CHAT_OUTWARD, segments: SegmentName::CHAT_OUTWARD, is_inward: false };

impl MemberEvidence<'_> {
    /// What became of each datagram of a direction.
    pub(super) fn judge(
        &self,
        aligned: &Aligned,
        offset: Offset,
        path: &Path,
    ) -> (DirectionTotals, Vec<DatagramResult>) {
        let tracks: Vec<Option<&PointObservations>> = aligned.tracks.iter().map(Option::as_ref).collect();
        let hosts: [Host; 4] = if self.same_host { [0; 4] } else { [0, 0, 1, 1] };
        let route = Route::new(1, self.same_host);
        let observations = RouteObservations::new(route, &tracks);
        let mut builder = LedgerBuilder::new(route, &hosts, observations.coverages());
        observations.rows().for_each(|(key, row)| builder.add(key, &row));
        let mut ledger = builder.finish(offset).with_moved_clocks(self.moved_ns);
        ledger.detect_contradictions(observations.rows(), |_| PlaceSet::EMPTY);
        let sightings = |track: &PointObservations| track.sightings().iter().map(|sight| u64::from(sight.copies)).sum();
        let counts = aligned.tracks.iter().map(|track| track.as_ref().map(sightings));
        let mut way = DirectionTotals {
            datagrams: aligned.items.len() as u64,
            points: PointCounts::new(path.points.into_iter().zip(counts)),
            blame: SegmentCounts::new(&path.segments),
            ..DirectionTotals::default()
        };
        if self.same_host {
            way.blame.set_absent(path.segments[1]);
        }
        let mut results = Vec::with_capacity(aligned.items.len());
        for ((key, row), item) in observations.rows_of(0..).zip(&aligned.items) {
            let known = || {
                let mut known = OtherEvidence::default();
                if item.dropped.is_some() {
                    known.absent.add(RoutePoint::new(0, Point::WireOut));
                }
                known
            };
            let journey = ledger.trace(key, row, known);
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
        ledger: &Ledger,
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
