//! Business rule task with a called decision: evaluated in the engine at once; its result becomes one variable.

use crate::compile::DecisionTask;
use crate::expression::Failure;
use crate::run::Run;
use crate::variables::Scopes;
use bpmn::model::Binding;
use record::event::Cause;
use record::{Event, IncidentType, Key, Str};

pub(super) fn activate(
    run: &mut Run<'_>,
    node: usize,
    task: &DecisionTask,
    key: Key,
    scope: Key,
) -> Result<(), Failure> {
    let model = &run.process.nodes[node];
    let at = run.map_inputs(model, key, scope)?;
    let scopes = Scopes::new(run.instance, at);
    let id = task.decision_id.to_text(&scopes, &mut run.evaluator)?;
    let catalog = run.catalog;
    let decision = catalog
        .called_decision(run.instance, &id, &task.binding)
        .ok_or_else(|| {
            let tag = match &task.binding {
                Binding::VersionTag(tag) => format!(" and version tag '{tag}'"),
                Binding::Latest | Binding::Deployment => String::new(),
            };
            let text =
                format!("Expected to evaluate decision '{id}', but no decision found for id '{id}'{tag}");
            Failure::new(IncidentType::CalledDecisionError, text)
        })?
        .clone();
    // A decision may read any variable that is visible here, whether its model declares it as input data or not.
    let inputs = scopes.all();
    let evaluation_key = run.key();
    let evaluation = catalog.decisions().evaluate(
        &decision,
        feel::Context::from(inputs),
        evaluation_key,
        &mut run.evaluator,
    );
    let (output, failure, warnings) =
        (evaluation.output.clone(), evaluation.failure.clone(), evaluation.warnings.clone());
    run.emit(Event::DecisionEvaluated {
        element: key,
        ordinal: model.ordinal,
        evaluation: Box::new(evaluation),
    });
    if !failure.is_empty() {
        let message = format!("Expected to evaluate decision '{id}', but {failure}");
        let cause = Some(Cause { expression: Str::from(""), warnings });
        return Err(Failure { kind: IncidentType::DecisionEvaluationError, message, cause });
    }
    run.emit(Event::ElementActivated { key, ordinal: model.ordinal, scope });
    run.complete_with(key, vec![(task.result.clone(), output)]);
    Ok(())
}
