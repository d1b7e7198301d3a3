//! Computes the verdict of a file transfer, at the end of a run and for `analisar`.

use anyhow::Result;
use indicatif::MultiProgress;

use super::error::{self, CommandError};
use super::inputs::hosts::HostInput;
use super::inputs::{self, Inputs};
use super::judge_exchange::filter_check;
use crate::capture::log_reader::Retain;
use crate::core::document::transfer::TransferDocument;
use crate::core::evidence::capture_log::CaptureLog;
use crate::core::evidence::exchange_host::FilterCheck;
use crate::core::evidence::journal_run::Role;
use crate::core::verdict::transfer::{self, TransferHostFiles, WiresError};
use crate::i18n::{Texts, Value};

/// Compares what captures show of a transfer without a journal.
///
/// # Errors
/// As [`judge`].
pub fn compare_captures(inputs: &Inputs, texts: Texts) -> Result<TransferDocument> {
    let mut logs: Vec<(Option<Role>, CaptureLog)> = Vec::new();
    for file in inputs.captures() {
        let log = inputs::read_capture(&file.input, Retain::Wires, &MultiProgress::new(), texts)?;
        logs.push((file.role(), log));
    }
    let captures: Vec<(Option<Role>, &CaptureLog)> = logs.iter().map(|(role, log)| (*role, log)).collect();
    let mut document = transfer::compare_wires(&captures).map_err(|error| {
        let last = logs.iter().rfind(|(role, _)| *role == Some(Role::Server));
        let file = last.map(|(_, log)| log.file.clone()).unwrap_or_default();
        match error {
            WiresError::NoTransfer => CommandError::failed(texts, "error-no-file-told", &[]),
            WiresError::TwoSenders => CommandError::usage(texts, "error-two-senders", &[("file", Value::text(file))]),
        }
    })?;
    document.envelope.warnings.extend(inputs::warnings(&inputs.unused));
    Ok(document)
}

/// Gives a single host without a role the one that is missing.
pub fn complete_roles(hosts: &mut [HostInput]) {
    let without_role: Vec<usize> = (0..hosts.len()).filter(|index| hosts[*index].role.is_none()).collect();
    if let [index] = without_role[..] {
        let has_sender = hosts.iter().any(|host| host.role == Some(Role::Server));
        hosts[index].role = Some(if has_sender { Role::Client } else { Role::Server });
    }
}

/// Computes the verdict of a transfer.
///
/// # Errors
/// A [`CommandError`] that names the file and the problem, or says which file is missing.
pub fn judge(hosts: &[HostInput], texts: Texts) -> Result<TransferDocument> {
    if !hosts.iter().any(|host| host.loaded.journal.as_ref().is_some_and(|journal| journal.file_info().is_some())) {
        return Err(CommandError::failed(texts, "error-no-file-told", &[]));
    }
    if let Some(without_role) = hosts.iter().find(|host| host.role.is_none()) {
        let file = Value::text(without_role.path.display());
        return Err(CommandError::usage(texts, "error-whose-capture", &[("file", file)]));
    }
    let filter_checks: Vec<Option<Box<FilterCheck<'static>>>> =
        hosts.iter().map(|host| filter_check(host.loaded.journal.as_ref())).collect();
    let files = hosts.iter().zip(&filter_checks).map(|(host, filter_check)| TransferHostFiles {
        role: host.role.unwrap_or(Role::Server),
        journal: host.loaded.journal.as_ref(),
        capture: host.loaded.capture.as_ref(),
        filter_check: filter_check.as_deref(),
    });
    let (senders, receivers): (Vec<TransferHostFiles<'_>>, Vec<TransferHostFiles<'_>>) =
        files.partition(|host| host.role == Role::Server);
    if let [_, second, ..] = &senders[..] {
        let name = second.journal.map(|journal| journal.file.clone());
        let name = name.or_else(|| second.capture.map(|log| log.file.clone())).unwrap_or_default();
        return Err(CommandError::usage(texts, "error-two-senders", &[("file", Value::text(name))]));
    }
    transfer::judge(senders.first().copied(), &receivers).map_err(|error| error::transfer_verdict(texts, error))
}
