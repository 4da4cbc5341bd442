//! Compensation and transactions (13.5.5, 13.3.5).

use crate::script::check;

const TWO: &str = "
    start s
    service a
    boundary ab on=a compensate
    service ah handler
    ab => ah
    service b
    boundary bb on=b compensate
    service bh handler
    bb => bh
    service c
    throw t THROW
    end e
    s -> a -> b -> c -> t -> e";

fn with(throw: &str) -> String {
    TWO.replace("THROW", throw)
}

#[test]
fn what_has_completed_is_compensated_in_reverse_order() {
    check(
        &with("compensate"),
        "start P
        complete a
        complete b
        ? -ab -bb -ah
        complete c
        ? t+ bb bh+ -ab -ah
        complete bh
        ? ab ah+ t+
        complete ah
        ? t e done",
    );
}

#[test]
fn only_one_activity() {
    check(
        &with("compensate:a"),
        "start P
        complete a
        complete b
        complete c
        ? ab ah+ -bb
        complete ah
        ? t e -bh done",
    );
}

#[test]
fn without_waiting() {
    check(
        &with("nowait compensate"),
        "start P
        complete a
        complete b
        complete c
        ? t e bh+ -ah open
        complete bh
        ? ah+ open
        complete ah
        ? ah done",
    );
}

#[test]
fn each_is_compensated_once() {
    check(
        "start s
        service a
        boundary ab on=a compensate
        task ah handler
        ab => ah
        throw t compensate
        throw u compensate
        end e compensate
        s -> a -> t -> u -> e",
        "start P
        complete a
        ? ab ah t u e done",
    );
}

#[test]
fn each_completion_is_compensated() {
    check(
        "start s
        exclusive head
        service a
        boundary ab on=a compensate
        service ah handler
        ab => ah
        exclusive x
        throw t compensate
        end e
        s -> head -> a -> x
        x -> head : n < 2
        x -> t : default
        t -> e",
        "start P n=0
        complete a n=1
        complete a n=2
        ? ah+
        complete ah
        ? ah:2/1/0 ab:2/2/0 t+
        complete ah
        ? e done",
    );
}

#[test]
fn what_was_interrupted_is_not() {
    check(
        "start s
        service a
        boundary ab on=a compensate
        service ah handler
        ab => ah
        boundary t on=a timer:PT1S
        end e compensate
        s -> a -> e
        t -> e",
        "start P
        advance 1
        ? a:1/0/1 e -ab done",
    );
}

#[test]
fn a_handler_that_its_own_boundary_event_interrupts_has_ended() {
    // The throw event does not wait for what follows the boundary event; the process does.
    check(
        &TWO.replace("THROW", "compensate").replace(
            "end e",
            "boundary l on=bh error:E1
            service after
            end le
            l -> after -> le
            end e",
        ),
        "start P
        complete a
        complete b
        complete c
        ? bh+ -ah
        error bh E1
        ? bh:1/0/1 l after+ ah+ t+
        complete ah
        ? ab ah t e open
        complete after
        ? done",
    );
}

const NESTED: &str = "
    start s
    sub u {
    start us
    service a
    boundary ab on=a compensate
    service ah handler
    ab => ah
    service b
    boundary bb on=b compensate
    service bh handler
    bb => bh
    end ue
    us -> a -> b -> ue
    ESP
    }
    service c
    throw t compensate
    end e
    s -> u -> c -> t -> e";

#[test]
fn a_sub_process_is_compensated_by_what_is_in_it() {
    check(
        &NESTED.replace("ESP", ""),
        "start P
        complete a
        complete b
        complete c
        ? bb bh+ -ah u
        complete bh
        complete ah
        ? ab t e done",
    );
}

#[test]
fn a_compensation_event_sub_process_is_asked_first() {
    let silent = "sub x event {
        start xs compensate
        service d
        end xe
        xs -> d -> xe
        }";
    check(
        &NESTED.replace("ESP", silent),
        "start P
        complete a
        complete b
        ? -x
        complete c
        ? x+ xs d+ t+ -bh
        complete d
        ? x t e -bh -ah done",
    );
    let asking = silent.replace("end xe", "end xe compensate");
    check(
        &NESTED.replace("ESP", &asking),
        "start P
        complete a
        complete b
        complete c
        complete d
        ? xe+ bh+
        complete bh
        complete ah
        ? xe x t e done",
    );
}

#[test]
fn compensation_sees_the_variables_of_its_sub_process() {
    check(
        "start s
        sub u {
        data d
        start us
        service a
        end ue
        us -> a -> ue
        sub x event {
        start xs compensate
        exclusive g
        service high
        service low
        end xe
        xs -> g
        g -> high : d > 2
        g -> low : default
        high -> xe
        low -> xe
        }
        }
        throw t compensate
        end e
        s -> u -> t -> e",
        "start P
        complete a d=3
        ? high+ -low",
    );
}

#[test]
fn an_error_event_sub_process_compensates_its_scope() {
    check(
        "start s
        sub u {
        start us
        service a
        boundary ab on=a compensate
        service ah handler
        ab => ah
        end ue error:E
        us -> a -> ue
        sub x event {
        start xs error:E
        throw xt compensate
        end xe
        xs -> xt -> xe
        }
        }
        end e
        s -> u -> e",
        "start P
        complete a
        ? xt+ ah+
        complete ah
        ? xt xe x u e done",
    );
}

#[test]
fn iterations_are_compensated_one_by_one() {
    check(
        "start s
        service a
        xml a <multiInstanceLoopCharacteristics><loopCardinality>=2</loopCardinality></multiInstanceLoopCharacteristics>
        boundary ab on=a compensate
        service ah handler
        ab => ah
        throw t compensate
        end e
        s -> a -> t -> e",
        "start P
        complete a
        complete a
        ? ah+ ab
        complete ah
        ? ah:2/1/0 ab:2/2/0
        complete ah
        ? t e done",
    );
}

const TRANSACTION: &str = "
    start s
    transaction u {
    start us
    service a
    boundary ab on=a compensate
    service ah handler
    ab => ah
    parallel f
    service b
    service c
    exclusive x
    end uc cancel
    end ue
    us -> a -> f -> b -> x
    f -> c -> ue
    x -> uc : n > 0
    x -> ue : default
    }
    boundary k on=u cancel
    boundary r on=u error
    end e
    end g
    end h
    s -> u -> e
    k -> g
    r -> h";

#[test]
fn a_cancelled_transaction_is_compensated_and_left() {
    check(
        TRANSACTION,
        "start P n=1
        complete a
        complete b
        ? uc c:1/0/1 ab ah+ u+ -k
        complete ah
        ? u:1/0/1 k g -e done",
    );
}

#[test]
fn a_transaction_that_succeeds_or_fails_is_a_sub_process() {
    check(
        TRANSACTION,
        "start P n=0
        complete a
        complete b
        complete c
        ? u e -k -ah done",
    );
    check(
        TRANSACTION,
        "start P n=0
        complete a
        error b E
        ? u:1/0/1 r h -ah -k done",
    );
}

#[test]
fn a_transaction_is_cancelled_from_inside_a_sub_process() {
    check(
        "start s
        transaction u {
        start us
        sub v {
        start vs
        service a
        end vc cancel
        vs -> a -> vc
        }
        end ue
        us -> v -> ue
        }
        boundary k on=u cancel
        end e
        end g
        s -> u -> e
        k -> g",
        "start P
        complete a
        ? vc v:1/0/1 u:1/0/1 k g -ue done",
    );
}
