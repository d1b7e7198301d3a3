//! Compares verdicts with the truth: counts, and the tables of `docs/truth.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::Value;

use super::ground_truth::{CLIENT_HOST_IN, NETWORK_RETURN, SEGMENTS, SERVER_HOST_OUT, Segment, Truth};

/// A subset of the witnesses, one bit each: client's journal, client's capture, server's journal, server's capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subset(pub u8);

impl Subset {
    pub const ALL: Self = Self(15);

    /// All fifteen, the smallest first.
    pub fn every() -> impl Iterator<Item = Self> {
        (1..=4).flat_map(|size| (1..16).map(Self).filter(move |subset| subset.size() == size))
    }

    pub fn has(self, witness: usize) -> bool {
        self.0 >> witness & 1 == 1
    }

    pub fn size(self) -> u32 {
        self.0.count_ones()
    }

    pub fn hears_both_hosts(self) -> bool {
        self.0 & 0b0011 != 0 && self.0 & 0b1100 != 0
    }

    pub fn name(self) -> String {
        let names = ["client's journal", "client's capture", "server's journal", "server's capture"];
        let present: Vec<&str> = (0..4).filter(|witness| self.has(*witness)).map(|witness| names[witness]).collect();
        if self == Self::ALL { "all four".to_owned() } else { present.join(", ") }
    }
}

/// The verdict on a message in a result document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    Delivered,
    Late,
    NotSent,
    /// Answered by the server; nothing more is known.
    Answered,
    /// Lost in one of these segments, one bit each.
    Lost(u8),
    /// Inconclusive, or not listed.
    Open,
    /// The analysis refused these files, with a reason.
    Refused,
}

impl Verdict {
    /// The verdict on a message of a result document.
    pub fn of(message: &Value) -> Self {
        match message["outcome"].as_str().expect("an outcome") {
            "delivered" => Self::Delivered,
            "late" => Self::Late,
            "not_sent" => Self::NotSent,
            "answered" => Self::Answered,
            "inconclusive" => Self::Open,
            "lost" => {
                let blame = message["blame"].as_array().expect("blame").iter();
                let position = |name: &Value| SEGMENTS.iter().position(|(known, _)| name == known).expect("a segment");
                Self::Lost(blame.map(|name| 1 << position(name)).sum())
            }
            other => panic!("unknown outcome {other}"),
        }
    }

    fn name(self) -> String {
        match self {
            Self::Delivered => "delivered".to_owned(),
            Self::Late => "late".to_owned(),
            Self::NotSent => "not sent".to_owned(),
            Self::Answered => "answered".to_owned(),
            Self::Open => "open".to_owned(),
            Self::Refused => "refused".to_owned(),
            Self::Lost(blame) => {
                let named = |segment: &usize| blame >> segment & 1 == 1;
                (0..7).filter(named).map(|segment| SEGMENTS[segment].1).collect::<Vec<_>>().join("+")
            }
        }
    }
}

/// The relation of a verdict to the truth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// Exactly the truth.
    Exact,
    /// True, but less precise than the truth.
    True,
    /// Delivered, which is true on the wire. Only the client's journal shows whether the application read the reply,
    /// and it was not used.
    OfTheWire,
    /// No statement.
    Open,
    /// One of several true statements, or the truth is unknown.
    Moot,
    /// False, because a capture was used without its journal, which alone counts the frames that the capture
    /// lost.
    Misled,
    /// False.
    False,
}

