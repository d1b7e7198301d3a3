//! Texts that a client sends beside its numbered messages: a greeting, a trial, a last word with the time that it took. Their
//! digits number nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::evidence::MESSAGES;
use crate::core::evidence::capture_log::CaptureLog;
use crate::core::time::{SECOND, Wall};

/// Fewer texts than this have no form in common.
const MIN_TEXTS: usize = 8;

/// The texts of a flow have one form if at least this part of them has it, in percent.
const MIN_ALIKE: usize = 80;

/// Bytes of a text that make its form.
const MAX_FORM_LEN: usize = 64;

/// A text after the last message belongs to them if it comes no later than this, nanoseconds.
const MAX_GAP_NS: i64 = 5 * SECOND;

/// A numbered text: its place among the datagrams, its number, its form, and when it passed.
struct NumberedText {
    place: usize,
    number: u64,
    form: Vec<u8>,
    time: Wall,
}

/// Takes the numbers from texts of another form than the messages of their flow, unless their numbers are missing just there:
/// `Mensagem 10 (pausa)` is a message, `tempo total 31.5 s` is none. Needs the texts.
pub fn forget_other_numbers(log: &mut CaptureLog) {
    let others: BTreeSet<usize> = by_flow(log).values().flat_map(|texts| others(texts)).collect();
    if others.is_empty() {
        return;
    }
    let mut places = 0..;
    log.datagrams.update(|datagram| {
        if places.next().is_some_and(|place| others.contains(&place)) {
            datagram.number = None;
        }
    });
}

/// Whether the texts of each flow with messages have one form.
pub(super) fn have_one_form(log: &CaptureLog) -> bool {
    by_flow(log).values().filter(|texts| texts.len() >= MIN_TEXTS).all(|texts| usual_form(texts).is_some())
}

/// The numbered texts that are no replies, by flow.
fn by_flow(log: &CaptureLog) -> BTreeMap<u32, Vec<NumberedText>> {
    let mut flows: BTreeMap<u32, Vec<NumberedText>> = BTreeMap::new();
    for (place, (datagram, text)) in log.datagrams.with_texts().enumerate() {
        if let (Some(number), Some(text), false) = (datagram.number, text, datagram.reads_as_reply) {
            let text = NumberedText { place, number, form: form(text), time: datagram.time };
            flows.entry(datagram.flow).or_default().push(text);
        }
    }
    flows
}

/// The form that most of a flow's texts have.
fn usual_form(texts: &[NumberedText]) -> Option<&[u8]> {
    let mut count_of: BTreeMap<&[u8], usize> = BTreeMap::new();
    for text in texts {
        *count_of.entry(&text.form).or_default() += 1;
    }
    let (usual, count) = count_of.into_iter().max_by_key(|(_, count)| *count)?;
    (texts.len() >= MIN_TEXTS && count * 100 >= texts.len() * MIN_ALIKE).then_some(usual)
}

/// The beginning of a text up to its first NUL, with one sign for each run of digits.
fn form(text: &[u8]) -> Vec<u8> {
    let text = text.split(|byte| *byte == 0).next().unwrap_or_default();
    let text = &text[..text.len().min(MAX_FORM_LEN)];
    let mut form: Vec<u8> = text.iter().map(|byte| if byte.is_ascii_digit() { b'0' } else { *byte }).collect();
    form.dedup_by(|next, before| *next == b'0' && *before == b'0');
    form
}

/// The places of a flow's texts that are not among its messages.
fn others(texts: &[NumberedText]) -> Vec<usize> {
    let Some(usual) = usual_form(texts) else { return Vec::new() };
    let is_message = |text: &&NumberedText| text.form == usual;
    let numbers: BTreeSet<u64> = texts.iter().filter(is_message).map(|text| text.number).collect();
    let fits = |index: usize| {
        let NumberedText { number, time, .. } = texts[index];
        let before = texts[..index].iter().rfind(is_message);
        let after = texts[index..].iter().find(is_message);
        let follows = before.is_none_or(|before| before.number < number);
        let leads = match (before, after) {
            (_, Some(after)) => number < after.number,
            (Some(before), None) => number <= MESSAGES && time.since(before.time) <= MAX_GAP_NS,
            (None, None) => true,
        };
        follows && leads && !numbers.contains(&number)
    };
    let others = (0..texts.len()).filter(|index| !is_message(&&texts[*index]) && !fits(*index));
    others.map(|index| texts[index].place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::evidence::datagram::Datagram;
    use crate::core::evidence::datagram_source::DatagramSource;
    use crate::core::protocol::message;

    /// The numbers that are left of these texts, which pass a tenth of a second apart.
    fn left(texts: impl IntoIterator<Item = String>) -> Vec<Option<u64>> {
        let texts: Vec<String> = texts.into_iter().collect();
        let datagrams = (0..).zip(&texts).map(|(index, text)| Datagram {
            time: Wall(index * SECOND / 10),
            frame: index as u32 + 1,
            number: message::read(text.as_bytes()).number,
            ..Datagram::default()
        });
        let datagrams =
            DatagramSource::new(datagrams.collect(), texts.iter().map(|text| text.as_bytes().into()).collect());
        let mut log = CaptureLog { datagrams, ..CaptureLog::default() };
        forget_other_numbers(&mut log);
        log.datagrams.iter().map(|datagram| datagram.number).collect()
    }

    fn messages(numbers: std::ops::RangeInclusive<u64>) -> Vec<String> {
        numbers.map(|number| format!("Mensagem {number} de 30")).collect()
    }

    #[test]
    fn first_and_last_words_are_no_messages() {
        for (first, last) in [("grupo 7", "tempo total 31.5 s"), ("30 mensagens, 20 s", "Fim: 0 de 30"), ("oi 1", "31")]
        {
            let found = left([vec![first.to_owned()], messages(1..=30), vec![last.to_owned()]].concat());
            let expected: Vec<_> = [vec![None], (1..=30).map(Some).collect(), vec![None]].concat();
            assert_eq!(found, expected, "{first} {last}");
        }
    }

    #[test]
    fn a_message_with_more_words_is_one_where_its_number_is_missing() {
        let texts = messages(1..=30).into_iter().map(|text| match &text[..] {
            "Mensagem 10 de 30" => "Mensagem 10 (pausa)".into(),
            "Mensagem 30 de 30" => "Mensagem 30, a última".into(),
            _ => text,
        });
        assert_eq!(left(texts), (1..=30).map(Some).collect::<Vec<_>>());
    }

    #[test]
    fn messages_beyond_the_thirtieth_keep_their_numbers() {
        assert_eq!(left(messages(1..=33)), (1..=33).map(Some).collect::<Vec<_>>());
        let words = ["oi", "tudo bem", "sim", "tchau"];
        let each = (1..=31).map(|number| format!("{number}) {}", words[number % 4]));
        assert_eq!(left(each), (1..=31).map(Some).collect::<Vec<_>>(), "they have no form in common");
    }

    #[test]
    fn what_lies_behind_a_nul_is_no_form() {
        let each = (1..=30).map(|number| format!("Mensagem {number}\0{}", ["", "x", "yz"][number as usize % 3]));
        assert_eq!(left(each), (1..=30).map(Some).collect::<Vec<_>>());
    }
}
