//! A submission held against the assignment, point by point: a numbered exchange between two homes, captured on both
//! sides.
//!
//! A point is *met* or *not met* only where what was handed in proves it; else it *cannot be told*, and the finding says why.
//! As with verdicts, absence is evidence only where the witness would have seen.

mod acks;
mod capture_start;
pub mod duplicate_captures;
mod loss;
mod names;
mod networks;
mod numbering;
mod packets;
mod pauses;
mod runs;
mod same_run;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

pub use self::names::Names;

use self::runs::Bench;
use super::exchange::host_summary::Testimony;
use crate::core::evidence::capture_log::CaptureLog;
use crate::core::evidence::conversations::{self, Conversation};
use crate::core::evidence::exchange_host::Side;
use crate::core::evidence::journal::{JournalLog, Role};

/// The version of the document's form.
pub const SCHEMA: &str = "medidor-check/1";

/// What the assignment asks for, in the order in which it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Point {
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

impl Point {
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

/// How a submission stands in a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// What was handed in proves it.
    Met,
    /// What was handed in does not say.
    CannotBeTold,
    /// What was handed in disproves it.
    NotMet,
}

/// A piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Exhibit {
    /// The file.
    pub file: String,
    /// A frame's number in it, from 1, as Wireshark counts.
    pub frame: Option<u32>,
}

/// What was found about a point.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// The point.
    pub point: Point,
    /// How it stands.
    pub status: Status,
    /// Why, by a name that programs know.
    pub reason: &'static str,
    /// The figures that belong to it.
    pub values: BTreeMap<&'static str, Value>,
    /// Where it can be seen.
    pub evidence: Vec<Exhibit>,
    /// The same for people; filled in by the report in its language.
    pub text: String,
}

/// So many frames are shown for one finding.
const MOST_EXHIBITS: usize = 6;

impl Finding {
    fn new<const N: usize>(
        point: Point,
        status: Status,
        reason: &'static str,
        values: [(&'static str, Value); N],
        evidence: impl IntoIterator<Item = Exhibit>,
    ) -> Self {
        let mut shown: Vec<Exhibit> = Vec::new();
        for exhibit in evidence {
            if shown.len() < MOST_EXHIBITS && !shown.contains(&exhibit) {
                shown.push(exhibit);
            }
        }
        Self { point, status, reason, values: values.into(), evidence: shown, text: String::new() }
    }
}

/// One host's part of a submission.
#[derive(Clone, Copy)]
pub struct Host<'a> {
    /// Whose host it is.
    pub role: Role,
    /// What its files come to.
    pub testimony: &'a Testimony,
    /// Its capture.
    pub capture: Option<&'a CaptureLog>,
    /// Its journal.
    pub journal: Option<&'a JournalLog>,
}

impl<'a> Host<'a> {
    fn conversations(&self, server_port: Option<u16>) -> Option<(&'a CaptureLog, Vec<Conversation>)> {
        let side = Side { role: self.role, journal: self.journal, capture: self.capture, admission: None };
        self.capture.map(|log| (log, conversations::conversations(log, side.hints(server_port))))
    }
}

/// All that a group handed in.
#[derive(Clone, Copy, Default)]
pub struct Submission<'a> {
    /// The client's files.
    pub client: Option<Host<'a>>,
    /// The server's files.
    pub server: Option<Host<'a>>,
    /// The names, where their file is there.
    pub names: Option<&'a Names>,
    /// Other texts are there, which may hold the names.
    pub has_texts: bool,
    /// What is not here was not handed in: a whole folder was looked at, and every capture in it could be read and
    /// belongs to one of the sides.
    pub is_all: bool,
    /// The server's port, where it is known beforehand.
    pub server_port: Option<u16>,
}

/// What was found about submissions.
#[derive(Clone, Debug, Serialize)]
pub struct Checks {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// One for each submission.
    pub submissions: Vec<Checked>,
    /// Captures that several of them share.
    pub shared: Vec<duplicate_captures::Shared>,
}

/// What was found about one submission.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Checked {
    /// The folder, or the files' own; as the user named it.
    pub path: String,
    /// Whether every point is met; `false` where one is not, and `None` where it cannot be told of some.
    pub met: Option<bool>,
    /// What it was judged by.
    pub files: Files,
    /// Files that could not be read.
    pub unreadable: Vec<Unreadable>,
    /// Captures and journals beside those that were judged.
    pub unused: Vec<String>,
    /// The points, in their order.
    pub points: Vec<Finding>,
}

impl Checked {
    /// Sums the points up.
    pub fn sum(points: &[Finding]) -> Option<bool> {
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

/// Holds a submission against each point.
pub fn check(submission: &Submission<'_>) -> Vec<Finding> {
    let bench = Bench::of(submission);
    vec![
        same_run::captures(&bench),
        bench.same_run.clone(),
        networks::check(&bench),
        packets::check(&bench),
        capture_start::check(&bench),
        numbering::check(&bench),
        numbering::count(&bench),
        pauses::check(&bench),
        pauses::final_wait(&bench),
        acks::check(&bench),
        loss::check(&bench),
        names::check(submission),
    ]
}

/// Ascending numbers as a value.
fn numbers(numbers: &[u64]) -> Value {
    /// So many are listed.
    const MOST: usize = 1_000;
    numbers.iter().take(MOST).copied().collect()
}