/// Compares a verdict with the truth.
fn mark(truth: Truth, verdict: Verdict, subset: Subset) -> Mark {
    let no_client_journal = !subset.has(0);
    let names = |blame: u8, segment: Segment| blame >> segment & 1 == 1;
    match (truth, verdict) {
        (Truth::Renumbered, _) => Mark::Moot,
        (_, Verdict::Open | Verdict::Refused) => Mark::Open,
        (Truth::OnTheDeadline | Truth::OnTheLastDeadline | Truth::AtTheEnd | Truth::OnItsWay, _) => {
            if is_among_the_truths(truth, verdict, no_client_journal) {
                Mark::Moot
            } else {
                Mark::False
            }
        }
        (Truth::Delivered, Verdict::Delivered) | (Truth::Late, Verdict::Late) | (Truth::NotSent, Verdict::NotSent) => {
            Mark::Exact
        }
        (Truth::Lost(segment), Verdict::Lost(blame)) if blame == 1 << segment => Mark::Exact,
        (Truth::Lost(segment), Verdict::Lost(blame)) if names(blame, segment) => Mark::True,
        (Truth::Lost(CLIENT_HOST_IN) | Truth::Late, Verdict::Delivered) if no_client_journal => Mark::OfTheWire,
        (Truth::Delivered | Truth::Late, Verdict::Answered) => Mark::True,
        (Truth::Lost(segment), Verdict::Answered) if segment >= SERVER_HOST_OUT => Mark::True,
        _ => Mark::False,
    }
}

/// Whether a verdict is one of several truths about a message.
fn is_among_the_truths(truth: Truth, verdict: Verdict, no_client_journal: bool) -> bool {
    let named = |segments: &[Segment]| match verdict {
        Verdict::Lost(blame) => segments.iter().any(|segment| blame >> segment & 1 == 1),
        _ => verdict == Verdict::Answered,
    };
    match truth {
        Truth::OnTheDeadline => matches!(verdict, Verdict::Delivered | Verdict::Late | Verdict::Answered),
        Truth::AtTheEnd => {
            verdict == Verdict::Late || verdict == Verdict::Delivered && no_client_journal || named(&[CLIENT_HOST_IN])
        }
        Truth::OnTheLastDeadline => matches!(verdict, Verdict::Delivered | Verdict::Late) || named(&[CLIENT_HOST_IN]),
        Truth::OnItsWay => named(&[NETWORK_RETURN, CLIENT_HOST_IN]),
        _ => false,
    }
}

/// A verdict on one message with a subset of the witnesses.
#[derive(Clone, Copy, Debug)]
pub struct Judged {
    pub number: u64,
    pub truth: Truth,
    pub verdict: Verdict,
    pub subset: Subset,
    /// A capture that lost frames was used without its journal.
    pub misled: bool,
}

impl Judged {
    pub fn mark(&self) -> Mark {
        match mark(self.truth, self.verdict, self.subset) {
            Mark::False if self.misled => Mark::Misled,
            mark => mark,
        }
    }
}

/// A false verdict, or an inexact one with four witnesses, with everything needed to repeat it.
pub struct FalseVerdict {
    pub scenario: &'static str,
    pub seed: u64,
    pub judged: Judged,
}

impl std::fmt::Display for FalseVerdict {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Judged { number, truth, verdict, subset, .. } = self.judged;
        let truth = row_name(truth);
        write!(
            out,
            "{}, seed {}, message {number}: {truth} called {} by {}",
            self.scenario,
            self.seed,
            verdict.name(),
            subset.name()
        )
    }
}

/// Marks and widths of some verdicts.
#[derive(Clone, Debug, Default)]
struct Totals {
    marks: BTreeMap<Mark, u64>,
    blames: u64,
    width: u64,
    widest: u32,
    /// Lost messages of which nothing is said.
    unblamed: u64,
}

impl Totals {
    fn add(&mut self, judged: &Judged) {
        *self.marks.entry(judged.mark()).or_default() += 1;
        if let Verdict::Lost(blame) = judged.verdict {
            self.blames += 1;
            self.width += u64::from(blame.count_ones());
            self.widest = self.widest.max(blame.count_ones());
        } else if judged.mark() == Mark::Open && matches!(judged.truth, Truth::Lost(_)) {
            self.unblamed += 1;
        }
    }

