//! Verdicts on known faults, written out: the fault of a message, and the expected verdict.

mod matching;

use crate::simulator::{EPOCH, Fault, History, Host, MS, World};
use medidor::core::document::exchange::Document;
use medidor::core::document::message::{Basis, Message, Reason};
use medidor::core::document::outcome::Outcome;
use medidor::core::document::path::SegmentName::{
    ClientHostIn, ClientHostOut, NetworkForward, NetworkReturn, ServerApp, ServerHostIn, ServerHostOut,
};
use medidor::core::document::path::{PointName, SegmentName};
use medidor::core::document::warning::WarningCode;
use medidor::core::evidence::capture_log::{BlindInterval, CaptureLog, UnreadableReason};
use medidor::core::evidence::coverage::UnusableReason;
use medidor::core::evidence::exchange_host::{DatagramForm, ExchangeHostFiles};
use medidor::core::evidence::journal::{JournalLog, Record};
use medidor::core::evidence::journal_messages::{Received, Unexpected};
use medidor::core::evidence::journal_run::Role;
use medidor::core::protocol::server::UnexpectedKind;
use medidor::core::time::{SECOND, Wall};
use medidor::core::verdict::exchange::request_sight::UnseenReason;
use medidor::core::verdict::exchange::{ExchangeVerdictError, Options, analyze};

const DELIVERED: Fault = Fault::Delivered;
const BEYOND_THE_CLIENT: [SegmentName; 5] = [NetworkForward, ServerHostIn, ServerApp, ServerHostOut, NetworkReturn];

fn side<'a>(role: Role, journal: Option<&'a JournalLog>, capture: Option<&'a CaptureLog>) -> ExchangeHostFiles<'a> {
    ExchangeHostFiles { role, journal, capture, filter_check: None }
}

fn whole(role: Role, host: &Host) -> ExchangeHostFiles<'_> {
    side(role, Some(&host.journal), Some(&host.capture))
}

fn joint(history: &History) -> Document {
    judge_hosts(Some(&history.clients[0]), Some(&history.server), Options::default()).expect("they share messages")
}

fn judge_hosts(
    client: Option<&Host>,
    server: Option<&Host>,
    options: Options,
) -> Result<Document, ExchangeVerdictError> {
    let client = client.map(|host| whole(Role::Client, host));
    let server = server.map(|host| whole(Role::Server, host));
    analyze(client.as_ref(), server.as_ref(), &options)
}

fn captures(history: &History) -> Document {
    let client = side(Role::Client, None, Some(&history.clients[0].capture));
    let server = side(Role::Server, None, Some(&history.server.capture));
    analyze(Some(&client), Some(&server), &Options::default()).expect("they share messages")
}

fn message(document: &Document, n: u64) -> &Message {
    document.flows[0].messages.iter().find(|message| message.n == n).expect("it is listed")
}

fn warned(document: &Document, code: WarningCode) -> bool {
    document.envelope.warnings.iter().any(|warning| warning.code == code)
}

/// Twelve messages, the sixth with this fault.
fn sixth(fault: Fault) -> World {
    let mut faults = [DELIVERED; 12];
    faults[5] = fault;
    World::of(&faults)
}

fn system(error: &str) -> Reason {
    Reason::System { error: error.into() }
}

fn icmp(from: [u8; 4], code: u8) -> Reason {
    let from = Some(from.into());
    if code == 3 { Reason::PortUnreachable { from } } else { Reason::Icmp { from, kind: 3, code } }
}

