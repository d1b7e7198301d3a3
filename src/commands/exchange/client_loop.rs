//! The event loop of `cliente`, `ping` and `monitor`: feeds the state machine with time and datagrams, carries out its
//! actions, and writes the journal.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::AsFd;
use std::time::Duration;

use crate::core::evidence::annotations::IcmpRefusal;
use crate::core::evidence::capture_log::digest;
use crate::core::evidence::journal::Record;
use crate::core::evidence::journal_messages::{
    IcmpErrorRecord, Peer, Port, Received, Sent, Text, TxTimestamp, Unexpected, Unsent,
};
use crate::core::evidence::journal_run::{EndReason, RouteChange};
use crate::core::protocol::message::MAX_TEMPLATE_LEN;
use crate::core::protocol::peer_table::PeerTable;
use crate::core::protocol::reply_tracker::{ReplyClass, ReplyCounters};
use crate::core::protocol::requester::{Action, Requester};
use crate::core::protocol::server::UnexpectedKind;
use crate::core::time::{Mono, Now, nanos};
use crate::i18n::{Texts, Value};
use crate::journal::JournalSink;
use crate::net::clock::{Clock, wall};
use crate::net::datagram::{MessageTag, RecvMeta};
use crate::net::endpoint::{Endpoint, MAX_SLEEP, SendResult, SocketEvent};
use crate::net::event_waiter::EventWaiter;
use crate::net::recv_batch::RecvBatch;
use crate::net::route_watch::RouteWatch;

/// Source addresses tracked: the server, and a few others.
const MAX_SOURCES: usize = 256;

const SERVER_INDEX: u32 = 1;

/// Overdue messages sent in a row before replies are read. More would delay replies and inflate their round-trip times.
const MAX_SENDS_PER_ROUND: usize = 16;

/// Batches of datagrams read before due messages are sent.
const MAX_BATCHES_PER_ROUND: usize = 2;

/// Time limit for reading what is left in the socket; later datagrams do not belong to the run.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(1);

/// How often a loop that never waits looks for changes of the route.
const ROUTE_LOOK_INTERVAL: Duration = Duration::from_millis(100);

pub struct ClientIo<'a> {
    clock: Clock,
    endpoint: &'a mut Endpoint,
    journal: &'a dyn JournalSink,
    peer: SocketAddr,
    sources: PeerTable,
    route: Option<RouteWatch>,
    route_looked: Mono,
}

impl<'a> ClientIo<'a> {
    pub fn new(clock: Clock, endpoint: &'a mut Endpoint, journal: &'a dyn JournalSink, peer: SocketAddr) -> Self {
        let mut sources = PeerTable::new(MAX_SOURCES, Duration::MAX);
        sources.lookup_or_insert(peer, clock.mono());
        journal.write(Record::Peer(Peer { p: SERVER_INDEX, addr: peer }));
        Self { clock, endpoint, journal, peer, sources, route: None, route_looked: clock.mono() }
    }

    /// Writes changes of the route to the server down from now on. A system that does not report them serves as well.
    pub fn watch_route(&mut self) {
        self.route = RouteWatch::start(self.endpoint.local_addr().ip(), self.peer).ok();
    }

    /// Writes down a change of the route. Unless one is `reported`, looks only every [`ROUTE_LOOK_INTERVAL`].
    fn record_route(&mut self, reported: bool) {
        let Some(watch) = &mut self.route else { return };
        let now = self.clock.mono();
        if !reported && now.since(self.route_looked) < nanos(ROUTE_LOOK_INTERVAL) {
            return;
        }
        self.route_looked = now;
        match watch.changed() {
            Ok(None) => {}
            Ok(Some(route)) => {
                let at = self.clock.now();
                let change = RouteChange { at, source: route.source, interface: route.interface };
                self.journal.write(Record::Route(change));
            }
            // Without this, a broken descriptor would wake the loop for ever.
            Err(_) => self.route = None,
        }
    }

