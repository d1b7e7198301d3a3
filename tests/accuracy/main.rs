//! Accuracy of the verdicts: every fault with a known place, alone and combined, in real runs, judged with every subset
//! of the four witnesses and compared with the truth.
//!
//! `MEDIDOR_SEEDS` sets the number of seeds, `MEDIDOR_SCENARIO` selects scenarios by a part of the name, and
//! `MEDIDOR_TABLES` names a file for the tables. `scripts/accuracy` writes `docs/truth.md` from them.

#[path = "../common/mod.rs"]
mod common;

mod chats;
mod clocks;
mod faults;
mod ground_truth;
mod lab_worlds;
mod monitor;
mod scenario;
mod scenarios_list;
mod submissions;
mod table;
mod transfers;
mod worlds;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::{env, fs, thread};

use fastrand::Rng;
use serde_json::Value;
use tempfile::TempDir;

use clocks::{ClockError, ClockTable};
use common::lab::Lab;
use ground_truth::Truth;
use scenario::{Case, ScenarioResult, witness_file};
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
            // More would hide the drawn intervals, by which the run is identified where a clock is hours off.
            "4ms",
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

    fn jobs<T: Copy>(&self, all: &[(&'static str, T)]) -> Vec<Job<T>> {
        let wanted = || all.iter().filter(|(name, _)| name.contains(&self.only));
        self.seeds.clone().flat_map(|seed| wanted().map(move |(name, what)| Job { name, seed, what: *what })).collect()
    }
}

/// A scenario or a world to be performed in a lab.
#[derive(Clone, Copy)]
struct Job<T> {
    name: &'static str,
    seed: u64,
    what: T,
}

impl<T> Job<T> {
    /// A source of random numbers of its own.
    fn rng(&self) -> Rng {
        Rng::with_seed(self.name.bytes().fold(self.seed, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte.into())))
    }

    /// Keeps the files, if the environment asks for it.
    fn keep(&self, folder: TempDir) {
        if env::var_os("MEDIDOR_KEEP").is_some() {
            eprintln!("{}, seed {}: {}", self.name, self.seed, folder.keep().display());
        }
    }
}

