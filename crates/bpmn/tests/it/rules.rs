//! One case with a planted violation for each rule. A case is text: code, content, id of the element at fault.

/// Wraps the content of a process of the `zeebe` dialect. Content that starts with `!` is a plain file's.
pub fn process(content: &str) -> String {
    let plain = content.strip_prefix('!');
    let zeebe = if plain.is_some() { "" } else { " xmlns:zeebe='http://camunda.org/schema/zeebe/1.0'" };
    let (root, content) =
        plain.unwrap_or(content).split_once("---").unwrap_or(("", plain.unwrap_or(content)));
    let open = "<bpmn:definitions xmlns:bpmn='http://www.omg.org/spec/BPMN/20100524/MODEL' xmlns:bpmndi='http://www.omg.org/spec/BPMN/20100524/DI' targetNamespace='t'";
    if root.contains("isExecutable") || root.contains("<bpmn:process ") {
        return format!("{open}{zeebe}>{root}{content}</bpmn:definitions>");
    }
    format!(
        "{open}{zeebe}>{root}<bpmn:process id='p' isExecutable='true'>{content}</bpmn:process></bpmn:definitions>"
    )
}

/// start -> X -> end, where the case gives X with id `x`.
macro_rules! between {
    ($middle:literal) => {
        concat!(
            "<bpmn:startEvent id='s'/><bpmn:sequenceFlow id='f' sourceRef='s' targetRef='x'/>",
            $middle,
            "<bpmn:sequenceFlow id='g' sourceRef='x' targetRef='e'/><bpmn:endEvent id='e'/>"
        )
    };
    ($root:literal, $middle:literal) => {
        concat!(
            $root,
            "---<bpmn:startEvent id='s'/><bpmn:sequenceFlow id='f' sourceRef='s' targetRef='x'/>",
            $middle,
            "<bpmn:sequenceFlow id='g' sourceRef='x' targetRef='e'/><bpmn:endEvent id='e'/>"
        )
    };
}

