//! The loop of all who ask: tells the state machine the time and what arrived, does what it says, and writes everything
//! down.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use crate::core::evidence::capture_log::digest;
use crate::core::evidence::journal::Record;
use crate::core::evidence::journal_messages::{Departed, Odd, Peer, Port, Received, Refused, Sent, Text, Unsent};
use crate::core::evidence::journal_run::Ending;
use crate::core::protocol::message::LONGEST_TEMPLATE;
use crate::core::protocol::peer_table::Peers;
use crate::core::protocol::reply_tracker::{Heard, Tally};
use crate::core::protocol::requester::{Action, Asker};
use crate::core::protocol::server::OddKind;
use crate::core::time::{Mono, Now, nanos};
use crate::journal::Scribe;
use crate::net::clock::{Clock, wall};
use crate::net::endpoint::{Arrival, Endpoint, Event, LONGEST_SLEEP, SendOutcome, Tag};
use crate::net::event_waiter::Waiter;
use crate::net::recv_batch::Batch;

/// A client hears from its server, and perhaps from a few others.
const MOST_SOURCES: usize = 256;

/// The server's index in the client's journal.
const SERVER: u32 = 1;

/// Messages sent one after the other, where so many are due, before replies are looked for. More would keep replies
/// waiting, which shows in their round-trip times.
const SENDS_AT_ONCE: usize = 16;

/// Batches of datagrams read one after the other before it is time to look at what is due.
const BATCHES_AT_ONCE: usize = 2;

/// What is left in a socket's buffer is read in less; what comes later belongs to no run.
const LONGEST_DRAIN: Duration = Duration::from_secs(1);

/// The client's socket, clock and journal.
pub struct Wires<'a> {
    clock: Clock,
    endpoint: &'a mut Endpoint,
    journal: &'a dyn Scribe,
    peer: SocketAddr,
    sources: Peers,
}

impl<'a> Wires<'a> {
    /// Declares the server in the journal.
    pub fn new(clock: Clock, endpoint: &'a mut Endpoint, journal: &'a dyn Scribe, peer: SocketAddr) -> Self {
        let mut sources = Peers::new(MOST_SOURCES, Duration::MAX);
        sources.meet(peer, clock.mono());
        journal.write(Record::Peer(Peer { p: SERVER, addr: peer }));
        Self { clock, endpoint, journal, peer, sources }
    }

    /// Reads what is left in the socket when the run is over; answers the socket's drop counter.
    pub fn drain(&mut self, asker: &mut impl Asker) -> Option<u64> {
        // Whoever keeps sending must not keep the run from ending.
        let until = self.clock.mono().plus(LONGEST_DRAIN);
        let mut batch = Batch::default();
        while let Ok(more) = self.endpoint.recv_batch(&mut batch) {
            let at = self.clock.now();
            for (arrival, text) in batch.datagrams() {
                self.take_in(asker, &arrival, text, at);
            }
            if !more || at.mono > until {
                break;
            }
        }
        self.departures();
        self.endpoint.socket_drops()
    }

    fn send(&mut self, asker: &impl Asker, number: u64, behind_ns: i64) -> (Now, SendOutcome) {
        let text = asker.text(number, wall());
        if asker.sends_seldom() {
            self.endpoint.rehearse(self.peer);
        }
        if asker.has_own_port() {
            let l = self.endpoint.local_addr().port();
            self.journal.write(Record::Port(Port { n: number, p: SERVER, l }));
        }
        let at = self.clock.now();
        let outcome = self.endpoint.send(text.as_bytes(), self.peer, Tag { number, peer: SERVER });
        let took = self.clock.mono().since(at.mono);
        let dropped = match &outcome {
            SendOutcome::Taken => None,
            SendOutcome::TakenThenDropped(error) => Some(error.as_str().into()),
            SendOutcome::Refused { name, .. } => {
                self.journal.write(Record::Unsent(Unsent { n: number, p: SERVER, at, why: name.clone() }));
                return (at, outcome);
            }
        };
        let h = digest(text.as_bytes());
        let sent = Sent { n: number, p: SERVER, at, took, behind: Some(behind_ns), h, dropped };
        self.journal.write(Record::Sent(sent));
        (at, outcome)
    }

