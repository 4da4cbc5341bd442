//! Every run ends, and the check that says so finds those that do not.

use dirigent_oracle::{Endings, Quirk, World, run_to_the_end};

#[test]
fn every_run_ends() {
    let mut sum = Endings::default();
    for seed in 0..400 {
        sum += run_to_the_end(seed, &mut World::new()).unwrap_or_else(|why| panic!("{why}"));
    }
    assert!(sum.completed > 200 && sum.kept > 0 && sum.endless * 20 < sum.completed, "{sum:?}");
}

#[test]
fn a_run_that_does_not_end_is_found() {
    for quirk in
        [Quirk::ParallelJoinNeverFires, Quirk::SubProcessNeverEnds, Quirk::EventSubProcessNeverInterrupts]
    {
        let fails = |seed: &u64| run_to_the_end(*seed, &mut World::with_quirk(quirk)).is_err();
        assert!((0..60).any(|seed| fails(&seed)), "{quirk:?} was not found");
    }
}
