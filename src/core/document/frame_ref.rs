//! A reference to a frame of a capture, or to a whole file.

use serde::Serialize;

use super::path::PointName;

/// A frame, or a whole file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FrameRef {
    /// The file.
    pub file: String,
    /// The frame's number in it, from 1, as Wireshark counts; `null` for the whole file.
    pub frame: Option<u32>,
    /// The point that the frame shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub point: Option<PointName>,
}

impl FrameRef {
    /// A frame of a capture.
    pub fn frame(file: impl Into<String>, frame: u32) -> Self {
        Self { file: file.into(), frame: Some(frame), point: None }
    }

    /// A whole file.
    pub fn file(file: impl Into<String>) -> Self {
        Self { file: file.into(), frame: None, point: None }
    }
}
