//! Reads classic pcap files of either byte order, with microseconds or nanoseconds (draft-ietf-opsawg-pcap).
//! [`savefile`] describes the layout.
//!
//! [`savefile`]: super::savefile

use std::io::Read;

use super::buffered_source::{BufferedSource, word};
use super::link_type::{LinkType, UnsupportedLinkType};
use super::packet::{FileSummary, MAX_PACKET_LEN, Packet, ReaderError, breaks_off, unreadable};
use crate::core::evidence::capture_log::{Damage, FormatError};
use crate::core::time::{SECOND, Wall};

const FILE_HEADER: usize = 24;

const RECORD_HEADER: usize = 16;

/// The link type's bits in the header's last word; the bits above say whether frames end in a checksum.
const LINK_TYPE: u32 = 0x03ff_ffff;

#[derive(Debug)]
pub struct PcapReader<R> {
    buffered: BufferedSource<R>,
    big_endian: bool,
    /// A tick of its fraction of a second, nanoseconds.
    tick_ns: u32,
    link: Result<LinkType, UnsupportedLinkType>,
}

impl<R: Read> PcapReader<R> {
    /// Whether this reader supports a file that begins with these bytes: version 2.4. In older versions the two lengths
    /// of a record may be swapped.
    pub fn is_at(start: &[u8]) -> bool {
        let Some((magic, version)) = start.split_first_chunk::<4>() else { return false };
        let version: [u8; 4] = version.first_chunk().copied().unwrap_or_default();
        match shape(*magic) {
            Some((true, _)) => version == [0, 2, 0, 4],
            Some((false, _)) => version == [2, 0, 4, 0],
            None => false,
        }
    }

    /// Reads the header of a file for which [`Self::is_at`] holds.
    ///
    /// # Errors
    /// [`ReaderError`] where the file ends before its header does.
    pub fn open(source: R) -> Result<Self, ReaderError> {
        let mut pieces = BufferedSource::new(source);
        let start = pieces.peek(FILE_HEADER)?;
        let header = start.first_chunk::<FILE_HEADER>().copied();
        let Some((header, (big_endian, tick_ns))) =
            header.and_then(|header| Some((header, shape([header[0], header[1], header[2], header[3]])?)))
        else {
            return Err(ReaderError::Other(breaks_off(0, FILE_HEADER as u64, start.len() as u64).flaw));
        };
        pieces.consume(FILE_HEADER);
        let link = LinkType::from_number((word(&header, 20, big_endian) & LINK_TYPE) as i32);
        Ok(Self { buffered: pieces, big_endian, tick_ns, link })
    }

    /// The next packet; `None` at the end of the file.
    ///
    /// # Errors
    /// [`Damage`] where the file breaks off or a length cannot be.
    #[inline]
    pub fn packet(&mut self) -> Result<Option<Packet<'_>>, Damage> {
        let offset = self.buffered.offset();
        let header = match self.buffered.peek(RECORD_HEADER) {
            Ok([]) => return Ok(None),
            Ok(ahead) => match ahead.first_chunk::<RECORD_HEADER>() {
                Some(header) => *header,
                None => return Err(breaks_off(offset, RECORD_HEADER as u64, ahead.len() as u64)),
            },
            Err(error) => return Err(unreadable(offset, &error)),
        };
        let field = |at| word(&header, at, self.big_endian);
        let (seconds, fraction, kept, length) = (field(0), field(4), field(8), field(12));
        if kept > MAX_PACKET_LEN {
            let flaw = FormatError::Malformed(format!("a packet of {kept} bytes, which is more than {MAX_PACKET_LEN}"));
            return Err(Damage { offset: Some(offset), flaw });
        }
        let record = RECORD_HEADER + kept as usize;
        match self.buffered.peek(record) {
            Ok(ahead) if ahead.len() < record => return Err(breaks_off(offset, record as u64, ahead.len() as u64)),
            Ok(_) => {}
            Err(error) => return Err(unreadable(offset, &error)),
        }
        // Two 32-bit values, and at least 10⁹ parts per second: no overflow.
        let time = Wall(i64::from(seconds) * SECOND + i64::from(fraction) * i64::from(self.tick_ns));
        let link = self.link.as_ref().ok().copied();
        let data = &self.buffered.consume(record)[RECORD_HEADER..];
        Ok(Some(Packet { data, length, time: Some(time), link, interface: None, others: 0 }))
    }

    /// How much of the file was read, bytes.
    pub fn offset(&self) -> u64 {
        self.buffered.offset()
    }

    pub fn summary(&self) -> FileSummary {
        FileSummary::with_link(&self.link, self.tick_ns)
    }
}

/// Decodes the magic number: byte order, and the timestamp unit in nanoseconds.
const fn shape(magic: [u8; 4]) -> Option<(bool, u32)> {
    match magic {
        [0xd4, 0xc3, 0xb2, 0xa1] => Some((false, 1000)),
        [0xa1, 0xb2, 0xc3, 0xd4] => Some((true, 1000)),
        [0x4d, 0x3c, 0xb2, 0xa1] => Some((false, 1)),
        [0xa1, 0xb2, 0x3c, 0x4d] => Some((true, 1)),
        _ => None,
    }
}
