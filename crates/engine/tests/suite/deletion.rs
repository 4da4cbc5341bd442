//! Deleting what was deployed: what starts and what is found afterwards, and what is refused.

use expect_test::{Expect, expect};
use record::wire::Bytes;
use record::{AggregateId, Command, Resource, Response};
use testkit::{World, file, model, service};

/// Files that are deployed together.
type Files<'f> = &'f [(&'f str, &'f str)];

fn deploy(world: &mut World, files: Files<'_>) -> Response {
    let resources = files
        .iter()
        .map(|(name, text)| Resource { name: (*name).into(), content: Bytes(text.as_bytes().into()) });
    let target = AggregateId::Catalog { tenant: record::DEFAULT_TENANT.into() };
    let command = Command::DeployResources { resources: resources.collect() };
    world.submit(target, command).expect("deployed")
}

/// Runs a script after some deployments, in all four ways; `deploy` in it deploys the files that are left, one by one.
#[track_caller]
fn check(deployments: &[Files<'_>], later: Files<'_>, script: &str, expected: Expect) {
    let mut traces = Vec::new();
    for (partitions, evict) in [(1, false), (3, false), (1, true), (3, true)] {
        let mut world = World::new(partitions, evict);
        for files in deployments {
            deploy(&mut world, files);
        }
        world.trace.clear();
        let mut later = later.iter();
        for line in script.split("; ") {
            match line {
                "deploy" => drop(deploy(&mut world, &[*later.next().expect("another file")])),
                line => world.line(line),
            }
        }
        world.check_replay();
        let catalog = dirigent_engine::Catalog::decode(&world.catalog.encode()).expect("own bytes");
        assert_eq!(catalog.encode(), world.catalog.encode(), "what a checkpoint keeps");
        traces.push(world.trace);
    }
    assert!(traces.windows(2).all(|pair| pair[0] == pair[1]), "the four runs differ: {traces:#?}");
    expected.assert_eq(&traces[0]);
}

/// A process `p` whose start event is `start`, with a job of type `work`.
fn process(start: &str, work: &str) -> String {
    let nodes =
        format!(r#"<startEvent id="s">{start}</startEvent>{}<endEvent id="e"/>"#, service("a", work, ""));
    let model = model(&nodes, "s > a > e");
    let names = r#"<message id="m1" name="go"/><signal id="g1" name="now"/></definitions>"#;
    model.replace("</definitions>", names)
}

const MESSAGE: &str = r#"<messageEventDefinition messageRef="m1"/>"#;
const SIGNAL: &str = r#"<signalEventDefinition signalRef="g1"/>"#;
const CYCLE: &str = "<timerEventDefinition><timeCycle>R/PT10S</timeCycle></timerEventDefinition>";

fn condition(text: &str) -> String {
    format!("<conditionalEventDefinition><condition>=x {text}</condition></conditionalEventDefinition>")
}

#[test]
fn the_version_below_starts_again_when_its_message_comes() {
    let (one, two) = (process(MESSAGE, "old"), process(MESSAGE, "new"));
    check(
        &[&[("p.bpmn", &one)], &[("p.bpmn", &two)]],
        &[],
        "delete process p 2; publish go k; complete old; delete process p 1; publish go k",
        expect![[r#"
            > delete process p 2
              DefinitionDeleted
            > publish go k
              MessagePublished
              InstanceStarted
              sent CreateProcessInstance
              MessageExpired
              created p v1
              passed s
              flow s_a
              activated a
              job old retries 3
            > complete old
              JobActivated old
              JobCompleted old
              completed a
              flow a_e
              passed e
              sent ReleaseStart
              InstanceCompleted
              StartReleased
            > delete process p 1
              DefinitionDeleted
            > publish go k
              MessagePublished
              MessageExpired
        "#]],
    );
}

#[test]
fn the_version_below_starts_again_when_its_signal_comes() {
    let (one, two) = (process(SIGNAL, "old"), process("", "new"));
    check(
        &[&[("p.bpmn", &one)], &[("p.bpmn", &two)]],
        &[],
        "signal now; delete process p 2; signal now",
        expect![[r#"
            > signal now
              SignalBroadcast
            > delete process p 2
              DefinitionDeleted
            > signal now
              SignalBroadcast
              sent CreateProcessInstance
              created p v1
              passed s
              flow s_a
              activated a
              job old retries 3
        "#]],
    );
}

#[test]
fn the_version_below_starts_again_when_its_condition_is_true() {
    let (one, two) = (process(&condition("&gt; 1"), "old"), process(&condition("&gt; 5"), "new"));
    check(
        &[&[("p.bpmn", &one)], &[("p.bpmn", &two)]],
        &[],
        r#"conditions {"x":3}; delete process p 2; conditions {"x":3}"#,
        expect![[r#"
            > conditions {"x":3}
            > delete process p 2
              DefinitionDeleted
            > conditions {"x":3}
              sent CreateProcessInstance
              created p v1
              passed s
              flow s_a
              activated a
              job old retries 3
        "#]],
    );
}

#[test]
fn the_timers_of_the_version_below_run_again_from_now_on() {
    let two = process("<timerEventDefinition><timeCycle>R/PT7S</timeCycle></timerEventDefinition>", "new");
    check(
        &[&[("p.bpmn", &process(CYCLE, "old"))], &[("p.bpmn", &two)]],
        &[],
        "time 5000; delete process p 2; time 9999; time 1",
        expect![[r#"
            > time 5000
            > delete process p 2
              DefinitionDeleted
              StartTimerCanceled
              StartTimerScheduled
            > time 9999
            > time 1
              StartTimerTriggered
              StartTimerScheduled
              sent CreateProcessInstance
              created p v1
              passed s
              flow s_a
              activated a
              job old retries 3
        "#]],
    );
}

#[test]
fn deleting_an_earlier_version_leaves_the_newest_alone() {
    check(
        &[&[("p.bpmn", &process(CYCLE, "old"))], &[("p.bpmn", &process(CYCLE, "new"))]],
        &[],
        "time 5000; delete process p 1; time 5000",
        expect![[r#"
            > time 5000
            > delete process p 1
              DefinitionDeleted
            > time 5000
              StartTimerTriggered
              StartTimerScheduled
              sent CreateProcessInstance
              created p v2
              passed s
              flow s_a
              activated a
              job new retries 3
        "#]],
    );
}

#[test]
fn a_definition_by_which_instances_run_stays() {
    check(
        &[&[("p.bpmn", &process("", "old"))], &[("p.bpmn", &process("", "new"))]],
        &[],
        "start p; delete process p 2; complete new; delete process p 2; start p; delete process p 1; cancel; delete process p 1; start p",
        expect![[r#"
            > start p
              created p v2
              passed s
              flow s_a
              activated a
              job new retries 3
            > delete process p 2
            rejected INVALID_STATE: Expected to delete resource with key `#` but there are still running instances (#); let them end, cancel them or migrate them to another version first
            > complete new
              JobActivated new
              JobCompleted new
              completed a
              flow a_e
              passed e
              InstanceCompleted
            > delete process p 2
              DefinitionDeleted
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              job old retries 3
            > delete process p 1
            rejected INVALID_STATE: Expected to delete resource with key `#` but there are still running instances (#); let them end, cancel them or migrate them to another version first
            > cancel
              JobCanceled old
              terminated a
              InstanceTerminated
            > delete process p 1
              DefinitionDeleted
            > start p
            rejected NOT_FOUND: Expected to find process definition with process ID 'p', but none found
        "#]],
    );
}

#[test]
fn a_version_number_is_not_given_out_twice() {
    let (one, two) = (process("", "old"), process("", "new"));
    check(
        &[&[("p.bpmn", &one)], &[("p.bpmn", &two)]],
        &[("p.bpmn", &two), ("p.bpmn", &one)],
        "delete process p 2; deploy; start p; complete new; delete process p 1; delete process p 3; deploy; start p",
        expect![[r#"
            > delete process p 2
              DefinitionDeleted
            > start p
              created p v3
              passed s
              flow s_a
              activated a
              job new retries 3
            > complete new
              JobActivated new
              JobCompleted new
              completed a
              flow a_e
              passed e
              InstanceCompleted
            > delete process p 1
              DefinitionDeleted
            > delete process p 3
              DefinitionDeleted
            > start p
              created p v4
              passed s
              flow s_a
              activated a
              job old retries 3
        "#]],
    );
}

#[test]
fn a_call_activity_that_finds_no_process_has_an_incident() {
    let caller = file(
        r#"<process id="q" isExecutable="true"><startEvent id="i"/><sequenceFlow id="f" sourceRef="i" targetRef="c"/><callActivity id="c"><extensionElements><zeebe:calledElement processId="p"/></extensionElements></callActivity></process>"#,
    );
    let called = process("", "work");
    check(
        &[&[("q.bpmn", &caller), ("p.bpmn", &called)]],
        &[("p.bpmn", &called)],
        "start q; delete process p 1; complete work; delete process p 1; start q; deploy; resolve",
        expect![[r#"
            > start q
              created q v1
              passed i
              flow f
              activated c
              c calls
              sent CreateProcessInstance
              created p v1
              passed s
              flow s_a
              activated a
              job work retries 3
            > delete process p 1
            rejected INVALID_STATE: Expected to delete resource with key `#` but there are still running instances (#); let them end, cancel them or migrate them to another version first
            > complete work
              JobActivated work
              JobCompleted work
              completed a
              flow a_e
              passed e
              sent CompleteCalled
              InstanceCompleted
              c calls nothing any more
              completed c
              InstanceCompleted
            > delete process p 1
              DefinitionDeleted
            > start q
              created q v1
              passed i
              flow f
              activating c
              incident CALLED_ELEMENT_ERROR at c: Expected process with BPMN process id 'p' to be deployed, but not found.
            > resolve
              IncidentResolved at c
              activated c
              c calls
              sent CreateProcessInstance
              created p v2
              passed s
              flow s_a
              activated a
              job work retries 3
        "#]],
    );
}

const RATE: &str = r##"<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="rates" name="Rates" namespace="http://example.org/rates"><decision id="rate" name="Rate"><variable name="Rate"/><literalExpression id="l"><text>VALUE</text></literalExpression></decision></definitions>"##;

#[test]
fn decisions_go_with_their_requirements() {
    let task = r#"<businessRuleTask id="b"><extensionElements><zeebe:calledDecision decisionId="rate" resultVariable="r"/></extensionElements></businessRuleTask>"#;
    let process = model(&format!(r#"<startEvent id="s"/>{task}<endEvent id="e"/>"#), "s > b > e");
    let (one, two) = (RATE.replace("VALUE", "1"), RATE.replace("VALUE", "2"));
    check(
        &[&[("r.dmn", &one), ("p.bpmn", &process)], &[("r.dmn", &two)]],
        &[("r.dmn", &two)],
        "start p; delete requirements rates 2; start p; delete requirements rates 1; start p; deploy; resolve; delete requirements rates 3; start p",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_b
              DecisionEvaluated
              activated b
              variables of p {"r":2}
              completed b
              flow b_e
              passed e
              InstanceCompleted
            > delete requirements rates 2
              RequirementsDeleted
            > start p
              created p v1
              passed s
              flow s_b
              DecisionEvaluated
              activated b
              variables of p {"r":1}
              completed b
              flow b_e
              passed e
              InstanceCompleted
            > delete requirements rates 1
              RequirementsDeleted
            > start p
              created p v1
              passed s
              flow s_b
              activating b
              incident CALLED_DECISION_ERROR at b: Expected to evaluate decision 'rate', but no decision found for id 'rate'
              RequirementsDeployed
              DecisionDeployed
            > resolve
              IncidentResolved at b
              DecisionEvaluated
              activated b
              variables of p {"r":2}
              completed b
              flow b_e
              passed e
              InstanceCompleted
            > delete requirements rates 3
              RequirementsDeleted
            > start p
              created p v1
              passed s
              flow s_b
              activating b
              incident CALLED_DECISION_ERROR at b: Expected to evaluate decision 'rate', but no decision found for id 'rate'
        "#]],
    );
}

#[test]
fn requirements_that_others_import_stay() {
    let importing = r##"<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="sums" name="Sums" namespace="http://example.org/sums"><import name="r" namespace="http://example.org/rates" importType="https://www.omg.org/spec/DMN/20191111/MODEL/"/><decision id="sum" name="Sum"><variable name="Sum"/><informationRequirement id="i"><requiredDecision href="http://example.org/rates#rate"/></informationRequirement><literalExpression id="m"><text>r.Rate + 1</text></literalExpression></decision></definitions>"##;
    let rates = RATE.replace("VALUE", "1");
    check(
        &[&[("r.dmn", &rates), ("s.dmn", importing)]],
        &[],
        "delete requirements rates 1; delete requirements sums 1; delete requirements rates 1",
        expect![[r#"
            > delete requirements rates 1
            rejected INVALID_STATE: Expected to delete resource with key `#` but the decision requirements 'sums' with key `#` import it; delete those first
            > delete requirements sums 1
              RequirementsDeleted
            > delete requirements rates 1
              RequirementsDeleted
        "#]],
    );
}

#[test]
fn a_form_that_is_not_there_is_an_incident() {
    let form = |text: &str| format!(r#"{{"id":"ask","versionTag":"{text}","components":[]}}"#);
    let task = r#"<userTask id="a"><extensionElements><zeebe:userTask/><zeebe:formDefinition formId="ask"/></extensionElements></userTask>"#;
    let process = model(&format!(r#"<startEvent id="s"/>{task}<endEvent id="e"/>"#), "s > a > e");
    check(
        &[&[("ask.form", &form("a")), ("p.bpmn", &process)], &[("ask.form", &form("b"))]],
        &[("ask.form", &form("b"))],
        "delete form ask 2; start p; delete form ask 1; finish; start p; deploy; resolve",
        expect![[r#"
            > delete form ask 2
              FileDeleted
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              UserTaskCreating priority 50, form ask v1
              UserTaskCreated
            > delete form ask 1
              FileDeleted
            > finish
              task COMPLETING complete
              UserTaskCompleted
              completed a
              flow a_e
              passed e
              InstanceCompleted
            > start p
              created p v1
              passed s
              flow s_a
              activating a
              incident FORM_NOT_FOUND at a: Expected to find a form with id 'ask', but no form with this id is found, at least a form with this id should be available. To resolve the Incident please deploy a form with the same id
              FileDeployed
            > resolve
              IncidentResolved at a
              activated a
              UserTaskCreating priority 50, form ask v3
              UserTaskCreated
        "#]],
    );
}

#[test]
fn another_file_is_not_found_by_its_tag_either() {
    let task = r#"<serviceTask id="a"><extensionElements><zeebe:taskDefinition type="rpa"/><zeebe:linkedResources><zeebe:linkedResource resourceId="robot" resourceType="RPA" linkName="main" bindingType="versionTag" versionTag="x"/></zeebe:linkedResources></extensionElements></serviceTask>"#;
    let process = model(&format!(r#"<startEvent id="s"/>{task}<endEvent id="e"/>"#), "s > a > e");
    let robot = |text: &str| format!(r#"{{"id":"robot","versionTag":"x","script":"{text}"}}"#);
    check(
        &[&[("robot.rpa", &robot("one")), ("p.bpmn", &process)], &[("robot.rpa", &robot("two"))]],
        &[],
        "delete resource robot 2; start p; activate rpa; delete resource robot 1; start p; delete resource robot 1",
        expect![[r#"
            > delete resource robot 2
              FileDeleted
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              job rpa retries 3
            > activate rpa
              JobActivated rpa
              job has {}
              linked "main" "RPA": robot v1
            > delete resource robot 1
              FileDeleted
            > start p
              created p v1
              passed s
              flow s_a
              activating a
              incident RESOURCE_NOT_FOUND at a: Expected to link resource 'robot' with the version tag 'x', but no such resource is deployed
            > delete resource robot 1
            rejected NOT_FOUND: Expected to delete resource but no resource found with key `#`
        "#]],
    );
}

#[test]
fn history_can_be_deleted_with_it_or_after_it_once() {
    check(
        &[&[("p.bpmn", &process("", "work"))], &[("r.dmn", &RATE.replace("VALUE", "1"))]],
        &[],
        "delete process p 1; delete process p 1; delete process p 1 history; delete process p 1 history; delete requirements rates 1 history; delete requirements rates 1 history",
        expect![[r#"
            > delete process p 1
              DefinitionDeleted
            > delete process p 1
            rejected NOT_FOUND: Expected to delete resource but no resource found with key `#`
            > delete process p 1 history
              DefinitionDeleted with history
            > delete process p 1 history
            rejected NOT_FOUND: Expected to delete resource but no resource found with key `#`
            > delete requirements rates 1 history
              RequirementsDeleted with history
            > delete requirements rates 1 history
            rejected NOT_FOUND: Expected to delete resource but no resource found with key `#`
        "#]],
    );
}

#[test]
fn what_is_not_there_cannot_be_deleted() {
    check(
        &[&[("r.dmn", &RATE.replace("VALUE", "1"))]],
        &[],
        "delete key 123; delete key 0; delete decision rate 1",
        expect![[r#"
            > delete key 123
            rejected NOT_FOUND: Expected to delete resource but no resource found with key `#`
            > delete key 0
            rejected NOT_FOUND: Expected to delete resource but no resource found with key `#`
            > delete decision rate 1
            rejected NOT_FOUND: Expected to delete resource but no resource found with key `#`; it is a decision, which goes with its decision requirements: their key is `#`
        "#]],
    );
}
