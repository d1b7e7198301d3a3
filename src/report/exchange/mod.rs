//! The report of an exchange or a ping, as blocks in reading order: the verdict first, then its evidence. The text and
//! HTML renderers decide how the blocks look.

pub mod blocks;
mod candidates;
pub mod delays;
pub mod flow_report;
pub mod losses;
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

pub fn blocks_of(document: &Document, texts: Texts) -> Vec<ReportBlock> {
    let mut page = ReportBuilder::default();
    for flow in &document.flows {
        write_flow(&mut page, FlowReport::new(document, flow, texts));
    }
    if !is_brief(document) {
        witnesses::write(&mut page, document, texts);
    }
    warnings(&mut page, document, texts);
    page.finish()
}

/// Whether the report is only the lines of a ping's client: nothing was captured, so there is no evidence to show.
pub fn is_brief(document: &Document) -> bool {
    let is_client_journal =
        |witness: &Witness| witness.kind == WitnessKind::Journal && witness.role == Some(Role::Client);
    document.envelope.kind == Kind::Ping && document.envelope.witnesses.iter().all(is_client_journal)
}

fn write_flow(page: &mut ReportBuilder, report: FlowReport<'_>) {
    let flows = report.document.flows.len();
    if flows > 1 {
        page.heading(&report.text("flow-heading", &[("id", report.flow.id.into()), ("of", flows as u64)]));
    }
    write_verdict(page, report);
    if is_brief(report.document) {
        return;
    }
    endpoints(page, report);
    path::write(page, report);
    losses::write(page, report);
    score::write(page, report);
    delays::write(page, report);
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

pub fn warnings(page: &mut ReportBuilder, document: &Document, texts: Texts) {
    // A brief report names no segment, so it does not explain why it cannot.
    let is_about_segments =
        |warning: &&Warning| matches!(warning.code, WarningCode::SameHost | WarningCode::ApplicationOnly);
    let brief = is_brief(document);
    let shown: Vec<&Warning> =
        document.envelope.warnings.iter().filter(|warning| !brief || !is_about_segments(warning)).collect();
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
