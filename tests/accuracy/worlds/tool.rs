//! Gives files to the code under test: with the roles that the user says, or without them in any order.

use std::path::PathBuf;

use fastrand::Rng;
use medidor::commands::run::inputs::HostFiles;
use medidor::commands::run::inputs::hosts::{self, HostInput};
use medidor::core::document::exchange::Document;
use medidor::core::evidence::exchange_host::ExchangeHostFiles;
use medidor::core::evidence::journal_run::Role;
use medidor::core::verdict::exchange::{Options, analyze};
use medidor::i18n::{Language, Texts};

use super::files::SideFiles;

/// The document, or why there is none.
pub fn judge(sides: [SideFiles; 2], unnamed: Option<u64>) -> Result<Document, String> {
    let [client, server] = match unnamed {
        None => sides.map(|SideFiles { journal, capture }| {
            (journal.is_some() || capture.is_some()).then_some(HostFiles { capture, journal })
        }),
        Some(order) => sort(sides, order)?,
    };
    for (files, role) in [(&client, Role::Client), (&server, Role::Server)] {
        let own = files.as_ref().and_then(HostFiles::role);
        if own.is_some_and(|own| own != role) {
            return Err("a journal is of the other role".into());
        }
    }
    let client = client.as_ref().map(|files| view(files, Role::Client));
    let server = server.as_ref().map(|files| view(files, Role::Server));
    analyze(client.as_ref(), server.as_ref(), &Options::default()).map_err(|error| error.to_string())
}

fn view(files: &HostFiles, role: Role) -> ExchangeHostFiles<'_> {
    ExchangeHostFiles { role, journal: files.journal.as_ref(), capture: files.capture.as_ref(), filter_check: None }
}

/// Sorts the files into hosts as `analisar` does.
fn sort(sides: [SideFiles; 2], order: u64) -> Result<[Option<HostFiles>; 2], String> {
    let file = |name: &str, loaded: HostFiles| HostInput {
        path: PathBuf::from(name),
        role: None,
        loaded,
        is_candidate: false,
    };
    let mut files = Vec::new();
    for SideFiles { journal, capture } in sides {
        files.extend(journal.map(|log| {
            let name = log.file.clone();
            file(&name, HostFiles { capture: None, journal: Some(log) })
        }));
        files.extend(capture.map(|log| {
            let name = log.file.clone();
            file(&name, HostFiles { capture: Some(log), journal: None })
        }));
    }
    Rng::with_seed(order).shuffle(&mut files);
    let (files, _) = hosts::join_rings(files);
    let (found, _) = hosts::attach_journals(files);
    let texts = Texts::new(Language::English);
    let (client, server) = hosts::assign_roles(found, None, texts).map_err(|error| error.to_string())?;
    Ok([client, server])
}
