//! Standard loop (BPMN 10.3.7, 13.3.6): an activity again and again while its condition is true, at most so many times.

use crate::skeleton::check;
use expect_test::expect;

#[test]
fn standard_loop_asks_after_each_iteration() {
    check(
        "s: startEvent
a: serviceTask <standardLoopCharacteristics><loopCondition>= again</loopCondition></standardLoopCharacteristics>
e: endEvent
s -> a -> e",
        r#"start p {"again":true}; complete a; complete a {"again":false}"#,
        expect![[r#"
            > start p {"again":true}
              created p v1
              passed s
              flow s_a
              activated a
              loop of 0
              iteration 1 of a
              variables of a 1 {"loopCounter":1}
              activated a 1
              job a retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a 1
              iteration 1 completed
              iteration 2 of a
              variables of a 2 {"loopCounter":2}
              activated a 2
              job a retries 3
            > complete a {"again":false}
              JobActivated a
              JobCompleted a
              variables of p {"again":false}
              completed a 2
              iteration 2 completed
              completed a
              flow a_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn standard_loop_asks_before_each_iteration() {
    check(
        r#"s: startEvent
a: serviceTask <standardLoopCharacteristics testBefore="true"><loopCondition>= again</loopCondition></standardLoopCharacteristics>
e: endEvent
s -> a -> e"#,
        r#"start p {"again":true}; complete a {"again":false}; start p {"again":false}"#,
        expect![[r#"
            > start p {"again":true}
              created p v1
              passed s
              flow s_a
              activated a
              loop of 0
              iteration 1 of a
              variables of a 1 {"loopCounter":1}
              activated a 1
              job a retries 3
            > complete a {"again":false}
              JobActivated a
              JobCompleted a
              variables of p {"again":false}
              completed a 1
              iteration 1 completed
              completed a
              flow a_e
              passed e
              InstanceCompleted
            > start p {"again":false}
              created p v1
              passed s
              flow s_a
              activated a
              loop of 0
              completed a
              flow a_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn standard_loop_runs_at_most_so_many_times() {
    check(
        r#"s: startEvent
a: serviceTask <standardLoopCharacteristics loopMaximum="2"><loopCondition>= again</loopCondition></standardLoopCharacteristics>
e: endEvent
s -> a -> e"#,
        r#"start p {"again":true}; complete a; complete a"#,
        expect![[r#"
            > start p {"again":true}
              created p v1
              passed s
              flow s_a
              activated a
              loop of 0
              iteration 1 of a
              variables of a 1 {"loopCounter":1}
              activated a 1
              job a retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a 1
              iteration 1 completed
              iteration 2 of a
              variables of a 2 {"loopCounter":2}
              activated a 2
              job a retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a 2
              iteration 2 completed
              completed a
              flow a_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn standard_loop_counts_its_iterations() {
    check(
        "s: startEvent
a: serviceTask <standardLoopCharacteristics><loopCondition>= loopCounter &lt; 2</loopCondition></standardLoopCharacteristics>
e: endEvent
s -> a -> e",
        "start p; complete a; complete a",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              loop of 0
              iteration 1 of a
              variables of a 1 {"loopCounter":1}
              activated a 1
              job a retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a 1
              iteration 1 completed
              iteration 2 of a
              variables of a 2 {"loopCounter":2}
              activated a 2
              job a retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a 2
              iteration 2 completed
              completed a
              flow a_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn standard_loop_is_interrupted_as_a_whole() {
    check(
        "s: startEvent
a: serviceTask <standardLoopCharacteristics><loopCondition>= again</loopCondition></standardLoopCharacteristics>
b: boundaryEvent attachedToRef=a timer(PT1M)
e: endEvent
x: endEvent
s -> a -> e; b -> x",
        r#"start p {"again":true}; complete a; time 60000"#,
        expect![[r#"
            > start p {"again":true}
              created p v1
              passed s
              flow s_a
              activated a
              loop of 0
              timer b at 60000, 0 more
              iteration 1 of a
              variables of a 1 {"loopCounter":1}
              activated a 1
              job a retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a 1
              iteration 1 completed
              iteration 2 of a
              variables of a 2 {"loopCounter":2}
              activated a 2
              job a retries 3
            > time 60000
              TimerTriggered b
              JobCanceled a
              terminated a 2
              terminated a
              passed b
              flow b_x
              passed x
              InstanceCompleted
        "#]],
    );
}

#[test]
fn standard_loop_whose_condition_is_no_boolean_is_an_incident() {
    check(
        "s: startEvent
a: serviceTask <standardLoopCharacteristics><loopCondition>= again</loopCondition></standardLoopCharacteristics>
e: endEvent
s -> a -> e",
        r#"start p; complete a; set {"again":false}; resolve"#,
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              loop of 0
              iteration 1 of a
              variables of a 1 {"loopCounter":1}
              activated a 1
              job a retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completing a 1
              listened a 1
              incident EXTRACT_VALUE_ERROR at a: Expected result of the expression 'again' to be 'BOOLEAN', but was 'NULL'. The evaluation reported the following warnings: / [NO_VARIABLE_FOUND] No variable found with name 'again'
            > set {"again":false}
              variables of p {"again":false}
            > resolve
              IncidentResolved at a
              completed a 1
              iteration 1 completed
              completed a
              flow a_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn standard_loop_of_a_sub_process() {
    check(
        r#"s: startEvent
sub: subProcess <standardLoopCharacteristics loopMaximum="2"/> {
i: startEvent
a: serviceTask
x: endEvent
i -> a -> x
}
e: endEvent
s -> sub -> e"#,
        "start p; complete a; complete a",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_sub
              activated sub
              loop of 0
              iteration 1 of sub
              variables of sub 1 {"loopCounter":1}
              activated sub 1
              passed i
              flow i_a
              activated a
              job a retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_x
              passed x
              completed sub 1
              iteration 1 completed
              iteration 2 of sub
              variables of sub 2 {"loopCounter":2}
              activated sub 2
              passed i
              flow i_a
              activated a
              job a retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_x
              passed x
              completed sub 2
              iteration 2 completed
              completed sub
              flow sub_e
              passed e
              InstanceCompleted
        "#]],
    );
}
