//! Checks that the captures hold only this application's packets.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};

use super::runs::RunEvidence;
use super::submission::Host;
use crate::core::document::check::{Requirement, RequirementResult, Status};
use crate::core::document::frame_ref::FrameRef;
use crate::core::evidence::capture_log::UnreadableReason;
use crate::core::evidence::datagram_source::NumberedDatagrams;
use crate::core::evidence::flow::FlowKey;
use crate::core::evidence::flow_summary::FlowSummary;

/// Foreign frames shown per capture.
const SHOWN: usize = 3;

/// Whether both captures hold this application's packets alone.
pub(super) fn check(bench: &RunEvidence<'_>) -> RequirementResult {
    let hosts = [bench.submission.client, bench.submission.server];
    let found = hosts.into_iter().flatten().filter_map(|host| of_capture(host, bench.submission.server_port));
    let mut found: Vec<Found> = found.collect();
    let known = |status, reason, values: [(&'static str, serde_json::Value); 2], evidence: Vec<FrameRef>| {
        RequirementResult::new(Requirement::Packets, status, reason, values, evidence)
    };
    let packets: u64 = found.iter().map(|found| found.packets).sum();
    let foreign: u64 = found.iter().map(|found| found.foreign).sum();
    let values = [("count", foreign.into()), ("packets", packets.into())];
    let whole = |found: &Found| FrameRef::file(&found.file);
    if foreign > 0 {
        let shown = found.iter_mut().flat_map(|found| std::mem::take(&mut found.shown)).collect();
        return known(Status::NotMet, "foreign_packets", values, shown);
    }
    let files = found.iter().map(whole).collect();
    if found.is_empty() {
        return RequirementResult::new(Requirement::Packets, Status::CannotBeTold, "no_capture", [], []);
    }
    if found.iter().any(|found| !found.has_conversation) {
        return RequirementResult::new(Requirement::Packets, Status::CannotBeTold, "no_messages", [], files);
    }
    if found.iter().any(|found| found.unread) {
        return RequirementResult::new(Requirement::Packets, Status::CannotBeTold, "unread_packets", [], files);
    }
    known(Status::Met, "only_ours", values, files)
}

/// What a capture holds.
struct Found {
    file: String,
    packets: u64,
    foreign: u64,
    shown: Vec<FrameRef>,
    /// There is an exchange in it.
    has_conversation: bool,
    /// Whether some packets could not be decoded.
    unread: bool,
}

fn of_capture(host: Host<'_>, server_port: Option<u16>) -> Option<Found> {
    let (log, conversations) = host.conversations(server_port)?;
    let ports: BTreeSet<u16> = conversations.iter().map(|talk| talk.server.port()).collect();
    // Replies may run between other ends.
    let talk =
        conversations.iter().flat_map(|talk| [talk.requests(), talk.replies()]).flat_map(NumberedDatagrams::iter);
    let mut flows: BTreeSet<u32> = talk.map(|(datagram, _)| datagram.flow).collect();
    // A trial of the same programs at another port: numbered texts between the same hosts, or any that are answered by ACK.
    let hosts: BTreeSet<[IpAddr; 2]> = conversations
        .iter()
        .map(|talk| [talk.client.ip(), talk.server.ip()])
        .flat_map(|[a, b]| [[a, b], [b, a]])
        .collect();
    let replies = log.flow_summaries().filter(|(_, summary)| summary.is_mostly_replies());
    let answered: BTreeSet<[SocketAddr; 2]> =
        replies.map(|(ends, _)| [ends.source, ends.destination]).flat_map(|[a, b]| [[a, b], [b, a]]).collect();
    let is_trial = |(ends, summary): (FlowKey, &FlowSummary)| {
        let is_numbered = summary.numbered == summary.datagrams && summary.numbered > 0;
        is_numbered && hosts.contains(&[ends.source.ip(), ends.destination.ip()])
            || answered.contains(&[ends.source, ends.destination])
    };
    flows.extend((0..).zip(log.flow_summaries()).filter(|(_, flow)| is_trial(*flow)).map(|(index, _)| index));
    let is_ours = |ends: FlowKey| ports.contains(&ends.source.port()) || ports.contains(&ends.destination.port());
    let datagrams = log
        .datagrams
        .iter()
        .filter(|datagram| !flows.contains(&datagram.flow) && !is_ours(log.flows[datagram.flow as usize]));
    let datagrams: Vec<u32> = datagrams.map(|datagram| datagram.frame).collect();
    let ours = |quoted| is_ours(quoted) || flows.iter().any(|flow| log.flows[*flow as usize] == quoted);
    let errors: Vec<u32> =
        log.icmp_errors.iter().filter(|error| !ours(error.quoted)).map(|error| error.frame).collect();
    let has_conversation = !conversations.is_empty();
    let mut shown: Vec<u32> = log.first_other.into_iter().collect();
    // What the network says to itself is no application's.
    let others = log.other - log.link_control;
    // Without an exchange it is unknown which datagrams are foreign.
    let foreign = if has_conversation {
        shown.extend(datagrams.iter().take(SHOWN));
        shown.extend(errors.iter().take(SHOWN));
        others + (datagrams.len() + errors.len()) as u64
    } else {
        others
    };
    shown.sort_unstable();
    let shown = shown.into_iter().take(SHOWN).map(|frame| FrameRef::frame(&log.file, frame));
    Some(Found {
        file: log.file.clone(),
        packets: log.packets - log.link_control,
        foreign,
        shown: shown.collect(),
        has_conversation,
        unread: log
            .blind
            .iter()
            .any(|blind| blind.flow.is_none() && matches!(blind.why, UnreadableReason::Cut | UnreadableReason::Link)),
    })
}
