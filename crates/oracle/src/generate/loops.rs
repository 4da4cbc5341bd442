//! Blocks of loop markers, quantities of tokens, and data.

use super::events::name;
use super::{Builder, Effect, Plan, Random};
use crate::diagram::{Event, Scope};

impl Builder {
    pub(super) fn looped(
        &mut self,
        plan: &Plan,
        scope: &mut Scope,
        from: &str,
        random: &mut Random,
    ) -> Option<String> {
        match plan.block {
            "standard_loop" | "standard_loop_before" => {
                return Some(self.standard_loop(plan, scope, from, random));
            }
            "parallel_twice" => return Some(self.parallel_twice(plan, scope, from)),
            "start_quantity" => return Some(self.start_quantity(plan, scope, from)),
            "completion_quantity" => return Some(self.completion_quantity(plan, scope, from, random)),
            "data_association" => {
                let object = plan.id("object");
                scope.data.push(object.clone());
                let id = format!("data_{object}");
                return Some(self.data(plan, scope, from, &object, [&id, &id]));
            }
            "data_store" => {
                let store = plan.id("store");
                let (written, read) = (plan.id("store_written_"), plan.id("store_read_"));
                self.diagram.roots.insert(format!("<dataStore id=\"{store}_id\" name=\"{store}\"/>"));
                for reference in [&written, &read] {
                    scope.stores.push((reference.clone(), format!("{store}_id")));
                }
                return Some(self.data(plan, scope, from, &store, [&written, &read]));
            }
            "data_local" => {
                let id = plan.id("sub_");
                let (mut inner, start) = (Scope::default(), plan.id("start_d_"));
                inner.node(&start, "startEvent");
                let object = plan.id("object");
                inner.data.push(object.clone());
                let data = format!("data_{object}");
                let at = self.data(plan, &mut inner, &start, &object, [&data, &data]);
                self.end(plan, &mut inner, &at, "d");
                self.node(scope, from, &id, "subProcess").inner = Some(inner);
                return Some(id);
            }
            _ => {}
        }
        self.multiple(plan, scope, from, random)
    }

    /// A multi-instance activity.
    fn multiple(
        &mut self,
        plan: &Plan,
        scope: &mut Scope,
        from: &str,
        random: &mut Random,
    ) -> Option<String> {
        let id = plan.id("multiple_");
        let sequential = match plan.block {
            "mi_sequential" => true,
            "mi_parallel" | "mi_sub_process" => false,
            block if block.starts_with("mi_") => random.chance(40),
            _ => return None,
        };
        let count = 2 + random.below(2);
        let content = match plan.block {
            "mi_completion" => "<loopCardinality>= 3</loopCardinality>\
                 <completionCondition>= numberOfCompletedInstances &gt;= 2</completionCondition>"
                .to_owned(),
            "mi_collection" if self.has_items => {
                let item = plan.id("item");
                let items = "<loopDataInputRef>data_items</loopDataInputRef>";
                format!("{items}<inputDataItem id=\"{item}_id\" name=\"{item}\"/>")
            }
            _ => format!("<loopCardinality>= {count}</loopCardinality>"),
        };
        let (kind, thrown) = match random.chance(50) {
            true => ("signal", name("S", 2, random)),
            false => ("escalation", name("C", 2, random)),
        };
        let (attributes, more) = behaviour(plan.block, kind, &thrown);
        let body = match plan.block {
            "mi_sub_process" | "mi_collection" => Some(self.inside(plan, 0, None)),
            _ => None,
        };
        let element = if body.is_some() { "subProcess" } else { *random.pick(&["serviceTask", "userTask"]) };
        let node = self.node(scope, from, &id, element);
        node.inner = body;
        let marker = "multiInstanceLoopCharacteristics";
        node.xml = format!("<{marker} isSequential=\"{sequential}\"{attributes}>{content}{more}</{marker}>");
        if plan.block.starts_with("mi_behavior_") {
            let event = if kind == "signal" { Event::Signal(thrown) } else { Event::Escalation(thrown) };
            return Some(self.caught(plan, scope, &id, event, random));
        }
        if plan.block != "mi_compensation" {
            return Some(id);
        }
        self.undone_by(plan, scope, &id, "m", random);
        let throw = plan.id("throw_");
        let event = Event::Compensation { activity: String::new(), wait: true };
        self.node(scope, &id, &throw, "intermediateThrowEvent").on(event);
        Some(throw)
    }

    /// A boundary event for what a multi-instance activity throws itself.
    fn caught(
        &mut self,
        plan: &Plan,
        scope: &mut Scope,
        host: &str,
        event: Event,
        random: &mut Random,
    ) -> String {
        let (boundary, merge) = (plan.id("boundary_"), plan.id("merge_"));
        let keep = random.chance(70);
        let node = scope.node(&boundary, "boundaryEvent").with("attachedToRef", host).on(event);
        if keep {
            node.with("cancelActivity", "false");
        }
        let path = self.job(plan, scope, &boundary, "path");
        scope.flow(host, &merge);
        scope.node(&merge, "exclusiveGateway");
        match keep {
            true => drop(self.end(plan, scope, &path, "path")),
            false => drop(scope.flow(&path, &merge)),
        }
        merge
    }

