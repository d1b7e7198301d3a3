//! References to evidence in a check: frames, whole files, message numbers.

use serde_json::Value;

use super::submission::Host;
use crate::core::document::check::RequirementFrameRef;
use crate::core::evidence::track::{PointObservations, Sighting};

/// A frame that a host's capture shows at a point.
pub(super) fn frame_reference(
    host: Host<'_>,
    track: Option<&PointObservations>,
    number: u64,
) -> Option<RequirementFrameRef> {
    let frame = track?.get(number)?.frame?.get();
    Some(RequirementFrameRef { file: host.capture?.file.clone(), frame: Some(frame) })
}

/// A whole capture.
pub(super) fn capture_of(host: Option<Host<'_>>) -> Option<RequirementFrameRef> {
    Some(RequirementFrameRef { file: host?.capture?.file.clone(), frame: None })
}

/// A whole journal.
pub(super) fn journal_of(host: Option<Host<'_>>) -> Option<RequirementFrameRef> {
    Some(RequirementFrameRef { file: host?.journal?.file.clone(), frame: None })
}

/// The sightings of a track; none where there is none.
pub(super) fn sightings(track: Option<&PointObservations>) -> &[Sighting] {
    track.map_or(&[], PointObservations::sightings)
}

/// Ascending numbers as a value.
pub(super) fn number_list(numbers: &[u64]) -> Value {
    /// Numbers listed.
    const MAX_SUBMISSIONS: usize = 1_000;
    numbers.iter().take(MAX_SUBMISSIONS).copied().collect()
}
