//! Reads the content of an input file from its start, decompressed.

use std::fs::File;
use std::io::{self, BufReader, ErrorKind, Read};
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::MultiGzDecoder;

use super::kind::Compression;
use super::zstd_decoder::ZstdDecoder;

/// Compressed bytes per read.
const BUFFER: usize = 256 * 1024;

/// A stream of a file's content. Reads of at least some kilobytes each are fastest: a file that is not compressed is not
/// buffered here.
pub struct InputReader {
    decoder: Decoder,
    progress: ReadProgress,
}

enum Decoder {
    Plain(FileReader),
    Gzip(Box<MultiGzDecoder<BufReader<FileReader>>>),
    Zstd(Box<ZstdDecoder<BufReader<FileReader>>>),
    /// Every later read fails, too: none must take what is missing for the end of the file.
    Damaged(ErrorKind, String),
}

/// How much of the file on disk a reader has consumed, for another thread or for after the reader was given away.
#[derive(Clone, Debug, Default)]
pub struct ReadProgress(Arc<AtomicU64>);

impl ReadProgress {
    /// Bytes of the file on disk, which are compressed ones if it is.
    pub fn bytes(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl InputReader {
    /// Reads the first `size` bytes of the file.
    pub(super) fn new(file: Arc<File>, size: u64, compression: Option<Compression>) -> Self {
        let progress = ReadProgress::default();
        let source = FileReader { file, offset: 0, size, progress: progress.clone() };
        let buffered = |source| BufReader::with_capacity(BUFFER, source);
        let decoder = match compression {
            None => Decoder::Plain(source),
            Some(Compression::Gzip) => Decoder::Gzip(Box::new(MultiGzDecoder::new(buffered(source)))),
            Some(Compression::Zstd) => Decoder::Zstd(Box::new(ZstdDecoder::new(buffered(source)))),
        };
        Self { decoder, progress }
    }

    pub fn progress(&self) -> ReadProgress {
        self.progress.clone()
    }
}

impl Read for InputReader {
    #[inline]
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let (read, compression) = match &mut self.decoder {
            Decoder::Plain(plain) => return plain.read(into),
            Decoder::Gzip(gzip) => (gzip.read(into), Compression::Gzip),
            Decoder::Zstd(zstd) => (zstd.read(into), Compression::Zstd),
            Decoder::Damaged(kind, reason) => return Err(io::Error::new(*kind, reason.clone())),
        };
        read.map_err(|error| match error.kind() {
            ErrorKind::Interrupted => error,
            kind => {
                let reason = format!("{}: {error}", compression.name());
                self.decoder = Decoder::Damaged(kind, reason.clone());
                io::Error::new(kind, reason)
            }
        })
    }
}

/// Reads a shared file at an offset of its own.
struct FileReader {
    file: Arc<File>,
    offset: u64,
    /// A file that grows while it is read ends here for all its readers.
    size: u64,
    progress: ReadProgress,
}

impl Read for FileReader {
    #[inline]
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.size - self.offset).unwrap_or(usize::MAX);
        let wanted = into.len().min(left);
        let count = self.file.read_at(&mut into[..wanted], self.offset)?;
        self.offset += count as u64;
        self.progress.0.store(self.offset, Ordering::Relaxed);
        Ok(count)
    }
}
