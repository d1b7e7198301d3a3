//! The file being sent, read once for all receivers that keep pace.

use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};

use crate::core::evidence::capture_log::digest;
use crate::core::protocol::transfer::block::{self, BlockLayout, HEADER};
use crate::files;
use crate::net::random;

/// Bytes that are read at once to be hashed.
const PIECE: usize = 1 << 20;

/// Chunks that are kept for receivers that are a little behind; one further behind reads for itself.
const CACHED_CHUNKS: usize = 256;

#[derive(Debug)]
pub struct SourceFile {
    pub file: File,
    /// Its name, without folders.
    pub name: String,
    /// Its size when it was opened, bytes.
    pub size: u64,
    /// Its SHA-256.
    pub sha256: String,
}

impl SourceFile {
    /// Opens a file and reads it once for its hash.
    ///
    /// # Errors
    /// Those of [`files::open`] and of reading.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = files::open(path)?;
        let data = file.metadata()?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let sha256 = hash(&file, data.len(), || true)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        Ok(Self { file, name, size: data.len(), sha256 })
    }
}

/// The SHA-256 of a file's first bytes, hexadecimal; `None` where there are fewer of them, or `go_on` did not want to.
///
/// # Errors
/// Those of reading.
pub fn hash(file: &File, size: u64, mut go_on: impl FnMut() -> bool) -> io::Result<Option<String>> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; PIECE];
    let mut at = 0;
    while at < size {
        let piece = (size - at).min(PIECE as u64) as usize;
        let read = file.read_at(&mut buffer[..piece], at)?;
        if read == 0 || !go_on() {
            return Ok(None);
        }
        hasher.update(&buffer[..read]);
        at += read as u64;
    }
    Ok(Some(format!("{:x}", hasher.finalize())))
}

/// The file as datagrams, several in a buffer.
#[derive(Debug)]
pub struct ChunkReader<'a> {
    source: &'a SourceFile,
    layout: BlockLayout,
    /// The token in the block headers; `None` in the `classic` protocol, which has no header.
    token: Option<u64>,
    per_chunk: u64,
    kept: Mutex<VecDeque<(u64, Arc<Chunk>)>>,
}

#[derive(Debug)]
pub struct Chunk {
    pub datagrams: Vec<u8>,
    /// Digests of the contents, for blocks without numbers.
    pub digests: Vec<u32>,
}

impl<'a> ChunkReader<'a> {
    pub fn new(source: &'a SourceFile, layout: BlockLayout, token: Option<u64>, per_chunk: usize) -> Self {
        Self { source, layout, token, per_chunk: per_chunk.max(1) as u64, kept: Mutex::default() }
    }

    pub const fn layout(&self) -> BlockLayout {
        self.layout
    }

    /// The length of a datagram, but for the last one's.
    pub fn stride(&self) -> usize {
        self.layout.block() as usize + if self.token.is_some() { HEADER } else { 0 }
    }

    /// The chunk that a block is in, as (its first block, its datagrams).
    ///
    /// # Errors
    /// Those of reading; [`io::ErrorKind::UnexpectedEof`] where the file has become shorter.
    pub fn block(&self, number: u64) -> io::Result<(u64, Arc<Chunk>)> {
        let first = number - number % self.per_chunk;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, chunk)) = kept.iter().rev().find(|(at, _)| *at == first) {
            return Ok((first, Arc::clone(chunk)));
        }
        if kept.back().is_some_and(|(newest, _)| *newest > first) {
            // Its own affair: the others shall not wait.
            drop(kept);
            return Ok((first, Arc::new(self.read(first)?)));
        }
        let chunk = Arc::new(self.read(first)?);
        kept.push_back((first, Arc::clone(&chunk)));
        if kept.len() > CACHED_CHUNKS {
            kept.pop_front();
        }
        Ok((first, chunk))
    }

    fn read(&self, first: u64) -> io::Result<Chunk> {
        let end = (first + self.per_chunk).min(self.layout.blocks());
        let bytes = self.layout.bytes(first, end - 1) as usize;
        let mut content = vec![0; bytes];
        self.source.file.read_exact_at(&mut content, self.layout.offset(first))?;
        let blocks = || content.chunks(self.layout.block() as usize);
        let Some(token) = self.token else {
            let digests = blocks().map(digest).collect();
            return Ok(Chunk { datagrams: content, digests });
        };
        let mut chunk = Vec::with_capacity(bytes + (end - first) as usize * HEADER);
        for (number, content) in (first..end).zip(blocks()) {
            chunk.extend_from_slice(&block::header(token, number as u32));
            chunk.extend_from_slice(content);
        }
        Ok(Chunk { datagrams: chunk, digests: Vec::new() })
    }
}

/// A random number that proves its owner received it.
///
/// # Errors
/// Those of reading `/dev/urandom`.
pub fn token() -> io::Result<u64> {
    random::bytes().map(u64::from_ne_bytes)
}
