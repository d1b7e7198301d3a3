//! The UDP socket of the exchange, with kernel timestamps, and with ICMP errors assigned to the message that caused
//! them.
//!
//! The socket is not connected: replies may come from another address than the requests went to. It corrects three
//! behaviours of a plain socket:
//!
//! - An ICMP error makes the *next* `send()` fail, whose own datagram is fine. The error is read from the error queue and
//!   assigned to the message that it quotes, and the send is repeated.
//! - With `IP_RECVERR`, `ENOBUFS` means that the kernel took the datagram and dropped it in a queue of this host: sent, but
//!   never on the wire.
//! - Transmit timestamps arrive later, with the kernel's counter; they are assigned to their message.
//!
//! The error queue shares the receive buffer: read [`Endpoint::events`] whenever the socket wakes, or unread timestamps
//! displace datagrams.

use std::collections::VecDeque;
use std::io::{self, IoSliceMut};
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::socket::{MsgFlags, SockaddrStorage, TimestampingFlag, recvmsg, sendto, setsockopt, sockopt};
use nix::sys::stat::fstat;
use socket2::{Domain, Protocol, SockRef, Socket, Type};

use super::clock::{Clock, wall};
use super::datagram::{MessageTag, RecvMeta};
use super::error_queue::{self, Entry};
use super::event_waiter;
use super::recv_batch::RecvBatch;
use super::socket_drops;
use super::tx_timestamps::{SentDatagrams, TimestampMatch};
use crate::core::time::{Now, Wall};

/// How long a send may wait for room in the socket's buffer, which a slow device empties slowly.
const SEND_TIMEOUT: Duration = Duration::from_secs(1);

/// The longest sleep in [`Endpoint::recv_next`], after which it is time to look for signals and deadlines.
pub const MAX_SLEEP: Duration = Duration::from_millis(50);

/// Sends of one datagram at most: each pending ICMP error costs one, and more may arrive meanwhile.
const ATTEMPTS: usize = 3;

/// Events kept for [`Endpoint::events`]; further ones are dropped.
const MAX_EVENTS: usize = 65_536;

/// Entries read from the error queue at once, so that a flood cannot starve the loop.
const MAX_ENTRIES: usize = 8_192;

/// Of `<linux/socket.h>`; together they find the path and confirm it, and with an empty text send nothing.
const MSG_CONFIRM: i32 = 0x800;
const MSG_PROBE: i32 = 0x10;

/// Pending errors passed over by one [`Endpoint::recv`].
const MAX_PENDING: usize = 16;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendResult {
    Sent,
    /// The kernel took it and dropped it in this host's own queue or egress filter; the error's name, as `ENOBUFS`.
    DroppedLocally(String),
    /// The kernel did not take it.
    Failed {
        /// The system's name for the error, as `EPERM`.
        name: String,
        errno: i32,
    },
}

/// An event from the kernel about a sent datagram.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SocketEvent {
    TxTimestamp {
        tag: MessageTag,
        kernel: Wall,
    },
    IcmpError {
        /// The message, if the quote matches exactly one.
        tag: Option<MessageTag>,
        to: SocketAddr,
        /// The quoted text: cut or even empty at the quoting router's discretion (RFC 792, RFC 1812 section 4.3.2.3).
        quoted: Vec<u8>,
        /// The sender of the error, if the kernel gives it.
        from: Option<IpAddr>,
        /// ICMP type, of `ICMPv6` where `to` is IPv6.
        kind: u8,
        code: u8,
    },
}

/// An unconnected UDP socket with kernel timestamps. Non-blocking unless a method says otherwise.
pub struct Endpoint {
    socket: UdpSocket,
    local: SocketAddr,
    inode: Option<u64>,
    control: Vec<u8>,
    sent: SentDatagrams,
    events: VecDeque<SocketEvent>,
    stamped: bool,
}

impl Endpoint {
    /// Opens a socket on a local address; port 0 lets the system choose one. `[::]` serves IPv4 as well.
    ///
    /// # Errors
    /// Those of `socket()` and `bind()`: address in use, not of this host, not permitted.
    pub fn bind(address: SocketAddr) -> io::Result<Self> {
        let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
        if address.is_ipv6() {
            socket.set_only_v6(!address.ip().is_unspecified())?;
        }
        // All calls are non-blocking, except those with a bounded sleep.
        socket.set_read_timeout(Some(MAX_SLEEP))?;
        // A kernel without stamps or an error queue still serves: the fields stay empty.
        let _ = setsockopt(&socket, sockopt::Timestamping, &stamps(true, true));
        let _ = setsockopt(&socket, sockopt::Ipv4RecvErr, &true);
        if address.is_ipv6() {
            let _ = setsockopt(&socket, sockopt::Ipv6RecvErr, &true);
        }
        socket.bind(&address.into())?;
        let socket = UdpSocket::from(socket);
        Ok(Self {
            local: socket.local_addr()?,
            inode: fstat(&socket).ok().map(|file| file.st_ino),
            socket,
            control: vec![0; error_queue::CONTROL],
            sent: SentDatagrams::default(),
            events: VecDeque::new(),
            stamped: true,
        })
    }

