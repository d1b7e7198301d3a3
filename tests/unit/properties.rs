//! Properties of every history, for any subset of the witnesses: a verdict never claims more than the evidence proves.

use crate::simulator::{EPOCH, Fault, History, Host, MS, Run, SEGMENTS, Truth, World, point_position};
use medidor::core::document::exchange::{Document, Flow};
use medidor::core::document::message::{Basis, Message};
use medidor::core::document::outcome::Outcome;
use medidor::core::document::path::PointName;
use medidor::core::document::path::SegmentName;
use medidor::core::document::path::SegmentName::{ClientHostIn, ClientHostOut, NetworkForward, NetworkReturn};
use medidor::core::evidence::capture_log::CaptureLog;
use medidor::core::evidence::coverage::UnusableReason;
use medidor::core::evidence::exchange_host::{DatagramForm, ExchangeHostFiles};
use medidor::core::evidence::flow::FlowKey;
use medidor::core::evidence::journal::{JournalLog, Record};
use medidor::core::evidence::journal_run::Role;
use medidor::core::time::{SECOND, Wall};
use medidor::core::verdict::exchange::{ExchangeVerdictError, Options, analyze};

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

/// Damage to a journal; times in thousandths of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum JournalDamage {
    None,
    BreaksOff(i64),
    Gap(i64, i64),
}

/// Damage to a capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CaptureDamage {
    None,
    /// Drops that its own journal counts.
    Drops(i64, i64, usize),
    /// Made by another program, which ran only for some time.
    Foreign(i64, i64),
    /// The filter admits only replies, or only requests.
    OneDirection(bool),
}

type Damages = [(JournalDamage, CaptureDamage); 2];

/// The witnesses that are present: client's journal and capture, server's journal and capture.
type Present = [bool; 4];

fn subsets() -> impl Iterator<Item = Present> {
    (1..16_u8).map(|bits| [1, 2, 4, 8].map(|bit| bits & bit != 0))
}

/// The damaged journal and capture of a host, if it has any, and the direction that the capture's filter excludes.
struct DamagedHost {
    role: Role,
    journal: Option<JournalLog>,
    capture: Option<CaptureLog>,
    shut: Option<bool>,
}

impl DamagedHost {
    fn new(
        host: &Host,
        role: Role,
        (journal, capture): (bool, bool),
        harm: (JournalDamage, CaptureDamage),
        world: &World,
        span: (i64, i64),
    ) -> Self {
        let at = |permille: i64| {
            let time = span.0 + (span.1 - span.0) * permille / 1_000;
            Wall(time + if role == Role::Server { world.offset_at(time) } else { 0 })
        };
        let mut host = host.clone();
        let mut shut = None;
        match harm.1 {
            // Drops that no journal counts leave no trace: a foreign capture is assumed to be complete.
            CaptureDamage::Drops(from, to, of) if journal => host.drop_frames(at(from), at(to), of),
            CaptureDamage::Drops(..) | CaptureDamage::None => {}
            CaptureDamage::Foreign(from, to) => host.foreign(at(from), at(to)),
            CaptureDamage::OneDirection(replies) => {
                host.one_direction(replies);
                shut = Some(!replies);
            }
        }
        match harm.0 {
            JournalDamage::None => {}
            JournalDamage::BreaksOff(when) => host.break_off(at(when)),
            JournalDamage::Gap(from, to) => host.gap(at(from), at(to)),
        }
        Self { role, journal: journal.then_some(host.journal), capture: capture.then_some(host.capture), shut }
    }

    /// The message numbers in a host's witnesses; of a server's journal those of a peer that it names.
    fn numbers(&self) -> Vec<u64> {
        let named = |record: &Record| self.role == Role::Client || matches!(record, Record::Peer(_));
        let named = self.journal.iter().flat_map(|journal| &journal.records).any(named);
        let records = self.journal.iter().filter(|_| named).flat_map(|journal| &journal.records);
        let records = records.filter_map(|record| match record {
            Record::Sent(sent) => Some(sent.n),
            Record::Received(received) => Some(received.n),
            _ => None,
        });
        let frames = self.capture.iter().flat_map(|log| &log.datagrams).filter_map(|datagram| datagram.number);
        records.chain(frames).collect()
    }
}

