//! The pages of `docs/elements`: each has the same sections, every model in it deploys, and a run does what the page says.
//!
//! A block ```` ```xml ```` is a whole file. A block ```` ```script ```` after it runs commands, one a line, over all files
//! since the script before, and tells what came of them: `expect completed`, `active` or `terminated` (the instance),
//! `incident TYPE`, `passed ID...` and `not passed ID...` (elements), `waits for JOB...` (jobs), `variables JSON` (of the
//! instance), `rejected` (the command before), `instances NUMBER`.

use dirigent_testkit::{World, variables};
use std::fs;
use std::path::PathBuf;

const SECTIONS: [&str; 4] =
    ["## What it does", "## Attributes", "## Example", "## Differences to Camunda and Flowable"];

/// The pages with their names, without the table of all.
fn pages() -> Vec<(String, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/elements");
    let files = fs::read_dir(folder).expect("docs/elements").map(|file| file.expect("a file").path());
    let pages =
        files.filter(|path| path.extension().is_some_and(|it| it == "md") && !path.ends_with("README.md"));
    let mut pages: Vec<(String, String)> = pages
        .map(|path| {
            let text = fs::read_to_string(&path).expect("a page");
            (path.file_name().expect("a name").to_string_lossy().into_owned(), text)
        })
        .collect();
    pages.sort();
    pages
}

/// Models, and what is done with them; without a script they are deployed.
#[derive(Default)]
struct Sample {
    models: Vec<String>,
    script: String,
}

fn samples(page: &str) -> Vec<Sample> {
    let mut samples = vec![Sample::default()];
    let mut block: Option<(&str, String)> = None;
    for line in page.lines() {
        match (&mut block, line.strip_prefix("```")) {
            (None, Some(language)) => block = Some((language, String::new())),
            (Some((_, text)), None) => {
                text.push_str(line);
                text.push('\n');
            }
            (Some((language, text)), Some(_)) => {
                let last = samples.last_mut().expect("there is one");
                match *language {
                    "xml" => last.models.push(text.clone()),
                    "script" => {
                        last.script.clone_from(text);
                        samples.push(Sample::default());
                    }
                    _ => {}
                }
                block = None;
            }
            (None, None) => {}
        }
    }
    samples.retain(|sample| !sample.models.is_empty() || !sample.script.is_empty());
    samples
}

fn run(sample: &Sample, partitions: u16, evict: bool) -> Result<(), String> {
    let mut world = World::new(partitions, evict);
    let names: Vec<String> = (1..).zip(&sample.models).map(|(at, model)| file_name(at, model)).collect();
    let files: Vec<(&str, &str)> =
        names.iter().map(String::as_str).zip(sample.models.iter().map(String::as_str)).collect();
    world.deploy_files(&files);
    if world.trace.contains("rejected") {
        return Err(world.trace);
    }
    let mut lines = sample.script.lines().map(str::trim).filter(|line| !line.is_empty()).peekable();
    while let Some(line) = lines.next() {
        match line.strip_prefix("expect ") {
            Some(expected) => {
                expect(&world, expected).map_err(|why| format!("`{line}`: {why}, after\n{}", world.trace))?
            }
            None => {
                let before = world.trace.len();
                world.line(line);
                let rejected = world.trace[before..].lines().any(|line| line.starts_with("rejected"));
                if rejected && lines.next_if(|next| *next == "expect rejected").is_none() {
                    return Err(format!("`{line}` was rejected, after\n{}", world.trace));
                }
            }
        }
    }
    world.check_replay();
    let ends = sample.script.lines().map(str::trim).rfind(|line| !line.is_empty());
    match ends.is_none_or(|line| line.starts_with("expect ")) {
        true => Ok(()),
        false => Err("the script does not end with what it expects".to_owned()),
    }
}

fn file_name(at: usize, model: &str) -> String {
    format!("{at}.{}", if model.contains("omg.org/spec/DMN/") { "dmn" } else { "bpmn" })
}

