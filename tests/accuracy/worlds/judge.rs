//! Compares a document with the truth: what is exact, what is true but wide, what is unknown, and what is false.

use std::collections::BTreeMap;

use medidor::core::document::exchange::{Document, Flow};
use medidor::core::document::message::{Basis, Message};
use medidor::core::document::outcome::Outcome;
use medidor::core::document::path::SegmentName::ClientHostIn;
use medidor::core::document::path::{PointName, SegmentName};
use medidor::core::document::warning::WarningCode;

use super::events::Played;
use super::files;
use super::identity::identifications;
use super::truth::{MessageTruth, most_reordered};
use super::world::{CaptureFile, Change, ClientRun, Clock, End, Fault, Place, RunId, World};

/// How good what is said of a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    Unknown,
    Wide,
    Exact,
    False,
}

/// Something false that the document says.
#[derive(Clone, Debug)]
pub struct Falsehood {
    /// What it is about, in a word or two.
    pub about: &'static str,
    /// The message, where it is about one.
    pub message: Option<u64>,
    pub said: String,
    pub truth: String,
}

/// The result for one world.
#[derive(Clone, Debug, Default)]
pub struct Judgement {
    /// The marks of the messages of the runs in question.
    pub marks: BTreeMap<(usize, u64), Mark>,
    /// Segments that each blame names.
    pub widths: Vec<usize>,
    pub falsehoods: Vec<Falsehood>,
    pub refusal: Option<String>,
    /// Messages of which less is said than an identified run and whole witnesses allow.
    pub weak: u64,
    /// All four files are given as medidor wrote them.
    pub is_whole: bool,
    /// What identifies the run.
    pub identified: Vec<&'static str>,
}

impl Judgement {
    /// Of a world over which the tool panicked.
    pub fn of_panic() -> Self {
        let panic = Falsehood { about: "panic", message: None, said: "it panicked".into(), truth: String::new() };
        Self { falsehoods: vec![panic], ..Self::default() }
    }
}

/// A world, what happened in it, and the truth about every message.
pub struct Case<'a> {
    pub world: &'a World,
    pub truths: Vec<Vec<MessageTruth>>,
    /// By run.
    identified: Vec<Vec<&'static str>>,
}

impl<'a> Case<'a> {
    pub fn new(world: &'a World, played: &Played) -> Self {
        let router_of = world.shown_by_router();
        let of_run = |(run, messages): (&ClientRun, &Vec<_>)| {
            let is_shown = router_of == Some(run.host);
            let clock = &world.hosts[run.host].clock;
            messages.iter().map(|message| MessageTruth::new(run, clock, message, is_shown)).collect()
        };
        let identified = (0..played.len()).map(|run| identifications(world, played, run)).collect();
        Self { world, truths: world.clients.iter().zip(played).map(of_run).collect(), identified }
    }

    /// The runs whose messages are counted: that of the client's journal, else all of the host whose capture is given, else
    /// all that the server's files may show.
    fn subjects(&self) -> Vec<usize> {
        let journal = self.world.given_journals().find_map(|run| match run {
            RunId::Client(run) => Some(run),
            RunId::Server(_) => None,
        });
        let all = 0..self.world.clients.len();
        match (journal, self.client_host()) {
            (Some(run), _) => vec![run],
            (None, Some(host)) => all.filter(|run| self.world.clients[*run].host == host).collect(),
            (None, None) => all.collect(),
        }
    }

    /// The client's host of which a file is given.
    fn client_host(&self) -> Option<usize> {
        let is_client = |host: &usize| self.world.clients.iter().any(|run| run.host == *host);
        let journals = self.world.given_journals().map(|run| self.world.host_of(run));
        let captures = self.world.given_captures().filter_map(|(_, capture)| match capture.place {
            Place::Host(host) => Some(host),
            Place::Router { .. } => None,
        });
        journals.chain(captures).find(is_client).or(self.world.shown_by_router())
    }

