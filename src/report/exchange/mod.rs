//! What people are told of a result, in their order: the verdict first, then what it rests on. How it looks is the
//! forms' own business.

pub mod blocks;
pub mod delays;
pub mod losses;
pub mod path;
pub mod ping;
pub mod score;
pub mod verdict;
pub mod witnesses;

use self::blocks::{ReportBlock, ReportBuilder};
use crate::core::document::exchange::{Document, Flow};
use crate::core::document::warning::{Warning, WarningCode};
use crate::core::evidence::journal_run::PING;
use crate::i18n::{Texts, Value};
use crate::report::format::NumberFormat;
use crate::report::labels;

/// All that there is to say of a document, in the language of `texts`.
pub fn whole(document: &Document, texts: Texts) -> Vec<ReportBlock> {
    let mut page = ReportBuilder::default();
    for flow in &document.flows {
        FlowReport::of(document, flow, texts).write(&mut page);
    }
    if !is_brief(document) {
        witnesses::write(&mut page, document, texts);
    }
    warnings(&mut page, document, texts);
    page.finish()
}

/// Whether nothing but a ping's own words is wanted: those of its client, where nothing was captured.
pub fn is_brief(document: &Document) -> bool {
    let witnesses = &document.witnesses;
    let others = [&witnesses.client_capture, &witnesses.server_capture, &witnesses.server_journal];
    document.dialect == PING && others.iter().all(|witness| witness.is_none())
}

/// What there is to say of one flow.
#[derive(Clone, Copy)]
pub struct FlowReport<'a> {
    /// The whole of which it is a part.
    pub document: &'a Document,
    /// The flow.
    pub flow: &'a Flow,
    /// The language.
    pub texts: Texts,
    /// How figures read in it.
    pub figures: NumberFormat,
}

impl<'a> FlowReport<'a> {
    /// The chapter of a flow.
    pub const fn of(document: &'a Document, flow: &'a Flow, texts: Texts) -> Self {
        Self { document, flow, texts, figures: NumberFormat::new(texts) }
    }
}

impl FlowReport<'_> {
    fn write(self, page: &mut ReportBuilder) {
        if self.document.flows.len() > 1 {
            let of = self.document.flows.len() as u64;
            page.heading(&self.say("flow-heading", &[("id", self.flow.id.into()), ("of", of)]));
        }
        self.verdict(page);
        if is_brief(self.document) {
            return;
        }
        ends(page, self);
        path::write(page, self);
        losses::write(page, self);
        score::write(page, self);
        delays::write(page, self);
    }

    /// The verdict, in one sentence and what must stand beside it.
    pub fn verdict(self, page: &mut ReportBuilder) {
        if self.document.dialect == PING {
            ping::write(page, self);
        } else {
            verdict::write(page, self);
        }
    }

    /// Whether the client's host has a say; else the server alone speaks.
    pub fn at_client(self) -> bool {
        self.flow.counts.delivered.is_some()
    }

    /// Both ends of this flow are on one host, where no segment of the network can be blamed.
    pub fn same_host(self) -> bool {
        self.flow.is_on_one_host()
    }

    /// A text with counts in its places.
    pub fn say(self, key: &str, counts: &[(&'static str, u64)]) -> String {
        let values: Vec<_> = counts.iter().map(|(name, count)| (*name, Value::count(*count))).collect();
        self.texts.with(key, &values)
    }

    /// A text about so many messages, with their numbers.
    pub fn say_numbers(self, key: &str, count: u64, numbers: &[u64]) -> String {
        let numbers = Value::words(self.figures.ranges(numbers));
        self.texts.with(key, &[("count", Value::count(count)), ("numbers", numbers)])
    }
}

/// Who spoke with whom.
pub fn ends(page: &mut ReportBuilder, chapter: FlowReport<'_>) {
    let FlowReport { flow, texts, figures, .. } = chapter;
    page.heading(&texts.get("flow-ends"));
    if let Some(client) = flow.client {
        let client_value = ("client", Value::words(client));
        page.line(&match flow.client_as_seen_by_server.filter(|seen| chapter.at_client() && *seen != client) {
            Some(seen) => texts.with("flow-client-behind-nat", &[client_value, ("seen", Value::words(seen))]),
            None if chapter.at_client() => texts.with("flow-client", &[client_value]),
            None => texts.with("flow-client-seen", &[client_value]),
        });
    }
    if let Some(server) = flow.server {
        page.line(&texts.with("flow-server", &[("server", Value::words(server))]));
    }
    if let Some(patience) = flow.patience_ns {
        page.line(&texts.with("flow-patience", &[("patience", Value::words(figures.duration(patience)))]));
    }
    if flow.epoch > 1 {
        page.line(&chapter.say("flow-epoch", &[("epoch", flow.epoch.into())]));
    }
}

/// What a reader must know beside the figures, each with its advice.
pub fn warnings(page: &mut ReportBuilder, document: &Document, texts: Texts) {
    // Where no place is told of a loss, nothing needs to be said of why there is none.
    let about_places =
        |warning: &&Warning| matches!(warning.code, WarningCode::SameHost | WarningCode::ApplicationOnly);
    let brief = is_brief(document);
    let told: Vec<&Warning> = document.warnings.iter().filter(|warning| !brief || !about_places(warning)).collect();
    if told.is_empty() {
        return;
    }
    page.heading(&texts.with("warnings-heading", &[("count", Value::count(told.len() as u64))]));
    for warning in told {
        let (text, advice) = labels::warning(warning, texts);
        page.warning(&text);
        page.under_item(&texts.with("warnings-advice", &[("advice", Value::words(advice))]));
    }
}
