//! Builds a [`CaptureLog`] from decoded packets: flows, message numbers, texts, blocks, and what could not be read.

use std::collections::HashMap;
use std::num::NonZeroU32;

use super::bare_replies;
use super::blind_intervals::BlindIntervals;
use super::block_collector::BlockCollector;
use super::captured_datagram::{CapturedDatagram, PacketContext};
use super::coalesced::CoalescedPayload;
use super::decode::{IcmpQuote, PlainUdp, Udp};
use super::duplicate_frames::{CopyFilter, DatagramKey, Vantage};
use super::number_columns::NumberColumns;
use super::packet::InterfaceStatistics;
use super::reassembly::Arrival;
use super::retain::Retain;
use super::tcp::Tcp;
use super::unidentified_texts;
use crate::core::evidence::capture_log::{BlindInterval, CaptureLog, Datagram, IcmpError, UnreadableReason, digest};
use crate::core::evidence::datagram_source::DatagramSource;
use crate::core::evidence::flow::FlowKey;
use crate::core::evidence::tcp_connections::TcpSegment;
use crate::core::protocol::message::{self, Text};
use crate::core::time::Wall;

/// Bytes kept of each datagram's text, if texts are kept.
pub const MAX_TEXT_LEN: usize = 1024;

/// Size of the table of recent flows, which saves a hash per packet.
const RECENT_FLOWS: usize = 64;

pub(super) struct LogBuilder<'a> {
    keeps_texts: bool,
    /// Collects blocks of a transfer instead of datagrams.
    blocks: Option<BlockCollector<'a>>,
    /// All but the datagrams.
    pub log: CaptureLog,
    datagrams: Vec<Datagram>,
    texts: Vec<Box<[u8]>>,
    pub blindness: BlindIntervals,
    streams: HashMap<FlowKey, u32>,
    flows: HashMap<FlowKey, u32>,
    /// Recently used flows, by a few bits of their ports.
    recent: [u32; RECENT_FLOWS],
    /// The last number of each flow.
    numbers: Vec<Option<u64>>,
    columns: NumberColumns,
    copies: CopyFilter,
    /// The same of TCP.
    segment_copies: CopyFilter,
    /// A datagram was added after later ones.
    unsorted: bool,
}

impl<'a> LogBuilder<'a> {
    pub fn new(retain: Retain<'a>) -> Self {
        Self {
            keeps_texts: matches!(retain, Retain::Texts),
            blocks: match retain {
                Retain::Blocks(file_info, run_span) => Some(BlockCollector::new(Some(file_info), run_span)),
                Retain::Wires => Some(BlockCollector::new(None, None)),
                Retain::Numbers | Retain::Texts => None,
            },
            log: CaptureLog::default(),
            datagrams: Vec::new(),
            texts: Vec::new(),
            blindness: BlindIntervals::default(),
            streams: HashMap::new(),
            flows: HashMap::new(),
            recent: [0; RECENT_FLOWS],
            numbers: Vec::new(),
            copies: CopyFilter::default(),
            segment_copies: CopyFilter::default(),
            columns: NumberColumns::default(),
            unsorted: false,
        }
    }

    /// Reserves memory for datagrams.
    pub fn reserve(&mut self, datagrams: usize) {
        self.datagrams.reserve(datagrams);
    }

