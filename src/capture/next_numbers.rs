//! Replies that name the number expected next, as TCP's acknowledgments do: `ACK 8` to `Mensagem 7`.

use std::collections::{BTreeSet, HashMap};

use crate::core::evidence::datagram::Datagram;
use crate::core::evidence::flow::FlowKey;

/// So many replies show it: one may come before its request where the capture missed that.
const MIN_REPLIES: usize = 3;

/// The replies of one flow.
#[derive(Clone, Copy, Default)]
struct ReplyTally {
    replies: usize,
    /// How many have the number after that of the last request, which had not been asked until then.
    next: usize,
}

/// Gives such replies the number before theirs, and returns their flows. They are known by coming before a request with their number,
/// so only where one request at a time is open.
pub(super) fn number(flows: &[FlowKey], datagrams: &mut [Datagram]) -> BTreeSet<u32> {
    if datagrams.iter().all(|datagram| !datagram.reads_as_reply) {
        return BTreeSet::new();
    }
    let index_of: HashMap<&FlowKey, usize> = flows.iter().zip(0..).collect();
    let reverse = |flow: &FlowKey| index_of.get(&FlowKey { source: flow.destination, destination: flow.source });
    let requests_of: Vec<Option<usize>> = flows.iter().map(|flow| reverse(flow).copied()).collect();
    let mut tallies = vec![ReplyTally::default(); flows.len()];
    // The last and the highest number of each flow.
    let mut asked: Vec<Option<(u64, u64)>> = vec![None; flows.len()];
    for datagram in datagrams.iter() {
        let (flow, Some(number)) = (datagram.flow as usize, datagram.number) else { continue };
        if !datagram.reads_as_reply {
            asked[flow] = Some((number, asked[flow].map_or(number, |(_, highest)| highest.max(number))));
        } else if let Some((last, highest)) = requests_of[flow].and_then(|requests| asked[requests]) {
            tallies[flow].replies += 1;
            tallies[flow].next += usize::from(last.checked_add(1) == Some(number) && number > highest);
        }
    }
    let names_next = |(_, tally): &(u32, &ReplyTally)| tally.next >= MIN_REPLIES && tally.next * 2 > tally.replies;
    let found: BTreeSet<u32> = (0..).zip(&tallies).filter(names_next).map(|(flow, _)| flow).collect();
    for datagram in datagrams.iter_mut().filter(|datagram| found.contains(&datagram.flow)) {
        datagram.number = datagram.number.and_then(|number| number.checked_sub(1));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers of the replies: a positive number is a request, and a negative one a reply.
    fn replies(numbers: &[i64]) -> Vec<u64> {
        let [client, server] = ["10.0.0.1:40000", "10.0.0.2:5005"].map(|addr| addr.parse().unwrap());
        let flows = [FlowKey { source: client, destination: server }, FlowKey { source: server, destination: client }];
        let datagram = |number: &i64| Datagram {
            flow: u32::from(*number < 0),
            number: Some(number.unsigned_abs()),
            reads_as_reply: *number < 0,
            ..Datagram::default()
        };
        let mut datagrams: Vec<Datagram> = numbers.iter().map(datagram).collect();
        number(&flows, &mut datagrams);
        datagrams.iter().filter(|datagram| datagram.flow == 1).filter_map(|reply| reply.number).collect()
    }

    #[test]
    fn a_reply_may_name_the_number_expected_next() {
        assert_eq!(replies(&[1, -2, 2, -3, 3, 4, -5, 5, -6]), [1, 2, 4, 5]);
    }

    #[test]
    fn other_replies_keep_their_numbers() {
        assert_eq!(replies(&[1, -1, 2, -2, 3, 4, -4, 5, -5]), [1, 2, 4, 5]);
        assert_eq!(replies(&[-5, 6, -6, -8, 9, -9]), [5, 6, 8, 9], "the capture missed a request");
        assert_eq!(replies(&[1, 2, 3, -1, 4, -2, 5, -3]), [1, 2, 3], "several are open");
    }
}
