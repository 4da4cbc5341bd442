//! Deleted definitions: what is still shown of them, and what goes with their history.

use crate::log::{DEFINITION, Log, TENANT, begun, created, equals, filtered, finished, leased, query};
use crate::{GRAPH, deploy_decisions, evaluation};
use dirigent_history::{
    DecisionDefinitions, DecisionInstances, DecisionRequirements, History, Jobs, ProcessDefinitions,
    ProcessInstances, UserTasks, Variables,
};
use record::event::DeployedFile;
use record::wire::Bytes;
use record::{AggregateId, Event, Key};

fn catalog(log: &mut Log, events: Vec<Event>) {
    log.push(TENANT, AggregateId::Catalog { tenant: TENANT.into() }, events);
}

/// A second version of the process of the other tests.
fn redeploy(log: &mut Log) {
    let event = Event::DefinitionDeployed {
        key: Key(5_100),
        deployment: Key(5_099),
        process_id: "order".into(),
        version: 2,
        resource: "order.bpmn".into(),
        content: Bytes(crate::MODEL.as_bytes().into()),
        digest: Bytes::default(),
        version_tag: "".into(),
        name: "Order".into(),
        imports: Vec::new(),
    };
    catalog(log, vec![event]);
}

fn run_through(log: &mut Log, instance: i64) {
    log.instance(instance, begun(instance));
    log.instance(instance, leased(instance));
    log.instance(instance, finished(instance));
}

fn delete(log: &mut Log, key: i64, history: bool) {
    catalog(log, vec![Event::DefinitionDeleted { key: Key(key), history }]);
    log.deliver();
}

/// Keys and states of the versions that a filter finds.
fn versions(log: &Log, name: &str, value: impl Into<dirigent_history::Value>) -> Vec<(i64, bool)> {
    let found = log.history.reader().search::<ProcessDefinitions>(&filtered(equals(name, value))).unwrap();
    found.items.into_iter().map(|row| (row.key, row.deleted)).collect()
}

#[test]
fn a_deleted_definition_is_marked_and_the_version_below_is_the_latest() {
    let mut log = Log::new();
    log.deploy();
    redeploy(&mut log);
    log.deliver();
    assert_eq!(versions(&log, "isLatestVersion", 1), [(5_100, false)]);
    delete(&mut log, 5_100, false);
    assert_eq!(versions(&log, "isLatestVersion", 1), [(DEFINITION, false)]);
    assert_eq!(versions(&log, "state", "DELETED"), [(5_100, true)]);
    assert_eq!(versions(&log, "state", "ACTIVE"), [(DEFINITION, false)]);
    assert_eq!(versions(&log, "processDefinitionId", "order"), [(DEFINITION, false), (5_100, true)]);
    let counted = log.history.reader().definition_counts(TENANT).unwrap();
    assert_eq!(counted.iter().map(|count| count.definition).collect::<Vec<_>>(), [DEFINITION]);
    delete(&mut log, DEFINITION, false);
    assert_eq!(versions(&log, "isLatestVersion", 1), []);
}

#[test]
fn instances_of_a_deleted_definition_stay_with_its_diagram() {
    let mut log = Log::new();
    log.deploy();
    run_through(&mut log, 640);
    delete(&mut log, DEFINITION, false);
    let reader = log.history.reader();
    let instance = reader.get::<ProcessInstances>(TENANT, 640).unwrap().expect("it");
    assert_eq!((instance.definition.id.as_str(), instance.definition.version), ("order", 1));
    assert!(reader.xml(TENANT, DEFINITION).unwrap().is_some());
    assert_eq!(reader.elements(DEFINITION).unwrap().get(3).expect("work").id, "work");
    assert_eq!(reader.overview(TENANT, DEFINITION).unwrap().ended, 1);
}

#[test]
fn with_its_history_all_of_a_definition_goes_and_nothing_of_others() {
    for at_once in [true, false] {
        let mut log = Log::new();
        log.deploy();
        redeploy(&mut log);
        run_through(&mut log, 640);
        run_through(&mut log, 1_280);
        let mut other = begun(1_920);
        if let Event::InstanceCreated { definition, .. } = &mut other[0] {
            *definition = Key(5_100);
        }
        log.instance(1_920, other);
        if !at_once {
            delete(&mut log, DEFINITION, false);
        }
        delete(&mut log, DEFINITION, true);
        let reader = log.history.reader();
        let instances = reader.search::<ProcessInstances>(&query()).unwrap().items;
        assert_eq!(instances.iter().map(|row| row.key).collect::<Vec<_>>(), [1_920]);
        assert_eq!(reader.search::<Jobs>(&query()).unwrap().total, 1);
        assert_eq!(reader.search::<Variables>(&query()).unwrap().total, 2);
        assert!(reader.get::<ProcessDefinitions>(TENANT, DEFINITION).unwrap().is_none());
        assert!(reader.xml(TENANT, DEFINITION).unwrap().is_none());
        assert!(reader.elements(DEFINITION).unwrap().get(3).is_none());
        assert!(reader.history(TENANT, 640, 0, 10).unwrap().is_empty());
        assert!(!reader.history(TENANT, 1_920, 0, 10).unwrap().is_empty());
        assert!(reader.xml(TENANT, 5_100).unwrap().is_some());
        assert_eq!(reader.overview(TENANT, 5_100).unwrap().active, 1);
        assert_eq!(versions(&log, "processDefinitionId", "order"), [(5_100, false)]);
    }
}

