//! Properties of the engine alone, over random processes of every kind of element with random stimuli: what begins ends
//! or lives, all ways of running it tell the same story, replay gives the same state, and a run that gets everything it
//! waits for ends, or has an incident, or keeps tokens at a join that nothing can reach any more.

use dirigent_testkit::EngineSubject;
use oracle::{
    Endings, Inspect, Model, Observation, Outcome, Random, Remains, State, Stimulus, Subject, generate,
    next_stimulus, run_to_the_end,
};
use record::AggregateId;

const SEEDS: u64 = 250;
/// Runs that are given everything to their end.
const ENDS: u64 = 100;
const STIMULI: usize = 30;

fn subject(partitions: u16, evict: bool, model: &Model) -> EngineSubject {
    let mut subject = EngineSubject::new(partitions, evict);
    subject.deploy(&model.xml).unwrap_or_else(|why| panic!("{why}\n{}", model.xml));
    subject
}

/// Every element instance that began has ended or is there.
fn check_conservation(seed: u64, seen: &Observation) {
    for instance in &seen.instances {
        for (id, counts) in &instance.elements {
            assert_eq!(
                counts.activated,
                counts.completed + counts.terminated + counts.live,
                "seed {seed}: `{id}` was lost or made twice\n{seen}"
            );
            if instance.state != State::Active {
                assert_eq!(counts.live, 0, "seed {seed}: `{id}` outlives its instance\n{seen}");
            }
        }
    }
}

/// What happened to each instance, in the order in which they were created.
fn histories(way: &EngineSubject) -> Vec<Vec<&str>> {
    let mut all: Vec<(&AggregateId, Vec<&str>)> = Vec::new();
    for (id, event) in way.world().log() {
        match all.iter_mut().find(|(other, _)| *other == id) {
            Some((_, events)) => events.push(event.name()),
            None if event.creates() => all.push((id, vec![event.name()])),
            None => {}
        }
    }
    all.into_iter().map(|(_, events)| events).collect()
}

#[test]
fn what_begins_ends_and_all_ways_of_running_agree() {
    for seed in 100_000..100_000 + SEEDS {
        let model = generate(seed);
        let mut ways = [(1, false), (3, false), (1, true), (3, true)]
            .map(|(partitions, evict)| subject(partitions, evict, &model));
        let mut random = Random::new(seed);
        for _ in 0..STIMULI {
            let seen = ways[0].observe();
            let stimulus = next_stimulus(&mut random, &model, &seen);
            for way in &mut ways {
                way.apply(&stimulus);
            }
            let seen = ways[0].observe();
            check_conservation(seed, &seen);
            for other in &ways[1..] {
                assert_eq!(seen, other.observe(), "seed {seed} after {stimulus}\n{}", model.xml);
            }
        }
        let histories: Vec<Vec<Vec<&str>>> = ways.iter().map(histories).collect();
        assert!(histories.windows(2).all(|pair| pair[0] == pair[1]), "seed {seed}: the histories differ");
        for way in &ways {
            way.world().check_replay();
        }
    }
}

/// An engine that some signals never reach.
struct Deaf(EngineSubject);

impl Subject for Deaf {
    fn deploy(&mut self, xml: &str) -> Result<(), String> {
        self.0.deploy(xml)
    }

    fn apply(&mut self, stimulus: &Stimulus) -> Outcome {
        match stimulus {
            Stimulus::Signal { .. } => Outcome::Done,
            other => self.0.apply(other),
        }
    }

    fn observe(&self) -> Observation {
        self.0.observe()
    }
}

impl Inspect for Deaf {
    fn remains(&self) -> Vec<Remains> {
        self.0.remains()
    }
}

#[test]
fn a_run_that_gets_what_it_waits_for_ends() {
    let mut sum = Endings::default();
    for seed in 200_000..200_000 + ENDS {
        let mut subject = EngineSubject::new(1, false);
        sum += run_to_the_end(seed, &mut subject).unwrap_or_else(|why| panic!("{why}"));
        check_conservation(seed, &subject.observe());
    }
    assert!(sum.completed > 50 && sum.endless * 10 < sum.completed, "{sum:?}");
}

#[test]
fn a_run_that_does_not_end_is_found() {
    let fails = |seed: &u64| run_to_the_end(*seed, &mut Deaf(EngineSubject::new(1, false))).is_err();
    assert!((0..60).any(|seed| fails(&seed)));
}
