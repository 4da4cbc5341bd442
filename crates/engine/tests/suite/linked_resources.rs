//! Deployed files that a task links: their versions, and what its worker gets.

use expect_test::{Expect, expect};
use record::wire::Bytes;
use record::{AggregateId, Command, Rejection, Resource, Response};
use testkit::{World, model};

fn deploy(world: &mut World, files: &[(&str, &str)]) -> Result<Response, Rejection> {
    let resources = files
        .iter()
        .map(|(name, text)| Resource { name: (*name).into(), content: Bytes(text.as_bytes().into()) });
    let target = AggregateId::Catalog { tenant: record::DEFAULT_TENANT.into() };
    world.submit(target, Command::DeployResources { resources: resources.collect() })
}

fn process(binding: &str) -> String {
    let task = format!(
        r#"<serviceTask id="a"><extensionElements><zeebe:taskDefinition type="rpa"/><zeebe:linkedResources><zeebe:linkedResource resourceId="invoice" resourceType="RPA" linkName="main" {binding}/></zeebe:linkedResources></extensionElements></serviceTask>"#
    );
    model(&format!(r#"<startEvent id="s"/>{task}<endEvent id="e"/>"#), "s > a > e")
}

fn robot(tag: &str, text: &str) -> String {
    format!(r#"{{"id":"invoice","versionTag":"{tag}","script":"{text}"}}"#)
}

fn check(deployments: &[&[(&str, &str)]], script: &str, expected: Expect) {
    let mut world = World::new(1, true);
    for files in deployments {
        deploy(&mut world, files).expect("deployed");
    }
    world.trace.clear();
    for line in script.split("; ") {
        world.line(line);
    }
    world.check_replay();
    let catalog = dirigent_engine::Catalog::decode(&world.catalog.encode()).expect("own bytes");
    assert_eq!(catalog.encode(), world.catalog.encode());
    expected.assert_eq(&world.trace);
}

#[test]
fn the_newest_version_is_linked() {
    let (one, two) = (robot("a", "one"), robot("b", "two"));
    let process = process("");
    check(
        &[&[("p.bpmn", &process)], &[("invoice.rpa", &one)], &[("invoice.rpa", &two)]],
        "start p; activate rpa",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              job rpa retries 3
            > activate rpa
              JobActivated rpa
              job has {}
              linked "main" "RPA": invoice v2
        "#]],
    );
}

#[test]
fn the_version_of_the_deployment_is_linked() {
    let (one, two) = (robot("a", "one"), robot("b", "two"));
    let process = process(r#"bindingType="deployment""#);
    check(
        &[&[("p.bpmn", &process), ("invoice.rpa", &one)], &[("invoice.rpa", &two)]],
        "start p; activate rpa",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              job rpa retries 3
            > activate rpa
              JobActivated rpa
              job has {}
              linked "main" "RPA": invoice v1
        "#]],
    );
}

#[test]
fn the_version_of_a_tag_is_linked() {
    let (one, two) = (robot("a", "one"), robot("b", "two"));
    let process = process(r#"bindingType="versionTag" versionTag="a""#);
    check(
        &[&[("p.bpmn", &process)], &[("invoice.rpa", &one)], &[("invoice.rpa", &two)]],
        "start p; activate rpa",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              job rpa retries 3
            > activate rpa
              JobActivated rpa
              job has {}
              linked "main" "RPA": invoice v1
        "#]],
    );
}

#[test]
fn a_resource_that_is_not_deployed_is_an_incident_until_it_is() {
    let process = process("");
    let mut world = World::new(1, true);
    deploy(&mut world, &[("p.bpmn", &process)]).expect("deployed");
    world.line("start p");
    deploy(&mut world, &[("invoice.rpa", &robot("a", "one"))]).expect("deployed");
    world.line("resolve");
    world.line("activate rpa");
    expect![[r#"
        > start p
          created p v1
          passed s
          flow s_a
          activating a
          incident RESOURCE_NOT_FOUND at a: Expected to link resource 'invoice', but no such resource is deployed
          FileDeployed
        > resolve
          IncidentResolved at a
          activated a
          job rpa retries 3
        > activate rpa
          JobActivated rpa
          job has {}
          linked "main" "RPA": invoice v1
    "#]].assert_eq(&world.trace);
}

#[test]
fn the_same_file_is_no_new_version_and_one_id_comes_once() {
    let (one, two) = (robot("a", "one"), robot("b", "two"));
    let mut world = World::new(1, true);
    let versions = |response: Result<Response, Rejection>| match response {
        Ok(Response::Deployed { files, .. }) => {
            files.iter().map(|file| (file.id.to_string(), file.version, file.duplicate)).collect::<Vec<_>>()
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(versions(deploy(&mut world, &[("i.rpa", &one)])), [("invoice".to_owned(), 1, false)]);
    assert_eq!(versions(deploy(&mut world, &[("i.rpa", &one)])), [("invoice".to_owned(), 1, true)]);
    assert_eq!(versions(deploy(&mut world, &[("i.rpa", &two)])), [("invoice".to_owned(), 2, false)]);
    assert_eq!(
        versions(deploy(&mut world, &[("notes.txt", "free text")])),
        [("notes.txt".to_owned(), 1, false)]
    );
    let twice = deploy(&mut world, &[("i.rpa", &one), ("j.rpa", &two)]).expect_err("one id");
    assert!(
        twice.reason.contains("j.rpa: another file of this deployment has the id 'invoice'"),
        "{}",
        twice.reason
    );
}
