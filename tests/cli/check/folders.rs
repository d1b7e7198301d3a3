//! Folders of submissions, copies among them, and files named on the command line.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::variants::{BARE, VARIANTS};
use super::{Checked, FILES, SECOND, Submission, letters};
use crate::common::pcap;
use crate::common::pcap::Order;
use assert_cmd::Command;
use serde_json::{Value, json};
use tempfile::TempDir;

#[test]
fn a_folder_of_submissions_gets_a_line_each_and_shared_files() {
    let folder = TempDir::new().unwrap();
    for (_, make, _) in VARIANTS {
        make(folder.path());
    }
    // A group with its own measurement, at another time and with other delays.
    let own = Submission::bare(folder.path(), "own");
    let mut dice = fastrand::Rng::with_seed(5);
    for file in ["client.pcap", "server.pcap"] {
        own.frames(file, |_, frames| {
            for frame in frames {
                frame.time += 86_400 * SECOND + dice.u64(..400_000);
            }
        });
    }
    fs::create_dir(folder.path().join("empty")).unwrap();
    let checked = Checked::of(&[folder.path()]);
    assert_eq!(checked.code, Some(1));
    let mut expected: BTreeMap<String, &str> =
        VARIANTS.iter().map(|(name, _, truth)| ((*name).to_owned(), *truth)).collect();
    expected.insert("own".into(), BARE);
    expected.insert("empty".into(), "????????????");
    let names: Vec<String> = expected.keys().cloned().collect();
    let found: BTreeMap<String, String> = checked
        .submissions()
        .iter()
        .map(|submission| {
            let path = Path::new(submission["path"].as_str().unwrap());
            (path.file_name().unwrap().to_string_lossy().into_owned(), letters(submission))
        })
        .collect();
    assert_eq!(
        found.iter().map(|(name, letters)| (name.clone(), letters.as_str())).collect::<BTreeMap<_, _>>(),
        expected
    );

    let shared = checked.document["shared"].as_array().unwrap();
    let lacks = |name: &str| name == "own" || name == "empty";
    assert_eq!(shared.len(), 2, "the client's captures and the server's: {shared:#?}");
    for (shared, [side, lacking]) in shared.iter().zip([["client.pcap", "own"], ["server.pcap", "one-side"]]) {
        assert_eq!(shared["likeness"], "same_packets");
        assert!(shared["files"].as_array().unwrap().iter().all(|file| file.as_str().unwrap().ends_with(side)));
        let submissions = shared["submissions"].as_array().unwrap().iter();
        let sharing: Vec<&str> = submissions.map(|index| names[index.as_u64().unwrap() as usize].as_str()).collect();
        let all = names.iter().map(String::as_str).filter(|name| !lacks(name) && *name != lacking);
        assert_eq!(sharing, all.collect::<Vec<_>>(), "{side}");
    }

    let mut command = Command::cargo_bin("medidor").unwrap();
    let output = command.current_dir(folder.path()).args(["--lang", "en", "check", "."]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let line = |name: &str| text.lines().find(|line| line.trim_start().starts_with(&format!("./{name} "))).unwrap();
    let marks = |name: &str| line(name).split_whitespace().skip(1).collect::<String>();
    for (name, letters) in &expected {
        assert_eq!(marks(name), letters.replace('+', "✓").replace('-', "✗"), "{name}\n{text}");
    }
    assert!(text.lines().all(|line| unicode_width::UnicodeWidthStr::width(line) <= 80), "{text}");
}

#[test]
fn of_a_rehearsal_and_a_run_the_run_is_judged() {
    let folder = TempDir::new().unwrap();
    for (name, kept) in [("whole", 60), ("short", 24)] {
        let made = Submission::bare(folder.path(), name);
        for side in ["client", "server"] {
            let (link, mut frames) = pcap::read(&fs::read(made.folder.join(format!("{side}.pcap"))).unwrap());
            frames.truncate(kept);
            let mut dice = fastrand::Rng::with_seed(9);
            // Other delays, and an hour before.
            for frame in &mut frames {
                frame.time = frame.time - 3_600 * SECOND + dice.u64(..400_000);
            }
            made.write(&format!("{side}.1.pcap"), pcap::classic(Order { big: false }, true, link, &frames));
        }
        let submission = &made.check().submissions()[0].clone();
        let file = |side: &str| submission["files"][format!("{side}_capture")].as_str().unwrap().to_owned();
        assert!(file("client").ends_with("/client.pcap") && file("server").ends_with("/server.pcap"), "{submission:#}");
        assert_eq!(submission["unused"].as_array().unwrap().len(), 2, "{name}: {submission:#}");
        assert_eq!(letters(submission), BARE, "{name}");
        let mut command = Command::cargo_bin("medidor").unwrap();
        let output = command.args(["--lang", "en", "check"]).arg(&made.folder).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.lines().nth(1).unwrap().ends_with("Judged: client.pcap, server.pcap"), "{text}");
    }
}

