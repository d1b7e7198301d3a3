//! The result document of a file transfer: what each receiver got, and where its missing blocks were lost.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use super::counts::{PointCounts, SegmentCounts};
use super::envelope::Envelope;
use super::path::SegmentName;
use crate::core::evidence::journal_run::Role;
use crate::core::evidence::transfer_records::{Blocks, ReceiverReport, TransferCounters};
use crate::core::protocol::transfer::{Mode, TransferError};
use crate::core::time::{SECOND, Wall};

/// One transfer, as its witnesses tell it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TransferDocument {
    /// What every document begins with.
    #[serde(flatten)]
    pub envelope: Envelope,
    /// How the file travelled.
    pub mode: Mode,
    /// The file's name; `null` if unknown.
    pub name: Option<String>,
    /// The file's size, bytes; `null` if unknown.
    pub size_bytes: Option<u64>,
    /// Its SHA-256, hexadecimal; `null` where the mode has none.
    pub sha256: Option<String>,
    /// Number of receivers; `null` if unknown to this receiver.
    pub clients: Option<u16>,
    /// Bytes of a block; `null` where there are none.
    pub block_bytes: Option<u32>,
    /// When the transfer began, nanoseconds since 1970.
    pub start_ns: Wall,
    /// One for each receiver.
    pub transfers: Vec<Transfer>,
}

/// The file's way to one receiver.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Transfer {
    /// The receiver's number, from 1.
    pub number: u16,
    /// The other end of the control connection.
    pub peer: Option<SocketAddr>,
    /// The receiver's data port.
    pub client_port: Option<u16>,
    /// The sender's data port.
    pub server_port: Option<u16>,
    /// Whether the whole file is there: by its SHA-256, in the classic mode by its size; `null` if unknown.
    pub complete: Option<bool>,
    /// Why it ended early.
    pub error: Option<TransferError>,
    /// Bytes of the file that were sent, repetitions not counted; `null` at a receiver.
    pub bytes_sent: Option<u64>,
    /// Bytes of the file received, each once; `null` if unknown.
    pub bytes_received: Option<u64>,
    /// From the start to the last byte, at the receiver if it reported it, nanoseconds.
    pub took_ns: Option<i64>,
    /// The blocks; `null` for modes without blocks.
    pub blocks: Option<Blocks>,
    /// The receive buffer that the receiver's kernel granted.
    pub recv_buffer_bytes: Option<u64>,
    /// The transport's own counters, where it has some.
    pub transport: Option<TransferCounters>,
    /// Where the receiver put the file.
    pub path: Option<String>,
    /// Bytes received a second.
    pub bytes_per_second: Option<f64>,
    /// Distinct blocks seen at each point; `null` for modes without blocks.
    pub points: Option<PointCounts>,
    /// The lost blocks; `null` for modes without blocks, or if it is unknown which end has which.
    pub loss: Option<Loss>,
    /// What captures show of the file's way, the control connection left out in modes that have another.
    pub wire: Wire,
    /// Bytes sent or received over time; `null` without records.
    pub throughput: Option<Throughput>,
}

impl Transfer {
    /// A transfer of which only the report is known.
    pub fn of(report: ReceiverReport) -> Self {
        Self {
            number: report.number,
            peer: report.peer,
            client_port: report.client_port,
            server_port: report.server_port,
            complete: report.complete,
            error: report.error,
            bytes_sent: report.bytes_sent,
            bytes_received: report.bytes_received,
            took_ns: report.took_ns,
            blocks: report.blocks,
            recv_buffer_bytes: report.recv_buffer_bytes,
            transport: report.transport,
            path: report.path,
            bytes_per_second: bytes_per_second(report.bytes_received, report.took_ns),
            ..Self::default()
        }
    }
}

/// The rate at which a file was received; `None` if its bytes or its time are unknown.
pub fn bytes_per_second(bytes: Option<u64>, took_ns: Option<i64>) -> Option<f64> {
    let (bytes, took) = bytes.zip(took_ns.filter(|took| *took > 0))?;
    Some(bytes as f64 * SECOND as f64 / took as f64)
}

