//! The key of a flow in one direction: source and destination address and port.

use std::net::SocketAddr;

/// A source and a destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FlowKey {
    /// Where the datagrams come from.
    pub source: SocketAddr,
    /// Where they go.
    pub destination: SocketAddr,
}
