//! A file of a submission, and what it may be.

use std::io::Read;
use std::path::{Path, PathBuf};

use crate::core::verdict::check::name_list::decoded;
use crate::input::{FileKind, InputError, InputFile};

/// A file of names is not read beyond this, bytes.
pub const MAX_NAMES_LEN: u64 = 64 * 1024;

/// A text with this many lines that name packets may be a log of them.
const MIN_LINES: usize = 4;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubmittedFileKind {
    Capture,
    Journal,
    Names,
}

/// A file of a submission, opened once.
pub struct SubmittedFile {
    pub path: PathBuf,
    /// `None` if it is of no use.
    pub kind: Option<SubmittedFileKind>,
    pub input: Result<InputFile, InputError>,
}

impl SubmittedFile {
    pub fn open(path: PathBuf) -> Self {
        let input = InputFile::open(&path);
        let kind = Self::kind(&path, &input);
        Self { path, kind, input }
    }

    /// The kind, from the contents; a text of names also from its name.
    fn kind(path: &Path, input: &Result<InputFile, InputError>) -> Option<SubmittedFileKind> {
        let name = path.file_name()?.to_string_lossy().to_lowercase();
        let has_ending = |endings: &[&str]| {
            path.extension().is_some_and(|own| endings.iter().any(|ending| own.eq_ignore_ascii_case(ending)))
        };
        if name.starts_with("nome") && (path.extension().is_none() || has_ending(&["txt", "md"])) {
            return Some(SubmittedFileKind::Names);
        }
        match input.as_ref().map(InputFile::kind) {
            Ok(FileKind::Pcap | FileKind::Pcapng) => Some(SubmittedFileKind::Capture),
            Ok(FileKind::Journal) => Some(SubmittedFileKind::Journal),
            // It should be a capture: reading it says what is wrong.
            _ if has_ending(&["pcap", "pcapng", "cap"]) => Some(SubmittedFileKind::Capture),
            _ => None,
        }
    }

    /// Whether an unreadable file may hold a capture: compressed, in another program's format, or encrypted.
    pub fn may_contain_capture(&self) -> bool {
        const ENDINGS: [&str; 12] = ["zip", "tar", "tgz", "gz", "bz2", "xz", "zst", "7z", "rar", "etl", "snoop", "erf"];
        let name = self.path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
        let is_packed =
            |input: &InputFile| matches!(input.kind(), FileKind::Compressed(_) | FileKind::UnsupportedCompression(_));
        self.input.as_ref().map_or(true, is_packed)
            || ENDINGS.iter().any(|ending| name.ends_with(&format!(".{ending}")))
            || name.contains("pcap")
    }

    fn ending(&self) -> Option<String> {
        self.path.extension().map(|ending| ending.to_string_lossy().to_lowercase())
    }

    /// Whether it may hold names, though it is not the text that is asked for.
    pub fn may_be_names(&self) -> bool {
        const ENDINGS: [&str; 12] =
            ["txt", "md", "csv", "tsv", "json", "xml", "yaml", "yml", "tex", "html", "htm", "mht"];
        const WORDS: [&str; 8] = ["nome", "name", "nombre", "integrante", "membro", "member", "grupo", "aluno"];
        let name = self.path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
        let is_text = self.ending().is_none_or(|ending| ENDINGS.contains(&ending.as_str()));
        self.kind.is_none() && (is_text || self.is_document() || WORDS.iter().any(|word| name.contains(word)))
    }

    /// Whether an office program or a printer made it: nobody here looks into it.
    fn is_document(&self) -> bool {
        const ENDINGS: [&str; 12] =
            ["pdf", "ps", "doc", "docx", "odt", "rtf", "xls", "xlsx", "xlsm", "ods", "pages", "numbers"];
        self.ending().is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
    }

    /// Whether it may be a log of packets that is no capture: a document, or a text that names addresses line by line.
    pub fn may_be_log(&self) -> bool {
        if self.kind.is_some() {
            return false;
        }
        let text = self.input.as_ref().ok().map(|input| {
            let mut bytes = Vec::new();
            // What cannot be read to the end is read as far as it goes.
            _ = input.reader().take(MAX_NAMES_LEN).read_to_end(&mut bytes);
            decoded(&bytes)
        });
        self.is_document()
            || text.is_some_and(|text| text.lines().filter(|line| names_packet(line)).count() >= MIN_LINES)
    }
}

/// Whether a line of text may be about a packet: it has an address, or a time and `UDP`, or bytes as `tcpdump -x` prints them.
fn names_packet(line: &str) -> bool {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let mut words = line.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | ':'));
    let has_address = words.any(|word| {
        let parts: Vec<&str> = word.trim_matches(['.', ':']).split(['.', ':']).collect();
        let is_ipv4 = parts.len() >= 4 && parts[..4].iter().all(|part| is_number(part) && part.len() <= 3);
        let is_ipv6 = parts.len() >= 4
            && word.contains(':')
            && parts.iter().all(|part| part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_hexdigit()));
        is_ipv4 || is_ipv6
    });
    let has_time = line
        .as_bytes()
        .windows(4)
        .any(|part| matches!(part, [a, b':', b, c] if [a, b, c].iter().all(|byte| byte.is_ascii_digit())));
    has_address || has_time && line.to_ascii_lowercase().contains("udp") || line.trim_start().starts_with("0x")
}
