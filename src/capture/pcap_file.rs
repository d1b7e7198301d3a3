//! Reads classic pcap files of either byte order, with microseconds or nanoseconds (draft-ietf-opsawg-pcap), and their
//! old variants. [`savefile`] describes the layout.
//!
//! - Before version 2.3, and in version 543.0 (DG/UX), a record's original length comes before its captured length. Of
//!   version 2.3 there are files with either order.
//! - Files of Kuznetsov's patched libpcap (Linux, before 2000) have eight more bytes in each record header: the
//!   interface's index, the protocol, and the packet's direction. They are skipped.
//!
//! [`savefile`]: super::savefile

use std::io::Read;

use super::buffered_source::{BufferedSource, half, word};
use super::link_type::{LinkType, UnsupportedLinkType};
use super::packet::{FileSummary, MAX_PACKET_LEN, Packet, ReaderError, breaks_off, unreadable};
use crate::core::evidence::capture_log::{Damage, FormatError};
use crate::core::time::{SECOND, Wall};

const FILE_HEADER: usize = 24;

const RECORD_HEADER: usize = 16;

/// A record header of Kuznetsov's variant.
const PATCHED_RECORD_HEADER: usize = 24;

/// The link type's bits in the header's last word; the bits above say whether frames end in a checksum.
const LINK_TYPE: u32 = 0x03ff_ffff;

#[derive(Debug)]
pub struct PcapReader<R> {
    buffered: BufferedSource<R>,
    big_endian: bool,
    /// A tick of its fraction of a second, nanoseconds.
    tick_ns: u32,
    /// Length of a record header, bytes.
    record_header: usize,
    lengths: LengthOrder,
    link: Result<LinkType, UnsupportedLinkType>,
}

/// The order of a record's two lengths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LengthOrder {
    CapturedFirst,
    OriginalFirst,
    /// The smaller one is the captured length.
    Either,
}

impl LengthOrder {
    /// `None` if the version is not supported.
    const fn of_version(major: u16, minor: u16) -> Option<Self> {
        match (major, minor) {
            (2, 4) => Some(Self::CapturedFirst),
            (2, 3) => Some(Self::Either),
            (2, 0..3) | (543, 0) => Some(Self::OriginalFirst),
            _ => None,
        }
    }
}

/// What a magic number says.
#[derive(Clone, Copy, Debug)]
struct Layout {
    big_endian: bool,
    tick_ns: u32,
    record_header: usize,
}

impl Layout {
    /// `None` if the file does not begin like one of pcap.
    fn at(start: &[u8]) -> Option<Self> {
        let magic = *start.first_chunk::<4>()?;
        [false, true].into_iter().find_map(|big_endian| {
            let layout = |tick_ns, record_header| Some(Self { big_endian, tick_ns, record_header });
            match word(&magic, 0, big_endian) {
                0xa1b2_c3d4 => layout(1000, RECORD_HEADER),
                0xa1b2_3c4d => layout(1, RECORD_HEADER),
                0xa1b2_cd34 => layout(1000, PATCHED_RECORD_HEADER),
                _ => None,
            }
        })
    }
}

impl<R: Read> PcapReader<R> {
    /// Whether a file that begins with these bytes is one of pcap.
    pub fn is_at(start: &[u8]) -> bool {
        Layout::at(start).is_some()
    }

    /// Reads the header of a file for which [`Self::is_at`] holds.
    ///
    /// # Errors
    /// [`ReaderError`] where the file ends before its header does, or its version is not supported.
    pub fn new(mut buffered: BufferedSource<R>) -> Result<Self, ReaderError> {
        let start = buffered.peek(FILE_HEADER)?;
        let Some(Layout { big_endian, tick_ns, record_header }) = Layout::at(start) else {
            return Err(ReaderError::Other(FormatError::UnknownFormat));
        };
        let Some(header) = start.first_chunk::<FILE_HEADER>().copied() else {
            return Err(ReaderError::Other(breaks_off(0, FILE_HEADER as u64, start.len() as u64).flaw));
        };
        let (major, minor) = (half(&header, 4, big_endian), half(&header, 6, big_endian));
        let Some(lengths) = LengthOrder::of_version(major, minor) else {
            let flaw = FormatError::Unreadable(format!("version {major}.{minor} of pcap is not supported"));
            return Err(ReaderError::Other(flaw));
        };
        buffered.consume(FILE_HEADER);
        let link = LinkType::from_number((word(&header, 20, big_endian) & LINK_TYPE) as i32);
        Ok(Self { buffered, big_endian, tick_ns, record_header, lengths, link })
    }

