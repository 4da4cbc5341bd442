//! Constraints the standard states in its text, checked on the tree because the typed view drops what they are about.

use std::collections::HashMap;

use super::Problems;
use super::items::{flag, is_executed, process_of};
use super::schema::bpmn_elements;
use crate::model::Dialect;
use crate::ns;
use crate::xml::{Document, Element};

pub(super) fn local(value: &str) -> &str {
    value.rsplit_once(':').map_or(value, |(_, local)| local)
}

pub(super) fn attribute(element: Element<'_>, name: &str) -> String {
    element.attribute("", name).map(|value| local(value.trim()).to_owned()).unwrap_or_default()
}

/// `bpmn.gateway-direction`: the direction a gateway claims is the one its flows have (10.6.1).
pub(super) fn gateway_direction(document: &Document, problems: &mut Problems<'_>) {
    let mut ends: HashMap<String, (u32, u32)> = HashMap::new();
    for flow in bpmn_elements(document).filter(|it| it.name() == "sequenceFlow") {
        ends.entry(attribute(flow, "targetRef")).or_default().0 += 1;
        ends.entry(attribute(flow, "sourceRef")).or_default().1 += 1;
    }
    for gateway in bpmn_elements(document).filter(|it| it.name().ends_with("Gateway")) {
        let direction = attribute(gateway, "gatewayDirection");
        let (incoming, outgoing) = ends.get(&attribute(gateway, "id")).copied().unwrap_or_default();
        let fits = match direction.as_str() {
            "Converging" => outgoing <= 1 && incoming > 1,
            "Diverging" => incoming <= 1 && outgoing > 1,
            "Mixed" => incoming > 1 && outgoing > 1,
            "" | "Unspecified" => true,
            _ => false,
        };
        if !fits {
            let message = format!(
                "the gateway is `{direction}` with {incoming} incoming and {outgoing} outgoing flows"
            );
            problems.element(
                gateway,
                "bpmn.gateway-direction",
                message,
                "correct or remove gatewayDirection",
            );
        }
    }
}

/// `bpmn.loop-markers`: an activity repeats in one way.
pub(super) fn loop_markers(document: &Document, problems: &mut Problems<'_>) {
    for element in bpmn_elements(document) {
        let loops = element
            .children()
            .filter(|it| it.namespace() == ns::BPMN && it.name().ends_with("LoopCharacteristics"));
        if loops.count() > 1 {
            let message = "an activity has more than one loop marker".to_owned();
            problems.element(element, "bpmn.loop-markers", message, "keep one of them");
        }
    }
}

/// `bpmn.timer-several`: a timer has one of date, duration and cycle.
pub(super) fn timer_several(document: &Document, problems: &mut Problems<'_>) {
    for timer in bpmn_elements(document).filter(|it| it.name() == "timerEventDefinition") {
        if timer.children().filter(|it| it.namespace() == ns::BPMN && it.name().starts_with("time")).count()
            > 1
        {
            let message = "a timer has more than one of timeDate, timeDuration and timeCycle".to_owned();
            problems.element(timer, "bpmn.timer-several", message, "keep one of them");
        }
    }
}

/// `bpmn.shared-event-definition`: only event definitions of `definitions` can be referred to.
pub(super) fn shared_event_definition(document: &Document, problems: &mut Problems<'_>) {
    let mut nested: HashMap<String, Element<'_>> = HashMap::new();
    for element in bpmn_elements(document).filter(|it| it.name().ends_with("EventDefinition")) {
        if element.parent().is_some_and(|parent| parent.name() != "definitions") {
            nested.insert(attribute(element, "id"), element);
        }
    }
    for reference in bpmn_elements(document).filter(|it| it.name() == "eventDefinitionRef") {
        let text = reference.text();
        if nested.contains_key(local(text.trim())) {
            let message = format!("`{}` is defined inside another event", text.trim());
            let help = "move the event definition to the top of the file, or repeat it";
            problems.element(reference, "bpmn.shared-event-definition", message, help);
        }
    }
}

