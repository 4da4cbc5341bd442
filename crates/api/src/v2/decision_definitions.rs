//! Decision definitions, and their evaluation on request.

use crate::authorized::{Authorized, Create, DecisionDefinition, Read};
use crate::command::{submit, unexpected};
use crate::extract::{Body, Complaints, PathKey};
use crate::problem::Problem;
use crate::search::DecisionDefinitionSearchQuery;
use crate::state::AppState;
use crate::v2::decision_instances::{EvaluatedDecisionInputItem, MatchedDecisionRuleItem};
use crate::wire::{self, SearchResult, VariablesIn};
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use history::{DecisionDefinitionRow, DecisionDefinitions, DecisionRule, DecisionValue};
use record::event::{DecisionEvaluation, EvaluatedDecision};
use record::{Command, Key, Response};
use runtime::Target;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    secured![
        evaluate_decision,
        search_decision_definitions,
        get_decision_definition,
        get_decision_definition_xml
    ]
}

/// A decision definition.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct DecisionDefinitionResult {
    /// DMN id of the decision.
    decision_definition_id: String,
    /// Its name.
    name: String,
    /// 1 for the first version of this id.
    version: i32,
    /// DMN id of its requirements graph.
    decision_requirements_id: String,
    /// Name of its requirements graph.
    decision_requirements_name: String,
    /// Version of its requirements graph.
    decision_requirements_version: i32,
    /// The tenant.
    tenant_id: String,
    /// Its key.
    #[schema(value_type = String)]
    decision_definition_key: Key,
    /// Key of its requirements graph.
    #[schema(value_type = String)]
    decision_requirements_key: Key,
}

impl From<DecisionDefinitionRow> for DecisionDefinitionResult {
    fn from(row: DecisionDefinitionRow) -> Self {
        DecisionDefinitionResult {
            decision_definition_id: row.id,
            name: row.name,
            version: row.version,
            decision_requirements_id: row.requirements_id,
            decision_requirements_name: row.requirements_name,
            decision_requirements_version: row.requirements_version,
            tenant_id: row.tenant,
            decision_definition_key: Key(row.key),
            decision_requirements_key: Key(row.requirements),
        }
    }
}

/// Searches decision definitions.
#[utoipa::path(post, path = "/v2/decision-definitions/search", operation_id = "searchDecisionDefinitions",
    tag = "Decision definition", request_body = DecisionDefinitionSearchQuery,
    responses((status = 200, body = SearchResult<DecisionDefinitionResult>), (status = 400, body = Problem),
        (status = 503, body = Problem)))]
async fn search_decision_definitions(
    auth: Authorized<Read, DecisionDefinition>,
    State(app): State<AppState>,
    body: DecisionDefinitionSearchQuery,
) -> Result<Json<SearchResult<DecisionDefinitionResult>>, Problem> {
    let query = body.of_tenant(auth.tenant());
    let page = app.read(move |history| history.search::<DecisionDefinitions>(&query)).await?;
    Ok(Json(SearchResult::of(page)))
}

/// A decision definition.
#[utoipa::path(get, path = "/v2/decision-definitions/{decisionDefinitionKey}", operation_id = "getDecisionDefinition",
    tag = "Decision definition", params(("decisionDefinitionKey" = String, Path, description = "Its key.")),
    responses((status = 200, body = DecisionDefinitionResult), (status = 404, body = Problem)))]
async fn get_decision_definition(
    auth: Authorized<Read, DecisionDefinition>,
    State(app): State<AppState>,
    PathKey(key): PathKey,
) -> Result<Json<DecisionDefinitionResult>, Problem> {
    let tenant = auth.tenant();
    let found = app.read(move |history| history.get::<DecisionDefinitions>(&tenant, key.0)).await?;
    Ok(Json(found.ok_or_else(|| Problem::no_such("Decision Definition", key))?.into()))
}

/// The DMN file of a decision, byte for byte as it was deployed.
#[utoipa::path(get, path = "/v2/decision-definitions/{decisionDefinitionKey}/xml",
    operation_id = "getDecisionDefinitionXml", tag = "Decision definition",
    params(("decisionDefinitionKey" = String, Path, description = "Its key.")),
    responses((status = 200, body = String, content_type = "text/xml"), (status = 404, body = Problem)))]
async fn get_decision_definition_xml(
    auth: Authorized<Read, DecisionDefinition>,
    State(app): State<AppState>,
    PathKey(key): PathKey,
) -> Result<impl IntoResponse, Problem> {
    let tenant = auth.tenant();
    let read = app.read(move |history| match history.get::<DecisionDefinitions>(&tenant, key.0)? {
        Some(decision) => history.requirements_xml(&tenant, decision.requirements),
        None => Ok(None),
    });
    let xml = read.await?.ok_or_else(|| Problem::no_such("Decision Definition", key))?;
    Ok(([(header::CONTENT_TYPE, "text/xml")], xml))
}

/// A decision, by id or by key, with variables.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct DecisionEvaluationInstruction {
    /// DMN id of the decision; its newest version is evaluated.
    decision_definition_id: Option<String>,
    /// Key of the definition.
    #[serde(default, deserialize_with = "wire::key")]
    #[schema(value_type = Option<String>)]
    decision_definition_key: Option<Key>,
    /// The inputs by name.
    #[serde(default)]
    #[schema(value_type = Option<HashMap<String, Value>>)]
    variables: VariablesIn,
    /// The tenant.
    tenant_id: Option<String>,
}