/// The lost blocks of one receiver.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Loss {
    /// Blocks sent and not received; at a receiver alone, blocks of the file that did not come. At least so many, where
    /// [`Self::lost_at_most`] is more.
    pub lost: u64,
    /// So many at the most: blocks with the same content are not told apart from copies that the network made.
    pub lost_at_most: u64,
    /// Blocks sent; at a receiver alone, blocks of the file.
    pub sent: u64,
    /// Where.
    pub lost_by_segment: LossBySegment,
    /// The losses over the file; `null` if it is unknown which blocks were lost.
    pub map: Option<LossMap>,
    /// What to do about it.
    pub advice: Vec<Advice>,
}

impl Loss {
    /// Whether the number of lost blocks is known exactly.
    pub const fn is_exact(&self) -> bool {
        self.lost == self.lost_at_most
    }
}

/// Lost blocks by segment, each counted once. A count is what is proven; the undetermined ones belong to the segments
/// in `possible`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LossBySegment {
    /// By segment.
    #[serde(flatten)]
    pub counts: SegmentCounts,
    /// Of those lost in the receiver's host, at least so many were dropped at its socket, by the socket's drop counter; `null` where it is unknown
    /// what the counter counted.
    pub receiver_socket: Option<u64>,
    /// The segments in which the undetermined ones can have been lost.
    pub possible: Vec<SegmentName>,
}

impl Default for LossBySegment {
    fn default() -> Self {
        Self { counts: SegmentCounts::new(&SegmentName::TRANSFER), receiver_socket: Some(0), possible: Vec::new() }
    }
}

impl LossBySegment {
    /// The proven losses of a segment.
    pub fn get(&self, segment: SegmentName) -> u64 {
        self.counts.get(segment).unwrap_or(0)
    }

    /// Adds blocks that were lost in one of these segments; none means unknown.
    pub fn add(&mut self, blocks: u64, segments: &[SegmentName]) {
        if blocks == 0 {
            return;
        }
        self.counts.add(blocks, segments);
        if segments.len() != 1 {
            let segments = if segments.is_empty() { &SegmentName::TRANSFER } else { segments };
            self.possible
                .extend(segments.iter().filter(|segment| !self.possible.contains(segment)).collect::<Vec<_>>());
            self.possible.sort_unstable();
        }
    }

    /// Attributes losses to the receiver's drop counter, which counts bad checksums, copies and strangers' datagrams as well:
    /// `others` is how many of these it may have counted, `None` if unknown. Drops beyond the proven losses happened in the
    /// socket. A counter that exceeds the possible losses has counted something unknown, so nothing is attributed.
    pub fn attribute_socket_drops(&mut self, drops: Option<u64>, others: Option<u64>) {
        if drops == Some(0) {
            self.receiver_socket = Some(0);
            return;
        }
        let proven = self.get(SegmentName::ReceiverHost);
        let open = if self.possible.contains(&SegmentName::ReceiverHost) { self.counts.undetermined } else { 0 };
        let dropped = drops.zip(others).map(|(drops, others)| drops.saturating_sub(others));
        // Where all may have been something else, it is not known that none was a block.
        self.receiver_socket = dropped.filter(|dropped| (1..=proven.saturating_add(open)).contains(dropped));
        let more = self.receiver_socket.unwrap_or(0).saturating_sub(proven);
        self.counts.add(more, &[SegmentName::ReceiverHost]);
        self.counts.undetermined -= more;
        if self.counts.undetermined == 0 {
            self.possible.clear();
        }
    }

    /// Makes up to `blocks` losses that the network is blamed for undetermined: as many datagrams came to the receiver's wire
    /// of which it is unknown which block they were.
    pub fn widen_by_arrivals(&mut self, blocks: u64) {
        let blamed = self.get(SegmentName::Network).min(blocks);
        self.counts.remove(blamed, SegmentName::Network);
        self.add(blamed, &[SegmentName::Network, SegmentName::ReceiverHost]);
        let is_networks = self.possible.contains(&SegmentName::Network);
        if blocks > 0 && is_networks && !self.possible.contains(&SegmentName::ReceiverHost) {
            self.possible.push(SegmentName::ReceiverHost);
            self.possible.sort_unstable();
        }
    }
}

