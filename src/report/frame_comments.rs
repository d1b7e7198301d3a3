//! Comments for the frames of a capture: the message of each frame, and its outcome.

use std::collections::HashMap;

use super::format::NumberFormat;
use super::labels;
use crate::core::document::exchange::Document;
use crate::core::escape;
use crate::core::evidence::capture_log::CaptureLog;
use crate::i18n::{Texts, Value};

/// The comments of one capture, by frame number.
pub fn for_capture(document: &Document, log: &CaptureLog, texts: Texts) -> HashMap<u32, String> {
    let figures = NumberFormat::new(texts);
    let mut comments = HashMap::new();
    // The frames that are evidence, by their datagram's direction: further copies travel in the same one.
    let mut known: HashMap<u32, (usize, u64)> = HashMap::new();
    let mut results: HashMap<(usize, u64), String> = HashMap::new();
    for (index, flow) in document.flows.iter().enumerate() {
        for message in &flow.messages {
            let result = escape::line(&labels::result(message, texts, figures));
            let evidence = message.evidence.iter().filter(|shown| shown.file == log.file);
            for frame in evidence.filter_map(|shown| shown.frame) {
                known.insert(frame, (index, message.n));
                comments.insert(frame, reported("comment-frame", message.n, &result, texts));
            }
            results.insert((index, message.n), result);
        }
    }
    // A client may have several runs from one port, with the same flow: a further copy then belongs to none.
    let mut owners: HashMap<u32, Option<usize>> = HashMap::new();
    for datagram in &log.datagrams {
        if let Some((flow, _)) = known.get(&datagram.frame) {
            let owner = owners.entry(datagram.flow).or_insert(Some(*flow));
            *owner = owner.filter(|owner| owner == flow);
        }
    }
    for datagram in log.datagrams.iter().filter(|datagram| !known.contains_key(&datagram.frame)) {
        let owner = owners.get(&datagram.flow).copied().flatten();
        if let Some((flow, number)) = owner.zip(datagram.number)
            && let Some(outcome) = results.get(&(flow, number))
        {
            comments.insert(datagram.frame, reported("comment-copy", number, outcome, texts));
        }
    }
    comments
}

fn reported(key: &str, number: u64, result: &str, texts: Texts) -> String {
    texts.with(key, &[("n", Value::text(number)), ("fate", Value::text(result))])
}
