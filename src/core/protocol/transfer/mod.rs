//! The protocol of a file transfer to N receivers: control messages, blocks, received blocks, pacing.
//!
//! - [`control`]: the messages of the control connection.
//! - [`block`]: a file cut into numbered blocks, and the header of one.
//! - [`received_set`]: which blocks have come.
//! - [`pacing`]: when the next ones may go.
//! - [`classic`]: the bare dialect, without numbers, feedback or a checksum.
//! - [`file_name`]: what becomes of a file name that came from the network.

pub mod block;
pub mod classic;
pub mod control;
pub mod file_name;
pub mod pacing;
pub mod received_set;

use serde::{Deserialize, Serialize};

/// Receivers of one transfer at the most.
pub const MAX_CLIENTS: u16 = 100;

/// How the file travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Numbered blocks over UDP, without repair.
    Udp,
    /// Raw blocks over UDP, without numbers: the bare dialect of course programs.
    Classic,
    /// One TCP connection a receiver.
    Tcp,
    /// One QUIC connection a receiver (RFC 9000).
    Quic,
}

impl Mode {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Udp, Self::Classic, Self::Quic, Self::Tcp];

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

/// Why a receiver gave up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferError {
    /// Its disk is full.
    DiskFull,
    /// Its file could not be written for another reason.
    File,
    /// The file is larger than it takes.
    TooLarge,
    /// The file's name is none.
    BadName,
    /// The mode is not the requested one.
    OtherMode,
    /// The user stopped it.
    Interrupted,
    /// The receiver's computer refused the blocks: no program reads there (ICMP port unreachable).
    Refused,
    /// The control or data connection broke.
    Connection,
    /// Nothing came for too long.
    Silence,
    /// The peer violated the protocol.
    Dialect,
    /// It never came: fewer did than were waited for.
    Absent,
}
