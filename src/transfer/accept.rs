//! The sender's door: who comes, gets a number, and whether everybody has come.
//!
//! One loop serves all who knock, with a deadline for each, so that nobody who says nothing holds up the others.

use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::control_connection::ControlConnection;
use crate::core::protocol::transfer::control::{ControlMessage, RejectReason, SessionOffer, VERSION};
use crate::core::protocol::transfer::{Mode, TransferError, classic};
use crate::core::time::Now;
use crate::net::block_sockets::{BlockSender, open_near};
use crate::net::clock::Clock;
use crate::net::event_waiter::wait_readable;

/// How long a newcomer may take for each thing that is expected of it.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(5);

/// Connections that have no number yet, at the most.
const MAX_PENDING_RECEIVERS: usize = 16;

/// How long to sleep while nothing is asked.
const POLL_PAUSE: Duration = Duration::from_millis(10);

/// A receiver that is ready.
#[derive(Debug)]
pub struct ReadyReceiver {
    /// Its number, from 1.
    pub number: u16,
    /// Its control connection.
    pub line: ControlConnection,
    /// When it said that it is.
    pub ready: Now,
    /// The UDP port that it told.
    pub port: u16,
    /// Blocks that its buffer holds.
    pub room: u64,
    /// The socket that its blocks leave by, in the modes that have some.
    pub outlet: Option<BlockSender>,
    /// Its data connection, in the TCP mode.
    pub data: Option<TcpStream>,
    /// The socket for its connection, in the QUIC mode.
    pub socket: Option<UdpSocket>,
}

/// What happens at the door.
#[derive(Clone, Copy, Debug)]
pub enum AcceptEvent {
    /// A receiver is ready.
    Came {
        /// Its number.
        number: u16,
        /// From where.
        peer: SocketAddr,
        /// How many are ready.
        ready: u16,
    },
    /// One that had a number has left, or did not do what was expected.
    Left {
        /// Its number, which is free again.
        number: u16,
        /// From where it had come.
        peer: SocketAddr,
    },
    /// One too many was sent away.
    Refused {
        /// From where it had come.
        peer: SocketAddr,
    },
}

enum HandshakeState {
    /// Has said nothing yet.
    Stranger,
    /// Has a number, and is to say its port.
    Numbered,
    Ready,
}

struct PendingReceiver {
    line: ControlConnection,
    step: HandshakeState,
    number: u16,
    deadline: Instant,
    outlet: Option<BlockSender>,
    port: u16,
    room: u64,
    /// When it said that it is ready.
    said: Option<Now>,
    data: Option<TcpStream>,
    socket: Option<UdpSocket>,
}

/// The door of one transfer.
pub struct ReceiverAcceptor<'a> {
    listener: &'a TcpListener,
    /// What receivers are told; number and port are filled in for each.
    welcome: SessionOffer,
    visitors: Vec<PendingReceiver>,
    clock: Clock,
}

impl<'a> ReceiverAcceptor<'a> {
    /// A door at a listening socket.
    ///
    /// # Errors
    /// Those of making it non-blocking.
    pub fn new(listener: &'a TcpListener, welcome: SessionOffer, clock: Clock) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        Ok(Self { listener, welcome, visitors: Vec::new(), clock })
    }

