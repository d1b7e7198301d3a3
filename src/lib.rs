//! medidor measures what happens to UDP messages between two hosts, and proves it with packet captures.
//!
//! The map of the house, told as the life of a datagram:
//!
//! 1. [`core::protocol`] decides that it is time for message 7, and what it says.
//! 2. [`net`] hands it to the kernel and takes the time.
//! 3. [`journal`] writes down that it was sent, never holding anybody up.
//! 4. [`capture`] sees it on the wire of either host, and keeps it in a file that Wireshark opens.
//! 5. [`net`] reads it at the other end, [`core::protocol`] answers, and the same happens on the way back.
//! 6. [`core::evidence`] is what the journals and captures say of it, and how far each can be trusted.
//! 7. [`core::verdict`] holds them against each other: where it was seen last, where it should have been seen next, and
//!    so who lost it.
//! 8. [`report`] tells people and programs, in the language of [`i18n`].
//!
//! A file goes another way: [`transfer`] sends it to many by the words of [`core::protocol::transfer`]. So does what
//! people say to each other: [`chat`] passes it on by those of [`core::protocol::chat`].
//!
//! A server whose latency is watched has its alerts sent by [`mail`], and its figures shown by [`metrics`].
//!
//! [`commands`] knows everybody and is known by nobody; [`cli`] is what can be typed. [`net`], [`capture`], [`journal`],
//! [`mail`], [`metrics`] and [`report`] know [`core`] and not each other; [`core`] is pure and knows nobody. [`privileges`] are given up as soon as
//! they have served, and [`parent_death`] sees to it that nothing outlives who started it.

pub mod capture;
pub mod chat;
pub mod cli;
pub mod commands;
pub mod core;
pub mod i18n;
pub mod journal;
pub mod mail;
pub mod metrics;
pub mod net;
pub mod parent_death;
pub mod privileges;
pub mod report;
pub mod transfer;

#[cfg(test)]
#[path = "../tests/common/rerun.rs"]
mod rerun;
