//! Bodies of requests that change a running instance, from what is typed on the command line.

use crate::cli::Failure;
use serde_json::{Value, json};

/// A modification.
pub(crate) fn modification(
    activate: &[String],
    terminate: &[String],
    moves: &[String],
) -> Result<Value, Failure> {
    if activate.is_empty() && terminate.is_empty() && moves.is_empty() {
        let text = "there is nothing to do: give --activate, --terminate or --move";
        return Err(Failure::with_code(2, text));
    }
    let activate: Vec<Value> = activate.iter().map(|id| json!({ "elementId": id })).collect();
    // Keys are numbers, ids of elements are not.
    let terminate = terminate.iter().map(|it| match it.parse::<u64>() {
        Ok(_) => json!({ "elementInstanceKey": it }),
        Err(_) => json!({ "elementId": it }),
    });
    let moves = moves.iter().map(|it| {
        let (from, to) = pair(it)?;
        let source = match from.parse::<u64>() {
            Ok(_) => json!({ "sourceType": "byKey", "sourceElementInstanceKey": from }),
            Err(_) => json!({ "sourceType": "byId", "sourceElementId": from }),
        };
        Ok(json!({ "sourceElementInstruction": source, "targetElementId": to }))
    });
    Ok(json!({
        "activateInstructions": activate,
        "terminateInstructions": terminate.collect::<Vec<_>>(),
        "moveInstructions": moves.collect::<Result<Vec<_>, Failure>>()?,
    }))
}

/// A migration.
pub(crate) fn migration(to: &str, mappings: &[String]) -> Result<Value, Failure> {
    let mappings = mappings
        .iter()
        .map(|it| pair(it).map(|(from, to)| json!({ "sourceElementId": from, "targetElementId": to })));
    Ok(json!({
        "targetProcessDefinitionKey": to,
        "mappingInstructions": mappings.collect::<Result<Vec<_>, Failure>>()?,
    }))
}

fn pair(text: &str) -> Result<(&str, &str), Failure> {
    let wrong = || Failure::with_code(2, format!("'{text}' is not FROM:TO, such as task_a:task_b"));
    text.split_once(':').ok_or_else(wrong)
}
