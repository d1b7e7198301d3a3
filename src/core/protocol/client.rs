//! The client of a numbered exchange as a state machine: takes time and replies, returns actions.

use std::net::SocketAddr;

use super::message::{self, Template};
use super::reply_tracker::{ReplyClass, ReplyTracker};
use super::requester::{Action, Requester, UNANSWERED_SPACING_NS};
use super::schedule::Schedule;
use crate::core::time::{Mono, Wall};

/// The stages of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ClientPhase {
    Sending,
    /// The pause after this batch was announced.
    Pausing,
    Waiting,
    Finished,
}

/// The client's state.
#[derive(Debug)]
pub struct Client {
    schedule: Schedule,
    template: Template,
    peer: SocketAddr,
    /// The number to be sent next.
    next: u64,
    /// When it is due by the schedule.
    due: Mono,
    stage: ClientPhase,
    last_send: Option<Mono>,
    /// Until the peer has answered, no two messages follow each other closer than this.
    spacing_ns: i64,
    replies: ReplyTracker,
}

impl Client {
    /// A client that starts at `start`. `same_host` lifts the limit on sending to a peer that has not answered.
    pub fn new(schedule: Schedule, template: Template, peer: SocketAddr, same_host: bool, start: Mono) -> Self {
        Self {
            schedule,
            template,
            peer,
            next: 1,
            due: start,
            stage: ClientPhase::Sending,
            last_send: None,
            spacing_ns: if same_host { 0 } else { UNANSWERED_SPACING_NS },
            replies: ReplyTracker::new(schedule.wait),
        }
    }

    /// The last message sent is followed by a pause, or is the last of all.
    fn batch_is_over(&self) -> bool {
        self.next > self.schedule.count || self.next > 1 && self.schedule.pauses_after(self.next - 1)
    }

    /// When a pause or the final wait is announced: once the last message had its interval, so that its reply, as a rule,
    /// comes first.
    fn announcement(&self) -> Mono {
        let pause = if self.next > self.schedule.count { self.schedule.wait } else { self.schedule.pause };
        self.last_send.unwrap_or(self.due).plus(self.schedule.interval.min(pause))
    }

    /// When the next message may be sent: at its due time, but not too soon after the last one while nothing was
    /// answered.
    fn send_time(&self) -> Mono {
        let earliest = self.last_send.map_or(self.due, |last| Mono(last.0.saturating_add(self.spacing_ns)));
        self.due.max(earliest)
    }

    /// When the run is over: the last message's patience is.
    fn end(&self) -> Mono {
        self.last_send.unwrap_or(self.due).plus(self.schedule.wait)
    }
}

impl Requester for Client {
    fn wake_at(&self) -> Option<Mono> {
        match self.stage {
            ClientPhase::Sending if self.batch_is_over() => Some(self.announcement()),
            ClientPhase::Sending | ClientPhase::Pausing => Some(self.send_time()),
            ClientPhase::Waiting => Some(self.end()),
            ClientPhase::Finished => None,
        }
    }

    fn next_action(&mut self, now: Mono) -> Option<Action> {
        if self.wake_at().is_none_or(|time| now < time) {
            return None;
        }
        Some(match self.stage {
            ClientPhase::Sending if self.next > self.schedule.count => {
                self.stage = ClientPhase::Waiting;
                Action::Wait { length: self.schedule.wait }
            }
            ClientPhase::Sending if self.batch_is_over() => {
                self.stage = ClientPhase::Pausing;
                Action::Pause { length: self.schedule.pause }
            }
            ClientPhase::Sending | ClientPhase::Pausing => {
                let (number, behind_ns) = (self.next, now.since(self.due));
                self.next += 1;
                self.due = self.due.plus(self.schedule.gap_after(number));
                self.stage = ClientPhase::Sending;
                self.last_send = Some(now);
                Action::Send { number, behind_ns }
            }
            ClientPhase::Waiting | ClientPhase::Finished => {
                self.stage = ClientPhase::Finished;
                Action::Finish
            }
        })
    }

    fn text(&self, number: u64, _: Wall) -> String {
        self.template.fill(number)
    }

    fn sent(&mut self, number: u64, at: Mono) {
        self.replies.sent(number, at);
    }

    fn not_sent(&mut self, number: u64) {
        self.replies.not_sent(number);
    }

    fn refused(&mut self, number: u64) {
        self.replies.refused(number);
    }

    fn received(&mut self, now: Mono, from: SocketAddr, payload: &[u8]) -> ReplyClass {
        if from == self.peer {
            self.spacing_ns = 0;
        } else {
            self.replies.from_elsewhere();
        }
        match message::read(payload).number {
            Some(number) => self.replies.numbered(now, number),
            None => self.replies.malformed(),
        }
    }

