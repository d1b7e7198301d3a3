//! The server's event loop: feeds the state machine with datagrams, carries out its actions, and writes the journal.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use crate::commands::run::startup::grow_recv_buffer;
use crate::commands::run::status::StatusLines;
use crate::core::evidence::capture_log::digest;
use crate::core::evidence::journal::Record;
use crate::core::evidence::journal_messages::{
    IcmpErrorRecord, NotAnswered, Peer, Received, Sent, TxTimestamp, Unexpected, Unsent,
};
use crate::core::evidence::journal_run::{Counters, EndReason};
use crate::core::protocol::message;
use crate::core::protocol::server::{NoReplyReason, Server, ServerAction, ServerDecision};
use crate::core::time::{Mono, Now, SECOND};
use crate::i18n::Value;
use crate::journal::JournalSink;
use crate::journal::writer::JournalHandle;
use crate::net::clock::{self, Clock};
use crate::net::datagram::{MessageTag, RecvMeta};
use crate::net::endpoint::{Endpoint, SendResult, SocketEvent};
use crate::net::event_waiter::EventWaiter;
use crate::net::rate_detector::RateDetector;
use crate::net::recv_batch::RecvBatch;

/// Batches between two checks for signals.
const MAX_BATCHES_PER_ROUND: usize = 8;

/// What is left in a socket's buffer is read in less; what comes later belongs to no run.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(1);

/// Marks replies to texts without a number.
const UNNUMBERED: u64 = u64::MAX;

pub struct ServerIo<'a> {
    clock: Clock,
    endpoint: &'a mut Endpoint,
    journal: JournalHandle,
    own_addresses: Vec<IpAddr>,
    last_sample: Mono,
    rate: RateDetector,
    buffer_enlarged: bool,
}

impl<'a> ServerIo<'a> {
    /// `own` are this host's addresses.
    pub fn new(clock: Clock, endpoint: &'a mut Endpoint, journal: JournalHandle, own_addresses: Vec<IpAddr>) -> Self {
        let (last_sample, rate) = (Mono(0), RateDetector::default());
        Self { clock, endpoint, journal, own_addresses, last_sample, rate, buffer_enlarged: false }
    }

    /// Reads the rest of the socket's queue at the end of the run, without replying; returns the socket's drop counter.
    pub fn drain(&mut self, server: &Server) -> Option<u64> {
        // Bounded, so that a peer that keeps sending cannot delay the end.
        let until = self.clock.mono().plus(DRAIN_TIMEOUT);
        let mut batch = RecvBatch::default();
        while let Ok(more) = self.endpoint.recv_batch(&mut batch) {
            let at = self.clock.now();
            for (arrival, text) in batch.datagrams() {
                let read = message::read(text);
                let peer = server.peer(arrival.from);
                if let (Some(n), Some(p), false) = (read.number, peer, read.is_reply) {
                    self.journal.write(Record::Received(Received { n, p, at, k: arrival.kernel, h: digest(text) }));
                    self.journal.write(Record::NotAnswered(NotAnswered { n, p, at, why: NoReplyReason::Closing }));
                }
            }
            if !more || at.mono > until {
                break;
            }
        }
        self.read_error_queue();
        self.endpoint.socket_drops()
    }

    /// Journals the received datagrams, and sends the replies that the state machine asks for.
    fn respond(&mut self, decision: ServerDecision, arrival: &RecvMeta, text: &[u8], at: Now, screen: &StatusLines) {
        let peer = decision.peer.map(|entry| entry.index);
        if let Some(entry) = decision.peer.filter(|met| met.is_new) {
            self.journal.write(Record::Peer(Peer { p: entry.index, addr: arrival.from }));
            screen.print_anomaly(at.mono, "run-new-peer", &[("peer", Value::text(arrival.from))]);
        }
        if let (Some(n), Some(p)) = (decision.number, peer) {
            let h = digest(text);
            self.journal.write(Record::Received(Received { n, p, at, k: arrival.kernel, h }));
        }
        match decision.response {
            ServerAction::Answer { number, text, to } => {
                self.send_reply(number, peer.unwrap_or_default(), &text, to, screen);
            }
            ServerAction::Withhold { number: n, why } => {
                let p = peer.unwrap_or_default();
                self.journal.write(Record::NotAnswered(NotAnswered { n, p, at, why }));
            }
            ServerAction::Odd(why) => {
                self.journal.write(Record::Unexpected(Unexpected { why, p: peer, at, length: arrival.length as u32 }));
            }
        }
    }

