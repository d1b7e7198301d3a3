//! Random runs, for tests of what must not depend on how a run is cut.

use proptest::prelude::*;

use super::input::{ExchangeInput, NOWHERE};
use crate::core::evidence::annotations::FlowAnnotations;
use crate::core::evidence::coverage::Coverage;
use crate::core::evidence::exchange_host::HostFlow;
use crate::core::evidence::track::{PointObservations, Sighting};
use crate::core::time::{SECOND, Wall};

/// One message: how many of the eight places it reaches, its delay to each, nanoseconds, its copies from the server on,
/// and whether the client's host shows its request.
type History = (usize, [i64; 8], u32, bool);

/// The flows of a client's host and of a server's, with journals or without.
pub fn runs() -> impl Strategy<Value = [HostFlow; 2]> {
    let message = (1..9_usize, prop::array::uniform8(0..3 * SECOND), 1..3_u32, prop::bool::weighted(0.9));
    (prop::collection::vec(message, 1..120), any::<bool>(), prop::collection::btree_set(1..150_u64, 0..5))
        .prop_map(|(messages, journals, odd)| flows(&messages, journals, &odd.into_iter().collect::<Vec<_>>()))
}

fn flows(messages: &[History], journals: bool, odd: &[u64]) -> [HostFlow; 2] {
    let track = |place: usize| {
        let reached = (1..).zip(messages).filter(|(_, (reached, .., shown))| place < *reached && (place > 1 || *shown));
        let sights = reached.map(|(key, (_, delays, copies, _))| Sighting {
            key,
            time: Wall(key as i64 * SECOND + delays[..=place].iter().sum::<i64>()),
            frame: None,
            digest: None,
            packet_id: None,
            copies: if place > 1 { *copies } else { 1 },
        });
        let coverage = Coverage { from: Wall(-SECOND), to: Wall(100_000 * SECOND), ..Coverage::default() };
        Some(PointObservations::new(sights, coverage))
    };
    let app = |place: usize| track(place).filter(|_| journals);
    let flow = |[request_app, request_wire, reply_wire, reply_app]: [usize; 4], annotations| HostFlow {
        request_app: app(request_app),
        request_wire: track(request_wire),
        reply_wire: track(reply_wire),
        reply_app: app(reply_app),
        annotations,
        ..HostFlow::default()
    };
    let unsent = odd.iter().map(|key| (*key, "ENOBUFS".to_owned())).collect();
    let client = FlowAnnotations { whole: journals, unsent, ..FlowAnnotations::default() };
    let server = FlowAnnotations { bad_checksums: odd.to_vec(), ..FlowAnnotations::default() };
    [flow([0, 1, 6, 7], client), flow([3, 2, 5, 4], server)]
}

/// The run of two flows.
pub const fn input([client, server]: &[HostFlow; 2]) -> ExchangeInput<'_> {
    ExchangeInput {
        client: Some(client),
        server: Some(server),
        elsewhere: &NOWHERE,
        same_host: false,
        timeout_ns: None,
        client_file: None,
        server_file: None,
        resolution_ns: 1,
    }
}

/// Cuts rows into up to five parts, in any order.
pub fn parts<T>(rows: &[T], cuts: [prop::sample::Index; 4], order: [usize; 5]) -> Vec<&[T]> {
    let mut cuts = cuts.map(|cut| cut.index(rows.len() + 1));
    cuts.sort_unstable();
    let ends = [0, cuts[0], cuts[1], cuts[2], cuts[3], rows.len()];
    order.into_iter().map(|part| &rows[ends[part]..ends[part + 1]]).collect()
}
