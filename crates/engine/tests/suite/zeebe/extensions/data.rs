//! Variables: mappings, loops, scripts; and what waits for data: correlation keys, conditions; timers with cron.

use super::{Row, element, row};
use crate::skeleton::catch;

pub fn rows() -> Vec<Row> {
    let mut rows = mappings();
    rows.extend(loops());
    rows.extend(conditions());
    rows.extend(others());
    rows
}

fn mappings() -> Vec<Row> {
    let task = |mappings: &str| {
        element(
            "serviceTask",
            &format!(r#"<zeebe:taskDefinition type="t"/><zeebe:ioMapping>{mappings}</zeebe:ioMapping>"#),
        )
    };
    let inputs = "ioMapping input.source input.target";
    let outputs = "ioMapping output.source output.target";
    let on =
        |kind: &str, mappings: &str| element(kind, &format!("<zeebe:ioMapping>{mappings}</zeebe:ioMapping>"));
    vec![
        row(
            inputs,
            "FEEL, a text and dotted targets make variables of the element",
            &task(
                r#"<zeebe:input source="=n + 1" target="order.item.count"/><zeebe:input source="fixed" target="order.kind"/>"#,
            ),
            r#"start p {"n":1}; activate t; show"#,
            &[
                r#"job has {"order":{"item":{"count":2},"kind":"fixed"},"n":1}"#,
                "> show",
                r#"p ACTIVE {"n":1}"#,
                r#"t ACTIVE {"order":{"item":{"count":2},"kind":"fixed"}}"#,
            ],
        ),
        row(
            outputs,
            "only what is mapped goes outwards, to dotted targets",
            &task(
                r#"<zeebe:output source="=r * 2" target="result.value"/><zeebe:output source="done" target="state"/>"#,
            ),
            r#"start p; complete t {"r":3,"noise":1}; show"#,
            &["> show", r#"p ACTIVE {"result":{"value":6},"state":"done"}"#],
        ),
        row(
            outputs,
            "with inputs alone every variable of the job goes outwards",
            &task(r#"<zeebe:input source="=1" target="own"/>"#),
            r#"start p; complete t {"r":3,"own":2}; show"#,
            &["> show", r#"p ACTIVE {"r":3}"#],
        ),
        row(
            inputs,
            "of a user task",
            &on("userTask", r#"<zeebe:input source="=n" target="m"/>"#),
            r#"start p {"n":1}; show"#,
            &["> show", r#"t ACTIVE {"m":1}"#],
        ),
        row(
            outputs,
            "of a user task",
            &on("userTask", r#"<zeebe:output source="=yes" target="approved"/>"#),
            r#"start p; finish {"yes":true,"noise":1}; show"#,
            &["> show", r#"p ACTIVE {"approved":true}"#],
        ),
        row(
            outputs,
            "of a start event",
            r#"s: startEvent <extensionElements><zeebe:ioMapping><zeebe:output source="=n" target="m"/></zeebe:ioMapping></extensionElements>
b: serviceTask
e: endEvent
s -> b -> e"#,
            r#"start p {"n":1}; show"#,
            &["> show", r#"p ACTIVE {"n":1,"m":1}"#],
        ),
        row(
            "ioMapping input.source input.target output.source output.target",
            "of a sub-process",
            r#"s: startEvent
t: subProcess <extensionElements><zeebe:ioMapping><zeebe:input source="=n" target="m"/><zeebe:output source="=m + 1" target="k"/></zeebe:ioMapping></extensionElements> {
i: startEvent
a: serviceTask
j: endEvent
i -> a -> j
}
b: serviceTask
e: endEvent
s -> t -> b -> e"#,
            r#"start p {"n":1}; complete a; show"#,
            &["> show", r#"p ACTIVE {"n":1,"k":2}"#],
        ),
    ]
}

fn loops() -> Vec<Row> {
    let names = "loopCharacteristics.inputCollection loopCharacteristics.inputElement loopCharacteristics.outputCollection loopCharacteristics.outputElement";
    let looped = |sequential: bool, more: &str| {
        format!(
            r#"s: startEvent
t: serviceTask <extensionElements><zeebe:taskDefinition type="t"/></extensionElements><multiInstanceLoopCharacteristics isSequential="{sequential}"><extensionElements><zeebe:loopCharacteristics inputCollection="=list" inputElement="item" outputCollection="all" outputElement="=item * r"/></extensionElements>{more}</multiInstanceLoopCharacteristics>
b: serviceTask
e: endEvent
s -> t -> b -> e"#
        )
    };
    let done = r#"<completionCondition xsi:type="tFormalExpression">= loopCounter = 1</completionCondition>"#;
    vec![
        row(
            names,
            "parallel: an item and a counter for each, results in the order of the items",
            &looped(false, ""),
            r#"start p {"list":[5,7]}; complete t {"r":2}; complete t {"r":3}; show"#,
            &[
                "loop of 2",
                r#"variables of t 1 {"loopCounter":1,"item":5}"#,
                r#"variables of t 2 {"loopCounter":2,"item":7}"#,
                "iteration 1 completed with 10",
                "iteration 2 completed with 21",
                r#"variables of p {"all":[10,21]}"#,
                "> show",
                r#"p ACTIVE {"list":[5,7],"r":3,"all":[10,21]}"#,
            ],
        ),
        row(
            names,
            "sequential: one after the other",
            &looped(true, ""),
            r#"start p {"list":[5,7]}; complete t {"r":2}; complete t {"r":3}"#,
            &[
                "activated t 1",
                "> complete t {\"r\":2}",
                "activated t 2",
                r#"variables of p {"all":[10,21]}"#,
            ],
        ),
        row(
            names,
            "BPMN's completion condition ends the rest",
            &looped(false, done),
            r#"start p {"list":[5,7]}; complete t {"r":2}"#,
            &[
                "iteration 1 completed with 10",
                "JobCanceled t",
                r#"variables of p {"all":[10,null]}"#,
                "completed t",
            ],
        ),
        row(
            "loopCharacteristics.inputCollection",
            "what is no list is an incident",
            &looped(false, ""),
            r#"start p {"list":5}"#,
            &[
                "incident EXTRACT_VALUE_ERROR at t: Expected result of the expression 'list' to be 'ARRAY', but was 'NUMBER'.",
            ],
        ),
    ]
}

fn conditions() -> Vec<Row> {
    // Where Camunda's modeler writes it: at the event definition.
    let waits = |filter: &str| {
        format!(
            r#"s: startEvent
c: intermediateCatchEvent <conditionalEventDefinition><extensionElements><zeebe:conditionalFilter {filter}/></extensionElements><condition xsi:type="tFormalExpression">= x > 1 or y > 1 or z > 1</condition></conditionalEventDefinition>
b: serviceTask
e: endEvent
s -> c -> b -> e"#
        )
    };
    let names = "conditionalFilter.variableNames";
    let start = r#"start p {"x":0,"y":0,"z":0}"#;
    let row = |of, claim: &str, filter: &str, script: &str, lines: &[&str]| {
        row(of, claim, &waits(filter), &format!("{start}; {script}"), lines)
    };
    vec![
        row(
            names,
            "a change of another variable is not looked at",
            r#"variableNames="x, y""#,
            r#"set {"z":2}; set {"y":1}"#,
            &["> set {\"z\":2}", "> set {\"y\":1}", "condition at c is true"],
        ),
        row(
            "conditionalFilter.variableEvents",
            "update: a new variable is not looked at",
            r#"variableNames="n,x" variableEvents="update""#,
            r#"set {"z":2,"n":1}; set {"x":1}"#,
            &["> set {\"z\":2,\"n\":1}", "> set {\"x\":1}", "condition at c is true"],
        ),
        row(
            "conditionalFilter.variableEvents",
            "create: a change is not looked at",
            r#"variableEvents="create""#,
            r#"set {"x":2}; set {"n":1}"#,
            &["> set {\"x\":2}", "> set {\"n\":1}", "condition at c is true"],
        ),
        row(
            "conditionalFilter.variableEvents",
            "both",
            r#"variableEvents="create, update""#,
            r#"set {"x":2}"#,
            &["> set {\"x\":2}", "condition at c is true", "completed c"],
        ),
    ]
}

fn others() -> Vec<Row> {
    let script = |result: &str| {
        element("scriptTask", &format!(r#"<zeebe:script expression="=n * 2" resultVariable="{result}"/>"#))
    };
    vec![
        row(
            "script.expression script.resultVariable",
            "FEEL, whose value a variable gets",
            &script("twice"),
            r#"start p {"n":4}; show"#,
            &["passed t", "> show", r#"p ACTIVE {"n":4,"twice":8}"#],
        ),
        row(
            "subscription.correlationKey",
            "a message reaches who waits with its key",
            &catch("message(paid =id)"),
            r#"start p {"id":"k"}; publish paid other; publish paid k 0 {"x":1}"#,
            &[
                "waits for paid 'k' at c",
                "> publish paid other",
                "> publish paid k 0 {\"x\":1}",
                "completed c",
            ],
        ),
        row(
            "subscription.correlationKey",
            "a number is a key too",
            &catch("message(paid =id)"),
            r#"start p {"id":12}"#,
            &["waits for paid '12' at c"],
        ),
        row(
            "subscription.correlationKey",
            "nothing is an incident",
            &catch("message(paid =id)"),
            "start p",
            &[
                "activating c",
                "incident EXTRACT_VALUE_ERROR at c: Failed to extract the correlation key for 'id': The value must be either a string or a number, but was 'NULL'. The evaluation reported the following warnings: / [NO_VARIABLE_FOUND] No variable found with name 'id'",
            ],
        ),
        row(
            "",
            "a cycle may be cron",
            r#"p: process <extensionElements><zeebe:properties/></extensionElements> {
s: startEvent
a: serviceTask
b: boundaryEvent attachedToRef=a cancelActivity=false cycle(0 0/5 * * * *)
h: serviceTask
x: endEvent
e: endEvent
s -> a -> e; b -> h -> x
}"#,
            "start p; time 300000; time 300000",
            &[
                "timer b at 300000, -1 more",
                "TimerTriggered b",
                "timer b at 600000, -1 more",
                "activated h",
                "TimerTriggered b",
                "activated h",
            ],
        ),
    ]
}
