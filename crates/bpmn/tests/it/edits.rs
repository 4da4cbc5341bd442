//! Edits change what they name and nothing else.

use bpmn::ns::{BPMN, ZEEBE};
use bpmn::xml::{Document, EditError, NodeId};
use expect_test::{Expect, expect};

const FILE: &str = "<?xml version='1.0'?>\n<!-- head -->\n<b:definitions  xmlns:b=\"http://www.omg.org/spec/BPMN/20100524/MODEL\"\n  targetNamespace = 'x'>\n  <b:process id='p' name=\"a &amp; b\">\n    <b:task id='t'/>\n    <b:task id='u'><?keep me?></b:task>\n  </b:process >\n</b:definitions>\n<!-- tail -->";

fn check(edit: impl FnOnce(&mut Document), expected: &Expect) {
    let mut document = bpmn::read(FILE.as_bytes(), "edit.bpmn").expect("is well-formed");
    edit(&mut document);
    let after = document.to_text();
    let changed: String = changes(FILE, &after);
    expected.assert_eq(&changed);
    assert!(bpmn::read(after.as_bytes(), "edit.bpmn").is_ok(), "{after}");
}

/// What stands between the common start and the common end, before and after.
fn changes(before: &str, after: &str) -> String {
    let start = before.bytes().zip(after.bytes()).take_while(|(a, b)| a == b).count();
    let (before, after) = (&before[start..], &after[start..]);
    let end = before.bytes().rev().zip(after.bytes().rev()).take_while(|(a, b)| a == b).count();
    format!("-{:?}\n+{:?}\n", &before[..before.len() - end], &after[..after.len() - end])
}

fn find(document: &Document, id: &str) -> NodeId {
    let found = document.elements().find(|element| element.attribute("", "id").as_deref() == Some(id));
    found.expect("element exists").id()
}

#[test]
fn attributes() {
    let name = |value: &'static str| {
        move |document: &mut Document| {
            let id = find(document, "p");
            document.set_attribute(id, "", "name", value).expect("is set");
        }
    };
    check(
        name("c < \"d\""),
        &expect![[r#"
        -"a &amp; b"
        +"c &lt; &quot;d&quot;"
    "#]],
    );
    check(
        name("a & b"),
        &expect![[r#"
        -""
        +""
    "#]],
    );
    check(
        |document| {
            let id = find(document, "t");
            document.set_attribute(id, "", "name", "new\nline").expect("is set");
        },
        &expect![[r#"
            -""
            +" name=\"new&#10;line\""
        "#]],
    );
    check(
        |document| {
            let id = find(document, "p");
            assert_eq!(document.remove_attribute(id, "", "name"), Ok(true));
            assert_eq!(document.remove_attribute(id, "", "name"), Ok(false));
        },
        &expect![[r#"
            -" name=\"a &amp; b\""
            +""
        "#]],
    );
}

#[test]
fn elements() {
    check(
        |document| {
            let parent = find(document, "p");
            let task = document.insert_element(parent, None, BPMN, "task").expect("is inserted");
            document.set_attribute(task, "", "id", "v").expect("is set");
        },
        &expect![[r#"
            -""
            +"  <b:task id=\"v\"/>\n  "
        "#]],
    );
    check(
        |document| {
            let (parent, before) = (find(document, "p"), find(document, "u"));
            document.insert_element(parent, Some(before), BPMN, "task").expect("is inserted");
        },
        &expect![[r#"
            -""
            +"/>\n    <b:task"
        "#]],
    );
    check(
        |document| {
            let id = find(document, "t");
            document.remove(id).expect("is removed");
        },
        &expect![[r#"
            -"t'/>\n    <b:task id='"
            +""
        "#]],
    );
    check(
        |document| {
            let task = find(document, "t");
            let extensions =
                document.insert_element(task, None, BPMN, "extensionElements").expect("is inserted");
            let definition =
                document.insert_element(extensions, None, ZEEBE, "taskDefinition").expect("is inserted");
            document.set_attribute(definition, "", "type", "ship").expect("is set");
        },
        &expect![[r#"
            -">\n  <b:process id='p' name=\"a &amp; b\">\n    <b:task id='t'/"
            +" xmlns:zeebe=\"http://camunda.org/schema/zeebe/1.0\">\n  <b:process id='p' name=\"a &amp; b\">\n    <b:task id='t'>\n      <b:extensionElements>\n        <zeebe:taskDefinition type=\"ship\"/>\n      </b:extensionElements>\n    </b:task"
        "#]],
    );
}

#[test]
fn texts() {
    check(
        |document| {
            let id = find(document, "t");
            document.set_text(id, "1 < 2 && 3 > 2").expect("is set");
        },
        &expect![[r#"
            -"/"
            +">1 &lt; 2 &amp;&amp; 3 &gt; 2</b:task"
        "#]],
    );
}

#[test]
fn what_cannot_be_edited_is_refused() {
    let mut document = bpmn::read(FILE.as_bytes(), "edit.bpmn").expect("is well-formed");
    let (root, task) = (document.root().id(), find(&document, "t"));
    assert_eq!(document.set_attribute(task, "", "a b", ""), Err(EditError::BadName("a b".to_owned())));
    assert_eq!(document.insert_element(task, Some(root), BPMN, "task"), Err(EditError::NotAChild));
    assert_eq!(document.remove(root), Err(EditError::Root));
    let text = document.element(root).and_then(|root| root.nodes().next()).map(|node| node.id());
    assert!(matches!(document.set_text(text.expect("white space"), ""), Err(EditError::NotAnElement(_))));
    assert_eq!(document.to_text(), FILE);
}

#[test]
fn other_encodings_keep_their_bytes() {
    let text = "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n<a b=\"ü\"/>";
    let bytes: Vec<u8> =
        [0xFEFF_u16].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let mut document = bpmn::read(&bytes, "edit.bpmn").expect("is well-formed");
    assert_eq!(document.to_bytes(), bytes);
    let root = document.root().id();
    document.set_attribute(root, "", "b", "ä").expect("is set");
    let expected: Vec<u8> = [0xFEFF_u16]
        .into_iter()
        .chain(text.replace('ü', "ä").encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(document.to_bytes(), expected);
}
