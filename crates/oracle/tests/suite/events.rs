//! Events that are thrown and caught in the flow, and ends (13.5.2 to 13.5.7).

use crate::script::check;

#[test]
fn catch_events() {
    let diagram = "
        start s
        catch m message:M
        catch t timer:PT2S
        catch i signal:S
        catch c when:n>1
        end e
        s -> m -> t -> i -> c -> e";
    check(
        diagram,
        "start P n=0
        signal S
        ? m+
        message M
        ? m t+
        advance 1
        ? t+
        advance 1
        ? t i+
        set n=2
        set n=1
        signal S
        ? i c+
        set n=5
        ? c e done",
    );
    check(
        diagram,
        "start P n=2
        message M
        advance 2
        signal S
        ? c e done",
    );
}

#[test]
fn a_signal_reaches_everyone_who_waits() {
    check(
        "start s
        parallel fork
        catch a signal:S
        service b
        catch c signal:S
        end e
        s -> fork -> a -> e
        fork -> b -> c -> e",
        "start P
        start P
        signal S
        ? @0 a -c @1 a -c
        complete b
        signal S
        ? @0 done @1 open",
    );
}

#[test]
fn a_thrown_signal_is_delivered_after_the_step() {
    check(
        "start s
        parallel fork
        throw a signal:S
        task p
        task q
        catch b signal:S
        end e
        s -> fork -> a -> e
        fork -> p -> q -> b -> e",
        "start P
        ? a b e:2/2/0 done",
    );
}

#[test]
fn multiple_events() {
    let one = "
        start s
        catch c message:M signal:S timer:PT5S
        end e
        s -> c -> e";
    check(
        one,
        "start P
        signal S
        ? c e done",
    );
    check(
        one,
        "start P
        advance 5
        ? c e done",
    );
    let all = "
        start s
        catch c all message:M signal:S
        end e
        s -> c -> e";
    check(
        all,
        "start P
        signal S
        signal S
        ? c+
        message M
        ? c e done",
    );
    let thrown = "
        start s
        parallel fork
        catch a message:M
        catch b signal:S
        throw t message:M signal:S
        end e
        s -> fork -> a -> e
        fork -> b -> e
        fork -> t -> e";
    check(
        thrown,
        "start P
        ? a b t e:3/3/0 done",
    );
}

#[test]
fn a_parallel_multiple_event_counts_each_event_once() {
    check(
        "start s
        service a
        boundary b on=a all keep signal:S message:M
        end e
        end f
        s -> a -> e
        b -> f",
        "start P
        message M
        message M
        ? -b
        signal S
        ? b f
        signal S
        ? b:2/2/0
        signal S
        ? b:2/2/0 a+",
    );
}

#[test]
fn a_link_goes_on_at_its_other_end() {
    check(
        "start s
        exclusive x
        throw a link:L
        throw b link:L
        catch c link:L
        end e
        s -> x
        x -> a : n > 0
        x -> b : default
        c -> e",
        "start P n=1
        ? a -b c e done
        start P n=0
        ? @1 b c e done",
    );
}

#[test]
fn a_terminate_end_event_ends_its_scope() {
    check(
        "start s
        parallel fork
        service a
        end t terminate
        sub u {
        start us
        service b
        end ue
        us -> b -> ue
        }
        end e
        s -> fork -> a -> t
        fork -> u -> e",
        "start P
        complete a
        ? t u:1/0/1 b:1/0/1 -e done",
    );
}

#[test]
fn a_terminate_end_event_leaves_other_scopes_alone() {
    check(
        "start s
        parallel fork
        sub u {
        start us
        parallel f
        service a
        service b
        end ut terminate
        end ue
        us -> f -> a -> ut
        f -> b -> ue
        }
        service c
        parallel join
        end e
        s -> fork -> u -> join -> e
        fork -> c -> join",
        "start P
        complete a
        ? ut u b:1/0/1 c+ open
        complete c
        ? join e done",
    );
}

#[test]
fn ends_throw() {
    check(
        "start s
        parallel fork
        catch m message:M
        catch i signal:S
        end e
        end em message:M
        end es signal:S
        s -> fork -> m -> e
        fork -> i -> e
        fork -> em
        fork -> es",
        "start P
        ? em es m i e:2/2/0 done",
    );
}

#[test]
fn an_error_that_nobody_catches_is_an_incident() {
    check(
        "start s
        parallel fork
        end f error:E
        service a
        end e
        s -> fork -> f
        fork -> a -> e",
        "start P
        ? f! f:1/0/0 a+
        complete a
        ? e open",
    );
}

#[test]
fn an_escalation_that_nobody_catches_is_nothing() {
    check(
        "start s
        throw t escalation:C
        end e escalation:C
        s -> t -> e",
        "start P
        ? t e done",
    );
}
