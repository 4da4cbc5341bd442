//! Timer events (BPMN 10.5.5): at a moment, after a duration, or in a cycle.

use crate::skeleton::{
    boundary, boundary_of_sub_process, catch, check, check_versions, event_sub_process,
    event_sub_process_inside, non_interrupting_boundary, non_interrupting_event_sub_process, start,
};
use expect_test::expect;

#[test]
fn start_timer_begins_one_instance_after_a_duration() {
    check(
        &start("timer(PT10S)"),
        "time 9999; time 1; time 60000",
        expect![[r#"
          StartTimerScheduled
        > time 9999
        > time 1
          StartTimerTriggered
          sent CreateProcessInstance
          created p v1
          passed s
          flow s_a
          activated a
          job a retries 3
        > time 60000
    "#]],
    );
}

#[test]
fn start_timer_begins_an_instance_with_each_turn_of_its_cycle() {
    check(
        &start("cycle(R2/PT10S)"),
        "time 60000",
        expect![[r#"
          StartTimerScheduled
        > time 60000
          StartTimerTriggered
          StartTimerScheduled
          sent CreateProcessInstance
          created p v1
          passed s
          flow s_a
          activated a
          job a retries 3
          StartTimerTriggered
          sent CreateProcessInstance
          created p v1
          passed s
          flow s_a
          activated a
          job a retries 3
    "#]],
    );
}

#[test]
fn start_timer_of_an_older_version_is_over() {
    check_versions(
        &[&start("cycle(R/PT10S)"), &start("date(1970-01-01T00:01:00Z)")],
        "time 10000; deploy; time 50000",
        expect![[r#"
              StartTimerScheduled
            > time 10000
              StartTimerTriggered
              StartTimerScheduled
              sent CreateProcessInstance
              created p v1
              passed s
              flow s_a
              activated a
              job a retries 3
            > deploy
              StartTimerCanceled
              StartTimerScheduled
            > time 50000
              StartTimerTriggered
              sent CreateProcessInstance
              created p v2
              passed s
              flow s_a
              activated a
              job a retries 3
        "#]],
    );
}

#[test]
fn catch_timer_after_a_duration() {
    check(
        &catch("timer(PT5M)"),
        "start p; time 299999; time 1",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_c
          activated c
          timer c at 300000, 0 more
        > time 299999
        > time 1
          TimerTriggered c
          completed c
          flow c_e
          passed e
          InstanceCompleted
    "#]],
    );
}

#[test]
fn catch_timer_at_a_date_that_an_expression_gives() {
    check(
        &catch("date(=date and time(when))"),
        r#"start p {"when":"1970-01-01T00:00:02Z"}; time 2000"#,
        expect![[r#"
            > start p {"when":"1970-01-01T00:00:02Z"}
              created p v1
              passed s
              flow s_c
              activated c
              timer c at 2000, 0 more
            > time 2000
              TimerTriggered c
              completed c
              flow c_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn catch_timer_in_the_past_fires_at_once() {
    check(
        &catch("date(1970-01-01T00:00:01Z)"),
        "time 5000; start p; time 0",
        expect![[r#"
        > time 5000
        > start p
          created p v1
          passed s
          flow s_c
          activated c
          timer c at 1000, 0 more
        > time 0
          TimerTriggered c
          completed c
          flow c_e
          passed e
          InstanceCompleted
    "#]],
    );
}

#[test]
fn catch_timer_without_a_moment_is_an_incident() {
    check(
        &catch("timer(=wait)"),
        r#"start p; set {"wait":"PT1S"}; resolve; time 1000"#,
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_c
              activating c
              incident EXTRACT_VALUE_ERROR at c: Expected result of the expression 'wait' to be one of '[DURATION, PERIOD, STRING]', but was 'NULL'. The evaluation reported the following warnings: / [NO_VARIABLE_FOUND] No variable found with name 'wait'
            > set {"wait":"PT1S"}
              variables of p {"wait":"PT1S"}
            > resolve
              IncidentResolved at c
              activated c
              timer c at 1000, 0 more
            > time 1000
              TimerTriggered c
              completed c
              flow c_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn boundary_timer_takes_the_place_of_its_activity() {
    check(
        &boundary("timer(=wait)"),
        r#"start p {"wait":"PT1S"}; time 1000; complete h"#,
        expect![[r#"
        > start p {"wait":"PT1S"}
          created p v1
          passed s
          flow s_a
          activated a
          timer b at 1000, 0 more
          job a retries 3
        > time 1000
          TimerTriggered b
          JobCanceled a
          terminated a
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
          InstanceCompleted
    "#]],
    );
}

#[test]
fn boundary_timer_goes_with_its_activity() {
    check(
        &boundary("timer(PT1S)"),
        "start p; complete a; time 1000",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_a
          activated a
          timer b at 1000, 0 more
          job a retries 3
        > complete a
          JobActivated a
          JobCompleted a
          TimerCanceled b
          completed a
          flow a_e
          passed e
          InstanceCompleted
        > time 1000
    "#]],
    );
}

#[test]
fn boundary_timer_ends_a_sub_process() {
    check(
        &boundary_of_sub_process("timer(PT1S)"),
        "start p; complete a; time 1000; complete h",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_sub
              activated sub
              timer b at 1000, 0 more
              passed i
              flow i_f
              passed f
              flow f_a
              flow f_a2
              activated a
              job a retries 3
              activated a2
              job a2 retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_j
              passed j
            > time 1000
              TimerTriggered b
              JobCanceled a2
              terminated a2
              terminated sub
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
              InstanceCompleted
        "#]],
    );
}

#[test]
fn non_interrupting_boundary_timer_goes_on_beside() {
    check(
        &non_interrupting_boundary("timer(PT1S)"),
        "start p; time 5000; complete a; complete h",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              timer b at 1000, 0 more
              job a retries 3
            > time 5000
              TimerTriggered b
              passed b
              flow b_h
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
              InstanceCompleted
        "#]],
    );
}

#[test]
fn non_interrupting_boundary_timer_fires_with_each_turn_of_its_cycle() {
    check(
        &non_interrupting_boundary("cycle(R2/PT1S)"),
        "start p; time 5000; complete h; complete a; complete h",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              timer b at 1000, 1 more
              job a retries 3
            > time 5000
              TimerTriggered b
              timer b at 2000, 0 more
              passed b
              flow b_h
              activated h
              job h retries 3
              TimerTriggered b
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
              InstanceCompleted
        "#]],
    );
}

#[test]
fn non_interrupting_boundary_timer_without_end_stops_with_its_activity() {
    check(
        &non_interrupting_boundary("cycle(R/PT1S)"),
        "start p; time 2500; complete a; time 5000; complete h; complete h",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              timer b at 1000, -1 more
              job a retries 3
            > time 2500
              TimerTriggered b
              timer b at 2000, -1 more
              passed b
              flow b_h
              activated h
              job h retries 3
              TimerTriggered b
              timer b at 3000, -1 more
              passed b
              flow b_h
              activated h
              job h retries 3
            > complete a
              JobActivated a
              JobCompleted a
              TimerCanceled b
              completed a
              flow a_e
              passed e
            > time 5000
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
              InstanceCompleted
        "#]],
    );
}

#[test]
fn event_sub_process_timer_takes_the_process_over() {
    check(
        &event_sub_process("timer(PT1S)"),
        "start p; time 1000; complete h",
        expect![[r#"
        > start p
          created p v1
          timer t at 1000, 0 more
          passed s
          flow s_a
          activated a
          job a retries 3
        > time 1000
          TimerTriggered t
          JobCanceled a
          terminated a
          ScopeInterrupted p
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
          InstanceCompleted
    "#]],
    );
}

#[test]
fn event_sub_process_timer_goes_with_its_scope() {
    check(
        &event_sub_process("timer(PT1S)"),
        "start p; complete a; time 1000",
        expect![[r#"
        > start p
          created p v1
          timer t at 1000, 0 more
          passed s
          flow s_a
          activated a
          job a retries 3
        > complete a
          JobActivated a
          JobCompleted a
          completed a
          flow a_e
          passed e
          TimerCanceled t
          InstanceCompleted
        > time 1000
    "#]],
    );
}

#[test]
fn event_sub_process_timer_inside_lets_the_sub_process_complete() {
    check(
        &event_sub_process_inside("timer(PT1S)"),
        "start p; time 1000; complete h; complete c",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_sub
              activated sub
              timer t at 1000, 0 more
              passed i
              flow i_a
              activated a
              job a retries 3
            > time 1000
              TimerTriggered t
              JobCanceled a
              terminated a
              ScopeInterrupted sub
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
fn non_interrupting_event_sub_process_timer_goes_on_beside() {
    check(
        &non_interrupting_event_sub_process("timer(PT1S)"),
        "start p; time 1000; complete a; complete h",
        expect![[r#"
            > start p
              created p v1
              timer t at 1000, 0 more
              passed s
              flow s_a
              activated a
              job a retries 3
            > time 1000
              TimerTriggered t
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
              InstanceCompleted
        "#]],
    );
}

#[test]
fn non_interrupting_event_sub_process_timer_fires_with_each_turn_of_its_cycle() {
    check(
        &non_interrupting_event_sub_process("cycle(R2/PT1S)"),
        "start p; time 9000; complete a; complete h; complete h",
        expect![[r#"
            > start p
              created p v1
              timer t at 1000, 1 more
              passed s
              flow s_a
              activated a
              job a retries 3
            > time 9000
              TimerTriggered t
              timer t at 2000, 0 more
              activated es
              passed t
              flow t_h
              activated h
              job h retries 3
              TimerTriggered t
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
              InstanceCompleted
        "#]],
    );
}

#[test]
fn non_interrupting_event_sub_process_timer_does_not_keep_the_scope_open() {
    check(
        &event_sub_process_inside("isInterrupting=false cycle(R/PT1S)"),
        "start p; complete a; time 1000; complete c",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_sub
              activated sub
              timer t at 1000, -1 more
              passed i
              flow i_a
              activated a
              job a retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_j
              passed j
              TimerCanceled t
              completed sub
              flow sub_c
              activated c
              job c retries 3
            > time 1000
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
fn catch_timer_with_a_cycle_fires_once() {
    check(
        &catch("cycle(R3/PT1S)"),
        "start p; time 5000",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_c
          activated c
          timer c at 1000, 2 more
        > time 5000
          TimerTriggered c
          timer c at 2000, 1 more
          TimerCanceled c
          completed c
          flow c_e
          passed e
          InstanceCompleted
    "#]],
    );
}

#[test]
fn catch_timer_that_would_never_fire_is_an_incident() {
    check(
        &catch("cycle(R0/PT1S)"),
        "start p",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_c
          activating c
          incident EXTRACT_VALUE_ERROR at c: The cycle of the expression 'R0/PT1S' has no repetitions, so this event would never occur. Write one such as R1/PT10S.
    "#]],
    );
}

#[test]
fn boundary_timer_without_repetitions_lets_its_activity_go_on() {
    check(
        &non_interrupting_boundary("cycle(R0/PT1S)"),
        "start p; time 5000",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_a
          activated a
          job a retries 3
        > time 5000
    "#]],
    );
}

/// A process with a timer start event of this cycle begins at these moments of the first year.
fn begins(cycle: &str, moments: &[i64]) {
    let model = format!(
        r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="d" targetNamespace="t">
<process id="p" isExecutable="true"><startEvent id="s"><timerEventDefinition><timeCycle xsi:type="tFormalExpression">{cycle}</timeCycle></timerEventDefinition></startEvent>
<sequenceFlow id="f" sourceRef="s" targetRef="e"/><endEvent id="e"/></process></definitions>"#
    );
    let mut world = testkit::World::new(1, true);
    world.deploy(&model);
    let count = |world: &testkit::World| world.trace.matches("created p v1").count();
    let mut now = 0;
    for (index, moment) in moments.iter().enumerate() {
        world.advance(moment - now - 1);
        assert_eq!(count(&world), index, "{cycle} before {moment}: {}", world.trace);
        world.advance(1);
        assert_eq!(count(&world), index + 1, "{cycle} at {moment}: {}", world.trace);
        now = *moment;
    }
    world.advance(366 * 86_400_000);
    assert_eq!(count(&world), moments.len(), "{cycle}: {}", world.trace);
    world.check_replay();
}

#[test]
fn timer_start_event_counts_months_from_the_start_of_its_cycle() {
    let day = 86_400_000;
    // 31 January, 28 February, 31 March, 30 April.
    begins("R4/1970-01-31T00:00:00Z/P1M", &[30 * day, 58 * day, 89 * day, 119 * day]);
    let hour = 3_600_000;
    let berlin = [30 * day - hour, 58 * day - hour];
    begins("R2/1970-01-31T00:00:00@Europe/Berlin/P1M", &berlin);
    begins("R2/1970-01-31T00:00:00[Europe/Berlin]/P1M", &berlin);
    begins("R2/1970-01-31T00:00:00Z/1970-02-01T12:00:00Z", &[30 * day, 31 * day + 12 * hour]);
}
