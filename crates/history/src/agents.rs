//! Agents: elements that a model marks as AI agents, one row for each in each version of a process.
//!
//! **Invariant:** an agent's key follows from its definition's and from its place among the agents of the process, so that
//! the read model can be built again with the same keys. It cannot be the key of anything else: its number is in bits that
//! no counter of a partition reaches in 2^40 keys.

use crate::entity::{Entity, Field, Kind, field};
use crate::project::{Place, Result};
use bpmn::model::AgentType;
use record::Key as RecordKey;
use rusqlite::Row;

/// Where the number of an agent begins in its key; above are eleven bits before the partition's.
const NUMBER_SHIFT: u32 = 40;

/// An agent of a process definition.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct AgentDefinitionRow {
    pub key: i64,
    pub agent_type: String,
    /// The element's name, or its id where it has none.
    pub name: String,
    pub element_id: String,
    pub definition: i64,
    pub definition_id: String,
    pub version: i32,
    pub version_tag: Option<String>,
    pub tenant: String,
}

/// Agents of process definitions.
pub struct AgentDefinitions;

use Kind::{Key, Name, Number, Text};

impl Entity for AgentDefinitions {
    type Row = AgentDefinitionRow;
    const NAME: &'static str = "agent definitions";
    const FROM: &'static str = "agent_definitions a
        JOIN elements el ON el.definition = a.definition AND el.ordinal = a.ordinal
        JOIN process_definitions d ON d.key = a.definition";
    const SELECT: &'static str =
        "a.key, a.type, coalesce(el.name, el.id), el.id, d.key, d.id, d.version, d.version_tag, a.tenant";
    const KEY: &'static str = "a.key";
    const TENANT: &'static str = "a.tenant";
    const FIELDS: &'static [Field] = &[
        field("agentDefinitionKey", Key, "a.key"),
        field("agentType", Name, "a.type"),
        field("name", Text, "coalesce(el.name, el.id)"),
        field("elementId", Text, "el.id"),
        field("processDefinitionId", Text, "d.id"),
        field("processDefinitionKey", Key, "d.key"),
        field("processDefinitionVersion", Number, "d.version"),
        field("processDefinitionVersionTag", Text, "d.version_tag"),
        field("tenantId", Text, "a.tenant"),
    ];
    fn read(row: &Row<'_>) -> rusqlite::Result<AgentDefinitionRow> {
        Ok(AgentDefinitionRow {
            key: row.get(0)?,
            agent_type: row.get(1)?,
            name: row.get(2)?,
            element_id: row.get(3)?,
            definition: row.get(4)?,
            definition_id: row.get(5)?,
            version: row.get(6)?,
            version_tag: row.get(7)?,
            tenant: row.get(8)?,
        })
    }
}

/// The agents of a definition that was deployed. Validation refuses more of them than there are numbers.
pub(crate) fn deployed(at: &Place<'_>, definition: RecordKey, agents: &[(u32, AgentType)]) -> Result {
    let mut insert =
        at.db.prepare_cached("INSERT OR REPLACE INTO agent_definitions VALUES (?, ?, ?, ?, ?)")?;
    for (number, (ordinal, agent)) in (1..).zip(agents).take(bpmn::limits::AGENTS) {
        let key = definition.0 | (number << NUMBER_SHIFT);
        insert.execute((key, &*at.header.tenant, definition.0, ordinal, agent.as_str()))?;
    }
    Ok(())
}
