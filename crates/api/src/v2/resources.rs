//! Deployed files that are neither processes nor decisions; and the deletion of whatever was deployed.

use crate::authorized::{Authorized, DeployedFile, Read, Update};
use crate::command::submit;
use crate::extract::{OptionalBody, PathKey};
use crate::problem::Problem;
use crate::state::AppState;
use crate::wire;
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use history::FileRow;
use record::{Command, Key};
use runtime::Target;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    secured![get_resource, get_resource_content, delete_resource]
}

/// A deployed file.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ResourceResult {
    /// File name.
    pub resource_name: String,
    /// 1 for the first version of this id.
    pub version: i32,
    /// The tag by which models ask for this version.
    #[schema(required)]
    pub version_tag: Option<String>,
    /// What versions of it have in common: the id that a JSON file gives itself, else its name.
    pub resource_id: String,
    /// The tenant.
    pub tenant_id: String,
    /// Its key.
    #[schema(value_type = String)]
    pub resource_key: Key,
}

impl From<FileRow> for ResourceResult {
    fn from(row: FileRow) -> Self {
        ResourceResult {
            resource_name: row.name,
            version: row.version,
            version_tag: row.version_tag,
            resource_id: row.id,
            tenant_id: row.tenant,
            resource_key: Key(row.key),
        }
    }
}

/// A deployed file.
#[utoipa::path(get, path = "/v2/resources/{resourceKey}", operation_id = "getResource", tag = "Resource",
    params(("resourceKey" = String, Path, description = "Its key.")),
    responses((status = 200, body = ResourceResult), (status = 404, body = Problem)))]
async fn get_resource(
    auth: Authorized<Read, DeployedFile>,
    State(app): State<AppState>,
    PathKey(key): PathKey,
) -> Result<Json<ResourceResult>, Problem> {
    Ok(Json(find(&auth, &app, key).await?.0.into()))
}

/// What is in a deployed file, byte for byte.
#[utoipa::path(get, path = "/v2/resources/{resourceKey}/content", operation_id = "getResourceContent",
    tag = "Resource", params(("resourceKey" = String, Path, description = "Its key.")),
    responses((status = 200, body = String, content_type = "application/octet-stream"),
        (status = 404, body = Problem)))]
async fn get_resource_content(
    auth: Authorized<Read, DeployedFile>,
    State(app): State<AppState>,
    PathKey(key): PathKey,
) -> Result<impl IntoResponse, Problem> {
    let (_, content) = find(&auth, &app, key).await?;
    let json = serde_json::from_slice::<serde::de::IgnoredAny>(&content).is_ok();
    let kind = if json { "application/json" } else { "application/octet-stream" };
    // A deployed page or picture must not run in the studio's origin.
    let attachment = (header::CONTENT_DISPOSITION, "attachment");
    Ok(([(header::CONTENT_TYPE, kind), attachment], content))
}

/// What is deleted besides.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct DeleteResourceRequest {
    /// Also what was kept of it: of a process definition all its instances, of decision requirements all evaluations.
    /// Nothing more is deleted of forms and other files.
    delete_history: Option<bool>,
    /// Ignored.
    #[serde(default, deserialize_with = "wire::lenient")]
    #[allow(dead_code)]
    operation_reference: Option<i64>,
}

/// A resource that is no more.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct DeleteResourceResult {
    /// Its key.
    #[schema(value_type = String)]
    resource_key: Key,
    /// Always null: history is deleted before anything is read again.
    #[schema(required)]
    batch_operation: Option<BTreeMap<String, String>>,
}

/// Deletes a process definition, decision requirements with their decisions, a form or another file. The version below
/// is the latest one then, and its start events wait again; no version number is given out twice. A definition by which
/// instances run stays, 409, and so do decision requirements that others import.
#[utoipa::path(post, path = "/v2/resources/{resourceKey}/deletion", operation_id = "deleteResource",
    tag = "Resource", params(("resourceKey" = String, Path, description =
        "Key of a process definition, of decision requirements, of a form or of another file.")),
    request_body = Option<DeleteResourceRequest>,
    responses((status = 200, body = DeleteResourceResult), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
async fn delete_resource(
    auth: Authorized<Update, DeployedFile>,
    State(app): State<AppState>,
    PathKey(key): PathKey,
    OptionalBody(body): OptionalBody<Option<DeleteResourceRequest>>,
) -> Result<Json<DeleteResourceResult>, Problem> {
    let history = body.is_some_and(|body| body.delete_history == Some(true));
    let command = Command::DeleteResource { resource: key, history, running: 0 };
    submit(&app, auth.request(Target::Catalog, command)).await?;
    Ok(Json(DeleteResourceResult { resource_key: key, batch_operation: None }))
}

async fn find(
    auth: &Authorized<Read, DeployedFile>,
    app: &AppState,
    key: Key,
) -> Result<(FileRow, Vec<u8>), Problem> {
    let tenant = auth.tenant();
    let found = app.read(move |history| history.file(&tenant, key.0)).await?;
    found.ok_or_else(|| Problem::no_such("Resource", key))
}
