//! The examples of `docs/elements`: every model in a page deploys, and where a script stands below it, its run ends as
//! the script's last line says, with one partition and with three, with everything in memory and with nothing.
//!
//! A page has ```` ```xml ```` blocks, each a whole file of definitions. A ```` ```script ```` block below one drives it
//! with the commands of the test kit; `expect completed`, `expect active` and `expect incident TYPE` say what the instance
//! started last has come to.

use dirigent_testkit::World;
use std::path::PathBuf;

/// A model of a page and the script below it.
struct Example {
    model: String,
    script: Option<String>,
}

fn examples(page: &str) -> Result<Vec<Example>, String> {
    let mut found: Vec<Example> = Vec::new();
    let mut open: Option<(&str, String)> = None;
    for line in page.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(language)) => open = Some((language, String::new())),
            (None, None) => {}
            (Some(_), Some(_)) => match open.take() {
                Some(("xml", model)) => found.push(Example { model, script: None }),
                Some(("script", script)) => {
                    let example = found.last_mut().filter(|example| example.script.is_none());
                    example.ok_or("a script without a model above it")?.script = Some(script);
                }
                _ => {}
            },
            (Some((_, text)), None) => {
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    match open {
        Some(_) => Err("a block that does not end".to_owned()),
        None => Ok(found),
    }
}

fn run(example: &Example, partitions: u16, evict: bool) -> Result<(), String> {
    let mut world = World::new(partitions, evict);
    world.deploy(&example.model);
    let mut expected = example.script.is_none();
    let lines = example.script.as_deref().unwrap_or_default().lines().map(str::trim);
    for line in lines.filter(|line| !line.is_empty()) {
        match line.strip_prefix("expect ") {
            Some(ending) => {
                expected = true;
                if !reached(&world, ending)? {
                    return Err(format!("not reached: {line}\n{}", world.trace));
                }
            }
            None => {
                expected = false;
                world.line(line);
            }
        }
        if world.trace.contains("rejected") {
            break;
        }
    }
    if world.trace.contains("rejected") {
        return Err(world.trace);
    }
    world.check_replay();
    if expected { Ok(()) } else { Err("a script that does not end with what it expects".to_owned()) }
}

fn reached(world: &World, ending: &str) -> Result<bool, String> {
    let incidents = world.instance(world.last_instance).map_or(0, |instance| instance.incidents.len());
    match ending.split_once(' ').unwrap_or((ending, "")) {
        ("completed", "") => Ok(world.ended() && world.trace.trim_end().ends_with("InstanceCompleted")),
        ("active", "") => Ok(!world.ended() && incidents == 0),
        ("incident", kind) if !kind.is_empty() => {
            Ok(incidents > 0 && world.trace.contains(&format!("incident {kind} ")))
        }
        _ => Err(format!("`expect {ending}` is not known")),
    }
}

fn check(page: &str) -> Result<usize, String> {
    let examples = examples(page)?;
    for example in &examples {
        for (partitions, evict) in [(1, false), (3, false), (1, true), (3, true)] {
            run(example, partitions, evict)?;
        }
    }
    Ok(examples.len())
}

#[test]
fn examples_of_the_pages_do_what_is_said() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/elements");
    let mut failures = Vec::new();
    for entry in std::fs::read_dir(&folder).expect("the pages") {
        let path = entry.expect("a page").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name == "README.md" || !name.ends_with(".md") {
            continue;
        }
        match check(&std::fs::read_to_string(&path).expect("a text")) {
            Ok(0) => failures.push(format!("{name}: it has no model")),
            Ok(_) => {}
            Err(failure) => failures.push(format!("{name}: {failure}")),
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

const WAITS: &str = r#"```xml
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="http://example.org">
  <process id="p" isExecutable="true"><startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="a"/>
    <serviceTask id="a"/><sequenceFlow id="g" sourceRef="a" targetRef="e"/><endEvent id="e"/></process>
</definitions>
```
"#;

#[test]
fn examples_that_do_otherwise_are_found() {
    let with = |script: &str| check(&format!("{WAITS}\n```script\n{script}\n```\n"));
    assert_eq!(with("start p\nexpect active\ncomplete a\nexpect completed"), Ok(1));
    for wrong in [
        "start p\nexpect completed",
        "start p\ncomplete a\nexpect active",
        "start p",
        "start q\nexpect active",
    ] {
        assert!(with(wrong).is_err(), "{wrong}");
    }
    assert!(with("start p\nexpect incident CONDITION_ERROR").is_err());
    assert!(with("start p\nexpect nothing").is_err());
    assert!(check(&WAITS.replace("targetRef=\"a\"", "targetRef=\"b\"")).is_err(), "a model that is refused");
    assert!(check("```script\nstart p\n```\n").is_err());
    assert!(check("```xml\n<definitions/>\n").is_err());
}