#[test]
fn a_class_has_a_row_for_every_folder_as_text_csv_and_page() {
    let folder = TempDir::new().unwrap();
    for group in ["g1", "g2"] {
        Submission::bare(folder.path(), group);
    }
    for (group, file) in [("g3", "entrega.tar.gz"), ("g4", "=x.pdf")] {
        fs::create_dir(folder.path().join(group)).unwrap();
        fs::write(folder.path().join(group).join(file), b"\x1f\x8b\x08\x00").unwrap();
    }
    // A stray file makes no submission of a class.
    fs::write(folder.path().join("nomes.txt"), "Eva\n").unwrap();
    let run = |arguments: &[&str]| {
        let mut command = Command::cargo_bin("medidor").unwrap();
        let output = command.current_dir(folder.path()).args(["--lang", "en", "check", "."]).args(arguments).output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    };
    let text = run(&[]);
    assert!(text.contains("./g3: nothing to check (there is: entrega.tar.gz)"), "{text}");
    for group in ["g1", "g2", "g3", "g4"] {
        assert!(text.lines().any(|line| line.trim_start().starts_with(&format!("./{group} "))), "{group}: {text}");
    }
    let rows = run(&["--csv", "-"]);
    let mut reader = csv::Reader::from_reader(rows.as_bytes());
    assert_eq!(reader.headers().unwrap().len(), 4 + 12 + 4);
    let rows: Vec<BTreeMap<String, String>> = reader.deserialize().map(Result::unwrap).collect();
    let column = |name: &str| rows.iter().map(|row| row[name].clone()).collect::<Vec<_>>();
    assert_eq!(column("submission"), ["./g1", "./g2", "./g3", "./g4"]);
    let met = BARE.matches('+').count().to_string();
    assert_eq!(column("met"), [&*met, &*met, "0", "0"]);
    assert_eq!(column("loss_ratio")[2..], ["", ""]);
    assert!(!column("members")[0].is_empty() && column("members")[3].is_empty(), "{rows:?}");
    let page = run(&["--html", "-"]);
    assert_eq!(page.matches("<article").count(), 4, "{page}");
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("href=\"#submission-3\""), "{page}");
    assert!(run(&["--one", "--csv", "-"]).lines().count() == 2 && run(&["--each", "--csv", "-"]).lines().count() == 5);
}

#[test]
fn a_copy_is_found_as_a_file_and_as_rewritten_packets() {
    let folder = TempDir::new().unwrap();
    Submission::bare(folder.path(), "a");
    let copied = Submission::bare(folder.path(), "b");
    copied.remove("server.pcap");
    let again = Submission::bare(folder.path(), "c");
    again.remove("client.pcap");
    // In microseconds, at another time, with other addresses, and without its last part.
    let (link, mut frames) = pcap::read(&fs::read(again.folder.join("server.pcap")).unwrap());
    frames.truncate(40);
    for frame in &mut frames {
        frame.time += 5_000 * SECOND;
        *frame = pcap::rewritten(link, frame, &pcap::text(link, frame), Some(([10, 0, 0, 1], [10, 9, 9, 9])));
    }
    again.write("server.pcap", pcap::classic(Order { big: true }, false, link, &frames));
    let shared = &Checked::of(&[folder.path()]).document["shared"];
    let found: Vec<(&Value, &Value)> =
        shared.as_array().unwrap().iter().map(|one| (&one["likeness"], &one["submissions"])).collect();
    assert_eq!(found, [(&json!("same_file"), &json!([0, 1])), (&json!("same_packets"), &json!([0, 2]))]);
}