    fn join(&mut self, other: &Self) {
        for (mark, count) in &other.marks {
            *self.marks.entry(*mark).or_default() += count;
        }
        (self.blames, self.width) = (self.blames + other.blames, self.width + other.width);
        self.widest = self.widest.max(other.widest);
        self.unblamed += other.unblamed;
    }

    fn count(&self, mark: Mark) -> u64 {
        self.marks.get(&mark).copied().unwrap_or(0)
    }

    fn all(&self) -> u64 {
        self.marks.values().sum()
    }

    fn mean_width(&self) -> String {
        if self.blames == 0 { "–".to_owned() } else { format!("{:.2}", self.width as f64 / self.blames as f64) }
    }
}

/// All verdicts of all runs.
#[derive(Default)]
pub struct Table {
    runs: BTreeMap<&'static str, u64>,
    pub order: Vec<&'static str>,
    by_scenario: BTreeMap<(&'static str, u32), Totals>,
    by_subset: BTreeMap<Subset, Totals>,
    matrix: BTreeMap<(Subset, bool), BTreeMap<(Truth, Verdict), u64>>,
    truths: BTreeMap<&'static str, BTreeMap<Truth, u64>>,
    /// False verdicts, and inexact ones with four witnesses.
    pub misses: Vec<FalseVerdict>,
}

impl Table {
    /// An empty table with its scenarios in this order.
    pub fn new(order: Vec<&'static str>) -> Self {
        Self { order, ..Self::default() }
    }

    /// Adds all verdicts of a run.
    ///
    /// With four complete witnesses every verdict must be exact; where a capture was `weakened` it may be wider.
    pub fn enter(&mut self, scenario: &'static str, seed: u64, verdicts: &[Judged], weakened: bool) {
        *self.runs.entry(scenario).or_default() += 1;
        let mut numbers = BTreeSet::new();
        for judged in verdicts {
            if numbers.insert(judged.number) {
                *self.truths.entry(scenario).or_default().entry(judged.truth).or_default() += 1;
            }
            self.by_scenario.entry((scenario, judged.subset.size())).or_default().add(judged);
            self.by_subset.entry(judged.subset).or_default().add(judged);
            // Four incomplete witnesses are counted separately.
            let apart = judged.subset == Subset::ALL && weakened;
            *self
                .matrix
                .entry((judged.subset, apart))
                .or_default()
                .entry((judged.truth, judged.verdict))
                .or_default() += 1;
            let enough = weakened || matches!(judged.mark(), Mark::Exact | Mark::Moot);
            if judged.mark() == Mark::False || judged.subset == Subset::ALL && !enough {
                self.misses.push(FalseVerdict { scenario, seed, judged: *judged });
            }
        }
    }

    /// All tables, in Markdown.
    pub fn tables(&self) -> String {
        [self.summary(), self.listed(), self.faults(), self.subsets(), self.matrices()].join("\n")
    }

    fn summary(&self) -> String {
        let mut text = String::from("### In short\n\n");
        if let Some(matrix) = self.matrix.get(&(Subset::ALL, false)) {
            let marked = |wanted: &[Mark]| {
                let cells =
                    matrix.iter().filter(|((truth, verdict), _)| wanted.contains(&mark(*truth, *verdict, Subset::ALL)));
                cells.map(|(_, count)| count).sum::<u64>()
            };
            let all = matrix.values().sum::<u64>() - marked(&[Mark::Moot]);
            let exact = ratio(marked(&[Mark::Exact]), all);
            let _ =
                writeln!(text, "- All four witnesses, none of them weakened: of {all} messages {exact} exactly right.");
        }
        for size in (1..=4).rev() {
            let mut sum = Totals::default();
            self.by_subset.iter().filter(|(subset, _)| subset.size() == size).for_each(|(_, part)| sum.join(part));
            let _ = writeln!(
                text,
                "- {size} of four: {} verdicts, {} false, {} misled; a blame names {} segments in the mean, {} at most.",
                sum.all(),
                sum.count(Mark::False),
                sum.count(Mark::Misled),
                sum.mean_width(),
                sum.widest
            );
        }
        text
    }