    fn standard_loop(&mut self, plan: &Plan, scope: &mut Scope, from: &str, random: &mut Random) -> String {
        let id = plan.id("loop_");
        let before = plan.block == "standard_loop_before";
        let counter = self.counter(plan);
        self.affects(&id, Effect::Count(counter.clone()));
        let (condition, maximum) = match random.below(4) {
            0 => (String::new(), " loopMaximum=\"2\"".to_owned()),
            1 => (format!("<loopCondition>= {counter} &lt; 2</loopCondition>"), String::new()),
            2 => ("<loopCondition>= loopCounter &lt; 2</loopCondition>".to_owned(), String::new()),
            _ => ("<loopCondition>= x &lt; 4</loopCondition>".to_owned(), " loopMaximum=\"3\"".to_owned()),
        };
        let element = *random.pick(&["serviceTask", "userTask"]);
        let node = self.node(scope, from, &id, element);
        node.xml = format!(
            "<standardLoopCharacteristics testBefore=\"{before}\"{maximum}>{condition}</standardLoopCharacteristics>"
        );
        id
    }

    fn start_quantity(&mut self, plan: &Plan, scope: &mut Scope, from: &str) -> String {
        let split = plan.id("split_");
        self.node(scope, from, &split, "parallelGateway");
        let (a, b) = (self.job(plan, scope, &split, "a"), self.job(plan, scope, &split, "b"));
        let id = plan.id("both_");
        scope.flow(&a, &id);
        scope.flow(&b, &id);
        scope.node(&id, "serviceTask").with("startQuantity", "2");
        id
    }

    /// Two tokens on each flow into a parallel join, which fires twice.
    fn parallel_twice(&mut self, plan: &Plan, scope: &mut Scope, from: &str) -> String {
        let (split, join, id) = (plan.id("split_"), plan.id("join_"), plan.id("both_"));
        self.node(scope, from, &split, "parallelGateway");
        let jobs = ["a", "b", "c", "d"].map(|letter| self.job(plan, scope, &split, letter));
        scope.node(&join, "parallelGateway");
        for (index, pair) in jobs.chunks(2).enumerate() {
            let merge = plan.id(&format!("merge_{index}_"));
            pair.iter().for_each(|job| {
                scope.flow(job, &merge);
            });
            scope.node(&merge, "exclusiveGateway");
            scope.flow(&merge, &join);
        }
        self.node(scope, &join, &id, "serviceTask").with("startQuantity", "2");
        id
    }

    fn completion_quantity(
        &mut self,
        plan: &Plan,
        scope: &mut Scope,
        from: &str,
        random: &mut Random,
    ) -> String {
        let (first, second) = (plan.id("many_"), plan.id("some_"));
        let count = if random.chance(70) { "2" } else { "4" };
        self.node(scope, from, &first, "serviceTask").with("completionQuantity", count);
        let element = *random.pick(&["serviceTask", "task"]);
        self.node(scope, &first, &second, element).with("startQuantity", "2");
        second
    }

    /// A task that writes a data object, one that reads it, and a decision by it.
    fn data(
        &mut self,
        plan: &Plan,
        scope: &mut Scope,
        from: &str,
        variable: &str,
        [written, read]: [&str; 2],
    ) -> String {
        let (writes, reads, split) = (plan.id("writes_"), plan.id("reads_"), plan.id("split_"));
        let result = plan.id("result");
        self.affects(&writes, Effect::Random(result.clone()));
        self.node(scope, from, &writes, "serviceTask").xml = format!(
            "<ioSpecification><dataOutput id=\"{result}_id\" name=\"{result}\"/><inputSet/>\
             <outputSet><dataOutputRefs>{result}_id</dataOutputRefs></outputSet></ioSpecification>\
             <dataOutputAssociation><sourceRef>{result}_id</sourceRef><targetRef>{written}</targetRef></dataOutputAssociation>"
        );
        self.node(scope, &writes, &reads, "userTask").xml = format!(
            "<ioSpecification><dataInput id=\"{reads}_in\" name=\"input\"/>\
             <inputSet><dataInputRefs>{reads}_in</dataInputRefs></inputSet><outputSet/></ioSpecification>\
             <dataInputAssociation><sourceRef>{read}</sourceRef><targetRef>{reads}_in</targetRef></dataInputAssociation>"
        );
        self.node(scope, &reads, &split, "exclusiveGateway");
        let (high, low, merge) = (plan.id("high_"), plan.id("low_"), plan.id("merge_"));
        scope.flow(&split, &high).condition = Some(format!("{variable} > 2"));
        scope.node(&high, "serviceTask");
        scope.flow(&split, &low).is_default = true;
        scope.node(&low, "task");
        scope.flow(&high, &merge);
        scope.flow(&low, &merge);
        scope.node(&merge, "exclusiveGateway");
        merge
    }
}

/// Attributes and content of a multi-instance marker whose instances throw an event when they complete.
fn behaviour(block: &str, kind: &str, name: &str) -> (String, String) {
    let event = |which: &str, attribute: &str| {
        (format!(" behavior=\"{which}\" {attribute}=\"on_{kind}_{name}\""), String::new())
    };
    match block {
        "mi_behavior_one" => event("One", "oneBehaviorEventRef"),
        "mi_behavior_none" => event("None", "noneBehaviorEventRef"),
        "mi_behavior_complex" => {
            let condition = "<condition>= numberOfCompletedInstances = 2</condition>";
            let event = format!("<event><{kind}EventDefinition {kind}Ref=\"{kind}_{name}\"/></event>");
            let definition =
                format!("<complexBehaviorDefinition>{condition}{event}</complexBehaviorDefinition>");
            (" behavior=\"Complex\"".to_owned(), definition)
        }
        _ => Default::default(),
    }
}
