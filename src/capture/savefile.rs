//! Writes classic pcap files in whole records, so that a full disk or a killed process leaves a readable file.
//!
//! ```text
//! file    magic 4 | major 2 | minor 2 | zone 4 | accuracy 4 | snapshot length 4 | link type 4     24 bytes
//! record  seconds 4 | fraction 4 | captured length 4 | original length 4 | data                   16 bytes + data
//! ```
//!
//! Byte order is little-endian on every host. The magic number distinguishes nanoseconds from microseconds.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

use crate::core::time::{SECOND, Wall};

/// Records gather up to this many bytes before they are written.
const BUFFER: usize = 256 * 1024;

const RECORD_HEADER: usize = 16;

const FILE_HEADER: usize = 24;

/// Unit of a file's timestamps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// Nanoseconds.
    Nano,
    /// Microseconds.
    Micro,
}

impl Resolution {
    /// A tick in nanoseconds.
    pub const fn ns(self) -> u32 {
        match self {
            Self::Nano => 1,
            Self::Micro => 1000,
        }
    }

    /// The first four bytes of the file, as a number.
    const fn magic(self) -> u32 {
        match self {
            Self::Nano => 0xa1b2_3c4d,
            Self::Micro => 0xa1b2_c3d4,
        }
    }
}

/// Where the bytes go: a file, or a disk that tests can fill.
pub trait SavefileOutput: Write {
    /// Truncates the file to `length` bytes and continues there.
    ///
    /// # Errors
    /// The system's error.
    fn cut(&mut self, length: u64) -> io::Result<()>;
}

impl SavefileOutput for File {
    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.set_len(length)?;
        self.seek(SeekFrom::Start(length)).map(drop)
    }
}

#[derive(Debug)]
pub struct Savefile<S = File> {
    sink: S,
    resolution: Resolution,
    snaplen: u32,
    buffer: Vec<u8>,
    /// Bytes of the header and of the whole records behind it that the system took.
    length: u64,
    records: u64,
    last: Option<Wall>,
    broken: bool,
}

impl Savefile {
    /// Makes the file, or empties it, and writes its header. A symbolic link in its place is not followed.
    ///
    /// `link_number` is the registry's (`LINKTYPE_`).
    ///
    /// # Errors
    /// The system's error.
    pub fn create(path: &Path, link_number: i32, snaplen: u32, resolution: Resolution) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, nix::libc::O_NOFOLLOW);
        Self::new(options.open(path)?, link_number, snaplen, resolution)
    }
}

impl<S: SavefileOutput> Savefile<S> {
    /// Begins a savefile by writing its header.
    ///
    /// # Errors
    /// The system's error.
    pub fn new(mut sink: S, link_number: i32, snaplen: u32, resolution: Resolution) -> io::Result<Self> {
        let mut header = Vec::with_capacity(FILE_HEADER);
        header.extend_from_slice(&resolution.magic().to_le_bytes());
        header.extend_from_slice(&2u16.to_le_bytes());
        header.extend_from_slice(&4u16.to_le_bytes());
        header.extend_from_slice(&[0; 8]);
        header.extend_from_slice(&snaplen.to_le_bytes());
        header.extend_from_slice(&link_number.to_le_bytes());
        sink.write_all(&header)?;
        let buffer = Vec::with_capacity(BUFFER);
        let length = FILE_HEADER as u64;
        Ok(Self { sink, resolution, snaplen, buffer, length, records: 0, last: None, broken: false })
    }

    /// Adds a packet: its timestamp, its length on the wire, and its captured bytes. It is written at the next flush,
    /// or when the buffer is full.
    ///
    /// # Errors
    /// As [`Self::flush`].
    pub fn push(&mut self, time: Wall, original: u32, data: &[u8]) -> io::Result<()> {
        let data = &data[..data.len().min(self.snaplen as usize)];
        if self.buffer.len() + RECORD_HEADER + data.len() > BUFFER {
            self.flush()?;
        }
        let fraction = time.0.rem_euclid(SECOND) as u32 / self.resolution.ns();
        for word in [time.0.div_euclid(SECOND) as u32, fraction, data.len() as u32, original] {
            self.buffer.extend_from_slice(&word.to_le_bytes());
        }
        self.buffer.extend_from_slice(data);
        Ok(())
    }

