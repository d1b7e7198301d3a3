//! The kinds of worlds: what happens in each, and which files are judged.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use tempfile::TempDir;

use super::super::Job;
use super::super::common::foreign_capture::ForeignCapture;
use super::super::common::lab::{Lab, Side};
use super::super::common::process::{Running, STEP_TIMEOUT};
use super::super::table::Subset;
use super::world::{JudgedRun, Rows, Run, Wanted, World, flush};

/// A kind of worlds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Clients behind one NAT that send at the same time.
    Crowd,
    /// The same, on one schedule.
    Schedule,
    /// One of the many clients of a server.
    Served,
    /// Two runs in the captures of other programs, with the journals of one of them.
    TwoRuns,
    /// A client that starts again from the same port.
    Restart,
    /// The captures of other programs without any journal.
    ForeignPair,
    /// The client's files of one run and the server's of another.
    OtherRun,
}

// The rows of the table: with four witnesses, and with fewer.
pub const CROWD: Rows = ["crowd, all four", "crowd, fewer"];
pub const SCHEDULE: Rows = ["crowd on one schedule, all four", "crowd on one schedule, fewer"];
pub const SERVED: Rows = ["one of twenty clients, all four", "one of twenty clients, fewer"];
pub const TWO_RUNS: Rows = ["two runs in foreign captures, all four", "two runs in foreign captures, fewer"];
pub const RESTART: Rows = ["restart from the same port, all four", "restart from the same port, fewer"];
pub const FOREIGN_PAIR: Rows = ["two foreign captures alone"; 2];
pub const OWN_PAIR: Rows = ["medidor's two captures alone, same runs"; 2];
pub const OTHER_RUN: Rows = ["the server's files of another run, all four", "the server's files of another run, fewer"];

/// Plays a world and returns its files with the truth. `None`, after a report, if the kernel lacks something.
pub fn play(lab: &Lab, job: &Job<Kind>) -> Option<(TempDir, Vec<JudgedRun>)> {
    let mut world = World::new(lab, job.rng());
    let wanted = match job.what {
        Kind::Crowd => crowd(&mut world, CROWD),
        Kind::Schedule => {
            world.has_schedule = true;
            crowd(&mut world, SCHEDULE)
        }
        Kind::Served => served(&mut world),
        Kind::TwoRuns => two_runs(&mut world),
        Kind::Restart => restart(&mut world),
        Kind::ForeignPair => foreign_pair(&mut world),
        Kind::OtherRun => other_run(&mut world),
    };
    let played = wanted.map(|wanted| world.finish(wanted));
    flush(lab);
    played
}

/// The witnesses of both hosts, one or two missing.
fn lesser_subsets() -> Vec<Subset> {
    Subset::every().filter(|subset| subset.hears_both_hosts() && *subset != Subset::ALL).collect()
}

/// All four witnesses, and a few other subsets.
fn some_subsets(world: &mut World<'_>, others: usize) -> Vec<Subset> {
    let mut subsets = lesser_subsets();
    world.rng.shuffle(&mut subsets);
    subsets.truncate(others);
    subsets.push(Subset::ALL);
    subsets
}

fn stop(server: Running) {
    server.interrupt(STEP_TIMEOUT).expect_code(0);
}

/// Captures by other programs at both homes, `foreign0` and `foreign1`.
fn foreign_captures(world: &mut World<'_>, filter: &str) -> [ForeignCapture; 2] {
    [Side::A, Side::B].map(|side| world.start_foreign_capture(side, &format!("foreign{}", side as u8), filter))
}

/// Of more clients each starts after the one before, while all of them overlap.
const MAX_AT_ONCE: usize = 6;

/// Two crowds at once would starve on a few cores.
static ONE_CROWD: Mutex<()> = Mutex::new(());

fn crowd(world: &mut World<'_>, rows: Rows) -> Option<Vec<Wanted>> {
    let server = world.start_server("server", true);
    let count = world.rng.usize(2..=30);
    let ports = world.draw_ports(count);
    let mut first = world.draw_run("c0", ports[0]);
    // The starting programs take most of the CPU time for a while.
    first.interval_ms = world.rng.u64(90..=150);
    let others = ports[1..].iter().enumerate().map(|(index, ports)| first.again(&format!("c{}", index + 1), *ports));
    let mut runs: Vec<Run> = std::iter::once(first.clone()).chain(others).collect();
    world.lose_of_all(&mut runs)?;
    for run in &mut runs {
        world.lose_some(run)?;
    }
    let _only_crowd = ONE_CROWD.lock().unwrap_or_else(PoisonError::into_inner);
    let mut clients = Vec::new();
    for run in &mut runs {
        let client = world.start_recorded_client(run);
        if count > MAX_AT_ONCE {
            client.wait_for_line(|line| line.starts_with("Capturing on"), STEP_TIMEOUT);
        }
        clients.push(client);
    }
    for (run, client) in runs.iter_mut().zip(clients) {
        World::end_client(run, client);
    }
    stop(server);
    Some(runs.iter().map(|run| Wanted::own_files(rows, run, "server", some_subsets(world, 1))).collect())
}

