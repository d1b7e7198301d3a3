//! Runs the program on loopback and on files, as a user would.

#[path = "../common/mod.rs"]
mod common;

mod chat;
mod check;
mod files;
mod foreign_chats;
mod foreign_text;
mod formats;
mod golden;
mod identification;
mod inputs;
mod languages;
mod mail_servers;
mod numbers;
mod outputs;
mod sample;
mod spacing;
mod transfer;
mod transfer_deaths;
mod wireshark;
