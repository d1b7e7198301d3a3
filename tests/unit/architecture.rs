//! The rules of the source tree: which folder may import which, no import cycles, a pure core, plain names.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};

/// A file's module path, as `["capture", "decode"]`; empty for the crate's root.
type Module = Vec<String>;

/// Longest file, without its tests.
const MAX_LINES: usize = 500;

/// Longest identifier.
const MAX_IDENTIFIER: usize = 60;

pub fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
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

pub fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// A file's lines before its unit tests.
fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap_or_default()
}

/// A file's code without its unit tests and comments.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let code = without_tests(&text);
    code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The module of `src/capture/decode.rs`, given as `capture/decode.rs`.
fn module_of(path: &Path) -> Module {
    let mut parts: Module =
        path.with_extension("").components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    if parts.last().is_some_and(|last| last == "mod" || last == "lib") {
        parts.pop();
    }
    parts
}

/// The parsed files of `src`, by module; `main.rs` is a crate of its own.
fn modules() -> BTreeMap<Module, syn::File> {
    let parsed = files(&source(), "rs").into_iter().filter(|path| !path.ends_with("main.rs")).map(|path| {
        let parsed = syn::parse_file(&fs::read_to_string(&path).unwrap()).unwrap();
        (module_of(path.strip_prefix(source()).unwrap()), parsed)
    });
    parsed.collect()
}

/// The folder of a file, as [`room`] names it.
fn folder_of(path: &Path) -> String {
    room(&module_of(path.strip_prefix(source()).unwrap()))
}

fn is_test_only(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Path>().is_ok_and(|condition| condition.is_ident("test"))
    })
}

/// Collects the paths that code outside tests names: those of `use`, and those written out.
#[derive(Default)]
struct Paths {
    imported: Vec<Module>,
    written: Vec<Module>,
}

impl Paths {
    fn of(file: &syn::File) -> Self {
        let mut paths = Self::default();
        paths.visit_file(file);
        paths
    }

    fn import(&mut self, tree: &syn::UseTree, mut prefix: Module) {
        match tree {
            syn::UseTree::Path(path) => {
                prefix.push(path.ident.to_string());
                self.import(&path.tree, prefix);
            }
            syn::UseTree::Group(group) => group.items.iter().for_each(|item| self.import(item, prefix.clone())),
            syn::UseTree::Name(name) if name.ident == "self" => self.imported.push(prefix),
            syn::UseTree::Name(name) => {
                prefix.push(name.ident.to_string());
                self.imported.push(prefix);
            }
            syn::UseTree::Rename(rename) => {
                prefix.push(rename.ident.to_string());
                self.imported.push(prefix);
            }
            syn::UseTree::Glob(_) => self.imported.push(prefix),
        }
    }
}

