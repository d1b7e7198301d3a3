//! The result documents, as they are written to JSON.

pub mod chat;
pub mod exchange;
pub mod transfer;
pub mod warning;
