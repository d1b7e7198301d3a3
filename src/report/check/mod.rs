//! The report of a check: point by point for one submission, a table for several, and JSON; as CSV in [`csv`].

pub mod csv;

use serde_json::Value as Json;

use crate::core::document::check::{
    CaptureSimilarity, CheckDocument, Requirement, RequirementResult, Shared, Status, SubmissionResult,
};
use crate::core::document::frame_ref::FrameRef;
use crate::core::time::SECOND;
use crate::i18n::{Texts, Value};
use crate::report::exchange::blocks::{ReportBuilder, Table, Tone};
use crate::report::format::{DASH, NO_BREAK, NumberFormat};
use crate::report::labels::truncate;
use crate::report::text::{self, Style};
use crate::report::text_layout::truncate_start;

/// The widest name of a submission in the table.
const MAX_NAME_WIDTH: usize = 27;

/// As one JSON document, its findings in the words of `texts`.
pub fn json(checks: &mut CheckDocument, texts: Texts) -> String {
    for finding in checks.submissions.iter_mut().flat_map(|checked| &mut checked.points) {
        finding.text = reason(finding, texts);
    }
    crate::report::json::render(checks, texts)
}

pub fn text(checks: &CheckDocument, texts: Texts, style: Style) -> String {
    let mut page = ReportBuilder::default();
    match &checks.submissions[..] {
        [checked] => one(&mut page, checked, style.details, texts),
        several => all(&mut page, several, texts),
    }
    if !checks.shared.is_empty() {
        page.heading(&texts.get("check-shared-heading"));
        checks.shared.iter().for_each(|shared| page.warning(&self::shared(shared, texts)));
    }
    text::layout(&page.finish(), style)
}

/// One submission, point by point; `details`: also the points that are met with what shows it.
fn one(page: &mut ReportBuilder, checked: &SubmissionResult, details: bool, texts: Texts) {
    page.heading(&summary(checked, texts));
    if !checked.unused.is_empty() {
        let judged = [&checked.files.client_capture, &checked.files.server_capture].into_iter().flatten();
        let inner = |file: &String| {
            file.strip_prefix(&checked.path).map_or(&**file, |rest| rest.trim_start_matches('/')).to_owned()
        };
        let judged: Vec<String> = judged.map(|file| truncate(&inner(file))).collect();
        page.line(&texts.with("check-judged", &[("files", Value::text(judged.join(", ")))]));
    }
    for finding in &checked.points {
        let (mark, status) = (mark(finding.status), status(finding.status, texts));
        page.toned(tone(finding.status), &format!("{mark} {}: {status}", point(finding.point, texts)));
        if finding.status == Status::Met && !details {
            continue;
        }
        page.under_item(&reason(finding, texts));
        if !finding.evidence.is_empty() {
            page.under_item(
                &texts.with("check-evidence", &[("evidence", Value::text(exhibits(&finding.evidence, texts)))]),
            );
        }
    }
    if !details && checked.points.iter().any(|finding| finding.status == Status::Met) {
        page.note(&texts.get("check-details-hint"));
    }
    remarks(page, std::slice::from_ref(checked), texts);
}

/// How many points of a submission are met, not met and unknown.
pub fn summary(checked: &SubmissionResult, texts: Texts) -> String {
    let count = |status| checked.points.iter().filter(|finding| finding.status == status).count() as u64;
    let values = [
        ("path", Value::text(truncate(&checked.path))),
        ("met", Value::count(count(Status::Met))),
        ("not", Value::count(count(Status::NotMet))),
        ("open", Value::count(count(Status::CannotBeTold))),
    ];
    texts.with("check-summary", &values)
}

/// Several submissions, a line each.
fn all(page: &mut ReportBuilder, several: &[SubmissionResult], texts: Texts) {
    let mut headings = vec![texts.get("check-submission")];
    headings.extend((1..=Requirement::ALL.len()).map(|number| number.to_string()));
    let mut table = Table::new(headings);
    for checked in several {
        let mut row = vec![truncate_start(&truncate(&checked.path), MAX_NAME_WIDTH)];
        row.extend(checked.points.iter().map(|finding| mark(finding.status).to_owned()));
        table.row(row);
    }
    page.table(table);
    page.heading(&texts.get("check-legend"));
    for (finding, number) in Requirement::ALL.into_iter().zip(1..) {
        page.line(&format!("{number}: {}", point(finding, texts)));
    }
    let failed: Vec<&SubmissionResult> = several.iter().filter(|checked| checked.met == Some(false)).collect();
    if !failed.is_empty() {
        page.heading(&texts.get("check-not-met-heading"));
        for checked in failed {
            page.item(&truncate(&checked.path));
            for finding in checked.points.iter().filter(|finding| finding.status == Status::NotMet) {
                page.under_item(&format!("{}: {}", point(finding.point, texts), reason(finding, texts)));
            }
        }
    }
    remarks(page, several, texts);
}

