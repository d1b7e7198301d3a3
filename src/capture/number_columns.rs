//! Which of several numbers in a text is the message's.
//!
//! ```text
//! Cliente1: Mensagem 7        [2026-11-28 10:15] 7        7 de 30
//!        ^           ^         ^    ^  ^  ^  ^   ^        ^    ^     columns
//! ```
//!
//! A live program takes the first. In a file, the whole conversation shows which it is: the one that the replies repeat, or
//! where there are none, the one that counts up. Digits may be glued to others in fields of fixed width, `00007` and `0` and
//! `4007`: then some of the digits count up and are repeated.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use super::unidentified_texts::is_binary;
use crate::core::evidence::datagram::Datagram;
use crate::core::evidence::flow::FlowKey;
use crate::core::protocol::message;

/// Numbers of a text that are considered.
const MAX_COLUMNS: usize = 8;

/// After so many texts of a flow whose first numbers count up, the others are not looked at.
const ENOUGH: u32 = 64;

/// Of a flow without replies, at least so many texts count up before a later column is taken.
const MIN_STEPS: usize = 2;

/// So many texts of a conversation decide.
const MAX_TEXTS: usize = 4_096;

/// Fields of fixed width are looked for in this many digits or more.
const MIN_GLUED: usize = 6;

/// The digits of the first number, in each of which a field may begin and end: as many as a number can have.
const MAX_GLUED: usize = 19;

/// Of texts with more and less numbers, so many of the last ones are considered, too.
const MAX_LAST: usize = 4;

/// The numbers of one text.
#[derive(Clone, Copy, Default)]
struct Columns {
    /// The first is also the datagram's own.
    numbers: [Option<u64>; MAX_COLUMNS],
    /// How many there are.
    count: usize,
    /// How many digits the first one has.
    digits: usize,
}

impl Columns {
    fn single(number: Option<u64>) -> Self {
        let mut columns = Self { count: 1, ..Self::default() };
        columns.numbers[0] = number;
        columns
    }
}

/// Where in a text the message's number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NumberPlace {
    /// It is one of the numbers, counted from the first.
    Column(usize),
    /// It is one of the numbers, counted from the last.
    FromLast(usize),
    /// It has some of the digits of the first number, and that has so many.
    Digits { from: usize, to: usize, of: usize },
}

impl NumberPlace {
    const FIRST: Self = Self::Column(0);

    fn read(self, columns: &Columns) -> Option<u64> {
        match self {
            Self::Column(column) => columns.numbers[column],
            Self::FromLast(column) => columns.numbers[columns.count.checked_sub(column + 1)?],
            Self::Digits { from, to, of } => {
                let digits = format!("{:0of$}", columns.numbers[0].filter(|_| columns.digits == of)?);
                digits[from..to].parse().ok()
            }
        }
    }
}

/// The texts with several numbers, noted while a capture is read.
#[derive(Default)]
pub(super) struct NumberColumns {
    /// By index of the datagram.
    several: HashMap<usize, Columns>,
    /// How the first numbers of each flow go on.
    first: Vec<FirstColumn>,
}

#[derive(Clone, Copy, Default)]
struct FirstColumn {
    texts: u32,
    steps: u32,
    last: Option<u64>,
    /// Of the first [`ENOUGH`] payloads, so many are no texts.
    binary: u32,
}

impl FirstColumn {
    fn counts_up(self) -> bool {
        self.texts >= ENOUGH && self.steps * 2 > self.texts
    }

    fn is_binary(self) -> bool {
        self.binary * 2 > self.texts.min(ENOUGH)
    }
}

impl NumberColumns {
    /// Notes the text of a flow's next datagram, which gets this index. `number` is its first number, whose digits end at `end`.
    #[inline]
    pub fn note(&mut self, flow: u32, index: usize, payload: &[u8], number: Option<u64>, end: usize) {
        let flow = flow as usize;
        if flow >= self.first.len() {
            self.first.resize(flow + 1, FirstColumn::default());
        }
        let first = &mut self.first[flow];
        if first.counts_up() {
            return;
        }
        first.texts = first.texts.saturating_add(1);
        first.binary += u32::from(first.texts <= ENOUGH && is_binary(payload));
        first.steps += u32::from(is_step(first.last, number));
        first.last = number;
        let digits = payload[..end].iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        let mut next = message::first_digits(payload, end);
        if next.is_none() && digits < MIN_GLUED {
            return;
        }
        let mut columns = Columns { digits, ..Columns::single(number) };
        for column in &mut columns.numbers[1..] {
            let Some(digits) = next else { break };
            *column = message::value(&payload[digits.clone()]);
            next = message::first_digits(payload, digits.end);
            columns.count += 1;
        }
        self.several.insert(index, columns);
    }

