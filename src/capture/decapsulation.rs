//! Finds the innermost IP packet of a frame: behind VLAN tags, `PPPoE`, MPLS, and the tunnels GRE, VXLAN and IP in IP.
//!
//! ```text
//! VLAN    tag 2 | type of what follows 2                                     (IEEE 802.1Q: 0x8100; 802.1ad: 0x88a8)
//! PPPoE   version, type 1 | code 1 | session 2 | length 2 | PPP protocol 1 or 2        (0x8864; RFC 2516, RFC 1661)
//! MPLS    label, class, bottom of stack 3 | TTL 1, several times              (0x8847, 0x8848; RFC 3032, RFC 5332)
//!         IP packet, or control word 4 (RFC 4385) or none, and an Ethernet frame (RFC 4448)
//! GRE     flags 1 | version 1 | type of what follows 2 | checksum 4, key 4, sequence number 4, where the flags say so
//!                                                            (IP protocol 47; RFC 2784, RFC 2890; 0x6558: RFC 7637)
//! VXLAN   flags 1 | reserved 3 | network 3 | reserved 1 | Ethernet frame              (UDP port 4789; RFC 7348)
//! IP      IPv4 in either (protocol 4; RFC 2003), IPv6 in either (protocol 41; RFC 4213)
//! ```
//!
//! A UDP datagram to VXLAN's port that holds no IP packet in an Ethernet frame is a datagram like any other.

use etherparse::IpNumber;

use super::ip::Ip;
use super::link_header::{ETHER_VLAN, be16};

/// Layers that are taken off, each VLAN tag and each MPLS label among them.
const MAX_LAYERS: usize = 8;

/// The UDP port of VXLAN (RFC 7348, section 8.1).
pub const VXLAN_PORT: u16 = 4789;

const ETHER_IPV4: u16 = 0x0800;
const ETHER_IPV6: u16 = 0x86dd;
const ETHER_PPPOE: u16 = 0x8864;
const ETHER_MPLS: [u16; 2] = [0x8847, 0x8848];
/// An Ethernet frame in GRE (RFC 7637, section 3.2).
const ETHER_BRIDGED: u16 = 0x6558;

/// Length of an Ethernet header, bytes, less that of its type.
const ETHERNET_ADDRESSES: usize = 12;

/// The innermost content of a frame.
#[derive(Debug, PartialEq, Eq)]
pub enum Innermost<'a> {
    Packet(Ip<'a>),
    /// What a network says to itself, by its type: ARP, LLDP, the setup of a session.
    LinkControl,
    /// No IP packet, or one within more than [`MAX_LAYERS`].
    NotIp,
    /// The bytes end before it is clear what there is, or a header is impossible.
    TooShort,
}

use Innermost::{LinkControl, NotIp, TooShort};

/// The innermost IP packet of what follows an Ethernet type. `cut` says that the snapshot length cut the frame.
#[inline]
pub fn by_ether_type(ether_type: u16, data: &[u8], cut: bool) -> Innermost<'_> {
    Layers { left: MAX_LAYERS, cut }.by_ether_type(ether_type, data)
}

/// The innermost IP packet of an IP packet of either version.
#[inline]
pub fn by_version(data: &[u8], cut: bool) -> Innermost<'_> {
    Layers { left: MAX_LAYERS, cut }.ip(data)
}

#[derive(Clone, Copy)]
struct Layers {
    /// Layers that may still be taken off.
    left: usize,
    cut: bool,
}

impl Layers {
    /// One layer less; `None` where there were enough.
    fn next(self) -> Option<Self> {
        Some(Self { left: self.left.checked_sub(1)?, ..self })
    }

