//! What is generated is valid, and the comparison finds planted bugs.

use std::collections::BTreeMap;

use dirigent_oracle::{FEATURES, Quirk, World, compare, compare_and_shrink, generate};

const SEEDS: u64 = 2000;

#[test]
fn every_model_is_valid_and_every_feature_occurs() {
    let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
    let mut problems: BTreeMap<String, (u32, u64)> = BTreeMap::new();
    for seed in 0..SEEDS {
        let model = generate(seed);
        for feature in &model.features {
            *seen.entry(feature).or_default() += 1;
        }
        if let Err(text) = World::new().deploy(&model.xml) {
            for line in text.lines() {
                problems
                    .entry(line.split(" (").next().unwrap_or_default().to_owned())
                    .or_insert((0, seed))
                    .0 += 1;
            }
        }
    }
    assert!(
        problems.is_empty(),
        "{problems:#?}\n{}",
        generate(problems.values().next().map_or(0, |it| it.1)).xml
    );
    let missing: Vec<&&str> = FEATURES.iter().filter(|it| !seen.contains_key(*it)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    let rare: Vec<_> = seen.iter().filter(|(_, count)| **count < 10).collect();
    assert!(rare.is_empty(), "{rare:?}");
}

#[test]
fn the_interpreter_agrees_with_itself() {
    for seed in 0..SEEDS {
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
    let missed: Vec<_> = found.iter().filter(|(_, seed)| seed.is_none()).map(|(quirk, _)| quirk).collect();
    assert!(missed.is_empty(), "{missed:?} in {found:?}");
}

#[test]
fn a_difference_is_made_smaller() {
    let seed = (0..200)
        .find(|seed| compare(*seed, &mut World::new(), &mut World::with_quirk(Quirk::LoopOnceMore)).is_err())
        .expect("the planted bug is found");
    let whole = compare(seed, &mut World::new(), &mut World::with_quirk(Quirk::LoopOnceMore))
        .expect_err("it differs");
    let small = compare_and_shrink(seed, &mut || Box::new(World::new()), &mut || {
        Box::new(World::with_quirk(Quirk::LoopOnceMore))
    })
    .expect_err("it differs");
    assert!(small.xml.len() <= whole.xml.len() && small.stimuli.len() <= whole.stimuli.len());
    assert!(small.xml.contains("standardLoopCharacteristics"), "{small}");
}