    /// The flows of which most payloads are no texts.
    pub fn binary_flows(&self) -> BTreeSet<u32> {
        (0..).zip(&self.first).filter(|(_, first)| first.is_binary()).map(|(flow, _)| flow).collect()
    }

    /// Gives the datagrams the numbers of the columns that the conversations show. Returns the flows whose messages are not numbered
    /// by their first numbers.
    pub fn apply(self, flows: &[FlowKey], datagrams: &mut [Datagram]) -> BTreeSet<u32> {
        let index_of: HashMap<&FlowKey, u32> =
            flows.iter().enumerate().map(|(index, flow)| (flow, index as u32)).collect();
        let reverse = |flow: u32| {
            let FlowKey { source, destination } = flows[flow as usize];
            index_of.get(&FlowKey { source: destination, destination: source }).copied()
        };
        let name = |flow: u32| reverse(flow).map_or(flow, |reverse| reverse.min(flow));
        let noted = self.several.keys().map(|index| datagrams[*index].flow);
        let wordy: BTreeSet<u32> = noted.filter(|flow| !self.first[*flow as usize].counts_up()).map(name).collect();
        let mut conversations: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (index, datagram) in datagrams.iter().enumerate().filter(|_| !wordy.is_empty()) {
            let name = name(datagram.flow);
            if wordy.contains(&name) {
                conversations.entry(name).or_default().push(index);
            }
        }
        let mut renumbered = BTreeSet::new();
        for indexes in conversations.values() {
            let asks = datagrams[indexes[0]].flow;
            let several = &self.several;
            let read = |index: usize, datagram: &Datagram| {
                let columns = several.get(&index).copied();
                (datagram.flow == asks, columns.unwrap_or_else(|| Columns::single(datagram.number)))
            };
            let first = indexes.iter().take(MAX_TEXTS);
            let [ours, theirs] = places(&first.map(|index| read(*index, &datagrams[*index])).collect::<Vec<_>>());
            for index in indexes {
                let datagram = &mut datagrams[*index];
                let (is_request, columns) = read(*index, datagram);
                let place = if is_request { ours } else { theirs };
                if place != NumberPlace::FIRST {
                    datagram.number = place.read(&columns);
                    renumbered.insert(datagram.flow);
                }
            }
        }
        renumbered
    }
}

fn is_step(before: Option<u64>, number: Option<u64>) -> bool {
    before.zip(number).is_some_and(|(before, number)| before.checked_add(1) == Some(number))
}

/// Where the messages' numbers are in the requests and in the replies.
fn places(texts: &[(bool, Columns)]) -> [NumberPlace; 2] {
    let [ours, theirs] = [true, false].map(|way| columns(texts, way));
    let pairs = ours.iter().flat_map(|ours| theirs.iter().map(move |theirs| [*ours, *theirs]));
    if let Some(best) = most_repeated(texts, pairs) {
        return best;
    }
    let counting = [(true, ours), (false, theirs)].map(|(way, places)| {
        let steps = places.into_iter().map(|place| (steps(texts, way, place), place));
        steps
            .filter(|(steps, _)| *steps >= MIN_STEPS)
            .rev()
            .max_by_key(|(steps, place)| (*steps, Reverse(first_number(texts, way, *place))))
    });
    if counting[0].is_none()
        && let Some(glued) = glued(texts)
    {
        return glued;
    }
    counting.map(|found| found.map_or(NumberPlace::FIRST, |(_, place)| place))
}

/// The places of the numbers in the texts of one direction. Where some texts have more numbers than others, a number's place may
/// be the same from the last one on only.
fn columns(texts: &[(bool, Columns)], way: bool) -> Vec<NumberPlace> {
    let counts = || texts.iter().filter(|text| text.0 == way).map(|text| text.1.count);
    let most = counts().max().unwrap_or(1);
    let last = if counts().min() == Some(most) { 0 } else { MAX_LAST };
    (0..most).map(NumberPlace::Column).chain((0..last).map(NumberPlace::FromLast)).collect()
}

