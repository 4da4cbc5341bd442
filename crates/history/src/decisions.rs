//! Decisions: what their searches find, and how their events become rows.
//!
//! An evaluation has one row for each decision that it evaluated, named by the evaluation's key and the decision's
//! place in it.

use crate::deletion::is_there;
use crate::elements::unlist;
use crate::entity::{Entity, Field, Kind, field};
use crate::project::{Place, Result, key, text};
use crate::query::SearchError;
use crate::reader::Reader;
use record::event::{DecisionEvaluation, EvaluatedDecision, EvaluatedInput, MatchedRule};
use record::{Event, Key as RecordKey};
use rusqlite::{OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};

/// A decision requirements graph.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct DecisionRequirementsRow {
    pub key: i64,
    pub id: String,
    pub name: String,
    pub version: i32,
    pub resource: String,
    pub deployment: i64,
    pub created: i64,
    pub tenant: String,
}

/// A decision definition.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct DecisionDefinitionRow {
    pub key: i64,
    pub id: String,
    pub name: String,
    pub version: i32,
    pub requirements: i64,
    pub requirements_id: String,
    pub requirements_name: String,
    pub requirements_version: i32,
    pub tenant: String,
}

/// One decision of an evaluation.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct DecisionInstanceRow {
    /// The evaluation's key and the decision's place in it from 1, joined by a hyphen.
    pub id: String,
    pub evaluation: i64,
    pub state: String,
    pub evaluated: i64,
    pub failure: Option<String>,
    pub instance: Option<i64>,
    pub root: Option<i64>,
    pub definition: Option<i64>,
    pub element: Option<i64>,
    pub decision: i64,
    pub decision_id: String,
    pub name: String,
    pub version: i32,
    pub kind: String,
    /// The decision that was asked for.
    pub root_decision: i64,
    pub requirements: i64,
    /// JSON text.
    pub result: String,
    pub inputs: Vec<DecisionValue>,
    pub rules: Vec<DecisionRule>,
    pub tenant: String,
}

/// The value of an input or of an output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct DecisionValue {
    pub id: String,
    pub name: String,
    /// JSON text.
    pub value: String,
}

/// A rule that matched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct DecisionRule {
    pub id: String,
    /// Its position in the table, from 1.
    pub index: u32,
    pub outputs: Vec<DecisionValue>,
}

impl From<&EvaluatedInput> for DecisionValue {
    fn from(input: &EvaluatedInput) -> Self {
        let EvaluatedInput { id, name, value } = input;
        DecisionValue { id: id.to_string(), name: name.to_string(), value: value.as_str().to_owned() }
    }
}

impl From<&MatchedRule> for DecisionRule {
    fn from(rule: &MatchedRule) -> Self {
        let outputs = rule.outputs.iter().map(DecisionValue::from).collect();
        DecisionRule { id: rule.id.to_string(), index: rule.index, outputs }
    }
}

// ---- what can be searched

use Kind::{Key, Name, Number, Text, Time, Truth};

/// Decision requirements graphs.
pub struct DecisionRequirements;

impl Entity for DecisionRequirements {
    type Row = DecisionRequirementsRow;
    const NAME: &'static str = "decision requirements";
    const FROM: &'static str = "decision_requirements q";
    const SELECT: &'static str =
        "q.key, q.id, q.name, q.version, q.resource, q.deployment, q.created, q.tenant";
    const KEY: &'static str = "q.key";
    const SEARCHED: Option<&'static str> = Some(is_there!("q.key"));
    const TENANT: &'static str = "q.tenant";
    const FIELDS: &'static [Field] = &[
        field("decisionRequirementsKey", Key, "q.key"),
        field("decisionRequirementsId", Text, "q.id"),
        field("decisionRequirementsName", Text, "q.name"),
        field("version", Number, "q.version"),
        field("resourceName", Text, "q.resource"),
        field("tenantId", Text, "q.tenant"),
    ];
    fn read(row: &Row<'_>) -> rusqlite::Result<DecisionRequirementsRow> {
        Ok(DecisionRequirementsRow {
            key: row.get(0)?,
            id: row.get(1)?,
            name: row.get(2)?,
            version: row.get(3)?,
            resource: row.get(4)?,
            deployment: row.get(5)?,
            created: row.get(6)?,
            tenant: row.get(7)?,
        })
    }
}

