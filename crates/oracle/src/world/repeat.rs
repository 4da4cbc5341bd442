//! Loop markers: standard loops and multi-instance activities (13.3.6, 13.3.7).

use bpmn::model::{EventTrigger, LoopCharacteristics, MultiInstance};

use super::state::{Id, Instance, Kind, ROOT, Record};
use crate::quirk::Quirk;
use crate::value::{Value, Variables};

/// More iterations than any model of the comparison has; a loop that would go on is an incident.
const ITERATIONS: u32 = 1000;

fn number(count: u32) -> Value {
    Value::Int(i64::from(count))
}

impl Instance {
    pub(crate) fn start_loop(&mut self, id: Id, test_before: bool) {
        match test_before && !self.loop_continues(id) {
            true => self.loop_done(id),
            false => self.next_iteration(id),
        }
    }

    /// The condition and the maximum of a standard loop.
    fn loop_continues(&mut self, id: Id) -> bool {
        let Some(node) = self.lives[&id].node else { return false };
        let Some(LoopCharacteristics::Standard { condition, maximum, .. }) =
            self.node(node).loop_characteristics.clone()
        else {
            return false;
        };
        let completed = self.marker(id).completed;
        let more = Variables::from([("loopCounter".to_owned(), number(completed))]);
        let extra = u32::from(self.is_planted(Quirk::LoopOnceMore));
        let below = maximum.is_none_or(|maximum| completed < maximum.saturating_add(extra));
        below && condition.is_none_or(|it| self.is_true(&it, id, &more))
    }

    fn marker(&mut self, id: Id) -> super::state::Loop {
        self.lives.get_mut(&id).and_then(|live| live.marker()).cloned().unwrap_or_default()
    }

    /// Multi-instance: how many, and all or the first of them.
    pub(crate) fn start_instances(&mut self, id: Id, settings: &MultiInstance) {
        let scope = self.lives[&id].parent.unwrap_or(ROOT);
        let mut items = None;
        let mut total = 0;
        if let Some(cardinality) = &settings.cardinality {
            if let Value::Int(count) = self.evaluate(cardinality, scope, &Variables::new()) {
                total = u32::try_from(count.max(0)).unwrap_or(u32::MAX).min(ITERATIONS);
            }
        } else if let Some(input) = &settings.data_input_ref {
            let name = self.data_name(input);
            if let Some(Value::List(list)) = self.variable(scope, &name) {
                total = u32::try_from(list.len()).unwrap_or(u32::MAX).min(ITERATIONS);
                items = Some(list);
            }
        }
        if let Some(marker) = self.lives.get_mut(&id).and_then(|live| live.marker()) {
            marker.total = total;
            marker.items = items;
        }
        if total == 0 {
            self.loop_done(id);
        } else if settings.sequential && !self.is_planted(Quirk::SequentialAsParallel) {
            self.next_iteration(id);
        } else {
            // All are active before the first of them runs.
            let bodies: Vec<Id> = (0..total).map(|_| self.add_iteration(id)).collect();
            for body in bodies {
                if self.lives.contains_key(&body) {
                    self.run_body(body);
                }
            }
        }
    }

    fn next_iteration(&mut self, id: Id) {
        if self.marker(id).started >= ITERATIONS {
            self.get_stuck(id);
            return;
        }
        let body = self.add_iteration(id);
        self.run_body(body);
    }

    fn add_iteration(&mut self, whole: Id) -> Id {
        self.moves += 1;
        let id = self.shared.next();
        let Some(live) = self.lives.get_mut(&whole) else { return id };
        let Some(node) = live.node else { return id };
        let Some(marker) = live.marker() else { return id };
        marker.started += 1;
        let mut variables = Variables::from([("loopCounter".to_owned(), number(marker.started))]);
        let item = marker.items.as_ref().and_then(|items| items.get(marker.started as usize - 1)).cloned();
        if let Some(LoopCharacteristics::MultiInstance(settings)) = &self.node(node).loop_characteristics {
            if let (Some(name), Some(item)) = (&settings.input_data_item, item) {
                variables.insert(name.clone(), item);
            }
            if let Some(name) = &settings.output_data_item {
                variables.entry(name.clone()).or_default();
            }
        }
        self.add_body(id, whole, node, variables);
        id
    }

