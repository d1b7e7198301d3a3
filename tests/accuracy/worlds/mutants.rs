//! Finds the worlds that show that a fact was switched off: `scripts/accuracy mutants`. The facts are in
//! `tests/accuracy/mutants.txt`.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::{env, fs};

use super::judge::{Judgement, Mark};
use super::world::Kind;
use super::{draw, from_environment, judge_safely, numbered, share_out};

/// What is wrong with what is said of a world.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Flaws {
    /// What its false claims are about.
    claims: String,
    /// Messages of an identified run of which less is said than its files allow.
    weak: u64,
    /// Messages of which what is said is true and not exact.
    inexact: u64,
}

impl Flaws {
    fn of(judgement: &Judgement) -> Self {
        let mut claims: Vec<&str> = judgement.falsehoods.iter().map(|found| found.about).collect();
        claims.sort_unstable();
        claims.dedup();
        let inexact = judgement.marks.values().filter(|mark| matches!(mark, Mark::Wide | Mark::Unknown)).count();
        Self { claims: claims.join(", "), weak: judgement.weak, inexact: inexact as u64 }
    }

    /// Whether something is not as the generator knows that it should be.
    fn is_wrong(&self) -> bool {
        !self.claims.is_empty() || self.weak > 0
    }

    /// What is false that was true, and how many more messages are weak and inexact.
    fn beyond(self, known: &Self) -> Self {
        Self {
            claims: if known.claims.is_empty() { self.claims } else { String::new() },
            weak: self.weak.saturating_sub(known.weak),
            inexact: self.inexact.saturating_sub(known.inexact),
        }
    }
}

/// Reads worlds with their flaws as [`find_flaws`] writes them.
fn parse(text: &str) -> HashMap<&str, Flaws> {
    text.lines()
        .map(|line| {
            let mut fields = line.split('\t');
            let mut field = || fields.next().expect("four fields");
            let name = field();
            let [weak, inexact] = [(); 2].map(|()| field().parse().expect("a number"));
            (name, Flaws { claims: field().to_owned(), weak, inexact })
        })
        .collect()
}

/// Judges the worlds with `MEDIDOR_WORLD_SEEDS` seeds of each kind, and writes those with flaws into `MEDIDOR_TABLES`: the name,
/// how many messages are weak and inexact, and what false claims are about. With `MEDIDOR_KNOWN`, such a file, only the first that
/// is worse than there, and by what: one with a wrong statement, or if there is none, one with fewer exact ones.
#[test]
#[ignore = "run by scripts/accuracy"]
fn find_flaws() {
    let path = env::var_os("MEDIDOR_TABLES").expect("MEDIDOR_TABLES");
    let known = env::var_os("MEDIDOR_KNOWN").map(|known| fs::read_to_string(known).expect("known flaws"));
    let known = known.as_deref().map(parse);
    let only = env::var("MEDIDOR_WORLD_KIND").ok();
    let seeds: u64 = from_environment("MEDIDOR_WORLD_SEEDS").expect("MEDIDOR_WORLD_SEEDS");
    let end = AtomicU64::new(seeds * Kind::ALL.len() as u64);
    let found = share_out(0, &end, |found: &mut BTreeMap<u64, (String, Flaws)>, number| {
        let (kind, seed) = numbered(number);
        if only.as_ref().is_some_and(|only| kind.name() != only) {
            return;
        }
        let name = format!("{}/{seed}", kind.name());
        let flaws = Flaws::of(&judge_safely(&draw::draw(kind, seed)));
        let none = Flaws::default();
        let before = known.as_ref().map(|known| known.get(name.as_str()).unwrap_or(&none));
        let flaws = flaws.beyond(before.unwrap_or(&none));
        if flaws != none {
            if known.is_some() && flaws.is_wrong() {
                end.fetch_min(number, Ordering::Relaxed);
            }
            found.insert(number, (name, flaws));
        }
    });
    let found: BTreeMap<u64, (String, Flaws)> = found.into_iter().flatten().collect();
    let worst = found.values().find(|(_, flaws)| flaws.is_wrong()).or(found.values().next());
    let written: Vec<_> = if known.is_some() { worst.into_iter().collect() } else { found.values().collect() };
    let mut text = String::new();
    for (name, Flaws { claims, weak, inexact }) in written {
        writeln!(text, "{name}\t{weak}\t{inexact}\t{claims}").expect("a string takes it");
    }
    fs::write(path, text).expect("a file for the worlds");
}

/// The table cannot rot: each text is still there, and once.
#[test]
fn each_switched_off_text_is_in_its_source_once() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let table = fs::read_to_string(root.join("tests/accuracy/mutants.txt")).expect("the mutants");
    let mut source = String::new();
    for line in table.lines() {
        match line.split_once(" = ") {
            Some(("file", file)) => source = fs::read_to_string(root.join(file)).expect(file),
            Some(("text", text)) => assert_eq!(source.matches(text).count(), 1, "{text}"),
            _ => {}
        }
    }
    let [mutants, files, texts, replacements] = ["[", "file = ", "text = ", "with = "]
        .map(|start| table.lines().filter(|line| line.starts_with(start)).count());
    assert!(mutants > 0 && [files, texts, replacements] == [mutants; 3], "each has one of each");
}
