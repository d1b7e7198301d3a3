//! Floods, buffer overflows and many chat members. These tests use the whole machine: run them with `--test-threads=1`.

#[path = "../common/mod.rs"]
mod common;

mod chat_scale;
mod fast;
mod flood;
mod overflow;
