//! What is done to a running instance: modification, migration, suspension, resumption, deletion of ended ones, and
//! the choice of activities in its ad-hoc sub-processes.

use crate::authorized::{Authorized, ProcessInstance, Update};
use crate::command::submit;
use crate::extract::{Body, Complaints, PathKey};
use crate::problem::Problem;
use crate::state::AppState;
use crate::wire::{self, NO_CONTENT, NoContent, VariablesIn};
use axum::extract::State;
use record::command::{
    ActivateInstruction, AdHocActivation, MoveInstruction, ScopedVariables, TerminateInstruction,
};
use record::{AggregateId, Command, Key, Str};
use runtime::Target;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    secured![
        modify_process_instance,
        migrate_process_instance,
        suspend_process_instance,
        resume_process_instance,
        delete_process_instance,
        activate_ad_hoc_sub_process_activities,
    ]
}

/// Variables for the instance, or for a scope that is created by an activation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ModifyProcessInstanceVariableInstruction {
    /// The variables.
    #[serde(default)]
    #[schema(value_type = Option<HashMap<String, Value>>)]
    variables: VariablesIn,
    /// BPMN id of the scope; the instance where empty.
    #[serde(default)]
    scope_id: String,
}

/// An element to activate.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ProcessInstanceModificationActivateInstruction {
    /// BPMN id of the element.
    element_id: Option<String>,
    /// Variables for it and the scopes around it.
    #[serde(default)]
    variable_instructions: Vec<ModifyProcessInstanceVariableInstruction>,
    /// The element instance in which it is activated, where several would do.
    #[serde(default, deserialize_with = "wire::key")]
    #[schema(value_type = Option<String>)]
    ancestor_element_instance_key: Option<Key>,
}

/// Element instances to terminate.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ProcessInstanceModificationTerminateInstruction {
    /// The element instance.
    #[serde(default, deserialize_with = "wire::key")]
    #[schema(value_type = Option<String>)]
    element_instance_key: Option<Key>,
    /// BPMN id of an element, all instances of which are meant.
    element_id: Option<String>,
}

/// Tokens to move.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ProcessInstanceModificationMoveInstruction {
    /// BPMN id of the element whose instances end.
    source_element_id: Option<String>,
    /// Only this instance of it.
    #[serde(default, deserialize_with = "wire::key")]
    #[schema(value_type = Option<String>)]
    source_element_instance_key: Option<Key>,
    /// BPMN id of the element that is activated for each.
    target_element_id: Option<String>,
    /// Variables for it and the scopes around it.
    #[serde(default)]
    variable_instructions: Vec<ModifyProcessInstanceVariableInstruction>,
    /// The element instance in which it is activated, where several would do.
    #[serde(default, deserialize_with = "wire::key")]
    #[schema(value_type = Option<String>)]
    ancestor_element_instance_key: Option<Key>,
}

/// A modification.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ProcessInstanceModificationInstruction {
    /// Elements to activate.
    #[serde(default)]
    activate_instructions: Vec<ProcessInstanceModificationActivateInstruction>,
    /// Element instances to terminate.
    #[serde(default)]
    terminate_instructions: Vec<ProcessInstanceModificationTerminateInstruction>,
    /// Tokens to move.
    #[serde(default)]
    move_instructions: Vec<ProcessInstanceModificationMoveInstruction>,
}

fn scoped(instructions: Vec<ModifyProcessInstanceVariableInstruction>) -> Vec<ScopedVariables> {
    let one = |it: ModifyProcessInstanceVariableInstruction| ScopedVariables {
        scope: it.scope_id.into(),
        variables: it.variables.0,
    };
    instructions.into_iter().map(one).collect()
}

