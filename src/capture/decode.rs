//! Decodes one frame: a UDP datagram, a TCP segment, an ICMP error with the datagram it quotes, an IP fragment, or
//! something else. Of a tunnel it is the innermost packet that counts.
//!
//! Frames may be cut by the snapshot length, and captures may come from anyone: every byte is bounds-checked, nothing
//! panics, and cut parts count as missing.
//!
//! Most packets are plain: no tunnels, options, extension headers or fragments, no byte missing. They are decoded by hand,
//! most of them by [`plain`]; all others go to etherparse. Tests check that all agree.
//!
//! ```text
//! link header  NULL, LOOP 4 | EN10MB 14 | LINUX_SLL 16 | LINUX_SLL2 20 | RAW, IPV4, IPV6 0
//! IP header    see the files `decapsulation.rs` and `ip.rs`
//! UDP          source port 2 | destination port 2 | length 2 | checksum 2 | payload        (RFC 768)
//! TCP          see the file `tcp.rs`                                                       (RFC 9293)
//! ICMP error   type 1 | code 1 | checksum 2 | unused 4 | quoted IP packet, cut anywhere    (RFC 792, RFC 4443)
//! ```

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use etherparse::IpNumber;

use super::decapsulation::{self, Innermost, VXLAN_PORT};
use super::ip::Ip;
use super::link_header::{LinkPayload, NetworkType, link_payload};
use super::link_type::LinkType;
use super::tcp::Tcp;
use super::udp_checksum::{fold, is_bad, sum_words};
use crate::core::evidence::capture_log::PacketDirection;
use crate::core::evidence::flow::FlowKey;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decoded<'a> {
    Udp(Udp<'a>),
    Tcp(Tcp<'a>),
    /// An ICMP error that quotes a UDP datagram.
    IcmpError(IcmpQuote<'a>),
    /// A part of a packet, the first or a later one.
    Fragment(Fragment<'a>),
    /// The snapshot length cut the frame before it was clear what it is.
    TooShort,
    /// A frame of the network's own housekeeping, which no application sends: ARP, LLDP, STP, EAPOL and whatever else is no IP
    /// packet, IGMP (RFC 3376), and `ICMPv6` for neighbours, routers and multicast groups (RFC 4861, RFC 3810).
    LinkControl,
    Other,
}

/// A UDP datagram as its frame shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Udp<'a> {
    pub flow: FlowKey,
    pub payload: &'a [u8],
    /// The payload's length by the UDP header, bytes.
    pub length: u16,
    pub complete: bool,
    /// It came in several fragments, and was joined from them.
    pub fragmented: bool,
    pub ttl: u8,
    /// IPv4 identification.
    pub ip_id: Option<u16>,
    /// IPv6 flow label; 0 for none.
    pub flow_label: u32,
    /// Direction, from cooked captures only; never set for loopback, where each frame goes both ways.
    pub direction: Option<PacketDirection>,
    /// Index of the interface, of `LINUX_SLL2` only.
    pub interface: Option<u32>,
    /// A checksum is there, could be verified, and is wrong.
    pub bad_checksum: bool,
}

/// An IP fragment as its frame shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fragment<'a> {
    pub source: IpAddr,
    pub destination: IpAddr,
    /// Protocol of the whole payload. For IPv6 only the first fragment's is valid.
    pub protocol: u8,
    pub id: u32,
    /// IPv6 flow label; 0 for none.
    pub flow_label: u32,
    pub ttl: u8,
    /// Position in the whole payload, bytes.
    pub offset: u16,
    /// More fragments follow.
    pub more: bool,
    /// The captured part of what it carries.
    pub payload: &'a [u8],
    /// The length by the IP header of what it carries, bytes.
    pub length: u16,
    /// Direction, as in [`Udp::direction`].
    pub direction: Option<PacketDirection>,
    /// Index of the interface, of `LINUX_SLL2` only.
    pub interface: Option<u32>,
}

/// An ICMP or `ICMPv6` error that quotes a UDP datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IcmpQuote<'a> {
    pub from: IpAddr,
    pub kind: u8,
    pub code: u8,
    pub flow: FlowKey,
    pub payload: &'a [u8],
    pub complete: bool,
}

