//! A table of peers: short indexes for addresses, bounded in number and age.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

use crate::core::time::Mono;

/// A peer heard once may be forgotten after this time, so that a flood of forged addresses does not shut others out for
/// long.
const IDLE_TIMEOUT: Duration = Duration::from_secs(1);

/// A full table is looked through this often at the most, however many knock.
const SWEEP_EVERY: Duration = Duration::from_millis(100);

/// A bounded table of peers.
#[derive(Debug)]
pub struct PeerTable {
    known: HashMap<SocketAddr, PeerEntry>,
    next: u32,
    most: usize,
    idle: Duration,
    swept: Option<Mono>,
}

#[derive(Clone, Copy, Debug)]
struct PeerEntry {
    index: u32,
    received: Mono,
    /// Whether it sent more than once.
    again: bool,
}

/// What [`PeerTable::lookup_or_insert`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeerLookup {
    /// The peer's index.
    pub index: u32,
    /// It was not known, or had been forgotten.
    pub is_new: bool,
}

impl PeerTable {
    /// A table of at most `most` peers. A peer idle for `idle` may be forgotten when space is needed, one heard only
    /// once even sooner. A forgotten peer that returns gets a new index.
    pub fn new(most: usize, idle: Duration) -> Self {
        Self { known: HashMap::new(), next: 1, most, idle, swept: None }
    }

    /// The index of a peer that is known.
    pub fn index(&self, addr: SocketAddr) -> Option<u32> {
        self.known.get(&addr).map(|known| known.index)
    }

    /// The index of the peer at `addr`, which is added if unknown; `None` if the table is full of active peers.
    pub fn lookup_or_insert(&mut self, addr: SocketAddr, now: Mono) -> Option<PeerLookup> {
        if let Some(known) = self.known.get_mut(&addr) {
            known.received = now;
            known.again = true;
            return Some(PeerLookup { index: known.index, is_new: false });
        }
        if self.known.len() >= self.most && self.swept.is_none_or(|swept| swept.plus(SWEEP_EVERY) <= now) {
            self.swept = Some(now);
            let (idle, stranger_idle) = (self.idle, self.idle.min(IDLE_TIMEOUT));
            self.known.retain(|_, known| known.received.plus(if known.again { idle } else { stranger_idle }) > now);
        }
        if self.known.len() >= self.most {
            return None;
        }
        let index = self.next;
        self.next = self.next.wrapping_add(1);
        self.known.insert(addr, PeerEntry { index, received: now, again: false });
        Some(PeerLookup { index, is_new: true })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addr(port: u16) -> SocketAddr {
        SocketAddr::from(([192, 0, 2, 1], port))
    }

    fn at(milliseconds: i64) -> Mono {
        Mono(milliseconds * 1_000_000)
    }

    fn index(met: Option<PeerLookup>) -> Option<u32> {
        met.map(|met| met.index)
    }

    #[test]
    fn a_full_table_forgets_only_the_silent() {
        let mut peers = PeerTable::new(2, Duration::from_secs(60));
        assert_eq!(peers.lookup_or_insert(addr(1), at(0)), Some(PeerLookup { index: 1, is_new: true }));
        assert_eq!(peers.lookup_or_insert(addr(1), at(1)), Some(PeerLookup { index: 1, is_new: false }));
        assert_eq!(index(peers.lookup_or_insert(addr(2), at(50_000))), Some(2));
        assert_eq!(index(peers.lookup_or_insert(addr(2), at(50_000))), Some(2));
        assert_eq!(peers.lookup_or_insert(addr(3), at(59_000)), None);
        assert_eq!(peers.lookup_or_insert(addr(3), at(61_000)), Some(PeerLookup { index: 3, is_new: true }));
        assert_eq!(peers.lookup_or_insert(addr(2), at(62_000)), Some(PeerLookup { index: 2, is_new: false }));
        assert_eq!(index(peers.lookup_or_insert(addr(3), at(62_000))), Some(3));
        assert_eq!(peers.lookup_or_insert(addr(1), at(63_000)), None);
    }

    #[test]
    fn strangers_shut_nobody_out_for_long() {
        let mut peers = PeerTable::new(10, Duration::from_secs(60));
        for _ in 0..2 {
            assert_eq!(index(peers.lookup_or_insert(addr(1), at(0))), Some(1));
        }
        for port in 2..=10 {
            assert!(peers.lookup_or_insert(addr(port), at(0)).is_some());
        }
        assert_eq!(peers.lookup_or_insert(addr(11), at(999)), None);
        assert_eq!(peers.lookup_or_insert(addr(11), at(1_001)), None, "looked through a moment ago");
        assert_eq!(index(peers.lookup_or_insert(addr(11), at(1_100))), Some(11));
        assert_eq!(index(peers.lookup_or_insert(addr(1), at(1_100))), Some(1), "who talks is no stranger");
    }
}
