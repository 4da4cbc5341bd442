//! `dirigent check --explore` and `--replay`: every run of a model up to a bound, or one of them step by step.

use crate::cli::Failure;
use clap::Args;
use explore::{Model, Options, Report};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// How far a model is explored.
#[derive(Debug, Clone, Args)]
pub struct ExploreArguments {
    /// Try every run of the model and report deadlocks, lost and piled-up tokens, endless loops and incidents, each with
    /// the shortest script that leads there.
    #[arg(long)]
    explore: bool,
    /// States of one process that are looked at, at most.
    #[arg(long, default_value_t = Options::default().bound)]
    bound: usize,
    /// A further file, such as a process or decision that the model calls. Can be given several times.
    #[arg(long = "with", value_name = "FILE")]
    with: Vec<PathBuf>,
    /// What is to be tried for variables, as a JSON object of lists or `@FILE`: {"order.total":[5,5000]}.
    #[arg(long, default_value = "{}")]
    values: String,
    /// Carry out a script, line by line, and show what happens.
    #[arg(long, value_name = "SCRIPT", conflicts_with = "explore")]
    replay: Option<PathBuf>,
}

impl ExploreArguments {
    /// True where more is asked for than the check itself.
    pub fn is_asked(&self) -> bool {
        self.explore || self.replay.is_some()
    }
}

/// Does what was asked beside the check itself.
pub fn run(file: &Path, arguments: &ExploreArguments, as_json: bool) -> Result<(), Failure> {
    if !arguments.is_asked() {
        return Ok(());
    }
    let model = model(file, arguments)?;
    match &arguments.replay {
        Some(script) => replay(&model, script),
        None => report(file, &model, arguments.bound, as_json),
    }
}

fn model(file: &Path, arguments: &ExploreArguments) -> Result<Model, Failure> {
    let files = std::iter::once(file).chain(arguments.with.iter().map(PathBuf::as_path));
    let mut files: Vec<(String, Vec<u8>)> = files.map(read).collect::<Result<_, _>>()?;
    // What the model imports need not be named; a file that is named counts as it is.
    for path in std::iter::once(file).chain(arguments.with.iter().map(PathBuf::as_path)) {
        let (_, content) = read(path)?;
        for imported in crate::offline::imports(path, &content) {
            if !files.iter().any(|(name, _)| same_file(name, &imported.0)) {
                files.push(imported);
            }
        }
    }
    let named: Vec<(&str, &[u8])> =
        files.iter().map(|(name, content)| (name.as_str(), content.as_slice())).collect();
    let values = values(&arguments.values)?;
    Model::new(named[0], &named[1..], &values).map_err(Failure::new)
}

fn same_file(one: &str, other: &str) -> bool {
    let real = |name: &str| Path::new(name).canonicalize().ok();
    one == other || real(one).is_some_and(|one| Some(one) == real(other))
}

fn read(path: &Path) -> Result<(String, Vec<u8>), Failure> {
    let content =
        std::fs::read(path).map_err(|error| Failure::with_code(2, format!("{}: {error}", path.display())))?;
    Ok((path.display().to_string(), content))
}

/// Lists of values by the name or dotted path of a variable.
fn values(text: &str) -> Result<Vec<(record::Str, Vec<feel::Value>)>, Failure> {
    let wrong = |why: String| {
        Failure::with_code(
            2,
            format!("--values: {why}; expected an object of lists such as {{\"amount\":[5,5000]}}"),
        )
    };
    let content = match text.strip_prefix('@') {
        Some(path) => std::fs::read_to_string(path).map_err(|error| wrong(format!("{path}: {error}")))?,
        None => text.to_owned(),
    };
    let mut found = Vec::new();
    for (name, json) in record::json::split(&content).map_err(|error| wrong(error.to_string()))? {
        let value =
            feel::Value::from_json(json.as_str()).map_err(|error| wrong(format!("{name}: {error}")))?;
        let list = value.as_list().filter(|list| !list.is_empty());
        let list = list.ok_or_else(|| wrong(format!("'{name}' is no list with values")))?;
        found.push((name, list.to_vec()));
    }
    Ok(found)
}

fn replay(model: &Model, script: &Path) -> Result<(), Failure> {
    let (_, content) = read(script)?;
    let trace = explore::replay(model, &String::from_utf8_lossy(&content))
        .map_err(|why| Failure::with_code(2, format!("{}: {why}", script.display())))?;
    println!("{trace}");
    Ok(())
}

fn report(file: &Path, model: &Model, bound: usize, as_json: bool) -> Result<(), Failure> {
    let report = explore::explore(model, &Options { bound, ..Options::default() });
    match as_json {
        true => println!("{}", to_json(&report)),
        false => print(file, &report),
    }
    match report.findings.len() {
        0 => Ok(()),
        1 => Err(Failure::new(format!("1 defect in {}", file.display()))),
        count => Err(Failure::new(format!("{count} defects in {}", file.display()))),
    }
}

fn print(file: &Path, report: &Report) {
    for finding in &report.findings {
        println!("{}: {} in process '{}'", finding.defect.as_str(), finding.message, finding.process);
        for line in &finding.script {
            println!("  {line}");
        }
        println!();
    }
    for note in &report.notes {
        println!("note: {note}");
    }
    let how = match (report.complete, report.findings.is_empty()) {
        (true, true) => "every run was looked at; nothing is wrong",
        (true, false) => "every run was looked at",
        (false, true) => "nothing is wrong as far as it was looked at",
        (false, false) => "not every run was looked at",
    };
    println!("{}: {} states, {how}", file.display(), report.states);
}

fn to_json(report: &Report) -> Value {
    let findings: Vec<Value> = report
        .findings
        .iter()
        .map(|finding| {
            json!({
                "defect": finding.defect.as_str(), "processId": *finding.process, "elementId": *finding.element,
                "message": finding.message, "script": finding.script,
            })
        })
        .collect();
    json!({
        "findings": findings, "notes": report.notes, "states": report.states, "complete": report.complete,
    })
}
