//! The one loop over the packets of a capture, for every kind of run: link types, tunnels, fragments, copies on several
//! interfaces.

use std::io::Read;

use super::captured_datagram::{CapturedDatagram, PacketContext};
use super::decode::{self, Decoded, Fragment};
use super::duplicate_frames::Vantage;
use super::link_header::link_view;
use super::link_type::LinkType;
use super::log_builder::LogBuilder;
use super::packet::{InterfaceStatistics, Packet};
use super::portless_fragments::PortlessFragments;
use super::reader::PacketReader;
use super::reassembly::{Arrival, IncompletePacket, Reassembled, Reassembler};
use super::retain::Retain;
use super::stamp_unit::StampUnit;
use crate::core::evidence::capture_log::{CaptureLog, Damage, UnreadableReason};

/// Limit for fragments inside packets that were fragmented themselves, as in tunnels.
const MAX_JOINED: usize = 4;

/// IP protocols.
const UDP: u8 = 17;
/// ICMP, TCP, `ICMPv6`: these carry no UDP datagram.
const NOT_UDP: [u8; 3] = [1, 6, 58];

pub(super) struct PacketLoop<'a> {
    builder: LogBuilder<'a>,
    reassembler: Reassembler,
    portless: PortlessFragments,
    stamp_unit: StampUnit,
}

impl<'a> PacketLoop<'a> {
    pub fn new(retain: Retain<'a>) -> Self {
        let (reassembler, portless) = (Reassembler::default(), PortlessFragments::default());
        Self { builder: LogBuilder::new(retain), reassembler, portless, stamp_unit: StampUnit::default() }
    }

    /// Reserves memory for datagrams.
    pub fn reserve(&mut self, datagrams: usize) {
        self.builder.reserve(datagrams);
    }

    /// The unit in which the stamps of the packets read so far count, nanoseconds.
    pub fn stamp_unit_ns(&self) -> u32 {
        self.stamp_unit.ns()
    }

    /// Reads all packets, up to the damage if there is one.
    pub fn run<R: Read>(&mut self, packets: &mut PacketReader<R>) -> Option<Damage> {
        loop {
            match packets.packet() {
                Ok(Some(packet)) => self.packet(&packet),
                Ok(None) => return None,
                Err(damage) => return Some(damage),
            }
        }
    }

    #[inline]
    fn packet(&mut self, packet: &Packet<'_>) {
        let log = &mut self.builder.log;
        log.packets += 1;
        let previous = log.last;
        let time = packet.time.unwrap_or(previous.unwrap_or_default());
        self.stamp_unit.note(time);
        if packet.time.is_some() {
            log.first.get_or_insert(time);
            log.last = Some(time);
        }
        if packet.dropped_before > 0 {
            self.builder.note_drops(packet.dropped_before, previous.unwrap_or(time), time);
        }
        let Some(link) = packet.link else {
            return self.builder.blindness.note(None, UnreadableReason::Link, time);
        };
        let frame = u32::try_from(self.builder.log.packets + u64::from(packet.others)).unwrap_or(u32::MAX);
        if let Some(plain) = decode::plain(link, packet.data, packet.length) {
            let vantage = match packet.interface {
                Some(interface) => Vantage::Interface(u64::from(interface) << 32),
                None => Vantage::view(link_view(link, packet.data), plain.ttl),
            };
            let datagram = self.builder.plain_datagram(&plain, vantage);
            if self.builder.add_datagram(&datagram, time, frame) {
                self.builder.log.untimed += u64::from(packet.time.is_none());
            }
            return;
        }
        let context = PacketContext {
            arrival: Arrival { time, frame, interface: packet.interface },
            cut: packet.data.len() < packet.length as usize,
            untimed: packet.time.is_none(),
            joined: 0,
            link_view: Some(link_view(link, packet.data)),
            direction: None,
            interface: None,
        };
        let decoded = decode::frame(link, packet.data, packet.length);
        if let Decoded::Fragment(fragment) = &decoded {
            self.builder.log.later_fragments += u64::from(fragment.offset != 0);
        }
        self.decoded(&decoded, context);
    }

