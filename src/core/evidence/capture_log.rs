//! The decoded content of a capture file: UDP datagrams, ICMP errors that quote them, and TCP segments.
//!
//! The `capture` folder reads and decodes files; this is its result.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;

use thiserror::Error;

pub use super::datagram::{Datagram, PacketDirection};
use super::datagram_source::DatagramSource;
use super::flow::FlowKey;
use super::flow_summary::FlowSummary;
use super::source::Source;
use super::tcp_connections::TcpSegments;
use super::transfer_records::WireFlow;
use crate::core::time::Wall;

/// Everything decoded from one capture file.
#[derive(Clone, Debug, Default)]
pub struct CaptureLog {
    /// The file's name as the user gave it.
    pub file: String,
    /// The link type by its name in the registry of link types, `EN10MB` for Ethernet; several, with commas between
    /// them, where the file's interfaces differ in it.
    pub link_type: String,
    /// Resolution of the time stamps in nanoseconds: 1, or 1000 for microseconds; the coarsest, where interfaces differ. More
    /// where all stamps are multiples of a coarser unit.
    pub resolution_ns: u32,
    /// Packets in the file, of whatever kind.
    pub packets: u64,
    /// Time of the first packet of any kind.
    pub first: Option<Wall>,
    /// Time of the last packet of any kind.
    pub last: Option<Wall>,
    /// Directed flows, by index from [`Datagram::flow`].
    pub flows: Vec<FlowKey>,
    /// UDP datagrams in the order of the file, each once ([`Self::dedup`]).
    pub datagrams: DatagramSource,
    /// Flows whose messages are numbered by a later number of their texts than the first: live programs read others there.
    pub later_numbers: BTreeSet<u32>,
    /// Flows of replies that bear no number. They have that of the request that each answers, as far as only one was open.
    pub bare_replies: BTreeSet<u32>,
    /// Copies of datagrams and TCP segments that are left out: the capture shows them once more, on another interface or
    /// with another link header or TTL.
    pub dedup: u64,
    /// Of those copies of UDP datagrams, how many came so late that another host must have captured them, by flow.
    pub late_copies: BTreeMap<u32, u64>,
    /// Packets that the file itself counts as dropped; `None` if it counts none.
    pub dropped: Option<u64>,
    /// Flows with the blocks of a transfer, if those were read.
    pub wire_flows: Vec<WireFlow>,
    /// TCP segments.
    pub tcp: TcpSegments,
    /// ICMP errors that quote a UDP datagram, in the order of the file.
    pub icmp_errors: Source<IcmpError>,
    /// IP fragments other than the first of each packet. Datagrams are joined from theirs.
    pub later_fragments: u64,
    /// Datagrams cut by the snapshot length.
    pub cut: u64,
    /// Packets that are neither UDP nor an ICMP error: something the filter of an exchange should have kept out. TCP
    /// segments are counted here, too.
    pub other: u64,
    /// Those of them that no application sent: ARP, neighbour discovery and other housekeeping of the network.
    pub link_control: u64,
    /// The frame of the first of the rest, from 1.
    pub first_other: Option<u32>,
    /// Datagrams without a timestamp, which take that of the packet before.
    pub untimed: u64,
    /// When messages may have passed that could not be read.
    pub blind: Vec<BlindInterval>,
    /// The file breaks off or is corrupt.
    pub damage: Option<Damage>,
}

/// Where and how a capture file is damaged. What lies before is used, absence after it proves nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// Byte offset of the first record that could not be read, in the decompressed content; `None` if unknown.
    pub offset: Option<u64>,
    /// The error.
    pub flaw: FormatError,
}

/// Why a capture file cannot be read, or not any further.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FormatError {
    /// It ends in the middle of a record.
    #[error("it breaks off: {found} bytes of {wanted}")]
    BreaksOff {
        /// How long the record is, bytes.
        wanted: u64,
        /// Bytes that are there.
        found: u64,
    },
    /// It begins like no format that is known.
    #[error("unknown file format")]
    UnknownFormat,
    /// Of pcapng: no interface is described before the first packet.
    #[error("it describes no interface")]
    NoInterface,
    /// A record is not as its format has it.
    #[error("{0}")]
    Malformed(String),
    /// The system could not read or decompress it, or its version of the format is not supported.
    #[error("{0}")]
    Unreadable(String),
}

