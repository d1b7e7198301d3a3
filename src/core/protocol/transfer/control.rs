//! Messages of the control connection: JSON, one object per line.
//!
//! The receiver starts with [`ControlMessage::Join`]; the sender replies with [`ControlMessage::Welcome`] or
//! [`ControlMessage::Refused`]. When every receiver has sent [`ControlMessage::Ready`], the sender sends
//! [`ControlMessage::Start`]. During the transfer the receiver sends [`ControlMessage::Progress`]; the sender ends with
//! [`ControlMessage::Sent`], and the receiver with [`ControlMessage::Done`] or [`ControlMessage::Failed`].

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{MAX_CLIENTS, Mode, TransferError, block};

/// The version of these messages.
pub const VERSION: u32 = 1;

/// The longest line, bytes: a list of [`MAX_RANGES`] ranges fits.
pub const MAX_LINE_LEN: usize = 65_536;

/// Ranges of missing blocks that a receiver lists; beyond that only their count.
pub const MAX_RANGES: usize = 1_000;

/// One message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "say", rename_all = "snake_case")]
pub enum ControlMessage {
    /// Receiver: I want to take part.
    Join {
        /// [`VERSION`].
        version: u32,
    },
    /// Sender: the receiver is accepted, and this is the offer.
    Welcome(Box<SessionOffer>),
    /// Sender: you do not.
    Refused {
        /// Why.
        why: RejectReason,
    },
    /// Receiver: blocks may come.
    Ready {
        /// The UDP port that they are to go to; 0 where none is used.
        port: u16,
        /// Blocks that its socket's buffer holds.
        room: u64,
    },
    /// Receiver, on a TCP connection of its own: here the file may come.
    Data {
        /// The transfer's token.
        token: u64,
        /// The receiver's number.
        number: u16,
    },
    /// Sender: all receivers are ready.
    Start,
    /// Receiver: so far I am.
    Progress {
        /// One more than the highest block that came.
        next: u64,
        /// Distinct blocks received, or bytes in modes without blocks.
        received: u64,
    },
    /// Sender: everything has left.
    Sent,
    /// Receiver: this is what I have.
    Done(Box<Outcome>),
    /// Receiver: I had to give up.
    Failed {
        /// Why.
        why: TransferError,
    },
}

/// The sender's offer to a receiver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionOffer {
    /// [`VERSION`].
    pub version: u32,
    /// The receiver's number, from 1.
    pub number: u16,
    /// How many receivers there are.
    pub clients: u16,
    /// The file's name.
    pub name: String,
    /// Its size, bytes.
    pub size: u64,
    /// Its SHA-256, hexadecimal.
    pub sha256: String,
    /// How it travels.
    pub mode: Mode,
    /// Bytes of a block.
    pub block: u32,
    /// The token in all blocks of this transfer, and of a data connection.
    pub token: u64,
    /// The sender's data port, UDP or TCP by the mode.
    pub port: u16,
    /// SHA-256 of the sender's certificate, hexadecimal, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
}

/// Why a receiver is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RejectReason {
    /// All places are taken, or the transfer has begun.
    Full,
    /// It uses another version.
    Version,
}

/// What a receiver knows of its blocks; what it does not know is `null`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiverBlocks {
    /// Different blocks that it read.
    pub received: Option<u64>,
    /// Copies of blocks that had come before.
    pub duplicates: Option<u64>,
    /// Ranges of blocks that did not come, first and last; the first thousand of them.
    pub missing: Vec<(u64, u64)>,
    /// Number of such ranges; `null` for blocks without numbers.
    pub ranges: Option<u64>,
    /// Datagrams that the kernel dropped at its socket.
    pub socket_drops: Option<u64>,
}

/// What a receiver has at the end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Whether the file has the right SHA-256.
    pub verified: bool,
    /// Bytes of the file that came.
    pub bytes: u64,
    /// From the start to the last byte that came, nanoseconds.
    pub took_ns: i64,
    /// The blocks; ranges of missing ones, the first [`MAX_RANGES`].
    #[serde(flatten)]
    pub arrived: ReceiverBlocks,
}

