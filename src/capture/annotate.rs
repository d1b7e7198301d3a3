//! Copies a capture to pcapng with a comment on each packet. Wireshark shows the comments and finds them by
//! `frame.comment`.
//!
//! ```text
//! section    0x0a0d0d0a | total | 0x1a2b3c4d | 1 | 0 | -1 (length unknown) | options | total
//! interface           1 | total | link type 2 | 0 2 | 0 (no limit) | options | total
//! packet              6 | total | interface | stamp 8 | captured | original | data | options | total
//! option      code 2 | length 2 | value, padded to whole words
//! ```
//!
//! Byte order is little-endian on every host, timestamps are in nanoseconds. Packets keep their order and so their numbers;
//! records that are not packets (systemd journal entries) are left out.

use std::io::{self, Read, Write};

use super::link_type::LinkType;
use super::packet::{Packet, ReaderError};
use super::reader::PacketReader;

/// Options of several blocks.
const END: u16 = 0;
const COMMENT: u16 = 1;
/// Option of a section: the program that wrote it.
const APPLICATION: u16 = 4;
/// Options of an interface.
const DESCRIPTION: u16 = 3;
const TSRESOL: u16 = 9;

/// No option holds more, bytes.
const MAX_OPTION_LEN: usize = 65_535;

/// Link type for frames of unknown link type, from the range for private use (`LINKTYPE_USER0`).
const UNKNOWN_LINK_TYPE: i32 = 147;

/// Comment on the capture as a whole.
#[derive(Clone, Copy, Debug)]
pub struct CaptureComment<'a> {
    pub comment: &'a str,
    pub interface: &'a str,
}

/// Why a capture could not be copied.
#[derive(Debug)]
pub enum CopyError {
    /// The original cannot be read.
    Source(ReaderError),
    /// The copy cannot be written.
    Target(io::Error),
}

impl From<io::Error> for CopyError {
    fn from(error: io::Error) -> Self {
        Self::Target(error)
    }
}

/// Copies a capture; `comment` gives each frame's comment by its number. A damaged capture is copied up to the damage.
///
/// # Errors
/// [`CopyError`] where the original is no capture or the copy cannot be written.
pub fn copy(
    source: impl Read,
    target: &mut impl Write,
    about: CaptureComment<'_>,
    comment: impl Fn(u32) -> Option<String>,
) -> Result<(), CopyError> {
    let mut packets = PacketReader::new(source).map_err(CopyError::Source)?;
    let mut body = [&0x1a2b_3c4d_u32.to_le_bytes()[..], &[1, 0, 0, 0], &[0xff; 8]].concat();
    let program = concat!("medidor ", env!("CARGO_PKG_VERSION"));
    options(&mut body, &[(APPLICATION, program.as_bytes()), (COMMENT, about.comment.as_bytes())]);
    block(target, 0x0a0d_0d0a, &body)?;
    // The original's interfaces, each with its link type, in the order in which they first had a packet.
    let mut interfaces: Vec<(Option<u32>, Option<i32>)> = Vec::new();
    let mut read = 0_u32;
    let mut last_ns = 0;
    // Packets after the damage cannot be read; the report mentions it.
    while let Ok(Some(packet)) = packets.packet() {
        read += 1;
        let known = (packet.interface, packet.link.map(LinkType::number));
        let interface = interfaces.iter().position(|other| *other == known).unwrap_or_else(|| {
            interfaces.push(known);
            usize::MAX
        });
        let text = comment(read.saturating_add(packet.others));
        last_ns = packet.time.map_or(last_ns, |time| time.0.max(0) as u64);
        let index = if interface == usize::MAX { interfaces.len() - 1 } else { interface };
        let body = packet_body(&packet, index as u32, last_ns, text.as_deref());
        if interface == usize::MAX {
            let number = known.1.or_else(|| packets.summary().unsupported.map(|unsupported| unsupported.number));
            describe(target, number.unwrap_or(UNKNOWN_LINK_TYPE), about.interface)?;
        }
        block(target, 6, &body)?;
    }
    target.flush()?;
    Ok(())
}

fn describe(target: &mut impl Write, link_number: i32, text: &str) -> io::Result<()> {
    let mut body = [&(link_number as u16).to_le_bytes()[..], &[0; 6]].concat();
    options(&mut body, &[(DESCRIPTION, text.as_bytes()), (TSRESOL, &[9])]);
    block(target, 1, &body)
}