/// A UDP datagram over IPv4 without options or fragments, in the shortest form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlainUdp<'a> {
    pub source: (u32, u16),
    pub destination: (u32, u16),
    pub payload: &'a [u8],
    /// IPv4 identification.
    pub ip_id: u16,
    pub ttl: u8,
    pub bad_checksum: bool,
}

impl PlainUdp<'_> {
    pub fn flow(&self) -> FlowKey {
        let end = |(address, port): (u32, u16)| SocketAddr::new(Ipv4Addr::from(address).into(), port);
        FlowKey { source: end(self.source), destination: end(self.destination) }
    }

    #[inline]
    pub fn is_of(&self, flow: &FlowKey) -> bool {
        let is_end = |(address, port): (u32, u16), end: &SocketAddr| match end {
            SocketAddr::V4(end) => u32::from(*end.ip()) == address && end.port() == port,
            SocketAddr::V6(_) => false,
        };
        is_end(self.source, &flow.source) && is_end(self.destination, &flow.destination)
    }
}

/// Decodes a frame as [`frame`] does, if it is a plain one: the whole frame is there, without VLAN tags, tunnels, IP
/// options and fragments, and the lengths of its headers agree.
#[inline]
pub fn plain(link: LinkType, data: &[u8], length: u32) -> Option<PlainUdp<'_>> {
    let packet = match link {
        LinkType::Ethernet => match data.split_first_chunk::<14>()? {
            (header, packet) if header[12..] == [8, 0] => packet,
            _ => return None,
        },
        LinkType::Raw | LinkType::Ipv4 => data,
        _ => return None,
    };
    let header = packet.first_chunk::<28>()?;
    let half = |at: usize| u16::from_be_bytes([header[at], header[at + 1]]);
    let word = |at: usize| u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    let (total, udp) = (usize::from(half(2)), usize::from(half(24)));
    let whole = data.len() >= length as usize && udp >= 8 && total == 20 + udp;
    if !whole || header[0] != 0x45 || header[9] != IpNumber::UDP.0 || half(6) & 0x3fff != 0 || half(22) == VXLAN_PORT {
        return None;
    }
    // The addresses and the whole datagram, which the checksum is made of.
    let summed = packet.get(12..total)?;
    let checksum = half(26);
    let pseudo = u64::from(word(12)) + u64::from(word(16)) + u64::from(IpNumber::UDP.0) + udp as u64;
    Some(PlainUdp {
        source: (word(12), half(20)),
        destination: (word(16), half(22)),
        payload: &summed[16..],
        ip_id: half(4),
        ttl: header[8],
        bad_checksum: checksum != 0 && fold(pseudo + sum_words(&summed[8..])) != 0xffff && checksum != fold(pseudo),
    })
}

/// Whether a type of ICMP or `ICMPv6` is of what hosts and routers arrange: redirects, router discovery, and in IPv6 neighbours and
/// multicast listeners (RFC 792, RFC 1256, RFC 4861, RFC 2710, RFC 3810).
const fn is_of_routers(protocol: IpNumber, kind: u8) -> bool {
    match protocol {
        IpNumber::ICMP => matches!(kind, 5 | 9 | 10),
        _ => matches!(kind, 130..=137 | 143),
    }
}

