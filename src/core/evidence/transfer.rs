//! How a file travelled, and why it did not arrive.

use serde::{Deserialize, Serialize};

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
pub enum Trouble {
    /// Its disk is full.
    DiskFull,
    /// Its file could not be written for another reason.
    File,
    /// The file is larger than it takes.
    TooLarge,
    /// The file's name is none.
    BadName,
    /// The mode is not the one it was told to take.
    OtherMode,
    /// The user stopped it.
    Interrupted,
    /// The control or data connection broke.
    Connection,
    /// Nothing came for too long.
    Silence,
    /// What came did not follow this dialect.
    Dialect,
    /// It never came: fewer did than were waited for.
    Absent,
}
