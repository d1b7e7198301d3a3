//! Runs a scenario with a seed in the lab, and returns its files and its truth.

mod run;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use fastrand::Rng;
use tempfile::TempDir;

use super::Job;
use super::common::faults::{self, Match};
use super::common::lab::{Lab, PORT, Side};
use super::faults::{lose, set_mtu};
use super::ground_truth::{
    CLIENT_HOST_OUT, NETWORK_FORWARD, NETWORK_RETURN, Observed, RunFacts, SERVER_APP, SERVER_HOST_IN, SERVER_HOST_OUT,
    Segment, Truth,
};
use super::scenarios_list::{CHOSEN, Ingredient};

/// The relay's port for home A, on router A.
const RELAY: u16 = 5006;

/// An action while the client runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    None,
    ServerOverflow,
    ClientOverflow,
    Late,
    Flood(Side),
}

/// What is known of a run whose files are judged.
#[derive(Clone, Debug)]
pub struct Case {
    pub truths: BTreeMap<u64, Truth>,
    /// Which of the four witnesses exist.
    pub present: [bool; 4],
    /// Whether the client's capture and the server's lost frames that only their journals count.
    pub dropped: [bool; 2],
    /// The client's own address, where a capture of its host may show other clients.
    pub client: Option<SocketAddr>,
}

/// The result of a run: files in `j` (journals) and `c` (captures), named after their side, and the truth.
pub struct ScenarioResult {
    pub folder: TempDir,
    pub case: Case,
    /// The observations of each message by the reference captures.
    pub observed: BTreeMap<u64, Observed>,
    /// A message arrived under a wrong number.
    pub renumbered: bool,
    /// A capture was weakened, or numbers are unreliable: four witnesses may not be enough for the exact segment.
    pub weakened: bool,
    /// A relay wrote its record to `truth.jsonl`.
    pub relayed: bool,
}

/// A scenario under construction.
struct ScenarioSetup<'lab> {
    lab: &'lab Lab,
    rng: Rng,
    folder: TempDir,
    free_numbers: Vec<u64>,
    known: RunFacts,
    interval_ms: u64,
    /// Appended to the texts of requests and of replies to make them longer.
    padding: [usize; 2],
    server_options: Vec<String>,
    relay: Option<Vec<String>>,
    no_server: bool,
    act: Action,
    cuts: Vec<(Side, bool)>,
}

/// Runs a scenario. `None`, after a report, if this machine lacks a required feature.
///
/// # Panics
/// When the planned faults did not happen.
pub fn perform(lab: &Lab, job: &Job<&'static [Ingredient]>) -> Option<ScenarioResult> {
    let mut stage = ScenarioSetup {
        lab,
        rng: job.rng(),
        folder: TempDir::new().unwrap(),
        free_numbers: Vec::new(),
        known: RunFacts { count: 40, wait: 1_500_000_000, ..RunFacts::default() },
        interval_ms: 60,
        padding: [0, 0],
        server_options: Vec::new(),
        relay: None,
        no_server: false,
        act: Action::None,
        cuts: Vec::new(),
    };
    let ingredients = stage.choose(job.what);
    let prepared = stage.set_up(&ingredients);
    let performed = prepared.map(|()| stage.perform());
    clean(lab, &ingredients);
    performed
}

/// Removes all faults.
fn clean(lab: &Lab, ingredients: &[Ingredient]) {
    for host in [lab.home_a(), lab.router_a(), lab.router_b(), lab.home_b()] {
        faults::flush(host);
    }
    let has = |one| ingredients.contains(&one);
    if has(Ingredient::BadChecksum) || has(Ingredient::BadChecksumAtNat) {
        let _ = faults::finish_checksums(lab.home_a(), false);
        faults::verify_checksums(lab.router_a(), true);
        faults::verify_checksums(lab.router_b(), true);
    }
    if has(Ingredient::Fragments) {
        set_mtu(lab.home_a(), lab.home_a().device(), 1500);
    }
}

