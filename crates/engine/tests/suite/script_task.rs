//! Script task (BPMN 10.3.4.6, 13.3.3): FEEL is evaluated at once; a script in another language is the job of a worker.

use crate::skeleton::check;
use expect_test::expect;

#[test]
fn script_task_sets_its_result() {
    check(
        r#"s: startEvent
c: scriptTask <extensionElements><zeebe:script expression="=a + 1" resultVariable="b"/></extensionElements>
t: serviceTask
e: endEvent
s -> c -> t -> e"#,
        r#"start p {"a":1}; activate t"#,
        expect![[r#"
            > start p {"a":1}
              created p v1
              passed s
              flow s_c
              variables of p {"b":2}
              passed c
              flow c_t
              activated t
              job t retries 3
            > activate t
              JobActivated t
              job has {"a":1,"b":2}
        "#]],
    );
}

#[test]
fn script_task_that_fails_is_tried_again() {
    check(
        r#"s: startEvent
c: scriptTask <extensionElements><zeebe:script expression="=assert(a, a != null)" resultVariable="b"/></extensionElements>
e: endEvent
s -> c -> e"#,
        r#"start p; set {"a":1}; resolve"#,
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_c
              activating c
              incident EXTRACT_VALUE_ERROR at c: Assertion failure on evaluate the expression 'assert(a, a != null)': The condition is not fulfilled The evaluation reported the following warnings: / [NO_VARIABLE_FOUND] No variable found with name 'a' / [ASSERT_FAILURE] The condition is not fulfilled
            > set {"a":1}
              variables of p {"a":1}
            > resolve
              IncidentResolved at c
              variables of p {"b":1}
              activated c
              completed c
              flow c_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn script_task_maps_its_result() {
    check(
        r#"s: startEvent
c: scriptTask <extensionElements><zeebe:script expression="=a + 1" resultVariable="b"/><zeebe:ioMapping><zeebe:input source="=n" target="a"/><zeebe:output source="=b" target="n"/></zeebe:ioMapping></extensionElements>
t: serviceTask
e: endEvent
s -> c -> t -> e"#,
        r#"start p {"n":1}; activate t"#,
        expect![[r#"
            > start p {"n":1}
              created p v1
              passed s
              flow s_c
              activating c
              variables of c {"a":1}
              activated c
              variables of c {"b":2}
              variables of p {"n":2}
              completed c
              flow c_t
              activated t
              job t retries 3
            > activate t
              JobActivated t
              job has {"n":2}
        "#]],
    );
}

#[test]
fn script_task_in_another_language_is_a_job() {
    check(
        "s: startEvent
c: scriptTask scriptFormat=text/x-lua <script>return 1</script>
e: endEvent
s -> c -> e",
        r#"start p; complete script:text/x-lua {"b":1}"#,
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_c
              activated c
              job script:text/x-lua retries 3
            > complete script:text/x-lua {"b":1}
              JobActivated script:text/x-lua
              JobCompleted script:text/x-lua
              variables of p {"b":1}
              completed c
              flow c_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn script_task_in_each_iteration() {
    check(
        r#"s: startEvent
c: scriptTask <extensionElements><zeebe:script expression="=i * i" resultVariable="b"/></extensionElements><multiInstanceLoopCharacteristics isSequential="true"><extensionElements><zeebe:loopCharacteristics inputCollection="=[1,2]" inputElement="i" outputCollection="squares" outputElement="=b"/></extensionElements></multiInstanceLoopCharacteristics>
t: serviceTask
e: endEvent
s -> c -> t -> e"#,
        "start p; activate t",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_c
              activated c
              loop of 2
              iteration 1 of c
              variables of c 1 {"loopCounter":1,"i":1,"b":null}
              activated c 1
              variables of c 1 {"b":1}
              completed c 1
              iteration 1 completed with 1
              iteration 2 of c
              variables of c 2 {"loopCounter":2,"i":2,"b":null}
              activated c 2
              variables of c 2 {"b":4}
              completed c 2
              iteration 2 completed with 4
              variables of p {"squares":[1,4]}
              completed c
              flow c_t
              activated t
              job t retries 3
            > activate t
              JobActivated t
              job has {"squares":[1,4]}
        "#]],
    );
}
