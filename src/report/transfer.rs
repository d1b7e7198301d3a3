//! The result of a transfer: a table of receivers, what was lost and what to do about it; logs and JSON.

use super::figures::{DASH, Figures, NO_BREAK};
use crate::core::evidence::transfer::Trouble;
use crate::core::verdict::transfer::{Blocks, Transfer, TransferDocument};
use crate::i18n::{Texts, Value};

/// Columns of the table, in their order: their headings' keys, and their widths.
const COLUMNS: [(&str, usize); 8] = [
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
const MOST_RANGES: usize = 8;

/// The result as one JSON document.
pub fn json(document: &TransferDocument) -> String {
    // Only maps with keys that are no text could fail.
    serde_json::to_string_pretty(document).unwrap_or_default() + "\n"
}

/// The result for people.
pub fn text(document: &TransferDocument, texts: Texts) -> String {
    let mut lines = vec![row(&COLUMNS.map(|(key, _)| texts.get(key)))];
    lines.extend(document.transfers.iter().map(|transfer| row(&cells(transfer, texts))));
    for transfer in &document.transfers {
        lines.extend(remarks(transfer, texts));
    }
    lines.join("\n").replace(NO_BREAK, " ") + "\n"
}

/// Transfers beside each other, each under its mode, count of receivers and size.
pub fn comparison(documents: &[TransferDocument], texts: Texts) -> String {
    let part = |document: &TransferDocument| {
        let values = [
            ("mode", Value::words(document.mode.name())),
            ("clients", Value::count(document.clients.unwrap_or(0).into())),
            ("size", Value::words(document.size.unwrap_or(0))),
        ];
        format!("{}\n{}", texts.with("transfer-run", &values), text(document, texts))
    };
    documents.iter().map(part).collect::<Vec<_>>().join("\n")
}

/// Columns of the comma-separated form.
const CSV: &str = "mode,clients,size,number,complete,client_port,server_port,bytes_received,bytes_sent,took_ns,\
                   bytes_per_second,blocks_lost,lost_receiver_socket,lost_undetermined\n";

/// The same as comma-separated values (RFC 4180), one line for each receiver; empty where something is not known.
pub fn csv(documents: &[TransferDocument]) -> String {
    fn cell<T: ToString>(value: Option<T>) -> String {
        value.map(|value| value.to_string()).unwrap_or_default()
    }
    let mut csv = CSV.to_owned();
    for document in documents {
        for transfer in &document.transfers {
            let blocks = transfer.blocks.as_ref();
            let at = blocks.and_then(|blocks| blocks.lost_at);
            let cells = [
                document.mode.name().to_owned(),
                cell(document.clients),
                cell(document.size),
                transfer.number.to_string(),
                cell(transfer.complete),
                cell(transfer.client_port),
                cell(transfer.server_port),
                cell(transfer.bytes_received),
                cell(transfer.bytes_sent),
                cell(transfer.took_ns),
                cell(transfer.rate.map(f64::round)),
                cell(blocks.and_then(|blocks| blocks.lost)),
                cell(at.map(|at| at.receiver_socket)),
                cell(at.map(|at| at.undetermined)),
            ];
            csv += &cells.join(",");
            csv.push('\n');
        }
    }
    csv
}

/// The same as one JSON document.
pub fn comparison_json(documents: &[TransferDocument]) -> String {
    let whole = serde_json::json!({"schema": "medidor-comparison/1", "runs": documents});
    format!("{whole:#}\n")
}

/// One receiver's log.
pub fn log(document: &TransferDocument, transfer: &Transfer, time: &str, texts: Texts) -> String {
    let size = document.size.map_or_else(|| DASH.to_owned(), |size| size.to_string());
    let mut lines = vec![
        format!("{}: {time}", texts.get("transfer-log-begun")),
        format!("{}: {}", texts.get("transfer-log-file"), document.name.as_deref().unwrap_or(DASH)),
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
    lines.extend(remarks(transfer, texts));
    lines.join("\n").replace(NO_BREAK, " ") + "\n"
}

fn row(cells: &[String; COLUMNS.len()]) -> String {
    let cells = cells.iter().zip(COLUMNS).map(|(cell, (_, width))| {
        let filled = width.saturating_sub(cell.chars().count());
        format!("{}{cell}", " ".repeat(filled))
    });
    cells.collect::<Vec<_>>().join(" ")
}

fn cells(transfer: &Transfer, texts: Texts) -> [String; COLUMNS.len()] {
    let figures = Figures::new(texts);
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
            .rate
            .map_or_else(|| DASH.to_owned(), |rate| format!("{}{NO_BREAK}MB/s", figures.decimal(rate / 1e6, 1))),
    ]
}

/// The key of why a transfer ended early.
const fn word(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::DiskFull => "transfer-trouble-disk-full",
        Trouble::File => "transfer-trouble-file",
        Trouble::TooLarge => "transfer-trouble-too-large",
        Trouble::BadName => "transfer-trouble-bad-name",
        Trouble::OtherMode => "transfer-trouble-other-mode",
        Trouble::Interrupted => "transfer-trouble-interrupted",
        Trouble::Connection => "transfer-trouble-connection",
        Trouble::Silence => "transfer-trouble-silence",
        Trouble::Dialect => "transfer-trouble-dialect",
        Trouble::Absent => "transfer-trouble-absent",
    }
}

