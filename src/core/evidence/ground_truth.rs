//! The truth, where a relay lost datagrams on purpose: what it did to each, one JSON object a line.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use crate::core::time::Wall;

/// The version of the record's form, in its first line.
pub const SCHEMA: &str = "medidor-truth/1";

/// One line of the relay's record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "e", rename_all = "snake_case")]
pub enum Line {
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
        /// What it was told to do.
        plan: serde_json::Value,
    },
    /// A datagram, and what was done to it.
    Datagram(Datagram),
}

/// Which way a datagram went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Heading {
    /// From client to server.
    Forward,
    /// From server to client.
    Return,
}

/// A datagram, and what was done to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Datagram {
    /// When it came, wall clock.
    pub w: Wall,
    /// The client, as the relay sees it.
    pub client: SocketAddr,
    /// Its direction.
    pub heading: Heading,
    /// The number in its text.
    pub n: Option<u64>,
    /// What became of it.
    #[serde(flatten)]
    pub fate: Fate,
}

/// What became of a datagram.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fate {
    /// It was lost, and why.
    pub lost: Option<LossCause>,
    /// How often it was sent on.
    pub copies: u32,
    /// It was held back so that others overtake it.
    pub reordered: bool,
    /// One bit of its text was changed.
    pub corrupted: bool,
    /// How long it was kept, nanoseconds.
    pub delay_ns: Option<i64>,
}

/// Why a relay lost a datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LossCause {
    /// Its number was on the list.
    Chosen,
    /// By chance.
    Random,
    /// In a burst.
    Burst,
    /// The queue before a rate limit was full.
    Queue,
    /// More clients than the relay keeps ways for.
    TooManyClients,
    /// The system refused to send it on.
    NotSent,
}
