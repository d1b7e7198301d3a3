//! The messages of an exchange as CSV: one row each, with all times.

use std::net::SocketAddr;

use super::csv_writer::{self, cell};
use super::labels;
use crate::core::document::exchange::{Document, Flow};
use crate::core::document::message::{Message, Reason};
use crate::core::document::path::PointName;
use crate::core::escape::csv_cell;

/// Columns before the times.
const FIRST: [&str; 17] = [
    "flow",
    "epoch",
    "client",
    "client_as_seen_by_server",
    "server",
    "n",
    "outcome",
    "basis",
    "after",
    "before",
    "blame",
    "reason",
    "duplicates",
    "altered",
    "rtt_ns",
    "reply",
    "evidence",
];

/// All listed messages of a document; empty where something is not known.
pub fn render(document: &Document) -> String {
    let times = PointName::EXCHANGE.map(|point| format!("{}_ns", labels::name(point)));
    let headings: Vec<String> = FIRST.into_iter().map(str::to_owned).chain(times).collect();
    let rows = document.flows.iter().flat_map(|flow| flow.messages.iter().map(move |message| row(flow, message)));
    csv_writer::write(&headings, rows)
}

fn row(flow: &Flow, message: &Message) -> Vec<String> {
    let address = |address: Option<SocketAddr>| cell(address);
    let blame: Vec<String> = message.blame.iter().map(labels::name).collect();
    let evidence = message
        .evidence
        .iter()
        .map(|shown| format!("{}:{}:{}", labels::name(shown.point), cell(shown.frame), shown.file));
    let first = [
        flow.id.to_string(),
        flow.epoch.to_string(),
        address(flow.client),
        address(flow.client_as_seen_by_server),
        address(flow.server),
        message.n.to_string(),
        labels::name(message.outcome),
        labels::name(message.basis),
        labels::name(message.after),
        labels::name(message.before),
        blame.join(" "),
        message.reason.as_ref().map(|why| csv_cell(&reason(why))).unwrap_or_default(),
        message.duplicates.to_string(),
        message.altered.to_string(),
        cell(message.rtt_ns),
        message.reply.as_deref().map(csv_cell).unwrap_or_default(),
        csv_cell(&evidence.collect::<Vec<_>>().join(" ")),
    ];
    let times = PointName::EXCHANGE.iter().map(|point| cell(message.times.get(point)));
    first.into_iter().chain(times).collect()
}

/// A reason's kind, and what belongs to it.
fn reason(reason: &Reason) -> String {
    let from = |from: &Option<std::net::IpAddr>| from.map(|ip| format!(" {ip}")).unwrap_or_default();
    match reason {
        Reason::System { error } => format!("system {error}"),
        Reason::PortUnreachable { from: source } => format!("port_unreachable{}", from(source)),
        Reason::Icmp { from: source, kind, code } => format!("icmp {kind}/{code}{}", from(source)),
        Reason::SimulatedDrop => "simulated_drop".to_owned(),
        Reason::RateLimit => "rate_limit".to_owned(),
        Reason::Closing => "closing".to_owned(),
        Reason::BadChecksum => "bad_checksum".to_owned(),
        Reason::SocketOverflow => "socket_overflow".to_owned(),
        Reason::CaptureEnds { after_ns } => format!("capture_ends {after_ns}"),
    }
}
