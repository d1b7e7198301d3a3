//! The names of the points and segments of a path, for all kinds of run.

use serde::{Deserialize, Serialize};

use crate::core::evidence::leg::Segment;

/// A point of a path, by name: of an exchange, a chat over UDP, or a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are the points, in the order of travel of each kind")]
pub enum PointName {
    ClientSent,
    ClientWireOut,
    MemberSent,
    MemberWireOut,
    ServerWireIn,
    ServerReceived,
    ServerSent,
    ServerWireOut,
    ClientWireIn,
    ClientReceived,
    MemberWireIn,
    MemberReceived,
    AppSent,
    WireOut,
    WireIn,
    AppReceived,
}

impl PointName {
    /// Those of an exchange, in the order of travel.
    pub const EXCHANGE: [Self; 8] = [
        Self::ClientSent,
        Self::ClientWireOut,
        Self::ServerWireIn,
        Self::ServerReceived,
        Self::ServerSent,
        Self::ServerWireOut,
        Self::ClientWireIn,
        Self::ClientReceived,
    ];

    /// From a chat's member to the server.
    pub const CHAT_INWARD: [Self; 4] =
        [Self::MemberSent, Self::MemberWireOut, Self::ServerWireIn, Self::ServerReceived];

    /// From a chat's server to a member.
    pub const CHAT_OUTWARD: [Self; 4] =
        [Self::ServerSent, Self::ServerWireOut, Self::MemberWireIn, Self::MemberReceived];

    /// From the sender of a file to a receiver.
    pub const TRANSFER: [Self; 4] = [Self::AppSent, Self::WireOut, Self::WireIn, Self::AppReceived];

    /// A capture sees it; else a journal.
    pub const fn on_wire(self) -> bool {
        matches!(
            self,
            Self::ClientWireOut
                | Self::ServerWireIn
                | Self::ServerWireOut
                | Self::ClientWireIn
                | Self::MemberWireOut
                | Self::MemberWireIn
                | Self::WireOut
                | Self::WireIn
        )
    }

    /// It is at the host of a client, a member or a receiver; else at that of the server or the sender.
    pub const fn at_client(self) -> bool {
        !matches!(
            self,
            Self::ServerWireIn
                | Self::ServerReceived
                | Self::ServerSent
                | Self::ServerWireOut
                | Self::AppSent
                | Self::WireOut
        )
    }
}

/// A segment of a path, by name: of an exchange, a chat over UDP, or a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are the segments, in the order of travel of each kind")]
pub enum SegmentName {
    ClientHostOut,
    NetworkForward,
    MemberHostOut,
    NetworkIn,
    ServerHostIn,
    ServerApp,
    ServerHostOut,
    NetworkReturn,
    ClientHostIn,
    NetworkOut,
    MemberHostIn,
    SenderHost,
    Network,
    ReceiverHost,
}

impl SegmentName {
    /// Those of an exchange, in the order of travel: each begins at the point of [`PointName::EXCHANGE`] in the same
    /// place.
    pub const EXCHANGE: [Self; 7] = [
        Self::ClientHostOut,
        Self::NetworkForward,
        Self::ServerHostIn,
        Self::ServerApp,
        Self::ServerHostOut,
        Self::NetworkReturn,
        Self::ClientHostIn,
    ];

    /// From a chat's member to the server.
    pub const CHAT_INWARD: [Self; 3] = [Self::MemberHostOut, Self::NetworkIn, Self::ServerHostIn];

    /// From a chat's server to a member.
    pub const CHAT_OUTWARD: [Self; 3] = [Self::ServerHostOut, Self::NetworkOut, Self::MemberHostIn];

    /// From the sender of a file to a receiver.
    pub const TRANSFER: [Self; 3] = [Self::SenderHost, Self::Network, Self::ReceiverHost];

    /// The name of a segment of a path with a single leg, whose segments are `names`.
    pub const fn of_leg(segment: Segment, names: [Self; 3]) -> Option<Self> {
        let [sender_host, network, receiver_host] = names;
        match segment {
            Segment::SenderHost(_) => Some(sender_host),
            Segment::Network(_) => Some(network),
            Segment::ReceiverHost(_) => Some(receiver_host),
            Segment::Application(_) => None,
        }
    }
}
