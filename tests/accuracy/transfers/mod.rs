//! Worlds of file transfers: drawn by seed, played in virtual time, and judged with some of their files against the truth.
//!
//! `MEDIDOR_WORLDS` sets the number of worlds, `MEDIDOR_FIRST_WORLD` the first one, and `MEDIDOR_TRANSFER_WORLD` (as
//! `Copies/17`) replays one world with all that is known about it.

mod draw;
mod files;
mod judge;
mod play;
mod world;

use std::collections::BTreeMap;
use std::env;
use std::panic::{AssertUnwindSafe, catch_unwind};

use fastrand::Rng;
use medidor::capture::log_reader::{self, Retain};
use medidor::core::document::transfer::TransferDocument;
use medidor::core::evidence::capture_log::CaptureLog;
use medidor::core::evidence::journal::JournalLog;
use medidor::core::evidence::journal_run::Role;
use medidor::core::verdict::transfer::{self, TransferHostFiles};

use crate::from_environment;
use crate::worlds::judge_kinds;
use judge::Judgement;
use play::Passage;
use world::{Kind, World};

/// Worlds of an ordinary test run, of each kind.
const FEW: u64 = 20;

/// The files of one end, read.
#[derive(Default)]
struct EndFiles {
    journal: Option<JournalLog>,
    capture: Option<CaptureLog>,
}

/// The given files of all ends, the sender's first.
fn given_files(world: &World, passages: &[Passage]) -> Vec<EndFiles> {
    let ends: Vec<(Option<usize>, &world::End)> =
        [None].into_iter().chain((0..world.receivers.len()).map(Some)).zip(world.ends()).collect();
    let journal =
        |(of, end): &(Option<usize>, &world::End)| end.gives_journal.then(|| files::journal(world, passages, *of));
    let journals: Vec<Option<JournalLog>> = ends.iter().map(journal).collect();
    // A journal that breaks off early may not tell of the file.
    let info = journals.iter().flatten().find_map(JournalLog::file_info).cloned();
    let with_capture = |((of, end), journal): ((Option<usize>, &world::End), Option<JournalLog>)| {
        let capture = end.gives_capture.then(|| {
            let bytes = files::pcap(end, &files::frames(world, passages, of));
            let span = journal.as_ref().and_then(|journal| transfer::span(journal, world.mode));
            let retain = info.as_ref().map_or(Retain::Wires, |info| Retain::Blocks(info, span));
            let name = format!("{}.pcap", files::name(of));
            log_reader::read(&bytes[..], &name, bytes.len() as u64, retain).expect("a capture")
        });
        EndFiles { journal, capture }
    };
    ends.iter().copied().zip(journals).map(with_capture).collect()
}

fn verdict(world: &World, passages: &[Passage]) -> Result<TransferDocument, String> {
    let files = given_files(world, passages);
    let (sender, receivers) = (&files[0], &files[1..]);
    if world.kind == Kind::CapturesAlone {
        let captures = [(Some(Role::Server), sender), (Some(Role::Client), &receivers[0])];
        let captures = captures.map(|(role, files)| (role, files.capture.as_ref().expect("all captures are given")));
        return transfer::compare_wires(&captures).map_err(|error| error.to_string());
    }
    let receivers: Vec<TransferHostFiles<'_>> =
        receivers.iter().filter_map(|files| view(Role::Client, files)).collect();
    transfer::judge(view(Role::Server, sender), &receivers).map_err(|error| error.to_string())
}

/// An end's files as they are judged; `None` if none is given.
fn view(role: Role, files: &EndFiles) -> Option<TransferHostFiles<'_>> {
    let (journal, capture) = (files.journal.as_ref(), files.capture.as_ref());
    (journal.is_some() || capture.is_some()).then_some(TransferHostFiles { role, journal, capture, filter_check: None })
}

