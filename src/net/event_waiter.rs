//! Waits for a socket, a signal or a deadline.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll, ppoll};
use nix::sys::time::TimeSpec;

use super::clock::Clock;
use super::signals::{END_SIGNALS, Signals};
use crate::core::time::Mono;

/// What ended a [`EventWaiter::wait`]; several may hold at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wakeup {
    /// The socket has a datagram or an entry in its error queue.
    pub socket: bool,
    /// The socket has an entry in its error queue.
    pub errors: bool,
    /// The other descriptor of [`EventWaiter::wait_with`] can be read.
    pub other: bool,
    /// Ctrl-C or SIGTERM arrived since the last wait.
    pub signal: bool,
    pub deadline: bool,
}

/// Waits on a socket, on the signals that end a run ([`Signals`]), and on the clock. Many descriptors are one as an
/// [`EventSet`](super::event_set::EventSet).
pub struct EventWaiter {
    clock: Clock,
    signals: Signals,
}

impl EventWaiter {
    /// Starts listening for SIGINT and SIGTERM. Deadlines are read on `clock`.
    ///
    /// # Errors
    /// Those of `socketpair()` and `sigaction()`.
    pub fn start(clock: Clock) -> io::Result<Self> {
        Self::listening_to(clock, &END_SIGNALS)
    }

    pub(super) fn listening_to(clock: Clock, wanted: &[i32]) -> io::Result<Self> {
        Ok(Self { clock, signals: Signals::with_signals(wanted)? })
    }

    /// Whether a signal asked for the end, at any time since the start.
    pub fn interrupted(&self) -> bool {
        self.signals.interrupted()
    }

    /// Sleeps until the socket or a signal asks for attention or the deadline is reached; without one, for as long as
    /// it takes. A deadline in the past only looks.
    ///
    /// # Errors
    /// Those of `ppoll()`.
    pub fn wait(&mut self, socket: &impl AsFd, deadline: Option<Mono>) -> io::Result<Wakeup> {
        self.wait_on(Some(socket.as_fd()), None, deadline)
    }

    /// As [`EventWaiter::wait`], and until another descriptor can be read, if there is one.
    ///
    /// # Errors
    /// Those of `ppoll()`.
    pub fn wait_with(
        &mut self,
        socket: &impl AsFd,
        other: Option<BorrowedFd<'_>>,
        deadline: Option<Mono>,
    ) -> io::Result<Wakeup> {
        self.wait_on(Some(socket.as_fd()), other, deadline)
    }

    /// Sleeps until a signal asks for attention or the deadline is reached, whatever arrives.
    ///
    /// # Errors
    /// Those of `ppoll()`.
    pub fn sleep_until(&mut self, deadline: Option<Mono>) -> io::Result<Wakeup> {
        self.wait_on(None, None, deadline)
    }

    /// Without a socket there is no other descriptor either.
    fn wait_on(
        &mut self,
        socket: Option<BorrowedFd<'_>>,
        other: Option<BorrowedFd<'_>>,
        deadline: Option<Mono>,
    ) -> io::Result<Wakeup> {
        loop {
            let left = deadline.map(|deadline| deadline.since(self.clock.mono()).max(0));
            let timeout = left.map(|ns| TimeSpec::from_duration(Duration::from_nanos(ns as u64)));
            // The error queue shows as POLLERR, which needs no asking for.
            let signals = self.signals.as_fd();
            let first = usize::from(socket.is_none()) + usize::from(other.is_none());
            let mut polled = [other.unwrap_or(signals), socket.unwrap_or(signals), signals]
                .map(|file| PollFd::new(file, PollFlags::POLLIN));
            match ppoll(&mut polled[first..], timeout, None) {
                Ok(_) | Err(Errno::EINTR) => {}
                Err(error) => return Err(error.into()),
            }
            // After an interrupted call the results are not written; the flags are empty then, as made.
            let [other_says, socket_says, signal_says] = polled.map(|fd| fd.revents().unwrap_or(PollFlags::empty()));
            let wakeup = Wakeup {
                socket: !socket_says.is_empty(),
                errors: socket_says.contains(PollFlags::POLLERR),
                other: !other_says.is_empty(),
                signal: !signal_says.is_empty() && self.signals.take(),
                deadline: deadline.is_some_and(|deadline| self.clock.mono() >= deadline),
            };
            if wakeup != Wakeup::default() {
                return Ok(wakeup);
            }
        }
    }
}

