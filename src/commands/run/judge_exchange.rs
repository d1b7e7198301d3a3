//! Computes the verdict of an exchange, at the end of a run and for `analisar`.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::thread;

use anyhow::Result;

use super::error::{self, CommandError};
use super::inputs::HostFiles;
use super::parallel::join_or_resume_panic;
use crate::capture::link_type::LinkType;
use crate::capture::{CompiledFilter, Visibility};
use crate::core::document::exchange::Document;
use crate::core::evidence::coverage::UnusableReason;
use crate::core::evidence::exchange_host::{DatagramForm, ExchangeHostFiles, FilterCheck};
use crate::core::evidence::flow::FlowKey;
use crate::core::evidence::ground_truth::{RelayedDatagram, TruthRecord};
use crate::core::evidence::journal::JournalLog;
use crate::core::evidence::journal_run::{CaptureInfo, Role};
use crate::core::evidence::port_numbering;
use crate::core::verdict::exchange::host_summary::HostSummary;
use crate::core::verdict::exchange::{self, ExchangeVerdictError, Options};
use crate::files;
use crate::i18n::{Texts, Value};

/// Computes the verdict of the loaded files, and frees their contents on the way.
///
/// # Errors
/// [`ExchangeVerdictError`] if the files hold no exchange, or two different ones.
pub fn judge(
    client: Option<HostFiles>,
    server: Option<HostFiles>,
    options: &Options,
) -> Result<Document, ExchangeVerdictError> {
    let summarize = |role, mut loaded: HostFiles| summarize_host(role, &mut loaded, options.server_port);
    // The two hosts are summarized in parallel, because long runs take time.
    let (client, server) = thread::scope(|scope| {
        let server = server.map(|loaded| scope.spawn(|| summarize(Role::Server, loaded)));
        let client = client.map(|loaded| summarize(Role::Client, loaded));
        (client, server.map(join_or_resume_panic))
    });
    exchange::analyze_hosts(client.as_ref(), server.as_ref(), options)
}

/// Summarizes one host's files. `server_port` is used if no journal has it.
pub fn summarize_host(role: Role, loaded: &mut HostFiles, server_port: Option<u16>) -> HostSummary {
    if let (Some(capture), Some(journal)) = (&mut loaded.capture, &loaded.journal) {
        port_numbering::number(capture, journal);
    }
    let filter_check = filter_check(loaded.journal.as_ref());
    let files = ExchangeHostFiles {
        role,
        journal: loaded.journal.as_ref(),
        capture: loaded.capture.as_ref(),
        filter_check: filter_check.as_deref(),
    };
    HostSummary::new(&files, server_port)
}

/// Checks whether the filter of the host's own capture lets a datagram pass. A filter that cannot be compiled counts as
/// passing nothing, so that an absence proves nothing.
pub fn filter_check(journal: Option<&JournalLog>) -> Option<Box<FilterCheck<'static>>> {
    let info: &CaptureInfo = journal?.run()?.capture.as_ref()?;
    let link = LinkType::from_number(info.link_number).ok();
    let compiled = link.and_then(|link| CompiledFilter::new(&info.filter, link, info.snaplen).ok());
    Some(Box::new(move |flow: FlowKey, form: DatagramForm| {
        match compiled.as_ref().map(|compiled| compiled.admits(flow.source, flow.destination, form)) {
            None | Some(Visibility::Refused) => Some(UnusableReason::Filter),
            Some(visibility) if !visibility.can_read_number() => Some(UnusableReason::Snaplen),
            Some(_) => None,
        }
    }))
}

/// Longest line of a relay's record of faults, bytes.
const MAX_TRUTH_LINE: u64 = 64 << 10;

/// Reads a relay's record of faults, up to the first malformed line, as a full disk leaves it.
///
/// # Errors
/// A [`CommandError`] if it cannot be read or is not such a record.
pub fn read_truth(path: &Path, texts: Texts) -> Result<Vec<RelayedDatagram>> {
    let read_error = |error: &std::io::Error| error::file(texts, "error-read", path, error);
    let mut file = BufReader::new(files::open(path).map_err(|error| read_error(&error))?);
    // A line that is cut at the bound is a malformed one.
    let mut next = || {
        let mut line = Vec::new();
        let read = file.by_ref().take(MAX_TRUTH_LINE).read_until(b'\n', &mut line);
        read.map(|length| (length > 0).then_some(line)).map_err(|error| read_error(&error))
    };
    let parse = |line: Vec<u8>| serde_json::from_slice::<TruthRecord>(&line).ok();
    if !matches!(next()?.and_then(parse), Some(TruthRecord::Relay { .. })) {
        return Err(CommandError::environment(texts, "error-not-a-truth", &[("file", Value::text(path.display()))]));
    }
    let mut datagrams = Vec::new();
    while let Some(line) = next()? {
        match parse(line) {
            Some(TruthRecord::Datagram(datagram)) => datagrams.push(datagram),
            Some(TruthRecord::Relay { .. }) => {}
            None => break,
        }
    }
    Ok(datagrams)
}