/// The places whose numbers the replies repeat most often; of several, those whose replies come soonest, for a server that counts
/// what arrives falls behind with each loss; then those that count up, from the smallest number, for a clock begins high.
fn most_repeated(texts: &[(bool, Columns)], pairs: impl Iterator<Item = [NumberPlace; 2]>) -> Option<[NumberPlace; 2]> {
    let weighed = pairs.map(|[ours, theirs]| {
        let Repeats { different, replies, behind } = repeated(texts, ours, theirs);
        ((different, replies, Reverse(behind)), [ours, theirs])
    });
    let weighed: Vec<_> = weighed.filter(|((different, ..), _)| *different > 0).collect();
    let most = weighed.iter().map(|(weight, _)| *weight).max()?;
    let best = weighed.into_iter().filter(|(weight, _)| *weight == most).map(|(_, places)| places);
    best.rev().max_by_key(|[ours, _]| (steps(texts, true, *ours), Reverse(first_number(texts, true, *ours))))
}

/// The digits of the first number that count up in the requests, and that the replies repeat at the same place, if there are
/// replies: the widest such field, and of several the first.
fn glued(texts: &[(bool, Columns)]) -> Option<[NumberPlace; 2]> {
    let of = texts.iter().find(|text| text.0).map(|text| text.1.digits)?;
    if !(MIN_GLUED..=MAX_GLUED).contains(&of) || texts.iter().any(|text| text.1.digits != of) {
        return None;
    }
    let has_replies = texts.iter().any(|text| !text.0);
    let fields = (0..of).flat_map(|from| (from + 1..=of).rev().map(move |to| NumberPlace::Digits { from, to, of }));
    let counting = fields.filter(|place| {
        let steps = steps(texts, true, *place);
        steps >= MIN_STEPS && steps * 2 >= texts.iter().filter(|text| text.0).count().saturating_sub(1)
    });
    counting.map(|place| [place; 2]).find(|[place, _]| !has_replies || repeated(texts, *place, *place).different > 1)
}

/// How the replies repeat the numbers of the requests.
struct Repeats {
    /// How many different numbers, for the name of a group is repeated, too.
    different: usize,
    /// How many replies do so, each request once.
    replies: usize,
    /// How many requests were between such a reply and its request, all together.
    behind: usize,
}

/// How the replies repeat in one place the numbers that the requests have in another.
fn repeated(texts: &[(bool, Columns)], ours: NumberPlace, theirs: NumberPlace) -> Repeats {
    let mut open: HashMap<u64, VecDeque<usize>> = HashMap::new();
    let (mut asked, mut replies, mut behind, mut different) = (0, 0, 0, BTreeSet::new());
    for (is_request, columns) in texts {
        if *is_request {
            asked += 1;
            if let Some(number) = ours.read(columns) {
                open.entry(number).or_default().push_back(asked);
            }
        } else if let Some(number) = theirs.read(columns)
            && let Some(request) = open.get_mut(&number).and_then(VecDeque::pop_back)
        {
            behind += asked - request;
            replies += 1;
            different.insert(number);
        }
    }
    Repeats { different: different.len(), replies, behind }
}

/// The first number in a place.
fn first_number(texts: &[(bool, Columns)], way: bool, place: NumberPlace) -> Option<u64> {
    texts.iter().filter(|text| text.0 == way).find_map(|text| place.read(&text.1))
}