/// Decodes one frame: `data` is what was captured of `length` bytes on the wire.
#[inline]
pub fn frame(link: LinkType, data: &[u8], length: u32) -> Decoded<'_> {
    let cut = data.len() < length as usize;
    let lacking = if cut { Decoded::TooShort } else { Decoded::Other };
    let packet = match link_payload(link, data) {
        LinkPayload::Packet(packet) => packet,
        LinkPayload::NotIp => return Decoded::LinkControl,
        LinkPayload::TooShort => return lacking,
    };
    let innermost = match packet.kind {
        NetworkType::Ip => decapsulation::by_version(packet.data, cut),
        NetworkType::Ether(ether_type) => decapsulation::by_ether_type(ether_type, packet.data, cut),
    };
    let ip = match innermost {
        Innermost::Packet(ip) => ip,
        Innermost::LinkControl => return Decoded::LinkControl,
        Innermost::NotIp => return Decoded::Other,
        Innermost::TooShort => return lacking,
    };
    if let Some(part) = ip.part {
        // No packet has more by its length field, and only one that leaves it open by its captured bytes.
        let payload = &part.payload[..part.payload.len().min(u16::MAX.into())];
        return Decoded::Fragment(Fragment {
            source: ip.source,
            destination: ip.destination,
            protocol: part.protocol.0,
            id: part.id,
            flow_label: ip.flow_label,
            ttl: ip.ttl,
            offset: part.offset,
            more: part.more,
            payload,
            length: u16::try_from(part.declared).unwrap_or(u16::MAX),
            direction: packet.direction,
            interface: packet.interface,
        });
    }
    match ip.protocol {
        IpNumber::UDP => udp(&ip, cut).map_or(lacking, |udp| {
            Decoded::Udp(Udp { direction: packet.direction, interface: packet.interface, ..udp })
        }),
        IpNumber::TCP => ip.flow().and_then(|flow| Tcp::read(flow, ip.payload, ip.declared)).map_or(lacking, |tcp| {
            Decoded::Tcp(Tcp {
                direction: packet.direction,
                interface: packet.interface,
                ip_id: ip.id,
                ttl: ip.ttl,
                ..tcp
            })
        }),
        IpNumber::ICMP | IpNumber::IPV6_ICMP => match ip.payload.split_at_checked(8) {
            Some(([kind, ..], _)) if is_of_routers(ip.protocol, *kind) => Decoded::LinkControl,
            Some((header, quoted)) => quote(&ip, header, quoted).map_or(Decoded::Other, Decoded::IcmpError),
            None => lacking,
        },
        IpNumber::IGMP => Decoded::LinkControl,
        // The chain of extension headers breaks off.
        IpNumber::IPV6_HEADER_HOP_BY_HOP
        | IpNumber::IPV6_ROUTE_HEADER
        | IpNumber::IPV6_FRAGMENTATION_HEADER
        | IpNumber::IPV6_DESTINATION_OPTIONS
        | IpNumber::AUTHENTICATION_HEADER => lacking,
        _ => Decoded::Other,
    }
}

/// Reads the UDP header and what follows; `None` where the header is not there or impossible.
#[inline]
fn udp<'a>(ip: &Ip<'a>, cut: bool) -> Option<Udp<'a>> {
    let flow = ip.flow()?;
    let (header, rest) = ip.payload.split_first_chunk::<8>()?;
    let length = u16::from_be_bytes([header[4], header[5]]).checked_sub(8)?;
    let payload = &rest[..rest.len().min(usize::from(length))];
    let complete = payload.len() == usize::from(length);
    let checksum = u16::from_be_bytes([header[6], header[7]]);
    // Over IPv4, checksum 0 means none. The checksum of a first fragment, as ICMP errors quote them, cannot be verified.
    let verifiable = complete && !cut && ip.part.is_none() && checksum != 0;
    Some(Udp {
        flow,
        payload,
        length,
        complete,
        fragmented: false,
        ttl: ip.ttl,
        ip_id: ip.id,
        flow_label: ip.flow_label,
        direction: None,
        interface: None,
        bad_checksum: verifiable && is_bad(checksum, flow, &ip.payload[..8 + payload.len()]),
    })
}

/// Reads an ICMP message as an error that quotes a UDP datagram. Routers may quote as little as its header.
fn quote<'a>(ip: &Ip<'a>, header: &[u8], quoted: &'a [u8]) -> Option<IcmpQuote<'a>> {
    let (kind, code) = (*header.first()?, *header.get(1)?);
    let is_error = match ip.source {
        // Unreachable, time exceeded, parameter problem.
        IpAddr::V4(_) => ip.protocol == IpNumber::ICMP && matches!(kind, 3 | 11 | 12),
        // The same, and packet too big.
        IpAddr::V6(_) => ip.protocol == IpNumber::IPV6_ICMP && matches!(kind, 1..=4),
    };
    if !is_error {
        return None;
    }
    let inner = Ip::read(quoted)?;
    if inner.protocol != IpNumber::UDP || inner.is_later_fragment() {
        return None;
    }
    let flow = inner.flow()?;
    let datagram = udp(&inner, true);
    Some(IcmpQuote {
        from: ip.source,
        kind,
        code,
        flow,
        payload: datagram.map_or(&[], |datagram| datagram.payload),
        complete: datagram.is_some_and(|datagram| datagram.complete),
    })
}

