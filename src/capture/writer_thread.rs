//! The thread that copies packets from the kernel's ring to the savefile, and its orderly shutdown.
//!
//! The kernel delivers packets in blocks, at most two retire timeouts after they arrived. So the thread runs a little longer
//! when it is stopped: closing at once would lose the last block, and no counter would show it.

use std::io::{self, PipeReader, PipeWriter};
use std::os::fd::AsFd;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::net::if_::if_indextoname;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use pcap::{Active, Capture};
use thiserror::Error;

use super::drop_counters::DropCounters;
use super::live::{LiveCapture, RETIRE_MS};
use super::packet_sink::PacketSink;
use super::pcap_error;
use super::savefile::Resolution;
use super::wall_clock;
use crate::core::evidence::journal_run::{CaptureCounters, CaptureEnd};
use crate::core::time::{SECOND, Wall, nanos};

const FLUSH: Duration = Duration::from_millis(200);

/// By then, every packet of a moment has been handed over: two retire timeouts, and one for the kernel's timers.
const RING_DRAIN_TIME: Duration = Duration::from_millis(RETIRE_MS as u64 * 3);

/// A stopping capture drains no longer than this, however fast packets keep coming.
const MAX_DRAIN: Duration = Duration::from_secs(5);

/// Packets taken between two looks at the clock.
const BATCH: usize = 4096;

/// The error that ended a capture early.
#[derive(Debug, Error)]
enum CaptureFailure {
    #[error("savefile: {0}")]
    Savefile(io::Error),
    #[error("libpcap: {0}")]
    Pcap(String),
    #[error("the interface {0} is gone")]
    Gone(String),
    #[error("poll: {0}")]
    Poll(Errno),
    #[error("the capture's thread panicked")]
    Panicked,
}

/// A capture under way. Dropping it ends the capture as well, without waiting for it.
#[derive(Debug)]
pub struct CaptureThread {
    thread: JoinHandle<CaptureEnd>,
    wake: PipeWriter,
    live: Wall,
}

impl CaptureThread {
    /// Starts the thread that copies packets to `keeper` and calls `counters` at each of its flushes, every 200 ms.
    ///
    /// # Errors
    /// The system has no thread or no pipe left.
    pub fn start(
        live: LiveCapture,
        partial_file: impl PacketSink + 'static,
        counters: impl Fn(CaptureCounters) + Send + 'static,
    ) -> io::Result<Self> {
        let (asked, wake) = io::pipe()?;
        let since = live.live();
        let mut capture_loop = CaptureLoop {
            resolution: live.resolution(),
            capture: live.capture,
            device: live.device,
            index: live.index,
            drop_counters: live.counters,
            sink: partial_file,
            asked,
            newest: since,
            complete: since,
        };
        let thread = thread::Builder::new().name("capture".to_owned()).spawn(move || capture_loop.run(&counters))?;
        Ok(Self { thread, wake, live: since })
    }

    /// Whether the capture ended with an error; [`Self::stop`] returns it.
    pub fn has_failed(&self) -> bool {
        self.thread.is_finished()
    }

    /// Ends the capture, with every packet up to now in the file.
    pub fn stop(self) -> CaptureEnd {
        drop(self.wake);
        self.thread.join().unwrap_or_else(|_| CaptureEnd {
            close: self.live,
            counters: CaptureCounters::default(),
            failure: Some(CaptureFailure::Panicked.to_string()),
        })
    }
}

struct CaptureLoop<K> {
    capture: Capture<Active>,
    device: String,
    index: Option<u32>,
    drop_counters: DropCounters,
    sink: K,
    resolution: Resolution,
    /// Hangs up when the capture is to stop.
    asked: PipeReader,
    newest: Wall,
    /// Up to here every packet is in the file.
    complete: Wall,
}

impl<K: PacketSink> CaptureLoop<K> {
    fn run(&mut self, counters: &impl Fn(CaptureCounters)) -> CaptureEnd {
        let outcome = self.copy(counters).and_then(|()| self.finish());
        let (close, failure) = match outcome {
            Ok(close) => (close, None),
            Err(failure) => {
                // After a failure of libpcap's there may still be packets to write; after one of the file's, this fails too.
                let _ = self.sink.flush();
                (self.complete.max(self.sink.last().unwrap_or(self.complete)), Some(failure.to_string()))
            }
        };
        self.sink.on_flushed_until(close);
        self.sink.on_end(failure.as_deref());
        let counters = self.drop_counters.read(&mut self.capture, self.sink.records());
        CaptureEnd { close, counters, failure }
    }