    /// Asks what an arrival means, and writes it down.
    fn take_in(&mut self, asker: &mut impl Asker, arrival: &Arrival, text: &[u8], at: Now) -> Heard {
        let met = self.sources.meet(arrival.from, at.mono);
        if let Some(met) = met.filter(|met| met.is_new) {
            self.journal.write(Record::Peer(Peer { p: met.index, addr: arrival.from }));
        }
        let heard = asker.received(at.mono, arrival.from, text);
        let number = match heard {
            Heard::Reply { number, .. } | Heard::Duplicate { number } | Heard::NeverSent { number } => Some(number),
            Heard::Ambiguous { .. } | Heard::Malformed => None,
        };
        let unnumbered = if matches!(heard, Heard::Ambiguous { .. }) { OddKind::Ambiguous } else { OddKind::Malformed };
        let peer = met.map(|met| met.index);
        self.journal.write(match (number, peer) {
            (Some(n), Some(p)) => Record::Received(Received { n, p, at, k: arrival.kernel, h: digest(text) }),
            (None, _) => Record::Odd(Odd { why: unnumbered, p: peer, at, length: arrival.length as u32 }),
            (_, None) => Record::Odd(Odd { why: OddKind::TooManyPeers, p: None, at, length: arrival.length as u32 }),
        });
        if let (Some(n), Some(p), true) = (number, peer, asker.keeps_texts()) {
            self.journal.write(Record::Text(Text { n, p, at, text: quoted(text) }));
        }
        heard
    }

    /// Reads the error queue: stamps of what departed are written down, refusals are answered too.
    fn departures(&mut self) -> Vec<Refusal> {
        let mut refusals = Vec::new();
        for event in self.endpoint.events() {
            match event {
                Event::Departed { tag, kernel } => {
                    self.journal.write(Record::Departed(Departed { n: tag.number, p: tag.peer, k: kernel }));
                }
                Event::Refused { tag, to, from, kind, code, .. } => {
                    let n = tag.map(|tag| tag.number);
                    let at = self.clock.now();
                    self.journal.write(Record::Refused(Refused { n, p: SERVER, at, from, kind, code }));
                    refusals.push(Refusal { number: n, to, from, kind, code });
                }
            }
        }
        refusals
    }
}

/// As much of a reply's text as the record keeps.
fn quoted(text: &[u8]) -> String {
    String::from_utf8_lossy(&text[..text.len().min(LONGEST_TEMPLATE)]).into_owned()
}

/// An ICMP error that came back for a message.
#[derive(Clone, Copy, Debug)]
pub struct Refusal {
    /// The message, where it can be told.
    pub number: Option<u64>,
    /// Where it was going.
    pub to: SocketAddr,
    /// Who says so; `None` for this host itself.
    pub from: Option<IpAddr>,
    /// ICMP type.
    pub kind: u8,
    /// ICMP code.
    pub code: u8,
}

/// What happens while a run goes on.
#[derive(Clone, Copy, Debug)]
pub enum News<'a> {
    /// The asker says so.
    Acts(Action),
    /// `send()` refused a message.
    NotSent {
        /// Its number.
        number: u64,
        /// The system's name for the error.
        error: &'a str,
    },
    /// This host dropped a message after `send()` had taken it.
    HostDropped {
        /// Its number.
        number: u64,
        /// The system's name for the error.
        error: &'a str,
    },
    /// A datagram arrived.
    Heard {
        /// What it means.
        heard: Heard,
        /// Who sent it.
        from: SocketAddr,
        /// Its text.
        text: &'a [u8],
        /// When it was read.
        at: Mono,
    },
    /// An ICMP error came back.
    Refused(Refusal),
    /// The run is over, and this message has neither a reply nor a refusal.
    Unanswered(u64),
}

/// Who hears of what happens.
pub trait Audience {
    /// It begins.
    ///
    /// # Errors
    /// What the system says where the news cannot be shown as asked.
    fn open(&mut self) -> io::Result<()> {
        Ok(())
    }

    /// It is over.
    fn close(&mut self) {}

