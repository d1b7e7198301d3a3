//! The report of an exchange or a ping, as blocks in reading order: what was lost, where, and what to do; with details
//! also the path, the delays and the evidence. The text and HTML renderers decide how the blocks look.

pub mod blocks;
mod candidates;
pub mod delays;
pub mod flow_report;
pub mod losses;
pub mod message_evidence;
pub mod path;
pub mod ping;
pub mod score;
pub mod verdict;
pub mod witnesses;

use self::blocks::{ReportBlock, ReportBuilder};
use self::flow_report::FlowReport;
use crate::core::document::envelope::Kind;
use crate::core::document::exchange::Document;
use crate::core::document::warning::{Warning, WarningCode};
use crate::core::document::witness::{Witness, WitnessKind};
use crate::core::evidence::journal_run::Role;
use crate::i18n::{Texts, Value};
use crate::report::labels;

/// The blocks of a report; `details`: with the path, the delays and the evidence.
pub fn blocks_of(document: &Document, texts: Texts, details: bool) -> Vec<ReportBlock> {
    let mut page = ReportBuilder::default();
    let has_details = !is_brief(document);
    let reports = || document.flows.iter().map(|flow| FlowReport::new(document, flow, texts));
    for report in reports() {
        flow_heading(&mut page, report);
        write_verdict(&mut page, report);
        if has_details {
            losses::write(&mut page, report);
            score::write(&mut page, report);
        }
    }
    let is_lossless = document.flows.iter().all(|flow| flow.counts.lost == 0);
    warnings(&mut page, document, texts, has_details && (details || !is_lossless));
    if has_details && details {
        for report in reports() {
            flow_heading(&mut page, report);
            endpoints(&mut page, report);
            path::write(&mut page, report);
            message_evidence::write(&mut page, report);
            delays::write(&mut page, report);
        }
        witnesses::write(&mut page, document, texts);
    }
    page.finish()
}

/// Whether the report is only the lines of a ping's client: nothing was captured, so there is no evidence to show.
pub fn is_brief(document: &Document) -> bool {
    let is_client_journal =
        |witness: &Witness| witness.kind == WitnessKind::Journal && witness.role == Some(Role::Client);
    document.envelope.kind == Kind::Ping && document.envelope.witnesses.iter().all(is_client_journal)
}

fn flow_heading(page: &mut ReportBuilder, report: FlowReport<'_>) {
    let flows = report.document.flows.len();
    if flows > 1 {
        page.heading(&report.text("flow-heading", &[("id", report.flow.id.into()), ("of", flows as u64)]));
    }
}

/// Writes the verdict of a flow, by the kind of its run.
pub fn write_verdict(page: &mut ReportBuilder, report: FlowReport<'_>) {
    if report.document.envelope.kind == Kind::Ping {
        ping::write(page, report);
    } else {
        verdict::write(page, report);
    }
    candidates::write(page, report);
}

/// Writes the addresses of both ends, the timeout, and which restart of the client this is.
pub fn endpoints(page: &mut ReportBuilder, report: FlowReport<'_>) {
    let FlowReport { flow, texts, figures, .. } = report;
    page.heading(&texts.get("flow-ends"));
    if let Some(client) = flow.client {
        let client_value = ("client", Value::text(client));
        page.line(&match flow.client_as_seen_by_server.filter(|seen| report.at_client() && *seen != client) {
            Some(seen) => texts.with("flow-client-behind-nat", &[client_value, ("seen", Value::text(seen))]),
            None if report.at_client() => texts.with("flow-client", &[client_value]),
            None => texts.with("flow-client-seen", &[client_value]),
        });
    }
    if let Some(server) = flow.server {
        page.line(&texts.with("flow-server", &[("server", Value::text(server))]));
    }
    if let Some(timeout) = flow.timeout_ns {
        page.line(&texts.with("flow-patience", &[("patience", Value::text(figures.duration(timeout)))]));
    }
    if flow.epoch > 1 {
        page.line(&report.text("flow-epoch", &[("epoch", flow.epoch.into())]));
    }
}

/// Writes the warnings. A report that `names_segments` of losses also explains why it cannot tell some of them apart.
pub fn warnings(page: &mut ReportBuilder, document: &Document, texts: Texts, names_segments: bool) {
    let is_about_segments =
        |warning: &&Warning| matches!(warning.code, WarningCode::SameHost | WarningCode::ApplicationOnly);
    let shows = |warning: &&Warning| names_segments || !is_about_segments(warning);
    let shown: Vec<&Warning> = document.envelope.warnings.iter().filter(shows).collect();
    if shown.is_empty() {
        return;
    }
    page.heading(&texts.with("warnings-heading", &[("count", Value::count(shown.len() as u64))]));
    for warning in shown {
        let (text, advice) = labels::warning(warning, texts);
        page.warning(&text);
        page.under_item(&texts.with("warnings-advice", &[("advice", Value::text(advice))]));
    }
}
