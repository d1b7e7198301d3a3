//! The kinds of input files, by their first bytes. Names prove nothing.

use std::str;

use serde_json::Value;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// Classic pcap, any variant.
    Pcap,
    Pcapng,
    /// Of any version of medidor.
    Journal,
    /// UTF-8 without control characters.
    Text,
    /// The decompressed content is compressed once more.
    Compressed(Compression),
    /// Compressed or packed by a program of this name.
    UnsupportedCompression(&'static str),
    /// It has no content.
    Empty,
    Other,
}

/// A compression that is undone while reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Compression {
    Gzip,
    Zstd,
}

impl Compression {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }

    pub(super) fn at(start: &[u8]) -> Option<Self> {
        match start {
            // 8 is deflate, the only method there is.
            [0x1f, 0x8b, 8, ..] => Some(Self::Gzip),
            // A frame, or a skippable one: `pzstd` begins with that.
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Self::Zstd),
            _ => None,
        }
    }
}

impl FileKind {
    /// The kind of content that begins with `head`: 4 KiB or all of it, and the whole first line if it may be a journal.
    pub(super) fn of(head: &[u8]) -> Self {
        if head.is_empty() {
            Self::Empty
        } else if is_pcap(head) {
            Self::Pcap
        } else if head.starts_with(&[0x0a, 0x0d, 0x0d, 0x0a]) {
            Self::Pcapng
        } else if let Some(compression) = Compression::at(head) {
            Self::Compressed(compression)
        } else if let Some(name) = unsupported_compression(head) {
            Self::UnsupportedCompression(name)
        } else if is_journal(head) {
            Self::Journal
        } else if is_text(head) {
            Self::Text
        } else {
            Self::Other
        }
    }

    pub const fn is_capture(self) -> bool {
        matches!(self, Self::Pcap | Self::Pcapng)
    }
}

/// Whether the magic number is one of classic pcap, in either byte order.
fn is_pcap(head: &[u8]) -> bool {
    const MAGICS: [u32; 5] = [
        0xa1b2_c3d4,
        0xa1b2_3c4d,
        // Kuznetsov's variant.
        0xa1b2_cd34,
        // Reserved in libpcap for Navtel's and Mesquita's variants, which are not published.
        0xa12b_3c4d,
        0xa1b2_34cd,
    ];
    let Some(magic) = head.first_chunk::<4>() else { return false };
    MAGICS.contains(&u32::from_be_bytes(*magic)) || MAGICS.contains(&u32::from_le_bytes(*magic))
}

fn unsupported_compression(head: &[u8]) -> Option<&'static str> {
    const MAGICS: [(&[u8], &str); 12] = [
        (b"\xfd7zXZ\0", "xz"),
        (b"\x04\x22\x4d\x18", "lz4"),
        (b"\x02\x21\x4c\x18", "lz4"),
        (b"PK\x03\x04", "zip"),
        (b"PK\x05\x06", "zip"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (b"Rar!\x1a\x07", "rar"),
        (b"LZIP\x01", "lzip"),
        (b"\x89LZO\0", "lzop"),
        (b"\x1f\x9d", "compress"),
        (b"\x1f\xa0", "compress"),
        (b"\x1f\x1e", "pack"),
    ];
    if let [b'B', b'Z', b'h', b'1'..=b'9', ..] = head {
        return Some("bzip2");
    }
    // The name of a tar archive's first file comes first.
    if head.get(257..262) == Some(b"ustar") {
        return Some("tar");
    }
    MAGICS.iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, name)| *name)
}

/// Whether the content may be a journal, of which the first line decides.
pub(super) fn may_be_journal(head: &[u8]) -> bool {
    head.trim_ascii_start().starts_with(b"{")
}

/// Whether the first line is a journal's: of any schema of medidor, or a `run` record.
fn is_journal(head: &[u8]) -> bool {
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let Ok(Value::Object(first)) = serde_json::from_slice(line) else { return false };
    let text = |key| first.get(key).and_then(Value::as_str);
    text("schema").is_some_and(|schema| schema.starts_with("medidor-journal/")) || text("e") == Some("run")
}

