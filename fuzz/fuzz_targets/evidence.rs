//! Fuzzes both hosts' journals and captures together: see [`medidor_fuzz::evidence`].
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| medidor_fuzz::evidence(data));
