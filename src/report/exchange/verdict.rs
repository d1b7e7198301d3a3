//! The verdict in one sentence, and the counts beside it.

use super::blocks::ReportBuilder;
use super::flow_report::FlowReport;
use crate::core::document::message::Message;
use crate::core::document::outcome::Outcome;
use crate::core::document::statistics::Ratio;
use crate::core::document::witness::WitnessKind;
use crate::core::evidence::journal_run::Role;
use crate::i18n::Value;

pub fn write(page: &mut ReportBuilder, report: FlowReport<'_>) {
    if report.at_client() {
        of_client(page, report);
    } else {
        of_server(page, report);
    }
}

fn of_client(page: &mut ReportBuilder, report: FlowReport<'_>) {
    let FlowReport { flow, texts, figures, .. } = report;
    match &flow.loss.round_trip {
        Some(loss) => {
            let loss = &loss.within_deadline;
            let keys = if loss.at_least {
                ("verdict-loss-at-least", "verdict-loss-at-least")
            } else {
                ("verdict-loss", "verdict-loss-range")
            };
            let sentence = with_ratio(report, keys, loss);
            if loss.lost > 0 { page.alarm(&sentence) } else { page.strong(&sentence) }
        }
        None => page.strong(&texts.get("verdict-nothing-to-count")),
    }
    let counts = &flow.counts;
    let (delivered, late) = (counts.delivered.unwrap_or(0), counts.late.unwrap_or(0));
    if let Some(sent) = counts.sent {
        page.line(&report.text("verdict-sent", &[("sent", sent), ("delivered", delivered)]));
    } else {
        page.line(&report.text("verdict-seen", &[("requests", counts.requests), ("delivered", delivered)]));
        if report.document.envelope.witnesses.get(Role::Client, WitnessKind::Journal).is_none() {
            page.line(&texts.get("verdict-by-capture"));
        }
    }
    if late > 0 {
        let timeout = flow.timeout_ns.map_or_else(String::new, |patience| figures.duration(patience));
        page.line(&texts.with(
            "verdict-late",
            &[
                ("late", Value::count(late)),
                ("lost", Value::count(counts.lost)),
                ("patience", if timeout.is_empty() { Value::text("none") } else { Value::text(timeout) }),
            ],
        ));
    } else if counts.lost > 0 {
        // Without the client's whole journal not every deadline is known, and so not whether one was missed.
        let key = if counts.sent.is_some() { "verdict-never-came" } else { "verdict-not-seen" };
        page.line(&report.text(key, &[("lost", counts.lost)]));
    }
    if let Some(not_sent) = counts.not_sent.filter(|count| *count > 0) {
        page.line(&report.text("verdict-not-sent", &[("count", not_sent)]));
    }
    if counts.inconclusive > 0 {
        page.line(&report.text("verdict-inconclusive", &[("count", counts.inconclusive)]));
    }
    if report.same_host() {
        page.line(&texts.get("verdict-same-host"));
    }
}

fn of_server(page: &mut ReportBuilder, report: FlowReport<'_>) {
    let counts = &report.flow.counts;
    let missing = missing(&report.flow.messages);
    let received = counts.requests.saturating_sub(missing.len() as u64);
    let answered = counts.answered.unwrap_or(0);
    page.strong(&report.text("verdict-answered", &[("answered", answered), ("received", received)]));
    if counts.lost > 0 {
        page.line(&report.text("verdict-lost-at-server", &[("lost", counts.lost)]));
    }
    if missing.is_empty() {
        page.line(&report.texts.get("verdict-no-gaps"));
    } else {
        page.line(&report.text_with_numbers("verdict-gaps", missing.len() as u64, &missing));
    }
    page.line(&report.texts.get("verdict-server-alone"));
}

/// Numbers that no witness ever saw: gaps in the numbering.
pub fn missing(messages: &[Message]) -> Vec<u64> {
    let unseen = |message: &&Message| message.outcome == Outcome::Inconclusive && message.times.is_empty();
    messages.iter().filter(unseen).map(|message| message.n).collect()
}

/// A ratio of losses and its confidence interval in the places of a text: of the first one, or of the second, about a
/// range, where it is not known of all messages whether they were lost.
pub fn with_ratio(report: FlowReport<'_>, keys: (&str, &str), loss: &Ratio) -> String {
    let percent = |ratio: f64| Value::text(report.figures.percent(ratio));
    let [low, high] = loss.ci95.unwrap_or([0.0, 1.0]);
    let [least, most] = loss.bounds().unwrap_or([0.0, 1.0]);
    let values = [
        ("ratio", percent(least)),
        ("most", percent(most)),
        ("lost", Value::count(loss.lost)),
        ("worst", Value::count(loss.lost + loss.unknown)),
        ("of", Value::count(loss.of + loss.unknown)),
        ("low", percent(low)),
        ("high", percent(high)),
    ];
    let (known, range) = keys;
    report.texts.with(if loss.unknown == 0 { known } else { range }, &values)
}
