//! Bugs planted in the engine one by one: each must be found by the comparison with the second interpreter, or by the
//! properties of runs over random processes. The engine's own cases do not count here. A checker is trusted once it has
//! caught what it is for.

use std::path::Path;
use std::process::{Command, Stdio};

/// A plausible bug: what it is, the file below `crates/engine/src`, and the text that takes another's place there.
struct Bug {
    name: &'static str,
    file: &'static str,
    from: &'static str,
    to: &'static str,
}

const BUGS: &[Bug] = &[
    Bug {
        name: "an inclusive join fires while tokens can still come",
        file: "elements/inclusive_gateway.rs",
        from: "if run.more_may_come(node, join, scope, &empty, &arrived) {",
        to: "if false && run.more_may_come(node, join, scope, &empty, &arrived) {",
    },
    Bug {
        name: "a parallel join fires with its first token",
        file: "elements/parallel_gateway.rs",
        from: "flows.iter().all(|&flow|",
        to: "flows.iter().any(|&flow|",
    },
    Bug {
        name: "a parallel join counts tokens, not flows with a token",
        file: "elements/parallel_gateway.rs",
        from: "flows.iter().all(|&flow| run.instance.waiting.contains(&(scope, flow)));",
        to: "run.instance.waiting.iter().filter(|it| it.0 == scope && flows.contains(&it.1)).count() >= flows.len();",
    },
    Bug {
        name: "an exclusive gateway takes the last flow that is true",
        file: "elements/exclusive_gateway.rs",
        from: "for &flow in model.outgoing.iter().filter(",
        to: "for &flow in model.outgoing.iter().rev().filter(",
    },
    Bug {
        name: "a boundary event never interrupts",
        file: "elements/boundary_event.rs",
        from: "if let NodeKind::Boundary { interrupting: true, .. } = model.kind {",
        to: "if let NodeKind::Boundary { interrupting: true, .. } = model.kind && model.incoming.len() > 9 {",
    },
    Bug {
        name: "a boundary event always interrupts",
        file: "elements/boundary_event.rs",
        from: "if let NodeKind::Boundary { interrupting: true, .. } = model.kind {",
        to: "if let NodeKind::Boundary { .. } = model.kind {",
    },
    Bug {
        name: "an event sub-process never interrupts",
        file: "elements/event_sub_process.rs",
        from: "if interrupting {",
        to: "if interrupting && process.nodes.len() > 9_999 {",
    },
    Bug {
        name: "an event for every code comes before one with the code",
        file: "catcher.rs",
        from: "is_none_or(|(known, _)| fit > known)",
        to: "is_none_or(|(known, _)| fit < known)",
    },
    Bug {
        name: "compensation runs forwards",
        file: "apply.rs",
        from: "records.reverse();",
        to: "records.sort_unstable_by(|one, other| one.cmp(other).reverse());",
    },
    Bug {
        name: "a compensation throw event does not wait for its end",
        file: "elements/intermediate_throw_event.rs",
        from: "Ok(if waits { Done::Waits } else { Done::Thrown })",
        to: "Ok(if waits && key.is_none() { Done::Waits } else { Done::Thrown })",
    },
    Bug {
        name: "a terminate end event ends only its own token",
        file: "elements/end_event.rs",
        from: "            terminate_scope(run, scope);",
        to: "            run.complete_if_empty(scope);",
    },
    Bug {
        name: "a signal reaches only the first who waits for it",
        file: "signal.rs",
        from: "self.waiting.iter().filter(|(_, instance)| *instance != except) {",
        to: "self.waiting.iter().filter(|(_, instance)| *instance != except).take(1) {",
    },
    Bug {
        name: "the completion condition of a multi-instance activity is ignored",
        file: "multi_instance.rs",
        from: "let done = match &multi.completion {",
        to: "let done = match multi.completion.as_ref().filter(|_| completed > 99) {",
    },
    Bug {
        name: "a cancelled transaction is not compensated",
        file: "elements/transaction.rs",
        from: "if !run.compensate_transaction(at) {",
        to: "if at.is_none() || !run.instance.ended {",
    },
    Bug {
        name: "a start quantity counts one token too many",
        file: "elements/mod.rs",
        from: "if flows.len() == model.start_quantity as usize {",
        to: "if flows.len() + 1 >= model.start_quantity as usize {",
    },
    Bug {
        name: "a standard loop runs once more than its maximum",
        file: "multi_instance.rs",
        from: "maximum.is_some_and(|maximum| completed >= maximum)",
        to: "maximum.is_some_and(|maximum| completed > maximum)",
    },
    Bug {
        name: "a condition fires again though it did not turn false",
        file: "condition.rs",
        from: "if holds == condition.holds {",
        to: "if holds == condition.holds && !holds {",
    },
    Bug {
        name: "a completion quantity is ignored",
        file: "life.rs",
        from: "for _ in 0..node.completion_quantity {",
        to: "for _ in 0..node.completion_quantity.min(1) {",
    },
    Bug {
        name: "the first event behind an event-based gateway leaves the others armed",
        file: "elements/event_based_gateway.rs",
        from: "    } else {\n        run.close(key);\n        run.emit(Event::ElementCompleted { key });\n    }",
        to: "    } else {\n        run.stop_waiting(key, |other| other == ordinal);\n    }",
    },
    Bug {
        name: "a migration mixes up what was completed",
        file: "apply.rs",
        from: "self.compensable.iter_mut().for_each",
        to: "self.compensable.iter_mut().take(0).for_each",
    },
    Bug {
        name: "a complex gateway waits for other flows after a migration",
        file: "apply.rs",
        from: "gateway.awaited.iter_mut().for_each(change);",
        to: "gateway.awaited.iter_mut().take(0).for_each(change);",
    },
    Bug {
        name: "a migration arms again what occurred",
        file: "migration.rs",
        from: "if kept.contains(&(key, model.ordinal)) {",
        to: "if kept.contains(&(key, model.ordinal)) && process.nodes.len() > 9_999 {",
    },
];

