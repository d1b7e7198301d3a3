//! How far members' clocks are ahead of one of them, where no server's files are there to compare them with.

use std::collections::{BTreeMap, BTreeSet};

/// A text that two members' files show: how much later, by the second's clock, it came there, nanoseconds.
pub(super) type Sample = ((u32, u32), i64);

/// By how much each member's clock is ahead of the first one's, roughly. Members that share no text with it, nor by way of
/// others, are left out.
pub(super) fn ahead(samples: &[Sample]) -> BTreeMap<u32, i64> {
    let mut by_pair: BTreeMap<(u32, u32), Vec<i64>> = BTreeMap::new();
    for ((one, other), difference) in samples {
        by_pair.entry((*one, *other)).or_default().push(*difference);
        by_pair.entry((*other, *one)).or_default().push(difference.saturating_neg());
    }
    let mut ahead = BTreeMap::new();
    let mut reached: BTreeSet<(i64, u32)> = by_pair.keys().next().map(|(first, _)| (0, *first)).into_iter().collect();
    while let Some((own, member)) = reached.pop_first() {
        if ahead.contains_key(&member) {
            continue;
        }
        ahead.insert(member, own);
        for ((_, other), differences) in by_pair.range_mut((member, 0)..=(member, u32::MAX)) {
            differences.sort_unstable();
            if !ahead.contains_key(other) {
                reached.insert((own.saturating_add(differences[differences.len() / 2]), *other));
            }
        }
    }
    ahead
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_are_compared_by_way_of_others() {
        let samples = [((1, 2), 10), ((1, 2), 12), ((1, 2), 900), ((3, 2), -5), ((7, 8), 1)];
        assert_eq!(ahead(&samples), BTreeMap::from([(1, 0), (2, 12), (3, 17)]));
        assert_eq!(ahead(&[]), BTreeMap::new());
    }
}
