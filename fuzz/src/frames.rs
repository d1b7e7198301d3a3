//! Decoding of single frames.

use medidor::capture::LinkType;
use medidor::capture::decode::{Decoded, Udp, frame as decode, plain};

/// One frame. The input is one byte for the link type, two bytes (little-endian) for the number of bytes on the wire
/// that were not captured, and the captured bytes. `0xffff` sets the wire length to 0, less than the captured length.
pub fn frame(input: &[u8]) {
    let Some(([link, low, high], data)) = input.split_first_chunk() else { return };
    let link = LinkType::ALL[usize::from(*link) % LinkType::ALL.len()];
    let length = match u16::from_le_bytes([*low, *high]) {
        u16::MAX => 0,
        beyond => data.len() as u32 + u32::from(beyond),
    };
    let whole = decode(link, data, length);
    check(&whole, data);
    // The fast decoder returns the same datagram, or none.
    if let Some(plain) = plain(link, data, length) {
        let Decoded::Udp(udp) = whole else { panic!("{plain:?} is not {whole:?}") };
        assert!(udp.complete && !udp.fragmented && plain.is_of(&udp.flow) && plain.flow() == udp.flow);
        assert_eq!((plain.payload, plain.ttl, Some(plain.ip_id)), (udp.payload, udp.ttl, udp.ip_id));
        assert_eq!((plain.bad_checksum, udp.direction, udp.interface), (udp.bad_checksum, None, None));
    }
    // A shorter snapshot length shows less of the same datagram, never a different one.
    let Decoded::Udp(full) = whole else { return };
    for kept in 0..data.len() {
        match decode(link, &data[..kept], length.max(data.len() as u32)) {
            Decoded::Udp(cut) => assert_shows_less(&cut, &full, kept),
            Decoded::TooShort => {}
            other => panic!("cut to {kept} bytes, a datagram reads as {other:?}"),
        }
    }
}

fn check(decoded: &Decoded<'_>, data: &[u8]) {
    let payload = match decoded {
        Decoded::Udp(udp) => {
            assert!(udp.payload.len() <= usize::from(udp.length));
            assert_eq!(udp.complete, udp.payload.len() == usize::from(udp.length));
            assert!(udp.complete || !udp.bad_checksum, "what is not all there cannot be verified");
            assert_eq!(udp.flow.source.is_ipv4(), udp.flow.destination.is_ipv4());
            udp.payload
        }
        Decoded::Tcp(tcp) => {
            assert!(tcp.data.len() <= tcp.length as usize);
            tcp.data
        }
        Decoded::IcmpError(quote) => quote.payload,
        Decoded::Fragment(fragment) => {
            assert!(fragment.payload.len() <= usize::from(fragment.length));
            fragment.payload
        }
        Decoded::TooShort | Decoded::LinkControl | Decoded::Other => return,
    };
    assert!(payload.len() <= data.len());
}

fn assert_shows_less(cut: &Udp<'_>, full: &Udp<'_>, kept: usize) {
    assert_eq!((cut.flow, cut.length, cut.ttl, cut.ip_id), (full.flow, full.length, full.ttl, full.ip_id), "{kept}");
    assert_eq!((cut.direction, cut.interface), (full.direction, full.interface), "{kept}");
    assert!(full.payload.starts_with(cut.payload), "{kept}");
    assert!(!cut.bad_checksum || full.bad_checksum, "{kept}");
}
