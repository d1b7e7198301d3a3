//! Reads one capture (pcap or pcapng, by any program, damaged or not) into a `CaptureLog`.

use std::io::{self, Read};

use thiserror::Error;

use super::UnsupportedLinkType;
use super::packet::{FileSummary, ReaderError};
use super::packet_loop::PacketLoop;
use super::reader::PacketReader;
pub use super::retain::Retain;
use crate::core::evidence::capture_log::{CaptureLog, FormatError};

/// A record of a short text on Ethernet, bytes.
const SMALL_RECORD: u64 = 64;

/// Datagrams for which memory is reserved before reading, at most.
const MAX_PREALLOCATED: usize = 1 << 22;

/// Why nothing of a file can be used.
#[derive(Debug, Error)]
pub enum ReadError {
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

/// Reads a capture. `name` is the file's name as the user gave it; `size_hint` is its size in bytes, or 0.
///
/// A file that breaks off or is corrupt is used up to there ([`CaptureLog::damage`]).
///
/// # Errors
/// [`ReadError`] if nothing of it can be used.
pub fn read(source: impl Read, name: &str, size_hint: u64, retain: Retain<'_>) -> Result<CaptureLog, ReadError> {
    let file = name.to_owned();
    let mut packets = PacketReader::new(source).map_err(|error| match error {
        ReaderError::Io(source) => ReadError::Io { file: file.clone(), source },
        ReaderError::Empty => ReadError::Empty { file: file.clone() },
        ReaderError::Compressed => ReadError::Compressed { file: file.clone() },
        ReaderError::Other(flaw) => ReadError::NotACapture { file: file.clone(), flaw },
    })?;
    let mut packet_loop = PacketLoop::new(retain);
    if !matches!(retain, Retain::Blocks(..) | Retain::Wires) {
        // Reserved memory costs nothing until it is used; growing step by step does.
        packet_loop.reserve(usize::try_from(size_hint / SMALL_RECORD).unwrap_or(usize::MAX).min(MAX_PREALLOCATED));
    }
    let damage = packet_loop.run(&mut packets);
    let FileSummary { links, unsupported, resolution_ns, statistics } = packets.summary();
    if let (true, Some(UnsupportedLinkType { number, name })) = (links.is_empty(), unsupported) {
        return Err(ReadError::UnsupportedLinkType { file, name, number });
    }
    let resolution_ns = resolution_ns.max(packet_loop.stamp_unit_ns());
    let link_type = links.iter().map(|link| link.name()).collect::<Vec<_>>().join(", ");
    Ok(CaptureLog { file, link_type, resolution_ns, damage, ..packet_loop.finish(&statistics) })
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::num::NonZeroU32;
    use std::path::{Path, PathBuf};
    use std::process::Command;

    use etherparse::PacketBuilder;
    use tempfile::TempDir;

    use super::super::link_type::LinkType;
    use super::super::savefile::{Resolution, Savefile};
    use super::*;
    use crate::core::evidence::capture_log::{PacketDirection, UnreadableReason, digest};
    use crate::core::time::{SECOND, Wall};

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
        read_retaining(path, Retain::Numbers)
    }

    fn read_retaining(path: &Path, retain: Retain<'_>) -> Result<CaptureLog, ReadError> {
        read(File::open(path).unwrap(), &path.display().to_string(), 0, retain)
    }

    #[test]
    fn what_the_savefile_writes_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = exchange(&folder, 30, Resolution::Nano);
        let log = read_quietly(&path).unwrap();
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
            assert_eq!(
                (datagram.digest, datagram.length),
                (NonZeroU32::new(digest(text.as_bytes())), text.len() as u16)
            );
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
        // Version 2.2: the lengths are in the other order, and the file breaks off in its last record.
        let old = [&bytes[..6], &[2, 0], &bytes[8..bytes.len() - 1]].concat();
        fs::write(&path, old).unwrap();
        let damage = read_quietly(&path).unwrap().damage.unwrap();
        assert_eq!(damage.offset, Some(ends[ends.len() - 2] as u64));
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
        let digests: Vec<_> = log.datagrams.iter().map(|seen| seen.digest).collect();
        assert_eq!((&digests[..5], digests[5]), (&[None; 5][..], NonZeroU32::new(digest(b"ACK 12"))));
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
        let log = read_quietly(&path).unwrap();
        let errors: Vec<_> = log.icmp_errors.iter().collect();
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
        let Some(printed) = run("tshark", &fields) else { return };
        let log = read_quietly(&path).unwrap();
        let ours: Vec<_> = log
            .datagrams
            .iter()
            .map(|seen| {
                let (seconds, fraction) = (seen.time.0 / SECOND, seen.time.0 % SECOND);
                format!("{seconds}.{fraction:09}\t{}", log.flows[seen.flow as usize].source.port())
            })
            .collect();
        assert_eq!(printed.lines().collect::<Vec<_>>(), ours);
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

