//! The evidence of a submission, host by host.

use super::name_list::Names;
use crate::core::evidence::capture_log::CaptureLog;
use crate::core::evidence::conversations::{self, Conversation};
use crate::core::evidence::exchange_host::ExchangeHostFiles;
use crate::core::evidence::journal::JournalLog;
use crate::core::evidence::journal_run::Role;
use crate::core::verdict::exchange::host_summary::HostSummary;

/// One host's part of a submission.
#[derive(Clone, Copy)]
pub struct Host<'a> {
    /// The host's role.
    pub role: Role,
    /// What its files come to.
    pub summary: &'a HostSummary,
    /// Its capture.
    pub capture: Option<&'a CaptureLog>,
    /// Its journal.
    pub journal: Option<&'a JournalLog>,
}

impl<'a> Host<'a> {
    pub(super) fn conversations(&self, server_port: Option<u16>) -> Option<(&'a CaptureLog, Vec<Conversation<'a>>)> {
        let side =
            ExchangeHostFiles { role: self.role, journal: self.journal, capture: self.capture, filter_check: None };
        self.capture.map(|log| (log, conversations::conversations(log, side.hints(server_port))))
    }
}

/// All that a group handed in.
#[derive(Clone, Copy, Default)]
pub struct Submission<'a> {
    /// The client's files.
    pub client: Option<Host<'a>>,
    /// The server's files.
    pub server: Option<Host<'a>>,
    /// The names, where their file is there.
    pub names: Option<&'a Names>,
    /// Other texts are there, which may hold the names.
    pub has_texts: bool,
    /// A file that may be a log of packets in another form than a capture: a text, a table, a document.
    pub other_log: Option<&'a str>,
    /// Whether the submission is complete: a whole folder was read, and every capture in it belongs to one of the
    /// hosts.
    pub is_all: bool,
    /// The server's port, where it is known beforehand.
    pub server_port: Option<u16>,
}
