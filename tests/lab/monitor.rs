//! The latency monitor: its scenarios in virtual time, and the program against real servers.

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::time::Duration;

use common::lab::{Host, Lab};
use common::medidor::{medidor, server};
use common::process::{PATIENCE, Running, Stream};
use medidor::core::dialect::monitor::class::{Finding, Thresholds};
use medidor::core::dialect::monitor::outbox::{Outbox, Policy, Told, Tried};
use medidor::core::dialect::monitor::watch::{Action, Alert, Settings, Watch, When};
use medidor::core::time::{Mono, Wall, nanos};
use serde::Deserialize;
use tempfile::TempDir;

/// A scenario as its file tells it; tests/scenarios/README.md explains the keys.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Scenario {
    #[serde(default = "ten_seconds")]
    interval: String,
    #[serde(default = "two")]
    confirm: u32,
    #[serde(default)]
    alert_when: Option<String>,
    measurements: Vec<String>,
    #[serde(default)]
    mail_away: Vec<[String; 2]>,
    #[serde(default)]
    hindered: usize,
    #[serde(default)]
    alert: Vec<Expected>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    after: u64,
    since: u64,
    class: String,
    before: String,
    mailed: Option<String>,
}

fn ten_seconds() -> String {
    "10s".to_owned()
}

const fn two() -> u32 {
    2
}

fn time(text: &str) -> Duration {
    // humantime knows no fractions.
    match text.strip_suffix("ms").map(str::parse::<f64>) {
        Some(Ok(ms)) => Duration::from_secs_f64(ms / 1e3),
        _ => humantime::parse_duration(text).unwrap_or_else(|error| panic!("{text}: {error}")),
    }
}

fn finding(text: &str) -> Finding {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    match word {
        "silence" => Finding::Silence,
        "refused" => Finding::Refused,
        "unsent" => Finding::Unsent { error: rest.to_owned() },
        "unresolved" => Finding::Unresolved { detail: String::new() },
        "asleep" => Finding::Overslept { slept_ns: nanos(Duration::from_secs(3600)) },
        _ => Finding::Reply { rtt_ns: nanos(time(text)) },
    }
}

/// Tries what is due, up to a moment in virtual time; writes down when each alert was taken.
fn deliver(outbox: &mut Outbox<u64>, until: Mono, away: &[[String; 2]], mailed: &mut Vec<(u64, Mono)>) {
    while let Some(due) = outbox.wake_at().filter(|due| *due <= until) {
        let gone = away.iter().any(|[from, to]| (nanos(time(from))..nanos(time(to))).contains(&due.0));
        if let Some(Told::Delivered { item, .. }) =
            outbox.tried(due, if gone { Tried::Later } else { Tried::Delivered })
        {
            mailed.push((item, due));
        }
    }
}

#[test]
fn every_scenario_has_the_alerts_that_its_file_says_and_no_others() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<_> = files.filter(|path| path.extension().is_some_and(|ending| ending == "toml")).collect();
    assert!(files.len() >= 8, "{files:?}");
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        let scenario: Scenario = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        play(&path.display().to_string(), &scenario);
    }
}

fn play(name: &str, scenario: &Scenario) {
    let alert = match scenario.alert_when.as_deref() {
        None | Some("change") => When::Change,
        Some("always") => When::Always,
        Some(other) => panic!("{name}: {other}"),
    };
    let mut watch = Watch::new(Settings { thresholds: Thresholds::default(), confirm: scenario.confirm, alert });
    let interval = nanos(time(&scenario.interval));
    let begun = |number: u64| Wall((number as i64 - 1) * interval);
    let mut outbox = Outbox::new(Policy::default());
    let (mut alerts, mut mailed): (Vec<Alert>, Vec<_>) = (Vec::new(), Vec::new());
    let (mut number, mut hindered) = (0, 0);
    for text in &scenario.measurements {
        if text == "slept" {
            watch.slept(nanos(Duration::from_secs(3600)));
            continue;
        }
        number += 1;
        deliver(&mut outbox, Mono(begun(number).0 - 1), &scenario.mail_away, &mut mailed);
        for action in watch.observe(number, begun(number), finding(text)) {
            match action {
                Action::Alert(alert) => {
                    assert_eq!(alert.number(), number, "{name}");
                    assert_eq!(outbox.push(Mono(begun(number).0), number), None, "{name}");
                    alerts.push(alert);
                }
                Action::Hindered(_) => hindered += 1,
                _ => {}
            }
        }
        deliver(&mut outbox, Mono(begun(number).0), &scenario.mail_away, &mut mailed);
    }
    let told: Vec<_> =
        alerts.iter().map(|alert| (alert.number(), alert.since, alert.class.name(), alert.before.name())).collect();
    let expected: Vec<_> =
        scenario.alert.iter().map(|alert| (alert.after, begun(alert.since), &*alert.class, &*alert.before)).collect();
    assert_eq!(told, expected, "{name}");
    assert_eq!(hindered, scenario.hindered, "{name}");
    let order: Vec<u64> = mailed.iter().map(|(number, _)| *number).collect();
    assert_eq!(order, scenario.alert.iter().map(|alert| alert.after).collect::<Vec<_>>(), "{name}: all, in order");
    for ((_, at), alert) in mailed.iter().zip(&scenario.alert) {
        if let Some(expected) = &alert.mailed {
            assert_eq!(at.0, nanos(time(expected)), "{name}: the alert after {}", alert.after);
        }
    }
}

