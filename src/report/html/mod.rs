//! The HTML page of a result. It contains its style and script, and loads nothing from the network.
//!
//! Foreign texts go through [`maud`], which escapes them; the content security policy allows only the page's own script, by
//! digest; and [`escape::lines`] removes control and direction characters. Without scripts the page is fully readable.
//!
//! | file | content |
//! |---|---|
//! | [`blocks`] | the blocks of the text report |
//! | [`path`] | how many messages passed each point, and where the others were lost |
//! | [`sequence_diagram`] | the way of each message, and where it ended |
//! | [`charts`] | loss and round-trip times over time, and their distribution |
//! | [`table`] | the messages with their evidence |
//! | [`transfer`] | the page of a file transfer |
//! | [`chat`] | the page of a chat |
//! | [`check`] | the page of a check |
//! | [`evidence`] | the evidence of a verdict as display filters |

mod blocks;
mod charts;
pub mod chat;
pub mod check;
mod evidence;
mod path;
mod sequence_diagram;
mod table;
pub mod transfer;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::DateTime;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use super::exchange::blocks::ReportBuilder;
use super::exchange::flow_report::FlowReport;
use super::exchange::{self, delays, losses, score, witnesses};
use crate::core::document::envelope::Kind;
use crate::core::document::exchange::{Document, Flow};
use crate::core::escape;
use crate::i18n::{Texts, Value};

const STYLE: &str = include_str!("assets/page.css");
const SCRIPT: &str = include_str!("assets/page.js");

/// Flows shown; a server's files may hold thousands.
const MAX_FLOWS: usize = 12;

/// The page title: the first sentence of the verdict.
pub fn summary(document: &Document, texts: Texts) -> String {
    let flow = document.flows.first();
    flow.and_then(|flow| verdict(FlowReport::new(document, flow, texts)).into_iter().next()).unwrap_or_default()
}

/// The document as a page in the language of `texts`.
pub fn render(document: &Document, texts: Texts) -> String {
    let shown = &document.flows[..document.flows.len().min(MAX_FLOWS)];
    let mut budget = table::RowBudget::default();
    let main = html! {
        @for flow in shown {
            (chapter(FlowReport::new(document, flow, texts), &mut budget))
        }
        @if document.flows.len() > shown.len() {
            p.note { (texts.with("page-more-flows", &[
                ("shown", Value::count(shown.len() as u64)), ("all", Value::count(document.flows.len() as u64)),
            ])) }
        }
        section aria-labelledby="warnings" {
            (blocks::section(texts, "warnings", |page| exchange::warnings(page, document, texts, !exchange::is_brief(document))))
        }
        section aria-labelledby="witnesses" {
            (blocks::section(texts, "witnesses", |page| witnesses::write(page, document, texts)))
        }
    };
    frame(&summary(document, texts), &main, texts)
}

fn frame(title: &str, main: &Markup, texts: Texts) -> String {
    let style = PreEscaped(STYLE.to_owned());
    let script = PreEscaped(SCRIPT.to_owned());
    let policy = format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
        digest(STYLE),
        digest(SCRIPT)
    );
    let page = html! {
        (DOCTYPE)
        html lang=(texts.language().html_tag()) {
            head {
                meta charset="UTF-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "medidor: " (title) }
                style { (style) }
            }
            body data-copied=(texts.get("page-copied")) data-shown=(texts.with("page-shown", &[
                ("shown", Value::text("%1")), ("all", Value::text("%2")),
            ])) {
                a.skip href="#main" { (texts.get("page-skip")) }
                main id="main" { (main) }
                footer { p { (texts.get("page-footer")) } }
                // Status messages for screen readers.
                p id="said" class="unseen" role="status" aria-live="polite" {}
                script { (script) }
            }
        }
    };
    escape::lines(&page.into_string())
}

/// What a policy knows a style or script by.
fn digest(asset: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(asset)))
}

/// The highlighted sentences of the verdict, and the counts beside them.
fn verdict(flow_report: FlowReport<'_>) -> Vec<String> {
    let mut page = ReportBuilder::default();
    exchange::write_verdict(&mut page, flow_report);
    blocks::sentences(&page.finish())
}

fn chapter(report: FlowReport<'_>, budget: &mut table::RowBudget) -> Markup {
    let FlowReport { document, flow, texts, .. } = report;
    let id = flow.id;
    let mut opening = ReportBuilder::default();
    exchange::write_verdict(&mut opening, report);
    let opening = opening.finish();
    let messages = budget.select(flow);
    html! {
        article aria-labelledby=(format!("verdict-{id}")) {
            header {
                @if document.flows.len() > 1 {
                    p.note { (report.text("flow-heading", &[("id", id.into()), ("of", document.flows.len() as u64)])) }
                }
                (blocks::opening(&opening, &format!("verdict-{id}")))
                @if let Some(hosts) = losses::hosts(report).filter(|_| tells_all(report)) { p { (texts.get("page-lost-where")) " " (hosts) } }
                @if let Some(begun) = begun(flow) { p.note { (texts.with("page-begun", &[("time", Value::text(begun))])) } }
                (warned(report))
            }
            (path::draw(report))
            (sequence_diagram::draw(report))
            (charts::draw(report))
            (table::draw(report, &messages))
            (blocks::sections(|page| {
                exchange::endpoints(page, report);
                losses::write(page, report);
                score::write(page, report);
                delays::write(page, report);
            }))
        }
    }
}

/// Whether the losses' places are complete: the server alone cannot know the network's losses, and some unanswered
/// pings may have no place.
fn tells_all(flow_report: FlowReport<'_>) -> bool {
    flow_report.at_client() && flow_report.document.envelope.kind != Kind::Ping
}

/// Links to the warnings at the top.
fn warned(flow_report: FlowReport<'_>) -> Markup {
    let mut page = ReportBuilder::default();
    exchange::warnings(&mut page, flow_report.document, flow_report.texts, !exchange::is_brief(flow_report.document));
    let heading = blocks::first_heading(&page.finish());
    html! {
        @if let Some(heading) = heading {
            p.warned { "⚠ " a href="#warnings" { (heading) } }
        }
    }
}

fn begun(flow: &Flow) -> Option<String> {
    let time = DateTime::from_timestamp_nanos(flow.timeline.as_ref()?.from_ns);
    Some(time.format("%Y-%m-%d %H:%M:%S UTC").to_string())
}
