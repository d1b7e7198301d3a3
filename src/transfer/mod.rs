//! File transfer to many receivers: connections, threads and files. [`crate::core::protocol::transfer`] defines the
//! messages and the pacing.
//!
//! - [`sender`]: waits for the receivers at the [`accept`], then serves each on a thread of its own.
//! - [`receiver`]: joins, takes the file and proves that it is whole.
//! - [`udp`], [`classic`], [`tcp`], [`quic`]: both ends of each mode.
//! - [`control_connection`]: the control connection.
//! - [`source_file`] and [`partial_file`]: the file that is sent, and the one that comes to be.

pub mod accept;
pub mod classic;
pub mod control_connection;
pub mod partial_file;
pub mod quic;
pub mod receive_context;
pub mod receiver;
pub mod send_context;
pub mod sender;
pub mod source_file;
pub mod tcp;
pub mod tls_identity;
pub mod udp;

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU16, AtomicU64, Ordering};
use std::time::Duration;

use crate::core::evidence::journal::Record;
use crate::core::evidence::transfer_records::{ControlEvent, ControlEventRecord};
use crate::core::protocol::transfer::TransferError;
use crate::core::time::Now;
use crate::net::clock::Clock;

/// How often a thread that waits looks whether it is to stop.
pub const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// Timeout for a peer that should send but is silent.
pub const IDLE_TIMEOUT: Duration = Duration::from_secs(20);

/// From one sign of life to the next.
pub const HEARTBEAT: Duration = Duration::from_millis(100);

/// Blocks in flight arrive within this time after the last one was sent, or never.
pub const DRAIN_TIMEOUT: Duration = Duration::from_millis(500);

/// The same where files are kept of the run: only a witness that stayed for more than a second after the last block proves
/// that a block did not come.
pub const CAPTURE_DRAIN_TIMEOUT: Duration = Duration::from_secs(2);

#[derive(Clone, Copy)]
pub struct TransferJournal<'a> {
    pub clock: Clock,
    /// Takes a record, without waiting.
    pub note: &'a (dyn Fn(Record) + Sync),
    pub keeps: bool,
}

impl TransferJournal<'_> {
    pub fn write(&self, record: Option<Record>) {
        if let Some(record) = record {
            (self.note)(record);
        }
    }

    /// Records a control message to or from a receiver, now.
    pub fn word(&self, receiver: u16, word: ControlEvent) {
        self.word_at(receiver, word, self.clock.now());
    }

    pub fn word_at(&self, receiver: u16, word: ControlEvent, at: Now) {
        (self.note)(Record::Control(ControlEventRecord { p: receiver.into(), at, event: word }));
    }

    /// How long blocks are waited for after the last one was sent.
    pub const fn settle(&self) -> Duration {
        if self.keeps { CAPTURE_DRAIN_TIMEOUT } else { DRAIN_TIMEOUT }
    }
}

#[derive(Debug, Default)]
pub struct Progress {
    /// Bytes of the file that left or came so far.
    pub bytes: AtomicU64,
    pub over: AtomicBool,
    /// The receiver's number; 0 as long as it is not known.
    pub number: AtomicU16,
}

impl Progress {
    /// The meter of the receiver of this number.
    pub fn new(number: u16) -> Self {
        Self { number: AtomicU16::new(number), ..Self::default() }
    }

    pub fn add(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// Why a file could not be written, in a word.
pub fn trouble_of(error: &io::Error) -> TransferError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => TransferError::DiskFull,
        _ => TransferError::File,
    }
}
