//! Which captures of a submission are judged, where it holds more than one run: a rehearsal beside the real one, or old
//! copies.

use std::cmp::Reverse;
use std::path::Path;

use crate::commands::run::inputs::hosts::HostInput;
use crate::commands::run::output_files;
use crate::core::document::check::{Requirement, Status, SubmissionResult};
use crate::core::evidence::capture_log::CaptureLog;
use crate::core::evidence::conversations::{self, Hints};
use crate::core::evidence::journal_run::Role;
use crate::core::identify::capture_role;
use crate::core::time::Wall;

/// Captures of one side that are tried.
const MAX_PER_SIDE: usize = 4;

/// The places of captures and journals that may belong together: one selection where there are at most two captures, else
/// one for each pair of a client's and a server's.
pub fn selections(units: &[HostInput], port: Option<u16>) -> Vec<Vec<usize>> {
    let (mut captures, journals): (Vec<usize>, Vec<usize>) =
        (0..units.len()).partition(|index| units[*index].loaded.capture.is_some());
    let with_journals = |chosen: &[usize]| [chosen, &journals].concat();
    if captures.len() <= 2 {
        return vec![with_journals(&captures)];
    }
    captures.sort_by_key(|index| Reverse(message_count(&units[*index], port)));
    let of_side = |side: Role| {
        let may_be = move |index: &&usize| role(&units[**index], port).is_none_or(|role| role == side);
        captures.iter().filter(may_be).take(MAX_PER_SIDE)
    };
    let mut pairs: Vec<[usize; 2]> = Vec::new();
    for client in of_side(Role::Client) {
        for server in of_side(Role::Server).filter(|server| *server != client) {
            if !pairs.contains(&[*server, *client]) {
                pairs.push([*client, *server]);
            }
        }
    }
    if pairs.is_empty() {
        return captures.iter().take(MAX_PER_SIDE).map(|capture| with_journals(&[*capture])).collect();
    }
    pairs.iter().map(|pair| with_journals(pair)).collect()
}

/// The side of a capture, by what is known of it, what it shows, or its name.
fn role(unit: &HostInput, port: Option<u16>) -> Option<Role> {
    let log = unit.loaded.capture.as_ref();
    unit.role.or_else(|| capture_role::of_capture(log?, port)).or_else(|| role_from_name(&unit.path))
}

/// The role that a file name suggests.
pub fn role_from_name(path: &Path) -> Option<Role> {
    let name = path.to_string_lossy().to_lowercase();
    let last = |words: &[&str]| words.iter().filter_map(|word| name.rfind(word)).max();
    match (last(&["client"]), last(&["serv"])) {
        (Some(client), server) if Some(client) > server => Some(Role::Client),
        (_, Some(_)) => Some(Role::Server),
        _ => None,
    }
}

/// Count of numbered messages and replies in a capture.
pub fn message_count(unit: &HostInput, server_port: Option<u16>) -> usize {
    let count = |log: &CaptureLog| {
        let found = conversations::conversations(log, Hints { server_port, client_port: None });
        found.iter().map(|conversation| conversation.requests().len() + conversation.replies().len()).sum()
    };
    unit.loaded.capture.as_ref().map_or(0, count)
}

/// How well a selection fits: of one run, with many points met, named as no old copy, and late.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fit {
    is_one_run: bool,
    met: usize,
    not_met: Reverse<usize>,
    /// Captures with the name of an old copy, as `client.1.pcap`.
    old: Reverse<usize>,
    begin: Option<Wall>,
}

impl Fit {
    /// The fit by names and times alone; [`with_result`](Self::with_result) adds the points.
    pub fn of_captures(units: &[HostInput]) -> Self {
        let captures = || units.iter().filter(|unit| unit.loaded.capture.is_some());
        let old = captures().filter(|unit| output_files::is_old_copy(&unit.path)).count();
        let begin = captures().filter_map(|unit| unit.loaded.capture.as_ref()?.first).max();
        Self { is_one_run: false, met: 0, not_met: Reverse(0), old: Reverse(old), begin }
    }

    /// The same with the points of the assignment.
    #[must_use]
    pub fn with_result(self, result: &SubmissionResult) -> Self {
        let count = |status| result.points.iter().filter(|point| point.status == status).count();
        let of_run = result.points.iter().find(|point| point.point == Requirement::SameRun);
        Self {
            is_one_run: of_run.is_some_and(|point| point.status == Status::Met),
            met: count(Status::Met),
            not_met: Reverse(count(Status::NotMet)),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_suggest_roles() {
        assert_eq!(role_from_name(Path::new("g1/captura_Cliente.pcap")), Some(Role::Client));
        assert_eq!(role_from_name(Path::new("cliente/servidor.pcap")), Some(Role::Server));
        assert_eq!(role_from_name(Path::new("servidor/a.pcap")), Some(Role::Server));
        assert_eq!(role_from_name(Path::new("a.pcap")), None);
    }
}
