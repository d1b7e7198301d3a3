//! Fuzzes a mail server's replies: see [`medidor_fuzz::smtp`].
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| medidor_fuzz::smtp(data));
