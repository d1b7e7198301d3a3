//! The score of the verdicts against the known truth.

use super::blocks::ReportBuilder;
use super::flow_report::FlowReport;
use crate::i18n::Value;
use crate::report::labels;

/// Writes the score of a flow, where there is one.
pub fn write(page: &mut ReportBuilder, report: FlowReport<'_>) {
    let FlowReport { flow, texts, .. } = report;
    let Some(score) = &flow.score else { return };
    let counts = [("judged", score.judged), ("right", score.right), ("exact", score.exact)];
    page.heading(&report.text("score-heading", &counts));
    if score.wrong + score.undecided > 0 {
        page.line(&report.text("score-wrong", &[("wrong", score.wrong), ("undecided", score.undecided)]));
    }
    for mistake in &score.mistakes {
        let truth = mistake.truth.map_or_else(|| texts.get("score-passed"), |segment| labels::segment(segment, texts));
        let blame: Vec<String> = mistake.blame.iter().map(|segment| labels::segment(*segment, texts)).collect();
        let found = if blame.is_empty() { labels::outcome(mistake.outcome, texts) } else { blame.join(", ") };
        page.item(&texts.with(
            "score-mistake",
            &[("n", Value::text(mistake.n)), ("truth", Value::text(truth)), ("found", Value::text(found))],
        ));
    }
}
