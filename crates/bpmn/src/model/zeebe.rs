//! What is read of Camunda 8's namespace.
//!
//! **Invariant:** the reader sees no element and no attribute of that namespace that is not listed here, so the list is what
//! it knows; the engine's tests have a row for each.

use crate::ns;
use crate::xml::Element;

/// The bindings of what an element calls, shows or links.
const BINDING: [&str; 2] = ["bindingType", "versionTag"];

/// Extension elements of Camunda 8 that are read, each with its attributes. Under the empty name are the attributes in
/// Camunda's namespace of BPMN's own elements.
pub const ZEEBE_EXTENSIONS: &[(&str, &[&str])] = &[
    ("", &["modelerTemplate", "modelerTemplateVersion", "modelerTemplateIcon"]),
    ("adHoc", &["activeElementsCollection", "outputCollection", "outputElement"]),
    ("agentDefinition", &["agentType"]),
    ("assignmentDefinition", &["assignee", "candidateGroups", "candidateUsers"]),
    ("calledDecision", &["decisionId", "resultVariable", BINDING[0], BINDING[1]]),
    (
        "calledElement",
        &[
            "processId",
            "propagateAllChildVariables",
            "propagateAllParentVariables",
            "businessId",
            BINDING[0],
            BINDING[1],
        ],
    ),
    ("conditionalFilter", &["variableNames", "variableEvents"]),
    ("executionListener", &["eventType", "type", "retries"]),
    ("executionListeners", &[]),
    ("formDefinition", &["formId", "formKey", "externalReference", BINDING[0], BINDING[1]]),
    ("header", &["key", "value"]),
    ("input", &["source", "target"]),
    ("ioMapping", &[]),
    ("jobPriorityDefinition", &["priority"]),
    ("linkedResource", &["resourceId", "resourceType", "linkName", BINDING[0], BINDING[1]]),
    ("linkedResources", &[]),
    ("loopCharacteristics", &["inputCollection", "inputElement", "outputCollection", "outputElement"]),
    ("output", &["source", "target"]),
    ("priorityDefinition", &["priority"]),
    ("properties", &[]),
    ("property", &["name", "value"]),
    ("script", &["expression", "resultVariable"]),
    ("subscription", &["correlationKey"]),
    ("taskDefinition", &["type", "retries"]),
    ("taskHeaders", &[]),
    ("taskListener", &["eventType", "type", "retries"]),
    ("taskListeners", &[]),
    ("taskSchedule", &["dueDate", "followUpDate"]),
    ("userTask", &[]),
    ("userTaskForm", &["id"]),
    ("versionTag", &["value"]),
];

fn attributes(element: &str) -> Option<&'static [&'static str]> {
    ZEEBE_EXTENSIONS.iter().find(|(name, _)| *name == element).map(|(_, attributes)| *attributes)
}

/// False for an element of Camunda's namespace that is not listed.
pub(super) fn is_read(element: Element<'_>) -> bool {
    element.namespace() != ns::ZEEBE || attributes(element.name()).is_some()
}

/// False for an attribute without namespace that is not listed for its element of Camunda's namespace.
pub(super) fn has(element: Element<'_>, attribute: &str) -> bool {
    element.namespace() != ns::ZEEBE
        || attributes(element.name()).is_some_and(|known| known.contains(&attribute))
}

/// True for an attribute of Camunda's namespace that is read at BPMN's elements.
pub(super) fn is_attribute(name: &str) -> bool {
    attributes("").is_some_and(|known| known.contains(&name))
}
