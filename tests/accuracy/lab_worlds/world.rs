//! A world in the lab: its clients, servers, captures and faults, and the truth about each run.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use fastrand::Rng;
use tempfile::TempDir;

use super::super::clocks::ClockError;
use super::super::common::faults::{self, Match};
use super::super::common::foreign_capture::{ForeignCapture, Program};
use super::super::common::lab::{HOME_A, Lab, PORT, Side};
use super::super::common::medidor::{RUN_TIMEOUT, medidor};
use super::super::common::process::{Running, STEP_TIMEOUT, Stream};
use super::super::common::reference_capture::ReferenceCapture;
use super::super::faults::lose;
use super::super::ground_truth::{Observed, RunFacts, StampedFrames, observe, read_captures};
use super::super::scenario::{Case, witness_file};
use super::super::scenarios_list::CHOSEN;
use super::super::table::Subset;

const SECOND: i64 = 1_000_000_000;

/// How long a judged client waits for each reply: the witnesses must stay for more than a second after a message to prove
/// its absence.
const WAIT: i64 = 3 * SECOND / 2;

/// The ports of the clients in a lab, and those that a NAT gives them, count up from these.
const FIRST_PORTS: [u16; 2] = [20_000, 40_000];

/// The time, nanoseconds since 1970. All hosts of the lab share this clock.
pub fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970").as_nanos() as i64
}

/// One run of a client.
#[derive(Clone, Debug)]
pub struct Run {
    /// The stem of its files' names.
    pub name: String,
    /// The client's port: its own, and the one that the server sees.
    pub ports: [u16; 2],
    pub facts: RunFacts,
    pub interval_ms: u64,
    free_numbers: Vec<u64>,
    /// When the client ran.
    time: Range<i64>,
    /// When it was told to end before all messages were sent.
    interrupted: Option<i64>,
}

impl Run {
    /// A run like this one, by a client that starts from these ports.
    pub fn again(&self, name: &str, ports: [u16; 2]) -> Self {
        let facts = RunFacts { planned: BTreeMap::default(), ..self.facts.clone() };
        let free_numbers = shuffled(facts.count, &mut Rng::with_seed(u64::from(ports[0])));
        Self { name: name.to_owned(), ports, facts, free_numbers, ..self.clone() }
    }

    /// Whether the client sent most messages too early or too late: it got no CPU time when they were due.
    fn was_starved(&self, observed: &BTreeMap<u64, Observed>) -> bool {
        let interval = self.interval_ms as i64 * 1_000_000;
        let sent: Vec<(u64, i64)> = observed.iter().filter_map(|(number, seen)| Some((*number, seen.at[0]?))).collect();
        let pairs = sent.windows(2).filter(|pair| pair[0].0 + 1 == pair[1].0);
        // Intervals are drawn within 30 %.
        let is_kept = |pair: &&[(u64, i64)]| (interval / 2..interval * 2).contains(&(pair[1].1 - pair[0].1));
        pairs.clone().filter(is_kept).count() * 4 < pairs.count() * 3
    }

    /// When it started.
    pub fn start(&self) -> i64 {
        self.time.start
    }

    /// The observations of its messages by the reference captures.
    fn observed(&self, captures: &[StampedFrames; 2]) -> BTreeMap<u64, Observed> {
        let own = |home: Side, port: u16, time: i64| self.ports[home as usize] == port && self.time.contains(&time);
        observe(captures, |port| port == PORT, own)
    }

    /// The case of these files of the run. `None` means no such file.
    fn case(&self, observed: &BTreeMap<u64, Observed>, files: &[Option<String>; 4]) -> Case {
        let mut facts = self.facts.clone();
        if let Some(end) = self.interrupted {
            // Of later messages the client itself does not know whether their replies come in time.
            let decided = observed.iter().filter(|(_, seen)| seen.at[0].is_some_and(|sent| sent + facts.wait < end));
            facts.count = decided.map(|(number, _)| *number).max().expect("it was interrupted late enough");
        }
        Case {
            truths: facts.truths(observed),
            present: [0, 1, 2, 3].map(|witness| files[witness].is_some()),
            dropped: [false, false],
            client: Some((HOME_A, self.ports[0]).into()),
        }
    }
}

fn shuffled(count: u64, rng: &mut Rng) -> Vec<u64> {
    let mut numbers: Vec<u64> = (1..=count).collect();
    rng.shuffle(&mut numbers);
    numbers
}

