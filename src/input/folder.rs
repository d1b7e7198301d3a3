//! Replaces folders among the given paths by the files in them.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::file::{InputError, STANDARD_INPUT};

/// A folder with more entries is refused.
const MAX_FOLDER_ENTRIES: usize = 10_000;

/// Replaces each folder by the regular files in it, sorted by name, without hidden files and subfolders. Other paths stay
/// as they are, whether there is such a file or not.
///
/// # Errors
/// [`InputError`] if a folder cannot be read, or has no files or too many of them.
pub fn expand(paths: &[PathBuf]) -> Result<Vec<PathBuf>, InputError> {
    let mut expanded = Vec::new();
    for path in paths {
        if path != Path::new(STANDARD_INPUT) && path.is_dir() {
            expanded.extend(files_in(path, MAX_FOLDER_ENTRIES)?);
        } else {
            expanded.push(path.clone());
        }
    }
    Ok(expanded)
}

fn files_in(folder: &Path, max_entries: usize) -> Result<Vec<PathBuf>, InputError> {
    let failed = |source| InputError::of(folder, source);
    let mut files = Vec::new();
    for (index, entry) in fs::read_dir(folder).map_err(failed)?.enumerate() {
        if index == max_entries {
            return Err(InputError::TooManyFiles { folder: folder.to_owned(), max: max_entries });
        }
        let path = entry.map_err(failed)?.path();
        let is_hidden = path.file_name().map(OsStr::as_bytes).is_some_and(|name| name.starts_with(b"."));
        if !is_hidden && path.is_file() {
            files.push(path);
        }
    }
    if files.is_empty() {
        return Err(InputError::EmptyFolder { folder: folder.to_owned() });
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use nix::sys::stat::Mode;
    use nix::unistd::mkfifo;

    use super::*;

    #[test]
    fn a_folder_is_replaced_by_its_files_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in ["b.pcap", "a.pcap", ".hidden", "C.journal.jsonl"] {
            fs::write(path(name), "").unwrap();
        }
        fs::create_dir(path("sub")).unwrap();
        fs::write(path("sub/d.pcap"), "").unwrap();
        mkfifo(&path("pipe"), Mode::S_IRWXU).unwrap();
        std::os::unix::fs::symlink(path("a.pcap"), path("link.pcap")).unwrap();
        std::os::unix::fs::symlink(path("nowhere"), path("broken.pcap")).unwrap();
        let given = [path("missing"), folder.path().to_owned(), PathBuf::from("-"), path("b.pcap")];
        let expected = ["missing", "C.journal.jsonl", "a.pcap", "b.pcap", "link.pcap"].map(path);
        let expected = [&expected[..], &[PathBuf::from("-"), path("b.pcap")]].concat();
        assert_eq!(expand(&given).unwrap(), expected);
    }

    #[test]
    fn a_folder_without_files_or_with_too_many_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(expand(&[folder.path().to_owned()]), Err(InputError::EmptyFolder { .. })));
        for name in ["a", "b", "c"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        assert_eq!(files_in(folder.path(), 3).unwrap().len(), 3);
        assert!(matches!(files_in(folder.path(), 2), Err(InputError::TooManyFiles { max: 2, .. })));
    }
}
