//! medidor measures what happens to UDP messages between two hosts, and proves it with packet captures.
//!
//! # Glossary
//!
//! The words of our own; all other terms are the field's.
//!
//! - **leg**: one trip of a datagram from one application to another. A request and its reply are two legs.
//! - **point**: one of the four places on a leg where a datagram can be observed: `app_sent`, `wire_out`, `wire_in`,
//!   `app_received`.
//! - **segment**: the stretch between two neighbouring points: the sender's host, the network, the receiver's host.
//! - **journal**: an application's own log of what it sent and received, one JSON object per line.
//! - **witness**: a journal or a capture, which observes one or two points of a leg.
//! - **evidence**: what the witnesses contain, in one form for all of them.
//! - **coverage**: when a witness was able to observe. Only inside it does an absence prove anything.
//! - **ledger**: the table of one flow: each message at each point as seen, absent or unobserved.
//! - **verdict**: the outcome of a message, as far as the evidence proves it.
//! - **blame**: the segments in which a lost message may have died.
//!
//! # The life of a datagram
//!
//! 1. [`core::protocol`] decides that message 7 is due, and what its text is.
//! 2. [`net`] hands it to the kernel with a timestamp.
//! 3. [`journal`] records that it was sent, without blocking.
//! 4. [`capture`] sees it on the wire of either host and writes it to a file that Wireshark opens.
//! 5. [`net`] receives it at the other end, [`core::protocol`] replies, and the same happens on the way back.
//! 6. [`input`] opens the files of both hosts. [`core::evidence`] holds what journals and captures say about it, and their
//!    coverage.
//! 7. [`core::identify`] finds out which files, runs and flows belong together.
//! 8. [`core::verdict`] compares the witnesses: the last point seen, the first one absent, and the segments between them.
//! 9. [`core::document`] is the result as JSON; [`report`] renders it for people, in the language of [`i18n`].
//!
//! [`transfer`] sends a file to many receivers with [`core::protocol::transfer`]; [`chat`] relays texts with
//! [`core::protocol::chat`]. [`mail`] sends the monitor's alerts, [`metrics`] exposes its figures.
//!
//! # Who imports whom
//!
//! [`commands`] imports everything and nothing imports it; [`cli`] is the command line. [`net`], [`input`], [`capture`],
//! [`journal`], [`mail`], [`metrics`] and [`report`] import [`core`] and not each other. [`core`] is pure. [`privileges`]
//! are dropped once the capture is open, [`parent_death`] ends child processes with their parent, and all that open a file for
//! reading or write one whole do so by [`files`].

pub mod capture;
pub mod chat;
pub mod cli;
pub mod commands;
pub mod core;
pub mod files;
pub mod i18n;
pub mod input;
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
