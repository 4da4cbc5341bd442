//! In which scopes an element is activated, and with which variables.

use crate::skeleton::check;
use expect_test::expect;

/// A sub-process, and in it another one.
const NESTED: &str = "s: startEvent
sub: subProcess {
i: startEvent
a: serviceTask
inner: subProcess {
j: startEvent
b: serviceTask
y: endEvent
j -> b -> y
}
x: endEvent
i -> a -> inner -> x
}
z: userTask
e: endEvent
s -> sub -> z -> e";

#[test]
fn an_ancestor_says_below_which_scope_others_begin() {
    // Below the process a new sub-process begins, below the active one only the inner one does.
    check(
        NESTED,
        "start p; modify +b@p; modify +b@sub#1; modify +a; modify +a@sub#2; show",
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
        > modify +b@p
          InstanceModified
          activated sub
          activated inner
          activated b
          job b retries 3
        > modify +b@sub#1
          InstanceModified
          activated inner
          activated b
          job b retries 3
        > modify +a
        rejected INVALID_ARGUMENT: Expected to modify instance of process 'p' but it contains one or more activate instructions for an element that has a flow scope with more than one active instance: 'sub'. Can't decide in which instance of the flow scope the element should be activated. Please specify an ancestor element instance key for this activate instruction.
        > modify +a@sub#2
          InstanceModified
          activated a
          job a retries 3
        > show
          p ACTIVE {}
          sub ACTIVE {}
          a ACTIVE {}
          sub ACTIVE {}
          inner ACTIVE {}
          b ACTIVE {}
          inner ACTIVE {}
          b ACTIVE {}
          a ACTIVE {}
    "#]],
    );
}

#[test]
fn an_ancestor_that_is_none_is_refused() {
    check(
        NESTED,
        "start p; modify +z; modify +b@z; modify +z@sub; modify +b@a",
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
        > modify +z
          InstanceModified
          activated z
          UserTaskCreating priority 50
          UserTaskCreated
        > modify +b@z
        rejected INVALID_ARGUMENT: Expected to modify instance of process 'p' but it contains one or more activate instructions with an ancestor scope key that is not an ancestor of the element to activate:
        - instance '#' of element 'z' is not an ancestor of element 'b'
        > modify +z@sub
        rejected INVALID_ARGUMENT: Expected to modify instance of process 'p' but it contains one or more activate instructions with an ancestor scope key that is not an ancestor of the element to activate:
        - instance '#' of element 'sub' is not an ancestor of element 'z'
        > modify +b@a
        rejected INVALID_ARGUMENT: Expected to modify instance of process 'p' but it contains one or more activate instructions with an ancestor scope key that is not an ancestor of the element to activate:
        - instance '#' of element 'a' is not an ancestor of element 'b'
    "#]],
    );
}

#[test]
fn two_instructions_share_a_scope_that_begins_with_them() {
    check(
        NESTED,
        "start p; modify a>z; modify +a +b; show",
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
        > modify a>z
          InstanceModified
          JobCanceled a
          terminated a
          terminated sub
          activated z
          UserTaskCreating priority 50
          UserTaskCreated
        > modify +a +b
          InstanceModified
          activated sub
          activated inner
          activated a
          job a retries 3
          activated b
          job b retries 3
        > show
          p ACTIVE {}
          z ACTIVE {}
          sub ACTIVE {}
          inner ACTIVE {}
          a ACTIVE {}
          b ACTIVE {}
    "#]],
    );
}

