//! The documents: the same content in both languages, links and names that exist, quotes that the program prints.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use medidor::core::protocol::schedule::Schedule;
use medidor::i18n::Language;

use crate::common::guides::{ENGLISH, MARKS, PORTUGUESE, blocks, marked_commands, read, root};

/// Pages that exist in English and in Portuguese.
const PAIRS: [(&str, &str); 6] = [
    ("README.md", "LEIAME.md"),
    ("docs/assignment.md", "docs/trabalho.md"),
    ("docs/coursework.md", "docs/outros-trabalhos.md"),
    ("docs/cli.md", "docs/comandos.md"),
    ("docs/check.md", "docs/verificacao.md"),
    ("docs/verdicts.md", "docs/vereditos.md"),
];

/// The targets of the links in a text.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices("](").map(|(at, _)| text[at + 2..].split(')').next().unwrap())
}

/// Structure of a page: the levels of its headings, the info strings of its blocks, its numbers of table rows and of
/// list items.
fn structure(page: &str) -> (Vec<usize>, Vec<String>, usize, usize) {
    let text = read(page);
    let levels = headings(&text).map(|line| line.chars().take_while(|letter| *letter == '#').count()).collect();
    let infos = blocks(&text).into_iter().map(|(info, _)| info).collect();
    let starting = |mark: &str| text.lines().filter(|line| line.trim_start().starts_with(mark)).count();
    (levels, infos, starting("|"), starting("- "))
}

/// The lines of a text that are headings.
fn headings(text: &str) -> impl Iterator<Item = &str> {
    let mut in_block = false;
    text.lines().filter(move |line| {
        in_block ^= line.trim_start().starts_with("```");
        !in_block && line.starts_with('#')
    })
}

/// The anchors that GitHub gives to the headings of a text.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut anchors = BTreeSet::new();
    for heading in headings(text) {
        let title = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = title.chars().filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
        anchors.insert(kept.collect::<String>().replace(' ', "-"));
    }
    anchors
}

#[test]
fn pages_of_both_languages_have_the_same_structure() {
    for (english, portuguese) in PAIRS {
        assert_eq!(structure(english), structure(portuguese), "{english}, {portuguese}");
    }
}

#[test]
fn pages_link_each_other_and_pages_of_their_language() {
    for (english, portuguese) in PAIRS {
        for (page, sibling, others) in
            [(english, portuguese, PAIRS.map(|pair| pair.1)), (portuguese, english, PAIRS.map(|pair| pair.0))]
        {
            let text = read(page);
            let second = text.lines().nth(1).unwrap();
            let name = Path::new(sibling).file_name().unwrap().to_string_lossy();
            assert!(second.ends_with(&format!("[{name}]({name}).)")), "{page}: {second}");
            let rest: String = text.split_inclusive('\n').skip(2).collect();
            let folder = root().join(page).parent().unwrap().to_owned();
            for target in links(&rest) {
                let target = folder.join(target.split('#').next().unwrap()).canonicalize().unwrap_or_default();
                let other = others.iter().find(|other| root().join(other).canonicalize().unwrap() == target);
                assert_eq!(other, None, "{page} links a page of the other language");
            }
        }
    }
}

#[test]
fn all_marked_blocks_are_run() {
    for guides in [&ENGLISH, &PORTUGUESE] {
        let texts = guides.pages.map(read);
        let marked = texts.iter().flat_map(|text| blocks(text));
        let marks: Vec<String> =
            marked.filter_map(|(info, _)| info.strip_prefix("sh ").map(ToOwned::to_owned)).collect();
        assert_eq!(marks, MARKS, "{:?}", guides.pages);
    }
}

#[test]
fn the_readme_is_short_and_has_the_commands_of_the_guide() {
    for guides in [&ENGLISH, &PORTUGUESE] {
        let text = read(guides.readme);
        assert!(text.lines().count() <= 200, "{}", guides.readme);
        let commands = marked_commands(&text);
        assert_eq!(commands.len(), 3, "{}: {commands:?}", guides.readme);
        for (mark, command) in commands {
            assert!(guides.commands(&mark).contains(&command), "{}: {command}", guides.readme);
        }
    }
}

#[test]
fn the_readme_quotes_the_report_on_the_sample() {
    for guides in [&ENGLISH, &PORTUGUESE] {
        let report = read(guides.sample);
        let text = read(guides.readme);
        let quoted = blocks(&text).into_iter().find(|(info, _)| info == "console sample").unwrap().1;
        // Each run of lines between two `...` stands in the report, after the run before it.
        let mut rest = report.as_str();
        for run in quoted[1..].split(|line| line == "...").filter(|run| !run.is_empty()) {
            let run = run.join("\n") + "\n";
            let at = rest.find(&run).unwrap_or_else(|| panic!("{}: {run}", guides.readme));
            rest = &rest[at + run.len()..];
        }
    }
}

