//! The client's loop: tells the state machine the time and what arrived, does what it says, and writes everything down.

use std::collections::BTreeSet;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use super::screen::Screen;
use crate::core::dialect::client::{Action, Client, Heard, Tally};
use crate::core::dialect::peers::Peers;
use crate::core::evidence::capture::digest;
use crate::core::evidence::journal::{Departed, Ending, Odd, OddKind, Peer, Received, Record, Refused, Sent, Unsent};
use crate::core::time::{Mono, Now, nanos};
use crate::i18n::Value;
use crate::journal::writer::Handle;
use crate::net::batch::Batch;
use crate::net::clock::Clock;
use crate::net::endpoint::{Arrival, Endpoint, Event, SendOutcome, Tag};
use crate::net::wait::Waiter;
use crate::report::figures::{Figures, NO_BREAK};

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
    journal: Handle,
    peer: SocketAddr,
    sources: Peers,
    refused: BTreeSet<u64>,
}

impl<'a> Wires<'a> {
    /// Declares the server in the journal.
    pub fn new(clock: Clock, endpoint: &'a mut Endpoint, journal: Handle, peer: SocketAddr) -> Self {
        let mut sources = Peers::new(MOST_SOURCES, Duration::MAX);
        sources.meet(peer, clock.mono());
        journal.write(Record::Peer(Peer { p: SERVER, addr: peer }));
        Self { clock, endpoint, journal, peer, sources, refused: BTreeSet::new() }
    }

    /// Reads what is left in the socket when the run is over; answers the socket's drop counter.
    pub fn drain(&mut self) -> Option<u64> {
        // Whoever keeps sending must not keep the run from ending.
        let until = self.clock.mono().plus(LONGEST_DRAIN);
        let mut batch = Batch::default();
        while let Ok(more) = self.endpoint.recv_batch(&mut batch) {
            let at = self.clock.now();
            for (arrival, text) in batch.datagrams() {
                self.record(&arrival, text, at);
            }
            if !more || at.mono > until {
                break;
            }
        }
        self.departures();
        self.endpoint.socket_drops()
    }

    fn send(&mut self, number: u64, text: &str, behind_ns: i64) -> (Now, SendOutcome) {
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

    /// Writes an arrival down.
    fn record(&mut self, arrival: &Arrival, text: &[u8], at: Now) {
        let met = self.sources.meet(arrival.from, at.mono);
        if let Some(met) = met.filter(|met| met.is_new) {
            self.journal.write(Record::Peer(Peer { p: met.index, addr: arrival.from }));
        }
        let number = crate::core::dialect::message::read(text).number;
        let peer = met.map(|met| met.index);
        self.journal.write(match (number, peer) {
            (Some(n), Some(p)) => Record::Received(Received { n, p, at, k: arrival.kernel, h: digest(text) }),
            (None, _) => Record::Odd(Odd { why: OddKind::Malformed, p: peer, at, length: arrival.length as u32 }),
            (_, None) => Record::Odd(Odd { why: OddKind::TooManyPeers, p: None, at, length: arrival.length as u32 }),
        });
    }

    /// Reads the error queue: stamps of what departed are written down, refusals are answered too.
    fn departures(&mut self) -> Vec<(Option<u64>, SocketAddr)> {
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
                    self.refused.extend(n);
                    refusals.push((n, to));
                }
            }
        }
        refusals
    }
}

