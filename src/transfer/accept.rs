//! Accepts receivers, numbers them, and waits until all are ready.
//!
//! One loop handles all connections, with a timeout per handshake step, so that a silent one does not delay the others.

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

/// Timeout per handshake step.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(5);

/// Connections that have no number yet, at the most.
const MAX_PENDING_RECEIVERS: usize = 16;

/// How long to sleep while nothing is asked.
const POLL_PAUSE: Duration = Duration::from_millis(10);

#[derive(Debug)]
pub struct ReadyReceiver {
    /// Its number, from 1.
    pub number: u16,
    pub line: ControlConnection,
    pub ready: Now,
    /// How long its answer to the number took: at least one round trip.
    pub answered_after: Duration,
    pub port: u16,
    pub capacity: u64,
    /// The socket that its blocks leave by, in the modes that have some.
    pub block_sender: Option<BlockSender>,
    pub data: Option<TcpStream>,
    /// The socket for its connection, in the QUIC mode.
    pub socket: Option<UdpSocket>,
}

/// What happens at the door.
#[derive(Clone, Copy, Debug)]
pub enum AcceptEvent {
    Connected {
        number: u16,
        peer: SocketAddr,
        ready: u16,
    },
    /// A numbered receiver left, or failed its handshake.
    Disconnected {
        number: u16,
        peer: SocketAddr,
    },
    Refused {
        peer: SocketAddr,
    },
}

enum HandshakeState {
    Stranger,
    /// It has a number, and is to send its port.
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
    capacity: u64,
    ready_at: Option<Now>,
    answered_after: Duration,
    data: Option<TcpStream>,
    socket: Option<UdpSocket>,
}

pub struct ReceiverAcceptor<'a> {
    listener: &'a TcpListener,
    /// The offer to receivers; number and port are filled in for each.
    offer: SessionOffer,
    pending: Vec<PendingReceiver>,
    clock: Clock,
}

impl<'a> ReceiverAcceptor<'a> {
    /// A door at a listening socket.
    ///
    /// # Errors
    /// Those of making it non-blocking.
    pub fn new(listener: &'a TcpListener, session_offer: SessionOffer, clock: Clock) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        Ok(Self { listener, offer: session_offer, pending: Vec::new(), clock })
    }

    /// Waits until all receivers are ready, the time is over or it is stopped; returns the ready ones, by number.
    pub fn wait_for_receivers(
        mut self,
        timeout: Duration,
        stop: &AtomicBool,
        on_event: &dyn Fn(AcceptEvent),
    ) -> Vec<ReadyReceiver> {
        let deadline = Instant::now() + timeout;
        while self.ready() < self.offer.clients && Instant::now() < deadline && !stop.load(Ordering::Relaxed) {
            self.accept(on_event);
            let mut at = 0;
            while at < self.pending.len() {
                match self.poll_receiver(at, on_event) {
                    Ok(true) => at += 1,
                    Ok(false) => drop(self.pending.remove(at)),
                    Err(_) => {
                        let gone = self.pending.remove(at);
                        if gone.number > 0 {
                            on_event(AcceptEvent::Disconnected { number: gone.number, peer: gone.line.peer() });
                        }
                    }
                }
            }
            wait_readable([self.listener.as_fd()], POLL_PAUSE);
        }
        let mut receivers: Vec<ReadyReceiver> = Vec::new();
        for pending in self.pending {
            if let (HandshakeState::Ready, Some(ready)) = (pending.step, pending.ready_at) {
                let PendingReceiver {
                    line, number, outlet, port, capacity: room, answered_after, data, socket, ..
                } = pending;
                receivers.push(ReadyReceiver {
                    number,
                    line,
                    ready,
                    answered_after,
                    port,
                    capacity: room,
                    block_sender: outlet,
                    data,
                    socket,
                });
            }
        }
        receivers.sort_by_key(|receiver| receiver.number);
        receivers
    }

    fn ready(&self) -> u16 {
        self.pending.iter().filter(|pending| matches!(pending.step, HandshakeState::Ready)).count() as u16
    }

    /// Lets strangers in. In the bare dialect each gets a number at once, so none is let in while there is none free.
    fn accept(&mut self, on_event: &dyn Fn(AcceptEvent)) {
        loop {
            let strangers =
                self.pending.iter().filter(|pending| matches!(pending.step, HandshakeState::Stranger)).count();
            let classic = self.offer.mode == Mode::Classic;
            if strangers >= MAX_PENDING_RECEIVERS || classic && self.free_number().is_none() {
                return;
            }
            let Ok((stream, _)) = self.listener.accept() else { return };
            let Ok(line) = ControlConnection::new(stream) else { continue };
            let pending_receiver = PendingReceiver {
                line,
                step: HandshakeState::Stranger,
                number: 0,
                deadline: Instant::now() + HANDSHAKE_TIMEOUT,
                outlet: None,
                port: 0,
                capacity: 1,
                ready_at: None,
                answered_after: Duration::ZERO,
                data: None,
                socket: None,
            };
            self.pending.push(pending_receiver);
            if classic && self.assign_number(self.pending.len() - 1, on_event).is_err() {
                self.pending.pop();
            }
        }
    }

    fn free_number(&self) -> Option<u16> {
        (1..=self.offer.clients).find(|number| self.pending.iter().all(|visitor| visitor.number != *number))
    }

