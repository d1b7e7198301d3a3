//! Finds the frames in which a capture shows a datagram of its own host once more.
//!
//! A host sends each datagram once, so a copy of one that it sent was made on its way into the file: at a mirror port, or
//! because two files of one wire were put together. Then the copies of what it received may have been made there too.

use std::collections::{BTreeSet, HashMap};

use super::datagram::Datagram;
use super::datagram_source::NumberedDatagrams;

/// A mirror port makes copies no later than this, nanoseconds.
pub const MIRROR_NS: i64 = 1_000_000;

/// The frames that are copies made by the capture, of what its host sent and of what it received.
pub fn host_copies(sent: NumberedDatagrams<'_>, received: NumberedDatagrams<'_>) -> BTreeSet<u32> {
    let of_sent = copies(sent);
    if of_sent.is_empty() { of_sent } else { of_sent.union(&copies(received)).copied().collect() }
}

/// Whether both are one packet on one wire.
fn is_repeated(first: &Datagram, later: &Datagram) -> bool {
    let packet = |datagram: &Datagram| (datagram.flow, datagram.ttl, datagram.direction, datagram.packet_id);
    packet(first) == packet(later) && later.time.since(first.time).saturating_abs() <= MIRROR_NS
}

/// The frames after the first one of a number that repeat it.
fn copies(datagrams: NumberedDatagrams<'_>) -> BTreeSet<u32> {
    let mut found = BTreeSet::new();
    if datagrams.iter().is_sorted_by(|(_, before), (_, number)| before < number) {
        return found;
    }
    let mut firsts: HashMap<u64, Vec<&Datagram>> = HashMap::new();
    for (datagram, number) in datagrams.iter() {
        let known = firsts.entry(number).or_default();
        if known.iter().any(|first| is_repeated(first, datagram)) {
            found.insert(datagram.frame);
        } else {
            known.push(datagram);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::evidence::datagram_source::DatagramSource;
    use crate::core::time::Wall;

    const US: i64 = 1_000;

    /// A flow of datagrams with these times in microseconds and numbers.
    fn source(datagrams: &[(i64, u64)]) -> DatagramSource {
        let datagram = |(index, (time, number)): (usize, &(i64, u64))| Datagram {
            time: Wall(time * US),
            frame: index as u32 + 1,
            number: Some(*number),
            ttl: 64,
            ..Datagram::default()
        };
        DatagramSource::new(datagrams.iter().enumerate().map(datagram).collect(), Vec::new())
    }

    #[test]
    fn what_its_host_sent_at_once_again_is_a_copy() {
        let (sent, received) = (source(&[(0, 1), (10, 1), (5_000, 2)]), source(&[(2_000, 1), (2_010, 1)]));
        assert_eq!(host_copies(sent.numbered(0), received.numbered(0)), BTreeSet::from([2]));
        let received = source(&[(1, 9), (2_000, 1), (2_010, 1)]);
        assert_eq!(host_copies(sent.numbered(0), received.numbered(0)), BTreeSet::from([2, 3]));
    }

    #[test]
    fn a_network_duplicate_or_a_message_sent_again_is_no_copy() {
        let (sent, received) = (source(&[(0, 1), (5_000, 1), (9_000, 2)]), source(&[(2_000, 1), (2_010, 1)]));
        assert!(host_copies(sent.numbered(0), received.numbered(0)).is_empty());
    }
}