fn served(world: &mut World<'_>) -> Option<Vec<Wanted>> {
    const CLIENTS: usize = 20;
    let server = world.start_server("server", true);
    let ports = world.draw_ports(CLIENTS);
    let mut subject = world.draw_run("subject", ports[0]);
    world.lose_some(&mut subject)?;
    let (place, at_once) = (world.rng.usize(0..CLIENTS), world.rng.usize(1..=6));
    let mut clients: VecDeque<Running> = VecDeque::new();
    let mut recorded = None;
    for (index, ports) in ports.iter().enumerate() {
        if index == place {
            recorded = Some(world.start_recorded_client(&mut subject));
        }
        // The first ports are the subject's own.
        if index > 0 {
            if clients.len() == at_once {
                World::end_client(&mut subject.clone(), clients.pop_front().expect("some"));
            }
            let mut other = world.draw_run("other", *ports);
            (other.facts.count, other.facts.wait) = (world.rng.u64(8..=20), 100_000_000);
            other.interval_ms = world.rng.u64(20..=60);
            clients.push_back(world.start_client(&mut other, &[]));
        }
    }
    World::end_client(&mut subject, recorded.expect("it was started"));
    for client in clients {
        World::end_client(&mut subject.clone(), client);
    }
    stop(server);
    Some(vec![Wanted::own_files(SERVED, &subject, "server", some_subsets(world, 4))])
}

fn two_runs(world: &mut World<'_>) -> Option<Vec<Wanted>> {
    let captures = foreign_captures(world, "udp port 5005");
    let ports = world.draw_ports(2);
    let mut first = world.draw_run("first", ports[0]);
    let second_ports = ports[usize::from(world.rng.bool())];
    let mut second = first.again("second", second_ports);
    let mut server = world.start_server("server0", false);
    let restarts = world.rng.bool();
    for (number, run) in [&mut first, &mut second].into_iter().enumerate() {
        if number > 0 && restarts {
            stop(server);
            server = world.start_server("server1", false);
        }
        world.remove_faults();
        world.lose_some(run)?;
        let journal = format!("{}.journal.jsonl", run.name);
        let client = world.start_client(run, &["--journal", &journal]);
        World::end_client(run, client);
    }
    stop(server);
    captures.into_iter().for_each(ForeignCapture::stop);
    let wanted = [first, second].into_iter().enumerate().map(|(number, run)| Wanted {
        rows: TWO_RUNS,
        files: [
            format!("{}.journal.jsonl", run.name),
            "foreign0".to_owned(),
            format!("server{}.journal.jsonl", if restarts { number } else { 0 }),
            "foreign1".to_owned(),
        ]
        .map(Some),
        run,
        // The client's journal says which of the runs is meant.
        subsets: vec![Subset::ALL, Subset(0b0111), Subset(0b1011)],
        of_other_run: false,
    });
    Some(wanted.collect())
}

fn restart(world: &mut World<'_>) -> Option<Vec<Wanted>> {
    let server = world.start_server("server", true);
    let ports = world.draw_ports(1)[0];
    let mut first = world.draw_run("first", ports);
    let mut second = first.again("second", ports);
    let interrupted = world.rng.bool();
    if interrupted {
        first.facts.count = 70;
    }
    world.lose_some(&mut first)?;
    let client = world.start_recorded_client(&mut first);
    if interrupted {
        world.interrupt_client(&mut first, client);
    } else {
        World::end_client(&mut first, client);
    }
    world.remove_faults();
    world.lose_some(&mut second)?;
    let client = world.start_recorded_client(&mut second);
    World::end_client(&mut second, client);
    stop(server);
    Some([first, second].iter().map(|run| Wanted::own_files(RESTART, run, "server", some_subsets(world, 2))).collect())
}

fn foreign_pair(world: &mut World<'_>) -> Option<Vec<Wanted>> {
    // medidor's own captures have the ICMP errors as well.
    let captures = foreign_captures(world, "udp port 5005 or icmp");
    let server = world.start_server("server", true);
    let ports = world.draw_ports(1)[0];
    let mut run = world.draw_run("client", ports);
    // Such a capture proves nothing about its last second.
    (run.interval_ms, run.facts.wait) = (world.rng.u64(80..=120), 500_000_000);
    world.lose_some(&mut run)?;
    world.lose_some(&mut run)?;
    let client = world.start_recorded_client(&mut run);
    World::end_client(&mut run, client);
    stop(server);
    captures.into_iter().for_each(ForeignCapture::stop);
    let wires = |rows, client: &str, server: &str| Wanted {
        rows,
        run: run.clone(),
        files: [None, Some(client.to_owned()), None, Some(server.to_owned())],
        subsets: vec![Subset(0b1010)],
        of_other_run: false,
    };
    Some(vec![wires(FOREIGN_PAIR, "foreign0", "foreign1"), wires(OWN_PAIR, "client.pcap", "server.pcap")])
}

fn other_run(world: &mut World<'_>) -> Option<Vec<Wanted>> {
    let ports = world.draw_ports(2);
    let mut first = world.draw_run("first", ports[0]);
    let second_ports = ports[usize::from(world.rng.bool())];
    let mut second = first.again("second", second_ports);
    for (number, run) in [&mut first, &mut second].into_iter().enumerate() {
        world.remove_faults();
        world.lose_some(run)?;
        let server = world.start_server(&format!("server{number}"), true);
        let client = world.start_recorded_client(run);
        World::end_client(run, client);
        stop(server);
    }
    if world.rng.u8(0..3) == 0 {
        // By its wrong clock the server's second run takes place at the time of the client's first.
        world.clock = (first.start() - second.start() + world.rng.i64(-300_000_000..300_000_000), 0);
    }
    let wanted = [(first, "server1"), (second, "server0")].map(|(run, server)| {
        let subsets = lesser_subsets().into_iter().chain([Subset::ALL]).collect();
        Wanted { of_other_run: true, ..Wanted::own_files(OTHER_RUN, &run, server, subsets) }
    });
    Some(wanted.into())
}
