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

/// The files that one capture wrote one after the other, with the number of each one's first frame among all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaptureParts {
    /// The name under which they are analyzed together.
    pub name: String,
    /// Name and number of the first frame, in order.
    pub files: Vec<(String, u32)>,
}

impl CaptureParts {
    /// Makes a reference to a frame of the whole capture one to a frame of its file.
    pub fn resolve(&self, reference: &mut FrameRef) {
        let Some(frame) = reference.frame.filter(|_| reference.file == self.name) else { return };
        if let Some((file, first)) = self.files.iter().rev().find(|(_, first)| *first <= frame) {
            reference.file.clone_from(file);
            reference.frame = Some(frame - first + 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_of_a_ring_is_found_in_its_file() {
        let parts = CaptureParts { name: "a + b".into(), files: vec![("a".into(), 1), ("b".into(), 11)] };
        let resolved = |file: &str, frame| {
            let mut reference = FrameRef::frame(file, frame);
            parts.resolve(&mut reference);
            (reference.file, reference.frame)
        };
        assert_eq!(resolved("a + b", 10), ("a".into(), Some(10)));
        assert_eq!(resolved("a + b", 11), ("b".into(), Some(1)));
        assert_eq!(resolved("other", 11), ("other".into(), Some(11)));
    }
}
