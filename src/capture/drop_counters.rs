//! Counts the packets that the kernel and the interface dropped, from the moment the capture went live.

use pcap::{Active, Capture, Stat};

use super::interface_drops::InterfaceDrops;
use crate::core::evidence::journal_run::CaptureCounters;

/// The counters of a capture, from when it went live.
#[derive(Debug)]
pub struct DropCounters {
    last: Stat,
    received: u64,
    dropped: u64,
    losses: InterfaceDrops,
}

impl DropCounters {
    pub fn new(capture: &mut Capture<Active>, losses: InterfaceDrops) -> Result<Self, pcap::Error> {
        Ok(Self { last: capture.stats()?, received: 0, dropped: 0, losses })
    }

    /// Reads the counters. libpcap's have 32 bits and wrap; where they cannot be read they stay as they were.
    pub fn read(&mut self, capture: &mut Capture<Active>, written: u64) -> CaptureCounters {
        if let Ok(now) = capture.stats() {
            self.received += u64::from(now.received.wrapping_sub(self.last.received));
            self.dropped += u64::from(now.dropped.wrapping_sub(self.last.dropped));
            self.last = now;
        }
        let interface_dropped = self.losses.count();
        CaptureCounters { written, received: self.received, dropped: self.dropped, interface_dropped }
    }
}
