//! Messages and their subscriptions.

use crate::authorized::{Authorized, Create, Message, ProcessInstance, Read};
use crate::command::{submit, unexpected};
use crate::extract::{Body, Complaints};
use crate::problem::Problem;
use crate::search::{CorrelatedMessageSubscriptionSearchQuery, MessageSubscriptionSearchQuery};
use crate::state::AppState;
use crate::wire::{self, SearchResult, Time, VariablesIn};
use axum::Json;
use axum::extract::State;
use history::{
    CorrelatedSubscriptionRow, CorrelatedSubscriptions, MessageSubscriptionRow, MessageSubscriptions,
};
use record::{AggregateId, Command, Key, Response};
use runtime::Target;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    secured![
        publish_message,
        correlate_message,
        search_message_subscriptions,
        search_correlated_message_subscriptions,
    ]
}

/// A message.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct MessagePublicationRequest {
    /// Its name.
    name: Option<String>,
    /// The correlation key; empty where the message has none.
    correlation_key: Option<String>,
    /// How long it waits for a subscription, milliseconds.
    #[serde(default, deserialize_with = "wire::lenient")]
    time_to_live: Option<i64>,
    /// No second message of this id is taken while this one waits.
    message_id: Option<String>,
    /// Its variables.
    #[serde(default)]
    #[schema(value_type = Option<HashMap<String, Value>>)]
    variables: VariablesIn,
    /// The tenant.
    tenant_id: Option<String>,
}

/// A message that was published.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct MessagePublicationResult {
    /// The tenant.
    tenant_id: String,
    /// Its key.
    #[schema(value_type = String)]
    message_key: Key,
}

/// Publishes a message: it waits for subscriptions as long as its time to live says.
#[utoipa::path(post, path = "/v2/messages/publication", operation_id = "publishMessage", tag = "Message",
    request_body = MessagePublicationRequest,
    responses((status = 200, body = MessagePublicationResult), (status = 400, body = Problem),
        (status = 409, body = Problem), (status = 415, body = Problem)))]
async fn publish_message(
    auth: Authorized<Create, Message>,
    State(app): State<AppState>,
    Body(body): Body<MessagePublicationRequest>,
) -> Result<Json<MessagePublicationResult>, Problem> {
    auth.same_tenant("Publish Message", body.tenant_id.as_deref())?;
    let mut complaints = Complaints::default();
    if !wire::given(&body.name) {
        complaints.missing("name");
    }
    if let Some(time) = body.time_to_live.filter(|time| *time < 0) {
        complaints.invalid("timeToLive", time, "not negative");
    }
    complaints.check()?;
    let command = Command::PublishMessage {
        time_to_live: body.time_to_live.unwrap_or(0),
        message_id: body.message_id.unwrap_or_default().into(),
        variables: body.variables.0,
    };
    let target = AggregateId::Message {
        tenant: auth.subject.tenant.clone(),
        name: body.name.unwrap_or_default().into(),
        correlation_key: body.correlation_key.unwrap_or_default().into(),
    };
    match submit(&app, auth.request(Target::Aggregate(target), command)).await? {
        Response::Published { key } => {
            Ok(Json(MessagePublicationResult { tenant_id: auth.tenant(), message_key: key }))
        }
        other => Err(unexpected(&other)),
    }
}

/// A message to correlate at once.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct MessageCorrelationRequest {
    /// Its name.
    name: Option<String>,
    /// The correlation key; empty where the message has none.
    correlation_key: Option<String>,
    /// Its variables.
    #[serde(default)]
    #[schema(value_type = Option<HashMap<String, Value>>)]
    variables: VariablesIn,
    /// The tenant.
    tenant_id: Option<String>,
}

/// A message that was correlated.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct MessageCorrelationResult {
    /// The tenant.
    tenant_id: String,
    /// Its key.
    #[schema(value_type = String)]
    message_key: Key,
    /// The instance that took it first.
    #[schema(value_type = String)]
    process_instance_key: Key,
}