/// The lab's faults: the client's outcome, the blame and reason with all four witnesses, the blame with the client's
/// host alone, and the verdict with the server's host alone.
#[test]
fn each_fault_has_its_verdict_for_each_set_of_witnesses() {
    use Outcome::{Answered, Delivered, Inconclusive, Lost, NotSent};
    type Row = (
        Fault,
        Outcome,
        &'static [SegmentName],
        Option<Reason>,
        &'static [SegmentName],
        Outcome,
        &'static [SegmentName],
    );
    let server_ip = [203, 0, 113, 2];
    let router = [203, 0, 113, 254];
    let unreachable = |reported| Fault::Unreachable { reported };
    let rejected = |reported| Fault::Rejected { reported };
    let rows: [Row; 19] = [
        // fault, outcome, all four: blame, reason, client alone: blame, server alone: outcome, blame
        (DELIVERED, Delivered, &[], None, &[], Answered, &[]),
        (Fault::NotSent, NotSent, &[], Some(system("EPERM")), &[], Inconclusive, &[]),
        (Fault::NoBuffers, Lost, &[ClientHostOut], Some(system("ENOBUFS")), &[ClientHostOut], Inconclusive, &[]),
        (Fault::Lost(ClientHostOut), Lost, &[ClientHostOut], None, &[ClientHostOut], Inconclusive, &[]),
        (Fault::Lost(NetworkForward), Lost, &[NetworkForward], None, &BEYOND_THE_CLIENT, Inconclusive, &[]),
        (Fault::Lost(ServerHostIn), Lost, &[ServerHostIn], None, &BEYOND_THE_CLIENT, Lost, &[ServerHostIn]),
        (
            Fault::BadChecksum,
            Lost,
            &[ServerHostIn],
            Some(Reason::BadChecksum),
            &BEYOND_THE_CLIENT,
            Lost,
            &[ServerHostIn],
        ),
        (Fault::Lost(ServerApp), Lost, &[ServerApp], None, &BEYOND_THE_CLIENT, Lost, &[ServerApp]),
        (Fault::SimulatedDrop, Lost, &[ServerApp], Some(Reason::SimulatedDrop), &BEYOND_THE_CLIENT, Lost, &[ServerApp]),
        (Fault::ReplyRefused, Lost, &[ServerApp], Some(system("EPERM")), &BEYOND_THE_CLIENT, Lost, &[ServerApp]),
        (Fault::Lost(ServerHostOut), Lost, &[ServerHostOut], None, &BEYOND_THE_CLIENT, Lost, &[ServerHostOut]),
        (
            Fault::ReplyNoBuffers,
            Lost,
            &[ServerHostOut],
            Some(system("ENOBUFS")),
            &BEYOND_THE_CLIENT,
            Lost,
            &[ServerHostOut],
        ),
        (Fault::Lost(NetworkReturn), Lost, &[NetworkReturn], None, &BEYOND_THE_CLIENT, Answered, &[]),
        (Fault::Lost(ClientHostIn), Lost, &[ClientHostIn], None, &[ClientHostIn], Answered, &[]),
        (
            unreachable(true),
            Lost,
            &[ServerHostIn],
            Some(icmp(server_ip, 3)),
            &[NetworkForward, ServerHostIn],
            Lost,
            &[ServerHostIn],
        ),
        (
            unreachable(false),
            Lost,
            &[ServerHostIn],
            Some(icmp([192, 168, 2, 20], 3)),
            &BEYOND_THE_CLIENT,
            Lost,
            &[ServerHostIn],
        ),
        (
            rejected(true),
            Lost,
            &[NetworkForward],
            Some(icmp(router, 13)),
            &[NetworkForward, ServerHostIn],
            Inconclusive,
            &[],
        ),
        (rejected(false), Lost, &[NetworkForward], None, &BEYOND_THE_CLIENT, Inconclusive, &[]),
        (Fault::Slow { at: NetworkReturn, by: 3 * SECOND }, Outcome::Late, &[], None, &[], Answered, &[]),
    ];
    for (fault, outcome, blame, reason, client_blame, server_outcome, server_blame) in rows {
        let mut world = sixth(fault);
        world.runs[0].interval = 400 * MS; // so that a late reply comes before the end
        let history = world.simulate();

        let document = joint(&history);
        let found = message(&document, 6);
        assert_eq!((found.outcome, &found.blame[..], &found.reason), (outcome, blame, &reason), "{fault:?}");
        let others = document.flows[0].messages.iter().filter(|message| message.n != 6);
        assert!(others.into_iter().all(|other| other.outcome == Delivered), "{fault:?}");
        assert!(!warned(&document, WarningCode::Contradiction), "{fault:?}");

        let alone = judge_hosts(Some(&history.clients[0]), None, Options::default()).unwrap();
        let found = message(&alone, 6);
        assert_eq!((found.outcome, &found.blame[..]), (outcome, client_blame), "{fault:?}, the client alone");

        let alone = judge_hosts(None, Some(&history.server), Options::default()).unwrap();
        let found = message(&alone, 6);
        assert_eq!((found.outcome, &found.blame[..]), (server_outcome, server_blame), "{fault:?}, the server alone");
    }
}