    fn by_ether_type(self, ether_type: u16, data: &[u8]) -> Innermost<'_> {
        if matches!(ether_type, ETHER_IPV4 | ETHER_IPV6) {
            return self.ip(data);
        }
        let Some(inner) = self.next() else { return NotIp };
        match ether_type {
            tag if ETHER_VLAN.contains(&tag) => match data.split_first_chunk::<4>() {
                Some(([_, _, high, low], rest)) => inner.by_ether_type(u16::from_be_bytes([*high, *low]), rest),
                None => TooShort,
            },
            ETHER_PPPOE => inner.pppoe(data),
            label if ETHER_MPLS.contains(&label) => inner.mpls(data),
            ETHER_BRIDGED => inner.ethernet(data),
            _ => LinkControl,
        }
    }

    fn ethernet(self, data: &[u8]) -> Innermost<'_> {
        match be16(data, ETHERNET_ADDRESSES) {
            Some(ether_type) => self.by_ether_type(ether_type, &data[ETHERNET_ADDRESSES + 2..]),
            None => TooShort,
        }
    }

    fn pppoe(self, data: &[u8]) -> Innermost<'_> {
        let Some((header, rest)) = data.split_first_chunk::<6>() else { return TooShort };
        // Version 1, type 1, session data.
        if header[..2] != [0x11, 0] {
            return LinkControl;
        }
        // The protocol's last byte is odd, the first of two is even: a single odd byte is a compressed one
        // (RFC 1661, section 6.5).
        let (protocol, rest) = match *rest {
            [low, ..] if low & 1 == 1 => (u16::from(low), &rest[1..]),
            [high, low, ..] => (u16::from_be_bytes([high, low]), &rest[2..]),
            _ => return TooShort,
        };
        match protocol {
            0x0021 | 0x0057 => self.ip(rest),
            _ => LinkControl,
        }
    }

    /// Takes labels off down to the bottom of the stack, where nothing says what follows.
    fn mpls(mut self, mut data: &[u8]) -> Innermost<'_> {
        loop {
            let Some((label, rest)) = data.split_first_chunk::<4>() else { return TooShort };
            data = rest;
            if label[2] & 1 == 1 {
                break;
            }
            let Some(inner) = self.next() else { return NotIp };
            self = inner;
        }
        match data.first().map(|byte| byte >> 4) {
            None => TooShort,
            Some(4 | 6) => self.ip(data),
            // A control word begins with 0, and so may an Ethernet address: the types decide.
            Some(0) => match (looks_like_ethernet(data), data.get(4..).and_then(looks_like_ethernet)) {
                (Some(true), Some(false)) => self.ethernet(data),
                (Some(false), Some(true)) => self.ethernet(&data[4..]),
                (Some(_), Some(_)) => NotIp,
                _ => TooShort,
            },
            Some(_) => match looks_like_ethernet(data) {
                Some(true) => self.ethernet(data),
                Some(false) => NotIp,
                None => TooShort,
            },
        }
    }

    fn ip(self, data: &[u8]) -> Innermost<'_> {
        let Some(ip) = Ip::read(data) else { return TooShort };
        if ip.part.is_some() {
            return Innermost::Packet(ip);
        }
        match ip.protocol {
            IpNumber::UDP if be16(ip.payload, 2) == Some(VXLAN_PORT) => match self.vxlan(ip.payload) {
                inner @ Innermost::Packet(_) => inner,
                TooShort if self.cut => TooShort,
                TooShort | LinkControl | NotIp => Innermost::Packet(ip),
            },
            // A packet of which only the outer header is known is that of a tunnel, and of no interest.
            IpNumber::IPV4 | IpNumber::IPV6 => self.next().map_or(NotIp, |inner| inner.ip(ip.payload)),
            IpNumber::GRE => self.next().map_or(NotIp, |inner| inner.gre(ip.payload)),
            _ => Innermost::Packet(ip),
        }
    }

    fn vxlan(self, datagram: &[u8]) -> Innermost<'_> {
        let Some(inner) = self.next() else { return NotIp };
        let Some(length) = be16(datagram, 4) else { return TooShort };
        // Padding after the datagram is not part of its text.
        let datagram = &datagram[..datagram.len().min(usize::from(length).max(8))];
        match datagram.split_at_checked(16) {
            // The flag I says that the network's number is there.
            Some((header, frame)) if header[8] & 0x08 != 0 => inner.ethernet(frame),
            Some(_) => NotIp,
            None => TooShort,
        }
    }

    fn gre(self, data: &[u8]) -> Innermost<'_> {
        const CHECKSUM: u8 = 0x80;
        const ROUTING: u8 = 0x40;
        const KEY: u8 = 0x20;
        const SEQUENCE: u8 = 0x10;
        let Some((header, rest)) = data.split_first_chunk::<4>() else { return TooShort };
        // Version 1 carries PPP for PPTP (RFC 2637); source routing is of RFC 1701 only.
        if header[1] & 7 != 0 || header[0] & ROUTING != 0 {
            return NotIp;
        }
        let fields = [CHECKSUM, KEY, SEQUENCE].iter().filter(|flag| header[0] & **flag != 0).count();
        match rest.get(4 * fields..) {
            Some(rest) => self.by_ether_type(u16::from_be_bytes([header[2], header[3]]), rest),
            None => TooShort,
        }
    }
}

