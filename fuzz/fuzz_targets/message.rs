//! Fuzzes message texts, and the client and server that receive them: see [`medidor_fuzz::message`].
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| medidor_fuzz::message(data));
