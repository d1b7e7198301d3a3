//! The report of a file transfer: text, CSV, JSON, and a log for each receiver.

use unicode_width::UnicodeWidthStr;

use super::csv_writer::{self, cell};
use super::format::{DASH, NO_BREAK, NumberFormat};
use super::labels;
use super::text_layout::{TableLayout, paragraph, table};
use crate::core::document::counts::PointCounts;
use crate::core::document::path::{PointName, SegmentName};
use crate::core::document::transfer::{Advice, Loss, LossMap, Throughput, Traffic, Transfer, TransferDocument};
use crate::core::escape;
use crate::core::evidence::transfer_records::TransferCounters;
use crate::core::protocol::transfer::TransferError;
use crate::core::time::SECOND;
use crate::i18n::{Texts, Value};

/// Columns of the table, in their order: their headings' keys, and their widths.
pub const COLUMNS: [(&str, usize); 8] = [
    ("transfer-column-number", 3),
    ("transfer-column-success", 7),
    ("transfer-column-client-port", 8),
    ("transfer-column-server-port", 8),
    ("transfer-column-received", 13),
    ("transfer-column-sent", 13),
    ("transfer-column-time", 9),
    ("transfer-column-rate", 10),
];

/// Ranges of missing blocks that are listed for one receiver.
const MAX_RANGES: usize = 8;

/// Columns of a page.
const WIDTH: usize = 80;

/// The signs of a row of figures, from the lowest to the highest; nothing has a sign of its own.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

pub fn text(document: &TransferDocument, texts: Texts) -> String {
    let mut rows = vec![COLUMNS.map(|(key, _)| texts.get(key)).to_vec()];
    rows.extend(document.transfers.iter().map(|transfer| cells(transfer, texts).to_vec()));
    let min_widths = COLUMNS.map(|(_, width)| width);
    let rows = table(&rows, TableLayout { gap: 1, min_widths: &min_widths, ..TableLayout::default() });
    let mut lines = Vec::new();
    for transfer in &document.transfers {
        lines.extend(remarks(transfer, texts, true));
    }
    for known in &document.envelope.warnings {
        let (text, advice) = labels::warning(known, texts);
        lines.push(format!("! {text}"));
        if !advice.is_empty() {
            lines.push(format!("  {advice}"));
        }
    }
    page(rows) + &wrapped(&lines)
}

/// The lines, none of them wider than a page where it can be broken: what follows is indented as far as its beginning.
fn wrapped(lines: &[String]) -> String {
    let lay_out = |line: &str| {
        let text = line.trim_start_matches(' ');
        // Spaces in a line that fits are kept as they are.
        if line.width() <= WIDTH {
            vec![line.to_owned()]
        } else {
            paragraph(&line[..line.len() - text.len()], text, WIDTH)
        }
    };
    page(escape::lines(&lines.join("\n")).lines().flat_map(lay_out))
}

fn page(lines: impl IntoIterator<Item = String>) -> String {
    lines.into_iter().map(|line| line.replace(NO_BREAK, " ") + "\n").collect()
}

/// Transfers beside each other, each under its mode, count of receivers and size.
pub fn comparison(documents: &[TransferDocument], texts: Texts) -> String {
    let part = |document: &TransferDocument| {
        // A comparison is a table; the throughput over time belongs to a single transfer.
        let mut unnumbered = document.clone();
        for transfer in &mut unnumbered.transfers {
            (transfer.throughput, transfer.transport) = (None, None);
        }
        let values = [
            ("mode", Value::text(document.mode.name())),
            ("clients", Value::count(document.clients.unwrap_or(0).into())),
            ("size", Value::text(document.size_bytes.unwrap_or(0))),
        ];
        format!("{}\n{}", texts.with("transfer-run", &values), text(&unnumbered, texts))
    };
    documents.iter().map(part).collect::<Vec<_>>().join("\n")
}

/// Columns of the comma-separated form.
const CSV: [&str; 16] = [
    "mode",
    "clients",
    "size",
    "number",
    "complete",
    "client_port",
    "server_port",
    "bytes_received",
    "bytes_sent",
    "took_ns",
    "bytes_per_second",
    "blocks_lost",
    "lost_sender_host",
    "lost_network",
    "lost_receiver_host",
    "lost_undetermined",
];

/// The same as comma-separated values (RFC 4180), one line for each receiver; empty where something is not known.
pub fn csv(documents: &[TransferDocument]) -> String {
    let rows =
        documents.iter().flat_map(|document| document.transfers.iter().map(|transfer| csv_row(document, transfer)));
    csv_writer::write(&CSV.map(str::to_owned), rows)
}

