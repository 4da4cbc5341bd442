//! From the tree to flow nodes, their event definitions, loops and data.

use std::collections::{HashMap, HashSet};

use super::read::{
    bpmn_children, documentation, extension, flag, id_or_generated, local_reference, number, reference, text,
};
use super::read_extensions::{self, Values};
use super::*;
use crate::ns;
use crate::xml::{Document, Element};

/// Indices of root elements of the file and of those that it imports, by id with namespace.
pub(super) struct Targets<'d> {
    /// The file itself.
    own: &'d Document,
    /// Event definitions, for those that are used by reference.
    events: HashMap<String, (Element<'d>, Values)>,
    pub(super) messages: HashMap<String, usize>,
    pub(super) errors: HashMap<String, usize>,
    pub(super) signals: HashMap<String, usize>,
    pub(super) escalations: HashMap<String, usize>,
    /// Data stores and global tasks of imported files.
    pub(super) others: HashSet<String>,
}

impl<'d> Targets<'d> {
    pub(super) fn new(own: &'d Document, imported: &[&'d Document]) -> Self {
        let mut out = Self {
            own,
            events: HashMap::new(),
            messages: HashMap::new(),
            errors: HashMap::new(),
            signals: HashMap::new(),
            escalations: HashMap::new(),
            others: HashSet::new(),
        };
        for file in std::iter::once(&own).chain(imported) {
            let values = Values { dialect: super::read::dialect(file) };
            for event in file.elements().filter(|it| it.name().ends_with("EventDefinition")) {
                if event.attribute("", "id").is_some() {
                    out.events.entry(out.global_id(event)).or_insert((event, values));
                }
            }
        }
        out
    }

    pub(super) fn is_own(&self, element: Element<'_>) -> bool {
        std::ptr::eq(self.own, element.document())
    }

    /// The id of an element with the namespace of its file.
    pub(super) fn global_id(&self, element: Element<'_>) -> String {
        global(&target_namespace(element), &text(element, "id").unwrap_or_default())
    }

    /// What a reference leads to. A prefix of a namespace that the file does not import says nothing.
    fn resolve<T: Copy>(&self, element: Element<'_>, value: &str, among: &HashMap<String, T>) -> Option<T> {
        let value = value.trim();
        let own = target_namespace(element);
        let (prefix, local) = value.rsplit_once(':').unwrap_or(("", value));
        let namespace = element.namespace_of_prefix(prefix).filter(|_| !prefix.is_empty());
        match namespace.filter(|it| *it != own) {
            None => among.get(&global(&own, local)).copied(),
            Some(other) => among.get(&global(&other, local)).copied().or_else(|| {
                let imported = is_imported(element.document(), &other);
                among.get(&global(&own, local)).copied().filter(|_| !imported)
            }),
        }
    }

    /// What an attribute refers to.
    pub(super) fn find(
        &self,
        element: Element<'_>,
        attribute: &str,
        among: &HashMap<String, usize>,
    ) -> Option<usize> {
        self.resolve(element, &text(element, attribute)?, among)
    }

    /// The id with namespace of the data store or global task of an imported file that an attribute refers to.
    pub(super) fn other(&self, element: Element<'_>, attribute: &str) -> Option<String> {
        let value = text(element, attribute)?;
        let id = match value.trim().rsplit_once(':') {
            Some((prefix, local)) => global(&element.namespace_of_prefix(prefix)?, local),
            None => global(&target_namespace(element), value.trim()),
        };
        self.others.contains(&id).then_some(id)
    }
}

/// An id of any file. `{` cannot occur in an XML id.
fn global(namespace: &str, id: &str) -> String {
    format!("{{{namespace}}}{id}")
}

fn target_namespace(element: Element<'_>) -> String {
    element.document().root().attribute("", "targetNamespace").unwrap_or_default().into_owned()
}

/// True where a file says that it imports a namespace.
pub(crate) fn is_imported(document: &Document, namespace: &str) -> bool {
    let mut imports = document.root().children_named(ns::BPMN, "import");
    imports.any(|it| it.attribute("", "namespace").is_some_and(|own| own.trim() == namespace))
}

