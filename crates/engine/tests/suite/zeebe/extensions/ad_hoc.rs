//! Ad-hoc sub-processes: who says what begins, and what is collected.

use super::{Row, row};

fn ad_hoc(extensions: &str, more: &str) -> String {
    format!(
        "s: startEvent\nt: adHocSubProcess {more} <extensionElements>{extensions}</extensionElements> {{\na: serviceTask\nc: serviceTask\n}}\ne: endEvent\ns -> t -> e"
    )
}

pub fn rows() -> Vec<Row> {
    let names = "adHoc.outputCollection adHoc.outputElement";
    let chosen = ad_hoc(
        r#"<zeebe:adHoc activeElementsCollection="=which" outputCollection="all" outputElement="=r"/>"#,
        "",
    );
    let worker = ad_hoc(
        r#"<zeebe:adHoc outputCollection="all" outputElement="=r"/><zeebe:taskDefinition type="agent"/>"#,
        "",
    );
    let answer = "taskDefinition.type";
    vec![
        row(
            "adHoc.activeElementsCollection",
            "the list names what begins",
            &chosen,
            r#"start p {"which":["c"]}"#,
            &["activated t", "activated c", "!activated a"],
        ),
        row(
            names,
            "a result of each, in the order in which they began",
            &chosen,
            r#"start p {"which":["a","c"]}; complete c {"r":2}; complete a {"r":1}"#,
            &[
                "iteration 2 completed with 2",
                "iteration 1 completed with 1",
                r#"variables of p {"all":[1,2]}"#,
                "completed t",
            ],
        ),
        row(
            answer,
            "the worker's activateElements, with variables of their own",
            &worker,
            r#"start p; pick agent c{"x":5}; activate c"#,
            &["AD_HOC_SUB_PROCESS job agent retries 3", "activated c", r#"job has {"x":5}"#, "!activated a"],
        ),
        row(
            answer,
            "isCompletionConditionFulfilled: nothing new begins, and what runs is waited for",
            &worker,
            "start p; pick agent a c; complete a; pick agent +fulfilled; complete c",
            &["> pick agent +fulfilled", "AdHocFulfilled", "> complete c", "completed c", "completed t"],
        ),
        row(
            answer,
            "isCancelRemainingInstances: what runs is ended",
            &worker,
            "start p; pick agent a c; complete a; pick agent +fulfilled +cancel",
            &["> pick agent +fulfilled +cancel", "JobCanceled c", "terminated c", "completed t"],
        ),
    ]
}