    /// Whether a stamp at a point is that of one of these passages, by the given files of that end.
    fn is_stamp_of(&self, run: usize, point: usize, passed: &[i64], stamp: i64) -> bool {
        let ends = &self.world.clients[run];
        let host = if (2..6).contains(&point) { ends.server } else { ends.host };
        let is_by_router = self.world.shown_by_router() == Some(host);
        let captures = self.world.given_captures().filter(|(_, capture)| match capture.place {
            Place::Host(of) => of == host,
            Place::Router { client, is_inside } => is_by_router && is_inside && client == host,
        });
        let journals = self.world.given_journals().filter(|of| match of {
            RunId::Client(of) => *of == run,
            RunId::Server(_) => host == self.world.host_of(*of),
        });
        let clock = &self.world.hosts[host].clock;
        if matches!(point, 1 | 2 | 5 | 6) {
            let stamps = |time: i64| {
                captures.clone().map(move |(file, capture)| {
                    files::stamp(&self.world.capture_clock(capture), capture, time).shifted(file.shift())
                })
            };
            passed.iter().any(|time| stamps(*time).any(|own| own.0 == stamp))
        } else {
            journals.count() > 0 && passed.iter().any(|time| clock.wall(*time).0 == stamp)
        }
    }

    /// Whether a file of the server's host was being written during a run.
    fn is_server_shown(&self, run: usize) -> bool {
        let ends = &self.world.clients[run];
        let captures = self.world.given_captures().filter(|(_, capture)| capture.place == Place::Host(ends.server));
        let captures = captures.map(|(_, capture)| (capture.from, capture.to));
        let journals = self.world.given_journals().filter_map(|of| match of {
            RunId::Server(of) if self.world.servers[of].host == ends.server => Some(&self.world.servers[of]),
            _ => None,
        });
        captures
            .chain(journals.map(|server| (server.start, server.stop)))
            .any(|(from, to)| from < ends.stop && ends.start < to)
    }

    fn truth(&self, run: usize, n: u64) -> Option<&MessageTruth> {
        let truths = &self.truths[run];
        truths.binary_search_by_key(&n, |truth| truth.n).ok().map(|index| &truths[index])
    }

    /// The runs that a flow may be about: those with most of its stamps, at the client if its files are given.
    fn runs_of(&self, flow: &Flow) -> Vec<usize> {
        let at_client = self.client_host().is_some();
        // On one host all files are of both ends.
        let own = |point: usize| (2..6).contains(&point) != at_client || self.world.is_one_host();
        let matching = |run: usize| {
            let stamps = flow
                .messages
                .iter()
                .flat_map(|message| message.times.iter().map(move |(point, time)| (message.n, *point, *time)));
            let fits = |(n, point, time): &(u64, PointName, i64)| {
                let point = point_index(*point);
                own(point)
                    && self
                        .truth(run, *n)
                        .is_some_and(|truth| self.is_stamp_of(run, point, &truth.passed[point], *time))
            };
            stamps.filter(fits).count()
        };
        let counts: Vec<usize> = (0..self.world.clients.len()).map(matching).collect();
        let most = counts.iter().copied().max().unwrap_or(0);
        let is_unseen = flow.messages.iter().all(|message| message.times.is_empty());
        (0..counts.len()).filter(|run| (most > 0 || is_unseen) && counts[*run] == most).collect()
    }

    /// Judges what the tool said.
    pub fn judge(&self, result: &Result<Document, String>) -> Judgement {
        let mut judgement = self.judge_result(result);
        let watched = self.watched();
        let is_weak = |((run, n), mark): (&(usize, u64), &Mark)| {
            let truth = self.truth(*run, *n).filter(|_| !self.identified[*run].is_empty());
            truth.is_some_and(|truth| match (mark, truth.outcome) {
                (Mark::Unknown, outcome) => outcome != Outcome::Late,
                (Mark::Wide, Outcome::Lost) => truth.narrowest_blame(watched) == 1,
                _ => false,
            })
        };
        judgement.weak = judgement.marks.iter().filter(|entry| is_weak(*entry)).count() as u64;
        let is_own = |side: &super::world::Side| {
            let file = side.capture.as_ref().filter(|file| file.captures.len() == 1 && file.changes.is_empty());
            let journal = side.journal.filter(|run| self.world.end_of(*run) == End::InOrder);
            journal.is_some() && file.is_some_and(|file| self.world.captures[file.captures[0]].journal == journal)
        };
        judgement.is_whole = self.world.sides.iter().all(is_own);
        judgement.identified = self.subjects().first().map_or_else(Vec::new, |run| self.identified[*run].clone());
        judgement
    }

