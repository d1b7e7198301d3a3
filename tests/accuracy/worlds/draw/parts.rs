//! The parts that all kinds of world are drawn from.

use std::net::{Ipv4Addr, SocketAddrV4};

use fastrand::Rng;
use medidor::core::document::path::SegmentName::{self, NetworkForward, NetworkReturn};
use medidor::core::time::SECOND;

use crate::worlds::events::SEGMENTS;
use crate::worlds::world::{Clock, Delay, EPOCH, Fault, Host, MS, Message, Nat, PacketIds, Path, SERVER_PORT, US};

/// One of several values, by weight.
pub fn choose<T: Clone>(rng: &mut Rng, weighted: &[(T, u32)]) -> T {
    let mut left = rng.u32(0..weighted.iter().map(|(_, weight)| weight).sum());
    for (value, weight) in weighted {
        if left < *weight {
            return value.clone();
        }
        left -= weight;
    }
    unreachable!("the weights are not exhausted")
}

/// A port from the range for clients.
pub fn port(rng: &mut Rng) -> u16 {
    rng.u16(32_768..61_000)
}

/// A clock with an offset and a rate of its own.
pub fn clock(rng: &mut Rng) -> Clock {
    let reach = choose(rng, &[(5 * MS, 3), (500 * MS, 3), (5 * SECOND, 2), (3_000 * SECOND, 1)]);
    Clock {
        offset: rng.i64(-reach..=reach),
        ppb: rng.i64(-40_000..=40_000),
        raw_ppb: rng.i64(-60_000..=60_000),
        boot: EPOCH - rng.i64(60 * SECOND..100_000 * SECOND),
        steps: Vec::new(),
        slews: Vec::new(),
    }
}

fn packet_ids(rng: &mut Rng) -> PacketIds {
    let kinds = [
        (PacketIds::PerDestination, 6),
        (PacketIds::PerSocket, 6),
        (PacketIds::Zero, 4),
        (PacketIds::ByMessage, 1),
        (PacketIds::Random, 1),
    ];
    choose(rng, &kinds)
}

fn host(rng: &mut Rng, ip: Ipv4Addr, public: SocketAddrV4) -> Host {
    Host {
        ip,
        public,
        clock: clock(rng),
        boot_id: format!("{:032x}", rng.u128(..)),
        hop_limit: choose(rng, &[(64, 4), (128, 1)]),
        packet_ids: packet_ids(rng),
    }
}

/// A client's host, with a private address that others may have too.
pub fn client_host(rng: &mut Rng) -> Host {
    let ip = match rng.u8(0..4) {
        0 => Ipv4Addr::new(10, 0, 2, 15),
        1 => Ipv4Addr::new(172, 17, 0, rng.u8(2..6)),
        _ => Ipv4Addr::new(192, 168, rng.u8(0..3), rng.u8(2..250)),
    };
    host(rng, ip, SocketAddrV4::new(ip, 0))
}

/// A server's host: behind a router that forwards its port, or with a public address of its own.
pub fn server_host(rng: &mut Rng) -> Host {
    let public = Ipv4Addr::new(45, 76, 10, rng.u8(2..250));
    if rng.bool() {
        host(rng, Ipv4Addr::new(192, 168, 2, 20), SocketAddrV4::new(public, SERVER_PORT))
    } else {
        host(rng, public, SocketAddrV4::new(public, SERVER_PORT))
    }
}

fn delay(rng: &mut Rng) -> Delay {
    let least = choose(rng, &[(100 * US, 2), (2 * MS, 2), (20 * MS, 3), (80 * MS, 1)]);
    let jitter = choose(rng, &[(50 * US, 3), (MS, 3), (5 * MS, 2), (30 * MS, 2)]);
    (rng.i64(least / 2..least), rng.i64(jitter / 2..jitter))
}

pub fn path(rng: &mut Rng) -> Path {
    Path { forward: delay(rng), back: delay(rng), routers: rng.u8(1..20), nat: None }
}

/// A client's NAT with one port; of a `home` that is given, another port than those taken.
pub fn nat(rng: &mut Rng, home: Option<&Nat>, taken: &[u16]) -> Nat {
    let own = std::iter::repeat_with(|| port(rng)).find(|port| !taken.contains(port)).expect("a free port");
    let packet_ids = choose(rng, &[(None, 8), (Some(PacketIds::PerSocket), 1), (Some(PacketIds::Random), 1)]);
    let bindings = |ip| vec![(EPOCH, SocketAddrV4::new(ip, own))];
    match home {
        Some(home) => Nat { bindings: bindings(*home.bindings[0].1.ip()), ..home.clone() },
        None => Nat { bindings: bindings(public_address(rng)), packet_ids },
    }
}

/// An address that a provider gives to a home.
pub fn public_address(rng: &mut Rng) -> Ipv4Addr {
    Ipv4Addr::new(45, 80, rng.u8(..), rng.u8(1..255))
}