/// The rows of the table for the verdicts of all four witnesses, and of fewer.
pub type Rows = [&'static str; 2];

/// Clients that could not keep their pace.
pub const STARVED: Rows = ["clients short of CPU time, all four", "clients short of CPU time, fewer"];

/// Files that are to be judged together.
pub struct Wanted {
    pub rows: Rows,
    pub run: Run,
    /// Client's journal, client's capture, server's journal, server's capture.
    pub files: [Option<String>; 4],
    pub subsets: Vec<Subset>,
    /// The server's files are of another run.
    pub of_other_run: bool,
}

impl Wanted {
    /// All files of a run that medidor wrote itself.
    pub fn own_files(rows: Rows, run: &Run, server: &str, subsets: Vec<Subset>) -> Self {
        let of = |name: &str| [format!("{name}.journal.jsonl"), format!("{name}.pcap")];
        let ([client_journal, client_capture], [server_journal, server_capture]) = (of(&run.name), of(server));
        let files = [client_journal, client_capture, server_journal, server_capture].map(Some);
        Self { rows, run: run.clone(), files, subsets, of_other_run: false }
    }
}

/// Files of a run in a folder of their own, and the truth about it.
pub struct JudgedRun {
    pub rows: Rows,
    pub folder: PathBuf,
    pub case: Case,
    pub subsets: Vec<Subset>,
    pub of_other_run: bool,
}

/// A world while it is played.
pub struct World<'lab> {
    lab: &'lab Lab,
    pub rng: Rng,
    folder: TempDir,
    taps: [ReferenceCapture; 2],
    /// How the clock of the server's host differs from the client's: offset in nanoseconds, and parts per million.
    pub clock: (i64, i64),
    /// The hosts name different boots, as all but containers on one computer do.
    has_two_boots: bool,
    started: i64,
    /// The NAT gives clients other ports than their own.
    maps_ports: bool,
    /// The NAT rewrites IP identifications, at random if true.
    rewrites_ids: Option<bool>,
    ports: Vec<[u16; 2]>,
    /// The clients keep a schedule instead of drawing their intervals.
    pub has_schedule: bool,
    /// Journals and captures of the server's host.
    server_files: [Vec<PathBuf>; 2],
}

