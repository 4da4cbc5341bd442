//! `/v2`: Camunda 8.10's Orchestration Cluster API, one module per tag.

mod agent_definitions;
mod clock;
mod cluster;
mod conditionals;
mod decision_definitions;
mod decision_instances;
mod decision_requirements;
mod deployments;
mod element_instances;
mod expression;
mod forms;
mod incidents;
mod instance_operations;
mod jobs;
mod messages;
mod process_definitions;
mod process_instances;
mod resources;
mod signals;
mod user_tasks;
mod variables;

use crate::state::AppState;
use utoipa_axum::router::OpenApiRouter;

/// All routes of `/v2`.
pub(crate) fn routes() -> OpenApiRouter<AppState> {
    cluster::routes()
        .merge(deployments::routes())
        .merge(process_definitions::routes())
        .merge(agent_definitions::routes())
        .merge(decision_definitions::routes())
        .merge(decision_requirements::routes())
        .merge(resources::routes())
        .merge(forms::routes())
        .merge(decision_instances::routes())
        .merge(process_instances::routes())
        .merge(jobs::routes())
        .merge(messages::routes())
        .merge(signals::routes())
        .merge(conditionals::routes())
        .merge(instance_operations::routes())
        .merge(incidents::routes())
        .merge(variables::routes())
        .merge(element_instances::routes())
        .merge(user_tasks::routes())
        .merge(clock::routes())
        .merge(expression::routes())
}

pub(crate) use process_definitions::ProcessElementStatisticsResult;
pub(crate) use process_instances::find as find_process_instance;
