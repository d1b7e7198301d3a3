//! Reads one capture file (pcap or pcapng, by any program, damaged or not) into a `CaptureLog`.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::Path;

use thiserror::Error;

use super::UnsupportedLinkType;
use super::blind_intervals::BlindIntervals;
use super::coalesced::CoalescedPayload;
use super::decode::{self, Decoded, IcmpQuote, Udp};
use super::duplicate_frames::{DatagramKey, InterfaceDedup};
use super::packet::{Packet, ReaderError};
use super::reader::PacketReader;
use super::tcp::Tcp;
use crate::core::evidence::capture_log::{
    CaptureLog, Damage, Datagram, FormatError, IcmpError, PacketDirection, UnreadableReason, digest,
};
use crate::core::evidence::flow::FlowKey;
use crate::core::evidence::tcp_connections::TcpSegment;
use crate::core::protocol::message::{self, Text};
use crate::core::time::Wall;

const PROGRESS_INTERVAL: u64 = 8192;

/// A record of a short text on Ethernet, bytes.
const SMALL_RECORD: u64 = 64;

/// Room is made for so many datagrams at the most before any is read.
const MAX_PREALLOCATED: usize = 1 << 22;

/// So much of a datagram's text is kept, bytes, where texts are kept at all.
pub const MAX_TEXT_LEN: usize = 1024;

/// Why nothing of a file can be used.
#[derive(Debug, Error)]
pub enum ReadError {
    #[error("{file}: no such file")]
    NotFound { file: String },
    /// It cannot be read.
    #[error("{file}: {source}")]
    Io { file: String, source: io::Error },
    #[error("{file} is empty")]
    Empty { file: String },
    #[error("{file} is compressed")]
    Compressed { file: String },
    /// It is neither pcap nor pcapng, or ends before its first packet could.
    #[error("{file} is not a capture: {flaw}")]
    NotACapture { file: String, flaw: FormatError },
    /// Its frames are of a link type that is not read.
    #[error("{file}: link type {number} ({name}) is not supported")]
    UnsupportedLinkType { file: String, name: String, number: i32 },
}

/// Reads a capture file. `progress` hears from time to time how many bytes of it were read.
///
/// A file that breaks off or is corrupt is used up to there ([`CaptureLog::damage`]).
///
/// # Errors
/// [`ReadError`] where nothing of it can be used.
pub fn read(path: &Path, progress: &mut dyn FnMut(u64)) -> Result<CaptureLog, ReadError> {
    read_keeping(path, RetainPayload::Numbers, progress)
}

/// How much of what datagrams say is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetainPayload {
    Numbers,
    /// Their texts, too, as far as [`MAX_TEXT_LEN`]: for what has no numbers.
    Texts,
}

/// Reads a capture file as [`read`] does, and keeps what is asked for.
///
/// # Errors
/// As [`read`].
pub fn read_keeping(path: &Path, keep: RetainPayload, progress: &mut dyn FnMut(u64)) -> Result<CaptureLog, ReadError> {
    let file = path.display().to_string();
    let mut packets = open(path)?;
    let mut reader = LogReader::new(keep);
    // Memory that is not used in the end costs nothing; growing step by step does.
    let bytes = fs::metadata(path).map_or(0, |file| file.len());
    reader
        .log
        .datagrams
        .reserve(usize::try_from(bytes / SMALL_RECORD).unwrap_or(MAX_PREALLOCATED).min(MAX_PREALLOCATED));
    let damage = reader.read_all(&mut packets, progress);
    let (link_type, resolution_ns) = describe(path, &packets)?;
    let blind = reader.blindness.into_intervals();
    Ok(CaptureLog { file, link_type, resolution_ns, blind, damage, ..reader.log })
}

