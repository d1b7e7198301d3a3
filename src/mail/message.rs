//! One mail message to one recipient (RFC 5322), optionally with a file attached (RFC 2183).

use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use lettre::address::AddressError;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, Message, MultiPart, SinglePart};
use sha2::{Digest as _, Sha256};

use crate::core::escape;
use crate::core::time::Wall;
use crate::files;

/// The media type of a packet capture, as registered with IANA.
const CAPTURE: &str = "application/vnd.tcpdump.pcap";

/// Longest attachment, bytes: a longer file is left out.
const MAX_ATTACHMENT_LEN: u64 = 64 << 20;

/// Longest subject, characters.
const MAX_SUBJECT_LEN: usize = 200;

/// A sender or a recipient: `ana@example.org`, `Ana <ana@example.org>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address(Mailbox);

impl std::str::FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        text.parse().map(Self)
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

#[derive(Clone, Debug)]
pub struct MailMessage {
    pub from: Address,
    pub to: Address,
    pub subject: String,
    pub body: String,
    pub date: Wall,
    /// What makes it one and the same message however often it is tried; for the left side of a `Message-ID`.
    pub id: String,
    /// The files to attach: captures, and reports with the ending `txt`. One that has gone meanwhile is left out.
    pub attachments: Vec<PathBuf>,
}

impl MailMessage {
    /// The message as it goes over the wire.
    pub(super) fn message(&self) -> Result<Message, lettre::error::Error> {
        let id = format!("<{}@{}>", short_word(&self.id), escape::word(self.from.0.email.domain()));
        let builder = Message::builder()
            .from(self.from.0.clone())
            .to(self.to.0.clone())
            .subject(subject(&self.subject))
            .date(UNIX_EPOCH + Duration::from_nanos(self.date.0.max(0).unsigned_abs()))
            .message_id(Some(id))
            // Prevents automatic replies (RFC 3834 section 5).
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ));
        let text = SinglePart::plain(escape::lines(&self.body));
        let attached: Vec<SinglePart> = self.attachments.iter().filter_map(|path| attachment(path)).collect();
        if attached.is_empty() {
            return builder.singlepart(text);
        }
        let parts = attached.into_iter().fold(MultiPart::mixed().singlepart(text), MultiPart::singlepart);
        builder.multipart(parts)
    }
}

fn attachment(path: &Path) -> Option<SinglePart> {
    let name = escape::word(&path.file_name()?.to_string_lossy());
    let content = files::read(path, MAX_ATTACHMENT_LEN).ok()?;
    if path.extension().is_some_and(|ending| ending == "txt") {
        return Some(Attachment::new(name).body(String::from_utf8(content).ok()?, ContentType::TEXT_PLAIN));
    }
    Some(Attachment::new(name).body(content, ContentType::parse(CAPTURE).ok()?))
}

/// A subject on one line, because a line break would begin another header. Headers are broken at spaces only, so a long word
/// would make a long line.
fn subject(text: &str) -> String {
    escape::line(text).replace('\t', " ").chars().take(MAX_SUBJECT_LEN).collect()
}

/// A word ([`escape::word`]) that fits on the line of a header, which has at most 998 bytes and cannot be broken inside a
/// word (RFC 5322 section 2.1.1): the rest of a longer one becomes its digest.
fn short_word(text: &str) -> String {
    const MAX_WORD_LEN: usize = 200;
    let mut word = escape::word(text);
    if word.len() > MAX_WORD_LEN {
        let digest = format!("{:x}", Sha256::digest(text));
        word.truncate(MAX_WORD_LEN - digest.len());
        word += &digest;
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter() -> MailMessage {
        MailMessage {
            from: "medidor <monitor@example.org>".parse().unwrap(),
            to: "ana@example.org".parse().unwrap(),
            subject: "Alerta de latência: Muito Lenta".to_owned(),
            body: "Alvo: casa\nLatência: 412 ms\n".to_owned(),
            date: Wall(0),
            id: "1732090000-casa-7".to_owned(),
            attachments: Vec::new(),
        }
    }

    fn sent(letter: &MailMessage) -> String {
        String::from_utf8(letter.message().unwrap().formatted()).unwrap()
    }

    #[test]
    fn nothing_that_it_is_told_becomes_a_header() {
        let wicked = "x\r\nBcc: eve@example.org\r\n\r\nbody";
        let text = sent(&MailMessage { subject: wicked.to_owned(), id: wicked.to_owned(), ..letter() });
        let (headers, _) = text.split_once("\r\n\r\n").unwrap();
        assert!(!headers.lines().any(|line| line.starts_with("Bcc")), "{headers}");
        assert!(headers.contains("Auto-Submitted: auto-generated"), "{headers}");
        assert!("a\r\nb@example.org".parse::<Address>().is_err());
        assert!("A\r\nBcc: eve@example.org <b@example.org>".parse::<Address>().is_err());
    }

    #[test]
    fn no_line_is_longer_than_998_bytes() {
        let long = "x".repeat(5000);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("y".repeat(250));
        std::fs::write(&path, "").unwrap();
        let to = format!("{} <ana@{}.example.org>", "Ana ".repeat(300).trim_end(), ["a"; 110].join("."));
        let with = |id: &str| MailMessage {
            to: to.parse().unwrap(),
            subject: format!("{long} {long}"),
            body: long.clone(),
            id: id.to_owned(),
            attachments: vec![path.clone()],
            ..letter()
        };
        let text = sent(&with(&long));
        for line in text.split("\r\n") {
            assert!(line.len() <= 998, "{} bytes: {line}", line.len());
        }
        let id = |text: &str| text.lines().find(|line| line.starts_with("Message-ID")).unwrap().to_owned();
        assert_ne!(id(&text), id(&sent(&with(&format!("{long}x")))));
    }

    #[test]
    fn a_body_is_text_that_commands_nothing() {
        let text = sent(&MailMessage { body: "a\u{1b}[2Jb\r\n.\r\nMAIL FROM:<x>".to_owned(), ..letter() });
        assert!(text.trim_end().ends_with("a?[2Jb?\r\n.?\r\nMAIL FROM:<x>"), "{text}");
    }

    #[test]
    fn a_file_is_attached_and_one_that_has_gone_is_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("alerta \"x\".pcap");
        let with = MailMessage { attachments: vec![path.clone()], ..letter() };
        assert!(!sent(&with).contains("multipart"));
        std::fs::write(&path, [0xd4, 0xc3, 0xb2, 0xa1]).unwrap();
        let text = sent(&with);
        assert!(text.contains("filename=\"alerta--x-.pcap\"") && text.contains("1MOyoQ=="), "{text}");
        assert!(text.contains(CAPTURE), "{text}");
    }
}
