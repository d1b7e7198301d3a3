//! `medidor check` on the sample pair and on variants of it with known damage.

mod folders;
mod recorded;
mod variants;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::common::pcap::{Frame, Order};
use crate::common::{pcap, sample};
use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

const SECOND: u64 = 1_000_000_000;
const FILES: [&str; 5] = ["client.pcap", "client.journal.jsonl", "server.pcap", "server.journal.jsonl", "nomes.txt"];

/// A submission under construction.
struct Submission {
    folder: PathBuf,
}

impl Submission {
    /// The whole sample.
    fn whole(folder: &Path, name: &str) -> Self {
        let folder = folder.join(name);
        fs::create_dir_all(&folder).unwrap();
        for file in FILES {
            fs::copy(sample::folder().join(file), folder.join(file)).unwrap();
        }
        Self { folder }
    }

    /// The sample as programs without a journal leave it.
    fn bare(folder: &Path, name: &str) -> Self {
        let made = Self::whole(folder, name);
        made.remove("client.journal.jsonl");
        made.remove("server.journal.jsonl");
        made
    }

    fn remove(&self, file: &str) {
        fs::remove_file(self.folder.join(file)).unwrap();
    }

    fn write(&self, file: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.folder.join(file), bytes).unwrap();
    }

    /// Changes the frames of a capture.
    fn frames(&self, file: &str, change: impl FnOnce(u32, &mut Vec<Frame>)) {
        let path = self.folder.join(file);
        let (link, mut frames) = pcap::read(&fs::read(&path).unwrap());
        change(link, &mut frames);
        fs::write(path, pcap::classic(Order { big: false }, true, link, &frames)).unwrap();
    }

    /// Changes the frames of both captures.
    fn all_frames(&self, change: impl Fn(u32, &mut Vec<Frame>)) {
        self.frames("client.pcap", &change);
        self.frames("server.pcap", &change);
    }

    /// Changes the texts in both captures.
    fn texts(&self, change: impl Fn(&str) -> String) {
        self.all_frames(|link, frames| {
            for frame in frames {
                *frame = pcap::rewritten(link, frame, &change(&pcap::text(link, frame)), None);
            }
        });
    }

    /// Changes the records of a journal.
    fn records(&self, file: &str, change: impl Fn(&mut Value)) {
        let path = self.folder.join(file);
        let text = fs::read_to_string(&path).unwrap();
        let changed = text.lines().map(|line| {
            let mut record = serde_json::from_str(line).unwrap();
            change(&mut record);
            format!("{record}\n")
        });
        let changed: String = changed.collect();
        fs::write(path, changed).unwrap();
    }

    fn check(&self) -> Checked {
        Checked::of(&[&self.folder])
    }
}

/// The program's output and exit code.
struct Checked {
    code: Option<i32>,
    document: Value,
}

impl Checked {
    fn of(paths: &[&Path]) -> Self {
        let mut command = Command::cargo_bin("medidor").unwrap();
        command.timeout(Duration::from_secs(60));
        let output = command.args(["--lang", "en", "check", "--json"]).args(paths).output().unwrap();
        let document = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
        let checked = Self { code: output.status.code(), document };
        let validator = jsonschema::validator_for(&schema()).unwrap();
        let errors: Vec<String> = validator.iter_errors(&checked.document).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        for submission in checked.submissions() {
            for point in submission["points"].as_array().unwrap() {
                let text = point["text"].as_str().unwrap();
                assert!(!text.is_empty() && !text.contains("check-reason") && !text.contains("{$"), "{point:#}");
            }
        }
        checked
    }

    fn submissions(&self) -> &[Value] {
        self.document["submissions"].as_array().unwrap()
    }

    /// A point of the only submission.
    fn point(&self, name: &str) -> &Value {
        assert_eq!(self.submissions().len(), 1);
        self.submissions()[0]["points"].as_array().unwrap().iter().find(|point| point["point"] == name).unwrap()
    }

    /// Status and reason of a point, and the frames of its evidence by the last part of the file name.
    fn finding(&self, name: &str) -> (String, String, Vec<(String, Option<u64>)>) {
        let point = self.point(name);
        let word = |key: &str| point[key].as_str().unwrap().to_owned();
        let evidence = point["evidence"].as_array().unwrap().iter().map(|exhibit| {
            let file = Path::new(exhibit["file"].as_str().unwrap()).file_name().unwrap();
            (file.to_string_lossy().into_owned(), exhibit["frame"].as_u64())
        });
        (word("status"), word("reason"), evidence.collect())
    }
}

/// A letter for each point: `+` met, `-` not met, `?` unknown.
fn letters(submission: &Value) -> String {
    let letter = |point: &Value| match point["status"].as_str().unwrap() {
        "met" => '+',
        "not_met" => '-',
        _ => '?',
    };
    submission["points"].as_array().unwrap().iter().map(letter).collect()
}

fn at(file: &str, frames: &[u64]) -> Vec<(String, Option<u64>)> {
    frames.iter().map(|frame| (file.to_owned(), Some(*frame))).collect()
}

// ---- no false findings ----

