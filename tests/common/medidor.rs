//! The program under test inside a lab, and what its result document says.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use super::lab::Host;
use super::process::{Finished, PATIENCE, Running, Stream};

/// Longer than any run of these tests.
pub const WHOLE_RUN: Duration = Duration::from_secs(60);

/// The program, speaking English, inside a host.
pub fn medidor(host: &Host, folder: &Path, arguments: &[&str]) -> Command {
    let mut command = host.command(env!("CARGO_BIN_EXE_medidor"));
    command.current_dir(folder).args(["--lang", "en"]).args(arguments);
    command
}

/// A server that listens; its capture is live.
pub fn server(host: &Host, folder: &Path, arguments: &[&str]) -> Running {
    let server = Running::start(medidor(host, folder, &[&["server", "--json"], arguments].concat()));
    server.wait_for_line(|line| line.starts_with("Server listening"), PATIENCE);
    server
}

/// A client's run from beginning to end.
pub fn client(host: &Host, folder: &Path, arguments: &[&str]) -> Finished {
    Running::start(medidor(host, folder, &[&["client", "--json"], arguments].concat())).wait(WHOLE_RUN)
}

/// An analysis of files.
pub fn analyze(host: &Host, folder: &Path, arguments: &[&str]) -> Finished {
    Running::start(medidor(host, folder, &[&["analyze", "--json"], arguments].concat())).wait(WHOLE_RUN)
}

/// A result document.
pub struct Report(Value);

impl Report {
    /// The document that a program left on stdout.
    ///
    /// # Panics
    /// Where it left none; the message shows all that it said.
    pub fn of(finished: &Finished) -> Self {
        let text = finished.text(Stream::Out);
        match serde_json::from_str(&text) {
            Ok(document) => Self(document),
            Err(error) => panic!("no result document ({error}):\n{text}\n{}", finished.text(Stream::Err)),
        }
    }

    /// The document itself.
    pub fn json(&self) -> &Value {
        &self.0
    }

    /// Its only flow.
    ///
    /// # Panics
    /// Where there is not exactly one.
    pub fn flow(&self) -> &Value {
        let flows = self.0["flows"].as_array().expect("flows");
        assert_eq!(flows.len(), 1, "{:#}", self.0);
        &flows[0]
    }

    /// The flow of a client, by its address as the document has it.
    ///
    /// # Panics
    /// Where there is none.
    pub fn flow_of(&self, client: &str) -> &Value {
        let mut flows = self.0["flows"].as_array().expect("flows").iter();
        flows.find(|flow| flow["client"] == client).unwrap_or_else(|| panic!("no flow of {client}: {:#}", self.0))
    }

    /// One of the flow's counts.
    pub fn count(&self, name: &str) -> Option<u64> {
        let count = self.flow()["counts"].get(name).unwrap_or_else(|| panic!("no count {name}"));
        count.as_u64()
    }

    /// Messages with an outcome: their numbers.
    pub fn with_outcome(&self, outcome: &str) -> Vec<u64> {
        let messages = self.flow()["messages"].as_array().expect("messages");
        messages
            .iter()
            .filter(|message| message["outcome"] == outcome)
            .filter_map(|message| message["n"].as_u64())
            .collect()
    }

    /// Outcome, blame and reason of a message, in one line: `lost: network_forward`, `not_sent (EPERM)`.
    pub fn story(&self, number: u64) -> String {
        let messages = self.flow()["messages"].as_array().expect("messages");
        let message = messages.iter().find(|message| message["n"] == number);
        let Some(message) = message else { panic!("message {number} is not listed:\n{:#}", self.0) };
        let mut story = message["outcome"].as_str().expect("outcome").to_owned();
        let blame: Vec<&str> = message["blame"].as_array().expect("blame").iter().filter_map(Value::as_str).collect();
        if !blame.is_empty() {
            story = format!("{story}: {}", blame.join(" "));
        }
        let reason = &message["reason"];
        if let Some(reason) = reason["error"].as_str().or_else(|| reason["kind"].as_str()) {
            story = format!("{story} ({reason})");
        }
        story
    }

    /// The codes of its warnings.
    pub fn warnings(&self) -> Vec<&str> {
        let warnings = self.0["warnings"].as_array().expect("warnings");
        warnings.iter().filter_map(|warning| warning["code"].as_str()).collect()
    }
}

/// What really became of a message.
#[derive(Clone, Copy, Debug)]
pub enum Truth {
    /// Its reply reached the client's application.
    Delivered,
    /// It was lost in one of these segments.
    Lost(&'static [&'static str]),
    /// A moment decided: it was delivered, or lost in one of these.
    Either(&'static [&'static str]),
}

/// Holds each message of the only flow against the truth: weak evidence may leave a message open or widen its blame, but
/// a delivered one is never called lost, a lost one never delivered, and the true segment is among those blamed.
///
/// # Panics
/// Where the document says more than is true.
pub fn never_surer(report: &Report, truth: impl Fn(u64) -> Truth) {
    for message in report.flow()["messages"].as_array().expect("messages") {
        let number = message["n"].as_u64().expect("a number");
        let story = report.story(number);
        let true_segment = |segments: &[&str]| {
            message["blame"].as_array().expect("blame").iter().any(|blamed| segments.iter().any(|one| blamed == one))
        };
        let outcome = message["outcome"].as_str().expect("outcome");
        let told_truly = match (truth(number), outcome) {
            // That the server answered says nothing of the way back.
            (_, "inconclusive" | "answered" | "not_sent")
            | (Truth::Delivered | Truth::Either(_), "delivered" | "late") => true,
            (Truth::Lost(segments) | Truth::Either(segments), "lost") => true_segment(segments),
            _ => false,
        };
        assert!(told_truly, "message {number} is called {story}, and the truth is {:?}\n{:#}", truth(number), message);
    }
}
