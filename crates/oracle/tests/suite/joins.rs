//! Inclusive and complex joins, event-based gateways (13.4.3, 13.4.5, 13.4.6).

use crate::script::check;

/// A token that can take a way around the join does not hold it up, once a token waits on that flow.
#[test]
fn an_inclusive_join_waits_for_what_can_still_come() {
    let diagram = "
        start s
        parallel fork
        service a
        service b
        exclusive x
        inclusive j
        end e
        end f
        s -> fork -> a -> j -> e
        fork -> b -> x
        x -> j : n > 0
        x -> f : default";
    check(
        diagram,
        "start P n=0
        complete a
        ? -j
        complete b
        ? j e f done",
    );
    check(
        diagram,
        "start P n=1
        complete a
        ? -j
        complete b
        ? j:1/1/0 e:1/1/0 -f done",
    );
}

/// The second half of the rule: a path to a flow without token is no reason to wait where there is one to a flow with.
#[test]
fn an_inclusive_join_does_not_wait_for_another_token_on_its_flow() {
    check(
        "start s
        parallel fork
        service a
        service b
        exclusive x
        inclusive j
        end e
        s -> fork -> a -> x
        fork -> b -> x
        x -> j : n = 1
        x -> j : default
        j -> e",
        "start P n=1
        complete a
        ? j e open
        complete b
        ? j:2/2/0 e:2/2/0 done",
    );
}

#[test]
fn an_inclusive_join_sees_boundary_events_and_links() {
    check(
        "start s
        parallel fork
        service a
        service b
        boundary t on=b timer:PT5S
        throw out link:L
        catch in link:L
        inclusive j
        end e
        end f
        s -> fork -> a -> j -> e
        fork -> b -> f
        t -> out
        in -> j",
        "start P
        complete a
        ? -j open
        advance 5
        ? t out in j e -f b:1/0/1 done",
    );
}

#[test]
fn an_inclusive_join_in_a_loop() {
    check(
        "start s
        inclusive head
        service t
        exclusive x
        end e
        s -> head -> t -> x
        x -> head : n < 2
        x -> e : default",
        "start P n=0
        ? head t+
        complete t n=1
        ? head:2/2/0 t:2/1/0
        complete t n=2
        ? e done",
    );
}

#[test]
fn an_inclusive_join_does_not_wait_for_what_is_compensated() {
    check(
        "start s
        parallel fork
        service a
        sub u {
        start us
        service b
        boundary bb on=b compensate
        service bh handler
        bb => bh
        end ue
        us -> b -> ue
        }
        exclusive x
        throw t compensate
        inclusive j
        end e
        end f
        s -> fork -> a -> j -> e
        fork -> u -> x
        x -> j : n > 0
        x -> t : default
        t -> f",
        "start P n=0
        complete b
        ? u bh+ t+
        complete a
        ? j e open
        complete bh
        ? f done",
    );
}

#[test]
fn two_inclusive_joins_that_wait_for_each_other_wait_forever() {
    check(
        "start s
        parallel fork
        service a
        service b
        inclusive i
        inclusive j
        exclusive x
        exclusive y
        end e
        end f
        s -> fork -> a -> i -> x
        fork -> b -> j -> y
        x -> j : n = 7
        x -> e : default
        y -> i : n = 7
        y -> f : default",
        "start P n=0
        complete a
        ? -i
        complete b
        ? -i -j open",
    );
}

const COMPLEX: &str = "
    start s
    parallel fork
    service a
    service b
    service c
    complex g
    xml g <activationCondition>=activationCount>=2</activationCondition>
    task on
    service late
    end e
    end f
    s -> fork -> a -> g
    fork -> b -> g
    fork -> c -> g
    g -> on : waitingForStart
    g -> late : not(waitingForStart)
    on -> e
    late -> f";

#[test]
fn a_complex_gateway_activates_and_then_waits_for_the_rest() {
    check(
        COMPLEX,
        "start P
        complete a
        ? -g -e
        complete c
        ? g on e -late open
        complete b
        ? g late+ open
        complete late
        ? f done",
    );
}

#[test]
fn a_complex_gateway_does_not_wait_for_what_cannot_come() {
    check(
        "start s
        inclusive fork
        service a
        service b
        service c
        complex g
        xml g <activationCondition>=activationCount>=1</activationCondition>
        service on
        service late
        end e
        s -> fork
        fork -> a : default
        fork -> b : n > 0
        fork -> c : n > 1
        a -> g
        b -> g
        c -> g
        g -> on : waitingForStart
        g -> late : not(waitingForStart)
        on -> e
        late -> e",
        "start P n=1
        complete b
        ? on+ late+",
    );
}

#[test]
fn a_complex_gateway_without_condition_joins_as_an_inclusive_one() {
    check(
        "start s
        parallel fork
        service a
        service b
        complex g
        end e
        s -> fork -> a -> g -> e
        fork -> b -> g",
        "start P
        complete a
        ? -g
        complete b
        ? g e done",
    );
}

#[test]
fn a_complex_gateway_starts_again_after_its_reset() {
    check(
        "start s
        exclusive head
        parallel fork
        service a
        service b
        complex g
        xml g <activationCondition>=activationCount>=1</activationCondition>
        service on
        exclusive x
        end e
        s -> head -> fork -> a -> g -> on -> x
        fork -> b -> g
        x -> head : n < 2
        x -> e : default",
        "start P n=0
        complete a
        ? on+
        complete b
        ? g:1/1/0
        complete on n=1
        complete b
        ? g:2/2/0 on:2/1/0
        complete a
        complete on n=2
        ? g:2/2/0 e done",
    );
}

const EVENTS: &str = "
    start s
    events g
    catch m message:M
    catch t timer:PT3S
    catch i signal:S
    end e
    end f
    end h
    s -> g -> m -> e
    g -> t -> f
    g -> i -> h";

#[test]
fn the_first_event_behind_an_event_based_gateway_wins() {
    check(
        EVENTS,
        "start P
        ? g+ -m -t -i
        message M
        ? g m e -t -i done
        advance 5
        signal S
        ? -f -h",
    );
    check(
        EVENTS,
        "start P
        advance 3
        ? g t f -m done
        message M
        start P
        ? @1 m e done",
    );
    check(
        EVENTS,
        "start P
        signal S
        ? g i h done",
    );
}

#[test]
fn receive_tasks_and_conditions_behind_an_event_based_gateway() {
    let diagram = "
        start s
        events g
        receiveTask r messageRef=message_M
        catch c when:n>3
        end e
        end f
        s -> g -> r -> e
        g -> c -> f";
    check(
        diagram,
        "start P n=0
        ? -r
        message M
        ? g r e -c done",
    );
    check(
        diagram,
        "start P n=0
        set n=4
        ? g c f -r done",
    );
    check(
        diagram,
        "start P n=5
        ? g c f -r done",
    );
}
