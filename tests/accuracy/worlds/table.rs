//! What was found in many worlds, by kind.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use super::judge::{Judgement, Mark};
use super::world::{Kind, World};

/// False worlds that are printed with their details, of each kind.
const MAX_SHOWN: usize = 8;

#[derive(Clone, Debug, Default)]
struct Row {
    worlds: u64,
    refused: u64,
    false_worlds: u64,
    marks: [u64; 4],
    weak: u64,
    /// Messages of worlds with four whole files, and those of them that are exact.
    of_whole: u64,
    whole_exact: u64,
    blames: u64,
    width: u64,
    /// The false worlds with the lowest seeds.
    shown: BTreeMap<u64, String>,
    refusals: BTreeMap<String, u64>,
    /// False worlds by what their false claims are about and the world's note: how many, and the lowest seed.
    about: BTreeMap<(&'static str, String), (u64, u64)>,
}

#[derive(Clone, Debug, Default)]
pub struct Table(BTreeMap<Kind, Row>);

impl Table {
    pub fn add(&mut self, world: &World, judgement: &Judgement) {
        let row = self.0.entry(world.kind).or_default();
        row.worlds += 1;
        if let Some(refusal) = &judgement.refusal {
            row.refused += 1;
            *row.refusals.entry(refusal.lines().next().unwrap_or_default().to_owned()).or_default() += 1;
        }
        for mark in judgement.marks.values() {
            row.marks[*mark as usize] += 1;
        }
        row.weak += judgement.weak;
        if judgement.is_whole {
            row.of_whole += judgement.marks.len() as u64;
            row.whole_exact += judgement.marks.values().filter(|mark| **mark == Mark::Exact).count() as u64;
        }
        row.blames += judgement.widths.len() as u64;
        row.width += judgement.widths.iter().sum::<usize>() as u64;
        if judgement.falsehoods.is_empty() {
            return;
        }
        row.false_worlds += 1;
        let mut abouts: Vec<&'static str> = judgement.falsehoods.iter().map(|found| found.about).collect();
        abouts.sort_unstable();
        abouts.dedup();
        for about in abouts {
            let (count, lowest) = row.about.entry((about, world.note.clone())).or_insert((0, world.seed));
            (*count, *lowest) = (*count + 1, world.seed.min(*lowest));
        }
        row.shown.insert(world.seed, described(world, judgement));
        row.keep_lowest();
    }

    pub fn merge(&mut self, other: Self) {
        for (kind, other) in other.0 {
            let row = self.0.entry(kind).or_default();
            row.worlds += other.worlds;
            row.refused += other.refused;
            row.false_worlds += other.false_worlds;
            row.weak += other.weak;
            row.of_whole += other.of_whole;
            row.whole_exact += other.whole_exact;
            row.blames += other.blames;
            row.width += other.width;
            row.shown.extend(other.shown);
            row.keep_lowest();
            for (sum, count) in row.marks.iter_mut().zip(other.marks) {
                *sum += count;
            }
            for (about, (count, lowest)) in other.about {
                let known = row.about.entry(about).or_insert((0, lowest));
                *known = (known.0 + count, known.1.min(lowest));
            }
            for (refusal, count) in other.refusals {
                *row.refusals.entry(refusal).or_default() += count;
            }
        }
    }

    pub fn is_true(&self) -> bool {
        self.0.values().all(|row| row.false_worlds == 0)
    }
}

impl Row {
    fn keep_lowest(&mut self) {
        while self.shown.len() > MAX_SHOWN {
            self.shown.pop_last();
        }
    }
}

/// A false world, and the first things that are false.
fn described(world: &World, judgement: &Judgement) -> String {
    let identified = if judgement.identified.is_empty() { "nothing".into() } else { judgement.identified.join(", ") };
    let mut text = format!("{}/{} ({}; identified by {identified}):", world.kind.name(), world.seed, world.described());
    for found in judgement.falsehoods.iter().take(3) {
        let message = found.message.map_or(String::new(), |n| format!("message {n}, "));
        _ = write!(text, "\n    {message}said: {}\n      true: {}", found.said, found.truth);
    }
    if let Some(more) = judgement.falsehoods.len().checked_sub(3).filter(|more| *more > 0) {
        _ = write!(text, "\n    and {more} more");
    }
    text
}

fn percent(part: u64, of: u64) -> String {
    format!("{:.2} %", 100.0 * part as f64 / of.max(1) as f64)
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| kind | worlds | refused | messages | exact | wide | unknown | weak | false | false worlds | mean width | exact with four whole files |"
        )?;
        writeln!(f, "|---|---|---|---|---|---|---|---|---|---|---|---|")?;
        for (kind, row) in &self.0 {
            let messages: u64 = row.marks.iter().sum();
            let share =
                |mark: Mark| format!("{:.2} %", 100.0 * row.marks[mark as usize] as f64 / messages.max(1) as f64);
            writeln!(
                f,
                "| {} | {} | {} | {messages} | {} | {} | {} | {} | {} | {} | {:.2} | {} |",
                kind.name(),
                row.worlds,
                row.refused,
                share(Mark::Exact),
                share(Mark::Wide),
                share(Mark::Unknown),
                row.weak,
                row.marks[Mark::False as usize],
                row.false_worlds,
                row.width as f64 / row.blames.max(1) as f64,
                if row.of_whole == 0 { "-".into() } else { percent(row.whole_exact, row.of_whole) },
            )?;
        }
        writeln!(f, "\n| kind | claims about | false worlds | lowest seed | note |\n|---|---|---|---|---|")?;
        for (kind, row) in &self.0 {
            for ((about, note), (count, lowest)) in &row.about {
                writeln!(f, "| {} | {about} | {count} | {lowest} | {note} |", kind.name())?;
            }
        }
        for row in self.0.values() {
            for text in row.shown.values() {
                writeln!(f, "\n{text}")?;
            }
        }
        for (kind, row) in &self.0 {
            for (refusal, count) in &row.refusals {
                writeln!(f, "{}: {count} refused: {refusal}", kind.name())?;
            }
        }
        Ok(())
    }
}
