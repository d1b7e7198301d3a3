//! The packets of a capture file, one after the other: classic pcap, pcapng, and what libpcap knows beside them.
//!
//! The two formats that are in use are read here, in pieces, by [`classic`](super::pcap_file) and
//! [`pcapng`](super::pcapng). What hardly exists any more (before version 2.4, other magic numbers) is left to libpcap.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use pcap::{Capture, Offline, Precision};

use super::pcap_file::PcapReader;
use super::pcapng::PcapngReader;
use super::{LinkType, UnsupportedLinkType, pcap_words};
use crate::core::evidence::capture_log::{Damage, FormatError};
use crate::core::time::{SECOND, Wall};

/// No record holds more than this, bytes: what libpcap takes at most as a snapshot length (`MAXIMUM_SNAPLEN`).
pub const MAX_PACKET_LEN: u32 = 262_144;

/// One packet as its file holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    /// What was captured of it.
    pub data: &'a [u8],
    /// Its length on the wire, bytes.
    pub length: u32,
    /// The capturing host's stamp; `None` in a simple packet block of pcapng, which has none.
    pub time: Option<Wall>,
    /// What stands before its IP header; `None` where that is not supported.
    pub link: Option<LinkType>,
    /// Which of the file's interfaces it was captured on, where there are several.
    pub interface: Option<u32>,
    /// How many records came before it that are no packets, but that Wireshark numbers like packets.
    pub others: u32,
}

/// What was found of the packets' forms while they were read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileSummary {
    /// The link types of the interfaces that had packets; of all, where none had.
    pub links: Vec<LinkType>,
    /// The first link type that is not supported.
    pub unsupported: Option<UnsupportedLinkType>,
    /// The coarsest resolution of time stamps among those interfaces, nanoseconds, at least 1.
    pub resolution_ns: u32,
}

/// Why a file is no capture.
#[derive(Debug)]
pub enum ReaderError {
    /// The system refused.
    Io(io::Error),
    /// It holds no byte.
    Empty,
    /// It is packed by gzip, xz, bzip2, zstd, lz4 or zip.
    Compressed,
    /// It begins like nothing that is known, or ends in its header.
    Other(FormatError),
}

impl From<io::Error> for ReaderError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// A capture file, read packet by packet.
pub enum PacketReader {
    /// Classic pcap.
    Classic(PcapReader<File>),
    /// Pcapng.
    Next(Box<PcapngReader<File>>),
    /// Read by libpcap.
    Other {
        /// Its reader.
        capture: Capture<Offline>,
        /// The link type, if it is supported.
        link: Result<LinkType, UnsupportedLinkType>,
        /// Bytes of the packets so far.
        passed: u64,
    },
}

impl PacketReader {
    /// Opens a file and reads its header.
    ///
    /// # Errors
    /// [`Refused`] where it is no capture.
    pub fn open(path: &Path) -> Result<Self, ReaderError> {
        let mut file = File::open(path)?;
        if !file.metadata()?.is_file() {
            // A look at the first bytes takes them off a pipe.
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file").into());
        }
        let mut start = Vec::new();
        file.by_ref().take(8).read_to_end(&mut start)?;
        file.seek(SeekFrom::Start(0))?;
        match &start[..] {
            [] => Err(ReaderError::Empty),
            [0x0a, 0x0d, 0x0d, 0x0a, ..] => Ok(Self::Next(Box::new(PcapngReader::open(file)?))),
            start if PcapReader::<File>::is_at(start) => Ok(Self::Classic(PcapReader::open(file)?)),
            start if is_compressed(start) => Err(ReaderError::Compressed),
            _ => Self::by_libpcap(path),
        }
    }

    fn by_libpcap(path: &Path) -> Result<Self, ReaderError> {
        // libpcap takes "-" for its standard input.
        let named = if path == Path::new("-") { Path::new("./-") } else { path };
        let capture = Capture::from_file_with_precision(named, Precision::Nano)
            .map_err(|error| ReaderError::Other(of_libpcap(&error)))?;
        let link = LinkType::from_number(capture.get_datalink().0);
        Ok(Self::Other { capture, link, passed: 0 })
    }

    /// The next packet; `None` at the end of the file.
    ///
    /// # Errors
    /// [`Damage`] where the file breaks off or is corrupt. What comes after it cannot be read.
    #[inline]
    pub fn packet(&mut self) -> Result<Option<Packet<'_>>, Damage> {
        match self {
            Self::Classic(classic) => classic.packet(),
            Self::Next(next) => next.packet(),
            Self::Other { capture, link, passed } => match capture.next_packet() {
                Ok(packet) => {
                    let stamp = packet.header.ts;
                    *passed += packet.data.len() as u64 + 16;
                    Ok(Some(Packet {
                        data: packet.data,
                        length: packet.header.len,
                        time: Some(Wall(stamp.tv_sec.saturating_mul(SECOND).saturating_add(stamp.tv_usec))),
                        link: link.as_ref().ok().copied(),
                        interface: None,
                        others: 0,
                    }))
                }
                Err(pcap::Error::NoMorePackets) => Ok(None),
                Err(error) => Err(Damage { offset: None, flaw: of_libpcap(&error) }),
            },
        }
    }

    /// How much of the file was read, bytes.
    pub fn offset(&self) -> u64 {
        match self {
            Self::Classic(classic) => classic.offset(),
            Self::Next(next) => next.offset(),
            Self::Other { passed, .. } => *passed,
        }
    }

    /// What was found so far.
    pub fn summary(&self) -> FileSummary {
        match self {
            Self::Classic(classic) => classic.summary(),
            Self::Next(next) => next.summary(),
            // Such files know microseconds at best.
            Self::Other { link, .. } => FileSummary::of_one(link, 1000),
        }
    }
}

impl FileSummary {
    /// Of a file with one link type.
    pub fn of_one(link: &Result<LinkType, UnsupportedLinkType>, resolution_ns: u32) -> Self {
        Self { links: link.iter().copied().collect(), unsupported: link.as_ref().err().cloned(), resolution_ns }
    }
}

/// Whether a file begins like one that a packer left.
fn is_compressed(start: &[u8]) -> bool {
    const PACKED: [&[u8]; 6] = [
        &[0x1f, 0x8b],
        &[0xfd, b'7', b'z', b'X', b'Z'],
        b"BZh",
        &[0x28, 0xb5, 0x2f, 0xfd],
        &[0x04, 0x22, 0x4d, 0x18],
        b"PK\x03\x04",
    ];
    PACKED.iter().any(|magic| start.starts_with(magic))
}

/// A file that breaks off in the middle of a record which begins at `offset`.
pub fn breaks_off(offset: u64, wanted: u64, found: u64) -> Damage {
    Damage { offset: Some(offset), flaw: FormatError::BreaksOff { wanted, found } }
}

/// A file that cannot be read any further.
pub fn unreadable(offset: u64, error: &io::Error) -> Damage {
    Damage { offset: Some(offset), flaw: FormatError::Unreadable(error.to_string()) }
}

/// What libpcap complains of. Of a file that is shorter than the mark of any format it says that it is truncated.
fn of_libpcap(error: &pcap::Error) -> FormatError {
    match pcap_words(error) {
        words if words == "unknown file format" || words.contains("file header bytes") => FormatError::UnknownFormat,
        words => FormatError::Unreadable(words),
    }
}