/// `bpmn.quantity`: numbers of tokens and participants make sense (table 10.3, 9.3.1).
pub(super) fn quantities(document: &Document, problems: &mut Problems<'_>) {
    for element in bpmn_elements(document) {
        let number = |name: &str, default: i64| match element.attribute("", name) {
            Some(value) => value.trim().parse().unwrap_or(i64::MIN),
            None => default,
        };
        let problem = match element.name() {
            "participantMultiplicity" => {
                let (minimum, maximum) = (number("minimum", 0), number("maximum", 1));
                (minimum < 0 || maximum < 1 || maximum < minimum)
                    .then_some("the multiplicity of a participant")
            }
            "standardLoopCharacteristics" => {
                (number("loopMaximum", 1) < 0).then_some("the number of iterations of a loop")
            }
            _ => (number("startQuantity", 1) < 1 || number("completionQuantity", 1) < 1)
                .then_some("a quantity of tokens"),
        };
        if let Some(what) = problem {
            problems.element(
                element,
                "bpmn.quantity",
                format!("{what} is out of range"),
                "give a number of at least 1",
            );
        }
    }
}

/// `bpmn.lonely-condition`: an activity that chooses needs something to choose from (table 8.60).
pub(super) fn lonely_condition(document: &Document, problems: &mut Problems<'_>) {
    let mut outgoing: HashMap<String, u32> = HashMap::new();
    let flows = || bpmn_elements(document).filter(|it| it.name() == "sequenceFlow");
    for flow in flows() {
        *outgoing.entry(attribute(flow, "sourceRef")).or_default() += 1;
    }
    let activities: HashMap<String, ()> = bpmn_elements(document)
        .filter(|it| {
            it.name().ends_with("ask") || it.name().ends_with("ubProcess") || it.name() == "callActivity"
        })
        .map(|it| (attribute(it, "id"), ()))
        .collect();
    for flow in flows().filter(|it| it.child(ns::BPMN, "conditionExpression").is_some()) {
        let source = attribute(flow, "sourceRef");
        if activities.contains_key(&source) && outgoing.get(&source) == Some(&1) {
            let message = format!("the only sequence flow out of the activity `{source}` has a condition");
            let help = "add another flow for when it does not hold, or remove the condition";
            problems.element(flow, "bpmn.lonely-condition", message, help);
        }
    }
}

/// `bpmn.message-flow`: message flows connect different pools, leave what sends and reach what receives (9.4).
pub(super) fn message_flows(document: &Document, problems: &mut Problems<'_>) {
    let mut by_id: HashMap<String, Element<'_>> = HashMap::new();
    let mut pool_of_process: HashMap<String, String> = HashMap::new();
    for element in bpmn_elements(document) {
        let id = attribute(element, "id");
        if element.name() == "participant" {
            pool_of_process.insert(attribute(element, "processRef"), id.clone());
        }
        by_id.entry(id).or_insert(element);
    }
    let pool = |element: Element<'_>| {
        if element.name() == "participant" {
            return Some(attribute(element, "id"));
        }
        let mut at = Some(element);
        while let Some(scope) = at.filter(|scope| scope.name() != "process") {
            at = scope.parent();
        }
        pool_of_process.get(&attribute(at?, "id")).cloned()
    };
    for flow in bpmn_elements(document).filter(|it| it.name() == "messageFlow") {
        let ends = (by_id.get(&attribute(flow, "sourceRef")), by_id.get(&attribute(flow, "targetRef")));
        let (Some(source), Some(target)) = ends else { continue };
        let mut report =
            |message: String, help: &str| problems.element(flow, "bpmn.message-flow", message, help);
        if let (Some(from), Some(to)) = (pool(*source), pool(*target))
            && from == to
        {
            report(
                format!("a message flow stays inside the pool `{from}`"),
                "use a sequence flow inside a pool",
            );
        }
        if matches!(source.name(), "startEvent" | "intermediateCatchEvent" | "boundaryEvent")
            || !may_be_message(*source)
        {
            report(format!("a message flow leaves a `{}` that sends no message", source.name()), SENDERS);
        }
        let throws = matches!(target.name(), "endEvent" | "intermediateThrowEvent");
        if throws || !may_be_message(*target) {
            report(
                format!("a message flow reaches a `{}` that receives no message", target.name()),
                RECEIVERS,
            );
        }
    }
}

