//! Fuzzes a transfer's control messages, handshakes and datagrams: see [`medidor_fuzz::control`].
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| medidor_fuzz::control(data));
