//! Malformed files and datagrams: no input makes the program panic, hang or exhaust the memory.
//!
//! The checks are in `fuzz/src`, shared with the fuzz targets. Here they run on the fuzzers' seeds (real captures and
//! journals, frames of every link type, and findings of the fuzzers) and on damaged copies of them.

use std::fs;
use std::path::{Path, PathBuf};

use etherparse::PacketBuilder;
use medidor::capture::LinkType;
use medidor::capture::savefile::{Resolution, Savefile};
use medidor::core::time::{SECOND, Wall};
use proptest::prelude::*;
use proptest::sample::Index;

#[path = "../../fuzz/src/lib.rs"]
mod hostile;

/// The check of a fuzz target.
type Check = fn(&[u8]);

const TRIALS: [(&str, Check); 10] = [
    ("message", hostile::message),
    ("frame", hostile::frame),
    ("chat", hostile::chat),
    ("smtp", hostile::smtp),
    ("control", hostile::control),
    ("config", hostile::config),
    ("http", hostile::http),
    ("journal", hostile::journal),
    ("capture", hostile::capture),
    ("evidence", hostile::evidence),
];

/// Every seed of a target, by path.
fn seeds(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(target);
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "{target} has no seeds");
    paths.into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

fn files(target: &str) -> Vec<Vec<u8>> {
    seeds(target).into_iter().map(|(_, bytes)| bytes).filter(|bytes| !bytes.is_empty()).collect()
}

#[test]
fn every_fuzzer_seed_passes() {
    for (target, trial) in TRIALS {
        for (path, bytes) in seeds(target) {
            eprintln!("{}", path.display()); // shown where the test fails
            trial(&bytes);
        }
    }
}

/// Files up to this size are truncated at every byte, larger ones at fewer places.
const CUTS: usize = 100;

#[test]
fn a_truncated_file_is_used_up_to_its_end() {
    for (target, trial) in &TRIALS[2..] {
        for bytes in files(target) {
            for cut in (0..bytes.len()).step_by(bytes.len().div_ceil(CUTS)) {
                trial(&bytes[..cut]);
            }
        }
    }
}

/// A capture of requests with a raw IP link type, ten milliseconds apart.
fn capture_of(numbers: impl IntoIterator<Item = u64>) -> Vec<u8> {
    let file = tempfile::NamedTempFile::new().unwrap();
    let mut savefile = Savefile::create(file.path(), LinkType::Raw.number(), 65_535, Resolution::Nano).unwrap();
    for (index, number) in numbers.into_iter().enumerate() {
        let mut packet = Vec::new();
        let builder = PacketBuilder::ipv4([10, 0, 0, 1], [10, 0, 0, 2], 64).udp(40_001, 5005);
        builder.write(&mut packet, number.to_string().as_bytes()).unwrap();
        savefile.push(Wall(SECOND + index as i64 * 10_000_000), packet.len() as u32, &packet).unwrap();
    }
    savefile.flush().unwrap();
    fs::read(file.path()).unwrap()
}

#[test]
fn numbers_far_apart_do_not_fill_the_memory() {
    // The largest difference that counts as a gap: each would add ten thousand messages.
    hostile::capture(&capture_of((0..2_000).map(|index| index * 10_000)));
}

/// The journal of a run with a capture that has this filter.
fn evidence_with_filter(filter: &str) -> Vec<u8> {
    let (_, evidence) = seeds("evidence").swap_remove(0);
    let length = |at: usize| u32::from_le_bytes(evidence[at..at + 4].try_into().unwrap()) as usize;
    let (journal, rest) = evidence[4..].split_at(length(0));
    let mut lines: Vec<&[u8]> = journal.split(|byte| *byte == b'\n').collect();
    let mut run: serde_json::Value = serde_json::from_slice(lines[0]).unwrap();
    run["capture"]["filter"] = filter.into();
    let run = run.to_string();
    lines[0] = run.as_bytes();
    let journal = lines.join(&b'\n');
    [&(journal.len() as u32).to_le_bytes()[..], &journal, rest].concat()
}

#[test]
fn a_filter_of_any_length_in_a_journal_is_accepted() {
    for (term, count) in [("not (udp or tcp) or ", 10_000), ("udp[8]=1 and ", 300), ("(", 4_000), ("udp or ", 500)] {
        hostile::evidence(&evidence_with_filter(&format!("{}udp", term.repeat(count))));
    }
}

