//! Nothing leaves before it is durable; what left survives.

use crate::world::*;
use journal::memory_disk::Fault;
use record::{Command, Key, RejectionKind, Response};
use runtime::{Options, Target};

#[test]
fn an_answer_waits_for_its_batch() {
    let mut world = World::new(Options::default());
    world.deploy(WORK);
    world.writing = false;
    let token = world.submit(create("one-task", ""));
    world.run();
    assert!(world.answers.is_empty(), "the batch is not written yet");
    let refused = world.submit(complete(Key(64)));
    world.run();
    assert!(world.answers.is_empty(), "a rejection rests on what came before it");
    world.sync();
    assert!(matches!(world.answers[&token].response, Response::Created { .. }));
    assert!(matches!(world.answers[&refused].response, Response::Rejected { .. }));
}

#[test]
fn the_engine_runs_ahead_while_a_batch_is_written() {
    let mut world = World::new(Options::default());
    world.deploy(WORK);
    world.writing = false;
    let first = world.submit(create("one-task", ""));
    world.run();
    let others: Vec<u64> = (0..50).map(|_| world.submit(create("one-task", ""))).collect();
    world.run();
    let syncs = world.disk.syncs();
    world.sync();
    assert_eq!(world.answers.keys().copied().collect::<Vec<_>>(), [first]);
    world.run();
    world.sync();
    assert_eq!(world.disk.syncs() - syncs, 2, "fifty commands, one sync");
    assert!(others.iter().all(|token| world.answers.contains_key(token)));
}

#[test]
fn what_was_answered_survives_a_crash_and_the_rest_does_not_come_back_half() {
    let mut world = World::new(Options::default());
    world.deploy(WORK);
    let kept = world.create("one-task");
    world.writing = false;
    world.submit(create("one-task", ""));
    world.run();
    world.crash();
    world.writing = true;
    assert!(world.node.instance(kept).is_some());
    let jobs = world.take_jobs(10);
    assert_eq!(jobs.len(), 1);
    assert_eq!(world.complete(jobs[0].key), Response::Done {});
    assert!(world.node.instance(kept).is_none());
    world.assert_replay();
}

#[test]
fn keys_are_not_given_out_twice_after_a_restart() {
    let mut world = World::new(Options { partitions: 3, ..Options::default() });
    world.deploy(WORK);
    let mut keys = Vec::new();
    for round in 0..4 {
        keys.extend((0..7).map(|_| world.create("one-task")));
        if round % 2 == 0 {
            world.node.checkpoint_now();
            world.run();
        }
        world.crash();
    }
    let count = keys.len();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), count);
    assert!((1..=3).all(|partition| keys.iter().any(|key| key.partition() == partition)));
}

#[test]
fn after_a_failed_sync_everything_is_refused_and_a_restart_recovers() {
    let mut world = World::new(Options::default());
    world.deploy(WORK);
    let kept = world.create("one-task");
    world.disk.fail_after(1, Fault::InputOutput);
    let response = world.call(create("one-task", ""));
    let Response::Rejected { rejection } = response else { panic!("{response:?}") };
    assert_eq!(rejection.kind, RejectionKind::Unavailable);
    let syncs = world.disk.syncs();
    let response = world.complete(Key(64));
    assert!(
        matches!(&response, Response::Rejected { rejection } if rejection.kind == RejectionKind::Unavailable)
    );
    assert_eq!(world.disk.syncs(), syncs, "no sync is tried again");
    assert!(world.node.status().poisoned.is_some());
    let token = world.activate(1, 1_000);
    world.run();
    assert!(world.jobs[&token].is_err());
    world.reopen();
    assert!(world.node.instance(kept).is_some());
    assert!(world.take_jobs(5).len() <= 2);
}

#[test]
fn a_repeated_request_gets_the_first_answer_also_after_a_restart() {
    let mut world = World::new(Options { partitions: 2, ..Options::default() });
    world.deploy(WORK);
    let created = world.call(with_id("a", create("one-task", "")));
    assert_eq!(world.call(with_id("a", create("one-task", ""))), created);
    let refused = world.call(with_id("b", complete(Key(64))));
    assert!(matches!(refused, Response::Rejected { .. }));
    world.node.checkpoint_now();
    world.run();
    world.crash();
    let unsaved = world.call(with_id("c", create("one-task", "")));
    world.crash();
    assert_eq!(world.call(with_id("a", create("one-task", ""))), created);
    assert_eq!(world.call(with_id("b", complete(Key(64)))), refused);
    assert_eq!(world.call(with_id("c", create("one-task", ""))), unsaved);
    assert_eq!(world.take_jobs(10).len(), 2);
}

#[test]
fn a_duplicate_in_flight_waits_for_the_first() {
    let mut world = World::new(Options::default());
    world.deploy(WORK);
    world.writing = false;
    let first = world.submit(with_id("a", create("one-task", "")));
    let second = world.submit(with_id("a", create("one-task", "")));
    world.run();
    assert!(world.answers.is_empty());
    world.sync();
    assert_eq!(world.answers[&first].response, world.answers[&second].response);
}

#[test]
fn a_message_finds_its_instance_across_partitions_and_crashes() {
    for partitions in [1, 3] {
        let mut world = World::new(Options { partitions, ..Options::default() });
        world.deploy(RECEIVE);
        for number in 0..9 {
            world.call(create("receive", &format!(r#"{{"key":"k{number}"}}"#)));
        }
        world.crash();
        for number in 0..9 {
            let id = record::AggregateId::Message {
                tenant: TENANT.into(),
                name: "go".into(),
                correlation_key: format!("k{number}").into(),
            };
            let command = Command::PublishMessage {
                time_to_live: 60_000,
                message_id: "".into(),
                variables: record::json::split(r#"{"x":1}"#).expect("JSON"),
            };
            world.writing = number % 2 == 0;
            let token = world.submit(request(Target::Aggregate(id), command));
            world.run();
            world.sync();
            assert!(matches!(world.answers[&token].response, Response::Published { .. }));
            // Sends to another partition are still on their way here.
            world.crash();
        }
        world.writing = true;
        world.run();
        let live = world.node.snapshot().expect("snapshot");
        assert!(live.keys().all(|key| !key.starts_with(b"ai")), "all {partitions} have ended");
        world.assert_replay();
    }
}

#[test]
fn an_exporter_that_lags_slows_new_instances_and_nothing_else() {
    let mut world = World::new(Options::default());
    world.deploy(WORK);
    world.node.set_exporting(true);
    for _ in 0..20 {
        world.create("one-task");
    }
    let mut refused = 0;
    for _ in 0..40 {
        world.now += 200;
        world.run();
        for _ in 0..30 {
            match world.call(create("one-task", "")) {
                Response::Rejected { rejection } => {
                    assert_eq!(rejection.kind, RejectionKind::ResourceExhausted);
                    assert!(rejection.reason.contains("lagged"), "{}", rejection.reason);
                    refused += 1;
                }
                response => assert!(matches!(response, Response::Created { .. })),
            }
        }
    }
    assert!(refused > 400, "{refused} of 1,200 were refused");
    for job in world.take_jobs(10) {
        assert_eq!(world.complete(job.key), Response::Done {});
    }
    let last = world.node.position();
    assert_eq!(world.node.take_records().last().map(|record| record.header.lsn), Some(last));
    world.node.exported(last);
    assert_eq!(world.node.status().exporter_lag_ms, 0);
    world.now += 200;
    world.run();
    world.create("one-task");
}
