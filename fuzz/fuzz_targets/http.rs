//! Fuzzes requests to the metrics' port: see [`medidor_fuzz::http`].
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| medidor_fuzz::http(data));
