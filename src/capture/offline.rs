//! One capture file, read leniently: classic pcap or pcapng, ours or a stranger's, whole or broken off.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use pcap::{Capture, Offline, Packet, Precision};
use thiserror::Error;

use super::decode::{self, Decoded, Quote, Udp};
use super::twins::{Likeness, Twins};
use super::{Link, UnsupportedLink, pcap_words};
use crate::core::dialect::message::{self, Text};
use crate::core::evidence::capture::{CaptureLog, Damage, Datagram, DirectedFlow, IcmpError, digest};
use crate::core::time::{SECOND, Wall};

/// Progress is told every so many packets.
const STEP: u64 = 8192;

/// Why nothing of a file can be used.
#[derive(Debug, Error)]
pub enum ReadError {
    /// There is no such file.
    #[error("{file}: no such file")]
    NotFound {
        /// Its name as the user gave it.
        file: String,
    },
    /// It cannot be read.
    #[error("{file}: {source}")]
    Io {
        /// Its name as the user gave it.
        file: String,
        /// What the system said.
        source: io::Error,
    },
    /// It is neither pcap nor pcapng, or ends before its first packet could.
    #[error("{file} is not a capture: {detail}")]
    NotACapture {
        /// Its name as the user gave it.
        file: String,
        /// libpcap's words.
        detail: String,
    },
    /// Its frames are of a link type that is not read.
    #[error("{file}: link type {number} ({name}) is not supported")]
    UnsupportedLinkType {
        /// Its name as the user gave it.
        file: String,
        /// The link type's name.
        name: String,
        /// The link type's number.
        number: i32,
    },
}

/// Reads a capture file. `progress` hears from time to time how many bytes of packets were read.
///
/// A file that breaks off or is corrupt is used up to there ([`CaptureLog::damage`]).
///
/// # Errors
/// [`ReadError`] where nothing of it can be used.
pub fn read(path: &Path, progress: &mut dyn FnMut(u64)) -> Result<CaptureLog, ReadError> {
    let file = path.display().to_string();
    let form = Form::of(path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => ReadError::NotFound { file: file.clone() },
        _ => ReadError::Io { file: file.clone(), source },
    })?;
    // libpcap takes "-" for its standard input.
    let named = if path == Path::new("-") { Path::new("./-") } else { path };
    let mut capture = Capture::from_file_with_precision(named, Precision::Nano)
        .map_err(|error| ReadError::NotACapture { file: file.clone(), detail: pcap_words(&error) })?;
    let link = Link::from_number(capture.get_datalink().0).map_err(|UnsupportedLink { number, name }| {
        ReadError::UnsupportedLinkType { file: file.clone(), name, number }
    })?;
    let mut reader = Reader::new(file, link, form.resolution_ns());
    if let Some(reason) = reader.read_all(&mut capture, progress) {
        let offset = form.offset_behind(path, reader.log.packets);
        reader.log.damage = Some(Damage { offset, reason });
    }
    Ok(reader.log)
}

/// Gathers what the packets say.
struct Reader {
    log: CaptureLog,
    link: Link,
    flows: HashMap<DirectedFlow, u32>,
    twins: Twins,
}

impl Reader {
    fn new(file: String, link: Link, resolution_ns: u32) -> Self {
        let link_type = link.name().to_owned();
        let log = CaptureLog { file, link_type, resolution_ns, ..CaptureLog::default() };
        Self { log, link, flows: HashMap::new(), twins: Twins::default() }
    }

    /// Reads to the end, or to the damage, which is returned in libpcap's words.
    fn read_all(&mut self, capture: &mut Capture<Offline>, progress: &mut dyn FnMut(u64)) -> Option<String> {
        let mut bytes = 0;
        let damage = loop {
            match capture.next_packet() {
                Ok(packet) => {
                    bytes += packet.data.len() as u64 + 16;
                    self.packet(&packet);
                    if self.log.packets.is_multiple_of(STEP) {
                        progress(bytes);
                    }
                }
                Err(pcap::Error::NoMorePackets) => break None,
                Err(error) => break Some(pcap_words(&error)),
            }
        };
        progress(bytes);
        damage
    }

