//! Numbered blocks: how a file is divided, and the datagram that carries a block.
//!
//! | bytes | content |
//! |---|---|
//! | 0 to 7 | the transfer's token, big endian; datagrams without it are ignored |
//! | 8 to 11 | the block's number, big endian, from 0 |
//! | 12 ... | the file's bytes |

/// Bytes before a block's content.
pub const HEADER: usize = 12;

/// The smallest block, bytes.
pub const MIN_BLOCK: u32 = 64;

/// The largest block: what a UDP datagram over IPv4 holds (65,507 bytes), without the header.
pub const MAX_BLOCK: u32 = 65_507 - HEADER as u32;

/// Default block size, bytes.
pub const DEFAULT: u32 = 1024;

/// The largest block that fits an Ethernet's frame of 1500 bytes with IPv4 and UDP headers (28 bytes).
pub const UNFRAGMENTED: u32 = 1500 - 28 - HEADER as u32;

/// Blocks of one file at the most: their numbers have 32 bits.
pub const MAX_BLOCKS: u64 = 1 << 32;

/// How a file is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockLayout {
    size: u64,
    block: u32,
}

impl BlockLayout {
    /// A file of `size` bytes in blocks of `block` bytes, the last one as long as is left; `None` where a block's size is
    /// out of bounds or the blocks would be too many.
    pub fn new(size: u64, block: u32) -> Option<Self> {
        let fits = (MIN_BLOCK..=MAX_BLOCK).contains(&block) && size.div_ceil(u64::from(block)) <= MAX_BLOCKS;
        fits.then_some(Self { size, block })
    }

    /// The file's size, bytes.
    pub const fn size(self) -> u64 {
        self.size
    }

    /// The size of every block but the last, bytes.
    pub const fn block(self) -> u32 {
        self.block
    }

    /// How many blocks there are; none in an empty file.
    pub const fn blocks(self) -> u64 {
        self.size.div_ceil(self.block as u64)
    }

    /// Where in the file a block begins.
    pub const fn offset(self, number: u64) -> u64 {
        number.saturating_mul(self.block as u64)
    }

    /// A block's length in bytes; 0 if the file has no such block.
    pub fn length(self, number: u64) -> usize {
        self.size.saturating_sub(self.offset(number)).min(u64::from(self.block)) as usize
    }

    /// The bytes of the file in the blocks from `first` to `last`, both included.
    pub fn bytes(self, first: u64, last: u64) -> u64 {
        self.offset(last + 1).min(self.size).saturating_sub(self.offset(first))
    }
}

/// The header of a block.
pub fn header(token: u64, number: u32) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    header[..8].copy_from_slice(&token.to_be_bytes());
    header[8..].copy_from_slice(&number.to_be_bytes());
    header
}

/// The number in a header, where it is one of a block of this transfer.
pub fn number(header: &[u8; HEADER], token: u64, cut: BlockLayout) -> Option<u64> {
    let (said, number) = header.split_at(8);
    let number = u64::from(u32::from_be_bytes(number.try_into().ok()?));
    (said == token.to_be_bytes() && number < cut.blocks()).then_some(number)
}

/// The number and the content of the block in a datagram, where it is one of this transfer and of the right length.
pub fn read(datagram: &[u8], token: u64, cut: BlockLayout) -> Option<(u64, &[u8])> {
    let (header, content) = datagram.split_first_chunk::<HEADER>()?;
    let number = number(header, token, cut)?;
    (content.len() == cut.length(number)).then_some((number, content))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_last_block_is_as_long_as_is_left() {
        let cut = BlockLayout::new(2500, 1024).unwrap();
        assert_eq!((cut.blocks(), cut.length(1), cut.length(2), cut.length(3)), (3, 1024, 452, 0));
        assert_eq!((cut.bytes(0, 2), cut.bytes(2, 2)), (2500, 452));
        assert_eq!(BlockLayout::new(0, 1024).unwrap().blocks(), 0);
        assert_eq!(BlockLayout::new(1, 0), None);
        assert_eq!(BlockLayout::new(u64::MAX, 1024), None);
    }

    proptest! {
        #[test]
        fn written_messages_are_read_back(size in 1_u64..100_000, block in MIN_BLOCK..4096, token: u64) {
            let cut = BlockLayout::new(size, block).unwrap();
            let last = cut.blocks() - 1;
            for number in [0, last / 2, last] {
                let content = vec![7; cut.length(number)];
                let datagram = [&header(token, number as u32)[..], &content].concat();
                prop_assert_eq!(read(&datagram, token, cut), Some((number, &content[..])));
                prop_assert_eq!(read(&datagram, token ^ 1, cut), None);
                prop_assert_eq!(read(&datagram[..datagram.len() - 1], token, cut), None);
            }
            prop_assert_eq!((0..=last).map(|number| cut.length(number) as u64).sum::<u64>(), size);
        }

        #[test]
        fn nothing_that_arrives_is_too_much(datagram: Vec<u8>, token: u64, size: u32) {
            let cut = BlockLayout::new(size.into(), DEFAULT).unwrap();
            let _ = read(&datagram, token, cut);
        }
    }
}
