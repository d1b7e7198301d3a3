//! Accuracy of the verdicts: every fault with a known place, alone and combined, in real runs, judged with every subset
//! of the four witnesses and compared with the truth.
//!
//! `MEDIDOR_SEEDS` sets the number of seeds, `MEDIDOR_SCENARIO` selects scenarios by a part of the name, and
//! `MEDIDOR_SCOREBOARD` names a file for the tables. `scripts/scoreboard` writes `docs/truth.md` from them.

#[path = "../common/mod.rs"]
mod common;

mod clocks;
mod faults;
mod ground_truth;
mod scenario;
mod scenarios_list;
mod table;
mod worlds;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::{env, fs, thread};

use serde_json::Value;

use clocks::{ClockError, ClockTable};
use common::lab::Lab;
use ground_truth::Truth;
use scenario::{ScenarioResult, witness_file};
use scenarios_list::{Ingredient, SCENARIOS, Scenario};
use table::{Judged, Subset, Table, Verdict};

/// Number of labs at the same time; runs mostly wait.
const LABS: usize = 8;

fn from_environment<T: std::str::FromStr>(name: &str) -> Option<T> {
    env::var(name).ok().and_then(|value| value.parse().ok())
}

/// The scenarios of the clock test.
const CLOCKED: [Scenario; 2] = [
    ("clocks: chosen faults", &[Ingredient::AnyChosen, Ingredient::AnyChosen]),
    (
        "clocks: a rough network",
        &[Ingredient::Relay(&[
            "--loss",
            "6%",
            "--loss-return",
            "6%",
            "--delay",
            "5ms",
            "--jitter",
            "10ms",
            "--reorder",
            "5",
        ])],
    ),
];

/// The settings from the environment: seeds, and a part of the scenarios' names.
struct Settings {
    seeds: std::ops::Range<u64>,
    only: String,
}

impl Settings {
    fn read() -> Self {
        let seeds: u64 = from_environment("MEDIDOR_SEEDS").unwrap_or(1);
        let first: u64 = from_environment("MEDIDOR_FIRST_SEED").unwrap_or(1);
        Self { seeds: first..first + seeds, only: from_environment("MEDIDOR_SCENARIO").unwrap_or_default() }
    }

    fn jobs(&self, scenarios: &'static [Scenario]) -> Vec<(&'static Scenario, u64)> {
        let wanted = || scenarios.iter().filter(|(name, _)| name.contains(&self.only));
        self.seeds.clone().flat_map(|seed| wanted().map(move |scenario| (scenario, seed))).collect()
    }
}

