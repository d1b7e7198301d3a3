//! Which of several numbers in a text is the message's.
//!
//! ```text
//! Cliente1: Mensagem 7        [2026-11-28 10:15] 7        7 de 30
//!        ^           ^         ^    ^  ^  ^  ^   ^        ^    ^     columns
//! ```
//!
//! A live program takes the first. In a file, the whole conversation shows which it is: the one that the replies repeat, or
//! where there are none, the one that counts up.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

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

/// The numbers of one text; the first is also the datagram's own.
type Columns = [Option<u64>; MAX_COLUMNS];

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
}

impl FirstColumn {
    fn counts_up(self) -> bool {
        self.texts >= ENOUGH && self.steps * 2 > self.texts
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
        first.steps += u32::from(is_step(first.last, number));
        first.last = number;
        let Some(mut digits) = message::first_digits(payload, end) else { return };
        let mut columns = Columns::default();
        columns[0] = number;
        for column in &mut columns[1..] {
            *column = message::value(&payload[digits.clone()]);
            let Some(next) = message::first_digits(payload, digits.end) else { break };
            digits = next;
        }
        self.several.insert(index, columns);
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
                let single = || std::array::from_fn(|column| datagram.number.filter(|_| column == 0));
                (datagram.flow == asks, several.get(&index).copied().unwrap_or_else(single))
            };
            let first = indexes.iter().take(MAX_TEXTS);
            let [ours, theirs] = columns(&first.map(|index| read(*index, &datagrams[*index])).collect::<Vec<_>>());
            for index in indexes {
                let datagram = &mut datagrams[*index];
                let (is_request, columns) = read(*index, datagram);
                let column = if is_request { ours } else { theirs };
                if column > 0 {
                    datagram.number = columns[column];
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

/// The columns of the messages' numbers in the requests and in the replies.
fn columns(texts: &[(bool, Columns)]) -> [usize; 2] {
    let pairs = (0..MAX_COLUMNS).flat_map(|ours| (0..MAX_COLUMNS).map(move |theirs| (ours, theirs)));
    let answered = pairs.map(|(ours, theirs)| (repeated(texts, ours, theirs), (ours, theirs)));
    let counts_up = |ours: usize| steps(texts, true, ours);
    let best = answered.max_by_key(|(repeated, columns)| (*repeated, counts_up(columns.0), Reverse(*columns)));
    let (repeated, (ours, theirs)) = best.unwrap_or_default();
    if repeated != (0, 0) {
        return [ours, theirs];
    }
    [true, false].map(|way| {
        let steps = (0..MAX_COLUMNS).map(|column| (steps(texts, way, column), column));
        let (most, column) = steps.max_by_key(|(most, column)| (*most, Reverse(*column))).unwrap_or_default();
        if most >= MIN_STEPS { column } else { 0 }
    })
}

/// How many different numbers of requests in one column the replies repeat in another, for the name of a group is repeated, too;
/// and how many replies do so, each request once.
fn repeated(texts: &[(bool, Columns)], ours: usize, theirs: usize) -> (usize, usize) {
    let mut open: HashMap<u64, usize> = HashMap::new();
    let (mut repeated, mut different) = (0, BTreeSet::new());
    for (is_request, columns) in texts {
        if let (true, Some(number)) = (is_request, columns[ours]) {
            *open.entry(number).or_default() += 1;
        } else if let (false, Some(number)) = (is_request, columns[theirs])
            && let Some(count) = open.get_mut(&number).filter(|count| **count > 0)
        {
            *count -= 1;
            repeated += 1;
            different.insert(number);
        }
    }
    (different.len(), repeated)
}

/// How often a column counts up from one text to the next in a direction.
fn steps(texts: &[(bool, Columns)], way: bool, column: usize) -> usize {
    let numbers: Vec<Option<u64>> = texts.iter().filter(|text| text.0 == way).map(|text| text.1[column]).collect();
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
        let fill = |form: &str, n: u64| form.replace("{n}", &n.to_string()).replace("{s}", &(10 + 3 * n).to_string());
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
        ] {
            assert_eq!(exchange(request, reply), (expected.clone(), renumbered), "{request} / {reply}");
        }
    }

    #[test]
    fn without_replies_it_is_the_one_that_counts_up() {
        let expected: Vec<Option<u64>> = (1..=5).map(Some).collect();
        for request in ["Mensagem {n}", "Cliente1: Mensagem {n}", "{n} de 30", "10:15:{s} {n}"] {
            assert_eq!(exchange(request, "").0, expected, "{request}");
        }
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
