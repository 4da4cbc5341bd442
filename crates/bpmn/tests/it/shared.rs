//! Finds the conformance material, which is not part of the repository.

use std::path::{Path, PathBuf};

/// The material's folder, or `None` after saying why the test is skipped.
pub fn folder(name: &str) -> Option<PathBuf> {
    let root = match std::env::var_os("DIRIGENT_SHARED") {
        Some(path) => PathBuf::from(path),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
    };
    let path = root.join("conformance").join(name);
    if path.is_dir() {
        return Some(path);
    }
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "skipped: {} does not exist; set DIRIGENT_SHARED", path.display());
    None
}

/// All files below a folder with one of these extensions, sorted.
pub fn files(folder: &Path, extensions: &[&str]) -> Vec<PathBuf> {
    let mut out = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("folder is readable") {
            let path = entry.expect("entry is readable").path();
            let wanted = |path: &Path| {
                path.extension().is_some_and(|found| extensions.iter().any(|wanted| found == *wanted))
            };
            if path.is_dir() {
                folders.push(path);
            } else if wanted(&path) {
                out.push(path);
            }
        }
    }
    out.sort();
    out
}
