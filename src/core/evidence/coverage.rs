//! When a witness could observe. Absence is evidence only inside its coverage.

use crate::core::time::{SECOND, Wall};

/// Why a witness can prove no absence at all at a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum UnusableReason {
    /// Its filter would have refused such frames.
    Filter,
    /// Its snapshot length cuts the text off.
    Snaplen,
    /// Later points prove that it missed something; what else it missed is unknown.
    Contradicted,
    /// It saw nothing of this flow in this direction, and its live interval is unknown.
    NeverAwake,
}

/// A message that was seen so soon after a blind interval may have passed before in it, as another copy.
const COPY_LAG_NS: i64 = SECOND / 2;

/// When a witness was awake at one point of a leg, and what keeps it from proving an absence there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Awake from then on.
    pub from: Wall,
    /// Awake until then.
    pub to: Wall,
    /// Whether the interval is inferred from sightings instead of a journal.
    pub assumed: bool,
    /// Intervals in which something may have been missed.
    pub blind: Vec<(Wall, Wall)>,
    /// Nothing absent here proves anything.
    pub void: Option<UnusableReason>,
}

impl Coverage {
    /// Whether the witness was awake, without a gap, all the time from `from` to `to`.
    pub fn spans(&self, from: Wall, to: Wall) -> bool {
        // One that woke in the middle of things may have missed first copies as one that was blind.
        let awake = if self.assumed { self.from.shifted(COPY_LAG_NS) } else { self.from };
        self.void.is_none()
            && awake <= from
            && to <= self.to
            && !self.blind.iter().any(|(start, end)| *start <= to && from <= end.shifted(COPY_LAG_NS))
    }

    /// The coverage of one witness by what it shows of two flows.
    #[must_use]
    pub fn joined_with(mut self, other: Self) -> Self {
        match (self.void, other.void) {
            (Some(_), None) => return other,
            (None, Some(_)) => return self,
            _ => {}
        }
        self.from = self.from.min(other.from);
        self.to = self.to.max(other.to);
        self.blind.extend(other.blind);
        self
    }

    /// The interval of the sightings, for a witness without a journal.
    pub fn assumed(mut times: impl Iterator<Item = Wall>) -> Self {
        let Some(first) = times.next() else {
            return Self { assumed: true, void: Some(UnusableReason::NeverAwake), ..Self::default() };
        };
        let (from, to) = times.fold((first, first), |(from, to), time| (from.min(time), to.max(time)));
        Self { from, to, assumed: true, ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_foreign_capture_may_miss_first_copies_at_its_start() {
        let known = Coverage { from: Wall(0), to: Wall(9 * SECOND), ..Coverage::default() };
        let assumed = Coverage { assumed: true, ..known.clone() };
        let spans = |coverage: &Coverage, from: i64| coverage.spans(Wall(from), Wall(2 * SECOND));
        assert!(spans(&known, 0) && !spans(&assumed, SECOND / 4) && spans(&assumed, SECOND));
    }
}
