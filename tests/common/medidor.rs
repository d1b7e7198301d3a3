//! The program under test inside a lab, and its result document.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use super::lab::Host;
use super::process::{Finished, Running, STEP_TIMEOUT, Stream};

/// Timeout for a whole run.
pub const RUN_TIMEOUT: Duration = Duration::from_secs(60);

/// The program under test, in English, inside a host.
pub fn medidor(host: &Host, folder: &Path, arguments: &[&str]) -> Command {
    let mut command = host.command(env!("CARGO_BIN_EXE_medidor"));
    // With a line for each message: the tests wait for some of them.
    command.current_dir(folder).args(["--lang", "en", "--verbose"]).args(arguments);
    command
}

/// Starts a server and waits until it listens and its capture is live.
pub fn server(host: &Host, folder: &Path, arguments: &[&str]) -> Running {
    let server = Running::start(medidor(host, folder, &[&["server", "--json"], arguments].concat()));
    server.wait_for_line(|line| line.starts_with("Server listening"), STEP_TIMEOUT);
    server
}

/// Runs a client to its end.
pub fn client(host: &Host, folder: &Path, arguments: &[&str]) -> Finished {
    Running::start(medidor(host, folder, &[&["client", "--json"], arguments].concat())).wait(RUN_TIMEOUT)
}

/// Analyzes files.
pub fn analyze(host: &Host, folder: &Path, arguments: &[&str]) -> Finished {
    Running::start(medidor(host, folder, &[&["analyze", "--json"], arguments].concat())).wait(RUN_TIMEOUT)
}

/// A result document.
pub struct Report(Value);

impl Report {
    /// Parses the document that a program wrote to stdout.
    ///
    /// # Panics
    /// When there is none; the message shows all output.
    pub fn of(finished: &Finished) -> Self {
        let text = finished.text(Stream::Out);
        match serde_json::from_str(&text) {
            Ok(document) => Self(document),
            Err(error) => panic!("no result document ({error}):\n{text}\n{}", finished.text(Stream::Err)),
        }
    }

    pub fn json(&self) -> &Value {
        &self.0
    }

    /// The only flow.
    ///
    /// # Panics
    /// When there is not exactly one.
    pub fn flow(&self) -> &Value {
        let flows = self.0["flows"].as_array().expect("flows");
        assert_eq!(flows.len(), 1, "{:#}", self.0);
        &flows[0]
    }

    /// The flow of a client, found by the address in the document.
    ///
    /// # Panics
    /// When there is none.
    pub fn flow_of(&self, client: &str) -> &Value {
        let mut flows = self.0["flows"].as_array().expect("flows").iter();
        flows.find(|flow| flow["client"] == client).unwrap_or_else(|| panic!("no flow of {client}: {:#}", self.0))
    }

    /// One of the flow's counts.
    pub fn count(&self, name: &str) -> Option<u64> {
        let count = self.flow()["counts"].get(name).unwrap_or_else(|| panic!("no count {name}"));
        count.as_u64()
    }

    /// The numbers of the messages with this outcome.
    pub fn with_outcome(&self, outcome: &str) -> Vec<u64> {
        let messages = self.flow()["messages"].as_array().expect("messages");
        messages
            .iter()
            .filter(|message| message["outcome"] == outcome)
            .filter_map(|message| message["n"].as_u64())
            .collect()
    }

    /// Outcome, blame and reason of a message in one line: `lost: network_forward`, `not_sent (EPERM)`.
    pub fn verdict_line(&self, number: u64) -> String {
        let messages = self.flow()["messages"].as_array().expect("messages");
        let message = messages.iter().find(|message| message["n"] == number);
        let Some(message) = message else { panic!("message {number} is not listed:\n{:#}", self.0) };
        let mut verdict_line = message["outcome"].as_str().expect("outcome").to_owned();
        let blame: Vec<&str> = message["blame"].as_array().expect("blame").iter().filter_map(Value::as_str).collect();
        if !blame.is_empty() {
            verdict_line = format!("{verdict_line}: {}", blame.join(" "));
        }
        let reason = &message["reason"];
        if let Some(reason) = reason["error"].as_str().or_else(|| reason["kind"].as_str()) {
            verdict_line = format!("{verdict_line} ({reason})");
        }
        verdict_line
    }

    /// The codes of the warnings.
    pub fn warnings(&self) -> Vec<&str> {
        let warnings = self.0["warnings"].as_array().expect("warnings");
        warnings.iter().filter_map(|warning| warning["code"].as_str()).collect()
    }
}

/// The true outcome of a message.
#[derive(Clone, Copy, Debug)]
pub enum Truth {
    /// Its reply reached the client's application.
    Delivered,
    /// It was lost in one of these segments.
    Lost(&'static [&'static str]),
    /// Depends on timing: delivered, or lost in one of these segments.
    Either(&'static [&'static str]),
}

/// Checks each message of the only flow against the truth. Weak evidence may leave a message open or widen its blame,
/// but a delivered message is never reported as lost, a lost one never as delivered, and the true segment is always
/// blamed.
///
/// # Panics
/// When a verdict claims more than is true.
pub fn never_overclaims(report: &Report, truth: impl Fn(u64) -> Truth) {
    for message in report.flow()["messages"].as_array().expect("messages") {
        let number = message["n"].as_u64().expect("a number");
        let verdict_line = report.verdict_line(number);
        let true_segment = |segments: &[&str]| {
            message["blame"].as_array().expect("blame").iter().any(|blamed| segments.iter().any(|one| blamed == one))
        };
        let outcome = message["outcome"].as_str().expect("outcome");
        let is_true = match (truth(number), outcome) {
            // `answered` does not claim that the reply arrived.
            (_, "inconclusive" | "answered" | "not_sent")
            | (Truth::Delivered | Truth::Either(_), "delivered" | "late") => true,
            (Truth::Lost(segments) | Truth::Either(segments), "lost") => true_segment(segments),
            _ => false,
        };
        assert!(
            is_true,
            "message {number} is called {verdict_line}, and the truth is {:?}\n{:#}",
            truth(number),
            message
        );
    }
}
