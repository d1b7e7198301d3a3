//! Needs network namespaces or the right to capture: real traffic, with faults whose place is known.

#[path = "../common/mod.rs"]
mod common;

mod any_capture;
mod capture;
mod chat_capture;
mod chat_comparison;
mod counts;
mod demo;
mod exchange;
mod faults;
mod fragments;
mod guide;
mod impair;
mod interop;
mod ipv6;
mod monitor;
mod monitor_mail;
mod ping;
mod rights;
mod route_change;
mod self_test;
mod transfer;
