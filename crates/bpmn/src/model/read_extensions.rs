//! From `extensionElements` and foreign attributes of any dialect to [`Extensions`].

use super::read::{extension, flag, text};
use super::zeebe::{is_attribute, is_read};
use super::*;
use crate::ns;
use crate::xml::Element;

/// Reads values that may be expressions, by the rules of the document's dialect.
#[derive(Debug, Clone, Copy)]
pub(super) struct Values {
    pub(super) dialect: Dialect,
}

impl Values {
    /// A text, FEEL after `=`, or JUEL in the dialects that have it.
    pub(super) fn expression(self, value: &str, element: Element<'_>) -> Expression {
        let place = element.place();
        let (line, column) = (place.line, place.column);
        if let Some(feel) = value.trim().strip_prefix('=') {
            return Expression { text: feel.trim().to_owned(), is_feel: true, language: None, line, column };
        }
        let juel = matches!(self.dialect, Dialect::Camunda7 | Dialect::Flowable) && is_juel(value);
        let language = juel.then(|| "juel".to_owned());
        Expression { text: value.to_owned(), is_feel: false, language, line, column }
    }

    /// The body of an element, white space around it removed.
    pub(super) fn body(self, element: Element<'_>) -> Expression {
        self.expression(element.text().trim(), element)
    }

    /// The body of an element that must be an expression. Without a language, plain BPMN reads it as FEEL.
    pub(super) fn condition(self, element: Element<'_>) -> Expression {
        let mut out = self.body(element);
        let language = text(element, "language");
        if out.is_feel || out.language.is_some() {
            return out;
        }
        let feel = language.as_deref().is_some_and(|language| language.to_ascii_lowercase().contains("feel"));
        match language {
            Some(_) if feel => out.is_feel = true,
            Some(other) if other.contains("/DMN/") => match boxed(&out.text) {
                Some(text) => {
                    out.text = text;
                    out.is_feel = true;
                }
                None => out.language = Some(other),
            },
            Some(other) => out.language = Some(other),
            None if is_juel(&out.text) => out.language = Some("juel".to_owned()),
            // Camunda 8 treats a text without `=` as a text, which validation refuses in conditions.
            None => out.is_feel = self.dialect != Dialect::Zeebe,
        }
        out
    }

    /// `camunda:collection`: an expression, or the name of a variable.
    pub(super) fn variable_or_expression(self, value: &str, element: Element<'_>) -> Expression {
        let mut out = self.expression(value, element);
        out.is_feel |= out.language.is_none();
        out
    }
}

/// The FEEL of a DMN literal expression that is written as XML inside of the text.
fn boxed(text: &str) -> Option<String> {
    let document = crate::xml::read(text.as_bytes(), "expression").ok()?;
    let root = document.root();
    let literal = (root.name() == "literalExpression").then_some(root)?;
    let text = literal.children().find(|child| child.name() == "text")?;
    Some(text.text().trim().to_owned())
}

fn is_juel(value: &str) -> bool {
    value.contains("${") || value.contains("#{")
}

/// Value of an attribute of Camunda 7's, Operaton's, Flowable's or Activiti's namespace.
pub(super) fn vendor_attribute(element: Element<'_>, name: &str) -> Option<String> {
    let found = element.attributes().find(|it| it.name() == name && is_vendor(it.namespace()))?;
    Some(found.value().into_owned()).filter(|value| !value.is_empty())
}

fn is_vendor(namespace: &str) -> bool {
    matches!(namespace, ns::CAMUNDA | ns::OPERATON | ns::FLOWABLE | ns::ACTIVITI)
}

/// Version tag of a process.
pub(super) fn version_tag(process: Element<'_>) -> Option<String> {
    extension(process, ns::ZEEBE, "versionTag")
        .and_then(|it| text(it, "value"))
        .or_else(|| vendor_attribute(process, "versionTag"))
}

