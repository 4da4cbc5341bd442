//! The processes that run in a simulation.

/// Name of the message that [`RECEIVE`] waits for.
pub const GO: &str = "go";
/// Name of the message that starts [`STARTED`].
pub const BEGIN: &str = "begin";
/// Type of all jobs.
pub const JOB_TYPE: &str = "work";

/// BPMN ids of the processes that clients create, with what they need.
pub const PROCESSES: [&str; 4] = ["task", "timer", "receive", "fork"];

const OPEN: &str = r#"<?xml version="1.0"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="http://dirigent.dev/sim">
"#;

const TASK: &str = r#"<bpmn:process id="task" isExecutable="true">
  <bpmn:startEvent id="s"><bpmn:outgoing>a</bpmn:outgoing></bpmn:startEvent>
  <bpmn:sequenceFlow id="a" sourceRef="s" targetRef="t"/>
  <bpmn:serviceTask id="t"><bpmn:extensionElements><zeebe:taskDefinition type="work" retries="3"/></bpmn:extensionElements>
    <bpmn:incoming>a</bpmn:incoming><bpmn:outgoing>b</bpmn:outgoing></bpmn:serviceTask>
  <bpmn:sequenceFlow id="b" sourceRef="t" targetRef="e"/>
  <bpmn:endEvent id="e"><bpmn:incoming>b</bpmn:incoming></bpmn:endEvent>
</bpmn:process>"#;

const TIMER: &str = r#"<bpmn:process id="timer" isExecutable="true">
  <bpmn:startEvent id="s"><bpmn:outgoing>a</bpmn:outgoing></bpmn:startEvent>
  <bpmn:sequenceFlow id="a" sourceRef="s" targetRef="t"/>
  <bpmn:intermediateCatchEvent id="t"><bpmn:incoming>a</bpmn:incoming><bpmn:outgoing>b</bpmn:outgoing>
    <bpmn:timerEventDefinition><bpmn:timeDuration>PT30S</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>
  <bpmn:sequenceFlow id="b" sourceRef="t" targetRef="e"/>
  <bpmn:endEvent id="e"><bpmn:incoming>b</bpmn:incoming></bpmn:endEvent>
</bpmn:process>"#;

const RECEIVE: &str = r#"<bpmn:message id="m" name="go"><bpmn:extensionElements><zeebe:subscription correlationKey="=key"/></bpmn:extensionElements></bpmn:message>
<bpmn:process id="receive" isExecutable="true">
  <bpmn:startEvent id="s"><bpmn:outgoing>a</bpmn:outgoing></bpmn:startEvent>
  <bpmn:sequenceFlow id="a" sourceRef="s" targetRef="t"/>
  <bpmn:intermediateCatchEvent id="t"><bpmn:incoming>a</bpmn:incoming><bpmn:outgoing>b</bpmn:outgoing>
    <bpmn:messageEventDefinition messageRef="m"/></bpmn:intermediateCatchEvent>
  <bpmn:sequenceFlow id="b" sourceRef="t" targetRef="e"/>
  <bpmn:endEvent id="e"><bpmn:incoming>b</bpmn:incoming></bpmn:endEvent>
</bpmn:process>"#;

const FORK: &str = r#"<bpmn:process id="fork" isExecutable="true">
  <bpmn:startEvent id="s"><bpmn:outgoing>a</bpmn:outgoing></bpmn:startEvent>
  <bpmn:sequenceFlow id="a" sourceRef="s" targetRef="split"/>
  <bpmn:parallelGateway id="split"><bpmn:incoming>a</bpmn:incoming><bpmn:outgoing>b</bpmn:outgoing><bpmn:outgoing>c</bpmn:outgoing></bpmn:parallelGateway>
  <bpmn:sequenceFlow id="b" sourceRef="split" targetRef="t"/>
  <bpmn:sequenceFlow id="c" sourceRef="split" targetRef="u"/>
  <bpmn:serviceTask id="t"><bpmn:extensionElements><zeebe:taskDefinition type="work" retries="3"/></bpmn:extensionElements>
    <bpmn:incoming>b</bpmn:incoming><bpmn:outgoing>d</bpmn:outgoing></bpmn:serviceTask>
  <bpmn:serviceTask id="u"><bpmn:extensionElements><zeebe:taskDefinition type="work" retries="3"/></bpmn:extensionElements>
    <bpmn:incoming>c</bpmn:incoming><bpmn:outgoing>f</bpmn:outgoing></bpmn:serviceTask>
  <bpmn:sequenceFlow id="d" sourceRef="t" targetRef="join"/>
  <bpmn:sequenceFlow id="f" sourceRef="u" targetRef="join"/>
  <bpmn:parallelGateway id="join"><bpmn:incoming>d</bpmn:incoming><bpmn:incoming>f</bpmn:incoming><bpmn:outgoing>g</bpmn:outgoing></bpmn:parallelGateway>
  <bpmn:sequenceFlow id="g" sourceRef="join" targetRef="e"/>
  <bpmn:endEvent id="e"><bpmn:incoming>g</bpmn:incoming></bpmn:endEvent>
</bpmn:process>"#;

const STARTED: &str = r#"<bpmn:message id="n" name="begin"/>
<bpmn:process id="started" isExecutable="true">
  <bpmn:startEvent id="s"><bpmn:outgoing>a</bpmn:outgoing><bpmn:messageEventDefinition messageRef="n"/></bpmn:startEvent>
  <bpmn:sequenceFlow id="a" sourceRef="s" targetRef="t"/>
  <bpmn:serviceTask id="t"><bpmn:extensionElements><zeebe:taskDefinition type="work" retries="3"/></bpmn:extensionElements>
    <bpmn:incoming>a</bpmn:incoming><bpmn:outgoing>b</bpmn:outgoing></bpmn:serviceTask>
  <bpmn:sequenceFlow id="b" sourceRef="t" targetRef="e"/>
  <bpmn:endEvent id="e"><bpmn:incoming>b</bpmn:incoming></bpmn:endEvent>
</bpmn:process>"#;

/// File names and contents of all models.
pub fn all() -> Vec<(String, String)> {
    [("task", TASK), ("timer", TIMER), ("receive", RECEIVE), ("fork", FORK), ("started", STARTED)]
        .into_iter()
        .map(|(name, body)| (format!("{name}.bpmn"), format!("{OPEN}{body}\n</bpmn:definitions>\n")))
        .collect()
}