#[test]
fn duplicates_changes_and_reordering_are_counted() {
    let doubled = |at| Fault::Duplicated { at, lag: 2 * MS, first: None, second: None, reported: false };
    for (fault, duplicates, altered, reordered) in [
        (doubled(ClientHostOut), 1, 0, 0),
        (doubled(NetworkForward), 1, 0, 0),
        (doubled(NetworkReturn), 1, 0, 0),
        (Fault::AlteredOut, 0, 1, 0),
        (Fault::AlteredBack, 0, 1, 0),
        (Fault::Slow { at: NetworkReturn, by: 250 * MS }, 0, 0, 1),
        (Fault::Slow { at: NetworkForward, by: 250 * MS }, 0, 0, 1),
    ] {
        let document = joint(&sixth(fault).simulate());
        let counts = &document.flows[0].counts;
        assert_eq!((counts.delivered, counts.lost), (Some(12), 0), "{fault:?}");
        assert_eq!(
            (counts.duplicates, counts.altered, counts.reordered),
            (duplicates, altered, Some(reordered)),
            "{fault:?}"
        );
    }
}

#[test]
fn the_copy_that_got_furthest_decides_the_blame() {
    let both = |first, second| {
        let history =
            sixth(Fault::Duplicated { at: NetworkForward, lag: MS, first, second, reported: true }).simulate();
        let found = message(&joint(&history), 6).clone();
        let mut blind = history.server.clone();
        blind.capture = CaptureLog::default();
        let client = whole(Role::Client, &history.clients[0]);
        let server = side(Role::Server, Some(&blind.journal), None);
        let without = analyze(Some(&client), Some(&server), &Options::default()).unwrap();
        (found.outcome, found.blame, message(&without, 6).blame.clone())
    };
    let (outcome, blame, without) = both(Some(ServerHostOut), Some(NetworkReturn));
    assert_eq!((outcome, &blame[..]), (Outcome::Lost, &[NetworkReturn][..]));
    assert_eq!(without, [ServerHostOut, NetworkReturn], "one copy's ENOBUFS says nothing of the other");
    assert_eq!(both(Some(ServerHostIn), Some(ServerApp)).1, [ServerApp]);
    assert_eq!(both(Some(ServerHostOut), None).0, Outcome::Delivered);
}

#[test]
fn a_copy_may_be_hidden_by_a_journal_gap() {
    let fault =
        Fault::Duplicated { at: ClientHostOut, lag: 40 * MS, first: Some(ServerHostOut), second: None, reported: true };
    let (world, history) = (sixth(fault), sixth(fault).simulate());
    let first = history.truths[0][5].points[4].unwrap();
    let at = |time: i64| Wall(time + world.offset_at(time));
    let mut server = history.server.clone();
    server.gap(at(first + 20 * MS), at(first + 60 * MS));
    let server = side(Role::Server, Some(&server.journal), None);
    let document = analyze(None, Some(&server), &Options::default()).unwrap();
    assert_eq!(
        message(&document, 6).outcome,
        Outcome::Answered,
        "one copy's reply was dropped, the other's may not be"
    );
}

