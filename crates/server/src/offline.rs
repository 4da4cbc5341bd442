//! Commands that need no server: FEEL, checking a model, verifying a log.

use crate::cli::Failure;
use serde_json::{Value, json};
use std::path::Path;

/// Evaluates an expression and prints its value; why parts of it are null goes to standard error.
pub fn feel(expression: &str, context: Option<&Path>, as_json: bool) -> Result<(), Failure> {
    let text = match context {
        Some(path) => std::fs::read_to_string(path)
            .map_err(|error| Failure::with_code(2, format!("{}: {error}", path.display())))?,
        None => "{}".to_owned(),
    };
    let variables =
        record::json::split(&text).map_err(|error| Failure::with_code(2, format!("the context: {error}")))?;
    let names: Vec<&str> = variables.iter().map(|(name, _)| &**name).collect();
    let options = ::feel::Options { names: &names, ..Default::default() };
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
    let now = jiff::Timestamp::now().as_millisecond();
    let env = ::feel::Env { now, seed: now as u64, ..Default::default() };
    let outcome = compiled.evaluate(&slots, &env, &mut ::feel::Fuel::new(100_000_000));
    if let Some(error) = outcome.error {
        return Err(Failure::new(error.to_string()));
    }
    let warnings: Vec<String> = outcome.warnings.iter().map(ToString::to_string).collect();
    if as_json {
        let result: Value = serde_json::from_str(&outcome.value.to_json()).unwrap_or(Value::Null);
        println!("{}", json!({ "result": result, "warnings": warnings }));
    } else {
        println!("{}", outcome.value.to_json());
        for warning in warnings {
            eprintln!("warning: {warning}");
        }
    }
    Ok(())
}

/// Prints everything that is wrong with a model.
pub fn check(file: &Path, as_json: bool) -> Result<(), Failure> {
    let bytes =
        std::fs::read(file).map_err(|error| Failure::with_code(2, format!("{}: {error}", file.display())))?;
    let (problems, failed) = match bpmn::load(&bytes, &file.display().to_string()) {
        Ok((_, warnings)) => (warnings, false),
        Err(problems) => (problems, true),
    };
    if as_json {
        let list: Vec<Value> = problems
            .iter()
            .map(|problem| {
                json!({
                    "severity": if problem.is_error() { "error" } else { "warning" },
                    "code": problem.code, "elementId": problem.element_id, "line": problem.line,
                    "column": problem.column, "message": problem.message, "help": problem.help,
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
    let chain: String = report.chain.iter().map(|byte| format!("{byte:02x}")).collect();
    if as_json {
        let value = json!({
            "records": report.records, "erased": report.erased, "segments": report.segments,
            "firstLsn": report.first_lsn, "nextLsn": report.next_lsn, "chain": chain,
        });
        println!("{value}");
    } else {
        println!(
            "The chain of {} records in {} segments is unbroken ({} erased). It ends with\n{chain}",
            report.records, report.segments, report.erased
        );
    }
    Ok(())
}
