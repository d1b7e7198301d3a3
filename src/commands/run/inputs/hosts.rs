//! Sorts captures and journals into hosts: which journal describes which capture, and which host is client or server.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::read::HostFiles;
use crate::commands::run::error::{self, CommandError};
use crate::core::document::frame_ref::CaptureParts;
use crate::core::evidence::capture_description::{self, Relation};
use crate::core::evidence::capture_log::{CaptureLog, CaptureSummary};
use crate::core::evidence::conversations::{self, Hints};
use crate::core::evidence::journal_coverage::JournalCoverage;
use crate::core::evidence::journal_run::Role;
use crate::core::identify::capture_role;
use crate::core::verdict::exchange::ExchangeVerdictError;
use crate::i18n::{Texts, Value};

/// Ports listed in an error message.
const MAX_PORTS: usize = 3;

/// A capture and its journal, or one of them, and its role if known.
#[derive(Clone)]
pub struct HostInput {
    /// The capture's path, or else the journal's.
    pub path: PathBuf,
    pub role: Option<Role>,
    pub loaded: HostFiles,
    /// A journal that was found beside a capture and not given.
    pub is_candidate: bool,
}

impl HostInput {
    /// Whether its capture shows the same packets.
    pub fn has_packets_of(&self, log: &CaptureLog) -> bool {
        self.loaded.capture.as_ref().is_some_and(|own| {
            own.packets == log.packets
                && (own.first, own.last) == (log.first, log.last)
                && own.flows == log.flows
                && own.datagrams == log.datagrams
        })
    }
}

/// Joins the files that one capture wrote one after the other. Files with different given roles are of different captures.
pub fn join_rings(units: Vec<HostInput>) -> (Vec<HostInput>, Vec<CaptureParts>) {
    let mut joined: Vec<(HostInput, CaptureParts)> = Vec::new();
    let (mut captures, rest): (Vec<HostInput>, Vec<HostInput>) =
        units.into_iter().partition(|unit| unit.loaded.capture.is_some());
    let start = |unit: &HostInput| unit.loaded.capture.as_ref().and_then(|log| log.first);
    let in_given_order: Vec<PathBuf> = captures.iter().map(|unit| unit.path.clone()).collect();
    captures.sort_by_key(start);
    for unit in captures {
        let Some(log) = &unit.loaded.capture else { continue };
        let known = joined.iter_mut().find(|(first, _)| {
            let earlier = first.loaded.capture.as_ref();
            // The user may have given several files the same role, which are then one capture.
            let is_given = first.role.is_some();
            let follows = |earlier: &CaptureLog| {
                let is_later = earlier.last.zip(log.first).is_some_and(|(last, first)| last <= first);
                is_given && earlier.link_type == log.link_type && is_later || earlier.is_continued_by(log)
            };
            first.role == unit.role && earlier.is_some_and(follows)
        });
        match (known, unit.loaded.capture) {
            (Some((first, parts)), Some(log)) => {
                if let Some(earlier) = &mut first.loaded.capture {
                    parts.files.push((log.file.clone(), earlier.last_frame() + 1));
                    earlier.append(log);
                    earlier.file = format!("{} (+{})", parts.files[0].0, parts.files.len() - 1);
                    parts.name.clone_from(&earlier.file);
                }
            }
            (None, Some(log)) => {
                let parts = CaptureParts { name: log.file.clone(), files: vec![(log.file.clone(), 1)] };
                let loaded = HostFiles { capture: Some(log), journal: unit.loaded.journal };
                joined.push((HostInput { loaded, ..unit }, parts));
            }
            (_, None) => {}
        }
    }
    joined.sort_by_key(|(unit, _)| in_given_order.iter().position(|path| *path == unit.path));
    let (mut units, parts): (Vec<HostInput>, Vec<CaptureParts>) = joined.into_iter().unzip();
    units.extend(rest);
    (units, parts.into_iter().filter(|parts| parts.files.len() > 1).collect())
}

