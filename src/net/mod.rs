//! Sockets, kernel timestamps, signals and addresses. Imports [`crate::core::time`] only.
//!
//! [`endpoint`] uses three private files: `error_queue` reads the kernel's reports, `tx_timestamps` finds the message that
//! each belongs to, and `socket_drops` reads the socket's drop counter.

pub mod address;
pub mod block_sockets;
pub mod clock;
pub mod datagram;
pub mod endpoint;
mod error_queue;
pub mod event_set;
pub mod event_waiter;
pub mod namespace;
pub mod random;
pub mod rate_detector;
pub mod recv_batch;
pub mod relay_sockets;
pub mod route_watch;
pub mod signals;
mod socket_drops;
mod tx_timestamps;

pub use self::clock::Clock;
pub use self::datagram::{MessageTag, RecvMeta};
pub use self::endpoint::{Endpoint, SendResult, SocketEvent};
pub use self::event_waiter::{EventWaiter, Wakeup};

#[cfg(test)]
pub(crate) mod testing {
    //! What the tests of this room share.

    /// Prints on stderr that a test could not run here; panics if the environment promised that it could.
    pub fn skip(what: &str, why: &str) {
        assert!(std::env::var("MEDIDOR_LAB").as_deref() != Ok("required"), "{what} must run here: {why}");
        eprintln!("SKIPPED: {what} ({why})");
    }
}
