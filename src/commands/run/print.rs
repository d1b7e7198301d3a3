//! Prints a result on stdout and writes the requested report files.

use std::io::{self, IsTerminal, Write};

use anyhow::Result;

use super::error::file;
use super::report_files;
use crate::cli::OutputArgs;
use crate::core::document::exchange::Document;
use crate::i18n::Texts;
use crate::report::{json, text};

/// Writes the report files and prints the result. A closed pipe is not an error.
///
/// # Errors
/// A [`CommandError`](super::error::CommandError) if a file or stdout cannot be written to, for example on a full disk.
pub fn print(mut document: Document, output: &OutputArgs, texts: Texts) -> Result<()> {
    report_files::write(&mut document, output, texts)?;
    let rendered = if output.json {
        json::render(&mut document, texts)
    } else {
        text::render(&document, texts, text::Style { width: 80, color: use_color() })
    };
    write(&rendered, texts)
}

/// Prints that no message arrived, so that there is no result.
///
/// # Errors
/// As [`print()`].
pub fn print_no_result(output: &OutputArgs, texts: Texts) -> Result<()> {
    let line = if output.json { "null\n".to_owned() } else { texts.get("run-nobody-wrote") + "\n" };
    write(&line, texts)
}

/// Whether stdout is a terminal and `NO_COLOR` is not set (<https://no-color.org>).
pub fn use_color() -> bool {
    io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Writes a text to stdout.
///
/// # Errors
/// As [`print()`].
pub fn write(text: &str, texts: Texts) -> Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(file(texts, "error-write", std::path::Path::new("stdout"), &error))
        }
        _ => Ok(()),
    }
}
