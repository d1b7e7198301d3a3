//! What it means: the ledger of legs, the blame, the clock bound, the statistics and the result document.

pub mod alike;
pub mod blocks;
pub mod chat;
pub mod clock;
pub mod conformance;
pub mod courier;
pub mod document;
pub mod exchange;
pub mod judge;
pub mod ledger;
pub mod pairing;
pub mod roles;
pub mod score;
pub mod statistics;
pub mod summary;
pub mod testimony;
pub mod timeline;
pub mod transfer;
pub mod warning;
pub mod witness;
