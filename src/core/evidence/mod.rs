//! What was seen: the legs that datagrams travel, what journals and captures say of them, and how far each can be
//! trusted.

pub mod account;
pub mod annals;
pub mod bare;
pub mod capture;
pub mod chat;
pub mod coverage;
pub mod flow;
pub mod journal;
pub mod leg;
pub mod lines;
pub mod notes;
pub mod ports;
pub mod reel;
pub mod relay;
pub mod side;
pub mod stream;
pub mod track;
pub mod transfer;
pub mod utterance;
