//! What is done to a running instance: modification, migration, suspension, resumption, deletion of ended ones, and
//! the choice of activities in its ad-hoc sub-processes.

use super::jobs::{AdHocActivityReference, activations};
use crate::authorized::{Authorized, ProcessInstance, Update};
use crate::command::submit;
use crate::extract::{Body, Complaints, PathKey};
use crate::problem::Problem;
use crate::state::AppState;
use crate::wire::{self, NO_CONTENT, NoContent, VariablesIn};
use axum::extract::State;
use record::command::{ActivateInstruction, MoveInstruction, ScopedVariables, TerminateInstruction};
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
    #[schema(value_type = HashMap<String, Value>)]
    variables: Option<VariablesIn>,
    /// BPMN id of the scope; the instance where empty.
    scope_id: Option<String>,
}

/// An element to activate.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ProcessInstanceModificationActivateInstruction {
    /// BPMN id of the element.
    element_id: Option<String>,
    /// Variables for it and the scopes around it.
    variable_instructions: Option<Vec<ModifyProcessInstanceVariableInstruction>>,
    /// The element instance in which it is activated, where several would do; -1 where one will.
    #[serde(default, deserialize_with = "wire::key")]
    #[schema(value_type = Option<String>)]
    ancestor_element_instance_key: Option<Key>,
}

/// Element instances to terminate: one of the two.
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

/// What a move takes tokens from.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SourceElementInstruction {
    /// `byId` or `byKey`.
    source_type: Option<String>,
    /// BPMN id of the element, all instances of which are meant.
    source_element_id: Option<String>,
    /// The element instance.
    #[serde(default, deserialize_with = "wire::key")]
    #[schema(value_type = Option<String>)]
    source_element_instance_key: Option<Key>,
}

/// In which element instance a move puts tokens.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AncestorScopeInstruction {
    /// `direct` (the given one), `inferred` or `sourceParent` (that which the source is in).
    ancestor_scope_type: Option<String>,
    /// The element instance of `direct`.
    #[serde(default, deserialize_with = "wire::key")]
    #[schema(value_type = Option<String>)]
    ancestor_element_instance_key: Option<Key>,
}

/// Tokens to move.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ProcessInstanceModificationMoveInstruction {
    /// From where.
    #[schema(required)]
    source_element_instruction: Option<SourceElementInstruction>,
    /// BPMN id of the element that is activated for each.
    #[schema(required)]
    target_element_id: Option<String>,
    /// In which element instance; where the source is, if absent.
    ancestor_scope_instruction: Option<AncestorScopeInstruction>,
    /// Variables for the target and the scopes around it.
    variable_instructions: Option<Vec<ModifyProcessInstanceVariableInstruction>>,
}

/// A modification.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ProcessInstanceModificationInstruction {
    /// Elements to activate.
    activate_instructions: Option<Vec<ProcessInstanceModificationActivateInstruction>>,
    /// Element instances to terminate.
    terminate_instructions: Option<Vec<ProcessInstanceModificationTerminateInstruction>>,
    /// Tokens to move.
    move_instructions: Option<Vec<ProcessInstanceModificationMoveInstruction>>,
}

/// The element instance that is named; none where it is left open.
fn ancestor(key: Option<Key>) -> Key {
    key.filter(|key| key.0 > 0).unwrap_or(Key::NONE)
}

fn scoped(
    at: &str,
    instructions: Option<Vec<ModifyProcessInstanceVariableInstruction>>,
    complaints: &mut Complaints,
) -> Vec<ScopedVariables> {
    let mut scoped = Vec::new();
    for (number, instruction) in instructions.unwrap_or_default().into_iter().enumerate() {
        let scope = instruction.scope_id.unwrap_or_default().into();
        match instruction.variables {
            Some(variables) => scoped.push(ScopedVariables { scope, variables: variables.0 }),
            None => complaints.missing(&format!("{at}.variableInstructions[{number}].variables")),
        }
    }
    scoped
}

impl ProcessInstanceModificationActivateInstruction {
    fn read(self, at: &str, complaints: &mut Complaints) -> ActivateInstruction {
        if !wire::given(&self.element_id) {
            complaints.missing(&format!("{at}.elementId"));
        }
        ActivateInstruction {
            element_id: self.element_id.unwrap_or_default().into(),
            ancestor: ancestor(self.ancestor_element_instance_key),
            variables: scoped(at, self.variable_instructions, complaints),
        }
    }
}

impl ProcessInstanceModificationTerminateInstruction {
    fn read(self, at: &str, complaints: &mut Complaints) -> TerminateInstruction {
        match (wire::given(&self.element_id), self.element_instance_key) {
            (false, None) => complaints
                .add(format!("At least one of [elementId, elementInstanceKey] is required in {at}.")),
            (true, Some(_)) => {
                complaints.add(format!("Only one of [elementId, elementInstanceKey] is allowed in {at}."))
            }
            _ => {}
        }
        TerminateInstruction {
            element: self.element_instance_key.unwrap_or(Key::NONE),
            element_id: self.element_id.unwrap_or_default().into(),
        }
    }
}

