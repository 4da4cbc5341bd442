//! Cluster, licence, authentication: what clients ask before they begin.

use crate::authorized::{Authorized, Probe, Read, System};
use crate::problem::Problem;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

/// The version of Camunda's API that `/v2` speaks.
const API_VERSION: &str = "8.10.0";

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    secured![get_topology, get_status, get_license, get_authentication]
}

/// The cluster as Camunda's clients see it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct TopologyResponse {
    /// The servers.
    brokers: Vec<BrokerInfo>,
    /// Name of the cluster.
    #[schema(required)]
    cluster_id: Option<String>,
    /// Number of servers.
    cluster_size: u16,
    /// Number of partitions.
    partitions_count: u16,
    /// Copies of every partition.
    replication_factor: u16,
    /// Version of the API.
    gateway_version: String,
    /// Always `-1`: the topology does not change while the server runs.
    last_completed_change_id: String,
}

/// A server.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct BrokerInfo {
    /// Number of the server.
    node_id: i32,
    /// Name of the server.
    broker_id: String,
    /// Host on which it listens.
    host: String,
    /// Port of the gRPC gateway.
    port: u16,
    /// Its partitions.
    partitions: Vec<PartitionInfo>,
    /// Version of the API.
    version: String,
}

/// A partition of a server.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PartitionInfo {
    /// Its number.
    partition_id: u16,
    /// Always `leader`.
    role: &'static str,
    /// `healthy`, or `dead` after an I/O error.
    health: &'static str,
}

/// The servers and partitions.
#[utoipa::path(get, path = "/v2/topology", operation_id = "getTopology", tag = "Cluster",
    responses((status = 200, body = TopologyResponse), (status = 401, body = Problem)))]
async fn get_topology(
    _auth: Authorized<Read, System>,
    State(app): State<AppState>,
) -> Json<TopologyResponse> {
    let status = app.handle.status();
    let health = if status.poisoned.is_none() { "healthy" } else { "dead" };
    let partitions = status.partitions.max(1);
    let partition = |partition_id| PartitionInfo { partition_id, role: "leader", health };
    Json(TopologyResponse {
        brokers: vec![BrokerInfo {
            node_id: 0,
            broker_id: "0".into(),
            host: "127.0.0.1".into(),
            port: 26_500,
            partitions: (1..=partitions).map(partition).collect(),
            version: API_VERSION.into(),
        }],
        cluster_id: Some("dirigent".into()),
        cluster_size: 1,
        partitions_count: partitions,
        replication_factor: 1,
        gateway_version: API_VERSION.into(),
        last_completed_change_id: "-1".into(),
    })
}

/// 204 where commands are taken, 503 where not.
#[utoipa::path(get, path = "/v2/status", operation_id = "getStatus", tag = "Cluster",
    responses((status = 204), (status = 503, body = Problem)))]
async fn get_status(
    _auth: Authorized<Probe, System>,
    State(app): State<AppState>,
) -> Result<StatusCode, Problem> {
    match app.handle.status().poisoned {
        None => Ok(StatusCode::NO_CONTENT),
        Some(reason) => Err(Problem::new(503, "UNAVAILABLE", reason)),
    }
}

/// The licence.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct LicenseResponse {
    /// Always true.
    valid_license: bool,
    /// `Apache-2.0`.
    license_type: &'static str,
    /// Always false.
    is_commercial: bool,
    /// Never.
    #[schema(required)]
    expires_at: Option<String>,
}

/// The licence: free for every use.
#[utoipa::path(get, path = "/v2/license", operation_id = "getLicense", tag = "License",
    responses((status = 200, body = LicenseResponse)))]
async fn get_license(_auth: Authorized<Probe, System>) -> Json<LicenseResponse> {
    Json(LicenseResponse {
        valid_license: true,
        license_type: "Apache-2.0",
        is_commercial: false,
        expires_at: None,
    })
}

/// Who asks.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CamundaUserResult {
    /// Name to sign in with.
    username: String,
    /// Name for people.
    #[schema(required)]
    display_name: Option<String>,
    /// Mail address.
    #[schema(required)]
    email: Option<String>,
    /// Components that may be used; `*` for all.
    authorized_components: Vec<String>,
    /// Tenants.
    tenants: Vec<TenantResult>,
    /// Groups.
    groups: Vec<String>,
    /// Roles.
    roles: Vec<String>,
    /// Always null.
    #[schema(required)]
    sales_plan_type: Option<String>,
    /// Always empty.
    c8_links: BTreeMap<String, String>,
    /// Whether there is a session to end.
    can_logout: bool,
}

/// A tenant.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct TenantResult {
    /// Its name.
    name: String,
    /// Its id.
    tenant_id: String,
    /// What it is for.
    #[schema(required)]
    description: Option<String>,
}

/// Who asks.
#[utoipa::path(get, path = "/v2/authentication/me", operation_id = "getAuthentication", tag = "Authentication",
    responses((status = 200, body = CamundaUserResult), (status = 401, body = Problem)))]
async fn get_authentication(auth: Authorized<Read, System>) -> Json<CamundaUserResult> {
    Json(CamundaUserResult {
        username: auth.subject.name.to_string(),
        display_name: None,
        email: None,
        authorized_components: vec!["*".into()],
        tenants: vec![TenantResult { name: "Default".into(), tenant_id: auth.tenant(), description: None }],
        groups: Vec::new(),
        roles: vec!["admin".into()],
        sales_plan_type: None,
        c8_links: BTreeMap::new(),
        can_logout: false,
    })
}