    fn packet(&mut self, packet: &Packet) {
        let stamp = packet.header.ts;
        let time = Wall(stamp.tv_sec.saturating_mul(SECOND).saturating_add(stamp.tv_usec));
        self.log.packets += 1;
        self.log.first.get_or_insert(time);
        self.log.last = Some(time);
        let frame = u32::try_from(self.log.packets).unwrap_or(u32::MAX);
        let cut = packet.data.len() < packet.header.len as usize;
        match decode::frame(self.link, packet.data, packet.header.len) {
            Decoded::Udp(udp) => {
                if self.datagram(&udp, time, frame) && cut {
                    self.log.cut += 1;
                }
            }
            Decoded::IcmpError(quote) => self.icmp_error(&quote, time, frame),
            Decoded::LaterFragment => self.log.later_fragments += 1,
            Decoded::TooShort => self.log.cut += 1,
            Decoded::Other => self.log.other += 1,
        }
    }

    /// Notes a datagram; false where it was noted before, on another interface.
    fn datagram(&mut self, udp: &Udp, time: Wall, frame: u32) -> bool {
        let flow = self.flow(udp.flow);
        let digest = digest(udp.payload);
        if let Some(interface) = udp.interface {
            let likeness = Likeness { flow, digest, length: udp.length, ip_id: udp.ip_id };
            if self.twins.counted_before(likeness, interface, time) {
                return false;
            }
        }
        let Text { number, is_reply } = text(udp.payload, udp.complete);
        self.log.datagrams.push(Datagram {
            time,
            frame,
            flow,
            number,
            reads_as_reply: is_reply,
            digest: udp.complete.then_some(digest),
            length: udp.length,
            ttl: udp.ttl,
            way: udp.way,
            interface: udp.interface,
            bad_checksum: udp.bad_checksum,
        });
        true
    }

    fn icmp_error(&mut self, quote: &Quote, time: Wall, frame: u32) {
        let Quote { from, kind, code, flow: quoted, payload, complete } = *quote;
        let number = text(payload, complete).number;
        self.log.icmp_errors.push(IcmpError { time, frame, from, quoted, number, kind, code });
    }

    /// The index of a flow, a new one where it was not seen before.
    fn flow(&mut self, flow: DirectedFlow) -> u32 {
        *self.flows.entry(flow).or_insert_with(|| {
            self.log.flows.push(flow);
            self.log.flows.len() as u32 - 1
        })
    }
}

/// Reads a text of which the end may be missing: a number is known only where its last digit is not the last byte there is.
fn text(payload: &[u8], complete: bool) -> Text {
    let read = message::read(payload);
    if complete {
        return read;
    }
    let longer = message::read(&[payload, b"0"].concat());
    if longer == read { read } else { Text { number: None, is_reply: longer.is_reply } }
}

/// What the first bytes of a file say of it.
enum Form {
    /// Classic pcap.
    Classic {
        /// Its numbers are big-endian.
        big_endian: bool,
        resolution_ns: u32,
    },
    /// Pcapng.
    Next { resolution_ns: u32 },
    /// Something that only libpcap knows, or nobody.
    Unknown,
}

