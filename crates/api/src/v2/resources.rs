//! Deployed files that are neither processes nor decisions.

use crate::authorized::{Authorized, DeployedFile, Read};
use crate::extract::PathKey;
use crate::problem::Problem;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use history::FileRow;
use record::Key;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    secured![get_resource, get_resource_content]
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

async fn find(
    auth: &Authorized<Read, DeployedFile>,
    app: &AppState,
    key: Key,
) -> Result<(FileRow, Vec<u8>), Problem> {
    let tenant = auth.tenant();
    let found = app.read(move |history| history.file(&tenant, key.0)).await?;
    found.ok_or_else(|| Problem::no_such("Resource", key))
}