fn judge_hosts(client: &DamagedHost, server: &DamagedHost) -> Result<Document, ExchangeVerdictError> {
    let closure = |bench: &DamagedHost| {
        let shut = bench.shut;
        move |flow: FlowKey, _: DatagramForm| {
            let reply = flow.source.port() == 5005;
            shut.filter(|shut| *shut == reply).map(|_| UnusableReason::Filter)
        }
    };
    let (first, second) = (closure(client), closure(server));
    let ours = side(client, &first);
    let theirs = side(server, &second);
    analyze(ours.as_ref(), theirs.as_ref(), &Options::default())
}

fn side<'a>(
    bench: &'a DamagedHost,
    admission: &'a dyn Fn(FlowKey, DatagramForm) -> Option<UnusableReason>,
) -> Option<ExchangeHostFiles<'a>> {
    let (journal, capture) = (bench.journal.as_ref(), bench.capture.as_ref());
    let there = journal.is_some() || capture.is_some();
    there.then_some(ExchangeHostFiles { role: bench.role, journal, capture, filter_check: Some(admission) })
}

/// Checks the verdict on a message against the truth.
fn check_message(message: &Message, truth: &Truth, whole_journal: bool) -> Result<(), TestCaseError> {
    let wire = message.basis == Some(Basis::Wire);
    let never_read = truth.segments.contains(&ClientHostIn);
    // No witness saw it leave, so the time of its reply is unknown.
    let unseen =
        [PointName::ClientSent, PointName::ClientWireOut].iter().all(|point| !message.times.contains_key(point));
    let fits = match message.outcome {
        Outcome::Delivered => {
            let late = truth.outcome == Outcome::Late;
            let deadline_unknown = late && (wire || unseen && !whole_journal);
            // A capture cannot see what the client's host does with a reply.
            truth.outcome == Outcome::Delivered || deadline_unknown || wire && never_read
        }
        Outcome::Late => truth.outcome == Outcome::Late || truth.too_late || wire && truth.came_to_client && never_read,
        Outcome::NotSent => truth.outcome == Outcome::NotSent,
        Outcome::Lost => truth.outcome == Outcome::Lost || !whole_journal && truth.outcome == Outcome::Late,
        Outcome::Answered => truth.answered,
        Outcome::Inconclusive => !whole_journal,
        Outcome::Unobserved => false,
    };
    prop_assert!(fits, "{message:?}\n{truth:?}");
    if whole_journal && !truth.too_late {
        prop_assert_eq!(message.outcome, truth.outcome, "{:?}\n{:?}", message, truth);
    }
    if message.outcome == Outcome::Lost {
        prop_assert!(!message.blame.is_empty(), "{message:?}\n{truth:?}");
        let right = if truth.outcome == Outcome::Late {
            // It is not lost, but slower than the witnesses could wait for.
            true
        } else {
            truth.segments.iter().any(|segment| message.blame.contains(segment))
        };
        prop_assert!(right, "{message:?}\n{truth:?}");
    } else {
        prop_assert!(message.blame.is_empty());
    }
    for (point, time) in &message.times {
        prop_assert!(truth.points[point_position(*point)].is_some(), "{point:?} {time} {truth:?}");
    }
    Ok(())
}

