//! Counts at the points and on the segments of a path, for all kinds of run.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::path::{PointName, SegmentName};

/// How many messages, datagrams or blocks were seen at each point; `null` where no witness watched.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PointCounts(BTreeMap<PointName, Option<u64>>);

impl PointCounts {
    /// Counts at these points.
    pub fn new(counts: impl IntoIterator<Item = (PointName, Option<u64>)>) -> Self {
        Self(counts.into_iter().collect())
    }

    /// The count at a point; `None` if it was not watched.
    pub fn get(&self, point: PointName) -> Option<u64> {
        self.0.get(&point).copied().flatten()
    }

    /// The points in the order of travel.
    pub fn iter(&self) -> impl Iterator<Item = (PointName, Option<u64>)> {
        self.0.iter().map(|(point, count)| (*point, *count))
    }

    /// Makes the count at a point unknown.
    pub fn set_unknown(&mut self, point: PointName) {
        self.0.insert(point, None);
    }

    /// Adds the counts of others, point by point. What is unknown in one of them is unknown in the sum.
    pub fn add(&mut self, others: &Self) {
        for (point, count) in others.iter() {
            let sum = self.0.entry(point).or_insert(Some(0));
            *sum = sum.zip(count).map(|(sum, count)| sum + count);
        }
    }
}

/// How many were lost on each segment; `null` where the run has no such segment, as a network on one host.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SegmentCounts {
    #[serde(flatten)]
    segments: BTreeMap<SegmentName, Option<u64>>,
    /// Lost on one of several segments.
    pub undetermined: u64,
}

impl SegmentCounts {
    /// No loss on any of these segments.
    pub fn new(segments: &[SegmentName]) -> Self {
        Self { segments: segments.iter().map(|segment| (*segment, Some(0))).collect(), undetermined: 0 }
    }

    /// Marks a segment that does not exist in this run.
    pub fn set_absent(&mut self, segment: SegmentName) {
        self.segments.insert(segment, None);
    }

    /// The count of a segment; `None` if the run has no such segment.
    pub fn get(&self, segment: SegmentName) -> Option<u64> {
        self.segments.get(&segment).copied().flatten()
    }

    /// The segments in the order of travel.
    pub fn iter(&self) -> impl Iterator<Item = (SegmentName, Option<u64>)> {
        self.segments.iter().map(|(segment, count)| (*segment, *count))
    }

    /// Adds losses on one of these segments; on several, or with none known, they are undetermined.
    pub fn add(&mut self, count: u64, blame: &[SegmentName]) {
        match blame {
            [only] => *self.segments.entry(*only).or_default().get_or_insert(0) += count,
            _ => self.undetermined += count,
        }
    }

    /// Takes losses on a segment away again, as many as it has.
    pub fn remove(&mut self, count: u64, segment: SegmentName) {
        if let Some(Some(known)) = self.segments.get_mut(&segment) {
            *known = known.saturating_sub(count);
        }
    }

    /// Adds the counts of others, segment by segment.
    pub fn add_all(&mut self, others: &Self) {
        for (segment, count) in others.iter() {
            let sum = self.segments.entry(segment).or_default();
            *sum = match (*sum, count) {
                (None, None) => None,
                (sum, count) => Some(sum.unwrap_or(0) + count.unwrap_or(0)),
            };
        }
        self.undetermined += others.undetermined;
    }

    /// All losses.
    pub fn total(&self) -> u64 {
        self.segments.values().flatten().sum::<u64>() + self.undetermined
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_and_segments_are_in_the_order_of_travel() {
        let names = |json: &str| -> Vec<String> { json.split('"').skip(1).step_by(2).map(str::to_owned).collect() };
        let points = PointCounts::new(PointName::CHAT_OUTWARD.map(|point| (point, None)));
        let json = serde_json::to_string(&points).unwrap();
        assert_eq!(names(&json), ["server_sent", "server_wire_out", "member_wire_in", "member_received"]);
        let mut blame = SegmentCounts::new(&SegmentName::CHAT_OUTWARD);
        blame.set_absent(SegmentName::NetworkOut);
        blame.add(2, &[SegmentName::MemberHostIn]);
        blame.add(1, &SegmentName::CHAT_OUTWARD);
        let json = serde_json::to_string(&blame).unwrap();
        assert_eq!(json, r#"{"server_host_out":0,"network_out":null,"member_host_in":2,"undetermined":1}"#);
        assert_eq!(serde_json::from_str::<SegmentCounts>(&json).unwrap(), blame);
    }

    #[test]
    fn what_one_member_does_not_know_is_unknown_for_all() {
        let counts = |sent, out| PointCounts::new([(PointName::MemberSent, sent), (PointName::MemberWireOut, out)]);
        let mut sum = PointCounts::default();
        sum.add(&counts(Some(1), Some(2)));
        sum.add(&counts(Some(3), None));
        assert_eq!(sum, counts(Some(4), None));
    }
}
