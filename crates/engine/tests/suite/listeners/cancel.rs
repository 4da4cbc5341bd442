//! Listeners that hear of the end of an element: `cancel` execution listeners and `canceling` task listeners.

use expect_test::{Expect, expect};
use testkit::{model, trace};

const LISTENS: &str = r#"<zeebe:executionListeners><zeebe:executionListener eventType="cancel" type="one"/><zeebe:executionListener eventType="cancel" type="two" retries="1"/></zeebe:executionListeners>"#;

fn check(nodes: &str, flows: &str, script: &str, expected: Expect) {
    expected.assert_eq(&trace(&model(nodes, flows), &script.replace("; ", "\n")));
}

fn job(id: &str, extensions: &str) -> String {
    format!(
        r#"<serviceTask id="{id}"><extensionElements><zeebe:taskDefinition type="{id}"/>{extensions}</extensionElements></serviceTask>"#
    )
}

const ENDS: &str = r#"<startEvent id="s"/><endEvent id="e"/><endEvent id="x"/>"#;
const TIMER: &str = r#"<boundaryEvent id="b" attachedToRef="a"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>"#;

#[test]
fn an_interrupted_task_stays_until_its_listeners_are_done() {
    let nodes = format!("{ENDS}{}{TIMER}", job("a", LISTENS));
    check(
        &nodes,
        "s > a > e; b > x",
        "start p; time 3600000; complete one; complete two",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_a
          activated a
          timer b at 3600000, 0 more
          job a retries 3
        > time 3600000
          TimerTriggered b
          JobCanceled a
          terminating a
          EXECUTION_LISTENER job one retries 3 CANCEL
          passed b
          flow b_x
          passed x
        > complete one
          JobActivated one
          JobCompleted one
          EXECUTION_LISTENER job two retries 1 CANCEL
        > complete two
          JobActivated two
          JobCompleted two
          terminated a
          InstanceCompleted
    "#]],
    );
}

#[test]
fn a_completed_task_tells_nobody() {
    let nodes = format!("{ENDS}{}", job("a", LISTENS));
    check(
        &nodes,
        "s > a > e",
        "start p; complete a",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_a
          activated a
          job a retries 3
        > complete a
          JobActivated a
          JobCompleted a
          completed a
          flow a_e
          passed e
          InstanceCompleted
    "#]],
    );
}

