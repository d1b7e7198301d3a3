//! Writes pcap files in memory, packet by packet.

use std::net::SocketAddrV4;

use medidor::core::time::{SECOND, Wall};

use super::world::Link;

/// A UDP datagram over IPv4.
#[derive(Clone, Debug)]
pub struct Packet {
    pub from: SocketAddrV4,
    pub to: SocketAddrV4,
    pub hop_limit: u8,
    /// IPv4 identification.
    pub id: u16,
    /// The capturing host sent it.
    pub is_sent: bool,
    /// It comes from another port of a switch, with other link addresses.
    pub is_relinked: bool,
    pub text: String,
}

impl Link {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ethernet => "EN10MB",
            Self::Cooked => "LINUX_SLL2",
            Self::Raw => "RAW",
        }
    }

    /// Its number in the registry of link types.
    pub const fn number(self) -> u32 {
        match self {
            Self::Ethernet => 1,
            Self::Cooked => 276,
            Self::Raw => 101,
        }
    }
}

/// The header of a file; stamps in microseconds unless they are finer.
pub fn header(link: Link, resolution_ns: i64) -> Vec<u8> {
    let magic: u32 = if resolution_ns < 1_000 { 0xa1b2_3c4d } else { 0xa1b2_c3d4 };
    let mut bytes = magic.to_le_bytes().to_vec();
    bytes.extend([2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0]);
    bytes.extend(link.number().to_le_bytes());
    bytes
}

/// Adds a packet.
pub fn write(bytes: &mut Vec<u8>, time: Wall, link: Link, resolution_ns: i64, packet: &Packet) {
    let link_header: &[u8] = match (link, packet.is_sent) {
        (Link::Ethernet, true) => &[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0],
        (Link::Ethernet, false) => &[2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0],
        (Link::Cooked, true) => &[8, 0, 0, 0, 0, 0, 0, 2, 0, 1, 4, 6, 2, 0, 0, 0, 0, 2, 0, 0],
        (Link::Cooked, false) => &[8, 0, 0, 0, 0, 0, 0, 2, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0],
        (Link::Raw, _) => &[],
    };
    let text = packet.text.as_bytes();
    let length = (link_header.len() + 28 + text.len()) as u32;
    let fraction = time.0.rem_euclid(SECOND) / if resolution_ns < 1_000 { 1 } else { 1_000 };
    for word in [time.0.div_euclid(SECOND) as u32, fraction as u32, length, length] {
        bytes.extend(word.to_le_bytes());
    }
    bytes.extend(link_header);
    if packet.is_relinked && link == Link::Ethernet {
        let addresses = bytes.len() - link_header.len();
        bytes[addresses + 5] ^= 0x10;
    }
    let start = bytes.len();
    bytes.extend([0x45, 0]);
    bytes.extend((28 + text.len() as u16).to_be_bytes());
    bytes.extend(packet.id.to_be_bytes());
    bytes.extend([0, 0, packet.hop_limit, 17, 0, 0]);
    bytes.extend(packet.from.ip().octets());
    bytes.extend(packet.to.ip().octets());
    let sum = bytes[start..].chunks(2).map(|pair| u32::from(pair[0]) << 8 | u32::from(pair[1])).sum::<u32>();
    let sum = (sum & 0xffff) + (sum >> 16);
    bytes[start + 10..start + 12].copy_from_slice(&(!((sum & 0xffff) + (sum >> 16)) as u16).to_be_bytes());
    bytes.extend(packet.from.port().to_be_bytes());
    bytes.extend(packet.to.port().to_be_bytes());
    bytes.extend((8 + text.len() as u16).to_be_bytes());
    // No checksum, as IPv4 allows.
    bytes.extend([0, 0]);
    bytes.extend(text);
}
