//! Replies without a number, such as a bare `ACK` or `pong`: each gets the number of the request that it answers, where only
//! one was open.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::core::evidence::datagram::Datagram;
use crate::core::evidence::flow::FlowKey;

/// Fewer texts are not known to be replies.
const MIN_REPLIES: usize = 2;

/// One direction of a conversation.
#[derive(Default)]
struct Way {
    numbered: usize,
    unnumbered: usize,
    /// How often each text without a number is there.
    texts: HashMap<u32, usize>,
}

impl Way {
    /// Whether its texts are bare replies to those of the other direction: most are the same, and there are not more.
    fn answers(&self, requests: &Self) -> bool {
        let most = self.texts.values().copied().max().unwrap_or(0);
        self.numbered == 0
            && self.unnumbered >= MIN_REPLIES
            && most * 2 > self.unnumbered
            && requests.unnumbered == 0
            && (MIN_REPLIES..).contains(&requests.numbered)
            && self.unnumbered <= requests.numbered
    }
}

/// Numbers the replies without a number of their own, and returns the flows of such replies. Those that come while several requests
/// are open stay without one.
pub(super) fn number(flows: &[FlowKey], datagrams: &mut [Datagram]) -> BTreeSet<u32> {
    // Most captures have none.
    if datagrams.iter().all(|datagram| datagram.number.is_some() || datagram.digest.is_none()) {
        return BTreeSet::new();
    }
    let mut ways: Vec<Way> = flows.iter().map(|_| Way::default()).collect();
    for datagram in datagrams.iter().filter(|datagram| !datagram.incomplete) {
        let way = &mut ways[datagram.flow as usize];
        match (datagram.number, datagram.digest) {
            (Some(_), _) => way.numbered += 1,
            (None, digest) => {
                way.unnumbered += 1;
                *way.texts.entry(digest.map_or(0, u32::from)).or_default() += 1;
            }
        }
    }
    let index_of: HashMap<&FlowKey, u32> = flows.iter().zip(0..).collect();
    let mut requests_of: BTreeMap<u32, u32> = BTreeMap::new();
    for (replies, FlowKey { source, destination }) in (0..).zip(flows) {
        let Some(requests) = index_of.get(&FlowKey { source: *destination, destination: *source }) else { continue };
        if ways[replies as usize].answers(&ways[*requests as usize]) {
            requests_of.insert(replies, *requests);
        }
    }
    let mut open: HashMap<u32, BTreeSet<u64>> =
        requests_of.values().map(|requests| (*requests, BTreeSet::new())).collect();
    let mut highest: HashMap<u32, u64> = HashMap::new();
    for datagram in datagrams.iter_mut().filter(|_| !requests_of.is_empty()) {
        if let Some(requests) = requests_of.get(&datagram.flow) {
            let open = open.entry(*requests).or_default();
            if open.len() == 1 && datagram.digest.is_some() {
                datagram.number = open.pop_first();
            }
        } else if let Some(number) = datagram.number
            && let Some(open) = open.get_mut(&datagram.flow)
        {
            let highest = highest.entry(datagram.flow).or_default();
            // What comes once more, or late, may have been answered.
            if number > *highest || open.is_empty() {
                open.insert(number);
            }
            *highest = number.max(*highest);
        }
    }
    requests_of.into_keys().collect()
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;

    /// Numbers what is said: a number is a request, and a text a reply.
    fn read(texts: &[Result<u64, &str>]) -> Option<Vec<Option<u64>>> {
        let [client, server] = ["10.0.0.1:40000", "10.0.0.2:5005"].map(|addr| addr.parse().unwrap());
        let flows = [FlowKey { source: client, destination: server }, FlowKey { source: server, destination: client }];
        let mut datagrams: Vec<Datagram> = texts
            .iter()
            .map(|text| Datagram {
                flow: u32::from(text.is_err()),
                number: text.ok(),
                digest: NonZeroU32::new(text.err().map_or(1, |text| 7 + text.len() as u32)),
                ..Datagram::default()
            })
            .collect();
        let found = number(&flows, &mut datagrams);
        let replies = datagrams.iter().filter(|datagram| datagram.flow == 1);
        (found.into_iter().collect::<Vec<_>>() == [1]).then(|| replies.map(|reply| reply.number).collect())
    }

    #[test]
    fn a_bare_reply_answers_the_only_open_request() {
        let ack = Err("ACK");
        assert_eq!(read(&[Ok(1), ack, Ok(2), ack, Ok(3), ack]), Some(vec![Some(1), Some(2), Some(3)]));
        assert_eq!(read(&[Ok(1), ack, Ok(2), Ok(3), ack, Ok(4), ack]), Some(vec![Some(1), None, None]));
        assert_eq!(read(&[ack, Ok(1), Ok(2), ack]), Some(vec![None, None]), "nobody asked for the first");
    }

    #[test]
    fn other_texts_from_the_server_are_no_replies() {
        let ack = Err("ACK");
        assert_eq!(read(&[Ok(1), Err("a"), Ok(2), Err("bc"), Ok(3), Err("def")]), None, "each says something else");
        assert_eq!(read(&[Ok(1), ack, ack, ack]), None, "more than were asked");
        assert_eq!(read(&[Ok(1), ack]), None, "one alone");
    }
}