/// The kind of a flow node, `None` for other elements. References between nodes are set later.
pub(super) fn kind(
    name: &str,
    element: Element<'_>,
    values: Values,
    targets: &Targets,
) -> Option<FlowNodeKind> {
    let message = || targets.find(element, "messageRef", &targets.messages);
    let trigger = || trigger(element, values, targets);
    Some(match name {
        "startEvent" => FlowNodeKind::StartEvent {
            trigger: trigger(),
            interrupting: flag(element, "isInterrupting", true),
        },
        "intermediateCatchEvent" => FlowNodeKind::IntermediateCatchEvent { trigger: trigger() },
        "intermediateThrowEvent" => FlowNodeKind::IntermediateThrowEvent { trigger: trigger() },
        "boundaryEvent" => FlowNodeKind::BoundaryEvent {
            attached_to: 0,
            cancel_activity: flag(element, "cancelActivity", true),
            trigger: trigger(),
        },
        "endEvent" => FlowNodeKind::EndEvent { trigger: trigger() },
        "task" => FlowNodeKind::Task,
        "manualTask" => FlowNodeKind::ManualTask,
        "serviceTask" => FlowNodeKind::ServiceTask,
        "sendTask" => FlowNodeKind::SendTask { message_ref: message() },
        "receiveTask" => FlowNodeKind::ReceiveTask {
            message_ref: message(),
            instantiate: flag(element, "instantiate", false),
        },
        "userTask" => FlowNodeKind::UserTask,
        "scriptTask" => FlowNodeKind::ScriptTask {
            format: text(element, "scriptFormat").or_else(|| text(element, "scriptLanguage")),
            script: element.child(ns::BPMN, "script").map(|it| it.text().into_owned()),
        },
        "businessRuleTask" => FlowNodeKind::BusinessRuleTask,
        "callActivity" => FlowNodeKind::CallActivity {
            called_element: targets
                .other(element, "calledElement")
                .or_else(|| reference(element, "calledElement")),
        },
        "subProcess" if flag(element, "triggeredByEvent", false) => {
            FlowNodeKind::SubProcess { kind: SubProcessKind::Event }
        }
        "subProcess" => FlowNodeKind::SubProcess { kind: SubProcessKind::Embedded },
        "transaction" => FlowNodeKind::SubProcess { kind: SubProcessKind::Transaction },
        "adHocSubProcess" => FlowNodeKind::SubProcess { kind: ad_hoc(element, values) },
        "exclusiveGateway" => FlowNodeKind::ExclusiveGateway,
        "parallelGateway" => FlowNodeKind::ParallelGateway,
        "inclusiveGateway" => FlowNodeKind::InclusiveGateway,
        "eventBasedGateway" => FlowNodeKind::EventBasedGateway {
            instantiate: flag(element, "instantiate", false),
            parallel: text(element, "eventGatewayType").as_deref() == Some("Parallel"),
        },
        "complexGateway" => FlowNodeKind::ComplexGateway {
            activation_condition: element
                .child(ns::BPMN, "activationCondition")
                .map(|it| values.condition(it)),
        },
        _ => return None,
    })
}

/// The kind of a global task, which is that of the task it stands for.
pub(super) fn global_kind(
    element: Element<'_>,
    values: Values,
    targets: &Targets<'_>,
) -> Option<FlowNodeKind> {
    let name = match element.name() {
        "globalTask" => "task",
        "globalManualTask" => "manualTask",
        "globalUserTask" => "userTask",
        "globalScriptTask" => "scriptTask",
        "globalBusinessRuleTask" => "businessRuleTask",
        _ => return None,
    };
    kind(name, element, values, targets)
}

fn ad_hoc(element: Element<'_>, values: Values) -> SubProcessKind {
    SubProcessKind::AdHoc {
        ordering: match text(element, "ordering").as_deref() {
            Some("Sequential") => AdHocOrdering::Sequential,
            _ => AdHocOrdering::Parallel,
        },
        completion_condition: element.child(ns::BPMN, "completionCondition").map(|it| values.condition(it)),
        cancel_remaining_instances: flag(element, "cancelRemainingInstances", true),
    }
}

/// Everything of a flow node but its references.
pub(super) fn node(
    element: Element<'_>,
    kind: FlowNodeKind,
    parent: Option<usize>,
    ordinal: u32,
    values: Values,
    targets: &Targets<'_>,
) -> FlowNode {
    let place = element.place();
    let mut ext = read_extensions::extensions(element, values);
    if ext.task_definition.is_none() {
        // The `zeebe` dialect allows the job of a message throw event on its event definition as well.
        let definitions = bpmn_children(element).filter(|child| child.name().ends_with("EventDefinition"));
        ext.task_definition =
            definitions.filter_map(|it| read_extensions::extensions(it, values).task_definition).next();
    }
    if let Some(definition) = element.child(ns::BPMN, "conditionalEventDefinition")
        && ext.conditional_filter.is_none()
    {
        ext.conditional_filter = read_extensions::extensions(definition, values).conditional_filter;
    }
    FlowNode {
        id: id_or_generated(element, ordinal),
        name: text(element, "name"),
        ordinal,
        parent,
        kind,
        incoming: Vec::new(),
        outgoing: Vec::new(),
        default_flow: None,
        boundary: Vec::new(),
        loop_characteristics: loop_characteristics(element, values, targets),
        is_for_compensation: flag(element, "isForCompensation", false),
        start_quantity: number(element, "startQuantity").unwrap_or(1),
        completion_quantity: number(element, "completionQuantity").unwrap_or(1),
        data: data_flow(element, values),
        performers: performers(element, values),
        operation: operation(element),
        ext,
        documentation: documentation(element),
        line: place.line,
        column: place.column,
    }
}

