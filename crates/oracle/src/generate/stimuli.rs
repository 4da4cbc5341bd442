//! What to do next to a model, decided from what is seen of one interpreter.

use super::scopes::CALLS_PERSON;
use super::{Effect, Model, Random};
use crate::subject::{Observation, State, Stimulus, TICK_MS};
use crate::value::{Value, Variables};

/// Instances of a model in one comparison.
const INSTANCES: usize = 6;

/// The next stimulus for a model.
pub fn next_stimulus(random: &mut Random, model: &Model, seen: &Observation) -> Stimulus {
    if seen.instances.is_empty() {
        return start(random, model);
    }
    let waiting = waiting(seen);
    let draw = random.below(100);
    match draw {
        0..57 if !waiting.is_empty() => complete(random, model, seen, &waiting),
        57..63 if !waiting.is_empty() && (catches_errors(model) || random.chance(15)) => {
            let (element, nth, _) = random.pick(&waiting).clone();
            // People complete their tasks; only workers throw errors.
            let is_for_people = model.xml.contains(&format!("<userTask id=\"{element}\""));
            if is_for_people || element.starts_with(CALLS_PERSON) {
                return complete(random, model, seen, &waiting);
            }
            let code = random.pick(&["E0", "E1", "E1", "E9"]).to_string();
            Stimulus::Error { element_id: element, nth, code }
        }
        63..68 => {
            let name = *random.pick(&["x", "y", "z"]);
            let value = Value::Int(small(random));
            Stimulus::SetVariables { variables: Variables::from([(name.to_owned(), value)]) }
        }
        68..71 if seen.instances.len() < INSTANCES => start(random, model),
        71 => Stimulus::Cancel,
        72..82 if !model.signals.is_empty() => Stimulus::Signal { name: random.pick(&model.signals).clone() },
        82..92 if !model.messages.is_empty() => {
            Stimulus::Message { name: random.pick(&model.messages).clone() }
        }
        92..95 if model.conditional_start && seen.instances.len() < INSTANCES => {
            let mut variables = model.variables.clone();
            let drawn = ["x", "y", "z"].map(|name| (name.to_owned(), Value::Int(small(random))));
            variables.extend(drawn);
            Stimulus::Conditions { variables }
        }
        _ => Stimulus::Advance { ms: TICK_MS * (1 + random.below(4)) },
    }
}

fn start(random: &mut Random, model: &Model) -> Stimulus {
    match model.processes.is_empty() {
        true => Stimulus::Advance { ms: TICK_MS },
        false => Stimulus::Start {
            process: random.pick(&model.processes).clone(),
            variables: model.variables.clone(),
        },
    }
}

fn catches_errors(model: &Model) -> bool {
    ["boundary_error", "boundary_error_catch_all", "esp_error", "called_error", "handler_boundary"]
        .iter()
        .any(|it| model.features.contains(it))
        || model.features.iter().any(|it| it.contains("multiple"))
}

/// Tasks that wait, as (element, number among those of the element, instance).
fn waiting(seen: &Observation) -> Vec<(String, usize, usize)> {
    let mut out: Vec<(String, usize, usize)> = Vec::new();
    for (index, instance) in seen.instances.iter().enumerate() {
        if instance.state != State::Active {
            continue;
        }
        for (id, counts) in &instance.elements {
            for _ in 0..counts.waiting {
                let nth = out.iter().filter(|(other, _, _)| other == id).count();
                out.push((id.clone(), nth, index));
            }
        }
    }
    out
}

/// Completes one of the tasks that wait.
pub(crate) fn completion(random: &mut Random, model: &Model, seen: &Observation) -> Option<Stimulus> {
    let waiting = waiting(seen);
    (!waiting.is_empty()).then(|| complete(random, model, seen, &waiting))
}

fn complete(
    random: &mut Random,
    model: &Model,
    seen: &Observation,
    waiting: &[(String, usize, usize)],
) -> Stimulus {
    let (element_id, nth, instance) = random.pick(waiting).clone();
    let known = &seen.instances[instance].variables;
    let mut variables = Variables::new();
    for effect in model.effects.get(&element_id).into_iter().flatten() {
        match effect {
            Effect::Count(name) => {
                let next = match known.get(name) {
                    Some(Value::Int(count)) => count + 1,
                    _ => 1,
                };
                variables.insert(name.clone(), Value::Int(next));
            }
            Effect::Initialise => variables.extend(model.variables.clone()),
            Effect::Random(name) => {
                variables.insert(name.clone(), Value::Int(small(random)));
            }
        }
    }
    if random.chance(60) {
        let name = *random.pick(&["x", "y", "z"]);
        variables.insert(name.to_owned(), Value::Int(small(random)));
    }
    Stimulus::Complete { element_id, nth, variables }
}

fn small(random: &mut Random) -> i64 {
    i64::try_from(random.below(6)).unwrap_or_default()
}
