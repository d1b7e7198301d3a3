//! The control connection: messages out, messages in, never waiting longer than it was told to.

use std::io::{self, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::socket::{MsgFlags, recv};

use super::GLANCE;
use crate::core::protocol::transfer::Trouble;
use crate::core::protocol::transfer::control::{LONGEST_LINE, Say};
use crate::net::event_waiter::readable;

/// How long a message may take to leave: they are small, and whoever reads none for so long is gone.
const LONGEST_WRITE: Duration = Duration::from_secs(5);

/// A control connection.
#[derive(Debug)]
pub struct Line {
    stream: TcpStream,
    peer: SocketAddr,
    unread: Vec<u8>,
}

impl Line {
    /// Speaks over a connection.
    ///
    /// # Errors
    /// Those of a connection that has broken already.
    pub fn new(stream: TcpStream) -> io::Result<Self> {
        stream.set_nonblocking(false)?;
        stream.set_nodelay(true)?;
        stream.set_write_timeout(Some(LONGEST_WRITE))?;
        let peer = stream.peer_addr()?;
        let peer = SocketAddr::new(peer.ip().to_canonical(), peer.port());
        Ok(Self { stream, peer, unread: Vec::new() })
    }

    /// The other end.
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

    /// Says a message.
    ///
    /// # Errors
    /// [`Trouble::Connection`].
    pub fn say(&mut self, message: &Say) -> Result<(), Trouble> {
        self.write(message.line().as_bytes())
    }

    /// Says bytes.
    ///
    /// # Errors
    /// [`Trouble::Connection`].
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Trouble> {
        self.stream.write_all(bytes).map_err(|_| Trouble::Connection)
    }

    /// The next message, if a whole one has come. Never blocks.
    ///
    /// # Errors
    /// [`Trouble::Connection`] where the other end has gone, [`Trouble::Dialect`] for what is no message.
    pub fn heard(&mut self) -> Result<Option<Say>, Trouble> {
        if !self.unread.contains(&b'\n') {
            self.fill(LONGEST_LINE)?;
        }
        let Some(end) = self.unread.iter().position(|&byte| byte == b'\n') else {
            return if self.unread.len() < LONGEST_LINE { Ok(None) } else { Err(Trouble::Dialect) };
        };
        let line: Vec<u8> = self.unread.drain(..=end).collect();
        Say::read(&line[..end]).map(Some).map_err(|_| Trouble::Dialect)
    }

    /// The next bytes, so many, if they have come. Never blocks.
    ///
    /// # Errors
    /// [`Trouble::Connection`] where the other end has gone.
    pub fn bytes<const N: usize>(&mut self) -> Result<Option<[u8; N]>, Trouble> {
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

    fn fill(&mut self, most: usize) -> Result<(), Trouble> {
        let mut buffer = [0; 4096];
        let room = buffer.len().min(most);
        match recv(self.stream.as_raw_fd(), &mut buffer[..room], MsgFlags::MSG_DONTWAIT) {
            Ok(0) => Err(Trouble::Connection),
            Ok(read) => {
                self.unread.extend_from_slice(&buffer[..read]);
                Ok(())
            }
            Err(Errno::EAGAIN | Errno::EINTR) => Ok(()),
            Err(_) => Err(Trouble::Connection),
        }
    }

    /// Waits for something that `look` finds.
    ///
    /// # Errors
    /// What `look` says; [`Trouble::Silence`] past the deadline and [`Trouble::Interrupted`] when told to stop.
    pub fn wait<T>(
        &mut self,
        patience: Duration,
        stop: &AtomicBool,
        mut look: impl FnMut(&mut Self) -> Result<Option<T>, Trouble>,
    ) -> Result<T, Trouble> {
        let deadline = Instant::now() + patience;
        loop {
            if let Some(found) = look(self)? {
                return Ok(found);
            }
            if stop.load(Ordering::Relaxed) {
                return Err(Trouble::Interrupted);
            }
            if Instant::now() >= deadline {
                return Err(Trouble::Silence);
            }
            readable([self.as_fd()], GLANCE);
        }
    }

    /// The connection as a stream of its own, for one on which no more is said.
    ///
    /// # Errors
    /// Those of `dup()`.
    pub fn as_stream(&self) -> io::Result<TcpStream> {
        self.stream.try_clone()
    }
}

impl AsFd for Line {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }
}
