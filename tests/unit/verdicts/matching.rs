//! Which files, runs and flows belong together.

use super::{DELIVERED, joint, judge_hosts, message, side, sixth, warned};
use crate::simulator::damage::recount;
use crate::simulator::{EPOCH, Fault, History, MS, Run, World};
use medidor::core::document::envelope::Perspective;
use medidor::core::document::identification::Refutation;
use medidor::core::document::message::Reason;
use medidor::core::document::path::PointName;
use medidor::core::document::path::SegmentName::{ClientHostOut, NetworkForward, NetworkReturn, ServerHostIn};
use medidor::core::document::warning::WarningCode;
use medidor::core::evidence::capture_log::{CaptureLog, PacketDirection};
use medidor::core::evidence::journal::Record;
use medidor::core::evidence::journal_run::Role;
use medidor::core::identify::capture_role;
use medidor::core::time::{SECOND, Wall};
use medidor::core::verdict::exchange::{ExchangeVerdictError, Options, analyze};

#[test]
fn a_network_that_duplicates_everything_is_one_run() {
    let twice = Fault::Duplicated { at: NetworkForward, lag: 100_000, first: None, second: None, reported: false };
    let document = joint(&World::of(&[twice; 12]).simulate());
    assert_eq!(document.flows[0].counts.delivered, Some(12));
    assert_eq!(document.flows[0].counts.duplicates, 12);
    assert_eq!(document.flows[0].delay.forward, None, "copies give no delay sample");
}

/// Two clients behind the same router, on the same schedule, seven seconds apart.
fn two_clients() -> History {
    let first = Run { fixed: true, ..Run::new(&[DELIVERED; 12]) };
    let mut faults = [DELIVERED; 12];
    faults[3] = Fault::Lost(NetworkReturn);
    let second = Run { start: 10 * SECOND, host: 11, fixed: true, ..Run::new(&faults) };
    World::new(vec![first, second]).simulate()
}

#[test]
fn two_clients_on_one_schedule_need_the_flow_option() {
    let history = two_clients();
    let document = judge_hosts(Some(&history.clients[1]), Some(&history.server), Options::default()).unwrap();
    assert!(warned(&document, WarningCode::FlowTie));
    assert_eq!(document.flows[0].client_as_seen_by_server, None, "the client alone speaks");
    assert_eq!(message(&document, 4).blame, [NetworkReturn], "as both of them have it");
    let candidates = document.envelope.identification.unwrap().candidates;
    assert_eq!(candidates.iter().map(|candidate| candidate.refuted_by).collect::<Vec<_>>(), [None, None]);

    let options = Options { server_flow: Some(2), ..Options::default() };
    let document = judge_hosts(Some(&history.clients[1]), Some(&history.server), options).unwrap();
    assert!(!warned(&document, WarningCode::FlowTie) && warned(&document, WarningCode::OtherFlows));
    assert_eq!(message(&document, 4).blame, [NetworkReturn]);

    let options = Options { server_flow: Some(3), ..Options::default() };
    let error = judge_hosts(Some(&history.clients[1]), Some(&history.server), options).unwrap_err();
    assert_eq!(error, ExchangeVerdictError::NoSuchFlow { asked: 3, found: 2 });

    let alone = judge_hosts(None, Some(&history.server), Options::default()).unwrap();
    assert_eq!(alone.flows.iter().map(|flow| flow.counts.answered).collect::<Vec<_>>(), [Some(12), Some(12)]);
}

#[test]
fn two_typing_clients_differ_in_their_intervals() {
    let run = |host, start, interval| Run { start, interval, host, ..Run::new(&[DELIVERED; 12]) };
    let history = World::new(vec![run(10, 3 * SECOND, 250 * MS), run(11, 4 * SECOND, 400 * MS)]).simulate();
    for (client, port) in history.clients.iter().zip([40_011, 40_012]) {
        let document = judge_hosts(Some(client), Some(&history.server), Options::default()).unwrap();
        assert!(!warned(&document, WarningCode::FlowTie));
        let seen = document.flows[0].client_as_seen_by_server;
        assert_eq!(seen.map(|client| client.port()), Some(port), "the router's port is its own");
    }
}

#[test]
fn numbers_restarting_on_one_port_are_two_runs() {
    let mut faults = [DELIVERED; 12];
    faults[3] = Fault::Lost(ServerHostIn);
    let again = Run { start: 12 * SECOND, interval: 130 * MS, ..Run::new(&faults) };
    let world = World::new(vec![Run::new(&[DELIVERED; 12]), again]);
    let history = world.simulate();
    let alone = judge_hosts(None, Some(&history.server), Options::default()).unwrap();
    assert_eq!(alone.flows.iter().map(|flow| (flow.epoch, flow.counts.lost)).collect::<Vec<_>>(), [(1, 0), (2, 1)]);
    for (journal, capture) in [(true, false), (false, true)] {
        let server =
            side(Role::Server, journal.then_some(&history.server.journal), capture.then_some(&history.server.capture));
        let alone = analyze(None, Some(&server), &Options::default()).unwrap();
        assert_eq!(alone.flows.iter().map(|flow| flow.epoch).collect::<Vec<_>>(), [1, 2], "{journal} {capture}");
    }
    let document = judge_hosts(Some(&history.clients[1]), Some(&history.server), Options::default()).unwrap();
    assert_eq!(document.flows[0].epoch, 1, "the client's own first run");
    assert_eq!(message(&document, 4).blame, [ServerHostIn]);

    // The server's capture missed the first run, its journal did not: they are still two runs.
    let mut late = history.server.clone();
    let from = EPOCH + 11 * SECOND;
    late.foreign(Wall(from + world.offset_at(from)), Wall(i64::MAX));
    let alone = judge_hosts(None, Some(&late), Options::default()).unwrap();
    assert_eq!(alone.flows.iter().map(|flow| flow.counts.duplicates).collect::<Vec<_>>(), [0, 0]);
}

