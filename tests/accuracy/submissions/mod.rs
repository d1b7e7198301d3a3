//! Submissions of whole groups, drawn by seed, honest and forged, and checked as `conferir` does. The truth is known: every point
//! of an honest submission is met, and a forged one tells a lie that its files show.
//!
//! `MEDIDOR_WORLDS` sets the number of submissions, `MEDIDOR_FIRST_WORLD` the first one, `MEDIDOR_WORLD_KIND` selects a kind, and
//! `MEDIDOR_WORLD` (as `trial/17`) prints one of them with all that is said about it.

mod draw;
mod forged;
mod honest;

use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;
use std::{env, fs};

use medidor::commands::check::submission;
use medidor::core::document::check::{Requirement, RequirementResult, Status, SubmissionResult};
use medidor::i18n::{Language, Texts};
use tempfile::TempDir;

use crate::worlds::{from_environment, share_out};
use draw::{Made, draw};
use forged::Lie;
use honest::Honest;

/// Submissions of an ordinary test run.
const FEW: u64 = 600;

/// Of this many points of clean submissions, one may be left open.
const OPEN_ONE_IN: u64 = 50;

/// What a submission is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Honest(Honest),
    Forged(Lie),
}

impl Kind {
    fn name(self) -> String {
        let name = match self {
            Self::Honest(kind) => format!("{kind:?}"),
            Self::Forged(lie) => format!("Forged{lie:?}"),
        };
        name.chars().flat_map(|c| c.is_uppercase().then_some('-').into_iter().chain(c.to_lowercase())).skip(1).collect()
    }

    fn all() -> Vec<Self> {
        let honest = Honest::ALL.into_iter().map(Self::Honest);
        honest.chain(Lie::ALL.into_iter().map(Self::Forged)).collect()
    }
}

/// The check of the files in a folder of their own.
fn checked(made: &Made) -> SubmissionResult {
    let folder = TempDir::new().expect("a folder");
    for (name, bytes) in &made.files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }
    let texts = Texts::new(Language::English);
    let found =
        submission::find(&[folder.path().to_owned()], submission::Grouping::Guess, texts).expect("a submission");
    let [only] = &found[..] else { panic!("{} submissions", found.len()) };
    submission::check(0, only, None, texts).0
}

fn point(result: &SubmissionResult, wanted: Requirement) -> &RequirementResult {
    result.points.iter().find(|point| point.point == wanted).expect("every point")
}

/// What is false about a check.
fn falsehoods(kind: Kind, made: &Made, result: &SubmissionResult) -> Vec<String> {
    let said = |found: &RequirementResult| {
        format!("{:?} {:?} ({} {:?})", found.point, found.status, found.reason, found.values)
    };
    match kind {
        Kind::Honest(_) => result.points.iter().filter(|found| found.status == Status::NotMet).map(said).collect(),
        Kind::Forged(lie) => {
            let about = point(result, lie.point());
            let is_found = if lie.is_shown() { about.status == Status::NotMet } else { about.status != Status::Met };
            let is_told = made.lost.is_none_or(|(lost, of)| about.values["lost"] == lost && about.values["of"] == of);
            let is_right = if lie == Lie::WrongRate { is_told } else { is_found };
            // The rest is as it should be.
            let others =
                result.points.iter().filter(|found| found.point != lie.point() && found.status == Status::NotMet);
            (!is_right).then(|| said(about)).into_iter().chain(others.map(said)).collect()
        }
    }
}

/// What was found in the submissions of a kind.
#[derive(Debug, Default)]
struct Row {
    count: u64,
    /// The first false ones.
    falsehoods: BTreeMap<u64, Vec<String>>,
    /// Points of clean submissions, and those of them that are open.
    points: u64,
    open: BTreeMap<String, u64>,
}

fn check_all(first: u64, count: u64, only: Option<&str>) -> BTreeMap<String, Row> {
    let kinds = Kind::all();
    let tables = share_out(first, &AtomicU64::new(first + count), |table: &mut BTreeMap<String, Row>, number| {
        let kind = kinds[(number % kinds.len() as u64) as usize];
        if only.is_some_and(|only| kind.name() != only) {
            return;
        }
        let seed = number / kinds.len() as u64;
        let made = draw(kind, seed);
        let result = checked(&made);
        let row = table.entry(kind.name()).or_default();
        row.count += 1;
        let falsehoods = falsehoods(kind, &made, &result);
        if !falsehoods.is_empty() {
            row.falsehoods.insert(seed, falsehoods);
        }
        // Only a journal knows how long the client waited.
        let is_told = |found: &&RequirementResult| found.point != Requirement::FinalWait || made.has_journals();
        for found in result.points.iter().filter(is_told) {
            row.points += 1;
            if found.status == Status::CannotBeTold {
                *row.open.entry(format!("{:?}: {}", found.point, found.reason)).or_default() += 1;
            }
        }
    });
    let mut all: BTreeMap<String, Row> = BTreeMap::new();
    for (kind, row) in tables.into_iter().flatten() {
        let sum = all.entry(kind).or_default();
        sum.count += row.count;
        sum.points += row.points;
        sum.falsehoods.extend(row.falsehoods);
        for (reason, count) in row.open {
            *sum.open.entry(reason).or_default() += count;
        }
    }
    all
}

#[test]
fn honest_submissions_pass_and_lies_are_found() {
    if let Ok(name) = env::var("MEDIDOR_WORLD") {
        return replay(&name);
    }
    let count = from_environment("MEDIDOR_WORLDS").unwrap_or(FEW);
    let first = from_environment("MEDIDOR_FIRST_WORLD").unwrap_or(0);
    let only = env::var("MEDIDOR_WORLD_KIND").ok();
    let rows = check_all(first, count, only.as_deref());
    for (kind, row) in &rows {
        println!(
            "{kind}: {} submissions, {} false, {} points, open: {:?}",
            row.count,
            row.falsehoods.len(),
            row.points,
            row.open
        );
    }
    let is_false = |(kind, row): (&String, &Row)| {
        row.falsehoods
            .iter()
            .take(5)
            .map(|(seed, falsehoods)| format!("{kind}/{seed}: {falsehoods:#?}"))
            .collect::<Vec<_>>()
    };
    let falsehoods: Vec<String> = rows.iter().flat_map(is_false).collect();
    assert!(falsehoods.is_empty(), "{}", falsehoods.join("\n"));
    for clean in ["clean", "clean-whole"].into_iter().filter_map(|kind| rows.get(kind)) {
        let open: u64 = clean.open.values().sum();
        assert!(open * OPEN_ONE_IN <= clean.points, "{open} of {} points are open: {:?}", clean.points, clean.open);
    }
}

/// Prints one submission and what is said of it.
fn replay(name: &str) {
    let (kind, seed) = name.split_once('/').expect("kind/seed");
    let Some(kind) = Kind::all().into_iter().find(|known| known.name() == kind) else { return };
    let made = draw(kind, seed.parse().expect("a number"));
    for (file, bytes) in &made.files {
        println!("{file}: {} bytes", bytes.len());
        if let Ok(folder) = env::var("MEDIDOR_TABLES") {
            let path = std::path::Path::new(&folder).join(file);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, bytes).expect("a file");
        }
    }
    let result = checked(&made);
    println!("{:#?}\n{:?}", result, falsehoods(kind, &made, &result));
}
