//! Reads a journal up to the first malformed line.
//!
//! - A malformed line breaks the journal: the lines before it are used, the rest is not, because it is unknown what is
//!   missing. A last line without a line feed is used if it is complete.
//! - A record of an unknown kind, from a later version, is skipped, and so are unknown fields. An unknown *value* (such as
//!   a new reason) breaks the journal.
//! - Memory is bounded by [`MAX_LINE_LEN`] and the records themselves.

use std::io::{self, BufRead, Read};

use serde::Deserialize;
use thiserror::Error;

use super::fast_parse;
use crate::core::evidence::journal::{JournalLog, Record};

/// Lines longer than this cannot be read, bytes.
pub const MAX_LINE_LEN: u64 = 1 << 20;

/// What the schema of every version of the journal begins with.
const FAMILY: &str = "medidor-journal/";

/// The version that is written. Older ones are read as well.
const VERSION: u32 = 2;

/// The kinds of records that can be read, as `e` writes them.
const KINDS: [&str; 21] = [
    "run",
    "peer",
    "member",
    "sent",
    "port",
    "unsent",
    "received",
    "text",
    "unexpected",
    "not_answered",
    "tx_timestamp",
    "icmp_error",
    "file",
    "control",
    "blocks",
    "progress",
    "receiver_report",
    "route",
    "counters",
    "gap",
    "end",
];

/// Their names in `medidor-journal/1`, where they differ.
const OLD_KINDS: [&str; 7] = ["odd", "withheld", "departed", "refused", "word", "passed", "account"];

/// Why a journal could not be read at all.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The file could not be read.
    #[error("cannot read the journal {name}: {source}")]
    Io { name: String, source: io::Error },
    /// It does not begin with a `run` line of a journal.
    #[error("{name} is not a journal")]
    NotAJournal { name: String },
    /// A later version of medidor wrote it.
    #[error("{name} is of journal version {version}")]
    NewerVersion { name: String, version: u32 },
}

/// The fields that identify a journal.
#[derive(Deserialize)]
struct FirstLine {
    e: String,
    schema: String,
}

#[derive(Deserialize)]
struct AnyRecord {
    e: String,
}

/// Reads a journal. `name` is the file's name as the user gave it.
///
/// # Errors
/// [`ReadError`], where there is no journal to speak of. A damaged one is no error: see
/// [`JournalLog::broken_at_line`].
pub fn read(mut source: impl BufRead, name: &str) -> Result<JournalLog, ReadError> {
    let mut log = JournalLog { file: name.to_owned(), ..JournalLog::default() };
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        // One byte more than allowed shows that a line is too long.
        let limit = MAX_LINE_LEN + 1;
        let read = source.by_ref().take(limit).read_until(b'\n', &mut line);
        let length = read.map_err(|source| ReadError::Io { name: name.to_owned(), source })?;
        if number == 1 {
            match version(&line) {
                None => return Err(ReadError::NotAJournal { name: name.to_owned() }),
                Some(version) if version > VERSION => {
                    return Err(ReadError::NewerVersion { name: name.to_owned(), version });
                }
                Some(_) => {}
            }
        }
        if length == 0 {
            break;
        }
        let record = if length as u64 == limit { Line::Broken } else { parse(&line) };
        match record {
            Line::Known(record) => log.records.push(record),
            Line::Unknown => {}
            Line::Broken => {
                log.broken_at_line = Some(number);
                break;
            }
        }
    }
    Ok(log)
}

/// The version in the first line of a journal.
fn version(line: &[u8]) -> Option<u32> {
    let first = serde_json::from_slice::<FirstLine>(line).ok().filter(|first| first.e == "run")?;
    first.schema.strip_prefix(FAMILY)?.parse().ok()
}

enum Line {
    Known(Record),
    Unknown,
    Broken,
}

