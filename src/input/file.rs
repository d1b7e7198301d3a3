//! An input file: opened once, its kind found out once, read any number of times.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek};
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use thiserror::Error;

use super::kind::{self, Compression, FileKind};
use super::reader::InputReader;
use crate::files;

/// The path that means standard input.
pub(super) const STANDARD_INPUT: &str = "-";

/// Standard input is refused beyond this, bytes: it is kept on disk.
const MAX_STANDARD_INPUT: u64 = 64 << 30;

/// Bytes of content that decide its kind.
const HEAD: usize = 4096;

/// Longest first line of a journal, bytes.
const MAX_FIRST_LINE: usize = 1 << 20;

/// Why a path gives no input.
#[derive(Debug, Error)]
pub enum InputError {
    #[error("{}: no such file", path.display())]
    NotFound { path: PathBuf },
    #[error("{} is a folder", path.display())]
    IsFolder { path: PathBuf },
    /// A pipe, a device or a socket.
    #[error("{} is not a regular file", path.display())]
    NotAFile { path: PathBuf },
    #[error("standard input is longer than {max} bytes")]
    TooLong { max: u64 },
    #[error("{} has more than {max} entries", folder.display())]
    TooManyFiles { folder: PathBuf, max: usize },
    #[error("{} has no files", folder.display())]
    EmptyFolder { folder: PathBuf },
    /// Not even the beginning can be decompressed.
    #[error("{}: {source}", path.display())]
    Damaged { path: PathBuf, source: io::Error },
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
}

impl InputError {
    pub(super) fn of(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            ErrorKind::NotFound => Self::NotFound { path },
            ErrorKind::IsADirectory => Self::IsFolder { path },
            _ if files::is_not_regular(&source) => Self::NotAFile { path },
            _ => Self::Io { path, source },
        }
    }
}

/// Equal for two paths that lead to the same file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileIdentity {
    pub device: u64,
    pub inode: u64,
}

#[derive(Clone, Debug)]
pub struct InputFile {
    path: PathBuf,
    file: Arc<File>,
    identity: FileIdentity,
    size: u64,
    compression: Option<Compression>,
    kind: FileKind,
}

impl InputFile {
    /// Opens a regular file, or standard input if the path is `-`. Standard input can be read once: further calls find it
    /// empty, unless it is redirected from a file.
    ///
    /// # Errors
    /// [`InputError`] if there is no readable regular file, or its compression is damaged from the start.
    pub fn open(path: &Path) -> Result<Self, InputError> {
        if path == Path::new(STANDARD_INPUT) {
            return Self::standard_input();
        }
        let file = files::open(path).map_err(|source| InputError::of(path, source))?;
        Self::from_open_file(path, file)
    }

    fn standard_input() -> Result<Self, InputError> {
        let path = Path::new(STANDARD_INPUT);
        let stdin = io::stdin();
        let redirected = stdin.as_fd().try_clone_to_owned().map(File::from);
        match redirected {
            Ok(file) if is_unread_file(&file) => Self::from_open_file(path, file),
            _ => Self::spool(path, stdin.lock(), MAX_STANDARD_INPUT),
        }
    }

    /// Copies a stream to a temporary file without a name.
    fn spool(path: &Path, source: impl Read, max: u64) -> Result<Self, InputError> {
        let failed = |source| InputError::of(path, source);
        let mut file = tempfile::tempfile().map_err(failed)?;
        if io::copy(&mut source.take(max.saturating_add(1)), &mut file).map_err(failed)? > max {
            return Err(InputError::TooLong { max });
        }
        Self::from_open_file(path, file)
    }

    /// An input from a file that is open already.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn from_open_file(path: &Path, file: File) -> Result<Self, InputError> {
        let failed = |source| InputError::of(path, source);
        let metadata = file.metadata().map_err(failed)?;
        files::require_regular(&metadata).map_err(failed)?;
        let (file, size) = (Arc::new(file), metadata.len());
        let (start, error) = head(InputReader::new(file.clone(), size, None));
        if let Some(error) = error {
            return Err(failed(error));
        }
        let compression = Compression::at(&start);
        let kind = match compression {
            None => FileKind::of(&start),
            Some(_) => match head(InputReader::new(file.clone(), size, compression)) {
                (content, Some(source)) if content.is_empty() => {
                    return Err(InputError::Damaged { path: path.to_owned(), source });
                }
                // Damage further on is found by those who read it.
                (content, _) => FileKind::of(&content),
            },
        };
        let identity = FileIdentity { device: metadata.dev(), inode: metadata.ino() };
        Ok(Self { path: path.to_owned(), file, identity, size, compression, kind })
    }

    /// The path as it was given; `-` for standard input.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The path as text.
    pub fn name(&self) -> String {
        self.path.display().to_string()
    }

    pub const fn identity(&self) -> FileIdentity {
        self.identity
    }

    /// Bytes on disk when it was opened, which are compressed ones if it is compressed.
    pub const fn size(&self) -> u64 {
        self.size
    }

    pub const fn compression(&self) -> Option<Compression> {
        self.compression
    }

    /// The kind of the decompressed content.
    pub const fn kind(&self) -> FileKind {
        self.kind
    }

    /// A reader of the decompressed content, from its start. Readers do not disturb each other.
    pub fn reader(&self) -> InputReader {
        InputReader::new(self.file.clone(), self.size, self.compression)
    }
}

