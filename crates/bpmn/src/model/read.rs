//! From the tree to the typed view: definitions, root elements, processes and their flow.
//!
//! **Invariant:** reading never fails; what cannot be resolved is left out, and [`crate::rules`] reports it.

use std::collections::HashMap;

use super::read_extensions::{self, Values};
use super::read_node::{self, Targets};
use super::*;
use crate::ns;
use crate::xml::{Document, Element};

/// Reads the typed view. The root is known to be `definitions`. What it refers to in `imported` files follows its own
/// root elements.
pub(crate) fn definitions(document: &Document, imported: &[&Document]) -> Definitions {
    let root = document.root();
    let values = Values { dialect: dialect(document) };
    let mut out = Definitions {
        file: document.file().to_owned(),
        id: text(root, "id").unwrap_or_default(),
        name: text(root, "name"),
        target_namespace: text(root, "targetNamespace").unwrap_or_default(),
        dialect: values.dialect,
        expression_language: text(root, "expressionLanguage"),
        exporter: (text(root, "exporter"), text(root, "exporterVersion")),
        ..Definitions::default()
    };
    let mut targets = Targets::new(document, imported);
    for element in bpmn_children(root) {
        root_element(&mut out, element, values, &mut targets);
    }
    for file in imported {
        let values = Values { dialect: dialect(file) };
        for element in bpmn_children(file.root()).filter(|it| it.name() != "import") {
            root_element(&mut out, element, values, &mut targets);
        }
    }
    for file in std::iter::once(&document).chain(imported) {
        let values = Values { dialect: dialect(file) };
        for element in bpmn_children(file.root()).filter(|element| element.name().starts_with("global")) {
            let Some(kind) = read_node::global_kind(element, values, &targets) else { continue };
            let task = read_node::node(element, kind, None, 0, values, &targets);
            if targets.is_own(element) {
                out.global_tasks.push(task);
            } else {
                out.imported_tasks.push((targets.global_id(element), task));
            }
        }
    }
    for element in bpmn_children(root).filter(|element| element.name() == "process") {
        out.processes.push(ProcessReader::read(element, values, &targets));
    }
    out.collaborations = collaborations(root, &out.processes, &targets);
    out
}

fn root_element(out: &mut Definitions, element: Element<'_>, values: Values, targets: &mut Targets<'_>) {
    let id = text(element, "id").unwrap_or_default();
    let global = targets.global_id(element);
    let name = text(element, "name");
    let place = element.place();
    let (line, column) = (place.line, place.column);
    let code = |attribute: &str| text(element, attribute).map(|value| values.expression(&value, element));
    match element.name() {
        "message" => {
            let correlation_key = extension(element, ns::ZEEBE, "subscription")
                .and_then(|it| text(it, "correlationKey").map(|value| values.expression(&value, it)));
            targets.messages.entry(global).or_insert(out.messages.len());
            out.messages.push(MessageDef { id, name: code("name"), correlation_key, line, column });
        }
        "error" => {
            targets.errors.entry(global).or_insert(out.errors.len());
            out.errors.push(ErrorDef { id, name, code: code("errorCode"), line, column });
        }
        "signal" => {
            targets.signals.entry(global).or_insert(out.signals.len());
            out.signals.push(SignalDef { id, name: code("name"), line, column });
        }
        "escalation" => {
            targets.escalations.entry(global).or_insert(out.escalations.len());
            out.escalations.push(EscalationDef { id, name, code: code("escalationCode"), line, column });
        }
        "dataStore" if targets.is_own(element) => out.data_stores.push(DataStore { id, name }),
        "dataStore" => {
            targets.others.insert(global.clone());
            out.data_stores.push(DataStore { id: global, name: name.or(Some(id)) });
        }
        other if other.starts_with("global") && !targets.is_own(element) => {
            targets.others.insert(global);
        }
        "import" => out.imports.push(Import {
            namespace: text(element, "namespace").unwrap_or_default(),
            location: text(element, "location").unwrap_or_default(),
            import_type: text(element, "importType").unwrap_or_default(),
        }),
        _ => {}
    }
}

/// Recognises the dialect by the namespaces that elements and attributes really use, then by what is declared.
pub(crate) fn dialect(document: &Document) -> Dialect {
    let of_namespace = |namespace: &str| match namespace {
        ns::ZEEBE => Some(Dialect::Zeebe),
        ns::CAMUNDA | ns::OPERATON => Some(Dialect::Camunda7),
        ns::FLOWABLE | ns::ACTIVITI => Some(Dialect::Flowable),
        _ => None,
    };
    let root = document.root();
    match root.attribute(ns::MODELER, "executionPlatform").as_deref() {
        Some("Camunda Cloud") => return Dialect::Zeebe,
        Some("Camunda Platform" | "Operaton") => return Dialect::Camunda7,
        _ => {}
    }
    let used = document.elements().find_map(|element| {
        let attributes = element.attributes().find_map(|attribute| of_namespace(attribute.namespace()));
        of_namespace(element.namespace()).or(attributes)
    });
    let declared = || root.namespace_declarations().find_map(|(_, namespace)| of_namespace(&namespace));
    used.or_else(declared).unwrap_or_default()
}

