//! The `classic` protocol of course programs: name, size, then unnumbered blocks.
//!
//! On the control connection (TCP) the sender sends the receiver's number (2 bytes), the receiver its UDP port (3 bytes) and
//! the sender the number of receivers (2 bytes), all little endian. Then, over UDP: a datagram with the file's name, one with
//! its size (8 bytes little endian; 1 to 8 are accepted), then the file in datagrams of 1024 bytes without a header. The
//! receiver stops after a second of silence; the transfer succeeded if the size is right.

use std::time::Duration;

/// Bytes of a block.
pub const BLOCK: u32 = 1024;

/// Idle time after which the transfer is over.
pub const SILENCE: Duration = Duration::from_secs(1);

/// The receiver's number, or the count of receivers.
pub const fn number(value: u16) -> [u8; 2] {
    value.to_le_bytes()
}

/// A receiver's UDP port.
pub const fn port(port: u16) -> [u8; 3] {
    let [low, high] = port.to_le_bytes();
    [low, high, 0]
}

/// Reads a receiver's UDP port; `None` where it is none.
pub fn read_port(bytes: [u8; 3]) -> Option<u16> {
    let [low, high, beyond] = bytes;
    Some(u16::from_le_bytes([low, high])).filter(|&port| port > 0 && beyond == 0)
}

/// The datagram with the size.
pub const fn size(size: u64) -> [u8; 8] {
    size.to_le_bytes()
}

/// Reads a datagram of 1 to 8 bytes as a size.
pub fn read_size(datagram: &[u8]) -> Option<u64> {
    if datagram.is_empty() || datagram.len() > 8 {
        return None;
    }
    let mut bytes = [0; 8];
    bytes[..datagram.len()].copy_from_slice(datagram);
    Some(u64::from_le_bytes(bytes))
}

/// What a datagram turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClassicDatagram<'a> {
    /// The file's name.
    Name(&'a [u8]),
    /// Its size, bytes.
    Size(u64),
    /// The next bytes of the file.
    Content(&'a [u8]),
}

/// Classifies datagrams by order and length, because they have no header.
#[derive(Clone, Copy, Debug, Default)]
pub struct ClassicParser {
    named: bool,
    sized: bool,
}

impl ClassicParser {
    /// Whether the name has come, or will not.
    pub const fn is_named(&self) -> bool {
        self.named
    }

    /// Classifies the next datagram. If the name was lost, the size is recognized by its zero bytes, which no name has,
    /// and a block by being longer than both.
    pub fn read<'a>(&mut self, datagram: &'a [u8]) -> ClassicDatagram<'a> {
        let content = datagram.len() >= BLOCK as usize;
        if !self.named {
            self.named = true;
            let size = datagram.len() == 8 && datagram.contains(&0);
            if !content && !size {
                return ClassicDatagram::Name(datagram);
            }
        }
        if !self.sized {
            self.sized = true;
            if let Some(size) = read_size(datagram) {
                return ClassicDatagram::Size(size);
            }
        }
        ClassicDatagram::Content(datagram)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn everything_is_little_endian() {
        assert_eq!(number(258), [2, 1]);
        assert_eq!(port(5006), [0x8e, 0x13, 0]);
        assert_eq!(size(1000)[..3], [0xe8, 3, 0]);
        assert_eq!(read_port([0, 0, 0]), None);
        assert_eq!(read_port([1, 0, 1]), None);
        assert_eq!(read_size(&[0xe8, 3]), Some(1000), "as few bytes as hold it");
        assert_eq!(read_size(&[]), None);
        assert_eq!(read_size(&[0; 9]), None);
    }

    #[test]
    fn losses_are_detected_from_later_packets() {
        let block = [7; 1024];
        let mut reader = ClassicParser::default();
        assert_eq!(reader.read(b"a.txt"), ClassicDatagram::Name(b"a.txt"));
        assert_eq!(reader.read(&size(2048)), ClassicDatagram::Size(2048));
        assert_eq!(reader.read(&[1, 2]), ClassicDatagram::Content(&[1, 2]));
        let mut reader = ClassicParser::default();
        assert_eq!(reader.read(&size(2048)), ClassicDatagram::Size(2048), "the name was lost");
        assert_eq!(reader.read(&block), ClassicDatagram::Content(&block));
        let mut reader = ClassicParser::default();
        assert_eq!(reader.read(b"a.txt"), ClassicDatagram::Name(b"a.txt"));
        assert_eq!(reader.read(&block), ClassicDatagram::Content(&block), "the size was lost");
        assert_eq!(reader.read(&[1, 2]), ClassicDatagram::Content(&[1, 2]));
    }

    proptest! {
        #[test]
        fn ports_and_sizes_are_read_back(p in 1_u16.., s: u64) {
            prop_assert_eq!(read_port(port(p)), Some(p));
            prop_assert_eq!(read_size(&size(s)), Some(s));
            let short = &size(s)[..8 - (s.leading_zeros() / 8).min(7) as usize];
            prop_assert_eq!(read_size(short), Some(s), "however many bytes it was written with");
        }
    }
}
