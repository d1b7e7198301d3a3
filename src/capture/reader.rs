//! Iterates over the packets of a capture file: pcap, pcapng, and older formats through libpcap.
//!
//! The two formats that are in use are read here, in pieces, by [`classic`](super::pcap_file) and
//! [`pcapng`](super::pcapng). What hardly exists any more (before version 2.4, other magic numbers) is left to libpcap.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use pcap::{Capture, Offline, Precision};

use super::link_type::{LinkType, UnsupportedLinkType};
use super::packet::{FileSummary, Packet, ReaderError};
use super::pcap_error;
use super::pcap_file::PcapReader;
use super::pcapng::PcapngReader;
use crate::core::evidence::capture_log::{Damage, FormatError};
use crate::core::time::{SECOND, Wall};

pub enum PacketReader {
    Classic(PcapReader<File>),
    Next(Box<PcapngReader<File>>),
    Other { capture: Capture<Offline>, link: Result<LinkType, UnsupportedLinkType>, passed: u64 },
}

impl PacketReader {
    /// Opens a file and reads its header.
    ///
    /// # Errors
    /// [`ReaderError`] where it is no capture.
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

    pub fn summary(&self) -> FileSummary {
        match self {
            Self::Classic(classic) => classic.summary(),
            Self::Next(next) => next.summary(),
            // Such files know microseconds at best.
            Self::Other { link, .. } => FileSummary::with_link(link, 1000),
        }
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

/// libpcap's error. It calls a file truncated that is shorter than any format's magic number.
fn of_libpcap(error: &pcap::Error) -> FormatError {
    match pcap_error::message_of(error) {
        text if text == "unknown file format" || text.contains("file header bytes") => FormatError::UnknownFormat,
        message => FormatError::Unreadable(message),
    }
}
