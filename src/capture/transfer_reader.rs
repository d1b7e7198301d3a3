//! Reads one capture file of a file transfer: the blocks it shows, and the other traffic between the same hosts.
//!
//! Of each block its number and time are kept, 16 bytes. A frame that joins several blocks (segmentation or receive
//! offload) is taken apart: every block begins with the transfer's token, which no file holds by chance.

use std::collections::HashMap;
use std::path::Path;

use super::blind_intervals::BlindIntervals;
use super::decode::{self, Decoded, Udp};
use super::log_reader::{ReadError, describe, open};
use super::packet::Packet;
use super::tcp::Tcp;
use crate::core::evidence::capture_log::{CaptureLog, UnreadableReason, digest};
use crate::core::evidence::flow::FlowKey;
use crate::core::evidence::transfer_records::{FileInfo, WireBlock, WireFlow};
use crate::core::protocol::transfer::Mode;
use crate::core::protocol::transfer::block::{self, BlockLayout, HEADER};
use crate::core::protocol::transfer::classic::{ClassicDatagram, ClassicParser as ClassicReader};
use crate::core::time::Wall;

const PROGRESS_INTERVAL: u64 = 8192;

/// A capture of a transfer as it was read: its frame without datagrams, and its flows.
pub type TransferCapture = (CaptureLog, Vec<WireFlow>);

/// Reads a capture file of the transfer that `told` tells of; what was captured before or after `during` is of another
/// one. `progress` hears from time to time how many bytes of it were
/// read.
///
/// # Errors
/// [`ReadError`] where nothing of it can be used.
pub fn read(
    path: &Path,
    told: &FileInfo,
    during: Option<(Wall, Wall)>,
    progress: &mut dyn FnMut(u64),
) -> Result<TransferCapture, ReadError> {
    let mut packets = open(path)?;
    let mut reader = TransferReader::new(told, during);
    let damage = loop {
        match packets.packet() {
            Ok(Some(packet)) => reader.packet(&packet),
            Ok(None) => break None,
            Err(damage) => break Some(damage),
        }
        if reader.log.packets.is_multiple_of(PROGRESS_INTERVAL) {
            progress(packets.offset());
        }
    };
    progress(packets.offset());
    let (link_type, resolution_ns) = describe(path, &packets)?;
    let blind = reader.blindness.into_intervals();
    let file = path.display().to_string();
    Ok((CaptureLog { file, link_type, resolution_ns, blind, damage, ..reader.log }, reader.flows))
}

struct TransferReader<'a> {
    told: &'a FileInfo,
    /// When it travelled, by the capturing host's clock; `None` where nobody says.
    during: Option<(Wall, Wall)>,
    /// How the file is cut, where blocks bear numbers.
    cut: Option<(BlockLayout, u64)>,
    log: CaptureLog,
    flows: Vec<WireFlow>,
    indexes: HashMap<(FlowKey, bool), usize>,
    /// One beyond the last byte that each flow of TCP carried.
    next: Vec<Option<u32>>,
    /// Where each flow of the bare dialect is.
    parts: Vec<ClassicFlowState>,
    blindness: BlindIntervals,
}

/// Where a flow of the bare dialect is.
#[derive(Default)]
struct ClassicFlowState {
    parts: ClassicReader,
    /// The last block has passed.
    ended: bool,
}

impl<'a> TransferReader<'a> {
    fn new(told: &'a FileInfo, during: Option<(Wall, Wall)>) -> Self {
        let cut = told.size.and_then(|size| BlockLayout::new(size, told.block)).zip(told.token);
        Self {
            told,
            during,
            cut,
            log: CaptureLog::default(),
            flows: Vec::new(),
            indexes: HashMap::new(),
            next: Vec::new(),
            parts: Vec::new(),
            blindness: BlindIntervals::default(),
        }
    }

    fn packet(&mut self, packet: &Packet<'_>) {
        self.log.packets += 1;
        let time = packet.time.unwrap_or(self.log.last.unwrap_or_default());
        match packet.time {
            Some(time) => {
                self.log.first.get_or_insert(time);
                self.log.last = Some(time);
            }
            None => self.log.untimed += 1,
        }
        let Some(link) = packet.link else {
            return self.blindness.note(None, UnreadableReason::Link, time);
        };
        let frame = u32::try_from(self.log.packets + u64::from(packet.others)).unwrap_or(u32::MAX);
        match decode::frame(link, packet.data, packet.length) {
            Decoded::Udp(udp) => self.datagram(&udp, time, frame),
            Decoded::IcmpError(_) => {}
            Decoded::LaterFragment => self.log.later_fragments += 1,
            Decoded::TooShort => {
                self.log.cut += 1;
                self.blindness.note(None, UnreadableReason::Cut, time);
            }
            Decoded::Tcp(tcp) => self.segment(&tcp, time),
            Decoded::Other => self.log.other += 1,
        }
    }