    /// The runs with a wrong clock, whose table is shorter.
    pub fn of_clocks(&self) -> String {
        let sums = || self.by_subset.values();
        let all: u64 = sums().map(Totals::all).sum();
        let wrong: u64 = sums().map(|sum| sum.count(Mark::False)).sum();
        format!("Of the {all} verdicts of all subsets from these files, {wrong} are false.\n")
    }

    fn faults(&self) -> String {
        let mut table = String::from(
            "### By fault\n\n\
             `exact`: of the verdicts of all four witnesses, how many say exactly what is true. `false or misled`: \
             verdicts of any subset that say what is not. `width`: segments in a blame, in the mean, by the number of witnesses heard.\n\n\
             | fault | runs | messages | lost | exact, all four | false or misled, any subset | width: 4 | 3 | 2 | 1 |\n\
             |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n",
        );
        let empty = Totals::default();
        for name in self.order.iter().filter(|name| self.runs.contains_key(*name)) {
            let truths = &self.truths[name];
            let messages: u64 = truths.values().sum();
            let lost: u64 =
                truths.iter().filter(|(truth, _)| matches!(truth, Truth::Lost(_))).map(|(_, count)| count).sum();
            let sum = |size: u32| self.by_scenario.get(&(*name, size)).unwrap_or(&empty);
            let wrong: u64 = (1..=4).map(|size| sum(size).count(Mark::False) + sum(size).count(Mark::Misled)).sum();
            let exact = match sum(4).all() {
                0 => "–".to_owned(),
                all => ratio(sum(4).count(Mark::Exact), all - sum(4).count(Mark::Moot)),
            };
            let widths: Vec<String> = (1..=4).rev().map(|size| sum(size).mean_width()).collect();
            let _ = writeln!(
                table,
                "| {name} | {} | {messages} | {lost} | {exact} | {wrong} | {} |",
                self.runs[name],
                widths.join(" | ")
            );
        }
        table
    }

    fn subsets(&self) -> String {
        let heard = Subset::every().filter_map(|subset| Some((subset.name(), self.by_subset.get(&subset)?)));
        format!("### By witnesses heard\n\n{}", by_mark("witnesses", heard))
    }

    /// All verdicts by scenario and mark, in Markdown.
    pub fn of_scenarios(&self, title: &str) -> String {
        let sums: Vec<(String, Totals)> =
            self.order.iter().map(|name| ((*name).to_owned(), self.of_scenario(name))).collect();
        by_mark(title, sums.iter().filter(|(_, sum)| sum.all() > 0).map(|(name, sum)| (name.clone(), sum)))
    }

    /// The verdicts of a scenario by any number of witnesses.
    fn of_scenario(&self, name: &str) -> Totals {
        let mut sum = Totals::default();
        self.by_scenario.iter().filter(|((known, _), _)| *known == name).for_each(|(_, part)| sum.join(part));
        sum
    }

