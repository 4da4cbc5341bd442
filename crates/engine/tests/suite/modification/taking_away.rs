//! What is taken away one by one: who counted on its end hears of it.

use crate::skeleton::check;
use expect_test::expect;

const PARALLEL: &str = "<multiInstanceLoopCharacteristics><loopCardinality>= 3</loopCardinality></multiInstanceLoopCharacteristics>";
const SEQUENTIAL: &str = r#"<multiInstanceLoopCharacteristics isSequential="true"><loopCardinality>= 3</loopCardinality></multiInstanceLoopCharacteristics>"#;

fn task(looping: &str) -> String {
    format!("s: startEvent\na: serviceTask {looping}\nb: serviceTask\ne: endEvent\ns -> a -> b -> e")
}

/// A sub-process that loops over its work.
fn sub_process(looping: &str) -> String {
    format!(
        "s: startEvent\nsub: subProcess {looping} {{\ni: startEvent\na: serviceTask\nx: endEvent\ni -> a -> x\n}}
b: serviceTask\ne: endEvent\ns -> sub -> b -> e"
    )
}

#[test]
fn an_iteration_is_taken_away_and_the_others_go_on() {
    check(
        &task(PARALLEL),
        "start p; modify -a#2; complete a; modify -a#3",
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
        > modify -a#2
          InstanceModified
          JobCanceled a
          terminated a 2
          iteration 2 terminated
        > complete a
          JobActivated a
          JobCompleted a
          completed a 1
          iteration 1 completed
        > modify -a#3
          InstanceModified
          JobCanceled a
          terminated a 3
          iteration 3 terminated
          terminated a
          InstanceTerminated
    "#]],
    );
}

