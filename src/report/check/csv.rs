//! A check as CSV: a row for each submission.

use crate::core::document::check::{CheckDocument, Requirement, Status, SubmissionResult};
use crate::core::escape::csv_cell;
use crate::report::csv_writer::{self, cell};
use crate::report::labels;

/// As comma-separated values (RFC 4180): the submission, how many points are met, not met and unknown, each point, the loss
/// rate or its bounds, and the group's names.
pub fn render(checks: &CheckDocument) -> String {
    let points = Requirement::ALL.map(labels::name);
    let before = ["submission", "met", "not_met", "unknown"].map(str::to_owned);
    let after = ["loss_ratio", "least_loss_ratio", "most_loss_ratio", "members"].map(str::to_owned);
    let headings: Vec<String> = before.into_iter().chain(points).chain(after).collect();
    csv_writer::write(&headings, checks.submissions.iter().map(row))
}

fn row(checked: &SubmissionResult) -> Vec<String> {
    let count = |status| checked.points.iter().filter(|point| point.status == status).count().to_string();
    let rate = checked.points.iter().find(|point| point.point == Requirement::LossRate);
    let ratio = |name| cell(rate.and_then(|point| point.values.get(name)?.as_f64()));
    let mut row = vec![csv_cell(&checked.path), count(Status::Met), count(Status::NotMet), count(Status::CannotBeTold)];
    row.extend(checked.points.iter().map(|point| labels::name(point.status)));
    row.extend(["ratio", "least_ratio", "most_ratio"].map(ratio));
    row.push(csv_cell(&checked.names.join("; ")));
    row
}