fn check_sums(flow: &Flow) -> Result<(), TestCaseError> {
    let counts = &flow.counts;
    let known = |count: Option<u64>| count.unwrap_or(0);
    let sum = known(counts.delivered)
        + known(counts.late)
        + known(counts.not_sent)
        + known(counts.answered)
        + counts.lost
        + counts.inconclusive;
    // Without a journal no deadline is known, and nothing is late.
    prop_assert_eq!(counts.requests, sum, "{:?}", counts);
    prop_assert_eq!(flow.messages.len() as u64, counts.requests);
    let points = &flow.points;
    for (_, seen) in points.iter() {
        prop_assert!(seen.is_none_or(|seen| seen <= counts.requests), "{points:?}");
    }
    let loss = &flow.loss;
    let round_trip = loss.round_trip.map(|loss| loss.within_deadline);
    for ratio in [round_trip, loss.forward, loss.back].into_iter().flatten() {
        prop_assert!(ratio.lost <= ratio.of);
        prop_assert!(ratio.ratio.is_none_or(|ratio| (0.0..=1.0).contains(&ratio)));
        let [low, high] = ratio.ci95.expect("of something");
        let [least, most] = ratio.bounds().expect("of something");
        prop_assert!(low <= least && least <= most && most <= high, "{ratio:?}");
        prop_assert_eq!(ratio.ratio, (ratio.unknown == 0).then_some(least));
    }
    let blame = &flow.blame;
    let blamed = blame.total();
    prop_assert_eq!(blamed, counts.lost);
    Ok(())
}

fn check_clocks(world: &World, history: &History, flow: &Flow) -> Result<(), TestCaseError> {
    let Some(bound) = flow.delay.clock_offset else { return Ok(()) };
    let truths = &history.truths[0];
    // From the first datagram to the last that bounds it; outside the offset drifts on.
    let moments = flow.messages.iter().flat_map(|message| {
        let truth = &truths[message.n as usize - 1];
        let seen = |points: [PointName; 2]| points.iter().any(|point| message.times.contains_key(point));
        let forward = seen([PointName::ClientSent, PointName::ClientWireOut])
            && seen([PointName::ServerWireIn, PointName::ServerReceived]);
        let back = seen([PointName::ServerSent, PointName::ServerWireOut])
            && seen([PointName::ClientWireIn, PointName::ClientReceived]);
        let both = [truth.points[1].filter(|_| forward), truth.points[6].filter(|_| back)];
        both.into_iter().flatten().filter(|_| truth.single)
    });
    for time in moments {
        let offset = world.offset_at(time);
        // Timestamps of kernel and application differ by less than this.
        prop_assert!(bound.low_ns <= offset + 1_000 && offset - 1_000 <= bound.high_ns, "{bound:?} {offset}");
    }
    let middle = bound.low_ns + (bound.high_ns - bound.low_ns) / 2;
    let grain = i64::from(world.resolution_ns);
    for (from, to, sign, delays) in [
        (PointName::ClientWireOut, PointName::ServerWireIn, 1, flow.delay.forward),
        (PointName::ServerWireOut, PointName::ClientWireIn, -1, flow.delay.back),
    ] {
        let Some(delays) = delays else { continue };
        let error = delays.error_ns.expect("one-way delays come with their bound") + grain;
        for message in &flow.messages {
            let truth = &truths[message.n as usize - 1];
            let (Some(left), Some(came)) = (message.times.get(&from), message.times.get(&to)) else { continue };
            if !truth.single {
                continue;
            }
            let real = truth.points[point_position(to)].unwrap() - truth.points[point_position(from)].unwrap();
            let found = came - left - sign * middle;
            prop_assert!((found - real).abs() <= error, "{found} {real} ± {error}");
            prop_assert!(delays.min_ns <= found && found <= delays.max_ns);
        }
    }
    Ok(())
}

