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