    fn flow(&mut self, ends: FlowKey, is_tcp: bool) -> usize {
        *self.indexes.entry((ends, is_tcp)).or_insert_with(|| {
            let (blocks, none) = (Vec::new(), 0);
            self.flows.push(WireFlow {
                ends,
                is_tcp,
                packets: none,
                bytes: none,
                repeated: none,
                blocks,
                fragmented: none,
                cut: none,
                mixed: false,
            });
            self.next.push(None);
            self.parts.push(ClassicFlowState::default());
            self.flows.len() - 1
        })
    }

    fn is_during(&self, time: Wall) -> bool {
        self.during.is_none_or(|(from, to)| from <= time && time <= to)
    }

    fn datagram(&mut self, udp: &Udp<'_>, time: Wall, frame: u32) {
        let index = self.flow(udp.flow, false);
        self.log.cut += u64::from(!udp.complete && !udp.fragmented);
        if !self.is_during(time) {
            return;
        }
        let flow = &mut self.flows[index];
        if let (Mode::Udp, Some((cut, token))) = (self.told.mode, self.cut) {
            return numbered(flow, udp, cut, token, time, frame);
        }
        flow.packets += 1;
        flow.bytes += u64::from(udp.length);
        if self.told.mode == Mode::Classic {
            note_classic(flow, &mut self.parts[index], udp, self.told, time, frame);
        }
    }

