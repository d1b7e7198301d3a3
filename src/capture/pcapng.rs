//! Reads pcapng files (draft-ietf-opsawg-pcapng): sections of either byte order, interfaces with their own link types
//! and timestamp resolutions.
//!
//! ```text
//! block     type 4 | total length 4 | body | total length 4                           whole words
//! section   0x0a0d0d0a | total | byte-order magic 4 | major 2 | minor 2 | section length 8 | options
//! interface          1 | total | link type 2 | reserved 2 | snapshot length 4 | options
//! packet             6 | total | interface 4 | stamp 8 | captured 4 | original 4 | data | options    enhanced
//!                    3 | total | original 4 | data                                                   simple
//!                    2 | total | interface 2 | drops 2 | stamp 8 | captured 4 | original 4 | data    before 2009
//! statistics         5 | total | interface 4 | stamp 8 | options
//! option    code 2 | length 2 | value                                                 padded to whole words
//! ```
//!
//! Blocks of any other type (names, secrets, custom ones) are skipped, whatever their length. Drops are counted by packets
//! (since the packet before) and by statistics (since the start).

use std::io::Read;

use super::buffered_source::{BufferedSource, half, word};
use super::link_type::{LinkType, UnsupportedLinkType};
use super::packet::{FileSummary, InterfaceStatistics, MAX_PACKET_LEN, Packet, ReaderError, breaks_off, unreadable};
use crate::core::evidence::capture_log::{Damage, FormatError};
use crate::core::time::{SECOND, Wall};

const SECTION: u32 = 0x0a0d_0d0a;
const INTERFACE: u32 = 1;
const OLD_PACKET: u32 = 2;
const SIMPLE_PACKET: u32 = 3;
const STATISTICS: u32 = 5;
const ENHANCED_PACKET: u32 = 6;

/// Blocks that Wireshark numbers like packets: entries of the systemd journal, and custom ones.
const NUMBERED: [u32; 3] = [9, 0x0000_0bad, 0x4000_0bad];

/// Option of an interface: the resolution of its stamps.
const TSRESOL: u16 = 9;
/// Option of an interface: seconds to be added to its stamps.
const TSOFFSET: u16 = 14;

/// Option of an enhanced packet: packets lost since the packet before of the same interface.
const DROP_COUNT: u16 = 4;
/// Options of statistics: packets dropped by the interface, and by the operating system.
const INTERFACE_DROPS: u16 = 5;
const SYSTEM_DROPS: u16 = 7;

/// A drop count of an old packet block that is unknown.
const UNKNOWN_DROPS: u16 = u16::MAX;

/// Statistics kept of a file. Later ones replace the last one, as each counts from the start.
const MAX_STATISTICS: usize = 4_096;

/// No more of a block than this is held in memory: the longest packet, its header and some options.
const MAX_BLOCK_LEN: usize = 512 * 1024;

/// More interfaces than this in one section are noise.
const MAX_INTERFACES: usize = 65_536;

#[derive(Debug)]
pub struct PcapngReader<R> {
    buffered: BufferedSource<R>,
    big_endian: bool,
    interfaces: Vec<InterfaceDescription>,
    /// How many there were in the sections before.
    before: u32,
    /// How many blocks there were that are numbered like packets.
    others: u32,
    /// Bytes of the last block that are still to be left out.
    owed: u64,
    /// Link types and resolution of the interfaces that had packets.
    used: BlockCounts,
    described: BlockCounts,
    unsupported: Option<UnsupportedLinkType>,
    statistics: Vec<InterfaceStatistics>,
}

#[derive(Clone, Debug, Default)]
struct BlockCounts {
    links: Vec<LinkType>,
    resolution_ns: u32,
}

impl BlockCounts {
    fn note(&mut self, interface: InterfaceDescription) {
        if let Some(link) = interface.link.filter(|link| !self.links.contains(link)) {
            self.links.push(link);
        }
        self.resolution_ns = self.resolution_ns.max(interface.clock.tick.ns());
    }
}

#[derive(Clone, Copy, Debug)]
struct InterfaceDescription {
    link: Option<LinkType>,
    /// Captured bytes per packet; 0 means all.
    snaplen: u32,
    clock: Clock,
    used: bool,
}

/// How an interface's stamps are to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Clock {
    tick: TimestampResolution,
    /// To be added, seconds.
    offset: i64,
}

