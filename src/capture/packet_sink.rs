//! Where a live capture puts its packets: a savefile, or a ring in memory.

use std::io;

use super::savefile::Savefile;
use crate::core::time::Wall;

pub trait PacketSink: Send {
    /// Takes a packet: its timestamp, its length on the wire, and its captured bytes.
    ///
    /// # Errors
    /// The system's error; the capture ends with it.
    fn push(&mut self, time: Wall, original: u32, data: &[u8]) -> io::Result<()>;

    /// Hands on all that was taken.
    ///
    /// # Errors
    /// As [`Self::push`].
    fn flush(&mut self) -> io::Result<()>;

    /// Every packet up to then was handed on.
    fn on_flushed_until(&mut self, _: Wall) {}

    /// The capture has ended; `None` if it was stopped normally.
    fn on_end(&mut self, _: Option<&str>) {}

    fn records(&self) -> u64;

    /// Stamp of the last one.
    fn last(&self) -> Option<Wall>;
}

impl PacketSink for Savefile {
    fn push(&mut self, time: Wall, original: u32, data: &[u8]) -> io::Result<()> {
        self.push(time, original, data)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.flush()
    }

    fn records(&self) -> u64 {
        self.records()
    }

    fn last(&self) -> Option<Wall> {
        self.last()
    }
}
