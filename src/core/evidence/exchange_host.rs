//! One host's evidence of an exchange. Its journal and its capture share a clock and addresses, so they are joined
//! first.

use std::collections::{BTreeSet, HashMap};
use std::net::SocketAddr;
use std::ops::Range;

use super::annotations::{FlowAnnotations, IcmpRefusal};
use super::capture_description;
use super::capture_log::{CaptureLog, Datagram};
use super::conversations::{self, Conversation, Hints};
use super::coverage::{Coverage, UnusableReason};
use super::datagram_source::NumberedDatagrams;
use super::flow::FlowKey;
use super::flow_index::FlowIndex;
use super::host_copies::host_copies;
use super::journal::JournalLog;
use super::journal_coverage::JournalCoverage;
use super::journal_peers::{JournalIndex, PeerRecords};
use super::journal_run::{PING, Role};
use super::own_replies::OwnReplies;
use super::run_extent::{self, RunExtent};
use super::run_window::{self, RecordedRun};
use super::track::{PointObservations, Sighting};
use super::unnumbered_replies;
use crate::core::time::{SECOND, Wall};

/// Whether a capture's filter and snapshot length admit a datagram of this flow, and if not, why.
pub type FilterCheck<'a> = dyn Fn(FlowKey, DatagramForm) -> Option<UnusableReason> + 'a;

/// The form in which a datagram passes a capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DatagramForm {
    /// Length of its text, bytes.
    pub length: u16,
    /// It passes in several fragments.
    pub fragmented: bool,
}

/// The length, bytes, of a text about which nothing is known.
const SHORT_TEXT: u16 = 16;

/// What one host has to say.
#[derive(Clone, Copy)]
pub struct ExchangeHostFiles<'a> {
    /// The host's role.
    pub role: Role,
    /// Its application's account.
    pub journal: Option<&'a JournalLog>,
    /// Its capture.
    pub capture: Option<&'a CaptureLog>,
    /// Judges frames by the capture's filter, where that is known.
    pub filter_check: Option<&'a FilterCheck<'a>>,
}

/// One host's evidence of one client's run.
#[derive(Clone, Debug, Default)]
pub struct HostFlow {
    /// The client's address as this host sees it.
    pub client: Option<SocketAddr>,
    /// The server's address as this host sees it.
    pub server: Option<SocketAddr>,
    /// Which run of this client it is, from 1.
    pub epoch: u32,
    /// Requests at this host's application: sent by the client, received by the server.
    pub request_app: Option<PointObservations>,
    /// Requests on this host's wire.
    pub request_wire: Option<PointObservations>,
    /// Replies on this host's wire.
    pub reply_wire: Option<PointObservations>,
    /// Replies at this host's application: received by the client, sent by the server.
    pub reply_app: Option<PointObservations>,
    /// What else the witnesses noted.
    pub annotations: FlowAnnotations,
}

impl HostFlow {
    /// This flow and another one of the same run and host, as one.
    #[must_use]
    pub fn joined_with(mut self, other: &Self) -> Self {
        let own = [&mut self.request_app, &mut self.request_wire, &mut self.reply_wire, &mut self.reply_app];
        let theirs = [&other.request_app, &other.request_wire, &other.reply_wire, &other.reply_app];
        for (own, theirs) in own.into_iter().zip(theirs) {
            *own = match (own.take(), theirs.clone()) {
                (Some(own), Some(theirs)) => Some(own.joined_with(theirs)),
                (own, theirs) => own.or(theirs),
            };
        }
        self.annotations.join(&other.annotations);
        self
    }

    /// The same without the replies to these messages on the wire, which answer another run.
    #[must_use]
    pub fn without_replies(mut self, numbers: BTreeSet<u64>) -> Self {
        self.reply_wire = self.reply_wire.map(|replies| replies.without(&numbers));
        self.annotations.ambiguous_replies.extend(numbers);
        self
    }

    /// The same without these messages.
    #[must_use]
    pub fn without(mut self, numbers: &BTreeSet<u64>) -> Self {
        for track in [&mut self.request_app, &mut self.request_wire, &mut self.reply_wire, &mut self.reply_app] {
            *track = track.take().map(|track| track.without(numbers));
        }
        self
    }
}

