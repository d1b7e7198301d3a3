//! Capture files built byte by byte, in every supported format, independent of the code under test.

use etherparse::PacketBuilder;
use medidor::capture::log_reader::{self, ReadError, Retain};
use medidor::core::evidence::capture_log::CaptureLog;

/// One frame of a file.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Nanoseconds since 1970.
    pub time: u64,
    /// The captured bytes.
    pub data: Vec<u8>,
    /// The length on the wire.
    pub length: u32,
}

impl Frame {
    /// A frame that is not truncated.
    pub fn whole(time: u64, data: Vec<u8>) -> Self {
        Self { time, length: data.len() as u32, data }
    }
}

/// LINKTYPE_ values of the tcpdump registry.
pub mod link {
    pub const NULL: u32 = 0;
    pub const ETHERNET: u32 = 1;
    pub const RAW: u32 = 101;
    pub const WIFI: u32 = 105;
    pub const LOOP: u32 = 108;
    pub const SLL: u32 = 113;
    pub const IPV4: u32 = 228;
    pub const IPV6: u32 = 229;
    pub const SLL2: u32 = 276;
}

/// The byte order of a file.
#[derive(Clone, Copy, Debug)]
pub struct Order {
    pub big: bool,
}

impl Order {
    pub fn word(self, value: u32) -> [u8; 4] {
        if self.big { value.to_be_bytes() } else { value.to_le_bytes() }
    }

    pub fn half(self, value: u16) -> [u8; 2] {
        if self.big { value.to_be_bytes() } else { value.to_le_bytes() }
    }
}

/// A classic pcap file, with nanoseconds or microseconds.
pub fn classic(order: Order, nano: bool, link: u32, frames: &[Frame]) -> Vec<u8> {
    let magic = if nano { 0xa1b2_3c4d } else { 0xa1b2_c3d4 };
    let mut file = order.word(magic).to_vec();
    file.extend([order.half(2), order.half(4)].as_flattened());
    file.extend([0, 0, 262_144, link].map(|value| order.word(value)).as_flattened());
    for frame in frames {
        let fraction = (frame.time % 1_000_000_000) as u32 / if nano { 1 } else { 1000 };
        let header = [(frame.time / 1_000_000_000) as u32, fraction, frame.data.len() as u32, frame.length];
        file.extend(header.map(|value| order.word(value)).as_flattened());
        file.extend(&frame.data);
    }
    file
}

/// A pcapng block.
pub fn block(order: Order, kind: u32, body: &[u8]) -> Vec<u8> {
    let padding = vec![0; body.len().next_multiple_of(4) - body.len()];
    let total = order.word((body.len() + padding.len() + 12) as u32);
    [&order.word(kind), &total, body, &padding, &total].concat()
}

/// A Section Header Block.
pub fn section(order: Order) -> Vec<u8> {
    let body = [&order.word(0x1a2b_3c4d)[..], &order.half(1), &order.half(0), &[0xff; 8]].concat();
    block(order, 0x0a0d_0d0a, &body)
}

/// An Interface Description Block; options are pairs of code and value.
pub fn interface(order: Order, link: u32, snaplen: u32, options: &[(u16, &[u8])]) -> Vec<u8> {
    let mut body = [&order.half(link as u16)[..], &[0, 0], &order.word(snaplen)].concat();
    for (code, value) in options {
        body.extend([order.half(*code), order.half(value.len() as u16)].as_flattened());
        body.extend(*value);
        body.resize(body.len().next_multiple_of(4), 0);
    }
    if !options.is_empty() {
        body.extend([0; 4]);
    }
    block(order, 1, &body)
}

/// An Enhanced Packet Block of an interface with this many ticks per second.
pub fn enhanced(order: Order, interface: u32, ticks: u64, frame: &Frame) -> Vec<u8> {
    let stamp = (u128::from(frame.time) * u128::from(ticks) / 1_000_000_000) as u64;
    let header = [interface, (stamp >> 32) as u32, stamp as u32, frame.data.len() as u32, frame.length];
    let body = [header.map(|value| order.word(value)).as_flattened(), &frame.data].concat();
    block(order, 6, &body)
}

/// An obsolete Packet Block, in microseconds.
pub fn old(order: Order, interface: u16, frame: &Frame) -> Vec<u8> {
    let stamp = frame.time / 1000;
    let header = [(stamp >> 32) as u32, stamp as u32, frame.data.len() as u32, frame.length];
    let header = header.map(|value| order.word(value));
    let body = [&order.half(interface)[..], &[0, 0], header.as_flattened(), &frame.data].concat();
    block(order, 2, &body)
}

/// A Simple Packet Block, which has no timestamp.
pub fn simple(order: Order, frame: &Frame) -> Vec<u8> {
    block(order, 3, &[&order.word(frame.length)[..], &frame.data].concat())
}

/// Reads a capture file with medidor's reader.
pub fn read_capture(path: &std::path::Path) -> Result<CaptureLog, ReadError> {
    let file = std::fs::File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    log_reader::read(file, &path.display().to_string(), 0, Retain::Numbers)
}

