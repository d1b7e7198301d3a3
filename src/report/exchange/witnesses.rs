//! The witnesses: the files behind the verdict, and how far each can be trusted.

use super::blocks::ReportBuilder;
use crate::core::document::exchange::Document;
use crate::core::document::witness::{Witness, WitnessKind};
use crate::i18n::{Texts, Value};
use crate::report::labels;

pub fn write(page: &mut ReportBuilder, document: &Document, texts: Texts) {
    page.heading(&texts.get("witness-heading"));
    let witnesses = labels::witnesses(&document.envelope.witnesses, texts);
    for (name, witness) in &witnesses {
        let file =
            if witness.file.is_empty() { texts.get("witness-not-kept") } else { labels::truncate(&witness.file) };
        let values = [
            ("name", Value::text(labels::capitalize(name))),
            ("file", Value::text(file)),
            ("whole", Value::text(labels::whole(witness.whole, texts))),
        ];
        page.item(&texts.with("witness-line", &values));
        match witness.packets {
            Some(packets) => capture(page, witness, packets, texts),
            None => journal(page, witness, texts),
        }
    }
    if witnesses.iter().all(|(_, witness)| witness.kind != WitnessKind::Capture) {
        page.line(&texts.get("witness-no-capture"));
    }
}

/// Captured and dropped packets are always shown.
fn capture(page: &mut ReportBuilder, witness: &Witness, packets: u64, texts: Texts) {
    let packets = ("packets", Value::count(packets));
    page.under_item(&match witness.dropped {
        Some(dropped) => texts.with("witness-packets", &[packets, ("dropped", Value::count(dropped))]),
        None => texts.with("witness-packets-dropped-unknown", &[packets]),
    });
    let interface = witness.interface_dropped.filter(|count| *count > 0);
    counted(page, texts, "witness-interface-dropped", interface);
    counted(page, texts, "witness-damaged", witness.damaged_at_bytes);
    if let Some(failure) = &witness.failure {
        page.under_item(&texts.with("witness-failure", &[("reason", Value::text(labels::truncate(failure)))]));
    }
}

fn journal(page: &mut ReportBuilder, witness: &Witness, texts: Texts) {
    page.under_item(&labels::ending(witness.ended, texts));
    counted(page, texts, "witness-records-lost", witness.dropped.filter(|count| *count > 0));
    counted(page, texts, "witness-socket-drops", witness.socket_drops);
}

fn counted(page: &mut ReportBuilder, texts: Texts, key: &str, count: Option<u64>) {
    if let Some(count) = count {
        page.under_item(&texts.with(key, &[("count", Value::count(count))]));
    }
}
