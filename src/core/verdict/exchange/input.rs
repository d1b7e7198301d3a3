//! The evidence of one client's run, laid out for the ledger.

use std::collections::BTreeSet;

use super::places::{
    CLIENT_RECEIVED, CLIENT_SENT, CLIENT_WIRE_IN, CLIENT_WIRE_OUT, HOSTS, SERVER_RECEIVED, SERVER_SENT, SERVER_WIRE_IN,
    SERVER_WIRE_OUT,
};
use crate::core::evidence::exchange_host::HostFlow;
use crate::core::evidence::leg::{Route, RoutePoint};
use crate::core::evidence::track::{PointObservations, Row};
use crate::core::identify::clock_offset::{self, Offset};
use crate::core::identify::flow_comparison;
use crate::core::time::{SECOND, Wall};
use crate::core::verdict::ledger::{Host, OtherEvidence, PlaceSet, RouteObservations};

/// No number may have passed in another flow.
pub static NOWHERE: BTreeSet<u64> = BTreeSet::new();

/// One client's run, from as many of its witnesses as there are.
#[derive(Clone, Copy, Debug)]
pub struct ExchangeInput<'a> {
    /// The client host's evidence.
    pub client: Option<&'a HostFlow>,
    /// The server host's evidence.
    pub server: Option<&'a HostFlow>,
    /// Numbers that the server may have received from this client in another flow.
    pub elsewhere: &'a BTreeSet<u64>,
    /// Both are one host.
    pub same_host: bool,
    /// How long a message may wait for its reply, nanoseconds; known from the client's journal.
    pub timeout_ns: Option<i64>,
    /// Name of the client's capture file.
    pub client_file: Option<&'a str>,
    /// Name of the server's capture file.
    pub server_file: Option<&'a str>,
    /// Coarsest resolution of the stamps, nanoseconds.
    pub resolution_ns: i64,
}

impl<'a> ExchangeInput<'a> {
    /// The way there and back.
    pub const fn route(&self) -> Route {
        Route::new(2, self.same_host)
    }

    /// The host of each place.
    pub const fn hosts(&self) -> [Host; 8] {
        if self.same_host { [0; 8] } else { HOSTS }
    }

    /// The witness of each place.
    fn tracks(&self) -> [Option<&'a PointObservations>; 8] {
        let of = |side: Option<&'a HostFlow>,
                  track: fn(&HostFlow) -> &Option<PointObservations>|
         -> Option<&'a PointObservations> { track(side?).as_ref() };
        [
            of(self.client, |flow| &flow.request_app),
            of(self.client, |flow| &flow.request_wire),
            of(self.server, |flow| &flow.request_wire),
            of(self.server, |flow| &flow.request_app),
            of(self.server, |flow| &flow.reply_app),
            of(self.server, |flow| &flow.reply_wire),
            of(self.client, |flow| &flow.reply_wire),
            of(self.client, |flow| &flow.reply_app),
        ]
    }