fn csv_row(document: &TransferDocument, transfer: &Transfer) -> Vec<String> {
    let loss = transfer.loss.as_ref();
    let at = loss.map(|loss| &loss.lost_by_segment);
    let lost = |segment| cell(at.map(|at| at.get(segment)));
    vec![
        document.mode.name().to_owned(),
        cell(document.clients),
        cell(document.size_bytes),
        transfer.number.to_string(),
        cell(transfer.complete),
        cell(transfer.client_port),
        cell(transfer.server_port),
        cell(transfer.bytes_received),
        cell(transfer.bytes_sent),
        cell(transfer.took_ns),
        cell(transfer.bytes_per_second.map(f64::round)),
        cell(loss.filter(|loss| loss.is_exact()).map(|loss| loss.lost)),
        lost(SegmentName::SenderHost),
        lost(SegmentName::Network),
        lost(SegmentName::ReceiverHost),
        cell(at.map(|at| at.counts.undetermined)),
    ]
}

pub fn comparison_json(documents: &[TransferDocument]) -> String {
    let whole = serde_json::json!({"schema": "medidor-comparison/1", "runs": documents});
    escape::json(&format!("{whole:#}\n"))
}

pub fn log(document: &TransferDocument, transfer: &Transfer, time: &str, texts: Texts) -> String {
    let size = document.size_bytes.map_or_else(|| DASH.to_owned(), |size| size.to_string());
    let mut lines = vec![
        format!("{}: {time}", texts.get("transfer-log-begun")),
        format!("{}: {}", texts.get("transfer-log-file"), escape::line(document.name.as_deref().unwrap_or(DASH))),
        format!("{}: {size}", texts.get("transfer-log-size")),
        format!("{}: {}", texts.get("transfer-log-mode"), document.mode.name()),
        format!(
            "{}: {}",
            texts.get("transfer-log-clients"),
            document.clients.map_or_else(|| DASH.to_owned(), |clients| clients.to_string())
        ),
        format!(
            "{}: {}",
            texts.get("transfer-log-peer"),
            transfer.peer.map_or_else(|| DASH.to_owned(), |peer| peer.to_string())
        ),
    ];
    let headings = COLUMNS.map(|(key, _)| texts.get(key));
    lines.extend(headings.iter().zip(cells(transfer, texts)).map(|(heading, cell)| format!("{heading}: {cell}")));
    lines.extend(remarks(transfer, texts, true));
    wrapped(&lines)
}

pub fn cells(transfer: &Transfer, texts: Texts) -> [String; COLUMNS.len()] {
    let figures = NumberFormat::new(texts);
    let port = |port: Option<u16>| port.map_or_else(|| DASH.to_owned(), |port| port.to_string());
    let success = match transfer.complete {
        Some(true) => texts.get("transfer-yes"),
        Some(false) => texts.get("transfer-no"),
        None => DASH.to_owned(),
    };
    [
        transfer.number.to_string(),
        success,
        port(transfer.client_port),
        port(transfer.server_port),
        figures.count(transfer.bytes_received),
        figures.count(transfer.bytes_sent),
        transfer.took_ns.map_or_else(|| DASH.to_owned(), |took| figures.duration(took)),
        transfer
            .bytes_per_second
            .map_or_else(|| DASH.to_owned(), |rate| format!("{}{NO_BREAK}MB/s", figures.decimal(rate / 1e6, 1))),
    ]
}

/// The key of why a transfer ended early.
const fn word(error: TransferError) -> &'static str {
    match error {
        TransferError::DiskFull => "transfer-trouble-disk-full",
        TransferError::File => "transfer-trouble-file",
        TransferError::TooLarge => "transfer-trouble-too-large",
        TransferError::BadName => "transfer-trouble-bad-name",
        TransferError::OtherMode => "transfer-trouble-other-mode",
        TransferError::Interrupted => "transfer-trouble-interrupted",
        TransferError::Refused => "transfer-trouble-refused",
        TransferError::Connection => "transfer-trouble-connection",
        TransferError::Silence => "transfer-trouble-silence",
        TransferError::Dialect => "transfer-trouble-dialect",
        TransferError::Absent => "transfer-trouble-absent",
    }
}