    /// Hands all gathered records to the system.
    ///
    /// # Errors
    /// Once the system refuses a byte, the file is cut back to its last whole record and ends there: this and every later
    /// call fails.
    pub fn flush(&mut self) -> io::Result<()> {
        if self.broken {
            return Err(io::Error::other("the savefile has ended after an earlier error"));
        }
        let mut done = 0;
        while done < self.buffer.len() {
            let error = match self.sink.write(&self.buffer[done..]) {
                Ok(0) => io::ErrorKind::WriteZero.into(),
                Ok(written) => {
                    done += written;
                    continue;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => error,
            };
            self.broken = true;
            self.account(done);
            self.buffer.clear();
            // Where even this fails, readers find a file that breaks off inside a record, and use it up to there.
            let _ = self.sink.cut(self.length);
            return Err(error);
        }
        self.account(done);
        self.buffer.clear();
        Ok(())
    }

    /// Counts the whole records among the first bytes of the buffer.
    fn account(&mut self, written: usize) {
        let mut rest = &self.buffer[..written];
        while let Some((header, data)) = rest.split_first_chunk::<RECORD_HEADER>() {
            let word = |at: usize| u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
            let kept = word(8) as usize;
            let Some(behind) = data.get(kept..) else { break };
            self.length += (RECORD_HEADER + kept) as u64;
            self.records += 1;
            let fraction = i64::from(word(4)) * i64::from(self.resolution.ns());
            self.last = Some(Wall(i64::from(word(0)) * SECOND + fraction));
            rest = behind;
        }
    }

    pub const fn records(&self) -> u64 {
        self.records
    }

    /// Stamp of the last record that the system took.
    pub const fn last(&self) -> Option<Wall> {
        self.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A disk with a fixed capacity.
    struct SmallDisk {
        held: Vec<u8>,
        room: usize,
    }

    impl Write for SmallDisk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let taken = bytes.len().min(self.room - self.held.len());
            if taken == 0 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.held.extend_from_slice(&bytes[..taken]);
            Ok(taken)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl SavefileOutput for SmallDisk {
        fn cut(&mut self, length: u64) -> io::Result<()> {
            self.held.truncate(length as usize);
            Ok(())
        }
    }

    const RECORD: usize = RECORD_HEADER + 50;

    #[test]
    fn a_full_disk_leaves_whole_records() {
        for room in FILE_HEADER..FILE_HEADER + 10 * RECORD {
            let disk = SmallDisk { held: Vec::new(), room };
            let mut file = Savefile::new(disk, 1, 65535, Resolution::Nano).unwrap();
            for number in 0..10 {
                file.push(Wall(SECOND + number), 50, &[number as u8; 50]).unwrap();
            }
            let error = file.flush().unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::StorageFull);
            let fitting = (room - FILE_HEADER) / RECORD;
            assert_eq!(file.records(), fitting as u64);
            assert_eq!(file.sink.held.len(), FILE_HEADER + fitting * RECORD);
            assert_eq!(file.last(), fitting.checked_sub(1).map(|last| Wall(SECOND + last as i64)));
            file.push(Wall(0), 1, &[0]).unwrap();
            assert!(file.flush().is_err(), "nothing is added behind the cut");
            assert_eq!(file.sink.held.len(), FILE_HEADER + fitting * RECORD);
        }
    }

    #[test]
    fn a_disk_without_room_for_the_header_is_an_error() {
        let disk = SmallDisk { held: Vec::new(), room: FILE_HEADER - 1 };
        assert!(Savefile::new(disk, 1, 65535, Resolution::Nano).is_err());
    }

    #[test]
    fn records_are_written_whole_when_the_buffer_fills() {
        let disk = SmallDisk { held: Vec::new(), room: usize::MAX };
        let mut file = Savefile::new(disk, 1, 262_144, Resolution::Nano).unwrap();
        for number in 0..1000 {
            file.push(Wall(number), 1400, &[0; 1400]).unwrap();
            assert_eq!((file.sink.held.len() - FILE_HEADER) % 1416, 0);
        }
        assert!(file.records() > 500, "most went out before any flush");
        file.push(Wall(1), 262_144, &vec![0; 262_144]).unwrap();
        file.flush().unwrap();
        assert_eq!(file.records(), 1001, "a record larger than the buffer too");
    }

    #[test]
    fn headers_are_laid_out_as_the_format_says() {
        let disk = SmallDisk { held: Vec::new(), room: usize::MAX };
        let mut file = Savefile::new(disk, 276, 4, Resolution::Micro).unwrap();
        file.push(Wall(5 * SECOND + 7_999), 9, b"abcdef").unwrap();
        file.flush().unwrap();
        let expected: [&[u8]; 11] = [
            &[0xd4, 0xc3, 0xb2, 0xa1],
            &[2, 0, 4, 0],
            &[0; 8],
            &[4, 0, 0, 0],
            &[20, 1, 0, 0],
            &[5, 0, 0, 0],
            &[7, 0, 0, 0],
            &[4, 0, 0, 0],
            &[9, 0, 0, 0],
            b"abcd",
            &[],
        ];
        assert_eq!(file.sink.held, expected.concat());
    }

    #[cfg(unix)]
    #[test]
    fn a_symbolic_link_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (target, link) = (folder.path().join("target"), folder.path().join("link"));
        std::fs::write(&target, "precious").unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        assert!(Savefile::create(&link, 1, 65535, Resolution::Nano).is_err());
        assert_eq!(std::fs::read(&target).unwrap(), b"precious");
    }
}
