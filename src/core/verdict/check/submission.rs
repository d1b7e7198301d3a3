//! The evidence of a submission, host by host.

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
    /// Whether the submission is complete: a whole folder was read, and every capture in it belongs to one of the
    /// hosts.
    pub is_all: bool,
    /// The server's port, where it is known beforehand.
    pub server_port: Option<u16>,
}

/// A file of names, one on each line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// The file.
    pub file: String,
    /// How many names are in it.
    pub count: u64,
}

impl Names {
    /// Reads a file in any encoding: lines that contain a letter and are not comments (`#`).
    pub fn read(file: &str, bytes: &[u8]) -> Self {
        // In UTF-16 every other byte of most names is 0.
        let plain: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != 0).collect();
        let text = String::from_utf8_lossy(&plain);
        let text = text.trim_start_matches(['\u{feff}', '\u{fffd}']);
        let is_name = |line: &&str| {
            // In an old encoding, accented letters read as unknown ones.
            let message = |c: char| c.is_alphabetic() || c == char::REPLACEMENT_CHARACTER;
            !line.trim_start().starts_with('#') && line.chars().any(message)
        };
        Self { file: file.to_owned(), count: text.lines().filter(is_name).count() as u64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_whatever_encoding() {
        let count = |bytes: &[u8]| Names::read("nomes.txt", bytes).count;
        assert_eq!(count("# Grupo\n\nJoão da Silva\r\n Ana\r\n".as_bytes()), 2);
        assert_eq!(count(b"Jo\xe3o\n\xc1lvaro\n"), 2);
        let wide: Vec<u8> = "\u{feff}Ana\nÉva\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(count(&wide), 2);
        for nothing in [&b""[..], b"\n \n", b"# Ana\n", b"\xef\xbb\xbf\r\n", b"---\n1.\n2.\n"] {
            assert_eq!(count(nothing), 0, "{nothing:?}");
        }
    }
}