/// A relay on a port of its own, in front of the server, with a delay in each direction or other trouble.
fn relay(host: &Host, folder: &TempDir, trouble: &[&str]) -> Running {
    let ends = ["impair", "--listen", "127.0.0.1:12346", "--to", "127.0.0.1:12345"];
    let relay = Running::start(medidor(host, folder.path(), &[&ends, trouble].concat()));
    relay.wait_for_line(|line| line.starts_with("Relaying"), PATIENCE);
    relay
}

#[test]
fn delays_of_50_200_and_400_ms_and_silence_are_the_four_classes() {
    let Some(lab) = Lab::build("delays_of_50_200_and_400_ms_and_silence_are_the_four_classes") else { return };
    let (host, folder) = (lab.home_b(), TempDir::new().unwrap());
    let _server = server(host, folder.path(), &["--reply", "pong", "--listen", "127.0.0.1:12345"]);
    let steps: [(&[&str], &str, &str); 5] = [
        (&["--delay", "25ms"], ": Normal, ", ""),
        (&["--delay", "100ms"], ": Slow, ", "Slow since"),
        (&["--delay", "200ms"], ": Very slow, ", "Very slow since"),
        (&["--loss", "100%"], ": Down, no reply in 1 s", "Down since"),
        (&["--delay", "25ms"], ": Normal, ", "Normal since"),
    ];
    let mut way = relay(host, &folder, steps[0].0);
    let options = ["monitor", "127.0.0.1:12346", "--interval", "1500ms", "--timeout", "1s", "--log", "log.csv"];
    let monitor = Running::start(medidor(host, folder.path(), &options));
    for (step, (trouble, line, alert)) in steps.iter().enumerate() {
        if step > 0 {
            // Between two measurements there is time for another network.
            drop(way);
            way = relay(host, &folder, trouble);
        }
        let seen = if step == 4 { 3 } else { 1 };
        monitor.wait_for_nth_line(seen + 1, |told| told.contains(line), PATIENCE);
        if !alert.is_empty() {
            monitor.wait_for_line(|told| told.contains(&format!("Alert: 127.0.0.1:12346: {alert}")), PATIENCE);
        }
    }
    let finished = monitor.interrupt(PATIENCE);
    finished.expect_code(0);
    let told = finished.text(Stream::Err);
    let alerts: Vec<&str> = told.lines().filter_map(|line| line.strip_prefix("Alert: 127.0.0.1:12346: ")).collect();
    let classes: Vec<&str> = alerts.iter().filter_map(|alert| alert.split(" since ").next()).collect();
    assert_eq!(classes, ["Slow", "Very slow", "Down", "Normal"], "{told}");
    let log = fs::read_to_string(folder.path().join("log.csv")).unwrap();
    let mut lines = log.lines();
    assert_eq!(lines.next(), Some("time,target,number,finding,class,settled,rtt_ms"));
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    let classes: BTreeSet<&str> = rows.iter().map(|row| row[4]).collect();
    assert_eq!(classes, BTreeSet::from(["normal", "slow", "very_slow", "down"]), "{log}");
    for row in rows.iter().filter(|row| row[3] == "reply") {
        let rtt: f64 = row[6].parse().unwrap();
        let class = if rtt < 100.0 {
            "normal"
        } else if rtt < 300.0 {
            "slow"
        } else {
            "very_slow"
        };
        assert_eq!(row[4], class, "{row:?}");
        assert!(rtt >= 50.0, "{row:?}");
    }
}

