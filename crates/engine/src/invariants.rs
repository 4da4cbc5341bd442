//! What holds of every process instance after a step, checked before the step's events reach the log.
//!
//! A step that breaks one of these is a bug. It must not become durable, so the check panics: whoever runs steps
//! discards one that panics and refuses its command.
//!
//! **Invariant**: the check costs at most about [`SMALL`] look-ups a step. A larger instance is checked as a whole now
//! and then, so often that this holds on average.

use crate::instance::{ElementInstance, Instance, find};
use record::Key;
use smallvec::SmallVec;

/// Things in an instance up to which every step is followed by a whole check.
const SMALL: usize = 64;

/// Checks an instance after a step; `seed` is the step's, and says whether it is the turn of a large one.
///
/// # Panics
/// An invariant does not hold. Nothing of the step may be kept.
pub(crate) fn check(instance: &Instance, seed: u64) {
    let size = instance.elements.len()
        + instance.jobs.len()
        + instance.timers.len()
        + instance.subscriptions.len()
        + instance.conditions.len()
        + instance.incidents.len()
        + instance.tasks.len();
    // The lower bits of a seed may be put to other uses.
    let is_due = size <= SMALL || (seed >> 17).is_multiple_of((size / SMALL) as u64);
    if is_due && let Some(broken) = broken(instance) {
        violated(instance.key, &broken);
    }
}

#[cold]
fn violated(instance: Key, what: &str) -> ! {
    panic!("an invariant of instance {instance} does not hold: {what}");
}

/// What does not hold, if anything.
fn broken(instance: &Instance) -> Option<String> {
    if instance.ended {
        return left(instance).map(|what| format!("it has ended, and there are {what} left"));
    }
    let Some(root) = instance.elements.first() else { return Some("it has no root".to_owned()) };
    if root.key != instance.key {
        return Some(format!("its first element instance is {}", root.key));
    }
    if let Some(pair) = instance.elements.windows(2).find(|pair| pair[0].key >= pair[1].key) {
        return Some(format!("element instance {} stands before {}", pair[0].key, pair[1].key));
    }
    children(instance).or_else(|| owners(instance))
}

/// Every scope is live and knows how many element instances are in it.
fn children(instance: &Instance) -> Option<String> {
    let elements = &instance.elements;
    // Most instances are small, and most are looked at here.
    if let [root, only] = &elements[..] {
        if root.children == 1 && only.children == 0 && only.scope == root.key {
            return None;
        }
    } else if let [root] = &elements[..]
        && root.children == 0
    {
        return None;
    }
    let mut counts: SmallVec<[u32; SMALL]> = SmallVec::from_elem(0, elements.len());
    // Most element instances are in the root, or in the scope of the one before.
    let mut scope = 0;
    for element in &elements[1..] {
        if elements[scope].key != element.scope {
            let found = elements.binary_search_by_key(&element.scope, |other| other.key);
            let Ok(at) = found else {
                return Some(format!(
                    "element instance {} is in scope {}, which is gone",
                    element.key, element.scope
                ));
            };
            scope = at;
        }
        counts[scope] += 1;
    }
    let wrong = elements.iter().zip(&counts).find(|(element, count)| element.children != **count);
    wrong.map(|(element, count)| {
        format!("element instance {} counts {} children and has {count}", element.key, element.children)
    })
}

/// Whatever waits belongs to a live element instance.
fn owners(instance: &Instance) -> Option<String> {
    let Instance { elements, jobs, timers, subscriptions, conditions, incidents, tasks, .. } = instance;
    lost(elements, "job", jobs, |it| (it.key, it.element))
        .or_else(|| lost(elements, "timer", timers, |it| (it.key, it.element)))
        .or_else(|| lost(elements, "subscription", subscriptions, |it| (it.key, it.element)))
        .or_else(|| lost(elements, "condition", conditions, |it| (it.key, it.element)))
        .or_else(|| lost(elements, "incident", incidents, |it| (it.key, it.element)))
        .or_else(|| lost(elements, "user task", tasks, |it| (it.key, it.element)))
        .or_else(|| {
            let mut with_job = elements.iter().filter(|element| !element.job.is_none());
            let lost = with_job.find(|element| find(jobs, element.job).is_none())?;
            Some(format!("element instance {} has job {}, which is gone", lost.key, lost.job))
        })
}

