//! The relay: its clients, the impairment of each datagram, and when each one leaves.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::net::SocketAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::impairment::{Impairment, ImpairmentConfig, LossCause, RelayAction};
use super::message;
use crate::core::time::Mono;

/// Clients at once; each has a socket of its own towards the server.
pub const MAX_CLIENTS: usize = 256;

/// Idle time after which a client may be forgotten when space is needed.
pub const CLIENT_IDLE: Duration = Duration::from_secs(120);

/// Bytes that wait inside the relay at the most; what would exceed that is lost.
const MAX_WAITING: usize = 64 * 1024 * 1024;

/// A datagram that waits to leave, with what it costs to keep it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct QueuedPacket {
    due: Mono,
    /// Keeps datagrams due at one time in their order.
    turn: u64,
    client: u32,
    heading: Direction,
    payload: Vec<u8>,
}

/// Which way a datagram went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From client to server.
    Forward,
    /// From server to client.
    Return,
}

/// A datagram that leaves now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutgoingPacket {
    /// The client's index.
    pub client: u32,
    /// Where it goes.
    pub heading: Direction,
    /// Its text.
    pub payload: Vec<u8>,
}

/// What the relay did with a datagram, for the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RelayResult {
    /// The number in its text.
    pub number: Option<u64>,
    /// The impairment.
    pub result: RelayAction,
}

/// A client that was let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientLookup {
    /// Its index.
    pub client: u32,
    /// The client that had to be forgotten for it.
    pub forgotten: Option<u32>,
    /// It was not known.
    pub is_new: bool,
}

#[derive(Debug)]
struct RelayClient {
    addr: SocketAddr,
    received: Mono,
    forward: Impairment,
    back: Impairment,
}

/// The relay's state.
#[derive(Debug)]
pub struct Relay {
    plans: [ImpairmentConfig; 2],
    seed: u64,
    clients: HashMap<u32, RelayClient>,
    by_addr: HashMap<SocketAddr, u32>,
    next_client: u32,
    waiting: BinaryHeap<Reverse<QueuedPacket>>,
    waiting_bytes: usize,
    turn: u64,
}

impl Relay {
    /// A relay that does `forward` to what clients send, and `back` to what the server answers.
    pub fn new(forward: ImpairmentConfig, back: ImpairmentConfig, seed: u64) -> Self {
        Self {
            plans: [forward, back],
            seed,
            clients: HashMap::new(),
            by_addr: HashMap::new(),
            next_client: 0,
            waiting: BinaryHeap::new(),
            waiting_bytes: 0,
            turn: 0,
        }
    }

    /// Admits the client at `addr`; `None` if the table is full.
    pub fn admit(&mut self, addr: SocketAddr, now: Mono) -> Option<ClientLookup> {
        if let Some(client) = self.by_addr.get(&addr) {
            self.clients.get_mut(client)?.received = now;
            return Some(ClientLookup { client: *client, forgotten: None, is_new: false });
        }
        let forgotten = if self.clients.len() < MAX_CLIENTS { None } else { Some(self.forget_one(now)?) };
        let client = self.next_client;
        self.next_client = self.next_client.wrapping_add(1);
        // Every client has its own luck, and the same one at each run with this seed.
        let luck = |way: u64| self.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(u64::from(client) * 2 + way);
        let (forward, back) =
            (Impairment::new(self.plans[0].clone(), luck(0)), Impairment::new(self.plans[1].clone(), luck(1)));
        self.clients.insert(client, RelayClient { addr, received: now, forward, back });
        self.by_addr.insert(addr, client);
        Some(ClientLookup { client, forgotten, is_new: true })
    }

    /// Forgets the client that was silent longest, if that was long enough.
    fn forget_one(&mut self, now: Mono) -> Option<u32> {
        let (index, client) = self.clients.iter().min_by_key(|(index, client)| (client.received, **index))?;
        if client.received.plus(CLIENT_IDLE) > now {
            return None;
        }
        let index = *index;
        let client = self.clients.remove(&index)?;
        self.by_addr.remove(&client.addr);
        Some(index)
    }

    /// Where a client is.
    pub fn address(&self, client: u32) -> Option<SocketAddr> {
        self.clients.get(&client).map(|client| client.addr)
    }

