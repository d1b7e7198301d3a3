//! Joins IP fragments to the packets they were made from.
//!
//! Fragments belong together by their addresses, protocol and identification (RFC 791, section 3.2; RFC 8200, section
//! 4.5), and for a capture also by interface and direction, since a host that forwards shows each of them twice. A packet
//! is whole when its fragments reach without a gap from its beginning to the end of the last one. A fragment that comes
//! twice is ignored; fragments that overlap otherwise make the packet invalid, of IPv6 by RFC 5722, of IPv4 as on Linux.
//!
//! The joined packet has the header of its first fragment without what made it one, and is decoded like any other. It is
//! not complete where the snapshot length cut a fragment.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::net::IpAddr;

use super::decode::Fragment;
use crate::core::evidence::capture_log::PacketDirection;
use crate::core::time::{SECOND, Wall};

/// How long a packet's fragments are waited for after the first that came. RFC 791 suggests 15 seconds, RFC 8200 has 60;
/// this is the default of Linux (`ipfrag_time`).
pub const TIMEOUT_NS: i64 = 30 * SECOND;

/// Packets that wait for fragments at once. A capture filter that admits first fragments only leaves all of them waiting.
const MAX_PENDING: usize = 1_024;

/// Limit of their total memory, bytes.
const MAX_BYTES: usize = 4 << 20;

/// Memory of a fragment besides its bytes.
const PIECE_OVERHEAD: usize = 64;

/// How long after a packet was whole a fragment of it is still taken for a repeated one, as networks and mirror ports
/// make them.
const REPEAT_NS: i64 = SECOND;

/// Whole packets that are remembered for that.
const MAX_REMEMBERED: usize = 1_024;

/// When and where a fragment was captured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Arrival {
    pub time: Wall,
    /// The frame's number in the file, from 1.
    pub frame: u32,
    /// Which of the file's interfaces it was captured on, where there are several.
    pub interface: Option<u32>,
}

/// The result of one more fragment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reassembled {
    /// Others are missing, or it came twice.
    Pending,
    Complete(JoinedPacket),
    /// It contradicts the others, or no packet may have such a one. Its packet will be handed out as incomplete.
    Discarded,
}

/// A packet that was joined from its fragments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JoinedPacket {
    /// An IP packet; it ends where the snapshot length cut a fragment.
    pub data: Vec<u8>,
    /// Its length if no fragment had been cut, bytes.
    pub length: u32,
    pub direction: Option<PacketDirection>,
    /// Index of the interface, of `LINUX_SLL2` only.
    pub interface: Option<u32>,
}

/// A packet of which fragments are missing, or contradict each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncompletePacket {
    pub source: IpAddr,
    pub destination: IpAddr,
    pub protocol: u8,
    /// Its beginning up to the first gap, as an IP packet; `None` without the first fragment.
    pub beginning: Option<Vec<u8>>,
    pub direction: Option<PacketDirection>,
    /// Index of the interface, of `LINUX_SLL2` only.
    pub interface: Option<u32>,
    /// The first fragment of it that came.
    pub first: Arrival,
    /// Time of the last one.
    pub last: Wall,
}

/// Fields that all fragments of a packet share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key {
    source: IpAddr,
    destination: IpAddr,
    /// 0 for IPv6, where only the first fragment's counts.
    protocol: u8,
    id: u32,
    direction: Option<PacketDirection>,
    interface: Option<u32>,
    captured_on: Option<u32>,
}

/// The fragments of a packet so far.
#[derive(Debug)]
struct Pending {
    /// The order in which packets began.
    serial: u64,
    first: Arrival,
    last: Wall,
    protocol: u8,
    ttl: u8,
    flow_label: u32,
    /// Its parts by position: the declared length, and the captured bytes.
    pieces: BTreeMap<u16, (u16, Box<[u8]>)>,
    /// Bytes that the pieces cover.
    covered: u32,
    /// Bytes that the last fragment makes it.
    total: Option<u32>,
    /// Fragments contradict each other.
    invalid: bool,
    /// A packet with this identification was whole just before.
    repeated: bool,
    /// Memory used, bytes.
    bytes: usize,
}

/// Joins fragments; bounded in memory and time.
#[derive(Debug, Default)]
pub struct Reassembler {
    pending: HashMap<Key, Pending>,
    /// The packets that wait, oldest first.
    order: BTreeMap<u64, Key>,
    next_serial: u64,
    bytes: usize,
    /// When packets became whole.
    whole: HashMap<Key, Wall>,
    whole_order: VecDeque<Key>,
    expired: Vec<IncompletePacket>,
}

