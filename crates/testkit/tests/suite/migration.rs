//! Migration to the same process in another document order, over random processes with random stimuli: what happens
//! afterwards is what happens without.

use dirigent_testkit::{EngineSubject, Migration};
use oracle::{Random, Stimulus, Subject, generate, next_stimulus};

const SEEDS: u64 = 100;
const STIMULI: usize = 30;

fn subject(models: [&str; 2]) -> EngineSubject {
    let mut subject = EngineSubject::new(1, false);
    // The one deployed last is started and called, in both.
    for xml in models {
        subject.deploy(xml).unwrap_or_else(|why| panic!("{why}\n{xml}"));
    }
    subject
}

/// What happened behind the part of the trace that was seen already, but for the migrations themselves, and for
/// versions: a call activity calls what was deployed with it.
fn history(subject: &EngineSubject, seen: usize) -> Vec<&str> {
    let lines =
        subject.world().trace[seen..].lines().map(str::trim).filter(|line| *line != "InstanceMigrated");
    lines
        .map(|line| if line.starts_with("created ") { line.split(" v").next().unwrap_or(line) } else { line })
        .collect()
}

/// Runs the model of a seed with and without migrations to the other order, with a change in it; how many there were, or
/// the first difference.
fn compare(seed: u64, change: (&str, &str)) -> Result<u32, String> {
    let model = generate(seed);
    let other = match change.0 {
        "" => model.reordered.clone(),
        from => model.reordered.replace(from, change.1),
    };
    let models = [&*other, &*model.xml];
    let (mut stays, mut migrates) = (subject(models), subject(models));
    let (mut random, mut moments) = (Random::new(seed), Random::new(seed.wrapping_add(1)));
    let (mut count, mut done) = (0, Vec::<String>::new());
    let mut seen = (stays.world().trace.len(), migrates.world().trace.len());
    for _ in 0..STIMULI {
        let stimulus: Stimulus = next_stimulus(&mut random, &model, &stays.observe());
        done.push(stimulus.to_string());
        stays.apply(&stimulus);
        migrates.apply(&stimulus);
        let (one, other) = (history(&stays, seen.0), history(&migrates, seen.1));
        seen = (stays.world().trace.len(), migrates.world().trace.len());
        if let Some(at) = (0..one.len().max(other.len())).find(|at| one.get(*at) != other.get(*at)) {
            let near = |lines: &[&str]| {
                lines[at.min(lines.len())..].iter().take(4).map(|it| (*it).to_owned()).collect::<Vec<_>>()
            };
            return Err(format!(
                "seed {seed}:\n{}\nwithout migration {:?}, with {:?}\n{}",
                done.join("\n"),
                near(&one),
                near(&other),
                model.xml
            ));
        }
        if moments.chance(25) {
            let which = if moments.chance(50) { Migration::Everything } else { Migration::Active };
            let moved = migrates.migrate(which);
            moved.map_err(|why| format!("seed {seed}: {which:?}: {}\n{}", why.reason, model.xml))?;
            done.push(format!("migrated {which:?}"));
            count += 1;
        }
    }
    migrates.world().check_replay();
    Ok(count)
}

#[test]
fn nothing_changes_in_the_same_process() {
    let seeds = 300_000..300_000 + SEEDS;
    let counts = seeds.map(|seed| compare(seed, ("", "")).unwrap_or_else(|why| panic!("{why}")));
    let count: u32 = counts.sum();
    assert!(count > 400, "{count} migrations");
}

/// The comparison is worth something only if it sees what is wrong.
#[test]
fn a_process_that_is_not_the_same_is_seen() {
    for change in [("&lt;", "&gt;"), ("PT2S", "PT3S"), ("isSequential=\"true\"", "isSequential=\"false\"")] {
        let differs = |seed: u64| compare(seed, change).is_err();
        assert!((300_000..300_100).any(differs), "{change:?} was not found");
    }
}
