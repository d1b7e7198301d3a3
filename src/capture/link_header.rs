//! The link header in front of an IP packet, for each supported link type.

use super::link_type::LinkType;
use crate::core::evidence::capture_log::PacketDirection;

/// VLAN tags that are skipped; a frame with more is not read.
const MAX_TAGS: usize = 4;

/// The hardware type of Linux's loopback interface in cooked headers (`ARPHRD_LOOPBACK`).
const HARDWARE_LOOPBACK: u16 = 772;

/// Packet type of cooked headers: sent by this host.
const OUTGOING: u16 = 4;

pub enum LinkPayload<'a> {
    Ip(IpPacket<'a>),
    NotIp,
    TooShort,
}

/// An IP packet, with the direction and interface from its link header.
pub struct IpPacket<'a> {
    pub data: &'a [u8],
    pub direction: Option<PacketDirection>,
    pub interface: Option<u32>,
}

#[inline]
pub fn ip_packet(link: LinkType, data: &[u8]) -> LinkPayload<'_> {
    let without_direction = |packet| LinkPayload::Ip(IpPacket { data: packet, direction: None, interface: None });
    match link {
        LinkType::Raw | LinkType::Ipv4 | LinkType::Ipv6 => without_direction(data),
        LinkType::Null | LinkType::Loop => match data.split_first_chunk::<4>() {
            Some((family, packet)) if is_ip_family(*family) => without_direction(packet),
            Some(_) => LinkPayload::NotIp,
            None => LinkPayload::TooShort,
        },
        LinkType::Ethernet => match data.get(12..) {
            Some(tail) => after_ether_type(tail, None, None),
            None => LinkPayload::TooShort,
        },
        LinkType::Sll => match data.get(14..) {
            Some(tail) => after_ether_type(tail, cooked_direction(be16(data, 0), be16(data, 2)), None),
            None => LinkPayload::TooShort,
        },
        LinkType::Sll2 => match data.split_first_chunk::<20>() {
            Some((header, packet)) => {
                let interface = u32::from_be_bytes([header[4], header[5], header[6], header[7]]);
                let direction = cooked_direction(Some(u16::from(header[10])), be16(header, 8));
                by_ether_type(u16::from_be_bytes([header[0], header[1]]), packet, direction, Some(interface))
            }
            None => LinkPayload::TooShort,
        },
    }
}

/// Reads the Ethernet type at the start of `tail`, and what follows it.
fn after_ether_type(tail: &[u8], direction: Option<PacketDirection>, interface: Option<u32>) -> LinkPayload<'_> {
    match tail.split_first_chunk::<2>() {
        Some((ether_type, rest)) => by_ether_type(u16::from_be_bytes(*ether_type), rest, direction, interface),
        None => LinkPayload::TooShort,
    }
}

/// Skips VLAN tags (IEEE 802.1Q, 802.1ad), and accepts IPv4 and IPv6.
#[inline]
fn by_ether_type(
    mut ether_type: u16,
    mut rest: &[u8],
    direction: Option<PacketDirection>,
    interface: Option<u32>,
) -> LinkPayload<'_> {
    for _ in 0..=MAX_TAGS {
        match ether_type {
            0x0800 | 0x86dd => return LinkPayload::Ip(IpPacket { data: rest, direction, interface }),
            0x8100 | 0x88a8 | 0x9100 => {
                let Some((tag, inner)) = rest.split_first_chunk::<4>() else { return LinkPayload::TooShort };
                (ether_type, rest) = (u16::from_be_bytes([tag[2], tag[3]]), inner);
            }
            _ => return LinkPayload::NotIp,
        }
    }
    LinkPayload::NotIp
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
