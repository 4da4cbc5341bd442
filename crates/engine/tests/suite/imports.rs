//! Models that import others and are deployed together.

use expect_test::expect;
use record::wire::Bytes;
use record::{AggregateId, Command, Rejection, Resource, Response};
use testkit::World;

fn deploy(world: &mut World, files: &[(&str, String)]) -> Result<Response, Rejection> {
    let resources = files
        .iter()
        .map(|(name, text)| Resource { name: (*name).into(), content: Bytes(text.as_bytes().into()) });
    let target = AggregateId::Catalog { tenant: record::DEFAULT_TENANT.into() };
    world.submit(target, Command::DeployResources { resources: resources.collect() })
}

/// A model that imports another and calls a process of it.
fn calling(process: &str) -> String {
    format!(
        r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:b="urn:b" id="d" targetNamespace="urn:a">
  <import importType="http://www.omg.org/spec/BPMN/20100524/MODEL" location="../called.bpmn" namespace="urn:b"/>
  <process id="p" isExecutable="true"><startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="c"/>
  <callActivity id="c" calledElement="b:{process}"/><sequenceFlow id="g" sourceRef="c" targetRef="e"/>
  <endEvent id="e"/></process></definitions>"#
    )
}

fn called(namespace: &str) -> String {
    format!(
        r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d2" targetNamespace="{namespace}">
  <process id="q" isExecutable="true"><startEvent id="qs"/><sequenceFlow id="qf" sourceRef="qs" targetRef="qe"/>
  <endEvent id="qe"/></process></definitions>"#
    )
}