    /// The socket's own address, with the port that it got.
    pub fn local_addr(&self) -> SocketAddr {
        self.local
    }

    /// Switches transmit stamps off, or on again. Taking and reading one costs almost half of the send that it belongs to:
    /// at tens of thousands of datagrams a second that is better spent on sending.
    pub fn set_tx_timestamping(&mut self, on: bool) {
        if on != self.stamped {
            self.stamped = on;
            // Switching on begins the kernel's count anew.
            let _ = setsockopt(&self.socket, sockopt::Timestamping, &stamps(on, on));
            self.sent.reset();
        }
    }

    /// Whether [`Endpoint::events`] has something to tell after each send, since stamps were asked for.
    pub fn has_tx_timestamps(&self) -> bool {
        self.stamped
    }

    /// Whether events were read already, on the way to something else.
    pub fn has_events(&self) -> bool {
        !self.events.is_empty()
    }

    /// Sets how many routers a datagram may pass (IPv4 time to live, IPv6 hop limit).
    ///
    /// # Errors
    /// Those of `setsockopt()`.
    pub fn set_ttl(&self, ttl: u8) -> io::Result<()> {
        let socket = SockRef::from(&self.socket);
        if self.local.is_ipv6() {
            socket.set_unicast_hops_v6(ttl.into())?;
        }
        // An IPv6 socket may send to IPv4 addresses as well.
        socket.set_ttl_v4(ttl.into())
    }

    /// Sets the differentiated services code point, 0 to 63 (RFC 2474, section 3), with no congestion notification.
    ///
    /// # Errors
    /// Those of `setsockopt()`.
    pub fn set_dscp(&self, dscp: u8) -> io::Result<()> {
        let (socket, field) = (SockRef::from(&self.socket), u32::from(dscp) << 2);
        if self.local.is_ipv6() {
            socket.set_tclass_v6(field)?;
        }
        socket.set_tos_v4(field)
    }

    /// Asks for a receive buffer of `bytes`, beyond the system's limit if permitted; returns the kernel's value, which
    /// is doubled for its own bookkeeping (socket(7), `SO_RCVBUF`).
    ///
    /// # Errors
    /// Those of `setsockopt()`.
    pub fn set_receive_buffer(&self, bytes: usize) -> io::Result<usize> {
        if setsockopt(&self.socket, sockopt::RcvBufForce, &bytes).is_err() {
            SockRef::from(&self.socket).set_recv_buffer_size(bytes)?;
        }
        SockRef::from(&self.socket).recv_buffer_size()
    }

