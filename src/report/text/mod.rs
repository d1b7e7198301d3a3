//! The result for people at a terminal: the verdict first, then what it rests on.

mod delays;
mod losses;
mod page;
mod path;
mod ping;
mod score;
mod verdict;
mod witnesses;

use crate::core::evidence::journal::PING;
use crate::core::verdict::document::{Document, Flow};
use crate::core::verdict::warning::{Warning, WarningCode};
use crate::i18n::{Texts, Value};
use crate::report::figures::Figures;
use crate::report::words;
pub(super) use page::{Page, Table};

/// How a page looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Columns, at least 40.
    pub width: usize,
    /// Bold headings and yellow warnings, for terminals that want them.
    pub color: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self { width: 80, color: false }
    }
}

/// The document as text in the language of `texts`, with a newline at its end.
pub fn render(document: &Document, texts: Texts, style: Style) -> String {
    let mut page = Page::new(style);
    for flow in &document.flows {
        Chapter { document, flow, texts, figures: Figures::new(texts) }.write(&mut page);
    }
    let brief = is_brief(document);
    if !brief {
        witnesses::write(&mut page, document, texts);
    }
    // Where no place is told of a loss, nothing needs to be said of why there is none.
    let about_places =
        |warning: &&Warning| matches!(warning.code, WarningCode::SameHost | WarningCode::ApplicationOnly);
    let told: Vec<&Warning> = document.warnings.iter().filter(|warning| !brief || !about_places(warning)).collect();
    warnings(&mut page, &told, texts);
    page.finish()
}

/// Whether nothing but a ping's own words is wanted: those of its client, where nothing was captured.
fn is_brief(document: &Document) -> bool {
    let witnesses = &document.witnesses;
    let others = [&witnesses.client_capture, &witnesses.server_capture, &witnesses.server_journal];
    document.dialect == PING && others.iter().all(|witness| witness.is_none())
}

/// What there is to say of one flow.
#[derive(Clone, Copy)]
struct Chapter<'a> {
    document: &'a Document,
    flow: &'a Flow,
    texts: Texts,
    figures: Figures,
}

impl Chapter<'_> {
    fn write(self, page: &mut Page) {
        if self.document.flows.len() > 1 {
            let of = self.document.flows.len() as u64;
            page.heading(&self.say("flow-heading", &[("id", self.flow.id.into()), ("of", of)]));
        }
        if self.document.dialect == PING {
            ping::write(page, self);
            if is_brief(self.document) {
                return;
            }
        } else {
            verdict::write(page, self);
        }
        ends(page, self);
        path::write(page, self);
        losses::write(page, self);
        score::write(page, self);
        delays::write(page, self);
    }

    /// Whether the client's host has a say; else the server alone speaks.
    fn at_client(self) -> bool {
        self.flow.counts.delivered.is_some()
    }

    /// Both ends of this flow are on one host, where no segment of the network can be blamed.
    fn same_host(self) -> bool {
        self.flow.blame.network_forward.is_none()
    }

    /// A text with counts in its places.
    fn say(self, key: &str, counts: &[(&'static str, u64)]) -> String {
        let values: Vec<_> = counts.iter().map(|(name, count)| (*name, Value::count(*count))).collect();
        self.texts.with(key, &values)
    }

    /// A text about so many messages, with their numbers.
    fn say_numbers(self, key: &str, count: u64, numbers: &[u64]) -> String {
        let numbers = Value::words(self.figures.ranges(numbers));
        self.texts.with(key, &[("count", Value::count(count)), ("numbers", numbers)])
    }
}

/// Who spoke with whom.
fn ends(page: &mut Page, chapter: Chapter<'_>) {
    let Chapter { flow, texts, figures, .. } = chapter;
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

fn warnings(page: &mut Page, warnings: &[&Warning], texts: Texts) {
    if warnings.is_empty() {
        return;
    }
    page.heading(&texts.with("warnings-heading", &[("count", Value::count(warnings.len() as u64))]));
    for warning in warnings {
        let (text, advice) = words::warning(warning, texts);
        page.warning(&text);
        page.under_item(&texts.with("warnings-advice", &[("advice", Value::words(advice))]));
    }
}
