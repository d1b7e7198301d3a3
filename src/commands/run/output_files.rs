//! Names of a run's output files, and renaming of files that already exist.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};

use crate::privileges;

/// The journal path for a capture: `client.journal.jsonl` for `client.pcap`.
pub fn journal_path_for(capture: &Path) -> PathBuf {
    with_suffix(capture, ".journal.jsonl")
}

/// Checks that the folder exists and that an existing file is a regular one, because the result is read back from it.
/// Nothing is created or renamed.
///
/// # Errors
/// [`io::ErrorKind::NotFound`] for a missing folder, [`io::ErrorKind::InvalidInput`] for anything but a regular file.
pub fn check(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if folder.is_some_and(|folder| !folder.is_dir()) {
        return Err(io::ErrorKind::NotFound.into());
    }
    match fs::metadata(path) {
        Ok(data) if !data.is_file() => Err(io::ErrorKind::InvalidInput.into()),
        _ => Ok(()),
    }
}

/// Makes sure that a folder for files of a run is there. Under sudo a new one belongs to the user who called it.
///
/// # Errors
/// The system's error, also where something else is in its place.
pub fn create_folder(folder: &Path) -> io::Result<()> {
    privileges::run_as_sudo_user(|| fs::create_dir_all(folder)).map_err(io::Error::other)?
}

/// Checks that the disk has space by writing to an empty file, which is emptied again.
///
/// # Errors
/// The system's error, usually that the disk is full.
pub fn check_writable(mut file: &fs::File) -> io::Result<()> {
    let result = file.write_all(&[0; 4096]);
    file.set_len(0)?;
    file.rewind()?;
    result
}

/// Renames existing files together to the next free number: `client.pcap` to `client.1.pcap` and `client.journal.jsonl`
/// to `client.1.journal.jsonl`. Returns the old and new names.
///
/// # Errors
/// The system's error if a file cannot be renamed.
pub fn rename_existing(paths: &[&Path]) -> io::Result<Vec<(PathBuf, PathBuf)>> {
    let existing: Vec<&Path> = paths.iter().copied().filter(|path| path.symlink_metadata().is_ok()).collect();
    // Devices, pipes and folders are never moved.
    if existing.iter().any(|path| !path.is_file()) {
        return Ok(Vec::new());
    }
    let free = |number: &u32| existing.iter().all(|path| numbered(path, *number).symlink_metadata().is_err());
    let Some(number) = (1..=u32::MAX).find(free) else { return Ok(Vec::new()) };
    let mut renamed = Vec::new();
    for path in existing {
        let kept = numbered(path, number);
        fs::rename(path, &kept)?;
        renamed.push((path.to_owned(), kept));
    }
    Ok(renamed)
}

/// Whether a file is named as one that [`rename_existing`] put aside: `client.1.pcap`.
pub fn is_old_copy(path: &Path) -> bool {
    let stem = with_suffix(path, "");
    stem.extension().is_some_and(|number| number.to_string_lossy().parse::<u32>().is_ok())
}

/// The path with a number before its suffix.
fn numbered(path: &Path, number: u32) -> PathBuf {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let ending = if name.ends_with(".journal.jsonl") {
        ".journal.jsonl".to_owned()
    } else {
        path.extension().map(|ending| format!(".{}", ending.to_string_lossy())).unwrap_or_default()
    };
    with_suffix(path, &format!(".{number}{ending}"))
}

/// The path with its suffix replaced.
fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let stem = name
        .strip_suffix(".journal.jsonl")
        .map_or_else(|| path.file_stem().map_or_else(OsString::new, ToOwned::to_owned), OsString::from);
    let mut name = stem;
    name.push(suffix);
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;

    #[test]
    fn journal_is_named_after_its_capture() {
        assert_eq!(journal_path_for(Path::new("a/client.pcap")), Path::new("a/client.journal.jsonl"));
        assert_eq!(journal_path_for(Path::new("client")), Path::new("client.journal.jsonl"));
    }

    #[test]
    fn old_copies_are_known_by_their_number() {
        for old in ["client.1.pcap", "a/client.12.journal.jsonl"] {
            assert!(is_old_copy(Path::new(old)), "{old}");
        }
        for other in ["client.pcap", "client.a.pcap", "1.pcap", "client.journal.jsonl"] {
            assert!(!is_old_copy(Path::new(other)), "{other}");
        }
    }

    #[test]
    fn only_regular_files_in_existing_folders_are_accepted() {
        let folder = tempfile::tempdir().unwrap();
        let kind = |path: &Path| check(path).err().map(|error| error.kind());
        fs::write(folder.path().join("old"), "").unwrap();
        for accepted in [&*folder.path().join("old"), &folder.path().join("new"), Path::new("new")] {
            assert_eq!(kind(accepted), None, "{}", accepted.display());
        }
        assert_eq!(kind(&folder.path().join("missing/new")), Some(io::ErrorKind::NotFound));
        assert_eq!(kind(folder.path()), Some(io::ErrorKind::InvalidInput));
        assert_eq!(kind(Path::new("/dev/null")), Some(io::ErrorKind::InvalidInput));
    }

    #[test]
    fn the_space_check_leaves_the_file_empty() {
        let mut file = tempfile::tempfile().unwrap();
        check_writable(&file).unwrap();
        assert_eq!((file.metadata().unwrap().len(), file.stream_position().unwrap()), (0, 0));
        let full = File::options().write(true).open("/dev/full").unwrap();
        assert!(check_writable(&full).is_err());
    }

    #[test]
    fn old_files_are_renamed_together_to_the_next_free_number() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let (capture, journal) = (path("client.pcap"), path("client.journal.jsonl"));
        assert_eq!(rename_existing(&[&capture, &journal]).unwrap(), []);
        for name in ["client.pcap", "client.journal.jsonl", "client.1.journal.jsonl"] {
            fs::write(path(name), name).unwrap();
        }
        rename_existing(&[&capture, &journal]).unwrap();
        assert!(!capture.exists() && !journal.exists());
        assert_eq!(fs::read_to_string(path("client.2.pcap")).unwrap(), "client.pcap");
        assert_eq!(fs::read_to_string(path("client.2.journal.jsonl")).unwrap(), "client.journal.jsonl");
        assert_eq!(fs::read_to_string(path("client.1.journal.jsonl")).unwrap(), "client.1.journal.jsonl");
    }
}
