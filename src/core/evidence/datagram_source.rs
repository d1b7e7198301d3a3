//! The datagrams of a capture, as a source that can be read again, whole or by flow.

use std::slice;
use std::sync::OnceLock;

use super::datagram::{Datagram, NumberedFrame};
use super::flow_summary::FlowSummary;
use super::source::Source;

/// UDP datagrams in the order of the file, and the first bytes of each where they were asked for. What is known of its flows is
/// found out when it is first asked for, in one pass.
#[derive(Clone, Debug, Default)]
pub struct DatagramSource {
    datagrams: Source<Datagram>,
    /// Of each datagram, or none.
    texts: Source<Box<[u8]>>,
    summaries: OnceLock<Vec<FlowSummary>>,
    positions: OnceLock<FlowPositions>,
}

/// Where in the file the datagrams of each flow are.
#[derive(Clone, Debug)]
struct FlowPositions {
    /// Two for each flow: where its numbered datagrams begin in `positions`, and where the others do.
    starts: Vec<u32>,
    positions: Vec<u32>,
}

impl DatagramSource {
    /// Datagrams in the order of the file, with their texts or with none.
    ///
    /// # Panics
    /// Where there are texts, and not as many as datagrams.
    pub fn new(datagrams: Vec<Datagram>, texts: Vec<Box<[u8]>>) -> Self {
        assert!(texts.is_empty() || texts.len() == datagrams.len());
        Self { datagrams: datagrams.into(), texts: texts.into(), ..Self::default() }
    }

    /// Reads the datagrams from the beginning.
    pub fn iter(&self) -> slice::Iter<'_, Datagram> {
        self.datagrams.iter()
    }

    /// Reads the datagrams with their texts; `None` where those were not kept.
    pub fn with_texts(&self) -> impl Iterator<Item = (&Datagram, Option<&[u8]>)> + Clone {
        let mut texts = self.texts.iter();
        self.iter().map(move |datagram| (datagram, texts.next().map(|text| &**text)))
    }

    /// How many there are.
    pub const fn len(&self) -> usize {
        self.datagrams.len()
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.datagrams.is_empty()
    }

    /// The summary of a flow, by its index.
    pub fn summary(&self, flow: u32) -> &FlowSummary {
        self.summaries().get(flow as usize).unwrap_or(&EMPTY)
    }

    /// The same of a flow that the file may lack.
    pub fn summary_of(&self, flow: Option<u32>) -> &FlowSummary {
        flow.map_or(&EMPTY, |flow| self.summary(flow))
    }

    /// The numbered datagrams of a flow.
    pub fn numbered(&self, flow: u32) -> NumberedDatagrams<'_> {
        NumberedDatagrams { source: Some(self), own: self.positions(flow)[0], others: &[] }
    }

    /// The datagrams of a flow that have no number.
    pub fn unnumbered(&self, flow: u32) -> impl Iterator<Item = &Datagram> + Clone {
        self.at([self.positions(flow)[1], &[]])
    }

    /// All datagrams of a flow.
    pub fn of_flow(&self, flow: u32) -> impl Iterator<Item = &Datagram> + Clone {
        self.at(self.positions(flow))
    }

    /// Adds a datagram at the end, without a text.
    pub fn push(&mut self, datagram: Datagram) {
        self.forget_flows();
        self.datagrams.push(datagram);
    }

    /// Adds the datagrams of a later file.
    pub fn append(&mut self, later: Self) {
        self.forget_flows();
        self.datagrams.append(later.datagrams);
        self.texts.append(later.texts);
    }

    /// Changes datagrams as they are read.
    pub fn update(&mut self, change: impl FnMut(&mut Datagram)) {
        self.forget_flows();
        self.datagrams.update(change);
    }

    /// Leaves out the other datagrams.
    pub fn retain(&mut self, mut keep: impl FnMut(&Datagram) -> bool) {
        self.forget_flows();
        let kept: Vec<bool> = self.iter().map(&mut keep).collect();
        let (mut of_datagram, mut of_text) = (kept.iter(), kept.iter());
        self.datagrams.retain(|_| of_datagram.next() == Some(&true));
        self.texts.retain(|_| of_text.next() == Some(&true));
    }

    fn forget_flows(&mut self) {
        (self.summaries, self.positions) = (OnceLock::new(), OnceLock::new());
    }

    fn summaries(&self) -> &[FlowSummary] {
        self.summaries.get_or_init(|| {
            let mut summaries: Vec<FlowSummary> = Vec::new();
            for datagram in self {
                let flow = datagram.flow as usize;
                if flow >= summaries.len() {
                    summaries.resize(flow + 1, FlowSummary::EMPTY);
                }
                summaries[flow].add(datagram);
            }
            summaries
        })
    }

    fn positions(&self, flow: u32) -> [&[u32]; 2] {
        let all = self.positions.get_or_init(|| FlowPositions::new(self.summaries(), self.iter()));
        let start =
            |part: usize| all.starts.get(2 * flow as usize + part).map_or(all.positions.len(), |at| *at as usize);
        [0, 1].map(|part| &all.positions[start(part)..start(part + 1)])
    }

    fn at<'a>(&'a self, positions: [&'a [u32]; 2]) -> impl Iterator<Item = &'a Datagram> + Clone {
        let datagrams = self.datagrams.iter().as_slice();
        merged(positions).map(|position| &datagrams[position as usize])
    }
}

