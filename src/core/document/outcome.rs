//! The outcomes of messages, datagrams and copies, for all kinds of run.

use serde::Serialize;

/// The outcome of a message, a datagram or a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It arrived; of an exchange: its reply came in time.
    Delivered,
    /// Its reply came after the deadline.
    Late,
    /// The system refused to send it.
    NotSent,
    /// It did not arrive; of an exchange: no reply came.
    Lost,
    /// The server replied; whether the reply came, the server cannot know.
    Answered,
    /// Seen to leave; no witness watched further on.
    Unobserved,
    /// Unknown.
    Inconclusive,
}

impl Outcome {
    /// How many different outcomes there are.
    pub const COUNT: usize = 7;
}