impl FormatError {
    /// Its name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::BreaksOff { .. } => "breaks_off",
            Self::UnknownFormat => "unknown_format",
            Self::NoInterface => "no_interface",
            Self::Malformed(_) => "malformed",
            Self::Unreadable(_) => "unreadable",
        }
    }

    /// Of a record that breaks off: how many of its bytes are there, and how many it has.
    pub const fn bytes(&self) -> Option<(u64, u64)> {
        match self {
            Self::BreaksOff { wanted, found } => Some((*found, *wanted)),
            _ => None,
        }
    }
}

/// Why a packet shows that something passed, but not what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnreadableReason {
    /// A datagram that holds the texts of several messages, put together by the system (segmentation or receive
    /// offload), or that is too large for any network. Only the first number was read.
    Joined,
    /// The snapshot length cut it before its number was there, or before it was clear what it is.
    Cut,
    /// Its interface's link type is not supported.
    Link,
    /// Fragments of a datagram of which others are missing.
    Fragment,
    /// Its text has no number that tells it from the others of its flow, although it has one.
    Unidentified,
    /// The capture dropped packets, by its own count ([`CaptureLog::dropped`]).
    Dropped,
}

impl UnreadableReason {
    /// The reasons of packets that are in the file.
    pub const IN_FILE: [Self; 5] = [Self::Joined, Self::Cut, Self::Link, Self::Fragment, Self::Unidentified];
}

/// A time in which messages may have passed unread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlindInterval {
    /// Of this flow, by index into [`CaptureLog::flows`]; of any, where none is known.
    pub flow: Option<u32>,
    /// Why.
    pub why: UnreadableReason,
    /// How many packets there were.
    pub count: u64,
    /// From then on.
    pub from: Wall,
    /// Until then.
    pub to: Wall,
}

/// What a capture holds, to explain why there is no verdict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaptureSummary {
    /// The file's name as the user gave it.
    pub file: String,
    /// Packets, of whatever kind.
    pub packets: u64,
    /// UDP datagrams.
    pub datagrams: u64,
    /// Numbered datagrams: count, lowest and highest number.
    pub numbered: Option<(u64, u64, u64)>,
    /// Datagrams cut by the snapshot length.
    pub cut: u64,
    /// Datagrams whose number does not identify them.
    pub unidentified: u64,
    /// Ports that datagrams go to, the busiest first.
    pub ports: Vec<u16>,
}

impl CaptureSummary {
    /// Whether the snapshot length is the reason why no message can be read.
    pub const fn is_cut_before_text(&self) -> bool {
        self.numbered.is_none() && self.cut > 0 && self.cut * 2 >= self.datagrams
    }
}

/// Numbers that may be missing where one file of a capture ends and the next begins.
const MAX_SKIPPED_NUMBERS: u64 = 32;

impl CaptureLog {
    /// Adds a file that the same capture wrote after this one, as `tcpdump -C` and `dumpcap -b` do. Its frames are numbered
    /// on from [`Self::last_frame`].
    pub fn append(&mut self, mut later: Self) {
        let frames = self.last_frame();
        let mut index_of: HashMap<FlowKey, u32> = (0..).zip(&self.flows).map(|(index, flow)| (*flow, index)).collect();
        let mut flow_index = |flows: &mut Vec<FlowKey>, flow: FlowKey| {
            *index_of.entry(flow).or_insert_with(|| {
                flows.push(flow);
                flows.len() as u32 - 1
            })
        };
        let renumbered: Vec<u32> = later.flows.iter().map(|flow| flow_index(&mut self.flows, *flow)).collect();
        later.datagrams.update(|datagram| {
            datagram.frame = datagram.frame.saturating_add(frames);
            datagram.flow = renumbered[datagram.flow as usize];
        });
        self.datagrams.append(later.datagrams);
        later.icmp_errors.update(|error| error.frame = error.frame.saturating_add(frames));
        self.icmp_errors.append(later.icmp_errors);
        self.blind.extend(
            later
                .blind
                .into_iter()
                .map(|blind| BlindInterval { flow: blind.flow.map(|flow| renumbered[flow as usize]), ..blind }),
        );
        self.tcp.append(&later.tcp, frames);
        self.first = self.first.or(later.first);
        self.last = later.last.or(self.last);
        self.first_other = self.first_other.or(later.first_other.map(|frame| frame.saturating_add(frames)));
        self.resolution_ns = self.resolution_ns.max(later.resolution_ns);
        self.packets += later.packets;
        self.dedup += later.dedup;
        for (flow, count) in later.late_copies {
            *self.late_copies.entry(renumbered[flow as usize]).or_default() += count;
        }
        self.later_numbers.extend(later.later_numbers.into_iter().map(|flow| renumbered[flow as usize]));
        self.bare_replies.extend(later.bare_replies.into_iter().map(|flow| renumbered[flow as usize]));
        self.later_fragments += later.later_fragments;
        self.cut += later.cut;
        self.other += later.other;
        self.link_control += later.link_control;
        self.untimed += later.untimed;
        self.dropped = match (self.dropped, later.dropped) {
            (Some(first), Some(second)) => Some(first.saturating_add(second)),
            (first, second) => first.or(second),
        };
        self.damage = self.damage.take().or(later.damage);
    }