    /// The points at which the given files watch.
    fn watched(&self) -> [bool; 8] {
        let has_journal =
            |is_client: bool| self.world.given_journals().any(|run| matches!(run, RunId::Client(_)) == is_client);
        let has_capture = |is_client: bool| {
            let hosts = self.world.given_captures().map(|(_, capture)| capture.place);
            let client = self.client_host().map(Place::Host);
            hosts.into_iter().any(|place| (Some(place) == client) == is_client)
        };
        let [journal, capture] = [has_journal(true), has_capture(true)];
        let [server_journal, server_capture] = [has_journal(false), has_capture(false)];
        [journal, capture, server_capture, server_journal, server_journal, server_capture, capture, journal]
    }

    fn judge_result(&self, result: &Result<Document, String>) -> Judgement {
        let mut judgement = Judgement::default();
        for run in self.subjects() {
            judgement.marks.extend(self.truths[run].iter().map(|truth| ((run, truth.n), Mark::Unknown)));
        }
        let document = match result {
            Ok(document) => document,
            Err(error) => {
                judgement.refusal = Some(error.clone());
                return judgement;
            }
        };
        self.check_document(document, &mut judgement);
        for flow in &document.flows {
            let runs = self.runs_of(flow);
            let best = runs.iter().map(|run| self.judge_flow(flow, *run)).min_by_key(|found| found.falsehoods.len());
            let Some(found) = best else {
                if flow.messages.iter().any(|message| message.outcome != Outcome::Inconclusive) {
                    judgement.falsehoods.push(Falsehood {
                        about: "flow",
                        message: None,
                        said: format!("flow {} of {:?} with {:?}", flow.id, flow.client, flow.counts),
                        truth: "no run has these stamps".into(),
                    });
                }
                continue;
            };
            for (key, mark) in found.marks {
                let known = judgement.marks.entry(key);
                known.and_modify(|known| *known = (*known).max(mark));
            }
            judgement.widths.extend(found.widths);
            judgement.falsehoods.extend(found.falsehoods);
        }
        judgement
    }

    fn check_document(&self, document: &Document, judgement: &mut Judgement) {
        let mut claim = |about, said: String, truth: &str| {
            judgement.falsehoods.push(Falsehood { about, message: None, said, truth: truth.into() });
        };
        if document.same_host && !self.world.is_one_host() {
            claim("one host", "both ends are on one host".into(), "they are on two");
        }
        // Files that were cut lack packets, and a forged reply was at no server.
        let is_cut = |(file, _): (&CaptureFile, _)| !file.changes.is_empty();
        let is_forged = |message: &super::world::Message| matches!(message.fault, Fault::Forged { .. });
        let may_contradict = self.world.given_captures().any(is_cut)
            || self.world.clients.iter().flat_map(|run| &run.messages).any(is_forged);
        let is_steady = self.world.hosts.iter().all(|host| host.clock.is_steady());
        for warning in &document.envelope.warnings {
            match warning.code {
                WarningCode::ClockStep if is_steady => claim("clock step", format!("{warning:?}"), "no clock was set"),
                WarningCode::Contradiction if !may_contradict => {
                    claim("contradiction", format!("{warning:?}"), "no file lacks a packet");
                }
                _ => {}
            }
        }
    }

    fn judge_flow(&self, flow: &Flow, run: usize) -> Judgement {
        let mut judgement = Judgement::default();
        for message in &flow.messages {
            let Some(truth) = self.truth(run, message.n) else {
                if message.outcome != Outcome::Inconclusive {
                    judgement.falsehoods.push(Falsehood {
                        about: "invented message",
                        message: Some(message.n),
                        said: format!("{:?} {:?}", message.outcome, message.times),
                        truth: "there is no such message".into(),
                    });
                }
                continue;
            };
            let said = || said(message);
            let truly = || format!("run {run}: {:?} {:?}", truth.outcome, truth.segments);
            let mut mark = self.mark(message, truth, run);
            if mark == Mark::False {
                judgement.falsehoods.push(Falsehood {
                    about: if message.outcome == truth.outcome { "blame" } else { "outcome" },
                    message: Some(message.n),
                    said: said(),
                    truth: truly(),
                });
            }
            for (point, time) in &message.times {
                let index = point_index(*point);
                if !self.is_stamp_of(run, index, &truth.passed[index], *time) {
                    let truth = format!("run {run} did not pass there then");
                    let said = format!("{point:?} at {time}; {}", said());
                    judgement.falsehoods.push(Falsehood { about: "stamp", message: Some(message.n), said, truth });
                    mark = Mark::False;
                    break;
                }
            }
            if message.outcome == Outcome::Lost {
                judgement.widths.push(message.blame.len());
            }
            judgement.marks.insert((run, message.n), mark);
        }
        self.check_figures(flow, run, &mut judgement.falsehoods);
        judgement
    }