#[test]
fn the_readme_names_places_as_the_report_does() {
    for guides in [&ENGLISH, &PORTUGUESE] {
        let locale = ["report.ftl", "run.ftl"].map(|name| read(&format!("locales/{}/{name}", guides.language)));
        let locale = locale.concat().to_lowercase();
        let text = read(guides.readme);
        let table = text.lines().skip_while(|line| !line.contains("EPERM")).take_while(|line| line.starts_with('|'));
        let quoted: Vec<&str> = table.map(|row| row.split('|').nth(1).unwrap().trim()).collect();
        assert_eq!(quoted.len(), 10, "{}: {quoted:?}", guides.readme);
        for place in quoted {
            assert!(locale.contains(&place.to_lowercase()), "{}: {place}", guides.readme);
        }
    }
}

#[test]
fn the_command_line_pages_name_every_option_and_alias() {
    for page in ["docs/cli.md", "docs/comandos.md"] {
        assert_named(page, &read(page), &medidor::cli::command(Language::Portuguese), "");
    }
}

/// Checks that a page names everything below a command, which is called `above`.
fn assert_named(page: &str, text: &str, command: &clap::Command, above: &str) {
    for sub in command.get_subcommands() {
        let name = format!("{above}{}", sub.get_name());
        assert!(text.contains(&format!("## `{name}`")), "{page}: {name}");
        for alias in sub.get_all_aliases() {
            assert!(text.contains(&format!("`{above}{alias}`")), "{page}: {alias}");
        }
        for argument in sub.get_arguments() {
            let longs = argument.get_long().into_iter().chain(argument.get_all_aliases().unwrap_or_default());
            for long in longs {
                assert!(text.contains(&format!("`--{long}`")), "{page}: {name}: --{long}");
            }
            for default in argument.get_default_values() {
                let default = default.to_string_lossy();
                let shown = text.contains(&format!("`{default}`")) || default == "false";
                assert!(shown, "{page}: {name}: the default {default}");
            }
        }
        assert_named(page, text, sub, &format!("{name} "));
    }
}

/// The options and aliases of the tables of a page, each with the number of its section.
fn options(text: &str) -> Vec<(usize, String)> {
    let mut section = 0;
    let mut options = Vec::new();
    for line in text.lines() {
        section += usize::from(line.starts_with("## "));
        if line.starts_with("| `-") {
            // What stands in backquotes in the first two cells; the rest is prose.
            let cells = line.split('|').skip(1).take(2).flat_map(|cell| cell.split('`').skip(1).step_by(2));
            options.extend(cells.map(|option| (section, option.split(' ').next().unwrap().to_owned())));
        }
    }
    options
}

#[test]
fn the_command_line_pages_have_the_same_options() {
    assert_eq!(options(&read("docs/cli.md")), options(&read("docs/comandos.md")));
}

#[test]
fn links_have_targets() {
    let mut documents: Vec<PathBuf> =
        ["README.md", "LEIAME.md", "CONTRIBUTING.md"].iter().map(|name| root().join(name)).collect();
    documents.extend(fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path()));
    let mut count = 0;
    for document in documents.iter().filter(|path| path.extension().is_some_and(|ending| ending == "md")) {
        let text = fs::read_to_string(document).unwrap();
        for link in links(&text).filter(|link| !link.starts_with("http")) {
            let (target, anchor) = link.split_once('#').unwrap_or((link, ""));
            let path = if target.is_empty() { document.clone() } else { document.parent().unwrap().join(target) };
            assert!(path.exists(), "{}: {link}", document.display());
            if !anchor.is_empty() {
                let found = anchors(&fs::read_to_string(&path).unwrap());
                assert!(found.contains(anchor), "{}: {link}: {found:?}", document.display());
            }
            count += 1;
        }
        // Paths in the tables of the documents.
        for quoted in text.split('`').filter(|quoted| quoted.starts_with("src/") || quoted.starts_with("filters/")) {
            let concrete = !quoted.contains(['*', '{', ' ']) && !quoted.contains("FORM");
            assert!(!concrete || root().join(quoted).exists(), "{}: {quoted}", document.display());
        }
    }
    assert!(count > 100, "{count}");
}

/// The guides say that a run takes about 33 s.
#[test]
fn a_run_takes_as_long_as_the_guide_says() {
    for seed in 0..100 {
        let schedule = Schedule { spacing_seed: Some(seed), ..Schedule::default() };
        let last: Duration = (1..schedule.count).map(|number| schedule.gap_after(number)).sum();
        let length = (last + schedule.wait).as_secs_f64();
        assert!((32.2..33.2).contains(&length), "{length} s with seed {seed}");
    }
}
