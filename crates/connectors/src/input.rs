//! The input of a connector: what the job's variables give, without secrets, and the places where they go.
//!
//! Work that goes on elsewhere is named by a ticket: the connector's handle with those inputs that asking after the
//! work, or stopping it, needs. The engine keeps the ticket, so a restart, or the end of the process instance, loses
//! nothing.
//!
//! **Invariant:** a ticket holds no secret, only the places where the model names some.

use record::secret::{self, SecretPlace};
use serde_json::{Map, Value, json};

use crate::connector::{Connector, Failure, FailureClass};
use crate::expression;
use crate::run::{ConnectorEnv, ConnectorJob, header};
use crate::secrets::Resolved;

/// An input whose secrets are not resolved yet.
pub(crate) struct Input {
    pub connector: &'static dyn Connector,
    members: Map<String, Value>,
    places: Vec<SecretPlace>,
}

fn invalid(message: String) -> Failure {
    Failure::new(FailureClass::InvalidInput, message)
}

fn connector(job_type: &str) -> Result<&'static dyn Connector, Failure> {
    crate::connector(job_type)
        .ok_or_else(|| invalid(format!("there is no connector for the job type `{job_type}`")))
}

impl Input {
    /// What a job's variables give, and its `requestExpression` on top of them.
    pub fn of_job(job: &ConnectorJob) -> Result<Self, Failure> {
        let connector = connector(&job.job_type)?;
        let variables: Value = serde_json::from_str(&job.variables_json)
            .map_err(|error| invalid(format!("the variables of the job are no JSON: {error}")))?;
        let Value::Object(mut variables) = variables else {
            return Err(invalid("the variables of the job are no JSON object".to_owned()));
        };
        let mut places = job.secrets.clone();
        if let Some(text) = header(job, "requestExpression") {
            let (late, named) = evaluate(text, &variables, &places)?;
            places.retain(|place| !late.keys().any(|name| place.is_in(name)));
            places.extend(named);
            variables.extend(late);
        }
        let mut members = Map::new();
        for name in connector.inputs() {
            if let Some(value) = variables.remove(*name) {
                members.insert((*name).to_owned(), value);
            }
        }
        Ok(Input { connector, members, places })
    }

    /// What a ticket holds, with the connector's handle.
    pub fn of_ticket(job_type: &str, ticket: &str) -> Result<(Self, Value), Failure> {
        let connector = connector(job_type)?;
        let unreadable = || invalid("the ticket of the pending work cannot be read".to_owned());
        let mut ticket: Value = serde_json::from_str(ticket).map_err(|_| unreadable())?;
        let Value::Object(members) = ticket["input"].take() else { return Err(unreadable()) };
        let place = |place: &Value| {
            let offset = u32::try_from(place[1].as_u64()?).ok()?;
            Some(SecretPlace { path: place[0].as_str()?.into(), offset })
        };
        let places = ticket["secrets"].as_array().into_iter().flatten().filter_map(place).collect();
        Ok((Input { connector, members, places }, ticket["handle"].take()))
    }

    /// The ticket for work of this input that goes on elsewhere.
    pub fn ticket(&self, handle: Value) -> String {
        let lasting = self.connector.lasting_inputs();
        let members: Map<String, Value> = self
            .members
            .iter()
            .filter(|(name, _)| lasting.contains(&name.as_str()))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let places: Vec<Value> = self
            .places
            .iter()
            .filter(|place| members.keys().any(|name| place.is_in(name)))
            .map(|place| json!([&*place.path, place.offset]))
            .collect();
        json!({"handle": handle, "input": members, "secrets": places}).to_string()
    }

    /// The input with its secrets.
    pub fn resolve(&self, env: &ConnectorEnv, secrets: &mut Resolved) -> Result<Value, Failure> {
        let mut value = Value::Object(self.members.clone());
        secrets.resolve(&env.secrets, &mut value, &self.places)?;
        derived(&value, secrets);
        Ok(value)
    }
}

/// Remembers forms of secrets that requests are made of, in case a target echoes them.
fn derived(input: &Value, secrets: &mut Resolved) {
    let part = |name: &str| input["authentication"][name].as_str();
    if let Some((user, password)) = part("username").zip(part("password")) {
        secrets.also(crate::secrets::base64(format!("{user}:{password}").as_bytes()));
    }
}

/// The context that a `requestExpression` gives, and where it names secrets.
fn evaluate(
    text: &str,
    variables: &Map<String, Value>,
    places: &[SecretPlace],
) -> Result<(Map<String, Value>, Vec<SecretPlace>), Failure> {
    let failed = |message: String| invalid(format!("requestExpression cannot be evaluated: {message}"));
    let late = match expression::evaluate(text, variables).map_err(failed)? {
        Value::Object(late) => late,
        other => return Err(invalid(format!("requestExpression gave {other}, not a context of inputs"))),
    };
    let marked_text = secret::mark_expression(text);
    if marked_text.is_none() && places.is_empty() {
        return Ok((late, Vec::new()));
    }
    let mut marked = Value::Object(variables.clone());
    // From the last to the first, so that a mark does not move the places before it.
    let mut backwards: Vec<&SecretPlace> = places.iter().collect();
    backwards.sort_by_key(|place| std::cmp::Reverse(place.offset));
    for place in backwards {
        if let Some(Value::String(text)) = marked.pointer_mut(&place.path) {
            *text = secret::mark_at(text, &[place.offset]);
        }
    }
    let marked = marked.as_object().cloned().unwrap_or_default();
    let mut named = Vec::new();
    // Where marks change what the expression does, it names no secret that could be told.
    if let Ok(marked) = expression::evaluate(marked_text.as_deref().unwrap_or(text), &marked) {
        for (name, clean) in &late {
            find(clean, &marked[name.as_str()], secret::pointer_part(name), &mut named);
        }
    }
    Ok((late, named))
}

/// Looks for texts that differ by marks.
fn find(clean: &Value, marked: &Value, path: String, places: &mut Vec<SecretPlace>) {
    match (clean, marked) {
        (Value::String(clean), Value::String(marked)) => {
            for offset in secret::references(clean, marked).unwrap_or_default() {
                places.push(SecretPlace { path: path.as_str().into(), offset });
            }
        }
        (Value::Array(clean), Value::Array(marked)) => {
            for (at, (clean, marked)) in clean.iter().zip(marked).enumerate() {
                find(clean, marked, format!("{path}/{at}"), places);
            }
        }
        (Value::Object(clean), Value::Object(marked)) => {
            for (name, clean) in clean {
                if let Some(marked) = marked.get(name) {
                    find(clean, marked, format!("{path}{}", secret::pointer_part(name)), places);
                }
            }
        }
        _ => {}
    }
}
