//! Protocols: message texts, and the state machines that send them and reply to them.

pub mod chat;
pub mod client;
pub mod impairment;
pub mod message;
pub mod monitor;
pub mod peer_table;
pub mod ping;
pub mod rate_limiter;
pub mod relay;
pub mod reply_tracker;
pub mod requester;
pub mod schedule;
pub mod server;
pub mod spacing;
pub mod transfer;
