//! What is said: the texts of messages, and the state machines that send and answer them.

pub mod asker;
pub mod chat;
pub mod client;
pub mod impairment;
pub mod limit;
pub mod message;
pub mod monitor;
pub mod peers;
pub mod ping;
pub mod relay;
pub mod replies;
pub mod schedule;
pub mod server;
pub mod transfer;
