//! Wrong clocks: the files of one host rewritten as if its clock had an offset, a frequency error or a step.
//!
//! The lab's hosts share one clock, so the change made to the timestamps of one host is the whole truth about their
//! offset.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use fastrand::Rng;
use serde_json::Value;

use super::common::lab::Side;
use super::faults::records;
use super::scenario::{ScenarioResult, witness_file};
use super::table::Subset;

/// An error of a host's clock.
#[derive(Clone, Copy, Debug)]
pub struct ClockError {
    /// Its name in the tables.
    pub name: &'static str,
    /// The host with the wrong clock.
    pub side: Side,
    /// Offset at `origin`, nanoseconds.
    offset: i64,
    /// Frequency error, parts per million.
    ppm: i64,
    /// A step: true time and size, nanoseconds.
    pub step: Option<(i64, i64)>,
    origin: i64,
}

const SECOND: i64 = 1_000_000_000;

impl ClockError {
    /// The clock errors for a run, chosen by the seed.
    pub fn ways(performed: &ScenarioResult, seed: u64) -> Vec<Self> {
        let mut dice = Rng::with_seed(seed);
        let sent: Vec<i64> = performed.observed.values().filter_map(|message| message.at[0]).collect();
        let (first, last) = (*sent.iter().min().expect("some left"), *sent.iter().max().expect("some left"));
        let mut sign = |size: i64| if dice.bool() { size } else { -size };
        let (near, far, ppm) = (sign(SECOND / 50), sign(6 * 3_600 * SECOND), sign(200));
        let steps = [sign(3_000_000), sign(700_000_000), sign(3_600 * SECOND)];
        let mut when = || dice.i64(first + (last - first) / 10..last - (last - first) / 10);
        let right = |name, side| Self { name, side, offset: 0, ppm: 0, step: None, origin: first };
        let both =
            |name, far: &mut dyn FnMut(Self) -> Self| [Side::A, Side::B].map(|side| far(right(name, side))).to_vec();
        [
            both("20 ms off", &mut |clock| Self { offset: near, ..clock }),
            both("six hours off", &mut |clock| Self { offset: far, ..clock }),
            both("200 ppm fast or slow", &mut |clock| Self { ppm, ..clock }),
            both("six hours off and 200 ppm", &mut |clock| Self { offset: far, ppm, ..clock }),
            both("set by 3 ms", &mut |clock| Self { step: Some((when(), steps[0])), ..clock }),
            both("set by 700 ms", &mut |clock| Self { step: Some((when(), steps[1])), ..clock }),
            both("set by an hour", &mut |clock| Self { step: Some((when(), steps[2])), ..clock }),
            both("six hours off, 200 ppm, set by 700 ms", &mut |clock| Self {
                offset: far,
                ppm,
                step: Some((when(), steps[1])),
                ..clock
            }),
        ]
        .concat()
    }

    /// The clock of a server's host that was never in step with the client's.
    pub fn of_another_host(name: &'static str, offset: i64, ppm: i64, origin: i64) -> Self {
        Self { name, side: Side::B, offset, ppm, step: None, origin }
    }

    fn drifted(&self, time: i64) -> i64 {
        (i128::from(time - self.origin) * i128::from(self.ppm) / 1_000_000) as i64
    }

    /// The clock's offset at a true time.
    fn ahead(&self, time: i64) -> i64 {
        let set = self.step.filter(|(at, _)| time >= *at).map_or(0, |(_, by)| by);
        self.offset + self.drifted(time) + set
    }

    /// The offset of the server's clock from the client's at a true time.
    pub fn true_offset(&self, time: i64) -> i64 {
        if self.side == Side::B { self.ahead(time) } else { -self.ahead(time) }
    }

    /// Copies a run's files with the timestamps of the wrong clock.
    pub fn rewrite(&self, from: &Path, to: &Path) {
        for part in ["j", "c"] {
            fs::create_dir_all(to.join(part)).unwrap();
        }
        for witness in 0..4 {
            let (source, target) = (witness_file(from, witness), witness_file(to, witness));
            let ours = (witness < 2) == (self.side == Side::A);
            match (ours, witness % 2) {
                (false, _) => _ = fs::copy(source, target).unwrap(),
                (true, 0) => fs::write(target, self.journal(&fs::read_to_string(source).unwrap())).unwrap(),
                (true, _) => fs::write(target, self.capture(fs::read(source).unwrap())).unwrap(),
            }
        }
    }