#[test]
fn a_network_that_goes_and_comes_back_is_no_loss() {
    let Some(lab) = Lab::build("a_network_that_goes_and_comes_back_is_no_loss") else { return };
    let (host, folder) = (lab.home_a(), TempDir::new().unwrap());
    let at_home_b = TempDir::new().unwrap();
    let _server = server(lab.home_b(), at_home_b.path(), &["--reply", "pong"]);
    let to = lab.server_address().to_string();
    let options = ["monitor", &to, "--interval", "200ms", "--timeout", "1s", "--log", "log.csv"];
    let monitor = Running::start(medidor(host, folder.path(), &options));
    monitor.wait_for_line(|line| line.contains(": Normal, "), PATIENCE);
    let route = host.run("ip", &["-4", "route", "show", "default"]).unwrap();
    let route: Vec<&str> = route.split_whitespace().collect();
    host.run("ip", &[&["-4", "route", "del"], &route[..]].concat()).unwrap();
    monitor.wait_for_line(|line| line.contains("the system takes no probes (ENETUNREACH)"), PATIENCE);
    let before = monitor.lines().iter().filter(|line| line.text.contains(": Normal, ")).count();
    host.run("ip", &[&["-4", "route", "add"], &route[..]].concat()).unwrap();
    monitor.wait_for_line(|line| line.contains("measuring goes on"), PATIENCE);
    monitor.wait_for_nth_line(before + 2, |line| line.contains(": Normal, "), PATIENCE);
    let finished = monitor.interrupt(PATIENCE);
    finished.expect_code(0);
    let told = finished.text(Stream::Err);
    assert_eq!(told.matches("the system takes no probes").count(), 1, "{told}");
    assert!(!told.contains("Alert"), "{told}");
    let log = fs::read_to_string(folder.path().join("log.csv")).unwrap();
    assert!(log.contains(",unsent,,normal,") && !log.contains("down"), "{log}");
    let summary = finished.text(Stream::Out);
    assert!(summary.contains("Down: 0); not measured: "), "{summary}");
}

#[test]
fn a_name_without_an_address_is_no_loss_and_wrong_settings_are_told() {
    let run = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_medidor"));
        command.args(["--lang", "en", "monitor"]).args(arguments);
        Running::start(command).wait(PATIENCE)
    };
    let nobody = run(&["nobody.invalid", "--count", "2", "--interval", "100ms"]);
    nobody.expect_code(1);
    let told = nobody.text(Stream::Err);
    assert_eq!(told.matches("the name has no address now").count(), 1, "{told}");
    assert!(nobody.text(Stream::Out).contains("Down: 0); not measured: 2"), "{nobody:?}");
    for (arguments, words) in [
        (&["--slow", "400ms"][..], "the thresholds must go up"),
        (&["--timeout", "200ms"], "the thresholds must go up"),
        (&["--interval", "10ms"], "the monitor's shortest interval is 100ms"),
        (&["12345"], "12345"),
        (&["--text", "ACK 7"], "ACK"),
        (&["--email-attach"], "--capture"),
        (&["--confirm", "0"], "--confirm"),
    ] {
        let finished = run(arguments);
        finished.expect_code(2);
        assert!(finished.text(Stream::Err).contains(words), "{arguments:?}: {}", finished.text(Stream::Err));
    }
}