/// Opens a capture file.
///
/// # Errors
/// [`ReadError`] where it is none.
pub(super) fn open(path: &Path) -> Result<PacketReader, ReadError> {
    let file = path.display().to_string();
    PacketReader::open(path).map_err(|refused| match refused {
        ReaderError::Io(source) if source.kind() == io::ErrorKind::NotFound => ReadError::NotFound { file },
        ReaderError::Io(source) => ReadError::Io { file, source },
        ReaderError::Empty => ReadError::Empty { file },
        ReaderError::Compressed => ReadError::Compressed { file },
        ReaderError::Other(flaw) => ReadError::NotACapture { file, flaw },
    })
}

/// The link types of a file that was read, and the resolution of its stamps in nanoseconds.
///
/// # Errors
/// [`ReadError::UnsupportedLinkType`] where not one of them is read.
pub(super) fn describe(path: &Path, packets: &PacketReader) -> Result<(String, u32), ReadError> {
    let summary = packets.summary();
    if let (true, Some(UnsupportedLinkType { number, name })) = (summary.links.is_empty(), summary.unsupported) {
        return Err(ReadError::UnsupportedLinkType { file: path.display().to_string(), name, number });
    }
    let names: Vec<&str> = summary.links.iter().map(|link| link.name()).collect();
    Ok((names.join(", "), summary.resolution_ns))
}

/// A datagram, as far as it is noted.
struct DecodedDatagram<'a> {
    flow: u32,
    /// It runs between two addresses that may well be of two hosts.
    travels: bool,
    payload: &'a [u8],
    length: u16,
    fragmented: bool,
    ttl: u8,
    ip_id: Option<u16>,
    way: Option<PacketDirection>,
    /// Which interface it was shown on, if others might show it, too.
    interface: Option<u64>,
    bad_checksum: bool,
}

struct LogReader {
    keep: RetainPayload,
    log: CaptureLog,
    streams: HashMap<FlowKey, u32>,
    flows: HashMap<FlowKey, u32>,
    /// A flow looked up lately, by a few bits of its ports.
    recent: [u32; RECENT_FLOWS],
    /// The last number of each flow.
    numbers: Vec<Option<u64>>,
    twins: InterfaceDedup,
    blindness: BlindIntervals,
}

/// So many flows are found without asking the map.
const RECENT_FLOWS: usize = 64;

impl LogReader {
    fn new(keep: RetainPayload) -> Self {
        Self {
            keep,
            streams: HashMap::new(),
            log: CaptureLog::default(),
            flows: HashMap::new(),
            recent: [0; RECENT_FLOWS],
            numbers: Vec::new(),
            twins: InterfaceDedup::default(),
            blindness: BlindIntervals::default(),
        }
    }

    /// Reads to the end, or to the damage.
    fn read_all(&mut self, packets: &mut PacketReader, progress: &mut dyn FnMut(u64)) -> Option<Damage> {
        let damage = loop {
            match packets.packet() {
                Ok(Some(packet)) => self.packet(&packet),
                Ok(None) => break None,
                Err(damage) => break Some(damage),
            }
            if self.log.packets.is_multiple_of(PROGRESS_INTERVAL) {
                progress(packets.offset());
            }
        };
        progress(packets.offset());
        damage
    }

