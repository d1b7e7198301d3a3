//! The file being received: written under a temporary name, renamed after its hash matches, never over an existing
//! file.

use std::fs::Permissions;
use std::io::{self, IoSlice};
use std::os::unix::fs::{FileExt, PermissionsExt};
use std::path::{Path, PathBuf};

use nix::sys::uio::pwritev;
use tempfile::NamedTempFile;

use super::source_file;

/// What the name of a file ends with that is not whole.
pub const PARTIAL: &str = ".part";

/// Names that are tried beside the file's own.
const MAX_NAMES: u32 = 10_000;

#[derive(Debug)]
pub struct PartialFile {
    file: NamedTempFile,
    folder: PathBuf,
    name: String,
    empty: bool,
}

impl PartialFile {
    /// Begins a file in a folder, under a name of its own that ends in [`PARTIAL`].
    ///
    /// # Errors
    /// Those of making it.
    pub fn begin(folder: &Path, name: &str) -> io::Result<Self> {
        let mut file = tempfile::Builder::new()
            .prefix(&format!("{name}."))
            .suffix(PARTIAL)
            .permissions(Permissions::from_mode(0o666))
            .tempfile_in(folder)?;
        // The file stays even if this process is killed.
        file.disable_cleanup(true);
        Ok(Self { file, folder: folder.to_owned(), name: name.to_owned(), empty: true })
    }

    /// Writes consecutive blocks from an offset on; gaps become holes.
    ///
    /// # Errors
    /// Those of writing, as a rule that the disk is full.
    pub fn write(&mut self, blocks: &[&[u8]], mut offset: u64) -> io::Result<()> {
        self.empty = false;
        let slices: Vec<IoSlice<'_>> = blocks.iter().map(|piece| IoSlice::new(piece)).collect();
        let whole: usize = blocks.iter().map(|piece| piece.len()).sum();
        let position = i64::try_from(offset).map_err(|_| io::ErrorKind::FileTooLarge)?;
        if pwritev(self.file.as_file(), &slices, position)? == whole {
            return Ok(());
        }
        // A short write, as on an almost full disk: the next one fails with the reason.
        for piece in blocks {
            self.file.as_file().write_all_at(piece, offset)?;
            offset += piece.len() as u64;
        }
        Ok(())
    }

    /// Gives the file its size, holes at its end included.
    ///
    /// # Errors
    /// Those of `ftruncate()`.
    pub fn set_size(&self, size: u64) -> io::Result<()> {
        self.file.as_file().set_len(size)
    }

    /// Its SHA-256, read back; as [`source_file::hash`].
    ///
    /// # Errors
    /// Those of reading.
    pub fn hash(&self, size: u64, go_on: impl FnMut() -> bool) -> io::Result<Option<String>> {
        source_file::hash(self.file.as_file(), size, go_on)
    }

    /// The file is whole: it gets its name, or the next free one (`name.1.bin`).
    ///
    /// # Errors
    /// Those of renaming.
    pub fn keep(self) -> io::Result<PathBuf> {
        let mut file = self.file;
        let path = Path::new(&self.name);
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let ending = path.extension().map(|ending| format!(".{}", ending.to_string_lossy())).unwrap_or_default();
        for number in 0..MAX_NAMES {
            let name = if number == 0 { self.name.clone() } else { format!("{stem}.{number}{ending}") };
            let path = self.folder.join(name);
            match file.persist_noclobber(&path) {
                Ok(_) => return Ok(path),
                Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => file = error.file,
                Err(error) => return Err(error.error),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// The file is not whole: it stays under its temporary name. One into which nothing was written goes.
    pub fn keep_partial(mut self) -> Option<PathBuf> {
        if self.empty {
            self.file.disable_cleanup(false);
            return None;
        }
        Some(self.file.path().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_whole_file_gets_its_name_and_replaces_no_other() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.bin"), "old").unwrap();
        let mut sink = PartialFile::begin(folder.path(), "a.bin").unwrap();
        sink.write(&[b"cd", b"ef"], 2).unwrap();
        sink.write(&[b"ab"], 0).unwrap();
        let names = || fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>();
        assert!(names().iter().any(|name| name.to_string_lossy().ends_with(".part")), "{:?}", names());
        assert_eq!(sink.keep().unwrap(), folder.path().join("a.1.bin"));
        assert_eq!(fs::read_to_string(folder.path().join("a.1.bin")).unwrap(), "abcdef");
        assert_eq!(fs::read_to_string(folder.path().join("a.bin")).unwrap(), "old");
        assert_eq!(names().len(), 2);
    }

    #[test]
    fn an_incomplete_file_keeps_its_temporary_name() {
        let folder = tempfile::tempdir().unwrap();
        let mut sink = PartialFile::begin(folder.path(), "a.bin").unwrap();
        sink.write(&[b"x"], 4).unwrap();
        sink.set_size(9).unwrap();
        let left = sink.keep_partial().unwrap();
        assert!(left.to_string_lossy().ends_with(PARTIAL));
        assert_eq!(fs::read(&left).unwrap(), b"\0\0\0\0x\0\0\0\0");
        assert_eq!(PartialFile::begin(folder.path(), "b.bin").unwrap().keep_partial(), None);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
