//! What a transfer's world is: a sender, receivers, what happens to each block on its way, and which files are judged. Times are
//! true times in nanoseconds since 1970.

use std::net::{Ipv4Addr, SocketAddrV4};

use medidor::core::protocol::transfer::Mode;

use crate::worlds::world::Clock;

/// A kind of world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Clean,
    NetworkLoss,
    SocketOverflow,
    SenderQueue,
    ReceiverFirewall,
    Copies,
    Reordering,
    BadChecksums,
    Strangers,
    KilledReceiver,
    KilledSender,
    SeveralReceivers,
    /// Captures alone, without any journal.
    CapturesAlone,
    /// Captures that other programs made, beside the journals.
    ForeignCaptures,
    MissingFiles,
    CaptureDrops,
    RepeatedContent,
    ClockSteps,
    /// Several of the above at once.
    Mixed,
}

impl Kind {
    pub const ALL: [Self; 19] = [
        Self::Clean,
        Self::NetworkLoss,
        Self::SocketOverflow,
        Self::SenderQueue,
        Self::ReceiverFirewall,
        Self::Copies,
        Self::Reordering,
        Self::BadChecksums,
        Self::Strangers,
        Self::KilledReceiver,
        Self::KilledSender,
        Self::SeveralReceivers,
        Self::CapturesAlone,
        Self::ForeignCaptures,
        Self::MissingFiles,
        Self::CaptureDrops,
        Self::RepeatedContent,
        Self::ClockSteps,
        Self::Mixed,
    ];
}

/// What the hosts and the network of one receiver do to blocks, each with a chance in thousand.
#[derive(Clone, Copy, Debug, Default)]
pub struct Faults {
    pub refused: u32,
    pub sender_queue: u32,
    pub network: u32,
    pub firewall: u32,
    pub copied: u32,
    pub delayed: u32,
    pub corrupt: u32,
    /// Bursts in which the socket's buffer is full.
    pub overflows: u32,
    /// Strangers' datagrams to the receiver's port before its first block, and how many of them its socket drops.
    pub strangers: (u32, u32),
}

/// A capture program at one end.
#[derive(Clone, Debug)]
pub struct Capture {
    pub from: i64,
    pub to: i64,
    /// The program's own journal describes it.
    pub is_own: bool,
    /// From when to when it drops every other frame.
    pub drops: Option<(i64, i64)>,
}

/// One end: its clock, its address, its files.
#[derive(Clone, Debug)]
pub struct End {
    pub clock: Clock,
    pub ip: Ipv4Addr,
    pub boot_id: String,
    pub capture: Capture,
    /// Its program is killed then.
    pub killed: Option<i64>,
    pub gives_journal: bool,
    pub gives_capture: bool,
}

#[derive(Clone, Debug)]
pub struct Receiver {
    pub end: End,
    pub number: u16,
    /// Its data port, and the address and port that the sender sends to.
    pub port: u16,
    pub public: SocketAddrV4,
    pub delay: i64,
    pub jitter: i64,
    pub faults: Faults,
}

impl Receiver {
    /// The sender's port for it.
    pub const fn server_port(&self) -> u16 {
        5005 + self.number
    }
}

#[derive(Clone, Debug)]
pub struct World {
    pub kind: Kind,
    pub seed: u64,
    pub mode: Mode,
    pub token: u64,
    pub sender: End,
    /// The sender's address as the receivers know it.
    pub sender_public: Ipv4Addr,
    pub receivers: Vec<Receiver>,
    pub size: u64,
    pub block: u32,
    /// What is in each block: equal numbers are equal contents.
    pub contents: Vec<u32>,
    /// Time from one block to the next.
    pub interval: i64,
}

impl World {
    pub const fn blocks(&self) -> u64 {
        self.size.div_ceil(self.block as u64)
    }

    /// All ends, the sender first.
    pub fn ends(&self) -> impl Iterator<Item = &End> {
        std::iter::once(&self.sender).chain(self.receivers.iter().map(|receiver| &receiver.end))
    }

    /// Whether the files of both ends are given as medidor wrote them, and nothing kept their programs from seeing all.
    pub fn is_whole(&self, receiver: &Receiver) -> bool {
        [&self.sender, &receiver.end].into_iter().all(|end| {
            end.gives_journal
                && end.gives_capture
                && end.capture.is_own
                && end.capture.drops.is_none()
                && end.killed.is_none()
                && end.clock.is_steady()
        })
    }

    /// Whether some contents occur more than once, so that blocks without numbers are only counted.
    pub fn repeats(&self) -> bool {
        let mut contents = self.contents.clone();
        contents.sort_unstable();
        self.mode == Mode::Classic && contents.windows(2).any(|pair| pair[0] == pair[1])
    }
}
