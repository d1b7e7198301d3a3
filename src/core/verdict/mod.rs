//! Verdicts: the ledger of legs, blame, statistics and warnings.

pub mod chat;
pub mod check;
pub mod exchange;
pub mod ledger;
pub mod statistics;
pub mod transfer;
pub mod warnings;
pub mod witness_quality;
