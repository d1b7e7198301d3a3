//! A decoded datagram and the frame it was found in, as the packet loop hands them to the builders.

use super::duplicate_frames::Vantage;
use super::reassembly::Arrival;
use crate::core::evidence::capture_log::PacketDirection;

/// A decoded datagram with what its frame says.
pub(super) struct CapturedDatagram<'a> {
    pub flow: u32,
    /// Source and destination are probably on different hosts.
    pub travels: bool,
    pub payload: &'a [u8],
    pub length: u16,
    pub fragmented: bool,
    pub ttl: u8,
    pub ip_id: Option<u16>,
    pub flow_label: u32,
    pub direction: Option<PacketDirection>,
    /// Where it was seen; `None` if no copy of it can be recognized.
    pub vantage: Option<Vantage>,
    pub bad_checksum: bool,
    pub incomplete: bool,
}

/// The frame of a decoded packet.
#[derive(Clone, Copy)]
pub(super) struct PacketContext {
    pub arrival: Arrival,
    /// The snapshot length cut it.
    pub cut: bool,
    /// The packet has no timestamp.
    pub untimed: bool,
    /// How often it was joined from fragments.
    pub joined: usize,
    /// Digest of its link header ([`link_view`](super::link_header::link_view)); `None` if unknown.
    pub link_view: Option<u64>,
    /// Of a joined packet, its fragments' direction and interface.
    pub direction: Option<PacketDirection>,
    pub interface: Option<u32>,
}

impl PacketContext {
    /// Where a packet was seen: on a numbered interface, or else with a link header and TTL. `index` is the number of
    /// the interface in its link header.
    pub fn vantage(&self, index: Option<u32>, ttl: u8) -> Option<Vantage> {
        let (file, index) = (self.arrival.interface, index.or(self.interface));
        if file.is_some() || index.is_some() {
            let number = u64::from(file.unwrap_or_default()) << 32 | u64::from(index.unwrap_or_default());
            return Some(Vantage::Interface(number));
        }
        self.link_view.map(|view| Vantage::view(view, ttl))
    }
}
