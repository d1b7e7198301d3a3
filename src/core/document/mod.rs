//! The result documents, as they are written to JSON.

pub mod chat;
pub mod check;
pub mod counts;
pub mod envelope;
pub mod exchange;
pub mod frame_ref;
pub mod identification;
pub mod message;
pub mod outcome;
pub mod path;
pub mod statistics;
pub mod time_series;
pub mod transfer;
pub mod warning;
pub mod witness;
