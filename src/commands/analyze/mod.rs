//! `medidor analisar`: joins captures and journals into one verdict.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;

use super::run::error::{self, CommandError, Exit};
use super::run::inputs::hosts;
use super::run::inputs::{self, GivenPath, Inputs, ReadInputs, RunKind, UnusedFile};
use super::run::judge_chat;
use super::run::judge_exchange;
use super::run::judge_transfer;
use super::run::print;
use super::run::report_files;
use super::transfer;
use crate::cli::AnalyzeArgs;
use crate::cli::arguments::is_stdout;
use crate::core::document::exchange::Document;
use crate::core::document::identification::Identification;
use crate::core::document::transfer::TransferDocument;
use crate::core::document::warning::{Warning, WarningCode};
use crate::core::document::witness::WitnessKind;
use crate::core::evidence::capture_log::{CaptureLog, CaptureSummary};
use crate::core::evidence::journal_run::Role;
use crate::core::verdict::exchange::Options;
use crate::core::verdict::exchange::score;
use crate::i18n::{Texts, Value};
use crate::input::InputFile;

/// Runs the analysis.
///
/// # Errors
/// A [`CommandError`] with its exit code.
pub fn run(args: &AnalyzeArgs, texts: Texts) -> Result<ExitCode> {
    let inputs = Inputs::open(&given_paths(args), texts)?;
    let kind = if args.chat { RunKind::Chat } else { inputs.run_kind() };
    if kind == RunKind::Transfer {
        check_transfer_options(args, texts)?;
    }
    check_outputs(args, &inputs, texts)?;
    let exit = match kind {
        RunKind::Chat => {
            let (hosts, unused) = chat_hosts(&inputs, texts)?;
            judge_chat::analyze(args, &hosts, &unused, texts)?;
            Exit::Done
        }
        RunKind::Transfer => {
            let document = if inputs.has_journals() {
                judge_transfer(&inputs, texts)?
            } else {
                judge_transfer::compare_captures(&inputs, texts)?
            };
            print_transfer(args, document, texts)?;
            Exit::Done
        }
        RunKind::Exchange => analyze_exchange(args, &inputs, texts)?,
    };
    Ok(exit.into())
}

fn judge_transfer(inputs: &Inputs, texts: Texts) -> Result<TransferDocument> {
    let ReadInputs { mut hosts, unused, .. } = inputs.read(RunKind::Transfer, texts).complete()?;
    judge_transfer::complete_roles(&mut hosts);
    let mut document = judge_transfer::judge(&hosts, texts)?;
    document.envelope.warnings.extend(inputs::warnings(&unused));
    Ok(document)
}

fn print_transfer(args: &AnalyzeArgs, mut document: TransferDocument, texts: Texts) -> Result<()> {
    transfer::print(&mut document, args.output.json, args.output.report_files(), texts)
}

fn analyze_exchange(args: &AnalyzeArgs, inputs: &Inputs, texts: Texts) -> Result<Exit> {
    let document = match judge(args, inputs, texts) {
        Ok(document) => document,
        // It may be a TCP chat.
        Err(error) => {
            if inputs.captures().next().is_none() {
                return Err(error);
            }
            let (hosts, unused) = chat_hosts(inputs, texts)?;
            if !judge_chat::shows_tcp_chat(&hosts) {
                return Err(error);
            }
            judge_chat::analyze(args, &hosts, &unused, texts)?;
            return Ok(Exit::Done);
        }
    };
    if let Some(target) = &args.annotate {
        report_files::annotate(&document, target, &captures_with_role(&document, inputs), texts)?;
    }
    let is_unanswered = document.envelope.warnings.iter().any(|warning| warning.code == WarningCode::NothingPassed);
    let is_other_run = document.envelope.identification.as_ref().is_some_and(Identification::is_other_run);
    print::print(document, &args.output, texts)?;
    Ok(if is_other_run || is_unanswered { Exit::Failed } else { Exit::Done })
}

fn check_transfer_options(args: &AnalyzeArgs, texts: Texts) -> Result<()> {
    let output = &args.output;
    let given = [
        ("--annotate", args.annotate.is_some()),
        ("--all", output.all),
        ("--details", output.details),
        ("--truth", args.truth.is_some()),
        ("--port", args.port.is_some()),
        ("--flow", args.flow.is_some()),
    ];
    match given.into_iter().find(|(_, given)| *given) {
        Some((option, _)) => {
            Err(CommandError::usage(texts, "error-not-of-a-transfer", &[("option", Value::text(option))]))
        }
        None => Ok(()),
    }
}