#[test]
fn a_cancelled_instance_ends_after_the_listeners_inside_and_then_its_own() {
    let own = r#"<extensionElements><zeebe:executionListeners><zeebe:executionListener eventType="cancel" type="bye"/></zeebe:executionListeners></extensionElements>"#;
    let inner = format!(
        r#"<subProcess id="sub"><extensionElements>{LISTENS}</extensionElements><startEvent id="i"/>{}<sequenceFlow id="i_a" sourceRef="i" targetRef="a"/></subProcess>"#,
        job("a", LISTENS)
    );
    let nodes = format!(r#"{own}<startEvent id="s"/><endEvent id="e"/>{inner}"#);
    check(
        &nodes,
        "s > sub > e",
        "start p; cancel; cancel; complete one; complete two; complete one; complete two; complete bye",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_sub
              activated sub
              passed i
              flow i_a
              activated a
              job a retries 3
            > cancel
              JobCanceled a
              terminating a
              EXECUTION_LISTENER job one retries 3 CANCEL
              terminating sub
              terminating p
            > cancel
            rejected NOT_FOUND: Expected to cancel a process instance with key '#', but no such process was found
            > complete one
              JobActivated one
              JobCompleted one
              EXECUTION_LISTENER job two retries 1 CANCEL
            > complete two
              JobActivated two
              JobCompleted two
              terminated a
              EXECUTION_LISTENER job one retries 3 CANCEL
            > complete one
              JobActivated one
              JobCompleted one
              EXECUTION_LISTENER job two retries 1 CANCEL
            > complete two
              JobActivated two
              JobCompleted two
              terminated sub
              EXECUTION_LISTENER job bye retries 3 CANCEL
            > complete bye
              JobActivated bye
              JobCompleted bye
              InstanceTerminated
        "#]],
    );
}

#[test]
fn a_listener_without_retries_is_an_incident_that_can_be_resolved() {
    let nodes = format!("{ENDS}{}{TIMER}", job("a", LISTENS));
    check(
        &nodes,
        "s > a > e; b > x",
        "start p; time 3600000; complete one; fail two 0; resolve; complete two",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              timer b at 3600000, 0 more
              job a retries 3
            > time 3600000
              TimerTriggered b
              JobCanceled a
              terminating a
              EXECUTION_LISTENER job one retries 3 CANCEL
              passed b
              flow b_x
              passed x
            > complete one
              JobActivated one
              JobCompleted one
              EXECUTION_LISTENER job two retries 1 CANCEL
            > fail two 0
              JobActivated two
              job failed, 0 retries left
              incident EXECUTION_LISTENER_NO_RETRIES at a: it broke
            > resolve
              IncidentResolved at a
              JobUpdated two
              JobRetried two
            > complete two
              JobActivated two
              JobCompleted two
              terminated a
              InstanceCompleted
        "#]],
    );
}

#[test]
fn a_listener_cannot_throw_an_error() {
    let nodes = format!("{ENDS}{}{TIMER}", job("a", LISTENS));
    check(
        &nodes,
        "s > a > e; b > x",
        "start p; time 3600000; error one boom",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_a
          activated a
          timer b at 3600000, 0 more
          job a retries 3
        > time 3600000
          TimerTriggered b
          JobCanceled a
          terminating a
          EXECUTION_LISTENER job one retries 3 CANCEL
          passed b
          flow b_x
          passed x
        > error one boom
          JobActivated one
        rejected INVALID_STATE: Cannot throw BPMN error from EXECUTION_LISTENER job with key '#', type 'one' and processInstanceKey '#'
    "#]],
    );
}

#[test]
fn a_sub_process_that_is_terminated_from_inside_completes_after_the_listeners() {
    let inner = format!(
        r#"<subProcess id="sub"><startEvent id="i"/><parallelGateway id="f"/>{}{}<endEvent id="t"><terminateEventDefinition/></endEvent>
        <sequenceFlow id="i_f" sourceRef="i" targetRef="f"/><sequenceFlow id="f_a" sourceRef="f" targetRef="a"/>
        <sequenceFlow id="f_c" sourceRef="f" targetRef="c"/><sequenceFlow id="c_t" sourceRef="c" targetRef="t"/></subProcess>"#,
        job("a", LISTENS),
        job("c", "")
    );
    let nodes = format!(r#"<startEvent id="s"/><endEvent id="e"/>{inner}"#);
    check(
        &nodes,
        "s > sub > e",
        "start p; complete c; complete one; complete two",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_sub
          activated sub
          passed i
          flow i_f
          passed f
          flow f_a
          flow f_c
          activated a
          job a retries 3
          activated c
          job c retries 3
        > complete c
          JobActivated c
          JobCompleted c
          completed c
          flow c_t
          passed t
          JobCanceled a
          terminating a
          EXECUTION_LISTENER job one retries 3 CANCEL
        > complete one
          JobActivated one
          JobCompleted one
          EXECUTION_LISTENER job two retries 1 CANCEL
        > complete two
          JobActivated two
          JobCompleted two
          terminated a
          completed sub
          flow sub_e
          passed e
          InstanceCompleted
    "#]],
    );
}

#[test]
fn a_multi_instance_activity_completes_after_the_listeners_of_what_it_ends() {
    let task = r#"<serviceTask id="a"><extensionElements><zeebe:taskDefinition type="a"/><zeebe:executionListeners><zeebe:executionListener eventType="cancel" type="one"/></zeebe:executionListeners></extensionElements>
        <multiInstanceLoopCharacteristics><extensionElements><zeebe:loopCharacteristics inputCollection="=[1,2,3]"/></extensionElements><completionCondition>=numberOfCompletedInstances = 1</completionCondition></multiInstanceLoopCharacteristics></serviceTask>"#;
    let nodes = format!(r#"<startEvent id="s"/><endEvent id="e"/>{task}"#);
    check(
        &nodes,
        "s > a > e",
        "start p; complete a; complete one; complete one",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_a
          activated a
          loop of 3
          iteration 1 of a
          variables of a 1 {"loopCounter":1}
          iteration 2 of a
          variables of a 2 {"loopCounter":2}
          iteration 3 of a
          variables of a 3 {"loopCounter":3}
          activated a 1
          job a retries 3
          activated a 2
          job a retries 3
          activated a 3
          job a retries 3
        > complete a
          JobActivated a
          JobCompleted a
          completed a 1
          iteration 1 completed
          JobCanceled a
          terminating a 3
          EXECUTION_LISTENER job one retries 3 CANCEL
          JobCanceled a
          terminating a 2
          EXECUTION_LISTENER job one retries 3 CANCEL
          completing a
        > complete one
          JobActivated one
          JobCompleted one
          terminated a 3
        > complete one
          JobActivated one
          JobCompleted one
          terminated a 2
          completed a
          flow a_e
          passed e
          InstanceCompleted
    "#]],
    );
}

const CANCELING: &str = r#"<userTask id="u"><extensionElements><zeebe:userTask/><zeebe:taskListeners><zeebe:taskListener eventType="canceling" type="tell"/></zeebe:taskListeners>
    <zeebe:executionListeners><zeebe:executionListener eventType="cancel" type="one"/></zeebe:executionListeners></extensionElements></userTask>"#;

#[test]
fn a_user_task_is_canceled_after_its_listeners_and_before_those_of_its_element() {
    let nodes = format!("{ENDS}{CANCELING}{}", TIMER.replace("\"a\"", "\"u\""));
    check(
        &nodes,
        "s > u > e; b > x",
        "start p; time 3600000; complete tell; complete one",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_u
              activated u
              timer b at 3600000, 0 more
              UserTaskCreating priority 50
              UserTaskCreated
            > time 3600000
              TimerTriggered b
              terminating u
              task CANCELING cancel
              TASK_LISTENER job tell retries 3 CANCELING
              passed b
              flow b_x
              passed x
            > complete tell
              JobActivated tell
              JobCompleted tell
              UserTaskCanceled
              EXECUTION_LISTENER job one retries 3 CANCEL
            > complete one
              JobActivated one
              JobCompleted one
              terminated u
              InstanceCompleted
        "#]],
    );
}

#[test]
fn the_end_of_a_user_task_cannot_be_denied() {
    let nodes = format!("{ENDS}{CANCELING}");
    check(
        &nodes,
        "s > u > e",
        "start p; cancel; deny tell why",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_u
          activated u
          UserTaskCreating priority 50
          UserTaskCreated
        > cancel
          terminating u
          task CANCELING cancel
          TASK_LISTENER job tell retries 3 CANCELING
          terminating p
        > deny tell why
          JobActivated tell
        rejected INVALID_ARGUMENT: Denying result is not supported for the canceling transition of user task '#'
    "#]],
    );
}

#[test]
fn a_user_task_that_is_completed_tells_nobody() {
    let nodes = format!("{ENDS}{CANCELING}");
    check(
        &nodes,
        "s > u > e",
        "start p; finish {}",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_u
          activated u
          UserTaskCreating priority 50
          UserTaskCreated
        > finish {}
          task COMPLETING complete
          UserTaskCompleted
          completed u
          flow u_e
          passed e
          InstanceCompleted
    "#]],
    );
}

const FORK: &str = r#"<sequenceFlow id="f_a" sourceRef="f" targetRef="a"><conditionExpression>=true</conditionExpression></sequenceFlow>
    <sequenceFlow id="f_c" sourceRef="f" targetRef="c"><conditionExpression>=true</conditionExpression></sequenceFlow>"#;

#[test]
fn an_inclusive_join_does_not_wait_for_what_is_terminating() {
    let nodes = format!(
        r#"<startEvent id="s"/><inclusiveGateway id="f"/>{}{}{FORK}{TIMER}<inclusiveGateway id="j"/><endEvent id="e"/><endEvent id="x"/>"#,
        job("a", LISTENS),
        job("c", "")
    );
    check(
        &nodes,
        "s > f; a > j; c > j > e; b > x",
        "start p; complete c; time 3600000; complete one; complete two",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_f
              passed f
              flow f_a
              flow f_c
              activated a
              timer b at 3600000, 0 more
              job a retries 3
              activated c
              job c retries 3
            > complete c
              JobActivated c
              JobCompleted c
              completed c
              flow c_j waits
            > time 3600000
              TimerTriggered b
              JobCanceled a
              terminating a
              EXECUTION_LISTENER job one retries 3 CANCEL
              passed b
              flow b_x
              passed x
              JoinFired c_j
              passed j
              flow j_e
              passed e
            > complete one
              JobActivated one
              JobCompleted one
              EXECUTION_LISTENER job two retries 1 CANCEL
            > complete two
              JobActivated two
              JobCompleted two
              terminated a
              InstanceCompleted
        "#]],
    );
}

#[test]
fn an_instance_that_is_emptied_by_a_modification_is_terminated_after_the_listeners() {
    let nodes = format!("{ENDS}{}", job("a", LISTENS));
    check(
        &nodes,
        "s > a > e",
        "start p; modify -a; complete one; complete two",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_a
          activated a
          job a retries 3
        > modify -a
          InstanceModified
          JobCanceled a
          terminating a
          EXECUTION_LISTENER job one retries 3 CANCEL
          terminating p
        > complete one
          JobActivated one
          JobCompleted one
          EXECUTION_LISTENER job two retries 1 CANCEL
        > complete two
          JobActivated two
          JobCompleted two
          terminated a
          InstanceTerminated
    "#]],
    );
}

const REASON: &str = r#"<zeebe:executionListeners><zeebe:executionListener eventType="cancel" type="why"/><zeebe:executionListener eventType="cancel" type="=&quot;tell-&quot; + reason"/></zeebe:executionListeners>"#;

#[test]
fn what_a_listener_sets_goes_to_the_scope_around_and_outlives_the_element() {
    let inner = format!(
        r#"<subProcess id="sub"><startEvent id="i"/>{}{TIMER}<userTask id="c"><extensionElements><zeebe:userTask/><zeebe:assignmentDefinition assignee="=reason"/></extensionElements></userTask>
           <sequenceFlow id="i_a" sourceRef="i" targetRef="a"/><sequenceFlow id="a_c" sourceRef="a" targetRef="c"/>
           <intermediateCatchEvent id="later"><timerEventDefinition><timeDuration>PT1M</timeDuration></timerEventDefinition></intermediateCatchEvent>
           <sequenceFlow id="b_l" sourceRef="b" targetRef="later"/><sequenceFlow id="l_c" sourceRef="later" targetRef="c"/></subProcess>"#,
        job(
            "a",
            &format!(
                r#"<zeebe:ioMapping><zeebe:input source="=&quot;own&quot;" target="reason"/></zeebe:ioMapping>{REASON}"#
            )
        )
    );
    let nodes = format!(r#"<startEvent id="s"/><endEvent id="e"/>{inner}"#);
    check(
        &nodes,
        "s > sub > e",
        r#"start p; time 3600000; complete why {"reason":"late","note":null}; complete tell-own; time 3660000; finish"#,
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_sub
              activated sub
              passed i
              flow i_a
              activating a
              variables of a {"reason":"own"}
              activated a
              timer b at 3600000, 0 more
              job a retries 3
            > time 3600000
              TimerTriggered b
              JobCanceled a
              terminating a
              EXECUTION_LISTENER job why retries 3 CANCEL
              passed b
              flow b_l
              activated later
              timer later at 3660000, 0 more
            > complete why {"reason":"late","note":null}
              JobActivated why
              JobCompleted why
              variables of sub {"reason":"late","note":null}
              EXECUTION_LISTENER job tell-own retries 3 CANCEL
            > complete tell-own
              JobActivated tell-own
              JobCompleted tell-own
              terminated a
            > time 3660000
              TimerTriggered later
              completed later
              flow l_c
              activated c
              UserTaskCreating priority 50
              UserTaskCreated
              task ASSIGNING
              task assigned to 'late'
            > finish
              task COMPLETING complete
              UserTaskCompleted
              completed c
              completed sub
              flow sub_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn what_a_listener_of_the_process_sets_is_seen_by_the_next_one() {
    let own = format!("<extensionElements>{REASON}</extensionElements>");
    let nodes = format!("{own}{ENDS}{}", job("a", ""));
    check(
        &nodes,
        "s > a > e",
        r#"start p; cancel; complete why; resolve; complete why {"reason":"bored"}; complete tell-bored"#,
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              job a retries 3
            > cancel
              JobCanceled a
              terminated a
              terminating p
              EXECUTION_LISTENER job why retries 3 CANCEL
            > complete why
              JobActivated why
              JobCompleted why
              incident EXTRACT_VALUE_ERROR at p: Expected result of the expression '"tell-" + reason' to be 'STRING', but was 'NULL'. The evaluation reported the following warnings: / [NO_VARIABLE_FOUND] No variable found with name 'reason' / [INVALID_TYPE] 1:1: "tell-" + reason: cannot add string and null [feel.type]
            > resolve
              IncidentResolved at p
              EXECUTION_LISTENER job why retries 3 CANCEL
            > complete why {"reason":"bored"}
              JobActivated why
              JobCompleted why
              variables of p {"reason":"bored"}
              EXECUTION_LISTENER job tell-bored retries 3 CANCEL
            > complete tell-bored
              JobActivated tell-bored
              JobCompleted tell-bored
              InstanceTerminated
        "#]],
    );
}