/// A way to damage a file.
#[derive(Clone, Debug)]
enum Damage {
    Flip(Index, u8),
    Set(Index, u8),
    /// A 32-bit value, as in sizes and times.
    Word(Index, u32),
    Cut(Index),
    Remove(Index, usize),
    Repeat(Index, usize),
    /// Inserts a part of another file.
    Splice(Index, Index, Index, usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = any::<Index>;
    let word =
        prop_oneof![any::<u32>(), Just(u32::MAX), Just(0), Just(i32::MAX as u32), Just(0x8000_0000), 0u32..70_000];
    prop_oneof![
        (at(), 0..8u8).prop_map(|(at, bit)| Damage::Flip(at, 1 << bit)),
        (at(), any::<u8>()).prop_map(|(at, byte)| Damage::Set(at, byte)),
        (at(), word).prop_map(|(at, word)| Damage::Word(at, word)),
        at().prop_map(Damage::Cut),
        (at(), 1..200usize).prop_map(|(at, length)| Damage::Remove(at, length)),
        (at(), 1..400usize).prop_map(|(at, length)| Damage::Repeat(at, length)),
        (at(), at(), at(), 1..400usize).prop_map(|(at, file, from, length)| Damage::Splice(at, file, from, length)),
    ]
}

fn damaged(mut bytes: Vec<u8>, damages: &[Damage], others: &[Vec<u8>]) -> Vec<u8> {
    for damage in damages {
        if bytes.is_empty() {
            break;
        }
        let (length, end) = (bytes.len(), |from: usize, stretch: usize, length: usize| (from + stretch).min(length));
        match damage {
            Damage::Flip(at, bits) => bytes[at.index(length)] ^= bits,
            Damage::Set(at, byte) => bytes[at.index(length)] = *byte,
            Damage::Word(at, word) => {
                let at = at.index(length);
                let word = &word.to_le_bytes()[..(length - at).min(4)];
                bytes[at..at + word.len()].copy_from_slice(word);
            }
            Damage::Cut(at) => bytes.truncate(at.index(length)),
            Damage::Remove(at, stretch) => {
                let at = at.index(length);
                bytes.drain(at..end(at, *stretch, length));
            }
            Damage::Repeat(at, stretch) => {
                let at = at.index(length);
                let copy = bytes[at..end(at, *stretch, length)].to_vec();
                bytes.splice(at..at, copy);
            }
            Damage::Splice(at, file, from, stretch) => {
                let other = &others[file.index(others.len())];
                let from = from.index(other.len());
                let copy = other[from..end(from, *stretch, other.len())].to_vec();
                let at = at.index(length);
                bytes.splice(at..at, copy);
            }
        }
    }
    bytes
}

/// Journals consist of lines: whole lines are spliced too, and numbers in them replaced by extreme ones.
fn edited(journal: &[u8], edits: &[(Index, Index, i64)], others: &[Vec<u8>]) -> Vec<u8> {
    let mut lines: Vec<Vec<u8>> = journal.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    for (at, from, value) in edits {
        let at = at.index(lines.len());
        let other = &others[from.index(others.len())];
        let foreign: Vec<&[u8]> = other.split(|byte| *byte == b'\n').collect();
        lines.insert(at, foreign[from.index(foreign.len())].to_vec());
        let line = &mut lines[at];
        let digits = |byte: &u8| byte.is_ascii_digit();
        let runs: Vec<usize> =
            (1..line.len()).filter(|place| digits(&line[*place]) && !digits(&line[place - 1])).collect();
        if !runs.is_empty() {
            let start = runs[from.index(runs.len())];
            let length = line[start..].iter().take_while(|byte| digits(byte)).count();
            line.splice(start..start + length, value.to_string().into_bytes());
        }
    }
    lines.join(&b'\n')
}

fn extreme() -> impl Strategy<Value = i64> {
    prop_oneof![any::<i64>(), Just(i64::MAX), Just(i64::MIN), Just(0), 0i64..100_000, Just(-1)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_capture_does_no_harm(file in any::<Index>(), damages in prop::collection::vec(damage(), 1..6)) {
        let files = files("capture");
        hostile::capture(&damaged(files[file.index(files.len())].clone(), &damages, &files));
    }

    #[test]
    fn a_damaged_journal_does_no_harm(
        file in any::<Index>(),
        edits in prop::collection::vec((any::<Index>(), any::<Index>(), extreme()), 0..6),
        damages in prop::collection::vec(damage(), 0..2),
    ) {
        let files = files("journal");
        let edited = edited(&files[file.index(files.len())], &edits, &files);
        hostile::journal(&damaged(edited, &damages, &files));
    }

    #[test]
    fn damaged_evidence_does_no_harm(file in any::<Index>(), damages in prop::collection::vec(damage(), 1..6)) {
        let files = files("evidence");
        hostile::evidence(&damaged(files[file.index(files.len())].clone(), &damages, &files));
    }

    #[test]
    fn damaged_datagrams_do_no_harm(file in any::<Index>(), damages in prop::collection::vec(damage(), 1..6)) {
        let files = files("message");
        hostile::message(&damaged(files[file.index(files.len())].clone(), &damages, &files));
    }

    #[test]
    fn damaged_frames_do_no_harm(file in any::<Index>(), damages in prop::collection::vec(damage(), 1..6)) {
        let files = files("frame");
        hostile::frame(&damaged(files[file.index(files.len())].clone(), &damages, &files));
    }
}
