//! Warnings about weak witnesses, clocks, and what a flow shows.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde_json::Value;

use super::witness_quality::of_capture;
use crate::core::document::message::{Message, Reason};
use crate::core::document::outcome::Outcome;
use crate::core::document::path::PointName;
use crate::core::document::path::SegmentName;
use crate::core::document::warning::{Warning, WarningCode};
use crate::core::evidence::capture_log::{BlindInterval, CaptureLog, UnreadableReason};
use crate::core::evidence::coverage::UnusableReason;
use crate::core::evidence::exchange_host::HostFlow;
use crate::core::evidence::journal_coverage::JournalCoverage;
use crate::core::evidence::journal_run::Role;
use crate::core::evidence::leg::RoutePoint;
use crate::core::evidence::track::PointObservations;
use crate::core::identify::clock_offset::Offset;
use crate::core::protocol::server::NoReplyReason;
use crate::core::time::SECOND;
use crate::core::verdict::exchange::input::ExchangeInput;
use crate::core::verdict::exchange::outcome::ExchangeAnalysis;

/// Clocks of two hosts that are further apart than this make one wonder whether the files are of the same run.
/// A run of thirty messages may be followed by the next in less than a minute, and synchronized clocks agree to a second.
pub(super) const CLOCKS_APART_NS: i64 = 10 * SECOND;

/// The value of a warning that adds up over flows.
const COUNT: &str = "count";

