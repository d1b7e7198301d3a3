//! What a monitored target's world is: what happens to each probe, and to the clock and the program that sends them. Times are
//! nanoseconds of the monotonic clock since the first probe.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::time::Duration;

use fastrand::Rng;
use medidor::core::time::{Mono, Now, SECOND, Wall, nanos};

use crate::worlds::draw::parts::choose;
use crate::worlds::world::{EPOCH, MS, US};

pub const HOST: Ipv4Addr = Ipv4Addr::new(192, 168, 1, 10);
pub const PEER: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(203, 0, 113, 2), 12_345);

/// A kind of world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Steady,
    OneLost,
    Outage,
    LateReplies,
    /// Replies come long after the alert.
    VeryLateReplies,
    OtherPort,
    OtherAddress,
    Duplicates,
    IcmpUnreachable,
    LatencyStep,
    /// Slow and down take turns.
    Alternating,
    SlowRecovery,
    ClockSet,
    Suspended,
    /// The program is stopped, and the computer is not.
    Stopped,
    LossPercent,
    Jitter,
    /// This host's firewall drops replies.
    LostHere,
    /// This host's firewall drops probes.
    KeptHere,
    /// The application reads replies late.
    HeldHere,
    NoNetwork,
    CaptureDrops,
    Mixed,
}

impl Kind {
    pub const ALL: [Self; 23] = [
        Self::Steady,
        Self::OneLost,
        Self::Outage,
        Self::LateReplies,
        Self::VeryLateReplies,
        Self::OtherPort,
        Self::OtherAddress,
        Self::Duplicates,
        Self::IcmpUnreachable,
        Self::LatencyStep,
        Self::Alternating,
        Self::SlowRecovery,
        Self::ClockSet,
        Self::Suspended,
        Self::Stopped,
        Self::LossPercent,
        Self::Jitter,
        Self::LostHere,
        Self::KeptHere,
        Self::HeldHere,
        Self::NoNetwork,
        Self::CaptureDrops,
        Self::Mixed,
    ];

    /// Whether each world of this kind has an alert.
    pub fn always_alerts(self) -> bool {
        use Kind::{
            Alternating, HeldHere, IcmpUnreachable, KeptHere, LateReplies, LatencyStep, LostHere, OtherAddress,
        };
        use Kind::{OtherPort, Outage, SlowRecovery, VeryLateReplies};
        [Alternating, HeldHere, IcmpUnreachable, KeptHere, LateReplies, LatencyStep, LostHere, OtherAddress]
            .contains(&self)
            || [OtherPort, Outage, SlowRecovery, VeryLateReplies].contains(&self)
    }
}

/// What happens to a probe.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fate {
    /// The system takes no probes.
    pub unsent: bool,
    pub kept_here: bool,
    pub lost: bool,
    /// From this host's wire and back to it.
    pub rtt: i64,
    /// Copies of the reply, and by how much each is later than the one before.
    pub copies: (u8, i64),
    /// Who answers, if not the target's port.
    pub from: Option<SocketAddrV4>,
    /// An ICMP error comes instead of a reply.
    pub icmp: bool,
    pub lost_here: bool,
    /// How long the reply waits in the socket.
    pub hold: i64,
}

#[derive(Clone, Debug)]
pub struct World {
    pub kind: Kind,
    pub seed: u64,
    pub interval: Duration,
    pub timeout: Duration,
    pub confirm: u32,
    pub fates: Vec<Fate>,
    /// Steps of the wall clock: when, and by how much.
    pub steps: Vec<(i64, i64)>,
    /// When this computer was suspended, and for how long, which the monotonic clock does not count.
    pub suspended: Vec<(i64, i64)>,
    /// From when to when the program was stopped.
    pub stopped: Option<(i64, i64)>,
    /// From when to when the capture dropped every other packet.
    pub drops: Option<(i64, i64)>,
}

impl World {
    pub fn suspended_ns(&self, time: i64) -> i64 {
        self.suspended.iter().filter(|(at, _)| *at <= time).map(|(_, length)| length).sum()
    }

    pub fn wall(&self, time: i64) -> Wall {
        let stepped: i64 = self.steps.iter().filter(|(at, _)| *at <= time).map(|(_, by)| by).sum();
        Wall(EPOCH + time + self.suspended_ns(time) + stepped)
    }

    pub fn now(&self, time: i64) -> Now {
        Now { wall: self.wall(time), mono: Mono(time) }
    }

    /// When the program can do what is due at `time`.
    pub fn awake(&self, time: i64) -> i64 {
        self.stopped.filter(|(from, to)| (*from..*to).contains(&time)).map_or(time, |(_, to)| to)
    }

    /// Whether the clocks and the capture are as they should be, so that nothing excuses a vague statement.
    pub fn is_plain(&self) -> bool {
        self.steps.is_empty() && self.suspended.is_empty() && self.stopped.is_none() && self.drops.is_none()
    }
}

