//! `medidor analisar`: joins captures and journals into one verdict.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use indicatif::MultiProgress;

use super::run::error::{self, CommandError, Exit};
use super::run::judge_chat;
use super::run::judge_transfer;
use super::run::load::{self, FileKind, HostFiles};
use super::run::output_files;
use super::run::print;
use super::run::report_files;
use super::transfer;
use crate::capture::log_reader::RetainPayload;
use crate::cli::AnalyzeArgs;
use crate::core::document::exchange::Document;
use crate::core::evidence::capture_log::{CaptureLog, CaptureSummary};
use crate::core::evidence::conversations::{self, Hints};
use crate::core::evidence::journal_coverage::JournalCoverage;
use crate::core::evidence::journal_run::{CaptureInfo, Role};
use crate::core::identify::capture_role;
use crate::core::verdict::exchange::score;
use crate::core::verdict::exchange::{ExchangeVerdictError, Options};
use crate::i18n::{Texts, Value};

/// Ports listed in an error message.
const MAX_PORTS: usize = 3;

/// A capture and its journal, or one of them, and its role if known.
pub(super) struct HostInput {
    pub path: PathBuf,
    pub role: Option<Role>,
    pub loaded: HostFiles,
}

/// Runs the analysis.
///
/// # Errors
/// A [`CommandError`] with its exit code.
pub fn run(args: &AnalyzeArgs, texts: Texts) -> Result<ExitCode> {
    if judge_chat::is_chat(args, texts)? {
        check(args, texts)?;
        judge_chat::analyze(args, &hosts(args, texts)?, texts)?;
        return Ok(Exit::Done.into());
    }
    if let Some(ends) = judge_transfer::load(&input_paths(args), texts)? {
        check_transfer_options(args, texts)?;
        check(args, texts)?;
        let mut document = judge_transfer::judge(ends, texts)?;
        report_files::write_receivers(std::slice::from_ref(&document), args.output.csv.as_deref(), texts)?;
        transfer::print(&mut document, args.output.json, args.output.html.as_deref(), texts)?;
        return Ok(Exit::Done.into());
    }
    let captures = check(args, texts)?;
    let document = match judge(args, texts) {
        Ok(document) => document,
        // It may be a TCP chat.
        Err(error) => {
            let hosts = if captures.is_empty() { Vec::new() } else { hosts(args, texts)? };
            if !judge_chat::has_tcp_data(&hosts) {
                return Err(error);
            }
            judge_chat::analyze(args, &hosts, texts)?;
            return Ok(Exit::Done.into());
        }
    };
    if let Some(asked) = &args.annotate {
        let captures = captures_with_role(&document, captures);
        report_files::annotate(&document, asked, &captures, texts)?;
    }
    print::print(document, &args.output, texts)?;
    Ok(Exit::Done.into())
}

