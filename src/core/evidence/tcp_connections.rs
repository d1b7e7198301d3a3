//! TCP connections of a capture (RFC 9293): segments, handshakes, bytes in each direction, retransmissions, and how
//! each connection was closed.
//!
//! A capture shows what passed at its host. Data that it shows twice was retransmitted. Data that arrives after later data
//! was either retransmitted, because the first copy was lost before the capture, or reordered; the capture cannot distinguish
//! these, so they are counted apart.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::ops::Range;

use super::flow::FlowKey;
use super::source::Source;
use super::tcp_direction::DirectionState;
use crate::core::time::Wall;

/// Bytes of stream data kept per capture; the rest is only counted.
pub const MAX_KEPT: usize = 64 << 20;

/// The flags of a segment (RFC 9293, section 3.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags(pub u8);

impl Flags {
    /// No more data from the sender.
    pub const FIN: u8 = 0x01;
    /// Synchronize sequence numbers.
    pub const SYN: u8 = 0x02;
    /// Reset the connection.
    pub const RST: u8 = 0x04;
    /// The acknowledgment field means something.
    pub const ACK: u8 = 0x10;

    /// Whether a flag is set.
    pub const fn has(self, flag: u8) -> bool {
        self.0 & flag != 0
    }
}

/// One TCP segment as a capture shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TcpSegment {
    /// The capturing host's stamp.
    pub time: Wall,
    /// The frame's number in the file, from 1.
    pub frame: u32,
    /// Index into [`TcpSegments::flows`].
    pub flow: u32,
    /// Sequence number.
    pub seq: u32,
    /// Acknowledgment number.
    pub ack: u32,
    /// Flags.
    pub flags: Flags,
    /// Window, unscaled.
    pub window: u16,
    /// Length of its data by the headers, bytes.
    pub length: u32,
    /// Where in [`TcpSegments::bytes`] its data lies, as far as it was captured and kept.
    pub kept: Range<usize>,
}

/// The TCP segments of a capture.
#[derive(Clone, Debug, Default)]
pub struct TcpSegments {
    /// From where to where, by index from [`TcpSegment::flow`].
    pub flows: Vec<FlowKey>,
    /// They, in the order of the file.
    pub all: Source<TcpSegment>,
    /// Their data.
    pub bytes: Vec<u8>,
}

impl TcpSegments {
    /// Adds a segment with its data, which is kept as long as there is room.
    pub fn push(&mut self, mut segment: TcpSegment, data: &[u8]) {
        let start = self.bytes.len();
        let data = if start + data.len() <= MAX_KEPT { data } else { &[] };
        self.bytes.extend_from_slice(data);
        segment.kept = start..start + data.len();
        self.all.push(segment);
    }

    /// Adds the segments of a later file of the same capture, whose frames are numbered on from `frames`.
    pub fn append(&mut self, later: &Self, frames: u32) {
        for segment in &later.all {
            let ends = later.flows[segment.flow as usize];
            let flow = self.flows.iter().position(|own| *own == ends).unwrap_or_else(|| {
                self.flows.push(ends);
                self.flows.len() - 1
            }) as u32;
            let data = later.bytes.get(segment.kept.clone()).unwrap_or_default();
            self.push(TcpSegment { frame: segment.frame.saturating_add(frames), flow, ..segment.clone() }, data);
        }
    }

    /// The connections that the segments make up, in the order in which each was first seen.
    pub fn connections(&self) -> Vec<Connection> {
        let mut found: Vec<Builder> = Vec::new();
        let mut current: HashMap<(SocketAddr, SocketAddr), usize> = HashMap::new();
        for segment in &self.all {
            let Some(flow) = self.flows.get(segment.flow as usize) else { continue };
            let (low, high) = (flow.source.min(flow.destination), flow.source.max(flow.destination));
            let known = current.get(&(low, high)).copied().filter(|index| !found[*index].is_over_for(flow, segment));
            let index = known.unwrap_or_else(|| {
                found.push(Builder::new(*flow, segment));
                current.insert((low, high), found.len() - 1);
                found.len() - 1
            });
            found[index].take(*flow, segment);
        }
        found.into_iter().map(|builder| builder.connection).collect()
    }
}