const SENDERS: &str = "let it leave a pool, an activity, or a message end or throw event";
const RECEIVERS: &str = "let it reach a pool, an activity, or a message start or catch event";

/// Not an event, or an event with a message among its event definitions.
fn may_be_message(element: Element<'_>) -> bool {
    let definitions =
        || element.children().filter(|it| it.namespace() == ns::BPMN && it.name().contains("ventDefinition"));
    !element.name().ends_with("Event")
        || definitions().any(|it| matches!(it.name(), "messageEventDefinition" | "eventDefinitionRef"))
}

/// `bpmn.empty-expression`: an expression says something.
pub(super) fn empty_expression(document: &Document, problems: &mut Problems<'_>) {
    const EXPRESSIONS: &[&str] = &[
        "activationCondition",
        "completionCondition",
        "condition",
        "dataPath",
        "from",
        "loopCardinality",
        "loopCondition",
        "messagePath",
        "timeCycle",
        "timeDate",
        "timeDuration",
        "to",
        "transformation",
    ];
    for element in bpmn_elements(document).filter(|it| EXPRESSIONS.contains(&it.name())) {
        if element.text().trim().is_empty()
            && process_of(element).is_none_or(|process| flag(process, "isExecutable"))
        {
            let message = format!("`{}` is empty", element.name());
            problems.element(
                element,
                "bpmn.empty-expression",
                message,
                "write an expression, or remove the element",
            );
        }
    }
}

/// `bpmn.format`: attributes that are URIs or media types have their form.
pub(super) fn formats(document: &Document, problems: &mut Problems<'_>) {
    const URIS: &[&str] =
        &["expressionLanguage", "implementation", "importType", "language", "method", "typeLanguage"];
    for element in bpmn_elements(document) {
        for it in element.attributes().filter(|it| it.namespace().is_empty()) {
            let value = it.value();
            let wrong = match it.name() {
                name if URIS.contains(&name) => !is_uri(&value),
                "textFormat" => !is_media_type(&value),
                _ => false,
            };
            if wrong {
                let message = format!("`{value}` is not what `{}` takes", it.name());
                let help = "write a URI, or for textFormat a media type such as text/plain";
                problems.element(element, "bpmn.format", message, help);
            }
        }
    }
}

/// No white space and no broken percent escape; the rest of the grammar excludes nothing people write.
fn is_uri(value: &str) -> bool {
    let escaped = |rest: &str| rest.len() >= 2 && rest.as_bytes()[..2].iter().all(u8::is_ascii_hexdigit);
    !value.contains(char::is_whitespace) && value.split('%').skip(1).all(escaped)
}

pub(super) fn is_media_type(value: &str) -> bool {
    let token =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'/');
    value
        .split(';')
        .next()
        .unwrap_or_default()
        .split_once('/')
        .is_some_and(|(kind, name)| token(kind) && token(name.trim_end()))
}

/// `bpmn.not-for-execution`: what the standard keeps out of executable processes (tables 8.60, 10.1). Vendors' tools
/// write these attributes all the same, so only plain BPMN is held to it.
pub(super) fn not_for_execution(document: &Document, problems: &mut Problems<'_>) {
    if crate::model::dialect(document) != Dialect::Plain {
        return;
    }
    for element in bpmn_elements(document) {
        let problem = match element.name() {
            "process" if attribute(element, "processType") == "Public" => {
                "a public process is marked executable"
            }
            "sequenceFlow" if attribute(element, "isImmediate") == "false" => {
                "isImmediate is false in an executable process"
            }
            _ => continue,
        };
        if is_executed(element) {
            problems.element(
                element,
                "bpmn.not-for-execution",
                problem.to_owned(),
                "remove the attribute, or isExecutable",
            );
        }
    }
}

