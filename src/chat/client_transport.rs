//! The chat client's transport: a TCP connection or a UDP socket.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};

use super::connection::keep_alive;
use crate::core::protocol::chat::line_splitter::{ChatLine, LineSplitter, decode_lossy};
use crate::core::time::{Mono, Wall};
use crate::net::address;
use crate::net::datagram::MessageTag;
use crate::net::endpoint::{Endpoint, SendResult, SocketEvent};

/// How long a connection may take to come about.
pub const CONNECT: Duration = Duration::from_secs(5);

/// What of a member's own words may wait to be sent, bytes.
const MAX_PENDING_BYTES: usize = 1024 * 1024;

const MAX_DATAGRAM: usize = 65_536;

const READ_BATCH: usize = 64;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerText {
    pub text: String,
    /// The bytes that bore it, where they are not the text itself.
    pub raw: Option<Vec<u8>>,
    pub kernel: Option<Wall>,
}

#[derive(Debug)]
pub enum TransportError {
    Closed,
    /// Nothing is listening there (UDP; from an ICMP error).
    Refused,
    Error(io::Error),
}

/// The result of a send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendState {
    Taken,
    /// It will be sent when there is room.
    Waits,
    /// The kernel took it and dropped it in this host's own queue.
    Dropped(String),
    /// The kernel did not take it.
    Refused(String),
}

pub enum ClientTransport {
    Tcp(Box<TcpTransport>),
    Udp(Box<UdpTransport>),
}

pub struct TcpTransport {
    socket: TcpStream,
    splitter: LineSplitter,
    waiting: Vec<u8>,
    /// The ends of lines in what waits, and the number of each.
    ends: VecDeque<(usize, u64)>,
}

pub struct UdpTransport {
    pub endpoint: Endpoint,
    server: SocketAddr,
    buffer: Vec<u8>,
}

impl ClientTransport {
    /// Connects to a server.
    ///
    /// # Errors
    /// Those of `bind()` and `connect()`.
    pub fn connect(server: SocketAddr, local: SocketAddr, timeout: Duration) -> io::Result<Self> {
        let socket = Socket::new(Domain::for_address(server), Type::STREAM, Some(Protocol::TCP))?;
        socket.set_reuse_address(true)?;
        socket.bind(&local.into())?;
        Self::over(socket, server, timeout)
    }

    fn over(socket: Socket, server: SocketAddr, timeout: Duration) -> io::Result<Self> {
        socket.connect_timeout(&server.into(), CONNECT)?;
        let socket = TcpStream::from(socket);
        socket.set_nonblocking(true)?;
        socket.set_nodelay(true)?;
        keep_alive(&socket, timeout)?;
        Ok(Self::Tcp(Box::new(TcpTransport {
            socket,
            splitter: LineSplitter::default(),
            waiting: Vec::new(),
            ends: VecDeque::new(),
        })))
    }

    pub fn datagrams(endpoint: Endpoint, server: SocketAddr) -> Self {
        Self::Udp(Box::new(UdpTransport { endpoint, server, buffer: vec![0; MAX_DATAGRAM] }))
    }

    pub fn local(&self) -> Option<SocketAddr> {
        match self {
            Self::Tcp(stream) => stream.socket.local_addr().ok(),
            Self::Udp(datagrams) => {
                let own = datagrams.endpoint.local_addr();
                // A wildcard-bound socket sends from the address of the route.
                let towards = own.ip().is_unspecified().then(|| address::local_address_towards(datagrams.server));
                Some(SocketAddr::new(towards.and_then(Result::ok).unwrap_or(own.ip()), own.port()))
            }
        }
    }

    pub fn has_pending(&self) -> bool {
        matches!(self, Self::Tcp(stream) if !stream.waiting.is_empty())
    }

    pub fn send(&mut self, n: u64, text: &str) -> SendState {
        match self {
            Self::Tcp(stream) => {
                if stream.waiting.len() + text.len() > MAX_PENDING_BYTES {
                    return SendState::Refused("ENOBUFS".to_owned());
                }
                stream.waiting.extend_from_slice(text.as_bytes());
                stream.waiting.push(b'\n');
                stream.ends.push_back((stream.waiting.len(), n));
                SendState::Waits
            }
            Self::Udp(datagrams) => {
                let tag = MessageTag { number: n, peer: super::SELF + 1 };
                match datagrams.endpoint.send(text.as_bytes(), datagrams.server, tag) {
                    SendResult::Sent => SendState::Taken,
                    SendResult::DroppedLocally(why) => SendState::Dropped(why),
                    SendResult::Failed { name, .. } => SendState::Refused(name),
                }
            }
        }
    }

