//! Migration to another version: what is carried over, and every obstacle that is named.

mod events;

use expect_test::{Expect, expect};
use testkit::{draw, trace_of};

fn check(old: &str, new: &str, script: &str, expected: Expect) {
    expected.assert_eq(&trace_of(&[&draw(old), &draw(new)], script));
}

/// The refusal of `migrate p` with some mappings, after a script.
fn refusal(old: &str, new: &str, script: &str, mappings: &str) -> String {
    let script = format!("start p\n{script}\ndeploy\nmigrate p {mappings}");
    let trace = trace_of(&[&draw(old), &draw(new)], &script);
    let last = trace.lines().last().unwrap_or_default();
    assert!(last.starts_with("rejected INVALID_STATE"), "{trace}");
    last.split_once(" but ").map(|(_, why)| why.to_owned()).unwrap_or_default()
}

/// What a refusal says, an obstacle a line.
fn refused(old: &str, new: &str, script: &str, mappings: &str, expected: Expect) {
    let why = refusal(old, new, script, mappings).replace("; ", "\n");
    expected.assert_eq(&format!("{why}\n"));
}

const COMPENSABLE: &str = "
    a: task
    ba: boundaryEvent attachedToRef=a compensation
    undoA: serviceTask isForCompensation=true
    ba ~ undoA
    b: task
    bb: boundaryEvent attachedToRef=b compensation
    undoB: serviceTask isForCompensation=true
    bb ~ undoB
    w: userTask
    th: intermediateThrowEvent compensation
    e: endEvent";

