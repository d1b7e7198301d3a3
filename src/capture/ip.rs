//! Reads one IP packet: its addresses, its payload, and which part of the payload it carries if it is a fragment.
//!
//! ```text
//! IPv4      version, length 1 | 1 | total length 2 | identification 2 | flags, offset 2 | TTL 1 | protocol 1 | checksum 2
//!           | source 4 | destination 4 | options                                              (RFC 791, section 3.1)
//! IPv6      version, class, flow label 4 | payload length 2 | next header 1 | hop limit 1 | source 16 | destination 16
//!           | extension headers                                                               (RFC 8200, section 3)
//! Fragment  next header 1 | reserved 1 | offset, flags 2 | identification 4                   (RFC 8200, section 4.5)
//! ```

use std::net::{IpAddr, SocketAddr};

use etherparse::{IpNumber, LaxIpSlice};

use super::link_header::be16;
use crate::core::evidence::flow::FlowKey;

/// An IP packet, as far as it concerns us.
#[derive(Debug, PartialEq, Eq)]
pub struct Ip<'a> {
    pub source: IpAddr,
    pub destination: IpAddr,
    pub ttl: u8,
    /// IPv4 identification.
    pub id: Option<u16>,
    /// IPv6 flow label; 0 for none.
    pub flow_label: u32,
    pub protocol: IpNumber,
    /// The part it carries, if it is a fragment.
    pub part: Option<Part<'a>>,
    /// The captured part of the payload, without link padding.
    pub payload: &'a [u8],
    /// The payload's length by the IP header; the captured length if the header leaves it open.
    pub declared: usize,
}

/// The part of a payload that a fragment carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part<'a> {
    pub id: u32,
    /// Protocol of the whole payload. For IPv6 only the first fragment's is valid.
    pub protocol: IpNumber,
    /// Position in the whole payload, bytes.
    pub offset: u16,
    /// More fragments follow.
    pub more: bool,
    /// The captured part of it.
    pub payload: &'a [u8],
    /// Its length by the IP header, bytes; the captured length if the header leaves it open.
    pub declared: usize,
}

impl<'a> Ip<'a> {
    /// Parses an IP packet that may be cut and whose length fields may be unset.
    #[inline]
    pub fn read(packet: &'a [u8]) -> Option<Self> {
        Self::plain(packet).or_else(|| Self::any(packet))
    }

    pub fn is_later_fragment(&self) -> bool {
        self.part.is_some_and(|part| part.offset != 0)
    }

    /// Reads a UDP packet that is all there, with nothing between its IP header and its UDP header.
    #[inline]
    pub(super) fn plain(packet: &'a [u8]) -> Option<Self> {
        const UDP: u8 = IpNumber::UDP.0;
        let plain = |source: IpAddr, destination: IpAddr, ttl, id, flow_label, payload| Self {
            source,
            destination,
            ttl,
            id,
            flow_label,
            protocol: IpNumber::UDP,
            part: None,
            payload,
            declared: payload.len(),
        };
        match packet.first()? {
            // RFC 791, section 3.1: version 4, five words of header.
            0x45 => {
                let header = packet.first_chunk::<20>()?;
                let more_or_offset = u16::from_be_bytes([header[6], header[7]]) & 0x3fff;
                if header[9] != UDP || more_or_offset != 0 {
                    return None;
                }
                let payload = packet.get(20..usize::from(u16::from_be_bytes([header[2], header[3]])))?;
                let source: [u8; 4] = header[12..16].try_into().ok()?;
                let destination: [u8; 4] = header[16..20].try_into().ok()?;
                let id = u16::from_be_bytes([header[4], header[5]]);
                Some(plain(source.into(), destination.into(), header[8], Some(id), 0, payload))
            }
            // RFC 8200, section 3.
            0x60..=0x6f => {
                let header = packet.first_chunk::<40>()?;
                let length = usize::from(u16::from_be_bytes([header[4], header[5]]));
                if header[6] != UDP || length == 0 {
                    return None;
                }
                let payload = packet.get(40..40 + length)?;
                let source: [u8; 16] = header[8..24].try_into().ok()?;
                let destination: [u8; 16] = header[24..40].try_into().ok()?;
                let flow_label = u32::from_be_bytes([0, header[1] & 0x0f, header[2], header[3]]);
                Some(plain(source.into(), destination.into(), header[7], None, flow_label, payload))
            }
            _ => None,
        }
    }