    fn replies(&self) -> &ReplyTracker {
        &self.replies
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::core::protocol::reply_tracker::ReplyCounters;
    use crate::core::time::{SECOND, nanos};

    const PEER: ([u8; 4], u16) = ([203, 0, 113, 2], 5005);

    fn client(schedule: Schedule, same_host: bool) -> Client {
        let template = Template::request(message::DEFAULT_REQUEST).unwrap();
        Client::new(schedule, template, SocketAddr::from(PEER), same_host, Mono(0))
    }

    type Timed<T> = Vec<(i64, T)>;

    /// Runs a client in virtual time; `answer` says after how many nanoseconds each message is answered, if at all.
    fn run(mut client: Client, answer: impl Fn(u64) -> Option<i64>) -> (Timed<Action>, Timed<ReplyClass>, Client) {
        let (mut actions, mut heard) = (Vec::new(), Vec::new());
        let mut replies = std::collections::BTreeSet::new();
        let mut now = Mono(0);
        loop {
            while let Some(action) = client.next_action(now) {
                if let Action::Send { number, .. } = action {
                    client.sent(number, now);
                    replies.extend(answer(number).map(|delay| (now.0 + delay, number)));
                }
                actions.push((now.0, action));
            }
            let Some(wake) = client.wake_at() else { break };
            now = match replies.first().copied() {
                Some((at, number)) if at <= wake.0 => {
                    replies.pop_first();
                    let text = format!("ACK {number}");
                    heard.push((at, client.received(Mono(at), SocketAddr::from(PEER), text.as_bytes())));
                    Mono(at)
                }
                _ => wake,
            };
        }
        (actions, heard, client)
    }

    #[test]
    fn the_course_works_exchange_in_virtual_time() {
        let (actions, heard, client) = run(client(Schedule::default(), false), |_| Some(20_000_000));
        let sends: Vec<i64> =
            actions.iter().filter(|(_, action)| matches!(action, Action::Send { .. })).map(|(at, _)| *at).collect();
        assert_eq!(sends.len(), 30);
        for (index, pair) in sends.windows(2).enumerate() {
            let expected = if (index + 1) % 10 == 0 { 10 * SECOND } else { SECOND / 10 };
            assert_eq!(pair[1] - pair[0], expected, "after message {}", index + 1);
        }
        let pauses = actions.iter().filter(|(_, action)| matches!(action, Action::Pause { .. })).count();
        assert_eq!(pauses, 2);
        assert_eq!(actions.last(), Some(&(32 * SECOND + 7 * SECOND / 10, Action::Finish)));
        assert_eq!(heard.len(), 30);
        assert_eq!(client.replies().counters(), ReplyCounters { sent: 30, delivered: 30, ..ReplyCounters::default() });
    }

    #[test]
    fn drawn_intervals_are_followed_and_pauses_kept() {
        let drawn = Schedule { spacing_seed: Some(7), ..Schedule::default() };
        let (actions, ..) = run(client(drawn, false), |_| Some(20_000_000));
        let sends: Vec<i64> =
            actions.iter().filter(|(_, action)| matches!(action, Action::Send { .. })).map(|(at, _)| *at).collect();
        let gaps: Vec<i64> = sends.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let expected: Vec<i64> = (1..30).map(|number| nanos(drawn.gap_after(number))).collect();
        assert_eq!(gaps, expected);
        assert_eq!((gaps[9], gaps[19]), (10 * SECOND, 10 * SECOND));
        let (pauses, intervals): (Vec<i64>, Vec<i64>) = gaps.into_iter().partition(|gap| *gap >= SECOND);
        assert_eq!((pauses.len(), intervals.len()), (2, 27));
        assert!(intervals.iter().all(|gap| (70_000_000..=130_000_000).contains(gap) && *gap != SECOND / 10));
    }

    #[test]
    fn replies_are_told_apart() {
        let schedule = Schedule { count: 3, wait: Duration::from_secs(1), ..Schedule::default() };
        let (_, _, mut client) = run(client(schedule, false), |number| (number == 3).then_some(10));
        let peer = SocketAddr::from(PEER);
        let other = SocketAddr::from(([203, 0, 113, 2], 9999));
        let at = Mono(2 * SECOND);
        let reply = |number, rtt_ns| ReplyClass::Reply { number, rtt_ns, late: true, reordered: true };
        assert_eq!(client.received(at, other, b"ack: 1"), reply(1, 2 * SECOND));
        assert_eq!(client.received(at, peer, b"ACK 1"), ReplyClass::Duplicate { number: 1 });
        assert_eq!(client.received(at, peer, b"ACK 4"), ReplyClass::NeverSent { number: 4 });
        assert_eq!(client.received(at, peer, b"oi"), ReplyClass::Malformed);
        assert_eq!(
            client.replies().counters(),
            ReplyCounters {
                sent: 3,
                delivered: 1,
                late: 1,
                duplicates: 1,
                reordered: 1,
                never_sent: 1,
                malformed: 1,
                other_source: 1,
                ..ReplyCounters::default()
            }
        );
    }

    #[test]
    fn a_late_timer_does_not_shift_the_messages_that_follow() {
        let mut client = client(Schedule { count: 2, ..Schedule::default() }, false);
        let Some(Action::Send { behind_ns, .. }) = client.next_action(Mono(30_000_000)) else { panic!() };
        assert_eq!(behind_ns, 30_000_000);
        assert_eq!(client.wake_at(), Some(Mono(100_000_000)));
    }

    #[test]
    fn a_silent_peer_beyond_this_host_is_not_flooded() {
        let fast = Schedule { count: 100, batch: 0, interval: Duration::ZERO, ..Schedule::default() };
        let last_send = |actions: &[(i64, Action)]| {
            actions.iter().filter(|(_, action)| matches!(action, Action::Send { .. })).map(|(at, _)| *at).max()
        };
        let (actions, ..) = run(client(fast, false), |_| None);
        assert_eq!(last_send(&actions), Some(99 * UNANSWERED_SPACING_NS));
        let (actions, ..) = run(client(fast, false), |_| Some(10));
        assert_eq!(last_send(&actions), Some(10), "the first answer opens the way");
        let (actions, ..) = run(client(fast, true), |_| None);
        assert_eq!(last_send(&actions), Some(0));
        let drawn = Schedule { spacing_seed: Some(7), ..fast };
        let (actions, ..) = run(client(drawn, true), |_| None);
        assert_eq!(last_send(&actions), Some(0), "of no interval nothing is drawn");
    }
}
