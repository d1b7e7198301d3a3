//! Runs the program on loopback and on files, as a user would.

#[path = "../common/mod.rs"]
mod common;

mod chat;
mod check;
mod foreign_chats;
mod formats;
mod golden;
mod identification;
mod inputs;
mod languages;
mod numbers;
mod sample;
mod spacing;
mod transfer;
mod transfer_deaths;
mod wireshark;