fn collaborations(root: Element<'_>, processes: &[Process], targets: &Targets<'_>) -> Vec<Collaboration> {
    let by_id: HashMap<&str, usize> =
        processes.iter().enumerate().rev().map(|(index, process)| (process.id.as_str(), index)).collect();
    let named = bpmn_children(root)
        .filter(|it| matches!(it.name(), "collaboration" | "choreography" | "globalConversation"));
    named
        .map(|element| {
            let mut out = Collaboration {
                id: text(element, "id").unwrap_or_default(),
                name: text(element, "name"),
                ..Collaboration::default()
            };
            for child in bpmn_children(element) {
                let id = text(child, "id").unwrap_or_default();
                let name = text(child, "name");
                match child.name() {
                    "participant" => {
                        let process =
                            reference(child, "processRef").and_then(|id| by_id.get(id.as_str()).copied());
                        out.participants.push(Participant { id, name, process });
                    }
                    "messageFlow" => out.message_flows.push(MessageFlow {
                        id,
                        name,
                        source_ref: reference(child, "sourceRef").unwrap_or_default(),
                        target_ref: reference(child, "targetRef").unwrap_or_default(),
                        message: targets.find(child, "messageRef", &targets.messages),
                    }),
                    _ => {}
                }
            }
            out
        })
        .collect()
}

/// Reads one process: first all flow elements in document order, then the references between them.
struct ProcessReader<'d, 't> {
    values: Values,
    targets: &'t Targets<'d>,
    process: Process,
    ordinal: u32,
    node_elements: Vec<Element<'d>>,
    flow_elements: Vec<(Element<'d>, Option<usize>, u32)>,
    lane_elements: Vec<Element<'d>>,
}

impl<'d, 't> ProcessReader<'d, 't> {
    fn read(element: Element<'d>, values: Values, targets: &'t Targets<'d>) -> Process {
        let place = element.place();
        let process = Process {
            id: text(element, "id").unwrap_or_default(),
            name: text(element, "name"),
            executable: flag(element, "isExecutable", false),
            version_tag: read_extensions::version_tag(element),
            documentation: documentation(element),
            ext: read_extensions::extensions(element, values),
            line: place.line,
            column: place.column,
            ..Process::default()
        };
        let (node_elements, flow_elements, lane_elements) = (Vec::new(), Vec::new(), Vec::new());
        let mut reader =
            Self { values, targets, process, ordinal: 0, node_elements, flow_elements, lane_elements };
        reader.scope(element, None);
        reader.resolve();
        reader.process
    }

    fn scope(&mut self, scope: Element<'d>, parent: Option<usize>) {
        for element in bpmn_children(scope) {
            let id = text(element, "id");
            match element.name() {
                "sequenceFlow" => {
                    self.ordinal += 1;
                    self.flow_elements.push((element, parent, self.ordinal));
                }
                "association" => self.process.associations.push(Association {
                    id: id.unwrap_or_default(),
                    source_ref: reference(element, "sourceRef").unwrap_or_default(),
                    target_ref: reference(element, "targetRef").unwrap_or_default(),
                }),
                "dataObject" | "dataObjectReference" | "dataStoreReference" | "property" => {
                    self.data_object(element, parent);
                }
                "laneSet" => self.lane_set(element),
                name => {
                    if let Some(kind) = read_node::kind(name, element, self.values, self.targets) {
                        self.node(element, kind, parent);
                    }
                }
            }
        }
    }

    fn node(&mut self, element: Element<'d>, kind: FlowNodeKind, parent: Option<usize>) {
        self.ordinal += 1;
        let ordinal = self.ordinal;
        let node = read_node::node(element, kind, parent, ordinal, self.values, self.targets);
        let index = self.process.nodes.len();
        let is_scope = matches!(node.kind, FlowNodeKind::SubProcess { .. });
        self.process.nodes.push(node);
        self.node_elements.push(element);
        if is_scope {
            self.scope(element, Some(index));
        } else {
            for property in element.children_named(ns::BPMN, "property") {
                self.data_object(property, Some(index));
            }
        }
    }

    fn data_object(&mut self, element: Element<'d>, parent: Option<usize>) {
        self.process.data_objects.push(DataObject {
            id: text(element, "id").unwrap_or_default(),
            name: text(element, "name"),
            reference: reference(element, "dataObjectRef")
                .or_else(|| self.targets.other(element, "dataStoreRef"))
                .or_else(|| reference(element, "dataStoreRef")),
            is_collection: flag(element, "isCollection", false),
            parent,
        });
    }

    fn lane_set(&mut self, set: Element<'d>) {
        for lane in set.children_named(ns::BPMN, "lane") {
            let (id, name) = (text(lane, "id").unwrap_or_default(), text(lane, "name"));
            let partition = lane.child(ns::BPMN, "partitionElement");
            let performers = partition.map(|it| read_node::performer(it, self.values)).unwrap_or_default();
            self.process.lanes.push(Lane { id, name, nodes: Vec::new(), performers });
            self.lane_elements.push(lane);
            if let Some(nested) = lane.child(ns::BPMN, "childLaneSet") {
                self.lane_set(nested);
            }
        }
    }