#[test]
fn an_iteration_is_moved_and_the_others_complete_the_activity() {
    check(
        &task(PARALLEL),
        "start p; modify a#1>b; complete a; complete a; complete b; complete b",
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
            > modify a#1>b
              InstanceModified
              JobCanceled a
              terminated a 1
              iteration 1 terminated
              activated b
              job b retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a 2
              iteration 2 completed
            > complete a
              JobActivated a
              JobCompleted a
              completed a 3
              iteration 3 completed
              completed a
              flow a_b
              activated b
              job b retries 3
            > complete b
              JobActivated b
              JobCompleted b
              completed b
              flow b_e
              passed e
            > complete b
              JobActivated b
              JobCompleted b
              completed b
              flow b_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn an_iteration_that_lost_what_was_in_it_counts_as_ended() {
    check(
        &sub_process(PARALLEL),
        "start p; modify -a#1; complete a; complete a; complete b",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_sub
          activated sub
          loop of 3
          iteration 1 of sub
          variables of sub 1 {"loopCounter":1}
          iteration 2 of sub
          variables of sub 2 {"loopCounter":2}
          iteration 3 of sub
          variables of sub 3 {"loopCounter":3}
          activated sub 1
          activated sub 2
          activated sub 3
          passed i
          flow i_a
          passed i
          flow i_a
          passed i
          flow i_a
          activated a
          job a retries 3
          activated a
          job a retries 3
          activated a
          job a retries 3
        > modify -a#1
          InstanceModified
          JobCanceled a
          terminated a
          terminated sub 1
          iteration 1 terminated
        > complete a
          JobActivated a
          JobCompleted a
          completed a
          flow a_x
          passed x
          completed sub 2
          iteration 2 completed
        > complete a
          JobActivated a
          JobCompleted a
          completed a
          flow a_x
          passed x
          completed sub 3
          iteration 3 completed
          completed sub
          flow sub_b
          activated b
          job b retries 3
        > complete b
          JobActivated b
          JobCompleted b
          completed b
          flow b_e
          passed e
          InstanceCompleted
    "#]],
    );
}

#[test]
fn the_only_iteration_under_way_takes_the_activity_with_it() {
    check(
        &task(SEQUENTIAL),
        "start p; complete a; modify a#2>b; complete b",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_a
          activated a
          loop of 3
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
        > modify a#2>b
          InstanceModified
          JobCanceled a
          terminated a 2
          iteration 2 terminated
          terminated a
          activated b
          job b retries 3
        > complete b
          JobActivated b
          JobCompleted b
          completed b
          flow b_e
          passed e
          InstanceCompleted
    "#]],
    );
}

#[test]
fn an_iteration_of_a_standard_loop_takes_the_activity_with_it() {
    check(
        &task(r#"<standardLoopCharacteristics loopMaximum="3"/>"#),
        "start p; complete a; modify a#2>b; complete b",
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
            > modify a#2>b
              InstanceModified
              JobCanceled a
              terminated a 2
              iteration 2 terminated
              terminated a
              activated b
              job b retries 3
            > complete b
              JobActivated b
              JobCompleted b
              completed b
              flow b_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn activities_of_an_ad_hoc_sub_process_are_taken_away_one_by_one() {
    check(
        "s: startEvent
ad: adHocSubProcess {
a: serviceTask
b: serviceTask
c: serviceTask
}
z: serviceTask
e: endEvent
s -> ad -> z -> e",
        "start p; modify -a; modify b>c; complete c; complete c; complete z",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_ad
              activated ad
              inner scope of ad
              inner scope of ad
              inner scope of ad
              activated a
              job a retries 3
              activated b
              job b retries 3
              activated c
              job c retries 3
            > modify -a
              InstanceModified
              JobCanceled a
              terminated a
              terminated scope in ad
            > modify b>c
              InstanceModified
              JobCanceled b
              terminated b
              activated c
              job c retries 3
            > complete c
              JobActivated c
              JobCompleted c
              completed c
              completed scope in ad
              iteration 3 completed
            > complete c
              JobActivated c
              JobCompleted c
              completed c
              completed scope in ad
              iteration 2 completed
              completed ad
              flow ad_z
              activated z
              job z retries 3
            > complete z
              JobActivated z
              JobCompleted z
              completed z
              flow z_e
              passed e
              InstanceCompleted
        "#]],
    );
}

/// Two activities with a handler each, and an event that has both undone.
fn compensated(handler: &str, rest: &str) -> String {
    format!(
        "s: startEvent\na: serviceTask\nb: serviceTask
ca: boundaryEvent attachedToRef=a compensation\ncb: boundaryEvent attachedToRef=b compensation
ua: serviceTask isForCompensation=true\n{handler}\nt: intermediateThrowEvent compensation\nz: serviceTask
e: endEvent\ns -> a -> b -> t -> z -> e\nca ~ ua\ncb ~ ub\n{rest}"
    )
}

#[test]
fn a_compensation_handler_that_is_taken_away_lets_the_next_one_begin() {
    check(
        &compensated("ub: serviceTask isForCompensation=true", ""),
        "start p; complete a; complete b; modify -ub; modify -ua; complete z",
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
              can compensate a {}
              completed a
              flow a_b
              activated b
              job b retries 3
            > complete b
              JobActivated b
              JobCompleted b
              can compensate b {}
              completed b
              flow b_t
              activated t
              compensation of b a
              passed cb
              activating ub
              compensating b
              activated ub
              job ub retries 3
            > modify -ub
              InstanceModified
              compensation goes on without its handler
              JobCanceled ub
              terminated ub
              passed ca
              activating ua
              compensating a
              activated ua
              job ua retries 3
            > modify -ua
              InstanceModified
              compensation goes on without its handler
              JobCanceled ua
              terminated ua
              CompensationEnded
              completed t
              flow t_z
              activated z
              job z retries 3
            > complete z
              JobActivated z
              JobCompleted z
              completed z
              flow z_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn a_compensation_handler_ended_by_its_own_boundary_event_lets_the_next_one_begin() {
    // What follows the boundary event is not waited for by the throw event, but by the process.
    check(
        &compensated(
            "ub: serviceTask isForCompensation=true",
            "n: boundaryEvent attachedToRef=ub error(E)\nh: serviceTask\nx: endEvent\nn -> h -> x",
        ),
        "start p; complete a; complete b; error ub E; complete ua; complete z; complete h",
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
              can compensate a {}
              completed a
              flow a_b
              activated b
              job b retries 3
            > complete b
              JobActivated b
              JobCompleted b
              can compensate b {}
              completed b
              flow b_t
              activated t
              compensation of b a
              passed cb
              activating ub
              compensating b
              activated ub
              job ub retries 3
            > error ub E
              JobActivated ub
              JobErrorThrown ub
              error E caught by n
              compensation goes on without its handler
              JobCanceled ub
              terminated ub
              passed n
              flow n_h
              passed ca
              activating ua
              compensating a
              activated ua
              job ua retries 3
              activated h
              job h retries 3
            > complete ua
              JobActivated ua
              JobCompleted ua
              completed ua
              CompensationEnded
              completed t
              flow t_z
              activated z
              job z retries 3
            > complete z
              JobActivated z
              JobCompleted z
              completed z
              flow z_e
              passed e
            > complete h
              JobActivated h
              JobCompleted h
              completed h
              flow h_x
              passed x
              InstanceCompleted
        "#]],
    );
}

#[test]
fn a_compensation_handler_goes_on_beside_a_boundary_event_that_does_not_interrupt() {
    check(
        &compensated(
            "ub: serviceTask isForCompensation=true",
            "n: boundaryEvent attachedToRef=ub cancelActivity=false timer(PT1S)\nh: serviceTask\nx: endEvent\nn -> h -> x",
        ),
        "start p; complete a; complete b; time 1000; complete h; complete ub; complete ua; complete z",
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
              can compensate a {}
              completed a
              flow a_b
              activated b
              job b retries 3
            > complete b
              JobActivated b
              JobCompleted b
              can compensate b {}
              completed b
              flow b_t
              activated t
              compensation of b a
              passed cb
              activating ub
              compensating b
              activated ub
              timer n at 1000, 0 more
              job ub retries 3
            > time 1000
              TimerTriggered n
              passed n
              flow n_h
              activated h
              job h retries 3
            > complete h
              JobActivated h
              JobCompleted h
              completed h
              flow h_x
              passed x
            > complete ub
              JobActivated ub
              JobCompleted ub
              completed ub
              passed ca
              activating ua
              compensating a
              activated ua
              job ua retries 3
            > complete ua
              JobActivated ua
              JobCompleted ua
              completed ua
              CompensationEnded
              completed t
              flow t_z
              activated z
              job z retries 3
            > complete z
              JobActivated z
              JobCompleted z
              completed z
              flow z_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn a_compensation_nobody_waits_for_goes_on_when_its_handler_is_taken_away() {
    let model = compensated("ub: serviceTask isForCompensation=true", "").replace(
        "t: intermediateThrowEvent compensation",
        "t: intermediateThrowEvent <compensateEventDefinition waitForCompletion=\"false\"/>",
    );
    check(
        &model,
        "start p; complete a; complete b; complete z; modify -ub; complete ua",
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
          can compensate a {}
          completed a
          flow a_b
          activated b
          job b retries 3
        > complete b
          JobActivated b
          JobCompleted b
          can compensate b {}
          completed b
          flow b_t
          activated t
          compensation of b a
          completed t
          flow t_z
          passed cb
          activating ub
          compensating b
          activated ub
          job ub retries 3
          activated z
          job z retries 3
        > complete z
          JobActivated z
          JobCompleted z
          completed z
          flow z_e
          passed e
        > modify -ub
          InstanceModified
          compensation goes on without its handler
          JobCanceled ub
          terminated ub
          passed ca
          activating ua
          compensating a
          activated ua
          job ua retries 3
        > complete ua
          JobActivated ua
          JobCompleted ua
          completed ua
          CompensationEnded
          InstanceCompleted
    "#]],
    );
}

#[test]
fn the_last_of_an_instance_takes_the_instance_with_it() {
    check(
        &sub_process(""),
        "start p; modify -a; start p; modify -p#1",
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
        > modify -a
          InstanceModified
          JobCanceled a
          terminated a
          terminated sub
          InstanceTerminated
        > start p
          created p v1
          passed s
          flow s_sub
          activated sub
          passed i
          flow i_a
          activated a
          job a retries 3
        > modify -p#1
          InstanceModified
          JobCanceled a
          terminated a
          terminated sub
          InstanceTerminated
    "#]],
    );
}
