//! The pure core: no socket, no file, no clock, no print. Time comes in as an argument.
//!
//! - [`escape`]: text of others, made harmless for each place where it goes.
//! - [`protocol`]: message texts, and the state machines that send and answer them. It imports [`time`] only.
//! - [`evidence`]: journal records, sightings in captures, and the coverage of each witness.
//! - [`identify`]: which files, hosts, runs and flows belong together.
//! - [`verdict`]: the ledger of legs, the blame and the statistics.
//! - [`document`]: the result documents, which `verdict` fills.
//!
//! `verdict` reads `identify` and `evidence`; `evidence` and `document` use the vocabulary of `protocol`.

#![warn(missing_docs)]

pub mod document;
pub mod escape;
pub mod evidence;
pub mod identify;
pub mod protocol;
pub mod time;
pub mod verdict;
