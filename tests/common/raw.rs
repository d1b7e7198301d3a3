//! Datagrams with a forged source address. Needs the right to open raw sockets, which every program in a lab host has.

use std::io;
use std::net::{SocketAddr, SocketAddrV4};

use etherparse::PacketBuilder;
use socket2::{Domain, Protocol, Socket, Type};

/// The protocol number of a raw socket that takes whole IP packets (raw(7)).
const IPPROTO_RAW: i32 = 255;

/// Sends datagrams with any source address.
pub struct Forger(Socket);

impl Forger {
    /// # Errors
    /// As a rule EPERM: no right to raw sockets.
    pub fn open() -> io::Result<Self> {
        Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::from(IPPROTO_RAW))).map(Self)
    }

    /// Sends a text from one address to another. Neither needs to belong to this host.
    ///
    /// # Errors
    /// The error of `sendto`.
    pub fn send(&self, source: SocketAddrV4, destination: SocketAddrV4, text: &[u8]) -> io::Result<()> {
        let builder = PacketBuilder::ipv4(source.ip().octets(), destination.ip().octets(), 64);
        let builder = builder.udp(source.port(), destination.port());
        let mut packet = Vec::with_capacity(builder.size(text.len()));
        builder.write(&mut packet, text).map_err(io::Error::other)?;
        self.0.send_to(&packet, &SocketAddr::from(destination).into()).map(drop)
    }
}
