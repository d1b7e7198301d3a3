//! Cryptographically secure random bytes from the system.

use std::fs::File;
use std::io::{self, Read};

/// Random bytes.
///
/// # Errors
/// Those of reading `/dev/urandom`.
pub fn bytes<const N: usize>() -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes)
}
