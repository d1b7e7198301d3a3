//! The evidence of an alert: saves the packet ring and the matching journal, and judges them with the code of
//! `analisar`.

use std::fs::File;
use std::io::Write;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use indicatif::MultiProgress;
use serde_json::json;

use super::targets::{MAX_LATE_WAIT, Target};
use crate::capture::link_type::LinkType;
use crate::capture::log_reader::Retain;
use crate::capture::packet_ring::{PacketSlice, ProbePort, RingLimits};
use crate::capture::{PacketRing, filter};
use crate::commands::run::inputs::{self, HostFiles};
use crate::commands::run::judge_exchange;
use crate::commands::run::{error, output_files};
use crate::core::escape;
use crate::core::evidence::journal::Record;
use crate::core::evidence::journal_coverage::JournalCoverage;
use crate::core::evidence::journal_messages::Peer;
use crate::core::evidence::journal_run::{
    self, CaptureCounters, CaptureEnd, CaptureInfo, Counters, End, EndReason, PING, Role, Run,
};
use crate::core::protocol::monitor::alert_state::Alert;
use crate::core::protocol::monitor::latency_class::ProbeResult;
use crate::core::time::{Mono, Now, SECOND, Wall, nanos};
use crate::core::verdict::exchange::Options;
use crate::files;
use crate::i18n::Texts;
use crate::input::InputFile;
use crate::journal::JournalSink;
use crate::journal::recent_records::RecentRecords;
use crate::journal::writer::JournalWriter;
use crate::net::address;
use crate::report::alert::{self, CaptureFacts};

/// How much is kept of what passes: enough for any evidence, and little enough to be attached.
pub const RING_LIMITS: RingLimits = RingLimits { bytes: 4 * 1024 * 1024, age: Duration::from_secs(600) };

/// An alert's evidence reaches back at least so far.
const MIN_BEFORE_NS: i64 = 30 * SECOND;

/// How long the evidence continues after the alert: absence is evidence only if the witness stayed a second longer.
const AFTER_NS: i64 = SECOND * 6 / 5;

/// The capture hands its packets over within this time.
const CAPTURE_FLUSH_TIMEOUT: Duration = Duration::from_secs(5);

/// A capture that keeps the last packets, and where alerts' files go.
pub struct AlertCapture {
    pub ring: PacketRing,
    /// The capture's journal entry, except file name and time.
    pub info: CaptureInfo,
    pub folder: PathBuf,
}

pub struct AlertEvidence {
    pub file: PathBuf,
    /// A sentence for each fate of the alert's probes.
    pub summary: String,
    /// The report of the same packets.
    pub report: PathBuf,
}

