//! How processes start (13.2, 13.5.1).

use crate::script::check;

#[test]
fn at_all_none_start_events() {
    check(
        "start s
        start t
        start m message:M
        service a
        end e
        s -> a -> e
        t -> a
        m -> a",
        "start P
        ? s t -m a:2/0/0",
    );
}

#[test]
fn by_a_message_a_signal_or_a_timer() {
    let diagram = "
        start m message:M
        start i signal:S
        start t timer:PT5S
        service a
        end e
        m -> a -> e
        i -> a
        t -> a";
    check(
        diagram,
        "refused start P
        message M
        ? #1 m a+ -i
        signal S
        ? #2 @1 i a+ -m
        advance 4
        ? #2
        advance 5
        ? #3 @2 t a+",
    );
}

#[test]
fn by_a_cycle() {
    check(
        "start t cycle:R3/PT2S
        end e
        t -> e",
        "advance 3
        ? #1 t e done
        advance 20
        ? #3",
    );
}

#[test]
fn by_one_of_several_events_or_all_of_them() {
    let one = "
        start m message:M signal:S
        end e
        m -> e";
    check(
        one,
        "signal S
        ? #1 m e done
        message M
        ? #2",
    );
    let all = one.replace("start m", "start m all");
    check(
        &all,
        "signal S
        ? #1 m:1/0/0 open
        message M
        ? #1 m e done
        message M
        ? #2 @1 m:1/0/0 open
        signal S
        ? #3 @1 m e done @2 m:1/0/0 open",
    );
}

#[test]
fn by_a_receive_task() {
    check(
        "receiveTask r messageRef=message_M instantiate=true
        service a
        end e
        r -> a -> e",
        "message M
        ? #1 r a+
        message M
        ? #2",
    );
}

const GATEWAY: &str = "
    events g instantiate=true TYPE
    catch m message:M
    catch n message:N
    service a
    end e
    g -> m -> a -> e
    g -> n -> a";

#[test]
fn by_an_event_based_gateway() {
    check(
        &GATEWAY.replace("TYPE", ""),
        "message N
        ? #1 g n -m a+
        message M
        ? #2 @1 g m -n a+",
    );
}

#[test]
fn by_a_parallel_event_based_gateway() {
    check(
        &GATEWAY.replace("TYPE", "eventGatewayType=Parallel"),
        "message N
        ? #1 g+ n -m a+
        complete a
        ? e open
        message N
        ? #2 @1 n -m
        message M
        ? #2 @0 g m n a:2/1/0
        complete a
        ? done @1 open",
    );
}

#[test]
fn an_event_sub_process_of_the_process_is_armed_at_its_start() {
    check(
        "start s
        end e signal:S
        s -> e
        sub x event {
        start xs when:n>0
        service a
        end xe
        xs -> a -> xe
        }",
        "start P n=1
        ? -s xs a+
        complete a
        ? x done
        start P n=0
        ? @1 s e done",
    );
}

#[test]
fn a_kept_message_is_not_for_starts_but_for_those_who_wait() {
    check(
        "process P
        start s
        catch c message:M
        end e
        s -> c -> e
        process Q
        start m message:M
        end f
        m -> f",
        "start P
        message M
        ? #1 c done
        message M
        ? #2 @1 m done",
    );
}