#[cfg(test)]
mod tests {
    use etherparse::{IpFragOffset, IpHeaders, Ipv4Header, Ipv6FragmentHeader, Ipv6Header, PacketBuilder, UdpHeader};
    use proptest::prelude::*;

    use super::super::udp_checksum::pseudo_header;
    use super::*;

    const TEXT: &[u8] = b"Mensagem 7";

    fn flow(ipv6: bool) -> FlowKey {
        let (source, destination) = if ipv6 {
            ("[2001:db8::1]:40001", "[2001:db8::2]:5005")
        } else {
            ("192.168.1.10:40001", "203.0.113.2:5005")
        };
        FlowKey { source: source.parse().unwrap(), destination: destination.parse().unwrap() }
    }

    fn packet(ipv6: bool, text: &[u8]) -> Vec<u8> {
        let flow = flow(ipv6);
        let builder = match (flow.source.ip(), flow.destination.ip()) {
            (IpAddr::V4(from), IpAddr::V4(to)) => PacketBuilder::ipv4(from.octets(), to.octets(), 57),
            (IpAddr::V6(from), IpAddr::V6(to)) => PacketBuilder::ipv6(from.octets(), to.octets(), 57),
            _ => unreachable!(),
        };
        let mut packet = Vec::new();
        builder.udp(flow.source.port(), flow.destination.port()).write(&mut packet, text).unwrap();
        packet
    }

    fn ether_type(ipv6: bool) -> [u8; 2] {
        if ipv6 { [0x86, 0xdd] } else { [8, 0] }
    }

    fn link_header(link: LinkType, ipv6: bool, kind: u8) -> Vec<u8> {
        let ether_type = ether_type(ipv6);
        match link {
            LinkType::Ethernet => [&[0; 12], ether_type.as_slice()].concat(),
            LinkType::Null => vec![if ipv6 { 30 } else { 2 }, 0, 0, 0],
            LinkType::Loop => vec![0, 0, 0, if ipv6 { 24 } else { 2 }],
            LinkType::Sll => [&[0, kind, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0], ether_type.as_slice()].concat(),
            LinkType::Sll2 => {
                [ether_type.as_slice(), &[0, 0, 0, 0, 0, 9, 0, 1, kind, 6, 0, 0, 0, 0, 0, 0, 0, 0]].concat()
            }
            LinkType::Raw | LinkType::Ipv4 | LinkType::Ipv6 => Vec::new(),
        }
    }