/// Decision definitions.
pub struct DecisionDefinitions;

impl Entity for DecisionDefinitions {
    type Row = DecisionDefinitionRow;
    const NAME: &'static str = "decision definitions";
    const FROM: &'static str =
        "decision_definitions d JOIN decision_requirements q ON q.key = d.requirements";
    const SELECT: &'static str =
        "d.key, d.id, d.name, d.version, d.requirements, q.id, q.name, q.version, d.tenant";
    const KEY: &'static str = "d.key";
    const SEARCHED: Option<&'static str> = Some(is_there!("d.key"));
    const TENANT: &'static str = "d.tenant";
    const FIELDS: &'static [Field] = &[
        field("decisionDefinitionKey", Key, "d.key"),
        field("decisionDefinitionId", Text, "d.id"),
        field("name", Text, "d.name"),
        field("version", Number, "d.version"),
        field("decisionRequirementsKey", Key, "d.requirements"),
        field("decisionRequirementsId", Text, "q.id"),
        field("decisionRequirementsName", Text, "q.name"),
        field("decisionRequirementsVersion", Number, "q.version"),
        field("tenantId", Text, "d.tenant"),
        field(
            "isLatestVersion",
            Truth,
            concat!(
                "(NOT EXISTS (SELECT 1 FROM decision_definitions n
                   WHERE n.tenant = d.tenant AND n.id = d.id AND n.version > d.version AND ",
                is_there!("n.key"),
                "))"
            ),
        ),
    ];
    fn read(row: &Row<'_>) -> rusqlite::Result<DecisionDefinitionRow> {
        Ok(DecisionDefinitionRow {
            key: row.get(0)?,
            id: row.get(1)?,
            name: row.get(2)?,
            version: row.get(3)?,
            requirements: row.get(4)?,
            requirements_id: row.get(5)?,
            requirements_name: row.get(6)?,
            requirements_version: row.get(7)?,
            tenant: row.get(8)?,
        })
    }
}

/// Evaluated decisions.
pub struct DecisionInstances;

impl Entity for DecisionInstances {
    type Row = DecisionInstanceRow;
    const NAME: &'static str = "decision instances";
    const FROM: &'static str = "decision_instances i LEFT JOIN process_instances p ON p.key = i.instance";
    const SELECT: &'static str =
        "i.id, i.evaluation, i.state, i.evaluated, i.failure, i.instance, p.root, i.definition,
        i.element, i.decision, i.decision_id, i.name, i.version, i.type, i.root_decision, i.requirements, i.result,
        i.inputs, i.rules, i.tenant";
    const KEY: &'static str = "i.key";
    const TENANT: &'static str = "i.tenant";
    const FIELDS: &'static [Field] = &[
        field("decisionEvaluationInstanceKey", Text, "i.id"),
        field("decisionEvaluationKey", Key, "i.evaluation"),
        field("state", Name, "i.state"),
        field("evaluationDate", Time, "i.evaluated"),
        field("evaluationFailure", Text, "i.failure"),
        field("decisionDefinitionKey", Key, "i.decision"),
        field("decisionDefinitionId", Text, "i.decision_id"),
        field("decisionDefinitionName", Text, "i.name"),
        field("decisionDefinitionVersion", Number, "i.version"),
        field("decisionDefinitionType", Name, "i.type"),
        field("rootDecisionDefinitionKey", Key, "i.root_decision"),
        field("decisionRequirementsKey", Key, "i.requirements"),
        field("processDefinitionKey", Key, "i.definition"),
        field("processInstanceKey", Key, "i.instance"),
        field("elementInstanceKey", Key, "i.element"),
        field("tenantId", Text, "i.tenant"),
    ];
    fn read(row: &Row<'_>) -> rusqlite::Result<DecisionInstanceRow> {
        Ok(DecisionInstanceRow {
            id: row.get(0)?,
            evaluation: row.get(1)?,
            state: row.get(2)?,
            evaluated: row.get(3)?,
            failure: row.get(4)?,
            instance: row.get(5)?,
            root: row.get(6)?,
            definition: row.get(7)?,
            element: row.get(8)?,
            decision: row.get(9)?,
            decision_id: row.get(10)?,
            name: row.get(11)?,
            version: row.get(12)?,
            kind: row.get(13)?,
            root_decision: row.get(14)?,
            requirements: row.get(15)?,
            result: row.get(16)?,
            inputs: unlist(row.get(17)?),
            rules: unlist(row.get(18)?),
            tenant: row.get(19)?,
        })
    }
}

