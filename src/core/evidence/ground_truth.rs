//! The relay's record of the faults that it injected, one JSON object per line: the truth that verdicts are scored
//! against.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use crate::core::protocol::impairment::RelayAction;
use crate::core::protocol::relay::Direction;
use crate::core::time::Wall;

/// The version of the record's form, in its first line.
pub const SCHEMA: &str = "medidor-truth/1";

/// One line of the relay's record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "e", rename_all = "snake_case")]
pub enum TruthRecord {
    /// The first line.
    Relay {
        /// [`SCHEMA`].
        schema: String,
        /// Where it listens.
        listen: SocketAddr,
        /// Where it passes datagrams on to.
        to: SocketAddr,
        /// The seed of its dice.
        seed: u64,
        /// The relay's configuration.
        plan: serde_json::Value,
    },
    /// A datagram and its impairment.
    Datagram(RelayedDatagram),
}

/// A datagram and its impairment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelayedDatagram {
    /// When it came, wall clock.
    pub w: Wall,
    /// The client, as the relay sees it.
    pub client: SocketAddr,
    /// Its direction.
    pub heading: Direction,
    /// The number in its text.
    pub n: Option<u64>,
    /// The impairment.
    #[serde(flatten)]
    pub fate: RelayAction,
}
