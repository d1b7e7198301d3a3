//! Sockets, kernel timestamps, signals and addresses. Imports [`crate::core::time`] only.
//!
//! - [`clock`]: both clocks of this host, read together.
//! - [`endpoint`]: the UDP socket. Messages go out and come in, with the kernel's own time stamps; ICMP errors are given
//!   back to the message that they quote, never to the one that happens to be sent next.
//! - [`relay_sockets`]: the many sockets of a relay, waited for as one.
//! - [`event_waiter`]: sleeps until the socket, a signal or a deadline asks for attention.
//! - [`event_set`]: many descriptors waited for as one.
//! - [`signals`]: SIGINT and SIGTERM.
//! - [`address`]: names and addresses: what the user typed, what this host is called, which router it talks to.
//! - [`namespace`]: computers that exist in this one's kernel alone, and the cables between them.
//! - [`recv_batch`]: datagrams read several at a time.
//! - [`block_sockets`]: the blocks of a file, many datagrams a call.
//! - [`random`]: randomness that nobody can guess.
//! - [`rate_detector`]: when messages count as fast, and what is done about it.
//!
//! Behind [`endpoint`] stand three small rooms: `error_queue` reads what the kernel says after the fact, `sent`
//! remembers which message it is talking about, and `drops` reads the socket's own drop counter.

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

    /// Says on stderr that a test could not run here; panics where the surroundings promised that it could.
    pub fn skip(what: &str, why: &str) {
        assert!(std::env::var("MEDIDOR_LAB").as_deref() != Ok("required"), "{what} must run here: {why}");
        eprintln!("SKIPPED: {what} ({why})");
    }
}
