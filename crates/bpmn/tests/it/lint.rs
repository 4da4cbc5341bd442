//! Warnings about what never happens: each is found where it is, and never given where it might happen.

use std::collections::{BTreeSet, HashSet, VecDeque};

use crate::rules::process;

/// Codes and elements of the `lint` warnings of a process.
fn lints(content: &str) -> Vec<(&'static str, String)> {
    let text = process(content);
    let document = bpmn::read(text.as_bytes(), "case.bpmn").expect("is well-formed");
    let (definitions, _) = bpmn::model(&document);
    let problems = bpmn::validate(&definitions).into_iter().filter(|it| it.code.starts_with("lint."));
    problems
        .map(|it| {
            assert!(!it.is_error() && it.line > 0 && !it.help.is_empty(), "{it}");
            (it.code, it.element_id.unwrap_or_default())
        })
        .collect()
}

/// `a>b` is a sequence flow, `name:x` an element `name` with the id `x`, of which `*` is an exclusive and `+` a parallel
/// gateway, `s` and `e` events and the rest tasks; `b@a` is a boundary event `b` on `a`.
fn diagram(text: &str) -> String {
    let (mut nodes, mut flows) = (BTreeSet::new(), String::new());
    for (index, part) in text.split_whitespace().enumerate() {
        if let Some((from, to)) = part.split_once('>') {
            nodes.extend([from, to]);
            flows += &format!(
                "<bpmn:sequenceFlow id='f{index}' sourceRef='{}' targetRef='{}'/>",
                id(from),
                id(to)
            );
        } else {
            nodes.insert(part);
        }
    }
    let events: Vec<&str> =
        nodes.iter().filter_map(|node| node.split_once('@')).map(|(event, _)| event).collect();
    let node = |text: &&str| match (text.split_once('@'), text.as_bytes()[0]) {
        (Some((event, host)), _) => format!(
            "<bpmn:boundaryEvent id='{event}' attachedToRef='{host}'><bpmn:errorEventDefinition/></bpmn:boundaryEvent>"
        ),
        (_, _) if events.contains(text) => String::new(),
        (_, b'*') => format!("<bpmn:exclusiveGateway id='{}'/>", id(text)),
        (_, b'+') => format!("<bpmn:parallelGateway id='{}'/>", id(text)),
        (_, b's') => format!("<bpmn:startEvent id='{text}'/>"),
        (_, b'e') => format!("<bpmn:endEvent id='{text}'/>"),
        _ => format!("<bpmn:task id='{text}'/>"),
    };
    nodes.iter().map(node).collect::<String>() + &flows
}

/// Gateways get ids of letters.
fn id(text: &str) -> String {
    text.replace('*', "x").replace('+', "p")
}

fn deadlocks(text: &str) -> Vec<String> {
    let found = lints(&format!("!{}", diagram(text)));
    found.into_iter().filter(|(code, _)| *code == "lint.deadlock").map(|(_, id)| id).collect()
}

#[test]
fn joins_that_wait_forever_are_found() {
    assert_eq!(deadlocks("s>*1 *1>a *1>b a>+2 b>+2 +2>e"), ["p2"]);
    // The ways come together and part again in between.
    assert_eq!(deadlocks("s>*1 *1>a *1>b *1>c a>*2 b>*2 *2>+3 c>+3 +3>e"), ["p3"]);
    // A branch of a parallel split chooses.
    assert_eq!(deadlocks("s>+1 +1>a +1>*2 *2>b *2>c a>+3 b>+3 c>+3 +3>e"), ["p3"]);
    // The activity ends by the event or without it.
    assert_eq!(deadlocks("s>a b@a a>+1 b>+1 +1>e"), ["p1"]);
    // The join waits for what it lets through itself.
    assert_eq!(deadlocks("s>+1 +1>a a>*2 *2>e *2>+1"), ["p1"]);
    // Nothing comes over one of the flows.
    assert_eq!(deadlocks("s>+1 x>y y>x y>+1 +1>e"), ["p1"]);
}

#[test]
fn joins_that_may_go_on_are_not() {
    for sound in [
        "s>+1 +1>a +1>b a>+2 b>+2 +2>e",
        "s>*1 *1>a *1>b a>*2 b>*2 *2>e",
        // Both ways split and join.
        "s>*1 *1>+2 *1>+3 +2>a +2>b +3>c +3>d a>*4 c>*4 b>*5 d>*5 *4>+6 *5>+6 +6>e",
        // The choice is made again and again, the join collects from two rounds.
        "s>*1 *1>*2 *2>+3 *2>+4 +3>a a>+5 +3>*1 +4>b b>+5 +4>*1 +5>e",
        // Two tokens choose.
        "s>+1 +1>*2 +1>a a>*2 *2>b *2>c b>+3 c>+3 +3>e",
        // A loop before the join.
        "s>+1 +1>a +1>*2 *2>b b>*3 *3>*2 *3>+4 a>+4 +4>e",
    ] {
        assert_eq!(deadlocks(sound), [""; 0], "{sound}");
    }
}