    fn segment(&mut self, tcp: &Tcp<'_>, time: Wall) {
        let index = self.flow(tcp.flow, true);
        if tcp.length == 0 || !self.is_during(time) {
            return;
        }
        let (flow, next) = (&mut self.flows[index], &mut self.next[index]);
        flow.packets += 1;
        flow.bytes += u64::from(tcp.length);
        // Numbers wrap: what lies less than half the circle behind was there before (RFC 9293, section 3.4).
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

/// Notes the blocks of a datagram that bear their numbers. One without the token is of another transfer.
fn numbered(flow: &mut WireFlow, udp: &Udp<'_>, cut: BlockLayout, token: u64, time: Wall, frame: u32) {
    let mut note = |number: u64| flow.blocks.push(WireBlock { time, frame, key: number as u32 });
    let mut rest = udp.payload;
    // What the snapshot length cut off is told by the length alone.
    let mut length = usize::from(udp.length);
    let mut any = 0_u64;
    while let Some(header) = rest.first_chunk::<HEADER>() {
        let Some(number) = block::number(header, token, cut) else { break };
        let own = HEADER + cut.length(number);
        if length < own {
            break;
        }
        if udp.fragmented {
            flow.fragmented += 1;
            flow.packets += 1;
            flow.bytes += u64::from(udp.length);
            return;
        }
        note(number);
        any += 1;
        length -= own;
        rest = rest.get(own..).unwrap_or_default();
    }
    // Of one that was cut before its token nobody can tell whose it is.
    let illegible = any == 0 && udp.payload.len() < HEADER && usize::from(udp.length) > HEADER;
    if any > 0 || illegible {
        flow.packets += any.max(1);
        flow.bytes += u64::from(udp.length);
    }
    // Bytes are left that nobody could read, and they may be blocks.
    if any > 0 && length > 0 || illegible {
        flow.cut += 1;
    }
}

/// Notes the blocks of a datagram by their digests.
fn note_classic(
    flow: &mut WireFlow,
    reader: &mut ClassicFlowState,
    udp: &Udp<'_>,
    told: &FileInfo,
    time: Wall,
    frame: u32,
) {
    let block = told.block.max(1) as usize;
    if udp.fragmented {
        flow.fragmented += 1;
        return;
    }
    let ClassicDatagram::Content(content) = reader.parts.read(udp.payload) else { return };
    // Only the last block of a file is a short one, and none comes twice.
    let most = told.size.map(|size| size.div_ceil(block as u64));
    flow.mixed |= reader.ended || most.is_some_and(|most| flow.blocks.len() as u64 >= most);
    reader.ended |= !usize::from(udp.length).is_multiple_of(block);
    if !udp.complete {
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
    use std::net::SocketAddr;
    use std::path::PathBuf;

    use etherparse::PacketBuilder;
    use tempfile::TempDir;

    use super::super::link_type::LinkType;
    use super::super::savefile::{Resolution, Savefile};
    use super::*;
    use crate::core::protocol::transfer::classic;
    use crate::core::time::{Now, SECOND};

    const SENDER: ([u8; 4], u16) = ([203, 0, 113, 2], 5006);
    const RECEIVER: ([u8; 4], u16) = ([192, 168, 1, 10], 40001);

    fn told(mode: Mode, size: u64) -> FileInfo {
        FileInfo {
            at: Now::default(),
            mode,
            name: None,
            size: Some(size),
            sha256: None,
            clients: None,
            block: 1024,
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

    fn read_packets(packets: &[Vec<u8>], snaplen: usize, told: &FileInfo) -> (CaptureLog, WireFlow) {
        let (_folder, path) = saved(packets, snaplen);
        let (log, mut flows) = read(&path, told, None, &mut |_| {}).unwrap();
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
        let told = told(Mode::Udp, 3 * 1024 + 100);
        let joined = [block_of(1, 1024), block_of(2, 1024), block_of(3, 100)].concat();
        let stranger = [&block::header(8, 0)[..], &[0; 1024]].concat();
        let packets = [datagram(&block_of(0, 1024)), datagram(&joined), datagram(&stranger)];
        let (log, flow) = read_packets(&packets, 65_535, &told);
        assert_eq!(keys(&flow), [(0, 1), (1, 2), (2, 2), (3, 2)]);
        assert_eq!((flow.packets, flow.cut, flow.fragmented, log.packets), (4, 0, 0, 3), "the stranger's is none");
        assert_eq!(flow.bytes, 3 * 1024 + 100 + 4 * HEADER as u64);
        assert_eq!(log.first.zip(log.last), Some((Wall(0), Wall(2 * SECOND))));
        let (_, flow) = read_packets(&packets[..1], 28 + HEADER, &told);
        assert_eq!((keys(&flow), flow.cut), (vec![(0, 1)], 0), "the number is there");
        let (_, flow) = read_packets(&packets[..2], 28 + HEADER, &told);
        assert_eq!((keys(&flow), flow.cut), (vec![(0, 1), (1, 2)], 1), "the other two are not");
        let (_, flow) = read_packets(&packets[..1], 28 + HEADER - 1, &told);
        assert_eq!((keys(&flow), flow.cut), (vec![], 1));
    }

    #[test]
    fn unnumbered_blocks_are_matched_by_digest() {
        let packets = [datagram(b"a.bin"), datagram(&classic::size(1500)), datagram(&[1; 1024]), datagram(&[2; 476])];
        let (_, flow) = read_packets(&packets, 65_535, &told(Mode::Classic, 1500));
        assert_eq!(keys(&flow), [(digest(&[1; 1024]), 3), (digest(&[2; 476]), 4)]);
        let (_, flow) = read_packets(&packets, 200, &told(Mode::Classic, 1500));
        assert_eq!((flow.blocks.len(), flow.cut), (0, 2));
    }

    #[test]
    fn another_transfer_on_the_same_ports_differs_in_time() {
        let once = [datagram(b"a.bin"), datagram(&classic::size(1500)), datagram(&[1; 1024]), datagram(&[2; 476])];
        let twice = [once.clone(), once.clone()].concat();
        let told = told(Mode::Classic, 1500);
        let (_, flow) = read_packets(&once, 65_535, &told);
        assert_eq!((flow.packets, flow.mixed), (4, false));
        let (_, flow) = read_packets(&twice, 65_535, &told);
        assert!(flow.mixed);
        let lossy = [&once[..3], &once[3..], &once[2..3]].concat();
        assert!(read_packets(&lossy, 65_535, &told).1.mixed);
        let (folder, path) = saved(&twice, 65_535);
        for (from, to) in [(0, 3), (4, 7)] {
            let during = Some((Wall(from * SECOND), Wall(to * SECOND)));
            let (log, flows) = read(&path, &told, during, &mut |_| {}).unwrap();
            assert_eq!((flows[0].packets, flows[0].bytes, flows[0].mixed, log.packets), (4, 1513, false, 8));
            let frame = from as u32 + 3;
            assert_eq!(keys(&flows[0]), [(digest(&[1; 1024]), frame), (digest(&[2; 476]), frame + 1)]);
        }
        drop(folder);
    }

    #[test]
    fn tcp_retransmissions_are_counted() {
        let start = u32::MAX - 500;
        let packets: Vec<Vec<u8>> = [(0, 1000), (1000, 1000), (0, 1000), (2000, 0), (1500, 1000), (2500, 10)]
            .map(|(at, length)| segment(start.wrapping_add(at), length))
            .to_vec();
        let (log, flow) = read_packets(&packets, 65_535, &told(Mode::Tcp, 2510));
        assert_eq!((flow.packets, flow.bytes, flow.repeated), (5, 4010, 2));
        assert_eq!(log.other, 0);
        let (_, cut) = read_packets(&packets, 64, &told(Mode::Tcp, 2510));
        assert_eq!((cut.packets, cut.bytes, cut.repeated), (5, 4010, 2));
    }
}