/// Correlates a message at once; 404 where nobody waits for it.
#[utoipa::path(post, path = "/v2/messages/correlation", operation_id = "correlateMessage", tag = "Message",
    request_body = MessageCorrelationRequest,
    responses((status = 200, body = MessageCorrelationResult), (status = 400, body = Problem),
        (status = 404, body = Problem), (status = 415, body = Problem)))]
async fn correlate_message(
    auth: Authorized<Create, Message>,
    State(app): State<AppState>,
    Body(body): Body<MessageCorrelationRequest>,
) -> Result<Json<MessageCorrelationResult>, Problem> {
    auth.same_tenant("Correlate Message", body.tenant_id.as_deref())?;
    let mut complaints = Complaints::default();
    if !wire::given(&body.name) {
        complaints.missing("name");
    }
    complaints.check()?;
    let target = AggregateId::Message {
        tenant: auth.subject.tenant.clone(),
        name: body.name.unwrap_or_default().into(),
        correlation_key: body.correlation_key.unwrap_or_default().into(),
    };
    let command = Command::CorrelateMessage { variables: body.variables.0 };
    match submit(&app, auth.request(Target::Aggregate(target), command)).await? {
        Response::Correlated { key, instance } => Ok(Json(MessageCorrelationResult {
            tenant_id: auth.tenant(),
            message_key: key,
            process_instance_key: instance,
        })),
        other => Err(unexpected(&other)),
    }
}

/// A message subscription.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct MessageSubscriptionResult {
    /// Its key.
    #[schema(value_type = String)]
    message_subscription_key: Key,
    /// BPMN id of the process.
    process_definition_id: String,
    /// The definition's key.
    #[schema(value_type = Option<String>, required)]
    process_definition_key: Option<Key>,
    /// Name of the process.
    #[schema(required)]
    process_definition_name: Option<String>,
    /// The definition's version.
    #[schema(required)]
    process_definition_version: Option<i32>,
    /// The instance.
    #[schema(value_type = Option<String>, required)]
    process_instance_key: Option<Key>,
    /// The instance at the top of all calls.
    #[schema(value_type = Option<String>, required)]
    root_process_instance_key: Option<Key>,
    /// BPMN id of the element that waits.
    element_id: String,
    /// The element instance.
    #[schema(value_type = Option<String>, required)]
    element_instance_key: Option<Key>,
    /// `CREATED`, `CORRELATED` or `DELETED`.
    message_subscription_state: String,
    /// `PROCESS_EVENT`.
    message_subscription_type: &'static str,
    /// When it changed last.
    #[schema(value_type = String, format = DateTime)]
    last_updated_date: Time,
    /// Name of the message.
    message_name: String,
    /// The correlation key.
    #[schema(required)]
    correlation_key: Option<String>,
    /// The tenant.
    tenant_id: String,
    /// The business's name for the instance.
    #[schema(required)]
    business_id: Option<String>,
    /// The element's property `io.camunda.tool:name`.
    #[schema(required)]
    tool_name: Option<String>,
    /// The element's properties whose names begin with `io.camunda.tool:`.
    tool_properties: BTreeMap<String, String>,
    /// The element's property `inbound.type`.
    #[schema(required)]
    inbound_connector_type: Option<String>,
}

impl From<MessageSubscriptionRow> for MessageSubscriptionResult {
    fn from(row: MessageSubscriptionRow) -> Self {
        let property = |name: &str| {
            let found = row.properties.iter().find(|(known, _)| known == name);
            found.map(|(_, value)| value.clone())
        };
        MessageSubscriptionResult {
            message_subscription_key: Key(row.key),
            process_definition_id: row.definition.id,
            process_definition_key: wire::some_key(row.definition.key),
            process_definition_name: row.definition.name,
            process_definition_version: Some(row.definition.version),
            process_instance_key: wire::some_key(row.instance),
            root_process_instance_key: wire::some_key(row.root),
            element_id: row.element_id,
            element_instance_key: wire::some_key(row.element),
            message_subscription_state: row.state,
            message_subscription_type: "PROCESS_EVENT",
            last_updated_date: Time(row.updated),
            message_name: row.name,
            correlation_key: Some(row.correlation_key).filter(|key| !key.is_empty()),
            tenant_id: row.tenant,
            business_id: row.business_id,
            tool_name: property("io.camunda.tool:name"),
            inbound_connector_type: property("inbound.type"),
            tool_properties: row
                .properties
                .into_iter()
                .filter(|(name, _)| name.starts_with("io.camunda.tool:"))
                .collect(),
        }
    }
}

