//! Jobs whose work goes on elsewhere, leases without a report, and where a model names secrets.

use expect_test::{Expect, expect};
use testkit::{model, service, trace};

fn check(model: &str, script: &str, expected: Expect) {
    expected.assert_eq(&trace(model, script));
}

fn one_task(more: &str) -> String {
    let nodes = format!(r#"<startEvent id="s"/>{}<endEvent id="e"/>"#, service("a", "work", more));
    model(&nodes, "s > a > e")
}

#[test]
fn pending_work_is_leased_again_with_its_handle_and_a_failed_question_keeps_it() {
    check(
        &one_task(""),
        "start p
         keep work w1 5000
         time 4999
         time 1
         fail work 2 1000
         time 1000
         keep work w2 5000
         time 5000
         activate work",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              job work retries 3
            > keep work w1 5000
              JobActivated work
              job pending as w1 until 5000
            > time 4999
            > time 1
              JobRetried work
            > fail work 2 1000
              JobActivated work
              job failed, 2 retries left
            > time 1000
              JobRetried work
            > keep work w2 5000
              JobActivated work
              job pending as w2 until 11000
            > time 5000
              JobRetried work
            > activate work
              JobActivated work
              job has {}
              work goes on as w2
        "#]],
    );
}

#[test]
fn cancelled_work_is_named() {
    check(
        &one_task(""),
        "start p
         keep work w1 5000
         cancel",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              job work retries 3
            > keep work w1 5000
              JobActivated work
              job pending as w1 until 5000
            > cancel
              JobCanceled work
              job work left w1 behind
              terminated a
              InstanceTerminated
        "#]],
    );
    check(
        &one_task(""),
        "start p
         keep work w1 5000
         time 5000
         keep work  0
         cancel",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              job work retries 3
            > keep work w1 5000
              JobActivated work
              job pending as w1 until 5000
            > time 5000
              JobRetried work
            > keep work  0
              JobActivated work
              job pending as  until 5000
            > cancel
              JobCanceled work
              terminated a
              InstanceTerminated
        "#]],
    );
}

#[test]
fn a_lease_that_runs_out_is_told_until_there_is_a_report() {
    check(
        &one_task(""),
        "start p
         activate work
         time 60000
         activate work
         time 60000
         fail work 2
         activate work",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              job work retries 3
            > activate work
              JobActivated work
              job has {}
            > time 60000
              JobTimedOut work
            > activate work
              JobActivated work
              job has {}
              an earlier lease has no report
            > time 60000
              JobTimedOut work
            > fail work 2
              JobActivated work
              job failed, 2 retries left
            > activate work
              JobActivated work
              job has {}
        "#]],
    );
}

#[test]
fn the_model_names_secrets_and_data_does_not() {
    let inputs = r#"<zeebe:ioMapping>
      <zeebe:input source="Bearer {{secrets.A}}" target="token"/>
      <zeebe:input source="={url: &quot;http://x/&quot; + path + &quot;?{{secrets.B}}&quot;, list: [text, &quot;secrets.C&quot;]}" target="request"/>
      <zeebe:input source="=token" target="copy"/>
      <zeebe:input source="=text" target="data"/>
    </zeebe:ioMapping>"#;
    check(
        &one_task(inputs),
        r#"start p {"path": "{{secrets.Z}}", "text": "{{secrets.A}}"}
           activate work"#,
        expect![[r#"
            > start p {"path": "{{secrets.Z}}", "text": "{{secrets.A}}"}
              created p v1
              passed s
              flow s_a
              activating a
              variables of a {"token":"Bearer {{secrets.A}}","request":{"url":"http://x/{{secrets.Z}}?{{secrets.B}}","list":["{{secrets.A}}","secrets.C"]},"copy":"Bearer {{secrets.A}}","data":"{{secrets.A}}"}
              SecretsNamed
              activated a
              job work retries 3
            > activate work
              JobActivated work
              job has {"token":"Bearer {{secrets.A}}","request":{"url":"http://x/{{secrets.Z}}?{{secrets.B}}","list":["{{secrets.A}}","secrets.C"]},"copy":"Bearer {{secrets.A}}","data":"{{secrets.A}}","path":"{{secrets.Z}}","text":"{{secrets.A}}"}
              the model names a secret at /token 9
              the model names a secret at /request/url 25
              the model names a secret at /request/list/1 0
              the model names a secret at /copy 9
        "#]],
    );
}
