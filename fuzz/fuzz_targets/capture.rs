//! Fuzzes capture files and the verdict on them: see [`medidor_fuzz::capture`].
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| medidor_fuzz::capture(data));
