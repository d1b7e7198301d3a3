//! The latency monitor: one probe after another for as long as it takes, each classed by its round-trip time, and an alert
//! where the class has changed and the change has held.
//!
//! - [`class`]: what a measurement found, and the class that makes of it.
//! - [`rounds`]: when the next probe is due.
//! - [`watch`]: which class holds, and when somebody must be told.
//! - [`outbox`]: alerts on their way, in order, tried again with growing pauses.

pub mod class;
pub mod outbox;
pub mod rounds;
pub mod watch;

/// Where the monitor expects its server, unless told otherwise.
pub const DEFAULT_PORT: u16 = 12_345;

/// The text of a probe, unless told otherwise.
pub const DEFAULT_TEXT: &str = "ping";