/// Whether these bytes begin like an Ethernet frame of a known type; `None` where they end too soon to know.
fn looks_like_ethernet(data: &[u8]) -> Option<bool> {
    let ether_type = be16(data, ETHERNET_ADDRESSES)?;
    let version = data.get(ETHERNET_ADDRESSES + 2)? >> 4;
    Some(match ether_type {
        ETHER_IPV4 => version == 4,
        ETHER_IPV6 => version == 6,
        other => other == ETHER_PPPOE || ETHER_VLAN.contains(&other) || ETHER_MPLS.contains(&other),
    })
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use etherparse::PacketBuilder;
    use proptest::prelude::*;

    use super::*;
    use crate::capture::LinkType;
    use crate::capture::decode::{self, Decoded, frame};
    use crate::core::evidence::capture_log::PacketDirection;

    const TEXT: &[u8] = b"Mensagem 7";

    /// The Ethernet type of a packet in front of it.
    type Typed = (u16, Vec<u8>);

    fn udp(ipv6: bool, port: u16, text: &[u8]) -> Vec<u8> {
        let mut packet = Vec::new();
        let builder = if ipv6 {
            PacketBuilder::ipv6([1; 16], [2; 16], 57)
        } else {
            PacketBuilder::ipv4([10, 0, 0, 1], [10, 0, 0, 2], 57)
        };
        builder.udp(40_001, port).write(&mut packet, text).unwrap();
        packet
    }

    fn plain(ipv6: bool) -> Typed {
        (if ipv6 { ETHER_IPV6 } else { ETHER_IPV4 }, udp(ipv6, 5005, TEXT))
    }

    /// A packet from one end of a tunnel to the other.
    fn tunnel(ipv6: bool, protocol: IpNumber, payload: &[u8]) -> Typed {
        let mut packet = Vec::new();
        if ipv6 {
            PacketBuilder::ipv6([8; 16], [9; 16], 64).write(&mut packet, protocol, payload).unwrap();
            (ETHER_IPV6, packet)
        } else {
            PacketBuilder::ipv4([8; 4], [9; 4], 64).write(&mut packet, protocol, payload).unwrap();
            (ETHER_IPV4, packet)
        }
    }

    fn ethernet((ether_type, packet): &Typed) -> Vec<u8> {
        [&[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2][..], &ether_type.to_be_bytes(), packet].concat()
    }

    fn tag(ether_type: u16, (inner, packet): &Typed) -> Typed {
        (ether_type, [&[0, 5][..], &inner.to_be_bytes(), packet].concat())
    }

    fn pppoe((ether_type, packet): &Typed, compressed: bool) -> Typed {
        let low = if *ether_type == ETHER_IPV4 { 0x21 } else { 0x57 };
        let protocol = if compressed { vec![low] } else { vec![0, low] };
        let length = (packet.len() + protocol.len()) as u16;
        (ETHER_PPPOE, [&[0x11, 0, 0, 7][..], &length.to_be_bytes(), &protocol, packet].concat())
    }

    fn mpls(labels: usize, payload: &[u8]) -> Typed {
        let mut stack = [0, 1, 0x20, 64].repeat(labels);
        let bottom = stack.len() - 2;
        stack[bottom] |= 1;
        (ETHER_MPLS[labels % 2], [&stack, payload].concat())
    }

    fn gre((ether_type, packet): &Typed, flags: u8, outer_ipv6: bool) -> Typed {
        let fields = vec![0; (flags & 0xb0).count_ones() as usize * 4];
        tunnel(outer_ipv6, IpNumber::GRE, &[&[flags, 0], &ether_type.to_be_bytes()[..], &fields, packet].concat())
    }

    fn vxlan(inner: &Typed, outer_ipv6: bool) -> Typed {
        let packet = udp(outer_ipv6, VXLAN_PORT, &[&[8, 0, 0, 0, 0, 0, 9, 0][..], &ethernet(inner)].concat());
        (if outer_ipv6 { ETHER_IPV6 } else { ETHER_IPV4 }, packet)
    }

    /// Every encapsulation of a packet.
    fn encapsulations(inner: &Typed) -> Vec<(String, Typed)> {
        let mut all = vec![
            ("802.1Q".to_owned(), tag(0x8100, inner)),
            ("802.1ad".to_owned(), tag(0x88a8, &tag(0x8100, inner))),
            ("QinQ".to_owned(), tag(0x9100, &tag(0x8100, &tag(0x8100, inner)))),
            ("PPPoE".to_owned(), pppoe(inner, false)),
            ("PPPoE, compressed".to_owned(), pppoe(inner, true)),
            ("PPPoE in a VLAN".to_owned(), tag(0x8100, &pppoe(inner, false))),
            ("MPLS".to_owned(), mpls(1, &inner.1)),
            ("MPLS, four labels".to_owned(), mpls(4, &inner.1)),
            ("pseudowire".to_owned(), mpls(2, &ethernet(inner).split_off(0))),
            ("pseudowire, control word".to_owned(), mpls(2, &[&[0, 0, 0, 1][..], &ethernet(inner)].concat())),
            ("pseudowire of another card".to_owned(), mpls(2, &[&[0xf0][..], &ethernet(inner)[1..]].concat())),
        ];
        for outer in [false, true] {
            let protocol = if inner.0 == ETHER_IPV4 { IpNumber::IPV4 } else { IpNumber::IPV6 };
            all.push((format!("IP in IP, {outer}"), tunnel(outer, protocol, &inner.1)));
            for flags in [0, 0x80, 0x20, 0x10, 0xb0] {
                all.push((format!("GRE {flags:x}, {outer}"), gre(inner, flags, outer)));
                let bridged = (ETHER_BRIDGED, ethernet(inner));
                all.push((format!("bridged GRE {flags:x}, {outer}"), gre(&bridged, flags, outer)));
            }
            all.push((format!("VXLAN, {outer}"), vxlan(inner, outer)));
            all.push((format!("VXLAN of VLAN, {outer}"), vxlan(&tag(0x8100, inner), outer)));
        }
        all
    }

    fn whole(link: LinkType, data: &[u8]) -> Decoded<'_> {
        frame(link, data, data.len() as u32)
    }

    /// Cooked headers in front of a packet that came in.
    fn cooked(link: LinkType, (ether_type, packet): &Typed) -> Vec<u8> {
        let ether_type = ether_type.to_be_bytes();
        match link {
            LinkType::Sll => [&[0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0][..], &ether_type, packet].concat(),
            _ => [&ether_type[..], &[0, 0, 0, 0, 0, 9, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0], packet].concat(),
        }
    }

    #[test]
    fn every_encapsulation_gives_the_datagram_within() {
        for inner in [plain(false), plain(true)] {
            let expected = whole(LinkType::Raw, &inner.1);
            let Decoded::Udp(udp) = expected else { panic!("{expected:?}") };
            assert_eq!((udp.payload, udp.complete, udp.bad_checksum), (TEXT, true, false));
            for (name, typed) in encapsulations(&inner) {
                let data = ethernet(&typed);
                assert_eq!(whole(LinkType::Ethernet, &data), expected, "{name}");
                assert!(decode::plain(LinkType::Ethernet, &data, data.len() as u32).is_none(), "{name}");
                for link in [LinkType::Sll, LinkType::Sll2] {
                    let interface = (link == LinkType::Sll2).then_some(9);
                    let cooked = cooked(link, &typed);
                    let expected = Decoded::Udp(decode::Udp { direction: Some(PacketDirection::In), interface, ..udp });
                    assert_eq!(whole(link, &cooked), expected, "{name}");
                }
            }
        }
    }

    #[test]
    fn a_cut_encapsulation_is_too_short_or_shows_less() {
        for inner in [plain(false), plain(true)] {
            for (name, typed) in encapsulations(&inner) {
                let data = ethernet(&typed);
                for kept in 0..data.len() {
                    match frame(LinkType::Ethernet, &data[..kept], data.len() as u32) {
                        Decoded::Udp(udp) => {
                            assert_eq!(udp.flow.destination.port(), 5005, "{name} cut to {kept}");
                            assert_eq!(udp.payload, &TEXT[..TEXT.len() - (data.len() - kept)], "{name}");
                        }
                        Decoded::TooShort => assert!(kept < data.len() - TEXT.len(), "{name} cut to {kept}"),
                        other => panic!("{name} cut to {kept}: {other:?}"),
                    }
                }
            }
        }
    }

    #[test]
    fn tunnels_in_tunnels_are_followed_to_a_depth() {
        let mut typed = plain(false);
        for layers in 1..=MAX_LAYERS + 2 {
            let protocol = if typed.0 == ETHER_IPV4 { IpNumber::IPV4 } else { IpNumber::IPV6 };
            typed = tunnel(layers % 2 == 0, protocol, &typed.1);
            let decoded = whole(LinkType::Raw, &typed.1);
            assert_eq!(matches!(decoded, Decoded::Udp(_)), layers <= MAX_LAYERS, "{layers}: {decoded:?}");
            assert!(layers <= MAX_LAYERS || decoded == Decoded::Other);
        }
        let mut typed = plain(true);
        for layers in 1..=12 {
            typed = vxlan(&typed, false);
            let Decoded::Udp(udp) = whole(LinkType::Raw, &typed.1) else { panic!("{layers}") };
            // Beyond the depth the first datagram within that is not followed any further is what is left.
            assert_eq!(udp.flow.destination.port() == 5005, layers <= MAX_LAYERS, "{layers}");
        }
    }

    #[test]
    fn a_datagram_to_the_vxlan_port_without_a_packet_is_plain() {
        let inner = ethernet(&plain(false));
        let texts = [
            TEXT.to_vec(),
            Vec::new(),
            vec![8, 0, 0, 0, 0, 0, 9, 0],
            [&[0, 0, 0, 0, 0, 0, 9, 0][..], &inner].concat(),
            [&[8, 0, 0, 0, 0, 0, 9, 0][..], &inner[..14]].concat(),
            [&[8, 0, 0, 0, 0, 0, 9, 0][..], &ethernet(&(0x0806, vec![0; 28]))].concat(),
        ];
        for text in texts {
            let packet = udp(false, VXLAN_PORT, &text);
            let Decoded::Udp(udp) = whole(LinkType::Raw, &packet) else { panic!("{text:?}") };
            assert_eq!((udp.payload, udp.complete, udp.flow.destination.port()), (&text[..], true, VXLAN_PORT));
        }
        let from_there = {
            let mut packet = Vec::new();
            let builder = PacketBuilder::ipv4([1; 4], [2; 4], 64).udp(VXLAN_PORT, 5005);
            builder.write(&mut packet, &[&[8, 0, 0, 0, 0, 0, 9, 0][..], &inner].concat()).unwrap();
            packet
        };
        let Decoded::Udp(udp) = whole(LinkType::Raw, &from_there) else { panic!() };
        assert_eq!(udp.flow.destination.port(), 5005, "a reply goes to the port that was asked from");
    }

    #[test]
    fn what_holds_no_packet_is_something_else() {
        let inner = plain(false);
        let control = (ETHER_PPPOE, [&[0x11, 0, 0, 7, 0, 6, 0xc0, 0x21][..], &[1, 1, 0, 4]].concat());
        let discovery = (ETHER_PPPOE, [&[0x11, 9, 0, 0, 0, 4][..], &[1, 1, 0, 0]].concat());
        let pptp = tunnel(false, IpNumber::GRE, &[&[0x20, 1, 0x88, 0x0b, 0, 4, 0, 1][..], &inner.1].concat());
        let routed = tunnel(false, IpNumber::GRE, &[&[0x40, 0, 8, 0, 0, 0, 0, 0][..], &inner.1].concat());
        // Both the frame that begins at once and the one after a control word have a type that is known.
        let either = [&[0; 12][..], &[0x81, 0, 0, 5, 0x81, 0, 0, 5, 8, 0], &inner.1].concat();
        let endless = mpls(MAX_LAYERS + 2, &inner.1);
        for typed in [pptp, routed, mpls(1, &either), endless] {
            assert_eq!(whole(LinkType::Ethernet, &ethernet(&typed)), Decoded::Other, "{typed:x?}");
        }
        for typed in [
            (0x0806, vec![0; 28]),
            (0x88cc, vec![2; 20]),
            (0x888e, vec![1; 8]),
            (38, vec![0x42; 38]),
            control,
            discovery,
        ] {
            assert_eq!(whole(LinkType::Ethernet, &ethernet(&typed)), Decoded::LinkControl, "{typed:x?}");
        }
    }

    #[test]
    fn icmp_errors_in_a_tunnel_name_the_datagram_they_quote() {
        let message = [&[3, 3, 0, 0, 0, 0, 0, 0][..], &plain(false).1].concat();
        let error = tunnel(false, IpNumber::ICMP, &message);
        for typed in [pppoe(&error, false), gre(&error, 0, true), vxlan(&error, false)] {
            let data = ethernet(&typed);
            let Decoded::IcmpError(quote) = whole(LinkType::Ethernet, &data) else { panic!("{typed:x?}") };
            assert_eq!((quote.kind, quote.payload, quote.from), (3, TEXT, IpAddr::from([8; 4])));
        }
    }

    proptest! {
        #[test]
        fn no_damaged_encapsulation_makes_it_panic(
            ipv6 in any::<bool>(),
            which in any::<prop::sample::Index>(),
            damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        ) {
            let all = encapsulations(&plain(ipv6));
            let mut data = ethernet(&all[which.index(all.len())].1);
            let length = data.len();
            for (at, value) in damage {
                data[at.index(length)] = value;
            }
            let full = whole(LinkType::Ethernet, &data);
            for kept in 0..length {
                match (frame(LinkType::Ethernet, &data[..kept], length as u32), full) {
                    // Less of a datagram is less of the same.
                    (Decoded::Udp(cut), Decoded::Udp(full)) => {
                        prop_assert_eq!((cut.flow, cut.length), (full.flow, full.length));
                        prop_assert!(full.payload.starts_with(cut.payload));
                    }
                    (Decoded::TooShort, _) => {}
                    (_, Decoded::Udp(full)) => prop_assert!(false, "cut to {} of {:?}", kept, full),
                    _ => {}
                }
            }
        }
    }
}
