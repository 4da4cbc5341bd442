//! Deployments: files in, definitions out.

use crate::authorized::{Authorized, Create, ProcessDefinition};
use crate::command::{submit, unexpected};
use crate::extract::too_large;
use crate::problem::Problem;
use crate::state::AppState;
use crate::v2::resources::ResourceResult;
use axum::Json;
use axum::extract::State;
use axum::extract::multipart::{Multipart, MultipartError, MultipartRejection};
use record::{
    Command, DeployedDecision, DeployedProcess, DeployedRequirements, DeployedResource, Key, Resource,
    Response, wire,
};
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
    #[schema(required)]
    decision_definition: Option<DeploymentDecisionResult>,
    /// A decision requirements graph.
    #[schema(required)]
    decision_requirements: Option<DeploymentDecisionRequirementsResult>,
    /// A form.
    #[schema(required)]
    form: Option<DeploymentFormResult>,
    /// Any other file.
    #[schema(required)]
    resource: Option<ResourceResult>,
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

/// A decision of a deployment.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct DeploymentDecisionResult {
    /// DMN id of the decision.
    decision_definition_id: String,
    /// Its version.
    version: u32,
    /// Its name.
    name: String,
    /// The tenant.
    tenant_id: String,
    /// DMN id of its requirements graph.
    decision_requirements_id: String,
    /// Its key.
    #[schema(value_type = String)]
    decision_definition_key: Key,
    /// Key of its requirements graph.
    #[schema(value_type = String)]
    decision_requirements_key: Key,
}

/// A decision requirements graph of a deployment.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct DeploymentDecisionRequirementsResult {
    /// DMN id of the graph.
    decision_requirements_id: String,
    /// Its name.
    decision_requirements_name: String,
    /// Its version.
    version: u32,
    /// The file.
    resource_name: String,
    /// The tenant.
    tenant_id: String,
    /// Its key.
    #[schema(value_type = String)]
    decision_requirements_key: Key,
}

/// A form of a deployment.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct DeploymentFormResult {
    /// The id that it gives itself.
    form_id: String,
    /// Its version.
    version: u32,
    /// The file.
    resource_name: String,
    /// The tenant.
    tenant_id: String,
    /// Its key.
    #[schema(value_type = String)]
    form_key: Key,
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
        Response::Deployed { key, processes, requirements, decisions, files } => {
            let tenant = auth.tenant();
            let processes = processes.iter().map(|process| process_of(process, &tenant));
            let decisions = decisions.iter().map(|decision| decision_of(decision, &tenant));
            let requirements = requirements.iter().map(|graph| requirements_of(graph, &tenant));
            let files = files.iter().map(|file| file_of(file, &tenant));
            let deployments = processes.chain(decisions).chain(requirements).chain(files).collect();
            Ok(Json(DeploymentResult { deployment_key: key, tenant_id: auth.tenant(), deployments }))
        }
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

fn process_of(process: &DeployedProcess, tenant: &str) -> DeploymentMetadataResult {
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

fn decision_of(decision: &DeployedDecision, tenant: &str) -> DeploymentMetadataResult {
    DeploymentMetadataResult {
        decision_definition: Some(DeploymentDecisionResult {
            decision_definition_id: decision.id.to_string(),
            version: decision.version,
            name: decision.name.to_string(),
            tenant_id: tenant.to_owned(),
            decision_requirements_id: decision.requirements_id.to_string(),
            decision_definition_key: decision.key,
            decision_requirements_key: decision.requirements,
        }),
        ..DeploymentMetadataResult::default()
    }
}

fn requirements_of(graph: &DeployedRequirements, tenant: &str) -> DeploymentMetadataResult {
    DeploymentMetadataResult {
        decision_requirements: Some(DeploymentDecisionRequirementsResult {
            decision_requirements_id: graph.id.to_string(),
            decision_requirements_name: graph.name.to_string(),
            version: graph.version,
            resource_name: graph.resource.to_string(),
            tenant_id: tenant.to_owned(),
            decision_requirements_key: graph.key,
        }),
        ..DeploymentMetadataResult::default()
    }
}

fn file_of(file: &DeployedResource, tenant: &str) -> DeploymentMetadataResult {
    if record::is_form(&file.name) {
        let form = DeploymentFormResult {
            form_id: file.id.to_string(),
            version: file.version,
            resource_name: file.name.to_string(),
            tenant_id: tenant.to_owned(),
            form_key: file.key,
        };
        return DeploymentMetadataResult { form: Some(form), ..DeploymentMetadataResult::default() };
    }
    DeploymentMetadataResult {
        resource: Some(ResourceResult {
            resource_name: file.name.to_string(),
            version: i32::try_from(file.version).unwrap_or(i32::MAX),
            version_tag: Some(file.version_tag.to_string()).filter(|tag| !tag.is_empty()),
            resource_id: file.id.to_string(),
            tenant_id: tenant.to_owned(),
            resource_key: file.key,
        }),
        ..DeploymentMetadataResult::default()
    }
}
