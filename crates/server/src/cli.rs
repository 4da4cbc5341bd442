//! The command line: one enum of subcommands, and what each does.
//!
//! Exit codes: 0 done, 1 it failed, 2 the call was wrong, 3 what it names does not exist, 4 the server cannot be
//! reached.

use crate::client::Client;
use crate::explore::ExploreArguments;
use crate::operations::ModifyArguments;
use crate::{compose, offline, table};
use clap::{Args, Parser, Subcommand};
use serde_json::{Value, json};
use std::path::PathBuf;

/// BPMN process orchestration in one binary.
#[derive(Debug, Parser)]
#[command(name = "dirigent", version, about, arg_required_else_help = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// Address of the server that client commands talk to.
    #[arg(long, global = true, env = "DIRIGENT_URL", default_value = "http://127.0.0.1:8080")]
    server: String,
    /// Print JSON for programs instead of tables for people.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a server for development: loopback only, no login, with a sample process.
    Dev(ServeArguments),
    /// Run a server. Until an administrator exists it listens on loopback only.
    Serve(ServeArguments),
    /// Deploy BPMN, DMN and other files, such as forms.
    Deploy {
        /// The files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Delete one deployed version; one by which instances run stays.
    Undeploy {
        /// Its key, or the BPMN id of a process.
        what: String,
        /// Which version of the process, where there are several.
        #[arg(long)]
        version: Option<u64>,
        /// Also delete what was kept of it: instances that have ended, evaluations.
        #[arg(long)]
        history: bool,
    },
    /// Start an instance of a process.
    Start {
        /// BPMN id of the process.
        process: String,
        /// Variables as a JSON object, or `@FILE`.
        #[arg(long, short, default_value = "{}")]
        variables: String,
        /// Wait until it has ended and print its variables.
        #[arg(long)]
        wait: bool,
    },
    /// List process instances, newest first.
    Instances {
        /// Only this process.
        #[arg(long)]
        process: Option<String>,
        /// Only this state: ACTIVE, SUSPENDED, COMPLETED or TERMINATED.
        #[arg(long)]
        state: Option<String>,
        /// At most so many.
        #[arg(long, default_value_t = 20)]
        limit: u32,
    },
    /// Show one instance: where it is, its variables, its history.
    Instance {
        /// Its key.
        key: String,
    },
    /// Cancel an instance.
    Cancel {
        /// Its key.
        key: String,
    },
    /// Broadcast a signal.
    Signal {
        /// Its name.
        name: String,
        /// Its variables, as a JSON object or `@FILE`.
        #[arg(long, short, default_value = "{}")]
        variables: String,
    },
    /// Put tokens of an instance elsewhere; give at least one of --activate, --terminate, --move.
    Modify(ModifyArguments),
    /// Change how often a running multi-instance activity runs.
    Iteration {
        #[command(subcommand)]
        command: IterationCommand,
    },
    /// Let an instance go on with another process definition.
    Migrate {
        /// The instance's key.
        key: String,
        /// Key of the definition.
        #[arg(long)]
        to: String,
        /// What an active element is there, as FROM:TO by BPMN ids.
        #[arg(long = "map")]
        mappings: Vec<String>,
    },
    /// Let nothing of an instance go on until it is resumed.
    Suspend {
        /// The instance's key.
        key: String,
    },
    /// Let a suspended instance go on.
    Resume {
        /// The instance's key.
        key: String,
    },
    /// Forget an instance that has ended.
    Delete {
        /// The instance's key.
        key: String,
    },
    /// List open incidents.
    Incidents,
    /// Resolve an incident: give its job a retry, set variables, try again.
    Resolve {
        /// The incident's key.
        key: String,
        /// Variables to set in the instance first, as a JSON object or `@FILE`.
        #[arg(long, short)]
        variables: Option<String>,
    },
    /// List open user tasks.
    Tasks,
    /// Complete a user task.
    Complete {
        /// The task's key.
        key: String,
        /// Its results as a JSON object, or `@FILE`.
        #[arg(long, short, default_value = "{}")]
        variables: String,
    },
    /// Evaluate a FEEL expression without a server.
    Feel {
        /// The expression.
        expression: String,
        /// A JSON file with its variables.
        #[arg(long)]
        context: Option<PathBuf>,
    },
    /// Evaluate a decision of a DMN file without a server.
    Dmn {
        /// The file.
        file: PathBuf,
        /// DMN id or name of the decision.
        #[arg(long)]
        decision: String,
        /// A JSON file with the inputs by name.
        #[arg(long)]
        input: Option<PathBuf>,
        /// DMN files that it imports, also through others.
        #[arg(long, num_args = 1..)]
        import: Vec<PathBuf>,
    },
    /// Check a BPMN or DMN file without deploying it; with --explore, try every run of it.
    Check {
        /// The file.
        file: PathBuf,
        /// DMN files that a DMN file imports, also through others.
        #[arg(long, num_args = 1..)]
        import: Vec<PathBuf>,
        #[command(flatten)]
        explore: ExploreArguments,
    },
    /// Look at the audit log.
    Audit {
        #[command(subcommand)]
        command: AuditCommand,
    },
}

