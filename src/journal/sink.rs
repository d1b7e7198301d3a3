//! Where journal records go: to a file, or into memory.

use crate::core::evidence::journal::Record;

pub trait JournalSink {
    /// Takes a record without blocking.
    fn write(&self, record: Record);
}
