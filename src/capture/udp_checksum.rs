//! UDP checksums (RFC 768, RFC 8200 section 8.1).

use std::net::IpAddr;

use etherparse::IpNumber;

use crate::core::evidence::flow::FlowKey;

/// Whether a checksum is wrong, and not merely unfinished because of checksum offload. `datagram` is the UDP header and
/// the payload.
#[inline]
pub fn is_bad(checksum: u16, flow: FlowKey, datagram: &[u8]) -> bool {
    let pseudo = pseudo_header(flow, datagram.len() as u64);
    // With the checksum itself in it, the sum is all ones.
    fold(pseudo + sum_words(datagram)) != 0xffff && checksum != fold(pseudo)
}

/// The sum over the pseudo-header, not folded; `length` is the datagram's, in bytes.
///
/// With checksum offload the checksum field holds this sum alone, folded: on frames that the capturing host sent, and on
/// every frame along a chain of virtual links.
#[inline]
pub fn pseudo_header(flow: FlowKey, length: u64) -> u64 {
    let address = |ip: IpAddr| match ip {
        IpAddr::V4(ip) => u64::from(u32::from(ip)),
        IpAddr::V6(ip) => sum_words(&ip.octets()),
    };
    address(flow.source.ip()) + address(flow.destination.ip()) + u64::from(IpNumber::UDP.0) + length
}

/// The sum of the 16-bit words, padded with zeros (RFC 1071). It adds words of 32 bits, because folding adds their halves
/// later; over one datagram it cannot overflow.
#[inline]
pub fn sum_words(bytes: &[u8]) -> u64 {
    let (quads, rest) = bytes.as_chunks::<4>();
    let sum: u64 = quads.iter().map(|quad| u64::from(u32::from_be_bytes(*quad))).sum();
    let last = match *rest {
        [first] => [first, 0, 0, 0],
        [first, second] => [first, second, 0, 0],
        [first, second, third] => [first, second, third, 0],
        _ => return sum,
    };
    sum + u64::from(u32::from_be_bytes(last))
}

/// Folds a sum to 16 bits, in ones' complement.
#[inline]
pub const fn fold(mut sum: u64) -> u16 {
    sum = (sum & 0xffff_ffff) + (sum >> 32);
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    ((sum & 0xffff) + (sum >> 16)) as u16
}
