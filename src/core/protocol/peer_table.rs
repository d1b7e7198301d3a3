//! Who has been heard from: short indexes for addresses, bounded in number and in age.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

use crate::core::time::Mono;

/// Who was heard but once may be forgotten this soon: a flood from forged addresses must not shut others out for long.
const STRANGER_IDLE: Duration = Duration::from_secs(1);

/// A full table is looked through this often at the most, however many knock.
const SWEEP_EVERY: Duration = Duration::from_millis(100);

/// A bounded table of peers.
#[derive(Debug)]
pub struct Peers {
    known: HashMap<SocketAddr, Known>,
    next: u32,
    most: usize,
    idle: Duration,
    swept: Option<Mono>,
}

#[derive(Clone, Copy, Debug)]
struct Known {
    index: u32,
    heard: Mono,
    /// Heard more than once.
    again: bool,
}

/// What [`Peers::meet`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Met {
    /// The peer's index.
    pub index: u32,
    /// It was not known, or had been forgotten.
    pub is_new: bool,
}

impl Peers {
    /// A table of at most `most` peers; one that was silent for `idle` may be forgotten when room is needed, and sooner one
    /// that was heard but once. Who is forgotten and comes again gets another index for the same address.
    pub fn new(most: usize, idle: Duration) -> Self {
        Self { known: HashMap::new(), next: 1, most, idle, swept: None }
    }

    /// The index of a peer that is known.
    pub fn index(&self, addr: SocketAddr) -> Option<u32> {
        self.known.get(&addr).map(|known| known.index)
    }

    /// The index of the peer at `addr`, which is met if it was not known; `None` where the table is full of peers that were heard lately.
    pub fn meet(&mut self, addr: SocketAddr, now: Mono) -> Option<Met> {
        if let Some(known) = self.known.get_mut(&addr) {
            known.heard = now;
            known.again = true;
            return Some(Met { index: known.index, is_new: false });
        }
        if self.known.len() >= self.most && self.swept.is_none_or(|swept| swept.plus(SWEEP_EVERY) <= now) {
            self.swept = Some(now);
            let (idle, stranger_idle) = (self.idle, self.idle.min(STRANGER_IDLE));
            self.known.retain(|_, known| known.heard.plus(if known.again { idle } else { stranger_idle }) > now);
        }
        if self.known.len() >= self.most {
            return None;
        }
        let index = self.next;
        self.next = self.next.wrapping_add(1);
        self.known.insert(addr, Known { index, heard: now, again: false });
        Some(Met { index, is_new: true })
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

    fn index(met: Option<Met>) -> Option<u32> {
        met.map(|met| met.index)
    }

    #[test]
    fn a_full_table_forgets_only_the_silent() {
        let mut peers = Peers::new(2, Duration::from_secs(60));
        assert_eq!(peers.meet(addr(1), at(0)), Some(Met { index: 1, is_new: true }));
        assert_eq!(peers.meet(addr(1), at(1)), Some(Met { index: 1, is_new: false }));
        assert_eq!(index(peers.meet(addr(2), at(50_000))), Some(2));
        assert_eq!(index(peers.meet(addr(2), at(50_000))), Some(2));
        assert_eq!(peers.meet(addr(3), at(59_000)), None);
        assert_eq!(peers.meet(addr(3), at(61_000)), Some(Met { index: 3, is_new: true }));
        assert_eq!(peers.meet(addr(2), at(62_000)), Some(Met { index: 2, is_new: false }));
        assert_eq!(index(peers.meet(addr(3), at(62_000))), Some(3));
        assert_eq!(peers.meet(addr(1), at(63_000)), None);
    }

    #[test]
    fn strangers_shut_nobody_out_for_long() {
        let mut peers = Peers::new(10, Duration::from_secs(60));
        for _ in 0..2 {
            assert_eq!(index(peers.meet(addr(1), at(0))), Some(1));
        }
        for port in 2..=10 {
            assert!(peers.meet(addr(port), at(0)).is_some());
        }
        assert_eq!(peers.meet(addr(11), at(999)), None);
        assert_eq!(peers.meet(addr(11), at(1_001)), None, "looked through a moment ago");
        assert_eq!(index(peers.meet(addr(11), at(1_100))), Some(11));
        assert_eq!(index(peers.meet(addr(1), at(1_100))), Some(1), "who talks is no stranger");
    }
}