/// The world of a kind and a seed.
pub fn draw(kind: Kind, seed: u64) -> World {
    let mut rng = Rng::with_seed(seed ^ ((kind as u64) << 40) ^ 0x3017);
    let rng = &mut rng;
    let interval = choose(rng, &[(400 * MS, 1), (SECOND, 2), (3 * SECOND, 2), (10 * SECOND, 2)]);
    let timeout = choose(rng, &[(500 * MS, 1), (SECOND, 2), (2 * SECOND, 2)]);
    let confirm = rng.u32(1..4);
    let base = choose(rng, &[(300 * US, 1), (8 * MS, 2), (60 * MS, 2)]);
    let count = rng.usize(14..34);
    let plain: Vec<Fate> = (0..count).map(|_| Fate { rtt: base + rng.i64(0..=base / 3), ..Fate::default() }).collect();
    let mut world = World {
        kind,
        seed,
        interval: Duration::from_nanos(interval as u64),
        timeout: Duration::from_nanos(timeout as u64),
        confirm,
        fates: plain,
        steps: Vec::new(),
        suspended: Vec::new(),
        stopped: None,
        drops: None,
    };
    let from = rng.usize(2..count - 11);
    let to = from + rng.usize(6..=10);
    let every: Vec<Kind> = match kind {
        Kind::Mixed => (0..rng.usize(2..5)).map(|_| Kind::ALL[rng.usize(0..Kind::ALL.len() - 1)]).collect(),
        _ => vec![kind],
    };
    for kind in every {
        spoil(&mut world, kind, (from, to), rng);
    }
    world
}

/// Loses all of these probes, or none.
fn lose_some(fates: &mut [Fate], rng: &mut Rng) {
    let is_lost = rng.bool();
    for fate in fates {
        fate.lost |= is_lost;
    }
}

/// Adds what a kind of world is about, to the probes of a range where it is about a range.
fn spoil(world: &mut World, kind: Kind, (from, to): (usize, usize), rng: &mut Rng) {
    let timeout = nanos(world.timeout);
    let interval = nanos(world.interval);
    let count = world.fates.len();
    let slow = || 120 * MS;
    let from_port = SocketAddrV4::new(*PEER.ip(), rng.u16(30_000..60_000));
    let from_address = SocketAddrV4::new(Ipv4Addr::new(203, 0, 113, 77), if rng.bool() { PEER.port() } else { 40_001 });
    let late = timeout + rng.i64(MS..700 * MS);
    let very_late = timeout + rng.i64(SECOND..20 * SECOND);
    let when = interval * from as i64 + rng.i64(-300 * MS..interval);
    let range = &mut world.fates[from..to];
    match kind {
        Kind::Steady | Kind::Mixed => {}
        Kind::OneLost => range[0].lost = true,
        Kind::Outage => range.iter_mut().for_each(|fate| fate.lost = true),
        Kind::LateReplies => range.iter_mut().for_each(|fate| fate.rtt = late),
        Kind::VeryLateReplies => range.iter_mut().for_each(|fate| fate.rtt = very_late),
        Kind::OtherPort => range.iter_mut().for_each(|fate| fate.from = Some(from_port)),
        Kind::OtherAddress => range.iter_mut().for_each(|fate| fate.from = Some(from_address)),
        Kind::Duplicates => {
            for fate in &mut world.fates {
                fate.copies = (rng.u8(0..3), rng.i64(10 * US..2 * timeout));
            }
            lose_some(&mut world.fates[from..to], rng);
        }
        Kind::IcmpUnreachable => range.iter_mut().for_each(|fate| fate.icmp = true),
        Kind::LatencyStep => world.fates[from..].iter_mut().for_each(|fate| fate.rtt += slow()),
        Kind::Alternating => {
            for (index, fate) in range.iter_mut().enumerate() {
                (fate.rtt, fate.lost) = (slow(), index % 2 == 1);
            }
        }
        Kind::SlowRecovery => {
            for (index, fate) in range.iter_mut().enumerate() {
                fate.lost = index < 4;
                fate.rtt = [350 * MS, slow()][usize::from(index > 6)];
            }
        }
        Kind::ClockSet => {
            let by = choose(
                rng,
                &[(-3_600 * SECOND, 1), (-2 * SECOND, 2), (-40 * MS, 1), (2 * SECOND, 1), (90_000 * SECOND, 1)],
            );
            world.steps.push((when, by));
            lose_some(range, rng);
        }
        Kind::Suspended => {
            world.suspended.push((when, rng.i64(SECOND / 2..5_000 * SECOND)));
            lose_some(range, rng);
        }
        Kind::Stopped => {
            world.stopped = Some((when, when + rng.i64(100 * MS..20 * SECOND)));
            lose_some(range, rng);
        }
        Kind::LossPercent => {
            let permille = rng.u32(50..500);
            world.fates.iter_mut().for_each(|fate| fate.lost |= rng.u32(0..1_000) < permille);
        }
        Kind::Jitter => world.fates.iter_mut().for_each(|fate| fate.rtt += rng.i64(0..400 * MS)),
        Kind::LostHere => range.iter_mut().for_each(|fate| fate.lost_here = true),
        Kind::KeptHere => range.iter_mut().for_each(|fate| fate.kept_here = true),
        Kind::HeldHere => range.iter_mut().for_each(|fate| fate.hold = timeout + rng.i64(0..2 * SECOND)),
        Kind::NoNetwork => {
            lose_some(range, rng);
            range[..4].iter_mut().for_each(|fate| fate.unsent = true);
        }
        Kind::CaptureDrops => {
            for fate in range {
                fate.lost = rng.bool();
            }
            world.drops = Some((when, when + rng.i64(SECOND..(count as i64) * interval)));
        }
    }
}