/// Attaches each journal to the capture that it describes. Returns the hosts, and the candidates that describe none.
pub fn attach_journals(units: Vec<HostInput>) -> (Vec<HostInput>, Vec<PathBuf>) {
    let (mut captures, journals): (Vec<HostInput>, Vec<HostInput>) =
        units.into_iter().partition(|unit| unit.loaded.capture.is_some());
    let mut journals: Vec<Option<HostInput>> = journals.into_iter().map(Some).collect();
    let relations: Vec<Vec<Relation>> =
        journals.iter().flatten().map(|journal| relations(journal, &captures)).collect();
    for wanted in [Relation::Confirmed, Relation::Consistent] {
        // Each attachment may leave only one possibility for another.
        while let Some((journal, capture)) = only_possibility(&relations, wanted, &journals, &captures) {
            if let Some(journal) = journals[journal].take() {
                let host = &mut captures[capture];
                host.loaded.merge(journal.loaded);
                host.role = host.role.or(journal.role);
            }
        }
    }
    let (unrelated, alone): (Vec<HostInput>, Vec<HostInput>) =
        journals.into_iter().flatten().partition(|journal| journal.is_candidate);
    captures.extend(alone);
    for host in &mut captures {
        host.role = host.role.or(host.loaded.role());
    }
    (captures, unrelated.into_iter().map(|journal| journal.path).collect())
}

fn relations(journal: &HostInput, captures: &[HostInput]) -> Vec<Relation> {
    let Some(log) = &journal.loaded.journal else { return vec![Relation::Unrelated; captures.len()] };
    let clock_moved = JournalCoverage::new(log).clock_moved;
    let relation = |capture: &HostInput| {
        let capture = capture.loaded.capture.as_ref();
        capture.map_or(Relation::Unrelated, |capture| capture_description::relation(log, capture, clock_moved))
    };
    captures.iter().map(relation).collect()
}

/// A journal and a capture without one that are related and, unless their stamps confirm it, have no rival.
fn only_possibility(
    relations: &[Vec<Relation>],
    wanted: Relation,
    journals: &[Option<HostInput>],
    captures: &[HostInput],
) -> Option<(usize, usize)> {
    let is_free = |capture: usize| captures[capture].loaded.journal.is_none();
    let is_related = |journal: usize, capture: usize| {
        journals[journal].is_some() && is_free(capture) && relations[journal][capture] == wanted
    };
    let of_journal = |journal: usize| (0..captures.len()).filter(move |capture| is_related(journal, *capture));
    (0..journals.len()).find_map(|journal| {
        let mut found = of_journal(journal);
        let capture = found.next()?;
        let rivals = (0..journals.len()).filter(|other| is_related(*other, capture)).count();
        let is_only = found.next().is_none() && rivals == 1;
        (is_only || wanted == Relation::Confirmed).then_some((journal, capture))
    })
}

/// Rejects a role that the user gave and the journal contradicts.
///
/// # Errors
/// A [`CommandError`] that names the file.
pub fn check_given_roles(hosts: &[HostInput], texts: Texts) -> Result<()> {
    for host in hosts {
        let key = match (host.role, host.loaded.role()) {
            (Some(Role::Server), Some(Role::Client)) => "error-is-the-clients",
            (Some(Role::Client), Some(Role::Server)) => "error-is-the-servers",
            _ => continue,
        };
        return Err(CommandError::usage(texts, key, &[("file", path_value(&host.path))]));
    }
    Ok(())
}

/// Finds out which host each unit is from, and puts the units of one host together.
///
/// # Errors
/// A [`CommandError`] if a capture's role is unknown, or two files have the same place.
pub fn assign_roles(
    hosts: Vec<HostInput>,
    port: Option<u16>,
    texts: Texts,
) -> Result<(Option<HostFiles>, Option<HostFiles>)> {
    require_one_end(&hosts, port, texts)?;
    let hosts = find_roles(hosts, port, texts)?;
    if let Some(without_role) = hosts.iter().find(|host| host.role.is_none()) {
        return Err(role_error(without_role, &hosts, port, texts));
    }
    let (mut client, mut server) = (None::<HostFiles>, None::<HostFiles>);
    for host in hosts {
        let Some(role) = host.role else { continue };
        let slot = match role {
            Role::Client => &mut client,
            Role::Server => &mut server,
        };
        match slot {
            None => *slot = Some(host.loaded),
            Some(other)
                if other.capture.is_some() && host.loaded.capture.is_some()
                    || other.journal.is_some() && host.loaded.journal.is_some() =>
            {
                let key = match role {
                    Role::Client => "error-two-clients",
                    Role::Server => "error-two-servers",
                };
                return Err(CommandError::usage(texts, key, &[("file", path_value(&host.path))]));
            }
            Some(other) => other.merge(host.loaded),
        }
    }
    Ok((client, server))
}

