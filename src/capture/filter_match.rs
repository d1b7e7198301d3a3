//! Whether a capture's filter and snapshot length would have kept a datagram. Only then is its absence evidence.
//!
//! The answer comes from running the compiled filter over a synthetic frame of that datagram.

use std::net::{IpAddr, SocketAddr};

use etherparse::{IpNumber, PacketBuilder};
use pcap::{BpfProgram, Capture};

use super::filter::FilterError;
use super::link_type::LinkType;
use super::pcap_error;
use crate::core::evidence::exchange_host::DatagramForm;

/// Bytes of a text that are enough to read its number, in practice.
const MIN_READABLE_LEN: usize = 32;

/// libpcap reads a snapshot length of 0, and any beyond this, as this.
const MAX_SNAPLEN: u32 = 262_144;

/// Longer expressions are not compiled, bytes. Journals come from anyone, and libpcap needs minutes, or the whole
/// stack, for some expressions of a hundred thousand bytes; the kernel accepts none near that length.
const MAX_FILTER_LEN: usize = 4096;

/// IP payload of a first fragment on Ethernet, of IPv6 too, bytes.
const FIRST_FRAGMENT: usize = 1_448;

/// UDP payload of it, bytes.
const MAX_FIRST_PAYLOAD: usize = FIRST_FRAGMENT - 8;

/// The keywords of filter expressions (pcap-filter(7)). Any other word may be a host name, and libpcap would look it
/// up: a journal must not cause network traffic.
const KEYWORDS: [&str; 52] = [
    "ah",
    "and",
    "arp",
    "broadcast",
    "dst",
    "esp",
    "ether",
    "gateway",
    "greater",
    "host",
    "icmp",
    "icmp6",
    "icmp6code",
    "icmp6type",
    "icmpcode",
    "icmptype",
    "ifindex",
    "igmp",
    "inbound",
    "ip",
    "ip6",
    "len",
    "less",
    "link",
    "mask",
    "mpls",
    "multicast",
    "net",
    "not",
    "or",
    "outbound",
    "pim",
    "port",
    "portrange",
    "ppp",
    "pppoed",
    "pppoes",
    "proto",
    "protochain",
    "radio",
    "rarp",
    "sctp",
    "slip",
    "src",
    "tcp",
    "tcpflags",
    "tr",
    "udp",
    "vlan",
    "vrrp",
    "vxlan",
    "wlan",
];

/// A compiled filter and a snapshot length, to check which datagrams they let pass.
pub struct CompiledFilter {
    program: BpfProgram,
    link: LinkType,
    snaplen: usize,
}

/// How a capture would have shown a datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// Not at all: the filter keeps it out.
    Refused,
    /// Its frame would have been cut to the snapshot length.
    Cut {
        kept: usize,
        /// Whether that is enough to read the number: the first 32 bytes.
        readable: bool,
    },
    Whole,
}

impl Visibility {
    /// Whether enough of the frame was kept to read the message number.
    pub const fn can_read_number(self) -> bool {
        matches!(self, Self::Whole | Self::Cut { readable: true, .. })
    }
}

impl CompiledFilter {
    /// Compiles a filter expression as it was set, for a link type.
    ///
    /// # Errors
    /// [`FilterError::Bad`] if it does not compile, is longer than 4096 bytes, or contains a name that would need a lookup.
    /// Some expressions compile only on a live capture (`inbound` on Ethernet): for those the result is this error, too.
    pub fn new(expression: &str, link: LinkType, snaplen: u32) -> Result<Self, FilterError> {
        if expression.len() > MAX_FILTER_LEN {
            let detail = format!("longer than {MAX_FILTER_LEN} bytes");
            return Err(FilterError::Bad { filter: expression.to_owned(), detail });
        }
        if let Some(name) = name(expression) {
            return Err(FilterError::Bad { filter: expression.to_owned(), detail: format!("{name} is not looked up") });
        }
        let bad = |error| FilterError::Bad { filter: expression.to_owned(), detail: pcap_error::message_of(&error) };
        let program = Capture::dead(link.dlt()).and_then(|dead| dead.compile(expression, true)).map_err(bad)?;
        let snaplen = if snaplen == 0 { MAX_SNAPLEN } else { snaplen.min(MAX_SNAPLEN) } as usize;
        Ok(Self { program, link, snaplen })
    }

