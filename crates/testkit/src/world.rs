//! All partitions in one place: commands go to their aggregates, what those send goes on, time passes on request.

use engine::{Aggregate, Catalog, Env, IndexChange, IndexEntry, Wake, apply, step};
use record::command::Resource;
use record::event::Chain;
use record::wire::Bytes;
use record::{AggregateId, Command, Event, Key, KeyBlocks, Rejection, Response, Str};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write;

/// Commands on their way, each with what led to it.
type Queue = VecDeque<(AggregateId, Command, Chain)>;

/// All partitions in one place.
pub struct World {
    pub(crate) partitions: u16,
    evict: bool,
    /// Definitions.
    pub catalog: Catalog,
    pub(crate) aggregates: BTreeMap<Vec<u8>, (AggregateId, Aggregate)>,
    pub(crate) log: Vec<(AggregateId, Event)>,
    pub(crate) blocks: Vec<KeyBlocks>,
    sends: Vec<u64>,
    pub(crate) index: BTreeSet<(IndexEntry, Vec<u8>)>,
    /// Engine time.
    pub now: i64,
    pub(crate) tenant: Str,
    /// What happened so far.
    pub trace: String,
    /// What keys in the trace stand for.
    pub(crate) names: BTreeMap<Key, String>,
    /// Models that are deployed one after the other.
    pub(crate) models: VecDeque<String>,
    pub(crate) next_partition: u16,
    /// The instance that was started last.
    pub last_instance: Key,
    steps: u64,
}

impl World {
    /// A world with nothing in it. With `evict`, every aggregate is encoded, dropped and decoded at each step.
    pub fn new(partitions: u16, evict: bool) -> Self {
        World {
            partitions,
            evict,
            catalog: Catalog::new(),
            aggregates: BTreeMap::new(),
            log: Vec::new(),
            blocks: (1..=partitions).map(KeyBlocks::new).collect(),
            sends: vec![1; usize::from(partitions)],
            index: BTreeSet::new(),
            now: 0,
            tenant: Str::from(record::DEFAULT_TENANT),
            trace: String::new(),
            names: BTreeMap::new(),
            models: VecDeque::new(),
            next_partition: 0,
            last_instance: Key::NONE,
            steps: 0,
        }
    }

    /// Deploys a file; a refusal is noted in the trace.
    pub fn deploy(&mut self, model: &str) {
        self.deploy_files(&[("model.bpmn", model)]);
    }

    /// Deploys files together; a refusal is noted in the trace.
    pub fn deploy_files(&mut self, files: &[(&str, &str)]) {
        let resources = files
            .iter()
            .map(|(name, text)| Resource { name: (*name).into(), content: Bytes(text.as_bytes().into()) })
            .collect();
        let target = AggregateId::Catalog { tenant: self.tenant.clone() };
        if let Err(rejection) = self.submit(target, Command::DeployResources { resources }) {
            let _ = writeln!(self.trace, "rejected {}: {}", rejection.kind.as_str(), rejection.reason);
        }
    }

    /// Lets time pass; what is due happens in order.
    pub fn advance(&mut self, milliseconds: i64) {
        let end = self.now + milliseconds;
        loop {
            let due = self.index.iter().filter_map(|(entry, owner)| match entry {
                IndexEntry::Due { at, wake } if *at <= end => Some((*at, *wake, owner.clone())),
                _ => None,
            });
            let Some((at, wake, owner)) = due.min() else { break };
            self.now = self.now.max(at);
            let target = match wake {
                Wake::StartTimer(_) => AggregateId::Catalog { tenant: self.tenant.clone() },
                _ => self.aggregates[&owner].0.clone(),
            };
            let rejected = self.submit(target, wake.command()).err();
            assert_eq!(rejected, None, "what is due exists");
        }
        self.now = end;
    }

