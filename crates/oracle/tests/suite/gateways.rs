//! Sequence flow and gateways (13.2.1, 13.4).

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
fn an_exclusive_gateway_takes_the_first_true_flow() {
    let diagram = "
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
    check(
        diagram,
        "start P n=2
        ? a+ -b -c",
    );
    check(
        diagram,
        "start P n=1
        ? b+ -a -c",
    );
    check(
        diagram,
        "start P n=0
        ? c+ -a -b",
    );
}
