//! The chat server over TCP. One thread serves all connections and never blocks on a slow client: its send queue is
//! bounded, and a client whose queue is full is disconnected.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use nix::sys::resource::{Resource, getrlimit, setrlimit};

use super::connection::{HALF_CLOSE_TIMEOUT, OutgoingMessage, ServerConnection};
use super::{ChatLog, beginning, hash, note, server_text};
use crate::core::evidence::journal::Record;
use crate::core::evidence::journal_messages::{Peer, Received, Sent, Text, Unsent};
use crate::core::evidence::journal_run::EndReason;
use crate::core::protocol::chat::line_splitter::ChatLine;
use crate::core::protocol::chat::tcp_server::TcpChatServer;
use crate::core::protocol::chat::{Action, LeaveReason, ServerMessage, ServerNotice};
use crate::core::time::{Mono, Now};
use crate::net::clock::Clock;
use crate::net::event_set::{EventSet, Interest, Ready};
use crate::net::event_waiter::EventWaiter;

/// Names the listening socket among those that are waited for.
const LISTENER: u64 = 0;

/// Connections being closed or rejected at the same time.
const MAX_CLOSING: usize = 256;

/// How long `accept()` is not retried when descriptors have run out.
const ACCEPT_RETRY_DELAY: Duration = Duration::from_millis(100);

/// How long a server waits at its end for its goodbye to be read.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(2);

/// Why a copy was not sent, where the member was cut off or gone before.
const REASON_DISCONNECTED: &str = "GONE";

#[derive(Clone, Copy, Debug)]
pub struct TcpServerSettings {
    /// Timeout for a dead host.
    pub timeout: Duration,
    pub stop_at: Option<Mono>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TcpServerCounters {
    /// Connections taken.
    pub connections: u64,
    /// Connections that were still open after the shutdown timeout.
    pub left_over: u64,
}

/// Allows as many descriptors as this process may have.
pub fn allow_descriptors() {
    if let Ok((_, hard)) = getrlimit(Resource::RLIMIT_NOFILE) {
        // Without the higher limit, accept() fails later.
        _ = setrlimit(Resource::RLIMIT_NOFILE, hard, hard);
    }
}

/// Serves until Ctrl-C or the deadline, then closes all connections.
///
/// # Errors
/// Those of `epoll` and of the listening socket.
pub fn serve(
    state: &mut TcpChatServer,
    listener: TcpListener,
    settings: TcpServerSettings,
    clock: Clock,
    waiter: &mut EventWaiter,
    log: &dyn ChatLog,
) -> io::Result<(EndReason, TcpServerCounters)> {
    listener.set_nonblocking(true)?;
    let events = EventSet::new()?;
    events.add(&listener, LISTENER, Interest::READ)?;
    let mut server = TcpServer {
        chat_state: state,
        clock,
        chat_log: log,
        settings,
        events,
        connections: HashMap::new(),
        alarms: BTreeSet::new(),
        alarm_of: HashMap::new(),
        leaving: 0,
        next: 1,
        work: VecDeque::new(),
        sent: Vec::new(),
        counters: TcpServerCounters::default(),
    };
    let ending = server.run(&listener, waiter)?;
    // No connection is accepted from here on.
    drop(listener);
    server.close(waiter)?;
    server.counters.left_over = server.connections.len() as u64;
    Ok((ending, server.counters))
}

struct TcpServer<'a> {
    chat_state: &'a mut TcpChatServer,
    clock: Clock,
    chat_log: &'a dyn ChatLog,
    settings: TcpServerSettings,
    events: EventSet,
    connections: HashMap<u32, ServerConnection>,
    alarms: BTreeSet<(Mono, u32)>,
    alarm_of: HashMap<u32, Mono>,
    leaving: usize,
    next: u32,
    /// Actions that are still to be carried out, with their member.
    work: VecDeque<(Action, u32)>,
    sent: Vec<OutgoingMessage>,
    counters: TcpServerCounters,
}

