//! The transfer of one file to N receivers: what is said on the control connection, how a block looks, what a receiver
//! knows of its blocks, and how fast a sender may go.
//!
//! - [`control`]: the messages of the control connection.
//! - [`block`]: a file cut into numbered blocks, and the header of one.
//! - [`arrivals`]: which blocks have come.
//! - [`pace`]: when the next ones may go.
//! - [`classic`]: the bare dialect, without numbers, feedback or a checksum.
//! - [`name`]: what becomes of a file name that came from the network.

pub mod arrivals;
pub mod block;
pub mod classic;
pub mod control;
pub mod name;
pub mod pace;

use serde::{Deserialize, Serialize};

/// How the file travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Numbered blocks over UDP, without repair.
    Udp,
    /// Raw blocks over UDP, without numbers: the dialect of [`classic`].
    Classic,
    /// One TCP connection a receiver.
    Tcp,
    /// One QUIC connection a receiver (RFC 9000).
    Quic,
}

impl Mode {
    /// Its name, as it is typed.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Udp => "udp",
            Self::Classic => "classic",
            Self::Tcp => "tcp",
            Self::Quic => "quic",
        }
    }

    /// Whether the file is cut into blocks that may be lost one by one.
    pub const fn has_blocks(self) -> bool {
        matches!(self, Self::Udp | Self::Classic)
    }
}

/// Receivers of one transfer at the most.
pub const MOST_CLIENTS: u16 = 100;