#[test]
fn a_process_of_an_imported_model_is_called() {
    let mut world = World::new(1, true);
    let files = [("orders/p.bpmn", calling("q")), ("called.bpmn", called("urn:b"))];
    deploy(&mut world, &files).expect("in order");
    world.trace.clear();
    world.line("start p");
    world.check_replay();
    expect![[r#"
        > start p
          created p v1
          passed s
          flow f
          activated c
          c calls
          sent CreateProcessInstance
          created q v1
          passed qs
          flow qf
          passed qe
          sent CompleteCalled
          InstanceCompleted
          c calls nothing any more
          completed c
          flow g
          passed e
          InstanceCompleted
    "#]]
    .assert_eq(&world.trace);
}

#[test]
fn what_is_wrong_between_models_refuses_their_deployment() {
    let mut world = World::new(1, true);
    let files = [("p.bpmn", calling("gone")), ("called.bpmn", called("urn:b"))];
    let refused = deploy(&mut world, &files).expect_err("no such process");
    expect![[r#"
        Expected to deploy new resources, but encountered the following errors:
        p.bpmn:4:3: error[bpmn.dangling-reference] c: `calledElement` refers to `b:gone`, which does not exist in the imported file (correct the reference, or add the element)"#]].assert_eq(&refused.reason);
    let files = [("p.bpmn", calling("q")), ("called.bpmn", called("urn:c"))];
    let refused = deploy(&mut world, &files).expect_err("another namespace");
    expect![[r#"
        Expected to deploy new resources, but encountered the following errors:
        p.bpmn:2:3: error[bpmn.import] d: `../called.bpmn` has the namespace `urn:c`, not `urn:b` as the import says (correct location and namespace, or add the file)"#]].assert_eq(&refused.reason);
}

#[test]
fn an_imported_model_may_be_deployed_on_its_own() {
    let mut world = World::new(1, true);
    deploy(&mut world, &[("called.bpmn", called("urn:b"))]).expect("in order");
    deploy(&mut world, &[("p.bpmn", calling("q"))]).expect("in order");
}

/// A model that imports [`LIBRARY`], with the prefix `l`, and a process `p` of this content.
fn using(content: &str) -> String {
    format!(
        r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:l="urn:l" id="d" targetNamespace="urn:a">
  <import importType="http://www.omg.org/spec/BPMN/20100524/MODEL" location="library.bpmn" namespace="urn:l"/>
  <error id="le" errorCode="OTHER"/><escalation id="lx" escalationCode="OTHER"/>
  <process id="p" isExecutable="true"><startEvent id="s"/>{content}</process></definitions>"#
    )
}

/// Nothing in it can be started.
const LIBRARY: &str = r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="lib" targetNamespace="urn:l">
  <message id="lm" name="Paid"/><error id="le" errorCode="LE"/><escalation id="lx" escalationCode="LX"/>
  <signal id="ls" name="Alarm"/><globalUserTask id="lt" name="Look"/><dataStore id="ld" name="Stock"/>
  <itemDefinition id="li" isCollection="true" structureRef="list"/>
  <signalEventDefinition id="shared" signalRef="ls"/></definitions>"#;

/// Deploys a model that uses the library with it, carries out the lines, and gives what happened.
fn run(content: &str, lines: &str) -> String {
    let mut world = World::new(1, true);
    deploy(&mut world, &[("a.bpmn", using(content)), ("library.bpmn", LIBRARY.to_owned())])
        .expect("in order");
    world.trace.clear();
    for line in lines.split(';') {
        world.line(line.trim());
    }
    world.check_replay();
    world.trace
}

/// What throws inside of a sub-process whose boundary event catches what the library has.
fn thrown(throw: &str, catch: &str) -> String {
    format!(
        r#"<sequenceFlow id="f" sourceRef="s" targetRef="u"/><subProcess id="u"><startEvent id="us"/>
  <sequenceFlow id="uf" sourceRef="us" targetRef="ue"/><endEvent id="ue">{throw}</endEvent></subProcess>
  <sequenceFlow id="h" sourceRef="u" targetRef="e"/><endEvent id="e"/>
  <boundaryEvent id="b" attachedToRef="u">{catch}</boundaryEvent>
  <sequenceFlow id="g" sourceRef="b" targetRef="caught"/><endEvent id="caught"/>"#
    )
}

#[test]
fn an_imported_error_is_caught_by_its_code_alone() {
    let event = |reference: &str| format!(r#"<errorEventDefinition errorRef="{reference}"/>"#);
    let own = run(&thrown(&event("le"), &event("l:le")), "start p");
    assert!(own.contains("incident") && !own.contains("passed caught"), "{own}");
    let imported = run(&thrown(&event("l:le"), &event("l:le")), "start p");
    assert!(imported.contains("passed caught"), "{imported}");
}

#[test]
fn an_imported_escalation_is_caught_by_its_code_alone() {
    let event = |reference: &str| format!(r#"<escalationEventDefinition escalationRef="{reference}"/>"#);
    let own = run(&thrown(&event("lx"), &event("l:lx")), "start p");
    assert!(!own.contains("passed caught") && own.contains("InstanceCompleted"), "{own}");
    let imported = run(&thrown(&event("l:lx"), &event("l:lx")), "start p");
    assert!(imported.contains("passed caught"), "{imported}");
}

/// An element between the start and the end of a process.
fn between(element: &str) -> String {
    format!(
        r#"<sequenceFlow id="f" sourceRef="s" targetRef="c"/>{element}<sequenceFlow id="g" sourceRef="c" targetRef="e"/>
  <endEvent id="e"/>"#
    )
}

#[test]
fn imported_messages_and_signals_have_their_names() {
    let catch =
        |event: &str| between(&format!(r#"<intermediateCatchEvent id="c">{event}</intermediateCatchEvent>"#));
    let message = run(&catch(r#"<messageEventDefinition messageRef="l:lm"/>"#), "start p; publish Paid");
    assert!(message.contains("  passed e\n  InstanceCompleted\n"), "{message}");
    let received = run(&between(r#"<receiveTask id="c" messageRef="l:lm"/>"#), "start p; publish Paid");
    assert!(received.contains("  passed e\n  InstanceCompleted\n"), "{received}");
    for event in
        [r#"<signalEventDefinition signalRef="l:ls"/>"#, "<eventDefinitionRef>l:shared</eventDefinitionRef>"]
    {
        let signal = run(&catch(event), "start p; signal Alarm");
        assert!(signal.contains("  passed e\n  InstanceCompleted\n"), "{signal}");
    }
}

#[test]
fn imported_global_tasks_data_stores_and_items_are_used() {
    let task = run(&between(r#"<callActivity id="c" calledElement="l:lt"/>"#), "start p; finish {}");
    assert!(task.contains("UserTaskCreated") && task.ends_with("InstanceCompleted\n"), "{task}");
    let stored = format!(
        r#"<dataStoreReference id="r" dataStoreRef="l:ld"/><dataObject id="o" itemSubjectRef="l:li" isCollection="true"/>{}"#,
        between(
            r#"<serviceTask id="c"><ioSpecification><dataOutput id="x" name="x"/><inputSet/><outputSet><dataOutputRefs>x</dataOutputRefs></outputSet></ioSpecification>
  <dataOutputAssociation><sourceRef>x</sourceRef><targetRef>r</targetRef></dataOutputAssociation></serviceTask>"#
        )
    );
    let stored = run(&stored, r#"start p; complete c {"x":5}"#);
    let wrote = stored.contains("variables of p {\"Stock\":5}") && stored.contains("sent WriteDataStore");
    assert!(wrote && stored.contains("InstanceCompleted\n"), "{stored}");
}

#[test]
fn what_a_model_cannot_do_without_is_deployed_with_it() {
    let mut world = World::new(1, true);
    let model = using(&thrown(
        r#"<errorEventDefinition errorRef="le"/>"#,
        r#"<errorEventDefinition errorRef="l:le"/>"#,
    ));
    let refused = deploy(&mut world, &[("a.bpmn", model.clone())]).expect_err("the library is not there");
    expect![[r#"
        Expected to deploy new resources, but encountered the following errors:
        a.bpmn:7:43: error[bpmn.dangling-reference]: `errorRef` of `errorEventDefinition` refers to `l:le`, which does not exist (import the file that has it, and deploy that file together with this one)"#]].assert_eq(&refused.reason);
    let files = [("a.bpmn", model.replace("l:le", "l:gone")), ("library.bpmn", LIBRARY.to_owned())];
    let refused = deploy(&mut world, &files).expect_err("nothing of that id in the library");
    expect![[r#"
        Expected to deploy new resources, but encountered the following errors:
        a.bpmn:7:43: error[bpmn.dangling-reference]: `errorRef` of `errorEventDefinition` refers to `l:gone`, which does not exist (correct the reference, or add the element)"#]].assert_eq(&refused.reason);
    let wrong = [("a.bpmn", model.replace("l:le", "l:ls")), ("library.bpmn", LIBRARY.to_owned())];
    let refused = deploy(&mut world, &wrong).expect_err("a signal is no error");
    expect![[r#"
        Expected to deploy new resources, but encountered the following errors:
        a.bpmn:7:43: error[bpmn.wrong-reference]: `errorRef` of `errorEventDefinition` refers to `l:ls`, which is a `signal` (refer to one of: error)"#]].assert_eq(&refused.reason);
    let alone = deploy(&mut world, &[("library.bpmn", LIBRARY.to_owned())]).expect_err("nobody imports it");
    assert!(alone.reason.contains("bpmn.no-executable-process"), "{}", alone.reason);
}

#[test]
fn a_changed_library_makes_a_new_version_of_what_imports_it() {
    let mut world = World::new(1, true);
    let model = using(&between(r#"<receiveTask id="c" messageRef="l:lm"/>"#));
    let mut version = |library: String| {
        let deployed = deploy(&mut world, &[("a.bpmn", model.clone()), ("library.bpmn", library)]);
        match deployed.expect("in order") {
            Response::Deployed { processes, .. } => processes[0].version,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(version(LIBRARY.to_owned()), 1);
    assert_eq!(version(LIBRARY.to_owned()), 1);
    assert_eq!(version(LIBRARY.replace("Paid", "Settled")), 2);
}
