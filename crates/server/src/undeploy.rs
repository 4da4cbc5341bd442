//! `dirigent undeploy`: deletes one deployed version, named by its key or by the id of its process.

use crate::cli::Failure;
use crate::client::Client;
use serde_json::{Value, json};

/// A version that can be deleted.
struct Version {
    key: String,
    number: u64,
}

/// Deletes what is named. Gives the server's answer and a sentence about it.
pub(crate) async fn run(
    client: &Client,
    what: &str,
    version: Option<u64>,
    history: bool,
) -> Result<(Value, String), Failure> {
    let with_history = if history { " with its history" } else { "" };
    if what.parse::<u64>().is_ok() {
        if version.is_some() {
            return Err(Failure::with_code(2, "a key names one version already: leave --version out"));
        }
        let answer = delete(client, what, history).await?;
        return Ok((answer, format!("Resource {what} is deleted{with_history}.")));
    }
    let versions = versions_of(client, what).await?;
    let chosen = choose(what, &versions, version)?;
    let answer = delete(client, &chosen.key, history).await?;
    let left = versions.iter().filter(|other| other.number != chosen.number).map(|other| other.number).max();
    let left = match left {
        Some(latest) => format!("version {latest} is the latest now"),
        None => "no version of it is left".to_owned(),
    };
    let sentence = format!("Process {what} version {} is deleted{with_history}; {left}.", chosen.number);
    Ok((answer, sentence))
}

async fn versions_of(client: &Client, process: &str) -> Result<Vec<Version>, Failure> {
    let filter = json!({ "processDefinitionId": process, "state": "ACTIVE" });
    let body = json!({ "filter": filter, "sort": [{ "field": "version" }], "page": { "limit": 1000 } });
    let found = client.post("/v2/process-definitions/search", &body).await?;
    let items = found["items"].as_array().into_iter().flatten();
    let version = |item: &Value| {
        Some(Version {
            key: item["processDefinitionKey"].as_str()?.to_owned(),
            number: item["version"].as_u64()?,
        })
    };
    Ok(items.filter_map(version).collect())
}

fn choose<'v>(process: &str, versions: &'v [Version], wanted: Option<u64>) -> Result<&'v Version, Failure> {
    let all = || versions.iter().map(|version| version.number.to_string()).collect::<Vec<_>>().join(", ");
    match (versions, wanted) {
        ([], _) => Err(Failure::with_code(
            3,
            format!(
                "no process with the BPMN id '{process}' is deployed. Decision requirements, forms and other files are named by their key"
            ),
        )),
        ([only], None) => Ok(only),
        (_, None) => Err(Failure::with_code(
            2,
            format!("process '{process}' has the versions {}: say which with --version", all()),
        )),
        (_, Some(number)) => versions.iter().find(|version| version.number == number).ok_or_else(|| {
            let text = format!("process '{process}' has no version {number}; it has {}", all());
            Failure::with_code(3, text)
        }),
    }
}

async fn delete(client: &Client, key: &str, history: bool) -> Result<Value, Failure> {
    let body = json!({ "deleteHistory": history });
    match client.post(&format!("/v2/resources/{key}/deletion"), &body).await {
        Err(failure) if failure.message.contains("still running instances") => {
            let definition = client.get(&format!("/v2/process-definitions/{key}")).await?;
            let process = definition["processDefinitionId"].as_str().unwrap_or_default();
            let message = format!(
                "{}.\nList them: dirigent instances --process {process} --state ACTIVE",
                failure.message
            );
            Err(Failure { message, ..failure })
        }
        answer => answer,
    }
}