#[test]
fn what_was_completed_is_undone_by_the_handler_of_the_same_element() {
    let old = format!("s: startEvent {COMPENSABLE}\n s -> a -> b -> w -> th -> e");
    let new = format!(
        "s: startEvent
         x: task
         bx: boundaryEvent attachedToRef=x compensation
         undoX: serviceTask isForCompensation=true
         bx ~ undoX
         {COMPENSABLE}
         s -> x -> a -> b -> w -> th -> e"
    );
    check(
        &old,
        &new,
        "start p\n deploy\n migrate p w>w\n finish\n complete undoB\n complete undoA",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              can compensate a {}
              completed a
              flow a_b
              activated b
              can compensate b {}
              completed b
              flow b_w
              activated w
              UserTaskCreating priority 50
              UserTaskCreated
            > deploy
            > migrate p w>w
              InstanceMigrated
            > finish
              task COMPLETING complete
              UserTaskCompleted
              completed w
              flow w_th
              activated th
              compensation of b a
              passed bb
              activating undoB
              compensating b
              activated undoB
              job undoB retries 3
            > complete undoB
              JobActivated undoB
              JobCompleted undoB
              completed undoB
              passed ba
              activating undoA
              compensating a
              activated undoA
              job undoA retries 3
            > complete undoA
              JobActivated undoA
              JobCompleted undoA
              completed undoA
              CompensationEnded
              completed th
              flow th_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn what_was_completed_and_is_not_there_any_more_is_an_obstacle() {
    let old = format!("s: startEvent {COMPENSABLE}\n s -> a -> b -> w -> th -> e");
    let new = "
        s: startEvent
        a: serviceTask
        b: task
        w: userTask
        e: endEvent
        s -> a -> b -> w -> e";
    refused(
        &old,
        new,
        "",
        "w>w",
        expect![[r#"
        'a' was completed and can be compensated, and 'a' and the element with id 'a' that takes its place are of different types
        'b' was completed and can be compensated, and 'b' has no compensation handler
    "#]],
    );
    refused(
        &old,
        "s: startEvent\n w: userTask\n e: endEvent\n s -> w -> e",
        "",
        "w>w",
        expect![[r#"
        'a' was completed and can be compensated, and no mapping instruction says what 'a' is in the target process definition, which has no element with this id to take its place
        'b' was completed and can be compensated, and no mapping instruction says what 'b' is in the target process definition, which has no element with this id to take its place
    "#]],
    );
}

#[test]
fn the_first_token_begins_where_it_was_to_begin() {
    let listener = r#"<extensionElements><zeebe:executionListeners><zeebe:executionListener eventType="start" type="first"/></zeebe:executionListeners></extensionElements>"#;
    let listened = |nodes: &str| format!("p: process {listener} {{\n{nodes}\n s -> a -> b -> e\n}}");
    let old = listened("s: startEvent\n a: userTask\n b: userTask\n e: endEvent");
    let new = listened("b: userTask\n a: userTask\n s: startEvent\n e: endEvent");
    check(
        &old,
        &new,
        "start p\n deploy\n migrate p\n complete first",
        expect![[r#"
        > start p
          created p v1
          ContinuationScheduled
          EXECUTION_LISTENER job first retries 3 START
        > deploy
        > migrate p
          InstanceMigrated
        > complete first
          JobActivated first
          JobCompleted first
          ContinuationTaken
          passed s
          flow s_a
          activated a
          UserTaskCreating priority 50
          UserTaskCreated
    "#]],
    );
    let without = "s: startEvent\n a: userTask\n e: endEvent\n s -> a -> e";
    refused(
        &old,
        without,
        "",
        "",
        expect![[r#"
        active element with id 'p' waits for its listener of type 'first', and its mapped element with id 'p' has no such listener
    "#]],
    );
    refused(
        &old,
        &listened("s: startEvent timer(PT1S)\n a: userTask\n b: userTask\n e: endEvent"),
        "",
        "",
        expect![[r#"
            a token is on its way to 's', and 's' and the element with id 's' that takes its place are of different types
        "#]],
    );
}

fn complex(before: &str, flows: &str) -> String {
    format!(
        "s: startEvent
         {before}
         f: parallelGateway
         a: task
         b: userTask
         c: complexGateway <activationCondition>= activationCount &gt;= 1</activationCondition>
         z: serviceTask
         e: endEvent
         {flows}; f -> a -> c; f -> b -> c; c -> z -> e"
    )
}

#[test]
fn a_complex_gateway_goes_on_waiting_for_its_reset() {
    let (old, new) = (complex("", "s -> f"), complex("pre: task", "s -> pre -> f"));
    check(
        &old,
        &new,
        "start p\n deploy\n migrate p b>b z>z\n finish\n complete z",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_f
          passed f
          flow f_a
          flow f_b
          passed a
          flow a_c waits
          activated b
          UserTaskCreating priority 50
          UserTaskCreated
          JoinFired a_c
          c activated, awaits b_c
          passed c
          flow c_z
          activated z
          job z retries 3
        > deploy
        > migrate p b>b z>z
          InstanceMigrated
        > finish
          task COMPLETING complete
          UserTaskCompleted
          completed b
          flow b_c waits
          JoinFired b_c
          c reset
        > complete z
          JobActivated z
          JobCompleted z
          completed z
          flow z_e
          passed e
          InstanceCompleted
    "#]],
    );
    let gone = "s: startEvent\n f: parallelGateway\n b: userTask\n z: serviceTask\n e: endEvent\n s -> f; f -> b -> e; f -> z -> e";
    refused(
        &old,
        gone,
        "",
        "b>b z>z",
        expect![[r#"
        the complex gateway with id 'c' waits for the rest of its tokens, and no mapping instruction says what 'c' is in the target process definition, which has no element with this id to take its place
    "#]],
    );
}

#[test]
fn tokens_at_joins_stay_on_their_flows() {
    let join = |nodes: &str, flows: &str| {
        format!(
            "s: startEvent
             {nodes}
             f: parallelGateway
             a: serviceTask
             b: serviceTask
             j: parallelGateway
             z: serviceTask
             e: endEvent
             {flows}; z -> e"
        )
    };
    let old = join("", "s -> f; f -> a -> j; f -> b -> j -> z");
    // The other way round, and one flow comes from a new element.
    let new = join("pre: task\n c: serviceTask", "s -> pre -> f; f -> b -> j -> z; f -> a -> c; c -> j");
    check(
        &old,
        &new,
        "start p\n complete b\n deploy\n migrate p a>a\n complete a\n complete c",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_f
              passed f
              flow f_a
              flow f_b
              activated a
              job a retries 3
              activated b
              job b retries 3
            > complete b
              JobActivated b
              JobCompleted b
              completed b
              flow b_j waits
            > deploy
            > migrate p a>a
              InstanceMigrated
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_c
              activated c
              job c retries 3
            > complete c
              JobActivated c
              JobCompleted c
              completed c
              flow c_j waits
              JoinFired b_j c_j
              passed j
              flow j_z
              activated z
              job z retries 3
        "#]],
    );
    let fewer = join("", "s -> f; f -> a -> z; f -> b -> j -> z");
    refused(
        &old,
        &fewer,
        "complete b",
        "a>a",
        expect![[r#"
        a token waits at 'j' on the sequence flow 'b_j', and 'j' does not wait for as many tokens
        a token waits at 'j' on the sequence flow 'b_j', and 'j' has fewer incoming sequence flows (#) than 'j' (#)
    "#]],
    );
    refused(
        &old,
        &new,
        "complete a",
        "b>b",
        expect![[r#"
        a token waits at 'j' on the sequence flow 'a_j', and 'j' has no incoming sequence flow that takes the place of 'a_j': one of the same id, or the only one from the same source
    "#]],
    );
    let other = join("", "s -> f; f -> a -> j; f -> b -> j -> z").replace("j: parallel", "j: inclusive");
    refused(
        &old,
        &other,
        "complete b",
        "a>a",
        expect![[r#"
        a token waits at 'j' on the sequence flow 'b_j', and 'j' and the element with id 'j' that takes its place are of different types
    "#]],
    );
}

#[test]
fn the_events_of_a_gateway_stay_the_same() {
    let old = "
        s: startEvent
        g: eventBasedGateway
        came: intermediateCatchEvent message(M)
        late: intermediateCatchEvent timer(PT3S)
        e: endEvent
        s -> g -> came -> e; g -> late -> e";
    let new = "
        s: startEvent
        pre: task
        g: eventBasedGateway
        late: intermediateCatchEvent timer(PT3S)
        came: intermediateCatchEvent message(M)
        e: endEvent
        s -> pre -> g -> late -> e; g -> came -> e";
    check(
        old,
        new,
        "start p\n deploy\n migrate p g>g came>came late>late\n publish M",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_g
          activated g
          waits for M '' at came
          sent OpenSubscription
          timer late at 3000, 0 more
          InstanceSubscribed
        > deploy
        > migrate p g>g came>came late>late
          InstanceMigrated
        > publish M
          MessagePublished
          MessageCorrelating
          sent CorrelateSubscription
          MessageExpired
          SubscriptionCorrelated M at came
          SubscriptionClosed M at came
          sent AcceptCorrelation
          TimerCanceled late
          completed g
          flow g_came
          passed came
          flow came_e
          passed e
          InstanceCompleted
          MessageCorrelated
    "#]],
    );
    refused(
        old,
        new,
        "",
        "g>g",
        expect![[r#"
            no mapping instruction defined for the event with id 'came' that the active event-based gateway with id 'g' waits for. The events of an active event-based gateway cannot be migrated without a mapping.
            no mapping instruction defined for the event with id 'late' that the active event-based gateway with id 'g' waits for. The events of an active event-based gateway cannot be migrated without a mapping.
        "#]],
    );
    refused(
        old,
        new,
        "",
        "g>g came>late late>came",
        expect![[r#"
            event with id 'came' and its mapped element with id 'late' are of different types
            event with id 'late' and its mapped element with id 'came' are of different types
        "#]],
    );
}

#[test]
fn a_loop_stays_what_it_is() {
    let task = |marker: &str| format!("s: startEvent\n u: userTask {marker}\n e: endEvent\n s -> u -> e");
    let multiple = |sequential: bool| {
        task(&format!(
            r#"<multiInstanceLoopCharacteristics isSequential="{sequential}"><loopCardinality>= 2</loopCardinality></multiInstanceLoopCharacteristics>"#
        ))
    };
    let (plain, parallel, sequential) = (task(""), multiple(false), multiple(true));
    let standard = task(r#"<standardLoopCharacteristics loopMaximum="3"/>"#);
    let collection = task(r#"<multiInstanceLoopCharacteristics><loopDataInputRef>xs</loopDataInputRef></multiInstanceLoopCharacteristics>"#)
        .replace("u: userTask", "<dataObject id=\"xs\" name=\"xs\" isCollection=\"true\"/>\n u: userTask");
    let kinds = [plain, parallel, sequential, standard, collection];
    let mut all = String::new();
    for (index, old) in kinds[..4].iter().enumerate() {
        for (other, new) in kinds.iter().enumerate() {
            if index != other {
                all.push_str(&refusal(old, new, "", "u>u"));
                all.push('\n');
            }
        }
    }
    expect![[r#"
        active element with id 'u' has different loop characteristics than its mapped element with id 'u': no loop and parallel multi-instance. Loop characteristics of an active element cannot be changed during migration.
        active element with id 'u' has different loop characteristics than its mapped element with id 'u': no loop and sequential multi-instance. Loop characteristics of an active element cannot be changed during migration.
        active element with id 'u' has different loop characteristics than its mapped element with id 'u': no loop and standard loop. Loop characteristics of an active element cannot be changed during migration.
        active element with id 'u' has different loop characteristics than its mapped element with id 'u': no loop and parallel multi-instance over a collection. Loop characteristics of an active element cannot be changed during migration.
        active element with id 'u' has different loop characteristics than its mapped element with id 'u': parallel multi-instance and no loop. Loop characteristics of an active element cannot be changed during migration.
        active element with id 'u' has different loop characteristics than its mapped element with id 'u': parallel multi-instance and sequential multi-instance. Loop characteristics of an active element cannot be changed during migration.
        active element with id 'u' has different loop characteristics than its mapped element with id 'u': parallel multi-instance and standard loop. Loop characteristics of an active element cannot be changed during migration.
        active element with id 'u' has different loop characteristics than its mapped element with id 'u': parallel multi-instance and parallel multi-instance over a collection. Loop characteristics of an active element cannot be changed during migration.
        active element with id 'u' has different loop characteristics than its mapped element with id 'u': sequential multi-instance and no loop. Loop characteristics of an active element cannot be changed during migration.
        active element with id 'u' has different loop characteristics than its mapped element with id 'u': sequential multi-instance and parallel multi-instance. Loop characteristics of an active element cannot be changed during migration.
        active element with id 'u' has different loop characteristics than its mapped element with id 'u': sequential multi-instance and standard loop. Loop characteristics of an active element cannot be changed during migration.
        active element with id 'u' has different loop characteristics than its mapped element with id 'u': sequential multi-instance and parallel multi-instance over a collection. Loop characteristics of an active element cannot be changed during migration.
        active element with id 'u' has different loop characteristics than its mapped element with id 'u': standard loop and no loop. Loop characteristics of an active element cannot be changed during migration.
        active element with id 'u' has different loop characteristics than its mapped element with id 'u': standard loop and parallel multi-instance. Loop characteristics of an active element cannot be changed during migration.
        active element with id 'u' has different loop characteristics than its mapped element with id 'u': standard loop and sequential multi-instance. Loop characteristics of an active element cannot be changed during migration.
        active element with id 'u' has different loop characteristics than its mapped element with id 'u': standard loop and parallel multi-instance over a collection. Loop characteristics of an active element cannot be changed during migration.
    "#]].assert_eq(&all);
    check(
        &kinds[2],
        &kinds[2].replace("s -> u", "t: task\n s -> t -> u"),
        "start p\n deploy\n finish\n migrate p u>u\n finish",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_u
              activated u
              loop of 2
              iteration 1 of u
              variables of u 1 {"loopCounter":1}
              activated u 1
              UserTaskCreating priority 50
              UserTaskCreated
            > deploy
            > finish
              task COMPLETING complete
              UserTaskCompleted
              completed u 1
              iteration 1 completed
              iteration 2 of u
              variables of u 2 {"loopCounter":2}
              activated u 2
              UserTaskCreating priority 50
              UserTaskCreated
            > migrate p u>u
              InstanceMigrated
            > finish
              task COMPLETING complete
              UserTaskCompleted
              completed u 2
              iteration 2 completed
              completed u
              flow u_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn activities_that_wait_for_their_turn_begin_as_what_they_are() {
    let sequential = |activities: &str| {
        format!(
            "s: startEvent
             ah: adHocSubProcess ordering=Sequential {{
               {activities}
             }}
             e: endEvent
             s -> ah -> e"
        )
    };
    let old = sequential("a: serviceTask\n b: serviceTask\n c: serviceTask");
    let new = sequential("c: serviceTask\n x: serviceTask\n b: serviceTask\n a: serviceTask");
    check(
        &old,
        &new,
        "start p\n deploy\n migrate p ah>ah a>a\n complete a\n complete b\n complete c",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_ah
              activated ah
              a, b, c wait for their turn in ah
              1 taken of those that wait in ah
              inner scope of ah
              activated a
              job a retries 3
            > deploy
            > migrate p ah>ah a>a
              InstanceMigrated
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              completed scope in ah
              iteration 1 completed
              1 taken of those that wait in ah
              inner scope of ah
              activated b
              job b retries 3
            > complete b
              JobActivated b
              JobCompleted b
              completed b
              completed scope in ah
              iteration 2 completed
              1 taken of those that wait in ah
              inner scope of ah
              activated c
              job c retries 3
            > complete c
              JobActivated c
              JobCompleted c
              completed c
              completed scope in ah
              iteration 3 completed
              completed ah
              flow ah_e
              passed e
              InstanceCompleted
        "#]],
    );
    let gone = sequential("a: serviceTask\n c: userTask");
    refused(
        &old,
        &gone,
        "",
        "ah>ah a>a",
        expect![[r#"
        the activity with id 'b' waits for its turn, and no mapping instruction says what 'b' is in the target process definition, which has no element with this id to take its place
        the activity with id 'c' waits for its turn, and 'c' and the element with id 'c' that takes its place are of different types
    "#]],
    );
}