/// A moment in a capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TcpFrameRef {
    /// The capturing host's stamp.
    pub time: Wall,
    /// The frame's number in the file.
    pub frame: u32,
}

/// An end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Endpoint {
    /// The one that opened it.
    Client,
    /// The one that was listening.
    Server,
}

impl Endpoint {
    /// The one at the other end.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }
}

/// New bytes of a stream, as they came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamChunk {
    /// When and where.
    pub mark: TcpFrameRef,
    /// The place of the first of them in the stream, 0 for the very first byte.
    pub offset: u64,
    /// How many.
    pub length: u64,
    /// Where in [`TcpSegments::bytes`] they lie; shorter where not all was captured or kept.
    pub kept: Range<usize>,
}

/// What one end sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DirectionStats {
    /// Segments, of whatever kind.
    pub segments: u64,
    /// Different bytes of data.
    pub bytes: u64,
    /// Bytes that the other end acknowledged; 0 where it acknowledged none.
    pub acknowledged: u64,
    /// Retransmissions: segments whose data, SYN or FIN the capture had shown before.
    pub repeated: u64,
    /// Bytes in them that were sent again.
    pub repeated_bytes: u64,
    /// Segments that filled a gap: sent again after a loss before the capture, or overtaken.
    pub filled: u64,
    /// Keep-alive or window probes: empty segments one byte before the expected one.
    pub probes: u64,
    /// Bytes that the capture never showed although later ones passed.
    pub missing: u64,
    /// Its FIN.
    pub fin: Option<TcpFrameRef>,
    /// The other end's acknowledgment of that.
    pub fin_acknowledged: Option<TcpFrameRef>,
    /// Its RST, the first that the other end accepts and after which it sent no more data.
    pub rst: Option<TcpFrameRef>,
    /// The first and the last frame.
    pub span: Option<(TcpFrameRef, TcpFrameRef)>,
    /// Whether it acknowledged anything, which proves that it received from the other end.
    pub has_heard: bool,
    /// Times at which it sent something again that the other end never acknowledged.
    pub unanswered: u32,
    /// The data, in the order in which it came.
    pub blocks: Vec<StreamChunk>,
}

/// How a connection was closed, as far as the capture goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Close {
    /// Nothing of a close was seen.
    None,
    /// Both ends closed in order, this one first.
    Fin {
        /// The end that closed first.
        first: Endpoint,
    },
    /// This end closed its direction, and the other did not within the capture.
    HalfClosed {
        /// The end that closed.
        by: Endpoint,
    },
    /// This end reset it.
    Reset {
        /// The end that reset.
        by: Endpoint,
        /// The end that had closed its direction before, if any.
        after_fin: Option<Endpoint>,
    },
    /// The SYN was answered by a reset: nothing is listening there.
    Refused,
    /// The SYN was never answered.
    Unanswered,
    /// The capture shows what one end sent, and nothing of the other: it cannot tell.
    OneSided,
    /// This end went on repeating, and nothing came back any more.
    Silence {
        /// The end that got no answer.
        speaker: Endpoint,
    },
}

/// One connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// The end that opened the connection: by its SYN, else the end with the higher port.
    pub client: SocketAddr,
    /// The listening end.
    pub server: SocketAddr,
    /// The SYN, the SYN with ACK, and the first ACK of the client.
    pub handshake: [Option<TcpFrameRef>; 3],
    /// What the client sent.
    pub from_client: DirectionStats,
    /// What the server sent.
    pub from_server: DirectionStats,
}

/// Unanswered retransmissions after which the other end counts as gone.
const SILENT_AFTER: u32 = 3;

impl Connection {
    /// What an end sent.
    pub const fn way(&self, from: Endpoint) -> &DirectionStats {
        match from {
            Endpoint::Client => &self.from_client,
            Endpoint::Server => &self.from_server,
        }
    }

