//! Prints a result on stdout and writes the requested report files.

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use anyhow::Result;
use ratatui::crossterm::terminal;

use super::error::file;
use super::report_files;
use super::status::{end_items, eprint_status};
use crate::cli::OutputArgs;
use crate::cli::arguments::is_stdout;
use crate::core::document::exchange::Document;
use crate::i18n::Texts;
use crate::report::text::{DEFAULT_WIDTH, MAX_WIDTH, MIN_WIDTH, Style};
use crate::report::{exchange, json, text};

/// Writes the report files and prints the result. A closed pipe is not an error.
///
/// # Errors
/// A [`CommandError`](super::error::CommandError) if a file or stdout cannot be written to, for example on a full disk.
pub fn print(mut document: Document, output: &OutputArgs, texts: Texts) -> Result<()> {
    report_files::write(&mut document, output, texts)?;
    if output.json {
        return write(&json::render(&mut document, texts), texts);
    }
    write_result(&text::render(&document, texts, style(output.details)), &output.report_files(), texts)?;
    if !output.details && output.html.is_none() && !exchange::is_brief(&document) {
        eprint_status(texts.get("run-details-hint"));
    }
    Ok(())
}

/// Prints that no message arrived, so that there is no result.
///
/// # Errors
/// As [`print()`].
pub fn print_no_result(output: &OutputArgs, texts: Texts) -> Result<()> {
    let line = if output.json { "null\n".to_owned() } else { texts.get("run-nobody-wrote") + "\n" };
    write_result(&line, &output.report_files(), texts)
}

/// Writes a result to stdout, unless one of its report `files` went there.
///
/// # Errors
/// As [`print()`].
pub fn write_result(text: &str, files: &[Option<&Path>], texts: Texts) -> Result<()> {
    if files.iter().copied().flatten().any(is_stdout) { Ok(()) } else { write(text, texts) }
}

/// The look of a report on stdout: as wide as the terminal, and in color where it wants color.
pub fn style(details: bool) -> Style {
    let columns = || terminal::size().ok().map(|(columns, _)| usize::from(columns));
    let width = io::stdout().is_terminal().then(columns).flatten().unwrap_or(DEFAULT_WIDTH).clamp(MIN_WIDTH, MAX_WIDTH);
    Style { width, color: use_color(), details }
}

/// Whether stdout is a terminal that knows color, and `NO_COLOR` is not set (<https://no-color.org>).
pub fn use_color() -> bool {
    io::stdout().is_terminal()
        && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        && std::env::var_os("TERM").is_none_or(|terminal| terminal != "dumb")
}

/// Writes a text to stdout.
///
/// # Errors
/// As [`print()`].
pub fn write(text: &str, texts: Texts) -> Result<()> {
    end_items();
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(file(texts, "error-write", Path::new("stdout"), &error))
        }
        _ => Ok(()),
    }
}
