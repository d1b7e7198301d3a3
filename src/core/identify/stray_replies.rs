//! Finds replies on a client's wire that the server's capture shows to answer another run.

use std::collections::BTreeSet;

use super::candidates::are_disjoint;
use super::flow_comparison::MIN_SAME_PACKETS;
use crate::core::evidence::exchange_host::HostFlow;
use crate::core::evidence::track::{PointObservations, Sighting};

/// The messages of a client's flow whose reply is, by its packet ID, one that the server sent in another flow than most of the
/// client's replies. A server that numbers its packets by message, or not at all, tells nothing.
pub fn stray_replies(client: &HostFlow, servers: &[HostFlow]) -> BTreeSet<u64> {
    if servers.len() < 2 {
        return BTreeSet::new();
    }
    let replies = client.reply_wire.iter().flat_map(PointObservations::sightings);
    let sent_in = |reply: &Sighting| {
        let is_one = |server: &&HostFlow| {
            let sent = server.reply_wire.as_ref().and_then(|sent| sent.get(reply.key));
            reply.packet_id.is_some() && sent.is_some_and(|sent| sent.packet_id == reply.packet_id)
        };
        let mut found = (0..).zip(servers).filter(|(_, server)| is_one(server)).map(|(index, _)| index);
        found.next().filter(|_| found.next().is_none())
    };
    let known: Vec<(u64, usize)> = replies.filter_map(|reply| Some((reply.key, sent_in(reply)?))).collect();
    let count = |index: usize| known.iter().filter(|(_, flow)| *flow == index).count();
    let Some(own) = (0..servers.len()).max_by_key(|index| count(*index)) else { return BTreeSet::new() };
    if count(own) < MIN_SAME_PACKETS || count(own) * 2 <= known.len() {
        return BTreeSet::new();
    }
    // Flows that share no number may be of one run, whose NAT took a new port.
    let is_others = |flow: usize| flow != own && !are_disjoint([&servers[own], &servers[flow]].into_iter());
    known.into_iter().filter(|(_, flow)| is_others(*flow)).map(|(number, _)| number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::evidence::track::with_packet_ids;

    /// A flow with replies to these messages, each with its packet ID.
    fn flow(replies: &[(u64, u32)]) -> HostFlow {
        HostFlow { reply_wire: Some(with_packet_ids(replies)), ..HostFlow::default() }
    }

    #[test]
    fn a_reply_with_the_packet_id_of_another_run_is_a_stray() {
        let servers = [flow(&[(1, 11), (2, 12), (3, 13), (4, 14)]), flow(&[(1, 21), (2, 22), (3, 23), (4, 24)])];
        let client = flow(&[(1, 21), (2, 22), (3, 13), (4, 24)]);
        assert_eq!(stray_replies(&client, &servers), BTreeSet::from([3]));
        assert!(stray_replies(&flow(&[(1, 21), (2, 22), (3, 13)]), &servers).is_empty(), "too few");
        assert!(stray_replies(&flow(&[(1, 21), (2, 22), (3, 23), (4, 99)]), &servers).is_empty(), "a middlebox's");
        let rebound = [flow(&[(1, 11), (2, 12), (3, 13)]), flow(&[(4, 24)])];
        assert!(stray_replies(&flow(&[(1, 11), (2, 12), (3, 13), (4, 24)]), &rebound).is_empty(), "one run");
        let by_number = [flow(&[(1, 1), (2, 2), (3, 3)]), flow(&[(1, 1), (2, 2), (3, 3)])];
        assert!(stray_replies(&flow(&[(1, 1), (2, 2), (3, 3)]), &by_number).is_empty());
    }
}
