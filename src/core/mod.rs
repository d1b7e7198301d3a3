//! The pure core: no socket, no file, no clock, no print. Time comes in as an argument.
//!
//! Three rooms, in the order a datagram visits them:
//!
//! - [`protocol`]: what is said. Message texts, and the state machines that say them.
//! - [`evidence`]: what was seen. Journal records, sightings in captures, and how far each witness can be trusted.
//! - [`verdict`]: what it means. The ledger of legs, the blame, the clock bound, the statistics, the result document.
//!
//! `verdict` reads `evidence`, `dialect` writes it, and those two do not know each other.

pub mod document;
pub mod evidence;
pub mod identify;
pub mod protocol;
pub mod time;
pub mod verdict;