fn trigger(element: Element<'_>, values: Values, targets: &Targets<'_>) -> EventTrigger {
    let local = bpmn_children(element).filter(|child| child.name().ends_with("EventDefinition"));
    let shared = element
        .children_named(ns::BPMN, "eventDefinitionRef")
        .filter_map(|it| targets.resolve(element, &it.text(), &targets.events));
    let local = local.map(|it| (it, values));
    let mut triggers: Vec<_> =
        local.chain(shared).map(|(it, values)| event_definition(it, values, targets)).collect();
    match triggers.len() {
        0 => EventTrigger::None,
        1 => triggers.remove(0),
        _ => EventTrigger::Multiple { triggers, parallel: flag(element, "parallelMultiple", false) },
    }
}

fn event_definition(element: Element<'_>, values: Values, targets: &Targets<'_>) -> EventTrigger {
    let find = |attribute, index| targets.find(element, attribute, index);
    match element.name() {
        "messageEventDefinition" => EventTrigger::Message(find("messageRef", &targets.messages)),
        "timerEventDefinition" => EventTrigger::Timer(timer(element, values)),
        "errorEventDefinition" => EventTrigger::Error(find("errorRef", &targets.errors)),
        "escalationEventDefinition" => EventTrigger::Escalation(find("escalationRef", &targets.escalations)),
        "signalEventDefinition" => EventTrigger::Signal(find("signalRef", &targets.signals)),
        "conditionalEventDefinition" => {
            EventTrigger::Conditional(element.child(ns::BPMN, "condition").map(|it| values.condition(it)))
        }
        // A throw event may name its target by id instead of by the same name.
        "linkEventDefinition" => {
            let target = element.child(ns::BPMN, "target");
            let target = target.and_then(|it| targets.resolve(element, &it.text(), &targets.events));
            let target = target.and_then(|(it, _)| text(it, "name"));
            EventTrigger::Link(target.or_else(|| text(element, "name")))
        }
        "compensateEventDefinition" => EventTrigger::Compensation {
            activity: None,
            wait_for_completion: flag(element, "waitForCompletion", true),
        },
        "cancelEventDefinition" => EventTrigger::Cancel,
        "terminateEventDefinition" => EventTrigger::Terminate,
        _ => EventTrigger::None,
    }
}

fn timer(element: Element<'_>, values: Values) -> TimerDefinition {
    let body = |name| {
        let child = element.child(ns::BPMN, name)?;
        Some(values.body(child)).filter(|expression| !expression.text.is_empty())
    };
    body("timeDate")
        .map(TimerDefinition::Date)
        .or_else(|| body("timeDuration").map(TimerDefinition::Duration))
        .or_else(|| body("timeCycle").map(TimerDefinition::Cycle))
        .unwrap_or_default()
}

/// Sets which node is compensated, now that all nodes are known.
pub(super) fn resolve_compensation(
    trigger: &mut EventTrigger,
    element: Element<'_>,
    nodes: &HashMap<String, usize>,
) {
    let mut references = bpmn_children(element)
        .filter(|it| it.name() == "compensateEventDefinition")
        .map(|it| reference(it, "activityRef").and_then(|id| nodes.get(&id).copied()));
    let mut set = |trigger: &mut EventTrigger| {
        if let EventTrigger::Compensation { activity, .. } = trigger {
            *activity = references.next().flatten();
        }
    };
    match trigger {
        EventTrigger::Multiple { triggers, .. } => triggers.iter_mut().for_each(set),
        single => set(single),
    }
}

/// Resource roles with an assignment expression.
pub(super) fn performers(element: Element<'_>, values: Values) -> Vec<Performer> {
    let roles = bpmn_children(element)
        .filter(|it| matches!(it.name(), "performer" | "humanPerformer" | "potentialOwner" | "resourceRole"));
    roles.flat_map(|role| performer(role, values)).collect()
}

/// A resource role, if it says whom by an expression.
pub(super) fn performer(role: Element<'_>, values: Values) -> Vec<Performer> {
    let one = || {
        let assignment = role.child(ns::BPMN, "resourceAssignmentExpression")?;
        let mut expressions = bpmn_children(assignment).filter(|it| it.name() != "documentation");
        let expression = values.expression(expressions.next()?.text().trim(), assignment);
        let kind = role.attribute(ns::XSI, "type");
        let kind = kind.as_deref().map_or(role.name(), local_reference);
        Some(Performer { expression, potential: matches!(kind, "potentialOwner" | "tPotentialOwner") })
    };
    one().into_iter().collect()
}

