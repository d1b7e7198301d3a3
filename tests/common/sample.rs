//! The sample in `captures/exemplo/`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;

/// Where it lies.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("captures/exemplo")
}

/// Which messages each segment lost.
pub type Truth = BTreeMap<String, Vec<u64>>;

/// What `truth.json` says.
pub fn truth() -> Truth {
    serde_json::from_str(&fs::read_to_string(folder().join("truth.json")).unwrap()).unwrap()
}

/// What `medidor analyze` says of these files of it.
///
/// # Panics
/// Where it refuses.
pub fn analyzed(files: &[&str]) -> Value {
    let mut command = Command::cargo_bin("medidor").unwrap();
    let output = command.current_dir(folder()).args(["--lang", "en", "analyze", "--json"]).args(files).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}
