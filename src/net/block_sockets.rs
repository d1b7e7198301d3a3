//! UDP sockets for file blocks: many datagrams per call, large buffers, and the kernel's drop counter.
//!
//! Blocks leave as one buffer that the kernel cuts into datagrams (`UDP_SEGMENT`, Linux 4.18), and where the device or
//! the size forbids that as several datagrams a call. They are read one by one: a socket that takes them uncut
//! (`UDP_GRO`) counts many lost blocks as one drop, and the count is what proves where they died.

use std::io::{self, IoSlice, IoSliceMut};
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::time::Duration;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{
    ControlMessage, MsgFlags, MultiHeaders, SockaddrStorage, recvmmsg, sendmmsg, sendmsg, setsockopt, sockopt,
};
use nix::sys::stat::fstat;
use socket2::{Domain, Protocol, SockRef, Socket, Type};

use super::socket_drops;

/// Datagrams in one call at most: the kernel cuts no more (`UDP_MAX_SEGMENTS` before Linux 6.9).
pub const MAX_SEGMENTS: usize = 64;

/// Bytes in one call at most: what one UDP datagram could hold.
const MAX_BYTES: usize = 65_507;

const BATCH: usize = 64;

/// The receive buffer to ask for, bytes: a reader may look away for as long as it takes a fast sender to fill it.
pub const BUFFER: u32 = 8 * 1024 * 1024;

/// How long a send waits for room in the socket's buffer.
const SEND_TIMEOUT: Duration = Duration::from_secs(1);

/// Memory that the kernel books for a datagram besides its bytes, generously: the largest figure seen is 2,304 bytes
/// for one of 1,036.
const SKB_OVERHEAD: usize = 1_280;

/// The socket that blocks leave by, connected to one receiver.
#[derive(Debug)]
pub struct BlockSender {
    socket: UdpSocket,
    cuts: bool,
    /// A send came upon the ICMP error of an earlier datagram.
    refused: bool,
}

impl BlockSender {
    /// Opens a socket on `local`, or on a port of the system's choice where that one is taken.
    ///
    /// # Errors
    /// Those of `socket()` and `bind()`.
    pub fn bind(local: SocketAddr) -> io::Result<Self> {
        let socket = open_near(local)?;
        socket.set_write_timeout(Some(SEND_TIMEOUT))?;
        Ok(Self { socket, cuts: true, refused: false })
    }

    /// The socket's own address.
    ///
    /// # Errors
    /// Those of `getsockname()`.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Settles to whom everything goes.
    ///
    /// # Errors
    /// Those of `connect()`.
    pub fn connect(&self, to: SocketAddr) -> io::Result<()> {
        self.socket.connect(to)
    }

    /// Lets datagrams leave as they are, not as one buffer for the kernel to cut: a capture on this host then shows each
    /// in a frame of its own.
    pub fn disable_gso(&mut self) {
        self.cuts = false;
    }

    /// How many datagrams of `length` bytes go in one call at the most.
    pub fn most(length: usize) -> usize {
        (MAX_BYTES / length.max(1)).clamp(1, MAX_SEGMENTS)
    }

    /// Sends one datagram.
    ///
    /// # Errors
    /// Those of `send()`.
    pub fn send(&mut self, datagram: &[u8]) -> io::Result<()> {
        retried(&mut self.refused, || self.socket.send(datagram).map(drop))
    }

    /// Whether the receiver's port refused a datagram since the last call (ICMP port unreachable); waits for the report that
    /// long.
    pub fn is_refused(&mut self, max_wait: Duration) -> bool {
        if !self.refused && !max_wait.is_zero() {
            // Without any event asked for, only an error ends the waiting.
            let mut polled = [PollFd::new(self.socket.as_fd(), PollFlags::empty())];
            let timeout = u16::try_from(max_wait.as_millis()).unwrap_or(u16::MAX);
            _ = poll(&mut polled, PollTimeout::from(timeout));
        }
        let is_pending = self.socket.take_error().is_ok_and(|error| error.is_some());
        std::mem::take(&mut self.refused) || is_pending
    }

