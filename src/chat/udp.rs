//! The chat server over UDP: one socket for all members.

use std::io;
use std::net::{IpAddr, SocketAddr};

use super::{ChatLog, beginning, note, server_text};
use crate::core::evidence::capture_log::digest;
use crate::core::evidence::journal::Record;
use crate::core::evidence::journal_messages::{
    IcmpErrorRecord, Peer, Received, Sent, Text, TxTimestamp, Unexpected, Unsent,
};
use crate::core::evidence::journal_run::{Counters, EndReason};
use crate::core::protocol::chat::Action;
use crate::core::protocol::chat::udp_server::{DatagramResult, UdpChatServer};
use crate::core::protocol::server::UnexpectedKind;
use crate::core::time::{Mono, Now, SECOND};
use crate::net::clock::{self, Clock};
use crate::net::datagram::{MessageTag, RecvMeta};
use crate::net::endpoint::{Endpoint, SendResult, SocketEvent};
use crate::net::event_waiter::EventWaiter;
use crate::net::rate_detector::{FAST_BUFFER, RateDetector};
use crate::net::recv_batch::RecvBatch;

/// Batches read before signals are checked again.
const BATCHES_AT_ONCE: usize = 8;

pub struct UdpServer<'a> {
    state: &'a mut UdpChatServer,
    clock: Clock,
    endpoint: &'a mut Endpoint,
    log: &'a dyn ChatLog,
    own: Vec<IpAddr>,
    pace: RateDetector,
    sampled: Mono,
}

impl<'a> UdpServer<'a> {
    /// `own` are this host's addresses.
    pub fn new(
        state: &'a mut UdpChatServer,
        clock: Clock,
        endpoint: &'a mut Endpoint,
        log: &'a dyn ChatLog,
        own: Vec<IpAddr>,
    ) -> Self {
        // Many members may answer one message at once. If the buffer is not granted, the drop counter shows it.
        _ = endpoint.set_receive_buffer(FAST_BUFFER);
        Self { state, clock, endpoint, log, own, pace: RateDetector::default(), sampled: Mono(0) }
    }

    /// Serves until Ctrl-C or the deadline, then announces the end.
    ///
    /// # Errors
    /// The system's error if the socket fails altogether.
    pub fn run(&mut self, waiter: &mut EventWaiter, stop_at: Option<Mono>) -> io::Result<EndReason> {
        let mut batch = RecvBatch::default();
        loop {
            let until = [self.state.due(), stop_at].into_iter().flatten().min();
            let woken = waiter.wait(&*self.endpoint, until)?;
            for _ in 0..BATCHES_AT_ONCE {
                let more = self.endpoint.recv_batch(&mut batch)?;
                if batch.is_empty() {
                    break;
                }
                let at = self.clock.now();
                if let Some(fast) = self.pace.received(at.mono, batch.len()) {
                    self.endpoint.set_tx_timestamping(!fast);
                }
                self.sample(at);
                for (arrival, text) in batch.datagrams() {
                    self.on_datagram(&arrival, text, at);
                }
                if !more {
                    break;
                }
            }
            self.events();
            let at = self.clock.now();
            let actions = self.state.remove_idle(at.mono);
            self.perform(actions, None, at);
            let ending = match (woken.signal, stop_at.is_some_and(|stop| stop <= at.mono)) {
                (true, _) => EndReason::Interrupted,
                (_, true) => EndReason::Duration,
                _ => continue,
            };
            let actions = self.state.close();
            self.perform(actions, None, at);
            return Ok(ending);
        }
    }

    /// Reads what is left in the socket after the run; returns the socket's drop counter.
    pub fn drain(&mut self) -> Option<u64> {
        let until = self.clock.mono().plus(std::time::Duration::from_secs(1));
        let mut batch = RecvBatch::default();
        while let Ok(more) = self.endpoint.recv_batch(&mut batch) {
            let at = self.clock.now();
            for (arrival, text) in batch.datagrams() {
                let received = self.state.drain_datagram(at.mono, arrival.from, text);
                self.write(&received, &arrival, text, at);
            }
            if !more || at.mono > until {
                break;
            }
        }
        self.events();
        self.endpoint.socket_drops()
    }

