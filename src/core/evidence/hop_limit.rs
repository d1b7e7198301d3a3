//! How many routers a datagram has passed, by its IPv4 time to live or IPv6 hop limit.

/// What systems start from.
const INITIAL: [u8; 4] = [32, 64, 128, 255];

/// A path of more routers than this is none: then the initial value was another.
const MAX_HOPS: u8 = 31;

/// How many routers a datagram has passed, by the nearest initial value above its hop limit.
pub fn hops(hop_limit: u8) -> u8 {
    INITIAL.into_iter().find(|initial| *initial >= hop_limit).map_or(0, |initial| (initial - hop_limit).min(MAX_HOPS))
}
