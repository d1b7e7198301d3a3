//! The result document of a check: for each submission, which points of the assignment are met.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::envelope::{Envelope, Kind, Perspective};
use super::frame_ref::FrameRef;

/// The requirements of the assignment, in their order there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Requirement {
    /// A capture of each side is there.
    Captures,
    /// Both captures are of one run.
    SameRun,
    /// The two ends are in different homes.
    TwoHomes,
    /// The captures hold this application's packets and no others.
    Packets,
    /// They begin with the first message sent, and the first received.
    FromFirst,
    /// The messages are numbered from 1 without holes.
    Numbering,
    /// There are thirty.
    Count,
    /// After every ten comes a pause of ten seconds.
    Pauses,
    /// After the last the client waits ten seconds more.
    FinalWait,
    /// Each message that the server received is answered by an ACK with its number.
    Acks,
    /// The rate of lost messages is known.
    LossRate,
    /// The group's names are there.
    Names,
}

impl Requirement {
    /// All of them, in their order.
    pub const ALL: [Self; 12] = [
        Self::Captures,
        Self::SameRun,
        Self::TwoHomes,
        Self::Packets,
        Self::FromFirst,
        Self::Numbering,
        Self::Count,
        Self::Pauses,
        Self::FinalWait,
        Self::Acks,
        Self::LossRate,
        Self::Names,
    ];
}

/// The status of a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The submission proves it.
    Met,
    /// The submission neither proves nor disproves it.
    CannotBeTold,
    /// The submission disproves it.
    NotMet,
}

/// The result for one requirement.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RequirementResult {
    /// The point.
    pub point: Requirement,
    /// Its status.
    pub status: Status,
    /// Why, by a name that programs know.
    pub reason: &'static str,
    /// The figures that belong to it.
    pub values: BTreeMap<&'static str, Value>,
    /// Where it can be seen.
    pub evidence: Vec<FrameRef>,
    /// The same for people; filled in by the report in its language.
    pub text: String,
}

/// Frames listed for one result.
const MAX_FRAME_REFS: usize = 6;

impl RequirementResult {
    /// A finding that shows the first few different pieces of its evidence.
    pub fn new<const N: usize>(
        point: Requirement,
        status: Status,
        reason: &'static str,
        values: [(&'static str, Value); N],
        evidence: impl IntoIterator<Item = FrameRef>,
    ) -> Self {
        let mut shown: Vec<FrameRef> = Vec::new();
        for exhibit in evidence {
            if shown.len() < MAX_FRAME_REFS && !shown.contains(&exhibit) {
                shown.push(exhibit);
            }
        }
        Self { point, status, reason, values: values.into(), evidence: shown, text: String::new() }
    }
}

/// The result of a check.
#[derive(Clone, Debug, Serialize)]
pub struct CheckDocument {
    /// What every document begins with. The witnesses are in [`SubmissionResult::files`].
    #[serde(flatten)]
    pub envelope: Envelope,
    /// One for each submission.
    pub submissions: Vec<SubmissionResult>,
    /// Captures that several of them share.
    pub shared: Vec<Shared>,
}

impl CheckDocument {
    /// The result for these submissions.
    pub fn new(submissions: Vec<SubmissionResult>, shared: Vec<Shared>) -> Self {
        Self { envelope: Envelope::new(Kind::Check, Perspective::Joint), submissions, shared }
    }
}

/// How captures are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CaptureSimilarity {
    /// Byte for byte.
    SameFile,
    /// Their packets, saved or changed in another way.
    SamePackets,
}

/// Captures of several submissions that are the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shared {
    /// How they are the same.
    pub likeness: CaptureSimilarity,
    /// The files.
    pub files: Vec<String>,
    /// The submissions that they are from, by their places in the list, from 0.
    pub submissions: Vec<usize>,
}

/// The result for one submission.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SubmissionResult {
    /// The folder, or the files' own; as the user named it.
    pub path: String,
    /// Whether all requirements are met: `false` if one is not, `None` if some are undecided.
    pub met: Option<bool>,
    /// What it was judged by.
    pub files: Files,
    /// Files that could not be read.
    pub unreadable: Vec<Unreadable>,
    /// Captures and journals beside those that were judged.
    pub unused: Vec<String>,
    /// The group's names, as far as they are listed.
    pub names: Vec<String>,
    /// Names of its files, where none can be checked.
    pub contains: Vec<String>,
    /// The points, in their order.
    pub points: Vec<RequirementResult>,
}

impl SubmissionResult {
    /// Whether it holds no file that can be checked.
    pub fn has_nothing_to_check(&self) -> bool {
        let Files { client_capture, client_journal, server_capture, server_journal, names } = &self.files;
        let judged = [client_capture, client_journal, server_capture, server_journal, names];
        judged.into_iter().all(Option::is_none) && self.unreadable.is_empty() && self.unused.is_empty()
    }

    /// Sums the points up.
    pub fn sum(points: &[RequirementResult]) -> Option<bool> {
        match points.iter().map(|finding| finding.status).max() {
            Some(Status::NotMet) => Some(false),
            Some(Status::Met) => Some(true),
            Some(Status::CannotBeTold) | None => None,
        }
    }
}

/// The files of a submission; `None` where there is none.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Files {
    /// The client's capture.
    pub client_capture: Option<String>,
    /// The client application's account.
    pub client_journal: Option<String>,
    /// The server's capture.
    pub server_capture: Option<String>,
    /// The server application's account.
    pub server_journal: Option<String>,
    /// The group's names.
    pub names: Option<String>,
}

/// A file that could not be read.
#[derive(Clone, Debug, Serialize)]
pub struct Unreadable {
    /// The file.
    pub file: String,
    /// Why, in the language of the report.
    pub text: String,
}