    /// Carries out a command and everything that it sends.
    pub fn submit(&mut self, target: AggregateId, command: Command) -> Result<Response, Rejection> {
        let mut queue = VecDeque::from([(target, command, Chain::default())]);
        let mut first = None;
        while let Some((target, command, chain)) = queue.pop_front() {
            let result = self.one(&target, &command, chain, &mut queue);
            match (&first, result) {
                (None, Err(rejection)) => return Err(rejection),
                (None, Ok(response)) => first = Some(response),
                (Some(_), _) => {}
            }
        }
        Ok(first.expect("a response"))
    }

    fn one(
        &mut self,
        target: &AggregateId,
        command: &Command,
        chain: Chain,
        queue: &mut Queue,
    ) -> Result<Response, Rejection> {
        self.steps += 1;
        let partition = target.owner(self.partitions);
        let at = usize::from(partition - 1);
        let traceparent = Str::from("");
        let mut env = Env {
            now: self.now,
            seed: self.steps,
            blocks: &mut self.blocks[at],
            sends: &mut self.sends[at],
            chain,
            tenant: &self.tenant,
            traceparent: &traceparent,
            partition,
            partitions: self.partitions,
        };
        if let AggregateId::Catalog { tenant } = target {
            let counted = counted(command, &self.aggregates, queue);
            let result = self.catalog.step(tenant, &counted, &mut env)?;
            let mut index = Vec::new();
            for event in &result.events {
                self.catalog.apply(tenant, event, &mut index);
            }
            if self.evict && matches!(command, Command::DeleteResource { .. }) {
                self.catalog = Catalog::decode(&self.catalog.encode()).expect("own bytes");
            }
            return Ok(self.done(target, result.events, index, result.response, false, queue));
        }
        let id = target.store_key();
        let mut aggregate = self.aggregates.remove(&id).map(|(_, aggregate)| aggregate).unwrap_or_default();
        if self.evict {
            aggregate = Aggregate::decode(&aggregate.encode()).expect("own bytes");
        }
        let before = aggregate.clone();
        let result = step(&mut aggregate, target, &self.catalog, command, &mut env);
        if result.is_err() && !matches!(before, Aggregate::Empty) {
            assert_eq!(before, aggregate, "a rejected command changed something");
        }
        self.aggregates.insert(id, (target.clone(), aggregate));
        let result = result?;
        Ok(self.done(target, result.events, result.index, result.response, result.more, queue))
    }

    fn done(
        &mut self,
        target: &AggregateId,
        events: Vec<Event>,
        index: Vec<IndexChange>,
        response: Response,
        more: bool,
        queue: &mut Queue,
    ) -> Response {
        let id = target.store_key();
        for change in index {
            match change {
                IndexChange::Add(entry) => assert!(self.index.insert((entry, id.clone())), "added twice"),
                IndexChange::Remove(entry) => {
                    assert!(self.index.remove(&(entry.clone(), id.clone())), "{entry:?} was not there");
                }
            }
        }
        for event in events {
            self.render(target, &event);
            if let Event::CommandSent { target, command, chain, .. } = &event {
                queue.push_back((target.clone(), (**command).clone(), *chain));
            }
            self.log.push((target.clone(), event));
        }
        if more {
            queue.push_front((target.clone(), Command::Continue {}, Chain::default()));
        }
        response
    }

    /// Replaying each aggregate's events gives its live state and its index.
    ///
    /// # Panics
    /// Where they do not, or where two aggregates gave out the same key.
    pub fn check_replay(&self) {
        let mut owners: BTreeMap<Key, &AggregateId> = BTreeMap::new();
        for (id, event) in &self.log {
            if let Event::ElementActivated { key, .. } | Event::JobCreated { key, .. } = event {
                let owner = owners.entry(key.block()).or_insert(id);
                assert_eq!(*owner, id, "{key} is of a block that another instance has");
            }
        }
        let mut replayed: BTreeMap<Vec<u8>, Aggregate> = BTreeMap::new();
        for (id, event) in &self.log {
            if !matches!(id, AggregateId::Catalog { .. }) {
                apply(replayed.entry(id.store_key()).or_default(), id, event, &mut Vec::new());
            }
        }
        self.check_catalog();
        let mut index = BTreeSet::new();
        for (key, aggregate) in &replayed {
            assert_eq!(aggregate, &self.aggregates[key].1);
            index.extend(aggregate.index().into_iter().map(|entry| (entry, key.clone())));
        }
        let live: BTreeSet<_> =
            self.index.iter().filter(|(_, owner)| replayed.contains_key(owner)).cloned().collect();
        assert_eq!(index, live);
    }

