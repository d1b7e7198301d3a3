//! The list of scenarios: single faults and combinations, each a row of the table.

use super::common::lab::Side;

/// A fault or a weakened witness.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ingredient {
    /// Drops chosen requests at a router.
    Forward,
    /// Drops chosen replies at a router.
    Return,
    /// Drops random requests at a router.
    RandomForward,
    /// Drops random replies at a router.
    RandomReturn,
    /// Drops chosen requests in the server's firewall.
    ServerInput,
    /// Drops chosen requests before the server's firewall.
    ServerIngress,
    /// Refuses chosen requests in the client's firewall.
    ClientOutput,
    /// Drops chosen requests after the client's firewall.
    ClientEgress,
    /// Overflows the client's queue.
    ClientQueue,
    /// Refuses chosen replies in the server's firewall.
    ServerOutput,
    /// Drops chosen replies after the server's firewall.
    ServerEgress,
    /// Overflows the server's queue.
    ServerQueue,
    /// Drops chosen replies in the client's firewall.
    ClientInput,
    /// Drops chosen replies before the client's firewall.
    ClientIngress,
    /// Stops the server until its socket overflows.
    ServerOverflow,
    /// Stops the client until its socket overflows.
    ClientOverflow,
    /// No server, with a foreign capture on its host.
    Nobody,
    /// Rejects chosen requests at a router with an ICMP error.
    Reject,
    /// Duplicates chosen requests at the client.
    DuplicateRequest,
    /// Duplicates chosen replies at the server.
    DuplicateReply,
    /// Alters chosen requests after their checksum is final, so that it is wrong.
    BadChecksum,
    /// The same before a NAT that verifies checksums.
    BadChecksumAtNat,
    /// Alters chosen requests before their checksum is final.
    Altered,
    /// A slow link from router A.
    SlowForward,
    /// A slow link from router B.
    SlowReturn,
    /// Requests longer than the MTU.
    Fragments,
    /// A server with `--drop`.
    ServerDrop,
    /// Stops the server until replies are late.
    Late,
    /// Removes the beginning of a capture.
    CutStart(Side),
    /// Removes the end of a capture, between two records or inside one.
    CutEnd(Side),
    /// Overflows a capture's ring.
    CaptureDrops(Side),
    /// A relay between the two, with these options.
    Relay(&'static [&'static str]),
    /// A relay that drops chosen numbers.
    RelayByNumber,
    /// Three to five faults by number.
    AnyChosen,
    /// One weakened capture.
    AnyHarm,
}

/// A row of the table: name and ingredients.
pub type Scenario = (&'static str, &'static [Ingredient]);

/// All scenarios: single faults first, then combinations.
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

/// The choices for [`Ingredient::AnyChosen`], which can be combined with all others.
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