    #[inline]
    fn packet(&mut self, packet: &Packet<'_>) {
        self.log.packets += 1;
        let time = packet.time.unwrap_or(self.log.last.unwrap_or_default());
        if packet.time.is_some() {
            self.log.first.get_or_insert(time);
            self.log.last = Some(time);
        }
        let Some(link) = packet.link else {
            return self.blindness.note(None, UnreadableReason::Link, time);
        };
        let frame = u32::try_from(self.log.packets + u64::from(packet.others)).unwrap_or(u32::MAX);
        if let Some(plain) = decode::plain(link, packet.data, packet.length) {
            let place = Self::place(plain.source.1, plain.destination.1);
            let flow = match self.log.flows.get(self.recent[place] as usize) {
                Some(flow) if plain.is_of(flow) => self.recent[place],
                _ => self.flow(plain.flow()),
            };
            let travels = plain.source.0 != plain.destination.0 && plain.source.0 >> 24 != 127;
            let shown = DecodedDatagram {
                flow,
                travels,
                payload: plain.payload,
                length: plain.payload.len() as u16,
                fragmented: false,
                ttl: plain.ttl,
                ip_id: Some(plain.ip_id),
                way: None,
                interface: packet.interface.map(|interface| u64::from(interface) << 32),
                bad_checksum: plain.bad_checksum,
            };
            if self.datagram(&shown, time, frame) {
                self.log.untimed += u64::from(packet.time.is_none());
            }
            return;
        }
        let cut = packet.data.len() < packet.length as usize;
        match decode::frame(link, packet.data, packet.length) {
            Decoded::Udp(udp) => {
                let shown = self.shown(&udp, packet);
                if self.datagram(&shown, time, frame) {
                    self.log.cut += u64::from(cut);
                    self.log.untimed += u64::from(packet.time.is_none());
                }
            }
            Decoded::Tcp(tcp) => {
                self.other(frame);
                self.segment(&tcp, packet, time, frame);
            }
            Decoded::IcmpError(quote) => self.icmp_error(&quote, time, frame),
            Decoded::LaterFragment => self.log.later_fragments += 1,
            Decoded::TooShort => {
                self.log.cut += 1;
                self.blindness.note(None, UnreadableReason::Cut, time);
            }
            Decoded::Other => self.other(frame),
        }
    }

    /// Counts a packet that the filter of an exchange should have kept out.
    fn other(&mut self, frame: u32) {
        self.log.other += 1;
        self.log.first_other.get_or_insert(frame);
    }

    fn shown<'a>(&mut self, udp: &Udp<'a>, packet: &Packet<'_>) -> DecodedDatagram<'a> {
        let (source, destination) = (udp.flow.source.ip(), udp.flow.destination.ip());
        let interface =
            u64::from(packet.interface.unwrap_or_default()) << 32 | u64::from(udp.interface.unwrap_or_default());
        DecodedDatagram {
            flow: self.flow(udp.flow),
            travels: source != destination && !source.is_loopback(),
            payload: udp.payload,
            length: udp.length,
            fragmented: udp.fragmented,
            ttl: udp.ttl,
            ip_id: udp.ip_id,
            way: udp.way,
            interface: (udp.interface.is_some() || packet.interface.is_some()).then_some(interface),
            bad_checksum: udp.bad_checksum,
        }
    }

    /// Notes a datagram; false where it was noted before, on another interface.
    #[inline]
    fn datagram(&mut self, udp: &DecodedDatagram<'_>, time: Wall, frame: u32) -> bool {
        let flow = udp.flow;
        let complete = udp.payload.len() == usize::from(udp.length);
        let digest = digest(udp.payload);
        if let Some(interface) = udp.interface {
            let likeness = DatagramKey { flow, digest, length: udp.length, ip_id: udp.ip_id };
            if self.twins.is_duplicate(likeness, interface, time) {
                self.log.dedup += 1;
                return false;
            }
        }
        let (mut read, digits) = message::read_digits(udp.payload);
        if !complete {
            read = text(udp.payload, false);
        }
        let Text { number, is_reply } = read;
        let before = &mut self.numbers[flow as usize];
        let suspect = CoalescedPayload {
            text: udp.payload,
            digits,
            length: udp.length,
            travels: udp.travels,
            fragmented: udp.fragmented,
            before: *before,
        };
        let several = suspect.is_several();
        if several {
            self.blindness.note(Some(flow), UnreadableReason::Joined, time);
        } else if number.is_none() && !complete {
            self.blindness.note(Some(flow), UnreadableReason::Cut, time);
        }
        *before = number.or(*before);
        if self.keep == RetainPayload::Texts {
            self.log.texts.push(udp.payload[..udp.payload.len().min(MAX_TEXT_LEN)].into());
        }
        self.log.datagrams.push(Datagram {
            time,
            frame,
            flow,
            number,
            reads_as_reply: is_reply,
            digest: (complete && !several).then_some(digest),
            length: udp.length,
            ttl: udp.ttl,
            direction: udp.way,
            bad_checksum: udp.bad_checksum && !several,
        });
        true
    }

