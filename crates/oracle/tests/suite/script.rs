//! Golden cases as text: a diagram, what is done, what is seen.
//!
//! A diagram is written line by line: `<element> <id> [attribute=value ...] [event ...] [{`, `}` ends a sub-process,
//! `a -> b -> c [: condition | default]` are sequence flows, `a => b` a compensation handler, `data x` a data object,
//! `xml id <...>` other content of an element. Events: `message:M signal:S error:E escalation:E timer:PT1S cycle:R2/PT1S
//! when:x>1 compensate[:activity] link:L cancel terminate`; `nowait` before `compensate`.
//!
//! A script is lines of `start P x=1`, `complete a x=1`, `complete a#1`, `error a CODE`, `message M`, `signal S`,
//! `advance 5` (seconds), `set x=1`, `cancel`, and `? ...` with what is expected then: words `a` (activated and completed
//! once), `a:activated/completed/terminated`, `a+` (live once), `a!` (an incident), `-a` (never touched), `x=1` (a
//! variable; `x=none` without it), `done`, `gone` (ended from outside), `open`; `@1` turns to the second instance; `refused` before a stimulus.

use dirigent_oracle::diagram::{Diagram, Event, Scope};
use dirigent_oracle::{Counts, InstanceView, Outcome, State, Stimulus, Value, Variables, World};

/// Runs a script and checks every expectation in it.
pub fn check(diagram: &str, script: &str) {
    let xml = parse(diagram).xml();
    let mut world = World::new();
    world.deploy(&xml).unwrap_or_else(|problems| panic!("{problems}\n{xml}"));
    for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some(expected) = line.strip_prefix('?') {
            expect(&world, expected, line);
            continue;
        }
        let (refused, line) = match line.strip_prefix("refused ") {
            Some(rest) => (true, rest),
            None => (false, line),
        };
        let outcome = world.apply(&stimulus(line));
        let as_expected = match outcome {
            Outcome::Done => !refused,
            Outcome::Refused(_) => refused,
            Outcome::Unbounded => false,
        };
        assert!(as_expected, "{line}: {outcome:?}\n{}", world.observe());
    }
}

/// The diagram of a text; without a line `process`, one process `P`.
pub fn parse(text: &str) -> Diagram {
    let mut diagram = Diagram::default();
    let mut stack: Vec<Scope> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some(id) = line.strip_prefix("process ") {
            close_process(&mut diagram, &mut stack);
            diagram.processes.push((id.to_owned(), Scope::default()));
            stack.push(Scope::default());
            continue;
        }
        if diagram.processes.is_empty() {
            diagram.processes.push(("P".to_owned(), Scope::default()));
            stack.push(Scope::default());
        }
        if line == "}" {
            let inner = stack.pop().expect("a sub-process ends");
            let outer = stack.last_mut().expect("something is around a sub-process");
            outer.nodes.last_mut().expect("a sub-process").inner = Some(inner);
            continue;
        }
        let scope = stack.last_mut().expect("a process");
        if element(scope, line) {
            stack.push(Scope::default());
        }
    }
    close_process(&mut diagram, &mut stack);
    diagram
}

fn close_process(diagram: &mut Diagram, stack: &mut Vec<Scope>) {
    if let (Some(scope), Some((_, content))) = (stack.pop(), diagram.processes.last_mut()) {
        *content = scope;
    }
}

/// Adds what a line says; true when a sub-process begins.
fn element(scope: &mut Scope, line: &str) -> bool {
    if let Some((from, to)) = line.split_once("=>") {
        scope.associations.push((from.trim().to_owned(), to.trim().to_owned()));
        return false;
    }
    if line.contains("->") {
        let (path, rest) =
            line.split_once(" : ").map_or((line, None), |(path, rest)| (path, Some(rest.trim())));
        let stops: Vec<&str> = path.split("->").map(str::trim).collect();
        for pair in stops.windows(2) {
            let flow = scope.flow(pair[0], pair[1]);
            flow.is_default = rest == Some("default");
            flow.condition = rest.filter(|it| *it != "default").map(str::to_owned);
        }
        return false;
    }
    if let Some(name) = line.strip_prefix("data ") {
        scope.data.push(name.to_owned());
        return false;
    }
    if let Some((id, xml)) = line.strip_prefix("xml ").and_then(|rest| rest.split_once(' ')) {
        let node = scope.nodes.iter_mut().find(|node| node.id == id).expect("the element of the XML");
        node.xml.push_str(xml);
        return false;
    }
    let mut words = line.split_whitespace();
    let element = match words.next().expect("an element") {
        "start" => "startEvent",
        "end" => "endEvent",
        "catch" => "intermediateCatchEvent",
        "throw" => "intermediateThrowEvent",
        "boundary" => "boundaryEvent",
        "service" => "serviceTask",
        "user" => "userTask",
        "exclusive" => "exclusiveGateway",
        "parallel" => "parallelGateway",
        "inclusive" => "inclusiveGateway",
        "complex" => "complexGateway",
        "events" => "eventBasedGateway",
        "sub" => "subProcess",
        "adhoc" => "adHocSubProcess",
        "call" => "callActivity",
        other => other,
    };
    let node = scope.node(words.next().expect("an id"), element);
    let (mut wait, mut begins) = (true, false);
    for word in words {
        match word {
            "{" => begins = true,
            "nowait" => wait = false,
            "event" => drop(node.with("triggeredByEvent", "true")),
            "handler" => drop(node.with("isForCompensation", "true")),
            "keep" if element == "boundaryEvent" => drop(node.with("cancelActivity", "false")),
            "keep" => drop(node.with("isInterrupting", "false")),
            "all" => drop(node.with("parallelMultiple", "true")),
            _ => {
                if let Some((name, value)) = word.split_once('=').filter(|_| !word.starts_with("when:")) {
                    node.with(if name == "on" { "attachedToRef" } else { name }, value);
                } else {
                    node.on(event(word, wait));
                }
            }
        }
    }
    begins
}

