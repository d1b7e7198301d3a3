//! Damages finished journals and captures.

use std::collections::HashMap;

use super::Host;
use medidor::core::evidence::capture_log::CaptureLog;
use medidor::core::evidence::journal::{Gap, Record};
use medidor::core::evidence::journal_run::CaptureCounters;
use medidor::core::time::Wall;

/// Renumbers the frames of a capture and updates its totals.
pub fn renumber(capture: &mut CaptureLog) {
    // A capture lists only the flows of its datagrams.
    let flows = std::mem::take(&mut capture.flows);
    capture.datagrams.update(|datagram| {
        let flow = flows[datagram.flow as usize];
        let index = capture.flows.iter().position(|known| *known == flow).unwrap_or_else(|| {
            capture.flows.push(flow);
            capture.flows.len() - 1
        });
        datagram.flow = index as u32;
    });
    // Frames follow each other in the order in which they came, also where the clock was set back in between.
    let latest_by = |latest: &mut Wall, time: Wall| {
        *latest = time.max(*latest);
        Some(*latest)
    };
    let datagrams = capture.datagrams.iter().map(|datagram| datagram.time).scan(Wall(i64::MIN), latest_by);
    let errors = capture.icmp_errors.iter().map(|error| error.time).scan(Wall(i64::MIN), latest_by);
    let mut order: Vec<(Wall, bool, usize)> = Vec::new();
    order.extend(datagrams.enumerate().map(|(index, time)| (time, false, index)));
    order.extend(errors.enumerate().map(|(index, time)| (time, true, index)));
    order.sort();
    let frames: HashMap<(bool, usize), u32> = order.iter().map(|(_, icmp, index)| (*icmp, *index)).zip(1..).collect();
    let mut index = 0..;
    capture.datagrams.update(|datagram| datagram.frame = frames[&(false, index.next().unwrap())]);
    let mut index = 0..;
    capture.icmp_errors.update(|error| error.frame = frames[&(true, index.next().unwrap())]);
    capture.packets = order.len() as u64;
    let times = || {
        let datagrams = capture.datagrams.iter().map(|datagram| datagram.time);
        datagrams.chain(capture.icmp_errors.iter().map(|error| error.time))
    };
    (capture.first, capture.last) = (times().min(), times().max());
}

/// Updates the journal's counters to match the capture and its drops.
pub fn recount(host: &mut Host, dropped: &[Wall]) {
    let capture = &host.capture;
    let times: Vec<Wall> = (capture.datagrams.iter().map(|datagram| datagram.time))
        .chain(capture.icmp_errors.iter().map(|error| error.time))
        .collect();
    let count = |at: Wall| {
        let until = |times: &[Wall]| times.iter().filter(|time| **time <= at).count() as u64;
        let (written, dropped) = (until(&times), until(dropped));
        CaptureCounters { written, received: written + dropped, dropped, interface_dropped: 0 }
    };
    for record in &mut host.journal.records {
        match record {
            Record::Counters(counters) => counters.capture = Some(count(counters.at.wall)),
            Record::End(end) => {
                if let Some(capture) = &mut end.capture {
                    capture.counters = count(capture.close);
                }
            }
            _ => {}
        }
    }
}

/// Damage to a finished journal or capture. Times are of the host's own wall clock.
impl Host {
    /// The journal ends early: a kill or a full disk.
    pub fn break_off(&mut self, at: Wall) {
        let records = &mut self.journal.records;
        if let Some(first) = records.iter().position(|record| record.wall().is_some_and(|wall| wall > at)) {
            records.truncate(first.max(1));
        }
    }

    /// The journal's queue is full for some time, and records are lost.
    pub fn gap(&mut self, from: Wall, to: Wall) {
        let lost = |record: &Record| {
            let kept = matches!(record, Record::Run(_) | Record::End(_));
            !kept && record.wall().is_some_and(|wall| from <= wall && wall <= to)
        };
        let records = std::mem::take(&mut self.journal.records);
        let (mut count, mut span) = (0, None::<(Wall, Wall)>);
        let mut kept: Vec<Record> = Vec::new();
        let mut place = 0;
        for (index, record) in records.iter().enumerate() {
            // A peer record comes just before its first message, and is lost with it.
            let peer = matches!(record, Record::Peer(_)) && index > 1 && records.get(index + 1).is_some_and(lost);
            if lost(record) || peer {
                count += 1;
                if let Some(wall) = record.wall() {
                    let (low, high) = span.unwrap_or((wall, wall));
                    span = Some((low.min(wall), high.max(wall)));
                }
                place = kept.len();
            } else {
                kept.push(record.clone());
            }
        }
        if let Some((from, to)) = span {
            kept.insert(place, Record::Gap(Gap { from, to, lost: count }));
        }
        self.journal.records = kept;
    }

    /// The capture's ring overflows for some time: the first of every `of` frames is lost and counted.
    pub fn drop_frames(&mut self, from: Wall, to: Wall, of: usize) {
        let mut dropped = Vec::new();
        let mut turn = 0;
        let mut keep = |time: Wall| {
            if time < from || to < time {
                return true;
            }
            turn += 1;
            if (turn - 1) % of == 0 {
                dropped.push(time);
                return false;
            }
            true
        };
        self.capture.datagrams.retain(|datagram| keep(datagram.time));
        self.capture.icmp_errors.retain(|error| keep(error.time));
        renumber(&mut self.capture);
        recount(self, &dropped);
    }

    /// The capture comes from another program, which ran only for some time.
    pub fn foreign(&mut self, from: Wall, to: Wall) {
        for record in &mut self.journal.records {
            match record {
                Record::Run(run) => run.capture = None,
                Record::Counters(counters) => counters.capture = None,
                Record::End(end) => end.capture = None,
                _ => {}
            }
        }
        self.capture.file = "wireshark.pcap".into();
        self.capture.datagrams.retain(|datagram| from <= datagram.time && datagram.time <= to);
        self.capture.icmp_errors.retain(|error| from <= error.time && error.time <= to);
        renumber(&mut self.capture);
    }

    /// The capture's filter admits one direction only.
    pub fn one_direction(&mut self, replies: bool) {
        self.capture.datagrams.retain(|datagram| datagram.reads_as_reply == replies);
        self.capture.icmp_errors.retain(|_| false);
        renumber(&mut self.capture);
        recount(self, &[]);
    }
}
