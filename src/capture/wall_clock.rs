//! The wall clock, in the unit of packet stamps.

use std::time::SystemTime;

use crate::core::time::{Wall, nanos};

pub fn now() -> Wall {
    Wall(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, nanos))
}