    /// Waits until everybody is ready, the time is over or it is told to stop; answers those that are ready, by number.
    pub fn wait_for_receivers(
        mut self,
        patience: Duration,
        stop: &AtomicBool,
        news: &dyn Fn(AcceptEvent),
    ) -> Vec<ReadyReceiver> {
        let deadline = Instant::now() + patience;
        while self.ready() < self.welcome.clients && Instant::now() < deadline && !stop.load(Ordering::Relaxed) {
            self.accept(news);
            let mut at = 0;
            while at < self.visitors.len() {
                match self.poll_receiver(at, news) {
                    Ok(true) => at += 1,
                    Ok(false) => drop(self.visitors.remove(at)),
                    Err(_) => {
                        let gone = self.visitors.remove(at);
                        if gone.number > 0 {
                            news(AcceptEvent::Left { number: gone.number, peer: gone.line.peer() });
                        }
                    }
                }
            }
            wait_readable([self.listener.as_fd()], POLL_PAUSE);
        }
        let mut guests: Vec<ReadyReceiver> = Vec::new();
        for visitor in self.visitors {
            if let (HandshakeState::Ready, Some(ready)) = (visitor.step, visitor.said) {
                let PendingReceiver { line, number, outlet, port, room, data, socket, .. } = visitor;
                guests.push(ReadyReceiver { number, line, ready, port, room, outlet, data, socket });
            }
        }
        guests.sort_by_key(|guest| guest.number);
        guests
    }

    fn ready(&self) -> u16 {
        self.visitors.iter().filter(|visitor| matches!(visitor.step, HandshakeState::Ready)).count() as u16
    }

    /// Lets strangers in. In the bare dialect each gets a number at once, so none is let in while there is none free.
    fn accept(&mut self, news: &dyn Fn(AcceptEvent)) {
        loop {
            let strangers =
                self.visitors.iter().filter(|visitor| matches!(visitor.step, HandshakeState::Stranger)).count();
            let bare = self.welcome.mode == Mode::Classic;
            if strangers >= MAX_PENDING_RECEIVERS || bare && self.free_number().is_none() {
                return;
            }
            let Ok((stream, _)) = self.listener.accept() else { return };
            let Ok(line) = ControlConnection::new(stream) else { continue };
            let visitor = PendingReceiver {
                line,
                step: HandshakeState::Stranger,
                number: 0,
                deadline: Instant::now() + HANDSHAKE_TIMEOUT,
                outlet: None,
                port: 0,
                room: 1,
                said: None,
                data: None,
                socket: None,
            };
            self.visitors.push(visitor);
            if bare && self.assign_number(self.visitors.len() - 1, news).is_err() {
                self.visitors.pop();
            }
        }
    }

    fn free_number(&self) -> Option<u16> {
        (1..=self.welcome.clients).find(|number| self.visitors.iter().all(|visitor| visitor.number != *number))
    }

    /// Gives a visitor a number, and tells it. Answers whether it stays.
    fn assign_number(&mut self, at: usize, news: &dyn Fn(AcceptEvent)) -> Result<bool, TransferError> {
        let Some(number) = self.free_number() else {
            let visitor = &mut self.visitors[at];
            news(AcceptEvent::Refused { peer: visitor.line.peer() });
            visitor.line.send(&ControlMessage::Refused { why: RejectReason::Full })?;
            return Ok(false);
        };
        let visitor = &mut self.visitors[at];
        let local = visitor.line.local().map_err(|_| TransferError::Connection)?;
        let mut port = local.port();
        let wanted = SocketAddr::new(local.ip(), port.checked_add(number).unwrap_or(0));
        if self.welcome.mode == Mode::Quic {
            let socket = open_near(wanted).map_err(|_| TransferError::Connection)?;
            port = socket.local_addr().map_err(|_| TransferError::Connection)?.port();
            visitor.socket = Some(socket);
        } else if self.welcome.mode.has_blocks() {
            let outlet = BlockSender::bind(wanted).map_err(|_| TransferError::Connection)?;
            port = outlet.local_addr().map_err(|_| TransferError::Connection)?.port();
            visitor.outlet = Some(outlet);
        }
        visitor.number = number;
        visitor.step = HandshakeState::Numbered;
        visitor.deadline = Instant::now() + HANDSHAKE_TIMEOUT;
        if self.welcome.mode == Mode::Classic {
            visitor.line.write(&classic::number(number))?;
        } else {
            let welcome = SessionOffer { number, port, ..self.welcome.clone() };
            visitor.line.send(&ControlMessage::Welcome(Box::new(welcome)))?;
        }
        Ok(true)
    }