    /// How this capture would have shown a UDP datagram with `payload` bytes. The content is unknown here, so a filter
    /// that checks it may count as rejecting. Where the link type records the direction, both directions must pass.
    ///
    /// A fragmented one passes as two fragments, and the filter must admit both. The snapshot length cuts the first.
    pub fn admits(&self, source: SocketAddr, destination: SocketAddr, form: DatagramForm) -> Visibility {
        let mut payload = usize::from(form.length);
        let Some(packet) = packet(source, destination, payload) else { return Visibility::Refused };
        let headers = link_headers(self.link, packet[0] >> 4 == 6);
        let mut frames = vec![packet];
        if form.fragmented {
            payload = payload.min(MAX_FIRST_PAYLOAD);
            frames = fragments(&frames[0]);
        }
        let mut whole = 0;
        for (header, packet) in headers.iter().flat_map(|header| frames.iter().map(move |packet| (header, packet))) {
            let frame = [header.as_slice(), packet].concat();
            if !self.program.filter(&frame) {
                return Visibility::Refused;
            }
            whole = whole.max(frame.len());
        }
        match whole {
            0 => Visibility::Refused,
            length if length <= self.snaplen => Visibility::Whole,
            length => {
                let kept = payload.saturating_sub(length - self.snaplen);
                Visibility::Cut { kept, readable: kept >= MIN_READABLE_LEN.min(payload) }
            }
        }
    }
}

/// The first word that is neither of [`KEYWORDS`] nor a number or an address.
fn name(expression: &str) -> Option<&str> {
    let mut text = expression.split(|c: char| !c.is_alphanumeric() && !"._:-".contains(c));
    text.find(|word| {
        let hexadecimal = |word: &str| word.bytes().all(|byte| byte.is_ascii_hexdigit());
        let number = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit() || b".-".contains(&byte));
        // An address of IPv6 or Ethernet, or an index as in `[8:2]`.
        let groups = || word.split(':').all(|group| group.len() <= 4 && hexadecimal(group) || number(group));
        let known = number(word) || word.strip_prefix("0x").is_some_and(hexadecimal) || KEYWORDS.contains(word);
        !(known || word.contains(':') && groups())
    })
}

/// A UDP datagram with its IP header; `None` where the two addresses are not of one family.
fn packet(source: SocketAddr, destination: SocketAddr, payload: usize) -> Option<Vec<u8>> {
    let builder = match (source.ip().to_canonical(), destination.ip().to_canonical()) {
        (IpAddr::V4(from), IpAddr::V4(to)) => PacketBuilder::ipv4(from.octets(), to.octets(), 64),
        (IpAddr::V6(from), IpAddr::V6(to)) => PacketBuilder::ipv6(from.octets(), to.octets(), 64),
        _ => return None,
    };
    let mut packet = Vec::new();
    builder.udp(source.port(), destination.port()).write(&mut packet, &vec![0; payload]).ok()?;
    Some(packet)
}

/// The first fragment of a packet on Ethernet, and a later one.
fn fragments(packet: &[u8]) -> Vec<Vec<u8>> {
    // By version: the header's length, the field of the payload's length, and what that counts besides the payload.
    let ipv6 = packet[0] >> 4 == 6;
    let (header, length_at, counted) = if ipv6 { (40, 4, 8) } else { (20, 2, 20) };
    let (header, payload) = packet.split_at(header);
    let first = payload.len().min(FIRST_FRAGMENT);
    let fragment = |offset: usize, more: bool, part: &[u8]| {
        let mut fragment = header.to_vec();
        fragment[length_at..length_at + 2].copy_from_slice(&((part.len() + counted) as u16).to_be_bytes());
        if ipv6 {
            fragment[6] = IpNumber::IPV6_FRAGMENTATION_HEADER.0;
            fragment.extend_from_slice(&[IpNumber::UDP.0, 0]);
            fragment.extend_from_slice(&(offset as u16 | u16::from(more)).to_be_bytes());
            fragment.extend_from_slice(&[0, 0, 0, 1]);
        } else {
            let word = (offset / 8) as u16 | if more { 0x2000 } else { 0 };
            fragment[6..8].copy_from_slice(&word.to_be_bytes());
        }
        fragment.extend_from_slice(part);
        fragment
    };
    vec![fragment(0, true, &payload[..first]), fragment(FIRST_FRAGMENT, false, &[0; 8])]
}