impl TcpServer<'_> {
    fn run(&mut self, listener: &TcpListener, waiter: &mut EventWaiter) -> io::Result<EndReason> {
        let mut listens_again: Option<Mono> = None;
        loop {
            let alarm = self.alarms.first().map(|(at, _)| *at);
            let until = [alarm, self.settings.stop_at, listens_again].into_iter().flatten().min();
            let wakeup = waiter.wait(&self.events, until)?;
            if wakeup.signal {
                return Ok(EndReason::Interrupted);
            }
            let now = self.clock.mono();
            if self.settings.stop_at.is_some_and(|at| at <= now) {
                return Ok(EndReason::Duration);
            }
            if listens_again.is_some_and(|at| at <= now) {
                listens_again = None;
                self.events.add(listener, LISTENER, Interest::READ)?;
            }
            if self.step(Some(listener))? {
                self.events.remove(listener)?;
                listens_again = Some(self.clock.mono().plus(ACCEPT_RETRY_DELAY));
            }
        }
    }

    /// Announces the end to all members and waits until it is sent.
    fn close(&mut self, waiter: &mut EventWaiter) -> io::Result<()> {
        let actions = self.chat_state.close();
        self.perform(actions, 0);
        let until = self.clock.mono().plus(SHUTDOWN_TIMEOUT);
        while !self.connections.is_empty() && self.clock.mono() < until {
            // A second Ctrl-C ends the process by itself.
            waiter.wait(&self.events, Some(until))?;
            self.step(None)?;
        }
        Ok(())
    }

    /// Attends to whatever has happened. Whether the system has no room for another connection.
    fn step(&mut self, listener: Option<&TcpListener>) -> io::Result<bool> {
        let mut full = false;
        for event in self.events.ready()? {
            match (event.key, listener) {
                (LISTENER, Some(listener)) => full |= self.accept(listener)?,
                (LISTENER, None) => {}
                (id, _) => self.on_ready(id as u32, event),
            }
        }
        let now = self.clock.mono();
        while let Some((at, id)) = self.alarms.first().copied() {
            if at > now {
                break;
            }
            self.alarms.remove(&(at, id));
            self.alarm_of.remove(&id);
            self.on_alarm(id, now);
        }
        Ok(full)
    }

    /// Takes the connections that are there. Whether the system has no room for another.
    fn accept(&mut self, listener: &TcpListener) -> io::Result<bool> {
        loop {
            let (socket, peer) = match listener.accept() {
                Ok(accepted) => accepted,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(false),
                // It was gone before it was taken, or a signal came.
                Err(error) if matches!(error.kind(), ErrorKind::ConnectionAborted | ErrorKind::Interrupted) => continue,
                Err(error) if matches!(error.raw_os_error(), Some(nix::libc::EMFILE | nix::libc::ENFILE)) => {
                    return Ok(true);
                }
                // Errors of the network belong to the connection that is being taken (accept(2)).
                Err(error) if error.raw_os_error().is_some_and(is_of_the_network) => continue,
                Err(error) => return Err(error),
            };
            let peer = SocketAddr::new(peer.ip().to_canonical(), peer.port());
            let Ok(connection) = ServerConnection::new(socket, peer, self.settings.timeout) else { continue };
            if self.leaving >= MAX_CLOSING && self.chat_state.is_full() {
                continue;
            }
            self.counters.connections += 1;
            let id = self.next;
            self.next = self.next.wrapping_add(1).max(1);
            if self.events.add(&connection.socket, id.into(), Interest::READ).is_err() {
                continue;
            }
            self.connections.insert(id, connection);
            self.chat_log.write(Record::Peer(Peer { p: id, addr: peer }));
            match self.chat_state.on_connect(id, peer) {
                Ok(actions) => self.perform(actions, id),
                Err(notice) => {
                    let (n, text) = (0, ServerMessage::Notice(notice));
                    self.perform(vec![Action::Send { n, message: text, to: vec![id] }], id);
                    self.close_connection(id);
                }
            }
        }
    }

    /// Something came from a connection, or it can be written to again.
    fn on_ready(&mut self, id: u32, event: Ready) {
        let now = self.clock.now();
        if event.write {
            self.flush(id);
        }
        let Some(connection) = self.connections.get_mut(&id) else { return };
        if event.read {
            let read = connection.read(now.mono);
            for line in read.lines {
                self.on_line(id, &line, now);
            }
            if let Some(why) = read.over {
                self.on_disconnect(id, why);
            }
        }
        self.set_alarm(id);
    }

    /// It is time to look at a connection.
    fn on_alarm(&mut self, id: u32, now: Mono) {
        let stall = self.stall_timeout();
        let Some(connection) = self.connections.get_mut(&id) else { return };
        if connection.is_leaving() {
            if connection.due(stall).is_some_and(|due| due <= now) {
                self.drop_connection(id);
            }
            return;
        }
        if connection.stalled_since().is_some_and(|since| since.plus(stall) <= now) {
            let actions = self.chat_state.on_disconnect(id, LeaveReason::TooSlow);
            self.perform(actions, id);
        } else if let Some(line) = connection.flush_partial_line(now) {
            self.on_line(id, &line, self.clock.now());
        }
        self.set_alarm(id);
    }

    fn stall_timeout(&self) -> Duration {
        self.settings.timeout / 2
    }

    fn on_line(&mut self, id: u32, line: &ChatLine, at: Now) {
        if self.connections.get(&id).is_none_or(ServerConnection::is_leaving) {
            return;
        }
        let received = self.chat_state.on_line(at.mono, id, line);
        let h = hash(&line.text);
        self.chat_log.write(Record::Received(Received { n: received.n, p: id, at, k: None, h }));
        self.chat_log.write(Record::Text(Text { n: received.n, p: id, at, text: beginning(&line.text) }));
        self.perform(received.actions, id);
    }

    /// The other end of a connection is gone, or has closed its direction.
    fn on_disconnect(&mut self, id: u32, why: LeaveReason) {
        let actions = self.chat_state.on_disconnect(id, why);
        self.perform(actions, id);
        if why == LeaveReason::Closed {
            // A client that closed only its own direction may still read.
            self.listen(id);
            self.drop_if_closed(id);
        } else {
            self.drop_connection(id);
        }
    }

    /// Drops a connection that is closed in both directions.
    fn drop_if_closed(&mut self, id: u32) {
        if self.connections.get(&id).is_some_and(ServerConnection::is_done) {
            self.drop_connection(id);
        }
    }

    fn listen(&self, id: u32) {
        let Some(connection) = self.connections.get(&id) else { return };
        let interest = Interest { read: !connection.peer_closed(), write: connection.stalled_since().is_some() };
        _ = self.events.modify(&connection.socket, id.into(), interest);
    }

    /// Executes the state machine's actions and those that follow from them.
    fn perform(&mut self, actions: Vec<Action>, requester: u32) {
        self.work.extend(actions.into_iter().map(|action| (action, requester)));
        while let Some((action, asker)) = self.work.pop_front() {
            let at = self.clock.now();
            note(self.chat_log, at, &action, asker);
            match action {
                Action::Send { n, message, to } => {
                    let text = server_text(self.chat_log, &message);
                    let (h, bytes) = (hash(&text), Arc::from([text.as_bytes(), b"\n"].concat()));
                    for id in to {
                        self.send(id, &OutgoingMessage { n, bytes: Arc::clone(&bytes), h, at }, &message);
                    }
                }
                Action::Left { member, why, .. } => {
                    if why == LeaveReason::TooSlow {
                        // What it did not read is gone; the last words were put in its place.
                        self.flush(member);
                    }
                    self.close_connection(member);
                }
                Action::Joined { .. } | Action::Named { .. } | Action::Withheld { .. } => {}
            }
        }
    }

    fn send(&mut self, id: u32, message: &OutgoingMessage, text: &ServerMessage) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        if matches!(text, ServerMessage::Notice(ServerNotice::TooSlow)) {
            let dropped = connection.clear();
            self.record_unsent(id, dropped);
            if let Some(connection) = self.connections.get_mut(&id) {
                connection.push(message.clone());
            }
            return;
        }
        if connection.is_leaving() {
            return;
        }
        if connection.push(message.clone()) {
            self.flush(id);
            self.set_alarm(id);
            return;
        }
        self.record_unsent(id, vec![message.clone()]);
        let actions = self.chat_state.on_disconnect(id, LeaveReason::TooSlow);
        self.work.extend(actions.into_iter().map(|action| (action, id)));
    }

    /// Sends what goes, writes it down, and waits for room where there is none.
    fn flush(&mut self, id: u32) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let waited = connection.stalled_since().is_some();
        let outcome = connection.flush(self.clock.mono(), &mut self.sent);
        let waits = connection.stalled_since().is_some();
        if !self.sent.is_empty() {
            let now = self.clock.mono();
            for OutgoingMessage { n, h, at, .. } in self.sent.drain(..) {
                let took = now.since(at.mono);
                self.chat_log.write(Record::Sent(Sent {
                    n,
                    p: id,
                    at,
                    send_duration_ns: took,
                    lateness_ns: None,
                    h,
                    dropped: None,
                }));
            }
        }
        match outcome {
            Ok(()) => {
                if waits != waited {
                    self.listen(id);
                }
                self.drop_if_closed(id);
            }
            Err(why) => {
                let actions = self.chat_state.on_disconnect(id, why);
                self.work.extend(actions.into_iter().map(|action| (action, id)));
                self.drop_connection(id);
            }
        }
    }

    /// Records messages that were never sent.
    fn record_unsent(&self, id: u32, messages: Vec<OutgoingMessage>) {
        for OutgoingMessage { n, at, .. } in messages {
            self.chat_log.write(Record::Unsent(Unsent { n, p: id, at, why: REASON_DISCONNECTED.to_owned() }));
        }
    }

    /// A member is one no more: what waits goes, then the connection is closed.
    fn close_connection(&mut self, id: u32) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        if !connection.is_leaving() {
            self.leaving += 1;
            connection.start_closing(self.clock.mono());
        }
        self.flush(id);
        self.set_alarm(id);
    }

    fn set_alarm(&mut self, id: u32) {
        let due = self.connections.get(&id).and_then(|connection| connection.due(self.settings.timeout / 2));
        let before = match due {
            Some(due) => self.alarm_of.insert(id, due),
            None => self.alarm_of.remove(&id),
        };
        if before != due {
            if let Some(before) = before {
                self.alarms.remove(&(before, id));
            }
            self.alarms.extend(due.map(|due| (due, id)));
        }
    }

    /// Closes a connection for good; its descriptor goes with it.
    fn drop_connection(&mut self, id: u32) {
        let Some(mut connection) = self.connections.remove(&id) else { return };
        self.leaving -= usize::from(connection.is_leaving());
        let unsent: Vec<OutgoingMessage> = connection.unsent().collect();
        self.record_unsent(id, unsent);
        if let Some(at) = self.alarm_of.remove(&id) {
            self.alarms.remove(&(at, id));
        }
    }
}

/// Errors of the network that `accept()` hands on (accept(2), "Error handling").
fn is_of_the_network(errno: i32) -> bool {
    use nix::libc;
    matches!(
        errno,
        libc::ENETDOWN
            | libc::EPROTO
            | libc::ENOPROTOOPT
            | libc::EHOSTDOWN
            | libc::ENONET
            | libc::EHOSTUNREACH
            | libc::EOPNOTSUPP
            | libc::ENETUNREACH
    )
}

// A leaving connection is kept for [`LINGER`] at the most; the goodbye waits for less.
const _: () = assert!(SHUTDOWN_TIMEOUT.as_secs() < HALF_CLOSE_TIMEOUT.as_secs());
