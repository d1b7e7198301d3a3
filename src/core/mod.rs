//! The pure core: no socket, no file, no clock, no print. Time comes in as an argument.
//!
//! - [`protocol`]: what is said. Message texts, and the state machines that say them. It imports [`time`] only.
//! - [`evidence`]: what was seen. Journal records, sightings in captures, and how far each witness can be trusted.
//! - [`identify`]: which files, hosts, runs and flows belong together.
//! - [`verdict`]: what it means. The ledger of legs, the blame and the statistics.
//! - [`document`]: the result documents, which `verdict` fills.
//!
//! `verdict` reads `identify` and `evidence`; `evidence` and `document` use the vocabulary of `protocol`.

#![warn(missing_docs)]

pub mod document;
pub mod evidence;
pub mod identify;
pub mod protocol;
pub mod time;
pub mod verdict;
