//! Iterates over the packets of a capture: classic pcap in all its variants ([`pcap_file`]), or [`pcapng`].
//!
//! The source is any stream of bytes, read once from its start and in pieces.
//!
//! [`pcap_file`]: super::pcap_file
//! [`pcapng`]: super::pcapng

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::buffered_source::BufferedSource;
use super::packet::{FileSummary, Packet, ReaderError};
use super::pcap_file::PcapReader;
use super::pcapng::PcapngReader;
use crate::core::evidence::capture_log::{Damage, FormatError};
use crate::files;

/// Bytes that suffice to recognize every format.
const MAX_MAGIC_LEN: usize = 8;

pub enum PacketReader<R> {
    Classic(PcapReader<R>),
    Next(Box<PcapngReader<R>>),
}

impl PacketReader<File> {
    /// Opens a file and reads its header.
    ///
    /// # Errors
    /// [`ReaderError`] where it is no capture.
    pub fn open(path: &Path) -> Result<Self, ReaderError> {
        Self::new(files::open(path)?)
    }
}

impl<R: Read> PacketReader<R> {
    /// Reads the header of a capture.
    ///
    /// # Errors
    /// [`ReaderError`] where it is no capture.
    pub fn new(source: R) -> Result<Self, ReaderError> {
        let mut buffered = BufferedSource::new(source);
        match buffered.peek(MAX_MAGIC_LEN)? {
            [] => Err(ReaderError::Empty),
            start if PcapngReader::<R>::is_at(start) => Ok(Self::Next(Box::new(PcapngReader::new(buffered)?))),
            start if PcapReader::<R>::is_at(start) => Ok(Self::Classic(PcapReader::new(buffered)?)),
            start if is_compressed(start) => Err(ReaderError::Compressed),
            _ => Err(ReaderError::Other(FormatError::UnknownFormat)),
        }
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
        }
    }

    /// How much of the source was read, bytes.
    pub fn offset(&self) -> u64 {
        match self {
            Self::Classic(classic) => classic.offset(),
            Self::Next(next) => next.offset(),
        }
    }

    pub fn summary(&self) -> FileSummary {
        match self {
            Self::Classic(classic) => classic.summary(),
            Self::Next(next) => next.summary(),
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
