//! Writes a result to files: HTML page, CSV, annotated captures.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Result;
use indicatif::MultiProgress;

use super::error::{self, CommandError};
use super::inputs;
use super::status::{end_items, eprint_status};
use crate::capture::annotate::{self, CaptureComment, CopyError};
use crate::capture::log_reader::Retain;
use crate::cli::OutputArgs;
use crate::cli::arguments::is_stdout;
use crate::core::document::chat::ChatDocument;
use crate::core::document::check::CheckDocument;
use crate::core::document::exchange::Document;
use crate::core::document::transfer::TransferDocument;
use crate::core::verdict::chat::shorten;
use crate::core::verdict::exchange;
use crate::files;
use crate::i18n::{Texts, Value};
use crate::input::InputFile;
use crate::privileges;
use crate::report::{chat, check, csv, frame_comments, html, transfer};

/// Checks before the measurement that the output files can be written, that they differ from each other and from `others`,
/// the other files of the run, and that at most one form of the result goes to stdout; `json` is one.
///
/// # Errors
/// A [`CommandError`] that names the file.
pub fn check(outputs: &[Option<&Path>], json: bool, others: &[&Path], texts: Texts) -> Result<()> {
    let (on_stdout, files): (Vec<&Path>, Vec<&Path>) =
        outputs.iter().copied().flatten().partition(|path| is_stdout(path));
    if on_stdout.len() > 1 || json && !on_stdout.is_empty() {
        return Err(CommandError::usage(texts, "error-stdout-taken", &[]));
    }
    let mut used: Vec<PathBuf> = others.iter().map(|path| canonical_path(path)).collect();
    for path in files {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        if folder.is_some_and(|folder| !folder.is_dir()) {
            return Err(error::output(texts, path, &io::ErrorKind::NotFound.into()));
        }
        if path.is_dir() {
            return Err(error::output(texts, path, &io::ErrorKind::IsADirectory.into()));
        }
        let canonical = canonical_path(path);
        if used.contains(&canonical) {
            return Err(CommandError::usage(texts, "error-named-twice", &[("file", Value::text(path.display()))]));
        }
        used.push(canonical);
    }
    Ok(())
}

/// Like [`check()`], for the report files and the recorded files of a run.
///
/// # Errors
/// As [`check()`].
pub fn check_run(output: &OutputArgs, recorded: &[Option<&Path>], texts: Texts) -> Result<()> {
    let recorded: Vec<&Path> = recorded.iter().copied().flatten().collect();
    check(&output.report_files(), output.json, &recorded, texts)
}

