//! Job queues: leases, long polling, back-off.

use crate::world::*;
use record::{Command, Key, Response, Variables};
use runtime::{Options, PollId, Target};

#[test]
fn jobs_come_oldest_first_and_once() {
    let mut world = World::new(Options::default());
    world.deploy(WORK);
    let created: Vec<Key> = (0..5).map(|_| world.create("one-task")).collect();
    let first = world.take_jobs(3);
    let rest = world.take_jobs(9);
    let instances: Vec<Key> = first.iter().chain(&rest).map(|job| job.instance).collect();
    assert_eq!(instances, created);
    assert!(world.take_jobs(1).is_empty());
}

#[test]
fn who_waits_is_served_in_order_with_the_batch_that_made_the_job() {
    let mut world = World::new(Options::default());
    world.deploy(WORK);
    let (first, second) = (world.activate(5, 10_000), world.activate(5, 10_000));
    world.run();
    assert!(world.jobs.is_empty());
    let syncs = world.disk.syncs();
    let instance = world.create("one-task");
    assert_eq!(world.disk.syncs() - syncs, 1, "creation and lease share a batch");
    let jobs = world.jobs.remove(&first).expect("served").expect("jobs");
    assert_eq!(jobs.iter().map(|job| job.instance).collect::<Vec<_>>(), [instance]);
    assert!(!world.jobs.contains_key(&second));
    world.now += 10_001;
    world.run();
    assert_eq!(world.jobs.remove(&second), Some(Ok(Vec::new())), "its time is over");
}

#[test]
fn a_cancelled_request_takes_no_job() {
    let mut world = World::new(Options::default());
    world.deploy(WORK);
    let token = world.activate(5, 10_000);
    world.run();
    world.node.cancel_poll(PollId(token));
    world.run();
    assert_eq!(world.jobs.remove(&token), Some(Ok(Vec::new())));
    world.create("one-task");
    assert_eq!(world.take_jobs(5).len(), 1);
}

#[test]
fn a_lease_that_runs_out_gives_the_job_to_the_next() {
    let mut world = World::new(Options::default());
    world.deploy(WORK);
    world.create("one-task");
    let job = world.take_jobs(1)[0].clone();
    let waiting = world.activate(1, 1_000_000);
    world.run();
    assert_eq!(world.node.next_wake(), world.now + 60_000.min(world.options.store_after_ms));
    world.now += 60_000;
    world.run();
    let again = world.jobs.remove(&waiting).expect("served").expect("jobs");
    assert_eq!(again[0].key, job.key);
    assert!(again[0].fence > job.fence);
    world.assert_replay();
}

#[test]
fn a_failed_job_comes_again_after_its_back_off() {
    let mut world = World::new(Options::default());
    world.deploy(WORK);
    world.create("one-task");
    let job = world.take_jobs(1)[0].key;
    let command = Command::FailJob {
        job,
        retries: 2,
        back_off: 5_000,
        message: "no".into(),
        variables: Variables::default(),
        fence: 0,
    };
    assert_eq!(world.call(request(Target::Owner(job), command)), Response::Done {});
    assert!(world.take_jobs(1).is_empty());
    world.crash();
    world.now += 5_000;
    world.run();
    assert_eq!(world.take_jobs(1).first().map(|job| job.retries), Some(2));
}

#[test]
fn a_repeated_request_for_jobs_gets_the_same_jobs() {
    let mut world = World::new(Options::default());
    world.deploy(WORK);
    for _ in 0..3 {
        world.create("one-task");
    }
    let ask = |world: &mut World, id: &str| {
        let token = world.token();
        let request = runtime::ActivateJobs { request_id: id.into(), ..activation(2, 0) };
        world.node.activate_jobs(request, PollId(token), token);
        world.run();
        world.jobs.remove(&token).expect("an answer").expect("jobs")
    };
    let first = ask(&mut world, "x");
    assert_eq!(first.len(), 2);
    assert_eq!(ask(&mut world, "x"), first);
    world.crash();
    assert_eq!(ask(&mut world, "x"), first);
    assert_eq!(ask(&mut world, "y").len(), 1);
}

#[test]
fn a_request_that_the_engine_refuses_leaves_the_jobs_where_they_are() {
    let mut world = World::new(Options::default());
    world.deploy(WORK);
    world.create("one-task");
    let token = world.token();
    let request = runtime::ActivateJobs { timeout: -1, ..activation(2, 0) };
    world.node.activate_jobs(request, PollId(token), token);
    world.run();
    if world.jobs.remove(&token).expect("an answer").is_err() {
        assert_eq!(world.take_jobs(5).len(), 1);
    }
}
