//! Loops, listeners, signals, and what is done to an instance as a whole.

use crate::log::{DEFINITION, Log, TENANT, begun, created, equals, filtered, finished, query};
use dirigent_history::{
    Condition, DecisionInstances, ElementInstances, Incidents, Jobs, MessageSubscriptions, Operator,
    ProcessInstances, UserTasks, Variables,
};
use record::command::TaskChanges;
use record::{AggregateId, Event, IncidentType, JobKind, Key, Str, TaskAction};

/// Ordinals: 1 start, 2 f1, 3 each (multi-instance), 4 f2, 5 choice (ad-hoc), 6 one, 7 f3, 8 end.
const LOOPS: &str = r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">
  <process id="loops" isExecutable="true"><startEvent id="start"/>
  <sequenceFlow id="f1" sourceRef="start" targetRef="each"/>
  <serviceTask id="each"><multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics></serviceTask>
  <sequenceFlow id="f2" sourceRef="each" targetRef="choice"/>
  <adHocSubProcess id="choice"><task id="one"/></adHocSubProcess>
  <sequenceFlow id="f3" sourceRef="choice" targetRef="end"/><endEvent id="end"/></process></definitions>"#;

/// As the model of the other tests, with an element more in front: ordinals 1 start, 2 f0, 3 check, 4 f1, 5 work, 6 f2, 7 end.
const NEXT: &str = r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">
  <process id="order" name="Order" isExecutable="true"><startEvent id="start"/>
  <sequenceFlow id="f0" sourceRef="start" targetRef="check"/><task id="check"/>
  <sequenceFlow id="f1" sourceRef="check" targetRef="pack"/><serviceTask id="pack" name="Pack"/>
  <sequenceFlow id="f2" sourceRef="pack" targetRef="end"/><endEvent id="end"/></process></definitions>"#;

fn deploy(log: &mut Log, key: i64, process_id: &str, version: u32, model: &str) {
    let event = Event::DefinitionDeployed {
        key: Key(key),
        deployment: Key(key - 1),
        process_id: process_id.into(),
        version,
        resource: "file.bpmn".into(),
        content: record::wire::Bytes(model.as_bytes().into()),
        digest: record::wire::Bytes::default(),
        version_tag: "".into(),
        name: "".into(),
        imports: Vec::new(),
    };
    log.push(TENANT, AggregateId::Catalog { tenant: TENANT.into() }, vec![event]);
}

fn of_definition(definition: i64, process_id: &str) -> Event {
    let mut event = created(&[]);
    if let Event::InstanceCreated { definition: own, process_id: id, .. } = &mut event {
        *own = Key(definition);
        *id = process_id.into();
    }
    event
}

/// Type, state and role of every element instance, by key.
fn elements(log: &Log) -> Vec<(i64, String, String)> {
    let found = log.history.reader().search::<ElementInstances>(&query()).unwrap().items;
    found.into_iter().map(|item| (item.key, item.kind, item.state)).collect()
}

fn iteration(key: i64, counter: u32) -> Event {
    Event::IterationStarted { key: Key(key), ordinal: 3, scope: Key(641), counter }
}