    /// The highest frame number.
    pub fn last_frame(&self) -> u32 {
        let last = self.datagrams.iter().next_back().map_or(0, |datagram| datagram.frame);
        last.max(u32::try_from(self.packets).unwrap_or(u32::MAX))
    }

    /// Whether a later file goes on with this capture: same link type, later in time, and flows in common whose hop limits
    /// are the same, which the other end of a network does not see, and whose numbers go on, as another run's do not.
    pub fn is_continued_by(&self, later: &Self) -> bool {
        if self.link_type != later.link_type || self.last.zip(later.first).is_none_or(|(last, first)| last > first) {
            return false;
        }
        let theirs: HashMap<FlowKey, &FlowSummary> = later.numbered_flows().collect();
        let mut shared = self.numbered_flows().filter_map(|(flow, own)| Some((own, *theirs.get(&flow)?))).peekable();
        let goes_on = |(own, theirs): (&FlowSummary, &FlowSummary)| {
            let numbers = own.numbers.zip(theirs.numbers);
            // Copies of one message may lie in both files, but not all that there is.
            let follows = |(start, last): (u64, u64), (first, end): (u64, u64)| {
                last <= first && first - last <= MAX_SKIPPED_NUMBERS && start < end
            };
            own.first_hop_limit() == theirs.first_hop_limit()
                && numbers.is_some_and(|(own, theirs)| follows(own, theirs))
        };
        shared.peek().is_some() && shared.all(goes_on)
    }

    /// The flows with their summaries.
    pub fn flow_summaries(&self) -> impl Iterator<Item = (FlowKey, &FlowSummary)> {
        (0..).zip(&self.flows).map(|(index, flow)| (*flow, self.datagrams.summary(index)))
    }

    fn numbered_flows(&self) -> impl Iterator<Item = (FlowKey, &FlowSummary)> {
        self.flow_summaries().filter(|(_, summary)| summary.numbered > 0)
    }

    fn unidentified(&self) -> u64 {
        let texts = self.blind.iter().filter(|blind| blind.why == UnreadableReason::Unidentified);
        texts.map(|blind| blind.count).sum()
    }

    /// Sums up what the capture holds.
    pub fn contents(&self) -> CaptureSummary {
        let mut numbered: Option<(u64, u64, u64)> = None;
        let mut by_port: BTreeMap<u16, u64> = BTreeMap::new();
        for (flow, summary) in self.flow_summaries() {
            *by_port.entry(flow.destination.port()).or_default() += summary.datagrams;
            if let Some((lowest, highest)) = summary.numbers {
                let (count, first, last) = numbered.unwrap_or((0, lowest, highest));
                numbered = Some((count + summary.numbered, first.min(lowest), last.max(highest)));
            }
        }
        let mut ports: Vec<(u16, u64)> = by_port.into_iter().collect();
        ports.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        CaptureSummary {
            file: self.file.clone(),
            packets: self.packets,
            datagrams: self.datagrams.len() as u64,
            numbered,
            cut: self.cut,
            unidentified: self.unidentified(),
            ports: ports.into_iter().map(|(port, _)| port).collect(),
        }
    }
}

/// An ICMP or `ICMPv6` error that quotes a UDP datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IcmpError {
    /// The capturing host's stamp.
    pub time: Wall,
    /// The frame's number in the file, from 1.
    pub frame: u32,
    /// The sender of the ICMP error.
    pub from: IpAddr,
    /// The flow of the datagram that it quotes.
    pub quoted: FlowKey,
    /// The number in the quoted text; routers may quote only eight bytes of the UDP datagram, and then there is none.
    pub number: Option<u64>,
    /// ICMP type.
    pub kind: u8,
    /// ICMP code.
    pub code: u8,
}

/// A short digest of a text, to tell whether it was altered on the way: 32-bit FNV-1a (no protection against intent).
#[inline]
pub fn digest(text: &[u8]) -> u32 {
    text.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}