    /// Sends what is queued, as far as possible; returns the numbers of texts sent completely.
    ///
    /// # Errors
    /// Why there is no link any more.
    pub fn flush(&mut self) -> Result<Vec<u64>, TransportError> {
        let Self::Tcp(stream) = self else { return Ok(Vec::new()) };
        let mut gone = Vec::new();
        while !stream.waiting.is_empty() {
            match stream.socket.write(&stream.waiting) {
                Ok(length) => {
                    stream.waiting.drain(..length);
                    for (end, _) in &mut stream.ends {
                        *end = end.saturating_sub(length);
                    }
                    while stream.ends.front().is_some_and(|(end, _)| *end == 0) {
                        gone.extend(stream.ends.pop_front().map(|(_, n)| n));
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(TransportError::Error(error)),
            }
        }
        Ok(gone)
    }

    /// Receives what the server sent.
    ///
    /// # Errors
    /// The received messages are in `received`; an error is the reason why no more will come.
    pub fn recv(&mut self, now: Mono, server_text: &mut Vec<ServerText>) -> Result<(), TransportError> {
        match self {
            Self::Tcp(stream) => stream.recv(now, server_text),
            Self::Udp(datagrams) => datagrams.recv(server_text),
        }
    }

    /// When silence makes a message of what has come.
    pub fn due(&self) -> Option<Mono> {
        match self {
            Self::Tcp(stream) => stream.splitter.due(),
            Self::Udp(_) => None,
        }
    }

    pub fn flush_partial_line(&mut self, now: Mono) -> Option<ServerText> {
        match self {
            Self::Tcp(stream) => stream.splitter.flush_partial_line(now).map(ServerText::from),
            Self::Udp(_) => None,
        }
    }

    /// The kernel's transmit timestamps and ICMP errors.
    pub fn events(&mut self) -> Vec<SocketEvent> {
        match self {
            Self::Tcp(_) => Vec::new(),
            Self::Udp(datagrams) => datagrams.endpoint.events(),
        }
    }

    /// Closes this direction of a connection; datagrams have none.
    pub fn close(&self) {
        if let Self::Tcp(stream) = self {
            // Where it fails there is none any more.
            _ = stream.socket.shutdown(Shutdown::Write);
        }
    }
}

impl AsFd for ClientTransport {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Tcp(stream) => stream.socket.as_fd(),
            Self::Udp(datagrams) => datagrams.endpoint.as_fd(),
        }
    }
}

impl TcpTransport {
    fn recv(&mut self, now: Mono, server_text: &mut Vec<ServerText>) -> Result<(), TransportError> {
        let mut bytes = [0; 16 * 1024];
        for _ in 0..READ_BATCH {
            match self.socket.read(&mut bytes) {
                Ok(0) => {
                    server_text.extend(self.splitter.end().map(ServerText::from));
                    return Err(TransportError::Closed);
                }
                Ok(length) => {
                    server_text.extend(self.splitter.feed(now, &bytes[..length]).into_iter().map(ServerText::from));
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(TransportError::Error(error)),
            }
        }
        Ok(())
    }
}

impl UdpTransport {
    fn recv(&mut self, server_text: &mut Vec<ServerText>) -> Result<(), TransportError> {
        for _ in 0..READ_BATCH {
            let arrival = match self.endpoint.recv(&mut self.buffer) {
                Ok(Some(arrival)) => arrival,
                Ok(None) => return Ok(()),
                Err(error) => return Err(TransportError::Error(error)),
            };
            // Any host can send here; only the server's address counts.
            if arrival.from == self.server {
                let raw = self.buffer[..arrival.length].to_vec();
                server_text.push(ServerText { text: decode_lossy(&raw), raw: Some(raw), kernel: arrival.kernel });
            }
        }
        Ok(())
    }
}

impl From<ChatLine> for ServerText {
    fn from(line: ChatLine) -> Self {
        Self { text: line.text, raw: None, kernel: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_of_datagrams_knows_the_address_it_speaks_from() {
        let server = "127.0.0.1:12345".parse().unwrap();
        let endpoint = Endpoint::bind("0.0.0.0:0".parse().unwrap()).unwrap();
        let port = endpoint.local_addr().port();
        let own = ClientTransport::datagrams(endpoint, server).local();
        assert_eq!(own, Some(SocketAddr::from(([127, 0, 0, 1], port))));
    }
}