#[test]
fn on_one_host_the_network_is_never_blamed() {
    let mut faults = [DELIVERED; 12];
    for (place, segment) in
        [(2, ClientHostOut), (4, ServerHostIn), (6, ServerApp), (8, ServerHostOut), (9, ClientHostIn)]
    {
        faults[place] = Fault::Lost(segment);
    }
    faults[5] = Fault::SimulatedDrop;
    let history = World { same_host: true, offset: 0, ..World::of(&faults) }.simulate();
    let (client, server) = (&history.clients[0], &history.server);
    let parts = |journal: bool, capture: bool, role, host: &'static str| {
        let host = if host == "client" { client } else { server };
        side(role, journal.then_some(&host.journal), capture.then_some(&host.capture))
    };
    for (ours, theirs, exact) in [
        (Some((true, true)), Some((true, true)), true),
        (Some((true, true)), Some((true, false)), true),
        (Some((true, false)), Some((true, true)), true),
        (Some((false, true)), Some((false, true)), false),
        (Some((true, true)), None, false),
        (None, Some((true, true)), false),
        (Some((false, true)), None, false),
    ] {
        let ours = ours.map(|(journal, capture)| parts(journal, capture, Role::Client, "client"));
        let theirs = theirs.map(|(journal, capture)| parts(journal, capture, Role::Server, "server"));
        let document = analyze(ours.as_ref(), theirs.as_ref(), &Options::default()).unwrap();
        assert!(document.same_host && warned(&document, WarningCode::SameHost));
        let flow = &document.flows[0];
        assert_eq!((flow.blame.get(NetworkForward), flow.blame.get(NetworkReturn)), (None, None));
        assert_eq!((flow.loss.forward, flow.loss.back), (None, None));
        for message in &flow.messages {
            assert!(!message.blame.contains(&NetworkForward) && !message.blame.contains(&NetworkReturn), "{message:?}");
        }
        if exact {
            for (n, segment) in [
                (3, ClientHostOut),
                (5, ServerHostIn),
                (6, ServerApp),
                (7, ServerApp),
                (9, ServerHostOut),
                (10, ClientHostIn),
            ] {
                assert_eq!(message(&document, n).blame, [segment], "message {n}");
            }
        }
    }
}

#[test]
fn a_withheld_reply_is_certain_without_waiting() {
    let mut world = World::of(&[Fault::SimulatedDrop; 12]);
    (world.tail, world.runs[0].wait) = (0, 200 * MS);
    let history = world.simulate();
    let alone = judge_hosts(None, Some(&history.server), Options::default()).unwrap();
    for document in [&alone, &joint(&history)] {
        for n in 1..=12 {
            let found = message(document, n);
            let kept = (Outcome::Lost, &[ServerApp][..], Some(Reason::SimulatedDrop));
            assert_eq!((found.outcome, &found.blame[..], found.reason.clone()), kept, "{n}");
        }
    }
}

/// A server that replies `pong`: the replies cannot be matched with messages.
#[test]
fn unnumbered_replies_are_not_losses() {
    let mut history = World::of(&[DELIVERED; 6]).simulate();
    for capture in [&mut history.clients[0].capture, &mut history.server.capture] {
        capture.datagrams.update(|datagram| {
            if datagram.reads_as_reply {
                (datagram.number, datagram.reads_as_reply) = (None, false);
            }
        });
    }
    for record in &mut history.clients[0].journal.records {
        if let Record::Received(Received { p, at, .. }) = *record {
            *record = Record::Unexpected(Unexpected { why: UnexpectedKind::Malformed, p: Some(p), at, length: 4 });
        }
    }
    let alone = judge_hosts(Some(&history.clients[0]), None, Options::default()).unwrap();
    for document in [joint(&history), alone, captures(&history)] {
        assert_eq!((document.flows[0].counts.inconclusive, document.flows[0].counts.lost), (6, 0));
        let warning = document.envelope.warnings.iter().find(|warning| warning.code == WarningCode::UnnumberedReplies);
        assert_eq!(warning.expect("it is said").values["count"], 6);
        assert!(!warned(&document, WarningCode::Contradiction));
    }
    let served = judge_hosts(None, Some(&history.server), Options::default()).unwrap();
    assert_eq!(served.flows[0].counts.answered, Some(6));
}

#[test]
fn a_truncated_journal_may_lack_sent_messages() {
    let mut history = World::of(&[DELIVERED; 12]).simulate();
    assert_eq!(joint(&history).flows[0].counts.sent, Some(12));
    history.clients[0].journal.records.retain(|record| !matches!(record, Record::End(_)));
    assert_eq!(joint(&history).flows[0].counts.sent, None);
}

