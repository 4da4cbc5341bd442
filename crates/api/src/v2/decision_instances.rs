//! Decision instances: one for each decision of an evaluation.

use crate::authorized::{Authorized, DecisionDefinition, Read};
use crate::extract::PathText;
use crate::problem::Problem;
use crate::search::DecisionInstanceSearchQuery;
use crate::state::AppState;
use crate::wire::{SearchResult, Time};
use axum::Json;
use axum::extract::State;
use history::{
    Condition, DecisionInstanceRow, DecisionInstances, DecisionRule, DecisionValue, Operator, Query,
};
use record::Key;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    secured![search_decision_instances, get_decision_instance]
}

/// An evaluated decision.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct DecisionInstanceResult {
    /// The evaluation's key and the decision's place in it from 1, joined by a hyphen.
    decision_evaluation_instance_key: String,
    /// The evaluation.
    #[schema(value_type = String)]
    decision_evaluation_key: Key,
    /// `EVALUATED` or `FAILED`.
    state: String,
    /// When it was evaluated.
    #[schema(value_type = String, format = DateTime)]
    evaluation_date: Time,
    /// Why it failed.
    #[schema(required)]
    evaluation_failure: Option<String>,
    /// DMN id of the decision.
    decision_definition_id: String,
    /// Its name.
    decision_definition_name: String,
    /// Its version.
    decision_definition_version: i32,
    /// `DECISION_TABLE`, `LITERAL_EXPRESSION`, `UNKNOWN` for any other expression, `UNSPECIFIED` for none.
    decision_definition_type: String,
    /// Key of the decision's definition.
    #[schema(value_type = String)]
    decision_definition_key: Key,
    /// The decision that was asked for.
    #[schema(value_type = String)]
    root_decision_definition_key: Key,
    /// The result as JSON text.
    result: String,
    /// The tenant.
    tenant_id: String,
    /// The process definition, where a task asked for it.
    #[schema(value_type = Option<String>, required)]
    process_definition_key: Option<Key>,
    /// The process instance.
    #[schema(value_type = Option<String>, required)]
    process_instance_key: Option<Key>,
    /// The instance at the top of all calls.
    #[schema(value_type = Option<String>, required)]
    root_process_instance_key: Option<Key>,
    /// The element instance.
    #[schema(value_type = Option<String>, required)]
    element_instance_key: Option<Key>,
}

/// An evaluated decision with what it came from.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct DecisionInstanceGetQueryResult {
    #[serde(flatten)]
    instance: DecisionInstanceResult,
    /// The values of its inputs.
    evaluated_inputs: Vec<EvaluatedDecisionInputItem>,
    /// The rules that matched, in the order of the table.
    matched_rules: Vec<MatchedDecisionRuleItem>,
}

/// The value of an input.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EvaluatedDecisionInputItem {
    /// Id of the input clause or of the required element.
    input_id: String,
    /// Its label, expression or name.
    input_name: String,
    /// The value as JSON text.
    input_value: String,
}

/// A rule that matched.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MatchedDecisionRuleItem {
    /// Its id; empty where it has none.
    rule_id: String,
    /// Its position in the table, from 1.
    rule_index: u32,
    /// Its outputs.
    evaluated_outputs: Vec<EvaluatedDecisionOutputItem>,
}

/// An output of a rule that matched.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EvaluatedDecisionOutputItem {
    /// Id of the output clause.
    output_id: String,
    /// Its name or label.
    output_name: String,
    /// The value as JSON text.
    output_value: String,
    /// The rule that it is of.
    #[schema(required)]
    rule_id: Option<String>,
    /// That rule's position in the table, from 1.
    #[schema(required)]
    rule_index: Option<u32>,
}

impl From<DecisionValue> for EvaluatedDecisionInputItem {
    fn from(input: DecisionValue) -> Self {
        let DecisionValue { id, name, value } = input;
        EvaluatedDecisionInputItem { input_id: id, input_name: name, input_value: value }
    }
}