    /// A journal as the wrong clock would have written it, by another host: hosts in the lab share a boot ID.
    pub fn journal(&self, text: &str) -> String {
        let mut written = String::new();
        for line in text.lines() {
            let mut record: Value = serde_json::from_str(line).unwrap();
            if let (Some(wall), Some(mono)) = (record["w"].as_i64(), record["m"].as_i64()) {
                // A step does not move the monotonic clock; a frequency error affects both clocks.
                record["m"] = (mono + self.drifted(wall)).into();
            }
            // A host with another clock is another host.
            if let Some(boot) = record.pointer_mut("/boot_id") {
                *boot = "another boot".into();
            }
            if let Some(real) = record.pointer("/clocks/realtime_ns").and_then(Value::as_i64) {
                record["clocks"]["realtime_ns"] = (real + self.ahead(real)).into();
                for steady in ["monotonic_ns", "monotonic_raw_ns", "boottime_ns"] {
                    let reading = record["clocks"][steady].as_i64().unwrap();
                    record["clocks"][steady] = (reading + self.drifted(real)).into();
                }
            }
            for path in ["/w", "/k", "/from", "/to", "/capture/live", "/capture/close"] {
                if let Some(stamp) = record.pointer_mut(path)
                    && let Some(time) = stamp.as_i64()
                {
                    *stamp = (time + self.ahead(time)).into();
                }
            }
            // Writing to a string cannot fail.
            let _ = writeln!(written, "{record}");
        }
        written
    }

    /// A classic capture file in this machine's order with the wrong clock's stamps.
    pub fn capture(&self, mut bytes: Vec<u8>) -> Vec<u8> {
        let tick = match u32::from_le_bytes(bytes[..4].try_into().unwrap()) {
            0xa1b2_3c4d => 1,
            0xa1b2_c3d4 => 1_000,
            magic => panic!("no classic capture in this machine's order: {magic:#x}"),
        };
        for record in records(&bytes) {
            let figure = |at: usize| i64::from(u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()));
            let time = figure(record) * SECOND + figure(record + 4) * tick;
            let time = time + self.ahead(time);
            bytes[record..record + 4].copy_from_slice(&(time.div_euclid(SECOND) as u32).to_le_bytes());
            bytes[record + 4..record + 8].copy_from_slice(&((time.rem_euclid(SECOND) / tick) as u32).to_le_bytes());
        }
        bytes
    }
}

/// The results for all clock errors, by name.
#[derive(Default)]
pub struct ClockTable {
    order: Vec<&'static str>,
    rows: BTreeMap<&'static str, ClockRow>,
    /// Bounds that do not contain the truth.
    pub misses: Vec<String>,
}

#[derive(Default)]
struct ClockRow {
    analyses: u64,
    bounds: u64,
    contained: u64,
    width: i64,
    widest: i64,
}

impl ClockTable {
    /// Checks a document's offset bounds, if it has any, against the truth at these times. Only the journal of the host
    /// shows a clock step: without it, the bound may be that of one side of the step.
    pub fn enter(&mut self, wrong: &ClockError, subset: Subset, times: &[i64], document: &Value, whose: &str) {
        if !self.order.contains(&wrong.name) {
            self.order.push(wrong.name);
        }
        let row = self.rows.entry(wrong.name).or_default();
        row.analyses += 1;
        let bound = &document["flows"][0]["delay"]["clock_offset"];
        let (Some(low), Some(high)) = (bound["low_ns"].as_i64(), bound["high_ns"].as_i64()) else { return };
        row.bounds += 1;
        (row.width, row.widest) = (row.width + high - low, row.widest.max(high - low));
        // The reference captures have a resolution of 1 µs.
        let holds = |true_offset: &i64| (low - 1_000..=high + 1_000).contains(true_offset);
        let truths: Vec<i64> = times.iter().map(|time| wrong.true_offset(*time)).collect();
        let reliable = wrong.step.is_none() || subset.has(if wrong.side == Side::A { 0 } else { 2 });
        match truths.iter().find(|true_offset| !holds(true_offset)) {
            None => row.contained += 1,
            Some(_) if !reliable && truths.iter().any(holds) => {}
            Some(true_offset) => {
                self.misses.push(format!("{whose}: {wrong:?}: {low} to {high} ns, and the truth is {true_offset}"));
            }
        }
    }

    /// The table, in Markdown.
    pub fn table(&self) -> String {
        let mut table = String::from(
            "### Clocks\n\n\
             The stamps of one host rewritten: client's and server's in turn. `bounds`: how many of the analyses that hear \
             both hosts give a bound of the offset; of the others a step is reported, or one host's witnesses saw too \
             little. `hold`: how many of those bounds contain the true offset at each moment at which a delivered message left \
             or came back.\n\n\
             | one host's clock | analyses | bounds | hold | mean width, µs | widest, µs |\n|---|--:|--:|--:|--:|--:|\n",
        );
        for name in &self.order {
            let row = &self.rows[name];
            let micro = |nanos: i64| format!("{:.0}", nanos as f64 / 1_000.0);
            let mean = if row.bounds == 0 { "–".to_owned() } else { micro(row.width / row.bounds as i64) };
            let widest = if row.bounds == 0 { "–".to_owned() } else { micro(row.widest) };
            // Writing to a string cannot fail.
            let _ = writeln!(
                table,
                "| {name} | {} | {} | {} | {mean} | {widest} |",
                row.analyses, row.bounds, row.contained
            );
        }
        table
    }
}