/// Judges a history by some of its witnesses, damaged or not, and checks the verdict against the truth.
fn check(world: &World, history: &History, present: Present, harms: Damages) -> Result<(), TestCaseError> {
    let span = (EPOCH + world.runs[0].start - 100 * MS, history.ends[0] + SECOND);
    let client = DamagedHost::new(&history.clients[0], Role::Client, (present[0], present[1]), harms[0], world, span);
    let server = DamagedHost::new(&history.server, Role::Server, (present[2], present[3]), harms[1], world, span);
    let sides = (present[0] || present[1], present[2] || present[3]);
    let document = match judge_hosts(&client, &server) {
        Ok(document) => document,
        Err(error) => {
            let (ours, theirs) = (client.numbers(), server.numbers());
            match error {
                ExchangeVerdictError::NothingAtServer { sent } => {
                    prop_assert!(theirs.is_empty() && sent <= ours.len() as u64, "{sent} {ours:?} {theirs:?}");
                }
                ExchangeVerdictError::NothingAtClient => prop_assert!(ours.is_empty(), "{ours:?} {theirs:?}"),
                ExchangeVerdictError::NothingFound => {
                    prop_assert!(ours.is_empty() && theirs.is_empty(), "{ours:?} {theirs:?}");
                }
                ExchangeVerdictError::NoSuchFlow { .. } | ExchangeVerdictError::FlowRefuted { .. } => {
                    prop_assert!(false, "nobody asked for a flow");
                }
                ExchangeVerdictError::NotOneEnd { .. } | ExchangeVerdictError::SameCapture => {
                    prop_assert!(false, "each side made its own: {error:?}");
                }
            }
            return Ok(());
        }
    };
    // After few messages and a pause, a run that lost its first messages may have followed another.
    let is_after_pause = document.flows[0].messages.len() <= 5 && world.runs[0].pause > 2 * SECOND && !present[0];
    if (world.set.is_some() && !sides.0 || is_after_pause) && document.flows.len() == 2 {
        // After a clock step, with messages out of order, a server's numbering seems to restart.
        for message in document.flows.iter().flat_map(|flow| &flow.messages) {
            check_message(message, &history.truths[0][message.n as usize - 1], false)?;
        }
        return Ok(());
    }
    prop_assert_eq!(document.flows.len(), 1, "{:?}", document.envelope.warnings);
    let flow = &document.flows[0];
    let whole_journal = present[0] && harms[0].0 == JournalDamage::None && world.runs[0].interrupted.is_none();
    let truths = &history.truths[0];
    if present[0] && harms[0].0 == JournalDamage::None {
        let numbers: Vec<u64> = flow.messages.iter().map(|message| message.n).collect();
        prop_assert_eq!(numbers, (1..=truths.len() as u64).collect::<Vec<_>>());
    }
    for message in &flow.messages {
        check_message(message, &truths[message.n as usize - 1], whole_journal)?;
        if world.same_host {
            prop_assert!(!message.blame.contains(&NetworkForward) && !message.blame.contains(&NetworkReturn));
        }
    }
    check_sums(flow)?;
    // A damaged witness may have missed the first of two copies. The second then looks like the only one, and the bound
    // is wrong by the time between them.
    let repeated = truths.iter().any(|truth| !truth.single);
    if repeated && harms != UNHARMED { Ok(()) } else { check_clocks(world, history, flow) }
}

