//! Global tasks (BPMN 10.3.6, 13.3.2): a call activity that calls one does its work, with its own data and boundary events.

use crate::skeleton::check;
use expect_test::expect;

#[test]
fn global_task_passes() {
    check(
        r#"p: process {
s: startEvent
c: callActivity calledElement=G
e: endEvent
s -> c -> e
}
<globalTask id="G" name="Any"/>"#,
        "start p",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_c
              passed c
              flow c_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn global_task_for_a_person_waits() {
    check(
        r#"p: process {
s: startEvent
c: callActivity calledElement=G
e: endEvent
s -> c -> e
}
<globalUserTask id="G" name="Look at it"/>"#,
        r#"start p; finish {"x":1}"#,
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_c
              activated c
              UserTaskCreating priority 50
              UserTaskCreated
            > finish {"x":1}
              task COMPLETING complete
              UserTaskCompleted
              variables of p {"x":1}
              completed c
              flow c_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn global_task_done_without_the_engine_passes() {
    check(
        r#"p: process {
s: startEvent
c: callActivity calledElement=G
e: endEvent
s -> c -> e
}
<globalManualTask id="G" name="Carry it"/>"#,
        "start p",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_c
              passed c
              flow c_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn global_task_with_a_script_is_a_job() {
    check(
        r#"p: process {
s: startEvent
c: callActivity calledElement=G
e: endEvent
s -> c -> e
}
<globalScriptTask id="G" name="Sum" scriptLanguage="text/x-lua"><script>return 1</script></globalScriptTask>"#,
        r#"start p; complete script:text/x-lua {"sum":1}"#,
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_c
              activated c
              job script:text/x-lua retries 3
            > complete script:text/x-lua {"sum":1}
              JobActivated script:text/x-lua
              JobCompleted script:text/x-lua
              variables of p {"sum":1}
              completed c
              flow c_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn global_task_with_a_business_rule_is_a_job() {
    check(
        r#"p: process {
s: startEvent
c: callActivity calledElement=G
e: endEvent
s -> c -> e
}
<globalBusinessRuleTask id="G" name="Decide"/>"#,
        r#"start p; complete G {"risk":"low"}"#,
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_c
              activated c
              job G retries 3
            > complete G {"risk":"low"}
              JobActivated G
              JobCompleted G
              variables of p {"risk":"low"}
              completed c
              flow c_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn global_task_is_interrupted_at_the_call_activity() {
    check(
        r#"p: process {
s: startEvent
c: callActivity calledElement=G
b: boundaryEvent attachedToRef=c timer(PT1M)
e: endEvent
x: endEvent
s -> c -> e; b -> x
}
<globalUserTask id="G" name="Look at it"/>"#,
        "start p; time 60000",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_c
              activated c
              timer b at 60000, 0 more
              UserTaskCreating priority 50
              UserTaskCreated
            > time 60000
              TimerTriggered b
              UserTaskCanceled
              terminated c
              passed b
              flow b_x
              passed x
              InstanceCompleted
        "#]],
    );
}

#[test]
fn global_task_that_two_call() {
    check(
        r#"p: process {
s: startEvent
f: parallelGateway
c: callActivity calledElement=G
d: callActivity calledElement=G
e: endEvent
s -> f -> c -> e; f -> d -> e
}
<globalUserTask id="G" name="Look at it"/>"#,
        "start p; finish; finish",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_f
              passed f
              flow f_c
              flow f_d
              activated c
              UserTaskCreating priority 50
              UserTaskCreated
              activated d
              UserTaskCreating priority 50
              UserTaskCreated
            > finish
              task COMPLETING complete
              UserTaskCompleted
              completed c
              flow c_e
              passed e
            > finish
              task COMPLETING complete
              UserTaskCompleted
              completed d
              flow d_e
              passed e
              InstanceCompleted
        "#]],
    );
}
