//! The control connection: sends and receives control messages, with a timeout on every wait.

use std::io::{self, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::socket::{MsgFlags, recv};

use super::POLL_INTERVAL;
use crate::core::protocol::transfer::TransferError;
use crate::core::protocol::transfer::control::{ControlMessage, MAX_LINE_LEN};
use crate::net::event_waiter::wait_readable;

/// Send timeout of a message: messages are small, so a receiver that does not read for this long is gone.
const WRITE_TIMEOUT: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub struct ControlConnection {
    stream: TcpStream,
    peer: SocketAddr,
    unread: Vec<u8>,
}

impl ControlConnection {
    /// Wraps a connection.
    ///
    /// # Errors
    /// Those of a connection that has broken already.
    pub fn new(stream: TcpStream) -> io::Result<Self> {
        stream.set_nonblocking(false)?;
        stream.set_nodelay(true)?;
        stream.set_write_timeout(Some(WRITE_TIMEOUT))?;
        let peer = stream.peer_addr()?;
        let peer = SocketAddr::new(peer.ip().to_canonical(), peer.port());
        Ok(Self { stream, peer, unread: Vec::new() })
    }

    pub const fn peer(&self) -> SocketAddr {
        self.peer
    }

    /// This end.
    ///
    /// # Errors
    /// Those of `getsockname()`.
    pub fn local(&self) -> io::Result<SocketAddr> {
        self.stream.local_addr()
    }

    /// Sends a message.
    ///
    /// # Errors
    /// [`TransferError::Connection`].
    pub fn send(&mut self, message: &ControlMessage) -> Result<(), TransferError> {
        self.write(message.line().as_bytes())
    }

    /// Sends bytes.
    ///
    /// # Errors
    /// [`TransferError::Connection`].
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), TransferError> {
        self.stream.write_all(bytes).map_err(|_| TransferError::Connection)
    }

    /// The next complete message, if any. Never blocks.
    ///
    /// # Errors
    /// [`TransferError::Connection`] if the peer has gone, [`TransferError::Dialect`] for an invalid message.
    pub fn try_recv(&mut self) -> Result<Option<ControlMessage>, TransferError> {
        if !self.unread.contains(&b'\n') {
            self.fill(MAX_LINE_LEN)?;
        }
        let Some(end) = self.unread.iter().position(|&byte| byte == b'\n') else {
            return if self.unread.len() < MAX_LINE_LEN { Ok(None) } else { Err(TransferError::Dialect) };
        };
        let line: Vec<u8> = self.unread.drain(..=end).collect();
        ControlMessage::read(&line[..end]).map(Some).map_err(|_| TransferError::Dialect)
    }

    /// The next `N` bytes, if they have arrived. Never blocks.
    ///
    /// # Errors
    /// [`TransferError::Connection`] if the peer has gone.
    pub fn bytes<const N: usize>(&mut self) -> Result<Option<[u8; N]>, TransferError> {
        if self.unread.len() < N {
            self.fill(N - self.unread.len())?;
        }
        let Some(bytes) = self.unread.first_chunk::<N>().copied() else { return Ok(None) };
        self.unread.drain(..N);
        Ok(Some(bytes))
    }

    /// Whether the other end is still there, for one from whom nothing is expected.
    pub fn is_open(&mut self) -> bool {
        let mut byte = [0];
        !matches!(recv(self.stream.as_raw_fd(), &mut byte, MsgFlags::MSG_DONTWAIT | MsgFlags::MSG_PEEK), Ok(0))
    }

    fn fill(&mut self, max_len: usize) -> Result<(), TransferError> {
        let mut buffer = [0; 4096];
        let capacity = buffer.len().min(max_len);
        match recv(self.stream.as_raw_fd(), &mut buffer[..capacity], MsgFlags::MSG_DONTWAIT) {
            Ok(0) => Err(TransferError::Connection),
            Ok(read) => {
                self.unread.extend_from_slice(&buffer[..read]);
                Ok(())
            }
            Err(Errno::EAGAIN | Errno::EINTR) => Ok(()),
            Err(_) => Err(TransferError::Connection),
        }
    }

    /// Waits until `look` returns something.
    ///
    /// # Errors
    /// The result of `look`; [`TransferError::Silence`] past the deadline and [`TransferError::Interrupted`] on Ctrl-C.
    pub fn wait<T>(
        &mut self,
        timeout: Duration,
        stop: &AtomicBool,
        mut look: impl FnMut(&mut Self) -> Result<Option<T>, TransferError>,
    ) -> Result<T, TransferError> {
        let deadline = Instant::now() + timeout;
        loop {
            if let Some(found) = look(self)? {
                return Ok(found);
            }
            if stop.load(Ordering::Relaxed) {
                return Err(TransferError::Interrupted);
            }
            if Instant::now() >= deadline {
                return Err(TransferError::Silence);
            }
            wait_readable([self.as_fd()], POLL_INTERVAL);
        }
    }

    /// A clone of the connection as a stream.
    ///
    /// # Errors
    /// Those of `dup()`.
    pub fn as_stream(&self) -> io::Result<TcpStream> {
        self.stream.try_clone()
    }
}

impl AsFd for ControlConnection {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }
}
