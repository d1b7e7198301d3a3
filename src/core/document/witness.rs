//! One witness in the result documents.

use serde::Serialize;

use crate::core::evidence::journal_run::EndReason;

/// One witness.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Witness {
    /// The file, as the user named it.
    pub file: String,
    /// It missed nothing: `true`, `false`, or `null` where nothing proves either.
    pub whole: Option<bool>,
    /// Awake from then on, wall clock.
    pub from_ns: Option<i64>,
    /// Awake until then.
    pub to_ns: Option<i64>,
    /// A capture's packets in the file.
    pub packets: Option<u64>,
    /// Packets dropped by the capture (buffer full), or records lost by the journal.
    pub dropped: Option<u64>,
    /// Packets that the interface lost before the capture could see them.
    pub interface_dropped: Option<u64>,
    /// Datagrams that the kernel dropped at the application's socket.
    pub socket_drops: Option<u64>,
    /// A capture's link type.
    pub link_type: Option<String>,
    /// A capture's filter, where it is known.
    pub filter: Option<String>,
    /// Resolution of the stamps, nanoseconds.
    pub resolution_ns: Option<u32>,
    /// Byte offset at which a capture file is damaged.
    pub damaged_at: Option<u64>,
    /// How a journal's run ended; `null` where it did not end in order.
    pub ended: Option<EndReason>,
    /// Why a capture ended before its run.
    pub failure: Option<String>,
}