/// Lost blocks over the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LossMap {
    /// Blocks of the file in each cell, but for the last one.
    pub blocks_per_cell: u64,
    /// Lost blocks in each.
    pub lost: Vec<u64>,
}

/// Cells of a map, and of a throughput, at the most.
pub const MAX_CELLS: u64 = 60;

impl LossMap {
    /// An empty map for `blocks` blocks.
    pub fn new(blocks: u64) -> Self {
        let blocks_per_cell = blocks.div_ceil(MAX_CELLS).max(1);
        Self { blocks_per_cell, lost: vec![0; blocks.div_ceil(blocks_per_cell) as usize] }
    }

    /// Enters lost blocks, from `first` to `last`.
    pub fn add(&mut self, first: u64, last: u64) {
        let per_cell = self.blocks_per_cell;
        let cells = self.lost.iter_mut().zip((0..).step_by(per_cell as usize));
        for (cell, start) in cells.skip((first / per_cell).min(MAX_CELLS) as usize) {
            if last < start {
                break;
            }
            *cell += last.min(start + per_cell - 1) - first.max(start) + 1;
        }
    }
}

/// How much of the file passed when, from the start of the transfer on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Throughput {
    /// Which end noted it: the sender, as the server, or the receiver.
    pub role: Role,
    /// The time of each cell, nanoseconds.
    pub cell_ns: i64,
    /// Bytes in each.
    pub bytes: Vec<u64>,
}

/// What the two captures show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wire {
    /// The sender's capture.
    pub sender: Option<Traffic>,
    /// The receiver's capture.
    pub receiver: Option<Traffic>,
}

/// What a capture shows on the way from sender to receiver.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Traffic {
    /// Datagrams or segments that carry something.
    pub packets: u64,
    /// Bytes that they carry, headers of UDP, TCP and below left out.
    pub bytes: u64,
    /// Of TCP, segments that were sent again; `null` in other modes.
    pub repeated: Option<u64>,
}

