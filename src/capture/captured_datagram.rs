//! A decoded datagram and the frame it was found in, as the packet loop hands them to the builders.

use super::reassembly::Arrival;
use crate::core::evidence::capture_log::PacketDirection;

/// A decoded datagram with what its frame says.
pub(super) struct CapturedDatagram<'a> {
    pub flow: u32,
    /// It runs between two addresses that may well be of two hosts.
    pub travels: bool,
    pub payload: &'a [u8],
    pub length: u16,
    pub fragmented: bool,
    pub ttl: u8,
    pub ip_id: Option<u16>,
    pub direction: Option<PacketDirection>,
    /// Which interface it was shown on, if others might show it, too.
    pub interface: Option<u64>,
    pub bad_checksum: bool,
    pub incomplete: bool,
}

/// The frame of a decoded packet.
#[derive(Clone, Copy)]
pub(super) struct PacketContext {
    pub arrival: Arrival,
    /// The snapshot length cut it.
    pub cut: bool,
    /// It has no stamp.
    pub untimed: bool,
    /// How often it was joined from fragments.
    pub joined: usize,
    /// Of a joined packet, its fragments' direction and interface.
    pub direction: Option<PacketDirection>,
    pub interface: Option<u32>,
}

impl PacketContext {
    /// The interface of a packet, if other interfaces may show it as well. `index` is the one in its link header.
    pub fn interface_of(&self, index: Option<u32>) -> Option<u64> {
        let (file, index) = (self.arrival.interface, index.or(self.interface));
        (file.is_some() || index.is_some())
            .then(|| u64::from(file.unwrap_or_default()) << 32 | u64::from(index.unwrap_or_default()))
    }
}
