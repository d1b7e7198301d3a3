//! Checks the architecture: which modules may use which, that the core is pure, and that text for people is in
//! `locales/` in every language.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.extension().is_some_and(|extension| extension == ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// A file's code without its unit tests and comments.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The module to which a file belongs: `capture`, or `core/verdict` inside the core.
fn module_of(path: &Path) -> String {
    let inside = path.strip_prefix(source()).unwrap();
    let mut parts = inside.components().map(|part| part.as_os_str().to_string_lossy().into_owned());
    let first = parts.next().unwrap();
    match (first.as_str(), parts.next()) {
        ("core", Some(second)) => format!("core/{}", second.trim_end_matches(".rs")),
        _ => first.trim_end_matches(".rs").to_owned(),
    }
}

/// The modules that a file names with `crate::`.
fn used_modules(code: &str) -> BTreeSet<String> {
    let modules = code.match_indices("crate::").flat_map(|(at, found)| {
        let rest = &code[at + found.len()..];
        let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
        // Braces name several modules at once: use crate::{a::x, b}.
        let group = rest.strip_prefix('{').map(|group| group.split('}').next().unwrap_or_default().to_owned());
        let paths: Vec<String> = match group {
            Some(group) => group.split(',').map(|path| path.trim().to_owned()).collect(),
            None => vec![rest.to_owned()],
        };
        paths.into_iter().map(move |path| match path.strip_prefix("core::") {
            Some(inner) => format!("core/{}", word(inner)),
            None => word(&path),
        })
    });
    modules.collect()
}

#[test]
fn each_module_uses_only_permitted_modules() {
    let core = ["core/dialect", "core/evidence", "core/verdict", "core/time"];
    let permitted: BTreeMap<&str, Vec<&str>> = BTreeMap::from([
        ("core/time", vec![]),
        ("core/evidence", vec!["core/time"]),
        ("core/dialect", vec!["core/time", "core/evidence"]),
        ("core/verdict", vec!["core/time", "core/evidence"]),
        ("capture", core.to_vec()),
        ("net", core.to_vec()),
        ("journal", core.to_vec()),
        ("transfer", [&core[..], &["net"]].concat()),
        ("chat", [&core[..], &["net"]].concat()),
        ("mail", core.to_vec()),
        ("metrics", core.to_vec()),
        ("i18n", vec![]),
        ("lifeline", vec![]),
        ("rights", vec!["lifeline"]),
        ("report", [&core[..], &["i18n"]].concat()),
        ("cli", [&core[..], &["i18n", "capture", "net"]].concat()),
    ]);
    for path in files(&source(), "rs") {
        let module = module_of(&path);
        let Some(permitted) = permitted.get(module.as_str()) else { continue };
        for other in used_modules(&code(&path)).into_iter().filter(|other| *other != module) {
            assert!(permitted.contains(&other.as_str()), "{} must not use {other}", path.display());
        }
    }
}

#[test]
fn only_mail_uses_smtp() {
    for path in files(&source(), "rs").into_iter().filter(|path| module_of(path) != "mail") {
        let code = code(&path);
        for word in ["lettre::", "rpassword::", "secrecy::"] {
            assert!(!code.contains(word), "{} uses {word}", path.display());
        }
    }
}

#[test]
fn the_core_is_pure() {
    let impure = [
        "std::fs",
        "std::io",
        "std::net::Udp",
        "std::net::Tcp",
        "std::process",
        "std::thread",
        "std::env",
        "Instant",
        "SystemTime",
        "println!",
        "eprintln!",
        "chrono::",
        "nix::",
        "socket2::",
    ];
    for path in files(&source().join("core"), "rs") {
        let code = code(&path);
        for word in impure {
            assert!(!code.contains(word), "{} uses {word}", path.display());
        }
    }
}

/// The keys of a language, with the file of each.
fn keys(language: &str) -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales").join(language);
    let mut keys = BTreeMap::new();
    for path in files(&folder, "ftl") {
        for line in fs::read_to_string(&path).unwrap().lines() {
            let starts_key = line.chars().next().is_some_and(|c| c.is_ascii_lowercase());
            if let Some((key, _)) = line.split_once(" =").filter(|_| starts_key) {
                let file = path.file_name().unwrap().to_string_lossy().into_owned();
                assert_eq!(keys.insert(key.to_owned(), file), None, "{language}: {key} stands twice");
            }
        }
    }
    keys
}

/// The variables of each text, such as `$count`.
fn places(language: &str) -> BTreeMap<String, BTreeSet<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales").join(language);
    let mut places: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for path in files(&folder, "ftl") {
        let mut key = String::new();
        for line in fs::read_to_string(&path).unwrap().lines() {
            if line.chars().next().is_some_and(|c| c.is_ascii_lowercase()) {
                line.split_once(" =").unwrap().0.clone_into(&mut key);
            }
            let found = line.match_indices('$').map(|(at, _)| {
                line[at..].chars().take_while(|c| c.is_alphanumeric() || "$_".contains(*c)).collect::<String>()
            });
            places.entry(key.clone()).or_default().extend(found);
        }
    }
    places
}

#[test]
fn every_language_has_every_text() {
    let portuguese = keys("pt-BR");
    assert!(portuguese.len() > 100);
    let folders = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("locales")).unwrap();
    let languages: BTreeSet<String> =
        folders.map(|folder| folder.unwrap().file_name().to_string_lossy().into_owned()).collect();
    assert_eq!(languages, BTreeSet::from(["en", "es", "pt-BR"].map(str::to_owned)));
    for language in &languages {
        assert_eq!(keys(language), portuguese, "{language}");
        assert_eq!(places(language), places("pt-BR"), "the same values in every language: {language}");
    }
}

/// In Portuguese the singular also covers 0 (CLDR): a text with a literal 1 would print 1 for 0.
#[test]
fn a_singular_prints_its_number() {
    let mut singulars = 0;
    for path in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("locales"), "ftl") {
        let mut is_singular = false;
        for (line, text) in fs::read_to_string(&path).unwrap().lines().enumerate() {
            let text = text.trim_start();
            let (variant, words) = text.split_once(']').unwrap_or(("", text));
            if variant.starts_with(['[', '*']) {
                is_singular = variant == "[one";
                singulars += usize::from(is_singular);
            } else if text.starts_with('}') {
                is_singular = false;
            }
            // Braces contain a variable or a quoted character.
            let words = words.split('{').map(|part| part.split_once('}').map_or(part, |(_, after)| after));
            let has_digit = is_singular && words.collect::<String>().contains(|c: char| c.is_ascii_digit());
            assert!(!has_digit, "{}:{}: {text}", path.display(), line + 1);
        }
    }
    assert!(singulars > 100, "{singulars}");
}

#[test]
fn every_text_is_used() {
    let code: String = files(&source(), "rs").iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    // Keys that the code composes: those of the help by option, those of the report by name.
    let composed = |key: &str| {
        let stems = key.match_indices('-').map(|(at, _)| &key[..=at]);
        stems.into_iter().any(|stem| code.contains(&format!("\"{stem}{{")))
    };
    for key in keys("pt-BR").keys() {
        assert!(code.contains(&format!("\"{key}\"")) || composed(key), "nobody says {key}");
    }
}