    fn is_shown_by_router(&self, run: usize) -> bool {
        self.world.shown_by_router() == Some(self.world.clients[run].host)
    }

    /// What is said of one message, against the truth.
    fn mark(&self, message: &Message, truth: &MessageTruth, run: usize) -> Mark {
        let has_journal = self.world.given_journals().any(|of| of == RunId::Client(run));
        let is_whole = has_journal && self.world.clients[run].end == End::InOrder;
        let by_wire = message.basis == Some(Basis::Wire);
        let was_not_read =
            truth.segments.contains(&ClientHostIn) || self.is_shown_by_router(run) && truth.came_to_client;
        let is_late = truth.outcome == Outcome::Late;
        // No witness saw it leave, so the time of its reply is unknown.
        let is_unseen =
            [PointName::ClientSent, PointName::ClientWireOut].iter().all(|point| !message.times.contains_key(point));
        let blames_truth = truth.segments.iter().any(|segment| message.blame.contains(segment));
        let mark = |is_true: bool, is_exact: bool| match (is_true, is_exact) {
            (false, _) => Mark::False,
            (true, true) => Mark::Exact,
            (true, false) => Mark::Wide,
        };
        match message.outcome {
            Outcome::Delivered => {
                let deadline_is_unknown = is_late && (by_wire || is_unseen && !is_whole);
                let is_exact = truth.outcome == Outcome::Delivered;
                // A capture cannot see what the client's host does with a reply.
                mark(is_exact || deadline_is_unknown || by_wire && was_not_read, is_exact)
            }
            Outcome::Late => {
                mark(is_late || truth.is_too_late || by_wire && truth.came_to_client && was_not_read, is_late)
            }
            Outcome::NotSent => mark(truth.outcome == Outcome::NotSent, true),
            Outcome::Lost if is_late => mark(!is_whole, false),
            // The server's files alone say what died at its host, whatever a middlebox told the client.
            Outcome::Lost if self.client_host().is_none() && truth.lost_behind_middlebox.is_some() => {
                mark(truth.lost_behind_middlebox.is_some_and(|segment| message.blame.contains(&segment)), false)
            }
            Outcome::Lost => {
                // Without a blame, only the loss itself is claimed.
                let is_true = truth.outcome == Outcome::Lost && (message.blame.is_empty() || blames_truth);
                mark(is_true, message.blame.len() == 1)
            }
            Outcome::Answered => mark(truth.is_answered, false),
            Outcome::Inconclusive => Mark::Unknown,
            Outcome::Unobserved => Mark::False,
        }
    }

