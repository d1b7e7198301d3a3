//! The result document as JSON. `docs/json.md` describes every field.

use super::labels;
use crate::core::document::exchange::Document;
use crate::i18n::Texts;

/// The document as indented JSON with a newline at its end, its warnings filled in the language of `texts`.
pub fn render(document: &mut Document, texts: Texts) -> String {
    labels::fill_warnings(&mut document.warnings, texts);
    // Maps with plain keys and numbers that JSON knows: nothing in the document can fail to be written.
    let mut json = serde_json::to_string_pretty(document).unwrap_or_default();
    json.push('\n');
    json
}