/// All vendor extensions of an element.
pub(super) fn extensions(element: Element<'_>, values: Values) -> Extensions {
    let mut out = Extensions::default();
    attributes(element, &mut out, values);
    for child in element.child(ns::BPMN, "extensionElements").into_iter().flat_map(Element::children) {
        let known = match child.namespace() {
            ns::ZEEBE => is_read(child) && zeebe(child, &mut out, values),
            namespace if is_vendor(namespace) => vendor(child, &mut out, values),
            _ => false,
        };
        if !known {
            out.elements.push(foreign(child));
        }
    }
    out
}

fn zeebe(it: Element<'_>, out: &mut Extensions, values: Values) -> bool {
    let expression = |name| text(it, name).map(|value| values.expression(&value, it));
    match it.name() {
        "taskDefinition" => {
            out.task_definition = Some(TaskDefinition {
                type_: expression("type").unwrap_or_else(|| values.expression("", it)),
                retries: retries(it, values),
            });
        }
        "taskHeaders" => out.headers.extend(pairs(it, "header", "key", "value")),
        "ioMapping" => {
            for child in it.children().filter(|child| is_read(*child)) {
                let list = match child.name() {
                    "input" => &mut out.inputs,
                    "output" => &mut out.outputs,
                    _ => continue,
                };
                list.push(mapping(child, &attribute(child, "source"), &attribute(child, "target"), values));
            }
        }
        "script" => {
            out.script = Some(Script {
                expression: expression("expression").unwrap_or_else(|| values.expression("", it)),
                result_variable: attribute(it, "resultVariable"),
            });
        }
        "assignmentDefinition" => {
            out.assignment = Some(Assignment {
                assignee: expression("assignee"),
                candidate_users: expression("candidateUsers"),
                candidate_groups: expression("candidateGroups"),
            });
        }
        "taskSchedule" => {
            out.schedule = Some(Schedule {
                due_date: expression("dueDate"),
                follow_up_date: expression("followUpDate"),
            });
        }
        "priorityDefinition" => out.priority = expression("priority"),
        "jobPriorityDefinition" => out.job_priority = expression("priority"),
        // Read where they belong: messages, loops, processes.
        "subscription" | "loopCharacteristics" | "versionTag" => {}
        _ => {
            return zeebe_task(it, out, values)
                || zeebe_called(it, out, values)
                || zeebe_listeners(it, out, values);
        }
    }
    true
}

/// User tasks, forms and events.
fn zeebe_task(it: Element<'_>, out: &mut Extensions, values: Values) -> bool {
    let expression = |name| text(it, name).map(|value| values.expression(&value, it));
    match it.name() {
        "formDefinition" => {
            out.form = Some(FormDefinition {
                form_id: expression("formId"),
                form_key: text(it, "formKey"),
                external_reference: expression("externalReference"),
                binding: binding(it),
            });
        }
        "userTask" => out.zeebe_user_task = true,
        "userTaskForm" => out.user_task_forms.push((attribute(it, "id"), it.text().trim().to_owned())),
        "conditionalFilter" => {
            out.conditional_filter = Some(ConditionalFilter {
                variable_names: list(&attribute(it, "variableNames")),
                variable_events: list(&attribute(it, "variableEvents")),
            });
        }
        "adHoc" => {
            out.ad_hoc = Some(AdHocExtension {
                active_elements_collection: expression("activeElementsCollection"),
                output_collection: text(it, "outputCollection"),
                output_element: expression("outputElement"),
            });
        }
        _ => return false,
    }
    true
}

/// Called processes, decisions and resources.
fn zeebe_called(it: Element<'_>, out: &mut Extensions, values: Values) -> bool {
    let expression = |name| text(it, name).map(|value| values.expression(&value, it));
    match it.name() {
        "calledElement" => {
            out.called_element = Some(CalledElement {
                process_id: expression("processId").unwrap_or_else(|| values.expression("", it)),
                propagate_all_child_variables: flag(it, "propagateAllChildVariables", true),
                propagate_all_parent_variables: flag(it, "propagateAllParentVariables", true),
                binding: binding(it),
                business_id: expression("businessId"),
            });
        }
        "calledDecision" => {
            out.called_decision = Some(CalledDecision {
                decision_id: expression("decisionId").unwrap_or_else(|| values.expression("", it)),
                result_variable: attribute(it, "resultVariable"),
                binding: binding(it),
            });
        }
        "linkedResources" => {
            out.linked_resources.extend(children(it, "linkedResource").map(|it| LinkedResource {
                resource_id: values.expression(&attribute(it, "resourceId"), it),
                resource_type: text(it, "resourceType"),
                link_name: text(it, "linkName"),
                binding: binding(it),
            }));
        }
        _ => return false,
    }
    true
}

