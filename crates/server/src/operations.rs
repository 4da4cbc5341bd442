//! Bodies of requests that change a running instance, from what is typed on the command line.

use crate::cli::{Failure, object};
use clap::Args;
use serde_json::{Value, json};

/// Which tokens of which instance go where.
#[derive(Debug, Args)]
pub struct ModifyArguments {
    /// The instance's key.
    key: String,
    /// BPMN id of an element to activate.
    #[arg(long)]
    activate: Vec<String>,
    /// BPMN id or element instance key to terminate.
    #[arg(long)]
    terminate: Vec<String>,
    /// Tokens to move, as FROM:TO, where FROM is a BPMN id or an element instance key.
    #[arg(long = "move")]
    moves: Vec<String>,
    /// Element instance key of the scope in which tokens are put, where several are active; below it, sub-processes
    /// begin anew.
    #[arg(long)]
    ancestor: Option<String>,
    /// Variables to set with the activation or the move, as a JSON object or `@FILE`.
    #[arg(long, short)]
    variables: Option<String>,
    /// BPMN id of what the variables are for: an element that is activated, or a sub-process around it. Without it
    /// they are for the instance.
    #[arg(long, requires = "variables")]
    scope: Option<String>,
}

impl ModifyArguments {
    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// The body of the request.
    pub(crate) fn instruction(&self) -> Result<Value, Failure> {
        if self.activate.is_empty() && self.terminate.is_empty() && self.moves.is_empty() {
            let text = "there is nothing to do: give --activate, --terminate or --move";
            return Err(Failure::with_code(2, text));
        }
        if self.activate.is_empty() && self.moves.is_empty() {
            let given = [("--ancestor", self.ancestor.is_some()), ("--variables", self.variables.is_some())];
            if let Some((option, _)) = given.iter().find(|(_, given)| *given) {
                let text = format!("{option} is for what is activated: give --activate or --move with it");
                return Err(Failure::with_code(2, text));
            }
        }
        let variables = match &self.variables {
            Some(text) => json!([{
                "scopeId": self.scope.as_deref().unwrap_or_default(),
                "variables": object(text)?
            }]),
            None => json!([]),
        };
        let activate = self.activate.iter().map(|id| {
            let mut instruction = json!({ "elementId": id, "variableInstructions": variables });
            if let Some(ancestor) = &self.ancestor {
                instruction["ancestorElementInstanceKey"] = json!(ancestor);
            }
            instruction
        });
        // Keys are numbers, ids of elements are not.
        let terminate = self.terminate.iter().map(|it| match it.parse::<u64>() {
            Ok(_) => json!({ "elementInstanceKey": it }),
            Err(_) => json!({ "elementId": it }),
        });
        let moves = self.moves.iter().map(|it| self.movement(it, &variables));
        Ok(json!({
            "activateInstructions": activate.collect::<Vec<_>>(),
            "terminateInstructions": terminate.collect::<Vec<_>>(),
            "moveInstructions": moves.collect::<Result<Vec<_>, Failure>>()?,
        }))
    }

    fn movement(&self, text: &str, variables: &Value) -> Result<Value, Failure> {
        let (from, to) = pair(text)?;
        let source = match from.parse::<u64>() {
            Ok(_) => json!({ "sourceType": "byKey", "sourceElementInstanceKey": from }),
            Err(_) => json!({ "sourceType": "byId", "sourceElementId": from }),
        };
        let mut instruction = json!({
            "sourceElementInstruction": source,
            "targetElementId": to,
            "variableInstructions": variables,
        });
        if let Some(ancestor) = &self.ancestor {
            instruction["ancestorScopeInstruction"] =
                json!({ "ancestorScopeType": "direct", "ancestorElementInstanceKey": ancestor });
        }
        Ok(instruction)
    }
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