/// The canonical path of a file that may not exist yet.
fn canonical_path(path: &Path) -> PathBuf {
    if let Ok(canonical) = path.canonicalize() {
        return canonical;
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
    path.file_name().map_or_else(|| folder.clone(), |name| folder.join(name))
}

/// Writes the HTML page and the CSV file if requested, and shortens the document's list of messages.
///
/// # Errors
/// A [`CommandError`] if a file cannot be written.
pub fn write(document: &mut Document, output: &OutputArgs, texts: Texts) -> Result<()> {
    if let Some(path) = &output.csv {
        write_file(path, texts, |target| target.write_all(csv::render(document).as_bytes()))?;
    }
    if !output.all {
        exchange::shorten(document);
    }
    if let Some(path) = &output.html {
        write_file(path, texts, |target| target.write_all(html::render(document, texts).as_bytes()))?;
    }
    Ok(())
}

/// Like [`write()`], for a chat.
///
/// # Errors
/// As [`write()`].
pub fn write_chat(document: &mut ChatDocument, output: &OutputArgs, texts: Texts) -> Result<()> {
    if let Some(path) = &output.csv {
        write_file(path, texts, |target| target.write_all(chat::csv::render(document).as_bytes()))?;
    }
    if !output.all {
        shorten(document);
    }
    if let Some(path) = &output.html {
        write_file(path, texts, |target| target.write_all(html::chat::render(document, texts).as_bytes()))?;
    }
    Ok(())
}

/// Writes the HTML page and the CSV file of a check, if requested.
///
/// # Errors
/// A [`CommandError`] if a file cannot be written.
pub fn write_check(checks: &CheckDocument, [page, rows]: [Option<&Path>; 2], texts: Texts) -> Result<()> {
    if let Some(path) = rows {
        write_file(path, texts, |target| target.write_all(check::csv::render(checks).as_bytes()))?;
    }
    let Some(path) = page else { return Ok(()) };
    write_file(path, texts, |target| target.write_all(html::check::render(checks, texts).as_bytes()))
}

/// Writes the HTML page of transfers, if requested.
///
/// # Errors
/// A [`CommandError`] if it cannot be written.
pub fn write_transfers(documents: &[TransferDocument], html: Option<&Path>, texts: Texts) -> Result<()> {
    let Some(path) = html else { return Ok(()) };
    write_file(path, texts, |target| target.write_all(html::transfer::render(documents, texts).as_bytes()))
}

/// Writes the CSV file with one row per receiver, if requested.
///
/// # Errors
/// As [`write_transfers`].
pub fn write_receivers(documents: &[TransferDocument], csv: Option<&Path>, texts: Texts) -> Result<()> {
    let Some(path) = csv else { return Ok(()) };
    write_file(path, texts, |target| target.write_all(transfer::csv(documents).as_bytes()))
}

/// Writes one file as the user who called sudo, or to stdout.
fn write_file(path: &Path, texts: Texts, write: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>) -> Result<()> {
    if is_stdout(path) {
        end_items();
        return match files::stdout().and_then(|file| files::fill(&file, write)) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(error::file(texts, "error-write", path, &error))
            }
            _ => Ok(()),
        };
    }
    let written = privileges::run_as_sudo_user(|| files::write(path, write));
    let written = written.map_err(|error| error::privileges(texts, &error))?;
    written.map_err(|error| error::file(texts, "error-write", path, &error))
}

/// The paths of the annotated copies: `target` for one capture. Two captures get one file each beside it, because a
/// copy keeps the frame numbers of its original.
pub fn copy_paths(target: &Path, sides: &[&str]) -> Vec<PathBuf> {
    let path_for_side = |side: &str| {
        let stem = target.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let ending = target.extension().map_or_else(|| "pcapng".into(), |ending| ending.to_string_lossy().into_owned());
        target.with_file_name(format!("{stem}.{side}.{ending}"))
    };
    match sides {
        [_] => vec![target.to_path_buf()],
        several => several.iter().map(|side| path_for_side(side)).collect(),
    }
}

/// Copies the captures, with a comment on each packet that states the verdict.
///
/// # Errors
/// A [`CommandError`] if a capture cannot be read again or a copy cannot be written.
pub fn annotate(
    document: &Document,
    target: &Path,
    captures: &[(&InputFile, &'static str)],
    texts: Texts,
) -> Result<()> {
    let verdict = html::summary(document, texts);
    let sides: Vec<&str> = captures.iter().map(|(_, side)| *side).collect();
    for ((source, _), target) in captures.iter().zip(copy_paths(target, &sides)) {
        let log = inputs::read_capture(source, Retain::Numbers, &MultiProgress::new(), texts)?;
        let comments = frame_comments::for_capture(document, &log, texts);
        let capture_comment = CaptureComment { comment: &verdict, interface: &log.file };
        let mut source_error = None;
        let written = write_file(&target, texts, |file| {
            match annotate::copy(source.reader(), file, capture_comment, |frame| comments.get(&frame).cloned()) {
                Ok(()) => Ok(()),
                Err(CopyError::Target(error)) => Err(error),
                // Reported below: the file was readable a moment ago.
                Err(CopyError::Source(error)) => {
                    source_error = Some(format!("{error:?}"));
                    Err(io::ErrorKind::InvalidData.into())
                }
            }
        });
        if let Some(detail) = source_error {
            let values = [("file", Value::text(source.name())), ("detail", Value::text(detail))];
            return Err(CommandError::environment(texts, "error-read", &values));
        }
        written?;
        eprint_status(texts.with("run-annotated", &[("file", Value::text(target.display()))]));
    }
    Ok(())
}
