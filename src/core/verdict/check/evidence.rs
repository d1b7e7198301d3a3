//! References to evidence in a check: frames, whole files, message numbers.

use serde_json::Value;

use super::submission::Host;
use crate::core::document::frame_ref::FrameRef;
use crate::core::evidence::track::{PointObservations, Sighting};

/// How many messages the assignment asks for.
pub(super) const MESSAGES: u64 = 30;

/// A frame that a host's capture shows at a point.
pub(super) fn frame_reference(host: Host<'_>, track: Option<&PointObservations>, number: u64) -> Option<FrameRef> {
    let frame = track?.get(number)?.frame?.get();
    Some(FrameRef::frame(&host.capture?.file, frame))
}

/// A whole capture.
pub(super) fn capture_of(host: Option<Host<'_>>) -> Option<FrameRef> {
    Some(FrameRef::file(&host?.capture?.file))
}

/// A whole journal.
pub(super) fn journal_of(host: Option<Host<'_>>) -> Option<FrameRef> {
    Some(FrameRef::file(&host?.journal?.file))
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