/// Files that could not be judged.
fn remarks(page: &mut ReportBuilder, submissions: &[SubmissionResult], texts: Texts) {
    let unreadable = submissions.iter().flat_map(|checked| &checked.unreadable);
    let mut lines: Vec<String> = unreadable.map(|unreadable| truncate(&unreadable.text.replace('\n', ". "))).collect();
    lines.extend(submissions.iter().filter(|checked| checked.has_nothing_to_check()).map(|checked| {
        let contains = if checked.contains.is_empty() { DASH.to_owned() } else { checked.contains.join(", ") };
        let values = [("path", Value::text(truncate(&checked.path))), ("files", Value::text(truncate(&contains)))];
        texts.with("check-nothing", &values)
    }));
    let unused = submissions.iter().flat_map(|checked| &checked.unused);
    lines.extend(unused.map(|file| texts.with("check-unused", &[("file", Value::text(truncate(file)))])));
    for line in &lines {
        page.warning(line);
    }
}

pub fn shared(shared: &Shared, texts: Texts) -> String {
    let key = match shared.likeness {
        CaptureSimilarity::SameFile => "check-shared-file",
        CaptureSimilarity::SamePackets => "check-shared-packets",
    };
    let files: Vec<String> = shared.files.iter().map(|file| truncate(file)).collect();
    texts.with(key, &[("files", Value::text(files.join(", ")))])
}

pub const fn mark(status: Status) -> &'static str {
    match status {
        Status::Met => "✓",
        Status::NotMet => "✗",
        Status::CannotBeTold => "?",
    }
}

const fn tone(status: Status) -> Tone {
    match status {
        Status::Met => Tone::Good,
        Status::NotMet => Tone::Bad,
        Status::CannotBeTold => Tone::Open,
    }
}

pub fn status(status: Status, texts: Texts) -> String {
    texts.get(match status {
        Status::Met => "check-met",
        Status::NotMet => "check-not-met",
        Status::CannotBeTold => "check-cannot-be-told",
    })
}

pub fn point(point: Requirement, texts: Texts) -> String {
    texts.get(match point {
        Requirement::Captures => "check-point-captures",
        Requirement::SameRun => "check-point-same-run",
        Requirement::TwoHomes => "check-point-two-homes",
        Requirement::Packets => "check-point-packets",
        Requirement::FromFirst => "check-point-from-first",
        Requirement::Numbering => "check-point-numbering",
        Requirement::Count => "check-point-count",
        Requirement::Pauses => "check-point-pauses",
        Requirement::FinalWait => "check-point-final-wait",
        Requirement::Acks => "check-point-acks",
        Requirement::LossRate => "check-point-loss-rate",
        Requirement::Names => "check-point-names",
    })
}

pub fn reason(finding: &RequirementResult, texts: Texts) -> String {
    let figures = NumberFormat::new(texts);
    let place = |name: &str, value: &Json| match value {
        Json::Number(number) if name.ends_with("_ns") => Value::text(time(number.as_i64().unwrap_or(0), figures)),
        Json::Number(number) if name.ends_with("ratio") => {
            Value::text(figures.percent(number.as_f64().unwrap_or_default()))
        }
        Json::Number(number) => Value::count(number.as_u64().unwrap_or(0)),
        Json::String(text) => Value::text(truncate(text)),
        Json::Array(list) => {
            let numbers: Vec<u64> = list.iter().filter_map(Json::as_u64).collect();
            Value::text(figures.ranges(&numbers))
        }
        _ => Value::text(DASH),
    };
    let values: Vec<(&'static str, Value)> =
        finding.values.iter().map(|(name, value)| (*name, place(name, value))).collect();
    let name: String = finding.reason.chars().map(|c| if c == '_' { '-' } else { c }).collect();
    texts.with(&format!("check-reason-{name}"), &values)
}

/// A time compared with a limit: in milliseconds, or finer below a second.
fn time(ns: i64, figures: NumberFormat) -> String {
    if ns.abs() < SECOND { figures.duration(ns) } else { format!("{}{NO_BREAK}s", figures.round_seconds(ns)) }
}

pub fn exhibits(evidence: &[FrameRef], texts: Texts) -> String {
    let mut files: Vec<(&str, Vec<String>)> = Vec::new();
    for exhibit in evidence {
        let frame = exhibit.frame.map(|frame| frame.to_string());
        match files.iter_mut().find(|(file, _)| *file == exhibit.file) {
            Some((_, frames)) => frames.extend(frame),
            None => files.push((&exhibit.file, frame.into_iter().collect())),
        }
    }
    let known = |(file, frames): &(&str, Vec<String>)| {
        let file = truncate(file);
        if frames.is_empty() {
            return file;
        }
        let values = [("count", Value::count(frames.len() as u64)), ("frames", Value::text(frames.join(", ")))];
        format!("{file} ({})", texts.with("check-frames", &values))
    };
    files.iter().map(known).collect::<Vec<_>>().join("; ")
}