/// Waits until one of them can be read, or the time is over, which is rounded up to milliseconds. It does not wait for
/// signals: the threads of a transfer share the flag of one [`Signals`], and look at it after each wait.
pub fn wait_readable<const N: usize>(files: [BorrowedFd<'_>; N], max_wait: Duration) {
    let mut polled = files.map(|file| PollFd::new(file, PollFlags::POLLIN));
    // Whatever ends the waiting, the caller looks for itself. Below a millisecond it would not wait at all.
    _ = poll(&mut polled, milliseconds(max_wait));
}

/// Waits until it can be written to; false where that was not so in time, or a signal came. For a call that has to wait
/// in the middle of something else, and not longer than a signal may be kept waiting.
pub fn writable(file: &impl AsFd, max_wait: Duration) -> bool {
    let mut polled = [PollFd::new(file.as_fd(), PollFlags::POLLOUT)];
    poll(&mut polled, milliseconds(max_wait)).is_ok_and(|ready| ready > 0)
}

fn milliseconds(max_wait: Duration) -> PollTimeout {
    PollTimeout::from(u16::try_from(max_wait.as_micros().div_ceil(1000)).unwrap_or(u16::MAX))
}

#[cfg(test)]
mod tests {
    use std::net::UdpSocket;
    use std::os::unix::process::ExitStatusExt;
    use std::process::Command;

    use signal_hook::consts::{SIGINT, SIGTERM, SIGUSR1};
    use signal_hook::low_level;

    use super::*;
    use crate::core::time::SECOND;
    use crate::net::{Endpoint, MessageTag, SendResult};
    use crate::rerun;

    fn socket() -> UdpSocket {
        UdpSocket::bind("127.0.0.1:0").unwrap()
    }

    #[test]
    fn a_deadline_is_kept_to_within_a_fraction_of_a_millisecond() {
        let clock = Clock::start();
        let mut waiter = EventWaiter::listening_to(clock, &[]).unwrap();
        let socket = socket();
        // The machine may be busy: the best of a few is what the call can do. Whole milliseconds could not do it.
        let best = (0..20).map(|_| {
            let deadline = clock.mono().plus(Duration::from_micros(300));
            let woken = waiter.wait(&socket, Some(deadline)).unwrap();
            assert_eq!(woken, Wakeup { deadline: true, ..Wakeup::default() });
            let late = clock.mono().since(deadline);
            assert!(late >= 0, "woken before the deadline");
            late
        });
        assert!(best.min().unwrap() < SECOND / 2_000);
    }

    #[test]
    fn a_datagram_wakes_before_the_deadline() {
        let clock = Clock::start();
        let mut waiter = EventWaiter::listening_to(clock, &[]).unwrap();
        let socket = socket();
        socket.send_to(b"1", socket.local_addr().unwrap()).unwrap();
        let woken = waiter.wait(&socket, Some(clock.mono().plus(Duration::from_secs(60)))).unwrap();
        assert_eq!(woken, Wakeup { socket: true, ..Wakeup::default() });
    }

    #[test]
    fn another_descriptor_wakes_as_well() {
        let clock = Clock::start();
        let mut waiter = EventWaiter::listening_to(clock, &[]).unwrap();
        let (socket, other) = (socket(), socket());
        other.send_to(b"1", other.local_addr().unwrap()).unwrap();
        let deadline = Some(clock.mono().plus(Duration::from_secs(60)));
        let woken = waiter.wait_with(&socket, Some(other.as_fd()), deadline).unwrap();
        assert_eq!(woken, Wakeup { other: true, ..Wakeup::default() });
    }

    #[test]
    fn the_error_queue_wakes_as_well() {
        let closed = socket().local_addr().unwrap();
        let mut waiter = EventWaiter::listening_to(Clock::start(), &[]).unwrap();
        let mut endpoint = Endpoint::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        assert_eq!(endpoint.send(b"1", closed, MessageTag::default()), SendResult::Sent);
        assert!(waiter.wait(&endpoint, None).unwrap().socket);
    }

    #[test]
    fn a_signal_wakes_once_and_is_remembered() {
        let clock = Clock::start();
        let mut waiter = EventWaiter::listening_to(clock, &[SIGUSR1]).unwrap();
        let socket = socket();
        assert!(!waiter.interrupted());
        low_level::raise(SIGUSR1).unwrap();
        assert_eq!(waiter.wait(&socket, None).unwrap(), Wakeup { signal: true, ..Wakeup::default() });
        assert!(waiter.interrupted());
        let woken = waiter.wait(&socket, Some(clock.mono())).unwrap();
        assert_eq!(woken, Wakeup { deadline: true, ..Wakeup::default() }, "one signal is reported once");
    }

    /// Run anew as a process of its own, which a second signal is to kill.
    #[test]
    fn a_second_signal_ends_the_process_in_the_default_way() {
        const CHILD: &str = "MEDIDOR_TEST_SECOND_SIGNAL";
        if std::env::var_os(CHILD).is_some() {
            let mut waiter = EventWaiter::start(Clock::start()).unwrap();
            low_level::raise(SIGINT).unwrap();
            assert!(waiter.wait(&socket(), None).unwrap().signal);
            low_level::raise(SIGTERM).unwrap();
            unreachable!("the second signal kills");
        }
        let mut child = Command::new(rerun::this_binary());
        child.args(rerun::arguments(rerun::test_path!("a_second_signal_ends_the_process_in_the_default_way")));
        let child = child.env(CHILD, "1").output().unwrap();
        // Only the test itself raises the signal: the child has run it.
        assert_eq!(child.status.signal(), Some(SIGTERM), "{}", String::from_utf8_lossy(&child.stderr));
    }
}
