//! One flow of a document, with the language and the number format in which it is reported.

use crate::core::document::exchange::{Document, Flow};
use crate::i18n::{Texts, Value};
use crate::report::format::NumberFormat;

#[derive(Clone, Copy)]
pub struct FlowReport<'a> {
    pub document: &'a Document,
    pub flow: &'a Flow,
    pub texts: Texts,
    pub figures: NumberFormat,
}

impl<'a> FlowReport<'a> {
    pub const fn new(document: &'a Document, flow: &'a Flow, texts: Texts) -> Self {
        Self { document, flow, texts, figures: NumberFormat::new(texts) }
    }

    /// Whether the client's host was observed; otherwise only the server's was.
    pub fn at_client(self) -> bool {
        self.flow.counts.delivered.is_some()
    }

    /// Whether both ends are on one host, so that no network segment can be blamed.
    pub fn same_host(self) -> bool {
        self.flow.is_on_one_host()
    }

    /// The text `key` with counts for its variables.
    pub fn text(self, key: &str, counts: &[(&'static str, u64)]) -> String {
        let values: Vec<_> = counts.iter().map(|(name, count)| (*name, Value::count(*count))).collect();
        self.texts.with(key, &values)
    }

    /// The text `key` about `count` messages, with their numbers.
    pub fn text_with_numbers(self, key: &str, count: u64, numbers: &[u64]) -> String {
        let numbers = Value::text(self.figures.ranges(numbers));
        self.texts.with(key, &[("count", Value::count(count)), ("numbers", numbers)])
    }
}