    /// Replaying the catalog's events gives the same catalog. Looked at where something was deleted, since otherwise
    /// it only grows.
    fn check_catalog(&self) {
        let of_catalog = self.log.iter().filter_map(|(id, event)| match id {
            AggregateId::Catalog { tenant } => Some((tenant, event)),
            _ => None,
        });
        let deletes = |event: &Event| {
            matches!(
                event,
                Event::DefinitionDeleted { .. }
                    | Event::RequirementsDeleted { .. }
                    | Event::FileDeleted { .. }
            )
        };
        if of_catalog.clone().any(|(_, event)| deletes(event)) {
            let mut replayed = Catalog::new();
            of_catalog.for_each(|(tenant, event)| replayed.apply(tenant, event, &mut Vec::new()));
            assert_eq!(replayed.encode(), self.catalog.encode(), "the replayed catalog differs");
        }
    }

    /// What is in the log so far.
    pub fn log(&self) -> &[(AggregateId, Event)] {
        &self.log
    }

    /// A live or ended instance.
    pub fn instance(&self, key: Key) -> Option<&engine::Instance> {
        self.aggregates.get(&AggregateId::from(key).store_key())?.1.instance()
    }

    /// The process of an instance.
    pub fn process_of(&self, key: Key) -> Option<std::sync::Arc<engine::Process>> {
        let definition = self.instance(key)?.definition;
        Some(self.catalog.definition(definition)?.process.clone())
    }

    /// When something is due next.
    pub fn next_due(&self) -> Option<i64> {
        let due = self.index.iter().filter_map(|(entry, _)| match entry {
            IndexEntry::Due { at, .. } => Some(*at),
            _ => None,
        });
        due.min()
    }

    /// All jobs that can be leased: type, owner and key, the oldest first.
    pub fn jobs(&self) -> Vec<(Str, AggregateId, Key)> {
        let mut jobs: Vec<(Str, AggregateId, Key)> = self
            .index
            .iter()
            .filter_map(|(entry, owner)| match entry {
                IndexEntry::Job { job_type, key, .. } => {
                    Some((job_type.clone(), self.aggregates[owner].0.clone(), *key))
                }
                _ => None,
            })
            .collect();
        jobs.sort_by_key(|(.., key)| *key);
        jobs
    }

    /// True where the last instance has ended.
    pub fn ended(&self) -> bool {
        let id = AggregateId::from(self.last_instance).store_key();
        self.aggregates[&id].1.instance().is_some_and(|instance| instance.ended)
    }
}

/// A deletion with the number of instances that it must know.
fn counted(
    command: &Command,
    aggregates: &BTreeMap<Vec<u8>, (AggregateId, Aggregate)>,
    queue: &Queue,
) -> Command {
    let Command::DeleteResource { resource, history, .. } = command else { return command.clone() };
    let live = aggregates.values().filter_map(|(_, aggregate)| aggregate.instance());
    let live = live.filter(|instance| !instance.ended && instance.definition == *resource).count();
    let begins = |command: &Command| matches!(command, Command::CreateProcessInstance { definition, .. } if definition == resource);
    let begun = queue.iter().filter(|(_, command, _)| begins(command)).count();
    Command::DeleteResource { resource: *resource, history: *history, running: (live + begun) as u64 }
}
