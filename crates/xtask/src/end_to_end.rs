//! End-to-end suites: each folder below `tests/` with a `package.json` drives the built binary from outside, as a client
//! or a browser does, on a server and a data directory of its own.

use crate::process::output;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

/// How long a server may take to say where it listens.
const START: Duration = Duration::from_secs(60);

/// The suites, as paths below the root.
pub fn suites(root: &Path) -> Vec<String> {
    let mut suites = Vec::new();
    for folder in ["tests", "tests/clients"] {
        let entries = std::fs::read_dir(root.join(folder)).into_iter().flatten().flatten();
        for entry in entries.filter(|entry| entry.path().join("package.json").is_file()) {
            suites.push(format!("{folder}/{}", entry.file_name().to_string_lossy()));
        }
    }
    suites.sort();
    suites
}

/// Runs one suite. What it prints goes straight through; its last line is its count.
pub fn run(root: &Path, suite: &str) -> Result<bool, String> {
    let folder = root.join(suite);
    install(&folder)?;
    let server = Server::start(root)?;
    let mut command = Command::new("npm");
    command.args(["test", "--silent"]).current_dir(&folder).stdin(Stdio::null());
    command.env("DIRIGENT_URL", &server.address).env("CAMUNDA_REST_ADDRESS", &server.address);
    if let Some(browser) = std::env::var_os("DIRIGENT_BROWSER") {
        command.env("CHROMIUM", browser);
    }
    let status = command.status().map_err(|error| format!("npm cannot be started: {error}"))?;
    Ok(status.success())
}

fn install(folder: &Path) -> Result<(), String> {
    if folder.join("node_modules/.package-lock.json").exists() {
        return Ok(());
    }
    let command = if folder.join("package-lock.json").exists() { "ci" } else { "install" };
    output(folder, "npm", &[command, "--no-audit", "--no-fund"]).map(drop)
}

/// A server on a free port; it and its data are gone when this is dropped.
pub struct Server {
    child: Child,
    pub address: String,
    data: PathBuf,
}

impl Server {
    pub fn start(root: &Path) -> Result<Self, String> {
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
        let binary = root.join(target).join("debug/dirigent");
        let data = std::env::temp_dir().join(format!("dirigent-end-to-end-{}", std::process::id()));
        let mut child = Command::new(&binary)
            .args(["dev", "--port", "0", "--grpc-port", "0", "--data"])
            .arg(&data)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{} cannot be started: {error}", binary.display()))?;
        let stdout = child.stdout.take().ok_or("the server has no output")?;
        let mut server = Server { child, address: String::new(), data };
        let (sender, receiver) = channel();
        // Reads on to the end, so that the server never waits for a reader.
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if let Some(address) = address(&line) {
                    let _ = sender.send(address);
                }
            }
        });
        server.address =
            receiver.recv_timeout(START).map_err(|_| "the server did not say where it listens".to_owned())?;
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.data);
    }
}

/// The address in the line that the server prints when it is ready.
fn address(line: &str) -> Option<String> {
    let start = line.find("http://")?;
    let end = line[start..].find(char::is_whitespace).map_or(line.len(), |length| start + length);
    line.contains("is ready").then(|| line[start..end].trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_found() {
        let line = "Dirigent is ready at http://127.0.0.1:43211 after 181 ms";
        assert_eq!(address(line).as_deref(), Some("http://127.0.0.1:43211"));
        assert_eq!(address("see http://example.org"), None);
        assert_eq!(address("Data is kept in .dirigent"), None);
    }

    #[test]
    fn suites_are_folders_with_a_package() {
        let root = std::env::temp_dir().join(format!("xtask-suites-{}", std::process::id()));
        for folder in ["tests/demo", "tests/clients/one", "tests/clients/none"] {
            std::fs::create_dir_all(root.join(folder)).unwrap();
        }
        for folder in ["tests/demo", "tests/clients/one"] {
            std::fs::write(root.join(folder).join("package.json"), "{}").unwrap();
        }
        assert_eq!(suites(&root), ["tests/clients/one", "tests/demo"]);
        std::fs::remove_dir_all(&root).unwrap();
        assert!(suites(&root).is_empty());
    }
}