/// Puts tokens of an instance elsewhere; all or nothing.
#[utoipa::path(post, path = "/v2/process-instances/{processInstanceKey}/modification",
    operation_id = "modifyProcessInstance", tag = "Process instance",
    params(("processInstanceKey" = String, Path, description = "Its key.")),
    request_body = ProcessInstanceModificationInstruction,
    responses((status = 204), (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn modify_process_instance(
    auth: Authorized<Update, ProcessInstance>,
    State(app): State<AppState>,
    PathKey(key): PathKey,
    Body(body): Body<ProcessInstanceModificationInstruction>,
) -> NoContent {
    let mut complaints = Complaints::default();
    if body.activate_instructions.iter().any(|it| !wire::given(&it.element_id)) {
        complaints.missing("elementId");
    }
    let unnamed = |it: &ProcessInstanceModificationTerminateInstruction| {
        it.element_instance_key.is_none() && !wire::given(&it.element_id)
    };
    if body.terminate_instructions.iter().any(unnamed) {
        complaints.missing("elementInstanceKey");
    }
    if body.move_instructions.iter().any(|it| !wire::given(&it.target_element_id)) {
        complaints.missing("targetElementId");
    }
    complaints.check()?;
    let text = |it: Option<String>| Str::from(it.unwrap_or_default());
    let activate = body.activate_instructions.into_iter().map(|it| ActivateInstruction {
        element_id: text(it.element_id),
        ancestor: it.ancestor_element_instance_key.unwrap_or(Key::NONE),
        variables: scoped(it.variable_instructions),
    });
    let terminate = body.terminate_instructions.into_iter().map(|it| TerminateInstruction {
        element: it.element_instance_key.unwrap_or(Key::NONE),
        element_id: text(it.element_id),
    });
    let moves = body.move_instructions.into_iter().map(|it| MoveInstruction {
        source_element_id: text(it.source_element_id),
        source: it.source_element_instance_key.unwrap_or(Key::NONE),
        target_element_id: text(it.target_element_id),
        ancestor: it.ancestor_element_instance_key.unwrap_or(Key::NONE),
        variables: scoped(it.variable_instructions),
    });
    let command = Command::ModifyProcessInstance {
        activate: activate.collect(),
        terminate: terminate.collect(),
        moves: moves.collect(),
    };
    submit(&app, auth.request(Target::Aggregate(AggregateId::from(key)), command)).await?;
    NO_CONTENT
}

/// What an element is in the target definition.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct MigrateProcessInstanceMappingInstruction {
    /// BPMN id in the present definition.
    source_element_id: String,
    /// BPMN id in the target definition.
    target_element_id: String,
}

/// A migration.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ProcessInstanceMigrationInstruction {
    /// The definition to go on with.
    #[serde(default, deserialize_with = "wire::key")]
    #[schema(value_type = Option<String>)]
    target_process_definition_key: Option<Key>,
    /// What each active element is there.
    #[serde(default)]
    mapping_instructions: Vec<MigrateProcessInstanceMappingInstruction>,
}

