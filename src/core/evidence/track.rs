//! A track: what one witness saw at one point of a leg, for one flow.

use super::coverage::Coverage;
use crate::core::time::Wall;

/// One sighting of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sight {
    /// The message's number.
    pub key: u64,
    /// When, by the witness's host.
    pub time: Wall,
    /// The frame's number in its capture; `None` in journals.
    pub frame: Option<u32>,
    /// Digest of the text.
    pub digest: Option<u32>,
}

/// The sightings at one point in the order of appearance, and when the witness was able to make them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Track {
    /// Every copy counts.
    pub sights: Vec<Sight>,
    /// When an absence means something.
    pub coverage: Coverage,
}
