//! The transfer of one file to N receivers: what is said on the control connection, how a block looks, what a receiver
//! knows of its blocks, and how fast a sender may go.
//!
//! - [`control`]: the messages of the control connection.
//! - [`block`]: a file cut into numbered blocks, and the header of one.
//! - [`arrivals`]: which blocks have come.
//! - [`batch`]: the application's own account of blocks, for the journal.
//! - [`pace`]: when the next ones may go.
//! - [`classic`]: the bare dialect, without numbers, feedback or a checksum.
//! - [`name`]: what becomes of a file name that came from the network.

pub mod arrivals;
pub mod batch;
pub mod block;
pub mod classic;
pub mod control;
pub mod name;
pub mod pace;

pub use crate::core::evidence::transfer::{Mode, Trouble};

/// Receivers of one transfer at the most.
pub const MOST_CLIENTS: u16 = 100;
