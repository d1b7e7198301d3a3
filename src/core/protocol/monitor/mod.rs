//! The latency monitor: probes one after another, classified by round-trip time, with an alert when a change of class
//! lasts.
//!
//! - [`latency_class`]: what a measurement found, and the class that makes of it.
//! - [`probe_timer`]: when the next probe is due.
//! - [`alert_state`]: which class holds, and when somebody must be told.
//! - [`retry_queue`]: alerts on their way, in order, tried again with growing pauses.

pub mod alert_state;
pub mod latency_class;
pub mod probe_timer;
pub mod retry_queue;

/// Default port of the monitored server.
pub const DEFAULT_PORT: u16 = 12_345;

/// Default text of a probe.
pub const DEFAULT_TEXT: &str = "ping";
