//! The places of an exchange, in the order of travel.

use crate::core::document::path::SegmentName;
use crate::core::evidence::leg::{Point, RoutePoint, Segment};
use crate::core::verdict::ledger::Host;

/// The request sent by the client.
pub const CLIENT_SENT: RoutePoint = RoutePoint::new(0, Point::AppSent);
/// The request on the client's wire.
pub const CLIENT_WIRE_OUT: RoutePoint = RoutePoint::new(0, Point::WireOut);
/// The request on the server's wire.
pub const SERVER_WIRE_IN: RoutePoint = RoutePoint::new(0, Point::WireIn);
/// The request read by the server.
pub const SERVER_RECEIVED: RoutePoint = RoutePoint::new(0, Point::AppReceived);
/// The reply sent by the server.
pub const SERVER_SENT: RoutePoint = RoutePoint::new(1, Point::AppSent);
/// The reply on the server's wire.
pub const SERVER_WIRE_OUT: RoutePoint = RoutePoint::new(1, Point::WireOut);
/// The reply on the client's wire.
pub const CLIENT_WIRE_IN: RoutePoint = RoutePoint::new(1, Point::WireIn);
/// The reply read by the client.
pub const CLIENT_RECEIVED: RoutePoint = RoutePoint::new(1, Point::AppReceived);

/// The host of each place: the client's is 0, the server's 1.
pub const HOSTS: [Host; 8] = [0, 0, 1, 1, 1, 1, 0, 0];

/// The name of a segment of the exchange.
pub fn segment_name(segment: Segment) -> SegmentName {
    match segment {
        Segment::SenderHost(0) => SegmentName::ClientHostOut,
        Segment::Network(0) => SegmentName::NetworkForward,
        Segment::ReceiverHost(0) => SegmentName::ServerHostIn,
        Segment::Application(_) => SegmentName::ServerApp,
        Segment::SenderHost(_) => SegmentName::ServerHostOut,
        Segment::Network(_) => SegmentName::NetworkReturn,
        Segment::ReceiverHost(_) => SegmentName::ClientHostIn,
    }
}
