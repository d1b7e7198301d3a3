//! Counts a datagram once that a capture shows on two interfaces.
//!
//! A capture on the device `any` of a host that forwards, or that has bridges, shows the same datagram on each interface
//! it passes, and so does a pcapng file with several interfaces. Twice on *one* interface it is a network duplicate, and
//! counts twice.

use std::collections::HashMap;

use crate::core::time::{SECOND, Wall};

/// Remembered sightings are cleaned up whenever this many were added.
const CLEANUP_THRESHOLD: usize = 4096;

/// Two sightings with equal keys show the same datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DatagramKey {
    pub flow: u32,
    /// Digest of the captured payload.
    pub digest: u32,
    pub length: u16,
    /// IPv4 identification.
    pub ip_id: Option<u16>,
}

/// Remembers the sightings of the last second.
#[derive(Debug, Default)]
pub struct InterfaceDedup {
    seen: HashMap<DatagramKey, Sightings>,
    tidy_at: usize,
}

#[derive(Debug)]
struct Sightings {
    since: Wall,
    counted: u32,
    by_interface: Vec<(u64, u32)>,
}

impl InterfaceDedup {
    /// Whether this sighting shows a datagram that was already counted on another interface within the last second.
    pub fn is_duplicate(&mut self, key: DatagramKey, interface: u64, time: Wall) -> bool {
        if self.seen.len() >= self.tidy_at {
            self.seen.retain(|_, sightings| recent(sightings.since, time));
            self.tidy_at = self.seen.len() + CLEANUP_THRESHOLD;
        }
        let fresh = || Sightings { since: time, counted: 0, by_interface: Vec::new() };
        let sightings = self.seen.entry(key).or_insert_with(fresh);
        if !recent(sightings.since, time) {
            *sightings = fresh();
        }
        let position = sightings.by_interface.iter().position(|(known, _)| *known == interface);
        let position = position.unwrap_or_else(|| {
            sightings.by_interface.push((interface, 0));
            sightings.by_interface.len() - 1
        });
        let here = &mut sightings.by_interface[position].1;
        *here += 1;
        if *here <= sightings.counted {
            return true;
        }
        sightings.counted = *here;
        false
    }
}

/// Within a second, whichever way the clock went.
fn recent(since: Wall, time: Wall) -> bool {
    time.0.saturating_sub(since.0).saturating_abs() <= SECOND
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: DatagramKey = DatagramKey { flow: 0, digest: 1, length: 10, ip_id: Some(7) };

    /// Which of these sightings (interface, milliseconds) count.
    fn counts(sightings: &[(u64, i64)]) -> Vec<bool> {
        let mut dedup = InterfaceDedup::default();
        let wall = |ms: i64| Wall(ms * 1_000_000);
        sightings.iter().map(|(interface, ms)| !dedup.is_duplicate(ONE, *interface, wall(*ms))).collect()
    }

    #[test]
    fn another_interface_shows_the_same_datagram() {
        assert_eq!(counts(&[(2, 0), (3, 1), (4, 1)]), [true, false, false]);
    }

    #[test]
    fn twice_on_one_interface_is_a_duplicate() {
        assert_eq!(counts(&[(2, 0), (2, 1)]), [true, true]);
        assert_eq!(counts(&[(2, 0), (3, 1), (2, 2), (3, 3)]), [true, false, true, false]);
        assert_eq!(counts(&[(2, 0), (2, 1), (3, 2), (3, 3)]), [true, true, false, false]);
    }

    #[test]
    fn after_a_second_it_is_another_datagram() {
        assert_eq!(counts(&[(2, 0), (3, 1001)]), [true, true]);
        assert_eq!(counts(&[(2, 5000), (3, 0)]), [true, true], "the clock stepped back");
    }

    #[test]
    fn only_alike_ones_are_dedup() {
        let mut dedup = InterfaceDedup::default();
        for (position, other) in [
            ONE,
            DatagramKey { ip_id: Some(8), ..ONE },
            DatagramKey { digest: 2, ..ONE },
            DatagramKey { flow: 1, ..ONE },
        ]
        .into_iter()
        .enumerate()
        {
            assert!(!dedup.is_duplicate(other, position as u64, Wall(0)));
        }
    }

    #[test]
    fn memory_is_bounded_by_a_second_of_traffic() {
        let mut dedup = InterfaceDedup::default();
        for digest in 0..100_000 {
            let _ = dedup.is_duplicate(DatagramKey { digest, ..ONE }, 2, Wall(i64::from(digest) * 10_000_000));
        }
        assert!(dedup.seen.len() <= CLEANUP_THRESHOLD + 101, "{}", dedup.seen.len());
    }
}