/// Runs the exchange to its end or to Ctrl-C.
///
/// # Errors
/// What the system says when the socket or the clock fails altogether.
pub fn run(
    mut client: Client,
    wires: &mut Wires<'_>,
    waiter: &mut Waiter,
    screen: &mut Screen,
) -> io::Result<(Ending, Tally)> {
    let mut batch = Batch::default();
    let mut errors = false;
    let ending = loop {
        let mut finished = false;
        for _ in 0..SENDS_AT_ONCE {
            let Some(action) = client.next_action(wires.clock.mono()) else { break };
            finished = act(action, &mut client, wires, screen);
            if finished {
                break;
            }
        }
        listen(&mut client, wires, &mut batch, errors, screen)?;
        errors = false;
        if finished {
            break Ending::Done;
        }
        let due = client.wake_at();
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
    listen(&mut client, wires, &mut batch, true, screen)?;
    for number in client.unanswered().into_iter().filter(|number| !wires.refused.contains(number)) {
        screen.each("run-no-reply", &[("n", Value::words(number))]);
    }
    Ok((ending, client.tally()))
}

/// Does what the state machine says; answers whether that was the end.
fn act(action: Action, client: &mut Client, wires: &mut Wires<'_>, screen: &mut Screen) -> bool {
    let time = |length: Duration| ("time", Value::words(shown(nanos(length), screen)));
    match action {
        Action::Send { number, text, behind_ns } => {
            let (at, outcome) = wires.send(number, &text, behind_ns);
            match outcome {
                SendOutcome::Taken => client.sent(number, at.mono),
                SendOutcome::TakenThenDropped(error) => {
                    client.sent(number, at.mono);
                    let error = Value::words(error);
                    screen.each("run-host-dropped", &[("n", Value::words(number)), ("error", error)]);
                }
                SendOutcome::Refused { name, .. } => {
                    client.not_sent(number);
                    screen.each("run-not-sent", &[("n", Value::words(number)), ("error", Value::words(name))]);
                }
            }
        }
        Action::Pause { length } => screen.tell("run-pause", &[time(length)]),
        Action::Wait { length } => screen.tell("run-wait", &[time(length)]),
        Action::Finish => return true,
    }
    false
}

/// Takes in what has arrived. `errors`: the kernel has something to say about what was sent.
fn listen(
    client: &mut Client,
    wires: &mut Wires<'_>,
    batch: &mut Batch,
    errors: bool,
    screen: &mut Screen,
) -> io::Result<()> {
    for _ in 0..BATCHES_AT_ONCE {
        let more = wires.endpoint.recv_batch(batch)?;
        let at = wires.clock.now();
        for (arrival, text) in batch.datagrams() {
            wires.record(&arrival, text, at);
            let heard = client.received(at.mono, arrival.from, text);
            show(heard, &arrival, text, at.mono, wires, screen);
        }
        if !more {
            break;
        }
    }
    // Asking in vain costs a call; without stamps there is nothing to tell but errors, which announce themselves.
    if errors || wires.endpoint.stamps_departures() || wires.endpoint.has_events() {
        for (number, to) in wires.departures() {
            let number = number.map_or_else(|| "?".to_owned(), |number| number.to_string());
            screen.each("run-refused", &[("n", Value::words(number)), ("peer", Value::words(to))]);
        }
    }
    let tally = client.tally();
    screen.now_and_then(wires.clock.mono(), |texts| {
        texts.with(
            "run-tally",
            &[
                ("sent", Value::count(tally.sent)),
                ("delivered", Value::count(tally.delivered)),
                ("late", Value::count(tally.late)),
            ],
        )
    });
    Ok(())
}

fn show(heard: Heard, arrival: &Arrival, text: &[u8], at: Mono, wires: &Wires<'_>, screen: &Screen) {
    if !screen.shows_each() {
        return;
    }
    let text = String::from_utf8_lossy(&text[..text.len().min(60)]).into_owned();
    let text: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    let number = |number: u64| ("n", Value::words(number));
    match heard {
        Heard::Reply { number: n, rtt_ns, late, reordered } => {
            let key = match (late, reordered) {
                (true, _) => "run-late",
                (false, true) => "run-reordered",
                (false, false) => "run-reply",
            };
            let rtt = Value::words(shown(rtt_ns, screen));
            screen.each(key, &[number(n), ("text", Value::words(text.trim())), ("rtt", rtt)]);
        }
        Heard::Duplicate { number: n } => screen.odd(at, "run-duplicate", &[number(n)]),
        Heard::NeverSent { number: n } => screen.odd(at, "run-never-sent", &[number(n)]),
        Heard::Malformed => {
            screen.odd(
                at,
                "run-malformed",
                &[("text", Value::words(text.trim())), ("from", Value::words(arrival.from))],
            );
        }
    }
    if arrival.from != wires.peer {
        screen.odd(at, "run-other-source", &[("from", Value::words(arrival.from))]);
    }
}

/// A duration for a line of its own, where nothing needs to be kept from breaking.
fn shown(ns: i64, screen: &Screen) -> String {
    Figures::new(screen.texts).duration(ns).replace(NO_BREAK, " ")
}