#[derive(Debug, Subcommand)]
enum AuditCommand {
    /// Verify the hash chain of a data directory, while no server runs on it or beside one.
    Verify {
        /// The data directory.
        #[arg(long, default_value = ".dirigent")]
        data: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
enum IterationCommand {
    /// Add an iteration. A parallel one begins at once, a sequential one after the others.
    Add {
        /// Element instance key of the activity (type MULTI_INSTANCE_BODY), or of one of its iterations.
        key: String,
        /// Its item, where the activity loops over a collection, as JSON or `@FILE`.
        #[arg(long, default_value = "null")]
        item: String,
    },
    /// End an iteration; the others go on, and without others the activity completes.
    Remove {
        /// The iteration's element instance key.
        key: String,
    },
}

/// How a server runs.
#[derive(Debug, Clone, Args)]
pub struct ServeArguments {
    /// Directory of everything that is kept.
    #[arg(long, default_value = ".dirigent", env = "DIRIGENT_DATA")]
    pub data: PathBuf,
    /// Port of the REST API and the studio; 0 takes a free one.
    #[arg(long, default_value_t = 8080)]
    pub port: u16,
    /// Port of the gRPC API. Not served yet; taken so that scripts keep working.
    #[arg(long, default_value_t = 26500)]
    pub grpc_port: u16,
    /// Do not deploy the sample process.
    #[arg(long)]
    pub no_samples: bool,
    /// Number of partitions; fixed once the data directory exists.
    #[arg(long, default_value_t = 1)]
    pub partitions: u16,
    /// How long the log keeps records that nothing needs any more, such as `30d` or `12h`, or `all`. What is trimmed is
    /// gone for `audit verify` and for building the read model anew; there is no archive yet.
    #[arg(long, default_value = "all", env = "DIRIGENT_LOG_KEEP", value_parser = log_keep)]
    pub log_keep: LogKeep,
    /// Bytes of a segment of the log, the unit in which it is trimmed.
    #[arg(long, default_value_t = 64 << 20, hide = true, value_parser = clap::value_parser!(u64).range(65_536..))]
    pub log_segment: u64,
    /// A file of NAME=value lines with secrets for connectors.
    #[arg(long, env = "DIRIGENT_SECRETS")]
    pub secrets: Option<PathBuf>,
    /// OTLP/HTTP end point for traces, such as http://127.0.0.1:4318.
    #[arg(long, env = "OTEL_EXPORTER_OTLP_ENDPOINT")]
    pub otlp: Option<String>,
}

/// How long the log keeps what nothing needs any more, milliseconds; none for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogKeep(pub Option<i64>);

fn log_keep(text: &str) -> Result<LogKeep, String> {
    if text == "all" {
        return Ok(LogKeep(None));
    }
    let span: jiff::Span = text.parse().map_err(|_| "write a duration such as 30d, 12h or P7D, or all")?;
    let days = jiff::SpanRelativeTo::days_are_24_hours();
    let kept = span.total((jiff::Unit::Millisecond, days)).map_err(|error| error.to_string())?;
    if kept < 0.0 {
        return Err("a duration must not be negative".to_owned());
    }
    Ok(LogKeep(Some(kept as i64)))
}

/// Why a command failed, and the exit code that says so.
#[derive(Debug)]
pub struct Failure {
    /// For people.
    pub message: String,
    /// Exit code.
    pub code: u8,
}

impl Failure {
    /// A failure with exit code 1.
    pub fn new(message: impl Into<String>) -> Self {
        Failure { message: message.into(), code: 1 }
    }

    /// A failure with its own exit code.
    pub fn with_code(code: u8, message: impl Into<String>) -> Self {
        Failure { message: message.into(), code }
    }
}

/// Does what the arguments say.
pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    let client = Client::new(&arguments.server);
    let out = Output { json: arguments.json };
    match arguments.command {
        Command::Dev(serve) => compose::serve(serve, compose::Mode::Development).await,
        Command::Serve(serve) => compose::serve(serve, compose::Mode::Production).await,
        Command::Deploy { files } => deploy(&client, &out, &files).await,
        Command::Undeploy { what, version, history } => {
            let (answer, sentence) = crate::undeploy::run(&client, &what, version, history).await?;
            out.value(&answer, &sentence);
            Ok(())
        }
        Command::Start { process, variables, wait } => start(&client, &out, &process, &variables, wait).await,
        Command::Instances { process, state, limit } => instances(&client, &out, process, state, limit).await,
        Command::Instance { key } => instance(&client, &out, &key).await,
        Command::Cancel { key } => {
            client.post(&format!("/v2/process-instances/{key}/cancellation"), &json!({})).await?;
            out.done(&format!("Instance {key} is cancelled."));
            Ok(())
        }
        Command::Signal { name, variables } => {
            let body = json!({ "signalName": name, "variables": object(&variables)? });
            let answer = client.post("/v2/signals/broadcast", &body).await?;
            out.value(&answer, &format!("Signal {name} is broadcast."));
            Ok(())
        }
        Command::Modify(arguments) => {
            let key = arguments.key();
            client
                .post(&format!("/v2/process-instances/{key}/modification"), &arguments.instruction()?)
                .await?;
            out.done(&format!("Instance {key} is modified."));
            Ok(())
        }
        Command::Iteration { command: IterationCommand::Add { key, item } } => {
            let body = json!({ "item": json_of("item", &item)? });
            client.post(&format!("/api/v1/element-instances/{key}/iterations"), &body).await?;
            out.done(&format!("An iteration is added to {key}."));
            Ok(())
        }
        Command::Iteration { command: IterationCommand::Remove { key } } => {
            client.delete(&format!("/api/v1/iterations/{key}")).await?;
            out.done(&format!("Iteration {key} is removed; the others go on."));
            Ok(())
        }
        Command::Migrate { key, to, mappings } => {
            let body = crate::operations::migration(&to, &mappings)?;
            client.post(&format!("/v2/process-instances/{key}/migration"), &body).await?;
            out.done(&format!("Instance {key} goes on with definition {to}."));
            Ok(())
        }
        Command::Suspend { key } => operation(&client, &out, &key, "suspension", "suspended").await,
        Command::Resume { key } => operation(&client, &out, &key, "resumption", "resumed").await,
        Command::Delete { key } => operation(&client, &out, &key, "deletion", "deleted").await,
        Command::Incidents => incidents(&client, &out).await,
        Command::Resolve { key, variables } => resolve(&client, &out, &key, variables.as_deref()).await,
        Command::Tasks => tasks(&client, &out).await,
        Command::Complete { key, variables } => {
            let body = json!({ "variables": object(&variables)? });
            client.post(&format!("/v2/user-tasks/{key}/completion"), &body).await?;
            out.done(&format!("Task {key} is complete."));
            Ok(())
        }
        Command::Feel { expression, context } => offline::feel(&expression, context.as_deref(), out.json),
        Command::Dmn { file, decision, input, import } => {
            offline::dmn(&file, &import, &decision, input.as_deref(), out.json)
        }
        Command::Check { file, import, .. } if offline::is_dmn(&file) => {
            offline::check_dmn(&file, &import, out.json)
        }
        Command::Check { file, explore, .. } => {
            // One document for programs, not two.
            if !(out.json && explore.is_asked()) {
                offline::check(&file, out.json)?;
            }
            crate::explore::run(&file, &explore, out.json)
        }
        Command::Audit { command: AuditCommand::Verify { data } } => offline::verify(&data, out.json),
    }
}

/// Tables for people, JSON for programs.
struct Output {
    json: bool,
}

impl Output {
    fn table(&self, answer: &Value, columns: &[(&str, &str)]) {
        if self.json {
            println!("{answer}");
        } else {
            print!(
                "{}",
                table::render(answer["items"].as_array().map(Vec::as_slice).unwrap_or_default(), columns)
            );
        }
    }