#[test]
fn several_clients_make_one_warning() {
    let mut world = sixth(Fault::SimulatedDrop);
    let second = Run { port: 40_002, start: 4 * SECOND, ..world.runs[0].clone() };
    world.runs.push(second);
    let history = world.simulate();
    let document = judge_hosts(None, Some(&history.server), Options::default()).unwrap();
    assert_eq!(document.flows.len(), 2);
    let warnings: Vec<_> =
        document.envelope.warnings.iter().filter(|reported| reported.code == WarningCode::SimulatedDrop).collect();
    assert_eq!(warnings.iter().map(|reported| &reported.values["count"]).collect::<Vec<_>>(), [2]);
}

#[test]
fn a_socket_drop_may_have_been_another_clients_message() {
    let mut world = sixth(Fault::Lost(ServerHostIn));
    let drop_one = |history: &mut History| {
        for record in &mut history.server.journal.records {
            if let Record::End(end) = record {
                end.socket_drops = Some(1);
            }
        }
    };
    let mut alone = world.simulate();
    drop_one(&mut alone);
    assert_eq!(message(&joint(&alone), 6).reason, Some(Reason::SocketOverflow));
    world.runs.push(Run { port: 40_002, start: 4 * SECOND, ..world.runs[0].clone() });
    let mut both = world.simulate();
    drop_one(&mut both);
    let options = Options { server_flow: Some(1), ..Options::default() };
    let document = judge_hosts(Some(&both.clients[0]), Some(&both.server), options).unwrap();
    let found = message(&document, 6).clone();
    assert_eq!((&found.blame[..], found.reason), (&[ServerHostIn][..], None));
}

#[test]
fn unrelated_files_get_no_verdict() {
    let one = World::of(&[DELIVERED; 12]).simulate();
    let silent = World::of(&[Fault::Lost(NetworkForward); 12]).simulate();
    let error = judge_hosts(Some(&silent.clients[0]), Some(&silent.server), Options::default()).unwrap_err();
    assert_eq!(error, ExchangeVerdictError::NothingAtServer { sent: 12, unseen: None });
    let empty = side(Role::Client, None, Some(&silent.server.capture));
    assert_eq!(analyze(Some(&empty), None, &Options::default()).unwrap_err(), ExchangeVerdictError::NothingFound);

    // A longer run of another client, whose numbers differ.
    let longer = World::of(&[DELIVERED; 30]).simulate();
    let document = judge_hosts(Some(&one.clients[0]), Some(&longer.server), Options::default()).unwrap();
    assert!(warned(&document, WarningCode::OtherRun));
    assert_eq!(document.envelope.role, Perspective::Client);
    let candidates = document.envelope.identification.unwrap().candidates;
    let said: Vec<_> = candidates.iter().map(|candidate| (candidate.flow, candidate.refuted_by)).collect();
    assert_eq!(said, [(None, None), (Some(1), Some(Refutation::OtherNumbers))]);
}

#[test]
fn the_same_schedule_on_another_day_is_another_run() {
    let ours = World::of(&[DELIVERED; 12]).simulate();
    let mut later = World { offset: 86_400 * SECOND, ..World::of(&[DELIVERED; 12]) };
    later.seed = 9;
    let theirs = later.simulate();
    let document = judge_hosts(Some(&ours.clients[0]), Some(&theirs.server), Options::default()).unwrap();
    assert!(warned(&document, WarningCode::OtherRun));
}

#[test]
fn a_capture_shows_at_which_end_it_was_made() {
    let history = sixth(Fault::Lost(ServerHostIn)).simulate();
    let (client, server) = (&history.clients[0].capture, &history.server.capture);
    assert_eq!(capture_role::of_capture(client, None), Some(Role::Client));
    assert_eq!(capture_role::of_capture(server, Some(5005)), Some(Role::Server));
    assert_eq!(capture_role::of_pair(client, server, None), Some((Role::Client, Role::Server)));
    assert_eq!(capture_role::of_pair(server, client, None), Some((Role::Server, Role::Client)));

    // On a router, no TTL is fresh; a cooked capture contains the direction of each frame.
    let mut router = client.clone();
    router.datagrams.update(|datagram| datagram.ttl = 62);
    assert_eq!(capture_role::of_capture(&router, None), None);
    router.datagrams.update(|datagram| {
        datagram.direction = Some(if datagram.reads_as_reply { PacketDirection::Out } else { PacketDirection::In });
    });
    assert_eq!(capture_role::of_capture(&router, None), Some(Role::Server));

    let local = World { same_host: true, offset: 0, ..World::of(&[DELIVERED; 12]) }.simulate();
    assert_eq!(capture_role::of_capture(&local.clients[0].capture, None), None, "both ends are on one host");
    assert_eq!(capture_role::of_pair(&local.clients[0].capture, &local.server.capture, None), None);
}

#[test]
fn datagrams_of_another_client_are_not_counted() {
    let silent = Run::new(&[Fault::Lost(ClientHostOut); 12]);
    let talking = Run { port: 40_002, ..Run::new(&[DELIVERED; 12]) };
    let history = World::new(vec![silent, talking]).simulate();
    let mut client = history.clients[0].clone();
    client.capture = CaptureLog { file: client.capture.file.clone(), ..history.clients[1].capture.clone() };
    recount(&mut client, &[]);
    let document = judge_hosts(Some(&client), None, Options::default()).unwrap();
    assert_eq!(document.flows[0].points.get(PointName::ClientWireOut), Some(0));
    assert_eq!(document.flows[0].blame.get(ClientHostOut), Some(12));
}
