//! Evaluation of FEEL expressions on request.

use crate::authorized::{Authorized, Expression, Read};
use crate::extract::Body;
use crate::limits::EXPRESSION_FUEL;
use crate::problem::Problem;
use crate::state::AppState;
use crate::wire::{self, VariablesIn};
use axum::Json;
use axum::extract::State;
use history::{Condition, ElementInstances, Operator, Query, Reader, SearchError, Variables};
use record::Key;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    secured![evaluate_expression]
}

/// An expression with variables.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ExpressionEvaluationRequest {
    /// FEEL, with or without the leading `=`.
    expression: Option<String>,
    /// Variables; they hide those of the scope.
    #[serde(default)]
    #[schema(value_type = Option<HashMap<String, Value>>)]
    variables: VariablesIn,
    /// An element instance or process instance whose variables are seen.
    #[serde(default, deserialize_with = "wire::key")]
    #[schema(value_type = Option<String>)]
    scope_key: Option<Key>,
    /// The tenant.
    tenant_id: Option<String>,
}

/// What an expression gives.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ExpressionEvaluationResult {
    /// The expression.
    expression: String,
    /// Its value.
    #[schema(value_type = Option<Value>, required)]
    result: record::Json,
    /// Why something became null, in order.
    warnings: Vec<ExpressionEvaluationWarningItem>,
    /// Always empty.
    #[schema(value_type = Vec<HashMap<String, Value>>)]
    referenced_secrets: Vec<()>,
}

/// Why something became null.
#[derive(Debug, Serialize, ToSchema)]
struct ExpressionEvaluationWarningItem {
    /// Place and reason.
    message: String,
}

/// Evaluates an expression. The result is null where a part of it is; the warnings say why.
#[utoipa::path(post, path = "/v2/expression/evaluation", operation_id = "evaluateExpression", tag = "Expression",
    request_body = ExpressionEvaluationRequest,
    responses((status = 200, body = ExpressionEvaluationResult), (status = 400, body = Problem),
        (status = 404, body = Problem), (status = 415, body = Problem)))]
async fn evaluate_expression(
    auth: Authorized<Read, Expression>,
    State(app): State<AppState>,
    Body(body): Body<ExpressionEvaluationRequest>,
) -> Result<Json<ExpressionEvaluationResult>, Problem> {
    auth.same_tenant("Evaluate Expression", body.tenant_id.as_deref())?;
    let expression = body.expression.filter(|expression| !expression.trim().is_empty());
    let expression = expression.ok_or_else(|| Problem::invalid("No expression provided."))?;
    let mut visible = HashMap::new();
    if let Some(scope) = body.scope_key {
        let tenant = auth.tenant();
        let found = app.read(move |history| scope_variables(history, &tenant, scope)).await?;
        visible = found.ok_or_else(|| Problem::no_such("Scope", scope))?;
    }
    for (name, value) in body.variables.0 {
        visible.insert(name.to_string(), value.as_str().to_owned());
    }
    let now = app.handle.now();
    let evaluated = tokio::task::spawn_blocking(move || evaluate(expression, &visible, now));
    evaluated
        .await
        .map_err(|_| {
            Problem::new(500, "INTERNAL", "The evaluation was interrupted; the server is stopping.")
        })?
        .map(Json)
}

fn evaluate(
    expression: String,
    variables: &HashMap<String, String>,
    now: i64,
) -> Result<ExpressionEvaluationResult, Problem> {
    let source = expression.trim_start();
    let source = source.strip_prefix('=').unwrap_or(source);
    let names: Vec<&str> = variables.keys().map(String::as_str).collect();
    let options = feel::Options { names: &names, open: true, ..feel::Options::default() };
    let compiled = feel::compile(source, &options).map_err(|problems| {
        let problems = problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        Problem::invalid(format!("Failed to parse expression '{expression}': {problems}"))
    })?;
    let mut slots = Vec::with_capacity(compiled.slots().len());
    for name in compiled.slots() {
        let value = variables.get(&**name).map(|json| feel::Value::from_json(json)).transpose();
        slots.push(value.map_err(|error| Problem::invalid(format!("The variable '{name}': {error}")))?);
    }
    let env = feel::Env { now, seed: now as u64, ..feel::Env::default() };
    let outcome = compiled.evaluate(&slots, &env, &mut feel::Fuel::new(EXPRESSION_FUEL));
    if let Some(error) = outcome.error {
        return Err(Problem::invalid(format!("Failed to evaluate expression '{expression}': {error}")));
    }
    let warning = |warning: &feel::Warning| ExpressionEvaluationWarningItem { message: warning.to_string() };
    Ok(ExpressionEvaluationResult {
        result: record::Json::trusted(outcome.value.to_json()),
        warnings: outcome.warnings.iter().map(warning).collect(),
        referenced_secrets: Vec::new(),
        expression,
    })
}

/// JSON texts of the variables that a scope sees: its own hide those further out.
fn scope_variables(
    history: &Reader,
    tenant: &str,
    scope: Key,
) -> Result<Option<HashMap<String, String>>, SearchError> {
    let mut visible = HashMap::new();
    let Some(mut at) = history.get::<ElementInstances>(tenant, scope.0)? else { return Ok(None) };
    for _ in 0..crate::limits::MAX_CALL_DEPTH {
        let in_scope = Condition::Field { name: "scopeKey".into(), operator: Operator::Eq(at.key.into()) };
        let mut query = Query { tenant: tenant.to_owned(), condition: in_scope, ..Query::default() };
        query.page.limit = history::MAX_LIMIT;
        for variable in history.search::<Variables>(&query)?.items {
            visible.entry(variable.name).or_insert(variable.value);
        }
        match history.get::<ElementInstances>(tenant, at.scope)? {
            Some(outer) => at = outer,
            None => break,
        }
    }
    Ok(Some(visible))
}
