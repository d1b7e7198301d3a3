//! Computes the verdict of a chat, at the end of a run and for `analisar`.

use anyhow::Result;

use super::error::CommandError;
use super::inputs::{self, HostFiles, UnusedFile};
use super::judge_exchange::filter_check;
use super::print;
use super::report_files;
use crate::cli::{AnalyzeArgs, OutputArgs};
use crate::core::document::chat::ChatDocument;
use crate::core::evidence::capture_log::CaptureLog;
use crate::core::evidence::chat_host::ChatHostFiles;
use crate::core::evidence::journal_run::Role;
use crate::core::verdict::chat::{self, Options, tcp_port};
use crate::i18n::{Texts, Value};
use crate::report::chat as report;
use crate::report::json;

/// One host's files, and its role if the user gave one.
pub type Host = (Option<Role>, HostFiles);

/// Computes the verdict; `None` if the files hold no chat.
pub fn judge(hosts: &[Host], options: Options) -> Option<ChatDocument> {
    let filter_checks: Vec<_> = hosts.iter().map(|(_, loaded)| filter_check(loaded.journal.as_ref())).collect();
    let hosts: Vec<chat::HostFiles<'_>> = hosts
        .iter()
        .zip(&filter_checks)
        .map(|((role, loaded), filter_check)| chat::HostFiles {
            role: role.or_else(|| loaded.role()),
            files: ChatHostFiles {
                journal: loaded.journal.as_ref(),
                capture: loaded.capture.as_ref(),
                filter_check: filter_check.as_deref(),
            },
        })
        .collect();
    chat::analyze(&hosts, options)
}

/// Writes the report files and prints the result.
///
/// # Errors
/// A [`CommandError`] if a file or stdout cannot be written to.
pub fn print(mut document: ChatDocument, output: &OutputArgs, texts: Texts) -> Result<()> {
    report_files::write_chat(&mut document, output, texts)?;
    let rendered = if output.json {
        json::render(&mut document, texts)
    } else {
        report::text(&document, texts, print::style(output.details))
    };
    print::write_result(&rendered, &output.report_files(), texts)
}

/// Analyzes the files as those of a chat, and prints the result.
///
/// # Errors
/// A [`CommandError`] with its exit code.
pub fn analyze(args: &AnalyzeArgs, hosts: &[Host], unused: &[UnusedFile], texts: Texts) -> Result<()> {
    let given =
        [("--annotate", args.annotate.is_some()), ("--truth", args.truth.is_some()), ("--flow", args.flow.is_some())];
    if let Some((option, _)) = given.into_iter().find(|(_, asked)| *asked) {
        return Err(CommandError::usage(texts, "error-chat-form", &[("option", Value::text(option))]));
    }
    let options = Options { server_port: args.port, all_messages: args.output.needs_all() };
    match judge(hosts, options) {
        Some(mut document) => {
            document.envelope.warnings.extend(inputs::warnings(unused));
            print(document, &args.output, texts)
        }
        None => Err(CommandError::failed(texts, "error-no-chat", &[])),
    }
}

/// Whether captures without numbered messages hold TCP connections whose lines look like a chat.
pub fn shows_tcp_chat(hosts: &[Host]) -> bool {
    let captures: Vec<&CaptureLog> = hosts.iter().filter_map(|(_, files)| files.capture.as_ref()).collect();
    tcp_port::chat_port(&captures).is_some()
}
