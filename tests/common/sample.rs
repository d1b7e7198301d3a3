//! The sample captures in `captures/exemplo/`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;

pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("captures/exemplo")
}

/// The lost messages by segment.
pub type Truth = BTreeMap<String, Vec<u64>>;

/// The content of `truth.json`.
pub fn truth() -> Truth {
    serde_json::from_str(&fs::read_to_string(folder().join("truth.json")).unwrap()).unwrap()
}

/// The result document of `medidor analyze` on these sample files.
///
/// # Panics
/// When the program fails.
pub fn analyzed(files: &[&str]) -> Value {
    let mut command = Command::cargo_bin("medidor").unwrap();
    let output = command.current_dir(folder()).args(["--lang", "en", "analyze", "--json"]).args(files).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}