    /// Whether all three steps of the handshake were seen.
    pub fn has_handshake(&self) -> bool {
        self.handshake.iter().all(Option::is_some)
    }

    /// How it was closed.
    pub fn close(&self) -> Close {
        let ends = [Endpoint::Client, Endpoint::Server];
        let first = |mark: fn(&DirectionStats) -> Option<TcpFrameRef>| {
            let marks = ends.into_iter().filter_map(|end| Some((mark(self.way(end))?.frame, end)));
            marks.min_by_key(|(frame, _)| *frame)
        };
        let fin = first(|way| way.fin);
        if let Some((frame, by)) = first(|way| way.rst) {
            let syn_only = self.handshake[0].is_some() && self.handshake[1].is_none();
            if by == Endpoint::Server && syn_only && self.from_client.bytes == 0 {
                return Close::Refused;
            }
            // A reset after both ends had closed in order is of no consequence: to a late segment, say.
            let done = ends.iter().all(|end| self.way(*end).fin_acknowledged.is_some_and(|mark| mark.frame < frame));
            if !done {
                return Close::Reset { by, after_fin: fin.filter(|(fin, _)| *fin < frame).map(|(_, end)| end) };
            }
        }
        let silent = ends.into_iter().find(|end| self.way(*end).unanswered >= SILENT_AFTER);
        match (fin, self.from_client.fin.is_some() && self.from_server.fin.is_some()) {
            (Some((_, first)), true) => Close::Fin { first },
            _ if self.from_server.segments == 0 && !self.from_client.has_heard && self.handshake[0].is_some() => {
                Close::Unanswered
            }
            _ if ends.iter().any(|end| self.way(*end).segments == 0) => Close::OneSided,
            (_, false) if silent.is_some() => Close::Silence { speaker: silent.unwrap_or(Endpoint::Client) },
            (Some((_, by)), false) => Close::HalfClosed { by },
            (None, _) => Close::None,
        }
    }
}

/// Puts a connection together.
struct Builder {
    connection: Connection,
    client: DirectionState,
    server: DirectionState,
}

impl Builder {
    fn new(flow: FlowKey, segment: &TcpSegment) -> Self {
        let opens = segment.flags.has(Flags::SYN);
        let from_client = match (opens, segment.flags.has(Flags::ACK)) {
            (true, answers) => !answers,
            // The listening end has the smaller port as a rule.
            (false, _) => flow.source.port() > flow.destination.port(),
        };
        let (client, server) =
            if from_client { (flow.source, flow.destination) } else { (flow.destination, flow.source) };
        Self {
            connection: Connection {
                client,
                server,
                handshake: [None; 3],
                from_client: DirectionStats::default(),
                from_server: DirectionStats::default(),
            },
            client: DirectionState::default(),
            server: DirectionState::default(),
        }
    }

    /// Whether a segment opens another connection between the same ends.
    fn is_over_for(&self, flow: &FlowKey, segment: &TcpSegment) -> bool {
        let opens = segment.flags.has(Flags::SYN) && !segment.flags.has(Flags::ACK);
        let reversed = flow.source != self.connection.client;
        let same = self.client.base == Some(segment.seq.wrapping_add(1));
        opens && (reversed || !same)
    }