/// Runs scenarios in several labs at the same time. Returns the names of those that failed, or `None` without a lab.
fn perform_all(
    test: &str,
    jobs: Vec<(&'static Scenario, u64)>,
    work: impl Fn(&'static Scenario, u64, &ScenarioResult) + Sync,
) -> Option<Vec<String>> {
    let queue = Mutex::new(jobs.into_iter());
    let broken = Mutex::new(Vec::new());
    let built = thread::scope(|scope| {
        let workers: Vec<_> = (0..LABS)
            .map(|_| {
                scope.spawn(|| {
                    let Some(mut lab) = Lab::build(test) else { return false };
                    loop {
                        let Some((scenario, seed)) = queue.lock().unwrap().next() else { return true };
                        let run = || {
                            let Some(performed) = scenario::perform(&lab, scenario, seed) else { return };
                            work(scenario, seed, &performed);
                            if env::var_os("MEDIDOR_KEEP").is_some() {
                                eprintln!("{}, seed {seed}: {}", scenario.0, performed.folder.keep().display());
                            }
                        };
                        if catch_unwind(AssertUnwindSafe(run)).is_err() {
                            eprintln!("that was {}, seed {seed}", scenario.0);
                            broken.lock().unwrap().push(format!("{}, seed {seed}", scenario.0));
                            // Leftovers in this lab would disturb the next run.
                            let Some(another) = Lab::build(test) else { return false };
                            lab = another;
                        }
                    }
                })
            })
            .collect();
        workers.into_iter().all(|worker| worker.join().unwrap())
    });
    built.then(|| broken.into_inner().unwrap())
}

/// Appends to the file of the tables, if one is set.
fn publish(part: &str) {
    let Some(path) = env::var_os("MEDIDOR_SCOREBOARD") else { return };
    let file = fs::OpenOptions::new().create(true).append(true).open(path);
    file.and_then(|mut file| writeln!(file, "{part}")).unwrap();
}

#[test]
fn every_fault_judged_by_every_subset_of_the_witnesses() {
    let jobs = Settings::read().jobs(SCENARIOS);
    let board = Mutex::new(Table::new(SCENARIOS.iter().map(|(name, _)| *name).collect()));
    let broken =
        perform_all("every_fault_judged_by_every_subset_of_the_witnesses", jobs, |scenario, seed, performed| {
            let verdicts = judge(performed.folder.path(), performed, |_, _| {});
            if performed.relayed && !performed.renumbered {
                check_score(performed.folder.path(), &verdicts);
            }
            let mut board = board.lock().unwrap();
            let known = board.misses.len();
            board.enter(scenario.0, seed, &verdicts, performed.weakened);
            board.misses[known..].iter().for_each(|miss| eprintln!("{miss}"));
        });
    let Some(broken) = broken else { return };
    let board = board.into_inner().unwrap();
    publish(&board.tables());
    let misses: Vec<String> = board.misses.iter().map(ToString::to_string).collect();
    assert!(misses.is_empty(), "{} verdicts:\n{}", misses.len(), misses.join("\n"));
    assert_eq!(broken, Vec::<String>::new(), "runs that broke, see above");
}

#[test]
fn a_wrong_clock_is_bounded_and_makes_no_verdict_false() {
    let jobs = Settings::read().jobs(&CLOCKED);
    let verdicts = Mutex::new(Table::new(Vec::new()));
    let clocks = Mutex::new(ClockTable::default());
    let broken =
        perform_all("a_wrong_clock_is_bounded_and_makes_no_verdict_false", jobs, |scenario, seed, performed| {
            // Messages observed in both directions bound the offset on both sides, others on one side only.
            let both = performed.observed.iter().filter(|(n, _)| performed.truths.get(n) == Some(&Truth::Delivered));
            let times: Vec<i64> = both.flat_map(|(_, message)| [message.at[0], message.at[3]]).flatten().collect();
            for (number, wrong) in ClockError::ways(performed, seed).into_iter().enumerate() {
                let folder = performed.folder.path().join(format!("clock{number}"));
                wrong.rewrite(performed.folder.path(), &folder);
                let judged = judge(&folder, performed, |subset, document| {
                    if subset.hears_both_hosts() {
                        let whose = format!("{}, seed {seed}, {}, {}", scenario.0, folder.display(), subset.name());
                        clocks.lock().unwrap().enter(&wrong, subset, &times, document, &whose);
                    }
                });
                // A step makes the witnesses' timestamps unreliable, so the blames are wider.
                verdicts.lock().unwrap().enter(wrong.name, seed, &judged, wrong.step.is_some());
            }
        });
    let Some(broken) = broken else { return };
    let (verdicts, clocks) = (verdicts.into_inner().unwrap(), clocks.into_inner().unwrap());
    publish(&[clocks.table(), verdicts.of_clocks()].join("\n"));
    let misses: Vec<String> = verdicts.misses.iter().map(ToString::to_string).chain(clocks.misses).collect();
    assert!(misses.is_empty(), "{} verdicts and bounds:\n{}", misses.len(), misses.join("\n"));
    assert_eq!(broken, Vec::<String>::new(), "runs that broke, see above");
}

/// The verdicts of all subsets of a run's witnesses, whose files are in `folder`. `look` gets each document.
fn judge(folder: &Path, performed: &ScenarioResult, mut look: impl FnMut(Subset, &Value)) -> Vec<Judged> {
    let possible = |subset: &Subset| (0..4).all(|witness| !subset.has(witness) || performed.present[witness]);
    let judged = Subset::every().filter(possible).flat_map(|subset| {
        let verdicts = match analyze(folder, subset, &[]) {
            Some(document) => {
                look(subset, &document);
                verdicts(&document)
            }
            None => performed.truths.keys().map(|number| (*number, Verdict::Refused)).collect(),
        };
        performed.truths.iter().map(move |(number, truth)| {
            let verdict = verdicts.get(number).copied().unwrap_or(Verdict::Open);
            let alone = |side: usize| subset.has(2 * side + 1) && !subset.has(2 * side);
            let misled = (0..2).any(|side| performed.dropped[side] && alone(side));
            Judged { number: *number, truth: *truth, verdict, subset, misled }
        })
    });
    judged.collect()
}

/// Analyzes the files of some witnesses; `None` if the program refuses.
fn analyze(folder: &Path, subset: Subset, options: &[&str]) -> Option<Value> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_medidor"));
    command.current_dir(folder).args(["--lang", "en", "analyze", "--json"]).args(options);
    for witness in (0..4).filter(|witness| subset.has(*witness)) {
        command.arg(if witness < 2 { "--client" } else { "--server" }).arg(witness_file(folder, witness));
    }
    let output = command.output().expect("it starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    match output.status.code() {
        Some(0) => Some(serde_json::from_slice(&output.stdout).expect("a document")),
        Some(1) if !errors.contains("panicked") => None,
        code => panic!("{code:?} {command:?}: {errors}"),
    }
}

/// The verdict on each message of a document. A server alone may take a changed or very late number for the start of
/// another run: then the verdict of either run counts, a loss first.
fn verdicts(document: &Value) -> BTreeMap<u64, Verdict> {
    let flows = document["flows"].as_array().expect("flows");
    assert!(flows.len() == 1 || document["role"] == "server", "one client, one run: {document:#}");
    let mut verdicts: BTreeMap<u64, Verdict> = BTreeMap::new();
    for message in flows.iter().flat_map(|flow| flow["messages"].as_array().expect("messages")) {
        let (number, verdict) = (message["n"].as_u64().expect("a number"), Verdict::of(message));
        let known = verdicts.entry(number).or_insert(verdict);
        if *known == Verdict::Open || matches!(verdict, Verdict::Lost(_)) {
            *known = verdict;
        }
    }
    verdicts
}

/// Checks that the program's own score against the relay's record reports no mistake if there is none.
fn check_score(folder: &Path, verdicts: &[Judged]) {
    let Some(document) = analyze(folder, Subset::ALL, &["--truth", "truth.jsonl"]) else { return };
    let score = &document["flows"][0]["score"];
    let right =
        verdicts.iter().filter(|judged| judged.subset == Subset::ALL).all(|judged| judged.mark() != table::Mark::False);
    assert!(!right || score["wrong"] == 0, "{score:#}");
}