impl ScenarioSetup<'_> {
    /// Replaces "any" by definite ingredients.
    fn choose(&mut self, wanted: &[Ingredient]) -> Vec<Ingredient> {
        let mut chosen = Vec::new();
        for ingredient in wanted {
            match ingredient {
                Ingredient::AnyChosen => {
                    let mut menu = CHOSEN;
                    self.rng.shuffle(&mut menu);
                    chosen.extend(&menu[..self.rng.usize(3..=5)]);
                }
                Ingredient::AnyHarm => {
                    let side = if self.rng.bool() { Side::A } else { Side::B };
                    let taken = chosen.iter().any(|other| matches!(other, Ingredient::CaptureDrops(_)));
                    let harms = [Ingredient::CutStart(side), Ingredient::CutEnd(side), Ingredient::CaptureDrops(side)];
                    chosen.push(harms[self.rng.usize(0..if taken { 2 } else { 3 })]);
                }
                definite => chosen.push(*definite),
            }
        }
        chosen
    }

    fn set_up(&mut self, ingredients: &[Ingredient]) -> Option<()> {
        for ingredient in ingredients {
            self.pace(*ingredient);
        }
        self.free_numbers = (1..=self.known.count).collect();
        self.rng.shuffle(&mut self.free_numbers);
        for ingredient in ingredients {
            self.prepare(*ingredient)?;
        }
        Some(())
    }

    /// Sets the number of messages, the interval and the timeout.
    fn pace(&mut self, ingredient: Ingredient) {
        use Ingredient::{ClientOverflow, ClientQueue, Relay, ServerOverflow, ServerQueue, SlowForward, SlowReturn};
        match ingredient {
            // Enough messages for those that are late, those before and after, and those of other faults.
            Ingredient::Late | Ingredient::CaptureDrops(_) => self.known.count = 70,
            ServerOverflow => (self.known.count, self.interval_ms, self.known.wait) = (700, 2, 4_000_000_000),
            // A relay holds the replies until all are sent and the client can be stopped.
            ClientOverflow => (self.known.count, self.interval_ms, self.known.wait) = (450, 2, 6_000_000_000),
            SlowForward | SlowReturn | ClientQueue | ServerQueue => {
                (self.padding, self.known.wait) = ([150, 150], 2_500_000_000);
            }
            Relay(options) if options.contains(&"250ms") => self.known.wait = 800_000_000,
            Relay(options) if options.contains(&"--rate") => {
                (self.padding, self.known.wait) = ([150, 150], 4_500_000_000);
            }
            _ => {}
        }
        if matches!(ingredient, Relay(_) | Ingredient::RelayByNumber | ClientOverflow) {
            self.relay = Some(Vec::new());
        }
    }

    fn request(&self, number: u64) -> String {
        format!("Mensagem {number}{}", self.tail(0))
    }

    fn reply(&self, number: u64) -> String {
        format!("ACK {number}{}", self.tail(1))
    }

    fn tail(&self, of: usize) -> String {
        if self.padding[of] == 0 { String::new() } else { format!(" {}", "x".repeat(self.padding[of])) }
    }

    /// A few numbers without another fault.
    fn choose_numbers(&mut self) -> Vec<u64> {
        let few = self.rng.usize(1..=3).min(self.free_numbers.len());
        self.free_numbers.split_off(self.free_numbers.len() - few)
    }

    /// Applies a fault to a few chosen messages.
    fn apply_to_chosen(&mut self, truth: Option<Truth>, mut with: impl FnMut(&Self, u64) -> Option<()>) -> Option<()> {
        for number in self.choose_numbers() {
            with(self, number)?;
            if let Some(truth) = truth {
                self.known.planned.insert(number, truth);
            }
        }
        Some(())
    }

    /// A router that forwards: with a relay on router A only router B does.
    fn router(&mut self) -> Side {
        if self.relay.is_some() || self.rng.bool() { Side::B } else { Side::A }
    }

    /// The server's port as home A sees it.
    fn port_at_client(&self) -> u16 {
        if self.relay.is_some() { RELAY } else { PORT }
    }

    #[expect(clippy::too_many_lines, reason = "one short arm for each fault")]
    fn prepare(&mut self, ingredient: Ingredient) -> Option<()> {
        let lab = self.lab;
        let (home_a, home_b) = (lab.home_a(), lab.home_b());
        let port = self.port_at_client();
        let lost = |segment| Some(Truth::Lost(segment));
        match ingredient {
            Ingredient::Forward
            | Ingredient::Return
            | Ingredient::Reject
            | Ingredient::ServerInput
            | Ingredient::ServerIngress
            | Ingredient::ClientOutput
            | Ingredient::ClientEgress
            | Ingredient::ServerOutput
            | Ingredient::ServerEgress
            | Ingredient::ClientInput
            | Ingredient::ClientIngress => {
                let router = self.router();
                for number in self.choose_numbers() {
                    let truth = lose(lab, ingredient, router, &|side| {
                        let port = if side == Side::A { port } else { PORT };
                        let (request, reply) = (self.request(number), self.reply(number));
                        [Match::request(request).on_port(port), Match::reply(reply).on_port(port)]
                    })?;
                    self.known.planned.insert(number, truth);
                }
            }
            Ingredient::RandomForward => {
                faults::forward_drop(lab.router(self.router()), &Match::any_request().at_random(120));
                self.known.between[1] = Some(NETWORK_FORWARD);
            }
            Ingredient::RandomReturn => {
                faults::forward_drop(lab.router(self.router()), &Match::any_reply().at_random(120));
                self.known.between[3] = Some(NETWORK_RETURN);
            }
            Ingredient::DuplicateRequest => self.apply_to_chosen(None, |stage, number| {
                faults::duplicate(home_a, &Match::request(stage.request(number)).on_port(port)).map(drop)
            })?,
            Ingredient::DuplicateReply => self.apply_to_chosen(None, |stage, number| {
                faults::duplicate(home_b, &Match::reply(stage.reply(number))).map(drop)
            })?,
            Ingredient::BadChecksum | Ingredient::BadChecksumAtNat => {
                faults::finish_checksums(home_a, true)?;
                let verified = ingredient == Ingredient::BadChecksumAtNat;
                faults::verify_checksums(lab.router_a(), verified);
                faults::verify_checksums(lab.router_b(), verified);
                let segment = if verified { NETWORK_FORWARD } else { SERVER_HOST_IN };
                self.apply_to_chosen(lost(segment), |stage, number| {
                    faults::alter(lab.router_a(), &Match::request(stage.request(number)));
                    Some(())
                })?;
            }
            Ingredient::Altered => self.apply_to_chosen(None, |stage, number| {
                faults::alter(lab.router_a(), &Match::request(stage.request(number)));
                Some(())
            })?,
            Ingredient::SlowForward => {
                faults::slow_link(lab.router_a(), 14_000, 700)?;
                self.known.between[1] = Some(NETWORK_FORWARD);
            }
            Ingredient::SlowReturn => {
                faults::slow_link(lab.router_b(), 14_000, 700)?;
                self.known.between[3] = Some(NETWORK_RETURN);
            }
            Ingredient::ClientQueue => {
                faults::slow_link(home_a, 14_000, 700)?;
                self.known.between[0] = Some(CLIENT_HOST_OUT);
            }
            Ingredient::ServerQueue => {
                faults::slow_link(home_b, 14_000, 700)?;
                self.known.between[2] = Some(SERVER_HOST_OUT);
            }
            Ingredient::Fragments => {
                (self.padding, self.known.fragments) = ([150, 0], true);
                set_mtu(home_a, home_a.device(), 128);
            }
            Ingredient::ServerDrop => {
                let seed = self.rng.u16(1..).to_string();
                self.server_options.extend(["--drop", "15", "--seed", &seed].map(str::to_owned));
                self.known.between[2] = Some(SERVER_APP);
            }
            Ingredient::ServerOverflow => {
                self.act = Action::ServerOverflow;
                self.known.between[2] = Some(SERVER_HOST_IN);
            }
            Ingredient::ClientOverflow => {
                self.act = Action::ClientOverflow;
                self.relay = Some(["--delay", "1s"].map(str::to_owned).to_vec());
            }
            Ingredient::Late => {
                self.act = Action::Late;
                // The largest delay plus one second, so that a message missing at the end is proven lost.
                self.server_options.extend(["--duration", "10s"].map(str::to_owned));
            }
            Ingredient::Nobody => {
                self.no_server = true;
                self.known.between[2] = Some(SERVER_HOST_IN);
            }
            Ingredient::CutStart(side) => self.cuts.push((side, true)),
            Ingredient::CutEnd(side) => self.cuts.push((side, false)),
            Ingredient::CaptureDrops(side) => {
                self.act = Action::Flood(side);
                self.known.wait = 3_000_000_000;
            }
            Ingredient::Relay(options) => {
                let seed = self.rng.u16(1..).to_string();
                let options = options.iter().copied().chain(["--seed", &seed]).map(str::to_owned);
                self.relay = Some(options.collect());
                (self.known.between[1], self.known.between[3]) = (Some(NETWORK_FORWARD), Some(NETWORK_RETURN));
            }
            Ingredient::RelayByNumber => {
                let list = |stage: &mut Self, segment: Segment| {
                    let numbers: Vec<String> = stage.choose_numbers().iter().map(u64::to_string).collect();
                    let planned = numbers.iter().map(|number| (number.parse().unwrap(), Truth::Lost(segment)));
                    stage.known.planned.extend(planned);
                    numbers.join(",")
                };
                let (out, back) = (list(self, NETWORK_FORWARD), list(self, NETWORK_RETURN));
                self.relay = Some(["--loss", &out, "--loss-return", &back].map(str::to_owned).to_vec());
            }
            Ingredient::AnyChosen | Ingredient::AnyHarm => unreachable!("chosen before"),
        }
        Some(())
    }
}

/// The file of a witness: client's journal, client's capture, server's journal, server's capture.
pub fn witness_file(folder: &Path, witness: usize) -> PathBuf {
    let names = ["j/client.journal.jsonl", "c/client.pcap", "j/server.journal.jsonl", "c/server.pcap"];
    folder.join(names[witness])
}