#[test]
fn a_multi_instance_activity_is_a_body_and_its_iterations_and_counts_only_these() {
    for at_once in [true, false] {
        let mut log = Log::new();
        deploy(&mut log, 6_000, "loops", 1, LOOPS);
        let (body, process) = (Key(641), Key(640));
        let parts = [
            vec![
                of_definition(6_000, "loops"),
                Event::ElementActivating { key: body, ordinal: 3, scope: process },
            ],
            vec![
                Event::ElementActivated { key: body, ordinal: 3, scope: process },
                Event::LoopStarted { key: body, total: 2, items: Vec::new(), chain: Default::default() },
            ],
            vec![iteration(642, 1), Event::ElementActivated { key: Key(642), ordinal: 3, scope: body }],
            vec![iteration(643, 2), Event::ElementActivated { key: Key(643), ordinal: 3, scope: body }],
            vec![Event::ElementCompleted { key: Key(642) }, Event::ElementTerminated { key: Key(643) }],
        ];
        for part in parts {
            log.instance(640, part);
            if !at_once {
                log.deliver();
            }
        }
        log.deliver();
        let kinds = elements(&log);
        let expected = [
            (640, "PROCESS", "ACTIVE"),
            (641, "MULTI_INSTANCE_BODY", "ACTIVE"),
            (642, "SERVICE_TASK", "COMPLETED"),
            (643, "SERVICE_TASK", "TERMINATED"),
        ];
        let seen: Vec<_> =
            kinds.iter().map(|(key, kind, state)| (*key, kind.as_str(), state.as_str())).collect();
        assert_eq!(seen, expected, "at once: {at_once}");
        let reader = log.history.reader();
        let count = &reader.overview(TENANT, 6_000).unwrap().elements[0];
        assert_eq!((count.active, count.completed, count.terminated), (0, 1, 1));
        let counted = reader.element_counts(TENANT, &equals("processInstanceKey", 640)).unwrap();
        assert_eq!(counted, std::slice::from_ref(count));
        log.instance(640, vec![Event::ElementCompleted { key: body }]);
        log.deliver();
        assert_eq!(log.history.reader().overview(TENANT, 6_000).unwrap().elements[0].completed, 1);
    }
}

#[test]
fn a_body_without_iterations_counts_itself() {
    let mut log = Log::new();
    deploy(&mut log, 6_000, "loops", 1, LOOPS);
    let body = Key(641);
    let events = vec![
        of_definition(6_000, "loops"),
        Event::ElementActivated { key: body, ordinal: 3, scope: Key(640) },
        Event::LoopStarted { key: body, total: 0, items: Vec::new(), chain: Default::default() },
        Event::ElementCompleted { key: body },
    ];
    log.instance(640, events);
    log.deliver();
    assert_eq!(elements(&log)[1].1, "MULTI_INSTANCE_BODY");
    assert_eq!(log.history.reader().overview(TENANT, 6_000).unwrap().elements[0].completed, 1);
}

#[test]
fn an_activity_of_an_ad_hoc_sub_process_has_a_scope_of_its_own() {
    let mut log = Log::new();
    deploy(&mut log, 6_000, "loops", 1, LOOPS);
    let events = vec![
        of_definition(6_000, "loops"),
        Event::ElementActivated { key: Key(641), ordinal: 5, scope: Key(640) },
        Event::InnerStarted { key: Key(642), ordinal: 5, scope: Key(641) },
        Event::ElementPassed { key: Key(643), ordinal: 6, scope: Key(642) },
        Event::ElementCompleted { key: Key(642) },
    ];
    log.instance(640, events);
    log.deliver();
    let kinds = elements(&log);
    let seen: Vec<_> = kinds.iter().map(|(_, kind, state)| (kind.as_str(), state.as_str())).collect();
    let inner = ("AD_HOC_SUB_PROCESS_INNER_INSTANCE", "COMPLETED");
    assert_eq!(seen, [("PROCESS", "ACTIVE"), ("AD_HOC_SUB_PROCESS", "ACTIVE"), inner, ("TASK", "COMPLETED")]);
    let counts = log.history.reader().overview(TENANT, 6_000).unwrap().elements;
    let choice = counts.iter().find(|count| count.element_id == "choice").unwrap();
    assert_eq!((choice.active, choice.completed), (1, 0));
}

