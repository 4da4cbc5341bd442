//! Flow nodes and sequence flows of a definition by ordinal: ids, names and types, read from the deployed file.

use crate::forms::start_form;
use bpmn::model::{AgentType, FlowNode, FlowNodeKind, Process, SubProcessKind};
use rusqlite::Connection;

/// A flow node or sequence flow of a definition, or (ordinal 0) the process itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Element {
    /// BPMN id.
    pub id: String,
    /// BPMN name.
    pub name: Option<String>,
    /// Type as Camunda's API names it.
    pub kind: String,
    /// BPMN's element name.
    pub bpmn_type: String,
    /// Custom headers of its jobs.
    pub headers: Vec<(String, String)>,
    /// It is a loop or multi-instance activity: its body and its iterations share it.
    pub multi_instance: bool,
    /// Properties of the model.
    pub properties: Vec<(String, String)>,
}

/// The elements of one definition.
#[derive(Debug, Clone, Default)]
pub struct Elements {
    by_ordinal: Vec<Option<Element>>,
    /// Those that are AI agents, in document order.
    pub agents: Vec<(u32, AgentType)>,
    /// The process has a form to start it with.
    pub has_start_form: bool,
}

impl Elements {
    /// The element with this ordinal.
    pub fn get(&self, ordinal: u32) -> Option<&Element> {
        self.by_ordinal.get(ordinal as usize)?.as_ref()
    }

    /// Ordinals with their elements.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &Element)> {
        self.by_ordinal.iter().zip(0..).filter_map(|(element, at)| Some((at, element.as_ref()?)))
    }

    /// Reads the elements of a process out of its file.
    pub fn of_file(name: &str, content: &[u8], process_id: &str) -> Self {
        let Ok(document) = bpmn::read(content, name) else { return Elements::default() };
        let (definitions, _) = bpmn::model(&document);
        definitions.process(process_id).map(Self::of_process).unwrap_or_default()
    }

    fn of_process(process: &Process) -> Self {
        let mut elements = Elements::default();
        let itself = Element {
            id: process.id.clone(),
            name: process.name.clone(),
            kind: "PROCESS".into(),
            bpmn_type: "process".into(),
            ..Element::default()
        };
        elements.put(0, itself);
        elements.has_start_form = start_form(process).is_some();
        for node in &process.nodes {
            elements.put(node.ordinal, of_node(node));
            elements.agents.extend(node.agent().map(|agent| (node.ordinal, agent)));
        }
        for flow in &process.flows {
            let element = Element {
                id: flow.id.clone(),
                name: flow.name.clone(),
                kind: "SEQUENCE_FLOW".into(),
                bpmn_type: "sequenceFlow".into(),
                ..Element::default()
            };
            elements.put(flow.ordinal, element);
        }
        elements
    }

    fn put(&mut self, ordinal: u32, element: Element) {
        let at = ordinal as usize;
        if self.by_ordinal.len() <= at {
            self.by_ordinal.resize(at + 1, None);
        }
        self.by_ordinal[at] = Some(element);
    }

    /// Writes the rows of a definition.
    pub(crate) fn store(&self, connection: &Connection, definition: i64) -> rusqlite::Result<()> {
        let mut insert = connection
            .prepare_cached("INSERT OR REPLACE INTO elements VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")?;
        for (ordinal, element) in self.iter() {
            insert.execute((
                definition,
                ordinal,
                &element.id,
                &element.name,
                &element.kind,
                &element.bpmn_type,
                list(&element.headers),
                element.multi_instance,
                list(&element.properties),
            ))?;
        }
        Ok(())
    }

    /// Reads the rows of a definition.
    pub(crate) fn load(connection: &Connection, definition: i64) -> rusqlite::Result<Self> {
        let mut select = connection.prepare_cached(
            "SELECT ordinal, id, name, type, bpmn_type, headers, multi_instance, properties FROM elements
             WHERE definition = ?",
        )?;
        let mut rows = select.query([definition])?;
        let mut elements = Elements::default();
        while let Some(row) = rows.next()? {
            let element = Element {
                id: row.get(1)?,
                name: row.get(2)?,
                kind: row.get(3)?,
                bpmn_type: row.get(4)?,
                headers: unlist(row.get(5)?),
                multi_instance: row.get(6)?,
                properties: unlist(row.get(7)?),
            };
            elements.put(row.get(0)?, element);
        }
        Ok(elements)
    }
}

fn list<T: serde::Serialize>(items: &[T]) -> Option<String> {
    if items.is_empty() { None } else { serde_json::to_string(items).ok() }
}

/// A list column; absent means empty.
pub(crate) fn unlist<T: serde::de::DeserializeOwned>(text: Option<String>) -> Vec<T> {
    text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

fn of_node(node: &FlowNode) -> Element {
    Element {
        id: node.id.clone(),
        name: node.name.clone(),
        kind: camunda_type(&node.kind).to_owned(),
        bpmn_type: node.kind.element_name().to_owned(),
        headers: node.ext.headers.clone(),
        multi_instance: node.loop_characteristics.is_some(),
        properties: node.ext.properties.clone(),
    }
}

/// The type's name in Camunda's API; what it has no name for is `UNKNOWN`.
fn camunda_type(kind: &FlowNodeKind) -> &'static str {
    match kind {
        FlowNodeKind::StartEvent { .. } => "START_EVENT",
        FlowNodeKind::IntermediateCatchEvent { .. } => "INTERMEDIATE_CATCH_EVENT",
        FlowNodeKind::IntermediateThrowEvent { .. } => "INTERMEDIATE_THROW_EVENT",
        FlowNodeKind::BoundaryEvent { .. } => "BOUNDARY_EVENT",
        FlowNodeKind::EndEvent { .. } => "END_EVENT",
        FlowNodeKind::Task => "TASK",
        FlowNodeKind::ManualTask => "MANUAL_TASK",
        FlowNodeKind::ServiceTask => "SERVICE_TASK",
        FlowNodeKind::SendTask { .. } => "SEND_TASK",
        FlowNodeKind::ReceiveTask { .. } => "RECEIVE_TASK",
        FlowNodeKind::UserTask => "USER_TASK",
        FlowNodeKind::ScriptTask { .. } => "SCRIPT_TASK",
        FlowNodeKind::BusinessRuleTask => "BUSINESS_RULE_TASK",
        FlowNodeKind::CallActivity { .. } => "CALL_ACTIVITY",
        FlowNodeKind::SubProcess { kind: SubProcessKind::Event } => "EVENT_SUB_PROCESS",
        FlowNodeKind::SubProcess { kind: SubProcessKind::AdHoc { .. } } => "AD_HOC_SUB_PROCESS",
        FlowNodeKind::SubProcess { .. } => "SUB_PROCESS",
        FlowNodeKind::ExclusiveGateway => "EXCLUSIVE_GATEWAY",
        FlowNodeKind::ParallelGateway => "PARALLEL_GATEWAY",
        FlowNodeKind::InclusiveGateway => "INCLUSIVE_GATEWAY",
        FlowNodeKind::EventBasedGateway { .. } => "EVENT_BASED_GATEWAY",
        FlowNodeKind::ComplexGateway { .. } => "UNKNOWN",
    }
}
