//! Journals on disk: written through a bounded queue that never holds up the exchange, read back leniently.