#[test]
fn every_element_has_the_name_that_camunda_gives_it() {
    let model = r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">
      <process id="p" isExecutable="true"><startEvent id="a1"/><endEvent id="a2"/><intermediateThrowEvent id="a3"/>
      <intermediateCatchEvent id="a4"/><task id="a5"/><manualTask id="a6"/><serviceTask id="a7"/><sendTask id="a8"/>
      <receiveTask id="a9"/><userTask id="b1"/><scriptTask id="b2"/><businessRuleTask id="b3"/><callActivity id="b4"/>
      <subProcess id="b5"/><subProcess id="b6" triggeredByEvent="true"/><transaction id="b7"/><adHocSubProcess id="b8"/>
      <exclusiveGateway id="b9"/><parallelGateway id="c1"/><inclusiveGateway id="c2"/><eventBasedGateway id="c3"/>
      <complexGateway id="c4"/><boundaryEvent id="c5" attachedToRef="a7"/>
      <sequenceFlow id="c6" sourceRef="a1" targetRef="a2"/></process></definitions>"#;
    let mut log = Log::new();
    deploy(&mut log, 6_000, "p", 1, model);
    log.deliver();
    let elements = log.history.reader().elements(6_000).unwrap();
    let kinds: Vec<_> = elements.iter().map(|(_, element)| element.kind.as_str()).collect();
    let expected = "PROCESS START_EVENT END_EVENT INTERMEDIATE_THROW_EVENT INTERMEDIATE_CATCH_EVENT TASK MANUAL_TASK \
        SERVICE_TASK SEND_TASK RECEIVE_TASK USER_TASK SCRIPT_TASK BUSINESS_RULE_TASK CALL_ACTIVITY SUB_PROCESS \
        EVENT_SUB_PROCESS SUB_PROCESS AD_HOC_SUB_PROCESS EXCLUSIVE_GATEWAY PARALLEL_GATEWAY INCLUSIVE_GATEWAY \
        EVENT_BASED_GATEWAY UNKNOWN BOUNDARY_EVENT SEQUENCE_FLOW";
    assert_eq!(kinds, expected.split_whitespace().collect::<Vec<_>>());
}

#[test]
fn an_instance_is_suspended_until_it_is_resumed() {
    let mut log = Log::new();
    log.deploy();
    let mut events = begun(640);
    events.push(Event::InstanceSuspended {});
    log.instance(640, events);
    log.deliver();
    let reader = log.history.reader();
    let get = || reader.get::<ProcessInstances>(TENANT, 640).unwrap().unwrap();
    assert_eq!((get().state.as_str(), get().suspended, get().ended), ("SUSPENDED", Some(2_000), None));
    let suspended = Condition::Field { name: "suspendedDate".into(), operator: Operator::Exists(true) };
    assert_eq!(reader.search::<ProcessInstances>(&filtered(suspended)).unwrap().total, 1);
    assert_eq!(reader.overview(TENANT, DEFINITION).unwrap().active, 1);
    log.instance(640, vec![Event::InstanceResumed {}]);
    log.deliver();
    assert_eq!((get().state.as_str(), get().suspended), ("ACTIVE", None));
    log.instance(640, vec![Event::InstanceSuspended {}, Event::InstanceTerminated {}]);
    log.deliver();
    assert_eq!((get().state.as_str(), get().suspended, get().ended), ("TERMINATED", None, Some(4_000)));
}

