//! Runs the executable cases of betsy on the engine: each script task is a job that this module does, and what it
//! does is the trace.
//!
//! Models are read as they are, but for expressions that betsy writes in Java's manner.

use crate::World;
use engine::JobState;
use record::{AggregateId, Command, Event, Key, Str, json};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What a run of all cases gave.
#[derive(Debug, Default)]
pub struct Score {
    /// Passed and all, by status.
    pub by_status: BTreeMap<String, (u32, u32)>,
    /// What failed, and why.
    pub failures: Vec<String>,
    /// What was judged though it does not count.
    pub notes: Vec<String>,
}

impl Score {
    fn count(&mut self, status: &str, passed: bool) {
        let entry = self.by_status.entry(status.to_owned()).or_default();
        entry.0 += u32::from(passed);
        entry.1 += 1;
    }

    /// Passed and all of a status.
    pub fn of(&self, status: &str) -> (u32, u32) {
        self.by_status.get(status).copied().unwrap_or_default()
    }
}

/// Runs all cases of `cases.json` in a folder.
///
/// # Errors
/// Where the folder holds no cases.
pub fn run(folder: &Path) -> Result<Score, String> {
    let path = folder.join("cases.json");
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let cases: Vec<Value> =
        serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut score = Score::default();
    for case in &cases {
        let status = case["status"].as_str().unwrap_or_default();
        let name = format!("{} {}", case["name"].as_str().unwrap_or_default(), case["case"]);
        let path = model_path(folder, case);
        let xml = std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        if status == "static" {
            let rejected = violates_the_standard(&xml, &name);
            score.count(status, rejected);
            if !rejected {
                score.failures.push(format!("static {name}: accepted"));
            }
            continue;
        }
        let verdict = judge(case, &String::from_utf8_lossy(&xml));
        score.count(status, verdict.is_ok());
        if let Err(why) = verdict {
            let line = format!("{status} {name}: {why}");
            match status {
                "ok" | "race" => score.failures.push(line),
                _ => score.notes.push(line),
            }
        }
    }
    Ok(score)
}

/// Where the model of a case is: the path behind the suite's own folder of models.
pub fn model_path(folder: &Path, case: &Value) -> std::path::PathBuf {
    let path = case["model_path_in_repo"].as_str().unwrap_or_default();
    folder.join(path.rsplit_once("files/bpmn/").map_or(path, |(_, inside)| inside))
}

/// True where a rule of the standard is broken, by a diagnostic that says where.
fn violates_the_standard(xml: &[u8], name: &str) -> bool {
    bpmn::check_standard(xml, name).iter().any(|found| found.is_error() && found.line > 0)
}

/// Runs one case and compares.
///
/// # Errors
/// How the outcome differs from what is expected.
pub fn judge(case: &Value, xml: &str) -> Result<(), String> {
    let outcome = execute(case, xml);
    let expected: Vec<Vec<&str>> = case["expected_trace"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|trace| trace.as_array().into_iter().flatten().filter_map(Value::as_str).collect())
        .collect();
    // A mark that a called or parallel process leaves counts only where it is expected.
    let marks = expected.iter().flatten().any(|marker| *marker == "MARKER_exists");
    let counted = outcome.trace.iter().filter(|(marker, _)| marks || marker != "MARKER_exists");
    let mut found: Vec<&str> = counted.map(|(marker, _)| marker.as_str()).collect();
    let order: Vec<&str> = found.clone();
    found.sort_unstable();
    let end = case["expected_end_state"].as_str().unwrap_or_default();
    if end == "rejected_or_error" {
        return match outcome.end {
            End::Rejected | End::Error => Ok(()),
            other => Err(format!("ended {other:?}, expected a rejection or an error")),
        };
    }
    let matches = expected.iter().any(|trace| {
        let mut trace = trace.clone();
        trace.sort_unstable();
        trace == found
    });
    if !matches {
        return Err(format!("trace {order:?}, expected {expected:?}; ended {:?}", outcome.end));
    }
    let ended = match outcome.end {
        End::Completed => "completed",
        End::Waiting => "waiting",
        End::Error => "error",
        End::Rejected => "rejected",
    };
    if !end.is_empty() && end != ended {
        return Err(format!("ended {ended}, expected {end}"));
    }
    check_order(xml, &outcome.trace)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Completed,
    Waiting,
    Error,
    Rejected,
}

struct Outcome {
    /// Markers, and the element that made each.
    trace: Vec<(String, Str)>,
    end: End,
}