/// Listeners, properties and the rest.
fn zeebe_listeners(it: Element<'_>, out: &mut Extensions, values: Values) -> bool {
    match it.name() {
        "executionListeners" => {
            out.execution_listeners.extend(children(it, "executionListener").map(|it| listener(it, values)));
        }
        "taskListeners" => {
            out.task_listeners.extend(children(it, "taskListener").map(|it| task_listener(it, values)));
        }
        "properties" => out.properties.extend(pairs(it, "property", "name", "value")),
        "agentDefinition" => out.agent_type = text(it, "agentType"),
        _ => return false,
    }
    true
}

/// Extension elements of Camunda 7, Operaton, Flowable and Activiti.
fn vendor(it: Element<'_>, out: &mut Extensions, values: Values) -> bool {
    match it.name() {
        "inputOutput" => {
            for child in it.children() {
                let list = match child.name() {
                    "inputParameter" => &mut out.inputs,
                    "outputParameter" => &mut out.outputs,
                    _ => continue,
                };
                list.push(mapping(child, child.text().trim(), &attribute(child, "name"), values));
            }
        }
        "in" | "out" => {
            let source = text(it, "source").map(|source| format!("={source}"));
            let source = source.or_else(|| text(it, "sourceExpression"));
            let (Some(source), Some(target)) = (source, text(it, "target")) else { return false };
            let mapping = mapping(it, &source, &target, values);
            if it.name() == "in" { out.inputs.push(mapping) } else { out.outputs.push(mapping) }
        }
        "properties" => {
            let (mut names, mut more) =
                (pairs(it, "property", "name", "value"), pairs(it, "property", "id", "value"));
            out.properties.append(if names.is_empty() { &mut more } else { &mut names });
        }
        "property" => out.properties.push((attribute(it, "name"), attribute(it, "value"))),
        "field" => {
            let value = text(it, "stringValue").or_else(|| text(it, "expression")).unwrap_or_else(|| {
                it.children().map(|child| child.text().trim().to_owned()).collect::<Vec<_>>().join("")
            });
            let field = (attribute(it, "name"), values.expression(&value, it));
            out.implementation.get_or_insert_default().fields.push(field);
        }
        _ => return false,
    }
    true
}

fn attributes(element: Element<'_>, out: &mut Extensions, values: Values) {
    for it in element.attributes() {
        let value = it.value();
        let expression = || Some(values.expression(&value, element));
        let implementation =
            |kind| Implementation { kind, value: value.to_string(), ..Implementation::default() };
        match (it.namespace(), it.name()) {
            ("", _) => continue,
            (ns::ZEEBE, name) if is_attribute(name) => {
                let template = out.template.get_or_insert_default();
                match name {
                    "modelerTemplate" => template.id = value.into_owned(),
                    "modelerTemplateVersion" => template.version = Some(value.into_owned()),
                    _ => template.icon = Some(value.into_owned()),
                }
            }
            (namespace, name) if is_vendor(namespace) => match name {
                "assignee" => out.assignment.get_or_insert_default().assignee = expression(),
                "candidateUsers" => out.assignment.get_or_insert_default().candidate_users = expression(),
                "candidateGroups" => out.assignment.get_or_insert_default().candidate_groups = expression(),
                "dueDate" => out.schedule.get_or_insert_default().due_date = expression(),
                "followUpDate" => out.schedule.get_or_insert_default().follow_up_date = expression(),
                "priority" => out.priority = expression(),
                "formKey" => out.form.get_or_insert_default().form_key = Some(value.into_owned()),
                "class" => out.implementation = Some(implementation(ImplementationKind::Class)),
                "delegateExpression" => {
                    out.implementation = Some(implementation(ImplementationKind::DelegateExpression))
                }
                "expression" => out.implementation = Some(implementation(ImplementationKind::Expression)),
                "decisionRef" => out.implementation = Some(implementation(ImplementationKind::Decision)),
                "topic" => out.implementation = Some(implementation(ImplementationKind::ExternalTopic)),
                "type" if value != "external" => {
                    out.implementation = Some(implementation(ImplementationKind::Type))
                }
                "modelerTemplate" => out.template.get_or_insert_default().id = value.into_owned(),
                "modelerTemplateVersion" => {
                    out.template.get_or_insert_default().version = Some(value.into_owned())
                }
                _ => out.attributes.push(foreign_attribute(namespace, name, &value)),
            },
            (namespace, name) => out.attributes.push(foreign_attribute(namespace, name, &value)),
        }
    }
    let result = vendor_attribute(element, "resultVariable")
        .or_else(|| vendor_attribute(element, "resultVariableName"));
    if let Some(implementation) = &mut out.implementation {
        implementation.result_variable = result;
    }
}

