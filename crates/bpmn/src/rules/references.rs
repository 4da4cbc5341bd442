//! References between elements: each must lead to an element of the right kind; ids must be unique.

use std::collections::{HashMap, HashSet};

use super::Problems;
use super::schema::bpmn_elements;
use crate::diagnostic::Severity;
use crate::ns;
use crate::xml::{Document, Element};

const ACTIVITIES: &[&str] = &[
    "adHocSubProcess",
    "businessRuleTask",
    "callActivity",
    "manualTask",
    "receiveTask",
    "scriptTask",
    "sendTask",
    "serviceTask",
    "subProcess",
    "task",
    "transaction",
    "userTask",
];
const EVENTS: &[&str] = &[
    "boundaryEvent",
    "endEvent",
    "implicitThrowEvent",
    "intermediateCatchEvent",
    "intermediateThrowEvent",
    "startEvent",
];
const GATEWAYS: &[&str] =
    &["complexGateway", "eventBasedGateway", "exclusiveGateway", "inclusiveGateway", "parallelGateway"];
const CHOREOGRAPHY: &[&str] = &["callChoreography", "choreographyTask", "subChoreography"];
const ITEMS: &[&str] = &[
    "dataInput",
    "dataObject",
    "dataObjectReference",
    "dataOutput",
    "dataStoreReference",
    "inputDataItem",
    "outputDataItem",
    "property",
];
const CONVERSATIONS: &[&str] = &["callConversation", "conversation", "subConversation"];
const EVENT_DEFINITIONS: &[&str] = &[
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
];

/// References that describe a service and change nothing when they lead nowhere: the interface may be kept elsewhere.
const DESCRIPTIVE: &[&str] = &["operationRef"];

