//! Counts a datagram once that a capture shows in several places.
//!
//! A capture on the device `any` of a host that forwards, or that has bridges, shows the same datagram on each interface
//! it passes, and so does a pcapng file with several interfaces. Twice on *one* interface it is a network duplicate, and
//! counts twice.
//!
//! Without interface numbers (`LINUX_SLL`, a mirror port), the link header and the TTL take their place: a router hop or
//! another VLAN changes them, and a network that duplicates a datagram does not.

use std::collections::{BTreeMap, HashMap, VecDeque};

use super::link_header::mix;
use crate::core::time::{SECOND, Wall};

/// Remembered sightings are cleaned up whenever this many were added.
const CLEANUP_THRESHOLD: usize = 4096;

/// How far apart copies are seen.
const WINDOW_NS: i64 = SECOND;

/// The same without an IPv4 identification, where only the text distinguishes a copy from a datagram sent again.
const SHORT_WINDOW_NS: i64 = 2_000_000;

/// Later than this a datagram is not seen once more on the same host: it was on its way to another.
const LATE_NS: i64 = 1_000_000;

/// Where a datagram was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vantage {
    /// On the interface with this number.
    Interface(u64),
    /// Digest of link header and TTL, in a capture without interface numbers.
    View(u64),
}

impl Vantage {
    /// A view from a digest of the link header ([`link_view`](super::link_header::link_view)) and a TTL.
    #[inline]
    pub const fn view(link_view: u64, ttl: u8) -> Self {
        Self::View(mix(link_view ^ (ttl as u64) << 56))
    }
}

/// Two sightings with equal keys show the same datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DatagramKey {
    pub flow: u32,
    /// Digest of the captured payload.
    pub digest: u32,
    pub length: u16,
    /// IPv4 identification.
    pub ip_id: Option<u16>,
}

/// Finds copies in captures with and without interface numbers.
///
/// Nearly all captures without interface numbers show each flow in one view only. Until a flow has a second view, nothing
/// is looked up, as that takes longer than to read the packet. With the second view, the sightings of the last second are
/// looked up: those that the caller kept, and those that are [remembered](Self::remember) here.
#[derive(Debug, Default)]
pub struct CopyFilter {
    dedup: InterfaceDedup,
    /// The first view of each flow.
    first_views: Vec<Option<u64>>,
    /// Sightings of the last second that the caller did not keep, until a flow has a second view.
    queue: VecDeque<(DatagramKey, Wall)>,
    several_views: bool,
}

impl CopyFilter {
    /// Whether this is a copy of a datagram that was seen before from another vantage. Remembers it.
    pub fn is_copy(&mut self, key: DatagramKey, vantage: Vantage, time: Wall) -> bool {
        if self.is_only_view(key.flow, vantage) {
            self.remember(key, time);
            return false;
        }
        self.is_copy_among(std::iter::empty(), key, vantage, time)
    }

    /// Whether each flow so far, this one included, has one view only. If so, this is not a copy. Notes the view of a new
    /// flow.
    #[inline]
    pub fn is_only_view(&mut self, flow: u32, vantage: Vantage) -> bool {
        let Vantage::View(view) = vantage else { return false };
        if self.several_views {
            return false;
        }
        let flow = flow as usize;
        if flow >= self.first_views.len() {
            self.first_views.resize(flow + 1, None);
        }
        *self.first_views[flow].get_or_insert(view) == view
    }

    /// Whether this is a copy, where it is not the [only view](Self::is_only_view). `kept` are all sightings that the
    /// caller kept, in their order.
    #[inline(never)]
    pub fn is_copy_among(
        &mut self,
        kept: impl Iterator<Item = (DatagramKey, Wall)>,
        key: DatagramKey,
        vantage: Vantage,
        time: Wall,
    ) -> bool {
        let (place, window) = match vantage {
            Vantage::Interface(number) => (number, WINDOW_NS),
            Vantage::View(view) => {
                if !self.several_views {
                    self.replay(kept, time);
                }
                (view, key.window())
            }
        };
        self.dedup.is_duplicate(key, place, window, time)
    }

    /// Remembers a sighting that the caller does not keep, until a flow has a second view.
    pub fn remember(&mut self, key: DatagramKey, time: Wall) {
        // Without any view the interfaces have numbers.
        if self.several_views || self.first_views.is_empty() {
            return;
        }
        while self.queue.front().is_some_and(|(_, since)| !within(WINDOW_NS, *since, time)) {
            self.queue.pop_front();
        }
        self.queue.push_back((key, time));
    }

