//! `servidor`, `cliente` and `ping`: numbered messages and their replies.

pub mod client;
pub mod client_loop;
pub mod client_run;
pub mod no_reply_hint;
pub mod ping;
pub mod rtt_plot;
pub mod server;
pub mod server_loop;
