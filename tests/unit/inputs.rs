//! Input files and their readers together: what is compressed, or comes in another form, reads as the plain file does.

use std::fs;
use std::io::{BufReader, Read, Write};
use std::path::Path;

use flate2::write::GzEncoder;
use medidor::capture::reader::PacketReader;
use medidor::core::evidence::capture_log::{Damage, FormatError};
use medidor::input::{Compression, FileKind, InputFile};
use medidor::journal::reader;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use tempfile::TempDir;

/// A capture or a journal of the fuzzers' seeds.
fn seed(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(name)).unwrap()
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn zstd(content: &[u8]) -> Vec<u8> {
    compress_to_vec(content, CompressionLevel::Fastest)
}

fn open(folder: &TempDir, bytes: &[u8]) -> InputFile {
    let path = folder.path().join("x");
    fs::write(&path, bytes).unwrap();
    InputFile::open(&path).unwrap()
}

/// Every packet's bytes and time, and the damage.
fn packets(source: impl Read) -> (Vec<(Vec<u8>, i64)>, Option<Damage>) {
    let mut reader = PacketReader::new(source).unwrap();
    let mut found = Vec::new();
    loop {
        match reader.packet() {
            Ok(Some(packet)) => found.push((packet.data.to_vec(), packet.time.unwrap_or_default().0)),
            Ok(None) => return (found, None),
            Err(damage) => return (found, Some(damage)),
        }
    }
}

#[test]
fn a_compressed_capture_has_the_same_packets() {
    let folder = tempfile::tempdir().unwrap();
    for (name, kind) in [
        ("v4-client.pcap", FileKind::Pcap),
        ("big-nano.pcap", FileKind::Pcap),
        ("v6-server.pcapng", FileKind::Pcapng),
        ("sections.pcapng", FileKind::Pcapng),
    ] {
        let plain = seed(&format!("capture/{name}"));
        let expected = packets(&plain[..]);
        assert!(!expected.0.is_empty());
        for bytes in [plain.clone(), gzip(&plain), zstd(&plain)] {
            let input = open(&folder, &bytes);
            assert_eq!(input.kind(), kind, "{name}");
            assert_eq!(packets(input.reader()), expected, "{name} {:?}", input.compression());
        }
    }
}

#[test]
fn a_truncated_compressed_capture_is_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let plain = seed("capture/v4-client.pcap");
    for (compress, name) in [(gzip as fn(&[u8]) -> Vec<u8>, "gzip: "), (zstd, "zstd: ")] {
        let bytes = compress(&plain);
        let input = open(&folder, &bytes[..bytes.len() - 2]);
        let (found, damage) = packets(input.reader());
        assert_eq!(found, packets(&plain[..]).0, "all packets come before the checksum");
        let Some(Damage { offset, flaw: FormatError::Unreadable(reason) }) = damage else { panic!("{damage:?}") };
        assert_eq!(offset, Some(plain.len() as u64));
        assert!(reason.starts_with(name), "{reason}");
    }
}

#[test]
fn a_compressed_journal_has_the_same_records() {
    let folder = tempfile::tempdir().unwrap();
    let names = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds/journal")).unwrap();
    let mut journals = 0;
    for name in names.map(|entry| entry.unwrap().file_name().into_string().unwrap()) {
        let plain = seed(&format!("journal/{name}"));
        let Ok(expected) = reader::read(&plain[..], "x") else { continue };
        journals += 1;
        for (bytes, compression) in
            [(plain.clone(), None), (gzip(&plain), Some(Compression::Gzip)), (zstd(&plain), Some(Compression::Zstd))]
        {
            let input = open(&folder, &bytes);
            assert_eq!((input.kind(), input.compression()), (FileKind::Journal, compression), "{name}");
            let log = reader::read(BufReader::with_capacity(256 * 1024, input.reader()), "x").unwrap();
            assert_eq!(log, expected, "{name}");
        }
    }
    assert!(journals > 3);
}