/// What the table has no room for.
fn remarks(transfer: &Transfer, texts: Texts) -> Vec<String> {
    let number = || ("number", Value::words(transfer.number));
    let mut lines = Vec::new();
    if let Some(trouble) = transfer.trouble {
        let why = texts.get(word(trouble));
        lines.push(texts.with("transfer-ended", &[number(), ("why", Value::words(why))]));
    }
    if let Some(blocks) = &transfer.blocks {
        lines.extend(losses(transfer, blocks, texts));
    }
    if let Some(saved) = &transfer.saved {
        let key = if transfer.complete == Some(true) { "transfer-saved" } else { "transfer-partial" };
        lines.push(texts.with(key, &[("file", Value::words(saved))]));
    }
    lines
}

fn losses(transfer: &Transfer, blocks: &Blocks, texts: Texts) -> Vec<String> {
    let number = || ("number", Value::words(transfer.number));
    let mut lines = Vec::new();
    if let Some(unsent) = blocks.unsent.filter(|&unsent| unsent > 0) {
        lines.push(texts.with("transfer-unsent", &[number(), ("count", Value::count(unsent))]));
    }
    if let (Some(lost @ 1..), Some(sent), Some(at)) = (blocks.lost, blocks.sent, blocks.lost_at) {
        let figures = Figures::new(texts);
        let ratio = Value::words(figures.percent(lost as f64 / sent.max(1) as f64));
        lines.push(texts.with(
            "transfer-lost",
            &[number(), ("count", Value::count(lost)), ("sent", Value::words(sent)), ("ratio", ratio)],
        ));
        if at.receiver_socket > 0 {
            lines.push(texts.with("transfer-lost-socket", &[("count", Value::count(at.receiver_socket))]));
        }
        if at.undetermined > 0 {
            let key = if at.network == Some(0) { "transfer-lost-hosts" } else { "transfer-lost-somewhere" };
            lines.push(texts.with(key, &[("count", Value::count(at.undetermined))]));
        }
    } else if let Some(drops @ 1..) = blocks.socket_drops.filter(|_| blocks.lost.is_none()) {
        lines.push(texts.with("transfer-socket-drops", &[("count", Value::count(drops))]));
    }
    if let Some(ranges @ 1..) = blocks.ranges {
        let listed: Vec<String> = blocks
            .missing
            .iter()
            .take(MOST_RANGES)
            .map(|&(first, last)| if first == last { first.to_string() } else { format!("{first}-{last}") })
            .collect();
        let mut listed = listed.join(", ");
        if ranges > MOST_RANGES as u64 {
            listed += ", ...";
        }
        lines
            .push(texts.with("transfer-missing", &[("count", Value::count(ranges)), ("ranges", Value::words(listed))]));
    }
    lines
}
