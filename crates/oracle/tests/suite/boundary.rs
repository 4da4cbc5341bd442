//! Boundary events (13.5.3).

use crate::script::check;

#[test]
fn an_interrupting_boundary_event_ends_its_activity() {
    let diagram = "
        start s
        service a
        boundary b on=a timer:PT3S
        end e
        end f
        s -> a -> e
        b -> f";
    check(
        diagram,
        "start P
        advance 2
        ? a+ -b
        advance 1
        ? a:1/0/1 b f -e done",
    );
    check(
        diagram,
        "start P
        complete a
        advance 5
        ? a e -b done",
    );
}

#[test]
fn a_non_interrupting_boundary_event_leaves_it_running() {
    check(
        "start s
        service a
        boundary b on=a keep signal:S
        service c
        end e
        end f
        s -> a -> e
        b -> c -> f",
        "start P
        signal S
        signal S
        ? a+ b:2/2/0 c:2/0/0
        complete a
        ? e open
        signal S
        ? b:2/2/0
        complete c
        complete c
        ? f:2/2/0 done",
    );
}

#[test]
fn a_cycle_fires_as_often_as_it_says() {
    check(
        "start s
        service a
        boundary b on=a keep cycle:R2/PT2S
        end e
        end f
        s -> a -> e
        b -> f",
        "start P
        advance 2
        ? b f
        advance 10
        ? b:2/2/0 f:2/2/0 a+",
    );
}

#[test]
fn errors_go_to_the_exact_code_first_and_outwards() {
    let diagram = "
        start s
        sub outer {
        start os
        sub inner {
        start is
        service a
        end ie
        is -> a -> ie
        }
        boundary any on=inner error
        boundary one on=inner error:E1
        end oe
        end oa
        end o1
        os -> inner -> oe
        any -> oa
        one -> o1
        }
        boundary far on=outer error:E2
        end e
        end f
        s -> outer -> e
        far -> f";
    check(
        diagram,
        "start P
        error a E1
        ? one -any a:1/0/1 inner:1/0/1 o1 outer e done",
    );
    check(
        diagram,
        "start P
        error a E2
        ? any -one -far oa e done",
    );
    let far = diagram.replace("boundary any on=inner error\n", "boundary any on=inner error:E3\n");
    check(
        &far,
        "start P
        error a E2
        ? far f -e outer:1/0/1 inner:1/0/1 done",
    );
    check(
        &far,
        "start P
        error a E4
        ? a! a:1/0/0 open
        refused complete a",
    );
}

#[test]
fn a_task_catches_its_own_error() {
    check(
        "start s
        service a
        boundary b on=a error:E
        end e
        end f
        s -> a -> e
        b -> f",
        "start P
        error a E
        ? a:1/0/1 b f done",
    );
}

#[test]
fn escalations_interrupt_or_not() {
    let diagram = "
        start s
        sub u {
        start us
        throw t escalation:C
        service a
        end ue
        us -> t -> a -> ue
        }
        boundary b on=u keep escalation:C
        service c
        end e
        end f
        s -> u -> e
        b -> c -> f";
    check(
        diagram,
        "start P
        ? t b c+ a+ u+
        complete a
        complete c
        ? e f done",
    );
    check(
        &diagram.replace("keep ", ""),
        "start P
        ? t:1/0/1 b c+ u:1/0/1 -a
        complete c
        ? f -e done",
    );
    check(
        &diagram.replace("keep escalation:C", "escalation:D"),
        "start P
        ? t -b a+
        complete a
        ? e done",
    );
}

#[test]
fn conditions_fire_when_they_become_true() {
    let diagram = "
        start s
        service a
        boundary b on=a keep when:n>2
        end e
        end f
        s -> a -> e
        b -> f";
    check(
        diagram,
        "start P n=0
        set n=3
        set n=4
        ? b f
        set n=1
        set n=5
        ? b:2/2/0 f:2/2/0 a+",
    );
    check(
        diagram,
        "start P n=3
        ? b f a+",
    );
    check(
        &diagram.replace("keep ", ""),
        "start P n=3
        ? a:1/0/1 b f -e done",
    );
}

#[test]
fn a_condition_is_looked_at_after_the_step() {
    // The task is complete and so its boundary event is gone before anyone looks.
    check(
        "start s
        service a
        boundary b on=a when:n>2
        service c
        end e
        end f
        s -> a -> c -> e
        b -> f",
        "start P n=0
        complete a n=3
        ? a c+ -b",
    );
}

#[test]
fn messages_of_a_boundary_event_that_stays() {
    check(
        "start s
        user first
        service a
        boundary b on=a keep message:M
        end e
        end f
        s -> first -> a -> e
        b -> f",
        "start P
        message M
        message M
        complete first
        ? b:2/2/0 f:2/2/0 a+
        message M
        ? b:3/3/0",
    );
}

#[test]
fn boundary_events_are_armed_before_what_is_inside_runs() {
    check(
        "start s
        sub u {
        start us
        end ue signal:S
        us -> ue
        }
        boundary b on=u signal:S
        sub v {
        start vs
        end ve error:E
        vs -> ve
        }
        boundary c on=v error:E
        end e
        end f
        s -> u -> v -> e
        b -> f
        c -> f",
        "start P
        ? u:1/0/1 ue:1/0/1 b f -v done",
    );
}
