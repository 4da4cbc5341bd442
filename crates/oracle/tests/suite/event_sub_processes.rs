//! Event sub-processes (13.5.4).

use crate::script::check;

const SUB: &str = "
    start s
    sub u {
    start us
    service a
    end ue
    us -> a -> ue
    sub x event {
    start xs EVENT
    service b
    end xe
    xs -> b -> xe
    }
    }
    end e
    s -> u -> e";

fn with(event: &str) -> String {
    SUB.replace("EVENT", event)
}

#[test]
fn an_interrupting_one_takes_over_its_scope() {
    check(
        &with("signal:S"),
        "start P
        ? -x -xs u+
        signal S
        ? xs x+ b+ a:1/0/1 u+
        signal S
        ? x:1/0/0
        complete b
        ? x u e -ue done",
    );
}

#[test]
fn a_non_interrupting_one_runs_beside() {
    check(
        &with("keep message:M"),
        "start P
        message M
        message M
        ? x:2/0/0 b:2/0/0 a+
        complete a
        ? ue u:1/0/0
        message M
        ? x:3/0/0
        complete b
        complete b
        complete b
        ? x:3/3/0 u e done",
    );
}

#[test]
fn what_is_armed_does_not_keep_a_scope() {
    check(
        &with("timer:PT5S"),
        "start P
        complete a
        ? u e -x done",
    );
    check(
        &with("timer:PT5S"),
        "start P
        advance 5
        ? a:1/0/1 b+
        complete b
        ? u e done",
    );
}

#[test]
fn an_interrupting_one_disarms_the_others() {
    let diagram = "
        start s
        service a
        end e
        s -> a -> e
        sub x event {
        start xs keep signal:S
        service b
        end xe
        xs -> b -> xe
        }
        sub y event {
        start ys message:M
        service c
        end ye
        ys -> c -> ye
        }";
    check(
        diagram,
        "start P
        signal S
        ? b+ a+
        message M
        ? x:1/0/1 b:1/0/1 a:1/0/1 c+
        signal S
        ? x:1/0/1
        complete c
        ? y ye -e done",
    );
}

#[test]
fn an_error_is_caught_inside_before_it_is_outside() {
    let diagram = "
        start s
        sub u {
        start us
        service a
        end ue error:E
        us -> a -> ue
        sub x event {
        start xs error:E
        service b
        end xe
        xs -> b -> xe
        }
        }
        boundary c on=u error:E
        end e
        end f
        s -> u -> e
        c -> f";
    check(
        diagram,
        "start P
        complete a
        ? ue:1/0/1 xs b+ -c
        complete b
        ? u e done",
    );
    check(
        diagram,
        "start P
        error a E
        ? a:1/0/1 xs b+
        error b E
        ? x:1/0/1 u:1/0/1 c f -e done",
    );
}

#[test]
fn an_escalation_is_not_caught_by_the_one_it_is_thrown_in() {
    check(
        "start s
        sub u {
        start us
        throw t escalation:C
        service a
        end ue
        us -> t -> a -> ue
        sub x event {
        start xs keep escalation:C
        end xe escalation:C
        xs -> xe
        }
        }
        boundary c on=u keep escalation:C
        end e
        end f
        s -> u -> e
        c -> f",
        "start P
        ? t x xe c f a+
        complete a
        ? e done",
    );
}

#[test]
fn a_condition_already_true_fires_before_anything_runs() {
    check(
        &with("when:n>0"),
        "start P n=1
        ? u+ x+ b+ -us -a
        complete b
        ? u e done",
    );
    check(
        &with("keep when:n>0"),
        "start P n=1
        ? b+ a+
        set n=0
        set n=2
        ? b:2/0/0",
    );
}

#[test]
fn nested_ones() {
    check(
        "start s
        service a
        end e
        s -> a -> e
        sub x event {
        start xs signal:S
        service b
        end xe
        xs -> b -> xe
        sub y event {
        start ys signal:S
        service c
        end ye
        ys -> c -> ye
        }
        }",
        "start P
        signal S
        ? b+ -y
        signal S
        ? b:1/0/1 y+ c+
        complete c
        ? ye y x -e done",
    );
}
