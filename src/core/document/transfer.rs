//! The result document of a file transfer: what each receiver got, and where its missing blocks were lost.

use serde::{Deserialize, Serialize};

use super::warning::Warning;
use super::witness::Witness;
use crate::core::evidence::leg::Segment;
use crate::core::evidence::transfer_records::ReceiverReport;
use crate::core::protocol::transfer::Mode;
use crate::core::time::{SECOND, Wall};

/// The version of this document's form.
pub const SCHEMA: &str = "medidor-transfer/1";

/// Whose witnesses the document rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TransferPerspective {
    /// Of the one that has the file.
    Sender,
    /// Of the one that gets it.
    Receiver,
    /// Of both.
    Joint,
}

/// One transfer, as its witnesses tell it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TransferDocument {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// Whose witnesses it rests on.
    pub role: TransferPerspective,
    /// How the file travelled.
    pub mode: Mode,
    /// The file's name; `null` if unknown.
    pub name: Option<String>,
    /// The file's size, bytes; `null` if unknown.
    pub size: Option<u64>,
    /// Its SHA-256, hexadecimal; `null` where the mode has none.
    pub sha256: Option<String>,
    /// Number of receivers; `null` if unknown to this receiver.
    pub clients: Option<u16>,
    /// Bytes of a block; `null` where there are none.
    pub block: Option<u32>,
    /// When the transfer began, nanoseconds since 1970.
    pub start_ns: Wall,
    /// The journals and captures.
    pub witnesses: Vec<TransferWitness>,
    /// One for each receiver.
    pub transfers: Vec<Transfer>,
    /// What weakens the witnesses.
    pub warnings: Vec<Warning>,
}

/// A journal or a capture of one end.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TransferWitness {
    /// The end that it belongs to.
    pub end: TransferPerspective,
    /// The receiver's number; `null` at the sender.
    pub number: Option<u16>,
    /// It is a capture, not a journal.
    pub capture: bool,
    /// The witness.
    #[serde(flatten)]
    pub witness: Witness,
}

/// The file's way to one receiver.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Transfer {
    /// What the applications account for.
    #[serde(flatten)]
    pub account: ReceiverReport,
    /// Bytes received a second.
    pub rate: Option<f64>,
    /// Distinct blocks seen at each point; `null` for modes without blocks.
    pub points: Option<TransferPointCounts>,
    /// The lost blocks; `null` for modes without blocks, or if it is unknown which end has which.
    pub loss: Option<Loss>,
    /// What captures show of the file's way, the control connection left out in modes that have another.
    pub wire: Wire,
    /// Bytes sent or received over time; `null` without records.
    pub course: Option<Throughput>,
}

impl Transfer {
    /// A transfer of which only the report is known.
    pub fn of(account: ReceiverReport) -> Self {
        let rate = match (account.bytes_received, account.took_ns) {
            (Some(bytes), Some(took)) if took > 0 => Some(bytes as f64 * SECOND as f64 / took as f64),
            _ => None,
        };
        Self { account, rate, ..Self::default() }
    }
}

/// Different blocks seen at each point of their way; `null` where no witness watched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferPointCounts {
    /// Taken from the sender's application.
    pub app_sent: Option<u64>,
    /// On the sender's wire.
    pub wire_out: Option<u64>,
    /// On the receiver's wire.
    pub wire_in: Option<u64>,
    /// Read by the receiver's application.
    pub app_received: Option<u64>,
}

/// The lost blocks of one receiver.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Loss {
    /// Blocks sent and not received; at a receiver alone, blocks of the file that did not come.
    pub lost: u64,
    /// Blocks in total.
    pub of: u64,
    /// Where.
    pub at: LossBySegment,
    /// The losses over the file; `null` if it is unknown which blocks were lost.
    pub map: Option<LossMap>,
    /// What to do about it.
    pub advice: Vec<Advice>,
}

/// A part of a block's way, where it can be lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferSegment {
    /// The sender's host.
    SenderHost,
    /// The network.
    Network,
    /// The receiver's host: its socket's buffer, its firewall, its checksums.
    ReceiverHost,
}

impl TransferSegment {
    /// All of them, in the order of travel.
    pub const ALL: [Self; 3] = [Self::SenderHost, Self::Network, Self::ReceiverHost];

    /// The part that a segment of the only leg is.
    pub const fn of(segment: Segment) -> Option<Self> {
        match segment {
            Segment::SenderHost(_) => Some(Self::SenderHost),
            Segment::Network(_) => Some(Self::Network),
            Segment::ReceiverHost(_) => Some(Self::ReceiverHost),
            Segment::Application(_) => None,
        }
    }
}

