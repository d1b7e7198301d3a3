//! UDP ping as a state machine: one probe at a time, each with a timeout; late replies are counted until the end.

use std::net::SocketAddr;
use std::time::Duration;

use super::message::{self, Probe};
use super::reply_tracker::{ReplyClass, ReplyTracker};
use super::requester::{Action, Requester, UNANSWERED_SPACING_NS};
use super::spacing::interval_after;
use crate::core::time::{Mono, Wall};

/// How many probes, and when.
///
/// A probe leaves when it is due and the one before it was answered, refused or given up. Each due time counts from the one
/// before, but for the time that was spent waiting: nothing is made up for in a hurry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProbeSchedule {
    /// How many probes, numbered from 1; 0 for no end.
    pub count: u64,
    /// From one probe to the next, at the least; the mean, where intervals are drawn.
    pub interval: Duration,
    /// Seed of the drawn intervals; `None` for intervals that are all the same.
    pub spacing_seed: Option<u64>,
    /// How long a probe waits for its reply.
    pub timeout: Duration,
    /// How long late ones are waited for after the last.
    pub linger: Duration,
}

/// The stages of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ProbePhase {
    /// The next probe goes out when it is due.
    Between,
    /// This one is waited for.
    Waiting {
        number: u64,
        until: Mono,
    },
    /// All is sent, and late replies may come.
    Lingering {
        until: Mono,
    },
    Finished,
}

/// The ping's state.
#[derive(Debug)]
pub struct Pinger {
    turns: ProbeSchedule,
    probe: Probe,
    peer: SocketAddr,
    /// The number to be sent next.
    next: u64,
    /// When.
    due: Mono,
    last_send: Option<Mono>,
    /// When the last probe was answered, refused or given up.
    resolved: Mono,
    /// Until the peer has answered, no two probes follow each other closer than this.
    spacing_ns: i64,
    stage: ProbePhase,
    replies: ReplyTracker,
}

impl Pinger {
    /// A ping that starts at `start`. `same_host` lifts the limit on sending to a peer that has not answered.
    pub fn new(turns: ProbeSchedule, probe: Probe, peer: SocketAddr, same_host: bool, start: Mono) -> Self {
        Self {
            turns,
            probe,
            peer,
            next: 1,
            due: start,
            last_send: None,
            resolved: start,
            spacing_ns: if same_host { 0 } else { UNANSWERED_SPACING_NS },
            stage: ProbePhase::Between,
            replies: ReplyTracker::new(turns.timeout),
        }
    }

    /// When the next probe may be sent: at its due time, but not too soon after the last one while nothing was
    /// answered.
    fn send_time(&self) -> Mono {
        let earliest = self.last_send.map_or(self.due, |last| Mono(last.0.saturating_add(self.spacing_ns)));
        self.due.max(earliest)
    }

    /// The probe that was waited for is so no longer.
    fn resolve(&mut self, now: Mono) {
        self.stage = ProbePhase::Between;
        self.resolved = now;
        self.due = self.due.max(now);
    }

    fn all_sent(&self) -> bool {
        self.turns.count > 0 && self.next > self.turns.count
    }

    fn waited_for(&self) -> Option<u64> {
        match self.stage {
            ProbePhase::Waiting { number, .. } => Some(number),
            _ => None,
        }
    }
}

impl Requester for Pinger {
    fn wake_at(&self) -> Option<Mono> {
        match self.stage {
            ProbePhase::Between if self.all_sent() => Some(self.resolved),
            ProbePhase::Between => Some(self.send_time()),
            // When the last reply is in, nothing is left to linger for.
            ProbePhase::Lingering { .. } if self.replies.pending() == 0 => Some(self.resolved),
            ProbePhase::Waiting { until, .. } | ProbePhase::Lingering { until } => Some(until),
            ProbePhase::Finished => None,
        }
    }