impl<'a> Visit<'a> for Paths {
    fn visit_item_mod(&mut self, item: &'a syn::ItemMod) {
        if !is_test_only(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'a syn::ItemUse) {
        if !is_test_only(&item.attrs) {
            self.import(&item.tree, Vec::new());
        }
    }

    fn visit_path(&mut self, path: &'a syn::Path) {
        if path.segments.len() > 1 {
            self.written.push(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        }
        visit::visit_path(self, path);
    }
}

/// The file in which a path ends, seen from `here`: the longest part of it that is a module.
fn target(
    path: &[String],
    here: &Module,
    aliases: &BTreeMap<String, Module>,
    all: &BTreeSet<Module>,
) -> Option<Module> {
    let (first, rest) = path.split_first()?;
    let mut absolute = match first.as_str() {
        "crate" => Vec::new(),
        "self" => here.clone(),
        "super" => here[..here.len().checked_sub(1)?].to_vec(),
        name => match aliases.get(name) {
            Some(module) => module.clone(),
            None => all.get(&[&here[..], &[name.to_owned()]].concat())?.clone(),
        },
    };
    for name in rest {
        if name == "super" {
            absolute.pop();
            continue;
        }
        absolute.push(name.clone());
        if !all.contains(&absolute) {
            absolute.pop();
            break;
        }
    }
    Some(absolute)
}

/// Which files each file imports from.
fn imports(files: &BTreeMap<Module, syn::File>) -> BTreeMap<Module, BTreeSet<Module>> {
    let all: BTreeSet<Module> = files.keys().cloned().collect();
    let imports = files.iter().map(|(here, file)| {
        let paths = Paths::of(file);
        let mut aliases = BTreeMap::new();
        let mut found = BTreeSet::new();
        for path in &paths.imported {
            if let Some(module) = target(path, here, &BTreeMap::new(), &all) {
                if path.last() == module.last() {
                    aliases.extend(module.last().map(|name| (name.clone(), module.clone())));
                }
                found.insert(module);
            }
        }
        found.extend(paths.written.iter().filter_map(|path| target(path, here, &aliases, &all)));
        found.remove(here);
        (here.clone(), found)
    });
    imports.collect()
}

/// An import cycle, as its files in order; `None` if there is none.
fn ring(imports: &BTreeMap<Module, BTreeSet<Module>>) -> Option<Vec<Module>> {
    fn walk(
        at: &Module,
        imports: &BTreeMap<Module, BTreeSet<Module>>,
        path: &mut Vec<Module>,
        done: &mut BTreeSet<Module>,
    ) -> Option<Vec<Module>> {
        if let Some(start) = path.iter().position(|module| module == at) {
            return Some(path[start..].to_vec());
        }
        if done.contains(at) {
            return None;
        }
        path.push(at.clone());
        let found = imports.get(at).into_iter().flatten().find_map(|next| walk(next, imports, path, done));
        path.pop();
        done.insert(at.clone());
        found
    }
    let mut done = BTreeSet::new();
    imports.keys().find_map(|module| walk(module, imports, &mut Vec::new(), &mut done))
}

/// The folder of the crate to which a module belongs: `capture`, or `core/verdict` inside the core.
fn room(module: &[String]) -> String {
    match module {
        [core, room, ..] if core == "core" => format!("core/{room}"),
        [room, ..] => room.clone(),
        [] => String::new(),
    }
}

#[test]
fn every_folder_imports_only_what_it_may() {
    let core = [
        "core/escape",
        "core/protocol",
        "core/evidence",
        "core/identify",
        "core/verdict",
        "core/document",
        "core/time",
    ];
    let may: BTreeMap<&str, Vec<&str>> = BTreeMap::from([
        ("core/time", vec![]),
        ("core/escape", vec![]),
        ("core/protocol", vec!["core/time", "core/escape"]),
        ("core/evidence", vec!["core/time", "core/escape", "core/protocol"]),
        ("core/identify", vec!["core/time", "core/escape", "core/protocol", "core/evidence", "core/document"]),
        ("core/document", vec!["core/time", "core/escape", "core/protocol", "core/evidence"]),
        (
            "core/verdict",
            vec!["core/time", "core/escape", "core/protocol", "core/evidence", "core/identify", "core/document"],
        ),
        ("input", [&core[..], &["files"]].concat()),
        ("capture", [&core[..], &["files"]].concat()),
        ("net", core.to_vec()),
        ("journal", core.to_vec()),
        ("transfer", [&core[..], &["files", "net"]].concat()),
        ("chat", [&core[..], &["net"]].concat()),
        ("mail", [&core[..], &["files"]].concat()),
        ("metrics", core.to_vec()),
        ("i18n", vec!["core/escape"]),
        ("files", vec![]),
        ("parent_death", vec![]),
        ("privileges", vec!["parent_death"]),
        ("report", [&core[..], &["i18n"]].concat()),
        ("cli", [&core[..], &["i18n", "capture", "net"]].concat()),
    ]);
    for (here, others) in imports(&modules()) {
        let Some(may) = may.get(room(&here).as_str()) else { continue };
        for other in others.iter().map(|other| room(other)).filter(|other| *other != room(&here)) {
            assert!(may.contains(&other.as_str()), "{} must not import from {other}", here.join("/"));
        }
    }
}

#[test]
fn no_files_import_each_other() {
    if let Some(ring) = ring(&imports(&modules())) {
        let ring: Vec<String> = ring.iter().map(|module| module.join("/")).collect();
        panic!("these files import each other: {}", ring.join(" -> "));
    }
}

#[test]
fn an_import_cycle_is_found() {
    let tree = |texts: &[(&str, &str)]| -> BTreeMap<Module, syn::File> {
        texts.iter().map(|(path, text)| (module_of(Path::new(path)), syn::parse_file(text).unwrap())).collect()
    };
    let straight = [("lib.rs", "mod a; mod b;"), ("a.rs", "use crate::b::B;"), ("b.rs", "pub struct B;")];
    assert_eq!(ring(&imports(&tree(&straight))), None);
    for back in ["use super::a::A;", "fn f() { crate::a::g() }", "use crate::{a::{self, A}};", "use crate::c::C;"] {
        let c = ("c.rs", "use crate::a; fn f(a: a::A) {}");
        let round = [straight[0], straight[1], ("b.rs", back), c];
        let files = ring(&imports(&tree(&round))).map(|ring| ring.len());
        assert_eq!(files, Some(if back.contains('c') && back.contains("::C") { 3 } else { 2 }), "{back}");
    }
    let parent = [("lib.rs", "mod p;"), ("p/mod.rs", "mod c; pub use c::C;"), ("p/c.rs", "use super::D;")];
    assert!(ring(&imports(&tree(&parent))).is_some());
    let in_tests = [straight[0], straight[1], ("b.rs", "#[cfg(test)] mod tests { use crate::a::A; }")];
    assert_eq!(ring(&imports(&tree(&in_tests))), None);
}

#[test]
fn only_mail_uses_smtp() {
    for path in files(&source(), "rs").into_iter().filter(|path| folder_of(path) != "mail") {
        let code = code(&path);
        for word in ["lettre::", "rpassword::", "rustls_native_certs::", "secrecy::"] {
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

/// Collects the declared names: all items, and the types among them.
#[derive(Default)]
struct Names {
    items: Vec<String>,
    constants: Vec<String>,
    types: Vec<String>,
    renamed_exports: Vec<String>,
}

impl<'a> Visit<'a> for Names {
    fn visit_ident(&mut self, ident: &'a syn::Ident) {
        self.items.push(ident.to_string());
    }

    fn visit_item_const(&mut self, item: &'a syn::ItemConst) {
        self.constants.push(item.ident.to_string());
        visit::visit_item_const(self, item);
    }

    fn visit_item_struct(&mut self, item: &'a syn::ItemStruct) {
        self.types.push(item.ident.to_string());
        visit::visit_item_struct(self, item);
    }

    fn visit_item_enum(&mut self, item: &'a syn::ItemEnum) {
        self.types.push(item.ident.to_string());
        visit::visit_item_enum(self, item);
    }

    fn visit_item_trait(&mut self, item: &'a syn::ItemTrait) {
        self.types.push(item.ident.to_string());
        visit::visit_item_trait(self, item);
    }

    fn visit_item_mod(&mut self, item: &'a syn::ItemMod) {
        self.items.push(item.ident.to_string());
        // In test modules only the length of a name is checked.
        if is_test_only(&item.attrs) {
            let mut inside = Self::default();
            visit::visit_item_mod(&mut inside, item);
            self.items.extend(inside.items);
        } else {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'a syn::ItemUse) {
        fn renames(tree: &syn::UseTree, found: &mut Vec<String>) {
            match tree {
                syn::UseTree::Path(path) => renames(&path.tree, found),
                syn::UseTree::Group(group) => group.items.iter().for_each(|item| renames(item, found)),
                syn::UseTree::Rename(rename) if rename.rename != "_" => found.push(rename.rename.to_string()),
                _ => {}
            }
        }
        if !matches!(item.vis, syn::Visibility::Inherited) {
            renames(&item.tree, &mut self.renamed_exports);
        }
    }
}

#[test]
fn names_follow_the_rules() {
    let mut types_of_rooms: BTreeMap<(Module, String), Module> = BTreeMap::new();
    let modules = modules();
    let folders: BTreeSet<&[String]> =
        modules.keys().filter_map(|module| module.split_last()).map(|(_, f)| f).collect();
    for (module, file) in &modules {
        let mut names = Names::default();
        names.visit_file(file);
        let place = module.join("/");
        for name in &names.constants {
            let prefix = name.split('_').next().unwrap_or_default();
            let odd = ["MOST", "LONGEST", "WIDEST", "FEWEST", "LEAST", "LARGEST"].contains(&prefix);
            assert!(!odd, "{place}: {name}: a bound begins with MAX_ or MIN_");
        }
        assert_eq!(names.renamed_exports, Vec::<String>::new(), "{place}: a re-export keeps the name");
        for name in &names.items {
            assert!(name.len() <= MAX_IDENTIFIER, "{place}: {name} is longer than {MAX_IDENTIFIER} characters");
        }
        let parent = &module[..module.len().saturating_sub(1)];
        let folder = if folders.contains(&module[..]) { module.as_slice() } else { parent };
        for name in names.types {
            if let Some(other) = types_of_rooms.insert((folder.to_vec(), name.clone()), module.clone()) {
                panic!("{name} is declared in {} and in {place}", other.join("/"));
            }
        }
    }
}

#[test]
fn names_in_the_tests_are_short() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    for path in files(&tests, "rs") {
        let mut names = Names::default();
        names.visit_file(&syn::parse_file(&fs::read_to_string(&path).unwrap()).unwrap());
        for name in names.items {
            assert!(name.len() <= MAX_IDENTIFIER, "{}: {name}", path.display());
        }
    }
}

#[test]
fn files_are_short() {
    for path in files(&source(), "rs") {
        let lines = without_tests(&fs::read_to_string(&path).unwrap()).lines().count();
        assert!(lines <= MAX_LINES, "{} has {lines} lines without its tests", path.display());
    }
}

#[test]
fn the_count_of_packages_is_documented() {
    let read = |name: &str| fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap();
    let count = read("Cargo.lock").lines().filter(|line| *line == "[[package]]").count();
    assert!(read("CONTRIBUTING.md").contains(&format!("`Cargo.lock` has {count} packages")), "{count}");
}