    fn check_figures(&self, flow: &Flow, run: usize, falsehoods: &mut Vec<Falsehood>) {
        let truths = &self.truths[run];
        let mut claim = |about: &'static str, said: String, truth: String| {
            falsehoods.push(Falsehood {
                about,
                message: None,
                said: format!("{about}: {said}"),
                truth: format!("run {run}: {truth}"),
            });
        };
        let surplus: u64 = truths.iter().map(|truth| u64::from(truth.surplus)).sum();
        if flow.counts.duplicates > surplus {
            claim("duplicates", flow.counts.duplicates.to_string(), surplus.to_string());
        }
        let at_client = self.client_host().is_some();
        let reordered =
            [("replies", [6, 7]), ("requests", [2, 3])].map(|(name, points)| (name, most_reordered(truths, points)));
        let arrivals = if at_client { reordered[0].1 } else { reordered[1].1 };
        if flow.counts.reordered.is_some_and(|said| said > arrivals) {
            claim("reordered", format!("{:?}", flow.counts.reordered), arrivals.to_string());
        }
        for (said, (name, truth)) in [flow.reordering.back, flow.reordering.forward].into_iter().zip(reordered) {
            // Replies are compared with the order in which they left, which may have been another one.
            if said.is_some_and(|said| said.reordered > truth && name == "requests") {
                claim("reordered requests", format!("{said:?}"), truth.to_string());
            }
        }
        let is_open = truths.iter().any(|truth| truth.is_too_late);
        for (said, from, to) in
            [(flow.loss.forward, PointName::ClientWireOut, 2), (flow.loss.back, PointName::ServerWireOut, 6)]
        {
            let Some(said) = said.filter(|_| !is_open) else { continue };
            let entered = flow.messages.iter().filter(|message| message.times.contains_key(&from));
            let lost =
                entered.filter(|message| self.truth(run, message.n).is_some_and(|truth| truth.passed[to].is_empty()));
            let lost = lost.count() as u64;
            if said.lost > lost || said.ratio.is_some() && said.lost != lost {
                claim("loss ratio", format!("after {from:?}: {said:?}"), lost.to_string());
            }
        }
        self.check_ends(flow, run, &mut claim);
        let hosts = &self.world.hosts;
        let ends = &self.world.clients[run];
        let by_router = self.world.shown_by_router().filter(|host| *host == ends.host).map(|_| Clock::default());
        let (client, server) = (by_router.as_ref().unwrap_or(&hosts[ends.host].clock), &hosts[ends.server].clock);
        let is_shifted = self.world.given_captures().any(|(file, _)| file.shift() != 0);
        if let Some(said) =
            flow.delay.clock_offset.filter(|_| !is_shifted && surplus == 0 && client.is_steady() && server.is_steady())
        {
            let times = || truths.iter().flat_map(|truth| truth.passed.iter().flatten());
            let offset = |time: &i64| server.wall(*time).since(client.wall(*time));
            let (low, high) = (times().map(offset).min(), times().map(offset).max());
            let slack = 2_000 + self.world.captures.iter().map(|capture| capture.resolution_ns).max().unwrap_or(0);
            if low.is_some_and(|low| said.high_ns + slack < low) || high.is_some_and(|high| high < said.low_ns - slack)
            {
                claim("offset", format!("{said:?}"), format!("{low:?} to {high:?}"));
            }
        }
    }

    /// Whether the flow is joined with another run's at the server.
    fn check_ends(&self, flow: &Flow, run: usize, claim: &mut dyn FnMut(&'static str, String, String)) {
        if !self.is_server_shown(run) && self.client_host().is_some() {
            let points =
                flow.points.iter().filter(|(point, count)| (2..6).contains(&point_index(*point)) && *count > Some(0));
            let said: Vec<_> = points.collect();
            let ends = flow.client_as_seen_by_server;
            if !said.is_empty() || ends.is_some() || flow.loss.forward.is_some() || flow.loss.back.is_some() {
                claim("at the server", format!("{said:?} {ends:?}"), "no file of the server is of that time".into());
            }
        }
        let run = &self.world.clients[run];
        let is_anonymised =
            |(file, _): (&CaptureFile, _)| file.changes.iter().any(|change| matches!(change, Change::Anonymised(_)));
        let Some(seen) = flow.client_as_seen_by_server.filter(|_| !self.world.given_captures().any(is_anonymised))
        else {
            return;
        };
        let starts = run.path.nat.iter().flat_map(|nat| nat.bindings.iter().map(|(from, _)| *from)).chain([run.start]);
        let known: Vec<_> = starts.map(|time| self.world.ends_at_server(run, time)[0]).collect();
        if !known.iter().any(|known| std::net::SocketAddr::V4(*known) == seen) {
            claim("client at server", seen.to_string(), format!("{known:?}"));
        }
    }
}

fn said(message: &Message) -> String {
    let blame: Vec<SegmentName> = message.blame.clone();
    format!("{:?} {blame:?} by {:?}, seen at {:?}", message.outcome, message.basis, message.times.keys())
}

fn point_index(point: PointName) -> usize {
    PointName::EXCHANGE.iter().position(|known| *known == point).expect("a point of an exchange")
}