/// Seeds that a bug has to be found in.
const SEEDS: &str = "400";

/// Plants each bug whose name contains `part` in a copy, builds it, and runs the comparison and the properties. True where
/// each bug is found by one of the two.
pub fn run(root: &Path, part: &str) -> Result<bool, String> {
    let bugs: Vec<&Bug> = BUGS.iter().filter(|bug| bug.name.contains(part)).collect();
    if bugs.is_empty() {
        return Err(format!("no planted bug has `{part}` in its name"));
    }
    let copy = root.join("target/planted/workspace");
    let target = root.join("target/planted/build");
    let _ = std::fs::remove_dir_all(&copy);
    std::fs::create_dir_all(&copy).map_err(|error| format!("{}: {error}", copy.display()))?;
    shell(root, &format!("git archive HEAD | tar -x -m -C '{}'", copy.display()))?;
    let by = found_by(&copy, &target)?;
    if !by.is_empty() {
        return Err(format!("without any bug planted there fail: {}", by.join(", ")));
    }
    let mut found = 0;
    for bug in &bugs {
        let path = copy.join("crates/engine/src").join(bug.file);
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        if text.matches(bug.from).count() != 1 {
            return Err(format!("{}: the text for '{}' does not occur exactly once", bug.file, bug.name));
        }
        let write = |text: &str| std::fs::write(&path, text).map_err(|error| error.to_string());
        write(&text.replace(bug.from, bug.to))?;
        let by = found_by(&copy, &target);
        write(&text)?;
        let by = by.map_err(|why| format!("{}: {why}", bug.name))?;
        found += usize::from(!by.is_empty());
        match by.is_empty() {
            true => println!("NOT FOUND: {}", bug.name),
            false => println!("found by {}: {}", by.join(" and "), bug.name),
        }
    }
    println!("planted: {found}/{} found by the comparison or the properties", bugs.len());
    Ok(found == bugs.len())
}

const COMPARISON: &[&str] = &["--package", "dirigent-testkit", "--example", "differential"];
const PROPERTIES: &[&str] = &["--package", "dirigent-testkit", "--test", "suite"];

/// Which of the two fail on the copy. A panic of the engine is a failure, one to build it is not.
fn found_by(copy: &Path, target: &Path) -> Result<Vec<&'static str>, String> {
    let cargo = |arguments: &[&[&str]]| {
        let mut command = Command::new("cargo");
        command.args(arguments.concat()).current_dir(copy);
        command.env("CARGO_TARGET_DIR", target).env("RUSTFLAGS", "").env("RUST_BACKTRACE", "0");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let status = command.status().map_err(|error| format!("cargo cannot be started: {error}"))?;
        Ok::<bool, String>(status.success())
    };
    if !cargo(&[&["build", "--quiet"], COMPARISON])? {
        return Err("it does not compile".to_owned());
    }
    if !cargo(&[&["test", "--quiet", "--no-run"], PROPERTIES])? {
        return Err("the properties do not compile with it".to_owned());
    }
    let mut by = Vec::new();
    if !cargo(&[&["run", "--quiet"], COMPARISON, &["--", "0", SEEDS, "0"]])? {
        by.push("the comparison");
    }
    if !cargo(&[&["test", "--quiet"], PROPERTIES, &["--", "properties::", "migration::"]])? {
        by.push("the properties");
    }
    Ok(by)
}

fn shell(root: &Path, script: &str) -> Result<(), String> {
    let status = Command::new("sh").args(["-c", script]).current_dir(root).status();
    match status.map(|status| status.success()) {
        Ok(true) => Ok(()),
        Ok(false) => Err(format!("`{script}` failed")),
        Err(error) => Err(format!("`{script}`: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bug_has_its_place() {
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../engine/src");
        for bug in BUGS {
            let text = std::fs::read_to_string(sources.join(bug.file)).expect("a source");
            assert_eq!(text.matches(bug.from).count(), 1, "{}: {}", bug.file, bug.name);
            assert_ne!(bug.from, bug.to);
        }
        // All of them are found, and that is to say something.
        assert!(BUGS.len() >= 10);
    }
}
