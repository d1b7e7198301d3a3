//! The verdict, in one sentence and what must stand beside it.

use super::FlowReport;
use super::blocks::ReportBuilder;
use crate::core::document::message::{Message, Outcome};
use crate::core::document::statistics::Ratio;
use crate::i18n::Value;

/// Writes the verdict of a flow.
pub fn write(page: &mut ReportBuilder, chapter: FlowReport<'_>) {
    if chapter.at_client() {
        of_client(page, chapter);
    } else {
        of_server(page, chapter);
    }
}

fn of_client(page: &mut ReportBuilder, chapter: FlowReport<'_>) {
    let FlowReport { flow, texts, figures, .. } = chapter;
    match &flow.loss.round_trip {
        Some(loss) => page.strong(&with_ratio(chapter, ("verdict-loss", "verdict-loss-range"), &loss.within_deadline)),
        None => page.strong(&texts.get("verdict-nothing-to-count")),
    }
    let counts = &flow.counts;
    let (delivered, late) = (counts.delivered.unwrap_or(0), counts.late.unwrap_or(0));
    if let Some(sent) = counts.sent {
        page.line(&chapter.say("verdict-sent", &[("sent", sent), ("delivered", delivered)]));
    } else {
        page.line(&chapter.say("verdict-seen", &[("requests", counts.requests), ("delivered", delivered)]));
        if chapter.document.witnesses.client_journal.is_none() {
            page.line(&texts.get("verdict-by-capture"));
        }
    }
    if late > 0 {
        let patience = flow.patience_ns.map_or_else(String::new, |patience| figures.duration(patience));
        page.line(&texts.with(
            "verdict-late",
            &[
                ("late", Value::count(late)),
                ("lost", Value::count(counts.lost)),
                ("patience", if patience.is_empty() { Value::words("none") } else { Value::words(patience) }),
            ],
        ));
    } else if counts.lost > 0 {
        // Without the client's whole journal not every deadline is known, and so not whether one was missed.
        let key = if counts.sent.is_some() { "verdict-never-came" } else { "verdict-not-seen" };
        page.line(&chapter.say(key, &[("lost", counts.lost)]));
    }
    if let Some(not_sent) = counts.not_sent.filter(|count| *count > 0) {
        page.line(&chapter.say("verdict-not-sent", &[("count", not_sent)]));
    }
    if counts.inconclusive > 0 {
        page.line(&chapter.say("verdict-inconclusive", &[("count", counts.inconclusive)]));
    }
    if chapter.same_host() {
        page.line(&texts.get("verdict-same-host"));
    }
}

fn of_server(page: &mut ReportBuilder, chapter: FlowReport<'_>) {
    let counts = &chapter.flow.counts;
    let missing = missing(&chapter.flow.messages);
    let received = counts.requests.saturating_sub(missing.len() as u64);
    let answered = counts.answered.unwrap_or(0);
    page.strong(&chapter.say("verdict-answered", &[("answered", answered), ("received", received)]));
    if counts.lost > 0 {
        page.line(&chapter.say("verdict-lost-at-server", &[("lost", counts.lost)]));
    }
    if missing.is_empty() {
        page.line(&chapter.texts.get("verdict-no-gaps"));
    } else {
        page.line(&chapter.say_numbers("verdict-gaps", missing.len() as u64, &missing));
    }
    page.line(&chapter.texts.get("verdict-server-alone"));
}

/// Numbers that no witness ever saw: gaps in the numbering.
pub fn missing(messages: &[Message]) -> Vec<u64> {
    let unseen = |message: &&Message| message.outcome == Outcome::Inconclusive && message.times.is_empty();
    messages.iter().filter(unseen).map(|message| message.n).collect()
}

/// A ratio of losses and its confidence interval in the places of a text: of the first one, or of the second, about a
/// range, where it is not known of all messages whether they were lost.
pub fn with_ratio(chapter: FlowReport<'_>, keys: (&str, &str), loss: &Ratio) -> String {
    let percent = |ratio: f64| Value::words(chapter.figures.percent(ratio));
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
    chapter.texts.with(if loss.unknown == 0 { known } else { range }, &values)
}
