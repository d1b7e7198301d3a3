//! Runs a prepared scenario.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use super::super::common::faults;
use super::super::common::faults::{Fault, Match};
use super::super::common::lab::{PORT, ROUTER_A_LAN, ROUTER_B_LAN, Side};
use super::super::common::medidor::medidor;
use super::super::common::process::{Running, STEP_TIMEOUT, Stream};
use super::super::common::reference_capture::ReferenceCapture;
use super::super::faults::{
    check_relay_record, flood, in_transit, records, relay_record, renumbered, socket_drops, wait_for_arrivals,
};
use super::super::ground_truth::{
    CLIENT_HOST_IN, CLIENT_HOST_OUT, NETWORK_FORWARD, SERVER_HOST_IN, Truth, observe, read_captures,
};
use super::{Action, Case, RELAY, ScenarioResult, ScenarioSetup, witness_file};
use serde_json::Value;

impl ScenarioSetup<'_> {
    pub fn perform(mut self) -> ScenarioResult {
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
            .no_server
            .then(|| ReferenceCapture::start(lab.home_b(), &folder.join("c/server.pcap"), "udp port 5005 or icmp"));
        let server = (!self.no_server).then(|| self.start_server(&folder));
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

        let captures = read_captures(&tap_a, &tap_b);
        let observed = observe(&captures, |port| port == PORT || port == RELAY, |_, _, _| true);
        let relayed = self.relay.is_some();
        if relayed {
            let record = relay_record(&folder.join("truth.jsonl"));
            self.known.renumbered = renumbered(&record, &observed);
            self.known.in_transit = in_transit(&record, &observed);
        }
        let truths = self.known.truths(&observed);
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
        self.check_faults_happened(&folder, &truths);
        for (side, start) in self.cuts.clone() {
            let name = if side == Side::A { "client" } else { "server" };
            self.cut(&folder.join(format!("c/{name}.pcap")), start);
        }
        ScenarioResult {
            folder: self.folder,
            case: Case {
                truths,
                present: [true, true, !self.no_server, true],
                dropped: [Side::A, Side::B].map(|side| self.act == Action::Flood(side)),
                client: None,
            },
            observed,
            renumbered: !self.known.renumbered.is_empty(),
            weakened: !self.cuts.is_empty()
                || !self.known.renumbered.is_empty()
                || matches!(self.act, Action::Flood(_)),
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
                wait_for_arrivals(requests, self.rng.u64(20..60));
                server.freeze();
                wait_for_arrivals(requests, coming);
                server.thaw();
            }
            Action::ClientOverflow => {
                let port = self.port_at_client();
                let replies = faults::count_arrivals(self.lab.home_a(), &Match::any_reply().on_port(port));
                client.wait_for_line(|line| line.starts_with("All sent"), STEP_TIMEOUT);
                client.freeze();
                wait_for_arrivals(&replies, all);
                self.known.overflowed = socket_drops(self.lab.home_a());
                assert!(self.known.overflowed > 0, "the client's socket held them all: nothing was tested");
                client.thaw();
            }
            Action::Late => {
                wait_for_arrivals(requests, self.rng.u64(3..8));
                server.freeze();
                // For longer than a message's timeout.
                let seen = requests.hits();
                wait_for_arrivals(requests, seen + self.rng.u64(29..34));
                server.thaw();
            }
            Action::Flood(side) => {
                wait_for_arrivals(requests, self.rng.u64(8..14));
                // No reply comes until the server continues, and the replies must come while the ring is full.
                server.freeze();
                let seen = requests.hits();
                if side == Side::A {
                    wait_for_arrivals(requests, seen + 4);
                    client.freeze();
                }
                let (router, home) = match side {
                    Side::A => (self.lab.router_a(), self.lab.home_a()),
                    Side::B => (self.lab.router_b(), self.lab.home_b()),
                };
                flood(router, home);
                if side == Side::B {
                    let seen = requests.hits();
                    wait_for_arrivals(requests, seen + 4);
                }
                server.thaw();
                client.thaw();
            }
        }
    }

    /// Checks that the planned faults happened; otherwise nothing was tested.
    fn check_faults_happened(&self, folder: &Path, truths: &BTreeMap<u64, Truth>) {
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
