//! Matches replies without a number to the one outstanding probe, where there is only one.

use std::collections::BTreeSet;

use super::datagram::Datagram;
use super::track::Sighting;
use crate::core::time::Wall;

/// What the replies of a ping answer.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct UnnumberedReplies {
    /// Sightings of replies without a number, by the probe that each belongs to.
    pub sights: Vec<Sighting>,
    /// Times of replies that could belong to several probes.
    pub ambiguous: Vec<Wall>,
}

/// Reads the probes and the replies of a ping, all in the order of time. `dead` are probes to which no reply can have
/// come. A reply that finds no probe waiting answers none.
pub fn answers<'a>(
    probes: &[Sighting],
    replies: impl Iterator<Item = &'a Datagram>,
    dead: impl Fn(u64) -> bool,
) -> UnnumberedReplies {
    let mut found = UnnumberedReplies::default();
    let mut waiting: BTreeSet<u64> = BTreeSet::new();
    let mut probes = probes.iter().peekable();
    for reply in replies {
        while let Some(probe) = probes.next_if(|probe| probe.time <= reply.time) {
            if !dead(probe.key) {
                waiting.insert(probe.key);
            }
        }
        match (reply.number, waiting.len()) {
            (Some(number), _) => _ = waiting.remove(&number),
            (None, 0) => {}
            (None, 1) => found.sights.extend(waiting.pop_first().map(|key| reply.sighting(key))),
            (None, _) => found.ambiguous.push(reply.time),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(time: i64, number: Option<u64>) -> Datagram {
        Datagram {
            time: Wall(time),
            frame: time as u32,
            flow: 0,
            number,
            reads_as_reply: false,
            digest: None,
            packet_id: None,
            length: 4,
            ttl: 64,
            direction: None,
            bad_checksum: false,
            incomplete: false,
        }
    }

    fn read(probes: &[(i64, u64)], replies: &[(i64, Option<u64>)], dead: &[u64]) -> (Vec<(u64, i64)>, Vec<i64>) {
        let sight = |(time, key): &(i64, u64)| Sighting {
            key: *key,
            time: Wall(*time),
            frame: None,
            digest: None,
            packet_id: None,
            copies: 1,
        };
        let probes: Vec<Sighting> = probes.iter().map(sight).collect();
        let replies: Vec<Datagram> = replies.iter().map(|(time, number)| reply(*time, *number)).collect();
        let found = answers(&probes, replies.iter(), |key| dead.contains(&key));
        let ambiguous = found.ambiguous.iter().map(|time| time.0).collect();
        (found.sights.iter().map(|sight| (sight.key, sight.time.0)).collect(), ambiguous)
    }

    #[test]
    fn a_pong_answers_the_only_probe_that_waits() {
        let probes = [(10, 1), (20, 2), (30, 3)];
        assert_eq!(read(&probes, &[(11, None), (21, None), (31, None)], &[]).0, [(1, 11), (2, 21), (3, 31)]);
        let two_wait = read(&probes, &[(11, None), (31, None), (32, None)], &[]);
        assert_eq!(two_wait, (vec![(1, 11)], vec![31, 32]));
        assert_eq!(read(&probes, &[(11, None), (31, None)], &[2]).0, [(1, 11), (3, 31)], "the second was refused");
        assert_eq!(read(&probes, &[(5, None), (11, None), (12, None)], &[]).0, [(1, 11)], "nobody asked for these");
        assert_eq!(read(&probes, &[(21, Some(1)), (22, None)], &[]).0, [(2, 22)], "numbered ones are known");
    }
}