/// Plays and judges one world. A panic is as bad as a false verdict.
fn judge(world: &World) -> Judgement {
    let judged = catch_unwind(AssertUnwindSafe(|| {
        let passages = play::play(world, &mut Rng::with_seed(world.seed ^ 0x5eed));
        let document = verdict(world, &passages);
        match world.kind {
            Kind::CapturesAlone => judge::judge_captures(world, &passages, &document),
            _ => judge::judge(world, &passages, &document),
        }
    }));
    judged.unwrap_or_else(|_| Judgement { falsehoods: vec!["it panicked".into()], ..Judgement::default() })
}

/// What was found in the worlds of one kind.
#[derive(Default)]
struct Row {
    worlds: u64,
    refused: u64,
    false_worlds: Vec<String>,
    of_whole: u64,
    placed: u64,
    lost: u64,
    exact: u64,
}

impl Row {
    fn add(&mut self, world: &World, judgement: &Judgement) {
        self.worlds += 1;
        self.refused += u64::from(judgement.refusal.is_some());
        if !judgement.falsehoods.is_empty() {
            let said = judgement.falsehoods.join("\n    ");
            self.false_worlds.push(format!("{:?}/{} ({:?})\n    {said}", world.kind, world.seed, world.mode));
        }
        self.of_whole += judgement.of_whole;
        self.placed += judgement.placed;
        self.lost += judgement.lost;
        self.exact += judgement.exact;
    }

    fn merge(&mut self, other: Self) {
        self.worlds += other.worlds;
        self.refused += other.refused;
        self.false_worlds.extend(other.false_worlds);
        self.of_whole += other.of_whole;
        self.placed += other.placed;
        self.lost += other.lost;
        self.exact += other.exact;
    }
}

fn judge_all(first: u64, count: u64) -> BTreeMap<Kind, Row> {
    let judge = |kind, seed, row: &mut Row| {
        let world = draw::draw(kind, seed);
        row.add(&world, &judge(&world));
    };
    judge_kinds(&Kind::ALL, (first, count), judge, Row::merge)
}

fn replay(name: &str) {
    let (kind, seed) = name.split_once('/').expect("kind/seed");
    let kind = Kind::ALL.into_iter().find(|known| format!("{known:?}") == kind).expect("a kind");
    let world = draw::draw(kind, seed.parse().expect("a number"));
    println!("{world:#?}");
    let passages = play::play(&world, &mut Rng::with_seed(world.seed ^ 0x5eed));
    for (number, block) in passages.iter().flat_map(|passage| passage.blocks.iter().enumerate()) {
        println!("{number}: {block:?}");
    }
    println!("{:#?}", verdict(&world, &passages));
    println!("{:#?}", judge(&world));
}

#[test]
fn no_verdict_about_a_transfer_is_false() {
    if let Ok(name) = env::var("MEDIDOR_TRANSFER_WORLD") {
        return replay(&name);
    }
    let count = from_environment("MEDIDOR_WORLDS").unwrap_or(FEW * Kind::ALL.len() as u64);
    let table = judge_all(from_environment("MEDIDOR_FIRST_WORLD").unwrap_or(0), count);
    let mut failures = Vec::new();
    println!(
        "| kind | worlds | refused | false | lost blocks | with their place | of whole transfers | with their place |"
    );
    for (kind, row) in &table {
        let Row { worlds, refused, lost, exact, of_whole, placed, .. } = row;
        let falses = row.false_worlds.len();
        println!("| {kind:?} | {worlds} | {refused} | {falses} | {lost} | {exact} | {of_whole} | {placed} |");
        failures.extend(row.false_worlds.iter().take(4).cloned());
        if placed != of_whole {
            failures.push(format!(
                "{kind:?}: of whole transfers, only {placed} of {of_whole} lost blocks have their place"
            ));
        }
        if *refused == *worlds {
            failures.push(format!("{kind:?}: every world was refused"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    let placed: u64 = table.values().map(|row| row.placed).sum();
    assert!(placed > count / 2, "so few blocks were lost in whole transfers that nothing was tested: {placed}");
}