#[test]
fn many_targets_side_by_side_show_their_figures() {
    let folder = TempDir::new().unwrap();
    // One that echoes, and one that is not there.
    let echo = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let here = echo.local_addr().unwrap();
    std::thread::spawn(move || {
        let mut text = [0; 64];
        while let Ok((length, from)) = echo.recv_from(&mut text) {
            if echo.send_to(&text[..length], from).is_err() {
                break;
            }
        }
    });
    let config = format!(
        "[[target]]\nname = \"casa\"\nhost = \"{here}\"\ninterval = \"100ms\"\n\n\
         [[target]]\nhost = \"127.0.0.1:9\"\ninterval = \"100ms\"\nconfirm = 3\n"
    );
    fs::write(folder.path().join("monitor.toml"), config).unwrap();
    let start = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_medidor"));
        command
            .current_dir(folder.path())
            .args(["--lang", "en", "monitor", "--config", "monitor.toml"])
            .args(arguments);
        Running::start(command)
    };
    let monitor = start(&["--metrics", "127.0.0.1:0"]);
    let line = monitor.wait_for_line(|line| line.starts_with("Metrics at http://"), PATIENCE);
    let address = line.trim_start_matches("Metrics at http://").trim_end_matches("/metrics").to_owned();
    monitor.wait_for_line(|line| line.contains("Alert: 127.0.0.1:9: Down since"), PATIENCE);
    monitor.wait_for_nth_line(3, |line| line.contains("casa: Normal, "), PATIENCE);
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    stream.write_all(b"GET /metrics HTTP/1.0\r\n\r\n").unwrap();
    let mut page = String::new();
    stream.read_to_string(&mut page).unwrap();
    let figure = |name: &str| {
        let line = page.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("{name}:\n{page}"));
        line.rsplit(' ').next().unwrap().parse::<u64>().unwrap()
    };
    assert!(figure("medidor_probes_total{target=\"casa\"}") >= 3);
    assert_eq!(figure("medidor_losses_total{target=\"casa\"}"), 0);
    assert!(figure("medidor_losses_total{target=\"127.0.0.1:9\"}") >= 3);
    assert_eq!(figure("medidor_class{target=\"127.0.0.1:9\",class=\"down\"}"), 1);
    assert_eq!(figure("medidor_alerts_total{target=\"127.0.0.1:9\",class=\"down\"}"), 1);
    assert_eq!(figure("medidor_rtt_seconds_bucket{le=\"+Inf\",target=\"casa\"}"), figure("medidor_rtt_seconds_count"));
    let finished = monitor.interrupt(PATIENCE);
    finished.expect_code(0);
    let summary = finished.text(Stream::Out);
    assert!(summary.contains("\ncasa: ") && summary.contains("\n127.0.0.1:9: "), "{summary}");
    // A file and a host at once, or a mistake in the file, are wrong usage.
    start(&["127.0.0.1"]).wait(PATIENCE).expect_code(2);
    fs::write(folder.path().join("monitor.toml"), "[[target]]\nhosts = \"a\"\n").unwrap();
    let wrong = start(&[]).wait(PATIENCE);
    wrong.expect_code(2);
    assert!(wrong.text(Stream::Err).contains("monitor.toml, line 2: unknown field `hosts`"), "{wrong:?}");
}

#[test]
fn a_program_that_was_stopped_has_lost_nothing() {
    let folder = TempDir::new().unwrap();
    let server = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    server.set_read_timeout(Some(PATIENCE)).unwrap();
    let here = server.local_addr().unwrap().to_string();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_medidor"));
    let options = ["--interval", "100ms", "--timeout", "1s", "--confirm", "1", "--log", "log.csv"];
    command.current_dir(folder.path()).args(["--lang", "en", "monitor", &here]).args(options);
    let monitor = Running::start(command);
    let mut text = [0; 64];
    let mut answer = || {
        let (length, from) = server.recv_from(&mut text).unwrap();
        assert_eq!(&text[..length], b"ping");
        server.send_to(b"pong", from).unwrap();
        from
    };
    let ports: BTreeSet<u16> = (0..5).map(|_| answer().port()).collect();
    assert_eq!(ports.len(), 5, "a port for each probe");
    let mut unread = [0; 64];
    server.recv_from(&mut unread).unwrap();
    // While its probe waits, the program is stopped for longer than the probe may wait, and a second more.
    monitor.signal(nix::sys::signal::Signal::SIGSTOP);
    std::thread::sleep(Duration::from_millis(2_500));
    monitor.signal(nix::sys::signal::Signal::SIGCONT);
    monitor.wait_for_line(|line| line.contains("this computer or this program slept"), PATIENCE);
    for _ in 0..3 {
        answer();
    }
    let finished = monitor.interrupt(PATIENCE);
    finished.expect_code(0);
    assert!(!finished.text(Stream::Err).contains("Alert"), "{finished:?}");
    let log = fs::read_to_string(folder.path().join("log.csv")).unwrap();
    assert_eq!(log.matches(",overslept,,normal,").count(), 1, "{log}");
}
