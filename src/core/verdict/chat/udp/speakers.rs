//! Which member's texts a server wraps in which way: the name or the address before a text tells who spoke.

use std::collections::HashMap;

/// Of a member's copies, and of the copies wrapped in one way, at least this part must agree: three of four.
const AGREEING: [usize; 2] = [3, 4];

/// How the copies of members' texts are wrapped.
#[derive(Default)]
pub(super) struct Speakers<'a> {
    votes: HashMap<(&'a str, u32), usize>,
    by_wrapping: HashMap<&'a str, usize>,
    by_member: HashMap<u32, usize>,
}

impl<'a> Speakers<'a> {
    /// A copy that can only be of this member's text is wrapped in this way.
    pub(super) fn add(&mut self, wrapping: &'a str, member: u32) {
        *self.votes.entry((wrapping, member)).or_default() += 1;
        *self.by_wrapping.entry(wrapping).or_default() += 1;
        *self.by_member.entry(member).or_default() += 1;
    }

    /// Whose texts are wrapped in this way, if they are only one member's.
    pub(super) fn of(&self, wrapping: &str) -> Option<u32> {
        let total = *self.by_wrapping.get(wrapping)?;
        self.by_member.keys().copied().find(|member| agree(self.count(wrapping, *member), total))
    }

    /// Whether this member's texts are wrapped in another way.
    pub(super) fn is_other(&self, wrapping: &str, member: u32) -> bool {
        let total = self.by_member.get(&member).copied().unwrap_or(0);
        let mut others = self.votes.iter().filter(|((other, of), _)| *of == member && *other != wrapping);
        total > 1 && others.any(|(_, votes)| agree(*votes, total))
    }

    fn count(&self, wrapping: &str, member: u32) -> usize {
        self.votes.get(&(wrapping, member)).copied().unwrap_or(0)
    }
}

const fn agree(votes: usize, total: usize) -> bool {
    votes * AGREEING[1] >= total * AGREEING[0]
}
