//! Fuzzes texts of a chat, over UDP and TCP: see [`medidor_fuzz::chat`].
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| medidor_fuzz::chat(data));