    fn next_action(&mut self, now: Mono) -> Option<Action> {
        if self.wake_at().is_none_or(|time| now < time) {
            return None;
        }
        Some(match self.stage {
            ProbePhase::Between if self.all_sent() && self.replies.pending() > 0 => {
                self.stage = ProbePhase::Lingering { until: self.resolved.plus(self.turns.linger) };
                Action::Wait { length: self.turns.linger }
            }
            ProbePhase::Between if !self.all_sent() => {
                let (number, behind_ns) = (self.next, now.since(self.due));
                self.next += 1;
                self.last_send = Some(now);
                // A ping that was stopped for a while does not hurry after what it missed.
                let interval = interval_after(number, self.turns.interval, self.turns.spacing_seed);
                self.due = self.due.plus(interval).max(now);
                self.stage = ProbePhase::Waiting { number, until: now.plus(self.turns.timeout) };
                Action::Send { number, behind_ns }
            }
            ProbePhase::Waiting { number, .. } => {
                self.resolve(now);
                Action::GiveUp { number }
            }
            ProbePhase::Between | ProbePhase::Lingering { .. } | ProbePhase::Finished => {
                self.stage = ProbePhase::Finished;
                Action::Finish
            }
        })
    }

    fn text(&self, number: u64, wall: Wall) -> String {
        self.probe.fill(number, wall)
    }

    fn sent(&mut self, number: u64, at: Mono) {
        self.replies.sent(number, at);
        if self.waited_for() == Some(number) {
            // A reply that comes just in time is read a moment later.
            self.stage = ProbePhase::Waiting { number, until: Mono(at.plus(self.turns.timeout).0.saturating_add(1)) };
        }
    }

    fn not_sent(&mut self, number: u64) {
        self.replies.not_sent(number);
        if let Some(last) = self.last_send.filter(|_| self.waited_for() == Some(number)) {
            self.resolve(last);
        }
    }

    fn refused(&mut self, number: u64) {
        self.replies.refused(number);
        if let Some(last) = self.last_send.filter(|_| self.waited_for() == Some(number)) {
            self.resolve(last);
        }
    }

    fn received(&mut self, now: Mono, from: SocketAddr, payload: &[u8]) -> ReplyClass {
        let from_peer = from == self.peer;
        if from_peer {
            self.spacing_ns = 0;
        } else {
            self.replies.from_elsewhere();
        }
        let received = match message::read(payload).number {
            Some(number) => self.replies.numbered(now, number),
            None if from_peer => self.replies.unnumbered(now),
            None => self.replies.malformed(),
        };
        let waiting = self.waited_for();
        match received {
            ReplyClass::Reply { number, .. } if waiting == Some(number) => self.resolve(now),
            ReplyClass::Ambiguous { .. } => {
                if waiting.is_some() {
                    self.resolve(now);
                }
                return ReplyClass::Ambiguous { waiting };
            }
            _ => {}
        }
        received
    }

    fn waits_until(&self) -> Option<Mono> {
        match self.stage {
            ProbePhase::Waiting { until, .. } => Some(until),
            _ => None,
        }
    }

    fn replies(&self) -> &ReplyTracker {
        &self.replies
    }

    fn sends_seldom(&self) -> bool {
        true
    }

    fn keeps_texts(&self) -> bool {
        true
    }
}

/// One probe from a socket of its own: whatever comes back there from the peer is its reply, whatever it says.
#[derive(Debug)]
pub struct SingleProbe(Pinger);

impl SingleProbe {
    /// Probe `number`, to be sent at `start`. `linger` is how long a late reply is waited for when its time is over.
    pub fn new(number: u64, timeout: Duration, linger: Duration, probe: Probe, peer: SocketAddr, start: Mono) -> Self {
        let turns = ProbeSchedule { count: number, interval: Duration::ZERO, spacing_seed: None, timeout, linger };
        Self(Pinger { next: number, ..Pinger::new(turns, probe, peer, true, start) })
    }
}

impl Requester for SingleProbe {
    fn wake_at(&self) -> Option<Mono> {
        self.0.wake_at()
    }

    fn next_action(&mut self, now: Mono) -> Option<Action> {
        self.0.next_action(now)
    }

    fn text(&self, number: u64, wall: Wall) -> String {
        self.0.text(number, wall)
    }

    fn sent(&mut self, number: u64, at: Mono) {
        self.0.sent(number, at);
    }

    fn not_sent(&mut self, number: u64) {
        self.0.not_sent(number);
    }

    fn refused(&mut self, number: u64) {
        self.0.refused(number);
    }

    fn received(&mut self, now: Mono, from: SocketAddr, _: &[u8]) -> ReplyClass {
        // An empty text has no number, so it matches the only open probe.
        self.0.received(now, from, &[])
    }

    fn waits_until(&self) -> Option<Mono> {
        self.0.waits_until()
    }