/// The link headers possible in front of a packet: none if the link type cannot carry it, two if it records the
/// direction.
fn link_headers(link: LinkType, ipv6: bool) -> Vec<Vec<u8>> {
    let ether_type: [u8; 2] = if ipv6 { [0x86, 0xdd] } else { [0x08, 0x00] };
    let family = if ipv6 { nix::libc::AF_INET6 } else { nix::libc::AF_INET };
    // To this host, and outgoing.
    let packet_types = [0, 4];
    match link {
        LinkType::Ethernet => vec![[&[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2], ether_type.as_slice()].concat()],
        LinkType::Raw => vec![Vec::new()],
        LinkType::Ipv4 if !ipv6 => vec![Vec::new()],
        LinkType::Ipv6 if ipv6 => vec![Vec::new()],
        LinkType::Ipv4 | LinkType::Ipv6 => Vec::new(),
        LinkType::Null => vec![family.to_ne_bytes().to_vec()],
        LinkType::Loop => vec![family.to_be_bytes().to_vec()],
        LinkType::Sll => packet_types
            .map(|kind| [&[0, kind, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0], ether_type.as_slice()].concat())
            .to_vec(),
        LinkType::Sll2 => packet_types
            .map(|kind| [ether_type.as_slice(), &[0, 0, 0, 0, 0, 2, 0, 1, kind, 6, 2, 0, 0, 0, 0, 1, 0, 0]].concat())
            .to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::filter::{client, for_link, server, with_fragments_of};
    use super::*;

    const CLIENT: &str = "192.168.1.10:40001";
    const SERVER: &str = "203.0.113.2:5005";
    const OTHER: &str = "203.0.113.2:6006";

    fn ask(expression: &str, link: LinkType, snaplen: u32, from: &str, to: &str, payload: u16) -> Visibility {
        let admission = CompiledFilter::new(expression, link, snaplen).unwrap();
        let form = DatagramForm { length: payload, fragmented: false };
        admission.admits(from.parse().unwrap(), to.parse().unwrap(), form)
    }

    #[test]
    fn default_filters_admit_both_directions_on_every_link_type() {
        for link in LinkType::ALL {
            for filter in [client(5005, 40001), server(5005)] {
                let filter = for_link(&filter, link);
                let v4 = (link != LinkType::Ipv6).then_some((CLIENT, SERVER));
                let v6 = (link != LinkType::Ipv4).then_some(("[2001:db8::1]:40001", "[2001:db8::2]:5005"));
                for (here, there) in v4.into_iter().chain(v6) {
                    assert_eq!(ask(&filter, link, 65535, here, there, 11), Visibility::Whole, "{link:?} {filter}");
                    assert_eq!(ask(&filter, link, 65535, there, here, 11), Visibility::Whole, "{link:?} {filter}");
                }
            }
        }
    }

    #[test]
    fn a_transfers_filters_admit_its_blocks_on_every_link_type() {
        for link in LinkType::ALL.into_iter().filter(|link| *link != LinkType::Ipv6) {
            let sender = for_link(&super::super::filter::sender(5005, 10), link);
            let receiver = for_link(&super::super::filter::receiver(5005, 40001), link);
            let (from, to) = ("203.0.113.2:5015", "192.168.1.10:40001");
            for filter in [&sender, &receiver] {
                assert_eq!(ask(filter, link, 65535, from, to, 1036), Visibility::Whole, "{link:?} {filter}");
            }
            let beyond = "203.0.113.2:5016";
            assert_eq!(ask(&sender, link, 65535, beyond, "192.168.1.10:9", 1036), Visibility::Refused);
        }
    }

    #[test]
    fn only_the_client_admits_replies_from_another_port() {
        for link in [
            LinkType::Ethernet,
            LinkType::Sll,
            LinkType::Sll2,
            LinkType::Raw,
            LinkType::Null,
            LinkType::Loop,
            LinkType::Ipv4,
        ] {
            let (client, server) = (client(5005, 40001), server(5005));
            assert_eq!(ask(&client, link, 65535, OTHER, CLIENT, 5), Visibility::Whole);
            assert_eq!(ask(&server, link, 65535, OTHER, CLIENT, 5), Visibility::Refused);
            assert_eq!(ask(&client, link, 65535, CLIENT, OTHER, 5), Visibility::Refused, "not its own exchange");
        }
    }

    #[test]
    fn only_filters_that_admit_all_fragments_admit_one_in_parts() {
        let ask = |filter: &str, link, from: &str, to: &str, snaplen| {
            let form = DatagramForm { length: 3_000, fragmented: true };
            let admission = CompiledFilter::new(&for_link(filter, link), link, snaplen).unwrap();
            admission.admits(from.parse().unwrap(), to.parse().unwrap(), form)
        };
        let (v6_client, v6_server) = ("[2001:db8::1]:40001", "[2001:db8::2]:5005");
        let of = |address: &str, filter: &str| with_fragments_of(address.parse().unwrap(), filter);
        for link in LinkType::ALL {
            for filter in [client(5005, 40001), server(5005)] {
                if link != LinkType::Ipv6 {
                    assert_eq!(ask(&filter, link, CLIENT, SERVER, 0), Visibility::Whole, "{link:?}");
                    let narrow = of("203.0.113.2", &filter);
                    assert_eq!(ask(&narrow, link, SERVER, CLIENT, 0), Visibility::Whole, "{link:?}");
                    assert_eq!(ask(&of("203.0.113.9", &filter), link, SERVER, CLIENT, 0), Visibility::Refused);
                    assert_eq!(ask("udp port 5005", link, CLIENT, SERVER, 0), Visibility::Refused);
                }
                if link != LinkType::Ipv4 {
                    assert_eq!(ask(&filter, link, v6_client, v6_server, 0), Visibility::Whole, "{link:?}");
                    assert_eq!(ask(&of("2001:db8::2", &filter), link, v6_server, v6_client, 0), Visibility::Whole);
                    assert_eq!(ask("udp port 5005", link, v6_client, v6_server, 0), Visibility::Refused);
                }
            }
        }
        let cut = ask("", LinkType::Raw, CLIENT, SERVER, 128);
        assert_eq!(cut, Visibility::Cut { kept: 100, readable: true }, "of the first fragment");
    }

    #[test]
    fn a_filter_of_one_direction_does_not_admit_the_other() {
        let requests = "udp dst port 5005";
        assert_eq!(ask(requests, LinkType::Ethernet, 65535, CLIENT, SERVER, 11), Visibility::Whole);
        assert_eq!(ask(requests, LinkType::Ethernet, 65535, SERVER, CLIENT, 11), Visibility::Refused);
        assert_eq!(ask("tcp", LinkType::Ethernet, 65535, CLIENT, SERVER, 11), Visibility::Refused);
        assert_eq!(ask("", LinkType::Ethernet, 65535, CLIENT, SERVER, 11), Visibility::Whole, "no filter admits all");
        assert_eq!(ask("inbound", LinkType::Sll2, 65535, CLIENT, SERVER, 11), Visibility::Refused);
    }

    #[test]
    fn the_snapshot_length_decides_what_is_kept() {
        let kept = |snaplen, payload| ask("udp", LinkType::Ethernet, snaplen, CLIENT, SERVER, payload);
        // 14 bytes of Ethernet, 20 of IP, 8 of UDP.
        assert_eq!(kept(60, 11), Visibility::Whole);
        assert_eq!(kept(60, 100), Visibility::Cut { kept: 18, readable: false });
        assert_eq!(kept(52, 11), Visibility::Cut { kept: 10, readable: false });
        assert_eq!(kept(74, 100), Visibility::Cut { kept: 32, readable: true });
        assert_eq!(kept(20, 100), Visibility::Cut { kept: 0, readable: false });
        assert_eq!(kept(0, 1400), Visibility::Whole, "0 stands for no limit");
        assert!(kept(74, 100).can_read_number() && kept(0, 1).can_read_number() && !kept(60, 100).can_read_number());
    }

    #[test]
    fn addresses_of_two_families_make_no_datagram() {
        assert_eq!(ask("", LinkType::Raw, 0, CLIENT, "[2001:db8::2]:5005", 1), Visibility::Refused);
        assert_eq!(ask("", LinkType::Ipv4, 0, "[2001:db8::1]:1", "[2001:db8::2]:5005", 1), Visibility::Refused);
        assert_eq!(ask("udp", LinkType::Raw, 0, CLIENT, "[::ffff:203.0.113.2]:5005", 1), Visibility::Whole);
        assert_eq!(ask("udp", LinkType::Raw, 0, CLIENT, SERVER, 65535), Visibility::Refused, "too long for UDP");
    }

    #[test]
    fn no_name_is_looked_up() {
        for expression in
            ["host example", "udp and src a.example", "net 3com.example", "gateway de", "host a.de:1", "not 10.0.0.de"]
        {
            assert!(CompiledFilter::new(expression, LinkType::Ethernet, 0).is_err(), "{expression}");
        }
        let plain = "(udp[8:2]=0x4d65 or ip6 host fe80::1) and not ether src 00:11:22:33:44:5a and net 10.0.0.0/8";
        assert!(CompiledFilter::new(plain, LinkType::Ethernet, 0).is_ok());
        assert!(CompiledFilter::new("udp portrange 5000-5010 && !(len>=100)", LinkType::Raw, 0).is_ok());
    }

    #[test]
    fn a_bad_filter_is_refused_with_libpcaps_words() {
        let Err(FilterError::Bad { filter, detail }) = CompiledFilter::new("udp prt 5", LinkType::Ethernet, 0) else {
            panic!("it compiled");
        };
        assert_eq!(filter, "udp prt 5");
        assert!(!detail.is_empty());
        assert!(CompiledFilter::new("vlan and udp", LinkType::Raw, 0).is_err());
        assert!(CompiledFilter::new("udp\0", LinkType::Raw, 0).is_err());
        assert!(CompiledFilter::new(&" ".repeat(MAX_FILTER_LEN), LinkType::Raw, 0).is_ok());
        assert!(CompiledFilter::new(&"not ".repeat(MAX_FILTER_LEN), LinkType::Raw, 0).is_err());
    }

    /// An ICMP error of a type that quotes a datagram, behind an Ethernet header.
    fn icmp_error(kind: u8, from: &str, to: &str, options: bool, tagged: bool) -> Vec<u8> {
        let mut quoted = packet(from.parse().unwrap(), to.parse().unwrap(), 3).unwrap();
        let ipv6 = quoted[0] >> 4 == 6;
        if options {
            quoted.splice(20..20, [1, 1, 1, 1]);
            quoted[0] = 0x46;
        }
        let mut message = vec![kind, 3, 0, 0, 0, 0, 0, 0];
        message.extend_from_slice(&quoted);
        let mut inner = Vec::new();
        if ipv6 {
            let builder = PacketBuilder::ipv6([1; 16], [2; 16], 64);
            builder.write(&mut inner, IpNumber::IPV6_ICMP, &message).unwrap();
        } else {
            let builder = PacketBuilder::ipv4([1; 4], [2; 4], 64);
            builder.write(&mut inner, IpNumber::ICMP, &message).unwrap();
        }
        let mut frame = link_headers(LinkType::Ethernet, ipv6).remove(0);
        if tagged {
            frame.splice(12..12, [0x81, 0x00, 0x00, 0x07]);
        }
        frame.extend_from_slice(&inner);
        frame
    }

    #[test]
    fn icmp_errors_about_this_exchange_pass_and_others_do_not() {
        let (v6_client, v6_server, v6_other) = ("[2001:db8::1]:40001", "[2001:db8::2]:5005", "[2001:db8::2]:6006");
        for filter in [client(5005, 40001), server(5005)] {
            let admission = CompiledFilter::new(&for_link(&filter, LinkType::Ethernet), LinkType::Ethernet, 0).unwrap();
            let passes = |frame: &[u8]| admission.program.filter(frame);
            for (options, tagged) in [(false, false), (true, false), (false, true)] {
                for kind in [3, 11, 12] {
                    assert!(passes(&icmp_error(kind, CLIENT, SERVER, options, tagged)), "{kind}");
                    assert!(passes(&icmp_error(kind, SERVER, CLIENT, options, tagged)), "{kind}");
                    assert!(!passes(&icmp_error(kind, CLIENT, OTHER, options, tagged)), "another exchange");
                }
                assert!(!passes(&icmp_error(8, CLIENT, SERVER, options, tagged)), "no error");
            }
            for kind in [1, 4] {
                assert!(passes(&icmp_error(kind, v6_client, v6_server, false, false)));
                assert!(passes(&icmp_error(kind, v6_server, v6_client, false, true)));
                assert!(!passes(&icmp_error(kind, v6_client, v6_other, false, false)));
            }
            assert!(!passes(&icmp_error(128, v6_client, v6_server, false, false)), "no error");
        }
        let client = CompiledFilter::new(&client(5005, 40001), LinkType::Ethernet, 0).unwrap();
        assert!(client.program.filter(&icmp_error(3, OTHER, CLIENT, false, false)), "a reply nobody waited for");
    }

    #[test]
    fn tagged_datagrams_pass_on_ethernet() {
        let mut frame = link_headers(LinkType::Ethernet, false).remove(0);
        frame.splice(12..12, [0x81, 0x00, 0x00, 0x07]);
        frame.extend(packet(CLIENT.parse().unwrap(), SERVER.parse().unwrap(), 11).unwrap());
        let plain = CompiledFilter::new(&server(5005), LinkType::Ethernet, 0).unwrap();
        let tagged = CompiledFilter::new(&for_link(&server(5005), LinkType::Ethernet), LinkType::Ethernet, 0).unwrap();
        assert!(!plain.program.filter(&frame));
        assert!(tagged.program.filter(&frame));
    }
}
