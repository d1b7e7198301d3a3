//! Receives several datagrams per call (recvmmsg(2)).

use std::io::IoSliceMut;
use std::net::UdpSocket;
use std::os::fd::AsRawFd;

use nix::cmsg_space;
use nix::sys::socket::{MsgFlags, MultiHeaders, SockaddrStorage, recvmmsg};
use nix::sys::time::TimeSpec;

use super::datagram::RecvMeta;

pub const MAX_BATCH: usize = 32;

/// Buffer per datagram: the largest UDP payload and a little more. Memory is only committed when used.
const MAX_DATAGRAM: usize = 65_536;

/// Room for datagrams, and those that were read last.
pub struct RecvBatch {
    buffer: Vec<u8>,
    /// The last datagrams, each with its place in the buffer.
    arrivals: Vec<(usize, RecvMeta)>,
    /// How many to ask for: preparing for many costs time, which a single datagram should not be kept waiting for.
    ask: usize,
}

impl Default for RecvBatch {
    fn default() -> Self {
        Self { buffer: vec![0; MAX_BATCH * MAX_DATAGRAM], arrivals: Vec::with_capacity(MAX_BATCH), ask: 1 }
    }
}

impl RecvBatch {
    /// How many datagrams were read last.
    pub fn len(&self) -> usize {
        self.arrivals.len()
    }

    pub fn is_empty(&self) -> bool {
        self.arrivals.is_empty()
    }

    /// The datagrams read last, in their order, with their texts.
    pub fn datagrams(&self) -> impl Iterator<Item = (RecvMeta, &[u8])> {
        self.arrivals.iter().map(|(place, arrival)| {
            let start = place * MAX_DATAGRAM;
            (*arrival, &self.buffer[start..start + arrival.length])
        })
    }

    pub(super) fn clear(&mut self) {
        self.arrivals.clear();
    }

    /// Room for the one datagram that is asked for, where it is one.
    pub(super) fn single(&mut self) -> Option<&mut [u8]> {
        if self.ask == 1 { Some(self.first()) } else { None }
    }

    pub(super) fn first(&mut self) -> &mut [u8] {
        &mut self.buffer[..MAX_DATAGRAM]
    }

    pub(super) fn push(&mut self, arrival: RecvMeta) {
        self.arrivals.push((0, arrival));
    }

    /// Reads what has arrived, up to the current batch size. Never blocks.
    pub(super) fn read(&mut self, socket: &UdpSocket) -> nix::Result<()> {
        // Made anew each time: after a call, the old ones hold the lengths that came and no longer those of the room.
        let mut headers = MultiHeaders::<SockaddrStorage>::preallocate(self.ask, Some(cmsg_space!([TimeSpec; 3])));
        let mut slices: Vec<[IoSliceMut<'_>; 1]> =
            self.buffer.chunks_exact_mut(MAX_DATAGRAM).take(self.ask).map(|room| [IoSliceMut::new(room)]).collect();
        let flags = MsgFlags::MSG_DONTWAIT;
        let messages = recvmmsg(socket.as_raw_fd(), &mut headers, slices.iter_mut(), flags, None)?;
        let arrivals = messages
            .enumerate()
            .filter_map(|(place, message)| Some((place, RecvMeta::from_message(&message, MAX_DATAGRAM)?)));
        self.arrivals.extend(arrivals);
        Ok(())
    }

    /// After a reading: whether there may be more, and how many to ask for next.
    pub(super) fn learn(&mut self) -> bool {
        let full = self.len() == self.ask;
        self.ask = if full { (self.ask * 4).min(MAX_BATCH) } else { self.len().clamp(1, MAX_BATCH) };
        full
    }
}
