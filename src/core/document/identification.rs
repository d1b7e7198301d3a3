//! How the files were found to belong together: which of the server's flows may be a client's own.

use std::net::SocketAddr;

use serde::Serialize;

use super::counts::SegmentCounts;

/// What proves that two flows are the two ends of one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentificationBasis {
    /// Their datagrams have the same IP identifications or flow labels, in an order that no schedule explains.
    IpId,
    /// The intervals of one follow the drawn intervals of the other.
    Spacing,
    /// Both journals are of one boot of one host, and the stamps of its clock agree.
    BootId,
    /// Both ends know the client by the same globally routable address and port, at the same time.
    Address,
    /// The member of a chat received the token that the server drew for its address.
    Token,
    /// Nothing proves it, nothing contradicts it, and no other flow fits.
    OnlyCandidate,
}

/// A hard fact that excludes that two flows are of one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Refutation {
    /// They have no message in common.
    NothingShared,
    /// Their texts differ in more than one datagram of five.
    OtherTexts,
    /// The server received numbers that the client never sent.
    OtherNumbers,
    /// The server took longer over its replies than the client waited for them.
    SlowerThanTheWait,
    /// By the one clock of both, replies came before their requests.
    OtherTime,
    /// Both are within one host and have different ports.
    OtherPort,
    /// Their stamps fit only if a clock was set, and both journals prove that none was.
    ClockStep,
    /// Their stamps fit only if a clock was set at least twice in the run. Assumed, where no journal knows the clocks.
    ClockSteps,
    /// Both were captured on one wire.
    SameWire,
    /// Another client's flow is proven to be its other end.
    Taken,
    /// Another flow is proven to be this client's own.
    OtherProven,
    /// Whatever assignment of the other flows contains it leaves one of them without its own.
    NoAssignment,
    /// The user chose another flow.
    NotChosen,
}

/// A server flow that is, may be, or cannot be the other end of a client's flow.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Candidate {
    /// The client's flow, by its number in this document; in a chat the member.
    ///
    /// A chat member's files that are left out have a number after the last member's.
    pub client_flow: u32,
    /// The server's flow, from 1, as `--flow` counts them, in a chat the member; `null`: it is not in these files.
    pub flow: Option<u32>,
    /// The client's address as the server saw it.
    pub client_as_seen_by_server: Option<SocketAddr>,
    /// What proves it.
    pub identified_by: Option<IdentificationBasis>,
    /// What excludes it.
    pub refuted_by: Option<Refutation>,
    /// Spread of the server's stamps around the client's, nanoseconds. It orders candidates and decides nothing.
    pub scatter_ns: Option<i64>,
    /// How many messages were lost, and where, if it is the one. `null` of those that are excluded.
    pub blame: Option<SegmentCounts>,
}

impl Identification {
    /// Whether no flow of the server's can be any of the client's: the files are of different runs.
    pub fn is_other_run(&self) -> bool {
        self.candidates.iter().all(|candidate| candidate.flow.is_none() || candidate.refuted_by.is_some())
    }
}

/// Which of the server's flows may be the client's own.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Identification {
    /// What the verdict rests on, if it is the same for all flows; `null` where several flows fit, or none.
    pub basis: Option<IdentificationBasis>,
    /// The flows, those that fit first.
    pub candidates: Vec<Candidate>,
}
