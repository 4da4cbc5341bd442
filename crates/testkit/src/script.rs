//! A script of commands, one a line, and the trace of what came of it.

use crate::World;
use engine::{IndexEntry, JobState};
use record::command::{
    ActivateInstruction, AdHocActivation, MoveInstruction, ScopedVariables, StartInstruction, TaskChanges,
    TerminateInstruction,
};
use record::{AggregateId, Command, Key, Rejection, Response, Str, json};
use std::fmt::Write;

/// Runs `script` over `model` in all four ways and gives the one trace.
pub fn trace(model: &str, script: &str) -> String {
    trace_of(&[model], script)
}

/// The same with several models; the verb `deploy` deploys the next one.
pub fn trace_of(models: &[&str], script: &str) -> String {
    let mut traces = Vec::new();
    for (partitions, evict) in [(1, false), (3, false), (1, true), (3, true)] {
        let mut world = World::new(partitions, evict);
        world.models = models.iter().map(|model| (*model).to_owned()).collect();
        world.deploy_next();
        for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
            world.line(line);
        }
        world.check_replay();
        traces.push(world.trace);
    }
    assert!(
        traces.windows(2).all(|pair| pair[0] == pair[1]),
        "the four runs differ:\n{}",
        traces.join("\n---\n")
    );
    traces.swap_remove(0)
}

impl World {
    /// Carries out one line of a script.
    ///
    /// # Panics
    /// Where the line names what is not there.
    pub fn line(&mut self, line: &str) {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        let _ = writeln!(self.trace, "> {line}");
        if let Err(rejection) = self.carry_out(verb, rest) {
            let _ = writeln!(
                self.trace,
                "rejected {}: {}",
                rejection.kind.as_str(),
                without_digits(&rejection.reason)
            );
        }
    }

    fn carry_out(&mut self, verb: &str, rest: &str) -> Result<Response, Rejection> {
        let (first, after) = rest.split_once(' ').unwrap_or((rest, ""));
        match verb {
            "start" => self.start(first, after),
            "begin" => {
                let (places, values) = after.split_once(' ').unwrap_or((after, ""));
                self.start_at(first, values, places)
            }
            "complete" | "fail" | "error" | "activate" | "keep" | "deny" | "correct" | "pick" => {
                self.on_job(verb, first, after)
            }
            "deploy" => {
                self.deploy_next();
                Ok(Response::Done {})
            }
            "delete" => self.delete(rest),
            "show" => {
                self.show();
                Ok(Response::Done {})
            }
            "focus" => {
                self.focus(first.parse().expect("the number of an instance"));
                Ok(Response::Done {})
            }
            "time" => {
                self.advance(first.parse().expect("milliseconds"));
                Ok(Response::Done {})
            }
            "publish" => self.publish(first, after),
            "resolve" => self.resolve(),
            "correlate" => {
                let target = self.message_of(first, after.split(' ').next().unwrap_or("").trim_matches('-'));
                let variables = variables(after.split_once(' ').map_or("", |(_, values)| values));
                self.submit(target, Command::CorrelateMessage { variables })
            }
            "set" => self.set(rest),
            "signal" => {
                let target = AggregateId::Signal { tenant: self.tenant.clone(), name: first.into() };
                self.submit(
                    target,
                    Command::BroadcastSignal { variables: variables(after), except: Key::NONE },
                )
            }
            "suspend" => {
                self.submit(AggregateId::from(self.last_instance), Command::SuspendProcessInstance {})
            }
            "resume" => self.submit(AggregateId::from(self.last_instance), Command::ResumeProcessInstance {}),
            "modify" => self.modify(rest),
            "migrate" => self.migrate(rest),
            "choose" => self.choose(rest),
            "iterate" => self.iterate(first, after),
            "conditions" => {
                let target = AggregateId::Catalog { tenant: self.tenant.clone() };
                let business_id = Str::from("");
                let variables = variables(rest);
                let definition = Key::NONE;
                self.submit(target, Command::EvaluateConditions { definition, variables, business_id })
            }
            "cancel" => self.submit(AggregateId::from(self.last_instance), Command::CancelProcessInstance {}),
            "assign" | "unassign" | "finish" | "update" => self.on_task(verb, rest),
            other => panic!("unknown verb {other}"),
        }
    }

    fn deploy_next(&mut self) {
        let model = self.models.pop_front().expect("another model");
        self.deploy(&model);
    }