    fn replies(&self) -> &ReplyTracker {
        self.0.replies()
    }

    fn sends_seldom(&self) -> bool {
        true
    }

    fn has_own_port(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::core::protocol::message::DEFAULT_PROBE;
    use crate::core::protocol::reply_tracker::ReplyCounters;
    use crate::core::time::{SECOND, nanos};

    const PEER: ([u8; 4], u16) = ([203, 0, 113, 2], 12_000);
    const TURNS: ProbeSchedule = ProbeSchedule {
        count: 10,
        interval: Duration::from_secs(1),
        spacing_seed: None,
        timeout: Duration::from_secs(1),
        linger: Duration::from_secs(1),
    };
    const MS: i64 = 1_000_000;

    fn pinger(turns: ProbeSchedule, same_host: bool) -> Pinger {
        Pinger::new(turns, Probe::new(DEFAULT_PROBE, 0).unwrap(), PEER.into(), same_host, Mono(0))
    }

    /// What happened to a ping in virtual time, and when.
    #[derive(Default)]
    struct Output {
        sends: Vec<i64>,
        given_up: Vec<u64>,
        classes: Vec<(i64, ReplyClass)>,
        end: i64,
        counters: ReplyCounters,
    }

    /// Runs a ping in virtual time. `answer` says after how many nanoseconds each probe is answered and with what text,
    /// if it is.
    fn run(mut pinger: Pinger, answer: impl Fn(u64) -> Option<(i64, String)>) -> Output {
        let mut output = Output::default();
        let mut replies = BTreeSet::new();
        let mut now = Mono(0);
        loop {
            while let Some(action) = pinger.next_action(now) {
                match action {
                    Action::Send { number, .. } => {
                        pinger.sent(number, now);
                        output.sends.push(now.0);
                        replies.extend(answer(number).map(|(delay, text)| (now.0 + delay, number, text)));
                    }
                    Action::GiveUp { number } => output.given_up.push(number),
                    Action::Finish => output.end = now.0,
                    Action::Wait { .. } | Action::Pause { .. } => {}
                }
            }
            let Some(wake) = pinger.wake_at() else { break };
            now = match replies.first().cloned() {
                Some((at, _, text)) if at <= wake.0 => {
                    replies.pop_first();
                    output.classes.push((at, pinger.received(Mono(at), PEER.into(), text.as_bytes())));
                    Mono(at)
                }
                _ => wake,
            };
        }
        output.counters = pinger.replies().counters();
        output
    }

    fn upper(number: u64) -> String {
        format!("PING {number} 1732090000.123456")
    }

    #[test]
    fn ten_probes_a_second_apart_and_no_lingering_for_nothing() {
        let output = run(pinger(TURNS, false), |number| Some((20 * MS, upper(number))));
        assert_eq!(output.sends, (0..10).map(|n| n * SECOND).collect::<Vec<_>>());
        assert_eq!(output.classes.len(), 10);
        assert_eq!(
            output.classes[0].1,
            ReplyClass::Reply { number: 1, rtt_ns: 20 * MS, late: false, reordered: false }
        );
        assert_eq!(output.end, 9 * SECOND + 20 * MS);
        assert_eq!(output.counters, ReplyCounters { sent: 10, delivered: 10, ..ReplyCounters::default() });
    }

    #[test]
    fn drawn_intervals_are_followed_and_waiting_is_kept() {
        let turns = ProbeSchedule { spacing_seed: Some(7), ..TURNS };
        let drawn: Vec<i64> = (1..10).map(|n| nanos(interval_after(n, turns.interval, Some(7)))).collect();
        let gaps = |sends: &[i64]| sends.windows(2).map(|pair| pair[1] - pair[0]).collect::<Vec<_>>();
        let answered = run(pinger(turns, false), |number| Some((20 * MS, upper(number))));
        assert_eq!(gaps(&answered.sends), drawn);
        assert!(drawn.iter().all(|gap| (700 * MS..=1_300 * MS).contains(gap) && *gap != SECOND));
        // A probe whose interval is shorter than its timeout is waited for nevertheless.
        let silent = run(pinger(turns, false), |_| None);
        assert_eq!(gaps(&silent.sends), drawn.iter().map(|gap| (*gap).max(SECOND + 1)).collect::<Vec<_>>());
    }

    #[test]
    fn a_probe_dropped_by_the_server_times_out_after_1_s() {
        let output = run(pinger(TURNS, false), |number| (number != 3 && number != 7).then(|| (MS, upper(number))));
        assert_eq!(output.given_up, [3, 7]);
        assert_eq!(output.counters, ReplyCounters { sent: 10, delivered: 8, ..ReplyCounters::default() });
        // The next one is a nanosecond late, and so are those after it: nothing is made up for.
        assert!((0..).zip(&output.sends).all(|(n, at)| (0..10).contains(&(at - n * SECOND))), "{:?}", output.sends);
        // 3 and 7 may still come, one more timeout after the last probe.
        assert!((10 * SECOND..10 * SECOND + 10 * MS).contains(&output.end), "{}", output.end);
    }

    #[test]
    fn replies_after_their_second_are_late_and_none_is_lost() {
        let output = run(pinger(TURNS, false), |number| Some((12 * SECOND / 10, upper(number))));
        assert_eq!(output.given_up, (1..=10).collect::<Vec<_>>());
        assert_eq!(output.counters, ReplyCounters { sent: 10, late: 10, ..ReplyCounters::default() });
        let late = ReplyClass::Reply { number: 10, rtt_ns: 12 * SECOND / 10, late: true, reordered: false };
        assert_eq!(output.classes.last().unwrap().1, late);
        // The last one came before the lingering was over, and then nothing was left to wait for.
        assert_eq!(output.end, output.sends[9] + 12 * SECOND / 10);
    }

    #[test]
    fn lingering_lasts_one_more_timeout() {
        let output = run(pinger(ProbeSchedule { count: 1, ..TURNS }, false), |_| Some((25 * SECOND / 10, upper(1))));
        assert!(output.classes.is_empty());
        assert_eq!((output.given_up, output.end), (vec![1], 2 * SECOND + 1));
    }

    #[test]
    fn an_unnumbered_pong_answers_the_open_probe_until_a_timeout() {
        let output = run(pinger(TURNS, false), |number| (number != 4).then(|| (MS, "pong".to_owned())));
        let reply = |number| ReplyClass::Reply { number, rtt_ns: MS, late: false, reordered: false };
        let class: Vec<ReplyClass> = output.classes.iter().map(|(_, class)| *class).collect();
        let ambiguous = |number| ReplyClass::Ambiguous { waiting: Some(number) };
        let expected: Vec<ReplyClass> = (1..=3).map(reply).chain((5..=10).map(ambiguous)).collect();
        assert_eq!(class, expected);
        assert_eq!(output.counters, ReplyCounters { sent: 10, delivered: 3, ambiguous: 6, ..ReplyCounters::default() });
    }

    #[test]
    fn a_pong_that_is_the_only_one_awaited_is_late_and_no_riddle() {
        let turns = ProbeSchedule { interval: 3 * TURNS.interval, ..TURNS };
        let output = run(pinger(turns, false), |_| Some((12 * SECOND / 10, "pong".to_owned())));
        assert_eq!(output.counters, ReplyCounters { sent: 10, late: 10, ..ReplyCounters::default() });
    }

    #[test]
    fn a_refusal_ends_the_waiting_and_nothing_is_lingered_for() {
        let mut pinger = pinger(TURNS, true);
        for number in 1..=10 {
            let now = pinger.wake_at().unwrap();
            assert_eq!(now, Mono((number as i64 - 1) * SECOND));
            assert_eq!(pinger.next_action(now), Some(Action::Send { number, behind_ns: 0 }));
            pinger.sent(number, now);
            pinger.refused(number);
        }
        let now = pinger.wake_at().unwrap();
        assert_eq!((pinger.next_action(now), pinger.wake_at()), (Some(Action::Finish), None));
        assert_eq!(pinger.replies().counters().answers(), 0);
    }

    #[test]
    fn no_reply_is_awaited_for_a_failed_send() {
        let mut pinger = pinger(ProbeSchedule { count: 2, ..TURNS }, true);
        pinger.next_action(Mono(0));
        pinger.not_sent(1);
        assert_eq!(pinger.wake_at(), Some(Mono(SECOND)));
    }

    #[test]
    fn without_a_count_it_goes_on() {
        let mut pinger = pinger(ProbeSchedule { count: 0, ..TURNS }, true);
        for number in 1..=1_000 {
            let now = pinger.wake_at().unwrap();
            assert_eq!(pinger.next_action(now), Some(Action::Send { number, behind_ns: 0 }));
            pinger.sent(number, now);
            pinger.received(now, PEER.into(), upper(number).as_bytes());
        }
    }

    #[test]
    fn a_ping_that_was_stopped_does_not_hurry() {
        let mut pinger = pinger(TURNS, true);
        let mut send = |at: i64| {
            assert!(matches!(pinger.next_action(Mono(at)), Some(Action::Send { .. })), "{at}");
            let number = pinger.next - 1;
            pinger.sent(number, Mono(at));
            pinger.received(Mono(at), PEER.into(), upper(number).as_bytes());
            pinger.wake_at().unwrap().0
        };
        assert_eq!(send(0), SECOND);
        assert_eq!(send(SECOND + 40_000), 2 * SECOND, "a late timer does not shift what follows");
        assert_eq!(send(60 * SECOND), 60 * SECOND);
        assert_eq!(send(60 * SECOND), 61 * SECOND);
    }

    #[test]
    fn a_silent_peer_beyond_this_host_is_not_flooded() {
        let zero = Duration::ZERO;
        let fast = ProbeSchedule { count: 100, interval: zero, spacing_seed: Some(7), timeout: zero, linger: zero };
        let spaced = run(pinger(fast, false), |_| None).sends;
        assert!(spaced.windows(2).all(|pair| pair[1] - pair[0] >= UNANSWERED_SPACING_NS), "{spaced:?}");
        let answered =
            run(pinger(ProbeSchedule { timeout: TURNS.timeout, ..fast }, false), |n| Some((10, upper(n)))).sends;
        assert_eq!(answered, (0..100).map(|n| n * 10).collect::<Vec<_>>(), "the first answer opens the way");
    }

    #[test]
    fn replies_from_elsewhere_count_by_their_number_alone() {
        let mut pinger = pinger(TURNS, true);
        pinger.next_action(Mono(0));
        pinger.sent(1, Mono(0));
        let other = SocketAddr::from(([203, 0, 113, 9], 12_000));
        assert_eq!(pinger.received(Mono(1), other, b"pong"), ReplyClass::Malformed);
        assert!(matches!(pinger.received(Mono(2), other, b"PING 1"), ReplyClass::Reply { number: 1, .. }));
        assert_eq!(pinger.replies().counters().other_source, 2);
    }

    #[test]
    fn a_single_probe_accepts_any_text_from_its_peer_only() {
        let (timeout, linger) = (Duration::from_secs(2), Duration::from_secs(8));
        let single = || SingleProbe::new(7, timeout, linger, Probe::any("ping", 0).unwrap(), PEER.into(), Mono(0));
        let begun = || {
            let mut single = single();
            assert_eq!(single.next_action(Mono(0)), Some(Action::Send { number: 7, behind_ns: 0 }));
            assert_eq!(single.text(7, Wall(0)), "ping");
            single.sent(7, Mono(0));
            single
        };
        for text in ["ping", "pong", "PING 3", "7"] {
            let mut single = begun();
            let elsewhere = single.received(Mono(MS), ([203, 0, 113, 3], 9).into(), text.as_bytes());
            assert_eq!(elsewhere, ReplyClass::Malformed, "{text}");
            let class = single.received(Mono(2 * MS), PEER.into(), text.as_bytes());
            assert_eq!(class, ReplyClass::Reply { number: 7, rtt_ns: 2 * MS, late: false, reordered: false }, "{text}");
            assert_eq!(
                single.received(Mono(3 * MS), PEER.into(), text.as_bytes()),
                ReplyClass::Malformed,
                "one more copy"
            );
            assert_eq!(single.next_action(Mono(3 * MS)), Some(Action::Finish), "{text}");
        }
        let mut late = begun();
        let given_up = Mono(2 * SECOND + 1);
        assert_eq!(late.next_action(given_up), Some(Action::GiveUp { number: 7 }));
        assert_eq!(late.next_action(given_up), Some(Action::Wait { length: linger }));
        let class = late.received(Mono(3 * SECOND), PEER.into(), b"ping");
        assert_eq!(class, ReplyClass::Reply { number: 7, rtt_ns: 3 * SECOND, late: true, reordered: false });
        assert_eq!(late.next_action(Mono(3 * SECOND)), Some(Action::Finish), "nothing is left to wait for");
    }
}