    fn take(&mut self, flow: FlowKey, segment: &TcpSegment) {
        let from = if flow.source == self.connection.client { Endpoint::Client } else { Endpoint::Server };
        let mark = TcpFrameRef { time: segment.time, frame: segment.frame };
        self.shake_hands(from, segment, mark);
        let flags = segment.flags;
        let (way, course, other_way, other) = match from {
            Endpoint::Client => {
                (&mut self.connection.from_client, &mut self.client, &mut self.connection.from_server, &mut self.server)
            }
            Endpoint::Server => {
                (&mut self.connection.from_server, &mut self.server, &mut self.connection.from_client, &mut self.client)
            }
        };
        way.segments += 1;
        way.span = Some((way.span.map_or(mark, |(first, _)| first), mark));
        // A peer that sends is alive.
        other_way.unanswered = 0;
        if flags.has(Flags::ACK) && !flags.has(Flags::RST) && other.base.is_some() {
            let acknowledged = other.offset(segment.ack);
            if acknowledged <= other.next && acknowledged > other.acknowledged {
                other.acknowledged = acknowledged;
                // An end that goes on listening has not been reset, whoever sent its RST.
                way.rst = None;
                let data = other.fin.map_or(acknowledged, |fin| acknowledged.min(fin));
                other_way.acknowledged = data.max(0) as u64;
                if other.fin.is_some_and(|fin| acknowledged > fin) {
                    other_way.fin_acknowledged.get_or_insert(mark);
                }
            }
        }
        way.has_heard |= flags.has(Flags::ACK) && !flags.has(Flags::RST);
        if flags.has(Flags::RST) {
            if course.accepts_reset(segment.seq, other.window) {
                way.rst.get_or_insert(mark);
            }
            return;
        }
        course.window = segment.window;
        if segment.length > 0 {
            way.rst = None;
        }
        let syn = flags.has(Flags::SYN);
        if course.base.is_none() {
            course.base = Some(if syn { segment.seq.wrapping_add(1) } else { segment.seq });
            course.next = if syn { -1 } else { 0 };
            course.acknowledged = course.next;
        }
        let start = course.offset(segment.seq);
        let data = start + i64::from(syn);
        let end = data + i64::from(segment.length);
        let fin = flags.has(Flags::FIN);
        let last = end + i64::from(fin);
        if last == start {
            // Nothing that takes a number.
            if start == course.next - 1 && !syn {
                way.probes += 1;
                way.unanswered += 1;
            }
            return;
        }
        let old_next = course.next;
        let fresh = course.see(start, last);
        course.next = course.next.max(last);
        if fin {
            course.fin = Some(end);
            way.fin.get_or_insert(mark);
        }
        let new: i64 = fresh.iter().map(|(from, to)| to - from).sum();
        if new < last - start {
            way.repeated += 1;
            way.repeated_bytes += ((last - start) - new) as u64;
            way.unanswered += 1;
        } else if start < old_next {
            way.filled += 1;
        }
        for (from, to) in fresh {
            let (from, to) = (from.max(data), to.min(end));
            if from < to {
                way.bytes += (to - from) as u64;
                let cut = |at: i64| (segment.kept.start + (at - data) as usize).min(segment.kept.end);
                way.blocks.push(StreamChunk {
                    mark,
                    offset: from.max(0) as u64,
                    length: (to - from) as u64,
                    kept: cut(from)..cut(to),
                });
            }
        }
        course.covered += new;
        let first = course.seen.keys().next().copied().unwrap_or(0);
        way.missing = (course.next - first - course.covered).max(0) as u64;
    }

    fn shake_hands(&mut self, from: Endpoint, segment: &TcpSegment, mark: TcpFrameRef) {
        let (syn, ack) = (segment.flags.has(Flags::SYN), segment.flags.has(Flags::ACK));
        let [first, second, third] = &mut self.connection.handshake;
        match (from, syn, ack) {
            (Endpoint::Client, true, false) => _ = first.get_or_insert(mark),
            (Endpoint::Server, true, true) => _ = second.get_or_insert(mark),
            (Endpoint::Client, false, true) if second.is_some() && !segment.flags.has(Flags::RST) => {
                third.get_or_insert(mark);
            }
            _ => {}
        }
    }
}