fn execute(case: &Value, xml: &str) -> Outcome {
    let mut world = World::new(1, false);
    world.deploy(&readable(xml));
    let mut driver = Driver::default();
    if world.trace.contains("rejected") {
        driver.note("ERROR_deployment", "");
        return Outcome { trace: driver.trace, end: End::Rejected };
    }
    for process in case["start_first"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if world.start(process, "").is_err() {
            return Outcome { trace: driver.trace, end: End::Rejected };
        }
    }
    let input = &case["input"];
    let mut variables = vec![format!("\"integerVariable\":{}", input["integerVariable"])];
    if let Some(test) = input["test"].as_str() {
        variables.push(format!("\"test\":{}", Value::from(test)));
    }
    let process = case["process_id"].as_str().unwrap_or_default();
    if world.start(process, &format!("{{{}}}", variables.join(","))).is_err() {
        return Outcome { trace: driver.trace, end: End::Rejected };
    }
    driver.work(&mut world, case["wait_ms"].as_i64().unwrap_or(0));
    driver.incidents(&world);
    let instances: BTreeSet<Key> = world
        .log()
        .iter()
        .filter_map(|(id, event)| match (id, event) {
            (AggregateId::Instance { key }, Event::InstanceCreated { .. }) => Some(*key),
            _ => None,
        })
        .collect();
    let stuck = instances
        .iter()
        .filter_map(|key| world.instance(*key))
        .any(|it| !it.ended && !it.incidents.is_empty());
    let live = instances.iter().filter_map(|key| world.instance(*key)).any(|instance| !instance.ended);
    let end = match (stuck, live) {
        (true, _) => End::Error,
        (false, true) => End::Waiting,
        (false, false) => End::Completed,
    };
    Outcome { trace: driver.trace, end }
}

/// The worker of all jobs.
#[derive(Default)]
struct Driver {
    trace: Vec<(String, Str)>,
    /// Jobs that take time: when they end, and when they began.
    busy: Vec<(i64, i64, AggregateId, Key, Str, Str)>,
    intervals: Vec<(i64, i64)>,
}

const WAIT_MS: i64 = 10_000;

impl Driver {
    fn note(&mut self, marker: &str, element: &str) {
        self.trace.push((marker.to_owned(), Str::from(element)));
    }

    /// Does what there is to do, and lets time pass up to the end of the case.
    fn work(&mut self, world: &mut World, wait_ms: i64) {
        let end = world.now + wait_ms;
        loop {
            while self.begin_jobs(world) {}
            let job = self.busy.iter().map(|(at, ..)| *at).min();
            let timer = world.next_due().filter(|due| *due <= end);
            let Some(next) = job.into_iter().chain(timer).min() else { break };
            world.advance((next - world.now).max(0));
            let due: Vec<_> = self.busy.extract_if(.., |(at, ..)| *at <= next).collect();
            for (at, began, owner, key, marker, element) in due {
                self.intervals.push((began, at));
                if &*marker != "CREATE_TIMESTAMP_LOG_1" && &*marker != "CREATE_TIMESTAMP_LOG_2" {
                    // Waiting leaves no mark of its own.
                } else if self.overlap() {
                    self.note("EXECUTION_parallel", &element);
                }
                complete(world, owner, key, "");
            }
        }
        world.advance((end - world.now).max(0));
        while self.begin_jobs(world) {}
    }

    fn overlap(&self) -> bool {
        matches!(self.intervals[..], [.., (a, b), (c, d)] if a < d && c < b)
    }

    /// Takes one job on; false where there is none.
    fn begin_jobs(&mut self, world: &mut World) -> bool {
        let Some((_, owner, key)) = world.jobs().into_iter().next() else { return false };
        let AggregateId::Instance { key: instance } = owner else { return false };
        let Some(process) = world.process_of(instance) else { return false };
        let found = world.instance(instance).and_then(|state| {
            let element = state.job(key)?.element;
            let (_, node) = process.node(state.element(element)?.ordinal)?;
            Some((element, node.id.clone()))
        });
        let Some((element, id)) = found else { return false };
        let lease =
            Command::ActivateJob { job: key, worker: "betsy".into(), timeout: 600_000, fetch: Vec::new() };
        let Ok(record::Response::Activated { job }) = world.submit(owner.clone(), lease) else {
            return false;
        };
        let script = job.headers.iter().find(|(name, _)| &**name == "script").map(|(_, text)| text.clone());
        let script = script.unwrap_or_else(|| Str::from(""));
        let variables = json::split(job.variables.as_str()).unwrap_or_default();
        let text =
            |name: &str| variables.iter().find(|(own, _)| &**own == name).map(|(_, v)| v.as_str().to_owned());
        let _ = element;
        match script.trim() {
            "INCREMENT_INTEGER_VARIABLE" | "INCREMENT_INTEGER_VARIABLE_AND_LOG" => {
                let number: i64 = text("integerVariable").and_then(|it| it.parse().ok()).unwrap_or(0);
                if script.ends_with("_AND_LOG") {
                    self.note("INCREMENT_correct", &id);
                }
                // In the instance's scope, whatever scopes are between.
                let variables = format!("{{\"integerVariable\":{}}}", number + 1);
                complete(world, owner, key, &variables);
            }
            "SET_STRING_DATA" => complete(world, owner, key, "{\"data\":\"String\"}"),
            "LOG_DATA" => {
                if text("data").as_deref() == Some("\"String\"") {
                    self.note("DATA_correct", &id);
                }
                complete(world, owner, key, "");
            }
            "WAIT_TEN_SECONDS" | "CREATE_TIMESTAMP_LOG_1" | "CREATE_TIMESTAMP_LOG_2" => {
                let marker = Str::from(script.trim());
                self.busy.push((world.now + WAIT_MS, world.now, owner, key, marker, id));
            }
            "THROW_ERROR" => {
                let command = Command::ThrowJobError {
                    job: key,
                    code: "ERR_CODE".into(),
                    message: "".into(),
                    variables: Vec::new(),
                    fence: 0,
                };
                let _ = world.submit(owner, command);
            }
            other => {
                match other {
                    "CREATE_MARKER_FILE" => self.note("MARKER_exists", &id),
                    marker if marker.starts_with("SCRIPT_") => self.note(marker, &id),
                    _ => {}
                }
                complete(world, owner, key, "");
            }
        }
        true
    }