fn event(word: &str, wait: bool) -> Event {
    let (kind, name) = word.split_once(':').unwrap_or((word, ""));
    let name = name.to_owned();
    match kind {
        "message" => Event::Message(name),
        "signal" => Event::Signal(name),
        "error" => Event::Error(name),
        "escalation" => Event::Escalation(name),
        "timer" => Event::Timer(name),
        "cycle" => Event::Cycle(name),
        "when" => Event::Conditional(name),
        "compensate" => Event::Compensation { activity: name, wait },
        "link" => Event::Link(name),
        "cancel" => Event::Cancel,
        "terminate" => Event::Terminate,
        _ => panic!("`{word}` is no event"),
    }
}

fn value(text: &str) -> Value {
    match text {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        "null" => Value::Null,
        _ if text.starts_with('[') => {
            let items = text.trim_matches(['[', ']']).split(',').filter(|it| !it.is_empty());
            Value::List(items.map(value).collect())
        }
        _ => text.parse().map_or_else(|_| Value::Text(text.to_owned()), Value::Int),
    }
}

fn stimulus(line: &str) -> Stimulus {
    let mut words = line.split_whitespace();
    let verb = words.next().expect("a verb");
    let words: Vec<&str> = words.collect();
    let pairs = words.iter().filter_map(|word| word.split_once('='));
    let variables: Variables = pairs.map(|(name, text)| (name.to_owned(), value(text))).collect();
    let first = words.first().copied().unwrap_or_default();
    let (name, nth) = first.split_once('#').unwrap_or((first, "0"));
    let (name, nth) = (name.to_owned(), nth.parse().expect("a number"));
    match verb {
        "start" => Stimulus::Start { process: name, variables },
        "complete" => Stimulus::Complete { element_id: name, nth, variables },
        "error" => Stimulus::Error { element_id: name, nth, code: words[1].to_owned() },
        "message" => Stimulus::Message { name },
        "signal" => Stimulus::Signal { name },
        "advance" => Stimulus::Advance { ms: 1000 * name.parse::<u64>().expect("seconds") },
        "set" => Stimulus::SetVariables { variables },
        "conditions" => Stimulus::Conditions { variables },
        "cancel" => Stimulus::Cancel,
        _ => panic!("`{line}` is no stimulus"),
    }
}

fn expect(world: &World, expected: &str, line: &str) {
    let seen = world.observe();
    let mut at = 0;
    for word in expected.split_whitespace() {
        if let Some(index) = word.strip_prefix('@') {
            at = index.parse().expect("a number");
            assert!(at < seen.instances.len(), "{line}: no instance {at}\n{seen}");
            continue;
        }
        if let Some(count) = word.strip_prefix('#') {
            assert_eq!(seen.instances.len().to_string(), count, "{line}: instances\n{seen}");
            continue;
        }
        let instance = seen.instances.get(at).unwrap_or_else(|| panic!("{line}: no instance\n{seen}"));
        assert!(holds(instance, word), "{line}: `{word}` does not hold\n{seen}");
    }
}

fn holds(instance: &InstanceView, word: &str) -> bool {
    let counts = |id: &str| instance.elements.get(id).copied().unwrap_or_default();
    match word {
        "done" => return instance.state == State::Completed,
        "gone" => return instance.state == State::Terminated,
        "open" => return instance.state == State::Active,
        _ => {}
    }
    if let Some((name, text)) = word.split_once('=') {
        let expected = (text != "none").then(|| value(text));
        return instance.variables.get(name) == expected.as_ref();
    }
    if let Some(id) = word.strip_prefix('-') {
        return counts(id) == Counts::default();
    }
    if let Some(id) = word.strip_suffix('+') {
        return counts(id).live == 1;
    }
    if let Some(id) = word.strip_suffix('!') {
        return counts(id).incidents == 1;
    }
    let (id, numbers) = word.split_once(':').unwrap_or((word, "1/1/0"));
    let Counts { activated, completed, terminated, .. } = counts(id);
    format!("{activated}/{completed}/{terminated}") == numbers
}