/// The data of one direction in stream order: out-of-order chunks wait for the gap before them. Each chunk comes with
/// the time at which it was complete. Stops at the first gap that was never filled, and at the first byte that was not
/// kept.
pub fn in_order(blocks: &[StreamChunk]) -> Vec<(TcpFrameRef, Range<usize>)> {
    let mut next = blocks.first().map_or(0, |piece| piece.offset);
    next = blocks.iter().map(|piece| piece.offset).min().map_or(next, |least| least.min(next));
    let mut waiting: BTreeMap<u64, &StreamChunk> = BTreeMap::new();
    let mut ordered = Vec::with_capacity(blocks.len());
    for piece in blocks {
        waiting.insert(piece.offset, piece);
        while let Some(ready) = waiting.remove(&next) {
            if (ready.kept.len() as u64) < ready.length {
                return ordered;
            }
            next += ready.length;
            ordered.push((piece.mark, ready.kept.clone()));
        }
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLIENT: &str = "192.168.1.10:40001";
    const SERVER: &str = "203.0.113.2:12345";

    /// A capture in the making: each segment a millisecond after the one before.
    #[derive(Default)]
    struct Film(TcpSegments);

    impl Film {
        fn add(mut self, from: Endpoint, seq: u32, ack: u32, flags: u8, data: &str) -> Self {
            let (client, server) = (CLIENT.parse().unwrap(), SERVER.parse().unwrap());
            let flow = match from {
                Endpoint::Client => FlowKey { source: client, destination: server },
                Endpoint::Server => FlowKey { source: server, destination: client },
            };
            let known = self.0.flows.iter().position(|other| *other == flow);
            let index = known.unwrap_or_else(|| {
                self.0.flows.push(flow);
                self.0.flows.len() - 1
            });
            let frame = self.0.all.len() as u32 + 1;
            let segment = TcpSegment {
                time: Wall(i64::from(frame) * 1_000_000),
                frame,
                flow: index as u32,
                seq,
                ack,
                flags: Flags(flags),
                window: 1000,
                length: data.len() as u32,
                kept: 0..0,
            };
            self.0.push(segment, data.as_bytes());
            self
        }

        fn opened() -> Self {
            Self::default()
                .add(Endpoint::Client, 99, 0, Flags::SYN, "")
                .add(Endpoint::Server, u32::MAX, 100, Flags::SYN | Flags::ACK, "")
                .add(Endpoint::Client, 100, 0, Flags::ACK, "")
        }

        fn only(&self) -> Connection {
            let mut connections = self.0.connections();
            assert_eq!(connections.len(), 1, "{connections:#?}");
            connections.remove(0)
        }

        fn text(&self, way: &DirectionStats) -> String {
            let ordered = in_order(&way.blocks);
            ordered.iter().map(|(_, kept)| std::str::from_utf8(&self.0.bytes[kept.clone()]).unwrap()).collect()
        }
    }

    const ACK: u8 = Flags::ACK;
    const FIN: u8 = Flags::FIN | Flags::ACK;
    const RST: u8 = Flags::RST | Flags::ACK;

    #[test]
    fn a_conversation_with_handshake_and_close_in_order() {
        for first in [Endpoint::Client, Endpoint::Server] {
            let film = Film::opened().add(Endpoint::Client, 100, 0, ACK, "Ol").add(Endpoint::Client, 102, 0, ACK, "a!");
            let film = film.add(Endpoint::Server, 0, 104, ACK, "oi");
            let film = match first {
                Endpoint::Client => film
                    .add(Endpoint::Client, 104, 2, FIN, "")
                    .add(Endpoint::Server, 2, 105, FIN, "")
                    .add(Endpoint::Client, 105, 3, ACK, ""),
                Endpoint::Server => film
                    .add(Endpoint::Server, 2, 104, FIN, "")
                    .add(Endpoint::Client, 104, 3, FIN, "")
                    .add(Endpoint::Server, 3, 105, ACK, ""),
            };
            let seen = film.only();
            assert_eq!((seen.client.to_string(), seen.server.to_string()), (CLIENT.into(), SERVER.into()));
            assert_eq!(seen.handshake.map(|mark| mark.map(|mark| mark.frame)), [Some(1), Some(2), Some(3)]);
            assert_eq!((seen.from_client.bytes, seen.from_client.acknowledged), (4, 4));
            assert_eq!((seen.from_server.bytes, seen.from_server.acknowledged), (2, 2));
            assert_eq!(seen.close(), Close::Fin { first });
            assert!(seen.from_client.fin_acknowledged.is_some() && seen.from_server.fin_acknowledged.is_some());
            assert_eq!((film.text(&seen.from_client), film.text(&seen.from_server)), ("Ola!".into(), "oi".into()));
            assert_eq!(seen.from_client.repeated + seen.from_client.filled + seen.from_client.probes, 0);
        }
    }

    #[test]
    fn repeated_bytes_are_retransmissions_and_late_ones_fill_gaps() {
        let film = Film::opened()
            .add(Endpoint::Client, 100, 0, ACK, "one")
            .add(Endpoint::Client, 106, 0, ACK, "three")
            .add(Endpoint::Client, 103, 0, ACK, "two")
            .add(Endpoint::Client, 103, 0, ACK, "two")
            .add(Endpoint::Client, 110, 0, ACK, "")
            .add(Endpoint::Client, 111, 0, ACK, "");
        let way = film.only().from_client;
        assert_eq!((way.bytes, way.repeated, way.repeated_bytes, way.filled), (11, 1, 3, 1));
        assert_eq!((way.probes, way.missing), (1, 0), "one byte back and empty: a keep-alive");
        assert_eq!(film.text(&way), "onetwothree");
    }

    #[test]
    fn a_gap_is_missing_and_nothing_behind_it_is_read() {
        let film = Film::opened().add(Endpoint::Client, 100, 0, ACK, "one").add(Endpoint::Client, 106, 0, ACK, "three");
        let way = film.only().from_client;
        assert_eq!((way.bytes, way.missing), (8, 3));
        assert_eq!(film.text(&way), "one");
    }

    #[test]
    fn a_stream_full_of_gaps_is_read_in_no_time() {
        let begun = std::time::Instant::now();
        let gaps = 100_000;
        let mut film = Film::opened();
        film.0.bytes.reserve(gaps as usize);
        for index in 0..gaps {
            film = film.add(Endpoint::Client, 100 + 2 * index, 0, ACK, "x");
        }
        assert_eq!(film.only().from_client.missing, u64::from(gaps) - 1);
        assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
    }

    #[test]
    fn resets_are_told_by_whom_and_after_what() {
        let close = |film: Film| film.only().close();
        let talk = || Film::opened().add(Endpoint::Client, 100, 0, ACK, "oi");
        assert_eq!(close(talk()), Close::None);
        assert_eq!(
            close(talk().add(Endpoint::Client, 102, 0, RST, "")),
            Close::Reset { by: Endpoint::Client, after_fin: None }
        );
        let fin_then_reset = talk().add(Endpoint::Server, 0, 102, FIN, "").add(Endpoint::Client, 102, 1, RST, "");
        assert_eq!(close(fin_then_reset), Close::Reset { by: Endpoint::Client, after_fin: Some(Endpoint::Server) });
        assert_eq!(close(talk().add(Endpoint::Server, 0, 102, FIN, "")), Close::HalfClosed { by: Endpoint::Server });
        let refused =
            Film::default().add(Endpoint::Client, 99, 0, Flags::SYN, "").add(Endpoint::Server, 0, 100, RST, "");
        assert_eq!(close(refused), Close::Refused);
        let unanswered =
            Film::default().add(Endpoint::Client, 99, 0, Flags::SYN, "").add(Endpoint::Client, 99, 0, Flags::SYN, "");
        assert_eq!(unanswered.only().from_client.repeated, 1);
        assert_eq!(close(unanswered), Close::Unanswered);
        let in_vain = (0..4).fold(talk(), |film, _| film.add(Endpoint::Client, 100, 0, ACK, "oi"));
        assert_eq!(close(in_vain), Close::Silence { speaker: Endpoint::Client });
    }

    #[test]
    fn a_reset_outside_the_window_or_before_data_closes_nothing() {
        let talk = || Film::opened().add(Endpoint::Client, 100, 0, ACK, "oi").add(Endpoint::Server, 0, 102, ACK, "ola");
        for seq in [77_000, 3_000_000_000] {
            assert_eq!(talk().add(Endpoint::Server, seq, 102, RST, "").only().close(), Close::None, "{seq}");
        }
        let forged = || talk().add(Endpoint::Server, 3, 102, RST, "");
        assert_eq!(forged().only().close(), Close::Reset { by: Endpoint::Server, after_fin: None });
        assert_eq!(forged().add(Endpoint::Server, 3, 102, ACK, "mais").only().close(), Close::None);
        let goes_on = forged().add(Endpoint::Client, 102, 3, ACK, "oi?").add(Endpoint::Server, 3, 105, ACK, "");
        assert_eq!(goes_on.only().close(), Close::None);
        // What was on its way when the reset was sent.
        let crossing = forged().add(Endpoint::Client, 102, 3, ACK, "oi?");
        assert_eq!(crossing.only().close(), Close::Reset { by: Endpoint::Server, after_fin: None });
    }

    #[test]
    fn a_capture_of_one_direction_does_not_tell_of_the_other() {
        // A filter such as `dst port 12345`.
        let talk = || {
            let film =
                Film::default().add(Endpoint::Client, 99, 0, Flags::SYN, "").add(Endpoint::Client, 100, 1, ACK, "");
            film.add(Endpoint::Client, 100, 1, ACK, "oi")
        };
        assert_eq!(talk().only().close(), Close::OneSided);
        assert_eq!(
            (0..4).fold(talk(), |film, _| film.add(Endpoint::Client, 100, 1, ACK, "oi")).only().close(),
            Close::OneSided
        );
        assert_eq!(talk().add(Endpoint::Client, 102, 1, FIN, "").only().close(), Close::OneSided);
        let answers = Film::default().add(Endpoint::Server, u32::MAX, 100, Flags::SYN | Flags::ACK, "");
        assert_eq!(answers.only().close(), Close::OneSided);
    }

    #[test]
    fn a_reset_after_both_have_closed_changes_nothing() {
        let film = Film::opened()
            .add(Endpoint::Client, 100, 0, FIN, "")
            .add(Endpoint::Server, 0, 101, FIN, "")
            .add(Endpoint::Client, 101, 1, ACK, "")
            .add(Endpoint::Client, 101, 0, Flags::RST, "");
        assert_eq!(film.only().close(), Close::Fin { first: Endpoint::Client });
    }

    #[test]
    fn another_syn_is_another_connection_and_the_same_one_is_not() {
        let film =
            Film::opened().add(Endpoint::Client, 100, 0, FIN, "").add(Endpoint::Client, 77_000, 0, Flags::SYN, "");
        assert_eq!(film.0.connections().len(), 2);
        let film = Film::opened().add(Endpoint::Client, 99, 0, Flags::SYN, "");
        assert_eq!(film.0.connections().len(), 1);
    }

    #[test]
    fn a_capture_that_began_late_knows_no_handshake() {
        let film = Film::default().add(Endpoint::Server, 500, 100, ACK, "oi").add(Endpoint::Client, 100, 502, ACK, "");
        let seen = film.only();
        assert_eq!((seen.client.to_string().as_str(), seen.has_handshake()), (CLIENT, false));
        assert_eq!((seen.from_server.bytes, seen.from_server.acknowledged), (2, 2));
    }

    #[test]
    fn sequence_numbers_wrap() {
        let start = u32::MAX - 2;
        let film = Film::default()
            .add(Endpoint::Client, start, 0, Flags::SYN, "")
            .add(Endpoint::Client, start.wrapping_add(1), 0, ACK, "abcd")
            .add(Endpoint::Client, start.wrapping_add(5), 0, ACK, "ef");
        let way = film.only().from_client;
        assert_eq!((way.bytes, way.missing, film.text(&way).as_str()), (6, 0, "abcdef"));
    }
}
