//! What a capture file holds that concerns medidor: UDP datagrams, and ICMP errors that quote them.
//!
//! Reading and decoding files is the work of the `capture` room; this is the form in which it hands over what it saw.

use std::net::{IpAddr, SocketAddr};

use crate::core::time::Wall;

/// All that one capture file says.
#[derive(Clone, Debug, Default)]
pub struct CaptureLog {
    /// The file's name as the user gave it.
    pub file: String,
    /// The link type by its name in the registry of link types, `EN10MB` for Ethernet.
    pub link_type: String,
    /// Resolution of the time stamps in nanoseconds: 1, or 1000 for microseconds.
    pub resolution_ns: u32,
    /// Packets in the file, of whatever kind.
    pub packets: u64,
    /// Time of the first packet of any kind.
    pub first: Option<Wall>,
    /// Time of the last packet of any kind.
    pub last: Option<Wall>,
    /// Directed flows, by index from [`Datagram::flow`].
    pub flows: Vec<DirectedFlow>,
    /// UDP datagrams in the order of the file.
    pub datagrams: Vec<Datagram>,
    /// ICMP errors that quote a UDP datagram, in the order of the file.
    pub icmp_errors: Vec<IcmpError>,
    /// IP fragments that carry no UDP header, which is all but the first of each datagram.
    pub later_fragments: u64,
    /// Datagrams whose frame was cut by the snapshot length.
    pub cut: u64,
    /// Packets that are neither UDP nor an ICMP error: something the filter should have kept out.
    pub other: u64,
    /// The file breaks off or is corrupt.
    pub damage: Option<Damage>,
}

/// Where and how a capture file is damaged. What lies before is used, absence after it proves nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// Byte offset of the first record that could not be read, where the format lets it be known (classic pcap).
    pub offset: Option<u64>,
    /// What libpcap or the decoder said of it.
    pub reason: String,
}

/// A source and a destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DirectedFlow {
    /// Where the datagrams come from.
    pub source: SocketAddr,
    /// Where they go.
    pub destination: SocketAddr,
}

/// One UDP datagram as a capture shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Datagram {
    /// The capturing host's stamp.
    pub time: Wall,
    /// The frame's number in the file, from 1, as Wireshark counts.
    pub frame: u32,
    /// Index into [`CaptureLog::flows`].
    pub flow: u32,
    /// The number read from the text, if it bears one.
    pub number: Option<u64>,
    /// Whether the text reads as a reply (`ACK n`).
    pub reads_as_reply: bool,
    /// Digest of the text, [`digest`] of the payload; `None` where the frame was cut inside it.
    pub digest: Option<u32>,
    /// Length of the UDP payload in bytes, from the UDP header.
    pub length: u16,
    /// IPv4 time to live or IPv6 hop limit.
    pub ttl: u8,
    /// Which way the frame went at the capturing host, where the link type tells (cooked captures).
    pub way: Option<Way>,
    /// The interface's index, where the link type tells (`LINUX_SLL2`).
    pub interface: Option<u32>,
    /// The UDP checksum is there, was verified over the whole datagram, and is wrong. On a frame the host sent, and on
    /// virtual links, that is the normal face of checksum offload.
    pub bad_checksum: bool,
}

/// Which way a frame went at the host that captured it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// To this host.
    In,
    /// From this host.
    Out,
}

/// An ICMP or `ICMPv6` error that quotes a UDP datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IcmpError {
    /// The capturing host's stamp.
    pub time: Wall,
    /// The frame's number in the file, from 1.
    pub frame: u32,
    /// Who says so.
    pub from: IpAddr,
    /// The flow of the datagram that it quotes.
    pub quoted: DirectedFlow,
    /// The number in the quoted text; routers may quote only eight bytes of the UDP datagram, and then there is none.
    pub number: Option<u64>,
    /// ICMP type.
    pub kind: u8,
    /// ICMP code.
    pub code: u8,
}

/// A short digest of a text, to tell whether it was altered on the way: 32-bit FNV-1a (no protection against intent).
pub fn digest(text: &[u8]) -> u32 {
    text.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}
