//! Variables.

use crate::authorized::{Authorized, ProcessInstance, Read};
use crate::extract::{PathKey, Query};
use crate::limits::MAX_SEARCH_VALUE_CHARACTERS;
use crate::problem::Problem;
use crate::search::VariableSearchQuery;
use crate::state::AppState;
use crate::wire::{self, SearchResult};
use axum::Json;
use axum::extract::State;
use history::{VariableRow, Variables};
use record::Key;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    secured![search_variables, get_variable]
}

/// A variable that was found; a long value is cut.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct VariableSearchResult {
    /// Its name.
    name: String,
    /// Its value as JSON text.
    value: String,
    /// Whether the value was cut.
    is_truncated: bool,
    /// The tenant.
    tenant_id: String,
    /// Its key.
    #[schema(value_type = String)]
    variable_key: Key,
    /// The scope: an element instance or the instance.
    #[schema(value_type = String)]
    scope_key: Key,
    /// The instance.
    #[schema(value_type = String)]
    process_instance_key: Key,
    /// The instance at the top of all calls.
    #[schema(value_type = Option<String>, required)]
    root_process_instance_key: Option<Key>,
}

impl VariableSearchResult {
    /// The row, with its value cut where `truncate` says so.
    pub(crate) fn of(row: VariableRow, truncate: bool) -> Self {
        let mut value = row.value;
        let end = value.char_indices().nth(MAX_SEARCH_VALUE_CHARACTERS).map(|(at, _)| at);
        let is_truncated = truncate && end.is_some();
        if let Some(end) = end.filter(|_| truncate) {
            value.truncate(end);
        }
        VariableSearchResult {
            name: row.name,
            value,
            is_truncated,
            tenant_id: row.tenant,
            variable_key: Key(row.key),
            scope_key: Key(row.scope),
            process_instance_key: Key(row.instance),
            root_process_instance_key: wire::some_key(row.root),
        }
    }
}

/// Whether long values are cut.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Truncate {
    /// Cut values of more than 8,191 characters, as is done where this is absent.
    pub truncate_values: Option<bool>,
}

/// Searches variables.
#[utoipa::path(post, path = "/v2/variables/search", operation_id = "searchVariables", tag = "Variable",
    params(Truncate), request_body = VariableSearchQuery,
    responses((status = 200, body = SearchResult<VariableSearchResult>), (status = 400, body = Problem),
        (status = 503, body = Problem)))]
async fn search_variables(
    auth: Authorized<Read, ProcessInstance>,
    State(app): State<AppState>,
    Query(truncate): Query<Truncate>,
    body: VariableSearchQuery,
) -> Result<Json<SearchResult<VariableSearchResult>>, Problem> {
    let query = body.of_tenant(auth.tenant());
    let page = app.read(move |history| history.search::<Variables>(&query)).await?;
    Ok(Json(cut(page, truncate.truncate_values != Some(false))))
}

/// A page of variables.
pub(crate) fn cut(page: history::Page<VariableRow>, truncate: bool) -> SearchResult<VariableSearchResult> {
    let history::Page { items, total, more_than_total, start_cursor, end_cursor } = page;
    let items = items.into_iter().map(|row| VariableSearchResult::of(row, truncate)).collect();
    SearchResult::of(history::Page { items, total, more_than_total, start_cursor, end_cursor })
}

/// A variable with its whole value.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct VariableResult {
    /// Its name.
    name: String,
    /// Its value as JSON text.
    value: String,
    /// The tenant.
    tenant_id: String,
    /// Its key.
    #[schema(value_type = String)]
    variable_key: Key,
    /// The scope: an element instance or the instance.
    #[schema(value_type = String)]
    scope_key: Key,
    /// The instance.
    #[schema(value_type = String)]
    process_instance_key: Key,
    /// The instance at the top of all calls.
    #[schema(value_type = Option<String>, required)]
    root_process_instance_key: Option<Key>,
}

/// A variable.
#[utoipa::path(get, path = "/v2/variables/{variableKey}", operation_id = "getVariable", tag = "Variable",
    params(("variableKey" = String, Path, description = "Its key.")),
    responses((status = 200, body = VariableResult), (status = 404, body = Problem)))]
async fn get_variable(
    auth: Authorized<Read, ProcessInstance>,
    State(app): State<AppState>,
    PathKey(key): PathKey,
) -> Result<Json<VariableResult>, Problem> {
    let tenant = auth.tenant();
    let found = app.read(move |history| history.get::<Variables>(&tenant, key.0)).await?;
    let row = found.ok_or_else(|| Problem::no_such("Variable", key))?;
    Ok(Json(VariableResult {
        name: row.name,
        value: row.value,
        tenant_id: row.tenant,
        variable_key: Key(row.key),
        scope_key: Key(row.scope),
        process_instance_key: Key(row.instance),
        root_process_instance_key: wire::some_key(row.root),
    }))
}
