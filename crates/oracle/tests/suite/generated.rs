//! What is generated is valid and gets to work, and the comparison finds planted bugs.

use std::collections::BTreeMap;

use dirigent_oracle::{
    FEATURES, Outcome, Plan, Quirk, Random, World, compare, compare_and_shrink, generate, next_stimulus,
};

const SEEDS: u64 = 2000;

#[test]
fn every_model_is_valid_and_every_feature_occurs() {
    let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
    for seed in 0..SEEDS {
        let model = generate(seed);
        for feature in &model.features {
            *seen.entry(feature).or_default() += 1;
        }
        if let Err(problems) = World::new().deploy(&model.xml) {
            panic!("seed {seed}: {problems}\n{}", model.xml);
        }
    }
    let rare: Vec<_> = FEATURES.iter().filter(|it| seen.get(*it).copied().unwrap_or_default() < 20).collect();
    assert!(rare.is_empty(), "{rare:?}");
}

/// Blocks of a plan by number.
fn blocks<'p>(plan: &'p Plan, out: &mut BTreeMap<u32, &'p str>) {
    out.insert(plan.number, plan.block);
    plan.children.iter().for_each(|child| blocks(child, out));
}

#[test]
fn every_feature_is_reached_and_work_is_bounded() {
    let mut reached: BTreeMap<String, u32> = BTreeMap::new();
    for seed in 0..600 {
        let model = generate(seed);
        let mut world = World::new();
        world.deploy(&model.xml).unwrap_or_else(|problems| panic!("seed {seed}: {problems}"));
        let mut random = Random::new(seed);
        for _ in 0..28 {
            let stimulus = next_stimulus(&mut random, &model, &world.observe());
            assert_ne!(world.apply(&stimulus), Outcome::Unbounded, "seed {seed}: {stimulus}");
        }
        let mut numbers = BTreeMap::new();
        blocks(&model.plan, &mut numbers);
        let seen = world.observe();
        let rows = seen.instances.iter().flat_map(|instance| &instance.elements);
        let done = rows.filter(|(_, counts)| counts.completed > 0);
        let mut here: Vec<&str> = done
            .filter_map(|(id, _)| {
                let digits = id.rsplit(|it: char| !it.is_ascii_digit()).next()?;
                numbers.get(&digits.parse().ok()?).copied()
            })
            .collect();
        here.sort_unstable();
        here.dedup();
        here.into_iter().for_each(|block| *reached.entry(block.to_owned()).or_default() += 1);
    }
    // What is part of other blocks' patterns has no block of its own.
    let parts = [
        "end_cancel",
        "boundary_compensation",
        "handler_boundary",
        "boundary_cancel",
        "process_esp",
        "collaboration",
    ];
    let missing: Vec<_> = FEATURES
        .iter()
        .filter(|it| !parts.contains(it) && reached.get(**it).copied().unwrap_or_default() < 5)
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn the_interpreter_agrees_with_itself() {
    for seed in 0..300 {
        if let Err(difference) = compare(seed, &mut World::new(), &mut World::new()) {
            panic!("{difference}");
        }
    }
}

#[test]
fn every_planted_bug_is_found() {
    let mut found = BTreeMap::new();
    for quirk in Quirk::ALL {
        let differs = |seed: &u64| compare(*seed, &mut World::new(), &mut World::with_quirk(*quirk)).is_err();
        found.insert(*quirk, (0..200).find(differs));
    }
    let missed: Vec<_> = found.iter().filter(|(_, seed)| seed.is_none()).collect();
    assert!(missed.is_empty(), "{missed:?} in {found:?}");
}

#[test]
fn a_difference_is_made_smaller() {
    let wrong = || World::with_quirk(Quirk::LoopOnceMore);
    let whole = (0..200)
        .find_map(|seed| compare(seed, &mut World::new(), &mut wrong()).err())
        .expect("the planted bug is found");
    let small = compare_and_shrink(whole.seed, &mut || Box::new(World::new()), &mut || Box::new(wrong()))
        .expect_err("it still differs");
    assert!(small.xml.len() < whole.xml.len() && small.stimuli.len() <= whole.stimuli.len(), "{small}");
    assert!(small.xml.contains("standardLoopCharacteristics"), "{small}");
}