/// Searches message subscriptions of element instances.
#[utoipa::path(post, path = "/v2/message-subscriptions/search", operation_id = "searchMessageSubscriptions",
    tag = "Message subscription", request_body = MessageSubscriptionSearchQuery,
    responses((status = 200, body = SearchResult<MessageSubscriptionResult>), (status = 400, body = Problem)))]
async fn search_message_subscriptions(
    auth: Authorized<Read, ProcessInstance>,
    State(app): State<AppState>,
    body: MessageSubscriptionSearchQuery,
) -> Result<Json<SearchResult<MessageSubscriptionResult>>, Problem> {
    let query = body.of_tenant(auth.tenant());
    let page = app.read(move |history| history.search::<MessageSubscriptions>(&query)).await?;
    Ok(Json(SearchResult::of(page)))
}

/// A message that an element instance took.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CorrelatedMessageSubscriptionResult {
    /// The correlation key.
    #[schema(required)]
    correlation_key: Option<String>,
    /// When it was taken.
    #[schema(value_type = String, format = DateTime)]
    correlation_time: Time,
    /// BPMN id of the element.
    element_id: String,
    /// The element instance.
    #[schema(value_type = Option<String>, required)]
    element_instance_key: Option<Key>,
    /// The message.
    #[schema(value_type = String)]
    message_key: Key,
    /// Name of the message.
    message_name: String,
    /// The message's partition.
    partition_id: i32,
    /// BPMN id of the process.
    process_definition_id: String,
    /// The definition's key.
    #[schema(value_type = String)]
    process_definition_key: Key,
    /// The instance.
    #[schema(value_type = String)]
    process_instance_key: Key,
    /// The instance at the top of all calls.
    #[schema(value_type = Option<String>, required)]
    root_process_instance_key: Option<Key>,
    /// The subscription.
    #[schema(value_type = String)]
    subscription_key: Key,
    /// The tenant.
    tenant_id: String,
    /// The business's name for the instance.
    #[schema(required)]
    business_id: Option<String>,
}

impl From<CorrelatedSubscriptionRow> for CorrelatedMessageSubscriptionResult {
    fn from(row: CorrelatedSubscriptionRow) -> Self {
        let of = row.subscription;
        CorrelatedMessageSubscriptionResult {
            correlation_key: Some(of.correlation_key).filter(|key| !key.is_empty()),
            correlation_time: Time(row.time),
            element_id: of.element_id,
            element_instance_key: wire::some_key(of.element),
            message_key: Key(row.message),
            message_name: of.name,
            partition_id: row.partition,
            process_definition_id: of.definition.id,
            process_definition_key: Key(of.definition.key),
            process_instance_key: Key(of.instance),
            root_process_instance_key: wire::some_key(of.root),
            subscription_key: Key(of.key),
            tenant_id: of.tenant,
            business_id: of.business_id,
        }
    }
}

/// Searches messages that element instances took.
#[utoipa::path(post, path = "/v2/correlated-message-subscriptions/search",
    operation_id = "searchCorrelatedMessageSubscriptions", tag = "Message subscription",
    request_body = CorrelatedMessageSubscriptionSearchQuery,
    responses((status = 200, body = SearchResult<CorrelatedMessageSubscriptionResult>), (status = 400, body = Problem)))]
async fn search_correlated_message_subscriptions(
    auth: Authorized<Read, ProcessInstance>,
    State(app): State<AppState>,
    body: CorrelatedMessageSubscriptionSearchQuery,
) -> Result<Json<SearchResult<CorrelatedMessageSubscriptionResult>>, Problem> {
    let query = body.of_tenant(auth.tenant());
    let page = app.read(move |history| history.search::<CorrelatedSubscriptions>(&query)).await?;
    Ok(Json(SearchResult::of(page)))
}