impl Reassembler {
    /// Takes one more fragment, and gives up packets that have waited too long by its time.
    pub fn push(&mut self, fragment: &Fragment<'_>, at: Arrival) -> Reassembled {
        self.expire(at.time);
        let key = Key::of(fragment, at.interface);
        let pending = self.pending.entry(key).or_insert_with(|| {
            let serial = self.next_serial;
            self.next_serial += 1;
            self.order.insert(serial, key);
            let whole = self.whole.get(&key);
            Pending::new(serial, fragment, at, whole.is_some_and(|whole| at.time.since(*whole).abs() <= REPEAT_NS))
        });
        let before = pending.bytes;
        let state = pending.add(fragment, at);
        self.bytes += pending.bytes;
        self.bytes -= before;
        match state {
            PieceResult::Kept if pending.is_whole() => {
                let joined = self.remove(key).and_then(|pending| pending.into_joined(&key));
                self.remember(key, at.time);
                joined.map_or(Reassembled::Discarded, Reassembled::Complete)
            }
            PieceResult::Kept | PieceResult::Repeated => {
                self.make_room();
                Reassembled::Pending
            }
            PieceResult::Contradiction => {
                self.make_room();
                Reassembled::Discarded
            }
        }
    }

    /// The packets that have waited too long since this was last asked, or had to make room, oldest first.
    pub fn expired(&mut self) -> Vec<IncompletePacket> {
        std::mem::take(&mut self.expired)
    }

    /// All packets that wait: nothing more will come.
    pub fn finish(&mut self) -> Vec<IncompletePacket> {
        while self.give_up_oldest() {}
        self.expired()
    }

    fn expire(&mut self, now: Wall) {
        while let Some(oldest) = self.order.first_key_value().and_then(|(_, key)| self.pending.get(key)) {
            if now.since(oldest.first.time) <= TIMEOUT_NS {
                break;
            }
            self.give_up_oldest();
        }
    }

    fn make_room(&mut self) {
        while self.pending.len() > MAX_PENDING || self.bytes > MAX_BYTES {
            if !self.give_up_oldest() {
                break;
            }
        }
    }

    /// Gives up the oldest packet; false where there is none.
    fn give_up_oldest(&mut self) -> bool {
        let Some(key) = self.order.first_key_value().map(|(_, key)| *key) else { return false };
        // The rest of a repeated packet hides no other packet.
        if let Some(pending) = self.remove(key).filter(|pending| !pending.repeated) {
            self.expired.push(pending.into_incomplete(&key));
        }
        true
    }

    fn remove(&mut self, key: Key) -> Option<Pending> {
        let pending = self.pending.remove(&key)?;
        self.order.remove(&pending.serial);
        self.bytes -= pending.bytes;
        Some(pending)
    }

    fn remember(&mut self, key: Key, time: Wall) {
        if self.whole.insert(key, time).is_none() {
            self.whole_order.push_back(key);
        }
        if self.whole_order.len() > MAX_REMEMBERED
            && let Some(oldest) = self.whole_order.pop_front()
        {
            self.whole.remove(&oldest);
        }
    }
}

impl Key {
    fn of(fragment: &Fragment<'_>, captured_on: Option<u32>) -> Self {
        Self {
            source: fragment.source,
            destination: fragment.destination,
            protocol: if fragment.source.is_ipv4() { fragment.protocol } else { 0 },
            id: fragment.id,
            direction: fragment.direction,
            interface: fragment.interface,
            captured_on,
        }
    }

    /// The header of the packet before it was fragmented, with the length of what follows.
    fn header(&self, protocol: u8, ttl: u8, flow_label: u32, length: u16) -> Option<Vec<u8>> {
        let mut header;
        match (self.source, self.destination) {
            (IpAddr::V4(source), IpAddr::V4(destination)) => {
                header = vec![0x45, 0];
                header.extend_from_slice(&length.checked_add(20)?.to_be_bytes());
                header.extend_from_slice(&(self.id as u16).to_be_bytes());
                header.extend_from_slice(&[0, 0, ttl, protocol, 0, 0]);
                header.extend_from_slice(&source.octets());
                header.extend_from_slice(&destination.octets());
            }
            (IpAddr::V6(source), IpAddr::V6(destination)) => {
                header = (0x6000_0000 | flow_label).to_be_bytes().to_vec();
                header.extend_from_slice(&length.to_be_bytes());
                header.extend_from_slice(&[protocol, ttl]);
                header.extend_from_slice(&source.octets());
                header.extend_from_slice(&destination.octets());
            }
            _ => return None,
        }
        Some(header)
    }
}

