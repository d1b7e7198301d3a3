//! Checks that each message the server received is answered by `ACK` and its number.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;

use super::evidence::{capture_of, frame_reference, journal_of, number_list, sightings};
use super::runs::RunEvidence;
use super::submission::Host;
use crate::core::document::check::{Requirement, RequirementResult, Status};
use crate::core::document::frame_ref::FrameRef;
use crate::core::evidence::capture_log::{CaptureLog, Datagram};
use crate::core::evidence::conversations::Conversation;
use crate::core::evidence::exchange_host::HostFlow;
use crate::core::evidence::flow::FlowKey;
use crate::core::evidence::journal_run::Role;
use crate::core::evidence::track::ObservationJoin;

/// Packets may be stamped this much out of order, nanoseconds, with several processors or interfaces.
const STAMPS_APART_NS: i64 = 1_000_000;

/// At the client, fewer wrong replies than this, or no more than one of so many, may have been altered on their way.
const MIN_FAULTS: usize = 3;
const ALTERED_ONE_IN: usize = 5;

/// Whether the server's replies are correct.
pub(super) fn check(bench: &RunEvidence<'_>) -> RequirementResult {
    let known = |status, reason, of: usize, numbers: &[u64], evidence: Vec<FrameRef>| {
        let values = [("of", of.into()), ("count", numbers.len().into()), ("numbers", number_list(numbers))];
        RequirementResult::new(Requirement::Acks, status, reason, values, evidence)
    };
    let sides = [(bench.submission.server, bench.server), (bench.submission.client, bench.client)];
    let mut is_shown_by_server = false;
    for (host, flow) in sides.into_iter().filter_map(|(host, flow)| host.zip(flow)) {
        let Some((log, talk)) = conversation(host, flow, bench.submission.server_port) else { continue };
        if host.role == Role::Client && is_shown_by_server {
            // What left the server right was altered on its way.
            continue;
        }
        is_shown_by_server = bench.is_joined() && !talk.replies().is_empty();
        let faults = Faults::known(bench, host, &talk);
        let frames =
            |frames: &BTreeMap<u64, u32>| frames.values().map(|frame| FrameRef::frame(&log.file, *frame)).collect();
        let kinds = [(&faults.wrong, "wrong_number"), (&faults.echoes, "not_an_ack"), (&faults.silent, "no_word_ack")];
        for (found, reason) in kinds {
            if !found.is_empty() {
                let numbers: Vec<u64> = found.keys().copied().collect();
                let may_be_altered = host.role == Role::Client
                    && (found.len() < MIN_FAULTS || found.len() * ALTERED_ONE_IN <= talk.replies().len());
                let (status, reason) =
                    if may_be_altered { (Status::CannotBeTold, "altered_perhaps") } else { (Status::NotMet, reason) };
                return known(status, reason, talk.replies().len(), &numbers, frames(found));
            }
        }
        if !faults.others.is_empty() {
            let numbers: Vec<u64> = faults.others.keys().copied().collect();
            return known(Status::CannotBeTold, "other_words", talk.replies().len(), &numbers, frames(&faults.others));
        }
    }
    for (host, flow) in sides.into_iter().filter_map(|(host, flow)| host.zip(flow)) {
        if let Some(frames) = unnumbered(host, flow) {
            let requests = sightings(flow.request_wire.as_ref()).len();
            return known(Status::NotMet, "no_numbers", requests, &[], frames);
        }
    }
    match (bench.server, bench.client) {
        (Some(server), _) => at_server(bench, server, known),
        (None, Some(client)) => at_client(bench, client, known),
        (None, None) => known(Status::CannotBeTold, "no_messages", 0, &[], Vec::new()),
    }
}

/// The conversation of a flow in its host's capture.
fn conversation<'a>(host: Host<'a>, flow: &HostFlow, port: Option<u16>) -> Option<(&'a CaptureLog, Conversation<'a>)> {
    let (log, conversations) = host.conversations(port)?;
    let ends = |talk: &Conversation<'_>| (Some(talk.client), Some(talk.server)) == (flow.client, flow.server);
    let by_client = |talk: &Conversation<'_>| Some(talk.client) == flow.client;
    let found =
        conversations.iter().find(|talk| ends(talk)).or_else(|| conversations.iter().find(|talk| by_client(talk)));
    found.cloned().map(|talk| (log, talk))
}

