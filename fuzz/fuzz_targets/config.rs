//! Fuzzes `monitor.toml`: see [`medidor_fuzz::config`].
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| medidor_fuzz::config(data));
