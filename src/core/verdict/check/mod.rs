//! Checks a submission against the assignment: a numbered exchange between two homes, captured on both sides.
//!
//! A requirement is *met* or *not met* only if the submission proves it; otherwise it is undecided, with a reason. As with
//! verdicts, absence is evidence only where the witness could see.

mod acks;
mod capture_start;
pub mod duplicate_captures;
mod evidence;
mod loss;
pub mod name_list;
mod names;
mod networks;
mod numbering;
pub mod one_capture;
pub mod other_texts;
mod packets;
mod pauses;
mod runs;
mod same_run;
pub mod submission;
mod two_clocks;

use self::runs::{PairedRun, RunEvidence};
use self::submission::Submission;
use crate::core::document::check::RequirementResult;

/// Holds a submission against each point.
pub fn check(submission: &Submission<'_>) -> Vec<RequirementResult> {
    let paired = PairedRun::of(submission);
    let bench = RunEvidence::new(submission, &paired);
    vec![
        same_run::captures(submission),
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
