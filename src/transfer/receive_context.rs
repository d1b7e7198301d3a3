//! What a transport of a receiver works with: the offer, the file being written, what has arrived.

use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use super::partial_file::PartialFile;
use super::{Progress, TransferJournal};
use crate::core::evidence::transfer_records::TransferCounters;
use crate::core::protocol::transfer::control::{ReceiverBlocks, SessionOffer};
use crate::core::time::nanos;

/// How long to wait until all receivers are ready: longer than senders wait.
pub const START_TIMEOUT: Duration = Duration::from_secs(24 * 60 * 60);

/// What a receiver of the `classic` protocol knows about the file.
#[derive(Debug, Default)]
pub struct ClassicFileInfo {
    pub number: u16,
    pub clients: Option<u16>,
    pub name: Option<String>,
    pub size: Option<u64>,
    pub from: Option<u16>,
}

#[derive(Debug, Default)]
pub struct ReceivedData {
    pub bytes: u64,
    /// The blocks, in the modes that have some.
    pub arrived: ReceiverBlocks,
    /// The transport's own counters, where it has some.
    pub transport: Option<TransferCounters>,
    pub complete: bool,
    start: Option<Instant>,
    last: Option<Instant>,
}

impl ReceivedData {
    pub fn started(&mut self) {
        self.start = Some(Instant::now());
    }

    pub fn last(&mut self) {
        self.last = Some(Instant::now());
    }

    pub fn took_ns(&self) -> Option<i64> {
        let start = self.start?;
        Some(nanos(self.last.unwrap_or(start).saturating_duration_since(start)))
    }
}

/// What a thread that takes a file in works with.
pub struct ReceiveContext<'a> {
    pub offer: &'a SessionOffer,
    pub sink: &'a mut PartialFile,
    pub received: &'a mut ReceivedData,
    pub progress_meter: &'a Progress,
    pub stop: &'a AtomicBool,
    pub transfer_journal: TransferJournal<'a>,
}

/// The same in the bare dialect, where name and size come with the blocks.
pub struct ClassicReceiveContext<'a> {
    pub folder: &'a Path,
    /// The largest file that is taken, bytes.
    pub max_size: u64,
    pub known: &'a mut ClassicFileInfo,
    /// Where the file goes, once it has a name.
    pub sink: &'a mut Option<PartialFile>,
    pub received_data: &'a mut ReceivedData,
    pub progress: &'a Progress,
    pub stop: &'a AtomicBool,
    pub journal: TransferJournal<'a>,
}