impl AlertCapture {
    /// Writes an alert's files and judges them. `raised_at` is the time of the alert.
    ///
    /// # Errors
    /// A [`CommandError`](error::CommandError) where files cannot be written or nothing can be told.
    pub fn collect(
        &self,
        target: &Target,
        recent: &RecentRecords,
        alert: &Alert,
        raised_at: Now,
        texts: Texts,
    ) -> Result<AlertEvidence> {
        let from = raised_at.wall.shifted(-MIN_BEFORE_NS).min(alert.since.shifted(-SECOND));
        let after_ns = after_ns(target, alert);
        let to = raised_at.wall.shifted(after_ns);
        let slice = self.ring.slice(from, to, CAPTURE_FLUSH_TIMEOUT + Duration::from_nanos(after_ns.unsigned_abs()));
        // Each target may have people of its own to tell.
        let gone = || error::CommandError::environment(texts, "monitor-evidence-gone", &[]);
        let (local, peer, records) = recent.all().ok_or_else(gone)?;
        let probes = probe_ports(local, &records, target, slice.complete);
        let packet_slice = slice.only(peer, &probes);
        let file = self.folder.join(file_name(target, alert));
        let journal_path = output_files::journal_path_for(&file);
        let write_error = |path: &Path, error: &std::io::Error| error::file(texts, "error-write", path, error);
        let alert_journal =
            AlertJournal { target, alert, raised_at, slice: &packet_slice, info: &self.info, file: &file };
        // A clock that was set has put the probes outside of the ring's time.
        let records = alert_journal.records(local, peer, records).ok_or_else(gone)?;
        packet_slice.write(&file).map_err(|error| write_error(&file, &error))?;
        let journal = File::options().read(true).write(true).create(true).truncate(true).open(&journal_path);
        let journal = journal.map_err(|error| write_error(&journal_path, &error))?;
        let journal_reader = journal.try_clone().map_err(|error| write_error(&journal_path, &error))?;
        let writer = JournalWriter::start(journal);
        let handle = writer.handle();
        for record in records {
            handle.write(record);
        }
        let finished = writer.finish_with(Record::End(Box::new(alert_journal.end())));
        if let Some(error) = finished.failure {
            return Err(write_error(&journal_path, &error));
        }
        let capture = InputFile::open(&file).map_err(|error| error::input(texts, &error))?;
        let journal = InputFile::from_open_file(&journal_path, journal_reader);
        let journal = journal.map_err(|error| error::input(texts, &error))?;
        let loaded = HostFiles {
            capture: Some(inputs::read_capture(&capture, Retain::Numbers, &MultiProgress::new(), texts)?),
            journal: Some(inputs::read_journal(&journal, texts)?),
        };
        let blind = loaded.journal.as_ref().zip(loaded.capture.as_ref()).map(|(journal, capture)| {
            let coverage = JournalCoverage::new(journal);
            coverage.describes_capture(capture).map_or_else(Vec::new, |info| coverage.coverage_of(info, capture).blind)
        });
        let options = Options { all_messages: true, ..Options::default() };
        let document = judge_exchange::judge(Some(loaded), None, &options)
            .map_err(|error| error::exchange_verdict(texts, &error))?;
        let until = super::wording::time_text(packet_slice.complete);
        let other_sources = packet_slice.other_sources(peer, &probes);
        let shown =
            CaptureFacts { until: &until, peer, other_sources: &other_sources, blind: &blind.unwrap_or_default() };
        let report = file.with_extension("txt");
        let text = alert::report(&document, &shown, texts);
        files::write(&report, |target| target.write_all(escape::lines(&text).as_bytes()))
            .map_err(|error| write_error(&report, &error))?;
        Ok(AlertEvidence { file, summary: alert::summary(&document, &shown, texts), report })
    }
}

/// How long the evidence continues after an alert. A probe that was refused at once may still get its reply in time.
pub fn after_ns(target: &Target, alert: &Alert) -> i64 {
    let is_refused = alert.recent.last().is_some_and(|last| last.finding == ProbeResult::Refused);
    AFTER_NS + if is_refused { nanos(target.timeout) } else { 0 }
}

/// The probes' ports. Each socket is open until the next probe, or as long as a late reply is waited for.
fn probe_ports(local: IpAddr, records: &[Record], target: &Target, end: Wall) -> Vec<ProbePort> {
    let mut probes: Vec<ProbePort> = Vec::new();
    let mut port = None;
    for record in records {
        match record {
            Record::Port(of) => port = Some(of),
            Record::Sent(sent) => {
                let Some(of) = port.filter(|of| of.n == sent.n) else { continue };
                let from = sent.at.wall;
                if let Some(before) = probes.last_mut() {
                    before.open.1 = before.open.1.min(from);
                }
                let longest = nanos(target.timeout.saturating_add(MAX_LATE_WAIT));
                let open = (from, end.min(from.shifted(longest)));
                probes.push(ProbePort { number: sent.n, local: (local, of.l).into(), open });
            }
            _ => {}
        }
    }
    probes
}

/// The journal of an alert's probes.
struct AlertJournal<'a> {
    target: &'a Target,
    alert: &'a Alert,
    raised_at: Now,
    slice: &'a PacketSlice,
    info: &'a CaptureInfo,
    file: &'a Path,
}