/// `bpmn.resource-role`: a role names a resource, with bindings of its parameters, or an expression (table 10.5).
pub(super) fn resource_roles(document: &Document, problems: &mut Problems<'_>) {
    const ROLES: &[&str] = &["humanPerformer", "performer", "potentialOwner", "resourceRole"];
    for role in bpmn_elements(document).filter(|it| ROLES.contains(&it.name())) {
        let has = |name| role.child(ns::BPMN, name).is_some();
        let (resource, expression, binding) =
            (has("resourceRef"), has("resourceAssignmentExpression"), has("resourceParameterBinding"));
        if (resource && expression) || (binding && !resource) {
            let message = "a resource role mixes a resource and an expression".to_owned();
            let help = "keep resourceRef with its bindings, or resourceAssignmentExpression";
            problems.element(role, "bpmn.resource-role", message, help);
        }
    }
}

/// `bpmn.choreography-content`: global conversations and choreographies hold less than collaborations (9.5, 11.9), and
/// processes hold no choreography activities (10.3.5, 10.6).
pub(super) fn choreography_content(document: &Document, problems: &mut Problems<'_>) {
    for element in bpmn_elements(document) {
        let owner = element.parent().map_or("", Element::name);
        let place = match (owner, element.name()) {
            ("choreography" | "globalConversation", "choreographyRef")
            | ("globalConversation", "callConversation" | "conversation" | "subConversation") => {
                "a collaboration"
            }
            (
                "process" | "subProcess" | "transaction" | "adHocSubProcess",
                "callChoreography" | "choreographyTask" | "subChoreography",
            ) => "a choreography",
            _ => continue,
        };
        let message = format!("a `{owner}` contains a `{}`", element.name());
        problems.element(element, "bpmn.choreography-content", message, &format!("move it to {place}"));
    }
}

/// `bpmn.flow-lists`: a process whose elements list their sequence flows lists all of them. Vendors' engines do not
/// look at the lists.
pub(super) fn flow_lists(document: &Document, problems: &mut Problems<'_>) {
    if crate::model::dialect(document) != Dialect::Plain {
        return;
    }
    let listed = |element: Element<'_>, name: &'static str| -> Vec<String> {
        element.children_named(ns::BPMN, name).map(|it| local(it.text().trim()).to_owned()).collect()
    };
    for process in bpmn_elements(document).filter(|it| it.name() == "process") {
        let mut lists: HashMap<String, [Vec<String>; 2]> = HashMap::new();
        let mut used = false;
        let mut flows = Vec::new();
        let mut stack: Vec<Element<'_>> = process.children().collect();
        while let Some(element) = stack.pop() {
            match element.name() {
                "sequenceFlow" => flows.push(element),
                "subProcess" | "transaction" | "adHocSubProcess" => stack.extend(element.children()),
                _ => {}
            }
            let both = [listed(element, "outgoing"), listed(element, "incoming")];
            used |= both.iter().any(|list| !list.is_empty());
            lists.insert(attribute(element, "id"), both);
        }
        for flow in flows {
            let id = attribute(flow, "id");
            for (side, (end, name)) in
                [("sourceRef", "outgoing"), ("targetRef", "incoming")].into_iter().enumerate()
            {
                let node = attribute(flow, end);
                if used && lists.get(&node).is_some_and(|lists| !lists[side].contains(&id)) {
                    let message = format!("`{node}` does not list the sequence flow as {name}");
                    problems.element(
                        flow,
                        "bpmn.flow-lists",
                        message,
                        "add it to the element, or list no flows at all",
                    );
                }
            }
        }
    }
}
