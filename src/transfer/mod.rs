//! One file to many: the connections, threads and files of a transfer. What is said is
//! [`crate::core::dialect::transfer`]'s, how fast is said there too.
//!
//! - [`sender`]: waits for the receivers at the [`gate`], then serves each on a thread of its own.
//! - [`receiver`]: joins, takes the file and proves that it is whole.
//! - [`udp`], [`classic`], [`tcp`], [`quic`]: both ends of each mode.
//! - [`line`](mod@line): the control connection.
//! - [`source`] and [`sink`]: the file that is sent, and the one that comes to be.

pub mod classic;
pub mod gate;
pub mod line;
pub mod quic;
pub mod receiver;
pub mod sender;
pub mod sink;
pub mod source;
pub mod tcp;
pub mod udp;

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use crate::core::dialect::transfer::Trouble;

/// How often a thread that waits looks whether it is to stop.
pub const GLANCE: Duration = Duration::from_millis(50);

/// A peer that says nothing for so long, while it should, is gone.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// From one sign of life to the next.
pub const HEARTBEAT: Duration = Duration::from_millis(100);

/// Blocks in flight have arrived so long after the last one was sent, or never will.
pub const SETTLE: Duration = Duration::from_millis(500);

/// What threads share with who started them.
#[derive(Debug, Default)]
pub struct Meter {
    /// Bytes of the file that left or came so far.
    pub bytes: AtomicU64,
    /// This one is over.
    pub over: AtomicBool,
}

impl Meter {
    /// So many more.
    pub fn add(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// Why a file could not be written, in a word.
pub fn trouble_of(error: &io::Error) -> Trouble {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Trouble::DiskFull,
        _ => Trouble::File,
    }
}