    /// A datagram from the fast path.
    #[inline]
    pub fn plain_datagram<'d>(&mut self, plain: &PlainUdp<'d>, vantage: Vantage) -> CapturedDatagram<'d> {
        let slot = Self::slot(plain.source.1, plain.destination.1);
        let flow = match self.log.flows.get(self.recent[slot] as usize) {
            Some(flow) if plain.is_of(flow) => self.recent[slot],
            _ => self.flow(plain.flow()),
        };
        CapturedDatagram {
            flow,
            travels: plain.source.0 != plain.destination.0 && plain.source.0 >> 24 != 127,
            payload: plain.payload,
            length: plain.payload.len() as u16,
            fragmented: false,
            ttl: plain.ttl,
            ip_id: Some(plain.ip_id),
            flow_label: 0,
            direction: None,
            vantage: Some(vantage),
            bad_checksum: plain.bad_checksum,
            incomplete: false,
        }
    }

    /// Adds a datagram; false if it is a copy of one that was added before.
    #[inline]
    pub fn add_datagram(&mut self, udp: &CapturedDatagram<'_>, time: Wall, frame: u32) -> bool {
        let flow = udp.flow;
        let complete = udp.payload.len() == usize::from(udp.length);
        let digest = digest(udp.payload);
        let key = || DatagramKey { flow, digest, length: udp.length, ip_id: udp.ip_id };
        if let Some(vantage) = udp.vantage
            && !self.copies.is_only_view(flow, vantage)
            && self.copies.is_copy_among(sightings(&self.datagrams, &self.log.flows), key(), vantage, time)
        {
            self.log.dedup += 1;
            return false;
        }
        self.unsorted |= udp.incomplete;
        if let Some(blocks) = &mut self.blocks {
            if udp.vantage.is_some() {
                self.copies.remember(key(), time);
            }
            blocks.add_datagram(self.log.flows[flow as usize], udp, time, frame);
            return true;
        }
        let (mut read, digits) = message::read_digits(udp.payload);
        if !complete {
            read = text(udp.payload, false);
        }
        let Text { number, is_reply } = read;
        let before = &mut self.numbers[flow as usize];
        if complete && !is_reply {
            self.columns.note(flow, self.datagrams.len(), udp.payload, number, digits.end);
        }
        let suspect = CoalescedPayload {
            text: udp.payload,
            digits,
            length: udp.length,
            travels: udp.travels,
            fragmented: udp.fragmented,
            before: before.filter(|_| !udp.incomplete),
        };
        let several = suspect.is_several();
        if several {
            self.blindness.note(Some(flow), UnreadableReason::Joined, time);
        } else if number.is_none() && !complete && !udp.incomplete {
            self.blindness.note(Some(flow), UnreadableReason::Cut, time);
        }
        // An incomplete one is noted later than those that follow it.
        if !udp.incomplete {
            *before = number.or(*before);
        }
        if self.keeps_texts {
            self.texts.push(udp.payload[..udp.payload.len().min(MAX_TEXT_LEN)].into());
        }
        let kept_digest = NonZeroU32::new(digest).filter(|_| complete && !several);
        if kept_digest.is_none() && udp.vantage.is_some() {
            self.copies.remember(key(), time);
        }
        self.datagrams.push(Datagram {
            time,
            frame,
            flow,
            number,
            reads_as_reply: is_reply,
            digest: kept_digest,
            packet_id: NonZeroU32::new(udp.ip_id.map_or(udp.flow_label, u32::from)),
            length: udp.length,
            ttl: udp.ttl,
            direction: udp.direction,
            bad_checksum: udp.bad_checksum && !several,
            incomplete: udp.incomplete,
        });
        true
    }

    pub fn add_segment(&mut self, tcp: &Tcp<'_>, at: &PacketContext) {
        let Arrival { time, frame, .. } = at.arrival;
        let known = self.streams.len() as u32;
        let flow = *self.streams.entry(tcp.flow).or_insert(known);
        if flow == known {
            self.log.tcp.flows.push(tcp.flow);
        }
        if let Some(vantage) = at.vantage(tcp.interface, tcp.ttl) {
            let key = DatagramKey {
                flow,
                digest: digest(tcp.data) ^ tcp.seq ^ tcp.ack.rotate_left(16) ^ u32::from(tcp.flags.0),
                length: tcp.length as u16,
                ip_id: tcp.ip_id,
            };
            if self.segment_copies.is_copy(key, vantage, time) {
                self.log.dedup += 1;
                return;
            }
        }
        if let Some(blocks) = &mut self.blocks {
            blocks.add_segment(tcp, time);
            return;
        }
        self.add_other(frame);
        let Tcp { seq, ack, flags, window, length, data, .. } = *tcp;
        self.log.tcp.push(TcpSegment { time, frame, flow, seq, ack, flags, window, length, kept: 0..0 }, data);
    }

    pub fn add_icmp_error(&mut self, quote: &IcmpQuote<'_>, time: Wall, frame: u32) {
        if self.blocks.is_some() {
            return;
        }
        let IcmpQuote { from, kind, code, flow: quoted, payload, complete } = *quote;
        let number = text(payload, complete).number;
        self.log.icmp_errors.push(IcmpError { time, frame, from, quoted, number, kind, code });
    }

    pub fn datagram<'d>(&mut self, udp: &Udp<'d>, at: &PacketContext) -> CapturedDatagram<'d> {
        let (source, destination) = (udp.flow.source.ip(), udp.flow.destination.ip());
        CapturedDatagram {
            flow: self.flow(udp.flow),
            travels: source != destination && !source.is_loopback(),
            payload: udp.payload,
            length: udp.length,
            fragmented: at.joined > 0,
            ttl: udp.ttl,
            ip_id: udp.ip_id,
            flow_label: udp.flow_label,
            direction: udp.direction.or(at.direction),
            vantage: at.vantage(udp.interface, udp.ttl),
            bad_checksum: udp.bad_checksum,
            incomplete: false,
        }
    }

    /// The slot of a flow in the table of recent flows.
    #[inline]
    pub fn slot(source: u16, destination: u16) -> usize {
        usize::from(source ^ destination.rotate_left(3)) % RECENT_FLOWS
    }

    /// The index of a flow; a new one gets the next index.
    #[inline]
    fn flow(&mut self, flow: FlowKey) -> u32 {
        let slot = Self::slot(flow.source.port(), flow.destination.port());
        let recent = self.recent[slot];
        if self.log.flows.get(recent as usize) == Some(&flow) {
            return recent;
        }
        let index = *self.flows.entry(flow).or_insert_with(|| {
            self.log.flows.push(flow);
            self.numbers.push(None);
            self.log.flows.len() as u32 - 1
        });
        self.recent[slot] = index;
        index
    }
}

