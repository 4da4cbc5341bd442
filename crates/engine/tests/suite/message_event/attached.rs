//! Message events of activities and scopes: boundary events and event sub-processes.

use crate::skeleton::{
    boundary, boundary_of_sub_process, check, event_sub_process, event_sub_process_inside,
    non_interrupting_boundary, non_interrupting_event_sub_process,
};
use expect_test::expect;

#[test]
fn boundary_message_interrupts() {
    check(
        &boundary("message(M)"),
        r#"start p; publish M - 0 {"x":1}; complete h"#,
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              waits for M '' at b
              sent OpenSubscription
              job a retries 3
              InstanceSubscribed
            > publish M - 0 {"x":1}
              MessagePublished
              MessageCorrelating
              sent CorrelateSubscription
              MessageExpired
              SubscriptionCorrelated M at b
              SubscriptionClosed M at b
              sent AcceptCorrelation
              JobCanceled a
              terminated a
              activated b
              variables of b {"x":1}
              variables of p {"x":1}
              completed b
              flow b_h
              activated h
              job h retries 3
              MessageCorrelated
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
fn boundary_message_goes_with_its_activity() {
    check(
        &boundary("message(M)"),
        "start p; complete a; publish M",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_a
          activated a
          waits for M '' at b
          sent OpenSubscription
          job a retries 3
          InstanceSubscribed
        > complete a
          JobActivated a
          JobCompleted a
          SubscriptionClosed M at b
          sent CloseSubscription
          completed a
          flow a_e
          passed e
          InstanceCompleted
          InstanceUnsubscribed
        > publish M
          MessagePublished
          MessageExpired
    "#]],
    );
}

#[test]
fn boundary_message_ends_everything_in_a_sub_process() {
    check(
        &boundary_of_sub_process("message(M)"),
        "start p; publish M; complete h",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_sub
          activated sub
          waits for M '' at b
          sent OpenSubscription
          passed i
          flow i_f
          passed f
          flow f_a
          flow f_a2
          activated a
          job a retries 3
          activated a2
          job a2 retries 3
          InstanceSubscribed
        > publish M
          MessagePublished
          MessageCorrelating
          sent CorrelateSubscription
          MessageExpired
          SubscriptionCorrelated M at b
          SubscriptionClosed M at b
          sent AcceptCorrelation
          JobCanceled a2
          terminated a2
          JobCanceled a
          terminated a
          terminated sub
          passed b
          flow b_h
          activated h
          job h retries 3
          MessageCorrelated
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
fn non_interrupting_boundary_message_goes_on_beside() {
    check(
        &non_interrupting_boundary("message(M)"),
        "start p; publish M; complete a; complete h",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              waits for M '' at b
              sent OpenSubscription
              job a retries 3
              InstanceSubscribed
            > publish M
              MessagePublished
              MessageCorrelating
              sent CorrelateSubscription
              MessageExpired
              SubscriptionCorrelated M at b
              sent AcceptCorrelation
              passed b
              flow b_h
              activated h
              job h retries 3
              MessageCorrelated
            > complete a
              JobActivated a
              JobCompleted a
              SubscriptionClosed M at b
              sent CloseSubscription
              completed a
              flow a_e
              passed e
              InstanceUnsubscribed
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
fn non_interrupting_boundary_message_takes_several() {
    check(
        &non_interrupting_boundary("message(M)"),
        r#"start p; publish M - 0 {"n":1}; publish M - 0 {"n":2}; complete h; complete h; complete a"#,
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              waits for M '' at b
              sent OpenSubscription
              job a retries 3
              InstanceSubscribed
            > publish M - 0 {"n":1}
              MessagePublished
              MessageCorrelating
              sent CorrelateSubscription
              MessageExpired
              SubscriptionCorrelated M at b
              sent AcceptCorrelation
              activated b
              variables of b {"n":1}
              variables of p {"n":1}
              completed b
              flow b_h
              activated h
              job h retries 3
              MessageCorrelated
            > publish M - 0 {"n":2}
              MessagePublished
              MessageCorrelating
              sent CorrelateSubscription
              MessageExpired
              SubscriptionCorrelated M at b
              sent AcceptCorrelation
              activated b
              variables of b {"n":2}
              variables of p {"n":2}
              completed b
              flow b_h
              activated h
              job h retries 3
              MessageCorrelated
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
              SubscriptionClosed M at b
              sent CloseSubscription
              completed a
              flow a_e
              passed e
              InstanceCompleted
              InstanceUnsubscribed
        "#]],
    );
}

#[test]
fn non_interrupting_boundary_message_goes_with_its_activity() {
    check(
        &non_interrupting_boundary("message(M)"),
        "start p; complete a; publish M",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_a
          activated a
          waits for M '' at b
          sent OpenSubscription
          job a retries 3
          InstanceSubscribed
        > complete a
          JobActivated a
          JobCompleted a
          SubscriptionClosed M at b
          sent CloseSubscription
          completed a
          flow a_e
          passed e
          InstanceCompleted
          InstanceUnsubscribed
        > publish M
          MessagePublished
          MessageExpired
    "#]],
    );
}

#[test]
fn event_sub_process_message_takes_the_process_over() {
    check(
        &event_sub_process("message(M)"),
        r#"start p; publish M - 0 {"x":1}; complete h"#,
        expect![[r#"
            > start p
              created p v1
              waits for M '' at t
              sent OpenSubscription
              passed s
              flow s_a
              activated a
              job a retries 3
              InstanceSubscribed
            > publish M - 0 {"x":1}
              MessagePublished
              MessageCorrelating
              sent CorrelateSubscription
              MessageExpired
              SubscriptionCorrelated M at t
              SubscriptionClosed M at t
              sent AcceptCorrelation
              JobCanceled a
              terminated a
              ScopeInterrupted p
              variables of p {"x":1}
              activated es
              activated t
              variables of t {"x":1}
              completed t
              flow t_h
              activated h
              job h retries 3
              MessageCorrelated
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
fn event_sub_process_message_goes_with_its_scope() {
    check(
        &event_sub_process("message(M)"),
        "start p; complete a; publish M",
        expect![[r#"
        > start p
          created p v1
          waits for M '' at t
          sent OpenSubscription
          passed s
          flow s_a
          activated a
          job a retries 3
          InstanceSubscribed
        > complete a
          JobActivated a
          JobCompleted a
          completed a
          flow a_e
          passed e
          SubscriptionClosed M at t
          sent CloseSubscription
          InstanceCompleted
          InstanceUnsubscribed
        > publish M
          MessagePublished
          MessageExpired
    "#]],
    );
}

#[test]
fn event_sub_process_message_inside_lets_the_sub_process_complete() {
    check(
        &event_sub_process_inside("message(M)"),
        "start p; publish M; complete h; complete c",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_sub
              activated sub
              waits for M '' at t
              sent OpenSubscription
              passed i
              flow i_a
              activated a
              job a retries 3
              InstanceSubscribed
            > publish M
              MessagePublished
              MessageCorrelating
              sent CorrelateSubscription
              MessageExpired
              SubscriptionCorrelated M at t
              SubscriptionClosed M at t
              sent AcceptCorrelation
              JobCanceled a
              terminated a
              ScopeInterrupted sub
              activated es
              passed t
              flow t_h
              activated h
              job h retries 3
              MessageCorrelated
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
fn non_interrupting_event_sub_process_message_goes_on_beside() {
    check(
        &non_interrupting_event_sub_process("message(M)"),
        "start p; publish M; complete a; complete h",
        expect![[r#"
            > start p
              created p v1
              waits for M '' at t
              sent OpenSubscription
              passed s
              flow s_a
              activated a
              job a retries 3
              InstanceSubscribed
            > publish M
              MessagePublished
              MessageCorrelating
              sent CorrelateSubscription
              MessageExpired
              SubscriptionCorrelated M at t
              sent AcceptCorrelation
              activated es
              passed t
              flow t_h
              activated h
              job h retries 3
              MessageCorrelated
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
              SubscriptionClosed M at t
              sent CloseSubscription
              InstanceCompleted
              InstanceUnsubscribed
        "#]],
    );
}

#[test]
fn non_interrupting_event_sub_process_message_takes_several() {
    check(
        &non_interrupting_event_sub_process("message(M)"),
        "start p; publish M; publish M; complete h; complete a; complete h",
        expect![[r#"
            > start p
              created p v1
              waits for M '' at t
              sent OpenSubscription
              passed s
              flow s_a
              activated a
              job a retries 3
              InstanceSubscribed
            > publish M
              MessagePublished
              MessageCorrelating
              sent CorrelateSubscription
              MessageExpired
              SubscriptionCorrelated M at t
              sent AcceptCorrelation
              activated es
              passed t
              flow t_h
              activated h
              job h retries 3
              MessageCorrelated
            > publish M
              MessagePublished
              MessageCorrelating
              sent CorrelateSubscription
              MessageExpired
              SubscriptionCorrelated M at t
              sent AcceptCorrelation
              activated es
              passed t
              flow t_h
              activated h
              job h retries 3
              MessageCorrelated
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
              SubscriptionClosed M at t
              sent CloseSubscription
              InstanceCompleted
              InstanceUnsubscribed
        "#]],
    );
}

#[test]
fn non_interrupting_event_sub_process_message_inside_keeps_the_sub_process_open() {
    check(
        &event_sub_process_inside("isInterrupting=false message(M)"),
        "start p; publish M; complete a; complete h; complete c",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_sub
              activated sub
              waits for M '' at t
              sent OpenSubscription
              passed i
              flow i_a
              activated a
              job a retries 3
              InstanceSubscribed
            > publish M
              MessagePublished
              MessageCorrelating
              sent CorrelateSubscription
              MessageExpired
              SubscriptionCorrelated M at t
              sent AcceptCorrelation
              activated es
              passed t
              flow t_h
              activated h
              job h retries 3
              MessageCorrelated
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
              SubscriptionClosed M at t
              sent CloseSubscription
              completed sub
              flow sub_c
              activated c
              job c retries 3
              InstanceUnsubscribed
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
