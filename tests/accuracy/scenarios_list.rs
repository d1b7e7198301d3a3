//! The menu: what can go wrong, and which of it together makes a row of the board.

use super::common::lab::Side;

/// One thing that goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ingredient {
    /// Chosen requests, at a router.
    Forward,
    /// Chosen replies, at a router.
    Return,
    /// Requests, by the kernel's dice.
    RandomForward,
    /// Replies, by the kernel's dice.
    RandomReturn,
    /// Chosen requests, at the server's firewall.
    ServerInput,
    /// Chosen requests, before the server's firewall.
    ServerIngress,
    /// Chosen requests refused by the client's firewall.
    ClientOutput,
    /// Chosen requests, behind the client's firewall.
    ClientEgress,
    /// The client's queue is full.
    ClientQueue,
    /// Chosen replies refused by the server's firewall.
    ServerOutput,
    /// Chosen replies, behind the server's firewall.
    ServerEgress,
    /// The server's queue is full.
    ServerQueue,
    /// Chosen replies, at the client's firewall.
    ClientInput,
    /// Chosen replies, before the client's firewall.
    ClientIngress,
    /// The server stands still until its socket overflows.
    ServerOverflow,
    /// The client stands still until its socket overflows.
    ClientOverflow,
    /// No server; a foreign capture where it would be.
    Nobody,
    /// Chosen requests rejected by a router with an ICMP error.
    Reject,
    /// Chosen requests arise twice at the client.
    DuplicateRequest,
    /// Chosen replies arise twice at the server.
    DuplicateReply,
    /// Chosen requests changed on the way, their checksum finished before and wrong now.
    BadChecksum,
    /// The same before a NAT that verifies.
    BadChecksumAtNat,
    /// Chosen requests changed, their checksum never finished.
    Altered,
    /// A narrow way from router A.
    SlowForward,
    /// A narrow way from router B.
    SlowReturn,
    /// Requests longer than the MTU.
    Fragments,
    /// The server was told to drop.
    ServerDrop,
    /// The server stands still until replies are late.
    Late,
    /// A capture lacks its beginning.
    CutStart(Side),
    /// A capture lacks its end, between two records or within one.
    CutEnd(Side),
    /// A capture's ring overflows.
    CaptureDrops(Side),
    /// A relay between the two, with these options.
    Relay(&'static [&'static str]),
    /// A relay that loses chosen numbers.
    RelayByNumber,
    /// Three to five of those that strike by number.
    AnyChosen,
    /// One of those that weaken a capture.
    AnyHarm,
}

/// A row of the board: its name, and what goes wrong in it.
pub type Scenario = (&'static str, &'static [Ingredient]);

/// Every scenario. Each alone first, then mixtures.
pub const SCENARIOS: &[Scenario] = {
    use Ingredient::*;
    &[
        ("nothing", &[]),
        ("request lost at a router", &[Forward]),
        ("reply lost at a router", &[Return]),
        ("lost at random at the routers", &[RandomForward, RandomReturn]),
        ("server firewall INPUT", &[ServerInput]),
        ("server netdev ingress", &[ServerIngress]),
        ("client firewall OUTPUT", &[ClientOutput]),
        ("client netdev egress", &[ClientEgress]),
        ("client queue full", &[ClientQueue]),
        ("server firewall OUTPUT", &[ServerOutput]),
        ("server netdev egress", &[ServerEgress]),
        ("server queue full", &[ServerQueue]),
        ("client firewall INPUT", &[ClientInput]),
        ("client netdev ingress", &[ClientIngress]),
        ("server stopped, socket overflows", &[ServerOverflow]),
        ("client stopped, socket overflows", &[ClientOverflow]),
        ("nobody listening", &[Nobody]),
        ("ICMP reject at a router", &[Reject]),
        ("duplicated requests", &[DuplicateRequest]),
        ("duplicated replies", &[DuplicateReply]),
        ("changed, checksum wrong", &[BadChecksum]),
        ("changed, a NAT verifies", &[BadChecksumAtNat]),
        ("changed, checksum not finished", &[Altered]),
        ("slow link, out", &[SlowForward]),
        ("slow link, back", &[SlowReturn]),
        ("larger than the MTU", &[Fragments]),
        ("simulated drop (`--drop`)", &[ServerDrop]),
        ("late replies", &[Late]),
        ("client's capture cut at its start", &[CutStart(Side::A), AnyChosen]),
        ("server's capture cut at its start", &[CutStart(Side::B), AnyChosen]),
        ("client's capture cut at its end", &[CutEnd(Side::A), AnyChosen]),
        ("server's capture cut at its end", &[CutEnd(Side::B), AnyChosen]),
        ("client's capture drops", &[CaptureDrops(Side::A), AnyChosen]),
        ("server's capture drops", &[CaptureDrops(Side::B), AnyChosen]),
        ("`simulador`: by number", &[RelayByNumber]),
        ("`simulador`: at random", &[Relay(&["--loss", "12%", "--loss-return", "8%"])]),
        ("`simulador`: bursts", &[Relay(&["--loss", "burst:6%:30%", "--loss-return", "burst:6%:40%:90%"])]),
        (
            "`simulador`: a rough network",
            &[Relay(&[
                "--loss",
                "6%",
                "--loss-return",
                "6%",
                "--delay",
                "20ms",
                "--jitter",
                "30ms",
                "--reorder",
                "8",
                "--duplicate",
                "8",
            ])],
        ),
        ("`simulador`: changed bits", &[Relay(&["--corrupt", "12", "--loss", "5%"])]),
        ("`simulador`: rate limit", &[Relay(&["--rate", "11000"])]),
        ("`simulador`: late replies", &[Relay(&["--delay", "50ms", "--jitter", "250ms", "--reorder", "15"])]),
        ("mixed: chosen faults", &[AnyChosen, AnyChosen]),
        ("mixed: with `--drop`, duplicates", &[ServerDrop, DuplicateRequest, AnyChosen]),
        ("mixed: with random loss", &[RandomForward, RandomReturn, AnyChosen]),
        ("mixed: with late replies", &[Late, AnyChosen]),
        ("mixed: with server overflow", &[ServerOverflow, Forward, Return, ClientEgress]),
        ("mixed: slow link, full queue", &[SlowForward, Return, ClientInput, ServerOutput]),
        ("mixed: a cut capture and `--drop`", &[AnyHarm, ServerDrop, AnyChosen]),
        ("mixed: two weak captures", &[AnyHarm, AnyHarm, AnyChosen, AnyChosen]),
        (
            "mixed: `simulador`, host faults",
            &[
                Relay(&["--loss", "5%", "--loss-return", "5%", "--jitter", "15ms", "--duplicate", "4"]),
                ServerInput,
                ClientInput,
                ClientEgress,
                ServerDrop,
            ],
        ),
    ]
};

/// Those of [`Ingredient::AnyChosen`] that go together with everything.
pub const CHOSEN: [Ingredient; 8] = [
    Ingredient::Forward,
    Ingredient::Return,
    Ingredient::ServerInput,
    Ingredient::ClientOutput,
    Ingredient::ClientEgress,
    Ingredient::ServerOutput,
    Ingredient::ClientInput,
    Ingredient::Reject,
];