    /// Copies that came so late that no host or mirror port made them, by flow.
    pub fn late_copies(&self) -> &BTreeMap<u32, u64> {
        &self.dedup.late
    }

    /// Looks up the sightings of the last second, each in the first view of its flow.
    #[cold]
    fn replay(&mut self, kept: impl Iterator<Item = (DatagramKey, Wall)>, now: Wall) {
        self.several_views = true;
        for (key, time) in kept.chain(std::mem::take(&mut self.queue)) {
            if within(WINDOW_NS, time, now)
                && let Some(Some(view)) = self.first_views.get(key.flow as usize)
            {
                self.dedup.is_duplicate(key, *view, key.window(), time);
            }
        }
        self.first_views = Vec::new();
    }
}

impl DatagramKey {
    /// How far apart two views of it are seen.
    const fn window(&self) -> i64 {
        match self.ip_id {
            None | Some(0) => SHORT_WINDOW_NS,
            Some(_) => WINDOW_NS,
        }
    }
}

/// Remembers the sightings of the last second.
#[derive(Debug, Default)]
struct InterfaceDedup {
    seen: HashMap<DatagramKey, Sightings>,
    tidy_at: usize,
    /// Copies that came late, by flow.
    late: BTreeMap<u32, u64>,
}

#[derive(Debug)]
struct Sightings {
    since: Wall,
    counted: u32,
    by_interface: Vec<(u64, u32)>,
}

impl InterfaceDedup {
    /// Whether this sighting shows a datagram that was already counted on another interface within the last `window`
    /// nanoseconds, at most [`WINDOW_NS`].
    fn is_duplicate(&mut self, key: DatagramKey, interface: u64, window: i64, time: Wall) -> bool {
        if self.seen.len() >= self.tidy_at {
            self.seen.retain(|_, sightings| within(WINDOW_NS, sightings.since, time));
            self.tidy_at = self.seen.len() + CLEANUP_THRESHOLD;
        }
        let fresh = || Sightings { since: time, counted: 0, by_interface: Vec::new() };
        let sightings = self.seen.entry(key).or_insert_with(fresh);
        if !within(window, sightings.since, time) {
            *sightings = fresh();
        }
        let position = sightings.by_interface.iter().position(|(known, _)| *known == interface);
        let position = position.unwrap_or_else(|| {
            sightings.by_interface.push((interface, 0));
            sightings.by_interface.len() - 1
        });
        let here = &mut sightings.by_interface[position].1;
        *here += 1;
        if *here <= sightings.counted {
            if !within(LATE_NS, sightings.since, time) {
                *self.late.entry(key.flow).or_default() += 1;
            }
            return true;
        }
        sightings.counted = *here;
        false
    }
}