/// Why a line is not a valid message.
#[derive(Debug, Error)]
pub enum ControlError {
    /// It does not read as one.
    #[error("not a message of this version: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// A value is out of bounds.
    #[error("{0} is out of bounds")]
    Bounds(&'static str),
}

impl ControlMessage {
    /// The message as a line.
    pub fn line(&self) -> String {
        // Serializing fails only for maps with non-string keys.
        serde_json::to_string(self).unwrap_or_default() + "\n"
    }

    /// Parses a line.
    ///
    /// # Errors
    /// [`ControlError`] if it is not a message or has an impossible value.
    pub fn read(line: &[u8]) -> Result<Self, ControlError> {
        let message: Self = serde_json::from_slice(line)?;
        match &message {
            Self::Welcome(offer) => offer.check()?,
            Self::Done(outcome) => {
                let in_order = |range: &(u64, u64)| range.0 <= range.1 && range.1 < block::MAX_BLOCKS;
                if outcome.arrived.missing.len() > MAX_RANGES || !outcome.arrived.missing.iter().all(in_order) {
                    return Err(ControlError::Bounds("missing"));
                }
            }
            _ => {}
        }
        Ok(message)
    }
}

impl SessionOffer {
    fn check(&self) -> Result<(), ControlError> {
        let hex = |text: &str| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let bounds = [
            (self.version == VERSION, "version"),
            ((1..=MAX_CLIENTS).contains(&self.clients), "clients"),
            ((1..=self.clients).contains(&self.number), "number"),
            (hex(&self.sha256), "sha256"),
            (self.fingerprint.as_deref().is_none_or(hex), "fingerprint"),
            (self.mode != Mode::Quic || self.fingerprint.is_some(), "fingerprint"),
            (self.mode != Mode::Classic, "mode"),
            (block::BlockLayout::new(self.size, self.block).is_some(), "block"),
        ];
        bounds.iter().find(|(holds, _)| !holds).map_or(Ok(()), |(_, what)| Err(ControlError::Bounds(what)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn welcome() -> SessionOffer {
        SessionOffer {
            version: VERSION,
            number: 1,
            clients: 2,
            name: "a\n.bin".into(),
            size: 10,
            sha256: "0".repeat(64),
            mode: Mode::Udp,
            block: 1024,
            token: u64::MAX,
            port: 5006,
            fingerprint: None,
        }
    }

    #[test]
    fn a_message_is_one_line_and_is_read_back() {
        let ranges = vec![(u64::from(u32::MAX) - 1, u64::from(u32::MAX)); MAX_RANGES];
        for message in [
            ControlMessage::Join { version: VERSION },
            ControlMessage::Welcome(Box::new(welcome())),
            ControlMessage::Refused { why: RejectReason::Full },
            ControlMessage::Ready { port: 9, room: 1 },
            ControlMessage::Start,
            ControlMessage::Progress { next: 4, received: 3 },
            ControlMessage::Sent,
            ControlMessage::Done(Box::new(Outcome {
                arrived: ReceiverBlocks { missing: ranges, ..ReceiverBlocks::default() },
                ..Outcome::default()
            })),
            ControlMessage::Failed { why: TransferError::DiskFull },
        ] {
            let line = message.line();
            assert!(line.len() <= MAX_LINE_LEN, "{}", line.len());
            assert_eq!(line.find('\n'), Some(line.len() - 1));
            assert_eq!(ControlMessage::read(line.trim_end().as_bytes()).unwrap(), message);
        }
    }

    #[test]
    fn invalid_values_are_rejected() {
        let bad: [fn(&mut SessionOffer); 8] = [
            |offer| offer.version = 2,
            |offer| offer.number = 3,
            |offer| offer.number = 0,
            |offer| offer.clients = 0,
            |offer| offer.block = 0,
            |offer| offer.sha256 = "g".repeat(64),
            |offer| offer.size = u64::MAX,
            |offer| offer.mode = Mode::Quic,
        ];
        for spoil in bad {
            let mut offer = welcome();
            spoil(&mut offer);
            assert!(ControlMessage::read(ControlMessage::Welcome(Box::new(offer)).line().as_bytes()).is_err());
        }
    }

    proptest! {
        #[test]
        fn nothing_that_arrives_is_too_much(bytes: Vec<u8>) {
            let _ = ControlMessage::read(&bytes);
        }
    }
}