/// Kinds an element may be referred to as; several lists are united. Empty means any element.
type Kinds = &'static [&'static [&'static str]];

/// (owner, or `*`; attribute; kinds).
const ATTRIBUTES: &[(&str, &str, Kinds)] = &[
    ("sequenceFlow", "sourceRef", &[ACTIVITIES, EVENTS, GATEWAYS, CHOREOGRAPHY]),
    ("sequenceFlow", "targetRef", &[ACTIVITIES, EVENTS, GATEWAYS, CHOREOGRAPHY]),
    ("messageFlow", "sourceRef", &[ACTIVITIES, EVENTS, CHOREOGRAPHY, &["participant"], CONVERSATIONS]),
    ("messageFlow", "targetRef", &[ACTIVITIES, EVENTS, CHOREOGRAPHY, &["participant"], CONVERSATIONS]),
    ("conversationLink", "sourceRef", &[ACTIVITIES, EVENTS, &["participant"], CONVERSATIONS]),
    ("conversationLink", "targetRef", &[ACTIVITIES, EVENTS, &["participant"], CONVERSATIONS]),
    ("association", "sourceRef", &[]),
    ("association", "targetRef", &[]),
    ("*", "default", &[&["sequenceFlow"]]),
    ("boundaryEvent", "attachedToRef", &[ACTIVITIES]),
    ("*", "messageRef", &[&["message"]]),
    ("errorEventDefinition", "errorRef", &[&["error"]]),
    ("escalationEventDefinition", "escalationRef", &[&["escalation"]]),
    ("signalEventDefinition", "signalRef", &[&["signal"]]),
    ("compensateEventDefinition", "activityRef", &[ACTIVITIES]),
    ("*", "operationRef", &[&["operation"]]),
    ("participant", "processRef", &[&["process"]]),
    ("process", "definitionalCollaborationRef", &[&["collaboration", "choreography", "globalConversation"]]),
    ("*", "itemSubjectRef", &[&["itemDefinition"]]),
    ("message", "itemRef", &[&["itemDefinition"]]),
    ("dataObjectReference", "dataObjectRef", &[&["dataObject"]]),
    ("dataStoreReference", "dataStoreRef", &[&["dataStore"]]),
    ("lane", "partitionElementRef", &[]),
    ("group", "categoryValueRef", &[&["categoryValue"]]),
    ("correlationSubscription", "correlationKeyRef", &[&["correlationKey"]]),
    ("correlationPropertyBinding", "correlationPropertyRef", &[&["correlationProperty"]]),
    ("ioBinding", "inputDataRef", &[&["inputSet", "dataInput"]]),
    ("ioBinding", "outputDataRef", &[&["outputSet", "dataOutput"]]),
    ("multiInstanceLoopCharacteristics", "oneBehaviorEventRef", &[EVENT_DEFINITIONS]),
    ("multiInstanceLoopCharacteristics", "noneBehaviorEventRef", &[EVENT_DEFINITIONS]),
    ("resourceParameterBinding", "parameterRef", &[&["resourceParameter"]]),
    ("messageFlowAssociation", "innerMessageFlowRef", &[&["messageFlow"]]),
    ("messageFlowAssociation", "outerMessageFlowRef", &[&["messageFlow"]]),
    ("conversationAssociation", "innerConversationNodeRef", &[CONVERSATIONS]),
    ("conversationAssociation", "outerConversationNodeRef", &[CONVERSATIONS]),
    ("*", "initiatingParticipantRef", &[&["participant"]]),
    ("callChoreography", "calledChoreographyRef", &[&["choreography", "globalChoreographyTask"]]),
    ("callConversation", "calledCollaborationRef", &[&["collaboration", "globalConversation"]]),
];

/// (owner, or `*`; child element whose text is the reference; kinds).
const CHILDREN: &[(&str, &str, Kinds)] = &[
    ("*", "incoming", &[&["sequenceFlow"]]),
    ("*", "outgoing", &[&["sequenceFlow"]]),
    ("lane", "flowNodeRef", &[ACTIVITIES, EVENTS, GATEWAYS]),
    ("*", "sourceRef", &[ITEMS]),
    ("*", "targetRef", &[ITEMS]),
    ("inputSet", "dataInputRefs", &[&["dataInput"]]),
    ("inputSet", "optionalInputRefs", &[&["dataInput"]]),
    ("inputSet", "whileExecutingInputRefs", &[&["dataInput"]]),
    ("inputSet", "outputSetRefs", &[&["outputSet"]]),
    ("outputSet", "dataOutputRefs", &[&["dataOutput"]]),
    ("outputSet", "optionalOutputRefs", &[&["dataOutput"]]),
    ("outputSet", "whileExecutingOutputRefs", &[&["dataOutput"]]),
    ("outputSet", "inputSetRefs", &[&["inputSet"]]),
    ("*", "eventDefinitionRef", &[EVENT_DEFINITIONS]),
    ("*", "supportedInterfaceRef", &[&["interface"]]),
    ("*", "interfaceRef", &[&["interface"]]),
    ("*", "endPointRef", &[&["endPoint"]]),
    ("operation", "inMessageRef", &[&["message"]]),
    ("operation", "outMessageRef", &[&["message"]]),
    ("operation", "errorRef", &[&["error"]]),
    ("*", "participantRef", &[&["participant"]]),
    ("*", "messageFlowRef", &[&["messageFlow"]]),
    ("*", "loopDataInputRef", &[ITEMS]),
    ("*", "loopDataOutputRef", &[ITEMS]),
    ("correlationKey", "correlationPropertyRef", &[&["correlationProperty"]]),
    ("*", "categoryValueRef", &[&["categoryValue"]]),
    ("*", "resourceRef", &[&["resource"]]),
    ("messageEventDefinition", "operationRef", &[&["operation"]]),
    ("linkEventDefinition", "source", &[&["linkEventDefinition"]]),
    ("linkEventDefinition", "target", &[&["linkEventDefinition"]]),
    ("participantAssociation", "innerParticipantRef", &[&["participant"]]),
    ("participantAssociation", "outerParticipantRef", &[&["participant"]]),
    ("*", "choreographyRef", &[&["choreography"]]),
    ("process", "supports", &[&["process"]]),
];

/// The files that a file imports, also through others.
#[derive(Clone, Copy)]
pub(crate) struct Imports<'d> {
    pub(crate) files: &'d [&'d Document],
    /// What the file cannot be executed without is among them.
    pub(crate) complete: bool,
}