    /// What is stuck leaves a mark: an uncaught error of an end event one of its own.
    fn incidents(&mut self, world: &World) {
        let marks: Vec<&str> = world
            .log()
            .iter()
            .filter_map(|(_, event)| match event {
                Event::IncidentCreated { kind: record::IncidentType::UnhandledErrorEvent, .. } => {
                    Some("ERROR_thrownErrorEvent")
                }
                Event::IncidentCreated { .. } => Some("ERROR_runtime"),
                _ => None,
            })
            .collect();
        for mark in marks {
            self.note(mark, "");
        }
    }
}

fn complete(world: &mut World, owner: AggregateId, job: Key, variables: &str) {
    let AggregateId::Instance { key } = owner else { return };
    // It may have been interrupted while it was done.
    let there =
        world.instance(key).and_then(|it| it.job(job)).is_some_and(|job| job.state == JobState::Activated);
    if there {
        let variables = crate::variables(variables);
        let _ = world.submit(owner, Command::CompleteJob { job, variables, fence: 0 });
    }
}

/// Expressions as FEEL: `test.contains("x")` is `contains(test, "x")`, `!` is `not`, `${x}` is `x`.
fn readable(xml: &str) -> String {
    let mut out = String::with_capacity(xml.len());
    let mut rest = xml;
    while let Some(at) = rest.find("test.contains(") {
        let (before, after) = rest.split_at(at);
        let Some(close) = after.find(')') else { break };
        let argument = &after["test.contains(".len()..close];
        let negated = before.trim_end().ends_with('!');
        let before = if negated { before.trim_end().trim_end_matches('!') } else { before };
        out.push_str(before);
        match negated {
            true => out.push_str(&format!("not(contains(test, {argument}))")),
            false => out.push_str(&format!("contains(test, {argument})")),
        }
        rest = &after[close + 1..];
    }
    out.push_str(rest);
    let mut text = out;
    while let Some(at) = text.find("${") {
        let Some(close) = text[at..].find('}') else { break };
        let inner = text[at + 2..at + close].to_owned();
        text.replace_range(at..=at + close, &inner);
    }
    text
}

/// Where one marker's task can come before another's but not the other way round, it did.
fn check_order(xml: &str, trace: &[(String, Str)]) -> Result<(), String> {
    let Ok(document) = bpmn::read(xml.as_bytes(), "model.bpmn") else { return Ok(()) };
    let (definitions, _) = bpmn::model(&document);
    for process in &definitions.processes {
        let before = |from: usize, to: usize| reaches(process, from, to);
        let once: Vec<(&str, usize, usize)> = trace
            .iter()
            .enumerate()
            .filter(|(_, (marker, element))| {
                let same = trace.iter().filter(|(other, _)| other == marker).count();
                same == 1 && !element.is_empty()
            })
            .filter_map(|(at, (marker, element))| Some((marker.as_str(), at, process.node_index(element)?)))
            .collect();
        for (first, at, node) in &once {
            for (second, later, other) in &once {
                if at > later && before(*node, *other) && !before(*other, *node) {
                    return Err(format!("{second} came before {first}"));
                }
            }
        }
    }
    Ok(())
}

/// True where a token can get from one node to the other over flows, attached events and event sub-processes.
fn reaches(process: &bpmn::model::Process, from: usize, to: usize) -> bool {
    let mut seen = vec![false; process.nodes.len()];
    let mut open = vec![from];
    while let Some(node) = open.pop() {
        let model = &process.nodes[node];
        let mut next: Vec<usize> = model.outgoing.iter().map(|flow| process.flows[*flow].target).collect();
        next.extend(&model.boundary);
        for index in next {
            if index == to {
                return true;
            }
            if !std::mem::replace(&mut seen[index], true) {
                open.push(index);
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_read_as_feel() {
        assert_eq!(readable(r#"a test.contains("x") b"#), r#"a contains(test, "x") b"#);
        assert_eq!(readable(r#">!test.contains("x")<"#), r#">not(contains(test, "x"))<"#);
        assert_eq!(readable("${loop} and ${x}"), "loop and x");
    }
}
