//! What would go on for ever meets a limit and becomes an incident, in a step and across steps and instances; what comes
//! to an end by itself does not.

use testkit::{World, draw};

/// A world with one or three partitions in which the script ran.
fn ran(partitions: u16, drawing: &str, script: &str) -> World {
    let mut world = World::new(partitions, false);
    world.deploy(&draw(drawing));
    assert_eq!(world.trace, "", "the drawing is refused");
    for line in script.split("; ") {
        world.line(line);
    }
    world.check_replay();
    world
}

fn count(world: &World, line: &str) -> usize {
    world.trace.lines().filter(|it| it.trim() == line).count()
}

fn incidents(world: &World) -> Vec<&str> {
    world.trace.lines().map(str::trim).filter(|line| line.starts_with("incident ")).collect()
}

/// What comes out is the same whatever the number of partitions.
#[track_caller]
fn everywhere(drawing: &str, script: &str, check: impl Fn(&World)) {
    let one = ran(1, drawing, script);
    check(&one);
    assert_eq!(ran(3, drawing, script).trace, one.trace, "partitions make a difference");
}

const RECURSION: &str = "1000 process instances started one another by messages or signals, without waiting for anything. Check the \
                         recursion that leads through 'e'; resolving this incident lets it go on.";
const LOOP: &str = "Messages, signals, calls and timers that were due at once followed one another 100000 times, without waiting for \
                    anything. Check the loop that leads through";

#[test]
fn endless_recursion_by_signals_stops_at_its_limit() {
    let drawing = "p: process {\ns: startEvent signal(L)\ne: endEvent signal(L)\ns -> e\n}\nq: process {\ni: startEvent\nx: endEvent\ni -> x\n}";
    everywhere(drawing, "signal L; start q", |world| {
        assert_eq!(count(world, "created p v1"), 1_000);
        assert_eq!(incidents(world), [format!("incident UNSPECIFIED at e: {RECURSION}")]);
        assert!(world.ended(), "other instances go on");
    });
    // It goes on with a new budget, and stops again.
    let world = ran(1, drawing, "signal L; resolve");
    assert_eq!((count(&world, "created p v1"), incidents(&world).len()), (2_000, 2));
}

#[test]
fn endless_recursion_by_messages_stops_at_its_limit() {
    let drawing = "s: startEvent message(M)\ne: endEvent message(M)\ns -> e";
    everywhere(drawing, "publish M; publish M", |world| {
        assert_eq!(count(world, "created p v1"), 2_000);
        assert_eq!(incidents(world), vec![format!("incident UNSPECIFIED at e: {RECURSION}"); 2]);
    });
}

#[test]
fn endless_messages_of_an_instance_to_itself_stop_at_their_limit() {
    let drawing = "s: startEvent\nm: exclusiveGateway\nt: intermediateThrowEvent message(M)\nc: intermediateCatchEvent message(M)
x: exclusiveGateway default=x_m\ne: endEvent\ns -> m -> t -> c -> x -> m; x -> [stop] e";
    everywhere(drawing, r#"start p {"stop":false}"#, |world| {
        assert_eq!(
            incidents(world),
            [format!("incident UNSPECIFIED at t: {LOOP} 't'; resolving this incident lets it go on.")]
        );
        assert_eq!(count(world, "passed x"), 50_000);
    });
    let world = ran(1, drawing, r#"start p {"stop":false}; set {"stop":true}; resolve"#);
    assert_eq!(count(&world, "InstanceCompleted"), 1);
}

#[test]
fn endless_calls_one_after_the_other_stop_at_their_limit() {
    let drawing = "p: process {\ns: startEvent\nm: exclusiveGateway\nc: callActivity calledElement=q\nx: exclusiveGateway default=x_m\ne: endEvent
s -> m -> c -> x -> m; x -> [stop] e\n}\nq: process {\ni: startEvent\nj: endEvent\ni -> j\n}";
    everywhere(drawing, r#"start p {"stop":false}"#, |world| {
        assert_eq!(
            incidents(world),
            [format!("incident UNSPECIFIED at c: {LOOP} 'c'; resolving this incident lets it go on.")]
        );
        assert_eq!(count(world, "created q v1"), 50_000);
    });
}

