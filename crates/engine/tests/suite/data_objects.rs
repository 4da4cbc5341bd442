//! Data objects, properties, inputs and outputs, and the associations between them (BPMN 10.4, 13.3.1): variables of the
//! scope that declares them.

use crate::skeleton::check;
use expect_test::expect;

#[test]
fn data_objects_are_written_and_read_by_associations() {
    check(
        r#"s: startEvent
<dataObject id="order" name="order"/>
a: serviceTask <ioSpecification><dataOutput id="a_out" name="result"/><inputSet/><outputSet><dataOutputRefs>a_out</dataOutputRefs></outputSet></ioSpecification><dataOutputAssociation><sourceRef>a_out</sourceRef><targetRef>order</targetRef></dataOutputAssociation>
b: serviceTask <ioSpecification><dataInput id="b_in" name="input"/><inputSet><dataInputRefs>b_in</dataInputRefs></inputSet><outputSet/></ioSpecification><dataInputAssociation><sourceRef>order</sourceRef><targetRef>b_in</targetRef></dataInputAssociation>
e: endEvent
s -> a -> b -> e"#,
        r#"start p; complete a {"result":7,"noise":1}; activate b"#,
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              job a retries 3
            > complete a {"result":7,"noise":1}
              JobActivated a
              JobCompleted a
              variables of a {"result":7}
              variables of p {"noise":1}
              variables of p {"order":7}
              completed a
              flow a_b
              activating b
              variables of b {"input":7}
              activated b
              job b retries 3
            > activate b
              JobActivated b
              job has {"input":7,"noise":1,"order":7}
        "#]],
    );
}

#[test]
fn data_objects_by_reference() {
    // A reference is the object itself, in a state.
    check(
        r#"s: startEvent
<dataObject id="order" name="order"/>
<dataObjectReference id="paid" name="order [paid]" dataObjectRef="order"><dataState name="paid"/></dataObjectReference>
a: serviceTask <ioSpecification><dataOutput id="a_out" name="result"/><inputSet/><outputSet><dataOutputRefs>a_out</dataOutputRefs></outputSet></ioSpecification><dataOutputAssociation><sourceRef>a_out</sourceRef><targetRef>paid</targetRef></dataOutputAssociation>
b: serviceTask <ioSpecification><dataInput id="b_in" name="input"/><inputSet><dataInputRefs>b_in</dataInputRefs></inputSet><outputSet/></ioSpecification><dataInputAssociation><sourceRef>paid</sourceRef><targetRef>b_in</targetRef></dataInputAssociation>
e: endEvent
s -> a -> b -> e"#,
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
              variables of p {"order":7}
              completed a
              flow a_b
              activating b
              variables of b {"input":7}
              activated b
              job b retries 3
            > activate b
              JobActivated b
              job has {"input":7,"order":7}
        "#]],
    );
}

#[test]
fn data_objects_of_a_sub_process_end_with_it() {
    check(
        r#"s: startEvent
sub: subProcess {
i: startEvent
<dataObject id="own" name="own"/>
a: serviceTask <ioSpecification><dataOutput id="a_out" name="result"/><inputSet/><outputSet><dataOutputRefs>a_out</dataOutputRefs></outputSet></ioSpecification><dataOutputAssociation><sourceRef>a_out</sourceRef><targetRef>own</targetRef></dataOutputAssociation>
b: serviceTask <ioSpecification><dataInput id="b_in" name="input"/><inputSet><dataInputRefs>b_in</dataInputRefs></inputSet><outputSet/></ioSpecification><dataInputAssociation><sourceRef>own</sourceRef><targetRef>b_in</targetRef></dataInputAssociation>
x: endEvent
i -> a -> b -> x
}
c: serviceTask
e: endEvent
s -> sub -> c -> e"#,
        r#"start p; complete a {"result":7}; show; complete b; show"#,
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_sub
              activating sub
              variables of sub {"own":null}
              activated sub
              passed i
              flow i_a
              activated a
              job a retries 3
            > complete a {"result":7}
              JobActivated a
              JobCompleted a
              variables of a {"result":7}
              variables of sub {"own":7}
              completed a
              flow a_b
              activating b
              variables of b {"input":7}
              activated b
              job b retries 3
            > show
              p ACTIVE {}
              sub ACTIVE {"own":7}
              b ACTIVE {"input":7}
            > complete b
              JobActivated b
              JobCompleted b
              completed b
              flow b_x
              passed x
              completed sub
              flow sub_c
              activated c
              job c retries 3
            > show
              p ACTIVE {}
              c ACTIVE {}
        "#]],
    );
}

