//! The typed view of two models, and that a model of the executable subset deploys.

use bpmn::model::{Dialect, EventTrigger, FlowNodeKind, LoopCharacteristics, TimerDefinition};
use expect_test::{Expect, expect};

pub const ORDER: &str = include_str!("models/order.bpmn");
pub const EVERYTHING: &str = include_str!("models/everything.bpmn");

fn outline(text: &str, expected: &Expect) {
    let document = bpmn::read(text.as_bytes(), "model.bpmn").expect("is well-formed");
    let (definitions, problems) = bpmn::model(&document);
    assert!(problems.is_empty(), "{problems:?}");
    let mut out = format!("{:?}\n", definitions.dialect);
    for process in &definitions.processes {
        out += &format!("process {} executable={}\n", process.id, process.executable);
        for node in &process.nodes {
            let parent = node.parent.map_or("-", |index| process.nodes[index].id.as_str());
            let trigger =
                node.kind.trigger().map_or(String::new(), |trigger| format!("({})", trigger.name()));
            let flows = |list: &[usize]| {
                list.iter().map(|f| process.flows[*f].id.as_str()).collect::<Vec<_>>().join(",")
            };
            out += &format!(
                "{} {}{trigger} {} in={parent} <[{}] >[{}]\n",
                node.ordinal,
                node.kind.element_name(),
                node.id,
                flows(&node.incoming),
                flows(&node.outgoing)
            );
        }
        for flow in &process.flows {
            let ends = (&process.nodes[flow.source].id, &process.nodes[flow.target].id);
            let condition = flow
                .condition
                .as_ref()
                .map_or(String::new(), |it| format!(" if {} feel={}", it.text, it.is_feel));
            out += &format!("{} flow {} {}->{}{condition}\n", flow.ordinal, flow.id, ends.0, ends.1);
        }
    }
    expected.assert_eq(&out);
}

#[test]
fn a_model_of_the_executable_subset_deploys() {
    let (definitions, warnings) = bpmn::load(ORDER.as_bytes(), "order.bpmn").expect("is accepted");
    assert!(warnings.is_empty(), "{warnings:?}");
    assert_eq!(definitions.dialect, Dialect::Zeebe);
    let process = definitions.process("order").expect("process");
    assert_eq!(process.version_tag.as_deref(), Some("v1"));
    let charge = &process.nodes[process.node_index("charge").expect("charge")];
    let job = charge.ext.task_definition.as_ref().expect("job");
    assert_eq!((job.type_.text.as_str(), job.retries.text.as_str()), ("io.camunda:http-json:1", "2"));
    assert_eq!(charge.ext.inputs[0].target, "authentication.type");
    assert!(charge.ext.inputs[1].source.is_feel && !charge.ext.inputs[0].source.is_feel);
    assert_eq!(charge.ext.headers, [("resultVariable".to_owned(), "payment".to_owned())]);
    assert_eq!(charge.ext.template.as_ref().map(|it| it.id.as_str()), Some("http"));
    let boundary: Vec<_> = charge.boundary.iter().map(|index| process.nodes[*index].id.as_str()).collect();
    assert_eq!(boundary, ["declined", "slow"]);
    let slow = &process.nodes[process.node_index("slow").expect("slow")].kind;
    let FlowNodeKind::BoundaryEvent { cancel_activity: false, trigger: EventTrigger::Timer(timer), .. } =
        slow
    else {
        panic!("{slow:?}")
    };
    assert!(matches!(timer, TimerDefinition::Duration(it) if it.text == "PT10M" && it.is_static()));
    let review = &process.nodes[process.node_index("review").expect("review")].ext;
    assert!(review.zeebe_user_task);
    assert_eq!(
        review.assignment.as_ref().and_then(|it| it.candidate_groups.as_ref()).map(|it| it.text.as_str()),
        Some("sales")
    );
    let message = &definitions.messages[0];
    assert_eq!(
        message.correlation_key.as_ref().map(|it| (it.text.as_str(), it.is_feel)),
        Some(("orderId", true))
    );
}

