//! The executable cases of betsy, where the material is at hand, and a check of the checker.

use dirigent_testkit::betsy;
use serde_json::{Value, json};
use std::path::PathBuf;

fn folder() -> Option<PathBuf> {
    let shared = std::env::var_os("DIRIGENT_SHARED").map(PathBuf::from);
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let folder = shared.unwrap_or(beside).join("conformance/betsy");
    folder.join("cases.json").exists().then_some(folder)
}

#[test]
fn all_cases_that_count_pass() {
    let Some(folder) = folder() else {
        println!(
            "skipped: betsy's cases are not at hand (DIRIGENT_SHARED names the folder above conformance/betsy)"
        );
        return;
    };
    let score = betsy::run(&folder).expect("cases");
    assert_eq!(score.failures, Vec::<String>::new());
    assert!(score.of("ok").1 >= 197 && score.of("static").1 >= 301, "cases are missing");
}

fn case(trace: &[&str], end: &str) -> Value {
    json!({
        "process_id": "p",
        "input": { "integerVariable": 0 },
        "wait_ms": 0,
        "expected_trace": [trace],
        "expected_end_state": end,
    })
}

/// Two marks one after the other.
const MODEL: &str = r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="urn:t">
  <process id="p" isExecutable="true"><startEvent id="s"/>
  <scriptTask id="a"><script>SCRIPT_task1</script></scriptTask><scriptTask id="b"><script>SCRIPT_task2</script></scriptTask>
  <sequenceFlow id="f1" sourceRef="s" targetRef="a"/><sequenceFlow id="f2" sourceRef="a" targetRef="b"/>
  <endEvent id="e"/><sequenceFlow id="f3" sourceRef="b" targetRef="e"/></process></definitions>"#;

#[test]
fn a_wrong_trace_or_end_is_found() {
    assert_eq!(betsy::judge(&case(&["SCRIPT_task1", "SCRIPT_task2"], "completed"), MODEL), Ok(()));
    for (trace, end) in [
        (&["SCRIPT_task1"][..], "completed"),
        (&["SCRIPT_task1", "SCRIPT_task2", "SCRIPT_task2"], "completed"),
        (&["SCRIPT_task1", "SCRIPT_task2"], "waiting"),
        (&["ERROR_runtime"], "error"),
    ] {
        assert!(betsy::judge(&case(trace, end), MODEL).is_err(), "{trace:?} {end}");
    }
}