    fn segment(&mut self, tcp: &Tcp<'_>, packet: &Packet<'_>, time: Wall, frame: u32) {
        let known = self.streams.len() as u32;
        let flow = *self.streams.entry(tcp.flow).or_insert(known);
        if flow == known {
            self.log.tcp.flows.push(tcp.flow);
        }
        if tcp.interface.is_some() || packet.interface.is_some() {
            let likeness = DatagramKey {
                // Apart from those of UDP.
                flow: flow | 1 << 31,
                digest: digest(tcp.data) ^ tcp.seq ^ tcp.ack.rotate_left(16) ^ u32::from(tcp.flags.0),
                length: tcp.length as u16,
                ip_id: tcp.ip_id,
            };
            let interface =
                u64::from(packet.interface.unwrap_or_default()) << 32 | u64::from(tcp.interface.unwrap_or_default());
            if self.twins.is_duplicate(likeness, interface, time) {
                self.log.dedup += 1;
                return;
            }
        }
        let Tcp { seq, ack, flags, window, length, data, .. } = *tcp;
        self.log.tcp.push(TcpSegment { time, frame, flow, seq, ack, flags, window, length, kept: 0..0 }, data);
    }

    fn icmp_error(&mut self, quote: &IcmpQuote<'_>, time: Wall, frame: u32) {
        let IcmpQuote { from, kind, code, flow: quoted, payload, complete } = *quote;
        let number = text(payload, complete).number;
        self.log.icmp_errors.push(IcmpError { time, frame, from, quoted, number, kind, code });
    }

    /// Where in the table of recent flows one has its place.
    #[inline]
    fn place(source: u16, destination: u16) -> usize {
        usize::from(source ^ destination.rotate_left(3)) % RECENT_FLOWS
    }

    /// The index of a flow, a new one where it was not seen before.
    #[inline]
    fn flow(&mut self, flow: FlowKey) -> u32 {
        let place = Self::place(flow.source.port(), flow.destination.port());
        let recent = self.recent[place];
        if self.log.flows.get(recent as usize) == Some(&flow) {
            return recent;
        }
        let index = *self.flows.entry(flow).or_insert_with(|| {
            self.log.flows.push(flow);
            self.numbers.push(None);
            self.log.flows.len() as u32 - 1
        });
        self.recent[place] = index;
        index
    }
}