    /// Looks after one visitor. Answers whether it stays.
    fn poll_receiver(&mut self, at: usize, news: &dyn Fn(AcceptEvent)) -> Result<bool, TransferError> {
        let (mode, token, clock) = (self.welcome.mode, self.welcome.token, self.clock);
        let visitor = &mut self.visitors[at];
        match visitor.step {
            HandshakeState::Stranger => match visitor.line.try_recv()? {
                Some(ControlMessage::Join { version: VERSION }) => return self.assign_number(at, news),
                Some(ControlMessage::Join { .. }) => {
                    visitor.line.send(&ControlMessage::Refused { why: RejectReason::Version })?;
                    return Ok(false);
                }
                Some(ControlMessage::Data { token: said, number }) if mode == Mode::Tcp && said == token => {
                    self.attach_data_connection(at, number);
                    return Ok(true);
                }
                Some(_) => return Err(TransferError::Dialect),
                None => {}
            },
            HandshakeState::Numbered if mode == Mode::Classic => {
                if let Some(bytes) = visitor.line.bytes::<3>()? {
                    visitor.port = classic::read_port(bytes).ok_or(TransferError::Dialect)?;
                    visitor.said = Some(clock.now());
                    visitor.step = HandshakeState::Ready;
                }
            }
            HandshakeState::Numbered => {
                match visitor.line.try_recv()? {
                    Some(ControlMessage::Ready { port, room }) => {
                        (visitor.port, visitor.room, visitor.said) = (port, room, Some(clock.now()));
                    }
                    Some(ControlMessage::Failed { why }) => return Err(why),
                    Some(_) => return Err(TransferError::Dialect),
                    None => {}
                }
                // The data connection comes by itself, and may be the later one.
                if visitor.said.is_some() && (mode != Mode::Tcp || visitor.data.is_some()) {
                    visitor.step = HandshakeState::Ready;
                }
            }
            HandshakeState::Ready if mode == Mode::Classic => {
                return if visitor.line.is_open() { Ok(true) } else { Err(TransferError::Connection) };
            }
            HandshakeState::Ready => {
                return match visitor.line.try_recv()? {
                    Some(ControlMessage::Failed { why }) => Err(why),
                    _ => Ok(true),
                };
            }
        }
        let (number, peer, late) = (visitor.number, visitor.line.peer(), Instant::now() >= visitor.deadline);
        if matches!(visitor.step, HandshakeState::Ready) {
            news(AcceptEvent::Came { number, peer, ready: self.ready() });
        } else if late {
            return Err(TransferError::Silence);
        }
        Ok(true)
    }

    /// Gives a data connection to the receiver that it belongs to; its place is taken by a closed one of no number, which
    /// the next look removes.
    fn attach_data_connection(&mut self, at: usize, number: u16) {
        let data = self.visitors[at].line.as_stream();
        let from: IpAddr = self.visitors[at].line.peer().ip();
        let owner = |visitor: &&mut PendingReceiver| {
            matches!(visitor.step, HandshakeState::Numbered)
                && visitor.number == number
                && visitor.line.peer().ip() == from
        };
        if let (Some(owner), Ok(data)) = (self.visitors.iter_mut().find(owner), data) {
            owner.data = Some(data);
        }
        self.visitors[at].deadline = Instant::now();
    }
}

/// Sends away, with a word where the mode has one, all who come once the transfer has begun.
pub fn refuse(listener: &TcpListener, mode: Mode, news: &dyn Fn(AcceptEvent)) {
    while let Ok((stream, peer)) = listener.accept() {
        news(AcceptEvent::Refused { peer });
        if mode != Mode::Classic
            && let Ok(mut line) = ControlConnection::new(stream)
        {
            // Whoever has gone needs no word.
            let _ = line.send(&ControlMessage::Refused { why: RejectReason::Full });
        }
    }
}
