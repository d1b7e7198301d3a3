//! Sanitizes a file name from the network: keeps the last path component, so that no peer chooses a folder.

use crate::core::escape;

/// The longest name taken, bytes: room is left for the ending of a partial file below the 255 of most file systems.
const MAX_NAME_LEN: usize = 200;

/// The file name in `bytes`: the part after the last `/` or `\`, with control, direction and invisible characters and invalid UTF-8 replaced.
/// `None` if nothing usable is left. Senders of the `classic` protocol send the path they were given; its folders are
/// dropped.
pub fn safe(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    let last = text.trim_end_matches('\0').rsplit(['/', '\\']).next().unwrap_or_default();
    let name = escape::file_name(last);
    let name = name.trim();
    let mut end = name.len().min(MAX_NAME_LEN);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    let name = &name[..end];
    // A leading dot would hide the file, and `.` and `..` are folders.
    let name = name.trim_start_matches('.');
    if name.is_empty() { None } else { Some(name.to_owned()) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_the_last_part_is_taken() {
        for (sent, taken) in [
            (&b"100MB.txt"[..], Some("100MB.txt")),
            (b"../../etc/passwd", Some("passwd")),
            (b"/etc/passwd", Some("passwd")),
            (b"..\\..\\boot.ini", Some("boot.ini")),
            (b"files/250 MB.bin\0\0", Some("250 MB.bin")),
            (b"..", None),
            (b"a/..", None),
            (b"a/", None),
            (b"", None),
            (b" \0", None),
            (b".bashrc", Some("bashrc")),
            (b"a\nb\x1b[2J", Some("a_b_[2J")),
            ("a\u{202e}b\u{200b}".as_bytes(), Some("a_b_")),
            (b"\xffa\xc3", Some("\u{fffd}a\u{fffd}")),
        ] {
            assert_eq!(safe(sent).as_deref(), taken, "{sent:?}");
        }
    }

    proptest! {
        #[test]
        fn no_name_leaves_the_folder(bytes: Vec<u8>) {
            if let Some(name) = safe(&bytes) {
                prop_assert!(!name.is_empty() && name.len() <= MAX_NAME_LEN && !name.starts_with('.'));
                prop_assert!(!name.contains(['/', '\\', '\0']));
            }
        }
    }
}