static EMPTY: FlowSummary = FlowSummary::EMPTY;

impl PartialEq for DatagramSource {
    fn eq(&self, other: &Self) -> bool {
        self.datagrams == other.datagrams
    }
}

impl From<Vec<Datagram>> for DatagramSource {
    fn from(datagrams: Vec<Datagram>) -> Self {
        Self::new(datagrams, Vec::new())
    }
}

impl<'a> IntoIterator for &'a DatagramSource {
    type Item = &'a Datagram;
    type IntoIter = slice::Iter<'a, Datagram>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl FlowPositions {
    fn new<'a>(summaries: &[FlowSummary], datagrams: impl Iterator<Item = &'a Datagram>) -> Self {
        let mut starts = Vec::with_capacity(2 * summaries.len());
        let mut count = 0;
        for summary in summaries {
            starts.extend([count, count + summary.numbered as u32]);
            count += summary.datagrams as u32;
        }
        let mut next = starts.clone();
        let mut positions = vec![0; count as usize];
        for (position, datagram) in (0..).zip(datagrams) {
            let next = &mut next[2 * datagram.flow as usize + usize::from(datagram.number.is_none())];
            positions[*next as usize] = position;
            *next += 1;
        }
        Self { starts, positions }
    }
}

/// Two ascending lists of positions as one.
fn merged([mut one, mut other]: [&[u32]; 2]) -> impl Iterator<Item = u32> + Clone {
    std::iter::from_fn(move || {
        let is_first = match (one.first(), other.first()) {
            (Some(one), Some(other)) => one < other,
            (one, _) => one.is_some(),
        };
        let list = if is_first { &mut one } else { &mut other };
        let (first, rest) = list.split_first()?;
        *list = rest;
        Some(*first)
    })
}

/// Numbered datagrams in the order of the file: those of a flow, and some others.
#[derive(Clone, Copy, Debug, Default)]
pub struct NumberedDatagrams<'a> {
    source: Option<&'a DatagramSource>,
    own: &'a [u32],
    others: &'a [u32],
}

impl<'a> NumberedDatagrams<'a> {
    /// The numbered datagrams at these positions of a source.
    pub(super) const fn at(source: &'a DatagramSource, positions: &'a [u32]) -> Self {
        Self { source: Some(source), own: positions, others: &[] }
    }

    /// The same with those at these positions of the same source.
    pub(super) const fn with(self, others: &'a [u32]) -> Self {
        Self { others, ..self }
    }

    /// Reads them from the beginning, each with its number.
    pub fn iter(self) -> impl Iterator<Item = (&'a Datagram, u64)> + Clone {
        let datagrams = self.source.into_iter().flat_map(move |source| source.at([self.own, self.others]));
        datagrams.filter_map(|datagram| Some((datagram, datagram.number?)))
    }

    /// Their frames, times and numbers.
    pub fn frames(self) -> impl Iterator<Item = NumberedFrame> + Clone {
        self.iter().map(|(datagram, number)| (datagram.frame, datagram.time, number))
    }