fn check_transfer_options(args: &AnalyzeArgs, texts: Texts) -> Result<()> {
    let output = &args.output;
    let given = [
        ("--annotate", args.annotate.is_some()),
        ("--all", output.all),
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

/// Makes sure that no file that is read is written, too; answers those that are captures.
fn check(args: &AnalyzeArgs, texts: Texts) -> Result<Vec<PathBuf>> {
    let given: Vec<&PathBuf> = args.files.iter().chain(&args.client).chain(&args.server).collect();
    let beside: Vec<PathBuf> = given.iter().map(|path| output_files::journal_path_for(path)).collect();
    let read: Vec<&Path> = given.iter().copied().chain(&beside).chain(&args.truth).map(PathBuf::as_path).collect();
    let mut captures = Vec::new();
    for path in given {
        if let FileKind::Capture = load::detect_file_kind(path, texts)? {
            captures.push(path.clone());
        }
    }
    let sides = ["client", "server"];
    let copies = args.annotate.as_ref().map(|asked| {
        let captures: Vec<_> = captures.iter().cloned().zip(sides).collect();
        report_files::copy_paths(asked, &captures)
    });
    if args.annotate.is_some() && captures.is_empty() {
        return Err(CommandError::usage(texts, "error-nothing-to-annotate", &[]));
    }
    let copies = copies.unwrap_or_default();
    let written = [args.output.html.as_deref(), args.output.csv.as_deref()];
    let written: Vec<Option<&Path>> =
        written.into_iter().chain(copies.iter().map(|path| Some(path.as_path()))).collect();
    report_files::check(&written, &read, texts)?;
    Ok(captures)
}

/// Captures, each with the side that it is of.
fn captures_with_role(document: &Document, captures: Vec<PathBuf>) -> Vec<(PathBuf, &'static str)> {
    let of_server = document.witnesses.server_capture.as_ref().map(|witness| &witness.file);
    let side = |path: &PathBuf| if of_server == Some(&path.display().to_string()) { "server" } else { "client" };
    let mut with_role: Vec<_> =
        captures.into_iter().map(|path| (side(&path), path)).map(|(side, path)| (path, side)).collect();
    with_role.sort_by_key(|(_, side)| *side);
    with_role
}

/// Reads the files and holds them against each other, and against the truth where it is known.
///
/// # Errors
/// As [`run`].
pub fn judge(args: &AnalyzeArgs, texts: Texts) -> Result<Document> {
    let units = load(input_paths(args), RetainPayload::Numbers, texts)?;
    if units.is_empty() {
        return Err(CommandError::usage(texts, "error-no-files", &[]));
    }
    let (client, server) = assign_roles(units, args.port, texts)?;
    let options = Options {
        server_port: args.port,
        server_flow: args.flow,
        all_messages: args.output.needs_all() || args.annotate.is_some(),
    };
    let truth = args.truth.as_ref().map(|path| load::read_truth(path, texts)).transpose()?;
    let captures = [&client, &server].into_iter().flatten().filter_map(|side| side.capture.as_ref());
    let contents: Vec<CaptureSummary> = captures.map(CaptureLog::contents).collect();
    let mut document = load::judge(client, server, &options)
        .map_err(|error| with_contents(error::exchange_verdict(texts, &error), &contents, texts))?;
    if let Some(truth) = &truth {
        for flow in &mut document.flows {
            flow.score = score::score(flow, truth);
        }
    }
    Ok(document)
}

/// The files of each host that took part in a chat.
fn hosts(args: &AnalyzeArgs, texts: Texts) -> Result<Vec<judge_chat::Host>> {
    let units = load(input_paths(args), RetainPayload::Texts, texts)?;
    if units.is_empty() {
        return Err(CommandError::usage(texts, "error-no-files", &[]));
    }
    Ok(units.into_iter().map(|unit| (unit.role, unit.loaded)).collect())
}

/// The input files, with the role that the user gave.
fn input_paths(args: &AnalyzeArgs) -> Vec<(&PathBuf, Option<Role>)> {
    let given = args.files.iter().map(|path| (path, None));
    let clients = args.client.iter().map(|path| (path, Some(Role::Client)));
    let servers = args.server.iter().map(|path| (path, Some(Role::Server)));
    given.chain(clients).chain(servers).collect()
}

/// Reads the files; a capture brings the journal that lies beside it.
fn load(given: Vec<(&PathBuf, Option<Role>)>, keep: RetainPayload, texts: Texts) -> Result<Vec<HostInput>> {
    let named: Vec<&PathBuf> = given.iter().map(|(path, _)| *path).collect();
    let bars = MultiProgress::new();
    let load = |(path, role): (&PathBuf, Option<Role>)| -> Result<HostInput> {
        let mut loaded = HostFiles::default();
        match load::detect_file_kind(path, texts)? {
            FileKind::Journal(file) => loaded.journal = Some(load::read_journal(&file, path, texts)?),
            FileKind::Capture => {
                loaded.capture = Some(load::read_keeping(path, keep, &bars, texts)?);
                let beside = output_files::journal_path_for(path);
                if !named.contains(&&beside)
                    && beside.is_file()
                    && let FileKind::Journal(file) = load::detect_file_kind(&beside, texts)?
                {
                    loaded.journal = Some(load::read_journal(&file, &beside, texts)?);
                }
            }
        }
        Ok(HostInput { path: path.clone(), role, loaded })
    };
    let units = load::parallel_map(given, load).into_iter().collect::<Result<_>>()?;
    let mut units = attach_journals(units);
    for unit in &mut units {
        let journal_role = unit.loaded.role();
        if let (Some(given_role), Some(journal_role)) = (unit.role, journal_role)
            && given_role != journal_role
        {
            let key = match journal_role {
                Role::Client => "error-is-the-clients",
                Role::Server => "error-is-the-servers",
            };
            return Err(CommandError::usage(texts, key, &[("file", path_value(&unit.path))]));
        }
        unit.role = unit.role.or(journal_role);
    }
    Ok(units)
}

/// Gives captures the journals that were named apart from them: the one that lies beside it, else the only one that
/// speaks for it.
pub(super) fn attach_journals(units: Vec<HostInput>) -> Vec<HostInput> {
    let (mut units, mut journals): (Vec<HostInput>, Vec<HostInput>) =
        units.into_iter().partition(|unit| unit.loaded.capture.is_some());
    let beside = |unit: &HostInput, journal: &HostInput| output_files::journal_path_for(&unit.path) == journal.path;
    // The name is asked for too: with nothing lost, the other side's capture holds just as many packets.
    let describes = |unit: &HostInput, journal: &HostInput| {
        let (Some(log), Some(journal)) = (&unit.loaded.capture, &journal.loaded.journal) else { return false };
        let info = journal.run().and_then(|run| run.capture.as_ref());
        let named = |info: &CaptureInfo| unit.path.file_name().is_some_and(|name| name == info.file.as_str());
        info.is_some_and(named) && JournalCoverage::new(journal).describes_capture(log).is_some()
    };
    let rules: [fn(&HostInput, &HostInput) -> bool; 2] = [beside, describes];
    for matches_journal in rules {
        for unit in &mut units {
            let found: Vec<usize> =
                (0..journals.len()).filter(|index| matches_journal(unit, &journals[*index])).collect();
            if let ([index], None) = (&found[..], &unit.loaded.journal) {
                let journal = journals.remove(*index);
                unit.loaded.merge(journal.loaded);
                unit.role = unit.role.or(journal.role);
            }
        }
    }
    units.extend(journals);
    units
}

/// Finds out which host each unit is from, and puts the units of one host together.
fn assign_roles(
    units: Vec<HostInput>,
    port: Option<u16>,
    texts: Texts,
) -> Result<(Option<HostFiles>, Option<HostFiles>)> {
    let units = find_roles(units, port, texts)?;
    if let Some(without_role) = units.iter().find(|unit| unit.role.is_none()) {
        return Err(role_error(without_role, &units, port, texts));
    }
    let (mut client, mut server) = (None::<HostFiles>, None::<HostFiles>);
    for unit in units {
        let Some(role) = unit.role else { continue };
        let slot = match role {
            Role::Client => &mut client,
            Role::Server => &mut server,
        };
        match slot {
            None => *slot = Some(unit.loaded),
            Some(other)
                if other.capture.is_some() && unit.loaded.capture.is_some()
                    || other.journal.is_some() && unit.loaded.journal.is_some() =>
            {
                let key = match role {
                    Role::Client => "error-two-clients",
                    Role::Server => "error-two-servers",
                };
                return Err(CommandError::usage(texts, key, &[("file", path_value(&unit.path))]));
            }
            Some(other) => other.merge(unit.loaded),
        }
    }
    Ok((client, server))
}

/// The error for captures whose role cannot be determined.
fn role_error(without_role: &HostInput, units: &[HostInput], port: Option<u16>, texts: Texts) -> anyhow::Error {
    let hints = Hints { server_port: port, ..Hints::default() };
    let empty = |log: &CaptureLog| conversations::conversations(log, hints).is_empty();
    let captures: Vec<&CaptureLog> = units.iter().filter_map(|unit| unit.loaded.capture.as_ref()).collect();
    let error = match (&captures[..], &without_role.loaded.capture) {
        (_, Some(log)) if empty(log) => error::exchange_verdict(texts, &ExchangeVerdictError::NothingFound),
        ([first, second], _) if first.datagrams == second.datagrams => {
            error::exchange_verdict(texts, &ExchangeVerdictError::SameCapture)
        }
        ([first, second], _) if !empty(first) && !empty(second) && !capture_role::share(first, second, port) => {
            error::exchange_verdict(texts, &ExchangeVerdictError::NothingShared)
        }
        _ => CommandError::usage(texts, "error-whose-capture", &[("file", path_value(&without_role.path))]),
    };
    let contents: Vec<CaptureSummary> = captures.into_iter().map(CaptureLog::contents).collect();
    with_contents(error, &contents, texts)
}

/// Adds to an error what the captures hold.
fn with_contents(error: anyhow::Error, captures: &[CaptureSummary], texts: Texts) -> anyhow::Error {
    match error.downcast::<CommandError>() {
        Ok(failure) => {
            let lines: Vec<String> = captures.iter().map(|contents| contents_line(contents, texts)).collect();
            let text = [&[failure.text][..], &lines].concat().join("\n");
            CommandError { text, ..failure }.into()
        }
        Err(other) => other,
    }
}

fn contents_line(contents: &CaptureSummary, texts: Texts) -> String {
    let ports: Vec<String> = contents.ports.iter().take(MAX_PORTS).map(u16::to_string).collect();
    let (numbered, first, last) = contents.numbered.unwrap_or_default();
    let values = [
        ("file", Value::text(&contents.file)),
        ("packets", Value::count(contents.packets)),
        ("datagrams", Value::count(contents.datagrams)),
        ("ports", Value::text(ports.join(", "))),
        ("numbered", Value::count(numbered)),
        ("first", Value::text(first)),
        ("last", Value::text(last)),
    ];
    let key = match (contents.packets, contents.datagrams, contents.numbered) {
        (0, ..) => "found-no-packet",
        (_, 0, _) => "found-no-datagram",
        (.., None) => "found-no-number",
        (.., Some(_)) => "found-numbers",
    };
    texts.with(key, &values)
}

fn path_value(path: &Path) -> Value {
    Value::text(path.display())
}

/// Gives captures without a journal their role: by the other capture's, by the round trips of the two, by what each one
/// shows by itself.
pub(super) fn find_roles(mut units: Vec<HostInput>, port: Option<u16>, texts: Texts) -> Result<Vec<HostInput>> {
    let captures: Vec<usize> = (0..units.len()).filter(|index| units[*index].loaded.capture.is_some()).collect();
    if captures.len() > 2 {
        let file = path_value(&units[captures[2]].path);
        return Err(CommandError::usage(texts, "error-too-many-captures", &[("file", file)]));
    }
    let unknown: Vec<usize> = captures.iter().copied().filter(|index| units[*index].role.is_none()).collect();
    let found: Vec<(usize, Option<Role>)> = match (&unknown[..], &captures[..]) {
        ([one], [a, b]) => {
            let other = if one == a { *b } else { *a };
            vec![(*one, units[other].role.map(Role::other))]
        }
        ([first, second], _) => {
            let log = |index: usize| units[index].loaded.capture.as_ref();
            let pair = log(*first).zip(log(*second)).and_then(|(a, b)| capture_role::of_pair(a, b, port));
            match pair {
                Some((a, b)) => vec![(*first, Some(a)), (*second, Some(b))],
                None => roles_from_captures(&units, *first, *second, port),
            }
        }
        ([one], _) => {
            let log = units[*one].loaded.capture.as_ref();
            vec![(*one, log.and_then(|log| capture_role::of_capture(log, port)))]
        }
        _ => Vec::new(),
    };
    for (index, role) in found {
        units[index].role = role;
    }
    Ok(units)
}

fn roles_from_captures(
    units: &[HostInput],
    first: usize,
    second: usize,
    port: Option<u16>,
) -> Vec<(usize, Option<Role>)> {
    let role = |index: usize| units[index].loaded.capture.as_ref().and_then(|log| capture_role::of_capture(log, port));
    match (role(first), role(second)) {
        (Some(a), None) => vec![(first, Some(a)), (second, Some(a.other()))],
        (None, Some(b)) => vec![(first, Some(b.other())), (second, Some(b))],
        (a, b) => vec![(first, a), (second, b)],
    }
}