/// References without which an event, a data store or a loop would mean something else.
const EXECUTED: &[&str] = &[
    "messageRef",
    "errorRef",
    "escalationRef",
    "signalRef",
    "dataStoreRef",
    "eventDefinitionRef",
    "oneBehaviorEventRef",
    "noneBehaviorEventRef",
];

/// Reports duplicate ids, references that lead nowhere and references to the wrong kind of element.
pub(super) fn check(document: &Document, imports: Option<Imports<'_>>, problems: &mut Problems<'_>) {
    let ids = ids(document, problems);
    let scope = Scope::new(document, ids, imports);
    for element in bpmn_elements(document) {
        for attribute in element.attributes().filter(|it| it.namespace().is_empty()) {
            let row = ATTRIBUTES
                .iter()
                .find(|row| (row.0 == "*" || row.0 == element.name()) && row.1 == attribute.name());
            if let Some((_, name, kinds)) = row {
                scope.reference(element, element, name, &attribute.value(), kinds, problems);
            }
        }
        let Some(owner) = element.parent() else { continue };
        let row =
            CHILDREN.iter().find(|row| (row.0 == "*" || row.0 == owner.name()) && row.1 == element.name());
        if let Some((_, name, kinds)) = row {
            scope.reference(owner, element, name, &element.text(), kinds, problems);
        }
    }
    crossing(document, &scope, problems);
    diagram(document, &scope, problems);
}

/// Elements by id. A second element with the same id is reported.
fn ids<'d>(document: &'d Document, problems: &mut Problems<'_>) -> HashMap<String, Element<'d>> {
    let mut ids: HashMap<String, Element<'d>> = HashMap::new();
    for element in bpmn_elements(document) {
        let Some(id) = element.attribute("", "id") else { continue };
        if !crate::xml::is_ncname(&id) {
            let message = format!("`{id}` is not an XML id");
            let help = "use letters, digits, `_`, `-` and `.`, and start with a letter or `_`";
            problems.element(element, "bpmn.invalid-id", message, help);
            continue;
        }
        if let Some(first) = ids.get(id.as_ref()) {
            let place = first.place();
            let message =
                format!("the id `{id}` is already used by `{}` in line {}", first.name(), place.line);
            problems.element(element, "bpmn.duplicate-id", message, "give each element an id of its own");
        } else {
            ids.insert(id.into_owned(), element);
        }
    }
    ids
}

struct Scope<'d> {
    ids: HashMap<String, Element<'d>>,
    /// Prefixes of `definitions` that stand for another than the target namespace.
    foreign: HashSet<String>,
    /// By namespace and id, what the imported files have.
    imported: HashMap<String, HashMap<String, Element<'d>>>,
    imports: Option<Imports<'d>>,
}

impl<'d> Scope<'d> {
    fn new(
        document: &'d Document,
        mut ids: HashMap<String, Element<'d>>,
        imports: Option<Imports<'d>>,
    ) -> Self {
        let root = document.root();
        let target = root.attribute("", "targetNamespace").unwrap_or_default();
        let declared = root.namespace_declarations().filter(|(_, namespace)| *namespace != target);
        let foreign = declared.map(|(prefix, _)| prefix.to_owned()).collect();
        let mut imported: HashMap<String, HashMap<String, Element<'d>>> = HashMap::new();
        for file in imports.iter().flat_map(|imports| imports.files) {
            let namespace = file.root().attribute("", "targetNamespace").unwrap_or_default();
            // A file of the same namespace shares its ids.
            let known = match namespace == target {
                true => &mut ids,
                false => imported.entry(namespace.into_owned()).or_default(),
            };
            for element in bpmn_elements(file) {
                if let Some(id) = element.attribute("", "id") {
                    known.entry(id.into_owned()).or_insert(element);
                }
            }
        }
        Self { ids, foreign, imported, imports }
    }

