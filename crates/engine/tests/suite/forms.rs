//! Deployed forms: which version a user task shows, and what deploying one says.

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

fn process(form: &str) -> String {
    let task = format!(
        r#"<userTask id="a"><extensionElements><zeebe:userTask/><zeebe:formDefinition {form}/></extensionElements></userTask>"#
    );
    model(&format!(r#"<startEvent id="s"/>{task}<endEvent id="e"/>"#), "s > a > e")
}

fn form(tag: &str, text: &str) -> String {
    format!(r#"{{"id":"ask","versionTag":"{tag}","components":[{{"text":"{text}"}}]}}"#)
}

/// Deploys the process with the first form, then the second one alone.
fn check(attributes: &str, script: &str, expected: Expect) {
    let mut world = World::new(1, true);
    deploy(&mut world, &[("p.bpmn", &process(attributes)), ("ask.form", &form("a", "one"))])
        .expect("in order");
    deploy(&mut world, &[("ask.form", &form("b", "two"))]).expect("in order");
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
fn the_newest_form_is_shown() {
    check(
        r#"formId="ask""#,
        "start p",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_a
          activated a
          UserTaskCreating priority 50, form ask v2
          UserTaskCreated
    "#]],
    );
}

#[test]
fn the_form_of_the_deployment_is_shown() {
    check(
        r#"formId="ask" bindingType="deployment""#,
        "start p",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_a
          activated a
          UserTaskCreating priority 50, form ask v1
          UserTaskCreated
    "#]],
    );
}

#[test]
fn the_form_with_the_tag_is_shown() {
    check(
        r#"formId="ask" bindingType="versionTag" versionTag="a""#,
        "start p",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_a
          activated a
          UserTaskCreating priority 50, form ask v1
          UserTaskCreated
    "#]],
    );
}

#[test]
fn the_forms_id_is_evaluated() {
    check(
        r#"formId="=which" bindingType="deployment""#,
        r#"start p {"which":"ask"}; start p {"which":"none"}; start p {"which":1}"#,
        expect![[r#"
            > start p {"which":"ask"}
              created p v1
              passed s
              flow s_a
              activated a
              UserTaskCreating priority 50, form ask v1
              UserTaskCreated
            > start p {"which":"none"}
              created p v1
              passed s
              flow s_a
              activating a
              incident FORM_NOT_FOUND at a: Expected to use a form with id 'none' with binding type 'deployment', but no such form found in the deployment with key 2251799813685312 which contained the current process. To resolve this incident, migrate the process instance to a process definition that is deployed together with the intended form to use.
            > start p {"which":1}
              created p v1
              passed s
              flow s_a
              activating a
              incident EXTRACT_VALUE_ERROR at a: Expected result of the expression 'which' to be 'STRING', but was 'NUMBER'.
        "#]],
    );
}

#[test]
fn names_of_forms_outside_and_in_the_model_stay_as_they_are() {
    check(
        r#"externalReference="=&quot;mask-&quot; + string(n)""#,
        r#"start p {"n":7}"#,
        expect![[r#"
        > start p {"n":7}
          created p v1
          passed s
          flow s_a
          activated a
          UserTaskCreating priority 50, form mask-7
          UserTaskCreated
    "#]],
    );
    check(
        r#"formKey="camunda-forms:bpmn:f1""#,
        "start p",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_a
          activated a
          UserTaskCreating priority 50, form camunda-forms:bpmn:f1
          UserTaskCreated
    "#]],
    );
    check(
        r#"externalReference="=missing""#,
        "start p",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_a
          activated a
          UserTaskCreating priority 50
          UserTaskCreated
    "#]],
    );
}

#[test]
fn a_form_that_is_not_deployed_is_an_incident_until_it_is() {
    let mut world = World::new(1, true);
    deploy(&mut world, &[("p.bpmn", &process(r#"formId="ask""#))]).expect("in order");
    world.line("start p");
    // A file of another kind has the id too.
    deploy(&mut world, &[("ask.json", &form("a", "other"))]).expect("in order");
    world.line("resolve");
    deploy(&mut world, &[("ask.form", &form("a", "one"))]).expect("in order");
    world.line("resolve");
    world.line("finish");
    expect![[r#"
        > start p
          created p v1
          passed s
          flow s_a
          activating a
          incident FORM_NOT_FOUND at a: Expected to find a form with id 'ask', but no form with this id is found, at least a form with this id should be available. To resolve the Incident please deploy a form with the same id
          FileDeployed
        > resolve
          IncidentResolved at a
          incident FORM_NOT_FOUND at a: Expected to find a form with id 'ask', but no form with this id is found, at least a form with this id should be available. To resolve the Incident please deploy a form with the same id
          FileDeployed
        > resolve
          IncidentResolved at a
          activated a
          UserTaskCreating priority 50, form ask v1
          UserTaskCreated
        > finish
          task COMPLETING complete
          UserTaskCompleted
          completed a
          flow a_e
          passed e
          InstanceCompleted
    "#]].assert_eq(&world.trace);
}

#[test]
fn a_tag_that_no_form_has_is_an_incident() {
    check(
        r#"formId="ask" bindingType="versionTag" versionTag="z""#,
        "start p",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_a
          activating a
          incident FORM_NOT_FOUND at a: Expected to use a form with id 'ask' and version tag 'z', but no such form found. To resolve the incident, deploy a form with the given id and version tag.
    "#]],
    );
}

#[test]
fn a_form_that_is_bound_to_the_deployment_is_in_it() {
    let mut world = World::new(1, true);
    let bound = process(r#"formId="ask" bindingType="deployment""#);
    let refused = deploy(&mut world, &[("p.bpmn", &bound), ("ask.json", &form("a", "no form"))]);
    expect![[r#"
        Expected to deploy new resources, but encountered the following errors:
        p.bpmn:3:163: a: Expected to find form with id 'ask' in current deployment, but not found."#]]
    .assert_eq(&refused.expect_err("no form").reason);
}

fn versions(response: Result<Response, Rejection>) -> Vec<(String, u32, bool)> {
    match response {
        Ok(Response::Deployed { processes, requirements, files, .. }) => {
            let processes = processes.iter().map(|it| (it.id.to_string(), it.version, it.duplicate));
            let graphs = requirements.iter().map(|it| (it.id.to_string(), it.version, it.duplicate));
            let files = files.iter().map(|it| (it.id.to_string(), it.version, it.duplicate));
            processes.chain(graphs).chain(files).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_deployed_together_is_versioned_together() {
    let graph = r#"<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="g" name="g" namespace="urn:g">
        <decision id="d" name="d"><literalExpression><text>1</text></literalExpression></decision></definitions>"#;
    let bound = process(r#"formId="ask" bindingType="deployment""#);
    let (one, two) = (form("a", "one"), form("b", "two"));
    let mut world = World::new(1, true);
    let all = |version, duplicate| {
        let named = |id: &str| (id.to_owned(), version, duplicate);
        vec![named("p"), named("g"), named("ask")]
    };
    let mut deploy = |text: &str| {
        let files = [("p.bpmn", bound.as_str()), ("g.dmn", graph), ("ask.form", text)];
        versions(deploy(&mut world, &files))
    };
    assert_eq!(deploy(&one), all(1, false));
    assert_eq!(deploy(&one), all(1, true));
    assert_eq!(deploy(&two), all(2, false), "one file changed");
    assert_eq!(deploy(&two), all(2, true));
    world.trace.clear();
    world.line("start p");
    world.check_replay();
    expect![[r#"
        > start p
          created p v2
          passed s
          flow s_a
          activated a
          UserTaskCreating priority 50, form ask v2
          UserTaskCreated
    "#]]
    .assert_eq(&world.trace);
}

#[test]
fn a_form_that_cannot_be_deployed_says_why() {
    let mut world = World::new(1, true);
    for (text, why) in [
        ("{}", "a.form: Expected the form id to be present, but none given"),
        (r#"{"id":" "}"#, "a.form: Expected the form id to be filled, but it is blank"),
        (r#"{"id":7}"#, "a.form: Expected the form id to be present, but none given"),
        ("<form/>", "a.form: a form is a JSON object: "),
        ("[1]", "a.form: a form is a JSON object: "),
    ] {
        let refused = deploy(&mut world, &[("a.form", text)]).expect_err(text);
        assert!(refused.reason.contains(why), "{}", refused.reason);
    }
    let (one, two) = (form("a", "one"), form("b", "two"));
    let refused = deploy(&mut world, &[("a.form", &one), ("b.form", &two)]).expect_err("one id");
    assert!(refused.reason.contains("b.form: another file of this deployment has the id 'ask'"));
    let both = versions(deploy(&mut world, &[("a.form", &one), ("a.json", &two)]));
    assert_eq!(
        both,
        [("ask".to_owned(), 1, false), ("ask".to_owned(), 1, false)],
        "forms have ids of their own"
    );
}
