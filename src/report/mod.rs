//! Reports: each file renders result documents in one form.
//!
//! Reports decide nothing and print nothing: the document comes from [`crate::core::verdict`], the texts from
//! [`crate::i18n`], and the caller writes the result.

pub mod alert;
pub mod chat;
pub mod check;
pub mod csv;
pub mod csv_writer;
pub mod exchange;
pub mod format;
pub mod frame_comments;
pub mod html;
pub mod json;
pub mod labels;
pub mod plot;
pub mod text;
mod text_layout;
pub mod transfer;