impl Reader {
    /// The file that a decision requirements graph came from.
    pub fn requirements_xml(
        &self,
        tenant: &str,
        requirements: i64,
    ) -> std::result::Result<Option<Vec<u8>>, SearchError> {
        self.with(|connection| {
            let select = "SELECT r.content FROM decision_requirements q
                 JOIN resources r ON r.deployment = q.deployment AND r.name = q.resource
                 WHERE q.key = ? AND q.tenant = ?";
            let mut select = connection.prepare_cached(select)?;
            Ok(select.query_row((requirements, tenant), |row| row.get(0)).optional()?)
        })
    }
}

// ---- from events to rows

/// A decision requirements graph is there.
pub(crate) fn requirements_deployed(at: &Place<'_>, event: &Event) -> Result {
    let Event::RequirementsDeployed { key, deployment, id, name, version, resource, content, .. } = event
    else {
        return Ok(());
    };
    let insert = "INSERT OR IGNORE INTO resources VALUES (?, ?, ?)";
    at.db.prepare_cached(insert)?.execute(params![deployment.0, &**resource, &*content.0])?;
    let insert = "INSERT OR REPLACE INTO decision_requirements VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
    at.db.prepare_cached(insert)?.execute(params![
        key.0,
        &*at.header.tenant,
        &**id,
        &**name,
        version,
        &**resource,
        deployment.0,
        at.header.time
    ])?;
    Ok(())
}

/// A decision of a graph is there.
pub(crate) fn decision_deployed(at: &Place<'_>, event: &Event) -> Result {
    let Event::DecisionDeployed { key, requirements, id, name, version, .. } = event else { return Ok(()) };
    let insert = "INSERT OR REPLACE INTO decision_definitions VALUES (?, ?, ?, ?, ?, ?)";
    at.db.prepare_cached(insert)?.execute(params![
        key.0,
        &*at.header.tenant,
        &**id,
        &**name,
        version,
        requirements.0
    ])?;
    Ok(())
}

/// A decision was evaluated with all that it requires, for a task or on request.
pub(crate) fn evaluated(at: &Place<'_>, element: RecordKey, evaluation: &DecisionEvaluation) -> Result {
    for (index, decision) in evaluation.evaluated.iter().enumerate() {
        let failed = !evaluation.failure.is_empty() && decision.id == evaluation.failed_decision;
        instance(at, element, evaluation, index + 1, decision, failed)?;
    }
    Ok(())
}

fn instance(
    at: &Place<'_>,
    element: RecordKey,
    evaluation: &DecisionEvaluation,
    position: usize,
    decision: &EvaluatedDecision,
    failed: bool,
) -> Result {
    let list = |items: serde_json::Result<String>| items.unwrap_or_else(|_| "[]".into());
    let inputs: Vec<DecisionValue> = decision.inputs.iter().map(Into::into).collect();
    let rules: Vec<DecisionRule> = decision.rules.iter().map(Into::into).collect();
    let insert = "INSERT OR IGNORE INTO decision_instances VALUES
        (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    at.db.prepare_cached(insert)?.execute(params![
        &*at.header.tenant,
        format!("{}-{position}", evaluation.key),
        evaluation.key.0,
        if failed { "FAILED" } else { "EVALUATED" },
        at.header.time,
        text(&evaluation.failure).filter(|_| failed),
        key(RecordKey(at.instance)),
        key(RecordKey(at.definition)),
        key(element),
        decision.key.0,
        &*decision.id,
        &*decision.name,
        decision.version,
        searched_type(&decision.kind),
        evaluation.decision.0,
        evaluation.requirements.0,
        decision.output.as_str(),
        list(serde_json::to_string(&inputs)),
        list(serde_json::to_string(&rules)),
    ])?;
    Ok(())
}

/// The kind of a decision's logic in the words that searches know.
fn searched_type(kind: &str) -> &str {
    match kind {
        "DECISION_TABLE" | "LITERAL_EXPRESSION" => kind,
        "NONE" => "UNSPECIFIED",
        _ => "UNKNOWN",
    }
}
