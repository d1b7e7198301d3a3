//! The result of a transfer: what each receiver got, and where the blocks that it did not get were lost.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use crate::core::evidence::transfer::{Mode, Trouble};
use crate::core::time::{SECOND, Wall};

/// The version of this document's form.
pub const SCHEMA: &str = "medidor-transfer/1";

/// Which end speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum End {
    /// The one that has the file.
    Sender,
    /// The one that gets it.
    Receiver,
}

/// One run of a sender or of a receiver.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TransferDocument {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// Whose account this is.
    pub role: End,
    /// How the file travelled.
    pub mode: Mode,
    /// Its name; `null` where it never was told.
    pub name: Option<String>,
    /// Its size, bytes; `null` where it never was told.
    pub size: Option<u64>,
    /// Its SHA-256, hexadecimal; `null` where the mode has none.
    pub sha256: Option<String>,
    /// Receivers that were waited for; `null` where a receiver was not told.
    pub clients: Option<u16>,
    /// Bytes of a block; `null` where there are none.
    pub block: Option<u32>,
    /// When the transfer began, nanoseconds since 1970.
    pub start_ns: Wall,
    /// One for each receiver.
    pub transfers: Vec<Transfer>,
}

/// The file's way to one receiver.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Transfer {
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
    pub trouble: Option<Trouble>,
    /// Bytes of the file that were sent, repetitions not counted; `null` at a receiver.
    pub bytes_sent: Option<u64>,
    /// Bytes of the file that came, each once; `null` where this end was not told.
    pub bytes_received: Option<u64>,
    /// From the start to the last byte, at the receiver where it told that, nanoseconds.
    pub took_ns: Option<i64>,
    /// Bytes received a second.
    pub rate: Option<f64>,
    /// The blocks, where the file was cut into some that may be lost.
    pub blocks: Option<Blocks>,
    /// Where the receiver put the file.
    pub saved: Option<String>,
}

impl Transfer {
    /// Sets the rate from bytes and time.
    pub fn close(&mut self) {
        self.rate = match (self.bytes_received, self.took_ns) {
            (Some(bytes), Some(took)) if took > 0 => Some(bytes as f64 * SECOND as f64 / took as f64),
            _ => None,
        };
    }
}

/// The blocks of one receiver. What this end does not know is `null`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Blocks {
    /// Blocks that the kernel took from the sender.
    pub sent: Option<u64>,
    /// Blocks that it refused.
    pub unsent: Option<u64>,
    /// Different blocks that the receiver read.
    pub received: Option<u64>,
    /// Copies of blocks that had come before.
    pub duplicates: Option<u64>,
    /// Blocks sent and not received.
    pub lost: Option<u64>,
    /// Ranges of blocks that did not come, first and last; the first thousand of them.
    pub missing: Vec<(u64, u64)>,
    /// How many such ranges there are; `null` where blocks bear no numbers.
    pub ranges: Option<u64>,
    /// Datagrams that the kernel dropped at the receiver's socket.
    pub socket_drops: Option<u64>,
    /// Where the lost ones were lost.
    pub lost_at: Option<LostAt>,
}

/// Where lost blocks were lost, as far as both applications and the drop counter can tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LostAt {
    /// In the receiver's socket buffer, as its drop counter says.
    pub receiver_socket: u64,
    /// In the network; `null` where only captures could tell, 0 where both ends are on one host.
    pub network: Option<u64>,
    /// Somewhere between the two applications.
    pub undetermined: u64,
}

impl Blocks {
    /// Adds what follows from both ends' counts. A counter that says more than was lost has counted others' datagrams or
    /// copies as well, and then nobody knows which of its drops were the lost blocks.
    pub fn close(&mut self, same_host: bool) {
        let (Some(sent), Some(received)) = (self.sent, self.received) else { return };
        let lost = sent.saturating_sub(received);
        self.lost = Some(lost);
        let receiver_socket = self.socket_drops.filter(|drops| *drops <= lost).unwrap_or(0);
        let undetermined = lost - receiver_socket;
        let network = (same_host || undetermined == 0).then_some(0);
        self.lost_at = Some(LostAt { receiver_socket, network, undetermined });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_drop_counter_explains_what_was_lost_unless_it_counts_more() {
        let blocks = |drops, same_host| {
            let mut blocks = Blocks { sent: Some(10), received: Some(6), socket_drops: drops, ..Blocks::default() };
            blocks.close(same_host);
            (blocks.lost, blocks.lost_at.unwrap())
        };
        let at = |receiver_socket, network, undetermined| LostAt { receiver_socket, network, undetermined };
        assert_eq!(blocks(Some(4), false), (Some(4), at(4, Some(0), 0)));
        assert_eq!(blocks(Some(9), false), (Some(4), at(0, None, 4)));
        assert_eq!(blocks(Some(1), false), (Some(4), at(1, None, 3)));
        assert_eq!(blocks(None, false), (Some(4), at(0, None, 4)));
        assert_eq!(blocks(None, true), (Some(4), at(0, Some(0), 4)));
    }

    #[test]
    fn what_an_end_does_not_know_stays_unknown() {
        let mut blocks = Blocks { received: Some(6), ..Blocks::default() };
        blocks.close(true);
        assert_eq!((blocks.lost, blocks.lost_at), (None, None));
        let mut transfer = Transfer { bytes_received: Some(10), ..Transfer::default() };
        transfer.close();
        assert_eq!(transfer.rate, None);
        transfer.took_ns = Some(SECOND / 2);
        transfer.close();
        assert_eq!(transfer.rate, Some(20.0));
    }
}