    fn value(&self, value: &Value, text: &str) {
        if self.json { println!("{value}") } else { println!("{text}") }
    }

    fn done(&self, text: &str) {
        if self.json { println!("{{}}") } else { println!("{text}") }
    }
}

/// A JSON object given as text or as `@FILE`.
pub(crate) fn object(text: &str) -> Result<Value, Failure> {
    let value = json_of("variables", text)?;
    if value.is_object() {
        return Ok(value);
    }
    let why = "expected a JSON object such as {\"amount\": 5}";
    Err(Failure::with_code(2, format!("the variables are not usable: {why}")))
}

/// JSON, or that of `@FILE`; `what` names it where it cannot be read.
fn json_of(what: &str, text: &str) -> Result<Value, Failure> {
    let wrong = |why: String| Failure::with_code(2, format!("the {what} cannot be read as JSON: {why}"));
    let content = match text.strip_prefix('@') {
        Some(path) => std::fs::read_to_string(path).map_err(|error| wrong(format!("{path}: {error}")))?,
        None => text.to_owned(),
    };
    serde_json::from_str(&content).map_err(|error| wrong(error.to_string()))
}

async fn deploy(client: &Client, out: &Output, files: &[PathBuf]) -> Result<(), Failure> {
    let answer = client.deploy(files).await?;
    let mut lines = Vec::new();
    for entry in answer["deployments"].as_array().into_iter().flatten() {
        let (process, decision) = (&entry["processDefinition"], &entry["decisionDefinition"]);
        if process.is_object() {
            lines.push(format!(
                "{} version {} from {} (key {})",
                text(&process["processDefinitionId"]),
                text(&process["processDefinitionVersion"]),
                text(&process["resourceName"]),
                text(&process["processDefinitionKey"])
            ));
        }
        for (file, id, key) in [("form", "formId", "formKey"), ("resource", "resourceId", "resourceKey")] {
            let file = &entry[file];
            if file.is_object() {
                lines.push(format!(
                    "{} version {} from {} (key {})",
                    text(&file[id]),
                    text(&file["version"]),
                    text(&file["resourceName"]),
                    text(&file[key])
                ));
            }
        }
        if decision.is_object() {
            lines.push(format!(
                "{} version {} of {} (key {})",
                text(&decision["decisionDefinitionId"]),
                text(&decision["version"]),
                text(&decision["decisionRequirementsId"]),
                text(&decision["decisionDefinitionKey"])
            ));
        }
    }
    out.value(&answer, &lines.join("\n"));
    Ok(())
}

async fn start(
    client: &Client,
    out: &Output,
    process: &str,
    variables: &str,
    wait: bool,
) -> Result<(), Failure> {
    let mut body = json!({ "processDefinitionId": process, "variables": object(variables)? });
    if wait {
        body["awaitCompletion"] = json!(true);
        body["requestTimeout"] = json!(600_000);
    }
    let answer = client.post("/v2/process-instances", &body).await?;
    let key = text(&answer["processInstanceKey"]);
    let line = if wait { format!("{key} ended with {}", answer["variables"]) } else { key };
    out.value(&answer, &line);
    Ok(())
}

async fn instances(
    client: &Client,
    out: &Output,
    process: Option<String>,
    state: Option<String>,
    limit: u32,
) -> Result<(), Failure> {
    let mut filter = json!({});
    if let Some(process) = process {
        filter["processDefinitionId"] = json!(process);
    }
    if let Some(state) = state {
        filter["state"] = json!(state);
    }
    let body = json!({ "filter": filter, "sort": [{ "field": "startDate", "order": "DESC" }], "page": { "limit": limit } });
    let answer = client.post("/v2/process-instances/search", &body).await?;
    let columns = [
        ("KEY", "processInstanceKey"),
        ("PROCESS", "processDefinitionId"),
        ("VERSION", "processDefinitionVersion"),
        ("STATE", "state"),
        ("INCIDENT", "hasIncident"),
        ("STARTED", "startDate"),
        ("ENDED", "endDate"),
    ];
    out.table(&answer, &columns);
    Ok(())
}

async fn instance(client: &Client, out: &Output, key: &str) -> Result<(), Failure> {
    let instance = client.get(&format!("/v2/process-instances/{key}")).await?;
    let filter = json!({ "filter": { "processInstanceKey": key } });
    let elements = client.post("/v2/element-instances/search", &filter).await?;
    let variables = client.post("/v2/variables/search?truncateValues=false", &filter).await?;
    let incidents = client.post("/v2/incidents/search", &filter).await?;
    if out.json {
        let all = json!({
            "instance": instance,
            "elements": elements["items"],
            "variables": variables["items"],
            "incidents": incidents["items"],
        });
        println!("{all}");
        return Ok(());
    }
    let title = format!(
        "{} version {} is {}",
        text(&instance["processDefinitionId"]),
        text(&instance["processDefinitionVersion"]),
        text(&instance["state"])
    );
    println!("{title}\n");
    out.table(
        &elements,
        &[
            ("ELEMENT", "elementId"),
            ("TYPE", "type"),
            ("STATE", "state"),
            ("SINCE", "startDate"),
            ("UNTIL", "endDate"),
        ],
    );
    println!();
    out.table(&variables, &[("VARIABLE", "name"), ("VALUE", "value"), ("SCOPE", "scopeKey")]);
    if incidents["items"].as_array().is_some_and(|items| !items.is_empty()) {
        println!();
        out.table(
            &incidents,
            &[
                ("INCIDENT", "incidentKey"),
                ("TYPE", "errorType"),
                ("STATE", "state"),
                ("ELEMENT", "elementId"),
                ("MESSAGE", "errorMessage"),
            ],
        );
    }
    Ok(())
}

async fn incidents(client: &Client, out: &Output) -> Result<(), Failure> {
    let answer = client.post("/v2/incidents/search", &json!({ "filter": { "state": "ACTIVE" } })).await?;
    let columns = [
        ("KEY", "incidentKey"),
        ("PROCESS", "processDefinitionId"),
        ("INSTANCE", "processInstanceKey"),
        ("ELEMENT", "elementId"),
        ("TYPE", "errorType"),
        ("MESSAGE", "errorMessage"),
    ];
    out.table(&answer, &columns);
    Ok(())
}

/// Something that is done to an instance as a whole.
async fn operation(client: &Client, out: &Output, key: &str, path: &str, done: &str) -> Result<(), Failure> {
    client.post(&format!("/v2/process-instances/{key}/{path}"), &json!({})).await?;
    out.done(&format!("Instance {key} is {done}."));
    Ok(())
}

async fn resolve(client: &Client, out: &Output, key: &str, variables: Option<&str>) -> Result<(), Failure> {
    let incident = client.get(&format!("/v2/incidents/{key}")).await?;
    if let Some(variables) = variables {
        let scope = text(&incident["processInstanceKey"]);
        let body = json!({ "variables": object(variables)? });
        client.put(&format!("/v2/element-instances/{scope}/variables"), &body).await?;
    }
    if let Some(job) = incident["jobKey"].as_str() {
        let body = json!({ "changeset": { "retries": 1 } });
        client.patch(&format!("/v2/jobs/{job}"), &body).await?;
    }
    client.post(&format!("/v2/incidents/{key}/resolution"), &json!({})).await?;
    out.done(&format!("Incident {key} is resolved."));
    Ok(())
}

async fn tasks(client: &Client, out: &Output) -> Result<(), Failure> {
    let answer = client.post("/v2/user-tasks/search", &json!({ "filter": { "state": "CREATED" } })).await?;
    let columns = [
        ("KEY", "userTaskKey"),
        ("TASK", "name"),
        ("PROCESS", "processDefinitionId"),
        ("INSTANCE", "processInstanceKey"),
        ("ASSIGNEE", "assignee"),
        ("SINCE", "creationDate"),
        ("DUE", "dueDate"),
    ];
    out.table(&answer, &columns);
    Ok(())
}

/// A JSON value as people read it.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