    /// Reads what is left in the socket after the run; returns the socket's drop counter.
    pub fn drain(&mut self, requester: &mut impl Requester) -> Option<u64> {
        // A peer that keeps sending must not delay the end.
        let until = self.clock.mono().plus(DRAIN_TIMEOUT);
        let mut batch = RecvBatch::default();
        while let Ok(more) = self.endpoint.recv_batch(&mut batch) {
            let at = self.clock.now();
            for (arrival, text) in batch.datagrams() {
                self.record_datagram(requester, &arrival, text, at);
            }
            if !more || at.mono > until {
                break;
            }
        }
        self.read_error_queue();
        self.endpoint.socket_drops()
    }

    fn send(&mut self, requester: &impl Requester, number: u64, lateness_ns: i64) -> (Now, SendResult) {
        let text = requester.text(number, wall());
        if requester.sends_seldom() {
            self.endpoint.warm_up(self.peer);
        }
        if requester.has_own_port() {
            let l = self.endpoint.local_addr().port();
            self.journal.write(Record::Port(Port { n: number, p: SERVER_INDEX, l }));
        }
        let at = self.clock.now();
        let outcome = self.endpoint.send(text.as_bytes(), self.peer, MessageTag { number, peer: SERVER_INDEX });
        let took = self.clock.mono().since(at.mono);
        let dropped = match &outcome {
            SendResult::Sent => None,
            SendResult::DroppedLocally(error) => Some(error.as_str().into()),
            SendResult::Failed { name, .. } => {
                self.journal.write(Record::Unsent(Unsent { n: number, p: SERVER_INDEX, at, why: name.clone() }));
                return (at, outcome);
            }
        };
        let h = digest(text.as_bytes());
        let sent =
            Sent { n: number, p: SERVER_INDEX, at, send_duration_ns: took, lateness_ns: Some(lateness_ns), h, dropped };
        self.journal.write(Record::Sent(sent));
        (at, outcome)
    }

    /// Asks what an arrival means, and writes it down.
    fn record_datagram(
        &mut self,
        requester: &mut impl Requester,
        arrival: &RecvMeta,
        text: &[u8],
        at: Now,
    ) -> ReplyClass {
        let source = self.sources.lookup_or_insert(arrival.from, at.mono);
        if let Some(source) = source.filter(|met| met.is_new) {
            self.journal.write(Record::Peer(Peer { p: source.index, addr: arrival.from }));
        }
        let class = requester.received(at.mono, arrival.from, text);
        let number = match class {
            ReplyClass::Reply { number, .. } | ReplyClass::Duplicate { number } | ReplyClass::NeverSent { number } => {
                Some(number)
            }
            ReplyClass::Ambiguous { .. } | ReplyClass::Malformed => None,
        };
        let unexpected = if matches!(class, ReplyClass::Ambiguous { .. }) {
            UnexpectedKind::Ambiguous
        } else {
            UnexpectedKind::Malformed
        };
        let peer = source.map(|met| met.index);
        self.journal.write(match (number, peer) {
            (Some(n), Some(p)) => Record::Received(Received { n, p, at, k: arrival.kernel, h: digest(text) }),
            (None, _) => Record::Unexpected(Unexpected { why: unexpected, p: peer, at, length: arrival.length as u32 }),
            (_, None) => Record::Unexpected(Unexpected {
                why: UnexpectedKind::TooManyPeers,
                p: None,
                at,
                length: arrival.length as u32,
            }),
        });
        if let (Some(n), Some(p), true) = (number, peer, requester.keeps_texts()) {
            self.journal.write(Record::Text(Text { n, p, at, text: kept_text(text) }));
        }
        class
    }