/// What the table has no room for; with what can be drawn as rows of signs.
pub fn remarks(transfer: &Transfer, texts: Texts, signs: bool) -> Vec<String> {
    let number = || ("number", Value::text(transfer.number));
    let mut lines = Vec::new();
    if let Some(error) = transfer.error {
        let why = texts.get(word(error));
        lines.push(texts.with("transfer-ended", &[number(), ("why", Value::text(why))]));
    }
    if let Some(blocks) = &transfer.blocks {
        if let Some(unsent) = blocks.unsent.filter(|&unsent| unsent > 0) {
            lines.push(texts.with("transfer-unsent", &[number(), ("count", Value::count(unsent))]));
        }
        let is_explained = |loss: &Loss| loss.lost_by_segment.receiver_socket.is_some();
        if let (false, Some(drops @ 1..)) =
            (transfer.loss.as_ref().is_some_and(is_explained), blocks.arrived.socket_drops)
        {
            lines.push(texts.with("transfer-socket-drops", &[("count", Value::count(drops))]));
        }
    }
    if let (None, Some(points)) = (&transfer.loss, &transfer.points) {
        let wires = points.get(PointName::WireOut).zip(points.get(PointName::WireIn));
        lines.extend(wires.map(|(out, came)| {
            let values = [number(), ("out", Value::text(out)), ("came", Value::text(came))];
            texts.with("transfer-wires", &values)
        }));
    }
    if let Some(loss) = transfer.loss.as_ref().filter(|loss| loss.lost_at_most > 0) {
        lines.extend(losses(transfer, loss, texts));
        if signs {
            lines.extend(loss.map.iter().map(|known| map(known, texts)));
        }
    }
    lines.extend(transfer.transport.map(|counters| transport(transfer.number, &counters, texts)));
    let io = [("transfer-wire-sender", transfer.wire.sender), ("transfer-wire-receiver", transfer.wire.receiver)];
    lines.extend(io.into_iter().filter_map(|(key, traffic)| Some(wire(key, transfer.number, traffic?, texts))));
    if signs {
        lines.extend(transfer.throughput.iter().map(|reported| course(transfer.number, reported, texts)));
    }
    if let Some(path) = &transfer.path {
        let key = if transfer.complete == Some(true) { "transfer-saved" } else { "transfer-partial" };
        lines.push(texts.with(key, &[("file", Value::text(path))]));
    }
    lines
}

/// The losses, their segments, and advice.
fn losses(transfer: &Transfer, loss: &Loss, texts: Texts) -> Vec<String> {
    let figures = NumberFormat::new(texts);
    let share = |count: u64, of: u64| {
        let percent = figures.percent(count as f64 / of.max(1) as f64);
        format!("{count} ({percent})")
    };
    let ratio = figures.percent(loss.lost as f64 / loss.sent.max(1) as f64);
    let values = [
        ("number", Value::text(transfer.number)),
        ("count", Value::count(loss.lost)),
        ("sent", Value::text(loss.sent)),
        ("ratio", Value::text(ratio)),
    ];
    let mut lines = if loss.is_exact() {
        vec![texts.with("transfer-lost", &values)]
    } else {
        let range = [("least", Value::text(loss.lost)), ("most", Value::count(loss.lost_at_most))];
        // As many came as were sent, of each content: nothing is missing in the file.
        let is_whole = transfer.complete == Some(true) && loss.lost == 0;
        let key = if is_whole { "transfer-lost-replaced" } else { "transfer-lost-range" };
        vec![texts.with(key, &[&values[..], &range].concat())]
    };
    let at = &loss.lost_by_segment;
    let part = |count| Value::text(share(count, loss.lost));
    let values = [
        ("network", part(at.get(SegmentName::Network))),
        ("receiver", part(at.get(SegmentName::ReceiverHost))),
        ("socket", Value::text(figures.count(at.receiver_socket))),
        ("sender", part(at.get(SegmentName::SenderHost))),
        ("unknown", part(at.counts.undetermined)),
    ];
    if loss.lost > 0 {
        lines.push(texts.with("transfer-shares", &values));
    }
    if at.counts.undetermined > 0 {
        let parts: Vec<String> = at.possible.iter().map(|part| labels::segment(*part, texts)).collect();
        let values = [("count", Value::count(at.counts.undetermined)), ("parts", Value::text(parts.join(", ")))];
        lines.push(texts.with("transfer-unknown", &values));
    }
    lines.extend(transfer.points.iter().map(|points| seen(points, texts)));
    lines.extend(loss.advice.iter().map(|advice| advise(*advice, texts)));
    lines.extend(missing(transfer, texts));
    lines
}

fn seen(points: &PointCounts, texts: Texts) -> String {
    let figures = NumberFormat::new(texts);
    let count = |point| Value::text(figures.count(points.get(point)));
    let values = [
        ("sent", count(PointName::AppSent)),
        ("out", count(PointName::WireOut)),
        ("in", count(PointName::WireIn)),
        ("read", count(PointName::AppReceived)),
    ];
    texts.with("transfer-points", &values)
}

