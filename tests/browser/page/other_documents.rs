//! The pages of transfers and comparisons.

use super::{HOSTILE, PageFolder, screenshot_path, texts_of};
use crate::common::browser::Browser;
use medidor::core::document::counts::PointCounts;
use medidor::core::document::envelope::{Envelope, Kind, Perspective};
use medidor::core::document::path::{PointName, SegmentName};
use medidor::core::document::transfer::{Loss, LossBySegment, LossMap, Throughput, Transfer, TransferDocument};
use medidor::core::evidence::journal_run::Role;
use medidor::core::evidence::transfer_records::ReceiverReport;
use medidor::core::protocol::transfer::Mode;
use medidor::core::time::Wall;
use medidor::i18n::{Language, Texts};
use medidor::report::html;
use serde_json::Value;
use tempfile::TempDir;

/// A transfer of which the network lost a part, with hostile content in its foreign strings.
fn transfer() -> TransferDocument {
    let mut map = LossMap::new(2_000);
    map.add(10, 109);
    map.add(1_990, 1_999);
    let mut at = LossBySegment::default();
    at.add(70, &[SegmentName::Network]);
    at.add(40, &[SegmentName::Network, SegmentName::ReceiverHost]);
    let account = ReceiverReport {
        number: 1,
        complete: Some(false),
        bytes_sent: Some(2_048_000),
        bytes_received: Some(1_935_360),
        took_ns: Some(1_000_000_000),
        path: Some(HOSTILE.to_owned()),
        ..ReceiverReport::default()
    };
    let transfer = Transfer {
        points: Some(PointCounts::new(PointName::TRANSFER.into_iter().zip([
            Some(2_000),
            Some(2_000),
            None,
            Some(1_890),
        ]))),
        loss: Some(Loss {
            lost: 110,
            lost_at_most: 110,
            sent: 2_000,
            lost_by_segment: at,
            map: Some(map),
            advice: Vec::new(),
        }),
        throughput: Some(Throughput { role: Role::Client, cell_ns: 100_000_000, bytes: vec![200_000, 0, 300_000] }),
        ..Transfer::of(account)
    };
    TransferDocument {
        envelope: Envelope::new(Kind::Transfer, Perspective::Joint),
        mode: Mode::Udp,
        name: Some(HOSTILE.to_owned()),
        size_bytes: Some(2_048_000),
        sha256: None,
        clients: Some(1),
        block_bytes: Some(1_024),
        start_ns: Wall(0),
        transfers: vec![transfer],
    }
}

#[test]
fn a_transfers_page_shows_where_its_blocks_were_lost() {
    let Some(mut browser) = Browser::start("a transfer's page") else { return };
    let desk = PageFolder::new();
    for language in Language::ALL {
        let document = transfer();
        browser.set_view(1280, 900, false);
        browser.open(&desk.put(&html::transfer::render(std::slice::from_ref(&document), Texts::new(language))));
        assert_eq!(texts_of(&mut browser, "table.path td.count"), ["2000", "2000", "—", "1890"]);
        let json_document = texts_of(&mut browser, "tr.lost, tr.somewhere");
        assert!(
            json_document.len() == 2 && json_document[0].contains("70") && json_document[1].contains("40"),
            "{json_document:?}"
        );
        let drawn = "[...document.querySelectorAll('g[data-cell]')].map(cell => Number(cell.dataset.figure))";
        let loss = document.transfers[0].loss.as_ref().unwrap();
        let course = document.transfers[0].throughput.as_ref().unwrap();
        let expected: Vec<u64> = [&loss.map.as_ref().unwrap().lost[..], &course.bytes].concat();
        assert_eq!(browser.eval(drawn), serde_json::json!(expected));
        assert_eq!(
            browser.eval("[typeof globalThis.hacked, document.images.length]"),
            serde_json::json!(["undefined", 0])
        );
        assert_eq!(browser.errors(), Vec::<Value>::new());
        browser.screenshot(&screenshot_path(&format!("transfer-{}.png", language.tag())), None, 1.0);
    }
}

#[test]
fn the_comparison_page_agrees_with_its_document() {
    let Some(mut browser) = Browser::start("a comparison's page") else { return };
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("file"), vec![7; 100_000]).unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_medidor"));
    command.current_dir(folder.path()).args(["compare", "file", "--clients", "2", "--json", "--html", "page.html"]);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let json_document: Value = serde_json::from_slice(&output.stdout).unwrap();
    browser.open(&folder.path().join("page.html"));
    let runs = json_document["runs"].as_array().unwrap().iter();
    let receivers: Vec<&Value> = runs.flat_map(|run| run["transfers"].as_array().unwrap()).collect();
    assert_eq!(receivers.len(), 8, "four modes, two receivers each");
    let expected: Vec<Value> = receivers
        .iter()
        .map(|receiver| {
            serde_json::json!([
                receiver["number"].to_string(),
                receiver["complete"].to_string(),
                receiver["bytes_received"].to_string()
            ])
        })
        .collect();
    let rows = "[...document.querySelectorAll('table.transfers tbody tr')].map(row => \
                [row.cells[0].textContent, row.dataset.complete, row.cells[4].textContent])";
    assert_eq!(browser.eval(rows), Value::Array(expected));
    assert_eq!(browser.errors(), Vec::<Value>::new());
}