fn mapping(it: Element<'_>, source: &str, target: &str, values: Values) -> Mapping {
    let place = it.place();
    Mapping {
        source: values.expression(source, it),
        target: target.to_owned(),
        line: place.line,
        column: place.column,
    }
}

fn listener(it: Element<'_>, values: Values) -> ExecutionListener {
    ExecutionListener {
        event: match attribute(it, "eventType").as_str() {
            "start" => ListenerEvent::Start,
            "end" => ListenerEvent::End,
            "beforeAll" => ListenerEvent::BeforeAll,
            "cancel" => ListenerEvent::Cancel,
            other => ListenerEvent::Other(other.to_owned()),
        },
        type_: values.expression(&attribute(it, "type"), it),
        retries: retries(it, values),
        headers: listener_headers(it),
    }
}

fn task_listener(it: Element<'_>, values: Values) -> TaskListener {
    let event = attribute(it, "eventType");
    let event = match event.as_str() {
        "create" => "creating",
        "assignment" => "assigning",
        "update" => "updating",
        "complete" => "completing",
        "cancel" => "canceling",
        other => other,
    };
    TaskListener {
        event: event.to_owned(),
        type_: values.expression(&attribute(it, "type"), it),
        retries: retries(it, values),
        headers: listener_headers(it),
    }
}

fn listener_headers(it: Element<'_>) -> Vec<(String, String)> {
    children(it, "taskHeaders").flat_map(|it| pairs(it, "header", "key", "value")).collect()
}

fn retries(it: Element<'_>, values: Values) -> Expression {
    values.expression(&text(it, "retries").unwrap_or_else(|| "3".to_owned()), it)
}

fn binding(it: Element<'_>) -> Binding {
    match text(it, "bindingType").as_deref() {
        Some("deployment") => Binding::Deployment,
        Some("versionTag") => Binding::VersionTag(attribute(it, "versionTag")),
        _ => Binding::Latest,
    }
}

fn pairs(it: Element<'_>, child: &str, key: &str, value: &str) -> Vec<(String, String)> {
    children(it, child).filter_map(|element| Some((text(element, key)?, attribute(element, value)))).collect()
}

/// Children of the same namespace and of this name, if they are read.
fn children<'d>(it: Element<'d>, name: &'d str) -> impl Iterator<Item = Element<'d>> {
    it.children_named(it.namespace(), name).filter(|child| is_read(*child))
}

fn list(value: &str) -> Vec<String> {
    value.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

fn attribute(it: Element<'_>, name: &str) -> String {
    super::read::attribute(it, name).unwrap_or_default()
}

fn foreign(it: Element<'_>) -> ForeignElement {
    ForeignElement {
        namespace: it.namespace().to_owned(),
        name: it.name().to_owned(),
        attributes: it.attributes().map(|a| foreign_attribute(a.namespace(), a.name(), &a.value())).collect(),
        text: it.text().trim().to_owned(),
        children: it.children().map(foreign).collect(),
    }
}

fn foreign_attribute(namespace: &str, name: &str, value: &str) -> ForeignAttribute {
    ForeignAttribute { namespace: namespace.to_owned(), name: name.to_owned(), value: value.to_owned() }
}