#[test]
fn variables_go_to_the_scopes_that_are_named() {
    check(
        NESTED,
        r#"start p; modify +b sub{"n":1}; modify +b inner{"n":2}; modify +b b{"n":3}; modify +b p{"n":4}; modify a>b sub{"n":5}; show"#,
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
            > modify +b sub{"n":1}
              InstanceModified
              variables of sub {"n":1}
              activated inner
              activated b
              job b retries 3
            > modify +b inner{"n":2}
              InstanceModified
              variables of inner {"n":2}
              activated b
              job b retries 3
            > modify +b b{"n":3}
              InstanceModified
              activating b
              variables of b {"n":3}
              activated b
              job b retries 3
            > modify +b p{"n":4}
              InstanceModified
              variables of p {"n":4}
              activated b
              job b retries 3
            > modify a>b sub{"n":5}
              InstanceModified
              variables of sub {"n":5}
              activated inner
              JobCanceled a
              terminated a
              activated b
              job b retries 3
            > show
              p ACTIVE {"n":4}
              sub ACTIVE {"n":5}
              inner ACTIVE {"n":2}
              b ACTIVE {}
              b ACTIVE {}
              b ACTIVE {"n":3}
              b ACTIVE {}
              inner ACTIVE {}
              b ACTIVE {}
        "#]],
    );
}

#[test]
fn variables_for_a_scope_that_is_not_there_are_refused() {
    check(
        NESTED,
        r#"start p; modify +b subb{"n":1}; modify +a inner{"n":1}; modify a>z sub{"n":1}"#,
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
            > modify +b subb{"n":1}
            rejected INVALID_ARGUMENT: Expected to modify instance of process 'p' but it contains one or more variable instructions with a scope element id that could not be found: 'subb'
            > modify +a inner{"n":1}
            rejected INVALID_ARGUMENT: Expected to modify instance of process 'p' but it contains one or more variable instructions with a scope element that doesn't belong to the activating element's flow scope: 'inner'. These variables should be set before or after the modification.
            > modify a>z sub{"n":1}
            rejected INVALID_ARGUMENT: Expected to modify instance of process 'p' but it contains one or more variable instructions with a scope element that doesn't belong to the activating element's flow scope: 'sub'. These variables should be set before or after the modification.
        "#]],
    );
}

#[test]
fn variables_of_a_multi_instance_activity_are_known_to_all_of_it() {
    check(
        r#"s: startEvent
a: serviceTask
m: serviceTask <multiInstanceLoopCharacteristics><loopCardinality>= n</loopCardinality></multiInstanceLoopCharacteristics>
e: endEvent
s -> a -> m -> e"#,
        r#"start p; modify a>m m{"n":2}; show"#,
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              job a retries 3
            > modify a>m m{"n":2}
              InstanceModified
              activating m
              variables of m {"n":2}
              activated m
              loop of 2
              JobCanceled a
              terminated a
              iteration 1 of m
              variables of m 1 {"loopCounter":1}
              iteration 2 of m
              variables of m 2 {"loopCounter":2}
              activated m 1
              job m retries 3
              activated m 2
              job m retries 3
            > show
              p ACTIVE {}
              m ACTIVE {"n":2}
              m 1 ACTIVE {"loopCounter":1}
              m 2 ACTIVE {"loopCounter":2}
        "#]],
    );
}

#[test]
fn what_would_end_with_its_scope_is_refused() {
    check(
        NESTED,
        "start p; modify +a -sub; modify sub>a; modify sub>sub; show",
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
        > modify +a -sub
        rejected INVALID_ARGUMENT: Expected to modify instance of process 'p' but it contains one or more activate instructions for elements whose required flow scope instance is also being terminated: element 'a' requires flow scope instance '#' which is being terminated. Please provide a valid ancestor scope key for the activation or avoid terminating the required flow scope.
        > modify sub>a
        rejected INVALID_ARGUMENT: Expected to modify instance of process 'p' but it contains one or more activate instructions for elements whose required flow scope instance is also being terminated: element 'a' requires flow scope instance '#' which is being terminated. Please provide a valid ancestor scope key for the activation or avoid terminating the required flow scope.
        > modify sub>sub
          InstanceModified
          JobCanceled a
          terminated a
          terminated sub
          activated sub
          passed i
          flow i_a
          activated a
          job a retries 3
        > show
          p ACTIVE {}
          sub ACTIVE {}
          a ACTIVE {}
    "#]],
    );
}

