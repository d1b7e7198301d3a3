//! The latency monitor against real servers.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::time::Duration;

use tempfile::TempDir;

use crate::common::lab::{Host, Lab};
use crate::common::medidor::{medidor, server};
use crate::common::process::{Running, STEP_TIMEOUT, Stream};

/// A relay in front of the server, with a delay in each direction or another impairment.
fn relay(host: &Host, folder: &TempDir, trouble: &[&str]) -> Running {
    let ends = ["impair", "--listen", "127.0.0.1:12346", "--to", "127.0.0.1:12345"];
    let relay = Running::start(medidor(host, folder.path(), &[&ends, trouble].concat()));
    relay.wait_for_line(|line| line.starts_with("Relaying"), STEP_TIMEOUT);
    relay
}

#[test]
fn delays_of_50_200_400_ms_and_no_reply_give_four_classes() {
    let Some(lab) = Lab::build("delays_of_50_200_400_ms_and_no_reply_give_four_classes") else { return };
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
            // The network can be changed between two measurements.
            drop(way);
            way = relay(host, &folder, trouble);
        }
        let seen = if step == 4 { 3 } else { 1 };
        monitor.wait_for_nth_line(seen + 1, |printed| printed.contains(line), STEP_TIMEOUT);
        if !alert.is_empty() {
            monitor
                .wait_for_line(|printed| printed.contains(&format!("Alert: 127.0.0.1:12346: {alert}")), STEP_TIMEOUT);
        }
    }
    let finished = monitor.interrupt(STEP_TIMEOUT);
    finished.expect_code(0);
    let printed = finished.text(Stream::Err);
    let alerts: Vec<&str> = printed.lines().filter_map(|line| line.strip_prefix("Alert: 127.0.0.1:12346: ")).collect();
    let classes: Vec<&str> = alerts.iter().filter_map(|alert| alert.split(" since ").next()).collect();
    assert_eq!(classes, ["Slow", "Very slow", "Down", "Normal"], "{printed}");
    let log = fs::read_to_string(folder.path().join("log.csv")).unwrap();
    let mut lines = log.lines();
    assert_eq!(lines.next(), Some("time,target,number,finding,class,rtt_ms"));
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    let classes: BTreeSet<&str> = rows.iter().map(|row| row[4]).collect();
    assert_eq!(classes, BTreeSet::from(["normal", "slow", "very_slow", "down"]), "{log}");
    for row in rows.iter().filter(|row| row[3] == "reply") {
        let rtt: f64 = row[5].parse().unwrap();
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
fn a_network_outage_of_this_host_is_not_loss() {
    let Some(lab) = Lab::build("a_network_outage_of_this_host_is_not_loss") else { return };
    let (host, folder) = (lab.home_a(), TempDir::new().unwrap());
    let at_home_b = TempDir::new().unwrap();
    let _server = server(lab.home_b(), at_home_b.path(), &["--reply", "pong"]);
    let to = lab.server_address().to_string();
    let options = ["monitor", &to, "--interval", "200ms", "--timeout", "1s", "--log", "log.csv"];
    let monitor = Running::start(medidor(host, folder.path(), &options));
    monitor.wait_for_line(|line| line.contains(": Normal, "), STEP_TIMEOUT);
    let route = host.run("ip", &["-4", "route", "show", "default"]).unwrap();
    let route: Vec<&str> = route.split_whitespace().collect();
    host.run("ip", &[&["-4", "route", "del"], &route[..]].concat()).unwrap();
    monitor.wait_for_line(|line| line.contains("the system does not send probes (ENETUNREACH)"), STEP_TIMEOUT);
    let before = monitor.lines().iter().filter(|line| line.text.contains(": Normal, ")).count();
    host.run("ip", &[&["-4", "route", "add"], &route[..]].concat()).unwrap();
    monitor.wait_for_line(|line| line.contains("measuring continues"), STEP_TIMEOUT);
    monitor.wait_for_nth_line(before + 2, |line| line.contains(": Normal, "), STEP_TIMEOUT);
    let finished = monitor.interrupt(STEP_TIMEOUT);
    finished.expect_code(0);
    let printed = finished.text(Stream::Err);
    assert_eq!(printed.matches("the system does not send probes").count(), 1, "{printed}");
    assert!(!printed.contains("Alert"), "{printed}");
    let log = fs::read_to_string(folder.path().join("log.csv")).unwrap();
    assert!(log.contains(",unsent,,") && !log.contains("down"), "{log}");
    let summary = finished.text(Stream::Out);
    assert!(summary.contains("Down: 0); not measured: "), "{summary}");
}

#[test]
fn an_unresolved_name_is_no_loss_and_bad_settings_are_reported() {
    let run = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_medidor"));
        command.args(["--lang", "en", "monitor"]).args(arguments);
        Running::start(command).wait(STEP_TIMEOUT)
    };
    let unresolved = run(&["unresolved.invalid", "--count", "2", "--interval", "100ms"]);
    unresolved.expect_code(1);
    let printed = unresolved.text(Stream::Err);
    assert_eq!(printed.matches("the name has no address now").count(), 1, "{printed}");
    assert!(unresolved.text(Stream::Out).contains("Down: 0); not measured: 2"), "{unresolved:?}");
    for (arguments, words) in [
        (&["--slow", "400ms"][..], "the thresholds must increase"),
        (&["--timeout", "200ms"], "the thresholds must increase"),
        (&["--interval", "10ms"], "the shortest interval of the monitor is 100ms"),
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
fn many_targets_are_measured_at_the_same_time() {
    let folder = TempDir::new().unwrap();
    // One target that echoes, and one with a closed port.
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
    let line = monitor.wait_for_line(|line| line.starts_with("Metrics at http://"), STEP_TIMEOUT);
    let address = line.trim_start_matches("Metrics at http://").trim_end_matches("/metrics").to_owned();
    monitor.wait_for_line(|line| line.contains("Alert: 127.0.0.1:9: Down since"), STEP_TIMEOUT);
    monitor.wait_for_nth_line(3, |line| line.contains("casa: Normal, "), STEP_TIMEOUT);
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
    let finished = monitor.interrupt(STEP_TIMEOUT);
    finished.expect_code(0);
    let summary = finished.text(Stream::Out);
    assert!(summary.contains("\ncasa: ") && summary.contains("\n127.0.0.1:9: "), "{summary}");
    // A file together with a host, or an error in the file, is a usage error.
    start(&["127.0.0.1"]).wait(STEP_TIMEOUT).expect_code(2);
    fs::write(folder.path().join("monitor.toml"), "[[target]]\nhosts = \"a\"\n").unwrap();
    let wrong = start(&[]).wait(STEP_TIMEOUT);
    wrong.expect_code(2);
    assert!(wrong.text(Stream::Err).contains("monitor.toml, line 2: unknown field `hosts`"), "{wrong:?}");
}

#[test]
fn a_stopped_monitor_reports_no_loss() {
    let folder = TempDir::new().unwrap();
    let server = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    server.set_read_timeout(Some(STEP_TIMEOUT)).unwrap();
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
    // While a probe is open, the program is stopped for longer than the probe's timeout plus one second.
    monitor.signal(nix::sys::signal::Signal::SIGSTOP);
    std::thread::sleep(Duration::from_millis(2_500));
    monitor.signal(nix::sys::signal::Signal::SIGCONT);
    monitor.wait_for_line(|line| line.contains("this computer or this program was suspended"), STEP_TIMEOUT);
    for _ in 0..3 {
        answer();
    }
    let finished = monitor.interrupt(STEP_TIMEOUT);
    finished.expect_code(0);
    assert!(!finished.text(Stream::Err).contains("Alert"), "{finished:?}");
    let log = fs::read_to_string(folder.path().join("log.csv")).unwrap();
    assert_eq!(log.matches(",overslept,,").count(), 1, "{log}");
}
