//! Sub-processes, ad-hoc sub-processes, calls (13.3.4, 13.3.5).

use crate::script::check;

#[test]
fn a_sub_process_ends_when_nothing_is_left_in_it() {
    check(
        "start s
        sub u {
        start us
        parallel f
        service a
        service b
        end ue
        end uf
        us -> f -> a -> ue
        f -> b -> uf
        }
        end e
        s -> u -> e",
        "start P
        complete a
        ? ue u+ -e
        complete b
        ? uf u e done",
    );
}

#[test]
fn a_token_at_a_join_keeps_its_scope() {
    check(
        "start s
        exclusive x
        service a
        service b
        parallel j
        end e
        s -> x
        x -> a : n > 0
        x -> b : default
        a -> j -> e
        b -> j",
        "start P n=0
        complete b
        ? -j open",
    );
}

#[test]
fn without_start_event_every_first_node_gets_a_token() {
    check(
        "sub u {
        service a
        service b
        user c
        a -> c
        boundary t on=a compensate
        service h handler
        t => h
        sub x event {
        start xs signal:S
        end xe
        xs -> xe
        }
        }
        user d",
        "start P
        ? u+ a+ b+ d+ -c -h -x
        complete a
        complete b
        complete c
        complete d
        ? u done",
    );
}

fn ad_hoc(attributes: &str, content: &str) -> String {
    format!(
        "start s
        adhoc u {attributes} {{
        service a
        service b
        service c
        service d
        c -> d
        }}
        xml u {content}
        end e
        s -> u -> e"
    )
}

#[test]
fn an_ad_hoc_sub_process_starts_everything_that_nothing_leads_to() {
    check(
        &ad_hoc("ordering=Parallel", "<documentation>x</documentation>"),
        "start P
        ? a+ b+ c+ -d
        complete c
        ? d+
        complete a
        complete b
        complete d
        ? u e done",
    );
}

#[test]
fn one_after_the_other() {
    check(
        &ad_hoc("ordering=Sequential", "<documentation>x</documentation>"),
        "start P
        ? a+ -b -c
        complete a
        ? b+ -c
        complete b
        complete c
        ? d+ u+
        complete d
        ? u e done",
    );
}

#[test]
fn its_completion_condition_ends_it() {
    let condition = "<completionCondition>=n >= 2</completionCondition>";
    check(
        &ad_hoc("", condition),
        "start P n=0
        complete a n=1
        complete c n=2
        ? a c b:1/0/1 -d u e done",
    );
    check(
        &ad_hoc("ordering=Sequential", condition),
        "start P n=0
        complete a n=2
        ? a -b u e done",
    );
    check(
        &ad_hoc("cancelRemainingInstances=false", condition),
        "start P n=0
        complete a n=2
        ? b+ c+ u+
        complete c
        ? -d u+
        complete b
        ? b c u e done",
    );
}

#[test]
fn without_its_condition_true_it_waits() {
    check(
        &ad_hoc("", "<completionCondition>=n >= 2</completionCondition>"),
        "start P n=0
        complete a
        complete b
        complete c
        complete d
        ? u+ -e open",
    );
}

const CALL: &str = "
    process P
    start s
    call c calledElement=Q
    boundary b on=c error:E
    boundary k on=c keep escalation:C
    boundary t on=c timer:PT5S
    end e
    end f
    end g
    s -> c -> e
    b -> f
    k -> g
    t -> g
    process Q
    start qs
    service a
    exclusive x
    end qe
    end qf error:E
    end qk escalation:C
    qs -> a -> x
    x -> qf : n = 1
    x -> qk : n = 2
    x -> qe : default";

#[test]
fn a_call_waits_for_the_called_process() {
    check(
        CALL,
        "start P n=0
        ? #2 c+ @1 a+ n=0
        complete a m=3
        ? c e done m=3 @1 qe done",
    );
}

#[test]
fn errors_and_escalations_reach_the_call() {
    check(
        CALL,
        "start P n=1
        complete a
        ? c:1/0/1 b f done @1 qf:1/0/1 gone",
    );
    check(
        CALL,
        "start P n=2
        complete a
        ? c k g e done @1 qk done",
    );
    check(
        &CALL.replace("error:E\n    boundary k", "error:F\n    boundary k"),
        "start P n=1
        complete a
        ? c:1/0/0 open -b @1 qf! open",
    );
}

#[test]
fn the_called_instance_ends_with_the_call() {
    check(
        CALL,
        "start P n=0
        advance 5
        ? c:1/0/1 t g done @1 a:1/0/1 gone",
    );
    check(
        CALL,
        "start P n=0
        cancel
        ? c:1/0/1 gone @1 gone
        refused cancel",
    );
}

#[test]
fn a_call_of_nothing_is_an_incident() {
    check(
        "start s
        call c calledElement=Nowhere
        end e
        s -> c -> e",
        "start P
        ? c! open",
    );
}
