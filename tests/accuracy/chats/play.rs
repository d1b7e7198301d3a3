//! Plays a world: what happens to each text and its copies, and the truth about it. No verdict code is involved.

use fastrand::Rng;
use medidor::core::protocol::chat::wire;

use super::world::World;
use crate::worlds::world::{EPOCH, MS, US};

/// From the wire to the application.
pub const READ_DELAY: i64 = 30 * US;

/// One datagram on its way.
#[derive(Clone, Debug)]
pub struct Datagram {
    /// When it was sent; it is on the wire a little later.
    pub sent: i64,
    pub text: String,
    /// When each copy was on the receiver's wire.
    pub came: Vec<i64>,
    /// When each of them was read.
    pub read: Vec<i64>,
}

impl Datagram {
    pub const fn wire(&self) -> i64 {
        self.sent + 20 * US
    }

    /// The segment that lost it, by its position on the way; 3 if it was read.
    pub const fn reached(&self) -> usize {
        match (self.came.is_empty(), self.read.is_empty()) {
            (true, _) => 1,
            (_, true) => 2,
            _ => 3,
        }
    }
}

/// A text and its copies.
#[derive(Clone, Debug)]
pub struct Message {
    pub from: usize,
    pub inward: Datagram,
    /// To whom, and the copy.
    pub copies: Vec<(usize, Datagram)>,
}

fn happens(rng: &mut Rng, permille: u32) -> bool {
    rng.u32(0..1_000) < permille
}

/// What a network and the receiving host do to a datagram.
struct Way {
    delay: i64,
    lost: u32,
    copied: u32,
    late: i64,
    dropped: u32,
}

impl Way {
    fn send(&self, sent: i64, text: String, rng: &mut Rng) -> Datagram {
        let mut datagram = Datagram { sent, text, came: Vec::new(), read: Vec::new() };
        if happens(rng, self.lost) {
            return datagram;
        }
        let late = if self.late > 0 && happens(rng, 250) { rng.i64(0..self.late) } else { 0 };
        let came = datagram.wire() + self.delay + rng.i64(0..self.delay / 4) + late;
        datagram.came.push(came);
        if happens(rng, self.copied) {
            datagram.came.push(came + rng.i64(2 * MS..30 * MS));
        }
        let reads = |came: &i64| (!happens(rng, self.dropped)).then_some(came + READ_DELAY);
        datagram.read = datagram.came.iter().filter_map(reads).collect();
        datagram
    }
}

/// What was said, in order.
pub fn play(world: &World, rng: &mut Rng) -> Vec<Message> {
    const LIKES: [&str; 3] = ["ok", "sim", "kkk"];
    let faults = world.faults;
    let (first, last) = (2 * world.members.len(), world.said.len().saturating_sub(2 * world.members.len()));
    let mut messages: Vec<Message> = Vec::new();
    for (index, member) in world.members.iter().enumerate().filter(|_| !world.is_foreign) {
        let way = Way { delay: member.delay, lost: 0, copied: 0, late: 0, dropped: 0 };
        let token = format!("/entrar {:016x}", rng.u64(..));
        let joining = way.send(EPOCH + 500 * MS + 7 * MS * index as i64, wire::JOINING.into(), rng);
        let challenge = way.send(joining.read[0] + 100 * US, token.clone(), rng);
        let answer = way.send(challenge.read[0] + 100 * US, token, rng);
        messages.push(Message { from: index, inward: joining, copies: vec![(index, challenge)] });
        messages.push(Message { from: index, inward: answer, copies: Vec::new() });
    }
    for (index, (time, from)) in world.said.iter().copied().enumerate() {
        let member = &world.members[from];
        let text = if happens(rng, faults.likes) {
            LIKES[rng.usize(..LIKES.len())].to_owned()
        } else {
            format!(
                "fala {} de {}",
                char::from(b'a' + (index % 26) as u8).to_string().repeat(1 + index / 26),
                member.name
            )
        };
        // The first and the last texts of everybody come through: they show that all witnesses were awake.
        let is_safe = index < first || index >= last;
        let of = |permille: u32| if is_safe { 0 } else { permille };
        let (copied, late) = (of(faults.copied), if is_safe { 0 } else { faults.late });
        let way =
            Way { delay: member.delay, lost: of(faults.to_server), copied, late, dropped: of(faults.server_drops) };
        let inward = way.send(time, text, rng);
        let mut copies = Vec::new();
        // A program that reads a text twice passes it on twice: both copies are its own.
        for read in &inward.read {
            for (to, other) in world.members.iter().enumerate() {
                if to == from || other.leaves < *read {
                    continue;
                }
                let text = (world.dialect)(&member.name, member.far, &inward.text);
                let way = Way { delay: other.delay, lost: of(faults.to_member), copied, late, dropped: 0 };
                copies.push((to, way.send(read + (100 + to as i64) * US, text, rng)));
            }
        }
        messages.push(Message { from, inward, copies });
    }
    messages
}