    /// An iteration ended by itself.
    pub(crate) fn iteration_done(&mut self, id: Id, variables: &Variables, records: Vec<Record>) {
        let Some(live) = self.lives.get_mut(&id) else { return };
        let Some(node) = live.node else { return };
        let Some(marker) = live.marker() else { return };
        marker.completed += 1;
        marker.records.extend(records);
        let counter = match variables.get("loopCounter") {
            Some(Value::Int(counter)) => u32::try_from(*counter).unwrap_or_default(),
            _ => marker.completed,
        };
        match self.node(node).loop_characteristics.clone() {
            Some(LoopCharacteristics::MultiInstance(settings)) => {
                self.instance_done(id, &settings, counter, variables);
            }
            _ if self.loop_continues(id) => self.next_iteration(id),
            _ => self.loop_done(id),
        }
    }

    fn instance_done(&mut self, id: Id, settings: &MultiInstance, counter: u32, variables: &Variables) {
        if let Some(output) = settings.output_data_item.as_ref().and_then(|name| variables.get(name))
            && let Some(marker) = self.lives.get_mut(&id).and_then(|live| live.marker())
        {
            marker.outputs.insert(counter, output.clone());
        }
        let marker = self.marker(id);
        let active = self.children(id).len();
        let more = Variables::from([
            ("loopCounter".to_owned(), number(counter)),
            ("numberOfInstances".to_owned(), number(marker.total)),
            ("numberOfCompletedInstances".to_owned(), number(marker.completed)),
            ("numberOfActiveInstances".to_owned(), Value::Int(i64::try_from(active).unwrap_or(i64::MAX))),
            ("numberOfTerminatedInstances".to_owned(), number(0)),
        ]);
        for event in self.behaviour_events(id, settings, marker.completed, &more) {
            self.throw_to_boundary(id, &event);
            if !self.lives.contains_key(&id) {
                return;
            }
        }
        let condition = settings.completion_condition.as_ref();
        let enough = condition.is_some_and(|it| self.is_true(it, id, &more))
            && !self.is_planted(Quirk::CompletionConditionIgnored);
        if enough || marker.completed == marker.total {
            self.clear(id);
            self.loop_done(id);
        } else if self.marker(id).started < marker.total {
            self.next_iteration(id);
        }
    }

    /// Which events an iteration's end throws, by the activity's `behavior`.
    fn behaviour_events(
        &self,
        id: Id,
        settings: &MultiInstance,
        completed: u32,
        more: &Variables,
    ) -> Vec<EventTrigger> {
        match settings.behavior.as_str() {
            "None" => settings.none_event.iter().cloned().collect(),
            "One" if completed == 1 => settings.one_event.iter().cloned().collect(),
            "Complex" => {
                let holding = settings.complex_events.iter().filter(|(it, _)| self.is_true(it, id, more));
                holding.map(|(_, event)| event.clone()).collect()
            }
            _ => Vec::new(),
        }
    }

    /// All iterations are done, or enough of them.
    fn loop_done(&mut self, id: Id) {
        let marker = self.marker(id);
        let live = &self.lives[&id];
        let (Some(node), Some(scope)) = (live.node, live.parent) else { return };
        debug_assert!(matches!(live.kind, Kind::Whole(_)));
        if let Some(LoopCharacteristics::MultiInstance(settings)) = &self.node(node).loop_characteristics
            && let Some(output) = &settings.data_output_ref
        {
            let list = (1..=marker.total).map(|it| marker.outputs.get(&it).cloned().unwrap_or_default());
            let (name, list) = (self.data_name(output), Value::List(list.collect()));
            self.set_variable(scope, &name, list);
        }
        self.finish_activity(id, scope, node, marker.records);
    }
}
