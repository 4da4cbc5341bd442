//! Programs of others against the built binary: small programs on public clients of Camunda 8, in a directory the caller
//! names, and Schemathesis, which makes requests from our own OpenAPI document and holds every answer against it.
//!
//! Invariant: a program runs unmodified, in a copy, on a server and a data directory of its own.

use crate::count::Counts;
use crate::end_to_end::Server;
use crate::process::output;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// How a client program is installed and run.
struct Program {
    folder: &'static str,
    /// The command without which it cannot run.
    needs: &'static str,
    /// Shell commands, run in the copy.
    install: &'static str,
    run: &'static str,
}

const PROGRAMS: &[Program] = &[
    Program {
        folder: "node-orchestration-cluster-api",
        needs: "npm",
        install: "npm install --silent --no-audit --no-fund",
        run: "node main.js",
    },
    Program {
        folder: "py-camunda-orchestration-sdk",
        needs: "python3",
        install: "python3 -m venv venv && venv/bin/pip install --quiet -r requirements.txt",
        run: "venv/bin/python main.py",
    },
    Program {
        folder: "rust-camunda-orchestration-sdk",
        needs: "cargo",
        install: "cargo build --quiet",
        run: "cargo run --quiet",
    },
];

/// Runs every program of `directory` that speaks REST. The last line printed is the count.
pub fn run(root: &Path, directory: &Path) -> Result<bool, String> {
    let mut counts = Counts::default();
    if !directory.is_dir() {
        println!("skipped: there are no client programs in {}", directory.display());
        counts.skipped += PROGRAMS.len() as u64;
        println!("{counts}");
        return Ok(true);
    }
    for program in PROGRAMS {
        if !has(program.needs) {
            println!("skipped: {}: {} is not installed", program.folder, program.needs);
            counts.skipped += 1;
            continue;
        }
        match run_one(root, directory, program) {
            Ok(line) => {
                println!("{}: {line}", program.folder);
                counts.passed += 1;
            }
            Err(why) => {
                println!("failed: {}: {why}", program.folder);
                counts.failed += 1;
            }
        }
    }
    for folder in others(directory) {
        println!("skipped: {folder}: it needs the gRPC gateway, which does not exist yet");
        counts.skipped += 1;
    }
    println!("{counts}");
    Ok(counts.failed == 0)
}

/// The programs of the directory that the table does not name.
fn others(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    let folders = entries.filter(|entry| entry.path().is_dir());
    let names = folders.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(|name| PROGRAMS.iter().all(|it| it.folder != name)).collect();
    names.sort();
    names
}

fn run_one(root: &Path, directory: &Path, program: &Program) -> Result<String, String> {
    let copies = root.join("target/clients");
    let folder = copies.join(program.folder);
    std::fs::create_dir_all(&copies).map_err(|error| format!("{}: {error}", copies.display()))?;
    // The model lies beside the programs; what a former run installed stays.
    let from = directory.join(program.folder);
    let script = format!(
        "cp -R '{}' '{}' && cp '{}' '{}' && chmod -R u+w '{}'",
        from.display(),
        copies.display(),
        directory.join("greet.bpmn").display(),
        copies.display(),
        folder.display(),
    );
    output(root, "sh", &["-c", &script])?;
    output(&folder, "sh", &["-c", program.install])?;
    let server = Server::start(root)?;
    let mut command = Command::new("sh");
    command.args(["-c", program.run]).current_dir(&folder).stdin(Stdio::null());
    command.env("CAMUNDA_REST_ADDRESS", &server.address).env("GREET_BPMN", "../greet.bpmn");
    let ended = command.output().map_err(|error| error.to_string())?;
    let (said, errors) = (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    let line = said.lines().find(|line| line.starts_with("ok "));
    match (ended.status.success(), line) {
        (true, Some(line)) => Ok(line.to_owned()),
        _ => Err(format!("it did not end with `ok`:\n{said}{errors}")),
    }
}

/// Requests that are generated for an operation unless the caller says otherwise, beside those that cover its schema.
pub const EXAMPLES: u32 = 30;
/// What Schemathesis holds answers against.
const CHECKS: &str =
    "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";
/// The event stream never ends, and is tested elsewhere.
const ENDLESS: &str = "api/v1/events";
const VERSION: &str = "schemathesis==4.32.5";

/// Runs Schemathesis over every operation, so many generated requests each. The last line printed is the count.
pub fn schema(root: &Path, examples: u32) -> Result<bool, String> {
    if !has("python3") {
        println!("skipped: Schemathesis needs python3\n0 passed, 0 failed, 1 skipped");
        return Ok(true);
    }
    let tools = root.join("target/tools/schemathesis");
    let program = tools.join("bin/st");
    if !program.is_file() {
        output(root, "python3", &["-m", "venv", &tools.to_string_lossy()])?;
        output(root, &tools.join("bin/pip").to_string_lossy(), &["install", "--quiet", VERSION])?;
    }
    let server = Server::start(root)?;
    let succeeded = schemathesis(&program, &tools, &server, examples)?;
    println!("{}", if succeeded { Counts::passed(1) } else { Counts::failed(1) });
    Ok(succeeded)
}

fn schemathesis(program: &Path, folder: &Path, server: &Server, examples: u32) -> Result<bool, String> {
    let mut command = Command::new(program);
    command.args([
        "run",
        &format!("{}/v2/openapi.json", server.address),
        "--no-color",
        "--continue-on-failure",
    ]);
    command.args(["--exclude-path-regex", ENDLESS, "--phases", "examples,coverage,fuzzing"]);
    command.args(["--checks", CHECKS, "--max-examples", &examples.to_string(), "--request-timeout", "30"]);
    let status = command.current_dir(folder).stdin(Stdio::null()).status();
    let status = status.map_err(|error| format!("{} cannot be started: {error}", program.display()))?;
    Ok(status.success())
}

fn has(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).map(|folder: PathBuf| folder.join(program)).any(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_that_the_table_does_not_name_are_counted() {
        let directory = std::env::temp_dir().join(format!("xtask-clients-{}", std::process::id()));
        for folder in ["rust-camunda-orchestration-sdk", "zbctl", "go-zeebe-client"] {
            std::fs::create_dir_all(directory.join(folder)).unwrap();
        }
        std::fs::write(directory.join("greet.bpmn"), "").unwrap();
        let names = others(&directory);
        std::fs::remove_dir_all(&directory).unwrap();
        assert_eq!(names, ["go-zeebe-client", "zbctl"]);
    }

    #[test]
    fn a_program_is_found_or_not() {
        assert!(has("sh"));
        assert!(!has("a-program-nobody-has"));
    }
}
