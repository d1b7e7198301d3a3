//! Draws worlds by kind and seed.

use std::net::{Ipv4Addr, SocketAddrV4};

use fastrand::Rng;
use medidor::core::protocol::transfer::{Mode, classic};
use medidor::core::time::SECOND;

use super::world::{Capture, End, Faults, Kind, Receiver, World};
use crate::worlds::draw::parts::{choose, clock};
use crate::worlds::world::{EPOCH, MS, US};

/// When the receivers are ready.
pub const READY: i64 = EPOCH + SECOND;

/// A chance in thousand that is felt.
fn chance(rng: &mut Rng) -> u32 {
    rng.u32(10..200)
}

fn faults(kind: Kind, rng: &mut Rng) -> Faults {
    let mut faults = Faults::default();
    match kind {
        Kind::Clean | Kind::RepeatedContent => {}
        Kind::NetworkLoss => faults.network = chance(rng),
        Kind::SocketOverflow => faults.overflows = rng.u32(1..4),
        Kind::SenderQueue => (faults.sender_queue, faults.refused) = (chance(rng), rng.u32(0..30)),
        Kind::ReceiverFirewall => faults.firewall = chance(rng),
        Kind::Copies => faults.copied = chance(rng),
        Kind::Reordering => faults.delayed = chance(rng),
        Kind::BadChecksums => faults.corrupt = chance(rng),
        Kind::Strangers => {
            let sent = rng.u32(1..20);
            (faults.strangers, faults.overflows) = ((sent, rng.u32(0..=sent)), rng.u32(0..3));
        }
        _ => {
            let mut maybe = |value: u32| if rng.bool() { value } else { 0 };
            let chances = [40, 60, 40, 60, 60, 2].map(&mut maybe);
            let is_rough = kind == Kind::Mixed;
            faults = Faults {
                refused: if is_rough { maybe(10) } else { 0 },
                sender_queue: chances[0],
                network: chances[1],
                firewall: chances[2],
                copied: chances[3],
                delayed: chances[4],
                corrupt: if is_rough { maybe(30) } else { 0 },
                overflows: chances[5],
                strangers: if is_rough { (maybe(5), 0) } else { (0, 0) },
            };
            faults.strangers.1 = faults.strangers.0 / 2;
        }
    }
    if kind == Kind::RepeatedContent {
        let mut maybe = |value: u32| if rng.bool() { value } else { 0 };
        (faults.sender_queue, faults.network, faults.copied) = (maybe(50), maybe(80), maybe(80));
        (faults.firewall, faults.overflows) = (maybe(50), maybe(1));
    }
    faults
}

fn end(rng: &mut Rng, ip: Ipv4Addr) -> End {
    let capture = Capture { from: EPOCH, to: i64::MAX, is_own: true, drops: None };
    let boot_id = format!("{:032x}", rng.u128(..));
    let clock = clock(rng);
    End { clock, ip, boot_id, capture, killed: None, gives_journal: true, gives_capture: true }
}

/// The world of a kind and a seed.
pub fn draw(kind: Kind, seed: u64) -> World {
    let mut rng = Rng::with_seed(seed ^ ((kind as u64) << 40) ^ 0x7ab5);
    let rng = &mut rng;
    let mode = if rng.bool() { Mode::Udp } else { Mode::Classic };
    let block = if mode == Mode::Udp { 64 } else { classic::BLOCK };
    let blocks = rng.u64(8..160);
    let size = blocks * u64::from(block) - rng.u64(0..u64::from(block) - 9);
    let mut contents: Vec<u32> = (1..=blocks as u32).collect();
    if kind == Kind::RepeatedContent || kind == Kind::Mixed && rng.u8(0..4) == 0 {
        for _ in 0..rng.usize(1..4) {
            let (from, content) = (rng.usize(0..contents.len() - 1), rng.u32(0..2));
            let to = contents.len().min(from + rng.usize(2..30)) - 1;
            contents[from..to].fill(content * 1_000);
        }
    }
    let interval = choose(rng, &[(50 * US, 2), (400 * US, 2), (3 * MS, 2), (20 * MS, 1)]);
    let count = if kind == Kind::SeveralReceivers { rng.u16(2..5) } else { 1 };
    let mut world = World {
        kind,
        seed,
        mode,
        token: rng.u64(..),
        sender: end(rng, Ipv4Addr::new(192, 168, 2, 20)),
        sender_public: Ipv4Addr::new(203, 0, 113, 2),
        receivers: Vec::new(),
        size,
        block,
        contents,
        interval,
    };
    for number in 1..=count {
        let port = if rng.bool() { 40_001 } else { rng.u16(30_000..60_000) };
        let is_translated = mode == Mode::Udp && rng.bool();
        let public_port = if is_translated { rng.u16(30_000..60_000) } else { port };
        let delay = choose(rng, &[(100 * US, 1), (5 * MS, 2), (60 * MS, 1)]);
        let receiver = Receiver {
            end: end(rng, Ipv4Addr::new(192, 168, 1, 10)),
            number,
            port,
            public: SocketAddrV4::new(Ipv4Addr::new(198, 51, 100, number as u8), public_port),
            delay,
            jitter: rng.i64(0..=delay / 4),
            faults: faults(kind, rng),
        };
        world.receivers.push(receiver);
    }
    spoil(&mut world, rng);
    world
}

/// Kills programs, takes files away, and weakens captures, as the kind has it.
fn spoil(world: &mut World, rng: &mut Rng) {
    let duration = world.interval * world.blocks() as i64 + 200 * MS;
    let mut during = || READY + 50 * MS + rng.i64(0..duration);
    match world.kind {
        Kind::KilledReceiver => world.receivers[0].end.killed = Some(during()),
        Kind::KilledSender => world.sender.killed = Some(during()),
        Kind::CaptureDrops => {
            let (from, to) = (during(), during());
            let drops = Some((from.min(to), from.max(to)));
            let is_senders = rng.bool();
            let end = if is_senders { &mut world.sender } else { &mut world.receivers[0].end };
            end.capture.drops = drops;
        }
        Kind::ClockSteps => {
            let step = (during(), choose(rng, &[(300 * MS, 1), (-300 * MS, 1), (5 * SECOND, 1), (-5 * SECOND, 1)]));
            let is_senders = rng.bool();
            let end = if is_senders { &mut world.sender } else { &mut world.receivers[0].end };
            end.clock.steps.push(step);
        }
        Kind::ForeignCaptures => {
            for end in [&mut world.sender, &mut world.receivers[0].end] {
                end.capture.is_own = rng.bool();
                if !end.capture.is_own && rng.bool() {
                    (end.capture.from, end.capture.to) =
                        (READY + rng.i64(0..duration), READY + rng.i64(0..2 * duration));
                }
            }
        }
        Kind::CapturesAlone => {
            for end in std::iter::once(&mut world.sender).chain(world.receivers.iter_mut().map(|of| &mut of.end)) {
                (end.gives_journal, end.capture.is_own) = (false, rng.bool());
            }
        }
        _ => {}
    }
    let gives_all = match world.kind {
        Kind::CapturesAlone => return,
        Kind::MissingFiles => false,
        _ => rng.u8(0..3) > 0,
    };
    if gives_all {
        return;
    }
    let receivers = world.receivers.iter_mut().map(|receiver| &mut receiver.end);
    for end in std::iter::once(&mut world.sender).chain(receivers) {
        (end.gives_journal, end.gives_capture) = (rng.u8(0..3) > 0, rng.u8(0..3) > 0);
    }
    if !world.ends().any(|end| end.gives_journal) {
        world.sender.gives_journal = true;
    }
}
