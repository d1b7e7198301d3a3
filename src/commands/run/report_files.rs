//! Writes a result to files: HTML page, CSV, annotated captures.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Result;
use indicatif::MultiProgress;

use super::error::{self, CommandError};
use super::load;
use super::status::eprint_line;
use crate::capture::annotate::{self, CaptureComment, CopyError};
use crate::cli::OutputArgs;
use crate::core::document::chat::ChatDocument;
use crate::core::document::exchange::Document;
use crate::core::document::transfer::TransferDocument;
use crate::core::verdict::chat::shorten;
use crate::core::verdict::exchange;
use crate::i18n::{Texts, Value};
use crate::privileges;
use crate::report::{chat, csv, frame_comments, html, transfer};

/// Whether the files can be written, as far as that is known before the measurement; `others` are files of the same
/// run, which must be different.
///
/// # Errors
/// A [`CommandError`] that names the file.
pub fn check(asked: &[Option<&Path>], others: &[&Path], texts: Texts) -> Result<()> {
    let mut taken: Vec<PathBuf> = others.iter().map(|path| place(path)).collect();
    for path in asked.iter().copied().flatten() {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        if folder.is_some_and(|folder| !folder.is_dir()) {
            return Err(error::output(texts, path, &io::ErrorKind::NotFound.into()));
        }
        if path.is_dir() {
            return Err(error::output(texts, path, &io::ErrorKind::IsADirectory.into()));
        }
        let place = place(path);
        if taken.contains(&place) {
            return Err(CommandError::usage(texts, "error-named-twice", &[("file", Value::text(path.display()))]));
        }
        taken.push(place);
    }
    Ok(())
}

/// The same for all that a run leaves: what it records is none of its reports.
///
/// # Errors
/// As [`check`].
pub fn check_run(output: &OutputArgs, recorded: &[Option<&Path>], texts: Texts) -> Result<()> {
    let recorded: Vec<&Path> = recorded.iter().copied().flatten().collect();
    check(&[output.html.as_deref(), output.csv.as_deref()], &recorded, texts)
}

/// A file by one name, whichever way it was named.
fn place(path: &Path) -> PathBuf {
    if let Ok(place) = path.canonicalize() {
        return place;
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
    path.file_name().map_or_else(|| folder.clone(), |name| folder.join(name))
}

/// Writes the page and the CSV if asked for, and shortens the document's list of messages.
///
/// # Errors
/// A [`CommandError`] where a file cannot be written.
pub fn write(document: &mut Document, output: &OutputArgs, texts: Texts) -> Result<()> {
    if let Some(path) = &output.csv {
        file(path, texts, |target| target.write_all(csv::render(document).as_bytes()))?;
    }
    if !output.all {
        exchange::shorten(document);
    }
    if let Some(path) = &output.html {
        file(path, texts, |target| target.write_all(html::render(document, texts).as_bytes()))?;
    }
    Ok(())
}

/// The same of a chat.
///
/// # Errors
/// As [`write()`].
pub fn write_chat(document: &mut ChatDocument, output: &OutputArgs, texts: Texts) -> Result<()> {
    if let Some(path) = &output.csv {
        file(path, texts, |target| target.write_all(chat::csv::render(document).as_bytes()))?;
    }
    if !output.all {
        shorten(document);
    }
    if let Some(path) = &output.html {
        file(path, texts, |target| target.write_all(html::chat::render(document, texts).as_bytes()))?;
    }
    Ok(())
}

/// Writes the page of transfers, where it was asked for.
///
/// # Errors
/// A [`CommandError`] where it cannot be written.
pub fn write_transfers(documents: &[TransferDocument], html: Option<&Path>, texts: Texts) -> Result<()> {
    let Some(path) = html else { return Ok(()) };
    file(path, texts, |target| target.write_all(html::transfer::render(documents, texts).as_bytes()))
}

/// Writes a row for each receiver, where they were asked for.
///
/// # Errors
/// As [`write_transfers`].
pub fn write_receivers(documents: &[TransferDocument], csv: Option<&Path>, texts: Texts) -> Result<()> {
    let Some(path) = csv else { return Ok(()) };
    file(path, texts, |target| target.write_all(transfer::csv(documents).as_bytes()))
}

/// Writes one file as the user that called.
fn file(path: &Path, texts: Texts, write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> Result<()> {
    let created = privileges::run_as_sudo_user(|| File::create(path)).map_err(|error| error::rights(texts, &error))?;
    let written = created.and_then(|file| {
        let mut file = BufWriter::new(file);
        write(&mut file)?;
        file.flush()
    });
    written.map_err(|error| error::file(texts, "error-write", path, &error))
}

/// Where the commented copies of captures go: one capture's to the file that was named, those of two beside it, because
/// each copy numbers its packets as the original does.
pub fn copies(asked: &Path, captures: &[(PathBuf, &'static str)]) -> Vec<PathBuf> {
    let beside = |side: &str| {
        let stem = asked.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let ending = asked.extension().map_or_else(|| "pcapng".into(), |ending| ending.to_string_lossy().into_owned());
        asked.with_file_name(format!("{stem}.{side}.{ending}"))
    };
    match captures {
        [_] => vec![asked.to_path_buf()],
        several => several.iter().map(|(_, side)| beside(side)).collect(),
    }
}

/// Writes the captures once more, with the verdict on each packet.
///
/// # Errors
/// A [`CommandError`] where a capture cannot be read again or a copy cannot be written.
pub fn annotate(document: &Document, asked: &Path, captures: &[(PathBuf, &'static str)], texts: Texts) -> Result<()> {
    let verdict = html::summary(document, texts);
    for ((source, _), target) in captures.iter().zip(copies(asked, captures)) {
        let log = load::read_capture(source, &MultiProgress::new(), texts)?;
        let comments = frame_comments::of(document, &log, texts);
        let about = CaptureComment { comment: &verdict, interface: &log.file };
        let mut refused = None;
        file(&target, texts, |file| {
            match annotate::copy(source, file, about, |frame| comments.get(&frame).cloned()) {
                Ok(()) => Ok(()),
                Err(CopyError::Target(error)) => Err(error),
                // It was read a moment ago.
                Err(CopyError::Source(error)) => {
                    refused = Some(format!("{error:?}"));
                    Ok(())
                }
            }
        })?;
        if let Some(detail) = refused {
            _ = fs::remove_file(&target);
            let values = [("file", Value::text(source.display())), ("detail", Value::text(detail))];
            return Err(CommandError::environment(texts, "error-read", &values));
        }
        eprint_line(texts.with("run-annotated", &[("file", Value::text(target.display()))]));
    }
    Ok(())
}