#[test]
fn a_deadlock_in_a_sub_process_is_found_there() {
    let inner = diagram("s1>*1 *1>a *1>b a>+2 b>+2 +2>e1");
    let content = format!(
        "!<bpmn:startEvent id='s'/><bpmn:sequenceFlow id='f' sourceRef='s' targetRef='u'/><bpmn:subProcess id='u'>{inner}</bpmn:subProcess><bpmn:sequenceFlow id='g' sourceRef='u' targetRef='e'/><bpmn:endEvent id='e'/>"
    );
    assert_eq!(lints(&content), [("lint.deadlock", "p2".to_owned())]);
}

#[test]
fn different_start_events_never_meet_but_messages_may() {
    let two = |second: &str| {
        format!(
            "!<bpmn:message id='m' name='n'/>---<bpmn:startEvent id='s'>{second}</bpmn:startEvent><bpmn:startEvent id='t'><bpmn:timerEventDefinition/></bpmn:startEvent><bpmn:sequenceFlow id='f' sourceRef='s' targetRef='j'/><bpmn:sequenceFlow id='g' sourceRef='t' targetRef='j'/><bpmn:parallelGateway id='j'/><bpmn:sequenceFlow id='h' sourceRef='j' targetRef='e'/><bpmn:endEvent id='e'/>"
        )
    };
    assert_eq!(lints(&two("")), [("lint.deadlock", "j".to_owned())]);
    assert_eq!(lints(&two("<bpmn:messageEventDefinition messageRef='m'/>")), []);
}

#[test]
fn ways_that_are_never_taken_are_found() {
    let gateway = |first: &str, second: &str, default: &str| {
        format!(
            "!<bpmn:startEvent id='s'/><bpmn:sequenceFlow id='f' sourceRef='s' targetRef='x'/><bpmn:exclusiveGateway id='x'{default}/><bpmn:sequenceFlow id='g' sourceRef='x' targetRef='e'>{first}</bpmn:sequenceFlow><bpmn:sequenceFlow id='h' sourceRef='x' targetRef='t'>{second}</bpmn:sequenceFlow><bpmn:endEvent id='e'/><bpmn:endEvent id='t'/>"
        )
    };
    let condition = |text: &str| format!("<bpmn:conditionExpression>={text}</bpmn:conditionExpression>");
    let codes = |first: &str, second: &str, default: &str| -> Vec<String> {
        lints(&gateway(first, second, default)).into_iter().map(|(code, id)| format!("{code} {id}")).collect()
    };
    let (open, yes, no) = (condition("a"), condition("true"), condition("false"));
    assert_eq!(codes(&open, &open, ""), ["lint.missing-default x"]);
    assert_eq!(codes(&open, "", " default='h'"), [""; 0]);
    assert_eq!(codes(&yes, &open, ""), ["lint.dead-path h", "lint.unreachable t"]);
    assert_eq!(codes(&yes, "", " default='h'"), ["lint.dead-path h", "lint.unreachable t"]);
    assert_eq!(codes(&no, "", " default='h'"), ["lint.dead-path g", "lint.unreachable e"]);
    assert_eq!(codes("", &open, ""), ["lint.dead-path h", "lint.unreachable t"]);
    // Without any condition the gateway is unfinished, not wrong.
    assert_eq!(codes("", "", ""), [""; 0]);
}

/// A generator of numbers, the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % bound
    }
}

/// Nodes by kind (`s`, `*`, `+`, `t` for task, `b` for an error boundary event on the node before) and flows.
struct Net {
    kinds: Vec<char>,
    flows: Vec<(usize, usize)>,
}

impl Net {
    fn random(numbers: &mut Numbers) -> Self {
        let count = 4 + numbers.below(6);
        let mut kinds = vec!['s'];
        while kinds.len() < count {
            let kind = ['*', '*', '+', '+', 't', 'b'][numbers.below(6)];
            let can_be_boundary = kinds.last() == Some(&'t');
            kinds.push(if kind == 'b' && !can_be_boundary { 't' } else { kind });
        }
        let mut flows = Vec::new();
        for (from, kind) in kinds.iter().enumerate() {
            let most = if matches!(kind, '*' | '+') { 3 } else { 1 };
            for _ in 0..=numbers.below(most) {
                // Now and then backwards.
                let to = if numbers.below(8) == 0 {
                    1 + numbers.below(count - 1)
                } else {
                    (from + 1 + numbers.below(3)).min(count - 1)
                };
                if kinds[to] != 'b' && to != 0 && (to != from || numbers.below(3) == 0) {
                    flows.push((from, to));
                }
            }
        }
        Self { kinds, flows }
    }