#[test]
fn order() {
    outline(
        ORDER,
        &expect![[r#"
        Zeebe
        process order executable=true
        1 startEvent(none) start in=- <[] >[f1]
        3 serviceTask charge in=- <[f1] >[f2]
        4 boundaryEvent(error) declined in=- <[] >[f7]
        5 boundaryEvent(timer) slow in=- <[] >[f8]
        7 exclusiveGateway risky in=- <[f2] >[f3,f4]
        10 userTask review in=- <[f3] >[f5]
        12 subProcess work in=- <[f4,f5] >[f6]
        13 startEvent(none) inner in=work <[] >[g1]
        15 intermediateCatchEvent(message) wait in=work <[g1] >[g2]
        17 endEvent(none) innerEnd in=work <[g2] >[]
        19 endEvent(none) end in=- <[f6] >[]
        21 endEvent(terminate) failed in=- <[f7] >[]
        23 endEvent(none) noted in=- <[f8] >[]
        2 flow f1 start->charge
        6 flow f2 charge->risky
        8 flow f3 risky->review if payment.amount > 100 feel=true
        9 flow f4 risky->work
        11 flow f5 review->work
        14 flow g1 inner->wait
        16 flow g2 wait->innerEnd
        18 flow f6 work->end
        20 flow f7 declined->failed
        22 flow f8 slow->noted
    "#]],
    );
}

#[test]
fn everything() {
    outline(
        EVERYTHING,
        &expect![[r#"
        Plain
        process everything executable=true
        1 startEvent(none) start in=- <[] >[a]
        3 task each in=- <[a] >[c]
        4 boundaryEvent(compensation) compensation in=- <[] >[]
        5 task handler in=- <[] >[]
        6 boundaryEvent(parallel multiple) both in=- <[] >[b]
        9 inclusiveGateway split in=- <[c] >[d,f]
        12 task again in=- <[d] >[g]
        14 complexGateway join in=- <[f,g] >[h]
        16 eventBasedGateway race in=- <[h] >[i,j]
        19 intermediateCatchEvent(signal) on-signal in=- <[i] >[k]
        20 intermediateCatchEvent(conditional) on-condition in=- <[j] >[l]
        23 intermediateThrowEvent(compensation) undo in=- <[k,l] >[n]
        25 intermediateThrowEvent(link) jump in=- <[n] >[]
        26 intermediateCatchEvent(link) land in=- <[] >[o]
        28 callActivity call in=- <[o] >[p]
        30 transaction deal in=- <[p] >[t]
        31 startEvent(none) deal-start in=deal <[] >[q]
        33 endEvent(cancel) deal-end in=deal <[q] >[]
        34 boundaryEvent(cancel) cancelled in=- <[] >[r]
        37 adHocSubProcess free in=- <[t] >[u]
        38 task one in=free <[] >[]
        40 endEvent(escalation) end in=- <[b,r,u] >[]
        41 subProcess handle in=- <[] >[]
        42 startEvent(error) on-error in=handle <[] >[v]
        44 endEvent(none) handled in=handle <[v] >[]
        2 flow a start->each
        7 flow b both->end
        8 flow c each->split
        10 flow d split->again
        11 flow f split->join if count(items) > 1 feel=true
        13 flow g again->join
        15 flow h join->race
        17 flow i race->on-signal
        18 flow j race->on-condition
        21 flow k on-signal->undo
        22 flow l on-condition->undo
        24 flow n undo->jump
        27 flow o land->call
        29 flow p call->deal
        32 flow q deal-start->deal-end
        35 flow r cancelled->end
        36 flow t deal->free
        39 flow u free->end
        43 flow v on-error->handled
    "#]],
    );
    let document = bpmn::read(EVERYTHING.as_bytes(), "model.bpmn").expect("is well-formed");
    let process = &bpmn::model(&document).0.processes[0];
    let node = |id: &str| &process.nodes[process.node_index(id).expect("node")];
    let Some(LoopCharacteristics::MultiInstance(multiple)) = &node("each").loop_characteristics else {
        panic!()
    };
    assert!(multiple.sequential);
    assert_eq!(multiple.cardinality.as_ref().map(|it| (it.text.as_str(), it.is_feel)), Some(("3", true)));
    assert!(matches!(
        node("again").loop_characteristics,
        Some(LoopCharacteristics::Standard { test_before: true, maximum: Some(4), .. })
    ));
    assert!(matches!(node("undo").kind, FlowNodeKind::IntermediateThrowEvent {
        trigger: EventTrigger::Compensation { activity: Some(index), wait_for_completion: false }
    } if process.nodes[index].id == "each"));
    assert_eq!(node("each").data.input_associations[0].sources, ["ref"]);
    assert_eq!(process.lanes[0].nodes.len(), 2);
    assert_eq!(process.data_objects.len(), 2);
    if let Err(problems) = bpmn::load(EVERYTHING.as_bytes(), "model.bpmn") {
        // What the engine cannot run yet is all that may be wrong with it.
        assert!(problems.iter().all(|it| it.code == "bpmn.not-executable"), "{problems:?}");
    }
}

#[test]
fn the_examples_deploy_without_warnings() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let files = crate::shared::files(&folder, &["bpmn"]);
    assert!(!files.is_empty());
    for path in files {
        let bytes = std::fs::read(&path).expect("example is readable");
        let (_, warnings) = bpmn::load(&bytes, &path.to_string_lossy()).expect("example is accepted");
        assert!(warnings.is_empty(), "{warnings:?}");
    }
}
