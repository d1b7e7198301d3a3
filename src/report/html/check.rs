//! The page of a check: a table of the submissions, then each with the reason for every point.

use maud::{Markup, html};

use super::frame;
use crate::core::document::check::{CheckDocument, Requirement, Status, SubmissionResult};
use crate::i18n::{Texts, Value};
use crate::report::check::{exhibits, mark, point, reason, shared, status, summary};

/// The document as a page in the language of `texts`.
pub fn render(checks: &CheckDocument, texts: Texts) -> String {
    let title = match &checks.submissions[..] {
        [checked] => summary(checked, texts),
        several => texts.with("check-page-title", &[("count", Value::count(several.len() as u64))]),
    };
    let main = html! {
        h1 { (title) }
        @if checks.submissions.len() > 1 { (table(&checks.submissions, texts)) }
        @if !checks.shared.is_empty() {
            section {
                h2 { (texts.get("check-shared-heading")) }
                ul { @for same in &checks.shared { li.warning { (shared(same, texts)) } } }
            }
        }
        @for (index, checked) in checks.submissions.iter().enumerate() { (article(index, checked, texts)) }
    };
    frame(&title, &main, texts)
}

fn table(submissions: &[SubmissionResult], texts: Texts) -> Markup {
    html! {
        div.scroll {
            table {
                thead {
                    tr {
                        th scope="col" { (texts.get("check-submission")) }
                        @for (requirement, number) in Requirement::ALL.into_iter().zip(1..) {
                            th scope="col" title=(point(requirement, texts)) { (number) }
                        }
                    }
                }
                tbody {
                    @for (index, checked) in submissions.iter().enumerate() {
                        tr {
                            th scope="row" { a href=(format!("#submission-{index}")) { (checked.path) } }
                            @for result in &checked.points {
                                td class=(class(result.status)) title=(point(result.point, texts)) { (mark(result.status)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn article(index: usize, checked: &SubmissionResult, texts: Texts) -> Markup {
    html! {
        article id=(format!("submission-{index}")) {
            h2 { (summary(checked, texts)) }
            @if !checked.names.is_empty() { p.note { (checked.names.join(", ")) } }
            ul {
                @for result in &checked.points {
                    li {
                        p class=(class(result.status)) {
                            (mark(result.status)) " " (point(result.point, texts)) ": " (status(result.status, texts))
                        }
                        p.under { (reason(result, texts)) }
                        @if !result.evidence.is_empty() {
                            p.under { (texts.with("check-evidence", &[("evidence", Value::text(exhibits(&result.evidence, texts)))])) }
                        }
                    }
                }
            }
        }
    }
}

/// The classes that the stylesheet has for outcomes.
const fn class(status: Status) -> &'static str {
    match status {
        Status::Met => "outcome delivered",
        Status::NotMet => "outcome lost",
        Status::CannotBeTold => "outcome inconclusive",
    }
}
