//! The client of a numbered exchange, as a state machine: it is told the time and what arrived, and says what to do.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use super::message::{self, Template};
use super::schedule::Schedule;
use crate::core::time::{Mono, nanos};

/// The closest that messages to a peer beyond this host may follow each other before it has answered once: 1 ms.
/// medidor measures networks, it does not flood them.
pub const UNANSWERED_SPACING_NS: i64 = 1_000_000;

/// So many messages at most are remembered while they wait for a reply; beyond that, the oldest is forgotten.
pub const MOST_WAITING: usize = 1 << 20;

/// What the client wants done next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Send this text, then report [`Client::sent`] or [`Client::not_sent`].
    Send {
        /// The message's number.
        number: u64,
        /// Its text.
        text: String,
        /// By how much the sending comes after its due time, nanoseconds.
        behind_ns: i64,
    },
    /// A batch is over; the next message is due then.
    Pause {
        /// From the batch's last message to the next one.
        length: Duration,
    },
    /// All is sent; replies are waited for until then.
    Wait {
        /// From the last message to the end of the run.
        length: Duration,
    },
    /// The run is over.
    Finish,
}

/// What a datagram that arrived means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// The first reply to a message.
    Reply {
        /// The message's number.
        number: u64,
        /// Round-trip time by the application's clock, nanoseconds.
        rtt_ns: i64,
        /// It came after the message's deadline.
        late: bool,
        /// A reply to a later message had come before it (RFC 4737, section 3).
        reordered: bool,
    },
    /// One more reply to a message that has one.
    Duplicate {
        /// The message's number.
        number: u64,
    },
    /// A reply to a number that was not sent.
    NeverSent {
        /// That number.
        number: u64,
    },
    /// A text that bears no number.
    Malformed,
}

/// What the client has counted so far. For the screen: the result comes from the ledger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Messages that `send()` took.
    pub sent: u64,
    /// Messages that `send()` refused.
    pub not_sent: u64,
    /// Messages answered in time.
    pub delivered: u64,
    /// Messages answered after their deadline.
    pub late: u64,
    /// Surplus replies.
    pub duplicates: u64,
    /// Replies that were overtaken.
    pub reordered: u64,
    /// Replies to numbers never sent.
    pub never_sent: u64,
    /// Texts without a number.
    pub malformed: u64,
    /// Datagrams from another source than the peer.
    pub other_source: u64,
}

/// The stages of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
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
    start: Mono,
    /// The number to be sent next.
    next: u64,
    stage: Stage,
    last_send: Option<Mono>,
    /// Until the peer has answered, no two messages follow each other closer than this.
    spacing_ns: i64,
    waiting: Waiting,
    /// Ascending.
    refused: Vec<u64>,
    highest_reply: u64,
    tally: Tally,
}

/// The messages that wait for a reply, and when each was sent. Numbers come in order, so this is a row, of which the
/// first still waits: it costs little at any pace, and a reply lost long ago does not make it grow for ever.
#[derive(Debug, Default)]
struct Waiting {
    /// Number of the first.
    first: u64,
    sent: VecDeque<Option<Mono>>,
}

impl Waiting {
    fn insert(&mut self, number: u64, at: Mono) {
        if self.sent.is_empty() {
            self.first = number;
        }
        // Numbers that were not sent leave a hole.
        while self.first + (self.sent.len() as u64) < number {
            self.sent.push_back(None);
        }
        self.sent.push_back(Some(at));
        if self.sent.len() > MOST_WAITING {
            self.sent.pop_front();
            self.first += 1;
            self.skip_holes();
        }
    }

    fn remove(&mut self, number: u64) -> Option<Mono> {
        let place = usize::try_from(number.checked_sub(self.first)?).ok()?;
        let sent = self.sent.get_mut(place)?.take();
        self.skip_holes();
        sent
    }

    fn skip_holes(&mut self) {
        while self.sent.front().is_some_and(Option::is_none) {
            self.sent.pop_front();
            self.first += 1;
        }
    }

    fn numbers(&self) -> Vec<u64> {
        (self.first..).zip(&self.sent).filter_map(|(number, sent)| sent.map(|_| number)).collect()
    }
}

impl Client {
    /// A client that starts at `start`. `same_host` lifts the limit on sending to a peer that has not answered.
    pub fn new(schedule: Schedule, template: Template, peer: SocketAddr, same_host: bool, start: Mono) -> Self {
        Self {
            schedule,
            template,
            peer,
            start,
            next: 1,
            stage: Stage::Sending,
            last_send: None,
            spacing_ns: if same_host { 0 } else { UNANSWERED_SPACING_NS },
            waiting: Waiting::default(),
            refused: Vec::new(),
            highest_reply: 0,
            tally: Tally::default(),
        }
    }

    /// What has been counted so far.
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// The messages that wait for a reply, ascending; the latest [`MOST_WAITING`] of them.
    pub fn unanswered(&self) -> Vec<u64> {
        self.waiting.numbers()
    }

    /// When [`Client::next_action`] will have something to say; `None` when the run is over.
    pub fn wake_at(&self) -> Option<Mono> {
        match self.stage {
            Stage::Sending if self.batch_is_over() => Some(self.announcement()),
            Stage::Sending | Stage::Pausing => Some(self.send_time()),
            Stage::Waiting => Some(self.end()),
            Stage::Finished => None,
        }
    }