/// (code, content, element at fault; empty when it has no id).
pub const CASES: &[(&str, &str, &str)] = &[
    ("bpmn.ad-hoc-content", between!("<bpmn:adHocSubProcess id='x'/>"), "x"),
    (
        "bpmn.boundary-attachment",
        between!(
            "<bpmn:subProcess id='x'><bpmn:startEvent id='i'/><bpmn:sequenceFlow id='h' sourceRef='i' targetRef='t'/><bpmn:task id='t'/></bpmn:subProcess><bpmn:boundaryEvent id='b' attachedToRef='t'><bpmn:errorEventDefinition/></bpmn:boundaryEvent>"
        ),
        "b",
    ),
    (
        "bpmn.boundary-with-incoming",
        between!(
            "<bpmn:task id='x'/><bpmn:boundaryEvent id='b' attachedToRef='x'><bpmn:errorEventDefinition/></bpmn:boundaryEvent><bpmn:sequenceFlow id='h' sourceRef='x' targetRef='b'/>"
        ),
        "b",
    ),
    (
        "bpmn.boundary-without-outgoing",
        between!(
            "!",
            "<bpmn:task id='x'/><bpmn:boundaryEvent id='b' attachedToRef='x'><bpmn:errorEventDefinition/></bpmn:boundaryEvent>"
        ),
        "b",
    ),
    ("bpmn.called-element", between!("<bpmn:callActivity id='x'/>"), "x"),
    (
        "bpmn.compensation-with-flow",
        between!(
            "<bpmn:task id='x'/><bpmn:boundaryEvent id='b' attachedToRef='x'><bpmn:compensateEventDefinition/></bpmn:boundaryEvent><bpmn:sequenceFlow id='h' sourceRef='b' targetRef='e'/>"
        ),
        "b",
    ),
    (
        "bpmn.condition-missing",
        between!(
            "<bpmn:exclusiveGateway id='x'/><bpmn:sequenceFlow id='h' sourceRef='x' targetRef='e'><bpmn:conditionExpression>=a</bpmn:conditionExpression></bpmn:sequenceFlow>"
        ),
        "g",
    ),
    (
        "bpmn.condition-not-allowed",
        between!(
            "<bpmn:parallelGateway id='x'/><bpmn:sequenceFlow id='h' sourceRef='x' targetRef='e'><bpmn:conditionExpression>=a</bpmn:conditionExpression></bpmn:sequenceFlow>"
        ),
        "h",
    ),
    (
        "bpmn.conditional",
        between!(
            "<bpmn:intermediateCatchEvent id='x'><bpmn:conditionalEventDefinition/></bpmn:intermediateCatchEvent>"
        ),
        "x",
    ),
    (
        "bpmn.dangling-reference",
        "<bpmn:startEvent id='s'/><bpmn:sequenceFlow id='f' sourceRef='s' targetRef='nowhere'/>",
        "f",
    ),
    ("bpmn.default-flow", between!("<bpmn:exclusiveGateway id='x' default='f'/>"), "x"),
    ("bpmn.duplicate-id", between!("<bpmn:task id='x'/><bpmn:task id='s'/>"), "s"),
    (
        "bpmn.end-with-outgoing",
        between!("<bpmn:task id='x'/><bpmn:sequenceFlow id='h' sourceRef='e' targetRef='x'/>"),
        "e",
    ),
    (
        "bpmn.error-code",
        "<bpmn:error id='r'/>---<bpmn:startEvent id='s'/><bpmn:sequenceFlow id='f' sourceRef='s' targetRef='e'/><bpmn:endEvent id='e'><bpmn:errorEventDefinition errorRef='r'/></bpmn:endEvent>",
        "e",
    ),
    (
        "bpmn.escalation-code",
        between!(
            "<bpmn:intermediateThrowEvent id='x'><bpmn:escalationEventDefinition/></bpmn:intermediateThrowEvent>"
        ),
        "x",
    ),
    ("bpmn.event-based-gateway", between!("<bpmn:eventBasedGateway id='x'/>"), "e"),
    (
        "bpmn.event-not-allowed",
        between!(
            "<bpmn:intermediateThrowEvent id='x'><bpmn:terminateEventDefinition/></bpmn:intermediateThrowEvent>"
        ),
        "x",
    ),
    (
        "bpmn.event-sub-process-with-flows",
        between!(
            "<bpmn:subProcess id='x' triggeredByEvent='true'><bpmn:startEvent id='i'><bpmn:errorEventDefinition/></bpmn:startEvent></bpmn:subProcess>"
        ),
        "x",
    ),
    (
        "bpmn.flow-crosses-scope",
        between!(
            "<bpmn:subProcess id='x'><bpmn:startEvent id='i'/><bpmn:sequenceFlow id='h' sourceRef='i' targetRef='e'/></bpmn:subProcess>"
        ),
        "h",
    ),
    (
        "bpmn.gateway-direction",
        between!("<bpmn:exclusiveGateway id='x' gatewayDirection='Converging'/>"),
        "x",
    ),
    ("bpmn.gateway-without-choice", between!("<bpmn:exclusiveGateway id='x'/>"), "x"),
    (
        "bpmn.gateway-without-outgoing",
        "<bpmn:startEvent id='s'/><bpmn:sequenceFlow id='f' sourceRef='s' targetRef='x'/><bpmn:parallelGateway id='x'/>",
        "x",
    ),
    ("bpmn.invalid-id", between!("<bpmn:task id='x'/><bpmn:task id='1 2'/>"), "1 2"),
    (
        "bpmn.link",
        "<bpmn:startEvent id='s'/><bpmn:sequenceFlow id='f' sourceRef='s' targetRef='x'/><bpmn:intermediateThrowEvent id='x'><bpmn:linkEventDefinition name='l'/></bpmn:intermediateThrowEvent>",
        "x",
    ),
    (
        "bpmn.lonely-condition",
        "!<bpmn:startEvent id='s'/><bpmn:sequenceFlow id='f' sourceRef='s' targetRef='x'/><bpmn:task id='x'/><bpmn:sequenceFlow id='g' sourceRef='x' targetRef='e'><bpmn:conditionExpression>a</bpmn:conditionExpression></bpmn:sequenceFlow><bpmn:endEvent id='e'/>",
        "g",
    ),
    (
        "bpmn.loop-markers",
        between!(
            "<bpmn:task id='x'><bpmn:standardLoopCharacteristics/><bpmn:multiInstanceLoopCharacteristics/></bpmn:task>"
        ),
        "x",
    ),
    (
        "bpmn.message-flow",
        "<bpmn:collaboration id='c'><bpmn:participant id='o' processRef='p'/><bpmn:participant id='q'/><bpmn:messageFlow id='m' sourceRef='s' targetRef='q'/></bpmn:collaboration>---<bpmn:startEvent id='s'/><bpmn:sequenceFlow id='f' sourceRef='s' targetRef='e'/><bpmn:endEvent id='e'/>",
        "m",
    ),
    ("bpmn.message-missing", between!("<bpmn:receiveTask id='x'/>"), "x"),
    (
        "bpmn.message-name",
        between!("<bpmn:message id='m'/>", "<bpmn:receiveTask id='x' messageRef='m'/>"),
        "x",
    ),
    ("bpmn.misplaced-element", between!("<bpmn:task id='x'><bpmn:task id='y'/></bpmn:task>"), "y"),
    ("bpmn.missing-attribute", between!("<bpmn:task id='x'/><bpmn:sequenceFlow id='h' sourceRef='x'/>"), "h"),
    (
        "bpmn.multi-instance",
        between!("<bpmn:task id='x'><bpmn:multiInstanceLoopCharacteristics/></bpmn:task>"),
        "x",
    ),
    (
        "bpmn.must-interrupt",
        between!(
            "<bpmn:task id='x'/><bpmn:boundaryEvent id='b' cancelActivity='false' attachedToRef='x'><bpmn:errorEventDefinition/></bpmn:boundaryEvent>"
        ),
        "b",
    ),
    ("bpmn.no-executable-process", "<bpmn:process id='q' isExecutable='false'/>---", "q"),
    ("bpmn.no-incoming", between!("<bpmn:task id='x'/><bpmn:task id='y'/>"), "y"),
    ("bpmn.no-outgoing", between!("<bpmn:task id='x'/><bpmn:task id='y'/>"), "y"),
    (
        "bpmn.not-executable",
        between!(
            "<bpmn:intermediateThrowEvent id='x'><bpmn:timerEventDefinition/></bpmn:intermediateThrowEvent>"
        ),
        "x",
    ),
    (
        "bpmn.number",
        between!(
            "<bpmn:serviceTask id='x'><bpmn:extensionElements><zeebe:taskDefinition type='a' retries='many'/></bpmn:extensionElements></bpmn:serviceTask>"
        ),
        "x",
    ),
    ("bpmn.quantity", between!("<bpmn:task id='x' startQuantity='0'/>"), "x"),
    (
        "bpmn.several-none-starts",
        between!(
            "<bpmn:task id='x'/><bpmn:startEvent id='r'/><bpmn:sequenceFlow id='h' sourceRef='r' targetRef='x'/>"
        ),
        "r",
    ),
    (
        "bpmn.shared-event-definition",
        between!(
            "<bpmn:task id='x'/><bpmn:boundaryEvent id='b' attachedToRef='x'><bpmn:errorEventDefinition id='d'/></bpmn:boundaryEvent><bpmn:boundaryEvent id='c' attachedToRef='x'><bpmn:eventDefinitionRef>d</bpmn:eventDefinitionRef></bpmn:boundaryEvent>"
        ),
        "c",
    ),
    (
        "bpmn.signal-name",
        between!(
            "<bpmn:intermediateCatchEvent id='x'><bpmn:signalEventDefinition/></bpmn:intermediateCatchEvent>"
        ),
        "x",
    ),
    (
        "bpmn.start-with-incoming",
        between!("<bpmn:task id='x'/><bpmn:sequenceFlow id='h' sourceRef='x' targetRef='s'/>"),
        "s",
    ),
    (
        "bpmn.sub-process-start",
        between!(
            "<bpmn:subProcess id='x'><bpmn:startEvent id='i'/><bpmn:startEvent id='j'/></bpmn:subProcess>"
        ),
        "x",
    ),
    (
        "bpmn.timer",
        between!(
            "<bpmn:intermediateCatchEvent id='x'><bpmn:timerEventDefinition><bpmn:timeDuration>soon</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>"
        ),
        "x",
    ),
    (
        "bpmn.timer-several",
        between!(
            "<bpmn:intermediateCatchEvent id='x'><bpmn:timerEventDefinition id='d'><bpmn:timeDuration>PT1S</bpmn:timeDuration><bpmn:timeCycle>R/PT1S</bpmn:timeCycle></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>"
        ),
        "d",
    ),
    ("bpmn.unknown-attribute", between!("<bpmn:task id='x' colour='red'/>"), "x"),
    ("bpmn.unknown-element", between!("<bpmn:magicTask id='x'/>"), "x"),
    ("bpmn.wrong-reference", between!("<bpmn:task id='x' default='e'/>"), "x"),
    (
        "di.dangling-reference",
        "<bpmndi:BPMNShape id='d' bpmnElement='gone'/><bpmn:process id='p' isExecutable='true'>---<bpmn:startEvent id='s'/></bpmn:process>",
        "d",
    ),
    (
        "zeebe.called-decision",
        between!(
            "<bpmn:businessRuleTask id='x'><bpmn:extensionElements><zeebe:calledDecision/></bpmn:extensionElements></bpmn:businessRuleTask>"
        ),
        "x",
    ),
    (
        "zeebe.correlation-key",
        between!("<bpmn:message id='m' name='n'/>", "<bpmn:receiveTask id='x' messageRef='m'/>"),
        "x",
    ),
    (
        "zeebe.attribute",
        between!(
            "<bpmn:task id='x'><bpmn:extensionElements><zeebe:agentDefinition agentType='external'/></bpmn:extensionElements></bpmn:task>"
        ),
        "x",
    ),
    (
        "zeebe.expression-required",
        between!(
            "<bpmn:scriptTask id='x'><bpmn:extensionElements><zeebe:script expression='1 + 1' resultVariable='r'/></bpmn:extensionElements></bpmn:scriptTask>"
        ),
        "x",
    ),
    (
        "zeebe.io-mapping",
        between!(
            "<bpmn:task id='x'><bpmn:extensionElements><zeebe:ioMapping><zeebe:input source='=1' target='not+a name'/></zeebe:ioMapping></bpmn:extensionElements></bpmn:task>"
        ),
        "x",
    ),
    (
        "zeebe.listener",
        between!(
            "<bpmn:userTask id='x'><bpmn:extensionElements><zeebe:taskListeners><zeebe:taskListener eventType='dreaming' type='t'/></zeebe:taskListeners></bpmn:extensionElements></bpmn:userTask>"
        ),
        "x",
    ),
    (
        "zeebe.script",
        between!(
            "<bpmn:scriptTask id='x'><bpmn:extensionElements><zeebe:script expression='=1'/></bpmn:extensionElements></bpmn:scriptTask>"
        ),
        "x",
    ),
    ("zeebe.task-type", between!("<bpmn:serviceTask id='x'/>"), "x"),
    (
        "bpmn.called-process",
        "!<bpmn:process id='p' isExecutable='true'><bpmn:startEvent id='s'/><bpmn:sequenceFlow id='f' sourceRef='s' targetRef='x'/><bpmn:callActivity id='x' calledElement='q'/><bpmn:sequenceFlow id='g' sourceRef='x' targetRef='e'/><bpmn:endEvent id='e'/></bpmn:process>---<bpmn:process id='q' isExecutable='true'><bpmn:startEvent id='r'><bpmn:timerEventDefinition><bpmn:timeCycle>R/PT1H</bpmn:timeCycle></bpmn:timerEventDefinition></bpmn:startEvent></bpmn:process>",
        "x",
    ),
    (
        "bpmn.choreography-content",
        "<bpmn:globalConversation id='c'><bpmn:conversation id='v'/></bpmn:globalConversation>---<bpmn:startEvent id='s'/>",
        "v",
    ),
    (
        "bpmn.collection",
        "!<bpmn:itemDefinition id='i' isCollection='true'/>---<bpmn:dataObject id='d' itemSubjectRef='i'/>",
        "d",
    ),
    (
        "bpmn.compensation-handler",
        between!(
            "<bpmn:task id='x'/><bpmn:boundaryEvent id='b' attachedToRef='x'><bpmn:compensateEventDefinition/></bpmn:boundaryEvent>"
        ),
        "b",
    ),
    (
        "bpmn.data-association",
        "!<bpmn:task id='x'><bpmn:ioSpecification><bpmn:dataInput id='i'/><bpmn:inputSet><bpmn:dataInputRefs>i</bpmn:dataInputRefs></bpmn:inputSet><bpmn:outputSet/></bpmn:ioSpecification><bpmn:dataInputAssociation id='a'><bpmn:sourceRef>d</bpmn:sourceRef><bpmn:sourceRef>d</bpmn:sourceRef><bpmn:targetRef>i</bpmn:targetRef></bpmn:dataInputAssociation></bpmn:task><bpmn:dataObject id='d'/>",
        "a",
    ),
    (
        "bpmn.empty-expression",
        between!(
            "<bpmn:adHocSubProcess id='x'><bpmn:task id='t'/><bpmn:completionCondition/></bpmn:adHocSubProcess>"
        ),
        "x",
    ),
    (
        "bpmn.flow-lists",
        "!<bpmn:startEvent id='s'/><bpmn:sequenceFlow id='f' sourceRef='s' targetRef='e'/><bpmn:endEvent id='e'><bpmn:incoming>f</bpmn:incoming></bpmn:endEvent>",
        "f",
    ),
    (
        "bpmn.format",
        between!(
            "<bpmn:task id='x'><bpmn:documentation id='d' textFormat='plain'>text</bpmn:documentation></bpmn:task>"
        ),
        "d",
    ),
    (
        "bpmn.instantiating",
        between!(
            "<bpmn:message id='m' name='n'/>",
            "<bpmn:receiveTask id='x' instantiate='true' messageRef='m'/>"
        ),
        "x",
    ),
    (
        "bpmn.io-set",
        "<bpmn:task id='x'><bpmn:ioSpecification id='o'><bpmn:dataInput id='i'/><bpmn:inputSet/><bpmn:outputSet/></bpmn:ioSpecification></bpmn:task>",
        "i",
    ),
    (
        "bpmn.io-specification",
        between!(
            "<bpmn:subProcess id='x'><bpmn:ioSpecification id='o'><bpmn:inputSet/><bpmn:outputSet/></bpmn:ioSpecification></bpmn:subProcess>"
        ),
        "o",
    ),
    (
        "bpmn.not-for-execution",
        "!<bpmn:startEvent id='s'/><bpmn:sequenceFlow id='f' sourceRef='s' targetRef='e' isImmediate='false'/><bpmn:endEvent id='e'/>",
        "f",
    ),
    (
        "bpmn.resource-role",
        between!(
            "<bpmn:resource id='r' name='n'/>",
            "<bpmn:userTask id='x'><bpmn:performer id='q'><bpmn:resourceRef>r</bpmn:resourceRef><bpmn:resourceAssignmentExpression><bpmn:formalExpression>a</bpmn:formalExpression></bpmn:resourceAssignmentExpression></bpmn:performer></bpmn:userTask>"
        ),
        "q",
    ),
    (
        "bpmn.start-without-end",
        "!<bpmn:startEvent id='s'/><bpmn:sequenceFlow id='f' sourceRef='s' targetRef='x'/><bpmn:task id='x'/>",
        "s",
    ),
    ("bpmn.no-definitions", "", ""),
    (
        "lint.unreachable",
        between!(
            "<bpmn:task id='x'/><bpmn:task id='y'/><bpmn:sequenceFlow id='h' sourceRef='y' targetRef='z'/><bpmn:task id='z'/><bpmn:sequenceFlow id='i' sourceRef='z' targetRef='e'/>"
        ),
        "z",
    ),
    (
        "lint.dead-path",
        between!(
            "<bpmn:exclusiveGateway id='x' default='g'/><bpmn:sequenceFlow id='h' sourceRef='x' targetRef='e'><bpmn:conditionExpression>=false</bpmn:conditionExpression></bpmn:sequenceFlow>"
        ),
        "h",
    ),
    (
        "lint.deadlock",
        between!(
            "<bpmn:exclusiveGateway id='x' default='g'/><bpmn:sequenceFlow id='h' sourceRef='x' targetRef='j'><bpmn:conditionExpression>=a</bpmn:conditionExpression></bpmn:sequenceFlow><bpmn:sequenceFlow id='i' sourceRef='x' targetRef='j'><bpmn:conditionExpression>=b</bpmn:conditionExpression></bpmn:sequenceFlow><bpmn:parallelGateway id='j'/><bpmn:sequenceFlow id='k' sourceRef='j' targetRef='e'/>"
        ),
        "j",
    ),
    ("lint.single-join", between!("<bpmn:parallelGateway id='x'/>"), "x"),
    (
        "lint.boundary-without-outgoing",
        between!(
            "<bpmn:task id='x'/><bpmn:boundaryEvent id='b' attachedToRef='x'><bpmn:errorEventDefinition/></bpmn:boundaryEvent>"
        ),
        "b",
    ),
    (
        "lint.missing-default",
        "<bpmn:startEvent id='s'/><bpmn:sequenceFlow id='f' sourceRef='s' targetRef='x'/><bpmn:inclusiveGateway id='x'/><bpmn:sequenceFlow id='h' sourceRef='x' targetRef='e'><bpmn:conditionExpression>=a</bpmn:conditionExpression></bpmn:sequenceFlow><bpmn:endEvent id='e'/>",
        "x",
    ),
    (
        "lint.cancel-without-boundary",
        between!(
            "<bpmn:transaction id='x'><bpmn:startEvent id='i'/><bpmn:sequenceFlow id='k' sourceRef='i' targetRef='c'/><bpmn:endEvent id='c'><bpmn:cancelEventDefinition/></bpmn:endEvent></bpmn:transaction>"
        ),
        "c",
    ),
    (
        "lint.missing-default",
        "<bpmn:startEvent id='s'/><bpmn:sequenceFlow id='f' sourceRef='s' targetRef='x'/><bpmn:task id='x'/><bpmn:sequenceFlow id='h' sourceRef='x' targetRef='e'><bpmn:conditionExpression>=a</bpmn:conditionExpression></bpmn:sequenceFlow><bpmn:endEvent id='e'/>",
        "x",
    ),
    ("bpmn.value", between!("<bpmn:task id='x' isForCompensation='perhaps'/>"), "x"),
    ("bpmn.stray-text", between!("<bpmn:task id='x'>text</bpmn:task>"), "x"),
    (
        "bpmn.element-order",
        between!(
            "<bpmn:intermediateThrowEvent id='x'><bpmn:escalationEventDefinition/><bpmn:incoming>f</bpmn:incoming></bpmn:intermediateThrowEvent>"
        ),
        "x",
    ),
    (
        "bpmn.element-count",
        between!(
            "<bpmn:task id='x'><bpmn:ioSpecification id='o'><bpmn:inputSet/></bpmn:ioSpecification></bpmn:task>"
        ),
        "o",
    ),
    (
        "bpmn.formal-expression",
        between!(
            "!",
            "<bpmn:intermediateCatchEvent id='x'><bpmn:timerEventDefinition id='d'><bpmn:timeDuration>PT1M</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>"
        ),
        "d",
    ),
    (
        "bpmn.truth-value",
        between!(
            "!",
            "<bpmn:adHocSubProcess id='x'><bpmn:task id='t'/><bpmn:completionCondition>23</bpmn:completionCondition></bpmn:adHocSubProcess>"
        ),
        "x",
    ),
    (
        "bpmn.script-format",
        between!("!", "<bpmn:scriptTask id='x'><bpmn:script>do it</bpmn:script></bpmn:scriptTask>"),
        "x",
    ),
    (
        "bpmn.data-state-name",
        "!<bpmn:dataObject id='d' name='Order'/><bpmn:dataObjectReference id='r' dataObjectRef='d' name='Order [new]'><bpmn:dataState name='paid'/></bpmn:dataObjectReference>",
        "r",
    ),
    (
        "bpmn.loop-item",
        "!<bpmn:itemDefinition id='a' structureRef='text' isCollection='true'/><bpmn:itemDefinition id='b' structureRef='number'/>---<bpmn:dataObject id='d' itemSubjectRef='a' isCollection='true'/><bpmn:task id='x'><bpmn:multiInstanceLoopCharacteristics id='m'><bpmn:loopDataInputRef>d</bpmn:loopDataInputRef><bpmn:inputDataItem id='i' itemSubjectRef='b'/></bpmn:multiInstanceLoopCharacteristics></bpmn:task>",
        "m",
    ),
    (
        "bpmn.operation-data",
        between!(
            "!<bpmn:message id='m'/><bpmn:interface id='n' name='n'><bpmn:operation id='o' name='o'><bpmn:inMessageRef>m</bpmn:inMessageRef></bpmn:operation></bpmn:interface>",
            "<bpmn:serviceTask id='x' operationRef='o'/>"
        ),
        "x",
    ),
    (
        "bpmn.call-data",
        between!(
            "!<bpmn:globalTask id='c'><bpmn:ioSpecification><bpmn:dataInput id='i'/><bpmn:inputSet><bpmn:dataInputRefs>i</bpmn:dataInputRefs></bpmn:inputSet><bpmn:outputSet/></bpmn:ioSpecification></bpmn:globalTask>",
            "<bpmn:callActivity id='x' calledElement='c'><bpmn:ioSpecification><bpmn:inputSet/><bpmn:outputSet/></bpmn:ioSpecification></bpmn:callActivity>"
        ),
        "x",
    ),
    (
        "bpmn.io-binding",
        "!<bpmn:message id='m'/><bpmn:interface id='n' name='n'><bpmn:operation id='o' name='o'><bpmn:inMessageRef>m</bpmn:inMessageRef></bpmn:operation></bpmn:interface><bpmn:globalTask id='c'><bpmn:supportedInterfaceRef>n</bpmn:supportedInterfaceRef><bpmn:ioSpecification><bpmn:inputSet/><bpmn:outputSet/></bpmn:ioSpecification></bpmn:globalTask>---<bpmn:startEvent id='s'/>",
        "c",
    ),
    (
        "bpmn.operation-missing",
        between!(
            "!<bpmn:itemDefinition id='a'/><bpmn:message id='m' name='m' itemRef='a'/>",
            "<bpmn:intermediateCatchEvent id='x'><bpmn:messageEventDefinition messageRef='m'/></bpmn:intermediateCatchEvent>"
        ),
        "x",
    ),
    (
        "bpmn.event-data",
        between!(
            "!<bpmn:itemDefinition id='a'/><bpmn:itemDefinition id='b'/><bpmn:signal id='g' name='g' structureRef='a'/>",
            "<bpmn:intermediateCatchEvent id='x'><bpmn:dataOutput id='o' itemSubjectRef='b'/><bpmn:outputSet><bpmn:dataOutputRefs>o</bpmn:dataOutputRefs></bpmn:outputSet><bpmn:signalEventDefinition signalRef='g'/></bpmn:intermediateCatchEvent>"
        ),
        "x",
    ),
    (
        "bpmn.closed-choreography",
        "<bpmn:choreography id='c' isClosed='true'/><bpmn:collaboration id='k'><bpmn:participant id='a'/><bpmn:participant id='b'/><bpmn:messageFlow id='m' sourceRef='a' targetRef='b'/><bpmn:choreographyRef>c</bpmn:choreographyRef></bpmn:collaboration>---<bpmn:startEvent id='s'/>",
        "m",
    ),
];