/// Goes on with another definition; everything that stands in the way is named at once.
#[utoipa::path(post, path = "/v2/process-instances/{processInstanceKey}/migration",
    operation_id = "migrateProcessInstance", tag = "Process instance",
    params(("processInstanceKey" = String, Path, description = "Its key.")),
    request_body = ProcessInstanceMigrationInstruction,
    responses((status = 204), (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
async fn migrate_process_instance(
    auth: Authorized<Update, ProcessInstance>,
    State(app): State<AppState>,
    PathKey(key): PathKey,
    Body(body): Body<ProcessInstanceMigrationInstruction>,
) -> NoContent {
    let mut complaints = Complaints::default();
    if body.target_process_definition_key.is_none() {
        complaints.missing("targetProcessDefinitionKey");
    }
    complaints.check()?;
    let mappings = body.mapping_instructions.into_iter();
    let mappings = mappings.map(|it| (it.source_element_id.into(), it.target_element_id.into())).collect();
    let definition = body.target_process_definition_key.unwrap_or(Key::NONE);
    let command = Command::MigrateProcessInstance { definition, mappings };
    submit(&app, auth.request(Target::Aggregate(AggregateId::from(key)), command)).await?;
    NO_CONTENT
}

/// Nothing of the instance goes on until it is resumed.
#[utoipa::path(post, path = "/v2/process-instances/{processInstanceKey}/suspension",
    operation_id = "suspendProcessInstance", tag = "Process instance",
    params(("processInstanceKey" = String, Path, description = "Its key.")),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn suspend_process_instance(
    auth: Authorized<Update, ProcessInstance>,
    State(app): State<AppState>,
    PathKey(key): PathKey,
) -> NoContent {
    let target = Target::Aggregate(AggregateId::from(key));
    submit(&app, auth.request(target, Command::SuspendProcessInstance {})).await?;
    NO_CONTENT
}

/// The instance goes on.
#[utoipa::path(post, path = "/v2/process-instances/{processInstanceKey}/resumption",
    operation_id = "resumeProcessInstance", tag = "Process instance",
    params(("processInstanceKey" = String, Path, description = "Its key.")),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn resume_process_instance(
    auth: Authorized<Update, ProcessInstance>,
    State(app): State<AppState>,
    PathKey(key): PathKey,
) -> NoContent {
    let target = Target::Aggregate(AggregateId::from(key));
    submit(&app, auth.request(target, Command::ResumeProcessInstance {})).await?;
    NO_CONTENT
}

/// Forgets an instance that has ended; 409 while it runs.
#[utoipa::path(post, path = "/v2/process-instances/{processInstanceKey}/deletion",
    operation_id = "deleteProcessInstance", tag = "Process instance",
    params(("processInstanceKey" = String, Path, description = "Its key.")),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn delete_process_instance(
    auth: Authorized<Update, ProcessInstance>,
    State(app): State<AppState>,
    PathKey(key): PathKey,
) -> NoContent {
    // The engine has forgotten ended instances already; only the read model knows that there was one.
    super::find_process_instance(&app, auth.tenant(), key).await?;
    let target = Target::Aggregate(AggregateId::from(key));
    submit(&app, auth.request(target, Command::DeleteProcessInstance {})).await?;
    NO_CONTENT
}

/// An activity to run.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AdHocSubProcessActivateActivityReference {
    /// BPMN id of the activity.
    element_id: String,
    /// Its variables.
    #[serde(default)]
    #[schema(value_type = Option<HashMap<String, Value>>)]
    variables: VariablesIn,
}

/// Activities to run.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AdHocSubProcessActivateActivitiesInstruction {
    /// Which.
    #[serde(default)]
    elements: Vec<AdHocSubProcessActivateActivityReference>,
    /// Ends those that run.
    #[serde(default)]
    cancel_remaining_instances: bool,
}

/// Runs activities of an active ad-hoc sub-process.
#[utoipa::path(post,
    path = "/v2/element-instances/ad-hoc-activities/{adHocSubProcessInstanceKey}/activation",
    operation_id = "activateAdHocSubProcessActivities", tag = "Ad-hoc sub-process",
    params(("adHocSubProcessInstanceKey" = String, Path, description = "Its element instance.")),
    request_body = AdHocSubProcessActivateActivitiesInstruction,
    responses((status = 204), (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn activate_ad_hoc_sub_process_activities(
    auth: Authorized<Update, ProcessInstance>,
    State(app): State<AppState>,
    PathKey(key): PathKey,
    Body(body): Body<AdHocSubProcessActivateActivitiesInstruction>,
) -> NoContent {
    let mut complaints = Complaints::default();
    if body.elements.is_empty() {
        complaints.missing("elements");
    }
    complaints.check()?;
    let elements = body.elements.into_iter();
    let elements =
        elements.map(|it| AdHocActivation { element_id: it.element_id.into(), variables: it.variables.0 });
    let command = Command::ActivateAdHoc {
        element: key,
        elements: elements.collect(),
        cancel_remaining: body.cancel_remaining_instances,
    };
    submit(&app, auth.request(Target::Owner(key), command)).await?;
    NO_CONTENT
}