    /// Assigns a number to a pending receiver and sends it; returns whether it stays.
    fn assign_number(&mut self, at: usize, on_event: &dyn Fn(AcceptEvent)) -> Result<bool, TransferError> {
        let Some(number) = self.free_number() else {
            let pending = &mut self.pending[at];
            on_event(AcceptEvent::Refused { peer: pending.line.peer() });
            pending.line.send(&ControlMessage::Refused { why: RejectReason::Full })?;
            return Ok(false);
        };
        let pending_receiver = &mut self.pending[at];
        let local = pending_receiver.line.local().map_err(|_| TransferError::Connection)?;
        let mut port = local.port();
        let wanted = SocketAddr::new(local.ip(), port.checked_add(number).unwrap_or(0));
        if self.offer.mode == Mode::Quic {
            let socket = open_near(wanted).map_err(|_| TransferError::Connection)?;
            port = socket.local_addr().map_err(|_| TransferError::Connection)?.port();
            pending_receiver.socket = Some(socket);
        } else if self.offer.mode.has_blocks() {
            let block_sender = BlockSender::bind(wanted).map_err(|_| TransferError::Connection)?;
            port = block_sender.local_addr().map_err(|_| TransferError::Connection)?.port();
            pending_receiver.outlet = Some(block_sender);
        }
        pending_receiver.number = number;
        pending_receiver.step = HandshakeState::Numbered;
        pending_receiver.deadline = Instant::now() + HANDSHAKE_TIMEOUT;
        if self.offer.mode == Mode::Classic {
            pending_receiver.line.write(&classic::number(number))?;
        } else {
            let offer = SessionOffer { number, port, ..self.offer.clone() };
            pending_receiver.line.send(&ControlMessage::Welcome(Box::new(offer)))?;
        }
        Ok(true)
    }

    /// Advances one connection's handshake. Returns whether it stays open.
    fn poll_receiver(&mut self, at: usize, on_event: &dyn Fn(AcceptEvent)) -> Result<bool, TransferError> {
        let (mode, token, clock) = (self.offer.mode, self.offer.token, self.clock);
        let pending = &mut self.pending[at];
        match pending.step {
            HandshakeState::Stranger => match pending.line.try_recv()? {
                Some(ControlMessage::Join { version: VERSION }) => return self.assign_number(at, on_event),
                Some(ControlMessage::Join { .. }) => {
                    pending.line.send(&ControlMessage::Refused { why: RejectReason::Version })?;
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
                if let Some(bytes) = pending.line.bytes::<3>()? {
                    pending.port = classic::read_port(bytes).ok_or(TransferError::Dialect)?;
                    pending.ready_at = Some(clock.now());
                    pending.step = HandshakeState::Ready;
                }
            }
            HandshakeState::Numbered => {
                match pending.line.try_recv()? {
                    Some(ControlMessage::Ready { port, room }) => {
                        (pending.port, pending.capacity, pending.ready_at) = (port, room, Some(clock.now()));
                    }
                    Some(ControlMessage::Failed { why }) => return Err(why),
                    Some(_) => return Err(TransferError::Dialect),
                    None => {}
                }
                // The data connection comes by itself, and may be the later one.
                if pending.ready_at.is_some() && (mode != Mode::Tcp || pending.data.is_some()) {
                    pending.step = HandshakeState::Ready;
                }
            }
            HandshakeState::Ready if mode == Mode::Classic => {
                return if pending.line.is_open() { Ok(true) } else { Err(TransferError::Connection) };
            }
            HandshakeState::Ready => {
                return match pending.line.try_recv()? {
                    Some(ControlMessage::Failed { why }) => Err(why),
                    _ => Ok(true),
                };
            }
        }
        let (number, peer, late) = (pending.number, pending.line.peer(), Instant::now() >= pending.deadline);
        if matches!(pending.step, HandshakeState::Ready) {
            let left = pending.deadline.saturating_duration_since(Instant::now());
            pending.answered_after = HANDSHAKE_TIMEOUT.saturating_sub(left);
            on_event(AcceptEvent::Connected { number, peer, ready: self.ready() });
        } else if late {
            return Err(TransferError::Silence);
        }
        Ok(true)
    }

    /// Gives a data connection to the receiver that it belongs to; its place is taken by a closed one of no number, which
    /// the next look removes.
    fn attach_data_connection(&mut self, at: usize, number: u16) {
        let data = self.pending[at].line.as_stream();
        let from: IpAddr = self.pending[at].line.peer().ip();
        let owner = |pending: &&mut PendingReceiver| {
            matches!(pending.step, HandshakeState::Numbered)
                && pending.number == number
                && pending.line.peer().ip() == from
        };
        if let (Some(owner), Ok(data)) = (self.pending.iter_mut().find(owner), data) {
            owner.data = Some(data);
        }
        self.pending[at].deadline = Instant::now();
    }
}

/// Rejects all connections once the transfer has begun, with a message if the mode has one.
pub fn refuse(listener: &TcpListener, mode: Mode, on_event: &dyn Fn(AcceptEvent)) {
    while let Ok((stream, peer)) = listener.accept() {
        on_event(AcceptEvent::Refused { peer });
        if mode != Mode::Classic
            && let Ok(mut line) = ControlConnection::new(stream)
        {
            // A receiver that has disconnected needs no message.
            let _ = line.send(&ControlMessage::Refused { why: RejectReason::Full });
        }
    }
}