#[test]
fn a_migrated_instance_goes_on_where_its_live_elements_are_mapped_to() {
    let mut log = Log::new();
    log.deploy();
    deploy(&mut log, 6_000, "order", 2, NEXT);
    let mut events = begun(640);
    let incident = Event::IncidentCreated {
        key: Key(650),
        element: Key(642),
        ordinal: 3,
        job: Key(643),
        kind: IncidentType::JobNoRetries,
        message: "boom".into(),
        cause: None,
    };
    let timer = Event::TimerScheduled {
        key: Key(660),
        element: Key(642),
        ordinal: 3,
        due: 77,
        repetitions: 0,
        cycle: "".into(),
        part: 0,
        chain: Default::default(),
    };
    events.extend([incident, timer, Event::SequenceFlowTaken { ordinal: 4, scope: Key(640), waits: true }]);
    log.instance(640, events);
    let migrated = Event::InstanceMigrated {
        definition: Key(6_000),
        process_id: "order".into(),
        version: 2,
        elements: vec![(3, 5), (4, 6)],
    };
    log.instance(640, vec![migrated, Event::SequenceFlowTaken { ordinal: 6, scope: Key(640), waits: false }]);
    log.deliver();
    let reader = log.history.reader();
    let instance = reader.get::<ProcessInstances>(TENANT, 640).unwrap().unwrap();
    assert_eq!((instance.definition.key, instance.definition.version), (6_000, 2));
    let found = reader.search::<ElementInstances>(&query()).unwrap().items;
    let seen: Vec<_> = found.iter().map(|it| (it.element_id.as_str(), it.definition.key)).collect();
    assert_eq!(seen, [("order", 6_000), ("start", DEFINITION), ("pack", 6_000)]);
    let job = reader.get::<Jobs>(TENANT, 643).unwrap().unwrap();
    assert_eq!((job.element_id.as_str(), job.definition.key), ("pack", 6_000));
    let incident = reader.get::<Incidents>(TENANT, 650).unwrap().unwrap();
    assert_eq!((incident.element_id.as_str(), incident.definition.key), ("pack", 6_000));
    assert_eq!(reader.timers(640).unwrap()[0].element_id, "pack");
    assert_eq!(reader.waiting_tokens(640).unwrap()[0].flow_id, "f2");
    let flows = reader.sequence_flows(640).unwrap();
    assert_eq!(flows.iter().map(|flow| flow.id.as_str()).collect::<Vec<_>>(), ["f1", "f2"]);
    let (old, new) = (reader.overview(TENANT, DEFINITION).unwrap(), reader.overview(TENANT, 6_000).unwrap());
    assert_eq!((old.active, old.with_incident, new.active, new.with_incident), (0, 0, 1, 1));
    let counts = |overview: &dirigent_history::DefinitionOverview, id: &str| {
        overview
            .elements
            .iter()
            .find(|it| it.element_id == id)
            .map(|it| (it.active, it.incidents, it.completed))
    };
    assert_eq!((counts(&old, "work"), counts(&new, "pack")), (Some((0, 0, 0)), Some((0, 1, 0))));
    // Ordinals of a record are those of the definition that it began with.
    let records = reader.history(TENANT, 640, 0, 10).unwrap();
    let definitions: Vec<_> = records.iter().map(|record| record.definition).collect();
    assert_eq!(definitions, [Some(DEFINITION), Some(DEFINITION)]);

    let end = [Event::ElementCompleted { key: Key(642) }, Event::InstanceCompleted {}];
    log.instance(640, [vec![Event::IncidentResolved { key: Key(650) }], end.into()].concat());
    log.deliver();
    let new = log.history.reader().overview(TENANT, 6_000).unwrap();
    assert_eq!((new.active, new.ended, counts(&new, "pack")), (0, 1, Some((0, 0, 1))));
}

#[test]
fn two_elements_may_change_places_in_a_migration() {
    let mut log = Log::new();
    log.deploy();
    deploy(&mut log, 6_000, "order", 2, NEXT);
    let mut events = begun(640);
    events.push(Event::ElementActivated { key: Key(645), ordinal: 5, scope: Key(640) });
    let (definition, process_id) = (Key(6_000), Str::from("order"));
    events.push(Event::InstanceMigrated {
        definition,
        process_id,
        version: 2,
        elements: vec![(3, 5), (5, 3)],
    });
    log.instance(640, events);
    log.deliver();
    let found =
        log.history.reader().search::<ElementInstances>(&filtered(equals("state", "ACTIVE"))).unwrap();
    let seen: Vec<_> = found.items.iter().map(|it| (it.key, it.element_id.as_str())).collect();
    assert_eq!(seen, [(640, "order"), (642, "pack"), (645, "check")]);
}

