//! The link header in front of a packet, for each supported link type.

use super::link_type::LinkType;
use crate::core::evidence::capture_log::PacketDirection;

/// The hardware type of Linux's loopback interface in cooked headers (`ARPHRD_LOOPBACK`).
const HARDWARE_LOOPBACK: u16 = 772;

/// Packet type of cooked headers: sent by this host.
const OUTGOING: u16 = 4;

pub enum LinkPayload<'a> {
    Packet(NetworkPacket<'a>),
    NotIp,
    TooShort,
}

/// What follows a link header, with the direction and interface from there.
pub struct NetworkPacket<'a> {
    pub kind: NetworkType,
    pub data: &'a [u8],
    pub direction: Option<PacketDirection>,
    pub interface: Option<u32>,
}

/// What a link header says of the bytes behind it.
pub enum NetworkType {
    /// An IP packet of either version.
    Ip,
    /// Their Ethernet type.
    Ether(u16),
}

#[inline]
pub fn link_payload(link: LinkType, data: &[u8]) -> LinkPayload<'_> {
    let ip =
        |data| LinkPayload::Packet(NetworkPacket { kind: NetworkType::Ip, data, direction: None, interface: None });
    match link {
        LinkType::Raw | LinkType::Ipv4 | LinkType::Ipv6 => ip(data),
        LinkType::Null | LinkType::Loop => match data.split_first_chunk::<4>() {
            Some((family, packet)) if is_ip_family(*family) => ip(packet),
            Some(_) => LinkPayload::NotIp,
            None => LinkPayload::TooShort,
        },
        LinkType::Ethernet => after_ether_type(data.get(12..), None),
        LinkType::Sll => after_ether_type(data.get(14..), cooked_direction(be16(data, 0), be16(data, 2))),
        LinkType::Sll2 => match data.split_first_chunk::<20>() {
            Some((header, data)) => LinkPayload::Packet(NetworkPacket {
                kind: NetworkType::Ether(u16::from_be_bytes([header[0], header[1]])),
                data,
                direction: cooked_direction(Some(u16::from(header[10])), be16(header, 8)),
                interface: Some(u32::from_be_bytes([header[4], header[5], header[6], header[7]])),
            }),
            None => LinkPayload::TooShort,
        },
    }
}

/// Reads the Ethernet type at the start of `tail`.
fn after_ether_type(tail: Option<&[u8]>, direction: Option<PacketDirection>) -> LinkPayload<'_> {
    match tail.and_then(|tail| tail.split_first_chunk::<2>()) {
        Some((ether_type, data)) => LinkPayload::Packet(NetworkPacket {
            kind: NetworkType::Ether(u16::from_be_bytes(*ether_type)),
            data,
            direction,
            interface: None,
        }),
        None => LinkPayload::TooShort,
    }
}

/// The direction in a header of Linux's cooked captures (`LINKTYPE_LINUX_SLL`, `LINKTYPE_LINUX_SLL2`).
fn cooked_direction(packet_type: Option<u16>, hardware: Option<u16>) -> Option<PacketDirection> {
    match (packet_type?, hardware?) {
        (_, HARDWARE_LOOPBACK) => None,
        (OUTGOING, _) => Some(PacketDirection::Out),
        (0..=3, _) => Some(PacketDirection::In),
        _ => None,
    }
}

/// Whether an address family of `LINKTYPE_NULL` is IP: IPv4 is 2 everywhere; IPv6 is 10 on Linux, 24, 28 or 30 on the
/// BSDs and macOS, 23 on Windows. Both byte orders are tried: the capturing host's is not known.
fn is_ip_family(family: [u8; 4]) -> bool {
    [u32::from_le_bytes(family), u32::from_be_bytes(family)]
        .iter()
        .any(|number| matches!(number, 2 | 10 | 23 | 24 | 28 | 30))
}

/// The 16-bit number at `at`, in network order.
pub fn be16(data: &[u8], at: usize) -> Option<u16> {
    data.get(at..)?.first_chunk().map(|bytes| u16::from_be_bytes(*bytes))
}
