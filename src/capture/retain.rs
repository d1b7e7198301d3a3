//! How much of a capture's datagrams is kept while reading.

use crate::core::evidence::transfer_records::FileInfo;
use crate::core::time::Wall;

/// Content kept for each datagram.
#[derive(Clone, Copy, Debug)]
pub enum Retain<'a> {
    /// The message numbers.
    Numbers,
    /// The texts as well, for chats.
    Texts,
    /// The blocks of this transfer, and of its run only if the run's first and last time are given.
    Blocks(&'a FileInfo, Option<(Wall, Wall)>),
    /// The contents of all flows that look like blocks of a transfer, of which nothing is known.
    Wires,
}