/// Lost blocks by segment, each counted once. A figure is what is proven; the undetermined ones belong to the segments
/// in `possible`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LossBySegment {
    /// In the sender's host.
    pub sender_host: u64,
    /// In the network.
    pub network: u64,
    /// In the receiver's host.
    pub receiver_host: u64,
    /// Of these, dropped at the receiver's socket, by its drop counter.
    pub receiver_socket: u64,
    /// In one of several parts.
    pub undetermined: u64,
    /// In which.
    pub possible: Vec<TransferSegment>,
}

impl LossBySegment {
    /// Adds blocks that were lost in one of these segments; none means unknown.
    pub fn add(&mut self, blocks: u64, parts: &[TransferSegment]) {
        match parts {
            _ if blocks == 0 => {}
            [TransferSegment::SenderHost] => self.sender_host += blocks,
            [TransferSegment::Network] => self.network += blocks,
            [TransferSegment::ReceiverHost] => self.receiver_host += blocks,
            _ => {
                self.undetermined += blocks;
                let parts = if parts.is_empty() { &TransferSegment::ALL } else { parts };
                self.possible.extend(parts.iter().filter(|part| !self.possible.contains(part)).collect::<Vec<_>>());
                self.possible.sort_unstable();
            }
        }
    }

    /// Attributes losses to the receiver's drop counter: drops beyond its proven losses happened in its socket. A
    /// counter that exceeds the possible losses has counted other datagrams or copies, so nothing is attributed.
    pub fn attribute_socket_drops(&mut self, drops: Option<u64>) {
        let Some(drops) = drops else { return };
        let open = if self.possible.contains(&TransferSegment::ReceiverHost) { self.undetermined } else { 0 };
        if drops > self.receiver_host.saturating_add(open) {
            return;
        }
        let more = drops.saturating_sub(self.receiver_host);
        self.receiver_host += more;
        self.undetermined -= more;
        self.receiver_socket = drops;
        if self.undetermined == 0 {
            self.possible.clear();
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

/// Cells of a map, and of a course, at the most.
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
    /// Which end noted it.
    pub end: TransferPerspective,
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
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Advice {
    /// At the receiver: allow larger receive buffers (`net.core.rmem_max`).
    ReceiveBuffer {
        /// The granted or needed bytes.
        bytes: u64,
    },
    /// At the sender: send more slowly.
    Rate {
        /// The rate in bits of the file per second; `null` for `auto`.
        bits: Option<u64>,
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

    fn lost(parts: &[(u64, &[TransferSegment])], drops: Option<u64>) -> LossBySegment {
        let mut at = LossBySegment::default();
        for (blocks, parts) in parts {
            at.add(*blocks, parts);
        }
        at.attribute_socket_drops(drops);
        at
    }

    #[test]
    fn the_drop_counter_explains_no_more_losses_than_there_were() {
        let open: &[(u64, &[TransferSegment])] = &[(4, &[TransferSegment::Network, TransferSegment::ReceiverHost])];
        let possible = vec![TransferSegment::Network, TransferSegment::ReceiverHost];
        let all = lost(open, Some(4));
        assert_eq!(all, LossBySegment { receiver_host: 4, receiver_socket: 4, ..LossBySegment::default() });
        let one = lost(open, Some(1));
        assert_eq!((one.receiver_socket, one.receiver_host, one.network, one.undetermined), (1, 1, 0, 3));
        assert_eq!(one.possible, possible);
        for counter in [Some(9), None, Some(0)] {
            let none = lost(open, counter);
            assert_eq!((none.receiver_socket, none.undetermined), (0, 4), "{counter:?}");
            assert_eq!(none.possible, possible);
        }
    }

    #[test]
    fn a_counter_never_takes_away_what_is_proven_to_be_the_networks() {
        let proven: &[(u64, &[TransferSegment])] =
            &[(5, &[TransferSegment::Network]), (2, &[TransferSegment::ReceiverHost])];
        assert_eq!(lost(proven, Some(2)).receiver_socket, 2);
        let more = lost(proven, Some(3));
        assert_eq!((more.network, more.receiver_host, more.receiver_socket), (5, 2, 0), "it counted something else");
        let sender: &[(u64, &[TransferSegment])] = &[(5, &[TransferSegment::SenderHost, TransferSegment::Network])];
        assert_eq!(lost(sender, Some(5)).receiver_socket, 0, "the receiver's host is not among the possible");
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
        let account = ReceiverReport { bytes_received: Some(10), ..ReceiverReport::default() };
        assert_eq!(Transfer::of(account.clone()).rate, None);
        assert_eq!(Transfer::of(ReceiverReport { took_ns: Some(SECOND / 2), ..account }).rate, Some(20.0));
    }
}
