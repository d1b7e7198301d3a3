//! Runs a scenario with a seed in the lab, and returns its files and its truth.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use fastrand::Rng;
use serde_json::Value;
use tempfile::TempDir;

use super::common::faults::{self, Fault, Match};
use super::common::lab::{Host, Lab, PORT, ROUTER_A_LAN, ROUTER_B_LAN, Side};
use super::common::medidor::medidor;
use super::common::process::{Running, STEP_TIMEOUT, Stream};
use super::common::reference_capture::ReferenceCapture;
use super::faults::{
    check_relay_record, flood, on_its_way, reach, records, relay_record, renumbered, set_mtu, socket_drops,
};
use super::ground_truth::{
    CLIENT_HOST_IN, CLIENT_HOST_OUT, NETWORK_FORWARD, NETWORK_RETURN, Observed, RunFacts, SERVER_APP, SERVER_HOST_IN,
    SERVER_HOST_OUT, Segment, Truth, read_taps,
};
use super::scenarios_list::{CHOSEN, Ingredient, Scenario};

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

/// The result of a run: files in `j` (journals) and `c` (captures), named after their side, and the truth.
pub struct ScenarioResult {
    pub folder: TempDir,
    pub truths: BTreeMap<u64, Truth>,
    /// The observations of each message by the reference captures.
    pub tapped: BTreeMap<u64, Observed>,
    /// Which of the four witnesses exist.
    pub there: [bool; 4],
    /// A message arrived under a wrong number.
    pub renumbered: bool,
    /// A capture was weakened, or numbers are unreliable: four witnesses may not be enough for the exact segment.
    pub weakened: bool,
    /// Whether the client's capture and the server's lost frames that only their journals count.
    pub dropped: [bool; 2],
    /// A relay wrote its record to `truth.jsonl`.
    pub relayed: bool,
}

/// A scenario under construction.
struct ScenarioSetup<'lab> {
    lab: &'lab Lab,
    rng: Rng,
    folder: TempDir,
    deck: Vec<u64>,
    known: RunFacts,
    interval_ms: u64,
    /// Appended to the texts of requests and of replies to make them longer.
    padding: [usize; 2],
    server_options: Vec<String>,
    relay: Option<Vec<String>>,
    nobody: bool,
    act: Action,
    cuts: Vec<(Side, bool)>,
}

/// Runs a scenario. `None`, after a report, where this machine lacks something.
///
/// # Panics
/// When the lab did not do what was planned.
pub fn perform(lab: &Lab, scenario: &Scenario, seed: u64) -> Option<ScenarioResult> {
    let name = scenario.0.bytes().fold(seed, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte.into()));
    let mut stage = ScenarioSetup {
        lab,
        rng: Rng::with_seed(name),
        folder: TempDir::new().unwrap(),
        deck: Vec::new(),
        known: RunFacts { count: 40, wait: 1_500_000_000, ..RunFacts::default() },
        interval_ms: 60,
        padding: [0, 0],
        server_options: Vec::new(),
        relay: None,
        nobody: false,
        act: Action::None,
        cuts: Vec::new(),
    };
    let ingredients = stage.choose(scenario.1);
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

impl<'lab> ScenarioSetup<'lab> {
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
        self.deck = (1..=self.known.count).collect();
        self.rng.shuffle(&mut self.deck);
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
    fn draw(&mut self) -> Vec<u64> {
        let few = self.rng.usize(1..=3).min(self.deck.len());
        self.deck.split_off(self.deck.len() - few)
    }

    /// Applies a fault to a few chosen messages.
    fn strike(&mut self, truth: Option<Truth>, mut with: impl FnMut(&Self, u64) -> Option<()>) -> Option<()> {
        for number in self.draw() {
            with(self, number)?;
            if let Some(truth) = truth {
                self.known.planned.insert(number, truth);
            }
        }
        Some(())
    }

