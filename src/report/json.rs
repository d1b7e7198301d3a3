//! The result document as JSON. `docs/json.md` describes every field.

use serde::Serialize;

use super::labels;
use crate::core::document::chat::ChatDocument;
use crate::core::document::check::CheckDocument;
use crate::core::document::envelope::Envelope;
use crate::core::document::exchange::Document;
use crate::core::document::transfer::TransferDocument;
use crate::core::escape;
use crate::i18n::Texts;

/// A result document, of whatever kind.
pub trait ResultDocument: Serialize {
    /// Its envelope.
    fn envelope_mut(&mut self) -> &mut Envelope;
}

impl ResultDocument for Document {
    fn envelope_mut(&mut self) -> &mut Envelope {
        &mut self.envelope
    }
}

impl ResultDocument for TransferDocument {
    fn envelope_mut(&mut self) -> &mut Envelope {
        &mut self.envelope
    }
}

impl ResultDocument for ChatDocument {
    fn envelope_mut(&mut self) -> &mut Envelope {
        &mut self.envelope
    }
}

impl ResultDocument for CheckDocument {
    fn envelope_mut(&mut self) -> &mut Envelope {
        &mut self.envelope
    }
}

/// The document as indented JSON with a newline at its end, its warnings filled in the language of `texts`.
pub fn render(document: &mut impl ResultDocument, texts: Texts) -> String {
    labels::fill_warnings(&mut document.envelope_mut().warnings, texts);
    // Maps with plain keys and numbers that JSON knows: nothing in the document can fail to be written.
    let json = serde_json::to_string_pretty(document).unwrap_or_default();
    escape::json(&json) + "\n"
}