fn advise(advice: Advice, texts: Texts) -> String {
    match advice {
        Advice::ReceiveBuffer { bytes } => texts.with("transfer-do-buffer", &[("bytes", Value::text(bytes))]),
        Advice::Rate { bits_per_second: Some(bits) } => {
            let megabits = (bits / 1_000_000).max(1);
            texts.with("transfer-do-rate", &[("rate", Value::text(format!("{megabits}M")))])
        }
        Advice::Rate { bits_per_second: None } => texts.with("transfer-do-rate", &[("rate", Value::text("auto"))]),
        Advice::Reliable => texts.get("transfer-do-reliable"),
        Advice::SenderHost => texts.get("transfer-do-sender-host"),
        Advice::ReceiverHost => texts.get("transfer-do-receiver-host"),
        Advice::CaptureSender => texts.get("transfer-do-capture-sender"),
        Advice::CaptureReceiver => texts.get("transfer-do-capture-receiver"),
    }
}

/// The ranges of blocks that did not come, the first of them.
fn missing(transfer: &Transfer, texts: Texts) -> Option<String> {
    let arrived = &transfer.blocks.as_ref()?.arrived;
    let ranges = arrived.ranges.filter(|&ranges| ranges > 0)?;
    let listed: Vec<String> = arrived
        .missing
        .iter()
        .take(MAX_RANGES)
        .map(|&(first, last)| if first == last { first.to_string() } else { format!("{first}-{last}") })
        .collect();
    let mut listed = listed.join(", ");
    if ranges > MAX_RANGES as u64 {
        listed += ", ...";
    }
    Some(texts.with("transfer-missing", &[("count", Value::count(ranges)), ("ranges", Value::text(listed))]))
}

fn map(map: &LossMap, texts: Texts) -> String {
    let most = map.lost.iter().max().copied().unwrap_or(0);
    let values = [
        ("blocks", Value::text(map.blocks_per_cell)),
        ("most", Value::text(most)),
        ("map", Value::text(bars(&map.lost))),
    ];
    texts.with("transfer-map", &values)
}

fn course(number: u16, course: &Throughput, texts: Texts) -> String {
    let figures = NumberFormat::new(texts);
    let most = course.bytes.iter().max().copied().unwrap_or(0);
    let rate = most as f64 * SECOND as f64 / course.cell_ns.max(1) as f64 / 1e6;
    let values = [
        ("number", Value::text(number)),
        ("time", Value::text(figures.duration(course.cell_ns))),
        ("most", Value::text(figures.decimal(rate, 1))),
        ("course", Value::text(bars(&course.bytes))),
    ];
    texts.with("transfer-course", &values)
}

fn transport(number: u16, counters: &TransferCounters, texts: Texts) -> String {
    let values = [
        ("number", Value::text(number)),
        ("sent", Value::text(counters.datagrams_sent)),
        ("received", Value::text(counters.datagrams_received)),
        ("lost", Value::text(counters.packets_lost)),
        ("slowed", Value::text(counters.congestion_events)),
        ("rtt", Value::text(NumberFormat::new(texts).duration(counters.rtt_ns))),
    ];
    texts.with("transfer-transport", &values)
}

fn wire(key: &'static str, number: u16, traffic: Traffic, texts: Texts) -> String {
    let values = [
        ("number", Value::text(number)),
        ("packets", Value::text(traffic.packets)),
        ("bytes", Value::text(traffic.bytes)),
        ("repeated", Value::text(traffic.repeated.map_or_else(|| "none".to_owned(), |count| count.to_string()))),
    ];
    texts.with(key, &values)
}

/// A row of figures, each as a bar.
fn bars(figures: &[u64]) -> String {
    let most = figures.iter().max().copied().unwrap_or(0).max(1);
    let bar = |figure: &u64| match figure {
        0 => '·',
        figure => {
            let step = u128::from(*figure) * BARS.len() as u128 / u128::from(most);
            BARS[(step as usize).clamp(1, BARS.len()) - 1]
        }
    };
    figures.iter().map(bar).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_broken_and_rows_are_not() {
        let lines = [format!("    {}", "word ".repeat(30)), "1   2   3".to_owned(), "x".repeat(100)];
        let page = wrapped(&lines);
        let pages: Vec<&str> = page.lines().collect();
        assert!(pages[..2].iter().all(|line| line.width() <= WIDTH && line.starts_with("    word")), "{page}");
        assert!(
            page.contains("\n1   2   3\n") && page.ends_with(&format!("\n{}\n{}\n", "x".repeat(80), "x".repeat(20))),
            "{page}"
        );
    }

    #[test]
    fn bars_tell_nothing_from_little() {
        assert_eq!(bars(&[0, 1, 50, 100]), "·▁▄█");
        assert_eq!(bars(&[]), "");
        assert_eq!(bars(&[u64::MAX, 0]), "█·");
    }
}
