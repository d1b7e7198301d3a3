//! Computes the verdict of a file transfer, at the end of a run and for `analisar`.

use std::path::PathBuf;

use anyhow::Result;
use indicatif::MultiProgress;

use super::error::{self, CommandError};
use super::load::{self, FileKind};
use super::output_files;
use crate::capture::transfer_reader::TransferCapture;
use crate::core::document::transfer::TransferDocument;
use crate::core::evidence::exchange_host::FilterCheck;
use crate::core::evidence::journal::{JournalLog, Record};
use crate::core::evidence::journal_run::{Role, TRANSFER};
use crate::core::evidence::transfer_records::FileInfo;
use crate::core::verdict::transfer::{self, TransferHostFiles};
use crate::i18n::{Texts, Value};

#[derive(Default)]
pub struct TransferFiles {
    /// The role, if known.
    pub role: Option<Role>,
    pub journal: Option<JournalLog>,
    pub capture: Option<PathBuf>,
}

/// Reads the files of a transfer, including a journal beside a capture. `None` if no journal is of a transfer.
///
/// # Errors
/// A [`CommandError`] that names the file and the problem.
pub fn load(given: &[(&PathBuf, Option<Role>)], texts: Texts) -> Result<Option<Vec<TransferFiles>>> {
    let mut ends: Vec<TransferFiles> = Vec::new();
    let mut any = false;
    for (path, given_role) in given {
        let (capture, journal) = match load::detect_file_kind(path, texts)? {
            FileKind::Journal(file) => (None, Some((file, (*path).clone()))),
            FileKind::Capture => {
                let beside = output_files::journal_path_for(path);
                let named = given.iter().any(|(other, _)| **other == beside);
                let journal =
                    if !named && beside.is_file() { Some(load::detect_file_kind(&beside, texts)?) } else { None };
                let journal = match journal {
                    Some(FileKind::Journal(file)) => Some((file, beside)),
                    _ => None,
                };
                (Some((*path).clone()), journal)
            }
        };
        // Only the first line is read here: journals of other protocols are read elsewhere.
        let journal = match journal {
            Some((file, path)) if load::dialect(&file).as_deref() == Some(TRANSFER) => {
                any = true;
                Some(load::read_journal(&file, &path, texts)?)
            }
            _ => None,
        };
        let journal_role = journal.as_ref().and_then(JournalLog::run).map(|run| run.role);
        ends.push(TransferFiles { role: given_role.or(journal_role), journal, capture });
    }
    Ok(any.then(|| attach_journals(ends)))
}

/// Joins each capture with the journal that describes it.
fn attach_journals(ends: Vec<TransferFiles>) -> Vec<TransferFiles> {
    let (mut journals, mut units): (Vec<TransferFiles>, Vec<TransferFiles>) =
        ends.into_iter().partition(|end| end.capture.is_none());
    for unit in units.iter_mut().filter(|unit| unit.journal.is_none()) {
        let name = unit.capture.as_ref().and_then(|path| path.file_name()).map(|name| name.to_string_lossy());
        let describes_capture = |journal: &TransferFiles| {
            let run = journal.journal.as_ref().and_then(JournalLog::run);
            run.and_then(|run| run.capture.as_ref()).is_some_and(|info| Some(&*info.file) == name.as_deref())
        };
        let mut found =
            journals.iter().enumerate().filter(|(_, journal)| describes_capture(journal)).map(|(index, _)| index);
        if let (Some(index), None) = (found.next(), found.next()) {
            let journal = journals.remove(index);
            (unit.journal, unit.role) = (journal.journal, unit.role.or(journal.role));
        }
    }
    units.extend(journals);
    // A single capture without a role belongs to the other end of the known host.
    let without_role: Vec<usize> = (0..units.len()).filter(|index| units[*index].role.is_none()).collect();
    if let [index] = without_role[..] {
        let sender = units.iter().any(|unit| unit.role == Some(Role::Server));
        units[index].role = Some(if sender { Role::Client } else { Role::Server });
    }
    units
}

/// Computes the verdict of a transfer.
///
/// # Errors
/// A [`CommandError`] that names the file and the problem, or says which file is missing.
pub fn judge(ends: Vec<TransferFiles>, texts: Texts) -> Result<TransferDocument> {
    let end_file_info = |end: &TransferFiles| end.journal.as_ref().and_then(find_file_info).cloned();
    let Some(file_info) = ends.iter().find_map(end_file_info) else {
        return Err(CommandError::failed(texts, "error-no-file-told", &[]));
    };
    if let Some(without_role) = ends.iter().find(|end| end.role.is_none()) {
        let file = without_role.capture.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
        return Err(CommandError::usage(texts, "error-whose-capture", &[("file", Value::text(file))]));
    }
    let bars = MultiProgress::new();
    let read = |end: TransferFiles| -> Result<(TransferFiles, Option<TransferCapture>)> {
        let run_span = end.journal.as_ref().and_then(|journal| transfer::span(journal, file_info.mode));
        let read = |path: &PathBuf| load::read_transfer_capture(path, &file_info, run_span, &bars, texts);
        let captured = end.capture.as_ref().map(read).transpose()?;
        Ok((end, captured))
    };
    let read: Vec<(TransferFiles, Option<TransferCapture>)> =
        load::parallel_map(ends, read).into_iter().collect::<Result<_>>()?;
    let filter_checks: Vec<Option<Box<FilterCheck<'static>>>> =
        read.iter().map(|(end, _)| load::filter_check(end.journal.as_ref())).collect();
    let hosts: Vec<TransferHostFiles<'_>> = read
        .iter()
        .zip(&filter_checks)
        .map(|((end, captured), filter_check)| TransferHostFiles {
            role: end.role.unwrap_or(Role::Server),
            journal: end.journal.as_ref(),
            capture: captured.as_ref().map(|(log, flows)| (log, &flows[..])),
            filter_check: filter_check.as_deref(),
        })
        .collect();
    let (senders, receivers): (Vec<TransferHostFiles<'_>>, Vec<TransferHostFiles<'_>>) =
        hosts.into_iter().partition(|host| host.role == Role::Server);
    if let [_, second, ..] = &senders[..] {
        let name = second.journal.map(|journal| journal.file.clone());
        let name = name.or_else(|| second.capture.map(|(log, _)| log.file.clone())).unwrap_or_default();
        return Err(CommandError::usage(texts, "error-two-senders", &[("file", Value::text(name))]));
    }
    transfer::judge(senders.first().copied(), &receivers).map_err(|error| error::transfer_verdict(texts, error))
}

fn find_file_info(journal: &JournalLog) -> Option<&FileInfo> {
    journal.records.iter().find_map(|record| match record {
        Record::File(info) => Some(&**info),
        _ => None,
    })
}
