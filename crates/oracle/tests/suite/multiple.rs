//! Multiple and parallel multiple events, conditions that start processes, complex gateways with one flow.

use crate::script::check;

const TWO: &str = "start s
    sub a {
        start i
        service b
        end k error:E1 message:M escalation:C1 signal:S
        i -> b -> k
    }
    boundary c on=a escalation:C1
    end e
    service d
    catch m message:M
    service n
    s -> a -> e
    c -> d -> m -> n -> e";

#[test]
fn all_messages_and_signals_are_thrown_though_the_thrower_is_ended() {
    check(
        TWO,
        "start P
        complete b
        ? a:1/0/1 k:1/0/1 c d+
        complete d
        ? m n+",
    );
}

#[test]
fn what_ends_the_thrower_comes_last() {
    check(
        "start s
        service b
        end k terminate message:M
        catch m message:M
        service w
        end e
        s -> b -> k
        s -> w -> m -> e",
        "start P
        start P
        complete b
        ? @0 done w:1/0/1
        complete w
        ? @1 m b+",
    );
}

#[test]
fn an_escalation_is_one_of_several_that_must_occur() {
    let diagram = |more: &str| {
        format!(
            "start s
            sub a {{
                start i
                service b
                throw t escalation:C1
                service u
                end k
                i -> b -> t -> u -> k
            }}
            boundary c on=a all escalation:C1 signal:S {more}
            service d
            end e
            s -> a -> e
            c -> d -> e"
        )
    };
    check(
        &diagram(""),
        "start P
        complete b
        ? t u+ -c
        signal S
        ? c d+ a:1/0/1",
    );
    check(
        &diagram("keep"),
        "start P
        signal S
        complete b
        ? t u+ c d+ a+",
    );
}

#[test]
fn an_error_fits_only_as_the_last_of_several() {
    let diagram = "start s
        sub a {
            start i
            service b
            end k error:E1
            i -> b -> k
        }
        boundary c on=a all error:E1 signal:S
        service d
        end e
        s -> a -> e
        c -> d -> e";
    check(diagram, "start P\ncomplete b\n? k! -c");
    check(diagram, "start P\nsignal S\ncomplete b\n? c d+ a:1/0/1");
}

#[test]
fn a_timer_of_several_runs_again_when_they_begin_anew() {
    check(
        "start s
        service a
        boundary c on=a all keep signal:S timer:PT4S
        service d
        end e
        s -> a -> e
        c -> d -> e",
        "start P
        signal S
        advance 4
        ? c d+
        signal S
        advance 3
        ? c
        advance 1
        ? c:2/2/0",
    );
}

#[test]
fn a_condition_starts_a_process() {
    check(
        "process P
        start s when:n>1
        service a
        end e
        s -> a -> e
        process Q
        start t when:n>2
        end f
        t -> f",
        "conditions n=1
        conditions n=2
        ? @0 s a+ n=2
        conditions n=3
        ? @1 s a+ @2 t f done",
    );
}

#[test]
fn a_complex_gateway_with_one_flow_keeps_tokens_until_its_condition_is_true() {
    check(
        "start s
        parallel fork
        service a
        service b
        exclusive m
        complex g
        xml g <activationCondition>= activationCount &gt;= 2</activationCondition>
        service o
        end e
        s -> fork -> a -> m -> g -> o -> e
        fork -> b -> m",
        "start P
        complete a
        ? -g
        complete b
        ? g o+
        complete o
        ? open",
    );
}