fn operation(element: Element<'_>) -> Option<String> {
    if let Some(implementation) = text(element, "implementation").filter(|it| !it.starts_with("##")) {
        return Some(implementation);
    }
    let id = reference(element, "operationRef")?;
    let operation = element
        .document()
        .elements()
        .find(|it| it.is(ns::BPMN, "operation") && text(*it, "id").as_deref() == Some(&*id));
    Some(operation.and_then(|it| text(it, "name")).unwrap_or(id))
}

fn loop_characteristics(
    element: Element<'_>,
    values: Values,
    targets: &Targets<'_>,
) -> Option<LoopCharacteristics> {
    if let Some(standard) = element.child(ns::BPMN, "standardLoopCharacteristics") {
        return Some(LoopCharacteristics::Standard {
            test_before: flag(standard, "testBefore", false),
            condition: standard.child(ns::BPMN, "loopCondition").map(|it| values.condition(it)),
            maximum: number(standard, "loopMaximum"),
        });
    }
    let multiple = element.child(ns::BPMN, "multiInstanceLoopCharacteristics")?;
    let zeebe = extension(multiple, ns::ZEEBE, "loopCharacteristics");
    let of_zeebe = |name| zeebe.and_then(|it| text(it, name));
    let expression = |name| of_zeebe(name).zip(zeebe).map(|(value, it)| values.expression(&value, it));
    let vendor = |name| read_extensions::vendor_attribute(multiple, name);
    let child = |name| multiple.child(ns::BPMN, name);
    let child_text = |name| child(name).map(|it| local_reference(it.text().trim()).to_owned());
    let item = |name| child(name).and_then(|it| text(it, "name").or_else(|| text(it, "id")));
    Some(LoopCharacteristics::MultiInstance(Box::new(MultiInstance {
        sequential: flag(multiple, "isSequential", false),
        cardinality: child("loopCardinality").map(|it| values.condition(it)),
        input_collection: expression("inputCollection")
            .or_else(|| vendor("collection").map(|value| values.variable_or_expression(&value, multiple))),
        input_element: of_zeebe("inputElement").or_else(|| vendor("elementVariable")),
        output_collection: of_zeebe("outputCollection"),
        output_element: expression("outputElement"),
        completion_condition: child("completionCondition").map(|it| values.condition(it)),
        data_input_ref: child_text("loopDataInputRef"),
        data_output_ref: child_text("loopDataOutputRef"),
        input_data_item: item("inputDataItem"),
        output_data_item: item("outputDataItem"),
        behavior: text(multiple, "behavior").unwrap_or_else(|| "All".to_owned()),
        none_event: behavior_event(multiple, "noneBehaviorEventRef", targets),
        one_event: behavior_event(multiple, "oneBehaviorEventRef", targets),
        complex_events: multiple
            .children_named(ns::BPMN, "complexBehaviorDefinition")
            .filter_map(|definition| {
                let condition = values.condition(definition.child(ns::BPMN, "condition")?);
                let event = definition.child(ns::BPMN, "event")?;
                Some((condition, trigger(event, values, targets)))
            })
            .collect(),
    })))
}

/// The event definition that an attribute of a multi-instance marker refers to.
fn behavior_event(multiple: Element<'_>, attribute: &str, targets: &Targets<'_>) -> Option<EventTrigger> {
    let (definition, values) = targets.resolve(multiple, &text(multiple, attribute)?, &targets.events)?;
    Some(event_definition(definition, values, targets))
}

fn data_flow(element: Element<'_>, values: Values) -> DataFlow {
    let mut out = DataFlow::default();
    let specification = element.child(ns::BPMN, "ioSpecification").into_iter();
    for child in bpmn_children(element).chain(specification.flat_map(bpmn_children)) {
        let item = || DataItem { id: text(child, "id").unwrap_or_default(), name: text(child, "name") };
        match child.name() {
            "dataInput" => out.inputs.push(item()),
            "dataOutput" => out.outputs.push(item()),
            "dataInputAssociation" => out.input_associations.push(data_association(child, values)),
            "dataOutputAssociation" => out.output_associations.push(data_association(child, values)),
            _ => {}
        }
    }
    out
}

fn data_association(element: Element<'_>, values: Values) -> DataAssociation {
    let names =
        |name| element.children_named(ns::BPMN, name).map(|it| local_reference(it.text().trim()).to_owned());
    let assignment = |it: Element<'_>| {
        let part = |name| it.child(ns::BPMN, name).map(|part| values.condition(part));
        Some((part("from")?, part("to")?))
    };
    DataAssociation {
        sources: names("sourceRef").collect(),
        target: names("targetRef").next(),
        transformation: element.child(ns::BPMN, "transformation").map(|it| values.condition(it)),
        assignments: element.children_named(ns::BPMN, "assignment").filter_map(assignment).collect(),
    }
}