fn problems(text: &str) -> Vec<bpmn::Diagnostic> {
    match bpmn::load(text.as_bytes(), "case.bpmn") {
        Ok((_, warnings)) => warnings,
        Err(problems) => problems,
    }
}

#[test]
fn every_planted_violation_is_found_and_located() {
    for (code, content, id) in CASES {
        let text = if *code == "bpmn.no-definitions" { "<html/>".to_owned() } else { process(content) };
        let problems = problems(&text);
        let found = problems
            .iter()
            .find(|problem| problem.code == *code && problem.element_id.as_deref().unwrap_or("") == *id);
        let Some(found) = found else { panic!("{code} not found at `{id}`: {problems:#?}") };
        assert!(found.line == 1 && found.column >= 1 && !found.help.is_empty(), "{found}");
    }
}

#[test]
fn agents_of_a_process_are_bounded() {
    let found = |agents: usize| {
        let agent = |at| {
            format!(
                "<bpmn:serviceTask id='a{at}'><bpmn:extensionElements><zeebe:taskDefinition type='t'/><zeebe:agentDefinition agentType='external'/></bpmn:extensionElements></bpmn:serviceTask>"
            )
        };
        let tasks: String = (0..agents).map(agent).collect();
        let text = process(&format!("<bpmn:startEvent id='s'/>{tasks}<bpmn:endEvent id='e'/>"));
        problems(&text).iter().any(|it| it.code == "zeebe.attribute" && it.message.contains("more than 2047"))
    };
    assert_eq!((found(bpmn::limits::AGENTS), found(bpmn::limits::AGENTS + 1)), (false, true));
}

