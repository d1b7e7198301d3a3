//! Token buckets that limit the replies to each address.

use std::collections::HashMap;
use std::hash::Hash;

use crate::core::time::{Mono, SECOND};

/// Token buckets: `rate` per second, capacity `burst` seconds.
#[derive(Debug)]
pub struct RateLimiter<K> {
    rate: u32,
    /// Whom to keep accounts of at the most, before those that are full again are forgotten.
    most: usize,
    known: HashMap<K, Bucket>,
}

/// The tokens left in one bucket.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    /// In billionths, so that whole nanoseconds count.
    level: i64,
    filled: Mono,
}

impl<K: Copy + Eq + Hash> RateLimiter<K> {
    /// Allows `rate` a second to each.
    pub fn new(rate: u32, most: usize) -> Self {
        Self { rate, most, known: HashMap::new() }
    }

    /// Takes `count` tokens, if there are enough.
    pub fn take(&mut self, now: Mono, key: K, count: u32) -> bool {
        let rate = i64::from(self.rate);
        let full = rate.saturating_mul(SECOND);
        if self.known.len() >= self.most && !self.known.contains_key(&key) {
            self.known.retain(|_, bucket| now.since(bucket.filled) < SECOND);
        }
        let bucket = self.known.entry(key).or_insert(Bucket { level: full, filled: now });
        let gained = now.since(bucket.filled).min(SECOND).saturating_mul(rate);
        bucket.level = bucket.level.saturating_add(gained).min(full);
        bucket.filled = now;
        let price = i64::from(count).saturating_mul(SECOND);
        if bucket.level < price {
            return false;
        }
        bucket.level -= price;
        true
    }

    /// Forgets one.
    pub fn forget(&mut self, key: &K) {
        self.known.remove(key);
    }
}
