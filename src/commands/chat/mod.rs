//! `chat servidor` and `chat cliente`.

pub mod client;
pub mod line_editor;
pub mod server;
pub mod server_log;
