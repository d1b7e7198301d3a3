//! Decompresses zstd streams: any number of frames, with skippable frames between them (RFC 8878).

use std::io::{self, BufRead, ErrorKind, Read};

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

/// An empty last block, and room for a checksum.
const EMPTY_LAST_BLOCK: [u8; 7] = [1, 0, 0, 0, 0, 0, 0];

/// An error ends the stream: nothing must be read after it. Memory is bounded by the window that a frame asks for, at most 128 MiB as in the `zstd` program.
pub struct ZstdDecoder<R> {
    source: R,
    frame: FrameDecoder,
    in_frame: bool,
    /// Returned once all that was decoded before it has been read.
    failure: Option<io::Error>,
}

impl<R: BufRead> ZstdDecoder<R> {
    pub fn new(source: R) -> Self {
        Self { source, frame: FrameDecoder::new(), in_frame: false, failure: None }
    }

    /// Decodes a block, or goes on to the next frame. False at the end of the source.
    fn advance(&mut self) -> io::Result<bool> {
        if !self.in_frame {
            return self.next_frame();
        }
        if !self.frame.is_finished() {
            let one = BlockDecodingStrategy::UptoBlocks(1);
            self.frame.decode_blocks(&mut self.source, one).map_err(|error| to_io(&error))?;
            return Ok(true);
        }
        self.in_frame = false;
        let expected = self.frame.get_checksum_from_data();
        if expected.is_some() && expected != self.frame.get_calculated_checksum() {
            return Err(io::Error::new(ErrorKind::InvalidData, "wrong checksum"));
        }
        Ok(true)
    }

    fn next_frame(&mut self) -> io::Result<bool> {
        if self.source.fill_buf()?.is_empty() {
            return Ok(false);
        }
        match self.frame.reset(&mut self.source) {
            Ok(()) => self.in_frame = true,
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                let length = u64::from(length);
                if io::copy(&mut self.source.by_ref().take(length), &mut io::sink())? < length {
                    return Err(ErrorKind::UnexpectedEof.into());
                }
            }
            Err(error) => return Err(to_io(&error)),
        }
        Ok(true)
    }

    /// Keeps the error, and makes the decoder give away what it holds back for later blocks to refer to.
    fn fail(&mut self, error: io::Error) {
        self.failure = Some(error);
        if self.in_frame && !self.frame.is_finished() {
            // Should this fail, some decoded bytes before the damage are lost, no more.
            let _ = self.frame.decode_blocks(&EMPTY_LAST_BLOCK[..], BlockDecodingStrategy::UptoBlocks(1));
        }
    }
}

impl<R: BufRead> Read for ZstdDecoder<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = self.frame.read(into)?;
            if count > 0 || into.is_empty() {
                return Ok(count);
            }
            if let Some(error) = self.failure.take() {
                return Err(error);
            }
            match self.advance() {
                Ok(true) => {}
                Ok(false) => return Ok(0),
                Err(error) if error.kind() == ErrorKind::Interrupted => return Err(error),
                Err(error) => self.fail(error),
            }
        }
    }
}

fn to_io(error: &FrameDecoderError) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, error.to_string())
}
