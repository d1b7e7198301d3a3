//! The messages as comma-separated values (RFC 4180): one row for each, with all its times.

use std::net::SocketAddr;

use csv::{Terminator, WriterBuilder};

use super::labels;
use crate::core::document::exchange::{Document, Flow};
use crate::core::document::message::{Message, PointName, Reason};

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

/// What spreadsheets take for the beginning of a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// All listed messages of a document; empty where something is not known.
pub fn render(document: &Document) -> String {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    let times = PointName::ALL.map(|point| format!("{}_ns", labels::name(point)));
    let headings = FIRST.into_iter().map(str::to_owned).chain(times);
    // A list of bytes takes whatever comes, and every row has as many fields.
    _ = writer.write_record(headings);
    for flow in &document.flows {
        for message in &flow.messages {
            _ = writer.write_record(row(flow, message));
        }
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

fn row(flow: &Flow, message: &Message) -> Vec<String> {
    fn cell(value: Option<impl ToString>) -> String {
        value.map(|value| value.to_string()).unwrap_or_default()
    }
    let address = |address: Option<SocketAddr>| cell(address);
    let blame: Vec<String> = message.blame.iter().map(labels::name).collect();
    let evidence =
        message.evidence.iter().map(|frame| format!("{}:{}:{}", labels::name(frame.point), frame.frame, frame.file));
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
        message.reason.as_ref().map(reason).unwrap_or_default(),
        message.duplicates.to_string(),
        message.altered.to_string(),
        cell(message.rtt_ns),
        message.reply.as_deref().map(no_formula).unwrap_or_default(),
        no_formula(&evidence.collect::<Vec<_>>().join(" ")),
    ];
    let times = PointName::ALL.iter().map(|point| cell(message.times.get(point)));
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
    }
}

/// Words of the network that no spreadsheet takes for a formula.
pub(super) fn no_formula(words: &str) -> String {
    if words.starts_with(FORMULA) { format!("'{words}") } else { words.to_owned() }
}