    #[cold]
    pub(super) fn any(packet: &'a [u8]) -> Option<Self> {
        let (slice, _) = LaxIpSlice::from_slice(packet).ok()?;
        let (source, destination) = (slice.source_addr(), slice.destination_addr());
        let payload = slice.payload();
        let (ttl, id, flow_label, declared, part) = match &slice {
            LaxIpSlice::Ipv4(ip) => {
                let header = ip.header();
                let own = header.slice().len();
                let before = own + ip.extensions().auth.map_or(0, |auth| auth.slice().len());
                let total = usize::from(header.total_len());
                (header.ttl(), Some(header.identification()), 0, total.saturating_sub(before), ipv4_part(packet, own))
            }
            LaxIpSlice::Ipv6(ip) => {
                let extensions = ip.extensions().slice();
                let declared = usize::from(ip.header().payload_length()).saturating_sub(extensions.len());
                let header = ip.header();
                (header.hop_limit(), None, header.flow_label().value(), declared, ipv6_part(packet))
            }
        };
        Some(Self {
            source,
            destination,
            ttl,
            id,
            flow_label,
            protocol: payload.ip_number,
            part,
            payload: payload.payload,
            declared: declared.max(payload.payload.len()),
        })
    }

    /// The ports at the beginning of the payload, with this packet's addresses.
    pub fn flow(&self) -> Option<FlowKey> {
        Some(FlowKey {
            source: SocketAddr::new(self.source, be16(self.payload, 0)?),
            destination: SocketAddr::new(self.destination, be16(self.payload, 2)?),
        })
    }
}

/// What an IPv4 packet carries, if it is a fragment; its header has `header` bytes.
fn ipv4_part(packet: &[u8], header: usize) -> Option<Part<'_>> {
    let word = be16(packet, 6)?;
    let (more, offset) = (word & 0x2000 != 0, (word & 0x1fff) * 8);
    if !more && offset == 0 {
        return None;
    }
    let total = usize::from(be16(packet, 2)?);
    let (payload, declared) = bounded(packet.get(header..)?, total.checked_sub(header).filter(|_| total != 0));
    let protocol = IpNumber(*packet.get(9)?);
    Some(Part { id: be16(packet, 4)?.into(), protocol, offset, more, payload, declared })
}

/// What an IPv6 packet carries, if it is a fragment: what follows the fragment header among its extension headers.
///
/// etherparse has an iterator for them, which reads past the end of the packet where the chain is cut.
fn ipv6_part(packet: &[u8]) -> Option<Part<'_>> {
    let length = usize::from(be16(packet, 4)?);
    let mut kind = IpNumber(*packet.get(6)?);
    let (mut rest, mut declared) = bounded(packet.get(40..)?, Some(length).filter(|length| *length != 0));
    while let Some(header) = rest.first_chunk::<8>() {
        let next = IpNumber(header[0]);
        let own = match kind {
            IpNumber::IPV6_FRAGMENTATION_HEADER => {
                let word = u16::from_be_bytes([header[2], header[3]]);
                let (more, offset) = (word & 1 != 0, word & 0xfff8);
                // An atomic fragment is a whole packet (RFC 6946).
                if more || offset != 0 {
                    let id = u32::from_be_bytes([header[4], header[5], header[6], header[7]]);
                    let (payload, declared) = (&rest[8..], declared.saturating_sub(8));
                    return Some(Part { id, protocol: next, offset, more, payload, declared });
                }
                8
            }
            IpNumber::IPV6_HEADER_HOP_BY_HOP | IpNumber::IPV6_ROUTE_HEADER | IpNumber::IPV6_DESTINATION_OPTIONS => {
                8 + usize::from(header[1]) * 8
            }
            IpNumber::AUTHENTICATION_HEADER => 8 + usize::from(header[1]) * 4,
            _ => return None,
        };
        (kind, rest, declared) = (next, rest.get(own..)?, declared.saturating_sub(own));
    }
    None
}

/// A payload without what follows it, and its length, if that is known.
fn bounded(data: &[u8], length: Option<usize>) -> (&[u8], usize) {
    let length = length.unwrap_or(data.len());
    (&data[..data.len().min(length)], length)
}