impl ProcessInstanceModificationMoveInstruction {
    fn read(self, at: &str, complaints: &mut Complaints) -> MoveInstruction {
        if !wire::given(&self.target_element_id) {
            complaints.missing(&format!("{at}.targetElementId"));
        }
        let (mut source, mut source_element_id) = (Key::NONE, Str::from(""));
        match self.source_element_instruction {
            None => complaints.missing(&format!("{at}.sourceElementInstruction")),
            Some(from) => match (from.source_type.as_deref(), from.source_element_id) {
                (Some("byKey"), _) => match from.source_element_instance_key {
                    Some(key) => source = key,
                    None => {
                        complaints.missing(&format!("{at}.sourceElementInstruction.sourceElementInstanceKey"))
                    }
                },
                (Some("byId"), Some(id)) if !id.is_empty() => source_element_id = id.into(),
                (Some("byId"), _) => {
                    complaints.missing(&format!("{at}.sourceElementInstruction.sourceElementId"));
                }
                (kind, _) => complaints.invalid(
                    &format!("{at}.sourceElementInstruction.sourceType"),
                    kind.unwrap_or("null"),
                    "'byId' or 'byKey'",
                ),
            },
        }
        let scope = self.ancestor_scope_instruction;
        let within = match scope.as_ref().map(|scope| scope.ancestor_scope_type.as_deref()) {
            None | Some(Some("inferred" | "sourceParent")) => Key::NONE,
            Some(Some("direct")) => ancestor(scope.and_then(|it| it.ancestor_element_instance_key)),
            Some(kind) => {
                complaints.invalid(
                    &format!("{at}.ancestorScopeInstruction.ancestorScopeType"),
                    kind.unwrap_or("null"),
                    "'direct', 'inferred' or 'sourceParent'",
                );
                Key::NONE
            }
        };
        MoveInstruction {
            source_element_id,
            source,
            target_element_id: self.target_element_id.unwrap_or_default().into(),
            ancestor: within,
            variables: scoped(at, self.variable_instructions, complaints),
        }
    }
}

/// Reads each instruction of a list; its place in the body is named in complaints.
fn each<I, O>(
    name: &str,
    instructions: Option<Vec<I>>,
    complaints: &mut Complaints,
    read: impl Fn(I, &str, &mut Complaints) -> O,
) -> Vec<O> {
    let numbered = instructions.unwrap_or_default().into_iter().enumerate();
    numbered.map(|(at, instruction)| read(instruction, &format!("{name}[{at}]"), complaints)).collect()
}

/// Puts tokens of an instance elsewhere; all or nothing.
#[utoipa::path(post, path = "/v2/process-instances/{processInstanceKey}/modification",
    operation_id = "modifyProcessInstance", tag = "Process instance",
    params(("processInstanceKey" = String, Path, description = "Its key.")),
    request_body = ProcessInstanceModificationInstruction,
    responses((status = 204), (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 415, body = Problem)))]
async fn modify_process_instance(
    auth: Authorized<Update, ProcessInstance>,
    State(app): State<AppState>,
    PathKey(key): PathKey,
    Body(body): Body<ProcessInstanceModificationInstruction>,
) -> NoContent {
    let mut complaints = Complaints::default();
    let complain = &mut complaints;
    let activate = each(
        "activateInstructions",
        body.activate_instructions,
        complain,
        ProcessInstanceModificationActivateInstruction::read,
    );
    let terminate = each(
        "terminateInstructions",
        body.terminate_instructions,
        complain,
        ProcessInstanceModificationTerminateInstruction::read,
    );
    let moves = each(
        "moveInstructions",
        body.move_instructions,
        complain,
        ProcessInstanceModificationMoveInstruction::read,
    );
    if activate.is_empty() && terminate.is_empty() && moves.is_empty() {
        let all = "[activateInstructions, moveInstructions, terminateInstructions]";
        complaints.add(format!("At least one of {all} is required."));
    }
    complaints.check()?;
    let command = Command::ModifyProcessInstance { activate, terminate, moves };
    submit(&app, auth.request(Target::Aggregate(AggregateId::from(key)), command)).await?;
    NO_CONTENT
}

/// What an element is in the target definition.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct MigrateProcessInstanceMappingInstruction {
    /// BPMN id in the present definition.
    #[schema(required)]
    source_element_id: Option<String>,
    /// BPMN id in the target definition.
    #[schema(required)]
    target_element_id: Option<String>,
}

/// A migration.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ProcessInstanceMigrationInstruction {
    /// The definition to go on with.
    #[serde(default, deserialize_with = "wire::key")]
    #[schema(value_type = String)]
    target_process_definition_key: Option<Key>,
    /// What each active element is there.
    #[schema(required)]
    mapping_instructions: Option<Vec<MigrateProcessInstanceMappingInstruction>>,
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
    if body.mapping_instructions.is_none() {
        complaints.missing("mappingInstructions");
    }
    let mut mappings = Vec::new();
    for (at, mapping) in body.mapping_instructions.into_iter().flatten().enumerate() {
        match (mapping.source_element_id, mapping.target_element_id) {
            (Some(from), Some(to)) if !from.is_empty() && !to.is_empty() => {
                mappings.push((from.into(), to.into()));
            }
            _ => complaints.add(format!(
                "Both [sourceElementId, targetElementId] are required in mappingInstructions[{at}]."
            )),
        }
    }
    complaints.check()?;
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

/// Forgets an instance that has ended, with everything that reads show of it; 409 while it runs. What it called is
/// not forgotten with it. The log keeps what happened until it is trimmed.
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

/// Activities to run.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AdHocSubProcessActivateActivitiesInstruction {
    /// Which.
    #[schema(required)]
    elements: Option<Vec<AdHocActivityReference>>,
    /// Ends those that run.
    cancel_remaining_instances: Option<bool>,
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
    let elements = body.elements.unwrap_or_default();
    if elements.is_empty() {
        complaints.missing("elements");
    }
    let elements = activations("elements", elements, &mut complaints);
    complaints.check()?;
    let cancel_remaining = body.cancel_remaining_instances == Some(true);
    let command = Command::ActivateAdHoc { element: key, elements, cancel_remaining };
    submit(&app, auth.request(Target::Owner(key), command)).await?;
    NO_CONTENT
}