#[test]
fn a_capture_with_a_short_snaplen_proves_no_loss() {
    let mut history = World::of(&[DELIVERED; 6]).simulate();
    let capture = &mut history.clients[0].capture;
    capture.datagrams.update(|datagram| {
        if !datagram.reads_as_reply {
            (datagram.number, datagram.digest, datagram.length) = (None, None, 90);
        }
    });
    let short = |_, form: DatagramForm| (form.length > 20).then_some(UnusableReason::Snaplen);
    let client = ExchangeHostFiles { filter_check: Some(&short), ..whole(Role::Client, &history.clients[0]) };
    let document = analyze(Some(&client), None, &Options::default()).unwrap();
    assert!(warned(&document, WarningCode::SnaplenBlind) && !warned(&document, WarningCode::Contradiction));
    let points = &document.flows[0].points;
    assert_eq!((points.get(PointName::ClientWireOut), points.get(PointName::ClientWireIn)), (None, Some(6)));
}

#[test]
fn a_first_fragment_alone_proves_no_arrival() {
    let mut faults = [DELIVERED; 12];
    faults[5] = Fault::Lost(ServerHostIn);
    let mut history = World::of(&faults).simulate();
    assert_eq!(message(&joint(&history), 6).blame, [ServerHostIn]);
    let capture = &mut history.server.capture;
    let first = *capture.datagrams.iter().find(|datagram| datagram.number == Some(6)).unwrap();
    capture.datagrams.update(|datagram| {
        if datagram.frame == first.frame {
            (datagram.incomplete, datagram.digest) = (true, None);
        }
    });
    let (flow, why) = (Some(first.flow), UnreadableReason::Fragment);
    let (from, to) = (first.time.shifted(-1_000_000), first.time.shifted(1_000_000));
    capture.blind.push(BlindInterval { flow, why, count: 1, from, to });
    let document = joint(&history);
    let blame = &message(&document, 6).blame;
    assert!(blame.contains(&NetworkForward) && blame.contains(&ServerHostIn), "{blame:?}");
    assert!(warned(&document, WarningCode::IncompleteFragments));
}

#[test]
fn a_filter_of_first_fragments_shows_the_flow_and_no_arrivals() {
    let mut history = World::of(&[DELIVERED; 6]).simulate();
    let capture = &mut history.clients[0].capture;
    capture.datagrams.update(|datagram| {
        if !datagram.reads_as_reply {
            (datagram.incomplete, datagram.digest) = (true, None);
        }
    });
    let refuses = |_, form: DatagramForm| form.fragmented.then_some(UnusableReason::Filter);
    let client = ExchangeHostFiles { filter_check: Some(&refuses), ..whole(Role::Client, &history.clients[0]) };
    let document = analyze(Some(&client), None, &Options::default()).unwrap();
    assert!(warned(&document, WarningCode::FilterBlind) && !warned(&document, WarningCode::Contradiction));
    let points = &document.flows[0].points;
    assert_eq!((points.get(PointName::ClientWireOut), points.get(PointName::ClientWireIn)), (None, Some(6)));
}

