//! The chat client: sends typed lines and shows messages until the input ends, the server closes, or Ctrl-C.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use super::client_transport::{ClientTransport, SendState, ServerText, TransportError};
use super::{SELF, beginning, hash};
use crate::core::evidence::capture_log::digest;
use crate::core::evidence::journal::Record;
use crate::core::evidence::journal_messages::{IcmpErrorRecord, Received, Sent, Text, TxTimestamp, Unsent};
use crate::core::evidence::journal_run::EndReason;
use crate::core::protocol::chat::ClientCommand;
use crate::core::protocol::chat::wire::{JOIN, JOINING, PING};
use crate::core::time::{Mono, Now};
use crate::net::clock::Clock;
use crate::net::endpoint::SocketEvent;
use crate::net::event_set::{EventSet, Interest};
use crate::net::event_waiter::EventWaiter;

/// The server's peer index in a member's journal.
pub const SERVER: u32 = SELF + 1;

const PING_TIMEOUT: Duration = Duration::from_secs(2);

/// How long a leaving member still receives.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// From a broken link to the first new try; it doubles up to the longest.
const MIN_RECONNECT_DELAY: Duration = Duration::from_millis(500);
const MAX_RECONNECT_DELAY: Duration = Duration::from_secs(30);

/// After a challenge, a text this recent is sent again.
const REPLAY_WINDOW: Duration = Duration::from_secs(5);

/// The longest line that is typed, bytes; a longer one is cut, as the server would.
const MAX_INPUT_LEN: usize = crate::core::protocol::chat::line_splitter::MAX_LINE_LEN;