/// The error for captures whose role cannot be determined.
fn role_error(without_role: &HostInput, hosts: &[HostInput], port: Option<u16>, texts: Texts) -> anyhow::Error {
    let hints = Hints { server_port: port, ..Hints::default() };
    let empty = |log: &CaptureLog| conversations::conversations(log, hints).is_empty();
    let captures: Vec<&CaptureLog> = hosts.iter().filter_map(|host| host.loaded.capture.as_ref()).collect();
    let error = match (&captures[..], &without_role.loaded.capture) {
        (_, Some(log)) if empty(log) => error::exchange_verdict(texts, &ExchangeVerdictError::NothingFound),
        ([first, second], _) if first.datagrams == second.datagrams => {
            error::exchange_verdict(texts, &ExchangeVerdictError::SameCapture)
        }
        ([first, second], _) if !empty(first) && !empty(second) && !capture_role::share(first, second, port) => {
            CommandError::failed(texts, "error-nothing-shared", &[])
        }
        _ => CommandError::usage(texts, "error-whose-capture", &[("file", path_value(&without_role.path))]),
    };
    let contents: Vec<CaptureSummary> = captures.into_iter().map(CaptureLog::contents).collect();
    with_contents(error, &contents, texts)
}

/// Adds to an error what the captures hold. A capture that was cut before its texts is the reason, whatever the error.
pub fn with_contents(error: anyhow::Error, captures: &[CaptureSummary], texts: Texts) -> anyhow::Error {
    let cut = captures.iter().find(|contents| contents.is_cut_before_text());
    let cut_error = cut.map(|contents| {
        let values = [("file", Value::text(&contents.file)), ("count", Value::count(contents.cut))];
        CommandError::failed(texts, "error-cut-before-text", &values)
    });
    match cut_error.unwrap_or(error).downcast::<CommandError>() {
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
        ("unidentified", Value::count(contents.unidentified)),
    ];
    let key = match (contents.packets, contents.datagrams, contents.numbered) {
        (0, ..) => "found-no-packet",
        (_, 0, _) => "found-no-datagram",
        (.., None) if contents.unidentified > 0 => "found-unidentified",
        (.., None) => "found-no-number",
        (.., Some(_)) => "found-numbers",
    };
    texts.with(key, &values)
}

fn path_value(path: &Path) -> Value {
    Value::text(path.display())
}

/// The only capture, if nothing tells at which of two neighbours it was taken.
pub fn of_either_neighbour(hosts: &[HostInput], port: Option<u16>) -> Option<String> {
    let [HostInput { role: None, loaded, .. }] = hosts else { return None };
    let log = loaded.capture.as_ref()?;
    capture_role::of_only_capture(log, port).filter(|found| found.is_assumed).map(|_| log.file.clone())
}

/// Gives captures without a journal their role: the other capture's opposite, else what they show.
///
/// # Errors
/// A [`CommandError`] for more than two captures.
pub fn find_roles(mut hosts: Vec<HostInput>, port: Option<u16>, texts: Texts) -> Result<Vec<HostInput>> {
    let with_capture =
        hosts.iter_mut().filter_map(|host| Some((&mut host.role, host.loaded.capture.as_ref()?, &host.path)));
    match &mut with_capture.collect::<Vec<_>>()[..] {
        [(role @ None, log, _)] => **role = capture_role::of_only_capture(log, port).map(|found| found.role),
        [(first @ None, ours, _), (second @ None, theirs, _)] => {
            [**first, **second] = capture_role::of_two_captures(ours, theirs, port);
        }
        [(unknown @ None, ..), (Some(known), ..)] | [(Some(known), ..), (unknown @ None, ..)] => {
            **unknown = Some(known.other());
        }
        [_, _, (.., third), ..] => {
            return Err(CommandError::usage(texts, "error-too-many-captures", &[("file", path_value(third))]));
        }
        _ => {}
    }
    Ok(hosts)
}

/// Refuses captures that were not taken at one end.
///
/// # Errors
/// A [`CommandError`] that names the file and what it shows.
fn require_one_end(hosts: &[HostInput], port: Option<u16>, texts: Texts) -> Result<()> {
    for host in hosts {
        let (Some(log), None) = (&host.loaded.capture, &host.loaded.journal) else { continue };
        if let Some(why) = capture_role::not_one_end(log, None, port) {
            return Err(error::not_one_end(texts, &host.path.display().to_string(), why));
        }
    }
    Ok(())
}
