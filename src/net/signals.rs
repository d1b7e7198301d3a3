//! SIGINT and SIGTERM: the only place where signal handlers are registered.

use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::{SigId, flag, low_level};

pub(super) const END_SIGNALS: [i32; 2] = [SIGINT, SIGTERM];

/// Listens for the signals that end a run.
///
/// The first SIGINT or SIGTERM sets a flag and makes the descriptor readable; a second one, of either kind, ends the
/// process at once in the default way, so that nothing that hangs can hold the user up. Dropping it stops listening.
pub struct Signals {
    pipe: UnixStream,
    interrupted: Arc<AtomicBool>,
    registered: Vec<SigId>,
}

impl Signals {
    /// Starts listening for SIGINT and SIGTERM.
    ///
    /// # Errors
    /// Those of `socketpair()` and `sigaction()`.
    pub fn new() -> io::Result<Self> {
        Self::with_signals(&END_SIGNALS)
    }

    pub(super) fn with_signals(wanted: &[i32]) -> io::Result<Self> {
        let (pipe, wake) = UnixStream::pair()?;
        pipe.set_nonblocking(true)?;
        let mut signals = Self { pipe, interrupted: Arc::default(), registered: Vec::new() };
        for &signal in wanted {
            // In this order: the first signal sets the flag, the second finds it set.
            let interrupted = &signals.interrupted;
            let second = flag::register_conditional_default(signal, Arc::clone(interrupted))?;
            signals.registered.push(second);
            let first = flag::register(signal, Arc::clone(&signals.interrupted))?;
            signals.registered.push(first);
            let pipe = low_level::pipe::register(signal, wake.try_clone()?)?;
            signals.registered.push(pipe);
        }
        Ok(signals)
    }

    /// Whether a signal asked for the end, at any time since the start.
    pub fn interrupted(&self) -> bool {
        self.interrupted.load(Ordering::SeqCst)
    }

    /// The same as a flag, for threads that share it.
    pub fn flag(&self) -> &AtomicBool {
        &self.interrupted
    }

    /// Empties the pipe, so that the next wait sleeps again; whether there was anything in it.
    pub(super) fn take(&mut self) -> bool {
        let mut bytes = [0; 64];
        let mut any = false;
        while matches!(self.pipe.read(&mut bytes), Ok(length) if length > 0) {
            any = true;
        }
        any
    }
}

impl AsFd for Signals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.pipe.as_fd()
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        for id in self.registered.drain(..) {
            low_level::unregister(id);
        }
    }
}
