//! Datagrams that no honest socket sends: with somebody else's source address. Needs the right to raw sockets, which
//! every program inside a lab's host has.

use std::io;
use std::net::{SocketAddr, SocketAddrV4};

use etherparse::PacketBuilder;
use socket2::{Domain, Protocol, Socket, Type};

/// The protocol number of a raw socket to which whole IP packets are given (raw(7)).
const IPPROTO_RAW: i32 = 255;

/// Sends datagrams in other people's names.
pub struct Forger(Socket);

impl Forger {
    /// Opens the raw socket.
    ///
    /// # Errors
    /// What the system says, as a rule that the right is lacking.
    pub fn open() -> io::Result<Self> {
        Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::from(IPPROTO_RAW))).map(Self)
    }

    /// Sends a text from one address to another, neither of which need be this host's.
    ///
    /// # Errors
    /// What the system says.
    pub fn send(&self, source: SocketAddrV4, destination: SocketAddrV4, text: &[u8]) -> io::Result<()> {
        let builder = PacketBuilder::ipv4(source.ip().octets(), destination.ip().octets(), 64);
        let builder = builder.udp(source.port(), destination.port());
        let mut packet = Vec::with_capacity(builder.size(text.len()));
        builder.write(&mut packet, text).map_err(io::Error::other)?;
        self.0.send_to(&packet, &SocketAddr::from(destination).into()).map(drop)
    }
}