/// Warns of what weakens a side's witnesses.
pub fn warn(log: Option<&CaptureLog>, journal_coverage: Option<&JournalCoverage<'_>>, warnings: &mut Vec<Warning>) {
    if let Some(journal_coverage) = journal_coverage {
        warn_of_journal(journal_coverage, warnings);
    }
    let Some(log) = log else { return };
    let witness = of_capture(log, journal_coverage);
    let mut say = |code, values: &[(&'static str, Value)]| warnings.push(known(code, &log.file, values));
    if let Some(dropped) = witness.dropped.filter(|dropped| *dropped > 0) {
        say(WarningCode::CaptureDropped, &[("count", dropped.into())]);
    }
    if let Some(dropped) = witness.interface_dropped.filter(|dropped| *dropped > 0) {
        say(WarningCode::InterfaceDropped, &[("count", dropped.into())]);
    }
    if let Some(failure) = witness.failure {
        say(WarningCode::CaptureFailed, &[("reason", failure.into())]);
    }
    if let Some(damage) = &log.damage {
        let offset = damage.offset.map_or(Value::Null, Value::from);
        let (found, wanted) = damage.flaw.bytes().unzip();
        let values = [
            ("offset_bytes", offset),
            ("reason", damage.flaw.to_string().into()),
            ("flaw", damage.flaw.code().into()),
            ("found_bytes", found.into()),
            ("wanted_bytes", wanted.into()),
        ];
        say(WarningCode::CaptureDamaged, &values);
    }
    if journal_coverage.and_then(|journal_coverage| journal_coverage.describes_capture(log)).is_none() {
        say(WarningCode::CaptureAssumed, &[]);
    }
    let of_no_flow: Vec<BlindInterval> = log.blind.iter().filter(|blind| blind.flow.is_none()).copied().collect();
    warn_of_unread(&log.file, &of_no_flow, warnings);
    let mut say = |code, values: &[(&'static str, Value)]| warnings.push(known(code, &log.file, values));
    if log.dedup > 0 {
        say(WarningCode::CopiesFolded, &[("count", log.dedup.into())]);
    }
    if log.later_fragments > 0 {
        say(WarningCode::Fragments, &[("count", log.later_fragments.into())]);
    }
    if log.other > 0 {
        say(WarningCode::ForeignPackets, &[("count", log.other.into())]);
    }
}

fn warn_of_journal(journal_coverage: &JournalCoverage<'_>, warnings: &mut Vec<Warning>) {
    let journal = journal_coverage.journal;
    let mut say = |code, values: &[(&'static str, Value)]| warnings.push(known(code, &journal.file, values));
    if journal.end().is_none() {
        say(WarningCode::JournalBroken, &[("line", journal.broken_at_line.map_or(Value::Null, Value::from))]);
    }
    if journal_coverage.lost > 0 {
        say(WarningCode::JournalGap, &[("count", journal_coverage.lost.into())]);
    }
    if journal_coverage.clock_step > 0 {
        say(WarningCode::ClockStep, &[("seconds", seconds(journal_coverage.clock_step))]);
    }
    if let Some(drops) = journal_coverage.socket_drops.filter(|drops| *drops > 0) {
        say(WarningCode::SocketDrops, &[("count", drops.into())]);
    }
}

/// Warns of clocks that no run explains; `offset` is the server's clock minus the client's.
pub fn warn_of_offset(offset: Offset, warnings: &mut Vec<Warning>) {
    match offset {
        Offset::Stepped => {
            warnings.push(Warning::new(WarningCode::ClockStep, [("file", "".into()), ("seconds", Value::Null)]));
        }
        Offset::Within { low_ns, high_ns } if low_ns > CLOCKS_APART_NS || high_ns < -CLOCKS_APART_NS => {
            let middle = low_ns.saturating_add(high_ns.saturating_sub(low_ns) / 2);
            warnings.push(Warning::new(WarningCode::ClocksApart, [("seconds", seconds(middle))]));
        }
        Offset::Within { .. } | Offset::Unknown => {}
    }
}

/// Warns of what a flow shows.
pub fn warn_of_flow(
    analysis: &ExchangeAnalysis<'_>,
    case: ExchangeInput<'_>,
    messages: &[Message],
    warnings: &mut Vec<Warning>,
) {
    for (position, keys) in analysis.ledger.contradictions() {
        let at_client = !(2..6).contains(position);
        let on_wire = RoutePoint::at(*position).point.on_wire();
        let file = match (on_wire, at_client) {
            (true, true) => case.client_file,
            (true, false) => case.server_file,
            (false, _) => None,
        };
        // On one host the frame at one end is that at the other, and its witness has been named once.
        if on_wire && file.is_none() {
            continue;
        }
        let role = if at_client { Role::Client } else { Role::Server };
        let values = [("count", keys.len().into()), ("role", role_name(role)), ("wire", on_wire.into())];
        warnings.push(known(WarningCode::Contradiction, file.unwrap_or_default(), &values));
    }
    warn_of_offset(analysis.offset, warnings);
    let sides = [(Role::Client, case.client, case.client_file), (Role::Server, case.server, case.server_file)];
    for (role, flow, file) in sides {
        if let Some(flow) = flow {
            warn_of_side(role, flow, warnings);
            warn_of_unread(file.unwrap_or_default(), &flow.annotations.unread, warnings);
        }
    }
    let sides = [case.client, case.server].into_iter().flatten();
    let unnumbered =
        sides.map(|flow| flow.annotations.unnumbered + flow.annotations.ambiguous.len() as u64).max().unwrap_or(0);
    if unnumbered > 0 {
        warnings.push(Warning::new(WarningCode::UnnumberedReplies, [("count", unnumbered.into())]));
    }
    warn_of_nothing(analysis, messages, warnings);
    warn_of_one_network(case, warnings);
    let refused = messages.iter().filter(|message| matches!(message.reason, Some(Reason::PortUnreachable { .. })));
    let count = refused.count();
    if count > 0 {
        let server = case.client.or(case.server).and_then(|flow| flow.server);
        let server = server.map_or_else(String::new, |addr| addr.to_string());
        warnings.push(Warning::new(WarningCode::NobodyListening, [("server", server.into()), ("count", count.into())]));
    }
}

/// So few messages may all be lost by chance.
const FEW: usize = 3;

/// Warns if every message was lost in the network in one direction, or in stretches that begin there, without a known
/// reason; and if the client's capture shows no reply at all.
fn warn_of_nothing(analysis: &ExchangeAnalysis<'_>, messages: &[Message], warnings: &mut Vec<Warning>) {
    let tried = || messages.iter().filter(|message| message.outcome != Outcome::NotSent);
    let all_lost =
        messages.len() as u64 == analysis.keys.len() && tried().all(|message| message.outcome == Outcome::Lost);
    let is_known = |reason: &Reason| !matches!(reason, Reason::CaptureEnds { .. });
    if tried().count() < FEW || tried().any(|message| message.reason.as_ref().is_some_and(is_known)) {
        return;
    }
    let count = tried().count();
    let is_silent =
        analysis.case.client.is_some_and(|client| client.reply_app.is_none() && client.reply_wire.is_some())
            && messages.len() as u64 == analysis.keys.len()
            && tried().all(|message| !message.times.contains_key(&PointName::ClientWireIn));
    if is_silent && !all_lost && analysis.ambiguous().is_none() {
        let values = [("direction", "unseen".into()), ("count", count.into())];
        warnings.push(Warning::new(WarningCode::NothingPassed, values));
        return;
    }
    if !all_lost {
        return;
    }
    let all_on = |segments: &[SegmentName]| tried().all(|message| message.blame == segments);
    let direction: Value = if all_on(&[SegmentName::NetworkForward]) {
        "forward".into()
    } else if all_on(&[SegmentName::NetworkReturn]) {
        "return".into()
    } else if tried().all(|message| message.blame.contains(&SegmentName::NetworkForward)) {
        Value::Null
    } else {
        return;
    };
    warnings.push(Warning::new(WarningCode::NothingPassed, [("direction", direction), ("count", count.into())]));
}

/// Warns where both ends turn out to be in one network, which two homes are not.
fn warn_of_one_network(case: ExchangeInput<'_>, warnings: &mut Vec<Warning>) {
    if case.same_host {
        return;
    }
    let (Some(client), Some(server)) = (case.client, case.server) else { return };
    let (Some(own), Some(seen)) = (client.client, server.client) else { return };
    let way = if own == seen && client.server.is_some_and(|server| is_one_network(own.ip(), server.ip())) {
        "unchanged"
    } else if own.ip() != seen.ip() && client.server.is_some_and(|asked| asked.ip() == seen.ip()) {
        "returned"
    } else {
        return;
    };
    let address = seen.ip().to_string();
    warnings.push(Warning::new(WarningCode::OneNetwork, [("address", address.into()), ("way", way.into())]));
}

/// Whether two hosts that see each other's addresses unchanged are in one network. Private IPv4 addresses leave a home
/// only through NAT; IPv6 needs no NAT, and only the prefix decides.
fn is_one_network(client: IpAddr, server: IpAddr) -> bool {
    match (client.to_canonical(), server.to_canonical()) {
        (IpAddr::V4(client), _) => client.is_private() || client.is_link_local(),
        (IpAddr::V6(client), IpAddr::V6(server)) => client.segments()[..4] == server.segments()[..4],
        (IpAddr::V6(_), IpAddr::V4(_)) => false,
    }
}

/// Warns of packets that show that something passed, but not what.
fn warn_of_unread(file: &str, unread: &[BlindInterval], warnings: &mut Vec<Warning>) {
    for why in UnreadableReason::IN_FILE {
        let count: u64 = unread.iter().filter(|blind| blind.why == why).map(|blind| blind.count).sum();
        if count > 0 {
            let code = match why {
                UnreadableReason::Joined => WarningCode::SuperPackets,
                UnreadableReason::Cut => WarningCode::IllegiblePackets,
                UnreadableReason::Link => WarningCode::UnreadPackets,
                UnreadableReason::Fragment => WarningCode::IncompleteFragments,
                UnreadableReason::Unidentified => WarningCode::UnidentifiedTexts,
                UnreadableReason::Dropped => continue,
            };
            warnings.push(known(code, file, &[("count", count.into())]));
        }
    }
}

fn warn_of_side(role: Role, flow: &HostFlow, warnings: &mut Vec<Warning>) {
    for (track, direction) in [(&flow.request_wire, "forward"), (&flow.reply_wire, "return")] {
        let void = track.as_ref().and_then(|track: &PointObservations| track.coverage.void);
        let code = match void {
            Some(UnusableReason::Filter) => WarningCode::FilterBlind,
            Some(UnusableReason::Snaplen) => WarningCode::SnaplenBlind,
            _ => continue,
        };
        warnings.push(Warning::new(code, [("role", role_name(role)), ("direction", direction.into())]));
    }
    if flow.annotations.other_source > 0 {
        let sources: Vec<String> = flow.annotations.other_sources.iter().map(ToString::to_string).collect();
        warnings.push(Warning::new(
            WarningCode::OtherSource,
            [("count", flow.annotations.other_source.into()), ("sources", sources.join(", ").into())],
        ));
    }
    if flow.annotations.replies_at_server > 0 {
        warnings
            .push(Warning::new(WarningCode::RepliesAtServer, [("count", flow.annotations.replies_at_server.into())]));
    }
    for (holding, code) in [
        (NoReplyReason::SimulatedDrop, WarningCode::SimulatedDrop),
        (NoReplyReason::RateLimit, WarningCode::RateLimited),
    ] {
        let count = flow.annotations.withheld.values().filter(|held| **held == holding).count();
        if count > 0 {
            warnings.push(Warning::new(code, [("count", count.into())]));
        }
    }
}

/// Makes one warning of those that differ in their counts alone, as those of several flows do.
pub fn merge(warnings: &mut Vec<Warning>) {
    let mut merged: Vec<Warning> = Vec::with_capacity(warnings.len());
    let about = |warning: &Warning| {
        let values = warning.values.iter().filter(|(name, _)| **name != COUNT);
        (warning.code, values.map(|(name, value)| (*name, value.clone())).collect::<Vec<_>>())
    };
    for warning in warnings.drain(..) {
        let Some(known) = merged.iter_mut().find(|known| about(known) == about(&warning)) else {
            merged.push(warning);
            continue;
        };
        let count = |warning: &Warning| warning.values.get(COUNT).and_then(Value::as_u64);
        if let Some(sum) = count(known).zip(count(&warning)).map(|(first, second)| first + second) {
            known.values.insert(COUNT, sum.into());
        }
    }
    *warnings = merged;
}

fn known(code: WarningCode, file: &str, values: &[(&'static str, Value)]) -> Warning {
    let mut all = BTreeMap::from([("file", Value::from(file))]);
    all.extend(values.iter().cloned());
    Warning { values: all, ..Warning::new(code, []) }
}

fn seconds(ns: i64) -> Value {
    (ns as f64 / SECOND as f64).into()
}

fn role_name(role: Role) -> Value {
    match role {
        Role::Client => "client",
        Role::Server => "server",
    }
    .into()
}
