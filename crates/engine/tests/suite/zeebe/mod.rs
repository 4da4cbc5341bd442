//! What the broker of Camunda 8 does and does not document, for models in its dialect: `docs/compatibility/camunda-8.md` lists
//! where this engine differs on purpose.

mod deployment;
mod events;
mod expressions;
mod extensions;
mod variables;

use testkit::{draw, trace};

/// What the last command of a script brought about, over a drawing that is in the dialect in any case.
#[track_caller]
fn last(drawing: &str, script: &str) -> Vec<String> {
    let drawing =
        if drawing.contains("zeebe:") { drawing.to_owned() } else { format!("{IN_DIALECT}\n{drawing}") };
    let trace = trace(&draw(&drawing), &script.replace("; ", "\n"));
    let at = trace.rfind("> ").unwrap_or_else(|| panic!("{trace}"));
    trace[at..].lines().skip(1).map(|line| line.trim().to_owned()).collect()
}

/// An extension that says nothing and names the dialect.
const IN_DIALECT: &str = "<extensionElements><zeebe:properties/></extensionElements>";

/// The last command brought about all of these, in this order.
#[track_caller]
fn check(drawing: &str, script: &str, expected: &[&str]) {
    let lines = last(drawing, script);
    let mut rest = lines.iter();
    for line in expected {
        let end = &lines[lines.len().saturating_sub(100)..];
        assert!(rest.any(|it| it == line), "`{line}` is not in its place in\n{}", end.join("\n"));
    }
}
