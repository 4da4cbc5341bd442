//! Commands that need no server: FEEL, decisions, checking a model, verifying a log.

use crate::cli::Failure;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Steps that an evaluation may take.
const FUEL: u64 = 100_000_000;

/// The members of a JSON file's object; none without a file.
fn members(file: Option<&Path>) -> Result<record::Variables, Failure> {
    let Some(path) = file else { return Ok(Vec::new()) };
    let wrong = |why: String| Failure::with_code(2, format!("{}: {why}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    record::json::split(&text).map_err(|error| wrong(error.to_string()))
}

/// A clock that stands still while something is evaluated.
fn environment() -> ::feel::Env {
    let now = jiff::Timestamp::now().as_millisecond();
    ::feel::Env { now, seed: now as u64, ..Default::default() }
}

/// The value as JSON for programs.
fn parsed(value: &::feel::Value) -> Value {
    serde_json::from_str(&value.to_json()).unwrap_or(Value::Null)
}

/// Evaluates an expression and prints its value; why parts of it are null goes to standard error.
pub fn feel(expression: &str, context: Option<&Path>, as_json: bool) -> Result<(), Failure> {
    let variables = members(context)?;
    let names: Vec<&str> = variables.iter().map(|(name, _)| &**name).collect();
    // As in the engine: a name that is not there is null with a reason, so that `is defined(x)` can be asked.
    let options = ::feel::Options { names: &names, open: true, ..Default::default() };
    let source = expression.strip_prefix('=').unwrap_or(expression);
    let compiled = ::feel::compile(source, &options).map_err(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        Failure::with_code(2, lines.join("\n"))
    })?;
    let slots: Vec<Option<::feel::Value>> = compiled
        .slots()
        .iter()
        .map(|slot| {
            let found = variables.iter().find(|(name, _)| name == slot);
            found.and_then(|(_, value)| ::feel::Value::from_json(value.as_str()).ok())
        })
        .collect();
    let outcome = compiled.evaluate(&slots, &environment(), &mut ::feel::Fuel::new(FUEL));
    if let Some(error) = outcome.error {
        return Err(Failure::new(error.to_string()));
    }
    let warnings: Vec<String> = outcome.warnings.iter().map(ToString::to_string).collect();
    if as_json {
        println!("{}", json!({ "result": parsed(&outcome.value), "warnings": warnings }));
    } else {
        println!("{}", outcome.value.to_json());
        for warning in warnings {
            eprintln!("warning: {warning}");
        }
    }
    Ok(())
}

/// Whether a file is one of decisions.
pub fn is_dmn(file: &Path) -> bool {
    file.extension().is_some_and(|end| end.eq_ignore_ascii_case("dmn"))
}

/// Everything that is wrong in a file, a line each.
fn wrong(file: &Path, problems: &[::dmn::Diagnostic]) -> Failure {
    let lines: Vec<String> = problems.iter().map(|problem| format!("{}:{problem}", file.display())).collect();
    Failure::with_code(2, lines.join("\n"))
}

fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(file).map_err(|error| Failure::with_code(2, format!("{}: {error}", file.display())))
}

fn dmn_model(file: &Path) -> Result<::dmn::Model, Failure> {
    ::dmn::Model::from_bytes(&read(file)?).map_err(|problems| wrong(file, &problems))
}

/// A model linked with those it imports. What is wrong in an imported file is told with its own name.
fn linked(file: &Path, imports: &[PathBuf]) -> Result<::dmn::Compiled, Failure> {
    let model = dmn_model(file)?;
    let models = imports.iter().map(|import| dmn_model(import)).collect::<Result<Vec<_>, _>>()?;
    for (at, import) in imports.iter().enumerate() {
        let others: Vec<&::dmn::Model> =
            models.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, model)| model).collect();
        let compiled = models[at].compile(&others);
        if compiled.own_diagnostics().iter().any(::dmn::Diagnostic::is_error) {
            return Err(wrong(import, compiled.own_diagnostics()));
        }
    }
    Ok(model.compile(&models.iter().collect::<Vec<_>>()))
}