/// Performs all jobs in several labs at the same time. Returns those that failed, or `None` without a lab.
fn perform_all<T: Copy + Send + Sync>(
    test: &str,
    jobs: Vec<Job<T>>,
    perform: impl Fn(&Lab, &Job<T>) + Sync,
) -> Option<Vec<String>> {
    // Clients and servers without CPU time miss their pace, and other labs would take it from them.
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let queue = Mutex::new(jobs.into_iter());
    let broken = Mutex::new(Vec::new());
    let built = thread::scope(|scope| {
        let workers: Vec<_> = (0..LABS)
            .map(|_| {
                scope.spawn(|| {
                    let Some(mut lab) = Lab::build(test) else { return false };
                    loop {
                        let Some(job) = queue.lock().unwrap().next() else { return true };
                        if catch_unwind(AssertUnwindSafe(|| perform(&lab, &job))).is_err() {
                            let name = format!("{}, seed {}", job.name, job.seed);
                            eprintln!("that was {name}");
                            broken.lock().unwrap().push(name);
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

/// Performs scenarios, and gives the result of each to `work`.
fn perform_scenarios(
    test: &str,
    scenarios: &[Scenario],
    work: impl Fn(&Job<&'static [Ingredient]>, &ScenarioResult) + Sync,
) -> Option<Vec<String>> {
    perform_all(test, Settings::read().jobs(scenarios), |lab, job| {
        let Some(performed) = scenario::perform(lab, job) else { return };
        work(job, &performed);
        job.keep(performed.folder);
    })
}

/// Appends to the file of the tables, if one is set.
fn publish(part: &str) {
    let Some(path) = env::var_os("MEDIDOR_TABLES") else { return };
    let file = fs::OpenOptions::new().create(true).append(true).open(path);
    file.and_then(|mut file| writeln!(file, "{part}")).unwrap();
}

#[test]
fn every_fault_judged_by_every_subset_of_the_witnesses() {
    let board = Mutex::new(Table::new(SCENARIOS.iter().map(|(name, _)| *name).collect()));
    let broken =
        perform_scenarios("every_fault_judged_by_every_subset_of_the_witnesses", SCENARIOS, |job, performed| {
            let verdicts = judge(performed.folder.path(), &performed.case, Subset::every(), |_, _| {});
            if performed.relayed && !performed.renumbered {
                check_score(performed.folder.path(), &verdicts);
            }
            let mut board = board.lock().unwrap();
            let known = board.misses.len();
            board.enter(job.name, job.seed, &verdicts, performed.weakened);
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
    let verdicts = Mutex::new(Table::new(Vec::new()));
    let clocks = Mutex::new(ClockTable::default());
    let broken =
        perform_scenarios("a_wrong_clock_is_bounded_and_makes_no_verdict_false", &CLOCKED, |job, performed| {
            // Messages observed in both directions bound the offset on both sides, others on one side only.
            let both =
                performed.observed.iter().filter(|(n, _)| performed.case.truths.get(n) == Some(&Truth::Delivered));
            let times: Vec<i64> = both.flat_map(|(_, message)| [message.at[0], message.at[3]]).flatten().collect();
            for (number, wrong) in ClockError::ways(performed, job.seed).into_iter().enumerate() {
                let folder = performed.folder.path().join(format!("clock{number}"));
                wrong.rewrite(performed.folder.path(), &folder);
                let judged = judge(&folder, &performed.case, Subset::every(), |subset, document| {
                    if subset.hears_both_hosts() {
                        let whose = format!("{}, seed {}, {}, {}", job.name, job.seed, folder.display(), subset.name());
                        clocks.lock().unwrap().enter(&wrong, subset, &times, document, &whose);
                    }
                });
                // A step makes the witnesses' timestamps unreliable, so the blames are wider.
                verdicts.lock().unwrap().enter(wrong.name, job.seed, &judged, wrong.step.is_some());
            }
        });
    let Some(broken) = broken else { return };
    let (verdicts, clocks) = (verdicts.into_inner().unwrap(), clocks.into_inner().unwrap());
    publish(&[clocks.table(), verdicts.of_clocks()].join("\n"));
    let misses: Vec<String> = verdicts.misses.iter().map(ToString::to_string).chain(clocks.misses).collect();
    assert!(misses.is_empty(), "{} verdicts and bounds:\n{}", misses.len(), misses.join("\n"));
    assert_eq!(broken, Vec::<String>::new(), "runs that broke, see above");
}

/// The verdicts of some subsets of a run's witnesses, whose files are in `folder`. `look` gets each document.
fn judge(
    folder: &Path,
    case: &Case,
    subsets: impl IntoIterator<Item = Subset>,
    mut look: impl FnMut(Subset, &Value),
) -> Vec<Judged> {
    let possible = |subset: &Subset| (0..4).all(|witness| !subset.has(witness) || case.present[witness]);
    let judged = subsets.into_iter().filter(possible).flat_map(|subset| {
        let verdicts = match analyze(folder, subset, &[]) {
            Some(document) => {
                look(subset, &document);
                verdicts(&document, case.client)
            }
            None => case.truths.keys().map(|number| (*number, Verdict::Refused)).collect(),
        };
        case.truths.iter().map(move |(number, truth)| {
            let verdict = verdicts.get(number).copied().unwrap_or(Verdict::Open);
            let alone = |side: usize| subset.has(2 * side + 1) && !subset.has(2 * side);
            let misled = (0..2).any(|side| case.dropped[side] && alone(side));
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
    let code = output.status.code();
    assert!(matches!(code, Some(0 | 1)) && !errors.contains("panicked"), "{code:?} {command:?}: {errors}");
    let document: Option<Value> = serde_json::from_slice(&output.stdout).ok();
    // Files of different runs are judged all the same, each end by itself, and so are those without any reply.
    let has_failed = |document: &Value| warns_of(document, "other_run") || warns_of(document, "nothing_passed");
    assert_eq!(code, Some(i32::from(document.as_ref().is_none_or(has_failed))), "{command:?}: {errors}");
    document
}

/// Whether a document has this warning.
fn warns_of(document: &Value, code: &str) -> bool {
    document["warnings"].as_array().expect("warnings").iter().any(|warning| warning["code"] == code)
}

/// The verdict on each message of a document, of the client with this address if there are several. A server alone may take
/// a changed or very late number for the start of another run: then the verdict of either run counts, a loss first.
fn verdicts(document: &Value, client: Option<SocketAddr>) -> BTreeMap<u64, Verdict> {
    let mut flows: Vec<&Value> = document["flows"].as_array().expect("flows").iter().collect();
    if let Some(client) = client.filter(|_| flows.len() > 1) {
        flows.retain(|flow| flow["client"] == client.to_string());
    }
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