/// Reads a text of which the end may be missing: a number is known only where its last digit is not the last byte there is.
#[inline]
fn text(payload: &[u8], complete: bool) -> Text {
    let read = message::read(payload);
    if complete {
        return read;
    }
    let longer = message::read(&[payload, b"0"].concat());
    if longer == read { read } else { Text { number: None, is_reply: longer.is_reply } }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::process::Command;

    use etherparse::PacketBuilder;
    use tempfile::TempDir;

    use super::super::link_type::LinkType;
    use super::super::savefile::{Resolution, Savefile};
    use super::*;
    use crate::core::evidence::capture_log::PacketDirection;
    use crate::core::time::SECOND;

    const CLIENT: ([u8; 4], u16) = ([192, 168, 1, 10], 40001);
    const SERVER: ([u8; 4], u16) = ([203, 0, 113, 2], 5005);

    fn packet(from: ([u8; 4], u16), to: ([u8; 4], u16), text: &[u8]) -> Vec<u8> {
        let mut packet = Vec::new();
        PacketBuilder::ipv4(from.0, to.0, 64).udp(from.1, to.1).write(&mut packet, text).unwrap();
        packet
    }

    /// A frame of `LINUX_SLL2`.
    fn cooked(interface: u8, kind: u8, packet: &[u8]) -> Vec<u8> {
        [&[8, 0, 0, 0, 0, 0, 0, interface, 0, 1, kind, 6, 0, 0, 0, 0, 0, 0, 0, 0], packet].concat()
    }

    /// A file of an exchange of so many messages, a nanosecond past each second.
    fn exchange(folder: &TempDir, messages: u64, resolution: Resolution) -> PathBuf {
        let path = folder.path().join("exchange.pcap");
        let mut file = Savefile::create(&path, LinkType::Raw.number(), 65535, resolution).unwrap();
        for number in 1..=messages {
            let request = packet(CLIENT, SERVER, format!("Mensagem {number}").as_bytes());
            let reply = packet(SERVER, CLIENT, format!("ACK {number}").as_bytes());
            let time = Wall(number as i64 * SECOND + 1);
            file.push(time, request.len() as u32, &request).unwrap();
            file.push(time.shifted(2_000), reply.len() as u32, &reply).unwrap();
        }
        file.flush().unwrap();
        path
    }

    fn read_quietly(path: &Path) -> Result<CaptureLog, ReadError> {
        read(path, &mut |_| {})
    }

    #[test]
    fn savefile_records_are_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = exchange(&folder, 30, Resolution::Nano);
        let mut heard = 0;
        let log = read(&path, &mut |bytes| heard = bytes).unwrap();
        assert_eq!(heard, fs::metadata(&path).unwrap().len());
        assert_eq!(log.file, path.display().to_string());
        assert_eq!((log.link_type.as_str(), log.resolution_ns, log.packets), ("RAW", 1, 60));
        assert_eq!((log.first, log.last), (Some(Wall(SECOND + 1)), Some(Wall(30 * SECOND + 2_001))));
        assert_eq!((log.later_fragments, log.cut, log.other, log.damage.as_ref()), (0, 0, 0, None));
        assert_eq!(log.flows.len(), 2);
        for (index, datagram) in log.datagrams.iter().enumerate() {
            let (number, is_reply) = (index as u64 / 2 + 1, index % 2 == 1);
            assert_eq!((datagram.frame, datagram.flow), (index as u32 + 1, u32::from(is_reply)));
            assert_eq!((datagram.number, datagram.reads_as_reply), (Some(number), is_reply));
            let text = if is_reply { format!("ACK {number}") } else { format!("Mensagem {number}") };
            assert_eq!((datagram.digest, datagram.length), (Some(digest(text.as_bytes())), text.len() as u16));
        }
        assert_eq!(log.datagrams.len(), 60);
    }

    #[test]
    fn microsecond_files_say_so() {
        let folder = tempfile::tempdir().unwrap();
        let log = read_quietly(&exchange(&folder, 1, Resolution::Micro)).unwrap();
        assert_eq!(log.resolution_ns, 1000);
        assert_eq!(log.last, Some(Wall(SECOND + 2_000)));
    }

    #[test]
    fn a_file_is_used_up_to_where_it_breaks_off() {
        let folder = tempfile::tempdir().unwrap();
        let path = exchange(&folder, 3, Resolution::Nano);
        let bytes = fs::read(&path).unwrap();
        let mut ends = vec![24];
        for number in 1..=3 {
            for text in [format!("Mensagem {number}"), format!("ACK {number}")] {
                ends.push(ends.last().unwrap() + 16 + 28 + text.len());
            }
        }
        assert_eq!(ends.last(), Some(&bytes.len()));
        for length in 24..bytes.len() {
            fs::write(&path, &bytes[..length]).unwrap();
            let log = read_quietly(&path).unwrap();
            let whole = ends.iter().filter(|end| **end <= length).count() - 1;
            assert_eq!(log.datagrams.len(), whole, "{length}");
            let offset = log.damage.map(|damage| damage.offset.unwrap());
            assert_eq!(offset, (ends[whole] != length).then_some(ends[whole] as u64), "{length}");
        }
        let old = [&bytes[..6], &[2, 0], &bytes[8..bytes.len() - 1]].concat();
        fs::write(&path, old).unwrap();
        let damage = read_quietly(&path).unwrap().damage.unwrap();
        assert_eq!(damage.offset, None, "of version 2.2 the lengths are not where we look for them");
        fs::write(&path, []).unwrap();
        assert!(matches!(read_quietly(&path), Err(ReadError::Empty { .. })));
        for length in 1..24 {
            fs::write(&path, &bytes[..length]).unwrap();
            assert!(matches!(read_quietly(&path), Err(ReadError::NotACapture { .. })), "{length}");
        }
    }

    #[test]
    fn a_corrupt_record_ends_the_reading() {
        let folder = tempfile::tempdir().unwrap();
        let path = exchange(&folder, 2, Resolution::Nano);
        let mut bytes = fs::read(&path).unwrap();
        let second = 24 + 16 + 28 + "Mensagem 1".len();
        bytes[second + 8..second + 12].fill(0xff);
        fs::write(&path, &bytes).unwrap();
        let log = read_quietly(&path).unwrap();
        assert_eq!(log.datagrams.len(), 1);
        let damage = log.damage.unwrap();
        assert_eq!(damage.offset, Some(second as u64));
        assert!(!damage.flaw.to_string().is_empty());
    }

    #[test]
    fn other_files_are_rejected_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notes.txt");
        assert!(matches!(read_quietly(&path), Err(ReadError::NotFound { file }) if file.ends_with("notes.txt")));
        fs::write(&path, "these are just some notes, nothing more").unwrap();
        assert!(matches!(read_quietly(&path), Err(ReadError::NotACapture { file, .. }) if file.ends_with("notes.txt")));
        assert!(matches!(read_quietly(folder.path()), Err(ReadError::Io { .. })));

        let wifi = folder.path().join("wifi.pcap");
        Savefile::create(&wifi, 105, 65535, Resolution::Nano).unwrap();
        let Err(ReadError::UnsupportedLinkType { name, number, .. }) = read_quietly(&wifi) else { panic!() };
        assert_eq!((name.as_str(), number), ("IEEE802_11", 105));
    }

    #[test]
    fn a_number_cut_in_its_digits_is_unknown() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cut.pcap");
        let mut file = Savefile::create(&path, LinkType::Raw.number(), 65535, Resolution::Nano).unwrap();
        let texts: [(&[u8], usize); 6] =
            [(b"Mensagem 12", 10), (b"7) bom dia", 2), (b"ACK 12", 5), (b"ACK 12", 4), (b"ACK 12", 1), (b"ACK 12", 6)];
        for (text, kept) in texts {
            let packet = packet(CLIENT, SERVER, text);
            file.push(Wall(0), packet.len() as u32, &packet[..28 + kept]).unwrap();
        }
        // Cut before the UDP header is complete.
        let packet = packet(CLIENT, SERVER, b"7");
        file.push(Wall(0), packet.len() as u32, &packet[..25]).unwrap();
        file.flush().unwrap();
        let log = read_quietly(&path).unwrap();
        let seen: Vec<_> = log.datagrams.iter().map(|seen| (seen.number, seen.reads_as_reply)).collect();
        let expected = [(None, false), (Some(7), false), (None, true), (None, true), (None, false), (Some(12), true)];
        assert_eq!(seen, expected);
        assert_eq!(log.cut, 6);
        assert!(log.datagrams[..5].iter().all(|seen| seen.digest.is_none()));
        assert_eq!(log.datagrams[5].digest, Some(digest(b"ACK 12")));
    }

    #[test]
    fn a_datagram_on_two_interfaces_counts_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("any.pcap");
        let mut file = Savefile::create(&path, LinkType::Sll2.number(), 65535, Resolution::Nano).unwrap();
        let packet = packet(CLIENT, SERVER, b"Mensagem 1");
        for (interface, kind, ms) in [(2, 0, 0), (3, 4, 1), (2, 0, 2)] {
            let frame = cooked(interface, kind, &packet);
            file.push(Wall(ms * 1_000_000), frame.len() as u32, &frame).unwrap();
        }
        file.flush().unwrap();
        let log = read_quietly(&path).unwrap();
        let seen: Vec<_> = log.datagrams.iter().map(|seen| (seen.frame, seen.direction)).collect();
        assert_eq!(seen, [(1, Some(PacketDirection::In)), (3, Some(PacketDirection::In))]);
        assert_eq!((log.packets, log.dedup, log.other), (3, 1, 0));
    }

    #[test]
    fn icmp_errors_keep_the_number_they_quote() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("icmp.pcap");
        let mut file = Savefile::create(&path, LinkType::Raw.number(), 65535, Resolution::Nano).unwrap();
        let quoted = packet(CLIENT, SERVER, b"Mensagem 12");
        for kept in [quoted.len(), quoted.len() - 1, 28] {
            let message = [&[3, 3, 0, 0, 0, 0, 0, 0], &quoted[..kept]].concat();
            let mut frame = Vec::new();
            let builder = PacketBuilder::ipv4([203, 0, 113, 2], CLIENT.0, 64);
            builder.write(&mut frame, etherparse::IpNumber::ICMP, &message).unwrap();
            file.push(Wall(5), frame.len() as u32, &frame).unwrap();
        }
        file.flush().unwrap();
        let errors = read_quietly(&path).unwrap().icmp_errors;
        assert_eq!(errors.iter().map(|error| error.number).collect::<Vec<_>>(), [Some(12), None, None]);
        assert_eq!((errors[0].kind, errors[0].code, errors[0].frame), (3, 3, 1));
        assert_eq!(errors[0].from.to_string(), "203.0.113.2");
        assert_eq!(errors[0].quoted.destination.to_string(), "203.0.113.2:5005");
    }

    /// A tool's output, or `None` where the machine does not have it.
    fn run(tool: &str, arguments: &[&str]) -> Option<String> {
        match Command::new(tool).args(arguments).output() {
            Ok(output) => {
                assert!(output.status.success(), "{tool}: {}", String::from_utf8_lossy(&output.stderr));
                Some(String::from_utf8(output.stdout).unwrap())
            }
            Err(error) => {
                assert!(std::env::var("MEDIDOR_LAB").as_deref() != Ok("required"), "{tool}: {error}");
                eprintln!("SKIPPED: {tool} ({error})");
                None
            }
        }
    }

    #[test]
    fn wireshark_reads_our_files_alike() {
        let folder = tempfile::tempdir().unwrap();
        let path = exchange(&folder, 5, Resolution::Nano);
        let fields = ["-r", path.to_str().unwrap(), "-T", "fields", "-e", "frame.time_epoch", "-e", "udp.srcport"];
        let Some(told) = run("tshark", &fields) else { return };
        let log = read_quietly(&path).unwrap();
        let ours: Vec<_> = log
            .datagrams
            .iter()
            .map(|seen| {
                let (seconds, fraction) = (seen.time.0 / SECOND, seen.time.0 % SECOND);
                format!("{seconds}.{fraction:09}\t{}", log.flows[seen.flow as usize].source.port())
            })
            .collect();
        assert_eq!(told.lines().collect::<Vec<_>>(), ours);
    }

    #[test]
    fn pcapng_is_read_like_pcap() {
        let folder = tempfile::tempdir().unwrap();
        let path = exchange(&folder, 5, Resolution::Nano);
        let next = folder.path().join("exchange.pcapng");
        let names = [path.to_str().unwrap(), next.to_str().unwrap()];
        if run("editcap", &["-F", "pcapng", names[0], names[1]]).is_none() {
            return;
        }
        let (classic, log) = (read_quietly(&path).unwrap(), read_quietly(&next).unwrap());
        assert_eq!(log.datagrams, classic.datagrams);
        assert_eq!((log.resolution_ns, log.damage.as_ref()), (1, None));
        let bytes = fs::read(&next).unwrap();
        fs::write(&next, &bytes[..bytes.len() - 40]).unwrap();
        let broken = read_quietly(&next).unwrap();
        assert!(broken.packets < 10);
        // Each packet's block ends with its length.
        let offset = broken.damage.unwrap().offset.unwrap() as usize;
        let total = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
        assert_eq!((total(offset - 4), total(offset + 4) % 4), (total(offset - total(offset - 4) + 4), 0));
        assert!(offset + total(offset + 4) > bytes.len() - 40);
    }
}
