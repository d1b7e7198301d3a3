//! Who has been heard from: short indexes for addresses, bounded in number and in age.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

use crate::core::time::Mono;

/// A bounded table of peers.
#[derive(Debug)]
pub struct Peers {
    known: HashMap<SocketAddr, Known>,
    next: u32,
    most: usize,
    idle: Duration,
}

#[derive(Clone, Copy, Debug)]
struct Known {
    index: u32,
    heard: Mono,
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
    /// A table of at most `most` peers; one that was silent for `idle` may be forgotten when room is needed.
    pub fn new(most: usize, idle: Duration) -> Self {
        Self { known: HashMap::new(), next: 1, most, idle }
    }

    /// The index of a peer that is known.
    pub fn index(&self, addr: SocketAddr) -> Option<u32> {
        self.known.get(&addr).map(|known| known.index)
    }

    /// The index of the peer at `addr`, which is met if it was not known; `None` where the table is full of peers that were heard lately.
    pub fn meet(&mut self, addr: SocketAddr, now: Mono) -> Option<Met> {
        if let Some(known) = self.known.get_mut(&addr) {
            known.heard = now;
            return Some(Met { index: known.index, is_new: false });
        }
        if self.known.len() >= self.most {
            let idle = self.idle;
            self.known.retain(|_, known| known.heard.plus(idle) > now);
        }
        if self.known.len() >= self.most {
            return None;
        }
        let index = self.next;
        self.next = self.next.wrapping_add(1);
        self.known.insert(addr, Known { index, heard: now });
        Some(Met { index, is_new: true })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addr(port: u16) -> SocketAddr {
        SocketAddr::from(([192, 0, 2, 1], port))
    }

    #[test]
    fn a_full_table_forgets_only_the_silent() {
        let mut peers = Peers::new(2, Duration::from_secs(60));
        let at = |seconds: i64| Mono(seconds * 1_000_000_000);
        assert_eq!(peers.meet(addr(1), at(0)), Some(Met { index: 1, is_new: true }));
        assert_eq!(peers.meet(addr(2), at(50)), Some(Met { index: 2, is_new: true }));
        assert_eq!(peers.meet(addr(3), at(59)), None);
        assert_eq!(peers.meet(addr(3), at(61)), Some(Met { index: 3, is_new: true }));
        assert_eq!(peers.meet(addr(2), at(62)), Some(Met { index: 2, is_new: false }));
        assert_eq!(peers.meet(addr(1), at(63)), None);
    }
}
