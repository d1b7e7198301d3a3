//! The sockets of a relay: one towards all clients, and for each client one towards the server, so that replies find
//! their client.

use std::collections::BTreeMap;
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::{AsFd, BorrowedFd};

use super::event_set::{EventSet, Interest};

/// Marks the listening socket among the events; clients have 32-bit indexes.
const LISTENING: u64 = u64::MAX;

const MAX_DATAGRAM: usize = 65_536;

/// Datagrams read from one socket before the others get their turn.
const READ_BATCH: usize = 64;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelaySource {
    Client(SocketAddr),
    /// From the server, for the client of this index.
    Server(u32),
}

#[derive(Debug)]
pub struct RelaySockets {
    events: EventSet,
    listening: UdpSocket,
    to: SocketAddr,
    ways: BTreeMap<u32, UdpSocket>,
    buffer: Vec<u8>,
    is_refused: bool,
}

impl RelaySockets {
    /// Listens for clients of the server at `to`.
    ///
    /// # Errors
    /// Those of `bind()` and `epoll_create()`.
    pub fn open(listen: SocketAddr, to: SocketAddr) -> io::Result<Self> {
        let listening = UdpSocket::bind(listen)?;
        listening.set_nonblocking(true)?;
        let events = EventSet::new()?;
        events.add(&listening, LISTENING, Interest::READ)?;
        Ok(Self { events, listening, to, ways: BTreeMap::new(), buffer: vec![0; MAX_DATAGRAM], is_refused: false })
    }

    /// Where clients are listened for.
    ///
    /// # Errors
    /// Those of `getsockname()`.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listening.local_addr()
    }

    /// Opens a client's path to the server; the server sees its address instead of the client's. Returns that address.
    ///
    /// # Errors
    /// Those of `bind()` and `connect()`.
    pub fn open_path(&mut self, client: u32) -> io::Result<SocketAddr> {
        let way = UdpSocket::bind(super::address::unspecified_like(self.to))?;
        way.connect(self.to)?;
        way.set_nonblocking(true)?;
        self.events.add(&way, client.into(), Interest::READ)?;
        let address = way.local_addr()?;
        self.ways.insert(client, way);
        Ok(address)
    }

    pub fn close_path(&mut self, client: u32) {
        // Closing the socket takes it off the list too.
        self.ways.remove(&client);
    }

    /// Reads what has come, and hands each datagram over. Whatever a socket reports besides is an earlier datagram's fate,
    /// which the sender has to find out by itself, as on any network.
    ///
    /// # Errors
    /// Those of `epoll_wait()`.
    pub fn receive(&mut self, mut hand_over: impl FnMut(RelaySource, &[u8])) -> io::Result<()> {
        for event in self.events.ready()? {
            for _ in 0..READ_BATCH {
                let received = if event.key == LISTENING {
                    self.listening.recv_from(&mut self.buffer).map(|(length, from)| (length, RelaySource::Client(from)))
                } else {
                    let client = event.key as u32;
                    let Some(way) = self.ways.get(&client) else { break };
                    way.recv(&mut self.buffer).map(|length| (length, RelaySource::Server(client)))
                };
                match received {
                    Ok((length, origin)) => hand_over(origin, &self.buffer[..length]),
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                    Err(error) => {
                        self.is_refused |= event.key != LISTENING && error.kind() == io::ErrorKind::ConnectionRefused;
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether an ICMP error has said that nothing listens at the server's address.
    pub const fn is_refused(&self) -> bool {
        self.is_refused
    }

    /// Sends a client's datagram to the server; whether the system took it.
    pub fn to_server(&self, client: u32, payload: &[u8]) -> bool {
        self.ways.get(&client).is_some_and(|way| way.send(payload).is_ok())
    }

    /// Sends a datagram to a client; whether the system took it.
    pub fn to_client(&self, addr: SocketAddr, payload: &[u8]) -> bool {
        self.listening.send_to(payload, addr).is_ok()
    }
}

impl AsFd for RelaySockets {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.events.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_clients_replies_find_their_way_back() {
        let server = UdpSocket::bind("127.0.0.1:0").unwrap();
        let mut switch = RelaySockets::open("127.0.0.1:0".parse().unwrap(), server.local_addr().unwrap()).unwrap();
        let clients = [0, 1].map(|_| UdpSocket::bind("127.0.0.1:0").unwrap());
        for (index, client) in clients.iter().enumerate() {
            switch.open_path(index as u32).unwrap();
            client.send_to(&[index as u8], switch.local_addr().unwrap()).unwrap();
        }
        let mut received = Vec::new();
        switch.receive(|origin, text| received.push((origin, text.to_vec()))).unwrap();
        for (index, client) in clients.iter().enumerate() {
            let origin = RelaySource::Client(client.local_addr().unwrap());
            assert!(received.contains(&(origin, vec![index as u8])));
            assert!(switch.to_server(index as u32, &[index as u8]));
        }
        let mut buffer = [0; 16];
        for _ in 0..2 {
            let (length, from) = server.recv_from(&mut buffer).unwrap();
            server.send_to(&buffer[..length], from).unwrap();
        }
        let mut back = Vec::new();
        while back.len() < 2 {
            switch.receive(|origin, text| back.push((origin, text.to_vec()))).unwrap();
        }
        back.sort_by_key(|(_, text)| text.clone());
        assert_eq!(back, [(RelaySource::Server(0), vec![0]), (RelaySource::Server(1), vec![1])]);
        switch.close_path(0);
        assert!(!switch.to_server(0, b"x"));
    }
}