    /// The fragments of a packet of IPv4 without options, each of so many bytes.
    fn fragments(packet: &[u8], length: usize, id: u16) -> Vec<Vec<u8>> {
        let (header, payload) = packet.split_at(20);
        let count = payload.len().div_ceil(length);
        let fragment = |(index, part): (usize, &[u8])| {
            let mut header = header.to_vec();
            header[2..4].copy_from_slice(&(20 + part.len() as u16).to_be_bytes());
            header[4..6].copy_from_slice(&id.to_be_bytes());
            let more = if index + 1 < count { 0x2000 } else { 0 };
            header[6..8].copy_from_slice(&(more | (index * length / 8) as u16).to_be_bytes());
            [&header, part].concat()
        };
        payload.chunks(length).enumerate().map(fragment).collect()
    }

    fn long(number: u64) -> Vec<u8> {
        format!("Mensagem {number} {}", "x".repeat(2_900)).into_bytes()
    }

    /// A file of these packets, 100 ms apart.
    fn saved(folder: &TempDir, link: LinkType, packets: &[Vec<u8>]) -> PathBuf {
        let path = folder.path().join("packets.pcap");
        let mut file = Savefile::create(&path, link.number(), 65535, Resolution::Nano).unwrap();
        for (index, packet) in packets.iter().enumerate() {
            file.push(Wall(index as i64 * SECOND / 10), packet.len() as u32, packet).unwrap();
        }
        file.flush().unwrap();
        path
    }

    #[test]
    fn packet_id_is_the_ip_identification_or_the_flow_label() {
        let with_id = |id: u16, dont_fragment: bool| {
            let mut packet = packet(CLIENT, SERVER, b"Mensagem 1");
            packet[4..6].copy_from_slice(&id.to_be_bytes());
            packet[6] = if dont_fragment { 0x40 } else { 0 };
            packet
        };
        let with_label = |label: u32| {
            let mut packet = Vec::new();
            PacketBuilder::ipv6([1; 16], [2; 16], 64).udp(40_001, 5005).write(&mut packet, b"Mensagem 1").unwrap();
            packet[..4].copy_from_slice(&(0x6ff0_0000 | label).to_be_bytes());
            packet
        };
        let tunnelled = |inner: &[u8], kind| {
            let mut outer = Vec::new();
            PacketBuilder::ipv4([1; 4], [2; 4], 64).write(&mut outer, kind, inner).unwrap();
            outer[4..6].copy_from_slice(&[9, 9]);
            outer
        };
        let joined = |id| fragments(&packet(CLIENT, SERVER, &long(1)), 1_480, id);
        let cases = [
            (vec![with_id(0x1234, false)], Some(0x1234)),
            (vec![with_id(0x1235, true)], Some(0x1235)),
            (vec![with_id(0, true)], None),
            (vec![with_id(0, false)], None),
            (vec![with_label(0xa_bcde)], Some(0xa_bcde)),
            (vec![with_label(0)], None),
            (vec![tunnelled(&with_id(7, true), etherparse::IpNumber::IPV4)], Some(7)),
            (vec![tunnelled(&with_label(8), etherparse::IpNumber::IPV6)], Some(8)),
            (joined(0x4321), Some(0x4321)),
            (joined(0x4322)[..1].to_vec(), Some(0x4322)),
        ];
        for (packets, expected) in cases {
            let folder = tempfile::tempdir().unwrap();
            let log = read_quietly(&saved(&folder, LinkType::Raw, &packets)).unwrap();
            let seen: Vec<_> = log.datagrams.iter().map(|seen| seen.packet_id.map(NonZeroU32::get)).collect();
            assert_eq!(seen, [expected]);
        }
    }

    #[test]
    fn fragments_are_read_as_the_datagram_they_make() {
        let folder = tempfile::tempdir().unwrap();
        let mut parts = fragments(&packet(CLIENT, SERVER, &long(1)), 1_480, 1);
        parts.swap(0, 1);
        let packets = [&[packet(CLIENT, SERVER, b"Mensagem 0")][..], &parts, &[packet(SERVER, CLIENT, b"ACK 1")]];
        let log = read_quietly(&saved(&folder, LinkType::Raw, &packets.concat())).unwrap();
        let seen: Vec<_> = log.datagrams.iter().map(|seen| (seen.frame, seen.number, seen.incomplete)).collect();
        assert_eq!(seen, [(1, Some(0), false), (3, Some(1), false), (4, Some(1), false)]);
        let whole = log.datagrams.iter().nth(1).unwrap();
        assert_eq!((whole.time, whole.digest), (Wall(SECOND / 5), NonZeroU32::new(digest(&long(1)))));
        assert_eq!((whole.length, whole.bad_checksum), (long(1).len() as u16, false));
        assert_eq!((log.later_fragments, log.cut, log.other, log.packets, log.blind.len()), (1, 0, 0, 4, 0));
    }

