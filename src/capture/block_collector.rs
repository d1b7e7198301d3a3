//! Collects the blocks of a transfer from decoded packets, and counts the traffic of its flows.
//!
//! For each block its number and time are kept, 16 bytes. A frame that joins several blocks (segmentation or receive
//! offload) is split again: every block begins with the transfer's token, which no file contains by chance.

use std::collections::HashMap;

use super::captured_datagram::CapturedDatagram;
use super::tcp::Tcp;
use super::transfer_form::FormDetector;
use crate::core::evidence::capture_log::digest;
use crate::core::evidence::flow::FlowKey;
use crate::core::evidence::source::Source;
use crate::core::evidence::transfer_records::{CorruptBlock, FileInfo, WireBlock, WireFlow};
use crate::core::protocol::transfer::Mode;
use crate::core::protocol::transfer::block::{self, BlockLayout, HEADER};
use crate::core::protocol::transfer::classic::{ClassicDatagram, ClassicParser};
use crate::core::time::Wall;

pub(super) struct BlockCollector<'a> {
    /// The transfer; `None` if nothing is known of it.
    file_info: Option<&'a FileInfo>,
    /// First and last time of the run, by the capturing host's clock; `None` if unknown.
    run_span: Option<(Wall, Wall)>,
    /// Layout and token, if blocks are numbered.
    layout: Option<(BlockLayout, u64)>,
    flows: Vec<WireFlow>,
    indexes: HashMap<(FlowKey, bool), usize>,
    /// The sequence number after the last byte of each TCP flow.
    next: Vec<Option<u32>>,
    /// The parser state of each flow in classic mode.
    classic: Vec<ClassicFlowState>,
    /// What each flow looks like, where nothing is known of the transfer.
    forms: Vec<FormDetector>,
}

/// The parser state of a flow in classic mode.
#[derive(Default)]
struct ClassicFlowState {
    parser: ClassicParser,
    /// The last block has passed.
    ended: bool,
}

impl<'a> BlockCollector<'a> {
    pub fn new(file_info: Option<&'a FileInfo>, run_span: Option<(Wall, Wall)>) -> Self {
        let layout = file_info.and_then(|info| BlockLayout::new(info.size_bytes?, info.block_bytes).zip(info.token));
        Self {
            file_info,
            run_span,
            layout,
            flows: Vec::new(),
            indexes: HashMap::new(),
            next: Vec::new(),
            classic: Vec::new(),
            forms: Vec::new(),
        }
    }

    pub fn into_flows(mut self) -> Vec<WireFlow> {
        if self.file_info.is_none() {
            self.recognize_forms();
        }
        self.flows
    }

    /// Says which flows are blocks of a transfer, and removes what leads these.
    fn recognize_forms(&mut self) {
        let packets: HashMap<FlowKey, u64> =
            self.flows.iter().filter(|flow| !flow.is_tcp).map(|flow| (flow.ends, flow.packets)).collect();
        for (flow, detector) in self.flows.iter_mut().zip(&self.forms) {
            let back = FlowKey { source: flow.ends.destination, destination: flow.ends.source };
            flow.form = detector.form(packets.get(&back).copied().unwrap_or(0));
            flow.longest = detector.block() as u16;
            let mut leaders = flow.form.map_or(0, |form| detector.leaders(form));
            flow.blocks.retain(|_| {
                let is_leader = leaders > 0;
                leaders = leaders.saturating_sub(1);
                !is_leader
            });
        }
    }

    fn flow(&mut self, ends: FlowKey, is_tcp: bool) -> usize {
        *self.indexes.entry((ends, is_tcp)).or_insert_with(|| {
            self.flows.push(WireFlow {
                ends,
                is_tcp,
                packets: 0,
                bytes: 0,
                repeated: 0,
                blocks: Source::default(),
                fragmented: 0,
                cut: 0,
                mixed: false,
                corrupt: Vec::new(),
                others: 0,
                form: None,
                hop_limit: 0,
                longest: 0,
            });
            self.forms.push(FormDetector::default());
            self.next.push(None);
            self.classic.push(ClassicFlowState::default());
            self.flows.len() - 1
        })
    }

    fn is_in_run(&self, time: Wall) -> bool {
        self.run_span.is_none_or(|(from, to)| from <= time && time <= to)
    }

