//! The trait of state machines that send numbered requests and wait for replies (client, ping). One event loop drives
//! them all.

use std::net::SocketAddr;
use std::time::Duration;

use super::reply_tracker::{ReplyClass, ReplyTracker};
use crate::core::time::{Mono, Wall};

/// The closest that messages to a peer beyond this host may follow each other before it has answered once: 1 ms.
/// medidor measures networks, it does not flood them.
pub const UNANSWERED_SPACING_NS: i64 = 1_000_000;

/// What an asker wants done next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Send this message, then report [`Requester::sent`] or [`Requester::not_sent`].
    Send {
        /// The message's number.
        number: u64,
        /// By how much the sending comes after its due time, nanoseconds.
        behind_ns: i64,
    },
    /// A batch is over; the next message is due then.
    Pause {
        /// From the batch's last message to the next one.
        length: Duration,
    },
    /// This message's patience is over and its reply has not come. One that comes yet is late.
    GiveUp {
        /// The message's number.
        number: u64,
    },
    /// All is sent; replies are waited for until then.
    Wait {
        /// How long.
        length: Duration,
    },
    /// The run is over.
    Finish,
}

/// A state machine that sends numbered requests to one peer and receives the replies.
pub trait Requester {
    /// When [`Requester::next_action`] will have something to say; `None` when the run is over.
    fn wake_at(&self) -> Option<Mono>;

    /// The next thing to do at `now`, or `None` when it is not yet time for anything.
    fn next_action(&mut self, now: Mono) -> Option<Action>;

    /// The text of a message that is sent at `wall`.
    fn text(&self, number: u64, wall: Wall) -> String;

    /// `send()` took message `number`; `at` is the time before the call.
    fn sent(&mut self, number: u64, at: Mono);

    /// `send()` refused message `number`.
    fn not_sent(&mut self, number: u64);

    /// An ICMP error came back for message `number`: no reply will come.
    fn refused(&mut self, number: u64);

    /// A datagram arrived.
    fn received(&mut self, now: Mono, from: SocketAddr, payload: &[u8]) -> ReplyClass;

    /// Until when there is nothing to do but to wait for a reply; `None` where there is other work.
    fn waits_until(&self) -> Option<Mono> {
        None
    }

    /// The requests and replies so far.
    fn replies(&self) -> &ReplyTracker;

    /// Whether it sleeps between messages, so that each is worth some preparation.
    fn sends_seldom(&self) -> bool {
        false
    }

    /// Whether each message leaves from a port of its own, by which its reply is known.
    fn has_own_port(&self) -> bool {
        false
    }

    /// Whether the texts of the replies belong into the record.
    fn keeps_texts(&self) -> bool {
        false
    }
}
