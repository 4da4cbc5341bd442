//! Sequence flow and gateways that split, and parallel joins (13.2.1, 13.4.1, 13.4.2, 13.4.4).

use crate::script::check;

const TWO_PATHS: &str = "
    start s
    parallel fork
    service a
    service b
    parallel join
    end e
    s -> fork -> a -> join -> e
    fork -> b -> join";

#[test]
fn a_parallel_join_waits_for_every_flow() {
    check(
        TWO_PATHS,
        "start P
        ? a+ b+ -join open
        complete a
        ? a -join
        complete b
        ? join e done",
    );
}

#[test]
fn a_parallel_join_counts_flows_not_tokens() {
    check(
        "start s
        parallel fork
        service a
        service b
        service c
        exclusive merge
        parallel join
        end e
        s -> fork -> a -> merge -> join -> e
        fork -> b -> merge
        fork -> c -> join",
        "start P
        complete a
        complete b
        ? -join open
        complete c
        ? join e:1/1/0 open",
    );
}

#[test]
fn flows_without_gateway_split_and_do_not_join() {
    check(
        "start s
        service a
        service b
        user c
        end e
        s -> a -> c
        s -> b -> c
        c -> e",
        "start P
        ? a+ b+
        complete a
        complete b
        ? c:2/0/0
        complete c
        complete c
        ? e:2/2/0 done",
    );
}

const CHOICE: &str = "
    start s
    exclusive x
    service a
    service b
    service c
    end e
    s -> x
    x -> c : default
    x -> a : n > 1
    x -> b : n > 0
    a -> e
    b -> e
    c -> e";

#[test]
fn an_exclusive_gateway_takes_the_first_true_flow() {
    check(
        CHOICE,
        "start P n=2
        ? a+ -b -c",
    );
    check(
        CHOICE,
        "start P n=1
        ? b+ -a -c",
    );
    check(
        CHOICE,
        "start P n=0
        ? c+ -a -b",
    );
}

#[test]
fn an_exclusive_gateway_merges_token_by_token() {
    check(
        "start s
        parallel fork
        exclusive merge
        service a
        end e
        s -> fork -> merge -> a -> e
        fork -> merge",
        "start P
        ? merge:2/2/0 a:2/0/0
        complete a#1
        ? e open
        complete a
        ? e:2/2/0 done",
    );
}

#[test]
fn a_gateway_without_a_flow_to_take_keeps_its_token() {
    let diagram = "
        start s
        exclusive x
        end e
        end f
        s -> x
        x -> e : n > 0
        x -> f : n > 1";
    check(
        diagram,
        "start P n=0
        ? x! x+ open -e",
    );
    check(
        diagram,
        "start P n=1
        ? x e done",
    );
}

const INCLUSIVE: &str = "
    start s
    inclusive i
    service a
    service b
    service c
    inclusive j
    end e
    s -> i
    i -> a : n > 0
    i -> b : n > 1
    i -> c : default
    a -> j
    b -> j
    c -> j -> e";

#[test]
fn an_inclusive_gateway_takes_all_true_flows_or_the_default() {
    check(
        INCLUSIVE,
        "start P n=2
        ? a+ b+ -c
        complete a
        ? -j
        complete b
        ? j e done",
    );
    check(
        INCLUSIVE,
        "start P n=1
        ? a+ -b -c
        complete a
        ? j e done",
    );
    check(
        INCLUSIVE,
        "start P n=0
        ? c+ -a -b
        complete c
        ? j e done",
    );
}

#[test]
fn conditional_flows_out_of_an_activity() {
    let diagram = "
        start s
        service t
        end a
        end b
        end c
        end d
        s -> t
        t -> a : n > 0
        t -> b : n > 1
        t -> c
        t -> d : default";
    check(
        diagram,
        "start P n=2
        complete t
        ? a b c -d done",
    );
    check(
        diagram,
        "start P n=0
        complete t
        ? -a -b c d done",
    );
    check(
        diagram,
        "start P n=0
        complete t n=1
        ? a -b c -d n=1 done",
    );
}

#[test]
fn an_activity_without_a_flow_to_take_is_an_incident() {
    check(
        "start s
        service t
        end a
        end b
        s -> t
        t -> a : n > 0
        t -> b : n > 1",
        "start P n=0
        complete t
        ? t! t:1/0/0 -a -b open
        refused complete t",
    );
}

#[test]
fn conditions_out_of_a_parallel_gateway_count_nothing() {
    check(
        "start s
        parallel p
        end a
        end b
        s -> p
        p -> a : n > 5
        p -> b",
        "start P n=0
        ? a b done",
    );
}

#[test]
fn a_loop_of_flows() {
    check(
        "start s
        exclusive head
        service t
        exclusive x
        end e
        s -> head -> t -> x
        x -> head : n < 2
        x -> e : default",
        "start P n=0
        complete t n=1
        complete t n=2
        ? t:2/2/0 head:2/2/0 e done",
    );
}