enum PieceResult {
    Kept,
    Repeated,
    Contradiction,
}

impl Pending {
    fn new(serial: u64, fragment: &Fragment<'_>, first: Arrival, repeated: bool) -> Self {
        Self {
            serial,
            first,
            last: first.time,
            protocol: fragment.protocol,
            ttl: fragment.ttl,
            flow_label: fragment.flow_label,
            pieces: BTreeMap::new(),
            covered: 0,
            total: None,
            invalid: false,
            repeated,
            bytes: 0,
        }
    }

    fn add(&mut self, fragment: &Fragment<'_>, at: Arrival) -> PieceResult {
        self.last = self.last.max(at.time);
        if self.invalid {
            return PieceResult::Contradiction;
        }
        if let Some((length, known)) = self.pieces.get(&fragment.offset)
            && *length == fragment.length
            && (self.total == Some(u32::from(fragment.offset) + u32::from(fragment.length))) != fragment.more
            && known.iter().zip(fragment.payload).all(|(known, byte)| known == byte)
        {
            return PieceResult::Repeated;
        }
        let end = u32::from(fragment.offset) + u32::from(fragment.length);
        if !self.fits(fragment, end) {
            self.invalid = true;
            return PieceResult::Contradiction;
        }
        if !fragment.more {
            self.total = Some(end);
        }
        if fragment.offset == 0 {
            (self.protocol, self.ttl, self.flow_label) = (fragment.protocol, fragment.ttl, fragment.flow_label);
        }
        self.covered += u32::from(fragment.length);
        self.bytes += fragment.payload.len() + PIECE_OVERHEAD;
        self.pieces.insert(fragment.offset, (fragment.length, fragment.payload.into()));
        PieceResult::Kept
    }

    /// Whether a fragment that ends there is one that a packet may have, and overlaps with no other.
    fn fits(&self, fragment: &Fragment<'_>, end: u32) -> bool {
        let ipv4 = fragment.source.is_ipv4();
        let longest = u32::from(u16::MAX) - if ipv4 { 20 } else { 0 };
        // All but the last carry a multiple of eight bytes, and some.
        let measured = fragment.length != 0 && (!fragment.more || fragment.length.is_multiple_of(8));
        let before = self.pieces.range(..=fragment.offset).next_back();
        let apart = before
            .is_none_or(|(at, (length, _))| u32::from(*at) + u32::from(*length) <= fragment.offset.into())
            && self.pieces.range(fragment.offset..).next().is_none_or(|(at, _)| end <= u32::from(*at));
        let within = self.total.is_none_or(|total| end < total && fragment.more);
        let last = fragment.more || self.end() <= end;
        measured && end <= longest && apart && within && last
    }

    /// How far the pieces reach, bytes.
    fn end(&self) -> u32 {
        self.pieces.last_key_value().map_or(0, |(at, (length, _))| u32::from(*at) + u32::from(*length))
    }

    fn is_whole(&self) -> bool {
        !self.invalid && self.total == Some(self.covered)
    }

    /// The captured bytes from the beginning to the first that is missing.
    fn bytes_in_row(&self, into: &mut Vec<u8>) {
        let mut next = 0;
        for (at, (length, bytes)) in &self.pieces {
            if u32::from(*at) != next {
                break;
            }
            into.extend_from_slice(bytes);
            if bytes.len() < usize::from(*length) {
                break;
            }
            next += u32::from(*length);
        }
    }

    fn into_joined(self, key: &Key) -> Option<JoinedPacket> {
        let total = u16::try_from(self.total?).ok()?;
        let mut data = key.header(self.protocol, self.ttl, self.flow_label, total)?;
        let length = data.len() as u32 + u32::from(total);
        self.bytes_in_row(&mut data);
        Some(JoinedPacket { data, length, direction: key.direction, interface: key.interface })
    }

    fn into_incomplete(self, key: &Key) -> IncompletePacket {
        let mut row = Vec::new();
        self.bytes_in_row(&mut row);
        let length = u16::try_from(row.len()).unwrap_or(u16::MAX);
        let header = key.header(self.protocol, self.ttl, self.flow_label, length);
        let beginning = header.filter(|_| self.pieces.contains_key(&0)).map(|header| [header, row].concat());
        IncompletePacket {
            source: key.source,
            destination: key.destination,
            protocol: self.protocol,
            beginning,
            direction: key.direction,
            interface: key.interface,
            first: self.first,
            last: self.last,
        }
    }
}

