//! Opens the HTML reports in a headless browser.

#[path = "../common/mod.rs"]
mod common;

mod chat_page;
mod page;
