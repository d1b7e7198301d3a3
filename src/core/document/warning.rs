//! Warnings of the result documents. The report adds text and advice in its language.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

/// What a reader must know beside the figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Warning {
    /// What kind of warning.
    pub code: WarningCode,
    /// The figures that belong to it.
    pub values: BTreeMap<&'static str, Value>,
    /// The warning for people; filled in by the report in its language.
    pub text: String,
    /// What to do about it; filled in by the report in its language.
    pub advice: String,
}

impl Warning {
    /// A warning with its figures, still without words.
    pub fn new<const N: usize>(code: WarningCode, values: [(&'static str, Value); N]) -> Self {
        Self { code, values: BTreeMap::from(values), text: String::new(), advice: String::new() }
    }
}

/// The kinds of warnings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WarningCode {
    /// The capture dropped packets (buffer full).
    CaptureDropped,
    /// The interface lost packets before the capture.
    InterfaceDropped,
    /// The capture ended before the run.
    CaptureFailed,
    /// The capture file is damaged.
    CaptureDamaged,
    /// A capture that no journal describes.
    CaptureAssumed,
    /// The filter keeps frames of the exchange out.
    FilterBlind,
    /// The snapshot length cuts the numbers off.
    SnaplenBlind,
    /// The capture holds packets that join several messages.
    SuperPackets,
    /// The capture holds packets that the snapshot length cut before their number.
    IllegiblePackets,
    /// The capture holds packets of link types that are not read.
    UnreadPackets,
    /// The capture holds fragments of datagrams of which others are missing.
    IncompleteFragments,
    /// The capture holds texts whose numbers do not tell one from another.
    UnidentifiedTexts,
    /// The capture shows packets more than once: on several interfaces, or before and after a router or VLAN.
    CopiesFolded,
    /// The journal has no end, or breaks off.
    JournalBroken,
    /// The journal lost records.
    JournalGap,
    /// A witness missed what others prove to have passed.
    Contradiction,
    /// A clock was set during the run.
    ClockStep,
    /// The two clocks are so far apart that the files may be of different runs.
    ClocksApart,
    /// Several flows of the server's fit the client's.
    FlowTie,
    /// None of the server's flows can be the client's: the files are of different runs.
    OtherRun,
    /// A flow of the server's fits the client's, and nothing proves that both are of one run.
    PerhapsOtherRun,
    /// Several of the server's members may be the one that files are about, or nothing proves that the only one is.
    MemberTie,
    /// None of the server's members is the one that files are about.
    MemberMissing,
    /// The other side's files hold flows of other clients.
    OtherFlows,
    /// The only capture shows no router between the hosts, and nothing tells which of them took it: it is read as the client's.
    SideAssumed,
    /// Both ends are on one host.
    SameHost,
    /// There is no capture, so nothing was observed on the wire.
    ApplicationOnly,
    /// Nothing is listening at the server's port, or a firewall rejects.
    NobodyListening,
    /// Nothing at all passed in one direction, or nothing came back.
    NothingPassed,
    /// Both ends are in one network, behind one router or joined by something between them.
    OneNetwork,
    /// The kernel dropped datagrams at a socket.
    SocketDrops,
    /// Replies came from another source than the server's address.
    OtherSource,
    /// The server sent texts without a number, which cannot be matched to messages.
    UnnumberedReplies,
    /// Replies reached a server, which does not reply to them.
    RepliesAtServer,
    /// The server dropped messages on purpose (`--drop`).
    SimulatedDrop,
    /// The server limits its replies.
    RateLimited,
    /// The capture holds fragments: messages larger than the path carries.
    Fragments,
    /// The capture holds packets of other applications.
    ForeignPackets,
    /// A file that was given, or found beside one, was not used.
    UnusedFile,
}
