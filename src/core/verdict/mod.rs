//! What it means: the ledger of legs, the blame, the statistics and the warnings.

pub mod chat;
pub mod check;
pub mod exchange;
pub mod ledger;
pub mod statistics;
pub mod transfer;
pub mod warnings;
pub mod witness_quality;