impl From<DecisionRule> for MatchedDecisionRuleItem {
    fn from(rule: DecisionRule) -> Self {
        let DecisionRule { id, index, outputs } = rule;
        let output = |output: DecisionValue| EvaluatedDecisionOutputItem {
            output_id: output.id,
            output_name: output.name,
            output_value: output.value,
            rule_id: Some(id.clone()),
            rule_index: Some(index),
        };
        let evaluated_outputs = outputs.into_iter().map(output).collect();
        MatchedDecisionRuleItem { rule_id: id, rule_index: index, evaluated_outputs }
    }
}

impl From<DecisionInstanceRow> for DecisionInstanceResult {
    fn from(row: DecisionInstanceRow) -> Self {
        DecisionInstanceResult {
            decision_evaluation_instance_key: row.id,
            decision_evaluation_key: Key(row.evaluation),
            state: row.state,
            evaluation_date: Time(row.evaluated),
            evaluation_failure: row.failure,
            decision_definition_id: row.decision_id,
            decision_definition_name: row.name,
            decision_definition_version: row.version,
            decision_definition_type: row.kind,
            decision_definition_key: Key(row.decision),
            root_decision_definition_key: Key(row.root_decision),
            result: row.result,
            tenant_id: row.tenant,
            process_definition_key: row.definition.map(Key),
            process_instance_key: row.instance.map(Key),
            root_process_instance_key: row.root.map(Key),
            element_instance_key: row.element.map(Key),
        }
    }
}

/// Searches evaluated decisions.
#[utoipa::path(post, path = "/v2/decision-instances/search", operation_id = "searchDecisionInstances",
    tag = "Decision instance", request_body = DecisionInstanceSearchQuery,
    responses((status = 200, body = SearchResult<DecisionInstanceResult>), (status = 400, body = Problem),
        (status = 503, body = Problem)))]
async fn search_decision_instances(
    auth: Authorized<Read, DecisionDefinition>,
    State(app): State<AppState>,
    body: DecisionInstanceSearchQuery,
) -> Result<Json<SearchResult<DecisionInstanceResult>>, Problem> {
    let query = body.of_tenant(auth.tenant());
    let page = app.read(move |history| history.search::<DecisionInstances>(&query)).await?;
    Ok(Json(SearchResult::of(page)))
}

/// An evaluated decision with its inputs and the rules that matched.
#[utoipa::path(get, path = "/v2/decision-instances/{decisionEvaluationInstanceKey}",
    operation_id = "getDecisionInstance", tag = "Decision instance",
    params(("decisionEvaluationInstanceKey" = String, Path,
        description = "The evaluation's key and the decision's place in it from 1, joined by a hyphen.")),
    responses((status = 200, body = DecisionInstanceGetQueryResult), (status = 400, body = Problem),
        (status = 404, body = Problem)))]
async fn get_decision_instance(
    auth: Authorized<Read, DecisionDefinition>,
    State(app): State<AppState>,
    PathText(id): PathText,
) -> Result<Json<DecisionInstanceGetQueryResult>, Problem> {
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !id.split_once('-').is_some_and(|(key, place)| number(key) && number(place)) {
        let text = format!("Failed to convert 'decisionEvaluationInstanceKey' with value: '{id}'");
        return Err(Problem::unreadable(text, "it is a key and a number, joined by a hyphen"));
    }
    let named = Condition::Field {
        name: "decisionEvaluationInstanceKey".into(),
        operator: Operator::Eq(id.as_str().into()),
    };
    let query = Query { tenant: auth.tenant(), condition: named, ..Query::default() };
    let page = app.read(move |history| history.search::<DecisionInstances>(&query)).await?;
    let row = page.items.into_iter().next().ok_or_else(|| Problem::no_such("Decision Instance", &id))?;
    Ok(Json(DecisionInstanceGetQueryResult {
        evaluated_inputs: row.inputs.iter().cloned().map(Into::into).collect(),
        matched_rules: row.rules.iter().cloned().map(Into::into).collect(),
        instance: row.into(),
    }))
}