    /// A router that forwards: with a relay on router A only router B does.
    fn router(&mut self) -> &'lab Host {
        if self.relay.is_some() || self.rng.bool() { self.lab.router_b() } else { self.lab.router_a() }
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
            Ingredient::Forward => {
                let router = self.router();
                self.strike(lost(NETWORK_FORWARD), |stage, number| {
                    faults::forward_drop(router, &Match::request(stage.request(number)));
                    Some(())
                })?;
            }
            Ingredient::Return => {
                let router = self.router();
                self.strike(lost(NETWORK_RETURN), |stage, number| {
                    faults::forward_drop(router, &Match::reply(stage.reply(number)));
                    Some(())
                })?;
            }
            Ingredient::RandomForward => {
                faults::forward_drop(self.router(), &Match::any_request().at_random(120));
                self.known.between[1] = Some(NETWORK_FORWARD);
            }
            Ingredient::RandomReturn => {
                faults::forward_drop(self.router(), &Match::any_reply().at_random(120));
                self.known.between[3] = Some(NETWORK_RETURN);
            }
            Ingredient::ServerInput => self.strike(lost(SERVER_HOST_IN), |stage, number| {
                faults::input_drop(home_b, &Match::request(stage.request(number)));
                Some(())
            })?,
            Ingredient::ServerIngress => self.strike(lost(SERVER_HOST_IN), |stage, number| {
                faults::ingress_drop(home_b, &Match::request(stage.request(number))).map(drop)
            })?,
            Ingredient::ClientOutput => self.strike(Some(Truth::NotSent), |stage, number| {
                faults::output_drop(home_a, &Match::request(stage.request(number)).on_port(port));
                Some(())
            })?,
            Ingredient::ClientEgress => self.strike(lost(CLIENT_HOST_OUT), |stage, number| {
                faults::egress_drop(home_a, &Match::request(stage.request(number)).on_port(port)).map(drop)
            })?,
            Ingredient::ServerOutput => self.strike(lost(SERVER_APP), |stage, number| {
                faults::output_drop(home_b, &Match::reply(stage.reply(number)));
                Some(())
            })?,
            Ingredient::ServerEgress => self.strike(lost(SERVER_HOST_OUT), |stage, number| {
                faults::egress_drop(home_b, &Match::reply(stage.reply(number))).map(drop)
            })?,
            Ingredient::ClientInput => self.strike(lost(CLIENT_HOST_IN), |stage, number| {
                faults::input_drop(home_a, &Match::reply(stage.reply(number)).on_port(port));
                Some(())
            })?,
            Ingredient::ClientIngress => self.strike(lost(CLIENT_HOST_IN), |stage, number| {
                faults::ingress_drop(home_a, &Match::reply(stage.reply(number)).on_port(port)).map(drop)
            })?,
            Ingredient::Reject => {
                let router = self.router();
                self.strike(lost(NETWORK_FORWARD), |stage, number| {
                    faults::forward_reject(router, &Match::request(stage.request(number)));
                    Some(())
                })?;
            }
            Ingredient::DuplicateRequest => self.strike(None, |stage, number| {
                faults::duplicate(home_a, &Match::request(stage.request(number)).on_port(port)).map(drop)
            })?,
            Ingredient::DuplicateReply => self.strike(None, |stage, number| {
                faults::duplicate(home_b, &Match::reply(stage.reply(number))).map(drop)
            })?,
            Ingredient::BadChecksum | Ingredient::BadChecksumAtNat => {
                faults::finish_checksums(home_a, true)?;
                let verified = ingredient == Ingredient::BadChecksumAtNat;
                faults::verify_checksums(lab.router_a(), verified);
                faults::verify_checksums(lab.router_b(), verified);
                let segment = if verified { NETWORK_FORWARD } else { SERVER_HOST_IN };
                self.strike(lost(segment), |stage, number| {
                    faults::alter(lab.router_a(), &Match::request(stage.request(number)));
                    Some(())
                })?;
            }
            Ingredient::Altered => self.strike(None, |stage, number| {
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
                // The largest delay and a second more, so that silence at the end is a proof.
                self.server_options.extend(["--duration", "10s"].map(str::to_owned));
            }
            Ingredient::Nobody => {
                self.nobody = true;
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
                    let numbers: Vec<String> = stage.draw().iter().map(u64::to_string).collect();
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

    fn perform(mut self) -> ScenarioResult {
        let (lab, folder) = (self.lab, self.folder.path().to_owned());
        for part in ["j", "c"] {
            fs::create_dir(folder.join(part)).unwrap();
        }
        // The flood of a ring comes from the routers themselves.
        let filter =
            format!("udp and (port {PORT} or port {RELAY}) and not host {ROUTER_A_LAN} and not host {ROUTER_B_LAN}");
        let (tap_a, tap_b) = (folder.join("a.tap"), folder.join("b.tap"));
        let at_client = if self.relay.is_some() { format!("udp and port {RELAY}") } else { filter.clone() };
        let taps = [
            ReferenceCapture::start(lab.home_a(), &tap_a, &at_client),
            ReferenceCapture::start(lab.home_b(), &tap_b, &filter),
        ];
        let foreign = self
            .nobody
            .then(|| ReferenceCapture::start(lab.home_b(), &folder.join("c/server.pcap"), "udp port 5005 or icmp"));
        let server = (!self.nobody).then(|| self.start_server(&folder));
        let relay = self.start_relay(&folder);
        let requests = faults::count_arrivals(lab.home_b(), &Match::any_request());
        let client = self.start_client(&folder);
        if let Some(server) = &server {
            self.act(&client, server, &requests);
        }
        let finished = client.wait(Duration::from_secs(60));
        assert!(matches!(finished.status.code(), Some(0 | 1)), "{}", finished.text(Stream::Err));
        if let Some(relay) = relay {
            relay.interrupt(STEP_TIMEOUT).expect_code(0);
        }
        if let Some(server) = server {
            let ends_by_itself = self.act == Action::Late;
            let served = if ends_by_itself { server.wait(STEP_TIMEOUT) } else { server.interrupt(STEP_TIMEOUT) };
            served.expect_code(0);
        }
        for tap in taps.into_iter().chain(foreign) {
            let _ = tap.stop();
        }

        let tapped = read_taps(&tap_a, &tap_b, &|port| port == PORT || port == RELAY);
        let relayed = self.relay.is_some();
        if relayed {
            let record = relay_record(&folder.join("truth.jsonl"));
            self.known.renumbered = renumbered(&record, &tapped);
            self.known.on_its_way = on_its_way(&record, &tapped);
        }
        let truths = self.known.truths(&tapped);
        if relayed {
            check_relay_record(&folder, &truths);
        }
        for name in ["client", "server"] {
            let journal = format!("{name}.journal.jsonl");
            for (from, to) in
                [(journal.clone(), format!("j/{journal}")), (format!("{name}.pcap"), format!("c/{name}.pcap"))]
            {
                if folder.join(&from).exists() {
                    fs::rename(folder.join(from), folder.join(to)).unwrap();
                }
            }
        }
        self.hold_the_scene_to_its_purpose(&folder, &truths);
        for (side, start) in self.cuts.clone() {
            let name = if side == Side::A { "client" } else { "server" };
            self.cut(&folder.join(format!("c/{name}.pcap")), start);
        }
        ScenarioResult {
            folder: self.folder,
            truths,
            tapped,
            there: [true, true, !self.nobody, true],
            renumbered: !self.known.renumbered.is_empty(),
            weakened: !self.cuts.is_empty()
                || !self.known.renumbered.is_empty()
                || matches!(self.act, Action::Flood(_)),
            dropped: [Side::A, Side::B].map(|side| self.act == Action::Flood(side)),
            relayed,
        }
    }

    fn start_server(&mut self, folder: &Path) -> Running {
        let ack = format!("ACK {{n}}{}", self.tail(1));
        let device = if self.rng.bool() { "any" } else { self.lab.home_b().device() };
        let fixed = ["server", "--json", "--capture", "server.pcap", "--interface", device, "--ack-format", &ack];
        let options = self.server_options.iter().map(String::as_str);
        let arguments: Vec<&str> = fixed.into_iter().chain(options).collect();
        let server = Running::start(medidor(self.lab.home_b(), folder, &arguments));
        server.wait_for_line(|line| line.starts_with("Server listening"), STEP_TIMEOUT);
        server
    }

    fn start_relay(&self, folder: &Path) -> Option<Running> {
        let options = self.relay.as_ref()?;
        let (listen, to) = (format!("{ROUTER_A_LAN}:{RELAY}"), self.lab.server_address().to_string());
        let fixed = ["impair", "--listen", &listen, "--to", &to, "--truth", "truth.jsonl"];
        let arguments: Vec<&str> = fixed.into_iter().chain(options.iter().map(String::as_str)).collect();
        let relay = Running::start(medidor(self.lab.router_a(), folder, &arguments));
        relay.wait_for_line(|line| line.starts_with("Relaying"), STEP_TIMEOUT);
        Some(relay)
    }

    fn start_client(&self, folder: &Path) -> Running {
        let to = match self.relay {
            Some(_) => format!("{ROUTER_A_LAN}:{RELAY}"),
            None => self.lab.server_address().to_string(),
        };
        let (count, message) = (self.known.count.to_string(), format!("Mensagem {{n}}{}", self.tail(0)));
        let (interval, wait) = (format!("{}ms", self.interval_ms), format!("{}ms", self.known.wait / 1_000_000));
        let arguments = [
            "client",
            "--json",
            &to,
            "--count",
            &count,
            "--batch",
            "0",
            "--interval",
            &interval,
            "--wait",
            &wait,
            "--message",
            &message,
            "--capture",
            "client.pcap",
        ];
        Running::start(medidor(self.lab.home_a(), folder, &arguments))
    }

    /// Runs the actions on client and server.
    fn act(&mut self, client: &Running, server: &Running, requests: &Fault<'_>) {
        let all = self.known.count;
        let before_the_server =
            |truth: &&Truth| matches!(truth, Truth::NotSent | Truth::Lost(CLIENT_HOST_OUT | NETWORK_FORWARD));
        let coming = all - self.known.planned.values().filter(before_the_server).count() as u64;
        match self.act {
            Action::None => {}
            Action::ServerOverflow => {
                reach(requests, self.rng.u64(20..60));
                server.freeze();
                reach(requests, coming);
                server.thaw();
            }
            Action::ClientOverflow => {
                let port = self.port_at_client();
                let replies = faults::count_arrivals(self.lab.home_a(), &Match::any_reply().on_port(port));
                client.wait_for_line(|line| line.starts_with("All sent"), STEP_TIMEOUT);
                client.freeze();
                reach(&replies, all);
                self.known.overflowed = socket_drops(self.lab.home_a());
                assert!(self.known.overflowed > 0, "the client's socket held them all: nothing was tested");
                client.thaw();
            }
            Action::Late => {
                reach(requests, self.rng.u64(3..8));
                server.freeze();
                // For longer than a message's timeout.
                let seen = requests.hits();
                reach(requests, seen + self.rng.u64(29..34));
                server.thaw();
            }
            Action::Flood(side) => {
                reach(requests, self.rng.u64(8..14));
                // No reply comes until the server continues, and the replies must come while the ring is full.
                server.freeze();
                let seen = requests.hits();
                if side == Side::A {
                    reach(requests, seen + 4);
                    client.freeze();
                }
                let (router, home) = match side {
                    Side::A => (self.lab.router_a(), self.lab.home_a()),
                    Side::B => (self.lab.router_b(), self.lab.home_b()),
                };
                flood(router, home);
                if side == Side::B {
                    let seen = requests.hits();
                    reach(requests, seen + 4);
                }
                server.thaw();
                client.thaw();
            }
        }
    }

    /// Checks that the planned faults happened; otherwise nothing was tested.
    fn hold_the_scene_to_its_purpose(&self, folder: &Path, truths: &BTreeMap<u64, Truth>) {
        let some = |wanted: Truth| assert!(truths.values().any(|truth| *truth == wanted), "no message was {wanted:?}");
        match self.act {
            Action::None => {}
            Action::ServerOverflow => some(Truth::Lost(SERVER_HOST_IN)),
            Action::ClientOverflow => some(Truth::Lost(CLIENT_HOST_IN)),
            Action::Late => some(Truth::Late),
            Action::Flood(side) => {
                let journal = witness_file(folder, if side == Side::A { 0 } else { 2 });
                let text = fs::read_to_string(journal).unwrap();
                let end: Value = serde_json::from_str(text.lines().next_back().unwrap_or_default()).unwrap();
                assert!(end["capture"]["dropped"].as_u64() > Some(0), "the ring held everything: {end}");
            }
        }
    }

    /// Removes the first or the last frames of a capture; the end may be inside a record.
    fn cut(&mut self, file: &Path, start: bool) {
        let bytes = fs::read(file).unwrap();
        let records = records(&bytes);
        let place = self.rng.usize(records.len() / 8..records.len() * 7 / 8);
        let kept = if start {
            [&bytes[..24], &bytes[records[place]..]].concat()
        } else {
            bytes[..records[place] + if self.rng.bool() { 0 } else { 21 }].to_vec()
        };
        fs::write(file, kept).unwrap();
    }
}

/// The file of a witness: client's journal, client's capture, server's journal, server's capture.
pub fn witness_file(folder: &Path, witness: usize) -> PathBuf {
    let names = ["j/client.journal.jsonl", "c/client.pcap", "j/server.journal.jsonl", "c/server.pcap"];
    folder.join(names[witness])
}