#[test]
fn endless_timers_that_are_due_at_once_stop_at_their_limit() {
    let drawing = "s: startEvent\nm: exclusiveGateway\nt: intermediateCatchEvent timer(PT0S)\nx: exclusiveGateway default=x_m\ne: endEvent
s -> m -> t -> x -> m; x -> [stop] e";
    let mut world = World::new(1, false);
    world.deploy(&draw(drawing));
    world.line(r#"start p {"stop":false}"#);
    world.line("time 0");
    assert_eq!(
        incidents(&world),
        [format!("incident UNSPECIFIED at t: {LOOP} 't'; resolving this incident lets it go on.")]
    );
    // One that is waited for begins anew.
    let mut world = World::new(1, false);
    world.deploy(&draw(&drawing.replace("PT0S", "PT1S")));
    world.line(r#"start p {"stop":false}"#);
    world.line("time 100500000");
    assert_eq!(incidents(&world), [""; 0]);
    assert!(count(&world, "passed t") + count(&world, "completed t") > 100_000);
}

#[test]
fn endless_is_not_what_answers_what_it_was_asked() {
    // A process that starts a partner for each of its items and waits for the answer starts no chain of instances.
    let drawing = "p: process {\ns: startEvent\nm: exclusiveGateway\na: intermediateThrowEvent message(A)\nb: intermediateCatchEvent message(B)
x: exclusiveGateway default=x_m\ne: endEvent\ns -> m -> a -> b -> x -> m; x -> [again = false] e\n}
q: process {\ni: startEvent message(A)\nj: endEvent message(B)\ni -> j\n}";
    let world = ran(1, drawing, r#"start p {"again":true}"#);
    assert_eq!(
        incidents(&world),
        [format!("incident UNSPECIFIED at a: {LOOP} 'a'; resolving this incident lets it go on.")]
    );
    assert_eq!(count(&world, "created q v1"), 25_000, "more than one after the other may be");
}

#[test]
fn endless_is_not_what_takes_many_messages_from_outside() {
    let drawing = "s: startEvent\na: serviceTask\nb: userTask\nw: boundaryEvent attachedToRef=b cancelActivity=false message(M)\ne: endEvent\nx: endEvent message(N)
s -> a -> b -> e; w -> x";
    let mut world = World::new(1, false);
    world.deploy(&draw(drawing));
    world.line("start p");
    for _ in 0..1_500 {
        world.line("publish M - 3600000");
    }
    world.line("complete a");
    world.check_replay();
    assert_eq!((count(&world, "sent AcceptCorrelation"), incidents(&world).len()), (1_500, 0));
    let hops = world.log().iter().filter_map(|(_, event)| match event {
        record::Event::CommandSent { chain, .. } => Some(chain.hops),
        _ => None,
    });
    assert!(hops.max() < Some(10), "each message is a beginning of its own");
}

#[test]
fn endless_loops_with_a_join_keep_their_tokens() {
    let drawing =
        "s: startEvent\nm: exclusiveGateway\nf: parallelGateway\na: task\nb: task\nj: parallelGateway
x: exclusiveGateway default=x_m\ne: endEvent\nm -> f -> a -> j -> x -> m; f -> b -> j; x -> [stop] e\n";
    for kind in ["parallelGateway", "inclusiveGateway"] {
        let drawing = drawing.replace("parallelGateway", kind);
        // Wherever the budget ends in the loop.
        for more in [0, 1, 3] {
            let tasks: String = (0..more).map(|at| format!("t{at}: task\n")).collect();
            let chain: String = (0..more).map(|at| format!("t{at} -> ")).collect();
            let drawing = format!("{tasks}{drawing}s -> {chain}m");
            let world = ran(1, &drawing, r#"start p {"stop":false}"#);
            let held = incidents(&world).len();
            assert!((1..=2).contains(&held), "{held} incidents, {more} tasks before, {kind}");
            let script =
                format!(r#"start p {{"stop":false}}; set {{"stop":true}}{}"#, "; resolve".repeat(held));
            let world = ran(1, &drawing, &script);
            assert_eq!((count(&world, "passed e"), world.ended()), (1, true), "{more} tasks before, {kind}");
        }
    }
}

#[test]
fn endless_is_not_a_loop_with_many_iterations() {
    for looping in [
        r#"<standardLoopCharacteristics loopMaximum="150000"/>"#,
        "<standardLoopCharacteristics><loopCondition>= loopCounter &lt; 150000</loopCondition></standardLoopCharacteristics>",
        r#"<multiInstanceLoopCharacteristics isSequential="true"><loopCardinality>= 150000</loopCardinality></multiInstanceLoopCharacteristics>"#,
    ] {
        let world = ran(1, &format!("s: startEvent\na: task {looping}\ne: endEvent\ns -> a -> e"), "start p");
        assert_eq!((count(&world, "iteration 150000 completed"), world.ended()), (1, true), "{looping}");
        assert_eq!(incidents(&world), [""; 0], "{looping}");
    }
}

#[test]
fn endless_is_not_a_loop_with_many_calls() {
    let drawing = r#"p: process {
s: startEvent
c: callActivity calledElement=q <multiInstanceLoopCharacteristics isSequential="true"><loopCardinality>= 60000</loopCardinality></multiInstanceLoopCharacteristics>
e: endEvent
s -> c -> e
}
q: process {
i: startEvent
j: endEvent
i -> j
}"#;
    let world = ran(1, drawing, "start p");
    assert_eq!((count(&world, "created q v1"), incidents(&world).len()), (60_000, 0));
    assert_eq!(count(&world, "InstanceCompleted"), 60_001);
}

#[test]
fn endless_loops_around_and_within_iterations_stop_at_their_limit() {
    let text = "incident UNSPECIFIED at";
    let around = r#"s: startEvent
m: exclusiveGateway
a: task <multiInstanceLoopCharacteristics PAR><loopCardinality>= COUNT</loopCardinality></multiInstanceLoopCharacteristics>
x: exclusiveGateway default=x_m
e: endEvent
s -> m -> a -> x -> m; x -> [stop] e"#;
    for (parallel, number) in
        [("", 3), ("", 500), (r#"isSequential="true""#, 3), (r#"isSequential="true""#, 1_500)]
    {
        let drawing = around.replace("PAR", parallel).replace("COUNT", &number.to_string());
        let world = ran(1, &drawing, r#"start p {"stop":false}"#);
        let held = incidents(&world).len();
        assert!(held > 0 && incidents(&world).iter().all(|it| it.starts_with(text)), "{parallel} {number}");
        let script = format!(r#"start p {{"stop":false}}; set {{"stop":true}}{}"#, "; resolve".repeat(held));
        let world = ran(1, &drawing, &script);
        assert_eq!((count(&world, "passed e"), world.ended()), (1, true), "{parallel} {number}");
    }
    let within = r#"s: startEvent
u: subProcess <multiInstanceLoopCharacteristics isSequential="true"><loopCardinality>= 2</loopCardinality></multiInstanceLoopCharacteristics> {
i: startEvent
m: exclusiveGateway
x: exclusiveGateway default=x_m
j: endEvent
i -> m -> x -> m; x -> [stop] j
}
e: endEvent
s -> u -> e"#;
    let world = ran(1, within, r#"start p {"stop":false}; set {"stop":true}; resolve"#);
    assert_eq!((incidents(&world).len(), world.ended()), (1, true));
}

#[test]
fn endless_standard_loops_stop_at_the_number_of_iterations() {
    let drawing = "s: startEvent\na: task <standardLoopCharacteristics/>\ne: endEvent\ns -> a -> e";
    let world = ran(1, drawing, "start p");
    let text = "incident EXTRACT_VALUE_ERROR at a: 1000000 iterations are more than 1000000: give the loop an end, or split the collection";
    assert_eq!(incidents(&world), [text]);
}
