//! Conversations whose numbers do not tell one text from another: binary payloads in which a digit is an accident, few numbers among
//! many texts, and the alternating bit of a stop-and-wait protocol.

use std::collections::{BTreeSet, HashMap};

use crate::core::evidence::datagram::Datagram;
use crate::core::evidence::flow::FlowKey;
use crate::core::time::Wall;

/// So many texts of a direction show whether their numbers mean something.
const MIN_TEXTS: usize = 8;

/// An alternating bit has each of its values at least so often.
const MIN_ALTERNATIONS: usize = 3;

/// The texts of one direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct NumberTally {
    texts: usize,
    numbered: usize,
    /// How many have the number 0, and the number 1.
    bits: [usize; 2],
    /// How often the number is the one after that of the text before.
    steps: usize,
    last_number: Option<u64>,
    first: Wall,
    last: Wall,
}

impl NumberTally {
    fn add(&mut self, datagram: &Datagram) {
        if self.texts == 0 {
            (self.first, self.last) = (datagram.time, datagram.time);
        }
        (self.first, self.last) = (self.first.min(datagram.time), self.last.max(datagram.time));
        self.texts += 1;
        let Some(number) = datagram.number else { return };
        self.numbered += 1;
        if let Some(count) = self.bits.get_mut(number as usize) {
            *count += 1;
        }
        self.steps += usize::from(self.last_number.and_then(|last| last.checked_add(1)) == Some(number));
        self.last_number = Some(number);
    }

    const fn counts_up(&self) -> bool {
        self.steps > 0 && self.steps * 2 + 1 >= self.numbered
    }

    const fn has_few_numbers(&self) -> bool {
        self.numbered * 2 < self.texts
    }

    const fn alternates(&self) -> bool {
        let [zeros, ones] = self.bits;
        self.numbered >= MIN_TEXTS
            && zeros >= MIN_ALTERNATIONS
            && ones >= MIN_ALTERNATIONS
            && zeros + ones == self.numbered
    }
}

/// A direction of which the numbers were taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct UnidentifiedTexts {
    pub flow: u32,
    /// How many had a number.
    pub count: u64,
    pub first: Wall,
    pub last: Wall,
}

/// Takes the numbers away that do not identify a text. `binary` are the flows of which most payloads are no texts.
pub(super) fn drop_numbers(
    flows: &[FlowKey],
    datagrams: &mut [Datagram],
    binary: &BTreeSet<u32>,
) -> Vec<UnidentifiedTexts> {
    let mut tallies = vec![NumberTally::default(); flows.len()];
    for datagram in datagrams.iter() {
        tallies[datagram.flow as usize].add(datagram);
    }
    let is_suspect = |(flow, tally): (u32, &NumberTally)| {
        let has_few = tally.texts >= MIN_TEXTS && tally.has_few_numbers();
        tally.numbered > 0 && (has_few || tally.alternates()) || binary.contains(&flow)
    };
    let suspects: Vec<u32> = (0..).zip(&tallies).filter(|entry| is_suspect(*entry)).map(|(flow, _)| flow).collect();
    if suspects.is_empty() {
        return Vec::new();
    }
    let index_of: HashMap<&FlowKey, u32> = flows.iter().zip(0..).collect();
    let mut unidentified = BTreeSet::new();
    for flow in suspects {
        let FlowKey { source, destination } = flows[flow as usize];
        let reverse = index_of.get(&FlowKey { source: destination, destination: source }).copied();
        let both = || [Some(flow), reverse].into_iter().flatten();
        let all = |holds: fn(&NumberTally) -> bool| both().all(|flow| holds(&tallies[flow as usize]));
        let is_binary = binary.contains(&flow) && all(|tally| !tally.counts_up());
        if is_binary || tallies[flow as usize].alternates() || all(|tally| tally.texts == 0 || tally.has_few_numbers())
        {
            unidentified.extend(both());
        }
    }
    for datagram in datagrams.iter_mut().filter(|datagram| unidentified.contains(&datagram.flow)) {
        datagram.number = None;
    }
    let found = unidentified.into_iter().map(|flow| {
        let NumberTally { numbered, first, last, .. } = tallies[flow as usize];
        UnidentifiedTexts { flow, count: numbered as u64, first, last }
    });
    found.filter(|texts| texts.count > 0).collect()
}

