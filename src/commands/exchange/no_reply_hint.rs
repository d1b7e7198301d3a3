//! When a client without any reply says what the cause may be: after three seconds, or at the first refusal.

use std::time::Duration;

use crate::core::protocol::reply_tracker::ReplyCounters;
use crate::core::time::Mono;

/// Silence after the first message until the hint is due.
const SILENCE: Duration = Duration::from_secs(3);

/// Decides once in a run that the hint is due.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoReplyHint {
    /// When the first message was sent, or soon after.
    sent: Option<Mono>,
    is_settled: bool,
}

impl NoReplyHint {
    /// Whether the hint is due at `now`; at most once `true`, and never after a reply.
    pub fn is_due(&mut self, now: Mono, counters: ReplyCounters) -> bool {
        if self.is_settled || counters.sent == 0 {
            return false;
        }
        let sent = *self.sent.get_or_insert(now);
        let is_due = counters.answers() == 0 && now >= sent.plus(SILENCE);
        self.is_settled = is_due || counters.answers() > 0;
        is_due
    }

    /// Whether a refusal is the first; the hint is not due any more then.
    pub const fn is_first_refusal(&mut self) -> bool {
        let is_first = !self.is_settled;
        self.is_settled = true;
        is_first
    }

    /// When [`is_due`](Self::is_due) should be asked again.
    pub fn wake_at(&self) -> Option<Mono> {
        self.sent.filter(|_| !self.is_settled).map(|sent| sent.plus(SILENCE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::time::SECOND;

    fn counters(sent: u64, delivered: u64) -> ReplyCounters {
        ReplyCounters { sent, delivered, ..ReplyCounters::default() }
    }

    #[test]
    fn silence_is_hinted_at_once() {
        let mut hint = NoReplyHint::default();
        assert!(!hint.is_due(Mono(0), counters(0, 0)));
        assert!(!hint.is_due(Mono(SECOND), counters(1, 0)));
        assert_eq!(hint.wake_at(), Some(Mono(4 * SECOND)));
        assert!(!hint.is_due(Mono(4 * SECOND - 1), counters(9, 0)));
        assert!(hint.is_due(Mono(4 * SECOND), counters(9, 0)));
        assert!(!hint.is_due(Mono(9 * SECOND), counters(9, 0)));
        assert_eq!(hint.wake_at(), None);
    }

    #[test]
    fn a_reply_or_a_refusal_settles_it() {
        let mut hint = NoReplyHint::default();
        assert!(!hint.is_due(Mono(0), counters(2, 1)));
        assert!(!hint.is_due(Mono(9 * SECOND), counters(9, 1)) && !hint.is_first_refusal());
        let mut hint = NoReplyHint::default();
        assert!(hint.is_first_refusal() && !hint.is_first_refusal());
        assert!(!hint.is_due(Mono(9 * SECOND), counters(9, 0)));
    }
}
