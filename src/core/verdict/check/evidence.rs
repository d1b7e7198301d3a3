//! What a finding refers to: frames, whole files, message numbers.

use serde_json::Value;

use super::submission::Host;
use crate::core::document::check::Exhibit;
use crate::core::evidence::track::{Sight, Track};

/// A frame that a host's capture shows at a point.
pub(super) fn exhibit(host: Host<'_>, track: Option<&Track>, number: u64) -> Option<Exhibit> {
    let frame = track?.get(number)?.frame?.get();
    Some(Exhibit { file: host.capture?.file.clone(), frame: Some(frame) })
}

/// A whole capture.
pub(super) fn capture_of(host: Option<Host<'_>>) -> Option<Exhibit> {
    Some(Exhibit { file: host?.capture?.file.clone(), frame: None })
}

/// A whole journal.
pub(super) fn journal_of(host: Option<Host<'_>>) -> Option<Exhibit> {
    Some(Exhibit { file: host?.journal?.file.clone(), frame: None })
}

/// The sightings of a track; none where there is none.
pub(super) fn sights(track: Option<&Track>) -> &[Sight] {
    track.map_or(&[], Track::sights)
}

/// Ascending numbers as a value.
pub(super) fn number_list(numbers: &[u64]) -> Value {
    /// So many are listed.
    const MOST: usize = 1_000;
    numbers.iter().take(MOST).copied().collect()
}
