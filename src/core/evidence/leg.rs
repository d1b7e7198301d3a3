//! The leg: a datagram's trip from one application to another, with four points and three segments.
//!
//! ```text
//! app_sent --sender host-- wire_out --network-- wire_in --receiver host-- app_received
//! ```
//!
//! Legs in a row, joined by the application that receives on one and sends on the next, make a [`Route`]: a numbered
//! exchange is two legs, a file block one, a chat message that reaches a member two.

/// A place on a leg where a witness may have seen the datagram, in the order of travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Point {
    /// The sending application's `send()` succeeded. Witness: the sender's journal.
    AppSent,
    /// The datagram is on the sender's wire. Witness: the sender's capture.
    WireOut,
    /// The datagram is on the receiver's wire. Witness: the receiver's capture.
    WireIn,
    /// The receiving application read it. Witness: the receiver's journal.
    AppReceived,
}

impl Point {
    /// The four points in the order of travel.
    pub const ALL: [Self; 4] = [Self::AppSent, Self::WireOut, Self::WireIn, Self::AppReceived];

    /// Whether this point lies on a wire, where captures are the witness.
    pub const fn on_wire(self) -> bool {
        matches!(self, Self::WireOut | Self::WireIn)
    }
}

/// A point of a route: which leg (0 is the first), and which of its four points. Ordered by travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoutePoint {
    /// The leg, counted from 0.
    pub leg: u8,
    /// The point on that leg.
    pub point: Point,
}

impl RoutePoint {
    /// A place by leg and point.
    pub const fn new(leg: u8, point: Point) -> Self {
        Self { leg, point }
    }

    /// The position along the route, 0 for the first point of the first leg.
    pub const fn index(self) -> usize {
        self.leg as usize * 4 + self.point as usize
    }

    /// The place at a position along the route.
    pub const fn at(index: usize) -> Self {
        Self { leg: (index / 4) as u8, point: Point::ALL[index % 4] }
    }
}

/// A stretch between two neighbouring places of a route, where a datagram can be lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// Between `app_sent` and `wire_out` of a leg: full queue, egress filter, no ARP answer.
    SenderHost(u8),
    /// Between `wire_out` and `wire_in` of a leg: congestion, NAT, missing port forward, radio.
    Network(u8),
    /// Between `wire_in` and `app_received` of a leg: socket buffer, firewall, bad checksum, nothing listening.
    ReceiverHost(u8),
    /// The application that received on leg `n` and should have sent on leg `n + 1`.
    Application(u8),
}

/// The longest route is of two legs: there and back, or in and out again.
pub const MAX_PLACES: usize = 8;

/// The way of a message: a number of legs in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// How many legs; at least one.
    pub legs: u8,
    /// Both ends are on one host: one frame is both wire points, and no leg has a network segment.
    pub same_host: bool,
}

impl Route {
    /// A route over a number of legs.
    ///
    /// # Panics
    /// Where there are more than make [`MAX_PLACES`].
    pub const fn new(legs: u8, same_host: bool) -> Self {
        assert!(legs as usize * 4 <= MAX_PLACES);
        Self { legs, same_host }
    }

    /// How many places the route has.
    pub const fn len(self) -> usize {
        self.legs as usize * 4
    }

    /// Never true: a route has at least one leg. Here because `len` is.
    pub const fn is_empty(self) -> bool {
        self.legs == 0
    }

    /// The places at which the frame at position `index` is seen: also the other wire point, where both ends are on one host.
    pub fn same_frame(self, index: usize) -> impl Iterator<Item = usize> {
        let other = match Point::ALL[index % 4] {
            Point::WireOut => Some(index + 1),
            Point::WireIn => Some(index - 1),
            Point::AppSent | Point::AppReceived => None,
        };
        std::iter::once(index).chain(other.filter(|_| self.same_host))
    }

    /// The segment that follows the place at position `index`, or `None` where there is none: after the last place,
    /// and in place of the network where both ends are on one host.
    pub fn segment_after(self, index: usize) -> Option<Segment> {
        if index + 1 >= self.len() {
            return None;
        }
        let leg = (index / 4) as u8;
        match Point::ALL[index % 4] {
            Point::AppSent => Some(Segment::SenderHost(leg)),
            Point::WireOut if self.same_host => None,
            Point::WireOut => Some(Segment::Network(leg)),
            Point::WireIn => Some(Segment::ReceiverHost(leg)),
            Point::AppReceived => Some(Segment::Application(leg)),
        }
    }

    /// The segments between the places at positions `from` and `to`, in the order of travel.
    pub fn segments_between(self, from: usize, to: usize) -> Vec<Segment> {
        (from..to).filter_map(|index| self.segment_after(index)).collect()
    }
}
