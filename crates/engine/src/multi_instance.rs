//! Loops and multi-instance activities (BPMN 13.3.6, 13.3.7): a body that holds the boundary events, and iterations
//! that do the work.

use crate::compile::{Behavior, Looping, MultiInstance, Throw};
use crate::elements::ad_hoc_sub_process::counts;
use crate::expression::{Expression, Failure};
use crate::instance::{Loop, Role};
use crate::limits;
use crate::run::Run;
use crate::variables::Scopes;
use feel::Value;
use record::{Event, IncidentType, Json, Key, Rejection, RejectionKind, Str, Variables};

/// What is known about an iteration just before it ends, evaluated while its variables are there.
#[derive(Debug, Default)]
pub(crate) struct IterationEnd {
    /// What it adds to the output collection.
    output: Option<Json>,
    /// The completion condition is true, or the loop condition false.
    done: bool,
    /// Events of a complex behaviour that it throws, by position.
    thrown: Vec<usize>,
}

impl Run<'_> {
    /// Activates the body, and the first iterations.
    pub(crate) fn activate_body(&mut self, node: usize, key: Key, scope: Key) -> Result<(), Failure> {
        let process = self.process;
        let model = &process.nodes[node];
        let Some(looping) = &model.looping else { return Ok(()) };
        if self.listen_before_all(node, key, scope)? {
            return Ok(());
        }
        // What listeners brought, or a modification, is the body's own.
        let at = self.innermost(key, scope);
        let (total, items) = match looping {
            Looping::Standard { .. } => (0, Vec::new()),
            Looping::Multi(multi) => self.plan_iterations(multi, at)?,
        };
        let begins = match looping {
            Looping::Standard { test_before: true, condition, maximum } => {
                *maximum != Some(0) && self.loop_holds(condition.as_ref(), at, 0)?
            }
            Looping::Standard { maximum, .. } => *maximum != Some(0),
            Looping::Multi(_) => total > 0,
        };
        let waits = self.plan_activity(model, at)?;
        self.emit(Event::ElementActivated { key, ordinal: model.ordinal, scope });
        self.emit(Event::LoopStarted { key, total, items, chain: self.chain });
        self.open(key, waits);
        if begins {
            self.start_first(node, key);
        } else {
            self.complete_body(key);
        }
        Ok(())
    }

    fn plan_iterations(&mut self, multi: &MultiInstance, at: Key) -> Result<(u32, Vec<Json>), Failure> {
        let scopes = Scopes::new(self.instance, at);
        if let Some(collection) = &multi.collection {
            let (value, warnings) = collection.evaluate(&scopes, &mut self.evaluator)?;
            let Value::List(items) = &value else {
                return Err(collection.wrong_type("ARRAY", &value, &warnings));
            };
            let items: Vec<Json> = items.iter().map(|item| Json::trusted(item.to_json())).collect();
            return Ok((count(items.len() as i64)?, items));
        }
        let Some(cardinality) = &multi.cardinality else { return Ok((0, Vec::new())) };
        let number = cardinality.to_integer(&scopes, &mut self.evaluator)?;
        if number < 0 {
            let text = format!(
                "Expected '{}' to give the number of iterations, but it gave {number}, which is negative.",
                cardinality.source()
            );
            return Err(Failure::new(IncidentType::ExtractValueError, text));
        }
        Ok((count(number)?, Vec::new()))
    }

    /// True where a standard loop goes on.
    fn loop_holds(
        &mut self,
        condition: Option<&Expression>,
        at: Key,
        completed: u32,
    ) -> Result<bool, Failure> {
        let Some(condition) = condition else { return Ok(true) };
        let near = [(Str::from("loopCounter"), Value::from(i64::from(completed)))];
        let scopes = Scopes::with(self.instance, at, &near);
        condition.to_boolean(&scopes, &mut self.evaluator)
    }

    /// Begins one iteration; where they are parallel, the next one follows it.
    pub(crate) fn next_iteration(&mut self, node: usize, body: Key) {
        let process = self.process;
        let model = &process.nodes[node];
        let Some(looping) = &model.looping else { return };
        let state = self.loop_of(body);
        let counter = state.started + 1;
        if matches!(looping, Looping::Multi(_)) && counter > state.total || state.fulfilled {
            return;
        }
        // Each iteration has what the loop had when it began.
        self.chain.hops = self.chain.hops.min(state.chain.hops.saturating_add(1));
        let key = self.key();
        self.emit(Event::IterationStarted { key, ordinal: model.ordinal, scope: body, counter });
        let number = Json::trusted(counter.to_string());
        let mut variables: Variables = vec![(Str::from("loopCounter"), number)];
        let mut parallel = false;
        if let Looping::Multi(multi) = looping {
            parallel = !multi.sequential;
            let items = self.whole_loop(body).map_or(&[][..], |whole| &whole.items);
            if let (Some(name), Some(item)) = (&multi.item, items.get(counter as usize - 1)) {
                variables.push((name.clone(), item.clone()));
            }
            // What is collected is the iteration's own, so that one does not overwrite the other's.
            let own = multi.output_element.as_ref().and_then(variable_of);
            if let Some(own) = own.filter(|own| !variables.iter().any(|(name, _)| name == own)) {
                variables.push((own, Json::null()));
            }
        }
        self.set_local(key, variables);
        self.start(node, key);
        if parallel && counter < state.total {
            self.start_first(node, body);
        }
    }

    /// How far a loop is; its items and outputs, which may be many, stay where they are.
    fn loop_of(&self, body: Key) -> Loop {
        match self.whole_loop(body) {
            Some(whole) => Loop { items: Vec::new(), outputs: Vec::new(), waiting: Vec::new(), ..*whole },
            None => Loop::default(),
        }
    }

    fn whole_loop(&self, body: Key) -> Option<&Loop> {
        self.instance.element(body)?.looping.as_deref()
    }

    /// Evaluates what has to be known of an iteration before its variables are gone.
    pub(crate) fn before_iteration_ends(&mut self, node: usize, key: Key) -> Result<IterationEnd, Failure> {
        let process = self.process;
        let Some(looping) = &process.nodes[node].looping else { return Ok(IterationEnd::default()) };
        let Some(element) = self.instance.element(key) else { return Ok(IterationEnd::default()) };
        let body = element.scope;
        let state = self.loop_of(body);
        let completed = state.completed + 1;
        match looping {
            Looping::Standard { condition, maximum, .. } => {
                let capped = maximum.is_some_and(|maximum| completed >= maximum);
                if !capped && completed >= limits::MAX_ITERATIONS {
                    return Err(too_many(i64::from(completed)));
                }
                let done = capped || !self.loop_holds(condition.as_ref(), key, completed)?;
                Ok(IterationEnd { done, ..IterationEnd::default() })
            }
            Looping::Multi(multi) => {
                let output = match (&multi.output_collection, &multi.output_element) {
                    (Some(_), Some(element)) => {
                        let scopes = Scopes::new(self.instance, key);
                        Some(element.to_json(&scopes, &mut self.evaluator)?)
                    }
                    _ => None,
                };
                let active = state.started - state.completed - state.terminated - 1;
                let near = counts(state.total, active, completed, state.terminated);
                let done = match &multi.completion {
                    Some(condition) => {
                        let scopes = Scopes::with(self.instance, key, &near);
                        condition.to_boolean(&scopes, &mut self.evaluator)?
                    }
                    None => false,
                };
                let mut thrown = Vec::new();
                if let Behavior::Complex(events) = &multi.behavior {
                    for (at, (condition, _)) in events.iter().enumerate() {
                        let scopes = Scopes::with(self.instance, key, &near);
                        if condition.to_boolean(&scopes, &mut self.evaluator)? {
                            thrown.push(at);
                        }
                    }
                }
                Ok(IterationEnd { output, done, thrown })
            }
        }
    }

    /// An iteration ended; the next one begins, or the body is done.
    pub(crate) fn iteration_ended(&mut self, body: Key, counter: u32, completed: bool, end: IterationEnd) {
        let IterationEnd { output, done, thrown } = end;
        self.emit(Event::IterationEnded { body, counter, completed, output });
        let Some((node, model)) = self.node_of(body) else { return };
        let Some(looping) = &model.looping else { return };
        if let Looping::Multi(multi) = looping
            && completed
        {
            self.throw_of_behavior(multi, body, &thrown);
            // The activity may have been interrupted by its own boundary event.
            if !self.instance.is_live(body) {
                return;
            }
        }
        if done {
            self.terminate_children(body);
            return self.complete_body(body);
        }
        let state = self.loop_of(body);
        let next = match looping {
            Looping::Standard { .. } => true,
            Looping::Multi(multi) => {
                multi.sequential
                    && state.started < state.total
                    && state.started == state.completed + state.terminated
            }
        };
        if next {
            return self.start(node, body);
        }
        if state.completed + state.terminated >= state.total {
            self.complete_body(body);
        }
    }

    fn throw_of_behavior(&mut self, multi: &MultiInstance, body: Key, thrown: &[usize]) {
        let first = self.loop_of(body).completed == 1;
        let events: Vec<&Throw> = match &multi.behavior {
            Behavior::All => Vec::new(),
            Behavior::None(event) => vec![event],
            Behavior::One(event) if first => vec![event],
            Behavior::One(_) => Vec::new(),
            Behavior::Complex(events) => {
                thrown.iter().filter_map(|at| events.get(*at)).map(|(_, event)| event).collect()
            }
        };
        for event in events {
            if self.instance.is_live(body) {
                self.throw_behavior(body, event);
            }
        }
    }

    /// All iterations are done: what they collected leaves the body.
    fn complete_body(&mut self, body: Key) {
        let Some((_, model)) = self.node_of(body) else { return };
        let Some(scope) = self.instance.element(body).map(|element| element.scope) else { return };
        if let Some(Looping::Multi(multi)) = &model.looping
            && let Some(name) = &multi.output_collection
        {
            let total = self.loop_of(body).total as usize;
            let mut outputs = self.whole_loop(body).map_or_else(Vec::new, |whole| whole.outputs.clone());
            outputs.resize(total, Json::null());
            let list: Vec<&str> = outputs.iter().map(Json::as_str).collect();
            let list = Json::trusted(format!("[{}]", list.join(",")));
            self.merge(scope, vec![(name.clone(), list)]);
        }
        self.complete(body);
    }

    // ---- changes at run time

    pub(crate) fn add_iteration(&mut self, element: Key, item: &Json) -> Result<(), Rejection> {
        let body = self.body_of(element)?;
        let state = self.loop_of(body);
        let Some((node, _)) = self.node_of(body) else { return Err(no_body(element)) };
        if state.total + 1 > limits::MAX_ITERATIONS {
            return Err(Rejection::new(
                RejectionKind::InvalidState,
                too_many(i64::from(state.total)).message,
            ));
        }
        let waits_for_turn = state.started < state.total;
        self.emit(Event::IterationAdded { body, item: item.clone() });
        // A sequential one comes to it by itself; parallel ones that are all begun need another token.
        let sequential = match &self.process.nodes[node].looping {
            Some(Looping::Multi(multi)) => multi.sequential,
            _ => return Err(no_body(element)),
        };
        if !sequential && !waits_for_turn {
            self.start(node, body);
        }
        Ok(())
    }

    pub(crate) fn remove_iteration(&mut self, element: Key) -> Result<(), Rejection> {
        let found = self.instance.element(element).filter(|it| it.role == Role::Iteration);
        let Some((scope, counter)) = found.map(|it| (it.scope, it.counter)) else {
            return Err(no_iteration(element));
        };
        self.terminate(element);
        self.iteration_ended(scope, counter, false, IterationEnd::default());
        Ok(())
    }

    fn body_of(&self, element: Key) -> Result<Key, Rejection> {
        let mut at = element;
        for _ in 0..2 {
            match self.instance.element(at) {
                Some(found) if found.role == Role::Body => return Ok(at),
                Some(found) if found.role == Role::Iteration => at = found.scope,
                _ => break,
            }
        }
        Err(no_body(element))
    }
}

