//! Journal records of a file transfer, and its blocks on the wire.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use super::flow::FlowKey;
use super::source::Source;
use crate::core::protocol::transfer::control::ReceiverBlocks;
use crate::core::protocol::transfer::{Mode, TransferError};
use crate::core::time::{Now, Wall};

/// The `file` record: the file that is transferred.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileInfo {
    /// When it became known.
    #[serde(flatten)]
    pub at: Now,
    /// How it travels.
    pub mode: Mode,
    /// The file's name; `null` if unknown.
    pub name: Option<String>,
    /// The file's size, bytes; `null` if unknown.
    #[serde(alias = "size")]
    pub size_bytes: Option<u64>,
    /// Its SHA-256, hexadecimal; `null` where the mode has none.
    pub sha256: Option<String>,
    /// Number of receivers; `null` if unknown to this receiver.
    pub clients: Option<u16>,
    /// Bytes of a block, but for the last one.
    #[serde(alias = "block")]
    pub block_bytes: u32,
    /// Identifies this transfer, and is part of every block in udp mode; `null` in classic mode.
    pub token: Option<u64>,
}

/// The words of the control connection that bound how far two hosts' clocks are apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ControlEvent {
    /// The receiver's: blocks may come.
    Ready,
    /// Sender: all receivers are ready.
    Start,
    /// The receiver's last.
    Done,
}

/// The `word` record: a control message was sent or received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlEventRecord {
    /// The receiver's number.
    pub p: u32,
    /// Taken before sending, or after receiving.
    #[serde(flatten)]
    pub at: Now,
    /// Which.
    #[serde(alias = "word")]
    pub event: ControlEvent,
}

/// What happened to blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockEvent {
    /// The kernel took them from the sender.
    Sent,
    /// It refused them.
    Unsent,
    /// The receiver read them.
    Read,
}

/// The `blocks` line: what happened to some blocks in a short time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockBatch {
    /// The receiver's number.
    pub p: u32,
    /// Before the first was sent, or after the first was read.
    #[serde(flatten)]
    pub at: Now,
    /// From the first of them to the last, nanoseconds.
    #[serde(alias = "took")]
    pub duration_ns: i64,
    /// What happened to them.
    #[serde(alias = "deed")]
    pub event: BlockEvent,
    /// Their numbers in the order of what happened, in ranges of first and last; a receiver of blocks without numbers counts
    /// them as they come.
    pub r: Box<[(u64, u64)]>,
    /// Digests of the contents, eight hexadecimal digits each, for blocks without numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub h: Option<Box<str>>,
}

/// The `passed` line: how much of the file had left or come at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgressRecord {
    /// The receiver's number.
    pub p: u32,
    /// When.
    #[serde(flatten)]
    pub at: Now,
    /// Bytes of the file so far.
    pub bytes: u64,
}

/// The blocks of one receiver, as one end knows them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blocks {
    /// Blocks that the kernel took from the sender.
    pub sent: Option<u64>,
    /// Blocks that it refused.
    pub unsent: Option<u64>,
    /// What the receiver knows.
    #[serde(flatten)]
    pub arrived: ReceiverBlocks,
}

/// The counters of a transport that repairs losses itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferCounters {
    /// Datagrams that it sent.
    pub datagrams_sent: u64,
    /// Datagrams that it received.
    pub datagrams_received: u64,
    /// Bytes in those that it sent.
    pub bytes_sent: u64,
    /// Bytes in those that it received.
    pub bytes_received: u64,
    /// Packets of its own that it took for lost.
    pub packets_lost: u64,
    /// How often it slowed down because the path seemed full.
    pub congestion_events: u64,
    /// The round-trip time, nanoseconds.
    pub rtt_ns: i64,
}

/// One end's account of the file's way to one receiver.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiverReport {
    /// The receiver's number, from 1.
    pub number: u16,
    /// The other end of the control connection.
    pub peer: Option<SocketAddr>,
    /// The receiver's data port.
    pub client_port: Option<u16>,
    /// The sender's data port.
    pub server_port: Option<u16>,
    /// Whether the whole file is there: by its SHA-256, in the classic mode by its size; `null` where this end cannot
    /// know.
    pub complete: Option<bool>,
    /// Why it ended early.
    #[serde(alias = "trouble")]
    pub error: Option<TransferError>,
    /// Bytes of the file that were sent, repetitions not counted; `null` at a receiver.
    pub bytes_sent: Option<u64>,
    /// Bytes of the file received, each once; `null` if unknown at this end.
    pub bytes_received: Option<u64>,
    /// From the start to the last byte, at the receiver if it reported it, nanoseconds.
    pub took_ns: Option<i64>,
    /// The blocks, where the file was cut into some that may be lost.
    pub blocks: Option<Blocks>,
    /// The receive buffer that the kernel granted, bytes.
    #[serde(alias = "buffer")]
    pub recv_buffer_bytes: Option<u64>,
    /// The transport's own counters, where it has some.
    pub transport: Option<TransferCounters>,
    /// Where the receiver put the file.
    #[serde(alias = "saved")]
    pub path: Option<String>,
}

/// The `account` line: how it ended with one receiver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiverReportRecord {
    /// When this end stopped sending, or reading its socket.
    #[serde(flatten)]
    pub at: Now,
    /// How it ended.
    #[serde(flatten)]
    pub account: ReceiverReport,
}

/// What a capture shows from one address to another in the course of a transfer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WireFlow {
    /// From where to where.
    pub ends: FlowKey,
    /// It is TCP, not UDP.
    pub is_tcp: bool,
    /// Datagrams or segments with data; coalesced frames count each one where possible.
    pub packets: u64,
    /// Bytes that they carry.
    pub bytes: u64,
    /// TCP retransmissions: segments whose data the capture had shown before.
    pub repeated: u64,
    /// Blocks, in the order of the file.
    pub blocks: Source<WireBlock>,
    /// Blocks that arrived in fragments: a first fragment does not prove the others.
    pub fragmented: u64,
    /// Datagrams that were cut before it was clear which block they are.
    pub cut: u64,
    /// Of blocks without numbers, more of them passed than one transfer has, or some after its last one.
    pub mixed: bool,
    /// Datagrams with a wrong checksum, which no application reads.
    pub corrupt: Vec<CorruptBlock>,
    /// Datagrams that are not blocks of this transfer.
    pub others: u64,
    /// Of a capture that was read without any journal: which blocks these are; `None` if none.
    pub form: Option<TransferForm>,
    /// Time to live or hop limit of the first datagram.
    pub hop_limit: u8,
    /// Bytes of the longest datagram.
    pub longest: u16,
}

/// What blocks look like that no journal describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransferForm {
    /// Blocks with a token and a number.
    Numbered,
    /// A name, a size, and raw blocks.
    Classic,
    /// Datagrams of one length, without answers.
    Raw,
}

/// A datagram with a wrong checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CorruptBlock {
    /// The capturing host's stamp.
    pub time: Wall,
    /// The frame's number in the file, from 1.
    pub frame: u32,
    /// The block's number or the digest of its content, as they came; `None` where no block can be recognized.
    pub key: Option<u32>,
}

/// A block as a capture shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WireBlock {
    /// The capturing host's stamp.
    pub time: Wall,
    /// The frame's number in the file, from 1.
    pub frame: u32,
    /// The block's number, or the digest of its content.
    pub key: u32,
}
