//! The first pass over the rows of an exchange: what must be known of all of them before a message is judged.

use super::input::ExchangeInput;
use super::message_numbers::MessageNumbers;
use super::places::{CLIENT_RECEIVED, CLIENT_SENT, CLIENT_WIRE_IN, SERVER_RECEIVED};
use crate::core::evidence::coverage::Coverage;
use crate::core::evidence::track::Row;
use crate::core::identify::clock_offset::Offset;
use crate::core::verdict::ledger::{Ledger, LedgerBuilder};
use crate::core::verdict::statistics::number_runs::NumberRuns;

/// Takes all rows of an exchange. Parts of it can be merged in any order.
#[derive(Clone, Debug)]
pub struct FirstPass<'a> {
    case: ExchangeInput<'a>,
    ledger: LedgerBuilder,
    seen: NumberRuns<()>,
    /// What the client's application sent, by its journal.
    sent: NumberRuns<()>,
    /// Replies at the client's application, and on its wire, with numbers that it did not send.
    never_sent: [u64; 2],
    /// A request with a wrong checksum was received.
    accepts_bad_checksums: bool,
}

/// What the first pass finds.
#[derive(Clone, Debug)]
pub struct RunFacts {
    /// The ledger, which judges messages from now on.
    pub ledger: Ledger,
    /// The messages: the client's own where its journal speaks, else all that were seen and the gaps between.
    pub keys: MessageNumbers,
    /// Replies at the client with numbers that it did not send; `None` without its journal.
    pub never_sent: Option<u64>,
    /// No request with a wrong checksum was received: only then does a wrong one explain a loss. Where the capturing
    /// host's links leave checksums to be finished, they are wrong on all frames.
    pub checksums_tell: bool,
}

impl<'a> FirstPass<'a> {
    /// For a run whose witnesses have this coverage, by place.
    pub fn new(case: ExchangeInput<'a>, coverages: Vec<Vec<Coverage>>) -> Self {
        Self {
            case,
            ledger: LedgerBuilder::new(case.route(), &case.hosts(), coverages),
            seen: NumberRuns::default(),
            sent: NumberRuns::default(),
            never_sent: [0; 2],
            accepts_bad_checksums: false,
        }
    }

    /// Adds a message; numbers ascend from call to call.
    pub fn add(&mut self, key: u64, row: &Row<'_>) {
        self.ledger.add(key, row);
        self.seen.add(key, ());
        if row[CLIENT_SENT.index()].is_some() {
            self.sent.add(key, ());
        } else if self.case.client.is_some_and(|client| !client.annotations.unsent.contains_key(&key)) {
            for (count, place) in self.never_sent.iter_mut().zip([CLIENT_RECEIVED, CLIENT_WIRE_IN]) {
                *count += u64::from(row[place.index()].is_some());
            }
        }
        let wrong = self.case.server.map_or(&[][..], |server| &server.annotations.bad_checksums);
        if !wrong.is_empty() && row[SERVER_RECEIVED.index()].is_some() {
            self.accepts_bad_checksums |= wrong.binary_search(&key).is_ok();
        }
    }

    /// Adds the messages of another part of the run.
    pub fn merge(&mut self, other: Self) {
        self.ledger.merge(&other.ledger);
        self.seen.merge(other.seen);
        self.sent.merge(other.sent);
        for (count, other) in self.never_sent.iter_mut().zip(other.never_sent) {
            *count += other;
        }
        self.accepts_bad_checksums |= other.accepts_bad_checksums;
    }

    /// The facts, when all messages have been added. `offset`: how far the server's clock is ahead.
    pub fn finish(self, offset: Offset) -> RunFacts {
        let Self { case, ledger, seen, sent, never_sent, accepts_bad_checksums } = self;
        let numbers = |mut runs: NumberRuns<()>| {
            let runs = runs.join(|(), ()| {});
            MessageNumbers::new(runs.iter().map(|run| run.first.0..=run.last.0).collect())
        };
        let unsent = case.client.iter().flat_map(|client| client.annotations.unsent.keys().copied());
        let is_known = case.client.is_some_and(|client| client.request_app.is_some() && client.annotations.whole);
        let early = case.client.map_or(0, |client| client.annotations.early_replies);
        RunFacts {
            ledger: ledger.finish(offset).with_moved_clocks(case.moved_ns()).with_coarse_stamps(case.resolution_ns),
            keys: if is_known { numbers(sent) } else { numbers(seen).with_gaps() }.with(unsent),
            never_sent: is_known.then(|| never_sent[0].max(never_sent[1]) + early),
            checksums_tell: !accepts_bad_checksums,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::core::verdict::exchange::random_runs::{input, parts, runs};

    proptest! {
        #[test]
        fn parts_of_a_run_merge_to_the_same_facts(
            flows in runs(),
            cuts in any::<[prop::sample::Index; 4]>(),
            order in Just([0, 1, 2, 3, 4]).prop_shuffle(),
        ) {
            let input = input(&flows);
            let observations = input.observations();
            let rows: Vec<(u64, Row<'_>)> = observations.rows().collect();
            let add = |rows: &[(u64, Row<'_>)]| {
                let mut pass = FirstPass::new(input, observations.coverages());
                for (key, row) in rows {
                    pass.add(*key, row);
                }
                pass
            };
            let facts = |pass: FirstPass<'_>| {
                let facts = pass.finish(Offset::Unknown);
                (facts.keys, facts.never_sent, facts.checksums_tell)
            };
            let mut merged = add(&[]);
            for part in parts(&rows, cuts, order) {
                merged.merge(add(part));
            }
            prop_assert_eq!(facts(merged), facts(add(&rows)));
        }
    }
}
