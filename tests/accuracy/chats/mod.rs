//! Worlds of UDP chats: drawn by seed, played in virtual time, and judged with some of their files against the truth.
//!
//! `MEDIDOR_WORLDS` sets the number of worlds, `MEDIDOR_FIRST_WORLD` the first one, `MEDIDOR_WORLD_KIND` selects a kind, and
//! `MEDIDOR_CHAT_WORLD` (as `Likes/17`) replays one world with all that is known about it.

mod files;
mod judge;
mod play;
mod world;

use std::collections::BTreeMap;
use std::env;
use std::panic::{AssertUnwindSafe, catch_unwind};

use fastrand::Rng;
use medidor::core::document::chat::ChatDocument;
use medidor::core::evidence::chat_host::ChatHostFiles;
use medidor::core::evidence::journal::JournalLog;
use medidor::core::verdict::chat::{self, HostFiles, Options};

use crate::from_environment;
use crate::worlds::judge_kinds;
use judge::Judgement;
use play::Message;
use world::{Kind, World};

/// Worlds of an ordinary test run, of each kind.
const FEW: u64 = 20;

/// The document, with the files in any order and no roles but those of the journals.
fn verdict(world: &World, messages: &[Message]) -> Option<ChatDocument> {
    let hosts = [None].into_iter().chain((0..world.hosts.len()).map(Some));
    let mut given: Vec<_> = hosts.map(|host| files::given(world, messages, host)).collect();
    given.retain(|(journal, capture)| journal.is_some() || capture.is_some());
    Rng::with_seed(world.seed).shuffle(&mut given);
    let hosts: Vec<HostFiles<'_>> = given
        .iter()
        .map(|files| HostFiles {
            role: files.0.as_ref().and_then(JournalLog::run).map(|run| run.role),
            files: ChatHostFiles { journal: files.0.as_ref(), capture: files.1.as_ref(), filter_check: None },
        })
        .collect();
    chat::analyze(&hosts, Options { all_messages: true, ..Options::default() })
}

/// Plays and judges one world. A panic is as bad as a false verdict.
fn judge(world: &World) -> Judgement {
    let judged = catch_unwind(AssertUnwindSafe(|| {
        let messages = play::play(world, &mut Rng::with_seed(world.seed ^ 0x5eed));
        judge::judge(world, &messages, verdict(world, &messages).as_ref())
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
    /// Worlds with a dead copy without its place.
    unplaced: Vec<String>,
    datagrams: u64,
    /// Of these, those that are said to be delivered or lost.
    certain: u64,
}

impl Row {
    fn add(&mut self, world: &World, judgement: &Judgement) {
        let name = || format!("{:?}/{}", world.kind, world.seed);
        self.worlds += 1;
        self.refused += u64::from(judgement.is_refused);
        if !judgement.falsehoods.is_empty() {
            self.false_worlds.push(format!("{}\n    {}", name(), judgement.falsehoods.join("\n    ")));
        }
        self.of_whole += judgement.of_whole;
        self.placed += judgement.placed;
        self.datagrams += judgement.datagrams;
        self.certain += judgement.certain;
        self.unplaced.extend((judgement.placed < judgement.of_whole).then(name));
    }

    fn merge(&mut self, other: Self) {
        self.worlds += other.worlds;
        self.refused += other.refused;
        self.false_worlds.extend(other.false_worlds);
        self.of_whole += other.of_whole;
        self.placed += other.placed;
        self.datagrams += other.datagrams;
        self.certain += other.certain;
        self.unplaced.extend(other.unplaced);
    }
}

fn judge_all(first: u64, count: u64) -> BTreeMap<Kind, Row> {
    let judge = |kind, seed, row: &mut Row| {
        let world = world::draw(kind, seed);
        row.add(&world, &judge(&world));
    };
    let only: String = from_environment("MEDIDOR_WORLD_KIND").unwrap_or_default();
    let kinds: Vec<Kind> = Kind::ALL.into_iter().filter(|kind| format!("{kind:?}").contains(&only)).collect();
    judge_kinds(&kinds, (first, count), judge, Row::merge)
}

fn replay(name: &str) {
    let (kind, seed) = name.split_once('/').expect("kind/seed");
    let kind = Kind::ALL.into_iter().find(|known| format!("{known:?}") == kind).expect("a kind");
    let world = world::draw(kind, seed.parse().expect("a number"));
    println!("{world:#?}");
    let messages = play::play(&world, &mut Rng::with_seed(world.seed ^ 0x5eed));
    for message in &messages {
        println!("{message:?}");
    }
    println!("{:#?}", verdict(&world, &messages));
    println!("{:#?}", judge(&world));
}

#[test]
fn no_verdict_about_a_chat_is_false() {
    if let Ok(name) = env::var("MEDIDOR_CHAT_WORLD") {
        return replay(&name);
    }
    let count = from_environment("MEDIDOR_WORLDS").unwrap_or(FEW * Kind::ALL.len() as u64);
    let table = judge_all(from_environment("MEDIDOR_FIRST_WORLD").unwrap_or(0), count);
    let mut failures = Vec::new();
    println!("| kind | worlds | refused | false | dead copies of whole chats | with their place | certain |");
    for (kind, row) in &table {
        let Row { worlds, refused, of_whole, placed, unplaced, .. } = row;
        let falses = row.false_worlds.len();
        let certain = 100.0 * row.certain as f64 / row.datagrams.max(1) as f64;
        println!("| {kind:?} | {worlds} | {refused} | {falses} | {of_whole} | {placed} | {certain:.2} % |");
        failures.extend(row.false_worlds.iter().take(4).cloned());
        if placed != of_whole {
            let some = &unplaced[..unplaced.len().min(4)];
            failures.push(format!("{kind:?}: only {placed} of {of_whole} dead copies have their place: {some:?}"));
        }
        if *refused == *worlds {
            failures.push(format!("{kind:?}: every world was refused"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    let placed: u64 = table.values().map(|row| row.placed).sum();
    assert!(placed > count / 2, "so few copies died in whole chats that nothing was tested: {placed}");
}