    /// Sends a buffer as datagrams of `length` bytes, the last one as long as is left, no more than [`BlockSender::most`].
    /// Returns how many of them the kernel accepted.
    ///
    /// # Errors
    /// Those of `sendmsg()`, where it took none.
    pub fn send_many(&mut self, buffer: &[u8], length: usize) -> io::Result<usize> {
        let count = buffer.len().div_ceil(length);
        if self.cuts && count > 1 {
            let size = length as u16;
            let cut = [ControlMessage::UdpGsoSegments(&size)];
            let whole = [IoSlice::new(buffer)];
            let sent = retried(&mut self.refused, || {
                sendmsg::<()>(self.socket.as_raw_fd(), &whole, &cut, MsgFlags::empty(), None).map_err(io::Error::from)
            });
            match sent {
                Ok(_) => return Ok(count),
                // No device to cut for, or blocks larger than a frame.
                Err(error) if cannot_cut(&error) => self.cuts = false,
                Err(error) => return Err(error),
            }
        }
        let parts: Vec<[IoSlice<'_>; 1]> = buffer.chunks(length).map(|part| [IoSlice::new(part)]).collect();
        let nobody = vec![None::<SockaddrStorage>; parts.len()];
        let mut headers = MultiHeaders::preallocate(parts.len(), None);
        retried(&mut self.refused, || {
            let sent = sendmmsg(self.socket.as_raw_fd(), &mut headers, &parts, &nobody, [], MsgFlags::empty());
            sent.map(Iterator::count).map_err(io::Error::from)
        })
    }

    /// Receives one datagram that opens the path through a NAT: its sender and its length, if one has arrived.
    ///
    /// # Errors
    /// Those of `recvfrom()`.
    pub fn recv_hole_punch(&self, buffer: &mut [u8]) -> io::Result<Option<(usize, SocketAddr)>> {
        self.socket.set_nonblocking(true)?;
        let received = self.socket.recv_from(buffer);
        self.socket.set_nonblocking(false)?;
        match received {
            Ok((length, from)) => Ok(Some((length, SocketAddr::new(from.ip().to_canonical(), from.port())))),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn cannot_cut(error: &io::Error) -> bool {
    let codes = [Errno::EIO, Errno::EINVAL, Errno::EMSGSIZE, Errno::EOPNOTSUPP, Errno::ENOPROTOOPT];
    error.raw_os_error().is_some_and(|code| codes.contains(&Errno::from_raw(code)))
}

/// Does it again where an interruption, or the ICMP error of an earlier datagram, came between; `refused` is set by the latter.
fn retried<T>(refused: &mut bool, mut send: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    let mut left = 3;
    loop {
        match send() {
            Err(error)
                if left > 0
                    && matches!(error.kind(), io::ErrorKind::Interrupted | io::ErrorKind::ConnectionRefused) =>
            {
                *refused |= error.kind() == io::ErrorKind::ConnectionRefused;
                left -= 1;
            }
            other => return other,
        }
    }
}

/// A socket on a port, or on one of the system's choice where that one is taken.
///
/// # Errors
/// Those of `socket()` and `bind()`.
pub fn open_near(local: SocketAddr) -> io::Result<UdpSocket> {
    match open(local) {
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => open(SocketAddr::new(local.ip(), 0)),
        other => other,
    }
}

/// A socket on a port.
///
/// # Errors
/// Those of `socket()` and `bind()`.
pub fn open(local: SocketAddr) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::for_address(local), Type::DGRAM, Some(Protocol::UDP))?;
    if local.is_ipv6() {
        socket.set_only_v6(!local.ip().is_unspecified())?;
    }
    socket.bind(&local.into())?;
    Ok(socket.into())
}

#[derive(Debug)]
pub struct BlockReceiver {
    socket: UdpSocket,
    inode: Option<u64>,
    capacity: usize,
    buffer: Vec<u8>,
    /// Length and sender of each datagram read last.
    received: Vec<(usize, SocketAddr)>,
}

impl BlockReceiver {
    /// Opens a socket on `local`; it receives nothing before [`Self::expect`].
    ///
    /// # Errors
    /// Those of `socket()` and `bind()`.
    pub fn bind(local: SocketAddr) -> io::Result<Self> {
        let socket = open(local)?;
        socket.set_nonblocking(true)?;
        let inode = fstat(&socket).ok().map(|file| file.st_ino);
        Ok(Self { socket, inode, capacity: 0, buffer: Vec::new(), received: Vec::with_capacity(BATCH) })
    }

    /// Makes room for datagrams of at most `longest` bytes; longer ones are cut, and so are none of ours.
    pub fn expect(&mut self, max_wait: usize) {
        self.capacity = max_wait + 1;
        self.buffer = vec![0; self.capacity * BATCH];
    }

    /// Admits datagrams of this sender only from now on: others' find no way into the receive buffer, and are not among
    /// those that [`socket_drops`](Self::drops) counts.
    ///
    /// # Errors
    /// Those of `connect()`.
    pub fn connect_filter(&self, sender: SocketAddr) -> io::Result<()> {
        self.socket.connect(sender)
    }

    pub fn into_socket(self) -> UdpSocket {
        self.socket
    }

    /// The socket's own address.
    ///
    /// # Errors
    /// Those of `getsockname()`.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Asks for a receive buffer of `bytes`, beyond the system's limit if permitted; returns the granted bytes.
    ///
    /// # Errors
    /// Those of `setsockopt()`.
    pub fn set_buffer(&self, bytes: usize) -> io::Result<usize> {
        if setsockopt(&self.socket, sockopt::RcvBufForce, &bytes).is_err() {
            SockRef::from(&self.socket).set_recv_buffer_size(bytes)?;
        }
        // The kernel counts twice what it was asked for (socket(7), SO_RCVBUF).
        Ok(SockRef::from(&self.socket).recv_buffer_size()? / 2)
    }

    /// How many datagrams of `length` bytes the receive buffer holds for certain.
    ///
    /// # Errors
    /// Those of `getsockopt()`.
    pub fn capacity_datagrams(&self, length: usize) -> io::Result<u64> {
        let counted = SockRef::from(&self.socket).recv_buffer_size()?;
        // Memory comes in powers of two; up to twice the bytes are booked.
        Ok((counted / (2 * length + SKB_OVERHEAD)).max(1) as u64)
    }

    /// Sends a datagram.
    ///
    /// # Errors
    /// Those of `sendto()`.
    pub fn send_to(&self, datagram: &[u8], to: SocketAddr) -> io::Result<()> {
        self.socket.send_to(datagram, to).map(drop)
    }

    /// Reads the queued datagrams, as many as fit; returns how many. Never blocks.
    ///
    /// # Errors
    /// Those of `recvmmsg()`, but for those of datagrams that were sent before.
    pub fn read(&mut self) -> io::Result<usize> {
        self.received.clear();
        // Made anew each time: after a call, the old ones hold the lengths that came and no longer those of the room.
        let mut headers = MultiHeaders::<SockaddrStorage>::preallocate(BATCH, None);
        let mut slices: Vec<[IoSliceMut<'_>; 1]> =
            self.buffer.chunks_exact_mut(self.capacity.max(1)).map(|capacity| [IoSliceMut::new(capacity)]).collect();
        let flags = MsgFlags::MSG_DONTWAIT;
        match recvmmsg(self.socket.as_raw_fd(), &mut headers, slices.iter_mut(), flags, None) {
            Ok(messages) => {
                let nobody = SocketAddr::from(([0, 0, 0, 0], 0));
                let arrivals =
                    messages.map(|message| (message.bytes, message.address.and_then(address).unwrap_or(nobody)));
                self.received.extend(arrivals);
                Ok(self.received.len())
            }
            Err(Errno::EAGAIN | Errno::EINTR | Errno::ECONNREFUSED) => Ok(0),
            Err(error) => Err(error.into()),
        }
    }

    /// The datagrams read last, with their senders.
    pub fn datagrams(&self) -> impl Iterator<Item = (SocketAddr, &[u8])> {
        self.received.iter().enumerate().map(|(place, &(length, from))| {
            let start = place * self.capacity;
            (from, &self.buffer[start..start + length.min(self.capacity)])
        })
    }

    /// Datagrams that the kernel dropped at this socket (buffer full or bad checksum); `None` if unavailable.
    pub fn drops(&self) -> Option<u64> {
        socket_drops::of_socket(self.inode?)
    }
}

impl AsFd for BlockReceiver {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

fn address(storage: SockaddrStorage) -> Option<SocketAddr> {
    let from = match (storage.as_sockaddr_in(), storage.as_sockaddr_in6()) {
        (Some(v4), _) => SocketAddr::from((v4.ip(), v4.port())),
        (_, Some(v6)) => SocketAddr::from((v6.ip(), v6.port())),
        _ => return None,
    };
    Some(SocketAddr::new(from.ip().to_canonical(), from.port()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEP_TIMEOUT: Duration = Duration::from_secs(20);

    fn pair(longest: usize) -> (BlockSender, BlockReceiver) {
        let local = SocketAddr::from(([127, 0, 0, 1], 0));
        let (outlet, mut inlet) = (BlockSender::bind(local).unwrap(), BlockReceiver::bind(local).unwrap());
        inlet.expect(longest);
        outlet.connect(inlet.local_addr().unwrap()).unwrap();
        (outlet, inlet)
    }

    fn wait(inlet: &BlockReceiver) {
        let mut polled = [PollFd::new(inlet.as_fd(), PollFlags::POLLIN)];
        assert_eq!(poll(&mut polled, PollTimeout::from(5_000_u16)).unwrap(), 1, "nothing came");
    }

    #[test]
    fn a_buffer_arrives_as_datagrams_cut_or_not() {
        let (mut outlet, mut inlet) = pair(100);
        let buffer: Vec<u8> = (0..=255).collect();
        for cuts in [true, false] {
            outlet.cuts = cuts;
            assert_eq!(outlet.send_many(&buffer, 100).unwrap(), 3);
            let mut received = Vec::new();
            while received.len() < 3 {
                wait(&inlet);
                inlet.read().unwrap();
                received.extend(inlet.datagrams().map(|(_, bytes)| bytes.to_vec()));
            }
            assert_eq!(received, [&buffer[..100], &buffer[100..200], &buffer[200..]]);
        }
        let from = inlet.datagrams().next().unwrap().0;
        assert_eq!(from, outlet.local_addr().unwrap());
    }

    #[test]
    fn a_closed_port_refuses_and_an_open_one_does_not() {
        let (mut outlet, inlet) = pair(10);
        outlet.send(b"name").unwrap();
        assert!(!outlet.is_refused(Duration::from_millis(1)));
        drop(inlet);
        outlet.send(b"name").unwrap();
        assert!(outlet.is_refused(STEP_TIMEOUT));
        assert!(!outlet.is_refused(Duration::ZERO), "each refusal is reported once");
        outlet.send(b"name").unwrap();
        // The next send comes upon the error of the one before, and is not lost with it.
        outlet.send(b"name").unwrap();
        assert!(outlet.is_refused(STEP_TIMEOUT));
    }

    #[test]
    fn a_strangers_datagrams_are_not_among_the_dropped() {
        let (mut stranger, inlet) = pair(1_000);
        inlet.set_buffer(8_192).unwrap();
        let flood = vec![7; 60_000];
        inlet.connect_filter(SocketAddr::from(([127, 0, 0, 1], 9))).unwrap();
        for _ in 0..10 {
            // A kernel that rejects them at once reports it on the next send.
            _ = stranger.send_many(&flood, 1_000);
        }
        assert_eq!(inlet.drops(), Some(0));
    }

    #[test]
    fn every_datagram_that_finds_no_room_is_counted() {
        let (mut outlet, mut inlet) = pair(1_000);
        inlet.set_buffer(8_192).unwrap();
        let capacity = inlet.capacity_datagrams(1_000).unwrap();
        let mut sent = 0;
        for _ in 0..10 {
            sent += outlet.send_many(&vec![7; 60_000], 1_000).unwrap();
        }
        let mut received = 0;
        while inlet.read().unwrap() > 0 {
            received += inlet.datagrams().count();
        }
        assert_eq!(inlet.drops(), Some((sent - received) as u64));
        assert!(received as u64 >= capacity, "{capacity} fit at least, {received} did");
    }
}
