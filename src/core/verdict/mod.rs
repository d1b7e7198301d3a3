//! What it means: the ledger of legs, the blame, the clock bound, the statistics and the result document.

pub mod clock;
pub mod statistics;