/// Correct captures of one run that began late, stopped early, lost packets without a count, or had a wrong clock.
#[test]
fn capture_gaps_never_count_against_a_submission() {
    let folder = TempDir::new().unwrap();
    let mut dice = fastrand::Rng::with_seed(30);
    for round in 0..120 {
        // A journal has the same clock as the capture next to it.
        let (has_journals, name) = (round % 4 == 0, round.to_string());
        let made = if has_journals { Submission::whole } else { Submission::bare };
        let made = made(folder.path(), &name);
        let mut began_late = false;
        for file in ["client.pcap", "server.pcap"] {
            let (begin, end) = (dice.u32(..3), dice.u32(..3));
            let (skip, stop) =
                (if begin == 0 { dice.usize(1..25) } else { 0 }, if end == 0 { dice.usize(1..25) } else { 0 });
            let lost = [0.0, 0.0, 0.02, 0.1, 0.4][dice.usize(..5)];
            let wrong = [0, 0, 0, 3, 40, 3600, 86_400][if has_journals { 0 } else { dice.usize(..7) }];
            began_late |= skip > 0 || lost > 0.0;
            made.frames(file, |_, frames| {
                frames.truncate(frames.len() - stop);
                frames.drain(..skip);
                frames.retain(|_| dice.f64() >= lost);
                for frame in frames {
                    frame.time += wrong * SECOND;
                }
            });
        }
        let checked = made.check();
        for point in checked.submissions()[0]["points"].as_array().unwrap() {
            // A capture without its first packets does begin late.
            let is_so = point["point"] == "from_first" && began_late;
            assert!(point["status"] != "not_met" || is_so, "round {round}: {point:#}");
        }
        fs::remove_dir_all(&made.folder).unwrap();
    }
}

/// Changes the number in each text.
fn numbers(made: &Submission, change: impl Fn(u64) -> u64) {
    made.texts(|text| {
        let (word, number) = text.rsplit_once(' ').unwrap();
        format!("{word} {}", change(number.parse().unwrap()))
    });
}

#[test]
fn a_huge_message_number_is_checked_quickly() {
    let folder = TempDir::new().unwrap();
    let made = Submission::bare(folder.path(), "far");
    numbers(&made, |number| if number == 30 { 1_000_000_000_000_000_000 } else { number });
    assert_ne!(made.check().finding("pauses").0, "not_met");
}

#[test]
fn pauses_are_not_checked_where_most_numbers_are_unseen() {
    let folder = TempDir::new().unwrap();
    let made = Submission::bare(folder.path(), "even");
    numbers(&made, |number| 2 * number);
    let checked = made.check();
    assert_eq!(checked.finding("numbering").0, "cannot_be_told");
    assert_eq!(checked.finding("pauses").0, "cannot_be_told", "{:#}", checked.point("pauses"));
}

#[test]
fn a_reply_before_its_message_in_the_file_is_not_wrong() {
    let folder = TempDir::new().unwrap();
    // Two capturing threads write packets in any order; a clock set back changes their timestamps.
    for by_stamps in [false, true] {
        let made = Submission::bare(folder.path(), if by_stamps { "stamps" } else { "file" });
        made.frames("client.pcap", |link, frames| {
            let at = |text: &str| frames.iter().position(|frame| pcap::text(link, frame) == text).unwrap();
            let (asked, answered) = (at("Mensagem 20"), at("ACK 20"));
            frames.swap(asked, answered);
            if by_stamps {
                let (first, second) = (frames[asked].time, frames[answered].time);
                frames[asked].time = second;
                frames[answered].time = first;
                frames.swap(asked, answered);
            }
        });
        assert_eq!(made.check().finding("acks").0, "cannot_be_told", "{by_stamps}");
    }
}

#[test]
fn a_delayed_message_does_not_make_a_pause_too_short() {
    let folder = TempDir::new().unwrap();
    let made = Submission::bare(folder.path(), "late");
    made.remove("client.pcap");
    made.frames("server.pcap", |link, frames| {
        for frame in frames.iter_mut().filter(|frame| pcap::text(link, frame).ends_with(" 10")) {
            frame.time += 1_600_000_000;
        }
    });
    assert_eq!(made.check().finding("pauses").0, "cannot_be_told");
}

#[test]
fn a_capture_without_message_0_began_late() {
    let folder = TempDir::new().unwrap();
    let made = Submission::bare(folder.path(), "nought");
    numbers(&made, |number| number - 1);
    assert_eq!(made.check().finding("from_first").0, "met");
    made.frames("client.pcap", |link, frames| frames.retain(|frame| !pcap::text(link, frame).ends_with(" 0")));
    // The capture may have dropped that message.
    assert_eq!(made.check().finding("from_first").1, "first_missing");
}

// ---- the schema ----

fn schema() -> Value {
    serde_json::from_str(include_str!("../../docs/result.schema.json")).unwrap()
}

#[test]
fn every_reason_has_a_text() {
    // The reasons in the code equal those of the schema and those with texts.
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/core/verdict/check");
    let code: String =
        fs::read_dir(folder).unwrap().map(|file| fs::read_to_string(file.unwrap().path()).unwrap()).collect();
    let reasons = schema()["$defs"]["check_point"]["properties"]["reason"]["enum"].clone();
    let reasons: BTreeSet<String> =
        reasons.as_array().unwrap().iter().map(|reason| reason.as_str().unwrap().to_owned()).collect();
    for reason in &reasons {
        assert!(code.contains(&format!("\"{reason}\"")), "nothing gives {reason}");
    }
    let words =
        include_str!("../../locales/en/check.ftl").lines().filter_map(|line| line.strip_prefix("check-reason-"));
    let worded: BTreeSet<String> = words.map(|line| line.split(' ').next().unwrap().replace('-', "_")).collect();
    assert_eq!(worded, reasons);
}
