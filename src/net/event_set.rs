//! Waits for a set of descriptors with epoll(7). The set is a descriptor itself.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};

use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

/// Events taken at once; the others are taken the next time.
const MAX_EVENTS: usize = 256;

/// The events to wait for. Errors and hang-ups are always reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interest {
    /// Something can be read, or the other end has ended its direction.
    pub read: bool,
    pub write: bool,
}

impl Interest {
    pub const READ: Self = Self { read: true, write: false };

    fn flags(self) -> EpollFlags {
        let mut flags = EpollFlags::empty();
        flags.set(EpollFlags::EPOLLIN | EpollFlags::EPOLLRDHUP, self.read);
        flags.set(EpollFlags::EPOLLOUT, self.write);
        flags
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ready {
    pub key: u64,
    /// It is to be read, be it for an error or its end.
    pub read: bool,
    pub write: bool,
}

/// A set of descriptors, each under a key. Closing a descriptor takes it out.
#[derive(Debug)]
pub struct EventSet(Epoll);

impl EventSet {
    /// An empty set.
    ///
    /// # Errors
    /// Those of `epoll_create()`.
    pub fn new() -> io::Result<Self> {
        Ok(Self(Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?))
    }

    /// Adds a descriptor.
    ///
    /// # Errors
    /// Those of `epoll_ctl()`.
    pub fn add(&self, file: impl AsFd, key: u64, interest: Interest) -> io::Result<()> {
        Ok(self.0.add(file, EpollEvent::new(interest.flags(), key))?)
    }

    /// Changes the events to wait for.
    ///
    /// # Errors
    /// Those of `epoll_ctl()`.
    pub fn modify(&self, file: impl AsFd, key: u64, interest: Interest) -> io::Result<()> {
        Ok(self.0.modify(file, &mut EpollEvent::new(interest.flags(), key))?)
    }

    /// Takes a descriptor out.
    ///
    /// # Errors
    /// Those of `epoll_ctl()`.
    pub fn remove(&self, file: impl AsFd) -> io::Result<()> {
        Ok(self.0.delete(file)?)
    }

    /// The descriptors that need attention now. Never blocks.
    ///
    /// # Errors
    /// Those of `epoll_wait()`.
    pub fn ready(&self) -> io::Result<Vec<Ready>> {
        let mut events = [EpollEvent::empty(); MAX_EVENTS];
        let count = self.0.wait(&mut events, EpollTimeout::ZERO)?;
        let reading = EpollFlags::EPOLLIN | EpollFlags::EPOLLRDHUP | EpollFlags::EPOLLHUP | EpollFlags::EPOLLERR;
        let ready = |event: &EpollEvent| Ready {
            key: event.data(),
            read: event.events().intersects(reading),
            write: event.events().contains(EpollFlags::EPOLLOUT),
        };
        Ok(events[..count].iter().map(ready).collect())
    }
}

impl AsFd for EventSet {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.0.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::os::unix::net::UnixStream;

    use super::*;

    #[test]
    fn each_descriptor_is_reported_under_its_key() {
        let (set, (mut near, far)) = (EventSet::new().unwrap(), UnixStream::pair().unwrap());
        set.add(&far, 7, Interest::READ).unwrap();
        assert_eq!(set.ready().unwrap(), []);
        near.write_all(b"x").unwrap();
        assert_eq!(set.ready().unwrap(), [Ready { key: 7, read: true, write: false }]);
        set.modify(&far, 8, Interest { read: false, write: true }).unwrap();
        assert_eq!(set.ready().unwrap(), [Ready { key: 8, read: false, write: true }]);
        // The end of both directions is reported whatever was asked for.
        drop(near);
        set.modify(&far, 9, Interest { read: false, write: false }).unwrap();
        assert_eq!(set.ready().unwrap(), [Ready { key: 9, read: true, write: false }]);
        set.remove(&far).unwrap();
        assert_eq!(set.ready().unwrap(), []);
    }
}