    #[test]
    fn first_fragments_alone_show_the_flow_and_no_arrival() {
        let folder = tempfile::tempdir().unwrap();
        let mut packets = Vec::new();
        for number in 1..=3_u16 {
            packets.push(fragments(&packet(CLIENT, SERVER, &long(number.into())), 1_480, number).remove(0));
            packets.push(packet(SERVER, CLIENT, format!("ACK {number}").as_bytes()));
        }
        let path = saved(&folder, LinkType::Raw, &packets);
        let log = read_retaining(&path, Retain::Texts).unwrap();
        let seen: Vec<_> = log.datagrams.iter().map(|seen| (seen.frame, seen.number, seen.incomplete)).collect();
        let one = |frame, number, incomplete| (frame, Some(number), incomplete);
        let expected =
            [one(1, 1, true), one(2, 1, false), one(3, 2, true), one(4, 2, false), one(5, 3, true), one(6, 3, false)];
        assert_eq!(seen, expected, "in the order of the file");
        let texts: Vec<_> = log.datagrams.with_texts().map(|(_, text)| text.unwrap()).collect();
        assert!(texts[2].starts_with(b"Mensagem 2") && texts[3].starts_with(b"ACK 2"));
        let requests = log.datagrams.iter().next().unwrap().flow;
        let blind: Vec<_> = log.blind.iter().map(|blind| (blind.flow, blind.why, blind.count)).collect();
        assert_eq!(blind, [(Some(requests), UnreadableReason::Fragment, 3)]);
        assert!(log.datagrams.iter().all(|seen| seen.incomplete == seen.digest.is_none()));
    }

    #[test]
    fn later_fragments_alone_blind_the_flows_of_their_hosts() {
        let folder = tempfile::tempdir().unwrap();
        let later = |from, to, id| fragments(&packet(from, to, &long(7)), 1_480, id).remove(1);
        let stranger = ([10, 9, 8, 7], 53);
        let packets = [
            packet(SERVER, CLIENT, b"ACK 1"),
            later(CLIENT, SERVER, 1),
            packet(CLIENT, SERVER, b"Mensagem 2"),
            later(stranger, SERVER, 2),
        ];
        let log = read_quietly(&saved(&folder, LinkType::Raw, &packets)).unwrap();
        let blind: Vec<_> = log.blind.iter().map(|blind| (blind.flow, blind.why)).collect();
        assert_eq!(blind, [(Some(1), UnreadableReason::Fragment)]);
        assert_eq!((log.datagrams.len(), log.later_fragments, log.other), (2, 2, 0));
        let log = read_quietly(&saved(&folder, LinkType::Raw, &packets[..2])).unwrap();
        assert_eq!(log.blind.iter().map(|blind| blind.flow).collect::<Vec<_>>(), [None], "the flow was not seen");
        let log = read_quietly(&saved(&folder, LinkType::Raw, &packets[1..2])).unwrap();
        assert_eq!(log.blind.iter().map(|blind| blind.flow).collect::<Vec<_>>(), [None]);
    }

    #[test]
    fn fragments_on_two_interfaces_make_one_datagram() {
        let folder = tempfile::tempdir().unwrap();
        let parts = fragments(&packet(CLIENT, SERVER, &long(1)), 1_480, 1);
        let packets = [(2, 0, 0), (3, 4, 0), (2, 0, 1), (3, 4, 1)];
        let packets = packets.map(|(interface, kind, part)| cooked(interface, kind, &parts[part]));
        let log = read_quietly(&saved(&folder, LinkType::Sll2, &packets)).unwrap();
        let seen: Vec<_> = log.datagrams.iter().map(|seen| (seen.frame, seen.direction)).collect();
        assert_eq!(seen, [(3, Some(PacketDirection::In))]);
        assert_eq!((log.dedup, log.blind.len()), (1, 0));
    }

    #[test]
    fn fragments_of_a_tunnel_hold_the_datagram_within() {
        let folder = tempfile::tempdir().unwrap();
        let inner = fragments(&packet(CLIENT, SERVER, &long(1)), 1_480, 1);
        let tunnelled = |inner: &[u8]| {
            let mut outer = Vec::new();
            PacketBuilder::ipv4([1; 4], [2; 4], 64).write(&mut outer, etherparse::IpNumber::IPV4, inner).unwrap();
            outer
        };
        let outer: Vec<_> = (8..).zip(&inner).map(|(id, part)| fragments(&tunnelled(part), 1_000, id)).collect();
        let log = read_quietly(&saved(&folder, LinkType::Raw, &outer.concat())).unwrap();
        let seen: Vec<_> = log.datagrams.iter().map(|seen| (seen.frame, seen.number, seen.length)).collect();
        assert_eq!(seen, [(4, Some(1), long(1).len() as u16)]);
        assert_eq!((log.other, log.blind.len()), (0, 0));
    }
}