/// When a client sends.
#[derive(Clone, Debug)]
pub struct Schedule {
    pub count: usize,
    pub interval: i64,
    /// Messages between pauses; 0 for no pause.
    pub batch: usize,
    pub pause: i64,
    pub timeout: i64,
    /// Each interval is drawn within 30 % of `interval`.
    pub is_drawn: bool,
}

impl Schedule {
    pub fn draw(rng: &mut Rng) -> Self {
        Self {
            count: rng.usize(8..41),
            interval: choose(rng, &[(20 * MS, 1), (60 * MS, 2), (100 * MS, 4), (250 * MS, 1), (SECOND, 1)]),
            batch: choose(rng, &[(0, 2), (5, 1), (10, 2)]),
            pause: choose(rng, &[(500 * MS, 2), (3 * SECOND, 1), (10 * SECOND, 1)]),
            timeout: choose(rng, &[(500 * MS, 1), (5 * SECOND / 2, 3), (10 * SECOND, 2)]),
            is_drawn: rng.u8(0..3) > 0,
        }
    }

    /// With at most so many messages.
    pub fn limited(&self, max_messages: usize) -> Self {
        Self {
            count: if self.count > max_messages { 1 + self.count % max_messages } else { self.count },
            ..self.clone()
        }
    }

    /// The messages with these faults; the first is due at `start`.
    pub fn messages(&self, start: i64, faults: &[Fault], rng: &mut Rng) -> Vec<Message> {
        let mut due = start;
        let mut messages = Vec::with_capacity(faults.len());
        for (index, fault) in faults.iter().enumerate() {
            if index > 0 {
                let is_pause = self.batch > 0 && index % self.batch == 0;
                let interval = if is_pause { self.pause } else { self.interval };
                let spread = if self.is_drawn { interval * 3 / 10 } else { 0 };
                // A pause is never shorter.
                due += interval + rng.i64(if is_pause { 0 } else { -spread }..=spread);
            }
            // Timers are a little late.
            messages.push(Message { n: index as u64 + 1, sent: due + rng.i64(0..300 * US), fault: *fault });
        }
        messages
    }
}

pub const REPLIES_LOST: Fault = Fault::Lost(NetworkReturn);
pub const REQUESTS_LOST: Fault = Fault::Lost(NetworkForward);

/// How often the faults happen to the messages of a run, in thousandths.
#[derive(Clone, Copy, Debug)]
pub struct FaultRates {
    pub forward: u32,
    pub back: u32,
    /// On each of the five other segments.
    pub elsewhere: u32,
    /// Slow, doubled, not sent, not answered: each.
    pub rare: u32,
}

impl FaultRates {
    pub fn new(rng: &mut Rng) -> Self {
        let rate = |rng: &mut Rng| choose(rng, &[(0, 3), (30, 3), (100, 2), (300, 1)]);
        Self {
            forward: rate(rng),
            back: rate(rng),
            elsewhere: choose(rng, &[(0, 3), (10, 2), (40, 1)]),
            rare: choose(rng, &[(0, 4), (10, 1), (30, 1)]),
        }
    }

    /// The faults of so many messages.
    pub fn draw(self, count: usize, rng: &mut Rng) -> Vec<Fault> {
        (0..count).map(|_| self.draw_one(rng)).collect()
    }

    fn draw_one(self, rng: &mut Rng) -> Fault {
        let others = SEGMENTS.into_iter().filter(|segment| !matches!(segment, NetworkForward | NetworkReturn));
        let mut left = rng.u32(0..1_000);
        let mut is_drawn = |rate: u32| {
            let drawn = left < rate;
            left = left.wrapping_sub(if drawn { 0 } else { rate });
            drawn
        };
        if is_drawn(self.forward) {
            return Fault::Lost(NetworkForward);
        }
        if is_drawn(self.back) {
            return Fault::Lost(NetworkReturn);
        }
        for segment in others {
            if is_drawn(self.elsewhere) {
                return Fault::Lost(segment);
            }
        }
        let rare = [Fault::NotSent, Fault::SimulatedDrop, doubled(rng), slow(rng)];
        rare.into_iter().find(|_| is_drawn(self.rare)).unwrap_or(Fault::None)
    }
}

fn on_the_way(rng: &mut Rng) -> SegmentName {
    if rng.bool() { NetworkForward } else { NetworkReturn }
}

fn doubled(rng: &mut Rng) -> Fault {
    let second = if rng.u8(0..3) == 0 { Some(SEGMENTS[rng.usize(0..7)]) } else { None };
    Fault::Doubled { at: on_the_way(rng), lag: rng.i64(1..20 * MS), second }
}

fn slow(rng: &mut Rng) -> Fault {
    Fault::Slow { at: on_the_way(rng), by: rng.i64(MS..900 * MS) }
}