/// Makes sure that no file that is read is written as well.
fn check_outputs(args: &AnalyzeArgs, inputs: &Inputs, texts: Texts) -> Result<()> {
    let read: Vec<&Path> = inputs.paths().chain(args.truth.as_deref()).collect();
    let captures = inputs.captures().count();
    if args.annotate.is_some() && captures == 0 {
        return Err(CommandError::usage(texts, "error-nothing-to-annotate", &[]));
    }
    // Packets and words cannot share it.
    if args.annotate.as_deref().is_some_and(is_stdout) {
        return Err(CommandError::usage(texts, "error-annotate-stdout", &[]));
    }
    let sides = &["client", "server"][..captures.min(2)];
    let copies = args.annotate.as_ref().map(|target| report_files::copy_paths(target, sides)).unwrap_or_default();
    let written: Vec<Option<&Path>> =
        args.output.report_files().into_iter().chain(copies.iter().map(|path| Some(path.as_path()))).collect();
    report_files::check(&written, args.output.json, &read, texts)
}

/// The captures, each with its side.
fn captures_with_role<'a>(document: &Document, inputs: &'a Inputs) -> Vec<(&'a InputFile, &'static str)> {
    let server_file = document.envelope.witnesses.get(Role::Server, WitnessKind::Capture).map(|witness| &witness.file);
    let side = |input: &InputFile| if server_file == Some(&input.name()) { "server" } else { "client" };
    let mut with_side: Vec<_> = inputs.captures().map(|file| (&file.input, side(&file.input))).collect();
    with_side.sort_by_key(|(_, side)| *side);
    with_side
}

/// Reads and analyzes the files of an exchange, and scores the verdict if the truth is known.
///
/// # Errors
/// As [`run`].
pub fn judge(args: &AnalyzeArgs, inputs: &Inputs, texts: Texts) -> Result<Document> {
    let ReadInputs { hosts: read, rings, unused, .. } = inputs.read(RunKind::Exchange, texts).complete()?;
    if read.is_empty() {
        return Err(CommandError::usage(texts, "error-no-files", &[]));
    }
    hosts::check_given_roles(&read, texts)?;
    let of_either = hosts::of_either_neighbour(&read, args.port);
    let (client, server) = hosts::assign_roles(read, args.port, texts)?;
    let options = Options {
        server_port: args.port,
        server_flow: args.flow,
        all_messages: args.output.needs_all() || args.annotate.is_some(),
    };
    let truth = args.truth.as_ref().map(|path| judge_exchange::read_truth(path, texts)).transpose()?;
    let captures = [&client, &server].into_iter().flatten().filter_map(|host| host.capture.as_ref());
    let contents: Vec<CaptureSummary> = captures.map(CaptureLog::contents).collect();
    let mut document = judge_exchange::judge(client, server, &options)
        .map_err(|error| hosts::with_contents(error::exchange_verdict(texts, &error), &contents, texts))?;
    document.envelope.warnings.extend(inputs::warnings(&unused));
    let assumed = of_either.map(|file| Warning::new(WarningCode::SideAssumed, [("file", file.into())]));
    document.envelope.warnings.extend(assumed);
    let messages = document.flows.iter_mut().flat_map(|flow| &mut flow.messages);
    for reference in messages.flat_map(|message| &mut message.evidence) {
        for ring in &rings {
            ring.resolve(reference);
        }
    }
    if let Some(truth) = &truth {
        for flow in &mut document.flows {
            flow.score = score::score(flow, truth);
        }
    }
    Ok(document)
}

/// The files of each host that took part in a chat.
fn chat_hosts(inputs: &Inputs, texts: Texts) -> Result<(Vec<judge_chat::Host>, Vec<UnusedFile>)> {
    let ReadInputs { hosts, unused, .. } = inputs.read(RunKind::Chat, texts).complete()?;
    if hosts.is_empty() {
        return Err(CommandError::usage(texts, "error-no-files", &[]));
    }
    hosts::check_given_roles(&hosts, texts)?;
    Ok((hosts.into_iter().map(|host| (host.role, host.loaded)).collect(), unused))
}

/// The input files, with the role that the user gave.
pub fn given_paths(args: &AnalyzeArgs) -> Vec<GivenPath> {
    let with_role = |paths: &[PathBuf], role: Option<Role>| -> Vec<GivenPath> {
        paths.iter().map(|path| GivenPath { path: path.clone(), role }).collect()
    };
    let mut given = with_role(&args.files, None);
    given.extend(with_role(&args.client, Some(Role::Client)));
    given.extend(with_role(&args.server, Some(Role::Server)));
    given
}
