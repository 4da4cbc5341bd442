//! Which BPMN element may stand where, with which attributes: the structure of the standard's schema as a table.
//!
//! Children are not checked for order: order has no meaning in BPMN and tools differ.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Problems;
use crate::ns;
use crate::xml::{Document, Element};

/// A type of the standard: its base, attributes (`!` marks required ones) and children (`@` marks a group).
struct Type {
    name: &'static str,
    base: &'static str,
    attributes: &'static [&'static str],
    children: &'static [&'static str],
}

const fn row(
    name: &'static str,
    base: &'static str,
    attributes: &'static [&'static str],
    children: &'static [&'static str],
) -> Type {
    Type { name, base, attributes, children }
}

/// Element names that stand for `@group` children.
const GROUPS: &[(&str, &[&str])] = &[
    (
        "@rootElement",
        &[
            "category",
            "choreography",
            "collaboration",
            "correlationProperty",
            "dataStore",
            "endPoint",
            "error",
            "escalation",
            "globalBusinessRuleTask",
            "globalChoreographyTask",
            "globalConversation",
            "globalManualTask",
            "globalScriptTask",
            "globalTask",
            "globalUserTask",
            "interface",
            "itemDefinition",
            "message",
            "partnerEntity",
            "partnerRole",
            "process",
            "resource",
            "signal",
            "@eventDefinition",
        ],
    ),
    (
        "@eventDefinition",
        &[
            "cancelEventDefinition",
            "compensateEventDefinition",
            "conditionalEventDefinition",
            "errorEventDefinition",
            "escalationEventDefinition",
            "linkEventDefinition",
            "messageEventDefinition",
            "signalEventDefinition",
            "terminateEventDefinition",
            "timerEventDefinition",
        ],
    ),
    (
        "@flowElement",
        &[
            "adHocSubProcess",
            "boundaryEvent",
            "businessRuleTask",
            "callActivity",
            "callChoreography",
            "choreographyTask",
            "complexGateway",
            "dataObject",
            "dataObjectReference",
            "dataStoreReference",
            "endEvent",
            "eventBasedGateway",
            "exclusiveGateway",
            "implicitThrowEvent",
            "inclusiveGateway",
            "intermediateCatchEvent",
            "intermediateThrowEvent",
            "manualTask",
            "parallelGateway",
            "receiveTask",
            "scriptTask",
            "sendTask",
            "sequenceFlow",
            "serviceTask",
            "startEvent",
            "subChoreography",
            "subProcess",
            "task",
            "transaction",
            "userTask",
        ],
    ),
    ("@artifact", &["association", "group", "textAnnotation"]),
    ("@conversationNode", &["callConversation", "conversation", "subConversation"]),
    ("@loop", &["multiInstanceLoopCharacteristics", "standardLoopCharacteristics"]),
    ("@role", &["humanPerformer", "performer", "potentialOwner", "resourceRole"]),
    ("@expression", &["expression", "formalExpression"]),
];

const NONE: &[&str] = &[];

