//! `medidor conferir`: checks submissions against the assignment, point by point.

pub mod submission;
mod submitted_file;

use std::process::ExitCode;

use anyhow::Result;

use super::run::error::Exit;
use super::run::print;
use crate::cli::CheckArgs;
use crate::core::document::check::CheckDocument;
use crate::core::verdict::check::duplicate_captures::shared;
use crate::i18n::Texts;
use crate::report::check as report;

/// Runs the check; the exit code says whether a point is not met.
///
/// # Errors
/// A [`CommandError`](super::run::error::CommandError) with its exit code.
pub fn run(args: &CheckArgs, texts: Texts) -> Result<ExitCode> {
    let submission_files = submission::find(&args.paths, texts)?;
    let (mut submissions, mut fingerprints) = (Vec::new(), Vec::new());
    for (index, files) in submission_files.iter().enumerate() {
        let (checked, own_fingerprints) = submission::check(index, files, args.port, texts);
        submissions.push(checked);
        fingerprints.extend(own_fingerprints);
    }
    let mut checks = CheckDocument::new(submissions, shared(&fingerprints));
    let rendered = if args.json {
        report::json(&mut checks, texts)
    } else {
        report::text(&checks, texts, print::style(args.details))
    };
    print::write(&rendered, texts)?;
    let failed = checks.submissions.iter().any(|checked| checked.met == Some(false));
    Ok(if failed { Exit::Failed } else { Exit::Done }.into())
}