    /// The number of verdicts of some scenarios.
    pub fn verdicts(&self, names: &[&'static str]) -> u64 {
        names.iter().map(|name| self.of_scenario(name).all()).sum()
    }

    /// The share of a scenario's verdicts that are exact, of those that can be; `None` without any.
    pub fn exact_share(&self, name: &str) -> Option<f64> {
        let sum = self.of_scenario(name);
        let all = sum.all() - sum.count(Mark::Moot);
        (all > 0).then(|| sum.count(Mark::Exact) as f64 / all as f64)
    }

    /// The segments that a scenario's verdicts leave open for a lost message in the mean, all where nothing is blamed; `None`
    /// without a lost message.
    pub fn width_of_lost(&self, name: &str) -> Option<f64> {
        let sum = self.of_scenario(name);
        let width = sum.width + sum.unblamed * SEGMENTS.len() as u64;
        let lost = sum.blames + sum.unblamed;
        (lost > 0).then(|| width as f64 / lost as f64)
    }

    fn matrices(&self) -> String {
        let mut text =
            String::from("### The confusion matrices\n\nA row is what is true, a column what was reported.\n");
        let largest_first = Subset::every().collect::<Vec<_>>().into_iter().rev();
        for (subset, weakened) in largest_first.flat_map(|subset| [(subset, false), (subset, true)]) {
            let Some(matrix) = self.matrix.get(&(subset, weakened)) else { continue };
            let columns: BTreeSet<Verdict> = matrix.keys().map(|(_, verdict)| *verdict).collect();
            let rows: BTreeSet<Truth> = matrix.keys().map(|(truth, _)| *truth).collect();
            let names: Vec<String> = columns.iter().map(|verdict| verdict.name()).collect();
            let mut title = subset.name();
            title[..1].make_ascii_uppercase();
            if subset == Subset::ALL {
                title += if weakened { ", a capture cut or with drops" } else { ", whole" };
            }
            let _ = writeln!(text, "\n#### {title}\n\n| | {} |", names.join(" | "));
            let _ = writeln!(text, "|---|{}", "--:|".repeat(columns.len()));
            for row in rows {
                let cells: Vec<String> = columns
                    .iter()
                    .map(|verdict| matrix.get(&(row, *verdict)).map_or_else(String::new, ToString::to_string))
                    .collect();
                let _ = writeln!(text, "| {} | {} |", row_name(row), cells.join(" | "));
            }
        }
        text
    }

    fn listed(&self) -> String {
        if self.misses.is_empty() {
            return "No verdict of this run is false, and none of four whole witnesses is less than exact.\n"
                .to_owned();
        }
        let mut text = String::from("False, or less than exact from four whole witnesses:\n\n");
        for miss in &self.misses {
            let _ = writeln!(text, "- {miss}");
        }
        text
    }
}

/// A table with a row for each of some verdicts and a column for each mark.
fn by_mark<'a>(title: &str, rows: impl Iterator<Item = (String, &'a Totals)>) -> String {
    let mut table = format!(
        "| {title} | verdicts | exact | true, not exact | of the wire | open | moot | misled | false | mean width | widest |\n\
         |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    for (name, sum) in rows {
        let counts = [Mark::Exact, Mark::True, Mark::OfTheWire, Mark::Open, Mark::Moot, Mark::Misled, Mark::False];
        let counts: Vec<String> = counts.iter().map(|mark| sum.count(*mark).to_string()).collect();
        // Writing to a string cannot fail.
        let _ = writeln!(
            table,
            "| {name} | {} | {} | {} | {} |",
            sum.all(),
            counts.join(" | "),
            sum.mean_width(),
            sum.widest
        );
    }
    table
}

/// A percentage; 100% only if all are counted.
fn ratio(part: u64, all: u64) -> String {
    let percent = (part as f64 / all as f64 * 10_000.0).floor() / 100.0;
    if part == all { "100%".to_owned() } else { format!("{percent:.2}% ({part} of {all})") }
}

fn row_name(truth: Truth) -> String {
    match truth {
        Truth::Delivered => "delivered".to_owned(),
        Truth::Late => "late".to_owned(),
        Truth::NotSent => "not sent".to_owned(),
        Truth::Lost(segment) => format!("`{}`", SEGMENTS[segment].0),
        Truth::OnTheDeadline => "at the deadline".to_owned(),
        Truth::AtTheEnd => "at the client's end".to_owned(),
        Truth::OnTheLastDeadline => "at the last deadline".to_owned(),
        Truth::OnItsWay => "under way at the end".to_owned(),
        Truth::Renumbered => "renumbered".to_owned(),
    }
}
