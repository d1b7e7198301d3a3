//! Fuzzes one frame of any link type: see [`medidor_fuzz::frame`].
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| medidor_fuzz::frame(data));