#[test]
fn nothing_is_left_of_a_deleted_instance_but_that_it_was_deleted() {
    let mut log = Log::new();
    log.deploy();
    for key in [640, 704] {
        let mut events = begun(key);
        events.push(Event::SubscriptionOpened {
            key: Key(key + 20),
            element: Key(key + 2),
            ordinal: 3,
            name: "paid".into(),
            correlation_key: "7".into(),
            interrupting: true,
            part: 0,
            signal: false,
        });
        events.push(Event::SubscriptionCorrelated { key: Key(key + 20), message: Key(900) });
        log.instance(key, events);
        log.instance(key, finished(key));
    }
    log.deliver();
    let before = log.history.reader().overview(TENANT, DEFINITION).unwrap();
    assert_eq!(before.ended, 2);
    log.instance(640, vec![Event::InstanceDeleted {}]);
    log.deliver();
    let reader = log.history.reader();
    assert!(reader.get::<ProcessInstances>(TENANT, 640).unwrap().is_none());
    let keys = |rows: Vec<i64>| rows.into_iter().filter(|instance| *instance == 640).count();
    let of_query = query();
    assert_eq!(
        keys(
            reader
                .search::<ElementInstances>(&of_query)
                .unwrap()
                .items
                .iter()
                .map(|it| it.instance)
                .collect()
        ),
        0
    );
    assert_eq!(
        keys(reader.search::<Jobs>(&of_query).unwrap().items.iter().map(|it| it.instance).collect()),
        0
    );
    assert_eq!(
        keys(reader.search::<Variables>(&of_query).unwrap().items.iter().map(|it| it.instance).collect()),
        0
    );
    let subscriptions = reader.search::<MessageSubscriptions>(&of_query).unwrap();
    assert_eq!(subscriptions.items.iter().map(|it| it.instance).collect::<Vec<_>>(), [704]);
    assert_eq!(reader.search::<DecisionInstances>(&of_query).unwrap().total, 0);
    assert!(reader.sequence_flows(640).unwrap().is_empty());
    let history = reader.history(TENANT, 640, 0, 10).unwrap();
    assert_eq!(history.len(), 1);
    assert_eq!(history[0].events.as_deref(), Some(&[Event::InstanceDeleted {}][..]));
    let after = reader.overview(TENANT, DEFINITION).unwrap();
    assert_eq!(after.ended, 1);
    assert!(after.elements.iter().all(|count| count.completed == 1 && count.active == 0));
    // Again, it changes nothing.
    log.instance(640, vec![Event::InstanceDeleted {}]);
    log.deliver();
    assert_eq!(log.history.reader().search::<ProcessInstances>(&query()).unwrap().total, 1);
}

fn listener(key: i64, event: &str) -> Event {
    Event::JobCreated {
        key: Key(key),
        element: Key(642),
        job_type: "listen".into(),
        retries: 3,
        kind: JobKind::TaskListener,
        listener: 0,
        priority: 7,
        event: event.into(),
    }
}

#[test]
fn a_listeners_job_says_its_event_its_priority_and_its_denial() {
    let mut log = Log::new();
    log.deploy();
    let mut events = begun(640);
    events.extend([
        Event::UserTaskCreating {
            key: Key(644),
            element: Key(642),
            attributes: Box::default(),
            form: "".into(),
            form_key: Key::NONE,
        },
        Event::UserTaskCreated { key: Key(644) },
        listener(650, "COMPLETING"),
        listener(651, "COMPLETING"),
        Event::JobCompleted { key: Key(650) },
        Event::UserTaskDenied { key: Key(644), reason: "too early".into() },
        Event::JobCompleted { key: Key(651) },
    ]);
    log.instance(640, events);
    log.deliver();
    let reader = log.history.reader();
    let job = |key| reader.get::<Jobs>(TENANT, key).unwrap().unwrap();
    assert_eq!((job(650).listener_event.as_str(), job(650).priority), ("COMPLETING", 7));
    assert_eq!((job(650).denied, job(650).denied_reason.as_deref()), (Some(true), Some("too early")));
    assert_eq!((job(651).denied, job(651).denied_reason), (Some(false), None));
    assert_eq!((job(643).listener_event.as_str(), job(643).denied), ("UNSPECIFIED", None));
    let of = |condition| reader.search::<Jobs>(&filtered(condition)).unwrap().items.len();
    assert_eq!(of(equals("isDenied", 1)), 1);
    assert_eq!(of(equals("listenerEventType", "COMPLETING")), 2);
    assert_eq!(of(Condition::Field { name: "priority".into(), operator: Operator::Gt(0.into()) }), 2);
}

