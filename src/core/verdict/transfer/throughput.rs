//! Progress of a transfer over time.

use crate::core::document::transfer::{MAX_CELLS, Throughput};
use crate::core::evidence::journal_run::Role;
use crate::core::evidence::transfer_records::ProgressRecord;
use crate::core::time::Wall;

/// Lays readings of a counter out over the time between the first and the last that tells something new.
pub(super) fn throughput(start: Wall, passed: &[ProgressRecord], role: Role) -> Option<Throughput> {
    let most = passed.last()?.bytes;
    let until = passed.iter().find(|reading| reading.bytes == most)?.at.wall;
    let whole = until.since(start);
    if most == 0 || whole <= 0 {
        return None;
    }
    let file_info = passed.iter().filter(|reading| reading.at.wall <= until).count() as u64;
    let cells = file_info.clamp(1, MAX_CELLS);
    let cell_ns = (whole as u64).div_ceil(cells).max(1) as i64;
    let mut readings = passed.iter().map(|reading| (reading.at.wall.since(start), reading.bytes)).peekable();
    let (mut bytes, mut counted, mut known) = (Vec::with_capacity(cells as usize), 0, (0, 0));
    for cell in 1..=cells as i64 {
        let edge = cell.saturating_mul(cell_ns).min(whole);
        while let Some(passed) = readings.next_if(|reading| reading.0 <= edge) {
            known = (passed.0.max(known.0), passed.1.max(known.1));
        }
        // Between two readings it is taken to have passed evenly.
        let next = readings.peek().copied().filter(|next| next.0 > known.0).unwrap_or(known);
        let share = (edge - known.0).max(0) as f64 / (next.0 - known.0).max(1) as f64;
        let by_edge = known.1 + (next.1.saturating_sub(known.1) as f64 * share) as u64;
        let by_edge = by_edge.max(counted);
        bytes.push(by_edge - counted);
        counted = by_edge;
    }
    Some(Throughput { role, cell_ns, bytes })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::time::{Mono, Now, SECOND};

    fn reading(ms: i64, bytes: u64) -> ProgressRecord {
        let at = Now { wall: Wall(SECOND + ms * 1_000_000), mono: Mono(ms * 1_000_000) };
        ProgressRecord { p: 1, at, bytes }
    }

    #[test]
    fn a_course_holds_every_byte_once() {
        let readings: Vec<ProgressRecord> = (0..=500).map(|step: u64| reading(step as i64 * 20, step * step)).collect();
        let course = throughput(Wall(SECOND), &readings, Role::Server).unwrap();
        assert_eq!(course.bytes.len() as u64, MAX_CELLS);
        assert_eq!(course.bytes.iter().sum::<u64>(), 250_000);
        assert!(course.bytes.is_sorted(), "{:?}", course.bytes);
        assert!(course.cell_ns * 60 >= 10 * SECOND);
    }

    #[test]
    fn a_course_ends_when_nothing_more_passes() {
        let readings = [reading(10, 50), reading(20, 100), reading(500, 100)];
        let course = throughput(Wall(SECOND), &readings, Role::Client).unwrap();
        assert_eq!((course.cell_ns, course.bytes), (10_000_000, vec![50, 50]));
        assert_eq!(throughput(Wall(SECOND), &[], Role::Server), None);
        assert_eq!(throughput(Wall(SECOND), &[reading(10, 0)], Role::Server), None);
    }
}
