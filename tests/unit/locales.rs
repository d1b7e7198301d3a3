//! The texts of the three languages: the same keys, the same variables, all of them used.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::architecture::{files, source};

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
