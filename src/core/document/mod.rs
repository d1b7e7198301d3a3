//! The result documents, as they are written to JSON.

pub mod chat;
pub mod check;
pub mod exchange;
pub mod message;
pub mod statistics;
pub mod time_series;
pub mod transfer;
pub mod warning;
pub mod witness;