/// Types, and the elements whose name is the type's name.
const TYPES: &[Type] = &[
    row("baseElement", "", &["id"], &["documentation", "extensionElements"]),
    row(
        "definitions",
        "baseElement",
        &["name", "targetNamespace!", "expressionLanguage", "typeLanguage", "exporter", "exporterVersion"],
        &["import", "extension", "@rootElement", "relationship"],
    ),
    row("import", "", &["namespace!", "location!", "importType!"], NONE),
    row("extension", "", &["definition", "mustUnderstand"], &["documentation"]),
    row("relationship", "baseElement", &["type!", "direction"], &["source", "target"]),
    row("documentation", "", &["id", "textFormat"], NONE),
    row("extensionElements", "", NONE, NONE),
    // Root elements.
    row("category", "baseElement", &["name"], &["categoryValue"]),
    row("categoryValue", "baseElement", &["value"], NONE),
    row("correlationProperty", "baseElement", &["name", "type"], &["correlationPropertyRetrievalExpression"]),
    row("correlationPropertyRetrievalExpression", "baseElement", &["messageRef!"], &["messagePath"]),
    row("correlationPropertyBinding", "baseElement", &["correlationPropertyRef!"], &["dataPath"]),
    row("correlationKey", "baseElement", &["name"], &["correlationPropertyRef"]),
    row("correlationSubscription", "baseElement", &["correlationKeyRef!"], &["correlationPropertyBinding"]),
    row("dataStore", "baseElement", &["name", "capacity", "isUnlimited", "itemSubjectRef"], &["dataState"]),
    row("dataState", "baseElement", &["name"], NONE),
    row("endPoint", "baseElement", NONE, NONE),
    row("error", "baseElement", &["name", "errorCode", "structureRef"], NONE),
    row("escalation", "baseElement", &["name", "escalationCode", "structureRef"], NONE),
    row("signal", "baseElement", &["name", "structureRef"], NONE),
    row("message", "baseElement", &["name", "itemRef"], NONE),
    row("itemDefinition", "baseElement", &["structureRef", "isCollection", "itemKind"], NONE),
    row("interface", "baseElement", &["name!", "implementationRef"], &["operation"]),
    row(
        "operation",
        "baseElement",
        &["name!", "implementationRef"],
        &["inMessageRef", "outMessageRef", "errorRef"],
    ),
    row("partnerEntity", "baseElement", &["name"], &["participantRef"]),
    row("partnerRole", "baseElement", &["name"], &["participantRef"]),
    row("resource", "baseElement", &["name!"], &["resourceParameter"]),
    row("resourceParameter", "baseElement", &["name", "type", "isRequired"], NONE),
    // Event definitions.
    row("cancelEventDefinition", "baseElement", NONE, NONE),
    row("compensateEventDefinition", "baseElement", &["waitForCompletion", "activityRef"], NONE),
    row("conditionalEventDefinition", "baseElement", NONE, &["condition"]),
    row("errorEventDefinition", "baseElement", &["errorRef"], NONE),
    row("escalationEventDefinition", "baseElement", &["escalationRef"], NONE),
    row("linkEventDefinition", "baseElement", &["name!"], &["source", "target"]),
    row("messageEventDefinition", "baseElement", &["messageRef"], &["operationRef"]),
    row("signalEventDefinition", "baseElement", &["signalRef"], NONE),
    row("terminateEventDefinition", "baseElement", NONE, NONE),
    row("timerEventDefinition", "baseElement", NONE, &["timeDate", "timeDuration", "timeCycle"]),
    // Callable elements.
    row(
        "callableElement",
        "baseElement",
        &["name"],
        &["supportedInterfaceRef", "ioSpecification", "ioBinding"],
    ),
    row(
        "process",
        "callableElement",
        &["processType", "isClosed", "isExecutable", "definitionalCollaborationRef"],
        &[
            "auditing",
            "monitoring",
            "property",
            "laneSet",
            "@flowElement",
            "@artifact",
            "@role",
            "correlationSubscription",
            "supports",
        ],
    ),
    row("globalTask", "callableElement", NONE, &["@role"]),
    row("globalBusinessRuleTask", "globalTask", &["implementation"], NONE),
    row("globalManualTask", "globalTask", NONE, NONE),
    row("globalScriptTask", "globalTask", &["scriptLanguage"], &["script"]),
    row("globalUserTask", "globalTask", &["implementation"], &["rendering"]),
    row("ioBinding", "baseElement", &["operationRef!", "inputDataRef!", "outputDataRef!"], NONE),
    row("auditing", "baseElement", NONE, NONE),
    row("monitoring", "baseElement", NONE, NONE),
    row("laneSet", "baseElement", &["name"], &["lane"]),
    row(
        "lane",
        "baseElement",
        &["name", "partitionElementRef"],
        &["partitionElement", "flowNodeRef", "childLaneSet"],
    ),
    // Artifacts.
    row("association", "baseElement", &["sourceRef!", "targetRef!", "associationDirection"], NONE),
    row("group", "baseElement", &["categoryValueRef"], NONE),
    row("textAnnotation", "baseElement", &["textFormat"], &["text"]),
    row("text", "", NONE, NONE),
    // Flow elements.
    row("flowElement", "baseElement", &["name"], &["auditing", "monitoring", "categoryValueRef"]),
    row("dataObject", "flowElement", &["itemSubjectRef", "isCollection"], &["dataState"]),
    row("dataObjectReference", "flowElement", &["itemSubjectRef", "dataObjectRef"], &["dataState"]),
    row("dataStoreReference", "flowElement", &["itemSubjectRef", "dataStoreRef"], &["dataState"]),
    row(
        "sequenceFlow",
        "flowElement",
        &["sourceRef!", "targetRef!", "isImmediate"],
        &["conditionExpression"],
    ),
    row("flowNode", "flowElement", NONE, &["incoming", "outgoing"]),
    row("gateway", "flowNode", &["gatewayDirection"], NONE),
    row("exclusiveGateway", "gateway", &["default"], NONE),
    row("inclusiveGateway", "gateway", &["default"], NONE),
    row("parallelGateway", "gateway", NONE, NONE),
    row("complexGateway", "gateway", &["default"], &["activationCondition"]),
    row("eventBasedGateway", "gateway", &["instantiate", "eventGatewayType"], NONE),
    row("event", "flowNode", NONE, &["property"]),
    row(
        "catchEvent",
        "event",
        &["parallelMultiple"],
        &["dataOutput", "dataOutputAssociation", "outputSet", "@eventDefinition", "eventDefinitionRef"],
    ),
    row(
        "throwEvent",
        "event",
        NONE,
        &["dataInput", "dataInputAssociation", "inputSet", "@eventDefinition", "eventDefinitionRef"],
    ),
    row("startEvent", "catchEvent", &["isInterrupting"], NONE),
    row("intermediateCatchEvent", "catchEvent", NONE, NONE),
    row("boundaryEvent", "catchEvent", &["cancelActivity", "attachedToRef!"], NONE),
    row("intermediateThrowEvent", "throwEvent", NONE, NONE),
    row("endEvent", "throwEvent", NONE, NONE),
    row("implicitThrowEvent", "throwEvent", NONE, NONE),
    row(
        "activity",
        "flowNode",
        &["isForCompensation", "startQuantity", "completionQuantity", "default"],
        &["ioSpecification", "property", "dataInputAssociation", "dataOutputAssociation", "@role", "@loop"],
    ),
    row("task", "activity", NONE, NONE),
    row("manualTask", "activity", NONE, NONE),
    row("businessRuleTask", "activity", &["implementation"], NONE),
    row("serviceTask", "activity", &["implementation", "operationRef"], NONE),
    row("sendTask", "activity", &["implementation", "messageRef", "operationRef"], NONE),
    row("receiveTask", "activity", &["implementation", "instantiate", "messageRef", "operationRef"], NONE),
    row("scriptTask", "activity", &["scriptFormat"], &["script"]),
    row("script", "", NONE, NONE),
    row("userTask", "activity", &["implementation"], &["rendering"]),
    row("rendering", "baseElement", NONE, NONE),
    row("callActivity", "activity", &["calledElement"], NONE),
    row("subProcess", "activity", &["triggeredByEvent"], &["laneSet", "@flowElement", "@artifact"]),
    row("transaction", "subProcess", &["method"], NONE),
    row("adHocSubProcess", "subProcess", &["cancelRemainingInstances", "ordering"], &["completionCondition"]),
    // Loops.
    row("standardLoopCharacteristics", "baseElement", &["testBefore", "loopMaximum"], &["loopCondition"]),
    row(
        "multiInstanceLoopCharacteristics",
        "baseElement",
        &["isSequential", "behavior", "oneBehaviorEventRef", "noneBehaviorEventRef"],
        &[
            "loopCardinality",
            "loopDataInputRef",
            "loopDataOutputRef",
            "inputDataItem",
            "outputDataItem",
            "complexBehaviorDefinition",
            "completionCondition",
        ],
    ),
    row("complexBehaviorDefinition", "baseElement", NONE, &["condition", "event"]),
    // Data.
    row("ioSpecification", "baseElement", NONE, &["dataInput", "dataOutput", "inputSet", "outputSet"]),
    row("dataInput", "baseElement", &["name", "itemSubjectRef", "isCollection"], &["dataState"]),
    row("dataOutput", "baseElement", &["name", "itemSubjectRef", "isCollection"], &["dataState"]),
    row("property", "baseElement", &["name", "itemSubjectRef"], &["dataState"]),
    row(
        "inputSet",
        "baseElement",
        &["name"],
        &["dataInputRefs", "optionalInputRefs", "whileExecutingInputRefs", "outputSetRefs"],
    ),
    row(
        "outputSet",
        "baseElement",
        &["name"],
        &["dataOutputRefs", "optionalOutputRefs", "whileExecutingOutputRefs", "inputSetRefs"],
    ),
    row(
        "dataInputAssociation",
        "baseElement",
        NONE,
        &["sourceRef", "targetRef", "transformation", "assignment"],
    ),
    row(
        "dataOutputAssociation",
        "baseElement",
        NONE,
        &["sourceRef", "targetRef", "transformation", "assignment"],
    ),
    row("assignment", "baseElement", NONE, &["from", "to"]),
    // Roles.
    row(
        "resourceRole",
        "baseElement",
        &["name"],
        &["resourceRef", "resourceParameterBinding", "resourceAssignmentExpression"],
    ),
    row("performer", "resourceRole", NONE, NONE),
    row("humanPerformer", "resourceRole", NONE, NONE),
    row("potentialOwner", "resourceRole", NONE, NONE),
    row("resourceParameterBinding", "baseElement", &["parameterRef!"], &["@expression"]),
    row("resourceAssignmentExpression", "baseElement", NONE, &["@expression"]),
    row("expression", "baseElement", &["language", "evaluatesToTypeRef"], NONE),
    // Collaboration, conversation, choreography.
    row(
        "collaboration",
        "baseElement",
        &["name", "isClosed"],
        &[
            "participant",
            "messageFlow",
            "@artifact",
            "@conversationNode",
            "conversationAssociation",
            "participantAssociation",
            "messageFlowAssociation",
            "correlationKey",
            "choreographyRef",
            "conversationLink",
        ],
    ),
    row("globalConversation", "collaboration", NONE, NONE),
    row("choreography", "collaboration", NONE, &["@flowElement"]),
    row(
        "participant",
        "baseElement",
        &["name", "processRef"],
        &["interfaceRef", "endPointRef", "participantMultiplicity"],
    ),
    row("participantMultiplicity", "baseElement", &["minimum", "maximum"], NONE),
    row("participantAssociation", "baseElement", NONE, &["innerParticipantRef", "outerParticipantRef"]),
    row("messageFlow", "baseElement", &["name", "sourceRef!", "targetRef!", "messageRef"], NONE),
    row("messageFlowAssociation", "baseElement", &["innerMessageFlowRef!", "outerMessageFlowRef!"], NONE),
    row(
        "conversationAssociation",
        "baseElement",
        &["innerConversationNodeRef!", "outerConversationNodeRef!"],
        NONE,
    ),
    row("conversationLink", "baseElement", &["name", "sourceRef!", "targetRef!"], NONE),
    row(
        "conversationNode",
        "baseElement",
        &["name"],
        &["participantRef", "messageFlowRef", "correlationKey"],
    ),
    row("conversation", "conversationNode", NONE, NONE),
    row("callConversation", "conversationNode", &["calledCollaborationRef"], &["participantAssociation"]),
    row("subConversation", "conversationNode", NONE, &["@conversationNode"]),
    row(
        "choreographyActivity",
        "flowNode",
        &["initiatingParticipantRef!", "loopType"],
        &["participantRef", "correlationKey"],
    ),
    row("choreographyTask", "choreographyActivity", NONE, &["messageFlowRef"]),
    row("callChoreography", "choreographyActivity", &["calledChoreographyRef"], &["participantAssociation"]),
    row("subChoreography", "choreographyActivity", NONE, &["@flowElement", "@artifact"]),
    row("globalChoreographyTask", "choreography", &["initiatingParticipantRef"], NONE),
];