    /// Something happened.
    fn hear(&mut self, news: News<'_>);

    /// All so far, at any time; for who shows no news one by one.
    fn glance(&mut self, now: Mono, tally: Tally);
}

/// Runs an asker to its end or to Ctrl-C.
///
/// # Errors
/// What the system says when the socket or the clock fails altogether.
pub fn run(
    asker: &mut impl Asker,
    wires: &mut Wires<'_>,
    waiter: &mut Waiter,
    audience: &mut dyn Audience,
) -> io::Result<Ending> {
    let mut batch = Batch::default();
    let mut errors = false;
    let ending = loop {
        let mut finished = false;
        for _ in 0..SENDS_AT_ONCE {
            let Some(action) = asker.next_action(wires.clock.mono()) else { break };
            finished = act(action, asker, wires, audience);
            if finished {
                break;
            }
        }
        if waits_long(asker, wires.clock) {
            // Asleep in the reading itself, a reply is read sooner than by being told first that there is one.
            let at = wires.endpoint.recv_next(&mut batch, &wires.clock)?;
            take_in(asker, wires, &batch, at, audience);
        }
        listen(asker, wires, &mut batch, errors, audience)?;
        errors = false;
        if waits_long(asker, wires.clock) && !waiter.interrupted() {
            continue;
        }
        if finished {
            break Ending::Done;
        }
        let due = asker.wake_at();
        if due.is_some_and(|due| due <= wires.clock.mono()) {
            if waiter.interrupted() {
                break Ending::Interrupted;
            }
            continue;
        }
        let woken = waiter.wait(&*wires.endpoint, due)?;
        if woken.signal {
            break Ending::Interrupted;
        }
        errors = woken.errors;
    };
    listen(asker, wires, &mut batch, true, audience)?;
    for number in asker.replies().unanswered() {
        audience.hear(News::Unanswered(number));
    }
    Ok(ending)
}

/// Whether there is nothing to do for a while but to wait for a reply.
fn waits_long(asker: &impl Asker, clock: Clock) -> bool {
    asker.waits_until().is_some_and(|until| until.since(clock.mono()) > nanos(LONGEST_SLEEP))
}

/// Does what the state machine says; answers whether that was the end.
fn act(action: Action, asker: &mut impl Asker, wires: &mut Wires<'_>, audience: &mut dyn Audience) -> bool {
    match action {
        Action::Send { number, behind_ns } => {
            let (at, outcome) = wires.send(asker, number, behind_ns);
            match outcome {
                SendOutcome::Taken => asker.sent(number, at.mono),
                SendOutcome::TakenThenDropped(error) => {
                    asker.sent(number, at.mono);
                    audience.hear(News::HostDropped { number, error: &error });
                }
                SendOutcome::Refused { name, .. } => {
                    asker.not_sent(number);
                    audience.hear(News::NotSent { number, error: &name });
                }
            }
        }
        Action::Pause { .. } | Action::GiveUp { .. } | Action::Wait { .. } => audience.hear(News::Acts(action)),
        Action::Finish => return true,
    }
    false
}

/// Takes in what has arrived. `errors`: the kernel has something to say about what was sent.
fn listen(
    asker: &mut impl Asker,
    wires: &mut Wires<'_>,
    batch: &mut Batch,
    errors: bool,
    audience: &mut dyn Audience,
) -> io::Result<()> {
    for _ in 0..BATCHES_AT_ONCE {
        let more = wires.endpoint.recv_batch(batch)?;
        take_in(asker, wires, batch, wires.clock.now(), audience);
        if !more {
            break;
        }
    }
    // Asking in vain costs a call; without stamps there is nothing to tell but errors, which announce themselves.
    if errors || wires.endpoint.stamps_departures() || wires.endpoint.has_events() {
        departures(asker, wires, audience);
    }
    audience.glance(wires.clock.mono(), asker.replies().tally());
    Ok(())
}

/// Takes in the datagrams that were read last, at `at`.
fn take_in(asker: &mut impl Asker, wires: &mut Wires<'_>, batch: &Batch, at: Now, audience: &mut dyn Audience) {
    for (arrival, text) in batch.datagrams() {
        let heard = wires.take_in(asker, &arrival, text, at);
        audience.hear(News::Heard { heard, from: arrival.from, text, at: at.mono });
    }
}

/// Takes in what the kernel says of what was sent.
fn departures(asker: &mut impl Asker, wires: &mut Wires<'_>, audience: &mut dyn Audience) {
    for refusal in wires.departures() {
        if let Some(number) = refusal.number {
            asker.refused(number);
        }
        audience.hear(News::Refused(refusal));
    }
}