fn packet_body(packet: &Packet<'_>, interface: u32, ns: u64, comment: Option<&str>) -> Vec<u8> {
    let mut body = Vec::with_capacity(packet.data.len() + 64);
    for word in [interface, (ns >> 32) as u32, ns as u32, packet.data.len() as u32, packet.length] {
        body.extend_from_slice(&word.to_le_bytes());
    }
    body.extend_from_slice(packet.data);
    pad(&mut body);
    if let Some(comment) = comment {
        options(&mut body, &[(COMMENT, comment.as_bytes())]);
    }
    body
}

/// Adds options and their end.
fn options(body: &mut Vec<u8>, options: &[(u16, &[u8])]) {
    for (code, value) in options.iter().chain(&[(END, &[][..])]) {
        let value = &value[..value.len().min(MAX_OPTION_LEN)];
        body.extend_from_slice(&code.to_le_bytes());
        body.extend_from_slice(&(value.len() as u16).to_le_bytes());
        body.extend_from_slice(value);
        pad(body);
    }
}

fn pad(body: &mut Vec<u8>) {
    body.resize(body.len().next_multiple_of(4), 0);
}

fn block(target: &mut impl Write, kind: u32, body: &[u8]) -> io::Result<()> {
    let total = (body.len() as u32 + 12).to_le_bytes();
    target.write_all(&kind.to_le_bytes())?;
    target.write_all(&total)?;
    target.write_all(body)?;
    target.write_all(&total)
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::super::log_reader::{self, Retain};
    use super::super::savefile::{Resolution, Savefile};
    use super::*;
    use crate::core::time::{SECOND, Wall};

    const ABOUT: CaptureComment<'_> = CaptureComment { comment: "all", interface: "eth0" };

    #[test]
    fn a_copy_holds_the_same_packets_in_the_same_order() {
        let folder = tempfile::tempdir().unwrap();
        let (old, new) = (folder.path().join("old.pcap"), folder.path().join("new.pcapng"));
        let mut savefile = Savefile::create(&old, LinkType::Ethernet.number(), 65_535, Resolution::Nano).unwrap();
        for number in 0..50_u8 {
            savefile
                .push(Wall(SECOND + 12_347 * i64::from(number)), 90, &vec![number; usize::from(number) + 14])
                .unwrap();
        }
        savefile.flush().unwrap();
        let mut copied = Vec::new();
        copy(File::open(&old).unwrap(), &mut copied, ABOUT, |frame| {
            (frame % 2 == 0).then(|| "ç".repeat(frame as usize))
        })
        .unwrap();
        std::fs::write(&new, &copied).unwrap();
        let (mut before, mut after) = (PacketReader::open(&old).unwrap(), PacketReader::open(&new).unwrap());
        for _ in 0..50 {
            let (one, other) = (before.packet().unwrap().unwrap(), after.packet().unwrap().unwrap());
            assert_eq!((one.data, one.length, one.time, one.link), (other.data, other.length, other.time, other.link));
        }
        assert!(after.packet().unwrap().is_none());
        let log = log_reader::read(File::open(&new).unwrap(), "new", 0, Retain::Numbers).unwrap();
        assert_eq!((log.packets, log.resolution_ns, log.link_type.as_str()), (50, 1, "EN10MB"));
    }

    #[test]
    fn a_comment_too_long_for_an_option_is_cut() {
        let folder = tempfile::tempdir().unwrap();
        let old = folder.path().join("old.pcap");
        let mut savefile = Savefile::create(&old, LinkType::Ethernet.number(), 65_535, Resolution::Nano).unwrap();
        savefile.push(Wall(0), 14, &[0; 14]).unwrap();
        savefile.flush().unwrap();
        let mut copied = Vec::new();
        copy(File::open(&old).unwrap(), &mut copied, ABOUT, |_| Some("x".repeat(MAX_OPTION_LEN + 9))).unwrap();
        assert!(copied.windows(MAX_OPTION_LEN).any(|run| run.iter().all(|byte| *byte == b'x')));
        assert!(!copied.windows(MAX_OPTION_LEN + 1).any(|run| run.iter().all(|byte| *byte == b'x')));
        assert!(copied.len().is_multiple_of(4));
    }

    #[test]
    fn only_captures_are_copied() {
        let folder = tempfile::tempdir().unwrap();
        let old = folder.path().join("old.pcap");
        std::fs::write(&old, "no capture").unwrap();
        assert!(matches!(copy(File::open(&old).unwrap(), &mut Vec::new(), ABOUT, |_| None), Err(CopyError::Source(_))));
    }
}
