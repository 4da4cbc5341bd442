//! Data stores (BPMN 10.4.1): what outlives a process. The engine keeps no data outside of instances: within one, a
//! reference to a store is a variable of the store's name.

use crate::skeleton::check;
use expect_test::expect;

#[test]
fn data_stores_are_written_and_read_within_an_instance() {
    check(
        r#"p: process {
s: startEvent
<dataStoreReference id="stock_ref" name="stock" dataStoreRef="store"/>
a: serviceTask <ioSpecification><dataOutput id="a_out" name="result"/><inputSet/><outputSet><dataOutputRefs>a_out</dataOutputRefs></outputSet></ioSpecification><dataOutputAssociation><sourceRef>a_out</sourceRef><targetRef>stock_ref</targetRef></dataOutputAssociation>
b: serviceTask <ioSpecification><dataInput id="b_in" name="input"/><inputSet><dataInputRefs>b_in</dataInputRefs></inputSet><outputSet/></ioSpecification><dataInputAssociation><sourceRef>stock_ref</sourceRef><targetRef>b_in</targetRef></dataInputAssociation>
e: endEvent
s -> a -> b -> e
}
<dataStore id="store" name="Stock"/>"#,
        r#"start p; complete a {"result":7}; activate b"#,
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              job a retries 3
            > complete a {"result":7}
              JobActivated a
              JobCompleted a
              variables of a {"result":7}
              variables of p {"Stock":7}
              completed a
              flow a_b
              activating b
              variables of b {"input":7}
              activated b
              job b retries 3
            > activate b
              JobActivated b
              job has {"input":7,"Stock":7}
        "#]],
    );
}

#[test]
fn data_stores_are_one_whatever_their_references_are_called() {
    check(
        r#"p: process {
s: startEvent
<dataStoreReference id="in_ref" name="Stock (counted)" dataStoreRef="store"/>
<dataStoreReference id="out_ref" name="Stock (sold)" dataStoreRef="store"/>
a: serviceTask <ioSpecification><dataOutput id="a_out" name="result"/><inputSet/><outputSet><dataOutputRefs>a_out</dataOutputRefs></outputSet></ioSpecification><dataOutputAssociation><sourceRef>a_out</sourceRef><targetRef>in_ref</targetRef></dataOutputAssociation>
b: serviceTask <ioSpecification><dataInput id="b_in" name="input"/><inputSet><dataInputRefs>b_in</dataInputRefs></inputSet><outputSet/></ioSpecification><dataInputAssociation><sourceRef>out_ref</sourceRef><targetRef>b_in</targetRef></dataInputAssociation>
e: endEvent
s -> a -> b -> e
}
<dataStore id="store" name="Stock"/>"#,
        r#"start p; complete a {"result":7}; activate b"#,
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              job a retries 3
            > complete a {"result":7}
              JobActivated a
              JobCompleted a
              variables of a {"result":7}
              variables of p {"Stock":7}
              completed a
              flow a_b
              activating b
              variables of b {"input":7}
              activated b
              job b retries 3
            > activate b
              JobActivated b
              job has {"input":7,"Stock":7}
        "#]],
    );
}

#[test]
fn data_stores_that_are_not_defined_are_called_as_their_reference() {
    check(
        r#"s: startEvent
<dataStoreReference id="stock_ref" name="stock"/>
a: serviceTask <ioSpecification><dataOutput id="a_out" name="result"/><inputSet/><outputSet><dataOutputRefs>a_out</dataOutputRefs></outputSet></ioSpecification><dataOutputAssociation><sourceRef>a_out</sourceRef><targetRef>stock_ref</targetRef></dataOutputAssociation>
e: endEvent
s -> a -> e"#,
        r#"start p; complete a {"result":7}"#,
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              job a retries 3
            > complete a {"result":7}
              JobActivated a
              JobCompleted a
              variables of a {"result":7}
              variables of p {"stock":7}
              completed a
              flow a_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn data_stores_hand_nothing_to_another_instance() {
    check(
        r#"p: process {
s: startEvent
<dataStoreReference id="stock_ref" name="stock" dataStoreRef="store"/>
b: serviceTask <ioSpecification><dataInput id="b_in" name="input"/><inputSet><dataInputRefs>b_in</dataInputRefs></inputSet><outputSet/></ioSpecification><dataInputAssociation><sourceRef>stock_ref</sourceRef><targetRef>b_in</targetRef></dataInputAssociation>
a: serviceTask <ioSpecification><dataOutput id="a_out" name="result"/><inputSet/><outputSet><dataOutputRefs>a_out</dataOutputRefs></outputSet></ioSpecification><dataOutputAssociation><sourceRef>a_out</sourceRef><targetRef>stock_ref</targetRef></dataOutputAssociation>
e: endEvent
s -> b -> a -> e
}
<dataStore id="store" name="Stock"/>"#,
        r#"start p; complete b; complete a {"result":7}; start p; activate b"#,
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_b
              activating b
              activated b
              job b retries 3
            > complete b
              JobActivated b
              JobCompleted b
              completed b
              flow b_a
              activated a
              job a retries 3
            > complete a {"result":7}
              JobActivated a
              JobCompleted a
              variables of a {"result":7}
              variables of p {"Stock":7}
              completed a
              flow a_e
              passed e
              InstanceCompleted
            > start p
              created p v1
              passed s
              flow s_b
              activating b
              activated b
              job b retries 3
            > activate b
              JobActivated b
              job has {}
        "#]],
    );
}