fn is_text(head: &[u8]) -> bool {
    let text = match str::from_utf8(head) {
        Ok(text) => text,
        // The last character is cut.
        Err(error) if error.error_len().is_none() => str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default(),
        Err(_) => return false,
    };
    text.chars().all(|letter| !letter.is_control() || matches!(letter, '\t' | '\n' | '\r' | '\x0c'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_capture_is_known_by_its_magic_number() {
        for magic in [0xa1b2_c3d4_u32, 0xa1b2_3c4d, 0xa1b2_cd34, 0xa12b_3c4d, 0xa1b2_34cd] {
            for bytes in [magic.to_be_bytes(), magic.to_le_bytes()] {
                assert_eq!(FileKind::of(&bytes), FileKind::Pcap, "{bytes:x?}");
                assert_ne!(FileKind::of(&bytes[..3]), FileKind::Pcap, "{bytes:x?}");
            }
        }
        assert_eq!(FileKind::of(&[0x0a, 0x0d, 0x0d, 0x0a, 0]), FileKind::Pcapng);
    }

    #[test]
    fn a_journal_is_known_by_its_first_line() {
        for line in [
            r#"{"e":"run","schema":"medidor-journal/1","role":"client"}"#,
            r#"{"schema":"medidor-journal/9"}"#,
            r#" {"x":[{"y":1}],"e":"run"}"#,
            r#"{"e":"run","schema":7}"#,
        ] {
            assert_eq!(FileKind::of(line.as_bytes()), FileKind::Journal, "{line}");
            assert_eq!(FileKind::of(format!("{line}\r\n\0").as_bytes()), FileKind::Journal, "{line}");
        }
        for line in
            [r#"{"e":"sent"}"#, r#"{"schema":"medidor/1"}"#, r#"{"e":"run""#, r#"["run"]"#, "{}", "\n{\"e\":\"run\"}"]
        {
            assert_eq!(FileKind::of(line.as_bytes()), FileKind::Text, "{line}");
        }
    }

    #[test]
    fn a_deeply_nested_first_line_is_not_a_journal() {
        let line = [&b"{\"e\":\"run\",\"x\":"[..], &b"[".repeat(100_000)].concat();
        assert_eq!(FileKind::of(&line), FileKind::Text);
    }

    #[test]
    fn text_is_printable_utf8() {
        for text in ["nomes: Ana, José\r\n\tRA 7\x0c", "\u{feff}x", "1700000000.5 IP 10.0.0.1.5005 > 10.0.0.2: UDP"] {
            assert_eq!(FileKind::of(text.as_bytes()), FileKind::Text, "{text}");
        }
        assert_eq!(FileKind::of(b"Jos\xc3"), FileKind::Text, "the last character is cut");
        for bytes in [&b"Jos\xe9 Silva"[..], b"a\0b", b"\x1b[31m", b"\xc3"] {
            let expected = if bytes == b"\xc3" { FileKind::Text } else { FileKind::Other };
            assert_eq!(FileKind::of(bytes), expected, "{bytes:x?}");
        }
    }

    #[test]
    fn packed_files_are_known_by_name() {
        for (start, name) in [
            (&b"\xfd7zXZ\0\0"[..], "xz"),
            (b"BZh91AY", "bzip2"),
            (b"\x04\x22\x4d\x18", "lz4"),
            (b"PK\x03\x04", "zip"),
            (b"7z\xbc\xaf\x27\x1c", "7z"),
            (b"Rar!\x1a\x07", "rar"),
            (b"\x1f\x9d\x90", "compress"),
        ] {
            assert_eq!(FileKind::of(start), FileKind::UnsupportedCompression(name));
        }
        let mut archive = b"client.pcap".to_vec();
        archive.resize(257, 0);
        archive.extend(b"ustar\0");
        assert_eq!(FileKind::of(&archive), FileKind::UnsupportedCompression("tar"));
        assert_eq!(FileKind::of(b"BZhello"), FileKind::Text);
    }
}