/// What was migrated away keeps the names of the elements that it left behind.
#[test]
fn elements_of_instances_that_were_migrated_away_keep_their_names() {
    let mut log = Log::new();
    log.deploy();
    redeploy(&mut log);
    log.instance(
        640,
        vec![created(&[]), Event::ElementPassed { key: Key(641), ordinal: 1, scope: Key(640) }],
    );
    let elements = vec![(0, 0)];
    let migrated =
        Event::InstanceMigrated { definition: Key(5_100), process_id: "order".into(), version: 2, elements };
    log.instance(640, vec![migrated]);
    delete(&mut log, DEFINITION, true);
    let reader = log.history.reader();
    assert!(reader.get::<ProcessDefinitions>(TENANT, DEFINITION).unwrap().is_none());
    assert_eq!(reader.elements(DEFINITION).unwrap().get(1).expect("start").id, "start");
    assert!(reader.get::<ProcessInstances>(TENANT, 640).unwrap().is_some());
}

#[test]
fn deleted_decisions_are_not_found_and_evaluations_stay_until_their_history_goes() {
    let mut log = Log::new();
    deploy_decisions(&mut log, 1);
    deploy_decisions(&mut log, 2);
    let evaluated =
        Event::DecisionEvaluated { element: Key::NONE, ordinal: 0, evaluation: evaluation(800, "") };
    catalog(&mut log, vec![evaluated]);
    log.deliver();
    let keys = |log: &Log, latest: bool| {
        let wanted = if latest { filtered(equals("isLatestVersion", 1)) } else { query() };
        let found = log.history.reader().search::<DecisionDefinitions>(&wanted).unwrap().items;
        found.into_iter().map(|row| row.key).collect::<Vec<_>>()
    };
    let (one, two) = (GRAPH + 10, GRAPH + 20);
    assert_eq!(keys(&log, true), [two + 1, two + 2]);
    catalog(&mut log, vec![Event::RequirementsDeleted { key: Key(two), history: false }]);
    log.deliver();
    assert_eq!(keys(&log, true), [one + 1, one + 2]);
    assert_eq!(keys(&log, false), [one + 1, one + 2]);
    let graphs = log.history.reader().search::<DecisionRequirements>(&query()).unwrap().items;
    assert_eq!(graphs.iter().map(|row| row.key).collect::<Vec<_>>(), [one]);
    let reader = log.history.reader();
    assert!(reader.get::<DecisionRequirements>(TENANT, two).unwrap().is_some(), "for evaluations of before");
    assert!(reader.requirements_xml(TENANT, two).unwrap().is_some());

    catalog(&mut log, vec![Event::RequirementsDeleted { key: Key(one), history: true }]);
    log.deliver();
    let reader = log.history.reader();
    assert_eq!(reader.search::<DecisionInstances>(&query()).unwrap().total, 0);
    assert!(reader.get::<DecisionRequirements>(TENANT, one).unwrap().is_none());
    assert!(reader.requirements_xml(TENANT, one).unwrap().is_none());
}

#[test]
fn a_task_keeps_its_form_and_no_one_else_finds_it() {
    let mut log = Log::new();
    log.deploy();
    let file = |key: i64, name: &str| Event::FileDeployed {
        file: Box::new(DeployedFile {
            key: Key(key),
            deployment: Key(6_900),
            id: name.into(),
            version: 1,
            name: name.into(),
            content: Bytes(b"{}".as_slice().into()),
            ..DeployedFile::default()
        }),
    };
    catalog(&mut log, vec![file(7_000, "ask.form"), file(7_001, "robot.rpa")]);
    let task = Event::UserTaskCreating {
        key: Key(644),
        element: Key(642),
        attributes: Box::default(),
        form: "".into(),
        form_key: Key(7_000),
    };
    log.instance(640, begun(640));
    log.instance(640, vec![task, Event::UserTaskCreated { key: Key(644) }]);
    log.deliver();
    let reader = log.history.reader();
    assert!(reader.form(TENANT, 7_000).unwrap().is_some() && reader.file(TENANT, 7_001).unwrap().is_some());
    catalog(&mut log, vec![Event::FileDeleted { key: Key(7_000) }, Event::FileDeleted { key: Key(7_001) }]);
    log.deliver();
    let reader = log.history.reader();
    assert!(reader.form(TENANT, 7_000).unwrap().is_none());
    assert!(reader.file(TENANT, 7_000).unwrap().is_none() && reader.file(TENANT, 7_001).unwrap().is_none());
    assert!(reader.get::<UserTasks>(TENANT, 644).unwrap().is_some());
    assert_eq!(reader.task_form(TENANT, 644).unwrap().expect("its form").key, 7_000);
}

/// A file that was written before there were deletions has no place for them.
#[test]
fn a_read_model_of_before_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("history.db");
    drop(History::open(&file).unwrap());
    rusqlite::Connection::open(&file).unwrap().execute_batch("DROP TABLE deleted").unwrap();
    let history = History::open(&file).unwrap();
    assert_eq!(history.reader().search::<ProcessDefinitions>(&query()).unwrap().total, 0);
}