    /// Reads the next datagram, or `None` where there is none. Never blocks.
    ///
    /// # Errors
    /// Those of `recvmsg()` that do not belong to an earlier datagram.
    pub fn recv(&mut self, buffer: &mut [u8]) -> io::Result<Option<RecvMeta>> {
        for _ in 0..MAX_PENDING {
            let capacity = buffer.len();
            let mut parts = [IoSliceMut::new(buffer)];
            let flags = MsgFlags::MSG_DONTWAIT;
            match recvmsg::<SockaddrStorage>(self.socket.as_raw_fd(), &mut parts, Some(&mut self.control), flags) {
                Ok(message) => {
                    if let Some(arrival) = RecvMeta::from_message(&message, capacity) {
                        return Ok(Some(arrival));
                    }
                }
                Err(Errno::EAGAIN) => return Ok(None),
                Err(Errno::EINTR) => {}
                Err(error) if may_be_pending(error) => self.read_error_queue(),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(None)
    }

    /// Sleeps until there is a datagram and reads it into a batch; for [`MAX_SLEEP`] at the most, and not past a
    /// signal or an ICMP error. Returns the time when reading ended, taken before anything else is done.
    ///
    /// # Errors
    /// As [`Endpoint::recv`].
    pub fn recv_next(&mut self, batch: &mut RecvBatch, clock: &Clock) -> io::Result<Now> {
        batch.clear();
        let capacity = batch.first();
        let max_wait = capacity.len();
        let mut parts = [IoSliceMut::new(capacity)];
        let socket = self.socket.as_raw_fd();
        let read = recvmsg::<SockaddrStorage>(socket, &mut parts, Some(&mut self.control), MsgFlags::empty());
        let at = clock.now();
        match read.map(|message| RecvMeta::from_message(&message, max_wait)) {
            Ok(arrival) => arrival.into_iter().for_each(|arrival| batch.push(arrival)),
            Err(Errno::EAGAIN | Errno::EINTR) => {}
            Err(error) if may_be_pending(error) => self.read_error_queue(),
            Err(error) => return Err(error.into()),
        }
        Ok(at)
    }

    /// Reads the queued datagrams into a batch, and returns whether there may be more. Never blocks.
    ///
    /// # Errors
    /// As [`Endpoint::recv`].
    pub fn recv_batch(&mut self, batch: &mut RecvBatch) -> io::Result<bool> {
        batch.clear();
        if let Some(capacity) = batch.single() {
            if let Some(arrival) = self.recv(capacity)? {
                batch.push(arrival);
            }
            return Ok(batch.learn());
        }
        for _ in 0..MAX_PENDING {
            match batch.read(&self.socket) {
                Ok(()) | Err(Errno::EAGAIN) => break,
                Err(Errno::EINTR) => {}
                Err(error) if may_be_pending(error) => self.read_error_queue(),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(batch.learn())
    }

    /// Sends a datagram. Where the socket's buffer is full it waits for room, for a second at the most and not past a
    /// signal; then it is `EAGAIN`, refused.
    pub fn send(&mut self, text: &[u8], to: SocketAddr, tag: MessageTag) -> SendResult {
        let address = SockaddrStorage::from(self.reachable(to));
        let mut attempts = 0;
        loop {
            attempts += 1;
            let start = if self.stamped { wall() } else { Wall::default() };
            let error = match sendto(self.socket.as_raw_fd(), text, &address, MsgFlags::MSG_DONTWAIT) {
                Ok(_) => {
                    self.sent.record_sent(tag, start, to, text, self.stamped);
                    return SendResult::Sent;
                }
                // Counted before it was dropped, so the counters stay in step.
                Err(Errno::ENOBUFS) => {
                    self.sent.record_sent(tag, start, to, text, false);
                    return SendResult::DroppedLocally(name(Errno::ENOBUFS));
                }
                Err(error) => error,
            };
            self.read_error_queue();
            self.reset_counter();
            let again = may_be_pending(error) || error == Errno::EAGAIN && self.wait_writable();
            if !again || attempts == ATTEMPTS {
                return SendResult::Failed { name: name(error), errno: error as i32 };
            }
        }
    }

    /// Has the kernel look up the way to a loopback address, and sends nothing. After a sleep the first steps of a send
    /// are the slowest, and would be counted as part of a round trip that takes little longer than they do.
    ///
    /// For other addresses it does nothing: the kernel would take the call for a proof that the neighbour is there.
    pub fn warm_up(&self, to: SocketAddr) {
        if to.ip().is_loopback() {
            let address = SockaddrStorage::from(self.reachable(to));
            let nothing_sent = MsgFlags::from_bits_retain(MSG_CONFIRM | MSG_PROBE);
            // Errors of the path show on the first real send.
            let _ = sendto(self.socket.as_raw_fd(), &[], &address, nothing_sent | MsgFlags::MSG_DONTWAIT);
        }
    }

    /// The kernel's events since the last call, in order: transmit timestamps and ICMP errors.
    pub fn events(&mut self) -> Vec<SocketEvent> {
        self.read_error_queue();
        self.events.drain(..).collect()
    }

    /// Datagrams that the kernel dropped at this socket since it was opened (buffer full or bad checksum); `None` if
    /// unavailable.
    pub fn socket_drops(&self) -> Option<u64> {
        socket_drops::of_socket(self.inode?)
    }

    /// Waits for room in the send buffer; false where none came in time, or a signal did.
    fn wait_writable(&self) -> bool {
        event_waiter::writable(&self.socket, SEND_TIMEOUT)
    }

    /// The form of an address that this socket can send to: an IPv6 socket reaches IPv4 by mapped addresses.
    fn reachable(&self, to: SocketAddr) -> SocketAddr {
        match (self.local, to.ip()) {
            (SocketAddr::V6(_), IpAddr::V4(ip)) => SocketAddr::from((ip.to_ipv6_mapped(), to.port())),
            _ => to,
        }
    }

    /// Moves the error queue into the list of events. An empty queue also takes back the error that the next call
    /// would fail with.
    fn read_error_queue(&mut self) {
        for _ in 0..MAX_ENTRIES {
            let event = match error_queue::next(&self.socket, &mut self.control) {
                None => return,
                Some(Entry::Other) => continue,
                Some(Entry::Stamp { counter, kernel }) => match self.sent.match_timestamp(counter, kernel) {
                    TimestampMatch::Of(tag) => SocketEvent::TxTimestamp { tag, kernel },
                    TimestampMatch::Nobody => continue,
                    TimestampMatch::OutOfStep => {
                        self.reset_counter();
                        continue;
                    }
                },
                Some(Entry::Icmp { to, quoted, from, kind, code }) => SocketEvent::IcmpError {
                    tag: self.sent.match_icmp_quote(to, &quoted),
                    to,
                    quoted,
                    from,
                    kind,
                    code,
                },
            };
            if self.events.len() < MAX_EVENTS {
                self.events.push_back(event);
            }
        }
    }

    /// Makes the kernel count this socket's datagrams from zero again, which it does when the counting is switched on.
    /// Receive stamps stay on meanwhile.
    fn reset_counter(&mut self) {
        if self.stamped {
            let _ = setsockopt(&self.socket, sockopt::Timestamping, &stamps(true, false));
            let _ = setsockopt(&self.socket, sockopt::Timestamping, &stamps(true, true));
            self.sent.reset();
        }
    }
}

impl AsFd for Endpoint {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

/// The requested timestamps, all software: always on receive; on transmit if `departures` is set, without a copy
/// of the datagram and with its counter.
fn stamps(departures: bool, counted: bool) -> TimestampingFlag {
    let mut flags = TimestampingFlag::SOF_TIMESTAMPING_SOFTWARE
        | TimestampingFlag::SOF_TIMESTAMPING_RX_SOFTWARE
        | TimestampingFlag::SOF_TIMESTAMPING_OPT_TSONLY;
    flags.set(TimestampingFlag::SOF_TIMESTAMPING_TX_SOFTWARE, departures);
    flags.set(TimestampingFlag::SOF_TIMESTAMPING_OPT_ID, counted);
    flags
}

/// Whether this error may be that of an earlier datagram: those that ICMP and `ICMPv6` errors are turned into.
fn may_be_pending(error: Errno) -> bool {
    matches!(
        error,
        Errno::ECONNREFUSED
            | Errno::EHOSTUNREACH
            | Errno::ENETUNREACH
            | Errno::EHOSTDOWN
            | Errno::ENONET
            | Errno::ENOPROTOOPT
            | Errno::EPROTO
            | Errno::EOPNOTSUPP
            | Errno::EACCES
            | Errno::EMSGSIZE
    )
}

fn name(error: Errno) -> String {
    format!("{error:?}")
}

#[cfg(test)]
mod tests {
    use std::process::Command;
    use std::time::Duration;

    use super::*;
    use crate::core::time::{SECOND, nanos};
    use crate::net::recv_batch;
    use crate::net::testing::skip;
    use crate::net::{Clock, EventWaiter};
    use crate::rerun::{self, test_path};

    fn loopback() -> Endpoint {
        Endpoint::bind("127.0.0.1:0".parse().unwrap()).unwrap()
    }

    fn tag(number: u64) -> MessageTag {
        MessageTag { number, peer: 3 }
    }

    /// An address on which nothing listens.
    fn closed(address: &str) -> SocketAddr {
        Endpoint::bind(address.parse().unwrap()).unwrap().local_addr()
    }

    /// Waits for what the kernel has to say, at most five seconds for each event.
    fn wait_for_events(endpoint: &mut Endpoint, wanted: usize) -> Vec<SocketEvent> {
        let clock = Clock::start();
        let mut waiter = EventWaiter::listening_to(clock, &[]).unwrap();
        let mut events = endpoint.events();
        while events.len() < wanted {
            let woken = waiter.wait(endpoint, Some(clock.mono().plus(Duration::from_secs(5)))).unwrap();
            assert!(woken.socket, "{wanted} events wanted, these came: {events:?}");
            events.extend(endpoint.events());
        }
        events
    }

    fn receive(endpoint: &mut Endpoint, buffer: &mut [u8]) -> RecvMeta {
        let clock = Clock::start();
        let mut waiter = EventWaiter::listening_to(clock, &[]).unwrap();
        let deadline = clock.mono().plus(Duration::from_secs(5));
        loop {
            if let Some(arrival) = endpoint.recv(buffer).unwrap() {
                return arrival;
            }
            assert!(!waiter.wait(endpoint, Some(deadline)).unwrap().deadline, "nothing came");
        }
    }

    fn departed(events: &[SocketEvent]) -> Vec<u64> {
        let number = |event: &SocketEvent| match event {
            SocketEvent::TxTimestamp { tag, .. } => Some(tag.number),
            SocketEvent::IcmpError { .. } => None,
        };
        events.iter().filter_map(number).collect()
    }

    /// Sockets whose being there keeps receive stamps switched on in the kernel, once they are.
    fn with_stamps_on() -> (Endpoint, Endpoint) {
        let (mut client, mut server) = (loopback(), loopback());
        let clock = Clock::start();
        loop {
            client.send(b"", server.local_addr(), tag(0));
            if receive(&mut server, &mut []).kernel.is_some() {
                return (client, server);
            }
            client.events();
            assert!(clock.mono().0 < 5 * SECOND, "no stamps");
            std::thread::yield_now();
        }
    }

    fn exchange_with_stamps(client: &str, server: &str, target: impl Fn(u16) -> SocketAddr, seen_from: IpAddr) {
        let _on = with_stamps_on();
        let mut client = Endpoint::bind(client.parse().unwrap()).unwrap();
        let mut server = Endpoint::bind(server.parse().unwrap()).unwrap();
        let mut buffer = [0; 2048];
        assert_eq!(server.recv(&mut buffer).unwrap(), None);

        let before = wall();
        let target = target(server.local_addr().port());
        assert_eq!(client.send(b"Mensagem 7", target, tag(7)), SendResult::Sent);
        let arrival = receive(&mut server, &mut buffer);
        let after = wall();
        assert_eq!(&buffer[..arrival.length], b"Mensagem 7");
        assert_eq!(arrival.from, SocketAddr::new(seen_from, client.local_addr().port()));
        let received = arrival.kernel.expect("a receive stamp");
        assert!(before <= received && received <= after);

        let [SocketEvent::TxTimestamp { tag: of, kernel }] = wait_for_events(&mut client, 1)[..] else {
            panic!("no stamp")
        };
        assert_eq!(of, tag(7));
        assert!(before <= kernel && kernel <= received, "it left before it came");

        assert_eq!(server.send(b"ACK 7", arrival.from, tag(7)), SendResult::Sent);
        let reply = receive(&mut client, &mut buffer);
        assert_eq!((&buffer[..reply.length], reply.from), (&b"ACK 7"[..], target));
    }

    #[test]
    fn messages_go_both_ways_with_the_kernels_stamps() {
        let target = |port| SocketAddr::from(([127, 0, 0, 1], port));
        exchange_with_stamps("127.0.0.1:0", "127.0.0.1:0", target, [127, 0, 0, 1].into());
    }

    #[test]
    fn a_rehearsal_sends_nothing_and_keeps_stamps_in_step() {
        let _on = with_stamps_on();
        let (mut client, mut server) = (loopback(), loopback());
        for number in 1..=3 {
            client.warm_up(server.local_addr());
            assert_eq!(client.send(b"x", server.local_addr(), tag(number)), SendResult::Sent);
            assert_eq!(receive(&mut server, &mut [0; 10]).length, 1);
        }
        assert_eq!(server.recv(&mut [0; 10]).unwrap(), None);
        assert_eq!(departed(&wait_for_events(&mut client, 3)), [1, 2, 3]);
    }

    #[test]
    fn a_sleep_in_the_reading_ends_with_a_datagram_and_by_itself() {
        let clock = Clock::start();
        let (mut client, mut server) = (loopback(), loopback());
        let mut batch = RecvBatch::default();
        client.send(b"Mensagem 7", server.local_addr(), tag(7));
        let at = server.recv_next(&mut batch, &clock).unwrap();
        let texts: Vec<&[u8]> = batch.datagrams().map(|(_, text)| text).collect();
        assert_eq!(texts, [b"Mensagem 7"]);
        let woken = server.recv_next(&mut batch, &clock).unwrap();
        assert!(batch.is_empty() && woken.mono.since(at.mono) >= nanos(MAX_SLEEP) / 2, "{woken:?}");
    }

    #[test]
    fn a_refusal_ends_a_sleep_in_the_reading() {
        let mut endpoint = loopback();
        assert_eq!(endpoint.send(b"1", closed("127.0.0.1:0"), tag(1)), SendResult::Sent);
        endpoint.recv_next(&mut RecvBatch::default(), &Clock::start()).unwrap();
        assert!(endpoint.has_events());
    }

    fn has_ipv6() -> bool {
        let has = UdpSocket::bind("[::1]:0").is_ok();
        if !has {
            skip("IPv6 on loopback", "this machine has none");
        }
        has
    }

    #[test]
    fn ipv6_works_alike() {
        if has_ipv6() {
            let ip: IpAddr = "::1".parse().unwrap();
            exchange_with_stamps("[::1]:0", "[::1]:0", |port| SocketAddr::new(ip, port), ip);
        }
    }

    #[test]
    fn an_ipv6_socket_serves_ipv4_and_shows_its_addresses_plainly() {
        if has_ipv6() {
            let (v4, v6): (IpAddr, IpAddr) = ([127, 0, 0, 1].into(), "::1".parse().unwrap());
            exchange_with_stamps("127.0.0.1:0", "[::]:0", |port| SocketAddr::new(v4, port), v4);
            exchange_with_stamps("[::]:0", "127.0.0.1:0", |port| SocketAddr::new(v4, port), v4);
            exchange_with_stamps("[::]:0", "[::]:0", |port| SocketAddr::new(v6, port), v6);
        }
    }

    fn a_closed_port_refuses(bind: &str, closed: SocketAddr, refusal: (u8, u8)) {
        let mut endpoint = Endpoint::bind(bind.parse().unwrap()).unwrap();
        // The error of each message is pending when the next one is sent, which must not suffer from it.
        for number in 1..=5 {
            let text = format!("Mensagem {number}");
            assert_eq!(endpoint.send(text.as_bytes(), closed, tag(number)), SendResult::Sent, "{number}");
        }
        // Each message has its stamp and its error.
        let events = wait_for_events(&mut endpoint, 10);
        let refused: Vec<&SocketEvent> =
            events.iter().filter(|event| matches!(event, SocketEvent::IcmpError { .. })).collect();
        for (number, event) in (1..).zip(&refused) {
            let expected = SocketEvent::IcmpError {
                tag: Some(tag(number)),
                to: closed,
                quoted: format!("Mensagem {number}").into_bytes(),
                from: Some(closed.ip()),
                kind: refusal.0,
                code: refusal.1,
            };
            assert_eq!(**event, expected);
        }
        assert_eq!((refused.len(), departed(&events)), (5, vec![1, 2, 3, 4, 5]));
        assert_eq!(endpoint.recv(&mut [0; 10]).unwrap(), None);
    }

    #[test]
    fn a_closed_port_is_told_of_the_message_that_found_it_closed() {
        a_closed_port_refuses("127.0.0.1:0", closed("127.0.0.1:0"), (3, 3));
        if has_ipv6() {
            a_closed_port_refuses("[::1]:0", closed("[::1]:0"), (1, 4));
            a_closed_port_refuses("[::]:0", closed("127.0.0.1:0"), (3, 3));
        }
    }

    #[test]
    fn a_pending_error_neither_fails_nor_hides_a_receive() {
        let mut endpoint = loopback();
        let mut other = loopback();
        assert_eq!(endpoint.send(b"1", closed("127.0.0.1:0"), tag(1)), SendResult::Sent);
        other.send(b"2", endpoint.local_addr(), tag(2));
        let arrival = receive(&mut endpoint, &mut [0; 10]);
        assert_eq!(arrival.from, other.local_addr());
        let events = wait_for_events(&mut endpoint, 2);
        assert!(
            events.iter().any(|event| matches!(event, SocketEvent::IcmpError { tag: Some(of), .. } if *of == tag(1)))
        );
    }

    fn refusal(outcome: SendResult) -> String {
        match outcome {
            SendResult::Failed { name, errno } => {
                assert_eq!(name, format!("{:?}", Errno::from_raw(errno)));
                name
            }
            other => panic!("not refused: {other:?}"),
        }
    }

    #[test]
    fn stamps_find_their_messages_after_sends_that_failed() {
        let mut endpoint = loopback();
        let to = loopback();
        let to = to.local_addr();
        let too_long = vec![b'x'; 70_000];
        let mut expected = Vec::new();
        let mut events = Vec::new();
        for number in 0..40 {
            match number % 4 {
                1 => assert_eq!(refusal(endpoint.send(&too_long, to, tag(number))), "EMSGSIZE"),
                3 => {
                    let port_0 = SocketAddr::new(to.ip(), 0);
                    assert_eq!(refusal(endpoint.send(b"x", port_0, tag(number))), "EINVAL");
                }
                _ => {
                    assert_eq!(endpoint.send(b"x", to, tag(number)), SendResult::Sent);
                    expected.push(number);
                }
            }
            // Read at once at times, and at times only after the next sends.
            if number % 7 == 0 {
                events.extend(endpoint.events());
            }
        }
        let missing = expected.len() - events.len();
        events.extend(wait_for_events(&mut endpoint, missing));
        assert_eq!(departed(&events), expected);
        // An IPv4 socket has no way to an IPv6 address.
        let v6 = "[::1]:9".parse().unwrap();
        assert_eq!(refusal(endpoint.send(b"x", v6, tag(99))), "EAFNOSUPPORT");
    }

    #[test]
    fn errors_are_reported_without_transmit_timestamps() {
        let (mut endpoint, to) = (loopback(), loopback());
        assert_eq!(endpoint.send(b"1", to.local_addr(), tag(1)), SendResult::Sent);
        endpoint.set_tx_timestamping(false);
        for number in 2..=4 {
            assert_eq!(endpoint.send(b"x", to.local_addr(), tag(number)), SendResult::Sent);
        }
        assert_eq!(endpoint.send(b"5", closed("127.0.0.1:0"), tag(5)), SendResult::Sent);
        assert!(!endpoint.has_events());
        // The error of message 5 is pending: the next send meets it, is made again, and leaves it to be read.
        assert_eq!(endpoint.send(b"x", to.local_addr(), tag(6)), SendResult::Sent);
        assert!(endpoint.has_events());
        endpoint.set_tx_timestamping(true);
        assert_eq!(endpoint.send(b"7", to.local_addr(), tag(7)), SendResult::Sent);
        let events = wait_for_events(&mut endpoint, 3);
        assert_eq!(departed(&events), [1, 7]);
        assert!(
            events.iter().any(|event| matches!(event, SocketEvent::IcmpError { tag: Some(of), .. } if *of == tag(5)))
        );
    }

    #[test]
    fn a_batch_keeps_the_order_timestamps_and_senders() {
        let _on = with_stamps_on();
        let (mut one, mut other, mut server) = (loopback(), loopback(), loopback());
        let count = 3 * u64::try_from(recv_batch::MAX_BATCH).unwrap();
        for number in 0..count {
            let sender = if number % 3 == 0 { &mut other } else { &mut one };
            let text = format!("{number:>width$}", width = 1 + number as usize * 7);
            assert_eq!(sender.send(text.as_bytes(), server.local_addr(), tag(number)), SendResult::Sent);
        }
        let mut batch = RecvBatch::default();
        let mut expected = 0;
        let mut sizes = Vec::new();
        loop {
            let more = server.recv_batch(&mut batch).unwrap();
            sizes.push(batch.len());
            for (arrival, text) in batch.datagrams() {
                let sender = if expected % 3 == 0 { &other } else { &one };
                assert_eq!(arrival.from, sender.local_addr());
                assert!(arrival.kernel.is_some());
                assert_eq!(text.len(), 1 + expected as usize * 7);
                assert_eq!(String::from_utf8_lossy(text).trim(), expected.to_string());
                expected += 1;
            }
            if !more {
                break;
            }
        }
        assert_eq!(expected, count);
        assert!(sizes[0] == 1 && sizes.contains(&recv_batch::MAX_BATCH), "{sizes:?}");
        assert!(!server.recv_batch(&mut batch).unwrap() && batch.is_empty());
    }

    #[test]
    fn a_pending_error_does_not_hide_a_batch() {
        let (mut endpoint, mut other) = (loopback(), loopback());
        let mut batch = RecvBatch::default();
        // The first reading makes it ask for several.
        other.send(b"1", endpoint.local_addr(), tag(1));
        receive_batch(&mut endpoint, &mut batch, 1);
        assert_eq!(endpoint.send(b"2", closed("127.0.0.1:0"), tag(2)), SendResult::Sent);
        for number in 3..=5 {
            other.send(b"x", endpoint.local_addr(), tag(number));
        }
        assert_eq!(receive_batch(&mut endpoint, &mut batch, 3), 3);
        let events = wait_for_events(&mut endpoint, 2);
        assert!(
            events.iter().any(|event| matches!(event, SocketEvent::IcmpError { tag: Some(of), .. } if *of == tag(2)))
        );
    }

    fn receive_batch(endpoint: &mut Endpoint, batch: &mut RecvBatch, wanted: usize) -> usize {
        let clock = Clock::start();
        let mut waiter = EventWaiter::listening_to(clock, &[]).unwrap();
        let deadline = clock.mono().plus(Duration::from_secs(5));
        let mut received_count = 0;
        while received_count < wanted {
            endpoint.recv_batch(batch).unwrap();
            received_count += batch.len();
            if batch.is_empty() {
                assert!(!waiter.wait(endpoint, Some(deadline)).unwrap().deadline, "nothing came");
            }
        }
        received_count
    }

    #[test]
    fn the_sockets_own_counter_counts_exactly_what_found_no_room() {
        let mut server = loopback();
        let mut client = loopback();
        assert_eq!(server.socket_drops(), Some(0));
        let asked = 8 * 1024;
        let granted = server.set_receive_buffer(asked).unwrap();
        assert!((asked..=4 * asked).contains(&granted), "{granted}");
        for number in 0..100 {
            assert_eq!(client.send(&[b'x'; 500], server.local_addr(), tag(number)), SendResult::Sent);
        }
        let mut read = 0;
        while server.recv(&mut [0; 600]).unwrap().is_some() {
            read += 1;
        }
        assert!(read > 0 && read < 100, "{read}");
        assert_eq!(server.socket_drops(), Some(100 - read));
        assert_eq!(client.socket_drops(), Some(0));
    }

    #[test]
    fn longer_datagrams_are_cut_to_the_buffer() {
        let (mut client, mut server) = (loopback(), loopback());
        client.send(b"0123456789", server.local_addr(), tag(1));
        let mut buffer = [0; 4];
        assert_eq!(receive(&mut server, &mut buffer).length, 4);
        assert_eq!(&buffer, b"0123");
        // An empty one is a datagram too.
        client.send(b"", server.local_addr(), tag(2));
        assert_eq!(receive(&mut server, &mut buffer).length, 0);
    }

    /// Runs the calling test again in a network namespace of its own, where it may rearrange what it likes. True in
    /// there; false outside, once the inner run has passed.
    fn in_namespace(test: &str, tools: &[&str]) -> bool {
        const INSIDE: &str = "MEDIDOR_TEST_NAMESPACE";
        if std::env::var_os(INSIDE).is_some() {
            return true;
        }
        for (tool, ask) in tools.iter().map(|tool| (*tool, "-V")).chain([("unshare", "--version")]) {
            if Command::new(tool).arg(ask).output().is_err() {
                skip(test, &format!("no {tool}"));
                return false;
            }
        }
        if !Command::new("unshare").args(["--net", "true"]).status().is_ok_and(|status| status.success()) {
            skip(test, "no right to make a network namespace");
            return false;
        }
        let mut inner = Command::new("unshare");
        rerun::append(inner.arg("--net"), test);
        rerun::expect_one_passed(test, &inner.env(INSIDE, "1").output().unwrap());
        false
    }

    /// Runs a command line in the namespace.
    fn run(line: &str) {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let output = Command::new(fields[0]).args(&fields[1..]).output().unwrap();
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    }

    #[test]
    fn a_datagram_dropped_by_the_qdisc_has_no_transmit_timestamp() {
        if !in_namespace(test_path!("a_datagram_dropped_by_the_qdisc_has_no_transmit_timestamp"), &["ip", "tc"]) {
            return;
        }
        run("ip link add d0 type veth peer name d1");
        run("ip link set d1 up");
        run("ip addr add 198.18.0.1/24 dev d0");
        run("ip link set d0 up");
        run("ip neigh add 198.18.0.2 lladdr 02:00:00:00:00:02 dev d0");
        run("tc qdisc add dev d0 root tbf rate 400kbit burst 2000 limit 6000");

        let mut endpoint = Endpoint::bind("198.18.0.1:0".parse().unwrap()).unwrap();
        let to = "198.18.0.2:5005".parse().unwrap();
        let mut taken = Vec::new();
        for number in 0..30 {
            match endpoint.send(&[b'x'; 1000], to, tag(number)) {
                SendResult::Sent => taken.push(number),
                SendResult::DroppedLocally(name) => assert_eq!(name, "ENOBUFS"),
                other @ SendResult::Failed { .. } => panic!("{other:?}"),
            }
        }
        assert!((2..30).contains(&taken.len()), "{taken:?}");
        // While these wait in the queue, sends fail and the counting begins anew.
        assert_eq!(refusal(endpoint.send(&vec![b'x'; 70_000], to, tag(98))), "EMSGSIZE");
        assert_eq!(refusal(endpoint.send(b"x", "203.0.113.1:1".parse().unwrap(), tag(99))), "ENETUNREACH");
        let events = wait_for_events(&mut endpoint, taken.len());
        assert_eq!(departed(&events), taken);
    }

    #[test]
    fn a_full_buffer_is_waited_for() {
        if !in_namespace(test_path!("a_full_buffer_is_waited_for"), &["ip", "tc"]) {
            return;
        }
        run("ip link add d0 type veth peer name d1");
        run("ip link set d1 up");
        run("ip addr add 198.18.0.1/24 dev d0");
        run("ip link set d0 up");
        run("ip neigh add 198.18.0.2 lladdr 02:00:00:00:00:02 dev d0");
        // More room in the queue than in the socket: it is the socket that is full. 60 datagrams take about 0.6 s.
        run("tc qdisc add dev d0 root tbf rate 800kbit burst 2000 limit 1000000");
        let mut endpoint = Endpoint::bind("198.18.0.1:0".parse().unwrap()).unwrap();
        setsockopt(&endpoint.socket, sockopt::SndBuf, &8192).unwrap();
        let to = "198.18.0.2:5005".parse().unwrap();
        let mut longest = 0;
        let clock = Clock::start();
        for number in 0..60 {
            let start = clock.mono();
            assert_eq!(endpoint.send(&[b'x'; 1000], to, tag(number)), SendResult::Sent);
            longest = longest.max(clock.mono().since(start));
        }
        assert!(longest > 5_000_000, "no send had to wait: {longest} ns at most");
        // A socket whose device takes nothing at all is given up, by the name of the error.
        run("tc qdisc replace dev d0 root tbf rate 1kbit burst 2000 limit 1000000");
        let refused = (60..100).map(|number| endpoint.send(&[b'x'; 1000], to, tag(number)));
        let refused: Vec<SendResult> = refused.filter(|outcome| *outcome != SendResult::Sent).take(1).collect();
        assert_eq!(refused.into_iter().map(refusal).collect::<Vec<_>>(), ["EAGAIN"]);
    }

    #[test]
    fn a_send_forbidden_by_the_firewall_fails_with_eperm() {
        if !in_namespace(test_path!("a_send_forbidden_by_the_firewall_fails_with_eperm"), &["ip", "nft"]) {
            return;
        }
        run("ip link set lo up");
        run("nft add table ip t");
        run("nft add chain ip t o { type filter hook output priority 0 ; }");
        run("nft add rule ip t o udp dport 5005 drop");
        let (mut endpoint, server) = (loopback(), loopback());
        for number in 0..10 {
            if number % 2 == 0 {
                let outcome = endpoint.send(b"x", "127.0.0.1:5005".parse().unwrap(), tag(number));
                assert_eq!(refusal(outcome), "EPERM");
            } else {
                assert_eq!(endpoint.send(b"x", server.local_addr(), tag(number)), SendResult::Sent);
            }
        }
        assert_eq!(departed(&wait_for_events(&mut endpoint, 5)), [1, 3, 5, 7, 9]);
    }

    #[test]
    fn a_bare_namespace_has_no_gateway_and_no_way_out() {
        use crate::net::address::{addresses, default_gateway, gateway_towards, local_address_towards};
        if !in_namespace(test_path!("a_bare_namespace_has_no_gateway_and_no_way_out"), &["ip"]) {
            return;
        }
        let far = "203.0.113.1:9".parse().unwrap();
        assert_eq!((default_gateway(), gateway_towards([203, 0, 113, 1].into())), (None, None));
        assert!(local_address_towards(far).is_err());
        run("ip link add d0 type veth peer name d1");
        run("ip link set d1 up");
        run("ip addr add 198.18.0.1/24 dev d0");
        run("ip link set d0 up");
        run("ip route add default via 198.18.0.254");
        assert_eq!(default_gateway(), Some([198, 18, 0, 254].into()));
        assert_eq!(gateway_towards([203, 0, 113, 1].into()), Some([198, 18, 0, 254].into()));
        assert_eq!(gateway_towards([198, 18, 0, 9].into()), None, "a neighbour");
        assert_eq!(local_address_towards(far).unwrap(), IpAddr::from([198, 18, 0, 1]));
        assert!(addresses().contains(&[198, 18, 0, 1].into()));
    }
}