/// Whether it is a regular file of which nothing was read, so that it can be read in place.
fn is_unread_file(mut file: &File) -> bool {
    file.metadata().is_ok_and(|metadata| metadata.is_file()) && file.stream_position().is_ok_and(|at| at == 0)
}

/// The first bytes of the content, as [`FileKind::of`] wants them, and the error that ended it early.
fn head(mut reader: InputReader) -> (Vec<u8>, Option<io::Error>) {
    let mut head = Vec::new();
    let mut error = reader.by_ref().take(HEAD as u64).read_to_end(&mut head).err();
    if error.is_none() && kind::may_be_journal(&head) && !head.contains(&b'\n') {
        error = reader.take((MAX_FIRST_LINE - head.len()) as u64).read_to_end(&mut head).err();
    }
    (head, error)
}

#[cfg(test)]
mod tests {
    use std::fs::{self, OpenOptions};
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    use std::os::unix::net::UnixListener;
    use std::thread;

    use flate2::write::GzEncoder;
    use nix::libc::O_NONBLOCK;
    use nix::sys::stat::Mode;
    use nix::unistd::mkfifo;
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};
    use tempfile::TempDir;

    use super::*;

    fn gzip(content: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd(content: &[u8]) -> Vec<u8> {
        compress_to_vec(content, CompressionLevel::Fastest)
    }

    /// More than a window of zstd, and of little regularity.
    fn capture() -> Vec<u8> {
        let mut random = fastrand::Rng::with_seed(7);
        let mut content = vec![0xd4, 0xc3, 0xb2, 0xa1];
        content.resize_with(1_500_000, || random.u8(..16));
        content
    }

    fn save(folder: &TempDir, bytes: &[u8]) -> PathBuf {
        let path = folder.path().join("x");
        fs::write(&path, bytes).unwrap();
        path
    }

    fn open(folder: &TempDir, bytes: &[u8]) -> InputFile {
        InputFile::open(&save(folder, bytes)).unwrap()
    }

    fn content(input: &InputFile) -> Vec<u8> {
        let mut content = Vec::new();
        input.reader().read_to_end(&mut content).unwrap();
        content
    }

    /// What can be read before an error, and the error.
    fn damaged(input: &InputFile) -> (Vec<u8>, io::Error) {
        let (mut reader, mut content) = (input.reader(), Vec::new());
        let error = reader.read_to_end(&mut content).unwrap_err();
        assert!(reader.read(&mut [0; 10]).is_err(), "the error stays");
        (content, error)
    }

    #[test]
    fn a_compressed_file_reads_as_the_plain_one() {
        let folder = tempfile::tempdir().unwrap();
        let plain = capture();
        for (bytes, compression) in
            [(plain.clone(), None), (gzip(&plain), Some(Compression::Gzip)), (zstd(&plain), Some(Compression::Zstd))]
        {
            let input = open(&folder, &bytes);
            assert_eq!((input.kind(), input.compression()), (FileKind::Pcap, compression));
            assert_eq!(input.size(), bytes.len() as u64);
            let mut reader = input.reader();
            let progress = reader.progress();
            let mut content = Vec::new();
            reader.read_to_end(&mut content).unwrap();
            assert!(content == plain, "{compression:?}");
            assert_eq!(progress.bytes(), input.size(), "{compression:?}");
        }
    }

    #[test]
    fn concatenated_members_and_frames_are_all_read() {
        let folder = tempfile::tempdir().unwrap();
        let plain = capture();
        let (first, second) = plain.split_at(700_000);
        let skipped = [&[0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0][..], b"abc"].concat();
        for bytes in [
            [gzip(first), gzip(second)].concat(),
            [gzip(first), gzip(&[]), gzip(second)].concat(),
            [zstd(first), zstd(second)].concat(),
            [&skipped[..], &zstd(first), &skipped, &zstd(&[]), &zstd(second), &skipped].concat(),
        ] {
            let input = open(&folder, &bytes);
            assert_eq!(input.kind(), FileKind::Pcap);
            assert!(content(&input) == plain);
        }
    }

    #[test]
    fn a_truncated_file_is_read_up_to_its_damage() {
        let folder = tempfile::tempdir().unwrap();
        let plain = capture();
        for bytes in [gzip(&plain), zstd(&plain)] {
            for length in [bytes.len() / 3, bytes.len() / 2, bytes.len() - 1] {
                let input = open(&folder, &bytes[..length]);
                assert_eq!(input.kind(), FileKind::Pcap);
                let (content, error) = damaged(&input);
                // A block of zstd, of at most 128 KiB, is decoded as a whole.
                let expected = plain.len() as f64 * length as f64 / bytes.len() as f64 - 150_000.0;
                assert!(content.len() as f64 > expected, "{} of {expected}: {error}", content.len());
                assert!(plain.starts_with(&content));
            }
        }
    }

    #[test]
    fn a_small_file_cut_anywhere_does_not_panic() {
        let folder = tempfile::tempdir().unwrap();
        let plain = &capture()[..300];
        for bytes in
            [gzip(plain), zstd(plain), [zstd(plain), gzip(plain)].concat(), [gzip(plain), zstd(plain)].concat()]
        {
            for length in 4..bytes.len() {
                match InputFile::open(&save(&folder, &bytes[..length])) {
                    Ok(input) => {
                        let mut content = Vec::new();
                        let _ = input.reader().read_to_end(&mut content);
                        assert!(plain.starts_with(&content), "{length}");
                    }
                    Err(InputError::Damaged { .. }) => {}
                    Err(error) => panic!("{length}: {error}"),
                }
            }
        }
    }

    #[test]
    fn a_changed_byte_of_a_compressed_file_does_not_panic() {
        let folder = tempfile::tempdir().unwrap();
        let plain = &capture()[..3000];
        for bytes in [gzip(plain), zstd(plain)] {
            for (at, bits) in (0..bytes.len()).flat_map(|at| [(at, 1), (at, 0x80)]) {
                let mut changed = bytes.clone();
                changed[at] ^= bits;
                if let Ok(input) = InputFile::open(&save(&folder, &changed)) {
                    // Ten times the original is by far more than a changed byte gives.
                    let _ = io::copy(&mut input.reader().take(30_000), &mut io::sink());
                }
            }
        }
    }

    #[test]
    fn a_wrong_checksum_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let plain = capture();
        for (mut bytes, from_end) in [(gzip(&plain), 5), (zstd(&plain), 1)] {
            let at = bytes.len() - from_end;
            bytes[at] ^= 1;
            let (content, error) = damaged(&open(&folder, &bytes));
            assert!(content == plain, "{error}");
            assert!(error.to_string().contains("checksum"), "{error}");
        }
    }

    #[test]
    fn a_decompression_bomb_is_read_in_pieces() {
        let folder = tempfile::tempdir().unwrap();
        let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::best());
        io::copy(&mut io::repeat(b'x').take(50_000_000), &mut encoder).unwrap();
        let input = open(&folder, &encoder.finish().unwrap());
        assert!(input.size() < 100_000);
        assert_eq!(input.kind(), FileKind::Text);
        assert_eq!(io::copy(&mut input.reader(), &mut io::sink()).unwrap(), 50_000_000);
    }

    #[test]
    fn two_readers_do_not_disturb_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let plain = capture();
        for bytes in [plain.clone(), gzip(&plain), zstd(&plain)] {
            let input = open(&folder, &bytes);
            let (mut first, mut second) = (input.reader(), input.reader());
            let mut piece = [0; 1000];
            for at in (0..100_000).step_by(1000) {
                first.read_exact(&mut piece).unwrap();
                assert_eq!(piece, plain[at..at + 1000]);
            }
            second.read_exact(&mut piece).unwrap();
            assert_eq!(piece, plain[..1000]);
            thread::scope(|scope| {
                for _ in 0..2 {
                    scope.spawn(|| assert!(content(&input) == plain));
                }
            });
        }
    }

    #[test]
    fn a_file_is_read_after_it_was_renamed_or_removed() {
        let folder = tempfile::tempdir().unwrap();
        let path = save(&folder, b"text");
        let input = InputFile::open(&path).unwrap();
        fs::remove_file(&path).unwrap();
        assert_eq!(content(&input), b"text");
    }

    #[test]
    fn all_readers_of_a_growing_file_read_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let path = save(&folder, b"text");
        let input = InputFile::open(&path).unwrap();
        OpenOptions::new().append(true).open(&path).unwrap().write_all(b" and more").unwrap();
        assert_eq!((content(&input), input.size()), (b"text".to_vec(), 4));
    }

    #[test]
    fn the_kind_is_that_of_the_content() {
        let folder = tempfile::tempdir().unwrap();
        let long = format!("{{\"x\":\"{}\",\"e\":\"run\"}}\n", "y".repeat(100_000)).into_bytes();
        let endless = [b"{\"e\":\"run\",\"x\":\"", &b"y".repeat(2_000_000)[..], b"\"}"].concat();
        for (plain, kind) in [
            (&b""[..], FileKind::Empty),
            (b"text", FileKind::Text),
            (&long, FileKind::Journal),
            (&endless, FileKind::Text),
            (b"BZh9", FileKind::UnsupportedCompression("bzip2")),
            (&[0, 1, 2], FileKind::Other),
        ] {
            assert_eq!(open(&folder, plain).kind(), kind);
            assert_eq!(open(&folder, &gzip(plain)).kind(), kind);
            assert_eq!(open(&folder, &zstd(plain)).kind(), kind);
        }
        let twice = open(&folder, &gzip(&zstd(b"text")));
        assert_eq!(
            (twice.kind(), twice.compression()),
            (FileKind::Compressed(Compression::Zstd), Some(Compression::Gzip))
        );
        assert_eq!(content(&twice), zstd(b"text"));
    }

    #[test]
    fn a_compressed_file_without_content_is_damaged() {
        let folder = tempfile::tempdir().unwrap();
        for bytes in [&gzip(b"text")[..8], &zstd(b"text")[..6], b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd"] {
            assert!(matches!(InputFile::open(&save(&folder, bytes)), Err(InputError::Damaged { .. })), "{bytes:x?}");
        }
    }

    #[test]
    fn only_regular_files_are_opened_and_none_blocks() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        mkfifo(&path("pipe"), Mode::S_IRWXU).unwrap();
        std::os::unix::fs::symlink(path("pipe"), path("link")).unwrap();
        let _listener = UnixListener::bind(path("socket")).unwrap();
        for other in [path("pipe"), path("link"), path("socket"), PathBuf::from("/dev/null")] {
            assert!(matches!(InputFile::open(&other), Err(InputError::NotAFile { path }) if path == other));
        }
        assert!(matches!(InputFile::open(folder.path()), Err(InputError::IsFolder { .. })));
        assert!(matches!(InputFile::open(&path("missing")), Err(InputError::NotFound { .. })));
        assert!(matches!(InputFile::open(&path("socket/x")), Err(InputError::Io { .. })));
    }

    #[test]
    fn a_pipe_that_takes_the_place_of_a_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        mkfifo(&path, Mode::S_IRWXU).unwrap();
        let file = OpenOptions::new().read(true).custom_flags(O_NONBLOCK).open(&path).unwrap();
        assert!(matches!(InputFile::from_open_file(&path, file), Err(InputError::NotAFile { .. })));
    }

    #[test]
    fn two_names_of_a_file_have_one_identity() {
        let folder = tempfile::tempdir().unwrap();
        let path = save(&folder, b"text");
        let (hard, soft, copy) = (folder.path().join("hard"), folder.path().join("soft"), folder.path().join("copy"));
        fs::hard_link(&path, &hard).unwrap();
        std::os::unix::fs::symlink(&path, &soft).unwrap();
        fs::copy(&path, &copy).unwrap();
        let identity = |path: &Path| InputFile::open(path).unwrap().identity();
        assert_eq!(identity(&path), identity(&hard));
        assert_eq!(identity(&path), identity(&soft));
        assert_ne!(identity(&path), identity(&copy));
    }

    #[test]
    fn standard_input_is_kept_and_read_many_times() {
        let dash = Path::new(STANDARD_INPUT);
        let input = InputFile::spool(dash, &gzip(&capture())[..], 10_000_000).unwrap();
        assert_eq!((input.kind(), input.name()), (FileKind::Pcap, "-".to_owned()));
        assert!(content(&input) == capture());
        assert!(content(&input) == capture());
        assert_eq!(InputFile::spool(dash, &b"1234"[..], 4).unwrap().size(), 4);
        assert!(matches!(InputFile::spool(dash, io::repeat(0), 4), Err(InputError::TooLong { max: 4 })));
        assert_eq!(InputFile::spool(dash, io::empty(), 4).unwrap().kind(), FileKind::Empty);
    }

    #[test]
    fn a_redirected_file_is_read_in_place() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = File::open(save(&folder, b"text")).unwrap();
        assert!(is_unread_file(&file));
        file.read_exact(&mut [0; 1]).unwrap();
        assert!(!is_unread_file(&file));
        assert!(!is_unread_file(&File::open("/dev/null").unwrap()));
    }
}