    /// `delete process p 2`, with ` history` at the end also what is kept of it; or `requirements`, `decision`, `form`,
    /// `resource`, or `key` and a number.
    fn delete(&mut self, rest: &str) -> Result<Response, Rejection> {
        let words: Vec<&str> = rest.split(' ').collect();
        let (kind, id) = (words[0], words.get(1).copied().unwrap_or_default());
        let version: u32 = words.get(2).and_then(|text| text.parse().ok()).unwrap_or_default();
        let key = match kind {
            "key" => id.parse().map(Key).ok(),
            _ => self.log.iter().find_map(|(_, event)| deployed(event, kind, id, version)),
        };
        let command = Command::DeleteResource {
            resource: key.expect("something deployed"),
            history: rest.ends_with(" history"),
            running: 0,
        };
        self.submit(AggregateId::Catalog { tenant: self.tenant.clone() }, command)
    }

    /// `focus 2`: what follows is about the instance that was created second.
    fn focus(&mut self, number: usize) {
        let created = |(id, event): &(AggregateId, record::Event)| match (id, event) {
            (AggregateId::Instance { key }, record::Event::InstanceCreated { .. }) => Some(*key),
            _ => None,
        };
        self.last_instance = self.log.iter().filter_map(created).nth(number - 1).expect("an instance");
    }

    /// `show`: what is live in the instance, with its variables.
    fn show(&mut self) {
        let Some(instance) = self.instance(self.last_instance) else { return };
        let mut text = String::new();
        for element in &instance.elements {
            let values = json::join(element.variables.iter().map(|(name, value)| (&**name, value)));
            let (name, state) = (self.name(element.key), element.state.as_str());
            let _ = writeln!(text, "  {name} {state} {values}");
        }
        self.trace.push_str(&text);
    }

    /// `set JSON`, or `set @sub JSON` for variables of an element of that id alone.
    fn set(&mut self, rest: &str) -> Result<Response, Rejection> {
        let id = AggregateId::from(self.last_instance);
        let (scope, values, local) = match rest.strip_prefix('@') {
            None => (self.last_instance, rest, false),
            Some(rest) => {
                let (name, values) = rest.split_once(' ').unwrap_or((rest, ""));
                let instance = self.instance(self.last_instance).expect("an instance");
                let found = instance.elements.iter().find(|element| self.name(element.key) == name);
                (found.expect("a live element").key, values, true)
            }
        };
        self.submit(id, Command::SetVariables { scope, variables: variables(values), local })
    }

    /// `modify +a -b c>d`: activates, terminates, moves; with `{..}` or `sub{..}` at the end, with variables for the
    /// instance or for the scope `sub`. `+a@sub` activates inside of a certain element instance; `b#1` is one of an
    /// element: an iteration by its number, or one after the other.
    fn modify(&mut self, rest: &str) -> Result<Response, Rejection> {
        let (mut activate, mut terminate, mut moves) = (Vec::new(), Vec::new(), Vec::new());
        let (words, values) = rest.split_at(rest.find('{').unwrap_or(rest.len()));
        let (words, scope) = words.rsplit_once(' ').unwrap_or((words, ""));
        let mut words: Vec<&str> = words.split_whitespace().collect();
        let mut set = Vec::new();
        match values.is_empty() {
            true => words.push(scope),
            false => set.push(ScopedVariables { scope: scope.into(), variables: variables(values) }),
        }
        for word in words {
            let (word, ancestor) = match word.split_once('@') {
                Some((word, ancestor)) => (word, self.live(ancestor)),
                None => (word, Key::NONE),
            };
            // By its key, or by its id.
            let one = |text: &str| match text.contains('#') {
                true => (self.live(text), Str::from("")),
                false => (Key::NONE, Str::from(text)),
            };
            if let Some(id) = word.strip_prefix('+') {
                activate.push(ActivateInstruction {
                    element_id: id.into(),
                    ancestor,
                    variables: set.clone(),
                });
            } else if let Some(id) = word.strip_prefix('-') {
                let (element, element_id) = one(id);
                terminate.push(TerminateInstruction { element, element_id });
            } else if let Some((from, to)) = word.split_once('>') {
                let (source, source_element_id) = one(from);
                let (target_element_id, variables) = (to.into(), set.clone());
                moves.push(MoveInstruction {
                    source,
                    source_element_id,
                    target_element_id,
                    ancestor,
                    variables,
                });
            }
        }
        let command = Command::ModifyProcessInstance { activate, terminate, moves };
        self.submit(AggregateId::from(self.last_instance), command)
    }

