//! Checks that thirty messages are numbered from 1 without gaps.

use super::evidence::{MESSAGES, capture_of, journal_of, number_list};
use super::pauses;
use super::runs::RunEvidence;
use crate::core::document::check::{Requirement, RequirementResult, Status};
use crate::core::document::frame_ref::FrameRef;

/// Gaps looked for.
const MAX_HOLES: usize = 10_000;

/// Whether the numbers begin at 1 and leave none out.
pub(super) fn check(bench: &RunEvidence<'_>) -> RequirementResult {
    let (given, is_all) = bench.numbers();
    let known = |status, reason, values: [(&'static str, serde_json::Value); 3], evidence: Vec<FrameRef>| {
        RequirementResult::new(Requirement::Numbering, status, reason, values, evidence)
    };
    let (Some(first), Some(last)) = (given.first().copied(), given.last().copied()) else {
        return RequirementResult::new(Requirement::Numbering, Status::CannotBeTold, "no_messages", [], []);
    };
    let holes = holes(&given);
    let values = || [("first", first.into()), ("last", last.into()), ("numbers", number_list(&holes))];
    let frames = |numbers: &[u64]| numbers.iter().filter_map(|number| bench.request(*number)).collect::<Vec<_>>();
    if holes.is_empty() && first == 1 {
        return known(Status::Met, "without_holes", values(), frames(&[first, last]));
    }
    if holes.is_empty() && first == 0 {
        // The counter was raised after the first message, or a greeting contains 0.
        if is_all && last < MESSAGES || pauses::is_pause(bench, MESSAGES / 3 - 1, MESSAGES / 3) {
            return known(Status::NotMet, "from_zero", values(), frames(&[first]));
        }
        let (status, reason) =
            if last >= MESSAGES { (Status::Met, "without_holes") } else { (Status::CannotBeTold, "from_zero_perhaps") };
        return known(status, reason, values(), frames(&[first, last]));
    }
    let journal = journal_of(bench.submission.client);
    let reason = match (holes.first(), is_all) {
        (None, true) => "starts_later",
        (Some(_), true) => "holes",
        (None, false) => "start_unseen",
        (Some(_), false) => "holes_unproven",
    };
    let beside = holes.first().map_or_else(
        || frames(&[first]),
        |hole| {
            let at = given.partition_point(|number| number < hole);
            frames(&given[at.saturating_sub(1)..(at + 1).min(given.len())])
        },
    );
    if is_all {
        return known(Status::NotMet, reason, values(), beside.into_iter().chain(journal).collect());
    }
    known(Status::CannotBeTold, reason, values(), beside)
}

/// Whether the count is the one that the assignment asks for.
pub(super) fn count(bench: &RunEvidence<'_>) -> RequirementResult {
    let (given, is_all) = bench.numbers();
    // A greeting with number 0 is not one of the thirty.
    let given: Vec<u64> = given.into_iter().filter(|number| *number > 0).collect();
    let seen = given.len() as u64;
    let last = given.last().copied().unwrap_or(0);
    let files = || {
        let submission = bench.submission;
        let journal = journal_of(submission.client).filter(|_| is_all);
        let capture = || capture_of(submission.client).or_else(|| capture_of(submission.server));
        journal.or_else(capture)
    };
    let (status, reason) = if seen > MESSAGES && (is_all || bench.sent_more_than(MESSAGES)) {
        (Status::NotMet, "more")
    } else if seen > MESSAGES {
        (Status::CannotBeTold, "more_perhaps")
    } else if seen == MESSAGES && (is_all || last == MESSAGES) {
        (Status::Met, "as_many")
    } else if seen == 0 && !is_all {
        (Status::CannotBeTold, "no_messages")
    } else if is_all {
        (Status::NotMet, "fewer")
    } else {
        (Status::CannotBeTold, "fewer_seen")
    };
    RequirementResult::new(
        Requirement::Count,
        status,
        reason,
        [("count", seen.into()), ("asked", MESSAGES.into())],
        files(),
    )
}

/// The numbers that are missing between these, which ascend.
fn holes(given: &[u64]) -> Vec<u64> {
    let gaps = given.windows(2).flat_map(|pair| pair[0] + 1..pair[1]);
    gaps.take(MAX_HOLES).collect()
}