/// Histories.
fn fault(same_host: bool, wait: i64) -> impl Strategy<Value = Fault> {
    let on_the_way = move |segment: SegmentName| {
        // On one host there is no network that could lose a message.
        match segment {
            NetworkForward | NetworkReturn if same_host => ClientHostOut,
            segment => segment,
        }
    };
    let anywhere = prop::sample::select(&SEGMENTS[..]).prop_map(on_the_way);
    let maybe = prop::option::of(anywhere.clone());
    let births = prop::sample::select(vec![ClientHostOut, NetworkForward, NetworkReturn]).prop_map(on_the_way);
    let slow_way = prop::sample::select(vec![NetworkForward, NetworkReturn]);
    prop_oneof![
        30 => Just(Fault::Delivered),
        10 => anywhere.prop_map(Fault::Lost),
        1 => Just(Fault::NotSent),
        1 => Just(Fault::NoBuffers),
        1 => Just(Fault::ReplyNoBuffers),
        1 => Just(Fault::ReplyRefused),
        1 => Just(Fault::SimulatedDrop),
        1 => Just(Fault::BadChecksum),
        2 => any::<bool>().prop_map(|reported| Fault::Unreachable { reported }),
        2 => any::<bool>().prop_map(|reported| Fault::Rejected { reported }),
        1 => Just(Fault::AlteredOut),
        1 => Just(Fault::AlteredBack),
        4 => (births, 1..50 * MS, maybe.clone(), maybe, any::<bool>())
            .prop_map(|(at, lag, first, second, reported)| Fault::Duplicated { at, lag, first, second, reported }),
        2 => (slow_way, MS..900 * MS).prop_map(|(at, by)| Fault::Slow { at, by }),
        // A message slower than any other by more than a second is late, or lost by the rules.
        1 => (100 * MS..3 * SECOND)
            .prop_map(move |by| Fault::Slow { at: NetworkReturn, by: wait + by }),
    ]
    .prop_map(move |fault| match fault {
        Fault::Rejected { .. } | Fault::AlteredOut | Fault::AlteredBack | Fault::Slow { .. } if same_host => {
            Fault::Delivered
        }
        fault => fault,
    })
}

prop_compose! {
    fn timing()(
        interval in prop::sample::select(vec![MS, 10 * MS, 100 * MS, 400 * MS]),
        batch in prop::sample::select(vec![0_usize, 5, 10]),
        pause in prop::sample::select(vec![300 * MS, 1_200 * MS, 10 * SECOND]),
        wait in prop::sample::select(vec![300 * MS, SECOND, 5 * SECOND / 2, 10 * SECOND]),
        interrupted in prop::option::weighted(0.1, 50 * MS..5 * SECOND),
    ) -> Run {
        Run { interval, batch, pause, wait, interrupted, ..Run::new(&[]) }
    }
}

prop_compose! {
    fn surroundings()(
        forward in (50_000..150 * MS, 0..80 * MS),
        back in (50_000..150 * MS, 0..80 * MS),
        offset in prop_oneof![-2 * MS..2 * MS, -10_000 * SECOND..10_000 * SECOND],
        drift_ppm in -200_i64..200,
        nat in any::<bool>(),
        same_host in prop::bool::weighted(0.15),
        resolution_ns in prop::sample::select(vec![1_u32, 1_000, 1_000_000, 10_000_000]),
        seed in any::<u64>(),
    ) -> World {
        let offset = if same_host { 0 } else { offset };
        World { forward, back, offset, drift_ppm, nat, same_host, resolution_ns, seed, ..World::new(Vec::new()) }
    }
}

fn world(most: usize) -> impl Strategy<Value = World> {
    (surroundings(), timing()).prop_flat_map(move |(world, run)| {
        let faults = prop::collection::vec(fault(world.same_host, run.wait), 1..most);
        faults.prop_map(move |faults| World { runs: vec![Run { faults, ..run.clone() }], ..world.clone() })
    })
}

fn harm() -> impl Strategy<Value = (JournalDamage, CaptureDamage)> {
    let times = || (0..1_000_i64, 0..1_000_i64).prop_map(|(a, b)| (a.min(b), a.max(b)));
    let journal = prop_oneof![
        2 => Just(JournalDamage::None),
        1 => (0..1_000_i64).prop_map(JournalDamage::BreaksOff),
        1 => times().prop_map(|(from, to)| JournalDamage::Gap(from, to)),
    ];
    let capture = prop_oneof![
        2 => Just(CaptureDamage::None),
        1 => (times(), 1..4_usize).prop_map(|((from, to), of)| CaptureDamage::Drops(from, to, of)),
        2 => times().prop_map(|(from, to)| CaptureDamage::Foreign(from, to)),
        1 => any::<bool>().prop_map(CaptureDamage::OneDirection),
    ];
    (journal, capture)
}