impl ExchangeHostFiles<'_> {
    /// The hints for the conversations in this host's capture.
    pub fn hints(&self, server_port: Option<u16>) -> Hints {
        let run = self.journal.and_then(JournalLog::run);
        match (self.role, run) {
            (Role::Client, Some(run)) => Hints {
                server_port: run.peer.map(|peer| peer.port()).or(server_port),
                client_port: Some(run.local.port()),
            },
            (Role::Server, Some(run)) => Hints { server_port: Some(run.local.port()), client_port: None },
            (_, None) => Hints { server_port, client_port: None },
        }
    }

    /// The flows of this side, one per client and run. `journal_coverage` is that of its journal.
    pub fn flows(&self, journal_coverage: Option<&JournalCoverage<'_>>, server_port: Option<u16>) -> Vec<HostFlow> {
        let hints = self.hints(server_port);
        let mut conversations = self.capture.map_or_else(Vec::new, |log| conversations::conversations(log, hints));
        if self.journal.is_none() {
            // The host may have been at the other end of other conversations.
            conversations.retain(|conversation| conversations::role_of_host(conversation) != Some(self.role.other()));
        }
        let index = journal_coverage.and_then(|coverage| JournalIndex::open(self.role, coverage));
        let is_known = |conversation: &Conversation<'_>| {
            index.iter().flat_map(|index| &index.accounts).any(|account| account.client == conversation.client)
        };
        let builder = HostFlowBuilder {
            side: *self,
            shares_clients: conversations.iter().any(is_known),
            index,
            flow_index: self.capture.map(FlowIndex::new),
            own_capture: journal_coverage.zip(self.capture).and_then(|(coverage, log)| {
                let info = coverage.describes_capture(log)?;
                let has_own_addresses =
                    self.journal.is_some_and(|journal| capture_description::has_own_flow(journal, log));
                let coverage_of_flows = coverage.coverage_of(info, log);
                Some(OwnCapture { coverage: coverage_of_flows, is_cut: coverage.is_cut(log), has_own_addresses })
            }),
        };
        let accounts = builder.index.as_ref().map_or(&[][..], |journal_index| &journal_index.accounts);
        // A client's journal is one run with one server.
        if let (Role::Client, [account]) = (self.role, accounts) {
            return vec![builder.one_run(&conversations, account)];
        }
        let mut by_client: HashMap<SocketAddr, &PeerRecords<'_>> =
            accounts.iter().map(|account| (account.client, account)).collect();
        let mut flows = Vec::new();
        for conversation in &conversations {
            flows.extend(builder.epochs(Some(conversation), by_client.remove(&conversation.client)));
        }
        for account in accounts.iter().filter(|account| by_client.contains_key(&account.client)) {
            flows.extend(builder.epochs(None, Some(account)));
        }
        flows
    }
}

/// One host's evidence, laid out to be put together.
struct HostFlowBuilder<'a> {
    side: ExchangeHostFiles<'a>,
    index: Option<JournalIndex<'a>>,
    flow_index: Option<FlowIndex<'a>>,
    /// Where the journal speaks for the capture.
    own_capture: Option<OwnCapture>,
    /// The capture shows a client that the journal has. Else somebody may have replaced its addresses.
    shares_clients: bool,
}

/// A capture that the host's journal speaks for.
struct OwnCapture {
    coverage: Coverage,
    /// It lacks packets that were written to it.
    is_cut: bool,
    /// It shows the addresses that the journal has; somebody may have replaced them.
    has_own_addresses: bool,
}

