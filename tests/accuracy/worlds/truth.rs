//! The truth about each message of a client's run. It comes from the played events alone, never from verdict code.

use medidor::core::document::outcome::Outcome;
use medidor::core::document::path::SegmentName::{self, ClientHostIn, NetworkReturn};

use super::events::{PlayedMessage, SEGMENTS, position};
use super::world::{ClientRun, Clock, Fault};

#[derive(Clone, Debug)]
pub struct MessageTruth {
    pub n: u64,
    pub outcome: Outcome,
    /// The segment that lost it. Two if it was too slow for a client that stopped listening: the slow segment, and the
    /// client's host.
    pub segments: Vec<SegmentName>,
    /// Its reply was on the way when the client stopped listening: lost and late are both true.
    pub is_too_late: bool,
    /// The segment that lost what the client sent, though a middlebox answered it.
    pub lost_behind_middlebox: Option<SegmentName>,
    /// The server's application sent a reply.
    pub is_answered: bool,
    /// A reply reached the client's wire.
    pub came_to_client: bool,
    /// Copies that the network or a host added.
    pub surplus: u32,
    /// When any copy passed each point.
    pub passed: [Vec<i64>; 8],
}

impl MessageTruth {
    /// `clock` is the client's: its deadlines are by that. `is_shown_by_router`: what passes the client's router counts as being on
    /// the client's wire.
    pub fn new(run: &ClientRun, clock: &Clock, message: &PlayedMessage, is_shown_by_router: bool) -> Self {
        let mut passed: [Vec<i64>; 8] =
            std::array::from_fn(|point| message.trips.iter().filter_map(|trip| trip.points[point]).collect());
        let read = passed[7].iter().min();
        let outcome = match read {
            _ if message.trips.is_empty() => Outcome::NotSent,
            Some(read) if clock.mono(*read).0 - clock.mono(message.sent).0 > run.timeout => Outcome::Late,
            Some(_) => Outcome::Delivered,
            None => Outcome::Lost,
        };
        let is_lost = outcome == Outcome::Lost;
        let is_too_late = is_lost && message.trips.iter().any(|trip| trip.is_too_late);
        let furthest = message.trips.iter().max_by_key(|trip| trip.last());
        let mut segments: Vec<SegmentName> =
            furthest.and_then(|trip| trip.lost_at).filter(|_| is_lost).into_iter().collect();
        if is_too_late {
            let slow = if let Fault::Slow { at, .. } = message.fault { at } else { NetworkReturn };
            segments.extend([slow, ClientHostIn]);
        }
        if is_shown_by_router {
            let at_router = |way: usize| message.trips.iter().filter_map(|trip| trip.at_router[way]).collect();
            (passed[1], passed[6]) = (at_router(0), at_router(1));
        }
        let is_forged = message.trips.iter().any(|trip| trip.is_forged);
        Self {
            n: message.n,
            lost_behind_middlebox: message.trips.first().and_then(|trip| trip.lost_at).filter(|_| is_forged),
            outcome,
            segments,
            is_too_late,
            is_answered: !passed[4].is_empty(),
            came_to_client: !passed[6].is_empty(),
            surplus: message.trips.len().saturating_sub(1) as u32,
            passed,
        }
    }

    /// The narrowest blame that whole witnesses at these points allow.
    pub fn narrowest_blame(&self, watched: [bool; 8]) -> usize {
        let Some(segment) = self.segments.first().filter(|_| self.outcome == Outcome::Lost) else { return 0 };
        let lost = position(*segment);
        let from = (0..=lost).rev().find(|point| watched[*point]).unwrap_or(0);
        let to = (lost + 1..8).find(|point| watched[*point]).unwrap_or(SEGMENTS.len());
        to - from
    }
}

/// How many different messages have a copy that arrived after one with a higher number, at most, in one direction.
pub fn most_reordered(messages: &[MessageTruth], points: [usize; 2]) -> u64 {
    let mut late = std::collections::BTreeSet::new();
    for point in points {
        let mut arrivals: Vec<(i64, u64)> =
            messages.iter().flat_map(|truth| truth.passed[point].iter().map(|time| (*time, truth.n))).collect();
        arrivals.sort_unstable();
        let mut highest = 0;
        for (_, n) in arrivals {
            if n < highest {
                late.insert(n);
            }
            highest = highest.max(n);
        }
    }
    late.len() as u64
}
