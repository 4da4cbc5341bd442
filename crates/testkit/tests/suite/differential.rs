//! The engine against the second interpreter, on random processes and random stimuli.

use dirigent_testkit::EngineSubject;
use oracle::{Quirk, Subject, World, compare, compare_and_shrink};

/// Seeds of a run; `DIRIGENT_SEEDS` names another number, for long runs.
fn seeds() -> u64 {
    std::env::var("DIRIGENT_SEEDS").ok().and_then(|it| it.parse().ok()).unwrap_or(2_000)
}

/// Seeds beyond those of every run that once showed a difference: a message sent before a catcher was armed, and one kept
/// for a catcher armed before that.
const ONCE_DIFFERENT: [u64; 1] = [24_997];

#[test]
fn both_show_the_same() {
    let often = ONCE_DIFFERENT.map(|seed| (seed, (3, true)));
    // Every tenth one with three partitions and nothing kept in memory.
    let all = (0..seeds())
        .chain(ONCE_DIFFERENT)
        .map(|seed| (seed, if seed % 10 == 0 { (3, true) } else { (1, false) }));
    for (seed, (partitions, evict)) in all.chain(often) {
        let mut engine = EngineSubject::new(partitions, evict);
        if compare(seed, &mut World::new(), &mut engine).is_err() {
            let mut theirs = || Box::new(World::new()) as Box<dyn Subject>;
            let mut ours = || Box::new(EngineSubject::new(partitions, evict)) as Box<dyn Subject>;
            let found = compare_and_shrink(seed, &mut theirs, &mut ours).expect_err("it differed before");
            panic!("- the second interpreter, + the engine\n{found}");
        }
        engine.world().check_replay();
    }
}

/// The comparison is worth something only if it sees what is wrong.
#[test]
fn a_planted_bug_is_found() {
    for quirk in [Quirk::InclusiveJoinEarly, Quirk::CompensationForward, Quirk::BoundaryAlwaysInterrupts] {
        let differs = |seed: &u64| {
            compare(*seed, &mut World::with_quirk(quirk), &mut EngineSubject::new(1, false)).is_err()
        };
        assert!((0..200).any(|seed| differs(&seed)), "{quirk:?} was not found");
    }
}