    /// The key of a live element instance: `sub`, or `sub#2` for iteration 2 or the second one.
    fn live(&self, text: &str) -> Key {
        let (id, number) = text.split_once('#').unwrap_or((text, "1"));
        let instance = self.instance(self.last_instance).expect("an instance");
        let named = |wanted: &str| -> Vec<Key> {
            instance.elements.iter().map(|it| it.key).filter(|key| self.name(*key) == wanted).collect()
        };
        let nth = number.parse::<usize>().expect("a number") - 1;
        let iteration = named(&text.replace('#', " ")).first().copied();
        iteration.or_else(|| named(id).get(nth).copied()).expect("a live element instance")
    }

    /// `migrate q a>b c>d`: goes on with the newest version of process q.
    fn migrate(&mut self, rest: &str) -> Result<Response, Rejection> {
        let mut words = rest.split_whitespace();
        let process = Str::from(words.next().unwrap_or_default());
        let definition = self.catalog.latest(&self.tenant, &process).map_or(Key::NONE, |found| found.key);
        let mappings = words.filter_map(|word| word.split_once('>'));
        let mappings = mappings.map(|(from, to)| (from.into(), to.into())).collect();
        let command = Command::MigrateProcessInstance { definition, mappings };
        self.submit(AggregateId::from(self.last_instance), command)
    }

    /// `choose a b`: activities of the ad-hoc sub-process that is active; with `+cancel` in place of those that run.
    fn choose(&mut self, rest: &str) -> Result<Response, Rejection> {
        let id = AggregateId::from(self.last_instance);
        let found = self.aggregates[&id.store_key()].1.instance().and_then(|instance| {
            let definition = self.catalog.definition(instance.definition)?;
            let is_ad_hoc = |ordinal: u32| {
                let node = definition.process.node(ordinal);
                node.is_some_and(|(_, node)| matches!(node.kind, engine::NodeKind::AdHoc(_)))
            };
            instance.elements.iter().find(|element| is_ad_hoc(element.ordinal)).map(|element| element.key)
        });
        let cancel_remaining = rest.contains("+cancel");
        let (elements, element) = (chosen(rest), found.expect("an ad-hoc sub-process"));
        self.submit(id, Command::ActivateAdHoc { element, elements, cancel_remaining })
    }

    /// `iterate add JSON` and `iterate remove`: changes the multi-instance activity that is active.
    fn iterate(&mut self, verb: &str, item: &str) -> Result<Response, Rejection> {
        let id = AggregateId::from(self.last_instance);
        let instance = self.aggregates[&id.store_key()].1.instance().expect("an instance");
        let role = if verb == "add" { engine::Role::Body } else { engine::Role::Iteration };
        let found = instance.elements.iter().find(|element| element.role == role);
        let element = found.expect("a multi-instance activity").key;
        let command = match verb {
            "add" => {
                let item = record::Json::parse(if item.is_empty() { "null" } else { item });
                Command::AddIteration { element, item: item.expect("JSON") }
            }
            _ => Command::RemoveIteration { element },
        };
        self.submit(id, command)
    }

    /// Starts an instance of the newest version of a process.
    pub fn start(&mut self, process: &str, values: &str) -> Result<Response, Rejection> {
        self.start_at(process, values, "")
    }

    /// The same at the elements that `places` names, with commas between them.
    fn start_at(&mut self, process: &str, values: &str, places: &str) -> Result<Response, Rejection> {
        let places = places.split(',').filter(|place| !place.is_empty());
        let start = places.map(|place| StartInstruction { element_id: place.into() }).collect();
        self.next_partition = self.next_partition % self.partitions + 1;
        let key = self.blocks[usize::from(self.next_partition - 1)].take();
        self.last_instance = key;
        let command = Command::CreateProcessInstance {
            definition: Key::NONE,
            process_id: process.into(),
            version: -1,
            variables: variables(values),
            start,
            origin: None,
            business_id: "".into(),
            tags: Vec::new(),
        };
        self.submit(AggregateId::from(key), command)
    }

