//! The records of a journal (`X.journal.jsonl`, one JSON object per line).
//!
//! Keys are short because a fast run writes millions of them; `docs/journal.md` lists them for people.
//!
//! | key | meaning |
//! |---|---|
//! | `e` | the kind of record |
//! | `n` | message number |
//! | `p` | peer, an index declared by a `peer` record |
//! | `w`, `m` | wall clock (ns since 1970) and monotonic clock (ns) at the event |
//! | `k` | the kernel's own stamp of the datagram (wall clock, ns) |
//! | `h` | digest of the text |

use serde::{Deserialize, Serialize};

use super::journal_messages::{
    IcmpErrorRecord, Member, NotAnswered, Peer, Port, Received, Sent, Text, TxTimestamp, Unexpected, Unsent,
};
use super::journal_run::{Counters, End, RouteChange, Run};
use super::transfer_records::{BlockBatch, ControlEventRecord, FileInfo, ProgressRecord, ReceiverReportRecord};
use crate::core::time::Wall;

/// One line of a journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "e", rename_all = "snake_case")]
pub enum Record {
    /// The first record: role, parameters and capture.
    Run(Box<Run>),
    /// Declares the index under which later records name a peer.
    Peer(Peer),
    /// `send()` took a numbered message or a reply.
    Sent(Sent),
    /// Where each message leaves from a local port of its own: the port of the next one.
    Port(Port),
    /// `send()` refused it: it never left the application.
    Unsent(Unsent),
    /// A numbered text was read from the socket: a request at the server, a reply at the client.
    Received(Received),
    /// The text of a numbered message, for protocols that keep it.
    Text(Text),
    /// A member of a chat came, took a name, or left.
    Member(Box<Member>),
    /// A datagram that does not belong to the exchange.
    #[serde(alias = "odd")]
    Unexpected(Unexpected),
    /// The server read a message and did not reply, on purpose.
    #[serde(alias = "withheld")]
    NotAnswered(NotAnswered),
    /// The kernel's stamp of a datagram that went out, which arrives after the fact.
    #[serde(alias = "departed")]
    TxTimestamp(TxTimestamp),
    /// An ICMP error was handed to the socket, quoting a message.
    #[serde(alias = "refused")]
    IcmpError(IcmpErrorRecord),
    /// What a transfer transfers.
    File(Box<FileInfo>),
    /// A word of a transfer's control connection.
    #[serde(alias = "word")]
    Control(ControlEventRecord),
    /// What happened to some blocks of a transfer.
    Blocks(BlockBatch),
    /// How far a transfer is.
    #[serde(alias = "passed")]
    Progress(ProgressRecord),
    /// How a transfer ended with one receiver.
    #[serde(alias = "account")]
    ReceiverReport(Box<ReceiverReportRecord>),
    /// The client's datagrams leave by another interface or with another source address from now on.
    Route(RouteChange),
    /// Counters, sampled at every flush.
    Counters(Box<Counters>),
    /// Records were lost because the journal's queue was full.
    Gap(Gap),
    /// The last line of a run that ended in order.
    End(Box<End>),
}

/// The `gap` line: between these times, records are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// Time of the first lost record.
    pub from: Wall,
    /// Time of the last lost record.
    pub to: Wall,
    /// How many.
    pub lost: u64,
}

impl Record {
    /// The message that the record is about, where it is about one.
    pub const fn message(&self) -> Option<u64> {
        match self {
            Self::Sent(sent) => Some(sent.n),
            Self::Port(port) => Some(port.n),
            Self::Unsent(unsent) => Some(unsent.n),
            Self::Received(received) => Some(received.n),
            Self::Text(text) => Some(text.n),
            Self::NotAnswered(withheld) => Some(withheld.n),
            Self::TxTimestamp(departed) => Some(departed.n),
            Self::IcmpError(refused) => refused.n,
            _ => None,
        }
    }

    /// The wall-clock time of the record, where it has one.
    pub fn wall(&self) -> Option<Wall> {
        match self {
            Self::Run(run) => Some(run.at.wall),
            Self::Peer(_) | Self::Port(_) => None,
            Self::Sent(sent) => Some(sent.at.wall),
            Self::Unsent(unsent) => Some(unsent.at.wall),
            Self::Received(received) => Some(received.at.wall),
            Self::Text(text) => Some(text.at.wall),
            Self::Member(member) => Some(member.at.wall),
            Self::Unexpected(odd) => Some(odd.at.wall),
            Self::NotAnswered(withheld) => Some(withheld.at.wall),
            Self::TxTimestamp(departed) => Some(departed.k),
            Self::IcmpError(refused) => Some(refused.at.wall),
            Self::File(known) => Some(known.at.wall),
            Self::Control(spoken) => Some(spoken.at.wall),
            // Records are written in the order of their ends.
            Self::Blocks(blocks) => Some(blocks.at.wall.shifted(blocks.duration_ns)),
            Self::Progress(passed) => Some(passed.at.wall),
            Self::ReceiverReport(closing) => Some(closing.at.wall),
            Self::Route(route) => Some(route.at.wall),
            Self::Counters(counters) => Some(counters.at.wall),
            Self::Gap(gap) => Some(gap.to),
            Self::End(end) => Some(end.at.wall),
        }
    }
}

/// A journal as read back: its records, and whether all of them could be read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JournalLog {
    /// The file's name as the user gave it.
    pub file: String,
    /// Records in the order of the file.
    pub records: Vec<Record>,
    /// The first line (from 1) that could not be read; what lies before is used.
    pub broken_at_line: Option<usize>,
}

impl JournalLog {
    /// The `run` line, if the journal has one.
    pub fn run(&self) -> Option<&Run> {
        self.records.iter().find_map(|record| match record {
            Record::Run(run) => Some(&**run),
            _ => None,
        })
    }

    /// The file of a transfer, if its record is there. A receiver of the classic mode writes it before it knows name and size, and
    /// again afterwards.
    pub fn file_info(&self) -> Option<&FileInfo> {
        self.records.iter().rev().find_map(|record| match record {
            Record::File(info) => Some(&**info),
            _ => None,
        })
    }

    /// The `end` line, if the run ended in order.
    pub fn end(&self) -> Option<&End> {
        self.records.iter().rev().find_map(|record| match record {
            Record::End(end) => Some(&**end),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_small() {
        assert!(size_of::<Record>() <= 80, "a fast run writes millions of them, and they are read back");
    }
}