    /// The witnesses, place by place.
    pub fn observations(&self) -> RouteObservations<'a> {
        RouteObservations::new(self.route(), &self.tracks())
    }

    /// Whether the stamps at a place are known to be of a clock that was not set meanwhile, so that they give an order.
    pub fn has_ordered_stamps(&self, place: RoutePoint) -> bool {
        let tracks = self.tracks();
        let mut seen = self.route().same_frame(place.index()).filter_map(|place| tracks[place]);
        let host = [self.client, self.server][usize::from(HOSTS[place.index()])];
        !host.is_some_and(|flow| flow.annotations.clock_set) && !seen.any(PointObservations::runs_back)
    }

    /// By how much both hosts' clocks moved during the run, nanoseconds, as far as journals know.
    pub fn moved_ns(&self) -> i64 {
        let annotations = self.client.into_iter().chain(self.server).map(|flow| &flow.annotations);
        annotations.map(|annotation| annotation.clock_moved).fold(0, i64::saturating_add)
    }

    /// How far the server's clock is ahead of the client's.
    pub fn offset(&self) -> Offset {
        let (Some(client), Some(server), false) = (self.client, self.server, self.same_host) else {
            return Offset::Unknown;
        };
        let (forward, back) = flow_comparison::bounds(client, server);
        let annotations = [&client.annotations, &server.annotations];
        if forward.is_empty() || back.is_empty() {
            Offset::Unknown
        } else if annotations.iter().any(|annotation| annotation.clock_set) {
            // The stamps may still fit one line, by chance and slow ways; it would be that of no moment.
            Offset::Stepped
        } else {
            clock_offset::offset(&forward, &back, self.resolution_ns, self.moved_ns())
        }
    }

    /// The first points of a message on the host whose clock gives the time of the run: the client's if it is observed.
    const fn first_places(&self) -> [RoutePoint; 2] {
        if self.client.is_some() { [CLIENT_SENT, CLIENT_WIRE_OUT] } else { [SERVER_WIRE_IN, SERVER_RECEIVED] }
    }

    /// Between which two times the messages left, or, without the client's evidence, came; nanoseconds.
    pub fn bounds(&self) -> Option<(i64, i64)> {
        let side = self.client.or(self.server)?;
        let sights =
            || [&side.request_app, &side.request_wire].into_iter().flatten().flat_map(PointObservations::sightings);
        Some((sights().map(|sight| sight.time.0).min()?, sights().map(|sight| sight.time.0).max()?))
    }

    /// When a message left, or, without the client's evidence, came; nanoseconds.
    pub fn left(&self, row: &Row<'_>) -> Option<i64> {
        self.first_places().into_iter().find_map(|place| row[place.index()]).map(|sight| sight.time.0)
    }

    /// The places that a message may have passed in another flow.
    pub fn elsewhere(&self, key: u64) -> PlaceSet {
        let mut places = PlaceSet::EMPTY;
        if self.elsewhere.contains(&key) {
            for place in [SERVER_WIRE_IN, SERVER_RECEIVED, SERVER_SENT, SERVER_WIRE_OUT] {
                places.add(place);
            }
        }
        for (side, place) in [(self.client, CLIENT_WIRE_IN), (self.server, SERVER_WIRE_OUT)] {
            if side.is_some_and(|side| side.annotations.ambiguous_replies.contains(&key)) {
                places.add(place);
            }
        }
        places
    }

    /// What is known of a message other than by its witnesses.
    pub fn other_evidence(&self, key: u64, row: &Row<'_>) -> OtherEvidence {
        OtherEvidence { absent: self.known_absences(key, row), elsewhere: self.elsewhere(key) }
    }

    /// The absences of a message that are proven other than by a witness's silence.
    fn known_absences(&self, key: u64, row: &Row<'_>) -> PlaceSet {
        let mut absences = PlaceSet::EMPTY;
        // Of several copies one may be rejected while another passes: then the error proves nothing.
        if row.iter().flatten().any(|sight| sight.copies > 1) {
            return absences;
        }
        for annotations in [self.client, self.server].into_iter().flatten().map(|side| &side.annotations) {
            if annotations.request_refused.contains_key(&key) {
                absences.add(SERVER_RECEIVED);
            }
            if annotations.reply_refused.contains_key(&key) {
                absences.add(CLIENT_RECEIVED);
            }
        }
        if self.client.is_some_and(|client| client.annotations.dropped.contains_key(&key)) {
            absences.add(CLIENT_WIRE_OUT);
        }
        let Some(server) = self.server else { return absences };
        // The server answers every copy: what the journal says of one copy holds for all only if it would have
        // recorded others. A client sends each message once.
        let watched =
            |at: Wall| server.reply_app.as_ref().is_some_and(|replies| replies.coverage.spans(at, at.shifted(SECOND)));
        let known =
            |from: RoutePoint| server.annotations.whole || row[from.index()].is_some_and(|sight| watched(sight.time));
        if server.annotations.dropped.contains_key(&key) && known(SERVER_SENT) {
            absences.add(SERVER_WIRE_OUT);
        }
        let unanswered = [server.annotations.withheld.contains_key(&key), server.annotations.unsent.contains_key(&key)];
        if unanswered.contains(&true) && known(SERVER_RECEIVED) {
            absences.add(SERVER_SENT);
        }
        absences
    }
}