    pub fn add_datagram(&mut self, ends: FlowKey, datagram: &CapturedDatagram<'_>, time: Wall, frame: u32) {
        let index = self.flow(ends, false);
        if !self.is_in_run(time) {
            return;
        }
        let flow = &mut self.flows[index];
        if let Some((layout, token)) = self.layout.filter(|_| self.file_info.is_some_and(|info| info.mode == Mode::Udp))
        {
            return add_numbered(flow, datagram, layout, token, time, frame);
        }
        flow.packets += 1;
        flow.bytes += u64::from(datagram.length);
        match self.file_info {
            Some(info) if info.mode == Mode::Classic => {
                add_classic(flow, &mut self.classic[index], datagram, info, time, frame);
            }
            Some(_) => {}
            None => add_unknown(flow, &mut self.forms[index], datagram, time, frame),
        }
    }

    pub fn add_segment(&mut self, tcp: &Tcp<'_>, time: Wall) {
        let index = self.flow(tcp.flow, true);
        if tcp.length == 0 || !self.is_in_run(time) {
            return;
        }
        let (flow, next) = (&mut self.flows[index], &mut self.next[index]);
        flow.packets += 1;
        flow.bytes += u64::from(tcp.length);
        // Sequence numbers wrap: less than half the range behind means sent before (RFC 9293, section 3.4).
        let end = tcp.seq.wrapping_add(tcp.length);
        match *next {
            Some(known) if (tcp.seq.wrapping_sub(known) as i32) < 0 => {
                flow.repeated += 1;
                if end.wrapping_sub(known) as i32 > 0 {
                    *next = Some(end);
                }
            }
            _ => *next = Some(end),
        }
    }
}

/// Adds the numbered blocks of a datagram. One without the token belongs to another transfer.
fn add_numbered(
    flow: &mut WireFlow,
    udp: &CapturedDatagram<'_>,
    layout: BlockLayout,
    token: u64,
    time: Wall,
    frame: u32,
) {
    if udp.bad_checksum {
        // Not even its number is certain.
        let number = udp.payload.first_chunk::<HEADER>().and_then(|header| block::number(header, token, layout));
        let number = number.filter(|number| usize::from(udp.length) == HEADER + layout.length(*number));
        flow.corrupt.push(CorruptBlock { time, frame, key: number.map(|number| number as u32) });
        flow.packets += 1;
        flow.bytes += u64::from(udp.length);
        return;
    }
    let mut note = |number: u64| flow.blocks.push(WireBlock { time, frame, key: number as u32 });
    let mut rest = udp.payload;
    // Bytes that the snapshot length cut off are known by the length alone.
    let mut length = usize::from(udp.length);
    let mut found = 0_u64;
    while let Some(header) = rest.first_chunk::<HEADER>() {
        let Some(number) = block::number(header, token, layout) else { break };
        let own = HEADER + layout.length(number);
        if length < own {
            break;
        }
        if udp.incomplete {
            flow.fragmented += 1;
            flow.packets += 1;
            flow.bytes += u64::from(udp.length);
            return;
        }
        note(number);
        found += 1;
        length -= own;
        rest = rest.get(own..).unwrap_or_default();
    }
    // Cut before its token: it may be of this transfer or of another.
    let is_unreadable = found == 0 && udp.payload.len() < HEADER && usize::from(udp.length) > HEADER;
    if found > 0 || is_unreadable {
        flow.packets += found.max(1);
        flow.bytes += u64::from(udp.length);
    }
    flow.others += u64::from(found == 0);
    // The unread rest may be blocks.
    if found > 0 && length > 0 || is_unreadable {
        flow.cut += 1;
    }
}

/// Adds a datagram that may be a block of an unknown transfer by its digest.
fn add_unknown(flow: &mut WireFlow, form: &mut FormDetector, udp: &CapturedDatagram<'_>, time: Wall, frame: u32) {
    if flow.packets == 1 {
        flow.hop_limit = udp.ttl;
    }
    let key = digest(udp.payload);
    if udp.incomplete {
        flow.fragmented += 1;
    } else if udp.payload.len() < usize::from(udp.length) {
        flow.cut += 1;
    } else if udp.bad_checksum {
        flow.corrupt.push(CorruptBlock { time, frame, key: Some(key) });
    } else {
        form.add(udp.payload, usize::from(udp.length));
        flow.blocks.push(WireBlock { time, frame, key });
    }
}