    fn whole(link: LinkType, data: &[u8]) -> Decoded<'_> {
        frame(link, data, data.len() as u32)
    }

    fn as_udp(decoded: Decoded<'_>) -> Udp<'_> {
        match decoded {
            Decoded::Udp(udp) => udp,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_link_type_gives_the_datagram_at_every_cut() {
        for (link, ipv6) in LinkType::ALL.into_iter().flat_map(|link| [(link, false), (link, true)]) {
            let headers = link_header(link, ipv6, 0);
            let data = [headers.as_slice(), &packet(ipv6, TEXT)].concat();
            let text_at = headers.len() + if ipv6 { 48 } else { 28 };
            for kept in 0..=data.len() {
                match frame(link, &data[..kept], data.len() as u32) {
                    Decoded::Udp(udp) if kept >= text_at => {
                        assert_eq!(udp.flow, flow(ipv6), "{link:?}");
                        assert_eq!(udp.payload, &TEXT[..kept - text_at], "{link:?}");
                        assert_eq!((udp.length, udp.ttl), (TEXT.len() as u16, 57));
                        assert_eq!(udp.complete, kept == data.len());
                        assert!(!udp.bad_checksum);
                        let cooked = matches!(link, LinkType::Sll | LinkType::Sll2);
                        assert_eq!(udp.direction, cooked.then_some(PacketDirection::In));
                        assert_eq!(udp.interface, (link == LinkType::Sll2).then_some(9));
                    }
                    Decoded::TooShort if kept < text_at => {}
                    other => panic!("{link:?} cut to {kept}: {other:?}"),
                }
            }
        }
    }

    #[test]
    fn a_checksum_left_to_the_card_is_not_a_bad_one() {
        // By hand: Mensagem 7 from 10.0.0.1:40000 to 10.0.0.2:5005.
        let flow = FlowKey { source: "10.0.0.1:40000".parse().unwrap(), destination: "10.0.0.2:5005".parse().unwrap() };
        assert_eq!(fold(pseudo_header(flow, 8 + b"Mensagem 7".len() as u64)), 0x1426);
        let header = |checksum: u16| {
            let fields = [40_000, 5005, 18, checksum].map(u16::to_be_bytes);
            [fields.as_flattened(), b"Mensagem 7"].concat()
        };
        let finished = UdpHeader { source_port: 40_000, destination_port: 5005, length: 18, checksum: 0 };
        let finished = finished.calc_checksum_ipv4_raw([10, 0, 0, 1], [10, 0, 0, 2], b"Mensagem 7").unwrap();
        let bad = |checksum| is_bad(checksum, flow, &header(checksum));
        assert_eq!((bad(0x1426), bad(finished), bad(0x1427)), (false, false, true));
    }

    proptest! {
        #[test]
        fn checksums_are_those_of_the_standard(
            ipv6 in any::<bool>(),
            payload in proptest::collection::vec(any::<u8>(), 0..80),
            other in any::<u16>(),
        ) {
            let flow = flow(ipv6);
            let length = payload.len() as u16 + 8;
            let (source_port, destination_port) = (flow.source.port(), flow.destination.port());
            let header = UdpHeader { source_port, destination_port, length, checksum: 0 };
            let right = match (flow.source.ip(), flow.destination.ip()) {
                (IpAddr::V4(from), IpAddr::V4(to)) => header.calc_checksum_ipv4_raw(from.octets(), to.octets(), &payload),
                (IpAddr::V6(from), IpAddr::V6(to)) => header.calc_checksum_ipv6_raw(from.octets(), to.octets(), &payload),
                _ => unreachable!(),
            };
            let right = right.unwrap();
            let unfinished = fold(pseudo_header(flow, u64::from(length)));
            for checksum in [right, other, unfinished] {
                let datagram = [&UdpHeader { checksum, ..header.clone() }.to_bytes()[..], &payload].concat();
                let bad = checksum != right && checksum != unfinished;
                prop_assert_eq!(is_bad(checksum, flow, &datagram), bad, "{:x} {:x}", checksum, right);
            }
        }

        /// What is read by hand is what etherparse reads.
        #[test]
        fn plain_packets_are_read_as_any_others(
            ipv6 in any::<bool>(),
            text in proptest::collection::vec(any::<u8>(), 0..40),
            padding in 0..4usize,
            damage in proptest::collection::vec((0..60usize, any::<u8>()), 0..3),
            cut in 0..8usize,
        ) {
            let mut data = packet(ipv6, &text);
            data.resize(data.len() + padding, 0xee);
            let length = data.len();
            for (at, value) in damage {
                data[at % length] = value;
            }
            let data = &data[..length.saturating_sub(cut.saturating_sub(3))];
            if let Some(plain) = Ip::plain(data) {
                prop_assert_eq!(Some(plain), Ip::any(data));
            }
        }
    }

    proptest! {
        /// The shortest way comes to the same datagram, or to none.
        #[test]
        fn plain_frames_are_read_as_any_others(
            which in 0..3usize,
            text in proptest::collection::vec(any::<u8>(), 0..40),
            padding in 0..4usize,
            damage in proptest::collection::vec((0..60usize, any::<u8>()), 0..3),
            cut in 0..8usize,
            beyond in 0..2u32,
        ) {
            let link = [LinkType::Ethernet, LinkType::Raw, LinkType::Ipv4][which];
            let mut data = [link_header(link, false, 0), packet(false, &text)].concat();
            data.resize(data.len() + padding, 0xee);
            let length = data.len();
            for (at, value) in damage {
                data[at % length] = value;
            }
            let data = &data[..length.saturating_sub(cut.saturating_sub(3))];
            let length = data.len() as u32 + beyond;
            if let Some(plain) = plain(link, data, length) {
                let udp = as_udp(frame(link, data, length));
                prop_assert!(plain.is_of(&udp.flow));
                let expected = Udp {
                    flow: plain.flow(),
                    payload: plain.payload,
                    length: plain.payload.len() as u16,
                    complete: true,
                    fragmented: false,
                    ttl: plain.ttl,
                    ip_id: Some(plain.ip_id),
                    flow_label: 0,
                    direction: None,
                    interface: None,
                    bad_checksum: plain.bad_checksum,
                };
                prop_assert_eq!(udp, expected);
            }
        }
    }

    #[test]
    fn an_ordinary_packet_is_a_plain_one() {
        let data = [link_header(LinkType::Ethernet, false, 0), packet(false, TEXT)].concat();
        let plain = plain(LinkType::Ethernet, &data, data.len() as u32).unwrap();
        assert!(plain.is_of(&flow(false)) && !plain.is_of(&flow(true)));
        for ipv6 in [false, true] {
            assert!(Ip::plain(&packet(ipv6, TEXT)).is_some());
        }
    }

    #[test]
    fn cooked_frames_have_a_direction() {
        for link in [LinkType::Sll, LinkType::Sll2] {
            for (kind, direction) in [
                (0, Some(PacketDirection::In)),
                (3, Some(PacketDirection::In)),
                (4, Some(PacketDirection::Out)),
                (5, None),
            ] {
                let data = [link_header(link, false, kind), packet(false, TEXT)].concat();
                assert_eq!(as_udp(whole(link, &data)).direction, direction, "{link:?} {kind}");
            }
        }
        let mut loopback = [link_header(LinkType::Sll2, false, 0), packet(false, TEXT)].concat();
        loopback[8..10].copy_from_slice(&772u16.to_be_bytes());
        assert_eq!(as_udp(whole(LinkType::Sll2, &loopback)).direction, None, "on loopback a frame goes both ways");
    }

    #[test]
    fn vlan_tags_are_taken_off() {
        for tags in [&[0x8100u16][..], &[0x88a8, 0x8100], &[0x9100, 0x8100, 0x8100]] {
            let mut data = vec![0; 12];
            for tag in tags {
                data.extend_from_slice(&tag.to_be_bytes());
                data.extend_from_slice(&[0, 5]);
            }
            data.extend_from_slice(&ether_type(false));
            data.extend(packet(false, TEXT));
            assert_eq!(as_udp(whole(LinkType::Ethernet, &data)).payload, TEXT);
        }
        let endless = [&[0; 12], [0x81, 0, 0, 5].repeat(9).as_slice(), &[8, 0], &packet(false, TEXT)].concat();
        assert_eq!(whole(LinkType::Ethernet, &endless), Decoded::Other);
    }

    #[test]
    fn padding_is_no_payload_and_unset_lengths_do_not_matter() {
        let mut padded = [link_header(LinkType::Ethernet, false, 0), packet(false, b"7")].concat();
        padded.resize(60, 0xee);
        let udp = as_udp(whole(LinkType::Ethernet, &padded));
        assert_eq!((udp.payload, udp.complete, udp.bad_checksum), (&b"7"[..], true, false));

        let mut offloaded = packet(false, TEXT);
        offloaded[2..4].fill(0);
        assert_eq!(as_udp(whole(LinkType::Raw, &offloaded)).payload, TEXT);
    }

    #[test]
    fn checksums_are_verified_where_they_are_there() {
        for ipv6 in [false, true] {
            let mut wrong = packet(ipv6, TEXT);
            *wrong.last_mut().unwrap() ^= 1;
            assert!(as_udp(whole(LinkType::Raw, &wrong)).bad_checksum);
            assert!(!as_udp(frame(LinkType::Raw, &wrong, 999)).bad_checksum, "a cut frame proves nothing");
            let at = if ipv6 { 46 } else { 26 };
            wrong[at..at + 2].fill(0);
            assert!(!as_udp(whole(LinkType::Raw, &wrong)).bad_checksum, "none was made");
        }
    }

    #[test]
    fn a_udp_length_beyond_the_packet_or_below_eight_is_found() {
        let mut data = packet(false, TEXT);
        data[24..26].copy_from_slice(&500u16.to_be_bytes());
        let udp = as_udp(whole(LinkType::Raw, &data));
        assert_eq!((udp.length, udp.complete, udp.bad_checksum), (492, false, false));
        data[24..26].copy_from_slice(&7u16.to_be_bytes());
        assert_eq!(whole(LinkType::Raw, &data), Decoded::Other);
    }

    fn ipv4_fragment(offset: u16, more: bool, payload: &[u8]) -> Vec<u8> {
        let mut header = Ipv4Header::new(payload.len() as u16, 64, IpNumber::UDP, [1; 4], [2; 4]).unwrap();
        (header.more_fragments, header.fragment_offset) = (more, IpFragOffset::try_new(offset).unwrap());
        let mut data = Vec::new();
        header.write(&mut data).unwrap();
        data.extend_from_slice(payload);
        data
    }

    fn ipv6_fragment(offset: u16, more: bool, payload: &[u8]) -> Vec<u8> {
        let mut extensions = etherparse::Ipv6Extensions::default();
        let offset = IpFragOffset::try_new(offset).unwrap();
        extensions.fragment = Some(Ipv6FragmentHeader::new(IpNumber::UDP, offset, more, 77));
        let header = Ipv6Header {
            payload_length: payload.len() as u16 + 8,
            next_header: etherparse::ip_number::IPV6_FRAG,
            hop_limit: 64,
            source: [1; 16],
            destination: [2; 16],
            ..Ipv6Header::default()
        };
        let mut data = Vec::new();
        IpHeaders::Ipv6(header, extensions).write(&mut data).unwrap();
        data.extend_from_slice(payload);
        data
    }

    fn as_fragment(decoded: Decoded<'_>) -> Fragment<'_> {
        match decoded {
            Decoded::Fragment(fragment) => fragment,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_fragment_says_which_part_it_carries() {
        let part = [&[0x9c, 0x41, 0x13, 0x8d, 0x0b, 0xb8, 0xab, 0xcd][..], &[b'7'; 16]].concat();
        for (build, id) in [(ipv4_fragment as fn(u16, bool, &[u8]) -> Vec<u8>, 0), (ipv6_fragment, 77)] {
            for (offset, more) in [(0, true), (3, true), (3, false), (8_189, false)] {
                let data = build(offset, more, &part);
                for kept in data.len() - part.len()..=data.len() {
                    let fragment = as_fragment(frame(LinkType::Raw, &data[..kept], data.len() as u32));
                    assert_eq!((fragment.offset, fragment.more, fragment.id), (offset * 8, more, id));
                    assert_eq!((fragment.protocol, fragment.ttl, fragment.length), (17, 64, 24));
                    assert_eq!(fragment.payload, &part[..part.len() - (data.len() - kept)]);
                }
            }
        }
    }

    #[test]
    fn an_atomic_fragment_is_a_whole_datagram() {
        let udp = &packet(true, TEXT)[40..];
        assert_eq!(as_udp(whole(LinkType::Raw, &ipv6_fragment(0, false, udp))).payload, TEXT);
    }

    #[test]
    fn extension_headers_are_read_no_further_than_they_go() {
        // Hop-by-hop options, authentication, destination options, a fragment header that says 24, a piece of payload.
        let chain =
            [&[51, 0, 1, 4, 0, 0, 0, 0][..], &[60, 4], &[0; 22], &[44, 1], &[0; 14], &[17, 0, 0, 25, 0, 0, 0, 7]];
        let chain = [&chain.concat()[..], &[b'7'; 16]].concat();
        let mut data = vec![0x60, 0, 0, 0, 0, chain.len() as u8, 0, 64];
        data.extend_from_slice(&[1; 32]);
        data.extend_from_slice(&chain);
        assert_eq!(as_fragment(whole(LinkType::Raw, &data)).offset, 24);
        for kept in 0..data.len() {
            // A copy of its own, so that a sanitizer sees a read past its end.
            let part = data[..kept].to_vec();
            match frame(LinkType::Raw, &part, data.len() as u32) {
                Decoded::Fragment(later) if kept >= data.len() - 16 => {
                    assert_eq!((later.offset, later.length, later.payload.len()), (24, 16, kept + 16 - data.len()));
                }
                Decoded::TooShort if kept < data.len() - 16 => {}
                other => panic!("{kept}: {other:?}"),
            }
        }
    }

    /// An ICMP error of a type, quoting so many bytes of an IP packet.
    fn icmp(ipv6: bool, kind: u8, quoted: &[u8]) -> Vec<u8> {
        let message = [&[kind, 3, 0, 0, 0, 0, 0, 0], quoted].concat();
        let mut data = Vec::new();
        if ipv6 {
            PacketBuilder::ipv6([9; 16], [1; 16], 64).write(&mut data, IpNumber::IPV6_ICMP, &message).unwrap();
        } else {
            PacketBuilder::ipv4([9; 4], [1; 4], 64).write(&mut data, IpNumber::ICMP, &message).unwrap();
        }
        data
    }

    #[test]
    fn icmp_errors_name_the_datagram_they_quote() {
        for (ipv6, kinds, header) in [(false, &[3, 11, 12][..], 20), (true, &[1, 2, 3, 4], 40)] {
            let quoted = packet(ipv6, TEXT);
            for (kind, kept) in kinds.iter().flat_map(|kind| [(*kind, quoted.len()), (*kind, header + 8)]) {
                let data = icmp(ipv6, kind, &quoted[..kept]);
                let Decoded::IcmpError(error) = whole(LinkType::Raw, &data) else { panic!("{kind}") };
                assert_eq!((error.kind, error.code, error.flow), (kind, 3, flow(ipv6)));
                assert_eq!(error.payload, &TEXT[..kept - header - 8]);
                assert_eq!(error.complete, kept == quoted.len());
                assert_eq!(error.from.is_ipv6(), ipv6);
            }
        }
    }

    #[test]
    fn other_icmp_is_something_else() {
        let udp = packet(false, TEXT);
        assert_eq!(whole(LinkType::Raw, &icmp(false, 8, &udp)), Decoded::Other, "an echo request");
        assert_eq!(whole(LinkType::Raw, &icmp(false, 5, &udp)), Decoded::LinkControl, "a redirect loses nothing");
        assert_eq!(whole(LinkType::Raw, &icmp(true, 128, &udp)), Decoded::Other);
        for neighbours in [133, 134, 135, 136, 137, 143] {
            assert_eq!(whole(LinkType::Raw, &icmp(true, neighbours, &udp)), Decoded::LinkControl, "{neighbours}");
        }
        assert_eq!(whole(LinkType::Raw, &icmp(false, 3, &udp[..22])), Decoded::Other, "no ports");
        assert_eq!(whole(LinkType::Raw, &icmp(false, 3, &ipv4_fragment(3, false, TEXT))), Decoded::Other);
        let mut tcp = udp;
        tcp[9] = 6;
        assert_eq!(whole(LinkType::Raw, &icmp(false, 3, &tcp)), Decoded::Other);
        assert_eq!(whole(LinkType::Raw, &tcp), Decoded::Other);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(
            which in 0..LinkType::ALL.len(),
            data in proptest::collection::vec(any::<u8>(), 0..200),
            beyond in 0u32..100,
        ) {
            let link = LinkType::ALL[which];
            if let Decoded::Udp(udp) = frame(link, &data, data.len() as u32 + beyond) {
                prop_assert!(udp.payload.len() <= usize::from(udp.length));
            }
        }

        /// Random bytes rarely get past the first header: damage a good frame instead.
        #[test]
        fn no_damage_makes_it_panic(
            which in 0..LinkType::ALL.len(),
            ipv6 in any::<bool>(),
            error in any::<bool>(),
            damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
            kept in any::<prop::sample::Index>(),
        ) {
            let link = LinkType::ALL[which];
            let inner = packet(ipv6, TEXT);
            let inner = if error { icmp(ipv6, if ipv6 { 1 } else { 3 }, &inner) } else { inner };
            let mut data = [link_header(link, ipv6, 0), inner].concat();
            let length = data.len();
            for (at, value) in damage {
                data[at.index(length)] = value;
            }
            frame(link, &data[..=kept.index(length)], length as u32);
        }
    }
}
