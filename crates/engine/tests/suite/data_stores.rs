//! Data stores (BPMN 10.4.1): what one instance writes, others read. Within an instance a
//! reference to a store is the variable of the store's name.

use crate::skeleton::check;
use expect_test::expect;
use testkit::trace_of;

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
              DataStoreChanged
              sent WriteDataStore
              completed a
              flow a_b
              activating b
              variables of b {"input":7}
              activated b
              job b retries 3
              DataStoreChanged
              sent SettleDataStore
              DataStoreChanged
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
              DataStoreChanged
              sent WriteDataStore
              completed a
              flow a_b
              activating b
              variables of b {"input":7}
              activated b
              job b retries 3
              DataStoreChanged
              sent SettleDataStore
              DataStoreChanged
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
              DataStoreChanged
              sent WriteDataStore
              completed a
              flow a_e
              passed e
              InstanceCompleted
              DataStoreChanged
              sent SettleDataStore
            > start p
              created p v1
              passed s
              flow s_b
              variables of p {"Stock":7}
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

/// Two processes: `w` writes the variable `report` into the store, `r` reads the store into `known`.
const MODEL: &str = r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="d" targetNamespace="urn:t">
<dataStore id="store" name="archive"/>
<process id="w" isExecutable="true"><startEvent id="s"/><serviceTask id="write"><ioSpecification><dataOutput id="out" name="report"/><inputSet/><outputSet><dataOutputRefs>out</dataOutputRefs></outputSet></ioSpecification>
<dataOutputAssociation><sourceRef>out</sourceRef><targetRef>ref</targetRef></dataOutputAssociation></serviceTask>
<serviceTask id="again"><ioSpecification><dataInput id="in" name="seen"/><inputSet><dataInputRefs>in</dataInputRefs></inputSet><outputSet/></ioSpecification>
<dataInputAssociation><sourceRef>ref</sourceRef><targetRef>in</targetRef></dataInputAssociation></serviceTask><endEvent id="e"/>
<dataStoreReference id="ref" name="filed" dataStoreRef="store"/>
<sequenceFlow id="f1" sourceRef="s" targetRef="write"/><sequenceFlow id="f2" sourceRef="write" targetRef="again"/><sequenceFlow id="f3" sourceRef="again" targetRef="e"/></process>
<process id="r" isExecutable="true"><startEvent id="s2"/><serviceTask id="read"><ioSpecification><dataInput id="in2" name="known"/><inputSet><dataInputRefs>in2</dataInputRefs></inputSet><outputSet/></ioSpecification>
<dataInputAssociation><sourceRef>ref2</sourceRef><targetRef>in2</targetRef></dataInputAssociation></serviceTask><endEvent id="e2"/>
<dataStoreReference id="ref2" dataStoreRef="store"/>
<sequenceFlow id="f4" sourceRef="s2" targetRef="read"/><sequenceFlow id="f5" sourceRef="read" targetRef="e2"/></process></definitions>"#;

fn check_shared(script: &str, expected: expect_test::Expect) {
    expected.assert_eq(&trace_of(&[MODEL], &script.replace("; ", "\n")));
}

#[test]
fn an_empty_store_sets_nothing() {
    check_shared(
        "start r; activate read",
        expect![[r#"
        > start r
          created r v1
          passed s2
          flow f4
          activating read
          activated read
          job read retries 3
        > activate read
          JobActivated read
          job has {}
    "#]],
    );
}

#[test]
fn what_is_written_is_read_by_an_instance_of_another_process() {
    check_shared(
        r#"start w; complete write {"report":{"n":1}}; start r; activate read"#,
        expect![[r#"
            > start w
              created w v1
              passed s
              flow f1
              activated write
              job write retries 3
            > complete write {"report":{"n":1}}
              JobActivated write
              JobCompleted write
              variables of write {"report":{"n":1}}
              variables of w {"archive":{"n":1}}
              DataStoreChanged
              sent WriteDataStore
              completed write
              flow f2
              activating again
              variables of again {"seen":{"n":1}}
              activated again
              job again retries 3
              DataStoreChanged
              sent SettleDataStore
              DataStoreChanged
            > start r
              created r v1
              passed s2
              flow f4
              variables of r {"archive":{"n":1}}
              activating read
              variables of read {"known":{"n":1}}
              activated read
              job read retries 3
            > activate read
              JobActivated read
              job has {"known":{"n":1},"archive":{"n":1}}
        "#]],
    );
}

#[test]
fn a_writer_reads_at_once_what_it_wrote() {
    check_shared(
        r#"start w; complete write {"report":7}; activate again"#,
        expect![[r#"
            > start w
              created w v1
              passed s
              flow f1
              activated write
              job write retries 3
            > complete write {"report":7}
              JobActivated write
              JobCompleted write
              variables of write {"report":7}
              variables of w {"archive":7}
              DataStoreChanged
              sent WriteDataStore
              completed write
              flow f2
              activating again
              variables of again {"seen":7}
              activated again
              job again retries 3
              DataStoreChanged
              sent SettleDataStore
              DataStoreChanged
            > activate again
              JobActivated again
              job has {"seen":7,"archive":7}
        "#]],
    );
}

#[test]
fn the_last_write_counts_for_all() {
    check_shared(
        r#"start w; complete write {"report":"first"}; start w; complete write {"report":"second"}; complete again; start r; activate read"#,
        expect![[r#"
            > start w
              created w v1
              passed s
              flow f1
              activated write
              job write retries 3
            > complete write {"report":"first"}
              JobActivated write
              JobCompleted write
              variables of write {"report":"first"}
              variables of w {"archive":"first"}
              DataStoreChanged
              sent WriteDataStore
              completed write
              flow f2
              activating again
              variables of again {"seen":"first"}
              activated again
              job again retries 3
              DataStoreChanged
              sent SettleDataStore
              DataStoreChanged
            > start w
              created w v1
              passed s
              flow f1
              activated write
              job write retries 3
            > complete write {"report":"second"}
              JobActivated write
              JobCompleted write
              variables of write {"report":"second"}
              variables of w {"archive":"second"}
              DataStoreChanged
              sent WriteDataStore
              completed write
              flow f2
              activating again
              variables of again {"seen":"second"}
              activated again
              job again retries 3
              DataStoreChanged
              sent SettleDataStore
              DataStoreChanged
            > complete again
              JobActivated again
              JobCompleted again
              completed again
              flow f3
              passed e
              InstanceCompleted
            > start r
              created r v1
              passed s2
              flow f4
              variables of r {"archive":"second"}
              activating read
              variables of read {"known":"second"}
              activated read
              job read retries 3
            > activate read
              JobActivated read
              job has {"known":"second","archive":"second"}
        "#]],
    );
}