#[test]
fn equally_paced_runs_with_coarse_clocks_are_not_copies() {
    let folder = TempDir::new().unwrap();
    // One millisecond, and the 15.625 ms of an old clock.
    for (name, tick) in [("fine", 1_000), ("coarse", 1_000_000), ("windows", 15_625_000)] {
        let mut dice = fastrand::Rng::with_seed(7);
        for group in ["a", "b"] {
            let made = Submission::bare(&folder.path().join(name), group);
            made.remove("server.pcap");
            let day = if group == "a" { 0 } else { 86_400 * SECOND };
            made.frames("client.pcap", |_, frames| {
                let start = frames[0].time;
                for (place, frame) in frames.iter_mut().enumerate() {
                    let at = place as u64 / 2 * 100_000_000 + place as u64 % 2 * 20_200_000 + dice.u64(..400_000);
                    frame.time = (start + day + at) / tick * tick;
                }
            });
        }
        let checked = Checked::of(&[&folder.path().join(name)]);
        assert_eq!(checked.document["shared"], json!([]), "{name}");
        // An identical file is a copy, even with a coarse clock.
        let copy = folder.path().join(name).join("c");
        fs::create_dir(&copy).unwrap();
        fs::copy(folder.path().join(name).join("a/client.pcap"), copy.join("client.pcap")).unwrap();
        let checked = Checked::of(&[&folder.path().join(name)]);
        assert_eq!(checked.document["shared"][0]["likeness"], "same_file", "{name}");
        assert_eq!(checked.document["shared"][0]["submissions"], json!([0, 2]), "{name}");
    }
}

#[test]
fn named_files_are_not_reported_as_missing() {
    let folder = TempDir::new().unwrap();
    let made = Submission::bare(folder.path(), "named");
    let file = |name: &str| made.folder.join(name);
    let paths = [file("client.pcap"), file("server.pcap")];
    let checked = Checked::of(&[&paths[0], &paths[1]]);
    assert_eq!(letters(&checked.submissions()[0]), BARE[..11].to_owned() + "?", "nobody gave the names");
    assert_eq!(checked.code, Some(0));
    let alone = Checked::of(&[&paths[0]]);
    assert_eq!(alone.finding("captures").0, "cannot_be_told");
    let run =
        |path: &Path| Command::cargo_bin("medidor").unwrap().arg("check").arg(path).output().unwrap().status.code();
    let empty = folder.path().join("empty");
    fs::create_dir(&empty).unwrap();
    assert_eq!((run(&empty), run(&folder.path().join("missing"))), (Some(1), Some(3)));
}

#[test]
fn a_folder_for_each_side_is_one_submission() {
    let folder = TempDir::new().unwrap();
    let made = Submission::whole(folder.path(), "g1");
    for (inner, files) in [("cliente", &FILES[..2]), ("servidor", &FILES[2..4]), ("docs", &FILES[4..])] {
        fs::create_dir(made.folder.join(inner)).unwrap();
        for file in files {
            fs::rename(made.folder.join(file), made.folder.join(inner).join(file)).unwrap();
        }
    }
    assert_eq!(letters(&made.check().submissions()[0]), "++++++++++++");
    // It is unknown whose homes these are: two groups, or two halves of one.
    for (from, to) in [("cliente", "casa-a"), ("servidor", "casa-b")] {
        fs::rename(made.folder.join(from), made.folder.join(to)).unwrap();
    }
    let checked = made.check();
    assert_eq!(checked.submissions().len(), 3);
    assert!(
        checked.submissions().iter().all(|submission| !letters(submission).contains('-')),
        "{:#}",
        checked.document
    );
}

#[test]
fn unread_files_are_not_reported_as_missing() {
    type Hide = fn(&Submission);
    let cases: [(&str, Hide); 5] = [
        ("packed", |made| {
            made.remove("server.pcap");
            made.write("server.pcap.gz", b"\x1f\x8b\x08\x00");
        }),
        ("archive", |made| {
            made.remove("server.pcap");
            made.write("capturas.zip", b"PK\x03\x04");
        }),
        ("linked", |made| {
            let elsewhere = made.folder.with_extension("elsewhere");
            fs::create_dir(&elsewhere).unwrap();
            fs::rename(made.folder.join("server.pcap"), elsewhere.join("server.pcap")).unwrap();
            std::os::unix::fs::symlink(&elsewhere, made.folder.join("servidor")).unwrap();
        }),
        ("deep", |made| {
            let deep = made.folder.join("a/b/c/d/e/f");
            fs::create_dir_all(&deep).unwrap();
            fs::rename(made.folder.join("server.pcap"), deep.join("server.pcap")).unwrap();
        }),
        ("named-otherwise", |made| {
            made.remove("nomes.txt");
            made.write("integrantes.txt", "Ana\n");
        }),
    ];
    let folder = TempDir::new().unwrap();
    for (name, hide) in cases {
        let made = Submission::bare(folder.path(), name);
        hide(&made);
        let checked = made.check();
        let status = letters(&checked.submissions()[0]);
        assert!(!status.contains('-') && status != BARE, "{name}: {status}");
    }
    let made = Submission::bare(folder.path(), "nameless");
    made.remove("nomes.txt");
    assert_eq!(made.check().finding("names").1, "no_names");
}
