//! Reads a file of names, one on each line, in whatever encoding it is.

/// Words of headings.
const HEADING: [&str; 22] = [
    "nome",
    "nomes",
    "integrante",
    "integrantes",
    "membro",
    "membros",
    "aluno",
    "alunos",
    "grupo",
    "turma",
    "completo",
    "completos",
    "name",
    "names",
    "member",
    "members",
    "group",
    "nombre",
    "nombres",
    "miembros",
    "alumnos",
    "equipe",
];

/// Words between those.
const SMALL: [&str; 14] = ["de", "do", "da", "dos", "das", "del", "los", "las", "e", "y", "o", "a", "of", "the"];

/// Names listed of one file.
pub const MAX_LISTED: usize = 20;

/// Characters of a name that are listed.
pub const MAX_NAME_LEN: usize = 80;

/// A comment of more words is a sentence.
const MAX_WORDS: usize = 4;

/// A file of names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// The file.
    pub file: String,
    /// How many lines hold a name.
    pub count: u64,
    /// The first of these lines, at most [`MAX_LISTED`], each cut to [`MAX_NAME_LEN`] characters.
    pub listed: Vec<String>,
    /// There is something else that may be names: comments, a table, a document.
    pub may_hold_others: bool,
}

impl Names {
    /// Reads the beginning of a file: lines that contain a letter, and are neither comments (`#`) nor headings.
    pub fn read(file: &str, bytes: &[u8]) -> Self {
        let file = file.to_owned();
        if is_document(bytes) {
            return Self { file, count: 0, listed: Vec::new(), may_hold_others: true };
        }
        let text = decoded(bytes);
        let text = text.trim_start_matches(['\u{feff}', '\u{fffd}']).trim();
        // JSON or HTML: what is a name in it is for people to say.
        if text.starts_with(['{', '[', '<']) && text.chars().any(is_letter) {
            return Self { file, count: 0, listed: Vec::new(), may_hold_others: true };
        }
        let (comments, lines): (Vec<&str>, Vec<&str>) =
            text.lines().map(str::trim_start).partition(|line| line.starts_with('#'));
        let names: Vec<&str> = lines.into_iter().filter(|line| holds_a_name(line)).collect();
        let shown = |name: &&str| name.trim().chars().take(MAX_NAME_LEN).collect();
        let may_hold_others = comments.iter().any(|comment| looks_like_a_name(comment));
        let listed = names.iter().take(MAX_LISTED).map(shown).collect();
        Self { file, count: names.len() as u64, listed, may_hold_others }
    }
}

/// In an old encoding, accented letters read as unknown ones.
fn is_letter(c: char) -> bool {
    c.is_alphabetic() || c == char::REPLACEMENT_CHARACTER
}

/// Whether a line holds words other than those of a heading.
fn holds_a_name(line: &str) -> bool {
    let words = line.split(|c: char| !is_letter(c)).filter(|word| !word.is_empty());
    let is_heading = |word: &str| {
        let word = word.to_lowercase();
        HEADING.contains(&word.as_str()) || SMALL.contains(&word.as_str())
    };
    words.into_iter().any(|word| !is_heading(word))
}

/// Whether a comment is as short as a name, or has only capitals as names do.
fn looks_like_a_name(comment: &str) -> bool {
    let words: Vec<&str> = comment.split(|c: char| !is_letter(c)).filter(|word| !word.is_empty()).collect();
    let is_capital = |word: &&str| word.starts_with(char::is_uppercase) || SMALL.contains(word);
    holds_a_name(comment) && (words.len() <= MAX_WORDS || words.iter().all(is_capital))
}

/// Whether a file is one of an office program, or a PDF.
fn is_document(bytes: &[u8]) -> bool {
    const BEGINNINGS: [&[u8]; 4] = [b"PK\x03\x04", b"%PDF", b"{\\rtf", &[0xd0, 0xcf, 0x11, 0xe0]];
    BEGINNINGS.iter().any(|beginning| bytes.starts_with(beginning))
}

/// The text of a file in UTF-8, UTF-16 or an old encoding.
pub fn decoded(bytes: &[u8]) -> String {
    let wide = |unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.as_chunks::<2>().0.iter().map(|pair| unit(*pair)).collect();
        String::from_utf16_lossy(&units)
    };
    // Without a mark, every other byte of most texts is 0.
    let zeros = |parity: usize| bytes.iter().skip(parity).step_by(2).filter(|byte| **byte == 0).count();
    let (high, low) = (zeros(0), zeros(1));
    match bytes {
        [0xff, 0xfe, ..] => wide(u16::from_le_bytes),
        [0xfe, 0xff, ..] => wide(u16::from_be_bytes),
        _ if low * 3 > bytes.len() && low > high => wide(u16::from_le_bytes),
        _ if high * 3 > bytes.len() => wide(u16::from_be_bytes),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> (u64, bool) {
        let names = Names::read("nomes.txt", bytes);
        (names.count, names.may_hold_others)
    }

    #[test]
    fn names_are_found_in_whatever_encoding() {
        assert_eq!(read("# Nomes do grupo\n\nJoão da Silva\r\n Ana\r\n".as_bytes()), (2, false));
        assert_eq!(read(b"Jo\xe3o\n\xc1lvaro\n").0, 2);
        let text = "\u{feff}Ana\nÉva\n李明\n";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for wide in [little, big] {
            assert_eq!(read(&wide).0, 3);
        }
        let unmarked: Vec<u8> = "Ana\nÉva\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(read(&unmarked).0, 2);
        assert_eq!(read("Nome: Ana\nNome: Bia".as_bytes()).0, 2);
    }

    #[test]
    fn a_file_without_a_name_has_none() {
        let template = include_bytes!("../../../../nomes.txt");
        let heading = "# Nomes dos integrantes do grupo\n\nIntegrantes:\n";
        for nothing in
            [&b""[..], b"\n \n", b"\xef\xbb\xbf\r\n", b"---\n1.\n2.\n", heading.as_bytes(), template, b"[]", b"{}"]
        {
            assert_eq!(read(nothing), (0, false), "{nothing:?}");
        }
    }

    #[test]
    fn comments_tables_and_documents_may_hold_names() {
        for other in
            [&b"# Ana Silva"[..], b"{\"nomes\": [\"Ana\"]}", b"<p>Ana</p>", b"PK\x03\x04", b"%PDF-1.7", b"{\\rtf1 Ana}"]
        {
            assert_eq!(read(other), (0, true), "{other:?}");
        }
    }
}
