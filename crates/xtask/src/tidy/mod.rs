//! The rules of the house that a compiler does not know. Each is a pure function from what is in the repository to a
//! list of violations, with a test that plants one.

mod connectors;
mod elements;
mod layers;
mod size;
mod text;

use crate::process::output;
use std::collections::BTreeMap;
use std::path::Path;

/// The tracked text files by their path.
pub type Files = BTreeMap<String, String>;

/// Checks every rule and prints what breaks one.
pub fn run(root: &Path) -> Result<bool, String> {
    let files = files(root)?;
    let metadata = metadata(root)?;
    let crates = layers::Crates::read(&metadata)?;
    let mut violations = layers::check(&crates);
    violations.extend(layers::check_number(&metadata)?);
    violations.extend(size::check(&files));
    violations.extend(text::check_words(&files));
    violations.extend(text::check_architecture(&files, &crates));
    violations.extend(connectors::check(&files));
    violations.extend(elements::check(&files));
    for violation in &violations {
        println!("{violation}");
    }
    if violations.is_empty() {
        println!("tidy: {} files and {} crates keep the rules", files.len(), crates.len());
    }
    Ok(violations.is_empty())
}

/// Files that are tracked or would be. What is no text is left out.
fn files(root: &Path) -> Result<Files, String> {
    let list = output(root, "git", &["ls-files", "-z", "--cached", "--others", "--exclude-standard"])?;
    let mut files = Files::new();
    for path in list.split('\0').filter(|path| !path.is_empty()) {
        if let Ok(content) = std::fs::read_to_string(root.join(path)) {
            files.insert(path.to_owned(), content);
        }
    }
    Ok(files)
}

fn metadata(root: &Path) -> Result<serde_json::Value, String> {
    let version = output(root, "rustc", &["-vV"])?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default();
    let arguments = ["metadata", "--format-version", "1", "--filter-platform", host];
    let text = output(root, "cargo", &arguments)?;
    serde_json::from_str(&text).map_err(|error| format!("cargo metadata gave no JSON: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repository_can_be_read() {
        let root = crate::root();
        let files = files(&root).unwrap();
        assert!(files.contains_key("crates/xtask/src/tidy/mod.rs"));
        assert!(!files.keys().any(|path| path.starts_with("target/")));
        let crates = layers::Crates::read(&metadata(&root).unwrap()).unwrap();
        assert!(crates.len() > 10);
    }
}