    /// The owner and key of the oldest leasable job of a type.
    pub fn job(&self, job_type: &str) -> Option<(AggregateId, Key)> {
        self.index.iter().find_map(|(entry, owner)| match entry {
            IndexEntry::Job { job_type: other, key, .. } if &**other == job_type => {
                Some((self.aggregates[owner].0.clone(), *key))
            }
            _ => None,
        })
    }

    /// A job that failed, with its owner.
    pub fn failed_job(&self) -> (AggregateId, Key) {
        let found = self.aggregates.values().find_map(|(id, aggregate)| {
            let job = aggregate.instance()?.jobs.iter().find(|job| job.state == JobState::Failed)?;
            Some((id.clone(), job.key))
        });
        found.expect("a failed job")
    }

    fn on_job(&mut self, verb: &str, job_type: &str, rest: &str) -> Result<Response, Rejection> {
        let (owner, job) =
            self.job(job_type).unwrap_or_else(|| panic!("no job {job_type} in\n{}", self.trace));
        let (first, after) = rest.split_once(' ').unwrap_or((rest, ""));
        let worker = Str::from("w");
        let lease = Command::ActivateJob { job, worker, timeout: 60_000, fetch: Vec::new() };
        let leased = self.submit(owner.clone(), lease)?;
        let command = match verb {
            "complete" => Command::CompleteJob { job, variables: variables(rest), fence: 0 },
            "fail" => Command::FailJob {
                job,
                retries: first.parse().unwrap_or(0),
                back_off: after.split(' ').next().and_then(|text| text.parse().ok()).unwrap_or(0),
                message: "it broke".into(),
                variables: variables(after.find('{').map_or("", |at| &after[at..])),
                fence: 0,
            },
            "error" => Command::ThrowJobError {
                job,
                code: first.into(),
                message: "no".into(),
                variables: variables(after),
                fence: 0,
            },
            "deny" | "correct" => Command::CompleteTaskListener {
                job,
                denied: verb == "deny",
                reason: if verb == "deny" { rest.into() } else { "".into() },
                corrections: if verb == "deny" { TaskChanges::default() } else { changes(rest) },
                fence: 0,
            },
            // `pick TYPE a b{"x":1} +fulfilled +cancel`: the worker of an ad-hoc sub-process chooses.
            "pick" => Command::CompleteAdHocJob {
                job,
                variables: Vec::new(),
                elements: chosen(rest),
                fulfilled: rest.contains("+fulfilled"),
                cancel_remaining: rest.contains("+cancel"),
                fence: 0,
            },
            "keep" => Command::KeepJobPending {
                job,
                handle: first.into(),
                poll_after: after.parse().unwrap_or(0),
                fence: 0,
            },
            _ => {
                if let Response::Activated { job } = leased {
                    let _ = writeln!(self.trace, "  job has {}", job.variables.as_str());
                    self.lease_details(&job);
                }
                return Ok(Response::Done {});
            }
        };
        self.submit(owner, command)
    }

    fn lease_details(&mut self, job: &record::ActivatedJob) {
        let linked = job.headers.iter().find(|(name, _)| &**name == "linkedResources");
        let list = linked.map(|(_, list)| serde_json::from_str(list).expect("a list"));
        for link in list.iter().flat_map(|list: &serde_json::Value| list.as_array().into_iter().flatten()) {
            let key: i64 = link["resourceKey"].as_str().and_then(|key| key.parse().ok()).expect("a key");
            let file = self.catalog.files().get(Key(key)).expect("it is deployed");
            let (name, kind) = (&link["linkName"], &link["resourceType"]);
            let _ = writeln!(self.trace, "  linked {name} {kind}: {} v{}", file.id, file.version);
        }
        let own = job.headers.iter().filter(|(name, _)| &**name != "linkedResources");
        let own: Vec<String> = own.map(|(name, value)| format!("{name}={value}")).collect();
        if !own.is_empty() {
            let _ = writeln!(self.trace, "  headers {}", own.join(", "));
        }
        if job.priority != 0 {
            let _ = writeln!(self.trace, "  priority {}", job.priority);
        }
        if !job.handle.is_empty() {
            let _ = writeln!(self.trace, "  work goes on as {}", job.handle);
        }
        if job.unreported {
            let _ = writeln!(self.trace, "  an earlier lease has no report");
        }
        for place in &job.secrets {
            let _ = writeln!(self.trace, "  the model names a secret at {} {}", place.path, place.offset);
        }
    }

