//! Rules about services: the operations of tasks and message events, what calls pass, and what events carry
//! (8.4.3, 10.3.3, 10.3.4, 10.4.2).
//!
//! They hold for plain BPMN: vendors' engines know neither operations nor items.

use std::collections::HashSet;

use super::Problems;
use super::items::{Index, Item, flag, is_executed, named, references};
use super::schema::bpmn_elements;
use super::standard::attribute;
use crate::model::Dialect;
use crate::ns;
use crate::xml::{Document, Element};

/// Elements of a plain document by id; `None` for documents of a vendor's dialect.
fn index(document: &Document) -> Option<Index<'_>> {
    (crate::model::dialect(document) == Dialect::Plain).then(|| Index::new(document))
}

fn specification(owner: Element<'_>) -> Option<Element<'_>> {
    named(owner, "ioSpecification").next()
}

/// The only child of a name.
fn single<'d>(owner: Element<'d>, name: &'static str) -> Option<Element<'d>> {
    let mut found = named(owner, name);
    found.next().filter(|_| found.next().is_none())
}

/// `bpmn.operation-data`: tasks of services have the data of their operation or message, and no more (10.3.3).
pub(super) fn tasks(document: &Document, problems: &mut Problems<'_>) {
    let Some(index) = index(document) else { return };
    for task in bpmn_elements(document).filter(|it| is_executed(*it)) {
        let problem = match task.name() {
            "serviceTask" => service_task(&index, task),
            "sendTask" => message_task(&index, task, ["inputSet", "dataInput"]),
            "receiveTask" => message_task(&index, task, ["outputSet", "dataOutput"]),
            _ => None,
        };
        if let Some(message) = problem {
            let help = "give the task one set with one data element, of the item of the message";
            problems.element(task, "bpmn.operation-data", message, help);
        }
    }
}

/// One input of the operation's input message, one output of its output message, in one set each.
fn service_task(index: &Index<'_>, task: Element<'_>) -> Option<String> {
    let operation = index.of_attribute(task, "operationRef").filter(|it| it.name() == "operation")?;
    let item = |name| index.item(*index.of_children(operation, name).first()?, "itemRef");
    let sides = [("inMessageRef", "inputSet", "dataInput"), ("outMessageRef", "outputSet", "dataOutput")];
    for (message, set, data) in sides {
        let wanted = item(message);
        let Some(specification) = specification(task) else {
            return Some("a service task has no data for its operation".to_owned());
        };
        if named(specification, set).count() > 1 {
            return Some(format!("a service task has more than one {set}"));
        }
        let found = single(specification, data);
        if wanted.is_some() && found.is_none() {
            return Some(format!(
                "a service task has not exactly one {data} for the message of its operation"
            ));
        }
        if let (Some(wanted), Some(found)) = (wanted, found)
            && index.item(found, "itemSubjectRef") != Some(wanted)
        {
            return Some(format!("the {data} has not the item of the operation's message"));
        }
    }
    None
}

/// At most one set and one data element, of the item of the message.
fn message_task(index: &Index<'_>, task: Element<'_>, [set, data]: [&'static str; 2]) -> Option<String> {
    let specification = specification(task)?;
    let kind = task.name();
    for name in [set, data] {
        if named(specification, name).count() > 1 {
            return Some(format!("a `{kind}` has more than one {name}"));
        }
    }
    let found = single(specification, data)?;
    let wanted = index.item(index.of_attribute(task, "messageRef")?, "itemRef")?;
    (index.item(found, "itemSubjectRef") != Some(wanted))
        .then(|| format!("the {data} of a `{kind}` has not the item of its message"))
}

/// The items of data elements of a name; `None` when one of them has no item.
fn items(index: &Index<'_>, owner: Element<'_>, name: &'static str) -> Option<Vec<Item>> {
    let mut items: Vec<Item> =
        named(owner, name).map(|it| index.item(it, "itemSubjectRef")).collect::<Option<_>>()?;
    items.sort();
    Some(items)
}

/// `bpmn.call-data`: a call has the inputs and outputs of what it calls (10.3.4).
pub(super) fn calls(document: &Document, problems: &mut Problems<'_>) {
    let Some(index) = index(document) else { return };
    for call in bpmn_elements(document).filter(|it| it.name() == "callActivity" && is_executed(*it)) {
        let called = index.of_attribute(call, "calledElement").and_then(specification);
        let (Some(own), Some(called)) = (specification(call), called) else { continue };
        for data in ["dataInput", "dataOutput"] {
            let counts = [own, called].map(|it| named(it, data).count());
            let both = (items(&index, own, data), items(&index, called, data));
            let message = match both {
                _ if counts[0] != counts[1] => {
                    format!("the call has {} {data}s, what it calls has {}", counts[0], counts[1])
                }
                (Some(own), Some(called)) if own != called => {
                    format!("the items of the {data}s are not those of what is called")
                }
                _ => continue,
            };
            problems.element(call, "bpmn.call-data", message, "give the call the data of what it calls");
        }
    }
}

/// `bpmn.io-binding`: what offers an interface says which of its data belongs to which operation, and data and
/// messages of an operation have the same items (table 10.58).
pub(super) fn bindings(document: &Document, problems: &mut Problems<'_>) {
    let Some(index) = index(document) else { return };
    for element in bpmn_elements(document) {
        if named(element, "supportedInterfaceRef").next().is_some()
            && specification(element).is_some()
            && named(element, "ioBinding").next().is_none()
        {
            let message =
                format!("a `{}` with data offers an interface and binds no operation", element.name());
            problems.element(element, "bpmn.io-binding", message, "add an ioBinding for each operation");
        }
        if element.name() != "ioBinding" {
            continue;
        }
        let Some(operation) = index.of_attribute(element, "operationRef") else { continue };
        for (data, message) in [("inputDataRef", "inMessageRef"), ("outputDataRef", "outMessageRef")] {
            let own = index.of_attribute(element, data).and_then(|it| index.item(it, "itemSubjectRef"));
            let message = index.of_children(operation, message).first().copied();
            let wanted = message.and_then(|it| index.item(it, "itemRef"));
            if let (Some(own), Some(wanted)) = (own, wanted)
                && own != wanted
            {
                let text = format!("the item of `{data}` is not that of the operation's message");
                problems.element(element, "bpmn.io-binding", text, "bind data of the message's item");
            }
        }
    }
}

/// `bpmn.message-missing`, `bpmn.operation-missing`, `bpmn.event-data`: what the events of an executable process carry.
pub(super) fn events(document: &Document, problems: &mut Problems<'_>) {
    let Some(index) = index(document) else { return };
    let flows = bpmn_elements(document).filter(|it| it.name() == "messageFlow");
    let ends: HashSet<String> =
        flows.flat_map(|flow| [attribute(flow, "sourceRef"), attribute(flow, "targetRef")]).collect();
    for event in bpmn_elements(document).filter(|it| is_event(it.name()) && is_executed(*it)) {
        for definition in named(event, "messageEventDefinition") {
            // The message of an event that names none is that of its message flow.
            let by_flow = ends.contains(&attribute(event, "id"));
            if !by_flow || !attribute(definition, "messageRef").is_empty() {
                message_event(&index, event, definition, problems);
            }
        }
        event_data(&index, event, problems);
    }
}

fn is_event(name: &str) -> bool {
    name.ends_with("Event") && name != "implicitThrowEvent"
}

/// In executable processes a message event has a message (table 10.97), and one that carries data an operation.
fn message_event(
    index: &Index<'_>,
    event: Element<'_>,
    definition: Element<'_>,
    problems: &mut Problems<'_>,
) {
    if attribute(definition, "messageRef").is_empty() {
        let message = "no message is named".to_owned();
        problems.element(event, "bpmn.message-missing", message, "add messageRef and a message element");
        return;
    }
    // The standard asks for an operation in any case; without data to pass it says nothing more than the message.
    let carries =
        index.of_attribute(definition, "messageRef").is_some_and(|it| !attribute(it, "itemRef").is_empty());
    if carries && references(definition, "operationRef").is_empty() {
        let message = "a message event that carries data names no operation".to_owned();
        let help = "add operationRef, or remove itemRef from the message";
        problems.element(event, "bpmn.operation-missing", message, help);
    }
}

/// An event with data has one data element for each event definition that carries an item, and of its item (10.4.2).
fn event_data(index: &Index<'_>, event: Element<'_>, problems: &mut Problems<'_>) {
    let throws = matches!(event.name(), "endEvent" | "intermediateThrowEvent");
    let data = if throws { "dataInput" } else { "dataOutput" };
    let count = named(event, data).count();
    let definitions = event
        .children()
        .filter(|it| it.namespace() == ns::BPMN && it.name().ends_with("EventDefinition"))
        .chain(index.of_children(event, "eventDefinitionRef"));
    let mut carried: Vec<Item> = definitions.filter_map(|it| definition_item(index, it)).collect();
    if count == 0 || carried.is_empty() {
        return;
    }
    carried.sort();
    let own = items(index, event, data);
    let message = match own {
        _ if count != carried.len() => {
            format!("the event has {count} {data}s for {} event definitions with data", carried.len())
        }
        Some(own) if own != carried => format!("a {data} has not the item of its event definition"),
        _ => return,
    };
    let help = "give the event one data element of the same item for each event definition";
    problems.element(event, "bpmn.event-data", message, help);
}

/// The item an event definition carries: that of its message, error, escalation or signal.
fn definition_item(index: &Index<'_>, definition: Element<'_>) -> Option<Item> {
    let (reference, item) = match definition.name() {
        "messageEventDefinition" => ("messageRef", "itemRef"),
        "errorEventDefinition" => ("errorRef", "structureRef"),
        "escalationEventDefinition" => ("escalationRef", "structureRef"),
        "signalEventDefinition" => ("signalRef", "structureRef"),
        _ => return None,
    };
    index.item(index.of_attribute(definition, reference)?, item)
}

/// `bpmn.closed-choreography`: where a choreography is closed, only its messages flow between the pools (table 9.1).
pub(super) fn closed_choreography(document: &Document, problems: &mut Problems<'_>) {
    let index = Index::new(document);
    for collaboration in bpmn_elements(document).filter(|it| it.name() == "collaboration") {
        let closed =
            index.of_children(collaboration, "choreographyRef").iter().any(|it| flag(*it, "isClosed"));
        if !closed {
            continue;
        }
        let associated: HashSet<String> = named(collaboration, "messageFlowAssociation")
            .flat_map(|it| ["innerMessageFlowRef", "outerMessageFlowRef"].map(|end| attribute(it, end)))
            .collect();
        for flow in named(collaboration, "messageFlow") {
            if !associated.contains(&attribute(flow, "id")) {
                let message = "a message flow is not part of the closed choreography".to_owned();
                let help = "associate it with a message flow of the choreography, or open that";
                problems.element(flow, "bpmn.closed-choreography", message, help);
            }
        }
    }
}
