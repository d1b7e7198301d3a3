//! `medidor conferir`: holds submissions against the assignment, point by point.

use std::process::ExitCode;

use anyhow::Result;

use super::failure::Exit;
use super::{result, submission};
use crate::cli::CheckArgs;
use crate::core::verdict::conformance::sharing::shared;
use crate::core::verdict::conformance::{Checks, SCHEMA};
use crate::i18n::Texts;
use crate::report::check as report;
use crate::report::text::Style;

/// Runs the check; its exit code says whether a point is not met.
///
/// # Errors
/// A [`Failure`](super::failure::Failure) with its exit code.
pub fn run(args: &CheckArgs, texts: Texts) -> Result<ExitCode> {
    let handed = submission::find(&args.paths, texts)?;
    let (mut submissions, mut fingerprints) = (Vec::new(), Vec::new());
    for (index, handed) in handed.iter().enumerate() {
        let (checked, prints) = submission::check(index, handed, args.port, texts);
        submissions.push(checked);
        fingerprints.extend(prints);
    }
    let mut checks = Checks { schema: SCHEMA, submissions, shared: shared(&fingerprints) };
    let rendered = if args.json {
        report::json(&mut checks, texts)
    } else {
        report::text(&checks, texts, Style { width: 80, color: result::color() })
    };
    result::write(&rendered, texts)?;
    let failed = checks.submissions.iter().any(|checked| checked.met == Some(false));
    Ok(if failed { Exit::Failed } else { Exit::Done }.into())
}
