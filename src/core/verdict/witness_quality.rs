//! Describes each witness: its file, its drops, and whether it is whole.

use crate::core::document::witness::{Witness, WitnessKind};
use crate::core::evidence::capture_log::CaptureLog;
use crate::core::evidence::journal_coverage::JournalCoverage;

/// Describes a journal.
pub fn of_journal(journal_coverage: &JournalCoverage<'_>) -> Witness {
    let end = journal_coverage.journal.end();
    Witness {
        kind: WitnessKind::Journal,
        file: journal_coverage.journal.file.clone(),
        whole: Some(end.is_some() && journal_coverage.lost == 0 && journal_coverage.journal.broken_at_line.is_none()),
        from_ns: Some(journal_coverage.covered.from.0),
        to_ns: Some(journal_coverage.covered.to.0),
        dropped: Some(journal_coverage.lost),
        socket_drops: journal_coverage.socket_drops,
        ended: end.map(|end| end.reason),
        ..Witness::default()
    }
}

/// Describes a capture; `annals` are those of the journal of its side.
pub fn of_capture(log: &CaptureLog, journal_coverage: Option<&JournalCoverage<'_>>) -> Witness {
    let mut witness = Witness {
        kind: WitnessKind::Capture,
        file: log.file.clone(),
        from_ns: log.first.map(|time| time.0),
        to_ns: log.last.map(|time| time.0),
        packets: Some(log.packets),
        dropped: log.dropped,
        link_type: Some(log.link_type.clone()),
        resolution_ns: Some(log.resolution_ns),
        damaged_at_bytes: log.damage.as_ref().and_then(|damage| damage.offset),
        whole: (log.damage.is_some() || log.dropped.is_some_and(|dropped| dropped > 0)).then_some(false),
        ..Witness::default()
    };
    if let Some((coverage, info)) =
        journal_coverage.and_then(|coverage| Some((coverage, coverage.describes_capture(log)?)))
    {
        let covered = coverage.coverage_of(info, log);
        let end = coverage.journal.end().and_then(|end| end.capture.as_ref());
        witness.from_ns = Some(covered.from.0);
        witness.to_ns = Some(covered.to.0);
        witness.filter = Some(info.filter.clone());
        witness.dropped = end.map(|end| end.counters.dropped).max(log.dropped);
        witness.interface_dropped = end.map(|end| end.counters.interface_dropped);
        witness.failure = end.and_then(|end| end.failure.clone());
        witness.whole = Some(end.is_some_and(|end| {
            let counters = end.counters;
            let complete = end.failure.is_none() && log.damage.is_none() && log.packets >= counters.written;
            complete && counters.dropped == 0 && counters.interface_dropped == 0
        }));
    }
    witness
}