    fn on_datagram(&mut self, arrival: &RecvMeta, payload: &[u8], at: Now) {
        let ip = arrival.from.ip();
        let own_host = ip.is_loopback() || self.own.contains(&ip);
        let received = self.state.received(at.mono, arrival.from, payload, own_host);
        self.write(&received, arrival, payload, at);
        self.perform(received.actions, received.peer.map(|peer| (peer, arrival.from)), at);
    }

    fn write(&self, received: &DatagramResult, arrival: &RecvMeta, payload: &[u8], at: Now) {
        let (Some(n), Some(p)) = (received.n, received.peer) else {
            let why = UnexpectedKind::TooManyPeers;
            return self.log.write(Record::Unexpected(Unexpected { why, p: None, at, length: arrival.length as u32 }));
        };
        if received.is_new {
            self.log.write(Record::Peer(Peer { p, addr: arrival.from }));
        }
        self.log.write(Record::Received(Received { n, p, at, k: arrival.kernel, h: digest(payload) }));
        self.log.write(Record::Text(Text { n, p, at, text: beginning(&received.text) }));
    }

    /// Carries out actions. `requester` is the peer that caused them, member or not.
    fn perform(&mut self, actions: Vec<Action>, requester: Option<(u32, SocketAddr)>, at: Now) {
        for action in actions {
            note(self.log, at, &action, requester.map_or(super::SELF, |(peer, _)| peer));
            let Action::Send { n, message, to } = action else { continue };
            let text = server_text(self.log, &message);
            let h = digest(text.as_bytes());
            for p in to {
                let of_asker = requester.filter(|(peer, _)| *peer == p).map(|(_, address)| address);
                let Some(address) = of_asker.or_else(|| self.state.address(p)) else { continue };
                self.send(n, p, address, text.as_bytes(), h);
            }
        }
    }

    fn send(&mut self, n: u64, p: u32, to: SocketAddr, text: &[u8], h: u32) {
        let at = self.clock.now();
        let outcome = self.endpoint.send(text, to, MessageTag { number: n, peer: p });
        let took = self.clock.mono().since(at.mono);
        let dropped = match outcome {
            SendResult::Sent => None,
            SendResult::DroppedLocally(error) => Some(error.into()),
            SendResult::Failed { name, .. } => {
                return self.log.write(Record::Unsent(Unsent { n, p, at, why: name }));
            }
        };
        self.log.write(Record::Sent(Sent { n, p, at, send_duration_ns: took, lateness_ns: None, h, dropped }));
    }

    /// Processes transmit timestamps and ICMP errors.
    fn events(&mut self) {
        for event in self.endpoint.events() {
            match event {
                SocketEvent::TxTimestamp { tag, kernel } => {
                    self.log.write(Record::TxTimestamp(TxTimestamp { n: tag.number, p: tag.peer, k: kernel }));
                }
                SocketEvent::IcmpError { tag, to, from, kind, code, .. } => {
                    let at = self.clock.now();
                    if let Some(tag) = tag {
                        let n = Some(tag.number);
                        self.log.write(Record::IcmpError(IcmpErrorRecord { n, p: tag.peer, at, from, kind, code }));
                    }
                    // Port unreachable; other errors may be temporary.
                    if matches!((to.is_ipv6(), kind, code), (false, 3, 3) | (true, 1, 4)) {
                        let actions = self.state.refused(to);
                        self.perform(actions, None, at);
                    }
                }
            }
        }
    }

    /// Writes the socket's drop counter down once a second while there is traffic.
    fn sample(&mut self, at: Now) {
        if at.mono.since(self.sampled) >= SECOND {
            self.sampled = at.mono;
            let socket_drops = self.endpoint.socket_drops();
            self.log.write(Record::Counters(Box::new(Counters {
                at,
                socket_drops,
                capture: None,
                clocks: Some(clock::readings()),
            })));
        }
    }
}