/// The size of a clock step: small, or up to hours.
fn step() -> impl Strategy<Value = i64> {
    let size = prop_oneof![0..MS, 0..100 * MS, 0..5 * SECOND, 0..10_000 * SECOND];
    (size, any::<bool>()).prop_map(|(size, back)| if back { -size } else { size })
}

const UNHARMED: Damages = [(JournalDamage::None, CaptureDamage::None); 2];

proptest! {
    #![proptest_config(ProptestConfig {
        cases: std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(60),
        max_shrink_iters: 3_000,
        ..ProptestConfig::default()
    })]

    #[test]
    fn no_verdict_claims_more_than_its_evidence(world in world(40)) {
        let history = world.simulate();
        for present in subsets() {
            check(&world, &history, present, UNHARMED)
                .map_err(|error| TestCaseError::fail(format!("{present:?}: {error}")))?;
        }
    }

    #[test]
    fn no_verdict_of_damaged_witnesses_claims_too_much(world in world(40), harms in [harm(), harm()]) {
        let history = world.simulate();
        for present in subsets() {
            check(&world, &history, present, harms)
                .map_err(|error| TestCaseError::fail(format!("{present:?}: {error}")))?;
        }
    }

    #[test]
    fn no_verdict_after_a_clock_step_claims_too_much(mut world in world(40), of_server in any::<bool>(), when in 0..1_000_i64, by in step()) {
        let ends = world.simulate().ends[0];
        let start = EPOCH + world.runs[0].start;
        let role = if of_server { Role::Server } else { Role::Client };
        world.set = Some((role, start + (ends - start) * when / 1_000, by));
        let history = world.simulate();
        // A capture without a journal does not show a clock step, and its timestamps are trusted.
        let is_shown = |present: &Present, set: Role| match set {
            Role::Client => present[0] || !present[1],
            Role::Server => present[2] || !present[3],
        };
        let set = [Role::Client, Role::Server].into_iter().filter(|set| *set == role || world.same_host);
        let set: Vec<Role> = set.collect();
        for present in subsets().filter(|present| set.iter().all(|set| is_shown(present, *set))) {
            check(&world, &history, present, UNHARMED)
                .map_err(|error| TestCaseError::fail(format!("{present:?}: {error}")))?;
        }
    }

    #[test]
    fn four_whole_witnesses_name_the_exact_segment(mut world in world(40)) {
        // A timeout long enough to distinguish a loss from a delay.
        let run = &mut world.runs[0];
        run.wait = run.wait.max(5 * SECOND / 2);
        run.interrupted = None;
        run.faults.retain(|fault| !matches!(fault, Fault::Slow { by, .. } if *by > SECOND));
        let history = world.simulate();
        // And enough arrivals to know the delay of the forward path.
        let came = history.truths[0].iter().filter(|truth| truth.single && truth.points[2].is_some()).count();
        prop_assume!(came >= 4);
        let span = (0, 1);
        let client = DamagedHost::new(&history.clients[0], Role::Client, (true, true), UNHARMED[0], &world, span);
        let server = DamagedHost::new(&history.server, Role::Server, (true, true), UNHARMED[1], &world, span);
        let document = judge_hosts(&client, &server).expect("they share that message");
        // Few messages, a rough network and clocks that are apart leave open whether both ends are of one run.
        let is_identified = document.envelope.identification.as_ref().is_some_and(|found| found.basis.is_some());
        for message in &document.flows[0].messages {
            let truth = &history.truths[0][message.n as usize - 1];
            prop_assert_eq!(message.outcome, truth.outcome);
            if truth.outcome == Outcome::Lost && is_identified {
                prop_assert_eq!(&message.blame, &truth.segments, "{:?}\n{:?}", message, truth);
            } else if truth.outcome == Outcome::Lost {
                prop_assert!(truth.segments.iter().all(|segment| message.blame.contains(segment)), "{:?}", message);
            }
        }
    }
}