impl LogBuilder<'_> {
    /// Counts a packet that the filter of a run should have rejected.
    pub fn add_other(&mut self, frame: u32) {
        self.log.other += 1;
        self.log.first_other = Some(self.log.first_other.map_or(frame, |first| first.min(frame)));
    }

    /// Counts a frame that no application sent.
    pub fn add_link_control(&mut self) {
        self.log.other += 1;
        self.log.link_control += 1;
    }

    /// The file says that packets were dropped between these times.
    pub fn note_drops(&mut self, count: u64, from: Wall, to: Wall) {
        self.log.dropped = Some(self.log.dropped.unwrap_or(0).saturating_add(count));
        self.blindness.add(BlindInterval { flow: None, why: UnreadableReason::Dropped, count, from, to });
    }

    /// Adds the drops that interface statistics count beyond those that single packets report.
    pub fn add_interface_statistics(&mut self, statistics: &[InterfaceStatistics]) {
        let reported = self.log.dropped.unwrap_or(0);
        let mut totals: HashMap<u32, (u64, Option<Wall>)> = HashMap::new();
        let mut total = 0_u64;
        let mut spans = Vec::new();
        for record in statistics {
            let (before, since) = totals.get(&record.interface).copied().unwrap_or((0, None));
            let more = record.dropped.saturating_sub(before);
            // Some programs stamp statistics with the start of the capture.
            let counted_at = record.time.filter(|time| Some(*time) > since.or(self.log.first));
            let until = counted_at.or(self.log.last).unwrap_or_default();
            if more > 0 {
                total = total.saturating_add(more);
                spans.push((more, since.or(self.log.first).unwrap_or(until), until));
            }
            totals.insert(record.interface, (record.dropped.max(before), Some(until)));
        }
        if statistics.is_empty() {
            return;
        }
        self.log.dropped = Some(reported.max(total));
        // If the packets themselves report all of them, the times of the drops are known better.
        if total > reported {
            for (count, from, to) in spans {
                self.blindness.add(BlindInterval { flow: None, why: UnreadableReason::Dropped, count, from, to });
            }
        }
    }

    pub fn finish(mut self) -> CaptureLog {
        self.choose_numbers();
        if self.unsorted {
            self.sort_by_frame();
        }
        let datagrams = DatagramSource::new(self.datagrams, self.texts);
        let wire_flows = self.blocks.map(BlockCollector::into_flows).unwrap_or_default();
        let late_copies = self.copies.late_copies().clone();
        CaptureLog { datagrams, wire_flows, late_copies, blind: self.blindness.into_intervals(), ..self.log }
    }

    /// Reads the messages' numbers where the texts hold several.
    fn choose_numbers(&mut self) {
        let CaptureLog { flows, icmp_errors, .. } = &mut self.log;
        let columns = std::mem::take(&mut self.columns);
        let binary = columns.binary_flows();
        let chosen = columns.apply(flows, &mut self.datagrams);
        let unidentified = unidentified_texts::drop_numbers(flows, &mut self.datagrams, &binary);
        // The texts of a chat are told apart by their words.
        for texts in unidentified.into_iter().filter(|_| !self.keeps_texts) {
            self.blindness.note_texts(texts.flow, texts.count, texts.first, texts.last);
        }
        // What routers quote of them was read like live texts.
        let is_chosen = |quoted: &FlowKey| self.flows.get(quoted).is_some_and(|flow| chosen.contains(flow));
        icmp_errors.update(|error| error.number = error.number.filter(|_| !is_chosen(&error.quoted)));
        self.log.later_numbers = chosen;
        self.log.bare_replies = bare_replies::number(&self.log.flows, &mut self.datagrams);
    }

    /// Puts the datagrams in the order of the file, with their texts.
    fn sort_by_frame(&mut self) {
        if self.texts.is_empty() {
            return self.datagrams.sort_by_key(|datagram| datagram.frame);
        }
        let mut both: Vec<_> = self.datagrams.drain(..).zip(self.texts.drain(..)).collect();
        both.sort_by_key(|(datagram, _)| datagram.frame);
        (self.datagrams, self.texts) = both.into_iter().unzip();
    }
}

/// The sightings of these datagrams, without those whose digest is not kept.
fn sightings(datagrams: &[Datagram], flows: &[FlowKey]) -> impl Iterator<Item = (DatagramKey, Wall)> {
    datagrams.iter().filter_map(|datagram| {
        let is_ipv4 = flows[datagram.flow as usize].source.is_ipv4();
        let key = DatagramKey {
            flow: datagram.flow,
            digest: datagram.digest?.get(),
            length: datagram.length,
            ip_id: is_ipv4.then(|| datagram.packet_id.map_or(0, |id| id.get() as u16)),
        };
        Some((key, datagram.time))
    })
}

/// Reads a text of which the end may be missing: a number is known only where its last digit is not the last byte there is.
#[inline]
fn text(payload: &[u8], complete: bool) -> Text {
    let read = message::read(payload);
    if complete {
        return read;
    }
    let longer = message::read(&[payload, b"0"].concat());
    if longer == read { read } else { Text { number: None, is_reply: longer.is_reply } }
}