#[test]
fn what_a_transition_will_change_is_known_until_it_is_over() {
    let mut log = Log::new();
    log.deploy();
    let mut events = begun(640);
    let assignee = TaskChanges { assignee: Some("ada".into()), ..TaskChanges::default() };
    let transition = |kind, changes: TaskChanges| Event::UserTaskTransition {
        key: Key(644),
        kind,
        changes: changes.into(),
        variables: Vec::new(),
        action: "assign".into(),
    };
    let corrected = TaskChanges { assignee: Some("bob".into()), priority: Some(9), ..TaskChanges::default() };
    events.extend([
        Event::UserTaskCreating {
            key: Key(644),
            element: Key(642),
            attributes: Box::default(),
            form: "".into(),
            form_key: Key::NONE,
        },
        transition(TaskAction::Creating, assignee.clone()),
    ]);
    log.instance(640, events);
    log.deliver();
    let reader = log.history.reader();
    let task = || reader.get::<UserTasks>(TENANT, 644).unwrap().unwrap();
    assert_eq!((task().changes, task().state.as_str()), (None, "CREATING"));
    log.instance(
        640,
        vec![Event::UserTaskCreated { key: Key(644) }, transition(TaskAction::Assigning, assignee)],
    );
    log.instance(640, vec![Event::UserTaskCorrected { key: Key(644), changes: corrected.clone().into() }]);
    log.deliver();
    assert_eq!((task().assignee, task().changes), (None, Some(corrected)));
    log.instance(640, vec![Event::UserTaskAssigned { key: Key(644), assignee: "bob".into() }]);
    log.deliver();
    assert_eq!((task().assignee.as_deref(), task().changes), (Some("bob"), None));
}

#[test]
fn signals_and_conditions_are_waits_and_no_message_subscriptions() {
    let mut log = Log::new();
    log.deploy();
    let mut events = begun(640);
    let element = Key(642);
    events.extend([
        Event::SubscriptionOpened {
            key: Key(660),
            element,
            ordinal: 3,
            name: "alarm".into(),
            correlation_key: "".into(),
            interrupting: false,
            part: 0,
            signal: true,
        },
        Event::ConditionOpened { key: Key(661), element, ordinal: 3, part: 0, interrupting: true },
    ]);
    log.instance(640, events);
    log.instance(640, vec![Event::SubscriptionCorrelated { key: Key(660), message: Key(900) }]);
    log.deliver();
    let reader = log.history.reader();
    assert_eq!(reader.search::<MessageSubscriptions>(&query()).unwrap().total, 0);
    assert_eq!(reader.search::<dirigent_history::CorrelatedSubscriptions>(&query()).unwrap().total, 0);
    let signal = &reader.signals(640).unwrap()[0];
    assert_eq!((signal.name.as_str(), signal.element_id.as_str(), signal.created), ("alarm", "work", 2_000));
    assert_eq!(reader.conditions(640).unwrap()[0].key, 661);
    log.instance(
        640,
        vec![Event::SubscriptionClosed { key: Key(660) }, Event::ConditionClosed { key: Key(661) }],
    );
    log.deliver();
    let reader = log.history.reader();
    assert_eq!((reader.signals(640).unwrap().len(), reader.conditions(640).unwrap().len()), (0, 0));
}
