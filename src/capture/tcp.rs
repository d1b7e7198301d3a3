//! Decodes one TCP segment (RFC 9293 section 3.1), bounds-checked.
//!
//! ```text
//! source port 2 | destination port 2 | sequence number 4 | acknowledgment number 4
//! data offset 4 bits | reserved 4 bits | flags 1 | window 2 | checksum 2 | urgent pointer 2 | options | data
//! ```

use crate::core::evidence::capture_log::PacketDirection;
use crate::core::evidence::flow::FlowKey;
use crate::core::evidence::tcp_connections::Flags;

/// A TCP segment as its frame shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tcp<'a> {
    pub flow: FlowKey,
    /// Sequence number of its first byte, or of its SYN.
    pub seq: u32,
    /// Acknowledgment number; valid only with the ACK flag.
    pub ack: u32,
    pub flags: Flags,
    pub window: u16,
    pub data: &'a [u8],
    /// The data's length by the headers, bytes.
    pub length: u32,
    /// IPv4 time to live or IPv6 hop limit.
    pub ttl: u8,
    /// IPv4 identification.
    pub ip_id: Option<u16>,
    /// Direction, from cooked captures only; never set for loopback.
    pub direction: Option<PacketDirection>,
    /// Index of the interface, of `LINUX_SLL2` only.
    pub interface: Option<u32>,
}

impl<'a> Tcp<'a> {
    /// Parses a segment of which `payload` was captured, of `declared` bytes; `None` if its header is cut or invalid.
    pub fn read(flow: FlowKey, payload: &'a [u8], declared: usize) -> Option<Self> {
        let header = payload.first_chunk::<20>()?;
        let word = |at: usize| u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
        let offset = usize::from(header[12] >> 4) * 4;
        if offset < 20 || offset > declared {
            return None;
        }
        Some(Self {
            flow,
            seq: word(4),
            ack: word(8),
            flags: Flags(header[13]),
            window: u16::from_be_bytes([header[14], header[15]]),
            data: payload.get(offset..).unwrap_or_default(),
            length: u32::try_from(declared - offset).ok()?,
            ttl: 0,
            ip_id: None,
            direction: None,
            interface: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use etherparse::PacketBuilder;

    use super::*;
    use crate::capture::LinkType;
    use crate::capture::decode::{Decoded, frame};

    fn packet(ipv6: bool, data: &[u8]) -> Vec<u8> {
        let builder = if ipv6 {
            PacketBuilder::ipv6([1; 16], [2; 16], 64)
        } else {
            PacketBuilder::ipv4([10, 0, 0, 1], [10, 0, 0, 2], 64)
        };
        let mut packet = Vec::new();
        builder.tcp(40_001, 12_345, 7, 100).ack(9).psh().write(&mut packet, data).unwrap();
        packet
    }

    #[test]
    fn a_segment_is_read_at_every_cut_that_leaves_its_header() {
        for ipv6 in [false, true] {
            let data = packet(ipv6, "Olá!".as_bytes());
            let header = data.len() - 5;
            for cut in 0..=data.len() {
                let decoded = frame(LinkType::Raw, &data[..cut], data.len() as u32);
                match decoded {
                    Decoded::Tcp(tcp) => {
                        assert!(cut >= header, "{cut}");
                        assert_eq!((tcp.seq, tcp.ack, tcp.length), (7, 9, 5));
                        assert_eq!(tcp.data, &"Olá!".as_bytes()[..cut - header]);
                        assert!(tcp.flags.has(Flags::ACK) && !tcp.flags.has(Flags::SYN));
                        assert_eq!((tcp.flow.source.port(), tcp.flow.destination.port()), (40_001, 12_345));
                    }
                    Decoded::TooShort => assert!(cut < header, "{cut}"),
                    other => panic!("{cut}: {other:?}"),
                }
            }
        }
    }

    #[test]
    fn padding_is_no_data() {
        let mut data = packet(false, b"");
        data.extend([0; 6]);
        let Decoded::Tcp(tcp) = frame(LinkType::Raw, &data, data.len() as u32) else { panic!() };
        assert_eq!((tcp.data, tcp.length), (&[][..], 0));
    }

    #[test]
    fn an_impossible_header_is_none() {
        let mut data = packet(false, b"text");
        data[20 + 12] = 0x40;
        assert_eq!(frame(LinkType::Raw, &data, data.len() as u32), Decoded::Other);
        data[20 + 12] = 0xf0;
        assert_eq!(frame(LinkType::Raw, &data, data.len() as u32), Decoded::Other);
    }
}
