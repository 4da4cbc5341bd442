//! Conditional start events.

use crate::authorized::{Authorized, Create, ProcessInstance};
use crate::command::{submit, unexpected};
use crate::extract::Body;
use crate::problem::Problem;
use crate::state::AppState;
use crate::wire::{self, VariablesIn};
use axum::Json;
use axum::extract::State;
use record::{Command, Key, Response};
use runtime::Target;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    secured![evaluate_conditionals]
}

/// What conditions are evaluated with.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ConditionalEvaluationInstruction {
    /// Only the conditions of this definition.
    #[serde(default, deserialize_with = "wire::key")]
    #[schema(value_type = Option<String>)]
    process_definition_key: Option<Key>,
    /// Variables, which the started instances have as well.
    #[schema(value_type = HashMap<String, Value>)]
    variables: Option<VariablesIn>,
    /// A name of the business for the instances.
    business_id: Option<String>,
    /// The tenant.
    tenant_id: Option<String>,
}

/// An instance that a true condition started.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ProcessInstanceReference {
    /// Its definition.
    #[schema(value_type = String)]
    process_definition_key: Key,
    /// Its key.
    #[schema(value_type = String)]
    process_instance_key: Key,
}

/// What came of an evaluation.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct EvaluateConditionalResult {
    /// Names the evaluation.
    #[schema(value_type = String)]
    conditional_evaluation_key: Key,
    /// The tenant.
    tenant_id: String,
    /// The instances that were started.
    process_instances: Vec<ProcessInstanceReference>,
}

/// Evaluates conditional start events and starts an instance for each that is true.
#[utoipa::path(post, path = "/v2/conditionals/evaluation", operation_id = "evaluateConditionals",
    tag = "Conditional", request_body = ConditionalEvaluationInstruction,
    responses((status = 200, body = EvaluateConditionalResult), (status = 400, body = Problem),
        (status = 404, body = Problem), (status = 415, body = Problem)))]
async fn evaluate_conditionals(
    auth: Authorized<Create, ProcessInstance>,
    State(app): State<AppState>,
    Body(body): Body<ConditionalEvaluationInstruction>,
) -> Result<Json<EvaluateConditionalResult>, Problem> {
    auth.same_tenant("Evaluate Conditional", body.tenant_id.as_deref())?;
    let variables = body.variables.ok_or_else(|| Problem::invalid("No variables provided."))?.0;
    let command = Command::EvaluateConditions {
        definition: body.process_definition_key.unwrap_or(Key::NONE),
        variables,
        business_id: body.business_id.unwrap_or_default().into(),
    };
    match submit(&app, auth.request(Target::Catalog, command)).await? {
        Response::ConditionsEvaluated { key, started } => {
            let reference = |(process_definition_key, process_instance_key)| ProcessInstanceReference {
                process_definition_key,
                process_instance_key,
            };
            Ok(Json(EvaluateConditionalResult {
                conditional_evaluation_key: key,
                tenant_id: auth.tenant(),
                process_instances: started.into_iter().map(reference).collect(),
            }))
        }
        other => Err(unexpected(&other)),
    }
}