#[test]
fn an_iteration_is_an_ancestor_and_its_body_is_none() {
    check(
        r#"s: startEvent
m: subProcess <multiInstanceLoopCharacteristics><loopCardinality>= 2</loopCardinality></multiInstanceLoopCharacteristics> {
i: startEvent
a: serviceTask
b: serviceTask
x: endEvent
i -> a -> b -> x
}
e: endEvent
s -> m -> e"#,
        "start p; modify +b; modify +b@p; modify +b@m; modify +b@m#2; modify a#1>b; show",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_m
              activated m
              loop of 2
              iteration 1 of m
              variables of m 1 {"loopCounter":1}
              iteration 2 of m
              variables of m 2 {"loopCounter":2}
              activated m 1
              activated m 2
              passed i
              flow i_a
              passed i
              flow i_a
              activated a
              job a retries 3
              activated a
              job a retries 3
            > modify +b
            rejected INVALID_ARGUMENT: Expected to modify instance of process 'p' but it contains one or more activate instructions for an element that has a flow scope with more than one active instance: 'm'. Can't decide in which instance of the flow scope the element should be activated. Please specify an ancestor element instance key for this activate instruction.
            > modify +b@p
            rejected INVALID_ARGUMENT: Expected to modify instance of process 'p' but it contains one or more activate instructions that would result in the activation of multi-instance element 'm', which is currently unsupported. Where it is active, specify the key of one of its iterations as ancestor element instance key.
            > modify +b@m
            rejected INVALID_ARGUMENT: Expected to modify instance of process 'p' but it contains one or more activate instructions that would result in the activation of multi-instance element 'm', which is currently unsupported. Where it is active, specify the key of one of its iterations as ancestor element instance key.
            > modify +b@m#2
              InstanceModified
              activated b
              job b retries 3
            > modify a#1>b
              InstanceModified
              JobCanceled a
              terminated a
              activated b
              job b retries 3
            > show
              p ACTIVE {}
              m ACTIVE {}
              m 1 ACTIVE {"loopCounter":1}
              m 2 ACTIVE {"loopCounter":2}
              a ACTIVE {}
              b ACTIVE {}
              b ACTIVE {}
        "#]],
    );
}

#[test]
fn each_activity_of_an_ad_hoc_sub_process_has_a_scope_of_its_own() {
    check(
        "s: startEvent
ad: adHocSubProcess {
a: serviceTask
b: serviceTask
}
e: endEvent
s -> ad -> e",
        "start p; modify +a; show; complete a; complete a; complete b; begin p a,b; show",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_ad
              activated ad
              inner scope of ad
              inner scope of ad
              activated a
              job a retries 3
              activated b
              job b retries 3
            > modify +a
              InstanceModified
              inner scope of ad
              activated a
              job a retries 3
            > show
              p ACTIVE {}
              ad ACTIVE {}
              scope in ad ACTIVE {}
              scope in ad ACTIVE {}
              a ACTIVE {}
              b ACTIVE {}
              scope in ad ACTIVE {}
              a ACTIVE {}
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              completed scope in ad
              iteration 1 completed
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              completed scope in ad
              iteration 3 completed
            > complete b
              JobActivated b
              JobCompleted b
              completed b
              completed scope in ad
              iteration 2 completed
              completed ad
              flow ad_e
              passed e
              InstanceCompleted
            > begin p a,b
              created p v1
              activated ad
              inner scope of ad
              inner scope of ad
              activated a
              job a retries 3
              activated b
              job b retries 3
            > show
              p ACTIVE {}
              ad ACTIVE {}
              scope in ad ACTIVE {}
              scope in ad ACTIVE {}
              a ACTIVE {}
              b ACTIVE {}
        "#]],
    );
}
