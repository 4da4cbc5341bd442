//! Event sub-process (BPMN 10.3.5.2, 13.5.4): armed while its scope is active; one that interrupts takes the scope over.

use crate::skeleton::check;
use expect_test::expect;

#[test]
fn event_sub_process_that_interrupts_ends_all_else_and_disarms_the_others() {
    check(
        "s: startEvent
a: serviceTask
e: endEvent
s -> a -> e
one: subProcess triggeredByEvent=true {
t: startEvent signal(S)
h: serviceTask
x: endEvent
t -> h -> x
}
two: subProcess triggeredByEvent=true {
u: startEvent isInterrupting=false signal(Q)
k: serviceTask
y: endEvent
u -> k -> y
}",
        "start p; signal Q; signal S; signal Q; complete h",
        expect![[r#"
            > start p
              created p v1
              waits for signal S at t
              sent SubscribeSignal
              waits for signal Q at u
              sent SubscribeSignal
              passed s
              flow s_a
              activated a
              job a retries 3
              SignalSubscribed
              SignalSubscribed
            > signal Q
              SignalBroadcast
              sent CorrelateSubscription
              SubscriptionCorrelated Q at u
              activated two
              passed u
              flow u_k
              activated k
              job k retries 3
            > signal S
              SignalBroadcast
              sent CorrelateSubscription
              SubscriptionCorrelated S at t
              SubscriptionClosed S at t
              sent UnsubscribeSignal
              JobCanceled k
              terminated k
              terminated two
              JobCanceled a
              terminated a
              SubscriptionClosed Q at u
              sent UnsubscribeSignal
              ScopeInterrupted p
              activated one
              passed t
              flow t_h
              activated h
              job h retries 3
              SignalUnsubscribed
              SignalUnsubscribed
            > signal Q
              SignalBroadcast
            > complete h
              JobActivated h
              JobCompleted h
              completed h
              flow h_x
              passed x
              completed one
              InstanceCompleted
        "#]],
    );
}

#[test]
fn event_sub_process_that_does_not_interrupt_runs_beside_and_again() {
    check(
        "s: startEvent
a: serviceTask
e: endEvent
s -> a -> e
es: subProcess triggeredByEvent=true {
t: startEvent isInterrupting=false signal(S)
h: serviceTask
x: endEvent
t -> h -> x
}",
        "start p; signal S; signal S; complete a; complete h; complete h",
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
fn event_sub_process_takes_tokens_at_joins_with_it() {
    check(
        "s: startEvent
f: parallelGateway
a: serviceTask
b: serviceTask
j: parallelGateway
e: endEvent
s -> f -> a -> j -> e; f -> b -> j
es: subProcess triggeredByEvent=true {
t: startEvent signal(S)
x: endEvent
t -> x
}",
        "start p; complete a; signal S",
        expect![[r#"
            > start p
              created p v1
              waits for signal S at t
              sent SubscribeSignal
              passed s
              flow s_f
              passed f
              flow f_a
              flow f_b
              activated a
              job a retries 3
              activated b
              job b retries 3
              SignalSubscribed
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_j waits
            > signal S
              SignalBroadcast
              sent CorrelateSubscription
              SubscriptionCorrelated S at t
              SubscriptionClosed S at t
              sent UnsubscribeSignal
              JobCanceled b
              terminated b
              JoinFired a_j
              ScopeInterrupted p
              activated es
              passed t
              flow t_x
              passed x
              completed es
              InstanceCompleted
              SignalUnsubscribed
        "#]],
    );
}

#[test]
fn event_sub_process_that_only_waits_does_not_keep_its_scope() {
    check(
        "s: startEvent
sub: subProcess {
i: startEvent
a: serviceTask
x: endEvent
i -> a -> x
es: subProcess triggeredByEvent=true {
t: startEvent timer(PT1M)
y: endEvent
t -> y
}
}
b: serviceTask
e: endEvent
s -> sub -> b -> e",
        "start p; complete a; time 60000; complete b",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_sub
              activated sub
              timer t at 60000, 0 more
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
              TimerCanceled t
              completed sub
              flow sub_b
              activated b
              job b retries 3
            > time 60000
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
fn event_sub_process_is_armed_again_with_its_scope() {
    check(
        "s: startEvent
m: exclusiveGateway
sub: subProcess {
i: startEvent
a: serviceTask
x: endEvent
i -> a -> x
es: subProcess triggeredByEvent=true {
t: startEvent signal(S)
y: endEvent
t -> y
}
}
g: exclusiveGateway default=g_e
e: endEvent
s -> m -> sub -> g -> [n < 1] m; g -> e",
        r#"start p {"n":0}; signal S; set {"n":1}; signal S"#,
        expect![[r#"
            > start p {"n":0}
              created p v1
              passed s
              flow s_m
              passed m
              flow m_sub
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
              flow t_y
              passed y
              completed es
              completed sub
              flow sub_g
              passed g
              flow g_m
              passed m
              flow m_sub
              activated sub
              waits for signal S at t
              sent SubscribeSignal
              passed i
              flow i_a
              activated a
              job a retries 3
              SignalUnsubscribed
              SignalSubscribed
            > set {"n":1}
              variables of p {"n":1}
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
              flow t_y
              passed y
              completed es
              completed sub
              flow sub_g
              passed g
              flow g_e
              passed e
              InstanceCompleted
              SignalUnsubscribed
        "#]],
    );
}

#[test]
fn event_sub_process_is_armed_before_the_first_token_of_its_scope() {
    check(
        "s: startEvent
t: intermediateThrowEvent escalation(C)
a: serviceTask
e: endEvent
s -> t -> a -> e
es: subProcess triggeredByEvent=true {
c: startEvent escalation(C)
x: endEvent
c -> x
}",
        "start p",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_t
              activated t
              escalation C caught by c
              terminated t
              ScopeInterrupted p
              activated es
              passed c
              flow c_x
              passed x
              completed es
              InstanceCompleted
        "#]],
    );
}