    fn send_reply(&mut self, number: Option<u64>, peer: u32, text: &[u8], to: SocketAddr, screen: &StatusLines) {
        let at = self.clock.now();
        let outcome = self.endpoint.send(text, to, MessageTag { number: number.unwrap_or(UNNUMBERED), peer });
        let took = self.clock.mono().since(at.mono);
        // A text without a number has no line of its own: the capture shows that it was answered.
        let Some(n) = number else { return };
        let dropped = match outcome {
            SendResult::Sent => None,
            SendResult::DroppedLocally(error) => Some(error.into()),
            SendResult::Failed { name, .. } => {
                screen.print_anomaly(
                    at.mono,
                    "run-reply-not-sent",
                    &[("n", Value::text(n)), ("peer", Value::text(to)), ("error", Value::text(&name))],
                );
                self.journal.write(Record::Unsent(Unsent { n, p: peer, at, why: name }));
                return;
            }
        };
        let sent = Sent { n, p: peer, at, send_duration_ns: took, lateness_ns: None, h: digest(text), dropped };
        self.journal.write(Record::Sent(sent));
    }

    fn read_error_queue(&mut self) {
        for event in self.endpoint.events() {
            match event {
                // The journal has no line for such an answer, and so none for what became of it.
                SocketEvent::TxTimestamp { tag, .. } | SocketEvent::IcmpError { tag: Some(tag), .. }
                    if tag.number == UNNUMBERED => {}
                SocketEvent::TxTimestamp { tag, kernel } => {
                    self.journal.write(Record::TxTimestamp(TxTimestamp { n: tag.number, p: tag.peer, k: kernel }));
                }
                SocketEvent::IcmpError { tag: Some(tag), from, kind, code, .. } => {
                    let at = self.clock.now();
                    let n = Some(tag.number);
                    self.journal.write(Record::IcmpError(IcmpErrorRecord { n, p: tag.peer, at, from, kind, code }));
                }
                SocketEvent::IcmpError { tag: None, .. } => {}
            }
        }
    }

    /// Makes itself ready for messages that come fast, when they begin to.
    fn adapt_to_rate(&mut self, now: Mono, datagrams: usize, screen: &StatusLines) {
        if let Some(fast) = self.rate.received(now, datagrams) {
            self.endpoint.set_tx_timestamping(!fast);
            if !self.buffer_enlarged {
                self.buffer_enlarged = true;
                grow_recv_buffer(self.endpoint, screen);
            }
        }
    }

    /// Writes the socket's drop counter down once a second while there is traffic, for a run that is killed.
    fn sample_counters(&mut self, at: Now) {
        if at.mono.since(self.last_sample) >= SECOND {
            self.last_sample = at.mono;
            let socket_drops = self.endpoint.socket_drops();
            self.journal.write(Record::Counters(Box::new(Counters {
                at,
                socket_drops,
                capture: None,
                clocks: Some(clock::readings()),
            })));
        }
    }
}

/// Replies until Ctrl-C or `stop_at`.
///
/// # Errors
/// The system's error if the socket fails altogether.
pub fn run(
    server: &mut Server,
    io: &mut ServerIo<'_>,
    waiter: &mut EventWaiter,
    screen: &StatusLines,
    stop_at: Option<Mono>,
) -> io::Result<EndReason> {
    let mut batch = RecvBatch::default();
    loop {
        let wakeup = waiter.wait(&*io.endpoint, stop_at)?;
        for _ in 0..MAX_BATCHES_PER_ROUND {
            let more = io.endpoint.recv_batch(&mut batch)?;
            if batch.is_empty() {
                break;
            }
            let at = io.clock.now();
            io.sample_counters(at);
            io.adapt_to_rate(at.mono, batch.len(), screen);
            for (arrival, text) in batch.datagrams() {
                let own_host = arrival.from.ip().is_loopback() || io.own_addresses.contains(&arrival.from.ip());
                let decision = server.received(at.mono, arrival.from, text, own_host);
                io.respond(decision, &arrival, text, at, screen);
            }
            if !more {
                break;
            }
        }
        // Asking in vain costs a call; without stamps there is nothing to tell but errors, which announce themselves.
        if wakeup.errors || io.endpoint.has_tx_timestamps() || io.endpoint.has_events() {
            io.read_error_queue();
        }
        if wakeup.signal {
            return Ok(EndReason::Interrupted);
        }
        if wakeup.deadline {
            return Ok(EndReason::Duration);
        }
    }
}