impl Clock {
    const fn wall(self, stamp: u64) -> Wall {
        Wall(self.offset.saturating_mul(SECOND).saturating_add(self.tick.total_ns(stamp)))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TimestampResolution {
    /// Nanoseconds.
    Whole(u64),
    /// Fractions of a nanosecond: units per nanosecond.
    Part(u64),
    Halved(u32),
}

impl TimestampResolution {
    /// From the option `if_tsresol`: the high bit chooses between powers of two and of ten.
    const fn from_if_tsresol(resolution: u8) -> Self {
        let exponent = (resolution & 0x7f) as u32;
        match resolution & 0x80 {
            0 if exponent <= 9 => Self::Whole(10u64.pow(9 - exponent)),
            // Finer than a 64-bit timestamp can count.
            0 => match 10u64.checked_pow(exponent - 9) {
                Some(parts) => Self::Part(parts),
                None => Self::Part(u64::MAX),
            },
            _ => Self::Halved(exponent),
        }
    }

    /// Its length in nanoseconds, at least 1.
    fn ns(self) -> u32 {
        match self {
            Self::Whole(ns) => ns as u32,
            Self::Part(_) => 1,
            Self::Halved(exponent) => 1_000_000_000u32.checked_shr(exponent).unwrap_or(0).max(1),
        }
    }

    const fn total_ns(self, stamp: u64) -> i64 {
        let ns = match self {
            Self::Whole(ns) => stamp.saturating_mul(ns),
            Self::Part(parts) => stamp / parts,
            Self::Halved(exponent) => {
                let ns = (stamp as u128 * 1_000_000_000) >> exponent;
                if ns > u64::MAX as u128 { u64::MAX } else { ns as u64 }
            }
        };
        if ns > i64::MAX as u64 { i64::MAX } else { ns as i64 }
    }
}

impl<R: Read> PcapngReader<R> {
    /// Whether a file that begins with these bytes is one of pcapng.
    pub fn is_at(start: &[u8]) -> bool {
        start.starts_with(&SECTION.to_be_bytes())
    }

    /// Reads up to the first interface.
    ///
    /// # Errors
    /// [`ReaderError`] where there is none.
    pub fn new(buffered: BufferedSource<R>) -> Result<Self, ReaderError> {
        let mut next = Self {
            buffered,
            big_endian: false,
            interfaces: Vec::new(),
            before: 0,
            others: 0,
            owed: 0,
            used: BlockCounts::default(),
            described: BlockCounts::default(),
            unsupported: None,
            statistics: Vec::new(),
        };
        while next.interfaces.is_empty() {
            match next.block() {
                Ok(Some(Block::Other)) => {}
                Ok(Some(Block::Packet(_)) | None) => {
                    return Err(ReaderError::Other(FormatError::NoInterface));
                }
                Err(damage) => return Err(ReaderError::Other(damage.flaw)),
            }
        }
        Ok(next)
    }

    /// The next packet; `None` at the end of the file.
    ///
    /// # Errors
    /// [`Damage`] where the file breaks off or a block cannot be.
    #[inline]
    pub fn packet(&mut self) -> Result<Option<Packet<'_>>, Damage> {
        loop {
            match self.block()? {
                Some(Block::Packet(found)) => return Ok(Some(self.taken(&found))),
                Some(Block::Other) => {}
                None => return Ok(None),
            }
        }
    }

    /// How much of the file was read, bytes.
    pub fn offset(&self) -> u64 {
        self.buffered.offset()
    }

    pub fn summary(&self) -> FileSummary {
        let counters = if self.used.resolution_ns > 0 { &self.used } else { &self.described };
        let BlockCounts { links, resolution_ns } = counters.clone();
        FileSummary {
            links,
            unsupported: self.unsupported.clone(),
            resolution_ns: resolution_ns.max(1),
            statistics: self.statistics.clone(),
        }
    }

    /// Reads one block, all but the data of a packet.
    #[inline]
    fn block(&mut self) -> Result<Option<Block>, Damage> {
        let offset = self.buffered.offset();
        if self.owed > 0 {
            let owed = std::mem::take(&mut self.owed);
            self.leave_out(offset, owed)?;
        }
        let offset = self.buffered.offset();
        let head = match self.buffered.peek(12) {
            Ok([]) => return Ok(None),
            Ok(ahead) => match ahead.first_chunk::<12>() {
                Some(head) => *head,
                None => return Err(breaks_off(offset, 12, ahead.len() as u64)),
            },
            Err(error) => return Err(unreadable(offset, &error)),
        };
        // A section's type reads the same in either byte order; the byte order follows its length.
        if word(&head, 0, self.big_endian) == SECTION {
            self.big_endian = match word(&head, 8, false) {
                0x1a2b_3c4d => false,
                0x4d3c_2b1a => true,
                _ => return Err(flaw(offset, "a section without the magic number of its byte order".to_owned())),
            };
        }
        let (kind, total) = (word(&head, 0, self.big_endian), word(&head, 4, self.big_endian));
        let least = match kind {
            SECTION => 28,
            ENHANCED_PACKET | OLD_PACKET => 32,
            INTERFACE => 20,
            STATISTICS => 24,
            SIMPLE_PACKET => 16,
            _ => 12,
        };
        if total < least || !total.is_multiple_of(4) {
            return Err(flaw(offset, format!("a block of {total} bytes")));
        }
        match kind {
            ENHANCED_PACKET | SIMPLE_PACKET | OLD_PACKET => self.found(offset, kind, total).map(Some),
            SECTION => self.section(offset, total).map(Some),
            INTERFACE => self.interface(offset, total).map(Some),
            STATISTICS => self.interface_statistics(offset, total).map(Some),
            _ => {
                self.others = self.others.saturating_add(u32::from(NUMBERED.contains(&kind)));
                self.hold(offset, total)?;
                self.leave_out(offset, u64::from(total)).map(Some)
            }
        }
    }

    /// Loads a block, or as much of it as is needed, and checks its trailing length.
    #[inline]
    fn hold(&mut self, offset: u64, total: u32) -> Result<&[u8], Damage> {
        let (big_endian, whole) = (self.big_endian, total as usize);
        let held = whole.min(MAX_BLOCK_LEN);
        let ahead = self.buffered.peek(held).map_err(|error| unreadable(offset, &error))?;
        let Some(block) = ahead.get(..held) else {
            return Err(breaks_off(offset, u64::from(total), ahead.len() as u64));
        };
        if held == whole && word(block, whole - 4, big_endian) != total {
            return Err(flaw(offset, "a block whose two lengths differ".to_owned()));
        }
        Ok(block)
    }

    fn leave_out(&mut self, offset: u64, length: u64) -> Result<Block, Damage> {
        let left = self.buffered.offset();
        match self.buffered.skip(length) {
            Ok(true) => Ok(Block::Other),
            Ok(false) => Err(breaks_off(offset, length, self.buffered.offset() - left)),
            Err(error) => Err(unreadable(offset, &error)),
        }
    }

    fn section(&mut self, offset: u64, total: u32) -> Result<Block, Damage> {
        let big_endian = self.big_endian;
        let major = half(self.hold(offset, total)?, 12, big_endian);
        if major != 1 {
            return Err(flaw(offset, format!("a section of version {major}")));
        }
        self.before = self.before.wrapping_add(self.interfaces.len() as u32);
        self.interfaces.clear();
        self.leave_out(offset, u64::from(total))
    }

    fn interface(&mut self, offset: u64, total: u32) -> Result<Block, Damage> {
        let big_endian = self.big_endian;
        let block = self.hold(offset, total)?;
        let (number, snaplen) = (half(block, 8, big_endian), word(block, 12, big_endian));
        let clock = clock(&block[16..block.len() - 4], big_endian);
        if self.interfaces.len() == MAX_INTERFACES {
            return Err(flaw(offset, format!("more than {MAX_INTERFACES} interfaces")));
        }
        let link = match LinkType::from_number(i32::from(number)) {
            Ok(link) => Some(link),
            Err(unsupported) => {
                self.unsupported.get_or_insert(unsupported);
                None
            }
        };
        let interface = InterfaceDescription { link, snaplen, clock, used: false };
        self.described.note(interface);
        self.interfaces.push(interface);
        self.leave_out(offset, u64::from(total))
    }

    fn interface_statistics(&mut self, offset: u64, total: u32) -> Result<Block, Damage> {
        let big_endian = self.big_endian;
        let block = self.hold(offset, total)?;
        let number = word(block, 8, big_endian);
        let stamp = u64::from(word(block, 12, big_endian)) << 32 | u64::from(word(block, 16, big_endian));
        let end = block.len().min(total as usize - 4);
        let mut dropped = None;
        for (code, value) in Options::new(&block[20..end], big_endian) {
            if matches!(code, INTERFACE_DROPS | SYSTEM_DROPS)
                && let Some(count) = long(value, big_endian)
            {
                dropped = Some(dropped.unwrap_or(0_u64).saturating_add(count));
            }
        }
        if let (Some(dropped), Some(interface)) = (dropped, self.interfaces.get(number as usize)) {
            let time = (stamp > 0).then(|| interface.clock.wall(stamp));
            let record = InterfaceStatistics { interface: self.before.wrapping_add(number), time, dropped };
            if self.statistics.len() == MAX_STATISTICS {
                self.statistics.pop();
            }
            self.statistics.push(record);
        }
        self.leave_out(offset, u64::from(total))
    }

    #[inline]
    fn found(&mut self, offset: u64, kind: u32, total: u32) -> Result<Block, Damage> {
        let big_endian = self.big_endian;
        let block = self.hold(offset, total)?;
        let field = |at| word(block, at, big_endian);
        let stamp = || Some(u64::from(field(12)) << 32 | u64::from(field(16)));
        let (data_at, number, stamp, kept, length) = match kind {
            ENHANCED_PACKET => (28, field(8), stamp(), field(20), field(24)),
            OLD_PACKET => (28, u32::from(half(block, 8, big_endian)), stamp(), field(20), field(24)),
            _ => (12, 0, None, field(8), field(8)),
        };
        let dropped = match kind {
            ENHANCED_PACKET => {
                let options_at = data_at as usize + (kept as usize).next_multiple_of(4);
                let end = block.len().min(total as usize - 4);
                // Most packets have no options.
                block.get(options_at..end).filter(|options| !options.is_empty()).map_or(0, |options| {
                    let mut options = Options::new(options, big_endian);
                    options
                        .find(|(code, _)| *code == DROP_COUNT)
                        .and_then(|(_, value)| long(value, big_endian))
                        .unwrap_or(0)
                })
            }
            OLD_PACKET => {
                Some(half(block, 10, big_endian)).filter(|count| *count != UNKNOWN_DROPS).map_or(0, u64::from)
            }
            _ => 0,
        };
        let Some(interface) = self.interfaces.get_mut(number as usize) else {
            return Err(flaw(offset, format!("a packet of interface {number}, which is not described")));
        };
        let available = total - data_at - 4;
        let kept = match (kind, interface.snaplen) {
            (SIMPLE_PACKET, 0) => kept.min(available),
            (SIMPLE_PACKET, snaplen) => kept.min(snaplen).min(available),
            _ => kept,
        };
        if kept > available || kept > MAX_PACKET_LEN {
            return Err(flaw(offset, format!("a packet of {kept} bytes in a block of {total}")));
        }
        if !interface.used {
            interface.used = true;
            let interface = *interface;
            self.used.note(interface);
        }
        Ok(Block::Packet(Found { number, data_at, kept, length, stamp, total, dropped }))
    }

    #[inline]
    fn taken(&mut self, found: &Found) -> Packet<'_> {
        let InterfaceDescription { link, clock, .. } = self.interfaces[found.number as usize];
        let total = found.total as usize;
        let (from, to) = (found.data_at as usize, (found.data_at + found.kept) as usize);
        // A block longer than the buffer: its data are in the buffer, the rest is skipped before the next block.
        let taken = total.min(MAX_BLOCK_LEN);
        let interface = self.before.wrapping_add(found.number);
        let several = self.before > 0 || self.interfaces.len() > 1;
        self.owed = (total - taken) as u64;
        Packet {
            data: &self.buffered.consume(taken)[from..to],
            length: found.length,
            time: found.stamp.map(|stamp| clock.wall(stamp)),
            link,
            interface: several.then_some(interface),
            others: self.others,
            dropped_before: found.dropped,
        }
    }
}