impl AlertJournal<'_> {
    /// A moment of the wall clock, on both clocks.
    fn at_wall_time(&self, wall: Wall) -> Now {
        Now { wall, mono: Mono(self.raised_at.mono.0.saturating_add(wall.since(self.raised_at.wall))) }
    }

    /// The records of the probes that were sent in the excerpt's time and up to the alert; `None` where there are none.
    fn records(&self, local: IpAddr, peer: SocketAddr, records: Vec<Record>) -> Option<Vec<Record>> {
        let since = self.slice.since;
        let last = self.alert.number();
        let sent_number = |record: &Record| match record {
            Record::Sent(sent) if sent.at.wall >= since && sent.n <= last => Some(sent.n),
            Record::Unsent(unsent) if unsent.at.wall >= since && unsent.n <= last => Some(unsent.n),
            _ => None,
        };
        let numbers: Vec<u64> = records.iter().filter_map(sent_number).collect();
        let kept: Vec<Record> =
            records.into_iter().filter(|record| record.message().is_some_and(|n| numbers.contains(&n))).collect();
        let port = kept.iter().find_map(|record| match record {
            Record::Port(port) => Some(port.l),
            _ => None,
        })?;
        let name = self.file.file_name().map(|name| name.to_string_lossy().into_owned());
        // The part of the filter that is about this target; one for many targets is too long to be compiled again.
        let link = LinkType::from_number(self.info.link_number).ok();
        let own = filter::server(self.target.port);
        let own = link.map_or_else(|| own.clone(), |link| filter::for_link(&own, link));
        let capture = CaptureInfo { file: name.unwrap_or_default(), live: since, filter: own, ..self.info.clone() };
        let run = Run {
            schema: journal_run::SCHEMA.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            dialect: PING.to_owned(),
            role: Role::Client,
            at: self.at_wall_time(since),
            local: (local, port).into(),
            peer: Some(peer),
            gateway: None,
            addresses: address::addresses(),
            parameters: json!({
                "monitor": self.target.name, "class": self.alert.classes.worst.name(), "number": last,
                "interval_ns": nanos(self.target.interval), "timeout_ns": nanos(self.target.timeout),
            }),
            timeout_ns: Some(nanos(self.target.timeout)),
            boot_id: None,
            hop_limit: address::default_hop_limit(local),
            clocks: None,
            capture: Some(capture),
        };
        let counters = self.slice.counters.iter().map(|(at, counters)| {
            Record::Counters(Box::new(Counters {
                at: self.at_wall_time(*at),
                socket_drops: None,
                capture: Some(*counters),
                clocks: None,
            }))
        });
        let head = [Record::Run(Box::new(run)), Record::Peer(Peer { p: 1, addr: peer })];
        Some(head.into_iter().chain(kept).chain(counters).collect())
    }

    fn end(&self) -> End {
        let last = self.slice.counters.last().map(|(_, counters)| *counters).unwrap_or_default();
        let counters = CaptureCounters { written: self.slice.len() as u64, ..last };
        let failure = self.slice.failure.clone();
        let capture = Some(CaptureEnd { close: self.slice.complete, counters, failure });
        // The excerpt's time is over; the socket of the last probe was read at least until then.
        let at = self.at_wall_time(self.slice.complete.max(self.raised_at.wall));
        End { at, reason: EndReason::Duration, socket_drops: None, capture, clocks: None }
    }
}

/// An alert's file: `alerta-203.0.113.2-12345-20261120-113005-7-down.pcap`.
fn file_name(target: &Target, alert: &Alert) -> String {
    let at = alert.recent.last().map_or(alert.since, |last| last.at);
    let safe = |character: char| if character.is_ascii_alphanumeric() || character == '.' { character } else { '-' };
    let target_name: String = target.name.chars().take(MAX_NAME_LEN).map(safe).collect();
    let time = super::wording::local_time(at).format("%Y%m%d-%H%M%S");
    format!("alerta-{target_name}-{time}-{}-{}.pcap", alert.number(), alert.classes.worst.name())
}

/// Characters of a target's name in a file name.
const MAX_NAME_LEN: usize = 60;