/// Whether a payload is no text: it has a control character, or is UTF-16, whose digits are no run. What follows a NUL byte may be
/// what was in a buffer before.
pub(super) fn is_binary(payload: &[u8]) -> bool {
    let text = payload.split(|byte| *byte == 0).next().unwrap_or_default();
    let is_control = |byte: &u8| byte.is_ascii_control() && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x1b);
    let is_utf16 = matches!(payload, [first, 0, second, 0, ..] if *first != 0 && *second != 0);
    text.is_empty() && !payload.is_empty() || text.iter().any(is_control) || is_utf16
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Which directions lose their numbers: `numbers` alternate between a request and a reply.
    fn dropped(numbers: &[[Option<u64>; 2]], binary: &[u32]) -> Vec<(u32, u64)> {
        let [client, server] = ["10.0.0.1:40000", "10.0.0.2:5005"].map(|addr| addr.parse().unwrap());
        let flows = [FlowKey { source: client, destination: server }, FlowKey { source: server, destination: client }];
        let mut datagrams: Vec<Datagram> = numbers
            .iter()
            .flatten()
            .zip([0, 1].into_iter().cycle())
            .map(|(number, flow)| Datagram { flow, number: *number, ..Datagram::default() })
            .collect();
        let found = drop_numbers(&flows, &mut datagrams, &binary.iter().copied().collect());
        for datagram in &datagrams {
            let is_dropped = found.iter().any(|texts| texts.flow == datagram.flow);
            assert!(!is_dropped || datagram.number.is_none());
        }
        found.iter().map(|texts| (texts.flow, texts.count)).collect()
    }

    #[test]
    fn numbers_that_tell_nothing_apart_are_dropped() {
        let bits: Vec<_> = (0..10).map(|n| [Some(n % 2); 2]).collect();
        assert_eq!(dropped(&bits, &[]), [(0, 10), (1, 10)]);
        let few: Vec<_> = (0..10).map(|n| [(n % 3 == 0).then_some(n); 2]).collect();
        assert_eq!(dropped(&few, &[]), [(0, 4), (1, 4)]);
        let random: Vec<_> = (0..10).map(|n| [Some(n * 7 % 5); 2]).collect();
        assert_eq!((dropped(&random, &[]), dropped(&random, &[0]).len()), (vec![], 2));
    }

    #[test]
    fn numbers_that_identify_stay() {
        let counting: Vec<_> = (0..10).map(|n| [Some(n), Some(n)]).collect();
        assert_eq!(dropped(&counting, &[0, 1]), [], "a binary header before a text");
        let bare: Vec<_> = (0..10).map(|n| [Some(n), (n == 4).then_some(404)]).collect();
        assert_eq!(dropped(&bare, &[]), [], "the requests are numbered");
        let two: Vec<_> = [0, 1, 0, 1].map(|n| [Some(n); 2]).to_vec();
        assert_eq!(dropped(&two, &[]), [], "two short runs");
    }

    #[test]
    fn a_text_may_end_with_what_was_in_its_buffer() {
        for text in [&b"Mensagem 7"[..], b"7\r\n", b"7\0", b"Mensagem 7\0\x01\x02", "ação 7".as_bytes(), b""] {
            assert!(!is_binary(text), "{text:?}");
        }
        for payload in [&[0, 0, 0, 7][..], &[1, 0, 0, 7], b"M\0e\0n\0", b"\x027\x03"] {
            assert!(is_binary(payload), "{payload:?}");
        }
    }
}
