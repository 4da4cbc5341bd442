//! Engine time, timers, and the end of instances.

use crate::world::*;
use record::{AggregateId, Command, Response};
use runtime::{Options, Target};

fn pin(world: &mut World, time: i64) {
    let id = AggregateId::Partition { partition: 1 };
    let response = world.call(request(Target::Aggregate(id), Command::PinClock { time }));
    assert_eq!(response, Response::Done {});
}

#[test]
fn a_timer_fires_when_it_is_due_and_not_before() {
    let mut world = World::new(Options::default());
    world.deploy(WAIT);
    let instance = world.create("wait");
    world.now += 59_999;
    world.run();
    assert!(world.node.instance(instance).is_some());
    world.crash();
    world.now += 1;
    world.run();
    assert!(world.node.instance(instance).is_none());
}

#[test]
fn the_systems_clock_may_go_back_and_engine_time_does_not() {
    let mut world = World::new(Options::default());
    world.deploy(WAIT);
    world.now += 100_000;
    world.run();
    let before = world.node.now();
    world.now -= 90_000;
    world.run();
    assert_eq!(world.node.now(), before);
    world.create("wait");
    world.crash();
    assert_eq!(world.node.now(), before, "nor does it after a restart");
}

#[test]
fn a_pinned_clock_stands_still_and_moves_timers() {
    let mut world = World::new(Options { partitions: 2, ..Options::default() });
    world.deploy(WAIT);
    let instance = world.create("wait");
    let start = world.now;
    pin(&mut world, start + 30_000);
    world.now += 3_600_000;
    world.run();
    assert_eq!(world.node.now(), start + 30_000);
    assert!(world.node.instance(instance).is_some());
    world.crash();
    world.run();
    assert_eq!(world.node.now(), start + 30_000, "also after a restart");
    pin(&mut world, start + 90_000);
    assert!(world.node.instance(instance).is_none());
    let id = AggregateId::Partition { partition: 1 };
    world.call(request(Target::Aggregate(id), Command::ResetClock {}));
    assert_eq!(world.node.now(), world.now);
    world.crash();
    world.run();
    assert_eq!(world.node.now(), world.now);
    world.assert_replay();
}

#[test]
fn who_awaits_an_instance_gets_its_end() {
    let mut world = World::new(Options::default());
    world.deploy(WORK);
    let token = world.token();
    world.node.submit_and_await_end(create("one-task", r#"{"x":1}"#), 5_000, token);
    world.run();
    assert!(!world.answers.contains_key(&token));
    let job = world.take_jobs(1)[0].key;
    world.complete(job);
    let answer = world.answers.remove(&token).expect("an answer");
    assert!(
        matches!(answer.response, Response::Ended { completed: true, ref variables, .. } if variables.len() == 1)
    );
    let token = world.token();
    world.node.submit_and_await_end(create("one-task", ""), 5_000, token);
    world.run();
    world.now += 5_000;
    world.run();
    let Response::Rejected { rejection } = &world.answers[&token].response else { panic!("a rejection") };
    assert!(rejection.reason.starts_with("timeout"), "{}", rejection.reason);
    let token = world.token();
    world.node.submit_and_await_end(create("no-such-process", ""), 5_000, token);
    world.run();
    assert!(matches!(world.answers[&token].response, Response::Rejected { .. }));
}