/// An IP packet with a UDP datagram. Each host is given by the last byte of its address, and its port.
pub fn datagram(ipv6: bool, from: (u8, u16), to: (u8, u16), text: &[u8]) -> Vec<u8> {
    let mut packet = Vec::new();
    if ipv6 {
        let address = |last| [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last];
        let builder = PacketBuilder::ipv6(address(from.0), address(to.0), 64).udp(from.1, to.1);
        builder.write(&mut packet, text).unwrap();
    } else {
        let builder = PacketBuilder::ipv4([10, 0, 0, from.0], [10, 0, 0, to.0], 64).udp(from.1, to.1);
        builder.write(&mut packet, text).unwrap();
    }
    packet
}

/// A frame of this link type around an IP packet, with VLAN tags on Ethernet.
pub fn framed(link: u32, tags: &[u16], packet: &[u8]) -> Vec<u8> {
    let ipv6 = packet[0] >> 4 == 6;
    let ether_type: [u8; 2] = if ipv6 { [0x86, 0xdd] } else { [8, 0] };
    let header = match link {
        link::NULL => vec![if ipv6 { 30 } else { 2 }, 0, 0, 0],
        link::LOOP => vec![0, 0, 0, if ipv6 { 24 } else { 2 }],
        link::ETHERNET => {
            let tags: Vec<u8> = tags.iter().flat_map(|tag| [(tag >> 8) as u8, *tag as u8, 0, 7]).collect();
            [&[2; 12][..], &tags, &ether_type].concat()
        }
        link::SLL => [&[0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0], &ether_type[..]].concat(),
        link::SLL2 => [&ether_type[..], &[0, 0, 0, 0, 0, 2, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0]].concat(),
        _ => Vec::new(),
    };
    [&header, packet].concat()
}

/// Link type and frames of a classic file, little-endian with nanoseconds.
///
/// # Panics
/// When the file has another format.
pub fn read(file: &[u8]) -> (u32, Vec<Frame>) {
    let word = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().unwrap());
    assert_eq!(word(0), 0xa1b2_3c4d, "little-endian, nanoseconds");
    let (mut at, mut frames) = (24, Vec::new());
    while at < file.len() {
        let (seconds, nanoseconds, kept, length) = (word(at), word(at + 4), word(at + 8) as usize, word(at + 12));
        let data = file[at + 16..at + 16 + kept].to_vec();
        frames.push(Frame { time: u64::from(seconds) * 1_000_000_000 + u64::from(nanoseconds), data, length });
        at += 16 + kept;
    }
    (word(20), frames)
}

/// The number of bytes before the IP packet.
fn header(link: u32) -> usize {
    match link {
        link::ETHERNET => 14,
        link::SLL2 => 20,
        other => panic!("link type {other}"),
    }
}

/// The payload of a frame with a UDP datagram over IPv4.
pub fn text(link: u32, frame: &Frame) -> String {
    let packet = etherparse::SlicedPacket::from_ip(&frame.data[header(link)..]).unwrap();
    let Some(etherparse::TransportSlice::Udp(udp)) = packet.transport else { panic!("no UDP") };
    String::from_utf8(udp.payload().to_vec()).unwrap()
}

/// The frame with another payload and, if given, other addresses; all checksums are correct.
pub fn rewritten(link: u32, frame: &Frame, text: &str, ends: Option<([u8; 4], [u8; 4])>) -> Frame {
    let (before, packet) = frame.data.split_at(header(link));
    let packet = etherparse::PacketHeaders::from_ip_slice(packet).unwrap();
    let (Some(etherparse::NetHeaders::Ipv4(mut ip, _)), Some(etherparse::TransportHeader::Udp(udp))) =
        (packet.net, packet.transport)
    else {
        panic!("no UDP over IPv4")
    };
    if let Some((source, destination)) = ends {
        (ip.source, ip.destination) = (source, destination);
    }
    let mut data = before.to_vec();
    let builder = PacketBuilder::ip(etherparse::IpHeaders::Ipv4(ip, etherparse::Ipv4Extensions::default()));
    builder.udp(udp.source_port, udp.destination_port).write(&mut data, text.as_bytes()).unwrap();
    Frame::whole(frame.time, data)
}

/// The frame in a `PPPoE` session (RFC 2516, section 4): behind the link header come the `PPPoE` header and the PPP protocol
/// number. IPv4 only.
pub fn in_pppoe(link: u32, frame: &Frame) -> Frame {
    let (before, packet) = frame.data.split_at(header(link));
    let mut data = before.to_vec();
    let ether_type = match link {
        link::SLL2 => 0,
        _ => before.len() - 2,
    };
    assert_eq!(data[ether_type..ether_type + 2], [8, 0], "IPv4");
    data[ether_type..ether_type + 2].copy_from_slice(&[0x88, 0x64]);
    // Version 1, type 1, session data; session 7. The length counts the two bytes of the protocol number, 0x0021 (IPv4).
    data.extend([0x11, 0, 0, 7]);
    data.extend((packet.len() as u16 + 2).to_be_bytes());
    data.extend([0, 0x21]);
    data.extend(packet);
    Frame { time: frame.time, length: frame.length + 8, data }
}