    fn resolve(&mut self) {
        let by_id: HashMap<String, usize> = self
            .process
            .nodes
            .iter()
            .enumerate()
            .rev()
            .map(|(index, node)| (node.id.clone(), index))
            .collect();
        self.resolve_flows(&by_id);
        let flow_by_id: HashMap<String, usize> = self
            .process
            .flows
            .iter()
            .enumerate()
            .rev()
            .map(|(index, flow)| (flow.id.clone(), index))
            .collect();
        for index in 0..self.process.nodes.len() {
            let element = self.node_elements[index];
            self.process.nodes[index].default_flow =
                reference(element, "default").and_then(|id| flow_by_id.get(&id).copied());
            let attached = reference(element, "attachedToRef").and_then(|id| by_id.get(&id).copied());
            if let FlowNodeKind::BoundaryEvent { attached_to, .. } = &mut self.process.nodes[index].kind {
                *attached_to = attached.unwrap_or(index);
                if let Some(host) = attached {
                    self.process.nodes[host].boundary.push(index);
                }
            }
            if let FlowNodeKind::BoundaryEvent { trigger, .. }
            | FlowNodeKind::IntermediateThrowEvent { trigger }
            | FlowNodeKind::EndEvent { trigger } = &mut self.process.nodes[index].kind
            {
                read_node::resolve_compensation(trigger, element, &by_id);
            }
        }
        for (lane, element) in self.process.lanes.iter_mut().zip(&self.lane_elements) {
            let names = element.children_named(ns::BPMN, "flowNodeRef");
            lane.nodes =
                names.filter_map(|it| by_id.get(local_reference(it.text().trim())).copied()).collect();
        }
    }

    fn resolve_flows(&mut self, by_id: &HashMap<String, usize>) {
        for (element, parent, ordinal) in std::mem::take(&mut self.flow_elements) {
            let end = |name| reference(element, name).and_then(|id| by_id.get(&id).copied());
            let (Some(source), Some(target)) = (end("sourceRef"), end("targetRef")) else { continue };
            let index = self.process.flows.len();
            let condition = element.child(ns::BPMN, "conditionExpression");
            let place = element.place();
            self.process.flows.push(SequenceFlow {
                id: id_or_generated(element, ordinal),
                name: text(element, "name"),
                ordinal,
                parent,
                source,
                target,
                condition: condition.map(|it| self.values.condition(it)),
                line: place.line,
                column: place.column,
            });
            self.process.nodes[source].outgoing.push(index);
            self.process.nodes[target].incoming.push(index);
        }
    }
}

/// Child elements of the BPMN namespace.
pub(super) fn bpmn_children(element: Element<'_>) -> impl Iterator<Item = Element<'_>> {
    element.children().filter(|child| child.namespace() == ns::BPMN)
}

/// Value of an attribute without namespace, if it is one that is read.
pub(super) fn attribute(element: Element<'_>, name: &str) -> Option<String> {
    let value = element.attribute("", name).filter(|_| zeebe::has(element, name))?;
    Some(value.into_owned())
}

/// Value of an attribute without namespace; empty counts as absent.
pub(super) fn text(element: Element<'_>, name: &str) -> Option<String> {
    attribute(element, name).filter(|value| !value.is_empty())
}

/// Local part of a reference in an attribute.
pub(super) fn reference(element: Element<'_>, name: &str) -> Option<String> {
    text(element, name).map(|value| local_reference(value.trim()).to_owned())
}

/// `p:id` is `id`: references inside one file carry at most the target namespace's prefix.
pub(super) fn local_reference(value: &str) -> &str {
    value.rsplit_once(':').map_or(value, |(_, local)| local)
}

pub(super) fn flag(element: Element<'_>, name: &str, default: bool) -> bool {
    match attribute(element, name).as_deref().map(str::trim) {
        Some("true" | "1") => true,
        Some("false" | "0") => false,
        _ => default,
    }
}

pub(super) fn number(element: Element<'_>, name: &str) -> Option<u32> {
    attribute(element, name)?.trim().parse().ok()
}

pub(super) fn documentation(element: Element<'_>) -> Option<String> {
    let text = element.child(ns::BPMN, "documentation")?.text();
    (!text.trim().is_empty()).then(|| text.trim().to_owned())
}

pub(super) fn id_or_generated(element: Element<'_>, ordinal: u32) -> String {
    // `#` cannot occur in an XML id, so a generated id never meets a written one.
    text(element, "id").unwrap_or_else(|| format!("{}#{ordinal}", element.name()))
}

/// A child of the element's `extensionElements`.
pub(super) fn extension<'d>(element: Element<'d>, namespace: &str, name: &str) -> Option<Element<'d>> {
    element.child(ns::BPMN, "extensionElements")?.child(namespace, name).filter(|it| zeebe::is_read(*it))
}