#[test]
fn data_objects_that_are_not_set_yet_put_nothing_in() {
    check(
        r#"s: startEvent
<dataObject id="order" name="order"/>
b: serviceTask <ioSpecification><dataInput id="b_in" name="input"/><inputSet><dataInputRefs>b_in</dataInputRefs></inputSet><outputSet/></ioSpecification><dataInputAssociation><sourceRef>order</sourceRef><targetRef>b_in</targetRef></dataInputAssociation>
e: endEvent
s -> b -> e"#,
        "start p; activate b",
        expect![[r#"
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

#[test]
fn data_objects_transformed_on_the_way() {
    check(
        r#"s: startEvent
<dataObject id="order" name="order"/>
a: serviceTask <ioSpecification><dataInput id="a_in" name="input"/><inputSet><dataInputRefs>a_in</dataInputRefs></inputSet><outputSet/></ioSpecification><dataInputAssociation><sourceRef>order</sourceRef><targetRef>a_in</targetRef><transformation>= order.id + 1</transformation></dataInputAssociation>
e: endEvent
s -> a -> e"#,
        r#"start p {"order":{"id":1}}; activate a"#,
        expect![[r#"
            > start p {"order":{"id":1}}
              created p v1
              passed s
              flow s_a
              activating a
              variables of a {"input":2}
              activated a
              job a retries 3
            > activate a
              JobActivated a
              job has {"input":2,"order":{"id":1}}
        "#]],
    );
}

#[test]
fn data_objects_whose_transformation_fails_are_an_incident() {
    check(
        r#"s: startEvent
<dataObject id="order" name="order"/>
a: serviceTask <ioSpecification><dataInput id="a_in" name="input"/><inputSet><dataInputRefs>a_in</dataInputRefs></inputSet><outputSet/></ioSpecification><dataInputAssociation><sourceRef>order</sourceRef><targetRef>a_in</targetRef><transformation>= assert(order, order != null)</transformation></dataInputAssociation>
e: endEvent
s -> a -> e"#,
        r#"start p; set {"order":1}; resolve; activate a"#,
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activating a
              incident IO_MAPPING_ERROR at a: Assertion failure on evaluate the expression '{input:assert(order, order != null)}': The condition is not fulfilled The evaluation reported the following warnings: / [NO_VARIABLE_FOUND] No variable found with name 'order' / [ASSERT_FAILURE] The condition is not fulfilled
            > set {"order":1}
              variables of p {"order":1}
            > resolve
              IncidentResolved at a
              variables of a {"input":1}
              activated a
              job a retries 3
            > activate a
              JobActivated a
              job has {"input":1,"order":1}
        "#]],
    );
}

#[test]
fn data_objects_as_properties_of_a_sub_process() {
    check(
        r#"s: startEvent
sub: subProcess <property id="pr" name="own"/> {
i: startEvent
a: serviceTask
x: endEvent
i -> a -> x
}
b: serviceTask
e: endEvent
s -> sub -> b -> e"#,
        r#"start p; complete a {"own":1,"shared":2}; show"#,
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_sub
              activating sub
              variables of sub {"own":null}
              activated sub
              passed i
              flow i_a
              activated a
              job a retries 3
            > complete a {"own":1,"shared":2}
              JobActivated a
              JobCompleted a
              variables of sub {"own":1}
              variables of p {"shared":2}
              completed a
              flow a_x
              passed x
              completed sub
              flow sub_b
              activated b
              job b retries 3
            > show
              p ACTIVE {"shared":2}
              b ACTIVE {}
        "#]],
    );
}

#[test]
fn data_objects_that_are_lists_give_each_iteration_its_item() {
    check(
        r#"s: startEvent
<dataObject id="items" name="items" isCollection="true"/>
a: serviceTask <multiInstanceLoopCharacteristics isSequential="true"><loopDataInputRef>items</loopDataInputRef><inputDataItem id="it" name="item"/></multiInstanceLoopCharacteristics>
e: endEvent
s -> a -> e"#,
        r#"start p {"items":[7,8]}; activate a; time 60001; complete a; activate a"#,
        expect![[r#"
            > start p {"items":[7,8]}
              created p v1
              passed s
              flow s_a
              activated a
              loop of 2
              iteration 1 of a
              variables of a 1 {"loopCounter":1,"item":7}
              activated a 1
              job a retries 3
            > activate a
              JobActivated a
              job has {"loopCounter":1,"item":7,"items":[7,8]}
            > time 60001
              JobTimedOut a
            > complete a
              JobActivated a
              JobCompleted a
              completed a 1
              iteration 1 completed
              iteration 2 of a
              variables of a 2 {"loopCounter":2,"item":8}
              activated a 2
              job a retries 3
            > activate a
              JobActivated a
              job has {"loopCounter":2,"item":8,"items":[7,8]}
        "#]],
    );
}