    /// The texts of the same datagrams; `None` where they were not kept.
    pub fn texts(self) -> impl Iterator<Item = Option<&'a [u8]>> {
        let texts = self.source.map_or(&[][..], |source| source.texts.iter().as_slice());
        merged([self.own, self.others]).map(|position| texts.get(position as usize).map(|text| &**text))
    }

    /// How many there are.
    pub const fn len(self) -> usize {
        self.own.len() + self.others.len()
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.own.is_empty() && self.others.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::time::Wall;

    fn datagram(frame: u32, flow: u32, number: Option<u64>) -> Datagram {
        Datagram { time: Wall(frame.into()), frame, flow, number, ..Datagram::default() }
    }

    /// Two flows; the texts are the frames.
    fn source() -> DatagramSource {
        let flows = [(0, Some(1)), (1, Some(1)), (0, None), (1, None), (0, Some(2)), (1, Some(2))];
        let datagrams: Vec<Datagram> =
            (1..).zip(flows).map(|(frame, (flow, number))| datagram(frame, flow, number)).collect();
        let texts = datagrams.iter().map(|datagram| Box::from([datagram.frame as u8])).collect();
        DatagramSource::new(datagrams, texts)
    }

    fn frames<'a>(datagrams: impl IntoIterator<Item = &'a Datagram>) -> Vec<u32> {
        datagrams.into_iter().map(|datagram| datagram.frame).collect()
    }

    #[test]
    fn a_source_is_read_whole_or_by_flow() {
        let source = source();
        let numbered = [0, 1, 2]
            .map(|flow| source.numbered(flow).iter().map(|(datagram, n)| (datagram.frame, n)).collect::<Vec<_>>());
        assert_eq!(numbered, [vec![(1, 1), (5, 2)], vec![(2, 1), (6, 2)], Vec::new()]);
        assert_eq!((frames(source.unnumbered(1)), frames(source.of_flow(0))), (vec![4], vec![1, 3, 5]));
        assert!(source.with_texts().all(|(datagram, text)| text == Some(&[datagram.frame as u8][..])));
        assert_eq!([0, 1, 2].map(|flow| source.summary(flow).datagrams), [3, 3, 0]);
    }

    #[test]
    fn datagrams_of_two_flows_come_in_the_order_of_the_file() {
        let source = source();
        let both = source.numbered(0).with(&[1, 3]);
        assert_eq!(
            both.iter().map(|(datagram, _)| datagram.frame).collect::<Vec<_>>(),
            [1, 2, 5],
            "the fourth has none"
        );
        assert_eq!(both.texts().map(|text| text.unwrap()[0]).collect::<Vec<_>>(), [1, 2, 4, 5]);
        assert_eq!(
            NumberedDatagrams::at(&source, &[0, 5]).iter().map(|(_, number)| number).collect::<Vec<_>>(),
            [1, 2]
        );
    }

    #[test]
    fn what_is_known_of_flows_follows_every_change() {
        let known = |source: &DatagramSource| {
            let texts = source.with_texts().filter_map(|(_, text)| Some(text?[0])).collect::<Vec<_>>();
            ([0, 1].map(|flow| source.summary(flow).numbered), frames(source.of_flow(0)), texts)
        };
        let mut changed = source();
        assert_eq!(known(&changed), ([2, 2], vec![1, 3, 5], vec![1, 2, 3, 4, 5, 6]));
        changed.retain(|datagram| datagram.frame != 1);
        assert_eq!(known(&changed), ([1, 2], vec![3, 5], vec![2, 3, 4, 5, 6]));
        changed.update(|datagram| datagram.flow = 0);
        assert_eq!(known(&changed), ([3, 0], vec![2, 3, 4, 5, 6], vec![2, 3, 4, 5, 6]));
        changed.append(source());
        assert_eq!(known(&changed).0, [5, 2]);
        let mut without_texts = DatagramSource::from(vec![datagram(1, 0, Some(7))]);
        assert_eq!(known(&without_texts), ([1, 0], vec![1], Vec::new()));
        without_texts.push(datagram(2, 1, Some(7)));
        assert_eq!(known(&without_texts).0, [1, 1]);
    }
}
