//! Fuzzes journals and the verdict on them: see [`medidor_fuzz::journal`].
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| medidor_fuzz::journal(data));