    /// The next thing to do at `now`, or `None` when it is not yet time for anything.
    pub fn next_action(&mut self, now: Mono) -> Option<Action> {
        if self.wake_at().is_none_or(|time| now < time) {
            return None;
        }
        Some(match self.stage {
            Stage::Sending if self.next > self.schedule.count => {
                self.stage = Stage::Waiting;
                Action::Wait { length: self.schedule.wait }
            }
            Stage::Sending if self.batch_is_over() => {
                self.stage = Stage::Pausing;
                Action::Pause { length: self.schedule.pause }
            }
            Stage::Sending | Stage::Pausing => {
                let number = self.next;
                let behind_ns = now.since(self.due(number));
                self.next += 1;
                self.stage = Stage::Sending;
                self.last_send = Some(now);
                Action::Send { number, text: self.template.fill(number), behind_ns }
            }
            Stage::Waiting | Stage::Finished => {
                self.stage = Stage::Finished;
                Action::Finish
            }
        })
    }

    /// `send()` took message `number`; `at` is the time before the call.
    pub fn sent(&mut self, number: u64, at: Mono) {
        self.tally.sent += 1;
        self.waiting.insert(number, at);
    }

    /// `send()` refused message `number`.
    pub fn not_sent(&mut self, number: u64) {
        self.tally.not_sent += 1;
        self.refused.push(number);
    }

    /// A datagram arrived.
    pub fn received(&mut self, now: Mono, from: SocketAddr, payload: &[u8]) -> Heard {
        if from == self.peer {
            self.spacing_ns = 0;
        } else {
            self.tally.other_source += 1;
        }
        let Some(number) = message::read(payload).number else {
            self.tally.malformed += 1;
            return Heard::Malformed;
        };
        if let Some(sent) = self.waiting.remove(number) {
            let rtt_ns = now.since(sent);
            let late = rtt_ns > nanos(self.schedule.wait);
            let reordered = number < self.highest_reply;
            self.highest_reply = self.highest_reply.max(number);
            self.tally.reordered += u64::from(reordered);
            if late {
                self.tally.late += 1;
            } else {
                self.tally.delivered += 1;
            }
            return Heard::Reply { number, rtt_ns, late, reordered };
        }
        let was_sent = number >= 1 && number < self.next && self.refused.binary_search(&number).is_err();
        if was_sent {
            self.tally.duplicates += 1;
            Heard::Duplicate { number }
        } else {
            self.tally.never_sent += 1;
            Heard::NeverSent { number }
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
        self.last_send.unwrap_or(self.start).plus(self.schedule.interval.min(pause))
    }

    /// When `number` is due by the schedule.
    fn due(&self, number: u64) -> Mono {
        Mono(self.start.0.saturating_add(self.schedule.due(number)))
    }

    /// When the next message may leave: at its due time, but not too close to the last one while nobody has answered.
    fn send_time(&self) -> Mono {
        let due = self.due(self.next);
        match self.last_send {
            Some(last) => due.max(Mono(last.0.saturating_add(self.spacing_ns))),
            None => due,
        }
    }

    /// When the run is over: the last message's patience is.
    fn end(&self) -> Mono {
        self.last_send.unwrap_or(self.start).plus(self.schedule.wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::time::SECOND;

    const PEER: ([u8; 4], u16) = ([203, 0, 113, 2], 5005);

    fn client(schedule: Schedule, same_host: bool) -> Client {
        let template = Template::request(message::DEFAULT_REQUEST).unwrap();
        Client::new(schedule, template, SocketAddr::from(PEER), same_host, Mono(0))
    }

    type Timed<T> = Vec<(i64, T)>;

    /// Runs a client in virtual time; `answer` says after how many nanoseconds each message is answered, if at all.
    fn run(mut client: Client, answer: impl Fn(u64) -> Option<i64>) -> (Timed<Action>, Timed<Heard>, Client) {
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
        assert_eq!(client.tally(), Tally { sent: 30, delivered: 30, ..Tally::default() });
    }

    #[test]
    fn replies_are_told_apart() {
        let schedule = Schedule { count: 3, wait: Duration::from_secs(1), ..Schedule::default() };
        let (_, _, mut client) = run(client(schedule, false), |number| (number == 3).then_some(10));
        let peer = SocketAddr::from(PEER);
        let other = SocketAddr::from(([203, 0, 113, 2], 9999));
        let at = Mono(2 * SECOND);
        let reply = |number, rtt_ns| Heard::Reply { number, rtt_ns, late: true, reordered: true };
        assert_eq!(client.received(at, other, b"ack: 1"), reply(1, 2 * SECOND));
        assert_eq!(client.received(at, peer, b"ACK 1"), Heard::Duplicate { number: 1 });
        assert_eq!(client.received(at, peer, b"ACK 4"), Heard::NeverSent { number: 4 });
        assert_eq!(client.received(at, peer, b"oi"), Heard::Malformed);
        assert_eq!(
            client.tally(),
            Tally {
                sent: 3,
                delivered: 1,
                late: 1,
                duplicates: 1,
                reordered: 1,
                never_sent: 1,
                malformed: 1,
                other_source: 1,
                ..Tally::default()
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
    fn what_waits_for_a_reply_is_told_by_number_and_does_not_grow_for_ever() {
        let mut waiting = Waiting::default();
        for number in [1, 2, 4, 5] {
            waiting.insert(number, Mono(number as i64));
        }
        assert_eq!((waiting.remove(3), waiting.remove(6), waiting.remove(0)), (None, None, None));
        assert_eq!((waiting.remove(2), waiting.remove(2)), (Some(Mono(2)), None));
        assert_eq!(waiting.numbers(), [1, 4, 5]);
        assert_eq!(waiting.remove(1), Some(Mono(1)));
        assert_eq!((waiting.first, waiting.numbers()), (4, vec![4, 5]), "the row begins with the first that waits");
        let last = 3 + MOST_WAITING as u64 + 100;
        for number in 6..=last {
            waiting.insert(number, Mono(0));
        }
        assert_eq!((waiting.sent.len(), waiting.first, waiting.remove(last)), (MOST_WAITING, 104, Some(Mono(0))));
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
    }
}