enum Block {
    Packet(Found),
    Other,
}

struct Found {
    number: u32,
    data_at: u32,
    kept: u32,
    length: u32,
    stamp: Option<u64>,
    total: u32,
    dropped: u64,
}

/// The options of a block, up to the end mark or the first that does not fit.
struct Options<'a> {
    rest: &'a [u8],
    big_endian: bool,
}

impl<'a> Options<'a> {
    const fn new(rest: &'a [u8], big_endian: bool) -> Self {
        Self { rest, big_endian }
    }
}

impl<'a> Iterator for Options<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let head = self.rest.first_chunk::<4>()?;
        let (code, length) = (half(head, 0, self.big_endian), usize::from(half(head, 2, self.big_endian)));
        let value = self.rest.get(4..4 + length).filter(|_| code != 0)?;
        self.rest = self.rest.get(4 + length.next_multiple_of(4)..).unwrap_or_default();
        Some((code, value))
    }
}

/// An option's value of eight bytes.
fn long(value: &[u8], big_endian: bool) -> Option<u64> {
    let bytes = <[u8; 8]>::try_from(value).ok()?;
    Some(if big_endian { u64::from_be_bytes(bytes) } else { u64::from_le_bytes(bytes) })
}

/// An interface's clock, from its options; microseconds by default.
fn clock(options: &[u8], big_endian: bool) -> Clock {
    let mut clock = Clock { tick: TimestampResolution::from_if_tsresol(6), offset: 0 };
    for (code, value) in Options::new(options, big_endian) {
        match (code, value) {
            (TSRESOL, [resolution]) => clock.tick = TimestampResolution::from_if_tsresol(*resolution),
            (TSOFFSET, value) => clock.offset = long(value, big_endian).map_or(clock.offset, u64::cast_signed),
            _ => {}
        }
    }
    clock
}

