//! What is said: the texts of messages, and the state machines that send and answer them.

pub mod message;
