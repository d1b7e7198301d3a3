//! One UDP datagram of a capture.

use std::num::NonZeroU32;

use super::track::Sighting;
use crate::core::time::Wall;

/// One UDP datagram as a capture shows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Datagram {
    /// The capturing host's stamp.
    pub time: Wall,
    /// The frame's number in the file, from 1, as Wireshark counts.
    pub frame: u32,
    /// Index into [`CaptureLog::flows`](super::capture_log::CaptureLog::flows).
    pub flow: u32,
    /// The number in the text, if any.
    pub number: Option<u64>,
    /// Whether the text reads as a reply (`ACK n`).
    pub reads_as_reply: bool,
    /// Digest of the text, [`digest`](super::capture_log::digest) of the payload; `None` where the frame was cut inside it,
    /// and where it is 0.
    pub digest: Option<NonZeroU32>,
    /// The IPv4 identification (RFC 791, section 3.1), or the IPv6 flow label (RFC 6437): which of them, the addresses of
    /// the flow say. Of a packet in a tunnel the inner one's, of a datagram in fragments that of its fragments. `None`
    /// where it is 0, which hosts send that set none (RFC 6864, section 4.1; RFC 6437, section 2).
    pub packet_id: Option<NonZeroU32>,
    /// Length of the UDP payload in bytes, from the UDP header.
    pub length: u16,
    /// IPv4 time to live or IPv6 hop limit.
    pub ttl: u8,
    /// The frame's direction at the capturing host, if the link type records it (cooked captures).
    pub direction: Option<PacketDirection>,
    /// The UDP checksum is there, was verified over the whole datagram, and is wrong. On a frame the host sent, and on
    /// virtual links, that is the normal face of checksum offload.
    pub bad_checksum: bool,
    /// Its first fragment is there, and others are missing: the flow and perhaps the number are known, and it may never
    /// have arrived. Time and frame are those of the first fragment that came.
    pub incomplete: bool,
}

impl Datagram {
    /// The sighting of a message that it is.
    pub fn sighting(&self, key: u64) -> Sighting {
        let Self { time, digest, packet_id, .. } = *self;
        Sighting { key, time, frame: NonZeroU32::new(self.frame), digest, packet_id, copies: 1 }
    }
}

/// A numbered datagram: its frame, time and number.
pub type NumberedFrame = (u32, Wall, u64);

/// Which way a frame went at the host that captured it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PacketDirection {
    /// To this host.
    In,
    /// From this host.
    Out,
}
