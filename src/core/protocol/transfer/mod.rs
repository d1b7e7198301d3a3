//! The transfer of one file to N receivers: what is said on the control connection, how a block looks, what a receiver
//! knows of its blocks, and how fast a sender may go.
//!
//! - [`control`]: the messages of the control connection.
//! - [`block`]: a file cut into numbered blocks, and the header of one.
//! - [`received_set`]: which blocks have come.
//! - [`crate::core::evidence::block_log`]: the application's own account of blocks, for the journal.
//! - [`pacing`]: when the next ones may go.
//! - [`classic`]: the bare dialect, without numbers, feedback or a checksum.
//! - [`file_name`]: what becomes of a file name that came from the network.

pub mod block;
pub mod classic;
pub mod control;
pub mod file_name;
pub mod pacing;
pub mod received_set;

pub use crate::core::evidence::transfer_records::{Mode, Trouble};

/// Receivers of one transfer at the most.
pub const MOST_CLIENTS: u16 = 100;