/// Elements that are an expression, or otherwise of a type with another name.
const ALIASES: &[(&str, &str)] = &[
    ("activationCondition", "expression"),
    ("childLaneSet", "laneSet"),
    ("completionCondition", "expression"),
    ("condition", "expression"),
    ("conditionExpression", "expression"),
    ("dataPath", "expression"),
    ("event", "implicitThrowEvent"),
    ("formalExpression", "expression"),
    ("from", "expression"),
    ("inputDataItem", "dataInput"),
    ("loopCardinality", "expression"),
    ("loopCondition", "expression"),
    ("messagePath", "expression"),
    ("outputDataItem", "dataOutput"),
    ("partitionElement", "baseElement"),
    ("timeCycle", "expression"),
    ("timeDate", "expression"),
    ("timeDuration", "expression"),
    ("to", "expression"),
    ("transformation", "expression"),
];

/// Types that are no elements.
const ABSTRACT: &[&str] = &[
    "activity",
    "baseElement",
    "callableElement",
    "catchEvent",
    "choreographyActivity",
    "conversationNode",
    "flowElement",
    "flowNode",
    "gateway",
    "throwEvent",
];

/// What an element of a name may carry, bases included.
struct Shape {
    attributes: Vec<&'static str>,
    required: Vec<&'static str>,
    children: Vec<&'static str>,
}