fn flaw(offset: u64, reason: String) -> Damage {
    Damage { offset: Some(offset), flaw: FormatError::Malformed(reason) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Random bytes almost never make a block with two equal lengths, so valid frames of blocks are generated.
        #[test]
        fn no_block_makes_it_panic(
            blocks in prop::collection::vec(
                (
                    prop::sample::select(vec![SECTION, INTERFACE, OLD_PACKET, SIMPLE_PACKET, ENHANCED_PACKET, 5, 9]),
                    prop::collection::vec(prop_oneof![0..80u32, any::<u32>()], 0..12),
                ),
                0..8,
            ),
            big_endian: bool,
        ) {
            let word = |word: u32| if big_endian { word.to_be_bytes() } else { word.to_le_bytes() };
            let block = |kind: u32, body: &[u32]| -> Vec<u8> {
                let total = 12 + 4 * body.len() as u32;
                let magic = (kind == SECTION).then_some([0x1a2b_3c4d, 1 << if big_endian { 16 } else { 0 }]);
                let body = body.iter().copied().enumerate();
                let body = body.map(|(at, value)| magic.and_then(|magic| magic.get(at).copied()).unwrap_or(value));
                [kind, total].into_iter().chain(body).chain([total]).flat_map(word).collect()
            };
            let mut file = [block(SECTION, &[0; 4]), block(INTERFACE, &[0; 2])].concat();
            file.extend(blocks.iter().flat_map(|(kind, body)| block(*kind, body)));
            let mut next = PcapngReader::new(BufferedSource::new(&file[..])).unwrap();
            let mut data = 0;
            while let Ok(Some(packet)) = next.packet() {
                data += packet.data.len();
            }
            prop_assert!(data <= file.len() && next.offset() <= file.len() as u64);
        }
    }

    #[test]
    fn ticks_of_every_resolution() {
        for (option, ns) in [(6, 1000), (9, 1), (12, 1), (3, 1_000_000), (0, 1_000_000_000), (0x8a, 976_562), (0xff, 1)]
        {
            assert_eq!(TimestampResolution::from_if_tsresol(option).ns(), ns, "{option}");
        }
        for (option, stamp, ns) in [
            (6, 1_700_000_000_123_456, 1_700_000_000_123_456_000),
            (12, 1_700_000_000_123_456_789, 1_700_000_000_123_456),
            (0x80 + 20, 3 << 19, 1_500_000_000),
            (0x80 + 64, u64::MAX, 999_999_999),
            (127, u64::MAX, 1),
            (0, u64::MAX, i64::MAX),
            (0x80, u64::MAX, i64::MAX),
        ] {
            assert_eq!(TimestampResolution::from_if_tsresol(option).total_ns(stamp), ns, "{option}");
        }
        let clock = Clock { tick: TimestampResolution::from_if_tsresol(9), offset: i64::MIN };
        assert_eq!(clock.wall(7), Wall(i64::MIN + 7));
    }

    #[test]
    fn truncated_options_keep_what_precedes_the_cut() {
        let plain = Clock { tick: TimestampResolution::from_if_tsresol(6), offset: 0 };
        assert_eq!(clock(&[], false), plain);
        assert_eq!(clock(&[9, 0, 1, 0], false), plain, "the value is not there");
        assert_eq!(clock(&[9, 0, 1, 0, 9, 0, 0, 0], false).tick, TimestampResolution::Whole(1));
        assert_eq!(clock(&[0, 9, 0, 1, 9], true).tick, TimestampResolution::Whole(1), "without its padding");
        assert_eq!(
            clock(&[2, 0, 1, 0, b'x', 0, 0, 0, 0, 0, 0, 0, 9, 0, 1, 0, 9, 0, 0, 0], false),
            plain,
            "behind the end"
        );
        assert_eq!(clock(&[14, 0, 4, 0, 1, 0, 0, 0], false), plain, "of another length");
    }
}
