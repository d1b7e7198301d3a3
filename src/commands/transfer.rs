//! What both ends of a transfer share: stopping, results, logs and exit codes.

use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::Result;
use chrono::{DateTime, Local};
use signal_hook::consts::TERM_SIGNALS;
use signal_hook::flag;

use super::failure::{self, Exit, Failure};
use super::result;
use crate::cli::TransferMode;
use crate::core::dialect::transfer::{Mode, Trouble};
use crate::core::verdict::transfer::{End, TransferDocument};
use crate::i18n::{Texts, Value};
use crate::report::transfer as report;

/// The mode that was typed.
pub const fn mode(typed: TransferMode) -> Mode {
    match typed {
        TransferMode::Udp => Mode::Udp,
        TransferMode::Classic => Mode::Classic,
        TransferMode::Tcp => Mode::Tcp,
        TransferMode::Quic => Mode::Quic,
    }
}

/// A flag that the first Ctrl-C or SIGTERM raises; the second ends the process.
///
/// # Errors
/// A [`Failure`] where the system does not let this process listen.
pub fn stopping(texts: Texts) -> Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    for &signal in TERM_SIGNALS {
        // In this order: the first signal finds the flag down.
        flag::register_conditional_default(signal, Arc::clone(&stop))
            .and_then(|_| flag::register(signal, Arc::clone(&stop)))
            .map_err(|error| Failure::environment(texts, "error-signals", &[("detail", Value::words(error))]))?;
    }
    Ok(stop)
}

/// Makes sure that the folder for logs is there.
///
/// # Errors
/// A [`Failure`].
pub fn log_folder(folder: Option<&Path>, texts: Texts) -> Result<()> {
    let Some(folder) = folder else { return Ok(()) };
    fs::create_dir_all(folder).map_err(|error| failure::output(texts, folder, &error))
}

/// Prints the result and writes the logs; answers the exit code.
///
/// # Errors
/// A [`Failure`] where they cannot be written.
pub fn finish(document: &TransferDocument, logs: Option<&Path>, json: bool, texts: Texts) -> Result<ExitCode> {
    if let Some(folder) = logs {
        let time = DateTime::from_timestamp_nanos(document.start_ns.0).with_timezone(&Local);
        for transfer in &document.transfers {
            let role = match document.role {
                End::Sender => "sender",
                End::Receiver => "receiver",
            };
            let name = format!(
                "{role}-{}-{}-{}-{}.log",
                transfer.number,
                time.format("%Y%m%d-%H%M%S"),
                document.name.as_deref().unwrap_or("-"),
                document.clients.unwrap_or(0),
            );
            let path = folder.join(name);
            let text = report::log(document, transfer, &time.to_rfc3339(), texts);
            fs::write(&path, text).map_err(|error| failure::output(texts, &path, &error))?;
        }
    }
    let text = if json { report::json(document) } else { report::text(document, texts) };
    result::write(&text, texts)?;
    Ok(exit(document).into())
}

/// All whole: done. What the environment did goes before what the network did.
fn exit(document: &TransferDocument) -> Exit {
    let troubles: Vec<Trouble> = document.transfers.iter().filter_map(|transfer| transfer.trouble).collect();
    let own_disk = |trouble: &Trouble| matches!(trouble, Trouble::DiskFull | Trouble::File);
    if troubles.contains(&Trouble::Interrupted) {
        Exit::Interrupted
    } else if document.role == End::Receiver && troubles.iter().any(own_disk) {
        Exit::Environment
    } else if !troubles.is_empty() || document.transfers.iter().any(|transfer| transfer.complete == Some(false)) {
        Exit::Failed
    } else {
        Exit::Done
    }
}