/// Unnumbered texts from the server, if none has a number and there are enough to be replies.
fn unnumbered(host: Host<'_>, flow: &HostFlow) -> Option<Vec<FrameRef>> {
    let log = host.capture?;
    let ends = FlowKey { source: flow.server?, destination: flow.client? };
    let requests = sightings(flow.request_wire.as_ref()).len();
    let back = log.datagrams.iter().filter(|datagram| log.flows[datagram.flow as usize] == ends);
    // One that is cut short may have a number all the same.
    let whole = |datagram: &&Datagram| !datagram.incomplete && (datagram.number.is_some() || datagram.digest.is_some());
    let back: Vec<_> = back.filter(whole).collect();
    let none_numbered =
        back.iter().all(|datagram| datagram.number.is_none() || log.bare_replies.contains(&datagram.flow));
    let shown = || back.iter().map(|datagram| FrameRef::frame(&log.file, datagram.frame));
    (none_numbered && requests > 0 && back.len() * 2 > requests).then(|| shown().collect())
}

/// Whether all messages were answered, by the server's evidence.
fn at_server(
    bench: &RunEvidence<'_>,
    server: &HostFlow,
    known: impl Fn(Status, &'static str, usize, &[u64], Vec<FrameRef>) -> RequirementResult,
) -> RequirementResult {
    let host = bench.submission.server;
    let annotations = &server.annotations;
    let journal = || journal_of(host).into_iter().collect::<Vec<_>>();
    let withheld: Vec<u64> = annotations.withheld.keys().copied().collect();
    if !withheld.is_empty() {
        return known(Status::NotMet, "withheld", sightings(server.request_app.as_ref()).len(), &withheld, journal());
    }
    let replies = ObservationJoin::new([sightings(server.reply_app.as_ref()), sightings(server.reply_wire.as_ref())]);
    let replied: BTreeSet<u64> = replies.map(|(key, _)| key).chain(annotations.unsent.keys().copied()).collect();
    // A client that got an answer was answered.
    let input = bench.client.filter(|_| bench.is_joined()).map(|client| {
        ObservationJoin::new([sightings(client.reply_app.as_ref()), sightings(client.reply_wire.as_ref())])
            .map(|(key, _)| key)
    });
    let answered: BTreeSet<u64> = replied.into_iter().chain(input.into_iter().flatten()).collect();
    let open =
        |received: &[u64]| -> Vec<u64> { received.iter().filter(|key| !answered.contains(key)).copied().collect() };
    let frames = |numbers: &[u64]| -> Vec<FrameRef> {
        let frame = |number: &u64| frame_reference(host?, server.request_wire.as_ref(), *number);
        numbers.iter().filter_map(frame).collect()
    };
    if let Some(track) = &server.request_app {
        let received: Vec<u64> = track.sightings().iter().map(|sight| sight.key).collect();
        let open = open(&received);
        return match (received.is_empty(), open.is_empty(), annotations.whole) {
            (true, ..) => known(Status::CannotBeTold, "no_messages", 0, &[], journal()),
            (_, true, true) if !annotations.unsent.is_empty() => {
                let refused: Vec<u64> = annotations.unsent.keys().copied().collect();
                known(Status::Met, "answers_refused", received.len(), &refused, journal())
            }
            (_, true, true) => known(Status::Met, "all_answered", received.len(), &[], journal()),
            (_, true, false) => known(Status::CannotBeTold, "journal_broken", received.len(), &[], journal()),
            (_, false, true) => known(Status::NotMet, "unanswered", received.len(), &open, frames(&open)),
            (_, false, false) => {
                known(Status::CannotBeTold, "unanswered_perhaps", received.len(), &open, frames(&open))
            }
        };
    }
    // What the wire shows, the application need not have received.
    let arrived: Vec<u64> = sightings(server.request_wire.as_ref()).iter().map(|sight| sight.key).collect();
    let open = open(&arrived);
    match (arrived.is_empty(), open.is_empty()) {
        (true, _) => known(Status::CannotBeTold, "no_messages", 0, &[], Vec::new()),
        (_, true) => known(Status::Met, "all_answered", arrived.len(), &[], capture_of(host).into_iter().collect()),
        (_, false) => known(Status::CannotBeTold, "unanswered_perhaps", arrived.len(), &open, frames(&open)),
    }
}

/// Whether all messages were answered, by the client's evidence.
fn at_client(
    bench: &RunEvidence<'_>,
    client: &HostFlow,
    known: impl Fn(Status, &'static str, usize, &[u64], Vec<FrameRef>) -> RequirementResult,
) -> RequirementResult {
    let host = bench.submission.client;
    let keys = |tracks: [&Option<_>; 2]| -> Vec<u64> {
        ObservationJoin::new(tracks.map(|track| sightings(Option::as_ref(track)))).map(|(key, _)| key).collect()
    };
    let sent = keys([&client.request_app, &client.request_wire]);
    let answered = keys([&client.reply_app, &client.reply_wire]);
    let open: Vec<u64> = sent.iter().filter(|key| answered.binary_search(key).is_err()).copied().collect();
    let files = || capture_of(host).or_else(|| journal_of(host)).into_iter().collect();
    match (sent.is_empty(), open.is_empty()) {
        (true, _) => known(Status::CannotBeTold, "no_messages", 0, &[], files()),
        (_, true) => known(Status::Met, "all_answered", sent.len(), &[], files()),
        // Whether the others reached the server is unknown.
        (_, false) => known(Status::CannotBeTold, "unanswered_perhaps", sent.len(), &open, files()),
    }
}

/// Where a datagram passed among others: a time, whether it is a reply, and its frame.
type Place = (i64, bool, u32);

/// Wrong replies by number, with their frames.
#[derive(Default)]
struct Faults {
    /// With the number of a message that had not been sent, while one that had lacks its reply.
    wrong: BTreeMap<u64, u32>,
    /// The message itself, sent back.
    echoes: BTreeMap<u64, u32>,
    /// With the right number, and without the word ACK.
    silent: BTreeMap<u64, u32>,
    /// With the right number, and a text that begins otherwise and was not read to its end.
    others: BTreeMap<u64, u32>,
}

impl Faults {
    /// Reports only what is wrong both in file order and by timestamps: where they differ, one of them is unreliable.
    fn known(bench: &RunEvidence<'_>, host: Host<'_>, talk: &Conversation<'_>) -> Self {
        let mut faults = Self::find(bench, host, talk, |datagram, _| (0, false, datagram.frame));
        if !faults.wrong.is_empty() {
            // Requests come first where the stamps are the same.
            let by_time = Self::find(bench, host, talk, |datagram, is_reply| {
                let lead = if is_reply { 0 } else { STAMPS_APART_NS };
                (datagram.time.0.saturating_sub(lead), is_reply, datagram.frame)
            });
            faults.wrong.retain(|number, _| by_time.wrong.contains_key(number));
        }
        faults
    }

    /// `place_of` gives the place of a datagram, which is a reply or is not, in the order in which they passed.
    fn find(
        bench: &RunEvidence<'_>,
        host: Host<'_>,
        talk: &Conversation<'_>,
        place_of: impl Fn(&Datagram, bool) -> Place,
    ) -> Self {
        let mut faults = Self::default();
        let (given, is_all) = bench.numbers();
        let is_all = is_all && (host.role == Role::Client || bench.is_joined());
        let requests = talk.requests().iter().map(|(datagram, number)| (place_of(datagram, false), datagram, number));
        let mut requests: Vec<(Place, &Datagram, u64)> = requests.collect();
        requests.sort_unstable_by_key(|(place, ..)| *place);
        let replies = talk.replies().iter().zip(talk.replies().texts());
        let replies = replies.map(|((datagram, number), text)| (place_of(datagram, true), datagram, number, text));
        let mut replies: Vec<(Place, &Datagram, u64, Option<&[u8]>)> = replies.collect();
        replies.sort_unstable_by_key(|(place, ..)| *place);
        // The latest reply of each number, by place; and the lowest number asked for after each request.
        let replied: BTreeMap<u64, Place> = replies.iter().map(|(place, _, number, _)| (*number, *place)).collect();
        let mut lowest_after: Vec<(Place, u64)> = Vec::with_capacity(requests.len());
        for (place, _, number) in requests.iter().rev() {
            let lowest = lowest_after.last().map_or(*number, |(_, lowest)| *lowest.min(number));
            lowest_after.push((*place, lowest));
        }
        lowest_after.reverse();
        let mut asked: BTreeMap<u64, Option<NonZeroU32>> = BTreeMap::new();
        let mut unanswered: BTreeSet<u64> = BTreeSet::new();
        let mut requests = requests.into_iter().peekable();
        for (place, reply, number, text) in replies {
            while let Some((request, datagram, number)) = requests.next_if(|(request, ..)| *request < place) {
                asked.insert(number, datagram.digest);
                if replied.get(&number).is_none_or(|reply| *reply < request) {
                    unanswered.insert(number);
                }
            }
            let Some(digest) = asked.get(&number) else {
                // One that was asked for later had not been sent yet; numbers ascend.
                let after = lowest_after.partition_point(|(request, _)| *request < place);
                let is_early = lowest_after.get(after).is_some_and(|(_, lowest)| *lowest <= number);
                let is_unknown = is_all && given.binary_search(&number).is_err();
                if (is_early || is_unknown) && !unanswered.is_empty() {
                    faults.wrong.entry(number).or_insert(reply.frame);
                }
                continue;
            };
            if !reply.reads_as_reply {
                let text = text.filter(|text| text.len() == usize::from(reply.length));
                let says_ack = text.map(|text| text.windows(3).any(|word| word.eq_ignore_ascii_case(b"ack")));
                let found = match says_ack {
                    Some(true) => continue,
                    _ if digest.is_some() && *digest == reply.digest => &mut faults.echoes,
                    Some(false) => &mut faults.silent,
                    None => &mut faults.others,
                };
                found.entry(number).or_insert(reply.frame);
            }
        }
        faults
    }
}