/// The first of some things whose element instance, the second of `keys`, is not there.
fn lost<T>(
    elements: &[ElementInstance],
    what: &str,
    things: &[T],
    keys: impl Fn(&T) -> (Key, Key),
) -> Option<String> {
    let (key, owner) = things.iter().map(keys).find(|(_, owner)| find(elements, *owner).is_none())?;
    Some(format!("{what} {key} belongs to element instance {owner}, which is gone"))
}

/// What an instance that has ended still has. Its tokens, also those at joins, are given up without a word.
fn left(instance: &Instance) -> Option<String> {
    let counts = [
        (instance.elements.len().saturating_sub(1), "element instances"),
        (instance.jobs.len(), "jobs"),
        (instance.timers.len(), "timers"),
        (instance.subscriptions.len(), "subscriptions"),
        (instance.conditions.len(), "conditions"),
        (instance.incidents.len(), "incidents"),
        (instance.tasks.len(), "user tasks"),
    ];
    counts.into_iter().find(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instance::{Incident, Job, Subscription, Timer, UserTask};

    /// An instance with a sub-process and a task with a job in it.
    fn sound() -> Instance {
        let element = |key, scope, children, job| ElementInstance {
            key: Key(key),
            scope: Key(scope),
            children,
            job: Key(job),
            ..ElementInstance::default()
        };
        Instance {
            key: Key(64),
            elements: vec![
                element(64, 0, 2, 0),
                element(66, 64, 1, 0),
                element(67, 66, 0, 70),
                element(68, 64, 0, 0),
            ],
            jobs: vec![Job { key: Key(70), element: Key(67), ..Job::default() }],
            ..Instance::default()
        }
    }

    fn seen(change: impl FnOnce(&mut Instance)) -> String {
        let mut instance = sound();
        change(&mut instance);
        broken(&instance).unwrap_or_default()
    }

    #[test]
    fn what_is_sound_passes() {
        check(&sound(), 0);
        let ended =
            Instance { key: Key(64), ended: true, waiting: vec![(Key(64), 3)], ..Instance::default() };
        check(&ended, 0);
    }

    #[test]
    fn every_breach_is_seen() {
        assert!(seen(|it| it.elements.swap(1, 2)).contains("stands before"));
        assert!(seen(|it| it.elements[1].children = 2).contains("counts 2 children and has 1"));
        assert!(seen(|it| it.elements[3].scope = Key(65)).contains("in scope 65, which is gone"));
        assert!(seen(|it| drop(it.elements.remove(2))).contains("counts 1 children"));
        assert!(seen(|it| it.elements.clear()).contains("no root"));
        assert!(seen(|it| it.jobs[0].element = Key(69)).contains("job 70 belongs"));
        assert!(seen(|it| it.jobs.clear()).contains("has job 70, which is gone"));
        let owner = Key(65);
        assert!(seen(|it| it.timers.push(Timer { element: owner, ..Timer::default() })).contains("timer"));
        let subscription = Subscription { element: owner, ..Subscription::default() };
        assert!(seen(|it| it.subscriptions.push(subscription)).contains("subscription"));
        assert!(
            seen(|it| it.incidents.push(Incident { element: owner, ..Incident::default() }))
                .contains("incident")
        );
        assert!(
            seen(|it| it.tasks.push(UserTask { element: owner, ..UserTask::default() }))
                .contains("user task")
        );
        assert!(seen(|it| it.ended = true).contains("3 element instances left"));
    }

    #[test]
    #[should_panic(expected = "an invariant of instance 64 does not hold")]
    fn a_breach_stops_the_step() {
        let mut instance = sound();
        instance.elements[1].children = 2;
        check(&instance, 1 << 20);
    }

    #[test]
    fn a_large_instance_is_checked_now_and_then() {
        let mut instance = sound();
        instance.elements[1].children = 1_001;
        instance.elements.extend((100..1_100).map(|key| ElementInstance {
            key: Key(key),
            scope: Key(66),
            ..ElementInstance::default()
        }));
        check(&instance, 0);
        instance.elements[1].children = 1_000;
        let sees = |seed: &u64| std::panic::catch_unwind(|| check(&instance, seed << 17)).is_err();
        let seen = (0..150_u64).filter(sees).count();
        assert_eq!(seen, 10, "once in size by {SMALL}");
    }
}