/// Evaluates a decision of a file and prints its result; why parts of it are null goes to standard error.
pub fn dmn(
    file: &Path,
    imports: &[PathBuf],
    decision: &str,
    input: Option<&Path>,
    as_json: bool,
) -> Result<(), Failure> {
    let compiled = linked(file, imports)?.checked().map_err(|problems| wrong(file, &problems))?;
    let mut inputs = Vec::new();
    for (name, value) in members(input)? {
        let value = ::feel::Value::from_json(value.as_str())
            .map_err(|error| Failure::with_code(2, format!("the input '{name}': {error}")))?;
        inputs.push((name, value));
    }
    let inputs = ::feel::Context::from(inputs);
    let outcome = compiled.evaluate(decision, inputs, &environment(), &mut ::feel::Fuel::new(FUEL));
    let warnings: Vec<String> = outcome.warnings.iter().map(ToString::to_string).collect();
    if as_json {
        let evaluated: Vec<Value> = outcome.evaluated.iter().map(evaluated).collect();
        let failure = outcome.failure.as_ref().map(ToString::to_string);
        let result = parsed(&outcome.value);
        let all = json!({ "result": result, "failure": failure, "warnings": warnings, "evaluatedDecisions": evaluated });
        println!("{all}");
    } else {
        for warning in warnings {
            eprintln!("warning: {warning}");
        }
    }
    match outcome.failure {
        Some(failure) => {
            let code = if failure.code == "dmn.decision.unknown" { 3 } else { 1 };
            Err(Failure::with_code(code, failure.to_string()))
        }
        None => {
            if !as_json {
                println!("{}", outcome.value.to_json());
            }
            Ok(())
        }
    }
}

fn evaluated(decision: &::dmn::EvaluatedDecision) -> Value {
    let inputs: Vec<Value> = decision
        .inputs
        .iter()
        .map(|input| json!({ "id": *input.id, "name": *input.name, "value": parsed(&input.value) }))
        .collect();
    let rule = |rule: &::dmn::MatchedRule| {
        let outputs: Vec<Value> = rule
            .outputs
            .iter()
            .map(|output| json!({ "id": *output.id, "name": *output.name, "value": parsed(&output.value) }))
            .collect();
        json!({ "id": *rule.id, "index": rule.index, "outputs": outputs })
    };
    let rules: Vec<Value> = decision.matched.iter().map(rule).collect();
    json!({
        "id": *decision.id, "name": *decision.name, "type": decision.kind.as_str(),
        "output": parsed(&decision.output), "inputs": inputs, "matchedRules": rules,
    })
}

/// Prints everything that is wrong with a file of decisions; of one that can be deployed also its decisions.
pub fn check_dmn(file: &Path, imports: &[PathBuf], as_json: bool) -> Result<(), Failure> {
    let bytes = read(file)?;
    let (problems, decisions) = match ::dmn::Model::from_bytes(&bytes) {
        Err(problems) => (problems, Vec::new()),
        Ok(_) => {
            let compiled = linked(file, imports)?;
            let decisions = compiled.decisions().map(|decision| decision.id.to_string()).collect();
            (compiled.own_diagnostics().to_vec(), decisions)
        }
    };
    if as_json {
        let list: Vec<Value> = problems
            .iter()
            .map(|problem| {
                json!({
                    "severity": if problem.is_error() { "error" } else { "warning" },
                    "code": problem.code, "element": problem.element, "line": problem.place.line,
                    "column": problem.place.column, "message": problem.message, "help": problem.help,
                })
            })
            .collect();
        println!("{}", json!({ "problems": list, "decisions": decisions }));
    } else {
        for problem in &problems {
            println!("{}:{problem}", file.display());
        }
    }
    if problems.iter().any(::dmn::Diagnostic::is_error) {
        return Err(Failure::new(format!("{} cannot be deployed", file.display())));
    }
    if !as_json {
        println!("decisions: {}", decisions.join(", "));
    }
    Ok(())
}