    /// The next packet; `None` at the end of the file.
    ///
    /// # Errors
    /// [`Damage`] where the file breaks off or a length cannot be.
    #[inline]
    pub fn packet(&mut self) -> Result<Option<Packet<'_>>, Damage> {
        let offset = self.buffered.offset();
        let header_len = self.record_header;
        let header = match self.buffered.peek(header_len) {
            Ok([]) => return Ok(None),
            Ok(ahead) => match ahead.first_chunk::<RECORD_HEADER>() {
                Some(header) if ahead.len() >= header_len => *header,
                _ => return Err(breaks_off(offset, header_len as u64, ahead.len() as u64)),
            },
            Err(error) => return Err(unreadable(offset, &error)),
        };
        let field = |at| word(&header, at, self.big_endian);
        let (seconds, fraction, first, second) = (field(0), field(4), field(8), field(12));
        let (kept, length) = match self.lengths {
            LengthOrder::CapturedFirst => (first, second),
            LengthOrder::Either if first <= second => (first, second),
            LengthOrder::Either | LengthOrder::OriginalFirst => (second, first),
        };
        if kept > MAX_PACKET_LEN {
            let flaw = FormatError::Malformed(format!("a packet of {kept} bytes, which is more than {MAX_PACKET_LEN}"));
            return Err(Damage { offset: Some(offset), flaw });
        }
        let record = header_len + kept as usize;
        match self.buffered.peek(record) {
            Ok(ahead) if ahead.len() < record => return Err(breaks_off(offset, record as u64, ahead.len() as u64)),
            Ok(_) => {}
            Err(error) => return Err(unreadable(offset, &error)),
        }
        // Two 32-bit values, and at least 10⁹ parts per second: no overflow.
        let time = Wall(i64::from(seconds) * SECOND + i64::from(fraction) * i64::from(self.tick_ns));
        let link = self.link.as_ref().ok().copied();
        let data = &self.buffered.consume(record)[header_len..];
        Ok(Some(Packet { data, length, time: Some(time), link, interface: None, others: 0, dropped_before: 0 }))
    }

    /// How much of the file was read, bytes.
    pub fn offset(&self) -> u64 {
        self.buffered.offset()
    }

    pub fn summary(&self) -> FileSummary {
        FileSummary::with_link(&self.link, self.tick_ns)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use pcap::{Capture, Precision};

    use super::*;

    const PLAIN: u32 = 0xa1b2_c3d4;
    const NANO: u32 = 0xa1b2_3c4d;
    const PATCHED: u32 = 0xa1b2_cd34;
    const MAGICS: [u32; 3] = [PLAIN, NANO, PATCHED];

    /// A file of Ethernet frames; each record has these two lengths, in this order.
    fn file(magic: u32, version: (u16, u16), big_endian: bool, lengths: &[(u32, u32)]) -> Vec<u8> {
        let word = |value: u32| if big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
        let half = |value: u16| if big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
        let mut file = [&word(magic)[..], &half(version.0), &half(version.1)].concat();
        file.extend([0, 0, 65_535, 1].map(word).as_flattened());
        for (number, (first, second)) in (1..).zip(lengths) {
            file.extend([1_700_000_000 + number, number * 1001, *first, *second].map(word).as_flattened());
            if magic == PATCHED {
                file.extend([&word(2)[..], &half(0x0800), &[4, 0]].concat());
            }
            file.resize(file.len() + *first.min(second) as usize, number as u8);
        }
        file
    }

    /// A packet: its bytes, its length on the wire, its time.
    type Found = (Vec<u8>, u32, i64);

    /// All packets, and whether the file is damaged; `None` if it is refused.
    type Content = Option<(Vec<Found>, bool)>;

    fn read(bytes: &[u8]) -> Content {
        assert!(PcapReader::<&[u8]>::is_at(bytes));
        let mut reader = PcapReader::new(BufferedSource::new(bytes)).ok()?;
        let mut found = Vec::new();
        loop {
            match reader.packet() {
                Ok(Some(packet)) => found.push((packet.data.to_vec(), packet.length, packet.time.unwrap().0)),
                Ok(None) => return Some((found, false)),
                Err(_) => return Some((found, true)),
            }
        }
    }

    fn read_by_libpcap(path: &Path) -> Content {
        let mut capture = Capture::from_file_with_precision(path, Precision::Nano).ok()?;
        let mut found = Vec::new();
        loop {
            match capture.next_packet() {
                Ok(packet) => {
                    let time = packet.header.ts.tv_sec * SECOND + packet.header.ts.tv_usec;
                    found.push((packet.data.to_vec(), packet.header.len, time));
                }
                Err(pcap::Error::NoMorePackets) => return Some((found, false)),
                Err(_) => return Some((found, true)),
            }
        }
    }

    #[test]
    fn every_variant_reads_as_libpcap_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.pcap");
        let orders: [&[(u32, u32)]; 3] = [
            &[(60, 60), (60, 1500), (0, 90), (14, 14)],
            &[(1500, 60), (60, 60), (90, 0)],
            &[(60, 99), (99, 60), (7, 7)],
        ];
        let versions = [(2, 0), (2, 1), (2, 2), (2, 3), (2, 4), (2, 5), (1, 9), (3, 0), (543, 0), (543, 1), (0, 0)];
        let mut refused = 0;
        for magic in MAGICS {
            for (version, big_endian, lengths) in versions.iter().flat_map(|version| {
                orders.iter().flat_map(move |order| [false, true].map(|big_endian| (*version, big_endian, *order)))
            }) {
                let bytes = file(magic, version, big_endian, lengths);
                std::fs::write(&path, &bytes).unwrap();
                let content = read(&bytes);
                refused += u32::from(content.is_none());
                assert_eq!(content, read_by_libpcap(&path), "{magic:x} {version:?} {big_endian} {lengths:?}");
            }
        }
        assert_eq!(refused, 3 * 5 * 6, "five versions are not supported");
    }

    #[test]
    fn a_cut_anywhere_reads_as_libpcap_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.pcap");
        for (magic, version) in [(PLAIN, (2, 4)), (PLAIN, (2, 2)), (NANO, (2, 4)), (PATCHED, (2, 4))] {
            let bytes = file(magic, version, false, &[(60, 60), (60, 60)]);
            for length in 4..=bytes.len() {
                std::fs::write(&path, &bytes[..length]).unwrap();
                assert_eq!(read(&bytes[..length]), read_by_libpcap(&path), "{magic:x} {version:?} {length}");
            }
        }
    }

    #[test]
    fn the_larger_record_header_is_skipped() {
        let (found, is_damaged) = read(&file(PATCHED, (2, 4), true, &[(5, 99)])).unwrap();
        assert_eq!((found, is_damaged), (vec![(vec![1; 5], 99, 1_700_000_001_001_001_000)], false));
    }

    #[test]
    fn an_impossible_length_is_damage() {
        for (version, lengths) in [((2, 4), (262_145, 9)), ((2, 2), (9, 262_145))] {
            let mut bytes = file(PLAIN, version, false, &[(60, 60)]);
            let at = bytes.len() as u64;
            bytes.extend([1, 1, lengths.0, lengths.1].map(u32::to_le_bytes).as_flattened());
            let mut reader = PcapReader::new(BufferedSource::new(&bytes[..])).unwrap();
            assert!(reader.packet().unwrap().is_some());
            let damage = reader.packet().unwrap_err();
            assert!(matches!(damage, Damage { offset, flaw: FormatError::Malformed(_) } if offset == Some(at)));
        }
    }

    #[test]
    fn other_magic_numbers_are_not_pcap() {
        // The last two are reserved for formats that were never published.
        for start in
            [&b""[..], b"\xa1\xb2\xc3", b"\x0a\x0d\x0d\x0a", b"{\"e\"", b"\xa1\x2b\x3c\x4d", b"\xa1\xb2\x34\xcd"]
        {
            assert!(!PcapReader::<&[u8]>::is_at(start), "{start:?}");
        }
    }
}
