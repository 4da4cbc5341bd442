//! Signal events (BPMN 10.5.5): a signal reaches everyone who waits at that moment, and is not kept.

use crate::skeleton::{
    boundary, catch, check, end, event_sub_process, event_sub_process_inside, non_interrupting_boundary,
    non_interrupting_event_sub_process, other, other_starts, start, throw,
};
use expect_test::expect;

#[test]
fn start_signal_begins_an_instance_with_its_variables() {
    check(
        &start("signal(S)"),
        r#"signal S {"x":1}; focus 1; show"#,
        expect![[r#"
        > signal S {"x":1}
          SignalBroadcast
          sent CreateProcessInstance
          created p v1
          passed s
          flow s_a
          activated a
          job a retries 3
        > focus 1
        > show
          p ACTIVE {"x":1}
          a ACTIVE {}
    "#]],
    );
}

#[test]
fn start_signal_begins_an_instance_of_each_process() {
    check(
        &(start("signal(S)") + &other_starts("signal(S)")),
        "signal S",
        expect![[r#"
        > signal S
          SignalBroadcast
          sent CreateProcessInstance
          sent CreateProcessInstance
          created p v1
          passed s
          flow s_a
          activated a
          job a retries 3
          created q v1
          passed s2
          flow s2_e2
          passed e2
          InstanceCompleted
    "#]],
    );
}

#[test]
fn start_signal_begins_and_wakes_at_once() {
    check(
        &(start("signal(S)") + &other("signal(S)")),
        "start q; signal S",
        expect![[r#"
        > start q
          created q v1
          passed s2
          flow s2_c2
          activated c2
          waits for signal S at c2
          sent SubscribeSignal
          SignalSubscribed
        > signal S
          SignalBroadcast
          sent CorrelateSubscription
          sent CreateProcessInstance
          SubscriptionCorrelated S at c2
          SubscriptionClosed S at c2
          sent UnsubscribeSignal
          completed c2
          flow c2_e2
          passed e2
          InstanceCompleted
          created p v1
          passed s
          flow s_a
          activated a
          job a retries 3
          SignalUnsubscribed
    "#]],
    );
}

#[test]
fn catch_signal_goes_on_with_its_variables() {
    check(
        &catch("signal(S)"),
        r#"start p; signal S {"x":1}"#,
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_c
          activated c
          waits for signal S at c
          sent SubscribeSignal
          SignalSubscribed
        > signal S {"x":1}
          SignalBroadcast
          sent CorrelateSubscription
          SubscriptionCorrelated S at c
          SubscriptionClosed S at c
          sent UnsubscribeSignal
          variables of p {"x":1}
          completed c
          flow c_e
          passed e
          InstanceCompleted
          SignalUnsubscribed
    "#]],
    );
}

#[test]
fn catch_signal_reaches_everyone_who_waits() {
    check(
        &(catch("signal(S)") + &other("signal(S)")),
        "start p; start q; start p; signal S",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_c
          activated c
          waits for signal S at c
          sent SubscribeSignal
          SignalSubscribed
        > start q
          created q v1
          passed s2
          flow s2_c2
          activated c2
          waits for signal S at c2
          sent SubscribeSignal
          SignalSubscribed
        > start p
          created p v1
          passed s
          flow s_c
          activated c
          waits for signal S at c
          sent SubscribeSignal
          SignalSubscribed
        > signal S
          SignalBroadcast
          sent CorrelateSubscription
          sent CorrelateSubscription
          sent CorrelateSubscription
          SubscriptionCorrelated S at c
          SubscriptionClosed S at c
          sent UnsubscribeSignal
          completed c
          flow c_e
          passed e
          InstanceCompleted
          SubscriptionCorrelated S at c2
          SubscriptionClosed S at c2
          sent UnsubscribeSignal
          completed c2
          flow c2_e2
          passed e2
          InstanceCompleted
          SubscriptionCorrelated S at c
          SubscriptionClosed S at c
          sent UnsubscribeSignal
          completed c
          flow c_e
          passed e
          InstanceCompleted
          SignalUnsubscribed
          SignalUnsubscribed
          SignalUnsubscribed
    "#]],
    );
}

#[test]
fn catch_signal_is_not_kept() {
    check(
        &catch("signal(S)"),
        "signal S; start p; signal S2; cancel; signal S",
        expect![[r#"
        > signal S
          SignalBroadcast
        > start p
          created p v1
          passed s
          flow s_c
          activated c
          waits for signal S at c
          sent SubscribeSignal
          SignalSubscribed
        > signal S2
          SignalBroadcast
        > cancel
          SubscriptionClosed S at c
          sent UnsubscribeSignal
          terminated c
          InstanceTerminated
          SignalUnsubscribed
        > signal S
          SignalBroadcast
    "#]],
    );
}

#[test]
fn boundary_signal_interrupts() {
    check(
        &boundary("signal(S)"),
        r#"start p; signal S {"x":1}; complete h"#,
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_a
          activated a
          waits for signal S at b
          sent SubscribeSignal
          job a retries 3
          SignalSubscribed
        > signal S {"x":1}
          SignalBroadcast
          sent CorrelateSubscription
          SubscriptionCorrelated S at b
          SubscriptionClosed S at b
          sent UnsubscribeSignal
          JobCanceled a
          terminated a
          variables of p {"x":1}
          passed b
          flow b_h
          activated h
          job h retries 3
          SignalUnsubscribed
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
fn boundary_signal_goes_with_its_activity() {
    check(
        &boundary("signal(S)"),
        "start p; complete a; signal S",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_a
          activated a
          waits for signal S at b
          sent SubscribeSignal
          job a retries 3
          SignalSubscribed
        > complete a
          JobActivated a
          JobCompleted a
          SubscriptionClosed S at b
          sent UnsubscribeSignal
          completed a
          flow a_e
          passed e
          InstanceCompleted
          SignalUnsubscribed
        > signal S
          SignalBroadcast
    "#]],
    );
}

#[test]
fn boundary_signal_ends_a_sub_process_that_throws_it() {
    // The thrower is inside of what the signal ends.
    check(
        r#"s: startEvent
sub: subProcess {
i: startEvent
f: parallelGateway
a: serviceTask
t: intermediateThrowEvent signal(S)
k: serviceTask
j: endEvent
i -> f -> a -> j; f -> t -> k -> j
}
b: boundaryEvent attachedToRef=sub signal(S)
h: serviceTask
e: endEvent
s -> sub -> e; b -> h -> e"#,
        "start p; complete h",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_sub
              activated sub
              waits for signal S at b
              sent SubscribeSignal
              passed i
              flow i_f
              passed f
              flow f_a
              flow f_t
              activated a
              job a retries 3
              activated t
              SubscriptionCorrelated S at b
              SubscriptionClosed S at b
              sent UnsubscribeSignal
              terminated t
              JobCanceled a
              terminated a
              terminated sub
              passed b
              flow b_h
              sent BroadcastSignal
              activated h
              job h retries 3
              SignalSubscribed
              SignalUnsubscribed
              SignalBroadcast
            > complete h
              JobActivated h
              JobCompleted h
              completed h
              flow h_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn non_interrupting_boundary_signal_goes_on_beside() {
    check(
        &non_interrupting_boundary("signal(S)"),
        "start p; signal S; complete a; complete h",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              waits for signal S at b
              sent SubscribeSignal
              job a retries 3
              SignalSubscribed
            > signal S
              SignalBroadcast
              sent CorrelateSubscription
              SubscriptionCorrelated S at b
              passed b
              flow b_h
              activated h
              job h retries 3
            > complete a
              JobActivated a
              JobCompleted a
              SubscriptionClosed S at b
              sent UnsubscribeSignal
              completed a
              flow a_e
              passed e
              SignalUnsubscribed
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
fn non_interrupting_boundary_signal_takes_several() {
    check(
        &non_interrupting_boundary("signal(S)"),
        "start p; signal S; signal S; complete h; complete h; complete a",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              waits for signal S at b
              sent SubscribeSignal
              job a retries 3
              SignalSubscribed
            > signal S
              SignalBroadcast
              sent CorrelateSubscription
              SubscriptionCorrelated S at b
              passed b
              flow b_h
              activated h
              job h retries 3
            > signal S
              SignalBroadcast
              sent CorrelateSubscription
              SubscriptionCorrelated S at b
              passed b
              flow b_h
              activated h
              job h retries 3
            > complete h
              JobActivated h
              JobCompleted h
              completed h
              flow h_x
              passed x
            > complete h
              JobActivated h
              JobCompleted h
              completed h
              flow h_x
              passed x
            > complete a
              JobActivated a
              JobCompleted a
              SubscriptionClosed S at b
              sent UnsubscribeSignal
              completed a
              flow a_e
              passed e
              InstanceCompleted
              SignalUnsubscribed
        "#]],
    );
}

#[test]
fn non_interrupting_boundary_signal_goes_with_its_activity() {
    check(
        &non_interrupting_boundary("signal(S)"),
        "start p; complete a; signal S",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_a
          activated a
          waits for signal S at b
          sent SubscribeSignal
          job a retries 3
          SignalSubscribed
        > complete a
          JobActivated a
          JobCompleted a
          SubscriptionClosed S at b
          sent UnsubscribeSignal
          completed a
          flow a_e
          passed e
          InstanceCompleted
          SignalUnsubscribed
        > signal S
          SignalBroadcast
    "#]],
    );
}

#[test]
fn event_sub_process_signal_takes_the_process_over() {
    check(
        &event_sub_process("signal(S)"),
        r#"start p; signal S {"x":1}; complete h"#,
        expect![[r#"
        > start p
          created p v1
          waits for signal S at t
          sent SubscribeSignal
          passed s
          flow s_a
          activated a
          job a retries 3
          SignalSubscribed
        > signal S {"x":1}
          SignalBroadcast
          sent CorrelateSubscription
          SubscriptionCorrelated S at t
          SubscriptionClosed S at t
          sent UnsubscribeSignal
          JobCanceled a
          terminated a
          ScopeInterrupted p
          variables of p {"x":1}
          activated es
          passed t
          flow t_h
          activated h
          job h retries 3
          SignalUnsubscribed
        > complete h
          JobActivated h
          JobCompleted h
          completed h
          flow h_x
          passed x
          completed es
          InstanceCompleted
    "#]],
    );
}

#[test]
fn event_sub_process_signal_goes_with_its_scope() {
    check(
        &event_sub_process("signal(S)"),
        "start p; complete a; signal S",
        expect![[r#"
        > start p
          created p v1
          waits for signal S at t
          sent SubscribeSignal
          passed s
          flow s_a
          activated a
          job a retries 3
          SignalSubscribed
        > complete a
          JobActivated a
          JobCompleted a
          completed a
          flow a_e
          passed e
          SubscriptionClosed S at t
          sent UnsubscribeSignal
          InstanceCompleted
          SignalUnsubscribed
        > signal S
          SignalBroadcast
    "#]],
    );
}

#[test]
fn event_sub_process_signal_inside_lets_the_sub_process_complete() {
    check(
        &event_sub_process_inside("signal(S)"),
        "start p; signal S; complete h; complete c",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_sub
          activated sub
          waits for signal S at t
          sent SubscribeSignal
          passed i
          flow i_a
          activated a
          job a retries 3
          SignalSubscribed
        > signal S
          SignalBroadcast
          sent CorrelateSubscription
          SubscriptionCorrelated S at t
          SubscriptionClosed S at t
          sent UnsubscribeSignal
          JobCanceled a
          terminated a
          ScopeInterrupted sub
          activated es
          passed t
          flow t_h
          activated h
          job h retries 3
          SignalUnsubscribed
        > complete h
          JobActivated h
          JobCompleted h
          completed h
          flow h_x
          passed x
          completed es
          completed sub
          flow sub_c
          activated c
          job c retries 3
        > complete c
          JobActivated c
          JobCompleted c
          completed c
          flow c_e
          passed e
          InstanceCompleted
    "#]],
    );
}

#[test]
fn non_interrupting_event_sub_process_signal_goes_on_beside() {
    check(
        &non_interrupting_event_sub_process("signal(S)"),
        "start p; signal S; complete a; complete h",
        expect![[r#"
            > start p
              created p v1
              waits for signal S at t
              sent SubscribeSignal
              passed s
              flow s_a
              activated a
              job a retries 3
              SignalSubscribed
            > signal S
              SignalBroadcast
              sent CorrelateSubscription
              SubscriptionCorrelated S at t
              activated es
              passed t
              flow t_h
              activated h
              job h retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_e
              passed e
            > complete h
              JobActivated h
              JobCompleted h
              completed h
              flow h_x
              passed x
              completed es
              SubscriptionClosed S at t
              sent UnsubscribeSignal
              InstanceCompleted
              SignalUnsubscribed
        "#]],
    );
}

#[test]
fn non_interrupting_event_sub_process_signal_takes_several() {
    check(
        &non_interrupting_event_sub_process("signal(S)"),
        "start p; signal S; signal S; complete h; complete a; complete h",
        expect![[r#"
            > start p
              created p v1
              waits for signal S at t
              sent SubscribeSignal
              passed s
              flow s_a
              activated a
              job a retries 3
              SignalSubscribed
            > signal S
              SignalBroadcast
              sent CorrelateSubscription
              SubscriptionCorrelated S at t
              activated es
              passed t
              flow t_h
              activated h
              job h retries 3
            > signal S
              SignalBroadcast
              sent CorrelateSubscription
              SubscriptionCorrelated S at t
              activated es
              passed t
              flow t_h
              activated h
              job h retries 3
            > complete h
              JobActivated h
              JobCompleted h
              completed h
              flow h_x
              passed x
              completed es
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_e
              passed e
            > complete h
              JobActivated h
              JobCompleted h
              completed h
              flow h_x
              passed x
              completed es
              SubscriptionClosed S at t
              sent UnsubscribeSignal
              InstanceCompleted
              SignalUnsubscribed
        "#]],
    );
}

#[test]
fn non_interrupting_event_sub_process_signal_inside_keeps_the_sub_process_open() {
    check(
        &event_sub_process_inside("isInterrupting=false signal(S)"),
        "start p; signal S; complete a; complete h; complete c",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_sub
              activated sub
              waits for signal S at t
              sent SubscribeSignal
              passed i
              flow i_a
              activated a
              job a retries 3
              SignalSubscribed
            > signal S
              SignalBroadcast
              sent CorrelateSubscription
              SubscriptionCorrelated S at t
              activated es
              passed t
              flow t_h
              activated h
              job h retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_j
              passed j
            > complete h
              JobActivated h
              JobCompleted h
              completed h
              flow h_x
              passed x
              completed es
              SubscriptionClosed S at t
              sent UnsubscribeSignal
              completed sub
              flow sub_c
              activated c
              job c retries 3
              SignalUnsubscribed
            > complete c
              JobActivated c
              JobCompleted c
              completed c
              flow c_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn throw_signal_waits_until_all_others_of_the_step_wait() {
    // The catcher is one step further from the start than the thrower, and is reached all the same.
    check(
        r#"s: startEvent
f: parallelGateway
t: intermediateThrowEvent signal(S)
m: task
c: intermediateCatchEvent signal(S)
e: endEvent
s -> f -> t -> e; f -> m -> c -> e"#,
        "start p",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_f
              passed f
              flow f_t
              flow f_m
              passed m
              flow m_c
              activated c
              waits for signal S at c
              sent SubscribeSignal
              activated t
              SubscriptionCorrelated S at c
              SubscriptionClosed S at c
              sent UnsubscribeSignal
              completed c
              flow c_e
              sent BroadcastSignal
              completed t
              flow t_e
              passed e
              passed e
              InstanceCompleted
              SignalSubscribed
              SignalUnsubscribed
              SignalBroadcast
        "#]],
    );
}

#[test]
fn throw_signal_reaches_own_catchers_then_others() {
    check(
        &(throw("signal(S)") + &other("signal(S)")),
        "start q; start q; start p; complete a",
        expect![[r#"
            > start q
              created q v1
              passed s2
              flow s2_c2
              activated c2
              waits for signal S at c2
              sent SubscribeSignal
              SignalSubscribed
            > start q
              created q v1
              passed s2
              flow s2_c2
              activated c2
              waits for signal S at c2
              sent SubscribeSignal
              SignalSubscribed
            > start p
              created p v1
              passed s
              flow s_t
              activated t
              sent BroadcastSignal
              completed t
              flow t_a
              activated a
              job a retries 3
              SignalBroadcast
              sent CorrelateSubscription
              sent CorrelateSubscription
              SubscriptionCorrelated S at c2
              SubscriptionClosed S at c2
              sent UnsubscribeSignal
              completed c2
              flow c2_e2
              passed e2
              InstanceCompleted
              SubscriptionCorrelated S at c2
              SubscriptionClosed S at c2
              sent UnsubscribeSignal
              completed c2
              flow c2_e2
              passed e2
              InstanceCompleted
              SignalUnsubscribed
              SignalUnsubscribed
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
fn throw_signal_starts_processes() {
    check(
        &(throw("signal(S)") + &other_starts("signal(S)")),
        "start p",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_t
          activated t
          sent BroadcastSignal
          completed t
          flow t_a
          activated a
          job a retries 3
          SignalBroadcast
          sent CreateProcessInstance
          created q v1
          passed s2
          flow s2_e2
          passed e2
          InstanceCompleted
    "#]],
    );
}

#[test]
fn end_signal_reaches_who_waits() {
    check(
        &(end("signal(S)") + &other("signal(S)")),
        "start q; start p",
        expect![[r#"
        > start q
          created q v1
          passed s2
          flow s2_c2
          activated c2
          waits for signal S at c2
          sent SubscribeSignal
          SignalSubscribed
        > start p
          created p v1
          passed s
          flow s_e
          activated e
          sent BroadcastSignal
          completed e
          InstanceCompleted
          SignalBroadcast
          sent CorrelateSubscription
          SubscriptionCorrelated S at c2
          SubscriptionClosed S at c2
          sent UnsubscribeSignal
          completed c2
          flow c2_e2
          passed e2
          InstanceCompleted
          SignalUnsubscribed
    "#]],
    );
}

#[test]
fn end_signal_reaches_an_event_sub_process_of_its_own_scope() {
    // The scope is not finished before its end event has thrown.
    check(
        r#"s: startEvent
e: endEvent signal(S)
s -> e
es: subProcess triggeredByEvent=true {
t: startEvent signal(S)
h: serviceTask
x: endEvent
t -> h -> x
}"#,
        "start p; complete h",
        expect![[r#"
            > start p
              created p v1
              waits for signal S at t
              sent SubscribeSignal
              passed s
              flow s_e
              activated e
              SubscriptionCorrelated S at t
              SubscriptionClosed S at t
              sent UnsubscribeSignal
              terminated e
              ScopeInterrupted p
              activated es
              sent BroadcastSignal
              passed t
              flow t_h
              activated h
              job h retries 3
              SignalSubscribed
              SignalUnsubscribed
              SignalBroadcast
            > complete h
              JobActivated h
              JobCompleted h
              completed h
              flow h_x
              passed x
              completed es
              InstanceCompleted
        "#]],
    );
}

#[test]
fn end_signal_starts_processes() {
    check(
        &(end("signal(S)") + &other_starts("signal(S)")),
        "start p",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_e
          activated e
          sent BroadcastSignal
          completed e
          InstanceCompleted
          SignalBroadcast
          sent CreateProcessInstance
          created q v1
          passed s2
          flow s2_e2
          passed e2
          InstanceCompleted
    "#]],
    );
}