    /// Takes in a datagram of a client's, or for one; of a client that was not let in it is lost.
    pub fn receive(&mut self, client: Option<u32>, heading: Direction, now: Mono, payload: &[u8]) -> RelayResult {
        let number = message::read(payload).number;
        let lost = |cause| RelayResult { number, result: RelayAction { lost: Some(cause), ..RelayAction::default() } };
        let Some((client, known)) = client.and_then(|client| Some((client, self.clients.get_mut(&client)?))) else {
            return lost(LossCause::TooManyClients);
        };
        let way = match heading {
            Direction::Forward => &mut known.forward,
            Direction::Return => &mut known.back,
        };
        let treatment = way.pass(now, number, payload.len());
        if self.waiting_bytes + payload.len() * treatment.departures.len() > MAX_WAITING {
            return lost(LossCause::Queue);
        }
        let mut payload = payload.to_vec();
        if let Some(bit) = treatment.flipped_bit
            && let Some(byte) = payload.get_mut(bit / 8)
        {
            *byte ^= 1 << (bit % 8);
        }
        for due in treatment.departures {
            self.waiting_bytes += payload.len();
            self.turn += 1;
            let waiting = QueuedPacket { due, turn: self.turn, client, heading, payload: payload.clone() };
            self.waiting.push(Reverse(waiting));
        }
        RelayResult { number, result: treatment.result }
    }

    /// When the next datagram leaves.
    pub fn wake_at(&self) -> Option<Mono> {
        self.waiting.peek().map(|Reverse(waiting)| waiting.due)
    }

    /// The next datagram that is due.
    pub fn leaving(&mut self, now: Mono) -> Option<OutgoingPacket> {
        if self.wake_at()? > now {
            return None;
        }
        let Reverse(waiting) = self.waiting.pop()?;
        self.waiting_bytes -= waiting.payload.len();
        Some(OutgoingPacket { client: waiting.client, heading: waiting.heading, payload: waiting.payload })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::time::SECOND;

    fn addr(port: u16) -> SocketAddr {
        SocketAddr::from(([192, 0, 2, 1], port))
    }

    fn relay(plan: ImpairmentConfig) -> Relay {
        Relay::new(plan, ImpairmentConfig::default(), 7)
    }

    #[test]
    fn datagrams_leave_in_their_time_and_order() {
        let mut relay = relay(ImpairmentConfig { delay: Duration::from_millis(50), ..ImpairmentConfig::default() });
        let client = Some(relay.admit(addr(1), Mono(0)).unwrap().client);
        relay.receive(client, Direction::Forward, Mono(0), b"1");
        relay.receive(client, Direction::Forward, Mono(0), b"2");
        relay.receive(client, Direction::Return, Mono(1), b"ACK 1");
        assert_eq!(relay.wake_at(), Some(Mono(1)), "the way back has no delay");
        assert_eq!(relay.leaving(Mono(1)).unwrap().payload, b"ACK 1");
        assert_eq!(relay.leaving(Mono(1)), None);
        let texts: Vec<_> = std::iter::from_fn(|| relay.leaving(Mono(SECOND))).map(|leaving| leaving.payload).collect();
        assert_eq!(texts, [b"1", b"2"]);
        assert_eq!(relay.wake_at(), None);
    }

    #[test]
    fn a_corrupted_text_differs_by_one_bit() {
        let mut relay = relay(ImpairmentConfig { corrupt: 1.0, ..ImpairmentConfig::default() });
        let client = Some(relay.admit(addr(1), Mono(0)).unwrap().client);
        assert!(relay.receive(client, Direction::Forward, Mono(0), b"Mensagem 7").result.corrupted);
        let text = relay.leaving(Mono(0)).unwrap().payload;
        let changed: u32 = text.iter().zip(b"Mensagem 7").map(|(a, b)| (a ^ b).count_ones()).sum();
        assert_eq!(changed, 1);
    }

    #[test]
    fn clients_are_bounded_and_the_silent_make_room() {
        let mut relay = relay(ImpairmentConfig::default());
        for port in 0..MAX_CLIENTS as u16 {
            assert!(relay.admit(addr(port), Mono(i64::from(port))).unwrap().is_new);
        }
        assert_eq!(relay.admit(addr(9_999), Mono(SECOND)), None);
        let later = Mono(0).plus(CLIENT_IDLE);
        let admitted = relay.admit(addr(9_999), later).unwrap();
        assert_eq!((admitted.forgotten, admitted.is_new), (Some(0), true));
        assert_eq!(relay.address(0), None);
    }

    #[test]
    fn the_queue_is_bounded() {
        let mut relay = relay(ImpairmentConfig { delay: Duration::from_secs(60), ..ImpairmentConfig::default() });
        let client = Some(relay.admit(addr(1), Mono(0)).unwrap().client);
        let large = vec![b'1'; 60_000];
        let losses = (0..2_000).filter(|_| {
            relay.receive(client, Direction::Forward, Mono(0), &large).result.lost == Some(LossCause::Queue)
        });
        assert_eq!(losses.count(), 2_000 - MAX_WAITING / large.len());
    }
}
