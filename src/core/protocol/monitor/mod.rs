//! The latency monitor: probes one after another, classified by round-trip time, with an alert when a change of class
//! lasts.
//!
//! - [`latency_class`]: classifies a measurement.
//! - [`probe_timer`]: when the next probe is due.
//! - [`alert_state`]: the current class, and when an alert fires.
//! - [`retry_queue`]: alerts to be delivered, in order, with exponential backoff.

pub mod alert_state;
pub mod latency_class;
pub mod probe_timer;
pub mod retry_queue;

/// Default port of the monitored server.
pub const DEFAULT_PORT: u16 = 12_345;

/// Default text of a probe.
pub const DEFAULT_TEXT: &str = "ping";
