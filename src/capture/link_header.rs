//! The link header in front of a packet, for each supported link type.

use super::link_type::LinkType;
use crate::core::evidence::capture_log::PacketDirection;

pub const ETHER_VLAN: [u16; 3] = [0x8100, 0x88a8, 0x9100];

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

/// A digest of what differs between copies of a frame: MAC addresses, VLAN tags, and the packet type of cooked headers.
///
/// A network that duplicates a frame keeps all of these. A copy from another port, VLAN or router hop has others.
#[inline]
pub fn link_view(link: LinkType, data: &[u8]) -> u64 {
    match link {
        LinkType::Ethernet => match data.first_chunk::<14>() {
            Some(header) => {
                // Both addresses, in two overlapping words.
                let word = |at: usize| header[at..].first_chunk::<8>().map_or(0, |bytes| u64::from_le_bytes(*bytes));
                let ether_type = u16::from_be_bytes([header[12], header[13]]);
                tags_view(mix(word(0)) ^ word(4), ether_type, &data[14..])
            }
            None => 0,
        },
        LinkType::Sll => match data.split_first_chunk::<16>() {
            Some((header, rest)) => {
                let mut address = [0; 8];
                // Bytes beyond the address are not always zero.
                let length = usize::from(header[5]).min(address.len());
                address[..length].copy_from_slice(&header[6..6 + length]);
                let kind = u64::from(u32::from_be_bytes([header[0], header[1], header[2], header[3]]));
                let ether_type = u16::from_be_bytes([header[14], header[15]]);
                tags_view(mix(u64::from_le_bytes(address)) ^ kind, ether_type, rest)
            }
            None => 0,
        },
        LinkType::Raw | LinkType::Ipv4 | LinkType::Ipv6 | LinkType::Null | LinkType::Loop | LinkType::Sll2 => 0,
    }
}

/// Adds the VLAN tags and the type behind them.
#[inline]
fn tags_view(mut view: u64, mut ether_type: u16, mut data: &[u8]) -> u64 {
    while ETHER_VLAN.contains(&ether_type)
        && let Some(([high, low, next_high, next_low], rest)) = data.split_first_chunk::<4>()
    {
        view = mix(view ^ u64::from(u32::from(ether_type) << 16 | u32::from(u16::from_be_bytes([*high, *low]))));
        (ether_type, data) = (u16::from_be_bytes([*next_high, *next_low]), rest);
    }
    mix(view ^ u64::from(ether_type))
}

/// Spreads the bits of a number: a multiplication by an odd constant, and a shift back.
#[inline]
pub const fn mix(number: u64) -> u64 {
    let product = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    product ^ product >> 32
}

/// The 16-bit number at `at`, in network order.
pub fn be16(data: &[u8], at: usize) -> Option<u16> {
    data.get(at..)?.first_chunk().map(|bytes| u16::from_be_bytes(*bytes))
}
