//! One packet of a capture file, and the errors that all file formats share.

use std::io;

use super::link_type::{LinkType, UnsupportedLinkType};
use crate::core::evidence::capture_log::{Damage, FormatError};
use crate::core::time::Wall;

/// No record holds more than this, bytes: what libpcap takes at most as a snapshot length (`MAXIMUM_SNAPLEN`).
pub const MAX_PACKET_LEN: u32 = 262_144;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    pub data: &'a [u8],
    /// Its length on the wire, bytes.
    pub length: u32,
    /// The capturing host's stamp; `None` in a simple packet block of pcapng, which has none.
    pub time: Option<Wall>,
    /// The link type; `None` if it is not supported.
    pub link: Option<LinkType>,
    /// Which of the file's interfaces it was captured on, where there are several.
    pub interface: Option<u32>,
    /// Number of earlier records that are not packets but that Wireshark numbers like packets.
    pub others: u32,
    /// Packets that the file says were lost since the packet before.
    pub dropped_before: u64,
}

/// A pcapng file's own count of lost packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InterfaceStatistics {
    /// Index of the interface, over all sections.
    pub interface: u32,
    /// When it was counted.
    pub time: Option<Wall>,
    /// Packets dropped since the start, by the interface and by the operating system.
    pub dropped: u64,
}

/// What was found about the packets' format while reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileSummary {
    /// The link types of the interfaces that had packets; of all, where none had.
    pub links: Vec<LinkType>,
    /// The first link type that is not supported.
    pub unsupported: Option<UnsupportedLinkType>,
    /// The coarsest resolution of time stamps among those interfaces, nanoseconds, at least 1.
    pub resolution_ns: u32,
    /// Drop counts, in the order of the file.
    pub statistics: Vec<InterfaceStatistics>,
}

#[derive(Debug)]
pub enum ReaderError {
    Io(io::Error),
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

impl FileSummary {
    pub fn with_link(link: &Result<LinkType, UnsupportedLinkType>, resolution_ns: u32) -> Self {
        let (links, unsupported) = (link.iter().copied().collect(), link.as_ref().err().cloned());
        Self { links, unsupported, resolution_ns, statistics: Vec::new() }
    }
}

/// A file that breaks off in the middle of a record which begins at `offset`.
pub fn breaks_off(offset: u64, wanted: u64, found: u64) -> Damage {
    Damage { offset: Some(offset), flaw: FormatError::BreaksOff { wanted, found } }
}

/// A file that cannot be read any further.
pub fn unreadable(offset: u64, error: &io::Error) -> Damage {
    Damage { offset: Some(offset), flaw: FormatError::Unreadable(error.to_string()) }
}
