//! Opens each input file once, and finds out its kind from its first bytes.
//!
//! [`InputFile::open`] never blocks on a pipe or a device. Compressed files are decompressed while they are read, in
//! memory and in pieces. Any number of readers can read one file at the same time, each from its start.
//!
//! ```text
//!  expand ── InputFile::open ── kind ──> Pcap, Journal, ...
//!                │
//!                └─ reader() ── gzip, zstd_decoder ──> content
//! ```

mod file;
mod folder;
mod kind;
mod reader;
mod zstd_decoder;

pub use self::file::{FileIdentity, InputError, InputFile};
pub use self::folder::expand;
pub use self::kind::{Compression, FileKind};
pub use self::reader::{InputReader, ReadProgress};