#[test]
fn a_clean_model_has_no_problems() {
    let text = process(between!("<bpmn:task id='x'/>"));
    assert_eq!(problems(&text), []);
}

#[test]
fn a_start_event_of_camunda_8_with_a_duration_is_a_warning() {
    let model = |plain: &str, child: &str| {
        process(&format!(
            "{plain}<bpmn:startEvent id='s'><bpmn:timerEventDefinition><bpmn:{child}</bpmn:timerEventDefinition></bpmn:startEvent>\
             <bpmn:sequenceFlow id='f' sourceRef='s' targetRef='e'/><bpmn:endEvent id='e'/>"
        ))
    };
    let found = problems(&model("", "timeDuration>PT1S</bpmn:timeDuration>"));
    assert_eq!(found.len(), 1, "{found:#?}");
    let it = &found[0];
    assert_eq!((it.code, it.element_id.as_deref(), it.is_error()), ("bpmn.timer", Some("s"), false));
    assert_eq!(problems(&model("", "timeCycle>R/PT1S</bpmn:timeCycle>")), []);
    assert_eq!(problems(&model("!", "timeDuration>=duration(\"PT1S\")</bpmn:timeDuration>")), []);
}

#[test]
fn all_problems_are_reported_at_once() {
    let text = process(
        "<bpmn:startEvent id='s'/><bpmn:serviceTask id='a'/><bpmn:serviceTask id='b'/><bpmn:sequenceFlow id='f' sourceRef='s' targetRef='gone'/>",
    );
    let problems = bpmn::load(text.as_bytes(), "case.bpmn").expect_err("is refused");
    let found = |code: &str| problems.iter().filter(|problem| problem.code == code).count();
    assert_eq!((found("zeebe.task-type"), found("bpmn.dangling-reference")), (2, 1), "{problems:#?}");
    assert!(problems.windows(2).all(|pair| (pair[0].line, pair[0].column) <= (pair[1].line, pair[1].column)));
    let shown = problems.iter().find(|problem| problem.code == "zeebe.task-type").map(ToString::to_string);
    assert!(
        shown.is_some_and(
            |text| text.starts_with("case.bpmn:1:") && text.contains("error[zeebe.task-type] a:")
        )
    );
}
