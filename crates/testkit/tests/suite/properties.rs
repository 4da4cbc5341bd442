//! Properties of the engine alone, over random processes of every kind of element with random stimuli: what begins ends
//! or lives, all ways of running it tell the same story, replay gives the same state, and a run that gets everything it
//! waits for ends, or is stuck with an incident or at a join that nothing can reach any more.

use dirigent_testkit::EngineSubject;
use oracle::{Model, Observation, Random, State, Stimulus, Subject, generate, next_stimulus};
use record::AggregateId;

const SEEDS: u64 = 250;
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

/// Everything that is waited for happens: work is done, messages and signals come, time passes.
fn give_everything(model: &Model, subject: &mut EngineSubject) {
    for _ in 0..15 {
        let seen = subject.observe();
        // Events that begin instances or handlers again and again are not followed for ever.
        let enough = subject.world().log().len() > 5_000;
        if enough || seen.instances.iter().all(|instance| instance.state != State::Active) {
            return;
        }
        let waiting: Vec<(String, u32)> = seen
            .instances
            .iter()
            .flat_map(|instance| &instance.elements)
            .filter(|(_, counts)| counts.waiting > 0)
            .map(|(id, counts)| (id.clone(), counts.waiting))
            .collect();
        for (element_id, count) in waiting {
            for _ in 0..count {
                // Variables high enough that loops end and conditions hold.
                let variables = ["x", "y", "z"].map(|name| (name.to_owned(), oracle::Value::Int(3))).into();
                subject.apply(&Stimulus::Complete { element_id: element_id.clone(), nth: 0, variables });
            }
        }
        for name in &model.messages {
            subject.apply(&Stimulus::Message { name: name.clone() });
        }
        for name in &model.signals {
            subject.apply(&Stimulus::Signal { name: name.clone() });
        }
        subject.apply(&Stimulus::Advance { ms: 5_000 });
    }
}

#[test]
fn a_run_that_gets_what_it_waits_for_ends() {
    let mut ended = 0;
    for seed in 200_000..200_000 + SEEDS {
        let model = generate(seed);
        let mut subject = subject(1, false, &model);
        let mut random = Random::new(seed);
        while subject.observe().instances.is_empty() {
            let stimulus = next_stimulus(&mut random, &model, &subject.observe());
            subject.apply(&stimulus);
        }
        give_everything(&model, &mut subject);
        let seen = subject.observe();
        check_conservation(seed, &seen);
        let first = &seen.instances[0];
        let stuck = first.elements.values().any(|counts| counts.incidents > 0);
        let waits = first.elements.values().any(|counts| counts.live > 0);
        // Without anything live in it, an instance that is not over holds tokens at a join that can never fire.
        let joins = subject
            .world()
            .log()
            .iter()
            .any(|(_, event)| matches!(event, record::Event::SequenceFlowTaken { waits: true, .. }));
        let over = first.state != State::Active;
        assert!(
            over || stuck || waits || joins,
            "seed {seed} neither ended nor waits\n{seen}\n{}",
            model.xml
        );
        ended += u64::from(over);
    }
    assert!(ended * 10 >= SEEDS * 7, "only {ended} of {SEEDS} ended");
}
