//! Two interpreters, one model, the same stimuli: do they show the same?

use std::fmt;

use crate::generate::{Model, Random, draw, generate, next_stimulus};
use crate::subject::{Outcome, Stimulus, Subject};

/// Stimuli of one comparison.
const STIMULI: usize = 28;

/// How many smaller models and shorter lists of stimuli are tried.
const TRIES: usize = 400;

/// Where two interpreters differ.
#[derive(Debug, Clone)]
pub struct Difference {
    /// Seed of the model and of the stimuli.
    pub seed: u64,
    /// The model.
    pub xml: String,
    /// What was done; the last of it shows the difference.
    pub stimuli: Vec<Stimulus>,
    /// Lines of the first interpreter with `-`, of the second with `+`.
    pub diff: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "seed {}\n{}", self.seed, self.xml)?;
        for stimulus in &self.stimuli {
            writeln!(f, "{stimulus}")?;
        }
        f.write_str(&self.diff)
    }
}

/// Compares two fresh interpreters on the model of a seed. The first decides what to do next.
///
/// # Errors
/// Where they differ.
pub fn compare(seed: u64, a: &mut dyn Subject, b: &mut dyn Subject) -> Result<(), Difference> {
    let model = generate(seed);
    run(seed, &model, a, b, None).map_err(|it| *it)
}

/// Like [`compare`], and makes model and stimuli of a difference smaller; `a` and `b` make fresh interpreters.
///
/// # Errors
/// Where they differ.
pub fn compare_and_shrink(
    seed: u64,
    a: &mut dyn FnMut() -> Box<dyn Subject>,
    b: &mut dyn FnMut() -> Box<dyn Subject>,
) -> Result<(), Difference> {
    let mut model = generate(seed);
    let Err(found) = run(seed, &model, &mut *a(), &mut *b(), None) else { return Ok(()) };
    let mut best = *found;
    let mut tries = 0;
    'again: while tries < TRIES {
        for index in 0..best.stimuli.len() {
            let mut fewer = best.stimuli.clone();
            fewer.remove(index);
            tries += 1;
            if let Err(found) = run(seed, &model, &mut *a(), &mut *b(), Some(&fewer)) {
                best = *found;
                continue 'again;
            }
        }
        for plan in model.plan.smaller() {
            let smaller = draw(&plan);
            tries += 1;
            if tries >= TRIES {
                break;
            }
            if let Err(found) = run(seed, &smaller, &mut *a(), &mut *b(), Some(&best.stimuli)) {
                best = *found;
                model = smaller;
                continue 'again;
            }
        }
        break;
    }
    Err(best)
}

/// Runs a model in both; `fixed` are the stimuli, else they are chosen as they come.
fn run(
    seed: u64,
    model: &Model,
    a: &mut dyn Subject,
    b: &mut dyn Subject,
    fixed: Option<&[Stimulus]>,
) -> Result<(), Box<Difference>> {
    let mut stimuli = Vec::new();
    let difference = |stimuli: Vec<Stimulus>, diff: String| {
        Err(Box::new(Difference { seed, xml: model.xml.clone(), stimuli, diff }))
    };
    match (a.deploy(&model.xml), b.deploy(&model.xml)) {
        (Ok(()), Ok(())) => {}
        // A smaller plan may be no valid model; that both refuse it is no difference.
        (Err(_), Err(_)) if fixed.is_some() => return Ok(()),
        (first, second) => return difference(stimuli, format!("deployed: - {first:?}\n+ {second:?}\n")),
    }
    let mut random = Random::new(seed.wrapping_mul(31).wrapping_add(7));
    let count = fixed.map_or(STIMULI, <[Stimulus]>::len);
    for index in 0..count {
        let stimulus = match fixed {
            Some(fixed) => fixed[index].clone(),
            None => next_stimulus(&mut random, model, &a.observe()),
        };
        stimuli.push(stimulus.clone());
        let (first, second) = (a.apply(&stimulus), b.apply(&stimulus));
        if !first.agrees(&second) {
            return difference(stimuli, format!("- {first:?}\n+ {second:?}\n"));
        }
        if first == Outcome::Unbounded {
            return difference(stimuli, "both do more work than a model may cause\n".to_owned());
        }
        let (left, right) = (a.observe(), b.observe());
        if left != right {
            return difference(stimuli, left.diff(&right));
        }
    }
    Ok(())
}
