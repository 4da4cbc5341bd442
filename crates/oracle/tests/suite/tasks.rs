//! Tasks, token quantities, data (13.3.1 to 13.3.3, 10.4).

use crate::script::check;

#[test]
fn work_waits_and_other_tasks_pass() {
    check(
        "start s
        task t
        manualTask m
        service a
        user b
        scriptTask c
        businessRuleTask d
        end e
        s -> t -> m -> a -> b -> c -> d -> e",
        "start P
        ? t m a+
        refused complete b
        complete a
        complete b
        complete c x=1
        ? d+ x=1
        complete d
        ? d e done
        refused complete d",
    );
}

#[test]
fn a_send_task_passes_and_its_message_is_received() {
    check(
        "start s
        parallel fork
        sendTask a messageRef=message_M
        receiveTask b messageRef=message_M
        end e
        s -> fork -> a -> e
        fork -> b -> e",
        "start P
        ? a b e:2/2/0 done",
    );
}

#[test]
fn a_message_is_kept_for_an_hour() {
    let diagram = "
        start s
        user a
        receiveTask r messageRef=message_M
        end e
        s -> a -> r -> e";
    check(
        diagram,
        "start P
        message M
        advance 3000
        complete a
        ? r e done",
    );
    check(
        diagram,
        "start P
        message M
        advance 3600
        complete a
        ? r+ open
        message M
        ? r done",
    );
}

#[test]
fn a_message_reaches_one_catcher_the_first_that_was_armed() {
    check(
        "start s
        receiveTask r messageRef=message_M
        end e
        s -> r -> e",
        "start P
        start P
        message M
        ? @0 done @1 open
        message M
        ? @1 done",
    );
}

#[test]
fn an_activity_waits_for_its_start_quantity() {
    check(
        "start s
        parallel fork
        service a
        service b
        service c
        service t startQuantity=2
        end e
        s -> fork -> a -> t -> e
        fork -> b -> t
        fork -> c -> t",
        "start P
        complete a
        ? -t
        complete b
        ? t+
        complete t
        ? e open
        complete c
        ? t:1/1/0 open",
    );
}

#[test]
fn an_activity_leaves_as_many_tokens_as_its_completion_quantity() {
    check(
        "start s
        service t completionQuantity=3
        service a startQuantity=2
        service b
        end e
        s -> t -> a -> e
        t -> b -> e",
        "start P
        complete t
        ? a+ b:3/0/0
        complete a
        complete b
        complete b
        complete b
        ? e:4/4/0 a:1/1/0 open",
    );
}

#[test]
fn quantities_that_match() {
    check(
        "start s
        service t completionQuantity=2
        service a startQuantity=2
        end e
        s -> t -> a -> e",
        "start P
        complete t
        ? a+
        complete a
        ? e done",
    );
}

const OUTPUT: &str = "xml a <ioSpecification><dataOutput id='o' name='result'/><inputSet/><outputSet><dataOutputRefs>o</dataOutputRefs></outputSet></ioSpecification><dataOutputAssociation><sourceRef>o</sourceRef><targetRef>data_d</targetRef></dataOutputAssociation>";

#[test]
fn a_data_output_goes_to_its_data_object() {
    let diagram = format!(
        "data d
        start s
        service a
        {OUTPUT}
        exclusive x
        end e
        end f
        s -> a -> x
        x -> e : d > 2
        x -> f : default"
    );
    check(
        &diagram,
        "start P
        complete a result=3 other=1
        ? d=3 result=none other=1 e -f done
        start P
        complete a result=1
        ? @1 d=1 f -e",
    );
}

#[test]
fn a_data_object_of_a_sub_process_is_not_seen_outside() {
    let diagram = format!(
        "start s
        sub u {{
        data d
        start us
        service a
        {OUTPUT}
        service b
        end ue
        us -> a -> b -> ue
        }}
        service c
        end e
        s -> u -> c -> e"
    );
    check(
        &diagram,
        "start P
        complete a result=3
        complete b d=4
        complete c d=5
        ? d=5 done",
    );
}

#[test]
fn an_expression_reads_through_scopes() {
    check(
        "start s
        sub u {
        data d
        start us
        service a
        exclusive x
        end ue
        end uf
        us -> a -> x
        x -> ue : d + n > 4
        x -> uf : default
        }
        end e
        s -> u -> e",
        "start P n=2
        complete a d=3
        ? ue -uf done n=2",
    );
}