fn expect(world: &World, expected: &str) -> Result<(), String> {
    let (what, rest) = expected.split_once(' ').unwrap_or((expected, ""));
    let instance = world.instance(world.last_instance);
    let happened = |id: &str| {
        let said = [format!("  passed {id}"), format!("  completed {id}")];
        world.trace.lines().any(|line| said.iter().any(|said| said == line))
    };
    let holds = match what {
        "completed" => state(world) == "completed",
        "terminated" => state(world) == "terminated",
        "active" => {
            state(world) == "active" && instance.is_some_and(|instance| instance.incidents.is_empty())
        }
        "incident" => {
            let said = format!("  incident {rest} ");
            let open = instance.is_some_and(|instance| !instance.incidents.is_empty());
            open && world.trace.lines().any(|line| line.starts_with(&said))
        }
        "passed" => rest.split(' ').all(happened),
        "not" => {
            let ids = rest.strip_prefix("passed ").ok_or("say what has not passed")?;
            !ids.split(' ').any(happened)
        }
        "waits" => {
            let types = rest.strip_prefix("for ").ok_or("say what it waits for")?;
            types.split(' ').all(|job_type| world.job(job_type).is_some())
        }
        "variables" => {
            let there = instance.ok_or("there is no instance")?.root_variables();
            return variables(rest).iter().try_for_each(|wanted| match there.contains(wanted) {
                true => Ok(()),
                false => Err(format!("{} is not so in {there:?}", wanted.0)),
            });
        }
        "instances" => {
            let created = world.log().iter().filter(|(_, event)| event.name() == "InstanceCreated").count();
            rest.parse() == Ok(created)
        }
        _ => return Err("this can not be expected".to_owned()),
    };
    if holds { Ok(()) } else { Err("that is not so".to_owned()) }
}

fn state(world: &World) -> &'static str {
    let own = record::AggregateId::from(world.last_instance);
    let ends = world.log().iter().filter(|(id, _)| *id == own).rev().find_map(|(_, event)| match event {
        record::Event::InstanceCompleted {} => Some("completed"),
        record::Event::InstanceTerminated {} => Some("terminated"),
        _ => None,
    });
    ends.unwrap_or("active")
}

#[test]
fn every_sample_does_what_its_page_says() {
    let mut wrong = Vec::new();
    let mut scripts = 0;
    for (name, text) in pages() {
        let samples = samples(&text);
        if samples.is_empty() {
            wrong.push(format!("{name} has no model"));
        }
        for (at, sample) in (1..).zip(&samples) {
            scripts += usize::from(!sample.script.is_empty());
            for (partitions, evict) in [(1, false), (3, true)] {
                if let Err(why) = run(sample, partitions, evict) {
                    wrong.push(format!("{name}, example {at}, {partitions} partitions: {why}"));
                    break;
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(scripts >= pages().len(), "a page without a run");
}

#[test]
fn every_page_has_the_same_sections() {
    for (name, text) in pages() {
        let mut headings: Vec<&str> = Vec::new();
        let mut code = false;
        for line in text.lines() {
            code ^= line.starts_with("```");
            if !code && line.starts_with('#') {
                headings.push(line);
            }
        }
        assert!(headings.first().is_some_and(|title| title.starts_with("# ")), "{name} has no title");
        assert_eq!(headings[1..], SECTIONS, "sections of {name}");
        let lines = text.lines().count();
        assert!((40..=120).contains(&lines), "{name} has {lines} lines");
    }
}

#[test]
fn a_page_that_says_what_is_not_so_is_found() {
    let model = dirigent_testkit::draw("s: startEvent\na: serviceTask\ne: endEvent\ns -> a -> e");
    let check = |script: &str| {
        let page = format!("```xml\n{model}\n```\ntext\n```script\n{script}\n```\n");
        let samples = samples(&page);
        assert_eq!(samples.len(), 1);
        run(&samples[0], 1, false)
    };
    assert_eq!(check("start p\nexpect waits for a\nexpect active\ncomplete a\nexpect completed"), Ok(()));
    for wrong in [
        "complete a",
        "expect completed",
        "expect terminated",
        "expect incident JOB_NO_RETRIES",
        "expect passed s a",
        "expect not passed s",
        "expect waits for b",
        "expect variables {\"x\":2}",
        "expect instances 2",
        "expect luck",
        "start nothing",
    ] {
        assert!(check(&format!("start p {{\"x\":1}}\n{wrong}")).is_err(), "{wrong}");
    }
    let refused = Sample { models: vec!["<definitions/>".to_owned()], script: String::new() };
    assert!(run(&refused, 1, false).is_err());
}