/// How often the numbers in a place count up from one text to the next in a direction.
fn steps(texts: &[(bool, Columns)], way: bool, place: NumberPlace) -> usize {
    let numbers: Vec<Option<u64>> = texts.iter().filter(|text| text.0 == way).map(|text| place.read(&text.1)).collect();
    numbers.windows(2).filter(|pair| is_step(pair[0], pair[1])).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLOWS: [[&str; 2]; 2] = [["10.0.0.1:40000", "10.0.0.2:5005"], ["10.0.0.2:5005", "10.0.0.1:40000"]];

    /// The numbers of a conversation's texts: those that begin with `<` go back.
    fn numbers<S: AsRef<str>>(texts: &[S]) -> (Vec<Option<u64>>, usize) {
        let flows = FLOWS.map(|[source, destination]| FlowKey {
            source: source.parse().unwrap(),
            destination: destination.parse().unwrap(),
        });
        let mut columns = NumberColumns::default();
        let mut datagrams = Vec::new();
        for text in texts.iter().map(AsRef::as_ref) {
            let (flow, text) = text.strip_prefix('<').map_or((0, text), |text| (1, text));
            let (read, digits) = message::read_digits(text.as_bytes());
            if !read.is_reply {
                columns.note(flow, datagrams.len(), text.as_bytes(), read.number, digits.end);
            }
            datagrams.push(Datagram { flow, number: read.number, ..Datagram::default() });
        }
        let renumbered = columns.apply(&flows, &mut datagrams).len();
        (datagrams.iter().map(|datagram| datagram.number).collect(), renumbered)
    }

    /// Five messages of this form and their replies, of which the second is lost.
    fn exchange(request: &str, reply: &str) -> (Vec<Option<u64>>, usize) {
        let fill = |form: &str, n: u64| {
            form.replace("{n}", &n.to_string())
                .replace("{s}", &(10 + 3 * n).to_string())
                .replace("{hex}", ["c", "c8", "d", "e", "2f"][n as usize % 5])
        };
        let texts = (1..=5).flat_map(|n| {
            let reply = (n != 2 && !reply.is_empty()).then(|| format!("<{}", fill(reply, n)));
            [Some(fill(request, n)), reply].into_iter().flatten()
        });
        numbers(&texts.collect::<Vec<_>>())
    }

    #[test]
    fn the_number_is_the_one_that_the_replies_repeat() {
        let expected: Vec<Option<u64>> = [1, 1, 2, 3, 3, 4, 4, 5, 5].map(Some).to_vec();
        for (request, reply, renumbered) in [
            ("Mensagem {n}", "ACK {n}", 0),
            ("{n} de 30", "ACK {n}", 0),
            ("Cliente1: Mensagem {n}", "ACK {n}", 1),
            ("[2026-11-28 10:15:{s}] {n}", "ack: {n}", 1),
            ("Cliente1: Mensagem {n}", "Servidor 2: ok {n} ({s} ms)", 2),
            ("Grupo 7 - {n}", "Grupo 7 - {n}", 2),
            ("Mensagem {n} ({s} s)", "Recebi {n}", 0),
            ("11 bytes: {n}", "11 bytes: {n}", 2),
            ("10:15:{s} {n}", "10:15:{s} {n}", 2),
            ("ab{n}{hex} {n}", "ACK {n}", 1),
            ("10:15:4{n} {n}", "10:15:4{n} ACK {n}", 2),
        ] {
            assert_eq!(exchange(request, reply), (expected.clone(), renumbered), "{request} / {reply}");
        }
    }

    #[test]
    fn a_server_that_counts_what_arrives_falls_behind() {
        let texts = ["1", "<1: ACK 1", "2", "3", "<2: ACK 3", "4", "<3: ACK 4"];
        assert_eq!(numbers(&texts).0, [1, 1, 2, 3, 3, 4, 4].map(Some));
    }

    #[test]
    fn without_replies_it_is_the_one_that_counts_up() {
        let expected: Vec<Option<u64>> = (1..=5).map(Some).collect();
        for request in ["Mensagem {n}", "Cliente1: Mensagem {n}", "{n} de 30", "10:15:{s} {n}"] {
            assert_eq!(exchange(request, "").0, expected, "{request}");
        }
    }

    #[test]
    fn digits_of_a_fixed_width_are_split_where_they_count_up() {
        let ping =
            |n: u64, kind: u64| format!("{}{n:05}{kind}{:04}oi", if kind == 0 { "" } else { "<" }, 4_000 + 7 * n);
        let texts: Vec<String> =
            (0..10).flat_map(|n| [Some(ping(n, 0)), (n != 3).then(|| ping(n, 1))]).flatten().collect();
        let expected: Vec<Option<u64>> =
            (0..10).flat_map(|n| [Some(n), (n != 3).then_some(n)]).flatten().map(Some).collect();
        assert_eq!(numbers(&texts), (expected, 2));
        assert_eq!(numbers(&["1790000001", "1790000002", "1790000003"]).1, 0, "a time that counts up is one number");
        assert_eq!(numbers(&["20261128101501", "20261128101734", "20261128102012"]).1, 0, "no digits count up");
    }

    #[test]
    fn a_program_that_repeats_the_first_number_goes_by_that() {
        let texts =
            ["Cliente1: Mensagem 1", "<ACK 1", "Cliente1: Mensagem 2", "<ACK 1", "Cliente1: Mensagem 3", "<ACK 1"];
        assert_eq!(numbers(&texts), (vec![Some(1); 6], 0));
    }

    #[test]
    fn two_texts_are_too_few_to_leave_the_first_number() {
        assert_eq!(numbers(&["Cliente1: oi 1", "Cliente1: oi 2"]), (vec![Some(1); 2], 0));
    }

    #[test]
    fn long_runs_that_count_up_are_not_noted() {
        let mut columns = NumberColumns::default();
        for n in 1..=1_000_u64 {
            let text = format!("Ping {n} 12:00");
            columns.note(0, n as usize, text.as_bytes(), Some(n), 5 + n.to_string().len());
        }
        assert_eq!(columns.several.len(), ENOUGH as usize);
    }
}
