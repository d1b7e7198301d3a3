//! Checks `nomes.txt`, the file with the group's names.

use super::name_list::Names;
use super::submission::Submission;
use crate::core::document::check::{Requirement, RequirementResult, Status};
use crate::core::document::frame_ref::FrameRef;

/// Whether there are names.
pub(super) fn check(submission: &Submission<'_>) -> RequirementResult {
    let known = |status, reason, names: Option<&Names>| {
        let evidence = names.map(|names| FrameRef::file(&names.file));
        let count = names.map_or(0, |names| names.count);
        RequirementResult::new(Requirement::Names, status, reason, [("count", count.into())], evidence)
    };
    match submission.names {
        Some(names) if names.count > 0 => known(Status::Met, "names_there", Some(names)),
        Some(names) if names.may_hold_others => known(Status::CannotBeTold, "names_unread", Some(names)),
        Some(names) if submission.has_texts => known(Status::CannotBeTold, "names_elsewhere", Some(names)),
        Some(names) => known(Status::NotMet, "names_empty", Some(names)),
        None if submission.has_texts => known(Status::CannotBeTold, "names_elsewhere", None),
        None if submission.is_all => known(Status::NotMet, "no_names", None),
        None => known(Status::CannotBeTold, "no_names_given", None),
    }
}