/// Prints everything that is wrong with a model, and between it and the files that it imports.
pub fn check(file: &Path, as_json: bool) -> Result<(), Failure> {
    let bytes = read(file)?;
    let name = file.display().to_string();
    let others = imports(file, &bytes);
    let others: Vec<(&str, &[u8])> = others.iter().map(|(name, bytes)| (name.as_str(), &**bytes)).collect();
    let mut problems = match bpmn::load_with(&bytes, &name, &others) {
        Ok((_, warnings)) => warnings,
        Err(problems) => problems,
    };
    let itself = file.canonicalize().ok();
    let mut open = |importing: &str, location: &str| imported(&name, itself.as_deref(), importing, location);
    problems.extend(bpmn::check_imports(&bytes, &name, &mut open));
    let failed = problems.iter().any(bpmn::Diagnostic::is_error);
    if as_json {
        let list: Vec<Value> = problems
            .iter()
            .map(|problem| {
                json!({
                    "severity": if problem.is_error() { "error" } else { "warning" },
                    "code": problem.code, "elementId": problem.element_id, "file": problem.file,
                    "line": problem.line, "column": problem.column, "message": problem.message,
                    "help": problem.help,
                })
            })
            .collect();
        println!("{}", json!({ "problems": list }));
    } else {
        for problem in &problems {
            println!("{problem}");
        }
    }
    match failed {
        true => Err(Failure::new(format!("{} cannot be deployed", file.display()))),
        false => Ok(()),
    }
}

/// The files that a model imports, also through others.
pub fn imports(file: &Path, bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let name = file.display().to_string();
    let itself = file.canonicalize().ok();
    let mut open = |importing: &str, location: &str| imported(&name, itself.as_deref(), importing, location);
    bpmn::imported_files(bytes, &name, &mut open)
}

/// The file that an import leads to, by a location relative to the importing one.
fn imported(root: &str, itself: Option<&Path>, importing: &str, location: &str) -> bpmn::Imported {
    let Some(path) = bpmn::relative(importing, location) else { return bpmn::Imported::Elsewhere };
    let Ok(real) = Path::new(&path).canonicalize() else { return bpmn::Imported::Missing };
    let name = if itself == Some(&*real) { root.to_owned() } else { path };
    // Reading a device may never end.
    match real.is_file().then(|| std::fs::read(&real)) {
        Some(Ok(bytes)) => bpmn::Imported::File { name, bytes },
        _ => bpmn::Imported::Missing,
    }
}

/// Recomputes the hash chain of a log and says what it found.
pub fn verify(data: &Path, as_json: bool) -> Result<(), Failure> {
    let directory = data.join("log");
    if !directory.is_dir() {
        let text = format!("{} is no data directory of Dirigent: it has no log", data.display());
        return Err(Failure::with_code(2, text));
    }
    let mut disk = journal::FileDisk::for_reading(&directory);
    let report =
        journal::verify(&mut disk).map_err(|error| Failure::new(format!("the log is damaged: {error}")))?;
    let chain = hex(&report.chain);
    if as_json {
        let value = json!({
            "records": report.records, "erased": report.erased, "segments": report.segments,
            "firstLsn": report.first_lsn, "nextLsn": report.next_lsn, "start": hex(&report.start), "chain": chain,
        });
        println!("{value}");
    } else {
        println!(
            "The chain of {} records in {} segments is unbroken ({} erased). It ends with\n{chain}",
            report.records, report.segments, report.erased
        );
        if report.first_lsn > 1 {
            println!(
                "It reaches back to record {}: older ones were trimmed. The chain of those ended with\n{}",
                report.first_lsn,
                hex(&report.start)
            );
        }
    }
    Ok(())
}

fn hex(hash: &[u8]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}