impl HostFlowBuilder<'_> {
    /// The run of a client's journal.
    fn one_run(&self, conversations: &[Conversation<'_>], account: &PeerRecords<'_>) -> HostFlow {
        let port = |conversation: &&Conversation<'_>| conversation.client.port() == account.client.port();
        // A foreign capture may lie beyond a translation of ports; the run's own does not, nor one that shows the host's own
        // addresses, and what these show of other ports is other clients'.
        let addresses = self.side.journal.and_then(JournalLog::run).map_or(&[][..], |run| &run.addresses);
        let may_translate = |conversation: &Conversation<'_>| {
            self.own_capture.is_none() && !addresses.contains(&conversation.client.ip())
        };
        let candidates = conversations.iter().filter(|conversation| port(conversation) || may_translate(conversation));
        let covered = self.index.as_ref().map(|index| index.covered.clone()).unwrap_or_default();
        let moved_ns = self.index.as_ref().map_or(0, JournalIndex::clock_moved);
        let end = self.side.journal.and_then(JournalLog::end).map(|end| end.at.wall);
        let resolution_ns = self.side.capture.map_or(1, |log| log.resolution_ns.into());
        let run = RecordedRun::new(account.sends(), (covered.from, end), moved_ns)
            .with_kernel_stamps(account.departures(), resolution_ns);
        let is_here = |conversation: &&Conversation<'_>| {
            let replies = conversation.replies().iter().map(|(reply, number)| (reply.time, number));
            run_window::arrivals_agree(account.arrivals(), replies, resolution_ns)
        };
        // The capture may hold other runs from the same port.
        let of_run = candidates
            .filter(is_here)
            .filter_map(|conversation| Some((conversation, run.frames(&conversation.requests().frames())?)));
        let (mut own, others): (Vec<_>, Vec<_>) = of_run.partition(|(conversation, _)| port(conversation));
        if own.is_empty() {
            own.extend(others.into_iter().max_by_key(|(conversation, _)| conversation.requests().len()));
        }
        let covered_from = covered.from.shifted((-SECOND).saturating_sub(moved_ns.saturating_mul(2)));
        let covered_to = covered.to.shifted((60 * SECOND).saturating_add(moved_ns.saturating_mul(2)));
        let within = |conversation: &Conversation<'_>, frames: Range<u32>| {
            let shown = run_extent::numbered_extents(conversation);
            let own = shown.into_iter().rfind(|extent| extent.frames.start <= frames.start).unwrap_or(RunExtent::ALL);
            RunExtent { frames, times: covered_from..covered_to, records: RunExtent::ALL.records, ..own }
        };
        // A host that took another address in mid-run has several conversations from one port.
        own.sort_by_key(|(conversation, _)| std::cmp::Reverse(conversation.requests().len()));
        let shows_others = |(conversation, frames): &(&Conversation<'_>, Range<u32>)| {
            conversation.requests().frames().any(|(frame, ..)| !frames.contains(&frame))
        };
        let has_other_runs = own.iter().any(shows_others);
        let mut own = own.into_iter();
        let Some((largest, frames)) = own.next() else {
            return self.flow(None, Some(account), 1, &RunExtent::ALL);
        };
        let mut flow = self.flow(Some(largest), Some(account), 1, &within(largest, frames));
        flow.annotations.has_other_runs = has_other_runs;
        own.fold(flow, |flow, (conversation, frames)| {
            let part = self.flow(Some(conversation), None, 1, &within(conversation, frames));
            flow.joined_with(&HostFlow { request_app: None, reply_app: None, ..part })
        })
    }

    /// Splits one client's evidence where its numbering begins again.
    fn epochs(&self, conversation: Option<&Conversation<'_>>, account: Option<&PeerRecords<'_>>) -> Vec<HostFlow> {
        let account = account.filter(|_| !conversation.is_some_and(Conversation::has_later_numbers));
        let moved_ns = self.index.as_ref().map_or(0, JournalIndex::clock_moved);
        if let (Some(conversation), Some(account)) = (conversation, account)
            && !run_window::agree(conversation.timed_requests(), account.arrivals(), moved_ns)
        {
            // The same client at another time: the journal is of one run, and the capture of another.
            return [self.epochs(None, Some(account)), self.epochs(Some(conversation), None)].concat();
        }
        let extents = run_extent::run_extents(conversation, account, moved_ns);
        (1..).zip(&extents).map(|(epoch, extent)| self.flow(conversation, account, epoch, extent)).collect()
    }

    fn flow(
        &self,
        conversation: Option<&Conversation<'_>>,
        account: Option<&PeerRecords<'_>>,
        epoch: u32,
        extent: &RunExtent,
    ) -> HostFlow {
        let mut flow = HostFlow {
            client: conversation.map(|conversation| conversation.client).or(account.map(|account| account.client)),
            server: conversation
                .map(|conversation| conversation.server)
                .or(self.index.as_ref().and_then(|index| index.server)),
            epoch,
            ..HostFlow::default()
        };
        flow.annotations.may_be_part = extent.may_be_part;
        // An account of other numbers says nothing of these messages.
        let is_told = !conversation.is_some_and(Conversation::has_later_numbers)
            && (account.is_some() || conversation.is_none() || self.shares_clients);
        if let Some(journal_index) = self.index.as_ref().filter(|_| is_told) {
            let (requests, replies) = journal_index.app_observations(account, &extent.records, &mut flow.annotations);
            (flow.request_app, flow.reply_app) = (Some(requests), Some(replies));
        }
        if let Some(flow_index) = &self.flow_index {
            flow.annotations.resolution_ns = flow_index.log.resolution_ns.into();
            let requests = conversation.map(Conversation::requests).unwrap_or_default();
            let replies = conversation.map(Conversation::replies).unwrap_or_default();
            let copies = match self.side.role {
                Role::Client => host_copies(requests, replies),
                Role::Server => host_copies(replies, requests),
            };
            let extent = &extent.without(copies);
            let (sightings, coverage) = self.on_wire(flow_index, requests, extent, flow.client, flow.server);
            flow.request_wire = Some(PointObservations::new(sightings, coverage));
            note_wire(flow_index.log, requests, extent, &mut flow);
            flow.annotations.ambiguous_replies.clone_from(&extent.ambiguous);
            let (mut sightings, mut coverage) = self.on_wire(flow_index, replies, extent, flow.server, flow.client);
            if self.is_ping() {
                let found = bare_answers(flow_index, extent, &flow);
                sightings.extend(found.sights);
                sightings.sort_by_key(|sight| sight.time);
                coverage.blind.extend(found.ambiguous.first().map(|first| (*first, Wall(i64::MAX))));
            }
            let ambiguous = if self.is_ping() { Vec::new() } else { ambiguous_replies(flow_index, extent, &flow) };
            if let [first, .., last] | [first @ last] = &ambiguous[..] {
                coverage.blind.push((*first, last.shifted(1)));
            }
            let mut is_set_back = false;
            // In a capture whose clock was set back, a reply may seem to come before its request.
            let in_order = flow.request_wire.as_ref().filter(|requests| !requests.runs_back());
            flow.reply_wire = Some(match flow.request_app.as_ref().or(in_order).zip(flow.request_wire.as_ref()) {
                Some((requests, on_wire)) if self.side.role == Role::Client => {
                    // The journal's stamps are finer than the capture's, which may seem to come before them.
                    let moved = flow.annotations.clock_moved.saturating_add(flow.annotations.resolution_ns);
                    let own = OwnReplies::new(sightings, [requests, on_wire], flow.reply_app.as_ref(), moved);
                    flow.annotations.early_replies = flow.annotations.early_replies.max(own.early);
                    flow.annotations.ambiguous_replies.extend(own.ambiguous);
                    is_set_back = own.is_set_back;
                    PointObservations::new(own.sights, coverage)
                }
                _ => PointObservations::new(sightings, coverage),
            });
            if is_set_back {
                let on_wire = [&mut flow.request_wire, &mut flow.reply_wire];
                on_wire.into_iter().flatten().for_each(PointObservations::set_back);
            }
            for (datagrams, from, to) in [(requests, flow.client, flow.server), (replies, flow.server, flow.client)] {
                let ends = from.zip(to).map(|(source, destination)| FlowKey { source, destination });
                let flows = datagrams.iter().map(|(datagram, _)| datagram.flow);
                let unread = flow_index.blind_for(ends, flows).into_iter();
                flow.annotations
                    .unread
                    .extend(unread.filter(|blind| blind.flow.is_some() && extent.times.contains(&blind.from)));
            }
            if flow.reply_app.is_none() {
                flow.annotations.ambiguous.clone_from(&ambiguous);
            }
            if replies.is_empty() && ambiguous.is_empty() && !self.is_ping() {
                let unnumbered = unnumbered(flow_index, extent, &flow);
                flow.annotations.unnumbered = flow.annotations.unnumbered.max(unnumbered);
            }
        }
        // For unnumbered replies it is unknown which messages they answer.
        if flow.annotations.unnumbered > 0 {
            flow.reply_wire = flow.reply_wire.filter(|track| !track.sightings().is_empty());
            if self.side.role == Role::Client {
                flow.reply_app = flow.reply_app.filter(|track| !track.sightings().is_empty());
            }
        }
        flow
    }

    /// The client asked one probe at a time, so that its replies need no number.
    fn is_ping(&self) -> bool {
        self.side.journal.and_then(JournalLog::run).is_some_and(|run| run.dialect == PING)
    }

    /// The sightings of one direction in a capture, in the order of the file, and when it was able to make them.
    fn on_wire(
        &self,
        flow_index: &FlowIndex<'_>,
        all: NumberedDatagrams<'_>,
        extent: &RunExtent,
        from: Option<SocketAddr>,
        to: Option<SocketAddr>,
    ) -> (Vec<Sighting>, Coverage) {
        let datagrams = || all.iter().filter(|(datagram, _)| extent.has(datagram));
        // A first fragment alone does not prove that the datagram arrived.
        let whole = || datagrams().filter(|(datagram, _)| !datagram.incomplete);
        let mut sightings = Vec::with_capacity(whole().count());
        sightings.extend(whole().map(|(datagram, number)| datagram.sighting(number)));
        let mut coverage = if let Some(OwnCapture { coverage, is_cut, has_own_addresses }) = &self.own_capture {
            let mut coverage = coverage.clone();
            if (*is_cut || !has_own_addresses) && sightings.is_empty() {
                // The packets of this direction may have been taken out, or show other addresses.
                coverage.void = Some(UnusableReason::NeverAwake);
            }
            if let (Some(source), Some(destination), Some(admission)) = (from, to, self.side.filter_check) {
                let flow = FlowKey { source, destination };
                // Where no number can be read, the texts may be too long for it.
                let numbered = datagrams().map(|(datagram, _)| datagram.length).max();
                let others = || flow_index.unnumbered(flow).filter(|datagram| extent.has(datagram));
                let length = numbered.or_else(|| others().map(|datagram| datagram.length).max());
                // Those that are whole passed in one piece, or with all of their fragments.
                let fragmented = datagrams().any(|(datagram, _)| datagram.incomplete)
                    || others().any(|datagram| datagram.incomplete);
                let length = length.unwrap_or(SHORT_TEXT);
                coverage.void = coverage.void.or(admission(flow, DatagramForm { length, fragmented }));
            }
            coverage
        } else {
            let seen = Coverage::assumed(sightings.iter().map(|sight| sight.time));
            // The time by which the clock was set is not coverage.
            let moved = self.index.as_ref().map_or(0, JournalIndex::clock_moved);
            Coverage { to: seen.to.shifted(moved.saturating_neg()), ..seen }
        };
        let ends = from.zip(to).map(|(source, destination)| FlowKey { source, destination });
        let flows = all.iter().map(|(datagram, _)| datagram.flow);
        coverage.blind.extend(flow_index.blind_for(ends, flows).iter().map(|blind| (blind.from, blind.to)));
        (sightings, coverage)
    }
}

