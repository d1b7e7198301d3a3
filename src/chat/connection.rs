//! One TCP connection of the chat server: input split into lines, output in a bounded send queue.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};

use crate::core::protocol::chat::LeaveReason;
use crate::core::protocol::chat::line_splitter::{ChatLine, LineSplitter};
use crate::core::time::{Mono, Now};

/// What waits for one member, bytes: beyond it, the member is cut off.
pub const MAX_QUEUED_BYTES: usize = 128 * 1024;

/// What the kernel holds besides, bytes (it counts twice as much).
const SEND_BUFFER: usize = 64 * 1024;

/// Send buffer for the last message to a client whose buffer is full.
const GOODBYE_BUFFER: usize = 128 * 1024;

/// A half-closed connection is dropped after this time.
pub const HALF_CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

const CHUNK: usize = 16 * 1024;

/// Chunks read before other connections get their turn.
const CHUNKS_AT_ONCE: usize = 4;

#[derive(Clone, Debug)]
pub struct OutgoingMessage {
    pub n: u64,
    /// Its bytes, the end of the line included.
    pub bytes: Arc<[u8]>,
    pub h: u32,
    pub at: Now,
}

#[derive(Debug, Default)]
pub struct ReadResult {
    pub lines: Vec<ChatLine>,
    pub over: Option<LeaveReason>,
}

#[derive(Debug)]
pub struct ServerConnection {
    /// The socket, which never blocks.
    pub socket: TcpStream,
    pub peer: SocketAddr,
    splitter: LineSplitter,
    queue: VecDeque<OutgoingMessage>,
    queued: usize,
    /// Bytes of the first letter that have gone.
    gone: usize,
    stuck_since: Option<Mono>,
    /// Set when it is no longer a member: the queue is still sent, then the connection is closed.
    leaving: Option<Mono>,
    shut: bool,
    heard_end: bool,
}

impl ServerConnection {
    /// Takes over a connection; `timeout` is for a dead host.
    ///
    /// # Errors
    /// Those of `setsockopt()`.
    pub fn new(socket: TcpStream, peer: SocketAddr, timeout: Duration) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        socket.set_nodelay(true)?;
        keep_alive(&socket, timeout)?;
        SockRef::from(&socket).set_send_buffer_size(SEND_BUFFER)?;
        Ok(Self {
            socket,
            peer,
            splitter: LineSplitter::default(),
            queue: VecDeque::new(),
            queued: 0,
            gone: 0,
            stuck_since: None,
            leaving: None,
            shut: false,
            heard_end: false,
        })
    }

    pub fn read(&mut self, now: Mono) -> ReadResult {
        let mut read = ReadResult::default();
        let mut bytes = [0; CHUNK];
        for _ in 0..CHUNKS_AT_ONCE {
            match self.socket.read(&mut bytes) {
                Ok(0) => {
                    self.heard_end = true;
                    read.lines.extend(self.splitter.end());
                    read.over = Some(LeaveReason::Closed);
                    return read;
                }
                Ok(length) if self.leaving.is_none() => read.lines.extend(self.splitter.feed(now, &bytes[..length])),
                // Input of a leaving client is ignored, but must be read: an unread byte would turn the close into a
                // reset.
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return read,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    read.over = Some(disconnect_reason(&error));
                    return read;
                }
            }
        }
        read
    }

    pub fn flush_partial_line(&mut self, now: Mono) -> Option<ChatLine> {
        if self.leaving.is_some() { None } else { self.splitter.flush_partial_line(now) }
    }

    /// Queues a message; false if the queue is full.
    pub fn push(&mut self, message: OutgoingMessage) -> bool {
        if self.queued + message.bytes.len() > MAX_QUEUED_BYTES {
            return false;
        }
        self.queued += message.bytes.len();
        self.queue.push_back(message);
        true
    }

    /// Sends as much of the queue as possible; `sent` gets the messages sent completely.
    ///
    /// # Errors
    /// Why the connection is no more.
    pub fn flush(&mut self, now: Mono, sent: &mut Vec<OutgoingMessage>) -> Result<(), LeaveReason> {
        while let Some(message) = self.queue.front() {
            match (&self.socket).write(&message.bytes[self.gone..]) {
                Ok(length) => {
                    self.gone += length;
                    self.queued -= length;
                    self.stuck_since = None;
                    if self.gone == message.bytes.len() {
                        self.gone = 0;
                        sent.extend(self.queue.pop_front());
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    self.stuck_since.get_or_insert(now);
                    return Ok(());
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(disconnect_reason(&error)),
            }
        }
        self.stuck_since = None;
        if self.leaving.is_some() && !self.shut {
            self.shut = true;
            // Where it fails the connection is gone already.
            _ = self.socket.shutdown(Shutdown::Write);
        }
        Ok(())
    }

    /// Drops the queue, except a partly sent message, and makes room for a last message to a client that does not read.
    /// Returns the dropped messages.
    pub fn clear(&mut self) -> Vec<OutgoingMessage> {
        let kept = usize::from(self.gone > 0);
        let dropped: Vec<OutgoingMessage> = self.queue.drain(kept..).collect();
        self.queued = self.queue.front().map_or(0, |message| message.bytes.len() - self.gone);
        _ = SockRef::from(&self.socket).set_send_buffer_size(SEND_BUFFER + GOODBYE_BUFFER);
        dropped
    }

    /// Ends the membership: the queue is sent, then the connection is closed.
    pub fn start_closing(&mut self, now: Mono) {
        self.leaving.get_or_insert(now.plus(HALF_CLOSE_TIMEOUT));
    }

    pub fn is_leaving(&self) -> bool {
        self.leaving.is_some()
    }

    /// Whether there is nothing left to do: both directions are closed.
    pub fn is_done(&self) -> bool {
        self.heard_end && self.shut
    }

    /// Whether the other end has closed its direction, so that there is nothing to read any more.
    pub fn peer_closed(&self) -> bool {
        self.heard_end
    }

    pub fn has_pending(&self) -> bool {
        !self.queue.is_empty()
    }

    /// Since when nothing has gone although something waits.
    pub fn stalled_since(&self) -> Option<Mono> {
        self.stuck_since
    }

    /// The messages that were never sent.
    pub fn unsent(&mut self) -> impl Iterator<Item = OutgoingMessage> {
        self.queue.drain(..)
    }

    /// The next deadline of this connection; `stall` is how long a queue may make no progress.
    pub fn due(&self, stall: Duration) -> Option<Mono> {
        if let Some(leaving) = self.leaving {
            return Some(leaving);
        }
        let stuck = self.stuck_since.map(|since| since.plus(stall));
        self.splitter.due().into_iter().chain(stuck).min()
    }
}

/// Makes the kernel detect a dead host within about `timeout`: by keep-alive probes (RFC 9293 section 3.8.4) and by
/// unacknowledged data (RFC 5482).
///
/// # Errors
/// Those of `setsockopt()`.
pub fn keep_alive(socket: &TcpStream, timeout: Duration) -> io::Result<()> {
    let socket = SockRef::from(socket);
    let second = Duration::from_secs(1);
    let probes = TcpKeepalive::new().with_time((timeout / 2).max(second)).with_interval((timeout / 6).max(second));
    socket.set_tcp_keepalive(&probes.with_retries(3))?;
    socket.set_tcp_user_timeout(Some(timeout))
}

pub fn disconnect_reason(error: &io::Error) -> LeaveReason {
    match error.kind() {
        ErrorKind::TimedOut | ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => LeaveReason::Vanished,
        _ => LeaveReason::Reset,
    }
}
