//! Standard loops and multi-instance activities (13.3.6, 13.3.7).

use crate::script::check;

fn standard(attributes: &str, condition: &str) -> String {
    let content = match condition {
        "" => String::new(),
        condition => format!("<loopCondition>={condition}</loopCondition>"),
    };
    format!(
        "start s
        service a
        xml a <standardLoopCharacteristics {attributes}>{content}</standardLoopCharacteristics>
        end e
        s -> a -> e"
    )
}

#[test]
fn a_loop_tests_after_or_before() {
    check(
        &standard("", "n &lt; 2"),
        "start P n=2
        ? a+ a(loop)+
        complete a
        ? a a(loop) e done",
    );
    check(
        &standard("testBefore='true'", "n &lt; 2"),
        "start P n=2
        ? -a a(loop) e done",
    );
    check(
        &standard("testBefore='true'", "n &lt; 2"),
        "start P n=0
        complete a n=1
        ? a:2/1/0
        complete a n=2
        ? a:2/2/0 a(loop) e done",
    );
}

#[test]
fn a_loop_counts_its_iterations() {
    check(
        &standard("", "loopCounter &lt; 3"),
        "start P
        complete a
        complete a
        complete a
        ? a:3/3/0 e done",
    );
    check(
        &standard("loopMaximum='2'", ""),
        "start P
        complete a
        complete a
        ? a:2/2/0 e done",
    );
    check(
        &standard("loopMaximum='2'", "n &lt; 9"),
        "start P n=0
        complete a
        complete a
        ? a:2/2/0 e done",
    );
}

fn multiple(attributes: &str, content: &str) -> String {
    format!(
        "start s
        service a
        xml a <multiInstanceLoopCharacteristics {attributes}>{content}</multiInstanceLoopCharacteristics>
        end e
        s -> a -> e"
    )
}

#[test]
fn instances_one_after_the_other_or_together() {
    let three = "<loopCardinality>=3</loopCardinality>";
    check(
        &multiple("isSequential='true'", three),
        "start P
        ? a+ a(loop)+
        complete a
        ? a:2/1/0
        complete a
        complete a
        ? a:3/3/0 a(loop) e done",
    );
    check(
        &multiple("", three),
        "start P
        ? a:3/0/0
        complete a#2
        complete a
        ? a:3/2/0 -e
        complete a
        ? a(loop) e done",
    );
    check(
        &multiple("", "<loopCardinality>=n</loopCardinality>"),
        "start P n=0
        ? -a a(loop) e done",
    );
}

#[test]
fn a_completion_condition_ends_the_others() {
    let condition = "<loopCardinality>=3</loopCardinality>\
        <completionCondition>=numberOfCompletedInstances >= 2</completionCondition>";
    check(
        &multiple("", condition),
        "start P
        complete a
        complete a
        ? a:3/2/1 a(loop) e done",
    );
    check(
        &multiple("isSequential='true'", condition),
        "start P
        complete a
        complete a
        ? a:2/2/0 a(loop) e done",
    );
    let all = condition.replace(">= 2", "= numberOfInstances - 2 and loopCounter = 2");
    check(
        &multiple("", &all),
        "start P
        complete a
        ? a:3/1/0
        complete a
        ? a:3/2/0",
    );
    check(
        &multiple("", &all),
        "start P
        complete a#1
        ? a:3/1/2 e done",
    );
}

#[test]
fn boundary_events_belong_to_the_whole() {
    check(
        "start s
        service a
        xml a <multiInstanceLoopCharacteristics><loopCardinality>=3</loopCardinality></multiInstanceLoopCharacteristics>
        boundary b on=a error:E
        boundary c on=a keep signal:S
        end e
        end f
        s -> a -> e
        b -> f
        c -> f",
        "start P
        signal S
        ? c f
        complete a
        error a E
        ? a:3/1/2 a(loop):1/0/1 b f:2/2/0 done",
    );
}

#[test]
fn a_collection_gives_each_instance_its_item() {
    check(
        "data items
        start s
        sub u {
        start us
        exclusive x
        service high
        service low
        end ue
        us -> x
        x -> high : it > 4 or loopCounter = 1
        x -> low : default
        high -> ue
        low -> ue
        }
        xml u <multiInstanceLoopCharacteristics><loopDataInputRef>data_items</loopDataInputRef><inputDataItem id='i' name='it'/></multiInstanceLoopCharacteristics>
        end e
        s -> u -> e",
        "start P items=[3,4,5,6]
        ? u:4/0/0 high:3/0/0 low+",
    );
}

#[test]
fn a_collection_of_results() {
    check(
        "data items
        data results
        start s
        sub u {
        start us
        service a
        end ue
        us -> a -> ue
        }
        xml u <multiInstanceLoopCharacteristics><loopDataInputRef>data_items</loopDataInputRef><loopDataOutputRef>data_results</loopDataOutputRef><inputDataItem id='i' name='it'/><outputDataItem id='o' name='out'/></multiInstanceLoopCharacteristics>
        end e
        s -> u -> e",
        "start P items=[1,2]
        complete a#1 out=8
        complete a out=7
        ? results=[7,8] done",
    );
}

#[test]
fn an_instance_of_a_sub_process_is_terminated_alone() {
    check(
        "start s
        sub u {
        start us
        parallel f
        service a
        service b
        end ue
        end ut terminate
        us -> f -> a -> ut
        f -> b -> ue
        }
        xml u <multiInstanceLoopCharacteristics><loopCardinality>=2</loopCardinality></multiInstanceLoopCharacteristics>
        end e
        s -> u -> e",
        "start P
        complete a
        ? b:2/0/1 u:2/1/0 open
        complete b
        complete a
        ? u:2/2/0 u(loop) e done",
    );
}

fn behaviour(attributes: &str, keep: &str) -> String {
    format!(
        "start s
        service a
        xml a <multiInstanceLoopCharacteristics {attributes}><loopCardinality>=3</loopCardinality></multiInstanceLoopCharacteristics>
        boundary b on=a {keep} signal:S
        end e
        end f
        s -> a -> e
        b -> f"
    )
}

#[test]
fn completed_instances_throw_events() {
    let none = "behavior='None' noneBehaviorEventRef=\"on_signal_S\"";
    check(
        &behaviour(none, "keep"),
        "start P
        complete a
        ? b f
        complete a
        complete a
        ? b:3/3/0 e done",
    );
    let one = "behavior='One' oneBehaviorEventRef=\"on_signal_S\"";
    check(
        &behaviour(one, "keep"),
        "start P
        complete a
        complete a
        complete a
        ? b f e done",
    );
    check(
        &behaviour(one, ""),
        "start P
        complete a
        ? a:3/1/2 a(loop):1/0/1 b f -e done",
    );
    let complex = "behavior='Complex'";
    let definition = "<complexBehaviorDefinition><condition>=numberOfCompletedInstances = 2</condition>\
        <event><signalEventDefinition signalRef=\"signal_S\"/></event></complexBehaviorDefinition></multiInstance";
    let diagram = behaviour(complex, "keep").replace("</multiInstance", definition);
    check(
        &diagram,
        "start P
        complete a
        ? -b
        complete a
        ? b f
        complete a
        ? b e done",
    );
}