fn parse(line: &[u8]) -> Line {
    if let Some(record) = fast_parse::record(line) {
        return Line::Known(record);
    }
    match serde_json::from_slice(line) {
        Ok(record) => Line::Known(record),
        Err(_) => match serde_json::from_slice::<AnyRecord>(line) {
            Ok(any) if !KINDS.contains(&any.e.as_str()) && !OLD_KINDS.contains(&any.e.as_str()) => Line::Unknown,
            _ => Line::Broken,
        },
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::io::BufReader;

    use super::*;
    use crate::journal::samples;

    fn text(records: &[Record]) -> Vec<u8> {
        records.iter().flat_map(|record| [serde_json::to_vec(record).unwrap(), b"\n".to_vec()]).flatten().collect()
    }

    fn good(bytes: &[u8]) -> JournalLog {
        read(bytes, "x.journal.jsonl").unwrap()
    }

    fn line_feeds(bytes: &[u8]) -> usize {
        bytes.split(|&byte| byte == b'\n').count() - 1
    }

    /// A journal of a run line, these lines, and one good record after them.
    fn with_lines(lines: &[u8]) -> JournalLog {
        good(&[text(&[samples::run()]), lines.to_vec(), text(&[samples::sent(9)])].concat())
    }

    #[test]
    fn every_kind_of_record_reads_back_as_it_was() {
        let records = samples::all();
        let log = good(&text(&records));
        assert_eq!(log, JournalLog { file: "x.journal.jsonl".to_owned(), records, broken_at_line: None });
    }

    #[test]
    fn the_kinds_known_here_are_those_that_are_written() {
        let kind = |record: &Record| serde_json::to_value(record).unwrap()["e"].as_str().unwrap().to_owned();
        let written: BTreeSet<String> = samples::all().iter().map(kind).collect();
        assert_eq!(written, KINDS.map(str::to_owned).into());
    }

    #[test]
    fn a_file_cut_at_any_byte_keeps_its_whole_lines() {
        let records = samples::all();
        let bytes = text(&records);
        let first = bytes.iter().position(|&byte| byte == b'\n').unwrap();
        for cut in 0..=bytes.len() {
            let part = &bytes[..cut];
            if cut < first {
                assert!(matches!(read(part, "x"), Err(ReadError::NotAJournal { .. })), "{cut}");
                continue;
            }
            let log = good(part);
            let whole = line_feeds(part);
            // Only the line feed is missing: the record is all there.
            let complete = bytes.get(cut) == Some(&b'\n');
            assert_eq!(log.records, records[..whole + usize::from(complete)], "{cut}");
            let clean = complete || part.ends_with(b"\n");
            assert_eq!(log.broken_at_line, (!clean).then_some(whole + 1), "{cut}");
        }
    }

    #[test]
    fn a_changed_byte_never_panics_and_keeps_what_came_before() {
        let records = samples::all();
        let bytes = text(&records);
        for place in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[place] ^= 0x80;
            let before = line_feeds(&bytes[..place]);
            if let Ok(log) = read(&changed[..], "x") {
                assert_eq!(log.records[..before], records[..before], "{place}");
            } else {
                assert_eq!(before, 0, "{place}");
            }
        }
    }

    #[test]
    fn reading_stops_at_the_first_line_that_makes_no_sense() {
        for broken in [
            "\n",
            "{}\n",
            "[]\n",
            "\0\0\0\n",
            "{\"e\":\"sent\"}\n",
            "{\"e\":7}\n",
            "{\"e\":\"end\",\"reason\":\"x\"}\n",
        ] {
            let log = with_lines(broken.as_bytes());
            assert_eq!((log.records.len(), log.broken_at_line), (1, Some(2)), "{broken:?}");
        }
        let nested = [&b"{\"e\":\"later\",\"x\":"[..], &b"[".repeat(100_000), b"\n"].concat();
        assert_eq!(with_lines(&nested).broken_at_line, Some(2));
    }

    #[test]
    fn unknown_records_of_newer_versions_are_skipped() {
        let mut sent: serde_json::Value = serde_json::to_value(samples::sent(1)).unwrap();
        sent["later"] = serde_json::json!([1, 2]);
        let log = with_lines(format!("{{\"e\":\"later\",\"x\":[1]}}\r\n{sent}\r\n").as_bytes());
        assert_eq!(log.records, [samples::run(), samples::sent(1), samples::sent(9)]);
        assert_eq!(log.broken_at_line, None);
    }

    #[test]
    fn a_run_record_of_a_later_schema_ends_the_journal_at_once() {
        let log = good(b"{\"e\":\"run\",\"schema\":\"medidor-journal/2\"}\n{}\n");
        assert_eq!((log.records.len(), log.broken_at_line), (0, Some(1)));
    }

    #[test]
    fn other_files_are_no_journals() {
        let headless = text(&samples::all()[2..]);
        let schema = b"{\"e\":\"run\",\"schema\":\"other/1\"}\n";
        for other in [&b""[..], b"\n", b"\xd4\xc3\xb2\xa1\x02\x00", b"{}\n", schema, &headless] {
            assert!(matches!(read(other, "x"), Err(ReadError::NotAJournal { .. })));
        }
    }

    /// Counts what is taken from it, without end and without a line feed.
    struct Endless {
        given: u64,
    }

    impl Read for Endless {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            buffer.fill(b' ');
            self.given += buffer.len() as u64;
            Ok(buffer.len())
        }
    }

    #[test]
    fn a_line_without_end_is_broken_and_not_read_to_its_end() {
        let mut endless = Endless { given: 0 };
        let run = text(&[samples::run()]);
        let log = read(BufReader::new(run.chain(&mut endless)), "x").unwrap();
        assert_eq!((log.records.len(), log.broken_at_line), (1, Some(2)));
        assert!(endless.given < 2 * MAX_LINE_LEN);
        assert!(matches!(read(BufReader::new(Endless { given: 0 }), "x"), Err(ReadError::NotAJournal { .. })));
    }

    #[test]
    fn the_longest_line_allowed_is_read() {
        let mut line = serde_json::to_vec(&samples::sent(1)).unwrap();
        line.resize(MAX_LINE_LEN as usize - 1, b' ');
        line.push(b'\n');
        assert_eq!(with_lines(&line).records.len(), 3);
        line.insert(line.len() - 1, b' ');
        assert_eq!(with_lines(&line).broken_at_line, Some(2));
    }

    #[test]
    fn a_read_error_is_reported() {
        struct Failing;
        impl Read for Failing {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::ErrorKind::PermissionDenied.into())
            }
        }
        let run = text(&[samples::run()]);
        let result = read(BufReader::new(run.chain(Failing)), "x");
        let Err(ReadError::Io { source, .. }) = result else { panic!("{result:?}") };
        assert_eq!(source.kind(), io::ErrorKind::PermissionDenied);
    }

    #[test]
    fn records_of_version_1_are_read_under_their_new_names() {
        let old = br#"{"e":"sent","n":1,"p":1,"w":5,"m":5,"took":7,"behind":8,"h":9}
{"e":"departed","n":1,"p":1,"k":6}
{"e":"withheld","n":2,"p":1,"w":5,"m":5,"why":"rate_limit"}
{"e":"word","p":1,"w":5,"m":5,"word":"ready"}
{"e":"blocks","p":1,"w":5,"m":5,"took":3,"deed":"read","r":[[0,4]]}
{"e":"passed","p":1,"w":5,"m":5,"bytes":9}
"#;
        let log = with_lines(old);
        assert_eq!(log.broken_at_line, None);
        let text = text(&log.records[1..]);
        let text = String::from_utf8(text).unwrap();
        for new in [
            r#""send_duration_ns":7,"lateness_ns":8"#,
            r#""e":"tx_timestamp""#,
            r#""e":"not_answered""#,
            r#""e":"control""#,
            r#""duration_ns":3,"event":"read""#,
            r#""e":"progress""#,
        ] {
            assert!(text.contains(new), "{new} in {text}");
        }
    }

    #[test]
    fn a_journal_of_a_newer_version_is_refused_by_its_number() {
        let newer = String::from_utf8(text(&[samples::run()])).unwrap().replace("journal/2", "journal/3");
        let error = read(newer.as_bytes(), "x.journal.jsonl").unwrap_err();
        assert!(matches!(error, ReadError::NewerVersion { version: 3, .. }), "{error}");
    }
}
