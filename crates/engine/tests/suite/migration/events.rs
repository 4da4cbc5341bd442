//! Boundary events, event sub-processes and what is armed.

use super::{check, refused};
use expect_test::expect;

const TIMED: &str = "
    s: startEvent
    u: userTask
    b: boundaryEvent attachedToRef=u timer(PT2S)
    y: userTask
    t: task
    e: endEvent
    s -> u -> y -> e; b -> t -> e";

#[test]
fn an_event_stays_one_of_its_kind_at_its_element() {
    check(
        TIMED,
        &TIMED.replace("u: userTask", "n: task\n u: userTask").replace("s -> u", "s -> n -> u"),
        "start p\n time 1000\n deploy\n migrate p u>u b>b\n time 1000",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_u
              activated u
              timer b at 2000, 0 more
              UserTaskCreating priority 50
              UserTaskCreated
            > time 1000
            > deploy
            > migrate p u>u b>b
              InstanceMigrated
            > time 1000
              TimerTriggered b
              UserTaskCanceled
              terminated u
              passed b
              flow b_t
              passed t
              flow t_e
              passed e
              InstanceCompleted
        "#]],
    );
    let other = TIMED.replace("attachedToRef=u", "attachedToRef=y");
    refused(
        TIMED,
        &other,
        "",
        "u>u b>b",
        expect![[r#"
        event with id 'b' is mapped to the event with id 'b', which belongs to 'y' and not to what 'u' is mapped to. An event has to stay at the same element.
    "#]],
    );
    let none = "s: startEvent\n u: serviceTask\n y: userTask\n e: endEvent\n s -> u -> y -> e";
    refused(
        TIMED,
        none,
        "",
        "u>u b>y nope>y u>zzz t>zzz u>y",
        expect![[r#"
        mapping instructions contain a non-existing source element id 'nope'. Elements provided in mapping instructions must exist in the source process definition.
        mapping instructions contain a non-existing target element id 'zzz'. Elements provided in mapping instructions must exist in the target process definition.
        the mapping instructions contain duplicate source element ids 'u'
        active element with id 'u' and its mapped element with id 'u' are of different types
        event with id 'b' and its mapped element with id 'y' are of different types
    "#]],
    );
    refused(
        TIMED,
        &TIMED.replace("timer(PT2S)", "signal(S)"),
        "",
        "u>u b>b",
        expect![[r#"
        event with id 'b' and its mapped element with id 'b' are of different types
    "#]],
    );
    refused(
        TIMED,
        &TIMED.replace("timer(PT2S)", "cancelActivity=false timer(PT2S)"),
        "",
        "u>u b>b",
        expect![[r#"
            event with id 'b' and its mapped element with id 'b' are of different types
        "#]],
    );
}

#[test]
fn an_event_without_mapping_ends_and_new_ones_begin() {
    let new = TIMED
        .replace("u: userTask", "u: userTask\n n: boundaryEvent attachedToRef=u signal(S)\n x: userTask")
        .replace("; b", "; n -> x -> e; b");
    check(
        TIMED,
        &new,
        "start p\n time 1000\n deploy\n migrate p u>u\n time 1999\n time 1",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_u
          activated u
          timer b at 2000, 0 more
          UserTaskCreating priority 50
          UserTaskCreated
        > time 1000
        > deploy
        > migrate p u>u
          TimerCanceled b
          InstanceMigrated
          waits for signal S at n
          sent SubscribeSignal
          timer b at 3000, 0 more
          SignalSubscribed
        > time 1999
        > time 1
          TimerTriggered b
          UserTaskCanceled
          SubscriptionClosed S at n
          sent UnsubscribeSignal
          terminated u
          passed b
          flow b_t
          passed t
          flow t_e
          passed e
          InstanceCompleted
          SignalUnsubscribed
    "#]],
    );
}

#[test]
fn an_event_that_occurred_does_not_occur_again() {
    let keeps = TIMED.replace("timer(PT2S)", "cancelActivity=false timer(PT2S)");
    let moved = keeps.replace("u: userTask", "n: task\n u: userTask").replace("s -> u", "s -> n -> u");
    check(
        &keeps,
        &moved,
        "start p\n time 2000\n deploy\n migrate p u>u\n time 9000",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_u
          activated u
          timer b at 2000, 0 more
          UserTaskCreating priority 50
          UserTaskCreated
        > time 2000
          TimerTriggered b
          passed b
          flow b_t
          passed t
          flow t_e
          passed e
        > deploy
        > migrate p u>u
          InstanceMigrated
        > time 9000
    "#]],
    );
}

#[test]
fn what_is_not_begun_is_not_armed_before_it_begins() {
    let listened = |more: &str, flow: &str| {
        format!(
            r#"s: startEvent
           {more}
           u: userTask <extensionElements><zeebe:executionListeners><zeebe:executionListener eventType="start" type="first"/></zeebe:executionListeners></extensionElements>
           b: boundaryEvent attachedToRef=u timer(PT2S)
           e: endEvent
           {flow} -> u -> e; b -> e"#
        )
    };
    check(
        &listened("", "s"),
        &listened("t: task", "s -> t"),
        "start p\n deploy\n migrate p u>u\n complete first\n time 2000",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_u
              activating u
              EXECUTION_LISTENER job first retries 3 START
            > deploy
            > migrate p u>u
              InstanceMigrated
            > complete first
              JobActivated first
              JobCompleted first
              listened u
              activated u
              timer b at 2000, 0 more
              UserTaskCreating priority 50
              UserTaskCreated
            > time 2000
              TimerTriggered b
              UserTaskCanceled
              terminated u
              passed b
              flow b_e
              passed e
              InstanceCompleted
        "#]],
    );
    let without = "s: startEvent\n u: userTask\n b: boundaryEvent attachedToRef=u timer(PT2S)\n e: endEvent\n s -> u -> e; b -> e";
    refused(
        &listened("", "s"),
        without,
        "",
        "u>u",
        expect![[r#"
        active element with id 'u' waits for its listener of type 'first', and its mapped element with id 'u' has no such listener
    "#]],
    );
}

#[test]
fn a_scope_that_was_taken_over_is_not_taken_over_again() {
    let handled = |work: &str, more: &str| {
        format!(
            "s: startEvent
             u: userTask
             {more}
             esp: subProcess triggeredByEvent=true {{
               es: startEvent signal(S)
               {work}: userTask
               ee: endEvent
               es -> {work} -> ee
             }}
             e: endEvent
             s -> u -> e"
        )
    };
    let another = "x: subProcess triggeredByEvent=true {
          xs: startEvent signal(S)
          xe: endEvent
          xs -> xe
        }";
    check(
        &handled("eu", ""),
        &handled("ev", another),
        "start p\n signal S\n deploy\n migrate p esp>esp eu>ev\n signal S\n finish",
        expect![[r#"
            > start p
              created p v1
              waits for signal S at es
              sent SubscribeSignal
              passed s
              flow s_u
              activated u
              UserTaskCreating priority 50
              UserTaskCreated
              SignalSubscribed
            > signal S
              SignalBroadcast
              sent CorrelateSubscription
              SubscriptionCorrelated S at es
              SubscriptionClosed S at es
              sent UnsubscribeSignal
              UserTaskCanceled
              terminated u
              ScopeInterrupted p
              activated esp
              passed es
              flow es_eu
              activated eu
              UserTaskCreating priority 50
              UserTaskCreated
              SignalUnsubscribed
            > deploy
            > migrate p esp>esp eu>ev
              InstanceMigrated
            > signal S
              SignalBroadcast
            > finish
              task COMPLETING complete
              UserTaskCompleted
              completed ev
              flow ev_ee
              passed ee
              completed esp
              InstanceCompleted
        "#]],
    );
    refused(
        &handled("eu", ""),
        &handled("ev", "").replace("signal(S)", "isInterrupting=false signal(S)"),
        "",
        "u>u es>es",
        expect![[r#"
            event with id 'es' and its mapped element with id 'es' are of different types
        "#]],
    );
}

#[test]
fn every_obstacle_of_active_elements_is_named_at_once() {
    let old = "
        s: startEvent
        f: parallelGateway
        sub: subProcess {
          is: startEvent
          u: userTask
          ie: endEvent
          is -> u -> ie
        }
        a: serviceTask
        m: serviceTask
        e: endEvent
        s -> f; f -> sub -> e; f -> a -> e; f -> m -> e";
    let new = "
        s: startEvent
        f: parallelGateway
        sub: subProcess {
          is: startEvent
          a: serviceTask
          ie: endEvent
          is -> a -> ie
        }
        u: userTask
        m: sendTask messageRef=M
        e: endEvent
        s -> f; f -> sub -> e; f -> u -> e; f -> m -> e";
    refused(
        old,
        new,
        "",
        "sub>sub u>u m>m",
        expect![[r#"
        no mapping instruction defined for active element with id 'a'. Elements cannot be migrated without a mapping.
        active element with id 'm' and its mapped element with id 'm' are of different types
        the flow scope of active element with id 'u' is changed. The flow scope of the active element is expected to be 'sub' but was 'p'. The flow scope of an element cannot be changed during migration.
    "#]],
    );
}

#[test]
fn parts_of_an_event_that_occurred_stay_occurred() {
    let both = |order: &str, more: &str, flow: &str| {
        format!(
            "s: startEvent
             {more}
             u: userTask
             b: boundaryEvent attachedToRef=u parallelMultiple=true {order}
             t: task
             e: endEvent
             {flow} -> u -> e; b -> t -> e"
        )
    };
    let (old, new) =
        (both("signal(S) message(M)", "", "s"), both("signal(S) message(M)", "n: task", "s -> n"));
    check(
        &old,
        &new,
        "start p\n signal S\n deploy\n migrate p u>u b>b\n publish M",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_u
          activated u
          waits for signal S at b
          sent SubscribeSignal
          waits for M '' at b
          sent OpenSubscription
          UserTaskCreating priority 50
          UserTaskCreated
          SignalSubscribed
          InstanceSubscribed
        > signal S
          SignalBroadcast
          sent CorrelateSubscription
          SubscriptionCorrelated S at b
          SubscriptionClosed S at b
          sent UnsubscribeSignal
          part 0 of b occurred
          SignalUnsubscribed
        > deploy
        > migrate p u>u b>b
          InstanceMigrated
        > publish M
          MessagePublished
          MessageCorrelating
          sent CorrelateSubscription
          MessageExpired
          SubscriptionCorrelated M at b
          SubscriptionClosed M at b
          sent AcceptCorrelation
          part 1 of b occurred
          EventsReset b
          UserTaskCanceled
          terminated u
          passed b
          flow b_t
          passed t
          flow t_e
          passed e
          InstanceCompleted
          MessageCorrelated
    "#]],
    );
    check(
        &old,
        &new,
        "start p\n signal S\n deploy\n migrate p u>u\n publish M\n signal S",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_u
          activated u
          waits for signal S at b
          sent SubscribeSignal
          waits for M '' at b
          sent OpenSubscription
          UserTaskCreating priority 50
          UserTaskCreated
          SignalSubscribed
          InstanceSubscribed
        > signal S
          SignalBroadcast
          sent CorrelateSubscription
          SubscriptionCorrelated S at b
          SubscriptionClosed S at b
          sent UnsubscribeSignal
          part 0 of b occurred
          SignalUnsubscribed
        > deploy
        > migrate p u>u
          SubscriptionClosed M at b
          sent CloseSubscription
          EventsReset u
          InstanceMigrated
          waits for signal S at b
          sent SubscribeSignal
          waits for M '' at b
          sent OpenSubscription
          InstanceUnsubscribed
          SignalSubscribed
          InstanceSubscribed
        > publish M
          MessagePublished
          MessageCorrelating
          sent CorrelateSubscription
          MessageExpired
          SubscriptionCorrelated M at b
          SubscriptionClosed M at b
          sent AcceptCorrelation
          part 1 of b occurred
          MessageCorrelated
        > signal S
          SignalBroadcast
          sent CorrelateSubscription
          SubscriptionCorrelated S at b
          SubscriptionClosed S at b
          sent UnsubscribeSignal
          part 0 of b occurred
          EventsReset b
          UserTaskCanceled
          terminated u
          passed b
          flow b_t
          passed t
          flow t_e
          passed e
          InstanceCompleted
          SignalUnsubscribed
    "#]],
    );
    refused(
        &old,
        &both("message(M) signal(S)", "", "s"),
        "signal S",
        "u>u b>b",
        expect![[r#"
        event with id 'b' and its mapped element with id 'b' are of different types
    "#]],
    );
}