#[derive(Debug)]
pub enum ClientEvent<'a> {
    /// A message from the server or another member.
    Message(&'a str),
    /// The round-trip time of a ping, nanoseconds.
    Pong(i64),
    NoPong,
    /// The connection is lost; the next attempt follows after this delay.
    Reconnecting(&'a TransportError, Duration),
    Reconnected,
    /// Something could not be sent; the system's name for the error.
    NotSent(&'a str),
}

#[derive(Clone, Debug)]
pub struct ClientConfig {
    pub nick: Option<String>,
    pub reconnect: bool,
    /// From one line to the next, where they come from a file or a program.
    pub interval: Option<Duration>,
}

#[derive(Debug)]
pub enum ClientExit {
    /// The input ended, `/sair` was typed, or Ctrl-C was pressed.
    Left(EndReason),
    Broken(TransportError),
}

/// Makes links, one after another.
pub type Connect<'a> = dyn FnMut() -> io::Result<ClientTransport> + 'a;

/// Shows and records the events of a chat client.
pub trait ClientObserver {
    fn show(&mut self, what: ClientEvent<'_>);
    fn write(&self, record: Record);
}

pub struct Client<'a> {
    config: ClientConfig,
    clock: Clock,
    company: &'a mut dyn ClientObserver,
    pub link: Option<ClientTransport>,
    server_text: u64,
    received: u64,
    /// Lines that wait for the link, or for their turn.
    lines: VecDeque<String>,
    input: Vec<u8>,
    input_over: bool,
    next_line: Mono,
    pinged: Option<Mono>,
    /// The last text sent, which a challenging server did not relay.
    last: Option<(Mono, String)>,
    /// When the texts that are still queued were typed.
    waiting: VecDeque<(u64, Now, u32)>,
    leaving: Option<Mono>,
    pause: Duration,
    retry: Option<Mono>,
}

impl<'a> Client<'a> {
    pub fn new(config: ClientConfig, clock: Clock, link: ClientTransport, company: &'a mut dyn ClientObserver) -> Self {
        Self {
            config,
            clock,
            company,
            link: Some(link),
            server_text: 0,
            received: 0,
            lines: VecDeque::new(),
            input: Vec::new(),
            input_over: false,
            next_line: Mono(0),
            pinged: None,
            last: None,
            waiting: VecDeque::new(),
            leaving: None,
            pause: MIN_RECONNECT_DELAY,
            retry: None,
        }
    }

    /// Talks until it is over. `input` gives lines, and ends where they end.
    ///
    /// # Errors
    /// Those of `epoll` and of reading the input.
    pub fn run(
        &mut self,
        mut input: UnixStream,
        waiter: &mut EventWaiter,
        connect: &mut Connect<'_>,
    ) -> io::Result<ClientExit> {
        input.set_nonblocking(true)?;
        self.join();
        loop {
            if let Some(over) = self.step(&mut input, waiter, connect)? {
                return Ok(over);
            }
        }
    }

    fn step(
        &mut self,
        input: &mut UnixStream,
        waiter: &mut EventWaiter,
        connect: &mut Connect<'_>,
    ) -> io::Result<Option<ClientExit>> {
        let events = EventSet::new()?;
        let wants_input = !self.input_over && self.lines.len() < 1_000;
        if wants_input {
            events.add(&*input, 0, Interest::READ)?;
        }
        if let Some(link) = &self.link {
            events.add(link, 1, Interest { read: true, write: link.has_pending() })?;
        }
        let wakeup = waiter.wait(&events, self.due())?;
        let ready = events.ready()?;
        drop(events);
        if wakeup.signal {
            self.quit();
            return Ok(Some(ClientExit::Left(EndReason::Interrupted)));
        }
        if ready.iter().any(|event| event.key == 0) {
            self.take_input(input)?;
        }
        let now = self.clock.mono();
        if let Some(broken) = self.receive(now).or_else(|| self.flush()) {
            return Ok(self.broken(broken));
        }
        if self.retry.is_some_and(|at| at <= now) {
            self.retry(connect, now);
        }
        if self.pinged.is_some_and(|at| at.plus(PING_TIMEOUT) <= now) {
            self.pinged = None;
            self.company.show(ClientEvent::NoPong);
        }
        self.speak(now);
        if let Some(broken) = self.flush() {
            return Ok(self.broken(broken));
        }
        if self.input_over && self.lines.is_empty() && self.leaving.is_none() {
            self.quit();
        }
        if self.leaving.is_some_and(|at| at <= now) {
            return Ok(Some(ClientExit::Left(EndReason::Done)));
        }
        Ok(None)
    }

    /// When there is something to do although nothing happens.
    fn due(&self) -> Option<Mono> {
        let silence = self.link.as_ref().and_then(ClientTransport::due);
        let line = (!self.lines.is_empty() && self.link.is_some()).then_some(self.next_line);
        let ping = self.pinged.map(|at| at.plus(PING_TIMEOUT));
        [silence, line, ping, self.retry, self.leaving].into_iter().flatten().min()
    }

    /// Takes lines from the input.
    fn take_input(&mut self, input: &mut UnixStream) -> io::Result<()> {
        let mut bytes = [0; 4096];
        match input.read(&mut bytes) {
            Ok(0) => {
                self.input_over = true;
                if !self.input.is_empty() {
                    self.input.push(b'\n');
                }
            }
            Ok(length) => self.input.extend_from_slice(&bytes[..length]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
            Err(error) => return Err(error),
        }
        while let Some(end) = self.input.iter().position(|byte| *byte == b'\n') {
            let rest = self.input.split_off(end + 1);
            let mut line = std::mem::replace(&mut self.input, rest);
            line.truncate(MAX_INPUT_LEN);
            let line = crate::core::protocol::chat::line_splitter::decode_lossy(&line);
            if !line.trim().is_empty() {
                self.lines.push_back(line);
            }
        }
        Ok(())
    }

    fn speak(&mut self, now: Mono) {
        while self.link.is_some() && self.next_line <= now && self.leaving.is_none() {
            let Some(line) = self.lines.pop_front() else { return };
            self.next_line = self.config.interval.map_or(now, |interval| now.plus(interval));
            match ClientCommand::read(&line) {
                ClientCommand::Quit => {
                    self.lines.clear();
                    self.quit();
                }
                ClientCommand::Ping => {
                    self.pinged = Some(self.clock.mono());
                    let word = if self.is_udp() { PING } else { "/ping" };
                    self.send_text(word);
                }
                ClientCommand::Text(_) => {
                    self.last = Some((now, line.clone()));
                    self.send_text(&line);
                }
                _ => self.send_text(&line),
            }
        }
    }

    fn is_udp(&self) -> bool {
        matches!(self.link, Some(ClientTransport::Udp(_)))
    }

    fn join(&mut self) {
        if self.is_udp() {
            self.send_text(JOINING);
        }
        if let Some(nick) = self.config.nick.clone() {
            // Over UDP it may not be a member yet; it is sent again on joining.
            self.send_text(&format!("/nick {nick}"));
        }
    }

    /// Goes, and listens a little longer.
    fn quit(&mut self) {
        if self.leaving.is_some() {
            return;
        }
        self.send_text("/sair");
        // If it is lost, the server still sees the connection end.
        _ = self.flush();
        let timeout = if self.is_udp() { Duration::ZERO } else { CLOSE_TIMEOUT };
        self.leaving = Some(self.clock.mono().plus(timeout));
        if let Some(link) = &self.link {
            link.close();
        }
    }

    fn send_text(&mut self, text: &str) {
        let Some(link) = &mut self.link else { return };
        self.server_text += 1;
        let (n, h) = (self.server_text, hash(text));
        let at = self.clock.now();
        let sending = link.send(n, text);
        let took = self.clock.mono().since(at.mono);
        self.company.write(Record::Text(Text { n, p: SELF, at, text: beginning(text) }));
        let sent = Sent { n, p: SERVER, at, send_duration_ns: took, lateness_ns: None, h, dropped: None };
        match sending {
            SendState::Waits => self.waiting.push_back((n, at, h)),
            SendState::Taken => self.company.write(Record::Sent(sent)),
            SendState::Dropped(why) => {
                self.company.write(Record::Sent(Sent { dropped: Some(why.into()), ..sent }));
            }
            SendState::Refused(why) => {
                self.company.show(ClientEvent::NotSent(&why));
                self.company.write(Record::Unsent(Unsent { n, p: SERVER, at, why }));
            }
        }
    }

    fn flush(&mut self) -> Option<TransportError> {
        let link = self.link.as_mut()?;
        let outcome = link.flush();
        let now = self.clock.mono();
        let gone = outcome.as_ref().map(Vec::as_slice).unwrap_or_default();
        for done in gone {
            let next = self.waiting.front().is_some_and(|(n, ..)| n == done).then(|| self.waiting.pop_front());
            if let Some((n, at, h)) = next.flatten() {
                let took = now.since(at.mono);
                self.company.write(Record::Sent(Sent {
                    n,
                    p: SERVER,
                    at,
                    send_duration_ns: took,
                    lateness_ns: None,
                    h,
                    dropped: None,
                }));
            }
        }
        outcome.err()
    }

    /// Processes the server's messages; returns the reason when no more will come.
    fn receive(&mut self, now: Mono) -> Option<TransportError> {
        let link = self.link.as_mut()?;
        let mut server_text = Vec::new();
        let outcome = link.recv(now, &mut server_text);
        server_text.extend(link.flush_partial_line(now));
        let events = link.events();
        for text in server_text {
            self.on_server_text(&text);
        }
        let mut broken = outcome.err();
        for event in events {
            match event {
                SocketEvent::TxTimestamp { tag, kernel } => {
                    self.company.write(Record::TxTimestamp(TxTimestamp { n: tag.number, p: SERVER, k: kernel }));
                }
                SocketEvent::IcmpError { tag, from, kind, code, .. } => {
                    let (n, at) = (tag.map(|tag| tag.number), self.clock.now());
                    self.company.write(Record::IcmpError(IcmpErrorRecord { n, p: SERVER, at, from, kind, code }));
                    broken.get_or_insert(TransportError::Refused);
                }
            }
        }
        broken
    }

    fn on_server_text(&mut self, server_text: &ServerText) {
        self.received += 1;
        let (n, at) = (self.received, self.clock.now());
        let h = server_text.raw.as_ref().map_or_else(|| hash(&server_text.text), |raw| digest(raw));
        self.company.write(Record::Received(Received { n, p: SERVER, at, k: server_text.kernel, h }));
        self.company.write(Record::Text(Text { n, p: SERVER, at, text: beginning(&server_text.text) }));
        self.pause = MIN_RECONNECT_DELAY;
        if let Some(pinged) = self.pinged.filter(|_| server_text.text == PING) {
            self.pinged = None;
            self.company.show(ClientEvent::Pong(at.mono.since(pinged)));
        } else if server_text.raw.is_some() && server_text.text.starts_with(JOIN) {
            self.answer_challenge(&server_text.text, at.mono);
        } else {
            self.company.show(ClientEvent::Message(&server_text.text));
        }
    }

    /// Answers a challenge, and sends the last text again, which the server did not relay.
    fn answer_challenge(&mut self, challenge: &str, now: Mono) {
        self.send_text(challenge);
        if let Some(nick) = self.config.nick.clone() {
            self.send_text(&format!("/nick {nick}"));
        }
        if let Some((at, text)) =
            self.last.take().filter(|(at, _)| now.since(*at) < crate::core::time::nanos(REPLAY_WINDOW))
        {
            _ = at;
            self.send_text(&text);
        }
    }

    /// Handles a lost connection: ends the chat or schedules a new attempt.
    fn broken(&mut self, broken: TransportError) -> Option<ClientExit> {
        for (n, at, _) in self.waiting.drain(..) {
            let why = "GONE".to_owned();
            self.company.write(Record::Unsent(Unsent { n, p: SERVER, at, why }));
        }
        if self.leaving.is_some() {
            return Some(ClientExit::Left(EndReason::Done));
        }
        if !self.config.reconnect {
            return Some(ClientExit::Broken(broken));
        }
        self.company.show(ClientEvent::Reconnecting(&broken, self.pause));
        self.retry = Some(self.clock.mono().plus(self.pause));
        self.pause = (self.pause * 2).min(MAX_RECONNECT_DELAY);
        if !self.is_udp() {
            self.link = None;
        }
        None
    }

    fn retry(&mut self, connect: &mut Connect<'_>, now: Mono) {
        self.retry = None;
        if self.is_udp() {
            self.join();
            return;
        }
        match connect() {
            Ok(link) => {
                self.link = Some(link);
                self.company.show(ClientEvent::Reconnected);
                self.join();
            }
            Err(error) => {
                self.company.show(ClientEvent::Reconnecting(&TransportError::Error(error), self.pause));
                self.retry = Some(now.plus(self.pause));
                self.pause = (self.pause * 2).min(MAX_RECONNECT_DELAY);
            }
        }
    }
}