    fn text(&self) -> String {
        let name = |node: usize| match self.kinds[node] {
            's' => "s".to_owned(),
            kind @ ('*' | '+') => format!("{kind}{node}"),
            kind => format!("{kind}{node}"),
        };
        let boundary = |node: usize| format!("b{node}@t{}", node - 1);
        let events = (0..self.kinds.len()).filter(|node| self.kinds[*node] == 'b').map(boundary);
        let flows = self.flows.iter().map(|(from, to)| format!("{}>{}", name(*from), name(*to)));
        events.chain(flows).collect::<Vec<_>>().join(" ")
    }

    fn out(&self, node: usize) -> Vec<usize> {
        (0..self.flows.len()).filter(|flow| self.flows[*flow].0 == node).collect()
    }

    /// Nodes that are seen to act in some run, within bounds.
    fn acting(&self) -> HashSet<usize> {
        let mut acting = HashSet::from([0]);
        let mut first = vec![0_u8; self.flows.len()];
        self.out(0).iter().for_each(|flow| first[*flow] += 1);
        let (mut seen, mut waiting) = (HashSet::from([first.clone()]), VecDeque::from([first]));
        while let Some(marking) = waiting.pop_front().filter(|_| seen.len() < 4_000) {
            for node in 1..self.kinds.len() {
                for next in self.steps(node, &marking) {
                    acting.insert(node);
                    if self.kinds.get(node + 1) == Some(&'b') {
                        acting.insert(node + 1);
                    }
                    if next.iter().all(|tokens| *tokens < 4) && seen.insert(next.clone()) {
                        waiting.push_back(next);
                    }
                }
            }
        }
        acting
    }

    /// The markings one act of a node leads to.
    fn steps(&self, node: usize, marking: &[u8]) -> Vec<Vec<u8>> {
        let into: Vec<usize> = (0..self.flows.len()).filter(|flow| self.flows[*flow].1 == node).collect();
        let put = |mut marking: Vec<u8>, flows: &[usize]| {
            flows.iter().for_each(|flow| marking[*flow] += 1);
            marking
        };
        let take = |flows: &[usize]| {
            let mut marking = marking.to_vec();
            flows.iter().for_each(|flow| marking[*flow] -= 1);
            marking
        };
        let out = self.out(node);
        if self.kinds[node] == '+' {
            let ready = !into.is_empty() && into.iter().all(|flow| marking[*flow] > 0);
            return ready.then(|| put(take(&into), &out)).into_iter().collect();
        }
        let mut next = Vec::new();
        for flow in into.iter().filter(|flow| marking[**flow] > 0) {
            let taken = take(&[*flow]);
            if self.kinds[node] == '*' && !out.is_empty() {
                next.extend(out.iter().map(|way| put(taken.clone(), &[*way])));
            } else {
                next.push(put(taken.clone(), &out));
            }
            if self.kinds.get(node + 1) == Some(&'b') {
                next.push(put(taken, &self.out(node + 1)));
            }
        }
        next
    }
}

#[test]
fn what_is_said_never_to_happen_does_not_happen() {
    let mut numbers = Numbers(7);
    let (mut deadlocks, mut unreachable, mut missed) = (0, 0, 0);
    for _ in 0..3_000 {
        let net = Net::random(&mut numbers);
        let text = net.text();
        let acting = net.acting();
        let found = lints(&format!("!{}", diagram(&text)));
        let node = |id: &str| id[1..].parse::<usize>().unwrap_or_default();
        for (code, id) in &found {
            match *code {
                "lint.deadlock" => deadlocks += 1,
                "lint.unreachable" => unreachable += 1,
                _ => continue,
            }
            assert!(!acting.contains(&node(id)), "{code} {id} in {text}");
        }
        let silent = |join: usize| !found.iter().any(|(_, id)| node(id) == join);
        let join = |node: &usize| net.kinds[*node] == '+' && !acting.contains(node);
        let waiting = |node: &usize| net.flows.iter().any(|(from, to)| to == node && acting.contains(from));
        missed += (1..net.kinds.len()).filter(|node| join(node) && waiting(node) && silent(*node)).count();
    }
    // The analysis finds what is there, and most of it.
    assert!(deadlocks > 300 && unreachable > 300, "{deadlocks} {unreachable}");
    assert!(missed * 4 < deadlocks, "{missed} missed beside {deadlocks} found");
}
