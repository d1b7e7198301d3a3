//! Opens the HTML reports in a browser without a screen.

#[path = "../common/mod.rs"]
mod common;

mod chat_page;
mod page;
