//! The most recent journal records in memory, used when an alert fires.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::sink::JournalSink;
use crate::core::evidence::journal::Record;

/// Records kept: with a probe every 100 ms, more than a minute.
const MAX_RECORDS: usize = 4096;

/// The latest records of one client with one server.
#[derive(Debug, Default)]
pub struct RecentRecords(Mutex<RecentState>);

#[derive(Debug, Default)]
struct RecentState {
    /// This host's address towards the server, and the server's.
    ends: Option<(IpAddr, SocketAddr)>,
    records: VecDeque<Record>,
}

impl RecentRecords {
    fn lock(&self) -> MutexGuard<'_, RecentState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What follows is between these two. Records of others are forgotten.
    pub fn between(&self, local: IpAddr, peer: SocketAddr) {
        let mut state = self.lock();
        if state.ends.replace((local, peer)) != Some((local, peer)) {
            state.records.clear();
        }
    }

    pub fn forget(&self, number: u64) {
        self.lock().records.retain(|record| record.message() != Some(number));
    }

    /// The two ends and the records, oldest first; `None` where there never were any.
    pub fn all(&self) -> Option<(IpAddr, SocketAddr, Vec<Record>)> {
        let state = self.lock();
        let (local, peer) = state.ends?;
        Some((local, peer, state.records.iter().cloned().collect()))
    }
}

impl JournalSink for RecentRecords {
    fn write(&self, record: Record) {
        // Peers are declared anew for each probe: all but the server are strangers here.
        if matches!(record, Record::Peer(_)) {
            return;
        }
        let mut state = self.lock();
        if state.records.len() == MAX_RECORDS {
            state.records.pop_front();
        }
        state.records.push_back(record);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::samples::{all, sent};

    #[test]
    fn the_latest_are_kept_and_those_of_other_ends_are_not() {
        let recent = RecentRecords::default();
        assert!(recent.all().is_none());
        let ends = |last: u8| (IpAddr::from([192, 168, 1, 10]), SocketAddr::from(([203, 0, 113, last], 12_345)));
        recent.between(ends(2).0, ends(2).1);
        recent.write(all().swap_remove(2));
        for n in 0..=MAX_RECORDS as u64 {
            recent.write(sent(n));
        }
        recent.between(ends(2).0, ends(2).1);
        let (_, _, records) = recent.all().unwrap();
        assert_eq!((records.len(), &records[0]), (MAX_RECORDS, &sent(1)));
        recent.forget(2);
        assert_eq!(recent.all().unwrap().2[1], sent(3));
        recent.between(ends(3).0, ends(3).1);
        assert!(recent.all().unwrap().2.is_empty());
    }
}