    /// Copies packets until the capture is stopped.
    fn copy(&mut self, counters: &impl Fn(CaptureCounters)) -> Result<(), CaptureFailure> {
        let mut due = Instant::now() + FLUSH;
        let mut drained = self.complete;
        loop {
            let before = wall_clock::now();
            let taken = self.take()?;
            if taken == 0 {
                drained = before.shifted(-nanos(RING_DRAIN_TIME));
            }
            if Instant::now() >= due {
                self.sink.flush().map_err(CaptureFailure::Savefile)?;
                self.complete = self.complete.max(drained);
                self.sink.on_flushed_until(self.complete);
                counters(self.drop_counters.read(&mut self.capture, self.sink.records()));
                self.check_interface()?;
                due = Instant::now() + FLUSH;
            }
            let timeout = if taken == 0 { due.saturating_duration_since(Instant::now()) } else { Duration::ZERO };
            if self.wait(timeout)? {
                return Ok(());
            }
        }
    }

    /// Drains what the kernel still holds, and gives the time up to which all is in the file.
    fn finish(&mut self) -> Result<Wall, CaptureFailure> {
        let asked = wall_clock::now();
        let begun = Instant::now();
        let close = loop {
            let taken = self.take()?;
            let waited = begun.elapsed();
            let past = waited >= RING_DRAIN_TIME && (taken == 0 || self.newest > asked);
            if past {
                break asked;
            }
            if waited >= MAX_DRAIN {
                break asked.min(self.newest);
            }
            if taken == 0 {
                // The pipe has hung up and would wake us at once: only the ring counts now.
                let ring = PollFd::new(self.capture.as_fd(), PollFlags::POLLIN);
                pause(&mut [ring], RING_DRAIN_TIME.saturating_sub(waited))?;
            }
        };
        self.sink.flush().map_err(CaptureFailure::Savefile)?;
        Ok(close)
    }

    /// Takes packets out of the ring, a batch at the most, and gives their number.
    fn take(&mut self) -> Result<usize, CaptureFailure> {
        let Self { capture, sink: packet_sink, resolution, newest, .. } = self;
        let mut refused = None;
        let taken = capture.dispatch(Some(BATCH), |packet| {
            // In nanosecond precision, libpcap puts nanoseconds into the field for microseconds.
            let fraction = packet.header.ts.tv_usec.saturating_mul(i64::from(resolution.ns()));
            let time = Wall(packet.header.ts.tv_sec.saturating_mul(SECOND).saturating_add(fraction));
            *newest = time;
            if refused.is_none() {
                refused = packet_sink.push(time, packet.header.len, packet.data).err();
            }
        });
        match (taken, refused) {
            (_, Some(error)) => Err(CaptureFailure::Savefile(error)),
            (Err(error), None) => Err(CaptureFailure::Pcap(pcap_error::message_of(&error))),
            (Ok(taken), None) => Ok(taken),
        }
    }

    /// Waits for packets; true when the capture is to stop.
    fn wait(&self, timeout: Duration) -> Result<bool, CaptureFailure> {
        let mut both =
            [PollFd::new(self.asked.as_fd(), PollFlags::POLLIN), PollFd::new(self.capture.as_fd(), PollFlags::POLLIN)];
        pause(&mut both, timeout)?;
        let [asked, ring] = both;
        if asked.any() != Some(false) {
            return Ok(true);
        }
        if ring.revents().is_some_and(|events| events.intersects(PollFlags::POLLERR | PollFlags::POLLHUP)) {
            // The interface is down or gone. libpcap clears this as it is asked for packets; should it not, do not spin.
            let mut only = [PollFd::new(self.asked.as_fd(), PollFlags::POLLIN)];
            pause(&mut only, timeout.min(Duration::from_millis(RETIRE_MS.into())))?;
            return Ok(only[0].any() != Some(false));
        }
        Ok(false)
    }

    /// libpcap does not report on every system and for every device that it has gone.
    fn check_interface(&self) -> Result<(), CaptureFailure> {
        match self.index {
            Some(index) if if_indextoname(index).is_err() => Err(CaptureFailure::Gone(self.device.clone())),
            _ => Ok(()),
        }
    }
}

/// Waits for any of the descriptors, rounded up to milliseconds. Signals play no part: a pipe stops the thread.
/// `capture` does not import `net`, so it does not share the other threads' waiter.
fn pause(descriptors: &mut [PollFd], timeout: Duration) -> Result<(), CaptureFailure> {
    let milliseconds = timeout.as_micros().div_ceil(1000).min(60_000) as u16;
    match poll(descriptors, PollTimeout::from(milliseconds)) {
        Ok(_) | Err(Errno::EINTR) => Ok(()),
        Err(error) => Err(CaptureFailure::Poll(error)),
    }
}