/// What an evaluation gives.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct EvaluateDecisionResult {
    /// DMN id of the decision.
    decision_definition_id: String,
    /// Its name.
    decision_definition_name: String,
    /// Its version.
    decision_definition_version: u32,
    /// DMN id of its requirements graph.
    decision_requirements_id: String,
    /// The result as JSON text; `null` where it failed.
    output: String,
    /// The decision that failed.
    #[schema(required)]
    failed_decision_definition_id: Option<String>,
    /// Why it failed.
    #[schema(required)]
    failure_message: Option<String>,
    /// The tenant.
    tenant_id: String,
    /// Key of the definition.
    #[schema(value_type = String)]
    decision_definition_key: Key,
    /// Key of its requirements graph.
    #[schema(value_type = String)]
    decision_requirements_key: Key,
    /// Names the evaluation.
    #[schema(value_type = String)]
    decision_evaluation_key: Key,
    /// The same, as it was called before.
    #[schema(value_type = String)]
    decision_instance_key: Key,
    /// What was evaluated, each after what it requires.
    evaluated_decisions: Vec<EvaluatedDecisionResult>,
}

/// One decision of an evaluation.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct EvaluatedDecisionResult {
    /// DMN id of the decision.
    decision_definition_id: String,
    /// Its name.
    decision_definition_name: String,
    /// Its version.
    decision_definition_version: u32,
    /// `DECISION_TABLE`, `LITERAL_EXPRESSION`, `BOXED_EXPRESSION` or `NONE`.
    decision_definition_type: String,
    /// The result as JSON text.
    output: String,
    /// The tenant.
    tenant_id: String,
    /// Key of the definition.
    #[schema(value_type = String)]
    decision_definition_key: Key,
    /// The evaluation's key and the decision's place in it from 1, joined by a hyphen.
    decision_evaluation_instance_key: String,
    /// The values of its inputs.
    evaluated_inputs: Vec<EvaluatedDecisionInputItem>,
    /// The rules that matched, in the order of the table.
    matched_rules: Vec<MatchedDecisionRuleItem>,
}

/// Evaluates a decision and everything that it requires. One that fails is answered with 200 and the reason.
#[utoipa::path(post, path = "/v2/decision-definitions/evaluation", operation_id = "evaluateDecision",
    tag = "Decision definition", request_body = DecisionEvaluationInstruction,
    responses((status = 200, body = EvaluateDecisionResult), (status = 400, body = Problem),
        (status = 404, body = Problem), (status = 415, body = Problem), (status = 503, body = Problem)))]
async fn evaluate_decision(
    auth: Authorized<Create, DecisionDefinition>,
    State(app): State<AppState>,
    Body(body): Body<DecisionEvaluationInstruction>,
) -> Result<Json<EvaluateDecisionResult>, Problem> {
    let mut complaints = Complaints::default();
    match (wire::given(&body.decision_definition_id), body.decision_definition_key) {
        (false, None) => {
            complaints.add("At least one of [decisionDefinitionId, decisionDefinitionKey] is required.");
        }
        (true, Some(_)) => {
            complaints.add("Only one of [decisionDefinitionId, decisionDefinitionKey] is allowed.");
        }
        _ => {}
    }
    complaints.check()?;
    auth.same_tenant("Evaluate Decision", body.tenant_id.as_deref())?;
    let command = Command::EvaluateDecision {
        decision: body.decision_definition_key.unwrap_or(Key::NONE),
        decision_id: body.decision_definition_id.unwrap_or_default().into(),
        variables: body.variables.0,
    };
    match submit(&app, auth.request(Target::Catalog, command)).await? {
        Response::DecisionEvaluated { evaluation } => Ok(Json(result(&evaluation, &auth.tenant()))),
        other => Err(unexpected(&other)),
    }
}

fn result(evaluation: &DecisionEvaluation, tenant: &str) -> EvaluateDecisionResult {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let evaluated = evaluation.evaluated.iter().enumerate();
    EvaluateDecisionResult {
        decision_definition_id: evaluation.decision_id.to_string(),
        decision_definition_name: evaluation.name.to_string(),
        decision_definition_version: evaluation.version,
        decision_requirements_id: evaluation.requirements_id.to_string(),
        output: evaluation.output.as_str().to_owned(),
        failed_decision_definition_id: some(&evaluation.failed_decision),
        failure_message: some(&evaluation.failure),
        tenant_id: tenant.to_owned(),
        decision_definition_key: evaluation.decision,
        decision_requirements_key: evaluation.requirements,
        decision_evaluation_key: evaluation.key,
        decision_instance_key: evaluation.key,
        evaluated_decisions: evaluated
            .map(|(at, decision)| {
                evaluated_decision(decision, format!("{}-{}", evaluation.key, at + 1), tenant)
            })
            .collect(),
    }
}

fn evaluated_decision(decision: &EvaluatedDecision, id: String, tenant: &str) -> EvaluatedDecisionResult {
    EvaluatedDecisionResult {
        decision_definition_id: decision.id.to_string(),
        decision_definition_name: decision.name.to_string(),
        decision_definition_version: decision.version,
        decision_definition_type: decision.kind.to_string(),
        output: decision.output.as_str().to_owned(),
        tenant_id: tenant.to_owned(),
        decision_definition_key: decision.key,
        decision_evaluation_instance_key: id,
        evaluated_inputs: decision.inputs.iter().map(|input| DecisionValue::from(input).into()).collect(),
        matched_rules: decision.rules.iter().map(|rule| DecisionRule::from(rule).into()).collect(),
    }
}