/// Within so many nanoseconds, whichever way the clock went.
fn within(window: i64, since: Wall, time: Wall) -> bool {
    time.0.saturating_sub(since.0).saturating_abs() <= window
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use etherparse::{
        IpHeaders, IpNumber, Ipv4Extensions, Ipv4Header, Ipv6Extensions, Ipv6Header, PacketBuilder, VlanId,
    };
    use proptest::prelude::*;

    use super::super::link_type::LinkType;
    use super::super::log_reader::{self, Retain};
    use super::super::savefile::{Resolution, Savefile};
    use super::*;
    use crate::core::evidence::capture_log::{CaptureLog, PacketDirection};
    use crate::core::evidence::transfer_records::FileInfo;
    use crate::core::protocol::transfer::Mode;
    use crate::core::protocol::transfer::block;
    use crate::core::time::Now;

    const US: i64 = 1_000;
    const MS: i64 = 1_000_000;

    /// A frame of these numbers: last byte of the MAC addresses, VLAN, TTL, IPv4 identification (`None`: IPv6).
    #[derive(Clone, Copy, Debug)]
    struct Frame {
        mac: u8,
        vlan: Option<u16>,
        ttl: u8,
        id: Option<u16>,
    }

    const FRAME: Frame = Frame { mac: 1, vlan: None, ttl: 64, id: Some(7) };

    impl Frame {
        fn ip(self) -> IpHeaders {
            if let Some(identification) = self.id {
                let header = Ipv4Header::new(0, self.ttl, IpNumber::UDP, [10, 0, 0, 1], [10, 0, 1, 2]).unwrap();
                IpHeaders::Ipv4(Ipv4Header { identification, ..header }, Ipv4Extensions::default())
            } else {
                let (source, destination) = ([1; 16], [2; 16]);
                let header = Ipv6Header { hop_limit: self.ttl, source, destination, ..Ipv6Header::default() };
                IpHeaders::Ipv6(header, Ipv6Extensions::default())
            }
        }

        fn ethernet(self, text: &[u8]) -> Vec<u8> {
            let mut data = Vec::new();
            let link = PacketBuilder::ethernet2([2, 0, 0, 0, 0, self.mac], [2, 0, 0, 0, 1, self.mac]);
            match self.vlan {
                Some(vlan) => link.single_vlan(VlanId::try_new(vlan).unwrap()).ip(self.ip()),
                None => link.ip(self.ip()),
            }
            .udp(40_001, 5005)
            .write(&mut data, text)
            .unwrap();
            data
        }

        /// A frame of `LINUX_SLL` with this packet type.
        fn cooked(self, kind: u8, unused: u8) -> Vec<u8> {
            let header = [0, kind, 0, 1, 0, 6, 2, 0, 0, 0, 0, self.mac, unused, unused];
            [&header[..], &self.ethernet(b"Mensagem 1")[12..]].concat()
        }
    }

    fn read_as(link: LinkType, frames: &[(i64, Vec<u8>)], retain: Retain<'_>) -> CaptureLog {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mirror.pcap");
        let mut file = Savefile::create(&path, link.number(), 65_535, Resolution::Nano).unwrap();
        for (time, frame) in frames {
            file.push(Wall(*time), frame.len() as u32, frame).unwrap();
        }
        file.flush().unwrap();
        log_reader::read(File::open(&path).unwrap(), "mirror.pcap", 0, retain).unwrap()
    }

    /// The frames that count of an Ethernet capture, and how many are copies.
    fn mirrored(frames: &[(i64, Frame)]) -> (Vec<u32>, u64) {
        let frames: Vec<_> = frames.iter().map(|(time, frame)| (*time, frame.ethernet(b"Mensagem 1"))).collect();
        let log = read_as(LinkType::Ethernet, &frames, Retain::Numbers);
        (log.datagrams.iter().map(|seen| seen.frame).collect(), log.dedup)
    }

    /// The same of a `LINUX_SLL` capture, with the directions.
    fn cooked(frames: &[(i64, Vec<u8>)]) -> (Vec<(u32, Option<PacketDirection>)>, u64) {
        let log = read_as(LinkType::Sll, frames, Retain::Numbers);
        (log.datagrams.iter().map(|seen| (seen.frame, seen.direction)).collect(), log.dedup)
    }

    #[test]
    fn mirror_port_shows_a_frame_in_two_vlans() {
        let vlan = |vlan| Frame { vlan: Some(vlan), ..FRAME };
        assert_eq!(mirrored(&[(0, vlan(10)), (US, vlan(20))]), (vec![1], 1));
        assert_eq!(mirrored(&[(0, FRAME), (US, vlan(20))]), (vec![1], 1));
        assert_eq!(mirrored(&[(0, vlan(10)), (US, vlan(10))]), (vec![1, 2], 0), "a network duplicate");
    }

    #[test]
    fn mirror_port_shows_a_frame_on_both_sides_of_a_router() {
        let routed = Frame { mac: 3, ttl: 63, ..FRAME };
        assert_eq!(mirrored(&[(0, FRAME), (900 * MS, routed)]), (vec![1], 1));
        assert_eq!(mirrored(&[(0, FRAME), (1_100 * MS, routed)]), (vec![1, 2], 0));
        assert_eq!(mirrored(&[(0, FRAME), (MS, Frame { ttl: 63, ..FRAME })]), (vec![1], 1), "the TTL alone");
        assert_eq!(mirrored(&[(0, FRAME), (MS, Frame { id: Some(8), ..routed })]), (vec![1, 2], 0), "sent again");
    }

    #[test]
    fn duplicates_of_the_network_count_in_a_mirror_too() {
        let routed = Frame { mac: 3, ttl: 63, ..FRAME };
        assert_eq!(mirrored(&[(0, FRAME), (MS, FRAME), (2 * MS, FRAME)]), (vec![1, 2, 3], 0));
        assert_eq!(mirrored(&[(0, FRAME), (1, routed), (MS, FRAME), (MS + 1, routed)]), (vec![1, 3], 2));
        assert_eq!(mirrored(&[(0, FRAME), (1, FRAME), (MS, routed), (MS + 1, routed)]), (vec![1, 2], 2));
    }

    #[test]
    fn without_an_identification_copies_follow_at_once() {
        for id in [None, Some(0)] {
            let (before, after) = (Frame { id, ..FRAME }, Frame { id, mac: 3, ttl: 63, ..FRAME });
            assert_eq!(mirrored(&[(0, before), (2 * MS, after)]), (vec![1], 1), "{id:?}");
            assert_eq!(mirrored(&[(0, before), (3 * MS, after)]), (vec![1, 2], 0), "{id:?}");
            assert_eq!(mirrored(&[(0, before), (US, before)]), (vec![1, 2], 0), "{id:?}");
        }
    }

    #[test]
    fn bridge_shows_a_cooked_frame_in_and_out() {
        let (into, out) = (Some(PacketDirection::In), FRAME.cooked(4, 0));
        assert_eq!(cooked(&[(0, FRAME.cooked(3, 0)), (US, out)]), (vec![(1, into)], 1));
        let twice = [(0, FRAME.cooked(0, 0)), (US, FRAME.cooked(0, 9))];
        assert_eq!(cooked(&twice), (vec![(1, into), (2, into)], 0), "unused bytes of the address");
    }

    #[test]
    fn router_between_two_networks_shows_a_datagram_once() {
        let out = Frame { mac: 3, ttl: 63, ..FRAME };
        let again = |id| [Frame { id, ..FRAME }.cooked(0, 0), Frame { id, ..out }.cooked(4, 0)];
        let frames: Vec<_> = (1..=3).flat_map(|id| again(Some(id))).map(|frame| (MS, frame)).collect();
        let into = Some(PacketDirection::In);
        assert_eq!(cooked(&frames), (vec![(1, into), (3, into), (5, into)], 3));
    }

    #[test]
    fn mirrored_blocks_of_a_transfer_are_collected_once() {
        let file_info = FileInfo {
            at: Now::default(),
            mode: Mode::Udp,
            name: None,
            size_bytes: Some(3_000),
            sha256: None,
            clients: None,
            block_bytes: 1_000,
            token: Some(7),
        };
        let mut frames = Vec::new();
        for number in 0..3_u32 {
            let text = [&block::header(7, number)[..], &[1; 1_000]].concat();
            let before = Frame { id: Some(number as u16 + 1), ..FRAME };
            for frame in [before, Frame { mac: 3, ttl: 63, ..before }] {
                frames.push((i64::from(number) * MS, frame.ethernet(&text)));
            }
        }
        let log = read_as(LinkType::Ethernet, &frames, Retain::Blocks(&file_info, None));
        let blocks: Vec<_> = log.wire_flows[0].blocks.iter().map(|block| (block.key, block.frame)).collect();
        assert_eq!(blocks, [(0, 1), (1, 3), (2, 5)]);
        assert_eq!((log.wire_flows[0].packets, log.dedup), (3, 3));
    }

    #[test]
    fn mirrored_tcp_segments_are_read_once() {
        let segment = |mac, ttl| {
            let mut data = Vec::new();
            let link = PacketBuilder::ethernet2([2, 0, 0, 0, 0, mac], [2, 0, 0, 0, 1, mac]);
            link.ipv4([10, 0, 0, 1], [10, 0, 1, 2], ttl).tcp(40_001, 12_345, 7, 9).write(&mut data, b"text").unwrap();
            data
        };
        let log = read_as(LinkType::Ethernet, &[(0, segment(1, 64)), (1, segment(3, 63))], Retain::Texts);
        assert_eq!((log.tcp.all.len(), log.dedup), (1, 1));
        let log = read_as(LinkType::Ethernet, &[(0, segment(1, 64)), (1, segment(1, 64))], Retain::Texts);
        assert_eq!((log.tcp.all.len(), log.dedup), (2, 0), "a retransmission");
    }

    #[test]
    fn queued_sightings_are_bounded_by_a_second_of_traffic() {
        let mut copies = CopyFilter::default();
        for digest in 0..100_000 {
            let _ = copies.is_copy(DatagramKey { digest, ..ONE }, Vantage::View(1), Wall(i64::from(digest) * 10 * MS));
        }
        assert_eq!(copies.queue.len(), 101);
    }

    fn any_frame() -> impl Strategy<Value = Frame> {
        let id = prop::sample::select(vec![None, Some(0), Some(7), Some(8)]);
        (1..3_u8, prop::sample::select(vec![None, None, Some(10)]), 63..65_u8, id)
            .prop_map(|(mac, vlan, ttl, id)| Frame { mac, vlan, ttl, id })
    }

    proptest! {
        /// The digest of the second text is not kept, because it looks like two joined datagrams.
        #[test]
        fn second_view_looks_up_the_last_second(
            first in any_frame(),
            alike in 0..20_usize,
            others in proptest::collection::vec(any_frame(), 20),
            steps in proptest::collection::vec((0..2_u32, prop::sample::select(vec![0, US, MS, 600 * MS])), 40),
        ) {
            const TEXTS: [&[u8]; 2] = [b"Mensagem 8", b"Mensagem 8Mensagem 9"];
            let (mut time, mut frames, mut sightings) = (0, Vec::new(), Vec::new());
            for (index, (digest, step)) in steps.into_iter().enumerate() {
                let frame @ Frame { mac, vlan, ttl, id } = if index < alike { first } else { others[index % 20] };
                let text = TEXTS[digest as usize];
                time += step;
                frames.push((time, frame.ethernet(text)));
                let key = DatagramKey { flow: id.is_some().into(), digest, length: text.len() as u16, ip_id: id };
                sightings.push((key, u64::from_be_bytes([0, 0, 0, 0, 0, mac, ttl, vlan.is_some().into()]), time));
            }
            let first_view = |flow| sightings.iter().find(|(key, ..)| key.flow == flow).map(|(_, view, _)| *view);
            let second = sightings.iter().find(|(key, view, _)| first_view(key.flow) != Some(*view));
            let start = second.map_or(0, |(_, _, time)| time - WINDOW_NS);
            let mut dedup = InterfaceDedup::default();
            let is_copy = |(key, view, time): &(DatagramKey, u64, i64)| {
                *time >= start && dedup.is_duplicate(*key, *view, key.window(), Wall(*time))
            };
            let copies: Vec<bool> = sightings.iter().map(is_copy).collect();
            let counted: Vec<u32> = (1..).zip(&copies).filter(|(_, copy)| !**copy).map(|(frame, _)| frame).collect();
            let log = read_as(LinkType::Ethernet, &frames, Retain::Numbers);
            prop_assert_eq!(log.datagrams.iter().map(|seen| seen.frame).collect::<Vec<_>>(), counted);
            let late: [u64; 2] = [&log.late_copies, &dedup.late].map(|flows| flows.values().sum());
            prop_assert_eq!(late[0], late[1]);
        }
    }

    const ONE: DatagramKey = DatagramKey { flow: 0, digest: 1, length: 10, ip_id: Some(7) };

    /// Which of these sightings (interface, milliseconds) count.
    fn counts(sightings: &[(u64, i64)]) -> Vec<bool> {
        let mut dedup = InterfaceDedup::default();
        let wall = |ms: i64| Wall(ms * 1_000_000);
        sightings.iter().map(|(interface, ms)| !dedup.is_duplicate(ONE, *interface, WINDOW_NS, wall(*ms))).collect()
    }

    #[test]
    fn another_interface_shows_the_same_datagram() {
        assert_eq!(counts(&[(2, 0), (3, 1), (4, 1)]), [true, false, false]);
    }

    #[test]
    fn twice_on_one_interface_is_a_duplicate() {
        assert_eq!(counts(&[(2, 0), (2, 1)]), [true, true]);
        assert_eq!(counts(&[(2, 0), (3, 1), (2, 2), (3, 3)]), [true, false, true, false]);
        assert_eq!(counts(&[(2, 0), (2, 1), (3, 2), (3, 3)]), [true, true, false, false]);
    }

    #[test]
    fn after_a_second_it_is_another_datagram() {
        assert_eq!(counts(&[(2, 0), (3, 1001)]), [true, true]);
        assert_eq!(counts(&[(2, 5000), (3, 0)]), [true, true], "the clock stepped back");
    }

    #[test]
    fn only_alike_ones_are_dedup() {
        let mut dedup = InterfaceDedup::default();
        for (position, other) in [
            ONE,
            DatagramKey { ip_id: Some(8), ..ONE },
            DatagramKey { digest: 2, ..ONE },
            DatagramKey { flow: 1, ..ONE },
        ]
        .into_iter()
        .enumerate()
        {
            assert!(!dedup.is_duplicate(other, position as u64, WINDOW_NS, Wall(0)));
        }
    }

    #[test]
    fn memory_is_bounded_by_a_second_of_traffic() {
        let mut dedup = InterfaceDedup::default();
        for digest in 0..100_000 {
            let _ =
                dedup.is_duplicate(DatagramKey { digest, ..ONE }, 2, WINDOW_NS, Wall(i64::from(digest) * 10_000_000));
        }
        assert!(dedup.seen.len() <= CLEANUP_THRESHOLD + 101, "{}", dedup.seen.len());
    }
}