#[cfg(test)]
mod tests {
    use etherparse::PacketBuilder;
    use proptest::prelude::*;

    use super::*;
    use crate::capture::LinkType;
    use crate::capture::decode::{self, Decoded, Udp};

    const FLOW_LABEL: u32 = 0xa_bcde;

    fn address(ipv6: bool, last: u8) -> IpAddr {
        if ipv6 { IpAddr::from([last; 16]) } else { IpAddr::from([10, 0, 0, last]) }
    }

    /// A UDP packet as it was before it was fragmented.
    fn packet(ipv6: bool, text: &[u8]) -> Vec<u8> {
        let mut packet = Vec::new();
        let builder = match (address(ipv6, 1), address(ipv6, 2)) {
            (IpAddr::V4(from), IpAddr::V4(to)) => PacketBuilder::ipv4(from.octets(), to.octets(), 57),
            (IpAddr::V6(from), IpAddr::V6(to)) => PacketBuilder::ipv6(from.octets(), to.octets(), 57),
            _ => unreachable!(),
        };
        builder.udp(40_001, 5005).write(&mut packet, text).unwrap();
        packet
    }

    /// The fragments of a packet, each of so many blocks of eight bytes, the rest in the last one.
    fn fragments<'a>(packet: &'a [u8], blocks: &[usize]) -> Vec<Fragment<'a>> {
        let ipv6 = packet[0] >> 4 == 6;
        let payload = &packet[if ipv6 { 40 } else { 20 }..];
        let mut found = Vec::new();
        let mut at = 0;
        for length in blocks.iter().map(|blocks| blocks * 8).chain([usize::MAX]) {
            let end = at + length.min(payload.len() - at);
            let more = end < payload.len();
            found.push(Fragment {
                source: address(ipv6, 1),
                destination: address(ipv6, 2),
                protocol: 17,
                id: 0x1234,
                flow_label: if ipv6 { FLOW_LABEL } else { 0 },
                ttl: 57,
                offset: at as u16,
                more,
                payload: &payload[at..end],
                length: (end - at) as u16,
                direction: None,
                interface: None,
            });
            if !more {
                break;
            }
            at = end;
        }
        found
    }

    fn at(ms: i64) -> Arrival {
        Arrival { time: Wall(ms * 1_000_000), frame: ms as u32, interface: None }
    }

    fn joined(state: Reassembled) -> JoinedPacket {
        match state {
            Reassembled::Complete(packet) => packet,
            other => panic!("{other:?}"),
        }
    }

    fn as_udp(packet: &JoinedPacket) -> Udp<'_> {
        match decode::frame(LinkType::Raw, &packet.data, packet.length) {
            Decoded::Udp(udp) => udp,
            other => panic!("{other:?}"),
        }
    }

    proptest! {
        #[test]
        fn fragments_in_any_order_give_the_whole_datagram(
            ipv6 in any::<bool>(),
            text in proptest::collection::vec(any::<u8>(), 1_000..4_000),
            blocks in proptest::collection::vec(1..90usize, 1..12),
            keys in proptest::collection::vec(any::<u32>(), 40),
            twice in proptest::collection::vec(any::<prop::sample::Index>(), 0..5),
        ) {
            let packet = packet(ipv6, &text);
            let parts = fragments(&packet, &blocks);
            prop_assume!(parts.len() > 1);
            let mut order: Vec<usize> = (0..parts.len()).collect();
            order.extend(twice.iter().map(|index| index.index(parts.len())));
            order.sort_by_key(|index| keys[*index % keys.len()]);
            let mut reassembler = Reassembler::default();
            let mut whole = Vec::new();
            for (ms, index) in order.iter().enumerate() {
                match reassembler.push(&parts[*index], at(ms as i64)) {
                    Reassembled::Complete(packet) => whole.push(packet),
                    Reassembled::Pending => {}
                    Reassembled::Discarded => prop_assert!(false, "nothing contradicts"),
                }
            }
            prop_assert_eq!(whole.len(), 1);
            let Decoded::Udp(expected) = decode::frame(LinkType::Raw, &packet, packet.len() as u32) else { panic!() };
            let (ip_id, flow_label) = if ipv6 { (None, FLOW_LABEL) } else { (Some(0x1234), 0) };
            prop_assert_eq!(as_udp(&whole[0]), Udp { ip_id, flow_label, ..expected });
            prop_assert!(!as_udp(&whole[0]).bad_checksum);
            prop_assert_eq!(reassembler.finish(), [], "what came again is no datagram");
            prop_assert_eq!(reassembler.bytes, 0);
        }

        #[test]
        fn one_missing_fragment_leaves_the_datagram_incomplete(
            ipv6 in any::<bool>(),
            blocks in proptest::collection::vec(1..90usize, 1..12),
            lost in any::<prop::sample::Index>(),
        ) {
            let packet = packet(ipv6, &[b'7'; 9_000]);
            let parts = fragments(&packet, &blocks);
            let lost = lost.index(parts.len());
            let mut reassembler = Reassembler::default();
            for (index, part) in parts.iter().enumerate().filter(|(index, _)| *index != lost) {
                prop_assert_eq!(reassembler.push(part, at(index as i64)), Reassembled::Pending);
            }
            let incomplete = reassembler.finish();
            prop_assert_eq!(incomplete.len(), 1);
            let incomplete = &incomplete[0];
            prop_assert_eq!((incomplete.source, incomplete.protocol), (address(ipv6, 1), 17));
            prop_assert_eq!(incomplete.first.frame, u32::from(lost == 0));
            prop_assert_eq!(incomplete.beginning.is_some(), lost != 0);
            if let Some(beginning) = &incomplete.beginning {
                let decoded = decode::frame(LinkType::Raw, beginning, beginning.len() as u32 + 1);
                let Decoded::Udp(udp) = decoded else { panic!("{decoded:?}") };
                prop_assert_eq!((udp.length, udp.complete, udp.flow.destination.port()), (9_000, false, 5005));
                prop_assert_eq!(udp.payload.len() + 8, usize::from(parts[lost].offset));
            }
        }

        #[test]
        fn no_fragments_make_it_panic_or_grow(
            parts in proptest::collection::vec((0..8u16, any::<u16>(), any::<bool>(), 0..200u16, 0..200usize), 0..200),
            ipv6 in any::<bool>(),
        ) {
            let bytes = [7; 200];
            let mut reassembler = Reassembler::default();
            for (ms, (id, offset, more, length, kept)) in parts.into_iter().enumerate() {
                let fragment = Fragment {
                    source: address(ipv6, 1),
                    destination: address(ipv6, 2),
                    protocol: 17,
                    id: id.into(),
                    flow_label: 0,
                    ttl: 1,
                    offset: if id < 4 { offset % 256 } else { offset },
                    more,
                    payload: &bytes[..kept.min(length.into())],
                    length,
                    direction: None,
                    interface: None,
                };
                if let Reassembled::Complete(packet) = reassembler.push(&fragment, at(ms as i64 * 1_000)) {
                    prop_assert!(packet.data.len() <= packet.length as usize && packet.length <= 65_535 + 40);
                    decode::frame(LinkType::Raw, &packet.data, packet.length);
                }
                prop_assert!(reassembler.pending.len() == reassembler.order.len());
            }
            reassembler.finish();
            prop_assert_eq!((reassembler.bytes, reassembler.pending.len()), (0, 0));
        }
    }

    #[test]
    fn a_cut_fragment_gives_the_datagram_up_to_the_cut() {
        let packet = packet(false, &[b'7'; 3_000]);
        let mut parts = fragments(&packet, &[185, 185]);
        parts[1].payload = &parts[1].payload[..100];
        let mut reassembler = Reassembler::default();
        assert_eq!(reassembler.push(&parts[0], at(0)), Reassembled::Pending);
        assert_eq!(reassembler.push(&parts[1], at(1)), Reassembled::Pending);
        let whole = joined(reassembler.push(&parts[2], at(2)));
        let udp = as_udp(&whole);
        assert_eq!((udp.length, udp.complete, udp.payload.len()), (3_000, false, 185 * 8 - 8 + 100));
        assert_eq!((whole.length, udp.bad_checksum), (3_028, false));
    }

    #[test]
    fn overlapping_fragments_are_discarded_with_the_packet() {
        for ipv6 in [false, true] {
            let packet = packet(ipv6, &[b'7'; 3_000]);
            let parts = fragments(&packet, &[100, 100]);
            let other = &[b'8'; 1_000];
            let overlaps = [
                Fragment { offset: 792, ..parts[1] },
                Fragment { offset: 808, ..parts[1] },
                Fragment { payload: &other[..800], ..parts[1] },
                Fragment { payload: &other[..8], length: 8, ..parts[1] },
                Fragment { payload: &other[..8], length: 8, offset: 160, ..parts[1] },
                Fragment { more: false, ..parts[1] },
            ];
            for overlap in overlaps {
                let mut reassembler = Reassembler::default();
                reassembler.push(&parts[0], at(0));
                reassembler.push(&parts[1], at(1));
                assert_eq!(reassembler.push(&overlap, at(2)), Reassembled::Discarded, "{overlap:?}");
                assert_eq!(reassembler.push(&parts[2], at(3)), Reassembled::Discarded, "the packet is invalid");
                let incomplete = reassembler.finish();
                assert_eq!((incomplete.len(), incomplete[0].last), (1, at(3).time));
                assert!(incomplete[0].beginning.is_some());
            }
        }
    }

    #[test]
    fn impossible_fragments_are_discarded() {
        let packet = packet(false, &[b'7'; 3_000]);
        let first = fragments(&packet, &[100])[0];
        let impossible = [
            Fragment { length: 799, payload: &first.payload[..799], ..first },
            Fragment { length: 0, payload: &[], ..first },
            Fragment { offset: 65_528, more: false, ..first },
        ];
        for fragment in impossible {
            assert_eq!(Reassembler::default().push(&fragment, at(0)), Reassembled::Discarded, "{fragment:?}");
        }
    }

    #[test]
    fn packets_wait_for_thirty_seconds_and_not_longer() {
        let packet = packet(false, &[b'7'; 3_000]);
        let parts = fragments(&packet, &[185]);
        let mut reassembler = Reassembler::default();
        reassembler.push(&parts[0], at(0));
        joined(reassembler.push(&parts[1], at(30_000)));
        let other = Fragment { id: 7, ..parts[0] };
        reassembler.push(&other, at(40_000));
        assert_eq!(reassembler.push(&parts[0], at(70_001)), Reassembled::Pending);
        let expired = reassembler.expired();
        assert_eq!((expired.len(), expired[0].first), (1, at(40_000)));
        assert_eq!(reassembler.expired(), []);
        assert_eq!(reassembler.push(&Fragment { id: 7, ..parts[1] }, at(70_002)), Reassembled::Pending, "too late");
    }

    #[test]
    fn the_oldest_packets_make_room() {
        let packet = packet(false, &b"7".repeat(60_000));
        let parts = fragments(&packet, &[1_000]);
        let mut reassembler = Reassembler::default();
        for id in 0..2_000 {
            reassembler.push(&Fragment { id, payload: &[], ..parts[0] }, at(i64::from(id)));
        }
        let expired = reassembler.expired();
        assert_eq!((expired.len(), expired[0].first, reassembler.pending.len()), (976, at(0), MAX_PENDING));
        for id in 0..1_000 {
            reassembler.push(&Fragment { id, ..parts[0] }, at(3_000));
            assert!(reassembler.bytes <= MAX_BYTES);
        }
        assert!(reassembler.pending.len() < 600);
    }

    #[test]
    fn fragments_of_two_interfaces_are_two_packets() {
        let packet = packet(false, &[b'7'; 3_000]);
        let parts = fragments(&packet, &[185]);
        let mut reassembler = Reassembler::default();
        let elsewhere = Arrival { interface: Some(1), ..at(1) };
        assert_eq!(reassembler.push(&parts[0], at(0)), Reassembled::Pending);
        assert_eq!(reassembler.push(&parts[1], elsewhere), Reassembled::Pending);
        joined(reassembler.push(&parts[1], at(2)));
        joined(reassembler.push(&parts[0], elsewhere));
        let out = Fragment { direction: Some(PacketDirection::Out), ..parts[0] };
        let input = Fragment { direction: Some(PacketDirection::In), ..parts[1] };
        assert_eq!(reassembler.push(&out, at(3)), Reassembled::Pending);
        assert_eq!(reassembler.push(&input, at(4)), Reassembled::Pending);
    }

    #[test]
    fn what_comes_again_whole_is_a_second_datagram() {
        let packet = packet(false, &[b'7'; 3_000]);
        let parts = fragments(&packet, &[185]);
        let mut reassembler = Reassembler::default();
        for ms in [0, 500] {
            assert_eq!(reassembler.push(&parts[0], at(ms)), Reassembled::Pending);
            joined(reassembler.push(&parts[1], at(ms + 1)));
        }
        reassembler.push(&parts[0], at(2_000));
        assert_eq!(reassembler.finish().len(), 1, "another datagram with the same identification, much later");
    }
}
