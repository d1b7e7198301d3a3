//! The text report of a chat.
//!
//! | file | content |
//! |---|---|
//! | [`phrases`] | phrases about a connection, a message or a copy, for every form |
//! | [`csv`] | messages and copies as CSV |

pub mod csv;
pub mod phrases;

use self::phrases::Phrases;
use super::exchange::blocks::ReportBuilder;
use super::labels;
use super::text::{self, Style};
use crate::core::document::chat::{ChatDocument, ChatMessage, MessageKind};
use crate::i18n::{Texts, Value};

/// Messages listed; the number of the others is shown.
const MAX_LISTED: usize = 200;

/// Connections listed one by one.
const MAX_CONNECTIONS: usize = 50;

/// The document as text in the language of `texts`, with a newline at its end.
pub fn text(document: &ChatDocument, texts: Texts, style: Style) -> String {
    let phrases = Phrases::new(document, texts);
    let mut page = ReportBuilder::default();
    page.strong(&phrases.title());
    if let Some(killed) = phrases.killed() {
        page.line(&killed);
    }
    if let Some(totals) = &document.totals {
        phrases.totals(&mut page, totals);
    }
    messages(&mut page, &phrases, style.details);
    phrases.warnings(&mut page);
    connections(&mut page, &phrases);
    if document.totals.is_some() {
        page.heading(&phrases.texts.get("chat-report-members"));
        page.table(phrases.members());
    }
    text::layout(&page.finish(), style)
}

fn connections(page: &mut ReportBuilder, phrases: &Phrases<'_>) {
    let all = &phrases.document.connections;
    let mut file = None;
    for connection in all.iter().take(MAX_CONNECTIONS) {
        if file != Some(&connection.file) {
            file = Some(&connection.file);
            page.heading(&phrases.connections_in(&connection.file));
        }
        page.item(&phrases.connection(connection));
        for line in phrases.course(connection) {
            page.under_item(&line);
        }
    }
    if let Some(more) = phrases.more(all.len().saturating_sub(MAX_CONNECTIONS) as u64) {
        page.item(&more);
    }
}

/// The messages that did not reach everybody; `details`: all of them.
fn messages(page: &mut ReportBuilder, phrases: &Phrases<'_>, details: bool) {
    let document = phrases.document;
    let is_listed = |message: &&ChatMessage| details || !phrases.results(message).is_empty();
    let messages = || document.messages.iter().filter(|message| message.kind == MessageKind::Message);
    let known: Vec<&ChatMessage> = messages().filter(is_listed).collect();
    if messages().next().is_none() {
        return;
    }
    page.heading(&phrases.texts.get("chat-report-messages"));
    for message in known.iter().take(MAX_LISTED) {
        page.item(&phrases.message(message));
        for line in phrases.results(message) {
            page.under_item(&line);
        }
    }
    let more = document.message_count.saturating_sub(known.len().min(MAX_LISTED) as u64);
    if !details && known.len() <= MAX_LISTED && more > 0 {
        page.item(&phrases.texts.with("chat-report-no-problem", &[("count", Value::count(more))]));
    } else if let Some(more) = phrases.more(more) {
        page.item(&more);
    }
}

impl Phrases<'_> {
    pub fn warnings(&self, page: &mut ReportBuilder) {
        let warnings = &self.document.envelope.warnings;
        if warnings.is_empty() {
            return;
        }
        page.heading(&self.texts.with("warnings-heading", &[("count", Value::count(warnings.len() as u64))]));
        for warning in warnings {
            let (text, advice) = labels::warning(warning, self.texts);
            page.warning(&text);
            page.under_item(&self.texts.with("warnings-advice", &[("advice", Value::text(advice))]));
        }
    }
}