impl<'lab> World<'lab> {
    pub fn new(lab: &'lab Lab, mut rng: Rng) -> Self {
        let folder = TempDir::new().unwrap();
        let filter = format!("udp port {PORT}");
        let tap = |host, name| ReferenceCapture::start(host, &folder.path().join(name), &filter);
        let taps = [tap(lab.home_a(), "a.tap"), tap(lab.home_b(), "b.tap")];
        let mut sign = |size: i64| if rng.bool() { size } else { -size };
        let clocks = [(0, 0), (sign(SECOND / 50), 0), (sign(2 * SECOND), sign(30)), (sign(21_600 * SECOND), sign(100))];
        let clock = clocks[rng.usize(0..clocks.len())];
        Self {
            lab,
            folder,
            taps,
            clock,
            has_two_boots: clock != (0, 0) || rng.u8(0..4) > 0,
            maps_ports: rng.bool(),
            rewrites_ids: [None, None, Some(false), Some(true)][rng.usize(0..4)],
            rng,
            started: now(),
            ports: Vec::new(),
            has_schedule: false,
            server_files: [Vec::new(), Vec::new()],
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Ports that no client in this lab has had before.
    pub fn draw_ports(&mut self, count: usize) -> Vec<[u16; 2]> {
        let mut public: Vec<u16> = Vec::new();
        let own: Vec<u16> = (0..count).map(|_| FIRST_PORTS[0] + self.lab.home_a().next_serial() as u16).collect();
        public.extend(
            own.iter().map(|port| if self.maps_ports { port - FIRST_PORTS[0] + FIRST_PORTS[1] } else { *port }),
        );
        if self.maps_ports {
            self.rng.shuffle(&mut public);
        }
        let ports: Vec<[u16; 2]> = own.into_iter().zip(public).map(|(own, public)| [own, public]).collect();
        self.ports.extend(&ports);
        self.set_up_nat();
        ports
    }

    fn set_up_nat(&self) {
        if let Some(at_random) = self.rewrites_ids {
            let _ = faults::rewrite_ids(self.lab.router_a(), at_random);
        }
        if self.maps_ports {
            let _ = faults::map_ports(self.lab.router_a(), &self.ports);
        }
    }

    /// A run of 30 to 40 messages.
    pub fn draw_run(&mut self, name: &str, ports: [u16; 2]) -> Run {
        let facts = RunFacts { count: self.rng.u64(30..=40), wait: WAIT, ..RunFacts::default() };
        let interval_ms = self.rng.u64(40..=80);
        let free_numbers = shuffled(facts.count, &mut self.rng);
        Run { name: name.to_owned(), ports, facts, interval_ms, free_numbers, time: 0..0, interrupted: None }
    }

    /// Loses a few messages of a run, each by a fault of its own.
    pub fn lose_some(&mut self, run: &mut Run) -> Option<()> {
        for _ in 0..self.rng.usize(0..=4) {
            let number = run.free_numbers.pop().expect("some left");
            self.lose(&mut [run], number, true)?;
        }
        Some(())
    }

    /// Loses a few messages of all runs at once: all clients send the same texts.
    pub fn lose_of_all(&mut self, runs: &mut [Run]) -> Option<()> {
        for _ in 0..self.rng.usize(0..=2) {
            let least = runs.iter().map(|run| run.facts.count).min().unwrap_or(0);
            let number = self.rng.u64(1..=least);
            if runs.iter().all(|run| run.free_numbers.contains(&number)) {
                let mut all: Vec<&mut Run> = runs.iter_mut().collect();
                for run in &mut all {
                    run.free_numbers.retain(|free| *free != number);
                }
                self.lose(&mut all, number, false)?;
            }
        }
        Some(())
    }

    /// Loses a message of some runs, which is that of one client if `by_port`.
    fn lose(&mut self, runs: &mut [&mut Run], number: u64, by_port: bool) -> Option<()> {
        let fault = CHOSEN[self.rng.usize(0..CHOSEN.len())];
        let router = if self.rng.bool() { Side::A } else { Side::B };
        let ports = runs[0].ports;
        let truth = lose(self.lab, fault, router, &|side| {
            let matches = [Match::request(format!("Mensagem {number}")), Match::reply(format!("ACK {number}"))];
            if by_port { matches.map(|one| one.of_client(ports[side as usize])) } else { matches }
        })?;
        for run in runs {
            run.facts.planned.insert(number, truth);
        }
        Some(())
    }

    /// Removes the faults between two runs.
    pub fn remove_faults(&self) {
        flush(self.lab);
        self.set_up_nat();
    }

    /// Starts a client, with its own journal and capture unless there are other options.
    pub fn start_client(&mut self, run: &mut Run, options: &[&str]) -> Running {
        let to = self.lab.server_address().to_string();
        let (count, wait) = (run.facts.count.to_string(), format!("{}ms", run.facts.wait / 1_000_000));
        let (interval, local) = (format!("{}ms", run.interval_ms), format!("0.0.0.0:{}", run.ports[0]));
        let fixed = ["client", "--json", &to, "--count", &count, "--batch", "0"];
        let pace = ["--interval", &interval, "--wait", &wait, "--bind", &local];
        run.time = now()..i64::MAX;
        let schedule = if self.has_schedule { &["--fixed-interval"][..] } else { &[] };
        let arguments = [&fixed[..], &pace, schedule, options].concat();
        Running::start(medidor(self.lab.home_a(), self.folder.path(), &arguments))
    }

    /// Starts a client with its own journal and capture.
    pub fn start_recorded_client(&mut self, run: &mut Run) -> Running {
        let (capture, filter) = (format!("{}.pcap", run.name), format!("udp port {} or icmp", run.ports[0]));
        // All clients share home A's device, and the usual filter admits the packets of all.
        let filtered = if self.rng.bool() { &["--filter", &filter][..] } else { &[] };
        self.start_client(run, &[&["--capture", &capture], filtered].concat())
    }

    /// Starts a server, with `--capture` or `--journal`.
    pub fn start_server(&mut self, name: &str, has_capture: bool) -> Running {
        let (journal, capture) = (format!("{name}.journal.jsonl"), format!("{name}.pcap"));
        self.server_files[0].push(self.path(&journal));
        let device = if self.rng.bool() { "any" } else { self.lab.home_b().device() };
        let mut arguments = vec!["server", "--json"];
        if has_capture {
            self.server_files[1].push(self.path(&capture));
            arguments.extend(["--capture", &capture, "--interface", device]);
        } else {
            arguments.extend(["--journal", &journal]);
        }
        let server = Running::start(medidor(self.lab.home_b(), self.folder.path(), &arguments));
        server.wait_for_line(|line| line.starts_with("Server listening"), STEP_TIMEOUT);
        server
    }

    /// Starts a capture by another program at a home, in one of the program's formats.
    pub fn start_foreign_capture(&mut self, side: Side, name: &str, filter: &str) -> ForeignCapture {
        let host = if side == Side::A { self.lab.home_a() } else { self.lab.home_b() };
        let file = self.path(name);
        let snaplen = ["96", "256", "0"][self.rng.usize(0..3)];
        let device = if self.rng.bool() { "any" } else { host.device() };
        let (program, options) = match self.rng.u8(0..3) {
            0 => (Program::Dumpcap, ["-s", snaplen, "-P"].to_vec()),
            // pcapng; its stamps are not changed here.
            1 if side == Side::A || self.clock == (0, 0) => (Program::Dumpcap, ["-s", snaplen].to_vec()),
            _ => {
                let precision = ["nano", "micro"][self.rng.usize(0..2)];
                (Program::Tcpdump, ["-s", snaplen, "--immediate-mode", "--time-stamp-precision", precision].to_vec())
            }
        };
        if side == Side::B {
            self.server_files[1].push(file.clone());
        }
        ForeignCapture::start(host, program, &options, device, &file, filter)
    }

    /// Waits for the end of a client.
    pub fn end_client(run: &mut Run, client: Running) {
        let finished = client.wait(RUN_TIMEOUT);
        assert!(matches!(finished.status.code(), Some(0 | 1)), "{}", finished.text(Stream::Err));
        run.time.end = now();
    }

    /// Ends a client some time before it has sent everything.
    pub fn interrupt_client(&mut self, run: &mut Run, client: Running) {
        let last = run.facts.count - 1;
        let delivered: Vec<u64> =
            (last * 4 / 5..last).filter(|number| !run.facts.planned.contains_key(number)).collect();
        let number = delivered[self.rng.usize(0..delivered.len())];
        client.wait_for_line(|line| line.starts_with(&format!("{number}: ACK")), STEP_TIMEOUT);
        run.interrupted = Some(now());
        client.interrupt(STEP_TIMEOUT).expect_code(130);
        run.time.end = now();
    }

    /// Ends the world: the files of each case in a folder of their own, and the truth about it.
    pub fn finish(self, wanted: Vec<Wanted>) -> (TempDir, Vec<JudgedRun>) {
        self.set_server_clock();
        let Self { folder, taps, .. } = self;
        for tap in taps {
            let _ = tap.stop();
        }
        let captures = read_captures(&folder.path().join("a.tap"), &folder.path().join("b.tap"));
        let judged = wanted.into_iter().enumerate().map(|(number, wanted)| {
            let Wanted { rows, run, files, subsets, of_other_run } = wanted;
            let own = folder.path().join(format!("case{number}"));
            lay_out(folder.path(), &files, &own);
            let observed = run.observed(&captures);
            let case = run.case(&observed, &files);
            let rows = if !of_other_run && run.was_starved(&observed) { STARVED } else { rows };
            // For people who look at kept files.
            fs::write(own.join("truth.txt"), format!("{run:#?}\n{:#?}\n", case.truths)).unwrap();
            JudgedRun { rows, folder: own, case, subsets, of_other_run }
        });
        let judged = judged.collect();
        (folder, judged)
    }

    /// Rewrites the files of the server's host as if its clock had been this world's.
    fn set_server_clock(&self) {
        if !self.has_two_boots {
            return;
        }
        let clock = ClockError::of_another_host("this world's", self.clock.0, self.clock.1, self.started);
        let [journals, captures] = &self.server_files;
        for journal in journals {
            let text = fs::read_to_string(journal).unwrap();
            fs::write(journal, clock.journal(&text)).unwrap();
        }
        for capture in captures.iter().filter(|_| self.clock != (0, 0)) {
            fs::write(capture, clock.capture(fs::read(capture).unwrap())).unwrap();
        }
    }
}

/// Puts files in a folder under the names that [`witness_file`] gives them.
fn lay_out(from: &Path, files: &[Option<String>; 4], to: &Path) {
    for part in ["j", "c"] {
        fs::create_dir_all(to.join(part)).unwrap();
    }
    for (witness, name) in files.iter().enumerate() {
        if let Some(name) = name {
            fs::hard_link(from.join(name), witness_file(to, witness)).unwrap();
        }
    }
}

/// Removes all faults.
pub fn flush(lab: &Lab) {
    for host in [lab.home_a(), lab.router_a(), lab.router_b(), lab.home_b()] {
        faults::flush(host);
    }
}
