//! Worlds that the lab plays for real: many clients, restarts, several runs, and files of other programs and other runs.
//! The seed draws the numbers of clients and messages, the ports, the clock of the server's host, the formats of the files
//! and the faults by number.

mod kinds;
mod world;

use std::fmt::Write as _;
use std::sync::Mutex;

use serde_json::Value;

use super::common::skip;
use super::table::{Judged, Mark, Subset, Table};
use super::{Job, Settings, judge, perform_all, publish, warns_of};
use kinds::{CROWD, FOREIGN_PAIR, Kind, OTHER_RUN, OWN_PAIR, RESTART, SCHEDULE, SERVED, TWO_RUNS, play};
use world::{JudgedRun, STARVED};

const KINDS: [(&str, Kind); 7] = [
    ("crowd", Kind::Crowd),
    ("schedule", Kind::Schedule),
    ("served", Kind::Served),
    ("two runs in one capture", Kind::TwoRuns),
    ("restart from the same port", Kind::Restart),
    ("foreign captures", Kind::ForeignPair),
    ("files of another run", Kind::OtherRun),
];

/// The least share of exact verdicts in a row.
const FLOORS: [(&str, f64); 4] = [(CROWD[0], 0.99), (SERVED[0], 1.0), (TWO_RUNS[0], 0.95), (RESTART[0], 0.95)];

/// The least share of analyses that recognize the server's files of another run.
const MIN_RECOGNIZED: f64 = 0.95;

/// What was found in the worlds.
struct Board {
    table: Table,
    /// Analyses of the server's files of another run: all, and those that recognize it.
    of_other_run: usize,
    recognized: usize,
    /// Those that use the server's files all the same.
    misused: Vec<String>,
}

impl Board {
    fn new() -> Self {
        let rows = [CROWD, SCHEDULE, SERVED, TWO_RUNS, RESTART, FOREIGN_PAIR, OWN_PAIR, OTHER_RUN, STARVED];
        let mut order = rows.concat();
        order.dedup();
        Self { table: Table::new(order), of_other_run: 0, recognized: 0, misused: Vec::new() }
    }

    fn enter(&mut self, job: &Job<Kind>, run: &JudgedRun, verdicts: Vec<Judged>) {
        if run.of_other_run {
            self.of_other_run += run.subsets.len();
        }
        let (of_all, of_fewer): (Vec<Judged>, Vec<Judged>) =
            verdicts.into_iter().partition(|judged| judged.subset == Subset::ALL);
        for (row, verdicts) in run.rows.into_iter().zip([of_all, of_fewer]) {
            let known = self.table.misses.len();
            self.table.enter(row, job.seed, &verdicts, run.of_other_run);
            self.table.misses[known..].iter().for_each(|miss| eprintln!("{miss}, {}", run.folder.display()));
        }
    }

    /// Looks at a document about files of two runs.
    fn look(&mut self, whose: &str, document: &Value) {
        let is_recognized = warns_of(document, "other_run") || warns_of(document, "perhaps_other_run");
        self.recognized += usize::from(is_recognized);
        if document["flows"].as_array().expect("flows").iter().any(shows_server) {
            self.misused.push(format!("{whose}: {}", document["identification"]));
        }
    }

    fn text(&self) -> String {
        let mut text = format!("### Worlds of the lab\n\n{}\n", self.table.of_scenarios("files"));
        if self.of_other_run > 0 {
            let (found, of) = (self.recognized, self.of_other_run);
            // Writing to a string cannot fail.
            let _ = writeln!(text, "Of {of} analyses with the server's files of another run, {found} recognize it.");
        }
        text
    }

    /// What is not as it must be.
    fn failures(&self) -> Vec<String> {
        // The floors decide about inexact ones.
        let are_false = self.table.misses.iter().filter(|miss| miss.judged.mark() == Mark::False);
        let mut failures: Vec<String> = are_false.map(ToString::to_string).collect();
        for (row, floor) in FLOORS {
            let share = self.table.exact_share(row).unwrap_or(1.0);
            if share < floor {
                failures.push(format!("{row}: {share:.4} exact, at least {floor} expected"));
            }
        }
        let [foreign, own] = [FOREIGN_PAIR, OWN_PAIR].map(|rows| self.table.width_of_lost(rows[0]));
        if foreign > own {
            failures.push(format!("{}: segments left open {foreign:.3?}, {}: {own:.3?}", FOREIGN_PAIR[0], OWN_PAIR[0]));
        }
        if (self.recognized as f64) < MIN_RECOGNIZED * self.of_other_run as f64 {
            failures.push(format!("only {} of {} other runs are recognized", self.recognized, self.of_other_run));
        }
        failures.extend(self.misused.iter().map(|whose| format!("judged as one run: {whose}")));
        failures
    }
}

/// Whether a flow says anything of the server's side.
fn shows_server(flow: &Value) -> bool {
    let points = flow["points"].as_object().expect("points");
    let is_seen = points.iter().any(|(point, count)| point.starts_with("server") && !count.is_null());
    is_seen || !flow["client_as_seen_by_server"].is_null()
}

#[test]
fn verdicts_hold_in_the_worlds_of_the_lab() {
    let board = Mutex::new(Board::new());
    let jobs = Settings::read().jobs(&KINDS);
    let broken = perform_all("verdicts_hold_in_the_worlds_of_the_lab", jobs, |lab, job| {
        let Some((folder, runs)) = play(lab, job) else { return };
        for run in &runs {
            let verdicts = judge(&run.folder, &run.case, run.subsets.iter().copied(), |subset, document| {
                if run.of_other_run {
                    let whose = format!("seed {}, {}, {}", job.seed, subset.name(), run.folder.display());
                    board.lock().unwrap().look(&whose, document);
                }
            });
            board.lock().unwrap().enter(job, run, verdicts);
        }
        job.keep(folder);
    });
    let Some(broken) = broken else { return };
    let board = board.into_inner().unwrap();
    let text = board.text();
    eprintln!("{text}");
    publish(&text);
    let failures = board.failures();
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
    assert_eq!(broken, Vec::<String>::new(), "worlds that broke, see above");
    let (starved, all) = (board.table.verdicts(&STARVED), board.table.verdicts(&board.table.order));
    if starved * 2 > all {
        skip("the floors of the lab's worlds", &format!("{starved} of {all} verdicts are of clients without CPU time"));
    }
}
