//! How files are opened for reading and written whole: one function for each.

use std::error::Error;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use nix::libc::{O_NOCTTY, O_NONBLOCK};
use thiserror::Error as ThisError;

/// A folder, pipe, device or socket in place of a file.
#[derive(Debug, ThisError)]
#[error("not a regular file")]
struct NotRegular;

/// Whether [`open`] refused a path because no regular file is there.
pub fn is_not_regular(error: &io::Error) -> bool {
    error.get_ref().is_some_and(<dyn Error + Send + Sync>::is::<NotRegular>)
}

/// Opens a regular file for reading; never waits.
///
/// # Errors
/// The system's error, or one for which [`is_not_regular`] holds; its kind is [`ErrorKind::IsADirectory`] for a folder.
pub fn open(path: &Path) -> io::Result<File> {
    // Opening a device may already do something, so its type is looked at before.
    require_regular(&fs::metadata(path)?)?;
    // Should it be a pipe or a terminal by now, opening it must not wait.
    let file = OpenOptions::new().read(true).custom_flags(O_NONBLOCK | O_NOCTTY).open(path)?;
    require_regular(&file.metadata()?)?;
    Ok(file)
}

/// Checks that an open file is a regular one.
///
/// # Errors
/// One for which [`is_not_regular`] holds.
pub fn require_regular(metadata: &Metadata) -> io::Result<()> {
    match metadata.file_type() {
        kind if kind.is_file() => Ok(()),
        kind if kind.is_dir() => Err(io::Error::new(ErrorKind::IsADirectory, NotRegular)),
        _ => Err(io::Error::new(ErrorKind::InvalidInput, NotRegular)),
    }
}

/// The content of a regular file of at most `max` bytes.
///
/// # Errors
/// Those of [`open`] and of reading; [`ErrorKind::FileTooLarge`] for a longer one.
pub fn read(path: &Path, max: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)?.take(max.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > max { Err(ErrorKind::FileTooLarge.into()) } else { Ok(bytes) }
}

/// [`read`] for text.
///
/// # Errors
/// Those of [`read`]; [`ErrorKind::InvalidData`] for what is not UTF-8.
pub fn read_text(path: &Path, max: u64) -> io::Result<String> {
    String::from_utf8(read(path, max)?).map_err(|_| ErrorKind::InvalidData.into())
}

/// Stdout as a file, for what is written to files.
///
/// # Errors
/// The system's error if it is closed.
pub fn stdout() -> io::Result<File> {
    io::stdout().as_fd().try_clone_to_owned().map(File::from)
}

/// Writes to an open file.
///
/// # Errors
/// The system's error, or that of `write`.
pub fn fill(file: &File, write: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>) -> io::Result<()> {
    let mut buffered = BufWriter::new(file);
    write(&mut buffered)?;
    buffered.flush()
}

/// Writes a file under a temporary name beside its place, and renames it once it is whole: a full disk leaves what was
/// there before, and never the beginning of a file. What is no regular file, such as a pipe, is written in place.
///
/// # Errors
/// The system's error, or that of `write`.
pub fn write(path: &Path, write: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>) -> io::Result<()> {
    if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        return fill(&OpenOptions::new().write(true).open(path)?, write);
    }
    // A link stays one: the file to which it leads is replaced.
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .map_or_else(|| PathBuf::from("."), Path::to_owned);
    // Readable as any new file is: the system takes away what the user's umask says.
    let permissions = fs::Permissions::from_mode(0o666);
    let temporary = tempfile::Builder::new().prefix(".medidor-").permissions(permissions).tempfile_in(folder)?;
    fill(temporary.as_file(), write)?;
    temporary.persist(path).map(drop).map_err(|error| error.error)
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;

    use nix::sys::stat::Mode;
    use nix::unistd::mkfifo;

    use super::*;

    #[test]
    fn only_regular_files_are_opened_and_none_blocks() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        mkfifo(&path("pipe"), Mode::S_IRWXU).unwrap();
        std::os::unix::fs::symlink(path("pipe"), path("link")).unwrap();
        let _listener = UnixListener::bind(path("socket")).unwrap();
        for other in [path("pipe"), path("link"), path("socket"), PathBuf::from("/dev/zero"), folder.path().to_owned()]
        {
            let error = open(&other).unwrap_err();
            assert!(is_not_regular(&error), "{}: {error}", other.display());
            assert_eq!(error.kind() == ErrorKind::IsADirectory, other.is_dir());
        }
        let missing = open(&path("missing")).unwrap_err();
        assert!(missing.kind() == ErrorKind::NotFound && !is_not_regular(&missing));
    }

    #[test]
    fn a_file_is_read_up_to_its_bound() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, b"1234\xff").unwrap();
        assert_eq!(read(&path, 5).unwrap(), b"1234\xff");
        assert_eq!(read(&path, 4).unwrap_err().kind(), ErrorKind::FileTooLarge);
        assert_eq!(read_text(&path, 5).unwrap_err().kind(), ErrorKind::InvalidData);
    }

    #[test]
    fn a_file_is_written_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("a"), folder.path().join("link"));
        write(&path, |file| file.write_all(b"old")).unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        let broken = |file: &mut BufWriter<&File>| {
            file.write_all(&b"x".repeat(100_000))?;
            Err(ErrorKind::StorageFull.into())
        };
        assert_eq!(write(&link, broken).unwrap_err().kind(), ErrorKind::StorageFull);
        assert_eq!(fs::read(&path).unwrap(), b"old");
        write(&link, |file| file.write_all(b"new")).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert!(link.is_symlink());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "no temporary file stays");
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        fs::write(folder.path().join("b"), "").unwrap();
        assert_eq!(mode, fs::metadata(folder.path().join("b")).unwrap().permissions().mode());
        assert_eq!(
            write(Path::new("/dev/full"), |file| file.write_all(b"x")).unwrap_err().kind(),
            ErrorKind::StorageFull
        );
    }
}
