//! The drawn intervals of client and ping, as their journals show them.

use std::fs::File;
use std::io::BufReader;
use std::net::UdpSocket;
use std::process::Command;
use std::time::Duration;

use crate::common::process::{Running, STEP_TIMEOUT};
use medidor::core::evidence::journal::Record;
use medidor::core::protocol::spacing::interval_after;
use medidor::core::time::nanos;
use medidor::journal::reader;
use tempfile::TempDir;

const INTERVAL: Duration = Duration::from_millis(100);

/// Runs a command of eight messages to a peer that does not answer. Returns the seed in its journal and from each due time
/// to the next, nanoseconds.
fn run(command: &str, interval: &str, options: &[&str]) -> (Option<u64>, Vec<i64>) {
    let folder = TempDir::new().unwrap();
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let mut medidor = Command::new(env!("CARGO_BIN_EXE_medidor"));
    medidor.current_dir(folder.path()).args([command, &silent.local_addr().unwrap().to_string(), "--count", "8"]);
    medidor.args(["--interval", interval, "--journal", "x.jsonl"]).args(options);
    Running::start(medidor).wait(STEP_TIMEOUT).expect_code(1);
    let journal = File::open(folder.path().join("x.jsonl")).unwrap();
    let log = reader::read(BufReader::new(journal), "x.jsonl").unwrap();
    let due: Vec<i64> = log
        .records
        .iter()
        .filter_map(|record| match record {
            Record::Sent(sent) => Some(sent.at.mono.0 - sent.lateness_ns.unwrap()),
            _ => None,
        })
        .collect();
    assert_eq!(due.len(), 8);
    let seed = &log.run().unwrap().parameters["spacing_seed"];
    (seed.as_u64(), due.windows(2).map(|pair| pair[1] - pair[0]).collect())
}

/// How many of the intervals are within 2 ms of these: a busy machine may hold a message up after its time was read.
fn matching(found: &[i64], expected: impl Fn(u64) -> Duration) -> usize {
    (1..).zip(found).filter(|(number, ns)| (nanos(expected(*number)) - **ns).abs() < 2_000_000).count()
}

#[test]
fn intervals_follow_the_seed_in_the_journal() {
    for (command, options) in
        [("client", ["--batch", "0", "--wait", "1ms"]), ("ping", ["--timeout", "1ms", "--ttl", "9"])]
    {
        let runs = [run(command, "100ms", &options), run(command, "100ms", &options)];
        for (seed, intervals) in &runs {
            assert!(seed.is_some());
            let followed = matching(intervals, |number| interval_after(number, INTERVAL, *seed));
            assert!(followed >= 4, "{command}: {intervals:?} with seed {seed:?}");
        }
        assert_ne!(runs[0].0, runs[1].0, "each run has a seed of its own");
        let (seed, fixed) = run(command, "100ms", &[&options[..], &["--fixed-interval"]].concat());
        assert_eq!(seed, None);
        assert!(matching(&fixed, |_| INTERVAL) >= 4, "{command}: {fixed:?}");
        let (seed, _) = run(command, "0s", &options);
        assert_eq!(seed, None, "of no interval nothing is drawn");
    }
}