pub(crate) fn no_iteration(element: Key) -> Rejection {
    let text = format!(
        "Expected to remove the iteration with key '{element}', but no such iteration of a multi-instance activity is active"
    );
    Rejection::new(RejectionKind::NotFound, text)
}

pub(crate) fn no_body(element: Key) -> Rejection {
    let text = format!(
        "Expected to add an iteration to the multi-instance activity with key '{element}', but no such activity is active"
    );
    Rejection::new(RejectionKind::NotFound, text)
}

fn count(number: i64) -> Result<u32, Failure> {
    match u32::try_from(number) {
        Ok(count) if count <= limits::MAX_ITERATIONS => Ok(count),
        _ => Err(too_many(number)),
    }
}

fn too_many(number: i64) -> Failure {
    let text = format!(
        "{number} iterations are more than {}: give the loop an end, or split the collection",
        limits::MAX_ITERATIONS
    );
    Failure::new(IncidentType::ExtractValueError, text)
}

/// The variable that an expression such as `result` or `result.total` reads.
fn variable_of(expression: &Expression) -> Option<Str> {
    let source = expression.source().trim();
    let first = source.split('.').next()?;
    let plain = |text: &str| {
        text.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && text.chars().all(|c| c.is_alphanumeric() || c == '_')
    };
    let keyword = matches!(first, "true" | "false" | "null" | "if" | "for" | "some" | "every" | "function");
    (source.split('.').all(plain) && !keyword).then(|| Str::from(first))
}
