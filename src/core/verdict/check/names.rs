//! The group's names.

use super::{Exhibit, Finding, Point, Status, Submission};

/// A file of names, one on each line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// The file.
    pub file: String,
    /// How many names are in it.
    pub count: u64,
}

impl Names {
    /// Reads a file's bytes, in whatever encoding: lines with a letter in them that are no comments (`#`).
    pub fn read(file: &str, bytes: &[u8]) -> Self {
        // In UTF-16 every other byte of most names is 0.
        let plain: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != 0).collect();
        let text = String::from_utf8_lossy(&plain);
        let text = text.trim_start_matches(['\u{feff}', '\u{fffd}']);
        let is_name = |line: &&str| {
            // In an old encoding, accented letters read as unknown ones.
            let letter = |c: char| c.is_alphabetic() || c == char::REPLACEMENT_CHARACTER;
            !line.trim_start().starts_with('#') && line.chars().any(letter)
        };
        Self { file: file.to_owned(), count: text.lines().filter(is_name).count() as u64 }
    }
}

/// Whether there are names.
pub(super) fn check(submission: &Submission<'_>) -> Finding {
    let told = |status, reason, names: Option<&Names>| {
        let evidence = names.map(|names| Exhibit { file: names.file.clone(), frame: None });
        let count = names.map_or(0, |names| names.count);
        Finding::new(Point::Names, status, reason, [("count", count.into())], evidence)
    };
    match submission.names {
        Some(names) if names.count > 0 => told(Status::Met, "names_there", Some(names)),
        Some(names) => told(Status::NotMet, "names_empty", Some(names)),
        None if submission.has_texts => told(Status::CannotBeTold, "names_elsewhere", None),
        None if submission.is_all => told(Status::NotMet, "no_names", None),
        None => told(Status::CannotBeTold, "no_names_given", None),
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