    fn reference(
        &self,
        owner: Element<'_>,
        place: Element<'_>,
        name: &str,
        value: &str,
        kinds: Kinds,
        problems: &mut Problems<'_>,
    ) {
        let value = value.trim();
        let (prefix, local) = value.split_once(':').map_or(("", value), |(prefix, local)| (prefix, local));
        if value.is_empty() && place.id() == owner.id() {
            return;
        }
        let mut help = "correct the reference, or add the element";
        let found = match self.is_foreign(prefix) {
            false => self.ids.get(local).or_else(|| self.ids.get(value)),
            true => {
                let Some(imports) = self.imports else { return };
                let Some(namespace) = owner.namespace_of_prefix(prefix) else { return };
                match self.imported.get(namespace.as_ref()) {
                    Some(known) => known.get(local),
                    // Nothing is known of files that were not looked at.
                    None if !imports.complete || !EXECUTED.contains(&name) => return,
                    None => {
                        help = "import the file that has it, and deploy that file together with this one";
                        let declared = crate::model::is_imported(owner.document(), &namespace);
                        self.ids.get(local).filter(|_| !declared)
                    }
                }
            }
        };
        let shown = if place.id() == owner.id() { owner } else { place };
        let at = shown.place();
        let id = owner.attribute("", "id").map(|id| id.into_owned());
        match found {
            None => {
                let message =
                    format!("`{name}` of `{}` refers to `{value}`, which does not exist", owner.name());
                let severity = if DESCRIPTIVE.contains(&name) { Severity::Warning } else { Severity::Error };
                let at = (at.line, at.column);
                problems.push(severity, "bpmn.dangling-reference", id, at, message, help);
            }
            Some(target) if !kinds.is_empty() && !kinds.iter().any(|list| list.contains(&target.name())) => {
                let found = target.name();
                let message =
                    format!("`{name}` of `{}` refers to `{value}`, which is a `{found}`", owner.name());
                let wanted: Vec<_> = kinds.iter().flat_map(|list| list.iter().copied()).collect();
                let help = format!("refer to one of: {}", wanted.join(", "));
                problems.error("bpmn.wrong-reference", id, (at.line, at.column), message, &help);
            }
            Some(_) => {}
        }
    }

    /// True for references into imported files.
    fn is_foreign(&self, prefix: &str) -> bool {
        !prefix.is_empty() && self.foreign.contains(prefix)
    }
}

/// A sequence flow stays inside the process or sub-process it is written in.
fn crossing(document: &Document, scope: &Scope<'_>, problems: &mut Problems<'_>) {
    for flow in bpmn_elements(document).filter(|it| it.name() == "sequenceFlow") {
        let own = flow.parent().map(Element::id);
        for end in ["sourceRef", "targetRef"] {
            let reference = flow.attribute("", end).unwrap_or_default();
            let local = reference.rsplit_once(':').map_or(reference.as_ref(), |(_, local)| local);
            let Some(node) = scope.ids.get(local) else { continue };
            if node.parent().map(Element::id) != own {
                let message = format!("the sequence flow is not in the same scope as its {end} `{local}`");
                let help =
                    "move the flow; to leave or enter a scope use events, a call activity or a message";
                problems.element(flow, "bpmn.flow-crosses-scope", message, help);
            }
        }
    }
}

/// Shapes and edges of elements that do not exist are drawn for nothing; the model is not wrong.
fn diagram(document: &Document, scope: &Scope<'_>, problems: &mut Problems<'_>) {
    for element in document.elements().filter(|it| it.namespace() == ns::BPMNDI) {
        let Some(value) = element.attribute("", "bpmnElement") else { continue };
        let (prefix, local) =
            value.split_once(':').map_or(("", value.as_ref()), |(prefix, local)| (prefix, local));
        if !scope.is_foreign(prefix)
            && !scope.ids.contains_key(local)
            && !scope.ids.contains_key(value.as_ref())
        {
            let place = element.place();
            let id = element.attribute("", "id").map(|id| id.into_owned());
            let message = format!("the diagram shows `{value}`, which does not exist");
            let at = (place.line, place.column);
            problems.warning("di.dangling-reference", id, at, message, "remove the shape or edge");
        }
    }
}
