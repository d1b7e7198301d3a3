//! Which of the server's flows may be a client's own, where that is not certain.

use super::blocks::ReportBuilder;
use super::flow_report::FlowReport;
use crate::core::document::counts::SegmentCounts;
use crate::core::document::identification::Candidate;
use crate::i18n::Value;
use crate::report::labels;

pub fn write(page: &mut ReportBuilder, report: FlowReport<'_>) {
    let FlowReport { document, flow, texts, .. } = report;
    let Some(identification) = &document.envelope.identification else { return };
    let candidates = || identification.candidates.iter().filter(|candidate| candidate.client_flow == flow.id);
    let possible: Vec<&Candidate> = candidates().filter(|candidate| candidate.refuted_by.is_none()).collect();
    if let [Candidate { flow: Some(_), .. }] = possible[..] {
        return;
    }
    if !possible.iter().any(|candidate| candidate.flow.is_some()) {
        let fact = candidates().filter_map(|candidate| candidate.refuted_by).max();
        let fact = labels::refutation(&fact.map(labels::name).unwrap_or_default(), texts);
        page.strong(&texts.with("candidates-other-run", &[("fact", Value::text(fact))]));
        return;
    }
    page.heading(&texts.get("candidates-heading"));
    for candidate in possible {
        let Some(number) = candidate.flow else {
            page.item(&texts.get("candidates-missing"));
            continue;
        };
        let client = candidate.client_as_seen_by_server.map_or_else(String::new, |client| client.to_string());
        let losses = candidate.blame.as_ref().map_or_else(String::new, |blame| losses(blame, report));
        let key = if losses.is_empty() { "candidates-possible" } else { "candidates-possible-losses" };
        let values =
            [("number", Value::text(number)), ("client", Value::text(client)), ("losses", Value::text(losses))];
        page.item(&texts.with(key, &values));
    }
    page.line(&texts.get("candidates-agreed"));
}

/// The losses by segment, as one candidate has them.
fn losses(blame: &SegmentCounts, report: FlowReport<'_>) -> String {
    let known = blame.iter().filter_map(|(segment, count)| Some((segment, count.filter(|count| *count > 0)?)));
    let known = known.map(|(segment, count)| format!("{}: {count}", labels::segment(segment, report.texts)));
    let open =
        (blame.undetermined > 0).then(|| report.text("candidates-undetermined", &[("count", blame.undetermined)]));
    known.chain(open).collect::<Vec<_>>().join(", ")
}