static SHAPES: LazyLock<HashMap<&'static str, Shape>> = LazyLock::new(|| {
    let mut shapes: HashMap<&'static str, Shape> = HashMap::new();
    for name in TYPES.iter().map(|row| row.name).filter(|name| !ABSTRACT.contains(name)) {
        shapes.insert(name, shape(name));
    }
    for (name, of) in ALIASES {
        shapes.insert(name, shape(of));
    }
    let leaves: Vec<&'static str> =
        shapes.values().flat_map(|shape| shape.children.iter().copied()).collect();
    for name in leaves {
        // Children without a row hold a reference and nothing else.
        shapes.entry(name).or_insert(Shape {
            attributes: Vec::new(),
            required: Vec::new(),
            children: Vec::new(),
        });
    }
    shapes
});

fn shape(name: &str) -> Shape {
    let mut out = Shape { attributes: Vec::new(), required: Vec::new(), children: Vec::new() };
    let mut next = name;
    while let Some(row) = TYPES.iter().find(|row| row.name == next) {
        for attribute in row.attributes {
            let plain = attribute.trim_end_matches('!');
            out.attributes.push(plain);
            if plain.len() != attribute.len() {
                out.required.push(plain);
            }
        }
        row.children.iter().for_each(|child| expand(child, &mut out.children));
        next = row.base;
    }
    out
}

