//! Deployments: files in, definitions out.

use crate::authorized::{Authorized, Create, ProcessDefinition};
use crate::command::{submit, unexpected};
use crate::extract::too_large;
use crate::problem::Problem;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use axum::extract::multipart::{Multipart, MultipartError, MultipartRejection};
use record::{Command, DeployedProcess, Key, Resource, Response, wire};
use runtime::Target;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    secured![create_deployment]
}

/// Files to deploy.
#[derive(Debug, ToSchema)]
#[allow(dead_code)]
#[schema(rename_all = "camelCase")]
struct DeploymentRequest {
    /// The files.
    #[schema(value_type = Vec<String>, format = Binary)]
    resources: Vec<String>,
    /// The tenant.
    tenant_id: Option<String>,
}

/// A deployment.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct DeploymentResult {
    /// Its key.
    #[schema(value_type = String)]
    deployment_key: Key,
    /// The tenant.
    tenant_id: String,
    /// What it holds.
    deployments: Vec<DeploymentMetadataResult>,
}

/// One thing of a deployment; exactly one member is not null.
#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct DeploymentMetadataResult {
    /// A process.
    #[schema(required)]
    process_definition: Option<DeploymentProcessResult>,
    /// A decision.
    #[schema(required, value_type = Option<HashMap<String, Value>>)]
    decision_definition: Option<()>,
    /// A decision requirements graph.
    #[schema(required, value_type = Option<HashMap<String, Value>>)]
    decision_requirements: Option<()>,
    /// A form.
    #[schema(required, value_type = Option<HashMap<String, Value>>)]
    form: Option<()>,
    /// Any other file.
    #[schema(required, value_type = Option<HashMap<String, Value>>)]
    resource: Option<()>,
}

/// A process of a deployment.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct DeploymentProcessResult {
    /// BPMN id of the process.
    process_definition_id: String,
    /// Its version.
    process_definition_version: u32,
    /// The file.
    resource_name: String,
    /// The tenant.
    tenant_id: String,
    /// Its key.
    #[schema(value_type = String)]
    process_definition_key: Key,
}

/// Deploys files. All of them are deployed, or (where one has a fault) none.
#[utoipa::path(post, path = "/v2/deployments", operation_id = "createDeployment", tag = "Resource",
    request_body(content = DeploymentRequest, content_type = "multipart/form-data"),
    responses((status = 200, body = DeploymentResult), (status = 400, body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem)))]
async fn create_deployment(
    auth: Authorized<Create, ProcessDefinition>,
    State(app): State<AppState>,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Json<DeploymentResult>, Problem> {
    let form = form.map_err(|rejection| {
        let text = "A deployment is sent as multipart/form-data with one part 'resources' per file.";
        Problem::new(415, "Unsupported Media Type", format!("{text} {}", rejection.body_text()))
    })?;
    let (resources, tenant) = read(form).await?;
    auth.same_tenant("Deploy Resources", tenant.as_deref())?;
    if resources.is_empty() {
        return Err(Problem::unreadable("Required part 'resources' is not present.", "no file was sent"));
    }
    let request = auth.request(Target::Catalog, Command::DeployResources { resources });
    match submit(&app, request).await? {
        Response::Deployed { key, processes, .. } => Ok(Json(DeploymentResult {
            deployment_key: key,
            tenant_id: auth.tenant(),
            deployments: processes.iter().map(|process| deployed(process, &auth.tenant())).collect(),
        })),
        other => Err(unexpected(&other)),
    }
}

async fn read(mut form: Multipart) -> Result<(Vec<Resource>, Option<String>), Problem> {
    let (mut resources, mut tenant) = (Vec::new(), None);
    while let Some(part) = form.next_field().await.map_err(unreadable)? {
        let name = part.name().unwrap_or_default().to_owned();
        let file = part.file_name().map(str::to_owned);
        if name == "resources" {
            let file = file.filter(|file| !file.is_empty());
            let file = file.ok_or_else(|| {
                Problem::invalid(
                    "Every part 'resources' needs a filename with an extension, such as order.bpmn.",
                )
            })?;
            let content = part.bytes().await.map_err(unreadable)?;
            resources.push(Resource { name: file.into(), content: wire::Bytes(content.as_ref().into()) });
        } else if name == "tenantId" {
            tenant = Some(part.text().await.map_err(unreadable)?).filter(|tenant| !tenant.is_empty());
        }
    }
    Ok((resources, tenant))
}

fn unreadable(error: MultipartError) -> Problem {
    if error.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
        too_large()
    } else {
        Problem::unreadable("Failed to read request", error.body_text())
    }
}

fn deployed(process: &DeployedProcess, tenant: &str) -> DeploymentMetadataResult {
    DeploymentMetadataResult {
        process_definition: Some(DeploymentProcessResult {
            process_definition_id: process.id.to_string(),
            process_definition_version: process.version,
            resource_name: process.resource.to_string(),
            tenant_id: tenant.to_owned(),
            process_definition_key: process.key,
        }),
        ..DeploymentMetadataResult::default()
    }
}