    /// Reads the error queue: stamps of what departed are written down, refusals are answered too.
    fn read_error_queue(&mut self) -> Vec<IcmpErrorEvent> {
        let mut errors = Vec::new();
        for event in self.endpoint.events() {
            match event {
                SocketEvent::TxTimestamp { tag, kernel } => {
                    self.journal.write(Record::TxTimestamp(TxTimestamp { n: tag.number, p: tag.peer, k: kernel }));
                }
                SocketEvent::IcmpError { tag, to, from, kind, code, .. } => {
                    let n = tag.map(|tag| tag.number);
                    let at = self.clock.now();
                    self.journal.write(Record::IcmpError(IcmpErrorRecord { n, p: SERVER_INDEX, at, from, kind, code }));
                    errors.push(IcmpErrorEvent { number: n, to, from, kind, code });
                }
            }
        }
        errors
    }
}

/// As much of a reply's text as the record keeps.
fn kept_text(text: &[u8]) -> String {
    String::from_utf8_lossy(&text[..text.len().min(MAX_TEMPLATE_LEN)]).into_owned()
}

/// An ICMP error that came back for a message.
#[derive(Clone, Copy, Debug)]
pub struct IcmpErrorEvent {
    pub number: Option<u64>,
    pub to: SocketAddr,
    /// The sender of the ICMP error; `None` for this host itself.
    pub from: Option<IpAddr>,
    pub kind: u8,
    pub code: u8,
}

impl IcmpErrorEvent {
    /// Key and values of the localized line.
    pub fn text(&self, texts: Texts) -> (&'static str, Vec<(&'static str, Value)>) {
        let Self { number, to, from, kind, code } = *self;
        let n = ("n", number.map_or_else(|| Value::text("?"), Value::text));
        if (IcmpRefusal { from, kind, code }).is_port_unreachable() {
            return ("run-refused", vec![n, ("peer", Value::text(to))]);
        }
        let from = from.map_or_else(|| texts.get("reason-from-self"), |from| from.to_string());
        ("run-icmp", vec![n, ("from", Value::text(from)), ("type", Value::text(kind)), ("code", Value::text(code))])
    }
}

/// What happens while a run goes on.
#[derive(Clone, Copy, Debug)]
pub enum ClientEvent<'a> {
    Action(Action),
    /// `send()` refused a message.
    NotSent {
        number: u64,
        error: &'a str,
    },
    /// This host dropped a message after `send()` had taken it.
    DroppedLocally {
        number: u64,
        error: &'a str,
    },
    Received {
        /// What it means.
        class: ReplyClass,
        from: SocketAddr,
        text: &'a [u8],
        at: Mono,
    },
    IcmpError(IcmpErrorEvent),
    /// The run is over, and this message has neither a reply nor a refusal.
    Unanswered(u64),
}

