//! Worlds of a monitored target: drawn by seed, played in virtual time with the monitor's state machines, and each line and
//! sentence held against the truth.
//!
//! `MEDIDOR_WORLDS` sets the number of worlds, `MEDIDOR_FIRST_WORLD` the first one, and `MEDIDOR_MONITOR_WORLD` (as
//! `Outage/17`) replays one world with all that is known about it.

mod judge;
mod play;
mod world;

use std::collections::BTreeMap;
use std::env;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use tempfile::TempDir;

use crate::from_environment;
use crate::worlds::judge_kinds;
use judge::{Claim, Judgement};
use world::{Kind, World};

/// Worlds of an ordinary test run, of each kind.
const FEW: u64 = 10;

/// Plays and judges one world. A panic is as bad as a false statement.
fn judge(world: &World, folder: &Path) -> Judgement {
    let judged = catch_unwind(AssertUnwindSafe(|| judge::judge(world, &play::play(world), folder)));
    judged.unwrap_or_else(|_| Judgement { falsehoods: vec!["it panicked".into()], ..Judgement::default() })
}

/// What was found in the worlds of one kind.
#[derive(Default)]
struct Row {
    worlds: u64,
    alerts: u64,
    claims: BTreeMap<Claim, u64>,
    false_worlds: Vec<String>,
}

impl Row {
    fn add(&mut self, world: &World, judgement: Judgement) {
        self.worlds += 1;
        self.alerts += judgement.alerts;
        for (claim, count) in judgement.claims {
            *self.claims.entry(claim).or_default() += count;
        }
        if !judgement.falsehoods.is_empty() {
            let said = judgement.falsehoods.join("\n    ");
            self.false_worlds.push(format!("{:?}/{}\n    {said}", world.kind, world.seed));
        }
    }

    fn merge(&mut self, other: Self) {
        self.worlds += other.worlds;
        self.alerts += other.alerts;
        for (claim, count) in other.claims {
            *self.claims.entry(claim).or_default() += count;
        }
        self.false_worlds.extend(other.false_worlds);
    }
}

fn judge_all(first: u64, count: u64) -> BTreeMap<Kind, Row> {
    let folder = TempDir::new().expect("a folder");
    let judge = |kind, seed, row: &mut Row| {
        let world = world::draw(kind, seed);
        let own = folder.path().join(format!("{kind:?}-{seed}"));
        std::fs::create_dir(&own).expect("a folder");
        let judgement = judge(&world, &own);
        std::fs::remove_dir_all(&own).expect("its own files");
        row.add(&world, judgement);
    };
    judge_kinds(&Kind::ALL, (first, count), judge, Row::merge)
}

fn replay(name: &str) {
    let (kind, seed) = name.split_once('/').expect("kind/seed");
    let kind = Kind::ALL.into_iter().find(|known| format!("{known:?}") == kind).expect("a kind");
    let world = world::draw(kind, seed.parse().expect("a number"));
    println!("{world:#?}");
    let played = play::play(&world);
    played.probes.iter().for_each(|probe| println!("{probe:?}"));
    let folder = TempDir::new().expect("a folder");
    for (raised, alert) in &played.alerts {
        println!("{raised}: {alert:?}");
        match played.evidence(&world, *raised, alert, folder.path()) {
            Ok(evidence) => println!("{}", std::fs::read_to_string(&evidence.report).unwrap()),
            Err(error) => println!("{error}"),
        }
    }
    println!("{:#?}", judge(&world, folder.path()));
}

#[test]
fn no_statement_of_a_monitor_is_false() {
    if let Ok(name) = env::var("MEDIDOR_MONITOR_WORLD") {
        return replay(&name);
    }
    let count = from_environment("MEDIDOR_WORLDS").unwrap_or(FEW * Kind::ALL.len() as u64);
    let table = judge_all(from_environment("MEDIDOR_FIRST_WORLD").unwrap_or(0), count);
    let mut claims: BTreeMap<Claim, u64> = BTreeMap::new();
    let mut failures = Vec::new();
    println!("| kind | worlds | alerts | false | sentences |");
    for (kind, row) in &table {
        println!("| {kind:?} | {} | {} | {} | {:?} |", row.worlds, row.alerts, row.false_worlds.len(), row.claims);
        failures.extend(row.false_worlds.iter().take(4).cloned());
        row.claims.iter().for_each(|(claim, count)| *claims.entry(*claim).or_default() += count);
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    if count >= FEW * Kind::ALL.len() as u64 {
        let unsaid: Vec<Claim> = Claim::ALL.into_iter().filter(|claim| !claims.contains_key(claim)).collect();
        assert!(unsaid.is_empty(), "never said, so never tested: {unsaid:?}");
    }
}