    fn decoded(&mut self, decoded: &Decoded<'_>, context: PacketContext) {
        let Arrival { time, frame, .. } = context.arrival;
        match decoded {
            Decoded::Udp(udp) => {
                let datagram = self.builder.datagram(udp, &context);
                if self.builder.add_datagram(&datagram, time, frame) {
                    self.builder.log.cut += u64::from(context.cut);
                    self.builder.log.untimed += u64::from(context.untimed);
                }
            }
            Decoded::Tcp(tcp) => self.builder.add_segment(tcp, &context),
            Decoded::IcmpError(quote) => self.builder.add_icmp_error(quote, time, frame),
            Decoded::Fragment(fragment) => self.fragment(fragment, context),
            Decoded::TooShort => {
                self.builder.log.cut += 1;
                self.builder.blindness.note(None, UnreadableReason::Cut, time);
            }
            Decoded::LinkControl => self.builder.add_link_control(),
            Decoded::Other => self.builder.add_other(frame),
        }
    }

    /// Takes a fragment, and decodes the packet that it completes.
    fn fragment(&mut self, fragment: &Fragment<'_>, context: PacketContext) {
        if context.joined == MAX_JOINED {
            return self.builder.add_other(context.arrival.frame);
        }
        let direction = fragment.direction.or(context.direction);
        let interface = fragment.interface.or(context.interface);
        let state = self.reassembler.push(&Fragment { direction, interface, ..*fragment }, context.arrival);
        for incomplete in self.reassembler.expired() {
            self.incomplete(&incomplete);
        }
        if let Reassembled::Complete(packet) = state {
            let cut = packet.data.len() < packet.length as usize;
            let decoded = decode::frame(LinkType::Raw, &packet.data, packet.length);
            self.decoded(&decoded, PacketContext { cut, joined: context.joined + 1, direction, interface, ..context });
        }
    }

    /// Adds a packet with missing fragments. They may be missing in the capture only, so the capture is blind there.
    fn incomplete(&mut self, packet: &IncompletePacket) {
        let (first, last) = (packet.first, packet.last);
        let beginning = packet.beginning.as_deref();
        // The length says that more follows, so that the beginning is decoded as a cut packet.
        let decoded = beginning.map(|data| decode::frame(LinkType::Raw, data, data.len() as u32 + 1));
        let flow = match decoded {
            Some(Decoded::Udp(udp)) => {
                let context = PacketContext {
                    arrival: first,
                    cut: false,
                    untimed: false,
                    joined: 1,
                    // It is noted too late to be compared with the packets around it.
                    link_view: None,
                    direction: packet.direction,
                    interface: packet.interface,
                };
                let datagram = CapturedDatagram { incomplete: true, ..self.builder.datagram(&udp, &context) };
                if !self.builder.add_datagram(&datagram, first.time, first.frame) {
                    return;
                }
                Some(datagram.flow)
            }
            Some(Decoded::Tcp(_) | Decoded::IcmpError(_) | Decoded::LinkControl | Decoded::Other) => {
                return self.builder.add_other(first.frame);
            }
            None if packet.protocol == UDP => {
                return self.portless.note(packet.source, packet.destination, first.time, last);
            }
            None if NOT_UDP.contains(&packet.protocol) => return,
            // Inside a tunnel anything may follow.
            Some(Decoded::TooShort | Decoded::Fragment(_)) | None => None,
        };
        self.builder.blindness.note_span(flow, UnreadableReason::Fragment, first.time, last);
    }

    /// Ends the reading: gives up incomplete packets and adds the drops that the file itself counts.
    pub fn finish(mut self, statistics: &[InterfaceStatistics]) -> CaptureLog {
        for incomplete in self.reassembler.finish() {
            self.incomplete(&incomplete);
        }
        self.builder.add_interface_statistics(statistics);
        self.portless.blind_flows(&self.builder.log.flows, &mut self.builder.blindness);
        self.builder.finish()
    }
}
