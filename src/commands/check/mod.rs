//! `medidor conferir`: checks submissions against the assignment, point by point.

mod selection;
pub mod submission;
mod submitted_file;

use std::process::ExitCode;

use anyhow::Result;

use self::submission::Grouping;
use super::run::error::Exit;
use super::run::{print, report_files};
use crate::cli::CheckArgs;
use crate::cli::arguments::is_stdout;
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
    report_files::check(&[args.html.as_deref(), args.csv.as_deref()], &[], texts)?;
    let submission_files = submission::find(&args.paths, grouping(args), texts)?;
    let (mut submissions, mut fingerprints) = (Vec::new(), Vec::new());
    for (index, files) in submission_files.iter().enumerate() {
        let (checked, own_fingerprints) = submission::check(index, files, args.port, texts);
        submissions.push(checked);
        fingerprints.extend(own_fingerprints);
    }
    let mut checks = CheckDocument::new(submissions, shared(&fingerprints));
    report_files::write_check(&checks, args.html.as_deref(), args.csv.as_deref(), texts)?;
    let failed = checks.submissions.iter().any(|checked| checked.met == Some(false));
    let exit = if failed { Exit::Failed } else { Exit::Done };
    if [&args.html, &args.csv].into_iter().flatten().any(|path| is_stdout(path)) {
        return Ok(exit.into());
    }
    let rendered = if args.json {
        report::json(&mut checks, texts)
    } else {
        report::text(&checks, texts, print::style(args.details))
    };
    print::write(&rendered, texts)?;
    Ok(exit.into())
}