/// What to do about a loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Advice {
    /// At the receiver: allow larger receive buffers (`net.core.rmem_max`).
    ReceiveBuffer {
        /// The granted or needed bytes.
        bytes: u64,
    },
    /// At the sender: send more slowly.
    Rate {
        /// The rate in bits of the file per second; `null` for `auto`.
        bits_per_second: Option<u64>,
    },
    /// Use a mode that repairs losses.
    Reliable,
    /// Look at the sender's firewall and queues.
    SenderHost,
    /// Look at the receiver's firewall.
    ReceiverHost,
    /// Capture at the sender as well.
    CaptureSender,
    /// Capture at the receiver as well.
    CaptureReceiver,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lost(parts: &[(u64, &[SegmentName])], drops: Option<u64>, others: Option<u64>) -> LossBySegment {
        let mut at = LossBySegment::default();
        for (blocks, parts) in parts {
            at.add(*blocks, parts);
        }
        at.attribute_socket_drops(drops, others);
        at
    }

    #[test]
    fn the_drop_counter_explains_no_more_losses_than_there_were() {
        let open: &[(u64, &[SegmentName])] = &[(4, &[SegmentName::Network, SegmentName::ReceiverHost])];
        let possible = vec![SegmentName::Network, SegmentName::ReceiverHost];
        let all = lost(open, Some(4), Some(0));
        assert_eq!((all.get(SegmentName::ReceiverHost), all.receiver_socket, all.counts.total()), (4, Some(4), 4));
        assert!(all.possible.is_empty());
        let one = lost(open, Some(1), Some(0));
        let parts = [SegmentName::ReceiverHost, SegmentName::Network].map(|segment| one.get(segment));
        assert_eq!((one.receiver_socket, parts, one.counts.undetermined), (Some(1), [1, 0], 3));
        assert_eq!(one.possible, possible);
        for (drops, others, socket) in [(Some(9), Some(0), None), (None, Some(0), None), (Some(0), None, Some(0))] {
            let none = lost(open, drops, others);
            assert_eq!((none.receiver_socket, none.counts.undetermined), (socket, 4), "{drops:?}");
            assert_eq!(none.possible, possible);
        }
    }

    #[test]
    fn what_else_the_counter_counted_explains_no_loss() {
        let proven: &[(u64, &[SegmentName])] = &[(5, &[SegmentName::ReceiverHost])];
        for (drops, others, socket) in
            [(5, Some(0), Some(5)), (5, Some(2), Some(3)), (7, Some(2), Some(5)), (2, Some(3), None), (5, None, None)]
        {
            let found = lost(proven, Some(drops), others);
            assert_eq!((found.receiver_socket, found.get(SegmentName::ReceiverHost)), (socket, 5), "{drops}");
        }
        let open: &[(u64, &[SegmentName])] = &[(4, &[SegmentName::Network, SegmentName::ReceiverHost])];
        let found = lost(open, Some(4), Some(1));
        assert_eq!((found.receiver_socket, found.counts.undetermined), (Some(3), 1));
        assert_eq!(lost(open, Some(4), None).counts.undetermined, 4, "it may have counted copies");
    }

    #[test]
    fn a_counter_never_takes_away_what_is_proven_to_be_the_networks() {
        let proven: &[(u64, &[SegmentName])] = &[(5, &[SegmentName::Network]), (2, &[SegmentName::ReceiverHost])];
        assert_eq!(lost(proven, Some(2), Some(0)).receiver_socket, Some(2));
        let more = lost(proven, Some(3), Some(0));
        assert_eq!(
            (more.get(SegmentName::Network), more.get(SegmentName::ReceiverHost), more.receiver_socket),
            (5, 2, None),
            "it counted something else"
        );
        let sender: &[(u64, &[SegmentName])] = &[(5, &[SegmentName::SenderHost, SegmentName::Network])];
        assert_eq!(
            lost(sender, Some(5), Some(0)).receiver_socket,
            None,
            "the receiver's host is not among the possible"
        );
    }

    #[test]
    fn unrecognizable_arrivals_leave_the_network_or_the_receiver() {
        let network: &[(u64, &[SegmentName])] = &[(5, &[SegmentName::Network])];
        let mut some = lost(network, Some(0), None);
        some.widen_by_arrivals(2);
        assert_eq!((some.get(SegmentName::Network), some.counts.undetermined), (3, 2));
        assert_eq!(some.possible, [SegmentName::Network, SegmentName::ReceiverHost]);
        let mut none = lost(network, Some(0), None);
        none.widen_by_arrivals(0);
        assert_eq!((none.get(SegmentName::Network), none.possible.len()), (5, 0));
        let mut open = lost(&[(5, &[SegmentName::SenderHost, SegmentName::Network])], Some(0), None);
        open.widen_by_arrivals(1);
        assert_eq!(open.possible, SegmentName::TRANSFER);
    }

    #[test]
    fn every_block_has_a_cell() {
        for blocks in [1, 59, 60, 61, 250_000] {
            let mut map = LossMap::new(blocks);
            for number in 0..blocks {
                map.add(number, number);
            }
            assert!(map.lost.len() as u64 <= MAX_CELLS);
            assert_eq!(map.lost.iter().sum::<u64>(), blocks);
            let mut whole = LossMap::new(blocks);
            whole.add(0, blocks - 1);
            assert!(whole.lost.iter().zip(&map.lost).all(|(all, one)| all >= one));
        }
        assert!(LossMap::new(0).lost.is_empty());
    }

    #[test]
    fn values_unknown_to_one_end_stay_null() {
        let report = ReceiverReport { bytes_received: Some(10), ..ReceiverReport::default() };
        assert_eq!(Transfer::of(report.clone()).bytes_per_second, None);
        assert_eq!(Transfer::of(ReceiverReport { took_ns: Some(SECOND / 2), ..report }).bytes_per_second, Some(20.0));
    }
}