fn expand(child: &'static str, out: &mut Vec<&'static str>) {
    match GROUPS.iter().find(|(group, _)| *group == child) {
        Some((_, members)) => members.iter().for_each(|member| expand(member, out)),
        None => out.push(child),
    }
}

/// True for the name of an element the standard defines.
pub(crate) fn is_known(name: &str) -> bool {
    SHAPES.contains_key(name)
}

/// Elements of the BPMN namespace in document order, those inside `extensionElements` left out.
pub(crate) fn bpmn_elements(document: &Document) -> impl Iterator<Item = Element<'_>> {
    let mut stack = vec![document.root()];
    std::iter::from_fn(move || {
        let element = stack.pop()?;
        if element.namespace() == ns::BPMN
            && element.name() != "extensionElements"
            && is_known(element.name())
        {
            stack.extend(element.children().rev().filter(|child| child.namespace() == ns::BPMN));
        }
        Some(element)
    })
}

/// Reports unknown and misplaced elements, unknown and missing attributes.
pub(super) fn check(document: &Document, problems: &mut Problems<'_>) {
    for element in bpmn_elements(document) {
        let name = element.name();
        let Some(shape) = SHAPES.get(name) else {
            let message = format!("`{name}` is not an element of BPMN 2.0");
            problems.element(
                element,
                "bpmn.unknown-element",
                message,
                "remove it, or correct its name or namespace",
            );
            continue;
        };
        if let Some(parent) = element.parent()
            && let Some(parent_shape) = SHAPES.get(parent.name())
            && !parent_shape.children.contains(&name)
        {
            let message = format!("`{name}` cannot stand inside `{}`", parent.name());
            problems.element(
                element,
                "bpmn.misplaced-element",
                message,
                "move it to where the standard allows it",
            );
        }
        for attribute in
            element.attributes().filter(|it| it.namespace().is_empty() || it.namespace() == ns::BPMN)
        {
            if !shape.attributes.contains(&attribute.name()) {
                let message = format!("`{name}` has no attribute `{}`", attribute.name());
                let help =
                    "remove it, correct its name, or give it the prefix of the extension it belongs to";
                problems.element(element, "bpmn.unknown-attribute", message, help);
            }
        }
        for required in &shape.required {
            // `attachedToRef` and the like may be empty in a draft; empty is as bad as absent, except the namespace.
            let value = element.attribute("", required);
            if value.is_none_or(|value| value.is_empty() && *required != "targetNamespace") {
                let message = format!("`{name}` lacks the attribute `{required}`");
                problems.element(
                    element,
                    "bpmn.missing-attribute",
                    message,
                    &format!("add {required}=\"...\""),
                );
            }
        }
    }
}