#[test]
fn nothing_reached_the_server_if_its_capture_could_show_it() {
    let history = World::of(&[Fault::Lost(NetworkForward); 12]).simulate();
    let unseen = |server: &Host, admission: Option<UnusableReason>| {
        let refuses = |_, _: DatagramForm| admission;
        let server = ExchangeHostFiles { filter_check: Some(&refuses), ..whole(Role::Server, server) };
        let client = whole(Role::Client, &history.clients[0]);
        match analyze(Some(&client), Some(&server), &Options::default()) {
            Err(ExchangeVerdictError::NothingAtServer { sent: 12, unseen }) => unseen,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(unseen(&history.server, None), None, "it was awake and admits them");
    assert_eq!(unseen(&history.server, Some(UnusableReason::Filter)), Some(UnseenReason::Filter));
    assert_eq!(unseen(&history.server, Some(UnusableReason::Snaplen)), Some(UnseenReason::Snaplen));
    let mut unread = history.server.clone();
    let (from, to) = (Wall(0), Wall(i64::MAX));
    unread.capture.blind.push(BlindInterval { flow: None, why: UnreadableReason::Link, count: 3, from, to });
    assert_eq!(unseen(&unread, None), Some(UnseenReason::Unread { count: 3 }));
    let sent: Vec<Wall> = history.clients[0].capture.datagrams.iter().map(|datagram| datagram.time).collect();
    let other_time = |from: Wall, to: Wall| {
        let capture = CaptureLog { first: Some(from), last: Some(to), ..CaptureLog::default() };
        let server = side(Role::Server, None, Some(&capture));
        let client = side(Role::Client, None, Some(&history.clients[0].capture));
        match analyze(Some(&client), Some(&server), &Options::default()) {
            Err(ExchangeVerdictError::NothingAtServer { unseen, .. }) => unseen,
            other => panic!("{other:?}"),
        }
    };
    let (first, last) = (*sent.iter().min().unwrap(), *sent.iter().max().unwrap());
    let after = |time: Wall, seconds: i64| time.shifted(seconds * SECOND);
    assert_eq!(other_time(after(first, -9), after(last, 9)), None);
    let later = UnseenReason::Later { apart_ns: 60 * SECOND };
    assert_eq!(other_time(after(last, 60), after(last, 90)), Some(later), "it began after the last message");
    let earlier = UnseenReason::Earlier { apart_ns: 5 * SECOND };
    assert_eq!(other_time(after(first, -90), after(first, -5)), Some(earlier));
}

#[test]
fn on_one_host_an_incomplete_capture_gives_one_warning() {
    let mut world = World::of(&[DELIVERED; 12]);
    world.same_host = true;
    let mut history = world.simulate();
    history.clients[0].capture.datagrams.retain(|datagram| datagram.number != Some(6) || datagram.reads_as_reply);
    let document = judge_hosts(Some(&history.clients[0]), None, Options::default()).unwrap();
    let warnings = document.envelope.warnings.iter().filter(|reported| reported.code == WarningCode::Contradiction);
    assert_eq!(warnings.map(|reported| &reported.values["role"]).collect::<Vec<_>>(), ["client"]);
}

#[test]
fn two_foreign_captures_separate_network_and_hosts() {
    let mut faults = [DELIVERED; 40];
    for (place, segment) in [(10, NetworkForward), (12, ServerHostIn), (14, ServerApp), (16, NetworkReturn)] {
        faults[place] = Fault::Lost(segment);
    }
    faults[39] = Fault::Lost(NetworkForward);
    let document = captures(&World::of(&faults).simulate());
    assert!(warned(&document, WarningCode::CaptureAssumed));
    let in_the_server: &[_] = &[ServerHostIn, ServerApp, ServerHostOut];
    for (n, blame) in [(11, &[NetworkForward][..]), (13, in_the_server), (15, in_the_server), (17, &[NetworkReturn])] {
        let found = message(&document, n);
        assert_eq!((found.outcome, found.basis, &found.blame[..]), (Outcome::Lost, Some(Basis::Wire), blame), "{n}");
    }
    assert_eq!(message(&document, 40).outcome, Outcome::Inconclusive, "a foreign capture's last second proves nothing");
    // Without the unknown ones, every capture that ends early would look lossless.
    let loss = &document.flows[0].loss;
    for (ratio, lost) in [(loss.round_trip.unwrap().within_deadline, 4), (loss.forward.unwrap(), 1)] {
        assert_eq!((ratio.lost, ratio.unknown, ratio.ratio), (lost, 1, None), "{ratio:?}");
        assert_eq!(
            ratio.bounds().map(|bounds| bounds.map(|bound| (bound * 40.0).round() as u64)),
            Some([lost, lost + 1])
        );
    }
}

#[test]
fn a_late_foreign_capture_proves_nothing_before_its_start() {
    // The third reply is slow; the capture begins after the fourth has passed, and sees the third.
    let mut faults = [DELIVERED; 30];
    faults[2] = Fault::Slow { at: NetworkReturn, by: 700 * MS };
    let history = World::of(&faults).simulate();
    let mut client = history.clients[0].clone();
    client.foreign(Wall(EPOCH + 3 * SECOND + 600 * MS), Wall(i64::MAX));
    let client = side(Role::Client, None, Some(&client.capture));
    let server = side(Role::Server, Some(&history.server.journal), None);
    let document = analyze(Some(&client), Some(&server), &Options::default()).unwrap();
    assert_eq!(document.flows[0].counts.lost, 0, "{:?}", document.flows[0].counts);
}

#[test]
fn capture_drops_invalidate_an_interval_not_the_run() {
    let mut faults = [DELIVERED; 40];
    (faults[5], faults[30]) = (Fault::Lost(NetworkForward), Fault::Lost(NetworkForward));
    let world = World::of(&faults);
    let mut history = world.simulate();
    let at = |after: i64| Wall(EPOCH + after + world.offset_at(EPOCH + after));
    history.server.drop_frames(at(3 * SECOND + 450 * MS), at(3 * SECOND + 700 * MS), 1);
    let document = joint(&history);
    assert!(warned(&document, WarningCode::CaptureDropped));
    assert_eq!(message(&document, 6).blame, [NetworkForward, ServerHostIn], "the server's journal still testifies");
    assert_eq!(message(&document, 31).blame, [NetworkForward]);
    assert_eq!(document.flows[0].counts.delivered, Some(38));
}

#[test]
fn a_capture_continues_a_truncated_journal() {
    let mut history = sixth(DELIVERED).simulate();
    // The record of sending message 6 is the last one; its reply arrives in time, as the capture shows.
    let sent = history.truths[0][5].points[0].unwrap();
    history.clients[0].break_off(Wall(sent));
    let document = joint(&history);
    let found = message(&document, 6);
    assert_eq!((found.outcome, found.basis), (Outcome::Delivered, Some(Basis::Wire)));
    assert_eq!(document.flows[0].counts.late, Some(0));
    assert!(warned(&document, WarningCode::JournalBroken));
}

#[test]
fn a_late_copy_is_not_late_if_the_first_may_be_unseen() {
    let fault = Fault::Duplicated { at: NetworkReturn, lag: 3 * SECOND, first: None, second: None, reported: false };
    let mut history = sixth(fault).simulate();
    assert_eq!(history.truths[0][5].outcome, Outcome::Delivered);
    let came = history.truths[0][5].points[6].unwrap();
    let client = &mut history.clients[0];
    // The journal lost the record of the first copy, and the capture its frame.
    client.gap(Wall(came - MS), Wall(came + 4 * SECOND));
    let seen_late = |client: &Host| message(&judge_hosts(Some(client), None, Options::default()).unwrap(), 6).clone();
    assert_eq!(seen_late(client).outcome, Outcome::Delivered, "its capture has it");
    client.drop_frames(Wall(came - 10 * MS), Wall(came + 10 * MS), 1);
    let found = seen_late(client);
    assert_eq!((found.outcome, found.times.contains_key(&PointName::ClientWireIn)), (Outcome::Inconclusive, true));
}

#[test]
fn a_server_record_with_a_wrong_peer_causes_no_loss() {
    let history = sixth(DELIVERED).simulate();
    let mut server = history.server.clone();
    let came = history.truths[0][0].points[3].unwrap();
    let world = sixth(DELIVERED);
    let at = |time: i64| Wall(time + world.offset_at(time));
    server.gap(at(came - MS), at(came + MS));
    let document = judge_hosts(None, Some(&server), Options::default()).unwrap();
    assert_eq!(document.flows[0].counts.lost, 0, "{:?}", document.flows[0].counts);
}

#[test]
fn coarse_timestamps_put_no_reply_before_its_request() {
    let mut world = sixth(Fault::Lost(ClientHostIn));
    (world.forward, world.back, world.resolution_ns) = ((MS, 0), (MS, 0), 10 * MS as u32);
    let document = joint(&world.simulate());
    assert_eq!(document.flows[0].counts.never_sent, Some(0));
    assert_eq!(document.flows[0].points.get(PointName::ClientWireIn), Some(12));
    assert_eq!(message(&document, 6).blame, [ClientHostIn]);
}

#[test]
fn a_return_path_that_loses_everything_is_blamed() {
    let history = World::of(&[Fault::Lost(NetworkReturn); 12]).simulate();
    let document = joint(&history);
    let flow = &document.flows[0];
    assert_eq!((flow.counts.lost, flow.blame.get(NetworkReturn)), (12, Some(12)), "{:?}", flow.messages[0]);
    assert_eq!(flow.delay.clock_offset, None, "one way alone bounds one side alone");
}