impl Form {
    /// Looks at the first bytes.
    fn of(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        if !file.metadata()?.is_file() {
            // What is read here is gone from a pipe, and libpcap would miss it.
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        let mut start = Vec::new();
        file.take(64 * 1024).read_to_end(&mut start)?;
        Ok(match start.first_chunk::<4>() {
            Some([0xd4, 0xc3, 0xb2, 0xa1]) => Self::Classic { big_endian: false, resolution_ns: 1000 },
            Some([0xa1, 0xb2, 0xc3, 0xd4]) => Self::Classic { big_endian: true, resolution_ns: 1000 },
            Some([0x4d, 0x3c, 0xb2, 0xa1]) => Self::Classic { big_endian: false, resolution_ns: 1 },
            Some([0xa1, 0xb2, 0x3c, 0x4d]) => Self::Classic { big_endian: true, resolution_ns: 1 },
            Some([0x0a, 0x0d, 0x0d, 0x0a]) => {
                Self::Next { resolution_ns: first_interface_resolution(&start).unwrap_or(1000) }
            }
            _ => Self::Unknown,
        })
    }

    const fn resolution_ns(&self) -> u32 {
        match self {
            Self::Classic { resolution_ns, .. } | Self::Next { resolution_ns } => *resolution_ns,
            Self::Unknown => 1000,
        }
    }

    /// The offset behind so many records, where the format lets it be found.
    fn offset_behind(&self, path: &Path, records: u64) -> Option<u64> {
        let Self::Classic { big_endian, .. } = *self else { return None };
        let mut file = BufReader::new(File::open(path).ok()?);
        let mut header = [0; 24];
        file.read_exact(&mut header).ok()?;
        // Before version 2.4 the two lengths of a record may stand the other way round.
        let version = if big_endian { [0, 2, 0, 4] } else { [2, 0, 4, 0] };
        if header[4..8] != version {
            return None;
        }
        let mut offset = 24;
        for _ in 0..records {
            let mut header = [0; 16];
            file.read_exact(&mut header).ok()?;
            let kept = word([header[8], header[9], header[10], header[11]], big_endian);
            file.seek_relative(i64::from(kept)).ok()?;
            offset += 16 + u64::from(kept);
        }
        Some(offset)
    }
}

/// Resolution of the first interface of a pcapng file, from the option `if_tsresol` of its description block.
fn first_interface_resolution(start: &[u8]) -> Option<u32> {
    let big_endian = start.get(8..12)? == [0x1a, 0x2b, 0x3c, 0x4d];
    let word_at = |data: &[u8], at: usize| data.get(at..)?.first_chunk().map(|bytes| word(*bytes, big_endian));
    let half_at = |data: &[u8], at: usize| {
        let bytes = *data.get(at..)?.first_chunk::<2>()?;
        Some(if big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    };
    let mut rest = start;
    while word_at(rest, 0)? != 1 {
        rest = rest.get(usize::try_from(word_at(rest, 4)?.max(12)).ok()?..)?;
    }
    let block = rest.get(16..usize::try_from(word_at(rest, 4)?).ok()?.min(rest.len()))?;
    let mut options = block;
    loop {
        match (half_at(options, 0)?, half_at(options, 2)?) {
            (0, _) => return None,
            (9, 1) => return Some(tick_ns(*options.get(4)?)),
            (_, length) => options = options.get(4 + usize::from(length).next_multiple_of(4)..)?,
        }
    }
}

/// A tick in nanoseconds, at least 1: the high bit chooses between powers of two and of ten.
fn tick_ns(resolution: u8) -> u32 {
    let exponent = u32::from(resolution & 0x7f);
    if resolution & 0x80 == 0 {
        9u32.checked_sub(exponent).map_or(1, |power| 10u32.pow(power))
    } else {
        1_000_000_000u32.checked_shr(exponent).unwrap_or(0).max(1)
    }
}

fn word(bytes: [u8; 4], big_endian: bool) -> u32 {
    if big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;
    use std::process::Command;

    use etherparse::PacketBuilder;
    use tempfile::TempDir;

    use super::super::savefile::{Resolution, Savefile};
    use super::*;
    use crate::core::evidence::capture::Way;

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
        let mut file = Savefile::create(&path, Link::Raw.number(), 65535, resolution).unwrap();
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
    fn what_the_savefile_writes_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = exchange(&folder, 30, Resolution::Nano);
        let mut heard = 0;
        let log = read(&path, &mut |bytes| heard = bytes).unwrap();
        assert_eq!(heard, fs::metadata(&path).unwrap().len() - 24);
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
        for length in 0..24 {
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
        assert!(!damage.reason.is_empty());
    }

    #[test]
    fn what_is_no_capture_is_refused_by_name() {
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
        let mut file = Savefile::create(&path, Link::Raw.number(), 65535, Resolution::Nano).unwrap();
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
        let mut file = Savefile::create(&path, Link::Sll2.number(), 65535, Resolution::Nano).unwrap();
        let packet = packet(CLIENT, SERVER, b"Mensagem 1");
        for (interface, kind, ms) in [(2, 0, 0), (3, 4, 1), (2, 0, 2)] {
            let frame = cooked(interface, kind, &packet);
            file.push(Wall(ms * 1_000_000), frame.len() as u32, &frame).unwrap();
        }
        file.flush().unwrap();
        let log = read_quietly(&path).unwrap();
        let seen: Vec<_> = log.datagrams.iter().map(|seen| (seen.frame, seen.interface, seen.way)).collect();
        assert_eq!(seen, [(1, Some(2), Some(Way::In)), (3, Some(2), Some(Way::In))]);
        assert_eq!((log.packets, log.other), (3, 0));
    }

    #[test]
    fn icmp_errors_keep_the_number_they_quote() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("icmp.pcap");
        let mut file = Savefile::create(&path, Link::Raw.number(), 65535, Resolution::Nano).unwrap();
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

    #[test]
    fn ticks_of_pcapng() {
        for (option, ns) in [(6, 1000), (9, 1), (12, 1), (3, 1_000_000), (0, 1_000_000_000), (0x8a, 976_562), (0xff, 1)]
        {
            assert_eq!(tick_ns(option), ns, "{option}");
        }
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
        assert_eq!(broken.damage.unwrap().offset, None);
    }
}