/// What the replies without a number answer that a ping's capture shows.
fn bare_answers(
    flow_index: &FlowIndex<'_>,
    extent: &RunExtent,
    flow: &HostFlow,
) -> unnumbered_replies::UnnumberedReplies {
    let (Some(source), Some(destination)) = (flow.server, flow.client) else {
        return unnumbered_replies::UnnumberedReplies::default();
    };
    let Some(probes) = &flow.request_wire else { return unnumbered_replies::UnnumberedReplies::default() };
    // One that is cut short may have a number all the same.
    let whole = |datagram: &&Datagram| !datagram.incomplete && (datagram.number.is_some() || datagram.digest.is_some());
    let replies = flow_index.between(FlowKey { source, destination }).filter(|datagram| extent.has(datagram));
    let replies = replies.filter(whole);
    let mut probes = probes.sightings().to_vec();
    probes.sort_by_key(|probe| probe.time);
    unnumbered_replies::answers(&probes, replies, |key| flow.annotations.request_refused.contains_key(&key))
}

/// When replies without a number came while several requests were open.
fn ambiguous_replies(flow_index: &FlowIndex<'_>, extent: &RunExtent, flow: &HostFlow) -> Vec<Wall> {
    let Some((source, destination)) = flow.server.zip(flow.client) else { return Vec::new() };
    let is_bare = |reply: &&Datagram| flow_index.log.bare_replies.contains(&reply.flow) && extent.has(reply);
    flow_index.unnumbered(FlowKey { source, destination }).filter(is_bare).map(|reply| reply.time).collect()
}