    fn on_task(&mut self, verb: &str, rest: &str) -> Result<Response, Rejection> {
        let found = self.aggregates.values().find_map(|(id, aggregate)| {
            let instance = aggregate.instance().filter(|instance| !instance.ended)?;
            instance.tasks.first().map(|task| (id.clone(), task.key))
        });
        let (owner, task) = found.expect("a user task");
        let command = match verb {
            "assign" => Command::AssignUserTask {
                task,
                assignee: rest.into(),
                allow_override: false,
                action: "".into(),
            },
            "unassign" => Command::UnassignUserTask { task },
            "update" => Command::UpdateUserTask { task, changes: changes(rest), action: "".into() },
            _ => Command::CompleteUserTask { task, variables: variables(rest), action: "".into() },
        };
        self.submit(owner, command)
    }

    fn publish(&mut self, name: &str, rest: &str) -> Result<Response, Rejection> {
        let mut parts = rest.splitn(3, ' ');
        let correlation_key = parts.next().unwrap_or("").trim_matches('-');
        let time_to_live = parts.next().and_then(|ttl| ttl.parse().ok()).unwrap_or(0);
        let target = self.message_of(name, correlation_key);
        let variables = variables(parts.next().unwrap_or(""));
        self.submit(target, Command::PublishMessage { time_to_live, message_id: "".into(), variables })
    }

    fn message_of(&self, name: &str, correlation_key: &str) -> AggregateId {
        let (name, correlation_key) = (name.into(), correlation_key.into());
        AggregateId::Message { tenant: self.tenant.clone(), name, correlation_key }
    }

    fn resolve(&mut self) -> Result<Response, Rejection> {
        let found = self.aggregates.values().find_map(|(id, aggregate)| {
            let incident = aggregate.instance()?.incidents.first()?;
            Some((id.clone(), incident.key))
        });
        let (owner, incident) = found.expect("an incident");
        self.submit(owner, Command::ResolveIncident { incident })
    }
}

fn chosen(words: &str) -> Vec<AdHocActivation> {
    let ids = words.split_whitespace().filter(|word| !word.starts_with('+'));
    let split = |word: &str| {
        let (id, values) = word.split_at(word.find('{').unwrap_or(word.len()));
        AdHocActivation { element_id: id.into(), variables: variables(values) }
    };
    ids.map(split).collect()
}

/// Changes of a user task from a JSON object.
fn changes(text: &str) -> TaskChanges {
    let parsed: serde_json::Value = serde_json::from_str(text).expect("changes");
    let word = |name: &str| parsed[name].as_str().map(Str::from);
    let words = |name: &str| {
        let list = parsed[name].as_array()?;
        Some(list.iter().filter_map(|it| it.as_str().map(Str::from)).collect())
    };
    TaskChanges {
        assignee: word("assignee"),
        candidate_users: words("candidateUsers"),
        candidate_groups: words("candidateGroups"),
        due_date: word("dueDate"),
        follow_up_date: word("followUpDate"),
        priority: parsed["priority"].as_i64().and_then(|priority| i32::try_from(priority).ok()),
    }
}

/// Variables from a JSON object.
///
/// # Panics
/// Where the text is none.
pub fn variables(text: &str) -> record::Variables {
    if text.trim().is_empty() { Vec::new() } else { json::split(text).expect("variables") }
}

fn without_digits(text: &str) -> String {
    let mut out = String::new();
    for character in text.chars() {
        match character.is_ascii_digit() {
            true if out.ends_with('#') => {}
            true => out.push('#'),
            false => out.push(character),
        }
    }
    out
}

/// The key of a version, where this is its deployment.
fn deployed(event: &record::Event, kind: &str, id: &str, version: u32) -> Option<Key> {
    use record::Event;
    let (found, key, its_id, its_version) = match event {
        Event::DefinitionDeployed { key, process_id, version, .. } => ("process", key, process_id, version),
        Event::RequirementsDeployed { key, id, version, .. } => ("requirements", key, id, version),
        Event::DecisionDeployed { key, id, version, .. } => ("decision", key, id, version),
        Event::FileDeployed { file } => {
            let kind = if record::is_form(&file.name) { "form" } else { "resource" };
            (kind, &file.key, &file.id, &file.version)
        }
        _ => return None,
    };
    (found == kind && **its_id == *id && *its_version == version).then_some(*key)
}