/// Observes the events of a run.
pub trait ClientObserver {
    /// Called before the first message.
    ///
    /// # Errors
    /// The system's error if the news cannot be shown as asked.
    fn open(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn close(&mut self) {}

    fn on_event(&mut self, on_event: ClientEvent<'_>);

    /// Called regularly, for observers that show totals only.
    fn on_tick(&mut self, now: Mono, counters: ReplyCounters);

    /// When [`on_tick`](Self::on_tick) is to be called at the latest.
    fn wake_at(&self) -> Option<Mono> {
        None
    }
}

/// Runs a requester to its end or to Ctrl-C.
///
/// # Errors
/// The system's error if the socket or the clock fails altogether.
pub fn run(
    requester: &mut impl Requester,
    io: &mut ClientIo<'_>,
    waiter: &mut EventWaiter,
    observer: &mut dyn ClientObserver,
) -> io::Result<EndReason> {
    let mut batch = RecvBatch::default();
    let (mut errors, mut route_reported) = (false, false);
    let end_reason = loop {
        io.record_route(route_reported);
        route_reported = false;
        let mut finished = false;
        for _ in 0..MAX_SENDS_PER_ROUND {
            let Some(action) = requester.next_action(io.clock.mono()) else { break };
            finished = perform(action, requester, io, observer);
            if finished {
                break;
            }
        }
        if may_block(requester, io.clock) {
            // Sleeping inside recv() reads a reply sooner than waiting for readiness first.
            let at = io.endpoint.recv_next(&mut batch, &io.clock)?;
            process_batch(requester, io, &batch, at, observer);
        }
        receive(requester, io, &mut batch, errors, observer)?;
        errors = false;
        if may_block(requester, io.clock) && !waiter.interrupted() {
            continue;
        }
        if finished {
            break EndReason::Done;
        }
        let due = requester.wake_at();
        if due.is_some_and(|due| due <= io.clock.mono()) {
            if waiter.interrupted() {
                break EndReason::Interrupted;
            }
            continue;
        }
        let wake_at = [due, observer.wake_at()].into_iter().flatten().min();
        let wakeup = waiter.wait_with(&*io.endpoint, io.route.as_ref().map(AsFd::as_fd), wake_at)?;
        if wakeup.signal {
            break EndReason::Interrupted;
        }
        errors = wakeup.errors;
        route_reported = wakeup.other;
    };
    io.record_route(true);
    receive(requester, io, &mut batch, true, observer)?;
    for number in requester.replies().unanswered() {
        observer.on_event(ClientEvent::Unanswered(number));
    }
    Ok(end_reason)
}

/// Whether there is nothing to do for a while but to wait for a reply.
fn may_block(requester: &impl Requester, clock: Clock) -> bool {
    requester.waits_until().is_some_and(|until| until.since(clock.mono()) > nanos(MAX_SLEEP))
}

/// Executes the state machine's actions; returns whether the run has ended.
fn perform(
    action: Action,
    requester: &mut impl Requester,
    io: &mut ClientIo<'_>,
    observer: &mut dyn ClientObserver,
) -> bool {
    match action {
        Action::Send { number, behind_ns } => {
            let (at, outcome) = io.send(requester, number, behind_ns);
            match outcome {
                SendResult::Sent => requester.sent(number, at.mono),
                SendResult::DroppedLocally(error) => {
                    requester.sent(number, at.mono);
                    observer.on_event(ClientEvent::DroppedLocally { number, error: &error });
                }
                SendResult::Failed { name, .. } => {
                    requester.not_sent(number);
                    observer.on_event(ClientEvent::NotSent { number, error: &name });
                }
            }
        }
        Action::Pause { .. } | Action::GiveUp { .. } | Action::Wait { .. } => {
            observer.on_event(ClientEvent::Action(action));
        }
        Action::Finish => return true,
    }
    false
}

/// Reads arrived datagrams. `errors`: the error queue has entries.
fn receive(
    requester: &mut impl Requester,
    io: &mut ClientIo<'_>,
    batch: &mut RecvBatch,
    errors: bool,
    observer: &mut dyn ClientObserver,
) -> io::Result<()> {
    for _ in 0..MAX_BATCHES_PER_ROUND {
        let more = io.endpoint.recv_batch(batch)?;
        process_batch(requester, io, batch, io.clock.now(), observer);
        if !more {
            break;
        }
    }
    // Asking in vain costs a call; without stamps there is nothing to tell but errors, which announce themselves.
    if errors || io.endpoint.has_tx_timestamps() || io.endpoint.has_events() {
        process_error_queue(requester, io, observer);
    }
    observer.on_tick(io.clock.mono(), requester.replies().counters());
    Ok(())
}

/// Takes in the datagrams that were read last, at `at`.
fn process_batch(
    requester: &mut impl Requester,
    io: &mut ClientIo<'_>,
    batch: &RecvBatch,
    at: Now,
    observer: &mut dyn ClientObserver,
) {
    for (arrival, text) in batch.datagrams() {
        let class = io.record_datagram(requester, &arrival, text, at);
        observer.on_event(ClientEvent::Received { class, from: arrival.from, text, at: at.mono });
    }
}

/// Processes transmit timestamps and ICMP errors.
fn process_error_queue(requester: &mut impl Requester, io: &mut ClientIo<'_>, observer: &mut dyn ClientObserver) {
    for error in io.read_error_queue() {
        if let Some(number) = error.number {
            requester.refused(number);
        }
        observer.on_event(ClientEvent::IcmpError(error));
    }
}