/// How many texts without a number a capture shows on their way back from the server.
fn unnumbered(flow_index: &FlowIndex<'_>, extent: &RunExtent, flow: &HostFlow) -> u64 {
    let Some((source, destination)) = flow.server.zip(flow.client) else { return 0 };
    // One that is cut short may have a number all the same.
    let whole = |datagram: &&Datagram| datagram.digest.is_some() && extent.has(datagram);
    flow_index.unnumbered(FlowKey { source, destination }).filter(whole).count() as u64
}

/// Adds ICMP errors and bad checksums of the capture.
fn note_wire(log: &CaptureLog, requests: NumberedDatagrams<'_>, extent: &RunExtent, flow: &mut HostFlow) {
    let (Some(client), Some(server)) = (flow.client, flow.server) else { return };
    for error in log.icmp_errors.iter().filter(|error| extent.has_frame(error.frame, error.time)) {
        let refusal = IcmpRefusal { from: Some(error.from), kind: error.kind, code: error.code };
        let of_request = error.quoted == FlowKey { source: client, destination: server };
        let of_reply = error.quoted == FlowKey { source: server, destination: client };
        match (error.number, of_request, of_reply) {
            (Some(number), true, _) => _ = flow.annotations.request_refused.entry(number).or_insert(refusal),
            (Some(number), _, true) => _ = flow.annotations.reply_refused.entry(number).or_insert(refusal),
            _ => {}
        }
    }
    for (datagram, number) in requests.iter() {
        if datagram.bad_checksum && extent.has(datagram) {
            flow.annotations.bad_checksums.push(number);
        }
    }
    flow.annotations.bad_checksums.sort_unstable();
    flow.annotations.bad_checksums.dedup();
}
