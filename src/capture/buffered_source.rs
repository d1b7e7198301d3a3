//! A buffered file reader that can look ahead before it consumes, and knows its offset.

use std::io::{self, ErrorKind, Read};

/// Bytes per read.
const PIECE: usize = 256 * 1024;

/// A source of bytes with its buffer. Memory is bounded by [`PIECE`] and the longest look-ahead, whatever lengths the
/// source claims.
#[derive(Debug)]
pub struct BufferedSource<R> {
    source: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// Where the buffer begins in the source.
    base: u64,
}

impl<R: Read> BufferedSource<R> {
    /// Begins at the beginning.
    pub fn new(source: R) -> Self {
        Self { source, buffer: vec![0; PIECE], start: 0, end: 0, base: 0 }
    }

    /// Offset in the source of the next byte, bytes.
    pub fn offset(&self) -> u64 {
        self.base + self.start as u64
    }

    /// The next bytes: at least `wanted`, unless the source ends before.
    ///
    /// # Errors
    /// The system's error.
    #[inline]
    pub fn peek(&mut self, wanted: usize) -> io::Result<&[u8]> {
        if self.end - self.start < wanted {
            self.fill(wanted)?;
        }
        Ok(&self.buffer[self.start..self.end])
    }

    /// Consumes `count` bytes that were peeked before.
    #[inline]
    pub fn consume(&mut self, count: usize) -> &[u8] {
        let start = self.start;
        self.start = (start + count).min(self.end);
        &self.buffer[start..self.start]
    }

    /// Skips `count` bytes; false if the source ends before.
    ///
    /// # Errors
    /// The system's error.
    pub fn skip(&mut self, count: u64) -> io::Result<bool> {
        let mut left = count;
        while left > 0 {
            let here = self.peek(1)?.len();
            if here == 0 {
                return Ok(false);
            }
            let taken = usize::try_from(left).map_or(here, |left| left.min(here));
            self.consume(taken);
            left -= taken as u64;
        }
        Ok(true)
    }

    #[cold]
    fn fill(&mut self, wanted: usize) -> io::Result<()> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.base += self.start as u64;
        (self.start, self.end) = (0, self.end - self.start);
        if self.buffer.len() < wanted {
            self.buffer.resize(wanted, 0);
        }
        while self.end < wanted {
            match self.source.read(&mut self.buffer[self.end..]) {
                Ok(0) => break,
                Ok(read) => self.end += read,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// Two bytes in the file's byte order.
///
/// # Panics
/// Where `at` leaves no two bytes.
#[inline]
pub fn half(bytes: &[u8], at: usize, big_endian: bool) -> u16 {
    let bytes = [bytes[at], bytes[at + 1]];
    if big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) }
}

/// Four bytes in the file's byte order.
///
/// # Panics
/// Where `at` leaves no four bytes.
#[inline]
pub fn word(bytes: &[u8], at: usize, big_endian: bool) -> u32 {
    let bytes = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
    if big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A source that gives a few bytes at a time, and is interrupted in between.
    struct Slow(Vec<u8>, bool);

    impl Read for Slow {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            self.1 = !self.1;
            if self.1 {
                return Err(ErrorKind::Interrupted.into());
            }
            let count = self.0.len().min(into.len()).min(1000);
            into[..count].copy_from_slice(&self.0[..count]);
            self.0.drain(..count);
            Ok(count)
        }
    }

    #[test]
    fn everything_comes_once_and_in_order() {
        let bytes: Vec<u8> = (0..PIECE + 70_000).map(|index| (index % 251) as u8).collect();
        let mut pieces = BufferedSource::new(Slow(bytes.clone(), false));
        let mut at = 0;
        for step in (1..).map(|step| step * 37 % 5000) {
            let there = pieces.peek(step).unwrap().len();
            let taken = pieces.consume(step.min(there)).to_vec();
            assert_eq!(taken, bytes[at..at + taken.len()]);
            at += taken.len();
            assert_eq!(pieces.offset(), at as u64);
            if there < step {
                break;
            }
        }
        assert_eq!(at, bytes.len());
        assert!(pieces.peek(1).unwrap().is_empty());
    }

    #[test]
    fn skipped_payload_does_not_use_memory() {
        let mut pieces = BufferedSource::new(io::repeat(7).take(100_000_000));
        assert!(pieces.skip(99_999_999).unwrap());
        assert_eq!(pieces.peek(2).unwrap(), [7]);
        assert_eq!(pieces.offset(), 99_999_999);
        assert!(!pieces.skip(2).unwrap());
        assert_eq!((pieces.offset(), pieces.buffer.len()), (100_000_000, PIECE));
    }
}
