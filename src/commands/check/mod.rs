//! `medidor conferir`: checks submissions against the assignment, point by point.

mod selection;
pub mod submission;
mod submitted_file;

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;

use self::submission::{Grouping, SubmissionFiles};
use super::run::error::Exit;
use super::run::{print, report_files};
use crate::cli::CheckArgs;
use crate::core::document::check::CheckDocument;
use crate::core::verdict::check::duplicate_captures::shared;
use crate::i18n::Texts;
use crate::report::check as report;

const fn grouping(args: &CheckArgs) -> Grouping {
    match (args.one, args.each) {
        (true, _) => Grouping::One,
        (_, true) => Grouping::Each,
        _ => Grouping::Guess,
    }
}

/// Runs the check; the exit code says whether a point is not met.
///
/// # Errors
/// A [`CommandError`](super::run::error::CommandError) with its exit code.
pub fn run(args: &CheckArgs, texts: Texts) -> Result<ExitCode> {
    let submission_files = submission::find(&args.paths, grouping(args), texts)?;
    let read: Vec<&Path> = submission_files.iter().flat_map(SubmissionFiles::paths).collect();
    let files = [args.html.as_deref(), args.csv.as_deref()];
    report_files::check(&files, args.json, &read, texts)?;
    let (mut submissions, mut fingerprints) = (Vec::new(), Vec::new());
    for (index, files) in submission_files.iter().enumerate() {
        let (checked, own_fingerprints) = submission::check(index, files, args.port, texts);
        submissions.push(checked);
        fingerprints.extend(own_fingerprints);
    }
    let mut checks = CheckDocument::new(submissions, shared(&fingerprints));
    report_files::write_check(&checks, files, texts)?;
    let rendered = if args.json {
        report::json(&mut checks, texts)
    } else {
        report::text(&checks, texts, print::style(args.details))
    };
    print::write_result(&rendered, &files, texts)?;
    let failed = checks.submissions.iter().any(|checked| checked.met == Some(false));
    Ok(if failed { Exit::Failed } else { Exit::Done }.into())
}