/// Adds the unnumbered blocks of a datagram by their digests.
fn add_classic(
    flow: &mut WireFlow,
    state: &mut ClassicFlowState,
    udp: &CapturedDatagram<'_>,
    file_info: &FileInfo,
    time: Wall,
    frame: u32,
) {
    let block = file_info.block_bytes.max(1) as usize;
    if udp.incomplete {
        flow.fragmented += 1;
        return;
    }
    let ClassicDatagram::Content(content) = state.parser.read(udp.payload) else { return };
    if udp.bad_checksum {
        let key = (content.len() == usize::from(udp.length)).then(|| digest(content));
        flow.corrupt.push(CorruptBlock { time, frame, key });
        return;
    }
    // Only the last block of a file is short, and no block is sent twice.
    let max_blocks = file_info.size_bytes.map(|size| size.div_ceil(block as u64));
    flow.mixed |= state.ended || max_blocks.is_some_and(|max| flow.blocks.len() as u64 >= max);
    state.ended |= !usize::from(udp.length).is_multiple_of(block);
    if udp.payload.len() < usize::from(udp.length) {
        flow.cut += 1;
        return;
    }
    for (at, content) in content.chunks(block).enumerate() {
        flow.packets += u64::from(at > 0);
        flow.blocks.push(WireBlock { time, frame, key: digest(content) });
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::net::SocketAddr;
    use std::path::{Path, PathBuf};

    use etherparse::PacketBuilder;
    use tempfile::TempDir;

    use super::super::link_type::LinkType;
    use super::super::log_reader::{self, Retain};
    use super::super::savefile::{Resolution, Savefile};
    use super::*;
    use crate::core::evidence::capture_log::CaptureLog;
    use crate::core::protocol::transfer::classic;
    use crate::core::time::{Now, SECOND};

    const SENDER: ([u8; 4], u16) = ([203, 0, 113, 2], 5006);
    const RECEIVER: ([u8; 4], u16) = ([192, 168, 1, 10], 40001);

    fn file_info(mode: Mode, size: u64) -> FileInfo {
        FileInfo {
            at: Now::default(),
            mode,
            name: None,
            size_bytes: Some(size),
            sha256: None,
            clients: None,
            block_bytes: 1024,
            token: (mode == Mode::Udp).then_some(7),
        }
    }

    fn datagram(payload: &[u8]) -> Vec<u8> {
        let mut packet = Vec::new();
        PacketBuilder::ipv4(SENDER.0, RECEIVER.0, 64).udp(SENDER.1, RECEIVER.1).write(&mut packet, payload).unwrap();
        packet
    }

    fn segment(sequence: u32, length: usize) -> Vec<u8> {
        let mut packet = Vec::new();
        let builder = PacketBuilder::ipv4(SENDER.0, RECEIVER.0, 64).tcp(SENDER.1, RECEIVER.1, sequence, 9);
        builder.write(&mut packet, &vec![0; length]).unwrap();
        packet
    }

    fn saved(packets: &[Vec<u8>], snaplen: usize) -> (TempDir, PathBuf) {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("a.pcap");
        let mut file = Savefile::create(&path, LinkType::Raw.number(), 65_535, Resolution::Nano).unwrap();
        for (second, packet) in packets.iter().enumerate() {
            let kept = &packet[..packet.len().min(snaplen)];
            file.push(Wall(second as i64 * SECOND), packet.len() as u32, kept).unwrap();
        }
        file.flush().unwrap();
        (folder, path)
    }

    fn read(path: &Path, file_info: &FileInfo, run_span: Option<(Wall, Wall)>) -> CaptureLog {
        log_reader::read(File::open(path).unwrap(), "a.pcap", 0, Retain::Blocks(file_info, run_span)).unwrap()
    }

    fn read_packets(packets: &[Vec<u8>], snaplen: usize, file_info: &FileInfo) -> (CaptureLog, WireFlow) {
        let (_folder, path) = saved(packets, snaplen);
        let mut log = read(&path, file_info, None);
        let mut flows = std::mem::take(&mut log.wire_flows);
        assert_eq!(flows.len(), 1);
        let from = SocketAddr::from(SENDER);
        assert_eq!(flows[0].ends.source, from);
        (log, flows.remove(0))
    }

    fn block_of(number: u32, length: usize) -> Vec<u8> {
        [&block::header(7, number)[..], &vec![number as u8; length]].concat()
    }

    fn keys(flow: &WireFlow) -> Vec<(u32, u32)> {
        flow.blocks.iter().map(|block| (block.key, block.frame)).collect()
    }

    #[test]
    fn every_block_is_found_however_frames_join_and_cut_them() {
        let file_info = file_info(Mode::Udp, 3 * 1024 + 100);
        let joined = [block_of(1, 1024), block_of(2, 1024), block_of(3, 100)].concat();
        let stranger = [&block::header(8, 0)[..], &[0; 1024]].concat();
        let packets = [datagram(&block_of(0, 1024)), datagram(&joined), datagram(&stranger)];
        let (log, flow) = read_packets(&packets, 65_535, &file_info);
        assert_eq!(keys(&flow), [(0, 1), (1, 2), (2, 2), (3, 2)]);
        assert_eq!((flow.packets, flow.cut, flow.fragmented, log.packets), (4, 0, 0, 3), "the stranger's is none");
        assert_eq!(flow.bytes, 3 * 1024 + 100 + 4 * HEADER as u64);
        assert_eq!(log.first.zip(log.last), Some((Wall(0), Wall(2 * SECOND))));
        let (_, flow) = read_packets(&packets[..1], 28 + HEADER, &file_info);
        assert_eq!((keys(&flow), flow.cut), (vec![(0, 1)], 0), "the number is there");
        let (_, flow) = read_packets(&packets[..2], 28 + HEADER, &file_info);
        assert_eq!((keys(&flow), flow.cut), (vec![(0, 1), (1, 2)], 1), "the other two are not");
        let (_, flow) = read_packets(&packets[..1], 28 + HEADER - 1, &file_info);
        assert_eq!((keys(&flow), flow.cut), (vec![], 1));
    }

    #[test]
    fn unnumbered_blocks_are_matched_by_digest() {
        let packets = [datagram(b"a.bin"), datagram(&classic::size(1500)), datagram(&[1; 1024]), datagram(&[2; 476])];
        let (_, flow) = read_packets(&packets, 65_535, &file_info(Mode::Classic, 1500));
        assert_eq!(keys(&flow), [(digest(&[1; 1024]), 3), (digest(&[2; 476]), 4)]);
        let (_, flow) = read_packets(&packets, 200, &file_info(Mode::Classic, 1500));
        assert_eq!((flow.blocks.len(), flow.cut), (0, 2));
    }

    #[test]
    fn another_transfer_on_the_same_ports_differs_in_time() {
        let once = [datagram(b"a.bin"), datagram(&classic::size(1500)), datagram(&[1; 1024]), datagram(&[2; 476])];
        let twice = [once.clone(), once.clone()].concat();
        let file_info = file_info(Mode::Classic, 1500);
        let (_, flow) = read_packets(&once, 65_535, &file_info);
        assert_eq!((flow.packets, flow.mixed), (4, false));
        let (_, flow) = read_packets(&twice, 65_535, &file_info);
        assert!(flow.mixed);
        let lossy = [&once[..3], &once[3..], &once[2..3]].concat();
        assert!(read_packets(&lossy, 65_535, &file_info).1.mixed);
        let (folder, path) = saved(&twice, 65_535);
        for (from, to) in [(0, 3), (4, 7)] {
            let during = Some((Wall(from * SECOND), Wall(to * SECOND)));
            let log = read(&path, &file_info, during);
            let flows = &log.wire_flows;
            assert_eq!((flows[0].packets, flows[0].bytes, flows[0].mixed, log.packets), (4, 1513, false, 8));
            let frame = from as u32 + 3;
            assert_eq!(keys(&flows[0]), [(digest(&[1; 1024]), frame), (digest(&[2; 476]), frame + 1)]);
        }
        drop(folder);
    }

    #[test]
    fn blocks_with_a_wrong_checksum_are_kept_apart() {
        let altered = |block: &[u8], at: usize| {
            let mut packet = datagram(block);
            packet[28 + at] ^= 1;
            packet
        };
        let blocks = [0, 1, 2].map(|number| block_of(number, 1024));
        // The content, the number and the token are altered.
        let packets = [altered(&blocks[0], 20), altered(&blocks[1], 11), altered(&blocks[2], 7), datagram(&blocks[2])];
        let (_, flow) = read_packets(&packets, 65_535, &file_info(Mode::Udp, 3 * 1024));
        assert_eq!(keys(&flow), [(2, 4)]);
        let corrupt: Vec<_> = flow.corrupt.iter().map(|block| (block.frame, block.key)).collect();
        assert_eq!(corrupt, [(1, Some(0)), (2, Some(0)), (3, None)], "a number may be altered as well");
        assert_eq!((flow.packets, flow.others), (4, 0));
    }

    #[test]
    fn tcp_retransmissions_are_counted() {
        let start = u32::MAX - 500;
        let packets: Vec<Vec<u8>> = [(0, 1000), (1000, 1000), (0, 1000), (2000, 0), (1500, 1000), (2500, 10)]
            .map(|(at, length)| segment(start.wrapping_add(at), length))
            .to_vec();
        let (log, flow) = read_packets(&packets, 65_535, &file_info(Mode::Tcp, 2510));
        assert_eq!((flow.packets, flow.bytes, flow.repeated), (5, 4010, 2));
        assert_eq!(log.other, 0);
        let (_, cut) = read_packets(&packets, 64, &file_info(Mode::Tcp, 2510));
        assert_eq!((cut.packets, cut.bytes, cut.repeated), (5, 4010, 2));
    }
}
